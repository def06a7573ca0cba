/* The built-in models as one provider (built_in.h): who writes which model's answers. */
#include "core/model/built_in.h"

#include <math.h>
#include <string.h>

#include "core/model/inside.h"
#include "core/model/listing.h"
#include "core/model/mini.h"
#include "core/model/mini_steps.h"

static struct inside *start(struct net *n, const struct server *s, const struct call_request *r,
                            model_hear *hear, void *self, struct error *err)
{
    (void)err;
    if (strcmp(r->model, MINI_STEPS) == 0)
        return mini_steps_start(n, s, r, hear, self);
    return mini_start(n, s, r, hear, self);
}

static void cancel(struct inside *i, struct usage *ret)
{
    i->cancel(i, ret);
}

static void begin_list(struct listing *l)
{
    struct catalog *c = listing_catalog(l);
    const struct server *s = listing_server(l);
    c->version = RLAB_VERSION;
    c->answer_s = NAN;
    mini_list(s, c);
    mini_steps_list(s, c);
}

static struct listing *list(struct net *n, const struct server *s, bool deep, int64_t limit_ms,
                            listing_done *done, void *self, struct error *err)
{
    static const struct listing_kind kind = { .begin = begin_list };
    return listing_begin(n, s, &kind, deep, limit_ms, done, self, err);
}

const struct provider built_in_provider = {
    .takes_budget = true,
    .name = "mini",
    .help = "the models inside the program",
    .label = "built-in",
    .list = list,
    .start = start,
    .cancel = cancel,
};

struct server built_in_server(const char *own, const char *shipped)
{
    return (struct server){
        .name = "mini",
        .provider = &built_in_provider,
        .url = "built-in",
        .local = true,
        .price_in = NAN,
        .price_out = NAN,
        .shelf = { own, shipped },
        .origin = "built-in",
    };
}
