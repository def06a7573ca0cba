/* Questions asked before. Owns their texts. */
#include "tui/pane/past.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/store/asked.h"

static void drop(struct past *p, size_t i)
{
    mem_free(p->text[i]);
    memmove(&p->text[i], &p->text[i + 1], (p->count - i - 1) * sizeof *p->text);
    p->count--;
}

static bool append(struct past *p, const char *text)
{
    p->text = mem_grow(p->text, &p->cap, p->count + 1, sizeof *p->text);
    p->text[p->count++] = mem_string(text);
    return p->count < PAST_MOST;
}

static size_t place_of(const struct past *p, const char *text)
{
    size_t i = 0;
    while (i < p->count && strcmp(p->text[i], text) != 0)
        i++;
    return i;
}

const char *past_text(void *self, size_t i)
{
    const struct past *p = self;
    return i < p->count ? p->text[p->count - 1 - i] : NULL;
}

void past_add(struct past *p, const char *text)
{
    size_t same = place_of(p, text);
    if (same < p->count)
        drop(p, same);
    else if (p->count == PAST_MOST)
        drop(p, 0);
    append(p, text);
}

static bool note(void *self, const char *query)
{
    struct past *p = self;
    return place_of(p, query) < p->count || append(p, query);
}

/* The store gives the newest first. */
bool past_read(struct past *p, struct store *s, struct error *err)
{
    struct past older = { .read = true };
    if (p->read)
        return true;
    p->read = true;
    if (!prompt_list(s, note, &older, err)) {
        past_done(&older);
        return false;
    }
    struct past all = { .read = true };
    for (size_t i = older.count; i-- > 0;)
        past_add(&all, older.text[i]);
    for (size_t i = 0; i < p->count; i++)
        past_add(&all, p->text[i]);
    past_done(&older);
    past_done(p);
    *p = all;
    return true;
}

void past_done(struct past *p)
{
    for (size_t i = 0; i < p->count; i++)
        mem_free(p->text[i]);
    mem_free(p->text);
    *p = (struct past){ 0 };
}
