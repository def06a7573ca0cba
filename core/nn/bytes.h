/* Numbers as bytes, little-endian on every machine. The caller has checked that the bytes are
 * there. */
#ifndef NN_BYTES_H
#define NN_BYTES_H

#include <stdint.h>
#include <string.h>

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
