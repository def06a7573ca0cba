#!/usr/bin/env python3
"""A mock model server for tests: Python's standard library, nothing else.

    mock.py [--port 0] --script FILE.json      replies byte by byte as written down
    mock.py [--port 0] --play ollama ...       behaves like a small server (play.py)
    mock.py [--port 0]                         waits for a script (POST /__script)

The first line on standard output is the port. With --until-eof it ends when its standard
input does, so it never outlives the test that started it.

A script is {"replies": [REPLY, ...], "paths": {"/x": [REPLY, ...]}}: the n-th request gets
the n-th reply, the last one repeats; a path of its own has its own list. A REPLY, every part
optional:

    "status": 200, "reason": "OK",
    "headers": [["Content-Type", "text/event-stream"]],
    "header_delay_ms": 0          before the first byte
    "raw": "HTTP/1.1 200 OK\\r\\n.."  instead of status line and headers (may be "")
    "writes": [WRITE, ...]        "text" | {"wait_ms": 50} | {"text": "x", "times": 100}
                                  | {"hex": "e282"} | {"json": V} | {"line": V} (a line of
                                  JSON) | {"event": V} (as server-sent event, named by its
                                  "type" where it has one); one flush each
    "split": 1                    cuts every write into pieces of so many bytes
    "split_wait_ms": 0            between those pieces
    "framing": "chunked"          or "length" (one Content-Length for all writes), "close"
    "claim": 1000                 with "length": the length claimed instead of the true one
    "end": "ok"                   "close": FIN at once, without a last chunk; "rst": reset;
                                  "half": FIN, but goes on reading; "hang": silence
    "keep": true                  false: "Connection: close", then closes
    "after": "text"               written behind the end, which no client expects;
    "after_ms": 0                 so much later
    "close_after_ms": 5           closes a kept connection later, unannounced

Control, beside both modes: POST /__script (a new script; empties the log), GET /__log (what
was asked: number, connection, method, path, headers, body, at_s, closed_early, closed_at_s,
written), POST /__play (play.py), POST /__reset (empties the log).
"""
import argparse
import asyncio
import json
import os
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import play  # noqa: E402


class Gone(Exception):
    """The other side closed its end while we were answering."""


class Log:
    """What was asked, in order."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.start = time.monotonic()
        self.entries = []

    def now(self):
        return round(time.monotonic() - self.start, 6)

    def add(self, connection, request):
        entry = {"n": len(self.entries) + 1, "connection": connection.number,
                 "method": request["method"], "path": request["path"],
                 "headers": request["headers"], "body": request["body"].decode("utf-8", "replace"),
                 "at_s": self.now(), "closed_early": False, "closed_at_s": None, "written": 0}
        self.entries.append(entry)
        return entry


class Script:
    """Which reply comes next."""

    def __init__(self, source):
        self.lists = {None: source.get("replies", []), **source.get("paths", {})}
        self.used = {}

    def next(self, path):
        key = path if path in self.lists else None
        replies = self.lists[key]
        if not replies:
            return {"status": 404, "framing": "length", "writes": ["no reply is scripted"]}
        n = self.used.get(key, 0)
        self.used[key] = n + 1
        return replies[min(n, len(replies) - 1)]


class Connection(asyncio.Protocol):
    """One client: reads requests, answers them one after another."""

    count = 0

    def __init__(self, mock):
        self.mock = mock
        self.inbox = b""
        self.task = None
        self.gone = asyncio.Event()
        self.entry = None
        Connection.count += 1
        self.number = Connection.count

    # --- asyncio's side

    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.mock.greeting:
            transport.write(self.mock.greeting)

    def data_received(self, data):
        self.inbox += data
        self.next_request()

    def eof_received(self):
        self.lost()
        return False

    def connection_lost(self, why):
        self.lost()

    def lost(self):
        if not self.gone.is_set():
            self.gone.set()
            if self.entry:
                self.entry["closed_early"] = True
                self.entry["closed_at_s"] = self.mock.log.now()

    # --- requests

    def next_request(self):
        if self.task and not self.task.done():
            return
        request = self.take_request()
        if request:
            self.task = asyncio.get_running_loop().create_task(self.answer(request))

    def take_request(self):
        head, blank, rest = self.inbox.partition(b"\r\n\r\n")
        if not blank:
            return None
        lines = head.decode("latin-1").split("\r\n")
        method, path = lines[0].split(" ")[:2]
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        length = int(headers.get("content-length", "0"))
        if len(rest) < length:
            return None
        self.inbox = rest[length:]
        return {"method": method, "path": path, "headers": headers, "body": rest[:length]}

    async def answer(self, request):
        try:
            if request["path"].startswith("/__"):
                try:
                    said = self.mock.control(request)
                except ValueError as e:
                    said = whole_json({"error": str(e)})
                await self.send(said)
            else:
                self.entry = self.mock.log.add(self, request)
                if self.mock.player:
                    await self.mock.player.answer(self, request)
                else:
                    await self.send(self.mock.script.next(request["path"]))
        except Gone:
            pass
        finally:
            self.entry = None
            asyncio.get_running_loop().call_soon(self.next_request)

    # --- replies

    async def wait(self, seconds):
        """Sleeps, but not beyond the moment the client goes away."""
        if seconds > 0:
            try:
                await asyncio.wait_for(self.gone.wait(), seconds)
            except asyncio.TimeoutError:
                return
        if self.gone.is_set():
            raise Gone

    def write(self, data):
        if self.gone.is_set() or self.transport.is_closing():
            raise Gone
        if self.entry:
            self.entry["written"] += len(data)
        self.transport.write(data)

    def write_chunk(self, data):
        self.write(b"%x\r\n%s\r\n" % (len(data), data))

    def write_head(self, status, reason, headers):
        lines = ["HTTP/1.1 %d %s" % (status, reason)] + ["%s: %s" % (n, v) for n, v in headers]
        self.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    async def send(self, reply):
        await self.wait(reply.get("header_delay_ms", 0) / 1000)
        framing = reply.get("framing", "chunked")
        steps = steps_of(reply)
        keep = reply.get("keep", True) and framing != "close"
        if "raw" in reply:
            self.write(reply["raw"].encode("latin-1"))
        else:
            headers = list(reply.get("headers", []))
            if framing == "chunked":
                headers.append(("Transfer-Encoding", "chunked"))
            if framing == "length":
                true_length = sum(len(s) for s in steps if isinstance(s, bytes))
                headers.append(("Content-Length", reply.get("claim", true_length)))
            if not keep:
                headers.append(("Connection", "close"))
            self.write_head(reply.get("status", 200), reply.get("reason", "OK"), headers)
        for step in steps:
            if not isinstance(step, bytes):
                await self.wait(step)
            elif framing == "chunked" and "raw" not in reply:
                self.write_chunk(step)
            else:
                self.write(step)
        await self.finish(reply, framing, keep)

    async def finish(self, reply, framing, keep):
        end = reply.get("end", "ok")
        if end == "hang":
            await self.gone.wait()
            raise Gone
        if end == "rst":
            await asyncio.sleep(0.01)  # let what was written arrive first
            reset = struct.pack("ii", 1, 0)
            self.transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, reset)
            self.entry = None
            self.transport.abort()
            raise Gone
        if end == "half":
            self.transport.write_eof()
            await self.gone.wait()
            raise Gone
        if end == "ok" and framing == "chunked" and "raw" not in reply:
            self.write(b"0\r\n\r\n")
        if "after" in reply:
            await self.wait(reply.get("after_ms", 0) / 1000)
            self.write(reply["after"].encode("latin-1"))
        self.entry = None  # whole: a close from now on is nobody's fault
        if end == "close" or not keep:
            self.transport.close()
        elif "close_after_ms" in reply:
            asyncio.get_running_loop().call_later(reply["close_after_ms"] / 1000,
                                                  self.transport.close)

    async def send_json(self, value, status=200, headers=()):
        """A whole reply at once, as most servers send what is not a stream."""
        body = json.dumps(value, ensure_ascii=False).encode()
        self.write_head(status, "OK" if status == 200 else "Error",
                        [("Content-Type", "application/json"), ("Content-Length", len(body)),
                         *headers])
        self.write(body)
        self.entry = None


def whole_json(value):
    return {"framing": "length", "writes": [json.dumps(value)],
            "headers": [["Content-Type", "application/json"]]}


def bytes_of(w):
    if "hex" in w:
        return bytes.fromhex(w["hex"])
    if "json" in w:
        return json.dumps(w["json"]).encode()
    if "line" in w:
        return json.dumps(w["line"]).encode() + b"\n"
    if "event" in w:
        name = "event: %s\n" % w["event"]["type"] if "type" in w["event"] else ""
        return ("%sdata: %s\n\n" % (name, json.dumps(w["event"]))).encode()
    return w["text"].encode()


def steps_of(reply):
    """The writes as bytes and pauses in seconds, cut as the reply says."""
    steps = []
    for w in reply.get("writes", []):
        if isinstance(w, str):
            w = {"text": w}
        if "wait_ms" in w:
            steps.append(w["wait_ms"] / 1000)
            continue
        data = bytes_of(w)
        for _ in range(w.get("times", 1)):
            size = reply.get("split", 0) or len(data) or 1
            for at in range(0, len(data), size):
                steps.append(data[at:at + size])
                if reply.get("split_wait_ms"):
                    steps.append(reply["split_wait_ms"] / 1000)
    return steps


class Mock:
    def __init__(self, script, player, greeting):
        self.log = Log()
        self.greeting = greeting
        self.script = Script(script)
        self.player = player

    def control(self, request):
        """What the test asks of the mock itself, as a reply."""
        path, said = request["path"], {"ok": True}
        if path == "/__log":
            said = self.log.entries
        elif path == "/__reset":
            self.log.reset()
        elif path == "/__script":
            self.script = Script(json.loads(request["body"]))
            self.log.reset()
        elif path == "/__play" and self.player:
            self.player.change(json.loads(request["body"]))
        else:
            said = {"error": "unknown control '%s'" % path}
        return whole_json(said)


async def serve(args):
    script = {}
    if args.script:
        with open(args.script, encoding="utf-8") as f:
            script = json.load(f)
    player = play.Player(args) if args.play else None
    mock = Mock(script, player, args.greet.encode())
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(mock), args.host, args.port, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    if args.until_eof:
        await loop.run_in_executor(None, sys.stdin.read)
        os._exit(0)  # whatever still streams streams to nobody
    await server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description="A mock model server for tests.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--script")
    parser.add_argument("--greet", default="", help="sent to everyone who connects")
    parser.add_argument("--until-eof", action="store_true")
    play.add_arguments(parser)
    try:
        asyncio.run(serve(parser.parse_args()))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
