/* Lessons: exercises in parts, their state, and what can be done with them. Front ends show this
 * and know no lesson file; who keeps the lessons knows no front end.
 *
 *     struct lessons *l = lessons_open(lab);
 *     const struct course *c = l->ops->course(l);      what there is now
 *     l->ops->check(l, "2.3", &err)                    asks; the outcome is in the course later
 *     lessons_close(l);
 *
 * Nothing here waits. What is asked for may take a few turns of the loop; when anything in the
 * course is another, `changed` is called, and what was read from the course before is gone. */
#ifndef LAB_LESSONS_H
#define LAB_LESSONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/lab/lab.h"
#include "core/limits.h"

#define LESSON_CRITERIA 4
#define LESSON_HINTS    3
#define LESSON_CHOICES  8
#define MAX_EXERCISES   MAX_LESSONS

enum exercise_state {
    EXERCISE_TODO,
    EXERCISE_DONE,
    EXERCISE_SEEN,    /* done after its solution was seen */
    EXERCISE_SKIPPED, /* not done, and not asked for until all others are */
};

/* "done after its solution". */
const char *exercise_state_words(enum exercise_state state);

/* A thing that must be true, as far as the last look at the facts goes. */
enum met {
    MET_NOT_YET,
    MET_YES,
    MET_NO,      /* there are facts, and they say otherwise */
    MET_UNKNOWN, /* could not be checked: `found` says why */
};

struct exercise {
    const char *id, *name, *title; /* "2.3", "Scores exactly 4", a sentence */
    int part;                      /* index in the course */
    const char *goal, *why, *note; /* note: NULL where there is none */
    const char *pane;              /* where it happens */
    int minutes;                   /* it takes about so long */
    struct {
        const char *text;
        enum met met;
        const char *said; /* what is missing, a sentence; NULL where it is met or was never asked */
        const char *did;  /* what was done, behind "You"; NULL where nothing is to be told */
    } criteria[LESSON_CRITERIA];
    int criterion_count;
    const char *hints[LESSON_HINTS]; /* those asked for; NULL from hints_used on */
    int hint_count, hints_used;
    bool suggest_hint; /* three failed checks, or five minutes */

    enum exercise_state state;
    int tries;            /* full checks so far */
    int64_t checked_wall; /* of the last one; 0: never checked */
    const char *found;    /* what it found, a sentence; NULL: never checked */
    const char *solution; /* NULL until it was asked for */
    const char *shows;    /* what it shows; NULL until it is done */
    int course;           /* 1 or 2 */
    bool open;            /* opened once: facts count */
    bool can_undo;        /* its last reset can be taken back */
    bool asks;            /* it wants a prediction: form, answer */
    bool needs_models;    /* its form goes by the models chosen: lab_choose comes before */
    const char *answered; /* how the last prediction went, of this session; NULL: none */
};

/* A prediction as a person meets it. */
struct lesson_form {
    const char *intro;
    const char *items[LESSON_CHOICES]; /* numbered from 1 */
    int item_count;
    const char *choices[LESSON_CHOICES]; /* a, b, c, ... */
    int choice_count;
    const char *example; /* how an answer is written */
    int words;           /* how many an answer has; 0: nothing to answer, and intro says why */
    int round;           /* from 1 */
};

struct course_part {
    const char *name; /* "Setup" */
    int first, count; /* of its exercises */
};

/* One of the goals of the lab. */
struct course_goal {
    const char *id, *name; /* ids as in progress.h */
    double share;          /* of its exercises done, 0 to 1; NAN: it has none */
    bool reached;
    const char *found; /* "2.1 2.2", or the facts: "hits 3, look-ups 7" */
    const char *next;  /* an exercise, or what to do; NULL: nothing */
};

/* Something that happened, newest first. */
struct course_event {
    int64_t at_wall;
    const char *id, *what, *found; /* "2.3", "checked", "2 of 3   this text is ..." */
};

struct course {
    const char *name; /* NULL: the first one */
    const struct course_part *parts;
    int part_count;
    const struct exercise *exercises; /* in the order of the parts */
    int exercise_count;               /* 0: no lessons are installed, and `missing` says so */
    int current;                      /* the exercise a person is at; -1: none */
    int done;     /* of the course of the current exercise, with those done after their solution */
    int total;    /* exercises of that course */
    int all_done; /* of all courses */
    const struct course_goal *goals;
    int goal_count;
    bool counting; /* the goals' figures are still being counted; none are shown before */
    const struct course_event *events;
    int event_count;
    double minutes_left;              /* of those not done; NAN unknown */
    int64_t started_wall, saved_wall; /* 0: never */
    int sittings;                     /* 0 unknown */
    double spent_s;                   /* NAN unknown */
    const char *missing; /* why there are no exercises, for a person; NULL where there are */
};

typedef void lessons_changed(void *self);

struct lessons;

/* Each function with an id returns false with a sentence where it cannot begin ("no exercise is
 * called '9.9'"). None of them changes anything but the exercise's own state. */
struct lessons_ops {
    void (*close)(struct lessons *l);
    /* Borrowed until the next change. */
    const struct course *(*course)(struct lessons *l);
    /* Reads again what other parts of the lab recorded. A long history is counted in steps; what
     * was known before stays until then. */
    void (*refresh)(struct lessons *l);
    /* One listener; NULL: none. */
    void (*listen)(struct lessons *l, lessons_changed *changed, void *self);

    bool (*choose)(struct lessons *l, const char *id, struct error *err); /* becomes the current */
    bool (*check)(struct lessons *l, const char *id, struct error *err);
    bool (*hint)(struct lessons *l, const char *id, struct error *err);     /* one more */
    bool (*solution)(struct lessons *l, const char *id, struct error *err); /* asked before */
    bool (*skip)(struct lessons *l, const char *id, struct error *err);     /* or no longer */
    /* Not done, no hints, no checks; facts recorded before count no more. */
    bool (*reset)(struct lessons *l, const char *id, struct error *err);
    bool (*undo)(struct lessons *l, const char *id, struct error *err); /* the last reset */
    /* Says what was predicted, as `example` of the form does. How it went is in `answered`. */
    bool (*answer)(struct lessons *l, const char *id, const char *text, struct error *err);
    /* What is asked now; borrowed until the next change. NULL: no exercise here asks anything. */
    const struct lesson_form *(*form)(struct lessons *l, const char *id, struct error *err);

    /* The report a person may keep. */
    bool (*report)(struct lessons *l, bool json, struct buf *to, struct error *err);
    /* The same as sentences to be heard, a line each: no table, no sign that has to be seen. */
    bool (*tell)(struct lessons *l, struct buf *to, struct error *err);
};

struct lesson_list;

/* What every kind of lessons begins with. */
struct lessons {
    const struct lessons_ops *ops;
    const struct lesson_list *list; /* what was found; NULL: nothing was looked for */
};

/* The lessons of this lab; never NULL. Where none are installed, or none can be read, there is a
 * course without exercises, whose goals still say what was done (lessons_none). */
struct lessons *lessons_open(struct lab *lab);
/* Takes over what was found: no exercise, but maybe why there is none. NULL: nothing. */
struct lessons *lessons_none(struct lab *lab, struct lesson_list *found);
/* Files of exercises that were left out because they are wrong, and folders that cannot be read: the
 * i-th sentence, NULL past the last. */
const char *lessons_trouble(const struct lessons *l, size_t i);
void lessons_close(struct lessons *l); /* accepts NULL */

#endif
