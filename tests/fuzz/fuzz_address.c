/* Addresses as people and variables give them (OLLAMA_HOST, --server, the config): refused with a
 * sentence, or an address that is http or https, has a host, and means the same when it is read
 * again. A password in it is never repeated. */
#include "tests/fuzz/fuzz.h"

#include "core/base/text.h"
#include "core/model/provider.h"
#include "core/model/server.h"

static void check(const struct server *s, struct arena *a)
{
    struct server again;
    struct error err;
    const char *host = strstr(s->url, "://");
    PROMISE(strncasecmp(s->url, "http://", 7) == 0 || strncasecmp(s->url, "https://", 8) == 0);
    PROMISE(host && host[3] && host[3] != '/' && !strpbrk(s->url, " \t\r\n?#\"<>"));
    PROMISE(!memchr(host + 3, '@', strcspn(host + 3, "/")));
    PROMISE(s->local == server_url_is_local(s->url) && s->hosted == !s->local);
    PROMISE(s->provider && *s->name && *s->origin);
    PROMISE(server_make(s->name, s->provider->name, s->url, a, &again, &err));
    /* Of its path an end may go once more, as in /v1/messages/messages. */
    PROMISE(strncmp(again.url, s->url, (size_t)(host - s->url) + 3 + strcspn(host + 3, "/")) == 0);
    PROMISE(again.local == s->local);
}

static void check_sentence(const struct error *err)
{
    PROMISE(*err->text && !strstr(err->text, "hush-hush"));
}

static void try_flag(const char *text, struct arena *a)
{
    struct server s;
    struct error err = { 0 };
    if (server_parse_flag(text, a, &s, &err))
        check(&s, a);
    else
        check_sentence(&err);
}

static void try_type(const char *type, const char *text, struct arena *a)
{
    struct server s;
    struct error err = { 0 };
    if (server_make("box", type, text, a, &s, &err)) {
        s.origin = "test";
        check(&s, a);
    } else {
        check_sentence(&err);
    }
}

static void try_all(const char *text, struct arena *a)
{
    static const char *const types[] = { "ollama", "openai", "anthropic" };
    PROMISE(strstr(server_ollama_url(text, a), "://"));
    try_flag(text, a);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        try_type(types[i], text, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = { 0 };
    const char *text = arena_copy(&a, (const char *)data, size);
    const char *sep = strstr(text, "://"), *colon = strchr(text, ':');
    const char *host = sep ? sep + 3 : colon ? colon + 1 : text;
    if (!strstr(text, "hush")) { /* what is no password may be repeated */
        try_all(text, &a);
        /* The same with a password where people put one. */
        try_all(arena_format(&a, "%.*sme:hush-hush@%s", (int)(host - text), text, host), &a);
    }
    arena_done(&a);
    return 0;
}
