/* The report at the end of the lessons (lessons.h): goals with what proves them, a person's own
 * figures, the exercises. Markdown to keep, JSON for programs, sentences to be read aloud; the
 * figures are SELECTs over the same facts that the checks read, over the newest rows. */
#include "core/lab/lessons_inside.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/json.h"

#define NEWEST "LIMIT 20000"
/* Of a compare that was judged again, the last judgement. */
#define JUDGED                                                                                     \
    "(SELECT better, row_number() OVER (PARTITION BY pair ORDER BY at DESC) AS nth FROM"           \
    " (SELECT better, pair, at FROM fact_judgement ORDER BY at DESC " NEWEST ")) WHERE nth = 1"

enum figure_kind { FIGURE_COUNT, FIGURE_SHARE, FIGURE_SECONDS };

/* One figure: no row, no line. */
static const struct {
    const char *key, *words;
    enum figure_kind kind;
    const char *select;
} figures[] = {
    { "look_ups", "look-ups of your own", FIGURE_COUNT,
      "SELECT count(*) > 0, count(*) FROM (SELECT purpose FROM fact_lookup ORDER BY at DESC " NEWEST
      ") WHERE purpose IN ('ask', 'trial')" },
    { "hit_rate", "of them hits", FIGURE_SHARE,
      "SELECT 1, avg(result = 'hit') FROM (SELECT purpose, result FROM fact_lookup"
      " ORDER BY at DESC " NEWEST ") WHERE purpose IN ('ask', 'trial') AND result <> 'shared'"
      " HAVING count(*) > 0" },
    { "hits_saved_s", "time these hits saved, measured", FIGURE_SECONDS,
      "SELECT 1, sum(saved_s) FROM (SELECT purpose, result, saved_s FROM fact_lookup"
      " ORDER BY at DESC " NEWEST ") WHERE purpose IN ('ask', 'trial') AND result = 'hit'"
      " AND saved_s IS NOT NULL HAVING count(*) > 0" },
    { "fast_call_s", "quickest call of the fast model, without loading", FIGURE_SECONDS,
      "SELECT 1, min(latency_s - coalesce(load_s, 0)) FROM (SELECT * FROM fact_answer"
      " ORDER BY at DESC " NEWEST ") WHERE role = 'fast' AND origin = 'model' AND ok"
      " AND NOT slowed AND fallback_from IS NULL HAVING count(*) > 0" },
    { "reasoning_call_s", "quickest call of the reasoning model, without loading", FIGURE_SECONDS,
      "SELECT 1, min(latency_s - coalesce(load_s, 0)) FROM (SELECT * FROM fact_answer"
      " ORDER BY at DESC " NEWEST ") WHERE role = 'reasoning' AND origin = 'model' AND ok"
      " AND NOT slowed AND fallback_from IS NULL HAVING count(*) > 0" },
    { "compares", "compares", FIGURE_COUNT,
      "SELECT count(*) > 0, count(*) FROM (SELECT pair FROM fact_compare"
      " ORDER BY at DESC " NEWEST ")" },
    { "judged", "compares you judged", FIGURE_COUNT, "SELECT count(*) > 0, count(*) FROM " JUDGED },
    { "reasoning_better", "of the judged ones the reasoning model was better", FIGURE_SHARE,
      "SELECT 1, avg(better = 'reasoning') FROM " JUDGED " HAVING count(*) > 0" },
    { "runs", "finished runs", FIGURE_COUNT,
      "SELECT count(*) > 0, count(*) FROM (SELECT state FROM fact_run ORDER BY at DESC LIMIT 2000)"
      " WHERE state = 'done'" },
    { "last_bench_call_s", "mean of the model calls of the last bench, without loading",
      FIGURE_SECONDS,
      "SELECT 1, mean_call_s FROM (SELECT kind, state, mean_call_s, slowed, at FROM fact_run"
      " ORDER BY at DESC LIMIT 100) WHERE kind = 'bench' AND state = 'done' AND NOT slowed"
      " AND mean_call_s IS NOT NULL ORDER BY at DESC LIMIT 1" },
    { "labels", "labels of yours, when last held against the rules", FIGURE_COUNT,
      "SELECT labels > 0, labels FROM fact_agreement ORDER BY at DESC LIMIT 1" },
    { "agreement", "labels and rules last agreed", FIGURE_SHARE,
      "SELECT 1, 1.0 * agreed / labels FROM fact_agreement ORDER BY at DESC LIMIT 1" },
    { "openings", "times a breaker opened", FIGURE_COUNT,
      "SELECT count(*) > 0, count(*) FROM (SELECT after FROM fact_breaker ORDER BY at DESC " NEWEST
      ") WHERE after = 'open'" },
};

#define FIGURES (sizeof figures / sizeof *figures)

static bool ask_figures(struct kept *k, struct fact ret[FIGURES], struct error *err)
{
    if (!k->facts && !facts_open(k->lab->store, &k->facts, err))
        return false;
    for (size_t i = 0; i < FIGURES; i++)
        if (!facts_ask(k->facts, figures[i].select, 0, &ret[i], err))
            return error_within(err, "counting %s", figures[i].words);
    return true;
}

static bool is_there(const struct fact *f)
{
    return f->known && f->ok && isfinite(f->value);
}

/* "50 %", or where it is heard "50 percent". */
static void put_figure(struct buf *to, size_t i, const struct fact *f, bool spoken)
{
    switch (figures[i].kind) {
    case FIGURE_COUNT:
        buf_printf(to, "%.0f", f->value);
        break;
    case FIGURE_SHARE:
        buf_printf(to, spoken ? "%.0f percent" : "%.0f %%", 100 * f->value);
        break;
    case FIGURE_SECONDS:
        if (f->value < 0.0995)
            buf_printf(to, spoken ? "%.2g milliseconds" : "%.2g ms", 1000 * f->value);
        else
            buf_printf(to, spoken ? "%.3g seconds" : "%.3g s", f->value);
        break;
    }
}

static void put_spent(struct buf *to, const struct course *c)
{
    if (isfinite(c->spent_s))
        buf_printf(to, ", in %d sitting%s, about %.0f minutes", c->sittings,
                   c->sittings == 1 ? "" : "s", c->spent_s / 60);
}

static void write_text(struct kept *k, const struct fact found[FIGURES], struct buf *to)
{
    const struct course *c = &k->course;
    char stamp[CLOCK_STAMP_SIZE];
    clock_local(clock_wall(k->lab->clock), stamp);
    buf_printf(to, "# Report of the Reasoning Lab\n\n%s. %d of %d exercises done", stamp,
               c->all_done, c->exercise_count);
    put_spent(to, c);
    buf_puts(to, ".\n\n## Goals\n\n");
    for (int g = 0; g < c->goal_count; g++) {
        const struct course_goal *goal = &c->goals[g];
        buf_printf(to, "- %s: %.0f %%", goal->name, isfinite(goal->share) ? 100 * goal->share : 0);
        if (goal->found)
            buf_printf(to, "; done %s", goal->found);
        if (goal->next)
            buf_printf(to, "; next %s", goal->next);
        buf_puts(to, "\n");
    }
    buf_puts(to, "\n## Your own figures\n\n");
    for (size_t i = 0; i < FIGURES; i++) {
        if (!is_there(&found[i]))
            continue;
        buf_printf(to, "- %s: ", figures[i].words);
        put_figure(to, i, &found[i], false);
        buf_putc(to, '\n');
    }
    buf_puts(to, "\n## Exercises\n\n| id | exercise | state | checks | hints |\n"
                 "|---|---|---|---|---|\n");
    for (int i = 0; i < c->exercise_count; i++) {
        const struct exercise *e = &c->exercises[i];
        buf_printf(to, "| %s | %s | %s | %d | %d |\n", e->id, e->name,
                   exercise_state_words(e->state), e->tries, e->hints_used);
    }
}

/* --- read aloud --------------------------------------------------------------------------------- */

/* A sentence begins with it. */
static void put_first(struct buf *to, const char *text)
{
    size_t at = to->len;
    buf_puts(to, text);
    if (to->len > at)
        to->data[at] = (char)toupper((unsigned char)to->data[at]);
}

/* "2.1 2.2" is heard better with commas. */
static void put_ids(struct buf *to, const char *ids)
{
    for (; *ids; ids++)
        buf_puts(to, *ids == ' ' ? ", " : (const char[]){ *ids, '\0' });
}

static void say_goals(const struct course *c, struct buf *to)
{
    for (int g = 0; g < c->goal_count; g++) {
        const struct course_goal *goal = &c->goals[g];
        buf_printf(to, "Goal %d, %s: ", g + 1, goal->name);
        if (isfinite(goal->share))
            buf_printf(to, "%.0f percent.", 100 * goal->share);
        else
            buf_puts(to, "no exercise serves it.");
        if (goal->found) {
            buf_puts(to, " Done: ");
            put_ids(to, goal->found);
            buf_putc(to, '.');
        }
        if (goal->next)
            buf_printf(to, " Next: %s.", goal->next);
        buf_putc(to, '\n');
    }
}

static void say_figures(const struct fact found[FIGURES], struct buf *to)
{
    size_t said = 0;
    for (size_t i = 0; i < FIGURES; i++) {
        if (!is_there(&found[i]))
            continue;
        said++;
        put_first(to, figures[i].words);
        buf_puts(to, ": ");
        put_figure(to, i, &found[i], true);
        buf_puts(to, ".\n");
    }
    if (!said)
        buf_puts(to, "There are no figures of your own yet.\n");
}

/* What was done one by one; of the rest only which. */
static void say_exercises(const struct course *c, struct buf *to)
{
    for (int i = 0; i < c->exercise_count; i++) {
        const struct exercise *e = &c->exercises[i];
        if (e->state != EXERCISE_DONE && e->state != EXERCISE_SEEN)
            continue;
        buf_printf(to, "%s, %s: %s, with %d check%s and %d hint%s.\n", e->id, e->name,
                   exercise_state_words(e->state), e->tries, e->tries == 1 ? "" : "s",
                   e->hints_used, e->hints_used == 1 ? "" : "s");
    }
    static const struct {
        enum exercise_state state;
        const char *words;
    } rest[] = { { EXERCISE_SKIPPED, "Skipped: " }, { EXERCISE_TODO, "To do: " } };
    for (size_t r = 0; r < sizeof rest / sizeof *rest; r++) {
        int n = 0;
        for (int i = 0; i < c->exercise_count; i++)
            if (c->exercises[i].state == rest[r].state)
                buf_printf(to, "%s%s", n++ ? ", " : rest[r].words, c->exercises[i].id);
        buf_puts(to, n ? ".\n" : "");
    }
}

static void say_report(struct kept *k, const struct fact found[FIGURES], struct buf *to)
{
    const struct course *c = &k->course;
    buf_printf(to, "Report of the Reasoning Lab. %d of %d exercises done", c->all_done,
               c->exercise_count);
    put_spent(to, c);
    buf_puts(to, ".\n");
    say_goals(c, to);
    say_figures(found, to);
    say_exercises(c, to);
    buf_puts(to, "End of the report.\n");
}

/* --- for programs ------------------------------------------------------------------------------- */

static struct json *goals_json(const struct course *c)
{
    struct json *list = json_array();
    for (int g = 0; g < c->goal_count; g++) {
        struct json *j = json_object();
        json_put_text(j, "goal", c->goals[g].id);
        json_put_text(j, "title", c->goals[g].name);
        json_put_real(j, "share", c->goals[g].share);
        json_put_text(j, "done", c->goals[g].found);
        json_put_text(j, "next", c->goals[g].next);
        json_add(list, j);
    }
    return list;
}

static struct json *exercises_json(const struct course *c)
{
    struct json *list = json_array();
    for (int i = 0; i < c->exercise_count; i++) {
        const struct exercise *e = &c->exercises[i];
        struct json *j = json_object();
        json_put_text(j, "id", e->id);
        json_put_text(j, "title", e->title);
        json_put_text(j, "state", exercise_state_words(e->state));
        json_put_int(j, "checks", e->tries);
        json_put_int(j, "hints", e->hints_used);
        json_put_bool(j, "solution_seen", e->solution != NULL);
        json_add(list, j);
    }
    return list;
}

static void write_json(struct kept *k, const struct fact found[FIGURES], struct buf *to)
{
    const struct course *c = &k->course;
    struct json *j = json_object(), *own = json_object();
    char stamp[CLOCK_STAMP_SIZE];
    clock_stamp(clock_wall(k->lab->clock), stamp);
    json_put_text(j, "schema", "rlab.report/1");
    json_put_text(j, "at", stamp);
    json_put_int(j, "done", c->all_done);
    json_put_int(j, "exercises_in_all", c->exercise_count);
    json_put_real(j, "spent_s", c->spent_s);
    json_put_count(j, "sittings", c->sittings ? c->sittings : -1);
    json_put(j, "goals", goals_json(c));
    for (size_t i = 0; i < FIGURES; i++)
        json_put_real(own, figures[i].key, is_there(&found[i]) ? found[i].value : NAN);
    json_put(j, "figures", own);
    json_put(j, "exercises", exercises_json(c));
    json_print(j, to);
    buf_putc(to, '\n');
    json_free(j);
}

bool kept_report(struct kept *k, enum report_form form, struct buf *to, struct error *err)
{
    static void (*const write[])(struct kept *, const struct fact *, struct buf *) = {
        [REPORT_MARKDOWN] = write_text, [REPORT_JSON] = write_json, [REPORT_SPOKEN] = say_report
    };
    struct fact found[FIGURES] = { 0 };
    if (!kept_read(k, err) || !ask_figures(k, found, err))
        return false;
    kept_fill(k);
    write[form](k, found, to);
    return true;
}
