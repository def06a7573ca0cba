/* rlab progress: the five things the lab is there to teach, and what was done for each, from
 * recorded facts and nothing else. */
#include "core/store/tally.h"
#include "tui/verb/session.h"
#include "tui/verb/table.h"

/* One goal: when its facts speak for it, and what they are. */
struct goal {
    const char *id, *title, *next;
    bool (*reached)(const struct tally *t);
    void (*say)(const struct tally *t, struct buf *to);
};

static bool sees(const struct tally *t)
{
    return t->classifications > 0 && t->labels > 0;
}

static void say_sees(const struct tally *t, struct buf *to)
{
    buf_printf(to, "classified %lld, labelled %lld", (long long)t->classifications,
               (long long)t->labels);
}

static bool routes(const struct tally *t)
{
    return t->fast > 0 && t->reasoning > 0;
}

static void say_routes(const struct tally *t, struct buf *to)
{
    buf_printf(to, "answers by the fast model %lld, by the reasoning model %lld",
               (long long)t->fast, (long long)t->reasoning);
}

static bool caches(const struct tally *t)
{
    return t->hits > 0;
}

static void say_caches(const struct tally *t, struct buf *to)
{
    buf_printf(to, "hits %lld, look-ups %lld", (long long)t->hits, (long long)t->lookups);
}

static bool measures(const struct tally *t)
{
    return t->runs > 0 && t->judgements > 0;
}

static void say_measures(const struct tally *t, struct buf *to)
{
    buf_printf(to, "runs %lld, model calls in them %lld; compares judged %lld of %lld",
               (long long)t->runs, (long long)t->measured_items, (long long)t->judgements,
               (long long)t->compares);
}

static bool runs_it(const struct tally *t)
{
    return t->fallbacks > 0 && t->openings > 0;
}

static void say_runs_it(const struct tally *t, struct buf *to)
{
    buf_printf(to, "fallbacks %lld, breakers opened %lld", (long long)t->fallbacks,
               (long long)t->openings);
}

static const struct goal goals[] = {
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

#define GOALS (sizeof goals / sizeof *goals)

static void print_as_json(const struct tally *t)
{
    struct json *j = json_object(), *list = json_array();
    json_put_text(j, "schema", "rlab.progress/1");
    for (size_t i = 0; i < GOALS; i++) {
        struct buf found = buf_with_max(200);
        struct json *g = json_object();
        goals[i].say(t, &found);
        json_put_text(g, "goal", goals[i].id);
        json_put_text(g, "title", goals[i].title);
        json_put_bool(g, "reached", goals[i].reached(t));
        json_put_text(g, "found", buf_text(&found));
        json_put_text(g, "next", goals[i].reached(t) ? NULL : goals[i].next);
        json_add(list, g);
        buf_done(&found);
    }
    json_put(j, "goals", list);
    print_json(j);
}

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct tally t = { 0 };
    if (a->count)
        return error_set(err, ERR_USAGE, "progress takes no words");
    if (!session_open_store(s, err) || !tally_read(s->lab.store, &t, err))
        return false;
    if (s->json) {
        print_as_json(&t);
        return true;
    }
    for (size_t i = 0; i < GOALS; i++) {
        struct buf line = buf_with_max(400);
        bool reached = goals[i].reached(&t);
        buf_printf(&line, "%s: ", goals[i].title);
        goals[i].say(&t, &line);
        if (!reached)
            buf_printf(&line, "; next: %s", goals[i].next);
        print_wrapped(s, reached ? "  done      " : "  to do     ", 12, buf_text(&line));
        buf_done(&line);
    }
    return true;
}

const struct verb verb_progress = {
    .name = "progress",
    .words = "",
    .summary = "the five goals of the lab, and what you have done for each",
    .help = "Counted from what rlab recorded while you worked, never from what anybody claims:\n"
            "classifications, answers, look-ups, runs, judgements, fallbacks.",
    .example = "rlab progress",
    .options = (const enum option[]){ OPTIONS },
    .run = run,
};
