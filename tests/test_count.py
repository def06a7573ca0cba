#!/usr/bin/env python3
"""Tests the counter itself (count.py): a row is a program's output and what must be counted."""
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from count import read_meson, read_tap  # noqa: E402

# what, TAP text, exit status, (passed, failed, skipped), words that must be shown
TAP = [
    ("all pass", "1..2\nok 1 - a\nok 2 - b\n", 0, (2, 0, 0), ""),
    ("one fails", "1..2\nok 1 - a\nnot ok 2 - b\n# s.c:9: error\n", 1, (1, 1, 0), "s.c:9: error"),
    ("a skip with its reason", "1..1\nok 1 - a # SKIP no network\n", 0, (0, 0, 1), "no network"),
    ("cmocka's skip", "1..1\nno terminal\nnot ok 1 # SKIP a\n", 0, (0, 0, 1), "no terminal"),
    ("all skipped", "1..0 # SKIP no compiler\n", 0, (0, 0, 1), "no compiler"),
    ("crash half way", "1..3\nok 1 - a\n", 139, (1, 1, 0), "planned 3 tests and ran 1"),
    ("leak after success", "1..1\nok 1 - a\n", 1, (1, 1, 0), "exit status 1"),
    ("leak after a failure", "1..1\nnot ok 1 - a\n", 1, (0, 1, 0), ""),
    ("crash after a failure", "1..2\nnot ok 1 - a\n", 134, (0, 2, 0), "exit status 134"),
    ("no plan", "ok 1 - a\n", 0, (1, 1, 0), "announced no number"),
    ("empty output", "", 127, (0, 1, 0), "exit status 127"),
    ("plan at the end", "ok 1 - a\nok 2 - b\n1..2\n", 0, (2, 0, 0), ""),
]

# what, meson's verdict, output, exit status, (passed, failed, skipped), words
MESON = [
    ("plain program", "OK", "hello", 0, (1, 0, 0), ""),
    ("plain program fails", "FAIL", "what a pity", 1, (0, 1, 0), "what a pity"),
    ("plain program skips", "SKIP", "no net", 77, (0, 0, 1), "no net"),
    ("out of time", "TIMEOUT", "1..2\nok 1 - a\n", -15, (1, 1, 0), "out of time"),
    ("out of time at once", "TIMEOUT", "", -15, (0, 1, 0), "timeout"),
    ("cmocka's skip, as meson sees it", "FAIL", "1..2\nok 1 - a\nno net\nnot ok 2 # SKIP b\n", 0,
     (1, 0, 1), "no net"),
    ("a failure beside a skip", "FAIL", "1..2\nnot ok 1 - a\nnot ok 2 # SKIP b\n", 1, (0, 1, 1), ""),
    ("verdict worse than the tests", "ERROR", "1..1\nok 1 - a\n", 0, (1, 1, 0), "ERROR"),
]


def problem(results, want, words):
    """What is wrong with these results, or None."""
    got = tuple(sum(r.state == s for r in results) for s in ("passed", "failed", "skipped"))
    shown = "\n".join("\n".join([r.name] + r.lines) for r in results)
    if got != want:
        return f"counted {got}, not {want}"
    return None if words in shown else f"'{words}' is not shown in: {shown}"


def main():
    rows = [(what, read_tap("t", text, status), want, words) for what, text, status, want, words in TAP]
    for what, verdict, out, status, want, words in MESON:
        line = json.dumps({"name": "t", "stdout": out, "result": verdict, "returncode": status})
        rows.append((what, read_meson("m", line), want, words))
    print(f"1..{len(rows)}")
    for i, (what, results, want, words) in enumerate(rows, 1):
        wrong = problem(results, want, words)
        print(f"{'not ok' if wrong else 'ok'} {i} - {what}" + (f"\n# {wrong}" if wrong else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
