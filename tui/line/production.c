/* Production: the eight demonstrations, their tables as sentences. */
#include <math.h>
#include <stdio.h>

#include "core/lab/demo.h"
#include "tui/line/talk.h"

struct show {
    struct talk *l;
    struct demo_run *run;
    bool over;
    size_t row; /* of the present table */
};

static const char *cell_words(struct talk *l, const struct demo_column *c,
                              const struct demo_cell *v)
{
    char bytes[SECONDS_SIZE];
    if (c->unit == DEMO_TEXT || c->unit == DEMO_TAIL)
        return v->text && *v->text ? v->text : "none";
    if (!isfinite(v->number))
        return "unknown";
    if (c->unit == DEMO_SECONDS)
        return v->number == 0 ? "0 seconds" : talk_seconds(l, v->number);
    if (c->unit == DEMO_SHARE)
        return arena_format(&l->words, "%.0f percent", 100 * v->number);
    if (c->unit == DEMO_BYTES)
        return arena_string(&l->words, bytes_text((int64_t)v->number, bytes));
    return arena_format(&l->words, "%.0f", v->number);
}

/* "Row 2. model: local/fast:8b. latency: 1.20 seconds, measured." */
static void say_row(struct show *w, const struct demo_table *t, const struct demo_cell *cells)
{
    struct talk *l = w->l;
    const char *line = arena_format(&l->words, "Row %zu.", ++w->row);
    for (size_t i = 0; i < t->count; i++) {
        const struct demo_column *c = &t->columns[i];
        const char *kind = kind_name(c->kind), *words = cell_words(l, c, &cells[i]);
        if (*c->title) /* one without a title is a mark, and most rows have none */
            line = arena_format(&l->words, "%s %s: %s%s%s.", line, c->title, words,
                                kind ? ", " : "", kind ? kind : "");
        else if (cells[i].text && *cells[i].text)
            line = arena_format(&l->words, "%s %s.", line, words);
    }
    talk_say(l, "%s", line);
}

static void hear(void *self, const struct demo_news *n)
{
    struct show *w = self;
    switch (n->type) {
    case DEMO_SAYS:
        talk_say(w->l, "%s", n->text);
        break;
    case DEMO_FINDS:
        talk_say(w->l, "Found: %s", n->text);
        break;
    case DEMO_TABLE:
        w->row = 0;
        break;
    case DEMO_ROW:
        say_row(w, n->table, n->cells);
        break;
    }
}

static void ended(void *self, const struct error *err)
{
    struct show *w = self;
    w->over = true;
    if (err)
        talk_fail(w->l, err);
    else
        talk_say(w->l, "End of the demonstration.");
}

static void stop(void *self)
{
    struct show *w = self;
    demo_stop(w->run);
    w->over = true;
    talk_say(w->l, "Stopped.");
}

static void run(struct talk *l, int number)
{
    const struct demo *d = demo_find(number);
    struct show w = { .l = l };
    struct demo_options o = { .deadline_s = NAN, .max_tokens = -1 };
    struct error err;
    if (d->asks && !talk_has_models(l))
        return;
    talk_say(l, "%s. %s", d->title, d->idea);
    talk_say(l, "Watch %s.", d->watch);
    w.run = demo_start(l->lab, d, &o, hear, ended, &w, &err);
    if (!w.run) {
        talk_fail(l, &err);
        return;
    }
    struct talk_job job = { .over = &w.over, .stop = stop, .self = &w };
    if (!talk_wait(l, &job) && !w.over)
        demo_stop(w.run);
}

void talk_production(struct talk *l)
{
    struct talk_choice choices[DEMOS];
    struct talk_menu m = { "production", choices, DEMOS, "back" };
    for (int i = 0; i < DEMOS; i++)
        choices[i] = (struct talk_choice){ arena_format(&l->words, "demo %d", i + 1),
                                           demo_find(i + 1)->title, NULL };
    talk_say(l, "Eight demonstrations on your own models.");
    for (int i = 0; i < DEMOS; i++)
        talk_say(l, "%d: %s.", i + 1, choices[i].help);
    for (int i; (i = talk_choose(l, &m)) >= 0;)
        run(l, i + 1);
    l->below = true;
}
