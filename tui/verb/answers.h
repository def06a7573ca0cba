/* Answers as verbs show them: one JSON shape, one status line, one exit code, everywhere. */
#ifndef VERB_ANSWERS_H
#define VERB_ANSWERS_H

#include "core/base/json.h"
#include "core/lab/answer_json.h"
#include "core/lab/pipeline.h"
#include "core/limits.h"
#include "tui/verb/session.h"

/* Counts and times a server told, into an event; unknown is null. */
void usage_json(struct json *to, const struct usage *u);
/* One line: who answered, where from, how long, how many tokens, with the word of each kind.
 * Appended to `to`. */
void answer_status(const struct answer *a, struct buf *to);
/* What an answer means for the exit code: 0; 1 filtered; 2 refused key or request; 3 worth a
 * retry; 4 model missing or too small a window; 130 and others stopped. */
int answer_exit(const struct answer *a);
/* The failure as one sentence with what to try, or "" where it went well. */
void answer_trouble(const struct answer *a, struct buf *to);

/* The options of ask, bench and trial as settings: config and choices below, flags on top. */
bool settings_from_args(struct session *s, const struct args *a, struct ask_settings *ret,
                        const char **stops, struct error *err);

/* The question that TEXT and the options of ask make, all but its model. Opens the lab. The
 * texts live in `text` (the caller's, to be emptied with buf_done) and in `stops`. */
bool question_from_args(struct session *s, const struct args *a, struct buf *text,
                        const char *stops[MAX_STOPS], struct question *ret, struct error *err);

/* The words of TEXT joined with one space, or standard input for "-" with one final line end
 * dropped. */
bool text_from_args(const struct args *a, size_t from, struct buf *ret, struct error *err);

#endif
