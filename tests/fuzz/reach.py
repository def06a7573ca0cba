#!/usr/bin/env python3
"""How much of its decoder each fuzz target reaches: tests/fuzz/reach.py BUILD [TARGET...]

BUILD is a folder whose programs count lines:

    CC=clang meson setup build-reach -Dc_args='-fprofile-instr-generate -fcoverage-mapping' \\
        -Dc_link_args=-fprofile-instr-generate
    ninja -C build-reach fuzzing

Every target is run over what is kept in tests/fuzz/corpus/NAME and over seeded changes to it, as
the ordinary tests do: no chance is in the figure, so it is the same on every machine. Prints TAP,
one line a target: the share of lines of the files named below that ran, above LEAST %. A target
without a row fails. Lines that did not run are named below a failure, or always with -v.
"""
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LEAST = 90.0

# What each target is there to read with. "FILE FIRST LAST" is a part of a file, from one function
# to another: a provider's file also makes requests, which the target "request" looks at.
DECODERS = {
    "address": ["core/model/server.c split_host server_parse_flag"],
    "catalog": ["core/model/catalog_read.c"],
    "check": ["core/lab/check.c"],
    "config": ["core/base/config.c", "core/base/config_key.c config_key_at config_unknown_section"],
    "decode_anthropic": ["core/model/anthropic.c stop_reason anthropic_finish", "core/model/decode.c"],
    "decode_ollama": ["core/model/ollama.c seconds_of ollama_finish", "core/model/decode.c"],
    "decode_openai": ["core/model/openai.c finish_reason openai_finish", "core/model/decode.c"],
    "error": ["core/model/error_body.c"],
    "field": [
        "tui/screen/field.c",
        "tui/screen/field_draw.c",
        "tui/screen/field_key.c",
        "tui/screen/field_past.c",
    ],
    "json": ["core/base/json.c"],
    "jsonl": ["core/lab/verdict_json.c"],
    "keys": ["tui/screen/key.c", "tui/screen/key_name.c", "tui/screen/key_sequence.c"],
    "lesson": ["core/lab/lesson_file.c"],
    "markdown": [
        "tui/screen/markdown.c",
        "tui/screen/entity.c",
        "tui/screen/lines.c",
        "tui/screen/tabular.c",
    ],
    "ndjson": ["core/wire/lines.c", "core/model/frames.c"],
    "page": [
        "tui/screen/page.c",
        "tui/screen/page_search.c",
        "tui/screen/page_view.c",
        "tui/screen/document.c",
        "tui/screen/cutter.c",
    ],
    "request": [
        "core/model/body.c",
        "core/model/anthropic.c anthropic_headers anthropic_request",
        "core/model/ollama.c ollama_headers ollama_request",
        "core/model/openai.c openai_headers openai_request",
    ],
    "retry": ["core/model/retry.c"],
    "rules": [
        "core/route/rules.c",
        "core/route/pattern.c",
        "core/route/needs.c",
        "core/route/classifier.c",
        "core/route/scan.c",
        "core/route/lowered.c",
    ],
    "search": ["core/store/history_match.c add_quoted search_words"],
    "set": ["core/lab/set.c"],
    "sse": ["core/wire/sse.c"],
    "steps": [
        "core/model/steps_number.c",
        "core/model/steps_samples.c",
        "core/model/steps_task.c",
        "core/model/steps_text.c",
        "core/model/steps_word.c",
    ],
    "steps_file": ["core/model/steps_file.c"],
    "surface": ["tui/screen/surface.c"],
    "think": ["core/wire/think.c"],
    "weights": ["core/nn/weights.c file_size nn_weights_parse", "core/nn/shape.c nn_shape_check nn_map_of"],
    "words": ["tui/verb/args.c"],
}


def tool(name):
    """llvm's programs carry a number in most distributions."""
    for at in [name] + [f"{name}-{n}" for n in range(22, 12, -1)]:
        if shutil.which(at):
            return at
    sys.exit(f"no {name} here: install llvm")


def read_lcov(text):
    """Lines of each file and how often they ran, and where its functions begin."""
    files, lines, begins = {}, {}, {}
    for record in text.splitlines():
        kind, _, rest = record.partition(":")
        if kind == "SF":
            lines, begins = {}, {}
            files[os.path.relpath(os.path.realpath(rest), ROOT)] = lines, begins
        elif kind == "FN":
            at, name = rest.split(",")[:2]
            begins[name.rpartition(":")[2]] = int(at)
        elif kind == "DA":
            at, count = rest.split(",")[:2]
            lines[int(at)] = int(count)
    return files


def part(what, files):
    """The lines {number: count} of one entry of DECODERS."""
    name, *ends = what.split()
    lines, begins = files[name]
    if not ends:
        return name, lines
    first, last = (begins[e] for e in ends)
    beyond = min([b for b in begins.values() if b > last], default=sys.maxsize)
    return name, {at: n for at, n in lines.items() if first <= at < beyond}


def spans(numbers):
    """1-3 7 9-12"""
    said, numbers = [], sorted(numbers)
    for n in numbers:
        if said and n <= said[-1][1] + 1:
            said[-1][1] = n
        else:
            said.append([n, n])
    return " ".join(f"{a}-{b}" if b > a else str(a) for a, b in said)


def run(args, **more):
    return subprocess.run(args, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def measure(build, target, folder):
    """Lines, lines that ran, and what to show: the ones that did not."""
    program = os.path.join(build, "tests/fuzz/replay_" + target)
    raw, data = (os.path.join(folder, target + end) for end in (".profraw", ".profdata"))
    run([program, "tests/fuzz/corpus/" + target, "1", "1000"], env={**os.environ, "LLVM_PROFILE_FILE": raw})
    run([tool("llvm-profdata"), "merge", "-sparse", raw, "-o", data])
    named = [os.path.join(ROOT, what.split()[0]) for what in DECODERS[target]]
    files = read_lcov(run([tool("llvm-cov"), "export", "-format=lcov", program, "-instr-profile=" + data, *named]))
    total, ran, missed = 0, 0, []
    for what in DECODERS[target]:
        name, lines = part(what, files)
        left = [at for at, n in lines.items() if n == 0]
        total, ran = total + len(lines), ran + len(lines) - len(left)
        if left:
            missed.append(f"{name}: {len(left)} of {len(lines)} did not run: {spans(left)}")
    return total, ran, missed


def judge(build, target, folder):
    """One TAP point without its number: good or not, its name, and lines for below it."""
    if target not in DECODERS:
        return False, target, ["no row in DECODERS says what it reads with"]
    try:
        total, ran, missed = measure(build, target, folder)
    except (subprocess.CalledProcessError, KeyError, OSError) as e:
        return False, target, [str(e)]
    share = 100.0 * ran / total
    files = ", ".join(what.split()[0] for what in DECODERS[target])
    return share > LEAST, f"{target}: {share:.1f} % of {total} lines of {files}", missed


def main(args):
    wordy = "-v" in args
    build, *targets = [a for a in args if a != "-v"]
    here = os.path.join(ROOT, "tests/fuzz")
    there = sorted(f[5:-2] for f in os.listdir(here) if f.startswith("fuzz_") and f.endswith(".c"))
    targets = targets or there
    print(f"1..{len(targets)}")
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as crew:
        points = crew.map(lambda t: judge(os.path.abspath(build), t, folder), targets)
        for number, (good, name, missed) in enumerate(points, 1):
            print(f"{'' if good else 'not '}ok {number} - {name}", flush=True)
            for line in missed if wordy or not good else []:
                print("# " + line)


if __name__ == "__main__":
    main(sys.argv[1:])
