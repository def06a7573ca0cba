"""rlab bench from end to end: runs, what is kept of them, bad luck in the middle, two models."""
import json
import os
import re
import resource
import signal

import rlab_case
from rlab_case import exits, fits, flat, has, lacks, same, wait_until

KNOWN = ["What is two and two?", "What is three and three?", "What is four and four?",
         "What is five and five?", "What is six and six?", "What is seven and seven?"]


def known_set(lab):
    """Six easy questions with known answers."""
    rows = [{"query": q, "label": "simple", "answer": str(2 * (i + 2))}
            for i, q in enumerate(KNOWN)]
    return lab.write("sums.jsonl", "".join(json.dumps(r) + "\n" for r in rows))


def right_answers():
    return {q: "It is %d." % (2 * (i + 2)) for i, q in enumerate(KNOWN)}


def bench(lab, *words, **more):
    return exits(lab.run("bench", "run", "--json", *words, **more), 0).json()


# --- figures ----------------------------------------------------------------------------------------


def test_hits_are_a_row_apart(lab):
    server = lab.server(delay_ms=80)
    run = bench(lab)
    same(run["schema"], "rlab.bench/1")
    same(run["run"]["state"], "done")
    s = run["summary"]
    same((s["all"]["n"], s["model_calls"]["n"], s["hits"]["n"]), (10, 5, 5), "all, calls, hits")
    assert s["hits"]["mean"] < 0.005 and s["model_calls"]["mean"] > s["hits"]["mean"], s
    same(s["model_calls"]["p95"], None, "p95 of five")
    same([(i["round"], i["from"]) for i in run["items"]],
         [(1, "model")] * 5 + [(2, "cache")] * 5, "rows")
    same([l["level"] for l in s["levels"]], ["simple", "moderate", "complex"], "levels")
    same(s["levels"][1]["n"], 0, "moderate calls")
    same(s["levels"][1]["mean"], None, "their mean")
    same(sum(m["n"] for m in s["models"]), 5, "calls of models")
    a = s["always_reasoning"]
    same((a["rule_of_thumb"]["kind"], a["projected"]["kind"], a["measured"]["kind"]),
         ("estimated", "estimated", None), "kinds")
    same(a["rule_of_thumb"]["always_s"], 15, "rule of thumb")
    # Two warm-up words and five questions; the second round reached no server.
    same(len(server.chats()), 7, "requests")


def test_loading_is_in_no_mean(lab):
    lab.server(delay_ms=10, load_ms=600)
    warm, cold = bench(lab), None
    same(warm["summary"]["model_calls"]["cold"], 0, "cold calls after a warm-up")
    lab.server(delay_ms=10, load_ms=600)
    cold = bench(lab, "--cold")["summary"]
    same(cold["model_calls"]["cold"], 2, "cold calls")
    assert cold["model_calls"]["load_s"] >= 1.19, cold["model_calls"]
    assert cold["model_calls"]["mean"] < 0.3, cold["model_calls"]
    assert cold["all"]["mean"] > 0.1, "as the person waited: %r" % cold["all"]
    has(" ".join(cold["warnings"]), "round 1 of 'local/fast:8b' included 0.6 s of loading")


def test_no_cache_makes_samples(lab):
    server = lab.server(delay_ms=5)
    run = bench(lab, "--rounds", "4", "--no-cache", "--concurrency", "3")
    s = run["summary"]
    same((s["model_calls"]["n"], s["hits"]["n"]), (20, 0), "calls and hits")
    assert s["model_calls"]["p95"] is not None and s["model_calls"]["p99"] is None, s["model_calls"]
    same(len(server.chats()), 22, "requests")
    # Rounds are barriers: no row of a round before the last of the one before.
    rounds = [i["round"] for i in run["items"]]
    same(rounds, sorted(rounds), "order of rounds")


def test_concurrency_keeps_questions_in_flight(lab):
    lab.server(delay_ms=400)
    queries = lab.write("many.txt", "".join("What is item %d?\n" % i for i in range(8)))
    run = bench(lab, "--set", queries, "--rounds", "1", "--concurrency", "8", "--cold")
    same(run["summary"]["model_calls"]["n"], 8)
    same(run["settings"]["concurrency"], 8)


def test_more_at_once_than_files_allowed(lab):
    lab.server()
    few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
    exits(lab.run("bench", "run", "--concurrency", "100", preexec_fn=few), 2, "ulimit -n")
    exits(lab.run("bench", "run", "--concurrency", "20", preexec_fn=few), 0)


def test_the_same_question_at_once_is_shared(lab):
    lab.server(delay_ms=200)
    queries = lab.write("twins.txt", "What is this?\nWhat is this?\nWhat is this?\n")
    s = bench(lab, "--set", queries, "--rounds", "1", "--concurrency", "3")["summary"]
    same((s["model_calls"]["n"], s["all"]["shared"], s["hits"]["n"]), (1, 2, 0),
         "calls, shared, hits")


def test_always_reasoning_is_measured(lab):
    server = lab.server(delay_ms=5)
    server.play(model={"big-r1:70b": {"delay_ms": 150, "answers": right_answers()},
                       "fast:8b": {"answers": right_answers()}})
    run = bench(lab, "--set", known_set(lab), "--always-reasoning")
    s = run["summary"]
    a = s["always_reasoning"]
    same(s["model_calls"]["n"], 6, "the pipeline's calls")
    same(a["measured"]["asked"], 6, "queries of the other side")
    same(a["measured"]["kind"], "measured")
    assert a["measured"]["saved_percent"] > 50, a["measured"]
    pairs = a["measured"]["pipeline_minus_always"]
    same((pairs["pairs"], pairs["seconds_verdict"]), (6, "less"), "pairs")
    same(pairs["right"]["estimate"], 0, "difference in right answers")
    same(a["projected"]["kind"], None, "projected without a reasoning call")
    split = a["split"]
    assert abs(split["by_routing_s"] + split["by_cache_s"] + split["by_sharing_s"]
               - split["saved_s"]) < 1e-9, split
    same([i["role"] for i in run["items"] if i["always"]], ["reasoning"] * 6, "roles")


def test_rule_of_thumb_is_not_measurement(lab):
    """A fast reasoning model: the rule says much was saved, measurement says little."""
    lab.server(delay_ms=30)
    text = exits(lab.run("bench", "run", "--set", "known", "--rounds", "1", "--always-reasoning",
                         "--concurrency", "8"), 0).out
    for name, kind in (("rule of thumb", "estimated"), ("measured", "measured"),
                       ("split", "estimated")):
        line = flat(text[text.index("  " + name):])
        has(line[:400], kind, name)
    fits(text)


def test_limit_on_the_mean(lab):
    lab.server(delay_ms=100)
    exits(lab.run("bench", "run", "--fail-over", "0.001"), 1, "more than --fail-over 0.001")
    exits(lab.run("bench", "run", "--fail-over", "20"), 0)


# --- what is kept -------------------------------------------------------------------------------------


def test_show_says_what_run_said(lab):
    lab.server(delay_ms=10)
    live = bench(lab, "--name", "first", "--notes", "before lunch", "--rounds", "3")
    again = exits(lab.run("bench", "show", "first", "--json"), 0).json()
    same(again, live, "the run read back")
    same((again["run"]["name"], again["run"]["notes"]), ("first", "before lunch"))
    assert again["settings"]["fast"]["identity"], again["settings"]
    text = exits(lab.run("bench", "show"), 0).out
    fits(text)
    has(text, "15 asked, 15 answered: 5 model calls, 10 hits")
    lacks(text, "nan")


def test_list_and_wrong_names(lab):
    lab.server()
    exits(lab.run("bench", "list"), 0, "no run yet")
    bench(lab, "--name", "one")
    bench(lab, "--name", "two")
    rows = exits(lab.run("bench", "list", "--json"), 0).rows()
    same([(r["id"], r["name"], r["items"]) for r in rows], [(2, "two", 10), (1, "one", 10)])
    exits(lab.run("bench", "show", "three"), 2, "'three'")
    exits(lab.run("bench", "compare", "one"), 2, "rlab bench compare A B")
    exits(lab.run("bench", "shwo"), 2, "did you mean 'bench show'")
    exits(lab.run("bench", "run", "--set", "nowhere"), 2, "nowhere", "known")
    same(len(exits(lab.run("bench", "list", "--json"), 0).rows()), 2, "runs after mistakes")


def test_a_bad_set_runs_nothing(lab):
    server = lab.server()
    many = lab.write("many.txt", "".join("What is item %d?\n" % i for i in range(101)))
    exits(lab.run("bench", "run", "--set", many, "--rounds", "10000"), 2, "1010000 questions",
          "fewer rounds")
    bad = lab.write("bad.jsonl", '{"query": "one"}\n{"query": 2}\n')
    exits(lab.run("bench", "run", "--set", bad), 2, "bad.jsonl", "line 2")
    same(server.chats(), [], "requests")


def test_compare(lab):
    server = lab.server(delay_ms=5)
    queries = known_set(lab)
    server.play(delay_ms=100, answers=right_answers())
    bench(lab, "--set", queries, "--rounds", "1", "--name", "slow")
    server.play(delay_ms=5)
    bench(lab, "--set", queries, "--rounds", "1", "--name", "quick")
    c = exits(lab.run("bench", "compare", "slow", "quick", "--json"), 0).json()
    p = c["b_minus_a"]
    same((p["pairs"], p["paired_by"], p["seconds_verdict"]), (6, "query", "less"))
    assert p["seconds"]["low"] <= p["seconds"]["estimate"] <= p["seconds"]["high"] < 0, p
    has(c["sentence"], "'quick' is")
    text = flat(exits(lab.run("bench", "compare", "slow", "quick"), 0).out)
    has(text, "faster per model call (95 %:")
    has(text, "no clear difference in right answers (6 and 6 of 6)")
    back = flat(exits(lab.run("bench", "compare", "slow", "--baseline", "quick"), 0).out)
    has(back, "slower per model call")
    bench(lab, "--set", queries, "--rounds", "1", "--name", "quick")
    twins = flat(exits(lab.run("bench", "compare", "2", "3"), 0).out)
    assert "A (run 2)" in twins or "B (run 3)" in twins, twins
    lacks(twins, "'quick' is")
    lacks(twins, "'quick' minus")

    more = lab.write("more.txt", "".join(q + "\n" for q in KNOWN[:5]) + "And this?\n")
    bench(lab, "--set", more, "--rounds", "2", "--no-cache", "--name", "other")
    c = exits(lab.run("bench", "compare", "quick", "other", "--json"), 0).json()["b_minus_a"]
    same((c["pairs"], c["paired_by"], c["only_a"], c["only_b"]), (5, "query", 1, 1))


def test_run_against_a_baseline(lab):
    server = lab.server()
    exits(lab.run("bench", "run", "--baseline", "none"), 2, "'none'")
    same(server.chats(), [], "requests")
    bench(lab, "--name", "base")
    run = bench(lab, "--baseline", "base")
    same(run["against_baseline"]["a"]["run"]["name"], "base")


def test_without_history_nothing_is_written_down(lab):
    lab.server()
    queries = lab.write("q.txt", "Is the zebra striped?\n")
    bench(lab, "--set", queries, "--no-history")
    run = exits(lab.run("bench", "show", "--json"), 0).json()
    same([(i["query"], i["answer_start"]) for i in run["items"]], [(None, None)] * 2)
    assert run["items"][0]["latency_s"] is not None, run["items"][0]
    for name in os.listdir(lab.data):
        with open(os.path.join(lab.data, name), "rb") as f:
            assert b"zebra" not in f.read(), name


def test_read_only_still_measures(lab):
    lab.server()
    bench(lab)
    run = bench(lab, "--read-only")
    same(run["summary"]["all"]["n"], 10)
    same(len(exits(lab.run("bench", "list", "--json"), 0).rows()), 1, "runs on disk")


def test_its_cache_is_its_own(lab):
    lab.server()
    bench(lab)
    out = exits(lab.run("ask", "--json", "In which year did the Berlin Wall fall?"), 0).json()
    same(out["cached"], False, "a bench's answer in the person's cache")
    same(bench(lab)["summary"]["model_calls"]["n"], 5, "calls of a second bench")


# --- bad luck -------------------------------------------------------------------------------------------


def test_a_stop_keeps_what_was_finished(lab):
    server = lab.server(delay_ms=100)
    p = lab.start("bench", "run", "--rounds", "50", "--no-cache", "--concurrency", "2", "--json")
    wait_until(lambda: len(server.chats()) >= 10)
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=30)
    same(p.returncode, 130, "exit code")
    assert b"Sanitizer" not in err, err.decode()
    live = json.loads(out)
    kept = exits(lab.run("bench", "show", "--json"), 0).json()
    same(kept, live, "the run read back")
    same(kept["run"]["state"], "stopped")
    finished = [i for i in kept["items"] if i["outcome"] == "answered"]
    assert 6 <= len(finished) <= 100, len(finished)
    same(kept["summary"]["model_calls"]["n"], len(finished), "model calls")
    same({i["outcome"] for i in kept["items"]} - {"answered"}, {"stopped"}, "other ends")
    assert kept["summary"]["all"]["stopped"] <= 2, kept["summary"]["all"]


def test_a_kill_keeps_what_was_finished(lab):
    server = lab.server(delay_ms=100)
    p = lab.start("bench", "run", "--rounds", "50", "--no-cache", "--concurrency", "2")
    wait_until(lambda: len(server.chats()) >= 12)
    p.kill()
    p.communicate()
    kept = exits(lab.run("bench", "show", "--json"), 0).json()
    same(kept["run"]["state"], "interrupted")
    assert len(kept["items"]) >= 6, len(kept["items"])
    assert all(i["answer_id"] for i in kept["items"]), kept["items"]


def test_a_server_that_dies_ends_the_run(lab):
    server = lab.server(delay_ms=60)
    p = lab.start("bench", "run", "--rounds", "50", "--no-cache", "--json")
    wait_until(lambda: len(server.chats()) >= 8)
    server.stop()
    out, err = p.communicate(timeout=60)
    same(p.returncode, 3, "exit code")
    has(err.decode(), "stopped after 3 failures in a row")
    run = json.loads(out)
    same(run["run"]["state"], "stopped")
    same(run["summary"]["all"]["failed"], 3, "failed rows")
    assert run["summary"]["model_calls"]["n"] >= 4, run["summary"]["model_calls"]
    same(exits(lab.run("bench", "show", "--json"), 0).json(), run, "the run read back")


def test_no_server_at_all(lab):
    r = lab.run("bench", "run")
    exits(r, 3, "no model to ask")
    same(r.out, "", "stdout")
    r = exits(lab.run("bench", "run", "--fast-model", "local/a", "--reason-model", "local/b"), 3,
              "warming up 'local/a'")
    same(r.out, "", "stdout")
    exits(lab.run("bench", "list"), 0, "no run yet")


def test_a_missing_model(lab):
    lab.server()
    exits(lab.run("bench", "run", "--reason-model", "local/nothere"), 4, "nothere")


def test_one_failure_is_no_end(lab):
    server = lab.server(delay_ms=5)
    server.play(model={"fast:8b": {"fail": {"status": 400, "error": "no", "times": 1}}})
    s = bench(lab, "--cold", "--rounds", "2", "--no-cache")["summary"]
    same((s["all"]["failed"], s["model_calls"]["n"]), (1, 9), "failed and answered")
    has(" ".join(s["warnings"]), "1 question was not answered: in no mean")


def test_fallbacks_are_no_model_calls(lab):
    server = lab.server(delay_ms=5)
    server.play(model={"big-r1:70b": {"stall_after": 0}})
    queries = lab.write("hard.txt", "Solve step by step and prove it\n")
    s = bench(lab, "--set", queries, "--rounds", "1", "--cold", "--deadline", "0.3")["summary"]
    same((s["all"]["fallbacks"], s["model_calls"]["n"]), (1, 0), "fallbacks and calls")
    assert s["all"]["mean"] >= 0.3, s["all"]


def test_a_hosted_server_is_asked_about(lab):
    lab.server()
    # An address that is not this machine's: nothing is sent before the person agreed.
    words = ("bench", "run", "--server", "far=openai:http://192.0.2.1:9/v1", "--fast-model",
             "far/a", "--reason-model", "far/b")
    exits(lab.run(*words), 2, "about 7 calls to 'far'", "--yes")


# --- two models --------------------------------------------------------------------------------------------


def test_the_one_that_is_right_is_slower(lab):
    server = lab.server(delay_ms=5)
    server.play(model={"big-r1:70b": {"delay_ms": 80, "answers": right_answers()},
                       "fast:8b": {"answer": "I think it is 1000."}})
    r = exits(lab.run("bench", "models", "fast:8b", "big-r1:70b", "--set", known_set(lab),
                      "--json"), 0).json()
    p = r["b_minus_a"]
    same((r["a"], r["b"], p["pairs"]), ("local/fast:8b", "local/big-r1:70b", 6))
    same((p["right_a"], p["right_b"], p["right_verdict"], p["seconds_verdict"]),
         (0, 6, "more", "more"))
    has(r["sentence"], "local/big-r1:70b is 100.0 points more often right")
    has(r["sentence"], "use local/big-r1:70b where a right answer matters, local/fast:8b where "
        "time does")
    # One at a time, and they take turns at going first; no suffix, no second look.
    asked = [c["model"] for c in server.chats() if "options" in c][2:]
    same(asked, ["fast:8b", "big-r1:70b", "big-r1:70b", "fast:8b"] * 3, "who was asked")
    for body in server.chats():
        assert "step by step" not in json.dumps(body), body
    text = exits(lab.run("bench", "show"), 0).out
    fits(text)
    has(flat(text), r["sentence"])
    exits(lab.run("bench", "compare", "1", "1"), 2, "two models already")


def test_models_need_two(lab):
    lab.server()
    exits(lab.run("bench", "models", "fast:8b", "fast:8b", "--set", "known"), 2, "two different")
    exits(lab.run("bench", "models", "fast:8b", "big-r1:70b"), 2, "--set FILE")
    exits(lab.run("bench", "models", "fast:8b"), 2, "needs more words")


def test_models_without_known_answers(lab):
    lab.server(delay_ms=5)
    r = exits(lab.run("bench", "models", "fast:8b", "big-r1:70b", "--set", "sample", "--json"), 0)
    p = r.json()["b_minus_a"]
    same((p["right"]["n"], p["right_a"]), (0, None))
    assert re.search("not known: that takes a set", r.json()["sentence"]), r.json()["sentence"]


if __name__ == "__main__":
    rlab_case.main()
