/* A verb in a process of its own: words that are split, programs that are not there, output that
 * is anything, and stopping. */
#include "tests/test.h"

#include <poll.h>
#include <sys/stat.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "tui/child.h"

static const char script[] =
    "#!/bin/sh\n"
    "case \"$1\" in\n"
    "silent) exec >&- 2>&-; sleep 0.2; exit 7;;\n"
    "sleep) echo begun; exec sleep 60;;\n"
    "deaf) trap '' INT TERM; echo begun; while :; do sleep 0.05; done;;\n"
    "much) i=0; while [ $i -lt 3000 ]; do echo 'a line of forty letters or some more of it'; "
    "i=$((i+1)); done;;\n"
    "die) kill -9 $$;;\n"
    "read) read line && echo got || echo 'no input';;\n"
    "*) for w; do echo \"<$w>\"; done;;\n"
    "esac\n";

struct bench {
    char *folder;
    char program[1100];
    struct buf said;
};

static void bench_open(struct bench *b)
{
    struct error err;
    *b = (struct bench){ .folder = test_folder(), .said = buf_with_max(1 << 20) };
    snprintf(b->program, sizeof b->program, "%s/program", b->folder);
    assert_ok(file_write(b->program, script, strlen(script), &err), err);
    assert_int_equal(chmod(b->program, 0700), 0);
}

static void bench_close(struct bench *b)
{
    test_folder_remove(b->folder);
    buf_done(&b->said);
}

static void listen(struct bench *b, struct child *c, int ms)
{
    char bytes[512];
    struct pollfd fd = { .fd = child_fd(c), .events = POLLIN };
    poll(&fd, 1, ms);
    for (size_t n; (n = child_read(c, bytes, sizeof bytes)) > 0;)
        buf_add(&b->said, bytes, n);
}

/* Until it is over; its code. */
static int finish(struct bench *b, struct child *c)
{
    int code = -1;
    int64_t start = test_ms();
    while (!child_ended(c, &code)) {
        assert_not_hung(start, 20000);
        listen(b, c, 20);
    }
    child_free(c);
    return code;
}

static const struct row {
    const char *what, *words, *said;
} rows[] = {
    { "plain", "one two", "<one>\n<two>\n" },
    { "blanks", "  one \t two\n ", "<one>\n<two>\n" },
    { "quotes", "'one two' \"three  four\"", "<one two>\n<three  four>\n" },
    { "quotes in a word", "a'b c'd", "<ab cd>\n" },
    { "the other quote inside", "\"it's\" '\"'", "<it's>\n<\">\n" },
    { "an empty word", "'' x", "<>\n<x>\n" },
    { "nothing of a shell", "$HOME `id` ; | > x * \\",
      "<$HOME>\n<`id`>\n<;>\n<|>\n<>>\n<x>\n<*>\n<\\>\n" },
    { "escapes", "'\x1b[31m' \xff\xfe", "<\x1b[31m>\n<\xff\xfe>\n" },
    { "like options", "-- --data-dir /x", "<-->\n<--data-dir>\n</x>\n" },
    { "none", "", "" },
};

static void words_are_split_as_typed(void **state)
{
    (void)state;
    struct bench b;
    struct error err;
    bench_open(&b);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct child *c = child_start(b.program, NULL, rows[i].words, &err);
        if (!c)
            fail_msg("%s: %s", rows[i].what, err.text);
        buf_clear(&b.said);
        if (finish(&b, c) != 0 || strcmp(buf_text(&b.said), rows[i].said) != 0)
            fail_msg("%s: %s", rows[i].what, buf_text(&b.said));
    }
    static const char *const args[] = { "--data-dir", "/a folder", NULL };
    struct child *c = child_start(b.program, args, "stats", &err);
    assert_non_null(c);
    buf_clear(&b.said);
    assert_int_equal(finish(&b, c), 0);
    assert_string_equal(buf_text(&b.said), "<--data-dir>\n</a folder>\n<stats>\n");
    bench_close(&b);
}

static void what_cannot_be_started_says_why(void **state)
{
    (void)state;
    struct bench b;
    struct error err;
    bench_open(&b);
    static const char *const open_quotes[] = { "'", "ask \"open", "a 'b c" };
    for (size_t i = 0; i < COUNT(open_quotes); i++) {
        assert_null(child_start(b.program, NULL, open_quotes[i], &err));
        assert_holds(open_quotes[i], err.text, "a quote is left open in '");
        assert_holds(open_quotes[i], err.text, open_quotes[i]);
    }
    struct buf many = buf_with_max(10000);
    for (int i = 0; i < 300; i++)
        buf_puts(&many, "w ");
    assert_null(child_start(b.program, NULL, buf_text(&many), &err));
    assert_holds("many", err.text, "more than");
    buf_done(&many);
    assert_null(child_start("/nowhere/rlab", NULL, "doctor", &err));
    assert_holds("missing", err.text, "'/nowhere/rlab' cannot be run: ");
    assert_null(child_start(b.folder, NULL, "doctor", &err));
    assert_holds("a folder", err.text, "cannot be run");
    bench_close(&b);
}

static int start(struct bench *b, const char *words)
{
    struct error err;
    struct child *c = child_start(b->program, NULL, words, &err);
    if (!c)
        fail_msg("%s", err.text);
    buf_clear(&b->said);
    return finish(b, c);
}

static void how_it_ended_is_told(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    assert_int_equal(start(&b, "silent"), 7);
    assert_int_equal(start(&b, "die"), 137);
    assert_int_equal(start(&b, "read"), 0);
    assert_string_equal(buf_text(&b.said), "no input\n");
    assert_int_equal(start(&b, "much"), 0);
    assert_int_equal(b.said.len, 3000 * 43);
    bench_close(&b);
}

static struct child *begin(struct bench *b, const char *words)
{
    struct error err;
    struct child *c = child_start(b->program, NULL, words, &err);
    assert_non_null(c);
    buf_clear(&b->said);
    for (int i = 0; i < 500 && !b->said.len; i++)
        listen(b, c, 20);
    assert_string_equal(buf_text(&b->said), "begun\n");
    return c;
}

static void it_is_stopped(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct child *c = begin(&b, "sleep");
    int code;
    assert_false(child_ended(c, &code));
    child_stop(c);
    assert_int_equal(finish(&b, c), 130);
    child_free(begin(&b, "sleep")); /* and when nobody waits for it any more */
    int64_t before = test_ms();
    child_free(begin(&b, "deaf")); /* one that does not listen is ended all the same */
    assert_quick(test_ms() - before, 5000);
    child_free(NULL);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_split_as_typed),
        cmocka_unit_test(what_cannot_be_started_says_why),
        cmocka_unit_test(how_it_ended_is_told),
        cmocka_unit_test(it_is_stopped),
    };
    return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
