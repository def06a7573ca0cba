#!/usr/bin/env python3
"""How quick and how quiet the whole program is. Bounds are against hangs; the figures stand in
comments of the output. RLAB_RELEASE names a release build to measure, else the one under test;
RLAB_ROWS how long the history is. Prints TAP."""
import os
import re
import select
import sqlite3
import string
import time

import app as program
from app import PANES, SEQUENCE, SLOW, Home, Mock, app, plain, quit
from terminal import Pty, lacks, main, same, wait_until

ROWS = int(os.environ.get("RLAB_ROWS", "100000"))
STARTS = 20
KEYS = 500


def figure(what, *values):
    print("# %s: %s" % (what, ", ".join(values)), flush=True)


# --- a long history ------------------------------------------------------------------------------


class LongHistory:
    """A database with many answers, made once."""

    home = None

    @classmethod
    def get(cls):
        if not cls.home:
            cls.home = Home()
            cls.home.verb("history", "list")
            cls.fill(cls.home)
        return cls.home

    @staticmethod
    def fill(home):
        db = sqlite3.connect(os.path.join(home.data, "rlab.db"), isolation_level=None)
        triggers = [row[0] for row in db.execute(
            "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN ('answer', 'call')")]
        names = [row[0] for row in db.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN ('answer', 'call')")]
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        for name in names:
            db.execute("DROP TRIGGER " + name)
        count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
        db.execute(count.join(("", "")) +
                   "INSERT INTO call(id, session, purpose, role, server, model, cot, query_hash,"
                   " started_wall, end_state, query, answer) SELECT i, 1, 'ask', 'fast', 'local',"
                   " 'm:7b', 0, zeroblob(32), i * 1000000000, 'OK_STOP', 'question ' || i,"
                   " 'the answer is ' || (i * 7919 % 104729) FROM n", (ROWS, ))
        db.execute(count +
                   "INSERT INTO answer(id, session, call_id, purpose, level, rules, score, role,"
                   " server, model, cot, forced, origin, end_state, latency_s, at_wall, query_hash,"
                   " query) SELECT i, 1, i, CASE i % 4 WHEN 0 THEN 'trial' ELSE 'ask' END, 'simple',"
                   " 'basic', 0, 'fast', 'local', 'm:7b', 0, 0, 'model', 'OK_STOP', 0.5,"
                   " i * 1000000000, zeroblob(32), 'question ' || i FROM n", (ROWS, ))
        for sql in triggers:
            db.execute(sql)
        db.execute("INSERT INTO history_index(history_index) VALUES ('rebuild')")
        db.execute("COMMIT")
        db.close()


def first_frame(home):
    """Seconds from the start of the process to the last row of its first frame."""
    began = time.monotonic()
    p = Pty([program.RLAB], rows=24, cols=80, env=home.env(), folder=home.path)
    with p:
        while b"9 Hist" not in p.sent or b"quit" not in p.sent:
            assert select.select([p.master], [], [], 20)[0], "no first frame"
            p.sent += os.read(p.master, 65536)
        took = time.monotonic() - began
        p.keys("q")
        time.sleep(0.02)
        if p.process.poll() is None:
            p.keys("y")
        p.end()
    return took


def process_start(home):
    """The same for a program that does nothing: what the machine takes now."""
    began = time.monotonic()
    with Pty(["/bin/echo", "here"], env=home.env()) as p:
        while b"here" not in p.sent:
            p.sent += os.read(p.master, 100)
        took = time.monotonic() - began
        p.end()
    return took


def test_first_frame():
    home = LongHistory.get()
    first_frame(home)
    took = sorted(first_frame(home) for _ in range(STARTS))
    floor = sorted(process_start(home) for _ in range(STARTS))
    figure("first frame with %d answers" % ROWS, "median %.1f ms" % (1e3 * took[STARTS // 2]),
           "fastest %.1f ms" % (1e3 * took[0]), "slowest %.1f ms" % (1e3 * took[-1]),
           "an echo takes %.1f ms" % (1e3 * floor[STARTS // 2]))
    assert took[STARTS // 2] < 0.5 * SLOW


def test_panes_open_quickly():
    home = LongHistory.get()
    with app(home, "--builtin", "--no-motion") as p:
        p.read(1.0)
        slowest = {}
        for _ in range(3):
            for n in (2, 3, 4, 5, 6, 7, 8, 9, 1):
                p.clear()
                began = time.monotonic()
                p.keys(str(n))
                while not re.search(rb"\[%d" % n, SEQUENCE.sub(b"", p.sent)):
                    assert select.select([p.master], [], [], 20)[0], "pane %d never came" % n
                    p.sent += os.read(p.master, 65536)
                took = time.monotonic() - began
                slowest[n] = min(took, slowest.get(n, 99))
                p.read(0.1)
        figure("opening a pane with %d answers, best of 3" % ROWS,
               *("%s %.1f ms" % (PANES[n - 1], 1e3 * t) for n, t in sorted(slowest.items())))
        assert max(slowest.values()) < 1 * SLOW
        p.keys("9")
        p.read(0.2)
        p.clear()
        p.keys("i", "question 777")
        began = time.monotonic()
        wait_until(lambda: re.search("[0-9] match", plain(p.read(0.005))), lambda: plain(p.sent))
        figure("a search in it begins to show after", "%.0f ms" % (1e3 * (time.monotonic() - began)))


# --- quiet ---------------------------------------------------------------------------------------


def idle(words, seconds, rows=24, cols=80, keys="2"):
    with Home() as home, app(home, "--builtin", *words, rows=rows, cols=cols) as p:
        p.keys(keys)  # a key takes the last message away
        p.read(1.0)
        time.sleep(1)
        p.clear()
        ticks, began = p.cpu_ticks(), time.monotonic()
        time.sleep(seconds)
        p.read(0.05)
        share = (p.cpu_ticks() - ticks) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - began)
        with open("/proc/%d/status" % p.process.pid) as f:
            rss = int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1)) / 1024
        sent = p.sent
        same(quit(p), 0, "exit code")
    return sent, share, rss


def test_idle():
    sent, share, rss = idle(("--no-motion", ), 10)
    figure("idle for 10 s", "%d bytes" % len(sent), "CPU %.2f %%" % (100 * share), "RSS %.1f MB" % rss)
    same(sent, b"", "what was sent")
    assert share < 0.02, "CPU %.3f" % share
    assert rss < (48 if SLOW == 1 else 500), "RSS %.1f MB" % rss


def test_idle_with_a_clock():
    sent, share, _ = idle((), 5, 40, 120, "3")
    figure("idle at 120x40 for 5 s", "%d bytes" % len(sent), "CPU %.2f %%" % (100 * share))
    lacks(plain(sent).strip(" 0123456789:"), "Setup")
    assert len(sent) < 200, sent
    sent, _, _ = idle((), 3, 24, 80, "4")
    same(sent, b"", "what was sent at 80x24, where no clock is")


def frames(p, seconds):
    """How often something was drawn, and how many bytes: what comes together is one frame."""
    count, size, last, end = 0, 0, 0, time.monotonic() + seconds
    while time.monotonic() < end:
        if not select.select([p.master], [], [], 0.05)[0]:
            continue
        size += len(os.read(p.master, 65536))
        now = time.monotonic()
        count += now - last > 0.02
        last = now
    return count, size


def test_frames_a_second():
    """Two answers of 50 tokens a second each are drawn 10 times a second, 5 over SSH."""
    for env, most in (({}, 10), ({"SSH_CONNECTION": "a 1 b 2"}, 5)):
        with Home() as home, Mock() as mock, app(home, "--no-motion", OLLAMA_HOST=mock.host,
                                                 settled=False, **env) as p:
            p.shows("swift:8b")
            p.keys("4", "v", "v", "v", "i", pause=0.15)
            p.keys("go on\r")
            p.shows("2 streams")
            time.sleep(1.5)
            p.read(0)
            count, size = frames(p, 4)
            figure("drawn while two answers come", "%.1f times a second" % (count / 4),
                   "%d bytes a second" % (size / 4), "at most %d" % most)
            assert 1 <= count <= 4 * most + 2, "%d frames in 4 s" % count


# --- keys while answers come ---------------------------------------------------------------------


def key_times(p, count, shown, beside=None):
    """From a key to its letter on the screen, for so many keys; seconds. `beside` is read too: it
    would stand still else."""
    letters = [c for c in string.ascii_uppercase if c not in "ABCDHJKMPX"]  # no end of a sequence
    took = []
    for n in range(count):
        letter = letters[n % len(letters)]
        p.read(0)
        p.sent = b""
        began = time.monotonic()
        p.keys(letter)
        while not shown(p.sent, letter):
            assert select.select([p.master], [], [], 20)[0], "%s never came" % letter
            p.sent += os.read(p.master, 65536)
        took.append(time.monotonic() - began)
        time.sleep(0.005)
        if beside:
            beside.read(0)
        if n % 40 == 39 and shown is in_text:
            p.keys("\x15")
            p.read(0.05)
    return sorted(took)


def in_text(sent, letter):
    return letter.encode() in SEQUENCE.sub(b"", sent)


def echoed(sent, letter):
    return letter.encode() in sent


def percentile(values, share):
    return values[min(len(values) - 1, int(len(values) * share))]


def test_keys_while_two_answer():
    with Home() as home, Mock() as mock, app(home, "--no-motion", OLLAMA_HOST=mock.host,
                                             settled=False) as p:
        p.shows("swift:8b")
        p.keys("4", "v", "v", "v", "i", pause=0.15)
        p.shows("COMPARE")
        p.keys("go on\r")
        p.shows("2 streams")
        p.keys("i", "\x15", pause=0.2)
        ours = key_times(p, KEYS, in_text)
        with Pty(["sh", "-c", "stty raw -echo; echo ready; exec cat"], env=home.env()) as cat:
            cat.shows("ready")
            theirs = key_times(cat, KEYS, echoed, beside=p)
        p.keys("\033")
        time.sleep(0.1)
        same(quit(p), 0, "exit code")
    figure("%d keys while two answers come" % KEYS,
           "median %.2f ms" % (1e3 * percentile(ours, 0.5)), "p99 %.2f ms" % (1e3 * percentile(ours, 0.99)),
           "cat: median %.2f ms" % (1e3 * percentile(theirs, 0.5)),
           "p99 %.2f ms" % (1e3 * percentile(theirs, 0.99)),
           "p99 is %.1f times that of cat" % (percentile(ours, 0.99) / percentile(theirs, 0.99)))
    assert percentile(ours, 0.99) < 0.5 * SLOW


if __name__ == "__main__":
    release = os.environ.get("RLAB_RELEASE")
    if release:
        program.RLAB = os.path.abspath(release)
        SLOW = 1
    try:
        main()
    finally:
        if LongHistory.home:
            LongHistory.home.__exit__()
