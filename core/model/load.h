/* Bringing a model into a server's memory, or putting it out, before anyone asks it anything.
 * Only some kinds of server can be told (provider.h: `load`); others load by themselves. */
#ifndef MODEL_LOAD_H
#define MODEL_LOAD_H

#include "core/base/error.h"
#include "core/model/server.h"
#include "core/wire/net.h"

struct load;
/* err NULL: it is done. A load takes as long as the weights are large: seconds to minutes. */
typedef void load_done(void *self, const struct error *err);

/* Asks once; reports once, from net_step. The server is borrowed until then. NULL with err set
 * where a server of this kind cannot be told, or the request cannot be made. */
struct load *load_start(struct net *n, const struct server *s, const char *model, bool in,
                        load_done *done, void *self, struct error *err);
/* No report; the server may give up loading. Accepts NULL. */
void load_cancel(struct load *l);

#endif
