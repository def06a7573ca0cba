/* The promises of the decoder, for the entries of the three providers: exactly one end and
 * nothing behind it, valid text, and the same events whole and in pieces. The first byte of
 * the input chooses status, content type and the way the transfer ends. */
#ifndef TESTS_FUZZ_DECODE_H
#define TESTS_FUZZ_DECODE_H

#include "tests/fuzz/fuzz.h"

int fuzz_decode(const char *provider, const uint8_t *data, size_t size);

#endif
