/* What any match must hold (needs.h): a small reader for the safe part of the syntax.
 *
 *     choice = row { "|" row }
 *     row    = { item [ repeat ] }
 *     item   = "(" [ kind ] choice ")" | "[" class "]" | "\" escape | "." | "^" | "$" | literal
 */
#include "core/route/needs.h"

#include <ctype.h>
#include <string.h>

struct reader {
    const unsigned char *at, *end;
    bool lost; /* something unknown was met: no claim can be made about anything */
};

static struct needs read_choice(struct reader *r);

static bool more(const struct reader *r)
{
    return !r->lost && r->at < r->end;
}

static bool take(struct reader *r, const char *text)
{
    size_t len = strlen(text);
    if (r->lost || (size_t)(r->end - r->at) < len || memcmp(r->at, text, len) != 0)
        return false;
    r->at += len;
    return true;
}

static struct needs lose(struct reader *r)
{
    r->lost = true;
    return (struct needs){ 0 };
}

static struct needs one_of(struct byte_set set)
{
    return (struct needs){ .set = { set }, .count = 1 };
}

static void all_beyond_ascii(struct byte_set *s)
{
    byte_set_add_range(s, 0x80, 0xFF);
}

static bool is_punct(unsigned char c)
{
    return c < 0x80 && ispunct(c);
}

/* \d \s \w, in whatever script: any byte beyond ASCII may be part of one. */
static bool named_class(unsigned char letter, struct byte_set *s)
{
    switch (letter) {
    case 'd':
        byte_set_add_range(s, '0', '9');
        break;
    case 's':
        byte_set_add_range(s, 0x09, 0x0D);
        byte_set_add_range(s, 0x1C, 0x20);
        break;
    case 'w':
        byte_set_add_range(s, '0', '9');
        byte_set_add_range(s, 'A', 'Z');
        byte_set_add_range(s, 'a', 'z');
        byte_set_add(s, '_');
        break;
    default:
        return false;
    }
    all_beyond_ascii(s);
    return true;
}

/* The first byte of a literal stands for all of it. */
static struct needs read_literal(struct reader *r)
{
    struct byte_set s = { 0 };
    byte_set_add(&s, *r->at++);
    while (r->at < r->end && (*r->at & 0xC0) == 0x80)
        r->at++;
    return one_of(s);
}

static struct needs read_escape(struct reader *r)
{
    r->at++;
    if (!more(r))
        return lose(r);
    if (is_punct(*r->at))
        return read_literal(r);
    unsigned char letter = *r->at++;
    struct byte_set s = { 0 };
    if (named_class(letter, &s))
        return one_of(s);
    if (strchr("DSWbB", letter) == NULL || letter == '\0')
        return lose(r);
    return (struct needs){ 0 };
}

/* One member that may begin or end a range: its first byte, or lost. */
static unsigned char read_member(struct reader *r)
{
    if (take(r, "\\") && (!more(r) || !is_punct(*r->at)))
        lose(r);
    if (!more(r))
        return 0;
    unsigned char c = *r->at++;
    while (r->at < r->end && (*r->at & 0xC0) == 0x80)
        r->at++;
    return c;
}

static void read_class_item(struct reader *r, struct byte_set *s)
{
    if (*r->at == '[') { /* "[:alpha:]" and its kin */
        lose(r);
        return;
    }
    if (r->end - r->at >= 2 && r->at[0] == '\\' && named_class(r->at[1], s)) {
        r->at += 2;
        if (more(r) && *r->at == '-')
            lose(r);
        return;
    }
    unsigned from = read_member(r), to = from;
    if (r->end - r->at >= 2 && r->at[0] == '-' && r->at[1] != ']') {
        r->at++;
        to = read_member(r);
    }
    if (from >= 0x80 || to >= 0x80)
        all_beyond_ascii(s);
    if (from < 0x80)
        byte_set_add_range(s, from, to < 0x80 ? to : 0x7F);
}

static struct needs read_class(struct reader *r)
{
    r->at++;
    bool other_than = take(r, "^");
    struct byte_set s = { 0 };
    if (!more(r) || *r->at == ']') /* a bracket in first place is a literal: leave it */
        return lose(r);
    while (more(r) && *r->at != ']')
        read_class_item(r, &s);
    if (!take(r, "]"))
        return lose(r);
    return other_than ? (struct needs){ 0 } : one_of(s);
}

static struct needs read_group(struct reader *r)
{
    static const struct {
        const char *opening;
        bool holds; /* what stands inside is part of the match */
    } kinds[] = {
        { "?:", true },  { "?>", true },   { "?=", false },
        { "?!", false }, { "?<=", false }, { "?<!", false },
    };
    r->at++;
    bool holds = true, known = false;
    for (size_t i = 0; !known && i < sizeof kinds / sizeof *kinds; i++) {
        known = take(r, kinds[i].opening);
        if (known)
            holds = kinds[i].holds;
    }
    if (!more(r) || (!known && (*r->at == '?' || *r->at == '*')))
        return lose(r);
    struct needs inside = read_choice(r);
    if (!take(r, ")"))
        return lose(r);
    return holds ? inside : (struct needs){ 0 };
}

static struct needs read_item(struct reader *r)
{
    switch (*r->at) {
    case '(':
        return read_group(r);
    case '[':
        return read_class(r);
    case '\\':
        return read_escape(r);
    case '.':
    case '^':
    case '$':
        r->at++;
        return (struct needs){ 0 };
    case '*':
    case '+':
    case '?':
    case '{':
        return lose(r);
    default:
        return read_literal(r);
    }
}

/* Reads "{n}", "{n,}" or "{n,m}" after its brace; other forms are lost. */
static bool read_counts(struct reader *r)
{
    bool some = false, digits = false;
    for (; more(r) && isdigit(*r->at); r->at++, digits = true)
        some |= *r->at != '0';
    if (!digits)
        lose(r);
    if (take(r, ","))
        while (more(r) && isdigit(*r->at))
            r->at++;
    if (!take(r, "}"))
        lose(r);
    return some;
}

/* Reads a repeat where there is one. Returns whether the item before it stands at least once. */
static bool read_repeat(struct reader *r)
{
    bool some = true;
    if (take(r, "*") || take(r, "?"))
        some = false;
    else if (take(r, "{"))
        some = read_counts(r);
    else if (!take(r, "+"))
        return true;
    if (!take(r, "?")) /* lazy, or possessive: how it is tried, not what it holds */
        take(r, "+");
    return some;
}

static struct needs read_row(struct reader *r)
{
    struct needs all = { 0 };
    while (more(r) && *r->at != '|' && *r->at != ')') {
        struct needs item = read_item(r);
        if (!read_repeat(r))
            continue;
        for (size_t i = 0; i < item.count && all.count < NEEDS_MOST; i++)
            all.set[all.count++] = item.set[i];
    }
    return all;
}

/* A match is one or the other, so it holds a byte of the first's set or of the second's, for
 * whichever two sets are put together. */
static struct needs either(struct needs a, const struct needs *b)
{
    if (a.count > b->count)
        a.count = b->count;
    for (size_t i = 0; i < a.count; i++)
        byte_set_join(&a.set[i], &b->set[i]);
    return a;
}

static struct needs read_choice(struct reader *r)
{
    struct needs all = read_row(r);
    while (take(r, "|")) {
        struct needs other = read_row(r);
        all = either(all, &other);
    }
    return all;
}

struct needs needs_of(const char *pattern, size_t len)
{
    const unsigned char *start = (const unsigned char *)pattern;
    struct reader r = { .at = start, .end = start + len };
    struct needs all = read_choice(&r);
    if (r.lost || r.at < r.end)
        return (struct needs){ 0 };
    return all;
}
