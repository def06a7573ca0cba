/* The Test pane: a labelled set through the person's own pipeline, row by row. Owns the set, the
 * run, and what single rows said. */
#include "tui/pane/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/limits.h"
#include "core/route/classifier.h"
#include "core/store/history.h"
#include "core/store/runs.h"
#include "tui/pane/pane.h"
#include "tui/pane/scroll.h"
#include "tui/screen/page.h"

/* What one query got, from a run or asked alone. */
struct result {
    enum test_state state;
    double seconds;
    char from[24], role[16], by[80];
    char *answer; /* owned */
    int64_t answer_id, started_ns;
    int correct;
};

struct test_state_of {
    struct set set;
    char set_name[512];
    bool has_set;
    struct verdict verdict;
    enum level *levels;     /* (set.count,) by the rules and thresholds in force */
    struct result *results; /* (set.count,) */
    struct test_row *rows;
    struct list list;
    struct runner *runner;
    bool running, stopped;
    int64_t started_ns;
    int current;     /* the row of the run that is being asked; -1 none */
    struct ask *ask; /* one row alone */
    int asked;
    struct repeat repeat;
    struct buf why, words;
    struct page *reading; /* the answer that is read, over the table */
    struct test_past past[TEST_PAST];
    char past_state[TEST_PAST][16];
    int past_count;
    bool editing;
};

/* --- the set ------------------------------------------------------------------------------ */

static void clear_results(struct test_state_of *st)
{
    for (size_t i = 0; st->has_set && i < st->set.count; i++)
        mem_free(st->results[i].answer);
    mem_free(st->results);
    mem_free(st->levels);
    mem_free(st->rows);
    st->results = NULL;
    st->levels = NULL;
    st->rows = NULL;
}

static void forget_results(struct test_state_of *st)
{
    for (size_t i = 0; i < st->set.count; i++) {
        mem_free(st->results[i].answer);
        st->results[i] = (struct result){ .seconds = NAN, .correct = -1 };
    }
    st->repeat = (struct repeat){ 0 };
    st->stopped = false;
}

static bool take_set(struct pane *p, const char *name, struct error *err)
{
    struct test_state_of *st = p->state;
    struct set set;
    if (!set_load(&p->desk->lab->paths, name, &set, err))
        return false;
    clear_results(st);
    if (st->has_set)
        set_done(&st->set);
    st->set = set;
    st->has_set = true;
    snprintf(st->set_name, sizeof st->set_name, "%s", name);
    st->levels = mem_new(enum level, set.count);
    st->results = mem_new(struct result, set.count);
    st->rows = mem_new(struct test_row, set.count);
    st->list = (struct list){ .count = (int)set.count };
    forget_results(st);
    return true;
}

static const struct thresholds *moved(const struct pane *p)
{
    return p->desk->lab->pipeline.moved;
}

static void classify_set(struct pane *p)
{
    struct test_state_of *st = p->state;
    const struct rules *rules = p->desk->lab->rules;
    struct thresholds own = rules_thresholds(rules);
    for (size_t i = 0; i < st->set.count; i++) {
        classify(rules, st->set.items[i].query, st->set.items[i].query_len, &st->verdict);
        st->levels[i] = thresholds_level(moved(p) ? moved(p) : &own, st->verdict.score);
    }
}

static void explain_chosen(struct pane *p)
{
    struct test_state_of *st = p->state;
    buf_clear(&st->why);
    if (!st->has_set)
        return;
    const struct set_item *it = &st->set.items[st->list.at];
    trial_why(p->desk->lab->rules, moved(p), it->query, it->query_len, &st->why);
}

/* --- earlier runs ------------------------------------------------------------------------- */

static void when_words(int64_t wall_ns, char ret[24])
{
    char local[CLOCK_STAMP_SIZE];
    clock_local(wall_ns, local);
    snprintf(ret, 24, "%.23s", local);
}

static bool add_past(void *self, const struct run_row *r)
{
    struct pane *p = self;
    struct test_state_of *st = p->state;
    struct error err;
    struct items t = { 0 };
    if (st->past_count == TEST_PAST)
        return false;
    struct test_past *past = &st->past[st->past_count];
    *past = (struct test_past){ .ratio = NAN };
    when_words(r->started_wall, past->when);
    snprintf(st->past_state[st->past_count], sizeof *st->past_state, "%s", r->state);
    past->state = st->past_state[st->past_count];
    if (items_load(&t, p->desk->lab->store, r->id, &err)) {
        struct repeat rep;
        for (size_t i = 0; i < t.n; i++) {
            const struct run_item *it = &t.v[i];
            past->seconds += isnan(it->latency_s) ? 0 : it->latency_s;
            if (it->round != 1)
                continue;
            past->done++;
            past->labelled += *it->label != '\0';
            past->agreed += *it->label && strcmp(it->label, it->level) == 0;
        }
        trial_repeat(&t, &rep);
        past->ratio = rep.done && rep.hit ? rep.ratio : NAN;
        if (st->has_set && strcmp(r->set_name, st->set.name) == 0)
            past->total = st->set.count;
        st->past_count++;
    }
    items_done(&t);
    return true;
}

static void read_past(struct pane *p)
{
    struct test_state_of *st = p->state;
    struct error err;
    st->past_count = 0;
    if (!st->running && !run_list(p->desk->lab->store, "trial", TEST_PAST, add_past, p, &err))
        desk_say(p->desk, "%s", err.text);
}

/* --- running ------------------------------------------------------------------------------ */

static bool ended_well(const char *end)
{
    return strcmp(end, "OK_STOP") == 0;
}

static void end_words(const char *end, char ret[24])
{
    enum call_end e;
    if (call_end_from_name(end, &e))
        snprintf(ret, 24, "%s",
                 e == END_CANCELLED   ? "stopped"
                 : e == END_OK_LENGTH ? "cut"
                                      : "failed");
}

static void mark_next(struct pane *p)
{
    struct test_state_of *st = p->state;
    st->current = -1;
    for (size_t i = 0; i < st->set.count; i++) {
        if (st->results[i].state != TEST_QUEUED)
            continue;
        st->results[i].state = TEST_RUNNING;
        st->results[i].started_ns = clock_mono(p->desk->clock);
        st->current = (int)i;
        return;
    }
}

/* "FAST, qwen3:8b, 212 tok" */
static void say_by(struct result *r, const char *model, int64_t tokens, const char *kind)
{
    int used = snprintf(r->by, sizeof r->by, "%s, %.40s",
                        strcmp(r->role, "reasoning") == 0 ? "REASONING" : "FAST", model);
    if (tokens >= 0 && used < (int)sizeof r->by)
        snprintf(r->by + used, sizeof r->by - (size_t)used, ", %s%lld tok",
                 kind && strcmp(kind, "estimated") == 0 ? "~" : "", (long long)tokens);
    text_trim_partial(r->by);
}

static void take_item(struct pane *p, const struct run_item *it)
{
    struct test_state_of *st = p->state;
    if (it->round != 1 || it->query_index < 0 || (size_t)it->query_index >= st->set.count)
        return;
    struct result *r = &st->results[it->query_index];
    bool good = ended_well(it->end);
    r->state = good ? TEST_DONE : TEST_FAILED;
    r->seconds = it->latency_s;
    r->correct = it->correct;
    r->answer_id = it->answer_id;
    snprintf(r->role, sizeof r->role, "%s", it->role);
    snprintf(r->from, sizeof r->from, "%s", it->fallback ? "fallback" : it->from);
    if (!good)
        end_words(it->end, r->from);
    say_by(r, it->model, it->completion_tokens, it->tokens_kind);
    mem_free(r->answer);
    r->answer = mem_string(it->answer);
    mark_next(p);
}

static void run_ended(struct pane *p)
{
    struct test_state_of *st = p->state;
    const struct error *trouble = runner_trouble(st->runner);
    st->running = false;
    st->current = -1;
    st->stopped = strcmp(runner_state(st->runner), "stopped") == 0 && !trouble;
    for (size_t i = 0; i < st->set.count; i++)
        if (st->results[i].state == TEST_QUEUED || st->results[i].state == TEST_RUNNING)
            st->results[i].state = TEST_READY;
    trial_repeat(runner_items(st->runner), &st->repeat);
    buf_clear(&st->words);
    if (st->repeat.done)
        trial_repeat_words(&st->repeat, &st->words);
    if (trouble)
        desk_trouble(p->desk, &(struct trouble){ .title = "The run ended early",
                                                 .what = trouble->text,
                                                 .kept = "every row that was answered",
                                                 .advice = "see what the server says in Setup, "
                                                           "then run it again",
                                                 .retry = true,
                                                 .setup = true });
    read_past(p);
}

static void hear_run(void *self, const struct run_event *ev)
{
    struct pane *p = self;
    if (ev->type == RUN_ITEM)
        take_item(p, ev->item);
    else if (ev->type == RUN_ENDED)
        run_ended(p);
    pane_dirty(p);
}

static void run_all(struct pane *p)
{
    struct test_state_of *st = p->state;
    struct error err;
    runner_free(st->runner);
    st->runner = NULL;
    forget_results(st);
    struct trial_options o = { .set = &st->set, .settings = lab_ask_settings(p->desk->lab) };
    st->runner = trial_start(p->desk->lab, &o, hear_run, p, &err);
    if (!st->runner) {
        desk_fail(p->desk, "The run was not started", &err);
        return;
    }
    for (size_t i = 0; i < st->set.count; i++)
        st->results[i].state = TEST_QUEUED;
    st->running = true;
    st->started_ns = clock_mono(p->desk->clock);
    mark_next(p);
}

/* --- one row alone ------------------------------------------------------------------------ */

static void hear_row(void *self, const struct ask_event *ev)
{
    struct pane *p = self;
    struct test_state_of *st = p->state;
    if (ev->type != ASK_END)
        return;
    const struct answer *a = ev->answer;
    struct result *r = &st->results[st->asked];
    bool good = answer_is_good(a);
    st->ask = NULL;
    r->state = good ? TEST_DONE : TEST_FAILED;
    r->seconds = a->latency_s;
    r->answer_id = a->answer_id;
    snprintf(r->role, sizeof r->role, "%s", role_name(a->role));
    snprintf(r->from, sizeof r->from, "%s",
             a->fallback_from ? "fallback" : answer_from_name(a->from));
    if (!good)
        end_words(call_end_name(a->end), r->from);
    say_by(r, a->model, a->completion_tokens, kind_name(a->tokens_kind));
    mem_free(r->answer);
    r->answer = mem_copy(a->text ? a->text : "", a->text_len);
    const struct set_item *it = &st->set.items[st->asked];
    r->correct = it->check && good ? it->check->right(a->text, a->text_len, it->answer) : -1;
    if (a->error)
        desk_trouble(p->desk, &(struct trouble){ .title = "The model did not answer",
                                                 .what = a->error,
                                                 .advice = a->advice,
                                                 .retry = true,
                                                 .setup = true });
    pane_dirty(p);
}

static void run_row(struct pane *p)
{
    struct test_state_of *st = p->state;
    struct error err;
    struct question q = question_default();
    const struct set_item *it = &st->set.items[st->list.at];
    q.text = it->query;
    q.len = it->query_len;
    q.purpose = "trial";
    q.record = true;
    q.settings = lab_ask_settings(p->desk->lab);
    st->asked = st->list.at;
    st->ask = ask_start(&p->desk->lab->pipeline, &q, hear_row, p, &err);
    if (!st->ask) {
        desk_fail(p->desk, "The query was not asked", &err);
        return;
    }
    st->results[st->asked].state = TEST_RUNNING;
    st->results[st->asked].started_ns = clock_mono(p->desk->clock);
}

static void stop(struct pane *p)
{
    struct test_state_of *st = p->state;
    if (st->running)
        runner_stop(st->runner);
    if (st->ask)
        ask_cancel(st->ask);
}

/* --- reading and editing ------------------------------------------------------------------ */

static bool keep_answer(void *self, const struct history_row *row)
{
    page_add(self, row->answer, strlen(row->answer));
    return false;
}

static void read_answer(struct pane *p)
{
    struct test_state_of *st = p->state;
    struct error err;
    const struct result *r = &st->results[st->list.at];
    st->reading = page_new(PAGE_MARKDOWN, LOOK_TEXT);
    size_t len = 0;
    if (r->answer_id)
        history_get(p->desk->lab->store, r->answer_id, keep_answer, st->reading, &err);
    page_source(st->reading, &len);
    if (!len && r->answer) /* with history off the first words are all there is */
        page_add(st->reading, r->answer, strlen(r->answer));
    page_home(st->reading);
}

static void close_reading(struct test_state_of *st)
{
    page_free(st->reading);
    st->reading = NULL;
}

static void set_named(void *self, const char *text)
{
    struct pane *p = self;
    struct test_state_of *st = p->state;
    struct error err;
    if (!text)
        return;
    if (strcmp(text, "edit") == 0) {
        struct buf file = buf_with_max(MAX_FILE_BYTES);
        if (file_read(st->set.path, MAX_FILE_BYTES, &file, &err)) {
            st->editing = true;
            desk_editor(p->desk, buf_text(&file), file.len);
        } else {
            desk_fail(p->desk, "The set cannot be edited", &err);
        }
        buf_done(&file);
    } else if (!take_set(p, text, &err)) {
        desk_fail(p->desk, "The set was not taken", &err);
    } else {
        desk_keep(p->desk, "test.set", text);
        classify_set(p);
        explain_chosen(p);
    }
    pane_dirty(p);
}

/* A set that was edited is the person's own from then on: the shipped file stays as it is. */
static void pane_edited(struct pane *p, const char *text, size_t len)
{
    struct test_state_of *st = p->state;
    struct error err;
    struct set set;
    struct arena a = { 0 };
    if (!st->editing)
        return;
    st->editing = false;
    const struct paths *paths = &p->desk->lab->paths;
    const char *folder = arena_format(&a, "%s/sets", paths->config_dir);
    const char *path = arena_format(&a, "%s/own-%s.jsonl", folder, st->set.name);
    if (strncmp(st->set.path, folder, strlen(folder)) == 0)
        path = arena_string(&a, st->set.path);
    bool ok = set_parse(path, text, len, &set, &err);
    if (ok)
        set_done(&set);
    ok = ok && file_make_folder(folder, &err) && file_write(path, text, len, &err) &&
         take_set(p, path, &err);
    if (ok) {
        desk_keep(p->desk, "test.set", path);
        desk_say(p->desk, "the set is now %s", path);
        classify_set(p);
        explain_chosen(p);
    } else {
        desk_trouble(p->desk, &(struct trouble){ .title = "The set was not changed",
                                                 .what = err.text,
                                                 .kept = "the set as it was" });
    }
    arena_done(&a);
    pane_dirty(p);
}

/* --- the pane ----------------------------------------------------------------------------- */

static bool pane_open(struct pane *p, struct error *err)
{
    struct test_state_of *st = p->state;
    (void)err;
    st->current = -1;
    st->why = buf_with_max(4 * KIB);
    st->words = buf_with_max(4 * KIB);
    return true;
}

static void pane_close(struct pane *p)
{
    struct test_state_of *st = p->state;
    if (st->ask)
        ask_cancel(st->ask);
    runner_free(st->runner);
    close_reading(st);
    clear_results(st);
    if (st->has_set)
        set_done(&st->set);
    verdict_done(&st->verdict);
    buf_done(&st->why);
    buf_done(&st->words);
}

/* The set suits the models: with another pair it may be another one, unless a person chose. */
static void pane_enter(struct pane *p)
{
    struct test_state_of *st = p->state;
    struct error err;
    const char *kept = desk_kept(p->desk, "test.set");
    const char *name = kept && *kept ? kept : lab_set_name(p->desk->lab, "sample");
    bool busy = st->running || st->ask;
    if (!busy && (!st->has_set || strcmp(st->set_name, name) != 0) && !take_set(p, name, &err) &&
        !take_set(p, lab_set_name(p->desk->lab, "sample"), &err)) {
        desk_fail(p->desk, "The set cannot be read", &err);
        return;
    }
    if (st->has_set && !busy)
        classify_set(p);
    explain_chosen(p);
    read_past(p);
}

static void fill_row(const struct pane *p, size_t i, struct test_row *row)
{
    const struct test_state_of *st = p->state;
    const struct set_item *it = &st->set.items[i];
    const struct result *r = &st->results[i];
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

static void count_rows(const struct test_state_of *st, struct test_view *v)
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
    struct test_state_of *st = p->state;
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
    const struct test_state_of *st = p->state;
    snprintf(ret, size, "%s",
             st->running || st->ask ? "running"
             : st->repeat.done      ? "done"
                                    : st->set_name);
}

static void move(struct pane *p, enum action a, int rows)
{
    struct test_state_of *st = p->state;
    if (!st->reading) {
        list_move(&st->list, rows);
        explain_chosen(p);
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
    struct test_state_of *st = p->state;
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
        run_row(p);
        return PANE_REDRAW;
    case ACT_AGAIN:
    case ACT_RUN_ALL:
        run_all(p);
        return PANE_REDRAW;
    case ACT_EDIT_LIST:
        desk_ask_text(p->desk,
                      "Take the set (a name, a file, or edit to change this one):", st->set_name,
                      set_named, p);
        return PANE_HANDLED;
    case ACT_STOP:
        stop(p);
        return PANE_REDRAW;
    default:
        return PANE_IGNORED;
    }
}

static const char *pane_off(const struct pane *p, enum action a)
{
    const struct test_state_of *st = p->state;
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
    const struct test_state_of *st = p->state;
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
    const struct test_state_of *st = p->state;
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
    struct test_state_of *st = p->state;
    if (st->reading)
        return page_search(st->reading, words, dir, p->body_rows);
    int n = (int)st->set.count;
    for (int i = 1; st->has_set && i <= n; i++) {
        int at = (st->list.at + dir * i % n + n) % n;
        if (strcasestr(st->set.items[at].query, words)) {
            list_to(&st->list, at);
            explain_chosen(p);
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
    .state_size = sizeof(struct test_state_of),
    .open = pane_open,
    .close = pane_close,
    .enter = pane_enter,
    .draw = pane_draw,
    .corner = pane_corner,
    .act = pane_act,
    .off = pane_off,
    .busy = pane_busy,
    .stop = stop,
    .copy = pane_copy,
    .edited = pane_edited,
    .search = pane_search,
};
