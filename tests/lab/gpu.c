/* Graphics cards: through a library that plays the driver's, through none, through a slow one. */
#include "tests/test.h"

#include <time.h>

#include "core/base/clock.h"
#include "core/lab/gpu.h"

static const char *fake(void)
{
    const char *path = getenv("FAKE_NVML");
    assert_non_null(path);
    return path;
}

/* One reading, waited for. */
static bool read_once(struct gpu_watch *w, struct gpus *ret)
{
    gpu_watch_ask(w);
    for (int64_t start = test_ms();;) {
        assert_not_hung(start, 20000);
        if (gpu_watch_take(w, ret))
            return true;
        if (!gpu_watch_is_reading(w))
            return gpu_watch_take(w, ret);
        nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
    }
}

static void test_what_a_card_tells(void **state)
{
    (void)state;
    static const struct {
        const char *what, *fails, *cards;
        size_t count;
        int use, celsius;
        int64_t total, used; /* of all, GiB */
        double watts;
    } rows[] = {
        { "two cards", "", "2", 2, 91, 64, 48, 40, 71.5 },
        { "one card", "", "1", 1, 91, 64, 24, 20, 71.5 },
        { "more than are looked at", "", "40", GPU_MOST, 91, 64, 24 * GPU_MOST, 20 * GPU_MOST,
          71.5 },
        { "no card", "", "0", 0, 0, 0, 0, 0, 0 },
        { "figures refused", "all", "2", 2, -1, -1, -1, -1, -1 },
        { "a library that does not start", "init", "2", 0, 0, 0, 0, 0, 0 },
        { "a library that does not count", "count", "2", 0, 0, 0, 0, 0, 0 },
        { "cards that are gone", "handle", "2", 0, 0, 0, 0, 0, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gpus got;
        setenv("FAKE_GPU_FAILS", rows[i].fails, 1);
        setenv("FAKE_GPUS", rows[i].cards, 1);
        struct gpu_watch *w = gpu_watch_new(fake());
        if (!read_once(w, &got))
            fail_msg("%s: nothing was read", rows[i].what);
        if (got.count != rows[i].count)
            fail_msg("%s: %zu cards", rows[i].what, got.count);
        if (got.count) {
            assert_int_equal(got.gpu[0].use_percent, rows[i].use);
            assert_int_equal(got.gpu[0].celsius, rows[i].celsius);
            assert_true(got.gpu[0].watts == rows[i].watts);
            assert_holds(rows[i].what, got.gpu[0].name, "9000");
            assert_int_equal(got.total_bytes, rows[i].total < 0 ? -1 : rows[i].total << 30);
            assert_int_equal(got.used_bytes, rows[i].used < 0 ? -1 : rows[i].used << 30);
        }
        assert_true(got.took_s >= 0);
        gpu_watch_free(w);
    }
    unsetenv("FAKE_GPU_FAILS");
    unsetenv("FAKE_GPUS");
}

static void test_no_library(void **state)
{
    (void)state;
    struct gpus got;
    struct gpu_watch *w = gpu_watch_new("/nowhere/libnone.so");
    assert_true(read_once(w, &got));
    assert_int_equal(got.count, 0);
    assert_false(read_once(w, &got)); /* tried once, then left alone */
    gpu_watch_free(w);
    gpu_watch_free(NULL);
}

static void test_variable_names_another(void **state)
{
    (void)state;
    struct gpus got;
    setenv("RLAB_NVML", fake(), 1);
    struct gpu_watch *w = gpu_watch_new(NULL);
    unsetenv("RLAB_NVML");
    assert_true(read_once(w, &got));
    assert_int_equal(got.count, 2);
    assert_true(read_once(w, &got)); /* again, the library is open */
    assert_int_equal(got.count, 2);
    gpu_watch_free(w);
}

/* Asking a slow card costs the loop nothing, and neither does leaving in the middle. */
static void test_slow(void **state)
{
    (void)state;
    struct gpus got;
    char slow_ms[20];
    snprintf(slow_ms, sizeof slow_ms, "%lld", (long long)(300 * test_slower()));
    setenv("FAKE_GPU_MS", slow_ms, 1);
    struct gpu_watch *w = gpu_watch_new(fake());
    int64_t before = test_ms();
    gpu_watch_ask(w);
    gpu_watch_ask(w); /* one reading at a time */
    bool had = gpu_watch_take(w, &got);
    int64_t spent_ms = test_ms() - before;
    assert_false(had);
    assert_true(gpu_watch_is_reading(w));
    assert_quick(spent_ms, 200);
    gpu_watch_free(w);
    w = gpu_watch_new(fake());
    assert_true(read_once(w, &got));
    assert_true(got.took_s > 0.25);
    gpu_watch_free(w);
    unsetenv("FAKE_GPU_MS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_card_tells),
        cmocka_unit_test(test_no_library),
        cmocka_unit_test(test_variable_names_another),
        cmocka_unit_test(test_slow),
    };
    return cmocka_run_group_tests_name("gpu", tests, NULL, NULL);
}
