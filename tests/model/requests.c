/* What is sent, byte for byte: snapshots of the requests of each provider. */
#include "tests/test.h"

#include <locale.h>

#include "core/base/mem.h"
#include "core/limits.h"
#include "core/model/provider.h"
#include "tests/wire/hello.h"

/* The least a request can be. */
static struct call_request plain(void)
{
    struct call_request r = hello_request();
    r.query = "Hi";
    r.query_len = 2;
    r.max_tokens = 9;
    return r;
}

static const char *const stops[] = { "END", "\n\n" };

/* Everything said. */
static struct call_request full(void)
{
    struct call_request r = plain();
    r.query = "2 + 2 =\n\xC3\xA4 \"q\"\t";
    r.query_len = strlen(r.query);
    r.suffix = "Think step by step.";
    r.system = "Be short.";
    r.temperature = 0;
    r.top_p = 0.9;
    r.max_tokens = 8192;
    r.has_seed = true;
    r.seed = 1234567890123456789;
    r.stop = stops;
    r.stop_count = 2;
    r.think = THINK_ON;
    return r;
}

static struct server server(const char *type, const char *url, struct arena *a)
{
    struct server s;
    struct error err;
    assert_ok(server_make("s", type, url, a, &s, &err), err);
    return s;
}

static void check(const char *what, const struct server *s, const struct call_request *r,
                  const struct model_quirks *q, const char *expected)
{
    static const struct model_quirks none = { 0 };
    struct error err;
    struct buf b = buf_with_max(MIB);
    assert_ok(s->provider->request(s, r, q ? q : &none, &b, &err), err);
    if (strcmp(buf_text(&b), expected) != 0)
        fail_msg("%s:\n%s\nexpected:\n%s", what, buf_text(&b), expected);
    buf_done(&b);
}

#define Q "2 + 2 =\\n\xC3\xA4 \\\"q\\\"\\t\\n\\nThink step by step."

static void test_ollama(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct server s = server("ollama", NULL, &a);
    struct call_request r = plain();
    check("plain", &s, &r, NULL,
          "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
          "\"options\":{\"num_predict\":9},\"truncate\":false,\"shift\":false}");
    r = full();
    check("full", &s, &r, NULL,
          "{\"model\":\"m\",\"stream\":true,\"think\":true,\"messages\":[{\"role\":\"system\","
          "\"content\":\"Be short.\"},{\"role\":\"user\",\"content\":\"" Q "\"}],\"options\":{"
          "\"num_predict\":8192,\"temperature\":0,\"top_p\":0.9,\"seed\":1234567890123456789,"
          "\"stop\":[\"END\",\"\\n\\n\"]},\"truncate\":false,\"shift\":false}");
    r = plain();
    r.think = THINK_OFF;
    check("thinking off", &s, &r, NULL,
          "{\"model\":\"m\",\"stream\":true,\"think\":false,\"messages\":[{\"role\":\"user\","
          "\"content\":\"Hi\"}],\"options\":{\"num_predict\":9},\"truncate\":false,"
          "\"shift\":false}");
    check("the model refused it", &s, &r, &(struct model_quirks){ .no_think = true },
          "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
          "\"options\":{\"num_predict\":9},\"truncate\":false,\"shift\":false}");
    arena_done(&a);
}

#define OPENAI_HEAD "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
#define HI          "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"

#define ALL(more)                                                                                  \
    OPENAI_HEAD                                                                                    \
    "\"messages\":[{\"role\":\"system\",\"content\":\"Be short.\"},{\"role\":\"user\","            \
    "\"content\":\"" Q "\"}],\"max_tokens\":8192,\"temperature\":0,\"top_p\":0.9,"                 \
    "\"seed\":1234567890123456789,\"stop\":[\"END\",\"\\n\\n\"]" more "}"

static void test_openai(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct server s = server("openai", "http://127.0.0.1:8080", &a);
    struct server hosted = server("openai", "https://api.openai.com/v1", &a);
    struct call_request r = plain();
    check("plain", &s, &r, NULL, OPENAI_HEAD HI "\"max_tokens\":9}");
    check("OpenAI itself", &hosted, &r, NULL, OPENAI_HEAD HI "\"max_completion_tokens\":9}");
    check("OpenAI, old model", &hosted, &r, &(struct model_quirks){ .limit_plain = true },
          OPENAI_HEAD HI "\"max_tokens\":9}");
    check("new name wanted", &s, &r, &(struct model_quirks){ .completion_limit = true },
          OPENAI_HEAD HI "\"max_completion_tokens\":9}");
    check("no stream_options", &s, &r, &(struct model_quirks){ .no_stream_options = true },
          "{\"model\":\"m\",\"stream\":true," HI "\"max_tokens\":9}");
    r = full();
    check("full", &s, &r, NULL, ALL(""));
    s.think = THINK_ALWAYS;
    check("thinking by config", &s, &r, NULL, ALL(",\"reasoning_effort\":\"medium\""));
    r.think = THINK_OFF;
    check("off by config", &s, &r, NULL, ALL(",\"reasoning_effort\":\"none\""));
    check("refused", &s, &r, &(struct model_quirks){ .no_think = true }, ALL(""));
    r = plain();
    r.temperature = 0.7;
    check("no temperature", &s, &r, &(struct model_quirks){ .no_temperature = true },
          OPENAI_HEAD HI "\"max_tokens\":9}");
    arena_done(&a);
}

#define THINKING(kind)                                                                             \
    "{\"model\":\"m\",\"max_tokens\":8192,\"stream\":true,\"system\":\"Be short.\",\"messages\":[" \
    "{\"role\":\"user\",\"content\":\"" Q "\"}],\"thinking\":{" kind "},"                          \
    "\"stop_sequences\":[\"END\",\"\\n\\n\"]}"

static void test_anthropic(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct server s = server("anthropic", "https://api.anthropic.com", &a);
    struct call_request r = plain();
    check("plain", &s, &r, NULL,
          "{\"model\":\"m\",\"max_tokens\":9,\"stream\":true,\"messages\":[{\"role\":\"user\","
          "\"content\":\"Hi\"}]}");
    r = full();
    check("full", &s, &r, NULL, THINKING("\"type\":\"enabled\",\"budget_tokens\":6144"));
    r.think_budget = 2048;
    check("budget", &s, &r, NULL, THINKING("\"type\":\"enabled\",\"budget_tokens\":2048"));
    check("adaptive", &s, &r, &(struct model_quirks){ .adaptive_thinking = true },
          THINKING("\"type\":\"adaptive\""));
    r = plain();
    r.temperature = 0.5;
    check("temperature without thinking", &s, &r, NULL,
          "{\"model\":\"m\",\"max_tokens\":9,\"stream\":true,\"messages\":[{\"role\":\"user\","
          "\"content\":\"Hi\"}],\"temperature\":0.5}");
    arena_done(&a);
}

static void test_refusals(void **state)
{
    (void)state;
    static const char *const many[MAX_STOPS + 1] = { "a", "b", "c", "d", "e" };
    struct arena a = { 0 };
    static const char *const types[] = { "ollama", "openai", "anthropic" };
    struct call_request rows[] = { plain(), plain(), plain(), plain(), plain(), plain(), plain() };
    static const char *const errors[] = { "token limit",  "no model", "stop texts",  "system text",
                                          "query is not", "NUL",      "model's name" };
    rows[0].max_tokens = 0;
    rows[1].model = "";
    rows[2].stop = many;
    rows[2].stop_count = MAX_STOPS + 1;
    rows[3].system = "\xFF";
    rows[4].query = "\xC3";
    rows[4].query_len = 1;
    rows[5].query = "\0a";
    rows[6].model = "m\xE2\x82";
    for (size_t t = 0; t < COUNT(types); t++) {
        struct server s = server(types[t], "http://x", &a);
        for (size_t i = 0; i < COUNT(rows); i++) {
            struct buf b = buf_with_max(MIB);
            struct error err = { 0 };
            assert_false(s.provider->request(&s, &rows[i], &(struct model_quirks){ 0 }, &b, &err));
            assert_holds(types[t], err.text, errors[i]);
            assert_int_equal(b.len, 0);
        }
    }
    arena_done(&a);
}

/* A budget needs 1024 tokens and room beside it. */
static void test_budget(void **state)
{
    (void)state;
    static const struct {
        int64_t budget, limit;
        const char *error;
    } rows[] = {
        { 2048, 1024, "no room" },    { 1024, 1024, "no room" }, { 1023, 4096, "least is 1024" },
        { 0, 4096, "least is 1024" }, { -1, 1024, "no room" },   { 1024, 1025, NULL },
        { -1, 1025, NULL },           { -1, 2048, NULL },
    };
    struct arena a = { 0 };
    struct server s = server("anthropic", "http://x", &a);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = buf_with_max(MIB);
        struct error err = { 0 };
        struct call_request r = plain();
        r.think = THINK_ON;
        r.think_budget = rows[i].budget;
        r.max_tokens = rows[i].limit;
        bool ok = s.provider->request(&s, &r, &(struct model_quirks){ 0 }, &b, &err);
        assert_int_equal(ok, !rows[i].error);
        if (!ok)
            assert_holds("budget", err.text, rows[i].error);
        buf_done(&b);
    }
    arena_done(&a);
}

/* Numbers keep their point where the person's language has a comma. */
static void test_locale(void **state)
{
    (void)state;
    if (!setlocale(LC_ALL, "de_DE.UTF-8")) /* made by the build; not every system has its source */
        skip();
    struct arena a = { 0 };
    struct server s = server("openai", "http://x", &a);
    struct call_request r = plain();
    r.temperature = 0.7;
    check("comma", &s, &r, NULL, OPENAI_HEAD HI "\"max_tokens\":9,\"temperature\":0.7}");
    setlocale(LC_ALL, "C");
    arena_done(&a);
}

static bool has_header(const char *const *lines, const char *line)
{
    for (; *lines; lines++)
        if (strcmp(*lines, line) == 0)
            return true;
    return false;
}

static void test_headers(void **state)
{
    (void)state;
    struct arena a = { 0 };
    static const struct {
        const char *type, *key_line, *path;
    } rows[] = {
        { "ollama", "Authorization: Bearer k1", "/api/chat" },
        { "openai", "Authorization: Bearer k1", "/chat/completions" },
        { "anthropic", "x-api-key: k1", "/v1/messages" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct server s = server(rows[i].type, "http://x", &a);
        assert_false(has_header(s.provider->headers(&s, &a), rows[i].key_line));
        s.key = "k1";
        assert_true(has_header(s.provider->headers(&s, &a), rows[i].key_line));
        assert_true(has_header(s.provider->headers(&s, &a), "Content-Type: application/json"));
        assert_string_equal(s.provider->path, rows[i].path);
    }
    assert_null(provider_find("vllm"));
    assert_string_equal(provider_names(), "ollama, openai, anthropic");
    arena_done(&a);
}

static void test_load(void **state)
{
    (void)state;
    static const struct {
        bool in;
        const char *body;
    } rows[] = {
        { true, "{\"model\":\"m\",\"messages\":[],\"stream\":false}" },
        { false, "{\"model\":\"m\",\"messages\":[],\"stream\":false,\"keep_alive\":0}" },
    };
    struct arena a = { 0 };
    struct error err;
    struct server s = server("ollama", "http://x", &a);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf body = buf_with_max(1000);
        assert_true(s.provider->load(&s, "m", rows[i].in, &body, &err));
        assert_string_equal(buf_text(&body), rows[i].body);
        buf_done(&body);
    }
    assert_null(provider_find("openai")->load);
    assert_null(provider_find("anthropic")->load);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ollama),    cmocka_unit_test(test_openai),
        cmocka_unit_test(test_anthropic), cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_budget),    cmocka_unit_test(test_locale),
        cmocka_unit_test(test_headers),   cmocka_unit_test(test_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
