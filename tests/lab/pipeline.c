/* The life of a question, against a small server that plays two models: routes, cache,
 * identity, sharing, stops, deadline, fallback, breaker, records. */
#include "tests/test.h"

#include <math.h>

#include "core/store/calls.h"
#include "core/store/history.h"
#include "tests/lab/world.h"

/* What one ask told. */
struct told {
    struct ask *ask;
    struct store *store;
    int ends, called, texts, thinkings, fallbacks;
    unsigned warned;
    struct answer answer; /* texts are copies below */
    struct buf text, thinking, streamed;
    char error[400], fallback_why[400];
};

static void hear(void *self, const struct ask_event *ev)
{
    struct told *t = self;
    if (ev->type == ASK_CALLED) {
        t->called++;
        assert_true(t->fallbacks || t->texts + t->thinkings == 0);
        assert_true(ev->answer->call_id > 0 || store_was_busy(t->store));
    }
    t->texts += ev->type == ASK_TEXT;
    t->thinkings += ev->type == ASK_THINKING;
    t->fallbacks += ev->type == ASK_FALLBACK;
    if (ev->type == ASK_WARN)
        t->warned |= 1u << ev->warn;
    if (ev->type == ASK_TEXT)
        buf_add(&t->streamed, ev->text, ev->len);
    if (ev->type != ASK_END)
        return;
    t->ends++;
    t->ask = NULL;
    t->answer = *ev->answer;
    buf_add(&t->text, ev->answer->text, ev->answer->text_len);
    buf_add(&t->thinking, ev->answer->thinking, ev->answer->thinking_len);
    snprintf(t->error, sizeof t->error, "%s", ev->answer->error ? ev->answer->error : "");
    snprintf(t->fallback_why, sizeof t->fallback_why, "%s",
             ev->answer->fallback_why ? ev->answer->fallback_why : "");
}

static void told_init(struct told *t)
{
    *t = (struct told){ .text = buf_with_max(100000),
                        .thinking = buf_with_max(100000),
                        .streamed = buf_with_max(100000) };
}

static void told_done(struct told *t)
{
    buf_done(&t->text);
    buf_done(&t->thinking);
    buf_done(&t->streamed);
}

static void start(struct world *w, const struct question *q, struct told *t)
{
    struct error err;
    told_init(t);
    t->store = w->store;
    t->ask = ask_start(&w->p, q, hear, t, &err);
    if (!t->ask)
        fail_msg("ask_start: %s", err.text);
    assert_int_equal(t->ends, 0); /* nothing is told from inside a start */
}

static void finish(struct world *w, struct told *t)
{
    int64_t began = test_ms();
    while (t->ask) {
        world_turn(w, 5000);
        assert_not_hung(began, 20000);
    }
    assert_int_equal(t->ends, 1);
}

static void ask(struct world *w, const struct question *q, struct told *t)
{
    start(w, q, t);
    finish(w, t);
}

/* Chat requests the server has seen. */
static size_t chats(const struct world *w)
{
    struct json *log = mock_log(&w->mock);
    size_t n = 0;
    for (const struct json *e = json_first(log); e; e = json_next(e))
        n += strcmp(json_get_text(e, "path"), "/api/chat") == 0;
    json_free(log);
    return n;
}

static void test_routes(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        enum route_force force;
        bool no_cot;
        const char *model;
        bool cot;
    } rows[] = {
        { SIMPLE, ROUTE_AUTO, false, "fast:8b", false },
        { "solve it", ROUTE_AUTO, false, "fast:8b", true },
        { COMPLEX, ROUTE_AUTO, false, "big-r1:70b", true },
        { COMPLEX, ROUTE_AUTO, true, "big-r1:70b", false },
        { COMPLEX, ROUTE_FAST, false, "fast:8b", true },
        { SIMPLE, ROUTE_FAST, false, "fast:8b", false },
        { SIMPLE, ROUTE_REASONING, false, "big-r1:70b", true },
    };
    struct world w;
    world_open(&w, NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct question q = world_question(rows[i].query);
        q.force = rows[i].force;
        q.no_cot = rows[i].no_cot;
        q.no_cache = true;
        struct told t;
        ask(&w, &q, &t);
        assert_string_equal(t.answer.model, rows[i].model);
        assert_int_equal(t.answer.cot, rows[i].cot);
        assert_int_equal(t.answer.end, END_OK_STOP);
        assert_string_equal(buf_text(&t.text), buf_text(&t.streamed));
        assert_int_equal(t.answer.tokens_kind, KIND_MEASURED);
        told_done(&t);

        struct json *log = mock_log(&w.mock);
        const struct json *last = NULL;
        for (const struct json *e = json_first(log); e; e = json_next(e))
            last = strcmp(json_get_text(e, "path"), "/api/chat") == 0 ? e : last;
        bool sent = strstr(json_get_text(last, "body"), pipeline_suffix) != NULL;
        assert_int_equal(sent, rows[i].cot);
        json_free(log);
    }
    assert_int_equal(w.p.stats.queries, COUNT(rows));
    assert_int_equal(w.p.stats.fast_calls, 4);
    assert_int_equal(w.p.stats.reasoning_calls, 3);
    world_close(&w);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        const char *error;
    } rows[] = { { "", 0, "nothing to ask" },
                 { " \t\n", 3, "nothing to ask" },
                 { "a\0b", 3, "NUL" },
                 { "\xFF", 1, "UTF-8" } };
    struct world w;
    struct error err;
    world_open(&w, NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct question q = question_default();
        q.text = rows[i].text;
        q.len = rows[i].len;
        assert_null(ask_start(&w.p, &q, hear, NULL, &err));
        assert_holds(rows[i].error, err.text, rows[i].error);
    }
    struct question q = world_question(SIMPLE);
    q.compare = true;
    w.p.reasoning = w.p.fast;
    assert_null(ask_start(&w.p, &q, hear, NULL, &err));
    assert_holds("compare", err.text, "two different models are needed");
    w.p.fast = w.p.reasoning = NULL;
    q.compare = false;
    assert_null(ask_start(&w.p, &q, hear, NULL, &err));
    assert_holds("no model", err.text, "no fast model");
    world_close(&w);
}

static void test_hit(void **state)
{
    (void)state;
    struct world w;
    struct told first, second, third;
    struct question q = world_question(COMPLEX);
    char play[40];
    world_open(&w, NULL);
    snprintf(play, sizeof play, "{'delay_ms':%lld}", (long long)(50 * test_slower()));
    mock_play(&w.mock, play); /* a model takes longer than the cache */
    ask(&w, &q, &first);
    ask(&w, &q, &second);
    assert_int_equal(first.answer.from, FROM_MODEL);
    assert_true(isnan(first.answer.original_latency_s));
    assert_int_equal(second.answer.from, FROM_CACHE);
    assert_int_equal(first.called, 1);
    assert_int_equal(second.called, 0); /* no model was asked */
    assert_int_equal(first.text.len, second.text.len);
    assert_memory_equal(first.text.data, second.text.data, first.text.len);
    assert_string_equal(buf_text(&first.thinking), buf_text(&second.thinking));
    assert_true(second.answer.original_latency_s == first.answer.call_s);
    assert_true(second.answer.latency_s < second.answer.original_latency_s);
    assert_int_equal(second.answer.saved_kind, KIND_MEASURED);
    assert_true(isnan(second.answer.ttft_s));
    assert_int_equal(second.answer.call_id, first.answer.call_id);
    assert_int_equal(chats(&w), 1);

    q.no_cache = true; /* not looked up, stored again */
    ask(&w, &q, &third);
    assert_int_equal(third.answer.from, FROM_MODEL);
    assert_int_equal(chats(&w), 2);
    assert_int_equal(w.p.stats.hits, 1);

    /* One letter more is another question; so is a leading space. */
    struct told other;
    struct question spaced = world_question(" " COMPLEX);
    ask(&w, &spaced, &other);
    assert_int_equal(other.answer.from, FROM_MODEL);
    told_done(&first);
    told_done(&second);
    told_done(&third);
    told_done(&other);
    world_close(&w);
}

/* The same name, other weights: with the guard the old answer is never given again. */
static void test_identity(void **state)
{
    (void)state;
    for (int guard = 0; guard < 2; guard++) {
        struct world w;
        struct told a, b, c;
        struct question q = world_question(SIMPLE);
        world_open(&w, NULL);
        w.p.guard = guard;
        mock_play(&w.mock, "{'answers':{'snow':'old model'}}");
        ask(&w, &q, &a);
        mock_play(&w.mock, "{'answers':{'snow':'new model'},'model':{'fast:8b':{'digest':"
                           "'abababababababababababababababababababababababababababababababab'}}}");
        w.p.fast->server->listed_ns -= 2 * NS_PER_S; /* the last look is older than a second */
        ask(&w, &q, &b);
        assert_string_equal(buf_text(&b.text), guard ? "new model" : "old model");
        assert_int_equal(b.answer.from, guard ? FROM_MODEL : FROM_CACHE);
        ask(&w, &q, &c);
        assert_int_equal(c.answer.from, FROM_CACHE);
        assert_string_equal(buf_text(&c.text), guard ? "new model" : "old model");
        assert_true(c.answer.identity_checked);
        told_done(&a);
        told_done(&b);
        told_done(&c);
        world_close(&w);
    }
}

/* A server that went away: the last known identity, and the answer says it was not checked. */
static void test_server_gone(void **state)
{
    (void)state;
    struct world w;
    struct told a, b, c;
    struct question q = world_question(SIMPLE), other = world_question("is it on?");
    world_open(&w, NULL);
    ask(&w, &q, &a);
    mock_stop(&w.mock);
    w.p.fast->server->listed_ns -= 2 * NS_PER_S;
    ask(&w, &q, &b);
    assert_int_equal(b.answer.from, FROM_CACHE);
    assert_false(b.answer.identity_checked);
    ask(&w, &other, &c);
    assert_int_equal(c.answer.end, END_ERR_TRANSPORT);
    assert_holds("names the address", c.error, "127.0.0.1");
    told_done(&a);
    told_done(&b);
    told_done(&c);
    mock_start(&w.mock, NULL);
    world_close(&w);
}

static void test_shared(void **state)
{
    (void)state;
    struct world w;
    struct told t[3];
    struct question q = world_question(SIMPLE);
    world_open(&w, NULL);
    mock_play(&w.mock, "{'delay_ms':50,'rate':200}");
    for (int i = 0; i < 3; i++)
        start(&w, &q, &t[i]);
    for (int i = 0; i < 3; i++)
        finish(&w, &t[i]);
    assert_int_equal(chats(&w), 1);
    assert_int_equal(w.p.stats.shared, 2);
    assert_int_equal(cache_session_counts(w.cache).misses, 1); /* shared is neither */
    for (int i = 1; i < 3; i++) {
        assert_string_equal(buf_text(&t[0].text), buf_text(&t[i].text));
        assert_string_equal(buf_text(&t[i].text), buf_text(&t[i].streamed));
    }
    for (int i = 0; i < 3; i++)
        told_done(&t[i]);
    world_close(&w);
}

/* One of two who share stops: the other gets the answer. Both stop: the server is let go. */
static void test_cancel(void **state)
{
    (void)state;
    for (int both = 0; both < 2; both++) {
        struct world w;
        struct told a, b;
        struct question q = world_question(SIMPLE);
        world_open(&w, NULL);
        mock_play(&w.mock, "{'rate':50,'tokens':20}");
        start(&w, &q, &a);
        start(&w, &q, &b);
        while (a.texts < 3)
            world_turn(&w, 5000);
        ask_cancel(a.ask);
        if (both)
            ask_cancel(b.ask);
        assert_int_equal(a.ends, 0);
        finish(&w, &a);
        finish(&w, &b);
        assert_int_equal(a.answer.end, END_CANCELLED);
        assert_true(a.text.len > 0); /* what was said so far is kept */
        assert_int_equal(b.answer.end, both ? END_CANCELLED : END_OK_STOP);
        if (!both)
            assert_true(b.text.len > a.text.len);
        told_done(&a);
        told_done(&b);
        for (int i = 0; i < 3; i++) /* the stopped call ends too */
            world_turn(&w, 20);
        assert_null(w.p.flights);
        struct told again;
        mock_play(&w.mock, "{'rate':0}");
        ask(&w, &q, &again);
        assert_int_equal(again.answer.from, both ? FROM_MODEL : FROM_CACHE);
        told_done(&again);
        world_close(&w);
    }
}

static void test_fallback(void **state)
{
    (void)state;
    static const struct {
        const char *what, *play;
        enum route_force force;
        double deadline_s;
        bool falls_back;
        enum call_end end;
        const char *why;
    } rows[] = {
        { "server error",
          "{'model':{'big-r1:70b':{'fail':{'status':500,'error':'runner died',"
          "'times':-1}}}}",
          ROUTE_AUTO, NAN, true, END_OK_STOP, "runner died" },
        { "missing", "{'models':['fast:8b']}", ROUTE_AUTO, NAN, true, END_OK_STOP, "big-r1:70b" },
        { "cut while thinking", "{'model':{'big-r1:70b':{'cut_after':3}}}", ROUTE_AUTO, NAN, true,
          END_OK_STOP, "" },
        { "deadline", "{'model':{'big-r1:70b':{'delay_ms':3000}}}", ROUTE_AUTO, 0.2, true,
          END_OK_STOP, "deadline of 0.2 s" },
        { "forced: no fallback", "{'model':{'big-r1:70b':{'cut_after':3}}}", ROUTE_REASONING, NAN,
          false, END_ERR_TRANSPORT, "" },
        { "forced deadline", "{'model':{'big-r1:70b':{'delay_ms':3000}}}", ROUTE_REASONING, 0.2,
          false, END_TIMEOUT_TOTAL, "" },
        { "text already shown", "{'thinking':2,'model':{'big-r1:70b':{'cut_after':5}}}", ROUTE_AUTO,
          NAN, false, END_ERR_TRANSPORT, "" },
        { "slow, but in time", "{'model':{'big-r1:70b':{'delay_ms':50}}}", ROUTE_AUTO, 5, false,
          END_OK_STOP, "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct world w;
        struct told t;
        struct question q = world_question(COMPLEX);
        world_open(&w, NULL);
        mock_play(&w.mock, rows[i].play);
        q.force = rows[i].force;
        q.settings.deadline_s = rows[i].deadline_s;
        ask(&w, &q, &t);
        if (t.answer.end != rows[i].end)
            fail_msg("%s: ended %s (%s)", rows[i].what, call_end_name(t.answer.end), t.error);
        assert_int_equal(t.answer.fallback_from != NULL, rows[i].falls_back);
        assert_int_equal(t.fallbacks, rows[i].falls_back);
        assert_holds(rows[i].what, t.fallback_why, rows[i].why);
        if (rows[i].falls_back) {
            assert_string_equal(t.answer.model, "fast:8b");
            assert_holds(rows[i].what, buf_text(&t.text), "fast:8b says");
            /* Neither answer may come back from the cache. */
            struct told again;
            struct question fast = q;
            fast.force = ROUTE_FAST;
            ask(&w, &fast, &again);
            assert_int_equal(again.answer.from, FROM_MODEL);
            told_done(&again);
        }
        told_done(&t);
        world_close(&w);
    }
}

static void test_breaker(void **state)
{
    (void)state;
    struct world w;
    struct question q = world_question(COMPLEX);
    world_open(&w, NULL);
    mock_play(&w.mock, "{'model':{'big-r1:70b':{'cut_after':1}}}");
    for (int i = 0; i < 5; i++) {
        struct told t;
        size_t before = chats(&w);
        ask(&w, &q, &t);
        assert_string_equal(t.answer.model, "fast:8b");
        /* Three failures, then the model is left alone. */
        assert_int_equal(chats(&w) - before, i < 3 ? 2 : 1);
        if (i >= 3)
            assert_holds("skipped", t.fallback_why, "breaker");
        told_done(&t);
    }
    assert_int_equal(w.p.reasoning->breaker.state, BREAKER_OPEN);

    /* A person who insists is let through, and proves nothing to the breaker's trial. */
    struct told forced;
    q.force = ROUTE_REASONING;
    ask(&w, &q, &forced);
    assert_int_equal(forced.answer.end, END_ERR_TRANSPORT);
    told_done(&forced);

    /* After the pause one trial; it works, so the breaker closes. */
    mock_play(&w.mock, "{'model':{'big-r1:70b':{'cut_after':null}}}");
    w.p.reasoning->breaker.opened_ns -= 61 * NS_PER_S;
    struct told trial;
    q.force = ROUTE_AUTO;
    ask(&w, &q, &trial);
    assert_string_equal(trial.answer.model, "big-r1:70b");
    assert_int_equal(w.p.reasoning->breaker.state, BREAKER_CLOSED);
    told_done(&trial);
    world_close(&w);
}

/* Only finished answers are kept. */
static void test_not_cached(void **state)
{
    (void)state;
    static const struct {
        const char *what, *play;
        int64_t max_tokens;
        bool cached;
    } rows[] = {
        { "finished", "{}", -1, true },
        { "empty but finished", "{'answers':{'snow':''}}", -1, true },
        { "cut off", "{'cut_after':4}", -1, false },
        { "at its limit", "{'tokens':50}", 5, false },
        { "refused", "{'fail':{'status':400,'error':'no','times':-1}}", -1, false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct world w;
        struct told a, b;
        struct question q = world_question(SIMPLE);
        world_open(&w, NULL);
        mock_play(&w.mock, rows[i].play);
        q.settings.max_tokens = rows[i].max_tokens;
        ask(&w, &q, &a);
        ask(&w, &q, &b);
        if ((b.answer.from == FROM_CACHE) != rows[i].cached)
            fail_msg("%s: %s", rows[i].what, answer_from_name(b.answer.from));
        told_done(&a);
        told_done(&b);
        world_close(&w);
    }
}

static void test_compare(void **state)
{
    (void)state;
    struct world w;
    struct told fast, slow, hit;
    world_open(&w, NULL);
    struct question q = world_question(COMPLEX);
    int64_t pair = 0;
    q.compare = true;
    q.purpose = "compare";
    q.pair_id = &pair;
    for (int round = 0; round < 2; round++) { /* never looks up */
        pair = 0;
        q.force = ROUTE_FAST;
        q.side = "left";
        start(&w, &q, &fast);
        q.force = ROUTE_REASONING;
        q.side = "right";
        start(&w, &q, &slow);
        finish(&w, &fast);
        finish(&w, &slow);
        assert_int_equal(fast.answer.from, FROM_MODEL);
        assert_int_equal(slow.answer.from, FROM_MODEL);
        assert_true(fast.answer.cot && slow.answer.cot);
        assert_true(pair == fast.answer.answer_id || pair == slow.answer.answer_id);
        told_done(&fast);
        told_done(&slow);
    }
    assert_int_equal(cache_session_counts(w.cache).misses, 0);
    struct question plain = world_question(COMPLEX); /* but stores both */
    ask(&w, &plain, &hit);
    assert_int_equal(hit.answer.from, FROM_CACHE);
    told_done(&hit);
    struct error err;
    assert_ok(judgement_add(w.store, pair, "right", false, false, &err), err);
    world_close(&w);
}

/* What reached the history of an answer that broke off. */
static bool see_row(void *self, const struct history_row *row)
{
    int *seen = self;
    assert_string_equal(row->end, "ERR_TRANSPORT");
    assert_true(strlen(row->answer) > 0);
    (*seen)++;
    return true;
}

static void test_partial_is_kept(void **state)
{
    (void)state;
    struct world w;
    struct told t;
    struct question q = world_question(SIMPLE);
    struct error err;
    int seen = 0;
    world_open(&w, NULL);
    mock_play(&w.mock, "{'cut_after':4}");
    ask(&w, &q, &t);
    assert_int_equal(t.answer.end, END_ERR_TRANSPORT);
    assert_ok(history_list(w.store, &(struct history_filter){ 0 }, see_row, &seen, &err), err);
    assert_int_equal(seen, 1);
    assert_string_equal(w.p.not_recorded, "");
    told_done(&t);
    world_close(&w);
}

/* A count far below what the prompt must have: said, and the answer is not kept, empty or not. One
 * that is explained by what the server had read before is an answer like any other. */
static void test_cut_prompt(void **state)
{
    (void)state;
    static const struct {
        const char *play;
        bool cut;
    } rows[] = {
        { "{'answers':{'word':''},'counted':40}", true },
        { "{'answers':{'word':'yes'},'counted':40}", true },
        { "{'answers':{'word':'yes'},'counted':6000}", false },
        { "{'answers':{'word':'yes'},'counted':40,'cached':3000}", false },
    };
    char *text = calloc(1, 20001);
    for (size_t i = 0; i < 20000; i++)
        text[i] = "a word "[i % 7];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        struct told t;
        world_open(&w, NULL);
        struct question q = world_question(text);
        mock_play(&w.mock, rows[i].play);
        ask(&w, &q, &t);
        assert_int_equal(t.answer.end, END_OK_STOP);
        assert_int_equal(t.answer.warns >> WARN_PROMPT_CUT & 1, rows[i].cut);
        assert_int_equal(t.warned >> WARN_PROMPT_CUT & 1, rows[i].cut);
        told_done(&t);
        ask(&w, &q, &t);
        assert_int_equal(t.answer.from, rows[i].cut ? FROM_MODEL : FROM_CACHE);
        told_done(&t);
        world_close(&w);
    }
    free(text);
}

/* What a model refused once is not tried again by the next process; other weights forget it. */
static void test_quirks_are_kept(void **state)
{
    (void)state;
    struct world w;
    struct told t;
    struct question q = world_question(COMPLEX);
    world_open(&w, NULL);
    mock_play(&w.mock, "{'model':{'big-r1:70b':{'fail':{'status':400,'times':1,"
                       "'error':'\\'big-r1:70b\\' does not support thinking'}}}}");
    w.p.reasoning->thinking = TRI_YES;
    ask(&w, &q, &t);
    assert_int_equal(t.answer.end, END_OK_STOP);
    assert_true(w.p.reasoning->quirks.no_think);
    assert_null(t.answer.fallback_from);
    told_done(&t);

    struct models next; /* as another process would see it */
    models_init(&next, w.net, w.store);
    struct lab_server *s = models_add_server(&next, &w.p.reasoning->server->server);
    assert_true(models_get(&next, s, "big-r1:70b")->quirks.no_think);
    assert_false(models_get(&next, s, "fast:8b")->quirks.no_think);
    models_done(&next);

    mock_play(&w.mock, "{'model':{'big-r1:70b':{'digest':"
                       "'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd'}}}");
    w.p.reasoning->server->listed_ns -= 2 * NS_PER_S;
    ask(&w, &q, &t);
    assert_false(w.p.reasoning->quirks.no_think);
    told_done(&t);
    world_close(&w);
}

/* Dropping a pipeline in mid-answer leaves nothing behind and reports nothing. */
static void test_dropped(void **state)
{
    (void)state;
    struct world w;
    struct told t;
    struct question q = world_question(COMPLEX);
    world_open(&w, NULL);
    mock_play(&w.mock, "{'rate':20,'tokens':100}");
    start(&w, &q, &t);
    while (t.thinkings < 2)
        world_turn(&w, 5000);
    world_close(&w);
    assert_int_equal(t.ends, 0);
    told_done(&t);
}

static void turn_for(struct world *w, int64_t ms)
{
    int64_t end = clock_mono(clock_real()) + ms * NS_PER_MS;
    while (clock_mono(clock_real()) < end)
        world_turn(w, 20);
}

static bool count_good(void *self, const struct history_row *row)
{
    *(int *)self += strcmp(row->end, "OK_STOP") == 0 && row->call_id > 0;
    return true;
}

static int good_answers(struct store *s)
{
    struct error err;
    int n = 0;
    assert_ok(history_list(s, &(struct history_filter){ .limit = 10 }, count_good, &n, &err), err);
    return n;
}

/* Another process holds the file: an answer, a hit, a stop that comes too late and the program's
 * end wait for it, the loop does not, and everything is written down. */
static void test_busy_file(void **state)
{
    (void)state;
    struct world w;
    struct told t, cached, last;
    struct error err;
    struct arena a = { 0 };
    char *folder = test_folder();
    struct question q = world_question(SIMPLE),
                    other_q = world_question("What is the colour of grass?");
    struct store_options o = { .path = arena_format(&a, "%s/rlab.db", folder),
                               .clock = clock_real(),
                               .busy_ms = 30 };
    struct store *other;
    world_open(&w, &o);
    assert_ok(store_open(&o, &other, &err), err);

    assert_ok(store_batch_begin(other, &err), err);
    start(&w, &q, &t);
    int64_t began = test_ms();
    while (!t.texts) {
        assert_not_hung(began, 20000);
        turn_for(&w, 20);
    }
    turn_for(&w, 700);
    assert_int_equal(t.ends, 0); /* it came, and is not yet said to be done */
    ask_cancel(t.ask);
    turn_for(&w, 100);
    assert_int_equal(t.ends, 0);
    double held_s = (double)(test_ms() - began) / 1000;
    assert_ok(store_batch_end(other, &err), err);
    finish(&w, &t);
    assert_int_equal(t.answer.end, END_OK_STOP);
    assert_true(t.answer.latency_s < held_s - 0.1); /* the wait is not the model's */
    assert_int_equal(good_answers(w.store), 1);

    assert_ok(store_batch_begin(other, &err), err);
    start(&w, &q, &cached);
    turn_for(&w, 200);
    assert_int_equal(cached.ends, 0);
    assert_ok(store_batch_end(other, &err), err);
    finish(&w, &cached);
    assert_int_equal(cached.answer.from, FROM_CACHE);
    assert_int_equal(good_answers(w.store), 2);

    assert_ok(store_batch_begin(other, &err), err);
    start(&w, &other_q, &last);
    turn_for(&w, 700);
    assert_true(last.texts > 0);
    assert_ok(store_batch_end(other, &err), err);
    assert_string_equal(w.p.not_recorded, "");
    world_close(&w);
    assert_int_equal(last.ends, 0);
    assert_int_equal(good_answers(other), 3);
    store_close(other);
    told_done(&t);
    told_done(&cached);
    told_done(&last);
    arena_done(&a);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routes),      cmocka_unit_test(test_refused),
        cmocka_unit_test(test_hit),         cmocka_unit_test(test_identity),
        cmocka_unit_test(test_server_gone), cmocka_unit_test(test_shared),
        cmocka_unit_test(test_cancel),      cmocka_unit_test(test_fallback),
        cmocka_unit_test(test_breaker),     cmocka_unit_test(test_not_cached),
        cmocka_unit_test(test_compare),     cmocka_unit_test(test_partial_is_kept),
        cmocka_unit_test(test_dropped),     cmocka_unit_test(test_quirks_are_kept),
        cmocka_unit_test(test_cut_prompt),  cmocka_unit_test(test_busy_file),
    };
    return cmocka_run_group_tests_name("pipeline", tests, NULL, NULL);
}
