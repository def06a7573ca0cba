#!/usr/bin/env python3
"""rlab history, label and judge, from end to end."""
import json
import os

from rlab_case import exits, fits, has, lacks, main, same

CAPITAL = "What is the capital of Japan?"
PROOF = "Solve step by step: prove that 2+2 is 4"


def ask(lab, *words):
    return exits(lab.run("ask", *words), 0)


def fill(lab):
    lab.server()
    for text in (CAPITAL, CAPITAL, PROOF):
        ask(lab, text)


def test_nothing_yet(lab):
    has(exits(lab.run("history"), 0).out, "nothing was asked yet")
    same(exits(lab.run("history", "--json"), 0).out, "")


def test_list(lab):
    fill(lab)
    rows = lab.run("history", "list", "--json").rows()
    same([(r["id"], r["query"], r["from"]) for r in rows],
         [(3, PROOF, "model"), (2, CAPITAL, "cache"), (1, CAPITAL, "model")])
    same(rows[0]["schema"], "rlab.history/1")
    same((rows[0]["level"], rows[0]["role"], rows[0]["end"]), ("complex", "reasoning", "OK_STOP"))
    same(rows[2]["fallback_from"], None)
    text = lab.run("history").out
    fits(text)
    same(len(text.splitlines()), 4)


def test_paging(lab):
    lab.server()
    for i in range(7):
        ask(lab, "question %d" % i)
    first = exits(lab.run("history", "--limit", "3"), 0, "7 in all", "--before 5")
    same(len(first.out.splitlines()), 4)
    same([r["id"] for r in lab.run("history", "--json", "--before", "5").rows()], [4, 3, 2, 1])
    has(lab.run("history", "--before", "1").out, "no older")
    same(len(lab.run("history", "--json", "--all").rows()), 7)
    exits(lab.run("history", "--limit", "x"), 2, "--limit")


def test_names_and_notes(lab):
    """What a question is called is kept with its answer, found by it, and deleted with it."""
    fill(lab)
    r = exits(lab.run("ask", "--json", "--name", "Ärger im Kiosk", "--notes", "first\ntry", CAPITAL), 0)
    same((r.json()["name"], r.json()["notes"]), ("Ärger im Kiosk", "first\ntry"))
    exits(lab.run("ask", "--name", "3", "--notes", "", "a question called 3"), 0)
    rows = exits(lab.run("history", "--json"), 0).rows()
    same([(r["id"], r["name"], r["notes"]) for r in rows],
         [(5, "3", None), (4, "Ärger im Kiosk", "first\ntry")] + [(i, None, None) for i in (3, 2, 1)])
    same(exits(lab.run("history", "export"), 0).rows(), rows)
    text = exits(lab.run("history", "show", "Ärger im Kiosk"), 0).out
    has(text, "answer    4,")
    has(text, "name      Ärger im Kiosk\n")
    has(text, "--- notes ---\nfirst\ntry\n")
    has(exits(lab.run("history", "show", "3"), 0).out, "answer    3,")  # a number goes first
    lacks(lab.run("history", "show", "3").out, "name ")
    exits(lab.run("ask", "--compare", "--name", "pair", "a or b?"), 0)
    same([r["name"] for r in lab.run("history", "--json", "--limit", "2").rows()], ["pair", "pair"])
    has(lab.run("--line", input="9\nshow\n4\nback\n0\n").out, "Name: Ärger im Kiosk\n")
    exits(lab.run("history", "delete", "4", "--yes"), 0)
    exits(lab.run("history", "show", "Ärger im Kiosk"), 2, "no answer 'Ärger im Kiosk'", "history list")
    with open(os.path.join(lab.data, "rlab.db"), "rb") as f:
        assert "im Kiosk".encode() not in f.read(), "a deleted name is still in the file"
    for words in (["--name", "x"], ["--notes", "x"]):
        r = exits(lab.run("ask", "--no-history", *words, "hello"), 2, "'--no-history' keeps no text")
        same(r.out, "")


def test_search(lab):
    fill(lab)
    rows = exits(lab.run("history", "search", "japan", "capi", "--json"), 0).rows()
    same([r["id"] for r in rows], [2, 1])
    has(rows[0]["match"], "[capital]")
    exits(lab.run("history", "search", "zebra"), 1, "zebra")
    for odd in ('"', "AND", "NOT (", "a OR *", "query:x", "--", "'; DROP TABLE answer"):
        assert lab.run("history", "search", "--", odd).code in (0, 1), odd
    exits(lab.run("history", "search", "  "), 2)


def test_show(lab):
    fill(lab)
    r = exits(lab.run("history", "show", "3"), 0)
    has(r.out, "--- thinking ---\nStep")
    has(r.out, "--- answer ---\nbig-r1:70b says")
    has(r.out, PROOF)
    r = exits(lab.run("history", "show", "2"), 0)
    has(r.out, "from the cache; the call took")
    same(lab.run("history", "show", "3", "--json").json()["thinking"][:4], "Step")
    exits(lab.run("history", "show", "99"), 2, "99")
    exits(lab.run("history", "show", "x"), 2, "'x'")
    exits(lab.run("history", "show"), 2, "ID")


def test_export(lab):
    fill(lab)
    path = os.path.join(lab.root, "out.jsonl")
    exits(lab.run("history", "export", path), 0, "3 answers")
    same(os.stat(path).st_mode & 0o777, 0o600, "rights")
    with open(path) as f:
        text = f.read()
    same([json.loads(line)["id"] for line in text.splitlines()], [3, 2, 1])
    same(lab.run("history", "export").out, text)
    exits(lab.run("history", "export", path), 2, "File exists")
    with open(path) as f:
        same(f.read(), text, "the file that was there")
    exits(lab.run("history", "export", "/no/such/folder/x"), 2, "/no/such/folder/x")


def test_delete(lab):
    fill(lab)
    exits(lab.run("history", "delete", "1"), 2, "--yes")
    exits(lab.run("history", "delete", "1", "99", "--yes"), 2, "99")
    same(len(lab.run("history", "--json").rows()), 3, "answers")
    exits(lab.run("history", "delete", "3", "--yes"), 0, "1 deleted")
    exits(lab.run("history", "search", "prove"), 1)
    same(exits(lab.run("history", "delete", "--all", "--yes", "--json"), 0).json()["deleted"], 2)
    same(lab.run("history", "--json").out, "")
    exits(lab.run("history", "delete"), 2, "which")
    exits(lab.run("history", "delete", "--all", "3"), 2, "which")
    for name in os.listdir(lab.data):
        if name == "rlab.db-shm":
            continue
        with open(os.path.join(lab.data, name), "rb") as f:
            assert b"Step and so it goes" not in f.read() or name == "rlab.db", name


def test_no_history(lab):
    lab.server()
    ask(lab, "secret one", "--no-history")
    lacks(lab.run("history", "--json").out, "secret")
    has(lab.run("history").out, "(text not kept)")
    has(lab.run("history", "show", "1").out, "(text not kept)")


def test_labels_without_texts(lab):
    has(exits(lab.run("label", "list"), 0).out, "no labels yet")
    exits(lab.run("label", "complex", "a secret question", "--no-history"), 0, "without its text")
    text = exits(lab.run("label", "list"), 0).out
    has(text, "1 label was kept without its text")
    lacks(text, "no labels yet")
    r = exits(lab.run("label", "list", "--json"), 0, "1 label was kept")
    same(r.out, "")
    exits(lab.run("label", "simple", "another", "--no-history"), 0)
    exits(lab.run("label", "simple", "hello"), 0)
    text = exits(lab.run("label", "list"), 0).out
    has(text, "hello")
    has(text, "2 labels were kept without their texts")
    lab.server()
    has(lab.run("--line", input="2\nhello\nlabels\nback\n0\n").out, "so not listed: 2.")


def test_labels(lab):
    exits(lab.run("label", "complex", "What", "is", "2+2?"), 0, "labelled complex", "say moderate (score 1)")
    exits(lab.run("label", "simple", "-", input="hello\n"), 0)
    exits(lab.run("label", "moderate", "hello"), 0)  # the latest wins
    rows = exits(lab.run("label", "list", "--json"), 0).rows()
    same([(r["query"], r["label"], r["level"], r["agrees"]) for r in rows],
         [("hello", "moderate", "simple", False), ("What is 2+2?", "complex", "moderate", False)])
    text = lab.run("label").out
    fits(text)
    has(text, "agree on 0 of 2")
    has(lab.run("label", "list", "--rules", "weighted").out, "'weighted'")
    exits(lab.run("label", "hard", "hello"), 2, "'hard'", "moderate")
    exits(lab.run("label", "simple"), 2, "TEXT")


def test_judging(lab):
    lab.server()
    r = exits(lab.run("ask", "--compare", "one"), 0, "rlab judge")
    pair = r.err.split("rlab judge ")[1].split()[0]
    exits(lab.run("judge", pair, "left"), 0, "local/fast:8b was better than local/big-r1:70b")
    r = exits(lab.run("judge", pair, "both-wrong", "--blind", "--json"), 0).json()
    same((r["verdict"], r["blind"], r["swapped"], r["left"]),
         ("both-wrong", True, False, "local/fast:8b"))
    has(lab.run("history", "show", pair).out, "judged: both-wrong")
    r = exits(lab.run("ask", "--compare", "--swap", "two"), 0)
    pair = r.err.split("rlab judge ")[1].split()[0]
    r = exits(lab.run("judge", pair, "left", "--json"), 0).json()
    same((r["swapped"], r["left"]), (True, "local/big-r1:70b"))


def test_judging_what_is_not_there(lab):
    lab.server()
    ask(lab, "one")
    exits(lab.run("judge", "1", "left"), 2, "--compare")
    exits(lab.run("judge", "77", "left"), 2, "77")
    exits(lab.run("judge", "1", "middle"), 2, "'middle'", "both-wrong")
    exits(lab.run("judge", "x", "left"), 2, "'x'")
    exits(lab.run("judge"), 2, "ID")


main()
