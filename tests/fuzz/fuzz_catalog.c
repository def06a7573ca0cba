/* Lists of models: whatever JSON comes, every entry has a name, an identity and texts. */
#include "tests/fuzz/fuzz.h"

#include "core/base/text.h"
#include "core/limits.h"
#include "core/model/catalog_read.h"
#include "core/model/pick.h"

static void check_text(const char *text)
{
    PROMISE(text && text_valid_up_to(text, strlen(text)) == strlen(text));
}

static void check(struct catalog *c)
{
    struct pick p;
    PROMISE(c->count <= MAX_MODELS);
    pick_models(c->models, c->count, &c->arena, &p);
    for (size_t i = 0; i < c->count; i++) {
        const struct model_info *m = &c->models[i];
        check_text(m->name);
        check_text(m->identity);
        check_text(m->family);
        check_text(m->parameters);
        check_text(m->quant);
        PROMISE(*m->name && *m->identity && m->context_tokens >= -1 && m->size_bytes >= -1);
        PROMISE(catalog_find(c, m->name));
        check_text(pick_why_not(&p, c->models, c->count, i, &c->arena));
    }
    catalog_done(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err;
    struct catalog c = { .version = "" };
    const char *after;
    struct json *j = json_parse((const char *)data, size, &err);
    if (!j)
        return 0;
    if (catalog_read_tags(&c, j, &err)) {
        catalog_read_ps(&c, j);
        catalog_read_version(&c, j);
        if (c.count)
            catalog_read_show(&c, &c.models[0], j);
    }
    check(&c);
    catalog_read_openai(&c, j, &err);
    check(&c);
    if (catalog_read_anthropic(&c, j, &after, &err) && after)
        catalog_read_anthropic(&c, j, &after, &err);
    check(&c);
    json_free(j);
    return 0;
}
