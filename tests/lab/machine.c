/* Memory of this machine: lines as Linux writes them, and as it never should. */
#include "tests/test.h"

#include "core/lab/machine.h"

static const struct row {
    const char *what, *text, *name;
    int64_t bytes;
} rows[] = {
    { "first line", "MemTotal:       16308164 kB\nMemFree: 1 kB\n", "MemTotal", 16699559936 },
    { "later line", "MemTotal: 4 kB\nMemAvailable:    3 kB\n", "MemAvailable", 3072 },
    { "no line end", "A: 1 kB\nMemTotal: 2 kB", "MemTotal", 2048 },
    { "only a start of the name", "MemTotalish: 7 kB\n", "MemTotal", -1 },
    { "inside another name", "HugeMemTotal: 7 kB\n", "MemTotal", -1 },
    { "no number", "MemTotal: much\n", "MemTotal", -1 },
    { "negative", "MemTotal: -5 kB\n", "MemTotal", -1 },
    { "too large for bytes", "MemTotal: 9223372036854775807 kB\n", "MemTotal", -1 },
    { "nothing", "", "MemTotal", -1 },
};

static void test_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t found = machine_line(rows[i].text, rows[i].name);
        if (found != rows[i].bytes)
            fail_msg("%s: %lld, not %lld", rows[i].what, (long long)found,
                     (long long)rows[i].bytes);
    }
}

static void test_this_machine(void **state)
{
    (void)state;
    struct machine_memory m = machine_memory();
    assert_true(m.total > 1 << 20);
    assert_true(m.available < 0 || m.available <= m.total);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_this_machine),
    };
    return cmocka_run_group_tests_name("machine", tests, NULL, NULL);
}
