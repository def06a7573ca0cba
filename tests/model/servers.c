/* Servers: how addresses, flags and keys are read, and what is refused. */
#include "tests/test.h"

#include "core/model/provider.h"
#include "core/model/server.h"

static void test_ollama_host(void **state)
{
    (void)state;
    static const struct {
        const char *value, *url;
    } rows[] = {
        { NULL, "http://127.0.0.1:11434" },
        { "", "http://127.0.0.1:11434" },
        { "  \n", "http://127.0.0.1:11434" },
        { "10.0.0.5", "http://10.0.0.5:11434" },
        { " 10.0.0.5 ", "http://10.0.0.5:11434" },
        { "10.0.0.5:9000", "http://10.0.0.5:9000" },
        { ":8080", "http://127.0.0.1:8080" },
        { "https://h.example", "https://h.example:443" },
        { "http://h.example", "http://h.example:80" },
        { "http://h.example:1234/", "http://h.example:1234" },
        { "0.0.0.0:11434", "http://127.0.0.1:11434" },
        { "0.0.0.0", "http://127.0.0.1:11434" },
        { "[::]:9000", "http://[::1]:9000" },
        { "::", "http://[::1]:11434" },
        { "[::1]:9000", "http://[::1]:9000" },
        { "::1", "http://[::1]:11434" },
        { "h.example/base", "http://h.example:11434/base" },
        { "https://h.example:8443/a/b//", "https://h.example:8443/a/b" },
        { "h.example:99999", "http://h.example:11434" },
        { "h.example:port", "http://h.example:11434" },
        { "ollama.com", "https://ollama.com:443" },
        { "localhost", "http://localhost:11434" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(server_ollama_url(rows[i].value, &a), rows[i].url);
    arena_done(&a);
}

static void test_flags(void **state)
{
    (void)state;
    static const struct {
        const char *flag, *name, *type, *url, *error;
        bool local;
    } rows[] = {
        { "box=openai:http://10.0.0.5:8080", "box", "openai", "http://10.0.0.5:8080/v1" },
        { "openai:http://localhost:8080/", "openai", "openai", "http://localhost:8080/v1", NULL,
          true },
        { "openai:https://api.openai.com/v1/", "openai", "openai", "https://api.openai.com/v1" },
        { "r=openai:https://openrouter.ai/api/v1/chat/completions", "r", "openai",
          "https://openrouter.ai/api/v1" },
        { "g=openai:http://gw/llm?x=1", NULL, NULL, NULL, "without that" },
        { "g=openai:http://gw/v1?key=secret", NULL, NULL, NULL, "address 'http://gw/v1' of" },
        { "g=openai:http://gw/v1#secret", NULL, NULL, NULL, "address 'http://gw/v1' of" },
        { "g=openai:ftp://gw/v1?secret", NULL, NULL, NULL, "address 'ftp://gw/v1' of" },
        { "gw/v1?secret", NULL, NULL, NULL, "the server 'gw/v1' is not NAME=TYPE:URL" },
        { "a=anthropic:https://api.anthropic.com/v1", "a", "anthropic",
          "https://api.anthropic.com" },
        { "a=anthropic:http://127.0.0.1:8080/v1/messages", "a", "anthropic",
          "http://127.0.0.1:8080", NULL, true },
        { "a=anthropic:https://v1/messages", "a", "anthropic", "https://v1" },
        { "o=openai:http://chat/completions", "o", "openai", "http://chat/completions" },
        { "gpu-1.lan=ollama:gpu:11434", "gpu-1.lan", "ollama", "http://gpu:11434" },
        { "ollama:", "ollama", "ollama", "http://127.0.0.1:11434", NULL, true },
        { "x=ollama:[::1]", "x", "ollama", "http://[::1]:11434", NULL, true },
        { "box", NULL, NULL, NULL, "NAME=TYPE:URL" },
        { "b=openai:http:/me:secret@x/v1", NULL, NULL, NULL, "the address '...@x/v1' of" },
        { "b=ollama:/api?x", NULL, NULL, NULL, "without that" },
        { "secret@box", NULL, NULL, NULL, "the server '...@box' is not NAME=TYPE:URL" },
        { "box=vllm:http://x", NULL, NULL, NULL, "ollama, openai, anthropic" },
        { "my box=openai:http://x", NULL, NULL, NULL, "letters, digits" },
        { "a/b=openai:http://x", NULL, NULL, NULL, "letters, digits" },
        { "=openai:http://x", NULL, NULL, NULL, "letters, digits" },
        { "b=openai:ftp://x", NULL, NULL, NULL, "is not http" },
        { "b=openai:x", NULL, NULL, NULL, "is not http" },
        { "b=ollama:file:///etc/passwd", NULL, NULL, NULL, "is not http" },
        { "b=openai:http://", NULL, NULL, NULL, "has no host" },
        { "b=ollama:b::1]:11434", NULL, NULL, NULL, "written http://[::1]:8080" },
        { "b=ollama:::1]:11434", NULL, NULL, NULL, "written http://[::1]:8080" },
        { "b=openai:http://[::1", NULL, NULL, NULL, "written http://[::1]:8080" },
        { "b=openai:http://[]:80", NULL, NULL, NULL, "written http://[::1]:8080" },
        { "b=openai:http://[::1]80", NULL, NULL, NULL, "written http://[::1]:8080" },
        { "b=openai:http://x/\r\nX-Evil: 1", NULL, NULL, NULL, "line end" },
        { "b=openai:http://x/\nb", NULL, NULL, NULL, "line end" },
        { "b=openai:http://x y", NULL, NULL, NULL, "blank" },
        { "b=openai:http://me:secret@x", NULL, NULL, NULL, "key_env" },
        { "b=openai:http://me:p/secret@x:80/@y", NULL, NULL, NULL, "key_env" },
        { "b=ollama:http://me:p/secret@x", NULL, NULL, NULL, "key_env" },
        { "b=ollama:me:7p/secret@x", NULL, NULL, NULL, "key_env" },
        { "b=openai:http://x/v1?k=secret@y", NULL, NULL, NULL, "the address 'http://...' of" },
        { "b=openai:http://x:80/@y/v1", "b", "openai", "http://x:80/@y/v1" },
        { "b=openai:http://[::1]/@y", "b", "openai", "http://[::1]/@y", NULL, true },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct server s = { .name = "untouched" };
        struct error err = { 0 };
        bool ok = server_parse_flag(rows[i].flag, &a, &s, &err);
        if (ok != !rows[i].error)
            fail_msg("%s: %s", rows[i].flag, ok ? "taken" : err.text);
        if (!ok) {
            assert_holds(rows[i].flag, err.text, rows[i].error);
            assert_null(strstr(err.text, "secret"));
            assert_string_equal(s.name, "untouched");
            continue;
        }
        assert_string_equal(s.name, rows[i].name);
        assert_string_equal(s.provider->name, rows[i].type);
        assert_string_equal(s.url, rows[i].url);
        assert_string_equal(s.origin, "--server");
        assert_int_equal(s.local, rows[i].local);
        assert_int_equal(s.hosted, !rows[i].local);
    }
    arena_done(&a);
}

static void test_local(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool local;
    } rows[] = {
        { "http://localhost:1", true },         { "http://LOCALHOST", true },
        { "http://127.0.0.1:1/v1", true },      { "http://127.1.2.3", true },
        { "http://[::1]:11434", true },         { "http://127.example.com", false },
        { "http://localhost.example", false },  { "http://10.0.0.5", false },
        { "https://api.openai.com/v1", false }, { NULL, true },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (server_url_is_local(rows[i].url) != rows[i].local)
            fail_msg("%s", rows[i].url);
}

/* Row by row: the variable's value, and a part of the error. */
static void test_keys(void **state)
{
    (void)state;
    static const struct {
        const char *value, *error;
    } rows[] = {
        { "sk-abc_DEF.123", NULL },
        { NULL, "is not set" },
        { "", "is not set" },
        { "sk-abc\r\nX-Evil: 1", "line end" },
        { "sk-abc\n", "line end" },
        { "sk abc", "blank" },
        { "sk-\xC3\xA4", "no key has" },
        { "sk-\x1B[2J", "no key has" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = { 0 };
        struct server s;
        assert_ok(server_make("box", "openai", "http://x", &a, &s, &err), err);
        if (rows[i].value)
            setenv("RLAB_TEST_KEY", rows[i].value, 1);
        else
            unsetenv("RLAB_TEST_KEY");
        bool ok = server_set_key_env(&s, "RLAB_TEST_KEY", &a, &err);
        assert_int_equal(ok, !rows[i].error);
        if (ok) {
            assert_string_equal(s.key, rows[i].value);
            assert_string_equal(s.key_from, "RLAB_TEST_KEY");
        } else {
            assert_holds("key", err.text, rows[i].error);
            assert_null(strstr(err.text, "abc"));
            assert_null(s.key);
        }
    }
    unsetenv("RLAB_TEST_KEY");
    arena_done(&a);
}

/* Whatever else is wrong with an address, a password in it is in no sentence. */
static void test_password_is_never_shown(void **state)
{
    (void)state;
    static const char *const rows[] = { "user:sk-S@host", "ftp://user:sk-S@host",
                                        "http://user:sk-S@", "https://user:sk-S@host?x" };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct server s;
        struct error err;
        assert_false(server_make("x", "openai", rows[i], &a, &s, &err));
        assert_null(strstr(err.text, "sk-S"));
        assert_holds(rows[i], err.text, "key_env");
    }
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_password_is_never_shown),
        cmocka_unit_test(test_ollama_host),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_local),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
