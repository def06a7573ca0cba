#!/usr/bin/env python3
"""A learner passes all 26 exercises by keys, one after the other, in one session of the real
program at 80x24 with the built-in models; what a line of an exercise says ticks on the screen
before anything is checked, and the card says that it is passed. Prints TAP."""
import json
import os
import re

from person import goes_home, has, items, lacks, main, picks, same, somebody, wait_until

EASY, CHAIN = "What is 23 + 48?", "Start with 7, add 15, double it, subtract 4"


# --- setup, classifier --------------------------------------------------------------------------


def test_1_1_both_models_answer():
    p = somebody()
    stated = " ".join(p.open("1.1"))
    has(stated, "Get one answer from the fast model", "what 1.1 states")
    has(stated, "Passes when", "what 1.1 states")
    p.ask(EASY, "FAST")
    p.ticks("1.1", 1)
    p.ask(EASY, "REASON")
    has(p.passes("1.1"), "Enter next (1.2 Selection rule)")


def test_1_2_selection_rule():
    p = somebody()
    p.open("1.2")
    for n in (1, 2):
        has(p.answers("1.2", picks(items(p.asked("1.2")))), "2 of 2 right", "round %d" % n)
        if n == 1:
            p.ticks("1.2", 1)
    p.passes("1.2")


def score_of(p, query):
    """What the Classifier says: a person would look up the rules there and add."""
    p.pane("2")
    p.field(query)
    score = p.sees(re.compile(r"score (-?\d+) → [A-Z]+")).group(1)
    p.leaves()
    return score


def test_2_1_predict_six_scores():
    p = somebody()
    p.open("2.1")
    scores = [score_of(p, q) for q in items(p.asked("2.1"))]
    same(len(scores), 6, "questions")
    has(p.answers("2.1", " ".join(scores)), "6 of 6 right")
    p.passes("2.1")


def test_2_2_a_query_scoring_minus_2():
    p = somebody()
    p.open("2.2")
    p.pane("2")
    p.field("Start with nothing, then double: even or odd")
    p.ticks("2.2")
    p.leaves()
    p.passes("2.2")


def test_2_3_scores_exactly_4():
    p = somebody()
    p.open("2.3")
    p.pane("2")
    p.field("Begin with six and double it")
    p.ticks("2.3")
    p.leaves()
    shown = p.passes("2.3")
    has(shown, "1st try, 0 hints")
    has(shown, "Part 2   ███░░  3 of 5")
    has(shown, "s see another solution")


def test_2_4_fool_it():
    p = somebody()
    p.open("2.4")
    p.label("Work out 96 times 8?", "c")
    p.ask("Work out 96 times 8?", "COMPARE")
    p.ticks("2.4", 2)
    p.keys("b")
    p.passes("2.4")


def test_2_5_move_a_threshold():
    p = somebody()
    p.open("2.5")
    for n in range(4):
        p.label("Begin with %d, then go on" % n, "c")
    for _ in range(2):
        p.keys("-")
    p.passes("2.5")
    p.pane("2")
    p.keys("+", "+")


# --- cache, ask ---------------------------------------------------------------------------------


def test_3_1_first_hit():
    p = somebody()
    p.open("3.1")
    p.ask("What is 31 + 13?")
    p.ticks("3.1", 1)
    p.keys("i", "Enter")
    p.passes("3.1")


def cache_size(p, n):
    p.pane("3")
    p.keys("s")
    p.sees("How many answers are kept")
    p.keys("C-u")
    p.types(str(n))
    p.keys("Enter")
    p.sees("of %d " % n)


def test_3_2_the_oldest_survives():
    p = somebody()
    p.open("3.2")
    cache_size(p, 3)
    for n in (1, 2, 3, 1, 4, 1, 5):
        p.ask("What is %d + 20?" % (n + 60))
    p.passes("3.2")
    cache_size(p, 50)


def test_3_3_same_text_other_model():
    p = somebody()
    p.open("3.3")
    p.ask("What is 12 + 30?", "COMPARE")
    p.passes("3.3")


def test_4_1_easy_and_hard():
    p = somebody()
    p.open("4.1")
    p.ask(EASY, "COMPARE")
    p.keys("=")
    p.ticks("4.1", 1)
    p.ask(CHAIN, "COMPARE")
    p.keys("b")
    p.passes("4.1")


def test_4_2_hide_the_thinking():
    p = somebody()
    p.open("4.2")
    p.ask("Start with 8, add 15, double it, subtract 4", "REASON")
    p.keys("t")
    p.ticks("4.2", 1)
    p.keys("t")
    p.passes("4.2")


# --- test, bench --------------------------------------------------------------------------------


def trial(p):
    p.pane("5")
    p.keys("A")
    p.sees("── running ──")
    p.sees(re.compile(r"── done ──[^$]*6 of 6 done"))


def reasons(p):
    """For each cross the reason that fits: too high, nothing seen, too few points."""
    order, letters = ["simple", "moderate", "complex"], ""
    for item in items(p.asked("5.1")):
        q, label, level = re.match(r"(.*?) +\(labelled (\w+), the rules say (\w+)\)$", item).groups()
        score_of(p, q)
        fired = re.search(r"(?m)^ [▸ ] (keyword|pattern|length|sentences) .* [+-]\d+ +-?\d+$", p.screen())
        letters += "a" if order.index(level) > order.index(label) else "c" if fired else "b"
    return letters


def test_5_1_explain_every_cross():
    p = somebody()
    p.open("5.1")
    p.palette("rules use basic", "basic")
    trial(p)
    said = p.answers("5.1", reasons(p))
    assert re.search(r"(\d) of \1 right", said), said
    p.ticks("5.1", 1)
    p.palette("rules use steps", "steps")
    trial(p)
    p.passes("5.1")


def test_5_2_2000x_really():
    p = somebody()
    p.open("5.2")
    trial(p)
    p.ticks("5.2", 1)
    p.answers("5.2", "c")
    p.passes("5.2")


def plan(p):
    """What the next run is to be: on a row of its own where it is not the run that is shown."""
    p.sees(re.compile("quer(y|ies) x"))
    rows = re.findall(r".*quer(?:y|ies) x .*", p.screen())
    return rows[-1]


def bench(p, rounds, cache=True, always=False, warm=True):
    """A run with these settings, to its end."""
    p.pane("6")
    while "▸Tables" not in p.screen():
        p.keys("[")
        p.sees(re.compile("▸"))
    for _ in range(12):
        now = int(re.search(r" x (\d+) round", plan(p)).group(1))
        if now == rounds:
            break
        p.keys("+" if now < rounds else "-")
        wait_until(lambda: " x %d round" % now not in plan(p))
    for key, words, wanted in (("n", "no cache", not cache), ("a", "always", always),
                               ("W", "cold", not warm)):
        if (words in plan(p)) != wanted:
            p.keys(key)
            wait_until(lambda: (words in plan(p)) == wanted,
                       lambda: "%s in\n%s" % (words, p.screen()))
    p.keys("Enter")
    p.sees("◐ bench")
    p.sees_not("◐ bench")


def test_6_1_latency_or_hit():
    p = somebody()
    p.open("6.1")
    bench(p, 1)
    p.passes("6.1")


def test_6_2_whose_savings():
    p = somebody()
    p.open("6.2")
    bench(p, 1, always=True)
    p.ticks("6.2", 1)
    p.answers("6.2", "b")
    p.passes("6.2")


# --- production ---------------------------------------------------------------------------------


def demonstration(p, n):
    p.pane("7")
    p.keys("g", *["Down"] * (n - 1))
    p.sees(re.compile(r"▸ %d " % n))
    p.keys("Enter")
    p.sees("◐ demo")
    p.sees_not("◐ demo")


def test_7_1_breaker():
    p = somebody()
    p.open("7.1")
    p.pane("7")
    p.keys("g", "Down", "Down", "Down", *["-"] * 9)
    p.sees("deadline 1 s")
    demonstration(p, 4)
    p.passes("7.1")


def test_7_2_stale_cache():
    p = somebody()
    p.open("7.2")
    p.palette("set cache.guard off", "cache.guard")
    p.ticks("7.2", 1)
    demonstration(p, 6)
    p.ticks("7.2", 2)
    p.palette("set cache.guard on", "cache.guard")
    shown = p.passes("7.2")
    if len(p.passed) == 18:
        has(shown, "18 of 18")
        has(shown, "last one of this course")


# --- the second course --------------------------------------------------------------------------


def test_8_1_the_moved_mean():
    p = somebody()
    p.open("8.1")
    bench(p, 2)
    bench(p, 2, cache=False)
    p.ticks("8.1", 2)
    p.answers("8.1", "a")
    p.passes("8.1")


def test_8_2_no_collision():
    p = somebody()
    p.open("8.2")
    p.palette("ask --system 'Answer 1' '2 + 3?'", "5")
    p.palette("ask --system 'Answer ' '12 + 3?'", "15")
    p.passes("8.2")


def test_8_3_a_p95_that_deserves_it():
    p = somebody()
    p.open("8.3")
    bench(p, 8, cache=False)
    p.ticks("8.3", 2)
    p.answers("8.3", "100")
    p.passes("8.3")


def test_8_4_load_is_not_latency():
    p = somebody()
    p.open("8.4")
    bench(p, 1, warm=False)
    bench(p, 1)
    p.ticks("8.4", 2)
    p.answers("8.4", "c")
    p.passes("8.4")


def test_8_5_the_judges_bias():
    p = somebody()
    p.open("8.5")
    p.view("COMPARE")
    p.keys("B")
    p.sees("hides the names and draws the sides")
    for query in ("What is 41 + 2?", "What is 51 + 3?"):
        orders = set()
        while len(orders) < 2:
            p.ask(query, "COMPARE")
            lacks(p.screen(), " A  FAST", "a blind compare")
            p.keys("a")
            orders.add(p.sees(re.compile(r"A  (FAST|REASON) ")).group(1))
    p.answers("8.5", "b")
    p.passes("8.5")
    p.pane("4")
    p.keys("B")


def test_8_6_defend_a_threshold():
    p = somebody()
    p.open("8.6")
    for n in range(6):
        p.label("Begin with %d, then go on there" % n, "c")
    for n in range(4):
        p.label("Begin with %d, then go home" % n, "s")
    for complex_from in (3, 2):
        p.keys("-")
        p.sees("%d or more" % complex_from)
    low, high = p.sees(re.compile(r"95 %: (\d+) to (\d+)")).groups()
    p.answers("8.6", "%s %s" % (low, high))
    p.passes("8.6")


def budget(p):
    """Measured with the fewest questions; what each line says for each number of steps."""
    p.pane("6")
    while "▸Thinking budget" not in p.screen():
        tab = re.search("▸[A-Z]", p.screen()).group(0)
        p.keys("]")
        p.sees_not(tab)
    p.keys("-")
    p.sees("20 questions a figure")
    p.keys("Enter")
    p.sees(re.compile(r"reason, free +\d+(.*±){6}"), 600)
    found = {}
    for line, figures in re.findall(r"(fast|reason, \w+) +(\d+±.*)", p.screen()):
        found[line] = [int(n) for n in re.findall(r"(\d+)±", figures)]
    p.keys("C-c")  # the votes, which come last, are not needed
    p.sees("stopped: budget")
    return found


def test_8_7_and_8_8_where_fast_breaks_and_the_smallest_budget():
    p = somebody()
    p.open("8.7")
    p.open("8.8")
    found = budget(p)
    fast, free = found["fast"], found["reason, free"]
    steps = min(n for n in range(6) if fast[n] < 50 <= free[n]) + 1
    p.ticks("8.8", 1)
    p.answers("8.7", str(steps))
    p.passes("8.7")
    enough = min(int(line.split()[1]) for line in found if line.split()[-1].isdigit() and
                 found[line][1] >= 0.9 * free[1])
    p.answers("8.8", str(enough))
    shown = p.passes("8.8")
    if len(p.passed) == 26:
        has(shown, "That was the last exercise of the lab")


def test_the_report_has_a_persons_own_figures():
    p = somebody()
    p.pane("8")
    p.keys("E")
    p.sees("rlab-report")
    p.keys("C-u")
    p.types(os.path.join(p.home.path, "mine"))
    p.keys("Enter")
    p.sees("mine.json")
    with open(os.path.join(p.home.path, "mine.md")) as f:
        text = f.read()
    with open(os.path.join(p.home.path, "mine.json")) as f:
        j = json.load(f)
    has(text, "## Your own figures")
    same(j["schema"], "rlab.report/1")
    same(sorted(e["id"] for e in j["exercises"] if e["state"] == "done"), sorted(p.passed), "done")
    has(text, "%d of 26 exercises done" % len(p.passed))
    if len(p.passed) == 26:
        same([g["share"] for g in j["goals"]], [1] * 5, "goals")
        for figure in ("hit_rate", "compares", "agreement", "runs", "openings"):
            assert j["figures"][figure] is not None, "no %s in %r" % (figure, j["figures"])


if __name__ == "__main__":
    try:
        main()
    finally:
        goes_home()
