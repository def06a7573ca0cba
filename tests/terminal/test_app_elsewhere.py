#!/usr/bin/env python3
"""Settings that a verb beside the running screen changes: said once, and taken over with R in every
pane. Prints TAP."""
import os
import sqlite3
import time

from app import Home, seen, tmux
from terminal import lacks, main, same, wait_until

LOOKS_S = 2  # how often the screen looks, about


def set_beside(home, *pairs):
    for key, value in pairs:
        home.verb("set", key, *([value] if value else ["--reset"]))


def set_at_once(home, *pairs):
    """All in one write, so that no look falls between them."""
    db = sqlite3.connect(os.path.join(home.data, "rlab.db"), timeout=30)
    with db:
        db.executemany("INSERT INTO setting(key, value, changed_wall) VALUES (?, ?, 0)", pairs)
    db.close()


def test_each_setting_is_said_once_and_taken_over():
    rows = (("cache.size", "20", "cache size is now 20"),
            ("cache.guard", "no", "cache guard is now off"),
            ("cache.ttl", "2h", "cache ttl is now 2h"),
            ("ask.rules", "basic", "rule set is now basic"),
            ("ask.temperature", "0.5", "ask temperature is now 0.5"),
            ("screen.theme", "mono", "screen theme is now mono"),
            ("screen.motion", "no", "screen motion is now off"))
    with Home() as home, tmux(home) as t:
        for n, (key, value, words) in enumerate(rows):
            t.keys(str(n + 1))  # another pane each time: R is R in all of them
            set_beside(home, (key, value))
            t.shows(words + ", set elsewhere; R takes it over")
            t.keys("Escape")  # any key puts the line away
            wait_until(lambda: "set elsewhere" not in seen(t), lambda: seen(t))
            if n < 2:
                time.sleep(2 * LOOKS_S)
            lacks(seen(t), "set elsewhere")
            t.keys("R")
            t.shows("in force here too now: " + words.replace(" is now ", " "))


def test_the_pair_and_the_looks():
    with Home() as home, tmux(home) as t:
        set_beside(home, ("pair.reason", "mini/fast"))
        t.shows("reasoning model is now mini/fast, set elsewhere; R takes it over")
        t.shows("R reason")
        t.keys("R")
        t.shows("R fast")
        set_beside(home, ("screen.ascii", "yes"))
        t.shows("screen ascii is now yes, set elsewhere")
        t.shows("──")
        t.keys("R")
        wait_until(lambda: seen(t).isascii(), lambda: seen(t))
        set_beside(home, ("screen.mouse", "yes"))
        t.shows("screen mouse is now on, set elsewhere")
        same(t.flag("mouse_any_flag"), "0")
        t.keys("R")
        wait_until(lambda: t.flag("mouse_any_flag") == "1" or t.flag("mouse_standard_flag") == "1" or
                   t.flag("mouse_button_flag") == "1", "the mouse")


def test_what_stays_and_what_changes():
    with Home() as home, tmux(home) as t:
        t.keys("2")
        t.shows("steps")
        set_at_once(home, ("ask.rules", "basic"), ("cache.guard", "off"), ("cache.size", "7"))
        t.shows("R takes over what was set elsewhere: ")
        t.shows("steps")
        t.keys("R")
        t.shows("in force here too now: ")
        t.shows("basic")
        t.keys("3")
        t.shows("guard OFF")
        t.shows("/7")
        set_beside(home, ("cache.guard", None), ("cache.size", None))
        t.shows("cache size is now 50")
        t.keys("R")
        wait_until(lambda: "guard OFF" not in seen(t) and "/50" in seen(t), lambda: seen(t))
        same(home.ask("SELECT count(*) FROM setting WHERE key = 'cache.size'"), [(0,)])


def test_the_last_write_wins():
    with Home() as home, tmux(home) as t:
        t.keys("3")
        set_beside(home, ("cache.size", "20"))
        t.shows("cache size is now 20")
        set_beside(home, ("cache.size", "30"))
        t.shows("cache size is now 30")
        t.keys("s")
        t.shows("kept at most? ")
        t.keys("C-u", "4", "0", "Enter")
        wait_until(lambda: home.verb("set", "cache.size").count("40"), "40 set here")
        time.sleep(2 * LOOKS_S)
        lacks(seen(t), "set elsewhere")  # its own choice is no news, and nothing is left to take
        set_beside(home, ("cache.size", "20"))
        t.shows("cache size is now 20, set elsewhere; R takes it over")
        set_beside(home, ("cache.size", "40"))  # back again: nothing to take over
        t.keys("1")
        time.sleep(2 * LOOKS_S)
        t.keys("R")
        time.sleep(1)
        lacks(seen(t), "in force here too")


def test_flags_and_fields_keep_their_own():
    with Home() as home, tmux(home, "--fast-model", "mini/fast") as t:
        set_beside(home, ("pair.fast", "mini/reason"))
        time.sleep(2 * LOOKS_S)
        lacks(seen(t), "set elsewhere")
        t.keys("4", "i", "a")
        set_beside(home, ("cache.size", "20"))
        t.shows("R takes it over")
        t.keys("R")
        t.shows("aR")  # a field takes letters
        t.keys("Escape")
        t.shows("NORMAL")
        t.keys("R")
        t.shows("in force here too now: cache size 20")


def test_a_rule_set_that_is_none_stays_outside():
    with Home() as home, tmux(home) as t:
        rules = os.path.join(home.path, "own.rules")
        with open(rules, "w") as f:
            f.write("keyword +5 x\n")
        home.verb("rules", "use", rules)
        os.remove(rules)
        t.shows("rule set is now /")
        t.keys("2", "R")
        t.shows("What was set elsewhere was not taken over")
        t.shows("no rule set '")
        t.keys("Escape")
        wait_until(lambda: "not taken over" not in seen(t), lambda: seen(t))
        t.shows("rules steps")
        with open(rules, "w") as f:
            f.write("keyword +5 x\n")
        t.keys("R")
        t.shows("rules own")


def test_beside_a_screen_that_only_reads():
    with Home() as home:
        home.verb("set", "cache.size", "30")
        with tmux(home, "--read-only") as t:
            t.keys("3")
            set_beside(home, ("cache.size", "20"))
            t.shows("cache size is now 20")
            t.keys("R")
            t.shows("in force here too now: cache size 20")


if __name__ == "__main__":
    main()
