/* Rules from a stranger, run over a question from a stranger: the text up to the first empty
 * line is the rule file, what follows is the query. Nothing may crash, hang or point outside
 * the query. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/base/text.h"
#include "core/route/classifier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_places(const struct verdict *v, size_t len)
{
    int64_t sum = 0;
    for (size_t i = 0; i < v->count; i++) {
        const struct signal *s = &v->signals[i];
        bool placed = s->kind == SIGNAL_KEYWORD || s->kind == SIGNAL_PATTERN;
        assert(s->points != 0 && (s->at != 0) == placed);
        assert(s->from <= len && s->len <= len - s->from);
        sum += s->points;
    }
    assert(sum == v->score);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *gap = size ? memmem(text, size, "\n\n", 2) : NULL;
    size_t rules_len = gap ? (size_t)(gap - text) + 1 : size;
    const char *query = gap ? gap + 2 : text + size;
    size_t query_len = (size_t)(text + size - query);
    struct error err;
    struct rules *r = rules_parse("fuzz", text, rules_len, &err);
    if (r && text_check_query(query, query_len, &err)) {
        struct verdict v = { 0 };
        classify(r, query, query_len, &v);
        check_places(&v, query_len);
        verdict_done(&v);
    }
    rules_free(r);
    return 0;
}
