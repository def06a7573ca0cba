/* The Cache pane: the design's frames with their own data, and every state at every size. */
#include "tests/test.h"

#include <math.h>

#include "tests/screen/golden.h"
#include "tui/pane/cache.h"

#define FAST   "qwen3:8b"
#define REASON "deepseek-r1:70b"

static const struct cache_row_view rows[] = {
    { 1, 3, "12 s ago", FAST, "S", "0.9 s", "11 min", "What is the capital of Japan?" },
    { 2, 1, "2 min ago", FAST, "M", "3.4 s", "4 min", "A bat and a ball cost $1.10 in total." },
    { 3, 0, "2 min ago", REASON, "C", "47.2 s", "2 min", "Solve step by step: If a train leaves" },
    { 4, 2, "5 min ago", FAST, "S", "1.1 s", "10 min", "Is Python a programming language?" },
    { 5, 0, "6 min ago", FAST, "M", "0.7 s", "6 min", "What is 2+2?" },
    { 6, 0, "9 min ago", FAST, "S", "2.8 s", "9 min", "Explain what machine learning is" },
    { 7, 0, "9 min ago", FAST, "S", "3.0 s", "9 min", "What are the main differences" },
};

static const bool lookups[] = { false, false, false, true, false, false, true,
                                false, true,  false, true, true,  true };
static double rate[COUNT(lookups)];

static struct cache_view frame_view(struct field *f)
{
    int hits = 0;
    for (size_t i = 0; i < COUNT(lookups); i++) {
        hits += lookups[i];
        rate[i] = (double)hits / (double)(i + 1);
    }
    field_init(f, true);
    field_set(f, "What is 2+2?", 12);
    return (struct cache_view){
        .entries = 7,
        .size = 50,
        .hits = 6,
        .misses = 7,
        .total_hits = 6,
        .total_misses = 7,
        .table = true,
        .lookup = lookups,
        .lookups = COUNT(lookups),
        .rate = rate,
        .list = { .count = 7 },
        .rows = rows,
        .row_count = 7,
        .chosen = true,
        .query = "What is the capital of Japan?",
        .answer = "The capital of Japan is Tokyo.",
        .stored = "13:51",
        .read = "13:55, 13:58, 14:02",
        .model_now = "model unchanged since",
        .field = f,
        .peeks = { { FAST, "500a", "8f1c", "695f799e", true, true, "row 5" },
                   { REASON, "0c19", "8f1c", "2cd3ef54", false, true, "other model" } },
        .peek_count = 2,
        .saved_s = 8.3,
        .saved_rule_s = 12,
        .rule_s = 2,
        .saved_hits = 6,
        .hit_s = 0.0003,
        .trouble = "",
        .key_field = "i",
        .key_size = "s",
    };
}

static void draw(const void *view, struct surface *s)
{
    cache_draw(view, s);
}

static void check_frame(const char *name, int height, int cols, const struct cache_view *v,
                        const struct golden_row *differ, size_t count)
{
    struct grid g = { 0 };
    grid_init(&g, height, cols, false);
    struct surface s = surface_of(&g);
    cache_draw(v, &s);
    golden_frame(name, &g, differ, count);
    grid_done(&g);
}

static void test_frames(void **state)
{
    (void)state;
    struct field f;
    struct cache_view v = frame_view(&f);
    static const struct golden_row large[] = {
        { 0, "the bar is as long as 7 of 50 is of its columns" },
        { 3, "the highest bar is the highest rate, as the words beside it say" },
        { 27, "the bar is rounded to eighths: 8.3 of 12.0" },
    };
    check_frame("cache-80x24", 19, 80, &v, NULL, 0);
    v.peeks[1].why = "other model, other key";
    v.peeks[2] = (struct cache_peek_view){
        FAST, "500a", "a41e", "9e24b9aa", false, true, "lower-case w: exact text only"
    };
    v.peek_count = 3;
    check_frame("cache-120x40", 36, 88, &v, large, COUNT(large));
    golden_sizes("cache-full", draw, &v);
    v.focused = true;
    golden_size("cache-field", "80x24", draw, &v);
    field_done(&f);
}

static void test_states(void **state)
{
    (void)state;
    struct field f;
    struct cache_view v = frame_view(&f), full = v;
    field_clear(&f);
    v.entries = v.hits = v.misses = v.total_hits = v.total_misses = v.saved_hits = 0;
    v.lookups = 0;
    v.list = (struct list){ 0 };
    v.row_count = v.peek_count = 0;
    v.chosen = false;
    v.saved_s = v.saved_rule_s = 0;
    v.hit_s = NAN;
    golden_sizes("cache-empty", draw, &v);
    v.trouble = "the cache cannot be read: the database '/home/me/rlab.db' is damaged: quit every "
                "rlab and start it again";
    golden_sizes("cache-error", draw, &v);

    /* Full to the brim, kept in memory only, scrolled to the end of a long list. */
    v = full;
    v.entries = v.size = 100000;
    v.table = false;
    v.hits = 123456;
    v.total_hits = 1234567;
    v.list = (struct list){ .count = 100000, .at = 99999 };
    v.first_row = 99993;
    golden_sizes("cache-long", draw, &v);

    /* No models yet: the look-up says so. */
    v = full;
    v.peeks[0] = (struct cache_peek_view){ .why = "the models are being looked for" };
    v.peek_count = 1;
    golden_size("cache-choosing", "80x24", draw, &v);
    golden_size("cache-choosing", "120x40", draw, &v);
    field_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
