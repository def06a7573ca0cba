#!/usr/bin/env python3
"""Sessions killed at random moments of opening, checking, hints, skipping, resetting and asking, and two
at once: what was acknowledged is there afterwards, whole, and nothing else is. The seed is printed
and can be given (RLAB_SEED); a minute, with RLAB_TEST_FULL=1 ten."""
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "verb"))
from rlab_case import exits, main, same  # noqa: E402

FULL = os.environ.get("RLAB_TEST_FULL") == "1"
SECONDS = 300 if FULL else 25  # each of the two tests
SEED = int(os.environ.get("RLAB_SEED", "0")) or random.randrange(1, 1 << 30)
PASSING = {"2.2": ("--rules", "basic", "What is the name of my cat and who is she?"),
           "2.3": ("--rules", "basic", "Calculate 15% of 81")}
IDS = ["2.2", "2.3", "2.4", "3.1", "8.1"]
print("# RLAB_SEED=%d" % SEED)


class One:
    """An exercise as it is listed."""

    def __init__(self, row):
        self.passed, self.state = row["passed"], row["state"]
        self.checks, self.hints = row["checks"], len(row["hints"])
        self.most = row["hints_in_all"]
        self.solution = row["solution"] is not None

    def __repr__(self):
        return repr(vars(self))


def listed(lab):
    rows = exits(lab.run("exercise", "list", "--json"), 0).rows()
    return {row["id"]: One(row) for row in rows}


def verbs(rng, id):
    """Something to do with an exercise; what it is called, and its words."""
    kind = rng.choice(["show", "check", "check", "hint", "hint", "skip", "solution", "reset", "undo", "ask",
                       "classify"])
    if kind == "ask":
        return kind, ("ask", "--builtin", "--fast", "What is %d + %d?" % (rng.randrange(90), rng.randrange(90)))
    if kind == "classify":
        return kind, ("classify", *PASSING[rng.choice(list(PASSING))])
    more = ("--yes",) if kind in ("solution", "reset") else ()
    return kind, ("exercise", kind, id, *more)


def came_of(kind, before, after, saved):
    """Whether `after` is what this leaves of `before`, had it been done."""
    if kind in ("show", "ask", "classify"):
        return vars(after) == vars(before)
    if kind == "check":
        return after.checks == before.checks + 1 and after.hints == before.hints and \
            after.passed >= before.passed
    if kind == "hint":
        return after.hints == min(before.hints + 1, before.most) and after.checks == before.checks and \
            after.state == before.state
    if kind == "skip":
        return before.passed or (before.state == "skipped") != (after.state == "skipped")
    if kind == "solution":
        return after.solution and after.passed == before.passed and after.checks == before.checks
    if kind == "reset":
        return not after.passed and after.checks == after.hints == 0 and after.state == "to do"
    if saved is None:  # nothing to take back
        return vars(after) == vars(before)
    return after.passed == (saved.passed or before.passed) and \
        after.checks == saved.checks + before.checks and after.hints == max(saved.hints, before.hints)


def whole(lab):
    with sqlite3.connect("file:%s?mode=ro" % os.path.join(lab.data, "rlab.db"), uri=True) as db:
        same(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)], "the database")


def others_as_they_were(before, after, id):
    for other in before:
        if other != id:
            same(vars(after[other]), vars(before[other]), "exercise " + other)


def test_a_kill_at_any_moment_leaves_all_or_nothing(lab):
    lab.built_in()
    rng = random.Random(SEED)
    exits(lab.run("exercise", "show", "2.2"), 0)
    now, saved = listed(lab), {}
    took, done, killed = 0.2, 0, 0
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        id = rng.choice(IDS)
        kind, words = verbs(rng, id)
        began = time.monotonic()
        p = lab.start(*words)
        dies = rng.random() < 0.6
        if dies:
            try:
                p.wait(rng.random() * 1.1 * took)
            except subprocess.TimeoutExpired:
                pass
            p.send_signal(signal.SIGKILL)
        out, err = p.communicate()
        acknowledged = p.returncode in (0, 1) if kind == "check" else p.returncode == 0
        died = p.returncode == -signal.SIGKILL
        if not died:
            took = 0.8 * took + 0.2 * (time.monotonic() - began)
        assert died or p.returncode in (0, 1), "%s\n%s" % (words, err.decode())
        after = listed(lab)
        others_as_they_were(now, after, id)
        what = "%s of %s (%s): %r, then %r" % (kind, id, "killed" if died else p.returncode, now[id], after[id])
        was_done = came_of(kind, now[id], after[id], saved.get(id))
        if acknowledged:
            assert was_done, what
        elif died:
            assert was_done or vars(after[id]) == vars(now[id]), what
        else:
            same(vars(after[id]), vars(now[id]), what)
        if kind == "reset" and was_done and (acknowledged or vars(after[id]) != vars(now[id])):
            saved[id] = now[id]
        if kind == "undo" and was_done:
            saved.pop(id, None)
        if kind in ("reset", "undo") and died:  # which of them happened is not seen in every state
            exits(lab.run("exercise", "reset", id, "--yes"), 0)
            saved[id] = after[id]
            after = listed(lab)
        now = after
        done, killed = done + 1, killed + died
        if done % 25 == 0:
            whole(lab)
    whole(lab)
    print("# %d actions, %d of them killed" % (done, killed))
    assert killed > 3 and done - killed > 3, "too few to say anything"


def test_two_at_once_lose_and_undo_nothing(lab):
    lab.built_in()
    rng = random.Random(SEED + 1)
    exits(lab.run("exercise", "show", "2.2"), 0)
    now, rounds = listed(lab), 0
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        id = rng.choice(IDS)
        kinds, running = [], []
        while len(running) < 3:
            kind, words = verbs(rng, id)
            if kind in ("reset", "undo"):
                continue
            kinds.append(kind)
            running.append(lab.start(*words))
        ended = []
        for p in running:
            out, err = p.communicate()
            assert p.returncode in (0, 1), err.decode()
            assert b"locked" not in err and b"not recorded" not in err, err.decode()
            ended.append(p.returncode)
        after = listed(lab)
        others_as_they_were(now, after, id)
        a, b = now[id], after[id]
        what = "%s of %s, %s: %r, then %r" % (kinds, id, ended, a, b)
        hints = sum(k == "hint" for k in kinds)
        same(b.checks, a.checks + sum(k == "check" for k in kinds), what)
        assert b.passed >= a.passed and b.solution >= a.solution, what
        assert min(a.hints + (hints > 0), a.most) <= b.hints <= min(a.hints + hints, a.most), what
        if any(k == "check" and e == 0 for k, e in zip(kinds, ended)):
            assert b.passed, what
        now = after
        rounds += 1
        if rounds % 8 == 0:
            exits(lab.run("exercise", "reset", id, "--yes"), 0)
            now = listed(lab)
    whole(lab)
    print("# %d rounds of three at once" % rounds)


if __name__ == "__main__":
    main()
