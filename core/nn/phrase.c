/* Texts in boxes, and small draws (phrase.h). */
#include "core/nn/phrase.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

struct phrase phrase_in(char *box, size_t size)
{
    box[0] = '\0';
    return (struct phrase){ .text = box, .size = size };
}

void phrase_add(struct phrase *p, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(p->text + p->len, p->size - p->len, fmt, args);
    va_end(args);
    assert(n >= 0 && (size_t)n < p->size - p->len);
    p->len += (size_t)n;
}

void phrase_fill(struct phrase *p, const char *wording, const char *const *with)
{
    for (const char *at = wording; *at; at++) {
        if (at[0] == '$' && at[1] >= '1' && at[1] <= '9')
            phrase_add(p, "%s", with[*++at - '1']);
        else
            phrase_add(p, "%c", *at);
    }
}

void phrase_fill_numbers(struct phrase *p, const char *wording, int first, int second)
{
    char a[16], b[16];
    snprintf(a, sizeof a, "%d", first);
    snprintf(b, sizeof b, "%d", second);
    phrase_fill(p, wording, (const char *const[]){ a, b });
}

int draw_between(struct random *r, int low, int high)
{
    assert(low <= high);
    return low + (int)random_below(r, (uint64_t)(high - low) + 1);
}

bool draw_chance(struct random *r, double p)
{
    return random_unit(r) < p;
}

int draw_weighted(struct random *r, const int *weight, int count)
{
    int total = 0, i = 0;
    for (int k = 0; k < count; k++)
        total += weight[k];
    for (int left = draw_between(r, 0, total - 1); left >= weight[i]; i++)
        left -= weight[i];
    return i;
}

int draw_digits(struct random *r, int digits)
{
    int low = 1;
    for (int i = 1; i < digits; i++)
        low *= 10;
    return draw_between(r, digits == 1 ? 0 : low, 10 * low - 1);
}

int draw_operand(struct random *r)
{
    static const int digits[] = { 1, 2, 2, 3, 3 };
    return draw_digits(r, DRAW_FROM(r, digits));
}
