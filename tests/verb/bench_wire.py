"""How long the wire waits for anything but the server while a bench runs.

    python3 tests/verb/bench_wire.py RLAB          TAP: one run, a bound against hangs only
    python3 tests/verb/bench_wire.py RLAB --figure the figure: median of 5, one JSON line

64 different queries, 8 at once, a server that answers in 100 ms: eight rounds of the clock, so
800 ms from the first request to the last answer is the least there is. The figure stands beside
the floor: the same requests by bare sockets, which is what the mock server itself can do.
"""
import json
import selectors
import socket
import statistics
import sys

import rlab_case
from rlab_case import exits, same

QUERIES, AT_ONCE, ANSWER_MS = 64, 8, 100
IDEAL_S = QUERIES / AT_ONCE * ANSWER_MS / 1000
HANGS_S = 10 * IDEAL_S


def seconds_on_the_wire(server):
    """From the first request to the last, and the last one's answer."""
    asked = [e["at_s"] for e in server.control("/__log") if e["path"] == "/api/chat"]
    same(len(asked), QUERIES, "requests")
    return max(asked) - min(asked) + ANSWER_MS / 1000


def one_run(lab, server):
    queries = lab.write("queries.txt", "".join("What is item %d?\n" % i for i in range(QUERIES)))
    server.control("/__reset")
    result = lab.run("bench", "run", "--set", queries, "--rounds", "1", "--concurrency",
                     str(AT_ONCE), "--cold", "--json")
    exits(result, 0)
    same(result.json()["summary"]["model_calls"]["n"], QUERIES, "model calls")
    return seconds_on_the_wire(server)


def test_the_wire_never_waits_for_long(lab):
    took = one_run(lab, lab.server(delay_ms=ANSWER_MS, tokens=2))
    print("# %.3f s, at least %.3f s" % (took, IDEAL_S))
    assert took < HANGS_S, "%.1f s" % took


# --- the floor ------------------------------------------------------------------------------------


def request(number):
    body = json.dumps({"model": "fast:8b", "stream": True, "think": False, "messages": [
        {"role": "user", "content": "What is item %d?" % number}]}).encode()
    return (b"POST /api/chat HTTP/1.1\r\nHost: mock\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)) + body


def one_floor(server):
    """The next request leaves as soon as an answer's last bytes came; nothing else is done."""
    server.control("/__reset")
    waiting, asked, done = selectors.DefaultSelector(), 0, 0
    for _ in range(AT_ONCE):
        s = socket.create_connection(("127.0.0.1", server.port))
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(s, selectors.EVENT_READ, bytearray())
        s.sendall(request(asked))
        asked += 1
    while done < QUERIES:
        for key, _ in waiting.select(10):
            key.data.extend(key.fileobj.recv(65536))
            if not key.data.endswith(b"\r\n0\r\n\r\n"):
                continue
            key.data.clear()
            done += 1
            if asked < QUERIES:
                key.fileobj.sendall(request(asked))
                asked += 1
    for key in list(waiting.get_map().values()):
        key.fileobj.close()
    return seconds_on_the_wire(server)


def figure():
    lab = rlab_case.Lab(sys.argv[1])
    try:
        server = lab.server(delay_ms=ANSWER_MS, tokens=2)
        runs, floors = [], []
        for _ in range(5):
            floors.append(one_floor(server))
            runs.append(one_run(lab, server))
        took, floor = statistics.median(runs), statistics.median(floors)
        print(json.dumps({"what": "bench.wire", "unit": "s", "value": round(took, 4),
                          "ideal": IDEAL_S, "over_percent": round(100 * (took / IDEAL_S - 1), 2),
                          "floor": round(floor, 4), "runs": [round(r, 4) for r in runs],
                          "n": len(runs)}))
    finally:
        lab.done()


if __name__ == "__main__":
    if "--figure" in sys.argv:
        figure()
    else:
        rlab_case.main()
