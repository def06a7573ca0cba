/* One exercise as a text file: what it asks, how it is checked, what helps. The guide to writing
 * one, with every key, is lessons/README.md.
 *
 *     # a comment
 *     id: 2.3
 *     title: Find a query that scores exactly 4
 *     goal: Write your own query, not one from the
 *       list, whose score is 4.
 *     criterion: score is 4
 *     select: SELECT score = 4, score FROM ...
 *     near: the score is {found}
 *
 * A line is KEY: VALUE; lines that begin with a blank go on with the value before them. What it
 * may hold has ceilings (core/limits.h). Nothing of it is run but its SELECTs, and those by
 * core/store/facts.h. */
#ifndef LAB_LESSON_FILE_H
#define LAB_LESSON_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/lab/lessons.h"

/* What a person is asked before something is shown (lesson_ask.h makes the questions). */
enum ask_kind {
    ASKS_NOTHING,
    ASKS_PICKS,   /* of five names, which become FAST and REASONING */
    ASKS_SCORES,  /* the scores of six queries */
    ASKS_REASONS, /* why rules and label differ, for each that differs */
    ASKS_CHOICE,  /* one of the choices of the file */
    ASKS_NUMBERS, /* one or more numbers, judged by a criterion */
};

struct lesson {
    const char *path;
    const char *id, *name, *title, *part, *pane;
    const char *goal, *why, *note, *solution, *shows; /* note: NULL where there is none */
    const char *serves;                               /* a goal of the lab, by its id; NULL none */
    int course, minutes;
    int major, minor; /* of the id */
    struct lesson_criterion {
        const char *text, *select; /* with what `with` says in front */
        const char *near;          /* "the score is {found}" */
        const char *missing;       /* no facts at all */
        const char *did;           /* "wrote {found}", once it is passed; NULL: nothing to tell */
        unsigned line;             /* of the select */
        unsigned text_line;
    } criteria[LESSON_CRITERIA];
    int criterion_count;
    const char *hints[LESSON_HINTS];
    int hint_count;
    enum ask_kind asks;
    const char *question; /* of a choice, of numbers; NULL else */
    const char *choices[LESSON_CHOICES];
    int choice_count, right_choice; /* index */
    int number_count;               /* of ASKS_NUMBERS */
    const unsigned *lines;          /* of the keys (lesson_line) */
};

/* Strings live in the arena. The error names file and line. */
bool lesson_parse(const char *path, const char *text, size_t len, struct arena *a,
                  struct lesson *ret, struct error *err);
bool lesson_load(const char *path, struct arena *a, struct lesson *ret, struct error *err);

/* The line a key stands on ("goal"; of several the last); 0: it is not there. */
unsigned lesson_line(const struct lesson *l, const char *key);

/* Whether a file is an exercise that can be passed: it reads well, its SELECTs may be asked, none
 * of its criteria is true in an empty lab, and its words fit where they are shown. */
bool lesson_lint(const char *path, struct error *err);

/* `pattern` with {found} replaced. Appended. */
void lesson_say(const char *pattern, const char *found, struct buf *to);

#endif
