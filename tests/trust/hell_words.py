"""How each kind of server says things: the units that bad servers' replies are put together from.

A unit is the bytes of one event and what they mean. What they mean is said here by the one who
makes them, from the documented form of each protocol; nothing of rlab's is asked.
"""
import json
from dataclasses import dataclass


# Escapes that no encoder writes, and what stands for them in a script: half a surrogate pair, and
# a NUL. Both come out as U+FFFD.
HALVES = {"\ue000": "\\ud83d", "\ue001": "\\u0000"}


@dataclass
class Unit:
    data: bytes
    text: str = ""        # answer it adds (tags still inside where the server leaves them there)
    think: str = ""       # thinking it adds, from a field of its own
    kind: str = "good"    # good | note | bad | error | toolong
    mark: str = ""        # the end it announces: OK_STOP, OK_LENGTH, OK_TOOL, OK_FILTER
    close: bool = False   # nothing counts behind it
    tool: bool = False    # output that is no text
    again: bool = False   # an error that may pass: worth asking again
    whole: bool = True    # may not be cut inside: a part of it means something too


def dump(value, r):
    """JSON as different servers write it."""
    tight = (",", ":") if r.random() < 0.7 else None
    text = json.dumps(value, ensure_ascii=r.random() < 0.5, separators=tight)
    for char, escape in HALVES.items():
        text = text.replace("\\u%04x" % ord(char), escape).replace(char, escape)
    return text


class Lines:
    """NDJSON: one object a line."""

    type = "application/x-ndjson"

    def __init__(self, r):
        self.r = r
        self.end = r.choice([b"\n", b"\n", b"\n", b"\r\n"])
        self.between = r.choice([b"", b"", b"\n", b"  \r\n"])

    def frame(self, value, name=None):
        return dump(value, self.r).encode() + self.end + self.between

    def raw(self, payload):
        return payload + self.end

    def note(self):
        return self.end


class Events:
    """Server-sent events, with the freedoms the grammar allows."""

    type = "text/event-stream"

    def __init__(self, r):
        self.r = r
        self.end = r.choice([b"\n", b"\n", b"\r\n", b"\r"])
        self.field = r.choice([b"data: ", b"data: ", b"data:"])
        self.ids = r.random() < 0.2

    def frame(self, value, name=None):
        head = b"event: %s%s" % (name.encode(), self.end) if name else b""
        if self.ids:
            head = b"id: %d%s" % (self.r.randrange(99), self.end) + head
        text = dump(value, self.r).encode()
        if text.startswith(b"{") and self.r.random() < 0.1:  # one event over two data lines
            return head + self.field + b"{" + self.end + self.raw(text[1:])
        return head + self.raw(text)

    def raw(self, payload):
        return self.field + payload + self.end + self.end

    def note(self):
        text = self.r.choice([b":", b": ping", b": keep-alive", b":" + b"x" * 300,
                              b"retry: 3000", b"", b"unknown: field", b"nocolon"])
        return text + self.end + (self.end if self.r.random() < 0.8 else b"")


class Speech:
    """What is the same for all kinds."""

    def __init__(self, r):
        self.r = r
        self.frames = Lines(r) if self.kind == "ollama" else Events(r)

    def unit(self, value, name=None, **meaning):
        return Unit(self.frames.frame(value, name), **meaning)

    def note(self):
        return Unit(self.frames.note(), kind="note", whole=False)

    def bad(self, payload):
        return Unit(self.frames.raw(payload), kind="bad")

    def head(self):
        """What a reply begins with."""
        return []

    def tail(self):
        """The closing mark."""
        return []


class Ollama(Speech):
    kind, path = "ollama", "/api/chat"

    def message(self, **parts):
        return {"model": "m", "created_at": "2026-01-02T03:04:05Z",
                "message": {"role": "assistant", "content": "", **parts}, "done": False}

    def text(self, t):
        return self.unit(self.message(content=t), text=t)

    def think(self, t):
        return self.unit(self.message(thinking=t), think=t)

    def both(self, thought, t):
        return self.unit(self.message(thinking=thought, content=t), think=thought, text=t)

    def tool(self):
        return self.unit(self.message(tool_calls=[
            {"function": {"name": "f", "arguments": {"a": [1, None, {"b": "c"}]}}}]), tool=True)

    def odd(self):
        value = self.r.choice([{}, {"message": None, "done": False}, {"message": 7}, {"done": None},
                               {"message": {"content": None}}, {"message": {"content": 5}},
                               {"message": []}, {"logprobs": {"x": 1}}, {"model": "m", "x": [[]]},
                               {"error": None}, {"error": ""}, {"error": {}}])
        return self.unit(value)

    def usage(self):
        return self.odd()

    def finish(self, end="OK_STOP", text=""):
        value = self.message(content=text)
        value.update(done=True, total_duration=10**10, eval_count=3, prompt_eval_count=7)
        value["done_reason"] = "length" if end == "OK_LENGTH" else self.r.choice(["stop", "stop", ""])
        if self.r.random() < 0.1 and value["done_reason"]:
            del value["done"]
        return self.unit(value, text=text, mark=end, close=True)

    def error(self, message, again=False):
        return self.unit({"error": message}, kind="error", again=again)


class OpenAI(Speech):
    kind, path = "openai", "/v1/chat/completions"

    def choice(self, delta, finish=None):
        return {"id": "c1", "object": "chat.completion.chunk", "model": "m",
                "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    def head(self):
        return self.r.choice([[], [self.unit(self.choice({"role": "assistant", "content": ""}))],
                              [self.unit({"choices": [], "prompt_filter_results": []})]])

    def text(self, t):
        return self.unit(self.choice({"content": t}), text=t)

    def think(self, t):
        key = self.r.choice(["reasoning", "reasoning_content"])
        value = {"text": t} if self.r.random() < 0.1 else t
        delta = {key: value, **({"content": None} if self.r.random() < 0.3 else {})}
        return self.unit(self.choice(delta), think=t)

    def both(self, thought, t):
        return self.unit(self.choice({"reasoning": thought, "content": t}), think=thought, text=t)

    def tool(self):
        return self.unit(self.choice({"tool_calls": [
            {"index": self.r.choice([0, 7, -1]), "id": "t%d" % self.r.randrange(3),
             "function": {"name": "f", "arguments": "{}"}}]}), tool=True)

    def odd(self):
        value = self.r.choice([{}, {"choices": None}, {"choices": []}, {"choices": [None]},
                               {"choices": [{"index": 0}]}, {"choices": [{"index": 0, "delta": []}]},
                               {"choices": [{"index": 0, "delta": {"content": 5}}]},
                               {"choices": [{"index": 1, "delta": {"content": "not ours"}}]},
                               {"choices": [{"index": 0, "delta": {"tool_calls": None}}]},
                               {"error": None}, {"usage": None}, {"x_groq": {"id": 1}}])
        return self.unit(value)

    def usage(self):
        return self.unit({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 9}})

    def finish(self, end="OK_STOP", text=""):
        reason = {"OK_STOP": "stop", "OK_LENGTH": "length", "OK_TOOL": "tool_calls",
                  "OK_FILTER": "content_filter"}[end]
        return self.unit(self.choice({"content": text} if text else {}, reason), text=text, mark=end)

    def tail(self):
        return [Unit(self.frames.raw(b"[DONE]"), close=True)]

    def error(self, message, again=False):
        value = {"message": message, "type": "overloaded_error" if again else "server_error",
                 "code": None}
        if self.r.random() < 0.2:
            return Unit(b"error: " + json.dumps(value).encode() + self.frames.end * 2,
                        kind="error", again=again, whole=False)
        return self.unit({"error": value}, kind="error", again=again)


class Anthropic(Speech):
    kind, path = "anthropic", "/v1/messages"

    def event(self, which, value, **meaning):
        name = which if self.r.random() < 0.8 else None
        return self.unit({"type": which, **value}, name, **meaning)

    def head(self):
        return [self.event("message_start", {"message": {
            "id": "m1", "role": "assistant", "content": [], "stop_reason": None,
            "usage": {"input_tokens": 12, "output_tokens": 1}}})]

    def text(self, t):
        return self.event("content_block_delta",
                          {"index": 1, "delta": {"type": "text_delta", "text": t}}, text=t)

    def think(self, t):
        return self.event("content_block_delta",
                          {"index": 0, "delta": {"type": "thinking_delta", "thinking": t}}, think=t)

    def both(self, thought, t):
        return self.text(t)

    def tool(self):
        return self.event("content_block_start", {"index": 2, "content_block": {
            "type": "tool_use", "id": "t1", "name": "f", "input": {}}}, tool=True)

    def odd(self):
        kind, value = self.r.choice([
            ("ping", {}), ("new_event", {"x": 1}), ("content_block_stop", {"index": 0}),
            ("content_block_start", {"index": 9, "content_block": {"type": "novel"}}),
            ("content_block_delta", {"index": 0, "delta": {"type": "signature_delta",
                                                           "signature": "AA=="}}),
            ("content_block_delta", {"index": 0, "delta": None}),
            ("content_block_delta", {"index": "x", "delta": {"type": "text_delta", "text": None}}),
            ("content_block_start", {}), ("message_delta", {"delta": {}})])
        return self.event(kind, value)

    def usage(self):
        return self.event("message_delta", {"delta": {}, "usage": {"output_tokens": 30}})

    def finish(self, end="OK_STOP", text=""):
        reason = {"OK_STOP": "end_turn", "OK_LENGTH": "max_tokens", "OK_TOOL": "tool_use",
                  "OK_FILTER": "refusal"}[end]
        return self.event("message_delta", {"delta": {"stop_reason": reason}}, mark=end)

    def tail(self):
        return [self.event("message_stop", {}, close=True)]

    def error(self, message, again=False):
        kind = "overloaded_error" if again else "api_error"
        return self.event("error", {"error": {"type": kind, "message": message}},
                          kind="error", again=again)


SPEECHES = {s.kind: s for s in (Ollama, OpenAI, Anthropic)}
