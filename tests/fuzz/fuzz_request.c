/* A question from a stranger as a request to each provider: refused with a sentence, or JSON that
 * holds what was asked, letter for letter; and header lines that are one line each.
 *
 * The first five bytes choose settings; the rest is texts, parted by NUL: question, model, step by
 * step, system, key, and stop texts. */
#include "tests/fuzz/fuzz.h"

#include <math.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/limits.h"
#include "core/model/provider.h"

enum { QUERY, MODEL, SUFFIX, SYSTEM, KEY, STOP, TEXTS = STOP + MAX_STOPS + 2 };

struct input {
    uint8_t how[5];
    const char *text[TEXTS]; /* "" where the input ended before */
    size_t texts;
};

static void split(const uint8_t *data, size_t size, struct arena *a, struct input *ret)
{
    size_t n = size < sizeof ret->how ? size : sizeof ret->how;
    memcpy(ret->how, data, n);
    const char *at = (const char *)data + n;
    size -= n;
    for (size_t i = 0; i < TEXTS; i++) {
        const char *end = size ? memchr(at, 0, size) : NULL;
        size_t len = end ? (size_t)(end - at) : size;
        ret->text[i] = arena_copy(a, at, len);
        ret->texts += size > 0;
        len += end != NULL;
        at += len;
        size -= len;
    }
}

/* --- promises ----------------------------------------------------------------------------- */

static void check_headers(const struct server *s, struct arena *a)
{
    const char *const *lines = s->provider->headers(s, a);
    bool authorised = false;
    for (; *lines; lines++) {
        PROMISE(!strpbrk(*lines, "\r\n") && strstr(*lines, ": "));
        authorised |= s->key && strstr(*lines, s->key);
    }
    PROMISE(!s->key || authorised);
}

static void check_messages(const struct json *j, const struct call_request *r)
{
    char *said = NULL;
    const struct json *last = NULL;
    for (const struct json *m = json_first(json_get(j, "messages")); m; m = json_next(m))
        last = m;
    if (r->suffix && *r->suffix)
        PROMISE(asprintf(&said, "%s\n\n%s", r->query, r->suffix) >= 0);
    PROMISE(strcmp(json_get_text(last, "role"), "user") == 0);
    PROMISE(strcmp(json_get_text(last, "content"), said ? said : r->query) == 0);
    free(said);
}

static void check_body(const struct server *s, const struct call_request *r,
                       const struct model_quirks *q)
{
    struct buf body = buf_with_max(64 * MIB);
    struct error err = { 0 };
    if (s->provider->request(s, r, q, &body, &err)) {
        struct json *j = json_parse_exact(buf_text(&body), body.len, &err);
        PROMISE(j && strcmp(json_get_text(j, "model"), r->model) == 0);
        check_messages(j, r);
        json_free(j);
    } else {
        PROMISE(*err.text && body.len == 0);
    }
    buf_done(&body);
}

static void check_load(const struct server *s, const char *model)
{
    struct error err = { 0 };
    for (int in = 0; s->provider->load && in < 2; in++) {
        struct buf body = buf_with_max(MIB);
        if (s->provider->load(s, model, in, &body, &err)) {
            struct json *j = json_parse(buf_text(&body), body.len, &err);
            PROMISE(j && json_get_text(j, "model"));
            json_free(j);
        }
        buf_done(&body);
    }
}

/* --- the request -------------------------------------------------------------------------- */

static double real_of(uint8_t b)
{
    return b & 1 ? NAN : b / 100.0;
}

static struct call_request request_of(const struct input *in)
{
    const uint8_t *how = in->how;
    return (struct call_request){
        .query = in->text[QUERY],
        .query_len = strlen(in->text[QUERY]),
        .model = in->text[MODEL],
        .suffix = how[0] & 1 ? in->text[SUFFIX] : NULL,
        .system = how[0] & 2 ? in->text[SYSTEM] : NULL,
        .temperature = real_of(how[1]),
        .top_p = real_of(how[2]),
        .max_tokens = (int64_t)how[3] * how[3] - 10,
        .has_seed = how[0] & 4,
        .seed = (int64_t)how[1] << (how[2] % 56),
        .stop = in->text + STOP,
        .stop_count = in->texts > STOP ? in->texts - STOP : 0,
        .think = how[0] >> 3 & 3,
        .think_budget = (int64_t)how[4] * 64 - 64,
        .context_tokens = -1,
    };
}

static void set_key(struct server *s, const char *text, struct arena *a)
{
    struct error err = { 0 };
    setenv("FUZZ_KEY", arena_format(a, "secret-%s", text), 1);
    if (!server_set_key_env(s, "FUZZ_KEY", a, &err))
        PROMISE(*err.text && !s->key);
    PROMISE(!strstr(err.text, "secret-")); /* a sentence never shows what it is about */
}

static void ask(const char *type, const char *url, const struct input *in, struct arena *a)
{
    struct server s;
    struct error err;
    struct call_request r = request_of(in);
    uint8_t bits = in->how[4];
    const struct model_quirks q = {
        .no_think = bits & 1,
        .completion_limit = bits & 2,
        .limit_plain = bits & 4,
        .no_temperature = bits & 8,
        .no_stream_options = bits & 16,
        .adaptive_thinking = bits & 32,
    };
    PROMISE(server_make("x", type, url, a, &s, &err));
    s.think = in->how[0] >> 5 & 3;
    set_key(&s, in->text[KEY], a);
    check_headers(&s, a);
    check_body(&s, &r, &q);
    check_load(&s, in->text[MODEL]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = { 0 };
    struct input in = { 0 };
    split(data, size, &a, &in);
    ask("ollama", "box", &in, &a);
    ask("openai", "https://api.openai.com", &in, &a);
    ask("openai", "http://10.0.0.5:8080/v1", &in, &a);
    ask("anthropic", "https://api.anthropic.com", &in, &a);
    arena_done(&a);
    return 0;
}
