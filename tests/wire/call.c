/* Calls over a live wire, as a table: what the server does, what the caller hears, how it
 * ends and how often the server was asked. Limits are shortened; bounds catch hangs. */
#include "tests/test.h"

#include "core/limits.h"
#include "core/model/provider.h"
#include "core/model/retry.h"
#include "tests/wire/caller.h"
#include "tests/wire/mock.h"

#define HANG_MS 8000
#define KEY     "sk-test-0123456789"

static struct mock mock;

/* --- words for scripts --------------------------------------------------------------- */

#define SAY(t)             "{'event':{'choices':[{'index':0,'delta':{'content':'" t "'}}]}}"
#define THINK(t)           "{'event':{'choices':[{'index':0,'delta':{'reasoning_content':'" t "'}}]}}"
#define FINISH(why)        "{'event':{'choices':[{'index':0,'delta':{},'finish_reason':'" why "'}]}}"
#define STOP               FINISH("stop") ",'data: [DONE]\\n\\n'"
#define WAIT(ms)           "{'wait_ms':" ms "}"
#define STREAM             "'headers':[['Content-Type','text/event-stream']]"
#define OK(writes)         "{" STREAM ",'writes':[" writes "]}"
#define LIKE(writes, more) "{" STREAM ",'writes':[" writes "]," more "}"
#define HELLO              OK(SAY("Hel") "," SAY("lo") "," STOP)
#define FAIL(status, headers, error)                                                               \
    "{'status':" status                                                                            \
    ",'framing':'length','headers':[['Content-Type','application/json']" headers                   \
    "],'writes':[{'json':{'error':" error "}}]}"
#define SOON        ",['retry-after-ms','30']"
#define BUSY        FAIL("503", SOON, "{'message':'busy'}")
#define NATIVE(t)   "{'line':{'message':{'content':'" t "'},'done':false}}"
#define NATIVE_STOP "{'line':{'message':{'content':''},'done':true,'done_reason':'stop'}}"
#define NATIVE_OK                                                                                  \
    "{'headers':[['Content-Type','application/x-ndjson']],'writes':[" NATIVE(                      \
        "Hello") "," NATIVE_STOP "]}"

/* --- the table ----------------------------------------------------------------------- */

static const struct row {
    const char *what, *replies;
    const char *events;
    size_t asked; /* requests the server saw */
    /* Optional from here on. */
    const char *message, *advice; /* parts of the end's texts */
    const char *type;             /* NULL: "openai" */
    int first_ms, idle_ms, total_ms;
    int min_ms, max_ms; /* of the whole call */
    bool remote;        /* not on this machine, and has a key */
    bool think;
    int budget;
    double temperature;                 /* 0: unset */
    const char *last_has, *last_has_no; /* of the last request's body */
    const char *part;                   /* of the events, where not all can be said */
    const char *retry;                  /* part of what the last EVENT_RETRY said */
} rows[] = {
    { "plain", HELLO, "200 text(Hello) end(OK_STOP)", 1 },
    { "thinking", OK(THINK("Hm") "," SAY("Hi") "," STOP), "200 think(Hm) text(Hi) end(OK_STOP)",
      1 },
    { "byte by byte", LIKE(SAY("Hel") "," SAY("lo") "," STOP, "'split':1"),
      "200 text(Hello) end(OK_STOP)", 1 },
    { "limit", OK(SAY("Hel") "," FINISH("length") ",'data: [DONE]\\n\\n'"),
      "200 text(Hel) end(OK_LENGTH)", 1 },

    /* Signs of life: they keep the idle limit away, not the one for the first word. */
    { "pings, then a word",
      OK("': a\\n\\n'," WAIT("150") ",': b\\n\\n'," WAIT("150") ",': c\\n\\n'," WAIT("150") "," SAY(
          "Hi") "," STOP),
      "200 keep text(Hi) end(OK_STOP)", 1, .idle_ms = 400, .first_ms = 4000, .min_ms = 440 },
    { "only pings", LIKE("{'text':': a\\n\\n','times':50}", "'split':5,'split_wait_ms':20"),
      "200 keep end(TIMEOUT_FIRST)", 1, "no first word within 0.250 s", "load it first",
      .first_ms = 250, .idle_ms = 2000, .min_ms = 240, .max_ms = 1500 },

    /* Silence. */
    { "a cold load longer than the idle limit", LIKE(SAY("Hi") "," STOP, "'header_delay_ms':500"),
      "200 text(Hi) end(OK_STOP)", 1, .idle_ms = 150, .first_ms = 3000, .min_ms = 490 },
    { "headers at once, first word late", OK(WAIT("400") "," SAY("Hi") "," STOP),
      "200 text(Hi) end(OK_STOP)", 1, .idle_ms = 150, .first_ms = 3000 },
    { "no first word: never asked again", "{'raw':'','end':'hang'}", "end(TIMEOUT_FIRST)", 1,
      "server 'mock' (http://127.0.0.1:", "may still be loading", .first_ms = 200, .max_ms = 1500 },
    { "no first word from afar: neither", "{'raw':'','end':'hang'}", "end(TIMEOUT_FIRST)", 1,
      "no first word", "allow more time", .first_ms = 200, .max_ms = 1500, .remote = true },
    { "a stall in the answer", LIKE(SAY("Hel"), "'end':'hang'"), "200 text(Hel) end(TIMEOUT_IDLE)",
      1, "silent for 0.300 s", "ask again", .idle_ms = 300, .min_ms = 290, .max_ms = 1500 },
    { "an answer longer than the whole may take",
      LIKE(SAY("a") "," SAY("b") "," SAY("c") "," SAY("d"), "'split':62,'split_wait_ms':100"), NULL,
      1, "not finished within 0.250 s", "smaller token limit", .total_ms = 250,
      .part = ") end(TIMEOUT_TOTAL)", .min_ms = 240, .max_ms = 1500 },

    /* Broken off. */
    { "until it closes, cut", LIKE(SAY("Hel"), "'framing':'close'"), "200 text(Hel) end(TRUNCATED)",
      1, "broke off", "ask again" },
    { "until it closes, whole", LIKE(SAY("Hel") "," SAY("lo") "," STOP, "'framing':'close'"),
      "200 text(Hello) end(OK_STOP)", 1 },
    { "reset after three words", LIKE(SAY("a") "," SAY("b") "," SAY("c"), "'end':'rst'"),
      "200 text(abc) end(ERR_TRANSPORT)", 1, "broke in the middle of the reply", "ask again" },
    { "cut chunk after words", LIKE(SAY("abc"), "'end':'close'"),
      "200 text(abc) end(ERR_TRANSPORT)", 1, "server 'mock' (http://127.0.0.1:", "log" },
    { "cut after the end mark is whole", LIKE(SAY("abc") "," FINISH("stop"), "'end':'rst'"),
      "200 text(abc) warn(NO_DONE_MARK) end(OK_STOP)", 1 },
    { "reset before a word, then well", "{'raw':'','end':'rst'}," HELLO,
      "retry(2) 200 text(Hello) end(OK_STOP)", 2, .min_ms = 370 },
    { "reset after the headers, then well", LIKE("", "'end':'rst'") "," HELLO,
      "200 retry(2) 200 text(Hello) end(OK_STOP)", 2, .min_ms = 370 },
    { "an error in the stream, then [DONE]",
      OK(SAY("Hel") ",{'event':{'error':{'message':'boom'}}},'data: [DONE]\\n\\n'"),
      "200 text(Hel) end(ERR_STREAM)", 1, "boom" },
    { "overloaded in the stream, before a word",
      OK("{'event':{'error':{'message':'overloaded','type':'overloaded_error'}}}") "," HELLO,
      "200 retry(2) 200 text(Hello) end(OK_STOP)", 2 },

    { "whole, but the server does not let go", LIKE(SAY("Hello") "," STOP, "'end':'hang'"),
      "200 text(Hello) end(OK_STOP)", 1, .idle_ms = 300, .max_ms = 1500 },
    { "whole, and rubbish behind it without end",
      LIKE(SAY("Hello") "," STOP ",{'text':': ping\\n\\n','times':300}",
           "'split':400,'split_wait_ms':20,'end':'hang'"),
      NULL, 1, .part = "end(OK_STOP)", .idle_ms = 300, .max_ms = 1500 },
    { "an error, then silence", LIKE("{'event':{'error':{'message':'boom'}}}", "'end':'hang'"),
      "200 end(ERR_STREAM)", 1, "boom", .idle_ms = 300, .max_ms = 1500 },
    { "an error's status, then silence",
      "{'status':404,'headers':[['Content-Type','text/html']],'writes':['<h1>boom'],'end':'hang'}",
      "404 end(ERR_HTTP)", 1, "boom", .idle_ms = 300, .max_ms = 1500 },
    { "an error page without measure",
      "{'status':404,'headers':[['Content-Type','text/html']],'writes':[{'text':'boom boom boom "
      "boom "
      "boom ','times':3000}],'end':'hang'}",
      "404 end(ERR_HTTP)", 1, "boom", .max_ms = 1500 },

    /* Compressed, though nobody asked; and something else where an answer was. */
    { "compressed",
      "{'headers':[['Content-Type','text/event-stream'],['Content-Encoding','gzip']],"
      "'writes':['\\u001f\\u0008\\u0001\\u0002'],'framing':'length'}",
      "200 end(TRUNCATED)", 1, "compressed (Content-Encoding: gzip)", "switch compression off" },
    { "an error, compressed",
      "{'status':404,'headers':[['Content-Encoding','br']],'writes':['\\u001b\\u0001'],"
      "'framing':'length'}",
      "404 end(ERR_HTTP)", 1, "answered 404, in words compressed (Content-Encoding: br)",
      "switch compression off" },
    { "called compressed, but plain",
      "{'headers':[['Content-Type','text/event-stream'],['Content-Encoding','gzip']],"
      "'writes':[" SAY("Hello") "," STOP "]}",
      "200 text(Hello) end(OK_STOP)", 1 },
    { "an answer that turns into a page",
      "{'headers':[['Content-Type','application/x-ndjson']],'writes':["
      "'{\\u0022message\\u0022:{\\u0022content\\u0022:\\u0022Hel\\u0022}}\\n',"
      "'<h1>Bad gateway</h1>'],'framing':'length'}",
      "200 text(Hel) end(TRUNCATED)", 1, "in its place was: Bad gateway", "a proxy's",
      .type = "ollama" },
    { "where it broke off", LIKE(SAY("Hel"), "'framing':'close'"), "200 text(Hel) end(TRUNCATED)",
      1, "server 'mock' (http://127.0.0.1:", "ask again" },

    /* Statuses. */
    { "503 twice, then well", BUSY "," BUSY "," HELLO,
      "503 retry(2) 503 retry(3) 200 text(Hello) end(OK_STOP)", 3, .max_ms = 1100 },
    { "503 for ever", BUSY, "503 retry(2) 503 retry(3) 503 end(ERR_HTTP)", 3, "503", "busy" },
    { "529", FAIL("529", SOON, "{'message':'over'}") "," HELLO,
      "529 retry(2) 200 text(Hello) end(OK_STOP)", 2 },
    { "408", FAIL("408", SOON, "{'message':'slow'}") "," HELLO,
      "408 retry(2) 200 text(Hello) end(OK_STOP)", 2 },
    { "409", FAIL("409", SOON, "{'message':'clash'}") "," HELLO,
      "409 retry(2) 200 text(Hello) end(OK_STOP)", 2 },
    { "500 in HTML",
      "{'status':500,'headers':[['retry-after-ms','30'],['Content-Type','text/"
      "html']],'writes':['<h1>Oops</h1>']}," HELLO,
      "500 retry(2) 200 text(Hello) end(OK_STOP)", 2 },
    { "429, too many",
      FAIL("429", SOON, "{'message':'Rate limit reached','code':'rate_limit_exceeded'}") "," HELLO,
      "429 retry(2) 200 text(Hello) end(OK_STOP)", 2 },
    { "429, no money",
      FAIL("429", SOON,
           "{'message':'You exceeded your current quota','code':'insufficient_quota'}") "," HELLO,
      "429 end(ERR_HTTP)", 1, "quota", "billing" },
    { "429, no money, whatever the server says",
      FAIL("429", ",['x-should-retry','true']", "{'message':'m','code':'insufficient_quota'}"),
      "429 end(ERR_HTTP)", 1 },
    { "429, too long a wait",
      FAIL("429", ",['Retry-After','99999']", "{'message':'Rate limit reached'}"),
      "429 end(ERR_HTTP)", 1, "asks to wait 28 hours", "ask again after that" },
    { "retry-after-ms goes before retry-after",
      FAIL("429", SOON ",['Retry-After','99999']", "{'message':'Rate limit reached'}") "," HELLO,
      "429 retry(2) 200 text(Hello) end(OK_STOP)", 2 },
    { "told not to", FAIL("503", ",['x-should-retry','false']", "{'message':'busy'}"),
      "503 end(ERR_HTTP)", 1, "busy" },
    { "told to", FAIL("418", ",['X-Should-Retry','true']" SOON, "{'message':'tea'}") "," HELLO,
      "418 retry(2) 200 text(Hello) end(OK_STOP)", 2 },
    { "400 is not asked again", FAIL("400", "", "{'message':'bad'}"), "400 end(ERR_HTTP)", 1,
      "bad" },
    { "model missing", FAIL("404", "", "{'message':'model m not found','code':404}"),
      "404 end(ERR_HTTP)", 1, "404", "rlab models" },
    { "model missing in Ollama's words", FAIL("404", "", "'model \\u0027m\\u0027 not found'"),
      "404 end(ERR_HTTP)", 1, "not found", "ollama pull", .type = "ollama" },
    { "403 without a word", "{'status':403,'framing':'length'}", "403 end(ERR_HTTP)", 1, "403" },

    /* A server that is still loading its model. */
    { "loading, then well",
      FAIL("503", "",
           "{'code':503,'message':'Loading model','type':'unavailable_error'}") "," HELLO,
      "503 retry(2) 200 text(Hello) end(OK_STOP)", 2, .min_ms = 990, .first_ms = 5000 },
    { "loading for ever",
      FAIL("503", "", "{'code':503,'message':'Loading model','type':'unavailable_error'}"),
      "503 retry(2) 503 end(TIMEOUT_FIRST)", 2, "still loading its model", "ask again when",
      .first_ms = 1500, .max_ms = 3000, .retry = ") is loading its model" },

    { "loading, then busy",
      FAIL("503", "", "{'message':'Loading model','type':'unavailable_error'}") "," FAIL(
          "503", "",
          "{'message':'Loading model','type':'unavailable_error'}") "," FAIL("503", SOON,
                                                                             "'server busy'") "," HELLO,
      "503 retry(2) 503 503 retry(4) 200 text(Hello) end(OK_STOP)", 4, .first_ms = 5000 },
    { "a model too large for the machine",
      FAIL("500", "", "'model requires more system memory (44.1 GiB) than is available'"),
      "500 end(ERR_HTTP)", 1, "44.1 GiB", "smaller model", .type = "ollama" },

    /* Settings a server refuses. */
    { "thinking refused",
      FAIL("400", "", "'\\u0022m\\u0022 does not support thinking'") "," NATIVE_OK,
      "400 warn(NO_THINK) 200 text(Hello) end(OK_STOP)", 2, .type = "ollama", .think = true,
      .last_has_no = "\"think\":true" },
    { "limit's name refused",
      FAIL("400", "",
           "{'message':'Unsupported parameter: max_tokens is not supported with this model. "
           "Use max_completion_tokens "
           "instead.','param':'max_tokens','code':'unsupported_parameter'}") "," HELLO,
      "400 warn(RENAMED_LIMIT) 200 text(Hello) end(OK_STOP)", 2,
      .last_has = "\"max_completion_tokens\":100", .last_has_no = "\"max_tokens\"" },
    { "temperature refused",
      FAIL("400", "",
           "{'message':'Unsupported value: temperature does not support 0.5. Only the default "
           "(1) is supported.','param':'temperature','code':'unsupported_value'}") "," HELLO,
      "400 warn(NO_TEMPERATURE) 200 text(Hello) end(OK_STOP)", 2, .temperature = 0.5,
      .last_has_no = "temperature" },
    { "stream_options refused",
      FAIL("400", "", "{'message':'Unrecognized request argument: stream_options'}") "," HELLO,
      "400 warn(DROPPED_FIELD) 200 text(Hello) end(OK_STOP)", 2, .last_has_no = "stream_options" },
    { "refused again: not the reason",
      FAIL("400", "", "{'message':'temperature is not supported'}"),
      "400 warn(NO_TEMPERATURE) 400 end(ERR_HTTP)", 2, "temperature", .temperature = 0.5 },
    { "two settings refused, one after the other",
      FAIL("400", "", "{'message':'temperature is not supported'}") "," FAIL(
          "400", "", "{'message':'Unrecognized request argument: stream_options'}") "," HELLO,
      "400 warn(NO_TEMPERATURE) 400 warn(DROPPED_FIELD) 200 text(Hello) end(OK_STOP)", 3,
      .temperature = 0.5, .last_has_no = "temperature" },
    { "budget refused",
      "{'status':400,'framing':'length','writes':[{'json':{'type':'error','error':{'type':'"
      "invalid_request_error','message':'thinking.type: enabled is not supported for this "
      "model, use adaptive instead'}}}]},"
      "{" STREAM ",'writes':[{'event':{'type':'content_block_delta','index':0,'delta':{'type':'"
      "text_delta','text':'Hi'}}},{'event':{'type':'message_delta','delta':{'stop_"
      "reason':'end_turn'}}},{'event':{'type':'message_stop'}}]}",
      "400 warn(DROPPED_FIELD) 200 warn(NO_BUDGET) text(Hi) end(OK_STOP)", 2, .type = "anthropic",
      .think = true, .budget = 1024, .last_has = "adaptive", .last_has_no = "budget_tokens" },

    { "a budget nobody takes", HELLO, "200 warn(NO_BUDGET) text(Hello) end(OK_STOP)", 1,
      .budget = 1024, .last_has_no = "budget" },

    /* Elsewhere. */
    { "302", "{'status':302,'headers':[['Location','http://other.example/v1/x']]}",
      "302 end(ERR_HTTP)", 1, "redirects to 'http://other.example/v1/x' (302)", "not followed",
      .remote = true },
    { "307, with a password in it",
      "{'status':307,'headers':[['Location','https://me:hidden@other.example/']]}",
      "307 end(ERR_HTTP)", 1, "'https://other.example/'", "not followed", .remote = true },
    { "301 to nowhere", "{'status':301}", "301 end(ERR_HTTP)", 1, "without saying where" },

    /* The key comes back in the server's words. */
    { "key in an error", FAIL("401", "", "{'message':'Incorrect key " KEY " given'}"),
      "401 end(ERR_HTTP)", 1, "Incorrect key [key] given", "key", .remote = true },
    { "key in an error in the stream", OK("{'event':{'error':{'message':'no " KEY "'}}}"),
      "200 end(ERR_STREAM)", 1, "no [key]", .remote = true },
    { "key in a redirect", "{'status':302,'headers':[['Location','http://x.example/?k=" KEY "']]}",
      "302 end(ERR_HTTP)", 1, "?k=[key]", .remote = true },
    { "key in a status that passes", FAIL("503", SOON, "{'message':'busy " KEY "'}") "," HELLO,
      "503 retry(2) 200 text(Hello) end(OK_STOP)", 2, .remote = true },

    /* Not what we asked for. */
    { "not HTTP", "{'raw':'220 mail.example ESMTP\\r\\n','end':'close'}", "end(ERR_TRANSPORT)", 1,
      "the request failed", "address" },
    { "held back and sent at once",
      OK(WAIT("1100") ",{'event':{'choices':[{'index':0,'delta':{'content':'x'}}]},'times':100}"
                      "," STOP),
      NULL, 1, .part = "xxx) warn(BURST) end(OK_STOP)", .min_ms = 1090, .max_ms = 3000 },
    { "quick, but without a silence before",
      OK("{'event':{'choices':[{'index':0,'delta':{'content':'x'}}]},'times':100}," STOP), NULL, 1,
      .part = "xxx) end(OK_STOP)" },
    { "a body that is no stream at all",
      "{'headers':[['Content-Type','text/html']],'writes':['<h1>Welcome</h1>']}",
      "200 warn(BAD_EVENT) end(ERR_PROTOCOL)", 1, "Welcome", "address" },
};

static void set_up(const struct row *row, struct server *s, struct call_request *r,
                   struct call_timers *t)
{
    *r = hello_request();
    if (row->think) {
        r->think = THINK_ON;
        r->max_tokens = 4000;
    }
    if (row->budget)
        r->think_budget = row->budget;
    if (row->temperature > 0)
        r->temperature = row->temperature;
    if (row->remote) {
        s->key = KEY;
        s->key_from = "MOCK_API_KEY";
        s->local = false;
        s->hosted = true;
    }
    *t = call_timers_for(s);
    if (row->first_ms)
        t->first_ms = row->first_ms;
    if (row->idle_ms)
        t->idle_ms = row->idle_ms;
    t->total_ms = row->total_ms;
}

static void check_last_body(const struct row *row)
{
    struct json *log = mock_log(&mock);
    if (json_size(log) != row->asked)
        fail_msg("%s: %zu requests", row->what, json_size(log));
    const struct json *last = json_first(log);
    while (last && json_next(last))
        last = json_next(last);
    const char *body = json_get_text(last, "body");
    assert_non_null(body);
    assert_holds(row->what, body,
                 strcmp(row->type ? row->type : "", "ollama") == 0
                     ? "\"num_predict\":"
                     : "tokens\":"); /* always a limit */
    if (row->last_has)
        assert_holds(row->what, body, row->last_has);
    if (row->last_has_no && strstr(body, row->last_has_no))
        fail_msg("%s: the last request has %s: %s", row->what, row->last_has_no, body);
    json_free(log);
}

static void check_end(const struct row *row, const struct caller *c)
{
    if (row->events && strcmp(buf_text(&c->events), row->events) != 0)
        fail_msg("%s:\n  %s\n  %s\n%s", row->what, buf_text(&c->events), row->events, c->message);
    assert_holds(row->what, buf_text(&c->events), row->part ? row->part : "");
    assert_holds(row->what, c->message, row->message ? row->message : "");
    assert_holds(row->what, c->advice, row->advice ? row->advice : "");
    assert_holds(row->what, c->retry_text, row->retry ? row->retry : "");
    bool silent = call_end_is_ok(c->end.end) || c->end.end == END_CANCELLED;
    if (silent != (c->end.message == NULL))
        fail_msg("%s: message %s", row->what, c->message);
    if (strstr(c->message, KEY) || strstr(c->advice, KEY) || strstr(c->retry_text, KEY))
        fail_msg("%s: the key shows: %s %s %s", row->what, c->message, c->advice, c->retry_text);
    int64_t took = (c->end_ns - c->start_ns) / NS_PER_MS;
    if (took < row->min_ms)
        fail_msg("%s: took %lld ms", row->what, (long long)took);
    if (row->max_ms && took > row->max_ms * test_slower())
        test_late(row->what, took, row->max_ms * test_slower());
}

static void test_table(void **state)
{
    (void)state;
    struct error err;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];
        struct buf script = buf_with_max(64 * KIB);
        buf_printf(&script, "{'replies':[%s]}", row->replies);
        mock_script(&mock, buf_text(&script));
        buf_done(&script);

        char url[200];
        struct server s = caller_server(row->type ? row->type : "openai", mock.url, &url);
        struct call_request r;
        struct call_timers t;
        set_up(row, &s, &r, &t);
        struct model_quirks quirks = { 0 };
        struct net *n = net_new(clock_real(), &err);
        struct caller c = { 0 };
        assert_ok(caller_start(&c, n, &s, &quirks, &r, &t, &err), err);
        caller_finish(&c, HANG_MS);
        assert_int_equal(c.ends, 1);
        check_end(row, &c);
        check_last_body(row);
        caller_done(&c);
        net_free(n);
    }
}

/* --- waits --------------------------------------------------------------------------- */

static void test_retry_after(void **state)
{
    (void)state;
    const int64_t now = 784111777 * NS_PER_S; /* Sun, 06 Nov 1994 08:49:37 GMT */
    static const struct {
        const char *after_ms, *after;
        int64_t wait_ms;
    } waits[] = {
        { NULL, NULL, -1 },
        { NULL, "2", 2000 },
        { NULL, "1.5", 1500 },
        { NULL, "30s", 30000 },
        { NULL, " 7 ", 7000 },
        { NULL, "0", 0 },
        { NULL, "-1", -1 },
        { NULL, "", -1 },
        { NULL, "soon", -1 },
        { NULL, "1e3", -1 },
        { NULL, "99999", 99999000 },
        { NULL, "99999999999999999999999", 366LL * 24 * 3600 * 1000 },
        { NULL, "Sun, 06 Nov 1994 08:49:47 GMT", 10000 },
        { NULL, "Sun, 06 Nov 1994 08:49:27 GMT", -1 }, /* past */
        { NULL, "Fri, 31 Dec 2997 23:59:59 GMT",       /* as far as nanoseconds go */
          sizeof(time_t) < 8 ? -1 : (INT64_MAX - 784111777 * NS_PER_S) / NS_PER_MS },
        { NULL, "Sunday", -1 },
        { "250", "9", 250 },
        { "1.7", "9", 1 },
        { "x", "9", 9000 },
        { "-5", NULL, -1 },
    };
    for (size_t i = 0; i < COUNT(waits); i++) {
        struct retry_hint h = retry_read(NULL, waits[i].after_ms, waits[i].after, now);
        if (h.wait_ms != waits[i].wait_ms)
            fail_msg("row %zu (%s): %lld", i, waits[i].after, (long long)h.wait_ms);
    }
}

static void test_retry_policy(void **state)
{
    (void)state;
    assert_int_equal(retry_backoff_ms(0, 0), 500);
    assert_int_equal(retry_backoff_ms(1, 0), 1000);
    assert_int_equal(retry_backoff_ms(1, 1), 750);
    assert_int_equal(retry_backoff_ms(4, 0), 8000);
    assert_int_equal(retry_backoff_ms(60, 0), 8000);

    static const struct {
        const char *what;
        struct retry_hint hint;
        bool worth, barred;
        int done;
        enum retry_verdict verdict;
        int64_t wait_ms;
    } cases[] = {
        { "worth it", { -1, RETRY_UNSAID }, true, false, 0, RETRY_AGAIN, 500 },
        { "second", { -1, RETRY_UNSAID }, true, false, 1, RETRY_AGAIN, 1000 },
        { "third", { -1, RETRY_UNSAID }, true, false, 2, RETRY_NEVER, 0 },
        { "not worth it", { -1, RETRY_UNSAID }, false, false, 0, RETRY_NEVER, 0 },
        { "told when", { 40, RETRY_UNSAID }, true, false, 0, RETRY_AGAIN, 40 },
        { "the longest", { 120000, RETRY_UNSAID }, true, false, 0, RETRY_AGAIN, 120000 },
        { "too long", { 120001, RETRY_UNSAID }, true, false, 0, RETRY_TOO_LONG, 120001 },
        { "told to", { -1, RETRY_YES }, false, false, 0, RETRY_AGAIN, 500 },
        { "told not to", { -1, RETRY_NO }, true, false, 0, RETRY_NEVER, 0 },
        { "told to, but barred", { -1, RETRY_YES }, true, true, 0, RETRY_NEVER, 0 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t wait = 0;
        enum retry_verdict v =
            retry_decide(&cases[i].hint, cases[i].worth, cases[i].barred, cases[i].done, 0, &wait);
        if (v != cases[i].verdict || wait != cases[i].wait_ms)
            fail_msg("%s: %d, %lld ms", cases[i].what, (int)v, (long long)wait);
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
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_retry_policy),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
