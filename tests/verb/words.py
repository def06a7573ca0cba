#!/usr/bin/env python3
"""Words, flags and help: what a person types wrong, and what is answered."""
from rlab_case import exits, fits, has, main, needs_no_server, same


def verbs(lab):
    text = exits(lab.run("help"), 0).out
    body = text.split("\n\n")[2]
    return [line.split()[0] for line in body.splitlines()]


def test_help_of_every_verb(lab):
    names = verbs(lab)
    assert {"ask", "cache", "doctor", "history", "models", "set"} <= set(names), names
    for name in names:
        r = exits(lab.run("help", name), 0)
        fits(r.out, 100)
        has(r.out, "rlab " + name)
        has(r.out, "example:")
        same(r.out.split("example:\n  ")[1].split()[0] in ("rlab", "source"), True, "the example")
        same(exits(lab.run(name, "--help"), 0).out, r.out)
        same(exits(lab.run(name, "-h"), 0).out, r.out)
        same(r.err, "")


def test_help_and_version_alone(lab):
    same(lab.run("--help").out, lab.run("help").out)
    same(lab.run("-h").out, lab.run("help").out)
    assert lab.run("--version").out.startswith("rlab "), "version"
    same(lab.run("-V").out, lab.run("--version").out)
    exits(lab.run("help", "nope"), 2, "nope")


def test_help_as_json(lab):
    whole = exits(lab.run("help", "--json"), 0).json()
    same(whole["schema"], "rlab.help/1")
    same([v["verb"] for v in whole["verbs"]], verbs(lab))
    assert {"json", "read-only", "data-dir"} <= {o["name"] for o in whole["options"]}, whole["options"]
    same([c["code"] for c in whole["exit_codes"]], [0, 1, 2, 3, 4, 5, 129, 130, 143])
    for words in (["help", "ask", "--json"], ["ask", "--help", "--json"], ["ask", "--json", "-h"]):
        one = exits(lab.run(*words), 0).json()
        same([v["verb"] for v in one["verbs"]], ["ask"])
        same(one["verbs"], [v for v in whole["verbs"] if v["verb"] == "ask"])
    ask = one["verbs"][0]
    assert ask["help"] and ask["example"].startswith("rlab ask") and ask["words"] == "TEXT|-", ask
    same([o["argument"] for o in ask["options"] if o["name"] in ("fast", "seed")], [None, "N"])
    cache = exits(lab.run("cache", "--help", "--json"), 0).json()
    assert "stats" in cache["verbs"][0]["subs"], cache
    keys = exits(lab.run("help", "keys", "--json"), 0).rows()
    same({tuple(sorted(k)) for k in keys}, {("action", "help", "key", "schema", "where")})
    version = exits(lab.run("--version", "--json"), 0).json()
    same("rlab " + version["version"] + "\n", lab.run("--version").out)
    exits(lab.run("help", "nope", "--json"), 2, "nope")
    same(exits(lab.run("help", "man", "--json"), 2, "no JSON", "rlab help --json").out, "")
    same(exits(lab.run("completion", "bash", "--json"), 2, "no JSON").out, "")


def test_mistyped_verbs(lab):
    exits(lab.run("cahce"), 2, "unknown verb 'cahce'", "'cache'")
    exits(lab.run("docter"), 2, "'doctor'")
    exits(lab.run("frobnicate"), 2, "unknown verb 'frobnicate'")


def test_mistyped_words_below_verbs(lab):
    exits(lab.run("cache", "stat"), 2, "'cache stats'")
    exits(lab.run("history", "serach", "x"), 2, "'history search'")
    exits(lab.run("models", "lod", "x"), 2, "'models load'")
    exits(lab.run("rules", "frob"), 2, "list, use, check, show")
    exits(lab.run("cache", "stats", "extra"), 2, "'extra'")


def test_mistyped_flags(lab):
    exits(lab.run("ask", "hello", "--fats"), 2, "unknown option '--fats'", "'--fast'")
    exits(lab.run("cache", "list", "--limt", "3"), 2, "'--limit'")
    exits(lab.run("classify", "--name", "x", "hello"), 2, "'classify' takes no option '--name'")
    exits(lab.run("paths", "--fast"), 2, "takes no option '--fast'")
    exits(lab.run("cache", "list", "--limit"), 2, "needs a value")
    exits(lab.run("cache", "list", "--json=yes"), 2, "switch")
    exits(lab.run("--frob"), 2, "--frob")


def test_an_option_and_its_value_but_no_verb(lab):
    for words in (("--model", "min"), ("--model",), ("--rounds", "--n", "--seed"), ("--model", "")):
        exits(lab.run(*words), 2, "'--%s'" % words[0][2:])


def test_one_dash(lab):
    exits(lab.run("ask", "-j", "hi"), 2, "unknown option '-j'", "'--json'", "after '--'")
    exits(lab.run("ask", "-compare", "hi"), 2, "'--compare'")
    exits(lab.run("-x"), 2, "unknown option '-x'")
    for text in ("-3+5", "-3", "-.5"):
        exits(lab.run("classify", text), 0)
    exits(lab.run("classify", "--", "-j"), 0)
    exits(lab.run("classify", "-", input="hello"), 0)


def test_options_that_make_no_sense(lab):
    exits(lab.run("ask", "--swap", "hi"), 2, "--compare")
    exits(lab.run("ask", "--stop", "", "hi"), 2, "'--stop' needs a text")
    exits(lab.run("ask", "--top-p", "0", "hi"), 2, "above 0 to 1")
    exits(lab.run("bench"), 2, "run, list, show, compare or models")
    exits(lab.run("ask", "hi", env={"RLAB_CONFIG": "/no/such"}), 2, "/no/such")
    exits(lab.run("doctor", env={"RLAB_CONFIG": "/no/such"}), 2)


def test_a_rule_file_is_looked_at(lab):
    path = lab.write("mine.rules", "keyword +5 zebra\n")
    same(exits(lab.run("rules", "check", path), 0).out.split(",")[0], "'%s' is fine: 1 rule" % path)
    lab.write("mine.rules", "# nothing\n")
    exits(lab.run("rules", "check", path), 2, "holds no rule")
    lab.write("mine.rules", "keyword +5 zebra # an animal\n")
    exits(lab.run("rules", "check", path), 0, "line 1", "a line of its own")


def test_nothing_measured_yet(lab):
    lab.run("label", "complex", "x")
    exits(lab.run("bench", "show"), 2, "nothing was measured yet")


def test_an_error_is_one_sentence_also_with_json(lab):
    needs_no_server()
    for words in (("cache", "get", "x"), ("models", "use", "fast", "x"), ("history", "show", "5"),
                  ("set", "no.such"), ("label", "hard", "x"), ("judge", "1", "left"),
                  ("rules", "use", "nope"), ("ask", "  "), ("cache", "size", "x")):
        r = lab.run(*words, "--json")
        assert r.code in (1, 2, 3, 4), (words, r)
        same(r.out, "", "stdout of " + " ".join(words))
        assert r.err.startswith("rlab: "), (words, r)


def test_what_follows_two_dashes_is_text(lab):
    lab.server()
    exits(lab.run("ask", "--", "--fast"), 0)
    same(lab.run("history", "--json").rows()[0]["query"], "--fast")


main()
