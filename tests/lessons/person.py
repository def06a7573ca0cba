"""A person at the screen: reads what is on it and presses keys, and knows nothing else.

    with Person() as p:
        p.open("2.3")           the exercise is looked for in Learn and opened
        p.field("Begin with six and double it")
        p.ticks("2.3")          all its lines tick by themselves
        p.passes("2.3")         c, and the card says so

No server, the built-in models, 80x24, a home of nobody's. Everything goes through the keyboard;
what is awaited is seen on the screen.
"""
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
if len(sys.argv) > 1 and os.path.isfile(sys.argv[1]):  # else RLAB says which program
    os.environ["RLAB"] = os.path.abspath(sys.argv.pop(1))
sys.path.insert(0, os.path.join(HERE, "..", "terminal"))
import terminal  # noqa: E402
from app import Home, seen, tmux  # noqa: E402
from terminal import has, lacks, main, same, wait_until  # noqa: E402,F401

terminal.PATIENCE = float(os.environ.get("PATIENCE", "60"))  # a sanitized build on a busy machine; against hangs alone
ROWS, COLS = 24, 80
ROUND = re.compile(r"^(\d)  (.*)$")
LINE = re.compile(r"▸ Ex (\S+) .*? ((?:[✓✗·?] )+) ?(\d)/(\d)")

# --- what a person works out --------------------------------------------------------------------


def items(rows):
    """The numbered rows of a form, each with what it goes on with."""
    found = []
    for row in rows:
        m = ROUND.match(row)
        if m:
            found.append(m.group(2))
        elif found and not row:
            break
        elif found:
            found[-1] += " " + row
    return found


def picks(names):
    """The rule of the hints, as a person applies it: two numbers."""
    fast = [n for n in names if re.search("7b|8b|3b", n) and "r1" not in n] or names
    reason = ([n for n in names if "r1" in n] or
              [n for n in names if re.search("70b|32b|14b", n)] or fast)
    return "%d %d" % (names.index(fast[0]) + 1, names.index(reason[0]) + 1)


# --- a session ----------------------------------------------------------------------------------


class Person:
    def __init__(self, rows=ROWS, cols=COLS, home=None):
        self.home, self.own = home or Home(), home is None
        self.passed = []
        try:
            self.terminal = tmux(self.home, "--builtin", "--no-motion", rows=rows, cols=cols)
        except BaseException as why:  # nobody else has the home yet, to remove it
            if self.own:
                self.home.__exit__(type(why), why, None)
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.terminal.__exit__()
        if self.own:
            self.home.__exit__()

    # --- eyes -------------------------------------------------------------------------------------

    def screen(self):
        """What stands on it, seen twice in a row."""
        return seen(self.terminal)

    def sees(self, what, seconds=None):
        """Waits until it is there: a text, or a compiled pattern, whose match comes back."""
        def look():
            text = self.screen()
            return what.search(text) if hasattr(what, "search") else what in text
        return wait_until(look, lambda: "%s in\n%s" % (what, self.screen()),
                          seconds or terminal.PATIENCE)

    def sees_text(self, text):
        """The same where it may go over several rows."""
        bare = re.sub(r"\s", "", text)
        wait_until(lambda: bare in re.sub(r"[\s▏│]", "", self.screen()),
                   lambda: "%r in\n%s" % (text, self.screen()), terminal.PATIENCE)

    def sees_not(self, text):
        wait_until(lambda: text not in self.screen(),
                   lambda: "the end of %r in\n%s" % (text, self.screen()), terminal.PATIENCE)

    def rows(self):
        """The rows of text of the card that is in sight, once it is whole: not its foot, nor what
        stands above it."""
        card = self.sees(re.compile(r"^ *┌ .*?^ *└─", re.M | re.S)).group()
        return [r.rstrip() for r in re.findall(r"^ *│ (.*) │$", card, re.M)][:-2]

    def card(self):
        """All rows of the card that is open, read down to its end."""
        rows = seen = self.rows()
        while re.search("↓ [0-9]+ below", self.screen()):
            self.keys("Down")
            wait_until(lambda: self.rows() != seen, lambda: "the rows below\n" + self.screen())
            seen = self.rows()
            rows = rows + seen[-1:]
        return rows

    def line(self):
        """The coach's line: exercise, marks, how many are met, how many there are."""
        m = self.sees(LINE)
        return m.group(1), m.group(2).split(), int(m.group(3)), int(m.group(4))

    # --- hands ------------------------------------------------------------------------------------

    def keys(self, *names):
        self.terminal.keys(*names)

    def clear(self):
        """Nothing lies over the pane, whatever went wrong before."""
        for _ in range(6):
            if "┌ " not in self.screen() and " Your answer" not in self.screen():
                return
            self.keys("Escape")
            time.sleep(0.2)

    def types(self, text):
        self.terminal.run("send-keys", "-l", "--", text)

    def pane(self, digit):
        self.keys("M-" + digit)
        self.sees("[%s " % digit)
        self.sees("NORMAL")

    def palette(self, words, until):
        """A command of the palette; its output is put away again."""
        self.keys(":")
        self.types(words)
        self.sees(words[-20:])
        self.keys("Enter")
        self.sees(until)
        self.sees(re.compile("┌ rlab .* q close ┐"))
        text = self.screen()
        self.keys("q")
        self.sees_not("┌ rlab ")
        return text

    # --- exercises --------------------------------------------------------------------------------

    def choose(self, id):
        """Looks for it in Learn, as its list is longer than the screen."""
        self.pane("8")
        self.keys("/")
        self.types(id)
        self.keys("Enter")
        self.sees(re.compile(r"^ %s  \w" % re.escape(id), re.M))

    def open(self, id):
        """Opens it: from here on its facts count."""
        self.choose(id)
        self.keys("Enter")
        self.sees("▸ Ex %s " % id)
        self.sees(re.compile("┌ %s " % re.escape(id)))
        card = self.card()
        self.keys("Escape")
        self.sees_not("┌ %s " % id)
        met = self.line()[2]
        same(met, 0, "lines of %s that are met at first" % id)
        return card

    def ticks(self, id, met=None):
        """So many lines tick, or all of them, before anything is checked."""
        def ticked():
            found, marks, n, all = self.line()
            return found == id and n == (all if met is None else met) and marks.count("✓") == n
        wait_until(ticked, lambda: "%s lines of %s in\n%s" % (met or "all", id, self.screen()),
                   terminal.PATIENCE)

    def passes(self, id):
        self.ticks(id)
        self.keys("c")
        self.sees("┌ %s passed" % id)
        shown = self.screen()
        self.keys("Escape")
        self.sees_not("┌ %s passed" % id)
        self.passed.append(id)
        return shown

    def answers(self, id, answer):
        """Answers the form of an exercise."""
        self.choose(id)
        self.keys("Enter")
        self.sees("┌ %s asks" % id)
        self.keys("Enter")
        self.sees(re.compile("Your answers?, as in"))
        self.types(answer)
        self.keys("Enter")
        self.sees("Last time: ")
        said = " ".join(self.card())
        self.keys("Escape")
        self.sees_not("┌ %s asks" % id)
        return said

    def asked(self, id):
        """What its form asks, row by row."""
        self.choose(id)
        self.keys("Enter")
        self.sees("┌ %s asks" % id)
        rows = self.card()
        self.keys("Escape")
        self.sees_not("┌ %s asks" % id)
        return rows

    # --- panes ------------------------------------------------------------------------------------

    def view(self, name):
        """Ask's view."""
        self.pane("4")
        for _ in range(5):
            if "view %s " % name in self.screen():
                return
            before = re.search(r"view (\w+)", self.screen())
            self.keys("v")
            wait_until(lambda: re.search(r"view (\w+)", self.screen()).group(1) != before.group(1))
        raise AssertionError("no view %s in\n%s" % (name, self.screen()))

    def field(self, text):
        """Types into the field of the pane, instead of what is there."""
        self.keys("i")
        self.sees("INPUT")
        self.keys("C-u")
        self.types(text)
        self.sees_text(text)

    def leaves(self):
        """Out of the field: what comes right behind Esc would be another key together with it."""
        self.keys("Escape")
        self.sees("NORMAL")

    def ask(self, text, view="AUTO"):
        """Asks in a view of Ask and waits for the end."""
        self.view(view)
        self.field(text)
        self.keys("Enter")
        self.sees("NORMAL")
        ends = 2 if view == "COMPARE" else 1
        wait_until(lambda: self.screen().count("── end ──") >= ends and
                   not re.search("◐ ", self.screen()), lambda: "an answer in\n" + self.screen())

    def label(self, text, level):
        """Labels a question in the Classifier: its first letter."""
        self.pane("2")
        self.field(text)
        self.leaves()
        self.keys("l")
        self.sees("Your label:")
        self.keys(level)
        self.sees("labelled ")


_everyone = {}


def somebody():
    """The one whose session all tests of a file share; a test alone has a session of its own."""
    if "person" not in _everyone:
        _everyone["person"] = Person()
    _everyone["person"].clear()
    return _everyone["person"]


def goes_home():
    """Ends that session, where it began."""
    if _everyone:
        _everyone["person"].__exit__()
