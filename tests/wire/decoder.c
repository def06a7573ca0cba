/* The decoder where a file beside a list of events does not do: values of the wrong type
 * everywhere, replies too large to keep, calls out of the ordinary, memory. */
#include "tests/test.h"

#include <sys/resource.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/random.h"
#include "core/limits.h"
#include "tests/wire/transcript.h"

/* --- wrong types ------------------------------------------------------------------------- */

/* One object of a stream with every field that is read. */
static const struct {
    const char *provider, *text;
} templates[] = {
    { "openai", "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"system_fingerprint\":\"f\","
                "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"a\","
                "\"reasoning\":\"b\",\"reasoning_content\":\"c\",\"refusal\":\"d\",\"tool_calls\":["
                "{\"index\":0,\"id\":\"t\",\"function\":{\"name\":\"n\",\"arguments\":\"{}\"}}]},"
                "\"logprobs\":{\"content\":[{\"token\":\"a\",\"logprob\":-1}]},"
                "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,"
                "\"completion_tokens\":2,\"completion_tokens_details\":{\"reasoning_tokens\":1}},"
                "\"timings\":{\"prompt_n\":1,\"predicted_n\":2,\"predicted_ms\":3},"
                "\"x_groq\":{\"usage\":{\"queue_time\":1}},\"error\":null}" },
    { "ollama", "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"a\","
                "\"thinking\":\"b\",\"tool_calls\":[{\"id\":\"i\",\"function\":{\"name\":\"n\","
                "\"arguments\":{}}}]},\"logprobs\":[{\"token\":\"a\",\"logprob\":-1}],"
                "\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":1,\"eval_count\":2,"
                "\"load_duration\":3,\"prompt_eval_duration\":4,\"eval_duration\":5}" },
    { "anthropic",
      "{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":"
      "\"thinking\",\"thinking\":\"b\"},{\"type\":\"tool_use\",\"id\":\"i\",\"name\":"
      "\"n\",\"input\":{}}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,"
      "\"output_tokens\":2,\"output_tokens_details\":{\"thinking_tokens\":1}}}" },
    { "anthropic",
      "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\","
      "\"text\":\"a\"}}" },
    { "anthropic", "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":"
                   "\"text\",\"text\":\"a\"}}" },
    { "anthropic",
      "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{"
      "\"output_tokens\":2}}" },
    { "anthropic", "{\"type\":\"message_start\",\"message\":{\"content\":[],\"usage\":{"
                   "\"input_tokens\":1}}}" },
};

static struct json *odd_value(struct random *r)
{
    static const char *const odd[] = { "null",      "0",  "-7",  "1e300", "\"\"", "\"text\"",
                                       "true",      "[]", "[1]", "{}",    "[{}]", "{\"message\":5}",
                                       "[[\"x\"]]", "0.5" };
    struct error err;
    const char *text = odd[random_below(r, COUNT(odd))];
    return json_parse(text, strlen(text), &err);
}

/* A copy in which the member or element number *left, counted in reading order, is odd. */
static struct json *with_odd(const struct json *j, size_t *left, struct random *r)
{
    if ((*left)-- == 0)
        return odd_value(r);
    if (!json_is_array(j) && !json_is_object(j))
        return json_copy(j);
    struct json *ret = json_is_array(j) ? json_array() : json_object();
    for (const struct json *x = json_first(j); x; x = json_next(x)) {
        struct json *copy = with_odd(x, left, r);
        if (json_is_array(j))
            json_add(ret, copy);
        else
            json_put(ret, json_key(x), copy);
    }
    return ret;
}

static void play(const char *provider, const struct json *j)
{
    struct buf b = buf_with_max(MIB);
    struct reply r = {
        .provider = provider_find(provider), .status = 200, .content_type = "", .context_tokens = -1
    };
    bool sse = r.provider->framing == FRAMING_SSE;
    for (int i = 0; i < 2; i++) {
        if (sse)
            buf_puts(&b, "data: ");
        json_print(j, &b);
        buf_puts(&b, sse ? "\n\n" : "\n");
    }
    r.body = buf_text(&b);
    r.len = b.len;
    struct transcript t = { 0 };
    transcript_of(&r, 0, &t);
    if (t.ends != 1 || t.after_end || t.bad_text || strstr(buf_text(&t.answer), "null"))
        fail_msg("%s: %s", r.body, buf_text(&t.text));
    transcript_done(&t);
    buf_done(&b);
}

static void test_odd_fields(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 8);
    for (size_t i = 0; i < COUNT(templates); i++) {
        struct error err;
        struct json *whole = json_parse(templates[i].text, strlen(templates[i].text), &err);
        assert_non_null(whole);
        for (size_t place = 0; place < 60; place++) {
            for (int round = 0; round < 30; round++) {
                size_t left = place;
                struct json *odd = with_odd(whole, &left, &r);
                play(templates[i].provider, odd);
                json_free(odd);
            }
        }
        json_free(whole);
    }
}

/* --- large replies -------------------------------------------------------------------------- */

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

static size_t resident_kib(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (size_t)u.ru_maxrss;
}

/* Plays a reply of `head`, `unit` again and again up to `len` bytes, `tail`. */
static void play_large(const char *provider, const char *head, const char *unit, size_t len,
                       const char *tail, struct transcript *ret)
{
    struct buf b = buf_with_max(64 * MIB);
    buf_puts(&b, head);
    while (b.len < len)
        buf_puts(&b, unit);
    buf_puts(&b, tail);
    struct reply r = { .provider = provider_find(provider),
                       .status = 200,
                       .content_type = "",
                       .body = b.data,
                       .len = b.len,
                       .context_tokens = -1 };
    *ret = (struct transcript){ 0 };
    transcript_of(&r, 16384, ret);
    assert_int_equal(ret->ends, 1);
    buf_done(&b);
}

static void test_too_large(void **state)
{
    (void)state;
    static const struct {
        const char *what, *provider, *head, *unit, *tail, *end;
        size_t len;
    } rows[] = {
        { "9 MB event", "openai", "data: {\"a\":\"", "xxxxxxxx", "\"}\n\n",
          "END ERR_PROTOCOL message=\"the server sent an event of more than 8 MiB", 9 * MIB },
        { "9 MB line", "ollama", "{\"a\":\"", "xxxxxxxx", "\"}\n",
          "END ERR_PROTOCOL message=\"the server sent an event of more than 8 MiB", 9 * MIB },
        { "no line end at all", "ollama", "", "xxxxxxxx", "", "END ERR_PROTOCOL", 9 * MIB },
        { "17 MB whole", "openai", "{\"a\":\"", "xxxxxxxx", "\"}", "END ERR_PROTOCOL", 17 * MIB },
        { "very many values", "ollama", "{\"a\":[", "0,", "0]}\n", "END ERR_PROTOCOL", 7 * MIB },
        { "deep", "ollama", "{\"a\":", "[", "\n", "END ERR_PROTOCOL", 7 * MIB },
        { "a large but honest line", "ollama", "{\"message\":{\"content\":\"", "word, ",
          "\"},\"done\":true}\n", "END OK_STOP", 1 * MIB },
        { "an answer without end", "ollama", "",
          "{\"message\":{\"content\":\"0123456789012345678901234567890123456789\"}}\n", "",
          "END ERR_PROTOCOL message=\"the answer passed 16 MiB", 32 * MIB },
        { "carriage returns only", "openai", "data: 1", "\r", "", "END ERR_PROTOCOL", 4 * MIB },
    };
    size_t before = resident_kib();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct transcript t;
        play_large(rows[i].provider, rows[i].head, rows[i].unit, rows[i].len, rows[i].tail, &t);
        assert_holds(rows[i].what, buf_text(&t.text), rows[i].end);
        transcript_done(&t);
    }
    /* The reply and its transcript take up to 130 MiB of this themselves; a sanitizer, which
     * keeps freed memory back, makes the figure mean nothing. */
    size_t used = resident_kib() - before;
    if (used > 300 * KIB && !SANITIZED)
        fail_msg("%zu KiB were used", used);
}

/* --- settings a server refused ----------------------------------------------------------------- */

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *provider, *body;
        enum refused refused;
    } rows[] = {
        { 400, "ollama", "{\"error\":\"\\\"m\\\" does not support thinking\"}", REFUSED_THINK },
        { 200, "ollama", "{\"error\":\"\\\"m\\\" does not support thinking\"}\n", REFUSED_THINK },
        { 400, "openai", "{\"error\":{\"message\":\"Use 'max_completion_tokens' instead\"}}",
          REFUSED_LIMIT_NAME },
        { 404, "ollama", "{\"error\":\"model 'm' not found\"}", REFUSED_NOTHING },
        { 200, "ollama", "{\"done\":true}\n", REFUSED_NOTHING },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct reply r = { .provider = provider_find(rows[i].provider),
                           .status = rows[i].status,
                           .content_type = "",
                           .body = rows[i].body,
                           .len = strlen(rows[i].body),
                           .context_tokens = -1 };
        struct transcript t = { 0 };
        transcript_of(&r, 0, &t);
        assert_int_equal(t.refused, rows[i].refused);
        transcript_done(&t);
    }
}

/* --- calls out of the ordinary ------------------------------------------------------------------ */

static void count_ends(void *self, const struct model_event *ev)
{
    *(int *)self += ev->type == EVENT_END;
}

static void test_order(void **state)
{
    (void)state;
    int ends = 0;
    decoder_free(NULL);
    struct decoder *d = decoder_new(provider_find("ollama"), false, -1, count_ends, &ends);
    decoder_fail(d, END_ERR_TRANSPORT, "no connection", NULL, 1); /* before any head */
    decoder_fail(d, END_CANCELLED, NULL, NULL, 2);
    assert_int_equal(ends, 1);
    assert_false(decoder_has_output(d));
    decoder_free(d);

    d = decoder_new(provider_find("ollama"), false, -1, count_ends, &ends);
    decoder_head(d, 200, NULL, 1);
    assert_true(decoder_bytes(d, "{\"message\":{\"content\":\"x\"}}\n", 28, 2));
    assert_true(decoder_has_output(d));
    assert_false(decoder_bytes(d, "?\n?\n?\n", 6, 3));
    assert_false(decoder_bytes(d, "?\n", 2, 4));
    decoder_eof(d, 5);
    decoder_fail(d, END_CANCELLED, NULL, NULL, 6);
    assert_int_equal(ends, 2);
    decoder_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_odd_fields),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
