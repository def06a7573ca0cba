#!/usr/bin/env python3
"""Does the real model server keep the promises the other tests in this folder build on? Prints TAP.

Paths, states and counts only: what a model this small says, and how fast, is nobody's promise.
"""
import json
import os
import stat
import urllib.error
import urllib.request

PATIENCE_SECONDS = 120


def post(url, body):
    """A chat request: (status, text)."""
    request = urllib.request.Request(
        url + "/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def stream(url):
    """The events of a short streamed answer."""
    body = {
        "messages": [{"role": "user", "content": "What is 2+3?"}], "temperature": 0,
        "max_tokens": 250, "stream": True, "stream_options": {"include_usage": True},
    }
    status, text = post(url, body)
    assert status == 200, text
    lines = [line[6:] for line in text.splitlines() if line.startswith("data: ")]
    assert lines[-1] == "[DONE]", lines[-1]
    return [json.loads(line) for line in lines[:-1]]


def said(events, field):
    return "".join(c["delta"].get(field) or "" for e in events for c in e["choices"])


def test_state_file_is_private(state, path):
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert state["schema"] == "rlab.model-server/1" and state["pid"] > 1
    assert [s["role"] for s in state["servers"]] == ["fast", "reasoning"]


def test_names_are_listed(state, path):
    for s in state["servers"]:
        with urllib.request.urlopen(s["url"] + "/models", timeout=PATIENCE_SECONDS) as reply:
            assert [m["id"] for m in json.load(reply)["data"]] == [s["alias"]]


def test_fast_streams_with_usage(state, path):
    events = stream(state["servers"][0]["url"])
    assert said(events, "content") and not said(events, "reasoning_content")
    assert events[-1]["usage"]["completion_tokens"] > 0
    assert any(c["finish_reason"] for e in events for c in e["choices"])


def test_reasoning_thinks_first(state, path):
    events = stream(state["servers"][1]["url"])
    assert len(said(events, "reasoning_content")) >= 40
    assert "<think>" not in said(events, "content")


def test_long_prompt_is_refused(state, path):
    for s in state["servers"]:
        body = {"messages": [{"role": "user", "content": "word " * 3000}], "stream": True}
        status, text = post(s["url"], body)
        assert status == 400 and json.loads(text)["error"]["n_ctx"] == 2048, text


def main():
    path = os.environ["RLAB_MODEL_STATE"]
    with open(path, encoding="utf-8") as f:
        state = json.load(f)
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests, 1):
        try:
            test(state, path)
            print(f"ok {number} - {name}", flush=True)
        except (AssertionError, OSError, ValueError, LookupError) as error:
            shown = f"{type(error).__name__}: {error}".replace("\n", " ")
            print(f"not ok {number} - {name}\n# {shown}", flush=True)


if __name__ == "__main__":
    main()
