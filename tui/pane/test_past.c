/* Earlier runs of sets, as the Test pane lists them (test_inside.h). */
#include "tui/pane/test_inside.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/store/runs.h"

static void when_words(int64_t wall_ns, char ret[24])
{
    char local[CLOCK_STAMP_SIZE];
    clock_local(wall_ns, local);
    snprintf(ret, 24, "%.23s", local);
}

static bool add_past(void *self, const struct run_row *r)
{
    struct pane *p = self;
    struct test_pane_state *st = p->state;
    struct error err;
    struct items t = { 0 };
    if (st->past_count == TEST_PAST)
        return false;
    struct test_past *past = &st->past[st->past_count];
    *past = (struct test_past){ .ratio = NAN };
    when_words(r->started_wall, past->when);
    snprintf(st->past_state[st->past_count], sizeof *st->past_state, "%s", r->state);
    past->state = st->past_state[st->past_count];
    if (items_load(&t, p->desk->lab->store, r->id, &err)) {
        struct repeat rep;
        for (size_t i = 0; i < t.n; i++) {
            const struct run_item *it = &t.v[i];
            past->seconds += isnan(it->latency_s) ? 0 : it->latency_s;
            if (it->round != 1)
                continue;
            past->done++;
            past->labelled += *it->label != '\0';
            past->agreed += *it->label && strcmp(it->label, it->level) == 0;
        }
        trial_repeat(&t, &rep);
        past->ratio = rep.done && rep.hit ? rep.ratio : NAN;
        if (st->has_set && strcmp(r->set_name, st->set.name) == 0)
            past->total = st->set.count;
        st->past_count++;
    }
    items_done(&t);
    return true;
}

void test_read_past(struct pane *p)
{
    struct test_pane_state *st = p->state;
    struct error err;
    st->past_count = 0;
    if (!st->running && !run_list(p->desk->lab->store, "trial", TEST_PAST, add_past, p, &err))
        desk_say(p->desk, "%s", err.text);
}
