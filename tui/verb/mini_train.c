/* rlab mini train: a model of one's own from nothing, as the shipped ones were made.
 *
 * Three files in the data folder: mini/NAME.weights, the best weights so far, ready to be asked;
 * mini/NAME.checkpoint, from which the same words go on; mini/NAME.plan, what was ordered and
 * how far it came. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/nn/pair.h"
#include "core/nn/train.h"
#include "core/nn/weights.h"
#include "tui/verb/mini.h"
#include "tui/verb/table.h"

/* Seconds of training between two lines of figures, and between two held-out scores; neither
 * counts as training. */
#define LINE_S  3.0
#define SCORE_S 30.0
/* Loss that fills the bar of a line: what knowing nothing costs is log of the vocabulary. */
#define BAR_LOSS  5.5
#define BAR_WIDTH 44

/* What a score is the mean of. */
static const struct part {
    enum problem_kind kind;
    int steps;
} parts[] = {
    { PROBLEM_ADD, 0 },   { PROBLEM_SUB, 0 },     { PROBLEM_TIMES, 0 },  { PROBLEM_REV, 0 },
    { PROBLEM_CHAIN, 1 }, { PROBLEM_CHAIN, 2 },   { PROBLEM_CHAIN, 4 },  { PROBLEM_WORD, 2 },
    { PROBLEM_MUL, 0 },   { PROBLEM_COMPARE, 0 }, { PROBLEM_REFUSE, 0 },
};

#define PARTS      (sizeof parts / sizeof *parts)
#define PART_TRIES 16
#define SCORE_SEED 97

struct training {
    struct session *session;
    const struct nn_built_in *kind;
    char name[NN_NAME_SIZE];
    uint64_t seed;
    double minutes; /* NAN: as many updates as the shipped one had */
    struct nn_trainer *trainer;

    double spent_s;         /* training, earlier runs included */
    double best;            /* score of the weights on disk; below 0: none yet */
    double loss;            /* running mean */
    double line_s, score_s; /* of training, when the last ones were due */
    struct arena arena;
    const char *weights, *checkpoint, *plan;
};

/* --- the plan -------------------------------------------------------------------------------- */

static bool write_plan(const struct training *t, struct error *err)
{
    struct json *j = json_object();
    struct buf text = buf_with_max(4096);
    json_put_text(j, "model", t->kind->name);
    json_put_int(j, "seed", (int64_t)t->seed);
    json_put_real(j, "minutes", t->minutes);
    json_put_real(j, "spent_s", t->spent_s);
    json_put_real(j, "best", t->best);
    json_put_real(j, "loss", t->loss);
    json_print(j, &text);
    buf_putc(&text, '\n');
    json_free(j);
    bool ok = file_write(t->plan, buf_text(&text), text.len, err);
    buf_done(&text);
    return ok;
}

static bool same_order(const struct training *t, const struct json *j)
{
    const char *model = json_get_text(j, "model");
    double minutes = NAN;
    json_get_number(j, "minutes", &minutes);
    bool as_long = isnan(minutes) ? isnan(t->minutes) : minutes == t->minutes;
    return model && strcmp(model, t->kind->name) == 0 &&
           json_get_count(j, "seed") == (int64_t)t->seed && as_long;
}

static bool other_order(const struct training *t, const struct json *j, struct error *err)
{
    const char *model = json_get_text(j, "model");
    double minutes = NAN;
    char long_words[40] = "";
    if (json_get_number(j, "minutes", &minutes))
        snprintf(long_words, sizeof long_words, " --minutes %g", minutes);
    return error_set(err, ERR_USAGE,
                     "'mini/%s' was begun by other words (mini train %s --seed %lld%s): use those, "
                     "another --name, or remove '%s'",
                     t->name, model ? model : "?", (long long)json_get_count(j, "seed"), long_words,
                     t->checkpoint);
}

static bool read_plan(struct training *t, struct error *err)
{
    struct buf text = { 0 };
    struct json *j = NULL;
    bool ok = file_read(t->plan, 4096, &text, err);
    if (ok)
        j = json_parse_exact(buf_text(&text), text.len, err);
    ok = j != NULL;
    if (ok && !same_order(t, j))
        ok = other_order(t, j, err);
    if (ok) {
        json_get_number(j, "spent_s", &t->spent_s);
        json_get_number(j, "best", &t->best);
        json_get_number(j, "loss", &t->loss);
    }
    json_free(j);
    buf_done(&text);
    return ok;
}

/* --- files ----------------------------------------------------------------------------------- */

static bool is_fit(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.");
    return n && !name[n] && n < NN_NAME_SIZE && *name != '.';
}

static bool find_files(struct training *t, const char *name, struct error *err)
{
    const char *folder = arena_format(&t->arena, "%s/mini", t->session->lab.paths.data_dir);
    if (!is_fit(name))
        return error_set(err, ERR_USAGE,
                         "'%.60s' is no name for a model: use up to %d of a to z, 0 to 9, '-', "
                         "'_' and '.'",
                         name, NN_NAME_SIZE - 1);
    if (nn_built_in_find(name))
        return error_set(err, ERR_USAGE,
                         "'mini/%s' is the shipped model and stays: give yours another --name",
                         name);
    snprintf(t->name, sizeof t->name, "%s", name);
    t->weights = arena_format(&t->arena, "%s/%s.weights", folder, name);
    t->checkpoint = arena_format(&t->arena, "%s/%s.checkpoint", folder, name);
    t->plan = arena_format(&t->arena, "%s/%s.plan", folder, name);
    return file_make_folder(folder, err);
}

static bool save(const struct training *t, struct error *err)
{
    return nn_trainer_save(t->trainer, t->checkpoint, err) && write_plan(t, err);
}

static bool save_weights(const struct training *t, struct error *err)
{
    struct nn_card card = { .shape = t->kind->shape, .vocab = vocabulary_hash() };
    snprintf(card.name, sizeof card.name, "%s", t->name);
    return nn_weights_write(t->weights, &card, nn_trainer_weights(t->trainer), err);
}

/* A checkpoint that is there is gone on from. */
static bool open_trainer(struct training *t, struct error *err)
{
    struct nn_recipe recipe = t->kind->recipe;
    recipe.seed = t->seed;
    t->trainer = nn_trainer_new(&t->kind->shape, &recipe, problem_source_draws(t->kind->source));
    if (!file_exists(t->checkpoint))
        return true;
    if (!read_plan(t, err) || !nn_trainer_load(t->trainer, t->checkpoint, err))
        return false;
    say("going on with mini/%s after %lld updates", t->name,
        (long long)nn_trainer_updates(t->trainer));
    return true;
}

/* --- figures --------------------------------------------------------------------------------- */

static double progress_of(const struct training *t)
{
    double done = isnan(t->minutes) ? (double)nn_trainer_updates(t->trainer) / t->kind->updates
                                    : t->spent_s / (60 * t->minutes);
    return done < 1 ? done : 1;
}

static void print_figures(const struct training *t)
{
    long long updates = (long long)nn_trainer_updates(t->trainer);
    if (!t->session->json && t->session->out_is_terminal) {
        int bar = (int)(BAR_WIDTH * fmin(t->loss / BAR_LOSS, 1) + 0.5);
        print_line(t->session, "%7lld  loss %6.3f  %3.0f %%  %.*s", updates, t->loss,
                   100 * progress_of(t), bar, "############################################");
        fflush(stdout);
        return;
    }
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.mini_train/1");
    json_put_text(j, "model", t->name);
    json_put_int(j, "update", updates);
    json_put_real(j, "loss", t->loss);
    json_put_int(j, "tokens", nn_trainer_tokens(t->trainer));
    json_put_real(j, "train_s", t->spent_s);
    json_put_real(j, "progress", progress_of(t));
    print_json(j);
    fflush(stdout);
}

static void part_label(const struct part *p, const char *gap, char ret[32])
{
    if (p->steps)
        snprintf(ret, 32, "%s%s%d", problem_kind_name(p->kind), gap, p->steps);
    else
        snprintf(ret, 32, "%s", problem_kind_name(p->kind));
}

static void print_score_text(const struct training *t, const double share[PARTS], double score)
{
    struct buf line = buf_with_max(1000);
    char label[32];
    buf_printf(&line, "%.1f %% right:", 100 * score);
    for (size_t i = 0; i < PARTS; i++) {
        part_label(&parts[i], " ", label);
        buf_printf(&line, " %s %.0f%s", label, 100 * share[i], i + 1 < PARTS ? "," : "");
    }
    print_wrapped(t->session, "held out ", 9, buf_text(&line));
    buf_done(&line);
}

static void print_score_json(const struct training *t, const double share[PARTS], double score)
{
    struct json *j = json_object(), *each = json_object();
    char label[32];
    for (size_t i = 0; i < PARTS; i++) {
        part_label(&parts[i], "", label);
        json_put_real(each, label, share[i]);
    }
    json_put_text(j, "schema", "rlab.mini_score/1");
    json_put_text(j, "model", t->name);
    json_put_int(j, "update", nn_trainer_updates(t->trainer));
    json_put_real(j, "score", score);
    json_put(j, "shares", each);
    print_json(j);
}

static double share_of(struct nn_stream *s, const struct part *p)
{
    const struct trial_ask plain = { .budget = -1, .taste = { .top_p = 1 } };
    struct problem problems[PART_TRIES];
    size_t n = trial_draw(p->kind, p->steps, PART_TRIES, SCORE_SEED, problems), right = 0;
    for (size_t i = 0; i < n; i++) {
        struct trial t;
        trial_run(s, &problems[i], &plain, NULL, &t);
        right += t.right;
    }
    return n ? (double)right / (double)n : 0;
}

/* The score of the weights as they stand; the best ones so far are put where they can be
 * asked. */
static bool score(struct training *t, struct error *err)
{
    struct nn_net *net = nn_net_new(&t->kind->shape, nn_trainer_weights(t->trainer));
    struct nn_stream *s = nn_stream_new(net);
    double share[PARTS], sum = 0;
    for (size_t i = 0; i < PARTS; i++)
        sum += share[i] = share_of(s, &parts[i]);
    nn_stream_free(s);
    nn_net_free(net);
    double mean = sum / PARTS;
    if (!t->session->json && t->session->out_is_terminal)
        print_score_text(t, share, mean);
    else
        print_score_json(t, share, mean);
    fflush(stdout);
    bool better = mean >= t->best;
    if (better)
        t->best = mean;
    return (!better || save_weights(t, err)) && save(t, err);
}

/* --- training -------------------------------------------------------------------------------- */

static bool is_due(double *last_s, double spent_s, double every_s)
{
    if (spent_s - *last_s < every_s)
        return false;
    *last_s = spent_s;
    return true;
}

static bool step(struct training *t, struct error *err)
{
    struct nn_update u;
    int64_t start = clock_mono(clock_real());
    if (!nn_trainer_step(t->trainer, progress_of(t), &u, err))
        return false;
    t->spent_s += clock_seconds(clock_mono(clock_real()) - start);
    t->loss = u.number == 1 ? u.loss : 0.98 * t->loss + 0.02 * u.loss;
    if (is_due(&t->line_s, t->spent_s, LINE_S))
        print_figures(t);
    return !is_due(&t->score_s, t->spent_s, SCORE_S) || score(t, err);
}

static bool train(struct training *t, struct error *err)
{
    if (progress_of(t) >= 1) {
        say("mini/%s is finished: ask it with --model mini/%s; for another, say --name", t->name,
            t->name);
        return true;
    }
    t->line_s = t->score_s = t->spent_s;
    while (progress_of(t) < 1 && !session_stopped() && !ferror(stdout))
        if (!step(t, err))
            return false;
    print_figures(t);
    if (!score(t, err))
        return false;
    say("mini/%s %s after %lld updates: rlab ask --model mini/%s 'what is 23 + 48?'", t->name,
        progress_of(t) < 1 ? "stopped; the same words go on" : "is trained",
        (long long)nn_trainer_updates(t->trainer), t->name);
    return print_flush(err);
}

static bool read_order(struct training *t, const struct args *a, struct error *err)
{
    int64_t seed;
    t->kind = nn_built_in_find(a->words[0]);
    if (!t->kind)
        return error_set(err, ERR_USAGE, "'%.60s' cannot be trained: fast and reason can",
                         a->words[0]);
    if (!args_int(a, OPT_SEED, 0, INT64_MAX, 1, &seed, err) ||
        !args_real(a, OPT_MINUTES, 0.01, 10000, NAN, &t->minutes, err))
        return false;
    t->seed = (uint64_t)seed;
    const char *usual = arena_format(&t->arena, "my-%s", t->kind->name);
    return find_files(t, a->given[OPT_NAME] ? a->value[OPT_NAME] : usual, err);
}

bool mini_train(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    struct training t = { .session = s, .best = -1 };
    bool ok =
        session_open(s, err) && read_order(&t, a, err) && open_trainer(&t, err) && train(&t, err);
    nn_trainer_free(t.trainer);
    arena_done(&t.arena);
    if (session_stopped())
        *ret_code = session_stop_code();
    return ok;
}
