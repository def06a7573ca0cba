/* rlab mini: the built-in models from inside. `data` prints what they are trained on. */
#include "tui/verb/session.h"

#include <string.h>

#include "core/nn/problem.h"

#define MOST_QUESTIONS 10000000

/* --- data ------------------------------------------------------------------------------------ */

static struct json *problem_json(const struct problem *p)
{
    struct json *j = json_object();
    bool refuse = p->kind == PROBLEM_REFUSE;
    json_put_text(j, "question", p->question);
    json_put_text(j, "trace", p->trace);
    json_put_text(j, "answer", refuse ? "I cannot" : p->answer);
    json_put_text(j, "kind", problem_kind_name(p->kind));
    json_put_int(j, "steps", p->steps);
    json_put_bool(j, "held_out", p->held_out);
    return j;
}

static bool read_kind(const struct args *a, enum problem_kind *ret, struct error *err)
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

static bool run_data(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)s;
    int64_t count, seed, steps;
    struct problem_ask ask = { .side =
                                   a->given[OPT_HELD_OUT] ? PROBLEM_HELD_OUT : PROBLEM_TRAINING };
    struct random r;
    if (!args_int(a, OPT_COUNT, 1, MOST_QUESTIONS, 10, &count, err) ||
        !args_int(a, OPT_SEED, 0, INT64_MAX, 1, &seed, err) ||
        !args_int(a, OPT_STEPS, 1, 8, 0, &steps, err) ||
        (a->given[OPT_KIND] && !read_kind(a, &ask.kind, err)))
        return false;
    if (steps && !a->given[OPT_KIND])
        return error_set(err, ERR_USAGE,
                         "--steps goes with --kind: rlab mini data --kind chain "
                         "--steps 4");
    ask.steps = (int)steps;
    random_seed(&r, (uint64_t)seed);
    if (!print_problems(a, ask, count, &r, err))
        return false;
    if (session_stopped())
        *ret_code = session_stop_code();
    return true;
}

/* --- the verb -------------------------------------------------------------------------------- */

static const struct sub {
    const char *name;
    bool (*run)(struct session *s, const struct args *a, int *ret_code, struct error *err);
} subs[] = {
    { "data", run_data },
};

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    if (!a->count)
        return error_set(err, ERR_USAGE, "mini wants to know what: rlab mini data");
    for (size_t i = 0; i < sizeof subs / sizeof *subs; i++) {
        if (strcmp(subs[i].name, a->words[0]) != 0)
            continue;
        if (a->count > 1)
            return error_set(err, ERR_USAGE, "'mini %s' takes no word '%.60s'", subs[i].name,
                             a->words[1]);
        return subs[i].run(s, a, ret_code, err);
    }
    return error_set(err, ERR_USAGE, "mini has no '%.60s': see rlab help mini", a->words[0]);
}

const struct verb verb_mini = {
    .name = "mini",
    .words = "data",
    .summary = "the built-in models from inside",
    .help = "mini data prints questions of the kind the built-in models are trained on, drawn\n"
            "from a seed, one JSON object a line: question, trace (the working), answer, kind,\n"
            "steps. A question that must be refused has the answer \"I cannot\". One problem in\n"
            "sixteen is held out in all its wordings: no training sees it, --held-out draws only\n"
            "those.\n"
            "\n"
            "Kinds: add sub times rev parity compare (one step), chain expr word bat seq mul\n"
            "sumpar (many steps), refuse.",
    .example = "rlab mini data --kind chain --steps 4 --n 3 --seed 7",
    .subs = "data",
    .options =
        (const enum option[]){ OPT_KIND, OPT_STEPS, OPT_COUNT, OPT_SEED, OPT_HELD_OUT, OPTIONS },
    .run = run,
};
