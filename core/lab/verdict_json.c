/* The object of one classification. */
#include "core/lab/verdict_json.h"

#include "core/base/mem.h"
#include "core/route/route.h"

static struct json *signal_json(const struct signal *g, const char *query)
{
    struct json *j = json_object();
    json_put_text(j, "kind", signal_kind_name(g->kind));
    json_put_text(j, "what", g->what);
    if (g->at) {
        char *text = mem_copy(query + g->from, g->len);
        json_put_text(j, "text", text);
        json_put_int(j, "at", (int64_t)g->at);
        mem_free(text);
    } else {
        json_put_null(j, "text");
        json_put_null(j, "at");
    }
    json_put_int(j, "points", g->points);
    return j;
}

struct json *verdict_json(const struct rules *rules, const char *query, const struct verdict *v,
                          int64_t took_ns)
{
    struct route r = route_for(v->level, ROUTE_AUTO);
    struct json *j = json_object(), *signals = json_array();
    for (size_t i = 0; i < v->count; i++)
        json_add(signals, signal_json(&v->signals[i], query));
    json_put_text(j, "schema", "rlab.classify/1");
    json_put_text(j, "query", query);
    json_put_text(j, "rules", rules_name(rules));
    json_put_int(j, "score", v->score);
    json_put_text(j, "level", level_name(v->level));
    json_put(j, "signals", signals);
    json_put_text(j, "role", role_name(r.role));
    json_put_bool(j, "cot", r.cot);
    json_put_int(j, "took_ns", took_ns);
    return j;
}
