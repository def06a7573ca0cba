/* Bench: runs that measure, kept, heard again, compared. */
#include <math.h>
#include <string.h>

#include "core/lab/bench.h"
#include "core/lab/versus.h"
#include "core/limits.h"
#include "tui/line/runs.h"

#define SHOWN 20 /* runs said at once */

/* --- running ---------------------------------------------------------------------------------- */

static void say_run(struct talk *l, const struct kept_run *t)
{
    told_say_head(l, t);
    if (!t->items->n) {
        talk_say(l, "No question of it was asked.");
        return;
    }
    told_say_figures(l, t);
    if (strcmp(t->row.kind, "models") == 0)
        told_say_models(l, t);
}

static void wait_and_say(struct teller *t)
{
    struct kept_run v;
    if (!teller_wait(t))
        return;
    kept_run_live(&v, t->l->lab->store, t->runner);
    say_run(t->l, &v);
    kept_run_done(&v);
}

static bool ask_rounds(struct talk *l, int64_t usual, int64_t *ret)
{
    talk_say(l, "An empty line takes %s.", talk_count(l, usual, "round", "rounds"));
    enum talk_asked asked =
        talk_ask_number(l, "Rounds: ", "Type how often the set is asked.", 1, MAX_ROUNDS, ret);
    if (asked == ASKED_NOTHING)
        *ret = usual;
    return asked != ASKED_BACK;
}

static void run_bench(struct talk *l, bool always)
{
    struct set set = { 0 };
    struct teller t = { .l = l };
    struct bench_options o = { .set = &set, .concurrency = 1, .always = always };
    struct lab_model *pair[2] = { l->lab->pipeline.fast, l->lab->pipeline.reasoning };
    struct error err;
    if (!talk_has_models(l))
        return;
    o.settings = lab_ask_settings(l->lab);
    o.settings.deadline_s = NAN; /* one from the config would turn slow answers into others */
    if (told_ask_set(l, "bench", &set) && ask_rounds(l, BENCH_ROUNDS, &o.rounds) &&
        talk_ask_hosted(l, bench_calls(&o), pair, 2)) {
        t.runner = bench_start(l->lab, &o, teller_hear, &t, &err);
        if (t.runner)
            wait_and_say(&t);
        else
            talk_fail(l, &err);
    }
    runner_free(t.runner);
    set_done(&set);
}

static void run(struct talk *l)
{
    run_bench(l, false);
}

static void always(struct talk *l)
{
    run_bench(l, true);
}

/* The two models of the pair, the same questions: which should these questions go to? */
static void models(struct talk *l)
{
    struct set set = { 0 };
    struct teller t = { .l = l };
    struct versus_options o = { .set = &set, .rounds = 1 };
    struct error err;
    if (!talk_has_models(l))
        return;
    o.a = l->lab->pipeline.fast;
    o.b = l->lab->pipeline.reasoning;
    o.settings = lab_ask_settings(l->lab);
    o.settings.deadline_s = NAN;
    if (o.a == o.b) {
        talk_say(l, "Two different models are needed, and one plays both roles.");
    } else if (told_ask_set(l, "known", &set) && ask_rounds(l, 1, &o.rounds) &&
               talk_ask_hosted(l, 2 * set.count * (size_t)o.rounds,
                               (struct lab_model *[]){ o.a, o.b }, 2)) {
        t.runner = versus_start(l->lab, &o, teller_hear, &t, &err);
        if (t.runner)
            wait_and_say(&t);
        else
            talk_fail(l, &err);
    }
    runner_free(t.runner);
    set_done(&set);
}

/* --- reading back -------------------------------------------------------------------------------- */

struct walk {
    struct talk *l;
    int64_t n;
};

static bool say_row(void *self, const struct run_row *r)
{
    struct walk *w = self;
    char when[CLOCK_STAMP_SIZE];
    clock_local(r->started_wall, when);
    w->n++;
    talk_say(w->l, "%lld%s%s: %s of set %s, %s, %s, %s.", (long long)r->id,
             *r->name ? ", named " : "", r->name, r->kind, r->set_name, when, r->state,
             talk_count(w->l, r->items, "row", "rows"));
    return !w->l->ending;
}

static void list(struct talk *l)
{
    struct walk w = { .l = l };
    struct error err;
    if (!run_list(l->lab->store, NULL, SHOWN, say_row, &w, &err))
        talk_fail(l, &err);
    else if (!w.n)
        talk_say(l, "No run yet: choose run.");
}

/* A run by its number or name; an empty line is the last one. */
static bool ask_run(struct talk *l, const char *prompt, int64_t *ret)
{
    const char *text;
    size_t len;
    struct error err;
    enum talk_asked asked =
        talk_ask(l, prompt, "Type the number or the name of a run; an empty line takes the last.",
                 &text, &len);
    if (asked == ASKED_BACK)
        return false;
    if (run_find(l->lab->store, NULL, asked == ASKED_TEXT ? text : "last", ret, &err))
        return true;
    talk_fail(l, &err);
    return false;
}

static void show(struct talk *l)
{
    struct kept_run t;
    int64_t id;
    if (!ask_run(l, "Run: ", &id) || !told_read(&t, l, id))
        return;
    say_run(l, &t);
    kept_run_done(&t);
}

static bool read_side(struct talk *l, const char *prompt, struct kept_run *ret)
{
    int64_t id;
    if (!ask_run(l, prompt, &id) || !told_read(ret, l, id))
        return false;
    if (strcmp(ret->row.kind, "models") != 0)
        return true;
    talk_say(l, "Run %lld compares two models already: choose show.", (long long)id);
    kept_run_done(ret);
    return false;
}

static void compare(struct talk *l)
{
    struct kept_run a = { 0 }, b = { 0 };
    if (read_side(l, "First run: ", &a) && read_side(l, "Second run: ", &b)) {
        told_say_head(l, &a);
        told_say_head(l, &b);
        told_say_against(l, &a, &b);
    }
    kept_run_done(&a);
    kept_run_done(&b);
}

void talk_bench(struct talk *l)
{
    static const struct talk_choice choices[] = {
        { "run", "measure a set of questions, several rounds, with an empty cache of its own",
          run },
        { "always", "the same, and the reasoning model is asked everything once", always },
        { "models", "ask both models the same questions, and hear which to use", models },
        { "list", "all runs there are", list },
        { "show", "hear a run again", show },
        { "compare", "two runs, question by question", compare },
    };
    talk_menu(l, &TALK_MENU("bench", choices));
}
