/* What is done in the panes while another connection holds the file. */
#include "tests/screen/stage.h"
#include "tests/store/other.h"
#include "tui/pane/history_pane.h"

/* The app, with rows to work on, and another process that can hold the file. */
struct busy_stage {
    struct stage st;
    struct other other;
};

static struct busy_stage busy;

static void busy_open(struct busy_stage *b)
{
    stage_open(&b->st);
    stage_settle(&b->st);             /* the first checks are over */
    b->st.w.lab.store->busy_ms = 100; /* as on the screen */
    other_open(&b->other, b->st.w.lab.paths.database);
}

static void busy_close(struct busy_stage *b)
{
    other_close(&b->other);
    stage_close(&b->st, false);
}

static void heard(void *self, const struct ask_event *ev)
{
    *(int *)self += ev->type == ASK_END;
}

static void ask(struct busy_stage *b, const char *text)
{
    struct error err;
    struct question q = question_default();
    int ended = 0;
    q.text = text;
    q.len = strlen(text);
    q.purpose = "ask";
    q.record = true;
    q.settings = lab_ask_settings(&b->st.w.lab);
    assert_non_null(ask_start(&b->st.w.lab.pipeline, &q, heard, &ended, &err));
    int64_t start = test_ms();
    while (!ended) {
        assert_not_hung(start, 20000);
        stage_turn(&b->st, 20);
    }
}

#define ASKED "SELECT count(*) FROM answer WHERE purpose = 'ask'"

static struct desk *desk_of(struct busy_stage *b)
{
    return &b->st.app.desk;
}

static void press(struct busy_stage *b, const char *keys)
{
    assert_at_once(stage_press(&b->st, keys));
}

static void settle(struct busy_stage *b)
{
    for (int64_t start = test_ms(); deeds_wait(desk_of(b));) {
        assert_not_hung(start, 20000);
        stage_turn(&b->st, 20);
    }
    stage_draw(&b->st);
}

static void time_goes_by(struct busy_stage *b, int64_t ms)
{
    for (int64_t start = test_ms(); test_ms() - start < ms;)
        stage_turn(&b->st, 20);
    stage_draw(&b->st);
}

/* The file stays held: what waits fails, once. */
static void give_up(struct busy_stage *b, const char *title)
{
    unsigned unread = (unsigned)desk_of(b)->errors_unread;
    b->st.w.ahead_ns += 6 * NS_PER_S;
    time_goes_by(b, 60);
    assert_false(deeds_wait(desk_of(b)));
    assert_int_equal(desk_of(b)->errors_unread, unread + 1);
    assert_shows(&b->st, title);
    assert_shows(&b->st, "is busy");
    hold(&b->other, false);
    stage_clear(&b->st);
}

static void test_label(void **state)
{
    (void)state;
    struct busy_stage *b = &busy;
    busy_open(b);
    stage_press(&b->st, "2 i ^U");
    stage_type(&b->st, "double it");
    stage_press(&b->st, "Esc");
    hold(&b->other, true);
    press(b, "l s");
    press(b, "i ^U"); /* another text stands there when it is written */
    stage_type(&b->st, "something else");
    press(b, "Esc");
    time_goes_by(b, 400);
    assert_shows(&b->st, "waiting for another rlab");
    press(b, "l"); /* what is asked comes before it */
    assert_shows(&b->st, "Your label:");
    press(b, "Esc");
    hold(&b->other, false);
    settle(b);
    assert_false(stage_shows(&b->st, "waiting for another rlab"));
    assert_true(says(&b->other, "SELECT level FROM label WHERE query = 'double it'", "simple"));
    assert_int_equal(number(&b->other, "SELECT count(*) FROM label"), 1);
    assert_int_equal(
        number(&b->other, "SELECT count(*) FROM classification WHERE query = 'something else'"), 1);
    assert_int_equal(desk_of(b)->errors_unread, 0);
    stage_clear(&b->st);

    hold(&b->other, true);
    press(b, "l c");
    give_up(b, "The label was not kept");
    assert_int_equal(number(&b->other, "SELECT count(*) FROM label"), 1);
    press(b, "l c"); /* and now it is */
    assert_int_equal(number(&b->other, "SELECT count(*) FROM label"), 2);
    busy_close(b);
}

/* Thresholds move at once; what is noted of it comes later, in its order. */
static void test_threshold(void **state)
{
    (void)state;
    struct busy_stage *b = &busy;
    busy_open(b);
    stage_press(&b->st, "2 i ^U");
    stage_type(&b->st, "double it");
    stage_press(&b->st, "Esc l s");
    int64_t before = number(&b->other, "SELECT count(*) FROM agreement");
    hold(&b->other, true);
    press(b, "+");
    assert_true(deeds_wait(desk_of(b)));
    hold(&b->other, false);
    settle(b);
    assert_int_equal(number(&b->other, "SELECT count(*) FROM agreement"), before + 2);
    assert_int_equal(
        number(&b->other, "SELECT count(*) FROM fact WHERE subject LIKE 'threshold.%'"), 1);
    assert_int_equal(number(&b->other, "SELECT (SELECT complex_from FROM agreement ORDER BY id DESC"
                                       " LIMIT 1) - (SELECT complex_from FROM agreement"
                                       " ORDER BY id DESC LIMIT 1 OFFSET 1)"),
                     1);
    busy_close(b);
}

/* In a pane of three rows, while the file is held: 3+3, whatever is chosen by the time it goes. */
static void drop_the_first_of_three(struct busy_stage *b, const char *pane)
{
    busy_open(b);
    ask(b, "1+1");
    ask(b, "2+2");
    ask(b, "3+3");
    stage_press(&b->st, pane);
    hold(&b->other, true);
    press(b, "D");
    press(b, "Down Down");
    time_goes_by(b, 400);
    assert_shows(&b->st, "waiting for another rlab");
}

static void test_history(void **state)
{
    (void)state;
    struct busy_stage *b = &busy;
    drop_the_first_of_three(b, "9");
    assert_int_equal(number(&b->other, ASKED), 3);
    hold(&b->other, false);
    settle(b);
    assert_int_equal(number(&b->other, "SELECT count(*) FROM answer WHERE query = '3+3'"), 0);
    assert_int_equal(number(&b->other, ASKED), 2);
    const struct history_state_pane *h = b->st.app.pane[8].state;
    assert_int_equal(h->list.at, 1); /* 1+1 stays chosen */

    hold(&b->other, true);
    press(b, "u");   /* comes back, */
    press(b, "D u"); /* this one is not even deleted */
    assert_holds("said", desk_of(b)->message, "it stays");
    hold(&b->other, false);
    settle(b);
    assert_int_equal(number(&b->other, ASKED), 3);
    assert_int_equal(h->gone_count, 0);

    hold(&b->other, true);
    press(b, "Home D");
    press(b, "2"); /* from another pane nothing is brought back: its words leave the file */
    hold(&b->other, false);
    settle(b);
    assert_int_equal(number(&b->other, ASKED), 2);
    assert_int_equal(h->gone_count, 0);

    stage_press(&b->st, "9 D");
    assert_int_equal(number(&b->other, ASKED), 1);
    hold(&b->other, true);
    press(b, "u");
    give_up(b, "The row was not brought back");
    assert_int_equal(h->gone_count, 1); /* still at hand */
    stage_press(&b->st, "u");
    assert_int_equal(number(&b->other, ASKED), 2);
    hold(&b->other, true);
    press(b, "D");
    give_up(b, "The row was not deleted");
    assert_int_equal(number(&b->other, ASKED), 2);
    busy_close(b);
}

static void test_cache(void **state)
{
    (void)state;
    struct busy_stage *b = &busy;
    drop_the_first_of_three(b, "3");
    hold(&b->other, false);
    settle(b);
    assert_int_equal(number(&b->other, "SELECT count(*) FROM cache"), 2);
    assert_int_equal(number(&b->other, "SELECT count(*) FROM cache_answer WHERE query = '3+3'"), 0);
    hold(&b->other, true);
    press(b, "u");
    hold(&b->other, false);
    settle(b);
    assert_int_equal(number(&b->other, "SELECT count(*) FROM cache"), 3);

    hold(&b->other, true);
    press(b, "s ^U 2 Enter");
    assert_int_equal(number(&b->other, "SELECT count(*) FROM cache"), 3);
    give_up(b, "The size was not changed");
    assert_int_equal(number(&b->other, "SELECT count(*) FROM setting WHERE key = 'cache.size'"), 0);
    assert_int_equal(number(&b->other, "SELECT count(*) FROM cache"), 3);
    hold(&b->other, true);
    press(b, "s ^U 2 Enter");
    hold(&b->other, false);
    settle(b);
    assert_true(says(&b->other, "SELECT value FROM setting WHERE key = 'cache.size'", "2"));
    assert_int_equal(number(&b->other, "SELECT count(*) FROM cache"), 2);
    assert_int_equal(number(&b->other, "SELECT count(*) FROM fact WHERE subject = 'cache.size'"),
                     1);

    hold(&b->other, true);
    press(b, "C y");
    give_up(b, "The cache was not cleared");
    assert_int_equal(number(&b->other, "SELECT count(*) FROM cache"), 2);
    hold(&b->other, true);
    press(b, "C y");
    hold(&b->other, false);
    settle(b);
    assert_int_equal(number(&b->other, "SELECT count(*) FROM cache"), 0);
    assert_holds("said", desk_of(b)->message, "the cache is empty: 2 dropped");
    busy_close(b);
}

static void test_judge(void **state)
{
    (void)state;
    struct busy_stage *b = &busy;
    busy_open(b);
    stage_press(&b->st, "4 v v v i ^U");
    while (b->st.app.pane[3].view != 3)
        stage_press(&b->st, "Esc v i");
    stage_type(&b->st, "12+30");
    stage_press(&b->st, "Enter");
    stage_settle(&b->st);
    stage_press(&b->st, "Esc");
    int64_t held = number(&b->other, "SELECT count(*) FROM judgement");
    assert_int_equal(held, 0);

    hold(&b->other, true);
    press(b, "a"); /* said twice: the second is off */
    press(b, "b");
    assert_holds("why", b->st.app.reason, "waits to be written");
    hold(&b->other, false);
    settle(b);
    assert_holds("said", desk_of(b)->message, "judged: left is better");
    assert_int_equal(number(&b->other, "SELECT count(*) FROM judgement WHERE verdict = 'left'"), 1);

    hold(&b->other, true);
    press(b, "u");
    press(b, "u");
    assert_holds("why", b->st.app.reason, "it waits to be taken back");
    hold(&b->other, false);
    settle(b);
    assert_int_equal(number(&b->other, "SELECT count(*) FROM judgement"), 0);

    hold(&b->other, true);
    press(b, "=");
    press(b, "u"); /* before it was written */
    assert_false(deeds_wait(desk_of(b)));
    press(b, "b");
    give_up(b, "The judgement was not recorded");
    assert_int_equal(number(&b->other, "SELECT count(*) FROM judgement"), 0);
    stage_press(&b->st, "b");
    assert_int_equal(number(&b->other, "SELECT count(*) FROM judgement WHERE verdict = 'right'"),
                     1);
    busy_close(b);
}

/* An exercise is opened, helped with, checked, reset: all by keys of the coach. */
static void test_exercises(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *kind;
    } rows[] = { { "c", "check" }, { "h", "hint" },    { "S y", "solution" },
                 { "o", "skip" },  { "X y", "reset" }, { "u", "undo" } };
    struct busy_stage *b = &busy;
    busy_open(b);
    stage_press(&b->st, "8");
    char sql[200];
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(sql, sizeof sql, "SELECT count(*) FROM exercise WHERE kind = '%s'", rows[i].kind);
        hold(&b->other, true);
        press(b, rows[i].keys);
        if (!deeds_wait(desk_of(b)))
            fail_msg("%s does not wait: %s", rows[i].kind, stage_text(&b->st));
        hold(&b->other, false);
        settle(b);
        assert_int_equal(number(&b->other, sql), 1);
        assert_int_equal(desk_of(b)->errors_unread, 0);
        stage_clear(&b->st);
    }
    hold(&b->other, true);
    press(b, "c");
    give_up(b, "The exercise could not be checked");
    assert_int_equal(number(&b->other, "SELECT count(*) FROM exercise WHERE kind = 'check'"), 1);
    busy_close(b);
}

static void test_theme_and_models(void **state)
{
    (void)state;
    struct busy_stage *b = &busy;
    busy_open(b);
    hold(&b->other, true);
    app_theme(&b->st.app, "");
    press(b, "Down Enter");
    press(b, "1 Home f");
    const char *fast = b->st.w.lab.pipeline.fast->full_name;
    hold(&b->other, false);
    settle(b);
    assert_int_equal(desk_of(b)->errors_unread, 0);
    assert_int_equal(number(&b->other, "SELECT count(*) FROM setting WHERE key = 'screen.theme'"),
                     1);
    assert_true(says(&b->other, "SELECT value FROM setting WHERE key = 'pair.fast'", fast));
    stage_clear(&b->st);
    hold(&b->other, true);
    press(b, "r");
    give_up(b, "REASONING stays what it was");
    assert_int_equal(number(&b->other, "SELECT count(*) FROM setting WHERE key = 'pair.reason'"),
                     0);
    assert_string_equal(b->st.w.lab.pipeline.reasoning->full_name, "mini/reason");
    busy_close(b);
}

/* An answer that was cut off is asked again when its new limit is written, not before. */
static void test_limit(void **state)
{
    (void)state;
    struct busy_stage *b = &busy;
    struct error err;
    busy_open(b);
    assert_ok(lab_set(&b->st.w.lab, "ask.max_tokens_fast", "1", &err), err);
    stage_press(&b->st, "4 i ^U");
    stage_type(&b->st, "12+30");
    stage_press(&b->st, "Enter");
    stage_settle(&b->st);
    stage_press(&b->st, "Esc");
    hold(&b->other, true);
    press(b, "+ ^U 9 0 Enter");
    time_goes_by(b, 60);
    assert_true(deeds_wait(desk_of(b)));
    hold(&b->other, false);
    settle(b);
    stage_settle(&b->st);
    assert_true(
        says(&b->other, "SELECT value FROM setting WHERE key = 'ask.max_tokens_fast'", "90"));
    assert_int_equal(number(&b->other, ASKED), 2);
    assert_int_equal(number(&b->other, ASKED " AND end_state = 'OK_STOP'"), 1);
    busy_close(b);
}

/* An answer that was cut off is offered once, whoever writes in that moment. */
static void test_offer(void **state)
{
    (void)state;
    struct busy_stage *b = &busy;
    busy_open(b);
    ask(b, "1+1");
    b->st.app.welcome =
        (struct app_welcome){ .answer_id = number(&b->other, "SELECT max(id) FROM answer"),
                              .query = mem_string("1+1") };
    app_open(&b->st.app, &over_welcome);
    hold(&b->other, true);
    press(b, "k");
    assert_int_equal(number(&b->other, "SELECT count(*) FROM offer"), 0);
    hold(&b->other, false);
    settle(b);
    assert_true(says(&b->other, "SELECT outcome FROM offer", "kept"));
    busy_close(b);
}

/* Leaving with deeds that wait: they are written before the program ends. */
static void test_leaving(void **state)
{
    (void)state;
    struct busy_stage *b = &busy;
    struct other later;
    busy_open(b);
    ask(b, "1+1");
    stage_press(&b->st, "9");
    hold(&b->other, true);
    press(b, "D");
    assert_true(deeds_wait(desk_of(b)));
    hold(&b->other, false);
    other_close(&b->other);
    char *folder = stage_close(&b->st, true);
    world_lab_open(&b->st.w, folder, false);
    other_open(&later, b->st.w.lab.paths.database);
    assert_int_equal(number(&later, ASKED), 0);
    other_close(&later);
    world_lab_close(&b->st.w, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_label),
        cmocka_unit_test(test_threshold),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_cache),
        cmocka_unit_test(test_judge),
        cmocka_unit_test(test_exercises),
        cmocka_unit_test(test_theme_and_models),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_offer),
        cmocka_unit_test(test_leaving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
