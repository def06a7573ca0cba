/* Servers' lists of models, read: from JSON into a catalog. Pure, so that a saved reply gives
 * the same list. Entries without a name are skipped; an absent or null list is an empty one;
 * more than MAX_MODELS are cut off. */
#ifndef MODEL_CATALOG_READ_H
#define MODEL_CATALOG_READ_H

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/model/catalog.h"

/* Ollama: /api/tags makes the list, /api/ps adds what is loaded (models it does not name are
 * not), /api/show adds what one model can do. /api/version is one text. */
bool catalog_read_tags(struct catalog *c, const struct json *j, struct error *err);
void catalog_read_ps(struct catalog *c, const struct json *j);
void catalog_read_show(struct catalog *c, struct model_info *m, const struct json *j);
void catalog_read_version(struct catalog *c, const struct json *j);

/* /v1/models of an OpenAI-compatible server. */
bool catalog_read_openai(struct catalog *c, const struct json *j, struct error *err);

/* One page of Anthropic's list, added to the catalog. *ret_after is what the next page starts
 * behind, or NULL where this was the last (lives in the catalog's arena). */
bool catalog_read_anthropic(struct catalog *c, const struct json *j, const char **ret_after,
                            struct error *err);

#endif
