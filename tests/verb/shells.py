"""Help, manual page and completion: true to the verbs there are, in every shell that is here."""
import os
import pty
import re
import select
import shutil
import subprocess
import time

from rlab_case import Skip, exits, fits, has, lacks, main, same

VERBS = re.compile(r"^  ([a-z]+) ", re.M)
# What is typed, and what completes it: every shell must agree.
CASES = [
    (["rlab", "dem"], ["demo"]),
    (["rlab", "demo", ""], list("12345678")),
    (["rlab", "help", "class"], ["classify"]),
    (["rlab", "completion", ""], ["bash", "zsh", "fish"]),
    (["rlab", "ask", "--temp"], ["--temperature"]),
    (["rlab", "ask", "--fast"], ["--fast", "--fast-model"]),
    (["rlab", "--fast-model", "local/ask", "cla"], ["classify"]),
    (["rlab", "classify", "--rou"], []),
]


def verbs(lab):
    return VERBS.findall(lab.run("help").out.split("options every verb")[0])


def test_every_verb_has_help_that_fits(lab):
    names = verbs(lab)
    assert {"tour", "classify", "ask", "demo", "perf", "help"} <= set(names), names
    fits(exits(lab.run("--help"), 0).out)
    for name in names:
        r = exits(lab.run("help", name), 0)
        fits(r.out)
        has(r.out, "example:\n  ")
        same(lab.run(name, "--help").out, r.out, "--help of " + name)


def test_every_example_names_its_verb_and_options_it_takes(lab):
    for name in verbs(lab):
        text = lab.run("help", name).out
        example = text.split("example:\n  ")[1].split("\n")[0]
        has(example, "rlab " + name)
        for option in re.findall(r"--[a-z-]+", example):
            assert re.search(r"^  %s\b" % option, text + lab.run("help").out, re.M), \
                "%s: its help does not know %s" % (name, option)


def test_a_word_wrong_by_a_letter_is_guessed(lab):
    exits(lab.run("demmo"), 2, "did you mean 'demo'")
    exits(lab.run("help", "demmo"), 2, "demmo")


def test_the_manual_page_has_no_faults(lab):
    page = exits(lab.run("help", "man"), 0).out
    for name in verbs(lab):
        has(page, '.SS "%s' % name)
    for part in (".SH EXIT STATUS", "RLAB_DATA_DIR", "OLLAMA_HOST", "130"):
        has(page, part)
    path = lab.write("rlab.1", page)
    if not shutil.which("groff"):
        raise Skip("groff is not here")
    r = subprocess.run(["groff", "-ww", "-man", "-Tutf8", path], capture_output=True, text=True)
    same((r.returncode, r.stderr), (0, ""), "groff")
    page = re.sub(".\b|\x1b\\[[0-9;]*m", "", r.stdout)  # bold and underline
    has(page, "EXIT STATUS")
    fits(page, 90)


def script(lab, shell):
    return lab.write("rlab." + shell, exits(lab.run("completion", shell), 0).out)


def test_unknown_shells_are_refused(lab):
    for words in ([], ["tcsh"], ["bash", "zsh"]):
        exits(lab.run("completion", *words), 2, "which shell?")


def test_bash_completes(lab):
    path = script(lab, "bash")
    r = subprocess.run(["bash", "-c", "source %s; complete -p rlab" % path], capture_output=True,
                       text=True)
    same((r.returncode, r.stderr), (0, ""), "bash")
    has(r.stdout, "-F _rlab rlab")
    for words, wanted in CASES:
        r = subprocess.run(
            ["bash", "-c", 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rlab;'
             ' printf "%s\\n" "${COMPREPLY[@]}"', path, *words], capture_output=True, text=True)
        same((r.stderr, sorted(r.stdout.split())), ("", sorted(wanted)), " ".join(words))


def test_bash_completes_folders_with_blanks(lab):
    path = script(lab, "bash")
    os.mkdir(os.path.join(lab.root, "two words"))
    r = subprocess.run(
        ["bash", "-c", 'source "$0"; COMP_WORDS=(rlab --data-dir "two"); COMP_CWORD=2; _rlab;'
         ' printf "%s\\n" "${COMPREPLY[@]}"', path], capture_output=True, text=True, cwd=lab.root)
    same(r.stdout, "two words\n")


def test_fish_completes(lab):
    if not shutil.which("fish"):
        raise Skip("fish is not here")
    path = script(lab, "fish")
    for words, wanted in CASES:
        typed = " ".join(words)
        r = subprocess.run(["fish", "--no-config", "-c", "source %s; complete -C '%s'" % (path, typed)],
                           capture_output=True, text=True, env=lab.env, cwd=lab.root)
        found = [line.split("\t")[0] for line in r.stdout.splitlines()]
        if not wanted:  # fish may offer files where nothing else fits
            lacks(r.stdout, "--rounds")
            continue
        same(sorted(found), sorted(wanted), typed)


def zsh_reply(lab, path, typed):
    """What stands on the line after `typed` and one Tab, or what is listed below it."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(lab.home)
        os.execvpe("zsh", ["zsh", "-f", "-i"], {**lab.env, "ZDOTDIR": lab.home})
    out = ""

    def read(until, seconds):
        nonlocal out
        end = time.monotonic() + seconds
        while time.monotonic() < end and not re.search(until, out):
            if select.select([fd], [], [], 0.05)[0]:
                out += os.read(fd, 65536).decode("utf-8", "replace")
        return out

    os.write(fd, ("PS1='> '; autoload -Uz compinit; compinit -D -u; source %s; print -r re''ady\n"
                  % path).encode())
    read("\nready", 20)
    out = ""
    os.write(fd, (typed + "\t").encode())
    read("\x07|%s[^\t]*\\S" % re.escape(typed), 2)
    time.sleep(0.3)
    read("^$", 0.3)
    os.close(fd)
    os.waitpid(pid, 0)
    return out


def test_zsh_completes(lab):
    if not shutil.which("zsh"):
        raise Skip("zsh is not here")
    path = script(lab, "zsh")
    for typed, wanted in (("rlab dem", "rlab demo "), ("rlab help class", "rlab help classify "),
                          ("rlab ask --temp", "rlab ask --temperature "),
                          ("rlab --fast-model local/ask cla", "local/ask classify ")):
        has(zsh_reply(lab, path, typed), wanted, typed)
    listed = zsh_reply(lab, path, "rlab demo ")
    same(re.findall(r"\b[1-8]\b", listed.split("demo", 1)[1])[:8], list("12345678"), listed)


if __name__ == "__main__":
    main()
