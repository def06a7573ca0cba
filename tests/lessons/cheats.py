#!/usr/bin/env python3
"""Ways to pass an exercise without having done it: by labels, by a shipped question, out of the cache,
by what was done before, by what failed, by half of two things. None of them passes, and each is
told what is missing. A row: which exercise, what is tried, what is done before the exercise begins
anew, what is done after, and the words of the sentence."""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "verb"))
from rlab_case import exits, flat, has, main, same  # noqa: E402

FAST, REASON = "fast:8b", "big-r1:70b"
HARD = "Solve step by step: prove that 2 + 3 is 5, in way %d"
EASY = "Hello there, number %d"
WELL = {"fail": None, "cut_after": None}
DEAD = {"fail": {"status": 503, "error": "busy", "times": -1}}


class Cheat:
    """A lab with a server whose models can be made to fail; rows follow one another in it, each with
    questions of its own."""

    def __init__(self, lab):
        self.lab = lab
        self.server = lab.server()
        self.row = 0

    def q(self, pattern=EASY, more=0):
        return pattern % (100 * self.row + more)

    def do(self, *words, code=0):
        return exits(self.lab.run(*words), code)

    def models(self, fast=None, reason=None):
        self.server.control("/__play", {"model": {FAST: dict(fast or WELL), REASON: dict(reason or WELL)}})

    def compare(self, query, *more):
        """The number of the compare, and the role on its left side."""
        rows = self.do("ask", "--compare", "--json", *more, query).rows()
        listed = self.do("history", "list", "--json", "--limit", "4").rows()
        id = [r["id"] for r in listed if r["query"] == query and r["purpose"] == "compare"][0]
        return str(id), rows[0]["role"]

    def judged(self, query, better="reasoning", *more):
        id, left = self.compare(query, *more)
        self.judge(id, better if better in ("same", "both-wrong") else
                   "left" if left == better else "right")

    def judge(self, id, verdict, *more):
        self.do("judge", id, verdict, *more)

    def rules(self, name="mine", level=2):
        text = self.do("rules", "show").out
        return self.lab.write("%s.rules" % name, re.sub(r"level complex \d+", "level complex %d" % level,
                                                        text))

    def bench(self, *words, code=0, queries=("1 + 2 is?", "3 + 4 is?", "5 + 6 is?", "7 + 8 is?", "9 + 1 is?"),
              name="own.txt"):
        own = self.lab.write(name, "".join(q + "\n" for q in queries))
        return self.do("bench", "run", "--set", own, *words, code=code)

    def answer(self, id, *words):
        return self.do("exercise", "answer", id, *words)


expected = []  # of all rows: which exercise, and what is said


def rows(id, *table):
    """A test of these rows."""
    expected.extend((id, row[3]) for row in table)

    def test(lab):
        c = Cheat(lab)
        c.do("exercise", "show", id)
        for what, before, after, sentence in table:
            c.row += 1
            c.models()
            if before:
                before(c)
            c.do("exercise", "reset", id, "--yes")
            after(c)
            checked = c.lab.run("exercise", "check", id, "--json")
            assert checked.code == 1, "%s is passed by %s\n%r" % (id, what, checked)
            said = [x["said"] for x in checked.json()["criteria"] if x["met"] != "yes"]
            has(flat(" / ".join(said)), sentence, "%s, %s:" % (id, what))
    return test


def both(c):
    c.do("ask", "--fast", c.q())
    c.do("ask", "--reason", c.q())


def dead_reason(c):
    c.models(reason=DEAD)
    c.do("ask", "--fast", c.q())
    c.do("ask", "--reason", c.q(), code=3)


def fallen_back(c):
    c.models(reason={"cut_after": 0})
    c.do("ask", "--fast", c.q())
    c.do("ask", c.q(HARD))


def one_model_twice(c):
    for role in ("--fast", "--reason"):
        c.do("ask", role, "--fast-model", "local/" + FAST, "--reason-model", "local/" + FAST, "--no-cache",
             c.q())
    c.do("ask", "--model", "local/" + REASON, c.q())


test_1_1 = rows(
    "1.1",
    ("answers out of the cache", both, both, "none of them a fresh one of the fast model"),
    ("answers from before", both, lambda c: None, "nothing was asked since"),
    ("a call that failed", None, dead_reason, "none of them a fresh one of the reasoning model"),
    ("a fallback", None, fallen_back, "none of them a fresh one of the reasoning model"),
    ("a demonstration", None, lambda c: c.do("demo", "6"), "nothing was asked since"),
    ("one model in both roles, another by name", None, one_model_twice, "models that answered in both parts so far: 1"),
)


def picks(c, right):
    names = c.do("exercise", "show", "1.2", "--json").json()["asks"]["items"]
    fast = [n for n in names if re.search("7b|8b|3b", n) and "r1" not in n]
    big = [n for n in names if "r1" in n] or [n for n in names if re.search("70b|32b|14b", n)]
    best = [fast[0] if fast else names[0]]
    best.append(big[0] if big else best[0])
    wrong = [n for n in names if n not in best]
    c.answer("1.2", best[0], best[1] if right else wrong[0])


test_1_2 = rows(
    "1.2",
    ("one round, right", None, lambda c: picks(c, True), "1 of your last two rounds"),
    ("right, and then wrong", None, lambda c: (picks(c, True), picks(c, True), picks(c, False)),
     "1 of your last two rounds"),
    ("a right one from before", lambda c: picks(c, True), lambda c: picks(c, True),
     "1 of your last two rounds"),
    ("half right in both", None, lambda c: (picks(c, False), picks(c, False)),
     "the better of your last two rounds has 1 of 2"),
    ("scores that were predicted for another exercise", None,
     lambda c: c.answer("2.1", *["0"] * 6), "nothing was predicted yet"),
)


def scores(c, off):
    items = c.do("exercise", "show", "2.1", "--json").json()["asks"]["items"]
    right = [c.do("classify", "--json", q).json()["score"] for q in items]
    c.answer("2.1", *[str(s + (2 if i < off else 0)) for i, s in enumerate(right)])


test_2_1 = rows(
    "2.1",
    ("four of six, and then two", None, lambda c: (scores(c, 2), scores(c, 4)), "your best round has 4 of 6"),
    ("six of six from before", lambda c: scores(c, 0), lambda c: scores(c, 2), "your best round has 4 of 6"),
)

SHIPPED_2 = "What is the capital of Norway?"  # -2 by the rules 'basic'
SHIPPED_4 = "Calculate 15% of 80"


def variants(text):
    """What is the same to whoever reads it."""
    return [text, text.upper(), "  %s\n" % text, text.replace(" ", "\t "),
            text.replace(" ", "\u00a0"), text.replace(" ", " \u2003 "), "\u3000" + text.title()]


def shipped_with(c, score, signals):
    """Questions of shipped sets with this score by the rules 'basic'."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data", "sets")
    found = []
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".jsonl"):
            continue
        text = "".join(json.dumps({"query": json.loads(line)["query"]}) + "\n"
                       for line in open(os.path.join(folder, name)) if line.strip())
        for j in exits(c.lab.run("classify", "--rules", "basic", "--jsonl", input=text), 0).rows():
            if j["score"] == score and len(j["signals"]) >= signals:
                found.append(j["query"])
    assert found, "no shipped question scores %d" % score
    return found


def every_shipped(c, score, signals):
    first, *rest = shipped_with(c, score, signals)
    for q in variants(first) + [variants(q)[i % 7] for i, q in enumerate(rest[:5])]:
        c.do("classify", "--rules", "basic", q)


def classify(*queries):
    return lambda c: [c.do("classify", "--rules", "basic", q) for q in queries]


def shadowed(c):
    """A set of one's own under the name of a shipped one does not make the shipped one's own."""
    c.lab.write("home/.config/rlab/sets/sample.jsonl", '{"query":"x"}\n')
    c.lab.write("home/.config/rlab/sets/known.jsonl", '{"query":"x"}\n')
    every_shipped(c, -2, 1)


test_2_2 = rows(
    "2.2",
    ("shipped questions in other clothes", None, lambda c: every_shipped(c, -2, 1),
     "this text is a query of a shipped set"),
    ("a shipped question whose set is shadowed", None, shadowed, "this text is a query of a shipped set"),
    ("the score of one, the words of another", None,
     lambda c: (every_shipped(c, -2, 1), classify("What is my name?")(c)), "which is not -2"),
    ("a question of before", classify("What is it, and who is he?"), lambda c: None, "nothing was classified"),
    ("a set that is run", None,
     lambda c: c.bench("--rules", "basic", queries=("What is it, and who is he?",), code=0),
     "nothing was classified"),
)
test_2_3 = rows(
    "2.3",
    ("shipped questions in other clothes", None, lambda c: every_shipped(c, 4, 2),
     "this text is a query of a shipped set"),
    ("one rule alone", None,
     lambda c: c.do("classify", "--rules", c.lab.write("one.rules", "keyword +4 zebra\n"), "zebra %d" % c.row),
     "1 rule did all of it"),
    ("a question of before", classify("Calculate 15% of 81"), lambda c: None, "nothing was classified"),
    ("two rules and four points in two questions", None, classify("Calculate this", "Solve 1 + 2, calculate"),
     "which is not 4"),
)


def relabelled(c):
    c.do("label", "simple", c.q())
    c.do("label", "complex", c.q())
    c.judged(c.q())


def labelled_and_judged(c, *labels, query=None):
    for label in labels:
        c.do("label", label, query or c.q())
    c.judged(query or c.q())


def old_compare(c):
    c.do("label", "complex", c.q())
    c.id, c.left = c.compare(c.q())


test_2_4 = rows(
    "2.4",
    ("another label first", None, relabelled, "only after another label"),
    ("the label of before, said again", lambda c: c.do("label", "complex", c.q()), relabelled,
     "only after another label"),
    ("a shipped question", None, lambda c: labelled_and_judged(c, "complex", query=SHIPPED_2),
     "or is not your own words"),
    ("a shipped question in other clothes", None,
     lambda c: labelled_and_judged(c, "complex", query=variants(SHIPPED_2)[3].lower()),
     "or is not your own words"),
    ("a compare of before, judged now", old_compare, lambda c: c.judge(c.id, "left"), "nothing was compared"),
    ("a label for one, a compare of another", None,
     lambda c: (c.do("label", "complex", c.q() + " "), c.judged(c.q())), "you have not labelled this one"),
    ("judged the other way", None, lambda c: (c.do("label", "complex", c.q()), c.judged(c.q(), "fast")),
     "your judgement on it:"),
    ("a hard one by the rules", None, lambda c: labelled_and_judged(c, "complex", query=c.q(HARD)),
     "it scores"),
)


def four(c, level="complex", n=4):
    for i in range(n):
        c.do("label", level, "Please solve riddle %d" % (100 * c.row + i))


def counted(c, *levels):
    for level in levels:
        c.do("label", "list", "--rules", c.rules("at%d" % level, level))


def other_keyword(c):
    """Counts by rules that know the labelled questions by a word."""
    own = c.rules("bent", 5)
    with open(own, "a") as f:
        f.write("keyword +9 riddle\n")
    c.do("label", "list", "--rules", own)


def relabels(c):
    four(c, "simple")
    counted(c, 4)
    four(c, "complex")
    counted(c, 2)
    four(c, "simple")


def changed_back(c):
    """The same labels at both ends, and others in between."""
    four(c)
    counted(c, 4)
    c.do("label", "simple", "Please solve riddle %d" % (100 * c.row))
    c.do("label", "complex", "Please solve riddle %d" % (100 * c.row))
    counted(c, 2)


test_2_5 = rows(
    "2.5",
    ("three labels", None, lambda c: (four(c, n=3), counted(c, 4, 2)), "of 3 labels of yours"),
    ("labels of before", four, lambda c: counted(c, 4, 2), "of 0 labels of yours"),
    ("labels edited, and edited back", None, changed_back, "some changed while the threshold moved"),
    ("labels edited instead of the threshold", None,
     lambda c: (four(c, "simple"), counted(c, 4), four(c, "complex"), counted(c, 4)),
     "always with the same thresholds"),
    ("a count of before", lambda c: counted(c, 4), lambda c: (four(c), counted(c, 2)),
     "always with the same thresholds"),
    ("other rules, and another threshold for show", None,
     lambda c: (four(c), counted(c, 4), other_keyword(c)), "by rules that stayed the same"),
)


def twice(c):
    c.do("ask", c.q())
    c.do("ask", c.q())


test_3_1 = rows(
    "3.1",
    ("hits of an entry from before", lambda c: c.do("ask", c.q()), twice, "all of them hits"),
    ("a hit of before", twice, lambda c: c.do("ask", c.q("Another, %d")),
     "none hit after the same one had missed"),
    ("looking into the cache", None, lambda c: [c.lab.run("cache", "get", c.q()) for _ in range(2)],
     "nothing was asked"),
    ("compares", None, lambda c: [c.do("ask", "--compare", c.q()) for _ in range(2)], "nothing was asked"),
    ("no look-up", None, lambda c: [c.do("ask", "--no-cache", c.q()) for _ in range(2)], "nothing was asked"),
    ("a demonstration", None, lambda c: c.do("demo", "2"), "nothing was asked"),
    ("nearly the same text", None, lambda c: (c.do("ask", c.q()), c.do("ask", c.q() + " ")), "none hit after"),
    ("a call that failed, and again", None,
     lambda c: (c.models(fast=DEAD), [c.do("ask", "--fast", c.q(), code=3) for _ in range(2)]),
     "none hit after"),
    ("a bench", None, lambda c: c.bench(), "nothing was asked"),
)


def small(c, *letters):
    c.do("cache", "size", "3")
    c.do("cache", "clear", "--yes")
    for n in letters:
        c.do("ask", c.q("Letter %d", n))


def shrunk(c):
    small(c, 1, 2, 3, 1)
    c.do("cache", "size", "1")


def grown(c):
    c.do("cache", "clear", "--yes")
    c.do("cache", "size", "5")
    for n in (1, 2, 3, 4, 5, 1):
        c.do("ask", c.q("Letter %d", n))
    c.do("cache", "size", "3")


test_3_2 = rows(
    "3.2",
    ("in the order they came", None, lambda c: small(c, 1, 2, 3, 4, 5), "has outlived 0 newer ones"),
    ("one short", None, lambda c: small(c, 1, 2, 3, 1, 4), "1 thrown out so far"),
    ("a smaller cache instead of use", None, shrunk, "0 thrown out so far"),
    ("filled while it was larger", None, grown, "the size was 5"),
    ("emptied after", None, lambda c: (small(c, 1, 2, 3, 1, 4, 1, 5), c.do("cache", "clear", "--yes")),
     "nothing that was stored at size 3 is left"),
    ("all of it before", lambda c: small(c, 1, 2, 3, 1, 4, 1, 5), lambda c: None, "nothing was stored"),
    ("the first one before", lambda c: small(c, 1), lambda c: [c.do("ask", c.q("Letter %d", n))
                                                              for n in (2, 3, 1, 4, 1, 5)],
     "has outlived"),
    ("a bench", None, lambda c: c.bench(), "nothing was stored"),
)
test_3_3 = rows(
    "3.3",
    ("one of the two from before", lambda c: c.do("ask", "--fast", c.q()), both, "more than 1 model at once"),
    ("both from before", both, both, "nothing that was stored"),
    ("one emptied before the other", None,
     lambda c: (c.do("ask", "--fast", c.q()), c.do("cache", "clear", "--yes"), c.do("ask", "--reason", c.q())),
     "more than 1 model at once"),
    ("two texts", None, lambda c: (c.do("ask", "--fast", c.q()), c.do("ask", "--reason", c.q() + " ")),
     "more than 1 model at once"),
    ("one of them failed", None, dead_reason, "more than 1 model at once"),
    ("one model asked in two ways", None,
     lambda c: [c.do("ask", "--fast", "--system", s, c.q()) for s in "ab"], "more than 1 model at once"),
    ("a demonstration", None, lambda c: c.do("demo", "6"), "nothing that was stored"),
)


def old_pair(c):
    c.easy, c.hard = c.compare(c.q())[0], c.compare(c.q(HARD))[0]


test_4_1 = rows(
    "4.1",
    ("compares of before, judged now", old_pair, lambda c: [c.judge(i, "same") for i in (c.easy, c.hard)],
     "nothing was compared"),
    ("two easy ones", None, lambda c: (c.judged(c.q()), c.judged(c.q(more=1))), "none of them at 4 or more"),
    ("one of them not judged", None, lambda c: (c.judged(c.q()), c.compare(c.q(HARD))),
     "none of them at 4 or more"),
    ("asked one after the other", None, lambda c: (both(c), c.do("ask", "--reason", c.q(HARD))),
     "nothing was compared"),
    ("a side that failed", None,
     lambda c: (c.judged(c.q()), c.models(reason=DEAD), c.do("ask", "--compare", c.q(HARD), code=3)),
     "none of them at 4 or more"),
)


def last(c, back=0):
    return str(c.do("history", "list", "--json").rows()[back]["id"])


def thought(c):
    c.do("ask", "--reason", c.q())
    c.id = last(c)


def open_and_fold(c):
    c.do("history", "show", c.id)
    c.do("history", "show", c.id, "--fold")


def one_open_one_folded(c):
    for n in (1, 2):
        c.do("ask", "--reason", c.q(more=n))
    c.do("history", "show", last(c, 0))
    c.do("history", "show", last(c, 1), "--fold")


def nothing_thought(c):
    c.do("ask", "--fast", c.q())
    c.id = last(c)
    open_and_fold(c)


test_4_2 = rows(
    "4.2",
    ("an answer of before", thought, open_and_fold, "of anything asked since"),
    ("opened before, folded now", lambda c: (thought(c), c.do("history", "show", c.id)),
     lambda c: c.do("history", "show", c.id, "--fold"), "of anything asked since"),
    ("one opened and another folded", None, one_open_one_folded, "both opened and folded"),
    ("an answer without thinking", None, nothing_thought, "of anything asked since"),
    ("only folded", None, lambda c: (thought(c), c.do("history", "show", c.id, "--fold")), "only folded so far"),
)


def reasons(c, right=True):
    f = c.do("exercise", "show", "5.1", "--json").json()["asks"]
    order = ["simple", "moderate", "complex"]
    letters = ""
    c.crosses = []
    for item in f["items"]:
        q, label, level = re.match(r"(.*)  \(labelled (\w+), the rules say (\w+)\)$", item).groups()
        signals = c.do("classify", "--json", q).json()["signals"]
        best = "a" if order.index(level) > order.index(label) else "c" if signals else "b"
        letters += best if right else "a" if best != "a" else "b"
        c.crosses.append((q, level))
    c.answer("5.1", letters)


def labels_edited(c):
    c.do("trial")
    reasons(c)
    c.do("trial", "--set", c.lab.write("edited.jsonl", "".join(
        json.dumps({"query": q, "label": level}) + "\n" for q, level in c.crosses)))
    for q, level in c.crosses:
        c.do("label", level, q)
    c.do("trial")


def other_rules(c, *names):
    for name in names:
        c.do("trial", "--rules", name)


test_5_1 = rows(
    "5.1",
    ("labels edited until they agree", None, labels_edited, "no cross of one agrees in a later one"),
    ("a trial of before", lambda c: c.do("trial"), lambda c: (reasons(c), other_rules(c, "steps")),
     "1 trial so far"),
    ("from agreement to a cross", None, lambda c: (reasons(c), other_rules(c, "basic", "basic")),
     "no cross of one agrees"),
    ("reasons of before", reasons, lambda c: other_rules(c, "basic", "steps"), "no reasons were given"),
    ("wrong reasons", None, lambda c: (reasons(c, False), other_rules(c, "basic", "steps")),
     "0 of your reasons fits"),
    ("right once, wrong after", None, lambda c: (reasons(c), reasons(c, False)), "0 of your reasons fits"),
)
test_5_2 = rows(
    "5.2",
    ("chosen before the trial", None, lambda c: (c.answer("5.2", "c"), c.do("trial")),
     "nothing was chosen after such a trial"),
    ("calls that failed", None, lambda c: (c.do("cache", "clear", "--yes"), c.models(DEAD, DEAD),
                                           c.lab.run("trial"), c.answer("5.2", "c")),
     "no question of one trial is there as a call and as a hit"),
    ("a trial of before", lambda c: (c.do("cache", "clear", "--yes"), c.do("trial")),
     lambda c: c.answer("5.2", "c"), "the sample set was not run"),
    ("right once, wrong after", None,
     lambda c: (c.do("cache", "clear", "--yes"), c.do("trial"), c.answer("5.2", "c"), c.answer("5.2", "b")),
     "'b' is not what the two times are"),
    ("the right letter of another exercise", None,
     lambda c: (c.do("cache", "clear", "--yes"), c.do("trial"), c.answer("8.4", "c")),
     "nothing was chosen after such a trial"),
)


def bench_dead(*words):
    def run(c):
        c.models(fast=DEAD, reason=DEAD)
        c.lab.run("bench", "run", "--cold", "--set", c.lab.write("own.txt", "1?\n2?\n3?\n4?\n5?\n"), *words)
    return run


def loads(c):
    c.models(fast={"load_ms": 400}, reason={"load_ms": 400})
    for model in (FAST, REASON):
        c.do("models", "unload", "local/" + model)
    c.bench("--cold", "--rounds", "1")


test_6_1 = rows(
    "6.1",
    ("hits in it", None, lambda c: c.bench("--rounds", "2"), "of its answers were hits"),
    ("calls that failed", None, bench_dead("--rounds", "1"), "0 model calls in it"),
    ("models that are loaded in it", None, loads, "of its calls loaded a model first"),
    ("two short ones", None, lambda c: [c.bench("--rounds", "1", queries=("1?", "2?", "3?"), name="s%d.txt" % n)
                                        for n in (1, 2)], "3 model calls in it"),
    ("a bench of before", lambda c: c.bench("--rounds", "1"), lambda c: None, "no bench was finished"),
    ("a trial", None, lambda c: c.do("trial"), "no bench was finished"),
)


def always_dead(c):
    c.models(reason=DEAD)
    c.lab.run("bench", "run", "--cold", "--always-reasoning", "--rounds", "1", "--set",
              c.lab.write("own.txt", "1?\n2?\n"))
    c.answer("6.2", "b")


def always_half(c):
    """A call that fails is made again, so more than one has to."""
    c.models(reason={"fail": {"status": 503, "error": "busy", "times": 4}})
    c.lab.run("bench", "run", "--cold", "--always-reasoning", "--rounds", "1", "--set",
              c.lab.write("own.txt", "1?\n2?\n3?\n4?\n5?\n6?\n"))
    c.answer("6.2", "b")


test_6_2 = rows(
    "6.2",
    ("named, and never measured", None, lambda c: (c.bench("--rounds", "1"), c.answer("6.2", "b")),
     "none of them asked the reasoning model everything"),
    ("measured before", lambda c: c.bench("--rounds", "1", "--always-reasoning"),
     lambda c: c.answer("6.2", "b"), "no bench was finished"),
    ("measured on a dead model", None, always_dead, "none of them asked the reasoning model everything"),
    ("measured by half", None, always_half, "none of them asked the reasoning model everything"),
    ("named before", lambda c: c.answer("6.2", "b"), lambda c: c.bench("--rounds", "1", "--always-reasoning"),
     "nothing was chosen yet"),
)


def opened_only(c):
    """Nine questions in one process, so that its breaker opens."""
    c.models(fast=DEAD, reason=DEAD)
    c.lab.run("bench", "run", "--cold", "--rounds", "1", "--set",
              c.lab.write("dead.txt", "".join("Hello %d\n" % n for n in range(9))))


test_7_1 = rows(
    "7.1",
    ("opened, and left open", None, opened_only, "none that closed after it had opened"),
    ("a demonstration of before", lambda c: c.do("demo", "4"), lambda c: None, "no breaker has changed"),
)


def guard(value):
    return lambda c: c.do("set", "cache.guard", value)


test_7_2 = rows(
    "7.2",
    ("a demonstration with the guard on", None, lambda c: (c.do("demo", "6"), guard("off")(c), guard("on")(c)),
     "with the guard off, every answer of the model that is there now"),
    ("off and on, and then a demonstration", None,
     lambda c: (guard("off")(c), guard("on")(c), c.do("demo", "6"), guard("on")(c)),
     "with the guard off, every answer of the model that is there now"),
    ("all but the last", None, lambda c: (guard("off")(c), c.do("demo", "6")), "the guard was last set to off"),
    ("a stale answer of before", lambda c: (guard("off")(c), c.do("demo", "6")),
     lambda c: (guard("off")(c), c.do("ask", c.q()), guard("on")(c)),
     "with the guard off, every answer of the model that is there now"),
)


def once(c, *words):
    c.bench("--rounds", "1", *words)


test_8_1 = rows(
    "8.1",
    ("two sets", None, lambda c: (c.bench("--rounds", "2", queries=("1?", "2?"), name="one.txt"),
                                  c.bench("--rounds", "1", queries=("3?",), name="two.txt"),
                                  c.answer("8.1", "a")), "no set was run both with and without hits"),
    ("one of them before", lambda c: c.bench("--rounds", "2"), lambda c: (once(c), c.answer("8.1", "a")),
     "no hit in any"),
    ("said before", None, lambda c: (c.answer("8.1", "a"), c.bench("--rounds", "2"), once(c)),
     "nothing was chosen after a bench"),
    ("one without an answer", None,
     lambda c: (c.bench("--rounds", "2"), bench_dead("--rounds", "1")(c), c.answer("8.1", "a")),
     "no set was run both with and without hits"),
)


def split(c, first=True, second=True):
    """Two questions that are one when written without a gap."""
    n = c.row
    if first:
        c.do("ask", "--fast", "--system", "Answer %d" % n, "2 + 3?")
    if second:
        c.do("ask", "--fast", "--system", "Answer ", "%d2 + 3?" % n)


def split_dead(c):
    c.models(fast=DEAD)
    c.do("ask", "--fast", "--system", "Answer %d" % c.row, "2 + 3?", code=3)
    c.models()
    split(c, first=False)


test_8_2 = rows(
    "8.2",
    ("the first out of the cache", lambda c: split(c, second=False), split,
     "1 came fresh from a model"),
    ("both out of the cache", split, split, "0 came fresh from a model"),
    ("one of them before", lambda c: split(c, second=False), lambda c: split(c, first=False),
     "no two of them are the same letters"),
    ("one that failed", None, split_dead, "1 came fresh from a model"),
    ("one question in two ways", None,
     lambda c: [c.do("ask", "--fast", "--temperature", t, c.q()) for t in ("0.3", "0.4")],
     "no two of them are the same letters"),
)


def many(c, rounds, *words):
    c.bench("--rounds", str(rounds), *words)
    c.answer("8.3", "100")


def loads_in_many(c):
    c.models(fast={"load_ms": 400})
    c.do("models", "unload", "local/" + FAST)
    many(c, 5, "--no-cache", "--cold")


test_8_3 = rows(
    "8.3",
    ("hits", None, lambda c: many(c, 8), "the most calls of one model so far"),
    ("a model that is loaded in it", None, loads_in_many, "1 of them loaded the model first"),
    ("two runs of ten", None, lambda c: (many(c, 2, "--no-cache"), many(c, 2, "--no-cache")),
     "the most calls of one model so far: 10"),
    ("calls that failed", None, lambda c: (bench_dead("--no-cache", "--rounds", "5")(c), c.answer("8.3", "100")),
     "no bench was finished"),
    ("a bench of before", lambda c: many(c, 5, "--no-cache"), lambda c: c.answer("8.3", "100"),
     "no bench was finished"),
    ("another number", None, lambda c: (many(c, 4, "--no-cache"), c.answer("8.3", "20")), "20 is not the number"),
)
test_8_4 = rows(
    "8.4",
    ("two sets", None, lambda c: (c.bench("--cold", "--rounds", "1", name="one.txt"),
                                  c.bench("--rounds", "1", name="two.txt"), c.answer("8.4", "c")),
     "no set both ways"),
    ("the cold one without an answer", None,
     lambda c: (bench_dead("--rounds", "1")(c), c.models(), once(c), c.answer("8.4", "c")),
     "all of them warmed up, or without an answer"),
    ("the cold one before", lambda c: once(c, "--cold"), lambda c: (once(c), c.answer("8.4", "c")),
     "all of them warmed up"),
    ("right once, wrong after", None, lambda c: (c.answer("8.4", "c"), c.answer("8.4", "d")),
     "'d' is not the model's own time"),
)


def orders(c, *ways, blind=("--blind",), old=False):
    c.ids = []
    for n in (1, 2):
        for way in ways:
            id, _ = c.compare(c.q(more=n), *way)
            c.ids.append(id)
            if not old:
                c.judge(id, "left", *blind)


test_8_5 = rows(
    "8.5",
    ("one order twice", None, lambda c: (orders(c, (), ()), c.answer("8.5", "b")), "were seen in 1 order only"),
    ("not blind", None, lambda c: (orders(c, (), ("--swap",), blind=()), c.answer("8.5", "b")),
     "0 question judged blind"),
    ("compares of before", lambda c: orders(c, (), ("--swap",), old=True),
     lambda c: ([c.judge(i, "left", "--blind") for i in c.ids], c.answer("8.5", "b")),
     "nothing was compared and judged"),
    ("one pair judged twice", None,
     lambda c: (orders(c, ()), [c.judge(i, "right", "--blind") for i in c.ids], c.answer("8.5", "b")),
     "were seen in 1 order only"),
)


def ten(c, level="complex", pattern="Please solve riddle %d"):
    for i in range(10):
        c.do("label", level, pattern % (100 * c.row + i))


def interval(c, rules):
    r = c.do("label", "list", "--rules", rules)
    c.answer("8.6", *re.search(r"95 %: (\d+) to (\d+)", r.out).groups())


def edited_between(c):
    ten(c, "moderate")
    counted(c, 4)
    c.do("label", "complex", "Please solve riddle %d" % (100 * c.row))
    ten(c)
    counted(c, 2)
    interval(c, c.rules("at2", 2))


def shipped_labelled(c):
    for q in shipped_with(c, 0, 0)[:10]:
        c.do("label", "complex", " " + q.upper())


test_8_6 = rows(
    "8.6",
    ("labels edited while the threshold moved", None, edited_between,
     "none of them changed meanwhile, no threshold has brought more"),
    ("labels of before", ten, lambda c: (counted(c, 4, 2), interval(c, c.rules("at2", 2))),
     "nothing was labelled"),
    ("shipped questions in other clothes", None,
     lambda c: (shipped_labelled(c), interval(c, c.rules("at2", 2))), "labelled questions of your own: 0"),
    ("other rules, and another threshold for show", None,
     lambda c: (ten(c), counted(c, 4), other_keyword(c)), "by rules that stayed the same"),
    ("the interval of the count before", None,
     lambda c: (ten(c), counted(c, 4), interval(c, c.rules("at2", 2)), c.do("label", "list")),
     "no interval was given after the labels were counted"),
)



def test_every_kind_of_cheat_is_tried_wherever_it_applies(lab):
    """The table has a row of each exercise that asks for more than a number."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lessons")
    ids = {f.split("-")[0] for f in os.listdir(folder) if f.endswith(".lesson")}
    tried = {name[5:].replace("_", ".") for name in globals() if re.match(r"test_\d_\d$", name)}
    same(sorted(ids - tried), ["8.7", "8.8"])  # tests/lab/lessons.c: their facts take minutes to make


if __name__ == "__main__":
    main()
