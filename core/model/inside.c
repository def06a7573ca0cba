/* What all writers inside the program share (inside.h). */
#include "core/model/inside.h"

#include <string.h>

#include "core/base/mem.h"

int64_t inside_now(const struct inside *i)
{
    return clock_mono(net_clock(i->net));
}

/* --- telling --------------------------------------------------------------------------------- */

void inside_tell(struct inside *i, struct model_event ev)
{
    if (i->done)
        return;
    ev.at_ns = inside_now(i);
    if (!ev.text)
        ev.text = "";
    i->hear(i->self, &ev);
}

void inside_end(struct inside *i, struct model_event end)
{
    end.type = EVENT_END;
    inside_tell(i, end);
    i->done = true;
}

/* --- slices ---------------------------------------------------------------------------------- */

static void inside_free(struct inside *i)
{
    net_timer_stop(i->net, &i->turn);
    i->writer->done(i);
    mem_free(i);
}

static void turn(void *self)
{
    struct inside *i = self;
    int64_t end = inside_now(i) + INSIDE_SLICE_NS;
    i->busy = true;
    do
        i->writer->step(i);
    while (!i->done && i->pace <= 0 && inside_now(i) < end);
    i->busy = false;
    if (i->done)
        inside_free(i);
    else
        net_timer_set(i->net, &i->turn, i->pace > 0 ? (int64_t)(1000 / i->pace) : 0, turn, i);
}

struct inside *inside_begin(struct inside *i)
{
    net_timer_set(i->net, &i->turn, 0, turn, i);
    return i;
}

void inside_cancel(struct inside *i, struct usage *ret)
{
    *ret = i->writer->count(i);
    i->done = true;
    if (!i->busy) /* else the slice it was stopped in ends it */
        inside_free(i);
}

/* --- stop texts ------------------------------------------------------------------------------ */

size_t inside_find_stop(const struct call_request *r, const char *text, size_t len)
{
    size_t first = len;
    for (size_t k = 0; k < r->stop_count; k++) {
        const char *at = *r->stop[k] ? strstr(text, r->stop[k]) : NULL;
        if (at && (size_t)(at - text) < first)
            first = (size_t)(at - text);
    }
    return first;
}
