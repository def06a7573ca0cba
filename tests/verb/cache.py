#!/usr/bin/env python3
"""rlab cache, from end to end."""
from rlab_case import exits, fits, has, lacks, main, needs_no_server, same

CAPITAL = "What is the capital of Japan?"
PROOF = "Solve step by step: prove that 2+2 is 4"


def ask(lab, *words):
    return exits(lab.run("ask", *words), 0)


def test_empty(lab):
    r = exits(lab.run("cache", "stats", "--json"), 0).json()
    same((r["schema"], r["entries"], r["size"], r["ttl_s"], r["guard"]),
         ("rlab.cache/1", 0, 50, None, True))
    same(r["total"], {"hits": 0, "misses": 0, "hit_rate": 0, "expired": 0, "evicted": 0})
    has(exits(lab.run("cache", "list"), 0).out, "empty")
    same(exits(lab.run("cache", "list", "--json"), 0).out, "")


def test_counts_and_savings(lab):
    lab.server(delay_ms=120)
    for text in (CAPITAL, CAPITAL, PROOF, CAPITAL):
        ask(lab, text)
    r = lab.run("cache", "stats", "--json").json()
    same((r["entries"], r["total"]["hits"], r["total"]["misses"], r["total"]["hit_rate"]),
         (2, 2, 2, 0.5))
    assert 0.2 < r["saved_s"] < 2, r
    same((r["saved_kind"], r["saved_rule_s"], r["saved_rule_kind"]), ("measured", 4, "estimated"))
    text = lab.run("cache").out  # stats is what it does unasked
    has(text, "2 of 50 entries")
    has(text, "50%")
    has(text, "(measured)")
    has(text, "(estimated)")


def test_list_order_and_next_to_go(lab):
    lab.server()
    for text in ("one", "two", "three", "one"):
        ask(lab, text)
    rows = lab.run("cache", "list", "--json").rows()
    same([r["query"] for r in rows], ["one", "three", "two"])
    same([r["place"] for r in rows], [1, 2, 3])
    same([r["next_out"] for r in rows], [False, False, True])
    same([r["hits"] for r in rows], [1, 0, 0])
    text = lab.run("cache", "list").out
    fits(text)
    has(text.splitlines()[3], "out 3", "the last row")


def test_long_and_hostile_texts_stay_on_their_line(lab):
    lab.server()
    ask(lab, "東京 " * 60 + "\x1b[2J\nsecond line")
    text = lab.run("cache", "list").out
    lacks(text, "\x1b")
    same(len(text.splitlines()), 5, "lines")
    for line in text.splitlines():
        wide = sum(2 if ord(c) > 0x2E7F else 1 for c in line)
        assert wide <= 80, (wide, line)
    assert lab.run("cache", "list", env={"LC_ALL": "C"}).out.splitlines()[1].endswith("...")


def test_a_peek_leaves_no_trace(lab):
    lab.server()
    ask(lab, "one")
    ask(lab, "two")
    before = lab.run("cache", "list", "--json").out, lab.run("cache", "stats", "--json").out
    r = exits(lab.run("cache", "get", "one"), 0, "cached: local/fast:8b", "place 2")
    same(r.out, ask(lab, "one", "--no-history", "--read-only").out)  # the answer and nothing else
    exits(lab.run("cache", "why", "one"), 0)
    exits(lab.run("cache", "get", "never asked"), 1)
    after = lab.run("cache", "list", "--json").out, lab.run("cache", "stats", "--json").out
    same(after, before)


def test_get_prints_an_entry(lab):
    lab.server()
    ask(lab, PROOF)
    r = exits(lab.run("cache", "get", "--json", PROOF), 0).json()
    same((r["schema"], r["query"], r["model"], r["level"], r["role"]),
         ("rlab.cache_entry/1", PROOF, "big-r1:70b", "complex", "reasoning"))
    has(r["answer"], "42")
    has(r["thinking"], "Step")
    same(r["digest_checked"], True)


def test_get_of_nothing_is_a_no(lab):
    lab.server()
    r = exits(lab.run("cache", "get", CAPITAL), 1, "rlab: not cached: it would miss", "empty")
    same(r.out, "")
    same(r.err.count("rlab: "), 1)


def test_the_key_is_the_one_of_ask(lab):
    lab.server()
    ask(lab, CAPITAL, "--max-tokens", "77", "--seed", "3")
    exits(lab.run("cache", "get", CAPITAL), 1, "max_tokens")
    exits(lab.run("cache", "get", CAPITAL, "--max-tokens", "77", "--seed", "3"), 0)
    exits(lab.run("cache", "get", CAPITAL, "--reason", "--max-tokens", "77", "--seed", "3"), 1)
    # Asked by name, the same model with the same settings is the same question.
    exits(lab.run("cache", "get", "--model", "local/fast:8b", CAPITAL, "--max-tokens", "77",
                  "--seed", "3"), 0)


def test_why(lab):
    s = lab.server()
    ask(lab, CAPITAL)
    r = exits(lab.run("cache", "why", "--json", CAPITAL), 0).json()
    same((r["schema"], r["would_hit"], r["field"], r["model"]),
         ("rlab.cache_why/1", True, None, "local/fast:8b"))
    r = lab.run("cache", "why", "--json", "--reason", CAPITAL).json()
    same((r["would_hit"], r["field"]), (False, "model"))
    s.play(model={"fast:8b": {"digest": "ab" * 32}})
    r = lab.run("cache", "why", "--json", CAPITAL).json()
    same((r["would_hit"], r["field"], r["digest"]), (False, "identity", "ab" * 32))
    has(lab.run("cache", "why", CAPITAL).out, "another identity")


def test_a_changed_model_gives_no_old_answer_unless_the_guard_is_off(lab):
    s = lab.server()
    ask(lab, CAPITAL)
    s.play(model={"fast:8b": {"digest": "cd" * 32}})
    exits(lab.run("cache", "get", CAPITAL), 1)
    exits(lab.run("set", "cache.guard", "no"), 0)
    ask(lab, CAPITAL)
    s.play(model={"fast:8b": {"digest": "ef" * 32}})
    exits(lab.run("cache", "get", CAPITAL), 0)
    has(lab.run("cache", "stats").out, "guard OFF")


def test_with_the_server_down_the_last_identity_is_used(lab):
    needs_no_server()
    s = lab.server()
    ask(lab, CAPITAL)
    s.stop()
    r = exits(lab.run("cache", "get", CAPITAL), 0, "no model server answers", "not checked")
    has(r.out, "42")
    same(lab.run("cache", "get", "--json", CAPITAL).json()["digest_checked"], False)
    exits(lab.run("cache", "get", "--model", "local/fast:8b", "--json", CAPITAL), 1)


def test_no_server_ever(lab):
    needs_no_server()
    exits(lab.run("cache", "get", CAPITAL), 3, "no model to ask")


def test_drop(lab):
    lab.server()
    for text in ("one", "two", "three"):
        ask(lab, text)
    key = lab.run("cache", "list", "--json").rows()[0]["key"]
    exits(lab.run("cache", "drop", key[:8]), 0, key[:8])
    same(exits(lab.run("cache", "drop", "--json", "one"), 0).json()["dropped"], 1)
    exits(lab.run("cache", "drop", "one"), 1, "nothing was dropped")
    exits(lab.run("cache", "drop", "0123456789abcdef"), 1, "nothing was dropped")
    same([r["query"] for r in lab.run("cache", "list", "--json").rows()], ["two"])


def test_clear_asks_first(lab):
    lab.server()
    ask(lab, "one")
    ask(lab, "one")
    exits(lab.run("cache", "clear"), 2, "Drop all 1 cached", "--yes")
    same(lab.run("cache", "stats", "--json").json()["entries"], 1)
    exits(lab.run("cache", "clear", "--yes"), 0, "1 dropped")
    r = lab.run("cache", "stats", "--json").json()
    same((r["entries"], r["total"]["hits"], r["total"]["misses"]), (0, 0, 0))


def test_size_evicts_and_is_kept(lab):
    lab.server()
    for text in ("one", "two", "three", "four"):
        ask(lab, text)
    r = exits(lab.run("cache", "size", "2", "--json"), 0).json()
    same((r["size"], r["origin"], r["entries"], r["evicted"]), (2, "setting", 2, 2))
    same(exits(lab.run("cache", "size"), 0, "setting").out, "2\n")
    same([r["query"] for r in lab.run("cache", "list", "--json").rows()], ["four", "three"])
    ask(lab, "five")
    same(lab.run("cache", "stats", "--json").json()["entries"], 2)
    for bad in ("0", "-3", "x", "1.5", "2000000"):
        exits(lab.run("cache", "size", bad), 2, bad)
    same(lab.run("cache", "size").out, "2\n")


def test_no_history_keeps_no_text(lab):
    lab.server()
    exits(lab.run("--no-history", "ask", "secret question"), 0)
    for row in lab.run("cache", "list", "--json").rows():
        lacks(str(row), "secret")
    lacks(lab.run("cache", "list").out, "secret")


main()
