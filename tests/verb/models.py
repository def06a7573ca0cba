#!/usr/bin/env python3
"""rlab models, from end to end."""
from rlab_case import exits, fits, flat, has, lacks, main, needs_no_server, same

FOUR = "fast:8b,big-r1:70b,nomic-embed-text,deepseek-r1:8b"


def test_list(lab):
    s = lab.server(models=FOUR)
    rows = exits(lab.run("models", "--json"), 0).rows()
    same([(r["name"], r["role"], r["why"]) for r in rows],
         [("fast:8b", "fast", 'has "8b", no "r1"'), ("big-r1:70b", "reasoning", 'has "r1"'),
          ("nomic-embed-text", None, "embedding only"),
          ("deepseek-r1:8b", None, 'second "r1" name')])
    same({r["schema"] for r in rows}, {"rlab.model/1"})
    same((rows[0]["server"], rows[0]["digest_kind"], len(rows[0]["digest"]), rows[0]["quant"]),
         ("local", "digest", 64, "Q4_K_M"))
    same([r["loaded"] for r in rows], [False] * 4)
    same(rows[2]["can_chat"], False)
    text = exits(lab.run("models"), 0).out
    fits(text)
    has(text, s.url)
    has(text, rows[0]["digest"][:8])
    has(text, "embedding only")


def test_use(lab):
    lab.server(models=FOUR)
    exits(lab.run("models", "use", "fast", "deepseek-r1:8b"), 0, "local/deepseek-r1:8b")
    r = exits(lab.run("models", "use", "reason", "local/fast:8b", "--json"), 0).json()
    same((r["role"], r["model"], r["checked"]), ("reasoning", "local/fast:8b", True))
    rows = {r["name"]: r for r in lab.run("models", "--json").rows()}
    same((rows["deepseek-r1:8b"]["role"], rows["deepseek-r1:8b"]["why"]),
         ("fast", "chosen (setting)"))
    same(rows["fast:8b"]["role"], "reasoning")
    same(lab.run("ask", "hello", "--json").json()["model"], "deepseek-r1:8b")
    exits(lab.run("set", "pair.fast", "--reset"), 0)
    exits(lab.run("set", "pair.reason", "--reset"), 0)
    same(lab.run("ask", "hello", "--json").json()["model"], "fast:8b")


def test_use_of_what_is_not_there(lab):
    s = lab.server(models=FOUR)
    exits(lab.run("models", "use", "fast", "nope:8b"), 4, "nope:8b", "it has: fast:8b")
    exits(lab.run("models", "use", "fast", "nomic-embed-text"), 4, "embeddings")
    exits(lab.run("models", "use", "quick", "fast:8b"), 2, "'quick'")
    exits(lab.run("models", "use", "fast"), 2, "MODEL")
    s.stop()
    exits(lab.run("models", "use", "fast", "local/later:8b"), 0, "unchecked")
    same(lab.run("set", "pair.fast", "--json").json()["value"], "local/later:8b")


def test_a_server_that_is_not_picked(lab):
    needs_no_server()
    s = lab.server("anthropic", models="claude-x")
    lab.env.update(ANTHROPIC_BASE_URL=s.url, ANTHROPIC_API_KEY="k")
    r = exits(lab.run("models"), 3)
    has(flat(r.out), "not picked by itself; ask it with --model anthropic/NAME")
    lacks(r.out, "none can chat")
    row = lab.run("models", "--json").rows()[0]
    same(row["why"], "not picked by itself; ask it with --model anthropic/claude-x")


def test_long_names(lab):
    lab.server(models="a-very-long-name-of-some-publisher/a-model-with-a-name-8b,big-r1:70b")
    text = exits(lab.run("models"), 0).out
    fits(text.split("\n\n")[0])
    has(text, "..")
    exits(lab.run("bench", "run", "--rounds", "1", "--cold"), 0)
    fits(lab.run("bench", "show").out)
    fits(lab.run("cache", "stats").out)


def test_load_and_unload(lab):
    lab.server()
    same(exits(lab.run("models", "load", "fast:8b", "--json"), 0).json()["loaded"], True)
    same([r["loaded"] for r in lab.run("models", "--json").rows()], [True, False])
    exits(lab.run("models", "unload", "fast:8b"), 0, "local/fast:8b is unloaded")
    same([r["loaded"] for r in lab.run("models", "--json").rows()], [False, False])
    exits(lab.run("models", "load", "nope"), 4, "nope")


def test_load_elsewhere(lab):
    s = lab.server("openai")
    r = exits(lab.run("models", "load", "box/fast:8b", "--server", "box=openai:" + s.url), 2,
              "cannot be told", "'box'")
    same(r.out, "")


def test_servers_of_every_kind(lab):
    needs_no_server()
    lab.server(models="tiny:1b")
    box = lab.server("openai", models="other:8b,other-r1:14b")
    r = exits(lab.run("models", "--server", "box=openai:" + box.url), 0)
    fits(r.out)
    has(r.out, "box: OpenAI-compatible at " + box.url)
    has(r.out, "no role    server not picked")
    rows = lab.run("models", "--json", "--server", "box=openai:" + box.url).rows()
    same([(x["server"], x["name"], x["role"]) for x in rows],
         [("box", "other:8b", "fast"), ("box", "other-r1:14b", "reasoning"),
          ("local", "tiny:1b", None)])
    same(rows[0]["digest_kind"], "name")
    same(rows[0]["size_bytes"], None)


def test_a_server_that_is_down_is_named(lab):
    needs_no_server()
    lab.server()
    r = exits(lab.run("models", "--server", "gone=openai:http://127.0.0.1:9"), 0)
    has(flat(r.out), "no answer: server 'gone' (http://127.0.0.1:9/v1): nothing listens there")
    r = exits(lab.run("models", "--json", "--server", "gone=openai:http://127.0.0.1:9"), 0, "gone")
    same(len(r.rows()), 2)


def test_a_refused_key(lab):
    needs_no_server()
    lab.server()
    box = lab.server("openai", key="right")
    r = exits(lab.run("models", "--server", "box=openai:" + box.url), 0)
    has(r.out, "no answer: server 'box'")
    lacks(r.out, "right")


def test_nothing_answers(lab):
    needs_no_server()
    r = exits(lab.run("models"), 3)
    fits(r.out)
    has(flat(r.out), "nothing listens there")
    has(r.out, "ollama pull")


def test_accidental_substring(lab):
    lab.server(models="llama2:13b,big-r1:70b")
    has(exits(lab.run("models"), 0).out, "accidental")


main()
