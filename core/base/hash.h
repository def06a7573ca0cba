/* Digests and secrets: BLAKE2b-256 over bytes or over fields, hex, base64. Home of libsodium. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

#define HASH_BYTES 32
#define HASH_HEX   (2 * HASH_BYTES + 1)

struct hash {
    unsigned char bytes[HASH_BYTES];
};

/* Digest of fields, each written as its length (8 bytes, little-endian) and its bytes, so
 * that no two different lists of fields give the same input. NULL data is told apart from
 * an empty field. Fields that are short together (a cache key, most of the time) are collected
 * and digested in one go. */
#define HASH_TOGETHER 1024
struct hash_state {
    alignas(64) unsigned char opaque[384]; /* used only once `together` was too small */
    bool begun;
    size_t held;
    unsigned char together[HASH_TOGETHER];
};

void hash_start(struct hash_state *s);
void hash_field(struct hash_state *s, const void *data, size_t len);
void hash_field_text(struct hash_state *s, const char *text); /* NULL allowed */
void hash_field_int(struct hash_state *s, int64_t v);
void hash_field_real(struct hash_state *s, double v); /* by its shortest exact text */
struct hash hash_end(struct hash_state *s);

/* Digest of plain bytes. */
struct hash hash_of(const void *data, size_t len);

bool hash_equal(const struct hash *a, const struct hash *b);
void hash_hex(const struct hash *h, char ret[HASH_HEX]);
bool hash_from_hex(const char *hex, struct hash *ret); /* false: not 64 hex digits */

/* Appends bytes as base64 (RFC 4648, with padding); false, with nothing added, where it does not
 * fit. Encodes by a loop that takes no shortcuts, so it is for some hundred kB at most. */
bool hash_base64(struct buf *to, const void *data, size_t len);

/* Random bytes from the system, for names of temporary files and jitter, never for
 * anything that must repeat (random.h does that). */
void hash_random(void *ret, size_t len);

#endif
