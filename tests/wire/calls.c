/* Calls that are stopped, dropped, refused before they start, or run many at once; and the
 * small servers of the mock, whole. */
#include "tests/test.h"

#include <math.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/model/catalog.h"
#include "core/model/provider.h"
#include "tests/wire/caller.h"
#include "tests/wire/mock.h"

#define HANG_MS 8000

static struct mock mock; /* scripted */

#define SAY(t) "{'event':{'choices':[{'index':0,'delta':{'content':'" t "'}}]}}"
#define STREAM "'headers':[['Content-Type','text/event-stream']]"
#define STOP                                                                                       \
    "{'event':{'choices':[{'index':0,'delta':{},'finish_reason':'stop'}]}},'data: [DONE]\\n\\n'"
#define HELLO "{" STREAM ",'writes':[" SAY("Hello") "," STOP "]}"
#define HANGS "{" STREAM ",'writes':[" SAY("Hel") "],'end':'hang'}"

struct bench {
    struct net *net;
    char url[200];
    struct server server;
    struct model_quirks quirks;
    struct call_request request;
    struct call_timers timers;
};

static void bench_init(struct bench *b, const char *type, const char *url)
{
    struct error err;
    *b = (struct bench){ .net = net_new(clock_real(), &err) };
    b->server = caller_server(type, url, &b->url);
    b->request = hello_request();
    b->timers = call_timers_for(&b->server);
}

static void begin(struct bench *b, struct caller *c)
{
    struct error err;
    assert_ok(caller_start(c, b->net, &b->server, &b->quirks, &b->request, &b->timers, &err), err);
}

static void refuse(struct bench *b, enum error_code code, const char *part)
{
    struct error err = { 0 };
    struct caller c = { 0 };
    if (caller_start(&c, b->net, &b->server, &b->quirks, &b->request, &b->timers, &err))
        fail_msg("it started");
    assert_int_equal(err.code, code);
    assert_holds("refused", err.text, part);
    caller_done(&c);
}

static void expect(struct caller *c, const char *events)
{
    if (strcmp(buf_text(&c->events), events) != 0)
        fail_msg("%s\n  not %s; %s", buf_text(&c->events), events, c->message);
}

/* The mock has seen its client go away. */
static void expect_closed(void)
{
    for (int64_t start = test_ms();; usleep(10000)) {
        struct json *log = mock_log(&mock);
        bool closed = json_is_true(json_get(json_first(log), "closed_early"));
        json_free(log);
        if (closed)
            return;
        assert_not_hung(start, 2000);
    }
}

/* --- stopping ------------------------------------------------------------------------ */

static const struct stop_row {
    const char *what, *replies;
    enum event_type when; /* stopped from inside this event */
    void (*act)(struct call *c);
    const char *events; /* NULL: nothing may follow, not even an end */
    size_t asked;
} stops[] = {
    { "cancel at the start", HANGS, EVENT_STARTED, call_cancel, "200 end(CANCELLED)", 1 },
    { "cancel in the answer", HANGS, EVENT_TEXT, call_cancel, "200 text(Hel) end(CANCELLED)", 1 },
    { "cancel in the last words", HELLO, EVENT_TEXT, call_cancel, "200 text(Hello) end(CANCELLED)",
      1 },
    { "deadline in the answer", HANGS, EVENT_TEXT, call_expire, "200 text(Hel) end(TIMEOUT_TOTAL)",
      1 },
    { "cancel while waiting to retry",
      "{'status':503,'headers':[['retry-after','60']],'framing':'length'}", EVENT_RETRY,
      call_cancel, "503 retry(2) end(CANCELLED)", 1 },
    { "deadline while waiting to retry",
      "{'status':503,'headers':[['retry-after','60']],'framing':'length'}", EVENT_RETRY,
      call_expire, "503 retry(2) end(TIMEOUT_TOTAL)", 1 },
    { "cancel at a warning that asks again",
      "{'status':400,'framing':'length','writes':['temperature is not supported']}", EVENT_WARN,
      call_cancel, "400 warn(NO_TEMPERATURE) end(CANCELLED)", 1 },
    { "drop in the answer", HANGS, EVENT_TEXT, call_drop, NULL, 1 },
    { "drop at the start", HANGS, EVENT_STARTED, call_drop, NULL, 1 },
    { "drop while waiting to retry",
      "{'status':503,'headers':[['retry-after','60']],'framing':'length'}", EVENT_RETRY, call_drop,
      NULL, 1 },
    { "drop at a warning",
      "{'status':400,'framing':'length','writes':['temperature is not supported']}", EVENT_WARN,
      call_drop, NULL, 1 },
    { "drop at the end", HELLO, EVENT_END, call_drop, "200 text(Hello) end(OK_STOP)", 1 },
    { "cancel at the end", HELLO, EVENT_END, call_cancel, "200 text(Hello) end(OK_STOP)", 1 },
};

static void test_stops(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(stops); i++) {
        const struct stop_row *row = &stops[i];
        struct buf script = buf_with_max(4096);
        buf_printf(&script, "{'replies':[%s]}", row->replies);
        mock_script(&mock, buf_text(&script));
        buf_done(&script);
        struct bench b;
        bench_init(&b, "openai", mock.url);
        b.request.temperature = 0;
        struct caller c = { .act_on = row->when, .act = row->act };
        begin(&b, &c);
        if (row->events) {
            caller_finish(&c, HANG_MS);
            if (strcmp(buf_text(&c.events), row->events) != 0)
                fail_msg("%s: %s", row->what, buf_text(&c.events));
        } else {
            while (c.act)
                caller_step(b.net, 1000);
            for (int turn = 0; turn < 3; turn++)
                caller_step(b.net, 20);
            assert_int_equal(c.ends, 0);
        }
        assert_int_equal(mock_asked(&mock), row->asked);
        caller_done(&c);
        net_free(b.net);
    }
}

/* From outside: the end comes at the next step, at once, and the server is let go. */
static void test_cancel_is_quick(void **state)
{
    (void)state;
    mock_script(&mock, "{'replies':[{'raw':'','end':'hang'}]}");
    struct bench b;
    bench_init(&b, "openai", mock.url);
    struct caller c = { 0 };
    begin(&b, &c);
    for (int i = 0; i < 5; i++)
        caller_step(b.net, 20);
    struct call *call = c.call;
    int64_t start = test_ms();
    call_cancel(call);
    call_expire(call); /* the first word counts */
    call_cancel(call);
    assert_int_equal(c.ends, 0); /* nothing is told outside a step */
    caller_finish(&c, HANG_MS);
    assert_quick(test_ms() - start, 500);
    expect(&c, "end(CANCELLED)");
    assert_null(c.end.message);
    expect_closed();
    caller_done(&c);
    net_free(b.net);
}

static void test_drop_outside(void **state)
{
    (void)state;
    mock_script(&mock, "{'replies':[" HANGS "]}");
    struct bench b;
    bench_init(&b, "openai", mock.url);
    struct caller c = { 0 };
    begin(&b, &c);
    while (c.text.len == 0)
        caller_step(b.net, 1000);
    call_drop(c.call);
    caller_step(b.net, 20);
    assert_int_equal(c.ends, 0);
    expect_closed();
    caller_done(&c);
    net_free(b.net);
}

/* --- before the first byte ----------------------------------------------------------- */

static void test_refused_at_start(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, "anthropic", "http://127.0.0.1:1");
    b.request.think = THINK_ON;
    b.request.think_budget = 2048;
    b.request.max_tokens = 1024;
    refuse(&b, ERR_USAGE, "2048");
    b.request.max_tokens = 4096;
    b.server.hosted = true;
    b.server.local = false;
    b.server.key_from = "ANTHROPIC_API_KEY";
    if (b.server.provider->needs_key)
        refuse(&b, ERR_CONFIG, "set the variable ANTHROPIC_API_KEY");
    b.server.key = "one\nX-Other: two";
    refuse(&b, ERR_CONFIG, "line break");
    net_free(b.net);
}

static void test_nobody_listens(void **state)
{
    (void)state;
    static const struct {
        const char *what, *type, *url, *events, *message, *advice;
        bool remote;
    } rows[] = {
        { "here: said at once", "ollama", "http://127.0.0.1:1", "end(ERR_TRANSPORT)",
          "server 'mock' (http://127.0.0.1:1): nothing listens there", "ollama serve", false },
        { "here, another kind", "openai", "http://127.0.0.1:1", "end(ERR_TRANSPORT)",
          "nothing listens there", "start the server, or correct the address (from --server)",
          false },
        { "afar", "openai", "http://127.0.0.1:1", "retry(2) retry(3) end(ERR_TRANSPORT)",
          "no connection", "firewall", true },
        { "no such name", "openai", "http://me:hidden@name.invalid",
          "retry(2) retry(3) end(ERR_TRANSPORT)",
          "(http://name.invalid/v1): its name has no address", "spelling", true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bench b;
        bench_init(&b, rows[i].type, rows[i].url);
        b.server.local = !rows[i].remote;
        struct caller c = { 0 };
        begin(&b, &c);
        caller_finish(&c, HANG_MS);
        expect(&c, rows[i].events);
        assert_holds(rows[i].what, c.message, rows[i].message);
        assert_holds(rows[i].what, c.advice, rows[i].advice);
        assert_null(strstr(c.message, "hidden"));
        for (int w = 0; w < c.retries; w++) /* 500 and 1000 ms, up to a quarter less */
            assert_true(c.waits_ms[w] <= 500 << w && c.waits_ms[w] >= 375 << w);
        caller_done(&c);
        net_free(b.net);
    }
}

/* What speaks first, and no TLS, behind an https address. */
static void test_no_tls(void **state)
{
    (void)state;
    struct mock m;
    const char *args[] = { "--greet", "220 mail.example ESMTP\r\n", NULL };
    mock_start(&m, args);
    struct bench b;
    char url[64];
    snprintf(url, sizeof url, "https://127.0.0.1:%d", m.port);
    bench_init(&b, "openai", url);
    b.server.local = false;
    struct caller c = { 0 };
    begin(&b, &c);
    caller_finish(&c, HANG_MS);
    expect(&c, "end(ERR_TRANSPORT)"); /* a certificate does not get better by asking again */
    assert_holds("TLS", c.message, "no safe connection: ");
    assert_holds("TLS", c.advice, "certificate");
    assert_false(c.end.retryable);
    caller_done(&c);
    net_free(b.net);
    mock_stop(&m);
}

/* --- connections --------------------------------------------------------------------- */

static void test_dead_connection(void **state)
{
    (void)state;
    static const struct {
        const char *what, *second, *events;
        size_t asked;
        const char *first_ends;
    } rows[] = {
        { "closed after each reply", HELLO, "200 text(Hello) end(OK_STOP)", 2,
          ",'close_after_ms':0" },
        { "something left behind", HELLO, "200 text(Hello) end(OK_STOP)", 2,
          ",'after':'rubbish\\r\\n'" },
        { "something comes too late", HELLO, "warn(RECONNECTED) 200 text(Hello) end(OK_STOP)", 3,
          ",'after':'rubbish\\r\\n','after_ms':60" },
        { "closed on the second request", "{'raw':'','end':'close'}," HELLO,
          "200 text(Hello) end(OK_STOP)", 3 },
        { "closed inside a header", "{'raw':'HTTP/1.1 200 OK\\r\\nX-Te','end':'close'}," HELLO,
          "warn(RECONNECTED) 200 text(Hello) end(OK_STOP)", 3 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf script = buf_with_max(4096);
        buf_printf(&script, "{'replies':[{" STREAM ",'writes':[" SAY("Hello") "," STOP "]%s},%s]}",
                   rows[i].first_ends ? rows[i].first_ends : "", rows[i].second);
        mock_script(&mock, buf_text(&script));
        buf_done(&script);
        struct bench b;
        bench_init(&b, "openai", mock.url);
        for (int turn = 0; turn < 2; turn++) {
            struct caller c = { 0 };
            begin(&b, &c);
            caller_finish(&c, HANG_MS);
            if (turn == 1 && strcmp(buf_text(&c.events), rows[i].events) != 0)
                fail_msg("%s: %s; %s", rows[i].what, buf_text(&c.events), c.message);
            caller_done(&c);
            usleep(20000);
        }
        assert_int_equal(mock_asked(&mock), rows[i].asked);
        net_free(b.net);
    }
}

/* A redirect to another server: that one is never spoken to. */
static void test_redirect_goes_nowhere(void **state)
{
    (void)state;
    struct mock other;
    mock_start(&other, NULL);
    struct buf script = buf_with_max(4096);
    buf_printf(&script, "{'replies':[{'status':307,'headers':[['Location','%s/v1/x']]}]}",
               other.url);
    mock_script(&mock, buf_text(&script));
    buf_done(&script);
    struct bench b;
    bench_init(&b, "openai", mock.url);
    b.server.key = "sk-test-secret";
    struct caller c = { 0 };
    begin(&b, &c);
    caller_finish(&c, HANG_MS);
    expect(&c, "307 end(ERR_HTTP)");
    assert_holds("redirect", c.message, other.url);
    assert_int_equal(mock_asked(&mock), 1);
    assert_int_equal(mock_asked(&other), 0);
    caller_done(&c);
    net_free(b.net);
    mock_stop(&other);
}

/* --- what is learnt ------------------------------------------------------------------ */

static void test_quirks_last(void **state)
{
    (void)state;
    mock_script(&mock, "{'replies':[{'status':400,'framing':'length','writes':['temperature is not "
                       "supported']}," HELLO "]}");
    struct bench b;
    bench_init(&b, "openai", mock.url);
    b.request.temperature = 0;
    static const char *const events[] = { "400 warn(NO_TEMPERATURE) 200 text(Hello) end(OK_STOP)",
                                          "200 text(Hello) end(OK_STOP)" };
    for (int turn = 0; turn < 2; turn++) {
        struct caller c = { 0 };
        begin(&b, &c);
        caller_finish(&c, HANG_MS);
        expect(&c, events[turn]);
        caller_done(&c);
    }
    assert_true(b.quirks.no_temperature);
    assert_int_equal(mock_asked(&mock), 3);
    net_free(b.net);
}

/* A model whose template opens the thought: learnt from two answers in a row that look like
 * it, unlearnt from a whole answer without the tag, which is handed back. */
#define OPENED   "{" STREAM ",'writes':[" SAY("Hm\\n</think>\\n\\nYes") "," STOP "]}"
#define QUOTED   "{" STREAM ",'writes':[" SAY("The tag </think> closes it") "," STOP "]}"
#define OWN_LINE "200 text(Hm\n) reclassify text(Yes) end(OK_STOP)"
#define QUOTES   "200 text(The tag ) reclassify text(closes it) end(OK_STOP)"

static void test_starts_inside(void **state)
{
    (void)state;
    mock_script(&mock, "{'replies':[" QUOTED "," QUOTED "," OPENED "," HELLO "," OPENED "," OPENED
                       "," OPENED "," HELLO "]}");
    struct bench b;
    bench_init(&b, "openai", mock.url);
    static const struct {
        const char *events;
        bool maybe, inside;
    } turns[] = {
        { QUOTES, false, false },
        { QUOTES, false, false },
        { OWN_LINE, true, false },
        { "200 text(Hello) end(OK_STOP)", false, false },
        { OWN_LINE, true, false },
        { OWN_LINE, false, true },
        { "200 think(Hm\n) text(Yes) end(OK_STOP)", false, true },
        { "200 think(Hello) unthink end(OK_STOP)", false, false },
        { "200 text(Hello) end(OK_STOP)", false, false },
    };
    for (size_t i = 0; i < COUNT(turns); i++) {
        struct caller c = { 0 };
        begin(&b, &c);
        caller_finish(&c, HANG_MS);
        expect(&c, turns[i].events);
        assert_int_equal(b.quirks.maybe_inside_think, turns[i].maybe);
        assert_int_equal(b.quirks.starts_inside_think, turns[i].inside);
        caller_done(&c);
    }
    net_free(b.net);
}

/* The time of the first word leaves out what came before it. */
static void test_first_word(void **state)
{
    (void)state;
    mock_script(&mock, "{'replies':[{" STREAM ",'writes':[': ping\\n\\n',{'wait_ms':200},"
                       "': ping\\n\\n',{'wait_ms':100}," SAY("Hi") "," STOP "]}]}");
    struct bench b;
    bench_init(&b, "openai", mock.url);
    struct caller c = { 0 };
    begin(&b, &c);
    caller_finish(&c, HANG_MS);
    expect(&c, "200 keep text(Hi) end(OK_STOP)");
    assert_true(c.first_ns - c.start_ns >= 295 * NS_PER_MS);
    caller_done(&c);
    net_free(b.net);
}

/* --- small servers ------------------------------------------------------------------- */

/* 64 calls at once, every fourth one cancelled in its answer: each ends once, as it should,
 * and the delay of 100 ms is not multiplied. */
static void many_calls(const struct mock *m, const char *type, const char *model)
{
    enum { MANY = 64 };
    static struct caller callers[MANY];
    struct bench b;
    bench_init(&b, type, m->url);
    b.request.model = model;
    int64_t start = test_ms();
    for (size_t i = 0; i < MANY; i++) {
        callers[i] = (struct caller){ 0 };
        if (i % 4 == 3) {
            callers[i].act_on = EVENT_TEXT;
            callers[i].act = call_cancel;
        }
        begin(&b, &callers[i]);
    }
    for (size_t i = 0; i < MANY; i++) {
        caller_finish(&callers[i], HANG_MS);
        const struct caller *c = &callers[i];
        assert_int_equal(c->ends, 1);
        assert_int_equal(c->end.end, i % 4 == 3 ? END_CANCELLED : END_OK_STOP);
        if (c->end.end == END_OK_STOP)
            assert_holds(type, buf_text(&c->text), " says: 42 and so");
        assert_true(c->first_ns - c->start_ns >= 95 * NS_PER_MS);
        caller_done(&callers[i]);
    }
    assert_quick(test_ms() - start, 3000);
    net_free(b.net);
}

static void ask_play(const struct mock *m, const char *type, const char *model, int think,
                     struct caller *c)
{
    struct bench b;
    bench_init(&b, type, m->url);
    b.request.model = model;
    b.request.think = think;
    b.request.max_tokens = 2000;
    *c = (struct caller){ 0 };
    begin(&b, c);
    caller_finish(c, HANG_MS);
    net_free(b.net);
}

static void test_play(void **state)
{
    (void)state;
    static const char *const types[] = { "ollama", "openai", "anthropic" };
    for (size_t i = 0; i < COUNT(types); i++) {
        struct mock m;
        const char *args[] = { "--play",     types[i], "--models", "fast:8b,big-r1:70b",
                               "--delay-ms", "100",    "--tokens", "8",
                               NULL };
        mock_start(&m, args);
        many_calls(&m, types[i], "fast:8b");

        struct caller c;
        ask_play(&m, types[i], "big-r1:70b", THINK_ON, &c);
        assert_int_equal(c.end.end, END_OK_STOP);
        assert_holds(types[i], buf_text(&c.thinking), "Step and so");
        assert_holds(types[i], buf_text(&c.text), "big-r1:70b says: 42");
        assert_int_equal(c.usage.completion_tokens, 16);
        assert_int_equal(c.usage.prompt_tokens, 7);
        caller_done(&c);

        mock_play(&m, "{'delay_ms':0,'answers':{'hello':'Good day'},'model':{'fast:8b':{'fail':"
                      "{'status':503,'error':'busy','times':1}}}}");
        ask_play(&m, types[i], "fast:8b", THINK_OFF, &c);
        expect(&c, strcmp(types[i], "ollama") == 0
                       ? "503 retry(2) 200 text(Good day) usage end(OK_STOP)"
                   : strcmp(types[i], "openai") == 0
                       ? "503 retry(2) 200 text(Good day) usage end(OK_STOP)"
                       : "503 retry(2) 200 usage keep text(Good day) usage end(OK_STOP)");
        caller_done(&c);
        ask_play(&m, types[i], "nope", THINK_OFF, &c);
        assert_true(c.end.model_missing);
        caller_done(&c);
        mock_stop(&m);
    }
}

static void take_list(void *self, struct catalog *list, const struct error *err)
{
    struct catalog *to = self;
    if (!list)
        fail_msg("no list: %s", err->text);
    *to = *list;
}

static struct catalog ask_list(const struct mock *m, const char *type)
{
    struct bench b;
    struct error err;
    struct catalog list = { .count = SIZE_MAX };
    bench_init(&b, type, m->url);
    if (!listing_start(b.net, &b.server, true, 3000, take_list, &list, &err))
        fail_msg("%s", err.text);
    while (list.count == SIZE_MAX)
        caller_step(b.net, 3000);
    net_free(b.net);
    return list;
}

/* The lists of the small servers are lists to us, and a changed digest shows. */
static void test_play_lists(void **state)
{
    (void)state;
    static const char *const types[] = { "ollama", "openai", "anthropic" };
    for (size_t i = 0; i < COUNT(types); i++) {
        struct mock m;
        const char *args[] = { "--play", types[i], "--models", "fast:8b,big-r1:70b,embed:1b",
                               NULL };
        mock_start(&m, args);
        struct catalog list = ask_list(&m, types[i]);
        assert_int_equal(list.count, 3);
        assert_string_equal(list.models[1].name, "big-r1:70b");
        if (i == 0) {
            assert_int_equal(list.models[0].identity_kind, IDENTITY_DIGEST);
            assert_int_equal(list.models[0].thinking, TRI_NO);
            assert_int_equal(list.models[1].thinking, TRI_YES);
            assert_int_equal(list.models[2].completion, TRI_NO);
            assert_int_equal(list.models[0].context_tokens, 8192);
            mock_play(&m, "{'model':{'fast:8b':{'digest':'abc123'}}}");
            struct catalog later = ask_list(&m, types[i]);
            assert_string_not_equal(later.models[0].identity, list.models[0].identity);
            assert_holds("digest", later.models[0].identity, "abc123");
            catalog_done(&later);
        }
        catalog_done(&list);
        mock_stop(&m);
    }
}

static int start(void **state)
{
    (void)state;
    mock_start(&mock, NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    mock_stop(&mock);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stops),           cmocka_unit_test(test_cancel_is_quick),
        cmocka_unit_test(test_drop_outside),    cmocka_unit_test(test_refused_at_start),
        cmocka_unit_test(test_nobody_listens),  cmocka_unit_test(test_no_tls),
        cmocka_unit_test(test_dead_connection), cmocka_unit_test(test_redirect_goes_nowhere),
        cmocka_unit_test(test_quirks_last),     cmocka_unit_test(test_starts_inside),
        cmocka_unit_test(test_first_word),      cmocka_unit_test(test_play),
        cmocka_unit_test(test_play_lists),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
