#!/usr/bin/env python3
"""Eight processes on one data folder, and the screen beside them: asking the same and different
questions, checking exercises, taking away from the cache, reading. Nobody is told of a lock, no row
is lost, every counter is exact. Then again where the file system has no shared memory, so that
there is no write-ahead log. Prints TAP.

RLAB_MANY_SECONDS is how long all of it takes (60; 900 in a full run, ten minutes of it with the
log), RLAB_SEED what the random numbers begin with (printed).
"""
import json
import os
import random
import re
import subprocess
import threading
import time

import ledger
from ledger import FULL, LOCKED, RLAB, Ledger, opened

from app import Home, Mock, seen, tmux  # noqa: E402  (ledger says where it is)
from terminal import main, wait_until  # noqa: E402

SECONDS = float(os.environ.get("RLAB_MANY_SECONDS", "900" if FULL else "60"))
SEED = os.environ.get("RLAB_SEED") or str(random.randrange(10**9))
SANITIZERS = "verify_asan_link_order=0:detect_leaks=0"
NO_SHM = os.path.join(os.path.dirname(RLAB), "tests", "faults", "fault.so")
MINI = {"1 + %d?" % n: str(1 + n) for n in range(2, 30)}  # asked again and again
SAYS_LOCKED = re.compile(r"locked|busy|not recorded", re.I)
EXERCISES = ("1.1", "2.2", "2.3", "3.1", "4.1", "5.1")


class Crowd:
    """One data folder, those who work in it, and what all of them were told."""

    def __init__(self, home, env, seconds):
        self.home, self.more = home, env
        self.until = time.monotonic() + seconds
        self.lock = threading.Lock()
        self.book = Ledger()
        self.said = []  # what nobody should have been told
        self.answers = {}  # (model, query): the texts of its answers
        self.counts = {"cache": 0, "model": 0, "shared": 0}
        self.looked_up = {"hit": 0, "miss": 0}
        self.verbs = 0
        self.slowest = (0, "-")
        self.unique = 0

    def env(self):
        return self.home.env(**self.more)

    def going(self):
        return time.monotonic() < self.until and not self.said

    def wrong(self, text):
        with self.lock:
            self.said.append(text)

    def verb(self, *words, codes=(0, ), text=""):
        """Its standard output; what it should not have said is taken down."""
        began = time.monotonic()
        try:
            done = subprocess.run([RLAB, *words], env=self.env(), cwd=self.home.path,
                                  input=text.encode(), stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=90)
        except subprocess.TimeoutExpired:
            self.wrong("%s: no end within 90 s" % " ".join(words))
            return ""
        out, err = done.stdout.decode(), done.stderr.decode("utf-8", "replace")
        with self.lock:
            self.verbs += 1
            self.slowest = max(self.slowest, (time.monotonic() - began, " ".join(words)))
        if done.returncode not in codes:
            self.wrong("%s: ended with %d: %s" % (" ".join(words), done.returncode, err))
        elif LOCKED.search(err) or "not recorded" in err or "not recorded" in out:
            self.wrong("%s: says %s" % (" ".join(words), err))
        return out

    def answered(self, out):
        for line in out.splitlines():
            a = json.loads(line)
            with self.lock:
                self.book.answered(a, cached=False)
                self.counts[a["from"]] += 1
                if a["end"] == "OK_STOP":
                    self.answers.setdefault((a["model"], a["query"]), set()).add(a["answer"])


# --- those who work ------------------------------------------------------------------------------


def ask(crowd, rng):
    """The same questions as the others ask, and now and then one of one's own."""
    if rng.random() < 0.3:
        with crowd.lock:
            crowd.unique += 1
            query = "%d + %d?" % (30 + crowd.unique % 69, 1 + crowd.unique // 69)
    else:
        query = rng.choice(sorted(MINI))
    how = rng.random()
    words = ["--no-cache"] if how < 0.1 else []
    out = crowd.verb("ask", "--json", "--builtin", *words, query)
    crowd.answered(out)
    if not words:
        with crowd.lock:
            for line in out.splitlines():
                crowd.looked_up["hit" if json.loads(line)["cached"] else "miss"] += 1


def ask_server(crowd, rng):
    """Of a server, which answers word by word."""
    out = crowd.verb("ask", "--json", "--fast", "question %d" % rng.randrange(12))
    crowd.answered(out)
    with crowd.lock:
        for line in out.splitlines():
            crowd.looked_up["hit" if json.loads(line)["cached"] else "miss"] += 1


def compare(crowd, rng):
    crowd.answered(crowd.verb("ask", "--compare", "--json", "--builtin", rng.choice(sorted(MINI))))


def ask_lines(crowd, rng):
    """Many questions of one process, which sees what the others do to its cache."""
    asked = [rng.choice(sorted(MINI)) for _ in range(15)]
    out = crowd.verb("--line", "--builtin", text="ask\n" + "".join("auto\n%s\n" % q for q in asked))
    ends = re.findall(r"^End of answer\.( From the cache)?", out, re.M)
    if len(ends) != len(asked):
        crowd.wrong("%d questions, %d answers: %s" % (len(asked), len(ends), out[-800:]))
    with crowd.lock:
        for query, cached in zip(asked, ends):
            crowd.book.shown(query)
            crowd.counts["cache" if cached else "model"] += 1
            crowd.looked_up["hit" if cached else "miss"] += 1


def check(crowd, rng):
    id = rng.choice(EXERCISES)
    if crowd.verb("exercise", "check", id, "--json", "--builtin", codes=(0, 1)):
        with crowd.lock:
            crowd.book.row("exercise", id, "check")


def label(crowd, rng):
    query, level = rng.choice(sorted(MINI)), rng.choice(("simple", "moderate", "complex"))
    if crowd.verb("label", level, query, "--json"):
        with crowd.lock:
            crowd.book.row("label", query, level)


def resize(crowd, rng):
    crowd.verb("cache", "size", str(rng.choice((10, 25, 50))), "--json")


def drop(crowd, rng):
    rows = crowd.verb("cache", "list", "--json").splitlines()
    if rows:
        crowd.verb("cache", "drop", json.loads(rng.choice(rows))["key"], "--json", codes=(0, 1))


def clear(crowd, rng):
    crowd.verb("cache", "clear", "--yes", "--json")


def read(crowd, rng):
    words, codes = rng.choice(((("history", "list", "--json"), (0, )),
                               (("history", "search", "1", "--json"), (0, 1)),
                               (("cache", "stats", "--json"), (0, )),
                               (("cache", "list", "--json"), (0, )),
                               (("exercise", "list", "--json"), (0, )),
                               (("bench", "list", "--json"), (0, ))))
    for line in crowd.verb(*words, codes=codes).splitlines():
        json.loads(line)


def bench(crowd, rng):
    out = crowd.verb("bench", "run", "--json", "--builtin", "--set", "mini-bench", "--rounds", "2",
                     "--concurrency", "4")
    for line in out.splitlines():
        with crowd.lock:
            crowd.book.ran(json.loads(line)["run"])


# The eight: each does one of its things after the other.
PEOPLE = (
    (ask, ), (ask, ), (ask, compare), (ask_server, ), (ask_lines, ), (check, label),
    (resize, drop, read), (read, bench, label),
)


def live(crowd, number, things, seed):
    rng = random.Random("%s %d" % (seed, number))
    while crowd.going():
        try:
            rng.choice(things)(crowd, rng)
        except Exception as why:
            crowd.wrong("%d: %r" % (number, why))


def clear_now_and_then(crowd, seconds):
    """The one who clears, until the others are alone: from then on every total is exact."""
    end = time.monotonic() + seconds
    while crowd.going() and time.monotonic() < end:
        clear(crowd, None)
        time.sleep(min(2, seconds / 4))


# --- the screen beside them ----------------------------------------------------------------------


class Screen:
    """Somebody who watches the others, and asks too."""

    def __init__(self, crowd):
        self.crowd = crowd
        self.t = tmux(crowd.home, "--builtin", rows=30, cols=100, **crowd.more)
        self.rows = [0]
        self.asked = 0

    def watch(self):
        while self.crowd.going():
            if SAYS_LOCKED.search(seen(self.t)):
                self.crowd.wrong("the screen says\n" + seen(self.t))
            self.t.keys("9")
            self.t.shows("Preview")
            time.sleep(0.3)
            found = re.search(r"([\d,]+) rows", seen(self.t))
            if found:
                self.rows.append(int(found.group(1).replace(",", "")))
            self.ask()

    def ask(self):
        """One of everybody's questions; it is over when the screen says so."""
        query = "1 + %d?" % (2 + self.asked % 28)
        self.t.keys("4")
        self.t.keys("i", "C-u")
        self.t.keys("-l", query)
        time.sleep(0.05)
        self.t.keys("Enter")
        wait_until(lambda: query in seen(self.t) and re.search("✓ (done|cached)", seen(self.t)),
                   lambda: "the end of %r in\n%s" % (query, seen(self.t)))
        text = seen(self.t)
        self.t.keys("Escape")
        time.sleep(0.1)  # else the next key is one with Alt
        if SAYS_LOCKED.search(text):
            self.crowd.wrong("the screen says\n" + text)
        with self.crowd.lock:
            self.asked += 1
            self.crowd.book.shown(query)

    def __enter__(self):
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def run(self):
        try:
            self.watch()
        except Exception as why:
            self.crowd.wrong("the screen: %s" % why)

    def __exit__(self, *_):
        self.thread.join()
        # Who was held up for long keeps an answer in memory, and would ask before it is lost.
        wait_until(lambda: "UNSAVED" not in seen(self.t), "room for what was held up")
        text = seen(self.t)
        self.t.keys("q")
        try:
            wait_until(lambda: self.t.flag("pane_dead") == "1",
                       lambda: "the screen's end, after q in\n%s" % seen(self.t))
            code = self.t.flag("pane_dead_status")
            if code not in ("0", ""):
                self.crowd.wrong("the screen ended with %s after\n%s" % (code, text))
        finally:
            self.t.__exit__()


# --- the account ---------------------------------------------------------------------------------


def exact(crowd, db, mark):
    """Counters against what was acknowledged to those who asked, the screen's own apart."""
    one = lambda sql, *values: db.execute(sql, values).fetchone()
    said = ledger.wrong_after_start(db) + crowd.book.missing(db)
    acknowledged = len(crowd.book.answers) + sum(crowd.book.texts.values())
    kept, = one("SELECT count(*) FROM answer WHERE purpose IN ('ask', 'compare')")
    if kept != acknowledged:
        said.append("%d answers were acknowledged, %d are kept" % (acknowledged, kept))
    hits, misses = one("SELECT sum(result = 'hit'), sum(result = 'miss') FROM lookup"
                       " WHERE purpose = 'ask' AND session <> ?", mark.screen)
    if (hits, misses) != (crowd.looked_up["hit"], crowd.looked_up["miss"]):
        said.append("look-ups kept are %r, acknowledged %r" % ((hits, misses), crowd.looked_up))
    all = one("SELECT sum(hits), sum(misses) FROM session")
    rows = one("SELECT sum(result = 'hit'), sum(result = 'miss') FROM lookup"
               " WHERE purpose <> 'bench'")  # a run has a cache of its own
    if all != rows:
        said.append("hits and misses of all sessions are %r, their look-ups %r" % (all, rows))
    totals = one("SELECT hits, misses FROM cache_state")
    if totals != (all[0] - mark.hits, all[1] - mark.misses):
        said.append("the totals are %r, the sessions counted %r since the clearing at %r"
                    % (totals, all, (mark.hits, mark.misses)))
    calls, = one("SELECT count(*) FROM call WHERE purpose = 'ask' AND end_state = 'OK_STOP'")
    made, = one("SELECT count(*) FROM answer WHERE purpose = 'ask' AND origin = 'model'")
    if calls != made:
        said.append("%d calls made %d answers" % (calls, made))
    for (model, query), texts in crowd.answers.items():
        if len(texts) != 1 or (query in MINI and model == "fast" and texts != {MINI[query]}):
            said.append("%s answered %r with %r" % (model, query, texts))
    size, entries = one("SELECT (SELECT value FROM setting WHERE key = 'cache.size'), entries"
                        " FROM cache_state")
    if size and entries > int(size):
        said.append("a cache of %s holds %d" % (size, entries))
    return said


class Mark:
    """What the sessions had counted when the last clearing was over and nobody worked."""


def crowded(seconds, seed, env):
    with Home() as home, Mock(rate=400, tokens=20, thinking=5) as mock:
        env = {"OLLAMA_HOST": mock.host, **env}
        crowd = Crowd(home, env, seconds / 2)
        mark = Mark()
        threads = [threading.Thread(target=live, args=(crowd, n, things, seed))
                   for n, things in enumerate(PEOPLE)]
        threads.append(threading.Thread(target=clear_now_and_then, args=(crowd, seconds)))
        run_all(threads)
        clear(crowd, None)
        path = os.path.join(home.data, "rlab.db")
        db = opened(path)
        mark.hits, mark.misses = db.execute("SELECT sum(hits), sum(misses) FROM session").fetchone()
        db.close()

        crowd.until = time.monotonic() + seconds / 2
        with Screen(crowd) as screen:
            run_all([threading.Thread(target=live, args=(crowd, n, things, seed + " again"))
                     for n, things in enumerate(PEOPLE)])
        db = opened(path)
        wal = db.execute("PRAGMA journal_mode").fetchone()[0]
        mark.screen = db.execute("SELECT coalesce(max(session), 0) FROM fact WHERE kind = 'screen'"
                                 ).fetchone()[0]
        said = crowd.said or exact(crowd, db, mark)
        db.close()
        said += ["left over: " + name for name in ledger.left_over(home.data)]
        if not crowd.said and (len(screen.rows) < 3 or screen.rows[-1] <= screen.rows[1]):
            said.append("the screen's history was %r rows long" % screen.rows)
        print("# seed %s, journal %s: %d verbs in %.0f s, %d rows acknowledged, %d lost; %d hits, %d"
              " misses; the slowest verb took %.2f s (%s); the screen asked %d times and saw its"
              " history grow from %d to %d rows"
              % (SEED, wal, crowd.verbs, seconds, crowd.book.acknowledged, crowd.book.lost,
                 crowd.looked_up["hit"], crowd.looked_up["miss"], *crowd.slowest, screen.asked,
                 screen.rows[min(1, len(screen.rows) - 1)], screen.rows[-1]), flush=True)
        assert not said, "seed %s\n%s" % (SEED, "\n".join(said))
        return wal


def run_all(threads):
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def test_a_held_file_holds_up_nobody():
    """Somebody holds the file for three seconds: the screen answers its keys, says nothing of a
    lock, and has kept the answer that came meanwhile."""
    with Home() as home, tmux(home, "--builtin", rows=30, cols=100) as t:
        t.keys("4", "i")
        t.shows("Ask and compare")
        t.keys("-l", "12 + 30?")
        time.sleep(1.5)  # the draft is written
        db = opened(os.path.join(home.data, "rlab.db"))
        db.execute("BEGIN EXCLUSIVE")
        until = time.monotonic() + 3
        t.keys("Enter")
        time.sleep(0.3)
        t.keys("Escape")
        slowest = 0
        while time.monotonic() < until:
            for key, title in (("2", "Classifier"), ("4", "Ask and compare")):
                began = time.monotonic()
                t.keys(key)
                t.shows("── " + title)
                slowest = max(slowest, time.monotonic() - began)
                text = seen(t)
                assert not SAYS_LOCKED.search(text), text
                assert "✓ done" not in text, "it is not kept and said to be done:\n" + text
        db.execute("ROLLBACK")
        db.close()
        t.shows("✓ done")
        assert home.ask("SELECT end_state FROM answer WHERE query = '12 + 30?'") == [("OK_STOP", )]
        assert not SAYS_LOCKED.search(seen(t)), seen(t)
        assert slowest < 2, "a key was answered after %.1f s" % slowest
        t.keys("q")
        wait_until(lambda: t.flag("pane_dead") == "1", "the screen's end")


def test_eight_at_once():
    wal = crowded(SECONDS * (2 / 3 if FULL else 0.6), SEED, {})
    assert wal == "wal", "the journal is %r" % wal


def test_eight_at_once_without_shared_memory():
    assert os.path.exists(NO_SHM), "%s is not built" % NO_SHM
    options = os.environ.get("ASAN_OPTIONS", "")
    wal = crowded(SECONDS * (1 / 3 if FULL else 0.4), SEED + " no log",
                  {"LD_PRELOAD": NO_SHM, "FAULT_NO_SHM": "1",
                   "ASAN_OPTIONS": options + ":" + SANITIZERS})
    assert wal == "delete", "the journal is %r" % wal


if __name__ == "__main__":
    print("# seed %s" % SEED, flush=True)
    main()
