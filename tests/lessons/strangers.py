#!/usr/bin/env python3
"""Exercises out of a stranger's hands: what their SELECTs may not do, what their files may be, and
what their texts may hold. Each ends with a sentence that names file and line (or the file alone,
where it is none), soon, in bounded memory, with nothing changed. And the guide to writing one
says what is so."""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "verb"))
from rlab_case import Result, exits, flat, has, lacks, main, same  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
GUIDE = os.path.join(ROOT, "lessons", "README.md")
# Of processor time and memory, in a build that checks itself and keeps 256 MiB of what was freed.
MOST_S, MOST_MIB = 1.5, 700

GOOD = """id: 9.1
course: 2
name: Own
title: An exercise of my own
part: Own
pane: ask
minutes: 1
goal: Label something complex.
why: To try it.
criterion: something is labelled
select: %s
near: only {found} labels
missing: nothing is labelled
hint: rlab label
solution: rlab label complex X
shows: That it works.
"""
SELECT = "SELECT count(*) > 0, count(*) FROM fact_label WHERE at > :since HAVING count(*) > 0"
LINE = 11  # of the select


def run(lab, *words, seconds=MOST_S, **more):
    """The program, held to its time and memory."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        p = lab.start(*words, stdout=out, stderr=err, **more)
        _, status, used = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        r = Result(p.returncode, out.read().decode(errors="replace"), err.read().decode(errors="replace"))
    took = used.ru_utime + used.ru_stime
    assert took < seconds, "%.2f s of processor time: %s\n%r" % (took, " ".join(words), r)
    assert used.ru_maxrss < MOST_MIB * 1024, "%d MiB: %s" % (used.ru_maxrss / 1024, " ".join(words))
    lacks(r.err, "Sanitizer", "stderr")
    return r


EIGHT = "t(n) AS (VALUES (1), (2), (3), (4), (5), (6), (7), (8))"
LONG = "l(x) AS (SELECT '%s')" % ("long " * 1200)
MUCH = "m(x) AS (SELECT x || x || x || x || x || x || x || x || x || x FROM l)"

SELECTS = {
    # another statement
    "INSERT INTO setting VALUES ('a', 'b', 1)": "it does something else than read",
    "UPDATE exercise SET kind = 'pass'": "it does something else than read",
    "DELETE FROM exercise": "it does something else than read",
    "DROP VIEW fact_label": "it does something else than read",
    "CREATE TEMP TABLE fact_label(at)": "it does something else than read",
    "CREATE TABLE x AS SELECT 1": "it does something else than read",
    "ATTACH 'x.db' AS y": "it does something else than read",
    "DETACH main": "it does something else than read",
    "VACUUM INTO 'copy.db'": "",
    "REINDEX": "",
    "ANALYZE": "it does something else than read",
    "BEGIN": "it does something else than read",
    "PRAGMA user_version = 1": "it does something else than read",
    "PRAGMA temp_store_directory = '/'": "it does something else than read",
    "EXPLAIN SELECT 1, 1": "it is no SELECT",
    "EXPLAIN QUERY PLAN SELECT 1, 1": "it is no SELECT",
    "WITH a AS (SELECT 1) DELETE FROM exercise": "it does something else than read",
    "REPLACE INTO exercise SELECT * FROM exercise RETURNING 1, 1": "it does something else",
    "SELECT 1, 1; DELETE FROM exercise": "it is more than one SELECT",
    "SELECT 0, 1; SELECT 1, 1": "it is more than one SELECT",
    "; SELECT 1, 1": "",
    # what is not for lessons
    "SELECT 1, value FROM setting": "'setting', which is no view of facts",
    "SELECT 1, query FROM answer": "'answer', which is no view of facts",
    "SELECT 1, text FROM draft": "no view of facts",
    "SELECT 1, count(*) FROM session": "no view of facts",
    "SELECT 1, sql FROM sqlite_schema": "sqlite_master",
    "SELECT 1, name FROM sqlite_temp_schema": "sqlite_temp_master",
    "SELECT 1, count(*) FROM main.cache": "no view of facts",
    "SELECT 1, (SELECT value FROM setting LIMIT 1) FROM fact_label": "no view of facts",
    "SELECT 1, count(*) FROM fact_label JOIN setting": "no view of facts",
    "SELECT EXISTS (SELECT 1 FROM setting), 1": "no view of facts",
    "SELECT 1, count(*) FROM pragma_database_list": "it does something else than read",
    "SELECT 1, file FROM pragma_database_list()": "it does something else than read",
    "SELECT 1, count(*) FROM dbstat": "",
    "SELECT 1, data FROM sqlite_dbpage": "",
    "SELECT 1, value FROM json_each('[1]')": "",
    "SELECT 1, value FROM generate_series(1, 1000000000)": "no such table",
    "SELECT 1, bytecode FROM bytecode('SELECT 1')": "",
    "WITH fact_label AS (SELECT value AS at FROM setting) SELECT 1, at FROM fact_label":
        "no view of facts",
    "TABLE setting": "syntax error",
    # functions
    "SELECT 1, load_extension('x')": "not",
    "SELECT 1, readfile('/etc/passwd')": "no such function",
    "SELECT 1, writefile('x', 'y')": "no such function",
    "SELECT 1, edit('x')": "no such function",
    "SELECT 1, length(randomblob(1000000000))": "'randomblob', which is not allowed",
    "SELECT 1, length(zeroblob(2000000000))": "'zeroblob', which is not allowed",
    "SELECT 1, printf('%1000000000d', 1)": "'printf', which is not allowed",
    "SELECT 1, format('%*d', 1000000000, 1)": "'format', which is not allowed",
    "SELECT 1, group_concat(at) FROM fact_label": "'group_concat', which is not allowed",
    "SELECT 1, replace('a', 'a', 'b')": "'replace', which is not allowed",
    "SELECT 1, hex('x')": "'hex', which is not allowed",
    "SELECT 1, char(27)": "'char', which is not allowed",
    "SELECT 'a' LIKE '%%%%%%%%b', 1": "'like', which is not allowed",
    "SELECT 'a' GLOB '*a*a*a*b', 1": "'glob', which is not allowed",
    "SELECT 'a' REGEXP 'b', 1": "no such function",
    "SELECT 'a' MATCH 'b', 1": "",
    "SELECT '{}' -> 'a', 1": "which is not allowed",
    "SELECT 1, datetime('now')": "'datetime', which is not allowed",
    "SELECT 1, CURRENT_TIMESTAMP": "which is not allowed",
    "SELECT 1, last_insert_rowid()": "which is not allowed",
    "SELECT 1, total_changes()": "which is not allowed",
    "SELECT 1, sqlite_version()": "which is not allowed",
    "SELECT 1, json_object('a', 1)": "which is not allowed",
    "SELECT 1, fts5_source_id()": "which is not allowed",
    "SELECT 1, highlight(x, 1, '', '')": "",
    # bound values
    "SELECT 1, ?": "is not known here: there are :since and :session",
    "SELECT 1, ?999": "is not known here",
    "SELECT 1, :until": "':until' is not known here",
    "SELECT 1, @since": "'@since' is not known here",
    "SELECT 1, $since": "'$since' is not known here",
    # loops, heaps, heights
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 0, count(*) FROM n":
        "it is recursive, which is not allowed here",
    "WITH n(i) AS (SELECT 1 UNION SELECT i FROM n) SELECT 0, 1 FROM n": "it is recursive",
    "WITH %s SELECT 0, count(*) FROM t a, t b, t c, t d, t e, t f, t g, t h, t i, t j" % EIGHT:
        "it takes too long",
    "WITH %s SELECT 0, 1 FROM t a, t b, t c, t d, t e, t f, t g, t h, t i, t j "
    "WHERE a.n + b.n + c.n + d.n + e.n + f.n + g.n + h.n + i.n + j.n = 7" % EIGHT: "it takes too long",
    "WITH %s SELECT 0, max(s) FROM (SELECT sum(a.n) OVER (ORDER BY b.n, c.n, d.n) AS s FROM "
    "t a, t b, t c, t d, t e, t f, t g, t h)" % EIGHT: "it ",
    "WITH %s, %s, %s SELECT 0, x FROM (SELECT m.x || a.n || b.n || c.n || d.n || e.n AS x FROM m, t a, "
    "t b, t c, t d, t e) ORDER BY x DESC" % (EIGHT, LONG, MUCH): "look at the newest facts only",
    "WITH %s, %s, %s, k AS MATERIALIZED (SELECT m.x || a.n || b.n || c.n || d.n AS x FROM m, t a, t b, t c, "
    "t d) SELECT 0, count(*) FROM k u, k v" % (EIGHT, LONG, MUCH): "look at the newest facts only",
    "WITH %s, %s, %s SELECT 0, count(DISTINCT m.x || a.n || b.n || c.n || d.n || e.n) FROM m, t a, t b, t c, "
    "t d, t e" % (EIGHT, LONG, MUCH): "look at the newest facts only",
    "WITH %s, %s, %s SELECT 0, count(*) FROM (SELECT m.x || a.n || b.n || c.n || d.n AS x FROM m, t a, t b, "
    "t c, t d GROUP BY x)" % (EIGHT, LONG, MUCH): "look at the newest facts only",
    "WITH %s, %s, n(x) AS (SELECT x || x || x || x || x || x || x || x FROM m) SELECT 0, length(x) FROM n"
    % (LONG, MUCH): "too big",
    "SELECT 0, " + "(" * 3000 + "1" + ")" * 3000: "",
    "SELECT 0, " + "abs(" * 1500 + "1" + ")" * 1500: "",
    "SELECT 0, " + "-" * 6000 + "1": "",
    "SELECT 0, " + "NOT " * 1900 + "1": "",
    "SELECT 0, " + "1" + " + 1" * 1900: "",
    "SELECT 0, " + "CASE WHEN 1 THEN " * 300 + "1" + " END" * 300: "",
    " UNION ALL ".join(["SELECT 0, 1"] * 600): "this value is too long",
    "SELECT " + ", ".join(["1"] * 2500): "",
    "SELECT 0, 1 FROM " + ", ".join("fact_label f%d" % n for n in range(70)): "",
    # no SELECT of two columns
    "SELECT 1": "it gives 1 column, not two",
    "SELECT 1, 2, 3": "it gives 3 columns, not two",
    "SELECT * FROM fact_label": "not two",
    "VALUES (1, 1)": "true in an empty lab",
    "SELECT 1, 1 -- and so on": "true in an empty lab",
    "SELECT 1, 1 /* and so on": "true in an empty lab",
    "-- nothing": "there is no SELECT",
    "nonsense": "syntax error",
    "SELECT 'a": "",
    "SELECT x, 1 FROM fact_label": "no such column",
    "SELECT 1, 1 FROM fact_lable": "no such table",
}


def rows_of(lab):
    """All that a person did, as it lies in the database."""
    with sqlite3.connect("file:%s?mode=ro" % os.path.join(lab.data, "rlab.db"), uri=True) as db:
        return [db.execute("SELECT * FROM " + t).fetchall()
                for t in ("setting", "label", "fact", "exercise", "sqlite_schema")]


def test_no_select_does_more_than_read_facts(lab):
    lab.run("label", "complex", "mine")
    lab.run("exercise", "show", "2.2")
    before = rows_of(lab)
    for n, (select, words) in enumerate(SELECTS.items()):
        path = lab.write("s/%d.lesson" % n, GOOD % select)
        r = exits(run(lab, "exercise", "lint", path), 2)
        has(flat(r.err), "%d.lesson' line %d: " % (n, LINE), select)
        has(flat(r.err), words, select)
    same(rows_of(lab), before, "what a person did")
    same(sorted(os.listdir(lab.root)), ["home", "s"], "files beside")


def test_a_check_says_which_line_could_not_be_asked(lab):
    path = lab.write("m/own.lesson", GOOD % "SELECT 1, value FROM setting")
    folder = os.path.dirname(path)
    lab.run("exercise", "show", "9.1", "--lessons", folder)
    r = exits(run(lab, "exercise", "check", "9.1", "--lessons", folder), 1)
    has(flat(r.out), "could not be checked: it reads 'setting', which is no view of facts ('own.lesson' line 11)")


def test_four_loops_are_waited_for_once(lab):
    loop = "WITH %s SELECT 0, count(*) FROM t a, t b, t c, t d, t e, t f, t g, t h, t i, t j" % EIGHT
    text = GOOD % loop
    more = text[text.index("criterion:"):text.index("hint:")]
    path = lab.write("l/4.lesson", text.replace("hint:", more * 3 + "hint:"))
    lab.run("exercise", "show", "2.2")
    r = exits(run(lab, "exercise", "check", "9.1", "--lessons", os.path.dirname(path)), 1)
    same(flat(r.out).count("it takes too long"), 1)
    same(flat(r.out).count("could not be checked: the one before took too long"), 3)


# --- files ---------------------------------------------------------------------------------------


def large(path):
    with open(path, "wb") as f:
        f.write(b"# line\n" * 100)
        f.truncate(100 * 1024 * 1024)


def endless_line(path):
    with open(path, "w") as f:
        f.write("goal: " + "word " * 12000)


FILES = {
    "large": (large, "is longer than 65536 bytes"),
    "fifo": (os.mkfifo, "is a pipe or a device"),
    "folder": (os.mkdir, "is a folder"),
    "endless": (lambda p: os.symlink("/dev/zero", p), "is a pipe or a device"),
    "circle": (lambda p: os.symlink(p, p), "cannot open"),
    "nowhere": (lambda p: os.symlink(p + "-not", p), "cannot open"),
    "memory": (lambda p: os.symlink("/proc/self/mem", p), ""),
    "line": (endless_line, "line 1: this value is too long"),
    "binary": (lambda p: open(p, "wb").write(bytes(range(256)) * 20), "is no text in UTF-8"),
    "utf16": (lambda p: open(p, "wb").write((GOOD % SELECT).encode("utf-16")), "is no text in UTF-8"),
    "empty": (lambda p: open(p, "w").close(), "has no 'id'"),
    "keys": (lambda p: open(p, "w").write("x: 1\n" * 5000), "line 1: unknown key 'x'"),
    "deep": (lambda p: open(p, "w").write("id: 9.1\n" + " on\n" * 15000), ""),
    "esc": (lambda p: open(p, "w").write("\x1b[2J\x1b]0;x\x07: 1\n"), "line 1: it holds a control character"),
}


def test_odd_files_in_a_folder_are_left_out_each_with_a_sentence(lab):
    folder = os.path.join(lab.root, "odd")
    os.mkdir(folder)
    for name, (make, _) in FILES.items():
        make(os.path.join(folder, name + ".lesson"))
    lab.write("odd/good.lesson", GOOD % SELECT)
    r = exits(run(lab, "exercise", "list", "--json", "--lessons", folder), 0)
    assert "9.1" in [row["id"] for row in r.rows()], "the good one is not there"
    same(len(r.rows()), 27)
    for name, (_, words) in FILES.items():
        has(flat(r.err), "%s.lesson'" % name)
        has(flat(r.err), words, name)
    lacks(r.err, "\x1b")


def test_lint_of_odd_files(lab):
    for name, (make, words) in FILES.items():
        path = os.path.join(lab.root, name + ".lesson")
        make(path)
        r = exits(run(lab, "exercise", "lint", path), 2)
        has(flat(r.err), name + ".lesson'")
        has(flat(r.err), words, name)
        lacks(r.err, "\x1b")


def test_more_files_than_are_read(lab):
    for n in range(230):
        lab.write("many/%03d.lesson" % n, (GOOD % SELECT).replace("9.1", "%d.%d" % (100 + n // 100, n % 100)))
    r = exits(run(lab, "exercise", "list", "--json", "--lessons", os.path.join(lab.root, "many"), seconds=4), 0)
    same(len(r.rows()), 200)
    has(flat(r.err), "30 files of the folder")
    has(flat(r.err), "200 exercises are the most")


def test_a_folder_that_is_none(lab):
    path = lab.write("own.lesson", GOOD % SELECT)
    for folder, words in ((path, "Not a directory"), (os.path.join(lab.root, "not"), "No such file")):
        r = exits(run(lab, "exercise", "list", "--lessons", folder), 0)
        has(flat(r.err), "the folder '%s' of lessons cannot be read: %s" % (folder, words))


def test_a_folder_by_option_config_and_setting(lab):
    path = lab.write("mine/own.lesson", GOOD % SELECT)
    folder = os.path.dirname(path)
    shown = ("exercise", "show", "9.1")
    exits(lab.run(*shown), 2)
    exits(lab.run(*shown, "--lessons", folder), 0)
    lab.write("home/.config/rlab/config.ini", "[lessons]\ndir = %s\n" % folder)
    exits(lab.run(*shown), 0)
    os.remove(os.path.join(lab.home, ".config", "rlab", "config.ini"))
    exits(lab.run(*shown), 2)
    exits(lab.run("set", "lessons.dir", folder), 0)
    exits(lab.run(*shown), 0)
    has(lab.run("progress", "--json").out, '"id":"9.1"')


# --- texts ---------------------------------------------------------------------------------------

SPELL = "\x1b[31m\x1b]52;c;ZXZpbA==\x07\x9b2J\u202e\r"


def test_no_text_reaches_the_terminal_as_a_command(lab):
    for key in ("name", "title", "part", "goal", "why", "near", "missing", "criterion", "hint", "solution",
                "shows", "id"):
        text = re.sub("(?m)^%s: " % key, lambda m: m[0] + SPELL, GOOD % SELECT)
        line = 1 + text[:text.index(SPELL)].count("\n")
        path = lab.write("ansi/own.lesson", text)
        r = exits(run(lab, "exercise", "lint", path), 2)
        has(flat(r.err), "own.lesson' line %d: it holds a control character" % line)
    folder = os.path.dirname(path)
    lab.write("ansi/a" + SPELL + ".lesson", "goal\n")
    for words in (("exercise", "list"), ("exercise", "list", "--json"), ("progress",), ("report",)):
        r = exits(run(lab, *words, "--lessons", folder), 0)
        for bad in ("\x1b", "\x07", "\x9b"):
            lacks(r.out + r.err, bad, " ".join(words))
    p = lab.start("--line", "--lessons", folder, stdin=subprocess.PIPE)
    out, err = p.communicate(b"exercises\nlist\nquit\nquit\n", 60)
    same(p.returncode, 0, "exit code of line mode")
    has(out.decode(), "2.2, A query scoring -2, to do.")
    for bad in ("\x1b", "\x07", "\x9b"):
        lacks((out + err).decode(), bad, "line mode")


def test_found_values_are_made_safe_and_short(lab):
    lab.run("exercise", "show", "2.2")
    lab.run("label", "complex", "\x1b[31m evil " + "long " * 300)
    select = "SELECT 0, query || query FROM fact_label ORDER BY at DESC LIMIT 1"
    path = lab.write("f/own.lesson", (GOOD % select).replace("only {found}", "{found}" * 500))
    r = exits(run(lab, "exercise", "check", "9.1", "--lessons", os.path.dirname(path)), 1)
    has(r.out, "evil")
    lacks(r.out, "\x1b")
    assert len(r.out) < 1500, "%d bytes" % len(r.out)


# --- the guide -----------------------------------------------------------------------------------


def guide():
    with open(GUIDE) as f:
        return f.read()


def test_the_guide_names_every_view_and_column(lab):
    lab.run("label", "complex", "x")
    with sqlite3.connect(os.path.join(lab.data, "rlab.db")) as db:
        views = {name: {row[1] for row in db.execute("PRAGMA table_info(%s)" % name)}
                 for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")
                 if name.startswith("fact_")}
    told = {}
    for name, cells in re.findall(r"^\| `(fact_\w+)` \|[^|]*\|([^|]*)\|$", guide(), re.M):
        columns = re.sub(r"\([^)]*\)", "", cells)
        told[name] = {c for part in re.findall(r"`([^`]*)`", columns) for c in part.split()}
    same(sorted(told), sorted(views))
    for name in views:
        same(sorted(told[name] | {"at", "session"}), sorted(views[name]), name)


def test_the_guide_names_every_function(lab):
    told = re.search(r"It may call `([^`]*)`", guide())[1].split()
    with open(os.path.join(ROOT, "core", "store", "facts.c")) as f:
        listed = re.search(r"functions\[\] = \{(.*?)\};", f.read(), re.S)[1]
    same(told, re.findall(r'"(\w+)"', listed))
    over = {"dense_rank": "()", "rank": "()", "row_number": "()", "first_value": "(1)", "last_value": "(1)",
            "lag": "(1)", "lead": "(1)"}
    two = {"coalesce", "ifnull", "nullif", "substr"}
    for name in told:
        call = name + (over[name] + " OVER (ORDER BY at)" if name in over else "(1, 1)" if name in two
                       else "(1, 1, 1)" if name == "iif" else "(1)")
        path = lab.write("fn.lesson", GOOD % ("SELECT 0, %s FROM fact_label GROUP BY at" % call))
        exits(lab.run("exercise", "lint", path), 0)


def test_the_guide_names_every_key(lab):
    r = exits(lab.run("exercise", "lint", lab.write("k.lesson", "x: 1\n")), 2)
    known = re.search(r"there are: (.*)", flat(r.err))[1].split(", ")
    told = set(re.findall(r"^\| `(\w+)` \| (?:yes|no|each|1 to 4|up to 3) \|", guide(), re.M))
    told |= {k for cells in re.findall(r"^\| `\w+` \|[^|]*\|([^|]*)\|$", guide(), re.M)
             for k in re.findall(r"`(question|choice|right|numbers)`", cells)}
    same(sorted(told), sorted(known))


def test_the_examples_of_the_guide_are_exercises(lab):
    examples = re.findall(r"(?s)```lesson\n(.*?)```", guide())
    assert len(examples) >= 2, "the guide shows no whole exercise"
    for n, text in enumerate(examples):
        exits(lab.run("exercise", "lint", lab.write("e/%d.lesson" % n, text)), 0)


if __name__ == "__main__":
    main()
