/* What thinking buys (budget.h): the asking. */
#include "core/lab/budget.h"

#include <math.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/lab/budget_inside.h"
#include "core/store/exercises.h"

#define SLICE_NS (2 * NS_PER_MS)

const int budget_lines[] = { BUDGET_LINE_FAST, 0, 8, 16, 24, 32, 48, 64, BUDGET_LINE_FREE };
const size_t budget_line_count = sizeof budget_lines / sizeof *budget_lines;
/* Votes are asked where single answers begin to go wrong. */
const int budget_vote_steps[] = { 6, 7, 8 };
const size_t budget_vote_step_count = sizeof budget_vote_steps / sizeof *budget_vote_steps;
const int budget_vote_sizes[] = { 1, 5, 15 };
const size_t budget_vote_size_count = sizeof budget_vote_sizes / sizeof *budget_vote_sizes;

#define VOTE_SIZES (sizeof budget_vote_sizes / sizeof *budget_vote_sizes)

/* --- what is asked ----------------------------------------------------------------------- */

static size_t line_stages(void)
{
    return budget_line_count * BUDGET_STEPS;
}

/* Stages come line by line, then the votes. */
static bool is_vote(const struct budget *b)
{
    return b->stage >= line_stages();
}

static int stage_line(const struct budget *b)
{
    return budget_lines[b->stage / BUDGET_STEPS];
}

static int stage_steps(const struct budget *b)
{
    return is_vote(b) ? budget_vote_steps[b->stage - line_stages()]
                      : 1 + (int)(b->stage % BUDGET_STEPS);
}

static bool stage_is_fast(const struct budget *b)
{
    return !is_vote(b) && stage_line(b) == BUDGET_LINE_FAST;
}

static struct trial_ask ask_for(const struct budget *b)
{
    struct trial_ask ask = { .budget = -1, .taste = { .top_p = 1 } };
    if (is_vote(b) && b->trial_at > 0)
        ask.taste.temperature = BUDGET_TEMPERATURE;
    else if (!is_vote(b) && stage_line(b) >= 0)
        ask.budget = stage_line(b);
    return ask;
}

/* Of a question in votes: the careful answer, then the samples. */
static size_t trials_each(const struct budget *b)
{
    return is_vote(b) ? 1 + BUDGET_SAMPLES : 1;
}

/* --- figures ------------------------------------------------------------------------------ */

static void gathering_note(struct gathering *g, bool right, const struct trial *t, size_t count)
{
    double tokens = 0, thought = 0;
    for (size_t i = 0; i < count; i++) {
        tokens += t[i].written;
        thought += t[i].thought;
    }
    g->right += right;
    sample_add(&g->tokens, tokens);
    sample_add(&g->thought, thought);
}

/* As a fact, for lessons. */
static void note_figure(struct budget *b, const struct budget_figure *f)
{
    static const char *const hows[] = { [BUDGET_FREE] = "free",
                                        [BUDGET_CUT] = "cut",
                                        [BUDGET_CAREFUL] = "careful",
                                        [BUDGET_VOTE] = "vote",
                                        [BUDGET_SOME] = "some" };
    bool votes = f->how == BUDGET_VOTE || f->how == BUDGET_SOME;
    const struct budget_row row = { .measured = b->measured,
                                    .model = f->model,
                                    .kind = problem_kind_name(b->kind),
                                    .how = hows[f->how],
                                    .steps = f->steps,
                                    .allowed = f->how == BUDGET_CUT ? f->allowed : -1,
                                    .samples = votes ? f->samples : -1,
                                    .n = (int64_t)f->n,
                                    .right = (int64_t)f->right,
                                    .tokens = f->tokens.estimate,
                                    .thought = f->thought.estimate };
    struct error err;
    if (!budget_add(b->lab->store, &row, &err))
        pipeline_not_recorded(&b->lab->pipeline, &err);
}

/* Keeps a finished figure and tells of it. False where whoever heard has freed everything. */
static bool keep(struct budget *b, struct budget_figure f, struct gathering *g)
{
    f.model = stage_is_fast(b) ? "fast" : "reason";
    f.steps = stage_steps(b);
    f.n = g->tokens.n;
    f.right = g->right;
    f.share = stats_share(f.right, f.n);
    f.tokens = stats_paired(g->tokens.v, f.n);
    f.thought = stats_paired(g->thought.v, f.n);
    sample_done(&g->tokens);
    sample_done(&g->thought);
    *g = (struct gathering){ 0 };
    b->figures = mem_grow(b->figures, &b->figure_cap, b->figure_count + 1, sizeof *b->figures);
    b->figures[b->figure_count++] = f;
    note_figure(b, &f);
    bool gone = false;
    b->gone = &gone;
    b->hear(b->self, &f);
    if (!gone)
        b->gone = NULL;
    return !gone;
}

static bool keep_line(struct budget *b)
{
    int line = stage_line(b);
    struct budget_figure f = { .how = line >= 0 ? BUDGET_CUT : BUDGET_FREE };
    f.allowed = line >= 0 ? line : 0;
    return keep(b, f, &b->plain);
}

static bool keep_votes(struct budget *b)
{
    if (!keep(b, (struct budget_figure){ .how = BUDGET_CAREFUL }, &b->plain))
        return false;
    for (size_t i = 0; i < VOTE_SIZES; i++)
        if (!keep(b, (struct budget_figure){ .how = BUDGET_VOTE, .samples = budget_vote_sizes[i] },
                  &b->votes[i]))
            return false;
    return keep(b, (struct budget_figure){ .how = BUDGET_SOME, .samples = BUDGET_SAMPLES },
                &b->some);
}

/* All samples of a question are in. */
static void count_votes(struct budget *b)
{
    const struct trial *samples = b->trials + 1;
    bool right[VOTE_SIZES], some = false;
    for (size_t i = 0; i < VOTE_SIZES; i++) {
        const struct trial *won = trial_vote(samples, (size_t)budget_vote_sizes[i]);
        right[i] = won && won->right;
        gathering_note(&b->votes[i], right[i], samples, (size_t)budget_vote_sizes[i]);
    }
    for (size_t i = 0; i < BUDGET_SAMPLES; i++)
        some |= samples[i].right;
    gathering_note(&b->some, some, samples, BUDGET_SAMPLES);
    sample_add(&b->over_careful, (double)right[VOTE_SIZES - 1] - (double)b->trials[0].right);
    sample_add(&b->over_sample, (double)right[VOTE_SIZES - 1] - (double)right[0]);
}

/* --- going on ------------------------------------------------------------------------------ */

static void open_stage(struct budget *b)
{
    const struct mini_model *m = stage_is_fast(b) ? b->fast : b->reason;
    nn_stream_free(b->stream);
    b->stream = nn_stream_new(m->net);
    b->count = trial_draw(b->kind, stage_steps(b), b->n, b->seed, b->problems);
    b->to_ask -= (b->n - b->count) * trials_each(b); /* fewer where few exist */
    b->question = b->trial_at = 0;
    random_seed(&b->random, b->seed);
    b->open = true;
}

static void begin_trial(struct budget *b)
{
    struct trial_ask ask = ask_for(b);
    trial_begin(&b->work, b->stream, &b->problems[b->question], &ask, &b->random,
                &b->trials[b->trial_at]);
    b->asking = true;
}

static void end_trial(struct budget *b)
{
    b->asking = false;
    b->asked++;
    if (b->trial_at == 0)
        gathering_note(&b->plain, b->trials[0].right, b->trials, 1);
    if (++b->trial_at < trials_each(b))
        return;
    if (is_vote(b))
        count_votes(b);
    b->trial_at = 0;
    b->question++;
}

/* The least there is to do. False where everything is gone. */
static bool go(struct budget *b)
{
    if (!b->open) {
        open_stage(b);
    } else if (b->asking) {
        if (!trial_go(&b->work))
            end_trial(b);
    } else if (b->question < b->count) {
        begin_trial(b);
    } else {
        if (!(is_vote(b) ? keep_votes(b) : keep_line(b)))
            return false;
        b->open = false;
        b->stage++;
    }
    return true;
}

static void turn(void *self)
{
    struct budget *b = self;
    const struct clock *c = net_clock(b->net);
    int64_t end = clock_mono(c) + SLICE_NS;
    size_t asked = b->asked;
    do {
        if (!go(b))
            return;
    } while (!budget_is_over(b) && clock_mono(c) < end);
    if (!budget_is_over(b))
        net_timer_set(b->net, &b->timer, 0, turn, b);
    if (b->asked > asked || budget_is_over(b))
        b->hear(b->self, NULL);
}

/* --- from outside --------------------------------------------------------------------------- */

static bool check_kind(enum problem_kind kind, struct error *err)
{
    int fewest, most;
    if (problem_kind_steps(kind, &fewest, &most) && fewest == 1 && most >= 8)
        return true;
    return error_set(err, ERR_USAGE, "'%s' does not come by steps: try --kind chain or word",
                     problem_kind_name(kind));
}

struct budget *budget_start(struct lab *lab, const struct budget_options *o, budget_hear *hear,
                            void *self, struct error *err)
{
    if (!check_kind(o->kind, err))
        return NULL;
    const struct server *mini = &models_find_server(&lab->models, "mini")->server;
    const struct mini_model *fast = mini_borrow(mini, "fast", err);
    const struct mini_model *reason = fast ? mini_borrow(mini, "reason", err) : NULL;
    if (!reason) {
        mini_return(fast);
        return NULL;
    }
    struct budget *b = mem_new(struct budget, 1);
    *b = (struct budget){ .net = lab->net,
                          .lab = lab,
                          .measured = clock_wall(lab->clock),
                          .hear = hear,
                          .self = self,
                          .kind = o->kind,
                          .n = o->n,
                          .seed = o->seed,
                          .fast = fast,
                          .reason = reason };
    b->problems = mem_new(struct problem, o->n + 1);
    b->to_ask = o->n * (line_stages() + budget_vote_step_count * (1 + BUDGET_SAMPLES));
    net_timer_set(b->net, &b->timer, 0, turn, b);
    return b;
}

static void gathering_done(struct gathering *g)
{
    sample_done(&g->tokens);
    sample_done(&g->thought);
}

void budget_free(struct budget *b)
{
    if (!b)
        return;
    if (b->gone)
        *b->gone = true;
    net_timer_stop(b->net, &b->timer);
    nn_stream_free(b->stream);
    mini_return(b->fast);
    mini_return(b->reason);
    gathering_done(&b->plain);
    gathering_done(&b->some);
    for (size_t i = 0; i < VOTE_SIZES; i++)
        gathering_done(&b->votes[i]);
    sample_done(&b->over_careful);
    sample_done(&b->over_sample);
    mem_free(b->problems);
    mem_free(b->figures);
    mem_free(b);
}

bool budget_is_over(const struct budget *b)
{
    return b->stage == line_stages() + budget_vote_step_count;
}

void budget_progress(const struct budget *b, size_t *ret_asked, size_t *ret_to_ask)
{
    *ret_asked = b->asked;
    *ret_to_ask = b->to_ask;
}
