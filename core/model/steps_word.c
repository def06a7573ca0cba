/* The word that is meant (steps_word.h). */
#include "core/model/steps_word.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"

/* What a word does in a sentence that asks for a reversal. */
enum part {
    CONTENT, /* in no table: may be the one that is meant */
    FRAME,   /* belongs to the asking */
    SAYING,  /* a FRAME that goes between a word and its "backwards": spelled, is, in */
    NOUN,    /* belongs to it too, but stands for itself where nothing else does */
    NAMING,  /* a NOUN that says: the next one is meant */
    ARTICLE,
    VERB, /* asks for a reversal of what follows */
    BACK, /* asks for a reversal of what stands before */
};

static const struct known {
    enum part part;
    const char *words; /* each between spaces */
} known[] = {
    { VERB, " reverse reverses reversing flip flips flipping invert inverts inverting mirror "
            "mirroring " },
    { BACK, " backwards backward reversed flipped inverted mirrored back-to-front right-to-left " },
    { NAMING, " word words string text name term phrase " },
    { ARTICLE, " the a an this that these those my your his her our their it its " },
    { NOUN, " letter letters character characters order version spelling form copy image answer "
            "result stop front end start begin beginning last first left right way side "
            "direction opposite sequence yes no ok okay hi hey now here there out up down off over "
            "all one other whole try run help every each " },
    { SAYING, " in is are was were be been being spell spells spelled spelt spelling write writes "
              "wrote written writing type types typed typing print prints printed say says said "
              "saying read reads reading put puts putting turn turns turned turning look looks "
              "looked make makes making go goes going sound sounds come comes display rewrite "
              "respell called return returns output outputs " },
    { FRAME,
      " i i'd i'm i'll me you we us he she they and or but so if when then than to from into "
      "of on at by for with without as like back would could can will shall should may might "
      "must do does did done get gets got have has had what what's whats which who how where "
      "why hows let let's lets please thanks thank kindly just only also too not need needs "
      "want wants wanna give gives gave giving tell tells told telling show shows showing "
      "take takes swap change using use around round entire english following given "
      "quickly exactly through across along pls wonder know reverse-spell " },
};
#define KNOWN (sizeof known / sizeof *known)

struct word {
    const char *at;
    size_t len;
    enum part part;
};

struct sentence {
    struct word word[STEPS_MAX_WORDS];
    int words;
};

/* --- quotes ------------------------------------------------------------------------------- */

static const struct quotes {
    const char *open, *close;
    bool outside; /* these also stand inside words (don't), so no letter may touch them outside */
} quotes[] = {
    { "\"", "\"", false },
    { "\xE2\x80\x9C", "\xE2\x80\x9D", false }, /* double, as printed */
    { "\xE2\x80\x9E", "\xE2\x80\x9C", false }, /* the first one low */
    { "\xC2\xAB", "\xC2\xBB", false },         /* angles */
    { "`", "`", false },
    { "\xE2\x80\x98", "\xE2\x80\x99", true }, /* single, as printed */
    { "'", "'", true },
};
#define QUOTES (sizeof quotes / sizeof *quotes)

static bool starts(const char *s, size_t len, const char *with)
{
    size_t n = strlen(with);
    return n <= len && memcmp(s, with, n) == 0;
}

/* A letter, a digit or a part of either in another script. */
static bool is_wordy(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

/* The offset of the closing mark that fits an opening one, or len. */
static size_t closing(const struct quotes *q, const char *text, size_t len, size_t from)
{
    for (size_t i = from; i < len; i++)
        if (starts(text + i, len - i, q->close)) {
            size_t after = i + strlen(q->close);
            if (!q->outside || after == len || !is_wordy(text[after]))
                return i;
        }
    return len;
}

static bool quoted(const char *text, size_t len, const char **ret, size_t *ret_len)
{
    for (size_t k = 0; k < QUOTES; k++) {
        const struct quotes *q = &quotes[k];
        for (size_t i = 0; i < len; i++) {
            size_t from = i + strlen(q->open);
            if (!starts(text + i, len - i, q->open) || (q->outside && i && is_wordy(text[i - 1])))
                continue;
            size_t end = closing(q, text, len, from);
            if (end == len)
                break; /* no later one is closed either */
            if (!text_is_blank(text + from, end - from)) {
                *ret = text + from;
                *ret_len = end - from;
                return true;
            }
            i = end + strlen(q->close) - 1;
        }
    }
    return false;
}

/* --- words -------------------------------------------------------------------------------- */

static bool parts_words(const char *s, size_t len)
{
    int32_t cp;
    text_decode(s, len, &cp);
    return text_is_space(cp) || (cp > 0 && cp < 0x80 && strchr(":;()[]{}<>\",=", (int)cp));
}

/* Marks that may end a word without being part of it, and those that may begin one. */
static const char *const marks[] = {
    ".",
    "!",
    "?",
    "'",
    "`",
    "\xE2\x80\x98",
    "\xE2\x80\x99",
    "\xE2\x80\x9C",
    "\xE2\x80\x9D",
    "\xE2\x80\x9E",
    "\xC2\xAB",
    "\xC2\xBB",
    "\xE2\x80\xA6",
    "\xC2\xBF",
    "\xC2\xA1",
    "\xE3\x80\x82",
    "\xEF\xBC\x9F",
};
#define MARKS (sizeof marks / sizeof *marks)

static void trim_marks(struct word *w)
{
    for (size_t i = 0; i < MARKS;) {
        size_t n = strlen(marks[i]);
        bool front = starts(w->at, w->len, marks[i]);
        if (!front && !(w->len >= n && memcmp(w->at + w->len - n, marks[i], n) == 0)) {
            i++;
            continue;
        }
        w->at += front ? n : 0;
        w->len -= n;
        i = 0; /* another mark may stand below it */
    }
}

static enum part part_of(const struct word *w)
{
    char key[32] = " ";
    struct buf low = buf_with_max(sizeof key - 3);
    if (text_lower(&low, w->at, w->len)) {
        strcat(strcat(key, buf_text(&low)), " ");
        buf_done(&low);
        for (size_t i = 0; i < KNOWN; i++)
            if (strstr(known[i].words, key))
                return known[i].part;
    }
    buf_done(&low);
    return CONTENT;
}

static bool says(const struct word *w, const char *text)
{
    return w->len == strlen(text) && strncasecmp(w->at, text, w->len) == 0;
}

/* Only marks: a dash between words, an arrow. */
static bool is_sign(const struct word *w)
{
    for (size_t i = 0; i < w->len; i++)
        if (is_wordy(w->at[i]))
            return false;
    return true;
}

static void split(struct sentence *s, const char *text, size_t len)
{
    for (size_t i = 0; i < len && s->words < STEPS_MAX_WORDS;) {
        int32_t cp;
        size_t from = i;
        while (i < len && !parts_words(text + i, len - i))
            i += text_decode(text + i, len - i, &cp);
        struct word *w = &s->word[s->words];
        *w = (struct word){ .at = text + from, .len = i - from };
        trim_marks(w);
        if (!is_sign(w)) {
            w->part = part_of(w);
            s->words++;
        }
        if (i < len)
            i += text_decode(text + i, len - i, &cp);
    }
    for (int i = 1; i < s->words; i++) /* in reverse, in reversed order */
        if (s->word[i].part == VERB && says(&s->word[i - 1], "in"))
            s->word[i].part = BACK;
}

/* --- which one ---------------------------------------------------------------------------- */

static bool part_at(const struct sentence *s, int i, enum part part)
{
    return i >= 0 && i < s->words && s->word[i].part == part;
}

static bool asks(const struct sentence *s, int i)
{
    return part_at(s, i, VERB) || part_at(s, i, BACK);
}

static bool asked_elsewhere(const struct sentence *s, int but)
{
    for (int i = 0; i < s->words; i++)
        if (i != but && asks(s, i))
            return true;
    return false;
}

/* Right after a naming word. One that asks is meant only where the sentence still asks without
 * it: "the word backwards backwards", "reverse the word backwards". */
static int named(const struct sentence *s)
{
    for (int i = 1; i < s->words; i++) {
        enum part part = s->word[i].part;
        if (s->word[i - 1].part != NAMING)
            continue;
        if (part == CONTENT || (part != NAMING && part != SAYING && part_at(s, i + 1, BACK)))
            return i;
        if (asks(s, i) && asked_elsewhere(s, i))
            return i;
    }
    return -1;
}

/* Words between this one and the nearest that asks, doubled; one less on the side where it
 * looks for its word. */
static int distance(const struct sentence *s, int from)
{
    int best = 4 * STEPS_MAX_WORDS;
    for (int i = 0; i < s->words; i++) {
        if (!asks(s, i))
            continue;
        int d = 2 * abs(i - from) - (part_at(s, i, VERB) == (i < from));
        best = d < best ? d : best;
    }
    return best;
}

static int nearest(const struct sentence *s)
{
    int best = -1;
    for (int i = 0; i < s->words; i++)
        if (s->word[i].part == CONTENT && (best < 0 || distance(s, i) < distance(s, best)))
            best = i;
    return best;
}

static int standing_in(const struct sentence *s)
{
    for (int i = 0; i < s->words; i++) {
        enum part part = s->word[i].part;
        if (part != NOUN && part != NAMING)
            continue;
        if (part_at(s, i - 1, VERB) || part_at(s, i - 1, NAMING) ||
            (i > 0 && part_at(s, i + 1, BACK) && !part_at(s, i - 1, ARTICLE)))
            return i;
    }
    return -1;
}

bool steps_word_find(const char *text, size_t len, const char **ret, size_t *ret_len)
{
    if (quoted(text, len, ret, ret_len))
        return true;
    struct sentence s;
    s.words = 0;
    split(&s, text, len);
    static int (*const ways[])(const struct sentence *) = { named, nearest, standing_in };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        int at = ways[i](&s);
        if (at < 0)
            continue;
        *ret = s.word[at].at;
        *ret_len = s.word[at].len;
        return true;
    }
    return false;
}
