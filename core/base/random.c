/* Seeded random numbers (random.h). */
#include "core/base/random.h"

void random_seed(struct random *r, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        uint64_t z = seed += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        r->s[i] = z ^ (z >> 31);
    }
}

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t random_u64(struct random *r)
{
    uint64_t *s = r->s;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t random_below(struct random *r, uint64_t n)
{
    /* Values below this are the surplus of 2^64 over a multiple of n: draw again. */
    uint64_t surplus = -n % n;
    uint64_t v;
    do
        v = random_u64(r);
    while (v < surplus);
    return v % n;
}

double random_unit(struct random *r)
{
    return (double)(random_u64(r) >> 11) * 0x1.0p-53;
}
