/* Sentences for failures of the connection (trouble.h). */
#include "core/model/trouble.h"

#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/limits.h"
#include "core/model/provider.h"

/* An address without the user:password@ part. */
static const char *without_secrets(const char *url, struct arena *a)
{
    const char *host = strstr(url, "://");
    if (!host)
        return url;
    host += 3;
    size_t authority = strcspn(host, "/?#");
    const char *at = memrchr(host, '@', authority);
    return at ? arena_format(a, "%.*s%s", (int)(host - url), url, at + 1) : url;
}

const char *trouble_where(const struct server *s, struct arena *a)
{
    return arena_format(a, "server '%s' (%s)", s->name, without_secrets(s->url, a));
}

const char *trouble_clean(const struct server *s, const char *text, struct arena *a)
{
    if (!text)
        return NULL;
    struct buf b = buf_with_max(2 * strlen(text) + 16 * MAX_ERROR_SHOWN), safe = b;
    secret_clean(s->key, text, strlen(text), &b);
    text_safe_line(&safe, buf_text(&b), b.len);
    size_t len = safe.len < 2 * MAX_ERROR_SHOWN ? safe.len : 2 * MAX_ERROR_SHOWN;
    char *ret = arena_copy(a, buf_text(&safe), len);
    text_trim_partial(ret);
    buf_done(&b);
    buf_done(&safe);
    return ret;
}

/* How to start a server of a kind. */
static const char *start_hint(const struct server *s)
{
    return strcmp(s->provider->name, "ollama") == 0 ? "start it with: ollama serve"
                                                    : "start the server";
}

static const char *seconds(int64_t ms, struct arena *a)
{
    if (ms % 1000 == 0)
        return arena_format(a, "%lld s", (long long)(ms / 1000));
    return arena_format(a, "%lld.%03lld s", (long long)(ms / 1000), (long long)(ms % 1000));
}

/* A wait for a person: "150 s" up to five minutes, then minutes, then hours, rounded up. */
static const char *long_wait(int64_t ms, struct arena *a)
{
    long long s = (ms + 999) / 1000, minutes = (s + 59) / 60;
    if (s <= 300)
        return arena_format(a, "%lld s", s);
    if (minutes < 120)
        return arena_format(a, "%lld minutes", minutes);
    return arena_format(a, "%lld hours", (minutes + 59) / 60);
}

/* What each outcome is to the call. `says`: libcurl's words add something. */
static const struct row {
    enum net_outcome outcome;
    enum call_end end;
    bool passes, says;
    const char *happened, *advice;
} rows[] = {
    { NET_NO_HOST, END_ERR_TRANSPORT, true, false, "its name has no address",
      "check the spelling of the address, and that this machine is online" },
    { NET_NO_CONNECTION, END_ERR_TRANSPORT, true, true, "no connection",
      "check the address, and that no firewall is between" },
    { NET_CONNECT_TIMEOUT, END_TIMEOUT_CONNECT, true, false, "no connection within",
      "check that it runs, and that no firewall is between" },
    { NET_TLS, END_ERR_TRANSPORT, false, true, "no safe connection",
      "check the server's certificate and this machine's clock; for a certificate of your own name "
      "its CA with ca_file in the config" },
    { NET_NO_REPLY, END_ERR_TRANSPORT, true, false, "it closed the connection without a reply",
      "look into the server's log" },
    { NET_CUT, END_ERR_TRANSPORT, true, true, "the connection broke in the middle of the reply",
      "ask again; the server's log may say why" },
    { NET_FAILED, END_ERR_TRANSPORT, false, true, "the request failed",
      "check that the address is that of a model server" },
};

struct trouble trouble_of_transfer(const struct server *s, const struct net_result *result,
                                   int64_t connect_ms, struct arena *a)
{
    const struct row *r = &rows[0];
    while (r->outcome != result->outcome && r->outcome != NET_FAILED)
        r++;
    struct trouble t = { .end = r->end, .advice = r->advice, .passes = r->passes };
    const char *where = trouble_where(s, a);

    if (result->refused && s->local) {
        /* Nobody listens on this very machine: waiting half a second changes nothing. */
        t.passes = false;
        t.message = arena_format(a, "%s: nothing listens there", where);
        t.advice = arena_format(a, "%s, or correct the address (from %s)", start_hint(s),
                                s->origin ? s->origin : "the settings");
    } else if (r->outcome == NET_CONNECT_TIMEOUT) {
        t.message = arena_format(a, "%s: %s %s", where, r->happened, seconds(connect_ms, a));
    } else if (r->says && *result->text) {
        t.message =
            arena_format(a, "%s: %s: %s", where, r->happened, trouble_clean(s, result->text, a));
    } else {
        t.message = arena_format(a, "%s: %s", where, r->happened);
    }
    /* A server that only talks TLS hangs up on anything else without a word. */
    if (r->outcome == NET_NO_REPLY && strncasecmp(s->url, "http:", 5) == 0)
        t.advice = "look into the server's log; or does its address begin with https?";
    return t;
}

struct trouble trouble_of_limit(const struct server *s, enum call_end end, int64_t limit_ms,
                                struct arena *a)
{
    const char *where = trouble_where(s, a);
    struct trouble t = { .end = end };
    switch (end) {
    case END_TIMEOUT_FIRST:
        t.message = arena_format(a, "%s: no first word within %s", where, seconds(limit_ms, a));
        t.advice = s->local ? "the model may still be loading: load it first (rlab models load), "
                              "or allow more time"
                            : "ask again later, or allow more time";
        break;
    case END_TIMEOUT_IDLE:
        t.message = arena_format(a, "%s: silent for %s in the middle of the reply", where,
                                 seconds(limit_ms, a));
        t.advice = "ask again; the server, or a proxy before it, gave up";
        break;
    default:
        t.message = limit_ms
                        ? arena_format(a, "%s: not finished within %s", where, seconds(limit_ms, a))
                        : arena_format(a, "%s: not finished by its deadline", where);
        t.advice = "allow more time, or a smaller token limit";
    }
    return t;
}

struct trouble trouble_of_loading(const struct server *s, int64_t limit_ms, struct arena *a)
{
    return (struct trouble){
        .end = END_TIMEOUT_FIRST,
        .message = arena_format(a, "%s: no first word within %s: it was still loading its model",
                                trouble_where(s, a), seconds(limit_ms, a)),
        .advice = "ask again when the model is loaded: the server's own log tells how far it is",
    };
}

bool trouble_is_packed(const char *encoding)
{
    return encoding && *encoding && strcasecmp(encoding, "identity") != 0;
}

struct trouble trouble_of_encoding(const struct server *s, enum call_end end, int status,
                                   const char *encoding, struct arena *a)
{
    const char *what =
        status >= 300 ? arena_format(a, "answered %d, in words", status) : "sent a reply that is";
    return (struct trouble){
        .end = end,
        .message = arena_format(a,
                                "%s %s compressed (Content-Encoding: %s), though nobody asked for "
                                "that: it cannot be read",
                                trouble_where(s, a), what, encoding),
        .advice =
            "switch compression off for this address, in the server or in the proxy before it",
    };
}

bool trouble_is_plain(const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char b = (unsigned char)data[i];
        if (b >= 0x7f || (b < ' ' && !memchr("\t\r\n", b, 3)))
            return false;
    }
    return true;
}

struct trouble trouble_of_redirect(const struct server *s, int status, const char *target,
                                   struct arena *a)
{
    const char *to = target ? trouble_clean(s, without_secrets(target, a), a) : NULL;
    return (struct trouble){
        .end = END_ERR_HTTP,
        .message =
            to ? arena_format(a, "%s redirects to '%s' (%d)", trouble_where(s, a), to, status)
               : arena_format(a, "%s redirects without saying where (%d)", trouble_where(s, a),
                              status),
        .advice = "redirects are not followed, so nothing was sent there: if you trust that "
                  "address, make it the server's",
    };
}

struct trouble trouble_of_wait(const struct server *s, int status, int64_t wait_ms, struct arena *a)
{
    return (struct trouble){
        .end = END_ERR_HTTP,
        .message = arena_format(a, "%s asks to wait %s before the next request (%d)",
                                trouble_where(s, a), long_wait(wait_ms, a), status),
        .advice = "ask again after that, or choose another model",
    };
}
