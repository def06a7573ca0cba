#!/usr/bin/env python3
"""Unit and wire tests under valgrind's memcheck: tests/memcheck.py BUILD [NAME...]

TAP, one line a program of BUILD (not a sanitized one). A program passes when all its tests pass and
memcheck has nothing to say of it or of what it forked: no read or write that is not allowed, no
decision by a value that was never set, no lost memory, no descriptor still open at the end. Where
it does not pass, the line says which of three it was:

  valgrind found  what memcheck said; whether the tests passed is beside the point then
  failed          a test failed by itself, or the program ended as it should not
  late            tests failed, and all of them because something took too long

Under valgrind all is some thirty times slower. Tests know that by RLAB_TEST_SLOWER (tests/test.h):
what they allow for time is that many times as much, so that "late" is a finding like the others.
Memory that a failed test did not come to give back is not counted.

Planted faults (planted.c) come first: each must be told for what it is.
"""
import concurrent.futures
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT_S = 3600
SLOWER = 20
# Patterns walked through instead of becoming machine code (no_jit.c), over texts as long as may be.
MUCH_SLOWER = {"classifier": 200}
FOUND = 99  # no test program ends with it: cmocka's code is the number of failed tests
AT_ONCE = int(os.environ.get("MEMCHECK_AT_ONCE", os.cpu_count() or 2))
# What is watched is memory: waiting for a disk would only make it longer.
QUICK_DISK = "/dev/shm"
VALGRIND = ["valgrind", "--quiet", "--leak-check=full", "--errors-for-leak-kinds=definite",
            "--show-leak-kinds=definite", "--num-callers=30", "--child-silent-after-fork=no",
            "--track-fds=yes", "--error-exitcode=%d" % FOUND,
            "--suppressions=" + os.path.join(HERE, "memcheck.supp")]
LEAK = re.compile(r"lost in loss record")
INHERITED = re.compile(r"<inherited from parent>")
HEADING = re.compile(r"(?m)^FILE DESCRIPTORS: .*$")
PLAN = re.compile(r"(?m)^1\.\.(\d+)$")
POINT = re.compile(r"(not )?ok \d+")

# What planted.c can do, and what must be said of it.
PLANTED = (("nothing", "passed"), ("read", "valgrind found"), ("undefined", "valgrind found"),
           ("leak", "valgrind found"), ("descriptor", "valgrind found"), ("child", "valgrind found"),
           ("crash", "valgrind found"), ("wrong", "failed"), ("late", "late"),
           ("wrong-and-late", "failed"), ("wrong-and-leak", "failed"), ("short", "failed"))


def tests_of(build):
    """The programs of the suite `unit`, by name: what is a script runs no code of ours itself."""
    said = subprocess.run(["meson", "introspect", "--tests", build], check=True, capture_output=True)
    root = os.path.abspath(build)
    return {t["name"]: t for t in json.loads(said.stdout)
            if any(s.endswith("unit") for s in t["suite"]) and t["cmd"][0].startswith(root)}


class Reports:
    """What memcheck wrote about a program and the children it forked, sorted by what it is of."""

    def __init__(self, folder, pid):
        self.wrong, self.lost, self.open = [], [], []
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), errors="replace") as f:
                text = re.sub(r"(?m)^==\d+== ?", "", f.read())
            for said in re.split(r"\n\s*\n", HEADING.sub("", text)):
                self.add(said.strip(), name == str(pid))

    def add(self, said, is_parent):
        if said.startswith("Open "):
            # A child that did not come to run another program holds all that its parent does.
            if is_parent and not INHERITED.search(said):
                self.open.append(said)
        elif LEAK.search(said):
            self.lost.append(said)
        elif said:
            self.wrong.append(said)


def failures(out):
    """(tests that failed, those of them that were late, points): a late one says so before."""
    failed, late, points, before = [], [], 0, []
    for line in out.splitlines():
        point = POINT.match(line)
        if not point:
            before.append(line)
            continue
        points += 1
        if point.group(1) and "# SKIP" not in line:
            failed.append(line)
            if any(b.startswith("# late: ") for b in before):
                late.append(line)
        before = []
    return failed, late, points


def verdict(code, out, found):
    """(verdict, what there is to say)"""
    failed, late, points = failures(out)
    plan = PLAN.search(out)
    whole = plan is not None and int(plan.group(1)) == points > 0
    ended_well = code == 0 or code == FOUND or (code == len(failed) and whole)
    if found.wrong or (found.lost or found.open) and not failed and ended_well:
        return "valgrind found", "\n\n".join(found.wrong + found.lost + found.open)
    if failed or not whole or not ended_well:
        if failed and failed == late and whole:
            return "late", "\n".join(line for line in out.splitlines() if line.startswith("# late: "))
        return "failed", "ended with %d\n%s" % (code, out[-4000:])
    if code:
        return "valgrind found", "something, and ended with %d" % code
    return "passed", ""


def run(command, folder, env):
    """(verdict, what there is to say, seconds)"""
    began = time.monotonic()
    own = {"OPENBLAS_NUM_THREADS": "1"}
    if platform.machine() == "x86_64":
        own["OPENBLAS_CORETYPE"] = "Nehalem"  # valgrind fuses multiply and add number by number
    if os.access(QUICK_DISK, os.W_OK):
        own["TMPDIR"] = QUICK_DISK
    env = {**os.environ, **env, **own}
    env.pop("RLAB_TEST_FULL", None)  # what takes minutes by itself takes hours here
    with tempfile.TemporaryDirectory(prefix="rlab-memcheck-") as logs:
        p = subprocess.Popen(VALGRIND + ["--log-file=%s/%%p" % logs] + command, cwd=folder, env=env,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, errors="replace")
        try:
            out, _ = p.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            p.kill()
            p.communicate()
            return "late", "no end within %d s" % LIMIT_S, LIMIT_S
        found = Reports(logs, p.pid)
    return (*verdict(p.returncode, out, found), time.monotonic() - began)


def jobs(build, names):
    """(what, command, folder, environment, wanted verdict)"""
    known = tests_of(build)
    no_jit = {"LD_PRELOAD": os.path.join(os.path.abspath(build), "tests", "route", "no_jit.so")}
    planted = os.path.join(os.path.abspath(build), "tests", "planted")
    for fault, wanted in PLANTED:
        yield ("planted: %s" % fault, [planted, fault], HERE,
               {"CMOCKA_MESSAGE_OUTPUT": "TAP"}, wanted)
    for name in names or sorted(known):
        t = known[name]
        env = {**t["env"], **no_jit, "RLAB_TEST_SLOWER": str(MUCH_SLOWER.get(name, SLOWER))}
        yield name, t["cmd"], t["workdir"], env, "passed"


def main():
    began = time.monotonic()
    work = list(jobs(sys.argv[1], sys.argv[2:]))
    print("1..%d" % len(work), flush=True)
    counts = {}
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        running = {pool.submit(run, *job[1:4]): job for job in work}
        for number, done in enumerate(concurrent.futures.as_completed(running), 1):
            what, *_, wanted = running[done]
            got, said, took = done.result()
            ok = got == wanted
            if not what.startswith("planted: "):
                counts[got] = counts.get(got, 0) + 1
            print("%s %d - %s%s" % ("ok" if ok else "not ok", number, what,
                                    "" if ok else " (%s)" % got))
            print("# %.0f s%s" % (took, "" if ok else "; " + (said or got).replace("\n", "\n# ")),
                  flush=True)
    print("# %d programs: %s; %.0f s" % (
        sum(counts.values()), ", ".join("%d %s" % (n, v) for v, n in sorted(counts.items())),
        time.monotonic() - began))
    sys.exit(0 if counts.keys() <= {"passed"} else 1)


if __name__ == "__main__":
    main()
