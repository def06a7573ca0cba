#!/usr/bin/env python3
"""The built-in models, from end to end: asked like any others, looked into, trained."""
import json
import os
import signal

from rlab_case import exits, fits, flat, has, lacks, main, needs_no_server, same


def asked(lab, question, *more):
    return exits(lab.run("ask", "--builtin", "--no-cache", "--json", question, *more), 0).json()


# --- answering -----------------------------------------------------------------------------------


def test_no_server_no_trouble(lab):
    needs_no_server()
    lab.built_in()
    r = exits(lab.run("ask", "23+48"), 0)
    same(r.out, "71\n")
    has(r.err, "no model server answered")
    has(r.err, "mini/fast")
    has(flat(r.err), "--server NAME=TYPE:URL")


def test_a_server_comes_first(lab):
    lab.built_in()
    lab.server()
    same(lab.run("ask", "23+48", "--json").json()["server"], "local")
    same(asked(lab, "23+48")["server"], "mini")


def test_without_weights(lab):
    r = lab.run("ask", "--builtin", "23+48")
    same(r.code, 4)
    has(r.err, "weights of the built-in models are missing")


def test_as_people_type(lab):
    """Ordinary words, both models: right, or an honest refusal."""
    lab.built_in()
    for question, answer in (
            ("what's 23 plus 48?", "71"), ("23+48", "71"), ("Add 23 and 48.", "71"),
            ("WHAT IS 23 + 48", "71"), ("  23 + 48 = ", "71"), ("please add 23 and 48", "71"),
            ("Is 47 even or odd?", "odd"), ("Spell house backwards", "esuoh"),
            ("Which is bigger, 812 or 97?", "812"), ("7 * 8", "56"), ("90 minus 35", "55")):
        for role in ("--fast", "--reason"):
            found = asked(lab, question, role)
            same((question, found["answer"], found["end"]), (question, answer, "OK_STOP"))


def test_thinking_pays(lab):
    lab.built_in()
    question = "Start with 7, add 15, double it, subtract 9."
    found = asked(lab, question, "--reason")
    same((found["answer"], found["thinking"]), ("35", "7+15=22;22*2=44;44-9=35"))
    same(found["tokens_kind"], "measured")
    same(found["prompt_tokens"] > 10 and found["thinking_tokens"] > 15, True)
    same(asked(lab, question, "--reason", "--think-budget", "4")["thinking"], "7+15")
    # Without a word about the role the steps are counted, and the question is thought about.
    same(asked(lab, question)["model"], "reason")
    same(asked(lab, "23 + 48")["model"], "fast")


# Kind, steps, and the least each model must get right of ten held-out questions; None: the
# fast model is at most rarely right there.
HELD_OUT = (("add", 0, 9, 9), ("sub", 0, 8, 9), ("times", 0, 5, 8), ("rev", 0, 8, 8),
            ("parity", 0, 9, 9), ("compare", 0, 7, 8), ("chain", 1, 7, 9), ("word", 1, 8, 9),
            ("refuse", 0, 9, 9), ("sumpar", 3, 8, 8), ("seq", 0, 0, 7), ("chain", 4, None, 8),
            ("word", 3, None, 8), ("expr", 3, None, 8), ("bat", 0, None, 8), ("mul", 0, None, 7))


def held_out(lab, rows):
    """What training never saw, through the whole pipeline: right where it must be."""
    lab.built_in()
    path = os.path.join(lab.home, "held.jsonl")
    held = []
    for kind, steps, *_ in rows:
        words = ["mini", "data", "--kind", kind, "--held-out", "--n", "10", "--seed", "5"]
        for q in exits(lab.run(*words, *(["--steps", str(steps)] if steps else [])), 0).rows():
            held.append({"query": q["question"], "answer": q["answer"], "kind": kind,
                         "check": "contains" if kind == "refuse" else "exact", "steps": steps})
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(q) + "\n" for q in held)
    run = exits(lab.run("bench", "models", "mini/fast", "mini/reason", "--builtin", "--set", path,
                        "--json"), 0).json()
    right, told = {}, {}
    for item in run["items"]:
        q = held[item["query_index"]]
        key = item["model"], q["kind"], q["steps"]
        right[key] = right.get(key, 0) + (item["correct"] is True)
        told[item["model"], q["query"]] = item["answer_start"]
    for kind, steps, fast, reason in rows:
        got = right["mini/fast", kind, steps], right["mini/reason", kind, steps]
        good = (got[0] <= 5 if fast is None else got[0] >= fast) and got[1] >= reason
        assert good, "%s, %d steps: %r right of 10" % (kind, steps, got)
    # And typed one by one: the same words come out.
    for q in held[::10]:
        for role in ("fast", "reason"):
            same(asked(lab, q["query"], "--" + role)["answer"], told["mini/" + role, q["query"]])


def test_held_out_of_one_step(lab):
    held_out(lab, HELD_OUT[:6])


def test_held_out_of_some_steps(lab):
    held_out(lab, HELD_OUT[6:11])


def test_held_out_of_many_steps(lab):
    held_out(lab, HELD_OUT[11:])


def test_refusals(lab):
    lab.built_in()
    for question in ("What is the capital of Peru?", "qu\u00e9 hora es?", "\u4f60\u597d", "\U0001f600",
                     "for (int i = 0; i < 9; i++) { puts(s); }", "what is 12 percent of 50?",
                     "123456 + 654321", "hello", "?", "divide 81 by 9"):
        for role in ("--fast", "--reason"):
            found = asked(lab, question, role)
            same((question, found["answer"][:8], found["end"]), (question, "I cannot", "OK_STOP"))


def test_slowed(lab):
    """To be watched, and in no figure."""
    lab.built_in()
    exits(lab.run("set", "mini.pace", "0.5"), 0)
    exits(lab.run("set", "mini.pace", "-1"), 2, "number from 0")
    exits(lab.run("set", "mini.pace", "200"), 0, "in no figure")
    question = "Start with 7, add 15, double it, subtract 9."
    r = exits(lab.run("ask", "--builtin", question), 0, "SLOWED: the built-in models write 200")
    has(r.err, "SLOWED (mini.pace): in no figure")
    found = json.loads(lab.run("ask", "--builtin", "--json", "--no-cache", question).out)
    same((found["answer"], found["slowed"]), ("35", True))
    same(found["latency_s"] > 0.1, True)
    # The text is kept; what it took is not known, so nothing is saved that could be told.
    again = json.loads(lab.run("ask", "--builtin", "--json", question).out)
    same((again["cached"], again["slowed"]), (True, False))
    same((again["original_latency_s"], again["saved_s"], again["saved_kind"]), (None, None, None))
    has(lab.run("history", "list").out, "slowed")
    bench = exits(lab.run("bench", "run", "--builtin", "--set", "mini-bench", "--json",
                          "--always-reasoning"), 0).json()
    total = bench["summary"]
    same((total["all"]["asked"], total["all"]["slowed"], total["model_calls"]["n"]), (10, 5, 0))
    same(total["model_calls"]["mean"], None)
    has(" ".join(bench["summary"]["warnings"]), "10 slowed calls left out of every figure")
    kept = exits(lab.run("bench", "show", "last", "--json"), 0).json()["summary"]
    same((kept["all"]["slowed"], kept["model_calls"]["n"]), (5, 0))
    has(flat(lab.run("demo", "3").out), "slowed calls (mini.pace) left out of every figure")
    has(flat(lab.run("trial", "--builtin").out), "slowed on purpose")
    exits(lab.run("set", "mini.pace", "--reset"), 0)
    same(asked(lab, question)["slowed"], False)


def test_too_long(lab):
    lab.built_in()
    r = exits(lab.run("ask", "--builtin", "q" * 512), 4, "514 tokens", "144")
    same(r.out, "")


def test_settings(lab):
    lab.built_in()
    question = "what is 47 * 38?"
    warm = [asked(lab, question, "--reason", "--temperature", "2", "--seed", seed)["thinking"]
            for seed in ("5", "5", "6")]
    same(warm[0], warm[1])
    same(warm[0] == warm[2], False)
    r = lab.run("ask", "--builtin", "--reason", "--no-cache", "--json", question, "--max-tokens", "5")
    same((r.code, r.json()["end"]), (0, "OK_LENGTH"))
    same(r.json()["completion_tokens"], 5)
    same(asked(lab, "spell house backwards", "--fast", "--stop", "uo")["answer"], "es")


def test_digest_and_cache(lab):
    lab.built_in()
    first = exits(lab.run("ask", "--builtin", "--json", "23+48"), 0).json()
    again = exits(lab.run("ask", "--builtin", "--json", "23+48"), 0).json()
    same((first["cached"], again["cached"], again["answer"]), (False, True, "71"))
    same(len(first["digest"]), 64)


def test_steps_learns_keeps_and_explains(lab):
    lab.built_in()
    first = exits(lab.run("ask", "--model", "mini/steps", "--json", "What is 12 + 30?"), 0).json()
    has(first["answer"], "12 + 30 = 42")
    same(first["warnings"], ["LEARNT"])
    same(os.listdir(os.path.join(lab.data, "mini")), ["steps.learnt"])
    again = exits(lab.run("ask", "--model", "mini/steps", "--json", "reverse hello"), 0).json()
    has(again["answer"], "olleh")
    same((again["warnings"], again["digest"]), ([], first["digest"]))
    kept = lab.write(os.path.join(lab.data, "mini", "steps.learnt"), "damaged")
    third = exits(lab.run("ask", "--model", "mini/steps", "--json", "is 7 even?"), 0).json()
    has(third["answer"], "odd")
    same(third["warnings"], ["LEARNT"])
    same(os.path.getsize(kept) > 1000, True)
    cut = lab.run("ask", "--model", "mini/steps", "--json", "is 7 even?", "--max-tokens", "3").json()
    same((cut["end"], len(cut["answer"].split())), ("OK_LENGTH", 3))
    r = exits(lab.run("ask", "--model", "mini/steps", "sing a song"), 0)
    same(r.out[:8], "I cannot")


def test_models(lab):
    lab.built_in()
    rows = {r["name"]: r for r in exits(lab.run("models", "--json"), 0).rows()}
    same((rows["fast"]["server"], rows["fast"]["digest_kind"]), ("mini", "digest"))
    same((rows["fast"]["why"], rows["reason"]["why"]), ("answers at once", "thinks first"))
    fits(lab.run("models").out)


# --- from inside ---------------------------------------------------------------------------------


def test_data(lab):
    rows = exits(lab.run("mini", "data", "--kind", "chain", "--steps", "4", "--n", "5"), 0).rows()
    same({(r["kind"], r["steps"], r["held_out"]) for r in rows}, {("chain", 4, False)})
    same({tuple(r) for r in rows}, {("question", "trace", "answer", "kind", "steps", "held_out")})
    same(rows, lab.run("mini", "data", "--kind", "chain", "--steps", "4", "--n", "5").rows())
    other = lab.run("mini", "data", "--kind", "chain", "--steps", "4", "--n", "5", "--seed", "2")
    same(rows == other.rows(), False)
    same({r["held_out"] for r in lab.run("mini", "data", "--held-out", "--n", "28").rows()}, {True})
    same(len({r["kind"] for r in lab.run("mini", "data", "--n", "14").rows()}), 14)


def test_wrong_words(lab):
    exits(lab.run("mini"), 2, "data, eval, budget or train")
    exits(lab.run("mini", "dat"), 2, "did you mean 'mini data'")
    exits(lab.run("mini", "data", "--kind", "div"), 2, "'div'", "sumpar")
    exits(lab.run("mini", "data", "--kind", "add", "--steps", "3"), 2, "'add' has no choice of steps")
    exits(lab.run("mini", "data", "--kind", "chain", "--steps", "9"), 2, "--steps")
    exits(lab.run("mini", "data", "--steps", "3"), 2, "--kind")
    exits(lab.run("mini", "eval", "nobody"), 4, "missing")
    exits(lab.run("mini", "train", "steps"), 2, "'steps'")
    exits(lab.run("mini", "train", "fast", "--name", "fast"), 2, "shipped")
    exits(lab.run("mini", "train", "fast", "--name", "../x"), 2, "../x")
    exits(lab.run("mini", "budget", "--kind", "add"), 2, "'add'")


def test_eval(lab):
    lab.built_in()
    rows = exits(lab.run("mini", "eval", "fast", "--n", "20", "--kind", "add", "--json"), 0).rows()
    same((rows[0]["kind"], rows[0]["n"], rows[0]["at_least"], rows[0]["met"]), ("add", 20, 97, True))
    same(rows[0]["low"] <= rows[0]["share"] <= rows[0]["high"], True)
    same((rows[-1]["schema"], rows[-1]["goals"]), ("rlab.mini_eval_summary/1", 1))
    r = exits(lab.run("mini", "eval", "mini/reason", "--n", "3", "--kind", "word"), 0)
    fits(r.out)
    has(r.out, "word")
    same(len([line for line in r.out.splitlines() if " word " in line]), 8)


def test_budget(lab):
    lab.built_in()
    r = exits(lab.run("mini", "budget", "--n", "1", "--json"), 0)
    rows = [x for x in r.rows() if x["schema"] == "rlab.mini_budget/1"]
    same(sorted({(x["model"], x["budget"]) for x in rows}, key=str),
         sorted([("fast", None), ("reason", None)] +
                [("reason", n) for n in (0, 8, 16, 24, 32, 48, 64)], key=str))
    votes = [x for x in r.rows() if x["schema"] == "rlab.mini_votes/1"]
    same({x.get("samples") for x in votes}, {None, 1, 5, 15})
    r = exits(lab.run("mini", "budget", "--n", "5", "--kind", "word", "--json"), 0)
    by_steps = {(x["model"], x["budget"], x["steps"]): x for x in r.rows() if "budget" in x}
    same(len(by_steps), 9 * 6)
    free, cut = by_steps["reason", None, 4], by_steps["reason", 16, 4]
    same((free["share"] > 0.7, cut["share"] < 0.5, cut["thinking_tokens"]), (True, True, 16))
    same(free["low"] <= free["share"] <= free["high"], True)
    same(free["tokens_low"] <= free["tokens"] <= free["tokens_high"], True)
    many = [x for x in r.rows() if x.get("samples") == 15 and x["how"] == "vote"][0]
    same(many["tokens"] > 10 * free["tokens"], True)
    r = exits(lab.run("mini", "budget", "--n", "2"), 0)
    fits(r.out)
    has(flat(r.out), "a budget is a cliff")
    has(flat(r.out), "a vote of 15 gets")
    # Stopped: what was finished is shown, and nothing of the rest.
    p = lab.start("mini", "budget", "--n", "2000", "--json")
    json.loads(p.stdout.readline())
    p.send_signal(signal.SIGINT)
    p.communicate(timeout=20)
    same(p.returncode, 130)


# --- training ------------------------------------------------------------------------------------


def test_train_stop_and_go_on(lab):
    words = ("mini", "train", "fast", "--minutes", "0.1", "--name", "mine")
    process = lab.start(*words)
    first = json.loads(process.stdout.readline())
    same(first["schema"], "rlab.mini_train/1")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    same(process.returncode, 130)
    has(err.decode(), "the same words go on")
    same(sorted(os.listdir(os.path.join(lab.data, "mini"))),
         ["mine.checkpoint", "mine.plan", "mine.weights"])
    exits(lab.run("mini", "train", "fast", "--minutes", "5", "--name", "mine"), 2, "other words",
          "--minutes 0.1")
    r = exits(lab.run(*words), 0, "going on with mini/mine", "is trained")
    rows = [x for x in r.rows() if x["schema"] == "rlab.mini_train/1"]
    same(rows[-1]["progress"], 1)
    same(rows[-1]["loss"] < first["loss"], True)
    exits(lab.run(*words), 0, "mini/mine is finished")
    exits(lab.run("ask", "--model", "mini/mine", "what is 23 + 48?", "--max-tokens", "9"), 0)


def test_a_person_s_own_comes_first(lab):
    lab.built_in()
    os.makedirs(os.path.join(lab.data, "mini"))
    lab.write(os.path.join(lab.data, "mini", "fast.weights"), "hello")
    r = lab.run("ask", "--model", "mini/fast", "1+1")
    same(r.code != 0, True)
    has(flat(r.err), "fast.weights")
    lacks(r.out, "2")


def test_questions_that_are_too_long_leave_the_breaker_alone(lab):
    lab.built_in()
    long = ["Start with %d, add 4" % n + ", double it" * 80 + "." for n in range(4)]
    path = lab.write("long.txt", "\n".join(long + ["Start with 17, add 48, double it."]) + "\n")
    r = exits(lab.run("bench", "run", "--builtin", "--set", path, "--rounds", "1", "--json"), 0)
    items = r.json()["items"]
    same([i["outcome"] for i in items], ["failed"] * 4 + ["answered"])
    same((items[4]["model"], items[4]["fallback"]), ("mini/reason", False))


main()
