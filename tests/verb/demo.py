"""rlab demo: each of the eight shows what it promises, by figures out of its own records."""
import os
import signal
import sqlite3
import time

from rlab_case import exits, fits, flat, has, lacks, main, needs_no_server, same

BREAKER = [("closed", "open"), ("open", "half-open"), ("half-open", "closed")]


def lines(result, kind="row", table=None):
    return [j for j in result.rows() if j["type"] == kind
            and (table is None or j.get("table") == table)]


def database(lab):
    return sqlite3.connect(os.path.join(lab.data, "rlab.db"))


def test_the_list_names_all_eight(lab):
    r = exits(lab.run("demo"), 0)
    same(len(r.out.splitlines()), 8, "number of lines")
    fits(r.out)
    rows = exits(lab.run("demo", "--json"), 0).rows()
    same([j["demo"] for j in rows], list(range(1, 9)))
    assert all(j["title"] and j["idea"] and j["watch"] for j in rows), rows


def test_wrong_words_end_with_two(lab):
    for words in (["0"], ["9"], ["four"], ["4", "5"], ["4x"]):
        exits(lab.run("demo", *words), 2, "which demonstration?")
    exits(lab.run("demo", "4", "--deadline", "0"), 2, "--deadline")


def test_everything_fits_eighty_columns(lab):
    lab.server(delay_ms=5)
    lab.run("ask", "What is 2+2?")
    for number in range(1, 9):
        r = exits(lab.run("demo", str(number), "--deadline", "0.3"), 0)
        fits(r.out)
        assert r.out.startswith("%d  " % number), r.out


def test_without_a_server_each_that_asks_says_so(lab):
    for number in range(1, 9):
        r = lab.run("demo", str(number), "--json")
        exits(r, 0 if number in (1, 3) else 3, "" if number in (1, 3) else "no model to ask")


def test_1_uses_the_sample_while_labels_are_few(lab):
    lab.run("label", "complex", "a first question")
    r = exits(lab.run("demo", "1", "--json"), 0)
    has(lines(r, "says")[0]["text"], "You have given 1 label;")
    rows = lines(r, table="thresholds")
    same(rows[0]["what"], "in force")
    same((rows[0]["agree"], rows[0]["n"]), (3, 6), "agreement with the sample's labels")
    same((rows[0]["moderate_from"], rows[0]["complex_from"]), (1, 4))
    assert rows[1]["agree"] >= rows[2]["agree"] >= rows[0]["agree"], rows
    same(rows[0]["low_kind"], "estimated")


def test_1_finds_the_threshold_of_own_labels(lab):
    """Labels that follow one pair of thresholds exactly: that pair agrees with all of them."""
    queries = {"hello": "simple", "hello there": "simple", "good day": "simple",
               "solve it": "complex", "prove it": "complex", "derive it": "complex",
               "debug it": "complex", "optimize it": "complex"}
    for query, level in queries.items():
        exits(lab.run("label", level, query), 0)
    r = exits(lab.run("demo", "1", "--json"), 0)
    rows = lines(r, table="thresholds")
    same(rows[0]["agree"], 3, "agreement in force")
    same((rows[1]["what"], rows[1]["agree"], rows[1]["n"]), ("best", 8, 8))
    same(rows[1]["complex_from"], 2)
    lacks(r.out, "sample set")
    has(r.out, "more than chance explains")


def test_2_expires_and_takes_nothing_for_the_same(lab):
    server = lab.server(delay_ms=20)
    began = time.monotonic()
    r = exits(lab.run("demo", "2", "--json"), 0)
    rows = lines(r, table="lookups")
    same([(j["query"], j["lookup"], j["from"]) for j in rows],
         [("What is 2+2?", "miss", "model"), ("What is 2+2?", "hit", "cache"),
          ("What is 2+3?", "miss", "model"), ("What is 2+2?", "expired", "model")])
    assert time.monotonic() - began > 3, "it did not wait for the entry to grow old"
    same(len(server.chats()), 3, "model calls")
    assert rows[1]["latency_s"] < rows[0]["latency_s"] / 2, rows
    has(r.out, "92 % of the letters are the same")


def test_2_says_when_the_answer_is_cut_off(lab):
    lab.server()
    exits(lab.run("demo", "2", "--max-tokens", "2"), 1, "cut off", "--max-tokens")


def test_3_has_no_percentile_of_few_and_one_of_twenty(lab):
    lab.server(delay_ms=60)
    r = exits(lab.run("demo", "3", "--json"), 0)
    has(r.out, "holds no answers yet")
    for i in range(20):
        exits(lab.run("ask", "question number %d" % i, "--json"), 0)
        if i == 4:
            row = lines(lab.run("demo", "3", "--json"), table="latency")[0]
            same((row["n"], row["p95_s"], row["p95_s_kind"]), (5, None, None))
            assert row["median_s"] > 0, row
    exits(lab.run("ask", "question number 0", "--json"), 0)
    r = exits(lab.run("demo", "3", "--json"), 0)
    row = lines(r, table="latency")[0]
    same(row["n"], 20)
    assert row["median_s"] <= row["p95_s"] <= row["max_s"] and row["p99_s"] is None, row
    pieces = lines(r, table="hit_rate")
    same((sum(j["answers"] for j in pieces), sum(j["hits"] for j in pieces)), (21, 1))
    same(lines(r, table="decisions")[0]["from"], "cache", "the newest decision")


def test_4_opens_skips_tries_once_and_closes(lab):
    server = lab.server(delay_ms=20)
    r = exits(lab.run("demo", "4", "--deadline", "0.5", "--json"), 0)
    calls = lines(r, table="calls")
    same([j["breaker"] for j in calls], ["closed", "closed", "closed", "open", "open", "closed"])
    same([j["asked"] for j in calls],
         ["yes", "yes", "yes", "yes", "no, skipped", "one trial call"])
    assert all(0.5 <= j["latency_s"] < 3 for j in calls[1:3]), calls
    assert all(j["latency_s"] < 0.5 for j in calls[3:]), calls
    changes = [(j["before"], j["after"]) for j in lines(r, table="breaker")]
    same(changes, BREAKER)
    with database(lab) as db:
        same(db.execute("SELECT before, after FROM fact WHERE kind = 'breaker'").fetchall(), BREAKER)
        ends = db.execute("SELECT end_state FROM call WHERE role = 'reasoning'").fetchall()
        same([e[0] for e in ends],
             ["OK_STOP", "TIMEOUT_TOTAL", "TIMEOUT_TOTAL", "ERR_TRANSPORT", "OK_STOP"])
        same(db.execute("SELECT count(*) FROM answer WHERE fallback_from IS NOT NULL").fetchone(),
             (4,))
    same(len([c for c in server.chats() if "r1" in c["model"]]), 2, "calls that reached the model")


def test_4_with_a_model_that_is_slow_by_itself(lab):
    server = lab.server()
    server.play(model={"big-r1:70b": {"delay_ms": 3000}})
    r = exits(lab.run("demo", "4", "--deadline", "0.3", "--json"), 0)
    same([j["breaker"] for j in lines(r, table="calls")],
         ["closed", "closed", "open", "open", "open", "open"])
    has(r.out, "the breaker is open again")


def test_4_says_when_the_fast_model_fails_too(lab):
    server = lab.server()
    server.play(model={"fast:8b": {"fail": {"status": 400, "error": "no", "times": -1}}})
    exits(lab.run("demo", "4", "--deadline", "0.3"), 3, "gave no answer either")


def test_5_reads_sizes_and_memory(lab):
    lab.server(models="fast:8b,big-r1:70b,nomic-embed-text")
    r = exits(lab.run("demo", "5", "--json"), 0)
    rows = lines(r, table="models")
    same([j["model"] for j in rows],
         ["local/fast:8b", "local/big-r1:70b", "local/nomic-embed-text"])
    same((rows[0]["needs_bytes_kind"], rows[0]["fits"]), ("estimated", "yes"))
    has(lines(r, "says")[0]["text"], "Memory of this")
    has(r.out, "both can stay loaded")


def test_5_reads_graphics_cards(lab):
    lab.server(models="fast:8b,big-r1:70b")
    cards = {"RLAB_NVML": os.environ["FAKE_NVML"]}
    r = exits(lab.run("demo", "5", "--json", env=cards), 0)
    same({j["fits"] for j in lines(r, table="models")}, {"on the card"})
    has(r.out, "Graphics card 2, Fake 100: 24.0 GiB", "both can stay there")
    none = exits(lab.run("demo", "5", env={**cards, "FAKE_GPUS": "0"}), 0)
    has(none.out, "No graphics card's own memory can be seen here")


def test_6_is_stale_without_the_guard_alone(lab):
    server = lab.server()
    r = exits(lab.run("demo", "6", "--json"), 0)
    rows = lines(r, table="lookups")
    same([(j["guard"], j["lookup"], j["answer_of"], j["stale"]) for j in rows],
         [("off", "miss", "the first model", "no"), ("off", "hit", "the first model", "yes"),
          ("on", "miss", "the first model", "no"), ("on", "miss", "the second model", "no")])
    same([c["model"] for c in server.chats()], ["fast:8b", "fast:8b", "big-r1:70b"])
    with database(lab) as db:
        same(db.execute("SELECT DISTINCT model FROM answer").fetchall(), [("assistant",)])
        same(db.execute("SELECT count(*) FROM setting WHERE key LIKE '%assistant%'").fetchone(), (0,))


def test_6_with_servers_that_tell_a_name_or_a_fingerprint(lab):
    server = lab.server(kind="openai")
    lab.env["OPENAI_BASE_URL"] = server.url + "/v1"
    for _ in range(2):  # names alone at first, fingerprints once both have answered
        rows = lines(exits(lab.run("demo", "6", "--json"), 0), table="lookups")
        same([j["stale"] for j in rows], ["no", "yes", "no", "no"])


def test_7_measures_what_eager_rules_cost(lab):
    server = lab.server()
    server.play(model={"big-r1:70b": {"delay_ms": 150}})
    r = exits(lab.run("demo", "7", "--json"), 0)
    rows = lines(r, table="questions")
    same(len(rows), 6)
    same([j["role"] for j in rows].count("reasoning"), 1)
    same([j["eager_role"] for j in rows].count("reasoning"), 4)
    network = next(j for j in rows if "network" in j["query"])
    same((network["score"], network["eager_score"]), (0, 4))
    for j in rows:
        if j["role"] == j["eager_role"]:
            same(j["latency_s"], j["eager_latency_s"], "time of a call made once")
    has(flat(" ".join(j["text"] for j in lines(r, "finds"))), "1 of 6 by your rules, 4 of 6")
    same(len(server.chats()), 9, "calls: six, and three that change sides")


def test_1_and_7_with_the_built_in_pair(lab):
    """Its own questions, and rules that suit them, whether it was asked for or found alone."""
    needs_no_server()
    lab.built_in()
    for words in ([], ["--builtin"]):
        said = flat(exits(lab.run("demo", "1", *words), 0).out)
        has(said, "6 labels, scored by the rules 'steps'")
        has(said, "in force 1 4 6 6 100 %")
    r = exits(lab.run("demo", "7", "--builtin", "--json"), 0)
    rows = lines(r, table="questions")
    same([j["role"] for j in rows].count("reasoning"), 2)
    same([j["eager_role"] for j in rows].count("reasoning"), 5)
    flower = next(j for j in rows if "flower" in j["query"])
    same((flower["role"], flower["eager_role"]), ("fast", "reasoning"))
    has(flat(r.out), "'low' hides in 'flower'")
    exits(lab.run("set", "mini.pace", "300"), 0)
    has(flat(exits(lab.run("demo", "7", "--builtin"), 0).out), "no times are compared")
    has(flat(exits(lab.run("demo", "2", "--builtin"), 0).out), "compared with nothing")


def test_8_answers_only_with_a_fallback(lab):
    lab.server()
    r = exits(lab.run("demo", "8", "--deadline", "0.4", "--json"), 0)
    rows = lines(r, table="plans")
    same([(j["plan"], j["answered"]) for j in rows],
         [("deadline, no fallback", "no"), ("deadline and fallback", "yes")])
    assert all(j["latency_s"] >= 0.4 for j in rows), rows
    has(r.out, "you would have waited 300 s")


def test_one_model_in_both_roles_will_not_do(lab):
    lab.server(models="only:8b")
    for number in ("4", "6", "7", "8"):
        exits(lab.run("demo", number), 2, "two different models are needed")


def test_a_server_that_goes_away_meanwhile_is_named(lab):
    server = lab.server(delay_ms=20)
    p = lab.start("demo", "2")
    while not server.chats():
        time.sleep(0.05)
    time.sleep(1)
    server.stop()
    out, err = p.communicate(timeout=60)
    same(p.returncode, 3, "exit code")
    has(err.decode(), "local/fast:8b")


def test_demonstrations_leave_the_cache_and_the_monitor_alone(lab):
    lab.server()
    exits(lab.run("ask", "What is 2+2?"), 0)
    for number in ("2", "4", "6", "8"):
        exits(lab.run("demo", number, "--deadline", "0.3"), 0)
    with database(lab) as db:
        same(db.execute("SELECT count(*) FROM cache").fetchone(), (1,), "cached answers")
        same(db.execute("SELECT DISTINCT purpose FROM answer ORDER BY 1").fetchall(),
             [("ask",), ("demo",)])
    same(lines(lab.run("demo", "3", "--json"), table="latency")[0]["n"], 1)


def test_nothing_is_written_with_read_only(lab):
    lab.server()
    exits(lab.run("demo", "8", "--deadline", "0.3", "--read-only"), 0)
    assert not os.path.exists(os.path.join(lab.data, "rlab.db"))


def test_control_c_ends_it_with_130(lab):
    server = lab.server()
    p = lab.start("demo", "4", "--deadline", "30")
    while not server.chats():
        time.sleep(0.05)
    time.sleep(0.5)
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=10)
    same(p.returncode, 130, "exit code")
    lacks(err.decode(), "Sanitizer")
    with database(lab) as db:
        same(db.execute("SELECT count(*) FROM call WHERE end_state IS NULL").fetchone(), (0,),
             "calls without an end")


if __name__ == "__main__":
    main()
