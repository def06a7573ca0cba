/* Network and waiting (net.h): the only file that knows libcurl.
 *
 * Everything runs on the thread that calls net_step. libcurl forbids touching the multi
 * handle from inside its callbacks, so what a handler asks for there is noted on the
 * transfer and done when curl_multi_perform has returned. */
#include "core/wire/net.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <curl/curl.h>

#include "core/base/mem.h"
#include "core/limits.h"
#include "core/wire/kept.h"
#include "core/wire/timers.h"

#define CONNECT_MS 5000
/* Kept connections: more than a bench holds open to one server at once, usually. */
#define MAX_KEPT 256L
/* Finished easy handles kept for the next transfer; each holds a 16 KiB buffer. */
#define MAX_SPARE 64
/* How long a wait may last while one of the descriptors is not open. */
#define CLOSED_FD_MS 1000

enum place {
    WAITING, /* asked for inside a callback: not yet known to the multi handle */
    RUNNING,
    DEAD, /* cancelled inside a callback: to be removed */
    DONE, /* off the multi handle, its `done` is running */
};

struct net_transfer {
    struct net *net;
    struct net_transfer *prev, *next; /* in net->all; next also links the spare ones */
    CURL *easy;
    struct curl_slist *headers;
    char *body;
    struct net_handler handler;
    void *self;
    enum place place;
    bool headed; /* `head` was reported */
    bool doomed; /* fail_all has it on its list */
    bool soiled; /* the kept connection it was given had something left on it */
    int status;
    size_t bytes, head_bytes;
    char text[CURL_ERROR_SIZE];
};

struct net {
    const struct clock *clock;
    CURLM *multi;
    CURLU *url; /* to check addresses with */
    char *no_proxy;
    struct net_transfer *all, *spare;
    size_t spare_count;
    struct timers timers;
    struct kept kept;
    struct curl_waitfd *wait; /* net_wait's list, kept between waits */
    size_t wait_cap;
    bool inside; /* curl_multi_perform is running */
    bool noted;  /* some transfer is WAITING or DEAD */
};

/* --- options ------------------------------------------------------------------------- */

/* Addresses that never go through a proxy. Setting the option hides the variable, so the
 * person's own list is joined to ours. */
static char *join_no_proxy(void)
{
    const char *own = getenv("no_proxy");
    if (!own || !*own)
        own = getenv("NO_PROXY");
    struct arena a = { 0 };
    char *list = mem_string(
        arena_format(&a, "localhost,127.0.0.0/8,::1%s%s", own && *own ? "," : "", own ? own : ""));
    arena_done(&a);
    return list;
}

/* `headers` stays with the caller, and so does the body. */
static void set_options(CURL *easy, const struct net_request *r, struct curl_slist *headers,
                        const char *no_proxy, const char *body)
{
    curl_easy_setopt(easy, CURLOPT_URL, r->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "rlab/" RLAB_VERSION);
    if (strcmp(r->method, "POST") == 0) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(body ? r->body_len : 0));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body ? body : "");
    } else {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    /* Streams on HTTP/2 share one connection, whose stalls and resets hit all of them. */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    /* A server whose certificate is not in order gets nothing: no request, no key. */
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (r->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, r->ca_file);
    /* A followed POST becomes a GET and takes the key to a stranger. */
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, r->local ? "*" : no_proxy);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(r->connect_ms > 0 ? r->connect_ms : CONNECT_MS));
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, r->fresh ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* Without it a stuck name lookup holds up its own cancelling, for seconds. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

/* The request's headers, and an empty Expect: a large body would otherwise wait a second
 * for a "100 Continue" that most servers never send. */
static struct curl_slist *make_headers(const struct net_request *r)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (const char *const *h = r->headers; h && *h; h++) {
        struct curl_slist *longer = curl_slist_append(list, *h);
        list = longer ? longer : list;
    }
    return list;
}

/* An address for an error text: without scheme, name and password where it has a password. */
static const char *shown(const char *url)
{
    const char *at = strrchr(url, '@');
    return at ? at + 1 : url;
}

static bool check_request(struct net *n, const struct net_request *r, struct error *err)
{
    assert(strcmp(r->method, "GET") == 0 || strcmp(r->method, "POST") == 0);
    for (const char *const *h = r->headers; h && *h; h++) {
        int name = (int)strcspn(*h, ":\r\n"); /* never the value: it may be a key */
        if ((*h)[strcspn(*h, "\r\n")])
            return error_set(err, ERR_CONFIG,
                             "header '%.*s' holds a line break: look at the setting it came from",
                             name < 60 ? name : 60, *h);
    }
    if (!*r->url || curl_url_set(n->url, CURLUPART_URL, r->url, 0) != CURLUE_OK)
        return error_set(err, ERR_CONFIG,
                         "'%.200s' is not an address: it should look like "
                         "http://127.0.0.1:11434",
                         shown(r->url));
    char *scheme = NULL;
    curl_url_get(n->url, CURLUPART_SCHEME, &scheme, 0);
    bool fits = scheme && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    curl_free(scheme);
    if (!fits)
        return error_set(err, ERR_CONFIG, "'%.200s' is neither http nor https", shown(r->url));
    return true;
}

/* --- libcurl's callbacks ------------------------------------------------------------- */

static size_t on_header(char *line, size_t one, size_t len, void *self)
{
    (void)one;
    struct net_transfer *t = self;
    t->head_bytes += len;
    if (t->head_bytes > MAX_HEAD_BYTES) /* libcurl keeps them all */
        return 0;
    bool block_ends = len <= 2 && (line[0] == '\r' || line[0] == '\n');
    if (!block_ends || t->headed || t->place == DEAD)
        return len;

    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200) /* "100 Continue" and its kin: the real head is still to come */
        return len;
    t->headed = true;
    t->status = (int)status;
    if (t->handler.head) {
        char *type = NULL;
        curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
        struct net_head head = { .status = t->status,
                                 .content_type = type ? type : "",
                                 .at_ns = clock_mono(t->net->clock),
                                 .transfer = t };
        t->handler.head(t->self, &head);
    }
    return len;
}

/* Before the request leaves: a kept connection with something left on it is not used. */
static int on_request(void *self, char *remote, char *local, int remote_port, int local_port)
{
    (void)remote;
    (void)local;
    struct net_transfer *t = self;
    t->soiled = kept_has_leftover(&t->net->kept, local_port, remote_port);
    return t->soiled ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static size_t on_bytes(char *data, size_t one, size_t len, void *self)
{
    (void)one;
    struct net_transfer *t = self;
    /* Below 100 a status is none, and behind "101 Switching Protocols" comes no HTTP. */
    if (t->place == DEAD || !t->headed)
        return CURL_WRITEFUNC_ERROR;
    t->bytes += len;
    if (!t->handler.bytes(t->self, data, len, clock_mono(t->net->clock)))
        return CURL_WRITEFUNC_ERROR;
    return len;
}

/* --- transfers ----------------------------------------------------------------------- */

static void link_in(struct net *n, struct net_transfer *t)
{
    t->prev = NULL;
    t->next = n->all;
    if (n->all)
        n->all->prev = t;
    n->all = t;
}

static void unlink_from(struct net *n, struct net_transfer *t)
{
    if (t->prev)
        t->prev->next = t->next;
    else
        n->all = t->next;
    if (t->next)
        t->next->prev = t->prev;
}

/* A finished one where there is one: its handle keeps its buffers. */
static struct net_transfer *take_spare(struct net *n)
{
    struct net_transfer *t = n->spare;
    if (t) {
        n->spare = t->next;
        n->spare_count--;
        return t;
    }
    CURL *easy = curl_easy_init();
    if (!easy)
        return NULL;
    t = mem_new(struct net_transfer, 1);
    t->easy = easy;
    return t;
}

/* Ends a transfer that the multi handle no longer knows. */
static void retire(struct net_transfer *t)
{
    struct net *n = t->net;
    unlink_from(n, t);
    curl_easy_reset(t->easy);
    curl_slist_free_all(t->headers);
    mem_free(t->body);
    CURL *easy = t->easy;
    if (n->spare_count >= MAX_SPARE) {
        curl_easy_cleanup(easy);
        mem_free(t);
        return;
    }
    *t = (struct net_transfer){ .easy = easy, .next = n->spare };
    n->spare = t;
    n->spare_count++;
}

static void add(struct net_transfer *t)
{
    t->place = RUNNING;
    CURLMcode code = curl_multi_add_handle(t->net->multi, t->easy);
    assert(code == CURLM_OK);
    (void)code;
}

static void remove_and_retire(struct net_transfer *t)
{
    CURLMcode code = curl_multi_remove_handle(t->net->multi, t->easy);
    assert(code == CURLM_OK); /* CURLM_RECURSIVE_API_CALL would mean a note was forgotten */
    (void)code;
    retire(t);
}

struct net_transfer *net_start(struct net *n, const struct net_request *r,
                               const struct net_handler *handler, void *self, struct error *err)
{
    if (!check_request(n, r, err))
        return NULL;
    struct net_transfer *t = take_spare(n);
    if (!t) {
        error_set(err, ERR_NET, "libcurl gave no handle for '%.200s'", shown(r->url));
        return NULL;
    }
    t->net = n;
    t->handler = *handler;
    t->self = self;
    t->headers = make_headers(r);
    t->body = r->body ? mem_copy(r->body, r->body_len) : NULL;

    CURL *easy = t->easy;
    set_options(easy, r, t->headers, n->no_proxy, t->body);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->text);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);

    link_in(n, t);
    t->place = WAITING;
    if (n->inside)
        n->noted = true;
    else
        add(t);
    return t;
}

void net_cancel(struct net_transfer *t)
{
    switch (t->place) {
    case WAITING:
        retire(t);
        break;
    case RUNNING:
        if (t->net->inside) {
            t->place = DEAD;
            t->net->noted = true;
        } else {
            remove_and_retire(t);
        }
        break;
    case DEAD:
    case DONE: /* its own `done` handler: it goes right after */
        break;
    }
}

const char *net_header(struct net_transfer *t, const char *name)
{
    struct curl_header *h = NULL;
    if (curl_easy_header(t->easy, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
        return NULL;
    return h->value;
}

/* What curl's codes mean here; those that are not listed are NET_FAILED. */
static const struct {
    CURLcode code;
    enum net_outcome outcome;
} outcomes[] = {
    { CURLE_OK, NET_OK },
    { CURLE_COULDNT_RESOLVE_HOST, NET_NO_HOST },
    { CURLE_COULDNT_CONNECT, NET_NO_CONNECTION },
    { CURLE_COULDNT_RESOLVE_PROXY, NET_NO_CONNECTION },
    { CURLE_PROXY, NET_NO_CONNECTION },
    { CURLE_OPERATION_TIMEDOUT, NET_CONNECT_TIMEOUT }, /* the only limit libcurl keeps */
    { CURLE_SSL_CONNECT_ERROR, NET_TLS },
    { CURLE_SSL_CERTPROBLEM, NET_TLS },
    { CURLE_SSL_CIPHER, NET_TLS },
    { CURLE_SSL_CACERT_BADFILE, NET_TLS },
    { CURLE_SSL_ISSUER_ERROR, NET_TLS },
    { CURLE_SSL_INVALIDCERTSTATUS, NET_TLS },
    { CURLE_PEER_FAILED_VERIFICATION, NET_TLS },
    { CURLE_GOT_NOTHING, NET_NO_REPLY },
    { CURLE_SEND_ERROR, NET_CUT },
    { CURLE_RECV_ERROR, NET_CUT },
    { CURLE_PARTIAL_FILE, NET_CUT },
    { CURLE_WRITE_ERROR, NET_ABORTED },
};

static enum net_outcome outcome_of(const struct net_transfer *t, CURLcode code)
{
    bool headed = t->headed;
    enum net_outcome o = NET_FAILED;
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (outcomes[i].code == code)
            o = outcomes[i].outcome;
    /* Closed in the middle of the headers counts as success for libcurl, as a cut for its
     * reader; for us there was no reply. */
    if (!headed && (o == NET_CUT || o == NET_OK))
        o = NET_NO_REPLY;
    if (o == NET_ABORTED && (!headed || t->head_bytes > MAX_HEAD_BYTES))
        o = NET_FAILED;
    return o;
}

static const char *words_for(const struct net_transfer *t, CURLcode code)
{
    /* A single line that is too long for libcurl is no shortage of memory to anybody else. */
    if (t->head_bytes > MAX_HEAD_BYTES || (code == CURLE_OUT_OF_MEMORY && !t->headed))
        return "the headers of the reply are too long";
    if (code == CURLE_WRITE_ERROR && !t->headed)
        return "the reply has no status of HTTP";
    if (t->text[0])
        return t->text;
    return code == CURLE_OK ? "the headers of the reply are not whole" : curl_easy_strerror(code);
}

/* The request has not left: it goes out on a new connection, and nobody needs to know. */
static void again_elsewhere(struct net_transfer *t)
{
    curl_multi_remove_handle(t->net->multi, t->easy);
    curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 1L);
    t->soiled = false;
    add(t);
}

/* Takes a finished transfer off the multi handle, tells its owner, and ends it. */
static void finish(struct net_transfer *t, CURLcode code)
{
    long connects = 0, os_error = 0;
    if (t->soiled && code == CURLE_ABORTED_BY_CALLBACK) {
        again_elsewhere(t);
        return;
    }
    curl_socket_t fd = CURL_SOCKET_BAD;
    curl_easy_getinfo(t->easy, CURLINFO_ACTIVESOCKET, &fd);
    kept_note(&t->net->kept, fd);
    curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &connects);
    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &os_error);
    curl_multi_remove_handle(t->net->multi, t->easy);
    t->place = DONE;
    enum net_outcome outcome = outcome_of(t, code);
    const char *text = outcome == NET_OK ? "" : words_for(t, code);
    struct net_result result = { .outcome = outcome,
                                 .status = t->status,
                                 .text = text,
                                 .bytes = t->bytes,
                                 .reused = connects == 0,
                                 .refused =
                                     outcome == NET_NO_CONNECTION && os_error == ECONNREFUSED };
    t->handler.done(t->self, &result);
    retire(t);
}

/* --- the step ------------------------------------------------------------------------ */

/* Does what was asked for inside callbacks. */
static void do_noted(struct net *n)
{
    if (!n->noted)
        return;
    n->noted = false;
    for (struct net_transfer *t = n->all, *next; t; t = next) {
        next = t->next;
        if (t->place == DEAD) {
            remove_and_retire(t);
        } else if (t->place == WAITING) {
            add(t);
        }
    }
}

/* libcurl says that after such an error nothing is certain about any transfer, so all that
 * run now are reported as failed; what their handlers start is left alone. */
static void fail_all(struct net *n, CURLMcode code)
{
    for (struct net_transfer *t = n->all; t; t = t->next)
        t->doomed = true;
    for (struct net_transfer *t = n->all; t;) {
        if (!t->doomed) {
            t = t->next;
            continue;
        }
        snprintf(t->text, sizeof t->text, "%s", curl_multi_strerror(code));
        finish(t, CURLE_FAILED_INIT);
        t = n->all; /* the handler may have cancelled its neighbours */
    }
}

void net_step(struct net *n)
{
    assert(!n->inside);
    int running = 0;
    n->inside = true;
    CURLMcode code = curl_multi_perform(n->multi, &running);
    n->inside = false;
    do_noted(n);
    if (code != CURLM_OK)
        fail_all(n, code);

    /* The message dies with the removal, so take what it says first. */
    int left = 0;
    for (CURLMsg *m; (m = curl_multi_info_read(n->multi, &left));) {
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode result = m->data.result;
        void *t = NULL;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
        finish(t, result);
    }
    timers_fire(&n->timers, clock_mono(n->clock));
}

/* --- waiting -------------------------------------------------------------------------- */

/* Milliseconds until the earliest timer, rounded up: rounded down, the last millisecond
 * before each timer would be spent awake. */
static int64_t timer_ms(const struct net *n)
{
    int64_t next = timers_next(&n->timers);
    if (next == INT64_MAX)
        return INT64_MAX;
    int64_t left = next - clock_mono(n->clock);
    return left <= 0 ? 0 : (left + NS_PER_MS - 1) / NS_PER_MS;
}

bool net_wait(struct net *n, struct net_fd *fds, size_t count, int64_t max_ms, struct error *err)
{
    int64_t ms = max_ms < 0 ? INT64_MAX : max_ms;
    n->wait = mem_grow(n->wait, &n->wait_cap, count, sizeof *n->wait);
    for (size_t i = 0; i < count; i++) {
        /* Polling a closed descriptor returns at once, for ever. */
        bool closed = fds[i].fd >= 0 && fcntl(fds[i].fd, F_GETFD) < 0;
        if (closed && ms > CLOSED_FD_MS)
            ms = CLOSED_FD_MS;
        fds[i].ready = closed;
        /* libcurl leaves an old revents where nothing happened, so it starts at zero. */
        n->wait[i] =
            (struct curl_waitfd){ .fd = closed ? -1 : fds[i].fd, .events = CURL_WAIT_POLLIN };
    }
    int64_t timer = timer_ms(n);
    if (timer < ms)
        ms = timer;
    CURLMcode code = curl_multi_poll(n->multi, n->wait, (unsigned)count,
                                     ms > INT32_MAX ? INT32_MAX : (int)ms, NULL);
    if (code != CURLM_OK)
        return error_set(err, ERR_NET, "waiting for the network: %s", curl_multi_strerror(code));
    for (size_t i = 0; i < count; i++)
        if (n->wait[i].revents)
            fds[i].ready = true;
    return true;
}

void net_timer_set(struct net *n, struct net_timer *t, int64_t after_ms, void (*fire)(void *self),
                   void *self)
{
    t->at_ns = clock_mono(n->clock) + after_ms * NS_PER_MS;
    t->fire = fire;
    t->self = self;
    timers_put(&n->timers, t);
}

void net_timer_stop(struct net *n, struct net_timer *t)
{
    timers_take(&n->timers, t);
}

/* --- life ----------------------------------------------------------------------------- */

/* Every connection is an open file, and the usual soft limit is 1024. */
static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit); /* refused: then it stays as it was */
}

struct net *net_new(const struct clock *clock, struct error *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        error_set(err, ERR_NET, "libcurl could not start");
        return NULL;
    }
    struct net *n = mem_new(struct net, 1);
    n->clock = clock;
    n->multi = curl_multi_init();
    n->url = curl_url();
    n->no_proxy = join_no_proxy();
    if (!n->multi || !n->url) {
        net_free(n);
        error_set(err, ERR_NET, "libcurl could not start");
        return NULL;
    }
    curl_multi_setopt(n->multi, CURLMOPT_MAXCONNECTS, MAX_KEPT);
    /* libcurl with NOSIGNAL leaves this to us: a server that goes away while we write is an
     * error code, not the end of the program. */
    signal(SIGPIPE, SIG_IGN);
    raise_file_limit();
    return n;
}

void net_free(struct net *n)
{
    if (!n)
        return;
    assert(!n->inside);
    while (n->all)
        net_cancel(n->all);
    for (struct net_transfer *t = n->spare, *next; t; t = next) {
        next = t->next;
        curl_easy_cleanup(t->easy);
        mem_free(t);
    }
    curl_multi_cleanup(n->multi);
    curl_url_cleanup(n->url);
    kept_done(&n->kept);
    timers_done(&n->timers);
    mem_free(n->no_proxy);
    mem_free(n->wait);
    mem_free(n);
    curl_global_cleanup();
}

const struct clock *net_clock(const struct net *n)
{
    return n->clock;
}

bool net_date(const char *text, int64_t *ret_wall_ns)
{
    time_t t = curl_getdate(text, NULL);
    if (t < 0)
        return false;
    /* Beyond the year 2262 there are no nanoseconds left; some machines' time ends before. */
    int64_t seconds = t;
    *ret_wall_ns = seconds > INT64_MAX / NS_PER_S ? INT64_MAX : seconds * NS_PER_S;
    return true;
}

/* --- the yardstick -------------------------------------------------------------------- */

struct net_yardstick {
    CURL *easy;
    int64_t first_ns;
    char text[CURL_ERROR_SIZE];
};

static size_t yardstick_bytes(char *data, size_t one, size_t len, void *self)
{
    (void)data;
    (void)one;
    struct net_yardstick *y = self;
    if (!y->first_ns)
        y->first_ns = clock_mono(clock_real());
    return len;
}

struct net_yardstick *net_yardstick_new(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct net_yardstick *y = mem_new(struct net_yardstick, 1);
    y->easy = curl_easy_init();
    return y;
}

void net_yardstick_free(struct net_yardstick *y)
{
    if (!y)
        return;
    curl_easy_cleanup(y->easy);
    mem_free(y);
    curl_global_cleanup();
}

bool net_yardstick_run(struct net_yardstick *y, const struct net_request *r, int64_t *ret_first_ns,
                       int64_t *ret_total_ns, struct error *err)
{
    int64_t start = clock_mono(clock_real());
    struct curl_slist *headers = make_headers(r);
    y->first_ns = 0;
    set_options(y->easy, r, headers, "", r->body);
    curl_easy_setopt(y->easy, CURLOPT_ERRORBUFFER, y->text);
    curl_easy_setopt(y->easy, CURLOPT_WRITEFUNCTION, yardstick_bytes);
    curl_easy_setopt(y->easy, CURLOPT_WRITEDATA, y);
    CURLcode code = curl_easy_perform(y->easy);
    int64_t end = clock_mono(clock_real());
    curl_easy_reset(y->easy);
    curl_slist_free_all(headers);
    if (code != CURLE_OK)
        return error_set(err, ERR_NET, "asking '%.200s': %s", shown(r->url), y->text);
    *ret_first_ns = (y->first_ns ? y->first_ns : end) - start;
    *ret_total_ns = end - start;
    return true;
}
