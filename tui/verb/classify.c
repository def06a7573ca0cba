/* rlab classify: score, level and every signal, without asking anybody. */
#include "tui/verb/session.h"

#include <stdlib.h>
#include <string.h>

#include "core/lab/verdict_json.h"
#include "core/route/classifier.h"
#include "core/route/route.h"
#include "core/store/calls.h"
#include "tui/verb/answers.h"

static void print_verdict(struct session *s, const char *query, const struct verdict *v)
{
    struct route r = route_for(v->level, ROUTE_AUTO);
    print_line(s, "score %d, %s: to the %s model%s", v->score, level_name(v->level),
               role_name(r.role), r.cot ? ", step by step" : "");
    int total = 0;
    for (size_t i = 0; i < v->count; i++) {
        const struct signal *g = &v->signals[i];
        total += g->points;
        if (g->at)
            print_line(s, "  %+d  %-9s %-22s \"%.*s\" at %zu  (total %d)", g->points,
                       signal_kind_name(g->kind), g->what, (int)g->len, query + g->from, g->at,
                       total);
        else
            print_line(s, "  %+d  %-9s %-22s (total %d)", g->points, signal_kind_name(g->kind),
                       g->what, total);
    }
    if (!v->count)
        print_line(s, "  no rule of this set applies");
}

/* --- one line in, one line out -------------------------------------------------------------- */

static bool run_lines(struct session *s, int *ret_code, struct error *err)
{
    char *line = NULL;
    size_t cap = 0, number = 0;
    ssize_t n;
    bool good;
    while ((n = getline(&line, &cap, stdin)) >= 0 && !session_stopped()) {
        print_json(verdict_json_line(s->lab.rules, line, (size_t)n, ++number, &good));
        if (!good)
            *ret_code = EXIT_NO_ANSWER;
        if (ferror(stdout))
            break;
    }
    free(line);
    if (session_stopped())
        *ret_code = session_stop_code();
    return print_flush(err);
}

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    if (a->given[OPT_JSONL]) {
        if (a->count)
            return error_set(err, ERR_USAGE, "--jsonl reads standard input: no TEXT goes with it");
        return session_open(s, err) && run_lines(s, ret_code, err);
    }
    if (!a->count)
        return error_set(err, ERR_USAGE,
                         "no text: rlab classify TEXT, or rlab classify - to read "
                         "it from standard input");
    struct buf text = { 0 };
    if (!text_from_args(a, 0, &text, err))
        return false;
    bool ok = session_open(s, err);
    if (ok) {
        struct verdict v = { 0 };
        const struct rules *rules = s->lab.rules;
        int64_t took = classify_timed(rules, buf_text(&text), text.len, &v);
        if (s->json)
            print_json(verdict_json(rules, buf_text(&text), &v, took));
        else
            print_verdict(s, buf_text(&text), &v);
        struct error lost;
        if (!classification_add(s->lab.store, buf_text(&text), text.len, rules_name(rules), v.score,
                                level_name(v.level), v.count, "classify", &lost))
            pipeline_not_recorded(&s->lab.pipeline, &lost);
        verdict_done(&v);
    }
    buf_done(&text);
    return ok;
}

const struct verb verb_classify = {
    .name = "classify",
    .words = "TEXT|-",
    .summary = "score a question and show every rule that fired",
    .help = "Scores a question by the rule set in use: 0 or less is simple, 1 to 3 moderate, 4 or\n"
            "more complex. Every signal is listed with the words it found, where, and its points.\n"
            "Nothing is asked of any model.\n"
            "\n"
            "--jsonl reads lines of {\"query\":...} and prints one result line for each; a bad\n"
            "line gives {\"error\",\"line\"} and exit code 1 at the end.",
    .example = "rlab classify 'Calculate 15% of 80'",
    .options = (const enum option[]){ OPT_RULES, OPT_JSONL, OPTIONS },
    .run = run,
};
