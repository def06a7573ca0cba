/* What a person may type to search the history: refused with a sentence, or a full-text expression
 * that the database understands, whatever signs are in it. */
#include "tests/fuzz/fuzz.h"

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/store/calls.h"
#include "core/store/history_lines.h"

static void fill(struct store *s)
{
    const char *query = "What is 15% of \"80\" or so?", *text = "12 of them", *ended = "OK_STOP";
    struct call_row call = { .server = "mini",
                             .url = "built-in",
                             .model = "fast",
                             .query = query,
                             .query_len = strlen(query),
                             .purpose = "ask" };
    const struct call_result result = {
        .end = ended, .text = text, .text_len = strlen(text), .thinking = "ten", .thinking_len = 3
    };
    struct answer_row answer = { .query = query,
                                 .query_len = strlen(query),
                                 .purpose = "ask",
                                 .server = "mini",
                                 .model = "fast",
                                 .from = "model",
                                 .end = ended };
    struct error err;
    int64_t id;
    PROMISE(call_begin(s, &call, &answer.call_id, &err));
    PROMISE(call_end_row(s, answer.call_id, &result, &err) && answer_add(s, &answer, &id, &err));
}

static struct store *one_answer(void)
{
    static struct store *store;
    const struct store_options options = { .clock = clock_real() };
    struct error err;
    if (!store) {
        PROMISE(store_open(&options, &store, &err));
        fill(store);
    }
    return store;
}

static bool note(void *self, int64_t id, int64_t pair_id)
{
    (void)pair_id;
    PROMISE(id == 1);
    ++*(int *)self;
    return true;
}

static void check_marks(const char *search, struct arena *a)
{
    struct history_marks m;
    struct error err = { 0 };
    PROMISE(history_marks(one_answer(), 1, search, a, &m, &err));
    if (m.query)
        PROMISE(strstr(m.query, "What") || strchr(m.query, '\1'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    int found = 0;
    const char *search = arena_copy(&a, (const char *)data, size);
    struct history_filter f = { .search = search };
    if (history_numbers(one_answer(), &f, note, &found, &err))
        check_marks(search, &a);
    else
        PROMISE(err.code == ERR_USAGE && *err.text);
    PROMISE(found <= 1);
    f = (struct history_filter){ .model = search };
    PROMISE(history_numbers(one_answer(), &f, note, &found, &err));
    arena_done(&a);
    return 0;
}
