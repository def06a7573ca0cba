/* Looking through the history in steps (history_walk.h). */
#include "core/store/history_walk.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/store/history_lines.h"
#include "core/store/inside.h"

#define LOOK_NS      (3 * NS_PER_MS)
#define FIRST_STRIDE 2000
#define MOST_STRIDE  200000
#define LEAST_STRIDE 16

/* Matches taken from the index at once. */
#define MOST_FOUND 200000

void history_walk_start(struct history_walk *w, const struct history_filter *f)
{
    bool words = f->search && !text_is_blank(f->search, strlen(f->search));
    char *search = words ? mem_string(f->search) : NULL, *purpose = mem_string(f->purpose);
    char *model = mem_string(f->model); /* before the old ones go: they may be the same */
    history_walk_done(w);
    w->search = search;
    w->purpose = purpose;
    w->model = model;
    w->since_wall = f->since_wall;
    w->stride = FIRST_STRIDE;
}

void history_walk_done(struct history_walk *w)
{
    mem_free(w->search);
    mem_free(w->purpose);
    mem_free(w->model);
    mem_free(w->ids);
    mem_free(w->sides);
    mem_free(w->found);
    *w = (struct history_walk){ 0 };
}

static struct history_filter filter_of(const struct history_walk *w, int64_t from, int64_t before)
{
    return (struct history_filter){ .search = w->search,
                                    .purpose = w->purpose,
                                    .model = w->model,
                                    .since_wall = w->since_wall,
                                    .from_id = from,
                                    .before_id = before };
}

/* Was this answer's line found by its newer side? */
static bool met(struct history_walk *w, int64_t id)
{
    for (size_t i = 0; i < w->side_count; i++)
        if (w->sides[i] == id) {
            w->sides[i] = w->sides[--w->side_count];
            return true;
        }
    return false;
}

static bool take(void *self, int64_t id, int64_t pair_id)
{
    struct history_walk *w = self;
    if (met(w, id))
        return true;
    if (pair_id && pair_id < id) {
        w->sides = mem_grow(w->sides, &w->side_cap, w->side_count + 1, sizeof *w->sides);
        w->sides[w->side_count++] = pair_id;
    }
    w->ids = mem_grow(w->ids, &w->cap, w->count + 1, sizeof *w->ids);
    w->ids[w->count++] = id;
    return true;
}

/* Sides that lie above what is still to be looked at will not be met: the other one alone fits
 * the filter. */
static void forget_passed(struct history_walk *w)
{
    size_t kept = 0;
    for (size_t i = 0; i < w->side_count; i++)
        if (w->sides[i] < w->before_id)
            w->sides[kept++] = w->sides[i];
    w->side_count = kept;
}

static bool look_at_range(struct history_walk *w, struct store *s, struct error *err)
{
    int64_t from = w->before_id > w->stride ? w->before_id - w->stride : 1;
    struct history_filter f = filter_of(w, from, w->before_id);
    if (!history_numbers(s, &f, take, w, err))
        return false;
    w->before_id = from;
    return true;
}

static void note_match(void *self, int64_t id)
{
    struct history_walk *w = self;
    w->found = mem_grow(w->found, &w->found_cap, w->found_count + 1, sizeof *w->found);
    w->found[w->found_count++] = id;
}

static bool look_at_matches(struct history_walk *w, struct store *s, struct error *err)
{
    struct history_filter f = filter_of(w, 0, 0);
    bool fits;
    for (int64_t i = 0; i < w->stride && w->found_at < w->found_count; i++) {
        int64_t pair_id = 0, id = w->found[w->found_at++];
        if (!history_fits(s, &f, id, &fits, &pair_id, err))
            return false;
        if (fits)
            take(w, id, pair_id);
        w->before_id = id;
    }
    if (w->found_at == w->found_count && w->found_all)
        w->before_id = 1;
    return true;
}

/* The index is asked for the next matches; true where that was this look's work. */
static bool ask_index(struct history_walk *w, struct store *s, bool *ret_asked, struct error *err)
{
    *ret_asked = w->search && w->found_at == w->found_count && !w->found_all;
    if (!*ret_asked)
        return true;
    w->found_at = w->found_count = 0;
    if (!history_matches(s, w->search, w->before_id, MOST_FOUND, note_match, w, err))
        return false;
    w->found_all = w->found_count < MOST_FOUND;
    if (!w->found_count)
        w->before_id = 1;
    return true;
}

static bool look(struct history_walk *w, struct store *s, bool *ret_asked, struct error *err)
{
    if (!ask_index(w, s, ret_asked, err))
        return false;
    if (*ret_asked)
        return true;
    bool ok = w->search ? look_at_matches(w, s, err) : look_at_range(w, s, err);
    forget_passed(w);
    return ok;
}

static bool begin(struct history_walk *w, struct store *s, struct error *err)
{
    struct history_state st;
    if (!history_state(s, &st, err))
        return false;
    w->newest_id = st.newest_id;
    w->before_id = st.newest_id + 1;
    return true;
}

/* A look should take some milliseconds, whatever the machine and the filter. */
static void adapt(struct history_walk *w, int64_t took_ns)
{
    if (took_ns < LOOK_NS / 2 && w->stride < MOST_STRIDE)
        w->stride *= 2;
    else if (took_ns > LOOK_NS && w->stride > LEAST_STRIDE)
        w->stride /= took_ns > 4 * LOOK_NS ? 8 : 2;
    w->stride = w->stride < LEAST_STRIDE ? LEAST_STRIDE : w->stride;
}

bool history_walk_step(struct history_walk *w, struct store *s, size_t want, int64_t budget_ns,
                       struct error *err)
{
    const struct clock *clock = store_clock(s);
    int64_t start = clock_mono(clock), now = start;
    if (!w->before_id && !w->done && !begin(w, s, err)) {
        w->done = true;
        return false;
    }
    while (!w->done && w->count < want) {
        if (w->before_id <= 1) {
            w->done = true;
            break;
        }
        bool asked;
        if (!look(w, s, &asked, err)) {
            w->done = true;
            return false;
        }
        int64_t then = now;
        now = clock_mono(clock);
        if (!asked)
            adapt(w, now - then);
        if (now - start >= budget_ns)
            break;
    }
    w->done = w->done || w->before_id <= 1;
    return true;
}

bool history_walk_later(struct history_walk *w, struct store *s, size_t *ret, struct error *err)
{
    struct history_state st;
    *ret = 0;
    if (!w->before_id && !w->done)
        return true; /* not begun: the first step finds them */
    if (!history_state(s, &st, err))
        return false;
    if (st.newest_id <= w->newest_id)
        return true;
    struct history_walk later = { 0 };
    struct history_filter f = filter_of(w, w->newest_id + 1, st.newest_id + 1);
    if (!history_numbers(s, &f, take, &later, err)) {
        history_walk_done(&later);
        return false;
    }
    for (size_t i = 0; i < later.side_count; i++)
        history_walk_drop(w, later.sides[i]); /* its other side was there before it */
    size_t count = later.count;
    if (count) {
        w->ids = mem_grow(w->ids, &w->cap, w->count + count, sizeof *w->ids);
        memmove(w->ids + count, w->ids, w->count * sizeof *w->ids);
        memcpy(w->ids, later.ids, count * sizeof *w->ids);
        w->count += count;
    }
    history_walk_done(&later);
    w->newest_id = st.newest_id;
    *ret = count;
    return true;
}

void history_walk_drop(struct history_walk *w, int64_t id)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->ids[i] == id) {
            memmove(w->ids + i, w->ids + i + 1, (w->count - i - 1) * sizeof *w->ids);
            w->count--;
            return;
        }
}
