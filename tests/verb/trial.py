"""rlab trial from end to end: agreement, crosses explained, known answers, the repeat test."""
import rlab_case
from rlab_case import exits, fits, flat, has, same


def trial(lab, *words):
    return exits(lab.run("trial", "--json", *words), 0).json()


def test_the_sample_set(lab):
    lab.server(delay_ms=30)
    t = trial(lab)
    same(t["schema"], "rlab.trial/1")
    first = [i for i in t["items"] if i["round"] == 1]
    same(len(first), 6, "questions")
    same(sum(i["agrees"] for i in first), 3, "agreements")
    same(t["summary"]["labels"]["agreed"], 3, "agreements counted")
    crosses = [i for i in first if not i["agrees"]]
    for i in crosses:
        has(i["why"], "scored %d" % i["score"])
    has(crosses[0]["why"], "no listed word or pattern occurs in it")
    same([i["why"] for i in first if i["agrees"]], [None] * 3, "why of agreements")


def test_the_repeat(lab):
    lab.server(delay_ms=50)
    r = trial(lab)["repeat"]
    same((r["first_was_cached"], r["hit"], r["kind"]), (False, True, "measured"))
    assert r["call_s"] > r["hit_s"] and r["ratio"] > 5, r
    has(r["sentence"], "how slow the model was, not how good the cache is")

    again = trial(lab)
    same([i["from"] for i in again["items"][:6]], ["cache"] * 6, "the person's cache")
    r = again["repeat"]
    same((r["first_was_cached"], r["hit"]), (True, True))
    same(again["items"][6]["from"], "model", "the repeat without look-up")
    has(r["sentence"], "in the cache already")

    r = trial(lab, "--no-cache")
    same([i["from"] for i in r["items"]], ["model"] * 6 + ["cache"], "with --no-cache")


def test_a_repeat_that_was_not_kept(lab):
    lab.server(delay_ms=5, tokens=50)
    r = trial(lab, "--max-tokens", "5")
    same((r["repeat"]["hit"], r["repeat"]["ratio"]), (False, None))
    same(r["summary"]["all"]["cut"], 7, "cut off")


def test_as_text(lab):
    lab.server(delay_ms=5)
    text = exits(lab.run("trial", "--name", "mine"), 0).out
    fits(text)
    has(text, "Where level and label differ")
    has(flat(text), "with the set's labels 3 of 6")
    has(text, "none given yet: rlab label LEVEL TEXT")
    has(text, "Repeat test")
    exits(lab.run("label", "complex", "What is the capital of Norway?"), 0)
    exits(lab.run("label", "simple", "Is Rust a compiled language?"), 0)
    has(flat(exits(lab.run("trial"), 0).out), "with your own labels 1 of 2")
    has(exits(lab.run("bench", "show"), 0).out, "Where level and label differ")


def test_known_answers_and_another_rule_set(lab):
    server = lab.server(delay_ms=2)
    server.play(answers={"capital of Portugal": "Lisbon, of course.", "spider": "It has 8."})
    t = trial(lab, "--set", "known", "--rules", "weighted")
    same(t["settings"]["rules"], "weighted")
    right = [i["query"] for i in t["items"] if i["correct"] and i["round"] == 1]
    assert "What is the capital of Portugal?" in right, right
    # 60 questions and a cache of 50: the first answer is gone again when it is asked for.
    same(t["items"][60]["from"], "model", "the repeat")
    has(t["repeat"]["sentence"], "drops the oldest where it is full")
    same(t["summary"]["right"]["n"], 61, "known answers")


def test_words_and_no_server(lab):
    exits(lab.run("trial", "sample"), 2, "takes no words")
    exits(lab.run("trial"), 3, "no model to ask")


if __name__ == "__main__":
    rlab_case.main()
