/* What runs in the Test pane: the whole set, or one row alone (test_inside.h). */
#include "tui/pane/test_inside.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

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
    struct test_pane_state *st = p->state;
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
static void say_by(struct test_result *r, const char *model, int64_t tokens, const char *kind)
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
    struct test_pane_state *st = p->state;
    if (it->round != 1 || it->query_index < 0 || (size_t)it->query_index >= st->set.count)
        return;
    struct test_result *r = &st->results[it->query_index];
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
    struct test_pane_state *st = p->state;
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
    test_read_past(p);
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

void test_run_all(struct pane *p)
{
    struct test_pane_state *st = p->state;
    struct error err;
    runner_free(st->runner);
    st->runner = NULL;
    test_set_forget(st);
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
    struct test_pane_state *st = p->state;
    if (ev->type != ASK_END)
        return;
    const struct answer *a = ev->answer;
    struct test_result *r = &st->results[st->asked];
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

void test_run_row(struct pane *p)
{
    struct test_pane_state *st = p->state;
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

void test_run_stop(struct pane *p)
{
    struct test_pane_state *st = p->state;
    if (st->running)
        runner_stop(st->runner);
    if (st->ask)
        ask_cancel(st->ask);
}
