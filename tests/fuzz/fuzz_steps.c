/* A question from a stranger through all of mini/steps but its network: what it reads, every
 * solver, whatever the task; and the same bytes as a file of samples. */
#include "tests/fuzz/fuzz.h"

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/model/steps_number.h"
#include "core/model/steps_samples.h"
#include "core/model/steps_task.h"
#include "core/model/steps_text.h"
#include "core/model/steps_word.h"

static void read_letters(const char *text, size_t len)
{
    struct nn_letters got;
    steps_text_read(text, len, &got);
    PROMISE(got.count >= 1 && got.count <= STEPS_MAX_CHARS);
    for (int i = 0; i < got.count; i++)
        PROMISE(got.symbol[i] >= STEPS_UNKNOWN && got.symbol[i] < STEPS_VOCAB);
}

static void read_numbers(const char *text, size_t len)
{
    struct steps_number n;
    size_t before = 0;
    for (size_t at = 0; steps_number_next(text, len, &at, &n); before = at) {
        PROMISE(at > before && at <= len);
        PROMISE(n.len > 0 && n.at + n.len == at);
    }
}

static void solve_all(const char *text, size_t len)
{
    const char *word;
    size_t n;
    if (steps_word_find(text, len, &word, &n))
        PROMISE(n > 0 && word >= text && word + n <= text + len);
    for (int i = 0; i < steps_tasks(); i++) {
        const struct steps_task *task = steps_task_at(i);
        struct buf said = buf_with_max(8 * len + 4096);
        if (!task->solve)
            continue;
        bool solved = task->solve(text, len, &said);
        PROMISE(said.len > 0 && said.len < said.max);
        PROMISE(strncmp(buf_text(&said), solved ? "1. " : "I cannot ", solved ? 3 : 9) == 0);
        PROMISE(text_valid_up_to(buf_text(&said), said.len) == said.len);
        buf_done(&said);
    }
}

static void learn_from(const char *text, size_t len)
{
    struct steps_samples s;
    struct error err;
    struct random r;
    random_seed(&r, len);
    if (!steps_samples_parse("x", text, len, &s, &err))
        return;
    for (int i = 0; i < s.count; i++) {
        struct nn_letters got;
        steps_sample_draw(&s.sample[i], &r, &got);
        PROMISE(got.count >= 1 && got.count <= STEPS_MAX_CHARS);
    }
    steps_samples_done(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct error err;
    read_letters(text, size);
    read_numbers(text, size);
    if (text_check_query(text, size, &err))
        solve_all(text, size);
    learn_from(text, size);
    return 0;
}
