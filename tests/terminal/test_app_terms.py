#!/usr/bin/env python3
"""The whole program on terminals of every kind, with answers that mean harm, and with the programs
beside it: clipboard, pager, editor. Prints TAP."""
import base64
import os
import re
import time

from app import RLAB, Home, Mock, app, plain, quit, tmux, whole
from terminal import Pty, has, known_terms, lacks, main, same, wait_until

COLOR = re.compile(rb"\033\[[0-9;]*(?<![0-9])(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?![0-9])[0-9;]*m")


def each_pane(p):
    for n in "23456789":
        p.keys(n)
        p.read(0.05)
    p.keys("?")
    p.read(0.1)
    p.keys("q")
    return p.read(0.1)


# --- terminals -----------------------------------------------------------------------------------


def test_terminals_that_carry_the_screen():
    for term in known_terms("xterm-256color", "tmux-256color", "screen-256color", "linux", "vt100",
                            "vt220", "rxvt-unicode-256color", "ansi"):
        with Home() as home, tmux(home, "--builtin", "--no-motion", term=term) as t:
            for n in range(2, 10):
                t.keys(str(n))
                t.shows("[%d " % n)
            t.keys("4", "i")
            t.shows("INPUT")
            t.keys("-l", "12+5")
            t.keys("Enter")
            t.shows("17")
            whole(t)


def lines(p, reason):
    """Line mode, which says why, and ends at the end of input."""
    p.shows("Line mode: on because " + reason)
    p.shows("Main menu")
    p.keys("0\n")
    same(p.end(), 0, "exit code")
    p.same_modes()
    lacks(p.sent, b"\033")


def test_terminals_that_do_not():
    for term, reason in (("dumb", "TERM is dumb"), ("nobody-has-this", "the terminal 'nobody-has-this' is"),
                         ("", "TERM is empty"), (None, "TERM is not set")):
        with Home() as home:
            with Pty([RLAB, "--builtin"], rows=24, cols=80, folder=home.path,
                     env=home.env(TERM=term)) as p:
                lines(p, reason)
    with Home() as home, Pty([RLAB, "--builtin", "--line"], env=home.env(), folder=home.path) as p:
        lines(p, "of --line")


def test_without_utf8():
    for locale in ("C", "POSIX"):
        with Home() as home, app(home, "--builtin", LC_ALL=locale, settled=False) as p:
            p.shows("reason [in]")
            p.keys("4", "i", pause=0.1)
            p.keys("Spell flower backwards — é\r")
            p.read(1.0)
            p.keys("\033")
            time.sleep(0.1)
            each_pane(p)
            assert all(b < 128 for b in p.sent), "it sent %r" % bytes(b for b in p.sent if b > 127)
            same(quit(p), 0, "exit code")


def test_ascii_when_asked_for():
    with Home() as home, app(home, "--builtin", "--ascii", settled=False) as p:
        p.shows("reason [in]")
        each_pane(p)
        p.keys("4", "i", pause=0.1)
        p.keys("12+5\r")
        p.shows("17")
        assert all(b < 128 for b in p.sent), "it sent %r" % bytes(b for b in p.sent if b > 127)


def test_colors_only_where_wanted():
    for words, env, wanted in (((), {}, True), ((), {"NO_COLOR": "1"}, False),
                               ((), {"NO_COLOR": ""}, True), (("--color", "never"), {}, False),
                               (("--color", "always"), {"NO_COLOR": "1"}, True),
                               ((), {"term": "vt100"}, False)):
        with Home() as home, app(home, "--builtin", *words, **env) as p:
            found = COLOR.search(each_pane(p))
            same(bool(found), wanted, "colours with %r %r: %r" % (words, env, found))
            same(quit(p), 0, "exit code")


# --- answers that mean harm ----------------------------------------------------------------------

EVIL = ("\033[2J\033[H\033]0;title\a\033]52;c;ZXZpbA==\a\033[?1049l\033[31mred \033P+q\033\\ "
        "\x9b31m\x9d52;c;ZXZpbA==\x9c \r\b\b\x7f\x00\u202eLRO\u2066x\u2069\u200b\ufeff\ue0001 "
        "tab\there \U000e0041 %s%n \u0300\u0301\u0302 end")
ALLOWED = re.compile(rb"\033\[\??[0-9;]*[A-Za-z@`]|\033[()][AB0]|\033[=>78M]|\033\[[0-9;]* ?[qt]|"
                     rb"\033\[!p")
CONTROLS = set(range(32)) - {8, 9, 10, 13, 15}


def harmless(p):
    """Nothing but what curses itself says: no other sequence, no control, no sign that turns text."""
    sent = p.sent.replace(b"\033\\", b"")
    rest = ALLOWED.sub(b"", sent)
    bad = sorted(set(rest) & CONTROLS)
    assert not bad, "controls %r in %r" % (bad, [rest[max(0, i - 20):i + 20] for i in range(len(rest))
                                               if rest[i] in bad][:3])
    text = rest.decode("utf-8")  # and it is UTF-8 all through
    for sign in "\u202e\u2066\u2069\x9b\x9d\x9c\x7f":
        lacks(text, sign, "what was sent")
    lacks(p.sent, b"\033]52", "what was sent")
    lacks(p.sent, b"ZXZpbA==\a", "what was sent")
    lacks(p.sent, b"\033]0;", "what was sent")


def test_hostile_answers_and_names():
    with Home() as home, Mock(models=["swift:8b", "deep-r1:70b", "e\033[2Jvil\u202e:8b"],
                              answer=EVIL, rate=0) as mock, \
            app(home, settled=False, OLLAMA_HOST=mock.host) as p:
        p.shows("swift:8b")
        p.keys("4", "i", pause=0.15)
        p.keys("Be evil\r")
        p.shows(" done")
        p.read(0.2)
        p.keys("9")
        p.read(0.3)
        p.keys("3")
        p.read(0.3)
        p.keys("4", "\x0c")
        p.read(0.3)
        harmless(p)
        p.clear()
        p.keys("q")
        same(p.end(), 0, "exit code")
        p.same_modes()


def test_hostile_answer_keeps_the_screen_whole():
    with Home() as home, Mock(answer=EVIL, rate=0) as mock, \
            tmux(home, "--no-motion", OLLAMA_HOST=mock.host, settled=False) as t:
        t.shows("swift:8b")
        t.keys("4", "i")
        t.keys("-l", "Be evil")
        t.keys("Enter")
        t.shows("done")
        t.shows("end")
        whole(t)
        for n in ("9", "3", "1"):
            t.keys(n)
            t.shows("[%s " % n)
            whole(t)
        lacks(t.run("show-buffer") if t.run("list-buffers") else "", "evil")


def test_ten_megabytes_on_one_line():
    with Home() as home, Mock(answer=" ".join(["x" * 10000] * 1000), rate=0) as mock, \
            app(home, settled=False, OLLAMA_HOST=mock.host) as p:
        p.shows("swift:8b")
        p.keys("4", "i", pause=0.15)
        p.keys("Ten megabytes\r")
        wait_until(lambda: re.search("done", plain(p.read(0.02))), lambda: plain(p.sent)[-400:], 120)
        p.clear()
        slowest = 0
        for key in "jkGgjkGgtj" * 5:
            start = time.monotonic()
            p.keys(key)
            p.read(0.02)
            slowest = max(slowest, time.monotonic() - start)
        assert slowest < 2, "a key took %.2f s" % slowest
        start = time.monotonic()
        p.keys("2")
        p.shows("Classify]")
        assert time.monotonic() - start < 5
        harmless(p)
        same(quit(p), 0, "exit code")
        same(home.ask("SELECT length(answer) FROM call WHERE query = 'Ten megabytes'"),
             [(10000 * 1000 + 999, )], "what is kept")


# --- copying, pager, editor ----------------------------------------------------------------------


def answered(p):
    p.keys("4", "i", pause=0.15)
    p.keys("12+5\r")
    p.shows("17")
    p.read(0.3)
    p.keys("\033")
    time.sleep(0.1)
    p.clear()


def test_copy_to_the_terminal():
    with Home() as home, app(home, "--builtin") as p:
        answered(p)
        p.keys("y")
        p.shows("to the terminal (OSC 52 gives no answer")
        sent = re.search(rb"\033\]52;c;([A-Za-z0-9+/=]*)\a", p.sent)
        assert sent, p.sent
        has(base64.b64decode(sent.group(1)), b"17")
        p.clear()
        p.keys("Y")
        p.shows("to the terminal")
        has(base64.b64decode(re.search(rb"\033\]52;c;([A-Za-z0-9+/=]*)\a", p.sent).group(1)), b'"17"')


def test_no_clipboard_on_a_console():
    with Home() as home, app(home, "--builtin", term="linux") as p:
        answered(p)
        p.keys("y")
        p.shows("this terminal has no clipboard")
        lacks(p.sent, b"\033]52")


def test_copy_in_tmux():
    """The program finds its tmux by TMUX, which tmux gives to what it runs."""
    with Home() as home, tmux(home, "--builtin") as t:
        t.keys("4", "i")
        t.keys("-l", "12+5")
        t.keys("Enter")
        t.shows("17")
        t.keys("Escape")
        time.sleep(0.2)
        t.keys("y")
        t.shows("to the tmux buffer")
        has(t.run("show-buffer"), "17")


def test_write_to_a_file():
    with Home() as home, app(home, "--builtin") as p:
        answered(p)
        p.keys("w")
        p.shows("Write to the file")
        p.keys("\x15", "out put.txt", "\r", pause=0.05)
        p.shows("out put.txt")
        wait_until(lambda: os.path.exists(os.path.join(home.path, "out put.txt")))
        with open(os.path.join(home.path, "out put.txt")) as f:
            has(f.read(), "17")
        p.clear()
        p.keys("w")
        p.shows("Write to the file")
        p.keys("\x15", "/nowhere/at/all", "\r", pause=0.05)
        p.shows("The file was not written")


def script(home, name, text):
    path = os.path.join(home.path, name)
    with open(path, "w") as f:
        f.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o700)
    return path


def test_pager():
    with Home() as home:
        pager = script(home, "my pager", 'env >"$HOME/environ"; cp "$2" "$HOME/paged"; echo "paging $1"; read line\n')
        with app(home, "--builtin", PAGER="'%s' -x" % pager, OPENAI_API_KEY="sk-not-for-pagers",
                 OPENAI_BASE_URL="http://127.0.0.1:9") as p:
            answered(p)
            p.keys("P")
            p.shows("paging -x")
            has(p.sent, b"\033[?1049l")
            p.keys("\n")
            p.shows("Ask and compare")
            with open(os.path.join(home.path, "paged")) as f:
                has(f.read(), "17")
            with open(os.path.join(home.path, "environ")) as f:
                told = f.read()
            has(told, "HOME=")
            lacks(told, "sk-not-for-pagers")  # the pager is not given the keys of servers
            p.clear()
            p.keys("P")
            p.shows("paging -x")
            p.keys("\x1c")  # quits the pager, not what waits for it
            p.shows("The program did not run")
            p.keys("\033")
            same(quit(p), 0, "exit code")
        with app(home, "--builtin", PAGER="/no/such/pager") as p:
            answered(p)
            p.keys("P")
            p.shows("The program did not run")
            p.keys("\033")
            same(quit(p), 0, "exit code")


def test_editor():
    with Home() as home:
        editor = script(home, "editor", 'cat "$1" >"$HOME/before"; printf "Spell tree\\n" >"$1"\n')
        with app(home, "--builtin", EDITOR=editor) as p:
            p.keys("4", "i", pause=0.15)
            p.keys("a draft", "\033", pause=0.1)
            p.clear()
            p.keys("e")
            p.shows("Spell tree")
            with open(os.path.join(home.path, "before")) as f:
                has(f.read(), "a draft")
            same(home.ask("SELECT count(*) FROM answer WHERE purpose = 'ask'"), [(0, )], "answers")
            same(quit(p), 0, "exit code")


if __name__ == "__main__":
    main()
