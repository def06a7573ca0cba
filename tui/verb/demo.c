/* rlab demo: the eight demonstrations (core/lab/demo.h) as text or as JSON lines. */
#include "tui/verb/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/lab/demo.h"
#include "core/limits.h"

#define CELL_SIZE 32   /* of a number */
#define MAX_CELL  4096 /* bytes of a text that are looked at: far more than a column */

struct showing {
    struct session *s;
    const struct demo *demo;
    bool over;
    bool after_row; /* a table has just been printed */
    bool failed;
    struct error err;
};

/* --- JSON --------------------------------------------------------------------------------- */

static struct json *line_of(const struct showing *w, const char *type)
{
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.demo/1");
    json_put_int(j, "demo", w->demo->number);
    json_put_text(j, "type", type);
    return j;
}

static bool is_text(const struct demo_column *c)
{
    return c->unit == DEMO_TEXT || c->unit == DEMO_TAIL;
}

static void put_cell(struct json *j, const struct demo_column *c, const struct demo_cell *v)
{
    char key[80];
    if (is_text(c))
        json_put_text(j, c->key, v->text);
    else if (isfinite(v->number) && (c->unit == DEMO_COUNT || c->unit == DEMO_BYTES))
        json_put_int(j, c->key, (int64_t)v->number);
    else
        json_put_real(j, c->key, v->number);
    if (!kind_name(c->kind))
        return;
    snprintf(key, sizeof key, "%s_kind", c->key);
    json_put_text(j, key, isfinite(v->number) ? kind_name(c->kind) : NULL);
}

static void hear_as_json(const struct showing *w, const struct demo_news *n)
{
    struct json *j;
    switch (n->type) {
    case DEMO_SAYS:
    case DEMO_FINDS:
        j = line_of(w, n->type == DEMO_SAYS ? "says" : "finds");
        json_put_text(j, "text", n->text);
        break;
    case DEMO_ROW:
        j = line_of(w, "row");
        json_put_text(j, "table", n->table->name);
        for (size_t i = 0; i < n->table->count; i++)
            put_cell(j, &n->table->columns[i], &n->cells[i]);
        break;
    default:
        return; /* rows name their table */
    }
    print_json(j);
    print_now();
}

/* --- text --------------------------------------------------------------------------------- */

static void number_text(const struct demo_column *c, const struct demo_cell *v, char ret[CELL_SIZE])
{
    char number[SECONDS_SIZE];
    if (!isfinite(v->number))
        snprintf(ret, CELL_SIZE, "-");
    else if (c->unit == DEMO_COUNT)
        snprintf(ret, CELL_SIZE, "%.0f", v->number);
    else if (c->unit == DEMO_SECONDS && v->number == 0)
        snprintf(ret, CELL_SIZE, "0 s");
    else if (c->unit == DEMO_SECONDS)
        snprintf(ret, CELL_SIZE, "%s", seconds_text(v->number, number));
    else if (c->unit == DEMO_SHARE)
        snprintf(ret, CELL_SIZE, "%.0f %%", 100 * v->number);
    else
        snprintf(ret, CELL_SIZE, "%s", bytes_text((int64_t)v->number, number));
}

/* The start of a text that still fits `cols` columns, or its end. */
static void add_cut(struct buf *line, const struct buf *text, size_t cols, bool tail)
{
    size_t at = 0;
    if (!tail) {
        buf_add(line, buf_text(text), text_fit(buf_text(text), text->len, cols));
        buf_puts(line, "..");
        return;
    }
    while (text_cols(text->data + at, text->len - at) > cols) {
        int32_t cp;
        at += text_decode(text->data + at, text->len - at, &cp);
    }
    buf_printf(line, "..%s", text->data + at);
}

/* Text from the left, numbers from the right, cut to the column; two blanks between. */
static void add_cell(struct buf *line, const struct demo_column *c, const char *text, bool last)
{
    struct buf safe = buf_with_max(4 * MAX_CELL), cell = buf_with_max(1 * KIB);
    text_safe_line(&safe, text, strnlen(text, MAX_CELL));
    size_t width = (size_t)c->cols;
    if (text_cols(buf_text(&safe), safe.len) > width)
        add_cut(&cell, &safe, width - 2, c->unit == DEMO_TAIL);
    else
        buf_add(&cell, buf_text(&safe), safe.len);
    size_t cols = text_cols(buf_text(&cell), cell.len);
    int blank = cols < width ? (int)(width - cols) : 0;
    buf_printf(line, "%*s%s", is_text(c) ? 0 : blank, "", buf_text(&cell));
    if (!last)
        buf_printf(line, "%*s  ", is_text(c) ? blank : 0, "");
    buf_done(&cell);
    buf_done(&safe);
}

static void print_cells(const struct session *s, const struct demo_table *t,
                        const struct demo_cell *cells)
{
    struct buf line = buf_with_max(4 * KIB);
    for (size_t i = 0; i < t->count; i++) {
        const struct demo_column *c = &t->columns[i];
        char number[CELL_SIZE];
        const char *text = cells ? cells[i].text : c->title;
        if (cells && !is_text(c)) {
            number_text(c, &cells[i], number);
            text = number;
        }
        add_cell(&line, c, text ? text : "-", i + 1 == t->count);
    }
    print_line(s, "  %s", buf_text(&line));
    buf_done(&line);
}

static void hear_as_text(struct showing *w, const struct demo_news *n)
{
    bool row = n->type == DEMO_ROW;
    if (!row && (w->after_row || n->type == DEMO_TABLE))
        print_line(w->s, "%s", "");
    if (n->type == DEMO_SAYS)
        print_wrapped(w->s, "", 0, n->text);
    else if (n->type == DEMO_FINDS)
        print_wrapped(w->s, "=> ", 3, n->text);
    else
        print_cells(w->s, n->table, row ? n->cells : NULL);
    w->after_row = row;
    print_now();
}

/* --- running ------------------------------------------------------------------------------ */

static void hear(void *self, const struct demo_news *n)
{
    struct showing *w = self;
    if (w->s->json)
        hear_as_json(w, n);
    else
        hear_as_text(w, n);
}

static void ended(void *self, const struct error *err)
{
    struct showing *w = self;
    w->over = true;
    w->failed = err != NULL;
    if (err)
        w->err = *err;
}

static void introduce(const struct session *s, const struct demo *d)
{
    if (s->json)
        return;
    struct buf watch = buf_with_max(1 * KIB);
    buf_printf(&watch, "Watch %s.", d->watch);
    print_line(s, "%d  %s\n", d->number, d->title);
    print_wrapped(s, "", 0, d->idea);
    print_wrapped(s, "", 0, buf_text(&watch));
    print_line(s, "%s", "");
    print_now();
    buf_done(&watch);
}

static bool wait_for(struct session *s, struct demo_run *run, struct showing *w, int *ret_code,
                     struct error *err)
{
    while (!w->over && !session_stopped())
        if (!session_turn(s, err)) {
            demo_stop(run);
            return false;
        }
    if (!w->over) {
        demo_stop(run);
        *ret_code = session_stop_code();
        return true;
    }
    if (w->failed)
        *err = w->err;
    return !w->failed;
}

static bool run_one(struct session *s, const struct demo *d, int *ret_code, struct error *err)
{
    struct showing w = { .s = s, .demo = d };
    struct demo_options o = { .deadline_s = NAN, .max_tokens = -1 };
    if (!args_real(s->args, OPT_DEADLINE, 0.1, 3600, NAN, &o.deadline_s, err) ||
        !args_int(s->args, OPT_MAX_TOKENS, 1, 100000, -1, &o.max_tokens, err))
        return false;
    if (!session_open(s, err))
        return false;
    introduce(s, d);
    if ((d->asks && !session_choose(s, err)) || (d->suits && !lab_choose(&s->lab, err)))
        return false;
    struct demo_run *run = demo_start(&s->lab, d, &o, hear, ended, &w, err);
    return run && wait_for(s, run, &w, ret_code, err);
}

static void list_all(const struct session *s)
{
    for (int i = 1; i <= DEMOS; i++) {
        const struct demo *d = demo_find(i);
        if (!s->json) {
            print_line(s, "%d  %s", i, d->title);
            continue;
        }
        struct json *j = json_object();
        json_put_text(j, "schema", "rlab.demo.list/1");
        json_put_int(j, "demo", i);
        json_put_text(j, "title", d->title);
        json_put_text(j, "idea", d->idea);
        json_put_text(j, "watch", d->watch);
        json_put_bool(j, "asks_models", d->asks);
        print_json(j);
    }
    if (!s->json)
        say("rlab demo N runs one of them on your own models");
}

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    if (!a->count) {
        list_all(s);
        return true;
    }
    char *end;
    long number = strtol(a->words[0], &end, 10);
    const struct demo *d =
        *end == '\0' && number >= 1 && number <= DEMOS ? demo_find((int)number) : NULL;
    if (!d || a->count > 1)
        return error_set(err, ERR_USAGE,
                         "which demonstration? rlab demo 1 to %d; rlab demo lists "
                         "them",
                         DEMOS);
    return run_one(s, d, ret_code, err);
}

const struct verb verb_demo = {
    .name = "demo",
    .words = "[1..8]",
    .summary = "live demonstrations of running a pipeline, on your own models",
    .help = "Without a number: the list. Thresholds against labels (1), time to live and near\n"
            "matches (2), what to monitor (3), deadline and breaker (4), what fits this machine\n"
            "(5), a stale cache (6), too-eager rules (7), no plan for a timeout (8).\n"
            "\n"
            "Questions go the ordinary way, with a cache of the demonstration's own; what is slow\n"
            "or fails does so by a switch. The figures are read back from what was recorded, and\n"
            "those records are marked as a demonstration's. --deadline and --max-tokens change\n"
            "the demonstration's own.",
    .example = "rlab demo 4 --deadline 5",
    .subs = "1 2 3 4 5 6 7 8",
    .options = (const enum option[]){ OPT_DEADLINE, OPT_MAX_TOKENS, OPT_RULES, OPTIONS },
    .run = run,
};
