/* The state of the History pane, shared by its files: history.c (keys and life), history_find.c
 * (what is listed), history_fill.c (what is shown), history_export.c. Private to them. */
#ifndef PANE_HISTORY_PANE_H
#define PANE_HISTORY_PANE_H

#include <stdio.h>

#include "core/base/mem.h"
#include "core/store/history_lines.h"
#include "core/store/history_walk.h"
#include "core/wire/net.h"
#include "tui/pane/history.h"
#include "tui/pane/pane.h"

/* Deletions that can be taken back. */
#define HISTORY_UNDOS 50
/* Rows read at once, around those in sight. */
#define HISTORY_WINDOW 64

struct history_gone_line {
    struct history_gone *gone;
    int64_t id;
    int at; /* where it stood */
};

/* Writes all that fits the filter as JSON lines, a little at a time. */
struct history_export {
    FILE *file; /* NULL: none runs */
    char path[512];
    struct history_walk walk;
    size_t next; /* line to be written */
    int64_t rows, started_ns;
    struct net_timer timer;
};

struct history_state_pane {
    struct pane *pane;
    struct field filter;
    enum history_part part;
    /* The scopes: values there are, and the chosen one, 0 for all. */
    char **kinds, **models;
    size_t kind_count, kind_cap, model_count, model_cap;
    int kind, model, day;

    struct history_walk walk;
    struct history_state totals;
    struct list list;
    struct net_timer typed, step, sweep;
    char trouble[400];

    struct arena rows_arena;
    struct history_row_view *rows;
    int row_count, first_row;
    bool rows_stale;

    struct arena preview_arena;
    int64_t shown_id; /* whose preview is filled, 0 none */
    struct history_line line;
    struct history_view preview;
    const char *query; /* of the shown line, without marks */
    char judged_at[40], matched[200], since[40], size[40];

    bool thinking;
    struct page *page; /* zoomed */
    struct history_gone_line gone[HISTORY_UNDOS];
    int gone_count;
    bool left; /* another pane is shown: nothing is brought back any more */
    struct history_export export;
};

/* --- history_find.c ------------------------------------------------------------------------------- */

/* Whether field or scopes say something. */
bool find_filtered(const struct history_state_pane *st);
struct history_filter find_filter(const struct history_state_pane *st);
/* The scopes in words. */
const char *find_kind(const struct history_state_pane *st);
const char *find_model(const struct history_state_pane *st);
const char *find_day(const struct history_state_pane *st);
/* Turns a scope by one value. */
void find_turn(struct history_state_pane *st, int by);
void find_scopes(struct history_state_pane *st); /* reads the values there are */
/* Lists anew; the choice goes to `at`. */
void find_restart(struct history_state_pane *st, int at);
/* After the field changed: soon, not at every letter. */
void find_soon(struct history_state_pane *st);
/* Goes on until what is in sight is known, at once as far as that is quick. */
void find_more(struct history_state_pane *st);
/* What came since; true where something did. */
bool find_later(struct history_state_pane *st);
/* The name of a purpose on the screen. */
const char *kind_word(const char *purpose);
/* The next line from the chosen one on that holds these words. */
bool find_words(struct history_state_pane *st, const char *words, int dir);

/* --- history_fill.c ------------------------------------------------------------------------------- */

/* Reads the rows in sight and the preview, where they are not read yet. */
void fill(struct history_state_pane *st);
void fill_forget(struct history_state_pane *st); /* everything is read anew */
/* All of the chosen line as text, or as JSON lines. */
bool fill_copy(const struct history_state_pane *st, bool json, struct buf *to);
/* As a page in Markdown, with its thinking. */
void fill_page(const struct history_state_pane *st, struct page *page);

/* --- history_export.c ----------------------------------------------------------------------------- */

void export_start(struct history_state_pane *st, const char *path);
void export_stop(struct history_state_pane *st); /* leaves no half file */

#endif
