#!/usr/bin/env python3
"""The whole program in a terminal: panes, keys, sizes, what is typed and pasted. Prints TAP."""
import random
import re
import time

from app import PANES, TITLES, Home, Mock, app, ended, plain, quit, seen, tmux, whole
from terminal import has, lacks, main, same, wait_until

CTRL_C, ESC, CTRL_D = "\x03", "\033", "\x04"


def shows_pane(t, n, rows, cols):
    if rows < 16 or cols < 60:
        t.shows("The window is %dx%d" % (cols, rows))
    elif cols < 80:
        t.shows("%d/9 %s " % (n, PANES[n - 1]))
    else:
        t.shows("[%d %s]" % (n, PANES[n - 1]))
        t.shows("── %s ─" % TITLES[n - 1])


# --- panes and sizes -----------------------------------------------------------------------------


def test_every_pane_at_every_size():
    with Home() as home, tmux(home, "--builtin", "--no-motion") as t:
        for rows, cols in ((24, 80), (40, 120), (16, 60), (15, 59)):
            t.resize(rows, cols)
            for n in (2, 3, 4, 5, 6, 7, 8, 9, 1):
                t.keys(str(n))
                shows_pane(t, n, rows, cols)
            whole(t)
            for n in (4, 9, 3, 1):
                t.keys("M-%d" % n)
                shows_pane(t, n, rows, cols)


def test_alt_digits_leave_a_field():
    with Home() as home, tmux(home, "--builtin") as t:
        t.keys("4", "i", "1", "2")
        t.shows("▏12")
        t.shows("INPUT")
        t.keys("M-2")
        t.shows("[2 Classify]")
        t.shows("NORMAL")
        t.keys("M-4")
        t.shows("▏12")


WALK = ("1 2 3 4 5 6 7 8 9 M-1 M-2 M-4 M-9 Up Down j k g G PPage NPage Tab BTab [ ] z t v a + - s "
        "B n N f l ? : / ! m \\ c h J < > o e u R i Left Right Home End C-u C-w C-a C-e C-k C-y F1 "
        "x y Escape Escape Escape Escape Space 5 7 3").split()
WORDS = ("12+5", "Spell flower backwards", "é 你好 mixed 👍 text", "theme mono", "cache stats", "Up")


def random_key(r):
    return (r.choice(WORDS), ) if r.random() < 0.08 else (r.choice(WALK), )


def test_a_random_walk_leaves_nothing_behind():
    """Panes, overlays, fields and sizes in any order: what is seen is what one fresh frame draws."""
    env = {"EDITOR": "true", "PAGER": "true", "VISUAL": None}
    for seed in (1, 2, 3):
        r = random.Random(seed)
        with Home() as home, tmux(home, "--builtin", "--no-motion", **env) as t:
            for step in range(8):
                for _ in range(12):
                    keys = random_key(r)
                    t.keys(*(keys if keys[0] in WALK else ("-l", keys[0])))
                    if r.random() < 0.05:
                        t.keys("Enter")
                if r.random() < 0.6:
                    t.resize(*r.choice(((24, 80), (40, 120), (16, 60), (24, 100), (10, 30), (31, 79))))
                assert t.flag("pane_dead") == "0", "it ended: %s" % seen(t)
                whole(t)


def test_redraw_by_key():
    with Home() as home, tmux(home, "--builtin", "--no-motion") as t:
        t.keys("7")
        t.shows("[7 Prod]")
        time.sleep(0.3)
        fresh = t.still()
        with open(t.flag("pane_tty"), "w") as tty:
            tty.write("\033[3;3Hsomebody else wrote here\033[H\033[2Kand here")
        t.shows("somebody else")
        t.keys("C-l")
        wait_until(lambda: "somebody" not in seen(t))
        same(t.still()[:-1], fresh[:-1], "the screen after ^L")


# --- streams -------------------------------------------------------------------------------------


def leave_field(t):
    """Esc alone: what comes at once after it would be a key with Alt."""
    t.keys("Escape")
    time.sleep(0.1)
    t.shows("NORMAL")


def compare(t, question="Compare these two"):
    """Both models answer, 50 tokens a second."""
    t.keys("4", "i")
    t.shows("INPUT")
    t.keys("C-u")
    t.keys("-l", question)
    leave_field(t)
    while "view COMPARE" not in seen(t):
        t.keys("v")
        time.sleep(0.1)
    t.keys("i", "Enter")
    t.shows("2 streams")


def test_resize_storm_while_two_answer():
    with Home() as home, Mock() as mock, \
            tmux(home, "--no-motion", OLLAMA_HOST=mock.host, settled=False) as t:
        t.shows("swift:8b")
        compare(t)
        r = random.Random(4)
        for _ in range(60):
            t.resize(r.randrange(1, 45), r.randrange(1, 140))
        for rows, cols in ((24, 80), (40, 120), (24, 80)):
            t.resize(rows, cols)
            t.shows("2 streams")
            t.shows("[4 Ask]")
        leave_field(t)
        t.keys("C-c")
        t.shows("stopped")
        whole(t)
        t.keys("q")
        same(ended(t), "0", "exit code")
        ends = [row[0] for row in home.ask("SELECT end_state FROM call WHERE query LIKE 'Compare%'")]
        same(ends, ["CANCELLED", "CANCELLED"], "ends of the calls")


def test_stop_keys():
    """Esc stops nothing; x one column; ^C all; q asks and stays by default."""
    with Home() as home, Mock() as mock, \
            tmux(home, "--no-motion", OLLAMA_HOST=mock.host, settled=False) as t:
        t.shows("swift:8b")
        compare(t)
        leave_field(t)
        for _ in range(3):
            t.keys("Escape")
            time.sleep(0.1)
        t.shows("2 streams")
        t.keys("q")
        t.shows("Leave?")
        t.keys("Enter")
        wait_until(lambda: "Leave?" not in seen(t))
        t.keys("q")
        t.shows("Leave?")
        t.keys("Escape")
        wait_until(lambda: "Leave?" not in seen(t))
        t.keys("C-d")
        t.shows("Leave?")
        t.keys("n")
        wait_until(lambda: "Leave?" not in seen(t))
        t.shows("2 streams")
        t.keys("x")
        t.shows("1 stream ")
        t.keys("2")
        t.shows("[2 Classify]")
        t.keys("C-c")
        t.shows("stopped")
        t.keys("4")
        t.shows("[4 Ask]")
        wait_until(lambda: "stream " not in seen(t))
        compare(t, "Another pair")
        leave_field(t)
        t.keys("q")
        t.shows("Leave?")
        t.keys("y")
        same(ended(t), "0", "exit code")


def test_too_small_while_it_answers():
    with Home() as home, Mock() as mock, \
            tmux(home, "--no-motion", OLLAMA_HOST=mock.host, settled=False) as t:
        t.shows("swift:8b")
        compare(t)
        leave_field(t)
        t.resize(12, 50)
        t.shows("The window is 50x12")
        t.shows("this goes on")
        for key, question in (("q", "Leave?"), ("L", "Line mode?")):
            t.keys(key)
            t.shows(question)
            t.keys("Enter")
            wait_until(lambda: question not in seen(t))
        t.keys("C-c")
        t.shows("Nothing is lost.")
        t.resize(24, 80)
        t.shows("[4 Ask]")
        whole(t)
        t.resize(12, 50)
        t.shows("The window is 50x12")
        t.keys("q")
        same(ended(t), "0", "exit code")


def test_small_window_goes_to_line_mode():
    with Home() as home, tmux(home, "--builtin", rows=10, cols=40, settled=False) as t:
        t.shows("The window is 40x10")
        t.keys("L")
        wait_until(lambda: "window is" not in seen(t) or "Line mode?" in seen(t))
        if "Line mode?" in seen(t):  # the checks of the first start still run
            t.keys("y")
        wait_until(lambda: re.search("^> ?$", seen(t), re.M))
        t.resize(24, 80)
        t.keys("0", "Enter")
        same(ended(t), "0", "exit code")


# --- keys ----------------------------------------------------------------------------------------


def test_interrupt_when_idle():
    with Home() as home, app(home, "--builtin") as p:
        p.clear()
        p.keys(CTRL_C)
        p.shows("press ^C again to leave")
        time.sleep(2.3)  # the offer is over
        p.keys(CTRL_C)
        p.read(0.3)
        assert p.process.poll() is None, "one ^C left"
        p.keys("2")  # another key takes the offer back
        p.keys(CTRL_C)
        p.read(0.3)
        assert p.process.poll() is None, "^C, another key and ^C left"
        p.keys(CTRL_C)
        same(p.end(), 0, "exit code")
        p.same_modes()


def test_interrupt_clears_a_draft():
    with Home() as home, tmux(home, "--builtin") as t:
        t.keys("4", "i")
        t.shows("INPUT")
        t.keys("-l", "a draft of mine")
        t.shows("▏a draft of mine")
        t.keys("C-c")
        wait_until(lambda: "a draft" not in seen(t))
        t.shows("INPUT")
        t.keys("Up")
        t.shows("▏a draft of mine")
        t.keys("C-c")
        wait_until(lambda: "a draft" not in seen(t))
        t.keys("C-c")  # empty now: as when nothing runs
        t.shows("press ^C again to leave")
        t.keys("C-c")
        same(ended(t), "0", "exit code")


def test_leaving_closes_first():
    with Home() as home, app(home, "--builtin") as p:
        for opens, closes in (("?", "q"), ("?", ESC), ("?", CTRL_D), (":", ESC), ("!", "q"),
                              ("4i", CTRL_D), ("2i", ESC)):
            p.keys(*opens, pause=0.05)
            p.read(0.1)
            p.keys(closes)
            p.read(0.2)
            assert p.process.poll() is None, "%r then %r left" % (opens, closes)
        p.keys(ESC)
        p.read(0.2)
        assert p.process.poll() is None, "Esc left"
        p.keys("q")
        same(p.end(), 0, "exit code")


def test_split_keys():
    with Home() as home, app(home, "--builtin", ESCDELAY="1000") as p:
        p.keys("4", "i", pause=0.1)
        p.clear()
        p.keys(*[bytes([b]) for b in "né 你👍".encode()], pause=0.02)
        p.keys(ESC, "[", "D", pause=0.03)  # left
        p.keys("Z", pause=0.05)
        p.keys(ESC, "[", "1", ";", "5", "D", pause=0.03)
        p.read(0.2)
        p.keys(ESC, "9", pause=0.05)
        p.shows("[9 Hist]")
    with Home() as home, tmux(home, "--builtin") as t:
        t.keys("4", "i")
        t.shows("INPUT")
        for b in "né 你x".encode():
            t.keys("-H", "%02x" % b)
        t.shows("▏né 你x")


def test_paste_does_not_send():
    with Home() as home, app(home, "--builtin") as p:
        p.keys("4", "i", pause=0.1)
        p.clear()
        text = "first line\rsecond q line\r\nthird\n\x1b[31mred\x07"
        for byte in (ESC + "[200~" + text + ESC + "[201~").encode():
            p.keys(bytes([byte]), pause=0.001)
        for words in ("first line", "second q line", "third"):
            wait_until(lambda: words in plain(p.read(0.02)), lambda: repr(plain(p.sent)[-400:]))
        same(home.ask("SELECT count(*) FROM answer WHERE purpose = 'ask'"), [(0,)], "answers")
        lacks(p.sent, b"\033[31mred")
        p.keys(ESC)
        time.sleep(0.1)
        p.clear()
        p.keys(ESC + "[200~1q" + ESC + "[201~")  # outside a field it is no command
        p.shows("a paste goes into a field")
        p.keys("q")
        same(p.end(), 0, "exit code")


def test_unknown_sequences_are_swallowed():
    with Home() as home, app(home, "--builtin") as p:
        p.keys("4i")
        time.sleep(0.1)
        p.keys(ESC + "[99;99z", ESC + "]11;rgb:0000/0000/0000" + ESC + "\\", ESC + "P1$r q" + ESC + "\\",
               ESC + "[?62;4c", ESC + "[I", ESC + "[O", "ok", pause=0.05)
        p.read(0.2)
        p.keys("\r")
        wait_until(lambda: home.ask("SELECT query FROM answer WHERE purpose = 'ask'"))
        same(home.ask("SELECT query FROM answer WHERE purpose = 'ask'"), [("ok",)], "what was asked")


def test_ask_and_leave():
    """One question with the built-in models, from the key to the database."""
    with Home() as home, tmux(home, "--builtin") as t:
        t.keys("4", "i")
        t.keys("-l", "12+5")
        t.keys("Enter")
        t.shows("17")
        t.shows(" done")
        leave_field(t)
        t.keys("9")
        t.shows("12+5")
        t.keys("q")
        same(ended(t), "0", "exit code")
        same(home.ask("SELECT query, end_state FROM answer WHERE purpose = 'ask'"),
             [("12+5", "OK_STOP")], "what is kept")


# --- the palette ---------------------------------------------------------------------------------


def run_words(t, words):
    t.keys(":")
    t.keys("-l", words)
    t.shows(":" + words)
    t.keys("Enter")


def test_palette_runs_verbs():
    with Home() as home, tmux(home, "--builtin") as t:
        run_words(t, "cache stats")
        t.shows("rlab cache stats")
        t.shows("q close")
        t.shows("entries")
        wait_until(lambda: "running" not in seen(t))
        whole(t)
        t.keys("q")
        run_words(t, "bench list")
        t.shows("rlab bench list")
        wait_until(lambda: "running" not in seen(t))
        t.keys("q")
        run_words(t, "classify \"Spell flower\" backwards")
        t.shows("rlab classify")
        t.shows("core")
        wait_until(lambda: "running" not in seen(t))  # one command at a time
        t.keys("q")
        run_words(t, "classify \"open")
        t.shows("a quote is left open")
        t.keys("Escape")
        whole(t)


def test_palette_stops_what_it_runs():
    with Home() as home, Mock() as mock, tmux(home, OLLAMA_HOST=mock.host, settled=False) as t:
        t.shows("swift:8b")
        run_words(t, "ask --fast go on")
        t.shows("running")
        wait_until(lambda: any("go on" in e["body"] for e in mock.asked()))
        t.keys("C-c")
        wait_until(lambda: "running" not in seen(t), lambda: seen(t))
        t.keys("Escape")
        time.sleep(0.2)
        run_words(t, "ask --fast once more")  # leaving ends it too
        wait_until(lambda: any("once more" in e["body"] for e in mock.asked()))
        t.keys("Escape")
        time.sleep(0.2)
        t.keys("q")
        t.shows("Leave?")
        t.keys("y")
        same(ended(t), "0", "exit code")
        wait_until(lambda: all(e["closed_early"] for e in mock.asked() if "go on" in e["body"]
                               or "once more" in e["body"]))


def test_palette_theme():
    with Home() as home, app(home, "--builtin") as p:
        has(p.sent, b"\033[38;5;")
        p.keys(":theme mono\r")  # all at once, faster than it is drawn
        time.sleep(0.3)
        p.read(0.2)
        p.clear()
        p.keys("2", "3", "\x0c", pause=0.1)
        p.read(0.3)
        lacks(p.sent, b"\033[38;5;")
        p.keys(":", "theme", "\r", pause=0.1)
        p.shows("high-contrast")
        p.keys(ESC)
        p.read(0.2)
        same(quit(p), 0, "exit code")


if __name__ == "__main__":
    main()
