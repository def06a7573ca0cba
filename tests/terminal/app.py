"""The real program under test: a home folder that is nobody's, a mock of a model server, and the
program in a pseudo-terminal or in tmux with both."""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

from terminal import PATIENCE, RLAB, Pty, Tmux, environment, wait_until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MOCK = os.path.join(ROOT, "tests", "mock", "mock.py")
NOBODY = "127.0.0.1:9"  # no server answers there
PANES = ("Setup", "Classify", "Cache", "Ask", "Test", "Bench", "Prod", "Learn", "Hist")
TITLES = ("Setup and models", "Classifier", "Response cache", "Ask and compare", "Test run",
          "Benchmark", "Production topics", "Exercises and progress", "History")
SANITIZED = b"__asan_init" in open(RLAB, "rb").read() if os.path.exists(RLAB) else False
SLOW = 4 if SANITIZED else 1  # how much longer a sanitized program may take
SEQUENCE = re.compile(rb"\033\[[0-9;?]*[ -/]*[@-~]|\033[()][A-Z0-9]|\033[=>78]")


class Home:
    """A folder for one person's data; gone afterwards."""

    def __init__(self, config=None):
        self.path = tempfile.mkdtemp(prefix="rlab-home-")
        self.data = os.path.join(self.path, "data")
        self.config = os.path.join(self.path, "config.ini")
        with open(self.config, "w") as f:
            f.write(config or "")

    def env(self, term="xterm-256color", **more):
        return environment(term, **{"HOME": self.path, "RLAB_DATA_DIR": self.data,
                                    "RLAB_CONFIG": self.config, "OLLAMA_HOST": NOBODY,
                                    "TZ": "UTC", **more})

    def ask(self, sql, *values):
        """Rows of the database, as another program reads them."""
        db = sqlite3.connect("file:%s?mode=ro" % os.path.join(self.data, "rlab.db"), uri=True,
                             timeout=PATIENCE)
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()

    def verb(self, *words, **more):
        """A verb of the command line: its standard output."""
        done = subprocess.run([RLAB, *words], env=self.env(**more), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60)
        assert done.returncode == 0, "%s: %r" % (words, done.stderr)
        return done.stdout.decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


class Mock:
    """tests/mock/mock.py as a small Ollama with two models, 50 tokens a second each."""

    def __init__(self, **settings):
        self.process = subprocess.Popen(
            [sys.executable, MOCK, "--play", "ollama", "--models", "swift:8b,deep-r1:70b",
             "--rate", "50", "--tokens", "5000", "--thinking", "5", "--until-eof"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.port = int(self.process.stdout.readline())
        self.host = "127.0.0.1:%d" % self.port
        if settings:
            self.play(**settings)

    def play(self, **settings):
        request = urllib.request.Request("http://%s/__play" % self.host,
                                         data=json.dumps(settings).encode(), method="POST")
        urllib.request.urlopen(request, timeout=PATIENCE).read()

    def asked(self):
        """The chats that were asked for."""
        with urllib.request.urlopen("http://%s/__log" % self.host, timeout=PATIENCE) as f:
            log = json.load(f)
        return [e for e in log if e["path"] == "/api/chat" and json.loads(e["body"]).get("messages")]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(PATIENCE)


def plain(sent):
    """What was sent without the sequences: letters in the order in which they were drawn."""
    return SEQUENCE.sub(b"", sent).decode("utf-8", "replace")


def app(home, *words, rows=24, cols=80, settled=True, **env):
    """The screen in a pseudo-terminal. settled: its models are chosen, its first checks over."""
    env.setdefault("term", "xterm-256color")
    p = Pty([RLAB, *words], rows=rows, cols=cols, env=home.env(**env), folder=home.path)
    try:
        p.shows("Setup")
        if settled:
            wait_until(lambda: "BUILT-IN" in plain(p.read(0.02)) and
                       ("Setup and models" not in plain(p.sent) or " passed" in plain(p.sent)),
                       lambda: repr(plain(p.sent)[-600:]))
            p.read(0.2)
    except BaseException as why:  # nobody else has it yet, to end it
        p.__exit__(type(why), why, None)
        raise
    return p


def tmux(home, *words, rows=24, cols=80, settled=True, term="tmux-256color", **env):
    t = Tmux([RLAB, *words], rows=rows, cols=cols, env=home.env(term, **env),
             folder=home.path)
    try:
        if settled:
            wait_until(lambda: "BUILT-IN" in seen(t) and
                       ("Setup and models" not in seen(t) or " passed" in seen(t)), lambda: seen(t))
    except BaseException as why:
        t.__exit__(type(why), why, None)
        raise
    return t


def seen(t):
    return "\n".join(t.screen())


def pid_of(t):
    return int(t.flag("pane_pid"))


def ended(t):
    """Waits for its end: the exit code, as tmux tells it, or the kernel where tmux, which now and
    then forgets to ask, left a zombie."""
    wait_until(lambda: t.flag("pane_dead") == "1", lambda: "the end, but\n" + seen(t))

    def code():
        said = t.flag("pane_dead_status")
        if said:
            return said
        try:
            with open("/proc/%d/stat" % pid_of(t)) as f:
                fields = f.read().rsplit(")", 1)[1].split()
        except OSError:
            return None
        return str(int(fields[-1]) >> 8) if fields[0] == "Z" else None

    return wait_until(code, "its exit code")


def timeless(rows):
    """Without what a clock changes by itself."""
    return [re.sub(r" *\b\d+ (s|min) ago", " N ago", row) for row in rows]


def redrawn(t):
    """The same screen when every cell of it is sent again: the program is told that it was stopped
    and goes on, so no key changes anything."""
    os.kill(pid_of(t), 18)
    time.sleep(0.3)
    return t.still()


def whole(t, tries=5):
    """What many small frames left behind is what one whole frame draws."""
    for n in range(tries):
        before, cursor = timeless(t.still()), t.cursor()
        after = timeless(redrawn(t))
        if before == after and cursor == t.cursor():
            return
        again = timeless(redrawn(t))  # a clock that went on, a message that went away
        if after != again:
            continue
        if n == tries - 1:
            break
    assert before == after, "\n".join(
        "%2d |%s\n   |%s" % (i, a, b) for i, (a, b) in enumerate(zip(before, after)) if a != b)
    assert False, "the cursor is at %r, then at %r" % (cursor, t.cursor())


def quit(p):
    """Leaves; stops first what runs."""
    p.keys("\033")
    time.sleep(0.1)
    p.keys("q")
    time.sleep(0.1)
    if p.process.poll() is None:
        p.keys("y")
    return p.end()
