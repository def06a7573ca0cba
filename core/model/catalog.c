/* Lists of models (catalog.h). */
#include "core/model/catalog.h"

#include <string.h>

#include "core/model/provider.h"

const char *identity_kind_name(enum identity_kind k)
{
    static const char *const names[] = {
        [IDENTITY_DIGEST] = "digest",
        [IDENTITY_METADATA] = "metadata",
        [IDENTITY_FINGERPRINT] = "fingerprint",
        [IDENTITY_NAME] = "name",
    };
    return names[k];
}

void catalog_done(struct catalog *c)
{
    arena_done(&c->arena);
    *c = (struct catalog){ 0 };
}

const struct model_info *catalog_find(const struct catalog *c, const char *name)
{
    static const char latest[] = ":latest";
    size_t len = strlen(name);
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->models[i].name, name) == 0)
            return &c->models[i];
    }
    if (strchr(name, ':'))
        return NULL;
    for (size_t i = 0; i < c->count; i++) {
        const char *its = c->models[i].name;
        if (strncmp(its, name, len) == 0 && strcmp(its + len, latest) == 0)
            return &c->models[i];
    }
    return NULL;
}

bool catalog_chats(const struct catalog *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->models[i].completion != TRI_NO)
            return true;
    return false;
}

struct listing *listing_start(struct net *n, const struct server *s, bool deep, int64_t limit_ms,
                              listing_done *done, void *self, struct error *err)
{
    return s->provider->list(n, s, deep, limit_ms, done, self, err);
}
