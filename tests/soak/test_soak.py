#!/usr/bin/env python3
"""A day of use in a quarter of an hour: the screen is asked, resized, searched and left through and
through, beside it verbs run and servers fail in mid-answer. Memory, files, descriptors and threads
stay what they were, and at the end, when nobody does anything, neither does the program.
Prints TAP.

SOAK_SECONDS is how long it takes (900), RLAB_SEED what the random numbers begin with (printed).
"""
import os
import random
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "trust"))
import ledger  # noqa: E402
from ledger import RLAB, opened  # noqa: E402
from app import SANITIZED, Home, Mock, app, plain  # noqa: E402
from terminal import main, wait_until  # noqa: E402

SECONDS = float(os.environ.get("SOAK_SECONDS", "900"))
SEED = os.environ.get("RLAB_SEED") or str(random.randrange(10**9))
WARM_UP = 0.25  # this part of the time: caches fill, the allocator finds its size
# Memory may grow by as much from the first third after it to the last one. The sanitizer keeps what
# was freed for a while (its quarantine is bounded below), so there it is a little more.
GROWTH_KIB = 3072 if not SANITIZED else 12288
WAL_MAX = 16 << 20  # journal_size_limit, and what one checkpoint lets by
QUESTIONS = 400  # as many different ones, so that what is stored stops growing the cache
SIZES = ((24, 80), (30, 100), (16, 60), (50, 200), (10, 40), (24, 80), (3, 9))
FAULTS = ({"cut_after": 7}, {"fail": {"status": 500, "times": 1}}, {"rate": 2000}, {"delay_ms": 400},
          {"fail": {"status": 503, "times": 2}}, {"stall_after": 5})
CALM = {"cut_after": None, "fail": None, "rate": 300, "delay_ms": 0, "stall_after": None}


class Vitals:
    """What a process takes up, now."""

    def __init__(self, pid, began):
        self.at = time.monotonic() - began
        with open("/proc/%d/status" % pid) as f:
            status = dict(line.split(":", 1) for line in f)
        self.rss = int(status["VmRSS"].split()[0])
        self.threads = int(status["Threads"])
        self.fds = len(os.listdir("/proc/%d/fd" % pid))

    def __repr__(self):
        return "%.0f s: %d KiB, %d descriptors, %d threads" % (self.at, self.rss, self.fds,
                                                               self.threads)


class Day:
    """Somebody at the screen, and what runs beside it."""

    def __init__(self, home, mock, rng):
        self.home, self.mock, self.rng = home, mock, rng
        self.env = {"OLLAMA_HOST": mock.host}
        if SANITIZED:
            self.env["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=4"
        self.p = app(home, settled=False, **self.env)
        self.p.shows("swift:8b")
        self.done = {}
        self.began = time.monotonic()
        self.vitals = []
        self.wal = 0

    def read(self, seconds=0.05):
        self.p.read(seconds)
        if len(self.p.sent) > 1 << 20:
            self.p.sent = self.p.sent[-65536:]

    def keys(self, *pieces, pause=0.03):
        for piece in pieces:
            self.p.keys(piece)
            self.read(pause)

    # --- what is done

    def ask(self):
        self.keys("\x1b", "4", "i", "\x15")
        self.p.clear()
        self.p.keys("question number %d of many\r" % self.rng.randrange(QUESTIONS))
        self.read(self.rng.uniform(0, 0.4))
        if self.rng.random() < 0.2:
            self.keys("\x03")  # stopped in the middle
        self.settle()

    def running(self):
        return self.home.ask("SELECT 1 FROM call WHERE end_state IS NULL")

    def settle(self):
        """Until no answer is on its way: it is stopped where it takes too long."""
        end = time.monotonic() + 3
        while self.running() and time.monotonic() < end:
            self.read(0.05)
        if self.running():
            self.keys("\x1b", "x", "\x1b", "\x03")
            wait_until(lambda: self.read(0.02) or not self.running(), "the end of a stopped answer")
        self.keys("\x1b", "\x1b")

    def compare(self):
        self.keys("\x1b", "4", "v", "v", "v")
        self.ask()

    def panes(self):
        for key in self.rng.sample("123456789", 9):
            self.keys(key, "j", "j", "k", "\x1b[6~", "\x1b[5~")

    def resize(self):
        for rows, cols in self.rng.sample(SIZES, 4):
            self.p.size(rows, cols)
            self.read(0.05)
        self.p.size(24, 80)
        self.read(0.1)

    def search(self):
        self.keys("9", "i", "\x15", self.rng.choice(("number", "many", "swift", "nothing at all")),
                  "\r", "\x1b", "i", "\x15", "\r", "\x1b", "\x1b")

    def palette(self):
        self.keys("?", "\x1b", ":", "theme", "\x1b", "\x1b")

    def verbs(self):
        """Beside the screen, on the same folder."""
        for words in self.rng.sample((("cache", "stats"), ("history", "list", "--limit", "5"),
                                      ("classify", "how many?"), ("label", "simple", "how many?"),
                                      ("ask", "--builtin", "1 + 1?"), ("exercise", "list")), 2):
            done = subprocess.run([RLAB, *words, "--json"], env=self.home.env(**self.env),
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=60)
            assert done.returncode == 0, "%r: %r" % (words, done.stderr)
            assert not ledger.LOCKED.search(done.stderr.decode()), done.stderr

    def fault(self):
        """A server that fails in one way, and then is itself again."""
        self.mock.play(**self.rng.choice(FAULTS))
        self.ask()
        self.mock.play(**CALM)

    def act(self):
        what = self.rng.choices(("ask", "compare", "panes", "resize", "search", "palette", "verbs",
                                 "fault"), (8, 2, 2, 2, 2, 1, 2, 3))[0]
        getattr(self, what)()
        self.done[what] = self.done.get(what, 0) + 1
        assert self.p.process.poll() is None, "it ended in %r with %r: %r" % (
            what, self.p.process.returncode, plain(self.p.sent)[-2000:])

    def live(self):
        while time.monotonic() - self.began < SECONDS:
            self.act()
            self.vitals.append(Vitals(self.p.process.pid, self.began))
            self.wal = max(self.wal, self.size("-wal"))

    def size(self, part=""):
        try:
            return os.path.getsize(os.path.join(self.home.data, "rlab.db" + part))
        except OSError:
            return 0


def middle(values):
    return sorted(values)[len(values) // 2]


def slope(vitals):
    """KiB an hour, by least squares."""
    n = len(vitals)
    t, y = sum(v.at for v in vitals) / n, sum(v.rss for v in vitals) / n
    over = sum((v.at - t) ** 2 for v in vitals)
    return 3600 * sum((v.at - t) * (v.rss - y) for v in vitals) / over if over else 0


def grew(vitals):
    """What is wrong with how memory, descriptors and threads went on after the warm-up."""
    late = [v for v in vitals if v.at > WARM_UP * SECONDS]
    third = max(1, len(late) // 3)
    first, last = late[:third], late[-third:]
    said = []
    for name, room in (("rss", GROWTH_KIB), ("fds", 2), ("threads", 1)):
        a, b = (middle([getattr(v, name) for v in part]) for part in (first, last))
        if b > a + room:
            said.append("%s grew from %d to %d" % (name, a, b))
    return said, slope(late), first[0], last[-1]


def stored(db):
    """Bytes of everything that was asked to be kept, and what its indexes may take beside it."""
    texts = db.execute("SELECT coalesce(sum(length(query) + length(coalesce(answer, '')) +"
                       " length(coalesce(thinking, ''))), 0) FROM call").fetchone()[0]
    rows = sum(db.execute("SELECT count(*) FROM " + t).fetchone()[0] for t in (
        "call", "answer", "classification", "lookup", "cache", "fact", "entry", "session", "label"))
    return 6 * texts + 1500 * rows + (1 << 20)


def idle_ticks(p, seconds):
    before = p.cpu_ticks()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        p.read(0.2)
    return p.cpu_ticks() - before


def temporary():
    """Files of ours that a program might leave in the folder for temporary files."""
    return {f for f in os.listdir("/tmp") if re.match("(rlab|etilqs)", f)}


def test_a_day_of_use():
    rng = random.Random(SEED)
    with Home("[cache]\nsize = 200\n") as home, Mock(rate=300, tokens=60, thinking=12) as mock:
        before = temporary()
        day = Day(home, mock, rng)
        try:
            day.live()
            said, slope_kib, first, last = grew(day.vitals)
            day.settle()
            day.keys("1")
            day.read(6)  # what was begun comes to its end
            ticks = idle_ticks(day.p, min(20, SECONDS / 5))
            if ticks > 20:  # a fifth of a second, in twenty
                said.append("idle, it used %d ticks of the processor" % ticks)
            end = Vitals(day.p.process.pid, day.began)
            day.keys("\x1b", "q")
            code = day.p.end()
            if code:
                said.append("it ended with %d: %r" % (code, plain(day.p.sent)[-2000:]))
        finally:
            day.p.__exit__()
        db = opened(os.path.join(home.data, "rlab.db"))
        kept, file = stored(db), day.size()
        answers = db.execute("SELECT count(*) FROM answer WHERE purpose = 'ask'").fetchone()[0]
        if answers < day.done.get("ask", 0) / 2:
            said.append("%d questions gave %d answers" % (day.done.get("ask", 0), answers))
        said += ledger.wrong_after_start(db)
        db.close()
        if file > kept:
            said.append("the database has %d bytes for what takes %d at most" % (file, kept))
        if day.wal > WAL_MAX:
            said.append("the write-ahead log grew to %d bytes" % day.wal)
        log = os.path.join(home.data, "rlab.log")
        if os.path.exists(log) and os.path.getsize(log) > 1 << 20:
            said.append("the log grew to %d bytes" % os.path.getsize(log))
        said += ["left over: " + f for f in ledger.left_over(home.data)]
        said += ["left over: /tmp/" + f for f in temporary() - before if "etilqs" in f]
        print("# seed %s: %.0f s, %s" % (SEED, SECONDS, ", ".join(
            "%d %s" % (n, what) for what, n in sorted(day.done.items()))))
        print("# after the warm-up %r; at the end of use %r; %+.0f KiB an hour; idle at last %r, %d"
              " ticks" % (first, last, slope_kib, end, ticks))
        print("# the log was at most %d bytes, the database %d for at most %d" % (day.wal, file, kept),
              flush=True)
        assert not said, "; ".join(said)


if __name__ == "__main__":
    print("# seed %s" % SEED, flush=True)
    main()
