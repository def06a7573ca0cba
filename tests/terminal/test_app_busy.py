#!/usr/bin/env python3
"""Another process holds the database while a person works on the screen: keys answer as ever, and
what was done is written as soon as it lets go, or is said not to be. Prints TAP."""
import os
import sqlite3
import time

from app import PANES, SLOW, TITLES, Home, app, plain, quit
from terminal import PATIENCE, has, lacks, main, same, wait_until

QUICK = 0.5 * SLOW  # seconds for a key; a wait for the other process would take 3


class Held:
    """The database, as another process has it that writes for long."""

    def __init__(self, home):
        self.db = sqlite3.connect(os.path.join(home.data, "rlab.db"), isolation_level=None,
                                  timeout=20)

    def __enter__(self):
        self.db.execute("BEGIN IMMEDIATE")
        self.since = time.monotonic()
        return self

    def __exit__(self, *_):
        self.db.execute("ROLLBACK")
        self.db.close()

    def left(self, seconds):
        return self.since + seconds - time.monotonic()


def answers_to(p, key, what):
    """Seconds until a key shows something."""
    start = len(p.read(0))
    before = time.monotonic()
    p.keys(key)
    wait_until(lambda: what in plain(p.read(0.005)[start:]),
               lambda: "%r after %r, but %r" % (what, key, plain(p.sent)[-400:]))
    took = time.monotonic() - before
    assert took < QUICK, "the key %s took %.2f s" % (key, took)
    return took


def walk(p, held, seconds):
    """Through all panes, again and again, for as long as it is held."""
    worst, at = 0, 0
    while held.left(seconds) > 0:
        at = (at + 1) % len(PANES)
        worst = max(worst, answers_to(p, str(at + 1), TITLES[at]))
        p.read(0.05)
    print("# the slowest key: %.0f ms" % (worst * 1000), flush=True)


def query(p, text):
    """Stands in the field of Classify, and was recorded."""
    p.keys("2", "i", "\x15", pause=0.1)
    p.keys(text)
    p.keys("\033")
    p.read(0.5)
    p.clear()


def rows(home, sql, *values):
    return home.ask("SELECT count(*) FROM " + sql, *values)[0][0]


LABELS = "label WHERE query = 'double it' AND level = 'simple'"
ASKED = "answer WHERE purpose = 'ask'"


def test_a_label_waits_and_keys_answer():
    with Home() as home, app(home, "--builtin") as p:
        query(p, "double it")
        with Held(home) as held:
            p.keys("l", "s", pause=0.1)
            walk(p, held, 3)
            same(rows(home, LABELS), 0, "labels while it is held")
        wait_until(lambda: p.read(0.02) and rows(home, LABELS))
        said = plain(p.read(0.5))
        has(said, "waiting for another rlab")
        for word in ("busy", "locked", "not kept", "not recorded"):
            lacks(said, word)
        p.clear()
        p.keys("2", "\x0c")
        p.read(0.3)
        lacks(plain(p.sent), "waiting for another rlab")
        same(quit(p), 0, "exit code")
        same(rows(home, LABELS), 1, "labels")


def test_a_row_is_deleted_later_and_it_is_that_one():
    with Home() as home:
        for text in ("7+8", "20+5", "30+9"):
            home.verb("ask", "--builtin", text)
        with app(home, "--builtin", rows=30) as p:
            p.keys("9", pause=0.3)
            p.keys("\033[B", pause=0.2)
            p.read(0.3)
            chosen = home.ask("SELECT id FROM answer ORDER BY id DESC LIMIT 1 OFFSET 1")[0][0]
            with Held(home) as held:
                p.keys("D")
                p.keys("\033[A", pause=0.1)  # by now another one is chosen
                walk(p, held, 3)
                same(rows(home, "answer WHERE id = ?", chosen), 1, "the row while it is held")
            wait_until(lambda: p.read(0.02) and not rows(home, "answer WHERE id = ?", chosen))
            p.read(0.3)
            for word in ("busy", "locked", "not deleted"):
                lacks(plain(p.sent), word)
            same(quit(p), 0, "exit code")


def test_after_five_seconds_it_is_said_once():
    with Home() as home, app(home, "--builtin") as p:
        query(p, "double it")
        with Held(home) as held:
            p.keys("l", "s", pause=0.1)
            wait_until(lambda: "The label was not kept" in plain(p.read(0.02)),
                       lambda: repr(plain(p.sent)[-600:]))
            assert held.left(5) < 0.5, "said %.1f s too early" % held.left(5)
            p.shows("is busy")
            p.keys("\033")
            p.read(0.3)
            p.clear()
            p.keys("\x0c")
            p.read(1.5)
            for word in ("not kept", "is busy", "waiting for another rlab"):
                lacks(plain(p.sent), word)
        p.read(0.5)
        same(rows(home, "label"), 0, "labels")
        p.keys("l", "s", pause=0.1)  # and now nothing is in the way
        wait_until(lambda: p.read(0.02) and rows(home, LABELS))
        same(quit(p), 0, "exit code")
        same(rows(home, "label"), 1, "labels")


def leaving(seconds):
    """A row is deleted and the screen left while it is held: what stood in the terminal after."""
    with Home() as home:
        home.verb("ask", "--builtin", "7+8")
        with app(home, "--builtin") as p:
            p.keys("9", pause=0.5)
            newest = home.ask("SELECT max(id) FROM answer")[0][0]
            p.keys("\033[H", pause=0.2)
            p.read(0.2)
            with Held(home) as held:
                p.keys("D", pause=0.2)
                p.keys("q")
                while held.left(seconds) > 0 and p.process.poll() is None:
                    p.read(0.05)
                print("# it was held for %.1f s" % -held.left(0), flush=True)
            same(p.end(), 0, "exit code")
            p.same_modes()
            return rows(home, "answer WHERE id = ?", newest), plain(p.sent)


def test_leaving_writes_it_first():
    left, said = leaving(2)
    same(left, 0, "rows left")
    lacks(said, "not recorded")
    lacks(said, "busy")


def test_leaving_says_what_was_lost():
    left, said = leaving(PATIENCE)
    same(left, 1, "rows left")
    has(said, "not recorded: The row was not deleted: ")
    same(said.count("not recorded: "), 1, "how often it is said")


if __name__ == "__main__":
    main()
