#!/usr/bin/env python3
"""rlab doctor: what it finds, what it says to do, and its exit code."""
import os
import sqlite3

from rlab_case import exits, fits, flat, has, lacks, main, needs_no_server, same, unprivileged


def checks(result):
    return {c["what"]: c for c in result.json()["checks"]}


def test_all_is_well(lab):
    needs_no_server()
    s = lab.server()
    r = exits(lab.run("doctor"), 0)
    fits(r.out)
    has(r.out, "ready: ")
    has(r.out, ", 0 bad")
    r = exits(lab.run("doctor", "--json"), 0)
    same((r.json()["schema"], r.json()["usable"], r.json()["code"]), ("rlab.doctor/1", True, 0))
    found = checks(r)
    same({c["state"] for what, c in found.items() if what != "mini"}, {"ok"})
    has(found["local"]["found"], "Ollama 0.17.4 at " + s.url)
    has(found["local"]["found"], "answers in")
    same(found["fast"]["found"], 'local/fast:8b (has "8b", no "r1"), identity by digest')
    has(found["database"]["found"], "none at ")
    exits(lab.run("ask", "hello"), 0)
    found = checks(exits(lab.run("doctor", "--json"), 0))
    has(found["database"]["found"], "write-ahead log")
    has(found["data folder"]["found"], "mode 0700")


def test_no_server(lab):
    needs_no_server()
    r = exits(lab.run("doctor", "--json"), 3)
    same(r.json()["usable"], False)
    has(checks(r)["local"]["found"], "nothing listens there: start it with: ollama serve")
    has(checks(r)["models"]["found"], "ollama pull")
    r = exits(lab.run("doctor"), 3)
    fits(r.out)
    has(r.out, "something is missing")


def test_a_model_that_went_away(lab):
    s = lab.server()
    exits(lab.run("models", "use", "fast", "fast:8b"), 0)
    s.play(models=["other:3b", "big-r1:70b"])
    found = checks(exits(lab.run("doctor", "--json"), 4))
    has(found["fast"]["found"], "local/fast:8b (setting) is not on its server")
    has(found["fast"]["do"], "rlab models use fast")
    same(found["pair.fast"]["found"], "local/fast:8b (setting)")


def test_a_refused_key(lab):
    needs_no_server()
    box = lab.server("openai", key="right")
    env = {"BOX_KEY": "wrong-secret-key-123"}
    lab.write("home/.config/rlab/config.ini",
              "[server box]\ntype = openai\nurl = %s\nkey_env = BOX_KEY\n" % box.url)
    r = exits(lab.run("doctor", "--json", env=env), 2)
    same(checks(r)["box"]["state"], "bad")
    same(checks(r)["box"]["do"], "look at the key in BOX_KEY")
    lacks(r.out + r.err, "wrong-secret")
    lab.server()  # there is another server, but rlab asks nobody in the place of one that was named
    r = exits(lab.run("doctor", "--json", env=env), 2)
    same(checks(r)["box"]["state"], "bad")
    exits(lab.run("ask", "hello", env=env), 2)


def test_a_server_that_is_none(lab):
    needs_no_server()
    box = lab.server("openai")
    r = exits(lab.run("doctor", "--json", env={"OLLAMA_HOST": box.url}), 3)
    same(checks(r)["local"]["state"], "bad")
    has(checks(r)["local"]["found"], "404")


def test_a_proxy_in_the_way(lab):
    lab.server()
    env = {"http_proxy": "http://user:geheim@127.0.0.1:9"}
    r = exits(lab.run("doctor", "--json", "--server", "far=openai:http://gpu.invalid:8000", env=env),
              0)
    has(checks(r)["far"]["do"], "the proxy of http_proxy stands between")
    same(checks(r)["local"]["state"], "ok")  # a server of this machine is never asked through it
    has(checks(r)["environment"]["found"], "http_proxy (set)")
    lacks(r.out, "geheim")


def test_a_slow_server(lab):
    lab.server()
    r = lab.run("doctor", "--json", "--server", "far=openai:http://192.0.2.1:8000")
    found = checks(exits(r, 0))
    same(found["far"]["state"], "warn")


def test_settings_and_who_said_so(lab):
    lab.server()
    lab.write("home/.config/rlab/config.ini", "[cache]\nttl = 1h\n")
    exits(lab.run("set", "cache.size", "9"), 0)
    found = checks(lab.run("doctor", "--json", "--fast-model", "fast:8b",
                           env={"OPENAI_API_KEY": "sk-secret-1234567"}))
    same(found["cache.size"]["found"], "9 (setting)")
    same(found["cache.ttl"]["found"], "1h (config)")
    same(found["pair.fast"]["found"], "fast:8b (flag)")
    has(found["config file"]["found"], "config.ini, 1 value")
    has(found["environment"]["found"], "OPENAI_API_KEY (set)")


def test_a_wrong_config(lab):
    lab.write("home/.config/rlab/config.ini", "[cache]\nsizee = 9\n")
    r = exits(lab.run("doctor", "--json"), 2)
    has(checks(r)["config file"]["found"], "line 2")
    has(checks(r)["config file"]["found"], "'size'")
    has(checks(r)["terminal"]["found"], "none here")  # what needs no lab is looked at all the same
    exits(lab.run("doctor", "--config", "/no/such.ini"), 2)


def test_wrong_keys_in_the_config(lab):
    path = lab.write("home/.config/rlab/config.ini", "[keys]\nno-such-deed = k\n")
    found = checks(exits(lab.run("doctor", "--json"), 2))["config file"]
    has(found["found"], "line 2")
    has(found["found"], "no-such-deed")
    has(found["do"], "the screen does not open")
    exits(lab.run("classify", "hi"), 0)
    lab.write("home/.config/rlab/config.ini", "[keys]\nzoom = Z\n")
    has(checks(lab.run("doctor", "--json"))["config file"]["found"], path + ", 1 value")


def test_wrong_server_in_the_config(lab):
    lab.write("home/.config/rlab/config.ini", "[server box]\ntype = openia\nurl = http://x\n")
    has(checks(exits(lab.run("doctor", "--json"), 2))["start"]["found"], "openia")


def test_a_rule_set_that_is_wrong(lab):
    lab.server()
    path = lab.write("home/.config/rlab/rules/mine.rules", "keyword +5 zebra\n")
    exits(lab.run("rules", "use", "mine"), 0)
    with open(path, "a") as f:
        f.write("pattern oops\n")
    found = checks(exits(lab.run("doctor", "--json"), 2))
    has(found["rules"]["found"], "line 2")
    has(found["rules"]["do"], "rlab rules use basic")


def test_no_password_is_shown(lab):
    for name in ("OLLAMA_HOST", "OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"):
        for address in ("http://user:s3cr3t@host:1/v1", "https://user:s3cr3t@host"):
            for words in (("doctor",), ("doctor", "--json")):
                r = lab.run(*words, env={name: address})
                lacks(r.out + r.err, "s3cr3t")
                has(r.out, "...@host")
        for address in ("http://host/v1?key=s3cr3t", "http://host/#s3cr3t", "http://host?s3cr3t@x",
                        "http://me:p/s3cr3t@host"):
            for words in (("doctor",), ("doctor", "--json"), ("models",)):
                r = lab.run(*words, env={name: address, "ANTHROPIC_API_KEY": "x" * 20})
                lacks(r.out + r.err, "s3cr3t")
            exits(lab.run("ask", "hi", env={name: address, "ANTHROPIC_API_KEY": "x" * 20}), 2,
                  name + ":")


def test_a_damaged_database_was_moved_aside(lab):
    lab.server()
    os.makedirs(lab.data, 0o700)
    with open(os.path.join(lab.data, "rlab.db"), "wb") as f:
        f.write(b"SQLite format 3\0" + b"rubbish " * 1000)
    r = exits(lab.run("doctor", "--json"), 0)
    same(checks(r)["database"]["problem"], "database-damaged")  # the doctor itself moves nothing
    same(os.listdir(lab.data), ["rlab.db"])
    exits(lab.run("ask", "hello"), 0, "was damaged")
    r = exits(lab.run("doctor", "--json"), 0)
    has(checks(r)["moved aside"]["found"], "rlab.db.damaged-")
    same([n for n in os.listdir(lab.data) if "damaged" in n].__len__(), 1)


def test_a_newer_database(lab):
    lab.server()
    exits(lab.run("ask", "hello"), 0)
    db = sqlite3.connect(os.path.join(lab.data, "rlab.db"))
    db.execute("PRAGMA user_version = 999")
    db.close()
    found = checks(exits(lab.run("doctor", "--json"), 0))
    same(found["database"]["state"], "warn")
    has(found["database"]["found"], "newer")


def test_rights(lab):
    lab.server()
    exits(lab.run("ask", "hello"), 0)
    os.chmod(lab.data, 0o755)
    found = checks(exits(lab.run("doctor", "--json"), 0))
    same(found["data folder"]["state"], "warn")
    same(found["data folder"]["do"], "others can look in: chmod 700 '%s'" % lab.data)


def test_a_home_that_cannot_be_written(lab):
    lab.server()
    os.chmod(lab.home, 0o555)
    r = exits(lab.run("doctor", "--json", **unprivileged()), 5)
    same(checks(r)["database"]["state"], "bad")
    has(checks(r)["database"]["do"], "--data-dir")
    has(flat(lab.run("doctor", **unprivileged()).out), "not recorded")


def test_letters_and_terminal(lab):
    lab.server()
    found = checks(exits(lab.run("doctor", "--json", env={"LANG": "C", "LC_ALL": "C"}), 0))
    same(found["letters"]["state"], "warn")
    has(found["letters"]["do"], "--ascii")


main()
