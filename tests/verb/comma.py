#!/usr/bin/env python3
"""In a language that writes 0,5 for a half, JSON, settings and figures keep their decimal point."""
import ctypes

from rlab_case import Skip, exits, has, lacks, main, same

COMMA = {"LC_ALL": "de_DE.UTF-8"}


def needs_the_language():
    if not ctypes.CDLL(None).setlocale(6, b"de_DE.UTF-8"):
        raise Skip("de_DE.UTF-8 could not be made here: no locale sources")
    ctypes.CDLL(None).setlocale(6, b"C")


def test_json_keeps_the_point(lab):
    needs_the_language()
    server = lab.server()
    r = exits(lab.run("ask", "--json", "--temperature", "0.5", "hello", env=COMMA), 0)
    answer = r.json()
    assert 0 < answer["latency_s"] < 60, answer
    same(server.chats()[-1]["options"]["temperature"], 0.5)


def test_text_and_settings_keep_the_point(lab):
    needs_the_language()
    lab.server()
    exits(lab.run("set", "ask.temperature", "0.25", env=COMMA), 0)
    has(exits(lab.run("set", "ask.temperature", env=COMMA), 0).out, "0.25")
    lab.run("ask", "hello", env=COMMA)
    r = exits(lab.run("ask", "hello", env=COMMA), 0)
    lacks(r.err.split("cached", 1)[1].split("took", 1)[1], ",0")
    exits(lab.run("set", "ask.temperature", "0,25", env=COMMA), 2, "0,25")


def test_a_run_reads_back_as_it_was(lab):
    needs_the_language()
    lab.server()
    exits(lab.run("bench", "run", "--rounds", "1", "--cold", env=COMMA), 0)
    here = exits(lab.run("bench", "show", "--json", env=COMMA), 0).json()
    there = exits(lab.run("bench", "show", "--json"), 0).json()
    same(here["summary"], there["summary"])


if __name__ == "__main__":
    main()
