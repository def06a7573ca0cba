/* The History and Cache panes at work on a lab of their own: the built-in pair answers, keys go
 * in, rows, files and notes come out. */
#include "tests/test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/lab/lab.h"
#include "core/store/calls.h"
#include "core/store/facts.h"
#include "tui/pane/cache_pane.h"
#include "tui/pane/history_pane.h"

extern const struct pane_ops history_pane, cache_pane;

struct world {
    char *folder;
    struct lab_options options;
    struct lab lab;
    struct desk desk;
    struct pane history, cache;
    struct history_state_pane *h;
    struct cache_state_pane *c;
    int ended;
};

static void open_pane(struct world *w, struct pane *p, const struct pane_ops *ops)
{
    struct error err;
    *p = (struct pane){ .ops = ops,
                        .desk = &w->desk,
                        .state = mem_alloc(1, ops->state_size),
                        .body_rows = 19,
                        .body_cols = 80 };
    assert_ok(ops->open(p, &err), err);
}

static void world_open(struct world *w)
{
    struct error err;
    char link[600], data[600];
    *w = (struct world){ .folder = test_folder(), .options = { .builtin = true } };
    /* Rules and weights are those of the source folder, wherever the program was built. */
    assert_non_null(getcwd(data, sizeof data - 8));
    strcat(data, "/data");
    snprintf(link, sizeof link, "%s/rlab", w->folder);
    assert_int_equal(symlink(data, link), 0);
    assert_int_equal(setenv("XDG_CONFIG_HOME", w->folder, 1), 0);
    w->options.data_dir = w->folder;
    assert_ok(lab_open(&w->lab, &w->options, &err), err);
    assert_ok(lab_choose(&w->lab, &err), err);
    desk_init(&w->desk, &w->lab, w->lab.clock);
    open_pane(w, &w->history, &history_pane);
    open_pane(w, &w->cache, &cache_pane);
    w->h = w->history.state;
    w->c = w->cache.state;
}

static void world_close(struct world *w)
{
    w->history.ops->close(&w->history);
    w->cache.ops->close(&w->cache);
    mem_free(w->history.state);
    mem_free(w->cache.state);
    desk_done(&w->desk);
    lab_close(&w->lab);
    unsetenv("XDG_CONFIG_HOME");
    test_folder_remove(w->folder);
}

static void turn(struct world *w)
{
    struct error err;
    assert_ok(lab_turn(&w->lab, NULL, 0, 20, &err), err);
}

static void heard(void *self, const struct ask_event *ev)
{
    ((struct world *)self)->ended += ev->type == ASK_END;
}

/* Asks the built-in pair and waits. */
static void ask(struct world *w, const char *text)
{
    struct error err;
    struct question q = question_default();
    q.text = text;
    q.len = strlen(text);
    q.purpose = "ask";
    q.record = true;
    q.settings = lab_ask_settings(&w->lab);
    w->ended = 0;
    if (!ask_start(&w->lab.pipeline, &q, heard, w, &err))
        fail_msg("%s", err.text);
    for (int i = 0; i < 2000 && !w->ended; i++)
        turn(w);
    assert_int_equal(w->ended, 1);
}

/* As the app does it: why not, or the act. */
static const char *act(struct pane *p, enum action a)
{
    const char *why = p->ops->off(p, a);
    if (!why && p->ops->act(p, a) == PANE_IGNORED)
        return "ignored";
    return why ? why : "";
}

static void type(struct world *w, struct pane *p, const char *text)
{
    struct field *f = p->ops->field(p);
    assert_non_null(f);
    p->focused = true;
    field_set(f, text, strlen(text));
    p->ops->typed(p, false);
    for (int i = 0; i < 20; i++) /* until the search has settled */
        turn(w);
}

static void answer(struct desk *d, const char *text)
{
    assert_non_null(d->question.text);
    desk_answer(d, text);
}

/* --- history ------------------------------------------------------------------------------ */

/* How many lines are listed, once all have been looked at: that is done a little at a time. */
static int counted(struct world *w)
{
    for (int64_t start = test_ms(); !w->h->walk.done;) {
        assert_not_hung(start, 20000);
        turn(w);
    }
    return w->h->list.count;
}

static void test_history(void **state)
{
    (void)state;
    struct world w;
    struct buf text = buf_with_max(1 << 20);
    char corner[60];
    world_open(&w);
    struct pane *p = &w.history;
    p->ops->enter(p);
    assert_int_equal(counted(&w), 0);
    assert_string_equal(act(p, ACT_ENTER), "no row is chosen");
    assert_string_equal(act(p, ACT_DELETE), "no row is chosen");
    assert_string_equal(act(p, ACT_EXPORT), "there is nothing to export");
    assert_string_equal(act(p, ACT_UNDO), "nothing was deleted since you came to this pane");

    ask(&w, "17 + 25");
    ask(&w, "Is 7 even or odd?");
    ask(&w, "17 + 25"); /* out of the cache */
    assert_true(p->ops->tick(p));
    assert_int_equal(counted(&w), 3);
    p->ops->corner(p, corner, sizeof corner);
    assert_string_equal(corner, "3 rows");
    assert_string_equal(w.h->rows[0].query, "17 + 25");
    assert_string_equal(w.h->rows[0].from, "cache");
    assert_true(w.h->preview.side[0].cached);
    act(p, ACT_DOWN);
    assert_string_equal(w.h->preview.query, "Is 7 even or odd?");

    /* Typing filters; the arrows go on working; Esc and Tab lead to the scopes. */
    type(&w, p, "17");
    assert_int_equal(counted(&w), 2);
    assert_true(w.h->preview.matches >= 1);
    struct key down = { .code = K_DOWN };
    assert_true(p->ops->key(p, &down));
    assert_int_equal(w.h->list.at, 1);
    assert_string_equal(w.h->rows[1].from, "model");
    p->focused = false;
    act(p, ACT_PART_NEXT);
    assert_int_equal(w.h->part, PART_KIND);
    act(p, ACT_DOWN);
    assert_string_equal(find_kind(w.h), "ask");
    assert_int_equal(counted(&w), 2);
    act(p, ACT_UP);
    act(p, ACT_BACK);
    assert_int_equal(w.h->part, PART_LIST);

    /* Copies: text, JSON lines. */
    assert_true(p->ops->copy(p, false, &text));
    assert_holds("text", buf_text(&text), "17 + 25");
    assert_holds("text", buf_text(&text), "42");
    buf_clear(&text);
    assert_true(p->ops->copy(p, true, &text));
    assert_holds("json", buf_text(&text), "{\"schema\":\"rlab.history/1\"");
    act(p, ACT_ENTER);
    assert_int_equal(w.desk.wants, DESK_PANE);
    assert_string_equal(w.desk.pane, "ask");
    assert_string_equal(buf_text(&w.desk.text), "17 + 25");

    /* / finds rows that the filter leaves in, in both directions. */
    type(&w, p, "");
    assert_int_equal(counted(&w), 3);
    assert_true(p->ops->search(p, "even", 1));
    assert_int_equal(w.h->list.at, 1);
    assert_false(p->ops->search(p, "even", 1));
    assert_true(p->ops->search(p, "25", -1));
    assert_int_equal(w.h->list.at, 0);
    assert_false(p->ops->search(p, "zebra", 1));
    buf_done(&text);
    world_close(&w);
}

static void test_history_delete(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    struct pane *p = &w.history;
    ask(&w, "17 + 25");
    ask(&w, "30 + 11");
    ask(&w, "Is 7 even or odd?");
    p->ops->enter(p);
    act(p, ACT_DOWN);
    assert_string_equal(act(p, ACT_DELETE), "");
    assert_holds("said", w.desk.message, "u brings it back");
    assert_int_equal(counted(&w), 2);
    assert_string_equal(w.h->rows[0].query, "Is 7 even or odd?");
    assert_string_equal(w.h->rows[1].query, "17 + 25");
    act(p, ACT_DELETE);
    assert_int_equal(counted(&w), 1);
    assert_string_equal(act(p, ACT_UNDO), "");
    assert_string_equal(act(p, ACT_UNDO), "");
    assert_int_equal(counted(&w), 3);
    assert_int_equal(w.h->list.at, 1);
    assert_string_equal(w.h->rows[1].query, "30 + 11");
    assert_string_equal(w.h->preview.side[0].answer, "41");

    /* Left, it is gone for good. */
    act(p, ACT_DELETE);
    p->ops->leave(p);
    for (int i = 0; i < 10; i++)
        turn(&w);
    p->ops->enter(p);
    assert_int_equal(counted(&w), 2);
    assert_string_equal(act(p, ACT_UNDO), "nothing was deleted since you came to this pane");
    world_close(&w);
}

static void test_history_export_and_recording(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    struct buf text = { 0 };
    struct busy b;
    struct stat st;
    char path[600];
    world_open(&w);
    struct pane *p = &w.history;
    ask(&w, "17 + 25");
    ask(&w, "30 + 11");
    p->ops->enter(p);
    type(&w, p, "30");
    assert_string_equal(act(p, ACT_EXPORT), "");
    snprintf(path, sizeof path, "%s/all.jsonl", w.folder);
    answer(&w.desk, path);
    assert_true(p->ops->busy(p, &b));
    for (int64_t start = test_ms(); p->ops->busy(p, &b);) {
        assert_not_hung(start, 20000);
        turn(&w);
    }
    assert_ok(file_read(path, 1 << 20, &text, &err), err);
    assert_holds("export", buf_text(&text), "30 + 11");
    assert_null(strstr(buf_text(&text), "17 + 25"));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    act(p, ACT_EXPORT); /* a file that is there stays as it is */
    answer(&w.desk, path);
    assert_non_null(w.desk.trouble.t.title);
    assert_holds("exists", w.desk.trouble.t.what, "name a new file");

    assert_string_equal(act(p, ACT_RECORDING), "");
    assert_false(store_keeps_history(w.lab.store));
    ask(&w, "2 + 2 + 2");
    type(&w, p, "");
    assert_int_equal(counted(&w), 3);
    assert_string_equal(w.h->rows[0].query, "(text not kept)");
    assert_string_equal(act(p, ACT_ENTER), "its question was not kept");
    assert_string_equal(act(p, ACT_RECORDING), "");
    assert_true(store_keeps_history(w.lab.store));
    buf_done(&text);
    world_close(&w);
}

/* --- cache -------------------------------------------------------------------------------- */

static void test_cache(void **state)
{
    (void)state;
    struct world w;
    struct buf text = buf_with_max(1 << 20);
    world_open(&w);
    struct pane *p = &w.cache;
    p->ops->enter(p);
    assert_string_equal(act(p, ACT_DROP), "no row is chosen: the cache is empty");
    assert_string_equal(act(p, ACT_CLEAR), "the cache is empty already");
    ask(&w, "17 + 25");
    ask(&w, "30 + 11");
    ask(&w, "17 + 25");
    assert_true(p->ops->tick(p));
    assert_int_equal(w.c->list.count, 2);
    assert_int_equal(w.c->lookups, 3);
    assert_true(!w.c->lookup[0] && !w.c->lookup[1] && w.c->lookup[2]);
    assert_true(w.c->rate[2] > 0.33 && w.c->rate[2] < 0.34);
    assert_string_equal(w.c->rows[0].query, "17 + 25");
    assert_int_equal(w.c->rows[0].hits, 1);
    assert_holds("used", w.c->rows[0].used, "s ago");
    assert_true(w.c->has_shown);
    assert_string_equal(w.c->model_now, "model unchanged since");

    /* A look-up counts nothing. */
    type(&w, p, "30 + 11");
    assert_int_equal(w.c->peek_count, 2);
    assert_true(w.c->peeks[0].hit != w.c->peeks[1].hit); /* one model answered it */
    const struct cache_peek_view *hit = &w.c->peeks[w.c->peeks[1].hit], *miss;
    miss = hit == w.c->peeks ? w.c->peeks + 1 : w.c->peeks;
    assert_string_equal(hit->why, "row 2");
    assert_true(strlen(miss->why) > 5);
    type(&w, p, "never asked");
    assert_false(w.c->peeks[0].hit || w.c->peeks[1].hit);
    p->ops->tick(p);
    assert_int_equal(w.c->lookups, 3);
    assert_int_equal(w.c->stats.session.hits + w.c->stats.session.misses, 3);
    p->focused = false;

    assert_true(p->ops->copy(p, true, &text));
    assert_holds("json", buf_text(&text), "\"schema\":\"rlab.cache_entry/1\"");
    assert_holds("json", buf_text(&text), "\"answer\":\"42\"");

    /* Dropped and brought back to its place with its hits. */
    assert_string_equal(act(p, ACT_DROP), "");
    assert_int_equal(w.c->list.count, 1);
    assert_string_equal(w.c->rows[0].query, "30 + 11");
    assert_string_equal(act(p, ACT_UNDO), "");
    assert_string_equal(w.c->rows[0].query, "17 + 25");
    assert_int_equal(w.c->rows[0].hits, 1);
    assert_true(p->ops->search(p, "30 +", 1));
    assert_int_equal(w.c->list.at, 1);
    assert_false(p->ops->search(p, "zebra", 1));

    /* The size is asked for and checked; clearing asks first. */
    act(p, ACT_SIZE);
    answer(&w.desk, "no size");
    assert_holds("said", w.desk.message, "is no size");
    act(p, ACT_SIZE);
    answer(&w.desk, "1");
    assert_int_equal(w.c->stats.size, 1);
    assert_int_equal(w.c->list.count, 1);
    act(p, ACT_CLEAR);
    answer(&w.desk, NULL);
    assert_int_equal(w.c->list.count, 1);
    act(p, ACT_CLEAR);
    answer(&w.desk, "y");
    assert_int_equal(w.c->list.count, 0);
    assert_int_equal(w.c->stats.total.hits, 0);
    buf_done(&text);
    world_close(&w);
}

/* Each time it is opened or folded, of the call that thought. */
static void test_thinking_is_a_fact(void **state)
{
    (void)state;
    struct world w;
    struct facts *facts = NULL;
    struct fact fact = { 0 };
    struct error err = { 0 };
    world_open(&w);
    struct pane *p = &w.history;
    ask(&w, "Start with 7, add 15, double it, subtract 4");
    p->ops->enter(p);
    struct grid g = { 0 };
    grid_init(&g, 19, 80, false);
    struct surface s = surface_of(&g);
    p->ops->draw(p, &s); /* the row in sight is read */
    grid_done(&g);
    assert_string_equal(act(p, ACT_THINKING), "");
    assert_string_equal(act(p, ACT_THINKING), "");
    assert_string_equal(act(p, ACT_THINKING), "");
    assert_ok(facts_open(w.lab.store, &facts, &err), err);
    assert_ok(facts_ask(facts,
                        "SELECT sum(after = 'open') = 2 AND sum(after = 'folded') = 1 AND "
                        "count(DISTINCT call) = 1 AND min(call) > 0, count(*) FROM fact_screen "
                        "WHERE what = 'thinking'",
                        0, &fact, &err),
              err);
    assert_true(fact.ok);
    facts_close(facts);
    world_close(&w);
}

/* Drawn at every size, zoomed and not, with and without rows. */
static void test_drawn_at_any_size(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    struct pane *all[] = { &w.history, &w.cache };
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 2; i++) {
            struct pane *p = all[i];
            p->ops->enter(p);
            if (round == 2)
                act(p, ACT_ZOOM);
            for (int rows = 1; rows < 60; rows += 3)
                for (int cols = 1; cols < 140; cols += 7) {
                    struct grid g = { 0 };
                    grid_init(&g, rows, cols, (rows + cols) % 2);
                    struct surface s = surface_of(&g);
                    p->body_rows = rows;
                    p->body_cols = cols;
                    p->ops->draw(p, &s);
                    assert_true(g.cursor_row >= 0 && g.cursor_row < rows);
                    grid_done(&g);
                }
            struct key q = { .code = K_LETTER, .letter = 'q' };
            assert_int_equal(p->ops->key(p, &q), round == 2);
            p->ops->leave(p);
        }
        if (round == 0)
            ask(&w, "17 + 25");
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_history_delete),
        cmocka_unit_test(test_history_export_and_recording),
        cmocka_unit_test(test_cache),
        cmocka_unit_test(test_thinking_is_a_fact),
        cmocka_unit_test(test_drawn_at_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
