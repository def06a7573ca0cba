#!/usr/bin/env python3
"""Progress speaks of what was recorded: nothing at first, each goal once its facts are there."""
from rlab_case import exits, fits, has, main, same

HARD = "Solve step by step: prove that 2 + 3 is 5"


def reached(lab):
    goals = exits(lab.run("progress", "--json"), 0).json()["goals"]
    return [g["goal"] for g in goals if g["reached"]]


def test_a_new_lab_has_done_nothing(lab):
    lab.run("label", "complex", "x")  # makes the database
    r = exits(lab.run("progress"), 0)
    fits(r.out)
    same(r.out.count("to do"), 5)
    same(reached(lab), [])


def test_each_goal_is_reached_by_its_own_facts(lab):
    server = lab.server()
    lab.run("classify", "solve it")
    lab.run("label", "complex", "solve it")
    same(reached(lab), ["difficulty"])
    lab.run("ask", "hello there")
    lab.run("ask", HARD)
    same(reached(lab), ["difficulty", "route"])
    lab.run("ask", HARD)
    same(reached(lab), ["difficulty", "route", "cache"])
    lab.run("bench", "run", "--rounds", "1", "--cold")
    lab.run("ask", "--compare", "hello there")
    rows = exits(lab.run("history", "list", "--json"), 0).rows()
    pair = [r for r in rows if r["purpose"] == "compare"]
    exits(lab.run("judge", str(pair[0]["id"]), "same"), 0)
    same(reached(lab), ["difficulty", "route", "cache", "measure"])
    server.control("/__play", {"model": {"big-r1:70b": {"cut_after": 1}}})
    for n in range(3):
        lab.run("ask", HARD + " " + "again " * n + "!")
    r = exits(lab.run("progress"), 0)
    has(r.out, "fallbacks 3")


def test_demonstrations_are_not_ones_own_work(lab):
    lab.server()
    exits(lab.run("demo", "2"), 0)
    same(reached(lab), [])
    r = exits(lab.run("progress"), 0)
    has(r.out, "by the fast model 0")
    has(r.out, "hits 0, look-ups 0")
    lab.run("ask", "hello there")
    lab.run("ask", "hello there")
    has(exits(lab.run("progress"), 0).out, "hits 1, look-ups 2")


def test_the_exercises_stand_below_the_goals(lab):
    has(exits(lab.run("progress"), 0).out, "0 of 26 exercises done\n")
    lab.run("exercise", "show", "2.2")
    lab.run("classify", "--rules", "basic", "What is the name of my cat and who is she?")
    r = exits(lab.run("progress"), 0)
    has(r.out, "now 2.2, A query scoring -2: 2 of 2 met; rlab exercise show 2.2")
    exits(lab.run("exercise", "check", "2.2"), 0)
    exits(lab.run("exercise", "skip", "2.3"), 0)
    exits(lab.run("exercise", "hint", "3.1"), 0)
    r = exits(lab.run("progress", env={"LANG": "C.UTF-8"}), 0)
    fits(r.out)
    has(r.out, "1 of 26 exercises done, 1 skipped\n")
    has(r.out, "1 of 18\n")
    has(r.out, "0 of 8\n")
    has(r.out, "\u2713 2.2 \u25cb 2.3 \u00b7 2.4")
    has(exits(lab.run("progress", "--ascii"), 0).out, "x 2.2 - 2.3 . 2.4")
    e = exits(lab.run("progress", "--json"), 0).json()["exercises"]
    same({k: e[k] for k in ("done", "in_all", "skipped", "current", "next")},
         {"done": 1, "in_all": 26, "skipped": 1, "current": "3.1", "next": "3.1"})
    same(e["courses"], [{"course": 1, "done": 1, "in_all": 18}, {"course": 2, "done": 0, "in_all": 8}])
    same([(x["state"], x["passed"], x["checks"], x["hints"]) for x in e["list"]
          if x["id"] in ("2.2", "2.3", "3.1")],
         [("done", True, 1, 0), ("skipped", False, 0, 0), ("to do", False, 0, 1)])


def test_progress_names_files_that_are_wrong(lab):
    lab.write("home/.config/rlab/lessons/x.lesson", "id: x\n")
    r = exits(lab.run("progress"), 0, "left out: ")
    has(r.out, "0 of 26 exercises done")


def test_progress_reads_only(lab):
    lab.run("classify", "x")
    has(exits(lab.run("--read-only", "progress"), 0).out, "0 of 26 exercises done")


def test_compares_are_pairs(lab):
    lab.server()
    for _ in range(2):
        lab.run("ask", "--compare", "hello there")
    pair = [r for r in lab.run("history", "list", "--json").rows() if r["purpose"] == "compare"]
    for verdict in ("left", "same"):
        exits(lab.run("judge", str(pair[0]["id"]), verdict), 0)
    has(" ".join(exits(lab.run("progress"), 0).out.split()), "compares judged 1 of 2")


if __name__ == "__main__":
    main()
