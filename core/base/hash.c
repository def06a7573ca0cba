/* Digests (hash.h): the only file that knows libsodium. */
#include "core/base/hash.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "core/base/mem.h"

static_assert(sizeof(crypto_generichash_state) <= sizeof(struct hash_state), "state fits");

/* sodium_init is safe to call again and from any thread; it is cheap after the first time. */
static void ready(void)
{
    if (sodium_init() < 0)
        abort(); /* no source of random bytes: nothing can be promised */
}

static crypto_generichash_state *state(struct hash_state *s)
{
    return (crypto_generichash_state *)s->opaque;
}

void hash_start(struct hash_state *s)
{
    s->begun = false;
    s->held = 0;
}

/* What is held goes into libsodium's state. */
static void pass_on(struct hash_state *s)
{
    if (!s->begun) {
        ready();
        crypto_generichash_init(state(s), NULL, 0, HASH_BYTES);
        s->begun = true;
    }
    crypto_generichash_update(state(s), s->together, s->held);
    s->held = 0;
}

static void add(struct hash_state *s, const void *data, size_t len)
{
    if (len > sizeof s->together - s->held) {
        pass_on(s);
        if (len > sizeof s->together) {
            crypto_generichash_update(state(s), data, len);
            return;
        }
    }
    memcpy(s->together + s->held, data, len);
    s->held += len;
}

void hash_field(struct hash_state *s, const void *data, size_t len)
{
    unsigned char prefix[8];
    uint64_t n = data ? (uint64_t)len : UINT64_MAX; /* no real length is that long */
    for (int i = 0; i < 8; i++)
        prefix[i] = (unsigned char)(n >> (8 * i));
    add(s, prefix, sizeof prefix);
    if (data && len)
        add(s, data, len);
}

void hash_field_text(struct hash_state *s, const char *text)
{
    hash_field(s, text, text ? strlen(text) : 0);
}

/* The digits of a number, from the end of `room`: what printf would write, without its price,
 * which is half of a cache key's. */
static const char *digits_of(int64_t v, char *room, size_t size)
{
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    char *at = room + size;
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (v < 0)
        *--at = '-';
    return at;
}

void hash_field_int(struct hash_state *s, int64_t v)
{
    char text[32];
    const char *at = digits_of(v, text, sizeof text);
    hash_field(s, at, (size_t)(text + sizeof text - at));
}

void hash_field_real(struct hash_state *s, double v)
{
    char text[40];
    /* Most are 0 or 1: %.17g writes whole numbers as they are, but for their sign when 0. */
    if (v > -1e15 && v < 1e15 && v == (double)(int64_t)v && (v != 0 || !signbit(v))) {
        hash_field_int(s, (int64_t)v);
        return;
    }
    int len = snprintf(text, sizeof text, "%.17g", v);
    hash_field(s, text, (size_t)len);
}

struct hash hash_end(struct hash_state *s)
{
    struct hash h;
    if (!s->begun)
        return hash_of(s->together, s->held);
    pass_on(s);
    crypto_generichash_final(state(s), h.bytes, sizeof h.bytes);
    return h;
}

struct hash hash_of(const void *data, size_t len)
{
    struct hash h;
    ready();
    crypto_generichash(h.bytes, sizeof h.bytes, data, len, NULL, 0);
    return h;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
    return memcmp(a->bytes, b->bytes, HASH_BYTES) == 0;
}

void hash_hex(const struct hash *h, char ret[HASH_HEX])
{
    sodium_bin2hex(ret, HASH_HEX, h->bytes, HASH_BYTES);
}

bool hash_from_hex(const char *hex, struct hash *ret)
{
    size_t len = 0;
    struct hash h;
    const char *end = NULL;
    if (strlen(hex) != HASH_HEX - 1 ||
        sodium_hex2bin(h.bytes, sizeof h.bytes, hex, HASH_HEX - 1, NULL, &len, &end) != 0 ||
        len != HASH_BYTES)
        return false;
    *ret = h;
    return true;
}

bool hash_base64(struct buf *to, const void *data, size_t len)
{
    size_t size = sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_ORIGINAL);
    char *text = mem_alloc(size, 1);
    sodium_bin2base64(text, size, data, len, sodium_base64_VARIANT_ORIGINAL);
    bool fits = buf_puts(to, text);
    mem_free(text);
    return fits;
}

void hash_random(void *ret, size_t len)
{
    ready();
    randombytes_buf(ret, len);
}
