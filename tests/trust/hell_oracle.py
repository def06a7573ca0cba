"""What may come of a script: worked out from what its units mean, never from what rlab makes of
their bytes. Where the net itself is a race (a reset may overtake what was sent before it) the
answer is a set, and what was seen must be one of it.

An outcome is (end, text, thinking, requests).
"""
import re
from dataclasses import dataclass

RETRIES = 2
BLANK = " \t\n\v\f\r"
OK = ("OK_STOP", "OK_LENGTH", "OK_TOOL", "OK_FILTER")


@dataclass(frozen=True)
class Try:
    """What one request comes to."""
    end: str
    text: str = ""
    think: str = ""
    again: bool = False  # worth asking again, where retries are left
    free: bool = False   # it may be asked again without counting: a kept connection had died


def clean(text):
    return text.replace("\ue000", "\ufffd").replace("\ue001", "\ufffd")


def part_tags(said):
    """(answer, thinking) of a text in which the server left the tags."""
    m = re.match(r"[ \t\n\v\f\r]*<think>(.*?)(?:</think>(.*))?\Z", said, re.S)
    if m:
        return (m.group(2) or "").lstrip(BLANK), m.group(1)
    thought, close, answer = said.partition("</think>")
    return (answer.lstrip(BLANK), thought) if close else (said, "")


class Reading:
    """Units read in order, as each protocol's documents say."""

    def __init__(self, kind, tagged):
        self.kind, self.tagged = kind, tagged
        self.text = self.think = ""
        self.mark = ""
        self.closed = self.fault = self.again = self.tool = self.any_good = False
        self.bad = self.bad_ever = 0
        self.dead = False  # three in a row that nobody can read

    def take(self, u):
        if self.dead or u.kind == "note" or self.closed:
            return
        if u.kind == "bad":
            self.bad += 1
            self.bad_ever += 1
            self.dead = self.bad == 3
            return
        self.any_good, self.bad = True, 0
        if u.kind == "error" and not self.fault:
            self.fault, self.again = True, u.again
        self.text += clean(u.text)
        self.think += clean(u.think)
        self.tool |= u.tool
        self.mark = u.mark or self.mark
        self.closed |= u.close
        if u.close and self.kind == "anthropic" and not self.mark:
            self.mark = "OK_STOP"
        if u.mark == "OK_STOP" and self.kind == "ollama" and self.tool:
            self.mark = "OK_TOOL"

    def become(self, end, again=False):
        text, think = part_tags(self.text) if self.tagged else (self.text, self.think)
        output = bool(text or think or self.tool)
        return Try(end, text, think, again and not output)

    def at_end(self):
        """The body ended, well as far as HTTP goes."""
        if self.dead:
            return self.become("ERR_PROTOCOL")
        if self.fault:
            return self.become("ERR_STREAM", self.again)
        if self.mark:
            return self.become(self.mark)
        if not self.any_good and self.bad_ever:
            return self.become("ERR_PROTOCOL")
        return self.become("TRUNCATED")

    def at_break(self):
        """The connection broke."""
        if self.dead or self.fault or self.mark:
            return self.at_end()
        return self.become("ERR_TRANSPORT", True)

    def at_silence(self, began):
        if self.dead or self.fault or (self.mark and self.closed):
            return {self.at_end()}
        if self.text.strip(BLANK) or self.think or self.tool:
            return {self.become("TIMEOUT_IDLE")}
        return {self.become("TIMEOUT_IDLE"), self.become("TIMEOUT_FIRST")} if began else \
            {self.become("TIMEOUT_FIRST")}


def readings(kind, reply, cut, ended):
    """What may have been understood when `cut` bytes of the body have come. Where the body has
    ended, a unit that lacks nothing but its line end counts; else it may."""
    r, at = Reading(kind, reply.tagged), 0
    for u in reply.units:
        had = u.data[:max(0, cut - at)]
        if len(had) == len(u.data):
            r.take(u)
            at += len(u.data)
            continue
        complete = had.strip(b"\r\n ") == u.data.strip(b"\r\n ")
        if not complete and (not had or u.whole and u.kind != "bad"):
            return [r]
        more = Reading(kind, reply.tagged)
        more.__dict__.update(r.__dict__)
        more.take(u)
        return [more] if ended and complete and u.kind != "bad" else [r, more]
    return [r]


def at_cut(kind, reply, cut, how):
    out = set()
    for r in readings(kind, reply, cut, how == "end"):
        if how == "end":
            out.add(r.at_end())
            # Without a type, one line that is no JSON may be a whole body of something else.
            if not reply.typed and not r.any_good:
                out.add(Try("ERR_PROTOCOL"))
        elif how == "break":
            out |= {r.at_break()} | ({r.at_end()} if r.mark else set())
        else:
            out |= r.at_silence(cut > 0)
    return out


# --- replies ----------------------------------------------------------------------------------------


def stream_tries(kind, reply):
    size = sum(len(u.data) for u in reply.units)
    sent = size if reply.cut is None else min(reply.cut, size)
    if reply.ending == "rst":
        out = {Try("ERR_TRANSPORT", again=True), Try("ERR_TRANSPORT", again=True, free=True)}
        at = 0
        for u in [None] + reply.units:
            at += len(u.data) if u else 0
            for cut in ({at, at - 1, at - 2} if u else {0}):
                if 0 <= cut <= sent:
                    out |= at_cut(kind, reply, cut, "break")
        out |= at_cut(kind, reply, sent, "break")
        if reply.framing == "close" or sent == size:
            out |= at_cut(kind, reply, sent, "end")
        return out
    if reply.ending == "hang":
        return at_cut(kind, reply, sent, "silence" if reply.framing != "length" or sent < size else "end")
    if reply.claim < 0:
        return at_cut(kind, reply, size + reply.claim, "end")
    whole = reply.framing == "close" or (reply.framing == "length" and sent == size and not reply.claim)
    if reply.ending in ("fin", "half") and not whole or reply.bad_chunk:
        return at_cut(kind, reply, sent, "break")
    return at_cut(kind, reply, sent, "end")


def reply_tries(kind, reply):
    if reply.raw is not None and reply.nothing:
        return {Try("ERR_TRANSPORT", again=True), Try("ERR_TRANSPORT", again=True, free=True)}
    if reply.raw is not None and reply.ending == "hang":
        return {Try("TIMEOUT_FIRST")}
    if reply.raw is not None:  # anything but an answer
        return {Try(e, again=a, free=f) for e in ("ERR_TRANSPORT", "TRUNCATED", "ERR_PROTOCOL", "ERR_HTTP")
                for a in (False, True) for f in (False, True)}
    if reply.status >= 300:
        tries = {Try("ERR_HTTP", again=reply.again and not reply.wait)}
        if reply.ending == "rst" or reply.bad_chunk:
            tries |= {Try("ERR_TRANSPORT", again=True), Try("ERR_TRANSPORT", again=True, free=True)}
        return tries
    if reply.body is not None:
        ends = ["TRUNCATED", "ERR_PROTOCOL", "ERR_STREAM"]
        tries = {Try(e) for e in ends}
        if reply.ending != "ok" or reply.claim or reply.bad_chunk or reply.framing == "chunked":
            tries |= {Try("ERR_TRANSPORT", again=True), Try("ERR_TRANSPORT", again=True, free=True)}
        if reply.ending == "hang":
            tries |= {Try("TIMEOUT_IDLE"), Try("TIMEOUT_FIRST")}
        return tries
    return stream_tries(kind, reply)


# --- calls ------------------------------------------------------------------------------------------


def outcomes(kind, call, soiled=False):
    """All that may come of a call; `soiled`: the reply before it was longer than it said, and the
    rest may arrive after the next request has left, as no reply at all."""
    tries = [reply_tries(kind, r) for r in call.replies]
    known = {}

    def after(index, retries, free):
        """From its reply `index` on."""
        at = (index, retries, free)
        if at not in known:
            out = known[at] = set()
            for t in tries[min(index, len(tries) - 1)]:
                if t.free and free < RETRIES:
                    out |= after(index + 1, retries, free + 1)
                if t.again and retries < RETRIES:
                    out |= after(index + 1, retries + 1, free)
                else:
                    out.add((t.end, t.text, t.think, index + 1))
        return known[at]

    return after(0, 0, 0) | (after(1, 0, 1) if soiled else set())


def leaves_a_rest(call):
    """What comes behind the end at once is seen before the next request; this may come later."""
    return any(r.claim < 0 for r in call.replies)


def problem(script, seen, requests):
    """What is wrong with what was seen of a call, or None."""
    kind, call = script.kind, script.calls[seen["call"]]
    for key, wrong in (("hung", "beyond all its limits"), ("bad_text", "text that is not valid UTF-8"),
                       ("time_went_back", "times that go back"), ("after", "events after the end")):
        if seen[key]:
            return wrong
    if seen["ends"] != (seen["end"] != "DROPPED"):
        return "%d ends" % seen["ends"]
    if (seen["end"] in OK or seen["end"] in ("CANCELLED", "DROPPED")) != (not seen["message"]):
        return "end %s with the message %r" % (seen["end"], seen["message"])
    if re.search(r"(^|\W)A\d", seen["thinking"]) or re.search(r"(^|\W)T\d", seen["text"]):
        return "answer and thinking are mixed"
    for words in (seen["message"], seen["advice"], seen["why"]):
        if "sk-hell" in words:
            return "the key is shown"
    if call.total_ms:
        return None if seen["end"] == "TIMEOUT_TOTAL" else "it is not TIMEOUT_TOTAL"
    may = outcomes(kind, call, any(leaves_a_rest(c) for c in script.calls[:seen["call"]]))
    what = (seen["end"], seen["text"], seen["thinking"], requests)
    if what in may:
        heard = {"text": seen["text"], "thinking": seen["thinking"]}.get(call.when)
        tagged = any(r.tagged for r in call.replies)
        return "not stopped by what it heard" if call.act and heard and not tagged else None
    if acted(call, seen, requests, may):
        return None
    return "not among what may come of it:\n" + "\n".join("    %r" % (o,) for o in sorted(may)[:6])


ACTED = {"cancel": "CANCELLED", "expire": "TIMEOUT_TOTAL", "drop": "DROPPED"}


def acted(call, seen, requests, may):
    """Stopped from inside an event: with the beginning of what would have been said."""
    if not call.act or seen["end"] != ACTED[call.act]:
        return False
    return any(text.startswith(seen["text"]) and think.startswith(seen["thinking"]) or
               (text + think).startswith(seen["text"]) or (think + text).startswith(seen["text"])
               for _, text, think, n in may if requests <= n)
