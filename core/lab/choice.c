/* Which two models, when nobody said (choice.h).
 *
 * ASKING (servers, until one fits) -> DETAILS (what the two can do) -> told. News only wake a
 * timer: whether enough is known is looked at once per turn, and nobody is told from inside
 * another's report. */
#include "core/lab/choice.h"

#include <string.h>

#include "core/lab/choice_inside.h"
#include "core/model/mini_shelf.h"
#include "core/model/pick.h"
#include "core/model/provider.h"

/* What the two chosen models can do is asked with more patience than a probe. */
#define DETAIL_MS 3000

struct choosing {
    struct probing probing;
    struct models *models;
    struct arena *a;
    struct choice_wish wish;
    struct choice choice;
    struct candidate *found;
    struct asked details[2];
    enum { LOOKING, ASKING, DETAILS } state;
    struct net_timer look; /* something is to be looked at */
    struct net_timer end;  /* of the asking */
    choice_done *done;
    void *self;
};

/* --- asking ---------------------------------------------------------------------------------- */

static void look(void *self);

static void noticed(void *self)
{
    struct asked *a = self;
    a->waiter = NULL;
    net_timer_set(a->choosing->models->net, &a->choosing->look, 0, look, a->choosing);
}

static void ask_list(struct choosing *c, struct asked *a, struct lab_server *s, bool deep,
                     int64_t fresh_ns, int64_t limit_ms)
{
    a->choosing = c;
    a->waiter = lab_server_refresh(s, deep, fresh_ns, limit_ms, noticed, a);
}

/* What has not come is not waited for any more. It stays known as asked: that is how it is told
 * from a server that answered. */
static void forget_lists(struct choosing *c)
{
    for (size_t i = 0; c->state == ASKING && i < c->probing.count; i++) {
        lab_server_forget(c->probing.all[i].asked.waiter);
        lab_server_forget(c->probing.all[i].partner_asked.waiter);
    }
    for (size_t i = 0; c->state == DETAILS && i < 2; i++)
        lab_server_forget(c->details[i].waiter);
}

static void time_is_up(void *self)
{
    look(self);
}

static void ask_around(struct choosing *c)
{
    int64_t longest = CHOICE_PROBE_MS, fresh_ns = c->wish.anew ? 0 : IDENTITY_FRESH_NS;
    c->state = ASKING;
    probe_add_all(&c->probing, &c->wish);
    for (size_t i = 0; i < c->probing.count; i++) {
        struct candidate *one = &c->probing.all[i];
        ask_list(c, &one->asked, one->server, false, fresh_ns, one->limit_ms);
        if (one->partner)
            ask_list(c, &one->partner_asked, one->partner, false, fresh_ns, one->limit_ms);
        longest = one->limit_ms > longest ? one->limit_ms : longest;
    }
    net_timer_set(c->models->net, &c->end, longest, time_is_up, c);
    net_timer_set(c->models->net, &c->look, 0, look, c); /* some lists are fresh already */
}

/* Whether the chosen models can be told to think is only in the deep list of some servers. */
static void ask_details(struct choosing *c)
{
    struct lab_model *both[2] = { c->choice.fast, c->choice.reasoning };
    c->state = DETAILS;
    for (int i = 0; i < 2; i++) {
        bool needed = both[i] && both[i]->thinking == TRI_UNKNOWN &&
                      !both[i]->server->server.hosted &&
                      strcmp(both[i]->server->server.provider->name, "ollama") == 0;
        bool asked = i == 1 && c->details[0].waiter && both[0]->server == both[1]->server;
        if (needed && !asked)
            ask_list(c, &c->details[i], both[i]->server, true, 0,
                     c->wish.most_ms && c->wish.most_ms < DETAIL_MS ? c->wish.most_ms : DETAIL_MS);
    }
}

/* --- the built-in pair ----------------------------------------------------------------------- */

static bool has_weights(const struct lab_server *s, const char *name, struct error *err)
{
    const struct mini_model *m = mini_borrow(&s->server, name, err);
    mini_return(m);
    return m != NULL;
}

/* Always there, but for an installation without its data. */
static bool take_built_in(struct models *m, struct choice *ret, struct error *err)
{
    struct lab_server *s = models_find_server(m, "mini");
    if (!has_weights(s, "fast", err) || !has_weights(s, "reason", err))
        return false;
    ret->server = s;
    ret->fast = models_get(m, s, "fast");
    ret->reasoning = models_get(m, s, "reason");
    ret->fast_why = "answers at once";
    ret->reasoning_why = "thinks first";
    return true;
}

static bool is_built_in(const struct lab_model *m)
{
    return m && m->server->server.provider->start;
}

/* --- the choice ------------------------------------------------------------------------------ */

static bool named_without_looking(struct models *m, const char *text)
{
    struct lab_model *model;
    struct error ignored;
    return text && models_parse(m, text, NULL, &model, &ignored);
}

static void pick_from(struct choosing *c)
{
    struct candidate *from = c->found;
    struct choice *ret = &c->choice;
    struct pick pick;
    pick_models(from->server->list->models, from->server->list->count, c->a, &pick);
    ret->server = from->server;
    ret->fast = models_get(c->models, from->server, pick.fast->name);
    if (from->partner) {
        struct pick other;
        pick_models(from->partner->list->models, from->partner->list->count, c->a, &other);
        ret->reasoning = models_get(c->models, from->partner, other.fast->name);
        ret->fast_why = "started as the fast one";
        ret->reasoning_why = "started as the reasoning one";
        return;
    }
    ret->reasoning = models_get(c->models, from->server, pick.reasoning->name);
    ret->fast_why = pick.fast_why;
    ret->reasoning_why = pick.reasoning_why;
    if (pick.warning)
        ret->warning = pick.warning;
}

static bool take_named(struct choosing *c, struct error *err)
{
    struct choice *ret = &c->choice;
    const struct choice_wish *w = &c->wish;
    if (w->fast) {
        if (!models_parse(c->models, w->fast, ret->server, &ret->fast, err))
            return error_within(err, "the fast model (%s)", w->fast_origin);
        ret->fast_why = ret->fast_origin = w->fast_origin;
    }
    if (w->reason) {
        if (!models_parse(c->models, w->reason, ret->server, &ret->reasoning, err))
            return error_within(err, "the reasoning model (%s)", w->reason_origin);
        ret->reasoning_why = ret->reasoning_origin = w->reason_origin;
    }
    return true;
}

/* One model for both, where only one was named and none is found. */
static void fill_up(struct choosing *c)
{
    struct choice *ret = &c->choice;
    if (!ret->fast && !ret->reasoning) {
        ret->help = choice_help(&c->probing);
    } else if (!ret->fast) {
        ret->fast = ret->reasoning;
        ret->fast_why = ret->reasoning_why;
    } else if (!ret->reasoning) {
        ret->reasoning = ret->fast;
        ret->reasoning_why = ret->fast_why;
    }
    ret->builtin = choice_is_built_in(ret);
}

static void tell(struct choosing *c, const struct error *err)
{
    struct choice found = c->choice;
    choice_done *done = c->done;
    void *self = c->self;
    struct error why;
    if (err)
        why = *err;
    choice_cancel(c);
    done(self, err ? NULL : &found, err ? &why : NULL);
}

static void say_and_tell(struct choosing *c)
{
    struct choice *ret = &c->choice;
    if (!ret->help) {
        choice_say(ret, c->found, c->wish.builtin || c->wish.fast || c->wish.reason, c->a);
        if (ret->fast == ret->reasoning && !ret->warning)
            ret->warning = "one model plays both roles: routing is then only shown";
    }
    tell(c, NULL);
}

/* Everybody who was waited for has answered, or time is up. */
static void take(struct choosing *c)
{
    struct error err;
    forget_lists(c);
    net_timer_stop(c->models->net, &c->end);
    if (c->state == ASKING) {
        choice_judge_named(&c->probing, c->found, &c->choice);
        if (c->found)
            pick_from(c);
        else if (!c->wish.fast && !c->wish.reason)
            take_built_in(c->models, &c->choice, &err);
    }
    c->state = DETAILS;
    if (!take_named(c, &err)) {
        tell(c, &err);
        return;
    }
    fill_up(c);
    if (!c->choice.help)
        ask_details(c);
    if (!c->details[0].waiter && !c->details[1].waiter)
        say_and_tell(c);
}

static void begin(struct choosing *c)
{
    struct error err;
    const struct choice_wish *w = &c->wish;
    if (w->builtin) {
        if (take_built_in(c->models, &c->choice, &err))
            take(c);
        else
            tell(c, &err);
    } else if (named_without_looking(c->models, w->fast) &&
               named_without_looking(c->models, w->reason)) {
        take(c);
    } else {
        ask_around(c);
    }
}

/* Where it stands, looked at again. */
static void look(void *self)
{
    struct choosing *c = self;
    if (c->state == LOOKING) {
        begin(c);
    } else if (c->state == DETAILS) {
        if (!c->details[0].waiter && !c->details[1].waiter)
            say_and_tell(c);
    } else {
        bool over = !c->end.place || probe_all_settled(&c->probing);
        c->found = probe_first_fit(&c->probing, over);
        if (c->found || over)
            take(c);
    }
}

struct choosing *choice_start(struct models *m, const struct choice_wish *w, struct arena *a,
                              choice_done *done, void *self)
{
    struct choosing *c = mem_new(struct choosing, 1);
    *c = (struct choosing){ .models = m, .a = a, .wish = *w, .done = done, .self = self };
    c->probing = (struct probing){ .models = m, .a = a };
    net_timer_set(m->net, &c->look, 0, look, c);
    return c;
}

void choice_cancel(struct choosing *c)
{
    if (!c)
        return;
    forget_lists(c);
    net_timer_stop(c->models->net, &c->look);
    net_timer_stop(c->models->net, &c->end);
    mem_free(c);
}

bool choice_is_built_in(const struct choice *c)
{
    return is_built_in(c->fast) && is_built_in(c->reasoning);
}

bool choice_is_guess(const struct lab_server *s)
{
    return strcmp(s->server.origin, "found on this machine") == 0;
}

/* --- for who may wait -------------------------------------------------------------------------- */

struct made {
    bool over, ok;
    struct choice choice;
    struct error error;
};

static void made(void *self, const struct choice *ret, const struct error *err)
{
    struct made *m = self;
    m->over = true;
    m->ok = ret != NULL;
    if (ret)
        m->choice = *ret;
    else
        m->error = *err;
}

bool choice_make(struct models *m, const struct choice_wish *w, struct arena *a, struct choice *ret,
                 struct error *err)
{
    struct made answer = { 0 };
    struct choosing *c = choice_start(m, w, a, made, &answer);
    while (!answer.over) {
        if (!net_wait(m->net, NULL, 0, DETAIL_MS, err)) {
            choice_cancel(c);
            return false;
        }
        net_step(m->net);
    }
    if (!answer.ok) {
        *err = answer.error;
        return false;
    }
    *ret = answer.choice;
    return true;
}
