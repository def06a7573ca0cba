/* Markdown and plain text as lines: what stands where, in which look, at which width. */
#include "tests/test.h"

#include "core/base/text.h"
#include "tui/screen/entity.h"
#include "tui/screen/markdown.h"

/* A letter for each look but that of ordinary text, around the runs in it: "S<word>". */
static char letter_of(look_t look)
{
    switch (look) {
    case LOOK_STRONG:
        return 'S';
    case LOOK_EMPHASIS:
        return 'E';
    case LOOK_CODE:
        return 'C';
    case LOOK_MUTED:
        return 'M';
    default:
        return 0;
    }
}

/* All lines, a \n after each; `looks`: with their letters. Checks that every line keeps its word
 * about its columns. */
static void dump(const struct lines *l, int cols, bool looks, struct buf *to)
{
    for (size_t i = 0; i < l->n; i++) {
        int sum = 0;
        for (size_t k = 0; k < l->v[i].count; k++) {
            const struct run *r = &l->v[i].runs[k];
            char letter = looks ? letter_of(r->look) : 0;
            if (letter)
                buf_printf(to, "%c<", letter);
            buf_add(to, r->text, r->len);
            if (letter)
                buf_putc(to, '>');
            assert_int_equal(r->cols, text_cols(r->text, r->len));
            sum += r->cols;
        }
        assert_int_equal(sum, l->v[i].cols);
        if (sum > cols)
            fail_msg("a line of %d columns in %d: %s", sum, cols, buf_text(to));
        buf_putc(to, '\n');
    }
}

struct row {
    const char *what, *text;
    int cols;
    const char *lines;
};

enum { PLAIN = 1, ASCII = 2, SHOW_LOOKS = 4, CODE = 8 };

static void check(const struct row *row, int how)
{
    struct arena a = { 0 };
    struct lines l = { 0 };
    struct buf got = buf_with_max(1 << 20);
    if (how & PLAIN)
        plain_lines(row->text, strlen(row->text), row->cols, how & ASCII, LOOK_TEXT, &a, &l);
    else if (how & CODE)
        code_lines(row->text, strlen(row->text), row->cols, how & ASCII, &a, &l);
    else
        markdown_lines(row->text, strlen(row->text), row->cols, how & ASCII, LOOK_TEXT, &a, &l);
    dump(&l, row->cols, how & SHOW_LOOKS, &got);
    if (strcmp(buf_text(&got), row->lines) != 0)
        fail_msg("%s:\n%s--- was expected:\n%s---", row->what, buf_text(&got), row->lines);
    buf_done(&got);
    arena_done(&a);
}

static void test_blocks(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "nothing", "", 20, "" },
        { "blank", " \n\n \n", 20, "" },
        { "a paragraph", "one two three four", 9, "one two\nthree\nfour\n" },
        { "a fit to the column", "one two three", 7, "one two\nthree\n" },
        { "two paragraphs", "one\n\ntwo", 20, "one\n\ntwo\n" },
        { "a long word", "see abcdefghijklmno now", 8, "see\nabcdefgh\nijklmno\nnow\n" },
        { "headings", "# Big\n\n## Less\ntext", 20, "Big\n───\n\nLess\n\ntext\n" },
        { "a heading of two lines", "# one two three\n", 8, "one two\nthree\n───────\n" },
        { "an empty heading", "#\n\ntext", 20, "text\n" },
        { "a rule", "a\n\n---\nb", 8, "a\n\n────────\n\nb\n" },
        { "a quote", "> one two\n> three\n\nafter", 9, "│ one two\n│ three\n\nafter\n" },
        { "paragraphs in a quote", "> a\n>\n> b", 9, "│ a\n│ \n│ b\n" },
        { "a quote in a quote", "> a\n> > b", 9, "│ a\n│ \n│ │ b\n" },
        { "code", "```c\nint a;\n\n\tb;\n```\nafter", 20,
          "  c\n  int a;\n  \n      b;\n\nafter\n" },
        { "code without a name", "```\na\n```", 20, "  a\n" },
        { "code is not reflowed", "```\nabc defghij k\n```", 9, "  abc def\n  ghij k\n" },
        { "empty code", "```\n```", 20, "  \n" },
        { "a fence left open", "```py\nx = 1", 20, "  py\n  x = 1\n" },
        { "indented code", "a\n\n    b\n     c", 20, "a\n\n  b\n   c\n" },
        { "HTML is text", "<div>\n<b>x</b> y", 20, "<div>\n<b>x</b> y\n" },
        { "a comment is text", "<!-- x -->", 20, "<!-- x -->\n" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check(&rows[i], 0);
}

static void test_lists(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "bullets", "* a\n* b", 20, "- a\n- b\n" },
        { "a hanging indent", "- one two three", 9, "- one two\n  three\n" },
        { "numbers", "9. a\n10. b", 20, "9. a\n10. b\n" },
        { "numbers that do not count", "3) a\n3) b", 20, "3) a\n4) b\n" },
        { "nested", "- a\n  - b\n    1. c\n- d", 20, "- a\n  - b\n    1. c\n- d\n" },
        { "loose", "- a\n\n- b\n\nafter", 20, "- a\n\n- b\n\nafter\n" },
        { "two paragraphs in an item", "- a\n\n  b\n- c", 20, "- a\n\n  b\n\n- c\n" },
        { "a tight one in a loose one", "- a\n  - b\n  - c\n\n- d", 20,
          "- a\n\n  - b\n  - c\n\n- d\n" },
        { "code in an item", "1. a\n   ```\n   x\n   ```\n2. b", 20, "1. a\n     x\n2. b\n" },
        { "a quote in an item", "- > a\n- b", 20, "- │ a\n- b\n" },
        { "a list in a quote", "> - a\n> - b c", 8, "│ - a\n│ - b c\n" },
        { "a quote in a numbered item", "1. > a\n   >\n   > b", 20, "1. │ a\n   │ \n   │ b\n" },
        { "an empty item", "- a\n-\n- b", 20, "- a\n- \n- b\n" },
        { "markers in one line", "- - a", 20, "- - a\n" },
        { "tasks", "- [x] done\n- [ ] open\n- [X] too", 20, "✓ done\n· open\n✓ too\n" },
        { "too deep for the width", "- a\n  - b\n    - c\n      - d\n", 8,
          "- a\n  - b\n    c\n    d\n" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check(&rows[i], 0);
}

static void test_spans(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "looks", "a **b** *c* `d e` ***f***", 40, "a S<b> E<c> C<d e> S<f>\n" },
        { "a look over a break", "**one two** three", 8, "S<one two>\nthree\n" },
        { "headings are strong", "## a *b* `c`", 40, "S<a b >C<c>\n" },
        { "deleted keeps its marks", "~~a~~ b", 40, "M<~~a~~> b\n" },
        { "a link", "[text](http://a.b/c)", 40, "textM< (http://a.b/c)>\n" },
        { "a link that says its address", "<http://a.b/c>", 40, "http://a.b/c\n" },
        { "a mail address", "<me@a.b>", 40, "me@a.b\n" },
        { "a link by reference", "[text][1]\n\n[1]: http://a.b \"title\"", 40,
          "textM< (http://a.b)>\n" },
        { "a link with entities", "[a](x?b&amp;c&copy=1)", 40, "aM< (x?b&c&copy=1)>\n" },
        { "an image", "![a *cat*](cat.png)", 40, "a E<cat>\n" },
        { "an image without words", "![](cat.png)", 40, "M<(cat.png)>\n" },
        { "a link's end in an image's address", "![a](b[) c](d) and *e*", 40, "a c and E<e>\n" },
        { "the same in bold, and what follows", "**![a](b[) c](d**) e\n\nf", 40,
          "S<a c e>\n\nf\n" },
        { "entities", "a &lt;b&gt; &amp;amp; &nope; &#65; &#x1F600; &#0; &#10;c", 60,
          "a <b> &amp; &nope; A \xF0\x9F\x98\x80 \xEF\xBF\xBD  c\n" },
        { "entities in code stay", "`&lt;`", 40, "C<&lt;>\n" },
        { "hard ends", "a  \nb\\\nc", 40, "a\nb\nc\n" },
        { "a name above code", "```py\nx\n```", 40, "  M<py>\n  C<x>\n" },
        { "a name of code without code", "```py\n```", 40, "  M<py>\n" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check(&rows[i], SHOW_LOOKS);
}

/* Lines somebody ended stay; a paragraph that was filled to a width is filled anew. */
static void test_soft_ends(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "equations", "x + (x + 1.00) = 1.10\n2x = 0.10\nx = 0.05", 40,
          "x + (x + 1.00) = 1.10\n2x = 0.10\nx = 0.05\n" },
        { "filled",
          "This paragraph was written by a person whose editor breaks lines at some\n"
          "seventy columns, so that its line ends mean nothing and go away when it\nis shown.",
          100,
          "This paragraph was written by a person whose editor breaks lines at some seventy "
          "columns, so that\nits line ends mean nothing and go away when it is shown.\n" },
        { "points that were not filled",
          "Option A: this one is long enough to be taken for a line of a paragraph.\n"
          "Option B: this one is not.\nOption C: no.",
          100,
          "Option A: this one is long enough to be taken for a line of a paragraph.\n"
          "Option B: this one is not.\nOption C: no.\n" },
        { "in an item", "- a\n  b", 40, "- a\n  b\n" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check(&rows[i], 0);
}

static void test_tables(void **state)
{
    (void)state;
    static const char table[] = "| Name | Left | Mid | Right |\n|---|:--|:-:|--:|\n"
                                "| a | b | c | 1 |\n| long | `x` | wide | 200 |\n";
    static const struct row rows[] = {
        { "aligned", table, 40,
          "Name │ Left │ Mid  │ Right\n─────┼──────┼──────┼──────\n"
          "a    │ b    │  c   │     1\nlong │ x    │ wide │   200\n" },
        { "short rows", "|a|b|\n|-|-|\n|1|\n", 20, "a │ b\n──┼──\n1 │ \n" },
        { "cells that wrap", "|a|b|\n|-|-|\n|one two three four|x|\n", 14,
          "a          │ b\n───────────┼──\none two    │ x\nthree four │ \n" },
        { "records", table, 20,
          "Name: a\nLeft: b\nMid: c\nRight: 1\n\nName: long\nLeft: x\nMid: wide\nRight: 200\n" },
        { "a record of long words", "|A rather long name|b|\n|-|-|\n|one two three|four five|\n",
          16, "A rather long\n  name\n  one two three\nb: four five\n" },
        { "in an item", "- |a|b|\n  |-|-|\n  |1|2|\n", 20, "- a │ b\n  ──┼──\n  1 │ 2\n" },
        { "a heading alone", "|a|b|\n|-|-|\n", 20, "a │ b\n──┼──\n" },
        { "a quoted one", "> |a|\n> |:-|\n> |1|\n", 20, "│ a\n│ ─\n│ 1\n" },
        { "one in code stays", "```\n|a|\n|-|\n```\n", 20, "  |a|\n  |-|\n" },
        { "no table without a heading", "|-|\n", 20, "|-|\n" },
        { "wide letters", "|a|\n|-|\n|\xE4\xB8\xAD\xE6\x96\x87|\n|x|\n", 20,
          "a\n────\n\xE4\xB8\xAD\xE6\x96\x87\nx\n" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check(&rows[i], 0);
    static const struct row looks = { "looks of a table", "|*a*|b|\n|-|-|\n|`c`|d|\n", 20,
                                      "S<a>M< │ >S<b>\nM<──┼──>\nC<c>M< │ >d\n" };
    check(&looks, SHOW_LOOKS);
}

static void test_ascii(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "signs", "# a\n\n> q \xE2\x86\x92 r\n\n- [x] t\n- [ ] o\n\n---", 12,
          "a\n-\n\n| q -> r\n\n[x] t\n[ ] o\n\n------------\n" },
        { "a table", "|a|b|\n|-|-|\n|1|2|\n", 20, "a | b\n--+--\n1 | 2\n" },
        { "twins count", "aaaaa \xE2\x89\xA4\xE2\x89\xA4 b", 8, "aaaaa\n<=<= b\n" },
        { "what is unsafe", "a\x1b[31m", 20, "a?[31m\n" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check(&rows[i], ASCII);
}

static void test_plain(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "nothing", "", 20, "" },
        { "line ends", "a\n\n*b*\n", 20, "a\n\n*b*\n" },
        { "only a line end", "\n", 20, "\n" },
        { "an indent stays", "  one two three", 9, "  one two\nthree\n" },
        { "blanks inside stay", "a  b   c", 20, "a  b   c\n" },
        { "tabs", "a\tb\n\tc\td", 20, "a   b\n    c   d\n" },
        { "CR LF", "a\r\nb\rc", 20, "a\nb\nc\n" },
        { "an indent wider than the room", "            word", 8, "\nword\n" },
        { "blanks at the end", "one     \ntwo", 8, "one\ntwo\n" },
        { "wide letters break anywhere",
          "ab \xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD", 8,
          "ab \xE4\xB8\xAD\xE6\x96\x87\n\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD\n" },
        { "marks stay with their letter",
          "abcdefge\xCC\x81"
          "x",
          8, "abcdefge\xCC\x81\nx\n" },
        { "a blank with a mark is a letter", "abcdef \xCC\x81ghi jk", 8,
          "abcdef \xCC\x81g\nhi jk\n" },
        { "a family is one", "abcdefg\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7 x", 8,
          "abcdefg\n\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7 x\n" },
        { "narrower than allowed", "one two three", 8, "one two\nthree\n" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check(&rows[i], PLAIN);
    static const struct row code[] = {
        { "code", "abc def  gh\n\n\tx", 8, "  abc de\n  f  gh\n  \n      x\n" },
    };
    check(&code[0], CODE);
}

/* What could move a cursor, write a clipboard or reorder a line is drawn as what it is not. */
static void test_hostile(void **state)
{
    (void)state;
    static const char text[] = "\x1b]52;c;aGk=\x07 \xE2\x80\xAE"
                               "abc\xE2\x81\xA6 \xFF\xC0\x80 "
                               "&#27;[2J &#x202E; &#xD800; &#99999999999; `\x1b[H`\n\n"
                               "```\x1b\n\x9b\x1b[2J\n```\n[a](\x1b]8;;)\n\n|\x1b|\n|-|\n|\x08|\n";
    struct arena a = { 0 };
    struct lines l = { 0 };
    struct buf got = buf_with_max(1 << 20);
    markdown_lines(text, sizeof text - 1, 40, false, LOOK_TEXT, &a, &l);
    dump(&l, 40, false, &got);
    assert_true(got.len > 0);
    for (size_t i = 0; i < got.len;) {
        int32_t cp;
        i += text_decode(buf_text(&got) + i, got.len - i, &cp);
        assert_true(cp == '\n' || !text_is_unsafe(cp));
    }
    buf_done(&got);
    arena_done(&a);
    a = (struct arena){ 0 };
    l = (struct lines){ 0 };
    markdown_lines("a\0b", 3, 40, false, LOOK_TEXT, &a, &l);
    assert_int_equal(l.n, 1);
    assert_memory_equal(l.v[0].runs[0].text,
                        "a\xEF\xBF\xBD"
                        "b",
                        5);
    arena_done(&a);
}

/* Texts made to be slow or to become too much: they end, and nothing of them is lost. */
static void test_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *what, *piece;
        size_t times;
    } rows[] = {
        { "brackets", "[", 16384 },       { "images", "![", 8192 },
        { "nested links", "[a](", 4096 }, { "quotes", ">", 16384 },
        { "lists", "- ", 8192 },          { "stars", "*a_ ", 4096 },
        { "ticks", "`a``", 4096 },        { "angles", "<a ", 5461 },
        { "entities", "&a;", 5461 },      { "pipes", "|", 16384 },
        { "wide tables", "|-", 8192 },    { "numbers", "1. ", 5461 },
        { "links", "[a](b)", 2730 },      { "empty links", "[]()", 4096 },
        { "tildes", "~a~~", 4096 },       { "lines", "a\n", 8192 },
        { "paragraphs", "a\n\n", 5461 },  { "tabs", "\t", 16384 },
        { "backslashes", "\\", 16384 },   { "dollars", "$", 16384 },
        { "marks", "\xCC\x81", 8192 },    { "definitions", "[a]: b\n", 2340 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = { 0 };
        struct lines l = { 0 };
        struct buf text = buf_with_max(1 << 20);
        for (size_t k = 0; k < rows[i].times; k++)
            buf_puts(&text, rows[i].piece);
        markdown_lines(buf_text(&text), text.len, 80, false, LOOK_TEXT, &a, &l);
        for (size_t k = 0; k < l.n; k++)
            assert_true(l.v[k].cols <= 80);
        buf_done(&text);
        arena_done(&a);
    }
}

/* One long address named many times would become megabytes; a table of empty cells millions. */
static void test_growth(void **state)
{
    (void)state;
    struct buf text = buf_with_max(1 << 20);
    buf_puts(&text, "[a]: ");
    for (int i = 0; i < 8000; i++)
        buf_putc(&text, 'x');
    buf_puts(&text, "\n\n");
    for (int i = 0; i < 2000; i++)
        buf_puts(&text, "[a] ");
    struct arena a = { 0 };
    struct lines l = { 0 };
    markdown_lines(buf_text(&text), text.len, 80, false, LOOK_TEXT, &a, &l);
    assert_true(l.n < 400);
    assert_memory_equal(l.v[0].runs[0].text, "[a]: xxx", 8); /* as plain text, all of it */
    arena_done(&a);
    buf_clear(&text);
    a = (struct arena){ 0 };
    l = (struct lines){ 0 };
    for (int i = 0; i < 60; i++)
        buf_puts(&text, "|-");
    buf_puts(&text, "|\n");
    for (int i = 0; i < 60; i++)
        buf_puts(&text, "|-");
    buf_puts(&text, "|\n");
    for (int i = 0; i < 5000; i++)
        buf_puts(&text, "|\n");
    markdown_lines(buf_text(&text), text.len, 80, false, LOOK_TEXT, &a, &l);
    assert_true(l.n > 5000 && l.n < 5010);
    arena_done(&a);
    buf_done(&text);
}

static void test_entities(void **state)
{
    (void)state;
    static const struct {
        const char *entity, *text; /* NULL: unknown */
    } rows[] = {
        { "&amp;", "&" },
        { "&eacute;", "\xC3\xA9" },
        { "&hellip;", "\xE2\x80\xA6" },
        { "&#8212;", "\xE2\x80\x94" },
        { "&#x2014;", "\xE2\x80\x94" },
        { "&#X2014;", "\xE2\x80\x94" },
        { "&#0;", "\xEF\xBF\xBD" },
        { "&#xD800;", "\xEF\xBF\xBD" },
        { "&#4294967361;", "\xEF\xBF\xBD" },
        { "&#9;", " " },
        { "&#;", NULL },
        { "&#x;", NULL },
        { "&#xg;", NULL },
        { "&#1a;", NULL },
        { "&AMPS;", NULL },
        { "&;", NULL },
        { "amp", NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char got[ENTITY_BYTES];
        bool known = entity_text(rows[i].entity, strlen(rows[i].entity), got);
        if (known != (rows[i].text != NULL) || (known && strcmp(got, rows[i].text) != 0))
            fail_msg("%s is %s", rows[i].entity, known ? got : "unknown");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),   cmocka_unit_test(test_lists),
        cmocka_unit_test(test_spans),    cmocka_unit_test(test_soft_ends),
        cmocka_unit_test(test_tables),   cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_plain),    cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_bounds),   cmocka_unit_test(test_growth),
        cmocka_unit_test(test_entities),
    };
    return cmocka_run_group_tests_name("markdown", tests, NULL, NULL);
}
