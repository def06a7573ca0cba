/* Parts of request bodies that the wire providers share (body.h). */
#include "core/model/body.h"

#include <math.h>
#include <string.h>

#include "core/base/text.h"
#include "core/limits.h"

static bool check_text(const char *what, const char *text, struct error *err)
{
    size_t len = text ? strlen(text) : 0;
    if (text_valid_up_to(text ? text : "", len) == len)
        return true;
    return error_set(err, ERR_INPUT, "the %s is not valid UTF-8: convert it to UTF-8", what);
}

bool body_check(const struct call_request *r, struct error *err)
{
    if (!r->model || !*r->model)
        return error_set(err, ERR_USAGE, "no model is named: see the list with: rlab models");
    if (r->max_tokens < 1)
        return error_set(err, ERR_USAGE, "the token limit is %lld: it must be 1 or more",
                         (long long)r->max_tokens);
    if (r->stop_count > MAX_STOPS)
        return error_set(err, ERR_USAGE, "%zu stop texts are given: at most %d are taken",
                         r->stop_count, MAX_STOPS);
    for (size_t i = 0; i < r->stop_count; i++) {
        if (!check_text("stop text", r->stop[i], err))
            return false;
    }
    return text_check_query(r->query, r->query_len, err) &&
           check_text("model's name", r->model, err) && check_text("system text", r->system, err) &&
           check_text("step-by-step suffix", r->suffix, err);
}

static struct json *message(const char *role, const char *content)
{
    struct json *m = json_object();
    json_put_text(m, "role", role);
    json_put_text(m, "content", content);
    return m;
}

struct json *body_messages(const struct call_request *r, bool with_system)
{
    struct buf prompt = buf_with_max(3 * MAX_QUERY_BYTES);
    buf_add(&prompt, r->query, r->query_len);
    if (r->suffix && *r->suffix) {
        buf_puts(&prompt, "\n\n");
        buf_puts(&prompt, r->suffix);
    }
    struct json *list = json_array();
    if (with_system && r->system && *r->system)
        json_add(list, message("system", r->system));
    json_add(list, message("user", buf_text(&prompt)));
    buf_done(&prompt);
    return list;
}

void body_put_real(struct json *object, const char *key, double v)
{
    if (!isnan(v))
        json_put_real(object, key, v);
}

void body_put_stops(struct json *object, const char *key, const struct call_request *r)
{
    if (r->stop_count == 0)
        return;
    struct json *list = json_array();
    for (size_t i = 0; i < r->stop_count; i++)
        json_add_text(list, r->stop[i]);
    json_put(object, key, list);
}

bool body_print(struct json *body, struct buf *ret, struct error *err)
{
    bool ok = json_print(body, ret);
    json_free(body);
    return ok ||
           error_set(err, ERR_INPUT, "the request is larger than %zu bytes: shorten it", ret->max);
}
