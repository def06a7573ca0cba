#!/usr/bin/env python3
"""A disk that is full, over its quota, read-only or broken, and one where processes share no memory:
answers go on, what cannot be written waits in memory, and is written when there is room. TAP."""
import contextlib
import itertools
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "faults"), os.path.join(HERE, "..", "terminal")]
import app as screens  # noqa: E402
from faults import Home, LIBRARY, SANITIZED, fault, rows, sound  # noqa: E402
from terminal import PATIENCE, RLAB, Skip, has, lacks, main, same, wait_until  # noqa: E402

WORDS = {"ENOSPC": "the disk is full", "EDQUOT": "the disk is full", "EIO": "disk I/O error",
         "EROFS": "cannot be written"}


def preloads():
    if not os.path.exists(LIBRARY):
        raise Skip("nothing can be loaded before a program's own libraries here")


def failing(home, how, **more):
    """Every write below the data folder fails while there is a file of that name."""
    preloads()
    gate = os.path.join(home.path, "full")
    return gate, fault("write", how, times=0, **{"while": gate, "under": home.data, **more})


def begin(path):
    open(path, "w").close()


# --- verbs ---------------------------------------------------------------------------------------


def seeded(home):
    home.good("ask", "--builtin", "What is 7+8?")
    home.good("label", "complex", "What is 7+8?")
    db = home.open()
    had = rows(db)
    db.close()
    return had


def test_verbs_say_so():
    for how, words in WORDS.items():
        with Home() as home:
            had = seeded(home)
            gate, faults = failing(home, how)
            begin(gate)
            code, out, err = home.run("ask", "--builtin", "What is 2+3?", faults=faults)
            same((code, out), (0, "5\n"), "an answer, %s: %s" % (how, err))
            assert len(re.findall("not recorded", err)) == 1, err
            has(err, words, how)
            code, out, err = home.run("ask", "--builtin", "What is 7+8?", faults=faults)
            same((code, out), (0, "15\n"), "a stored answer, %s: %s" % (how, err))
            for verb in (("label", "simple", "What is 1+1?"), ("set", "cache.size", "20"),
                         ("cache", "clear", "--yes"), ("history", "delete", "1", "--yes")):
                code, out, err = home.run(*verb, faults=faults)
                same(code, 5, "exit code of %s, %s: %s" % (verb, how, err))
                has(err, words, how)
            for verb in (("history", "list"), ("cache", "stats"), ("classify", "What is 1+1?")):
                code, out, err = home.run(*verb, faults=faults)
                same(code, 0, "exit code of %s, %s: %s" % (verb, how, err))
            code, out, err = home.run("bench", "run", "--builtin", "--set", "mini-bench", "--rounds",
                                      "1", faults=faults)
            same(code, 0, "exit code of a bench, %s: %s" % (how, err))
            has(err, "not recorded")
            os.unlink(gate)
            sound(home, had)
            home.good("label", "simple", "What is 1+1?")
            same(home.ask("SELECT count(*) FROM call WHERE end_state IS NULL"), [(0,)], "running")
            same(home.ask("SELECT count(*) FROM run WHERE state = 'running'"), [(0,)], "runs")


def test_a_bench_that_meets_a_full_disk_half_way():
    with Home() as home:
        seeded(home)
        for n in (20, 60, 100):
            code, out, err = home.run("bench", "run", "--builtin", "--set", "mini-bench",
                                      faults=fault("write", "ENOSPC", n=n, times=0))
            same(code, 0, "exit code: " + err)
            assert "not recorded" in err, err
        home.good("history", "list")  # a start without a fault says what became of them
        for run, state, items in home.ask("SELECT id, state, (SELECT count(*) FROM run_item WHERE"
                                          " run_id = run.id) FROM run"):
            assert state == "interrupted" or items == 10, (run, state, items)
        db = home.open()
        had = rows(db)
        db.close()
        sound(home, had)


# --- the screen ----------------------------------------------------------------------------------

STORY, SECOND = "Tell me a long story", "Tell me another story"
SAID = "SELECT a.end_state, c.end_state, length(c.answer) FROM answer a JOIN call c ON c.id = a.call_id" \
       " WHERE a.query = ?"


@contextlib.contextmanager
def asking(home, mock, faults):
    """The screen, with one answer on its way."""
    env = dict(faults)
    env["LD_PRELOAD"] = LIBRARY
    env["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + \
        ":verify_asan_link_order=0:detect_leaks=0"
    with screens.app(home, settled=False, OLLAMA_HOST=mock.host, **env) as p:
        p.shows("swift:8b")
        p.keys("4", "i", pause=0.15)
        p.keys(STORY, "\r")
        p.shows("so far")
        yield p


def ask_more(p, text):
    p.keys("i", pause=0.2)
    p.keys("\x15", text, "\r")  # instead of what is in the field


def waits(p, count):
    """The banner; another width now and then, so that all of it is drawn and not what changed."""
    widths = itertools.cycle((81, 80))

    def banner():
        p.size(24, next(widths))
        return "UNSAVED %d" % count in screens.plain(p.read(0.3))
    wait_until(banner, lambda: "UNSAVED %d in %r" % (count, screens.plain(p.sent)[-900:]))


def written_when_there_is_room(home, mock, fill, room, faults):
    """Two answers end on a disk that takes nothing; then it takes something again."""
    with asking(home, mock, faults) as p:
        wait_until(lambda: p.read(0.02) and os.path.exists(os.path.join(home.data, "rlab.db")))
        fill()
        waits(p, 1)
        ask_more(p, SECOND)
        waits(p, 2)
        same(home.ask("SELECT count(*) FROM answer WHERE query IN (?, ?)", STORY, SECOND), [(0,)],
             "answers on the full disk")
        p.clear()
        room()
        wait_until(lambda: "recorded now" in screens.plain(p.read(0.02)),
                   lambda: "recorded now in %r" % screens.plain(p.sent)[-900:])
        for text in (STORY, SECOND):
            (ends,) = home.ask(SAID, text)
            same(ends[:2], ("OK_STOP", "OK_STOP"), "ends of " + text)
            assert ends[2] > 100, ends
        ask_more(p, STORY)  # from the cache now
        wait_until(lambda: p.read(0.02) and home.ask(
            "SELECT 1 FROM answer WHERE query = ? AND origin = 'cache'", STORY))
        screens.quit(p)
        same(p.process.returncode, 0, "exit code")
    same(home.ask("SELECT hits, misses, entries FROM cache_state"), [(1, 2, 2)], "counters")
    same(home.ask("SELECT result, count(*) FROM lookup GROUP BY 1 ORDER BY 1"),
         [("hit", 1), ("miss", 2)], "lookups")
    same(home.ask("SELECT count(DISTINCT c.call_id) FROM cache_answer c JOIN call ON call.id = c.call_id"),
         [(2,)], "calls of the cache")
    same(home.ask("SELECT count(*) FROM call WHERE end_state IS NULL"), [(0,)], "running calls")
    same(home.ask("PRAGMA integrity_check"), [("ok",)], "integrity")


def test_answers_wait_for_room():
    for how in ("ENOSPC", "EDQUOT", "EIO"):
        with screens.Home() as home, screens.Mock(tokens=60) as mock:
            gate, faults = failing(home, how)
            written_when_there_is_room(home, mock, lambda: begin(gate), lambda: os.unlink(gate),
                                       faults)


def test_leaving_asks_before_it_loses():
    with screens.Home() as home, screens.Mock(tokens=60) as mock:
        gate, faults = failing(home, "ENOSPC")
        with asking(home, mock, faults) as p:
            begin(gate)
            waits(p, 1)
            p.clear()
            p.keys("q")
            wait_until(lambda: "would be lost" in screens.plain(p.read(0.02)),
                       lambda: "the question in %r" % screens.plain(p.sent)[-900:])
            p.keys("n", pause=0.3)
            assert p.process.poll() is None, "it left all the same"
            p.keys("q", pause=0.3)
            p.keys("y")
            same(p.end(), 0, "exit code")
            p.same_modes()
            said = screens.plain(p.sent[p.sent.rindex(b"\033[?1049l"):])
            has(" ".join(said.split()), "not recorded: the database")
        os.unlink(gate)
        home.verb("history", "list")
        same(home.ask("SELECT end_state FROM call WHERE query = ?", STORY), [("interrupted",)], "call")


@contextlib.contextmanager
def small_disk(folder, kib):
    os.makedirs(folder, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dk,mode=0700" % kib, "tmpfs",
                              folder], capture_output=True)
    if mounted.returncode:
        raise Skip("no disk can be mounted here: " + mounted.stderr.decode().strip())
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


def test_a_real_disk_is_full():
    """The same on a file system that is full: a ballast takes all there is, then goes."""
    with screens.Home() as home, screens.Mock(tokens=60) as mock, small_disk(home.data, 6000):
        ballast = os.path.join(home.data, "ballast")

        def fill():
            fd = os.open(ballast, os.O_WRONLY | os.O_CREAT, 0o600)
            with contextlib.suppress(OSError):
                while os.write(fd, bytes(4096)):
                    pass
            os.close(fd)

        with asking(home, mock, {}) as p:
            fill()
            # A log that has grown already takes some more rows, so it takes a few answers.
            count, end = 1, time.monotonic() + 3 * PATIENCE
            while True:
                wait_until(lambda: "\u2500 end" in screens.plain(p.read(0.02)), "the end of an answer")
                if "UNSAVED" in screens.plain(p.read(0.3)):
                    break
                assert time.monotonic() < end, "the disk never was full"
                count += 1
                p.clear()
                mock.play(tokens=4000, rate=20000)
                ask_more(p, "Story number %d" % count)
            p.clear()
            os.unlink(ballast)
            wait_until(lambda: "recorded now" in screens.plain(p.read(0.02)), "recorded now")
            screens.quit(p)
            same(p.process.returncode, 0, "exit code")
        same(home.ask("SELECT count(*), count(DISTINCT query) FROM answer a WHERE purpose = 'ask' AND"
                      " (SELECT length(answer) FROM call WHERE id = a.call_id) > 100"),
             [(count, count)], "answers")
        same(home.ask("SELECT count(*) FROM call WHERE end_state IS NULL"), [(0,)], "running calls")
        same(home.ask("SELECT misses, entries FROM cache_state"), [(count, count)], "counters")
        same(home.ask("PRAGMA integrity_check"), [("ok",)], "integrity")


# --- no shared memory ----------------------------------------------------------------------------

NO_SHM = {"FAULT_NO_SHM": "1"}


def test_without_shared_memory():
    preloads()
    with Home() as home:
        code, out, err = home.run("ask", "--builtin", "What is 2+3?", faults=NO_SHM)
        same((code, out), (0, "5\n"), "an answer")
        has(err, "no write-ahead log (no shared memory)")
        lacks(err, "not recorded")
        same(os.listdir(home.data), ["rlab.db"], "files")
        code, out, err = home.run("doctor", faults=NO_SHM)
        has(" ".join(out.split()), "rollback journal (no shared memory", "doctor")
        has(" ".join(out.split()), "no shared memory", "doctor")
        same(home.ask("SELECT query FROM answer"), [("What is 2+3?",)], "answers")


def test_a_log_left_where_no_memory_is_shared():
    """A folder that was moved: the last rows are still in the write-ahead log."""
    preloads()
    with Home() as home:
        home.good("ask", "--builtin", "What is 7+8?")
        db = home.open()  # holds the log open, so that it is left behind as by a kill
        db.execute("SELECT count(*) FROM answer").fetchall()
        home.good("ask", "--builtin", "What is 2+3?")
        copy = {}
        for name in ("rlab.db", "rlab.db-wal"):
            with open(os.path.join(home.data, name), "rb") as f:
                copy[name] = f.read()
        db.close()
        assert copy["rlab.db-wal"], "there is no log"
        with Home() as moved:
            os.mkdir(moved.data, 0o700)
            for name, data in copy.items():
                with open(os.path.join(moved.data, name), "wb") as f:
                    f.write(data)
            code, out, err = moved.run("ask", "--builtin", "What is 2+4?", faults=NO_SHM)
            same((code, out), (0, "6\n"), "an answer")
            lacks(err, "not recorded")
            code, out, err = moved.run("doctor", faults=NO_SHM)
            has(" ".join(out.split()), "rollback journal (no shared memory for a log)", "doctor")
            code, out, err = moved.run("doctor")
            has(" ".join(out.split()), "tries for a write-ahead log", "doctor")
            same(moved.ask("SELECT query FROM answer ORDER BY id"),
                 [("What is 7+8?",), ("What is 2+3?",), ("What is 2+4?",)], "answers")
            same(moved.ask("PRAGMA journal_mode"), [("delete",)], "journal")


def test_two_at_once_without_shared_memory():
    preloads()
    rounds = 4 if SANITIZED else 10
    with Home() as home:
        running = []
        for who in range(2):
            script = "; ".join('"$0" ask --builtin "What is %d+%d?" || exit 1' % (who, i)
                               for i in range(rounds))
            running.append(subprocess.Popen(["sh", "-c", script, RLAB], env=home.env(NO_SHM),
                                            stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        for p in running:
            out, err = p.communicate(timeout=120)
            same(p.returncode, 0, "exit code: %s" % err.decode())
            for word in ("lock", "busy", "not recorded"):
                lacks(err.decode(), word)
            same(len(out.split()), rounds, "answers")
        same(home.ask("SELECT count(*), count(DISTINCT query) FROM answer"),
             [(2 * rounds, 2 * rounds)], "answers")
        same(home.ask("SELECT misses, hits, entries FROM cache_state"), [(2 * rounds, 0, 2 * rounds)],
             "counters")
        same(home.ask("PRAGMA integrity_check"), [("ok",)], "integrity")


if __name__ == "__main__":
    main()
