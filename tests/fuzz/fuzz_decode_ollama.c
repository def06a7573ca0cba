/* Replies of the provider "ollama". */
#include "tests/fuzz/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_decode("ollama", data, size);
}
