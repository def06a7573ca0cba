"""Plays scripts (hell_script.py) on loopback: every script has an address of its own, so that a
kept connection is shared by the calls of one script and by no others.

A second listener is the stranger: redirects point there, and nobody may ever come.
"""
import asyncio
import json
import os
import random
import re
import socket
import struct

from hell_script import FIRST_MS, IDLE_MS, MAX_REPLIES
from hell_words import SPEECHES

PATH = re.compile(rb"^(\w+) /h/(\d+)/(\d+)(\S*) HTTP/1\.1\r\n")
CHUNKS = (1, 7, 100, 1000, 5000)


def host_of(n):
    return "127.%d.%d.%d" % (10 + n // 65536 % 100, n // 256 % 256, n % 256)


def body_of(reply):
    body = reply.body if reply.body is not None else b"".join(u.data for u in reply.units)
    return body


def framed(reply, body, rand):
    """The body as it goes over the wire, without what ends it."""
    if reply.framing != "chunked":
        return body
    out, at = [], 0
    while at < len(body):
        size = rand.choice(CHUNKS)
        piece = body[at:at + size]
        out.append(b"%x%s\r\n%s\r\n" % (len(piece), rand.choice([b"", b"", b";ext=1"]), piece))
        at += size
    return b"".join(out)


def wire_bytes(reply, stranger, rand):
    if reply.raw is not None:
        return reply.raw
    body = body_of(reply)
    headers = [(n, v.replace("@STRANGER@", stranger)) for n, v in reply.headers]
    if reply.framing == "chunked":
        headers.append(("Transfer-Encoding", "chunked"))
    elif reply.framing == "length":
        headers.append(("Content-Length", len(body) + reply.claim))
    if not reply.keep:
        headers.append(("Connection", "close"))
    head = "HTTP/1.1 %d %s\r\n" % (reply.status, reply.reason)
    head += "".join("%s: %s\r\n" % h for h in headers) + "\r\n"
    sent = body if reply.cut is None else body[:reply.cut]
    data = reply.before + head.encode("latin-1") + framed(reply, sent, rand)
    if reply.bad_chunk:
        data += b"zz\r\n"
    elif reply.framing == "chunked" and reply.ending == "ok":
        data += b"0\r\n\r\n"
    return data + reply.excess


class Server:
    def __init__(self, scripts):
        self.scripts = {s.n: s for s in scripts}
        self.asked = {}      # (n, call): requests
        self.strays = []     # requests that no script explains, and keys in wrong hands
        self.strangers = 0
        self.tasks = set()

    async def start(self):
        self.main = await asyncio.start_server(self.serve, "0.0.0.0", 0, backlog=2048, limit=1 << 20)
        self.port = self.main.sockets[0].getsockname()[1]
        self.other = await asyncio.start_server(self.stray, "127.0.0.1", 0)
        self.stranger = "http://127.0.0.1:%d" % self.other.sockets[0].getsockname()[1]

    def stop(self):
        self.main.close()
        self.other.close()
        for t in list(self.tasks):
            t.cancel()

    async def stray(self, reader, writer):
        self.strangers += 1
        writer.close()

    def url(self, n, call):
        return "http://%s:%d/h/%d/%d" % (host_of(n), self.port, n, call)

    @staticmethod
    def key(n):
        return "sk-hell-%06d" % n

    async def serve(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while await self.one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.tasks.discard(asyncio.current_task())
            writer.close()

    async def read_request(self, reader):
        head = await reader.readuntil(b"\r\n\r\n")
        m = PATH.match(head)
        if m and m.group(1) == b"GET":
            return "list"
        length = re.search(rb"\r\nContent-Length: (\d+)", head, re.I)
        body = await reader.readexactly(int(length.group(1)) if length else 0)
        if not m:
            self.strays.append(head[:200])
            return None
        n, call = int(m.group(2)), int(m.group(3))
        if not SPEECHES[self.scripts[n].kind].path.encode().endswith(m.group(4)):
            return "list"
        keys = re.findall(rb"sk-hell-\d+", head + body)
        if keys != [self.key(n).encode()] or json.loads(body)["model"] != "m":
            self.strays.append(head[:400])
        return n, call

    async def one(self, reader, writer):
        """One request and its reply; whether the connection lives on."""
        asked = await self.read_request(reader)
        if not asked:
            return False
        if asked == "list":  # of models: it has none
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return True
        n, call = asked
        count = self.asked[asked] = self.asked.get(asked, 0) + 1
        replies = self.scripts[n].calls[call].replies
        reply = replies[min(count, len(replies)) - 1]
        return await self.play(reply, reader, writer, "%d %d %d" % (n, call, count))

    async def play(self, reply, reader, writer, name):
        rand = random.Random(name)
        if reply.stall_s:
            await asyncio.sleep(reply.stall_s)
        size, pause = reply.pieces
        data = wire_bytes(reply, self.stranger, rand)
        size = max(size or len(data), len(data) // (25 if pause else 400), 1)
        # What is too much comes in the same write as the end: nobody could know it for a reply.
        last = max(0, len(data) - len(reply.excess) - 1) if reply.excess else len(data)
        for at in range(0, last, size):
            writer.write(data[at:min(at + size, last)])
            if pause or at // size % 8 == 0:
                await writer.drain()
                await asyncio.sleep(pause)
        writer.write(data[last:])
        await writer.drain()
        while reply.endless:
            writer.write(reply.endless)
            await writer.drain()
        return await self.end(reply, reader, writer)

    async def end(self, reply, reader, writer):
        if reply.ending == "hang":
            await reader.read()
            return False
        if reply.ending == "rst":
            await asyncio.sleep(0.01)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                                       struct.pack("ii", 1, 0))
            writer.transport.abort()
            return False
        if reply.ending == "half":
            writer.write_eof()
            await reader.read()
            return False
        return reply.ending == "ok" and reply.keep


def jobs(server, scripts, slower=1):
    """What the caller is to ask, as lines."""
    lines = []
    for s in scripts:
        calls = []
        for i, c in enumerate(s.calls):
            first, idle = FIRST_MS * slower, IDLE_MS * slower
            calls.append({"url": server.url(s.n, i) + ("/v1" if s.kind == "openai" else ""),
                          "key": server.key(s.n), "first_ms": first, "idle_ms": idle,
                          "total_ms": c.total_ms, "hangs_ms": (first + 3000) * (MAX_REPLIES + 1) + 10000,
                          "act": c.act or None, "when": c.when or None})
        lines.append(json.dumps({"n": s.n, "type": s.kind, "calls": calls}))
    return "\n".join(lines) + "\n"


async def ask(program, at_once, lines, limit_s, env=None):
    """The caller's results, and what it says of its own process."""
    p = await asyncio.create_subprocess_exec(
        program, str(at_once), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, env={**os.environ, **(env or {})})
    try:
        out, err = await asyncio.wait_for(p.communicate(lines.encode()), limit_s)
    except asyncio.TimeoutError:
        p.kill()
        await p.communicate()
        raise AssertionError("the caller did not end within %d s" % limit_s)
    if p.returncode != 0:
        raise AssertionError("the caller ended with %d:\n%s" % (p.returncode, err.decode("utf-8", "replace")[-4000:]))
    results = [json.loads(line) for line in out.splitlines()]
    return results[:-1], results[-1]
