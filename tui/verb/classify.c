/* rlab classify: score, level and every signal, without asking anybody. */
#include "tui/verb/session.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/lab/verdict_json.h"
#include "core/limits.h"
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

static int64_t timed_classify(const struct rules *rules, const char *query, size_t len,
                              struct verdict *v)
{
    int64_t before = clock_mono(clock_real());
    classify(rules, query, len, v);
    return clock_mono(clock_real()) - before;
}

/* --- one line in, one line out -------------------------------------------------------------- */

static void print_bad_line(size_t number, const char *why)
{
    struct json *j = json_object();
    json_put_text(j, "error", why);
    json_put_int(j, "line", (int64_t)number);
    print_json(j);
}

static bool classify_line(struct session *s, const char *line, size_t len, size_t number,
                          struct verdict *v)
{
    struct error err;
    struct json *j = json_parse_exact(line, len, &err);
    const char *query = json_get_text(j, "query");
    bool ok = query != NULL;
    if (!j) {
        print_bad_line(number, err.text);
    } else if (!ok) {
        print_bad_line(number, "there is no text field \"query\"");
    } else if (!text_check_query(query, strlen(query), &err)) {
        ok = false;
        print_bad_line(number, err.text);
    } else {
        int64_t took = timed_classify(s->lab.rules, query, strlen(query), v);
        print_json(verdict_json(s->lab.rules, query, v, took));
    }
    json_free(j);
    return ok;
}

static bool run_lines(struct session *s, int *ret_code, struct error *err)
{
    char *line = NULL;
    size_t cap = 0, number = 0;
    ssize_t n;
    struct verdict v = { 0 };
    while ((n = getline(&line, &cap, stdin)) >= 0 && !session_stopped()) {
        size_t len = (size_t)n;
        number++;
        while (len && (line[len - 1] == '\n' || line[len - 1] == '\r'))
            len--;
        if (len > 7 * MAX_QUERY_BYTES) { /* every byte escaped, and room for the rest */
            print_bad_line(number, "the line is too long");
            *ret_code = EXIT_NO_ANSWER;
        } else if (!classify_line(s, line, len, number, &v)) {
            *ret_code = EXIT_NO_ANSWER;
        }
        if (ferror(stdout))
            break;
    }
    free(line);
    verdict_done(&v);
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
        int64_t took = timed_classify(rules, buf_text(&text), text.len, &v);
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
