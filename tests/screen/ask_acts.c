/* The Ask pane at work: keys in, the built-in pair answering, rows and views out. */
#include "tests/test.h"

#include <math.h>
#include <unistd.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/lab/lab.h"
#include "core/store/asked.h"
#include "core/store/monitor.h"
#include "tests/wire/mock.h"
#include "tui/pane/ask_inside.h"

#define EASY "17 + 25"
#define HARD "Tom has 5 apples. He buys 3 more. Then he gives away 2. How many apples does he have?"

extern const struct pane_ops ask_pane;

/* One pane on a lab of its own, with nothing around it. */
struct world {
    char *folder;
    struct lab_options options;
    struct lab lab;
    struct desk desk;
    struct pane pane;
    struct ask_state *st;
};

/* Rules and weights are those of the source folder, wherever the program was built. */
static void use_own_data(const char *folder)
{
    char link[600], data[600];
    assert_non_null(getcwd(data, sizeof data - 8));
    strcat(data, "/data");
    snprintf(link, sizeof link, "%s/rlab", folder);
    assert_int_equal(symlink(data, link), 0);
    assert_int_equal(setenv("XDG_CONFIG_HOME", folder, 1), 0);
}

static void world_open_with(struct world *w, const struct lab_options *options)
{
    struct error err;
    *w = (struct world){ .folder = test_folder(), .options = *options };
    use_own_data(w->folder);
    w->options.data_dir = w->folder;
    assert_ok(lab_open(&w->lab, &w->options, &err), err);
    assert_ok(lab_choose(&w->lab, &err), err);
    desk_init(&w->desk, &w->lab, w->lab.clock);
    w->pane = (struct pane){ .ops = &ask_pane,
                             .desk = &w->desk,
                             .state = mem_alloc(1, ask_pane.state_size),
                             .body_rows = 19,
                             .body_cols = 80 };
    w->st = w->pane.state;
    assert_ok(ask_pane.open(&w->pane, &err), err);
    ask_pane.enter(&w->pane);
}

static void world_open(struct world *w)
{
    world_open_with(w, &(struct lab_options){ .builtin = true });
}

static void world_close(struct world *w)
{
    ask_pane.close(&w->pane);
    mem_free(w->pane.state);
    desk_done(&w->desk);
    lab_close(&w->lab);
    unsetenv("XDG_CONFIG_HOME");
    test_folder_remove(w->folder);
}

static void turn(struct world *w)
{
    struct error err;
    assert_ok(lab_turn(&w->lab, NULL, 0, 50, &err), err);
    ask_pane.tick(&w->pane);
}

static void finish(struct world *w)
{
    int64_t start = test_ms();
    struct busy b;
    while (ask_pane.busy(&w->pane, &b)) {
        turn(w);
        assert_not_hung(start, 60000);
    }
}

static void type_in(struct world *w, const char *text)
{
    field_set(&w->st->field, text, strlen(text));
    ask_pane.typed(&w->pane, false);
}

static void send(struct world *w, enum ask_mode mode, const char *text)
{
    type_in(w, text);
    w->pane.view = mode;
    w->pane.focused = true;
    ask_pane.typed(&w->pane, true);
}

/* Does an action as the app does: not while it is off. Returns why it is off. */
static const char *act(struct world *w, enum action a)
{
    const char *why = ask_pane.off(&w->pane, a);
    if (!why)
        ask_pane.act(&w->pane, a);
    return why;
}

static void assert_off(struct world *w, enum action a, const char *part)
{
    const char *why = ask_pane.off(&w->pane, a);
    if (!why)
        fail_msg("%s should be off: %s", action_name(a), part);
    assert_holds(action_name(a), why, part);
}

static struct column_view view(struct world *w, int at)
{
    struct column_view v;
    column_show(&w->st->column[ask_index(w->st, at)], ask_hides(w->st), &v);
    return v;
}

/* All of the body as text. */
static const char *screen(struct world *w)
{
    static char text[40000];
    struct grid g = { 0 };
    struct buf b = buf_with_max(sizeof text - 1);
    grid_init(&g, 19, 80, false);
    struct surface s = surface_of(&g);
    ask_pane.draw(&w->pane, &s);
    grid_text(&g, &b);
    snprintf(text, sizeof text, "%s", buf_text(&b));
    buf_done(&b);
    grid_done(&g);
    return text;
}

static void set_pace(struct world *w, double tokens_per_s)
{
    w->lab.pipeline.fast->server->server.pace = tokens_per_s;
}

/* --- one answer --------------------------------------------------------------------------------- */

static void test_auto(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    assert_off(&w, ACT_AGAIN, "nothing was asked");
    assert_off(&w, ACT_COPY, "no answer yet");
    assert_off(&w, ACT_JUDGE_LEFT, "only a compare");
    send(&w, MODE_AUTO, EASY);
    assert_false(w.pane.focused);
    assert_off(&w, ACT_AGAIN, "still on its way");
    finish(&w);
    struct column_view v = view(&w, 0);
    assert_int_equal(v.phase, PHASE_DONE);
    assert_string_equal(v.role, "FAST");
    assert_true(v.took_s > 0 && v.first_s > 0 && v.tokens > 0);
    assert_int_equal(v.tokens_kind, KIND_MEASURED);

    send(&w, MODE_AUTO, EASY); /* the same again comes from the cache */
    finish(&w);
    v = view(&w, 0);
    assert_int_equal(v.phase, PHASE_CACHED);
    assert_true(v.lookup_s >= 0 && v.original_s > 0 && isfinite(v.saved_s));
    assert_holds("cached", screen(&w), "from the cache in");

    assert_null(act(&w, ACT_AGAIN)); /* R passes the cache by */
    finish(&w);
    assert_int_equal(view(&w, 0).phase, PHASE_DONE);
    assert_holds("again", screen(&w), "cache passed by");
    world_close(&w);
}

/* A prompt that was changed since does not pass for the question of the answer below it. */
static void test_other_prompt(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    send(&w, MODE_AUTO, EASY);
    finish(&w);
    assert_null(strstr(screen(&w), "answer to"));
    type_in(&w, "17 + 26");
    assert_non_null(strstr(screen(&w), "── answer to: 17 + 25 ──"));
    type_in(&w, EASY);
    assert_null(strstr(screen(&w), "answer to"));
    send(&w, MODE_COMPARE, EASY);
    finish(&w);
    type_in(&w, HARD);
    assert_non_null(strstr(screen(&w), "── answer to: 17 + 25 ──"));
    assert_null(act(&w, ACT_ZOOM));
    assert_non_null(strstr(screen(&w), "answer to: 17 + 25 ──"));
    world_close(&w);
}

static void test_nothing(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    send(&w, MODE_AUTO, "  \n");
    assert_holds("blank", w.desk.message, "nothing to ask");
    assert_true(w.pane.focused); /* the keyboard stays in the field */
    assert_false(ask_runs(w.st));
    assert_holds("blank", screen(&w), "stands alone");
    world_close(&w);
}

/* Sent before the models are known: asked when they are. */
static void test_choosing(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    w.desk.choosing = true;
    send(&w, MODE_AUTO, EASY);
    assert_false(ask_runs(w.st));
    assert_holds("choosing", w.desk.message, "looking for models");
    ask_pane.tick(&w.pane);
    assert_false(ask_runs(w.st));
    w.desk.choosing = false;
    ask_pane.enter(&w.pane);
    assert_true(ask_runs(w.st));
    finish(&w);
    assert_int_equal(view(&w, 0).phase, PHASE_DONE);
    world_close(&w);
}

static void test_copy(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    struct buf text = buf_with_max(100000);
    world_open(&w);
    send(&w, MODE_FAST, EASY);
    finish(&w);
    assert_true(ask_pane.copy(&w.pane, false, &text));
    assert_string_equal(buf_text(&text), "42");
    buf_clear(&text);
    assert_true(ask_pane.copy(&w.pane, true, &text));
    struct json *j = json_parse(buf_text(&text), text.len, &err);
    assert_non_null(j);
    assert_string_equal(json_get_text(j, "schema"), "rlab.answer/1");
    assert_string_equal(json_get_text(j, "answer"), "42");
    assert_string_equal(json_get_text(j, "query"), EASY);
    assert_string_equal(json_get_text(j, "model"), "fast");
    json_free(j);
    buf_done(&text);
    world_close(&w);
}

/* --- a compare ------------------------------------------------------------------------------------ */

static struct judged judged_now(struct world *w)
{
    struct judged j;
    struct error err;
    assert_ok(judged_count(w->lab.store, &j, &err), err);
    return j;
}

static void test_compare(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    send(&w, MODE_COMPARE, HARD);
    assert_off(&w, ACT_JUDGE_RIGHT, "both columns are still answering");
    finish(&w);
    assert_string_equal(view(&w, 0).role, "FAST");
    assert_string_equal(view(&w, 1).role, "REASON");
    assert_true(phase_ended(view(&w, 0).phase) && phase_ended(view(&w, 1).phase));
    assert_true(view(&w, 1).has_thinking);
    assert_null(act(&w, ACT_JUDGE_RIGHT));
    assert_int_equal(judged_now(&w).reasoning, 1);
    assert_holds("judged", screen(&w), "You judged: right is better");
    assert_off(&w, ACT_JUDGE_LEFT, "u takes it back");
    assert_null(act(&w, ACT_UNDO));
    assert_int_equal(judged_now(&w).reasoning, 0);
    assert_off(&w, ACT_UNDO, "no judgement");

    /* Swapped on the screen: the left one is now the reasoning model. */
    assert_null(act(&w, ACT_SWAP));
    assert_string_equal(view(&w, 0).role, "REASON");
    assert_null(act(&w, ACT_JUDGE_LEFT));
    assert_int_equal(judged_now(&w).reasoning, 1);
    assert_int_equal(judged_now(&w).fast, 0);

    /* The next compare begins as it stands, and counts what was judged before it. */
    assert_null(act(&w, ACT_AGAIN));
    finish(&w);
    assert_true(w.st->sides_swapped);
    assert_int_equal(w.st->before.reasoning, 1);
    assert_null(act(&w, ACT_JUDGE_RIGHT));
    assert_int_equal(judged_now(&w).fast, 1);
    world_close(&w);
}

/* x stops the column that has the focus; the other goes on. */
static void test_stop_one(void **state)
{
    (void)state;
    struct world w;
    struct busy b;
    world_open(&w);
    set_pace(&w, 15);
    send(&w, MODE_COMPARE, HARD);
    assert_true(ask_pane.busy(&w.pane, &b));
    assert_holds("both", b.what, "A B ");
    while (view(&w, 1).phase != PHASE_THINKING)
        turn(&w);
    assert_null(act(&w, ACT_PART_NEXT));
    assert_null(act(&w, ACT_STOP));
    while (column_runs(&w.st->column[1]))
        turn(&w);
    assert_int_equal(view(&w, 1).phase, PHASE_STOPPED);
    size_t len;
    page_source(w.st->column[1].thinking, &len);
    assert_true(len > 0); /* what arrived is kept */
    assert_true(view(&w, 1).slowed);
    finish(&w);
    assert_int_equal(view(&w, 0).phase, PHASE_DONE);
    assert_off(&w, ACT_JUDGE_LEFT, "column B has no whole answer");
    assert_off(&w, ACT_STOP, "no answer is on its way");

    act(&w, ACT_AGAIN); /* ^C stops both */
    turn(&w);
    ask_pane.stop(&w.pane);
    finish(&w);
    assert_true(phase_ended(view(&w, 0).phase));
    assert_int_equal(view(&w, 1).phase, PHASE_STOPPED);
    world_close(&w);
}

static void test_blind(void **state)
{
    (void)state;
    bool seen[2] = { false, false };
    struct world w;
    world_open(&w);
    assert_null(act(&w, ACT_BLIND));
    for (int i = 0; i < 64; i++) {
        ask_judge_begin(&w.pane);
        seen[w.st->sides_swapped] = true;
    }
    assert_true(seen[0] && seen[1]); /* the sides are drawn */
    send(&w, MODE_COMPARE, HARD);
    finish(&w);
    const char *text = screen(&w);
    assert_null(strstr(text, "FAST  "));
    assert_null(strstr(text, "mini"));
    assert_null(strstr(text, "thought"));
    assert_null(view(&w, 0).model);
    assert_off(&w, ACT_THINKING, "judge first");
    assert_off(&w, ACT_COPY_JSON, "judge first");

    bool swapped = w.st->sides_swapped;
    assert_null(act(&w, ACT_JUDGE_LEFT));
    struct judged j = judged_now(&w);
    assert_int_equal(swapped ? j.reasoning : j.fast, 1);
    assert_non_null(view(&w, 0).model); /* the names are shown, so it stays */
    assert_off(&w, ACT_UNDO, "stays");
    assert_off(&w, ACT_JUDGE_RIGHT, "names are shown");

    send(&w, MODE_COMPARE, HARD); /* shown before it was judged: no vote any more */
    finish(&w);
    assert_null(view(&w, 0).model);
    assert_null(act(&w, ACT_BLIND));
    assert_non_null(view(&w, 0).model);
    assert_off(&w, ACT_JUDGE_LEFT, "names were shown before");
    world_close(&w);
}

/* --- thinking -------------------------------------------------------------------------------------- */

struct facts {
    int opened, folded;
    char subject[64];
};

static bool note_fact(void *self, const struct monitor_fact *f)
{
    struct facts *n = self;
    n->opened += strcmp(f->after, "open") == 0;
    n->folded += strcmp(f->after, "folded") == 0;
    snprintf(n->subject, sizeof n->subject, "%s", f->subject);
    return true;
}

static struct facts facts_now(struct world *w)
{
    struct facts n = { 0 };
    struct error err;
    assert_ok(monitor_facts(w->lab.store, "screen", 0, note_fact, &n, &err), err);
    return n;
}

static void test_thinking(void **state)
{
    (void)state;
    struct world w;
    char subject[64];
    world_open(&w);
    set_pace(&w, 15);
    send(&w, MODE_REASON, HARD);
    assert_off(&w, ACT_THINKING, "no thinking yet");
    while (view(&w, 0).phase != PHASE_THINKING)
        turn(&w);
    assert_null(act(&w, ACT_THINKING)); /* while it runs */
    assert_int_equal(view(&w, 0).fold, FOLD_SOME);
    set_pace(&w, 0);
    finish(&w);
    assert_true(view(&w, 0).thinking_s > 0 && view(&w, 0).thinking_tokens > 0);
    assert_int_equal(ask_pane.act(&w.pane, ACT_ENTER), PANE_REDRAW);
    assert_int_equal(view(&w, 0).fold, FOLD_ALL);
    assert_holds("all", screen(&w), "end of the thinking");
    assert_int_equal(ask_pane.act(&w.pane, ACT_BACK), PANE_REDRAW);
    assert_int_equal(view(&w, 0).fold, FOLD_SOME);
    assert_null(act(&w, ACT_THINKING)); /* and later */
    assert_int_equal(view(&w, 0).fold, FOLD_LINE);
    assert_holds("folded", screen(&w), "thought for");
    assert_int_equal(ask_pane.act(&w.pane, ACT_ENTER), PANE_IGNORED); /* the field's, then */

    struct facts n = facts_now(&w);
    snprintf(subject, sizeof subject, "thinking:%lld", (long long)w.st->column[0].told.call_id);
    assert_int_equal(n.opened, 1);
    assert_int_equal(n.folded, 1);
    assert_string_equal(n.subject, subject);
    world_close(&w);
}

/* --- trouble ---------------------------------------------------------------------------------------- */

static void test_trouble(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    w.lab.pipeline.reasoning->arranged.fail = CALL_REFUSED;
    send(&w, MODE_REASON, HARD);
    finish(&w);
    assert_int_equal(view(&w, 0).phase, PHASE_FAILED);
    const struct trouble *t = &w.desk.trouble.t;
    assert_non_null(t->title);
    assert_holds("title", t->title, "reasoning model did not answer");
    assert_holds("what", t->what, "before its first word");
    assert_holds("kept", t->kept, "your prompt");
    assert_true(t->retry && t->fast && t->setup);
    assert_holds("screen", screen(&w), "failed");

    assert_null(act(&w, ACT_USE_FAST)); /* f of the box */
    finish(&w);
    assert_string_equal(view(&w, 0).role, "FAST");
    assert_int_equal(view(&w, 0).phase, PHASE_DONE);
    world_close(&w);
}

static void test_no_model(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    w.lab.pipeline.fast = NULL;
    send(&w, MODE_COMPARE, HARD);
    assert_false(ask_runs(w.st));
    assert_string_equal(w.desk.trouble.t.title, "The question was not asked");
    assert_holds("what", w.desk.trouble.t.what, "no fast model");
    assert_string_equal(field_text(&w.st->field), HARD); /* nothing is lost */
    w.lab.pipeline.fast = w.lab.pipeline.reasoning;
    send(&w, MODE_COMPARE, HARD);
    finish(&w);
    assert_holds("what", w.desk.trouble.t.what, "two different models");
    assert_holds("screen", screen(&w), "stands alone");
    world_close(&w);
}

/* An automatic route falls back to the fast model, and says so. */
static void test_fallback(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    w.lab.pipeline.reasoning->arranged.fail = CALL_REFUSED;
    send(&w, MODE_AUTO, HARD);
    assert_string_equal(level_name(w.st->verdict.level), "complex");
    finish(&w);
    struct column_view v = view(&w, 0);
    assert_int_equal(v.phase, PHASE_FALLBACK);
    assert_string_equal(v.role, "FAST");
    assert_holds("note", v.notes[0], "instead of mini/reason");
    assert_null(w.desk.trouble.t.title);
    world_close(&w);
}

/* A server that is silent because it loads the model: a state of its own. */
static void test_loading(void **state)
{
    (void)state;
    static const char *const args[] = { "--play", "ollama", "--models", "fast:8b,big-r1:70b",
                                        NULL };
    struct mock mock;
    struct world w;
    char server[100];
    const char *servers[] = { server };
    mock_start(&mock, args);
    mock_play(&mock, "{'model':{'big-r1:70b':{'load_ms':3000}}}");
    snprintf(server, sizeof server, "mock=ollama:%s", mock.url);
    world_open_with(&w, &(struct lab_options){ .servers = servers,
                                               .server_count = 1,
                                               .fast_model = "mock/fast:8b",
                                               .reason_model = "mock/big-r1:70b" });
    type_in(&w, HARD);
    while (w.st->looking[ROLE_REASONING])
        turn(&w);
    assert_true(w.st->cold[ROLE_REASONING]);
    send(&w, MODE_REASON, HARD);
    bool loading = false;
    while (ask_runs(w.st)) {
        turn(&w);
        loading |= view(&w, 0).phase == PHASE_LOADING;
        if (loading && view(&w, 0).phase == PHASE_LOADING)
            assert_holds("words", screen(&w), "server loads the model");
    }
    assert_true(loading);
    struct column_view v = view(&w, 0);
    assert_int_equal(v.phase, PHASE_DONE);
    assert_true(v.load_s > 2 && v.took_s > v.load_s);
    assert_false(w.st->cold[ROLE_REASONING]);

    w.st->cold[ROLE_REASONING] = true; /* unloaded since, as far as is known */
    mock_play(&mock, "{'model':{'big-r1:70b':{'delay_ms':1500}}}");
    assert_null(act(&w, ACT_AGAIN));
    while (view(&w, 0).phase != PHASE_LOADING)
        turn(&w);
    assert_holds("last time", screen(&w), "last time 3.");
    finish(&w);
    world_close(&w);
    mock_stop(&mock);
}

static void test_limit(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    world_open(&w);
    assert_ok(lab_set(&w.lab, "ask.max_tokens_reason", "2", &err), err);
    assert_off(&w, ACT_MORE, "no answer was cut off");
    send(&w, MODE_REASON, HARD);
    finish(&w);
    assert_int_equal(view(&w, 0).phase, PHASE_CUT);
    assert_int_equal(view(&w, 0).limit, 2);
    assert_holds("cut", screen(&w), "cut off at 2 tokens");
    assert_null(act(&w, ACT_MORE));
    assert_non_null(w.desk.question.text);
    assert_string_equal(w.desk.question.value, "4");
    desk_answer(&w.desk, "many");
    assert_holds("many", w.desk.message, "no token limit");
    assert_null(act(&w, ACT_MORE));
    desk_answer(&w.desk, NULL); /* given up */
    assert_false(ask_runs(w.st));
    assert_null(act(&w, ACT_MORE));
    desk_answer(&w.desk, "2000");
    finish(&w);
    assert_int_equal(view(&w, 0).phase, PHASE_DONE);
    assert_string_equal(lab_setting(&w.lab, "ask.max_tokens_reason", NULL), "2000");
    world_close(&w);
}

/* --- the field ---------------------------------------------------------------------------------------- */

static void test_past(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    world_open(&w);
    const char *texts[] = { "1 + 1", "2 + 2", "1 + 1" };
    for (size_t i = 0; i < COUNT(texts); i++) {
        send(&w, MODE_FAST, texts[i]);
        finish(&w);
    }
    assert_string_equal(past_text(&w.st->past, 0), "1 + 1");
    assert_string_equal(past_text(&w.st->past, 1), "2 + 2");
    assert_null(past_text(&w.st->past, 2));
    type_in(&w, "a draft");
    ask_pane.close(&w.pane); /* another start: read from the records */
    memset(w.pane.state, 0, ask_pane.state_size);
    assert_ok(ask_pane.open(&w.pane, &err), err);
    ask_pane.enter(&w.pane);
    assert_string_equal(field_text(&w.st->field), "a draft");
    assert_string_equal(past_text(&w.st->past, 0), "1 + 1");
    assert_string_equal(past_text(&w.st->past, 1), "2 + 2");
    assert_null(past_text(&w.st->past, 2));
    world_close(&w);
}

/* A long text costs no time at a key: it is scored when it is sent. */
static void test_long_prompt(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    char *text = mem_alloc(100001, 1);
    memset(text, 'a', 100000);
    type_in(&w, text);
    assert_true(w.st->too_long && !w.st->scored);
    assert_holds("score", screen(&w), "scored when sent");
    type_in(&w, EASY);
    assert_true(w.st->scored && !w.st->too_long);
    mem_free(text);
    world_close(&w);
}

/* --- what a column hears ---------------------------------------------------------------------------- */

static void tell_event(struct column *c, struct ask_event ev)
{
    static const struct answer a = { .query = "q",
                                     .query_len = 1,
                                     .server = "mini",
                                     .model = "reason",
                                     .role = ROLE_REASONING,
                                     .call_id = 7,
                                     .text = "",
                                     .thinking = "" };
    ev.len = ev.text ? strlen(ev.text) : 0;
    ev.answer = &a;
    column_hear(c, &ev);
}

static void tell(struct column *c, enum ask_event_type type, double t_s, const char *text)
{
    tell_event(c, (struct ask_event){ .type = type, .t_s = t_s, .text = text });
}

static const char *source(const struct page *p)
{
    size_t len;
    return page_source(p, &len);
}

static void test_hears(void **state)
{
    (void)state;
    struct world w;
    struct column_view v;
    world_open(&w);
    struct column *c = &w.st->column[0];
    c->asked_ns = clock_mono(w.lab.clock);
    tell(c, ASK_ROUTED, 0, NULL);
    assert_int_equal(c->phase, PHASE_CHECKING);
    tell(c, ASK_CALLED, 0.001, NULL);
    assert_int_equal(c->phase, PHASE_ASKED);
    tell_event(c, (struct ask_event){ .type = ASK_RETRY,
                                      .text = "the model is being loaded",
                                      .wait_ms = 1000,
                                      .loading = true });
    assert_int_equal(c->phase, PHASE_LOADING);
    tell(c, ASK_STARTED, 2, NULL);
    assert_int_equal(c->phase, PHASE_STARTED);
    tell(c, ASK_TEXT, 2.5, "so it ");
    tell(c, ASK_TEXT, 2.6, "goes");
    assert_int_equal(c->phase, PHASE_ANSWERING);
    tell(c, ASK_RECLASSIFY, 2.7, NULL); /* all of that was thinking */
    assert_int_equal(c->phase, PHASE_THINKING);
    assert_string_equal(source(c->thinking), "so it goes");
    assert_string_equal(source(c->answer), "");
    tell(c, ASK_UNTHINK, 2.8, NULL); /* no, it was the answer */
    assert_string_equal(source(c->answer), "so it goes");
    column_show(c, false, &v);
    assert_false(v.has_thinking);
    assert_int_equal(v.tokens_kind, KIND_ESTIMATED);
    assert_int_equal(v.tokens, 2);  /* two short pieces are two tokens */
    tell(c, ASK_FALLBACK, 3, NULL); /* of another model: nothing of it counts */
    assert_string_equal(source(c->answer), "");
    assert_int_equal(c->phase, PHASE_CHECKING);
    column_clear(c);
    world_close(&w);
}

/* Ten megabytes of one line with escapes in it: adding and drawing stay quick. */
static void test_long(void **state)
{
    (void)state;
    static char piece[1001];
    struct world w;
    world_open(&w);
    struct column *c = &w.st->column[0];
    memset(piece, 'x', 1000);
    memcpy(piece, "\x1b]52;c;AAAA\x07\xe2\x80\xae", 15);
    w.st->asked = mem_string("q");
    c->asked_ns = clock_mono(w.lab.clock);
    tell(c, ASK_ROUTED, 0, NULL);
    int64_t before = test_ms();
    for (int i = 0; i < 10000; i++) {
        tell(c, ASK_TEXT, i * 0.01, piece);
        if (i % 1000 == 0) {
            const char *text = screen(&w);
            assert_null(strchr(text, '\x1b'));
        }
    }
    assert_not_hung(before, 60000); /* a second or two under sanitizers */
    assert_int_equal(act(&w, ACT_UP) != NULL, 0);
    column_clear(c);
    world_close(&w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_auto),        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_choosing),    cmocka_unit_test(test_copy),
        cmocka_unit_test(test_compare),     cmocka_unit_test(test_stop_one),
        cmocka_unit_test(test_blind),       cmocka_unit_test(test_thinking),
        cmocka_unit_test(test_trouble),     cmocka_unit_test(test_no_model),
        cmocka_unit_test(test_fallback),    cmocka_unit_test(test_limit),
        cmocka_unit_test(test_loading),     cmocka_unit_test(test_past),
        cmocka_unit_test(test_long_prompt), cmocka_unit_test(test_hears),
        cmocka_unit_test(test_long),        cmocka_unit_test(test_other_prompt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
