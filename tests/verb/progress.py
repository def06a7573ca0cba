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


if __name__ == "__main__":
    main()
