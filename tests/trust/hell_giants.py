"""Replies without measure: each is played alone, and told how it has to end and what memory it
may take. Endless ones go on until the client has had enough."""
import json
import random

from hell_script import Call, Reply, Script
from hell_words import SPEECHES

MB = 1 << 20
CHUNK = 1 << 16


def reply_of(kind, data, endless=b"", status="200 OK", type=None, head=None):
    """Raw, until it closes: what is sent is what is written here."""
    if head is None:
        head = "HTTP/1.1 %s\r\nContent-Type: %s\r\n\r\n" % (status, type or SPEECHES[kind](
            random.Random(1)).frames.type)
    return Reply(raw=head.encode() + data, endless=endless, ending="fin")


def chunked(data):
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" \
        b"%x\r\n%s\r\n" % (len(data), data)


def event(value):
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def delta(**parts):
    return event({"choices": [{"index": 0, "delta": parts}]})


WORD = delta(content="A0 ")
END = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}) + b"data: [DONE]\n\n"
TOOL = b"".join(delta(tool_calls=[{"index": i, "id": "t%d" % i, "function": {"name": "f", "arguments": "{}"}}])
                for i in range(400))
OLLAMA = b'{"message":{"content":"A0 "},"done":false}\n'


def giants():
    """(what, kind, reply, ends it may have, total_ms)"""
    o = "openai"
    return [
        ("a line of nine million bytes", o,
         reply_of(o, WORD + b'data: {"choices":[{"delta":{"content":"' + b"x" * (9 * MB) + b'"}}]}\n\n'),
         ["ERR_PROTOCOL"], 0),
        ("the same in lines of JSON", "ollama",
         reply_of("ollama", OLLAMA + b'{"message":{"content":"' + b"x" * (9 * MB) + b'"}}\n'),
         ["ERR_PROTOCOL"], 0),
        ("a line without end", "ollama", reply_of("ollama", OLLAMA, b"x" * CHUNK), ["ERR_PROTOCOL"], 0),
        ("an event of lines without end", o, reply_of(o, WORD, b"data: x\n" * 8000), ["ERR_PROTOCOL"], 0),
        ("nesting seven million deep", o, reply_of(o, WORD + b"data: " + b"[" * (7 * MB) + b"\n\n" + END),
         ["OK_STOP"], 0),
        ("objects in objects", "ollama",
         reply_of("ollama", b'{"a":' * MB + b"\n" + OLLAMA + b'{"done":true}\n'), ["OK_STOP"], 0),
        ("a million values", o, reply_of(o, WORD + b'data: {"a":[' + b"0," * (3 * MB) + b"0]}\n\n" + END),
         ["OK_STOP"], 0),
        ("an answer without end", o, reply_of(o, b"", delta(content="A" * 16000) * 4), ["ERR_PROTOCOL"], 0),
        ("an answer without end, a word at a time", o, reply_of(o, b"", delta(content="word ") * 1000),
         ["ERR_PROTOCOL", "TIMEOUT_TOTAL"], 2000),
        ("thinking without end", "ollama",
         reply_of("ollama", b"", b'{"message":{"thinking":"%s"}}\n' % (b"T" * 16000) * 4), ["ERR_PROTOCOL"], 0),
        ("blanks without end", o, reply_of(o, b"", delta(content=" " * 8000) * 4), ["ERR_PROTOCOL"], 0),
        ("tool calls without end", o, reply_of(o, b"", TOOL), ["TIMEOUT_TOTAL"], 2000),
        ("signs of life without end", o, reply_of(o, b"", b": ping\n\n" * 8000),
         ["TIMEOUT_TOTAL"], 2000),
        ("blank lines without end", "ollama", reply_of("ollama", b"", b"\n" * CHUNK), ["TIMEOUT_TOTAL"], 2000),
        ("rubbish without end behind the end", o, reply_of(o, WORD + END, b"data: rubbish\n\n" * 4000),
         ["OK_STOP"], 0),
        ("pings without end behind an error", o,
         reply_of(o, WORD + event({"error": {"message": "boom"}}), b": ping\n\n" * 8000), ["ERR_STREAM"], 0),
        ("an error page without end", o,
         reply_of(o, b"<h1>boom", b"more " * 10000, "404 Not Found", "text/html"), ["ERR_HTTP"], 0),
        ("a redirect's page without end", o,
         reply_of(o, b"", b"more " * 10000, "302 Found", "text/html"), ["ERR_HTTP"], 0),
        ("headers without end", o, reply_of(o, b"", b"X-A: yyyyyyyyyyyyyyyy\r\n" * 3000, head="HTTP/1.1 200 OK\r\n"),
         ["ERR_TRANSPORT"], 0),
        ("one header without end", o, reply_of(o, b"", b"y" * CHUNK, head="HTTP/1.1 200 OK\r\nX-A: "),
         ["ERR_TRANSPORT"], 0),
        ("interim replies without end", o, reply_of(o, b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2000, head=""),
         ["ERR_TRANSPORT"], 0),
        ("a status line without end", o, reply_of(o, b"", b"y" * CHUNK, head="HTTP/1.1 200 "),
         ["ERR_TRANSPORT"], 0),
        ("trailers without end", o,
         reply_of(o, chunked(WORD + END) + b"0\r\n", b"X-A: yyyyyyyyyyyyyyyy\r\n" * 3000, head=""),
         ["OK_STOP", "ERR_TRANSPORT"], 0),
        ("a chunk's extension without end", o, reply_of(o, chunked(WORD) + b"5;", b"x" * CHUNK, head=""),
         ["ERR_TRANSPORT", "TIMEOUT_TOTAL"], 2000),
        ("a whole reply of thirty million bytes", o,
         reply_of(o, b'{"choices":[{"message":{"content":"' + b"x" * (30 * MB) + b'"}}]}', type="application/json"),
         ["ERR_PROTOCOL"], 0),
        ("a whole reply without end", o, reply_of(o, b"{", b" " * CHUNK, type="application/json"),
         ["ERR_PROTOCOL"], 0),
        ("blocks without end", "anthropic",
         reply_of("anthropic", b"", event({"type": "content_block_start", "index": 1, "content_block": {
             "type": "text", "text": "A" * 4000}}) * 10), ["ERR_PROTOCOL"], 0),
    ]


def scripts():
    return [Script(100000 + i, kind, [Call([reply], total_ms=total)])
            for i, (_, kind, reply, _, total) in enumerate(giants())]
