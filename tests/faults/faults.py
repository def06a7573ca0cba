"""Running the program with faults (fault.h), and what must hold afterwards."""
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "terminal"))
from terminal import PATIENCE, RLAB, environment  # noqa: E402



def beside(program, name):
    """What was built together with a program."""
    return os.path.join(os.path.dirname(program), "tests", "faults", name)


LIBRARY = beside(RLAB, "fault.so")
OLD_SCHEMA = beside(RLAB, "old_schema")
KINDS = ("alloc", "write", "sync", "read", "receive", "send", "open", "step")  # as in fault.c
NOBODY = "127.0.0.1:9"  # no server answers there
SANITIZED = b"__asan_init" in open(RLAB, "rb").read() if os.path.exists(RLAB) else False


class Home:
    """A folder for one person's data, made as a copy of another where one is given, and the
    program that runs with it."""

    def __init__(self, like=None, program=RLAB):
        self.program = program
        self.path = tempfile.mkdtemp(prefix="rlab-fault-")
        self.data = os.path.join(self.path, "data")
        self.file = os.path.join(self.data, "rlab.db")
        if like:
            shutil.copytree(like.path, self.path, dirs_exist_ok=True)

    def env(self, faults=None, **more):
        env = environment("dumb", **{"HOME": self.path, "RLAB_DATA_DIR": self.data,
                                     "OLLAMA_HOST": NOBODY, "TZ": "UTC", **more})
        if faults is not None:
            env.update(faults)
            env["LD_PRELOAD"] = beside(self.program, "fault.so")
            # A sanitizer wants to be the first to be loaded; memory that the end of a program
            # leaves behind is no loss; and what it says is judged by ended_well.
            env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + \
                ":verify_asan_link_order=0:detect_leaks=0:log_path=stderr"
        return env

    def run(self, *words, faults=None, **more):
        """(exit code, stdout, stderr); the code is None where it did not end."""
        p = subprocess.Popen([self.program, *words], env=self.env(faults, **more), cwd=self.path,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        try:
            out, err = p.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            p.kill()
            out, err = p.communicate()
            return None, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")
        return p.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def good(self, *words, **more):
        code, out, err = self.run(*words, **more)
        assert code == 0, "%s: exit %s: %s" % (" ".join(words), code, err)
        return out

    def open(self):
        return sqlite3.connect(self.file, timeout=PATIENCE)

    def ask(self, sql, *values):
        db = self.open()
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()

    def done(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.done()


def fault(kind=None, how="", n=1, times=1, counts=None, **more):
    """The environment of one fault; without a kind it is only counted."""
    env = {"FAULT_AT": str(n), "FAULT_TIMES": str(times)}
    if kind:
        env["FAULT_KIND"] = kind
    if how:
        env["FAULT_HOW"] = how
    if counts:
        env["FAULT_COUNTS"] = counts
    env.update(("FAULT_" + k.upper(), v) for k, v in more.items())
    return env


def counted(path):
    """What FAULT_COUNTS holds: how many of each kind there were; "struck": that failed."""
    try:
        with open(path, "rb") as f:
            numbers = struct.unpack("%dQ" % (len(KINDS) + 1), f.read())
    except (OSError, struct.error):
        return None  # it ended before main
    return dict(zip(KINDS + ("struck",), numbers))


# --- what must hold ------------------------------------------------------------------------------


def sentence(err):
    """Does stderr say something a person can act on?"""
    words = err.split()
    assert words, "it says nothing"
    assert "(null)" not in err and "''" not in err, "no subject: %r" % err
    assert len(words) >= 4 and not words[-1].endswith(":"), "no sentence: %r" % err


def ended_well(code, err, done=0):
    """Done, or a sentence and an exit code of the program's own."""
    assert code is not None, "it hangs"
    if "CHECK failed" in err and "pthread_getattr_np" in err:
        return  # no memory for the sanitizer itself, when a thread begins: nobody else has this end
    assert "Sanitizer" not in err and "runtime error" not in err, "a sanitizer: %s" % err
    assert code >= 0, "ended by signal %d" % -code
    assert code <= 5, "exit code %d" % code
    if code != done:
        sentence(err)


KEPT = (("session", "id, started_wall"), ("call", "id, query, answer, thinking, end_state"),
        ("answer", "id, call_id, query, end_state, at_wall"), ("label", "id, query, level"),
        ("judgement", "id, pair, verdict"), ("exercise", "*"), ("setting", "key"),
        ("run", "id, state, name"), ("run_item", "id, run_id, query, answer"),
        ("cache", "key"), ("draft", "key, text"))


def rows(db):
    """Everything a person would miss."""
    there = {r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    return {(table, row) for table, columns in KEPT if table in there
            for row in db.execute("SELECT %s FROM %s" % (columns, table))}


def sound(home, before):
    """The file is whole, says one thing in all its places, and holds what it held."""
    beside = [n for n in os.listdir(home.data) if re.search("damaged|probe", n)]
    assert not beside, "there is %s" % beside
    db = home.open()
    try:
        said = db.execute("PRAGMA integrity_check").fetchall()
        assert said == [("ok",)], "integrity: %s" % said
        version = db.execute("PRAGMA user_version").fetchone()[0]
        lost = before - rows(db)
        assert not lost, "lost: %s" % sorted(map(str, lost))[:3]
        if version >= 2:
            entries, = db.execute("SELECT entries FROM cache_state").fetchone()
            count, texts = db.execute(
                "SELECT count(*), count(t.id) FROM cache c LEFT JOIN %s t USING (id)"
                % ("cache_answer" if version >= 11 else "cache_text")).fetchone()
            assert entries == count == texts, "cache: %s" % ((entries, count, texts),)
        if version >= 3:
            db.execute("INSERT INTO history_index(history_index) VALUES ('integrity-check')")
        if version >= 4:
            said, = db.execute("SELECT answers FROM history_state").fetchone()
            count, = db.execute("SELECT count(*) FROM answer").fetchone()
            assert said == count, "history says %s, there are %s" % (said, count)
        if version >= 1:
            half = db.execute("SELECT id FROM answer WHERE call_id IS NOT NULL AND call_id NOT IN"
                              " (SELECT id FROM call)").fetchall()
            assert not half, "answers without a call: %s" % half
            half = db.execute("SELECT id FROM run_item WHERE run_id NOT IN (SELECT id FROM run)")
            assert not half.fetchall(), "items without a run"
    finally:
        db.rollback()
        db.close()
