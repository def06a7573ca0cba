/* A weights file from anywhere: whatever comes, it is read or refused with a sentence; and what
 * was read can be run. The checksum is put right as well, or nothing would come past it. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/nn/stream.h"
#include "core/nn/weights.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try(const uint8_t *data, size_t size)
{
    struct nn_card card;
    float *w;
    struct error err = { 0 };
    if (!nn_weights_parse("x", data, size, &card, &w, &err)) {
        assert(err.code == ERR_MODEL && strstr(err.text, "'x'"));
        return;
    }
    struct nn_net *net = nn_net_new(&card.shape, w);
    struct nn_stream *s = nn_stream_new(net);
    const int ids[] = { 0, card.shape.vocab - 1 };
    nn_stream_feed(s, ids, 2);
    nn_stream_free(s);
    nn_net_free(net);
    mem_free(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try(data, size);
    if (size <= HASH_BYTES)
        return 0;
    uint8_t *copy = mem_alloc(size, 1);
    memcpy(copy, data, size - HASH_BYTES);
    struct hash digest = hash_of(copy, size - HASH_BYTES);
    memcpy(copy + size - HASH_BYTES, digest.bytes, HASH_BYTES);
    try(copy, size);
    mem_free(copy);
    return 0;
}
