/* Small pieces of arithmetic the layers share, written so that a compiler makes wide
 * instructions of them.
 *
 * Sums go in sixteen lanes that are added up in one fixed order, and no multiply-add is fused
 * (the build says so): a result is the same on every machine, however wide its registers. */
#ifndef NN_LANES_H
#define NN_LANES_H

#include <stdint.h>
#include <string.h>

/* Before a function whose loops are worth it: compiled once for each kind of processor, and
 * the best one chosen when the program starts. Where that is not to be had it is compiled
 * once, for any. */
#ifdef RLAB_CLONES
#define NN_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define NN_WIDE
#endif

#define NN_LANES 16

/* Into each clone, or it would be compiled for any processor there too. */
#define NN_INTO static inline __attribute__((always_inline))

typedef float nn_lanes __attribute__((vector_size(NN_LANES * sizeof(float))));

/* The sum of a[i] * b[i]. */
NN_INTO float lanes_dot(const float *a, const float *b, int n)
{
    nn_lanes sum = { 0 }, x, y;
    int i = 0;
    for (; i + NN_LANES <= n; i += NN_LANES) {
        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        sum += x * y;
    }
    float left[NN_LANES] = { 0 };
    for (int k = 0; i + k < n; k++)
        left[k] = a[i + k] * b[i + k];
    float lane[NN_LANES];
    memcpy(lane, &sum, sizeof lane);
    for (int k = 0; k < NN_LANES; k++)
        lane[k] += left[k];
    for (int half = NN_LANES / 2; half; half /= 2)
        for (int k = 0; k < half; k++)
            lane[k] += lane[k + half];
    return lane[0];
}

/* The largest of n >= 1 numbers. */
NN_INTO float lanes_most(const float *a, int n)
{
    float lane[NN_LANES];
    for (int k = 0; k < NN_LANES; k++)
        lane[k] = a[0];
    int i = 0;
    for (; i + NN_LANES <= n; i += NN_LANES)
        for (int k = 0; k < NN_LANES; k++)
            lane[k] = a[i + k] > lane[k] ? a[i + k] : lane[k];
    for (int k = 0; i + k < n; k++)
        lane[k] = a[i + k] > lane[k] ? a[i + k] : lane[k];
    for (int half = NN_LANES / 2; half; half /= 2)
        for (int k = 0; k < half; k++)
            lane[k] = lane[k + half] > lane[k] ? lane[k + half] : lane[k];
    return lane[0];
}

/* e^x to 2 units in the last place for x from -87 to 88, and held there beyond. The power of
 * two goes straight into the exponent's bits, what is left into a series. */
NN_INTO float lanes_exp(float x)
{
    x = x > -87.0f ? x : -87.0f; /* also what is no number, which no integer can hold */
    x = x < 88.0f ? x : 88.0f;
    const float whole = 12582912.0f; /* 1.5 * 2^23: adding it rounds to a whole number */
    float n = (x * 1.44269504f + whole) - whole;
    float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    union {
        int32_t bits;
        float value;
    } power = { .bits = ((int32_t)n + 127) * (1 << 23) };
    return p * power.value;
}

#endif
