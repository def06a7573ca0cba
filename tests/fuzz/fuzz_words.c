/* A command line, one word a line: sorted or refused with a sentence. No word is lost or made up,
 * an option has a value exactly where it takes one, and numbers are within their bounds. */
#include "tests/fuzz/fuzz.h"

#include <math.h>

#include "core/base/mem.h"
#include "tui/verb/verb.h"

enum { MOST = 200 };

static bool is_given(const char *const *argv, int argc, const char *text)
{
    for (int i = 1; i < argc; i++) {
        size_t before = strlen(argv[i]), len = strlen(text);
        if (before >= len && strcmp(argv[i] + before - len, text) == 0)
            return true;
    }
    return false;
}

static void check_values(const struct args *a, const char *const *argv, int argc)
{
    for (int o = 0; o < OPTIONS; o++) {
        struct error err = { 0 };
        double real = 0;
        int64_t whole = 0;
        PROMISE(!a->value[o] || (a->given[o] && is_given(argv, argc, a->value[o])));
        if (!option_defs[o].argument) {
            PROMISE(!a->value[o]);
            continue;
        }
        if (args_real(a, o, 0, 1e6, 7, &real, &err))
            PROMISE(real >= 0 && real <= 1e6);
        else
            PROMISE(*err.text);
        if (args_int(a, o, -5, 1000, 7, &whole, &err))
            PROMISE(whole >= -5 && whole <= 1000);
        else
            PROMISE(*err.text);
    }
    PROMISE(a->value_count <= MAX_OPTION_VALUES);
}

static void sort(int argc, const char *const *argv)
{
    const struct verb *verb = NULL;
    const char *words[MOST];
    struct args a;
    struct error err = { 0 };
    if (!args_parse(argc, argv, &verb, &a, words, &err)) {
        PROMISE(*err.text);
        return;
    }
    PROMISE(a.count < (size_t)argc && (!verb || verb_find(verb->name) == verb));
    for (size_t i = 0; i < a.count; i++)
        PROMISE(is_given(argv, argc, a.words[i]));
    check_values(&a, argv, argc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_copy((const char *)data, size), *at = text;
    const char *argv[MOST] = { "rlab" };
    int argc = 1;
    while (at && argc < MOST)
        argv[argc++] = strsep(&at, "\n");
    sort(argc, argv);
    mem_free(text);
    return 0;
}
