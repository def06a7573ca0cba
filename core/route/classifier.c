/* The classifier (classifier.h): lower the query, one pass for keywords and for what the
 * patterns need, then the few other rules; what fired is noted in a bitmap by rule, so that
 * the signals come out in the order of the file whatever the order of finding. */
#include "core/route/classifier.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/limits.h"
#include "core/route/lowered.h"
#include "core/route/ruleset.h"

/* Of each rule that fired: what its signal will say. Offsets are in the lowered text. */
struct firing {
    uint32_t len;
    int points;
};

struct classifier_room {
    struct lowered text;
    struct pattern_room *patterns;
    uint64_t fired[MAX_RULES / 64 + 1];
    uint32_t from[MAX_RULES];
    struct firing firing[MAX_RULES];
};

static struct classifier_room *room_of(struct verdict *v, const struct rules *rules)
{
    if (!v->room) {
        v->room = mem_new(struct classifier_room, 1);
        v->room->patterns = pattern_room_new();
    }
    v->signals = mem_grow(v->signals, &v->cap, rules->count, sizeof *v->signals);
    return v->room;
}

static void fire(struct classifier_room *room, unsigned rule, size_t from, size_t len, int points)
{
    room->fired[rule / 64] |= UINT64_C(1) << (rule % 64);
    room->from[rule] = (uint32_t)from;
    room->firing[rule] = (struct firing){ .len = (uint32_t)len, .points = points };
}

/* Counted in runs short enough for a byte, which the compiler does sixteen at a time. */
static size_t count_byte(const char *s, size_t len, char c)
{
    size_t total = 0;
    for (size_t i = 0; i < len;) {
        size_t end = len - i < 255 ? len : i + 255;
        unsigned char run = 0;
        for (; i < end; i++)
            run += s[i] == c;
        total += run;
    }
    return total;
}

static size_t count_marks(const struct test *t, const struct lowered *text)
{
    size_t total = 0;
    for (size_t m = 0; m < t->mark_count; m++) {
        const struct mark *mark = &t->marks[m];
        if (mark->len == 1) {
            total += count_byte(text->text, text->len, mark->bytes[0]);
            continue;
        }
        const char *at = text->text, *end = text->text + text->len;
        while ((at = memmem(at, (size_t)(end - at), mark->bytes, mark->len)) != NULL) {
            total++;
            at += mark->len;
        }
    }
    return total;
}

static void try_pattern(const struct test *t, int points, struct verdict *v)
{
    struct classifier_room *room = v->room;
    size_t from, len;
    switch (pattern_find(t->pattern, room->patterns, room->text.text, room->text.len,
                         room->text.ascii, &from, &len)) {
    case PATTERN_FOUND:
        fire(room, t->rule, from, len, points);
        break;
    case PATTERN_GAVE_UP:
        v->gave_up++;
        break;
    case PATTERN_NO:
        break;
    }
}

/* `sets`: which of the byte sets the text touches. */
static void run_test(const struct test *t, const struct rule *rule, uint64_t sets,
                     struct verdict *v)
{
    struct classifier_room *room = v->room;
    size_t count;
    switch (rule->kind) {
    case SIGNAL_PATTERN:
        if ((sets & t->needs) == t->needs)
            try_pattern(t, rule->points, v);
        break;
    case SIGNAL_LENGTH:
        if (room->text.points > rule->limit)
            fire(room, t->rule, 0, 0, rule->points);
        break;
    case SIGNAL_SENTENCES: /* n marks part a text into n + 1 pieces */
        if (count_marks(t, &room->text) + 1 > rule->limit)
            fire(room, t->rule, 0, 0, rule->points);
        break;
    case SIGNAL_QUESTIONS:
        count = count_marks(t, &room->text);
        if (count > rule->limit) /* 1 MiB of marks at 1000 points each still is an int */
            fire(room, t->rule, 0, 0, (int)(count - rule->limit) * rule->points);
        break;
    case SIGNAL_KEYWORD: /* found in the scan */
        break;
    }
}

static void add_signal(const struct rules *rules, unsigned i, struct verdict *v)
{
    const struct classifier_room *room = v->room;
    const struct rule *rule = &rules->rules[i];
    struct signal *s = &v->signals[v->count++];
    *s = (struct signal){ .kind = rule->kind, .what = rule->what, .points = rule->points };
    size_t len;
    if (rule->kind == SIGNAL_KEYWORD) {
        len = strlen(rule->what);
    } else {
        s->points = room->firing[i].points;
        if (rule->kind != SIGNAL_PATTERN)
            return;
        len = room->firing[i].len;
    }
    struct span span = lowered_span(&room->text, room->from[i], len);
    s->at = span.at;
    s->from = span.from;
    s->len = span.len;
}

static int clamp(int64_t score)
{
    return score > INT_MAX ? INT_MAX : score < INT_MIN ? INT_MIN : (int)score;
}

void classify(const struct rules *rules, const char *query, size_t len, struct verdict *ret)
{
    struct classifier_room *room = room_of(ret, rules);
    ret->count = 0;
    ret->gave_up = 0;
    lowered_set(&room->text, query, len);
    pattern_room_begin(room->patterns, len);

    size_t words = rules->count / 64 + 1;
    memset(room->fired, 0, words * sizeof *room->fired);
    struct scan_found found = { .seen = room->fired, .from = room->from };
    scan_text(rules->scan, room->text.text, room->text.len, &found);
    for (size_t i = 0; i < rules->test_count; i++)
        run_test(&rules->tests[i], &rules->rules[rules->tests[i].rule], found.sets, ret);

    int64_t score = 0;
    for (size_t w = 0; w < words; w++) {
        for (uint64_t bits = room->fired[w]; bits; bits &= bits - 1) {
            add_signal(rules, (unsigned)(w * 64) + (unsigned)__builtin_ctzll(bits), ret);
            score += ret->signals[ret->count - 1].points;
        }
    }
    ret->score = clamp(score);
    ret->level = thresholds_level(&rules->thresholds, ret->score);
}

void verdict_done(struct verdict *v)
{
    if (v->room) {
        lowered_done(&v->room->text);
        pattern_room_free(v->room->patterns);
        mem_free(v->room);
    }
    mem_free(v->signals);
    *v = (struct verdict){ 0 };
}
