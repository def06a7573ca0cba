/* The report at the end of the lessons (lessons.h): goals with what proves them, a person's own
 * figures, the exercises. Markdown for people, JSON for programs; the figures are SELECTs over the
 * same facts that the checks read, over the newest rows. */
#include "core/lab/lessons_inside.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/json.h"

#define NEWEST "LIMIT 20000"

/* One figure: no row, no line. */
static const struct {
    const char *key, *words, *select;
} figures[] = {
    { "look_ups", "look-ups of your own",
      "SELECT count(*) > 0, count(*) FROM (SELECT purpose FROM fact_lookup ORDER BY at DESC " NEWEST
      ") WHERE purpose IN ('ask', 'trial')" },
    { "hit_rate", "of them hits, share",
      "SELECT 1, avg(result = 'hit') FROM (SELECT purpose, result FROM fact_lookup"
      " ORDER BY at DESC " NEWEST ") WHERE purpose IN ('ask', 'trial') AND result <> 'shared'"
      " HAVING count(*) > 0" },
    { "fast_call_s", "quickest call of the fast model, seconds without loading",
      "SELECT 1, min(latency_s - coalesce(load_s, 0)) FROM (SELECT * FROM fact_answer"
      " ORDER BY at DESC " NEWEST ") WHERE role = 'fast' AND origin = 'model' AND ok"
      " AND NOT slowed AND fallback_from IS NULL HAVING count(*) > 0" },
    { "reasoning_call_s", "quickest call of the reasoning model, seconds without loading",
      "SELECT 1, min(latency_s - coalesce(load_s, 0)) FROM (SELECT * FROM fact_answer"
      " ORDER BY at DESC " NEWEST ") WHERE role = 'reasoning' AND origin = 'model' AND ok"
      " AND NOT slowed AND fallback_from IS NULL HAVING count(*) > 0" },
    { "compares", "compares",
      "SELECT count(*) > 0, count(*) FROM (SELECT pair FROM fact_compare"
      " ORDER BY at DESC " NEWEST ")" },
    { "reasoning_better", "of the judged ones the reasoning model was better, share",
      "SELECT 1, avg(better = 'reasoning') FROM (SELECT better FROM fact_judgement"
      " ORDER BY at DESC " NEWEST ") HAVING count(*) > 0" },
    { "runs", "finished runs",
      "SELECT count(*) > 0, count(*) FROM (SELECT state FROM fact_run ORDER BY at DESC LIMIT 2000)"
      " WHERE state = 'done'" },
    { "agreement", "labels and rules last agreed, share",
      "SELECT 1, 1.0 * agreed / labels FROM fact_agreement ORDER BY at DESC LIMIT 1" },
    { "openings", "times a breaker opened",
      "SELECT count(*) > 0, count(*) FROM (SELECT after FROM fact_breaker ORDER BY at DESC " NEWEST
      ") WHERE after = 'open'" },
};

#define FIGURES (sizeof figures / sizeof *figures)

static const char *const states[] = { [EXERCISE_TODO] = "to do",
                                      [EXERCISE_DONE] = "done",
                                      [EXERCISE_SEEN] = "done after its solution",
                                      [EXERCISE_SKIPPED] = "skipped" };

static bool ask_figures(struct kept *k, struct fact ret[FIGURES], struct error *err)
{
    if (!k->facts && !facts_open(k->lab->store, &k->facts, err))
        return false;
    for (size_t i = 0; i < FIGURES; i++)
        if (!facts_ask(k->facts, figures[i].select, 0, &ret[i], err))
            return error_within(err, "counting %s", figures[i].words);
    return true;
}

static void write_text(struct kept *k, const struct fact found[FIGURES], struct buf *to)
{
    const struct course *c = &k->course;
    char stamp[CLOCK_STAMP_SIZE];
    clock_local(clock_wall(k->lab->clock), stamp);
    buf_printf(to, "# Report of the Reasoning Lab\n\n%s. %d of %d exercises done", stamp,
               c->all_done, c->exercise_count);
    if (isfinite(c->spent_s))
        buf_printf(to, ", in %d sitting%s, about %.0f minutes", c->sittings,
                   c->sittings == 1 ? "" : "s", c->spent_s / 60);
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
    for (size_t i = 0; i < FIGURES; i++)
        if (found[i].known && found[i].ok)
            buf_printf(to, "- %s: %s\n", figures[i].words, found[i].found);
    buf_puts(to, "\n## Exercises\n\n| id | exercise | state | checks | hints |\n"
                 "|---|---|---|---|---|\n");
    for (int i = 0; i < c->exercise_count; i++) {
        const struct exercise *e = &c->exercises[i];
        buf_printf(to, "| %s | %s | %s | %d | %d |\n", e->id, e->name, states[e->state], e->tries,
                   e->hints_used);
    }
}

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
        json_put_text(j, "state", states[e->state]);
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
        json_put_real(own, figures[i].key,
                      found[i].known && found[i].ok && *found[i].found ? found[i].value : NAN);
    json_put(j, "figures", own);
    json_put(j, "exercises", exercises_json(c));
    json_print(j, to);
    buf_putc(to, '\n');
    json_free(j);
}

bool kept_report(struct kept *k, bool json, struct buf *to, struct error *err)
{
    struct fact found[FIGURES] = { 0 };
    if (!kept_read(k, err) || !ask_figures(k, found, err))
        return false;
    kept_fill(k);
    if (json)
        write_json(k, found, to);
    else
        write_text(k, found, to);
    return true;
}
