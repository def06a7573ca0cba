/* The goals of the lab (progress.h). */
#include "core/lab/progress.h"

#include <stdio.h>

/* One goal: when its facts speak for it, and what they are. */
struct goal {
    const char *id, *title, *next;
    bool (*reached)(const struct tally *t);
    void (*say)(const struct tally *t, char ret[PROGRESS_FOUND]);
};

static bool sees(const struct tally *t)
{
    return t->classifications > 0 && t->labels > 0;
}

static void say_sees(const struct tally *t, char ret[PROGRESS_FOUND])
{
    snprintf(ret, PROGRESS_FOUND, "classified %lld, labelled %lld", (long long)t->classifications,
             (long long)t->labels);
}

static bool routes(const struct tally *t)
{
    return t->fast > 0 && t->reasoning > 0;
}

static void say_routes(const struct tally *t, char ret[PROGRESS_FOUND])
{
    snprintf(ret, PROGRESS_FOUND, "answers by the fast model %lld, by the reasoning model %lld",
             (long long)t->fast, (long long)t->reasoning);
}

static bool caches(const struct tally *t)
{
    return t->hits > 0;
}

static void say_caches(const struct tally *t, char ret[PROGRESS_FOUND])
{
    snprintf(ret, PROGRESS_FOUND, "hits %lld, look-ups %lld", (long long)t->hits,
             (long long)t->lookups);
}

static bool measures(const struct tally *t)
{
    return t->runs > 0 && t->judgements > 0;
}

static void say_measures(const struct tally *t, char ret[PROGRESS_FOUND])
{
    snprintf(ret, PROGRESS_FOUND,
             "runs %lld, model calls in them %lld; compares judged %lld of %lld",
             (long long)t->runs, (long long)t->measured_items, (long long)t->judgements,
             (long long)t->compares);
}

static bool runs_it(const struct tally *t)
{
    return t->fallbacks > 0 && t->openings > 0;
}

static void say_runs_it(const struct tally *t, char ret[PROGRESS_FOUND])
{
    snprintf(ret, PROGRESS_FOUND, "fallbacks %lld, breakers opened %lld", (long long)t->fallbacks,
             (long long)t->openings);
}

static const struct goal goals_table[PROGRESS_GOALS] = {
    { "difficulty", "a router that sees difficulty", "rlab classify TEXT, rlab label LEVEL TEXT",
      sees, say_sees },
    { "route", "easy to fast, hard to reasoning", "rlab ask TEXT, once easy and once hard", routes,
      say_routes },
    { "cache", "repeated work from the cache", "rlab ask the same question twice", caches,
      say_caches },
    { "measure", "latency and quality, honestly",
      "rlab bench run, rlab ask --compare TEXT, rlab judge ID VERDICT", measures, say_measures },
    { "production", "a pipeline that meets trouble", "rlab demo 4", runs_it, say_runs_it },
};

void progress_of(const struct tally *t, struct progress_goal ret[PROGRESS_GOALS])
{
    for (size_t i = 0; i < PROGRESS_GOALS; i++) {
        const struct goal *g = &goals_table[i];
        ret[i] = (struct progress_goal){ g->id, g->title, g->next, g->reached(t), { 0 } };
        g->say(t, ret[i].found);
    }
}

void progress_text(const struct progress_goal goals[PROGRESS_GOALS], struct buf *to)
{
    for (size_t i = 0; i < PROGRESS_GOALS; i++) {
        const struct progress_goal *g = &goals[i];
        buf_printf(to, "%s  %s: %s", g->reached ? "done " : "to do", g->title, g->found);
        if (!g->reached)
            buf_printf(to, "; next: %s", g->next);
        buf_putc(to, '\n');
    }
}

struct json *progress_json(const struct progress_goal goals[PROGRESS_GOALS])
{
    struct json *j = json_object(), *list = json_array();
    json_put_text(j, "schema", "rlab.progress/1");
    for (size_t i = 0; i < PROGRESS_GOALS; i++) {
        struct json *g = json_object();
        json_put_text(g, "goal", goals[i].id);
        json_put_text(g, "title", goals[i].title);
        json_put_bool(g, "reached", goals[i].reached);
        json_put_text(g, "found", goals[i].found);
        json_put_text(g, "next", goals[i].reached ? NULL : goals[i].next);
        json_add(list, g);
    }
    json_put(j, "goals", list);
    return j;
}
