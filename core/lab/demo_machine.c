/* Demonstration 5: what fits this machine. Nothing is asked of a model, only of its server. */
#include "core/lab/demo_steps.h"

#include <math.h>
#include <string.h>

#include "core/lab/gpu.h"
#include "core/lab/machine.h"
#include "core/model/provider.h"

/* Rule of thumb: a model needs its file and a fifth more for its context and work. */
#define ROOM_FACTOR 1.2
/* Rows shown of one server. */
#define MOST_ROWS 20

#define GIB ((double)(1 << 30))

static const struct demo_column fit_columns[] = {
    { "model", "model", DEMO_TEXT, 30, KIND_UNKNOWN },
    { "size_bytes", "size", DEMO_BYTES, 7, KIND_MEASURED },
    { "quant", "quant", DEMO_TEXT, 7, KIND_UNKNOWN },
    { "loaded", "loaded", DEMO_TEXT, 6, KIND_UNKNOWN },
    { "needs_bytes", "needs ~", DEMO_BYTES, 7, KIND_ESTIMATED },
    { "fits", "fits", DEMO_TEXT, 16, KIND_UNKNOWN },
};
static const struct demo_table fit_table = DEMO_TABLE_OF("models", fit_columns);

/* How long the graphics cards are waited for: a card that sleeps takes a second or two. */
#define CARDS_S 3.0
#define LOOK_S  0.02

struct machine {
    struct machine_memory memory;
    struct gpu_watch *watch;
    struct gpus cards;
    int looks;
    double needs[2]; /* of the pair, estimated; NAN unknown */
    bool loaded[2];
    bool quantised_less; /* one of the pair is in 16 bits or more */
};

static bool look(struct demo_run *r, struct error *err)
{
    struct machine *m = r->state;
    (void)err;
    m->memory = machine_memory();
    m->needs[0] = m->needs[1] = NAN;
    if (m->memory.total < 0)
        demo_says(r, "How much memory this machine has cannot be told here.");
    else if (m->memory.available < 0)
        demo_says(r, "Memory of this machine: %.1f GiB.", (double)m->memory.total / GIB);
    else
        demo_says(r, "Memory of this %s: %.1f GiB, available now %.1f GiB.",
                  m->memory.contained ? "container" : "machine", (double)m->memory.total / GIB,
                  (double)m->memory.available / GIB);
    m->watch = gpu_watch_new(NULL);
    gpu_watch_ask(m->watch);
    demo_list(r, r->fast);
    return true;
}

static void say_cards(struct demo_run *r)
{
    const struct machine *m = r->state;
    const struct gpus *g = &m->cards;
    if (!g->count)
        demo_says(r, m->looks * LOOK_S >= CARDS_S
                         ? "The graphics cards did not answer in time: only memory is compared."
                         : "No graphics card's own memory can be seen here (NVIDIA's can, with its "
                           "driver): with one of another kind, compare with its size.");
    for (size_t i = 0; i < g->count; i++)
        if (g->gpu[i].total_bytes >= 0)
            demo_says(r, "Graphics card %zu, %s: %.1f GiB of its own, %.1f in use.", i + 1,
                      g->gpu[i].name, (double)g->gpu[i].total_bytes / GIB,
                      (double)g->gpu[i].used_bytes / GIB);
}

/* Their reading runs beside us; a look now and then costs nothing. */
static bool look_at_cards(struct demo_run *r, struct error *err)
{
    struct machine *m = r->state;
    (void)err;
    if (!gpu_watch_take(m->watch, &m->cards) && gpu_watch_is_reading(m->watch) &&
        ++m->looks * LOOK_S < CARDS_S) {
        demo_pause(r, LOOK_S);
        demo_go_to(r, look_at_cards);
        return true;
    }
    say_cards(r);
    return true;
}

static bool look_at_other(struct demo_run *r, struct error *err)
{
    (void)err;
    if (r->reasoning->server != r->fast->server)
        demo_list(r, r->reasoning);
    return true;
}

static const char *state_words(enum tristate t)
{
    return t == TRI_YES ? "yes" : t == TRI_NO ? "no" : NULL;
}

/* The built-in models leave the cards alone. */
static bool uses_cards(const struct machine *m, const struct lab_server *s)
{
    return m->cards.count && m->cards.total_bytes >= 0 && !s->server.provider->start;
}

static const char *fit_words(const struct machine *m, const struct lab_server *s, double needs,
                             enum tristate loaded)
{
    double cards = uses_cards(m, s) ? (double)m->cards.total_bytes : -1;
    if (!isfinite(needs) || (m->memory.total < 0 && cards < 0))
        return NULL;
    if (needs <= cards)
        return loaded == TRI_YES || needs <= cards - (double)m->cards.used_bytes
                   ? "on the card"
                   : "card, if cleared";
    if (m->memory.total < 0)
        return "no";
    if (needs > (double)m->memory.total)
        return "no";
    if (loaded == TRI_YES || m->memory.available < 0 || needs <= (double)m->memory.available)
        return "yes";
    return "if cleared";
}

static bool is_wide(const char *quant)
{
    return strcmp(quant, "F16") == 0 || strcmp(quant, "BF16") == 0 || strcmp(quant, "F32") == 0;
}

static void note_pair(struct demo_run *r, const struct model_info *info, struct lab_server *s,
                      double needs)
{
    struct machine *m = r->state;
    struct lab_model *pair[] = { r->fast, r->reasoning };
    for (int i = 0; i < 2; i++) {
        if (pair[i]->server != s || strcmp(pair[i]->name, info->name) != 0)
            continue;
        m->needs[i] = needs;
        m->loaded[i] = info->loaded == TRI_YES;
        m->quantised_less |= is_wide(info->quant);
    }
}

static void show_server(struct demo_run *r, struct lab_server *s)
{
    const struct machine *m = r->state;
    if (!s->answered || !s->list) {
        demo_says(r, "The server '%s' did not list its models: %s", s->server.name, s->error.text);
        return;
    }
    if (s->server.hosted)
        demo_says(r, "The server '%s' is not this machine: what fits here says nothing about it.",
                  s->server.name);
    for (size_t i = 0; i < s->list->count && i < MOST_ROWS; i++) {
        const struct model_info *info = &s->list->models[i];
        double size = info->size_bytes >= 0 ? (double)info->size_bytes : NAN;
        double needs = size * ROOM_FACTOR;
        note_pair(r, info, s, needs);
        demo_row(r, &fit_table,
                 (struct demo_cell[]){
                     CELL_TEXT(arena_format(&r->arena, "%s/%s", s->server.name, info->name)),
                     CELL_NUMBER(size), CELL_TEXT(info->quant[0] ? info->quant : NULL),
                     CELL_TEXT(state_words(info->loaded)), CELL_NUMBER(needs),
                     CELL_TEXT(s->server.hosted ? NULL : fit_words(m, s, needs, info->loaded)) });
    }
    if (s->list->count > MOST_ROWS)
        demo_says(r, "%zu more models are not shown.", s->list->count - MOST_ROWS);
}

static bool show_models(struct demo_run *r, struct error *err)
{
    if (!r->fast->server->answered)
        return error_set(err, ERR_NET, "%s", r->fast->server->error.text);
    demo_table(r, &fit_table);
    show_server(r, r->fast->server);
    if (r->reasoning->server != r->fast->server)
        show_server(r, r->reasoning->server);
    return true;
}

static void advise_pair(struct demo_run *r)
{
    const struct machine *m = r->state;
    double both = m->needs[0] + (r->fast == r->reasoning ? 0 : m->needs[1]);
    if (r->fast->server->server.hosted || m->memory.total < 0)
        return;
    bool cards = uses_cards(m, r->fast->server) && uses_cards(m, r->reasoning->server);
    if (cards && both <= (double)m->cards.total_bytes) {
        demo_finds(r,
                   "The pair needs about %.1f GiB together (estimated) of the %.1f of the graphics "
                   "cards: both can stay there, where they are fastest%s.",
                   both / GIB, (double)m->cards.total_bytes / GIB,
                   m->loaded[0] && m->loaded[1] ? ", and both are loaded" : "");
        return;
    }
    if (cards && isfinite(both))
        demo_finds(
            r,
            "The pair needs about %.1f GiB together (estimated), and the graphics cards have "
            "%.1f: what does not fit there is worked on by the processor, much more slowly.",
            both / GIB, (double)m->cards.total_bytes / GIB);
    if (!isfinite(both)) {
        demo_finds(r, "The server does not tell the size of both models of the pair, so whether "
                      "they fit together cannot be told either.");
    } else if (both > (double)m->memory.total) {
        demo_finds(
            r,
            "'%s' and '%s' need about %.1f GiB together (estimated) and there are %.1f: each "
            "change of model loads it anew. Take a smaller one, or a stronger "
            "quantisation.",
            r->fast->full_name, r->reasoning->full_name, both / GIB, (double)m->memory.total / GIB);
    } else {
        demo_finds(r,
                   "The pair needs about %.1f GiB together (estimated) of %.1f: both can stay "
                   "loaded%s.",
                   both / GIB, (double)m->memory.total / GIB,
                   m->loaded[0] && m->loaded[1] ? ", and both are" : "");
    }
}

static bool advise(struct demo_run *r, struct error *err)
{
    const struct machine *m = r->state;
    (void)err;
    advise_pair(r);
    if (m->quantised_less)
        demo_finds(r,
                   "One of the pair is stored with 16 bits a weight or more: 4 or 5 bits (Q4_K_M, "
                   "Q5_K_M) need a third of that and are rarely noticed.");
    demo_finds(r, "Keep both models loaded (Ollama: keep_alive -1, OLLAMA_MAX_LOADED_MODELS=2): a "
                  "load costs seconds, on every change of level. Ask like questions together.");
    demo_finds(r, "'needs ~' is a rule of thumb: the file and a fifth more. A long context needs "
                  "more than that.");
    return true;
}

static void leave(void *state)
{
    struct machine *m = state;
    gpu_watch_free(m->watch);
}

const struct demo demo_machine = {
    .number = 5,
    .title = "This machine: what fits",
    .idea = "Two models answer quickly only while both stay loaded. Sizes come from the server, "
            "memory from this machine.",
    .watch = "whether the pair fits together, and what is loaded now",
    .asks = true,
    .deadline_s = NAN,
    .state_size = sizeof(struct machine),
    .state_done = leave,
    .steps = (demo_step *const[]){ look, look_at_cards, look_at_other, show_models, advise, NULL },
};
