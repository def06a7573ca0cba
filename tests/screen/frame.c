/* The frame around a pane: the rows of the design's nine frames that are not a pane's, what is
 * dropped where room is short, and the window that is too small. */
#include "tests/test.h"

#include <math.h>

#include "tests/screen/golden.h"
#include "tui/frame.h"

#define T CRITERION_MET
#define O CRITERION_OPEN
#define X CRITERION_FAILED

/* What each frame of the design shows: the same at both sizes but for a few words. */
static const struct sheet {
    const char *corner, *id, *title;
    int criteria, hints, hints_used;
    enum criterion_state state[3];
    bool input;
    const char *running;
    char reasoning;
    int64_t entries, size;
    double hit_rate, saved_s;
    int done, total;
    const char *clock;
} sheets[PANES] = {
    { "checking 4/7",
      "1.1",
      "See both models answer once",
      3,
      3,
      0,
      { T, T, O },
      false,
      NULL,
      'b',
      0,
      50,
      NAN,
      0,
      0,
      18,
      "14:02" },
    { "live, 0.2 ms",
      "2.3",
      "Find a query that scores exactly 4",
      3,
      3,
      1,
      { T, T, O },
      true,
      NULL,
      'l',
      7,
      50,
      0.46,
      12.4,
      9,
      18,
      "14:02" },
    { "LRU",
      "3.2",
      "Make the oldest entry survive",
      3,
      3,
      0,
      { T, O, O },
      false,
      NULL,
      'l',
      7,
      50,
      0.46,
      8.3,
      9,
      18,
      "14:02" },
    { "2 streams",
      "4.1",
      "Compare one easy and one hard question",
      2,
      2,
      0,
      { T, O },
      false,
      "B 47 s",
      ' ',
      7,
      50,
      0.46,
      8.3,
      9,
      18,
      "14:03" },
    { "running",
      "5.1",
      "Explain every \xE2\x9C\x97 in the table",
      2,
      3,
      0,
      { O, O },
      false,
      "test 5/6 0:29",
      ' ',
      7,
      50,
      0.46,
      0,
      9,
      18,
      "14:05" },
    { "run 3 done",
      "6.1",
      "Model latency or cache hit?",
      2,
      3,
      0,
      { O, O },
      false,
      NULL,
      'l',
      5,
      100,
      0.5,
      45.8,
      11,
      18,
      "14:09" },
    { "1 of 8 tried",
      "7.1",
      "Make the breaker open and close again",
      2,
      2,
      0,
      { T, O },
      false,
      NULL,
      'l',
      5,
      100,
      0.5,
      45.8,
      15,
      18,
      "14:31" },
    { "saved 14:01",
      "2.3",
      "Find a query that scores exactly 4",
      3,
      3,
      1,
      { T, T, X },
      false,
      NULL,
      'l',
      7,
      50,
      0.46,
      8.3,
      9,
      18,
      "14:02" },
    { "214 rows",
      "2.3",
      "Find a query that scores exactly 4",
      3,
      3,
      1,
      { T, T, X },
      true,
      NULL,
      'l',
      7,
      50,
      0.46,
      8.3,
      9,
      18,
      "14:06" },
};

struct scene {
    struct coach coach;
    struct frame_view v;
    bool idle; /* nothing can be stopped now */
};

/* What the pane of the frame would refuse: x where nothing runs. */
static bool is_off(void *self, enum action a)
{
    const struct scene *sc = self;
    return a == ACT_STOP && sc->idle;
}

static void scene_of(struct scene *sc, int pane)
{
    const struct sheet *t = &sheets[pane];
    *sc = (struct scene){ .idle = t->running == NULL };
    sc->coach = (struct coach){ .id = t->id,
                                .title = t->title,
                                .criterion_count = t->criteria,
                                .hint_count = t->hints,
                                .hints_used = t->hints_used,
                                .done = t->done,
                                .total = t->total };
    for (int i = 0; i < t->criteria; i++)
        sc->coach.criteria[i] = (struct criterion){ "a criterion", t->state[i] };
    sc->v = (struct frame_view){ .shown = pane,
                                 .title = panes[pane]->title,
                                 .corner = t->corner,
                                 .input = t->input,
                                 .has_past = t->input,
                                 .server = "ollama",
                                 .server_up = true,
                                 .running = t->running,
                                 .fast = { "qwen3:8b", 'l' },
                                 .reasoning = { "deepseek-r1:70b", t->reasoning },
                                 .entries = t->entries,
                                 .size = t->size,
                                 .hit_rate = t->hit_rate,
                                 .saved_s = t->saved_s,
                                 .clock = t->clock,
                                 .coach = &sc->coach,
                                 .keymap = panes[pane]->keymap,
                                 .is_off = is_off,
                                 .self = sc };
}

static void draw_frame(struct grid *g, const struct frame_view *v)
{
    struct surface s = surface_of(g);
    struct frame_body b = frame_layout(&s, v);
    frame_draw(&s, v, &b);
}

static void copy_row(struct grid *to, int at, const struct grid *from, int row)
{
    memcpy(&to->cells[(size_t)at * (size_t)to->cols],
           &from->cells[(size_t)row * (size_t)from->cols],
           (size_t)from->cols * sizeof *from->cells);
}

/* Rows of one frame, below each other from `at` on. */
static void draw_rows(struct grid *all, int at, int pane, int rows, const int *picked, int n)
{
    struct scene sc;
    struct grid g = { 0 };
    scene_of(&sc, pane);
    grid_init(&g, rows, all->cols, all->ascii);
    draw_frame(&g, &sc.v);
    for (int k = 0; k < n; k++)
        copy_row(all, at + k, &g, picked[k]);
    grid_done(&g);
}

static void check_nine(const char *name, int rows, int cols, const int *picked, int n,
                       const struct golden_row *differ, size_t count)
{
    struct grid all = { 0 };
    grid_init(&all, PANES * n, cols, false);
    for (int i = 0; i < PANES; i++)
        draw_rows(&all, i * n, i, rows, picked, n);
    golden_frame(name, &all, differ, count);
    grid_done(&all);
}

static const int narrow_rows[] = { 0, 1, 21, 22, 23 }, wide_rows[] = { 0, 1, 38, 39 };

static void the_frames_are_as_designed(void **state)
{
    (void)state;
#define QUIT   "how to leave is said where there is room for it"
#define MODELS "models stay named while something runs, as far as there is room"
#define FIELD  "letters are text while the filter is written"
    static const struct golden_row narrow[] = {
        { 14, QUIT },   { 18, MODELS }, { 19, "how to stop it all stands in the status bar" },
        { 23, MODELS }, { 24, QUIT },   { 29, QUIT },
        { 39, QUIT },   { 44, FIELD },
    };
    static const struct golden_row wide[] = {
        { 2, "how long a model has been loading stands with what runs" },
        { 14, MODELS },
        { 15, "what stops all stands in the status bar, x is there while something runs" },
        { 18, MODELS },
        { 23, "the blocks but one are a page of their own here too" },
        { 35, FIELD },
    };
    check_nine("frame-80x24", 24, 80, narrow_rows, 5, narrow, COUNT(narrow));
    check_nine("frame-120x40", 40, 120, wide_rows, 4, wide, COUNT(wide));
}

static void the_frame_in_ascii_is_as_designed(void **state)
{
    (void)state;
    static const struct golden_row differ[] = {
        { 3, "what follows the mode stands in one column in both modes" },
    };
    struct grid all = { 0 };
    grid_init(&all, 5, 80, true);
    draw_rows(&all, 0, 1, 24, narrow_rows, 5);
    golden_frame("frame-80x24-ascii", &all, differ, COUNT(differ));
    grid_done(&all);
}

/* --- room ---------------------------------------------------------------------------------- */

static void check(const char *name, int rows, int cols, bool ascii, const struct frame_view *v)
{
    struct grid g = { 0 };
    grid_init(&g, rows, cols, ascii);
    draw_frame(&g, v);
    golden_check(name, &g);
    grid_done(&g);
}

static void small_windows_keep_what_matters(void **state)
{
    (void)state;
    struct scene sc;
    scene_of(&sc, 1);
    check("frame-60x16", 16, 60, false, &sc.v);
    check("frame-79x23", 23, 79, false, &sc.v);
    check("frame-80x23", 23, 80, false, &sc.v); /* one line of the foot less */
    check("frame-109x40", 40, 109, false, &sc.v);
    check("frame-120x29", 29, 120, false, &sc.v);
    sc.v.message = "copied 212 characters to the tmux buffer";
    check("frame-message-60x16", 16, 60, false, &sc.v);
    check("frame-message-80x24", 24, 80, false, &sc.v);
    sc.v.message = NULL;
    sc.v.coach_hidden = true;
    check("frame-coach-hidden-120x40", 40, 120, false, &sc.v);
}

/* All flags at once, long names, errors: who is dropped first. */
static void full(void **state)
{
    (void)state;
    struct scene sc;
    scene_of(&sc, 3);
    sc.v.running = "A 12 s, B 47 s, test 5/6 0:29, checking 31 s";
    sc.v.recording_off = sc.v.read_only = sc.v.built_in = sc.v.slowed = true;
    sc.v.errors = 12;
    sc.v.fast = (struct frame_model){ "Qwen2.5-Coder-32B-Instruct-Q4_K_M.gguf", 'o' };
    sc.v.reasoning = (struct frame_model){ "DeepSeek-R1-Distill-Llama-70B \x1b[31m", 'b' };
    check("frame-full-60x16", 16, 60, false, &sc.v);
    check("frame-full-80x24", 24, 80, false, &sc.v);
    check("frame-full-80x24-ascii", 24, 80, true, &sc.v);
    check("frame-full-120x40", 40, 120, false, &sc.v);
}

static void nothing_is_known_yet(void **state)
{
    (void)state;
    struct coach none = { 0 };
    struct frame_view v = { .title = panes[0]->title,
                            .corner = "",
                            .choosing = true,
                            .hit_rate = NAN,
                            .saved_s = NAN,
                            .coach = &none,
                            .keymap = MAP_SETUP };
    check("frame-empty-80x24", 24, 80, false, &v);
    v.choosing = false; /* looked for, and none was found */
    check("frame-no-server-80x24", 24, 80, false, &v);
}

/* --- too small ----------------------------------------------------------------------------- */

static void check_small(const char *name, int rows, int cols, const char *running)
{
    struct grid g = { 0 };
    grid_init(&g, rows, cols, false);
    struct surface s = surface_of(&g);
    frame_too_small(&s, running);
    golden_check(name, &g);
    grid_done(&g);
}

static void too_small(void **state)
{
    (void)state;
    struct grid g = { 0 };
    grid_init(&g, 14, 52, false);
    struct surface s = surface_of(&g);
    frame_too_small(&s, "B 47 s");
    static const struct golden_row differ[] = {
        { 5, "what runs is named as in the status bar, and need not be a stream" },
        { 8, "the same" },
    };
    golden_frame("frame-too-small", &g, differ, COUNT(differ));
    grid_done(&g);
    check_small("frame-too-small-40x10", 10, 40, NULL);
    check_small("frame-too-small-20x4", 4, 20, "bench 12/40 1:07");
    check_small("frame-too-small-1x1", 1, 1, NULL);
}

/* Any size, any of them: nothing is drawn outside, no wide letter is cut in half. */
static void every_size(void **state)
{
    (void)state;
    for (int pane = 0; pane < PANES; pane++)
        for (int rows = FRAME_MIN_ROWS; rows < 44; rows += 3)
            for (int cols = FRAME_MIN_COLS; cols < 140; cols += 7) {
                struct scene sc;
                struct grid g = { 0 };
                scene_of(&sc, pane);
                sc.v.fast.name = "\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2\xE5\xAD\x97:8b";
                grid_init(&g, rows, cols, rows % 2);
                draw_frame(&g, &sc.v);
                for (int i = 0; i < rows * cols; i++)
                    if (g.cells[i].cols == 2)
                        assert_true((i + 1) % cols && g.cells[i + 1].cols == 0);
                grid_done(&g);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_frames_are_as_designed),
        cmocka_unit_test(the_frame_in_ascii_is_as_designed),
        cmocka_unit_test(small_windows_keep_what_matters),
        cmocka_unit_test(full),
        cmocka_unit_test(nothing_is_known_yet),
        cmocka_unit_test(too_small),
        cmocka_unit_test(every_size),
    };
    return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
