/* What rlab adds to bare libcurl (perf.h): the same request to the same server, one after the
 * other, many times over. The order changes with each pair, so that neither side always comes
 * second. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "core/model/call.h"
#include "core/model/provider.h"
#include "core/store/cache.h"
#include "tui/verb/perf.h"
#include "tui/verb/perf_mock.h"

#define PAIRS   200
#define WARM_UP 5 /* pairs before those: connections are made, memory is taken */

/* Times of one request, ns from its start. */
struct times {
    int64_t first, total;
};

struct bench {
    struct perf *p;
    struct perf_mock mock;
    struct server server;
    struct arena arena;

    /* Bare libcurl. */
    struct net_yardstick *bare;
    struct net_request request;
    struct buf body;

    /* rlab: a call, or a whole ask. */
    struct net *net;
    struct model_quirks quirks;
    struct call_request call;
    struct store *store;
    struct models models;
    struct cache *cache;
    struct pipeline pipeline;
    size_t asked;

    /* Of the one that runs. */
    int64_t started_ns;
    struct times times;
    bool ended, good;
};

static int64_t now(void)
{
    return clock_mono(clock_real());
}

/* --- setting up --------------------------------------------------------------------------- */

static bool set_up(struct bench *b, struct perf *p, struct error *err)
{
    *b = (struct bench){ .p = p, .body = buf_with_max(1 * MIB) };
    if (!perf_mock_start(&b->mock, err))
        return false;
    const char *url = arena_format(&b->arena, "http://127.0.0.1:%d/v1", b->mock.port);
    b->net = net_new(clock_real(), err);
    if (!b->net || !server_make("perf", "openai", url, &b->arena, &b->server, err))
        return false;
    b->call = (struct call_request){ .model = PERF_MOCK_MODEL,
                                     .query = "Say ten words, one at a time.",
                                     .query_len = strlen("Say ten words, one at a time."),
                                     .temperature = 0,
                                     .top_p = NAN,
                                     .max_tokens = 64,
                                     .think_budget = -1,
                                     .context_tokens = -1 };
    const struct provider *provider = b->server.provider;
    if (!provider->request(&b->server, &b->call, &b->quirks, &b->body, err))
        return false;
    b->request = (struct net_request){
        .method = "POST",
        .url = arena_format(&b->arena, "%s%s", url, provider->path),
        .headers = provider->headers(&b->server, &b->arena),
        .body = buf_text(&b->body),
        .body_len = b->body.len,
        .local = true,
    };
    b->bare = net_yardstick_new();
    return true;
}

static void tear_down(struct bench *b)
{
    if (b->pipeline.net)
        pipeline_done(&b->pipeline);
    cache_free(b->cache);
    if (b->models.net)
        models_done(&b->models);
    store_close(b->store);
    net_free(b->net);
    net_yardstick_free(b->bare);
    buf_done(&b->body);
    arena_done(&b->arena);
    perf_mock_stop(&b->mock);
}

/* --- the three ways to ask ---------------------------------------------------------------- */

static bool run_bare(struct bench *b, struct error *err)
{
    return net_yardstick_run(b->bare, &b->request, &b->times.first, &b->times.total, err);
}

static bool wait_for_end(struct bench *b, struct error *err)
{
    while (!b->ended) {
        if (!net_wait(b->net, NULL, 0, -1, err))
            return false;
        net_step(b->net);
    }
    return b->good || error_set(err, ERR_NET, "the server of this measurement broke off");
}

static void begin(struct bench *b)
{
    b->times = (struct times){ 0 };
    b->ended = b->good = false;
    b->started_ns = now();
}

static void note(struct bench *b, bool text, bool end, enum call_end how)
{
    if (text && !b->times.first)
        b->times.first = now() - b->started_ns;
    if (!end)
        return;
    b->times.total = now() - b->started_ns;
    b->good = how == END_OK_STOP;
    b->ended = true;
}

static void hear_call(void *self, const struct model_event *ev)
{
    note(self, ev->type == EVENT_TEXT, ev->type == EVENT_END, ev->end);
}

static bool run_call(struct bench *b, struct error *err)
{
    struct call_timers timers = call_timers_for(&b->server);
    begin(b);
    return call_start(b->net, &b->server, &b->quirks, &b->call, &timers, hear_call, b, err) &&
           wait_for_end(b, err);
}

static void hear_ask(void *self, const struct ask_event *ev)
{
    note(self, ev->type == ASK_TEXT, ev->type == ASK_END, ev->answer->end);
}

/* Always a new question: scored, looked up in vain, asked, kept. */
static bool run_ask(struct bench *b, struct error *err)
{
    char text[100];
    snprintf(text, sizeof text, "Say ten words, one at a time, for the %zu. time.", ++b->asked);
    struct question q = question_default();
    q.text = text;
    q.len = strlen(text);
    q.settings.max_tokens = 64;
    begin(b);
    return ask_start(&b->pipeline, &q, hear_ask, b, err) && wait_for_end(b, err);
}

/* --- pairs -------------------------------------------------------------------------------- */

typedef bool run_once(struct bench *b, struct error *err);

struct pairs {
    struct sample bare_first, bare_total, first, total;
};

static bool run_into(struct bench *b, run_once *run, struct sample *first, struct sample *total,
                     bool keep, struct error *err)
{
    if (!run(b, err))
        return false;
    if (keep) {
        sample_add(first, (double)b->times.first);
        sample_add(total, (double)b->times.total);
    }
    return true;
}

static bool run_pairs(struct bench *b, run_once *ours, struct pairs *ret, struct error *err)
{
    for (int i = 0; i < WARM_UP + PAIRS && !session_stopped(); i++) {
        bool keep = i >= WARM_UP, ours_first = i % 2;
        for (int half = 0; half < 2; half++) {
            bool is_ours = (half == 0) == ours_first;
            if (!(is_ours ? run_into(b, ours, &ret->first, &ret->total, keep, err)
                          : run_into(b, run_bare, &ret->bare_first, &ret->bare_total, keep, err)))
                return false;
        }
    }
    return true;
}

static void tell_pair(struct perf *p, const char *what, const char *of, const struct sample *ours,
                      const struct sample *bare)
{
    double rlab = perf_median_us(ours), curl = perf_median_us(bare);
    perf_tell(
        p, &(struct perf_figure){
               what, "us", rlab - curl, ours->n,
               arena_format(&p->arena, "added %s, difference of two medians of %zu", of, ours->n),
               curl, rlab, NULL });
}

static bool measure(struct bench *b, run_once *ours, const char *const names[2],
                    const char *const of[2], struct error *err)
{
    struct pairs t = { 0 };
    bool ok = run_pairs(b, ours, &t, err);
    if (ok && !session_stopped()) {
        tell_pair(b->p, names[0], of[0], &t.first, &t.bare_first);
        tell_pair(b->p, names[1], of[1], &t.total, &t.bare_total);
    }
    sample_done(&t.bare_first);
    sample_done(&t.bare_total);
    sample_done(&t.first);
    sample_done(&t.total);
    return ok;
}

bool perf_wire(struct perf *p, const struct perf_row *row, struct error *err)
{
    (void)row;
    static const char *const names[] = { "wire.first_byte", "wire.total" };
    static const char *const of[] = { "to the first word", "to a stream" };
    struct bench b;
    bool ok = set_up(&b, p, err) && measure(&b, run_call, names, of, err);
    tear_down(&b);
    return ok;
}

/* A pipeline with a table on the disk, like a person's own. */
static bool set_up_pipeline(struct bench *b, struct error *err)
{
    if (!perf_folder(b->p, err))
        return false;
    struct store_options o = { .path = arena_format(&b->arena, "%s/ask.db", b->p->folder),
                               .clock = clock_real(),
                               .busy_ms = 5000 };
    if (!store_open(&o, &b->store, err))
        return false;
    models_init(&b->models, b->net, b->store);
    struct lab_server *server = models_add_server(&b->models, &b->server);
    b->cache = cache_new(b->store, clock_real(), CACHE_SIZE_PERSON, 0);
    pipeline_init(&b->pipeline, &b->models, b->net, b->store, b->cache, b->p->s->lab.rules);
    b->pipeline.fast = b->pipeline.reasoning = models_get(&b->models, server, PERF_MOCK_MODEL);
    return true;
}

bool perf_ask(struct perf *p, const struct perf_row *row, struct error *err)
{
    (void)row;
    static const char *const names[] = { "ask.first_text", "ask.total" };
    static const char *const of[] = { "to the first word", "to a recorded answer" };
    struct bench b;
    bool ok =
        set_up(&b, p, err) && set_up_pipeline(&b, err) && measure(&b, run_ask, names, of, err);
    tear_down(&b);
    return ok;
}
