#!/usr/bin/env python3
"""The terminal by a program with nothing behind it (probe.c): columns, keys, signals, every way
to end, and that nobody is left with a broken terminal. Prints TAP."""
import os
import re
import signal
import tempfile
import termios
import time

from terminal import (RLAB, Pty, Tmux, environment, has, known_terms, lacks, main, same, to_crash,
                      wait_until)

PROBE = os.path.join(os.path.dirname(RLAB), "tests", "terminal", "probe")
TERMS = known_terms("xterm-256color", "tmux-256color", "screen-256color", "xterm", "screen", "linux",
                    "vt100", "vt220", "rxvt-unicode-256color", "ansi")
SAMPLES = 13    # rows of hard letters, each with a bar
BAR = 30        # its column
FIRST_KEY = 15  # row of the names of keys

ENTER, LEAVE = b"\033[?1049h", b"\033[?1049l"
PASTE_ON, PASTE_OFF = b"\033[?2004h", b"\033[?2004l"


class Log:
    """The probe's own log."""

    def __init__(self):
        handle, self.path = tempfile.mkstemp(prefix="rlab-probe-")
        os.close(handle)

    def lines(self, what=None):
        with open(self.path) as f:
            return [line.rstrip("\n") for line in f
                    if what is None or line.startswith(what + " ")]

    def keys(self):
        return [line[4:] for line in self.lines("key")]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.unlink(self.path)


def probe(*words, **more):
    """In a pseudo-terminal, its first frame drawn."""
    p = Pty([PROBE, *words], **more)
    p.shows("#")
    p.read()
    return p


# --- what is seen --------------------------------------------------------------------------------


def test_columns_are_straight():
    seen = None
    for term in TERMS:
        with Tmux([PROBE], term=term) as t:
            t.shows("hostile")
            screen = t.still()
            for row in range(1, SAMPLES + 1):
                same(t.column(row, "│"), (row, BAR), "the bar of row %d with %s" % (row, term))
            same(screen[-1], " " * 79 + "#", "the last row with %s" % term)
            has(screen[0], "── probe ─", term)
            seen = seen or screen
            same(screen, seen, "the screen with %s" % term)


def test_without_utf8():
    seen = None
    for locale in ("C", "POSIX"):
        for term in TERMS:
            with Tmux([PROBE], env=environment(term, LC_ALL=locale)) as t:
                t.shows("hostile")
                screen = t.still()
                assert all(ord(c) < 127 for row in screen for c in row), screen
                for row in range(1, SAMPLES + 1):
                    same(screen[row][BAR], "|", "%s: %r" % (term, screen[row]))
                seen = seen or screen
                same(screen, seen, "the screen with %s" % term)


def test_differences_add_up():
    """What many small frames left behind is what one whole frame draws."""
    for term in TERMS:
        with Tmux([PROBE], term=term) as t:
            t.shows("hostile")
            for key in ("a", "你", "Up", "é", "C-Left", "T", "F5", "x", "M-1", "T", "T", "z"):
                t.keys(key)
            t.shows("key z")
            before = t.still()
            t.resize(31, 80)
            t.still()
            t.resize(30, 80)
            same(t.still(), before, "the screen with " + term)


def test_drawn_anew():
    with Tmux([PROBE]) as t:
        t.shows("hostile")
        fresh = t.still()
        with open(t.flag("pane_tty"), "w") as tty:
            tty.write("\033[3;3Hsomebody else wrote here")
        t.shows("somebody")
        t.keys("C-l")
        t.shows("key ^L")
        same([row for row in t.still() if "key" not in row],
             [row for at, row in enumerate(fresh) if at not in (4, FIRST_KEY)], "the screen")


def test_the_cursor():
    with Tmux([PROBE]) as t:
        t.shows("hostile")
        t.still()
        same(t.cursor(), (14, 1), "the cursor")
        same(t.flag("cursor_flag"), "0", "whether it is seen")
    with Tmux([PROBE, "--cursor"]) as t:
        t.shows("hostile")
        t.still()
        same(t.flag("cursor_flag"), "1", "whether it is seen")


def colors(sent):
    """Colour parameters of all SGR sequences, as a set."""
    found = set()
    for params in re.findall(rb"\033\[([0-9;:]*)m", sent):
        words = params.decode().replace(":", ";").split(";")
        while words:
            word = words.pop(0)
            if word in ("38", "48"):
                found.add(word + ";" + ";".join(words[:2]))
                words = words[2:]
            elif re.fullmatch("[349][0-7]|10[0-7]", word):
                found.add(word)
    return found


def test_colors():
    def of(*words, **env):
        with probe(*words, env=environment(**env)) as p:
            return colors(p.sent)

    many = of()
    has(many, "38;5;39")
    assert not [c for c in many if c.startswith("4") or c.startswith("10")], many
    same(of(NO_COLOR="1"), set(), "colours with NO_COLOR")
    same(of(NO_COLOR=""), many, "colours with an empty NO_COLOR")
    same(of("--color", "never"), set(), "colours with never")
    same(of("--color", "always", NO_COLOR="1"), many, "colours with always")
    same(of("--theme", "mono"), set(), "colours of mono")
    same(of("--theme", "default", NO_COLOR="1"), many, "colours of a chosen theme")
    same(of(term="xterm"), {"31", "32", "33", "35", "36"}, "colours of 8")
    same(of(term="vt100"), set(), "colours of a vt100")
    blue = of("--theme", "blue-orange")
    has(blue, "38;5;208")
    lacks(blue, "38;5;167")


def test_nothing_is_sent_while_idle():
    with Log() as log, probe("--log", log.path) as p:
        p.keys("\033")  # a wait that ends, too
        wait_until(lambda: log.keys() == ["Esc"])
        p.read(0.3)
        p.clear()
        turns, ticks = len(log.lines("turn")), p.cpu_ticks()
        time.sleep(1.5)
        same(p.read(), b"", "what was sent")
        same(len(log.lines("turn")), turns, "turns of the loop")
        assert p.cpu_ticks() - ticks <= 1, "processor time was used"


def test_little_is_sent_for_little():
    with probe() as p:
        p.clear()
        p.keys("a")
        p.shows("a")
        assert len(p.read(0.2)) < 60, p.sent


# --- sizes ---------------------------------------------------------------------------------------


def test_resize_storm():
    with Log() as log, probe("--log", log.path) as p:
        for rows, cols in ((1, 1), (30, 80), (2, 3), (1, 200), (200, 1), (16, 60), (1, 1), (5, 5)) * 12:
            p.size(rows, cols)
            time.sleep(0.004)
        p.size(24, 90)
        wait_until(lambda: log.lines("frame")[-1] == "frame 24 x 90")
        p.keys("q")
        same(p.end(), 0, "exit code")
        p.same_modes()


def test_resize_is_drawn():
    with Tmux([PROBE]) as t:
        t.shows("hostile")
        fresh = t.still()
        for rows, cols in ((12, 40), (1, 1), (3, 79), (40, 120), (30, 80)):
            t.resize(rows, cols)
            time.sleep(0.2)
        same(t.still(), fresh, "the screen at its first size again")


def test_sizes_nobody_has():
    with Log() as log, probe("--log", log.path) as p:
        p.size(0, 0)
        time.sleep(0.1)
        p.size(20000, 30000)
        wait_until(lambda: log.lines("frame")[-1] == "frame 500 x 1000")
        p.keys("q")
        same(p.end(), 0, "exit code")
    with Log() as log, probe("--log", log.path, rows=0, cols=0) as p:
        same(log.lines("frame"), ["frame 24 x 80"], "the frame where nobody knows the size")


# --- keys ----------------------------------------------------------------------------------------


def test_control_keys_arrive():
    with Log() as log, probe("--log", log.path) as p:
        p.keys("\x03\x13\x11\x1c\x16\x0f\x04\x12\x19\r\n\t\x7f\x08")
        wanted = "^C ^S ^Q ^\\ ^V ^O ^D ^R ^Y Enter ^J Tab Backspace Backspace".split()
        wait_until(lambda: log.keys() == wanted, lambda: repr(log.keys()))


def test_split_keys():
    with Log() as log, probe("--log", log.path, env=environment(ESCDELAY="2000")) as p:
        p.keys("\033", "[", "1;", "5", "C", pause=0.05)
        p.keys(b"\xe2", b"\x82", b"\xac", pause=0.05)
        p.keys("\033[200~pasted\r", "text\033[2", "01~", pause=0.05)
        p.keys("\033", "1", pause=0.05)
        wait_until(lambda: "key Alt+1" in log.lines(), lambda: repr(log.lines()))
        same(log.keys(), ["Ctrl+Right", "€", "paste 11 pasted", "Alt+1"], "keys")
        has(log.lines(), "text")  # the second line of the paste


def test_escape_is_quick():
    with Log() as log, probe("--log", log.path) as p:
        start = time.monotonic()
        p.keys("\033")
        wait_until(lambda: log.keys() == ["Esc"])
        assert time.monotonic() - start < 1, "Esc took %.2f s" % (time.monotonic() - start)
    with Log() as log, probe("--log", log.path, env=environment(ESCDELAY="600")) as p:
        start = time.monotonic()
        p.keys("\033")
        wait_until(lambda: log.keys() == ["Esc"])
        assert time.monotonic() - start >= 0.6, "ESCDELAY is not heeded"


def test_long_paste():
    with Log() as log, probe("--log", log.path) as p:
        text = b"0123456789" * 6000
        p.keys(b"\033[200~")
        for at in range(0, len(text), 4000):
            p.keys(text[at:at + 4000], pause=0.005)
            p.read(0)
        p.keys(b"\033[201~z")
        wait_until(lambda: "key z" in log.lines())
        same(log.keys()[0][:12], "paste 60000 ", "the paste")


def test_mouse_only_when_asked_for():
    with probe() as p:
        lacks(p.sent, b"?1000h")
        p.keys("m")
        p.shows("\033[?1000h\033[?1006h")
        p.keys("\033[<0;12;7M")
        p.shows("mouse 6,11")
        p.keys("m")
        p.shows("\033[?1006l\033[?1000l")
    with probe("--mouse") as p:
        has(p.sent, b"\033[?1000h")
        p.keys("q")
        p.end()
        has(p.sent.split(b"hostile")[-1], b"\033[?1000l")


def test_bytes_that_draw_nothing():
    with probe() as p:
        p.keys("O")
        p.shows("\033]52;c;aGVsbG8=\a")
        p.clear()
        p.keys("B")
        p.shows("\a")


# --- every way to end ----------------------------------------------------------------------------


def put_back(p, what):
    """The terminal is as it was, and its own screen is gone."""
    p.same_modes()
    after = p.sent[p.sent.rindex(b"hostile"):]
    for part in (LEAVE, PASTE_OFF, b"\033[?25h"):
        has(after, part, what)
    lacks(after[after.rindex(LEAVE):], b"\033[?2004h", what)


def test_quit():
    for term in TERMS:
        with probe(env=environment(term)) as p:
            p.keys("q")
            same(p.end(), 0, "exit code with " + term)
            p.same_modes()
            if term.startswith("xterm"):
                put_back(p, term)


def test_signals_end_it():
    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        with probe() as p:
            os.kill(p.process.pid, sig)
            same(p.end(), 128 + sig, "exit code")
            put_back(p, str(sig))


def test_exit_in_the_middle():
    with probe() as p:
        p.keys("%")
        same(p.end(), 7, "exit code")
        put_back(p, "exit")


def test_out_of_memory():
    with probe() as p:
        p.keys("+")
        same(p.end(), 3, "exit code")
        put_back(p, "out of memory")
        after = p.sent[p.sent.index(LEAVE):]
        has(after, b"out of memory")
        same(after.count(LEAVE), 1, "times the screen was left")


def crashed(key=None, sig=None, died_of=()):
    with probe(env=environment(**to_crash())) as p:
        if key:
            p.keys(key)
        else:
            os.kill(p.process.pid, sig)
        code = p.end()
        sanitized = b"Sanitizer" in p.sent
        assert -code in died_of or sanitized, "it ended with %d: %r" % (code, p.sent[-300:])
        put_back(p, "crash")
        after = p.sent[p.sent.index(LEAVE):]
        has(after, b"probe 1.0 crashed; the log is in nowhere")
        assert re.search(rb"signal \d+", after), after


def test_crashes():
    crashed(key="!", died_of=(signal.SIGSEGV,))
    crashed(key="&", died_of=(signal.SIGABRT,))
    for sig in (signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV, signal.SIGSYS,
                signal.SIGTRAP):
        crashed(sig=sig, died_of=(sig,))


def test_orders_to_die():
    """Somebody's signal that has no end of its own puts the terminal back as well."""
    for sig in (signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGXCPU):
        crashed(sig=sig, died_of=(sig,))


def test_an_ignored_order_stays_ignored():
    def ignore():
        signal.signal(signal.SIGQUIT, signal.SIG_IGN)

    with probe(before=ignore) as p:
        os.kill(p.process.pid, signal.SIGQUIT)
        p.keys("q")
        same(p.end(), 0, "exit code")
        put_back(p, "ignored")


def test_stack_used_up():
    crashed(key="$", died_of=(signal.SIGSEGV,))


def test_crash_on_a_vt100():
    """No screen of its own to go back from, no sequence that it might draw."""
    with probe(env=environment("vt100", **to_crash())) as p:
        os.kill(p.process.pid, signal.SIGSEGV)
        p.end()
        p.same_modes()
        lacks(p.sent, b"$<", "what was sent")
        has(p.sent, b"\r\nprobe 1.0 crashed")


def test_hang_up():
    with Log() as log, probe("--log", log.path) as p:
        p.hang_up()
        same(wait_until(lambda: p.process.poll()), 129, "exit code")
        has(log.lines(), "signal Hangup")


def test_hang_up_unheard():
    """nohup: SIGHUP stays ignored, and the end of the keys ends it."""
    with probe(before=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as p:
        os.kill(p.process.pid, signal.SIGHUP)
        p.keys("a")
        p.shows("a")
        p.hang_up()
        same(wait_until(lambda: p.process.poll()), 129, "exit code")


# --- leaving for a while -------------------------------------------------------------------------


class Job:
    """A shell's job control, as small as it gets: the program runs in a group of its own in a
    session that we lead from a child; a pipe says when it stops and ends."""

    def __init__(self, words, **more):
        script = ("import os, signal, sys\n"
                  "signal.signal(signal.SIGTTOU, signal.SIG_IGN)\n"
                  "pid = os.fork()\n"
                  "if pid == 0:\n"
                  "    os.setpgid(0, 0)\n"
                  "    os.tcsetpgrp(0, os.getpid())\n"
                  "    signal.signal(signal.SIGTTOU, signal.SIG_DFL)\n"
                  "    os.execvp(sys.argv[1], sys.argv[1:])\n"
                  "print('pid %d' % pid, file=sys.stderr, flush=True)\n"
                  "while True:\n"
                  "    _, status = os.waitpid(pid, os.WUNTRACED)\n"
                  "    os.tcsetpgrp(0, os.getpgrp())\n"
                  "    if not os.WIFSTOPPED(status):\n"
                  "        break\n"
                  "    print('stopped', flush=True)\n"
                  "    if sys.stdin.readline() != 'fg\\n':\n"
                  "        break\n"
                  "    os.tcsetpgrp(0, pid)\n"
                  "    os.killpg(pid, signal.SIGCONT)\n"
                  "print('ended %d' % os.WEXITSTATUS(status), flush=True)\n")
        self.pty = Pty(["python3", "-c", script, *words], **more)
        self.pty.shows("#")
        self.pid = int(re.search(rb"pid (\d+)", self.pty.read()).group(1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.pty.__exit__()


def check_stop_and_go(stop):
    with Log() as log, Job([PROBE, "--log", log.path]) as job:
        stop(job)
        job.pty.shows("stopped")
        job.pty.same_modes()
        before, after = job.pty.read().split(b"stopped")
        has(before[before.rindex(b"hostile"):], LEAVE)
        has(before[before.rindex(b"hostile"):], PASTE_OFF)
        job.pty.clear()
        job.pty.size(20, 70)
        job.pty.keys("fg\n")
        job.pty.shows("hostile")
        has(job.pty.read(), ENTER)
        has(job.pty.read(), PASTE_ON)
        wait_until(lambda: log.lines("frame")[-1] == "frame 20 x 70")
        job.pty.keys("\x03")  # a key again, not a signal
        wait_until(lambda: "key ^C" in log.lines())
        lacks(log.lines(), "signal Continued")
        job.pty.keys("q")
        job.pty.shows("ended 0")
        job.pty.same_modes()


def test_suspend_by_key():
    check_stop_and_go(lambda job: job.pty.keys("\x1a"))


def test_suspend_by_signal():
    check_stop_and_go(lambda job: os.kill(job.pid, signal.SIGTSTP))


def test_suspend_inside_a_script():
    """The script that started it stops too: else the shell would wait for ever."""
    with Job(["sh", "-c", '"$0"; echo "script goes on"', PROBE]) as job:
        job.pty.keys("\x1a")
        job.pty.shows("stopped")
        job.pty.same_modes()
        job.pty.clear()
        job.pty.keys("fg\n")
        job.pty.shows("hostile")
        job.pty.keys("q")
        job.pty.shows("script goes on")


def test_suspend_where_nobody_would_wake_it():
    with Log() as log, probe("--log", log.path) as p:  # the first of its session
        p.keys("\x1a")
        wait_until(lambda: log.lines("suspend") == ["suspend refused"])
        p.keys("q")
        same(p.end(), 0, "exit code")
    ignoring = lambda: signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    with Log() as log, probe("--log", log.path, before=ignoring) as p:
        os.kill(p.process.pid, signal.SIGTSTP)
        p.keys("\x1a")
        wait_until(lambda: log.lines("suspend") == ["suspend refused"])


def test_stopped_by_others():
    """kill -STOP gives no time to leave; after -CONT the modes and the screen are ours again."""
    with Log() as log, probe("--log", log.path) as p:
        os.kill(p.process.pid, signal.SIGSTOP)
        termios.tcsetattr(p.slave, termios.TCSANOW, p.modes)
        p.clear()
        os.kill(p.process.pid, signal.SIGCONT)
        p.shows("hostile")
        has(log.lines(), "signal Continued")
        p.keys("\x03")
        wait_until(lambda: "key ^C" in log.lines())
        p.keys("q")
        same(p.end(), 0, "exit code")
        put_back(p, "after a stop")


def test_another_program_in_between():
    with tempfile.TemporaryDirectory() as folder, Log() as log:
        modes = os.path.join(folder, "modes")
        run = "stty -a >%s; read line; echo \"read $line\"; read line" % modes
        with probe("--log", log.path, env=environment(PROBE_RUN=run)) as p:
            p.keys("E")
            wait_until(lambda: os.path.exists(modes) and os.path.getsize(modes))
            p.same_modes()
            p.keys("some words\r")
            p.shows("read some words")
            has(p.sent, LEAVE)
            p.clear()
            p.keys("\n")
            p.shows("hostile")
            has(p.sent, ENTER)
            p.keys("x")
            wait_until(lambda: log.keys() == ["E", "x"], lambda: repr(log.keys()))
        with open(modes) as f:
            said = f.read()
        for word in ("icanon", "isig", "echo", "icrnl"):
            has(said.split(), word)


def test_another_program_fails():
    for run, said in (("exit 3", "'sh' ended with code 3"),
                      ("kill -9 $$", "'sh' was ended by signal 9")):
        with Log() as log, probe("--log", log.path, env=environment(PROBE_RUN=run)) as p:
            p.keys("E")
            wait_until(lambda: log.lines("run") == ["run " + said], lambda: repr(log.lines()))


def test_interrupt_is_for_the_other_program():
    with Log() as log, Job([PROBE, "--log", log.path],
                           env=environment(PROBE_RUN="echo ready; sleep 60")) as job:
        job.pty.keys("E")
        job.pty.shows("ready")
        job.pty.keys("\x03")
        wait_until(lambda: log.lines("run"))
        job.pty.keys("x")
        wait_until(lambda: "key x" in log.lines())
        same(log.lines("signal"), [], "signals")


# --- terminals that will not do ------------------------------------------------------------------


def test_unfit_terminals():
    for term, said in (("dumb", "'dumb' cannot move its cursor"),
                       ("nobody-has-this", "'nobody-has-this' is not known on this machine"),
                       ("", "TERM: it is empty"), (None, "TERM: it is empty")):
        with Pty([PROBE], env=environment(TERM=term)) as p:
            same(p.end(), 2, "exit code with %r" % term)
            p.same_modes()
            has(p.sent.decode(), said)
            has(p.sent.decode(), "--line")
            lacks(p.sent, b"\033")


def test_no_terminal():
    for redirect, said in (("</dev/null", "standard input is no terminal"),
                           ("| cat", "standard output is no terminal")):
        with Pty(["sh", "-c", '"$0" %s' % redirect, PROBE]) as p:
            p.end()
            p.same_modes()
            has(p.sent.decode(), said)
            lacks(p.sent, b"\033")


if __name__ == "__main__":
    if not os.path.exists(PROBE):
        raise SystemExit("1..1\nnot ok 1 - %s is not built" % PROBE)
    main()
