/* Network and waiting against a mock server: outcomes, headers, pools, proxies,
 * descriptors. Bounds on time are there to catch hangs, not to measure. */
#include "tests/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/limits.h"
#include "core/wire/net.h"
#include "tests/wire/mock.h"

#define HANG_MS 5000

static struct mock mock;

/* --- one transfer and what came of it ------------------------------------------------ */

struct seen {
    struct net *net;
    struct net_transfer *transfer;
    int heads, dones, status;
    char type[64], header[64]; /* of Content-Type and X-Test */
    struct buf body;
    enum net_outcome outcome;
    char text[300];
    bool reused, refused;
    int64_t head_ns, first_ns, done_ns;
    /* What to do inside the callbacks. */
    size_t stop_at;                  /* `bytes` says no from this many on; 0 never */
    struct seen *cancel, *start;     /* cancel this one, start that one, at the first bytes */
    const struct net_request *other; /* what `start` asks */
};

static bool begin(struct net *n, struct seen *s, const struct net_request *r, struct error *err);

static void saw_head(void *self, const struct net_head *h)
{
    struct seen *s = self;
    s->heads++;
    s->status = h->status;
    s->head_ns = h->at_ns;
    snprintf(s->type, sizeof s->type, "%s", h->content_type);
    const char *x = net_header(h->transfer, "x-TEST");
    snprintf(s->header, sizeof s->header, "%s", x ? x : "(none)");
}

static bool saw_bytes(void *self, const char *data, size_t len, int64_t now_ns)
{
    struct seen *s = self;
    struct error err;
    if (s->body.len == 0)
        s->first_ns = now_ns;
    buf_add(&s->body, data, len);
    if (s->cancel) {
        net_cancel(s->cancel->transfer);
        s->cancel->transfer = NULL;
        s->cancel = NULL;
    }
    if (s->start) {
        assert_ok(begin(s->net, s->start, s->other, &err), err);
        s->start = NULL;
    }
    return !s->stop_at || s->body.len < s->stop_at;
}

static void saw_done(void *self, const struct net_result *r)
{
    struct seen *s = self;
    s->dones++;
    s->outcome = r->outcome;
    s->reused = r->reused;
    s->refused = r->refused;
    s->done_ns = clock_mono(clock_real());
    assert_int_equal(r->status, s->status);
    assert_int_equal(r->bytes, s->body.len);
    snprintf(s->text, sizeof s->text, "%s", r->text);
    s->transfer = NULL;
}

static const struct net_handler handler = { saw_head, saw_bytes, saw_done };

static bool begin(struct net *n, struct seen *s, const struct net_request *r, struct error *err)
{
    s->net = n;
    s->body = buf_with_max(16 * MIB);
    s->transfer = net_start(n, r, &handler, s, err);
    return s->transfer != NULL;
}

static void finish(struct net *n, const int *until)
{
    struct error err;
    int64_t start = test_ms();
    while (!*until) {
        assert_ok(net_wait(n, NULL, 0, HANG_MS, &err), err);
        net_step(n);
        assert_not_hung(start, HANG_MS);
    }
}

/* One GET (or POST of `body`) from beginning to end; the caller ends s.body. */
static void ask(struct net *n, struct seen *s, const char *url, const char *body)
{
    struct error err;
    struct net_request r = { .method = body ? "POST" : "GET",
                             .url = url,
                             .body = body,
                             .body_len = body ? strlen(body) : 0,
                             .local = true };
    assert_ok(begin(n, s, &r, &err), err);
    finish(n, &s->dones);
    assert_int_equal(s->dones, 1);
}

static struct net *new_net(void)
{
    struct error err;
    struct net *n = net_new(clock_real(), &err);
    if (!n)
        fail_msg("%s", err.text);
    return n;
}

/* --- replies and how they end -------------------------------------------------------- */

#define HEAD "'headers':[['Content-Type','text/plain; charset=x'],['X-Test','a b']]"

static const struct reply_row {
    const char *what, *reply;
    enum net_outcome outcome;
    int status;
    const char *body;
} replies[] = {
    { "chunked", "{" HEAD ",'writes':['ab','c']}", NET_OK, 200, "abc" },
    { "byte by byte", "{" HEAD ",'writes':['abcdef'],'split':1,'split_wait_ms':1}", NET_OK, 200,
      "abcdef" },
    { "with a length", "{" HEAD ",'framing':'length','writes':['abc']}", NET_OK, 200, "abc" },
    { "until it closes", "{" HEAD ",'framing':'close','writes':['abc']}", NET_OK, 200, "abc" },
    { "no body", "{" HEAD ",'framing':'length','status':204}", NET_OK, 204, "" },
    { "an error status is a reply", "{" HEAD ",'status':503,'writes':['busy']}", NET_OK, 503,
      "busy" },
    { "a redirect is not followed",
      "{'headers':[['Content-Type','text/plain; charset=x'],['X-Test','a b'],"
      "['Location','/elsewhere']],'status':307,'writes':['x']}",
      NET_OK, 307, "x" },
    { "100 Continue before it",
      "{'raw':'HTTP/1.1 100 Continue\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nX-Test: a "
      "b\\r\\nContent-Type: "
      "text/plain; charset=x\\r\\nContent-Length: 2\\r\\n\\r\\n','writes':['ok']}",
      NET_OK, 200, "ok" },
    { "chunked, no last chunk", "{" HEAD ",'writes':['abc'],'end':'close'}", NET_CUT, 200, "abc" },
    { "shorter than its length",
      "{" HEAD ",'framing':'length','claim':9,'writes':['abc'],'end':'close'}", NET_CUT, 200,
      "abc" },
    { "reset in the body", "{" HEAD ",'writes':['abc'],'end':'rst'}", NET_CUT, 200, "abc" },
    { "half-closed in the body", "{" HEAD ",'writes':['abc'],'end':'half'}", NET_CUT, 200, "abc" },
    { "closed before a word", "{'raw':'','end':'close'}", NET_NO_REPLY, 0, "" },
    { "reset before a word", "{'raw':'','end':'rst'}", NET_NO_REPLY, 0, "" },
    { "closed inside the headers", "{'raw':'HTTP/1.1 200 OK\\r\\nX-Te','end':'close'}",
      NET_NO_REPLY, 0, "" },
    { "not HTTP at all", "{'raw':'220 mail.example ESMTP\\r\\n','end':'close'}", NET_FAILED, 0,
      "" },
    { "a status that is none",
      "{'raw':'HTTP/1.1 000 OK\\r\\n\\r\\n','writes':['abc'],'end':'close'}", NET_FAILED, 0, "" },
    { "a status below 100",
      "{'raw':'HTTP/1.1 099 OK\\r\\nContent-Length: 3\\r\\n\\r\\n','writes':['abc']}", NET_FAILED,
      0, "" },
    { "headers without measure",
      "{'raw':'HTTP/1.1 200 OK\\r\\n','writes':[{'text':'X-A: yyyyyyyyyyyyyyyyyyyyyyyyy\\r\\n',"
      "'times':12000}],'end':'hang'}",
      NET_FAILED, 0, "" },
    { "a header line without measure",
      "{'raw':'HTTP/1.1 200 OK\\r\\nX-A: "
      "','writes':[{'text':'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy',"
      "'times':12000}],'end':'hang'}",
      NET_FAILED, 0, "" },
    { "interim replies without measure",
      "{'raw':'','writes':[{'text':'HTTP/1.1 100 "
      "Continue\\r\\n\\r\\n','times':14000}],'end':'hang'}",
      NET_FAILED, 0, "" },
};

static void test_replies(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(replies); i++) {
        const struct reply_row *row = &replies[i];
        struct buf script = buf_with_max(4096);
        buf_printf(&script, "{'replies':[%s]}", row->reply);
        mock_script(&mock, buf_text(&script));
        buf_done(&script);

        struct net *n = new_net();
        struct seen s = { 0 };
        ask(n, &s, mock.url, "{}");
        if (s.outcome != row->outcome || s.status != row->status ||
            strcmp(buf_text(&s.body), row->body) != 0 || s.heads != (row->status != 0))
            fail_msg("%s: outcome %d, status %d, body \"%s\", %d heads; %s", row->what,
                     (int)s.outcome, s.status, buf_text(&s.body), s.heads, s.text);
        if (row->status) {
            assert_string_equal(s.type, "text/plain; charset=x");
            assert_string_equal(s.header, "a b");
        }
        assert_true((*s.text != '\0') == (row->outcome != NET_OK));
        buf_done(&s.body);
        net_free(n);
    }
}

static void test_nobody(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        enum net_outcome outcome;
    } rows[] = {
        { "http://127.0.0.1:1", NET_NO_CONNECTION },
        { "http://name.invalid/x", NET_NO_HOST },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct net *n = new_net();
        struct seen s = { 0 };
        ask(n, &s, rows[i].url, NULL);
        if (s.outcome != rows[i].outcome)
            fail_msg("%s: outcome %d, %s", rows[i].url, (int)s.outcome, s.text);
        assert_int_equal(s.heads, 0);
        assert_int_equal(s.refused, s.outcome == NET_NO_CONNECTION);
        net_free(n);
    }
}

static void test_unfit_requests(void **state)
{
    (void)state;
    static const struct {
        const char *what, *url, *header, *error;
    } rows[] = {
        { "LF in a value", "http://127.0.0.1", "Authorization: Bearer secret\nX: y",
          "'Authorization' holds a line break" },
        { "CR in a name", "http://127.0.0.1", "X\rY: z", "'X' holds a line break" },
        { "no scheme", "127.0.0.1:80 80", NULL, "not an address" },
        { "blank in the host", "http://a b/", NULL, "not an address" },
        { "line break in the address", "http://a/\r\nX: y", NULL, "not an address" },
        { "a password", "http://me:secret@a b/", NULL, "'a b/' is not an address" },
        { "a file", "file:///etc/passwd", NULL, "neither http nor https" },
        { "empty", "", NULL, "not an address" },
    };
    struct net *n = new_net();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = { 0 };
        struct seen s = { 0 };
        const char *headers[] = { rows[i].header, NULL };
        struct net_request r = { .method = "GET", .url = rows[i].url, .headers = headers };
        if (begin(n, &s, &r, &err))
            fail_msg("%s was taken", rows[i].what);
        assert_holds(rows[i].what, err.text, rows[i].error);
        assert_null(strstr(err.text, "secret"));
    }
    net_free(n);
}

/* --- handlers that act --------------------------------------------------------------- */

static void test_stop_in_bytes(void **state)
{
    (void)state;
    mock_script(&mock, "{'replies':[{'writes':['abc'],'end':'hang'}]}");
    struct net *n = new_net();
    struct seen s = { .stop_at = 1 };
    ask(n, &s, mock.url, "{}");
    assert_int_equal(s.outcome, NET_ABORTED);
    buf_done(&s.body);
    net_free(n);
}

/* Inside libcurl's callback one transfer cancels another, or itself, and starts a third. */
static void test_act_in_bytes(void **state)
{
    (void)state;
    for (int own = 0; own < 2; own++) {
        mock_script(&mock, "{'paths':{'/slow':[{'writes':['x'],'end':'hang'}]},"
                           "'replies':[{'writes':['abc']}]}");
        struct net *n = new_net();
        struct error err;
        char slow_url[128];
        snprintf(slow_url, sizeof slow_url, "%s/slow", mock.url);
        struct net_request slow = { .method = "GET", .url = slow_url, .local = true },
                           fast = { .method = "GET", .url = mock.url, .local = true };
        struct seen victim = { 0 }, third = { 0 };
        struct seen actor = { .cancel = &victim, .start = &third, .other = &fast };
        if (own)
            actor.cancel = &actor;
        assert_ok(begin(n, &victim, &slow, &err), err);
        assert_ok(begin(n, &actor, own ? &slow : &fast, &err), err);
        finish(n, &third.dones);
        assert_int_equal(victim.dones, 0);
        assert_int_equal(actor.dones, !own);
        assert_string_equal(buf_text(&third.body), "abc");
        buf_done(&victim.body);
        buf_done(&actor.body);
        buf_done(&third.body);
        net_free(n); /* with own, the victim still runs */
    }
}

static void test_cancel_closes(void **state)
{
    (void)state;
    mock_script(&mock, "{'replies':[{'writes':['x'],'end':'hang'}]}");
    struct net *n = new_net();
    struct error err;
    struct seen s = { 0 };
    struct net_request r = { .method = "GET", .url = mock.url, .local = true };
    assert_ok(begin(n, &s, &r, &err), err);
    finish(n, &s.heads);
    net_cancel(s.transfer);
    bool closed = false;
    for (int64_t start = test_ms(); !closed;) { /* no step needed: the close is at once */
        struct json *log = mock_log(&mock);
        closed = json_is_true(json_get(json_first(log), "closed_early"));
        json_free(log);
        assert_not_hung(start, 2000);
        usleep(10000);
    }
    assert_int_equal(s.dones, 0);
    buf_done(&s.body);
    net_free(n);
}

/* --- the pool ------------------------------------------------------------------------ */

static void test_kept_connections(void **state)
{
    (void)state;
    static const struct {
        const char *what, *script;
        bool second_reused;
        size_t asked;
    } rows[] = {
        { "kept", "{'replies':[{'writes':['abc']}]}", true, 2 },
        { "announced close", "{'replies':[{'writes':['abc'],'keep':false}]}", false, 2 },
        { "closed in silence", "{'replies':[{'writes':['abc'],'close_after_ms':0}]}", false, 2 },
        /* The kept one dies under the second request: sent again, by libcurl itself. */
        { "closed on the second request",
          "{'replies':[{'writes':['abc']},{'raw':'','end':'close'},{'writes':["
          "\"abc\"]}]}",
          false, 3 },
        /* A reply nobody asked for is no reply to the second request. */
        { "more than its length",
          "{'replies':[{'framing':'length','writes':['abc'],'after':'HTTP/1.1 200 OK\\r\\n"
          "Content-Length: 3\\r\\n\\r\\nbad'},{'writes':['abc']}]}",
          false, 2 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        mock_script(&mock, rows[i].script);
        struct net *n = new_net();
        for (int turn = 0; turn < 2; turn++) {
            struct seen s = { 0 };
            ask(n, &s, mock.url, "{}");
            if (s.outcome != NET_OK || strcmp(buf_text(&s.body), "abc") != 0 ||
                s.reused != (turn == 1 && rows[i].second_reused))
                fail_msg("%s, turn %d: outcome %d, reused %d, %s", rows[i].what, turn,
                         (int)s.outcome, s.reused, s.text);
            buf_done(&s.body);
            usleep(30000);
        }
        if (mock_asked(&mock) != rows[i].asked)
            fail_msg("%s: %zu requests", rows[i].what, mock_asked(&mock));
        net_free(n);
    }
}

static void test_fresh(void **state)
{
    (void)state;
    mock_script(&mock, "{'replies':[{'writes':['abc']}]}");
    struct net *n = new_net();
    struct error err;
    for (int turn = 0; turn < 2; turn++) {
        struct seen s = { 0 };
        struct net_request r = { .method = "GET", .url = mock.url, .local = true, .fresh = true };
        assert_ok(begin(n, &s, &r, &err), err);
        finish(n, &s.dones);
        assert_false(s.reused);
        buf_done(&s.body);
    }
    net_free(n);
}

/* --- what goes out ------------------------------------------------------------------- */

static void test_request_as_sent(void **state)
{
    (void)state;
    mock_script(&mock, "{'replies':[{'writes':['ok']}]}");
    struct net *n = new_net();
    struct error err;
    struct seen s = { 0 };
    const char *headers[] = { "X-Api-Key: k", "Content-Type: application/json", NULL };
    char body[] = "{\"a\":\"\xc3\xa9\"}", copy[sizeof body];
    memcpy(copy, body, sizeof body);
    struct net_request r = { .method = "POST",
                             .url = mock.url,
                             .headers = headers,
                             .body = copy,
                             .body_len = sizeof body - 1,
                             .local = true };
    assert_ok(begin(n, &s, &r, &err), err);
    memset(copy, '#', sizeof copy - 1); /* it was copied */
    finish(n, &s.dones);
    struct json *log = mock_log(&mock);
    const struct json *entry = json_first(log), *sent = json_get(entry, "headers");
    assert_string_equal(json_get_text(entry, "method"), "POST");
    assert_string_equal(json_get_text(entry, "body"), body);
    assert_string_equal(json_get_text(sent, "x-api-key"), "k");
    assert_string_equal(json_get_text(sent, "content-type"), "application/json");
    assert_holds("user agent", json_get_text(sent, "user-agent"), "rlab/");
    static const char *const absent[] = { "expect", "accept-encoding", "origin",
                                          "cookie", "upgrade",         "transfer-encoding" };
    for (size_t i = 0; i < COUNT(absent); i++)
        if (json_get(sent, absent[i]))
            fail_msg("%s was sent", absent[i]);
    json_free(log);
    buf_done(&s.body);
    net_free(n);
}

/* A body over 1 MiB must not wait for a "100 Continue" that never comes. */
static void test_large_body(void **state)
{
    (void)state;
    mock_script(&mock, "{'replies':[{'writes':['ok']}]}");
    size_t len = 1100 * KIB;
    char *body = malloc(len + 1);
    memset(body, 'a', len);
    body[len] = '\0';
    struct net *n = new_net();
    struct seen s = { 0 };
    int64_t start = clock_mono(clock_real());
    ask(n, &s, mock.url, body);
    assert_int_equal(s.outcome, NET_OK);
    assert_quick((s.done_ns - start) / NS_PER_MS, 800);
    free(body);
    buf_done(&s.body);
    net_free(n);
}

static void test_proxies(void **state)
{
    (void)state;
    static const struct {
        const char *what, *no_proxy, *host;
        bool local, direct;
    } rows[] = {
        { "a server of this machine", NULL, "127.0.0.1", true, true },
        { "loopback needs no flag", NULL, "127.0.0.1", false, true },
        { "localhost needs no flag", NULL, "localhost", false, true },
        { "the person's own list still counts", "other.example,mock.test", "mock.test", false,
          false },
        { "elsewhere", NULL, "name.invalid", false, false },
    };
    setenv("http_proxy", "http://127.0.0.1:1", 1); /* nobody there */
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].no_proxy)
            setenv("no_proxy", rows[i].no_proxy, 1);
        mock_script(&mock, "{'replies':[{'writes':['ok']}]}");
        struct net *n = new_net();
        struct error err;
        struct seen s = { 0 };
        char url[128];
        snprintf(url, sizeof url, "http://%s:%d/", rows[i].host, mock.port);
        struct net_request r = { .method = "GET", .url = url, .local = rows[i].local };
        assert_ok(begin(n, &s, &r, &err), err);
        finish(n, &s.dones);
        /* On the list, the name is looked up here (and has no address); else the proxy's
         * port is asked, where nobody listens. */
        enum net_outcome want = rows[i].direct     ? NET_OK
                                : rows[i].no_proxy ? NET_NO_HOST
                                                   : NET_NO_CONNECTION;
        if (s.outcome != want)
            fail_msg("%s: outcome %d, %s", rows[i].what, (int)s.outcome, s.text);
        buf_done(&s.body);
        net_free(n);
        unsetenv("no_proxy");
    }
    unsetenv("http_proxy");
}

static void test_localhost(void **state)
{
    (void)state;
    static const char *const hosts[] = { "127.0.0.1", "::1" };
    for (size_t i = 0; i < COUNT(hosts); i++) {
        struct mock m;
        if (i == 1 && access("/proc/net/if_inet6", R_OK) != 0)
            continue; /* a machine without IPv6 */
        struct mock *one = &m;
        const char *args[] = { "--host", hosts[i], NULL };
        mock_start(one, args);
        struct net *n = new_net();
        struct seen s = { 0 };
        char url[64];
        snprintf(url, sizeof url, "http://localhost:%d/", m.port);
        ask(n, &s, url, NULL);
        if (s.outcome != NET_OK || s.status != 404)
            fail_msg("%s: outcome %d, status %d, %s", hosts[i], (int)s.outcome, s.status, s.text);
        buf_done(&s.body);
        net_free(n);
        mock_stop(one);
    }
}

/* --- waiting ------------------------------------------------------------------------- */

static int64_t waited(struct net *n, struct net_fd *fds, size_t count, int64_t max_ms)
{
    struct error err;
    int64_t start = clock_mono(clock_real());
    assert_ok(net_wait(n, fds, count, max_ms, &err), err);
    return (clock_mono(clock_real()) - start) / NS_PER_MS;
}

static void test_descriptors(void **state)
{
    (void)state;
    struct net *n = new_net();
    int p[2];
    assert_int_equal(pipe(p), 0);
    struct net_fd fds[] = { { .fd = p[0] }, { .fd = -1, .ready = true } };

    assert_true(waited(n, fds, 2, 30) >= 29);
    assert_false(fds[0].ready);
    assert_false(fds[1].ready);
    assert_int_equal(write(p[1], "x", 1), 1);
    assert_quick(waited(n, fds, 2, 2000 * test_slower()), 1000);
    assert_true(fds[0].ready);
    char c;
    assert_int_equal(read(p[0], &c, 1), 1);
    waited(n, fds, 2, 10); /* what was ready before is not ready now */
    assert_false(fds[0].ready);
    close(p[1]);
    assert_quick(waited(n, fds, 2, 2000 * test_slower()), 1000);
    assert_true(fds[0].ready); /* hung up */
    close(p[0]);
    assert_true(waited(n, fds, 2, 100) >= 99); /* not open: said, without spinning */
    assert_true(fds[0].ready);
    net_free(n);
}

static void on_alarm(int sig)
{
    (void)sig;
}

static void test_signal_ends_wait(void **state)
{
    (void)state;
    struct net *n = new_net();
    struct sigaction sa = { .sa_handler = on_alarm };
    sigaction(SIGALRM, &sa, NULL);
    ualarm(50000, 0);
    assert_quick(waited(n, NULL, 0, 3000 * test_slower()), 2000);
    net_free(n);
}

/* With a request that hangs and a timer far away the loop sleeps. */
static void test_idle_is_idle(void **state)
{
    (void)state;
    mock_script(&mock, "{'replies':[{'writes':['x'],'end':'hang'}]}");
    struct net *n = new_net();
    struct error err;
    struct seen s = { 0 };
    struct net_request r = { .method = "GET", .url = mock.url, .local = true };
    assert_ok(begin(n, &s, &r, &err), err);
    finish(n, &s.heads);
    int wakes = 0;
    int64_t start = clock_mono(clock_real());
    while (clock_mono(clock_real()) - start < 600 * NS_PER_MS) {
        waited(n, NULL, 0, 300);
        net_step(n);
        wakes++;
    }
    assert_true(wakes <= 8);
    buf_done(&s.body);
    net_free(n);
}

/* --- dates --------------------------------------------------------------------------- */

static void test_dates(void **state)
{
    (void)state;
    int64_t ns = 0;
    assert_true(net_date("Sun, 06 Nov 1994 08:49:37 GMT", &ns));
    assert_int_equal(ns, 784111777 * NS_PER_S);
    assert_false(net_date("soon", &ns));
}

/* --- many at once, and the yardstick ------------------------------------------------- */

static void test_many(void **state)
{
    (void)state;
    enum { MANY = 64 };
    mock_script(&mock, "{'replies':[{'header_delay_ms':100,'writes':['abc']}]}");
    struct net *n = new_net();
    struct error err;
    static struct seen s[MANY];
    struct net_request r = { .method = "GET", .url = mock.url, .local = true };
    for (int round = 0; round < 2; round++) {
        memset(s, 0, sizeof s);
        for (size_t i = 0; i < MANY; i++)
            assert_ok(begin(n, &s[i], &r, &err), err);
        for (size_t i = 0; i < MANY; i++) {
            finish(n, &s[i].dones);
            assert_int_equal(s[i].outcome, NET_OK);
            if (round == 1)
                assert_true(s[i].reused);
            buf_done(&s[i].body);
        }
    }
    net_free(n);
}

/* Out of descriptors is not "nobody listens", and as many as the system allows are used. */
static void test_file_limit(void **state)
{
    (void)state;
    struct rlimit before, limit;
    getrlimit(RLIMIT_NOFILE, &before);
    limit = before;
    limit.rlim_cur = 3; /* what is open already stays */
    setrlimit(RLIMIT_NOFILE, &limit);
    struct net *n = new_net();
    getrlimit(RLIMIT_NOFILE, &limit);
    assert_int_equal(limit.rlim_cur, limit.rlim_max);
    struct error err;
    struct seen s = { 0 };
    struct net_request r = { .method = "GET", .url = mock.url, .local = true };
    assert_ok(begin(n, &s, &r, &err), err);
    limit.rlim_cur = 3;
    setrlimit(RLIMIT_NOFILE, &limit);
    finish(n, &s.dones);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_int_equal(s.outcome, NET_NO_CONNECTION);
    assert_false(s.refused);
    net_free(n);
}

static void test_yardstick(void **state)
{
    (void)state;
    mock_script(&mock, "{'replies':[{'writes':['abc',{'wait_ms':20},'d']}]}");
    struct net_yardstick *y = net_yardstick_new();
    struct error err;
    struct net_request r = {
        .method = "POST", .url = mock.url, .body = "{}", .body_len = 2, .local = true
    };
    for (int i = 0; i < 2; i++) {
        int64_t first = 0, total = 0;
        assert_ok(net_yardstick_run(y, &r, &first, &total, &err), err);
        assert_true(first > 0 && total >= first + 15 * NS_PER_MS);
    }
    r.url = "http://127.0.0.1:1/";
    int64_t kept = 5;
    assert_false(net_yardstick_run(y, &r, &kept, &kept, &err));
    assert_int_equal(kept, 5);
    assert_holds("yardstick", err.text, "127.0.0.1:1");
    net_yardstick_free(y);
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
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_nobody),

        cmocka_unit_test(test_unfit_requests),
        cmocka_unit_test(test_stop_in_bytes),
        cmocka_unit_test(test_act_in_bytes),
        cmocka_unit_test(test_cancel_closes),
        cmocka_unit_test(test_kept_connections),
        cmocka_unit_test(test_fresh),
        cmocka_unit_test(test_request_as_sent),
        cmocka_unit_test(test_large_body),
        cmocka_unit_test(test_proxies),
        cmocka_unit_test(test_localhost),
        cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_signal_ends_wait),
        cmocka_unit_test(test_idle_is_idle),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_yardstick),
        cmocka_unit_test(test_file_limit),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
