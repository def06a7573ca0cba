/* What mini/steps keeps (steps_file.h). */
#include "core/model/steps_file.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/model/steps_task.h"
#include "core/model/steps_text.h"
#include "core/nn/bytes.h"

#define MAGIC   "rlab.st\n"
#define VERSION 1

enum {
    AT_VERSION = 8,
    AT_SIZES = 12, /* embedding, units, characters */
    AT_SEED = 24,
    AT_SAMPLES = 32,
    AT_ALPHABET = 64,
    AT_NAMES = 128,
    AT_COUNT = 384,
    AT_EPOCHS = 388,
    AT_DIGEST = 392,
    AT_WEIGHTS = 424,
    ALPHABET_BYTES = AT_NAMES - AT_ALPHABET,
    NAME_BYTES = (AT_COUNT - AT_NAMES) / STEPS_MAX_TASKS,
};

static_assert(sizeof STEPS_ALPHABET <= ALPHABET_BYTES, "the alphabet fits");

enum { WIDTH = 32, UNITS = 64 };

static const uint32_t sizes[] = { WIDTH, UNITS, STEPS_MAX_CHARS };
#define SIZES (sizeof sizes / sizeof *sizes)

struct nn_reader_shape steps_shape(void)
{
    return (struct nn_reader_shape){ STEPS_VOCAB, WIDTH, UNITS, steps_tasks() };
}

static size_t weights_count(void)
{
    struct nn_reader_shape shape = steps_shape();
    return nn_reader_count(&shape);
}

size_t steps_file_size(void)
{
    return AT_WEIGHTS + 4 * (weights_count() + STEPS_EPOCHS);
}

/* What this program would write between the magic and the digest, but for seed and samples. */
static void print_shape(unsigned char *p)
{
    memset(p, 0, AT_WEIGHTS);
    memcpy(p, MAGIC, sizeof MAGIC - 1);
    bytes_put32(p + AT_VERSION, VERSION);
    for (size_t i = 0; i < SIZES; i++)
        bytes_put32(p + AT_SIZES + 4 * i, sizes[i]);
    memcpy(p + AT_ALPHABET, STEPS_ALPHABET, sizeof STEPS_ALPHABET);
    for (int i = 0; i < steps_tasks(); i++) {
        size_t n = strlen(steps_task_at(i)->name);
        assert(n <= NAME_BYTES);
        memcpy(p + AT_NAMES + i * NAME_BYTES, steps_task_at(i)->name, n);
    }
    bytes_put32(p + AT_COUNT, (uint32_t)weights_count());
    bytes_put32(p + AT_EPOCHS, STEPS_EPOCHS);
}

static struct hash digest_of(const unsigned char *p, size_t len)
{
    struct hash_state s;
    hash_start(&s);
    hash_field(&s, p, AT_DIGEST);
    hash_field(&s, p + AT_DIGEST + HASH_BYTES, len - AT_DIGEST - HASH_BYTES);
    return hash_end(&s);
}

void steps_file_print(struct steps_card *card, const float *weights, const float *curve,
                      unsigned char *ret)
{
    size_t count = weights_count();
    print_shape(ret);
    bytes_put64(ret + AT_SEED, card->seed);
    memcpy(ret + AT_SAMPLES, card->samples.bytes, HASH_BYTES);
    for (size_t i = 0; i < count + STEPS_EPOCHS; i++)
        bytes_put32(ret + AT_WEIGHTS + 4 * i,
                    bytes_of_float(i < count ? weights[i] : curve[i - count]));
    card->digest = digest_of(ret, steps_file_size());
    memcpy(ret + AT_DIGEST, card->digest.bytes, HASH_BYTES);
}

/* --- reading ------------------------------------------------------------------------------ */

/* The header's fields in the order they are judged: the first that differs says what is wrong. */
static const struct field {
    size_t at, len;
    const char *wrong;
} fields[] = {
    { 0, sizeof MAGIC - 1, "is no file of mini/steps" },
    { AT_VERSION, 4, "is of another version of this program" },
    { AT_SIZES, 4 * SIZES, "holds a network of another size" },
    { AT_ALPHABET, ALPHABET_BYTES, "was made for another alphabet" },
    { AT_NAMES, AT_COUNT - AT_NAMES, "was made for other tasks" },
    { AT_COUNT, 8, "holds a network of another size" },
};

static bool check_header(const unsigned char *p, size_t len, const char **ret_wrong)
{
    unsigned char ours[AT_WEIGHTS];
    print_shape(ours);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct field *f = &fields[i];
        if (f->at + f->len > len || memcmp(p + f->at, ours + f->at, f->len) != 0) {
            *ret_wrong = f->wrong;
            if (f->at == AT_VERSION && f->at + f->len <= len && bytes_are_turned(p + f->at))
                *ret_wrong = "has its bytes in the other order (big-endian)";
            return false;
        }
    }
    return true;
}

static bool check_body(const unsigned char *p, size_t len, const char **ret_wrong)
{
    if (len != steps_file_size()) {
        *ret_wrong = len < steps_file_size() ? "is cut off" : "goes on after its end";
        return false;
    }
    struct hash digest = digest_of(p, len);
    bool good = memcmp(digest.bytes, p + AT_DIGEST, HASH_BYTES) == 0;
    /* A right digest over numbers that are none: written by someone else. */
    for (size_t i = AT_WEIGHTS; good && i < len; i += 4)
        good = isfinite(bytes_to_float(bytes_get32(p + i)));
    if (!good)
        *ret_wrong = "is damaged";
    return good;
}

bool steps_file_parse(const char *path, const void *bytes, size_t len, struct steps_card *ret,
                      float *ret_weights, float *ret_curve, struct error *err)
{
    const unsigned char *p = bytes;
    const char *wrong;
    if (!check_header(p, len, &wrong) || !check_body(p, len, &wrong))
        return error_set(err, ERR_MODEL, "the weights file '%s' %s", path, wrong);
    size_t count = weights_count();
    ret->seed = bytes_get64(p + AT_SEED);
    memcpy(ret->samples.bytes, p + AT_SAMPLES, HASH_BYTES);
    memcpy(ret->digest.bytes, p + AT_DIGEST, HASH_BYTES);
    for (size_t i = 0; i < count; i++)
        ret_weights[i] = bytes_to_float(bytes_get32(p + AT_WEIGHTS + 4 * i));
    for (size_t i = 0; i < STEPS_EPOCHS; i++)
        ret_curve[i] = bytes_to_float(bytes_get32(p + AT_WEIGHTS + 4 * (count + i)));
    return true;
}

bool steps_file_read(const char *path, struct steps_card *ret, float *ret_weights, float *ret_curve,
                     struct error *err)
{
    struct buf file = { 0 };
    bool ok = file_read(path, 2 * steps_file_size(), &file, err) &&
              steps_file_parse(path, buf_text(&file), file.len, ret, ret_weights, ret_curve, err);
    buf_done(&file);
    return ok;
}
