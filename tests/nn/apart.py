#!/usr/bin/env python3
"""The built-in models answer from their weights alone: nothing that core/model/mini*.c includes or
links leads to the code that makes up questions and works them out, nor to the exact arithmetic of
mini/steps.

usage: apart.py SOURCE-ROOT LIBCORE
"""
import os
import re
import subprocess
import sys

root, library = sys.argv[1:]
APART = re.compile(r'core[/_](nn[/_](problem|source|phrase|words|pair|trial)|model[/_]steps)')
START = ['mini', 'mini_shelf']  # built_in.c knows both sides, and neither knows it


def included(path, seen):
    for name in re.findall(r'^#include "(.*)"', open(os.path.join(root, path)).read(), re.M):
        if name not in seen:
            seen.add(name)
            included(name, seen)
    return seen


def symbols():
    """Who defines and who needs which symbol: {object: (defined, needed)}."""
    objects = {}
    for line in subprocess.run(['nm', '-A', library], check=True, capture_output=True,
                               text=True).stdout.splitlines():
        place, kind, name = re.match(r'(.*):[0-9a-f ]* (\w) (\S+)', line).groups()
        defined, needed = objects.setdefault(place.rsplit(':', 1)[-1], (set(), set()))
        (needed if kind in 'Uw' else defined).add(name)
    return objects


def linked(objects, start):
    home = {s: o for o, (defined, _) in objects.items() for s in defined}
    seen, todo = set(), [o for o in objects if any(f'core_model_{s}.c.' in o for s in start)]
    assert len(todo) == len(start), todo
    while todo:
        o = todo.pop()
        if o not in seen:
            seen.add(o)
            todo += [home[s] for s in objects[o][1] if s in home]
    return seen


bad = []
for s in START:
    bad += [f'core/model/{s}.c includes {h}' for h in included(f'core/model/{s}.c', set())
            if APART.search(h)]
objects = symbols()
assert any(APART.search(o) for o in objects), 'the generator is not in the library at all'
bad += [f'core/model/mini.c is linked with {o}' for o in linked(objects, START) if APART.search(o)]
print('\n'.join(bad) if bad else 'the built-in models stand apart from the generator')
sys.exit(bool(bad))
