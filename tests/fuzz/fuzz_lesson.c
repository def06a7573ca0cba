/* An exercise from a stranger: it is read or refused with a sentence, and its SELECTs are asked of an
 * empty lab, where they can do no more than fail. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/lab/lesson_file.h"
#include "core/limits.h"
#include "core/store/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct facts *empty_lab(void)
{
    static struct store *store;
    static struct facts *facts;
    const struct store_options options = { .clock = clock_real() };
    struct error err;
    if (!facts && (!store_open(&options, &store, &err) || !facts_open(store, &facts, &err)))
        return NULL;
    return facts;
}

static void ask_all(const struct lesson *l)
{
    struct buf said = buf_with_max(16 * MIB);
    for (int i = 0; i < l->criterion_count; i++) {
        struct fact fact = { 0 };
        struct error err = { 0 };
        if (!facts_ask(empty_lab(), l->criteria[i].select, 0, &fact, &err))
            assert(*err.text);
        else
            assert(memchr(fact.found, '\0', sizeof fact.found));
        lesson_say(l->criteria[i].near, "{found}", &said);
        assert(strcmp(buf_text(&said), l->criteria[i].near) == 0);
        buf_clear(&said);
    }
    buf_done(&said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = { 0 };
    struct lesson lesson = { 0 };
    struct error err = { 0 };
    if (lesson_parse("fuzz.lesson", (const char *)data, size, &arena, &lesson, &err)) {
        assert(lesson.criterion_count >= 1 && lesson.criterion_count <= LESSON_CRITERIA);
        assert(lesson.hint_count <= LESSON_HINTS && lesson.choice_count <= LESSON_CHOICES);
        assert(lesson.id && lesson.title && lesson.goal && lesson.pane && lesson.solution);
        ask_all(&lesson);
    } else {
        assert(*err.text);
    }
    arena_done(&arena);
    return 0;
}
