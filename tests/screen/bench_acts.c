/* The Bench pane at work, on a lab with the built-in pair. */
#include "tests/screen/world.h"

extern const struct pane_ops bench_pane;

/* Settings of the next run never stand beside the figures of the one that is shown. */
static void test_next_run(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, &bench_pane);
    world_sees(&w, 19, 80, "mini-bench: 5 queries x 2 rounds   Enter starts it");
    world_act(&w, ACT_ENTER);
    world_settle(&w);
    world_sees(&w, 19, 80, " 5 queries x 2 rounds = 10 calls   hits 5   misses 5");
    world_sees(&w, 19, 80, "need 20 model calls; you have 5.     add queries, or n");
    world_act(&w, ACT_MORE);
    world_act(&w, ACT_ALL);
    world_sees(&w, 19, 80, " 5 queries x 2 rounds = 10 calls   hits 5   misses 5");
    world_sees(&w, 19, 80, "Enter starts mini-bench: 5 queries x 3 rounds, always R too\n");
    world_sees(&w, 36, 88, "Enter starts mini-bench: 5 queries x 3 rounds, always R too\n");
    world_act(&w, ACT_ALL);
    world_act(&w, ACT_LESS);
    struct buf text = world_seen(&w, 19, 80);
    assert_null(strstr(buf_text(&text), "Enter starts"));
    assert_null(strstr(buf_text(&text), "--no-cache"));
    buf_done(&text);
    world_close(&w, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
