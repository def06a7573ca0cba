/* The Test pane: a labelled set through the person's own pipeline, row by row. Owns the set, the
 * run, and what single rows said. */
#include "tui/pane/test_inside.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "core/store/history.h"
#include "tui/pane/scroll.h"

/* --- reading ------------------------------------------------------------------------------ */

static bool keep_answer(void *self, const struct history_row *row)
{
    page_add(self, row->answer, strlen(row->answer));
    return false;
}

static void read_answer(struct pane *p)
{
    struct test_pane_state *st = p->state;
    struct error err;
    const struct test_result *r = &st->results[st->list.at];
    st->reading = page_new(PAGE_MARKDOWN, LOOK_TEXT);
    size_t len = 0;
    if (r->answer_id)
        history_get(p->desk->lab->store, r->answer_id, keep_answer, st->reading, &err);
    page_source(st->reading, &len);
    if (!len && r->answer) /* with history off the first words are all there is */
        page_add(st->reading, r->answer, strlen(r->answer));
    page_home(st->reading);
}

static void close_reading(struct test_pane_state *st)
{
    page_free(st->reading);
    st->reading = NULL;
}

/* --- the pane ----------------------------------------------------------------------------- */

static bool pane_open(struct pane *p, struct error *err)
{
    struct test_pane_state *st = p->state;
    (void)err;
    st->current = -1;
    st->why = buf_with_max(4 * KIB);
    st->words = buf_with_max(4 * KIB);
    return true;
}

static void pane_close(struct pane *p)
{
    struct test_pane_state *st = p->state;
    if (st->ask)
        ask_cancel(st->ask);
    runner_free(st->runner);
    close_reading(st);
    test_set_clear(st);
    if (st->has_set)
        set_done(&st->set);
    verdict_done(&st->verdict);
    buf_done(&st->why);
    buf_done(&st->words);
}

/* The set suits the models: with another pair it may be another one, unless a person chose. */
static void pane_enter(struct pane *p)
{
    struct test_pane_state *st = p->state;
    struct error err;
    const char *kept = desk_kept(p->desk, "test.set");
    const char *name = kept && *kept ? kept : lab_set_name(p->desk->lab, "sample");
    bool busy = st->running || st->ask;
    if (!busy && (!st->has_set || strcmp(st->set_name, name) != 0) &&
        !test_set_take(p, name, &err) &&
        !test_set_take(p, lab_set_name(p->desk->lab, "sample"), &err)) {
        desk_fail(p->desk, "The set cannot be read", &err);
        return;
    }
    if (st->has_set && !busy)
        test_set_classify(p);
    test_set_explain(p);
    test_read_past(p);
}

static void fill_row(const struct pane *p, size_t i, struct test_row *row)
{
    const struct test_pane_state *st = p->state;
    const struct set_item *it = &st->set.items[i];
    const struct test_result *r = &st->results[i];
    *row =
        (struct test_row){ .query = it->query,
                           .label = it->has_label ? level_name(it->label) : NULL,
                           .level = level_name(st->levels[i]),
                           .role = *r->role ? r->role
                                            : role_name(route_for(st->levels[i], ROUTE_AUTO).role),
                           .state = r->state,
                           .seconds = r->seconds,
                           .from = r->from,
                           .correct = r->correct };
    if (r->state == TEST_RUNNING)
        row->seconds = clock_seconds(clock_mono(p->desk->clock) - r->started_ns);
}

static void count_rows(const struct test_pane_state *st, struct test_view *v)
{
    for (size_t i = 0; i < st->set.count; i++) {
        const struct set_item *it = &st->set.items[i];
        v->done += st->results[i].state >= TEST_DONE;
        if (!it->has_label)
            continue;
        v->labelled++;
        v->agreed += it->label == st->levels[i];
        v->as[it->label][st->levels[i]]++;
    }
}

static void pane_draw(const struct pane *p, struct surface *s)
{
    struct test_pane_state *st = p->state;
    if (st->reading) {
        page_draw(st->reading, s);
        return;
    }
    if (!st->has_set) {
        put(s, 0, 1, LOOK_MUTED, "no set of queries");
        surface_cursor(s, 0, 0, false);
        return;
    }
    struct test_view v = {
        .set_name = st->set.name,
        .rows = st->rows,
        .count = (int)st->set.count,
        .running = st->running,
        .stopped = st->stopped,
        .elapsed_s = clock_seconds(clock_mono(p->desk->clock) - st->started_ns),
        .this_s = NAN,
        .list = &st->list,
        .why = buf_text(&st->why),
        .repeat = st->repeat,
        .repeat_words = buf_text(&st->words),
        .answer = st->results[st->list.at].answer,
        .answer_by = *st->results[st->list.at].by ? st->results[st->list.at].by : NULL,
        .past = st->past,
        .past_count = st->past_count,
    };
    for (size_t i = 0; i < st->set.count; i++)
        fill_row(p, i, &st->rows[i]);
    if (st->current >= 0)
        v.this_s = st->rows[st->current].seconds;
    count_rows(st, &v);
    test_draw(&v, s);
}

static void pane_corner(const struct pane *p, char *ret, size_t size)
{
    const struct test_pane_state *st = p->state;
    snprintf(ret, size, "%s",
             st->running || st->ask ? "running"
             : st->repeat.done      ? "done"
                                    : st->set_name);
}

static void move(struct pane *p, enum action a, int rows)
{
    struct test_pane_state *st = p->state;
    if (!st->reading) {
        list_move(&st->list, rows);
        test_set_explain(p);
    } else if (a == ACT_TOP) {
        page_home(st->reading);
    } else if (a == ACT_BOTTOM) {
        page_end(st->reading);
    } else {
        page_move(st->reading, rows, p->body_rows);
    }
}

static enum pane_said pane_act(struct pane *p, enum action a)
{
    struct test_pane_state *st = p->state;
    int rows = scroll_rows(a, p->body_rows > 4 ? p->body_rows - 2 : 1);
    if (rows) {
        move(p, a, rows);
        return PANE_REDRAW;
    }
    switch (a) {
    case ACT_ENTER:
        if (st->reading)
            close_reading(st);
        else
            read_answer(p);
        return PANE_REDRAW;
    case ACT_BACK:
        if (!st->reading)
            return PANE_IGNORED;
        close_reading(st);
        return PANE_REDRAW;
    case ACT_WHY:
        desk_go(p->desk, "classify", st->set.items[st->list.at].query);
        return PANE_HANDLED;
    case ACT_RUN_ROW:
        test_run_row(p);
        return PANE_REDRAW;
    case ACT_AGAIN:
    case ACT_RUN_ALL:
        test_run_all(p);
        return PANE_REDRAW;
    case ACT_EDIT_LIST:
        test_set_ask(p);
        return PANE_HANDLED;
    case ACT_STOP:
        test_run_stop(p);
        return PANE_REDRAW;
    default:
        return PANE_IGNORED;
    }
}

static const char *pane_off(const struct pane *p, enum action a)
{
    const struct test_pane_state *st = p->state;
    bool busy = st->running || st->ask;
    const struct lab *lab = p->desk->lab;
    switch (a) {
    case ACT_RUN_ROW:
    case ACT_RUN_ALL:
    case ACT_AGAIN:
        return busy                  ? "a run is under way; ^C stops it"
               : !st->has_set        ? "there is no set of queries"
               : p->desk->choosing   ? "the models are still being looked for"
               : !lab->pipeline.fast ? "no model is chosen: 1 opens Setup"
                                     : NULL;
    case ACT_EDIT_LIST:
        return busy ? "a run is under way; ^C stops it" : NULL;
    case ACT_WHY:
        return st->has_set ? NULL : "there is no set of queries";
    case ACT_ENTER:
        return st->reading                                      ? NULL
               : st->has_set && st->results[st->list.at].answer ? NULL
                                                                : "this row has no answer yet";
    default:
        return NULL;
    }
}

static bool pane_busy(const struct pane *p, struct busy *ret)
{
    const struct test_pane_state *st = p->state;
    if (!st->running && !st->ask)
        return false;
    int64_t from = st->running ? st->started_ns : st->results[st->asked].started_ns;
    long s = (long)clock_seconds(clock_mono(p->desk->clock) - from);
    int done = 0;
    for (size_t i = 0; i < st->set.count; i++)
        done += st->results[i].state >= TEST_DONE;
    ret->started_ns = from;
    if (st->running)
        snprintf(ret->what, sizeof ret->what, "test %d/%zu %ld:%02ld", done + 1, st->set.count,
                 s / 60, s % 60);
    else
        snprintf(ret->what, sizeof ret->what, "test row %d %ld s", st->asked + 1, s);
    return true;
}

static bool pane_copy(const struct pane *p, bool json, struct buf *to)
{
    const struct test_pane_state *st = p->state;
    if (!st->has_set)
        return false;
    if (!json)
        buf_puts(to, "query\tlabel\trouted\tto\ttime_s\tfrom\n");
    for (size_t i = 0; i < st->set.count; i++) {
        struct test_row row;
        fill_row(p, i, &row);
        bool done = row.state >= TEST_DONE;
        if (!json) {
            buf_printf(to, "%s\t%s\t%s\t%s\t", row.query, row.label ? row.label : "", row.level,
                       row.role);
            if (done && !isnan(row.seconds))
                buf_printf(to, "%.4f", row.seconds);
            buf_printf(to, "\t%s\n", row.from);
            continue;
        }
        struct json *j = json_object();
        json_put_text(j, "query", row.query);
        json_put_text(j, "label", row.label);
        json_put_text(j, "level", row.level);
        json_put_text(j, "role", row.role);
        json_put_real(j, "latency_s", done ? row.seconds : NAN);
        json_put_text(j, "from", *row.from ? row.from : NULL);
        json_print(j, to);
        buf_putc(to, '\n');
        json_free(j);
    }
    return true;
}

static bool pane_search(struct pane *p, const char *words, int dir)
{
    struct test_pane_state *st = p->state;
    if (st->reading)
        return page_search(st->reading, words, dir, p->body_rows);
    int n = (int)st->set.count;
    for (int i = 1; st->has_set && i <= n; i++) {
        int at = list_around(st->list.at, n, dir * i);
        if (strcasestr(st->set.items[at].query, words)) {
            list_to(&st->list, at);
            test_set_explain(p);
            return true;
        }
    }
    return false;
}

const struct pane_ops test_pane = {
    .name = "test",
    .tab = "Test",
    .title = "Test run",
    .keymap = MAP_TEST,
    .state_size = sizeof(struct test_pane_state),
    .open = pane_open,
    .close = pane_close,
    .enter = pane_enter,
    .draw = pane_draw,
    .corner = pane_corner,
    .act = pane_act,
    .off = pane_off,
    .busy = pane_busy,
    .stop = test_run_stop,
    .copy = pane_copy,
    .edited = test_set_edited,
    .search = pane_search,
};
