/* rlab mini budget: what thinking buys. The same held-out questions go to the fast model, to the
 * reasoning one, and to the reasoning one with its thinking cut after so many tokens and the
 * answer forced; then votes over samples of the longest questions. */
#include <math.h>
#include <string.h>

#include "core/lab/stats.h"
#include "tui/verb/mini.h"
#include "tui/verb/table.h"

#define STEPS_MOST 6

/* Tokens of thinking allowed; -1: as many as it likes. */
static const int budgets[] = { 0, 8, 16, 24, 32, 48, 64, -1 };

#define BUDGETS (sizeof budgets / sizeof *budgets)

/* Votes are asked where single answers begin to go wrong. */
static const int vote_steps[] = { 6, 7, 8 };
static const int vote_sizes[] = { 1, 5, 15 };

#define VOTE_STEPS (sizeof vote_steps / sizeof *vote_steps)
#define VOTE_SIZES (sizeof vote_sizes / sizeof *vote_sizes)
#define SAMPLES    15
#define VOTE_HEAT  0.8

struct cell {
    size_t n, right;
    int64_t tokens, thought;
};

struct buying {
    struct session *session;
    enum problem_kind kind;
    int most_steps;
    size_t n;
    uint64_t seed;
    const struct mini_model *fast, *reason;
    struct problem *problems; /* (n,) */
    size_t asked, to_ask;
};

static void note(struct cell *c, const struct trial *t)
{
    c->n++;
    c->right += t->right;
    c->tokens += t->written;
    c->thought += t->thought;
}

static double mean(int64_t sum, const struct cell *c)
{
    return c->n ? (double)sum / (double)c->n : NAN;
}

static struct cell ask_all(struct buying *b, const struct mini_model *m, int steps, int budget)
{
    const struct trial_ask ask = { .budget = budget, .taste = { .top_p = 1 } };
    struct nn_stream *s = nn_stream_new(m->net);
    size_t n = trial_draw(b->kind, steps, b->n, b->seed, b->problems);
    struct cell c = { 0 };
    for (size_t i = 0; i < n && !session_stopped(); i++) {
        struct trial t;
        trial_run(s, &b->problems[i], &ask, NULL, &t);
        note(&c, &t);
        progress_show(b->session, ++b->asked, b->to_ask, "questions");
    }
    nn_stream_free(s);
    return c;
}

/* --- telling --------------------------------------------------------------------------------- */

static struct json *cell_json(const struct buying *b, const char *schema, const char *model,
                              int steps, const struct cell *c)
{
    struct interval share = stats_share(c->right, c->n);
    struct json *j = json_object();
    json_put_text(j, "schema", schema);
    json_put_text(j, "model", model);
    json_put_text(j, "kind", problem_kind_name(b->kind));
    json_put_int(j, "steps", steps);
    json_put_int(j, "n", (int64_t)c->n);
    json_put_real(j, "share", share.estimate);
    json_put_real(j, "low", share.low);
    json_put_real(j, "high", share.high);
    if (c->tokens) {
        json_put_real(j, "tokens", mean(c->tokens, c));
        json_put_real(j, "thinking_tokens", mean(c->thought, c));
    }
    return j;
}

/* "95 +-4": the share and half its interval, in percent. */
static const char *cell_text(const struct cell *c, struct arena *a)
{
    struct interval s = stats_share(c->right, c->n);
    if (!c->n)
        return "-";
    return arena_format(a, "%.0f +-%.0f", 100 * s.estimate, 50 * (s.high - s.low));
}

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

#define COLUMNS (sizeof columns / sizeof *columns)

/* One line of the table: a model and a budget over all numbers of steps. */
static void show_line(struct buying *b, struct table *t, const struct mini_model *m,
                      const char *model, const char *label, int budget)
{
    const char *cells[COLUMNS] = { label };
    struct cell all = { 0 };
    for (int steps = 1; steps <= b->most_steps && !session_stopped(); steps++) {
        struct cell c = ask_all(b, m, steps, budget);
        if (session_stopped())
            return;
        all.n += c.n;
        all.tokens += c.tokens;
        cells[steps] = cell_text(&c, &t->arena);
        if (!b->session->json)
            continue;
        struct json *j = cell_json(b, "rlab.mini_budget/1", model, steps, &c);
        if (budget >= 0)
            json_put_int(j, "budget", budget);
        else
            json_put_null(j, "budget");
        print_json(j);
    }
    cells[COLUMNS - 1] = arena_format(&t->arena, "%.0f", mean(all.tokens, &all));
    table_add(t, cells);
}

static void show_budgets(struct buying *b)
{
    struct table t;
    table_init(&t, b->session, columns, COLUMNS);
    show_line(b, &t, b->fast, "fast", "fast", -1);
    for (size_t i = 0; i < BUDGETS && !session_stopped() && !ferror(stdout); i++) {
        const char *label =
            budgets[i] < 0 ? "reason, free" : arena_format(&t.arena, "reason, %d", budgets[i]);
        show_line(b, &t, b->reason, "reason", label, budgets[i]);
    }
    progress_end(b->session);
    if (!b->session->json) {
        print_line(b->session,
                   "right answers in percent (95 %% interval), '%s', by steps; the "
                   "number is the",
                   problem_kind_name(b->kind));
        print_line(b->session, "%s", "tokens of thinking allowed before the answer is forced");
        table_print(&t);
    }
    table_done(&t);
}

/* --- votes ----------------------------------------------------------------------------------- */

struct ballot {
    struct cell careful;           /* the likeliest token each time, one answer */
    struct cell votes[VOTE_SIZES]; /* the answer most samples gave */
    struct cell some;              /* one of all samples was right */
};

static void note_right(struct cell *c, bool right)
{
    c->n++;
    c->right += right;
}

static void poll(struct buying *b, struct nn_stream *s, const struct problem *p, struct random *r,
                 struct ballot *ret)
{
    const struct trial_ask plain = { .budget = -1, .taste = { .top_p = 1 } };
    const struct trial_ask warm = { .budget = -1,
                                    .taste = { .temperature = VOTE_HEAT, .top_p = 1 } };
    struct trial t[SAMPLES], careful;
    bool some = false;
    trial_run(s, p, &plain, NULL, &careful);
    note_right(&ret->careful, careful.right);
    for (size_t i = 0; i < SAMPLES && !session_stopped(); i++) {
        trial_run(s, p, &warm, r, &t[i]);
        some |= t[i].right;
        progress_show(b->session, ++b->asked, b->to_ask, "questions");
    }
    if (session_stopped())
        return;
    for (size_t i = 0; i < VOTE_SIZES; i++) {
        const struct trial *won = trial_vote(t, (size_t)vote_sizes[i]);
        note_right(&ret->votes[i], won && won->right);
    }
    note_right(&ret->some, some);
}

static struct ballot hold_vote(struct buying *b, int steps)
{
    struct nn_stream *s = nn_stream_new(b->reason->net);
    size_t n = trial_draw(b->kind, steps, b->n, b->seed, b->problems);
    struct ballot ballot = { 0 };
    struct random r;
    random_seed(&r, b->seed);
    for (size_t i = 0; i < n && !session_stopped(); i++)
        poll(b, s, &b->problems[i], &r, &ballot);
    nn_stream_free(s);
    return ballot;
}

static void print_ballot_json(const struct buying *b, int steps, const struct ballot *v)
{
    static const char schema[] = "rlab.mini_votes/1";
    struct json *j = cell_json(b, schema, "reason", steps, &v->careful);
    json_put_text(j, "how", "likeliest");
    print_json(j);
    for (size_t i = 0; i < VOTE_SIZES; i++) {
        j = cell_json(b, schema, "reason", steps, &v->votes[i]);
        json_put_text(j, "how", "vote");
        json_put_int(j, "samples", vote_sizes[i]);
        json_put_real(j, "temperature", VOTE_HEAT);
        print_json(j);
    }
    j = cell_json(b, schema, "reason", steps, &v->some);
    json_put_text(j, "how", "some sample");
    json_put_int(j, "samples", SAMPLES);
    json_put_real(j, "temperature", VOTE_HEAT);
    print_json(j);
}

static void show_votes(struct buying *b)
{
    static const struct table_column vote_columns[] = {
        { .title = "steps", .right = true },    { .title = "likeliest", .right = true },
        { .title = "1 sample", .right = true }, { .title = "vote of 5", .right = true },
        { .title = "of 15", .right = true },    { .title = "some of 15", .right = true },
    };
    struct table t;
    table_init(&t, b->session, vote_columns, sizeof vote_columns / sizeof *vote_columns);
    for (size_t i = 0; i < VOTE_STEPS && !session_stopped() && !ferror(stdout); i++) {
        struct ballot v = hold_vote(b, vote_steps[i]);
        if (session_stopped())
            break;
        if (b->session->json)
            print_ballot_json(b, vote_steps[i], &v);
        const char *cells[] = { arena_format(&t.arena, "%d", vote_steps[i]),
                                cell_text(&v.careful, &t.arena),
                                cell_text(&v.votes[0], &t.arena),
                                cell_text(&v.votes[1], &t.arena),
                                cell_text(&v.votes[2], &t.arena),
                                cell_text(&v.some, &t.arena) };
        table_add(&t, cells);
    }
    progress_end(b->session);
    if (!b->session->json) {
        print_line(b->session, "\nreason, votes over samples at temperature %g", VOTE_HEAT);
        table_print(&t);
        print_line(b->session, "%s",
                   "a vote mends what sampling broke; it cannot give what was never learned");
    }
    table_done(&t);
}

/* --- the words ------------------------------------------------------------------------------- */

/* Only kinds that come in 1 to 6 steps can be laid out by steps. */
static bool check_kind(struct buying *b, struct error *err)
{
    int fewest, most;
    if (problem_kind_steps(b->kind, &fewest, &most) && fewest == 1 && most >= 8) {
        b->most_steps = STEPS_MOST;
        return true;
    }
    return error_set(err, ERR_USAGE, "'%s' does not come by steps: try --kind chain or word",
                     problem_kind_name(b->kind));
}

static void buy(struct buying *b)
{
    b->to_ask = b->n * ((BUDGETS + 1) * STEPS_MOST + VOTE_STEPS * SAMPLES);
    b->problems = mem_new(struct problem, b->n);
    show_budgets(b);
    if (!session_stopped() && !ferror(stdout))
        show_votes(b);
    mem_free(b->problems);
}

bool mini_budget(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    struct buying b = { .session = s, .kind = PROBLEM_CHAIN };
    int64_t n, seed;
    if (!args_int(a, OPT_COUNT, 1, 10000, 50, &n, err) ||
        !args_int(a, OPT_SEED, 0, INT64_MAX, 2026, &seed, err) ||
        (a->given[OPT_KIND] && !mini_kind(a, &b.kind, err)) || !check_kind(&b, err))
        return false;
    b.n = (size_t)n;
    b.seed = (uint64_t)seed;
    b.fast = mini_open(s, "fast", err);
    b.reason = b.fast ? mini_open(s, "reason", err) : NULL;
    if (b.reason)
        buy(&b);
    bool ok = b.reason != NULL;
    mini_return(b.fast);
    mini_return(b.reason);
    if (session_stopped())
        *ret_code = session_stop_code();
    return ok && print_flush(err);
}
