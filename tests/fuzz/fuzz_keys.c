/* The reader of keys: the first byte says how the rest is cut and whether the escape delay passes
 * between the pieces. Whole and cut give the same keys; every key is one that the program knows;
 * nothing is left waiting for ever. The same bytes are also read as the name of a key, as it may
 * stand in a config. */
#include "tests/fuzz/fuzz.h"

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/limits.h"
#include "tui/screen/key.h"

static void check_paste(const struct key *k)
{
    PROMISE(k->len <= MAX_QUERY_BYTES && strlen(k->text) == k->len);
    PROMISE(text_valid_up_to(k->text, k->len) == k->len);
    for (size_t i = 0; i < k->len; i++) {
        unsigned char c = (unsigned char)k->text[i];
        PROMISE((c >= 0x20 || c == '\n') && c != 0x7F);
    }
}

static void check_key(const struct key *k)
{
    struct key again;
    char name[KEY_NAME];
    PROMISE(k->code > K_NONE && k->code < KEY_CODES);
    PROMISE(strlen(key_spell(k, name)) < KEY_NAME);
    if (k->code == K_PASTE)
        check_paste(k);
    else if (k->code == K_MOUSE)
        PROMISE(k->row >= 0 && k->col >= 0);
    else if (k->code == K_LETTER || k->code == K_CTRL)
        PROMISE(key_parse(name, &again) && key_same(k, &again));
    else
        PROMISE(*name);
}

static void drain(struct key_reader *r, struct buf *to)
{
    struct key k;
    char name[KEY_NAME];
    while (keys_next(r, &k)) {
        check_key(&k);
        buf_printf(to, "%s %d %d %d %d;", key_spell(&k, name), k.code, k.button, k.row, k.col);
        if (k.code == K_PASTE)
            buf_add(to, k.text, k.len);
    }
}

static struct buf play(const char *s, size_t size, size_t step, bool give_up)
{
    struct key_reader r;
    struct buf to = buf_with_max(64 * MIB);
    keys_init(&r);
    for (size_t at = 0; at < size;) {
        size_t took = keys_feed(&r, s + at, step < size - at ? step : size - at);
        PROMISE(took > 0);
        at += took;
        drain(&r, &to);
        if (give_up && keys_unfinished(&r)) {
            keys_give_up(&r);
            drain(&r, &to);
            PROMISE(!keys_unfinished(&r));
        }
    }
    keys_give_up(&r);
    drain(&r, &to);
    PROMISE(!keys_unfinished(&r));
    keys_done(&r);
    return to;
}

static void name_key(const char *s, size_t size)
{
    struct key k, again;
    char *name = mem_copy(s, size), spelled[KEY_NAME];
    if (key_parse(name, &k)) {
        PROMISE(k.code > K_NONE && k.code < KEY_CODES && *key_spell(&k, spelled));
        PROMISE(key_parse(spelled, &again) && key_same(&k, &again));
    }
    mem_free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const char *s = (const char *)data + 1;
    struct buf whole = play(s, size - 1, size, false);
    for (size_t step = 1; step < 8; step += 3) {
        struct buf cut = play(s, size - 1, step, false);
        PROMISE(cut.len == whole.len && memcmp(buf_text(&cut), buf_text(&whole), cut.len) == 0);
        buf_done(&cut);
    }
    struct buf slow = play(s, size - 1, 1 + data[0] % 9, true);
    buf_done(&slow);
    name_key(s, size - 1);
    buf_done(&whole);
    return 0;
}
