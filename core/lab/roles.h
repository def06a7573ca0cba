/* Which role each listed model plays, and why it has that one or none: what `rlab models` and the
 * first pane say. */
#ifndef LAB_ROLES_H
#define LAB_ROLES_H

#include "core/lab/lab.h"
#include "core/model/pick.h"

/* "fast", "reasoning", "both", or NULL for none; `why` is never NULL, its text lives in the arena
 * or as long as the choice. `pick` is what the rule says of this server's list, `info` a row of
 * it. */
const char *model_role(const struct lab *lab, const struct lab_server *server,
                       const struct model_info *info, const struct pick *pick, const char **ret_why,
                       struct arena *a);

/* Why no model of this server is picked without being named. */
const char *model_not_by_itself(const struct lab_server *server, const char *model,
                                struct arena *a);

#endif
