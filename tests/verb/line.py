#!/usr/bin/env python3
"""Line mode from end to end: through a pipe, and on a terminal."""
import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time

from rlab_case import exits, has, lacks, main, same, wait_until

FIRST = "Line mode: on because "
PERCENT = "Calculate 15% of 80"
MENUS = {"setup": 8, "classify": 6, "cache": 7, "ask": 7, "test": 4, "bench": 6, "production": 8,
         "history": 6, "settings": 5}


def lines(lab, *typed, words=(), env=None):
    """What is said when these lines come out of a pipe."""
    return lab.run("--line", *words, input="\n".join(typed) + "\n" if typed else "", env=env)


def said(lab, *typed, **more):
    text = exits(lines(lab, *typed, **more), 0).out
    assert_plain(text)
    same(text.splitlines()[-1], "End of line mode.")
    return text


def assert_plain(text):
    """Nothing a terminal obeys, whatever came from outside."""
    for c in text:
        o = ord(c)
        assert c == "\n" or (o >= 0x20 and not 0x7F <= o <= 0x9F), "control %#x in:\n%r" % (o, text)
        assert not (0x202A <= o <= 0x202E or 0x2066 <= o <= 0x2069), "override %#x" % o


def in_order(text, *parts):
    at = 0
    for part in parts:
        found = text.find(part, at)
        assert found >= 0, "%r does not come after what came before it:\n%s" % (part, text)
        at = found + len(part)


class Terminal:
    """The program on a terminal of its own, typed to."""

    def __init__(self, lab, *words, term="dumb"):
        self.master, slave = pty.openpty()
        env = {**lab.env, "TERM": term}
        if term is None:
            del env["TERM"]
        self.process = subprocess.Popen([lab.program, *words], stdin=slave, stdout=slave,
                                        stderr=slave, env=env, cwd=lab.root,
                                        start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.text = ""

    def type(self, text):
        os.write(self.master, text.encode())

    def read(self, part, seconds=30):
        """Everything up to `part` and a little more; it must come."""
        end = time.monotonic() + seconds
        while part not in self.text:
            left = end - time.monotonic()
            assert left > 0, "%r never came:\n%s" % (part, self.text)
            if select.select([self.master], [], [], min(left, 0.2))[0]:
                try:
                    piece = os.read(self.master, 65536).decode("utf-8", "replace")
                except OSError:
                    piece = ""
                assert piece or part in self.text, "it ended before %r:\n%s" % (part, self.text)
                self.text += piece
        before, self.text = self.text.split(part, 1)
        return before + part

    def end(self, code, seconds=30):
        """Reads to the end: what was said last."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            try:
                if select.select([self.master], [], [], 0.2)[0]:
                    piece = os.read(self.master, 65536)
                    if not piece:
                        break
                    self.text += piece.decode("utf-8", "replace")
                elif self.process.poll() is not None:
                    break
            except OSError:
                break
        same(self.process.wait(10), code, "exit code after:\n" + self.text)
        lacks(self.text, "Sanitizer")
        os.close(self.master)
        return self.text


# --- starting and ending -------------------------------------------------------------------------


def test_the_first_line_says_why(lab):
    lab.server()
    text = said(lab)
    same(text.splitlines()[0], FIRST + "of --line. Type a number, or help.")
    in_order(text, "Models on Ollama", "local/fast:8b", "Main menu: 1 setup   2 classify   3 cache   4 ask")


def test_terminals_that_can_only_print(lab):
    lab.server()
    for term, why in (("dumb", "TERM is dumb"), ("unknown", "TERM is unknown"), ("", "TERM is empty"),
                      (None, "TERM is not set")):
        t = Terminal(lab, term=term)
        has(t.read("Main menu"), FIRST + why)
        t.type("quit\n")
        has(t.end(0), "End of line mode.")


def test_without_a_terminal_it_is_the_tour_unless_asked(lab):
    lab.server()
    has(exits(lab.run(input="quit\n"), 0).out, "Where to go from here")
    lacks(lab.run("classify", "hi", "--line").out, FIRST)


def test_every_way_to_leave(lab):
    lab.server()
    for word in ("0", "quit", "exit", "QUIT", "back"):
        said(lab, word, "classify")
    same(said(lab, "4", "1", "quit").count("Query:"), 1, "questions")


def test_end_of_input_in_every_place(lab):
    lab.server()
    script = ["2", PERCENT, "label", "2", "threshold", "1", "2", "back", "3", "size", "9", "clear",
              "no", "drop", "1", "back", "4", "compare", "One?", "judge", "1", "back", "5", "run",
              "sample", "why", "1", "back", "6", "run", "bench", "1", "show", "last", "compare", "1",
              "1", "back", "9", "search", "One", "show", "1", "delete", "1", "back", "10", "change",
              "cache.size", "5", "reset", "8", "back", "1", "fast", "1", "server", "x=y"]
    for n in [*range(0, 19, 2), *range(19, len(script), 3), len(script)]:
        said(lab, *script[:n])
    r = lab.run("--line", input="2\nno line end")  # a last line needs none
    has(exits(r, 0).out, "Query: no line end\nScore 0, simple.")


def test_json_does_not_go_with_it(lab):
    same(exits(lines(lab, words=("--json",)), 2, "--json needs a verb").out, "")


def test_options(lab):
    exits(lab.run("--color", "pink"), 2, "always, auto or never, not 'pink'")
    lab.server()
    said(lab, "quit", words=("--slow", "--no-motion", "--no-mouse", "--color", "never", "--ascii"))
    text = exits(lab.run("help"), 0).out
    man = exits(lab.run("help", "man"), 0).out
    for option in ("line", "slow", "no-motion", "no-mouse", "color"):
        has(text, "  --" + option)
        has(man, "\\-\\-" + option.replace("-", "\\-"))
        has(lab.run("completion", "bash").out, "--" + option)


def test_a_config_that_cannot_be_read_ends_it(lab):
    exits(lab.run("--line", env={"RLAB_CONFIG": "/no/such"}), 2, "/no/such")


def test_no_server_is_said_and_the_rest_works(lab):
    text = said(lab, "2", PERCENT, "ask", "back", "4", "1", "back", "11")
    in_order(text, "no model to ask", "Score 4, complex. Route: the reasoning model",
             "There is no model to ask yet", "No errors in this session.")


# --- menus ---------------------------------------------------------------------------------------


def test_a_wrong_choice_says_what_is_possible(lab):
    lab.server()
    text = said(lab, "99", "-1", "clasify", "1.5", "", "frob" * 40, "3", "8", "zero")
    has(text, "'99' is no choice here. Possible: 1 to 11, 0 for quit, or help.")
    has(text, "did you mean classify?")
    has(text, "That line is no choice here")
    has(text, "'8' is no choice here. Possible: 1 to 7, 0 for back, or help.")


def test_help_everywhere(lab):
    lab.server()
    text = said(lab, "help", "?", "2", "help", "back", "help", "back", "3", "size", "help", "x", "0",
                "clear", "help", "maybe", "no", "back")
    in_order(text, "1, setup: models and servers", "0, quit.", "Type the question on one line.",
             "Back.", "1, score:", "Type how many answers", "A whole number from 1 to",
             "Back.", "yes does it", "Yes or no is expected.", "Nothing was done.")


def test_a_word_that_means_something_can_be_typed_as_text(lab):
    lab.server()
    text = said(lab, "2", "\\help", "back", "9")
    has(text, "Score 0, simple.")
    server = lab.server()
    said(lab, "4", "2", "\\back", "2", "\\alpha")
    same([c["messages"][-1]["content"] for c in server.chats()], ["back", "\\alpha"])


def test_every_entry_of_every_menu_can_be_entered_and_left(lab):
    lab.server()
    for menu, count in MENUS.items():
        if menu == "production":
            continue
        for way in ("", "back"):
            typed = [menu] + (["back"] if menu == "classify" else [])
            for n in range(1, count + 1):
                typed += [str(n), way, way, way]
            text = said(lab, *typed)
            has(text, "%d " % count)
            lacks(text, "Sanitizer")
    help_text = said(lab, *[w for m in MENUS for w in
                            ([m, "back", "help", "back"] if m == "classify" else [m, "help", "back"])])
    for menu, count in MENUS.items():
        assert re.search(r"^%d, " % count, help_text, re.M), menu


# --- classify ------------------------------------------------------------------------------------


def test_a_score_in_words(lab):
    lab.server()
    text = said(lab, "2", PERCENT, "signals", "label", "hard", "complex", "labels", "threshold", "2",
                "x", "7", "score", "", "threshold", "1", "9")
    in_order(text, "Score 4, complex. Route: local/big-r1:70b with step by step.\n",
             "Points: Calculate plus 2 is 2. Percent of plus 2 is 4.\n",
             'Signal 1 of 2: keyword calculate, found "Calculate" at character 1, plus 2.',
             'Signal 2 of 2: pattern percent of, found "15% of" at character 11, plus 2.',
             "'hard' is no choice here", "Labelled complex. The rules say complex, score 4: you agree.",
             "Label 1: you say complex, the rules say complex, score 4. " + PERCENT,
             "agree on 1 of 1", "A whole number", "complex at 7, for this session",
             "Score 4, moderate. Route: local/fast:8b with step by step.", "Error: ")


def test_queries_that_cannot_be_taken(lab):
    lab.server()
    r = lab.run("--line", input=b"2\nbad \xff\xfe here\nscore\nnul \x00 here\nscore\n"
                + b"x" * (2 << 20) + b"\nback\nquit\n")
    text = exits(r, 0).out
    has(text, "Error: ")
    has(text, "not valid UTF-8")
    has(text, "longer than 1 MiB")
    assert_plain(text)
    same(text.splitlines()[-1], "End of line mode.")


# --- ask -----------------------------------------------------------------------------------------


def test_asking_every_way(lab):
    server = lab.server()
    text = said(lab, "4", "1", "Solve step by step: 1 + 1", "thinking", "2", "", "3", "", "again", "1",
                "Solve step by step: 1 + 1")
    in_order(text, "Asked local/big-r1:70b with step by step. Working.\n", "Thought for ",
             "Answer: big-r1:70b says", "End of answer. ", "20 tokens, about 7 of them thinking, estimated. First word after",
             "Thinking: Step and", "End of thinking.", "Asked local/fast:8b", "Answer: fast:8b says",
             "Asked local/big-r1:70b", "From the cache, looked up in", "saved", "measured.",
             "Asked local/big-r1:70b", "End of answer. ", "From the cache")
    same([c["model"] for c in server.chats()], ["big-r1:70b", "fast:8b", "big-r1:70b"])


def test_compare_and_judge(lab):
    server = lab.server()
    server.play(model={"fast:8b": {"delay_ms": 300}})
    text = said(lab, "4", "judge", "compare", "Why?", "judge", "middle", "left", "judge", "back", "back",
                "9", "show", "1")
    in_order(text, "There is nothing to judge", "Left, the fast model: local/fast:8b.",
             "Right, the reasoning model: local/big-r1:70b.", "Answer: fast:8b says",
             "End of answer.", "Right, the reasoning model:\n", "Thought for", "Answer: big-r1:70b says",
             "End of answer.", "Choose judge", "'middle' is no choice", "Judged: the first",
             "Compare: the", "judged left")


def test_two_models_are_needed_for_a_compare(lab):
    lab.server(models="only:8b")
    has(said(lab, "4", "compare", "Why?", "11"), "two different models are needed")


def test_long_answers_are_said_by_sentence_and_line(lab):
    server = lab.server()
    first = "This is the first sentence, which is long enough to stand alone."
    second = "And here is the second one, e.g. with an abbreviation, to be said apart!"
    server.play(answer=first + " " + second + " Then:\n\n1. one\n2. two\n```\na. b. " + "c. d. " * 20
                + "\n```\nlast", rate=200)
    text = said(lab, "4", "2", "Talk.")
    in_order(text, "Answer: " + first + "\n" + second + "\n", "Then:\n1. one\n2. two\n```\n",
             "a. b. " + ("c. d. " * 20).strip() + "\n", "```\nlast\nEnd of answer.")


def test_hostile_answers_are_only_text(lab):
    server = lab.server()
    evil = ("\x1b[2J\x1b]52;c;aGk=\x07red\r\x08\x9b31m\u202eback\u2066 %s%n\x00 " + "x" * 9000
            + "\x1b]0;title\x1b\\ \u00e9\u4e2d end")
    server.play(answer=evil)
    text = said(lab, "4", "2", "Be evil.", "\x1b[31mred", "3", "list", "back", "9", "list", "show", "1")
    has(text, "%s%n")
    has(text, "x" * 1000)
    has(text, "\u00e9\u4e2d end")
    ascii_text = exits(lines(lab, "4", "2", "Be evil.", words=("--ascii",)), 0).out
    has(ascii_text, "?[2J?]52;c;aGk=?red")


def test_an_answer_that_fails_is_in_the_list_of_errors(lab):
    server = lab.server()
    server.play(fail={"status": 400, "error": "out of \x1b[31morder", "times": -1})
    text = said(lab, "4", "2", "Well?", "back", "11")
    in_order(text, "Error: local/fast:8b: ", "out of", "No whole answer.", "Error 1, ", "out of")


def test_an_answer_cut_at_its_limit_says_how_to_raise_it(lab):
    lab.server(tokens=2000)
    text = said(lab, "10", "change", "ask.max_tokens_fast", "5", "back", "4", "2", "Well?")
    in_order(text, "4, ask.max_tokens_fast: 5, from setting.", "Cut off at its token limit",
             "ask.max_tokens_fast")


def test_what_a_server_did_to_the_question_is_said(lab):
    server = lab.server()
    server.play(counted=90, answer="Yes.")
    text = said(lab, "4", "2", "Is this word the one? " * 500)
    in_order(text, "Answer: Yes.", "End of answer.", "The server may have cut the prompt: ")
    lacks(text, "Note: ")
    lacks(said(lab, "4", "2", "Is it?"), "cut the prompt")
    server.play(model={"big-r1:70b": {"fail": {"status": 400, "times": 1, "error":
                                               '"big-r1:70b" does not support thinking'}}})
    in_order(said(lab, "4", "3", "Is this one?"), "End of answer.",
             "The model cannot think on request; asked again without.")


def test_a_fallback_says_what_it_replaced(lab):
    server = lab.server()
    server.play(model={"big-r1:70b": {"fail": {"status": 500, "error": "sick", "times": -1}}})
    text = said(lab, "4", "1", "Solve step by step: 1 + 1")
    in_order(text, "Falling back to the fast model: ", "Answer: fast:8b says",
             "Instead of local/big-r1:70b: ")


# --- the other menus -----------------------------------------------------------------------------


def test_cache(lab):
    lab.server()
    text = said(lab, "4", "2", "One?", "2", "One?", "2", "Two?", "back", "3", "stats", "list", "look",
                "One?", "look", "Three?", "why", "Three?", "drop", "9", "1", "list", "size", "1", "clear",
                "yes", "list")
    in_order(text, "Entries: 2 of 50.", "In total: hits 1, misses 2, hit rate 33 percent",
             "2.00 seconds, estimated", "2 entries, most recently used first.", "next to go. One?",
             "Hit: local/fast:8b, simple", "1 hit, place 2", "Miss: not cached.", "It would miss: ",
             "A whole number from 1 to 2", "Dropped entry 1.", "1 entry,", "At most 1 entries from now",
             "The cache is empty: 1 dropped", "0 entries")


def test_test_run(lab):
    lab.server(answer="Paris")
    path = lab.write("set.jsonl",
                     '{"query":"What is the capital of France?","label":"simple","answer":"Paris"}\n'
                     '{"query":"Solve it","label":"simple","answer":"42"}\n')
    text = said(lab, "5", "why", "rows", "repeat", "run", "/no/such.jsonl", "run", "-", "run", path, "why",
                "", "why", "1", "why", "7", "", "rows", "repeat")
    in_order(text, "Nothing was run in this session", "Error: ", "/no/such.jsonl", "name a file",
             "Asking 2 queries.", "1 of 2: What is the capital of France?", "label simple, they agree",
             "Right.", "Answer: Paris", "2 of 2: Solve it", "label simple, they differ", "Wrong.",
             "Levels agree with the labels of the set on 1 of 2.", "You have labelled none",
             "Right answers: ", "Repeat test, the first query again: model call",
             "says how slow the model was", "2: Solve it", "Labelled simple, scored 2",
             "1: What is the capital of France?", "It scored", "A whole number from 1 to 2")


def test_bench(lab):
    lab.server()
    path = lab.write("mine.txt", "One?\nSolve step by step: 1 + 1\nThree?\n")
    text = said(lab, "6", "list", "show", "", "run", path, "2", "always", path, "1", "models", path, "x", "1",
                "list", "show", "1", "show", "", "compare", "1", "2", "compare", "3", "compare", "nope")
    in_order(text, "No run yet", "Error: ", "nothing was measured yet", "Warming up local/fast:8b.",
             "Run 1, bench of set mine, done", "3 queries, 2 rounds.", "6 asked, 6 answered: 3 model calls, 3 hits",
             "Level simple: ", "Model local/fast:8b: 2 calls", "Rule of thumb: ", "estimated",
             "Measured: unknown.", "Run 2, bench", "Measured: always-reasoning", "measured.",
             "A whole number from 1 to", "Run 3, models of set mine", "local/fast:8b",
             "3: models of set mine", "Run 1, bench", "Run 3, models", "Run 1, bench", "Run 2, bench",
             "a query's model calls on each side, averaged", "compares two models already", "Error: ")


def test_bench_of_hosted_models_is_asked_about_first(lab):
    words = ("--server", "far=openai:https://models.invalid/v1", "--fast-model", "far/a",
             "--reason-model", "far/b")
    text = said(lab, "6", "run", "", "", "no", "back", "5", "run", "", words=words)
    in_order(text, "calls to 'far'", "Go on?", "Nothing was done.", "calls to 'far'")


def test_production(lab):
    lab.server()
    text = said(lab, "7", "help", "1", "demo 7", "9", "back")
    in_order(text, "Eight demonstrations", "1, demo 1: ", "8, demo 8: ", "Watch ", "Row 1.",
             "Found: ", "End of the demonstration.", "Watch ", "End of the demonstration.",
             "'9' is no choice here. Possible: 1 to 8")


def test_exercises_and_what_was_done(lab):
    lab.server()
    text = said(lab, "2", PERCENT, "back", "4", "1", "One?", "back", "8")
    in_order(text, "Exercise 1.1, to do.", "Goal: ", "Criterion 1, ", "the fast model answered",
             "Exercises: 1 current")


def test_the_report_is_read_aloud(lab):
    lab.server()
    lab.run("exercise", "show", "2.2")
    lab.run("classify", "--rules", "basic", "What is the name of my cat and who is she?")
    lab.run("exercise", "check", "2.2")
    lab.run("exercise", "skip", "2.3")
    lab.run("exercise", "show", "2.4")
    lab.run("ask", "One?")
    lab.run("ask", "One?")
    text = said(lab, "8", "report")
    in_order(text, "Part 2, exercise 2.4: Fool it: a hard question called SIMPLE. 0 of 3 met.",
             "Report of the Reasoning Lab. 1 of 26 exercises done, in 1 sitting",
             "Goal 1, a router that sees difficulty: 20 percent. Done: 2.2. Next: 2.1.",
             "Look-ups of your own: 2.", "Of them hits: 50 percent.", "Quickest call of the fast model, ",
             " milliseconds.", "2.2, A query scoring -2: done, with 1 check and 0 hints.", "Skipped: 2.3.",
             "To do: 1.1, 1.2, ", "End of the report.")
    report = text[text.index("Report of"):text.index("End of the report.")]
    for line in report.splitlines():
        assert line.endswith("."), "no sentence: %r" % line
        for sign in ("|", "#", "%", "--", "  "):
            assert sign not in line, "%r is not heard well: %r" % (sign, line)


def test_history(lab):
    lab.server()
    text = said(lab, "9", "list", "back", "4", "2", "Alpha one?", "2", "Beta two?", "back", "9", "list",
                "more", "search", "alpha", "search", "zebra", "show", "1", "show", "77", "delete", "77",
                "delete", "1", "list", "undo", "undo", "list", "delete", "2", "back", "9", "list")
    in_order(text, "Nothing was asked yet.", "2: ", "Beta two?", "1: ", "Alpha one?", "2 said, 2 in all.",
             "No older answers.", "Match: [Alpha]", "No answer holds all", "Answer 1, ",
             "Question: Alpha one?", "Answer: fast:8b says", "End of answer.", "Error: ", "77",
             "There is no answer 77.", "Answer 1 is deleted", "1 said, 1 in all.", "Answer 1 is back.",
             "There is nothing to take back.", "2 said, 2 in all.", "Answer 2 is deleted",
             "What was deleted stays deleted.", "1 said, 1 in all.")
    same([r["id"] for r in lab.run("history", "--json").rows()], [1])


def test_settings(lab):
    lab.server()
    text = said(lab, "10", "list", "change", "nope", "cache.size", "7", "change", "3", "hot", "change",
                "ask.rules", "nope", "change", "ask.rules", "weighted", "reset", "cache.size", "places",
                "change", "cache.guard", "no", "back", "3", "stats")
    in_order(text, "cache.size: 50, from default.", "There is no such setting", "cache.size: 7, from setting.",
             "Error: 'temperature' is 'hot'", "Error: no rule set 'nope'", "ask.rules: weighted, from setting",
             "cache.size: 50, from default", "Database: ", "Guard: off")
    same(lab.run("set", "cache.size", "--json").json()["origin"], "default")


def test_settings_of_another_process(lab):
    """What another rlab sets is said once, and counts here when it is taken over."""
    lab.server()
    p = lab.start("--line", stdin=subprocess.PIPE)
    text = ""
    while "Main menu: " not in text:
        text += p.stdout.readline().decode()
    for key, value in (("ask.max_tokens_fast", "17"), ("cache.guard", "no")):
        exits(lab.run("set", key, value), 0)
    typed = ("10", "list", "take over", "take over", "back", "3", "stats")
    text = p.communicate("\n".join(typed).encode() + b"\n", 60)[0].decode()
    same(p.returncode, 0)
    news = "ask max tokens fast is now 17, cache guard is now off, set elsewhere."
    same(text.lower().count(news), 1)
    in_order(text, "ask.max_tokens_fast: 1024, from default.", "In force here too now: ",
             "Nothing was set elsewhere.", "Guard: off")
    exits(lab.run("set", "ask.max_tokens_fast", "17"), 0, "setting")


def test_setup(lab):
    server = lab.server(models="fast:8b,big-r1:70b,other:3b,nomic-embed")
    text = said(lab, "1", "models", "fast", "9", "3", "reasoning", "4", "check", "load", "3", "unload",
                "3", "server", "x=frob:y", "server", "http://127.0.0.1:9", "models", "built-in", "back", "4",
                "2", "Two?")
    in_order(text, "Server local: Ollama at " + server.url, "1: local/fast:8b. Size: ",
             'Role: fast, has "8b"', "nomic-embed", "it only makes embeddings",
             "Fast: local/fast:8b. Reasoning: local/big-r1:70b.", "A whole number from 1 to",
             "Fast: local/other:3b.", "Error: ", "nomic-embed", "Asking each model for a word.",
             "local/other:3b says: ", "Two different models: yes.", "Fast answers: yes. Reasoning answers: yes.",
             "is loaded, in", "is unloaded, in", "Error: ", "is known for this session",
             "Server ollama: no answer")
    same(lab.run("set", "pair.fast", "--json").json()["value"], "local/other:3b")


def test_the_built_in_pair(lab):
    lab.built_in()
    text = said(lab, "4", "1", "Double 7, then add 3.", "thinking", "back", "2", "Double 7, then add 3.",
                words=("--builtin",))
    in_order(text, "Asked mini/reason with step by step. Working.", "Answer: 17\n", "End of answer.",
             "Thinking: ", "Score ", "Route: mini/reason with step by step.")


def test_what_is_not_recorded_is_said_once(lab):
    lab.server()
    r = exits(lines(lab, "4", "2", "One?", "2", "Two?", words=("--read-only",)), 0)
    assert_plain(r.out)
    in_order(r.out, "Answer: fast:8b says", "Answer: fast:8b says")
    assert (r.out + r.err).count("ot recorded:") <= 1, r


def test_nothing_is_kept_of_what_was_said_with_history_off(lab):
    lab.server()
    r = exits(lines(lab, "4", "2", "secret one", "back", "2", "secret two", "back", "9", "list",
                    words=("--no-history",)), 0)
    has(r.out, "text not kept")
    for name in os.listdir(lab.data):
        with open(os.path.join(lab.data, name), "rb") as f:
            assert b"secret" not in f.read(), name


# --- on a terminal -------------------------------------------------------------------------------


def slow(lab):
    server = lab.server()
    server.play(tokens=2000, rate=20)
    t = Terminal(lab)
    t.read("0 quit\r\n> ")
    t.type("4\n2\nTell me a story, at length.\n")
    return server, t


def test_control_c_stops_the_answer_and_keeps_the_session(lab):
    server, t = slow(lab)
    t.read("Working.")
    wait_until(lambda: server.chats())
    time.sleep(0.5)
    t.type("\x03")
    has(t.read("> "), "Stopped.")
    t.type("2\nAgain?\n")
    t.read("Working.")
    time.sleep(0.3)
    t.type("\x03")
    has(t.read("> "), "Stopped.")
    t.type("back\n9\nlist\n")
    has(t.read("2 said, 2 in all"), "no whole answer")
    t.type("quit\n")
    t.end(0)


def test_stop_can_be_typed_behind_other_lines(lab):
    server, t = slow(lab)
    t.read("Working.")
    wait_until(lambda: server.chats())
    t.type("back\nstop\n")
    has(t.read("Main menu"), "Stopped.")
    t.type("quit\n")
    t.end(0)


def test_in_a_pipe_stop_stands_in_its_order(lab):
    lab.server(tokens=2000, rate=20)
    begun = time.monotonic()
    has(said(lab, "4", "2", "A story.", "stop", "back"), "Stopped.")
    assert time.monotonic() - begun < 20, "it was not stopped"


def test_control_c_at_a_prompt_leaves_at_the_second(lab):
    lab.server()
    t = Terminal(lab)
    t.read("0 quit\r\n> ")
    t.type("\x03")
    t.read("press control C again to leave")
    t.read("> ")
    t.type("4\n")
    t.read("0 back\r\n> ")
    t.type("1\n")
    t.read("Query: ")
    t.type("\x03")
    t.read("press control C again to leave")
    t.read("> ")
    t.type("\x03")
    has(t.end(130), "End of line mode.")


def test_end_of_input_on_a_terminal(lab):
    lab.server()
    t = Terminal(lab)
    t.read("0 quit\r\n> ")
    t.type("\x04")
    has(t.end(0), "End of line mode.")


def test_term_and_hang_up_end_it_tidily(lab):
    for number, code in ((signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        server, t = slow(lab)
        t.read("Working.")
        wait_until(lambda: server.chats())
        t.process.send_signal(number)
        t.end(code)
    rows = lab.run("history", "--json").rows()
    same([r["end"] for r in rows], ["CANCELLED", "CANCELLED"])


def test_a_test_run_can_be_stopped(lab):
    lab.server(delay_ms=400)
    t = Terminal(lab)
    t.read("0 quit\r\n> ")
    t.type("5\nrun\n\n")
    t.read("1 of 6:")
    t.type("\x03")
    t.read("What was finished is kept.")
    t.read("Run 1, trial of set sample, stopped")
    t.read("> ")
    t.type("quit\n")
    t.end(0)


def test_no_cursor_is_ever_moved(lab):
    lab.server()
    t = Terminal(lab, "--line", term="xterm-256color")
    t.type("4\ncompare\nWhy?\nback\n5\nrun\n\nquit\n")
    text = t.read("End of line mode.").replace("\r\n", "\n")
    assert_plain(text)
    t.end(0)


def test_progress_of_verbs_is_not_drawn_over_either(lab):
    lab.server(delay_ms=150)
    for words, term, drawn in ((("--line",), "xterm", False), ((), "dumb", False), ((), "xterm", True)):
        t = Terminal(lab, "bench", "run", *words, term=term)
        text = t.end(0)
        same("\x1b[K" in text, drawn, "drawn over with %s %s" % (words, term))
        has(text, "10 asked, 10 answered")


def test_something_that_works_says_so_every_ten_seconds(lab):
    server = lab.server()
    server.play(model={"fast:8b": {"delay_ms": 11500}})
    text = said(lab, "4", "2", "Slow?")
    same(re.findall(r"^(.*), 10 seconds\.$", text, re.M), ["Waiting for the model"])
    has(text, "End of answer. 1")


main()
