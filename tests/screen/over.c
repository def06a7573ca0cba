/* What lies over the panes: help, palette and the verbs it runs, error box, questions, log, themes,
 * search. */
#include "tests/screen/golden.h"
#include "tests/screen/stage.h"
#include "tui/over/palette_words.h"
#include "tui/verb/verb.h"

static struct stage stage;

static struct stage *open_at(const char *keys)
{
    stage_open(&stage);
    stage_clear(&stage);
    stage_press(&stage, keys);
    return &stage;
}

static void resize(struct stage *st, int rows, int cols)
{
    grid_resize(&st->grid, rows, cols);
    stage_draw(st);
}

/* --- help ------------------------------------------------------------------------------------- */

static void help_is_of_the_pane(void **state)
{
    (void)state;
    struct stage *st = open_at("4 ?");
    assert_shows(st, "Help: Ask and compare");
    golden_check("help-80x24", &st->grid);
    resize(st, 16, 60);
    golden_check("help-60x16", &st->grid);
    resize(st, 24, 80);
    stage_press(st, "q");
    assert_int_equal(st->app.overs, 0);
    for (int i = 0; i < PANES; i++) {
        char title[80];
        app_show(&st->app, i);
        app_act(&st->app, ACT_HELP);
        snprintf(title, sizeof title, "Help: %s", panes[i]->title);
        assert_shows(st, title);
        stage_press(st, "?");
        assert_int_equal(st->app.overs, 0);
    }
    stage_close(st, false);
}

static void help_finds_and_runs(void **state)
{
    (void)state;
    struct stage *st = open_at("7 ? /");
    assert_shows(st, "Find in help:");
    stage_type(st, "live demonstration");
    stage_press(st, "Enter");
    assert_shows(st, "\xE2\x96\xB8"
                     "Enter      run the live");
    stage_press(st, "/");
    stage_type(st, "no such words");
    stage_press(st, "Enter");
    assert_shows(st, "help says nothing about 'no such words'");
    stage_press(st, "/");
    stage_type(st, "another topic");
    stage_press(st, "Enter Down Up Tab Tab PgDn PgUp g");
    stage_press(st, "/");
    stage_type(st, "the other side");
    stage_press(st, "Enter Enter"); /* found, and run */
    assert_int_equal(st->app.overs, 0);
    assert_holds("said", st->app.desk.message, "the keys move what the demonstration told");
    stage_close(st, false);
}

/* A key that is off now says so at the foot of help. */
static void help_says_what_is_off(void **state)
{
    (void)state;
    struct stage *st = open_at("2 ? /");
    stage_type(st, "label the query");
    stage_press(st, "Enter");
    assert_shows(st, "l is off now: type a query first");
    stage_press(st, "Enter");
    assert_shows(st, "l: type a query first");
    stage_close(st, false);
}

/* --- palette ----------------------------------------------------------------------------------- */

static void run_child(struct stage *st)
{
    int64_t start = test_ms();
    while (st->app.child) {
        assert_not_hung(start, 20000);
        stage_turn(st, 20);
    }
    stage_draw(st);
}

static void palette_finds_letters_in_their_order(void **state)
{
    (void)state;
    struct stage *st = open_at("7 :");
    stage_type(st, "rundem");
    assert_false(stage_shows(st, "1 words"));
    stage_press(st, "^U");
    stage_type(st, "dctr");
    assert_shows(st, "\xE2\x96\xB8 doctor");
    stage_press(st, "Enter");
    assert_shows(st, "rlab doctor");
    run_child(st);
    assert_shows(st, "1 words:");
    assert_shows(st, "<doctor>");
    stage_press(st, "q :");
    assert_shows(st, "\xE2\x96\xB8 doctor"); /* what was run last comes first */
    stage_press(st, "Esc");
    assert_int_equal(st->app.overs, 0);
    stage_close(st, false);
}

static void the_line_for_the_first_time_comes_back(void **state)
{
    (void)state;
    struct stage *st = &stage;
    stage_open(st);
    stage_press(st, "1");
    bool before = stage_shows(st, "First time:");
    assert_true(before);
    stage_press(st, "4 i");
    stage_type(st, "17 + 25");
    stage_press(st, "Enter");
    stage_settle(st);
    stage_press(st, "1");
    assert_false(stage_shows(st, "First time:"));
    stage_press(st, ":");
    stage_type(st, "tour line");
    stage_press(st, "Enter");
    assert_shows(st, "First time:");
    stage_press(st, ":");
    stage_type(st, "tour line");
    stage_press(st, "Enter");
    assert_false(stage_shows(st, "First time:"));
    stage_close(st, false);
}

/* Verbs of one family are told apart by what each does. */
static void palette_tells_verbs_apart(void **state)
{
    (void)state;
    static const char *const families[] = { "bench", "cache",  "demo", "history",
                                            "label", "models", "mini", "rules" };
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        const struct verb *v = verb_find(families[i]);
        assert_non_null(v);
        for (const char *s = v->subs; s && *s;) {
            size_t n = strcspn(s, " ");
            char name[64];
            snprintf(name, sizeof name, "%s %.*s", v->name, (int)n, s);
            const char *help = palette_words(name, NULL);
            if (!help || strlen(help) > 39)
                fail_msg("the palette has no words for '%s', or too many", name);
            s += n + strspn(s + n, " ");
        }
    }
}

static void palette_says_what_is_off(void **state)
{
    (void)state;
    struct stage *st = open_at("2 :");
    stage_type(st, "label");
    assert_shows(st, "type a query first");
    stage_press(st, "Enter");
    assert_shows(st, "l: type a query first");
    stage_press(st, ":");
    stage_type(st, "all rules");
    stage_press(st, "Enter");
    assert_int_equal(st->app.overs, 0);
    stage_press(st, ":");
    stage_type(st, "nothing is called so");
    stage_press(st, "Enter"); /* runs as it stands: the program says what it does not know */
    run_child(st);
    assert_shows(st, "4 words:");
    stage_close(st, false);
}

static void palette_goes_on_with_words_of_a_verb(void **state)
{
    (void)state;
    struct stage *st = open_at("2 :");
    stage_type(st, "ask");
    stage_press(st, "Tab");
    stage_type(st, "--fast \"two words\"");
    stage_press(st, "Enter");
    run_child(st);
    assert_shows(st, "3 words:");
    assert_shows(st, "<two words>");
    stage_press(st, "y");
    assert_int_equal(st->app.wants, APP_COPY);
    assert_holds("copied", buf_text(&st->app.desk.text), "<two words>");
    stage_close(st, false);
}

static void output_of_a_verb_is_shown_safely(void **state)
{
    (void)state;
    struct stage *st = open_at("2 :");
    stage_type(st, "history red");
    stage_press(st, "Enter");
    run_child(st);
    assert_shows(st, "red");
    assert_null(strchr(stage_text(st), '\x1b'));
    assert_null(strchr(stage_text(st), '\x07'));
    stage_press(st, "j k Space PgUp PgDn g G q");
    stage_close(st, false);
}

static void a_verb_that_runs_is_stopped(void **state)
{
    (void)state;
    struct stage *st = open_at("2 :");
    char what[100];
    stage_type(st, "bench run");
    stage_press(st, "Enter");
    for (int i = 0; i < 300 && !stage_shows(st, "begun"); i++)
        stage_turn(st, 20);
    assert_shows(st, "begun");
    assert_shows(st, "\xE2\x97\x90 bench run ^C");
    assert_true(app_busy(&st->app, what, sizeof what));
    stage_press(st, "q :");
    stage_type(st, "doctor");
    stage_press(st, "Enter");
    assert_shows(st, "one command at a time: 'bench run' still runs");
    stage_press(st, "^C");
    assert_shows(st, "stopped: bench run");
    run_child(st);
    assert_shows(st, "'bench run' ended with code 130");
    stage_close(st, false);
}

static void a_verb_that_fails_says_its_code(void **state)
{
    (void)state;
    struct stage *st = open_at("2 :");
    stage_type(st, "cache stats");
    stage_press(st, "Enter");
    run_child(st);
    assert_shows(st, "failed");
    assert_shows(st, "'cache stats' ended with code 3");
    stage_press(st, "q :");
    stage_type(st, "ask \"open");
    stage_press(st, "Enter");
    assert_shows(st, "The command was not started");
    assert_shows(st, "a quote is left open");
    stage_press(st, "Esc");
    st->app.options.program = "/nowhere/rlab";
    stage_press(st, ":");
    stage_type(st, "doctor");
    stage_press(st, "Enter");
    assert_shows(st, "'/nowhere/rlab' cannot be run");
    stage_close(st, false);
}

/* What a verb chose is in force on the screen as soon as it has ended, and is said once. */
static void what_a_verb_chose_is_taken_over(void **state)
{
    (void)state;
    struct stage *st = open_at("2 i");
    struct lab *lab = &st->w.lab;
    struct error err = { 0 };
    stage_type(st, "calculate");
    stage_press(st, "Esc :");
    assert_string_equal(rules_name(lab->rules), "steps");
    assert_true(lab->pipeline.guard);
    stage_type(st, "doctor");
    stage_press(st, "Enter");
    assert_ok(setting_set(lab->store, "ask.rules", "basic", &err), err); /* as the verb does */
    assert_ok(setting_set(lab->store, "cache.guard", "off", &err), err);
    run_child(st);
    assert_string_equal(rules_name(lab->rules), "basic");
    assert_false(lab->pipeline.guard);
    assert_shows(st, "in force here too now: rule set basic, cache guard off");
    stage_turn(st, 0);
    stage_press(st, "q");
    assert_shows(st, "score 2 \xE2\x86\x92 MODERATE");

    stage_press(st, ":");
    stage_type(st, "doctor");
    stage_press(st, "Enter");
    assert_ok(setting_set(lab->store, "ask.rules", "nowhere", &err), err);
    run_child(st);
    assert_shows(st, "What the command chose was not taken over");
    assert_string_equal(rules_name(lab->rules), "basic");
    stage_close(st, false);
}

/* --- errors ------------------------------------------------------------------------------------ */

static const struct trouble no_memory = {
    .title = "Reasoning model did not answer",
    .what = "Ask to deepseek-r1:70b failed after 1.2 s, before its first word.",
    .reply = "HTTP 500: model requires more system memory (44.1 GiB) than is available (38.7 GiB)",
    .advice = "unload another model (- in Setup) or pick a smaller one (r there)",
    .kept = "your prompt, and the finished fast answer",
    .retry = true,
    .fast = true,
    .setup = true,
};

static void complain(struct stage *st, const struct trouble *t)
{
    desk_trouble(&st->app.desk, t);
    stage_turn(st, 0);
    stage_draw(st);
}

static void the_box_is_as_designed(void **state)
{
    (void)state;
    struct grid g = { 0 };
    struct stage *st = open_at("4");
    complain(st, &no_memory);
    static const char *const rows[] = {
        "\xE2\x94\x82 What     Ask to deepseek-r1:70b failed after 1.2 s, before its first word.",
        "\xE2\x94\x82 Reply    HTTP 500: model requires more system memory (44.1 GiB) than is",
        "\xE2\x94\x82          available (38.7 GiB)",
        "\xE2\x94\x82 Do       unload another model (- in Setup) or pick a smaller one (r there)",
        "\xE2\x94\x82 Kept     your prompt, and the finished fast answer",
        "\xE2\x94\x82 R retry    f answer with FAST    s open Setup    y copy all    Esc dismiss",
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_shows(st, rows[i]);
    assert_shows(st, "! 1 error");
    (void)g;
    golden_check("trouble-80x24", &st->grid);
    resize(st, 16, 60);
    golden_check("trouble-60x16", &st->grid);
    resize(st, 40, 120);
    assert_shows(st, rows[5]);
    stage_close(st, false);
}

static void the_keys_of_the_box(void **state)
{
    (void)state;
    struct stage *st = open_at("4");
    complain(st, &no_memory);
    stage_press(st, "x 2 q");
    assert_int_equal(st->app.overs, 0); /* q closes it, other keys are not for below */
    assert_int_equal(st->app.shown, 3);
    complain(st, &no_memory);
    stage_press(st, "y");
    assert_int_equal(st->app.wants, APP_COPY);
    assert_holds("copied", buf_text(&st->app.desk.text), "Reply: HTTP 500");
    assert_int_equal(st->app.overs, 1);
    stage_press(st, "s");
    assert_int_equal(st->app.shown, 0);
    assert_int_equal(st->app.overs, 0);
    stage_press(st, "4");
    complain(st, &no_memory);
    stage_press(st, "R"); /* nothing was asked yet: the pane says so */
    assert_int_equal(st->app.overs, 0);
    assert_true(*st->app.reason || *st->app.desk.message);
    complain(st, &no_memory);
    stage_press(st, "f");
    assert_int_equal(st->app.overs, 0);
    complain(st, &no_memory);
    stage_press(st, "Enter");
    assert_int_equal(st->app.overs, 0);
    assert_false(stage_shows(st, "! 1 error"));
    const struct trouble bare = { .title = "Only a title" };
    complain(st, &bare);
    stage_press(st, "R f s"); /* not offered: nothing happens */
    assert_int_equal(st->app.overs, 1);
    stage_press(st, "Esc !");
    assert_shows(st, "Errors and messages");
    assert_shows(st, "Only a title");
    stage_press(st, "j k PgDn PgUp G g y");
    assert_int_equal(st->app.wants, APP_COPY);
    stage_press(st, "q");
    stage_close(st, false);
}

static void hostile_trouble(void **state)
{
    (void)state;
    struct stage *st = open_at("4");
    struct buf text = buf_with_max(1 << 20);
    for (int i = 0; i < 4000; i++)
        buf_puts(&text, "\x1b[31m%s%n\x07\xff long \xE6\xBC\xA2\xE5\xAD\x97 ");
    const struct trouble t = { .title = buf_text(&text),
                               .what = buf_text(&text),
                               .reply = buf_text(&text),
                               .advice = buf_text(&text),
                               .kept = buf_text(&text),
                               .retry = true,
                               .fast = true,
                               .setup = true };
    struct error err;
    error_set(&err, ERR_IO, "%s", buf_text(&text));
    complain(st, &t);
    for (int rows = 1; rows < 50; rows += 6)
        for (int cols = 1; cols < 140; cols += 13) {
            resize(st, rows, cols);
            assert_null(strchr(stage_text(st), '\x1b'));
        }
    resize(st, 24, 80);
    assert_shows(st, "Esc dismiss");
    stage_press(st, "y Esc");
    desk_fail(&st->app.desk, buf_text(&text), &err);
    desk_say(&st->app.desk, "%s", buf_text(&text));
    stage_turn(st, 0);
    stage_press(st, "Esc !");
    stage_press(st, "j k q");
    assert_null(strchr(stage_text(st), '\x1b'));
    buf_done(&text);
    stage_close(st, false);
}

/* --- questions, search, themes ------------------------------------------------------------------ */

static char answered[64];

static void note(void *self, const char *text)
{
    (void)self;
    snprintf(answered, sizeof answered, "%s", text ? text : "(no)");
}

static void questions_have_a_harmless_default(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *answer;
    } rows[] = { { "Enter", "(no)" }, { "Esc", "(no)" }, { "n", "(no)" }, { "^C", "(no)" },
                 { "x", "(no)" },     { "y", "" },       { "Y", "" } };
    struct stage *st = open_at("4");
    for (size_t i = 0; i < COUNT(rows); i++) {
        desk_ask(&st->app.desk, "Really?", note, NULL);
        stage_turn(st, 0);
        assert_shows(st, "Really?  y yes  Esc no");
        stage_press(st, "Tab Left"); /* no answer */
        assert_int_equal(st->app.overs, 1);
        stage_press(st, rows[i].keys);
        assert_string_equal(answered, rows[i].answer);
        assert_int_equal(st->app.overs, 0);
    }
    desk_ask_text(&st->app.desk, "Name:", "old", note, NULL);
    stage_turn(st, 0);
    stage_type(st, "er");
    assert_shows(st, "Name: older");
    stage_press(st, "Enter");
    assert_string_equal(answered, "older");
    stage_close(st, false);
}

static void search_finds_and_remembers(void **state)
{
    (void)state;
    struct stage *st = open_at("7 n");
    assert_shows(st, "n: nothing was searched for yet: /");
    stage_press(st, "/");
    stage_type(st, "stale");
    stage_press(st, "Enter");
    assert_shows(st, "\xE2\x96\xB8 6 Stale cache");
    stage_press(st, "/");
    stage_type(st, "nowhere");
    stage_press(st, "Enter");
    assert_shows(st, "not found");
    stage_press(st, "N / Esc");
    assert_int_equal(st->app.overs, 0);
    stage_close(st, false);
}

static void themes_are_tried_and_taken_back(void **state)
{
    (void)state;
    struct stage *st = open_at("2 :");
    stage_type(st, "theme");
    stage_press(st, "Enter");
    assert_shows(st, "Enter keep  Esc back");
    char before[32];
    stage_press(st, "Down");
    assert_int_equal(st->app.wants, APP_THEME);
    snprintf(before, sizeof before, "%s", st->app.theme);
    assert_string_equal(before, "mono");
    stage_press(st, "Esc");
    assert_string_equal(st->app.theme, "default");
    assert_int_equal(st->app.overs, 0);
    stage_press(st, ":");
    stage_type(st, "theme");
    stage_press(st, "Enter j j Enter");
    assert_string_equal(st->app.theme, "high-contrast");
    assert_shows(st, "theme high-contrast, kept");
    stage_press(st, ":");
    stage_type(st, "theme");
    stage_press(st, "Enter j Esc");
    assert_string_equal(st->app.theme, "high-contrast");
    stage_press(st, ":");
    stage_type(st, "log");
    stage_press(st, "Enter");
    assert_shows(st, "Errors and messages");
    stage_close(st, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_is_of_the_pane),
        cmocka_unit_test(help_finds_and_runs),
        cmocka_unit_test(help_says_what_is_off),
        cmocka_unit_test(palette_finds_letters_in_their_order),
        cmocka_unit_test(palette_tells_verbs_apart),
        cmocka_unit_test(the_line_for_the_first_time_comes_back),
        cmocka_unit_test(palette_says_what_is_off),
        cmocka_unit_test(palette_goes_on_with_words_of_a_verb),
        cmocka_unit_test(output_of_a_verb_is_shown_safely),
        cmocka_unit_test(a_verb_that_runs_is_stopped),
        cmocka_unit_test(a_verb_that_fails_says_its_code),
        cmocka_unit_test(what_a_verb_chose_is_taken_over),
        cmocka_unit_test(the_box_is_as_designed),
        cmocka_unit_test(the_keys_of_the_box),
        cmocka_unit_test(hostile_trouble),
        cmocka_unit_test(questions_have_a_harmless_default),
        cmocka_unit_test(search_finds_and_remembers),
        cmocka_unit_test(themes_are_tried_and_taken_back),
    };
    return cmocka_run_group_tests_name("over", tests, NULL, NULL);
}
