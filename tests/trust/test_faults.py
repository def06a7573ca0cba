#!/usr/bin/env python3
"""Everything that can fail fails once: the n-th allocation, write, sync, read and step of SQLite,
on the main paths. It ends well or with a sentence, and nothing that was acknowledged is lost.

Short (the default): for a minute and a half, by turns one of the first of each kind and one of a
spread of the rest, the same ones with the same RLAB_SEED. Whole (RLAB_TEST_FULL=1): each of them;
of the allocations of a migration, which are those of the one before and some more, each 20th.

RLAB is the program; where RLAB_RELEASE names one without sanitizers, which is some times as fast,
every other job takes that.

    test_faults.py                        all paths
    test_faults.py PATH...                these paths
    test_faults.py PATH KIND HOW TIMES N  one fault again, with what the program said

RLAB_FAULT_SECONDS, _JOBS and _KINDS ("alloc step") change what is tried.
"""
import concurrent.futures
import itertools
import os
import random
import re
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "faults"), os.path.join(HERE, "..", "terminal")]
from faults import (Home, LIBRARY, OLD_SCHEMA, RLAB, counted, ended_well,  # noqa: E402
                    fault, rows, sound)
from terminal import PATIENCE, Pty  # noqa: E402

FULL = os.environ.get("RLAB_TEST_FULL") == "1"
SECONDS = float(os.environ.get("RLAB_FAULT_SECONDS", "80"))
KINDS = os.environ.get("RLAB_FAULT_KINDS", "").split()
JOBS = int(os.environ.get("RLAB_FAULT_JOBS", "2"))
SEED = os.environ.get("RLAB_SEED", "1")
PROGRAMS = [p for p in (RLAB, os.environ.get("RLAB_RELEASE")) if p and os.path.exists(p)]

# One row a way to fail: what, how, how many in a row (0: all from there on). A row that a path
# never meets (no server, no sockets) is passed over.
WAYS = (
    ("alloc", "", 1), ("alloc", "", 0),
    ("write", "ENOSPC", 0), ("write", "EIO", 1), ("write", "EDQUOT", 1), ("write", "short", 1),
    ("sync", "EIO", 1), ("sync", "ENOSPC", 0),
    ("read", "EIO", 1), ("read", "EIO", 0),
    ("receive", "ECONNRESET", 1), ("receive", "eof", 1), ("receive", "EIO", 0),
    ("send", "EPIPE", 1), ("send", "ECONNRESET", 0),
    ("open", "EMFILE", 1), ("open", "EMFILE", 0), ("open", "EACCES", 1),
    ("step", "BUSY", 1), ("step", "FULL", 1), ("step", "FULL+undone", 1), ("step", "IOERR", 1),
    ("step", "IOERR+undone", 1), ("step", "NOMEM", 1), ("step", "FULL", 0), ("step", "IOERR", 0),
)


# --- paths ---------------------------------------------------------------------------------------


class Path:
    """One way through the program. `words`: the command; `wants`: rows (a SELECT) that have to be
    there when it said it was done."""

    def __init__(self, name, words, before, wants=None, prints=None, env=None, done=0):
        self.done = done  # the exit code when all is well
        self.name, self.words, self.home, self.env = name, words, before, env or {}
        self.wants, self.prints = wants, prints
        db = before.open() if os.path.exists(before.file) else None
        self.rows = rows(db) if db else set()
        if db:
            db.close()

    def run(self, home, faults):
        return home.run(*self.words, faults=faults, **self.env)

    def judge(self, home, code, out, err):
        ended_well(code, err, self.done)
        there = os.path.exists(home.file)
        if self.rows or there:
            sound(home, self.rows)
        # "not passed" and "no" end with the same code: the latter says why.
        done = code == self.done and not (self.done and "rlab: " in err)
        if done and self.prints and "not recorded" not in err:
            assert self.prints in out, "done, but it printed %r" % out
        if done and self.wants and "not recorded" not in err:
            assert home.ask(self.wants), "acknowledged, but it is not there: %s" % err

    def next_start(self, home):
        """Without a fault all is well again, and all is shown."""
        code, out, err = home.run("history", "list", "--json")
        assert code == 0, "the next start ends with %s: %s" % (code, err)
        assert "not recorded" not in err and "damaged" not in err, "the next start says %s" % err
        for (table, row) in self.rows:
            if table == "answer" and row[2]:
                assert row[2] in out, "the next start does not show %r" % row[2]
        running = home.ask("SELECT id FROM call WHERE end_state IS NULL")
        assert not running, "calls still run: %s" % running


SCREEN = re.compile(rb"\033\[\?1049([hl])")


class Screen(Path):
    """Start of the screen in a pseudo-terminal, and its end by q."""

    def run(self, home, faults):
        env = home.env(faults)
        env["TERM"] = "xterm-256color"
        with Pty([home.program, *self.words], env=env, rows=24, cols=80, folder=home.path) as p:
            end = time.monotonic() + PATIENCE
            pressed, keys = 0, itertools.cycle("qqy")  # a card goes first; yes, though it works
            while p.process.poll() is None and time.monotonic() < end:
                p.read(0.05)
                if b"BUILT-IN" in p.sent or time.monotonic() > end - PATIENCE + 3:
                    if time.monotonic() > pressed + 0.5:
                        p.keys("0\n" if b"Line mode" in p.sent else next(keys))
                        pressed = time.monotonic()
            p.read(0)
            code = p.process.poll()
            err = p.sent.decode("utf-8", "replace")
            if code is not None and code >= 0:
                p.same_modes()
                turns = SCREEN.findall(p.sent)
                assert not turns or turns[-1] == b"l", "the other screen is still shown"
                last = max(p.sent.rfind(b"\033[?25h"), p.sent.rfind(b"\033[?12l\033[?25h"))
                assert p.sent.rfind(b"\033[?25l") <= last or last >= 0, "the cursor is hidden"
        if code:  # what stands below the screen that was left
            err = err.rsplit("\033[?1049l", 1)[-1]
            err = re.sub(r"\033\[[0-9;?]*[ -/]*[@-~]|\033[()][A-Z0-9]|\033[=>78]|\r", "", err)
        else:
            err = ""
        return code, "", err


def make_home():
    home = Home()
    home.good("ask", "--builtin", "What is 7+8?")
    home.good("label", "complex", "What is 7+8?")
    home.good("exercise", "show", "1.2")
    with open(os.path.join(home.path, "two.jsonl"), "w") as f:
        f.write('{"query":"What is 2+3?","answer":"5","check":"number"}\n'
                '{"query":"What is 4+5?","answer":"9","check":"number"}\n')
    return home


def old_home(version):
    home = Home()
    os.mkdir(home.data, 0o700)
    subprocess.run([OLD_SCHEMA, home.file, str(version)], check=True, timeout=PATIENCE)
    return home


class Mock:
    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "..", "mock", "mock.py"), "--play", "ollama",
             "--models", "swift:8b,deep-r1:70b", "--tokens", "8", "--thinking", "3", "--rate",
             "2000", "--until-eof"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(PATIENCE)


ASKED = ("SELECT 1 FROM answer a JOIN call c ON c.id = a.call_id JOIN cache_answer t"
         " ON t.query = a.query WHERE a.query = '%s' AND a.end_state = 'OK_STOP'"
         " AND c.end_state = 'OK_STOP' AND c.answer = t.answer")


def make_paths(mock):
    home, empty = make_home(), Home()
    newest = int(subprocess.run([OLD_SCHEMA], capture_output=True, check=True).stdout)
    every = [
        Path("ask", ("ask", "--builtin", "What is 2+3?"), home, ASKED % "What is 2+3?", "5\n"),
        Path("mock", ("ask", "--model", "local/deep-r1:70b", "Why is the sky blue?"), home,
             ASKED % "Why is the sky blue?", "says: 42",
             {"OLLAMA_HOST": "127.0.0.1:%d" % mock.port}),
        Path("bench", ("bench", "run", "--builtin", "--set", "two.jsonl"), home,
             "SELECT 1 FROM run r WHERE state = 'done' AND"
             " (SELECT count(*) FROM run_item WHERE run_id = r.id) = 4", "run 1"),
        Path("check", ("exercise", "check", "1.2"), home, prints="not passed yet", done=1),
        Path("hit", ("ask", "--builtin", "What is 7+8?"), home,
             "SELECT count(*) FROM answer WHERE query = 'What is 7+8?' HAVING count(*) = 2", "15\n"),
        Path("show", ("history", "show", "1"), home, None, "15"),
        Path("stats", ("cache", "stats"), home, None, "1 "),
        Path("new", ("label", "simple", "What is 1+1?"), empty,
             "SELECT 1 FROM label WHERE query = 'What is 1+1?'"),
        Screen("screen", ("--builtin",), home),
    ]
    for version in range(1, newest):
        every.append(Path("from-%d" % version, ("label", "simple", "What is 1+1?"),
                          old_home(version),
                          "SELECT 1 FROM label WHERE query = 'What is 1+1?'"))
    return every


# --- trying --------------------------------------------------------------------------------------


class Try:
    def __init__(self, program, path, kind, how, times, n):
        self.program = program
        self.path, self.kind, self.how, self.times, self.n = path, kind, how, times, n

    def __str__(self):
        return "%s %s '%s' %d %d" % (self.path.name, self.kind, self.how, self.times, self.n)

    def go(self, talk=False):
        """Whether it struck; raises what does not hold."""
        with Home(self.path.home, self.program) as home:
            counts = os.path.join(home.path, "counts")
            code, out, err = self.path.run(
                home, fault(self.kind, self.how, self.n, self.times, counts))
            if talk:
                print("exit %s\n--- out\n%s\n--- err\n%s" % (code, out, err))
            seen = counted(counts)
            struck = seen is not None and seen["struck"] > 0
            try:
                self.path.judge(home, code, out, err)
                if os.path.exists(home.file) and (code != 0 or "not recorded" in err
                                                  or self.n % 5 == 0):
                    self.path.next_start(home)
            except AssertionError as why:
                raise AssertionError("%s\n  exit %s, stderr %r" % (why, code, err[-1500:]))
            return struck


def count(program, path):
    with Home(path.home, program) as home:
        counts = os.path.join(home.path, "counts")
        code, out, err = path.run(home, fault(counts=counts))
        path.judge(home, code, out, err)
        assert code == path.done and "not recorded" not in err, "%s without faults: exit %s\n%s" % (
            path.name, code, err)
        return counted(counts)


def numbers(path, kind, times, total, dice):
    """Which of so many to try, the most telling first."""
    rest = list(range(1, total + 1))
    if FULL and kind == "alloc" and (times == 0 or path.name.startswith("from-")):
        return rest[::1 if path.name == "from-1" and times else 20]
    if FULL:
        return rest
    spread = rest[:]
    dice.shuffle(spread)
    both = [n for pair in zip(rest, spread) for n in pair]
    return list(dict.fromkeys(both))  # each once


def plan(program, path):
    """A list of tries for each way to fail."""
    dice = random.Random("%s %s %s" % (SEED, path.name, program == RLAB))
    seen = count(program, path)
    ways = [way for way in WAYS if seen[way[0]] and (not KINDS or way[0] in KINDS)]
    dice.shuffle(ways)
    return [[Try(program, path, kind, how, times, n)
             for n in numbers(path, kind, times, seen[kind], dice)] for kind, how, times in ways]


class Results:
    def __init__(self):
        self.lock = threading.Lock()
        self.tried, self.struck, self.failures = {}, {}, {}

    def add(self, t, struck, failure):
        with self.lock:
            name = t.path.name
            self.tried[name] = self.tried.get(name, 0) + 1
            self.struck[name] = self.struck.get(name, 0) + bool(struck)
            if failure:
                self.failures.setdefault(name, []).append((str(t), failure))


def in_turn(lists):
    """The first of each, the second of each ..."""
    depth = 0
    while lists:
        yield from [one[depth] for one in lists]
        depth += 1
        lists = [one for one in lists if len(one) > depth]


def queue_of(program, paths):
    """All there is to try, so that whenever time is up each path and each way had its turn."""
    tries = [plan(program, path) for path in paths]
    if FULL:
        return iter([t for ways in tries for numbers in ways for t in numbers])
    iters = [in_turn(ways) for ways in tries]
    return (t for row in itertools.zip_longest(*iters) for t in row if t)


def try_all(paths, results):
    queues = [queue_of(program, paths) for program in PROGRAMS]
    end = time.monotonic() + SECONDS
    lock = threading.Lock()

    def work(job):
        queue = queues[job % len(queues)]
        while FULL or time.monotonic() < end:
            with lock:
                t = next(queue, None)
            if t is None:
                return
            try:
                results.add(t, t.go(), None)
            except Exception as why:
                results.add(t, True, "%s: %s" % (type(why).__name__, why))

    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for job in [pool.submit(work, job) for job in range(JOBS)]:
            job.result()


def tell(i, path, results):
    """The line of one path, and what did not hold there."""
    failures = results.failures.get(path.name, [])
    ok = results.struck.get(path.name) and not failures
    print("%s %d - %s with faults, %d tried, %d struck" % (
        "ok" if ok else "not ok", i, path.name, results.tried.get(path.name, 0),
        results.struck.get(path.name, 0)))
    for what, why in failures[:20]:
        print("# test_faults.py " + what)
        for line in why.splitlines():
            print("#   " + line)
    if len(failures) > 20:
        print("# and %d more" % (len(failures) - 20))
    sys.stdout.flush()


def main():
    if not os.path.exists(LIBRARY):
        print("1..1\nok 1 - faults # SKIP nothing can be loaded before a program's own libraries here")
        return 0
    mock = Mock()
    paths = make_paths(mock)
    try:
        if len(sys.argv) == 6:
            name, kind, how, times, n = sys.argv[1:]
            path = next(p for p in paths if p.name == name)
            print("struck:", Try(RLAB, path, kind, how, int(times), int(n)).go(talk=True))
            return 0
        chosen = [p for p in paths if len(sys.argv) < 2 or p.name in sys.argv[1:]]
        results = Results()
        print("1..%d" % len(chosen), flush=True)
        if not FULL:
            try_all(chosen, results)
        for i, path in enumerate(chosen, 1):
            if FULL:  # hours: each path is told when it is done
                try_all([path], results)
            tell(i, path, results)
        print("# RLAB_SEED=%s, %d programs" % (SEED, len(PROGRAMS)))
        return 1 if results.failures else 0
    finally:
        mock.stop()
        for path in paths:
            path.home.done()


if __name__ == "__main__":
    sys.exit(main())
