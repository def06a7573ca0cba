#!/usr/bin/env python3
"""The exercises by keys (tests/lessons): the learner who passes them and the one who does the wrong
thing sit at two screens at the same time, since each waits most of its time. Prints one TAP."""
import os
import re
import subprocess
import sys
import tempfile

LESSONS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lessons")
PEOPLE = ("learner_keys", "wrong_keys")


def begin(name):
    said = tempfile.TemporaryFile("w+")
    process = subprocess.Popen([sys.executable, os.path.join(LESSONS, name + ".py")], stdout=said,
                               stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    return name, process, said


def main():
    number, lines, well = 0, [], True
    for name, process, said in [begin(name) for name in PEOPLE]:
        well &= process.wait() == 0
        said.seek(0)
        planned = ran = 0
        for line in said.read().splitlines():
            test = re.match(r"(not ok|ok) \d+ - (.*)", line)
            if test:
                number, ran = number + 1, ran + 1
                lines.append("%s %d - %s: %s" % (test.group(1), number, name, test.group(2)))
            elif re.match(r"1\.\.\d+$", line):
                planned = int(line[3:])
            else:
                lines.append(line if line.startswith("#") else "# " + line)
        if not planned or ran != planned:  # it ended before its end
            number, well = number + 1, False
            lines.append("not ok %d - %s ran %d of %d tests" % (number, name, ran, planned))
    print("1..%d" % number)
    print("\n".join(lines))
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
