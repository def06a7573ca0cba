/* Who plays what (roles.h). */
#include "core/lab/roles.h"

#include "core/model/provider.h"

static bool is_it(const struct lab_model *m, const struct lab_server *s,
                  const struct model_info *info)
{
    return m && m->server == s && catalog_find(s->list, m->name) == info;
}

/* Some servers are never picked: each question to them costs money, or none said so. */
const char *model_not_by_itself(const struct lab_server *server, const char *model, struct arena *a)
{
    return arena_format(a, "not picked by itself; ask it with --model %s/%s", server->server.name,
                        model);
}

/* Why the one that plays a role plays it. */
static const char *why_it_plays(const struct choice *c, bool fast, const struct pick *pick,
                                struct arena *a)
{
    const char *origin = fast ? c->fast_origin : c->reasoning_origin;
    if (origin)
        return arena_format(a, "chosen (%s)", origin);
    if (c->fast->server != c->reasoning->server && !c->fast_origin && !c->reasoning_origin)
        return "started for it";
    const char *why = fast ? pick->fast_why : pick->reasoning_why;
    return why ? why : "picked";
}

static const char *why_it_does_not(const struct choice *c, const struct lab_server *server,
                                   const struct model_info *info, const struct pick *pick,
                                   struct arena *a)
{
    if (info->completion == TRI_NO)
        return "embedding only";
    if (c->fast_origin && c->reasoning_origin)
        return "the pair was chosen";
    if (server->server.provider->start && c->server == server)
        return "made for no role";
    if (c->help)
        return model_not_by_itself(server, info->name, a);
    if (server != c->server)
        return "server not picked";
    if (info == pick->fast || info == pick->reasoning)
        return "would be picked, had not another one been chosen";
    return pick_why_not(pick, server->list->models, server->list->count,
                        (size_t)(info - server->list->models), a);
}

const char *model_role(const struct lab *lab, const struct lab_server *server,
                       const struct model_info *info, const struct pick *pick, const char **ret_why,
                       struct arena *a)
{
    const struct choice *c = &lab->choice;
    bool fast = is_it(c->fast, server, info), reasoning = is_it(c->reasoning, server, info);
    bool chosen = reasoning && c->reasoning_origin && !(fast && c->fast_origin);
    if (fast || reasoning)
        *ret_why = why_it_plays(c, fast && !chosen, pick, a);
    else
        *ret_why = why_it_does_not(c, server, info, pick, a);
    return fast && reasoning ? "both" : fast ? "fast" : reasoning ? "reasoning" : NULL;
}
