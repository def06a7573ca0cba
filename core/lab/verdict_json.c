/* The object of one classification. */
#include "core/lab/verdict_json.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/limits.h"
#include "core/route/route.h"

/* A longest query with every byte escaped, and room for the rest. */
#define MAX_LINE_BYTES (7 * MAX_QUERY_BYTES)

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

int64_t classify_timed(const struct rules *rules, const char *query, size_t len,
                       struct verdict *ret)
{
    int64_t before = clock_mono(clock_real());
    classify(rules, query, len, ret);
    return clock_mono(clock_real()) - before;
}

/* --- one line of many ---------------------------------------------------------------------- */

/* The query of a line, NULL with err set where there is none to classify. */
static const char *query_of(const struct json *j, struct error *err)
{
    const char *query = json_get_text(j, "query");
    if (!query)
        error_set(err, ERR_INPUT, "there is no text field \"query\"");
    else if (!text_check_query(query, strlen(query), err))
        query = NULL;
    return query;
}

static struct json *bad_line(const struct error *err, size_t number)
{
    struct json *j = json_object();
    json_put_text(j, "error", err->text);
    json_put_int(j, "line", (int64_t)number);
    return j;
}

struct json *verdict_json_line(const struct rules *rules, const char *line, size_t len,
                               size_t number, bool *ret_good)
{
    struct error err;
    struct json *asked = NULL, *ret = NULL;
    while (len && (line[len - 1] == '\n' || line[len - 1] == '\r'))
        len--;
    if (len > MAX_LINE_BYTES)
        error_set(&err, ERR_INPUT, "the line is too long");
    else
        asked = json_parse_exact(line, len, &err);
    const char *query = asked ? query_of(asked, &err) : NULL;
    if (query) {
        struct verdict v = { 0 };
        int64_t took = classify_timed(rules, query, strlen(query), &v);
        ret = verdict_json(rules, query, &v, took);
        verdict_done(&v);
    } else {
        ret = bad_line(&err, number);
    }
    *ret_good = query != NULL;
    json_free(asked);
    return ret;
}
