/* Servers that do not answer, looked for elsewhere (second_look.h). */
#include "core/lab/second_look.h"

#include <string.h>

#include "core/limits.h"
#include "core/model/provider.h"

/* Places one server is looked for at: another loopback, without a proxy, three types. */
#define PLACES 5

struct place {
    struct second_look *ret;
    struct server server;
    int found; /* what it is when it answers */
    struct listing *listing;
    bool answers;
};

struct looking {
    struct place places[MAX_SERVERS * PLACES];
    size_t count;
};

static void heard(void *self, struct catalog *list, const struct error *err)
{
    struct place *p = self;
    p->listing = NULL;
    /* A list of nothing is what a server of another kind may say to anything. */
    p->answers = list ? list->count > 0 : err->code == ERR_REFUSED;
    if (list)
        catalog_done(list);
}

static void add(struct looking *l, struct second_look *ret, const struct server *s, int found)
{
    if (l->count < sizeof l->places / sizeof *l->places)
        l->places[l->count++] = (struct place){ .ret = ret, .server = *s, .found = found };
}

/* Where it may be depends on how it failed. */
static void add_places(struct looking *l, const struct lab_server *s, struct arena *a,
                       struct second_look *ret)
{
    struct server twin;
    if (s->error.code == ERR_NET && server_on_other_loopback(&s->server, a, &twin))
        add(l, ret, &twin, SECOND_LOOPBACK);
    if (server_without_proxy(&s->server, &twin))
        add(l, ret, &twin, SECOND_DIRECT);
    for (size_t i = 0; s->error.code == ERR_ADDRESS; i++) {
        if (!server_of_other_type(&s->server, i, a, &twin))
            break;
        if (twin.provider != s->server.provider || strcmp(twin.url, s->server.url) != 0)
            add(l, ret, &twin, SECOND_TYPE);
    }
}

static bool wait_for_all(struct lab *lab, struct looking *l, struct error *err)
{
    for (;;) {
        bool waiting = false;
        for (size_t i = 0; i < l->count; i++)
            waiting |= l->places[i].listing != NULL;
        if (!waiting)
            return true;
        if (!lab_turn(lab, NULL, 0, -1, err))
            return false;
    }
}

bool second_look(struct lab *lab, int64_t limit_ms, struct arena *a, struct second_look *ret,
                 struct error *err)
{
    struct looking *l = mem_new(struct looking, 1);
    struct error ignored;
    for (size_t i = 0; i < lab->models.server_count && i < MAX_SERVERS; i++) {
        const struct lab_server *s = lab->models.servers[i];
        if (lab_server_is_silent(s) && !s->server.key_trouble && !choice_is_guess(s))
            add_places(l, s, a, &ret[i]);
    }
    for (size_t i = 0; i < l->count; i++) {
        struct place *p = &l->places[i];
        p->listing =
            p->server.provider->list(lab->net, &p->server, false, limit_ms, heard, p, &ignored);
    }
    bool ok = wait_for_all(lab, l, err);
    for (size_t i = 0; i < l->count; i++) {
        struct place *p = &l->places[i];
        listing_cancel(p->listing);
        if (p->answers && p->ret->found == SECOND_NOTHING) {
            p->ret->found = p->found;
            p->ret->url = p->server.url;
            p->ret->type = p->server.provider->name;
        }
    }
    mem_free(l);
    return ok;
}
