"""The whole program against servers from hell: `rlab ask` and `rlab bench`, their exit codes and
what they say to a person."""
import asyncio
import json
import re
import time

import rlab_case
from hell_oracle import outcomes
from hell_script import make
from hell_server import Server

COUNT = 36
BENCHES = 6
AT_ONCE = 3
FROM = 200000
WORD = re.compile(r"A\d+|A-\w+")
QUESTION = "Say hello."
CODES = {"OK_STOP": 0, "OK_LENGTH": 0, "OK_TOOL": 0, "OK_FILTER": 1, "TRUNCATED": 3, "ERR_STREAM": 3,
         "ERR_TRANSPORT": 3, "ERR_PROTOCOL": 3, "TIMEOUT_TOTAL": 3}
STATUS_CODES = {401: 2, 403: 2, 402: 2, 413: 4}


def fit(script):
    """One call that ends by itself, soon: limits of minutes belong to a person's patience."""
    call = script.calls[0]
    return len(script.calls) == 1 and not call.act and not call.total_ms and not any(
        r.ending == "hang" for r in call.replies)


def chosen():
    numbers, n = [], FROM
    while len(numbers) < COUNT:
        if fit(make(n)):
            numbers.append(n)
        n += 1
    return numbers


def settings(lab, server, script):
    """The key stands in the environment, its name in the config."""
    url = server.url(script.n, 0) + ("/v1" if script.kind == "openai" else "")
    config = lab.write("hell.ini", "[server hell]\ntype = %s\nurl = %s\nkey_env = HELL_KEY\n" % (
        script.kind, url))
    return ["--config", config], {"HELL_KEY": server.key(script.n)}


def codes_of(end, status=None):
    if end == "ERR_HTTP":
        return {STATUS_CODES[status]} if status in STATUS_CODES else {2, 3, 4}
    return {CODES[end]} | ({2, 4} if end == "ERR_STREAM" else set())


def check_json(may, result, asked):
    value = json.loads(result.out)
    end, error = value["end"], value["error"]
    found = {(e, t, n) for e, t, _, n in may}
    assert (end, value["answer"] or "", asked) in found, "%r, %r, %d requests: not among %r" % (
        end, value["answer"], asked, sorted(found)[:4])
    assert (error is None) == end.startswith("OK_"), repr(error)
    codes = codes_of(end, error and error["status"])
    assert result.code in codes, "exit %d for %s" % (result.code, end)
    assert not error or error["message"] and "sk-hell" not in json.dumps(error), repr(error)


def check_words(may, result, asked):
    """The answer alone on stdout, and a sentence on stderr where it failed."""
    found = {(e, tuple(WORD.findall(t)), n) for e, t, _, n in may}
    fits = [e for e, words, n in found if words == tuple(WORD.findall(result.out)) and n == asked and
            result.code in set().union(codes_of(e), *({c} for c in STATUS_CODES.values() if e == "ERR_HTTP"))]
    assert fits, "exit %d, %d requests: not among %r" % (result.code, asked, sorted(found)[:4])
    assert result.code == 0 or result.err.strip(), "failed without a word"
    assert "\x1b" not in result.err, "an escape code came through"


async def ask_one(rlab, server, script, number):
    lab = rlab_case.Lab(rlab)
    try:
        words, env = settings(lab, server, script)
        words += ["ask", "--model", "hell/m", "--no-cot", "--no-cache", QUESTION] + ["--json"] * (number % 2)
        result = await asyncio.to_thread(lab.run, *words, env=env)
        assert "Sanitizer" not in result.err and "runtime error" not in result.err, result.err
        assert "sk-hell" not in result.err, "the key is shown: " + result.err
        asked = server.asked.get((script.n, 0), 0)
        (check_json if number % 2 else check_words)(outcomes(script.kind, script.calls[0]), result, asked)
    except Exception as e:
        return "script %d (%s): %s: %s\n%r" % (script.n, script.kind, type(e).__name__, e, result)
    finally:
        lab.done()


async def bench_one(rlab, server, script):
    """A run of bad answers is a run all the same: it ends, with a code, and counts what failed."""
    lab = rlab_case.Lab(rlab)
    try:
        words, env = settings(lab, server, script)
        queries = lab.write("queries.txt", "What is one?\nWhat is two?\n")
        result = await asyncio.to_thread(
            lab.run, *words, "bench", "run", "--set", queries, "--rounds", "1", "--cold", "--json",
            "--fast-model", "hell/m", "--reason-model", "hell/m", env=env)
        assert result.code in (0, 1, 2, 3, 4), "exit %d" % result.code
        assert "Sanitizer" not in result.err and "sk-hell" not in result.err + result.out, result.err
        assert result.code == 0 or result.err.strip() or "error" in result.out, "failed without a word"
    except Exception as e:
        return "bench of script %d (%s): %s: %s\n%r" % (script.n, script.kind, type(e).__name__, e, result)
    finally:
        lab.done()


async def play(rlab):
    scripts = [make(n) for n in chosen()]
    server, free = Server(scripts), asyncio.Semaphore(AT_ONCE)
    await server.start()
    began = time.monotonic()

    async def in_turn(job):
        async with free:
            return await job

    said = await asyncio.gather(*(in_turn(ask_one(rlab, server, s, i)) for i, s in enumerate(scripts)))
    said += await asyncio.gather(*(in_turn(bench_one(rlab, server, s)) for s in scripts[:BENCHES]))
    server.stop()
    wrong = [w for w in said if w]
    assert not wrong, "%d of %d:\n%s" % (len(wrong), len(said), "\n".join(wrong[:5]))
    print("# %d questions and %d runs of the program: %.1f s" % (
        len(scripts), BENCHES, time.monotonic() - began))
