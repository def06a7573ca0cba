/* The think splitter: the same parts however a text is cut. */
#include "tests/test.h"

#include "core/base/buf.h"
#include "core/wire/think.h"

struct row {
    const char *what, *text, *thinking, *answer;
    bool inside;     /* the prompt opens the block */
    bool structured; /* thinking came in a field of its own */
    bool unclosed;
};

static const struct row rows[] = {
    { "plain", "It is 4.", "", "It is 4." },
    { "block", "<think>So.</think>It is 4.", "So.", "It is 4." },
    { "white space around", " \n<think>\nSo.\n</think>\n\n It is.", "\nSo.\n", "It is." },
    { "empty block", "<think></think>4", "", "4" },
    { "only a block", "<think>So.</think>", "So.", "" },
    { "only a block and blanks", "<think>So.</think> \n", "So.", "" },
    { "unclosed", "<think>So", "So", "", false, false, true },
    { "unclosed, half a tag", "<think>So</thi", "So</thi", "", false, false, true },
    { "tag only", "<think>", "", "", false, false, true },
    { "half an open tag", "<thin", "", "<thin" },
    { "blanks and half an open tag", "  <thi", "", "  <thi" },
    { "half an open tag goes on", "<thinner> x", "", "<thinner> x" },
    { "two beginnings", "<<think>x", "", "<<think>x" },
    { "false closes", "<think>a</</th</thinkk></think>b", "a</</th</thinkk>", "b" },
    { "close, close", "<think>a</think></think>b", "a", "</think>b" },
    { "block later", "Hi <think>x</think>", "Hi <think>x", "" },
    { "forced open", "So.</think>\n\nIt is.", "So.", "It is." },
    { "forced open, second close stays", "So.</think>It</think>.", "So.", "It</think>." },
    { "forced open, nothing before", "</think>It", "", "It" },
    { "forced open, blanks before", "\n\n</think>\n\nIt", "\n\n", "It" },
    { "half a close", "a < b </thin", "", "a < b </thin" },
    { "other tags", "a < b, <my-tag> </my-tag>", "", "a < b, <my-tag> </my-tag>" },
    { "blanks only", " \n ", "", " \n " },
    { "many blanks",
      "                                                                          <think>x</think>y",
      "                                                                          <think>x", "y" },
    { "inside", "So.</think>It", "So.", "It", true },
    { "inside, with a tag all the same", "<think>So.</think>It", "So.", "It", true },
    { "inside, unclosed", " So", " So", "", true, false, true },
    { "inside, close first", "</think>It", "", "It", true },
    { "structured", "use <think> or </think>", "", "use <think> or </think>", false, true },
    { "structured, block again", "<think>So.</think>\nIt", "", "It", false, true },
    { "structured, inside", "It </think>", "", "It </think>", true, true },
};

struct parts {
    struct buf thinking, answer;
    size_t reclassified;
};

static void take(struct parts *p, const struct think_piece *piece)
{
    if (piece->kind == THINK_PIECE_RECLASSIFY) {
        p->reclassified++;
        buf_add(&p->thinking, buf_text(&p->answer), p->answer.len);
        buf_clear(&p->answer);
        return;
    }
    assert_true(piece->len > 0);
    buf_add(piece->kind == THINK_PIECE_TEXT ? &p->answer : &p->thinking, piece->text, piece->len);
}

/* Splits the text, cut before the bytes `a` and `b`. */
static void check(const struct row *r, size_t a, size_t b)
{
    struct think t;
    struct parts p = { .thinking = buf_with_max(1000), .answer = buf_with_max(1000) };
    struct think_piece piece;
    size_t len = strlen(r->text), ends[] = { a, b, len }, at = 0;
    think_init(&t, r->inside);
    if (r->structured)
        think_structured(&t);
    for (size_t i = 0; i < 3; at = ends[i++]) {
        const char *text = r->text + at;
        size_t n = ends[i] - at;
        while (think_next(&t, &text, &n, &piece))
            take(&p, &piece);
        assert_int_equal(n, 0);
    }
    if (think_end(&t, &piece))
        take(&p, &piece);
    if (strcmp(buf_text(&p.thinking), r->thinking) != 0 ||
        strcmp(buf_text(&p.answer), r->answer) != 0 || think_is_inside(&t) != r->unclosed ||
        p.reclassified > 1)
        fail_msg("%s, cut at %zu and %zu: thinking \"%s\", answer \"%s\"", r->what, a, b,
                 buf_text(&p.thinking), buf_text(&p.answer));
    buf_done(&p.thinking);
    buf_done(&p.answer);
}

/* Every way to cut a text into two and into three parts. */
static void test_cuts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t len = strlen(rows[i].text);
        for (size_t a = 0; a <= len; a++)
            for (size_t b = a; b <= len; b++)
                check(&rows[i], a, b);
    }
}

/* What a whole text says about the prompt, byte by byte as well as at once. */
static void test_guesses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool inside, began, wrong;
    } guesses[] = {
        { "The tag </think> closes the block.", false, false, false },
        { "So.\n</think>It", false, true, false },
        { "So.</think>\n\nIt", false, true, false },
        { "</think>\nIt", false, true, false },
        { "\n\n</think>It", false, true, false },
        { "<think>\nSo.\n</think>\nIt", false, false, false },
        { "It is\n4.", false, false, false },
        { "It is\n4.", true, false, true },
        { "So.</think>It", true, false, false },
        { "<think>So", true, false, false },
    };
    for (size_t i = 0; i < COUNT(guesses); i++) {
        size_t whole = strlen(guesses[i].text);
        for (size_t step = 1; step <= whole; step++) {
            struct think t;
            struct think_piece p;
            think_init(&t, guesses[i].inside);
            for (size_t at = 0; at < whole; at += step) {
                const char *text = guesses[i].text + at;
                size_t len = whole - at < step ? whole - at : step;
                while (think_next(&t, &text, &len, &p))
                    continue;
            }
            think_end(&t, &p);
            if (think_began_inside(&t) != guesses[i].began ||
                think_guessed_wrong(&t) != guesses[i].wrong)
                fail_msg("by %zu: %s", step, guesses[i].text);
        }
    }
}

/* The field of its own may show itself late. */
static void test_structured_late(void **state)
{
    (void)state;
    struct think t;
    struct think_piece p;
    const char *text = "a </th";
    size_t len = strlen(text);
    think_init(&t, false);
    assert_true(think_next(&t, &text, &len, &p) && p.len == 2);
    assert_false(think_next(&t, &text, &len, &p));
    think_structured(&t);
    text = "ink>";
    len = 4;
    assert_true(think_next(&t, &text, &len, &p));
    assert_true(p.kind == THINK_PIECE_TEXT && p.len == 4 && memcmp(p.text, "</th", 4) == 0);
    assert_true(think_next(&t, &text, &len, &p));
    assert_true(p.kind == THINK_PIECE_TEXT && p.len == 4);
    assert_false(think_end(&t, &p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_guesses),
        cmocka_unit_test(test_structured_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
