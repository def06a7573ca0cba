/* rlab label: how hard a person finds a question, against what the rules say. */
#include <string.h>

#include "core/lab/notes.h"
#include "core/lab/stats.h"
#include "core/route/classifier.h"
#include "core/store/calls.h"
#include "tui/verb/answers.h"
#include "tui/verb/subs.h"
#include "tui/verb/table.h"

struct verdict_of {
    int score;
    enum level level;
};

static struct verdict_of judge_by_rules(const struct rules *rules, const char *query, size_t len)
{
    struct verdict v = { 0 };
    classify(rules, query, len, &v);
    struct verdict_of ret = { v.score, v.level };
    verdict_done(&v);
    return ret;
}

static struct json *label_json(struct session *s, const char *query, const char *label,
                               const struct verdict_of *v)
{
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.label/1");
    json_put_text(j, "query", query);
    json_put_text(j, "label", label);
    json_put_text(j, "level", level_name(v->level));
    json_put_int(j, "score", v->score);
    json_put_text(j, "rules", rules_name(s->lab.rules));
    json_put_bool(j, "agrees", strcmp(label, level_name(v->level)) == 0);
    return j;
}

/* --- list -------------------------------------------------------------------------------------- */

static const struct table_column columns[] = {
    { "when" }, { "label" }, { "rules say" }, { "" }, { "question", .fills = true },
};

#define COLUMNS (sizeof columns / sizeof *columns)

struct label_view {
    struct session *s;
    struct table table;
    size_t count, agree;
};

static void list_label(void *self, const char *query, const char *level, int64_t at_wall)
{
    struct label_view *v = self;
    struct verdict_of by_rules = judge_by_rules(v->s->lab.rules, query, strlen(query));
    bool agrees = strcmp(level, level_name(by_rules.level)) == 0;
    v->count++;
    v->agree += agrees;
    if (v->s->json) {
        struct json *j = label_json(v->s, query, level, &by_rules);
        char stamp[CLOCK_STAMP_SIZE];
        clock_stamp(at_wall, stamp);
        json_put_text(j, "at", stamp);
        print_json(j);
        return;
    }
    char when[WHEN_SIZE];
    table_add(&v->table, (const char *const[COLUMNS]){
                             when_text(at_wall, clock_wall(v->s->lab.clock), when), level,
                             level_name(by_rules.level), agrees ? "agree" : "differ", query });
}

static void print_agreement(struct session *s, size_t agree, size_t count)
{
    struct interval i = stats_share(agree, count);
    print_line(s, "\nlabels and rules '%s' agree on %zu of %zu: %.0f %% (95 %%: %.0f to %.0f)",
               rules_name(s->lab.rules), agree, count, 100 * i.estimate, 100 * i.low, 100 * i.high);
}

/* Their questions are not known, only known again. */
static void print_textless(struct session *s, int64_t n)
{
    struct buf line = buf_with_max(300);
    buf_printf(&line,
               n == 1 ? "%lld label was kept without its text (--no-history): it is not listed, "
                        "and holds where its question is met again"
                      : "%lld labels were kept without their texts (--no-history): they are not "
                        "listed, and hold where their questions are met again",
               (long long)n);
    if (s->json)
        say("%s", buf_text(&line));
    else
        print_line(s, "%s", buf_text(&line));
    buf_done(&line);
}

static bool list(struct session *s, struct error *err)
{
    struct label_view v = { .s = s };
    int64_t textless = 0;
    if (!session_open_store(s, err) || !label_count_textless(s->lab.store, &textless, err))
        return false;
    table_init(&v.table, s, columns, COLUMNS);
    bool ok = label_list(s->lab.store, list_label, &v, err);
    struct error lost; /* the fact alone */
    if (ok && !agreement_note(&s->lab, s->lab.rules, NULL, NULL, &lost))
        pipeline_not_recorded(&s->lab.pipeline, &lost);
    if (ok && !s->json && v.count) {
        table_print(&v.table);
        print_agreement(s, v.agree, v.count);
    } else if (ok && !s->json && !textless) {
        print_line(s, "no labels yet: rlab label simple|moderate|complex TEXT");
    }
    if (ok && textless)
        print_textless(s, textless);
    table_done(&v.table);
    return ok;
}

/* --- labelling --------------------------------------------------------------------------------- */

static bool add(struct session *s, const struct args *a, enum level level, struct error *err)
{
    struct buf text = { 0 };
    bool ok = text_from_args(a, 1, &text, err) && session_open_writing(s, err) &&
              label_add(s->lab.store, buf_text(&text), text.len, level_name(level), "person", err);
    if (ok) {
        struct verdict_of v = judge_by_rules(s->lab.rules, buf_text(&text), text.len);
        if (s->json)
            print_json(label_json(s, buf_text(&text), level_name(level), &v));
        else
            say("labelled %s; the rules '%s' say %s (score %d)%s", level_name(level),
                rules_name(s->lab.rules), level_name(v.level), v.score,
                store_keeps_history(s->lab.store) ? "" : "; kept without its text");
    }
    buf_done(&text);
    return ok;
}

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    enum level level;
    if (a->count <= 1 && (!a->count || strcmp(a->words[0], "list") == 0))
        return list(s, err);
    if (!level_from_name(a->words[0], &level))
        return error_set(err, ERR_USAGE,
                         "'%s' is no level: simple, moderate or complex is expected, as in: rlab "
                         "label complex TEXT",
                         a->words[0]);
    if (a->count < 2)
        return error_set(err, ERR_USAGE, "label which question? rlab label %s TEXT", a->words[0]);
    return add(s, a, level, err);
}

const struct verb verb_label = {
    .name = "label",
    .words = "simple|moderate|complex TEXT|- | list",
    .summary = "say how hard you find a question",
    .help = "The latest label of a question counts. list shows them beside what the rule set\n"
            "says now, and how often the two agree.",
    .example = "rlab label complex 'Why is the sky blue?'",
    .subs = "simple moderate complex list",
    .options = (const enum option[]){ OPT_RULES, OPTIONS },
    .run = run,
};
