/* Numbers as bytes, little-endian on every machine: a file can be carried from any to any other.
 * The caller has checked that the bytes are there. */
#ifndef NN_BYTES_H
#define NN_BYTES_H

#include <assert.h>
#include <float.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A float's bits are what the files hold. */
static_assert(sizeof(float) == 4 && FLT_MANT_DIG == 24 && FLT_MAX_EXP == 128,
              "a processor whose float is not IEEE 754's binary32");
static_assert(sizeof(double) == 8 && DBL_MANT_DIG == 53 && DBL_MAX_EXP == 1024,
              "a processor whose double is not IEEE 754's binary64");

static inline void bytes_put16(unsigned char *p, uint16_t v)
{
    p[0] = (unsigned char)v;
    p[1] = (unsigned char)(v >> 8);
}

static inline void bytes_put32(unsigned char *p, uint32_t v)
{
    bytes_put16(p, (uint16_t)v);
    bytes_put16(p + 2, (uint16_t)(v >> 16));
}

static inline void bytes_put64(unsigned char *p, uint64_t v)
{
    bytes_put32(p, (uint32_t)v);
    bytes_put32(p + 4, (uint32_t)(v >> 32));
}

static inline uint16_t bytes_get16(const unsigned char *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t bytes_get32(const unsigned char *p)
{
    return bytes_get16(p) | (uint32_t)bytes_get16(p + 2) << 16;
}

static inline uint64_t bytes_get64(const unsigned char *p)
{
    return bytes_get32(p) | (uint64_t)bytes_get32(p + 4) << 32;
}

/* Whether these four bytes are a small number, from 1 to 255, in the other order: of a file that
 * something else than rlab wrote on a big-endian machine, or turned round. */
static inline bool bytes_are_turned(const unsigned char *p)
{
    return p[0] == 0 && p[1] == 0 && p[2] == 0 && p[3] != 0;
}

/* The bits of a float and of a double. */
static inline uint32_t bytes_of_float(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static inline float bytes_to_float(uint32_t bits)
{
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static inline uint64_t bytes_of_double(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

#endif
