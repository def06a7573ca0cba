/* Silently cut prompts (prompt_cut.h).
 *
 * A false alarm would be worse than silence: it warns of an answer that is good, and keeps it out
 * of the cache. So what is compared is no estimate but a bound that holds for prose, code, tables,
 * scripts without spaces and pasted rubbish alike, and half of it at that:
 *
 *   words         Tokens do not reach across a space between words, so each word is one at least.
 *                 Long ones are more: single tokens of 16 letters are the longest in use.
 *   wide letters  Chinese, Japanese and Korean have no spaces. The most thrifty vocabularies make
 *                 one token of two letters on average; three are counted.
 *   the rest      Blanks and signs count nothing: one token can be a whole indent or ruler.
 *
 * Half, because a vocabulary with tokens across words would need fewer, and a text of nothing but
 * set phrases fewer still. */
#include "core/lab/prompt_cut.h"

#include <string.h>

#include "core/base/text.h"

#define WORD_BYTES   16 /* of a word that one token may hold */
#define WIDE_LETTERS 3
/* No window is smaller than half of this; below it templates and habits weigh too much. */
#define LONG_ENOUGH 256

/* Counts as it goes: a word, or a run of wide letters, ends where the other kind begins. */
struct bound {
    int64_t tokens;
    size_t word_bytes, wide;
};

static void end_run(struct bound *b)
{
    b->tokens += (int64_t)((b->word_bytes + WORD_BYTES - 1) / WORD_BYTES);
    b->tokens += (int64_t)(b->wide / WIDE_LETTERS);
    b->word_bytes = b->wide = 0;
}

int64_t prompt_least_tokens(const char *text, size_t len)
{
    struct bound b = { 0 };
    for (size_t i = 0; text && i < len;) {
        int32_t cp;
        size_t n = text_decode(text + i, len - i, &cp);
        enum text_letter kind = text_letter(cp);
        if (kind == TEXT_NO_LETTER || (kind == TEXT_WIDE_LETTER ? b.word_bytes : b.wide))
            end_run(&b);
        if (kind == TEXT_WIDE_LETTER)
            b.wide++;
        else if (kind == TEXT_LETTER)
            b.word_bytes += n;
        i += n;
    }
    end_run(&b);
    return b.tokens;
}

static int64_t least_of(const char *text)
{
    return text ? prompt_least_tokens(text, strlen(text)) : 0;
}

bool prompt_looks_cut(const struct cache_key *sent, const struct usage *u)
{
    if (u->prompt_tokens < 0)
        return false;
    int64_t least = prompt_least_tokens(sent->query, sent->query_len) + least_of(sent->suffix) +
                    least_of(sent->system);
    /* Servers do not agree on whether the count holds the cached part: the kinder reading. */
    int64_t most_read = u->prompt_tokens + (u->cached_tokens > 0 ? u->cached_tokens : 0);
    return least >= LONG_ENOUGH && most_read < least / 2;
}
