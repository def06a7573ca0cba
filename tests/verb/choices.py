#!/usr/bin/env python3
"""rlab set, rules, paths and backup, from end to end."""
import os

from rlab_case import exits, fits, has, main, same

RULES = "keyword +5 zebra\nlevel complex 4\n"


def test_all_settings(lab):
    rows = exits(lab.run("set", "--json"), 0).rows()
    keys = {r["key"]: r for r in rows}
    same((keys["cache.size"]["value"], keys["cache.size"]["origin"]), ("50", "default"))
    same((keys["pair.fast"]["value"], keys["pair.fast"]["default"]), (None, None))
    text = exits(lab.run("set"), 0).out
    fits(text)
    same(len(text.splitlines()), len(rows) + 1)


def test_setting_one(lab):
    r = exits(lab.run("set", "ask.max_tokens_fast", "77"), 0, "setting")
    same(r.out, "77\n")
    same(exits(lab.run("set", "ask.max_tokens_fast"), 0).out, "77\n")
    s = lab.server()
    exits(lab.run("ask", "hello"), 0)
    same(s.chats()[-1]["options"]["num_predict"], 77)
    exits(lab.run("set", "ask.max_tokens_fast", "--reset"), 0, "default")
    same(lab.run("set", "ask.max_tokens_fast", "--json").json()["value"], "1024")


def test_where_a_value_comes_from(lab):
    lab.write("home/.config/rlab/config.ini", "[cache]\nsize = 9\n[ask]\nrules = weighted\n")
    one = lambda key, *more: lab.run("set", key, "--json", *more).json()
    same((one("cache.size")["value"], one("cache.size")["origin"]), ("9", "config"))
    exits(lab.run("set", "cache.size", "12"), 0)
    same((one("cache.size")["value"], one("cache.size")["origin"]), ("12", "setting"))
    same(one("pair.fast", "--fast-model", "a/b"), {
        "schema": "rlab.setting/1", "key": "pair.fast", "value": "a/b", "origin": "flag",
        "default": None, "help": one("pair.fast")["help"]})
    same(one("ask.rules")["origin"], "config")


def test_wrong_words_name_the_nearest(lab):
    exits(lab.run("set", "cache.siz", "3"), 2, "siz", "'size'")
    exits(lab.run("set", "cahce.size", "3"), 2, "cahce", "cache")
    exits(lab.run("set", "cache"), 2, "SECTION.KEY")
    exits(lab.run("set", "cache.size", "many"), 2, "many", "1 to 1000000")
    exits(lab.run("set", "cache.guard", "perhaps"), 2, "perhaps")
    exits(lab.run("set", "screen.chart", "pie"), 2, "pie", "blocks")
    exits(lab.run("set", "screen.theme", "pink"), 2, "pink", "high-contrast")
    exits(lab.run("set", "server.url", "x"), 2, "config")
    exits(lab.run("set", "keys.zoom", "x"), 2, "[keys]", "config file")
    exits(lab.run("set", "ask.temperature", "0", "1"), 2)
    exits(lab.run("set", "ask.temperature", "0", "--reset"), 2)
    same([r["key"] for r in lab.run("set", "--json").rows() if r["origin"] != "default"], [])


def test_rule_sets(lab):
    names = {r["name"]: r for r in exits(lab.run("rules", "list", "--json"), 0).rows()}
    assert {"basic", "weighted"} <= set(names), names
    same((names["basic"]["in_use"], names["weighted"]["in_use"]), (True, False))
    fits(lab.run("rules").out)
    exits(lab.run("rules", "use", "weighted"), 0, "'weighted'")
    same(lab.run("classify", "hello", "--json").json()["rules"], "weighted")
    has(lab.run("rules").out, "in use  weighted")
    has(exits(lab.run("rules", "show"), 0).out, "keyword +4 theorem")
    has(exits(lab.run("rules", "show", "basic", "--json"), 0).json()["text"], "keyword +2 solve")
    exits(lab.run("rules", "use", "nope"), 2, "'nope'")
    exits(lab.run("rules", "show", "nope"), 2, "'nope'")
    same(lab.run("classify", "hello", "--json").json()["rules"], "weighted")


def test_own_rules(lab):
    lab.write("home/.config/rlab/rules/mine.rules", RULES)
    has(lab.run("rules").out, "mine")
    exits(lab.run("rules", "use", "mine"), 0)
    same(lab.run("classify", "a zebra", "--json").json()["score"], 5)


def test_a_rule_file_anywhere(lab):
    lab.write("here/odd.rules", RULES)
    exits(lab.run("rules", "use", "here/odd.rules"), 0)
    same(lab.run("classify", "a zebra", "--json").json()["score"], 5)
    same(lab.run("set", "ask.rules").out, os.path.join(lab.root, "here/odd.rules") + "\n")
    has(lab.run("rules").out, "odd")


def test_a_typo_in_a_rule_file(lab):
    path = lab.write("my.rules", "keyword +2 solve\nkeywrod +2 prove\n")
    r = exits(lab.run("rules", "check", path), 2, "my.rules", "line 2", "keywrod", "keyword")
    same(r.out, "")
    same(r.err.count("\n"), 1)
    exits(lab.run("rules", "use", path), 2, "line 2")
    exits(lab.run("set", "ask.rules", path), 2, "line 2")
    exits(lab.run("classify", "hello", "--rules", path), 2, "line 2")
    same(lab.run("classify", "hello", "--json").json()["rules"], "basic")
    with open(path, "w") as f:
        f.write(RULES)
    has(exits(lab.run("rules", "check", path), 0).out, "is fine: 1 rule,")
    exits(lab.run("rules", "check", "/no/such.rules"), 2, "/no/such.rules")


def test_chosen_rules_that_went_away(lab):
    path = lab.write("home/.config/rlab/rules/mine.rules", RULES)
    exits(lab.run("rules", "use", "mine"), 0)
    os.remove(path)
    exits(lab.run("classify", "hello"), 2, "'mine'", "rlab rules use basic")
    exits(lab.run("rules", "list"), 0)
    exits(lab.run("doctor"), 2 if lab.servers else 2)
    exits(lab.run("set", "ask.rules", "--reset"), 0)
    exits(lab.run("classify", "hello"), 0)


def test_paths_makes_nothing(lab):
    r = exits(lab.run("paths", "--json"), 0).json()
    same(r["database"], os.path.join(lab.data, "rlab.db"))
    same(os.listdir(os.path.join(lab.home, ".config", "rlab")), ["mini"])
    same(os.listdir(lab.home), [".config"])
    has(lab.run("paths").out, "not there")
    r = lab.run("paths", "--json", "--data-dir", "/tmp/elsewhere").json()
    same((r["database"], r["log_file"]), ("/tmp/elsewhere/rlab.db", "/tmp/elsewhere/rlab.log"))
    same(r["config_file"], os.path.join(lab.home, ".config/rlab/config.ini"))
    r = lab.run("paths", "--json", env={"RLAB_DATA_DIR": "/tmp/other"}).json()
    same(r["data_dir"], "/tmp/other")


def test_backup(lab):
    lab.server()
    exits(lab.run("ask", "hello"), 0)
    os.mkdir(os.path.join(lab.root, "copy"))
    exits(lab.run("backup", "copy/rlab.db"), 0, "copy/rlab.db")
    same(os.stat(os.path.join(lab.root, "copy/rlab.db")).st_mode & 0o777, 0o600)
    exits(lab.run("backup", "copy/rlab.db"), 2, "File exists")
    rows = lab.run("history", "--json", "--data-dir", "copy").rows()
    same([r["query"] for r in rows], ["hello"])
    exits(lab.run("backup"), 2, "FILE")
    exits(lab.run("backup", "/no/such/x.db"), 2, "/no/such/x.db")


main()
