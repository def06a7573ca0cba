/* Which model plays which role, and what is said about it. */
#include "tests/test.h"

#include "core/model/pick.h"

/* Names are separated by blanks; one that begins with '!' is for embeddings only. */
struct row {
    const char *names, *fast, *reasoning, *warning; /* warning: a part, "" for none */
};

static const struct row rows[] = {
    { "", NULL, NULL, "" },
    { "!nomic-embed-text", NULL, NULL, "" },
    { "llama3.1:8b deepseek-r1:8b", "llama3.1:8b", "deepseek-r1:8b", "" },
    { "deepseek-r1:8b llama3.1:8b", "llama3.1:8b", "deepseek-r1:8b", "" },
    { "deepseek-r1:8b", "deepseek-r1:8b", "deepseek-r1:8b", "routing is then only shown" },
    { "deepseek-r1:7b deepseek-r1:14b", "deepseek-r1:7b", "deepseek-r1:7b", "both roles" },
    { "mistral:7b", "mistral:7b", "mistral:7b", "both roles" },
    { "qwen2.5:3b qwen2.5:32b", "qwen2.5:3b", "qwen2.5:32b", "" },
    { "qwen2.5:32b qwen2.5:3b", "qwen2.5:3b", "qwen2.5:32b", "" },
    { "qwen2.5:14b qwen2.5:32b llama3:8b", "llama3:8b", "qwen2.5:14b", "" },
    { "llama3:70b llama3:8b", "llama3:8b", "llama3:70b", "" },
    { "llama3:70b deepseek-r1:32b llama3:8b", "llama3:8b", "deepseek-r1:32b", "" },
    { "LLAMA3:8B DeepSeek-R1:70B", "LLAMA3:8B", "DeepSeek-R1:70B", "" },
    { "phi4 gemma", "phi4", "phi4", "both roles" },
    { "!mxbai-embed-large phi4", "phi4", "phi4", "both roles" },
    { "!bge-8b llama3:8b !r1-embed qwen3:14b", "llama3:8b", "qwen3:14b", "" },
    { "llama2:13b llama2:70b", "llama2:13b", "llama2:70b", "\"13b\" holds \"3b\"" },
    { "gemma3:27b qwen3:32b", "gemma3:27b", "qwen3:32b", "\"27b\" holds \"7b\"" },
    { "granite:23b qwen3:14b", "granite:23b", "qwen3:14b", "\"23b\" holds \"3b\"" },
    { "qwen:1.8b qwen3:14b", "qwen:1.8b", "qwen3:14b", "\"1.8b\" holds \"8b\"" },
    { "mixtral:8x7b qwen3:14b", "mixtral:8x7b", "qwen3:14b", "\"8x7b\" holds \"7b\"" },
    { "tiny-8bit qwen3:14b", "tiny-8bit", "qwen3:14b", "\"8bit\" holds \"8b\"" },
    { "qwen3:32b", "qwen3:32b", "qwen3:32b", "both roles" },
    { "qwen3:32b qwen3:4b", "qwen3:32b", "qwen3:32b", "both roles" },
    { "dbrx:132b llama3:8b", "llama3:8b", "dbrx:132b", "\"132b\" holds \"32b\"" },
    { "solar1 llama3:8b", "llama3:8b", "solar1", "\"solar1\" holds \"r1\"" },
    { "qwen7b-chat qwen72b", "qwen7b-chat", "qwen7b-chat", "both roles" },
    { "smol:latest", "smol:latest", "smol:latest", "both roles" },
    { "x/gemma-27b-draft-3b qwen3:14b", "x/gemma-27b-draft-3b", "qwen3:14b", "" },
    { "a:3b b:8b c:7b d:r1 e:r1", "a:3b", "d:r1", "" },
    { "qwen3:30b-a3b deepseek-r1", "qwen3:30b-a3b", "deepseek-r1", "" },
};

/* Splits the names; returns how many. The strings live in the arena. */
static size_t make_list(const char *names, struct model_info *list, struct arena *a)
{
    size_t n = 0;
    for (char *save, *p = strtok_r(arena_string(a, names), " ", &save); p;
         p = strtok_r(NULL, " ", &save)) {
        bool embedding = *p == '!';
        list[n] = (struct model_info){ .name = p + embedding };
        list[n++].completion = embedding ? TRI_NO : TRI_UNKNOWN;
    }
    return n;
}

static bool is_name(const struct model_info *m, const char *name)
{
    return m && name ? strcmp(m->name, name) == 0 : !m && !name;
}

static void test_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *r = &rows[i];
        struct arena a = { 0 };
        struct model_info list[8];
        size_t n = make_list(r->names, list, &a);
        struct pick p;
        pick_models(list, n, &a, &p);
        if (!is_name(p.fast, r->fast) || !is_name(p.reasoning, r->reasoning))
            fail_msg("%s: %s and %s", r->names, p.fast ? p.fast->name : "none",
                     p.reasoning ? p.reasoning->name : "none");
        if (!p.warning != !*r->warning)
            fail_msg("%s: warns %s", r->names, p.warning ? p.warning : "nothing");
        if (p.warning)
            assert_holds(r->names, p.warning, r->warning);
        assert_true(!p.fast == !p.fast_why && !p.reasoning == !p.reasoning_why);
        arena_done(&a);
    }
}

static void test_reasons(void **state)
{
    (void)state;
    static const struct {
        const char *names, *fast_why, *reasoning_why;
    } whys[] = {
        { "llama3:8b deepseek-r1", "has \"8b\", no \"r1\"", "has \"r1\"" },
        { "llama3:8b qwen:14b", "has \"8b\", no \"r1\"", "has \"14b\", and no name has \"r1\"" },
        { "phi4", "the first model: no name has", "the fast model: no name has" },
    };
    for (size_t i = 0; i < COUNT(whys); i++) {
        struct arena a = { 0 };
        struct model_info list[8];
        struct pick p;
        pick_models(list, make_list(whys[i].names, list, &a), &a, &p);
        assert_holds(whys[i].names, p.fast_why, whys[i].fast_why);
        assert_holds(whys[i].names, p.reasoning_why, whys[i].reasoning_why);
        arena_done(&a);
    }
}

static void test_why_not(void **state)
{
    (void)state;
    static const char *const whys[] = {
        "picked",
        "picked",
        "embedding only",
        "second \"r1\" name",
        "third \"r1\" name",
        "has \"3b\", but \"llama3:8b\" comes first",
        "has \"70b\", but \"r1\" goes before size",
        "no \"7b\", \"8b\", \"3b\", \"r1\", \"70b\", \"32b\" or \"14b\" in its name",
    };
    struct arena a = { 0 };
    struct model_info list[8];
    struct pick p;
    size_t n = make_list("llama3:8b r1:8b !embed r1:7b r1:70b qwen:3b llama3:70b phi4", list, &a);
    pick_models(list, n, &a, &p);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(pick_why_not(&p, list, n, i, &a), whys[i]);
    assert_string_equal(pick_why_not(&p, list, n, n, &a), "not in the list");
    n = make_list("qwen:32b qwen:14b llama:8b", list, &a);
    pick_models(list, n, &a, &p);
    assert_string_equal(pick_why_not(&p, list, n, 1, &a),
                        "has \"14b\", but \"qwen:32b\" comes first");
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rule),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_why_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
