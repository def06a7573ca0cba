/* One request that loads or unloads (load.h). No limit of time: the server keeps one itself,
 * and a person can stop it. */
#include "core/model/load.h"

#include "core/base/mem.h"
#include "core/limits.h"
#include "core/model/error_body.h"
#include "core/model/provider.h"
#include "core/model/trouble.h"

#define CONNECT_MS 5000

struct load {
    const struct server *server;
    struct net_transfer *transfer;
    load_done *done;
    void *self;
    int status;
    struct buf reply;
};

static void load_free(struct load *l)
{
    buf_done(&l->reply);
    mem_free(l);
}

static void on_head(void *self, const struct net_head *head)
{
    struct load *l = self;
    l->status = head->status;
}

static bool on_bytes(void *self, const char *data, size_t len, int64_t now_ns)
{
    struct load *l = self;
    (void)now_ns;
    return buf_add(&l->reply, data, len);
}

static bool read_result(const struct load *l, const struct net_result *result, struct error *err)
{
    const struct server *s = l->server;
    struct arena a = { 0 };
    if (result->outcome != NET_OK) {
        struct trouble t = trouble_of_transfer(s, result, CONNECT_MS, &a);
        error_set(err, ERR_NET, "%s%s%s", t.message, t.advice ? ": " : "",
                  t.advice ? t.advice : "");
    } else if (l->status >= 300) {
        struct error_body e;
        error_body_read(l->status, s->provider->name, buf_text(&l->reply), l->reply.len, &e);
        error_set(err,
                  e.fault == FAULT_KEY             ? ERR_REFUSED
                  : e.fault == FAULT_MODEL_MISSING ? ERR_MODEL
                                                   : ERR_NET,
                  "%s: %s%s%s", trouble_where(s, &a), trouble_clean(s, e.message, &a),
                  *e.advice ? ": " : "", trouble_clean(s, e.advice, &a));
    }
    arena_done(&a);
    return result->outcome == NET_OK && l->status < 300;
}

static void on_done(void *self, const struct net_result *result)
{
    struct load *l = self;
    struct error err;
    bool ok = read_result(l, result, &err);
    load_done *done = l->done;
    void *whose = l->self;
    load_free(l);
    done(whose, ok ? NULL : &err);
}

struct load *load_start(struct net *n, const struct server *s, const char *model, bool in,
                        load_done *done, void *self, struct error *err)
{
    static const struct net_handler handler = { on_head, on_bytes, on_done };
    struct buf body = buf_with_max(64 * KIB);
    if (!s->provider->load) {
        error_set(
            err, ERR_USAGE,
            "%s servers cannot be told to load or unload a model: '%s' does so by itself when "
            "a model is asked",
            s->provider->label, s->name);
        return NULL;
    }
    if (!s->provider->load(s, model, in, &body, err)) {
        buf_done(&body);
        return NULL;
    }
    struct arena a = { 0 };
    struct load *l = mem_new(struct load, 1);
    *l = (struct load){ .server = s, .done = done, .self = self };
    l->reply = buf_with_max(MAX_REPLY_BYTES);
    struct net_request q = {
        .method = "POST",
        .url = arena_format(&a, "%s%s", s->url, s->provider->path),
        .headers = s->provider->headers(s, &a),
        .body = buf_text(&body),
        .body_len = body.len,
        .connect_ms = CONNECT_MS,
        .ca_file = s->ca_file,
        .local = s->local,
    };
    l->transfer = net_start(n, &q, &handler, l, err);
    arena_done(&a);
    buf_done(&body);
    if (!l->transfer) {
        load_free(l);
        return NULL;
    }
    return l;
}

void load_cancel(struct load *l)
{
    if (!l)
        return;
    net_cancel(l->transfer);
    load_free(l);
}
