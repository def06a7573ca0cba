/* rlab trial: the labelled set through the person's own pipeline, and the repeat test. */
#include "core/lab/trial.h"

#include <math.h>
#include <string.h>

#include "core/base/text.h"
#include "core/limits.h"
#include "core/route/classifier.h"
#include "tui/verb/answers.h"
#include "tui/verb/bench.h"
#include "tui/verb/table.h"

/* --- what a row says ------------------------------------------------------------------------- */

static bool crosses(const struct run_item *i)
{
    return i->label && *i->label && i->level && strcmp(i->label, i->level) != 0;
}

/* Why the row has its level, by the rules in force; nothing where those have changed since. */
static void put_why(struct session *s, const struct run_item *i, struct buf *to)
{
    struct verdict v = { 0 };
    size_t len = strlen(i->query);
    classify(s->lab.rules, i->query, len, &v);
    if (len && v.score == i->score)
        trial_why(s->lab.rules, s->lab.pipeline.moved, i->query, len, to);
    else
        buf_printf(to, "scored %d; the rules in force now score it %d", i->score, v.score);
    verdict_done(&v);
}

/* The first line of an answer that says something. */
static void put_first_line(const struct run_item *i, size_t cols, struct buf *to)
{
    const char *text = i->answer + strspn(i->answer, " \n\t");
    struct buf line = buf_with_max(4 * KIB);
    text_safe_line(&line, text, strcspn(text, "\n"));
    size_t n = text_fit(buf_text(&line), line.len, cols);
    buf_printf(to, "%.*s%s", (int)n, buf_text(&line), n < line.len ? "..." : "");
    buf_done(&line);
}

static const char *from_words(const struct run_item *i)
{
    enum outcome o = item_outcome(i);
    if (o == OUTCOME_SLOWED)
        return "SLOWED";
    return o != OUTCOME_ANSWERED ? outcome_name(o) : i->fallback ? "fallback" : i->from;
}

/* --- text --------------------------------------------------------------------------------------- */

/* Columns of a row beside the query. */
#define OTHER_COLS 56

/* One question: a line of figures and a line of its answer. */
static void print_row(struct session *s, const struct run_item *i)
{
    char took[SECONDS_SIZE];
    struct buf query = buf_with_max(4 * KIB), answer = buf_with_max(4 * KIB);
    text_safe_line(&query, i->query, strnlen(i->query, KIB));
    size_t wide = print_width(s) - OTHER_COLS;
    size_t n = text_fit(buf_text(&query), query.len, wide);
    size_t cols = text_cols(buf_text(&query), n);
    const char *mark = !i->label || !*i->label ? " " : crosses(i) ? "x" : "=";
    print_line(s, "%3lld  %.*s%*s  %-8s %s %-8s  %-9s %8s  %s", (long long)i->query_index + 1,
               (int)n, buf_text(&query), (int)(wide - cols), "",
               i->label && *i->label ? i->label : "-", mark, i->level, i->role ? i->role : "-",
               seconds_text(i->latency_s, took), from_words(i));
    put_first_line(i, print_width(s) - 14, &answer);
    const char *known = i->correct == 1 ? "right" : i->correct == 0 ? "wrong" : "";
    if (answer.len || *known)
        print_line(s, "     %-6s%s", known, buf_text(&answer));
    buf_done(&query);
    buf_done(&answer);
}

static void print_crosses(struct session *s, const struct items *t)
{
    bool any = false;
    for (size_t n = 0; n < t->n; n++) {
        const struct run_item *i = &t->v[n];
        if (i->round != 1 || !crosses(i))
            continue;
        struct arena a = { 0 };
        struct buf why = buf_with_max(64 * KIB);
        if (!any)
            print_line(s, "\nWhere level and label differ");
        any = true;
        put_why(s, i, &why);
        print_folded(s, arena_format(&a, "%3lld  ", (long long)i->query_index + 1),
                     arena_format(&a, "labelled %s, %s", i->label, buf_text(&why)));
        buf_done(&why);
        arena_done(&a);
    }
}

static void print_repeat(struct session *s, const struct items *t)
{
    struct repeat r;
    struct buf words = buf_with_max(4 * KIB);
    char call[SECONDS_SIZE], hit[SECONDS_SIZE];
    trial_repeat(t, &r);
    trial_repeat_words(&r, &words);
    print_line(s, "\nRepeat test, the first query again");
    if (r.hit)
        print_line(s, "  model call %s, hit %s: %.0f times as fast", seconds_text(r.call_s, call),
                   seconds_text(r.hit_s, hit), r.ratio);
    print_folded(s, "  ", buf_text(&words));
    buf_done(&words);
}

static void print_own(struct session *s, const struct own_labels *own)
{
    if (own->n)
        print_line(s, "  with your own labels         %zu of %zu", own->agreed, own->n);
    else
        print_line(s, "  with your own labels         none given yet: rlab label LEVEL TEXT");
}

static void print_agreement(struct session *s, const struct summary *sum,
                            const struct own_labels *own)
{
    struct arena a = { 0 };
    print_line(s, "\nAgreement of levels");
    if (sum->labelled)
        print_line(s, "  with the set's labels        %zu of %zu", sum->agreed, sum->labelled);
    else
        print_line(s, "  with the set's labels        the set has none");
    if (own)
        print_own(s, own);
    if (sum->all.right.n)
        print_line(s, "Right answers                  %s",
                   share_text(&sum->all.right, sum->all.right_count, &a));
    arena_done(&a);
}

static void print_all(struct session *s, const struct kept_run *v, const struct own_labels *own)
{
    run_print_head(s, v);
    print_line(s, "\n  #  %-24s  %-8s   %-8s  %-9s %8s  %s", "query", "label", "level", "to",
               "time", "from");
    for (size_t n = 0; n < v->items->n; n++)
        if (v->items->v[n].round == 1)
            print_row(s, &v->items->v[n]);
    print_crosses(s, v->items);
    print_agreement(s, &v->summary, own);
    print_repeat(s, v->items);
    for (int o = OUTCOME_ANSWERED + 1; o < OUTCOMES; o++)
        if (v->summary.all.ended[o])
            print_line(s, "! %zu of %zu asked, the repeat included: %s", v->summary.all.ended[o],
                       v->items->n,
                       o == OUTCOME_SLOWED ? "slowed (mini.pace), left out of every figure"
                                           : outcome_name((enum outcome)o));
}

void trial_print(struct session *s, const struct kept_run *v)
{
    print_all(s, v, NULL);
}

/* --- JSON ------------------------------------------------------------------------------------------ */

static struct json *trial_items(struct session *s, const struct items *t)
{
    struct json *j = json_array();
    for (size_t n = 0; n < t->n; n++) {
        const struct run_item *i = &t->v[n];
        struct json *row = run_item_json(i);
        if (i->label && *i->label)
            json_put_bool(row, "agrees", !crosses(i));
        else
            json_put_null(row, "agrees");
        struct buf why = buf_with_max(64 * KIB);
        if (crosses(i))
            put_why(s, i, &why);
        json_put_text(row, "why", why.len ? buf_text(&why) : NULL);
        buf_done(&why);
        json_add(j, row);
    }
    return j;
}

static struct json *repeat_json(const struct items *t)
{
    struct repeat r;
    struct buf words = buf_with_max(4 * KIB);
    struct json *j = json_object();
    trial_repeat(t, &r);
    trial_repeat_words(&r, &words);
    json_put_bool(j, "first_was_cached", r.was_cached);
    json_put_bool(j, "hit", r.hit);
    json_put_real(j, "call_s", r.call_s);
    json_put_real(j, "load_s", r.load_s);
    json_put_real(j, "hit_s", r.hit_s);
    json_put_real(j, "ratio", r.ratio);
    json_put_text(j, "kind", r.hit ? "measured" : NULL);
    json_put_text(j, "sentence", buf_text(&words));
    buf_done(&words);
    return j;
}

struct json *trial_json(struct session *s, const struct kept_run *v)
{
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.trial/1");
    json_put(j, "run", run_json(&v->row));
    json_put(j, "settings", v->settings ? json_copy(v->settings) : json_object());
    json_put(j, "items", trial_items(s, v->items));
    json_put(j, "repeat", repeat_json(v->items));
    json_put(j, "summary", run_summary_json(&v->summary));
    return j;
}

/* --- the verb --------------------------------------------------------------------------------------- */

static void print_trial(struct session *s, const struct kept_run *v, const struct own_labels *own)
{
    if (!s->json) {
        print_all(s, v, own);
        return;
    }
    struct json *j = trial_json(s, v), *labels = json_object();
    json_put_int(labels, "n", (int64_t)own->n);
    json_put_int(labels, "agreed", (int64_t)own->agreed);
    json_put(j, "own_labels", labels);
    print_json(j);
}

static bool show(struct session *s, const struct runner *r, const struct set *set,
                 struct error *err)
{
    struct kept_run v;
    struct own_labels own = { 0 };
    struct error lost;
    kept_run_live(&v, s->lab.store, r);
    if (!trial_own_labels(s->lab.store, set, v.items, &own, &lost))
        say_warning("%s", lost.text);
    if (v.items->n || s->json)
        print_trial(s, &v, &own);
    bool ok = run_verdict(r, &v.summary, err);
    kept_run_done(&v);
    return ok;
}

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    struct set set = { 0 };
    struct trial_options o = { .set = &set,
                               .no_cache = a->given[OPT_NO_CACHE],
                               .no_cot = a->given[OPT_NO_COT] };
    const char *stops[MAX_STOPS];
    (void)ret_code;
    if (a->count)
        return error_set(err, ERR_USAGE, "trial takes no words: rlab trial --set FILE");
    bool ok = session_open(s, err) && settings_from_args(s, a, &o.settings, stops, err) &&
              run_names(a, &o.name, &o.notes, err) && run_set(s, "sample", &set, err);
    struct lab_model *pair[2] = { s->lab.pipeline.fast, s->lab.pipeline.reasoning };
    ok = ok && run_ask_hosted(s, set.count + 1, pair, 2, err);
    struct runner *r = ok ? trial_start(&s->lab, &o, run_watch, s, err) : NULL;
    ok = r && run_wait(s, r, err) && show(s, r, &set, err);
    runner_free(r);
    set_done(&set);
    return ok;
}

const struct verb verb_trial = {
    .name = "trial",
    .words = "",
    .summary = "a labelled set through your pipeline, then the repeat test",
    .help =
        "Sends a labelled set (sample, unless --set says another) through the pipeline and\n"
        "its cache, one question after another: label, level, model, time and where the answer\n"
        "came from. Each level that differs from its label is explained by the rules that\n"
        "fired. Known answers are checked. Then the first question is asked again.",
    .example = "rlab trial --set known --name 'first try'",
    .options =
        (const enum option[]){ OPT_SET, OPT_RULES, OPT_NO_CACHE, OPT_NO_COT, OPT_NAME, OPT_NOTES,
                               OPT_YES, OPT_TEMPERATURE, OPT_TOP_P, OPT_SEED, OPT_MAX_TOKENS,
                               OPT_STOP, OPT_SYSTEM, OPT_DEADLINE, OPT_THINK_BUDGET, OPTIONS },
    .run = run,
};
