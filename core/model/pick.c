/* Which model plays which role (pick.h). */
#include "core/model/pick.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* The words of the rule, in the order in which a person reads them. */
static const char *const small_sizes[] = { "7b", "8b", "3b", NULL };
static const char *const large_sizes[] = { "70b", "32b", "14b", NULL };
#define REASONING_MARK "r1"

static bool can_chat(const struct model_info *m)
{
    return m->completion != TRI_NO;
}

static bool is_marked(const struct model_info *m)
{
    return strcasestr(m->name, REASONING_MARK) != NULL;
}

/* --- words in names ------------------------------------------------------------------------- */

/* Whether the word at this place stands by itself: a size is not the end of a larger number
 * ("13b", "1.8b") or one of several ("8x7b"), a mark is not the end of a word ("solar1"), and
 * neither goes on ("8bit"). */
static bool stands_alone(const char *name, const char *at, const char *word)
{
    unsigned char before = at > name ? (unsigned char)at[-1] : '-';
    bool times =
        (before == 'x' || before == 'X') && at - name > 1 && isdigit((unsigned char)at[-2]);
    if (isdigit((unsigned char)*word) ? isdigit(before) || before == '.' || times : isalnum(before))
        return false;
    return !isalnum((unsigned char)at[strlen(word)]);
}

/* Whether the word stands by itself anywhere in the name. */
static bool is_meant(const char *name, const char *word)
{
    for (const char *at = name; (at = strcasestr(at, word)) != NULL; at++) {
        if (stands_alone(name, at, word))
            return true;
    }
    return false;
}

/* The first of the words that the name holds, one that stands by itself before one that does
 * not; NULL where it holds none. */
static const char *word_in(const char *name, const char *const *words)
{
    const char *found = NULL;
    for (; *words; words++) {
        if (is_meant(name, *words))
            return *words;
        if (!found && strcasestr(name, *words))
            found = *words;
    }
    return found;
}

/* The longer run of letters, digits and dots the word was found in: "13b", "solar1". */
static const char *surroundings(const char *name, const char *word, struct arena *a)
{
    const char *at = strcasestr(name, word), *end = at + strlen(word);
    while (at > name && (isalnum((unsigned char)at[-1]) || at[-1] == '.'))
        at--;
    while (isalnum((unsigned char)*end))
        end++;
    return arena_copy(a, at, (size_t)(end - at));
}

/* --- the rule ------------------------------------------------------------------------------- */

/* How a model came to its role. */
struct choice {
    const struct model_info *model;
    const char *word; /* the part of the name that decided, or NULL */
};

static const struct model_info *made_for(const struct model_info *models, size_t count,
                                         enum made_for role)
{
    for (size_t i = 0; i < count; i++)
        if (models[i].made_for == role)
            return &models[i];
    return NULL;
}

static struct choice choose_fast(const struct model_info *models, size_t count)
{
    const struct model_info *made = made_for(models, count, MADE_FOR_FAST);
    if (made)
        return (struct choice){ made, NULL };
    for (size_t i = 0; i < count; i++) {
        const char *word = word_in(models[i].name, small_sizes);
        if (can_chat(&models[i]) && word && !is_marked(&models[i]))
            return (struct choice){ &models[i], word };
    }
    return (struct choice){ 0 };
}

static struct choice choose_reasoning(const struct model_info *models, size_t count)
{
    const struct model_info *made = made_for(models, count, MADE_FOR_REASONING);
    if (made)
        return (struct choice){ made, NULL };
    for (size_t i = 0; i < count; i++) {
        if (can_chat(&models[i]) && is_marked(&models[i]))
            return (struct choice){ &models[i], REASONING_MARK };
    }
    for (size_t i = 0; i < count; i++) {
        const char *word = word_in(models[i].name, large_sizes);
        if (can_chat(&models[i]) && word)
            return (struct choice){ &models[i], word };
    }
    return (struct choice){ 0 };
}

static const struct model_info *first_chat(const struct model_info *models, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (can_chat(&models[i]))
            return &models[i];
    }
    return NULL;
}

static const char *fast_reason(const struct choice *fast, struct arena *a)
{
    if (fast->model->made_for == MADE_FOR_FAST)
        return "answers at once";
    if (fast->word)
        return arena_format(a, "has \"%s\", no \"%s\"", fast->word, REASONING_MARK);
    return "the first model: no name has \"7b\", \"8b\" or \"3b\" without \"r1\"";
}

static const char *reasoning_reason(const struct choice *reasoning, struct arena *a)
{
    if (reasoning->model->made_for == MADE_FOR_REASONING)
        return "thinks first";
    if (!reasoning->word)
        return "the fast model: no name has \"r1\", \"70b\", \"32b\" or \"14b\"";
    if (strcmp(reasoning->word, REASONING_MARK) == 0)
        return "has \"" REASONING_MARK "\"";
    return arena_format(a, "has \"%s\", and no name has \"%s\"", reasoning->word, REASONING_MARK);
}

static const char *accident(const struct choice *c, const char *role, struct arena *a)
{
    if (!c->word || is_meant(c->model->name, c->word))
        return NULL;
    return arena_format(a, "\"%s\" plays %s because \"%s\" holds \"%s\", which looks accidental",
                        c->model->name, role, surroundings(c->model->name, c->word, a), c->word);
}

static const char *joined(const char *one, const char *two, struct arena *a)
{
    if (!one || !two)
        return one ? one : two;
    return arena_format(a, "%s; %s", one, two);
}

void pick_models(const struct model_info *models, size_t count, struct arena *a, struct pick *ret)
{
    *ret = (struct pick){ 0 };
    struct choice fast = choose_fast(models, count);
    struct choice reasoning = choose_reasoning(models, count);
    if (!fast.model)
        fast.model = first_chat(models, count);
    if (!fast.model)
        return;
    if (!reasoning.model)
        reasoning.model = fast.model;
    ret->fast = fast.model;
    ret->reasoning = reasoning.model;
    ret->fast_why = fast_reason(&fast, a);
    ret->reasoning_why = reasoning_reason(&reasoning, a);
    const char *same = fast.model == reasoning.model
                           ? "one model plays both roles: routing is then only shown"
                           : NULL;
    ret->warning = joined(
        joined(accident(&fast, "fast", a), accident(&reasoning, "reasoning", a), a), same, a);
}

/* --- why not --------------------------------------------------------------------------------- */

/* Which of its kind a model is, counting the ones before it: "second", "third", "later". */
static const char *ordinal(size_t before)
{
    static const char *const words[] = { "first", "second", "third", "fourth", "fifth" };
    return before < sizeof words / sizeof *words ? words[before] : "later";
}

/* A model with the mark, but not the first of those that can chat. */
static const char *later_mark(const struct model_info *models, size_t which, struct arena *a)
{
    size_t before = 0;
    for (size_t i = 0; i < which; i++)
        before += can_chat(&models[i]) && is_marked(&models[i]);
    return arena_format(a, "%s \"%s\" name", ordinal(before), REASONING_MARK);
}

const char *pick_why_not(const struct pick *p, const struct model_info *models, size_t count,
                         size_t which, struct arena *a)
{
    if (which >= count)
        return "not in the list";
    const struct model_info *m = &models[which];
    if (m == p->fast || m == p->reasoning)
        return "picked";
    if (!can_chat(m))
        return "embedding only";
    if (is_marked(m))
        return later_mark(models, which, a);
    const char *small = word_in(m->name, small_sizes);
    if (small)
        return arena_format(a, "has \"%s\", but \"%s\" comes first", small, p->fast->name);
    const char *large = word_in(m->name, large_sizes);
    if (large && is_marked(p->reasoning))
        return arena_format(a, "has \"%s\", but \"%s\" goes before size", large, REASONING_MARK);
    if (large)
        return arena_format(a, "has \"%s\", but \"%s\" comes first", large, p->reasoning->name);
    return "no \"7b\", \"8b\", \"3b\", \"r1\", \"70b\", \"32b\" or \"14b\" in its name";
}
