/* Seeded random numbers that repeat exactly on every machine: xoshiro256** started by
 * splitmix64 (Blackman and Vigna, 2018). For resampling, sampling and test data; never for
 * secrets. The generator is passed in; there is no global one. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t s[4];
};

void random_seed(struct random *r, uint64_t seed);
uint64_t random_u64(struct random *r);
/* 0 <= value < n without bias; n >= 1. */
uint64_t random_below(struct random *r, uint64_t n);
/* 0 <= value < 1, 53 bits. */
double random_unit(struct random *r);

#endif
