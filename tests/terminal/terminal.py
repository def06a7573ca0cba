"""What the tests of the terminal stand on: a program in a pseudo-terminal, or in tmux; TAP.

A test is a function `test_...()`. `Pty(words)` runs a program with a terminal of its own and keeps
every byte it sent; `Tmux(words)` runs it in tmux, which draws what it sends and can be asked what
is seen. main() runs all tests of a file and prints one TAP line each.
"""
import fcntl
import os
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import traceback

# A program inherits what is ignored, and whoever runs the tests may have been started in the
# background, or to outlive a hang-up.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)

RLAB = os.path.abspath(os.environ.get("RLAB", "build-test/rlab"))
PATIENCE = 20  # seconds, against hangs: nothing here takes one
GLANCES = 10  # at a screen that goes on changing
KEPT = ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TMPDIR", "HOME")


class Skip(Exception):
    """This machine cannot show it; said and counted."""


def environment(term="xterm-256color", **more):
    env = {k: v for k, v in os.environ.items() if k in KEPT}
    env.update(LC_ALL="C.UTF-8", TERM=term)
    env.update(more)
    return {k: v for k, v in env.items() if v is not None}


def to_crash():
    """For a program that is to crash: a sanitizer says so on stderr, not among its findings."""
    return {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":log_path=stderr"}


def wait_until(true, what="it", seconds=None):
    end = time.monotonic() + (seconds or PATIENCE)
    while True:
        got = true()
        if got:
            return got
        assert time.monotonic() < end, "%s never came" % (what() if callable(what) else what)
        time.sleep(0.01)


# --- a pseudo-terminal ---------------------------------------------------------------------------


class Pty:
    """A program and its terminal. The slave side stays open here, so that modes can be asked for
    after the program has ended, and a hang-up is made by hang_up() alone."""

    def __init__(self, words, rows=30, cols=80, env=None, before=None, folder=None):
        self.master, self.slave = os.openpty()
        self.size(rows, cols, tell=False)
        self.modes = termios.tcgetattr(self.slave)
        self.sent = b""
        self.code = None

        def start():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            if before:
                before()

        self.process = subprocess.Popen(words, env=env or environment(), preexec_fn=start,
                                        cwd=folder,
                                        stdin=self.slave, stdout=self.slave, stderr=self.slave)

    def size(self, rows, cols, tell=True):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        if tell:
            self.read(0)

    def read(self, seconds=0.05):
        """Takes what was sent, until nothing came for so long."""
        while select.select([self.master], [], [], seconds)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                break
            if not data:
                break
            self.sent += data
        return self.sent

    def shows(self, text):
        """Waits until these bytes have been sent."""
        text = text.encode() if isinstance(text, str) else text
        wait_until(lambda: text in self.read(0.01), lambda: "%r in %r" % (text, self.sent[-400:]))

    def keys(self, *pieces, pause=0.0):
        for piece in pieces:
            os.write(self.master, piece.encode() if isinstance(piece, str) else piece)
            time.sleep(pause)

    def clear(self):
        self.read()
        self.sent = b""

    def end(self):
        """Waits for its end: the exit code, or minus the signal."""
        def ended():
            self.read(0)
            return self.process.poll() is not None
        wait_until(ended, "the end")
        self.read()
        return self.process.returncode

    def same_modes(self):
        now = termios.tcgetattr(self.slave)
        assert now == self.modes, "modes are %r, not %r" % (now, self.modes)

    def hang_up(self):
        os.close(self.slave)
        os.close(self.master)
        self.slave = self.master = None

    def cpu_ticks(self):
        with open("/proc/%d/stat" % self.process.pid) as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def __enter__(self):
        return self

    def __exit__(self, *trouble):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for fd in (self.master, self.slave):
            if fd is not None:
                os.close(fd)
        at = self.sent.find(b"runtime error: ")
        assert at < 0 or trouble[0], "a sanitizer: %r" % self.sent[max(at - 200, 0):at + 400]


# --- tmux ----------------------------------------------------------------------------------------


class Tmux:
    """A program in a tmux server of its own. `term`: what TERM says inside."""

    def __init__(self, words, rows=30, cols=80, env=None, term="tmux-256color", folder=None):
        if not shutil.which("tmux"):
            raise Skip("there is no tmux here")
        self.folder = tempfile.mkdtemp(prefix="rlab-tmux-")
        self.socket = os.path.join(self.folder, "socket")
        config = os.path.join(self.folder, "config")
        with open(config, "w") as f:
            f.write("set -g remain-on-exit on\nset -g mode-keys vi\nset -g status off\n")
        inner = ["env"] + ["%s=%s" % item for item in (env or environment(term)).items()]
        subprocess.run(["tmux", "-S", self.socket, "-f", config, "-u", "new-session", "-d", "-x",
                        str(cols), "-y", str(rows), "-c", folder or os.getcwd(), "--", *inner,
                        *words], env=environment(), check=True, timeout=PATIENCE)

    def run(self, *words):
        done = subprocess.run(["tmux", "-S", self.socket, *words], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=PATIENCE)
        assert done.returncode == 0, "tmux %s: %s" % (" ".join(words), done.stderr.decode())
        return done.stdout.decode()

    def keys(self, *names):
        self.run("send-keys", *names)

    def glance(self):
        """What is seen at this moment, which may be half of a frame: one text a row."""
        return self.run("capture-pane", "-p").split("\n")[:-1]

    def screen(self):
        """What is seen twice in a row, as a screen can be looked at while it is being drawn; where
        it goes on changing, the last of it. One text a row."""
        rows = self.glance()
        for _ in range(GLANCES):
            time.sleep(0.01)
            before, rows = rows, self.glance()
            if rows == before:
                break
        return rows

    def shows(self, text):
        return wait_until(lambda: text in "\n".join(self.screen()),
                          lambda: "%r in\n%s" % (text, "\n".join(self.screen())))

    def still(self):
        """What is seen when it does not change any more."""
        seen = self.glance()
        while True:
            time.sleep(0.15)
            again = self.glance()
            if again == seen:
                return seen
            seen = again

    def column(self, row, sign):
        """Where tmux itself has a sign in a row: by a search in its own cells."""
        self.run("copy-mode")
        self.run("send-keys", "-X", "top-line")
        self.run("send-keys", "-X", "start-of-line")
        if row:
            self.run("send-keys", "-X", "-N", str(row), "cursor-down")
        self.run("send-keys", "-X", "search-forward", sign)
        at = self.run("display-message", "-p", "#{copy_cursor_y} #{copy_cursor_x}").split()
        self.run("send-keys", "-X", "cancel")
        return (int(at[0]), int(at[1]))

    def cursor(self):
        return tuple(int(n) for n in
                     self.run("display-message", "-p", "#{cursor_y} #{cursor_x}").split())

    def flag(self, name):
        return self.run("display-message", "-p", "#{%s}" % name).strip()

    def resize(self, rows, cols):
        self.run("resize-window", "-x", str(cols), "-y", str(rows))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], stderr=subprocess.DEVNULL,
                       timeout=PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)


# --- saying what is so ---------------------------------------------------------------------------


def same(found, wanted, what="value"):
    assert found == wanted, "%s is %r, not %r" % (what, found, wanted)


def has(text, part, what="text"):
    assert part in text, "%s lacks %r: %r" % (what, part, text)


def lacks(text, part, what="text"):
    assert part not in text, "%s holds %r: %r" % (what, part, text)


def known_terms(*names):
    """Those of these terminals that terminfo knows here."""
    if not shutil.which("infocmp"):
        return [names[0]]
    return [n for n in names
            if subprocess.run(["infocmp", n], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0]


def main(module="__main__"):
    tests = {name: f for name, f in vars(sys.modules[module]).items()
             if re.match("test_", name) and callable(f)}
    chosen = sys.argv[1:] or list(tests)
    print("1..%d" % len(chosen), flush=True)
    if not os.path.exists(RLAB):
        raise SystemExit("not ok 1 - %s is not built" % RLAB)
    failed = 0
    for number, name in enumerate(chosen, 1):
        words = name[5:].replace("_", " ")
        try:
            tests[name]()
            print("ok %d - %s" % (number, words))
        except Skip as why:
            print("ok %d - %s # SKIP %s" % (number, words, why))
        except Exception:
            failed += 1
            print("not ok %d - %s" % (number, words))
            for line in traceback.format_exc().splitlines():
                print("# " + line)
        sys.stdout.flush()
    sys.exit(1 if failed else 0)
