#!/usr/bin/env python3
"""Every way the program ends or is interrupted, in mid-answer: what is kept, what is offered at the
next start, and that the terminal is as it was. Prints TAP."""
import os
import re
import signal
import time

from app import RLAB, Home, Mock, app, ended, plain, quit, seen, tmux
from terminal import Pty, has, lacks, main, same, to_crash, wait_until

ENTER, LEAVE = b"\033[?1049h", b"\033[?1049l"
PASTE_OFF = b"\033[?2004l"
QUESTION = "Tell me a long story"


def answering(home, mock, **more):
    """One answer is on its way; a good part of it is stored."""
    p = app(home, settled=False, OLLAMA_HOST=mock.host, **more)
    p.shows("swift:8b")
    p.keys("4", "i", pause=0.15)
    p.keys(QUESTION, "\r")
    p.shows("so far")
    wait_until(lambda: p.read(0.02) and stored(home))
    return p


def stored(home):
    """How much of the answer the database has."""
    rows = home.ask("SELECT length(answer) FROM call WHERE query = ?", QUESTION)
    return rows and rows[0][0]


def ends(home):
    return [row[0] for row in home.ask("SELECT end_state FROM answer WHERE query = ?", QUESTION)]


def put_back(p):
    p.same_modes()
    at = p.sent.rindex(LEAVE)
    assert at > p.sent.rindex(ENTER), "the screen was not left"
    has(p.sent, PASTE_OFF)
    assert p.sent.rindex(b"\033[?25h") > p.sent.rindex(ENTER), "the cursor is not seen again"
    return p.sent[at:]


# --- kill -9 -------------------------------------------------------------------------------------


def killed(home, mock):
    with answering(home, mock) as p:
        p.process.kill()
        p.end()


def test_killed_in_mid_answer_it_is_offered_once():
    for key, outcome in (("k", "kept"), ("\033", None), ("r", "again"), ("\r", "kept"),
                         ("l", None)):
        with Home() as home, Mock() as mock:
            killed(home, mock)
            with app(home, "--builtin", settled=False) as p:
                p.shows("Welcome back")
                p.shows("0 of 18 exercises done. You were on 1.1")
                p.shows(QUESTION)
                same(ends(home), ["interrupted"], "the end of the answer")
                text = home.ask("SELECT answer FROM call WHERE query = ?", QUESTION)[0][0]
                has(text, "swift:8b says: 42 and so it goes")
                p.keys(key)
                p.read(0.3)
                p.clear()
                p.keys("\x0c")
                wait_until(lambda: " NORMAL " in plain(p.read(0.02)), lambda: repr(plain(p.sent)))
                p.read(0.3)
                lacks(plain(p.sent), "Welcome back")
                if key == "r":
                    p.shows(QUESTION)
                if key == "l":
                    p.shows("Exercises and progress")
                same(quit(p), 0, "exit code")
            with app(home, "--builtin") as p:
                p.read(0.3)
                lacks(plain(p.sent), "Welcome back", "the start after that")
                same(quit(p), 0, "exit code")
            same(home.ask("SELECT outcome FROM offer"), [(outcome, )], "what was chosen")
            has(home.verb("history", "search", "swift"), QUESTION)


def test_killed_while_checking_nothing_is_offered():
    """The program's own questions are nobody's answers."""
    with Home() as home, Mock(delay_ms=60000) as mock:
        with app(home, settled=False, OLLAMA_HOST=mock.host) as p:
            p.shows("swift:8b")
            wait_until(lambda: p.read(0.02) and mock.asked())
            p.read(0.3)
            p.process.kill()
            p.end()
        with app(home, "--builtin") as p:
            p.read(0.3)
            lacks(plain(p.sent), "Welcome back")


def test_killed_draft_and_pane_come_back():
    with Home() as home:
        with app(home, "--builtin") as p:
            p.keys("4", "i", pause=0.15)
            p.keys("a draft that was never sent")
            wait_until(lambda: p.read(0.05) and home.ask(
                "SELECT 1 FROM draft WHERE text = 'a draft that was never sent'"))
            p.process.kill()
            p.end()
        with tmux(home, "--builtin") as t:
            t.shows("[4 Ask]")
            t.shows("a draft that was never sent")


def watches(pid, sig):
    with open("/proc/%d/status" % pid) as f:
        caught = int(re.search(r"SigCgt:\s*(\w+)", f.read()).group(1), 16)
    return caught >> (sig - 1) & 1


# --- signals -------------------------------------------------------------------------------------


def test_signals_in_mid_answer():
    for sig, code in ((signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)):
        with Home() as home, Mock() as mock, answering(home, mock) as p:
            os.kill(p.process.pid, sig)
            same(p.end(), code, "exit code")
            put_back(p)
            had = stored(home)
            assert had and had > 100, "the answer has %r letters" % had
            lacks(ends(home), None, "ends")
            with app(home, "--builtin") as again:
                again.read(0.2)
                same(quit(again), 0, "the next start")


def told_while_it_starts(sig, code):
    """Held as soon as it takes signals, told to end, and let go. False: it was drawn already."""
    with Home() as home, Pty([RLAB, "--builtin"], rows=24, env=home.env(), folder=home.path) as p:
        while not watches(p.process.pid, sig):
            pass
        os.kill(p.process.pid, signal.SIGSTOP)
        if ENTER in p.read():
            return False
        os.kill(p.process.pid, sig)
        os.kill(p.process.pid, signal.SIGCONT)
        same(p.end(), code, "exit code")
        p.same_modes()
        same(p.sent.count(ENTER), p.sent.count(LEAVE), "screens left")
        return True


def test_signals_while_it_starts():
    for sig, code in ((signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)):
        wait_until(lambda: told_while_it_starts(sig, code), "a start that is not drawn yet")


def test_terminal_lost_in_mid_answer():
    with Home() as home, Mock() as mock, answering(home, mock) as p:
        p.hang_up()
        same(wait_until(lambda: p.process.poll()), 129, "exit code")
        assert stored(home) > 100
        lacks(ends(home), None, "ends")


def test_signals_while_the_terminal_hangs():
    """A connection that takes no bytes any more: every write waits, and yet it can be ended."""
    for sig, code in ((signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        with Home() as home, Mock() as mock, answering(home, mock) as p:
            for _ in range(40):
                p.keys("\x0c", pause=0.03)  # whole frames that nobody reads
            time.sleep(0.5)
            os.kill(p.process.pid, sig)
            same(p.process.wait(20), code, "exit code")
            p.same_modes()
            with app(home, "--builtin", settled=False) as again:
                again.shows("Welcome back")


def test_crash_in_mid_answer():
    with Home() as home, Mock() as mock, answering(home, mock, **to_crash()) as p:
        os.kill(p.process.pid, signal.SIGSEGV)
        code = p.end()
        assert code == -signal.SIGSEGV or b"Sanitizer" in p.sent, "it ended with %r" % code
        after = put_back(p)
        has(after, b"rlab ")
        has(after, b"rlab.db")
        has(after, b"signal 11")
        with app(home, "--builtin", settled=False) as again:
            again.shows("Welcome back")


class Shell:
    """A real shell with job control, the program started from it."""

    def __init__(self, home, *words, **env):
        env = home.env(**env)
        env.update(PS1="$ ", ENV="/dev/null")
        self.pty = Pty(["bash", "--norc", "--noprofile", "-i"], rows=24, cols=80, env=env,
                       folder=home.path)
        self.pty.shows("$ ")
        self.pty.keys(" ".join((RLAB, ) + words) + "\n")

    def __enter__(self):
        return self.pty

    def __exit__(self, *_):
        self.pty.hang_up()
        self.pty.process.kill()
        self.pty.process.wait()


def test_suspended_and_continued_in_mid_answer():
    with Home() as home, Mock() as mock, Shell(home, OLLAMA_HOST=mock.host) as p:
        p.shows("swift:8b")
        p.keys("4", "i", pause=0.15)
        p.keys(QUESTION, "\r")
        p.shows("so far")
        p.clear()
        p.keys("\x1a")
        p.shows("Stopped")
        has(p.sent, LEAVE)
        has(p.sent, PASTE_OFF)
        p.keys("echo in between\n")
        p.shows("in between")
        p.clear()
        p.size(30, 100)
        p.keys("fg\n")
        p.shows("Ask and compare")
        has(p.sent, ENTER)
        had = stored(home) or 0
        wait_until(lambda: p.read(0.02) and (stored(home) or 0) > had + 100)  # it goes on
        p.keys("\x03")
        p.shows("stopped")
        p.keys("q")
        p.shows(LEAVE)
        p.keys("echo it ended with $?\n")
        p.shows("it ended with 0")


# --- two sessions --------------------------------------------------------------------------------


def asked(home):
    return home.ask("SELECT query FROM answer WHERE purpose = 'ask' AND end_state = 'OK_STOP'")


def test_two_sessions_share():
    with Home() as home, tmux(home, "--builtin", rows=40) as one:
        lacks(seen(one), "another rlab")
        with tmux(home, "--builtin", rows=40) as two:
            two.keys("!")
            two.shows("another rlab has this database open")
            two.keys("q")
            for n in range(3):
                for t in (one, two):
                    before = len(asked(home))
                    t.keys("4", "i", "C-u")
                    t.keys("-l", "%d+%d" % (20 + n, 5 if t is one else 6))
                    t.keys("Enter")
                    wait_until(lambda: len(asked(home)) > before)
            for t in (one, two):
                t.shows(" done")
                t.keys("Escape")
            same(len(asked(home)), 6, "answers")
            for t in (one, two):
                time.sleep(0.1)
                t.keys("9")
                for n in range(3):
                    t.shows("%d+5" % (20 + n))
                    t.shows("%d+6" % (20 + n))
            two.keys("q")
            same(ended(two), "0", "exit code")
        one.keys("q")
        same(ended(one), "0", "exit code")
    # the one that was alone first was told nothing, and nothing is left behind


def test_other_session_ends_and_this_one_goes_on():
    with Home() as home, app(home, "--builtin") as one:
        with app(home, "--builtin") as two:
            two.process.kill()
            two.end()
        one.keys("4", "i", pause=0.15)
        one.keys("7+8\r")
        wait_until(lambda: one.read(0.02) and home.ask(
            "SELECT 1 FROM answer WHERE query = '7+8' AND end_state = 'OK_STOP'"))
        same(quit(one), 0, "exit code")


if __name__ == "__main__":
    main()
