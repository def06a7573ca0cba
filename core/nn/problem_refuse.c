/* What the models must refuse: text of all kinds that asks for nothing they can do
 * (problem_make.h).
 *
 * The danger here is a question that can be answered after all under the label "refuse": it
 * teaches to give up. So a shuffle is only taken where little of the old order is left, and
 * what is removed is removed where it stands. */
#include "core/nn/problem_make.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/nn/token.h"
#include "core/nn/words.h"

#define MOST_WORDS 128

/* Any question the models do know. */
static void draw_known(struct random *r, struct problem *ret)
{
    static problem_make_fn *const makes[] = {
        make_add,  make_sub,  make_times, make_parity, make_compare, make_chain, make_chain,
        make_expr, make_word, make_word,  make_bat,    make_seq,     make_mul,   make_sumpar,
    };
    bool small;
    const struct problem_order any = { .most_steps = 6 };
    *ret = (struct problem){ 0 };
    DRAW_FROM(r, makes)(&any, r, ret, &small);
}

/* --- shuffled words -------------------------------------------------------------------------- */

/* Tokens in which all numbers look alike, and all words that go letter by letter. */
static size_t outline(const char *text, token_id *ret, size_t max)
{
    token_id ids[PROBLEM_QUESTION_SIZE];
    size_t n = token_read(text, strlen(text), ids, PROBLEM_QUESTION_SIZE), count = 0;
    for (size_t i = 0; i < n && count < max; i++) {
        token_id id = ids[i];
        if (token_is_digit(id) || token_is_letter(id))
            id = token_is_digit(id) ? TOKEN_DIGITS : TOKEN_LETTERS;
        if (!(count && id == ret[count - 1] && id < TOKEN_LETTERS + 26))
            ret[count++] = id;
    }
    return count;
}

/* Does the shuffled text still hold more than a third of the old neighbours? Then it may
 * still make sense, as "48 + 23" does. Short texts make sense in almost any order. */
static bool still_reads(const char *before, const char *after)
{
    token_id was[MOST_WORDS * 2], is[MOST_WORDS * 2];
    size_t was_count = outline(before, was, MOST_WORDS * 2);
    size_t is_count = outline(after, is, MOST_WORDS * 2), kept = 0;
    if (is_count < 5)
        return true;
    for (size_t i = 0; i + 1 < is_count; i++) {
        size_t k = 0;
        while (k + 1 < was_count && (was[k] != is[i] || was[k + 1] != is[i + 1]))
            k++;
        kept += k + 1 < was_count;
    }
    return 3 * kept > is_count - 1;
}

static void shuffle_words(const char *text, struct random *r, struct phrase *q)
{
    char copy[PROBLEM_QUESTION_SIZE];
    char *words[MOST_WORDS], *rest = NULL;
    size_t count = 0;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *w = strtok_r(copy, " ", &rest); w && count < MOST_WORDS;
         w = strtok_r(NULL, " ", &rest))
        words[count++] = w;
    for (size_t i = count; i > 1; i--) {
        size_t k = random_below(r, i);
        char *swap = words[k];
        words[k] = words[i - 1];
        words[i - 1] = swap;
    }
    for (size_t i = 0; i < count; i++)
        phrase_add(q, "%s%s", i ? " " : "", words[i]);
}

static void refuse_shuffled(struct random *r, struct problem *ret)
{
    struct problem known;
    do {
        draw_known(r, &known);
        struct phrase q = question_of(ret);
        shuffle_words(known.question, r, &q);
    } while (still_reads(known.question, ret->question));
}

/* --- sentences about other things ------------------------------------------------------------ */

static const char *const openings[] = {
    "what is the", "who",    "why is",       "how do i", "when was the", "tell me about",
    "which",       "",       "where is the", "how many", "can you",      "please",
    "explain",     "is the", "what",         "the",      "what's",
};

/* $1 to $3: ordinary words, $4 a number */
static const char *const sentences[] = {
    "what is the $1 of $2?",
    "who $1 the $2?",
    "how many $1 are in a $2?",
    "why is the $1 $2?",
    "what does $1 mean?",
    "can you $1 a $2?",
    "is a $1 better than a $2?",
    "write a $1 about a $2",
    "tell me a $1 about the $2",
    "my $1 is $2",
    "i want a $1",
    "how old is the $1?",
    "what $1 is it in $2?",
    "how do i $1 my $2?",
    "the $1 has a $2 and a $3",
    "what is the best $1 in $2?",
    "who is $1?",
    "what year was the $1 $2?",
    "translate $1 to $2",
    "is $1 a $2?",
    "how far is it from $1 to $2?",
    "a $1 leaves at $4. when does it arrive?",
    "what is $4 $1 in $2?",
    "how many $1 does a $2 have?",
    "is $4 a $1 number?",
    "i have $4 $1",
    "how much is a $1?",
    "what comes after $1?",
    "which is better, $1 or $2?",
};

static void refuse_sentence(struct random *r, struct problem *ret)
{
    char number[16];
    snprintf(number, sizeof number, "%d", draw_digits(r, draw_between(r, 1, 4)));
    struct phrase q = question_of(ret);
    const char *with[] = { NULL, NULL, NULL, number };
    for (int i = 0; i < 3; i++)
        with[i] = word_common(r);
    phrase_fill(&q, DRAW_FROM(r, sentences), with);
}

/* Words that turn a few neighbours into a question that can be answered. */
static bool may_ask(const char *word)
{
    static const char *const asking[] = { "reverse", "spell", "backwards", "double", "triple",
                                          "halve",   "even",  "odd",       "twice",  "flip" };
    for (size_t i = 0; i < sizeof asking / sizeof *asking; i++)
        if (strcmp(asking[i], word) == 0)
            return true;
    return false;
}

static void add_any_word(struct random *r, struct phrase *q)
{
    double kind = random_unit(r);
    if (kind < 0.5) {
        phrase_add(q, "%s", word_common(r));
    } else if (kind < 0.8) {
        const char *word;
        do
            word = word_known(r);
        while (may_ask(word));
        phrase_add(q, "%s", word);
    } else if (kind < 0.96) {
        word_made_up(r, 2, 9, q);
    } else {
        phrase_add(q, "%d", draw_digits(r, draw_between(r, 1, 4)));
    }
}

static void refuse_word_heap(struct random *r, struct problem *ret)
{
    static const char *const ends[] = { "?", "", "." };
    struct phrase q = question_of(ret);
    phrase_add(&q, "%s", DRAW_FROM(r, openings));
    for (int n = draw_between(r, 1, 7); n; n--) {
        phrase_add(&q, "%s", q.len ? " " : "");
        add_any_word(r, &q);
    }
    phrase_add(&q, "%s", DRAW_FROM(r, ends));
}

/* --- questions with a piece missing ---------------------------------------------------------- */

/* What stands there instead of a number; a list of numbers without commas only lacks one when
 * something else is in its place. */
static void add_instead(struct random *r, bool may_vanish, struct phrase *q)
{
    switch (draw_between(r, may_vanish ? 0 : 1, 3)) {
    case 0:
        break;
    case 1:
        word_made_up(r, 3, 7, q);
        break;
    case 2:
        phrase_add(q, "some");
        break;
    default:
        phrase_add(q, "%s", word_common(r));
        break;
    }
}

static size_t count_numbers(const char *text)
{
    size_t count = 0;
    for (const char *at = text; *at; at++)
        count += isdigit((unsigned char)at[0]) && !isdigit((unsigned char)at[1]);
    return count;
}

/* Half of the numbers, at least one, are replaced where they stand. */
static void refuse_missing(struct random *r, struct problem *ret)
{
    struct problem known;
    draw_known(r, &known);
    bool may_vanish = known.key[0] != 's'; /* no sequence */
    size_t left = count_numbers(known.question), replace = left > 1 ? left / 2 : 1;
    struct phrase q = question_of(ret);
    for (const char *at = known.question; *at;) {
        size_t n = strspn(at, "0123456789");
        if (!n) {
            phrase_add(&q, "%c", *at++);
            continue;
        }
        if (random_below(r, left--) < replace) {
            replace--;
            add_instead(r, may_vanish, &q);
        } else {
            phrase_add(&q, "%.*s", (int)n, at);
        }
        at += n;
    }
}

static const char *const bare_rev[] = {
    "reverse",
    "reverse the word",
    "spell backwards",
    "what is the word backwards?",
    "write backwards",
    "backwards",
    "spell $1",
    "write $1",
    "reverse $2",
    "reverse the word $2",
    "spell $2 backwards",
    "reverse the sequence $2",
    "write the word $1",
    "how do you spell $1?",
};

/* No word, no wish, or a word too long to be turned round in one go. */
static void refuse_rev(struct random *r, struct problem *ret)
{
    char word[16], longer[16];
    struct phrase w = phrase_in(word, sizeof word), l = phrase_in(longer, sizeof longer);
    word_made_up(r, 3, 7, &w);
    if (draw_chance(r, 0.7))
        word_made_up(r, 8, 13, &l);
    else
        phrase_add(&l, "%d", draw_operand(r));
    struct phrase q = question_of(ret);
    phrase_fill(&q, DRAW_FROM(r, bare_rev), (const char *const[]){ word, longer });
}

/* --- operations and sizes they do not know --------------------------------------------------- */

/* $1 $2 $3 operands, $4 an ordinary word, $5 a made-up one, $6 a number that is too long, $7 and
 * $8 numbers of three digits, $9 a number in letters */
static const char *const beyond[] = {
    "what is $1 / $7?",
    "divide $7 by $1",
    "what is $1/$2 + $3/$1?",
    "what is $1/$2 - $3/$2?",
    "$7 divided by $1",
    "$7/$2",
    "what is the $4 of $1 and $2?",
    "what is the $4 of $1?",
    "what is $1 percent of $2?",
    "what is $1% of $2?",
    "$1% of $2",
    "$1 $5 $2",
    "what is $1 $4 $2?",
    "what is $6 + $1?",
    "$6 + $1",
    "$1 + $6",
    "$6 - $1",
    "which is bigger, $1.$2 or $3.$1?",
    "which is bigger: $1.$2 or $1.$3?",
    "compare $1 and $2",
    "$1 * $2 * $3",
    "what is $1 + $2? what is $3 + $1?",
    "what is the average of $1 and $2?",
    "what is $1 + $6?",
    "what is $6 - $1?",
    "what is $6 * $1?",
    "$6 - $6",
    "$1+$6",
    "$6 plus $6",
    "$1 times $6",
    "add $6 and $1",
    "which is bigger, $6 or $1?",
    "what is $1.$2 + $3?",
    "what is $1.$2 - $3.$1?",
    "$1.$2 * $3",
    "is $5 even or odd?",
    "is $5 bigger than $4?",
    "$1",
    "what is $1?",
    "$4",
    "how many $4 are in $1 $5?",
    "$1 to the power of $2",
    "what is $1 squared?",
    "$1^2",
    "$1*$2*$3",
    "what is $7 * $8?",
    "$7*$8",
    "$7 times $8",
    "multiply $7 by $1",
    "( $1 + $2 ) * $3",
    "($1 - $2) + $3",
    "-$1 + $2",
    "what is $1 + -$2?",
    "is $1 a prime number?",
    "is $1 divisible by $2?",
    "what is $9 plus $9?",
    "$9 times $1",
    "is $9 even?",
    "what is a third of $1?",
    "double $7",
    "$1 mod $2",
    "solve $4 + $1 = $2",
    "$1 $2",
    "$1, $2",
    "$1 = $2",
};

static const char *const numbers_in_letters[] = {
    "one", "two",    "three",   "four",   "five",  "six",   "seven",  "eight",   "nine",
    "ten", "twelve", "fifteen", "twenty", "forty", "sixty", "ninety", "hundred",
};

static void add_number(char *box, size_t size, int value)
{
    struct phrase p = phrase_in(box, size);
    phrase_add(&p, "%d", value);
}

static void refuse_beyond(struct random *r, struct problem *ret)
{
    char box[6][16], made_up[16];
    struct phrase m = phrase_in(made_up, sizeof made_up), q = question_of(ret);
    word_made_up(r, 3, 8, &m);
    for (int i = 0; i < 3; i++)
        add_number(box[i], sizeof box[i], draw_operand(r));
    add_number(box[3], sizeof box[3], draw_digits(r, draw_between(r, 4, 8)));
    add_number(box[4], sizeof box[4], draw_digits(r, 3));
    add_number(box[5], sizeof box[5], draw_digits(r, 3));
    const char *word = word_common(r);
    const char *in_letters = DRAW_FROM(r, numbers_in_letters);
    phrase_fill(&q, DRAW_FROM(r, beyond),
                (const char *const[]){ box[0], box[1], box[2], word, made_up, box[3], box[4],
                                       box[5], in_letters });
}

/* Half of an odd number is none they know; half of an even one they do. */
static void refuse_half(struct random *r, struct problem *ret)
{
    static const char *const words[] = { "halve $1", "what is half of $1?" };
    int odd = draw_operand(r) / 2 * 2 + 1;
    struct phrase q = question_of(ret);
    phrase_fill_numbers(&q, DRAW_FROM(r, words), odd, 0);
}

/* --- noise ----------------------------------------------------------------------------------- */

static const char *const foreign[] = {
    "qu\xC3\xA9 hora es?",
    "wie sp\xC3\xA4t ist es?",
    "o\xC3\xB9 est la gare?",
    "\xD1\x81\xD0\xBA\xD0\xBE\xD0\xBB\xD1\x8C\xD0\xBA\xD0\xBE",
    "\xE4\xBB\x8A\xE5\xA4\xA9\xE5\xA4\xA9\xE6\xB0\x94",
    "\xF0\x9F\x98\x80",
    "\xF0\x9F\x91\x8D \xF0\x9F\x8E\x89",
    ("\xC2\xBF"
     "c\xC3\xB3mo est\xC3\xA1s?"),
};

/* $1 a made-up name, $2 a number */
static const char *const code[] = {
    "for (i = 0; i < $2; i++)",
    "print('$1')",
    "int $1 = $2;",
    "def $1(x): return x * $2",
    "if ($1 > $2) { $1(); }",
    "select * from $1 where id = $2",
    "<$1>$2</$1>",
    "$1.$1($2)",
    "import $1",
    "https://$1.com/$2",
    "$1@$1.com",
};

static void refuse_code(struct random *r, struct problem *ret)
{
    char name[16], number[16];
    struct phrase n = phrase_in(name, sizeof name), q = question_of(ret);
    word_made_up(r, 2, 7, &n);
    add_number(number, sizeof number, draw_operand(r));
    phrase_fill(&q, DRAW_FROM(r, code), (const char *const[]){ name, number });
}

/* The same thing over and over, as when a key is held down. */
static void refuse_repeated(struct random *r, struct problem *ret)
{
    char number[16], word[16];
    struct phrase w = phrase_in(word, sizeof word), q = question_of(ret);
    add_number(number, sizeof number, draw_digits(r, draw_between(r, 1, 2)));
    word_made_up(r, 1, 5, &w);
    const char *piece = draw_chance(r, 0.5) ? number : word;
    const char *gap = draw_chance(r, 0.6) ? " " : "";
    for (int n = draw_between(r, 8, 20); n; n--)
        phrase_add(&q, "%s%s", piece, gap);
}

static void refuse_noise(struct random *r, struct problem *ret)
{
    static const char signs[] = "!?.,;:-+*/=%()<>'\"#$&@[]{}|~^ abcdefghijklmnopqrstuvwxyz";
    struct phrase q = question_of(ret);
    if (draw_chance(r, 0.3)) {
        phrase_add(&q, "%s", DRAW_FROM(r, foreign));
    } else if (draw_chance(r, 0.3)) {
        for (int n = draw_between(r, 1, 40); n; n--)
            phrase_add(&q, "%c", signs[random_below(r, sizeof signs - 1)]);
    } else {
        for (int n = draw_between(r, 1, 6), i = 0; i < n; i++) {
            phrase_add(&q, "%s", i ? " " : "");
            word_made_up(r, 1, 9, &q);
        }
    }
}

/* --- all of it ------------------------------------------------------------------------------- */

static const struct refusal {
    int weight;
    void (*make)(struct random *r, struct problem *ret);
} refusals[] = {
    { 26, refuse_shuffled }, { 12, refuse_sentence }, { 18, refuse_word_heap },
    { 12, refuse_missing },  { 4, refuse_rev },       { 20, refuse_beyond },
    { 2, refuse_half },      { 3, refuse_code },      { 5, refuse_noise },
    { 1, refuse_repeated },
};

#define REFUSALS (sizeof refusals / sizeof *refusals)

static void trim(struct problem *p)
{
    size_t from = strspn(p->question, " "), len = strlen(p->question);
    while (len > from && p->question[len - 1] == ' ')
        len--;
    memmove(p->question, p->question + from, len - from);
    p->question[len - from] = '\0';
    if (!*p->question)
        strcpy(p->question, "?");
}

void make_refuse(const struct problem_order *o, struct random *r, struct problem *ret,
                 bool *ret_small)
{
    (void)o;
    int weight[REFUSALS];
    for (size_t i = 0; i < REFUSALS; i++)
        weight[i] = refusals[i].weight;
    refusals[draw_weighted(r, weight, REFUSALS)].make(r, ret);
    trim(ret);
    struct phrase t = trace_of(ret), key = phrase_in(ret->key, sizeof ret->key);
    phrase_add(&t, "no rule fits");
    answer_text(ret, "");
    phrase_add(&key, "x%s", ret->question);
    ret->steps = 0;
    *ret_small = false;
}
