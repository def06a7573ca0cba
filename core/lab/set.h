/* A set of queries: JSON lines or plain text, one query a line.
 *
 * JSON lines: {"query", "label"?, "answer"?, "check"?, "kind"?, "steps"?}; a null is as good
 * as a missing field, other fields are kept in `source`. `answer` is a text or a number;
 * without a `check` the answer says how it is compared (check_default). A file whose name
 * ends in .jsonl, or whose first line that is not blank begins with '{', is JSON lines. Blank
 * lines are skipped; in plain text, lines that begin with '#' too. A query may stand there
 * twice. Errors name file and line, and a bad set is not loaded at all. */
#ifndef LAB_SET_H
#define LAB_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/lab/check.h"
#include "core/route/level.h"

struct set_item {
    const char *query; /* as typed: not blank, valid UTF-8, no NUL */
    size_t query_len;
    bool has_label;
    enum level label;
    const char *answer;        /* the known answer, or NULL; check->fits(answer) holds */
    const struct check *check; /* how it is compared; NULL where there is no answer */
    const char *kind;          /* "" unset */
    int steps;                 /* 0 unset */
    int line;                  /* from 1 */
    const char *source;        /* the whole line as it stood (JSON lines), to write it back */
};

struct set {
    struct arena arena; /* everything below lives here */
    const char *name;   /* file name without folder and ending; "stdin" for "-" */
    const char *path;
    struct set_item *items;
    size_t count; /* at least 1 */
};

/* NAME of a shipped set ("sample", "bench", "known") or of one in the sets folder of the
 * person's config folder, or a path (holds a '/' or ends in .jsonl or .txt), or "-" for
 * standard input. An unknown name lists the known ones. */
bool set_load(const struct paths *p, const char *name_or_path, struct set *ret, struct error *err);
/* The same of a text; path is what errors call it. */
bool set_parse(const char *path, const char *text, size_t len, struct set *ret, struct error *err);
void set_done(struct set *s); /* accepts a zeroed one */

/* Names set_load knows, "bench, known, sample": the person's own and the shipped ones. */
void set_names(const struct paths *p, struct buf *to);

/* Whether this text is, folded (text.h), a query of a shipped set, so not a person's own. */
bool set_is_shipped(const struct paths *p, const char *query, size_t len, bool *ret,
                    struct error *err);

#endif
