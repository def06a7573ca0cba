/* Markdown, plain text and code from a stranger: lines that fit, add up, and are safe to show. */
#include "tests/fuzz/fuzz.h"

#include "core/base/text.h"
#include "tui/screen/markdown.h"

static void check(const struct lines *l, int cols)
{
    for (size_t i = 0; i < l->n; i++) {
        int sum = 0;
        for (size_t k = 0; k < l->v[i].count; k++) {
            const struct run *r = &l->v[i].runs[k];
            PROMISE(r->cols == (int)text_cols(r->text, r->len));
            PROMISE(text_valid_up_to(r->text, r->len) == r->len);
            for (size_t at = 0; at < r->len;) {
                int32_t cp;
                at += text_decode(r->text + at, r->len - at, &cp);
                PROMISE(!text_is_unsafe(cp) && cp != '\n' && cp != '\t');
            }
            sum += r->cols;
        }
        PROMISE(sum == l->v[i].cols && sum <= cols);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const char *text = (const char *)data + 1;
    int cols = MARKDOWN_COLS + data[0] % 100;
    for (int how = 0; how < 4; how++) {
        struct arena a = { 0 };
        struct lines l = { 0 };
        if (how < 2)
            markdown_lines(text, size - 1, cols, how, LOOK_TEXT, &a, &l);
        else if (how == 2)
            plain_lines(text, size - 1, cols, false, LOOK_TEXT, &a, &l);
        else
            code_lines(text, size - 1, cols, true, &a, &l);
        check(&l, cols);
        arena_done(&a);
    }
    return 0;
}
