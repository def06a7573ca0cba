/* Copying: which way is taken, what is sent, and that the sentence says what was done. */
#include "tests/test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/limits.h"
#include "tui/screen/copy.h"

static struct buf sent;
static char said[1000];
static int said_count;

static void take_bytes(const char *bytes, size_t len)
{
    buf_add(&sent, bytes, len);
}

static void take_sentence(void *self, const char *sentence)
{
    (void)self;
    said_count++;
    snprintf(said, sizeof said, "%s", sentence);
}

static void test_way(void **state)
{
    (void)state;
    static const struct {
        const char *tmux, *sty, *term;
        enum copy_way way;
    } rows[] = {
        { "/tmp/tmux-0/default,1,0", NULL, "tmux-256color", COPY_TMUX },
        { "/tmp/tmux-0/default,1,0", "1.pts", "screen", COPY_TMUX },
        { NULL, "123.pts-0.host", "screen", COPY_SCREEN },
        { "", "", "xterm-256color", COPY_OSC52 },
        { NULL, NULL, "tmux-256color", COPY_OSC52 }, /* a tmux at the other end of SSH */
        { NULL, NULL, "linux", COPY_NONE },
        { NULL, NULL, "vt100", COPY_NONE },
        { NULL, NULL, NULL, COPY_NONE },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (copy_way(rows[i].tmux, rows[i].sty, rows[i].term) != rows[i].way)
            fail_msg("row %zu", i);
}

static void test_osc52(void **state)
{
    (void)state;
    struct buf to = buf_with_max(MIB);
    assert_true(copy_osc52(&to, "hello", 5, false));
    assert_string_equal(buf_text(&to), "\033]52;c;aGVsbG8=\a");
    buf_clear(&to);
    assert_true(copy_osc52(&to, "hello", 5, true));
    assert_string_equal(buf_text(&to), "\033P\033]52;c;aGVsbG8=\a\033\\");
    buf_clear(&to);

    char *text = calloc(1, COPY_OSC52_BYTES + 1);
    assert_non_null(text);
    assert_true(copy_osc52(&to, text, COPY_OSC52_BYTES, false));
    assert_in_range(to.len, 99990, 100000);
    buf_clear(&to);
    assert_false(copy_osc52(&to, text, COPY_OSC52_BYTES + 1, false));
    assert_int_equal(to.len, 0);
    free(text);
    buf_done(&to);
}

/* Each piece for GNU screen is small enough, and together they are the plain sequence. */
static void test_pieces(void **state)
{
    (void)state;
    char text[2000];
    struct buf plain = buf_with_max(MIB), cut = buf_with_max(MIB), joined = buf_with_max(MIB);
    memset(text, 'q', sizeof text);
    assert_true(copy_osc52(&plain, text, sizeof text, false));
    assert_true(copy_osc52(&cut, text, sizeof text, true));
    const char *s = buf_text(&cut);
    while (*s) {
        const char *end = strstr(s, "\033\\");
        assert_non_null(end);
        assert_int_equal(strncmp(s, "\033P", 2), 0);
        assert_in_range(end + 2 - s, 5, COPY_SCREEN_PIECE);
        buf_add(&joined, s + 2, (size_t)(end - s) - 2);
        s = end + 2;
    }
    assert_string_equal(buf_text(&joined), buf_text(&plain));
    buf_done(&plain);
    buf_done(&cut);
    buf_done(&joined);
}

/* --- the copier -------------------------------------------------------------------------- */

struct place {
    char *folder, *tmux, *copied, *got;
    struct net *net;
    struct copier copier;
    struct copy_to to;
};

static char *path_of(const char *folder, const char *name)
{
    char *path = malloc(strlen(folder) + strlen(name) + 2);
    assert_non_null(path);
    sprintf(path, "%s/%s", folder, name);
    return path;
}

static void start(struct place *p, enum copy_way way)
{
    struct error err;
    p->folder = test_folder();
    p->tmux = path_of(p->folder, "tmux");
    p->copied = path_of(p->folder, "state/copied.txt");
    p->got = path_of(p->folder, "got");
    p->net = net_new(clock_real(), &err);
    assert_non_null(p->net);
    char *state = path_of(p->folder, "state");
    p->to = (struct copy_to){
        .way = way, .tmux = p->tmux, .folder = state, .send = take_bytes, .said = take_sentence
    };
    sent = buf_with_max(MIB);
    said[0] = '\0';
    said_count = 0;
    copy_init(&p->copier, p->net, &p->to);
}

static void stop(struct place *p)
{
    copy_done(&p->copier);
    copy_done(&p->copier);
    net_free(p->net);
    test_folder_remove(p->folder);
    free((char *)p->to.folder);
    free(p->tmux);
    free(p->copied);
    free(p->got);
    buf_done(&sent);
}

/* A tmux of our own: a script. */
static void play_tmux(struct place *p, const char *script)
{
    struct error err;
    char text[1000];
    int n = snprintf(text, sizeof text, "#!/bin/sh\ncd '%s'\n%s\n", p->folder, script);
    assert_ok(file_write(p->tmux, text, (size_t)n, &err), err);
    assert_int_equal(chmod(p->tmux, 0700), 0);
}

static void turn(struct place *p, int seconds)
{
    struct error err;
    int64_t end = test_ms() + seconds * 1000 * test_slower();
    while (!said_count && test_ms() < end) {
        assert_ok(net_wait(p->net, NULL, 0, 100, &err), err);
        net_step(p->net);
    }
    assert_int_equal(said_count, 1);
}

static void same_file(const char *path, const char *text, size_t len)
{
    struct error err;
    struct buf b = { 0 };
    assert_ok(file_read(path, 32 * MIB, &b, &err), err);
    assert_int_equal(b.len, len);
    assert_memory_equal(b.data, text, len);
    buf_done(&b);
}

static void test_to_terminal(void **state)
{
    (void)state;
    struct place p;
    start(&p, COPY_OSC52);
    copy_text(&p.copier, "h\xC3\xA9llo", 6);
    assert_int_equal(said_count, 0); /* never from inside the call */
    turn(&p, 20);
    assert_string_equal(said, "sent 5 characters to the terminal (OSC 52 gives no answer; "
                              "if paste is empty press w)");
    assert_string_equal(buf_text(&sent), "\033]52;c;aMOpbGxv\a");
    same_file(p.copied, "h\xC3\xA9llo", 6);
    stop(&p);
}

static void test_nowhere(void **state)
{
    (void)state;
    struct place p;
    start(&p, COPY_NONE);
    copy_text(&p.copier, "x", 1);
    turn(&p, 20);
    assert_holds("file", said, "this terminal has no clipboard: 1 character in ");
    assert_holds("file", said, "/state/copied.txt");
    assert_int_equal(sent.len, 0);
    stop(&p);

    start(&p, COPY_NONE);
    free((char *)p.to.folder);
    p.to.folder = NULL;
    copy_init(&p.copier, p.net, &p.to);
    copy_text(&p.copier, "x", 1);
    turn(&p, 20);
    assert_string_equal(said,
                        "this terminal has no clipboard: nothing was copied; w writes a file");
    stop(&p);
}

static void test_too_long(void **state)
{
    (void)state;
    struct place p;
    size_t len = COPY_OSC52_BYTES + 1;
    char *text = malloc(len);
    assert_non_null(text);
    memset(text, 'z', len);
    start(&p, COPY_OSC52);
    copy_text(&p.copier, text, len);
    turn(&p, 20);
    assert_holds("file", said, "too long for a terminal's clipboard");
    assert_holds("file", said, "74995 characters in ");
    assert_int_equal(sent.len, 0);
    same_file(p.copied, text, len);
    free(text);
    stop(&p);
}

static void test_no_folder_can_be_made(void **state)
{
    (void)state;
    struct place p;
    struct error err;
    start(&p, COPY_OSC52);
    assert_ok(file_write(p.to.folder, "a file", 6, &err), err);
    copy_text(&p.copier, "x", 1);
    turn(&p, 20);
    assert_holds("sent", said, "sent 1 character to the terminal");
    assert_holds("why", said, "; not kept in a file: ");
    stop(&p);
}

static void test_empty(void **state)
{
    (void)state;
    struct place p;
    start(&p, COPY_OSC52);
    copy_text(&p.copier, "", 0);
    turn(&p, 20);
    assert_string_equal(said, "nothing to copy here");
    assert_int_equal(sent.len, 0);
    assert_false(file_exists(p.copied));
    stop(&p);
}

static void test_tmux(void **state)
{
    (void)state;
    static const struct {
        const char *what, *script, *said;
    } rows[] = {
        { "all is well", "echo \"$*\" >words; cat >got", "copied 5 characters to the tmux buffer" },
        { "an old one", "[ \"$2\" != -w ] || exit 1; cat >got",
          "copied 5 characters to the tmux buffer (this tmux cannot hand them to the terminal)" },
        { "no server", "exit 1",
          "sent 5 characters to the terminal (OSC 52 gives no answer; if "
          "paste is empty press w)" },
        { "it dies", "kill -9 $$",
          "sent 5 characters to the terminal (OSC 52 gives no answer; if "
          "paste is empty press w)" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct place p;
        start(&p, COPY_TMUX);
        play_tmux(&p, rows[i].script);
        copy_text(&p.copier, "hello", 5);
        turn(&p, 20);
        if (strcmp(said, rows[i].said) != 0)
            fail_msg("%s: %s", rows[i].what, said);
        if (strncmp(said, "copied", 6) == 0)
            same_file(p.got, "hello", 5);
        assert_int_equal(sent.len > 0, strncmp(said, "sent", 4) == 0);
        if (i == 0) {
            char *words = path_of(p.folder, "words");
            same_file(words, "load-buffer -w -\n", 17);
            free(words);
        }
        same_file(p.copied, "hello", 5);
        stop(&p);
    }
}

static void test_no_tmux(void **state)
{
    (void)state;
    struct place p;
    start(&p, COPY_TMUX);
    copy_text(&p.copier, "hello", 5);
    turn(&p, 20);
    assert_holds("no such program", said, "sent 5 characters to the terminal");
    stop(&p);
}

/* More than a pipe holds, read slowly: nothing blocks, nothing is lost. */
static void test_tmux_is_fed(void **state)
{
    (void)state;
    struct place p;
    size_t len = 3 * MIB;
    char *text = malloc(len);
    assert_non_null(text);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)('a' + i % 23);
    start(&p, COPY_TMUX);
    play_tmux(&p, "sleep 0.1; cat >got");
    int64_t before = clock_thread_ns();
    copy_text(&p.copier, text, len);
    turn(&p, 20);
    assert_holds("fed", said, "copied 3145728 characters to the tmux buffer");
    same_file(p.got, text, len);
    assert_quick((clock_thread_ns() - before) / NS_PER_MS, 5000);
    free(text);
    stop(&p);
}

/* One that hangs is ended, and a second copy takes the place of the first. */
static void test_tmux_hangs(void **state)
{
    (void)state;
    struct place p;
    start(&p, COPY_TMUX);
    play_tmux(&p, "exec sleep 60");
    copy_text(&p.copier, "first", 5);
    struct error err;
    for (int i = 0; i < 5; i++) {
        assert_ok(net_wait(p.net, NULL, 0, 20, &err), err);
        net_step(p.net);
    }
    assert_int_equal(said_count, 0);
    play_tmux(&p, "cat >got");
    copy_text(&p.copier, "second", 6);
    turn(&p, 20);
    assert_string_equal(said, "copied 6 characters to the tmux buffer");
    same_file(p.got, "second", 6);

    play_tmux(&p, "exec sleep 60");
    said_count = 0;
    copy_text(&p.copier, "third", 5);
    turn(&p, 20);
    assert_holds("given up", said, "sent 5 characters to the terminal");
    stop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_way),         cmocka_unit_test(test_osc52),
        cmocka_unit_test(test_pieces),      cmocka_unit_test(test_to_terminal),
        cmocka_unit_test(test_nowhere),     cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_empty),       cmocka_unit_test(test_no_folder_can_be_made),
        cmocka_unit_test(test_tmux),        cmocka_unit_test(test_no_tmux),
        cmocka_unit_test(test_tmux_is_fed), cmocka_unit_test(test_tmux_hangs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
