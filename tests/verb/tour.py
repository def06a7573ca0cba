"""rlab tour: the main job to the end, the same each time, and what it says where it cannot."""
import os
import signal
import sqlite3
import time

from rlab_case import exits, fits, flat, has, lacks, main, same


def steps(result, step):
    return [j for j in result.rows() if j["step"] == step]


def database(lab):
    return sqlite3.connect(os.path.join(lab.data, "rlab.db"))


def test_every_part_in_order(lab):
    server = lab.server(delay_ms=20)
    server.play(model={"big-r1:70b": {"delay_ms": 120}})
    r = exits(lab.run("tour"), 0)
    fits(r.out)
    text = flat(r.out)
    at = 0
    for part in ("1 Models", 'local/fast:8b (has "8b", no "r1")', "at most 128 tokens an answer",
                 "2 Six questions", "what is -1, capital of -1", "solve +2, step by step +2",
                 "money +2, sentences >3 +1", "3 The same six", "fast:8b says: 42",
                 "big-r1:70b says: 42", "4 One of them again", "cached, looked up in",
                 "says how slow the model is, not how good the cache is", "5 A bench",
                 "1 of 15", "10 asked, 10 answered: 5 model calls, 5 hits", "rule of thumb",
                 "projected", "measured", "6 Where to go", "rlab ask", "rlab bench models",
                 "rlab doctor"):
        found = text.find(part, at)
        assert found >= 0, "%r does not come after what came before it:\n%s" % (part, r.out)
        at = found


def test_no_verb_without_a_terminal_is_the_tour(lab):
    lab.server()
    has(exits(lab.run(), 0).out, "Where to go from here")


def test_every_run_starts_alike(lab):
    server = lab.server()
    runs = []
    for _ in range(2):
        rows = exits(lab.run("tour", "--json"), 0).rows()
        runs.append([(j["step"], j.get("answer", {}).get("from")) for j in rows])
        runs[-1].append(len(server.chats()))
        server.control("/__reset", {})
    same(runs[0], runs[1], "second run")
    with database(lab) as db:
        same(db.execute("SELECT count(*) FROM cache").fetchone(), (0,), "the person's own cache")


def test_json_is_a_line_a_step(lab):
    lab.server()
    r = exits(lab.run("tour", "--json"), 0)
    same([j["step"] for j in r.rows()],
         ["models"] + 6 * ["classify"] + 6 * ["answer"] + ["repeat", "bench", "next"])
    assert all(j["schema"] == "rlab.tour/1" for j in r.rows())
    models = steps(r, "models")[0]
    same((models["fast"]["name"], models["reasoning"]["name"]),
         ("local/fast:8b", "local/big-r1:70b"))
    same([j["score"] for j in steps(r, "classify")], [-2, 0, 0, 0, 4, 3])
    same([j["answer"]["role"] for j in steps(r, "answer")],
         ["fast", "fast", "fast", "fast", "reasoning", "fast"])
    repeat = steps(r, "repeat")[0]["answer"]
    same((repeat["cached"], repeat["query"]), (True, "What is the capital of Norway?"))
    assert repeat["original_latency_s"] > repeat["latency_s"], repeat
    summary = steps(r, "bench")[0]["bench"]["summary"]
    text = str(summary)
    for name in ("rule_of_thumb", "projected", "measured"):
        assert name in text, "no figure %s in %s" % (name, text)


def test_limits_are_sent_and_can_be_set(lab):
    server = lab.server()
    exits(lab.run("tour", "--json"), 0)
    limits = {c["model"]: c["options"]["num_predict"] for c in server.chats()[:6]}
    same(limits, {"fast:8b": 128, "big-r1:70b": 512})
    server.control("/__reset", {})
    exits(lab.run("tour", "--json", "--max-tokens", "40"), 0)
    same({c["options"]["num_predict"] for c in server.chats()[:6]}, {40})


def test_answers_that_are_cut_off_are_not_repeated(lab):
    lab.server()
    r = exits(lab.run("tour", "--max-tokens", "3"), 0)
    has(flat(r.out), "No answer ended by itself within its limit, so none was kept")
    same(steps(exits(lab.run("tour", "--json", "--max-tokens", "3"), 0), "repeat")[0]["answer"],
         None)


if os.environ.get("RLAB_TEST_FULL"):  # it takes a minute
    def test_a_slow_reasoning_model_is_not_asked_everything(lab):
        server = lab.server()
        server.play(model={"big-r1:70b": {"load_ms": 0, "delay_ms": 18500}})
        p = lab.start("tour", "--rounds", "1")
        out, err = p.communicate(timeout=120)
        same(p.returncode, 0, "exit code")
        text = flat(out.decode())
        has(text, "Measuring it would take too long on these models for a tour")
        lacks(text, "always-reasoning reasoning")


def test_no_server(lab):
    r = exits(lab.run("tour"), 3, "no model to ask", "ollama pull", "./lab model start", "--server")
    same(r.out, "")


def test_a_model_that_fails_ends_it(lab):
    server = lab.server()
    server.play(model={"fast:8b": {"fail": {"status": 400, "error": "out of order", "times": -1}}})
    r = lab.run("tour")
    exits(r, 2, "the tour ends here")
    has(r.out, "out of order")


def test_one_model_in_both_roles_goes_on(lab):
    lab.server(models="only:8b")
    r = exits(lab.run("tour"), 0)
    has(flat(r.out), "routing is")


def test_hosted_servers_are_asked_about_first(lab):
    r = lab.run("tour", "--server", "far=openai:https://models.invalid/v1",
                "--fast-model", "far/a", "--reason-model", "far/b")
    exits(r, 2, "calls to 'far'", "--yes")


def test_control_c_ends_it_with_130(lab):
    server = lab.server()
    server.play(delay_ms=400)
    p = lab.start("tour")
    while len(server.chats()) < 2:
        time.sleep(0.05)
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=10)
    same(p.returncode, 130, "exit code")
    lacks(err.decode(), "Sanitizer")


if __name__ == "__main__":
    main()
