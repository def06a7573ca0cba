/* A deed: something a person does on the screen that is written down. Most are written at once.
 * Where another rlab holds the file, a deed waits and is tried again from the loop, for 5 s from
 * the key on; meanwhile every key answers.
 *
 *     static const struct deed deleting = { .title = "The row was not deleted",
 *                                           .size = sizeof struct row,
 *                                           .write = delete_row,
 *                                           .done = row_is_gone };
 *     deed_do(p->desk, &deleting, p, &(struct row){ .id = st->shown_id });
 *
 * What it is about is settled when the key is pressed: the struct is copied, so it must name its
 * target by itself (an id, a key, a text of its own) and not by what is chosen on the screen.
 * Deeds are done in the order of their keys; behind one that waits the next ones wait too. Nothing
 * runs while none waits. */
#ifndef PANE_DEED_H
#define PANE_DEED_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/wire/net.h"

struct desk;

/* What a person is told where a deed is not written. */
enum deed_loss {
    LOSS_BOX,  /* the box, with its title */
    LOSS_LINE, /* a line: "not recorded: ..." */
    LOSS_OWN,  /* what its `failed` says */
};

/* One kind of deed; a const table for each. `self` is whoever does it (a pane, the app) and has to
 * live until deeds_settle; `what` is the copy. */
struct deed {
    const char *title; /* where it cannot be done: "The row was not deleted" */
    enum deed_loss loss;
    size_t size; /* of `what` */
    /* Writes it, as a whole or not at all. Called again after it found the file busy. */
    bool (*write)(void *self, void *what, struct error *err);
    /* It is written: the pane shows it now. May do the next deed. NULL: there is nothing to show. */
    void (*done)(void *self, void *what);
    /* It will not be written; before that is told. NULL: nothing is to be put back. */
    void (*failed)(void *self, void *what, const struct error *err);
    /* Frees what `what` holds: once, last, whatever became of it. NULL: it holds nothing. */
    void (*forget)(void *what);
};

/* Of the desk; private to deed.c but for `ending`. */
struct deeds {
    struct deed_waiting *first; /* NULL: none waits */
    struct net_timer again;
    bool told;   /* the person sees that something waits */
    bool ending; /* the program ends: nothing new is begun */
};

/* Does it, or lets it wait. Afterwards `what` and all it holds are the deed's. */
void deed_do(struct desk *d, const struct deed *k, void *self, const void *what);
/* Whether one of this kind waits. */
bool deed_waits(const struct desk *d, const struct deed *k, const void *self);
/* Takes the newest of this kind that waits back, as if its key had not been pressed: neither done
 * nor failed is called. False: none waits. */
bool deed_call_off(struct desk *d, const struct deed *k, const void *self);

/* What a person reads while something waits for longer than a moment; NULL: nothing does. */
const char *deeds_words(const struct desk *d);
bool deeds_wait(const struct desk *d);

/* The end of the program, while those who did them still live: what waits is tried once more, for as
 * long as a verb waits. What cannot be written even then is noted as not recorded. */
void deeds_settle(struct desk *d);
/* Forgets what waits; for desk_done. */
void deeds_done(struct desk *d);

#endif
