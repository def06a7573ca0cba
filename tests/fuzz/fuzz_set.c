/* A set from a stranger: read or refused, under a name that asks for JSON lines and one that
 * lets the first line decide. What was read is fit to be asked, and its JSON line gives the
 * same item again. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/base/text.h"
#include "core/lab/set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(const struct set_item *it)
{
    struct error err;
    assert(!text_is_blank(it->query, it->query_len));
    assert(text_check_query(it->query, it->query_len, &err));
    assert((it->answer != NULL) == (it->check != NULL));
    assert(!it->check || it->check->fits(it->answer));
    if (!it->source)
        return;
    struct set again;
    assert(set_parse("again.jsonl", it->source, strlen(it->source), &again, &err));
    assert(again.count == 1 && strcmp(again.items[0].query, it->query) == 0);
    set_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = { "x.jsonl", "x.txt" };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct set s;
        struct error err;
        if (!set_parse(paths[i], (const char *)data, size, &s, &err))
            continue;
        for (size_t j = 0; j < s.count; j++)
            hold(&s.items[j]);
        set_done(&s);
    }
    return 0;
}
