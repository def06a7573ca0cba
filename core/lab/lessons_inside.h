/* What the files of the lessons share (lessons.h). Nobody else includes this. */
#ifndef LAB_LESSONS_INSIDE_H
#define LAB_LESSONS_INSIDE_H

#include "core/lab/lesson_ask.h"
#include "core/lab/lesson_find.h"
#include "core/lab/lesson_state.h"
#include "core/lab/lessons.h"
#include "core/store/facts.h"

#define KEPT_EVENTS 40  /* newest, for the list of what happened */
#define KEPT_SAID   400 /* bytes of a sentence about a criterion */
#define GOALS       5

struct kept_event {
    int64_t at_wall;
    int lesson; /* index */
    char what[16], found[KEPT_SAID];
};

/* One exercise beside its file and state. */
struct kept_one {
    struct lesson_state state;
    struct {
        enum met met;
        char said[KEPT_SAID], did[KEPT_SAID];
        bool too_long; /* not asked again but by a check */
    } criteria[LESSON_CRITERIA];
    bool asked; /* the criteria were, since it was opened */
    char answered[KEPT_SAID];
    int form_round; /* of `form`; 0: none was made */
    struct form form;
    struct lesson_form shown;
};

struct kept {
    struct lessons base;
    struct lab *lab;
    struct lesson_list list;
    struct kept_one *ones; /* one for each lesson */
    struct arena texts;    /* of states, forms and the course */
    struct facts *facts;   /* NULL until something is checked */
    int64_t last_event;    /* id of the newest one heard */
    int current;           /* index, -1 none */
    bool open_late;        /* none, because the file was busy */
    struct lesson_time time;
    struct kept_event events[KEPT_EVENTS]; /* a ring */
    size_t event_count;

    struct exercise *exercises;
    struct course_part *parts;
    struct course_goal goals[GOALS];
    char found[GOALS][KEPT_SAID], next[GOALS][16];
    struct course_event shown_events[KEPT_EVENTS];
    struct course course;

    struct store_mark mark;
    struct net_timer look; /* whether facts came */
    lessons_changed *changed;
    void *self;
};

/* Reads what was recorded since; fills the course anew. */
bool kept_read(struct kept *k, struct error *err);
void kept_fill(struct kept *k);
/* Asks the criteria of an exercise; `ticks`: those that took too long before are left out.
 * Returns how many are met. */
int kept_ask(struct kept *k, int i, bool ticks);

/* The report (lessons_report.c). */
enum report_form { REPORT_MARKDOWN, REPORT_JSON, REPORT_SPOKEN };
bool kept_report(struct kept *k, enum report_form form, struct buf *to, struct error *err);

#endif
