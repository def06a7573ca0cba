/* What a provider is: a const table of functions. A new one is one file and one line in the
 * list in provider.c.
 *
 * The three wire providers share call.c: they only say how a request looks (`request`), how
 * the reply is framed, and what one event of it means (`decode`). A provider that answers
 * inside the program brings its own `start` and `cancel` instead. */
#ifndef MODEL_PROVIDER_H
#define MODEL_PROVIDER_H

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/model/call.h"
#include "core/model/catalog.h"

enum framing { FRAMING_SSE, FRAMING_NDJSON };

struct decoder; /* core/model/decode.h */
struct inside;  /* one answer being written inside the program; its provider's own */

struct provider {
    const char *name;  /* type in the config: "ollama", "openai", "anthropic" */
    const char *help;  /* one line for `rlab help models` */
    const char *label; /* for a person: "Ollama", "OpenAI-compatible" */
    bool needs_key;    /* a hosted server of this type without a key is not asked */
    bool takes_budget; /* of tokens for thinking */
    enum framing framing;
    const char *path; /* of the chat endpoint, below the base URL */
    /* The authorisation and other header lines into `lines` (NULL-terminated, in the arena). */
    const char *const *(*headers)(const struct server *s, struct arena *a);
    /* The JSON body. */
    bool (*request)(const struct server *s, const struct call_request *r,
                    const struct model_quirks *q, struct buf *ret, struct error *err);
    /* One event of the stream (or a whole reply that was not streamed). */
    void (*decode)(struct decoder *d, const char *event_name, const struct json *j);
    /* The body ended: say what that means (whether an end mark was seen). */
    void (*finish)(struct decoder *d);
    /* Asks for the list of models (catalog.h). */
    struct listing *(*list)(struct net *n, const struct server *s, bool deep, int64_t limit_ms,
                            listing_done *done, void *self, struct error *err);
    /* The body of a request to `path` that brings a model into memory (or, not `in`, puts it
     * out); NULL where servers of this type cannot be told. */
    bool (*load)(const struct server *s, const char *model, bool in, struct buf *ret,
                 struct error *err);

    /* Only of a provider that answers inside the program; of the above it has `list` alone.
     * Server and request are borrowed until the end. Events come from net_step; after
     * EVENT_END the answer is gone by itself. NULL with err set where it cannot begin. */
    struct inside *(*start)(struct net *n, const struct server *s, const struct call_request *r,
                            model_hear *hear, void *self, struct error *err);
    /* Stops it without any further event, also from within one of its own, and tells what was
     * counted so far. */
    void (*cancel)(struct inside *i, struct usage *ret);
};

/* A type a server can have; the built-in one is not among them. NULL where unknown. */
const struct provider *provider_find(const char *name);
/* The known names for an error text: "ollama, openai, anthropic". */
const char *provider_names(void);

#endif
