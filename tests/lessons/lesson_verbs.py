#!/usr/bin/env python3
"""What the verbs of exercises do around a check: hints, solution, skip, reset and undo, lint, own and
hostile files, two sessions, a kill, and the report."""
import json
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "verb"))
from rlab_case import exits, fits, flat, has, lacks, main, same  # noqa: E402

GOOD = """id: 9.1
course: 2
name: Own
title: An exercise of my own
part: Own
pane: ask
minutes: 1
goal: Label something
  complex.
why: To try it.
criterion: something is labelled
select: SELECT count(*) > 0, count(*) FROM fact_label WHERE at > :since HAVING count(*) > 0
near: only {found} labels
missing: nothing is labelled
hint: rlab label
solution: rlab label complex X
shows: That it works.
"""


def show(lab, id):
    return exits(lab.run("exercise", "show", id, "--json"), 0).json()


def pass_2_2(lab):
    lab.run("exercise", "show", "2.2")
    lab.run("classify", "--rules", "basic", "What is the name of my cat and who is she?")
    exits(lab.run("exercise", "check", "2.2"), 0)


def test_all_shipped_files_are_fine_and_complete(lab):
    rows = exits(lab.run("exercise", "list", "--json"), 0).rows()
    same([r["id"] for r in rows],
         "1.1 1.2 2.1 2.2 2.3 2.4 2.5 3.1 3.2 3.3 4.1 4.2 5.1 5.2 6.1 6.2 7.1 7.2".split() +
         ["8.%d" % n for n in range(1, 9)])
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lessons")
    files = [os.path.join(folder, f) for f in sorted(os.listdir(folder)) if f.endswith(".lesson")]
    r = exits(lab.run("exercise", "lint", *files), 0)
    same(r.out.count("is fine"), 26)


def test_words_fit_a_terminal(lab):
    for row in exits(lab.run("exercise", "list", "--json"), 0).rows():
        r = exits(lab.run("exercise", "show", row["id"]), 0)
        fits(r.out)
        same(row["hints_in_all"], 3, "hints of " + row["id"])


def test_hints_come_one_by_one(lab):
    same(len(show(lab, "2.2")["hints"]), 0)
    for n in (1, 2, 3):
        same(len(exits(lab.run("exercise", "hint", "2.2", "--json"), 0).json()["hints"]), n)
    exits(lab.run("exercise", "hint", "2.2"), 1, "all hints of 2.2 are used")


def test_a_solution_is_asked_for_and_marks(lab):
    exits(lab.run("exercise", "solution", "2.2"), 2, "--yes")
    has(exits(lab.run("exercise", "solution", "2.2", "--yes"), 0).out, "rlab classify")
    pass_2_2(lab)
    same(show(lab, "2.2")["state"], "done after its solution")


def test_skipped_is_not_done(lab):
    has(exits(lab.run("exercise", "skip", "2.2"), 0).out, "2.2 is skipped")
    same(show(lab, "2.2")["passed"], False)
    pass_2_2(lab)
    exits(lab.run("exercise", "skip", "2.2"), 1, "is done")


def test_the_list_has_the_filter_of_the_screen(lab):
    pass_2_2(lab)
    exits(lab.run("exercise", "skip", "2.3"), 0)
    ids = {f: [r["id"] for r in exits(lab.run("exercise", "list", f, "--json"), 0).rows()]
           for f in ("all", "to-do", "done", "skipped")}
    same((len(ids["all"]), len(ids["to-do"]), ids["done"], ids["skipped"]), (26, 24, ["2.2"], ["2.3"]))
    has(exits(lab.run("exercise", "list", "done"), 0).out, "A query scoring -2")
    exits(lab.run("exercise", "list", "nonsense"), 2, "all, to-do, done or skipped")


def test_a_reset_makes_old_facts_count_no_more_and_can_be_undone(lab):
    pass_2_2(lab)
    exits(lab.run("exercise", "reset", "2.2"), 2, "--yes")
    exits(lab.run("exercise", "reset", "2.2", "--yes"), 0)
    exits(lab.run("exercise", "check", "2.2"), 1)
    exits(lab.run("exercise", "undo", "2.2"), 0)
    same(show(lab, "2.2")["passed"], True)
    exits(lab.run("exercise", "undo", "2.2"), 1, "nothing to take back")


def test_passed_stays_passed(lab):
    pass_2_2(lab)
    lab.run("classify", "hello")
    exits(lab.run("exercise", "check", "2.2"), 0)
    lab.run("history", "delete", "--all", "--yes")
    same(show(lab, "2.2")["passed"], True)


def test_facts_before_the_opening_do_not_count(lab):
    lab.run("classify", "--rules", "basic", "What is the name of my cat and who is she?")
    exits(lab.run("exercise", "check", "2.2"), 1)


def test_without_history_facts_keep_numbers(lab):
    lab.run("exercise", "show", "2.2")
    lab.run("classify", "--no-history", "--rules", "basic", "What is my SECRETNAME and who is she?")
    exits(lab.run("exercise", "check", "2.2"), 0)
    for name in os.listdir(lab.data):
        with open(os.path.join(lab.data, name), "rb") as f:
            assert b"SECRETNAME" not in f.read(), name


def test_own_files_by_option_and_by_folder(lab):
    folder = os.path.dirname(lab.write("more/9.1-own.lesson", GOOD))
    exits(lab.run("exercise", "lint", folder + "/9.1-own.lesson"), 0)
    exits(lab.run("exercise", "show", "9.1"), 2, "no exercise is called '9.1'")
    exits(lab.run("exercise", "show", "9.1", "--lessons", folder), 0)
    lab.run("label", "complex", "hm")
    exits(lab.run("exercise", "check", "9.1", "--lessons", folder), 0)
    lab.write("home/.config/rlab/lessons/a.lesson", GOOD)
    same(show(lab, "9.1")["passed"], True)


def test_a_wrong_file_is_named_with_its_line(lab):
    for text, words in (
            (GOOD.replace("minutes: 1", "minutes: x"), ("line 7", "whole number")),
            (GOOD.replace("hint:", "hnt:"), ("unknown key 'hnt'", "there are: id, course")),
            (GOOD.replace("count(*) > 0, count(*) FROM", "count(*) > 0 FROM"), ("line 12", "1 column")),
            (GOOD.replace("goal:", "gaol:"), ("unknown key 'gaol'",)),
            (GOOD.replace("count(*) > 0, count(*) FROM fact_label WHERE at > :since HAVING count(*) > 0",
                          "1, 1"), ("true in an empty lab",)),
            (GOOD.replace("id: 9.1\n", ""), ("has no 'id'",)),
            ("", ("has no 'id'",)),
            (GOOD + "ask: choice\n", ("asks, but has no 'question'",)),
    ):
        r = lab.run("exercise", "lint", lab.write("w.lesson", text))
        same(r.code, 2, "exit code of %r" % r.err)
        for w in words:
            has(flat(r.err), w)


HOSTILE = {
    "INSERT INTO setting VALUES ('a', 'b', 1)": "it does something else than read",
    "DELETE FROM exercise": "it does something else than read",
    "SELECT 1, value FROM setting": "'setting', which is no view of facts",
    "SELECT 1, sql FROM sqlite_schema": "sqlite_master",
    "SELECT 1, query FROM answer": "no view of facts",
    "SELECT * FROM pragma_database_list": "it does something else",
    "SELECT 1, count(*) FROM pragma_database_list": "it does something else",
    "PRAGMA user_version = 1": "it does something else",
    "ATTACH 'x.db' AS y": "it does something else",
    "SELECT 1, load_extension('x')": "not",
    "SELECT 1, length(randomblob(1000000000))": "'randomblob', which is not allowed",
    "SELECT 1, 1; DELETE FROM exercise": "more than one SELECT",
    "SELECT 1, ?": "is not known here",
    "nonsense": "syntax error",
}


def test_a_hostile_file_can_do_nothing(lab):
    pass_2_2(lab)
    for select, words in HOSTILE.items():
        text = GOOD.replace("SELECT count(*) > 0, count(*) FROM fact_label WHERE at > :since HAVING "
                            "count(*) > 0", select)
        path = lab.write("evil/9.1.lesson", text)
        r = exits(lab.run("exercise", "lint", path), 2)
        has(flat(r.err), words, select)
        r = exits(lab.run("exercise", "check", "9.1", "--lessons", os.path.dirname(path)), 1)
        has(flat(r.out), "could not be checked", select)
    same(show(lab, "2.2")["passed"], True)


def test_a_borrowed_name_opens_nothing(lab):
    for name in ("fact_setting", "fact_label"):
        select = "WITH %s AS (SELECT value FROM setting) SELECT 1, value FROM %s" % (name, name)
        text = GOOD.replace("SELECT count(*) > 0, count(*) FROM fact_label WHERE at > :since HAVING "
                            "count(*) > 0", select)
        r = exits(lab.run("exercise", "lint", lab.write("b.lesson", text)), 2)
        has(flat(r.err), "it reads 'setting', which is no view of facts")


def test_a_loop_ends_with_a_sentence(lab):
    for select in ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 0, count(*) "
                   "FROM n",
                   "SELECT 0, count(*) FROM fact_label a, fact_label b, fact_label c, fact_label d, "
                   "fact_label e, fact_label f, fact_label g, fact_label h"):
        text = GOOD.replace("SELECT count(*) > 0, count(*) FROM fact_label WHERE at > :since HAVING "
                            "count(*) > 0", select)
        for n in range(30):
            lab.run("label", "complex", "x%d" % n) if "a, fact_label b" in select else None
        path = lab.write("loop/9.1.lesson", text)
        r = exits(lab.run("exercise", "check", "9.1", "--lessons", os.path.dirname(path)), 1)
        has(flat(r.out), "could not be checked: it")


def test_two_sessions_lose_nothing_of_each_other(lab):
    lab.run("exercise", "show", "2.2")
    running = [lab.start("exercise", "hint", id) for id in ("2.2", "2.3", "2.4", "2.5")] + \
              [lab.start("exercise", "skip", "3.1")]
    for p in running:
        p.communicate()
    for id in ("2.2", "2.3", "2.4", "2.5"):
        same(len(show(lab, id)["hints"]), 1, "hints of " + id)
    same(show(lab, "3.1")["state"], "skipped")


def test_a_kill_loses_nothing_that_was_said(lab):
    lab.run("exercise", "show", "2.3")
    for delay in range(6):
        p = lab.start("exercise", "hint", "2.2")
        if delay:
            try:
                p.wait(0.02 * delay)
            except Exception:
                pass
        p.send_signal(signal.SIGKILL)
        p.communicate()
    before = len(show(lab, "2.2")["hints"])
    assert 0 <= before <= 3
    exits(lab.run("exercise", "show", "2.3"), 0)
    same(len(show(lab, "2.2")["hints"]), before)


def test_the_report_has_the_learners_own_figures(lab):
    pass_2_2(lab)
    lab.built_in()
    lab.run("ask", "1 + 1?")
    lab.run("ask", "1 + 1?")
    j = exits(lab.run("report", "--json"), 0).json()
    same(j["schema"], "rlab.report/1")
    same(j["done"], 1)
    same(j["figures"]["look_ups"], 2)
    same(j["figures"]["hit_rate"], 0.5)
    same([j["figures"][k] for k in ("judged", "reasoning_better", "labels", "agreement")], [None] * 4)
    same([e["state"] for e in j["exercises"] if e["id"] == "2.2"], ["done"])
    text = exits(lab.run("report"), 0).out
    has(text, "# Report of the Reasoning Lab")
    has(text, "| 2.2 | A query scoring -2 | done |")
    lacks(text, "nan")


def test_the_report_says_of_how_many(lab):
    lab.built_in()
    for words in ("3 + 4?", "5 + 4?"):
        pair = lab.run("ask", "--compare", "--json", words).rows()
        for verdict in ("left", "same", "right"):  # the last one counts
            exits(lab.run("judge", str(pair[0]["answer_id"]), verdict), 0)
    exits(lab.run("judge", str(pair[0]["answer_id"]), "same"), 0)
    exits(lab.run("label", "simple", "What is one?", "--rules", "basic"), 0)
    exits(lab.run("label", "complex", "What is two?", "--rules", "basic"), 0)
    exits(lab.run("label", "list", "--rules", "basic"), 0)
    f = exits(lab.run("report", "--json"), 0).json()["figures"]
    same((f["compares"], f["judged"], f["reasoning_better"]), (2, 2, 0.5))
    same((f["labels"], f["agreement"]), (2, 0.5))
    text = exits(lab.run("report"), 0).out
    has(text, "- compares you judged: 2\n- of the judged ones the reasoning model was better: 50 %")
    has(text, "- labels of yours, when last held against the rules: 2\n- labels and rules last "
              "agreed: 50 %")


if __name__ == "__main__":
    main()
