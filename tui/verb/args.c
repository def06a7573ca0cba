/* Sorting the words of a command line (verb.h). Our own and not getopt: options may stand
 * anywhere, belong to verbs, and a mistyped one names the nearest. */
#include "tui/verb/verb.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

const struct option_def option_defs[OPTIONS] = {
#define X(id, name, argument, help) [OPT_##id] = { name, argument, help },
    OPTION_LIST(X)
#undef X
};

bool option_is_global(enum option o)
{
    return o >= OPT_FAST_MODEL || o == OPT_JSON;
}

static bool takes(const struct verb *v, enum option o)
{
    if (option_is_global(o))
        return true;
    for (const enum option *p = v ? v->options : NULL; p && *p != OPTIONS; p++)
        if (*p == o)
            return true;
    return false;
}

static const struct verb *nearest_verb(const char *word)
{
    const struct verb *best = NULL;
    unsigned best_distance = 3;
    for (size_t i = 0; i < verb_count; i++) {
        unsigned d = text_distance(word, verbs[i]->name, 2);
        if (d < best_distance) {
            best_distance = d;
            best = verbs[i];
        }
    }
    return best;
}

static const char *nearest_option(const struct verb *v, const char *word)
{
    const char *best = NULL;
    unsigned best_distance = 4;
    for (int o = 0; o < OPTIONS; o++) {
        unsigned d = text_distance(word, option_defs[o].name, 3);
        if (takes(v, (enum option)o) && d < best_distance) {
            best_distance = d;
            best = option_defs[o].name;
        }
    }
    return best;
}

static bool unknown_option(const struct verb *v, const char *word, struct error *err)
{
    const char *near = nearest_option(v, word);
    const char *whose = v ? v->name : "rlab";
    /* An option of another verb is not mistyped, and its neighbour would be a wild guess. */
    for (int o = 0; o < OPTIONS; o++)
        if (strcmp(word, option_defs[o].name) == 0)
            return error_set(err, ERR_USAGE, "'%s' takes no option '--%s'; see: rlab help%s%s",
                             whose, word, v ? " " : "", v ? whose : "");
    if (near)
        return error_set(err, ERR_USAGE, "unknown option '--%s'; did you mean '--%s'?", word, near);
    return error_set(err, ERR_USAGE, "unknown option '--%s'; see: rlab help%s%s", word,
                     v ? " " : "", v ? whose : "");
}

/* A word with one dash that is neither "-" (read from stdin) nor a number. */
static bool is_short(const char *word)
{
    const char *digits = word + 1 + (word[0] == '-' && word[1] == '.');
    return word[0] == '-' && word[1] && !(*digits >= '0' && *digits <= '9');
}

/* There are two short options; the rest is somebody's habit, or text that begins with a dash. */
static bool unknown_short(const struct verb *v, const char *word, struct error *err)
{
    const char *near = word[2] ? nearest_option(v, word + 1) : NULL;
    for (int o = 0; o < OPTIONS && !near; o++)
        if (takes(v, (enum option)o) && !word[2] && option_defs[o].name[0] == word[1])
            near = option_defs[o].name;
    return error_set(err, ERR_USAGE,
                     "unknown option '%.60s'%s%s%s; text that begins with '-' comes "
                     "after '--'",
                     word, near ? "; did you mean '--" : "", near ? near : "", near ? "'?" : "");
}

static bool keep_value(struct args *a, enum option o, const char *value, struct error *err)
{
    if (a->value_count == MAX_OPTION_VALUES)
        return error_set(err, ERR_USAGE, "more than %d options with values", MAX_OPTION_VALUES);
    a->given[o] = true;
    a->value[o] = value;
    a->values[a->value_count].option = o;
    a->values[a->value_count++].value = value;
    return true;
}

/* One --word: switches are noted, values taken from "=" or from the next word. */
static bool take_option(const struct verb *v, int argc, const char *const *argv, int *at,
                        struct args *ret, struct error *err)
{
    const char *word = argv[*at] + 2;
    size_t len = strcspn(word, "=");
    for (int o = 0; o < OPTIONS; o++) {
        const struct option_def *d = &option_defs[o];
        if (strlen(d->name) != len || strncmp(word, d->name, len) != 0)
            continue;
        if (!takes(v, (enum option)o))
            break;
        if (!d->argument) {
            if (word[len])
                return error_set(err, ERR_USAGE, "'--%s' takes no value, it is a switch", d->name);
            ret->given[o] = true;
            return true;
        }
        if (word[len])
            return keep_value(ret, (enum option)o, word + len + 1, err);
        if (*at + 1 >= argc)
            return error_set(err, ERR_USAGE, "'--%s' needs a value: --%s %s", d->name, d->name,
                             d->argument);
        return keep_value(ret, (enum option)o, argv[++*at], err);
    }
    char name[64];
    if (len >= sizeof name)
        len = sizeof name - 1;
    memcpy(name, word, len);
    name[len] = '\0';
    return unknown_option(v, name, err);
}

/* Whether an option of this name, whoseever it is, has its value in the next word. */
static bool takes_next(const char *name)
{
    for (int o = 0; o < OPTIONS; o++)
        if (strcmp(name, option_defs[o].name) == 0)
            return option_defs[o].argument != NULL;
    return false;
}

/* The verb is the first word that is no option and no option's value. */
static const char *first_word(int argc, const char *const *argv, int *ret_at)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0 || !argv[i][2]) {
            *ret_at = i;
            return argv[i];
        }
        i += takes_next(argv[i] + 2);
    }
    return NULL;
}

bool args_parse(int argc, const char *const *argv, const struct verb **ret_verb, struct args *ret,
                const char **words, struct error *err)
{
    int verb_at = -1;
    const char *name = first_word(argc, argv, &verb_at);
    const struct verb *v = NULL;
    if (name && strcmp(name, "-h") != 0 && strcmp(name, "-V") != 0) {
        v = verb_find(name);
        if (!v && is_short(name))
            return unknown_short(NULL, name, err);
        if (!v) {
            const struct verb *near = nearest_verb(name);
            return error_set(err, ERR_USAGE, "unknown verb '%s'%s%s%s; see: rlab help", name,
                             near ? "; did you mean '" : "", near ? near->name : "",
                             near ? "'?" : "");
        }
    }

    struct args a = { .words = words };
    bool options_over = false;
    for (int i = 1; i < argc; i++) {
        const char *w = argv[i];
        if (i == verb_at && v)
            continue;
        if (!options_over && strcmp(w, "--") == 0) {
            options_over = true;
        } else if (!options_over && strncmp(w, "--", 2) == 0) {
            if (!take_option(v, argc, argv, &i, &a, err))
                return false;
        } else if (!options_over && strcmp(w, "-h") == 0) {
            a.given[OPT_HELP] = true;
        } else if (!options_over && strcmp(w, "-V") == 0) {
            a.given[OPT_VERSION] = true;
        } else if (!options_over && is_short(w)) {
            return unknown_short(v, w, err);
        } else {
            words[a.count++] = w;
        }
    }
    *ret_verb = v;
    *ret = a;
    return true;
}

bool args_real(const struct args *a, enum option o, double low, double high, double otherwise,
               double *ret, struct error *err)
{
    if (!a->given[o]) {
        *ret = otherwise;
        return true;
    }
    char *end;
    double v = strtod(a->value[o], &end);
    /* "10s" is what people write for a time. */
    if (end != a->value[o] && strcmp(end, "s") == 0 &&
        strcmp(option_defs[o].argument, "SECONDS") == 0)
        end++;
    bool good = end != a->value[o] && !*end && isfinite(v) && v >= low && v <= high;
    if (!good && o == OPT_TOP_P)
        return error_set(err, ERR_USAGE, "'--top-p %s': a number above 0 to 1 is expected",
                         a->value[o]);
    if (!good)
        return error_set(err, ERR_USAGE, "'--%s %s': a number from %g to %g is expected",
                         option_defs[o].name, a->value[o], low, high);
    *ret = v;
    return true;
}

bool args_int(const struct args *a, enum option o, int64_t low, int64_t high, int64_t otherwise,
              int64_t *ret, struct error *err)
{
    if (!a->given[o]) {
        *ret = otherwise;
        return true;
    }
    char *end;
    errno = 0;
    long long v = strtoll(a->value[o], &end, 10);
    if (end == a->value[o] || *end || errno || v < low || v > high)
        return error_set(err, ERR_USAGE, "'--%s %s': a whole number from %lld to %lld is expected",
                         option_defs[o].name, a->value[o], (long long)low, (long long)high);
    *ret = v;
    return true;
}
