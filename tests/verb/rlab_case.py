"""What the tests of verbs stand on: a fresh home, the built program, a mock server, TAP.

    python3 tests/verb/NAME.py RLAB

A test is a function `test_...(lab)`; `lab.run("cache", "list")` runs the program in a folder of
its own and gives its output, and `lab.server()` starts tests/mock/mock.py in play mode. main()
runs all of a file and prints one TAP line each.
"""
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request

# A program inherits what is ignored, and whoever runs the tests may have been started in the
# background, or to outlive a hang-up.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)

HERE = os.path.dirname(os.path.abspath(__file__))
MOCK = os.path.join(HERE, "..", "mock", "mock.py")
TIMEOUT = 60
MODELS = "fast:8b,big-r1:70b"


class Skip(Exception):
    """This machine cannot show it; said and counted."""


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def json(self):
        return json.loads(self.out)

    def rows(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def __repr__(self):
        return "exit %d\n--- out\n%s\n--- err\n%s" % (self.code, self.out, self.err)


class Server:
    """mock.py --play; ends when its standard input does, so it never outlives us."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, MOCK, "--port", "0", "--until-eof", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.url = "http://127.0.0.1:%d" % self.port

    def control(self, path, value=None):
        data = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(self.url + path, data=data,
                                         method="GET" if data is None else "POST")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as reply:
            text = reply.read()
        return json.loads(text) if text else None

    def play(self, **settings):
        self.control("/__play", settings)

    def chats(self):
        """What was asked of models: the bodies, in order."""
        log = self.control("/__log")
        entries = log["requests"] if isinstance(log, dict) else log
        return [json.loads(e["body"]) for e in entries
                if e["method"] == "POST" and ("chat" in e["path"] or "messages" in e["path"])]

    def stop(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()


class Lab:
    """A home folder that is nobody's, and the program in it."""

    def __init__(self, program):
        self.program = os.path.abspath(program)
        self.root = tempfile.mkdtemp(prefix="rlab-test-")
        os.chmod(self.root, 0o755)
        self.home = os.path.join(self.root, "home")
        os.mkdir(self.home)
        self.data = os.path.join(self.home, ".local", "share", "rlab")
        self.shelf = os.path.join(self.home, ".config", "rlab", "mini")
        os.makedirs(self.shelf)  # a folder of one's own comes first: no built-in models
        self.servers = []
        kept = ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TMPDIR",
                "LOCPATH")
        self.env = {k: v for k, v in os.environ.items() if k in kept}
        # Nothing listens on port 9 (discard) of any sensible machine.
        self.env.update(HOME=self.home, LANG="C.UTF-8", TERM="dumb", TZ="UTC",
                        OLLAMA_HOST="http://127.0.0.1:9")

    def built_in(self):
        """From here on the shipped built-in models are there."""
        os.rmdir(self.shelf)

    def server(self, kind="ollama", models=MODELS, **settings):
        arguments = ["--play", kind, "--models", models]
        for key, value in settings.items():
            arguments += ["--" + key.replace("_", "-"), str(value)]
        s = Server(*arguments)
        self.servers.append(s)
        if kind == "ollama":
            self.env["OLLAMA_HOST"] = s.url
        return s

    def start(self, *words, env=None, **more):
        """The program, running; for tests that stop it or run two."""
        more.setdefault("stdin", subprocess.DEVNULL)
        more.setdefault("stdout", subprocess.PIPE)
        more.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen([self.program, *words], env={**self.env, **(env or {})},
                                cwd=self.root, **more)

    def run(self, *words, input=None, env=None, **more):
        if input is not None:
            more["stdin"] = subprocess.PIPE
        p = self.start(*words, env=env, **more)
        try:
            out, err = p.communicate(input.encode() if isinstance(input, str) else input, TIMEOUT)
        except subprocess.TimeoutExpired:
            p.kill()
            p.communicate()
            raise AssertionError("no end within %d s: %s" % (TIMEOUT, " ".join(words)))
        result = Result(p.returncode, (out or b"").decode(), (err or b"").decode())
        assert "Sanitizer" not in result.err and "runtime error: " not in result.err, repr(result)
        return result

    def write(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
        return path

    def done(self):
        for s in self.servers:
            s.stop()
        shutil.rmtree(self.root, ignore_errors=True)


# --- saying what is so ---------------------------------------------------------------------------


def same(found, wanted, what="value"):
    assert found == wanted, "%s is %r, not %r" % (what, found, wanted)


def has(text, part, what="text"):
    assert part in text, "%s lacks %r:\n%s" % (what, part, text)


def lacks(text, part, what="text"):
    assert part not in text, "%s holds %r:\n%s" % (what, part, text)


def flat(text):
    """The words of wrapped text."""
    return " ".join(text.split())


def exits(result, code, *parts):
    """Ended with this code and, where it failed, one sentence on stderr that holds the parts."""
    assert result.code == code, "exit code %d, not %d\n%r" % (result.code, code, result)
    for part in parts:
        assert part in result.err, "stderr lacks %r\n%r" % (part, result)
    return result


def fits(text, cols=80):
    for line in text.splitlines():
        assert len(line) <= cols, "%d columns: %r" % (len(line), line)


@contextlib.contextmanager
def small_disk(lab, kib):
    """A folder on a disk of its own, so many KiB large."""
    folder = os.path.join(lab.root, "small")
    os.mkdir(folder)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dk,mode=0755" % kib, "tmpfs",
                              folder], capture_output=True)
    if mounted.returncode:
        raise Skip("no disk can be mounted here: " + mounted.stderr.decode().strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


def unprivileged():
    """Arguments for Popen that make rights of files count, also where the tests run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": 65534, "group": 65534, "extra_groups": []}


def needs_no_server():
    """rlab also looks at these ports: a server of somebody else would answer there."""
    for port in (8080, 8000, 1234):
        with socket.socket() as s:
            s.settimeout(1)
            if s.connect_ex(("127.0.0.1", port)) == 0:
                raise Skip("something listens on port %d of this machine" % port)


def wait_until(true, seconds=10):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


# --- TAP -----------------------------------------------------------------------------------------


def main(module="__main__"):
    if len(sys.argv) < 2:
        sys.exit("usage: %s RLAB [TEST...]" % sys.argv[0])
    tests = {name: f for name, f in vars(sys.modules[module]).items()
             if re.match("test_", name) and callable(f)}
    chosen = sys.argv[2:] or list(tests)
    print("1..%d" % len(chosen), flush=True)
    failed = 0
    for number, name in enumerate(chosen, 1):
        words = name[5:].replace("_", " ")
        lab = Lab(sys.argv[1])
        try:
            tests[name](lab)
            print("ok %d - %s" % (number, words))
        except Skip as why:
            print("ok %d - %s # SKIP %s" % (number, words, why))
        except Exception:
            failed += 1
            print("not ok %d - %s" % (number, words))
            for line in traceback.format_exc().splitlines():
                print("# " + line)
        finally:
            lab.done()
        sys.stdout.flush()
    sys.exit(1 if failed else 0)
