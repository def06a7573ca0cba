/* A pipeline with all it needs (world.h). */
#include "tests/lab/world.h"

#include "core/model/server.h"

static const char rules[] = "keyword +2 solve\nkeyword +2 step by step\nkeyword -1 what is\n";

void world_open(struct world *w, const struct store_options *o)
{
    static const char *const args[] = { "--play", "ollama", "--models", "fast:8b,big-r1:70b",
                                        NULL };
    const struct store_options memory = { .clock = clock_real() };
    struct error err;
    struct server s;
    o = o ? o : &memory;
    *w = (struct world){ 0 };
    mock_start(&w->mock, args);
    w->net = net_new(clock_real(), &err);
    assert_non_null(w->net);
    assert_ok(store_open(o, &w->store, &err), err);
    w->cache = cache_new(o->path ? w->store : NULL, clock_real(), 10, 0);
    w->rules = rules_parse("test", rules, sizeof rules - 1, &err);
    assert_non_null(w->rules);
    models_init(&w->models, w->net, w->store);
    assert_ok(server_make("local", "ollama", w->mock.url, &w->arena, &s, &err), err);
    struct lab_server *ls = models_add_server(&w->models, &s);
    pipeline_init(&w->p, &w->models, w->net, w->store, w->cache, w->rules);
    w->p.fast = models_get(&w->models, ls, "fast:8b");
    w->p.reasoning = models_get(&w->models, ls, "big-r1:70b");
}

void world_close(struct world *w)
{
    pipeline_done(&w->p);
    cache_free(w->cache);
    models_done(&w->models);
    net_free(w->net);
    store_close(w->store);
    rules_free(w->rules);
    arena_done(&w->arena);
    mock_stop(&w->mock);
}

struct question world_question(const char *text)
{
    struct question q = question_default();
    q.text = text;
    q.len = strlen(text);
    return q;
}

void world_turn(struct world *w, int64_t most_ms)
{
    struct error err;
    assert_ok(net_wait(w->net, NULL, 0, most_ms, &err), err);
    net_step(w->net);
}
