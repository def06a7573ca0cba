/* Two models, the same questions (versus.h). */
#include "core/lab/versus.h"

#include <assert.h>
#include <math.h>
#include <string.h>

struct versus {
    struct lab_model *model[2];
    size_t rounds, queries;
};

/* A stage is one question of one round; the two models take turns at going first. */
static size_t stage_size(const struct runner *r, void *self, size_t stage)
{
    const struct versus *v = self;
    (void)r;
    return stage < v->rounds ? 2 * v->queries : 0;
}

static struct job job(const struct runner *r, void *self, size_t stage, size_t i)
{
    const struct versus *v = self;
    (void)r;
    size_t index = i / 2, second = i % 2;
    return (struct job){ .index = index,
                         .round = (int64_t)stage + 1,
                         .model = v->model[(second + index + stage) % 2],
                         .no_cache = true,
                         .sample = (int64_t)stage + 1 };
}

struct runner *versus_start(struct lab *lab, const struct versus_options *o, run_hear *hear,
                            void *self, struct error *err)
{
    struct versus *v = mem_new(struct versus, 1);
    *v = (struct versus){ { o->a, o->b }, (size_t)o->rounds, o->set->count };
    struct json *said = json_object();
    json_put_text(said, "a", o->a->full_name);
    json_put_text(said, "a_identity", o->a->identity);
    json_put_text(said, "b", o->b->full_name);
    json_put_text(said, "b_identity", o->b->identity);
    json_put_int(said, "rounds", o->rounds);
    json_put_bool(said, "cold", o->cold);
    struct run_plan plan = { .kind = "models",
                             .purpose = "bench",
                             .name = o->name,
                             .notes = o->notes,
                             .set = o->set,
                             .settings = o->settings,
                             .no_cot = true,
                             .concurrency = 1,
                             .fresh = true,
                             .said = said,
                             .stage_size = stage_size,
                             .job = job,
                             .self = v };
    if (!o->cold) {
        plan.warm[0] = o->a;
        plan.warm[1] = o->b;
    }
    return runner_start(lab, &plan, hear, self, err);
}

void versus_compare(const struct items *t, const char *model_a, const char *model_b,
                    struct paired *ret)
{
    paired_compare(&(struct side){ .items = t, .model = model_a },
                   &(struct side){ .items = t, .model = model_b }, ret);
}

/* --- what follows --------------------------------------------------------------------------- */

/* How the two stand in one respect; the winner is named by the sentence. */
enum standing { UNKNOWN, EQUAL, OPEN, APART };

/* What a sentence may name, written {name} in the rows below. */
enum part { FASTER, SLOWER, BETTER, WORSE, TIME, POINTS, COUNTS, N, PARTS };
static const char *const part_names[PARTS] = { "faster", "slower", "better", "worse",
                                               "time",   "points", "counts", "n" };

#define UNKNOWN_RIGHT                                                                              \
    "which is right more often is not known: that takes a set with known answers, and "            \
    "5 of them answered by both"

/* right: EQUAL is the same number of right answers, OPEN no clear difference.
 * same: the one that is right more often is also the faster one. */
static const struct conclusion {
    enum standing right, time;
    int same; /* 1, 0, -1: means nothing here */
    const char *text;
} conclusions[] = {
    { EQUAL, APART, -1,
      "{faster} is right as often ({counts}) and {time}: use {faster} for these" },
    { EQUAL, OPEN, -1,
      "both are right as often ({counts}), with no clear difference in time: take the "
      "smaller one, or ask more questions" },
    { OPEN, APART, -1,
      "no clear difference in right answers ({counts}), and {faster} is {time}: use {faster} "
      "for these, or ask more questions to be surer of the answers" },
    { OPEN, OPEN, -1,
      "no clear difference in right answers ({counts}) or time over {n} pairs: take the "
      "smaller one, or ask more questions" },
    { APART, APART, 1, "{better} is {points} and {time}: use {better} for these" },
    { APART, APART, 0,
      "{better} is {points}, but {faster} is {time}: use {better} where a right answer "
      "matters, {faster} where time does" },
    { APART, OPEN, -1,
      "{better} is {points}, with no clear difference in time: use {better} for these" },
    { UNKNOWN, APART, -1, "{faster} is {time}; " UNKNOWN_RIGHT },
    { UNKNOWN, OPEN, -1, "no clear difference in time over {n} pairs; " UNKNOWN_RIGHT },
    { UNKNOWN, UNKNOWN, -1, "too few pairs for a verdict: {n}, and 5 are needed" },
};

static enum standing standing_of(const struct interval *i, double a, double b)
{
    switch (stats_verdict(i)) {
    case DIFFERENCE_UNKNOWN:
        return UNKNOWN;
    case DIFFERENCE_NONE:
        return fabs(a - b) < 1e-9 ? EQUAL : OPEN;
    default:
        return APART;
    }
}

static const struct conclusion *conclude(enum standing right, enum standing time, bool same)
{
    for (size_t i = 0; i < sizeof conclusions / sizeof *conclusions; i++) {
        const struct conclusion *c = &conclusions[i];
        if (c->right == right && c->time == time && (c->same < 0 || c->same == same))
            return c;
    }
    return NULL;
}

static void put_parts(const char *text, const struct buf *parts, struct buf *to)
{
    for (const char *open; (open = strchr(text, '{')); text = strchr(open, '}') + 1) {
        buf_add(to, text, (size_t)(open - text));
        for (int p = 0; p < PARTS; p++) {
            size_t len = strlen(part_names[p]);
            if (strncmp(open + 1, part_names[p], len) == 0 && open[1 + len] == '}')
                buf_add(to, buf_text(&parts[p]), parts[p].len);
        }
    }
    buf_puts(to, text);
}

/* The figures are told of the winner: turned round where that is A. */
static struct interval seen_from_winner(struct interval i, bool less_wins)
{
    bool turn = less_wins ? i.estimate > 0 : i.estimate < 0;
    if (turn)
        i = (struct interval){ -i.estimate, -i.high, -i.low, i.n };
    return i;
}

static void fill_parts(const struct paired *p, const char *a, const char *b, struct buf *parts)
{
    bool b_faster = p->seconds.estimate<0, b_better = p->right.estimate> 0;
    struct interval seconds = seen_from_winner(p->seconds, true);
    struct interval right = seen_from_winner(p->right, false);
    for (int i = 0; i < PARTS; i++)
        parts[i] = buf_with_max(2000);
    buf_puts(&parts[FASTER], b_faster ? b : a);
    buf_puts(&parts[SLOWER], b_faster ? a : b);
    buf_puts(&parts[BETTER], b_better ? b : a);
    buf_puts(&parts[WORSE], b_better ? a : b);
    paired_time_words(&seconds, "", &parts[TIME]);
    paired_right_words(&right, &parts[POINTS]);
    if (fabs(p->right_a - p->right_b) < 1e-9)
        buf_printf(&parts[COUNTS], "%g of %zu each", p->right_a, p->right.n);
    else
        buf_printf(&parts[COUNTS], "%s %g, %s %g of %zu", a, p->right_a, b, p->right_b, p->right.n);
    buf_printf(&parts[N], "%zu", p->pairs);
}

void versus_sentence(const struct paired *p, const char *model_a, const char *model_b,
                     struct buf *to)
{
    if (p->pairs == 0) {
        buf_puts(to, "nothing to compare: no question was answered by both");
        return;
    }
    struct buf parts[PARTS];
    fill_parts(p, model_a, model_b, parts);
    enum standing right = standing_of(&p->right, p->right_a, p->right_b);
    enum standing time = standing_of(&p->seconds, 0, 1);
    bool same = (p->seconds.estimate < 0) == (p->right.estimate > 0);
    const struct conclusion *c = conclude(right, time, same);
    assert(c); /* what is right is never known of more pairs than the time */
    put_parts(c->text, parts, to);
    for (int i = 0; i < PARTS; i++)
        buf_done(&parts[i]);
}
