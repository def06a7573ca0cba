/* The Production pane as it is drawn, and what its keys do on a real lab. */
#include "tests/test.h"

#include <math.h>

#include "tests/screen/golden.h"
#include "tests/screen/world.h"
#include "tui/pane/production.h"

/* === drawing ================================================================================ */

static const struct demo_column columns[] = {
    { "call", "call", DEMO_COUNT, 4, KIND_UNKNOWN },
    { "reasoning", "reasoning", DEMO_TEXT, 9, KIND_UNKNOWN },
    { "outcome", "outcome", DEMO_TEXT, 15, KIND_UNKNOWN },
    { "waits_s", "user waits", DEMO_SECONDS, 10, KIND_MEASURED },
};
static const struct demo_table table = { "calls", columns, COUNT(columns) };

#define CELLS(n, r, o, s)                                                                          \
    (struct demo_cell[])                                                                           \
    {                                                                                              \
        { .number = n }, { .text = r }, { .text = o },                                             \
        {                                                                                          \
            .number = s                                                                            \
        }                                                                                          \
    }

static struct told frame_told[] = {
    { .type = DEMO_TABLE, .table = &table },
    { .type = DEMO_ROW, .table = &table, .cells = CELLS(1, "4.2 s", "answered", 4.2) },
    { .type = DEMO_ROW, .table = &table, .cells = CELLS(2, "10 s ✗", "fast answered", 11.1) },
    { .type = DEMO_ROW, .table = &table, .cells = CELLS(3, "10 s ✗", "fast answered", 11.0) },
    { .type = DEMO_ROW, .table = &table, .cells = CELLS(4, "10 s ✗", "breaker opens", 10.9) },
    { .type = DEMO_ROW, .table = &table, .cells = CELLS(5, "skipped", "fast at once", 1.1) },
};

static struct production_view view_of_frame(void)
{
    struct production_view v = { .chosen = 3,
                                 .told = frame_told,
                                 .count = COUNT(frame_told),
                                 .top = -1,
                                 .deadline_s = 10,
                                 .breaker = SHOWN_OPEN,
                                 .pause_s = 41 };
    v.ran[5] = true;
    return v;
}

static void draw(const void *view, struct surface *s)
{
    production_draw(view, s);
}

/* The demonstrations have texts of their own, so the parts of the design's frame that do not
 * depend on them are compared: the topics, what a call came to, the breaker. */
static void the_frame_is_as_designed(void **state)
{
    (void)state;
    struct production_view v = view_of_frame();
    struct grid g = { 0 };
    struct buf text = buf_with_max(1 << 20);
    grid_init(&g, 19, 80, false);
    struct surface s = surface_of(&g);
    production_draw(&v, &s);
    grid_text(&g, &text);
    static const char *const rows[] = {
        " Topic                  │ ",
        "\n   1 Better classifier  │",
        "\n ▸ 4 Fallbacks         ▶│",
        "\n   5 This machine       │",
        "\n Common mistakes        │",
        "\n   6 Stale cache       ✓│",
        "\n   7 Too much routing   │",
        "\n ▶ has a live demo      │",
        "\n ✓ you ran the demo     │",
        "call  reasoning  outcome          user waits\n",
        "   4  10 s ✗     breaker opens        10.9 s\n",
        "│ breaker  closed ── open ── half-open\n",
        "│                    ▲ 41 s until one trial call\n",
        "│ Try    deadline 10 s   ",
        "│ In code   try ",
        "│ Watch     fallback rate, breaker state, p95, hit rate\n",
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_holds("frame", buf_text(&text), rows[i]);
    assert_int_equal(g.cursor_row, 4);
    buf_done(&text);
    grid_done(&g);
}

static void states(void **state)
{
    (void)state;
    struct production_view v = view_of_frame();
    golden_sizes("production-done", draw, &v);
    v.at_text = true;
    v.top = 1;
    golden_size("production-text", "80x24", draw, &v);
    golden_size("production-text", "40x10", draw, &v);
    v = (struct production_view){ .top = -1, .deadline_s = NAN };
    golden_sizes("production-empty", draw, &v);
    v.running = true;
    golden_size("production-starting", "80x24", draw, &v);
    for (int i = 0; i < DEMOS; i++) {
        char name[40];
        v = (struct production_view){ .chosen = i, .top = -1, .deadline_s = NAN };
        snprintf(name, sizeof name, "production-topic-%d", i + 1);
        golden_size(name, "120x40", draw, &v);
    }
}

/* More lines than rows, long ones, and texts of models in them. */
static void full(void **state)
{
    (void)state;
    static struct told told[400];
    struct production_view v = view_of_frame();
    for (int i = 0; i < 400; i++) {
        told[i] = frame_told[1 + i % 5];
        if (i % 4 == 0)
            told[i] =
                (struct told){ .type = i % 8 ? DEMO_SAYS : DEMO_FINDS,
                               .text = "\x1b[31m %s%n \x07 a sentence that goes on for longer "
                                       "than the column is wide, with \xE6\xBC\xA2\xE5\xAD\x97" };
    }
    v.told = told;
    v.count = 400;
    v.breaker = SHOWN_HALF_OPEN;
    golden_sizes("production-full", draw, &v);
}

/* === behaviour ============================================================================== */

extern const struct pane_ops production_pane;

static void a_demonstration_is_run(void **state)
{
    (void)state;
    struct world w;
    struct buf text = buf_with_max(1 << 20);
    char corner[40];
    world_open(&w, &production_pane);
    production_pane.corner(&w.pane, corner, sizeof corner);
    assert_string_equal(corner, "0 of 8 tried");
    assert_holds("off", world_off(&w, ACT_MORE), "no value");
    assert_holds("off", world_off(&w, ACT_LIVE), "no trouble");
    world_off(&w, ACT_STOP);
    assert_false(production_pane.copy(&w.pane, false, &text));
    world_act(&w, ACT_DOWN);
    world_act(&w, ACT_DOWN);
    world_sees(&w, 19, 80, "▸ 3 What to monitor");
    world_act(&w, ACT_ENTER);
    assert_holds("off", world_off(&w, ACT_ENTER), "a demonstration runs");
    world_settle(&w);
    production_pane.corner(&w.pane, corner, sizeof corner);
    assert_string_equal(corner, "1 of 8 tried");
    assert_true(production_pane.copy(&w.pane, false, &text));
    assert_true(text.len > 100);
    buf_clear(&text);
    assert_true(production_pane.copy(&w.pane, true, &text));
    assert_holds("json", buf_text(&text), "\"schema\":\"rlab.demo/1\",\"demo\":3");
    world_act(&w, ACT_PART_NEXT);
    world_act(&w, ACT_UP);
    world_act(&w, ACT_PAGE_UP);
    world_act(&w, ACT_BOTTOM);
    world_act(&w, ACT_TOP);
    world_act(&w, ACT_PART_BACK);
    char *folder = world_close(&w, true);
    world_open_in(&w, folder, &production_pane);
    production_pane.corner(&w.pane, corner, sizeof corner);
    assert_string_equal(corner, "1 of 8 tried");
    buf_done(&text);
    world_close(&w, false);
}

static void a_demonstration_is_stopped(void **state)
{
    (void)state;
    struct world w;
    struct busy busy;
    world_open(&w, &production_pane);
    assert_true(production_pane.search(&w.pane, "fallback", 1));
    world_sees(&w, 19, 80, "▸ 4 Fallbacks");
    world_sees(&w, 19, 80, "deadline 10 s");
    world_act(&w, ACT_LESS);
    world_sees(&w, 19, 80, "deadline 9 s");
    for (int i = 0; i < 70; i++)
        world_act(&w, ACT_MORE);
    world_sees(&w, 19, 80, "deadline 60 s");
    world_act(&w, ACT_LIVE);
    world_sees(&w, 19, 80, "trouble on purpose off (L)");
    world_sees(&w, 19, 80, "closed ── open");
    world_act(&w, ACT_ENTER);
    assert_true(production_pane.busy(&w.pane, &busy));
    assert_holds("busy", busy.what, "demo 4 ");
    world_act(&w, ACT_STOP);
    assert_false(production_pane.busy(&w.pane, &busy));
    world_act(&w, ACT_ENTER);
    world_close(&w, false); /* in the middle */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_frame_is_as_designed),
        cmocka_unit_test(states),
        cmocka_unit_test(full),
        cmocka_unit_test(a_demonstration_is_run),
        cmocka_unit_test(a_demonstration_is_stopped),
    };
    return cmocka_run_group_tests_name("production", tests, NULL, NULL);
}
