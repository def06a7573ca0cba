/* Replays every vector and every captured reply at several chunk sizes: the events must be
 * the same however the bytes are cut, and equal the list beside the file.
 *
 * NAME.events holds a head and the expected events:
 *   reply: openai 200 text/event-stream     (a captured reply: only the provider)
 *   context: 128                            (optional: the model's window)
 *   inside: yes                             (optional: the prompt opens the thinking)
 *   fails: ERR_TRANSPORT                    (optional: the transfer broke instead of ending)
 * With UPDATE_GOLDEN=1 the events are written anew; the difference is then read like code. */
#include "tests/test.h"

#include <dirent.h>
#include <strings.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/limits.h"
#include "tests/wire/transcript.h"

struct vector {
    struct reply reply;
    char type[100];
    struct buf file, body, events;
    const char *expected; /* within events, behind the head */
};

/* One header line of a captured reply. */
static void read_header(struct vector *v, const char *line, size_t len, bool *chunked)
{
    if (len > 14 && strncasecmp(line, "Content-Type: ", 14) == 0)
        snprintf(v->type, sizeof v->type, "%.*s", (int)len - 14, line + 14);
    if (len > 19 && strncasecmp(line, "Transfer-Encoding: ", 19) == 0)
        *chunked = true;
    if (len > 9 && strncmp(line, "HTTP/1.1 ", 9) == 0)
        v->reply.status = atoi(line + 9);
}

static void join_chunks(const char *p, const char *end, struct buf *to)
{
    while (p < end) {
        char *after;
        size_t n = strtoul(p, &after, 16);
        p = strchr(after, '\n');
        if (n == 0 || !p || n > (size_t)(end - p))
            return;
        buf_add(to, p + 1, n);
        p += 1 + n + 2;
    }
}

/* Head and chunks of a captured reply come off; only its body is replayed. */
static void open_capture(struct vector *v)
{
    const char *line, *text = buf_text(&v->file);
    size_t n, at = 0, len = v->file.len;
    bool chunked = false, in_head = false;
    while (file_line(text, len, &at, &line, &n)) {
        if (in_head && n == 0)
            break;
        in_head = in_head || strncmp(line, "HTTP/", 5) == 0;
        read_header(v, line, n, &chunked);
    }
    if (chunked)
        join_chunks(text + at, text + len, &v->body);
    else
        buf_add(&v->body, text + at, len - at);
    v->reply.content_type = v->type;
    v->reply.body = buf_text(&v->body);
    v->reply.len = v->body.len;
}

static void read_head_line(struct vector *v, const char *line, bool *capture)
{
    char provider[20], value[40];
    int fields = sscanf(line, "reply: %19s %d %99[^\n]", provider, &v->reply.status, v->type);
    if (fields >= 1) {
        v->reply.provider = provider_find(provider);
        assert_non_null(v->reply.provider);
        *capture = fields == 1;
    }
    long long context;
    if (sscanf(line, "context: %lld", &context) == 1)
        v->reply.context_tokens = context;
    if (strncmp(line, "inside: yes", 11) == 0)
        v->reply.starts_inside = true;
    if (sscanf(line, "fails: %39s", value) == 1)
        v->reply.fails = call_end_from_name(value, &v->reply.fail);
}

static void vector_open(struct vector *v, const char *events_path)
{
    struct error err;
    char path[300];
    bool capture = false;
    *v = (struct vector){ .file = buf_with_max(MIB),
                          .body = buf_with_max(MIB),
                          .events = buf_with_max(MIB) };
    v->reply.context_tokens = -1;
    snprintf(path, sizeof path, "%.*s", (int)strlen(events_path) - 7, events_path);
    assert_ok(file_read(events_path, MIB, &v->events, &err), err);
    assert_ok(file_read(path, MIB, &v->file, &err), err);
    const char *p = buf_text(&v->events);
    for (; *p && *p != '\n'; p = strchr(p, '\n') + 1)
        read_head_line(v, p, &capture);
    v->expected = *p ? p + 1 : p;
    v->reply.content_type = v->type;
    v->reply.body = buf_text(&v->file);
    v->reply.len = v->file.len;
    if (capture)
        open_capture(v);
}

static void vector_close(struct vector *v)
{
    buf_done(&v->file);
    buf_done(&v->body);
    buf_done(&v->events);
}

static void rewrite(const struct vector *v, const char *path, const char *events)
{
    struct error err;
    struct buf b = buf_with_max(MIB);
    buf_add(&b, buf_text(&v->events), (size_t)(v->expected - buf_text(&v->events)));
    buf_puts(&b, events);
    assert_ok(file_write(path, buf_text(&b), b.len, &err), err);
    buf_done(&b);
}

static void replay(const char *path)
{
    static const size_t steps[] = { 0, 1, 2, 3, 7, 1000 };
    struct vector v;
    vector_open(&v, path);
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct transcript t = { 0 };
        transcript_of(&v.reply, steps[i], &t);
        if (t.ends != 1 || t.after_end || t.bad_text)
            fail_msg("%s: %zu ends, bad text %d", path, t.ends, t.bad_text);
        if (i == 0 && getenv("UPDATE_GOLDEN"))
            rewrite(&v, path, buf_text(&t.text));
        else if (!getenv("UPDATE_GOLDEN") && strcmp(buf_text(&t.text), v.expected) != 0)
            fail_msg("%s in steps of %zu:\n%s\nexpected:\n%s", path, steps[i], buf_text(&t.text),
                     v.expected);
        transcript_done(&t);
    }
    vector_close(&v);
}

static int is_events(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 7 && strcmp(e->d_name + n - 7, ".events") == 0;
}

static void replay_folder(const char *folder, size_t at_least)
{
    struct dirent **list = NULL;
    int n = scandir(folder, &list, is_events, alphasort);
    assert_true(n >= 0 && (size_t)n >= at_least);
    for (int i = 0; i < n; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
        free(list[i]);
        replay(path);
    }
    free(list);
}

static void test_vectors(void **state)
{
    (void)state;
    replay_folder("tests/wire/vectors", 40);
}

static void test_captures(void **state)
{
    (void)state;
    replay_folder("tests/wire/captures", 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_captures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
