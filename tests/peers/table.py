#!/usr/bin/env python3
"""The lines of the benchmarks against peers as docs/benchmarks.md: ./lab peers --table does that.

    table.py < LINES        LINES as ./lab peers prints them; - is said where there is no figure
"""
import datetime
import json
import os
import platform
import subprocess
import sys

TITLES = [("classify", "Classifying", "classify"), ("memory_hit", "The cache in memory", "cache growth"),
          ("stored_hit", "The cache on the disk", "cache growth"),
          ("wire", "The wire, beside libcurl", "wire"), ("ask", None, None), ("curl", None, None),
          ("first_frame", "The screen", "terminal"), ("key", None, None),
          ("stream_bytes", None, None), ("bench", "Many calls at once", "concurrency"),
          ("mini", "The built-in models", "torch")]

HEAD = """# Benchmarks

What rlab costs beside what people would use instead. This file is what one command printed:

    ./lab peers --table > docs/benchmarks.md

rlab and its peer take turns on the same machine, so whatever else it does meets both. A figure is
the median over the rounds, with the lowest and the highest round in brackets; less is better in
all of them. The ratio is peer / rlab, round by round: above 1 rlab is the better. A bound is what
the ratio must reach, or what rlab may take more than its peer; a bound that does not hold makes
the command end with exit code 1. `./lab peers NAME` measures one section; without `--table` it
prints JSON lines, one a figure.
"""


def first_line(path, start):
    try:
        with open(path) as f:
            return next((line.split(":", 1)[1].strip() for line in f if line.startswith(start)), None)
    except OSError:
        return None


def version(*words):
    """The first line a program says about itself, or None."""
    try:
        out = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (out.splitlines() or [None])[0]


def system():
    try:
        names = platform.freedesktop_os_release()
    except (OSError, AttributeError):
        return platform.system()
    return names.get("PRETTY_NAME", platform.system())


def machine():
    memory = first_line("/proc/meminfo", "MemTotal")
    rows = [("processor", "%s, %d cores" % (first_line("/proc/cpuinfo", "model name")
                                             or platform.machine(), os.cpu_count())),
            ("memory", "%.0f GiB" % (int(memory.split()[0]) / 2**20) if memory else "-"),
            ("system", "%s, Linux %s" % (system(), platform.release())
             if platform.system() == "Linux" else platform.platform()),
            ("load when it ended", "%.1f" % os.getloadavg()[0]),
            ("rlab", version(os.environ.get("RLAB", "rlab"), "--version")),
            ("Python", platform.python_version()),
            ("curl", " ".join((version("curl", "--version") or "").split()[:2])),
            ("Redis", version("redis-benchmark", "--version")),
            ("SQLite", " ".join((version("sqlite3", "--version") or "").split()[:1])),
            ("htop", version("htop", "--version")), ("tig", version("tig", "--version"))]
    return ["| | |", "|---|---|"] + ["| %s | %s |" % (name, said or "-") for name, said in rows]


def short(value):
    return "%.3g" % value if abs(value) < 1000 else "%.0f" % value


def number(value, unit):
    return "%s %s" % (short(value), unit)


def figure(line, who):
    if line[who] is None:
        return "-"
    spread = (line["spread"] or {}).get(who)
    text = number(line[who], line["unit"])
    if not spread or spread[0] == spread[1]:
        return text
    return "%s (%s to %s)" % (text, *map(short, spread))


def bound(line):
    b = line["bound"]
    if not b:
        return ""
    said = ("ratio >= %.3g" % b["least"] if "least" in b
            else "<= %s more" % number(b["most"], line["unit"]))
    return "%s: %s" % (said, {True: "holds", False: "**does not hold**", None: "not measured"}[line["holds"]])


def ratio(line):
    if line["ratio"] is None:
        return "-"
    spread = (line["spread"] or {}).get("ratio")
    if not spread or spread[0] == spread[1]:
        return "%.3g" % line["ratio"]
    return "%s (%s to %s)" % tuple(map(short, (line["ratio"], *spread)))


def table(lines):
    rows = ["| figure | rlab | peer | ratio | bound |", "|---|---|---|---|---|"]
    for line in lines:
        rows.append("| `%s` | %s | %s | %s | %s |" % (line["what"], figure(line, "rlab"),
                                                      figure(line, "peer"), ratio(line), bound(line)))
    return rows


def notes(lines):
    out = []
    for line in lines:
        times = "" if line["rounds"] <= 1 else ", %d rounds" % line["rounds"]
        out.append("* `%s`: %s. Peer: %s; n = %d%s.%s" % (
            line["what"], line["how"], line["peer_name"], line["n"], times,
            " Not measured: %s." % line["why"] if "why" in line else ""))
    return out


def main():
    lines = [json.loads(text) for text in sys.stdin if text.strip()]
    print(HEAD)
    print("Measured on %s.\n" % datetime.date.today().isoformat())
    print("\n".join(machine()))
    groups = []
    for prefix, title, command in TITLES:
        mine = [line for line in lines if line["what"].split(".")[0] == prefix]
        if title:
            groups.append((title, command, []))
        groups[-1][2].extend(mine)
    for title, command, mine in groups:
        if mine:
            print("\n## %s\n\n`./lab peers %s`\n" % (title, command))
            print("\n".join(table(mine)) + "\n")
            print("\n".join(notes(mine)))
    known = {prefix for prefix, _, _ in TITLES}
    left = [line["what"] for line in lines if line["what"].split(".")[0] not in known]
    if left:
        sys.exit("table.py knows no section for: " + " ".join(left))


if __name__ == "__main__":
    main()
