"""What the benchmarks against peers stand on: programs measured in turn, and the lines that say
what came out.

A benchmark is an executable file beside this one. It prints JSON lines, one a figure:

    {"schema": "rlab.peers/1", "what", "unit", "rlab", "peer", "peer_name", "ratio", "bound",
     "holds", "n", "rounds", "spread": {"rlab", "peer", "ratio"}, "how", "value_kind"}

rlab and its peer take turns, so that whatever else the machine does meets both. `rlab` and `peer`
are medians over the rounds, in `unit`, of which less is better; `ratio` is the median of each
round's peer / rlab, so above 1 rlab is the better; a spread is its lowest and highest round.
`bound` is null, or what `ratio` must reach, or what the difference rlab - peer may be; `holds`
says whether it does. Where a peer is not to be had, `peer` is null and `why` says it.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RLAB = os.path.abspath(os.environ.get("RLAB", os.path.join(ROOT, "build", "rlab")))
# For trying the benchmarks themselves: as few rounds and as small a load as say anything.
QUICK = os.environ.get("RLAB_PEERS_QUICK") == "1"
PATIENCE = 900  # seconds, against hangs
BINARIES = os.environ.get("RLAB_PEERS_BUILD", os.path.join(ROOT, "build-peers", "bin"))


def many(usual, quick):
    return quick if QUICK else usual


# --- saying what came out ------------------------------------------------------------------------

failed = False


def at_least(ratio):
    return {"of": "ratio", "least": ratio}


def at_most(difference):
    return {"of": "difference", "most": difference}


def say(line):
    global failed
    failed = failed or line.get("holds") is False
    print(json.dumps({"schema": "rlab.peers/1", **line}, ensure_ascii=False), flush=True)


def digits(value):
    """Four digits are more than any of this is good for."""
    return float("%.4g" % value)


def tell(what, unit, rlab, peer, peer_name, n, how, bound=None, **more):
    """rlab, peer: a value a round each, in the order in which they took turns."""
    ratios = [p / r for r, p in zip(rlab, peer)]
    ours, theirs, ratio = map(statistics.median, (rlab, peer, ratios))
    holds = None
    if bound:
        holds = ratio >= bound["least"] if "least" in bound else ours - theirs <= bound["most"]
    say({"what": what, "unit": unit, "rlab": digits(ours), "peer": digits(theirs),
         "peer_name": peer_name, "ratio": digits(ratio), "bound": bound, "holds": holds, "n": n,
         "rounds": len(rlab),
         "spread": {name: [digits(min(v)), digits(max(v))]
                    for name, v in (("rlab", rlab), ("peer", peer), ("ratio", ratios))},
         "how": how, "value_kind": "measured", **more})


def tell_alone(what, unit, rlab, peer_name, n, how, why, bound=None):
    """rlab's own figure, where the peer is not to be had."""
    say({"what": what, "unit": unit,
         "rlab": digits(statistics.median(rlab)) if rlab else None, "peer": None,
         "peer_name": peer_name, "ratio": None, "bound": bound, "holds": None, "n": n,
         "rounds": len(rlab),
         "spread": {"rlab": [digits(min(rlab)), digits(max(rlab))]} if rlab else None,
         "how": how, "value_kind": "measured", "why": why})


def in_turn(rounds, *measures):
    """A list of values for each measure; who begins changes from round to round."""
    values = [[] for _ in measures]
    for i in range(rounds):
        order = range(len(measures))
        for k in (order if i % 2 == 0 else reversed(order)):
            values[k].append(measures[k]())
    return values


# --- programs ------------------------------------------------------------------------------------


class Home:
    """A folder for one measurement: rlab's data, sockets, files. Gone afterwards."""

    def __init__(self):
        # On the disk the checkout is on: a temporary folder in memory would flatter every table.
        os.makedirs(BINARIES, exist_ok=True)
        self.path = tempfile.mkdtemp(prefix="peers-", dir=os.path.dirname(BINARIES))
        self.data = os.path.join(self.path, "data")
        kept = ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TMPDIR")
        self.env = {k: v for k, v in os.environ.items() if k in kept}
        self.env.update(HOME=self.path, RLAB_DATA_DIR=self.data, LC_ALL="C.UTF-8", TZ="UTC",
                        TERM="xterm-256color", OLLAMA_HOST="http://127.0.0.1:9")

    def run(self, *words, text=None):
        done = subprocess.run([RLAB, *words], env=self.env, input=text, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
        if done.returncode:
            sys.exit("rlab %s: exit %d: %s" % (" ".join(words), done.returncode, done.stderr))
        return done.stdout

    def perf(self, *names):
        """Figures of `rlab perf` by their names."""
        rows = [json.loads(line) for line in self.run("perf", *names, "--json").splitlines()]
        return {row["what"]: row for row in rows}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def built(name, *libraries):
    """The program of NAME.c beside this file, compiled when it is not newer than its source."""
    source, program = os.path.join(HERE, name + ".c"), os.path.join(BINARIES, name)
    os.makedirs(BINARIES, exist_ok=True)
    if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
        subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", program, source, *libraries],
                       check=True)
    return program


def path_of(name):
    """A program in PATH, or where a distribution may keep it for the administrator."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin")


class Server:
    """serve.c; ends with us."""

    def __init__(self, first_ms, words, gap_ms):
        self.process = subprocess.Popen(
            [built("serve"), str(first_ms), str(words), str(gap_ms)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.url = "http://127.0.0.1:%d/v1" % int(self.process.stdout.readline())

    def words(self):
        """What tells rlab to ask this server."""
        return ["--server", "steady=openai:" + self.url, "--fast-model", "steady/steady",
                "--reason-model", "steady/steady-too"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


def main(*benchmarks):
    """All of them, whatever one says; exit code 1 where a bound does not hold."""
    for benchmark in benchmarks:
        benchmark()
    sys.exit(1 if failed else 0)
