/* Deeds that wait for another rlab (deed.h). Owns the copies of what they are about. */
#include "tui/pane/deed.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/lab/landing.h"
#include "tui/pane/desk.h"

/* Up to here a wait is a moment, of which nothing is said. */
#define MOMENT_NS (3 * NS_PER_S / 10)

struct deed_waiting {
    struct deed_waiting *next;
    const struct deed *kind;
    void *self, *what;
    int64_t since_ns; /* when its key was pressed */
};

static void try_again(void *self);

/* --- one ------------------------------------------------------------------------------------ */

/* An empty transaction comes first: it finds out for nothing whether the file is free, before
 * anything is read for the sake of a write that cannot be; and facts that came while it was not
 * are in it before a check asks for them. False with ret_busy: not now. */
static bool attempt(struct desk *d, const struct deed *k, void *self, void *what, bool *ret_busy,
                    struct error *err)
{
    struct store *s = d->lab ? d->lab->store : NULL;
    struct error ignored;
    bool free = s && store_batch_begin(s, err);
    if (free)
        (void)store_batch_end(s, &ignored); /* what fails here fails in the write, in its words */
    *ret_busy = s && !free && store_was_busy(s);
    if (*ret_busy)
        return false;
    bool ok = k->write(self, what, err);
    *ret_busy = s && !ok && store_was_busy(s);
    return ok;
}

static void forget(const struct deed *k, void *what)
{
    if (k->forget)
        k->forget(what);
}

static void end(struct desk *d, const struct deed *k, void *self, void *what,
                const struct error *failed)
{
    if (!failed && k->done)
        k->done(self, what);
    if (failed && k->failed)
        k->failed(self, what, failed);
    if (failed && k->loss == LOSS_BOX)
        desk_fail(d, k->title, failed);
    else if (failed && k->loss == LOSS_LINE)
        desk_say(d, "not recorded: %s", failed->text);
    forget(k, what);
    d->dirty = true;
}

/* --- those that wait -------------------------------------------------------------------------- */

static void let_wait(struct desk *d, const struct deed *k, void *self, const void *what)
{
    struct deed_waiting **at = &d->deeds.first;
    while (*at)
        at = &(*at)->next;
    *at = mem_new(struct deed_waiting, 1);
    **at = (struct deed_waiting){ .kind = k,
                                  .self = self,
                                  .what = mem_alloc(1, k->size ? k->size : 1),
                                  .since_ns = clock_mono(d->clock) };
    memcpy((*at)->what, what, k->size);
    if (!d->deeds.again.place)
        net_timer_set(d->lab->net, &d->deeds.again, LANDING_AGAIN_MS, try_again, d);
}

static struct deed_waiting *take_out(struct deed_waiting **at)
{
    struct deed_waiting *w = *at;
    *at = w->next;
    return w;
}

static void free_waiting(struct deed_waiting *w)
{
    mem_free(w->what);
    mem_free(w);
}

static void tell(struct desk *d)
{
    bool tells = deeds_words(d) != NULL;
    if (tells != d->deeds.told)
        d->dirty = true;
    d->deeds.told = tells;
}

static void try_again(void *self)
{
    struct desk *d = self;
    struct error err;
    bool busy;
    while (d->deeds.first) {
        struct deed_waiting *w = d->deeds.first;
        bool ok = attempt(d, w->kind, w->self, w->what, &busy, &err);
        if (busy && landing_was_busy(d->lab->store, clock_mono(d->clock), &w->since_ns))
            break;
        take_out(&d->deeds.first);
        end(d, w->kind, w->self, w->what, ok ? NULL : &err);
        free_waiting(w);
    }
    if (d->deeds.first)
        net_timer_set(d->lab->net, &d->deeds.again, LANDING_AGAIN_MS, try_again, d);
    tell(d);
}

void deed_do(struct desk *d, const struct deed *k, void *self, const void *what)
{
    struct error err;
    bool busy;
    if (d->deeds.first) {
        let_wait(d, k, self, what);
        return;
    }
    void *copy = mem_alloc(1, k->size ? k->size : 1);
    memcpy(copy, what, k->size);
    bool ok = attempt(d, k, self, copy, &busy, &err);
    if (busy)
        let_wait(d, k, self, copy);
    else
        end(d, k, self, copy, ok ? NULL : &err);
    mem_free(copy);
}

bool deed_waits(const struct desk *d, const struct deed *k, const void *self)
{
    for (const struct deed_waiting *w = d->deeds.first; w; w = w->next)
        if (w->kind == k && w->self == self)
            return true;
    return false;
}

bool deed_call_off(struct desk *d, const struct deed *k, const void *self)
{
    struct deed_waiting **newest = NULL;
    for (struct deed_waiting **at = &d->deeds.first; *at; at = &(*at)->next)
        if ((*at)->kind == k && (*at)->self == self)
            newest = at;
    if (!newest)
        return false;
    struct deed_waiting *w = take_out(newest);
    forget(k, w->what);
    free_waiting(w);
    tell(d);
    return true;
}

const char *deeds_words(const struct desk *d)
{
    const struct deed_waiting *w = d->deeds.first; /* the oldest */
    return w && clock_mono(d->clock) - w->since_ns >= MOMENT_NS
               ? "waiting for another rlab, which is writing to the database"
               : NULL;
}

bool deeds_wait(const struct desk *d)
{
    return d->deeds.first != NULL;
}

/* --- the end ---------------------------------------------------------------------------------- */

/* One sentence is said when the program has left the screen; the log has each. */
static void say_lost(struct desk *d, size_t lost, struct error *first)
{
    if (lost > 1)
        error_within(first, "%zu things you did last were not written, the first of them", lost);
    if (lost)
        pipeline_not_recorded(&d->lab->pipeline, first);
}

void deeds_settle(struct desk *d)
{
    struct error err, first;
    size_t lost = 0;
    bool busy;
    d->deeds.ending = true;
    if (d->deeds.first)
        store_last_chance(d->lab->store);
    while (d->deeds.first) {
        struct deed_waiting *w = d->deeds.first;
        bool ok = attempt(d, w->kind, w->self, w->what, &busy, &err);
        take_out(&d->deeds.first);
        if (ok) {
            end(d, w->kind, w->self, w->what, NULL);
        } else {
            error_within(&err, "%s", w->kind->title);
            lab_log(d->lab, err.text);
            if (!lost++)
                first = err;
            forget(w->kind, w->what);
        }
        free_waiting(w);
    }
    say_lost(d, lost, &first);
}

void deeds_done(struct desk *d)
{
    if (d->deeds.again.place)
        net_timer_stop(d->lab->net, &d->deeds.again);
    while (d->deeds.first) {
        struct deed_waiting *w = take_out(&d->deeds.first);
        forget(w->kind, w->what);
        free_waiting(w);
    }
}
