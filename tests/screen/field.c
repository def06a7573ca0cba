/* A field: keys in, text and cursor out; rows, scrolling and the search line as drawn. */
#include "tests/test.h"

#include "core/base/mem.h"
#include "core/limits.h"
#include "tui/screen/field.h"

/* The key a name says, or fails. */
static struct key key_of(const char *name)
{
    struct key k = { 0 };
    if (!key_parse(name, &k))
        fail_msg("no key is called %s", name);
    return k;
}

static enum field_said letter(struct field *f, int32_t cp)
{
    return field_key(f, &(struct key){ .code = K_LETTER, .letter = cp });
}

static enum field_said paste(struct field *f, const char *text)
{
    return field_key(f, &(struct key){ .code = K_PASTE, .text = text, .len = strlen(text) });
}

/* Presses keys by their names, a blank between them; 'words' are typed, <words> pasted. */
static enum field_said press(struct field *f, const char *keys)
{
    enum field_said said = FIELD_IGNORED;
    for (const char *s = keys; *s;) {
        char word[200];
        char close = *s == '\'' ? '\'' : *s == '<' ? '>' : ' ';
        size_t quoted = close != ' ', n = strcspn(s + quoted, (char[]){ close, 0 });
        snprintf(word, sizeof word, "%.*s", (int)n, s + quoted);
        s += n + 2 * quoted;
        s += *s == ' ';
        if (close == '>') {
            said = paste(f, word);
        } else if (close == '\'') {
            for (const char *c = word; *c; c++)
                said = letter(f, *c);
        } else {
            struct key k = key_of(word);
            said = field_key(f, &k);
        }
    }
    return said;
}

/* The text with | where the cursor is. */
static void assert_text(const char *what, const struct field *f, const char *want)
{
    char got[2000];
    assert_true(f->at <= f->text.len);
    snprintf(got, sizeof got, "%.*s|%s", (int)f->at, field_text(f), field_text(f) + f->at);
    if (strcmp(got, want) != 0)
        fail_msg("%s: \"%s\" instead of \"%s\"", what, got, want);
}

struct row {
    const char *what, *keys, *text;
    enum field_said said;
};

static const char *const past[] = { "what is 2+2?", "Solve it\nstep by step",
                                    "What is the capital of Japan?", NULL };

static const char *past_text(void *self, size_t i)
{
    return ((const char *const *)self)[i];
}

static void run_rows(const struct row *rows, size_t n, bool one_line, bool with_past)
{
    for (size_t i = 0; i < n; i++) {
        struct field f;
        field_init(&f, one_line);
        if (with_past) {
            f.past_texts = past_text;
            f.past_self = (void *)(uintptr_t)past;
        }
        enum field_said said = press(&f, rows[i].keys);
        assert_text(rows[i].what, &f, rows[i].text);
        if (said != rows[i].said)
            fail_msg("%s: said %d instead of %d", rows[i].what, said, rows[i].said);
        field_done(&f);
    }
}

static void test_editing(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "typing", "'one two'", "one two|", FIELD_CHANGED },
        { "in the middle", "'ac' Left 'b'", "ab|c", FIELD_CHANGED },
        { "left and right", "'ab' Left Left Left Right", "a|b", FIELD_MOVED },
        { "emacs", "'ab' ^B ^B ^F", "a|b", FIELD_MOVED },
        { "ends of the line", "'one' ^J 'two' ^A", "one\n|two", FIELD_MOVED },
        { "and its end", "'one' ^J 'two' ^A ^E", "one\ntwo|", FIELD_MOVED },
        { "Home and End", "'one' ^J 'two' Home Left Home End", "one|\ntwo", FIELD_MOVED },
        { "words", "'one, two_3 four' Alt+b Alt+b", "one, |two_3 four", FIELD_MOVED },
        { "words forward", "'one, two' ^A Alt+f Alt+f", "one, two|", FIELD_MOVED },
        { "erasing", "'abc' Backspace Left Delete", "a|", FIELD_CHANGED },
        { "erasing at the start", "'a' Left Backspace", "|a", FIELD_MOVED },
        { "erasing at the end", "'a' Delete", "a|", FIELD_MOVED },
        { "a word to the blank", "'one two-three' ^W", "one |", FIELD_CHANGED },
        { "a word", "'one two-three' Alt+Backspace", "one two-|", FIELD_CHANGED },
        { "a word behind", "'one two' ^A Alt+d", "| two", FIELD_CHANGED },
        { "to the end of the line", "'one' ^J 'two' Left Left ^K", "one\nt|", FIELD_CHANGED },
        { "the line end", "'a' ^J 'b' Up ^E ^K", "a|b", FIELD_CHANGED },
        { "all of it", "'one' ^J 'two' Left ^U", "|", FIELD_CHANGED },
        { "and back", "'one' ^J 'two' ^U ^Y '!'", "one\ntwo!|", FIELD_CHANGED },
        { "nothing to bring back", "'a' ^Y", "a|", FIELD_MOVED },
        { "a new line", "'a' ^J 'b'", "a\nb|", FIELD_CHANGED },
        { "up and down", "'one' ^J 'two' Left Up '!'", "on!|e\ntwo", FIELD_CHANGED },
        { "the column aimed at", "'long line' ^J 'a' ^J 'long line' Left Up Up '!'",
          "long lin!|e\na\nlong line", FIELD_CHANGED },
        { "a paste", "<one\ntwo>", "one\ntwo|", FIELD_CHANGED },
        { "a paste of CR LF", "<a\r\nb\rc>", "a\nb\nc|", FIELD_CHANGED },
        { "a paste of tabs", "<a\tb>", "a\tb|", FIELD_CHANGED },
        { "an unsafe paste", "<a\x1b[2J\xFF\xE2\x80\xAE>",
          "a\xEF\xBF\xBD[2J\xEF\xBF\xBD\xEF\xBF\xBD|", FIELD_CHANGED },
    };
    run_rows(rows, COUNT(rows), false, false);
}

static void test_saying(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "Enter", "'a' Enter", "a|", FIELD_SEND },
        { "Esc", "'a' Esc", "a|", FIELD_LEAVE },
        { "^D", "'a' ^D", "a|", FIELD_LEAVE },
        { "Tab", "'a' Tab", "a|", FIELD_NEXT },
        { "S-Tab", "'a' S-Tab", "a|", FIELD_BACK },
        { "panes", "'a' Alt+1", "a|", FIELD_IGNORED },
        { "help", "'a' F1", "a|", FIELD_IGNORED },
        { "pages", "'a' PgUp", "a|", FIELD_IGNORED },
        { "redraw", "'a' ^L", "a|", FIELD_IGNORED },
        { "^G outside a search", "'a' ^G", "a|", FIELD_IGNORED },
        { "^C with nothing in it", "^C", "|", FIELD_IGNORED },
        { "Up with nothing past", "'a' Up", "a|", FIELD_IGNORED },
        { "Down at the end", "'a' Down", "a|", FIELD_IGNORED },
    };
    run_rows(rows, COUNT(rows), false, false);
}

static void test_graphemes(void **state)
{
    (void)state;
    struct field f;
    field_init(&f, false);
    paste(&f, "ae\xCC\x81\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7\xE4\xB8\xAD");
    press(&f, "Left");
    assert_text("a wide letter", &f,
                "ae\xCC\x81\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7|\xE4\xB8\xAD");
    press(&f, "Backspace");
    assert_text("a family is erased as one", &f, "ae\xCC\x81|\xE4\xB8\xAD");
    press(&f, "Left");
    assert_text("a letter and its mark", &f, "a|e\xCC\x81\xE4\xB8\xAD");
    press(&f, "Delete");
    assert_text("erased with its mark", &f, "a|\xE4\xB8\xAD");
    press(&f, "Left");
    letter(&f, 'x');
    press(&f, "Right");
    letter(&f, 0x301);
    assert_text("a mark typed", &f, "xa\xCC\x81|\xE4\xB8\xAD");
    field_set(&f, "\xCC\x81", 2); /* a mark that comes to stand behind a letter */
    press(&f, "^A");
    letter(&f, 'e');
    assert_text("never inside a letter", &f, "e\xCC\x81|");
    field_done(&f);
}

static void test_undo(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "a word at a time", "'one two' ^_", "one|", FIELD_CHANGED },
        { "all words", "'one two' ^_ ^_", "|", FIELD_CHANGED },
        { "and no further", "'one' ^_ ^_", "|", FIELD_MOVED },
        { "a word typed after a move", "'one' Left 'x' ^_", "on|e", FIELD_CHANGED },
        { "what was killed", "'one two' ^U ^_", "one two|", FIELD_CHANGED },
        { "a paste", "'a' <b\nc> ^_", "a|", FIELD_CHANGED },
        { "erasing is one", "'abcd' Backspace Backspace ^_", "abcd|", FIELD_CHANGED },
        { "what ^C cleared", "'one' ^C ^_", "one|", FIELD_CHANGED },
    };
    run_rows(rows, COUNT(rows), false, false);
    struct field f;
    field_init(&f, false);
    for (int i = 0; i < 200; i++)
        press(&f, "'word '");
    for (int i = 0; i < 200; i++)
        press(&f, "^_");
    assert_true(f.text.len > 0); /* only so often */
    field_set(&f, "set", 3);
    press(&f, "^_");
    assert_true(f.text.len > 100); /* a text from elsewhere is taken back too */
    field_clear(&f);
    press(&f, "^_");
    assert_text("cleared for good", &f, "|");
    field_done(&f);
}

static void test_past(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "the newest", "Up", "what is 2+2?|", FIELD_CHANGED },
        { "the next", "Up Up", "Solve it\nstep by step|", FIELD_CHANGED },
        { "by rows first", "Up Up Up Up", "What is the capital of Japan?|", FIELD_CHANGED },
        { "no older one", "Up Up Up Up Up Up", "What is the capital of Japan?|", FIELD_MOVED },
        { "by ^P", "^P", "what is 2+2?|", FIELD_CHANGED },
        { "and back to the draft", "'draft' Up Up Down Down", "draft|", FIELD_CHANGED },
        { "by ^N", "'draft' ^P ^N", "draft|", FIELD_CHANGED },
        { "the same is no step", "'what is 2+2?' Up", "Solve it\nstep by step|", FIELD_CHANGED },
        { "written over", "'draft' Up '!' Down", "what is 2+2?!|", FIELD_IGNORED },
        { "and the draft is not lost", "'draft' Up '!' Up", "draft|", FIELD_CHANGED },
        { "cleared", "'draft' ^C", "|", FIELD_CHANGED },
        { "and back", "'draft' ^C Up", "draft|", FIELD_CHANGED },
        { "older than cleared", "'draft' ^C Up Up", "what is 2+2?|", FIELD_CHANGED },
    };
    run_rows(rows, COUNT(rows), false, true);
}

static void test_search(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "not yet", "'draft' ^R 'wh'", "draft|", FIELD_MOVED },
        { "taken", "'draft' ^R 'WHAT' Enter", "what is 2+2?|", FIELD_CHANGED },
        { "taken by Esc", "^R 'what' Esc", "what is 2+2?|", FIELD_CHANGED },
        { "older", "^R 'what' ^R Enter", "What is the capital of Japan?|", FIELD_CHANGED },
        { "the oldest stays", "^R 'what' ^R ^R Enter", "What is the capital of Japan?|",
          FIELD_CHANGED },
        { "more of it", "^R 'what' ' is the' Enter", "What is the capital of Japan?|",
          FIELD_CHANGED },
        { "less of it", "^R 'whatx' Backspace Enter", "what is 2+2?|", FIELD_CHANGED },
        { "over a line end", "^R 'it step' Enter", "Solve it\nstep by step|", FIELD_CHANGED },
        { "nothing found", "'draft' ^R 'zzz' Enter", "draft|", FIELD_MOVED },
        { "nothing wanted", "'draft' ^R ^R Enter", "draft|", FIELD_MOVED },
        { "given up", "'draft' ^R 'what' ^G", "draft|", FIELD_MOVED },
        { "given up by ^C", "'draft' ^R 'what' ^C '!'", "draft!|", FIELD_CHANGED },
        { "a paste", "^R <japan> Enter", "What is the capital of Japan?|", FIELD_CHANGED },
        { "another key takes it", "^R 'what' ^A", "|what is 2+2?", FIELD_CHANGED },
        { "and does its work", "^R 'what' Tab", "what is 2+2?|", FIELD_NEXT },
        { "back to the draft", "'draft' ^R 'japan' Enter Down Down Down", "draft|", FIELD_CHANGED },
    };
    run_rows(rows, COUNT(rows), false, true);
}

static void test_one_line(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "no new line", "'a' ^J 'b'", "a b|", FIELD_CHANGED },
        { "pasted lines", "<a\n\tb\nc>", "a b c|", FIELD_CHANGED },
        { "Up is the caller's", "'a' Up", "a|", FIELD_IGNORED },
    };
    run_rows(rows, COUNT(rows), true, false);
}

static void test_limit(void **state)
{
    (void)state;
    struct field f;
    field_init(&f, false);
    f.max_bytes = 8;
    paste(&f, "abcde\xE4\xB8\xAD\xE4\xB8\xAD");
    assert_text("cut at a letter", &f, "abcde\xE4\xB8\xAD|");
    assert_int_equal(letter(&f, 'x'), FIELD_MOVED);
    press(&f, "Backspace 'x'");
    assert_text("room again", &f, "abcdex|");
    field_done(&f);
    field_done(&f);
    field_init(&f, false);
    char *big = mem_alloc(2 * MAX_QUERY_BYTES, 1);
    memset(big, 'a', 2 * MAX_QUERY_BYTES);
    field_set(&f, big, 2 * MAX_QUERY_BYTES);
    assert_int_equal(f.text.len, MAX_QUERY_BYTES);
    assert_int_equal(field_rows(&f, 65), MAX_QUERY_BYTES / 64 + 1);
    for (size_t i = 0; i + 3 <= MAX_QUERY_BYTES; i += 3)
        memcpy(big + i, "\xE4\xB8\xAD", 3);
    field_set(&f, big, MAX_QUERY_BYTES);
    int64_t start = test_ms();
    press(&f, "Ctrl+Left");
    assert_int_equal(f.at, 0);
    press(&f, "Ctrl+End ^W");
    assert_int_equal(f.text.len, 0);
    assert_not_hung(start, 20000);
    mem_free(big);
    field_done(&f);
}

/* --- drawing ----------------------------------------------------------------------------- */

/* The field drawn into so many rows and columns: its rows, and the cursor in the last line. */
static void assert_drawn(const char *what, struct field *f, int rows, int cols, bool focused,
                         const char *want)
{
    struct grid g;
    struct buf got = buf_with_max(1 << 16);
    grid_init(&g, rows, cols, false);
    struct surface s = surface_of(&g);
    field_draw(f, &s, 0, 0, cols, rows, focused, "type here");
    grid_text(&g, &got);
    if (g.cursor_shown)
        buf_printf(&got, "%d,%d", g.cursor_row, g.cursor_col);
    if (strcmp(buf_text(&got), want) != 0)
        fail_msg("%s:\n%s\n--- was expected:\n%s\n---", what, buf_text(&got), want);
    buf_done(&got);
    grid_done(&g);
}

static void test_drawing(void **state)
{
    (void)state;
    static const struct {
        const char *what, *text;
        int rows, cols;
        bool focused;
        const char *drawn;
    } rows[] = {
        { "empty", "", 2, 12, false, "▏type here\n\n" },
        { "empty, with the keyboard", "", 2, 12, true, "▏\n\n0,1" },
        { "one row", "one", 2, 12, true, "▏one\n\n0,4" },
        { "wrapped at blanks", "one two three", 3, 8, true, "▏one two\n▏three\n\n1,6" },
        { "a long word", "abcdefghijk", 3, 6, true, "▏abcde\n▏fghij\n▏k\n2,2" },
        { "full to the edge", "abcde", 3, 6, true, "▏abcde\n▏\n\n1,1" },
        { "a blank over the edge", "abcde ", 3, 6, true, "▏abcde\n▏\n\n1,1" },
        { "lines", "a\n\nb\n", 4, 6, true, "▏a\n▏\n▏b\n▏\n3,1" },
        { "scrolled to the cursor", "a\nb\nc\nd", 2, 6, true, "▴c\n▏d\n1,2" },
        { "unscrolled", "a\nb\nc\nd", 2, 6, false, "▏a\n▾b\n" },
        { "tabs", "a\tb\n\tc", 2, 12, true, "▏a   b\n▏    c\n1,6" },
        { "wide letters", "a\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD", 2, 6, true,
          "▏a\xE4\xB8\xAD\xE4\xB8\xAD\n▏\xE4\xB8\xAD\n1,3" },
        { "one column", "ab", 1, 1, true, "\n" },
        { "two columns", "ab", 3, 2, true, "▏a\n▏b\n▏\n2,1" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct field f;
        field_init(&f, false);
        field_set(&f, rows[i].text, strlen(rows[i].text));
        assert_drawn(rows[i].what, &f, rows[i].rows, rows[i].cols, rows[i].focused, rows[i].drawn);
        field_done(&f);
    }
}

/* Up and Down go by the rows that are seen, and the view follows. */
static void test_moving_in_rows(void **state)
{
    (void)state;
    struct field f;
    field_init(&f, false);
    field_set(&f, "one two three four", 18);
    assert_drawn("the end", &f, 2, 8, true, "▴three\n▏four\n1,5");
    press(&f, "Up");
    assert_text("a row up", &f, "one two thre|e four");
    assert_drawn("same view", &f, 2, 8, true, "▴three\n▏four\n0,5");
    press(&f, "Up");
    assert_text("two rows up", &f, "one |two three four");
    assert_drawn("scrolled", &f, 2, 8, true, "▏one two\n▾three\n0,5");
    press(&f, "Up");
    assert_text("no further", &f, "one |two three four");
    press(&f, "End Home Down Down");
    assert_text("two rows down", &f, "one two three |four");
    field_done(&f);
}

static void test_drawing_one_line(void **state)
{
    (void)state;
    struct field f;
    field_init(&f, true);
    field_set(&f, "one two three", 13);
    assert_drawn("its end", &f, 1, 9, true, "▏… three\n0,8");
    press(&f, "Alt+b");
    assert_drawn("at the cursor", &f, 1, 9, true, "▏…e two t\n0,8");
    press(&f, "^A");
    assert_drawn("its start", &f, 1, 9, true, "▏one two\n0,1");
    assert_drawn("without the keyboard", &f, 1, 9, false, "▏one two…\n");
    f.bare = true;
    assert_drawn("bare", &f, 1, 20, true, "one two three\n0,0");
    assert_drawn("and empty", (field_clear(&f), &f), 1, 20, false, "type here\n");
    field_done(&f);
}

static void test_drawing_search(void **state)
{
    (void)state;
    struct field f;
    field_init(&f, false);
    f.past_texts = past_text;
    f.past_self = (void *)(uintptr_t)past;
    press(&f, "'draft' ^R");
    assert_drawn("started", &f, 1, 40, true, "▏(search) :\n0,10");
    press(&f, "'what'");
    assert_drawn("found", &f, 1, 40, true, "▏(search) what: what is 2+2?\n0,14");
    press(&f, "^R");
    assert_drawn("older", &f, 1, 40, true, "▏(search) what: What is the capital of …\n0,14");
    press(&f, "'x'");
    assert_drawn("not found", &f, 1, 40, true, "▏(search) whatx: not found\n0,15");
    press(&f, "^G");
    assert_drawn("given up", &f, 1, 40, true, "▏draft\n0,6");
    field_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_editing),
        cmocka_unit_test(test_saying),
        cmocka_unit_test(test_graphemes),
        cmocka_unit_test(test_undo),
        cmocka_unit_test(test_past),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_one_line),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_drawing),
        cmocka_unit_test(test_moving_in_rows),
        cmocka_unit_test(test_drawing_one_line),
        cmocka_unit_test(test_drawing_search),
    };
    return cmocka_run_group_tests_name("field", tests, NULL, NULL);
}
