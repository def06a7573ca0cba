/* The Setup pane's view: all that its frame shows, as plain data. Texts are borrowed; those from
 * servers, drivers and files may hold anything. */
#ifndef PANE_SETUP_H
#define PANE_SETUP_H

#include "core/lab/checkup.h"
#include "core/lab/gpu.h"
#include "core/model/catalog.h"
#include "tui/screen/list.h"
#include "tui/screen/surface.h"

/* One model of the list. */
struct setup_model {
    const char *name;
    const char *size, *quant, *context; /* "5.2 GB", "Q4_K_M", "40k"; "-" unknown */
    enum tristate loaded;
    bool loading;       /* right now */
    const char *memory; /* of a loaded one: "6.1 GiB"; "" unknown */
    const char *role;   /* "FAST", "REASONING", "BOTH"; NULL none */
    const char *why;    /* it has that role, or none */
};

/* One line about how the pair came to be. */
struct setup_how {
    const char *role, *rule; /* "fast", "first name containing ..."; role "" goes on */
    const char *result;      /* the model, or "(not needed)" */
    bool applies;            /* the result is a model */
};

#define SETUP_HOWS 4

enum setup_server { SETUP_LOOKING, SETUP_UP, SETUP_INSIDE, SETUP_DOWN };

enum setup_part { SETUP_MODELS, SETUP_CHECKS };

struct setup_view {
    bool welcome; /* the first run: nothing was ever asked */

    enum setup_server server;
    double answer_s;                   /* of its list, NAN unknown */
    size_t served;                     /* models it has */
    int64_t memory_total, memory_used; /* bytes, -1 unknown */
    const struct gpus *gpus;           /* count 0: nothing is said */
    const double *use;                 /* of the first card, percent, newest last */
    size_t use_count;

    const struct setup_model *models;
    struct list *list; /* over them */
    const char *warning;

    const struct setup_how *how; /* (SETUP_HOWS,) */

    const struct checkup_line *checks; /* (CHECKUPS,) */
    struct list *check_list;
    bool checking;
    int64_t now_ns; /* against started_ns of what runs */

    /* No server answers: what failed, and how one is started. NULL: one does. */
    const char *down, *start;
    bool built_in;  /* the built-in pair answers now */
    bool forced_in; /* because the person said so: d looks for servers again */

    enum setup_part part;
    const char *explain_title, *explain; /* of the chosen line; NULL: not asked for */
};

void setup_draw(const struct setup_view *v, struct surface *s);

#endif
