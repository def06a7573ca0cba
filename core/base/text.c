/* UTF-8 text (text.h): the only file that knows utf8proc. */
#include "core/base/text.h"

#include <assert.h>
#include <string.h>

#include <utf8proc.h>

#include "core/limits.h"

#define REPLACEMENT "\xEF\xBF\xBD"

size_t text_decode(const char *s, size_t len, int32_t *ret)
{
    assert(len >= 1);
    unsigned char c = (unsigned char)s[0];
    if (c < 0x80) {
        *ret = c;
        return 1;
    }
    utf8proc_int32_t cp;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len, &cp);
    if (n <= 0) {
        *ret = -1;
        return 1;
    }
    *ret = cp;
    return (size_t)n;
}

size_t text_encode(int32_t cp, char ret[4])
{
    return (size_t)utf8proc_encode_char(cp, (utf8proc_uint8_t *)ret);
}

/* Length of the leading run of ASCII, eight bytes at a time. */
static size_t ascii_run(const char *s, size_t len)
{
    size_t i = 0;
    for (; i + 8 <= len; i += 8) {
        uint64_t word;
        memcpy(&word, s + i, 8);
        if (word & 0x8080808080808080u)
            break;
    }
    while (i < len && (unsigned char)s[i] < 0x80)
        i++;
    return i;
}

size_t text_valid_up_to(const char *s, size_t len)
{
    size_t i = 0;
    while ((i += ascii_run(s + i, len - i)) < len) {
        int32_t cp;
        size_t n = text_decode(s + i, len - i, &cp);
        if (cp < 0)
            return i;
        i += n;
    }
    return len;
}

size_t text_points(const char *s, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)s[i] & 0xC0) != 0x80;
    return n;
}

bool text_check_query(const char *s, size_t len, struct error *err)
{
    if (len > MAX_QUERY_BYTES)
        return error_set(err, ERR_INPUT,
                         "the query is %zu bytes long, the limit is 1 MiB: shorten it", len);
    const char *nul = len ? memchr(s, '\0', len) : NULL;
    if (nul)
        return error_set(err, ERR_INPUT,
                         "the query holds a NUL byte at byte %zu: send text, not a binary file",
                         (size_t)(nul - s) + 1);
    size_t good = text_valid_up_to(s, len);
    if (good < len)
        return error_set(err, ERR_INPUT,
                         "the query is not valid UTF-8 at byte %zu (0x%02X): convert it to UTF-8",
                         good + 1, (unsigned char)s[good]);
    return true;
}

size_t text_lower_point(int32_t cp, char ret[4])
{
    if (cp < 0x80) {
        ret[0] = cp >= 'A' && cp <= 'Z' ? (char)(cp + 32) : (char)cp;
        return 1;
    }
    if (cp == 0x130) { /* the one letter whose lower case is two */
        memcpy(ret, "i\xCC\x87", 3);
        return 3;
    }
    return text_encode(utf8proc_tolower(cp), ret);
}

bool text_lower(struct buf *to, const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        int32_t cp;
        char out[4];
        size_t n = text_decode(s + i, len - i, &cp);
        if (!(cp < 0 ? buf_add(to, s + i, n) : buf_add(to, out, text_lower_point(cp, out))))
            return false;
        i += n;
    }
    return true;
}

bool text_is_space(int32_t cp)
{
    if ((cp >= 0x09 && cp <= 0x0D) || (cp >= 0x1C && cp <= 0x20) || cp == 0x85 || cp == 0xA0)
        return true;
    return cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 ||
           cp == 0x202F || cp == 0x205F || cp == 0x3000;
}

enum text_letter text_letter(int32_t cp)
{
    if (cp < 0)
        return TEXT_NO_LETTER;
    utf8proc_category_t c = utf8proc_category(cp);
    if (c < UTF8PROC_CATEGORY_LU || c > UTF8PROC_CATEGORY_NO)
        return TEXT_NO_LETTER;
    return cp >= 0x80 && utf8proc_charwidth(cp) == 2 ? TEXT_WIDE_LETTER : TEXT_LETTER;
}

bool text_is_blank(const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        int32_t cp;
        i += text_decode(s + i, len - i, &cp);
        if (!text_is_space(cp))
            return false;
    }
    return true;
}

bool text_fold(struct buf *to, const char *s, size_t len)
{
    bool started = false, gap = false;
    for (size_t i = 0; i < len;) {
        int32_t cp;
        size_t n = text_decode(s + i, len - i, &cp);
        if (text_is_space(cp)) {
            gap = started;
        } else {
            if (gap && !buf_putc(to, ' '))
                return false;
            gap = false;
            started = true;
            if (!text_lower(to, s + i, n))
                return false;
        }
        i += n;
    }
    return true;
}

/* Bytes of s that say the same as `folded`, from their start on; 0 where they do not. */
static size_t same_folded(const char *s, size_t len, const char *folded)
{
    size_t i = 0;
    while (*folded) {
        int32_t cp;
        char low[4];
        size_t from = i, n = 0;
        if (*folded == ' ') {
            for (; i < len; i += n) {
                n = text_decode(s + i, len - i, &cp);
                if (!text_is_space(cp))
                    break;
            }
            if (i == from)
                return 0;
            folded++;
            continue;
        }
        if (i == len)
            return 0;
        i += text_decode(s + i, len - i, &cp);
        n = cp < 0 ? 0 : text_lower_point(cp, low);
        if (n == 0 || strncmp(low, folded, n) != 0)
            return 0;
        folded += n;
    }
    return i;
}

bool text_find(const char *s, size_t len, const char *folded, size_t *ret_at, size_t *ret_len)
{
    if (!*folded)
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if ((c & 0xC0) == 0x80)
            continue;
        if (c < 0x80 && (c >= 'A' && c <= 'Z' ? c + 32 : c) != (unsigned char)*folded)
            continue;
        size_t n = same_folded(s + i, len - i, folded);
        if (n) {
            *ret_at = i;
            *ret_len = n;
            return true;
        }
    }
    return false;
}

/* What must never reach a terminal as itself. */
bool text_is_unsafe(int32_t cp)
{
    if (cp < 0 || (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7F && cp <= 0x9F))
        return true;
    /* Marks, embeddings, overrides and isolates that reorder what a person reads. */
    return cp == 0x061C || cp == 0x200E || cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2066 && cp <= 0x2069);
}

bool text_safe(struct buf *to, const char *s, size_t len)
{
    size_t from = 0;
    for (size_t i = 0; i < len;) {
        int32_t cp;
        size_t n = text_decode(s + i, len - i, &cp);
        if (text_is_unsafe(cp)) {
            if (!buf_add(to, s + from, i - from) || !buf_puts(to, REPLACEMENT))
                return false;
            from = i + n;
        }
        i += n;
    }
    return buf_add(to, s + from, len - from);
}

bool text_safe_line(struct buf *to, const char *s, size_t len)
{
    bool gap = false;
    for (size_t i = 0; i < len;) {
        int32_t cp;
        size_t n = text_decode(s + i, len - i, &cp);
        if (cp == '\n' || cp == '\t' || cp == '\r') {
            gap = true;
        } else {
            if (gap && !buf_putc(to, ' '))
                return false;
            gap = false;
            if (!(text_is_unsafe(cp) ? buf_puts(to, REPLACEMENT) : buf_add(to, s + i, n)))
                return false;
        }
        i += n;
    }
    return !gap || buf_putc(to, ' ');
}

static size_t point_cols(int32_t cp)
{
    if (text_is_unsafe(cp))
        return 1;
    int w = utf8proc_charwidth(cp);
    return w < 0 ? 1 : (size_t)w;
}

size_t text_next(const char *s, size_t len, size_t *cols)
{
    /* A letter of ASCII with no mark after it: nearly everything. */
    if (*s >= 0x20 && *s < 0x7F && (len == 1 || (unsigned char)s[1] < 0x80)) {
        *cols = 1;
        return 1;
    }
    int32_t before;
    size_t used = text_decode(s, len, &before);
    utf8proc_int32_t state = 0;
    *cols = point_cols(before);
    while (before >= 0 && used < len) {
        int32_t cp;
        size_t n = text_decode(s + used, len - used, &cp);
        if (cp < 0 || utf8proc_grapheme_break_stateful(before, cp, &state))
            break;
        size_t w = point_cols(cp);
        if (cp == 0xFE0F) /* asks for the emoji form, which is wide */
            w = 2;
        if (w > *cols)
            *cols = w;
        used += n;
        before = cp;
    }
    return used;
}

size_t text_grapheme(const char *s, size_t len)
{
    size_t cols;
    return text_next(s, len, &cols);
}

size_t text_cols(const char *s, size_t len)
{
    size_t total = 0;
    for (size_t i = 0; i < len;) {
        size_t cols;
        i += text_next(s + i, len - i, &cols);
        total += cols;
    }
    return total;
}

size_t text_fit(const char *s, size_t len, size_t cols)
{
    size_t i = 0;
    while (i < len) {
        size_t w, n = text_next(s + i, len - i, &w);
        if (w > cols)
            break;
        cols -= w;
        i += n;
    }
    return i;
}

size_t text_partial(const char *s, size_t len)
{
    /* Walk back over at most three continuation bytes to the lead byte. */
    size_t back = 0;
    while (back < 3 && back < len && ((unsigned char)s[len - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back == len)
        return 0;
    unsigned char lead = (unsigned char)s[len - 1 - back];
    size_t want = lead >= 0xF0 && lead <= 0xF4  ? 4
                  : lead >= 0xE0 && lead < 0xF0 ? 3
                  : lead >= 0xC2 && lead < 0xE0 ? 2
                                                : 0;
    if (want <= back + 1)
        return 0;
    if (back >= 1) { /* the second byte can already rule the sequence out */
        unsigned char second = (unsigned char)s[len - back];
        if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
            (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F))
            return 0;
    }
    return back + 1;
}

void text_trim_partial(char *s)
{
    size_t len = strlen(s);
    s[len - text_partial(s, len)] = '\0';
}

unsigned text_distance(const char *a, const char *b, unsigned limit)
{
    /* Optimal string alignment over three rows; names longer than this are never near. */
    enum { MOST = 40 };
    size_t n = strlen(a), m = strlen(b);
    unsigned rows[3][MOST + 1];
    if (n > MOST || m > MOST || (n > m ? n - m : m - n) > limit)
        return limit + 1;
    unsigned *two = rows[0], *one = rows[1], *now = rows[2];
    for (size_t j = 0; j <= m; j++)
        one[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned cost = a[i - 1] != b[j - 1];
            unsigned best = one[j - 1] + cost;
            if (one[j] + 1 < best)
                best = one[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                two[j - 2] + 1 < best)
                best = two[j - 2] + 1;
            now[j] = best;
        }
        unsigned *spare = two;
        two = one;
        one = now;
        now = spare;
    }
    return one[m] > limit ? limit + 1 : one[m];
}
