/* Lists of models: read from saved replies, and asked of a mock server. */
#include "tests/test.h"

#include "core/base/file.h"
#include "core/limits.h"
#include "core/model/catalog_read.h"
#include "core/model/provider.h"
#include "tests/wire/mock.h"

/* --- reading ------------------------------------------------------------------------------- */

/* The JSON of a saved reply: what begins at the first line that is an object. */
static struct json *saved(const char *name)
{
    struct error err;
    struct buf b = buf_with_max(MIB);
    char path[200];
    snprintf(path, sizeof path, "tests/wire/captures/%s", name);
    assert_ok(file_read(path, MIB, &b, &err), err);
    const char *start = strstr(buf_text(&b), "\n{"), *end = strrchr(buf_text(&b), '}');
    assert_true(start && end);
    struct json *j = json_parse(start, (size_t)(end + 1 - start), &err);
    assert_non_null(j);
    buf_done(&b);
    return j;
}

static struct json *parsed(const char *text)
{
    struct error err;
    struct json *j = json_parse(text, strlen(text), &err);
    if (!j)
        fail_msg("%s", text);
    return j;
}

#define DIGEST "ac89de69529d8ad6cd800da56ca8f4c32bd56bc6ea945850a98c702fc3de6898"

static void test_ollama(void **state)
{
    (void)state;
    struct error err;
    struct catalog c = { .version = "" };
    struct json *j = saved("ollama-tags.txt");
    assert_ok(catalog_read_tags(&c, j, &err), err);
    json_free(j);
    assert_int_equal(c.count, 1);
    const struct model_info *m = catalog_find(&c, "smol");
    assert_ptr_equal(m, catalog_find(&c, "smol:latest"));
    assert_string_equal(m->name, "smol:latest");
    assert_string_equal(m->identity, DIGEST);
    assert_int_equal(m->identity_kind, IDENTITY_DIGEST);
    assert_int_equal(m->size_bytes, 98362997);
    assert_string_equal(m->family, "llama");
    assert_string_equal(m->parameters, "134.52M");
    assert_string_equal(m->quant, "Q4_1");
    assert_true(m->context_tokens == -1 && m->vram_bytes == -1);
    assert_true(m->loaded == TRI_UNKNOWN && m->thinking == TRI_UNKNOWN);

    j = saved("ollama-show.txt");
    catalog_read_show(&c, &c.models[0], j);
    json_free(j);
    assert_true(m->completion == TRI_YES && m->thinking == TRI_NO);
    assert_int_equal(m->context_tokens, 2048); /* its num_ctx, not what it was trained with */

    j = saved("ollama-ps-empty.txt");
    catalog_read_ps(&c, j);
    json_free(j);
    assert_int_equal(m->loaded, TRI_NO);
    j = saved("ollama-ps.txt");
    catalog_read_ps(&c, j);
    json_free(j);
    assert_true(m->loaded == TRI_YES && m->vram_bytes == 0 && m->context_tokens == 2048);
    catalog_done(&c);
    catalog_done(&c);
}

static void test_find(void **state)
{
    (void)state;
    struct model_info models[] = { { .name = "a:8b" }, { .name = "b:latest" }, { .name = "b" } };
    struct catalog c = { .models = models, .count = 3 };
    assert_ptr_equal(catalog_find(&c, "a:8b"), &models[0]);
    assert_ptr_equal(catalog_find(&c, "b"), &models[2]); /* the exact name goes first */
    assert_ptr_equal(catalog_find(&c, "b:latest"), &models[1]);
    assert_null(catalog_find(&c, "a"));
    assert_null(catalog_find(&c, "b:"));
    assert_null(catalog_find(&c, ""));
}

/* What a model can do, by capability, else by family and name. */
static void test_capabilities(void **state)
{
    (void)state;
    static const struct {
        const char *entry;
        enum tristate completion, thinking;
    } rows[] = {
        { "{\"name\":\"a\",\"capabilities\":[\"completion\",\"thinking\"]}", TRI_YES, TRI_YES },
        { "{\"name\":\"a\",\"capabilities\":[\"completion\"]}", TRI_YES, TRI_NO },
        { "{\"name\":\"embedder\",\"capabilities\":[\"completion\"]}", TRI_YES, TRI_NO },
        { "{\"name\":\"a\",\"capabilities\":[\"embedding\"]}", TRI_NO, TRI_NO },
        { "{\"name\":\"a\"}", TRI_UNKNOWN, TRI_UNKNOWN },
        { "{\"name\":\"a\",\"details\":{\"family\":\"bert\"}}", TRI_NO, TRI_UNKNOWN },
        { "{\"name\":\"a\",\"details\":{\"family\":\"nomic-bert\"}}", TRI_NO, TRI_UNKNOWN },
        { "{\"name\":\"mxbai-Embed-large\"}", TRI_NO, TRI_UNKNOWN },
        { "{\"name\":\"albert-chat\"}", TRI_UNKNOWN, TRI_UNKNOWN },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[300];
        struct error err;
        struct catalog c = { 0 };
        snprintf(text, sizeof text, "{\"models\":[%s]}", rows[i].entry);
        struct json *j = parsed(text);
        assert_ok(catalog_read_tags(&c, j, &err), err);
        if (c.models[0].completion != rows[i].completion ||
            c.models[0].thinking != rows[i].thinking)
            fail_msg("%s: %d %d", text, c.models[0].completion, c.models[0].thinking);
        json_free(j);
        catalog_done(&c);
    }
}

static void test_openai(void **state)
{
    (void)state;
    struct error err;
    struct catalog c = { 0 };
    struct json *j = saved("llama-models.txt");
    assert_ok(catalog_read_openai(&c, j, &err), err);
    json_free(j);
    assert_int_equal(c.count, 1);
    const struct model_info *m = &c.models[0];
    assert_string_equal(m->name, "smol");
    assert_string_equal(m->identity, "size=96576768 params=134515008 type=Q4_1 alias=smol");
    assert_int_equal(m->identity_kind, IDENTITY_METADATA);
    assert_string_equal(identity_kind_name(m->identity_kind), "metadata");
    assert_string_equal(m->parameters, "134.5M");
    assert_true(m->context_tokens == 2048 && m->loaded == TRI_YES && m->completion == TRI_YES);
    catalog_done(&c);

    j = saved("ollama-v1-models.txt");
    assert_ok(catalog_read_openai(&c, j, &err), err);
    json_free(j);
    assert_true(c.count == 1 && c.models[0].identity_kind == IDENTITY_NAME);
    assert_string_equal(c.models[0].identity, "smol:latest");
    catalog_done(&c);
}

/* Lists that are empty, broken or odd. */
static void test_odd_lists(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int count; /* -1: refused */
    } rows[] = {
        { "{\"object\":\"list\",\"data\":null}", 0 },
        { "{\"object\":\"list\"}", 0 },
        { "{\"data\":[]}", 0 },
        { "{\"data\":[{\"id\":\"a\",\"meta\":null}]}", 1 },
        { "{\"data\":[{\"id\":\"a\",\"max_model_len\":4096},{\"id\":\"b\"}]}", 2 },
        { "{\"data\":[{\"id\":\"\"},{\"id\":null},{},5,null,{\"id\":\"a\"}]}", 1 },
        { "{\"data\":\"no\"}", -1 },
        { "[]", -1 },
        { "5", -1 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct catalog c = { 0 };
        struct error err = { 0 };
        struct json *j = parsed(rows[i].text);
        bool ok = catalog_read_openai(&c, j, &err);
        if (ok != (rows[i].count >= 0) || (ok && c.count != (size_t)rows[i].count))
            fail_msg("%s: %d, %zu models", rows[i].text, ok, c.count);
        if (!ok)
            assert_holds(rows[i].text, err.text, "no list of models");
        json_free(j);
        catalog_done(&c);
    }
}

/* A name from a server is shown to a person: nothing in it may reach the terminal. */
static void test_unsafe_name(void **state)
{
    (void)state;
    struct error err;
    struct catalog c = { 0 };
    struct json *j = parsed("{\"models\":[{\"name\":\"a\\u001b[2J\\nb\"}]}");
    assert_ok(catalog_read_tags(&c, j, &err), err);
    assert_string_equal(c.models[0].name, "a\xEF\xBF\xBD[2J b");
    json_free(j);
    catalog_done(&c);
}

static void test_many(void **state)
{
    (void)state;
    struct error err;
    struct catalog c = { 0 };
    struct json *j = json_object(), *list = json_array();
    for (int i = 0; i < MAX_MODELS + 10; i++) {
        struct json *m = json_object();
        char name[20];
        snprintf(name, sizeof name, "m%d", i);
        json_put_text(m, "name", name);
        json_add(list, m);
    }
    json_put(j, "models", list);
    assert_ok(catalog_read_tags(&c, j, &err), err);
    assert_int_equal(c.count, MAX_MODELS);
    json_free(j);
    catalog_done(&c);
}

static void test_pages(void **state)
{
    (void)state;
    struct error err;
    struct catalog c = { 0 };
    const char *after = "untouched";
    struct json *one =
        parsed("{\"data\":[{\"id\":\"a\",\"max_input_tokens\":200000},{\"id\":\"b\"}],"
               "\"has_more\":true,\"last_id\":\"b\"}");
    struct json *two = parsed("{\"data\":[{\"id\":\"c\"}],\"has_more\":false,\"last_id\":\"c\"}");
    struct json *none = parsed("{\"data\":[],\"has_more\":true,\"last_id\":\"c\"}");
    assert_ok(catalog_read_anthropic(&c, one, &after, &err), err);
    assert_string_equal(after, "b");
    assert_ok(catalog_read_anthropic(&c, two, &after, &err), err);
    assert_null(after);
    assert_ok(catalog_read_anthropic(&c, none, &after, &err), err);
    assert_null(after); /* or it would be asked without end */
    assert_int_equal(c.count, 3);
    assert_true(c.models[0].context_tokens == 200000 && c.models[2].completion == TRI_YES);
    json_free(one);
    json_free(two);
    json_free(none);
    catalog_done(&c);
}

/* --- asking -------------------------------------------------------------------------------- */

struct heard {
    int reports;
    struct catalog list; /* empty where there was none */
    struct error err;
};

static void hear(void *self, struct catalog *list, const struct error *err)
{
    struct heard *h = self;
    assert_true(!list != !err);
    h->reports++;
    if (list)
        h->list = *list;
    else
        h->err = *err;
}

/* Asks and waits for the report. */
static void ask(const struct server *s, bool deep, int64_t limit_ms, struct heard *ret)
{
    *ret = (struct heard){ 0 };
    struct error err;
    struct net *n = net_new(clock_real(), &err);
    assert_non_null(n);
    if (!listing_start(n, s, deep, limit_ms, hear, ret, &err))
        fail_msg("%s", err.text);
    for (int i = 0; ret->reports == 0 && i < 1000; i++) {
        assert_ok(net_wait(n, NULL, 0, 100, &err), err);
        net_step(n);
    }
    net_step(n);
    assert_int_equal(ret->reports, 1);
    net_free(n);
}

static struct server server(const char *type, const char *url, struct arena *a)
{
    struct server s;
    struct error err;
    assert_ok(server_make("box", type, url, a, &s, &err), err);
    return s;
}

/* What the mock answers under a path. */
struct page {
    const char *path, *body;
};

static const struct page ollama_pages[] = {
    { "/api/tags", "{\"models\":[{\"name\":\"a:8b\",\"digest\":\"sha256:d1\"},{\"name\":\"b-r1\"},"
                   "{\"name\":\"c\",\"capabilities\":[\"completion\"]}]}" },
    { "/api/ps", "{\"models\":[{\"name\":\"a:8b\",\"size_vram\":7,\"context_length\":4096}]}" },
    { "/api/version", "{\"version\":\"0.17.4\"}" },
    { "/api/show", "{\"capabilities\":[\"completion\",\"thinking\"]}" },
};

static struct json *reply_of(const char *body)
{
    struct json *replies = json_array(), *reply = json_object(), *writes = json_array();
    json_add_text(writes, body);
    json_put_text(reply, "framing", "length");
    json_put(reply, "writes", writes);
    json_add(replies, reply);
    return replies;
}

/* Pages by path; every other path is silent for longer than any test waits. */
static void script_pages(const struct mock *m, const struct page *pages, size_t count)
{
    struct json *script = json_object(), *paths = json_object();
    struct json *silent = json_object(), *others = json_array();
    struct buf text = buf_with_max(MIB);
    for (size_t i = 0; i < count; i++)
        json_put(paths, pages[i].path, reply_of(pages[i].body));
    json_put_int(silent, "header_delay_ms", 3000);
    json_add(others, silent);
    json_put(script, "paths", paths);
    json_put(script, "replies", others);
    json_print(script, &text);
    mock_script(m, buf_text(&text));
    json_free(script);
    buf_done(&text);
}

static void test_ask_ollama(void **state)
{
    const struct mock *m = *state;
    struct arena a = { 0 };
    struct server s = server("ollama", m->url, &a);
    struct heard h;
    script_pages(m, ollama_pages, COUNT(ollama_pages));
    ask(&s, true, 10000, &h);
    if (h.list.count != 3)
        fail_msg("%s", h.err.text);
    const struct model_info *list = h.list.models;
    assert_string_equal(list[0].identity, "d1");
    assert_true(list[0].loaded == TRI_YES && list[0].context_tokens == 4096);
    assert_true(list[1].loaded == TRI_NO && list[1].thinking == TRI_YES);
    assert_true(list[2].thinking == TRI_NO); /* was known: not asked again */
    assert_string_equal(h.list.version, "0.17.4");
    assert_true(h.list.answer_s > 0 && h.list.answer_s < 10);
    assert_int_equal(mock_asked(m), 5);
    catalog_done(&h.list);

    script_pages(m, ollama_pages, COUNT(ollama_pages));
    ask(&s, false, 10000, &h);
    assert_true(h.list.count == 3 && h.list.models[0].loaded == TRI_UNKNOWN);
    assert_int_equal(mock_asked(m), 1);
    catalog_done(&h.list);
    arena_done(&a);
}

static void test_ask_pages(void **state)
{
    const struct mock *m = *state;
    struct arena a = { 0 };
    struct server s = server("anthropic", m->url, &a);
    struct heard h;
    struct error err;
    s.hosted = true; /* one of this machine needs no key */
    assert_null(listing_start(NULL, &s, false, 100, hear, &h, &err));
    assert_int_equal(err.code, ERR_REFUSED);
    s.key = "k";
    mock_script(m, "{\"replies\":[{\"framing\":\"length\",\"writes\":[\"{\\\"data\\\":[{\\\"id\\\":"
                   "\\\"a\\\"}],\\\"has_more\\\":true,\\\"last_id\\\":\\\"a\\\"}\"]},{\"framing\":"
                   "\"length\",\"writes\":[\"{\\\"data\\\":[{\\\"id\\\":\\\"b\\\"}]}\"]}]}");
    ask(&s, false, 10000, &h);
    assert_int_equal(h.list.count, 2);
    assert_int_equal(mock_asked(m), 2);
    catalog_done(&h.list);
    arena_done(&a);
}

/* What can go wrong, and the words for it. */
static void test_ask_fails(void **state)
{
    const struct mock *m = *state;
    static const struct {
        const char *what, *script;
        enum error_code code;
        const char *error;
    } rows[] = {
        { "not JSON", "{\"replies\":[{\"framing\":\"length\",\"writes\":[\"hello\"]}]}",
          ERR_ADDRESS, "not JSON: check the server's address and type" },
        { "no list", "{\"replies\":[{\"framing\":\"length\",\"writes\":[\"[]\"]}]}", ERR_ADDRESS,
          "): the reply holds no list of models" },
        { "compressed",
          "{\"replies\":[{\"framing\":\"length\",\"headers\":[[\"Content-Encoding\",\"gzip\"]],"
          "\"writes\":[\"\\u001f\\u0008\"]}]}",
          ERR_ADDRESS, "compressed, though nobody asked" },
        { "key",
          "{\"replies\":[{\"status\":401,\"framing\":\"length\",\"writes\":[\"{\\\"error\\\":"
          "\\\"bad key sekret\\\"}\"]}]}",
          ERR_REFUSED, "401" },
        { "other server",
          "{\"replies\":[{\"status\":404,\"framing\":\"length\",\"writes\":[\"404 "
          "page not found\"]}]}",
          ERR_ADDRESS, "check the server's address and type" },
        { "cut",
          "{\"replies\":[{\"framing\":\"length\",\"claim\":100,\"writes\":[\"{\"],\"end\":"
          "\"close\"}]}",
          ERR_NET, "broke in the middle" },
        { "slow", "{\"replies\":[{\"header_delay_ms\":3000,\"writes\":[\"{}\"]}]}", ERR_NET,
          "no answer within 150 ms" },
    };
    struct arena a = { 0 };
    struct server s = server("openai", m->url, &a);
    s.key = "sekret";
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct heard h;
        mock_script(m, rows[i].script);
        ask(&s, true, i + 1 == COUNT(rows) ? 150 : 10000, &h);
        assert_int_equal(h.list.count, 0);
        assert_holds(rows[i].what, h.err.text, rows[i].error);
        assert_int_equal(h.err.code, rows[i].code);
        assert_null(strstr(h.err.text, "sekret"));
    }
    s = server("openai", "http://127.0.0.1:9", &a);
    struct heard h;
    ask(&s, true, 10000, &h);
    assert_holds("nobody", h.err.text, "nothing listens there");
    arena_done(&a);
}

/* The list counts although what belongs to it does not come in time. */
static void test_ask_partly(void **state)
{
    const struct mock *m = *state;
    struct arena a = { 0 };
    struct server s = server("ollama", m->url, &a);
    struct heard h;
    static const struct page pages[] = {
        { "/api/tags", "{\"models\":[{\"name\":\"a\"}]}" },
        { "/api/ps", "no JSON" },
    };
    script_pages(m, pages, COUNT(pages));
    ask(&s, true, 300, &h);
    assert_true(h.list.count == 1 && h.list.models[0].thinking == TRI_UNKNOWN);
    catalog_done(&h.list);
    arena_done(&a);
}

static void test_cancel(void **state)
{
    const struct mock *m = *state;
    struct arena a = { 0 };
    struct server s = server("ollama", m->url, &a);
    struct heard h = { 0 };
    struct error err;
    struct net *n = net_new(clock_real(), &err);
    script_pages(m, ollama_pages, COUNT(ollama_pages));
    struct listing *l = listing_start(n, &s, true, 1000, hear, &h, &err);
    assert_non_null(l);
    listing_cancel(l);
    listing_cancel(NULL);
    for (int i = 0; i < 5; i++) {
        assert_ok(net_wait(n, NULL, 0, 10, &err), err);
        net_step(n);
    }
    assert_int_equal(h.reports, 0);
    net_free(n);
    arena_done(&a);
}

static int start_mock(void **state)
{
    static struct mock m;
    mock_start(&m, NULL);
    *state = &m;
    return 0;
}

static int stop_mock(void **state)
{
    mock_stop(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ollama),       cmocka_unit_test(test_find),
        cmocka_unit_test(test_capabilities), cmocka_unit_test(test_openai),
        cmocka_unit_test(test_odd_lists),    cmocka_unit_test(test_unsafe_name),
        cmocka_unit_test(test_many),         cmocka_unit_test(test_pages),
        cmocka_unit_test(test_ask_ollama),   cmocka_unit_test(test_ask_pages),
        cmocka_unit_test(test_ask_fails),    cmocka_unit_test(test_ask_partly),
        cmocka_unit_test(test_cancel),
    };
    return cmocka_run_group_tests(tests, start_mock, stop_mock);
}
