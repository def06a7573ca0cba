/* Bytes to keys (key.h). Each reader below looks at the bytes that wait and returns how many it
 * used: 0 where it needs more to decide, and a key of K_NONE where they meant nothing. */
#include "tui/screen/key.h"

#include <string.h>

#include "core/base/text.h"
#include "core/limits.h"
#include "tui/screen/key_sequence.h"

#define ESC '\033'

/* An answer of the terminal that never ends must not take the keyboard for good. */
#define MAX_STRING (64 * KIB)

static size_t read_letter(const char *s, size_t len, bool settled, struct key *k)
{
    unsigned char c = (unsigned char)*s;
    if (c < 0x20 || c == 0x7F) {
        key_set_control(k, c);
        return 1;
    }
    int32_t cp;
    size_t n = text_decode(s, len, &cp);
    if (cp < 0)
        return text_partial(s, len) == len && !settled ? 0 : 1;
    if (key_is_letter(cp)) {
        k->code = K_LETTER;
        k->letter = cp;
    }
    return n;
}

/* --- what begins with Esc ---------------------------------------------------------------- */

static bool starts_string(char c)
{
    return c && strchr("]PX^_", c);
}

/* Alt and a key: Esc before it. Esc before Esc is a key by itself, but for rxvt, which puts Esc
 * before whole sequences. */
static size_t read_alt(struct key_reader *r, const char *s, size_t len, bool settled, struct key *k)
{
    size_t n;
    if (s[1] != ESC) {
        n = read_letter(s + 1, len - 1, settled, k);
        k->alt = k->code != K_NONE;
        return n ? n + 1 : 0;
    }
    if (len > 3 && (s[2] == '[' || s[2] == 'O')) {
        n = s[2] == '[' ? key_read_csi(r, s + 1, len - 1, k) : key_read_ss3(s + 1, len - 1, k);
        k->alt = k->code != K_NONE;
        return n ? n + 1 : 0;
    }
    if (len == 2 || (len == 3 && (s[2] == '[' || s[2] == 'O')))
        return 0;
    k->code = K_ESC;
    return 1;
}

static size_t read_escape(struct key_reader *r, const char *s, size_t len, struct key *k)
{
    if (len == 1)
        return 0;
    if (s[1] == '[')
        return key_read_csi(r, s, len, k);
    if (s[1] == 'O')
        return len == 2 ? 0 : key_read_ss3(s, len, k);
    if (!starts_string(s[1]))
        return read_alt(r, s, len, false, k);
    if (len == 2)
        return 0;
    r->skip = SKIP_STRING;
    r->skipped = 0;
    return 2;
}

/* The rest of it will not come. */
static size_t settle_escape(struct key_reader *r, const char *s, size_t len, struct key *k)
{
    if (len == 1 || s[1] == ESC) {
        k->code = K_ESC;
        return 1;
    }
    if (len == 2 && (s[1] == '[' || s[1] == 'O' || starts_string(s[1]))) {
        key_set_alt(k, s[1]);
        return 2;
    }
    if (s[1] == '[' && s[2] != '[' && s[2] != 'M')
        r->skip = SKIP_CSI;
    if (s[1] == '[' || s[1] == 'O')
        return len;
    return read_alt(r, s, len, true, k);
}

/* --- pastes ------------------------------------------------------------------------------ */

static const char paste_end[] = "\033[201~";
#define PASTE_END (sizeof paste_end - 1)

static void begin_paste(struct key_reader *r)
{
    r->pasting = true;
    r->paste_cut = r->paste_cr = false;
    buf_clear(&r->paste);
}

static void paste_add(struct key_reader *r, const char *text, size_t len)
{
    if (r->paste_cut || !buf_add(&r->paste, text, len))
        r->paste_cut = true;
}

/* One letter of a paste, or none; 0 where more is needed. */
static size_t read_pasted(struct key_reader *r, const char *s, size_t len)
{
    bool after_cr = r->paste_cr;
    unsigned char c = (unsigned char)*s;
    r->paste_cr = c == '\r';
    if (c == '\n' && after_cr)
        return 1;
    if (c == '\r' || c == '\n') {
        paste_add(r, "\n", 1);
    } else if (c == '\t') {
        paste_add(r, "    ", 4);
    } else if (c >= 0x20 && c < 0x7F) {
        paste_add(r, s, 1);
    } else if (c >= 0x80) {
        int32_t cp;
        size_t n = text_decode(s, len, &cp);
        if (cp < 0 && text_partial(s, len) == len)
            return 0;
        if (cp >= 0xA0)
            paste_add(r, s, n);
        return n;
    }
    return 1;
}

static void finish_paste(struct key_reader *r, struct key *k)
{
    r->pasting = false;
    *k = (struct key){
        .code = K_PASTE, .text = buf_text(&r->paste), .len = r->paste.len, .cut = r->paste_cut
    };
}

/* All of a paste that is there; true when it is whole. */
static bool take_paste(struct key_reader *r, struct key *k)
{
    while (r->start < r->end) {
        const char *s = r->in + r->start;
        size_t len = r->end - r->start, mark = len < PASTE_END ? len : PASTE_END;
        size_t n = 1;
        if (memcmp(s, paste_end, mark) == 0) {
            if (mark == PASTE_END) {
                r->start += PASTE_END;
                finish_paste(r, k);
                return true;
            }
            if (r->settled <= r->start || len > 1)
                return false;
            r->start++; /* Esc, and nothing after it: a person ends what never would */
            r->skip = SKIP_PASTE_END;
            finish_paste(r, k);
            return true;
        }
        if (*s != ESC)
            n = read_pasted(r, s, len);
        if (n == 0)
            return false;
        r->start += n;
    }
    return false;
}

/* --- what is swallowed ------------------------------------------------------------------- */

/* Up to the last byte of the sequence, or up to what cannot be part of it. */
static void skip_csi(struct key_reader *r)
{
    while (r->start < r->end && r->skip) {
        unsigned char c = (unsigned char)r->in[r->start];
        if (c >= 0x20 && c < 0x7F)
            r->start++;
        if (c < 0x20 || c >= 0x40)
            r->skip = SKIP_NOTHING;
    }
}

/* Up to BEL or Esc \, or to an Esc that begins something else; CAN and SUB break it off. */
static void skip_string(struct key_reader *r)
{
    while (r->start < r->end && r->skip) {
        char c = r->in[r->start];
        if (c == ESC && r->end - r->start == 1 && r->settled <= r->start)
            return;
        if (c == ESC) {
            if (r->end - r->start > 1 && r->in[r->start + 1] == '\\')
                r->start += 2;
            r->skip = SKIP_NOTHING;
            return;
        }
        r->start++;
        if (c == '\a' || c == 0x18 || c == 0x1A || ++r->skipped >= MAX_STRING)
            r->skip = SKIP_NOTHING;
    }
}

static void skip_paste_end(struct key_reader *r)
{
    size_t len = r->end - r->start, mark = len < PASTE_END - 1 ? len : PASTE_END - 1;
    if (memcmp(r->in + r->start, paste_end + 1, mark) == 0) {
        if (mark < PASTE_END - 1 && r->settled <= r->start)
            return;
        if (mark == PASTE_END - 1)
            r->start += mark;
    }
    r->skip = SKIP_NOTHING;
}

static void swallow(struct key_reader *r)
{
    switch (r->skip) {
    case SKIP_NOTHING:
        break;
    case SKIP_CSI:
        skip_csi(r);
        break;
    case SKIP_STRING:
        skip_string(r);
        break;
    case SKIP_PASTE_END:
        skip_paste_end(r);
        break;
    }
}

/* --- public ------------------------------------------------------------------------------ */

void keys_init(struct key_reader *r)
{
    *r = (struct key_reader){ .paste = buf_with_max(MAX_QUERY_BYTES) };
}

void keys_done(struct key_reader *r)
{
    buf_done(&r->paste);
}

size_t keys_feed(struct key_reader *r, const char *bytes, size_t len)
{
    if (r->start) {
        memmove(r->in, r->in + r->start, r->end - r->start);
        r->settled = r->settled > r->start ? r->settled - r->start : 0;
        r->end -= r->start;
        r->start = 0;
    }
    if (len > sizeof r->in - r->end)
        len = sizeof r->in - r->end;
    if (len)
        memcpy(r->in + r->end, bytes, len);
    r->end += len;
    return len;
}

bool keys_next(struct key_reader *r, struct key *ret)
{
    while (r->start < r->end) {
        size_t at = r->start;
        *ret = (struct key){ .code = K_NONE };
        if (r->pasting) {
            if (take_paste(r, ret))
                return true;
            return false;
        }
        if (r->skip) {
            swallow(r);
            if (r->start == at && r->skip)
                return false;
            continue;
        }
        /* Bytes that came after giving up begin something new. */
        bool settled = r->settled > at;
        size_t len = (settled ? r->settled : r->end) - at;
        const char *s = r->in + at;
        size_t n = *s == ESC ? read_escape(r, s, len, ret) : read_letter(s, len, settled, ret);
        if (n == 0 && settled)
            n = settle_escape(r, s, len, ret);
        if (n == 0)
            return false;
        r->start += n;
        if (ret->code == K_PASTE)
            begin_paste(r);
        else if (ret->code != K_NONE)
            return true;
    }
    return false;
}

bool keys_unfinished(const struct key_reader *r)
{
    if (r->pasting)
        return r->end - r->start == 1 && r->in[r->start] == ESC;
    return r->start < r->end || r->skip == SKIP_STRING;
}

void keys_give_up(struct key_reader *r)
{
    r->settled = r->end;
    if (r->start == r->end && r->skip == SKIP_STRING)
        r->skip = SKIP_NOTHING;
}
