#!/usr/bin/env python3
"""rlab doctor against real faults: every one is found, named and explained with one line of what to
do, in text and in JSON, and the doctor leaves no trace. One row a fault."""
import fcntl
import hashlib
import json
import os
import pty
import socket
import sqlite3
import struct
import subprocess
import termios
import time

from rlab_case import (Server, Skip, exits, fits, flat, has, lacks, main, needs_no_server, same,
                       small_disk, unprivileged)

KEY = "sk-test-0123456789abcdefghij"
PROBLEMS = {"no-server", "wrong-address", "proxy", "ipv6-localhost", "tls", "slow-server",
            "key-missing", "key-refused", "model-missing", "pair", "clock", "terminal", "locale",
            "database-damaged", "database-newer", "database-foreign", "disk-full", "permissions",
            "settings"}


told = set()  # problems that were looked at as text


# --- looking --------------------------------------------------------------------------------------


def snapshot(root):
    """All there is below a folder, to the byte: names, modes, times, contents."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            st = os.lstat(path)
            content = None
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as f:
                    content = hashlib.sha256(f.read()).hexdigest()
            found[os.path.relpath(path, root)] = (st.st_mode, st.st_uid, st.st_nlink,
                                                  st.st_mtime_ns, content)
    return found


def long_word(line):
    """A path or an address cannot be wrapped."""
    return any(len(word) > 40 for word in line.split())


def examine(lab, *words, code=None, env=None, **more):
    """What the doctor found, as JSON; as text it says the same, and nothing has changed."""
    before = snapshot(lab.root)
    r = lab.run("doctor", "--json", *words, env=env, **more)
    if code is not None:
        exits(r, code)
    has(" 0 1 2 3 4 5 ", " %d " % r.code)
    same(snapshot(lab.root), before, "what is there afterwards")
    found = r.json()
    names = {c["problem"] for c in found["checks"]} - {None}
    text = r
    if names - told:  # each is looked at as text once
        text = lab.run("doctor", *words, env=env, **more)
        same(text.code, r.code, "exit code as text")
        fits("\n".join(line for line in text.out.splitlines() if not long_word(line)))
    for c in found["checks"]:
        if c["state"] == "ok":
            same(c["problem"], None, c["what"])
            continue
        assert c["problem"] in PROBLEMS, c
        assert c["do"] and "\n" not in c["do"], c
        assert len(c["do"].replace(lab.root, "")) <= 160, c
        if text is not r:
            has(flat(text.out), flat(c["do"]))
    told.update(names)
    for out in (r.out, r.err, text.out, text.err):
        lacks(out, KEY)
    return found


def one(found, problem):
    """The one check with this problem."""
    some = [c for c in found["checks"] if c["problem"] == problem]
    assert some, "no %s in %s" % (problem, json.dumps(found, indent=1))
    return some[0]


def one_of(found, what):
    return {c["what"]: c for c in found["checks"]}[what]


def config(lab, text):
    return lab.write("home/.config/rlab/config.ini", text)


def closed_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def another_server(lab, *arguments):
    s = Server(*arguments)
    lab.servers.append(s)
    return s


def scripted(lab, reply):
    s = another_server(lab)
    s.control("/__script", {"replies": [reply]})
    return s


# --- servers: one row a fault ---------------------------------------------------------------------

# Each makes its fault and gives: words for the doctor, environment, problem, words in what was
# found, words in what to do.


def nothing_listens(lab):
    return [], {}, "no-server", "nothing listens there", "(from OLLAMA_HOST)"


def port_closed_in_config(lab):
    config(lab, "[server box]\ntype = openai\nurl = http://127.0.0.1:%d\n" % closed_port())
    return [], {}, "no-server", "server 'box'", "in [server box] of the config"


def no_such_host(lab):
    # A label longer than names may have: no name server has to be asked.
    return (["--server", "far=openai:http://%s.invalid:8000" % ("x" * 70)], {}, "wrong-address",
            "its name has no address", "correct its address")


def web_site(lab):
    s = scripted(lab, {"framing": "length", "headers": [["Content-Type", "text/html"]],
                       "writes": ["<html><title>Welcome</title><h1>It works!</h1></html>"]})
    return ["--server", "web=openai:" + s.url], {}, "wrong-address", "not JSON", "address or type"


def other_json(lab):
    s = scripted(lab, {"framing": "length", "writes": ["[1,2]"]})
    return ["--server", "web=ollama:" + s.url], {}, "wrong-address", "no list of models", "address"


def other_type(lab):
    s = lab.server("openai")
    return ([], {"OLLAMA_HOST": s.url}, "wrong-address", "a server of type openai answers",
            "export OPENAI_BASE_URL=%s/v1; unset OLLAMA_HOST" % s.url)


def other_type_too(lab):
    s = lab.server("ollama")
    return ([], {"OPENAI_BASE_URL": s.url + "/api", "OLLAMA_HOST": "http://127.0.0.1:9"},
            "wrong-address", "a server of type ollama answers at " + s.url,
            "export OLLAMA_HOST=%s; unset OPENAI_BASE_URL" % s.url)


def other_path(lab):
    s = lab.server("openai")
    return (["--server", "box=openai:%s/api/v7" % s.url], {}, "wrong-address",
            "a server of type openai answers at %s/v1" % s.url, "(from --server)")


def redirected(lab):
    s = scripted(lab, {"status": 301, "framing": "length",
                       "headers": [["Location", "https://elsewhere.invalid/"]], "writes": [""]})
    return ["--server", "box=openai:" + s.url], {}, "wrong-address", "301", "address"


def not_tls(lab):
    s = another_server(lab, "--greet", "HTTP/1.1 400 Bad Request\r\n\r\n")
    return (["--server", "box=openai:" + s.url.replace("http:", "https:")], {}, "tls",
            "no safe connection", "http, not https")


def dead_proxy(lab):
    return (["--server", "far=openai:http://gpu.invalid:8000"],
            {"http_proxy": "http://user:geheim@127.0.0.1:9"}, "proxy", "server 'far'",
            "the proxy of http_proxy")


def proxy_that_refuses(lab):
    proxy = scripted(lab, {"status": 403, "framing": "length", "writes": ["not for you"]})
    return (["--server", "far=openai:http://gpu.invalid:8000"], {"http_proxy": proxy.url}, None,
            "403", "")


def proxy_before_a_server(lab):
    # 0.0.0.0 is this machine too, but not by a name that is known to be.
    s = lab.server("openai")
    return (["--server", "far=openai:http://0.0.0.0:%d" % s.port],
            {"all_proxy": "http://127.0.0.1:9"}, "proxy", "without the proxy it answers",
            "name the host of http://0.0.0.0:%d/v1 in no_proxy" % s.port)


def key_not_set(lab):
    config(lab, "[server box]\ntype = openai\nurl = http://127.0.0.1:%d\nkey_env = BOX_KEY\n"
           % closed_port())
    return [], {}, "key-missing", "'BOX_KEY'", "export BOX_KEY="


def key_empty(lab):
    key_not_set(lab)
    return [], {"BOX_KEY": ""}, "key-missing", "'BOX_KEY'", "export BOX_KEY="


def key_wanted(lab):
    s = lab.server("openai", key=KEY)
    return ["--server", "box=openai:" + s.url], {}, "key-missing", "401", "key_env"


def key_wanted_by_variable(lab):
    s = lab.server("openai", key=KEY)
    return ([], {"OPENAI_BASE_URL": s.url}, "key-missing", "401",
            "export its key: OPENAI_API_KEY=")


def key_refused(lab):
    s = lab.server("openai", key="another-key-altogether")
    config(lab, "[server box]\ntype = openai\nurl = %s\nkey_env = BOX_KEY\n" % s.url)
    return [], {"BOX_KEY": KEY}, "key-refused", "401", "look at the key in BOX_KEY"


def key_forbidden(lab):
    s = scripted(lab, {"status": 403, "framing": "length", "writes": ["your key %s may not" % KEY]})
    config(lab, "[server box]\ntype = anthropic\nurl = %s\nkey_env = BOX_KEY\n" % s.url)
    return [], {"BOX_KEY": KEY}, "key-refused", "403", "look at the key in BOX_KEY"


def key_file_missing(lab):
    path = os.path.join(lab.root, "key")
    config(lab, "[server box]\ntype = openai\nurl = http://127.0.0.1:%d\nkey_file = %s\n"
           % (closed_port(), path))
    return [], {}, "key-missing", path, "readable by you alone"


def key_file_without_path(lab):
    config(lab, "[server box]\ntype = openai\nurl = http://127.0.0.1:9\nkey_file = %s\n" % KEY)
    return [], {}, "key-missing", "whole path", "write a path from '/' on as key_file in [server box]"


def key_file_open(lab):
    key_file_missing(lab)
    os.chmod(lab.write("key", KEY + "\n"), 0o640)
    return [], {}, "permissions", "open to others (mode 0640)", "chmod 600"


def model_gone(lab):
    lab.server(models="fast:8b,big-r1:70b")
    return (["--fast-model", "local/gone:8b"], {}, "model-missing", "local/gone:8b (flag)",
            "ollama pull gone:8b")


def no_models(lab):
    lab.server(models="")
    return [], {}, "model-missing", "0 models", "ollama pull"


def slow(lab):
    s = scripted(lab, {"header_delay_ms": 600, "framing": "length",
                       "writes": ['{"object":"list","data":[{"id":"m"}]}']})
    return ["--server", "box=openai:" + s.url], {}, "slow-server", "answers in", "rlab models use"


SERVERS = [nothing_listens, port_closed_in_config, no_such_host, web_site, other_json, other_type,
           other_type_too, other_path, redirected, not_tls, dead_proxy, proxy_that_refuses,
           proxy_before_a_server, key_not_set, key_empty, key_wanted, key_wanted_by_variable,
           key_refused, key_forbidden, key_file_missing, key_file_without_path, key_file_open,
           model_gone, no_models, slow]


def server_test(fault):
    def test(lab):
        needs_no_server()
        words, env, problem, found, todo = fault(lab)
        said = examine(lab, *words, env=env)
        if problem is None:  # more than one name fits
            all_found = " ".join(c["found"] for c in said["checks"] if c["problem"])
            has(all_found, found)
            return
        some = [c for c in said["checks"] if c["problem"] == problem]
        assert any(found in c["found"] and todo in c["do"] for c in some), json.dumps(said, indent=1)
        lacks(json.dumps(said), "geheim")
    return test


for fault_ in SERVERS:
    globals()["test_" + fault_.__name__] = server_test(fault_)


def other_loopback(lab, here, there):
    if not socket.has_ipv6:
        raise Skip("this machine has no IPv6")
    try:
        s = another_server(lab, "--play", "ollama", "--host", there)
    except ValueError:
        raise Skip("this machine has no address " + there) from None
    url = "http://%s:%d" % (here, s.port)
    c = one(examine(lab, env={"OLLAMA_HOST": url}), "ipv6-localhost")
    has(c["do"], "write http://%s:%d" % ("[::1]" if there == "::1" else there, s.port))
    has(c["found"], "nothing listens there")
    has(c["do"], "(from OLLAMA_HOST)")


def test_only_on_ipv6(lab):
    other_loopback(lab, "127.0.0.1", "::1")


def test_only_on_ipv4(lab):
    other_loopback(lab, "[::1]", "127.0.0.1")


def test_localhost_is_both(lab):
    try:
        s = another_server(lab, "--play", "ollama", "--host", "::1")
    except ValueError:
        raise Skip("this machine has no address ::1") from None
    examine(lab, env={"OLLAMA_HOST": "http://localhost:%d" % s.port}, code=0)


def test_no_proxy_is_heard(lab):
    s = lab.server("openai")
    lab.server()
    for name in ("no_proxy", "NO_PROXY"):
        for value in ("0.0.0.0", "*", "a.b, 0.0.0.0 ,c"):
            found = examine(lab, "--server", "far=openai:http://0.0.0.0:%d" % s.port, code=0,
                            env={"http_proxy": "http://127.0.0.1:9", name: value})
            same([c["what"] for c in found["checks"] if c["problem"] == "proxy"], [])
            if value != "*":
                break


def test_the_second_look_never_carries_the_key(lab):
    """A port of the same number on the other loopback may be anybody's."""
    try:
        other = another_server(lab, "--host", "::1")
    except ValueError:
        raise Skip("this machine has no address ::1") from None
    other.url = "http://[::1]:%d" % other.port
    config(lab, "[server box]\ntype = openai\nurl = http://127.0.0.1:%d\nkey_env = BOX_KEY\n"
           % other.port)
    examine(lab, env={"BOX_KEY": KEY})
    log = other.control("/__log")
    assert log, "it was never asked"
    lacks(json.dumps(log), KEY)
    s = lab.server("openai", key=KEY)  # as another type, and without the path
    config(lab, "[server box]\ntype = openai\nurl = %s/wrong\nkey_env = BOX_KEY\n" % s.url)
    found = examine(lab, env={"BOX_KEY": KEY})
    has(one(found, "wrong-address")["do"], "address %s/v1" % s.url)
    for entry in s.control("/__log"):
        same(KEY in json.dumps(entry), entry["path"].startswith("/wrong"), entry["path"])


def test_as_the_doctor_says_so_it_is(lab):
    """The doctor's exit code is that of a question asked then."""
    box = lab.server("openai", key="right")
    lab.server()
    config(lab, "[server box]\ntype = openai\nurl = %s\nkey_env = BOX_KEY\n" % box.url)
    for env in ({"BOX_KEY": KEY}, {"BOX_KEY": "right"}, {}):
        code = lab.run("ask", "--fast", "hello", env=env).code
        examine(lab, env=env, code=code)


def test_dead_servers_cost_no_time(lab):
    """Servers that take the connection and say nothing: asked together, given up soon. The bound is
    one against hangs; alone on a machine it takes 1.3 s."""
    silent = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
    words = []
    for i, s in enumerate(silent):
        words += ["--server", "dead%d=openai:http://127.0.0.1:%d" % (i, s.getsockname()[1])]
    lab.run("doctor")  # the program is in memory from now on
    began = time.monotonic()
    r = lab.run("doctor", "--json", *words)
    took = time.monotonic() - began
    assert took < 8, "it took %.1f s" % took
    found = [c for c in r.json()["checks"] if c["what"].startswith("dead")]
    same([c["problem"] for c in found], ["no-server"] * 4)
    for c in found:
        has(c["found"], "no answer within")
    for s in silent:
        s.close()


# --- database -------------------------------------------------------------------------------------


def database(lab):
    return os.path.join(lab.data, "rlab.db")


def asked_once(lab):
    lab.server()
    exits(lab.run("ask", "hello"), 0)
    for beside in ("-wal", "-shm"):
        same(os.path.exists(database(lab) + beside), False, beside)


def overwrite(lab, at, data):
    with open(database(lab), "r+b") as f:
        f.seek(at)
        f.write(data)


def damaged_header(lab):
    overwrite(lab, 0, b"x" * 100)


def damaged_pages(lab):
    size = os.path.getsize(database(lab))
    overwrite(lab, 4096, b"\xa5" * (size - 4096))


def cut_off(lab):
    os.truncate(database(lab), os.path.getsize(database(lab)) // 2 // 4096 * 4096)


def newer(lab):
    db = sqlite3.connect(database(lab))
    db.execute("PRAGMA user_version = 999")
    db.close()


def foreign(lab):
    os.remove(database(lab))
    db = sqlite3.connect(database(lab))
    db.execute("CREATE TABLE theirs(x)")
    db.commit()
    db.close()
    os.chmod(database(lab), 0o600)


def folder_instead(lab):
    os.remove(database(lab))
    os.mkdir(database(lab), 0o700)


DATABASES = [(damaged_header, "database-damaged", 0, "moves it aside"),
             (damaged_pages, "database-damaged", 0, "moves it aside"),
             (cut_off, "database-damaged", 0, "moves it aside"),
             (newer, "database-newer", 0, "update rlab"),
             (foreign, "database-foreign", 5, "--data-dir"),
             (folder_instead, "database-foreign", 5, "--data-dir")]


def database_test(damage, problem, code, todo):
    def test(lab):
        asked_once(lab)
        damage(lab)
        has(one(examine(lab, code=code), problem)["do"], todo)
    return test


for row_ in DATABASES:
    globals()["test_database_" + row_[0].__name__] = database_test(*row_)


# What is no plain file beside the database, or where it leads nowhere: found, and what the doctor
# says of it works when it is done. (How it is made; the ending; the exit code of the doctor.)


def folder_at(path):
    os.mkdir(path, 0o755)


def pipe_at(path):
    os.mkfifo(path, 0o644)


def link_at(path):
    os.symlink("/etc/hostname", path)


BESIDE = [(make, ending) for make in (folder_at, pipe_at, link_at)
          for ending in ("-wal", "-shm", "-journal")]


def do_it(lab, c):
    """The command behind the last ': ' of what to do."""
    subprocess.run(["sh", "-c", c["do"].rsplit(": ", 1)[1]], check=True, cwd=lab.root)


def test_what_stands_beside_the_database(lab):
    asked_once(lab)
    for make, ending in BESIDE:
        make(database(lab) + ending)
        r = exits(lab.run("ask", "--no-cache", "hello"), 0, "not recorded", "rlab.db" + ending)
        has(flat(r.err), "move it away")
        found = examine(lab)
        c = one(found, "database-foreign")
        has(c["found"], "rlab.db%s' is no plain file" % ending)
        same([c for c in found["checks"] if c["problem"] == "permissions"], [], "rights")
        do_it(lab, c)
        lacks(exits(lab.run("ask", "--no-cache", "hello"), 0).err, "not recorded")
        same(one_of(examine(lab, code=0), "database")["state"], "ok", ending)
        moved = os.path.join(lab.data, "moved" + ending)
        (os.rmdir if os.path.isdir(moved) else os.remove)(moved)


def test_a_database_that_leads_nowhere(lab):
    asked_once(lab)
    os.remove(database(lab))
    os.symlink(os.path.join(lab.root, "not-there", "rlab.db"), database(lab))
    exits(lab.run("ask", "hello"), 0, "not recorded", "a link to what is not there")
    c = one(examine(lab, code=5), "database-foreign")
    has(c["found"], "is a link to what is not there")
    do_it(lab, c)
    lacks(exits(lab.run("ask", "hello"), 0).err, "not recorded")
    examine(lab, code=0)


def test_a_data_folder_that_is_none(lab):
    asked_once(lab)
    os.rename(lab.data, lab.data + "-was")
    os.symlink(os.path.join(lab.root, "not-there"), lab.data)
    exits(lab.run("ask", "hello"), 0, "not recorded", "a link to what is not there")
    has(one(examine(lab, code=5), "permissions")["found"], "a link to what is not there")
    os.remove(lab.data)
    lab.write("home/.local/share/rlab", "")
    c = one(examine(lab, code=5), "permissions")
    has(c["found"], "is no folder")
    do_it(lab, c)
    lacks(exits(lab.run("ask", "hello"), 0).err, "not recorded")
    examine(lab, code=0)


def test_a_database_without_a_log(lab):
    asked_once(lab)
    db = sqlite3.connect(database(lab))
    same(db.execute("PRAGMA journal_mode = DELETE").fetchone(), ("delete",))
    db.close()
    has(one_of(examine(lab, code=0), "database")["found"], "the next question tries for a")
    exits(lab.run("ask", "hello"), 0)
    has(one_of(examine(lab, code=0), "database")["found"], ", write-ahead log")


def test_a_sound_database_is_left_alone(lab):
    asked_once(lab)
    found = examine(lab, code=0)
    text = {c["what"]: c["found"] for c in found["checks"]}["database"]
    has(text, "write-ahead log")
    has(text, "version ")
    same([n for n in os.listdir(lab.data)], ["rlab.db"])


def test_a_database_that_is_open(lab):
    asked_once(lab)
    db = sqlite3.connect(database(lab))
    db.execute("SELECT count(*) FROM answer").fetchone()  # -wal and -shm are there now
    r = exits(lab.run("doctor", "--json"), 0)
    same([c for c in r.json()["checks"] if c["area"] == "database" and c["state"] != "ok"], [])
    db.close()


# --- clock ----------------------------------------------------------------------------------------


def preloaded(**more):
    path = os.environ.get("FAULTS_PRELOAD")
    if not path or not os.path.exists(path):
        raise Skip("no library is there to be laid under the program")
    options = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    return {"LD_PRELOAD": path, "ASAN_OPTIONS": options, **{k: str(v) for k, v in more.items()}}


def test_clock_behind_the_database(lab):
    asked_once(lab)
    c = one(examine(lab, env=preloaded(FAKE_CLOCK_AHEAD=-90000), code=0), "clock")
    has(c["found"], "25 hours ahead: the clock jumped")
    has(c["do"], "timedatectl")


def test_clock_before_rlab_was_made(lab):
    lab.server()
    c = one(examine(lab, env=preloaded(FAKE_CLOCK_AHEAD=-1500000000), code=0), "clock")
    has(c["found"], "before any rlab was made")


def test_clock_and_rows_of_the_future(lab):
    asked_once(lab)
    db = sqlite3.connect(database(lab))
    db.execute("UPDATE answer SET at_wall = at_wall + ?", (400 * 86400 * 10**9,))
    db.commit()
    db.close()
    has(one(examine(lab, code=0), "clock")["found"], "days ahead")


def test_clock_against_a_server(lab):
    lab.server()
    for ahead, words in ((-7200, "behind that of server 'box'"), (90000, "ahead of that of server")):
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() - ahead))
        s = scripted(lab, {"framing": "length", "headers": [["Date", date]],
                           "writes": ['{"object":"list","data":[{"id":"m"}]}']})
        c = one(examine(lab, "--server", "box=openai:" + s.url, code=0), "clock")
        has(c["found"], words)
        has(c["do"], "timedatectl set-ntp true")


def test_a_clock_that_is_right(lab):
    asked_once(lab)
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
    s = scripted(lab, {"framing": "length", "headers": [["Date", date]],
                       "writes": ['{"object":"list","data":[{"id":"m"}]}']})
    found = examine(lab, "--server", "box=openai:" + s.url, code=0)
    same([c for c in found["checks"] if c["problem"] == "clock"], [])


# --- disk -----------------------------------------------------------------------------------------


def test_disk_full(lab):
    lab.server()
    c = one(examine(lab, env=preloaded(FAKE_FREE_BYTES=1 << 20), code=5), "disk-full")
    has(c["do"], "free some space")
    same(c["state"], "bad")


def test_a_disk_that_is_full_from_the_start(lab):
    lab.server()
    with small_disk(lab, 64) as folder:
        with open(os.path.join(folder, "fill"), "wb") as f:
            try:
                f.write(b"x" * 65536)
                f.flush()
            except OSError:
                pass
        words = ["--data-dir", os.path.join(folder)]
        r = exits(lab.run("ask", *words, "hello"), 0, "not recorded", "the disk is full")
        lacks(r.err, "shared memory")
        has(one(examine(lab, *words, code=5), "disk-full")["found"], "0 B in")


def test_a_disk_mounted_for_reading_only(lab):
    lab.server()
    with small_disk(lab, 4096) as folder:
        words = ["--data-dir", folder]
        exits(lab.run("ask", *words, "hello"), 0)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        c = one_of(examine(lab, *words), "database")
        has(c["found"], "Read-only file system")
        has(c["do"], "mount the disk for writing")
        lacks(c["do"], "chmod")


def test_disk_nearly_full(lab):
    lab.server()
    same(one(examine(lab, env=preloaded(FAKE_FREE_BYTES=100 << 20), code=0), "disk-full")["state"],
         "warn")


def test_no_more_files(lab):
    lab.server()
    has(one(examine(lab, env=preloaded(FAKE_FREE_FILES=0), code=5), "disk-full")["found"],
        "no file more")


# --- terminal and letters -------------------------------------------------------------------------


def on_terminal(lab, rows, cols, **env):
    """The doctor with a terminal on stdin and stderr."""
    main_end, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
    try:
        r = lab.run("doctor", "--json", env=env, stdin=end, stderr=end)
    finally:
        os.close(end)
        os.close(main_end)
    return [c for c in r.json()["checks"] if c["problem"] == "terminal"]


TERMINALS = [("dumb", 24, 80, {}, "set TERM"), ("", 24, 80, {}, "set TERM"),
             ("unknown", 24, 80, {}, "set TERM"), ("no-such-term", 24, 80, {}, "ncurses-term"),
             ("xterm-256color", 10, 40, {}, "at least 60x16"),
             ("xterm-256color", 23, 80, {}, "80x24"), ("xterm-256color", 24, 79, {}, "80x24"),
             ("vt100", 24, 80, {}, "colour"), ("vt100", 24, 80, {"NO_COLOR": "1"}, None),
             ("xterm-256color", 24, 80, {}, None)]


def test_terminals(lab):
    lab.server()
    for term, rows, cols, env, todo in TERMINALS:
        found = on_terminal(lab, rows, cols, TERM=term, **env)
        same(len(found), 1 if todo else 0, "%s %dx%d" % (term, cols, rows))
        if todo:
            has(found[0]["do"], todo)


def test_locales(lab):
    lab.server()
    for env, found in (({"LC_ALL": "C"}, "by LC_ALL=C"), ({"LANG": "POSIX"}, "by LANG=POSIX"),
                       ({"LC_ALL": "xx_YY.UTF-8"}, "xx_YY.UTF-8 is no locale of this machine"),
                       ({"LANG": ""}, "LANG is not set")):
        c = one(examine(lab, env=env, code=0), "locale")
        has(c["found"], found)
        has(c["do"], "C.UTF-8")


# --- rights ---------------------------------------------------------------------------------------


def rights_row(path, mode, todo):
    return lambda lab: (os.chmod(path(lab), mode), todo)[1]


def in_data(name):
    return lambda lab: os.path.join(lab.data, name)


def in_config(name):
    return lambda lab: os.path.join(lab.home, ".config", "rlab", name)


RIGHTS = [("data folder", in_data(""), 0o755, "chmod 700"), ("data folder", in_data(""), 0o770,
                                                             "chmod 700"),
          ("rlab.db", in_data("rlab.db"), 0o644, "chmod 600"),
          ("rlab.db.damaged-1", in_data("rlab.db.damaged-1"), 0o604, "chmod 600"),
          ("config file", in_config("config.ini"), 0o666, "chmod go-w"),
          ("config folder", in_config(""), 0o777, "chmod go-w")]


def test_rights(lab):
    asked_once(lab)
    lab.write("home/.local/share/rlab/rlab.db.damaged-1", "x")
    config(lab, "[ask]\ntemperature = 0\n")
    os.chmod(os.path.join(lab.data, "rlab.db.damaged-1"), 0o600)
    os.chmod(in_config("config.ini")(lab), 0o644)
    os.chmod(in_config("")(lab), 0o755)
    examine(lab, code=0)
    for what, path, mode, todo in RIGHTS:
        was = os.stat(path(lab)).st_mode & 0o7777
        os.chmod(path(lab), mode)
        c = one(examine(lab, code=0), "permissions")
        same(c["what"], what)
        has(c["do"], todo)
        os.chmod(path(lab), was)


def test_a_folder_of_another_user(lab):
    if os.geteuid() != 0:
        raise Skip("only root can give a folder away")
    asked_once(lab)
    os.chown(lab.data, 12345, 12345)
    c = one(examine(lab), "permissions")
    has(c["found"], "belongs to another user (number 12345)")
    has(c["do"], "chown")


def test_a_folder_that_cannot_be_written(lab):
    asked_once(lab)
    if os.geteuid() == 0:
        for folder, folders, files in os.walk(lab.home):
            for name in [folder] + [os.path.join(folder, n) for n in folders + files]:
                os.chown(name, 65534, 65534)
    os.chmod(lab.data, 0o500)
    found = examine(lab, **unprivileged())
    assert any("cannot be written" in c["found"] for c in found["checks"]
               if c["problem"] == "permissions"), found


def test_links(lab):
    asked_once(lab)
    os.link(database(lab), os.path.join(lab.root, "another-name"))
    has(one(examine(lab, code=0), "permissions")["found"], "a hard link")
    os.remove(os.path.join(lab.root, "another-name"))
    if os.geteuid() == 0:
        os.rename(database(lab), os.path.join(lab.root, "moved.db"))
        os.symlink(os.path.join(lab.root, "moved.db"), database(lab))
        os.lchown(database(lab), 12345, 12345)
        has(one(examine(lab, code=0), "permissions")["found"], "a link to elsewhere")


def test_a_secret_in_the_config(lab):
    path = config(lab, "[server box]\ntype = openai\nurl = http://x\napi_key = %s\n" % KEY)
    os.chmod(path, 0o644)
    found = examine(lab, code=2)
    has(one(found, "permissions")["do"], "take the secret out")
    has(one(found, "settings")["found"], "does not belong in this file")
    os.chmod(path, 0o600)
    same([c for c in examine(lab, code=2)["checks"] if c["problem"] == "permissions"], [])


def test_many_at_once(lab):
    """One fault hides no other."""
    needs_no_server()
    asked_once(lab)
    newer(lab)
    os.chmod(lab.data, 0o755)
    config(lab, "[server box]\ntype = openai\nurl = http://127.0.0.1:%d\nkey_env = BOX_KEY\n"
           "[server far]\ntype = ollama\nurl = http://127.0.0.1:%d\n"
           % (closed_port(), closed_port()))
    found = examine(lab, env={**preloaded(FAKE_FREE_BYTES=1 << 20), "LC_ALL": "C"}, code=2)
    names = {c["problem"] for c in found["checks"]}
    for name in ("database-newer", "permissions", "key-missing", "no-server", "disk-full", "locale"):
        assert name in names, (name, names)


main()
