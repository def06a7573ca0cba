"""The benchmarks against peers: each runs, prints whole lines, leaves nothing behind; and the
document that is made of them. As little is measured as says anything, and no bound is asserted: on
a machine that is busy with tests, figures say nothing."""
import glob
import json
import os
import subprocess
import sys

from rlab_case import HERE, has, main, same

ROOT = os.path.dirname(os.path.dirname(HERE))
PEERS = os.path.join(HERE, "..", "peers")
LATEST = 240  # seconds, against hangs

FIGURES = {
    "cache": ["memory_hit", "memory_hit.key", "stored_hit.redis", "stored_hit.sqlite3"],
    "classify": ["classify", "classify.equal"],
    "concurrency": ["bench.8_at_once", "bench.8_at_once.curl"],
    "growth": ["memory_hit.10000", "stored_hit.10000"],
    "terminal": ["first_frame.htop", "first_frame.tig", "key.htop", "key.tig", "stream_bytes.cat",
                 "stream_bytes.ncurses"],
    "torch": ["mini"],
    "wire": ["curl.first_byte"],
}
FIELDS = {"schema", "what", "unit", "rlab", "peer", "peer_name", "ratio", "bound", "holds", "n",
          "rounds", "spread", "how", "value_kind"}


def start(lab, name):
    built = os.path.join(lab.root, name, "bin")
    env = {**os.environ, "RLAB": lab.program, "RLAB_PEERS_QUICK": "1", "RLAB_PEERS_BUILD": built}
    return subprocess.Popen([sys.executable, os.path.join(PEERS, name)], env=env,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def check(line):
    assert FIELDS <= set(line), "a field is missing: %r" % line
    same(line["schema"], "rlab.peers/1")
    if line["peer"] is None:
        assert line["why"] and line["ratio"] is None and line["holds"] is None, line
        return
    assert line["rlab"] > 0 and line["peer"] > 0 and line["ratio"] > 0 and line["n"] > 0, line
    same(line["holds"] is None, line["bound"] is None, "a verdict of " + line["what"])


def test_every_benchmark_runs_and_the_document_has_it(lab):
    running = {name: start(lab, name) for name in FIGURES}
    everything = []
    try:
        for name, process in running.items():
            out, err = process.communicate(timeout=LATEST)
            lines = [json.loads(text) for text in out.splitlines()]
            assert process.returncode in (0, 1) and "Traceback" not in err, err
            for line in lines:
                check(line)
            what = [line["what"] for line in lines]
            assert set(FIGURES[name]) <= set(what), "%s told only %s\n%s" % (name, what, err)
            same(process.returncode, int(any(line["holds"] is False for line in lines)), name)
            same(glob.glob(os.path.join(lab.root, name, "peers-*")), [], "files left behind")
            everything += lines
    finally:
        for process in running.values():
            process.kill()
            process.wait()
    # What is equal is so on any machine.
    for line in everything:
        if line["what"] in ("classify.equal", "memory_hit.key"):
            same(line["holds"], True, line["what"])
    text = subprocess.run([sys.executable, os.path.join(PEERS, "table.py")], check=True, text=True,
                          input="".join(json.dumps(line) + "\n" for line in everything),
                          stdout=subprocess.PIPE, env={**os.environ, "RLAB": lab.program}).stdout
    has(text, "# Benchmarks")
    for line in everything:
        has(text, "| `%s` |" % line["what"], "the document")


def test_the_script_names_them(lab):
    done = subprocess.run([os.path.join(ROOT, "lab"), "peers", "nobody"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60)
    same(done.returncode, 2, "exit code")
    has(done.stderr, "no peer is called 'nobody'; there are: " + " ".join(sorted(FIGURES)))
    done = subprocess.run([os.path.join(ROOT, "lab"), "peers", "--help"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60)
    same(done.returncode, 0, "exit code")
    has(done.stdout, "--table")


if __name__ == "__main__":
    main()
