/* Questions of exercises and their right answers (lesson_ask.h). */
#include "core/lab/lesson_ask.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/random.h"
#include "core/base/text.h"
#include "core/lab/set.h"
#include "core/model/pick.h"
#include "core/route/classifier.h"

/* --- rounds --------------------------------------------------------------------------------------- */

static void seed_round(struct random *r, const struct lesson *l, int64_t since, int round)
{
    char text[80];
    int n = snprintf(text, sizeof text, "%s %lld %d", l->id, (long long)since, round);
    struct hash h = hash_of(text, (size_t)n);
    uint64_t seed = 0; /* the same round on every machine: its history may be moved to another */
    for (int i = 0; i < 8; i++)
        seed |= (uint64_t)h.bytes[i] << 8 * i;
    random_seed(r, seed);
}

/* The first `n` of `order` become a random choice out of all `of`. */
static void draw(struct random *r, size_t *order, size_t n, size_t of)
{
    for (size_t i = 0; i < of; i++)
        order[i] = i;
    for (size_t i = 0; i < n; i++) {
        size_t k = i + (size_t)random_below(r, of - i), kept = order[i];
        order[i] = order[k];
        order[k] = kept;
    }
}

/* --- picks ----------------------------------------------------------------------------------------- */

static const char *const names[] = {
    "codellama:13b", "deepseek-r1:14b", "deepseek-r1:70b", "deepseek-r1:8b", "gemma2:27b",
    "gemma2:2b",     "granite3.1:8b",   "llama3.1:8b",     "llama3.2:3b",    "llama3.3:70b",
    "mistral:7b",    "olmo2:13b",       "phi4:14b",        "qwen2.5:0.5b",   "qwen2.5:7b",
    "qwen3:32b",     "smollm2:1.7b",    "tinyllama:1.1b",  "yi:34b",
};

#define NAMES (sizeof names / sizeof *names)

static bool make_picks(struct random *r, struct arena *a, struct form *f)
{
    struct model_info models[FORM_NAMES] = { 0 };
    struct pick pick;
    size_t order[NAMES];
    draw(r, order, FORM_NAMES, NAMES);
    for (int i = 0; i < FORM_NAMES; i++) {
        models[i] = (struct model_info){ .name = names[order[i]],
                                         .identity = "",
                                         .size_bytes = -1,
                                         .vram_bytes = -1,
                                         .context_tokens = -1,
                                         .family = "",
                                         .parameters = "",
                                         .quant = "",
                                         .completion = TRI_YES };
        f->items[i] = models[i].name;
    }
    pick_models(models, FORM_NAMES, a, &pick);
    f->intro = "A server lists these five models, in this order. Which becomes FAST, and which "
               "REASONING?";
    f->item_count = FORM_NAMES;
    f->example = "2 4";
    f->words = 2;
    f->right[0] = (double)(pick.fast - models) + 1;
    f->right[1] = (double)(pick.reasoning - models) + 1;
    return true;
}

/* --- scores ---------------------------------------------------------------------------------------- */

static bool make_scores(struct lab *lab, struct random *r, struct arena *a, struct form *f,
                        struct error *err)
{
    struct set set = { 0 };
    if (!set_load(&lab->paths, lab_set_name(lab, "known"), &set, err))
        return false;
    size_t *order = mem_new(size_t, set.count);
    struct verdict v = { 0 };
    int n = set.count < FORM_SCORES ? (int)set.count : FORM_SCORES;
    draw(r, order, (size_t)n, set.count);
    for (int i = 0; i < n; i++) {
        const struct set_item *q = &set.items[order[i]];
        classify(lab->rules, q->query, q->query_len, &v);
        f->items[i] = arena_copy(a, q->query, q->query_len);
        f->right[i] = v.score;
    }
    f->intro = arena_format(a,
                            "What score does each of these get from the rules '%s'? One off "
                            "still counts.",
                            rules_name(lab->rules));
    f->item_count = f->words = n;
    f->example = "0 2 -1 4 3 0";
    f->within = 1;
    verdict_done(&v);
    mem_free(order);
    set_done(&set);
    return true;
}

/* --- reasons ---------------------------------------------------------------------------------------- */

static const char *const reasons[] = {
    "rules fired on words, and the question is easier than they sound",
    "no rule saw anything in it",
    "rules fired, but their points do not reach the level",
};

/* What the signals say, for a label that differs from the level. */
static int reason_of(const struct verdict *v, enum level level, enum level label)
{
    return level > label ? 0 : !v->count ? 1 : 2;
}

static bool make_reasons(struct lab *lab, struct arena *a, struct form *f, struct error *err)
{
    struct set set = { 0 };
    struct verdict v = { 0 };
    if (!set_load(&lab->paths, lab_set_name(lab, "sample"), &set, err))
        return false;
    struct thresholds own = rules_thresholds(lab->rules);
    const struct thresholds *t = lab->pipeline.moved ? lab->pipeline.moved : &own;
    for (size_t i = 0; i < set.count && f->item_count < LESSON_CHOICES; i++) {
        const struct set_item *q = &set.items[i];
        classify(lab->rules, q->query, q->query_len, &v);
        enum level level = thresholds_level(t, v.score);
        if (!q->has_label || level == q->label)
            continue;
        f->right[f->item_count] = reason_of(&v, level, q->label);
        f->items[f->item_count++] = arena_format(a, "%s  (labelled %s, the rules say %s)", q->query,
                                                 level_name(q->label), level_name(level));
    }
    f->words = f->item_count;
    f->intro = f->words ? arena_format(a, "Rules '%s' and labels differ here. Why, each time?",
                                       rules_name(lab->rules))
                        : arena_format(a,
                                       "Rules '%s' and labels agree on all of the sample set: "
                                       "there is no cross to explain. Use other rules (basic has "
                                       "three) to find some.",
                                       rules_name(lab->rules));
    f->example = f->words > 1 ? "b a" : "b";
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        f->choices[f->choice_count++] = reasons[i];
    verdict_done(&v);
    set_done(&set);
    return true;
}

/* --- of the file ------------------------------------------------------------------------------------ */

static bool make_own(const struct lesson *l, struct form *f)
{
    f->intro = l->question;
    f->words = l->asks == ASKS_CHOICE ? 1 : l->number_count;
    f->example = l->asks == ASKS_CHOICE ? "b" : l->number_count > 1 ? "20 45" : "12";
    f->right[0] = l->right_choice;
    for (int i = 0; i < l->choice_count; i++)
        f->choices[f->choice_count++] = l->choices[i];
    return true;
}

bool form_make(struct lab *lab, const struct lesson *l, int64_t since, int round, struct arena *a,
               struct form *ret, struct error *err)
{
    struct form f = { .kind = l->asks, .round = round };
    struct random r;
    bool ok = true;
    seed_round(&r, l, since, round);
    switch (l->asks) {
    case ASKS_PICKS:
        ok = make_picks(&r, a, &f);
        break;
    case ASKS_SCORES:
        ok = make_scores(lab, &r, a, &f, err);
        break;
    case ASKS_REASONS:
        ok = make_reasons(lab, a, &f, err);
        break;
    case ASKS_CHOICE:
    case ASKS_NUMBERS:
        ok = make_own(l, &f);
        break;
    default:
        return error_set(err, ERR_USAGE, "%s asks nothing: it is checked by what you do", l->id);
    }
    if (ok)
        *ret = f;
    return ok;
}

/* --- answers ---------------------------------------------------------------------------------------- */

static bool by_letter(const struct form *f)
{
    return f->kind == ASKS_CHOICE || f->kind == ASKS_REASONS;
}

static bool read_letter(const struct form *f, const char *word, struct form_word *ret,
                        struct error *err)
{
    int c = tolower((unsigned char)word[0]) - 'a';
    if (word[1] || c < 0 || c >= f->choice_count)
        return error_set(err, ERR_USAGE, "'%s' is no choice: say a letter from a to %c", word,
                         'a' + f->choice_count - 1);
    snprintf(ret->text, sizeof ret->text, "%c", 'a' + c);
    return true;
}

static bool read_number(const struct form *f, const char *word, struct form_word *ret,
                        struct error *err)
{
    char *end;
    double v = strtod(word, &end);
    if (*end == '%')
        end++;
    if (end == word || *end || !isfinite(v))
        return error_set(err, ERR_USAGE, "'%s' is no number, as in: %s", word, f->example);
    if (f->kind == ASKS_PICKS && (v < 1 || v > f->item_count || v != floor(v)))
        return error_set(err, ERR_USAGE, "'%s' is no number of the list: 1 to %d", word,
                         f->item_count);
    snprintf(ret->text, sizeof ret->text, "%g", v);
    return true;
}

/* Names do as well as their numbers. */
static const char *number_of_name(const struct form *f, const char *word, char room[8])
{
    for (int i = 0; f->kind == ASKS_PICKS && i < f->item_count; i++)
        if (strcmp(f->items[i], word) == 0) {
            snprintf(room, 8, "%d", i + 1);
            return room;
        }
    return word;
}

static bool read_word(const struct form *f, int i, const char *word, struct form_word *ret,
                      struct error *err)
{
    char room[8];
    if (by_letter(f)) {
        if (!read_letter(f, word, ret, err))
            return false;
        ret->correct = ret->text[0] - 'a' == (int)f->right[i];
        return true;
    }
    if (!read_number(f, number_of_name(f, word, room), ret, err))
        return false;
    ret->correct = f->kind == ASKS_NUMBERS ? -1 : fabs(atof(ret->text) - f->right[i]) <= f->within;
    return true;
}

bool form_read(const struct form *f, const char *text, struct form_word ret[LESSON_CHOICES],
               struct error *err)
{
    struct form_word words[LESSON_CHOICES] = { 0 };
    int n = 0;
    const char *at = text;
    if (!f->words)
        return error_set(err, ERR_USAGE, "%s", f->intro);
    while (*(at += strspn(at, " ,;\t\r\n"))) {
        size_t len = strcspn(at, " ,;\t\r\n");
        /* "abca" is four choices. */
        size_t step = by_letter(f) && len == (size_t)f->words && n == 0 ? 1 : len;
        for (size_t from = 0; from < len; from += step) {
            char word[FORM_WORD];
            snprintf(word, sizeof word, "%.*s", (int)step, at + from);
            text_trim_partial(word);
            if (n == f->words)
                return error_set(err, ERR_USAGE, "that is more than %d answer%s", f->words,
                                 f->words == 1 ? "" : "s");
            if (!read_word(f, n, word, &words[n], err))
                return false;
            n++;
        }
        at += len;
    }
    if (n < f->words)
        return error_set(err, ERR_USAGE, "%d answer%s wanted, as in: %s", f->words,
                         f->words == 1 ? " is" : "s are", f->example);
    memcpy(ret, words, sizeof words);
    return true;
}

static void put_right(const struct form *f, int i, struct buf *to)
{
    if (by_letter(f))
        buf_printf(to, "%c", 'a' + (int)f->right[i]);
    else if (f->kind == ASKS_PICKS)
        buf_puts(to, f->items[(int)f->right[i] - 1]);
    else
        buf_printf(to, "%g", f->right[i]);
}

/* A choice of the file is the same in the next round: what is right is not given away. */
void form_outcome(const struct form *f, const struct form_word *words, struct buf *to)
{
    int right = 0;
    for (int i = 0; i < f->words; i++)
        right += words[i].correct > 0;
    if (f->kind == ASKS_NUMBERS) {
        buf_puts(to, "Noted; check compares it with what was measured.");
        return;
    }
    if (f->kind == ASKS_CHOICE) {
        buf_puts(to, right ? "Right." : "No, that is not it.");
        return;
    }
    buf_printf(to, "%d of %d right.", right, f->words);
    if (f->kind == ASKS_REASONS)
        return;
    buf_puts(to, " It was:");
    for (int i = 0; i < f->words; i++) {
        buf_puts(to, " ");
        put_right(f, i, to);
    }
}
