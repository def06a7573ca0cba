/* rlab mini budget: what thinking buys (core/lab/budget.h), as text and as JSON lines. */
#include "core/lab/budget.h"

#include <math.h>

#include "core/limits.h"
#include "tui/verb/mini.h"
#include "tui/verb/table.h"

struct buying {
    struct session *session;
    struct budget *budget;
    enum problem_kind kind;
};

/* --- figures as they come ------------------------------------------------------------------- */

static void put_mean(struct json *j, const char *name, const struct interval *i)
{
    struct arena a = { 0 };
    json_put_real(j, name, i->estimate);
    json_put_real(j, arena_format(&a, "%s_low", name), i->low);
    json_put_real(j, arena_format(&a, "%s_high", name), i->high);
    arena_done(&a);
}

static void put_how(struct json *j, const struct budget_figure *f)
{
    switch (f->how) {
    case BUDGET_FREE:
        json_put_null(j, "budget");
        return;
    case BUDGET_CUT:
        json_put_int(j, "budget", f->allowed);
        return;
    case BUDGET_CAREFUL:
        json_put_text(j, "how", "likeliest");
        return;
    case BUDGET_VOTE:
    case BUDGET_SOME:
        json_put_text(j, "how", f->how == BUDGET_VOTE ? "vote" : "some sample");
        json_put_int(j, "samples", f->samples);
        json_put_real(j, "temperature", BUDGET_TEMPERATURE);
        return;
    }
}

static void print_figure(const struct buying *b, const struct budget_figure *f)
{
    bool votes = f->how != BUDGET_FREE && f->how != BUDGET_CUT;
    struct json *j = json_object();
    json_put_text(j, "schema", votes ? "rlab.mini_votes/1" : "rlab.mini_budget/1");
    json_put_text(j, "model", f->model);
    json_put_text(j, "kind", problem_kind_name(b->kind));
    json_put_int(j, "steps", f->steps);
    json_put_int(j, "n", (int64_t)f->n);
    json_put_real(j, "share", f->share.estimate);
    json_put_real(j, "low", f->share.low);
    json_put_real(j, "high", f->share.high);
    put_mean(j, "tokens", &f->tokens);
    put_mean(j, "thinking_tokens", &f->thought);
    put_how(j, f);
    print_json(j);
    print_now();
}

static void heard(void *self, const struct budget_figure *fresh)
{
    struct buying *b = self;
    size_t asked, to_ask;
    if (fresh && b->session->json)
        print_figure(b, fresh);
    budget_progress(b->budget, &asked, &to_ask);
    progress_show(b->session, asked, to_ask, "questions");
}

/* --- tables ----------------------------------------------------------------------------------- */

/* "95 +-4": the share and half its interval, in percent. */
static const char *cell_text(const struct budget_figure *f, struct arena *a)
{
    if (!f)
        return "-";
    return arena_format(a, "%.0f+-%.0f", 100 * f->share.estimate,
                        50 * (f->share.high - f->share.low));
}

static void add_line(const struct buying *b, struct table *t, int line)
{
    const char *cells[2 + BUDGET_STEPS];
    double tokens = budget_line_tokens(b->budget, line);
    cells[0] = line == BUDGET_LINE_FAST   ? "fast"
               : line == BUDGET_LINE_FREE ? "reason, free"
                                          : arena_format(&t->arena, "reason, %d", line);
    for (int steps = 1; steps <= BUDGET_STEPS; steps++)
        cells[steps] = cell_text(budget_at(b->budget, line, steps), &t->arena);
    cells[1 + BUDGET_STEPS] = isfinite(tokens) ? arena_format(&t->arena, "%.0f", tokens) : "-";
    table_add(t, cells);
}

static void show_budgets(const struct buying *b)
{
    static const struct table_column columns[] = {
        { .title = "" },
        { .title = "1 step", .right = true },
        { .title = "2", .right = true },
        { .title = "3", .right = true },
        { .title = "4", .right = true },
        { .title = "5", .right = true },
        { .title = "6", .right = true },
        { .title = "tokens", .right = true },
    };
    struct table t;
    table_init(&t, b->session, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < budget_line_count; i++)
        add_line(b, &t, budget_lines[i]);
    print_line(b->session,
               "right answers in percent (95 %% interval), '%s', by steps; the number is the\n"
               "tokens of thinking allowed before the answer is forced",
               problem_kind_name(b->kind));
    table_print(&t);
    table_done(&t);
}

static void show_votes(const struct buying *b)
{
    static const struct table_column columns[] = {
        { .title = "steps", .right = true },    { .title = "likeliest", .right = true },
        { .title = "1 sample", .right = true }, { .title = "vote of 5", .right = true },
        { .title = "of 15", .right = true },    { .title = "some of 15", .right = true },
        { .title = "tokens", .right = true },
    };
    struct table t;
    table_init(&t, b->session, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < budget_vote_step_count; i++) {
        int steps = budget_vote_steps[i];
        const struct budget_figure *careful = budget_vote_at(b->budget, BUDGET_CAREFUL, 0, steps);
        const struct budget_figure *some =
            budget_vote_at(b->budget, BUDGET_SOME, BUDGET_SAMPLES, steps);
        const char *cells[7] = { arena_format(&t.arena, "%d", steps),
                                 cell_text(careful, &t.arena) };
        for (size_t k = 0; k < budget_vote_size_count; k++)
            cells[2 + k] = cell_text(
                budget_vote_at(b->budget, BUDGET_VOTE, budget_vote_sizes[k], steps), &t.arena);
        cells[5] = cell_text(some, &t.arena);
        cells[6] = careful && some ? arena_format(&t.arena, "%.0f, %.0f", careful->tokens.estimate,
                                                  some->tokens.estimate)
                                   : "-";
        table_add(&t, cells);
    }
    print_line(b->session,
               "\nreason, votes over samples at temperature %g; tokens of the likeliest\n"
               "answer, and of 15 samples",
               BUDGET_TEMPERATURE);
    table_print(&t);
    table_done(&t);
}

static void show_words(const struct buying *b, void (*words)(const struct budget *, struct buf *))
{
    struct buf text = buf_with_max(4 * KIB);
    words(b->budget, &text);
    if (text.len)
        print_wrapped(b->session, "", 0, buf_text(&text));
    buf_done(&text);
}

/* What there is: a stop leaves the figures that were finished. */
static void show(const struct buying *b)
{
    progress_end(b->session);
    if (b->session->json || !budget_at(b->budget, budget_lines[0], 1))
        return;
    show_budgets(b);
    show_words(b, budget_cliff_words);
    if (!budget_vote_at(b->budget, BUDGET_SOME, BUDGET_SAMPLES, budget_vote_steps[0]))
        return;
    show_votes(b);
    show_words(b, budget_vote_words);
}

/* --- the words --------------------------------------------------------------------------------- */

static bool wait_for(struct buying *b, struct error *err)
{
    while (!budget_is_over(b->budget) && !session_stopped() && !ferror(stdout))
        if (!session_turn(b->session, err))
            return false;
    return true;
}

bool mini_budget(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    struct buying b = { .session = s, .kind = PROBLEM_CHAIN };
    int64_t n, seed;
    if (!args_int(a, OPT_COUNT, 1, 10000, 50, &n, err) ||
        !args_int(a, OPT_SEED, 0, INT64_MAX, 2026, &seed, err) ||
        (a->given[OPT_KIND] && !mini_kind(a, &b.kind, err)) || !session_open(s, err))
        return false;
    const struct budget_options o = { .kind = b.kind, .n = (size_t)n, .seed = (uint64_t)seed };
    b.budget = budget_start(&s->lab, &o, heard, &b, err);
    if (!b.budget)
        return false;
    bool ok = wait_for(&b, err);
    if (ok)
        show(&b);
    budget_free(b.budget);
    if (session_stopped())
        *ret_code = session_stop_code();
    return ok && print_flush(err);
}
