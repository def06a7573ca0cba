/* Servers and their addresses (server.h). */
#include "core/model/server.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/file.h"
#include "core/base/secret.h"
#include "core/limits.h"
#include "core/model/provider.h"

#define OLLAMA_PORT 11434

/* --- parts of an address ------------------------------------------------------------------ */

/* scheme://host:port/path, cut in place. Host without the brackets of IPv6. */
struct address {
    const char *scheme; /* "" where there was none */
    const char *host, *port, *path;
};

/* "host:port" or "[v6]:port" or a bare v6 address; the port is "" where there is none. */
static void split_host(char *text, struct address *ret)
{
    char *colon = strrchr(text, ':'), *close = strchr(text, ']');
    ret->port = "";
    ret->host = text;
    if (*text == '[' && close) {
        ret->host = text + 1;
        *close = '\0';
        if (close[1] == ':')
            ret->port = close + 2;
    } else if (colon && strchr(text, ':') == colon) {
        *colon = '\0';
        ret->port = colon + 1;
    }
}

static struct address split_address(const char *text, struct arena *a)
{
    struct address ret = { "", "", "", "" };
    char *copy = arena_string(a, text), *sep = strstr(copy, "://");
    if (sep) {
        *sep = '\0';
        ret.scheme = copy;
        copy = sep + 3;
    }
    char *slash = strchr(copy, '/');
    if (slash) {
        ret.path = arena_string(a, slash);
        *slash = '\0';
    }
    split_host(copy, &ret);
    return ret;
}

static bool is_port(const char *text)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return false;
    long port = strtol(text, &end, 10);
    return *end == '\0' && port >= 0 && port <= 65535;
}

/* host with the brackets an IPv6 address needs */
static const char *bracketed(const char *host, struct arena *a)
{
    return strchr(host, ':') ? arena_format(a, "[%s]", host) : host;
}

static const char *without_slashes(const char *text, struct arena *a)
{
    size_t len = strlen(text);
    while (len && text[len - 1] == '/')
        len--;
    return arena_copy(a, text, len);
}

static const char *trimmed(const char *text, struct arena *a)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t len = strlen(text);
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    return arena_copy(a, text, len);
}

/* A server that listens on every address is asked on the loopback one. */
static const char *reachable(const char *host)
{
    if (!*host || strcmp(host, "0.0.0.0") == 0)
        return "127.0.0.1";
    return strcmp(host, "::") == 0 ? "::1" : host;
}

const char *server_ollama_url(const char *ollama_host, struct arena *a)
{
    const char *text = trimmed(ollama_host ? ollama_host : "", a);
    struct address x = split_address(text, a);
    const char *scheme = *x.scheme ? x.scheme : "http";
    int port = OLLAMA_PORT;
    if (strcasecmp(x.scheme, "http") == 0)
        port = 80;
    if (strcasecmp(x.scheme, "https") == 0)
        port = 443;
    if (!*x.scheme && strcmp(x.host, "ollama.com") == 0) { /* the hosted service */
        scheme = "https";
        port = 443;
    }
    if (is_port(x.port)) /* one that is none counts as not given */
        port = atoi(x.port);
    return arena_format(a, "%s://%s:%d%s", scheme, bracketed(reachable(x.host), a), port,
                        without_slashes(x.path, a));
}

bool server_url_is_local(const char *url)
{
    struct arena a = { 0 };
    const char *host = url ? split_address(url, &a).host : "";
    bool local = !url || strcasecmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
                 (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host));
    arena_done(&a);
    return local;
}

/* --- addresses by type -------------------------------------------------------------------- */

/* What a person may paste behind the base of an address. Of its path alone: a host may be called
 * "v1". */
static const char *without_ending(const char *url, const char *ending, struct arena *a)
{
    size_t len = strlen(url), n = strlen(ending);
    const char *sep = strstr(url, "://"), *host = sep ? sep + 3 : url;
    bool ends = len > n && strcmp(url + len - n, ending) == 0;
    return ends && url + len - n >= host + strcspn(host, "/") ? arena_copy(a, url, len - n) : url;
}

/* The base is what stands before "/chat/completions". An address without any path gets the
 * /v1 nearly every server has; one with a path is taken as it is. */
static const char *openai_url(const char *url, struct arena *a)
{
    url = without_slashes(without_ending(url, "/chat/completions", a), a);
    return *split_address(url, a).path ? url : arena_format(a, "%s/v1", url);
}

static const char *anthropic_url(const char *url, struct arena *a)
{
    url = without_ending(url, "/messages", a);
    return without_slashes(without_ending(url, "/v1", a), a);
}

static const char *url_by_type(const char *type, const char *url, struct arena *a)
{
    if (strcmp(type, "ollama") == 0)
        return server_ollama_url(url, a);
    url = without_slashes(url, a);
    return strcmp(type, "anthropic") == 0 ? anthropic_url(url, a) : openai_url(url, a);
}

/* --- checks -------------------------------------------------------------------------------- */

static bool check_name(const char *name, struct error *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-_.";
    size_t good = strspn(name, letters);
    if (good && !name[good])
        return true;
    return error_set(err, ERR_CONFIG,
                     "the server name '%.60s' is not one: use letters, digits, '-', '_' and '.'",
                     name);
}

/* Bytes that could end a line of the request, or that no address holds. */
static bool check_bytes(const char *name, const char *url, struct error *err)
{
    for (const char *p = url; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '\r' || c == '\n')
            return error_set(err, ERR_CONFIG,
                             "the address of server '%s' holds a line end: remove it", name);
        if (c <= ' ' || c >= 0x7F || strchr("\"<>\\^`{|}", c))
            return error_set(err, ERR_CONFIG,
                             "the address of server '%s' holds a blank or a sign (0x%02X) that "
                             "no address has: remove it",
                             name, c);
    }
    return true;
}

/* Brackets hold an IPv6 address, with a port behind them or nothing. */
static bool brackets_fit(const char *host, size_t len)
{
    size_t before = strcspn(host, "[]/"), inside;
    if (before >= len)
        return true;
    inside = strcspn(host + 1, "[]/");
    if (before > 0 || *host != '[' || inside == 0 || host[1 + inside] != ']')
        return false;
    const char *after = host + inside + 2;
    return after == host + len || (*after == ':' && strcspn(after, "[]/") == strcspn(after, "/"));
}

const char *server_shown_address(const char *url, struct arena *a)
{
    const char *at = strrchr(url, '@');
    const char *rest = at ? at : url;
    int head = !at ? 0 : strncmp(url, "http://", 7) == 0 ? 7 : strncmp(url, "https://", 8) ? 0 : 8;
    if (at && strcspn(url, "?#") < (size_t)(at - url)) /* a password with '?', or a key with '@' */
        rest = "";
    return arena_format(a, "%.*s%s%.*s", head, url, at ? "..." : "", (int)strcspn(rest, "?#"),
                        rest);
}

/* "user:password@" before the host. A password that holds a '/' ends the host too early: then
 * something that is no port stands behind the ':'. */
static bool holds_login(const char *rest, size_t host)
{
    const char *colon = *rest == '[' ? NULL : memchr(rest, ':', host);
    bool no_port = colon && colon + 1 + strspn(colon + 1, "0123456789") < rest + host;
    return memchr(rest, '@', host) || (no_port && strchr(rest, '@'));
}

static bool check_address(const char *name, const char *type, const char *url, struct arena *a,
                          struct error *err)
{
    const char *sep = strstr(url, "://");
    const char *rest = sep ? sep + 3 : url;
    size_t host = strcspn(rest, "/");
    if (holds_login(rest, host))
        return error_set(err, ERR_CONFIG,
                         "the address of server '%s' holds a user or password: put the key into "
                         "a variable and name it with key_env",
                         name);
    bool http = strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
    if (!http && (sep || strcmp(type, "ollama") != 0))
        return error_set(err, ERR_CONFIG,
                         "the address '%.200s' of server '%s' is not http:// or https://",
                         server_shown_address(url, a), name);
    if (!brackets_fit(rest, host))
        return error_set(err, ERR_CONFIG,
                         "the address '%.200s' of server '%s' has brackets that hold no host: an "
                         "IPv6 address is written http://[::1]:8080",
                         server_shown_address(url, a), name);
    if (strpbrk(rest, "?#"))
        return error_set(err, ERR_CONFIG,
                         "the address '%.200s' of server '%s' goes on with '?' or '#': give it "
                         "without that, and a key by a variable named with key_env",
                         server_shown_address(url, a), name);
    if ((host == 0 || *rest == ':') && strcmp(type, "ollama") != 0)
        return error_set(err, ERR_CONFIG, "the address '%.200s' of server '%s' has no host",
                         server_shown_address(url, a), name);
    return true;
}

bool server_make(const char *name, const char *type, const char *url, struct arena *a,
                 struct server *ret, struct error *err)
{
    const struct provider *p = provider_find(type);
    if (!check_name(name, err))
        return false;
    if (!p)
        return error_set(err, ERR_CONFIG,
                         "server '%s' has the unknown type '%.60s': the types are %s", name, type,
                         provider_names());
    url = trimmed(url ? url : "", a);
    if (!check_bytes(name, url, err) || !check_address(name, type, url, a, err))
        return false;
    url = url_by_type(type, url, a);
    bool local = server_url_is_local(url);
    *ret = (struct server){
        .name = arena_string(a, name),
        .provider = p,
        .url = url,
        .local = local,
        .hosted = !local,
        .price_in = NAN,
        .price_out = NAN,
        .origin = "",
    };
    return true;
}

bool server_parse_flag(const char *text, struct arena *a, struct server *ret, struct error *err)
{
    const char *colon = strchr(text, ':'), *equals = strchr(text, '=');
    if (!colon)
        return error_set(err, ERR_USAGE,
                         "the server '%.200s' is not NAME=TYPE:URL or TYPE:URL: for example "
                         "box=openai:http://10.0.0.5:8080",
                         server_shown_address(text, a));
    const char *type_at = equals && equals < colon ? equals + 1 : text;
    const char *type = arena_copy(a, type_at, (size_t)(colon - type_at));
    const char *name = type_at == text ? type : arena_copy(a, text, (size_t)(equals - text));
    struct server made;
    if (!server_make(name, type, colon + 1, a, &made, err))
        return false;
    made.origin = "--server";
    *ret = made;
    return true;
}

/* --- proxies ------------------------------------------------------------------------------- */

static const char *set_variable(const char *name)
{
    const char *v = getenv(name);
    return v && *v ? v : NULL;
}

/* Whether `host` is a name of this list or lies below one, as libcurl reads it. */
static bool is_listed(const char *list, const char *host)
{
    size_t host_len = strlen(host);
    for (const char *p = list; *p;) {
        p += strspn(p, " ,");
        size_t len = strcspn(p, " ,");
        size_t dots = len && *p == '.';
        const char *name = p + dots;
        size_t n = len - dots;
        p += len;
        if (len == 1 && *name == '*')
            return true;
        if (!n || n > host_len || strncasecmp(host + host_len - n, name, n) != 0)
            continue;
        if (n == host_len || host[host_len - n - 1] == '.')
            return true;
    }
    return false;
}

const char *server_proxy(const struct server *s)
{
    static const char *const plain[] = { "http_proxy", "all_proxy", "ALL_PROXY", NULL };
    static const char *const safe[] = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                                        NULL };
    if (s->local || !s->url)
        return NULL;
    const char *own = set_variable("no_proxy");
    struct arena a = { 0 };
    if (!own)
        own = set_variable("NO_PROXY");
    bool direct = own && is_listed(own, split_address(s->url, &a).host);
    arena_done(&a);
    const char *const *names = strncasecmp(s->url, "https", 5) == 0 ? safe : plain;
    for (; !direct && *names; names++)
        if (set_variable(*names))
            return *names;
    return NULL;
}

/* --- the same server elsewhere --------------------------------------------------------------- */

static struct server keyless(const struct server *s)
{
    struct server twin = *s;
    twin.key = NULL;
    twin.hosted = false; /* asked for its list without a key */
    return twin;
}

bool server_on_other_loopback(const struct server *s, struct arena *a, struct server *ret)
{
    struct address x = split_address(s->url, a);
    bool six = strcmp(x.host, "::1") == 0;
    if (!six && (strncmp(x.host, "127.", 4) != 0 || strspn(x.host, "0123456789.") < strlen(x.host)))
        return false;
    struct server twin = keyless(s);
    twin.url = arena_format(a, "%s://%s%s%s%s", x.scheme, six ? "127.0.0.1" : "[::1]",
                            *x.port ? ":" : "", x.port, x.path);
    *ret = twin;
    return true;
}

bool server_without_proxy(const struct server *s, struct server *ret)
{
    if (!server_proxy(s))
        return false;
    struct server twin = keyless(s);
    twin.local = true;
    *ret = twin;
    return true;
}

bool server_of_other_type(const struct server *s, size_t i, struct arena *a, struct server *ret)
{
    static const char *const types[] = { "ollama", "openai", "anthropic" };
    struct address x = split_address(s->url, a);
    struct server twin;
    struct error ignored;
    const char *bare =
        arena_format(a, "%s://%s%s%s", x.scheme, bracketed(x.host, a), *x.port ? ":" : "", x.port);
    if (i >= sizeof types / sizeof *types ||
        !server_make(s->name, types[i], bare, a, &twin, &ignored))
        return false;
    struct server found = keyless(s);
    found.provider = twin.provider;
    found.url = twin.url;
    *ret = found;
    return true;
}

/* --- keys ----------------------------------------------------------------------------------- */

/* The largest key file that is taken for one: keys of today have some 200 bytes. */
#define MAX_KEY_BYTES (4 * KIB)

/* `from` says where it stands, in words: "the variable 'X'". The key itself is never shown. */
static bool check_key(const char *key, const char *from, struct error *err)
{
    for (const char *p = key; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c <= ' ' || c >= 0x7F)
            return error_set(err, ERR_CONFIG,
                             "the key in %s holds a line end, a blank or another sign (0x%02X) no "
                             "key has: set it anew",
                             from, c);
    }
    return true;
}

bool server_set_key_env(struct server *s, const char *key_env, struct arena *a, struct error *err)
{
    const char *key = getenv(key_env);
    if (!key || !*key)
        return error_set(err, ERR_CONFIG,
                         "the variable '%s', named as the key of server '%s', is not set: "
                         "export it",
                         key_env, s->name);
    if (!check_key(key, arena_format(a, "the variable '%s'", key_env), err))
        return false;
    secret_taken(key_env);
    s->key = arena_string(a, key);
    s->key_from = arena_string(a, key_env);
    return true;
}

bool server_set_key_file(struct server *s, const char *path, struct arena *a, struct error *err)
{
    if (*path != '/') /* not repeated: it may be the key itself, written here by mistake */
        return error_set(err, ERR_CONFIG,
                         "the key_file of server '%s' is not named by its whole path: begin it "
                         "with '/' (the key itself stands in that file, not here)",
                         s->name);
    struct buf text = { 0 };
    if (!file_read_private(path, MAX_KEY_BYTES, &text, err)) {
        err->code = ERR_CONFIG;
        return error_within(err, "the key file of server '%s'", s->name);
    }
    secret_taken(NULL);
    size_t len = text.len;
    while (len && strchr("\r\n", buf_text(&text)[len - 1]))
        len--;
    const char *key = arena_copy(a, buf_text(&text), len);
    bool whole = strlen(key) == len; /* no NUL inside */
    buf_done(&text);
    if (!len || !whole)
        return error_set(err, ERR_CONFIG, "the key file '%s' of server '%s' holds no key", path,
                         s->name);
    if (!check_key(key, arena_format(a, "the file '%s'", path), err))
        return false;
    s->key = key;
    s->key_from = arena_string(a, path);
    return true;
}
