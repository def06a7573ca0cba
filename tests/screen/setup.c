/* The Setup pane: its frames with the design's data, every state at every size, hostile names, and
 * what its keys do on a real lab. */
#include "tests/test.h"

#include <math.h>
#include <unistd.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "tests/screen/golden.h"
#include "tests/lab/served.h"
#include "tui/pane/pane.h"
#include "tui/pane/setup.h"

/* === drawing ================================================================================ */

static const struct setup_model frame_models[] = {
    { "qwen3:8b", "5.2 GB", "Q4_K_M", "40k", TRI_YES, false, "6.1 GiB", "FAST",
      "has \"8b\", no \"r1\"" },
    { "deepseek-r1:70b", "42 GB", "Q4_K_M", "128k", TRI_NO, true, "", "REASONING", "has \"r1\"" },
    { "deepseek-r1:8b", "4.9 GB", "Q4_K_M", "128k", TRI_NO, false, "", NULL, "second \"r1\" name" },
    { "nomic-embed-text", "0.3 GB", "F16", "8k", TRI_NO, false, "", NULL, "embedding only" },
};

static const struct setup_how frame_how[SETUP_HOWS] = {
    { "fast", "first name containing 7b, 8b or 3b and not r1", "qwen3:8b", true },
    { "reasoning", "first name containing r1", "deepseek-r1:70b", true },
    { "", "else first containing 70b, 32b or 14b", "(not needed)", false },
    { "", "else the fast model, with a warning", "(not needed)", false },
};

static const struct setup_how no_how[SETUP_HOWS] = {
    { "", "", "", false }, { "", "", "", false }, { "", "", "", false }, { "", "", "", false }
};

/* What a case is made of; the view points into it. */
struct sheet {
    struct setup_view v;
    struct list list, check_list;
    struct checkup_line checks[CHECKUPS];
    struct gpus gpus;
    double use[10];
};

static void say(struct sheet *f, enum checkup_id id, enum checkup_state state, const char *text)
{
    f->checks[id].state = state;
    snprintf(f->checks[id].text, sizeof f->checks[id].text, "%s", text);
}

/* The frame's own moment: the reasoning model is being loaded. */
static void sheet_of_frame(struct sheet *f, bool large)
{
    static const double use[] = { 25, 30, 25, 20, 20, 75, 98, 90, 98, 91 };
    *f = (struct sheet){ .list = { .count = COUNT(frame_models) },
                         .check_list = { .count = CHECKUPS } };
    for (int i = 0; i < CHECKUPS; i++)
        f->checks[i].last_s = NAN;
    say(f, CHECKUP_SERVER, CHECKUP_OK, "12 ms");
    say(f, CHECKUP_PAIR, CHECKUP_OK, "qwen3:8b / deepseek-r1:70b");
    say(f, CHECKUP_FAST, CHECKUP_OK, "0.4 s after a 2.1 s load");
    f->checks[CHECKUP_LOADING] =
        (struct checkup_line){ .state = CHECKUP_RUNNING, .last_s = 55, .started_ns = NS_PER_S };
    say(f, CHECKUP_STORE, CHECKUP_OK, large ? "3.1 MiB, 214 history rows" : "3.1 MiB");
    say(f, CHECKUP_TERMINAL, CHECKUP_OK,
        large ? "UTF-8, 256 colours, 120x40" : "UTF-8, 256 colours, 80x24");
    say(f, CHECKUP_COPY, CHECKUP_OK, "tmux buffer (then OSC 52, then file)");
    f->gpus = (struct gpus){ .count = 1,
                             .gpu = { { .name = "Fake 9000",
                                        .total_bytes = -1,
                                        .used_bytes = -1,
                                        .use_percent = 91,
                                        .celsius = 64,
                                        .watts = 71 } } };
    memcpy(f->use, use, sizeof use);
    f->v = (struct setup_view){ .server = SETUP_UP,
                                .answer_s = 0.012,
                                .served = 4,
                                .memory_total = 128LL << 30,
                                .memory_used = 61LL << 30,
                                .gpus = &f->gpus,
                                .use = f->use,
                                .use_count = COUNT(use),
                                .models = frame_models,
                                .list = &f->list,
                                .how = frame_how,
                                .checks = f->checks,
                                .check_list = &f->check_list,
                                .checking = true,
                                .now_ns = 32 * NS_PER_S };
}

static void draw(const void *view, struct surface *s)
{
    setup_draw(view, s);
}

static void test_design_frames(void **state)
{
    (void)state;
    static const struct golden_row large[] = {
        { 1, "the bar is drawn from the figures: 61 of 128 is 22.4 of 47 cells, not 22.5" },
        { 2, "the remark that the line is hidden where nothing is known is not drawn" },
        { 22, "the bar is drawn from the figures: 31 of 55 s is 27.6 of 49 cells, not 27.5" },
        { 29, "the last block stands there only when no server answers" },
        { 30, "the same" },
        { 31, "the same" },
        { 32, "the same" },
        { 33, "the same" },
    };
    struct sheet f;
    struct grid g = { 0 };
    sheet_of_frame(&f, false);
    grid_init(&g, 19, 80, false);
    struct surface s = surface_of(&g);
    setup_draw(&f.v, &s);
    golden_frame("setup-80x24", &g, NULL, 0);
    assert_int_equal(g.cursor_row, 3); /* on the active row */
    grid_done(&g);

    sheet_of_frame(&f, true);
    grid_init(&g, 36, 88, false);
    s = surface_of(&g);
    setup_draw(&f.v, &s);
    golden_frame("setup-120x40", &g, large, COUNT(large));
    grid_done(&g);
}

static void test_states(void **state)
{
    (void)state;
    struct sheet f;
    sheet_of_frame(&f, false);
    golden_sizes("setup-working", draw, &f.v);

    /* Nothing is known yet. */
    f = (struct sheet){ .check_list = { .count = CHECKUPS } };
    f.v = (struct setup_view){ .welcome = true,
                               .server = SETUP_LOOKING,
                               .answer_s = NAN,
                               .memory_total = -1,
                               .memory_used = -1,
                               .list = &f.list,
                               .how = no_how,
                               .checks = f.checks,
                               .check_list = &f.check_list };
    golden_sizes("setup-empty", draw, &f.v);
}

/* More models than rows, a warning, two cards, and all checks over: one of them failed. */
static void test_full(void **state)
{
    (void)state;
    static struct setup_model models[30];
    static char names[30][40];
    struct sheet f;
    sheet_of_frame(&f, false);
    for (int i = 0; i < 30; i++) {
        snprintf(names[i], sizeof names[i], "mistral-large-instruct-%d:%db-q4_K_M", i, 3 + i);
        models[i] = frame_models[i % 4];
        models[i].name = names[i];
    }
    f.v.models = models;
    f.list = (struct list){ .count = 30, .at = 17 };
    f.v.warning = "\"mistral:13b\" plays fast because \"13b\" holds \"3b\", which looks accidental";
    f.gpus.count = 2;
    f.gpus.gpu[0].total_bytes = 24LL << 30;
    f.gpus.gpu[0].used_bytes = 20LL << 30;
    f.gpus.gpu[1] =
        (struct gpu){ .total_bytes = -1, .use_percent = -1, .celsius = -1, .watts = -1 };
    f.v.checking = false;
    say(&f, CHECKUP_LOADING, CHECKUP_OK, "55 s");
    say(&f, CHECKUP_REASONING, CHECKUP_OK, "1.9 s, thought 312 tok");
    say(&f, CHECKUP_BOTH, CHECKUP_FAILED, "qwen3:8b was put out for the other one");
    golden_sizes("setup-full", draw, &f.v);
}

static void test_down(void **state)
{
    (void)state;
    struct sheet f;
    sheet_of_frame(&f, false);
    f.list = (struct list){ 0 };
    f.v.server = SETUP_DOWN;
    f.v.answer_s = NAN;
    f.v.down = "connection refused after 2 s";
    f.v.start = "ollama serve";
    f.v.how = no_how;
    f.gpus.count = 0;
    f.v.checking = false;
    say(&f, CHECKUP_SERVER, CHECKUP_FAILED, "connection refused");
    for (int i = CHECKUP_PAIR; i <= CHECKUP_BOTH; i++)
        say(&f, (enum checkup_id)i, CHECKUP_UNKNOWN, "could not be checked: there is no server");
    golden_sizes("setup-error", draw, &f.v);

    /* The design's own words for it. */
    struct grid g = { 0 };
    struct buf text = buf_with_max(100000);
    grid_init(&g, 36, 88, false);
    struct surface s = surface_of(&g);
    setup_draw(&f.v, &s);
    grid_text(&g, &text);
    static const char *const rows[] = {
        "  \xE2\x9C\x97 No answer from the model server (connection refused after 2 s)\n",
        "    Do:   start it, for example:  ollama serve\n",
        "    Or:   d  the built-in models: small, real, and no server needed\n",
        "    Keys: R retry   e edit address   y copy the full error\n",
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_holds("down", buf_text(&text), rows[i]);
    buf_done(&text);
    grid_done(&g);
}

static void test_explained(void **state)
{
    (void)state;
    struct sheet f;
    sheet_of_frame(&f, false);
    f.v.explain_title = "local/qwen3:8b";
    f.v.explain =
        "FAST: has \"8b\", no \"r1\". 8.2B weights, family qwen3. It can be told to think.";
    golden_sizes("setup-explain", draw, &f.v);
    f.v.part = SETUP_CHECKS;
    f.check_list.at = CHECKUP_BOTH;
    f.v.explain_title = "both stay loaded together";
    f.v.explain = "Where memory holds only one of the two, each change of model loads it anew.";
    golden_size("setup-explain-check", "80x24", draw, &f.v);
    golden_size("setup-explain-check", "60x16", draw, &f.v);
}

/* Names and sentences that are not ours. */
static void test_hostile(void **state)
{
    (void)state;
    static const struct setup_model models[] = {
        { "\x1b[31mred\x07\n%s%n:8b", "%d", "\x9b", "\t", TRI_UNKNOWN, false, "\xff\xfe", NULL,
          "\xE2\x80\xAE"
          "drow" },
        { "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA9\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2\xE5\xAD"
          "\x97\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2:8b",
          "", "", "", TRI_YES, true, "", "FAST", "" },
        { "", "", "", "", TRI_NO, false, "", "BOTH", "" },
    };
    struct sheet f;
    sheet_of_frame(&f, false);
    f.v.models = models;
    f.list = (struct list){ .count = COUNT(models), .at = 2 };
    f.v.warning = "%s%s\x1b]0;x\x07";
    say(&f, CHECKUP_SERVER, CHECKUP_FAILED, "\x1b[2J%n");
    golden_size("setup-hostile", "80x24", draw, &f.v);
    for (int rows = 1; rows < 40; rows += 3)
        for (int cols = 1; cols < 130; cols += 7) {
            struct grid g = { 0 };
            grid_init(&g, rows, cols, rows % 2);
            struct surface s = surface_of(&g);
            setup_draw(&f.v, &s);
            for (int i = 0; i < g.rows * g.cols; i++)
                for (const char *c = g.cells[i].text; *c; c++)
                    assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
            grid_done(&g);
        }
}

extern const struct pane_ops setup_pane;

/* === behaviour =============================================================================== */

struct world {
    struct served s;
    struct desk desk;
    struct pane pane;
};

/* models NULL: the built-in pair, by flag. */
static void world_open(struct world *w, const char *models)
{
    struct error err;
    *w = (struct world){ 0 };
    served_open(&w->s, models, !models);
    assert_ok(lab_choose(&w->s.lab, &err), err);
    desk_init(&w->desk, &w->s.lab, w->s.lab.clock);
    w->desk.terminal = (struct desk_terminal){ true, 256, 24, 80 };
    w->pane = (struct pane){ .ops = &setup_pane, .desk = &w->desk };
    w->pane.state = mem_alloc(1, setup_pane.state_size);
    assert_ok(setup_pane.open(&w->pane, &err), err);
    setup_pane.enter(&w->pane);
}

static void world_close(struct world *w)
{
    setup_pane.leave(&w->pane);
    setup_pane.close(&w->pane);
    mem_free(w->pane.state);
    desk_done(&w->desk);
    served_close(&w->s);
}

static void settle(struct world *w)
{
    struct error err;
    struct busy busy;
    int64_t start = test_ms();
    do {
        assert_not_hung(start, 30000);
        assert_ok(lab_turn(&w->s.lab, NULL, 0, 50, &err), err);
    } while (w->desk.choosing || setup_pane.busy(&w->pane, &busy));
}

static void seen(struct world *w, struct buf *to, int rows, int cols)
{
    struct grid g = { 0 };
    grid_init(&g, rows, cols, false);
    struct surface s = surface_of(&g);
    setup_pane.draw(&w->pane, &s);
    buf_clear(to);
    grid_text(&g, to);
    grid_done(&g);
}

static void press(struct world *w, enum action a)
{
    const char *why = setup_pane.off(&w->pane, a);
    if (why)
        fail_msg("%s is off: %s", action_name(a), why);
    assert_int_not_equal(setup_pane.act(&w->pane, a), PANE_IGNORED);
}

static void test_built_in(void **state)
{
    (void)state;
    struct world w;
    struct buf text = buf_with_max(100000);
    char corner[80];
    world_open(&w, NULL);
    seen(&w, &text, 19, 80);
    assert_holds("first run", buf_text(&text), "First time: Enter explains a line");
    settle(&w);
    setup_pane.corner(&w.pane, corner, sizeof corner);
    assert_string_equal(corner, "1 could not be checked"); /* the store is in memory */
    seen(&w, &text, 36, 88);
    static const char *const parts[] = { "mini/fast",
                                         "mini/reason",
                                         "mini/steps",
                                         "answers at once",
                                         "thinks first",
                                         "both are in memory",
                                         "UTF-8, 256 colours, 80x24" };
    for (size_t i = 0; i < COUNT(parts); i++)
        assert_holds("built-in", buf_text(&text), parts[i]);
    assert_non_null(setup_pane.off(&w.pane, ACT_LOAD));
    assert_non_null(setup_pane.off(&w.pane, ACT_BUILT_IN));
    assert_non_null(setup_pane.off(&w.pane, ACT_STOP));
    buf_clear(&text);
    assert_true(setup_pane.copy(&w.pane, false, &text));
    assert_holds("report", buf_text(&text), "check\tfast model says one word\tok\t");
    buf_clear(&text);
    assert_true(setup_pane.copy(&w.pane, true, &text));
    struct error err;
    struct json *j = json_parse(buf_text(&text), text.len, &err);
    assert_non_null(j);
    assert_int_equal(json_size(json_get(j, "checks")), CHECKUPS);
    json_free(j);
    buf_done(&text);
    world_close(&w);
}

static void test_roles_by_key(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "fast:8b,other:3b,big-r1:70b,nomic-embed-text");
    settle(&w);
    unsigned changes = w.desk.models_changed;
    assert_true(setup_pane.search(&w.pane, "OTHER", 1));
    press(&w, ACT_USE_FAST);
    assert_string_equal(w.s.lab.pipeline.fast->full_name, "local/other:3b");
    assert_string_equal(lab_setting(&w.s.lab, "pair.fast", NULL), "local/other:3b");
    assert_true(w.desk.models_changed > changes);
    settle(&w);
    assert_true(setup_pane.search(&w.pane, "nomic", 1));
    press(&w, ACT_USE_REASONING);
    assert_non_null(w.desk.trouble.t.title); /* a box: it answers no question */
    assert_string_equal(w.s.lab.pipeline.reasoning->full_name, "local/big-r1:70b");
    assert_false(setup_pane.search(&w.pane, "nowhere", 1));
    world_close(&w);
}

static void test_load_by_key(void **state)
{
    (void)state;
    struct world w;
    struct busy busy;
    struct buf text = buf_with_max(100000);
    world_open(&w, "fast:8b,other:3b,big-r1:70b");
    settle(&w);
    mock_play(&w.s.mock, "{'load_ms': 300}");
    assert_true(setup_pane.search(&w.pane, "other", 1));
    assert_non_null(setup_pane.off(&w.pane, ACT_UNLOAD));
    press(&w, ACT_LOAD);
    assert_true(setup_pane.busy(&w.pane, &busy));
    assert_holds("busy", busy.what, "loading");
    seen(&w, &text, 19, 80);
    assert_holds("row", buf_text(&text), "\xE2\x97\x90 loading");
    assert_non_null(setup_pane.off(&w.pane, ACT_LOAD));
    settle(&w);
    assert_holds("message", w.desk.message, "local/other:3b is loaded, in 0.");
    assert_non_null(setup_pane.off(&w.pane, ACT_LOAD));
    press(&w, ACT_UNLOAD);
    settle(&w);
    assert_holds("message", w.desk.message, "unloaded");
    mock_play(&w.s.mock, "{'load_ms': 60000}");
    press(&w, ACT_LOAD);
    press(&w, ACT_STOP);
    assert_false(setup_pane.busy(&w.pane, &busy));
    mock_play(&w.s.mock,
              "{'load_ms': 0, 'fail': {'status': 500, 'error': 'no room', 'times': -1}}");
    press(&w, ACT_LOAD);
    settle(&w);
    assert_holds("box", w.desk.trouble.t.title, "not loaded");
    buf_done(&text);
    world_close(&w);
}

static void test_built_in_by_key(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "fast:8b,big-r1:70b");
    settle(&w);
    press(&w, ACT_BUILT_IN);
    settle(&w);
    assert_string_equal(w.s.lab.pipeline.fast->full_name, "mini/fast");
    press(&w, ACT_AGAIN); /* looks again, and stays with what was asked for */
    settle(&w);
    assert_string_equal(w.s.lab.pipeline.fast->full_name, "mini/fast");
    press(&w, ACT_BUILT_IN); /* and back */
    settle(&w);
    assert_string_equal(w.s.lab.pipeline.fast->full_name, "local/fast:8b");
    world_close(&w);
}

static void test_address_by_key(void **state)
{
    (void)state;
    static const char *const args[] = { "--play", "ollama", "--models", "new:8b,new-r1:32b", NULL };
    struct world w;
    struct mock other;
    char text[100];
    world_open(&w, "fast:8b,big-r1:70b");
    settle(&w);
    press(&w, ACT_ADDRESS);
    assert_true(w.desk.question.wants_text);
    assert_string_equal(w.desk.question.value, w.s.flag);
    desk_answer(&w.desk, NULL); /* given up */
    assert_false(w.desk.choosing);
    press(&w, ACT_ADDRESS);
    desk_answer(&w.desk, "telepathy:there");
    assert_holds("box", w.desk.trouble.t.title, "not understood");
    mock_start(&other, args);
    snprintf(text, sizeof text, "box=ollama:%s", other.url);
    press(&w, ACT_ADDRESS);
    desk_answer(&w.desk, text);
    settle(&w);
    assert_string_equal(w.s.lab.pipeline.reasoning->full_name, "box/new-r1:32b");
    assert_holds("message", w.desk.message, "until rlab ends");
    press(&w, ACT_ADDRESS);
    desk_answer(&w.desk, "gone=ollama:http://127.0.0.1:9");
    settle(&w);
    assert_holds("box", w.desk.trouble.t.title, "does not answer");
    assert_string_equal(w.s.lab.pipeline.fast->full_name, "box/new:8b");
    world_close(&w);
    mock_stop(&other);
}

/* A server that goes away, and comes again. */
static void test_server_gone(void **state)
{
    (void)state;
    struct world w;
    struct buf text = buf_with_max(100000);
    world_open(&w, "fast:8b,big-r1:70b");
    settle(&w);
    mock_stop(&w.s.mock);
    w.s.mocked = false;
    press(&w, ACT_AGAIN);
    settle(&w);
    assert_true(w.s.lab.choice.builtin);
    seen(&w, &text, 36, 88);
    assert_holds("block", buf_text(&text), "No answer from the model server");
    assert_holds("block", buf_text(&text), "go on with the built-in models");
    buf_done(&text);
    world_close(&w);
}

/* Checks that were true once do not stand beside a list that says otherwise. */
static void test_checks_overtaken(void **state)
{
    (void)state;
    struct world w;
    struct buf text = buf_with_max(100000);
    world_open(&w, "fast:8b,big-r1:70b");
    settle(&w);
    seen(&w, &text, 19, 80);
    assert_holds("checks", buf_text(&text), "both are in memory");
    press(&w, ACT_UNLOAD);
    settle(&w);
    seen(&w, &text, 19, 80);
    assert_holds("checks", buf_text(&text), "fast:8b is not in memory now");
    press(&w, ACT_LOAD);
    settle(&w);
    seen(&w, &text, 19, 80);
    assert_holds("checks", buf_text(&text), "both are in memory");
    mock_stop(&w.s.mock);
    w.s.mocked = false;
    setup_pane.leave(&w.pane);
    usleep(2100 * 1000); /* a list is asked for again after two seconds */
    setup_pane.enter(&w.pane);
    for (int i = 0; i < 40 && w.s.lab.choice.fast->server->answered; i++)
        settle(&w);
    char corner[60];
    setup_pane.corner(&w.pane, corner, sizeof corner);
    assert_string_equal(corner, "1 failed");
    seen(&w, &text, 19, 80);
    assert_holds("checks", buf_text(&text), "the server does not answer now");
    assert_holds("rows", buf_text(&text), "Q4_K_M  -          FAST");
    buf_done(&text);
    world_close(&w);
}

static void test_lines_explained(void **state)
{
    (void)state;
    struct world w;
    struct buf text = buf_with_max(100000);
    world_open(&w, NULL);
    settle(&w);
    press(&w, ACT_ENTER);
    seen(&w, &text, 19, 80);
    assert_holds("model", buf_text(&text), "FAST: answers at once");
    press(&w, ACT_DOWN);
    seen(&w, &text, 19, 80);
    assert_holds("model", buf_text(&text), "REASONING: thinks first");
    press(&w, ACT_PART_NEXT);
    for (int i = 0; i < CHECKUPS; i++) {
        seen(&w, &text, 19, 80);
        assert_holds("check", buf_text(&text), "Enter closes");
        press(&w, ACT_DOWN);
    }
    assert_non_null(setup_pane.off(&w.pane, ACT_USE_FAST));
    press(&w, ACT_BACK);
    assert_int_equal(setup_pane.act(&w.pane, ACT_BACK), PANE_IGNORED);
    seen(&w, &text, 19, 80);
    assert_null(strstr(buf_text(&text), "Enter closes"));
    buf_done(&text);
    world_close(&w);
}

/* Closed while everything runs. */
static void test_leaving_in_the_middle(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    world_open(&w, "fast:8b,big-r1:70b");
    mock_play(&w.s.mock, "{'delay_ms': 5000}");
    for (int i = 0; i < 5; i++)
        assert_ok(lab_turn(&w.s.lab, NULL, 0, 20, &err), err);
    press(&w, ACT_AGAIN);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_design_frames),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_down),
        cmocka_unit_test(test_explained),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_built_in),
        cmocka_unit_test(test_roles_by_key),
        cmocka_unit_test(test_load_by_key),
        cmocka_unit_test(test_built_in_by_key),
        cmocka_unit_test(test_address_by_key),
        cmocka_unit_test(test_server_gone),
        cmocka_unit_test(test_lines_explained),
        cmocka_unit_test(test_checks_overtaken),
        cmocka_unit_test(test_leaving_in_the_middle),
    };
    return cmocka_run_group_tests_name("setup", tests, NULL, NULL);
}
