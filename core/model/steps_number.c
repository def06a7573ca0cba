/* Whole numbers in a sentence (steps_number.h). */
#include "core/model/steps_number.h"

#include <string.h>
#include <strings.h>

/* The signs that mean minus, as bytes. */
static const char *const minus_signs[] = { "-", "\xE2\x88\x92", "\xE2\x80\x93" };
#define MINUS_SIGNS (sizeof minus_signs / sizeof *minus_signs)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool digit_at(const char *text, size_t len, size_t at)
{
    return at < len && is_digit(text[at]);
}

/* Does text[0..at) end in `word`? Letter case does not count. */
static bool ends_in(const char *text, size_t at, const char *word)
{
    size_t n = strlen(word);
    return at >= n && strncasecmp(text + at - n, word, n) == 0;
}

static size_t skip_spaces_back(const char *text, size_t at)
{
    while (at && text[at - 1] == ' ')
        at--;
    return at;
}

/* --- the sign ----------------------------------------------------------------------------- */

/* Where the word in front of text[at] starts when it is `word`; `at` where it is not. */
static size_t word_before(const char *text, size_t at, const char *word)
{
    size_t end = skip_spaces_back(text, at), n = strlen(word);
    if (end == at || !ends_in(text, end, word) || (end > n && is_letter(text[end - n - 1])))
        return at;
    return end - n;
}

/* Where the number whose first digit is text[at] starts: at its sign, or there. */
static size_t sign_start(const char *text, size_t at)
{
    for (size_t i = 0; i < MINUS_SIGNS; i++) {
        size_t n = strlen(minus_signs[i]);
        if (!ends_in(text, at, minus_signs[i]))
            continue;
        char before = at > n ? text[at - n - 1] : ' ';
        return is_digit(before) || is_letter(before) || before == ')' ? at : at - n;
    }
    size_t start = word_before(text, at, "negative");
    if (start < at)
        return start;
    start = word_before(text, at, "minus");
    if (start < at) {
        size_t before = skip_spaces_back(text, start);
        if (before && (is_digit(text[before - 1]) || text[before - 1] == ')'))
            return at;
    }
    return start;
}

/* --- the digits --------------------------------------------------------------------------- */

/* A comma at text[at] that parts groups of three: three digits follow, and no fourth. */
static bool parts_groups(const char *text, size_t len, size_t at)
{
    return at < len && text[at] == ',' && digit_at(text, len, at + 1) &&
           digit_at(text, len, at + 2) && digit_at(text, len, at + 3) &&
           !digit_at(text, len, at + 4);
}

/* The end of the digits from text[at] on, commas between groups included. Commas count only
 * where all groups fit: 12,345 is one number, 1234,567 and 12,3 are two. */
static size_t digits_end(const char *text, size_t len, size_t at)
{
    size_t end = at;
    while (digit_at(text, len, end))
        end++;
    if (end - at > 3)
        return end;
    while (parts_groups(text, len, end))
        end += 4;
    return end;
}

/* The end of what follows the digits and makes the number no whole one: ".5", "e3". */
static size_t fraction_end(const char *text, size_t len, size_t at)
{
    for (;;) {
        size_t next = at;
        if (next < len && (text[next] == '.' || text[next] == 'e' || text[next] == 'E'))
            next++;
        if (next > at && text[at] != '.' && next < len && (text[next] == '-' || text[next] == '+'))
            next++;
        if (next == at || !digit_at(text, len, next))
            return at;
        for (at = next; digit_at(text, len, at);)
            at++;
    }
}

/* The value of digits and commas; false beyond 64 bits. It is built below zero, where there is
 * room for one more. */
static bool value_of(const char *digits, size_t len, bool minus, int64_t *ret)
{
    int64_t v = 0;
    for (size_t i = 0; i < len; i++)
        if (is_digit(digits[i]) &&
            (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digits[i] - '0', &v)))
            return false;
    if (!minus && v == INT64_MIN)
        return false;
    *ret = minus ? v : -v;
    return true;
}

/* ".5" and "-.5" begin before their first digit; "end.5" and "...5" do not. */
static bool begins_at_point(const char *text, size_t first)
{
    if (first == 0 || text[first - 1] != '.')
        return false;
    char before = first > 1 ? text[first - 2] : ' ';
    return before != '.' && !is_letter(before) && !is_digit(before);
}

bool steps_number_next(const char *text, size_t len, size_t *at, struct steps_number *ret)
{
    size_t first = *at;
    while (first < len && !is_digit(text[first]))
        first++;
    if (first == len)
        return false;
    bool point = begins_at_point(text, first);
    size_t start = sign_start(text, first - point), digits = digits_end(text, len, first);
    size_t end = fraction_end(text, len, digits);
    struct steps_number found = { .at = start, .len = end - start };
    if (point || end > digits)
        found.kind = NUMBER_NOT_WHOLE;
    else if (!value_of(text + first, digits - first, start < first, &found.value))
        found.kind = NUMBER_TOO_LARGE;
    *at = end;
    *ret = found;
    return true;
}
