/* A kept weights file from a stranger: the bytes as they are, and as changes to a good file
 * (four bytes each: three of a place, one to put there; at the end a new length). It is refused
 * with a sentence, or is the good file. */
#include "tests/fuzz/fuzz.h"

#include <math.h>

#include "core/base/mem.h"
#include "core/model/steps_file.h"

static void parse(const void *bytes, size_t len, const unsigned char *good)
{
    struct nn_reader_shape shape = steps_shape();
    size_t count = nn_reader_count(&shape);
    float *weights = mem_new(float, count), curve[STEPS_EPOCHS];
    struct steps_card card;
    struct error err = { 0 };
    if (steps_file_parse("x", bytes, len, &card, weights, curve, &err)) {
        PROMISE(len == steps_file_size() && memcmp(bytes, good, len) == 0);
        for (size_t i = 0; i < count; i++)
            PROMISE(isfinite(weights[i]));
    } else {
        PROMISE(strstr(err.text, "the weights file 'x' "));
        PROMISE(weights[0] == 0 && weights[count - 1] == 0);
    }
    mem_free(weights);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nn_reader_shape shape = steps_shape();
    size_t len = steps_file_size(), most = len + 1000;
    float *weights = mem_new(float, nn_reader_count(&shape)), curve[STEPS_EPOCHS] = { 0 };
    unsigned char *good = mem_new(unsigned char, len), *bad = mem_new(unsigned char, most);
    struct steps_card card = { .seed = 1 };
    weights[1] = 0.5f;
    steps_file_print(&card, weights, curve, good);
    memcpy(bad, good, len);
    size_t i = 0;
    for (; i + 4 <= size; i += 4)
        bad[(size_t)(data[i] | data[i + 1] << 8 | data[i + 2] << 16) % len] = data[i + 3];
    if (size - i >= 3)
        len = (size_t)(data[i] | data[i + 1] << 8 | data[i + 2] << 16) % most;
    parse(data, size, good);
    parse(bad, len, good);
    mem_free(weights);
    mem_free(good);
    mem_free(bad);
    return 0;
}
