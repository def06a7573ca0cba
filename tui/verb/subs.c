/* Finding the word below a verb (subs.h). */
#include "tui/verb/subs.h"

#include <string.h>

#include "core/base/text.h"

static const struct sub *nearest(const struct sub *subs, size_t count, const char *word)
{
    const struct sub *best = NULL;
    unsigned best_distance = 3;
    for (size_t i = 0; i < count; i++) {
        unsigned d = text_distance(word, subs[i].name, 2);
        if (d < best_distance) {
            best_distance = d;
            best = &subs[i];
        }
    }
    return best;
}

static bool unknown(const char *verb, const struct sub *subs, size_t count, const char *word,
                    struct error *err)
{
    const struct sub *near = nearest(subs, count, word);
    if (near)
        return error_set(err, ERR_USAGE, "unknown '%s %s'; did you mean '%s %s'?", verb, word, verb,
                         near->name);
    struct arena a = { 0 };
    const char *all = "";
    for (size_t i = 0; i < count; i++)
        all = arena_format(&a, "%s%s%s", all, i ? ", " : "", subs[i].name);
    error_set(err, ERR_USAGE, "unknown '%s %s'; there are: %s", verb, word, all);
    arena_done(&a);
    return false;
}

bool subs_run(const char *verb, const struct sub *subs, size_t count, struct session *s,
              const struct args *a, int *ret_code, struct error *err)
{
    const struct sub *sub = a->count ? NULL : &subs[0];
    for (size_t i = 0; !sub && i < count; i++)
        if (strcmp(subs[i].name, a->words[0]) == 0)
            sub = &subs[i];
    if (!sub)
        return unknown(verb, subs, count, a->words[0], err);

    struct args rest = *a;
    if (rest.count) {
        rest.words++;
        rest.count--;
    }
    if (rest.count < sub->least)
        return error_set(err, ERR_USAGE, "'%s %s' needs more words: rlab %s %s %s", verb, sub->name,
                         verb, sub->name, sub->words);
    if (rest.count > sub->most)
        return error_set(err, ERR_USAGE, "'%s %s' takes no '%s': rlab %s %s%s%s", verb, sub->name,
                         rest.words[sub->most], verb, sub->name, *sub->words ? " " : "",
                         sub->words);
    return sub->run(s, &rest, ret_code, err);
}
