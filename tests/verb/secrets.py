#!/usr/bin/env python3
"""Strangers: a marked key in every provider over every outcome, and then a search of everything
rlab left, said and started; certificates, redirects, rights, links, and files made to be harmful."""
import json
import os
import signal
import sqlite3
import ssl
import subprocess
import threading
import time

from rlab_case import (Server, Skip, exits, has, lacks, main, needs_no_server, same, unprivileged,
                       wait_until)

KEY = "sk-MARKED-7f3a9c0d41e25b68-abcdef"
PARTS = (KEY[:9], KEY[9:20], KEY[20:])  # as a server may send it, piece by piece
KINDS = ("openai", "anthropic", "ollama")


# --- servers that say what the test wants ---------------------------------------------------------


def event(value):
    return {"event": value}


def speak_openai(pieces, thinking=(), fingerprint="fp"):
    def chunk(delta, reason=None):
        return event({"system_fingerprint": fingerprint,
                      "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})
    return ([chunk({"reasoning_content": p}) for p in thinking] +
            [chunk({"content": p}) for p in pieces] + [chunk({}, "stop"), "data: [DONE]\n\n"])


def speak_anthropic(pieces, thinking=(), fingerprint=None):
    blocks = []
    for index, (kind, texts) in enumerate((("thinking", thinking), ("text", pieces))):
        blocks.append(event({"type": "content_block_start", "index": index,
                             "content_block": {"type": kind, kind: ""}}))
        blocks += [event({"type": "content_block_delta", "index": index,
                          "delta": {"type": kind + "_delta", kind: p}}) for p in texts]
        blocks.append(event({"type": "content_block_stop", "index": index}))
    return [event({"type": "message_start", "message": {"usage": {"input_tokens": 3}}}), *blocks,
            event({"type": "message_delta", "delta": {"stop_reason": "end_turn"},
                   "usage": {"output_tokens": 5}}), event({"type": "message_stop"})]


def speak_ollama(pieces, thinking=(), fingerprint=None):
    def line(**message):
        return {"line": {"model": "m", "message": {"role": "assistant", "content": "", **message},
                         "done": False}}
    return ([line(thinking=p) for p in thinking] + [line(content=p) for p in pieces] +
            [{"line": {"model": "m", "message": {"role": "assistant", "content": ""},
                       "done": True, "done_reason": "stop", "eval_count": 5}}])


SPEAK = {"openai": speak_openai, "anthropic": speak_anthropic, "ollama": speak_ollama}


def streamed(kind, *words, **more):
    kinds = {"ollama": "application/x-ndjson"}
    return {"headers": [["Content-Type", kinds.get(kind, "text/event-stream")],
                        ["X-Echo", KEY], ["Server", KEY]],
            "writes": SPEAK[kind](*words, **more)}


def error(status, text):
    return {"status": status, "framing": "length", "headers": [["X-Echo", KEY]], "writes": [text]}


def redirect(status, target):
    return {"status": status, "framing": "length", "headers": [["Location", target]],
            "writes": ["moved, your key was " + KEY]}


LISTS = {"openai": {"object": "list", "data": [{"id": "m"}]},
         "anthropic": {"data": [{"id": "m"}], "has_more": False, "last_id": "m"},
         "ollama": {"models": [{"name": "m", "digest": "ab" * 32}], "version": "1"}}
PATHS = {"openai": ("/v1/models",), "anthropic": ("/v1/models?limit=1000",),
         "ollama": ("/api/tags", "/api/version", "/api/ps", "/api/show")}


def serve(lab, kind, reply, listing=None):
    s = Server()
    lab.servers.append(s)
    listing = LISTS[kind] if listing is None else listing
    whole = {"framing": "length", "writes": [json.dumps(listing)]}
    s.control("/__script", {"replies": [reply], "paths": {p: [whole] for p in PATHS[kind]}})
    lab.write("home/.config/rlab/config.ini", "[pair]\nfast = box/m\nreason = box/m\n"
              "[server box]\ntype = %s\nurl = %s\nkey_env = BOX_KEY\nthink = always\n"
              % (kind, s.url))
    lab.env["BOX_KEY"] = KEY
    return s


def was_sent(s):
    """The key did go out: else a search for it shows nothing."""
    return any(KEY in json.dumps(e["headers"]) for e in s.control("/__log"))


# --- the search -----------------------------------------------------------------------------------


def clean(text, what):
    """No key, and no large part of one."""
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    for part in (KEY, KEY[:14], KEY[-14:]):
        at = text.find(part)
        assert at < 0, "%s holds %r: ...%s..." % (what, part, text[max(0, at - 300):at + 100])


def search_files(root):
    seen = 0
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    clean(f.read(), path)
                    seen += 1
    return seen


AFTERWARDS = (("history", "--json"), ("history", "show", "1"), ("history", "search", "MARKED"),
              ("history", "export"), ("cache", "list", "--json"), ("cache", "why", "hello"),
              ("models", "--json"), ("doctor", "--json"), ("doctor",), ("set",), ("paths",),
              ("report",), ("bench", "list"), ("backup", "copy.db"),
              ("history", "export", "all.jsonl"))


def search_all(lab, *results):
    for r in results:
        clean(r.out, "stdout")
        clean(r.err, "stderr")
    same(os.path.exists(os.path.join(lab.data, "rlab.db")), True)
    search_files(lab.root)


def say_everything(lab):
    for words in AFTERWARDS:
        r = lab.run(*words)
        clean(r.out, " ".join(words))
        clean(r.err, " ".join(words))
    search_files(lab.root)
    os.remove(os.path.join(lab.root, "copy.db"))
    if os.path.exists(os.path.join(lab.root, "all.jsonl")):
        os.remove(os.path.join(lab.root, "all.jsonl"))


# What a server may do with a key it was sent: a name, and its reply.
OUTCOMES = (
    ("ok", lambda kind: streamed(kind, ["forty", "-two"])),
    ("401", lambda kind: error(401, '{"error":{"message":"bad key %s"}}' % KEY)),
    ("403 cut", lambda kind: error(403, "x" * 280 + KEY + " is not allowed")),
    ("500 page", lambda kind: error(500, "<html><b>%s</b> %s %s</html>" % (KEY, KEY, KEY))),
    ("404 model", lambda kind: error(404, '{"error":"model \'%s\' not found"}' % KEY)),
    ("answer", lambda kind: streamed(kind, ["You sent: "] + list(PARTS) + [" and ", KEY, "."])),
    ("thinking", lambda kind: streamed(kind, ["done"], ["They sent "] + list(PARTS))),
    ("ends in it", lambda kind: streamed(kind, ["yours: ", KEY])),
    ("fingerprint", lambda kind: streamed(kind, ["42"], fingerprint="fp-" + KEY)),
    ("error in mid-stream", lambda kind: {
        "writes": SPEAK[kind](["some "])[:2] + [
            {"line": {"error": "no, %s" % KEY}} if kind == "ollama" else
            {"event": {"type": "error", "error": {"type": "x", "message": "no, " + KEY}}}]}),
    ("cut", lambda kind: {**streamed(kind, ["some ", KEY]), "framing": "length", "claim": 99999,
                          "end": "close"}),
    ("not understood", lambda kind: {"framing": "length", "writes": ["%s\n" % KEY * 4]}),
)


def outcomes_of(kind):
    def test(lab):
        for name, make in OUTCOMES:
            s = serve(lab, kind, make(kind))
            said = [lab.run("ask", "--fast", "--json", "hello " + name),
                    lab.run("ask", "--fast", "--events", "--no-cache", "hello " + name)]
            search_all(lab, *said)
            assert was_sent(s), name
            s.stop()
        same(len(lab.run("history", "--json", "--all").rows()) >= len(OUTCOMES), True)
        say_everything(lab)
        text = lab.run("history", "export").out
        has(text, "You sent: [key] and [key].")  # the rest of it is kept as it came
        has(text, "yours: [key]")
    return test


for kind_ in KINDS:
    globals()["test_outcomes_of_" + kind_] = outcomes_of(kind_)


def test_lists_that_repeat_the_key(lab):
    lists = {"openai": {"data": [{"id": "m"}, {"id": "m-" + KEY, "owned_by": KEY}]},
             "anthropic": {"data": [{"id": "m"}, {"id": KEY}], "has_more": False, "last_id": KEY},
             "ollama": {"models": [{"name": "m", "digest": KEY}, {"name": KEY}], "version": KEY,
                        "details": {"family": KEY}}}
    for kind in KINDS:
        s = serve(lab, kind, streamed(kind, ["42"]), lists[kind])
        r = exits(lab.run("ask", "--fast", "--json", "hello"), 0)
        search_all(lab, r, lab.run("models"), lab.run("models", "--json"), lab.run("doctor"))
        assert was_sent(s), kind
        s.stop()
    say_everything(lab)


def test_redirects(lab):
    """Neither the same server under another path nor another one is sent anything."""
    for kind in KINDS:
        for status in (301, 302, 303, 307, 308):
            other = serve(lab, kind, streamed(kind, ["42"]))
            s = serve(lab, kind, {})
            for target in (other.url + "/there?k=" + KEY, s.url + "/elsewhere", "//%s/x" % KEY):
                s.control("/__script", {"replies": [redirect(status, target)]})
                r = exits(lab.run("ask", "--model", "box/m", "--no-cache", "hi", "--json"), 2)
                search_all(lab, r)
                same([e for e in s.control("/__log") if "/elsewhere" in e["path"]], [])
            assert was_sent(s)
            same(other.control("/__log"), [])
            s.stop()
            other.stop()
            if kind != "openai":
                break  # one of each other provider
    say_everything(lab)


# --- the process ----------------------------------------------------------------------------------


def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            return [int(word) for word in f.read().split()]
    except OSError:
        return []


def hanging(lab, kind):
    s = serve(lab, kind, {**streamed(kind, ["first ", "second "]), "end": "hang"})
    reply = streamed(kind, ["first ", "second "])
    reply["writes"] = reply["writes"][:-1] + [{"wait_ms": 60000}]
    s.control("/__script", {"replies": [reply], "paths": {
        p: [{"framing": "length", "writes": [json.dumps(LISTS[kind])]}] for p in PATHS[kind]}})
    return s


def test_crash_in_mid_call(lab):
    """Ended by any signal while the key is in use: no report, no core file, no command line tells
    it."""
    for kind, sig in (("openai", signal.SIGSEGV), ("anthropic", signal.SIGABRT),
                      ("ollama", signal.SIGKILL), ("openai", signal.SIGTERM)):
        s = hanging(lab, kind)
        told = os.environ.get("ASAN_OPTIONS", "") + ":log_path=stderr"  # a crash that is wanted
        p = lab.start("ask", "--fast", "--stream", "--no-cache", "hello", env={"ASAN_OPTIONS": told},
                      preexec_fn=lambda: __import__("resource").setrlimit(
                          __import__("resource").RLIMIT_CORE, (-1, -1)) if os.geteuid() == 0
                      else None)
        wait_until(lambda server=s: was_sent(server), 30)
        time.sleep(0.3)
        for pid in [p.pid] + children(p.pid):
            with open("/proc/%d/cmdline" % pid, "rb") as f:
                clean(f.read(), "command line")
        p.send_signal(sig)
        out, err = p.communicate(timeout=60)
        clean(out, "stdout")
        clean(err, "stderr")
        same([n for n in os.listdir(lab.root) if n.startswith("core")], [], "core files")
        search_all(lab)
        s.stop()
    say_everything(lab)


def test_memory_is_closed_to_others(lab):
    """Another program of the same person cannot read the key out of the running one."""
    if os.geteuid() != 0:
        raise Skip("another user is needed to look, and only root can become one")
    for folder, folders, files in os.walk(lab.root):
        for name in [folder] + [os.path.join(folder, n) for n in folders + files]:
            os.chown(name, 65534, 65534)
    s = hanging(lab, "openai")
    p = lab.start("ask", "--fast", "--no-cache", "hello", **unprivileged())
    wait_until(lambda: was_sent(s), 30)
    look = "import sys\nopen('/proc/%d/' + sys.argv[1], 'rb').read(1)" % p.pid
    for what in ("environ", "mem", "maps"):
        r = subprocess.run(["/usr/bin/python3", "-c", look, what], capture_output=True, text=True,
                           cwd="/", **unprivileged())
        has(r.stderr, "PermissionError", what)
    p.kill()
    p.communicate()


def test_words_of_the_command_line_hold_no_key(lab):
    """A password in an address would be seen by everybody who lists processes: it is refused, and
    not repeated."""
    lab.server()
    for words in (["--server", "x=openai:http://me:%s@host:1" % KEY],
                  ["--server", "x=openai:https://%s@host" % KEY]):
        r = exits(lab.run("ask", *words, "hi"), 2, "key_env")
        clean(r.out + r.err, "refusal")
    r = lab.run("ask", "--fast", "hi", env={"http_proxy": "http://me:%s@127.0.0.1:9" % KEY})
    clean(r.out + r.err, "proxy")


# --- key files ------------------------------------------------------------------------------------


def with_key_file(lab, url, path, more=""):
    lab.write("home/.config/rlab/config.ini", "[server box]\ntype = openai\nurl = %s\n"
              "key_file = %s\n%s" % (url, path, more))


def test_key_files(lab):
    s = lab.server("openai", key=KEY)
    path = lab.write("key", KEY + "\n")
    with_key_file(lab, s.url, path)
    os.chmod(path, 0o600)
    exits(lab.run("ask", "--model", "box/fast:8b", "hello"), 0)
    for mode in (0o640, 0o604, 0o644, 0o666, 0o610):
        os.chmod(path, mode)
        r = exits(lab.run("ask", "--model", "box/fast:8b", "hello"), 2, "open to others",
                  "chmod 600", "mode %04o" % mode)
        clean(r.out + r.err, "refusal")
    os.chmod(path, 0o600)
    for text, words in (("", "holds no key"), ("a b\n", "0x20"), (KEY + "\nX-Evil: 1\n", "0x0A"),
                        ("x" * 5000, "longer")):
        with open(path, "w") as f:
            f.write(text)
        r = exits(lab.run("ask", "--model", "box/fast:8b", "hello"), 2, words)
        clean(r.out + r.err, "refusal")
    with_key_file(lab, s.url, "key")
    exits(lab.run("ask", "--model", "box/fast:8b", "hello"), 2, "whole path")
    with_key_file(lab, s.url, KEY)  # the key itself, written where its file is named
    for words in (("ask", "hello"), ("doctor",), ("doctor", "--json")):
        r = exits(lab.run(*words), 2)
        has(r.out + r.err, "whole path" if "--json" in words or "ask" in words else "key_file")
        clean(r.out + r.err, "refusal")
    with_key_file(lab, s.url, path, "key_env = BOX_KEY\n")
    exits(lab.run("ask", "--model", "box/fast:8b", "hello"), 2, "one of them is enough")
    with_key_file(lab, s.url, "/no/such/file")
    exits(lab.run("ask", "--model", "box/fast:8b", "hello"), 2, "/no/such/file")
    os.mkfifo(os.path.join(lab.root, "pipe"), 0o600)  # must not hold the program up
    with_key_file(lab, s.url, os.path.join(lab.root, "pipe"))
    exits(lab.run("ask", "--model", "box/fast:8b", "hello"), 2, "is no file")
    if os.geteuid() == 0:
        with open(path, "w") as f:
            f.write(KEY)
        for name in (lab.root, lab.home, os.path.join(lab.home, ".config")):
            os.chmod(name, 0o755)
        r = lab.run("ask", "--model", "box/fast:8b", "hello", **unprivileged())
        same(r.code, 2)


# --- certificates ---------------------------------------------------------------------------------


def openssl(*words, cwd):
    try:
        subprocess.run(["openssl", *words], cwd=cwd, check=True, capture_output=True)
    except FileNotFoundError:
        raise Skip("openssl is not here to make certificates with") from None


def certificates(lab):
    folder = os.path.join(lab.root, "tls")
    os.mkdir(folder)
    short = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *short, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj",
            "/CN=Test CA", cwd=folder)
    for name, names in (("good", "IP:127.0.0.1,DNS:localhost"), ("other", "DNS:elsewhere.example")):
        openssl("req", *short, "-keyout", name + ".key", "-out", name + ".csr", "-subj",
                "/CN=" + name, cwd=folder)
        with open(os.path.join(folder, "ext"), "w") as f:
            f.write("subjectAltName=%s\n" % names)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-days", "2", "-extfile", "ext", "-out", name + ".pem",
                cwd=folder)
    return folder


class Safe(threading.Thread):
    """A TLS server of a certificate: keeps what it was sent, and answers with one list."""

    def __init__(self, folder, name):
        super().__init__(daemon=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(os.path.join(folder, name + ".pem"),
                                     os.path.join(folder, name + ".key"))
        self.socket = __import__("socket").create_server(("127.0.0.1", 0))
        self.url = "https://127.0.0.1:%d" % self.socket.getsockname()[1]
        self.heard = b""
        self.start()

    def run(self):
        body = json.dumps(LISTS["openai"]).encode()
        while True:
            try:
                plain, _ = self.socket.accept()
            except OSError:
                return
            try:
                with self.context.wrap_socket(plain, server_side=True) as c:
                    self.heard += c.recv(65536)
                    c.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                              % (len(body), body))
            except (OSError, ssl.SSLError):
                pass


def test_certificates(lab):
    """A server whose certificate is not in order is sent nothing; one of a CA that the config names
    is."""
    folder = certificates(lab)
    ca = os.path.join(folder, "ca.pem")
    for name, ca_file, fine in (("good", "", False), ("good", "ca_file = %s\n" % ca, True),
                                ("other", "ca_file = %s\n" % ca, False),
                                ("good", "ca_file = /no/such.pem\n", False)):
        s = Safe(folder, name)
        lab.write("home/.config/rlab/config.ini", "[server box]\ntype = openai\nurl = %s\n"
                  "key_env = BOX_KEY\n%s" % (s.url, ca_file))
        for _ in range(10):  # on a busy machine a handshake takes longer than the doctor waits
            r = lab.run("doctor", "--json", env={"BOX_KEY": KEY})
            box = {c["what"]: c for c in r.json()["checks"]}["box"]
            if " within " not in box["found"]:
                break
        same(box["problem"], None if fine else "tls", name + ca_file)
        same(KEY.encode() in s.heard, fine, "the key was sent")
        if not fine:
            has(box["do"], "ca_file")
            has(box["found"], "no safe connection")
            r = exits(lab.run("ask", "--model", "box/m", "hi", env={"BOX_KEY": KEY}), 3)
            has(r.err, "no safe connection")
            same(s.heard, b"", "what it heard")
        clean(r.out + r.err, "output")
        s.socket.close()
    for name in ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "CURL_HOME"):  # nobody else is asked
        s = Safe(folder, "other")
        lab.write("home/.curlrc", "insecure\n")
        lab.write("home/.config/rlab/config.ini", "[server box]\ntype = openai\nurl = %s\n"
                  "key_env = BOX_KEY\n" % s.url)
        lab.run("doctor", env={"BOX_KEY": KEY, name: ca if name != "CURL_HOME" else lab.home})
        same(s.heard, b"")
        s.socket.close()


# --- rights and links -----------------------------------------------------------------------------


def test_modes_whatever_the_umask(lab):
    lab.server()
    for mask in (0, 0o022, 0o077):
        data = os.path.join(lab.root, "data%o" % mask)

        def run(*words):
            return lab.run(*words, "--data-dir", data, preexec_fn=lambda: os.umask(mask))
        exits(run("ask", "hello"), 0)
        exits(run("backup", os.path.join(data, "copy.db")), 0)
        exits(run("history", "export", os.path.join(data, "all.jsonl")), 0)
        same(os.stat(data).st_mode & 0o7777, 0o700, data)
        p = lab.start("ask", "--no-cache", "--fast", "hello again", "--data-dir", data,
                      preexec_fn=lambda: os.umask(mask))
        modes = {}
        while p.poll() is None:
            for name in os.listdir(data):
                try:
                    modes[name] = os.stat(os.path.join(data, name)).st_mode & 0o7777
                except OSError:
                    pass
        p.communicate()
        with open(os.path.join(data, "rlab.db"), "r+b") as f:
            f.write(b"x" * 100)
        exits(run("ask", "hello"), 0, "was damaged")
        for name in os.listdir(data):
            modes[name] = os.stat(os.path.join(data, name)).st_mode & 0o7777
        modes = {n: m for n, m in modes.items() if "probe" not in n}
        same({oct(m) for m in modes.values()}, {"0o600"}, "%s" % modes)
        assert any("damaged" in n for n in modes) and "copy.db" in modes, modes


def content(path):
    with open(path, "rb") as f:
        return f.read(), os.stat(path).st_mode, os.stat(path).st_mtime_ns


def test_links_laid_in_the_data_folder(lab):
    """What a planted link leads to stays as it is, whatever is asked for."""
    lab.server()
    theirs = lab.write("theirs.txt", "a letter that is not rlab's\n" * 400)
    db = os.path.join(lab.root, "theirs.db")
    made = sqlite3.connect(db)
    made.execute("CREATE TABLE theirs(x)")
    made.commit()
    made.close()
    os.chmod(db, 0o644)
    for target in (theirs, db):
        for lay in (os.symlink, os.link):
            for name in ("rlab.db", "rlab.db-wal", "rlab.db-journal", "rlab.db-shm", "copied.txt"):
                data = os.path.join(lab.root, "data")
                os.mkdir(data, 0o700)
                lay(target, os.path.join(data, name))
                before = content(target)
                if name in ("rlab.db", "copied.txt"):
                    r = exits(lab.run("ask", "hello", "--data-dir", data), 0)
                    has(r.out, "42")
                    lab.run("cache", "clear", "--yes", "--data-dir", data)
                lab.run("doctor", "--data-dir", data)
                same(content(target)[0], before[0], "%s %s" % (lay.__name__, name))
                same(content(target)[1] & 0o7777, before[1] & 0o7777, "mode through " + name)
                subprocess.run(["rm", "-rf", data], check=True)


def test_exports_follow_no_link(lab):
    lab.server()
    exits(lab.run("ask", "hello"), 0)
    theirs = lab.write("theirs.txt", "not rlab's\n")
    os.symlink(theirs, os.path.join(lab.root, "link"))
    os.symlink(os.path.join(lab.root, "nowhere"), os.path.join(lab.root, "dangling"))
    for name in ("link", "dangling", "theirs.txt"):
        for words in (("backup", name), ("history", "export", name)):
            assert lab.run(*words).code not in (0, -6, -11), (words, name)
    same(open(theirs).read(), "not rlab's\n")
    same(os.path.exists(os.path.join(lab.root, "nowhere")), False)


def test_a_data_folder_of_somebody_else(lab):
    if os.geteuid() != 0:
        raise Skip("only root can give a folder away")
    lab.server()
    for what in ("folder", "file"):
        data = os.path.join(lab.root, "shared-" + what)
        os.mkdir(data)
        os.chmod(data, 0o777)
        if what == "folder":
            os.chown(data, 12345, 12345)
        else:
            os.chown(data, 65534, 65534)
            path = os.path.join(data, "rlab.db")
            open(path, "w").close()
            os.chmod(path, 0o666)
            os.chown(path, 12345, 12345)
        r = exits(lab.run("ask", "hello", "--data-dir", data, **unprivileged()), 0,
                  "belongs to another user")
        has(r.out, "42")
        same(sum(os.path.getsize(os.path.join(data, n)) for n in os.listdir(data)), 0)


def test_what_is_deleted_leaves_the_file(lab):
    lab.server()
    exits(lab.run("ask", "Where is Zanzibarquelle?"), 0)
    with open(os.path.join(lab.data, "rlab.db"), "rb") as f:
        assert b"Zanzibarquelle" in f.read(), "it was never there"
    exits(lab.run("history", "delete", "--all", "--yes"), 0)
    exits(lab.run("cache", "clear", "--yes"), 0)
    for name in os.listdir(lab.data):
        with open(os.path.join(lab.data, name), "rb") as f:
            assert b"Zanzibarquelle" not in f.read(), name


# --- files of strangers ---------------------------------------------------------------------------


def test_files_of_strangers_run_nothing(lab):
    """A config, a rule set, a query set and lessons made to be harmful: at worst they are wrong."""
    lab.server()
    mark = os.path.join(lab.root, "mark")
    hostile = "$(touch %s) `touch %s` ; touch %s | touch %s" % (mark, mark, mark, mark)
    lab.write("home/.config/rlab/config.ini",
              "[server box]\ntype = openai\nurl = http://127.0.0.1:9\nkey_file = /tmp/x$(touch %s)\n"
              % mark)
    lab.run("ask", "hello")
    lab.write("home/.config/rlab/config.ini", "[lessons]\ndir = %s/lessons\n" % lab.root)
    lab.write("lessons/9.1-evil.lesson", "id: 9.1\ntitle: %s\nselect: SELECT writefile('%s', 'x')\n"
              % (hostile, mark))
    os.symlink("/etc/passwd", os.path.join(lab.root, "lessons", "9.2-link.lesson"))
    lab.write("evil.rules", "keyword +2 %s\npattern +2 (a+)+$\n" % hostile)
    lab.write("evil.jsonl", json.dumps({"query": hostile, "answer": "\033]52;c;eA==\a"}) + "\n")
    for words in (("exercise", "list"), ("exercise", "lint"), ("exercise", "check"), ("progress",),
                  ("rules", "check", "evil.rules"),
                  ("classify", "--rules", "evil.rules", "a" * 5000 + "!"),
                  ("bench", "run", "--set", "evil.jsonl", "--rounds", "1")):
        r = lab.run(*words)
        assert r.code >= 0, r
        lacks(r.out + r.err, "\033]52")
        lacks(r.out + r.err, "root:")
    same(os.path.exists(mark), False, "a command ran")


main()
