/* Asks what it is told to ask, many calls at once through one net, and writes down what came of
 * each: the client of tests/trust/test_hell, whose servers are from hell.
 *
 *   hell_caller AT_ONCE < JOBS > RESULTS
 *
 * A job is a line {"n","type","calls":[{"url","key","think","first_ms","idle_ms","total_ms",
 * "hangs_ms","act","when"}]}: calls one after another, the next one begun from inside the end of
 * the one before. `act` (cancel, expire, drop) is done from inside the first event called `when`.
 * A result is a line for each call; the last line tells of the process: memory, descriptors. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/limits.h"
#include "core/model/call.h"
#include "tests/wire/hello.h"

#define MAX_CALLS 4
#define MAX_JOB   (64 * KIB)

struct job;

struct asked {
    struct job *job;
    struct call *call; /* NULL before its start and after its end */
    struct server server;
    struct model_quirks quirks;
    struct call_timers timers;
    int64_t hangs_ms;
    const char *act, *when; /* what is still to be done inside; NULL nothing */
    /* What was heard. */
    struct buf text, thinking, warns;
    int ends, after, started, retries, keepalives;
    bool dropped, hung, bad_text, time_went_back;
    enum call_end end;
    char message[1400], advice[700], why[1400];
    bool retryable;
    int64_t begun_ns, at_ns, ended_ns;
};

struct job {
    struct json *line;
    int64_t n;
    size_t count, now; /* calls; the one that runs */
    struct asked calls[MAX_CALLS];
};

static struct net *net;
static size_t running;

static void fail(const char *what)
{
    fprintf(stderr, "hell_caller: %s\n", what);
    exit(2);
}

static int64_t now_ns(void)
{
    return clock_mono(clock_real());
}

/* --- one call --------------------------------------------------------------------------- */

static void begin_next(struct job *j);

static void copy(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text ? text : "");
}

/* All text so far was thinking, or all thinking so far was text. */
static void move(struct buf *from, struct buf *to)
{
    buf_add(to, buf_text(from), from->len);
    buf_clear(from);
}

static void hear_end(struct asked *a, const struct model_event *ev)
{
    a->ends++;
    a->end = ev->end;
    a->retryable = ev->retryable;
    a->ended_ns = now_ns();
    copy(a->message, sizeof a->message, ev->message);
    copy(a->advice, sizeof a->advice, ev->advice);
    if (a->ends == 1) {
        a->call = NULL;
        running--;
        begin_next(a->job);
    }
}

static const char *name_of(enum event_type t)
{
    switch (t) {
    case EVENT_STARTED:
        return "started";
    case EVENT_THINKING:
        return "thinking";
    case EVENT_TEXT:
        return "text";
    case EVENT_RETRY:
        return "retry";
    case EVENT_WARN:
        return "warn";
    default:
        return "";
    }
}

static void act(struct asked *a)
{
    struct call *c = a->call;
    const char *what = a->act;
    a->act = NULL;
    if (strcmp(what, "cancel") == 0) {
        call_cancel(c);
    } else if (strcmp(what, "expire") == 0) {
        call_expire(c);
    } else {
        a->dropped = true;
        a->ended_ns = now_ns();
        a->call = NULL;
        running--;
        call_drop(c);
        begin_next(a->job);
    }
}

static void hear(void *self, const struct model_event *ev)
{
    struct asked *a = self;
    a->after += a->ends > 0 || a->dropped;
    a->bad_text |= ev->text && (text_valid_up_to(ev->text, ev->len) != ev->len ||
                                memchr(ev->text, '\0', ev->len) != NULL);
    a->time_went_back |= ev->at_ns < a->at_ns;
    a->at_ns = ev->at_ns;
    switch (ev->type) {
    case EVENT_STARTED:
        a->started++;
        break;
    case EVENT_THINKING:
        buf_add(&a->thinking, ev->text, ev->len);
        break;
    case EVENT_TEXT:
        buf_add(&a->text, ev->text, ev->len);
        break;
    case EVENT_RECLASSIFY:
        move(&a->text, &a->thinking);
        break;
    case EVENT_UNTHINK:
        move(&a->thinking, &a->text);
        break;
    case EVENT_WARN:
        buf_printf(&a->warns, "%s%s", a->warns.len ? " " : "", call_warn_name(ev->warn));
        break;
    case EVENT_KEEPALIVE:
        a->keepalives++;
        break;
    case EVENT_RETRY:
        a->retries++;
        copy(a->why, sizeof a->why, ev->text);
        break;
    case EVENT_END:
        hear_end(a, ev);
        return;
    case EVENT_TOOL:
    case EVENT_LOGPROB:
    case EVENT_USAGE:
        break;
    }
    if (a->act && strcmp(a->when, name_of(ev->type)) == 0)
        act(a);
}

static void begin_next(struct job *j)
{
    struct call_request r = hello_request();
    r.max_tokens = 4000;
    r.think = THINK_ON;
    while (j->now < j->count) {
        struct asked *a = &j->calls[j->now++];
        struct error err;
        a->begun_ns = a->at_ns = now_ns();
        a->call = call_start(net, &a->server, &a->quirks, &r, &a->timers, hear, a, &err);
        if (!a->call)
            fail(err.text);
        running++;
        return;
    }
}

/* --- jobs ------------------------------------------------------------------------------- */

static int64_t number(const struct json *j, const char *key)
{
    int64_t n = json_get_count(j, key);
    return n < 0 ? 0 : n;
}

static void read_call(struct asked *a, struct job *j, const char *type, const struct json *c)
{
    *a = (struct asked){ .job = j,
                         .hangs_ms = number(c, "hangs_ms"),
                         .act = json_get_text(c, "act"),
                         .when = json_get_text(c, "when"),
                         .text = buf_with_max(64 * MIB),
                         .thinking = buf_with_max(64 * MIB),
                         .warns = buf_with_max(MIB) };
    a->server = hello_server(type, json_get_text(c, "url"));
    a->server.key = json_get_text(c, "key");
    a->server.think = THINK_BY_CAPABILITY;
    a->timers = (struct call_timers){ .connect_ms = 5000,
                                      .first_ms = number(c, "first_ms"),
                                      .idle_ms = number(c, "idle_ms"),
                                      .total_ms = number(c, "total_ms") };
    if (!a->server.provider || !a->server.url)
        fail("a job names no provider or no address");
}

/* The next job of the input, or NULL. */
static struct job *read_job(void)
{
    static char line[MAX_JOB];
    if (!fgets(line, sizeof line, stdin))
        return NULL;
    struct error err;
    struct job *j = mem_new(struct job, 1);
    j->line = json_parse(line, strlen(line), &err);
    if (!j->line)
        fail(err.text);
    j->n = number(j->line, "n");
    for (const struct json *c = json_first(json_get(j->line, "calls")); c; c = json_next(c)) {
        if (j->count == MAX_CALLS)
            fail("too many calls in a job");
        read_call(&j->calls[j->count++], j, json_get_text(j->line, "type"), c);
    }
    return j;
}

static void put_call(const struct job *j, size_t i)
{
    const struct asked *a = &j->calls[i];
    struct json *o = json_object();
    json_put_int(o, "n", j->n);
    json_put_int(o, "call", (int64_t)i);
    json_put_text(o, "end", a->dropped ? "DROPPED" : a->ends ? call_end_name(a->end) : NULL);
    json_put_int(o, "ends", a->ends);
    json_put_int(o, "after", a->after);
    json_put_bool(o, "hung", a->hung);
    json_put_bool(o, "bad_text", a->bad_text);
    json_put_bool(o, "time_went_back", a->time_went_back);
    json_put_text(o, "text", buf_text(&a->text));
    json_put_text(o, "thinking", buf_text(&a->thinking));
    json_put_text(o, "warns", buf_text(&a->warns));
    json_put_text(o, "message", a->message);
    json_put_text(o, "advice", a->advice);
    json_put_text(o, "why", a->why);
    json_put_int(o, "retries", a->retries);
    json_put_int(o, "keepalives", a->keepalives);
    json_put_real(o, "took_s", (double)(a->ended_ns - a->begun_ns) / 1e9);
    struct buf out = buf_with_max(256 * MIB);
    if (!json_print(o, &out))
        fail("a result is too large");
    puts(buf_text(&out));
    buf_done(&out);
    json_free(o);
}

static void job_free(struct job *j)
{
    for (size_t i = 0; i < j->count; i++) {
        put_call(j, i);
        buf_done(&j->calls[i].text);
        buf_done(&j->calls[i].thinking);
        buf_done(&j->calls[i].warns);
    }
    json_free(j->line);
    mem_free(j);
}

/* --- the loop --------------------------------------------------------------------------- */

/* A call beyond all its limits is stopped and said to hang; true where one runs. */
static bool look_after(struct job *j)
{
    bool busy = false;
    for (size_t i = 0; i < j->count; i++) {
        struct asked *a = &j->calls[i];
        if (!a->call)
            continue;
        busy = true;
        if (!a->hung && now_ns() - a->begun_ns > a->hangs_ms * NS_PER_MS) {
            a->hung = true;
            call_cancel(a->call);
        }
    }
    return busy || j->now < j->count;
}

static size_t open_files(void)
{
    size_t n = 0;
    DIR *d = opendir("/proc/self/fd");
    while (d && readdir(d))
        n++;
    if (d)
        closedir(d);
    return n;
}

static void run(size_t at_once, struct job **jobs, size_t count)
{
    struct error err;
    size_t next = 0, live = 0;
    bool *done = mem_new(bool, count + 1);
    do {
        for (; live < at_once && next < count; live++)
            begin_next(jobs[next++]);
        if (!net_wait(net, NULL, 0, 500, &err))
            fail(err.text);
        net_step(net);
        for (size_t i = 0; i < next; i++) {
            if (!done[i] && !look_after(jobs[i])) {
                done[i] = true;
                live--;
            }
        }
    } while (live || next < count);
    /* Nothing may come behind an end, however late. */
    for (int i = 0; i < 5; i++) {
        net_wait(net, NULL, 0, 20, &err);
        net_step(net);
    }
    mem_free(done);
}

/* The most memory this program ever had. (What getrusage tells began before it was started.) */
static int64_t peak_kib(void)
{
    char line[256];
    long long kib = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f) && sscanf(line, "VmHWM: %lld", &kib) != 1)
        ;
    if (f)
        fclose(f);
    return kib;
}

static void put_process(size_t files_before)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    struct json *o = json_object();
    json_put_count(o, "peak_kib", peak_kib());
    json_put_int(o, "files_before", (int64_t)files_before);
    json_put_int(o, "files_after", (int64_t)open_files());
    json_put_int(o, "running", (int64_t)running);
    json_put_real(o, "cpu_s", (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec / 1e6);
    struct buf out = buf_with_max(KIB);
    json_print(o, &out);
    puts(buf_text(&out));
    buf_done(&out);
    json_free(o);
}

int main(int argc, char **argv)
{
    size_t at_once = argc > 1 ? strtoul(argv[1], NULL, 10) : 1, count = 0, cap = 0;
    struct job **jobs = NULL, *j;
    struct error err;
    size_t files = open_files();
    net = net_new(clock_real(), &err);
    if (!net)
        fail(err.text);
    while ((j = read_job())) {
        jobs = mem_grow(jobs, &cap, count + 1, sizeof *jobs);
        jobs[count++] = j;
    }
    run(at_once ? at_once : 1, jobs, count);
    net_free(net);
    for (size_t i = 0; i < count; i++)
        job_free(jobs[i]);
    mem_free(jobs);
    put_process(files);
    return 0;
}
