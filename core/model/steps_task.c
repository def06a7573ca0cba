/* Solvers and their table (steps_task.h). No line but the last ends in the result, and none
 * holds a possible result that is not the result: an answer is often judged by the last number
 * or by whether a word stands in it. */
#include "core/model/steps_task.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/model/steps_number.h"
#include "core/model/steps_word.h"

/* A word of more letters is not taken apart in public. */
#define MOST_LETTERS_SHOWN 40
/* How much of a number is repeated where it cannot be taken. */
#define MOST_DIGITS_SHOWN 60

/* --- numbers ------------------------------------------------------------------------------ */

/* Says why a number cannot be taken; true where it can. `act`: "add", "tell the parity". */
static bool takes(const char *text, const struct steps_number *n, const char *act, struct buf *ret)
{
    if (n->kind == NUMBER_WHOLE)
        return true;
    bool cut = n->len > MOST_DIGITS_SHOWN;
    buf_printf(ret, "I cannot %s here: %.*s%s ", act, (int)(cut ? MOST_DIGITS_SHOWN : n->len),
               text + n->at, cut ? "..." : "");
    if (n->kind == NUMBER_NOT_WHOLE)
        buf_puts(ret, "is no whole number, and whole numbers are all I know.");
    else
        buf_printf(ret, "does not fit in 64 bits: my numbers go from %" PRId64 " to %" PRId64 ".",
                   INT64_MIN, INT64_MAX);
    return false;
}

/* A number behind an operator: a negative one in parentheses. */
struct shown {
    char text[32];
};

static struct shown show(int64_t v)
{
    struct shown s;
    snprintf(s.text, sizeof s.text, v < 0 ? "(%" PRId64 ")" : "%" PRId64, v);
    return s;
}

/* --- addition ----------------------------------------------------------------------------- */

/* What may stand alone between the two numbers and is no "and" or "plus". */
static const struct joint {
    const char *sign;
    bool minus;       /* the second number is taken away */
    const char *name; /* else: what I cannot do */
} joints[] = {
    { "-", true, NULL },
    { "\xE2\x88\x92", true, NULL },
    { "\xE2\x80\x93", true, NULL },
    { "minus", true, NULL },
    { "*", false, "multiply" },
    { "x", false, "multiply" },
    { "\xC3\x97", false, "multiply" },
    { "times", false, "multiply" },
    { "multiplied by", false, "multiply" },
    { "/", false, "divide" },
    { "\xC3\xB7", false, "divide" },
    { "divided by", false, "divide" },
    { "over", false, "divide" },
    { "^", false, "raise to a power" },
    { "**", false, "raise to a power" },
    { "%", false, "take a remainder" },
    { "mod", false, "take a remainder" },
};

static const struct joint *joint_between(const char *text, const struct steps_number n[2])
{
    size_t from = n[0].at + n[0].len;
    struct buf gap = buf_with_max(32); /* longer than any of them */
    const struct joint *found = NULL;
    if (n[1].at > from && text_fold(&gap, text + from, n[1].at - from))
        for (size_t i = 0; i < sizeof joints / sizeof *joints; i++)
            if (strcmp(buf_text(&gap), joints[i].sign) == 0)
                found = &joints[i];
    buf_done(&gap);
    return found;
}

/* The first two numbers; how many there are in all. */
static int read_numbers(const char *text, size_t len, struct steps_number ret[2])
{
    struct steps_number n;
    int count = 0;
    for (size_t at = 0; steps_number_next(text, len, &at, &n); count++)
        if (count < 2)
            ret[count] = n;
    return count;
}

static void too_few_numbers(const char *text, const struct steps_number *n, int count,
                            struct buf *ret)
{
    if (count == 1 && !takes(text, &n[0], "add", ret))
        return;
    if (count == 1)
        buf_printf(ret, "I cannot add yet: %" PRId64 " is the only number I found", n[0].value);
    else
        buf_puts(ret, "I cannot add yet: I found no number written in digits");
    buf_puts(ret, ", and a sum needs two. Ask for example \"what is 12 + 30?\"");
}

static void add_steps(const struct steps_number n[2], int count, bool minus, int64_t sum,
                      struct buf *ret)
{
    int64_t a = n[0].value, b = n[1].value;
    const char *result = minus ? "difference" : "sum";
    if (count > 2)
        buf_printf(ret, "1. Of the %d numbers I take the first two: %" PRId64 " and %" PRId64,
                   count, a, b);
    else
        buf_printf(ret, "1. The two numbers are %" PRId64 " and %" PRId64, a, b);
    buf_puts(ret, minus ? ", with a minus between them.\n2. Take the second away: "
                        : ".\n2. Add them: ");
    buf_printf(ret, "%" PRId64 " %c %s = %" PRId64 ".\n", a, minus ? '-' : '+', show(b).text, sum);
    buf_printf(ret, "3. The %s is %" PRId64 ".", result, sum);
}

static bool solve_add(const char *text, size_t len, struct buf *ret)
{
    struct steps_number n[2];
    int count = read_numbers(text, len, n);
    if (count < 2) {
        too_few_numbers(text, n, count, ret);
        return false;
    }
    const struct joint *op = joint_between(text, n);
    if (op && !op->minus) {
        buf_printf(ret,
                   "I cannot %s: a sum is all I know to make of two numbers. Ask for example "
                   "\"what is 12 + 30?\"",
                   op->name);
        return false;
    }
    if (!takes(text, &n[0], "add", ret) || !takes(text, &n[1], "add", ret))
        return false;
    int64_t a = n[0].value, b = n[1].value, sum;
    bool minus = op && op->minus;
    if (minus ? __builtin_sub_overflow(a, b, &sum) : __builtin_add_overflow(a, b, &sum)) {
        buf_printf(ret,
                   "I cannot add these: %" PRId64
                   " %c %s overflows 64 bits, and my numbers go from "
                   "%" PRId64 " to %" PRId64 ".",
                   a, minus ? '-' : '+', show(b).text, INT64_MIN, INT64_MAX);
        return false;
    }
    add_steps(n, count, minus, sum, ret);
    return true;
}

/* --- parity ------------------------------------------------------------------------------- */

static bool solve_parity(const char *text, size_t len, struct buf *ret)
{
    struct steps_number n;
    size_t at = 0;
    if (!steps_number_next(text, len, &at, &n)) {
        buf_puts(ret, "I cannot tell a parity yet: I found no number written in digits. Ask for "
                      "example \"what is the parity of 7?\"");
        return false;
    }
    if (!takes(text, &n, "tell the parity", ret))
        return false;
    int64_t rest = n.value & 1; /* the remainder that is never negative: -7 = 2 × (-4) + 1 */
    int64_t half = n.value / 2 - (n.value < 0 && rest);
    buf_printf(ret, "1. The number is %" PRId64 ".\n", n.value);
    buf_printf(ret,
               "2. Divide it by 2: %" PRId64 " = 2 \xC3\x97 %s + %" PRId64
               ", so the remainder is %" PRId64 ".\n",
               n.value, show(half).text, rest, rest);
    buf_printf(ret, "3. %" PRId64 " is %s.", n.value, rest ? "odd" : "even");
    return true;
}

/* --- reversal ----------------------------------------------------------------------------- */

/* Appends the graphemes of the word, last first, `between` parting them. They are found from the
 * front, so the text is written from its end: one pass, whatever the length. */
static void add_reversed(const char *word, size_t len, size_t letters, const char *between,
                         struct buf *ret)
{
    size_t gap = strlen(between), size = len + (letters - 1) * gap, to = size;
    char *box = mem_new(char, size);
    for (size_t i = 0, n; i < len; i += n) {
        n = text_grapheme(word + i, len - i);
        memcpy(box + (to -= n), word + i, n);
        if (to)
            memcpy(box + (to -= gap), between, gap);
    }
    buf_add(ret, box, size);
    mem_free(box);
}

static bool solve_reverse(const char *text, size_t len, struct buf *ret)
{
    const char *word;
    size_t n, letters = 0;
    if (!steps_word_find(text, len, &word, &n)) {
        buf_puts(ret, "I cannot reverse yet: I found no word to reverse. Ask for example \"spell "
                      "lamp backwards\"");
        return false;
    }
    for (size_t i = 0; i < n; i += text_grapheme(word + i, n - i))
        letters++;
    buf_printf(ret, "1. The word is \"%.*s\".\n", (int)n, word);
    buf_puts(ret, "2. Take its letters from the last to the first");
    if (letters <= MOST_LETTERS_SHOWN) {
        buf_puts(ret, ": ");
        add_reversed(word, n, letters, " ", ret);
    }
    buf_puts(ret, ".\n3. Reversed it is ");
    add_reversed(word, n, letters, "", ret);
    buf_puts(ret, ".");
    return true;
}

/* --- the table ---------------------------------------------------------------------------- */

static const struct steps_task tasks[] = {
    { "add", "add two whole numbers", "This asks for a sum", solve_add },
    { "parity", "tell the parity of a whole number", "This asks for a parity", solve_parity },
    { "reverse", "reverse a word", "This asks for a word reversed", solve_reverse },
    { "other", NULL, NULL, NULL }, /* last: everything else is refused */
};
#define TASKS (int)(sizeof tasks / sizeof *tasks)
static_assert(TASKS <= STEPS_MAX_TASKS, "the network has room for them");

const struct steps_task *steps_task_at(int i)
{
    return i >= 0 && i < TASKS ? &tasks[i] : NULL;
}

int steps_tasks(void)
{
    return TASKS;
}

int steps_task_find(const char *name, size_t len)
{
    for (int i = 0; i < TASKS; i++)
        if (strlen(tasks[i].name) == len && memcmp(tasks[i].name, name, len) == 0)
            return i;
    return -1;
}

void steps_task_names(struct buf *ret)
{
    for (int i = 0; i < TASKS; i++)
        buf_printf(ret, "%s%s", i ? ", " : "", tasks[i].name);
}

void steps_task_refuse(struct buf *ret)
{
    buf_puts(ret, "I cannot answer this. I can ");
    for (int i = 0; i < TASKS - 1; i++)
        buf_printf(ret, "%s%s", i == 0 ? "" : i < TASKS - 2 ? ", " : " and ", tasks[i].skill);
    buf_puts(ret, ", and nothing else.");
}
