/* rlab mini: the built-in models from inside (mini.h). */
#include "tui/verb/mini.h"

#include <string.h>

#include "tui/verb/subs.h"

bool mini_kind(const struct args *a, enum problem_kind *ret, struct error *err)
{
    if (problem_kind_find(a->value[OPT_KIND], ret))
        return true;
    struct buf names = buf_with_max(1000);
    problem_kind_names(&names);
    error_set(err, ERR_USAGE, "no kind '%.60s': the kinds are %s", a->value[OPT_KIND],
              buf_text(&names));
    buf_done(&names);
    return false;
}

const struct mini_model *mini_open(struct session *s, const char *name, struct error *err)
{
    static const char prefix[] = "mini/";
    if (!session_open(s, err))
        return NULL;
    if (strncmp(name, prefix, sizeof prefix - 1) == 0)
        name += sizeof prefix - 1;
    return mini_borrow(&models_find_server(&s->lab.models, "mini")->server, name, err);
}

/* --- data ------------------------------------------------------------------------------------ */

#define MOST_QUESTIONS 10000000

static struct json *problem_json(const struct problem *p)
{
    struct json *j = json_object();
    bool refuse = problem_kind_is_refused(p->kind);
    json_put_text(j, "question", p->question);
    json_put_text(j, "trace", p->trace);
    json_put_text(j, "answer", refuse ? "I cannot" : p->answer);
    json_put_text(j, "kind", problem_kind_name(p->kind));
    json_put_int(j, "steps", p->steps);
    json_put_bool(j, "held_out", p->held_out);
    return j;
}

/* Without a kind all take turns. */
static bool print_problems(const struct args *a, struct problem_ask ask, int64_t count,
                           struct random *r, struct error *err)
{
    for (int64_t i = 0; i < count && !session_stopped() && !ferror(stdout); i++) {
        struct problem p;
        if (!a->given[OPT_KIND])
            ask.kind = (enum problem_kind)(i % PROBLEM_KINDS);
        if (!problem_draw(&ask, r, &p, err))
            return false;
        print_json(problem_json(&p));
    }
    return print_flush(err);
}

bool mini_data(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)s;
    int64_t count, seed, steps;
    struct problem_ask ask = { .side =
                                   a->given[OPT_HELD_OUT] ? PROBLEM_HELD_OUT : PROBLEM_TRAINING };
    struct random r;
    if (!args_int(a, OPT_COUNT, 1, MOST_QUESTIONS, 10, &count, err) ||
        !args_int(a, OPT_SEED, 0, INT64_MAX, 1, &seed, err) ||
        !args_int(a, OPT_STEPS, 1, 8, 0, &steps, err) ||
        (a->given[OPT_KIND] && !mini_kind(a, &ask.kind, err)))
        return false;
    if (steps && !a->given[OPT_KIND])
        return error_set(err, ERR_USAGE,
                         "--steps goes with --kind: rlab mini data --kind chain --steps 4");
    ask.steps = (int)steps;
    random_seed(&r, (uint64_t)seed);
    if (!print_problems(a, ask, count, &r, err))
        return false;
    if (session_stopped())
        *ret_code = session_stop_code();
    return true;
}

/* --- the verb -------------------------------------------------------------------------------- */

static const struct sub subs[] = {
    { "data", "", 0, 0, mini_data },
    { "eval", "NAME", 1, 1, mini_eval },
    { "budget", "", 0, 0, mini_budget },
    { "train", "fast|reason", 1, 1, mini_train },
};

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    if (!a->count)
        return error_set(err, ERR_USAGE,
                         "mini wants to know what: data, eval, budget or train; "
                         "see rlab help mini");
    return subs_run("mini", subs, sizeof subs / sizeof *subs, s, a, ret_code, err);
}

const struct verb verb_mini = {
    .name = "mini",
    .words = "data | eval NAME | budget | train fast|reason",
    .summary = "the built-in models from inside",
    .help = "Two small models live in the program, so that everything works without a server:\n"
            "mini/fast answers at once, mini/reason writes its working first. Both know the\n"
            "same kinds of questions and refuse all others.\n"
            "\n"
            "data prints such questions, drawn from a seed, one JSON object a line: question,\n"
            "trace (the working), answer, kind, steps. One problem in sixteen is held out in\n"
            "all its wordings: no training sees it, --held-out draws only those. What must be\n"
            "refused has the answer \"I cannot\".\n"
            "\n"
            "eval asks a model held-out questions (--n of each kind and number of steps) and\n"
            "counts: right answers with their 95 % interval, tokens, time. budget shows what\n"
            "thinking buys: fast, reason, and reason cut after so many tokens of thinking, by\n"
            "number of steps; and votes of 1, 5 and 15 samples.\n"
            "\n"
            "train trains a model of your own from nothing, with its loss and its held-out\n"
            "score as it goes. ^C keeps the best so far, the same words again go on. It is\n"
            "then there to be asked as mini/NAME (--name; my-fast and my-reason unless said).\n"
            "\n"
            "Kinds: add sub times rev parity compare (one step), chain expr word bat seq mul\n"
            "sumpar (many steps), refuse, and broken (a step that cannot be done, to be\n"
            "refused as well).",
    .example = "rlab mini data --kind chain --steps 4 --n 3 --seed 7",
    .subs = "data eval budget train",
    .options = (const enum option[]){ OPT_KIND, OPT_STEPS, OPT_COUNT, OPT_SEED, OPT_HELD_OUT,
                                      OPT_MINUTES, OPT_NAME, OPTIONS },
    .run = run,
};
