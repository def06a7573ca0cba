#!/usr/bin/env python3
"""The same rules in plain Python: a second opinion on the classifier, and its yardstick.

    classify.py check FILE            compares itself with a file of known verdicts
    classify.py generate N [SEED]     N random queries for each rule set, with verdicts,
                                      as JSON lines: rules, query, score, level, signals
                                      (each kind, what, points, at, text)
    classify.py time FILE             mean nanoseconds a query, over a file of queries

Nothing here is clever, so that it is easy to believe. Standard library only.
"""
import json
import random
import re
import statistics
import sys
import time

PATTERNS = {
    "arithmetic": re.compile(r"\d+\s*[+\-*/]\s*\d+"),
    "percent-of": re.compile(r"\d+%\s*of"),
    "equation": re.compile(r"equation|formula"),
    "money": re.compile(r"\$\d"),
    "distance": re.compile(r"\d+\s*(mph|km|miles|meters)"),
}
ENDS = re.compile(r"[.!?]")

HARD = ["solve", "calculate", "prove", "derive", "analyze", "step by step", "explain how",
        "why does", "compare and contrast", "what if", "optimize", "debug", "implement",
        "algorithm", "mathematical", "equation", "probability", "logic puzzle"]
EASY = ["what is", "who is", "when did", "where is", "define", "capital of", "how many",
        "true or false", "yes or no"]

RULES = {
    "basic": {
        "keywords": {**{k: 2 for k in HARD}, **{k: -1 for k in EASY}},
        "patterns": {"arithmetic": 2, "percent-of": 2, "equation": 2, "money": 2},
        "longer": {200: 1, 500: 1},
        "pieces": {3: 1},
        "questions": {},
    },
    "weighted": {
        "keywords": {
            "solve": 3, "calculate": 2, "prove": 4, "derive": 4, "analyze": 2,
            "step by step": 3, "explain how": 2, "why does": 2, "compare and contrast": 3,
            "what if": 2, "optimize": 3, "debug": 2, "implement": 3, "algorithm": 3,
            "mathematical": 3, "equation": 2, "probability": 3, "logic puzzle": 4,
            "proof": 4, "theorem": 4,
            "what is": -2, "who is": -2, "when did": -2, "where is": -2, "define": -1,
            "capital of": -3, "how many": -1, "true or false": -2, "yes or no": -2,
            "list": -1, "name": -1,
        },
        "patterns": {"arithmetic": 2, "percent-of": 2, "equation": 3, "money": 1, "distance": 2},
        "longer": {200: 1, 400: 1},
        "pieces": {3: 1},
        "questions": {1: 1},
    },
}


def classify(query, rules):
    """Score, level and signals: (kind, what, points, start and end in lower case or None)."""
    low = query.lower()
    signals = []
    for word, points in rules["keywords"].items():
        if word in low:
            start = low.find(word)
            signals.append(("keyword", word, points, start, start + len(word)))
    for name, points in rules["patterns"].items():
        match = PATTERNS[name].search(low)
        if match:
            signals.append(("pattern", name, points, match.start(), match.end()))
    for length, points in rules["longer"].items():
        if len(query) > length:
            signals.append(("length", f">{length}", points, None, None))
    for count, points in rules["pieces"].items():
        if len(ENDS.split(low)) > count:
            signals.append(("sentences", f">{count}", points, None, None))
    for count, points in rules["questions"].items():
        if low.count("?") > count:
            signals.append(("questions", f">{count}", points * (low.count("?") - count), None, None))
    score = sum(s[2] for s in signals)
    level = "simple" if score <= 0 else "moderate" if score <= 3 else "complex"
    return score, level, signals


def verdict(query, name):
    """The verdict as a JSON value, with places in the query as typed."""
    score, level, signals = classify(query, RULES[name])
    origin = [i for i, letter in enumerate(query) for _ in letter.lower()]
    shown = []
    for kind, what, points, start, end in signals:
        if start is None:
            shown.append([kind, what, points, None, None])
        else:
            first, last = origin[start], origin[end - 1]
            shown.append([kind, what, points, first + 1, query[first:last + 1]])
    return {"rules": name, "query": query, "score": score, "level": level, "signals": shown}


def read(path):
    with open(path, encoding="utf-8", newline="\n") as lines:
        return [json.loads(line) for line in lines]


def check(path):
    rows = read(path)
    for row in rows:
        score, level, signals = classify(row["query"], RULES["basic"])
        mine = (score, level, [list(s[:3]) for s in signals])
        if mine != (row["score"], row["level"], row["signals"]):
            sys.exit(f"differs: {row!r}\nmine: {mine!r}")
    print(f"{len(rows)} verdicts agree")


# What random queries are made of.

PLAIN = ("the a of and two seven train river bridge cat city price cost speed number model area "
         "week time total sum why how does did if then else per each not odd even").split()
HIDING = ["improve", "proven", "undefined", "redefine", "listen", "rename", "tournament",
          "resolved", "disproof", "equations", "formulas", "formulae", "bugdebugging", "debu",
          "what  is", "what\nis", "what\u00a0is", "equatio", "theoremtheorem", "step by step by step"]
DIGITS = ["7", "42", "1999", "\u0663", "\u0967\u0966", "\uff15", "\u00b2", "\u2167", "\U0001d7d9", "3.5", ""]
GAPS = ["", "", " ", "  ", "\t", "\n", "\u00a0", "\u1680", "\u180e", "\u2003", "\u200b", "\u2028",
        "\u202f", "\u205f", "\u3000", "\ufeff", "\u0085", "\x1b", "\x1c", "\x1d", "\x1e", "\x1f",
        "\x0b", "\x0c"]
SIGNS = ["+", "-", "*", "/", "\u2212", "\u00d7", "\u2013", "=", "%", "x", "++", "+-"]
UNITS = ["mph", "km", "miles", "meters", "metres", "kmh", "k", "\u212am", "mile", "MPH"]
ODD = ["$1.10", "$5", "$ 5", "$\u0665", "$\u00b2", "US$12", "12$", "$", "%", "50%", "50% of",
       "50 % of", "100%of", "\u0665%\u3000of", "...", "?!?", ".", "!", "?", "??", "\u3002",
       "\u0130MPLEMENT", "def\u0130ne", "\u0130", "\u0130solve", "\u212aelvin", "\u212b", "\u017folve",
       "\u1e9e", "stra\u00dfe", "\u03a3\u039f\u03a6\u039f\u03a3", "\u03c3\u03c2", "\ufb01ve", "\u023a\u023e",
       "\u01c4\u01c5", "\u10a0\u13a0", "\u0345", "e\u0301", "\U0001f44d\U0001f3fd", "\U00010400", "\u6f22\u5b57",
       "na\u0131ve", "I\u0307", "\ud7ff", "\ue000", "\U0010ffff", "\x01", "\x7f"]
FILL = ["a", "e ", "\u00e9", "\U0001f44d", "\u0130", "\u6f22", "1", ".", "? ", "\u212a"]


def piece(rng):
    kind = rng.random()
    if kind < 0.30:
        return rng.choice(PLAIN)
    if kind < 0.50:
        return rng.choice(list(RULES["weighted"]["keywords"]))
    if kind < 0.60:
        return rng.choice(HIDING)
    if kind < 0.72:
        return (rng.choice(DIGITS) + rng.choice(GAPS) + rng.choice(SIGNS) + rng.choice(GAPS)
                + rng.choice(DIGITS + ["of", "off"]))
    if kind < 0.80:
        return rng.choice(DIGITS) + rng.choice(GAPS) + rng.choice(UNITS)
    return rng.choice(ODD)


def cased(rng, text):
    how = rng.random()
    if how < 0.5:
        return text
    if how < 0.65:
        return text.upper()
    if how < 0.8:
        return text.title()
    return "".join(rng.choice((c, c.upper(), c.swapcase())) for c in text)


def random_query(rng):
    most = rng.choice([0, 1, 3, 8, 20, 60])
    text = ""
    for _ in range(rng.randint(0, most)):
        text += piece(rng) + rng.choice([" ", " ", " ", "", rng.choice(GAPS), ". "])
    text = cased(rng, text)
    shape = rng.random()
    if shape < 0.15:  # exactly at, or one beyond, a length that counts
        want = rng.choice([199, 200, 201, 399, 400, 401, 499, 500, 501])
        fill = rng.choice(FILL)
        text = (text + fill * want)[:want]
    elif shape < 0.17:  # long, with what matters at the end
        text = rng.choice(FILL) * rng.randint(1000, 4000) + text
    return text


def generate(count, seed):
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    for name in RULES:
        rng = random.Random(f"{name} {seed}")
        for _ in range(count):
            print(json.dumps(verdict(random_query(rng), name), ensure_ascii=False))


def time_of(queries, rules, rounds):
    """Mean nanoseconds a query, the median of some passes."""
    took = []
    for _ in range(21):
        start = time.perf_counter_ns()
        for _ in range(rounds):
            for query in queries:
                classify(query, rules)
        took.append((time.perf_counter_ns() - start) / (rounds * len(queries)))
    return statistics.median(took)


def measure(path):
    queries = [row["query"] for row in read(path)]
    for name, rules in RULES.items():
        print(json.dumps({"what": f"classify.{name}", "by": "python", "unit": "ns",
                          "value": round(time_of(queries, rules, 100), 1),
                          "n": 21 * 100 * len(queries)}))


def main(words):
    if words[:1] == ["check"] and len(words) == 2:
        check(words[1])
    elif words[:1] == ["generate"] and len(words) in (2, 3):
        generate(int(words[1]), int(words[2]) if len(words) == 3 else 1)
    elif words[:1] == ["time"] and len(words) == 2:
        measure(words[1])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
