/* Text to tokens and back (token.h). */
#include "core/nn/token.h"

#include <string.h>

#include "core/base/text.h"

/* Signs people type that the vocabulary knows under another name. */
static const struct alias {
    int32_t point;
    char sign;
} aliases[] = {
    { 0x00D7, '*' }, { 0x22C5, '*' },  { 0x00F7, '/' },  { 0x2212, '-' },
    { 0x2013, '-' }, { 0x2018, '\'' }, { 0x2019, '\'' },
};

/* --- pieces of a text ------------------------------------------------------------------------ */

enum piece_kind { PIECE_NONE, PIECE_SPACE, PIECE_DIGITS, PIECE_LETTERS, PIECE_SIGN };

struct piece {
    enum piece_kind kind;
    size_t from, to; /* bytes of the text */
    int32_t point;   /* of a sign */
};

/* One code point, lower-cased, with the aliases put right. */
static size_t read_point(const char *s, size_t len, int32_t *ret)
{
    size_t n = text_decode(s, len, ret);
    if (*ret < 0)
        return n;
    char lower[4];
    size_t lower_len = text_lower_point(*ret, lower);
    text_decode(lower, lower_len, ret);
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (aliases[i].point == *ret)
            *ret = aliases[i].sign;
    return n;
}

static enum piece_kind kind_of(int32_t point)
{
    if (point >= '0' && point <= '9')
        return PIECE_DIGITS;
    if (point >= 'a' && point <= 'z')
        return PIECE_LETTERS;
    return text_is_space(point) ? PIECE_SPACE : PIECE_SIGN;
}

/* The piece that starts at `at`: a run of one kind, or a single sign. */
static struct piece piece_at(const char *text, size_t len, size_t at)
{
    struct piece p = { .from = at, .to = at };
    while (p.to < len) {
        int32_t point;
        size_t n = read_point(text + p.to, len - p.to, &point);
        enum piece_kind kind = kind_of(point);
        if (p.kind != PIECE_NONE && kind != p.kind)
            break;
        p.kind = kind;
        p.point = point;
        p.to += n;
        if (kind == PIECE_SIGN)
            break;
    }
    return p;
}

/* --- reading --------------------------------------------------------------------------------- */

struct reader {
    const char *text;
    size_t len;
    token_id *ret;
    size_t max, count;
    bool spelling;        /* the question is about letters */
    bool by_character;    /* the last piece went character by character */
    bool blank;           /* a space came since */
    enum piece_kind last; /* the last piece that was no space */
};

static void put(struct reader *r, token_id id)
{
    if (r->count < r->max)
        r->ret[r->count] = id;
    r->count++;
}

/* What comes before the characters of a word or number. */
static void begin_characters(struct reader *r)
{
    if (r->by_character && r->blank)
        put(r, TOKEN_BLANK);
    r->by_character = true;
}

/* Units first: from the last digit to the first. */
static void read_digits(struct reader *r, const struct piece *p)
{
    begin_characters(r);
    for (size_t i = p->to; i > p->from; i--)
        put(r, (token_id)(TOKEN_DIGITS + r->text[i - 1] - '0'));
}

static void read_letters(struct reader *r, size_t from, size_t to)
{
    begin_characters(r);
    for (size_t at = from; at < to;) {
        int32_t point;
        at += read_point(r->text + at, to - at, &point);
        put(r, (token_id)(TOKEN_LETTERS + point - 'a'));
    }
}

/* The words of a question about spelling that are not what is to be spelled. */
static bool asks_for_spelling(const char *word)
{
    return strcmp(word, "reverse") == 0 || strcmp(word, "spell") == 0 ||
           strcmp(word, "backwards") == 0;
}

static bool stays_whole(const char *word)
{
    static const char *const whole[] = { "reverse", "the",   "word", "spell", "backwards",
                                         "in",      "write", "what", "is",    "please" };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strcmp(whole[i], word) == 0)
            return true;
    return false;
}

/* The word in lower case, or "" where it is longer than any in the vocabulary. */
static void lower_word(const char *text, const struct piece *p, char ret[TOKEN_WORD_MAX + 1])
{
    size_t n = 0;
    for (size_t at = p->from; at < p->to;) {
        int32_t point;
        at += read_point(text + at, p->to - at, &point);
        if (n == TOKEN_WORD_MAX) {
            n = 0;
            break;
        }
        ret[n++] = (char)point;
    }
    ret[n] = '\0';
}

static void read_word(struct reader *r, const struct piece *p)
{
    char word[TOKEN_WORD_MAX + 1];
    token_id id;
    lower_word(r->text, p, word);
    if (!*word || (r->spelling && !stays_whole(word)) ||
        !vocabulary_find(word, strlen(word), &id)) {
        read_letters(r, p->from, p->to);
        return;
    }
    put(r, id);
    r->by_character = false;
}

static void read_sign(struct reader *r, int32_t point)
{
    char sign = (char)point;
    token_id id;
    if (point == '_')
        id = TOKEN_BLANK;
    else if (point < 0 || point > '~' || !vocabulary_find(&sign, 1, &id))
        id = TOKEN_UNKNOWN;
    put(r, id);
    r->by_character = false;
}

/* "23 x 48": an x that stands alone between two numbers. */
static bool is_times(const struct reader *r, const struct piece *p)
{
    if (r->last != PIECE_DIGITS || p->to - p->from != 1 || (r->text[p->from] | 0x20) != 'x')
        return false;
    struct piece next = piece_at(r->text, r->len, p->to);
    if (next.kind == PIECE_SPACE)
        next = piece_at(r->text, r->len, next.to);
    return next.kind == PIECE_DIGITS;
}

static bool is_about_spelling(const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        struct piece p = piece_at(text, len, at);
        char word[TOKEN_WORD_MAX + 1];
        if (p.kind == PIECE_LETTERS) {
            lower_word(text, &p, word);
            if (asks_for_spelling(word))
                return true;
        }
        at = p.to;
    }
    return false;
}

static void read_text(struct reader *r)
{
    r->spelling = is_about_spelling(r->text, r->len);
    for (size_t at = 0; at < r->len;) {
        struct piece p = piece_at(r->text, r->len, at);
        at = p.to;
        if (p.kind == PIECE_SPACE) {
            r->blank = true;
            continue;
        }
        if (p.kind == PIECE_DIGITS)
            read_digits(r, &p);
        else if (p.kind == PIECE_LETTERS && is_times(r, &p))
            read_sign(r, '*');
        else if (p.kind == PIECE_LETTERS)
            read_word(r, &p);
        else
            read_sign(r, p.point);
        r->blank = false;
        r->last = p.kind;
    }
}

size_t token_read(const char *text, size_t len, token_id *ret, size_t max)
{
    struct reader r = { .text = text, .len = len, .ret = ret, .max = max };
    read_text(&r);
    return r.count;
}

size_t token_read_prompt(const char *text, size_t len, token_id *ret, size_t max)
{
    struct reader r = { .text = text, .len = len, .ret = ret, .max = max };
    put(&r, TOKEN_QUESTION);
    read_text(&r);
    put(&r, TOKEN_ANSWER);
    return r.count;
}

bool token_cannot_spell(const char *text, size_t len)
{
    struct piece before = { 0 };
    for (size_t at = 0; at < len;) {
        struct piece p = piece_at(text, len, at);
        bool mixed = (p.kind == PIECE_LETTERS && before.kind == PIECE_DIGITS) ||
                     (p.kind == PIECE_DIGITS && before.kind == PIECE_LETTERS);
        bool foreign = p.kind == PIECE_SIGN && p.point > '~' && text_letter(p.point);
        if (mixed || foreign)
            return is_about_spelling(text, len);
        before = p;
        at = p.to;
    }
    return false;
}

size_t token_spell(const char *text, size_t len, token_id *ret, size_t max)
{
    struct reader r = { .text = text, .len = len, .ret = ret, .max = max };
    for (size_t at = 0; at < len;) {
        struct piece p = piece_at(text, len, at);
        at = p.to;
        if (p.kind == PIECE_LETTERS)
            read_letters(&r, p.from, p.to);
        else if (p.kind == PIECE_DIGITS)
            read_digits(&r, &p);
        else if (p.kind == PIECE_SIGN)
            read_sign(&r, p.point);
        r.blank = p.kind == PIECE_SPACE;
    }
    return r.count;
}

/* --- writing --------------------------------------------------------------------------------- */

static bool write_number(struct token_writer *w, struct buf *to)
{
    for (; w->digits; w->digits--)
        if (!buf_putc(to, w->number[w->digits - 1]))
            return false;
    return true;
}

static bool is_wordlike(token_id id)
{
    return token_is_digit(id) || token_is_letter(id) || token_is_word(id);
}

/* Whole words stand apart from what is read next to them; signs and characters do not. */
static bool needs_space(token_id before, token_id id)
{
    return is_wordlike(before) && is_wordlike(id) && (token_is_word(before) || token_is_word(id));
}

static bool write_piece(struct token_writer *w, token_id id, struct buf *to)
{
    if (id == TOKEN_BLANK)
        return buf_putc(to, ' ');
    if (token_is_mark(id))
        return true;
    if (needs_space(w->last, id) && !buf_putc(to, ' '))
        return false;
    if (!token_is_digit(id))
        return buf_puts(to, vocabulary_name(id));
    w->number[w->digits++] = vocabulary_name(id)[0];
    return true;
}

bool token_write(struct token_writer *w, token_id id, struct buf *to)
{
    bool goes_on = token_is_digit(id) && w->digits < sizeof w->number;
    if ((!goes_on && !write_number(w, to)) || !write_piece(w, id, to))
        return false;
    w->last = id;
    return true;
}

bool token_write_end(struct token_writer *w, struct buf *to)
{
    bool ok = write_number(w, to);
    *w = (struct token_writer){ 0 };
    return ok;
}
