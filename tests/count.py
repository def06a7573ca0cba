#!/usr/bin/env python3
"""Counts test results: tests/count.py FILE...

A FILE is either TAP (NAME.tap, as a test program prints it, with a last line "# exit STATUS" put
there by whoever ran it; what went to stderr is in NAME.err beside it) or a meson test log
(NAME.json, one JSON object a line).

Prints every skip with its reason and every failure with its output, and as the last line, alone:

    N passed, M failed, K skipped

Exit status: 0, or 1 when something failed or when nothing was tested at all. A program that
crashed, ran out of time, left a leak, or ran fewer tests than it planned counts as a failure of
its own, beside its tests.
"""
import json
import os
import re
import sys

POINT = re.compile(r"(not )?ok\b\s*(\d+)?\s*(?:-\s*)?(.*)$")
PLAN = re.compile(r"1\.\.(\d+)\s*(?:#\s*skip\S*\s*(.*))?$", re.I)
SKIP = re.compile(r"(.*?)\s*#\s*skip\S*\s*(.*)$", re.I)


class Result:
    """One test: where it lives, its name, its state, and the lines to show for it."""

    def __init__(self, where, name, state, lines=()):
        self.where, self.name, self.state, self.lines = where, name, state, list(lines)

    def __repr__(self):
        return f"{self.state} {self.where}: {self.name}"


def read_point(where, line, before):
    """One "ok" or "not ok" line; `before` is what the program printed just ahead of it."""
    bad, _, rest = POINT.match(line).groups()
    skip = SKIP.match(rest)
    if not skip:
        return Result(where, rest, "failed" if bad else "passed")
    name, words = skip.groups()
    if not name:  # cmocka says "not ok 3 # SKIP name", and the reason in a line before it
        name, words = words, " ".join(before)
    return Result(where, name, "skipped", [words or "no reason given"])


def read_tap(where, text, status, stderr="", ended=""):
    """All tests of one TAP program, and one more failure if the program itself ended badly.

    `ended` says how, where that is known better than from the exit status ("TIMEOUT").
    """
    results, before, plan = [], [], None
    for line in text.splitlines():
        if POINT.match(line):
            results.append(read_point(where, line, before))
            before = []
        elif PLAN.match(line):
            count, reason = PLAN.match(line).groups()
            plan = int(count)
            if plan == 0:
                results.append(Result(where, "everything", "skipped", [reason or "no reason given"]))
        elif line.startswith("#") and results:
            results[-1].lines.append(line[1:].removeprefix(" ").rstrip())
        elif line.strip():
            before.append(line.strip())

    failures = [r for r in results if r.state == "failed"]
    ran = 0 if plan == 0 else len(results)
    wrong = ended
    if not wrong and plan is None:
        wrong = "it announced no number of tests"
    elif not wrong and ran != plan:
        wrong = f"it planned {plan} tests and ran {ran}"
    # A failed test is left in mid-air, so memory lost beside it says nothing new.
    if status != 0 and (wrong or not failures):
        wrong = (wrong + ", " if wrong else "") + f"exit status {status}"
    if wrong:
        shown = (stderr.strip() or "\n".join(before)).splitlines()
        results.append(Result(where, "the program itself: " + wrong, "failed", shown))
    elif failures:
        failures[-1].lines += stderr.strip().splitlines()
    return results


def read_meson(where, text):
    """All tests of a meson log. A test that is no TAP program counts as one."""
    results = []
    for line in text.splitlines():
        test = json.loads(line)
        name = f"{where}/{test['name']}"
        out, stderr = test.get("stdout", ""), test.get("stderr", "")
        status, verdict = test.get("returncode", 1), test["result"]
        if any(PLAN.match(l) for l in out.splitlines()):
            ended = "out of time" if verdict == "TIMEOUT" else ""
            found = read_tap(name, out, status, stderr, ended)
            states = [r.state for r in found]
            if verdict == "FAIL" and status == 0 and "skipped" in states:
                verdict = "OK"  # meson takes cmocka's way to say a skip for a failure
            if verdict not in ("OK", "SKIP", "EXPECTEDFAIL") and "failed" not in states:
                found.append(Result(name, "the program itself: " + verdict, "failed"))
            results += found
            continue
        state = {"OK": "passed", "EXPECTEDFAIL": "passed", "SKIP": "skipped"}.get(verdict, "failed")
        lines = [] if state == "passed" else (out + stderr).strip().splitlines()
        if state == "failed":
            lines.insert(0, f"{verdict.lower()}, exit status {status}")
        results.append(Result(name, "the whole program", state, lines))
    return results


def read_file(path):
    where, kind = os.path.splitext(os.path.basename(path))
    with open(path, encoding="utf-8", errors="replace") as f:
        text = f.read()
    if kind == ".json":
        return read_meson(where, text)
    lines = text.splitlines()
    status = 1  # no "# exit" line: whoever ran it was cut off
    if lines and re.match(r"# exit \d+$", lines[-1]):
        status = int(lines.pop().split()[2])
    err = os.path.splitext(path)[0] + ".err"
    stderr = ""
    if os.path.exists(err):
        with open(err, encoding="utf-8", errors="replace") as f:
            stderr = f.read()
    return read_tap(where, "\n".join(lines), status, stderr)


def show(results, state, title):
    chosen = [r for r in results if r.state == state]
    for r in chosen:
        print(f"{title} {r.where}: {r.name}")
        for line in r.lines:
            print("    " + line)
    if chosen:
        print()


def main(paths):
    results = [r for path in paths for r in read_file(path)]
    if not results:
        results = [Result("tests", "nothing was tested at all", "failed")]
    show(results, "skipped", "skipped:")
    show(results, "failed", "FAILED:")
    count = {s: sum(r.state == s for r in results) for s in ("passed", "failed", "skipped")}
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**count))
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
