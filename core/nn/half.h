/* 16-bit floats (IEEE 754 binary16): 11 bits of precision, at most 65504. */
#ifndef NN_HALF_H
#define NN_HALF_H

#include <stdint.h>

/* The nearest half, ties to even; too large becomes infinity, not-a-number stays one. */
uint16_t half_of(float v);
float half_to_float(uint16_t h); /* exact */

#endif
