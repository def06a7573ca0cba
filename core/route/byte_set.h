/* A set of byte values: what a pattern needs, and what one pass over a text looks for. */
#ifndef ROUTE_BYTE_SET_H
#define ROUTE_BYTE_SET_H

#include <stdbool.h>
#include <stdint.h>

struct byte_set {
    uint64_t bits[4]; /* byte b is bit b % 64 of bits[b / 64] */
};

static inline void byte_set_add(struct byte_set *s, unsigned char b)
{
    s->bits[b / 64] |= UINT64_C(1) << (b % 64);
}

static inline void byte_set_add_range(struct byte_set *s, unsigned from, unsigned to)
{
    for (unsigned b = from; b <= to; b++)
        byte_set_add(s, (unsigned char)b);
}

static inline bool byte_set_has(const struct byte_set *s, unsigned char b)
{
    return s->bits[b / 64] >> (b % 64) & 1;
}

static inline void byte_set_join(struct byte_set *s, const struct byte_set *other)
{
    for (int i = 0; i < 4; i++)
        s->bits[i] |= other->bits[i];
}

static inline bool byte_set_equal(const struct byte_set *a, const struct byte_set *b)
{
    return a->bits[0] == b->bits[0] && a->bits[1] == b->bits[1] && a->bits[2] == b->bits[2] &&
           a->bits[3] == b->bits[3];
}

#endif
