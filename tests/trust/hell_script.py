"""Scripts for servers from hell: one number, one script, always the same.

A script is a few calls of one kind of server; each call has the replies that its first, second
... request gets. A reply is put together at random: how the head looks, how the body is framed,
what it says, where it is cut, how it ends.
"""
import random
from dataclasses import dataclass, field

from hell_words import SPEECHES

KINDS = ("ollama", "openai", "anthropic")
IDLE_MS, FIRST_MS = 4000, 8000
MAX_REPLIES = 4  # the last one repeats

NOISE = [b"not json at all", b'{"a":1}x', b'{"a":', b"[1,2]", b"42", b"null", b'"text"', b"\xff\xfe{",
         b'{"message":{"content":"half', b"<html>no</html>", b"{'single': 1}", b'{"a":01e}',
         b"[" * 5000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b'{"a":1,}', b"\x00\x01\x02", b"{]",
         b'{"choices":[{"delta":{"content":"lost"}}]', b"x" * 70000]

# What an answer may be made of.
WORDS = ["plain", "words", "a < b", "\u00e9t\u00e9", "\u6f22\u5b57", "\U0001f600", "x\u0301", "\n", "\t",
         "\x1b[31mred", "\x9b2J", "\u202eright to left", "<my-tag>", "\ue000", "\ue001", "&lt;",
         '"quoted"', "back\\slash", "{\"json\":1}", "data: x", "[DONE]", "\r\n", "  "]


@dataclass
class Reply:
    status: int = 200
    reason: str = "OK"
    headers: list = field(default_factory=list)
    before: bytes = b""       # 1xx heads
    units: list = field(default_factory=list)
    body: bytes = None        # instead of units: no stream at all
    tagged: bool = False      # thinking stands in tags in the text
    framing: str = "chunked"  # chunked | length | close
    cut: int = None           # so many bytes of the body are sent
    claim: int = 0            # Content-Length beyond (or below) what is true
    ending: str = "ok"        # ok | fin | rst | hang | half
    bad_chunk: bool = False   # the next chunk's size is no number
    excess: bytes = b""       # behind the end, in the same write
    raw: bytes = None         # instead of everything: no reply in HTTP
    nothing: bool = False     # raw means that no reply came: worth asking again
    keep: bool = True
    again: bool = False       # an error status worth asking again
    wait: str = ""            # Retry-After is beyond patience
    pieces: tuple = (0, 0.0)  # bytes a write (0: all) and pause between writes
    stall_s: float = 0        # before the first byte
    endless: bytes = b""      # goes on behind everything, for ever
    typed: bool = True        # the Content-Type is that of the stream


@dataclass
class Call:
    replies: list
    act: str = ""
    when: str = ""
    total_ms: int = 0


@dataclass
class Script:
    n: int
    kind: str
    calls: list


# --- what is said -----------------------------------------------------------------------------------


def words(r, letter, count):
    """Of an answer or of a thought: by its letter each can be told from the other."""
    parts = []
    for i in range(count):
        parts.append("%s%d " % (letter, i) + (r.choice(WORDS) if r.random() < 0.4 else ""))
    return parts


def cut_anywhere(r, text, count):
    places = sorted(r.randrange(len(text) + 1) for _ in range(count))
    return [text[a:b] for a, b in zip([0] + places, places + [len(text)])]


def say_tagged(r, s):
    """Thinking in tags inside the text, the tags cut at any place."""
    thought, answer = "".join(words(r, "T", r.randrange(6))), "".join(words(r, "A", r.randrange(1, 8)))
    form = r.choice(["whole", "whole", "forced", "unclosed", "blank"])
    text = {"whole": "<think>%s</think>\n\n%s", "forced": "T%s</think>\n%s",
            "unclosed": "<think>%s%s", "blank": "\n <think>%s</think> %s"}[form] % (thought, answer)
    if form == "unclosed":
        text = "<think>" + thought
    return [s.text(t) for t in cut_anywhere(r, text, r.randrange(12))]


def say_plain(r, s):
    units = [s.think(t) for t in words(r, "T", r.choice([0, 0, 3, 8]))]
    if units and r.random() < 0.2:
        units.append(s.both("T-last ", "A-first "))
    units += [s.text(t) for t in words(r, "A", r.choice([0, 1, 3, 12, 40]))]
    return units


def sprinkle(r, s, units):
    """Signs of life, odd values and noise between what is said."""
    out, noise = [], r.choice([0, 0, 0.05, 0.3])
    for u in units:
        while r.random() < 0.15:
            out.append(s.note())
        if r.random() < 0.1:
            out.append(r.choice([s.odd, s.usage])())
        while r.random() < noise:
            out.append(s.bad(r.choice(NOISE)))
        out.append(u)
    return out


def finish(r, s, units):
    """The end mark, or what stands in its place."""
    form = r.choices(["whole", "length", "filter", "tool", "none", "double", "error", "error_then_end",
                      "again", "more_behind", "no_close", "close_only", "text_in_end"],
                     [30, 4, 2, 3, 8, 4, 6, 5, 5, 5, 5, 3, 4])[0]
    end = {"length": "OK_LENGTH", "filter": "OK_FILTER", "tool": "OK_TOOL"}.get(form, "OK_STOP")
    if s.kind == "ollama" and end == "OK_FILTER":
        end = "OK_STOP"
    if form == "none":
        return units
    if form in ("error", "again"):
        busy = form == "again"
        return units + [s.error("server busy" if busy else "boom in the middle", busy)]
    if form == "close_only" and s.kind != "ollama":
        return units + s.tail()
    if form == "tool":
        units = units + [s.tool()]
    if form == "error_then_end":
        units = units + [s.error("boom before the end")]
    last = s.finish(end, "A-end" if form == "text_in_end" and s.kind != "anthropic" else "")
    if form == "no_close":
        return units + [last]
    tail = [last] + s.tail()
    if form == "double":
        tail = tail * 2
    if form == "more_behind":
        tail = tail + [s.text("never "), s.error("too late"), s.bad(b"noise")]
    return units + tail


# --- how it is sent ---------------------------------------------------------------------------------


def size_of(reply):
    return len(reply.body) if reply.body is not None else sum(len(u.data) for u in reply.units)


def transport(r, reply):
    form = r.choices(["well", "cut", "rst", "hang", "half", "claim", "bad_chunk", "excess", "closing"],
                     [50, 8, 7, 5, 4, 6, 5, 5, 6])[0]
    reply.framing = r.choice(["chunked", "chunked", "length", "close"])
    size = size_of(reply)
    if form in ("cut", "rst", "hang", "half"):
        reply.ending = {"cut": "fin"}.get(form, form)
        reply.cut = r.choice([size, size, r.randrange(size + 1), r.randrange(size + 1), 0])
    elif form == "claim":
        reply.framing = "length"
        reply.claim = r.choice([1, 1000, -min(size, 1), -min(size, 40)])
        reply.ending = "fin" if reply.claim > 0 else "ok"
    elif form == "bad_chunk":
        reply.framing, reply.bad_chunk, reply.ending = "chunked", True, "fin"
    elif form == "excess" and reply.framing != "close":
        reply.excess = r.choice([b"garbage", b"\r\n\r\n", b"0\r\n\r\n", b"\x00" * 100, FAKE, FAKE, FAKE])
    elif form == "closing":
        reply.keep = False
    if reply.framing == "close" or reply.ending == "hang":
        reply.keep = False
    manner = r.choices(["whole", "bytes", "pieces", "slow"], [50, 12, 25, 13])[0]
    length = size + 300
    if manner == "bytes" and length < 1500:
        reply.pieces = (1, 0)
    elif manner == "pieces":
        reply.pieces = (max(r.randrange(2, 200), length // 300), 0)
    elif manner == "slow":
        reply.pieces = (max(1, length // r.randrange(3, 30)), r.choice([0.001, 0.01]))
    reply.stall_s = r.choice([0, 0, 0, 0, 0.05, 0.3])
    return reply


# A reply nobody asked for, left on a kept connection: it must not answer the next question.
FAKE = (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 62\r\n\r\n"
        b'data: {"choices":[{"delta":{"content":"STOLEN"}}],"x":1}      \n\n')


def heads(r, reply, kind):
    s = SPEECHES[kind]
    reply.headers.append(("X-Request-Id", "hell"))
    if r.random() < 0.1:
        reply.headers += [("X-Flood-%d" % i, "y" * r.randrange(200)) for i in range(150)]
    if r.random() < 0.05:
        reply.headers.append(("X-Long", "z" * 60000))
    if r.random() < 0.1:
        reply.before = b"".join(r.choice([b"HTTP/1.1 100 Continue\r\n\r\n",
                                          b"HTTP/1.1 102 Processing\r\nX: y\r\n\r\n",
                                          b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"])
                                for _ in range(r.randrange(1, 5)))
    return s


# --- replies ----------------------------------------------------------------------------------------


def stream(r, kind):
    s = SPEECHES[kind](r)
    reply = Reply(tagged=r.random() < 0.25)
    units = say_tagged(r, s) if reply.tagged else say_plain(r, s)
    units = finish(r, s, sprinkle(r, s, s.head() + units))
    if kind != "ollama" and r.random() < 0.05 and units:
        units[0].data = b"\xef\xbb\xbf" + units[0].data
    reply.units = units
    own = s.frames.type
    first_bad = next((u.kind == "bad" for u in units if u.kind != "note"), True)
    other = ["text/plain", "", "application/octet-stream"]
    reply.typed = first_bad or r.random() < 0.85
    reply.headers.append(("Content-Type", own + r.choice(["", "; charset=utf-8"]) if reply.typed
                          else r.choice(other)))
    heads(r, reply, kind)
    return transport(r, reply)


BODIES = [b"", b"boom", b'{"error":"boom"}', b'{"error":{"message":"boom","code":null}}',
          b'{"object":"error","message":"boom"}', b'{"detail":[{"msg":"boom"}]}',
          b'{"type":"error","error":{"type":"api_error","message":"boom"}}',
          b"<html><head><title>502</title></head><body><h1>boom</h1></body></html>",
          b"\x1f\x8b\x08\x00garbage\xff\xfe", b"{" * 3000, b"boom " * 40000, b"\x1b]0;title\x07boom"]


def status(r, kind):
    code = r.choice([400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 429, 500, 501, 502, 503, 504, 529,
                     599])
    reply = Reply(status=code, reason=r.choice(["Error", "", "\xe9"]), body=r.choice(BODIES))
    reply.again = code in (408, 409, 429, 529) or (code >= 500 and code != 501)
    wait = r.choice(["soon", "soon", "none", "odd", "long", "no", "yes"])
    if wait == "soon":
        reply.headers.append(("Retry-After-Ms", str(r.randrange(80))))
    elif wait == "odd":
        reply.headers.append(("Retry-After", r.choice(["0", "0.2", "-7", "soon", "", "1e9x", "0.05s",
                                                       "Mon, 01 Jan 1990 00:00:00 GMT"])))
    elif wait == "long":
        reply.headers.append(("Retry-After", r.choice(["99999", "Fri, 31 Dec 2997 23:59:59 GMT",
                                                       "999999999999999999999"])))
        reply.wait = "long"
    elif wait == "no":
        reply.headers.append(("x-should-retry", "false"))
        reply.again = False
    elif wait == "yes":
        reply.headers += [("x-should-retry", "true"), ("Retry-After-Ms", "10")]
        reply.again = code not in (402, 429) or reply.again
    reply.headers.append(("Content-Type", r.choice(["application/json", "text/html", "text/event-stream"])))
    heads(r, reply, kind)
    transport(r, reply)
    if reply.ending == "hang":
        reply.ending = "fin"
    return reply


def redirect(r, kind):
    code = r.choice([300, 301, 302, 303, 304, 307, 308])
    reply = Reply(status=code, reason="Elsewhere", body=b"" if code == 304 else b"moved", framing="length")
    reply.headers.append(("Location", "@STRANGER@/v1/chat/completions"))
    return reply


def silence(r, kind):
    raw = r.choice([b"", b"", b"HT", b"HTTP/1.1 200 OK\r\nX-Te", b"HTTP/1.1 100 Continue\r\n\r\n"])
    return Reply(raw=raw, nothing=True, ending=r.choice(["fin", "fin", "rst"]))


def hang(r, kind):
    return Reply(raw=r.choice([b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 100 Continue\r\n\r\n"]),
                 ending="hang")


def not_http(r, kind):
    return Reply(raw=r.choice([b"220 mail.example ESMTP\r\n", b"SSH-2.0-OpenSSH_9\r\n", b"\x15\x03\x01\x00\x02",
                               b"<html>hello</html>", b"HTTP/7.1 200 OK\r\n\r\n", b"\x00" * 64,
                               b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n",
                               b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc",
                               b"HTTP/1.1 200 OK\r\nContent-Length: 9x\r\n\r\nabc",
                               b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\nabc",
                               b"HTTP/1.1 2 OK\r\n\r\n", b"HTTP/1.1 000 OK\r\n\r\nabc",
                               b"HTTP/1.1 099 OK\r\nContent-Length: 3\r\n\r\nabc",
                               b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nabc",
                               b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                               b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nabc",
                               b"HTTP/1.1 200 OK\r\n" + b"X" * 120000 + b": y\r\n\r\n",
                               b"HTTP/1.1 200 OK\r\n: y\r\nno colon\r\n folded\r\n\r\n"]),
                 ending=r.choice(["fin", "fin", "rst"]))


def no_stream(r, kind):
    """Status 200 and something else than a stream."""
    body = r.choice([b"", b"<h1>Welcome</h1>", b"hello", b"{}", b"\x1f\x8b\x08\x00" + bytes(range(128, 255)),
                     b"null", b"[]", b"{\"x\":" * 2000, b"\x00" * 5000])
    reply = Reply(body=body, status=r.choice([200, 200, 200, 201, 204, 206, 299]))
    reply.headers.append(("Content-Type", r.choice(["text/html", "application/json", "text/event-stream",
                                                    "application/x-ndjson", "image/png"])))
    if r.random() < 0.3:
        reply.headers.append(("Content-Encoding", r.choice(["gzip", "br", "deflate", "nonsense"])))
    return transport(r, reply)


def drip(r, kind):
    """An answer that goes on for longer than anybody waits: it is sent in 25 pieces."""
    s = SPEECHES[kind](r)
    reply = Reply(units=s.head() + [s.text("A%d " % i) for i in range(3000)], pieces=(200, 0.2))
    reply.headers.append(("Content-Type", s.frames.type))
    return reply


REPLIES = [(stream, 60), (status, 14), (redirect, 3), (silence, 7), (hang, 2), (not_http, 6), (no_stream, 6)]


def one_reply(r, kind):
    make = r.choices([m for m, _ in REPLIES], [w for _, w in REPLIES])[0]
    return make(r, kind)


# --- scripts ----------------------------------------------------------------------------------------


def one_call(r, kind):
    if r.random() < 0.03:
        return Call([drip(r, kind)], total_ms=r.randrange(200, 800))
    call = Call([one_reply(r, kind) for _ in range(r.randrange(1, MAX_REPLIES + 1))])
    if r.random() < 0.15:
        call.act = r.choice(["cancel", "cancel", "expire", "drop"])
        call.when = r.choice(["text", "text", "thinking", "retry", "started", "warn"])
    return call


def make(n):
    r = random.Random("hell %d" % n)
    kind = KINDS[n % len(KINDS)]
    return Script(n, kind, [one_call(r, kind) for _ in range(r.choice([1, 1, 2, 3]))])
