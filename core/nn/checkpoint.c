/* Checkpoints of a training (train.h).
 *
 * Little-endian: "rlab.ck" and a line feed; version; shape and recipe, which must be the
 * trainer's; counts and random state; weights and both optimizer averages as 32-bit floats; at
 * the end a BLAKE2b-256 of all before it. */
#include <string.h>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/nn/bytes.h"
#include "core/nn/train_state.h"

#define VERSION 1

static const char magic[8] = { 'r', 'l', 'a', 'b', '.', 'c', 'k', '\n' };

/* What a run is, apart from how far it is: a checkpoint goes on only with the same. */
#define SETTINGS 14

static void settings_of(const struct nn_trainer *t, uint64_t ret[SETTINGS])
{
    const struct nn_shape *s = &t->shape;
    const struct nn_recipe *r = &t->recipe;
    const uint64_t all[SETTINGS] = {
        (uint64_t)s->vocab,
        (uint64_t)s->width,
        (uint64_t)s->layers,
        (uint64_t)s->heads,
        r->seed,
        (uint64_t)r->shares,
        (uint64_t)r->batch,
        (uint64_t)r->batch_to,
        (uint64_t)r->warm,
        bytes_of_double(r->rate_matrix),
        bytes_of_double(r->rate_rest),
        bytes_of_double(r->rate_floor),
        (uint64_t)r->gap,
        bytes_of_double(r->gap_share),
    };
    memcpy(ret, all, sizeof all);
}

enum {
    AT_VERSION = sizeof magic,
    AT_SETTINGS = AT_VERSION + 8,
    AT_UPDATES = AT_SETTINGS + 8 * SETTINGS,
    AT_TOKENS = AT_UPDATES + 8,
    AT_RANDOM = AT_TOKENS + 8,
    AT_NUMBERS = AT_RANDOM + 8 * 4,
};

static size_t file_size(const struct nn_trainer *t)
{
    return AT_NUMBERS + 3 * 4 * t->count + HASH_BYTES;
}

static void put_floats(unsigned char **p, const float *v, size_t n)
{
    for (size_t i = 0; i < n; i++, *p += 4)
        bytes_put32(*p, bytes_of_float(v[i]));
}

static void get_floats(const unsigned char **p, float *v, size_t n)
{
    for (size_t i = 0; i < n; i++, *p += 4)
        v[i] = bytes_to_float(bytes_get32(*p));
}

bool nn_trainer_save(const struct nn_trainer *t, const char *path, struct error *err)
{
    size_t len = file_size(t);
    unsigned char *file = mem_alloc(len, 1), *p = file + AT_NUMBERS;
    uint64_t settings[SETTINGS];
    settings_of(t, settings);
    memcpy(file, magic, sizeof magic);
    bytes_put64(file + AT_VERSION, VERSION);
    for (int i = 0; i < SETTINGS; i++)
        bytes_put64(file + AT_SETTINGS + 8 * i, settings[i]);
    bytes_put64(file + AT_UPDATES, (uint64_t)t->updates);
    bytes_put64(file + AT_TOKENS, (uint64_t)t->tokens);
    for (int i = 0; i < 4; i++)
        bytes_put64(file + AT_RANDOM + 8 * i, t->random.s[i]);
    put_floats(&p, t->w, t->count);
    put_floats(&p, t->mean, t->count);
    put_floats(&p, t->square, t->count);
    struct hash digest = hash_of(file, len - HASH_BYTES);
    memcpy(p, digest.bytes, HASH_BYTES);
    bool ok = file_write(path, file, len, err);
    mem_free(file);
    return ok;
}

static bool check(const struct nn_trainer *t, const char *path, const unsigned char *p, size_t len,
                  struct error *err)
{
    if (len < AT_NUMBERS + HASH_BYTES || memcmp(p, magic, sizeof magic) != 0)
        return error_set(err, ERR_MODEL, "'%s' is not a checkpoint of rlab", path);
    if (bytes_get32(p + AT_VERSION) == 0 && bytes_are_turned(p + AT_VERSION + 4))
        return error_set(err, ERR_MODEL,
                         "the checkpoint '%s' has its bytes in the other order (big-endian): start "
                         "anew without it",
                         path);
    if (bytes_get64(p + AT_VERSION) != VERSION)
        return error_set(err, ERR_MODEL, "the checkpoint '%s' is of another version of rlab", path);
    struct hash digest = hash_of(p, len - HASH_BYTES);
    if (memcmp(p + len - HASH_BYTES, digest.bytes, HASH_BYTES) != 0)
        return error_set(err, ERR_MODEL, "the checkpoint '%s' is damaged: start anew without it",
                         path);
    uint64_t settings[SETTINGS];
    settings_of(t, settings);
    for (int i = 0; i < SETTINGS; i++)
        if (bytes_get64(p + AT_SETTINGS + 8 * i) != settings[i])
            return error_set(err, ERR_MODEL,
                             "the checkpoint '%s' is of a training with other settings: use the "
                             "same ones, or start anew without it",
                             path);
    if (len != file_size(t))
        return error_set(err, ERR_MODEL, "the checkpoint '%s' has the wrong length", path);
    return true;
}

bool nn_trainer_load(struct nn_trainer *t, const char *path, struct error *err)
{
    struct buf file = { 0 };
    if (!file_read(path, file_size(t), &file, err))
        return false;
    const unsigned char *p = (const unsigned char *)buf_text(&file);
    bool ok = check(t, path, p, file.len, err);
    if (ok) {
        t->updates = (int64_t)bytes_get64(p + AT_UPDATES);
        t->tokens = (int64_t)bytes_get64(p + AT_TOKENS);
        for (int i = 0; i < 4; i++)
            t->random.s[i] = bytes_get64(p + AT_RANDOM + 8 * i);
        p += AT_NUMBERS;
        get_floats(&p, t->w, t->count);
        get_floats(&p, t->mean, t->count);
        get_floats(&p, t->square, t->count);
    }
    buf_done(&file);
    return ok;
}
