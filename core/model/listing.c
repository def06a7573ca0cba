/* A list of models being asked for (listing.h). */
#include "core/model/listing.h"

#include <math.h>
#include <string.h>

#include "core/base/secret.h"
#include "core/limits.h"
#include "core/model/error_body.h"
#include "core/model/provider.h"
#include "core/model/trouble.h"

/* Requests at once: more would only queue inside the server. */
#define AT_ONCE 4

struct request {
    struct listing *listing;
    struct request *next; /* waiting */
    struct errand ask;
    const char *path, *body; /* in the catalog's arena */
    struct net_transfer *transfer;
    int status;
    bool packed; /* the reply is called compressed, though nobody asked for that */
    struct buf reply;
};

struct listing {
    struct net *net;
    const struct server *server;
    const struct listing_kind *kind;
    bool deep, has_list;
    listing_done *done;
    void *self;
    int64_t limit_ms, started_ns;
    struct net_timer limit;
    struct catalog catalog;
    struct request *running[AT_ONCE];
    struct request *first, **last; /* waiting */
    bool failed;                   /* the list itself cannot be asked for */
    struct error err;
};

struct catalog *listing_catalog(struct listing *l)
{
    return &l->catalog;
}

const struct server *listing_server(const struct listing *l)
{
    return l->server;
}

bool listing_is_deep(const struct listing *l)
{
    return l->deep;
}

static void request_free(struct request *r)
{
    if (r->transfer)
        net_cancel(r->transfer);
    buf_done(&r->reply);
    mem_free(r);
}

/* Everything but the catalog. */
static void listing_free(struct listing *l)
{
    net_timer_stop(l->net, &l->limit);
    for (size_t i = 0; i < AT_ONCE; i++) {
        if (l->running[i])
            request_free(l->running[i]);
    }
    for (struct request *next, *r = l->first; r; r = next) {
        next = r->next;
        request_free(r);
    }
    mem_free(l);
}

void listing_cancel(struct listing *l)
{
    if (!l)
        return;
    catalog_done(&l->catalog);
    listing_free(l);
}

/* The one report. */
static void report(struct listing *l, const struct error *err)
{
    struct catalog list = l->catalog;
    listing_done *done = l->done;
    void *self = l->self;
    struct error copy;
    if (err) {
        copy = *err;
        catalog_done(&list);
    }
    listing_free(l);
    done(self, err ? NULL : &list, err ? &copy : NULL);
}

static void time_is_up(void *self)
{
    struct listing *l = self;
    struct error err;
    if (l->has_list) {
        report(l, NULL);
        return;
    }
    struct arena a = { 0 };
    error_set(&err, ERR_NET, "%s: no answer within %lld ms", trouble_where(l->server, &a),
              (long long)l->limit_ms);
    arena_done(&a);
    report(l, &err);
}

/* --- one request ---------------------------------------------------------------------------- */

static void on_head(void *self, const struct net_head *head)
{
    struct request *r = self;
    struct listing *l = r->listing;
    const char *date = net_header(head->transfer, "date");
    int64_t theirs;
    r->status = head->status;
    r->packed = trouble_is_packed(net_header(head->transfer, "content-encoding"));
    if (date && net_date(date, &theirs)) /* whole seconds, cut off: half a one later on average */
        l->catalog.clock_ahead_s = clock_seconds(theirs - clock_wall(net_clock(l->net))) + 0.5;
}

static bool on_bytes(void *self, const char *data, size_t len, int64_t now_ns)
{
    struct request *r = self;
    (void)now_ns;
    return buf_add(&r->reply, data, len);
}

/* The failure in one sentence, with what to try behind it. */
static void set_failure(const struct request *r, enum error_code code, const char *what,
                        const char *advice, struct error *err)
{
    const struct server *s = r->listing->server;
    struct arena a = { 0 };
    error_set(err, code, "%s: %s%s%s", trouble_where(s, &a), trouble_clean(s, what, &a),
              advice && *advice ? ": " : "", advice ? trouble_clean(s, advice, &a) : "");
    arena_done(&a);
}

/* What a reader of replies found, who does not know whose they are. */
static bool of_server(const struct server *s, struct error *err)
{
    struct arena a = { 0 };
    error_within(err, "%s", trouble_where(s, &a));
    arena_done(&a);
    return false;
}

/* Below HTTP. */
static void set_trouble(const struct request *r, const struct net_result *result, struct error *err)
{
    struct arena a = { 0 };
    struct trouble t = trouble_of_transfer(r->listing->server, result, r->listing->limit_ms, &a);
    error_set(err,
              result->outcome == NET_NO_HOST ? ERR_ADDRESS
              : result->outcome == NET_TLS   ? ERR_TLS
                                             : ERR_NET,
              "%s%s%s", t.message, t.advice ? ": " : "", t.advice ? t.advice : "");
    arena_done(&a);
}

/* A status that says: the server is there, but not under this path, or not this kind of one. */
static bool is_elsewhere(int status)
{
    return (status >= 300 && status < 400) || status == 404 || status == 405 || status == 410 ||
           status == 426 || status == 501;
}

/* A reply's JSON, or the reason there is none. */
static struct json *read_reply(const struct request *r, const struct net_result *result,
                               struct error *err)
{
    const char *type = r->listing->server->provider->name;
    if (result->outcome == NET_ABORTED) {
        set_failure(r, ERR_NET, "its list is larger than 16 MiB", NULL, err);
    } else if (result->outcome != NET_OK) {
        set_trouble(r, result, err);
    } else if (r->status >= 300) {
        struct error_body e;
        error_body_read(r->status, type, buf_text(&r->reply), r->reply.len, &e);
        set_failure(r,
                    e.fault == FAULT_KEY      ? ERR_REFUSED
                    : is_elsewhere(r->status) ? ERR_ADDRESS
                                              : ERR_NET,
                    e.message, e.advice, err);
    } else {
        /* A list that repeats the key shall not bring it into names and versions. */
        struct buf safe = buf_with_max(2 * MAX_REPLY_BYTES);
        secret_clean(r->listing->server->key, buf_text(&r->reply), r->reply.len, &safe);
        struct json *j = json_parse(buf_text(&safe), safe.len, err);
        buf_done(&safe);
        if (!j && r->packed)
            set_failure(r, ERR_ADDRESS, "its list came compressed, though nobody asked for that",
                        "switch compression off for this address, in the server or in the proxy "
                        "before it",
                        err);
        else if (!j)
            set_failure(r, ERR_ADDRESS, "the reply to its list is not JSON",
                        "check the server's address and type", err);
        return j;
    }
    return NULL;
}

static void run_more(struct listing *l);

static bool is_idle(const struct listing *l)
{
    for (size_t i = 0; i < AT_ONCE; i++) {
        if (l->running[i])
            return false;
    }
    return !l->first;
}

/* Takes a request off the list of those that run. */
static void retire(struct request *r)
{
    for (size_t i = 0; i < AT_ONCE; i++) {
        if (r->listing->running[i] == r)
            r->listing->running[i] = NULL;
    }
    r->transfer = NULL; /* gone when its handler returns */
}

static void on_done(void *self, const struct net_result *result)
{
    struct request *r = self;
    struct listing *l = r->listing;
    struct error err;
    retire(r);
    struct json *j = read_reply(r, result, &err);
    bool ok = j && (l->kind->heard(l, &r->ask, j, &err) || of_server(l->server, &err));
    bool is_list = r->ask.is_list;
    json_free(j);
    request_free(r);
    if (ok && is_list && !l->has_list) {
        l->has_list = true;
        l->catalog.answer_s = clock_seconds(clock_mono(net_clock(l->net)) - l->started_ns);
    }
    if (!ok && is_list) {
        report(l, &err);
        return;
    }
    run_more(l);
    if (l->failed)
        report(l, &l->err);
    else if (is_idle(l))
        report(l, NULL);
}

static bool start(struct request *r, struct error *err)
{
    static const struct net_handler handler = { on_head, on_bytes, on_done };
    const struct server *s = r->listing->server;
    struct arena a = { 0 }; /* the key shall not live as long as the list */
    struct net_request q = {
        .method = r->body ? "POST" : "GET",
        .url = arena_format(&a, "%s%s", s->url, r->path),
        .headers = s->provider->headers(s, &a),
        .body = r->body,
        .body_len = r->body ? strlen(r->body) : 0,
        .connect_ms = r->listing->limit_ms,
        .ca_file = s->ca_file,
        .local = s->local,
    };
    r->transfer = net_start(r->listing->net, &q, &handler, r, err);
    arena_done(&a);
    return r->transfer != NULL;
}

/* Starts what waits, as far as there is room. */
static void run_more(struct listing *l)
{
    for (size_t i = 0; i < AT_ONCE && l->first; i++) {
        if (l->running[i])
            continue;
        struct request *r = l->first;
        struct error err;
        l->first = r->next;
        if (!l->first)
            l->last = &l->first;
        if (start(r, &err)) {
            l->running[i] = r;
            continue;
        }
        if (r->ask.is_list && !l->failed) {
            l->failed = true;
            l->err = err;
        }
        request_free(r);
    }
}

void listing_ask(struct listing *l, struct errand what, const char *path, const char *body)
{
    struct request *r = mem_new(struct request, 1);
    r->listing = l;
    r->ask = what;
    r->path = arena_string(&l->catalog.arena, path);
    r->body = arena_string(&l->catalog.arena, body);
    r->reply = buf_with_max(MAX_REPLY_BYTES);
    *l->last = r;
    l->last = &r->next;
}

struct listing *listing_begin(struct net *n, const struct server *s,
                              const struct listing_kind *kind, bool deep, int64_t limit_ms,
                              listing_done *done, void *self, struct error *err)
{
    if (s->provider->needs_key && s->hosted && !s->key) {
        error_set(err, ERR_REFUSED,
                  "server '%s' needs a key: export it and name the variable with key_env", s->name);
        return NULL;
    }
    struct listing *l = mem_new(struct listing, 1);
    *l = (struct listing){ .net = n,
                           .server = s,
                           .kind = kind,
                           .deep = deep,
                           .done = done,
                           .self = self,
                           .limit_ms = limit_ms };
    l->last = &l->first;
    l->catalog.version = "";
    l->catalog.clock_ahead_s = NAN;
    l->started_ns = clock_mono(net_clock(n));
    kind->begin(l);
    run_more(l);
    if (l->failed) {
        *err = l->err;
        listing_cancel(l);
        return NULL;
    }
    if (is_idle(l)) { /* the provider knew it all: nothing to wait for but the next step */
        l->has_list = true;
        limit_ms = 0;
    }
    net_timer_set(n, &l->limit, limit_ms, time_is_up, l);
    return l;
}
