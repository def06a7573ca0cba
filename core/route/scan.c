/* All keywords in one pass (scan.h).
 *
 * States are rows of the table `next`; a state is held as the offset of its row, which saves
 * a multiplication a byte. Rows of states in which a word ends come last, so one comparison
 * tells whether there is anything to note. */
#include "core/route/scan.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/mem.h"

#define NOWHERE UINT32_MAX

/* A state in which a word ends. */
struct ending {
    uint32_t word; /* index into ids and lens */
    uint32_t also; /* the longest word that is an end of this one: an ending, or NOWHERE */
};

struct scan {
    unsigned char class_of[256]; /* column of a byte; 0 for those in no word */
    uint64_t sets_of[256];       /* which sets a byte belongs to */
    uint32_t width;              /* columns */
    uint32_t first_ending;       /* states from here on are endings */
    uint32_t *next;              /* (states, width) */
    struct ending *endings;      /* (states from first_ending,) */
    unsigned *ids;
    size_t *lens;
};

/* The automaton while it grows: states numbered as they come, root 0. */
struct growing {
    uint32_t states, width;
    uint32_t *next;   /* (states, width); NOWHERE: no such branch yet */
    uint32_t *word;   /* word that ends here, or NOWHERE */
    uint32_t *fail;   /* longest other state that is an end of this one */
    uint32_t *ending; /* nearest state along fail, itself included, where a word ends */
    uint32_t *order;  /* states, shallow ones first */
};

static void choose_columns(struct scan *s, const struct scan_word *words, size_t count)
{
    bool used[256] = { false };
    for (size_t w = 0; w < count; w++)
        for (size_t i = 0; i < words[w].len; i++)
            used[(unsigned char)words[w].text[i]] = true;
    /* UTF-8 never uses all 256 values, so column 0 stays free for the rest. */
    s->width = 1;
    for (size_t b = 0; b < 256; b++)
        if (used[b] && s->width < 256)
            s->class_of[b] = (unsigned char)s->width++;
}

static void grow_words(struct growing *g, const struct scan *s, const struct scan_word *words,
                       size_t count)
{
    g->states = 1;
    for (size_t w = 0; w < count; w++) {
        uint32_t at = 0;
        for (size_t i = 0; i < words[w].len; i++) {
            uint32_t *branch =
                &g->next[at * g->width + s->class_of[(unsigned char)words[w].text[i]]];
            if (*branch == NOWHERE)
                *branch = g->states++;
            at = *branch;
        }
        g->word[at] = (uint32_t)w;
    }
}

/* Breadth first, so that a state's fail, which is shallower, is complete when it is needed.
 * Afterwards every branch leads somewhere. */
static void grow_fails(struct growing *g)
{
    uint32_t head = 0, tail = 0;
    g->order[tail++] = 0;
    g->ending[0] = NOWHERE;
    while (head < tail) {
        uint32_t at = g->order[head++];
        for (uint32_t c = 0; c < g->width; c++) {
            uint32_t *branch = &g->next[at * g->width + c];
            uint32_t otherwise = at ? g->next[g->fail[at] * g->width + c] : 0;
            if (*branch == NOWHERE) {
                *branch = otherwise;
                continue;
            }
            g->fail[*branch] = otherwise;
            g->ending[*branch] = g->word[*branch] != NOWHERE ? *branch : g->ending[otherwise];
            g->order[tail++] = *branch;
        }
    }
}

/* Writes the finished table with the endings last. */
static void settle(struct scan *s, const struct growing *g)
{
    uint32_t *row = mem_new(uint32_t, g->states);
    uint32_t plain = 0, ending = 0;
    for (uint32_t at = 0; at < g->states; at++)
        if (g->ending[at] == NOWHERE)
            row[at] = plain++;
    for (uint32_t at = 0; at < g->states; at++)
        if (g->ending[at] != NOWHERE)
            row[at] = plain + ending++;
    s->first_ending = plain * s->width;
    s->next = mem_new(uint32_t, (size_t)g->states * s->width);
    s->endings = mem_new(struct ending, ending);
    for (uint32_t at = 0; at < g->states; at++) {
        for (uint32_t c = 0; c < s->width; c++)
            s->next[row[at] * s->width + c] = row[g->next[at * s->width + c]] * s->width;
        uint32_t last = g->ending[at];
        if (last == NOWHERE)
            continue;
        uint32_t shorter = g->ending[g->fail[last]];
        s->endings[row[at] - plain] = (struct ending){
            .word = g->word[last],
            .also = shorter == NOWHERE ? NOWHERE : row[shorter] - plain,
        };
    }
    mem_free(row);
}

static void build(struct scan *s, const struct scan_word *words, size_t count)
{
    size_t most = 1;
    for (size_t w = 0; w < count; w++)
        most += words[w].len;
    struct arena a = { 0 };
    struct growing g = {
        .width = s->width,
        .next = arena_new(&a, uint32_t, most * s->width),
        .word = arena_new(&a, uint32_t, most),
        .fail = arena_new(&a, uint32_t, most),
        .ending = arena_new(&a, uint32_t, most),
        .order = arena_new(&a, uint32_t, most),
    };
    memset(g.next, 0xFF, most * s->width * sizeof *g.next); /* NOWHERE */
    memset(g.word, 0xFF, most * sizeof *g.word);
    grow_words(&g, s, words, count);
    grow_fails(&g);
    settle(s, &g);
    arena_done(&a);
}

struct scan *scan_new(const struct scan_word *words, size_t count, const struct byte_set *sets,
                      size_t set_count)
{
    struct scan *s = mem_new(struct scan, 1);
    s->ids = mem_new(unsigned, count);
    s->lens = mem_new(size_t, count);
    for (size_t w = 0; w < count; w++) {
        s->ids[w] = words[w].id;
        s->lens[w] = words[w].len;
    }
    for (size_t i = 0; i < set_count; i++)
        for (unsigned b = 0; b < 256; b++)
            if (byte_set_has(&sets[i], (unsigned char)b))
                s->sets_of[b] |= UINT64_C(1) << i;
    choose_columns(s, words, count);
    build(s, words, count);
    return s;
}

void scan_free(struct scan *s)
{
    if (!s)
        return;
    mem_free(s->next);
    mem_free(s->endings);
    mem_free(s->ids);
    mem_free(s->lens);
    mem_free(s);
}

/* Notes the words that end at `end`, longest first. Where one was found before, so were all
 * that are ends of it: the work is bounded by bytes plus words, whatever the words. */
static void note(const struct scan *s, uint32_t state, size_t end, struct scan_found *found)
{
    uint32_t at = (state - s->first_ending) / s->width;
    do {
        const struct ending *e = &s->endings[at];
        unsigned id = s->ids[e->word];
        uint64_t bit = UINT64_C(1) << (id % 64);
        if (found->seen[id / 64] & bit)
            return;
        found->seen[id / 64] |= bit;
        found->from[id] = (uint32_t)(end - s->lens[e->word]);
        at = e->also;
    } while (at != NOWHERE);
}

void scan_text(const struct scan *s, const char *text, size_t len, struct scan_found *found)
{
    uint64_t sets = 0;
    uint32_t state = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        sets |= s->sets_of[c];
        state = s->next[state + s->class_of[c]];
        if (state >= s->first_ending)
            note(s, state, i + 1, found);
    }
    found->sets = sets;
}
