#!/usr/bin/env python3
"""The pipeline against a real model server: every way a question can go. Prints TAP.

The model is tiny and often wrong: paths, states, counts and bytes are checked, never the truth of
an answer, its wording or its speed.
"""
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

# A program inherits what is ignored, and whoever runs the tests may have been started in the
# background.
signal.signal(signal.SIGINT, signal.default_int_handler)

RLAB = os.environ["RLAB"]
PATIENCE_SECONDS = 240
SIMPLE = "What is the colour of the sky?"
COMPLEX = "Solve step by step: prove that 12 + 30 is even"
LONG = "Tell me a long story about a ship, a storm and a lighthouse."
SHORT = ["--max-tokens", "12"]


class Lab:
    """A data folder of its own; the server is found by the state file `start` left."""

    def __init__(self, state=None):
        self.folder = tempfile.mkdtemp(prefix="rlab-real-")
        self.env = dict(os.environ, RLAB_DATA_DIR=self.folder)
        for name in ("OLLAMA_HOST", "OPENAI_BASE_URL", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
            self.env.pop(name, None)
        shutil.copy(state or os.environ["RLAB_MODEL_STATE"], self.folder + "/model-server.json")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *words):
        return subprocess.Popen([RLAB, *words], env=self.env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *words, code=0):
        """Standard output, once the exit code was as expected."""
        p = self.start(*words)
        out, err = p.communicate(timeout=PATIENCE_SECONDS)
        assert p.returncode == code, f"{words}: exit {p.returncode}, not {code}: {err.decode()}"
        self.said = err.decode()
        return out

    def ask(self, *words, code=0):
        return json.loads(self.run("ask", "--json", *words, code=code))

    def rows(self, sql):
        with sqlite3.connect(self.folder + "/rlab.db") as db:
            return db.execute(sql).fetchall()


def test_auto_goes_by_level():
    with Lab() as lab:
        easy = lab.ask(SIMPLE, *SHORT)
        hard = lab.ask(COMPLEX, "--max-tokens", "150")
        assert (easy["level"], easy["role"], easy["cot"]) == ("simple", "fast", False), easy
        assert (hard["level"], hard["role"], hard["cot"]) == ("complex", "reasoning", True), hard
        assert easy["model"] == "smol-fast" and hard["model"] == "smol-r1"
        assert len(hard["thinking"]) >= 40 and "<think>" not in hard["answer"]
        assert hard["tokens_kind"] == "measured" and hard["split_kind"] == "estimated"
        assert hard["thinking_tokens"] + hard["answer_tokens"] == hard["completion_tokens"]
        assert easy["end"] in ("OK_STOP", "OK_LENGTH") and easy["digest_kind"] == "metadata"
        assert 0 < easy["ttft_s"] <= easy["latency_s"]


def test_forced_roles():
    with Lab() as lab:
        fast = lab.ask(COMPLEX, "--fast", *SHORT)
        slow = lab.ask(SIMPLE, "--reason", *SHORT)
        assert (fast["model"], fast["cot"]) == ("smol-fast", True), fast
        assert (slow["model"], slow["cot"]) == ("smol-r1", True), slow
        plain = lab.ask(SIMPLE, "--reason", "--no-cot", *SHORT)
        assert not plain["cot"]
        assert plain["prompt_tokens"] < slow["prompt_tokens"]


def finished(lab):
    """An answer the model finished by itself (a stop text helps a talkative one)."""
    answer = lab.ask(SIMPLE, "--stop", ".", "--max-tokens", "400")
    assert answer["end"] == "OK_STOP", answer
    return answer


def test_cached_is_byte_for_byte():
    with Lab() as lab:
        first = finished(lab)
        again = finished(lab)
        assert not first["cached"] and again["cached"]
        assert again["answer"] == first["answer"]
        assert again["latency_s"] < again["original_latency_s"]
        assert abs(again["original_latency_s"] - first["latency_s"]) < 1e-9
        assert again["saved_kind"] == "measured" and again["saved_s"] > 0
        other = lab.ask(SIMPLE, "--stop", ".", "--max-tokens", "399")
        assert not other["cached"]  # another limit is another question
        text = lab.run("ask", SIMPLE, "--stop", ".", "--max-tokens", "400").decode()
        assert text == first["answer"].rstrip("\n") + "\n", text
        assert "cached" in lab.said


def test_cut_off_is_not_cached():
    with Lab() as lab:
        assert lab.ask(LONG, *SHORT)["end"] == "OK_LENGTH"
        assert not lab.ask(LONG, *SHORT)["cached"]


def test_compare_asks_both():
    with Lab() as lab:
        out = lab.run("ask", "--json", "--compare", COMPLEX, *SHORT)
        fast, slow = (json.loads(line) for line in out.splitlines())
        assert (fast["model"], slow["model"]) == ("smol-fast", "smol-r1")
        assert fast["cot"] and slow["cot"]
        assert not fast["cached"] and not slow["cached"]


def test_events_end_with_the_answer():
    with Lab() as lab:
        out = lab.run("ask", "--events", COMPLEX, "--max-tokens", "150")
        lines = [json.loads(line) for line in out.splitlines()]
        types = [line.get("type") for line in lines[:-1]]
        assert types[0] == "started" and types[-1] == "end" and "thinking" in types, types
        assert set(types) <= {"started", "thinking", "text", "usage", "warn", "end"}
        answer = lines[-1]
        assert answer["schema"] == "rlab.answer/1"
        told = "".join(line["text"] for line in lines[:-1] if line["type"] == "thinking")
        assert told == answer["thinking"]


def test_stopped_by_the_person():
    with Lab() as lab:
        p = lab.start("ask", "--events", LONG, "--max-tokens", "1500")
        while json.loads(p.stdout.readline()).get("type") != "text":
            pass
        p.send_signal(signal.SIGINT)
        out, _ = p.communicate(timeout=PATIENCE_SECONDS)
        answer = json.loads(out.splitlines()[-1])
        assert p.returncode == 130 and answer["end"] == "CANCELLED", answer
        assert answer["answer"]  # what was said is kept
        assert lab.rows("select end_state from answer") == [("CANCELLED",)]
        assert lab.rows("select count(*) from cache") == [(0,)]


def test_server_killed_in_mid_answer():
    """A server of this test's own: killing the other one would end the other tests."""
    with tempfile.TemporaryDirectory() as folder:
        env = dict(os.environ, RLAB_DATA_DIR=folder)
        server = [sys.executable, os.path.dirname(os.path.abspath(__file__)) + "/model_server.py"]
        started = subprocess.run([*server, "start"], env=env, capture_output=True, check=False)
        assert started.returncode == 0, started.stderr.decode()
        try:
            with open(folder + "/model-server.json", encoding="utf-8") as f:
                pid = json.load(f)["pid"]
            with Lab(folder + "/model-server.json") as lab:
                p = lab.start("ask", "--fast", "--stream", LONG, "--max-tokens", "1500")
                first = p.stdout.read(1)
                time.sleep(1.2)
                os.kill(pid, signal.SIGKILL)
                shown, err = first + p.stdout.read(), p.stderr.read()
                p.wait(timeout=PATIENCE_SECONDS)
                assert p.returncode == 3, (p.returncode, err)
                assert b"lab-fast" in err, err  # the sentence names the server
                rows = lab.rows("select end_state, answer from call")
                assert rows[0][0] in ("ERR_TRANSPORT", "TRUNCATED"), rows
                assert shown.rstrip() and rows[0][1].encode().strip() == shown.strip(), (rows, shown)
                assert lab.rows("select count(*) from cache") == [(0,)]
                lab.run("ask", "--fast", "--model", "lab-fast/smol-fast", SIMPLE, code=2)
                # And with nobody there at all: the built-in pair answers, and one line says so.
                left = lab.ask(SIMPLE)
                assert (left["server"], left["end"]) == ("mini", "OK_STOP"), left
                lab.run("ask", SIMPLE, code=0)
                said = " ".join(lab.said.split())
                assert said.count("no model server answered") == 1 and "mini/fast" in said, said
        finally:
            subprocess.run([*server, "stop"], env=env, capture_output=True, check=False)


def test_wrong_model_name():
    """llama.cpp answers every name with the one it holds; the reply must not be mixed up."""
    with Lab() as lab:
        named = lab.ask("--model", "lab-fast/other-name", SIMPLE, *SHORT)
        assert named["role"] is None and named["model"] == "other-name"
        lab.run("ask", "--model", "nowhere/x", "--server", "gone=openai:http://127.0.0.1:9/v1",
                "--model", "gone/x", SIMPLE, code=3)
        assert "gone" in lab.said, lab.said


def test_context_too_long():
    with Lab() as lab:
        answer = lab.ask("word " * 3000, code=4)
        assert answer["end"] == "ERR_HTTP" and answer["error"]["status"] == 400
        assert "2048" in answer["error"]["message"], answer["error"]


def test_two_at_once():
    with Lab() as lab:
        both = [lab.start("ask", "--json", "--no-cache", q, *SHORT) for q in (SIMPLE, LONG)]
        for p in both:
            out, err = p.communicate(timeout=PATIENCE_SECONDS)
            assert p.returncode == 0, err
            assert json.loads(out)["end"] in ("OK_STOP", "OK_LENGTH")
        assert b"not recorded" not in err
        assert lab.rows("select count(*) from answer") == [(2,)]


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
