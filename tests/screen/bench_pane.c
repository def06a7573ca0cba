/* The Bench pane as it is drawn, and what its keys do on a real lab. */
#include "tests/test.h"

#include <math.h>

#include "tests/lab/items.h"
#include "tests/screen/golden.h"
#include "tests/screen/world.h"
#include "tui/pane/bench.h"

/* === drawing ================================================================================ */

/* The frame's own run: five queries, two rounds; the second is hits. */
static void frame_items(struct items *t)
{
    static const double seconds[] = { 0.7, 0.9, 2.7, 3.1, 38.4 };
    for (int64_t round = 1; round <= 2; round++)
        for (int64_t q = 0; q < 5; q++) {
            struct run_item i = item_of(q, round, seconds[q]);
            i.model = "ollama/qwen3:8b";
            if (q == 4) {
                i.level = "complex";
                i.role = "reasoning";
                i.model = "ollama/deepseek-r1:70b";
            }
            if (round == 2) {
                i.from = "cache";
                i.original_latency_s = i.latency_s;
                i.latency_s = 0.0003;
            }
            items_add(t, &i);
        }
}

static const struct bench_past frame_past[] = {
    { 3, "2026-01-01 14:08", "bench", "", "bench", "done", 10 },
    { 2, "2026-01-01 13:50", "bench", "before", "bench", "done", 10 },
    { 1, "2026-01-01 13:40", "trial", "", "sample", "stopped", 4 },
};

struct sheet {
    struct bench_view v;
    struct items items;
    struct summary sum;
    struct list list;
};

static void sheet_of_frame(struct sheet *f)
{
    *f = (struct sheet){ 0 };
    frame_items(&f->items);
    summary_init(&f->sum, &f->items);
    f->v = (struct bench_view){ .set_name = "bench",
                                .queries = 5,
                                .rounds = 2,
                                .title = "run 3, done, 14:08",
                                .sum = &f->sum,
                                .items = &f->items,
                                .past = frame_past,
                                .past_count = COUNT(frame_past),
                                .list = &f->list,
                                .baseline = 2,
                                .against = "run 3 against run 2: 5 queries of both, 0.06 s faster "
                                           "a call (95 % interval -0.2 to 0.3 s): no clear "
                                           "difference.",
                                .budget_words = "",
                                .budget_n = 40 };
}

static void sheet_done(struct sheet *f)
{
    summary_done(&f->sum);
    items_done(&f->items);
}

static void draw(const void *view, struct surface *s)
{
    bench_draw(view, s);
}

static void check_frame(const char *name, int rows, int cols, const struct golden_row *differ,
                        size_t count)
{
    struct sheet f;
    struct grid g = { 0 };
    sheet_of_frame(&f);
    grid_init(&g, rows, cols, false);
    struct surface s = surface_of(&g);
    bench_draw(&f.v, &s);
    golden_frame(name, &g, differ, count);
    grid_done(&g);
    sheet_done(&f);
}

static void the_frames_are_as_designed(void **state)
{
    (void)state;
#define HEAD "when the run ended stands in the title rule"
#define TABS "there is one more block: what thinking buys"
#define BINS "bins are 1, 2 or 5 times a power of ten, with a letter a call"
    static const struct golden_row narrow[] = {
        { 0, HEAD },
        { 1, TABS },
        { 14, BINS },
        { 15, BINS },
        { 16, BINS },
        { 17, BINS },
        { 18, "the figures that need more calls are the warning here" },
    };
    check_frame("bench-80x24", 19, 80, narrow, COUNT(narrow));

    /* The large page is one row out of step from its third row on, so the block of tables is
     * compared row by row. */
    struct sheet f;
    struct grid g = { 0 };
    struct buf text = buf_with_max(1 << 20);
    sheet_of_frame(&f);
    grid_init(&g, 36, 88, false);
    struct surface s = surface_of(&g);
    bench_draw(&f.v, &s);
    grid_text(&g, &text);
    static const char *const rows[] = {
        "   Level      calls   hits   mean, all   mean, model calls   slowest   calls over time\n",
        "   simple         8      4      0.93 s              1.85 s     3.1 s   ",
        "   moderate       0      \xC2\xB7           \xC2\xB7                   \xC2\xB7         "
        "\xC2\xB7   no such query\n",
        "   complex        2      1     19.20 s             38.40 s    38.4 s   "
        "\xE2\x96\x88\xC2\xB7\n",
        "   all           10      5      4.58 s              9.16 s    38.4 s\n",
        "saved 338 s (88%) = routing 146 s + cache 192 s, estimated",
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_holds("large", buf_text(&text), rows[i]);
    buf_done(&text);
    grid_done(&g);
    sheet_done(&f);
}

static void every_block(void **state)
{
    (void)state;
    static const char *const names[BENCH_TABS] = { "bench-tables", "bench-charts", "bench-always",
                                                   "bench-earlier", "bench-budget" };
    struct sheet f;
    sheet_of_frame(&f);
    f.list.at = 1;
    for (int i = 0; i < BENCH_TABS; i++) {
        f.v.tab = (enum bench_tab)i;
        golden_sizes(names[i], draw, &f.v);
    }
    f.v.tab = BENCH_TABLES;
    f.v.scroll = 12;
    golden_size("bench-scrolled", "120x40", draw, &f.v);
    sheet_done(&f);
}

/* Models so quick that the rule of thumb is the largest figure by far: it has no bar, and the bars
 * that are there keep one scale and the whole width. */
static void quick_models_against_always(void **state)
{
    (void)state;
    struct sheet f;
    sheet_of_frame(&f);
    summary_done(&f.sum);
    for (size_t i = 0; i < f.items.n; i++)
        f.items.v[i].latency_s /= 100;
    summary_init(&f.sum, &f.items);
    f.v.tab = BENCH_ALWAYS;
    golden_size("bench-quick-always", "80x24", draw, &f.v);
    golden_size("bench-quick-always", "60x16", draw, &f.v);
    sheet_done(&f);
}

static void empty_and_working(void **state)
{
    (void)state;
    struct list list = { 0 };
    struct bench_view v = { .set_name = "mini-bench",
                            .queries = 5,
                            .rounds = 2,
                            .list = &list,
                            .budget_words = "",
                            .budget_n = 40 };
    golden_sizes("bench-empty", draw, &v);
    v.tab = BENCH_EARLIER;
    golden_size("bench-empty-earlier", "80x24", draw, &v);
    v.tab = BENCH_TABLES;
    v.running = true;
    v.done = 3;
    v.total = 10;
    v.elapsed_s = 67;
    v.no_cache = v.always = true;
    golden_size("bench-working", "80x24", draw, &v);
    v.warming = "ollama/deepseek-r1:70b";
    golden_size("bench-warming", "80x24", draw, &v);
    golden_size("bench-warming", "60x16", draw, &v);
}

/* Many calls of strangers' models: percentiles, loads, failures, bars instead of letters. */
static void full(void **state)
{
    (void)state;
    struct sheet f;
    static struct bench_past past[100];
    sheet_of_frame(&f);
    sheet_done(&f);
    f.items = (struct items){ 0 };
    for (int q = 0; q < 120; q++) {
        struct run_item i = item_of(q % 16, 1 + q / 16, 0.01 * (q + 1) * (q % 7 + 1));
        i.level = q % 3 ? "simple" : q % 2 ? "moderate" : "complex";
        i.role = q % 3 ? "fast" : "reasoning";
        i.model = q % 3 ? "\x1b[31m%s%n/a model with a name that is far too long for its column"
                        : "b/\xE6\xBC\xA2\xE5\xAD\x97";
        i.load_s = q < 2 ? 2.1 : NAN;
        i.end = q % 11 == 5 ? "ERR_TRANSPORT" : "OK_STOP";
        i.correct = q % 2;
        items_add(&f.items, &i);
        if (q < 16) {
            i.always = true;
            i.role = "reasoning";
            i.latency_s = 5 + q;
            i.end = "OK_STOP";
            items_add(&f.items, &i);
        }
    }
    summary_init(&f.sum, &f.items);
    for (int i = 0; i < 100; i++)
        past[i] = (struct bench_past){ 1000000 + i,
                                       "2026-01-01 14:08",
                                       "models",
                                       "\x1b[2J a name of a run",
                                       "/a/path/to/a/set.jsonl",
                                       "interrupted",
                                       123456 };
    f.v.past = past;
    f.v.past_count = 100;
    f.list.at = 77;
    f.v.sum = &f.sum;
    f.v.items = &f.items;
    f.v.set_name = "/a/path/to/a/set/with/a/long/name.jsonl";
    f.v.rounds = 100;
    golden_sizes("bench-full", draw, &f.v);
    f.v.tab = BENCH_CHARTS;
    golden_size("bench-full-charts", "80x24", draw, &f.v);
    golden_size("bench-full-charts", "80x24-ascii", draw, &f.v);
    f.v.braille = true;
    golden_size("bench-full-calls", "80x24", draw, &f.v);
    golden_size("bench-full-charts", "80x24-ascii", draw, &f.v); /* no dots there */
    f.v.braille = false;
    f.v.tab = BENCH_ALWAYS;
    golden_size("bench-full-always", "80x24", draw, &f.v);
    f.v.tab = BENCH_EARLIER;
    golden_size("bench-full-earlier", "80x24", draw, &f.v);
    golden_size("bench-full-earlier", "40x10", draw, &f.v);
    sheet_done(&f);
}

/* === behaviour ============================================================================== */

extern const struct pane_ops bench_pane;

static void a_run_is_made_kept_and_compared(void **state)
{
    (void)state;
    struct world w;
    struct buf text = buf_with_max(1 << 20);
    char corner[200];
    world_open(&w, &bench_pane);
    world_sees(&w, 19, 80, "mini-bench: ");
    world_sees(&w, 19, 80, "No run yet");
    assert_string_equal(world_off(&w, ACT_EXPORT), "no run is shown");
    world_off(&w, ACT_BASELINE);
    world_off(&w, ACT_COPY);
    world_act(&w, ACT_MORE);
    world_sees(&w, 19, 80, "x 3 rounds");
    world_act(&w, ACT_LESS);
    world_act(&w, ACT_LESS);
    world_sees(&w, 19, 80, "x 1 round ");
    world_act(&w, ACT_MORE);
    world_act(&w, ACT_ENTER);
    assert_holds("off", world_off(&w, ACT_ENTER), "a run is under way");
    world_off(&w, ACT_EDIT_LIST);
    world_settle(&w);
    world_sees(&w, 19, 80, "hits 5   misses 5");
    bench_pane.corner(&w.pane, corner, sizeof corner);
    assert_holds("corner", corner, "run 1, done");
    world_act(&w, ACT_BASELINE);
    assert_holds("said", w.desk.message, "run 1 is the baseline");
    world_act(&w, ACT_NO_CACHE);
    world_act(&w, ACT_ALL);
    world_sees(&w, 19, 80, ", no cache, always R too");
    world_act(&w, ACT_ENTER);
    world_settle(&w);
    world_sees(&w, 19, 80, "hits 0   misses 10");
    w.pane.view = BENCH_ALWAYS;
    world_sees(&w, 19, 80, "measured");
    w.pane.view = BENCH_EARLIER;
    world_sees(&w, 19, 80, "run 2");
    world_act(&w, ACT_DOWN);
    world_act(&w, ACT_ENTER);
    assert_int_equal(w.pane.view, BENCH_TABLES);
    bench_pane.corner(&w.pane, corner, sizeof corner);
    assert_holds("corner", corner, "run 1, done");
    assert_true(bench_pane.copy(&w.pane, false, &text));
    assert_true(strchr(buf_text(&text), '\t') != NULL);
    buf_clear(&text);
    assert_true(bench_pane.copy(&w.pane, true, &text));
    assert_holds("json", buf_text(&text), "\"summary\":");
    buf_done(&text);
    char *folder = world_close(&w, true);
    world_open_in(&w, folder, &bench_pane); /* the newest is shown again */
    world_sees(&w, 19, 80, "hits 0   misses 10");
    world_sees(&w, 36, 88, "Compared with the baseline");
    world_close(&w, false);
}

static void a_run_is_written(void **state)
{
    (void)state;
    struct world w;
    char path[1200];
    static const char *const endings[] = { "csv", "json", "md", "tsv" };
    world_open(&w, &bench_pane);
    world_act(&w, ACT_ENTER);
    world_settle(&w);
    for (size_t i = 0; i < COUNT(endings); i++) {
        snprintf(path, sizeof path, "%s/run.%s", w.folder, endings[i]);
        world_act(&w, ACT_EXPORT);
        desk_answer(&w.desk, path);
        assert_true(file_exists(path));
        assert_holds("said", w.desk.message, "wrote run 1 to ");
    }
    world_act(&w, ACT_EXPORT);
    desk_answer(&w.desk, "/tmp/run.exe");
    assert_string_equal(w.desk.trouble.t.title, "The run was not written");
    world_act(&w, ACT_EXPORT);
    desk_answer(&w.desk, NULL);
    world_close(&w, false);
}

static void a_run_is_stopped(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    struct busy busy = { .what = "bench 0" };
    world_open(&w, &bench_pane);
    world_act(&w, ACT_ENTER);
    while (bench_pane.busy(&w.pane, &busy) && strncmp(busy.what, "bench 0", 7) == 0)
        assert_ok(lab_turn(&w.lab, NULL, 0, 1, &err), err);
    bench_pane.stop(&w.pane);
    world_settle(&w);
    char corner[200];
    bench_pane.corner(&w.pane, corner, sizeof corner);
    assert_holds("corner", corner, "stopped");
    world_act(&w, ACT_ENTER);
    world_close(&w, false); /* in the middle */
}

static void what_thinking_buys(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    world_open(&w, &bench_pane);
    w.pane.view = BENCH_BUDGET;
    world_sees(&w, 19, 80, "What thinking buys");
    world_act(&w, ACT_ENTER);
    for (int i = 0; i < 40; i++)
        assert_ok(lab_turn(&w.lab, NULL, 0, 1, &err), err);
    world_sees(&w, 19, 80, "reason, free");
    world_sees(&w, 36, 88, "best of ");
    assert_holds("off", world_off(&w, ACT_ENTER), "being measured");
    assert_holds("off", world_off(&w, ACT_COLD), "it is for runs");
    assert_holds("off", world_off(&w, ACT_BASELINE), "it is for runs");
    assert_holds("off", world_off(&w, ACT_EXPORT), "rlab mini budget");
    bench_pane.stop(&w.pane);
    world_sees(&w, 19, 80, "What thinking buys");
    world_close(&w, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_frames_are_as_designed),
        cmocka_unit_test(every_block),
        cmocka_unit_test(quick_models_against_always),
        cmocka_unit_test(empty_and_working),
        cmocka_unit_test(full),
        cmocka_unit_test(a_run_is_made_kept_and_compared),
        cmocka_unit_test(a_run_is_written),
        cmocka_unit_test(a_run_is_stopped),
        cmocka_unit_test(what_thinking_buys),
    };
    return cmocka_run_group_tests_name("bench_pane", tests, NULL, NULL);
}
