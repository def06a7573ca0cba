/* The app, driven by keys without a terminal. */
#include "tests/screen/stage.h"
#include "tui/app_inside.h"

static struct stage stage;

/* --- every key, in every pane ---------------------------------------------------------------- */

/* What a key may leave behind. */
struct before {
    char *screen;
    int overs, shown, row, col;
};

static struct before look(struct stage *st)
{
    st->app.reason[0] = st->app.desk.message[0] = '\0';
    st->app.wants = APP_NOTHING;
    stage_draw(st);
    return (struct before){ mem_string(stage_text(st)), st->app.overs, st->app.shown,
                            st->grid.cursor_row, st->grid.cursor_col };
}

static bool something_came_of_it(struct stage *st, struct before *b)
{
    struct app *a = &st->app;
    bool came = *a->reason || *a->desk.message || a->wants != APP_NOTHING || a->overs != b->overs ||
                a->shown != b->shown || st->grid.cursor_row != b->row ||
                st->grid.cursor_col != b->col || strcmp(stage_text(st), b->screen) != 0;
    mem_free(b->screen);
    return came;
}

static bool moves(enum action act)
{
    return act == ACT_UP || act == ACT_DOWN || act == ACT_PAGE_UP || act == ACT_PAGE_DOWN ||
           act == ACT_TOP || act == ACT_BOTTOM;
}

static void try_key(struct stage *st, const struct binding *b, struct buf *dead)
{
    struct key k;
    struct before before;
    assert_true(key_parse(b->key, &k));
    if (moves(b->act)) { /* from an end there is one way only */
        bool up = b->act == ACT_UP || b->act == ACT_PAGE_UP || b->act == ACT_TOP;
        app_act(&st->app, up ? ACT_BOTTOM : ACT_TOP);
    }
    before = look(st);
    stage_key(st, &k);
    if (!something_came_of_it(st, &before))
        buf_printf(dead, "%s (%s) in %s, view %d\n", b->key, action_name(b->act),
                   app_pane(&st->app)->ops->name, app_pane(&st->app)->view);
}

/* Each key of the table in this pane, from the same state each time. */
static void try_pane(struct stage *st, int pane, int view, struct buf *dead)
{
    for (size_t i = 0; i < binding_count(); i++) {
        const struct binding *b = binding_at(i);
        enum keymap map = panes[pane]->keymap;
        if (!*b->key || (b->map != MAP_ALL && b->map != MAP_COACH && b->map != map))
            continue;
        stage_clear(st);
        app_show(&st->app, pane);
        app_pane(&st->app)->view = view;
        app_pane(&st->app)->focused = false;
        try_key(st, b, dead);
    }
    stage_clear(st);
}

static void every_key_does_something_or_says_why_not(void **state)
{
    (void)state;
    struct stage *st = &stage;
    struct buf dead = buf_with_max(1 << 20);
    stage_open(st);
    for (int pane = 0; pane < PANES; pane++) {
        int views = 0;
        while (panes[pane]->views && panes[pane]->views[views])
            views++;
        for (int view = 0; view < (views ? views : 1); view++)
            try_pane(st, pane, view, &dead);
    }
    static char words[8192];
    snprintf(words, sizeof words, "%s", buf_text(&dead));
    buf_done(&dead);
    stage_close(st, false);
    if (*words)
        fail_msg("dead keys:\n%s", words);
}

/* The keys of a field: those of fields, and those that work beside one. */
static void every_key_in_a_field(void **state)
{
    (void)state;
    struct stage *st = &stage;
    struct buf dead = buf_with_max(1 << 20);
    static const char *const keys[] = { "a",  "Left", "Right", "Home", "End", "^A", "^E",   "^U",
                                        "^Y", "^W",   "^K",    "^R",   "^J",  "^C", "Up",   "Down",
                                        "F1", "^L",   "^Z",    "Esc",  "Tab", "^D", "S-Tab" };
    stage_open(st);
    for (int pane = 0; pane < PANES; pane++) {
        for (size_t i = 0; i < COUNT(keys) + 9; i++) {
            struct key k = { .code = K_LETTER,
                             .alt = true,
                             .letter = '1' + (int)(i - COUNT(keys)) };
            stage_clear(st);
            app_show(&st->app, pane);
            app_act(&st->app, ACT_EDIT);
            stage_clear(st);
            struct pane *p = app_pane(&st->app);
            struct field *f = p->ops->field ? p->ops->field(p) : NULL;
            if (!f)
                break;
            p->focused = true;
            field_set(f, "two words", 9);
            if (i < COUNT(keys))
                assert_true(key_parse(keys[i], &k));
            if (k.code == K_RIGHT || k.code == K_DOWN || k.code == K_END ||
                (k.code == K_CTRL && (k.letter == 'e' || k.letter == 'k')))
                stage_press(st, "Home");
            if (k.code == K_CTRL && k.letter == 'y')
                stage_press(st, "^U");
            struct before b = look(st);
            stage_key(st, &k);
            bool known_dead = (k.code == K_CTRL && k.letter == 'j' && f->one_line) ||
                              k.code == K_DOWN || k.code == K_UP;
            if (!something_came_of_it(st, &b) && !known_dead)
                buf_printf(&dead, "%s in the field of %s\n", i < COUNT(keys) ? keys[i] : "Alt+1..9",
                           p->ops->name);
        }
        stage_clear(st);
    }
    static char words[8192];
    snprintf(words, sizeof words, "%s", buf_text(&dead));
    buf_done(&dead);
    stage_close(st, false);
    if (*words)
        fail_msg("dead keys:\n%s", words);
}

static void an_unknown_key_says_so(void **state)
{
    (void)state;
    struct stage *st = &stage;
    stage_open(st);
    stage_press(st, "2 F9");
    assert_shows(st, "F9 does nothing here; ? lists the keys");
    struct key paste = { .code = K_PASTE, .text = "text", .len = 4 };
    stage_key(st, &paste);
    assert_shows(st, "a paste goes into a field: press i first");
    stage_press(st, "i");
    stage_key(st, &paste);
    assert_shows(st, "Query \xE2\x96\x8Ftext");
    stage_close(st, false);
}

static void turn(struct stage *st, enum mouse_button button, int row, int col)
{
    stage_key(st, &(struct key){ .code = K_MOUSE, .button = button, .row = row, .col = col });
}

/* The wheel moves what has the keys, a click goes to the tab under it, and one elsewhere says what
 * the mouse is for. */
static void the_mouse_moves_and_opens_tabs(void **state)
{
    (void)state;
    struct stage *st = &stage;
    stage_open(st);
    stage_clear(st);
    stage_press(st, "7 m");
    assert_shows(st, "wheel moves, click opens a tab");
    int row = st->grid.cursor_row;
    turn(st, MOUSE_WHEEL_DOWN, 5, 5);
    assert_int_equal(st->grid.cursor_row, row + 3);
    turn(st, MOUSE_WHEEL_UP, 23, 79);
    assert_int_equal(st->grid.cursor_row, row);
    turn(st, MOUSE_WHEEL_UP, 0, 0);
    assert_shows(st, "nothing is above");
    static const struct {
        int rows, cols, col, shown;
    } clicks[] = { { 24, 80, 0, 0 },   { 24, 80, 8, 0 },     { 24, 80, 9, 1 },  { 24, 80, 76, 8 },
                   { 24, 80, 79, -1 }, { 40, 120, 3, -1 },   { 40, 120, 7, 0 }, { 40, 120, 16, 0 },
                   { 40, 120, 17, 1 }, { 40, 120, 119, -1 }, { 24, 79, 12, -1 } };
    for (size_t i = 0; i < COUNT(clicks); i++) {
        grid_resize(&st->grid, clicks[i].rows, clicks[i].cols);
        stage_press(st, "Esc 4");
        turn(st, MOUSE_LEFT, 0, clicks[i].col);
        assert_int_equal(st->app.shown, clicks[i].shown < 0 ? 3 : clicks[i].shown);
        if (clicks[i].shown < 0)
            assert_shows(st, "a click on a tab goes there; keys do the rest");
        turn(st, MOUSE_RIGHT, 0, 10);
        assert_shows(st, "a click on a tab goes there; keys do the rest");
    }
    stage_press(st, "4 ?");
    turn(st, MOUSE_LEFT, 0, 9); /* not from under a box */
    assert_int_equal(st->app.shown, 3);
    int at = st->grid.cursor_row;
    turn(st, MOUSE_WHEEL_DOWN, 10, 10);
    assert_int_equal(st->app.overs, 1);
    assert_true(st->grid.cursor_row != at || st->app.scroll > 0);
    stage_press(st, "Esc m");
    turn(st, MOUSE_LEFT, 0, 9); /* on its way when it was turned off */
    assert_int_equal(st->app.shown, 3);
    stage_close(st, false);
}

/* --- leaving ---------------------------------------------------------------------------------- */

static void leaving(void **state)
{
    (void)state;
    struct stage *st = &stage;
    stage_open(st);
    stage_clear(st);
    stage_press(st, "2 ^C");
    assert_shows(st, "nothing runs: press ^C again to leave");
    assert_int_equal(st->app.wants, APP_NOTHING);
    st->w.ahead_ns += 3 * NS_PER_S; /* too late */
    stage_turn(st, 0);
    assert_false(stage_shows(st, "press ^C again"));
    stage_press(st, "^C");
    assert_int_equal(st->app.wants, APP_NOTHING);
    stage_press(st, "^C");
    assert_int_equal(st->app.wants, APP_QUIT);
    st->app.wants = APP_NOTHING;
    stage_press(st, "q");
    assert_int_equal(st->app.wants, APP_QUIT);
    st->app.wants = APP_NOTHING;
    stage_press(st, "Esc");
    assert_shows(st, "nothing is open; q leaves");
    stage_close(st, false);
}

/* With something running, leaving asks, and staying is the harmless answer. */
static void leaving_while_something_runs(void **state)
{
    (void)state;
    struct stage *st = &stage;
    stage_open(st);
    stage_clear(st);
    stage_press(st, "5 A q");
    assert_shows(st, "Leave? test ");
    stage_press(st, "Enter");
    assert_int_equal(st->app.wants, APP_NOTHING);
    assert_int_equal(st->app.overs, 0);
    char what[100];
    assert_true(app_busy(&st->app, what, sizeof what));
    stage_press(st, "q x");
    assert_int_equal(st->app.wants, APP_NOTHING);
    stage_press(st, "q y");
    assert_int_equal(st->app.wants, APP_QUIT);
    st->app.wants = APP_NOTHING;
    stage_press(st, "^C");
    assert_shows(st, "stopped: test ");
    stage_settle(st);
    assert_int_equal(st->app.wants, APP_NOTHING);
    stage_close(st, false);
}

/* --- small windows ---------------------------------------------------------------------------- */

static void resize(struct stage *st, int rows, int cols)
{
    grid_resize(&st->grid, rows, cols);
    stage_draw(st);
}

static void a_small_window_has_only_the_keys_it_names(void **state)
{
    (void)state;
    struct stage *st = &stage;
    stage_open(st);
    stage_clear(st);
    stage_press(st, "4");
    resize(st, 10, 40);
    assert_shows(st, "The window is 40x10");
    stage_press(st, "2 c");
    assert_int_equal(st->app.shown, 3);
    stage_press(st, "L");
    assert_int_equal(st->app.wants, APP_LINE_MODE);
    st->app.wants = APP_NOTHING;
    stage_press(st, "q");
    assert_int_equal(st->app.wants, APP_QUIT);
    resize(st, 24, 80);
    assert_shows(st, "[4 Ask]");
    stage_close(st, false);
}

/* --- what is kept ------------------------------------------------------------------------------ */

static void drafts_come_back_in_the_next_session(void **state)
{
    (void)state;
    struct stage *st = &stage;
    stage_open(st);
    stage_clear(st);
    stage_press(st, "4 i");
    stage_type(st, "half a question");
    stage_press(st, "Esc 2 i");
    stage_type(st, "half a query");
    char *folder = stage_close(st, true);
    stage_open_in(st, folder, 24, 80);
    assert_shows(st, "[2 Classify]");
    assert_shows(st, "half a query");
    stage_press(st, "4");
    assert_shows(st, "half a question");
    stage_close(st, false);
}

/* --- anything at all --------------------------------------------------------------------------- */

static uint64_t dice; /* xorshift: the same walk every time */

static int roll(int n)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (int)(dice % (uint64_t)n);
}

static void check_grid(const struct grid *g)
{
    assert_in_range(g->cursor_row + 1, 0, (uintmax_t)g->rows);
    assert_in_range(g->cursor_col + 1, 0, (uintmax_t)g->cols);
    for (int i = 0; i < g->rows * g->cols; i++) {
        const struct cell *c = &g->cells[i];
        bool last = (i + 1) % g->cols == 0, first = i % g->cols == 0;
        if (c->cols == 2)
            assert_true(!last && g->cells[i + 1].cols == 0);
        if (c->cols == 0)
            assert_true(!first && g->cells[i - 1].cols == 2);
        for (const char *t = c->text; *t; t++)
            assert_true((unsigned char)*t >= 0x20 && *t != 0x7f);
    }
}

static struct key some_key(void)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789:/?!+-=<>[]\\ \"'%.";
    static const int32_t wide[] = { 0x6F22, 0x1F600, 0x0301, 0xE9, 0x202E, 0x200D };
    static const char paste[] = "several words\nand \xE6\xBC\xA2\xE5\xAD\x97 %s %n";
    int kind = roll(20);
    if (kind < 9)
        return (struct key){ .code = K_LETTER, .letter = letters[roll(sizeof letters - 1)] };
    if (kind < 10)
        return (struct key){ .code = K_LETTER, .letter = wide[roll(COUNT(wide))] };
    if (kind < 12)
        return (struct key){ .code = K_LETTER, .alt = true, .letter = letters[roll(62)] };
    if (kind < 14)
        return (struct key){ .code = K_CTRL, .letter = 'a' + roll(26) };
    if (kind < 15)
        return (struct key){ .code = K_PASTE, .text = paste, .len = sizeof paste - 1 };
    return (struct key){ .code = (enum key_code)roll(KEY_CODES), .text = "", .ctrl = roll(9) == 0 };
}

/* What the loop would do with the terminal; the texts are read as it would read them. */
static void take_wish(struct stage *st)
{
    struct app *a = &st->app;
    static const char edited[] = "{\"query\":\"2+2?\",\"label\":\"simple\"}\n";
    if (a->wants == APP_EDITOR)
        app_edited(a, roll(2) ? edited : NULL, sizeof edited - 1);
    a->wants = APP_NOTHING;
}

static void a_walk_over_all_keys_and_sizes(void **state)
{
    (void)state;
    struct stage *st = &stage;
    const char *most = getenv("WALK_KEYS"), *seed = getenv("WALK_SEED");
    int keys = most ? atoi(most) : 20000;
    dice = seed ? strtoull(seed, NULL, 10) : 20251;
    stage_open(st);
    assert_int_equal(chdir(st->w.folder), 0); /* files that w and E write */
    for (int i = 0; i < keys; i++) {
        struct key k = some_key();
        app_key(&st->app, &k);
        take_wish(st);
        if (roll(30) == 0)
            grid_resize(&st->grid, 1 + roll(60), 1 + roll(200));
        if (roll(200) == 0)
            st->grid.ascii = !st->grid.ascii;
        if (roll(4) == 0)
            stage_turn(st, 0);
        if (roll(50) == 0)
            st->w.ahead_ns += NS_PER_S;
        stage_draw(st);
        check_grid(&st->grid);
    }
    app_stop_all(&st->app);
    stage_close(st, false);
}

/* --- what one pane does shows in the others ---------------------------------------------------- */

/* The bar is not read at every key, but nothing in it stays old. */
static void figures_of_the_bar_catch_up(void **state)
{
    (void)state;
    struct stage *st = &stage;
    stage_open(st);
    assert_shows(st, "cache 0/50");
    stage_press(st, "4 i");
    stage_type(st, "17 + 25");
    stage_press(st, "Enter");
    stage_settle(st);
    stage_turn(st, 0);
    st->w.ahead_ns += 2 * NS_PER_S;
    stage_turn(st, 0); /* no key, no news */
    assert_true(st->app.data_dirty);
    assert_shows(st, "cache 1/50 0%");
    stage_close(st, false);
}

/* Who reads goes on reading in the other pane, who types goes on typing. */
static void another_pane_keeps_the_mode(void **state)
{
    (void)state;
    struct stage *st = &stage;
    stage_open(st);
    stage_press(st, "5 d");
    app_take_notes(&st->app);
    assert_shows(st, "[2 Classify]");
    assert_shows(st, " NORMAL");
    stage_press(st, "i Enter");
    assert_shows(st, "[4 Ask]");
    assert_shows(st, " INPUT");
    stage_close(st, false);
}

static void a_cut_message_says_where_it_stands_whole(void **state)
{
    (void)state;
    struct stage *st = &stage;
    stage_open(st);
    desk_say(&st->app.desk, "%070d and more words than the line of the keys can hold", 1);
    assert_shows(st, "! all of it");
    desk_say(&st->app.desk, "short");
    assert_false(stage_shows(st, "! all of it"));
    stage_close(st, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_does_something_or_says_why_not),
        cmocka_unit_test(every_key_in_a_field),
        cmocka_unit_test(an_unknown_key_says_so),
        cmocka_unit_test(the_mouse_moves_and_opens_tabs),
        cmocka_unit_test(leaving),
        cmocka_unit_test(leaving_while_something_runs),
        cmocka_unit_test(a_small_window_has_only_the_keys_it_names),
        cmocka_unit_test(figures_of_the_bar_catch_up),
        cmocka_unit_test(another_pane_keeps_the_mode),
        cmocka_unit_test(a_cut_message_says_where_it_stands_whole),
        cmocka_unit_test(drafts_come_back_in_the_next_session),
        cmocka_unit_test(a_walk_over_all_keys_and_sizes),
    };
    return cmocka_run_group_tests_name("app", tests, NULL, NULL);
}
