#!/usr/bin/env python3
"""The tour and a demonstration against a real model server, to their end. Prints TAP.

The model is tiny: which way each question goes and what is counted is checked, never an answer,
its wording or its speed.
"""
import json
import os
import shutil
import subprocess
import tempfile

RLAB = os.environ["RLAB"]
PATIENCE_SECONDS = 600


def rows(*words):
    """What the program says, line by line, in a data folder of its own."""
    folder = tempfile.mkdtemp(prefix="rlab-real-")
    env = dict(os.environ, RLAB_DATA_DIR=folder)
    for name in ("OLLAMA_HOST", "OPENAI_BASE_URL", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        env.pop(name, None)
    shutil.copy(os.environ["RLAB_MODEL_STATE"], folder + "/model-server.json")
    try:
        done = subprocess.run([RLAB, *words, "--json"], env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=PATIENCE_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert done.returncode == 0, f"{words}: exit {done.returncode}: {done.stderr.decode()}"
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_tour_to_its_end():
    told = rows("tour", "--max-tokens", "24")
    assert [j["step"] for j in told] == (["models"] + 6 * ["classify"] + 6 * ["answer"]
                                         + ["repeat", "bench", "next"]), told
    answers = [j["answer"] for j in told if j["step"] == "answer"]
    assert [a["model"] for a in answers].count("smol-r1") == 1, answers
    assert all(a["end"] in ("OK_STOP", "OK_LENGTH") for a in answers), answers
    assert all(0 < a["completion_tokens"] <= 24 for a in answers), answers


def test_the_breaker_on_a_real_model():
    told = rows("demo", "4", "--deadline", "20", "--max-tokens", "8")
    calls = [j for j in told if j.get("table") == "calls"]
    assert [j["breaker"] for j in calls] == ["closed", "closed", "closed", "open", "open",
                                             "closed"], calls


def test_a_name_that_changes_its_model():
    told = rows("demo", "6", "--max-tokens", "400")
    assert [j["stale"] for j in told if j.get("table") == "lookups"] == ["no", "yes", "no", "no"], told


def main():
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests, 1):
        try:
            test()
            print(f"ok {number} - {name}", flush=True)
        except (AssertionError, OSError, ValueError, LookupError, TypeError,
                subprocess.SubprocessError) as error:
            shown = f"{type(error).__name__}: {error}".replace("\n", " ")
            print(f"not ok {number} - {name}\n# {shown}", flush=True)


if __name__ == "__main__":
    main()
