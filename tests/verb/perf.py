"""rlab perf: every figure by its name, with a number that can be true, and nothing left behind."""
import os
import signal
import time

from rlab_case import exits, fits, has, lacks, main, same

NAMES = {"classify": ["classify"], "memory_hit": ["memory_hit"], "insert": ["insert"],
         "stored_hit": ["stored_hit", "stored_hit.recency", "stored_hit.page"],
         "wire": ["wire.first_byte", "wire.total"]}
UNITS = {"classify": "ns", "memory_hit": "ns", "memory_hit.1000": "ns", "insert": "us",
         "stored_hit": "us", "stored_hit.recency": "us", "stored_hit.1000": "us",
         "stored_hit.page": "us", "stored_hit.1000.recency": "us", "stored_hit.1000.page": "us",
         "wire.first_byte": "us", "wire.total": "us"}


def leftovers(lab):
    return [n for n in (os.listdir(lab.data) if os.path.isdir(lab.data) else [])]


def check(j):
    same(j["schema"], "rlab.perf/1")
    same(j["unit"], UNITS[j["what"]], "unit of " + j["what"])
    same(j["value_kind"], "measured")
    assert j["n"] >= 200, j
    assert j["what"].startswith("wire") or j["value"] > 0, j


def test_each_figure_by_its_name(lab):
    for name in ("classify", "memory_hit", "insert", "stored_hit"):
        rows = exits(lab.run("perf", name, "--json"), 0).rows()
        same([j["what"] for j in rows], NAMES[name])
        for j in rows:
            check(j)
        if name == "classify":
            same(rows[0]["n"] % 11, 0)
            has(rows[0]["how"], "mean over the 11 sample queries, rules 'basic'")
    same(leftovers(lab), [], "files left behind")


def test_sizes_are_measured_by_name(lab):
    rows = exits(lab.run("perf", "memory_hit.1000", "stored_hit.1000", "--json"), 0).rows()
    same([j["what"] for j in rows],
         ["memory_hit.1000", "stored_hit.1000", "stored_hit.1000.recency", "stored_hit.1000.page"])
    for j in rows:
        check(j)
    has(rows[1]["how"], "any of 1000 in the table")
    exits(lab.run("perf", "memory_hit.12"), 2, "'memory_hit.12'", "memory_hit.1000000")


PANES = ["setup", "classify", "cache", "ask", "test", "bench", "production", "learn", "history"]


def test_frames_of_every_pane(lab):
    rows = exits(lab.run("perf", "frame", "--json"), 0).rows()
    same(sorted(j["what"] for j in rows),
         sorted("frame.%s.%s" % (p, size) for p in PANES for size in ("80x24", "120x40")))
    for j in rows:
        same(j["unit"], "ms")
        same(j["value_kind"], "measured")
        assert 0 < j["value"] < 500, j


def test_the_first_frame_from_the_start_of_the_program(lab):
    rows = exits(lab.run("perf", "first_frame", "--json"), 0).rows()
    same([j["what"] for j in rows], ["first_frame"])
    same(rows[0]["unit"], "ms")
    assert rows[0]["n"] >= 3 and 0 < rows[0]["value"] < 20000, rows[0]
    same(leftovers(lab), [], "files left behind")


def test_the_wire_beside_libcurl(lab):
    rows = exits(lab.run("perf", "wire", "--json"), 0).rows()
    same([j["what"] for j in rows], NAMES["wire"])
    for j in rows:
        check(j)
        assert abs(j["rlab"] - j["libcurl"] - j["value"]) < 0.01, j
        assert abs(j["rlab"] / j["libcurl"] - j["ratio"]) < 1e-6, j
    # The stream of the server lasts 50 ms; what it took is no less.
    assert rows[1]["libcurl"] > 49000, rows[1]


def test_the_built_in_models(lab):
    r = exits(lab.run("perf", "mini", "--json"), 0, "weights of the built-in models are missing")
    same(r.out, "")
    lab.built_in()
    exits(lab.run("set", "mini.pace", "1"), 0)  # no part of this
    rows = exits(lab.run("perf", "mini", "--json"), 0).rows()
    same([(j["what"], j["unit"]) for j in rows],
         [("mini.fast", "tokens/s"), ("mini.reason", "tokens/s")])
    assert all(j["n"] == 60 and j["value"] > 20 for j in rows), rows


def test_text_fits_and_names_all(lab):
    r = exits(lab.run("perf", "classify", "memory_hit", "stored_hit"), 0)
    fits(r.out)
    for name in ("classify", "memory_hit", "stored_hit"):
        has(r.out, name)


def test_unknown_names_list_the_known(lab):
    exits(lab.run("perf", "nothing"), 2, "'nothing'", "there are: classify memory_hit")


def test_control_c_leaves_nothing(lab):
    p = lab.start("perf", "stored_hit.100000", "wire", "--json")
    time.sleep(1.5)
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=30)
    same(p.returncode, 130, "exit code")
    lacks(err.decode(), "Sanitizer")
    same(leftovers(lab), [], "files left behind")


def test_read_only_leaves_the_data_folder_alone(lab):
    exits(lab.run("perf", "stored_hit", "--read-only"), 0)
    assert not os.path.exists(lab.data), os.listdir(lab.data)


def test_a_folder_that_cannot_be_written(lab):
    path = lab.write("flat", "not a folder")
    exits(lab.run("perf", "insert", "--data-dir", path + "/below"), 2, "flat")


if __name__ == "__main__":
    main()
