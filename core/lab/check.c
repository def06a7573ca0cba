/* Comparing answers (check.h). */
#include "core/lab/check.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/limits.h"

/* --- numbers ------------------------------------------------------------------------ */

/* A double holds 309 digits before the point; of a fraction more than these never matter. */
#define MOST_WHOLE    320
#define MOST_FRACTION 60

struct number {
    char whole[MOST_WHOLE + 1];       /* digits without leading zeros, "" for 0 */
    char fraction[MOST_FRACTION + 1]; /* digits without zeros at the end */
    bool negative, has_exponent;
    double value; /* infinite where it is too large */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t digits_at(const char *s, size_t len, size_t i)
{
    size_t n = 0;
    while (i + n < len && is_digit(s[i + n]))
        n++;
    return n;
}

/* Bytes of the first of `list` that stands at s[i], 0 where none does. */
static size_t any_at(const char *const *list, const char *s, size_t len, size_t i)
{
    for (; *list; list++) {
        size_t n = strlen(*list);
        if (i + n <= len && memcmp(s + i, *list, n) == 0)
            return n;
    }
    return 0;
}

/* Bytes of the first of `list` that ends just before s[i]. */
static size_t any_before(const char *const *list, const char *s, size_t i)
{
    for (; *list; list++) {
        size_t n = strlen(*list);
        if (n <= i && memcmp(s + i - n, *list, n) == 0)
            return n;
    }
    return 0;
}

static const char *const group_marks[] = {
    ",", "{,}", "\\,", "\xC2\xA0", "\xE2\x80\x89", "\xE2\x80\xAF", NULL,
};
static const char *const currencies[] = {
    "\\$", "$", "\xC2\xA3", "\xC2\xA5", "\xE2\x82\xAC", NULL,
};
/* Hyphen, true minus, no-break hyphen, full-width hyphen. En dashes mean ranges. */
static const char *const minuses[] = { "-", "\xE2\x88\x92", "\xE2\x80\x91", "\xEF\xBC\x8D", NULL };

/* Whether a minus stands before the number at s[start], as a sign and not as an operator. */
static bool sign_before(const char *s, size_t start)
{
    size_t at = start - any_before(currencies, s, start);
    size_t minus = any_before(minuses, s, at);
    if (!minus)
        return false;
    at -= minus;
    return at == 0 || !(is_digit(s[at - 1]) || is_letter(s[at - 1]) || strchr(")]}%", s[at - 1]));
}

static void keep_digits(char *to, size_t *n, size_t most, const char *s, size_t count)
{
    for (size_t i = 0; i < count && *n < most; i++)
        to[(*n)++] = s[i];
    to[*n] = '\0';
}

static void keep_whole(struct number *n, size_t *kept, const char *s, size_t count)
{
    while (*kept == 0 && count > 0 && *s == '0') {
        s++;
        count--;
    }
    keep_digits(n->whole, kept, MOST_WHOLE, s, count);
}

/* The whole part from s[i]; returns where it ends. */
static size_t read_whole(const char *s, size_t len, size_t i, struct number *n)
{
    size_t kept = 0, run = digits_at(s, len, i);
    keep_whole(n, &kept, s + i, run);
    i += run;
    if (run == 0 || run > 3)
        return i;
    for (size_t first = 0;;) {
        size_t mark = any_at(group_marks, s, len, i);
        if (!mark || digits_at(s, len, i + mark) != 3)
            return i;
        if (first && (mark != first || memcmp(s + i, s + i - 3 - mark, mark) != 0))
            return i; /* one kind of mark a number */
        keep_whole(n, &kept, s + i + mark, 3);
        i += mark + 3;
        first = mark;
    }
}

static size_t read_fraction(const char *s, size_t len, size_t i, struct number *n)
{
    size_t run = i < len && s[i] == '.' ? digits_at(s, len, i + 1) : 0;
    if (!run)
        return i;
    size_t kept = 0;
    keep_digits(n->fraction, &kept, MOST_FRACTION, s + i + 1, run);
    while (kept && n->fraction[kept - 1] == '0')
        n->fraction[--kept] = '\0';
    return i + 1 + run;
}

/* e, an optional sign and one to five digits that no letter follows. */
static size_t read_exponent(const char *s, size_t len, size_t i, int *ret)
{
    if (i >= len || (s[i] != 'e' && s[i] != 'E'))
        return i;
    size_t at = i + 1;
    if (at < len && (s[at] == '+' || s[at] == '-'))
        at++;
    size_t run = digits_at(s, len, at);
    if (run == 0 || run > 5 || (at + run < len && is_letter(s[at + run])))
        return i;
    char text[8] = { 0 };
    memcpy(text, s + i + 1, at + run - (i + 1));
    *ret = atoi(text);
    return at + run;
}

static size_t read_number(const char *s, size_t len, size_t i, struct number *n)
{
    *n = (struct number){ .negative = sign_before(s, i) };
    int exponent = 0;
    size_t end = read_fraction(s, len, read_whole(s, len, i, n), n);
    size_t after = read_exponent(s, len, end, &exponent);
    n->has_exponent = after > end;

    char text[MOST_WHOLE + MOST_FRACTION + 20];
    snprintf(text, sizeof text, "%s0%s.%se%d", n->negative ? "-" : "", n->whole, n->fraction,
             exponent);
    n->value = strtod(text, NULL); /* LC_NUMERIC stays "C" */
    return after;
}

/* The next number from s[*at] on; *at moves behind it. */
static bool next_number(const char *s, size_t len, size_t *at, struct number *ret)
{
    for (size_t i = *at; i < len;) {
        bool digit = is_digit(s[i]);
        bool point = s[i] == '.' && digits_at(s, len, i + 1) > 0 &&
                     (i == 0 || !(is_digit(s[i - 1]) || is_letter(s[i - 1])));
        if (digit && i > 0 && is_letter(s[i - 1])) {
            i += digits_at(s, len, i);
        } else if (digit || point) {
            *at = read_number(s, len, i, ret);
            return true;
        } else {
            i++;
        }
    }
    return false;
}

/* Returns how many numbers there are and the last of them. */
static size_t last_number(const char *s, size_t len, struct number *ret)
{
    size_t count = 0;
    for (size_t at = 0; next_number(s, len, &at, ret);)
        count++;
    return count;
}

static bool same_number(const struct number *a, const struct number *b)
{
    if (!isfinite(a->value) || !isfinite(b->value))
        return false;
    bool exact = !a->has_exponent && !b->has_exponent && !a->fraction[0] && !b->fraction[0];
    if (exact)
        return strcmp(a->whole, b->whole) == 0 && (a->negative == b->negative || !a->whole[0]);
    return fabs(a->value - b->value) <= 1e-9 * fmax(fabs(a->value), fabs(b->value));
}

bool check_last_number(const char *text, size_t len, double *ret)
{
    struct number n;
    if (last_number(text, len, &n) == 0 || !isfinite(n.value))
        return false;
    *ret = n.value;
    return true;
}

static bool number_right(const char *answer, size_t len, const char *known)
{
    struct number said, right;
    return last_number(answer, len, &said) > 0 && last_number(known, strlen(known), &right) > 0 &&
           same_number(&said, &right);
}

static bool number_fits(const char *known)
{
    struct number n;
    return last_number(known, strlen(known), &n) == 1 && isfinite(n.value);
}

/* --- texts -------------------------------------------------------------------------- */

/* Folded text; it can be half as long again where one letter becomes two. */
static struct buf fold(const char *s, size_t len)
{
    struct buf b = buf_with_max(2 * len + 1);
    text_fold(&b, s, len);
    return b;
}

static size_t without_stop(const struct buf *b)
{
    return b->len && b->data[b->len - 1] == '.' ? b->len - 1 : b->len;
}

static bool exact_right(const char *answer, size_t len, const char *known)
{
    struct buf a = fold(answer, len), k = fold(known, strlen(known));
    size_t n = without_stop(&a);
    bool same = n == without_stop(&k) && memcmp(buf_text(&a), buf_text(&k), n) == 0;
    buf_done(&a);
    buf_done(&k);
    return same;
}

/* Letters and digits of scripts that part words by spaces: Latin, Greek, Cyrillic, Hebrew,
 * Arabic and the Indic ones. Others (Chinese, Japanese, Thai) have no gap to ask for. */
static bool is_word(int32_t cp)
{
    if (cp < 0x80)
        return cp > 0 && cp != '_' && (is_digit((char)cp) || is_letter((char)cp));
    return cp >= 0xC0 && cp < 0xE00 && cp != 0xD7 && cp != 0xF7;
}

/* Whether one word runs on across s[i]. */
static bool inside_word(const char *s, size_t len, size_t i)
{
    if (i == 0 || i >= len)
        return false;
    size_t before = i - 1;
    while (before > 0 && ((unsigned char)s[before] & 0xC0) == 0x80)
        before--;
    int32_t left, right;
    text_decode(s + before, i - before, &left);
    text_decode(s + i, len - i, &right);
    return is_word(left) && is_word(right);
}

static bool holds_words(const char *s, size_t len, const char *words, size_t n)
{
    const char *end = s + len;
    for (const char *p = s; (p = memmem(p, (size_t)(end - p), words, n)) != NULL;) {
        size_t at = (size_t)(p - s);
        if (!inside_word(s, len, at) && !inside_word(s, len, at + n))
            return true;
        do /* the rest of this word can hold no match either: never search it twice */
            p++;
        while (inside_word(s, len, (size_t)(p - s)));
    }
    return false;
}

static bool contains_right(const char *answer, size_t len, const char *known)
{
    struct buf a = fold(answer, len), k = fold(known, strlen(known));
    bool holds = k.len > 0 && holds_words(buf_text(&a), a.len, k.data, k.len);
    buf_done(&a);
    buf_done(&k);
    return holds;
}

static bool text_fits(const char *known)
{
    size_t len = strlen(known);
    return len <= MAX_KNOWN_BYTES && !text_is_blank(known, len);
}

/* --- the list ----------------------------------------------------------------------- */

#define TEXT_NEEDED "some text of at most 1 KiB"

enum { EXACT, NUMBER, CONTAINS, CHECKS };

static const struct check checks[CHECKS] = {
    [EXACT] = { "exact", exact_right, text_fits, TEXT_NEEDED,
                "the same text; case, outer spaces and a final full stop do not count" },
    [NUMBER] = { "number", number_right, number_fits, "one number",
                 "the last number of the answer is the same, whatever the notation" },
    [CONTAINS] = { "contains", contains_right, text_fits, TEXT_NEEDED,
                   "the known text stands in the answer as words of its own" },
};

const struct check *check_at(size_t i)
{
    return i < CHECKS ? &checks[i] : NULL;
}

const struct check *check_find(const char *name)
{
    for (size_t i = 0; i < CHECKS; i++)
        if (strcmp(checks[i].name, name) == 0)
            return &checks[i];
    return NULL;
}

const char *check_names(void)
{
    return "exact, number, contains";
}

const struct check *check_default(const char *known)
{
    bool bare = number_fits(known);
    for (const char *p = known; bare && *p; p++) {
        bool exponent = (*p == 'e' || *p == 'E') && p > known && is_digit(p[-1]);
        bare = exponent || !is_letter(*p);
    }
    return &checks[bare ? NUMBER : CONTAINS];
}
