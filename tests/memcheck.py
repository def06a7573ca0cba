#!/usr/bin/env python3
"""Unit and wire tests under valgrind's memcheck: tests/memcheck.py BUILD [NAME...]

TAP, one line a program of BUILD (not a sanitized one). Any read or write that is not allowed, any
decision by a value that was never set, and any lost memory is a failure. So is a test that fails by
itself, but for one thing: under valgrind all is some thirty times slower, and a test that wants an
answer within a time may not get it. Such a test is said to be late, memory that it left behind in
its hurry is not counted, and whether it passes is for its own suite to say.
"""
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT_S = 3600
AT_ONCE = 2
VALGRIND = ["valgrind", "--quiet", "--leak-check=full", "--errors-for-leak-kinds=definite",
            "--show-leak-kinds=definite", "--num-callers=30", "--child-silent-after-fork=no",
            "--suppressions=" + os.path.join(HERE, "memcheck.supp")]
LOST = re.compile(r"definitely lost in loss record")
# What begins a report of anything but lost memory.
WRONG = re.compile(r"Invalid (read|write|free)|uninitialised|Mismatched free|overlap in|fishy|"
                   r"unrecognised|Illegal|Jump to the invalid|unaddressable|Stack overflow")


def tests_of(build):
    """The programs of the suite `unit`, by name: what is a script runs no code of ours itself."""
    said = subprocess.run(["meson", "introspect", "--tests", build], check=True, capture_output=True)
    root = os.path.abspath(build)
    return {t["name"]: t for t in json.loads(said.stdout)
            if any(s.endswith("unit") for s in t["suite"]) and t["cmd"][0].startswith(root)}


def reports(folder):
    """All that valgrind said about a program and the children it forked."""
    text = ""
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), errors="replace") as f:
            text += f.read()
    return re.sub(r"(?m)^==\d+== ?", "", text)


def run(test):
    """(ok, what to say, seconds)"""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rlab-memcheck-") as folder:
        command = VALGRIND + ["--log-file=%s/%%p" % folder] + test["cmd"]
        try:
            p = subprocess.run(command, cwd=test["workdir"], env={**os.environ, **test["env"],
                                                                  "OPENBLAS_NUM_THREADS": "1"},
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, timeout=LIMIT_S, text=True, errors="replace")
        except subprocess.TimeoutExpired:
            return False, "no end within %d s" % LIMIT_S, LIMIT_S
        said, took = reports(folder), time.monotonic() - began
    if p.returncode < 0 or WRONG.search(said):
        return False, "ended with %d\n%s" % (p.returncode, said), took
    if p.returncode == 0 and LOST.search(said):
        return False, said, took
    late = re.findall(r"(?m)^not ok \d+ - (\S+)", p.stdout)
    if p.returncode != 0 and not late:
        return False, "ended with %d\n%s" % (p.returncode, p.stdout[-4000:]), took
    return True, "late: " + ", ".join(late) if late else "", took


def main():
    known = tests_of(sys.argv[1])
    names = sys.argv[2:] or sorted(known)
    print("1..%d" % len(names), flush=True)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for number, (name, (ok, said, took)) in enumerate(
                zip(names, pool.map(lambda n: run(known[n]), names)), 1):
            failed += not ok
            print("%s %d - %s" % ("ok" if ok else "not ok", number, name))
            print("# %.0f s%s" % (took, "; " + said.replace("\n", "\n# ") if said else ""), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
