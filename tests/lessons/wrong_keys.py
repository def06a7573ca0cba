#!/usr/bin/env python3
"""Somebody at the screen does the wrong thing for every line of every exercise that keys can reach:
no line ticks that should not, a check says what is missing in kind, and never what to type. What
stands in the lessons as hints and solution is not in it. Prints TAP."""
import os
import re

from person import HERE, goes_home, has, items, lacks, main, picks, same, somebody

EASY, CHAIN = "What is 23 + 48?", "Start with 7, add 15, double it, subtract 4"
LESSONS = os.path.join(HERE, "..", "..", "lessons")


def answers_of(id):
    """What nobody may be told: the words in the solution that are typed as they stand, and the
    right choice."""
    name = [n for n in os.listdir(LESSONS) if n.startswith(id + "-")][0]
    with open(os.path.join(LESSONS, name)) as f:
        text = re.sub(r"\n +", " ", f.read())
    solution = re.search(r"^solution: (.*)$", text, re.M).group(1)
    right = re.search(r"^right: (\w)", text, re.M)
    given = re.findall(r"'([^']{6,})'", solution)
    if right:
        choices = re.findall(r"^choice: (.*)$", text, re.M)
        given.append(choices[ord(right.group(1)) - ord("a")])
    return given


def misses(p, id, *sentences):
    """c says that it is not passed, with these words, and gives nothing away."""
    p.keys("c")
    p.sees("┌ %s not yet" % id)
    said = " ".join(" ".join(p.card()).split())
    for s in sentences:
        has(said, s, "what %s says" % id)
    for given in answers_of(id):
        lacks(said, given, "what %s says" % id)
    p.keys("Escape")
    p.sees_not("┌ %s not yet" % id)
    lacks(p.screen(), "✓ %s " % id)


def begins_anew(p, id):
    """X in Learn: what was done so far counts no more."""
    p.choose(id)
    p.keys("X")
    p.sees("Reset %s?" % id)
    p.keys("y")
    p.sees("%s begins anew" % id)


def test_1_1_an_answer_of_one_model_or_out_of_the_cache():
    p = somebody()
    p.open("1.1")
    misses(p, "1.1", "nothing was asked since")
    p.ask(EASY, "FAST")
    misses(p, "1.1", "none of them a fresh one of the reasoning model", "models that answered in both parts so far: 1")
    begins_anew(p, "1.1")
    p.ask(EASY, "FAST")
    p.sees("cached")
    misses(p, "1.1", "none of them a fresh one of the fast model")


def test_1_2_wrong_picks():
    p = somebody()
    p.open("1.2")
    wrong = [n for n in "12345" if n not in picks(items(p.asked("1.2")))][0]
    p.answers("1.2", "%s %s" % (wrong, wrong))
    misses(p, "1.2", "of 2 right", "0 of your last two rounds")


def test_2_1_wrong_scores():
    p = somebody()
    p.open("2.1")
    p.answers("2.1", "99 99 99 99 99 99")
    misses(p, "2.1", "your best round has 0 of 6")


def test_2_2_another_score_and_a_sample():
    p = somebody()
    p.open("2.2")
    p.pane("2")
    p.field("double it")
    p.sees("✗")
    p.leaves()
    misses(p, "2.2", "the score is 3, which is not -2")
    begins_anew(p, "2.2")
    p.pane("2")
    p.field("Is 357 even or odd?")
    p.leaves()
    p.sees("✗")
    misses(p, "2.2", "which is not -2")
    begins_anew(p, "2.2")
    p.palette("rules use basic", "basic")
    p.pane("2")
    p.field("  what is the CAPITAL of   Norway? ")  # a shipped one, folded
    p.ticks("2.2", 1)
    p.leaves()
    misses(p, "2.2", "this text is a query of a shipped set")


def test_2_3_an_old_one_a_sample_and_one_rule():
    p = somebody()
    p.pane("2")
    p.field("Calculate 15% of 80 now")
    p.sees("score 4")
    p.leaves()
    p.open("2.3")  # and nothing of it is met
    misses(p, "2.3", "nothing was classified since")
    p.pane("2")
    p.field("calculate  7 * 73.")
    p.ticks("2.3", 2)
    p.leaves()
    misses(p, "2.3", "this text is a query of a shipped set")
    begins_anew(p, "2.3")
    p.palette("rules use steps", "steps")
    p.pane("2")
    p.field("two  three doubles")
    p.sees("✗")
    p.leaves()
    misses(p, "2.3", "which is not 4", "1 rule did all of it")


def test_2_4_labelled_late_and_judged_otherwise():
    p = somebody()
    p.open("2.4")
    p.label("Work out 89 times 7?", "s")
    p.label("Work out 89 times 7?", "c")
    p.ask("Work out 89 times 7?", "COMPARE")
    p.keys("=")
    p.sees("judged")
    misses(p, "2.4", "only after another label", "your judgement on it: same")
    begins_anew(p, "2.4")
    p.ask(CHAIN, "COMPARE")
    p.keys("b")
    p.sees("judged")
    misses(p, "2.4", "it scores", "or is not your own words")


def test_2_5_labels_edited_instead_of_a_threshold():
    p = somebody()
    p.open("2.5")
    for n in range(4):
        p.label("Begin with %d, then go on" % n, "c")
    p.keys("+")
    p.sees("5 or more")
    misses(p, "2.5", "no threshold has brought more than")
    for n in range(4):  # the labels are made to fit
        p.label("Begin with %d, then go on" % n, "m")
    p.pane("2")
    p.keys("-")
    p.sees("4 or more")
    misses(p, "2.5", "some changed while the threshold moved")


def test_3_1_a_hit_on_what_was_asked_before():
    p = somebody()
    p.ask("What is 31 + 12?")
    p.open("3.1")
    p.ask("What is 31 + 12?")
    p.sees("cached")
    misses(p, "3.1", "all of them hits", "none hit after the same one had missed")


def test_3_2_no_small_cache():
    p = somebody()
    p.open("3.2")
    p.ask("What is 71 + 20?")
    misses(p, "3.2", "the size was 50", "0 thrown out so far")


def test_3_3_one_model_alone():
    p = somebody()
    p.open("3.3")
    p.ask("What is 12 + 31?", "FAST")
    misses(p, "3.3", "no text is stored by more than 1 model")


def test_4_1_not_judged():
    p = somebody()
    p.open("4.1")
    p.ask(EASY, "COMPARE")
    p.ask(CHAIN, "COMPARE")
    misses(p, "4.1", "none of them at 0 or less and judged", "none of them at 4 or more and judged")
    p.keys("b")
    p.sees("judged")
    misses(p, "4.1", "none of them at 0 or less and judged")


def test_4_2_opened_only():
    p = somebody()
    p.open("4.2")
    p.ask(CHAIN + ", double it", "REASON")
    p.keys("t")
    p.ticks("4.2", 1)
    misses(p, "4.2", "no answer's thinking was both opened and folded")


def test_5_1_no_trial_and_wrong_reasons():
    p = somebody()
    p.open("5.1")
    misses(p, "5.1", "the sample set was not run", "no reasons were given")
    p.palette("rules use basic", "basic")
    p.pane("5")
    p.keys("A")
    p.sees(re.compile(r"── done ──[^$]*6 of 6 done"))
    n = len([r for r in p.asked("5.1") if "(labelled" in r])
    p.answers("5.1", "a" * n)
    misses(p, "5.1", "fits", "1 trial so far, and no cross of one agrees")
    p.palette("rules use steps", "steps")


def test_5_2_answered_before_a_trial_and_wrongly():
    p = somebody()
    p.open("5.2")
    p.answers("5.2", "c")
    misses(p, "5.2", "the sample set was not run", "nothing was chosen after such a trial")
    p.pane("5")
    p.keys("A")
    p.sees("── running ──")
    p.sees(re.compile(r"── done ──[^$]*6 of 6 done"))
    p.answers("5.2", "a")
    misses(p, "5.2", "'a' is not what the two times are")


def run(p):
    p.pane("6")
    p.keys("Enter")
    p.sees("◐ bench")
    p.sees_not("◐ bench")


def test_6_1_hits_in_the_mean():
    p = somebody()
    p.open("6.1")
    misses(p, "6.1", "no bench was finished")
    run(p)
    misses(p, "6.1", "5 of its answers were hits")


def test_6_2_nothing_measured():
    p = somebody()
    p.open("6.2")
    run(p)
    p.answers("6.2", "a")
    misses(p, "6.2", "none of them asked the reasoning model everything", "'a' is an estimate")


def test_7_1_no_failure():
    p = somebody()
    p.open("7.1")
    p.ask("What is 81 + 9?")
    misses(p, "7.1", "no breaker has changed")


def test_7_2_the_guard_stayed_on():
    p = somebody()
    p.open("7.2")
    p.palette("set cache.guard on", "cache.guard")
    p.ask("What is 81 + 10?")
    misses(p, "7.2", "the guard was only turned on", "every answer of the model that is there now")


def test_8_1_one_kind_of_run_and_a_wrong_choice():
    p = somebody()
    p.open("8.1")
    run(p)
    p.answers("8.1", "b")
    misses(p, "8.1", "no set was run both with and without hits", "'b' did not move it")


def test_8_2_the_same_question_twice():
    p = somebody()
    p.open("8.2")
    p.ask("What is 81 + 11?")
    p.keys("i", "Enter")
    p.sees("cached")
    misses(p, "8.2", "no two of them are the same letters in different parts",
           "no two of your questions are the same letters yet")


def test_8_3_too_few_calls():
    p = somebody()
    p.open("8.3")
    run(p)
    p.answers("8.3", "20")
    misses(p, "8.3", "the most calls of one model so far", "20 is not the number")


def test_8_4_all_warm():
    p = somebody()
    p.open("8.4")
    run(p)
    p.answers("8.4", "a")
    misses(p, "8.4", "all of them warmed up", "no set both ways", "'a' is not the model's own time")


def test_8_5_one_order_and_names_seen():
    p = somebody()
    p.open("8.5")
    p.ask("What is 41 + 2?", "COMPARE")
    p.keys("a")
    p.sees("judged")
    p.answers("8.5", "a")
    misses(p, "8.5", "were seen in 1 order only", "0 question judged blind in both orders",
           "'a' is not what it shows")


def test_8_6_few_labels_and_a_wrong_interval():
    p = somebody()
    p.open("8.6")
    p.label("Begin with 8, then go home", "c")
    p.answers("8.6", "10 100")
    misses(p, "8.6", "labelled questions of your own: 1", "were not held against the rules")


def test_8_7_and_8_8_a_number_without_measuring():
    p = somebody()
    p.open("8.7")
    p.answers("8.7", "4")
    misses(p, "8.7", "nothing was measured", "no number was given after measuring")
    p.open("8.8")
    p.answers("8.8", "64")
    misses(p, "8.8", "nothing was measured", "no number was given after measuring")


def test_nothing_of_it_passed():
    p = somebody()
    for id in ("8.1", "1.1"):  # of both courses
        p.choose(id)
        p.keys(">")
        same(p.sees(re.compile(r"(\d+) of (18|8) done")).group(1), "0", "done")


if __name__ == "__main__":
    try:
        main()
    finally:
        goes_home()
