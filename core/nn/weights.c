/* The weights file (weights.h). */
#include "core/nn/weights.h"

#include <math.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/nn/bytes.h"
#include "core/nn/half.h"

#define VERSION 1

static const char magic[8] = { 'r', 'l', 'a', 'b', '.', 'n', 'n', '\n' };

/* Where the fields lie. */
enum {
    AT_VERSION = 8,
    AT_VOCAB = 12,
    AT_WIDTH = 16,
    AT_LAYERS = 20,
    AT_HEADS = 24,
    AT_ZERO = 28,
    AT_COUNT = 32,
    AT_NAME = 40,
    AT_VOCAB_HASH = 72,
};

static size_t file_size(size_t count)
{
    return NN_HEADER_BYTES + 2 * count + HASH_BYTES;
}

static bool name_fits(const char *name)
{
    size_t len = strnlen(name, NN_NAME_SIZE);
    return len > 0 && len < NN_NAME_SIZE &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == len;
}

/* --- reading ---------------------------------------------------------------------------- */

static bool damaged(const char *path, const char *how, struct error *err)
{
    return error_set(err, ERR_MODEL,
                     "the weights file '%s' is damaged (%s): get it again, or train it anew", path,
                     how);
}

static bool zeros(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

/* A dimension as the file has it; what an int cannot hold is out of every range anyway. */
static int dimension(const unsigned char *p)
{
    uint32_t v = bytes_get32(p);
    return v > INT32_MAX ? INT32_MAX : (int)v;
}

/* Everything but the weights themselves. */
static bool read_header(const char *path, const unsigned char *p, size_t len, struct nn_card *ret,
                        struct error *err)
{
    if (len < sizeof magic || memcmp(p, magic, sizeof magic) != 0)
        return error_set(err, ERR_MODEL, "'%s' is not a weights file of rlab", path);
    if (len < NN_HEADER_BYTES)
        return damaged(path, "it ends early", err);
    if (bytes_are_turned(p + AT_VERSION))
        return error_set(err, ERR_MODEL,
                         "the weights file '%s' has its bytes in the other order (big-endian): get "
                         "it as rlab wrote it, or train it anew",
                         path);
    uint32_t version = bytes_get32(p + AT_VERSION);
    if (version != VERSION)
        return error_set(err, ERR_MODEL,
                         "the weights file '%s' has format %u, this rlab reads format %d: update "
                         "whichever is older",
                         path, version, VERSION);
    struct nn_card card = { .shape = { dimension(p + AT_VOCAB), dimension(p + AT_WIDTH),
                                       dimension(p + AT_LAYERS), dimension(p + AT_HEADS) } };
    if (!nn_shape_check(&card.shape, err))
        return error_within(err, "reading the weights file '%s'", path);
    memcpy(card.name, p + AT_NAME, NN_NAME_SIZE);
    if (!name_fits(card.name) ||
        !zeros(p + AT_NAME + strlen(card.name), NN_NAME_SIZE - strlen(card.name)) ||
        !zeros(p + AT_ZERO, 4))
        return damaged(path, "its name is none", err);
    memcpy(card.vocab.bytes, p + AT_VOCAB_HASH, HASH_BYTES);
    *ret = card;
    return true;
}

/* Also fills in card->digest. */
static bool check_weights(const char *path, const unsigned char *p, size_t len,
                          struct nn_card *card, struct error *err)
{
    size_t count = nn_map_of(&card->shape).count;
    if (bytes_get64(p + AT_COUNT) != count)
        return damaged(path, "its counts disagree", err);
    if (len < file_size(count))
        return damaged(path, "it ends early", err);
    if (len > file_size(count))
        return damaged(path, "it goes on after its end", err);
    card->digest = hash_of(p, len - HASH_BYTES);
    if (memcmp(card->digest.bytes, p + len - HASH_BYTES, HASH_BYTES) != 0)
        return damaged(path, "its checksum is wrong", err);
    for (size_t i = 0; i < count; i++)
        if ((bytes_get16(p + NN_HEADER_BYTES + 2 * i) & 0x7c00) == 0x7c00)
            return damaged(path, "a weight is no number", err);
    return true;
}

bool nn_weights_parse(const char *path, const void *bytes, size_t len, struct nn_card *ret,
                      float **ret_weights, struct error *err)
{
    const unsigned char *p = bytes;
    struct nn_card card;
    if (!read_header(path, p, len, &card, err) || !check_weights(path, p, len, &card, err))
        return false;
    size_t count = nn_map_of(&card.shape).count;
    float *w = mem_new(float, count);
    for (size_t i = 0; i < count; i++)
        w[i] = half_to_float(bytes_get16(p + NN_HEADER_BYTES + 2 * i));
    *ret = card;
    *ret_weights = w;
    return true;
}

bool nn_weights_read(const char *path, struct nn_card *ret, float **ret_weights, struct error *err)
{
    struct buf file = { 0 };
    if (!file_read(path, NN_MAX_FILE_BYTES, &file, err))
        return false;
    bool ok = nn_weights_parse(path, buf_text(&file), file.len, ret, ret_weights, err);
    buf_done(&file);
    return ok;
}

/* --- writing ---------------------------------------------------------------------------- */

static void write_header(const struct nn_card *card, size_t count, unsigned char *p)
{
    const struct nn_shape *s = &card->shape;
    memcpy(p, magic, sizeof magic);
    bytes_put32(p + AT_VERSION, VERSION);
    bytes_put32(p + AT_VOCAB, (uint32_t)s->vocab);
    bytes_put32(p + AT_WIDTH, (uint32_t)s->width);
    bytes_put32(p + AT_LAYERS, (uint32_t)s->layers);
    bytes_put32(p + AT_HEADS, (uint32_t)s->heads);
    bytes_put64(p + AT_COUNT, count);
    memcpy(p + AT_NAME, card->name, strlen(card->name));
    memcpy(p + AT_VOCAB_HASH, card->vocab.bytes, HASH_BYTES);
}

bool nn_weights_write(const char *path, const struct nn_card *card, const float *weights,
                      struct error *err)
{
    if (!name_fits(card->name))
        return error_set(err, ERR_MODEL,
                         "'%.*s' is no name for a model: 1 to %d small letters, digits, '-', '_', "
                         "'.'",
                         NN_NAME_SIZE, card->name, NN_NAME_SIZE - 1);
    size_t count = nn_map_of(&card->shape).count, len = file_size(count);
    unsigned char *file = mem_alloc(len, 1);
    write_header(card, count, file);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        uint16_t h = half_of(weights[i]);
        ok = isfinite(half_to_float(h));
        bytes_put16(file + NN_HEADER_BYTES + 2 * i, h);
        if (!ok)
            error_set(err, ERR_MODEL, "weight %zu of '%s' is %g, which 16 bits cannot hold", i,
                      card->name, (double)weights[i]);
    }
    if (ok) {
        struct hash digest = hash_of(file, len - HASH_BYTES);
        memcpy(file + len - HASH_BYTES, digest.bytes, HASH_BYTES);
        ok = file_write(path, file, len, err);
    }
    mem_free(file);
    return ok;
}
