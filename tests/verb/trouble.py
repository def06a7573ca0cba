#!/usr/bin/env python3
"""When things go wrong around a verb: a clear sentence, the right exit code, nothing lost."""
import os
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading

from rlab_case import exits, has, lacks, main, same, small_disk, unprivileged, wait_until

CAPITAL = "What is the capital of Japan?"
READERS = (("cache", "stats"), ("cache", "list"), ("history",), ("history", "search", "x"),
           ("history", "show", "1"), ("label", "list"), ("cache", "get", "x"))
WRITERS = (("label", "simple", "x"), ("set", "cache.size", "3"), ("cache", "clear", "--yes"),
           ("cache", "size", "3"), ("models", "use", "fast", "fast:8b"), ("rules", "use", "basic"),
           ("history", "delete", "--all", "--yes"), ("judge", "1", "left"))


def database(lab):
    return os.path.join(lab.data, "rlab.db")


def not_recorded(result):
    """The answer is there, one line says that and why nothing was kept, and all is well."""
    exits(result, 0)
    has(result.out, "42")
    same(result.err.count("not recorded: "), 1, "lines that say so")
    return result


def log_of(lab):
    path = lab.run("paths", "--json").json()["log_file"]
    if not os.path.exists(path):
        return ""
    same(os.stat(path).st_mode & 0o777, 0o600, "rights of the log")
    with open(path) as f:
        return f.read()


# --- the log --------------------------------------------------------------------------------------


def test_log_keeps_what_went_wrong(lab):
    """One line a sentence, in the form it was told; nothing of what was asked without recording, by
    one that only reads, or of words that were typed wrongly."""
    server = lab.server()
    server.play(model={"fast:8b": {"fail": {"status": 500, "error": "gone\x1b[2J\naway"}}})
    for extra in ((), ("--json",), ("--no-history",), ("--read-only",)):
        lab.run("ask", "--fast", "--no-cache", "hello", *extra)
    exits(lab.run("history", "show", "99"), 2)
    exits(lab.run("ask"), 2)
    said = log_of(lab)
    same(said.count("\n"), 2, said)
    same(said.count(" gone[2J away"), 2, said)
    lacks(said, "hello")


# --- a server that is not ready -------------------------------------------------------------------


def test_a_loading_server_is_told(lab):
    """Waiting for a model that is being loaded is no silence: one line says so, in words or not."""
    server = lab.server()
    server.play(model={"fast:8b": {"fail": {"status": 503, "error": "Loading model"}}})
    waited = exits(lab.run("ask", "--model", "local/fast:8b", "--deadline", "2", "hello"), 3)
    has(waited.err, "is loading its model; the question waits for it")
    lacks(waited.err, "trying again")
    events = exits(lab.run("ask", "--model", "local/fast:8b", "--deadline", "2", "--events", "hello"), 3)
    has(events.out, "is loading its model")


# --- models ---------------------------------------------------------------------------------------


def test_a_server_that_hangs_up(lab):
    """As one does that only talks TLS, asked without: which of the two is in the address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def hang_up():
            try:
                while True:
                    listening.accept()[0].close()
            except OSError:
                pass  # the test is over
        threading.Thread(target=hang_up, daemon=True).start()
        url = "http://127.0.0.1:%d" % listening.getsockname()[1]
        for verb in (("models",), ("doctor",)):
            said = lab.run(*verb, "--server", "box=openai:" + url)
            words = " ".join((said.out + said.err).split())
            has(words, "server 'box' (%s/v1): it closed the connection without a reply" % url)
            has(words, "look into the server's log; or does its address begin with https?")
        listening.shutdown(socket.SHUT_RDWR)


def test_missing_model(lab):
    lab.server()
    r = exits(lab.run("ask", "--model", "local/nope:8b", "hello"), 4, "nope:8b")
    same(r.out, "")
    exits(lab.run("ask", "--fast-model", "nope:8b", "hello"), 4, "nope:8b")


def test_failures_have_their_exit_code(lab):
    server = lab.server()
    for status, error, code, words in (
            (402, "no credit", 2, "billing"),
            (429, "insufficient_quota", 2, "billing"),
            (500, "model requires more system memory (44.1 GiB) than is available", 4, "unload"),
            (500, "CUDA error: out of memory", 4, "smaller model"),
            (302, "", 2, "not followed"),
            (500, "went away", 3, "log")):
        server.play(model={"fast:8b": {"fail": {"status": status, "error": error}}})
        exits(lab.run("ask", "--fast", "--no-cache", "hello"), code, words)


def test_budget_is_sent_or_spoken_of(lab):
    lab.server()
    r = exits(lab.run("ask", "--fast", "--think-budget", "2048", "hello"), 0)
    has(r.err, "the thinking budget was not sent")
    server = lab.server("anthropic")
    address = "there=anthropic:" + server.url
    exits(lab.run("ask", "--server", address, "--model", "there/fast:8b", "--think-budget", "2048",
                  "hello"), 0)
    exits(lab.run("ask", "--server", address, "--fast-model", "there/fast:8b", "--fast",
                  "--think-budget", "1500", "hello"), 0)
    same([c["thinking"]["budget_tokens"] for c in server.chats()], [2048, 1500])


def test_budget_against_never(lab):
    server = lab.server("anthropic")
    lab.write("home/.config/rlab/config.ini", "[server there]\ntype = anthropic\nurl = %s\n"
              "think = never\n" % server.url)
    exits(lab.run("ask", "--model", "there/fast:8b", "--think-budget", "2048", "hello"), 2,
          "think = never", "--think-budget")
    exits(lab.run("ask", "--model", "there/fast:8b", "hello"), 0)


def test_answer_that_quotes_the_tag(lab):
    """What looked like thinking after two such answers is handed back, shown and kept whole."""
    server = lab.server()
    for answer, question in (("The tag </think> closes it", "one"), ("So\n</think>\nYes", "two"),
                             ("So\n</think>\nYes", "three")):
        server.play(answer=answer)
        exits(lab.run("ask", "--fast", question), 0)
    server.play(answer="Plain words")
    for _ in range(2):
        r = exits(lab.run("ask", "--fast", "four", "--json"), 0).json()
        same((r["answer"], r["thinking"]), ("Plain words", None))
    same(r["cached"], True)
    server.play(answer="Other words")
    same(exits(lab.run("ask", "--fast", "five", "--stream"), 0).out.strip(), "Other words")


def test_answers_that_are_none(lab):
    s = lab.server()
    s.play(model={"fast:8b": {"answers": {"hi": ""}}})
    r = exits(lab.run("ask", "hi"), 0, "the answer is empty", "1 token\n")
    same(r.out.strip(), "")


CUT = "the server may have cut the prompt"


def test_a_prompt_cut_in_silence(lab):
    s = lab.server()
    long = "Is this word the one? " * 500
    s.play(counted=90, answer="Yes")
    r = exits(lab.run("ask", "--fast", long), 0, CUT)
    same(r.out.strip(), "Yes")
    r = exits(lab.run("ask", "--fast", long, "--json"), 0).json()
    same((r["cached"], r["warnings"], r["prompt_tokens"]), (False, ["PROMPT_CUT"], 90))
    rows = exits(lab.run("ask", "--fast", long, "--events"), 0).rows()
    same([e["code"] for e in rows if e.get("type") == "warn"], ["PROMPT_CUT"])
    lacks(exits(lab.run("ask", "--fast", "Is it?"), 0).err, CUT)
    s.play(counted=90, cached=2400)
    lacks(exits(lab.run("ask", "--fast", long, "--no-cache"), 0).err, CUT)
    s.play(counted=None, cached=None)
    r = exits(lab.run("ask", "--fast", long, "--no-cache", "--json"), 0)
    lacks(r.err, CUT)
    same((r.json()["warnings"], r.json()["prompt_tokens"] > 2500), ([], True))
    same(exits(lab.run("ask", "--fast", long, "--json"), 0).json()["cached"], True)


def test_a_prompt_cut_by_other_servers(lab):
    for kind in ("openai", "anthropic"):
        s = lab.server(kind)
        s.play(counted=90)
        words = ("--server", "it=%s:%s" % (kind, s.url), "--model", "it/fast:8b")
        exits(lab.run("ask", "Is this word the one? " * 500, *words), 0, CUT)
        s.play(cached=2400)
        r = lab.run("ask", "Is this word the one? " * 500, *words)
        lacks(exits(r, 0).err, CUT)


# --- a damaged database -----------------------------------------------------------------------------


def damage(lab, how):
    lab.server()
    exits(lab.run("ask", CAPITAL), 0)
    path = database(lab)
    with open(path, "rb") as f:
        whole = f.read()
    for beside in ("-wal", "-shm"):
        if os.path.exists(path + beside):
            os.remove(path + beside)
    with open(path, "wb") as f:
        f.write(how(whole))
    with open(path, "rb") as f:
        return f.read()


def kept_aside(lab, bytes_of):
    names = [n for n in os.listdir(lab.data) if ".damaged-" in n and not n.endswith(("-wal", "-shm"))]
    same(len(names), 1, "files aside")
    with open(os.path.join(lab.data, names[0]), "rb") as f:
        same(f.read() == bytes_of, True, "the damaged file is whole")


def test_damaged_header(lab):
    bad = damage(lab, lambda b: b"not a database at all" + b[21:])
    r = exits(lab.run("ask", CAPITAL), 0, "was damaged", "kept as")
    has(r.out, "42")
    lacks(r.err, "not recorded")
    kept_aside(lab, bad)
    same(len(lab.run("history", "--json").rows()), 1, "answers in the new one")
    exits(lab.run("history"), 0)


def test_cut_off_database(lab):
    bad = damage(lab, lambda b: b[:len(b) // 2 // 4096 * 4096])
    r = lab.run("ask", CAPITAL)
    has(exits(r, 0).out, "42")
    if ".damaged-" in str(os.listdir(lab.data)):
        kept_aside(lab, bad)
    exits(lab.run("history"), 0)


def test_damage_met_by_a_reader(lab):
    for words in READERS + (("progress",), ("bench", "list"), ("backup", "copy.db")):
        bad = damage(lab, lambda b: b"x" * len(b))
        r = exits(lab.run(*words), 5, "was damaged", "kept as")
        same(r.out, "")
        same(r.err.count("\n"), 1, "lines")
        kept_aside(lab, bad)
        lab.run("history", "--json")
        shutil.rmtree(lab.data)


def test_damage_with_read_only(lab):
    bad = damage(lab, lambda b: b"x" * len(b))
    exits(lab.run("history", "--read-only"), 5, "damaged", database(lab))
    r = exits(lab.run("ask", CAPITAL, "--read-only"), 0, "damaged")
    has(r.out, "42")
    with open(database(lab), "rb") as f:
        same(f.read() == bad, True, "untouched")


def test_a_newer_database_is_only_read(lab):
    lab.server()
    exits(lab.run("ask", CAPITAL), 0)
    db = sqlite3.connect(database(lab))
    db.execute("PRAGMA user_version = 999")
    db.close()
    r = not_recorded(lab.run("ask", "hello"))
    has(r.err, "newer")
    same([x["query"] for x in exits(lab.run("history", "--json"), 0).rows()], [CAPITAL])
    for words in WRITERS:
        exits(lab.run(*words), 5, "newer")


def test_somebody_elses_database(lab):
    lab.server()
    os.makedirs(lab.data, 0o700)
    db = sqlite3.connect(database(lab))
    db.execute("CREATE TABLE mine(x)")
    db.commit()
    db.close()
    not_recorded(lab.run("ask", "hello"))
    exits(lab.run("history"), 5, database(lab))
    same([n for n in os.listdir(lab.data) if "damaged" in n], [])


# --- a full disk ------------------------------------------------------------------------------------


def fill_up(folder):
    with open(os.path.join(folder, "filler"), "wb", buffering=0) as f:
        try:
            while True:
                f.write(b"x" * 1024)
        except OSError:
            pass


def is_full(result):
    return "No space left" in result.err or "full" in result.err


def test_full_disk_from_the_start(lab):
    lab.server()
    with small_disk(lab, 64) as folder:
        fill_up(folder)
        r = not_recorded(lab.run("ask", CAPITAL, "--data-dir", folder))
        assert is_full(r), r
        exits(lab.run("history", "--data-dir", folder), 5)
        exits(lab.run("label", "simple", "x", "--data-dir", folder), 5)


def test_full_disk_later(lab):
    lab.server()
    with small_disk(lab, 2048) as folder:
        exits(lab.run("ask", CAPITAL, "--data-dir", folder), 0)
        fill_up(folder)
        r = not_recorded(lab.run("ask", "another one", "--data-dir", folder))
        assert is_full(r), r
        r = exits(lab.run("label", "simple", "-", "--data-dir", folder, input="x" * 200000), 5)
        assert is_full(r), r
        same(r.err.count("\n"), 1, "lines")
        os.remove(os.path.join(folder, "filler"))
        exits(lab.run("ask", "a third", "--data-dir", folder), 0)
        same([x["query"] for x in lab.run("history", "--json", "--data-dir", folder).rows()],
             ["a third", CAPITAL])


def test_full_disk_for_a_backup_and_an_export(lab):
    lab.server()
    exits(lab.run("ask", CAPITAL), 0)
    with small_disk(lab, 64) as folder:
        fill_up(folder)
        for words in (("backup", folder + "/b.db"), ("history", "export", folder + "/h.jsonl")):
            r = lab.run(*words)
            assert r.code in (2, 5), r
            has(r.err, words[-1])
        same(sorted(os.listdir(folder)), ["filler"], "what is left there")


def test_a_limit_on_file_sizes(lab):
    lab.server()
    exits(lab.run("ask", CAPITAL), 0)
    limit = os.path.getsize(database(lab)) + 8192

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    r = lab.run("label", "simple", "-", input="x" * 500000, preexec_fn=small_files)
    exits(r, 5)
    exits(lab.run("history"), 0)


def test_full_output(lab):
    lab.server()
    exits(lab.run("ask", CAPITAL), 0)
    for words in (("history",), ("cache", "list", "--json"), ("paths",), ("ask", CAPITAL),
                  ("doctor",), ("help",), ("set",), ("--version",), ("ask", "--help")):
        with open("/dev/full", "w") as full:
            r = lab.run(*words, stdout=full)
        assert r.code == 1, (words, r)
        has(r.err, "the output could not be written: No space left on device")


def test_closed_output(lab):
    lab.server()
    exits(lab.run("ask", CAPITAL), 0)
    size = os.path.getsize(database(lab))
    for words in ("history", "cache list", "ask again", "doctor"):
        shell = subprocess.run(["sh", "-c", "exec '%s' %s >&-" % (lab.program, words)],
                               env=lab.env, capture_output=True, text=True, cwd=lab.root)
        same(shell.returncode, 1, words)
        has(shell.stderr, "could not be written")
    assert os.path.getsize(database(lab)) >= size
    exits(lab.run("history"), 0)


def test_a_reader_that_goes_away(lab):
    lab.server()
    for i in range(3):
        exits(lab.run("ask", "question %d" % i), 0)
    for words in ("history export", "help", "set", "ask again", "doctor", "--version"):
        p = subprocess.run("(sleep 0.2; exec '%s' %s) | true; echo \" ${PIPESTATUS[0]}\"" %
                           (lab.program, words), shell=True, executable="/bin/bash", env=lab.env,
                           capture_output=True, text=True)
        same(p.stdout.strip().split()[-1], "0", words)
        lacks(p.stderr, "could not be written")


# --- a home that cannot be written --------------------------------------------------------------------


def test_read_only_home(lab):
    lab.server()
    os.chmod(lab.home, 0o555)
    r = not_recorded(lab.run("ask", CAPITAL, **unprivileged()))
    has(r.err, lab.home)
    r = exits(lab.run("classify", "hello", **unprivileged()), 0)
    same(r.err.count("not recorded: "), 1)
    for words in READERS + WRITERS:
        r = exits(lab.run(*words, **unprivileged()), 5, lab.home)
        same(r.out, "")


def test_read_only_home_that_was_used_before(lab):
    lab.server()
    exits(lab.run("ask", CAPITAL), 0)
    os.chmod(database(lab), 0o444)
    os.chmod(lab.data, 0o555)
    for folder in (lab.home, os.path.join(lab.home, ".local"),
                   os.path.join(lab.home, ".local", "share")):
        os.chmod(folder, 0o755)
    same([x["query"] for x in exits(lab.run("history", "--json", **unprivileged()), 0).rows()],
         [CAPITAL])
    not_recorded(lab.run("ask", "hello", **unprivileged()))
    exits(lab.run("cache", "get", CAPITAL, **unprivileged()), 0)
    for words in WRITERS:
        exits(lab.run(*words, **unprivileged()), 5)


def test_read_only_flag(lab):
    lab.server()
    exits(lab.run("ask", CAPITAL), 0)
    files = sorted(os.listdir(lab.data))
    with open(database(lab), "rb") as f:
        before = f.read()
    r = exits(lab.run("ask", "hello", "--read-only"), 0)
    has(r.out, "42")
    same(sorted(os.listdir(lab.data)), files)
    exits(lab.run("history", "--read-only"), 0)
    for words in WRITERS:
        exits(lab.run(*words, "--read-only"), 5, "--read-only")
        same(sorted(os.listdir(lab.data)), files)
    with open(database(lab), "rb") as f:
        same(f.read() == before, True, "untouched")


def test_a_program_without_its_files(lab):
    lab.server()
    exits(lab.run("ask", CAPITAL), 0)
    there = os.path.join(lab.root, "alone")
    os.mkdir(there)
    lab.program = shutil.copy(lab.program, there)
    for words in ((), ("--line",), ("ask", "x"), ("classify", "x"), ("trial",), ("tour",), ("demo", "1"),
                  ("bench", "run"), ("label", "simple", "x"), ("exercise",), ("progress",),
                  ("report",), ("rules",), ("rules", "use", "weighted"), ("cache", "get", "x"),
                  ("ask", "x", "--rules", "weighted"), ("perf", "classify"), ("mini", "eval", "fast")):
        r = exits(lab.run(*words), 2, "the files that belong to rlab", there, "share/rlab", "./lab install")
        same((r.err.count("rlab: "), r.err.count("belong to rlab")), (1, 1), words)
        lacks(r.out, "1  Better")
    for words in (("cache",), ("cache", "list"), ("cache", "size", "9"), ("history",), ("history", "show", "1"),
                  ("set",), ("set", "screen.theme", "mono"), ("paths",), ("help",), ("completion", "bash"),
                  ("bench", "list"), ("backup", os.path.join(lab.root, "copy.db")), ("models",),
                  ("cache", "clear", "--yes"), ("history", "delete", "--all", "--yes")):
        lacks(exits(lab.run(*words), 0).err, "belong to rlab")
    r = lab.run("doctor", "--json").json()
    same([f["what"] for f in r["checks"] if f["problem"] == "files-missing"], ["rlab's files"])
    rules = os.path.join(lab.root, "own.rules")
    with open(rules, "w") as f:
        f.write("keyword +5 x\n")
    has(exits(lab.run("classify", "x", "--rules", rules), 0).out, "score 5")
    exits(lab.run("trial", "--rules", rules), 2, "the files that belong to rlab")


def test_no_home_at_all(lab):
    lab.server()
    env = dict(lab.env)
    env.pop("HOME")
    p = subprocess.run([lab.program, "ask", "hello"], env=env, capture_output=True, text=True)
    same(p.returncode, 2)
    has(p.stderr, "HOME")
    p = subprocess.run([lab.program, "ask", "hello", "--data-dir", lab.root + "/d"], env=env,
                       capture_output=True, text=True)
    same(p.returncode, 0, p.stderr)


# --- other folders ----------------------------------------------------------------------------------


def test_data_dir(lab):
    lab.server()
    exits(lab.run("ask", CAPITAL, "--data-dir", "there"), 0)
    same(os.path.exists(lab.data), False)
    same(os.stat(os.path.join(lab.root, "there")).st_mode & 0o777, 0o700)
    same(os.stat(os.path.join(lab.root, "there/rlab.db")).st_mode & 0o777, 0o600)
    same(len(lab.run("history", "--json", env={"RLAB_DATA_DIR": "there"}).rows()), 1)
    same(lab.run("history", "--json").out, "")
    lab.write("file", "x")
    r = not_recorded(lab.run("ask", CAPITAL, "--data-dir", "file"))
    has(r.err, "'file'")


# --- several at once, and stops -----------------------------------------------------------------------


def test_many_at_once(lab):
    lab.server(delay_ms=50)
    running = [lab.start("ask", "question %d" % (i % 4)) for i in range(12)]
    for p in running:
        out, err = p.communicate(timeout=60)
        same(p.returncode, 0, err)
        has(out.decode(), "42")
        lacks(err.decode(), "not recorded")
    same(len(lab.run("history", "--json").rows()), 12)
    same(lab.run("cache", "stats", "--json").json()["entries"], 4)


def test_a_setting_made_beside(lab):
    lab.server(delay_ms=1500)
    p = lab.start("ask", "slow one")
    exits(lab.run("cache", "size", "1"), 0)
    exits(lab.run("label", "complex", "meanwhile"), 0)
    out, _ = p.communicate(timeout=60)
    has(out.decode(), "42")
    same(lab.run("cache", "size").out, "1\n")
    same(lab.run("cache", "stats", "--json").json()["entries"], 1)


def test_stopping(lab):
    s = lab.server(rate=5, tokens=500)
    for sig, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        asked = len(s.chats())
        p = lab.start("ask", "stop me %d" % code, "--stream")
        wait_until(lambda: len(s.chats()) > asked)
        has(p.stdout.read1(100).decode(), "fast")
        p.send_signal(sig)
        p.communicate(timeout=20)
        same(p.returncode, code)
        row = lab.run("history", "--json").rows()[0]
        same(row["end"], "CANCELLED")
        has(row["answer"], "fast")
        has(lab.run("history").out, "stopped")


def test_killed(lab):
    s = lab.server(rate=5, tokens=500)
    p = lab.start("ask", "kill me", "--stream")
    wait_until(lambda: s.chats())
    got = b""
    while len(got.split()) < 12:
        got += p.stdout.read1(100)
    p.kill()
    p.communicate()
    exits(lab.run("history"), 0)
    same(lab.run("cache", "stats", "--json").json()["entries"], 0)


main()
