/* Keys kept out of what is shown: whole texts, texts in pieces, the environment of others; and
 * files that hold one. */
#include "tests/test.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/secret.h"

#define KEY "sk-0123456789abcdef"

static void test_whole_texts(void **state)
{
    (void)state;
    static const struct {
        const char *secret, *text, *clean;
    } rows[] = {
        { KEY, "", "" },
        { KEY, "nothing here", "nothing here" },
        { KEY, KEY, "[key]" },
        { KEY, "a " KEY " b " KEY, "a [key] b [key]" },
        { KEY, KEY KEY, "[key][key]" },
        { KEY, "sk-sk-0123456789abcdef", "sk-[key]" },
        { KEY, "cut off: sk-0123456789ab", "cut off: [key]" },
        { KEY, "cut off: sk-0123456789ab...", "cut off: [key]..." },
        { KEY, "it risk", "it risk" }, /* two letters alike are a word */
        { KEY, "sk-...", "sk-..." },   /* so are three */
        { KEY, "sk-0...", "[key]..." },
        { "abc", "abcabc", "abcabc" }, /* too short for a key */
        { NULL, KEY, KEY },
        { "aaaa", "aaaaaaa", "[key]aaa" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = buf_with_max(1000);
        secret_clean(rows[i].secret, rows[i].text, strlen(rows[i].text), &b);
        if (strcmp(buf_text(&b), rows[i].clean) != 0)
            fail_msg("'%s' became '%s'", rows[i].text, buf_text(&b));
        buf_done(&b);
    }
}

/* However a text is cut into pieces, the same comes out. */
static void test_pieces(void **state)
{
    (void)state;
    static const struct {
        const char *secret, *text, *clean;
    } rows[] = {
        { KEY, "no key at all, but s and sk- and sk-01", "no key at all, but s and sk- and sk-01" },
        { KEY, "x" KEY "y", "x[key]y" },
        { KEY, KEY, "[key]" },
        { KEY, "sk-sk-0123456789abcdef" KEY ".", "sk-[key][key]." },
        { KEY, "ends as it begins sk-0123456789abcde", "ends as it begins sk-0123456789abcde" },
        { "aabaabaabaabaabaab", "aabaabaabaabaabaabaabaaba", "[key]aabaaba" },
        { "ollama", "ask ollama", "ask ollama" }, /* an ordinary word is left alone */
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t size = 1; size <= strlen(rows[i].text); size++) {
            struct secret_stream s = { 0 };
            struct buf b = buf_with_max(1000);
            size_t len = strlen(rows[i].text);
            for (size_t at = 0; at < len; at += size)
                secret_pass(&s, rows[i].secret, rows[i].text + at,
                            len - at < size ? len - at : size, &b);
            secret_flush(&s, rows[i].secret, &b);
            if (strcmp(buf_text(&b), rows[i].clean) != 0)
                fail_msg("'%s' in pieces of %zu became '%s'", rows[i].text, size, buf_text(&b));
            assert_int_equal(s.held, 0);
            buf_done(&b);
        }
}

static bool holds(char **environment, const char *name)
{
    for (; *environment; environment++)
        if (strncmp(*environment, name, strlen(name)) == 0)
            return true;
    return false;
}

static void test_process(void **state)
{
    (void)state;
    char name[180]; /* as long as a line of the config lets it be */
    memset(name, 'K', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    setenv(name, KEY, 1);
    setenv("OPENAI_API_KEY", KEY, 1);
    setenv("MY_BOX_KEY", KEY, 1);
    setenv("MY_BOX_KEY_TOO", "kept", 1);
    char **all = secret_environ();
    assert_false(holds(all, "OPENAI_API_KEY="));
    assert_true(holds(all, "MY_BOX_KEY="));
    assert_true(holds(all, "PATH="));
    mem_free(all);
    for (int i = 0; i < 500; i++) { /* the same one, again and again */
        secret_taken("MY_BOX_KEY");
        secret_taken(name);
        secret_taken(NULL);
    }
    all = secret_environ();
    assert_false(holds(all, "MY_BOX_KEY="));
    assert_false(holds(all, "KKKK"));
    assert_true(holds(all, "MY_BOX_KEY_TOO="));
    mem_free(all);
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 0);
    unsetenv("OPENAI_API_KEY");
    unsetenv(name);
}

static void test_private_files(void **state)
{
    (void)state;
    static const struct {
        mode_t mode;
        const char *error;
    } rows[] = {
        { 0600, NULL },
        { 0400, NULL },
        { 0700, NULL },
        { 0640, "open to others" },
        { 0604, "open to others" },
        { 0620, "mode 0620" },
        { 0601, "chmod 600" },
    };
    char path[] = "/tmp/rlab-secret-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, KEY "\n", strlen(KEY) + 1), (ssize_t)strlen(KEY) + 1);
    close(fd);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf text = { 0 };
        struct error err = { 0 };
        assert_int_equal(chmod(path, rows[i].mode), 0);
        bool ok = file_read_private(path, 100, &text, &err);
        assert_int_equal(ok, !rows[i].error);
        if (ok)
            assert_string_equal(buf_text(&text), KEY "\n");
        else
            assert_holds("private", err.text, rows[i].error);
        buf_done(&text);
    }
    struct buf text = { 0 };
    struct error err = { 0 };
    assert_int_equal(chmod(path, 0600), 0);
    assert_false(file_read_private(path, 5, &text, &err));
    assert_holds("long", err.text, "longer than 5 bytes");
    unlink(path);
    assert_false(file_read_private(path, 100, &text, &err));
    assert_holds("gone", err.text, "cannot open");
    assert_false(file_read_private("/tmp", 100, &text, &err));
    assert_holds("folder", err.text, "is no file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_texts),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_process),
        cmocka_unit_test(test_private_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
