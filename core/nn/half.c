/* 16-bit floats (half.h). Both ways a multiplication does the work: a half's bits, read as a
 * float's, are the same number but for the bias of the exponent, 2^112. */
#include "core/nn/half.h"

#include "core/nn/bytes.h"

float half_to_float(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, rest = (uint32_t)(h & 0x7fff) << 13;
    if (rest >= 0x0f800000) /* infinity, not a number */
        return bytes_to_float(sign | rest | 0x7f800000);
    return bytes_to_float(sign | bytes_of_float(bytes_to_float(rest) * 0x1.0p112f));
}

uint16_t half_of(float v)
{
    uint32_t bits = bytes_of_float(v), sign = bits >> 16 & 0x8000, rest = bits & 0x7fffffff;
    if (rest > 0x7f800000)
        return (uint16_t)(sign | 0x7e00);
    if (rest >= 0x477ff000) /* 65520: halfway beyond the largest, and infinity */
        return (uint16_t)(sign | 0x7c00);
    if (rest < 0x38800000) {
        /* Below 2^-14 the steps are all 2^-24: adding 0.5, whose last bit is that, rounds. */
        float sum = bytes_to_float(rest) + 0.5f;
        return (uint16_t)(sign | (bytes_of_float(sum) - 0x3f000000));
    }
    uint32_t odd = rest >> 13 & 1;
    return (uint16_t)(sign | (rest - 0x38000000 + 0x0fff + odd) >> 13);
}
