/* Digests (hash.h): the only file that knows libsodium. */
#include "core/base/hash.h"

#include <assert.h>
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
    ready();
    crypto_generichash_init(state(s), NULL, 0, HASH_BYTES);
}

void hash_field(struct hash_state *s, const void *data, size_t len)
{
    unsigned char prefix[8];
    uint64_t n = data ? (uint64_t)len : UINT64_MAX; /* no real length is that long */
    for (int i = 0; i < 8; i++)
        prefix[i] = (unsigned char)(n >> (8 * i));
    crypto_generichash_update(state(s), prefix, sizeof prefix);
    if (data && len)
        crypto_generichash_update(state(s), data, len);
}

void hash_field_text(struct hash_state *s, const char *text)
{
    hash_field(s, text, text ? strlen(text) : 0);
}

void hash_field_int(struct hash_state *s, int64_t v)
{
    char text[32];
    int len = snprintf(text, sizeof text, "%lld", (long long)v);
    hash_field(s, text, (size_t)len);
}

void hash_field_real(struct hash_state *s, double v)
{
    char text[40];
    int len = snprintf(text, sizeof text, "%.17g", v);
    hash_field(s, text, (size_t)len);
}

struct hash hash_end(struct hash_state *s)
{
    struct hash h;
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
