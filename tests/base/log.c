/* The log: lines that are whole, safe to look at and only the owner's; a file that stays small. */
#include "tests/test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"

#define AT INT64_C(1769847330000000000) /* 2026-01-31T08:15:30Z */

struct place {
    char folder[64];
    struct arena arena;
    const char *path;
};

static void start(struct place *p)
{
    *p = (struct place){ .folder = "/tmp/rlab-log-XXXXXX" };
    assert_non_null(mkdtemp(p->folder));
    p->path = arena_format(&p->arena, "%s/state/rlab/rlab.log", p->folder);
}

static void end(struct place *p)
{
    assert_int_equal(system(arena_format(&p->arena, "rm -rf '%s'", p->folder)), 0);
    arena_done(&p->arena);
}

static const char *read_log(struct place *p, const char *path)
{
    struct error err;
    struct buf all = buf_with_max(4 << 20);
    assert_ok(file_read(path, 4 << 20, &all, &err), err);
    const char *text = arena_string(&p->arena, buf_text(&all));
    buf_done(&all);
    return text;
}

static unsigned rights(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 0777;
}

static void test_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text, *line;
    } rows[] = {
        { "no answer from local", "no answer from local" },
        { "What: a\nReply: b\t\tc", "What: a Reply: b c" },
        { "\033[2J\a\xC2\x9B"
          "31m",
          "\xEF\xBF\xBD[2J\xEF\xBF\xBD\xEF\xBF\xBD"
          "31m" },
        { "bad \xFF byte", "bad \xEF\xBF\xBD byte" },
        { "", "" },
    };
    struct place p;
    start(&p);
    umask(0);
    for (size_t i = 0; i < COUNT(rows); i++)
        log_add(p.path, AT, rows[i].text);
    log_add(NULL, AT, "nowhere");
    const char *said = read_log(&p, p.path);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *line =
            arena_format(&p.arena, "2026-01-31T08:15:30Z %ld %s\n", (long)getpid(), rows[i].line);
        assert_memory_equal(said, line, strlen(line));
        said += strlen(line);
    }
    assert_string_equal(said, "");
    assert_int_equal(rights(p.path), 0600);
    assert_int_equal(rights(arena_format(&p.arena, "%s/state/rlab", p.folder)), 0700);
    end(&p);
}

static void test_long_lines(void **state)
{
    (void)state;
    struct place p;
    start(&p);
    static char text[3 * LOG_LINE_BYTES];
    for (size_t i = 0; i + 3 < sizeof text; i += 3)
        memcpy(text + i, "\xE2\x82\xAC", 3); /* cut within a letter somewhere */
    log_add(p.path, AT, text);
    const char *said = read_log(&p, p.path);
    size_t len = strlen(said);
    assert_true(len <= LOG_LINE_BYTES && len > LOG_LINE_BYTES - 10);
    assert_string_equal(said + len - 7, "\xE2\x82\xAC\xE2\x80\xA6\n");
    end(&p);
}

static void test_it_stays_small(void **state)
{
    (void)state;
    struct place p;
    start(&p);
    static char text[1000];
    memset(text, 'x', sizeof text - 1);
    const char *before = arena_format(&p.arena, "%s.1", p.path);
    for (int i = 0; i < 3 * LOG_FILE_BYTES / 1000; i++)
        log_add(p.path, AT, i == 0 ? "the first" : text);
    log_add(p.path, AT, "the last");
    struct stat st;
    assert_int_equal(stat(before, &st), 0);
    assert_true(st.st_size <= LOG_FILE_BYTES + LOG_LINE_BYTES);
    assert_int_equal(stat(p.path, &st), 0);
    assert_true(st.st_size <= LOG_FILE_BYTES + LOG_LINE_BYTES);
    assert_null(strstr(read_log(&p, before), "the first")); /* two turns ago */
    assert_non_null(strstr(read_log(&p, p.path), "the last\n"));
    end(&p);
}

/* A full disk, a folder in its place, a link to somewhere: no line, no harm. */
static void test_places_that_take_nothing(void **state)
{
    (void)state;
    struct place p;
    start(&p);
    assert_int_equal(mkdir(arena_format(&p.arena, "%s/state", p.folder), 0700), 0);
    assert_int_equal(mkdir(arena_format(&p.arena, "%s/state/rlab", p.folder), 0700), 0);
    assert_int_equal(mkdir(p.path, 0700), 0);
    log_add(p.path, AT, "a folder");
    const char *target = arena_format(&p.arena, "%s/target", p.folder);
    const char *link = arena_format(&p.arena, "%s/state/link", p.folder);
    assert_int_equal(symlink(target, link), 0);
    log_add(link, AT, "a link");
    assert_false(file_exists(target));
    const char *file = arena_format(&p.arena, "%s/file", p.folder);
    struct error err;
    assert_ok(file_write(file, "", 0, &err), err);
    log_add(arena_format(&p.arena, "%s/below/it", file), AT, "below a file");
    log_add("/dev/full", AT, "a full disk");
    end(&p);
}

/* Lines of `text` that are whole; anything else in it but dots fails. */
static size_t whole_lines(const char *text)
{
    static const char whole[] = " a line that is whole";
    size_t lines = 0;
    for (const char *at = text, *next; (next = strchr(at, '\n')); at = next + 1) {
        if (*at == '.')
            continue;
        assert_memory_equal(next - strlen(whole), whole, strlen(whole));
        assert_memory_equal(at, "2026-01-31T08:15:30Z ", 21);
        lines++;
    }
    return lines;
}

/* Also while the file is turned over: no line is lost, and none is torn. */
static void test_many_at_once(void **state)
{
    (void)state;
    enum { PROCESSES = 8, LINES = 200 };
    for (int large = 0; large < 2; large++) {
        struct place p;
        struct error err;
        start(&p);
        static char dots[LOG_FILE_BYTES - 1000];
        memset(dots, '.', sizeof dots);
        dots[sizeof dots - 1] = '\n';
        log_add(p.path, AT, "a line that is whole");
        if (large)
            assert_ok(file_write(p.path, dots, sizeof dots, &err), err);
        for (int n = 0; n < PROCESSES; n++) {
            pid_t pid = fork();
            assert_true(pid >= 0);
            for (int i = 0; pid == 0 && i < LINES; i++)
                log_add(p.path, AT, "a line that is whole");
            if (pid == 0)
                _exit(0);
        }
        for (int n = 0; n < PROCESSES; n++) {
            int status;
            assert_true(wait(&status) > 0);
            assert_int_equal(status, 0);
        }
        const char *before = arena_format(&p.arena, "%s.1", p.path);
        assert_int_equal(file_exists(before), large);
        size_t lines = whole_lines(read_log(&p, p.path));
        if (large)
            lines += whole_lines(read_log(&p, before));
        assert_int_equal(lines, PROCESSES * LINES + (large ? 0 : 1));
        end(&p);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),          cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_it_stays_small), cmocka_unit_test(test_places_that_take_nothing),
        cmocka_unit_test(test_many_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
