/* rlab mini eval: what a built-in model gets right, by kind of question and number of steps. */
#include <math.h>
#include <string.h>

#include "core/lab/stats.h"
#include "tui/verb/mini.h"
#include "tui/verb/table.h"

/* What is asked: every kind, and where there is a choice every number of steps. Steps beyond
 * those trained show where it ends. */
static const struct line {
    enum problem_kind kind;
    int from, to; /* steps; 0, 0: as they come */
} lines[] = {
    { PROBLEM_ADD, 0, 0 },    { PROBLEM_SUB, 0, 0 },    { PROBLEM_TIMES, 0, 0 },
    { PROBLEM_REV, 0, 0 },    { PROBLEM_PARITY, 0, 0 }, { PROBLEM_COMPARE, 0, 0 },
    { PROBLEM_CHAIN, 1, 8 },  { PROBLEM_WORD, 1, 8 },   { PROBLEM_BAT, 0, 0 },
    { PROBLEM_SEQ, 0, 0 },    { PROBLEM_MUL, 0, 0 },    { PROBLEM_EXPR, 2, 8 },
    { PROBLEM_SUMPAR, 1, 7 }, { PROBLEM_REFUSE, 0, 0 }, { PROBLEM_BROKEN, 1, 6 },
};

/* What the shipped pair must reach, in percent. A bound counts as met where the interval
 * reaches it. */
static const struct goal {
    const char *model;
    enum problem_kind kind;
    int from, to; /* steps; 0, 0: any */
    bool at_most;
    int percent;
} goals[] = {
    { "fast", PROBLEM_ADD, 0, 0, false, 97 },       { "fast", PROBLEM_REV, 0, 0, false, 97 },
    { "fast", PROBLEM_PARITY, 0, 0, false, 97 },    { "fast", PROBLEM_SUB, 0, 0, false, 92 },
    { "fast", PROBLEM_COMPARE, 0, 0, false, 92 },   { "fast", PROBLEM_CHAIN, 1, 1, false, 92 },
    { "fast", PROBLEM_CHAIN, 2, 2, true, 20 },      { "fast", PROBLEM_WORD, 2, 2, true, 20 },
    { "fast", PROBLEM_CHAIN, 3, 6, true, 10 },      { "fast", PROBLEM_WORD, 3, 6, true, 10 },
    { "fast", PROBLEM_REFUSE, 0, 0, false, 97 },    { "reason", PROBLEM_CHAIN, 1, 6, false, 95 },
    { "reason", PROBLEM_EXPR, 2, 6, false, 95 },    { "reason", PROBLEM_WORD, 1, 6, false, 95 },
    { "reason", PROBLEM_SUMPAR, 1, 5, false, 95 },  { "reason", PROBLEM_ADD, 0, 0, false, 95 },
    { "reason", PROBLEM_SUB, 0, 0, false, 95 },     { "reason", PROBLEM_PARITY, 0, 0, false, 95 },
    { "reason", PROBLEM_COMPARE, 0, 0, false, 95 }, { "reason", PROBLEM_BAT, 0, 0, false, 95 },
    { "reason", PROBLEM_TIMES, 0, 0, false, 90 },   { "reason", PROBLEM_REV, 0, 0, false, 90 },
    { "reason", PROBLEM_MUL, 0, 0, false, 90 },     { "reason", PROBLEM_SEQ, 0, 0, false, 90 },
    { "reason", PROBLEM_REFUSE, 0, 0, false, 97 },
};

struct count {
    size_t n, right, refused;
    int64_t tokens, thought, took_ns;
};

struct exam {
    struct session *session;
    const struct mini_model *model;
    struct nn_stream *stream;
    struct problem *problems; /* (n,) */
    size_t n;
    uint64_t seed;
    bool one_kind;
    enum problem_kind kind;
    size_t asked, to_ask;

    struct count one, many, in_range;
    struct sample score; /* how sure it was, and whether it was right, of what it can know */
    struct sample right;
    size_t goals, goals_met;
    struct table table;
};

/* --- counting -------------------------------------------------------------------------------- */

static void count_in(struct count *c, const struct count *more)
{
    c->n += more->n;
    c->right += more->right;
    c->refused += more->refused;
}

static const struct goal *goal_of(const struct exam *x, enum problem_kind kind, int steps)
{
    for (size_t i = 0; i < sizeof goals / sizeof *goals; i++) {
        const struct goal *g = &goals[i];
        if (strcmp(g->model, x->model->card.name) == 0 && g->kind == kind && steps >= g->from &&
            steps <= g->to)
            return g;
    }
    return NULL;
}

static bool is_met(const struct goal *g, const struct interval *share)
{
    return g->at_most ? 100 * share->low <= g->percent : 100 * share->high >= g->percent;
}

static struct count ask_all(struct exam *x, size_t n)
{
    const struct trial_ask plain = { .budget = -1, .taste = { .top_p = 1 } };
    struct count c = { 0 };
    int64_t start = clock_mono(clock_real());
    for (size_t i = 0; i < n && !session_stopped(); i++) {
        struct trial t;
        trial_run(x->stream, &x->problems[i], &plain, NULL, &t);
        c.n++;
        c.right += t.right;
        c.refused += t.refused;
        c.tokens += t.written;
        c.thought += t.thought;
        if (!problem_kind_is_refused(x->problems[i].kind)) {
            sample_add(&x->score, x->model->thinks ? t.lowest_logprob : t.answer_logprob);
            sample_add(&x->right, t.right);
        }
        progress_show(x->session, ++x->asked, x->to_ask, "questions");
    }
    c.took_ns = clock_mono(clock_real()) - start;
    return c;
}

/* --- one line -------------------------------------------------------------------------------- */

static double each(int64_t sum, const struct count *c)
{
    return c->n ? (double)sum / (double)c->n : NAN;
}

static void print_line_json(const struct exam *x, enum problem_kind kind, int steps,
                            const struct count *c, const struct goal *g)
{
    struct interval share = stats_share(c->right, c->n);
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.mini_eval/1");
    json_put_text(j, "model", x->model->card.name);
    json_put_text(j, "kind", problem_kind_name(kind));
    if (steps)
        json_put_int(j, "steps", steps);
    else
        json_put_null(j, "steps");
    json_put_int(j, "n", (int64_t)c->n);
    json_put_int(j, "right", (int64_t)c->right);
    json_put_real(j, "share", share.estimate);
    json_put_real(j, "low", share.low);
    json_put_real(j, "high", share.high);
    json_put_int(j, "refused", (int64_t)c->refused);
    json_put_real(j, "tokens", each(c->tokens, c));
    json_put_real(j, "thinking_tokens", each(c->thought, c));
    json_put_real(j, "ms", each(c->took_ns, c) / NS_PER_MS);
    if (g) {
        json_put_int(j, g->at_most ? "at_most" : "at_least", g->percent);
        json_put_bool(j, "met", is_met(g, &share));
    }
    print_json(j);
}

static void add_row(struct exam *x, enum problem_kind kind, int steps, const struct count *c,
                    const struct goal *g)
{
    struct arena *a = &x->table.arena;
    struct interval share = stats_share(c->right, c->n);
    const char *goal = !g ? ""
                          : arena_format(a, "%s %d %s", g->at_most ? "<=" : ">=", g->percent,
                                         is_met(g, &share) ? "met" : "MISSED");
    const char *cells[] = {
        problem_kind_name(kind),
        steps ? arena_format(a, "%d", steps) : "",
        arena_format(a, "%zu", c->n),
        arena_format(a, "%.1f", 100 * share.estimate),
        arena_format(a, "%.1f to %.1f", 100 * share.low, 100 * share.high),
        arena_format(a, "%.1f", each(c->tokens, c)),
        arena_format(a, "%.1f", each(c->took_ns, c) / NS_PER_MS),
        goal,
    };
    table_add(&x->table, cells);
}

static void exam_line(struct exam *x, enum problem_kind kind, int steps)
{
    size_t n = trial_draw(kind, steps, x->n, x->seed, x->problems);
    struct count c = ask_all(x, n);
    if (c.n < n) /* stopped: half a line says nothing */
        return;
    const struct goal *g = goal_of(x, kind, steps);
    struct interval share = stats_share(c.right, c.n);
    x->goals += g != NULL;
    x->goals_met += g && is_met(g, &share);
    bool many = !problem_kind_is_one_step(kind) && steps <= 6 && steps != 1 &&
                kind != PROBLEM_SUMPAR && !problem_kind_is_refused(kind);
    if (problem_kind_is_one_step(kind))
        count_in(&x->one, &c);
    if (many)
        count_in(&x->many, &c);
    if (!problem_kind_is_refused(kind) && steps <= 6)
        count_in(&x->in_range, &c);
    if (x->session->json)
        print_line_json(x, kind, steps, &c, g);
    else
        add_row(x, kind, steps, &c, g);
}

/* --- the whole ------------------------------------------------------------------------------- */

static double exam_auroc(const struct exam *x)
{
    bool *right = mem_new(bool, x->right.n + 1);
    for (size_t i = 0; i < x->right.n; i++)
        right[i] = x->right.v[i] > 0;
    double a = trial_auroc(x->score.v, right, x->right.n);
    mem_free(right);
    return a;
}

static void put_share(struct json *j, const char *key, size_t k, size_t n)
{
    struct interval s = stats_share(k, n);
    struct json *o = json_object();
    json_put_int(o, "n", (int64_t)n);
    json_put_real(o, "share", s.estimate);
    json_put_real(o, "low", s.low);
    json_put_real(o, "high", s.high);
    json_put(j, key, o);
}

static void print_summary_json(const struct exam *x)
{
    char digest[HASH_HEX];
    struct json *j = json_object();
    hash_hex(&x->model->card.digest, digest);
    json_put_text(j, "schema", "rlab.mini_eval_summary/1");
    json_put_text(j, "model", x->model->card.name);
    json_put_text(j, "digest", digest);
    json_put_int(j, "seed", (int64_t)x->seed);
    put_share(j, "one_step", x->one.right, x->one.n);
    put_share(j, "many_steps", x->many.right, x->many.n);
    put_share(j, "wrongly_refused", x->in_range.refused, x->in_range.n);
    json_put_text(j, "confidence", x->model->thinks ? "lowest of any token" : "of the answer");
    json_put_real(j, "auroc", exam_auroc(x));
    json_put_int(j, "goals", (int64_t)x->goals);
    json_put_int(j, "goals_met", (int64_t)x->goals_met);
    print_json(j);
}

static void print_share(const struct exam *x, const char *what, size_t k, size_t n)
{
    struct interval s = stats_share(k, n);
    if (n)
        print_line(x->session, "%-28s %.2f %% of %zu (%.2f to %.2f)", what, 100 * s.estimate, n,
                   100 * s.low, 100 * s.high);
}

static void print_summary(const struct exam *x)
{
    double auroc = exam_auroc(x);
    table_print(&x->table);
    print_line(x->session, "%s", "");
    print_share(x, "one step, right", x->one.right, x->one.n);
    print_share(x, "2 to 6 steps, right", x->many.right, x->many.n);
    print_share(x, "refused, though it could be", x->in_range.refused, x->in_range.n);
    if (isfinite(auroc))
        print_line(x->session, "%-28s %.3f (AUROC; 0.5 says nothing, 1 everything)",
                   x->model->thinks ? "its least sure token tells" : "its sureness tells", auroc);
    if (x->goals)
        print_line(x->session, "%-28s %zu of %zu met", "goals", x->goals_met, x->goals);
}

static bool is_asked(const struct exam *x, const struct line *l)
{
    return !x->one_kind || l->kind == x->kind;
}

static size_t count_lines(const struct exam *x)
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        count += is_asked(x, &lines[i]) ? (size_t)(lines[i].to - lines[i].from + 1) : 0;
    return count;
}

static void run_exam(struct exam *x)
{
    static const struct table_column columns[] = {
        { .title = "kind" },
        { .title = "steps", .right = true },
        { .title = "n", .right = true },
        { .title = "right %", .right = true },
        { .title = "95 %", .right = true },
        { .title = "tokens", .right = true },
        { .title = "ms", .right = true },
        { .title = "goal" },
    };
    table_init(&x->table, x->session, columns, sizeof columns / sizeof *columns);
    x->to_ask = count_lines(x) * x->n;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        for (int steps = lines[i].from; is_asked(x, &lines[i]) && steps <= lines[i].to; steps++)
            if (!session_stopped() && !ferror(stdout))
                exam_line(x, lines[i].kind, steps);
    progress_end(x->session);
    if (x->session->json)
        print_summary_json(x);
    else
        print_summary(x);
    table_done(&x->table);
}

bool mini_eval(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    struct exam x = { .session = s, .one_kind = a->given[OPT_KIND] };
    int64_t n, seed;
    if (!args_int(a, OPT_COUNT, 1, 10000, 100, &n, err) ||
        !args_int(a, OPT_SEED, 0, INT64_MAX, 2026, &seed, err) ||
        (x.one_kind && !mini_kind(a, &x.kind, err)))
        return false;
    x.model = mini_open(s, a->words[0], err);
    if (!x.model)
        return false;
    x.n = (size_t)n;
    x.seed = (uint64_t)seed;
    x.problems = mem_new(struct problem, x.n);
    x.stream = nn_stream_new(x.model->net);
    run_exam(&x);
    nn_stream_free(x.stream);
    mem_free(x.problems);
    sample_done(&x.score);
    sample_done(&x.right);
    mini_return(x.model);
    if (session_stopped())
        *ret_code = session_stop_code();
    return print_flush(err);
}
