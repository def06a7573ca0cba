/* A page that grows: cut into blocks, followed, scrolled, resized, searched. */
#include "tests/test.h"

#include <time.h>

#include "core/base/mem.h"
#include "core/limits.h"
#include "tui/screen/cutter.h"
#include "tui/screen/markdown.h"
#include "tui/screen/page.h"

/* The page drawn in so many rows and columns, as text. */
static char *drawn(struct page *p, int rows, int cols)
{
    struct grid g;
    struct buf text = buf_with_max(1 << 24);
    grid_init(&g, rows, cols, false);
    struct surface s = surface_of(&g);
    page_draw(p, &s);
    grid_text(&g, &text);
    grid_done(&g);
    return buf_take(&text);
}

static void assert_drawn(const char *what, struct page *p, int rows, int cols, const char *want)
{
    char *got = drawn(p, rows, cols);
    if (strcmp(got, want) != 0)
        fail_msg("%s:\n%s--- was expected:\n%s---", what, got, want);
    mem_free(got);
}

static void add(struct page *p, const char *text)
{
    page_add(p, text, strlen(text));
}

/* Chapters of everything Markdown has, `n` of them, some 600 bytes each. */
static void chapters(struct buf *to, int n)
{
    for (int i = 0; i < n; i++) {
        buf_printf(to,
                   "## Chapter %d\n\nA paragraph that is long enough to be wrapped, with "
                   "**strong words**, `code` and a [link](http://a.b/%d) in it.\n\n",
                   i, i);
        buf_puts(to, "1. one\n2. two\n   - nested\n\n     more of it\n3. three\n\nAfter.\n\n");
        buf_puts(to, "```c\nint main(void)\n{\n\n    return 0;\n}\n```\n\n> a quote\n> of two\n\n");
        buf_puts(to, "| a | b |\n|---|--:|\n| x | 1 |\n| y | 22 |\n\n---\n\n");
        buf_puts(to, "x = 1\ny = 2\n\n");
    }
}

/* --- cutting ----------------------------------------------------------------------------- */

/* What no block holds: line ends, and the marks that close a fence cut in pieces. */
static bool is_skipped(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!memchr("`~ \t\r\n", s[i], 6))
            return false;
    return true;
}

/* Cuts a text given in pieces of `step` bytes; checks that the blocks hold all of it, in order. */
static size_t cut_all(const char *what, const char *text, size_t len, size_t step, bool plain,
                      struct block *ret, size_t most)
{
    struct cutter c;
    struct block b;
    size_t n = 0, done = 0;
    cutter_init(&c, plain);
    for (size_t to = step; done < len || n == 0; to += step) {
        size_t upto = to < len ? to : len;
        while (cutter_next(&c, text, upto, &b)) {
            if (b.from < done || b.from + b.len > upto || !is_skipped(text + done, b.from - done))
                fail_msg("%s: block %zu at %zu, %zu long, after %zu", what, n, b.from, b.len, done);
            if (b.len > CUTTER_LONG + 1)
                fail_msg("%s: block %zu is %zu long", what, n, b.len);
            done = b.from + b.len;
            buf_clear(&c.definitions);
            if (n < most)
                ret[n] = b;
            n++;
        }
        if (upto == len)
            break;
    }
    assert_true(is_skipped(text + done, c.open.from - done));
    if (n < most) {
        ret[n] = c.open;
        ret[n].len = len - c.open.from;
    }
    cutter_done(&c);
    return n + 1;
}

static void fill(struct buf *to, const char *piece, size_t bytes)
{
    while (to->len < bytes)
        buf_puts(to, piece);
}

static void test_cuts(void **state)
{
    (void)state;
    static const struct {
        const char *what, *head, *piece; /* the piece many times after the head, to 40,000 bytes */
        const char *kinds;               /* of the first blocks: M P C; lower case: no gap before */
    } rows[] = {
        { "paragraphs", "", "A line of text.\n\n", "mMMM" },
        { "one line", "", "word ", "ppp" },
        { "one word", "", "word", "ppp" },
        { "lines", "", "some words in a line\n", "ppp" },
        { "a fence", "text\n\n```c\n", "code();\n\n", "mcc" },
        { "a fence of one line", "```\n", "code", "mcc" },
        { "a list", "", "- item\n", "mmm" },
        { "a loose list", "", "- item\n\n", "mMM" },
        { "an endless item", "- ", "word\n  ", "ppp" },
        { "a table", "|a|\n|-|\n", "|b|\n", "ppp" },
        { "wide letters", "", "\xE4\xB8\xAD", "ppp" },
        { "marks", "e", "\xCC\x81", "ppp" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf text = buf_with_max(1 << 20);
        struct block b[64], again[64];
        buf_puts(&text, rows[i].head);
        fill(&text, rows[i].piece, 40000);
        size_t n = cut_all(rows[i].what, buf_text(&text), text.len, text.len, false, b, 64);
        for (size_t k = 0; rows[i].kinds[k]; k++) {
            char kind = "MPC"[b[k].kind];
            if (!b[k].gap)
                kind = (char)(kind | 0x20);
            if (k >= n || kind != rows[i].kinds[k])
                fail_msg("%s: block %zu of %zu is %c", rows[i].what, k, n, kind);
        }
        /* However the text comes, it is cut at the same places. */
        for (size_t step = 1; step < 5000; step = step * 3 + 1) {
            assert_int_equal(
                n, cut_all(rows[i].what, buf_text(&text), text.len, step, false, again, 64));
            for (size_t k = 0; k < n && k < 64; k++)
                assert_true(b[k].from == again[k].from && b[k].kind == again[k].kind);
        }
        buf_done(&text);
    }
}

/* What follows a piece that was cut by force is read as it would have been. */
static void test_after_cuts(void **state)
{
    (void)state;
    static const struct {
        const char *what, *head, *piece, *tail, *last; /* last: rows at the end */
    } rows[] = {
        { "behind a fence", "```\n", "code\n", "```\n\n# Title\n\ntext",
          "\nTitle\n─────\n\ntext\n" },
        { "behind a long text", "", "word ", "\n\n## *b*\n\n", "\nb\n" },
        { "a fence behind a long text", "", "word ", "\n```\na\n\n# b\n```\nc\n",
          "\n  a\n\n  # b\n\nc\n" },
        { "behind a long list", "", "- item\n", "\n**after**\n", "\nafter\n" },
        { "behind a loose list", "", "- item\n\n", "- last\n", "\n- last\n" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct page *p = page_new(PAGE_MARKDOWN, LOOK_TEXT);
        struct buf text = buf_with_max(1 << 20);
        buf_puts(&text, rows[i].head);
        fill(&text, rows[i].piece, 40000);
        buf_puts(&text, rows[i].tail);
        add(p, buf_text(&text));
        int n = 0;
        for (const char *s = rows[i].last; *s; s++)
            n += *s == '\n';
        assert_drawn(rows[i].what, p, n, 40, rows[i].last);
        buf_done(&text);
        page_free(p);
    }
}

/* Cut or whole, the same lines: every row of a long document. */
static void test_as_a_whole(void **state)
{
    (void)state;
    struct buf text = buf_with_max(1 << 20), whole = buf_with_max(1 << 20);
    chapters(&text, 60);
    struct arena a = { 0 };
    struct lines l = { 0 };
    markdown_lines(buf_text(&text), text.len, 50, false, LOOK_TEXT, &a, &l);
    for (size_t i = 0; i < l.n; i++) {
        size_t end;
        for (size_t k = 0; k < l.v[i].count; k++)
            buf_add(&whole, l.v[i].runs[k].text, l.v[i].runs[k].len);
        for (end = whole.len; end > 0 && whole.data[end - 1] == ' ';)
            end--; /* as a grid is written */
        whole.len = end;
        buf_putc(&whole, '\n');
    }
    for (size_t step = 1; step < 100000; step = step * 9 + 1) {
        struct page *p = page_new(PAGE_MARKDOWN, LOOK_TEXT);
        struct buf got = buf_with_max(1 << 20);
        for (size_t i = 0; i < text.len; i += step)
            page_add(p, buf_text(&text) + i, text.len - i < step ? text.len - i : step);
        int rows = page_rows(p, 50, false);
        assert_int_equal(rows, l.n);
        page_home(p);
        for (int i = 0; i < rows; i += 20) {
            char *part = drawn(p, rows - i < 20 ? rows - i : 20, 50);
            buf_puts(&got, part);
            mem_free(part);
            page_move(p, 20, rows - i - 20 < 20 ? rows - i - 20 : 20);
        }
        assert_string_equal(buf_text(&got), buf_text(&whole));
        buf_done(&got);
        page_free(p);
    }
    arena_done(&a);
    buf_done(&text);
    buf_done(&whole);
}

/* --- growing ----------------------------------------------------------------------------- */

static void test_growing(void **state)
{
    (void)state;
    struct page *p = page_new(PAGE_MARKDOWN, LOOK_TEXT);
    assert_drawn("nothing yet", p, 2, 10, "\n\n");
    add(p, "caf\xC3");
    assert_drawn("half a letter", p, 1, 10, "caf\n");
    add(p, "\xA9 **st");
    assert_drawn("half a span", p, 1, 10, "caf\xC3\xA9 **st\n");
    add(p, "rong**\n\n```py\nx =");
    assert_drawn("a fence left open", p, 4, 12, "caf\xC3\xA9 strong\n\n  py\n  x =\n");
    add(p, " 1\n```\n[a][1]\n");
    assert_drawn("a link not defined yet", p, 1, 12, "[a][1]\n");
    add(p, "\n[1]: x.org \"t\"\n");
    assert_drawn("and defined", p, 1, 12, "a (x.org)\n");
    size_t len;
    assert_string_equal(
        page_source(p, &len),
        "caf\xC3\xA9 **strong**\n\n```py\nx = 1\n```\n[a][1]\n\n[1]: x.org \"t\"\n");
    assert_int_equal(len, strlen(page_source(p, &len)));
    page_clear(p);
    assert_drawn("cleared", p, 2, 10, "\n\n");
    add(p, "[a][1]");
    assert_drawn("with nothing left of it", p, 1, 10, "[a][1]\n");
    page_free(p);
    page_free(NULL);
    p = page_new(PAGE_PLAIN, LOOK_THINKING);
    add(p, "*a*\n\n\n    b\n");
    assert_drawn("plain", p, 4, 10, "*a*\n\n\n    b\n");
    page_free(p);
}

/* Definitions far behind reach what uses them; what only looks like one stays text. */
static void test_definitions(void **state)
{
    (void)state;
    struct page *p = page_new(PAGE_MARKDOWN, LOOK_TEXT);
    struct buf text = buf_with_max(1 << 20);
    buf_puts(&text, "see [this][1]\n\n");
    chapters(&text, 10);
    add(p, buf_text(&text));
    page_rows(p, 40, false);
    add(p, "[1]: http://a.b\n[Note]: this is a remark of several words\n");
    page_home(p);
    assert_drawn("the first row", p, 1, 40, "see this (http://a.b)\n");
    page_end(p);
    assert_drawn("the last row", p, 1, 60, "[Note]: this is a remark of several words\n");
    buf_done(&text);
    page_free(p);
}

/* --- scrolling --------------------------------------------------------------------------- */

static struct page *numbered(int n)
{
    struct page *p = page_new(PAGE_PLAIN, LOOK_TEXT);
    char line[32];
    for (int i = 1; i <= n; i++) {
        snprintf(line, sizeof line, "line %d\n", i);
        add(p, line);
    }
    return p;
}

static void test_following(void **state)
{
    (void)state;
    struct page *p = numbered(5);
    assert_true(page_follows(p));
    assert_drawn("the end", p, 3, 10, "line 3\nline 4\nline 5\n");
    assert_int_equal(page_below(p, 3), 0);
    add(p, "line 6\n");
    assert_drawn("still the end", p, 3, 10, "line 4\nline 5\nline 6\n");
    page_move(p, -1, 3);
    assert_false(page_follows(p));
    add(p, "line 7\nline 8\n");
    assert_drawn("it stays", p, 3, 10, "line 3\nline 4\nline 5\n");
    assert_int_equal(page_below(p, 3), 3);
    page_move(p, 100, 3);
    assert_false(page_follows(p));
    add(p, "line 9\n");
    assert_drawn("at the end without following", p, 3, 10, "line 6\nline 7\nline 8\n");
    page_home(p);
    assert_drawn("the start", p, 3, 10, "line 1\nline 2\nline 3\n");
    assert_int_equal(page_below(p, 3), 6);
    page_move(p, -5, 3);
    assert_int_equal(page_top(p), 0);
    page_end(p);
    assert_true(page_follows(p));
    assert_drawn("the end again", p, 3, 10, "line 7\nline 8\nline 9\n");
    page_free(p);
}

static void test_short_pages(void **state)
{
    (void)state;
    struct page *p = numbered(2);
    page_move(p, -1, 5); /* never drawn: nothing to move in */
    assert_drawn("all of it", p, 4, 10, "line 1\nline 2\n\n\n");
    page_move(p, -1, 4);
    assert_true(page_follows(p)); /* it did not move */
    page_move(p, 1, 4);
    assert_int_equal(page_top(p), 0);
    assert_int_equal(page_below(p, 4), 0);
    assert_drawn("one cell", p, 1, 1, "l\n");
    page_free(p);
}

static void test_places(void **state)
{
    (void)state;
    struct page *p = numbered(3000);
    page_set_top(p, 1234);
    assert_int_equal(page_top(p), 1234); /* before there is a width */
    assert_drawn("kept", p, 1, 20, "line 1235\n");
    assert_false(page_follows(p));
    page_set_top(p, 99999);
    assert_drawn("too far", p, 2, 20, "line 2999\nline 3000\n");
    for (int i = 0; i < 3000; i += 7) { /* up and down through all blocks */
        page_set_top(p, i);
        page_move(p, 5, 2);
        page_move(p, -5, 2);
        assert_int_equal(page_top(p), i < 2998 ? (i + 5 > 2998 ? 2993 : i) : 2993);
    }
    page_free(p);
}

/* What is open behind the last row has no row of its own yet: no place is beyond the last. */
static void test_a_place_behind_the_end(void **state)
{
    (void)state;
    struct page *p = page_new(PAGE_PLAIN, LOOK_TEXT);
    for (int i = 0; i < CUTTER_SHORT / 8; i++)
        add(p, "line of\n"); /* cut behind the last of them */
    int rows = page_rows(p, 20, false);
    assert_int_equal(rows, CUTTER_SHORT / 8);
    for (int i = 0; i < 2; i++) {
        page_set_top(p, rows + 50 * i);
        assert_int_equal(page_top(p), rows - 1);
    }
    page_clear(p);
    page_set_top(p, 50);
    assert_int_equal(page_top(p), 0);
    page_free(p);
}

/* A place stays in its block over any change of width, and comes back. */
static void test_resizing(void **state)
{
    (void)state;
    struct page *p = page_new(PAGE_MARKDOWN, LOOK_TEXT);
    struct buf text = buf_with_max(8 << 20);
    chapters(&text, 2000);
    add(p, buf_text(&text));
    mem_free(drawn(p, 20, 80));
    assert_true(page_unfinished(p));
    while (page_unfinished(p))
        page_rows(p, 80, false);
    int rows = page_rows(p, 80, false);
    page_set_top(p, rows / 2);
    char *before = drawn(p, 1, 80);
    int top = page_top(p);
    for (int cols = 79; cols > 0; cols -= 13)
        mem_free(drawn(p, 20, cols));
    mem_free(drawn(p, 20, 80));
    while (page_unfinished(p))
        page_rows(p, 80, false);
    assert_int_equal(page_rows(p, 80, false), rows);
    assert_in_range(page_top(p), top - 40, top + 40);
    page_end(p);
    mem_free(drawn(p, 20, 30));
    assert_int_equal(page_below(p, 20), 0);
    assert_true(page_follows(p));
    mem_free(before);
    buf_done(&text);
    page_free(p);
}

/* --- searching --------------------------------------------------------------------------- */

/* Columns drawn in reverse in the rows of a page, "row:from-to " each. */
static char *marked(struct page *p, int rows, int cols)
{
    struct grid g;
    struct buf text = buf_with_max(1 << 16);
    grid_init(&g, rows, cols, false);
    struct surface s = surface_of(&g);
    page_draw(p, &s);
    for (int r = 0; r < rows; r++)
        for (int c = 0, from; c < cols; c++) {
            const struct cell *cells = g.cells + (size_t)r * (size_t)cols;
            for (from = c; c < cols && (cells[c].look & LOOK_REVERSE); c++)
                ;
            if (c > from)
                buf_printf(&text, "%d:%d-%d ", r, from, c);
        }
    grid_done(&g);
    return buf_take(&text);
}

static void assert_marked(struct page *p, int rows, int cols, const char *want)
{
    char *got = marked(p, rows, cols);
    assert_string_equal(got, want);
    mem_free(got);
}

static void test_searching(void **state)
{
    (void)state;
    struct page *p = numbered(500);
    assert_false(page_search(p, "line 250", 1, 4)); /* never drawn */
    mem_free(drawn(p, 4, 20));
    assert_true(page_search(p, "LINE  250", 1, 4)); /* wraps round from the end */
    assert_false(page_follows(p));
    assert_drawn("a third down", p, 4, 20, "line 249\nline 250\nline 251\nline 252\n");
    assert_marked(p, 4, 20, "1:0-8 ");
    assert_true(page_search(p, "line 25", 1, 4)); /* from the view on: 250, then 251 */
    assert_marked(p, 4, 20, "1:0-7 2:0-7 3:0-7 ");
    assert_true(page_search(p, "line 25", -1, 4)); /* before 250: 25 */
    assert_drawn("backwards", p, 4, 20, "line 24\nline 25\nline 26\nline 27\n");
    assert_true(page_search(p, "line 25", -1, 4)); /* round: 259 */
    assert_drawn("backwards round", p, 4, 20, "line 258\nline 259\nline 260\nline 261\n");
    assert_false(page_search(p, "line 501", 1, 4));
    assert_false(page_search(p, NULL, 0, 4));
    assert_marked(p, 4, 20, "");
    page_free(p);
}

static void test_searching_markdown(void **state)
{
    (void)state;
    static const struct {
        const char *what, *text, *words, *marks;
    } rows[] = {
        { "through markup", "one **two** three", "one two", "0:0-7 " },
        { "inside a word", "half**way**", "lfwa", "0:2-6 " },
        { "over a wrap", "one two three four five", "three four", "0:8-13 1:0-4 " },
        { "over a wrap in an item", "- one two three four", "three four", "0:10-15 1:0-6 " },
        { "an entity", "a &lt; b", "a < b", "0:0-5 " },
        { "wide letters", "\xE4\xB8\xAD\xE6\x96\x87 x", "\xE6\x96\x87", "0:2-4 " },
        { "more than one", "a b a b", "a", "0:0-1 0:4-5 " },
        { "an address", "[go](http://x.y)", "x.y", "0:11-14 " },
        { "in code", "```\nfor (;;)\n```", "FOR (", "0:2-7 " },
        { "not there", "one two", "onetwo", NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct page *p = page_new(PAGE_MARKDOWN, LOOK_TEXT);
        add(p, rows[i].text);
        mem_free(drawn(p, 3, 16));
        if (page_search(p, rows[i].words, 1, 3) != (rows[i].marks != NULL))
            fail_msg("%s: %s", rows[i].what, rows[i].marks ? "not found" : "found");
        char *got = marked(p, 3, 16);
        if (strcmp(got, rows[i].marks ? rows[i].marks : "") != 0)
            fail_msg("%s: marked %s", rows[i].what, got);
        mem_free(got);
        page_free(p);
    }
}

/* --- bounds ------------------------------------------------------------------------------ */

/* Two megabytes on one line, in pieces of 100 bytes, counted every 10,000: a bound against a
 * layout that starts from the front each time, which would take minutes. */
static void test_one_long_line(void **state)
{
    (void)state;
    enum { PIECE = 100, PIECES = 20000, EVERY = 100 };
    char piece[PIECE];
    for (int i = 0; i < PIECE; i++)
        piece[i] = i % 7 ? 'a' : ' ';
    struct page *p = page_new(PAGE_MARKDOWN, LOOK_TEXT);
    time_t from = time(NULL);
    int rows = 0;
    for (int i = 0; i < PIECES; i++) {
        page_add(p, piece, PIECE);
        if (i % EVERY == 0)
            rows = page_rows(p, 80, false);
    }
    assert_in_range(rows, 2 * MIB / 90, 2 * MIB / 70);
    assert_true(time(NULL) - from < 60);
    assert_int_equal(page_below(p, 20), 0);
    page_free(p);
}

static void test_too_much(void **state)
{
    (void)state;
    struct page *p = page_new(PAGE_PLAIN, LOOK_TEXT);
    char *big = mem_alloc(MAX_ANSWER_BYTES, 1);
    memset(big, '\n', MAX_ANSWER_BYTES);
    size_t len;
    page_add(p, big, MAX_ANSWER_BYTES - 1);
    page_add(p, "ab", 2);
    page_source(p, &len);
    assert_int_equal(len, MAX_ANSWER_BYTES);
    assert_drawn("its end", p, 2, 20, "\na\n");
    mem_free(big);
    page_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_after_cuts),
        cmocka_unit_test(test_as_a_whole),
        cmocka_unit_test(test_growing),
        cmocka_unit_test(test_definitions),
        cmocka_unit_test(test_following),
        cmocka_unit_test(test_short_pages),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_a_place_behind_the_end),
        cmocka_unit_test(test_resizing),
        cmocka_unit_test(test_searching),
        cmocka_unit_test(test_searching_markdown),
        cmocka_unit_test(test_one_long_line),
        cmocka_unit_test(test_too_much),
    };
    return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
