/* Lower case with its way back (lowered.h). */
#include "core/route/lowered.h"

#include "core/base/mem.h"
#include "core/base/text.h"

#define FINAL_SIGMA 0x3C2
#define SIGMA       0x3C3

/* The common case, plain enough for the compiler to do sixteen bytes at a time. Returns
 * whether it held: bytes beyond ASCII leave nonsense behind, to be done again. */
static bool lower_ascii(char *restrict to, const char *restrict s, size_t len)
{
    unsigned char all = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        all |= c;
        to[i] = (char)(c + ((unsigned char)(c - 'A') < 26) * 32);
    }
    return all < 0x80;
}

static void lower_wide(struct lowered *l, const char *s, size_t len)
{
    /* No letter grows by more than half: U+0130 and U+023A take two bytes and become three. */
    size_t most = len + len / 2 + 1;
    l->text = mem_grow(l->text, &l->text_cap, most + 1, 1);
    l->origin = mem_grow(l->origin, &l->origin_cap, most + 1, sizeof *l->origin);
    size_t n = 0, points = 0;
    for (size_t i = 0; i < len; points++) {
        int32_t cp;
        size_t took = text_decode(s + i, len - i, &cp);
        char low[4];
        size_t made = text_lower_point(cp == FINAL_SIGMA ? SIGMA : cp, low);
        for (size_t k = 0; k < made; k++) {
            l->text[n] = low[k];
            l->origin[n++] = (uint32_t)i;
        }
        i += took;
    }
    l->origin[n] = (uint32_t)len;
    l->len = n;
    l->points = points;
}

void lowered_set(struct lowered *l, const char *s, size_t len)
{
    l->typed = s;
    l->text = mem_grow(l->text, &l->text_cap, len + 1, 1);
    l->ascii = lower_ascii(l->text, s, len);
    l->len = l->points = len;
    if (!l->ascii)
        lower_wide(l, s, len);
    l->text[l->len] = '\0';
}

struct span lowered_span(const struct lowered *l, size_t from, size_t len)
{
    if (l->ascii)
        return (struct span){ .at = from + 1, .from = from, .len = len };
    size_t end = from + len;
    /* A letter that became two is one letter in the text as typed: take all of it. */
    while (len && end < l->len && l->origin[end] == l->origin[end - 1])
        end++;
    size_t start = l->origin[from];
    return (struct span){
        .at = text_points(l->typed, start) + 1,
        .from = start,
        .len = l->origin[end] - start,
    };
}

void lowered_done(struct lowered *l)
{
    mem_free(l->text);
    mem_free(l->origin);
    *l = (struct lowered){ 0 };
}
