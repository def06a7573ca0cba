/* Keys from bytes: every row is fed whole, cut in two at every byte, and byte by byte. */
#include "tests/test.h"

#include "core/base/buf.h"
#include "core/limits.h"
#include "tui/screen/key.h"

static const char *const buttons[] = { "left", "middle", "right", "up", "down" };

/* Takes all keys there are and writes their names, a blank between. */
static void drain(struct key_reader *r, struct buf *to)
{
    struct key k;
    char name[KEY_NAME];
    while (keys_next(r, &k)) {
        if (to->len)
            buf_putc(to, ' ');
        buf_puts(to, key_spell(&k, name));
        if (k.code == K_PASTE)
            buf_printf(to, "(%s)%s", k.text, k.cut ? "cut" : "");
        if (k.code == K_MOUSE)
            buf_printf(to, "(%s %d,%d)", buttons[k.button], k.row, k.col);
    }
}

/* Fed in pieces: up to `cut`, then the rest; cut 0: byte by byte. */
static char *names(const char *bytes, size_t len, size_t cut)
{
    struct key_reader r;
    struct buf to = buf_with_max(64 * KIB);
    keys_init(&r);
    for (size_t at = 0; at < len;) {
        size_t piece = cut == 0 ? 1 : at < cut ? cut - at : len - at;
        size_t took = keys_feed(&r, bytes + at, piece);
        assert_true(took > 0);
        at += took;
        drain(&r, &to);
    }
    keys_give_up(&r);
    drain(&r, &to);
    assert_false(keys_unfinished(&r) && !r.pasting);
    keys_done(&r);
    char *text = buf_take(&to);
    return text;
}

static const struct row {
    const char *bytes, *names;
} rows[] = {
    /* letters and controls */
    { "aZ9~", "a Z 9 ~" },
    { " ", "Space" },
    { "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80" },
    { "\xFFx\xE2\x82y\x80z", "x y z" }, /* not UTF-8 */
    { "\xC2\x9B"                        /* C1: no letter, and no sequence either */
      "3~",
      "3 ~" },
    { "\xE2\x82", "" },
    { "\x01\x03\x1A\x13\x11", "^A ^C ^Z ^S ^Q" },
    { "\x1C\x1D\x1E\x1F", "^\\ ^] ^^ ^_" },
    { "\b\x7F", "Backspace Backspace" },
    { "\t\n\r", "Tab ^J Enter" },
    /* Esc and Alt */
    { "\033", "Esc" },
    { "\033\033", "Esc Esc" },
    { "\033\033\033", "Esc Esc Esc" },
    { "\0331\0339", "Alt+1 Alt+9" },
    { "\033t\033T", "Alt+t Alt+T" },
    { "\033\r\033\n\033\x7F\033\t", "Alt+Enter Alt+^J Alt+Backspace Alt+Tab" },
    { "\033\x03", "Alt+^C" },
    { "\033\xC3\xA9", "Alt+\xC3\xA9" },
    { "\033\xC3", "" },
    { "\033[", "Alt+[" },
    { "\033O", "Alt+O" },
    { "\033]", "Alt+]" },
    { "\033P", "Alt+P" },
    { "\033\\", "Alt+\\" },
    { "\033[\r", "Alt+[ Enter" },
    { "\033O\r", "Alt+O Enter" },
    { "\033\033[", "Esc Alt+[" },
    { "\033\033q", "Esc Alt+q" },
    { "\033 ", "Alt+Space" },
    /* arrows: normal, application, rxvt with Shift and Ctrl */
    { "\033[A\033[B\033[C\033[D", "Up Down Right Left" },
    { "\033OA\033OB\033OC\033OD", "Up Down Right Left" },
    { "\033[a\033[b\033[c\033[d", "S-Up S-Down S-Right S-Left" },
    { "\033Oa\033Ob\033Oc\033Od", "Ctrl+Up Ctrl+Down Ctrl+Right Ctrl+Left" },
    { "\033\033[A\033\033OB\033\033[5~", "Alt+Up Alt+Down Alt+PgUp" },
    /* with modifiers */
    { "\033[1;2A\033[1;5C\033[1;3D\033[1;6B", "S-Up Ctrl+Right Alt+Left Ctrl+S-Down" },
    { "\033[1;9A\033[1;8A", "Alt+Up Alt+Ctrl+S-Up" },
    { "\033[5;5~\033[6;2~\033[3;3~", "Ctrl+PgUp S-PgDn Alt+Delete" },
    { "\033[1;5H\033[1;2F\033[1;2P\033[1;5R", "Ctrl+Home S-End S-F1 Ctrl+F3" },
    { "\033O5P\033O1;2Q", "Ctrl+F1 S-F2" },
    { "\033[5$\033[6^\033[3@", "S-PgUp Ctrl+PgDn Ctrl+S-Delete" },
    { "\033[23$\033[11^", "S-F11 Ctrl+F1" },
    { "\033[Z\033[1;2Z", "S-Tab S-Tab" },
    /* Home, End and their neighbours, in every form there is */
    { "\033[H\033[F\033OH\033OF\033[1~\033[4~\033[7~\033[8~",
      "Home End Home End Home End Home End" },
    { "\033[2~\033[3~\033[5~\033[6~", "Insert Delete PgUp PgDn" },
    /* F keys: xterm, rxvt and vt220, Linux console */
    { "\033OP\033OQ\033OR\033OS", "F1 F2 F3 F4" },
    { "\033[11~\033[12~\033[13~\033[14~\033[15~", "F1 F2 F3 F4 F5" },
    { "\033[17~\033[18~\033[19~\033[20~\033[21~\033[23~\033[24~", "F6 F7 F8 F9 F10 F11 F12" },
    { "\033[[A\033[[B\033[[C\033[[D\033[[E", "F1 F2 F3 F4 F5" },
    { "\033[[Z", "" },
    /* the keypad of a vt100 */
    { "\033OM\033Oj\033Ok\033Om\033Oq\033Oy\033OX", "Enter * + - 1 9 =" },
    { "\033O5X\033O2j\033\033O5X", "= * Alt+=" },
    { "\033OE", "" },
    /* modifyOtherKeys and CSI u */
    { "\033[27;5;99~\033[99;5u\033[27;3;97~", "^C ^C Alt+a" },
    { "\033[13;2u\033[13;5u\033[9;2u\033[27u\033[127u", "S-Enter Ctrl+Enter S-Tab Esc Backspace" },
    { "\033[106;5u\033[105;5u", "^J Tab" },
    { "\033[233u\033[97;1:3u\033[57441;2u\033[55296u\033[9999999u", "\xC3\xA9" },
    { "\033[97:65;2u", "a" },
    /* the mouse */
    { "\033[<0;10;5M\033[<0;10;5m", "mouse(left 4,9)" },
    { "\033[<1;1;1M\033[<2;300;200M", "mouse(middle 0,0) mouse(right 199,299)" },
    { "\033[<64;3;4M\033[<65;3;4M", "mouse(up 3,2) mouse(down 3,2)" },
    { "\033[<16;3;4M", "Ctrl+mouse(left 3,2)" },
    { "\033[<35;3;4M\033[<66;3;4M\033[<0;0;0M\033[<0;99999;1M\033[<0;5M", "" },
    { "\033[M !!x\033[M#!!", "mouse(left 0,0) x" },
    { "\033[M\r", "Enter" },
    /* what nobody asked for: focus, answers of the terminal, unknown sequences */
    { "\033[I\033[Ox", "x" },
    { "\033[?62;22c\033[24;80R\033[0n\033[>41;354;0c\033[4;1$yx", "x" },
    { "\033[99~\033[;;;;;;5x\033[1;2;3;4;5;6mx", "x" },
    { "\033[ q\033[!px", "x" },
    { "\033]11;rgb:0000/0000/0000\033\\x", "x" },
    { "\033]52;c;aGVsbG8=\ax", "x" },
    { "\033P>|XTerm(370)\033\\x\033_Gi=1;OK\033\\y\033^z\033\\", "x y" },
    { "\033]0;half\033[Ax", "Up x" },
    { "\033]0;half\x18x", "x" },
    { "\033]0;half", "" },
    { "\033]0;half\033", "Esc" },
    { "\033[1;\r\033[A", "Enter Up" },
    { "\033[1;\033[A", "Up" },
    { "\033[1;\xC3\xA9", "\xC3\xA9" },
    { "\033[1;", "" },
    { "\033[0000000000000000000000000000000000000000000000000000000000000000000000000000Ax", "x" },
    /* pastes */
    { "\033[200~hello\033[201~x", "paste(hello) x" },
    { "\033[200~\033[201~", "paste()" },
    { "\033[200~a\r\nb\rc\nd\r\n\r\n\033[201~", "paste(a\nb\nc\nd\n\n)" },
    { "\033[200~a\tb\x01\x7F\xC2\x9B\xFF"
      "c\033[201~",
      "paste(a    bc)" },
    { "\033[200~\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\033[201~",
      "paste(\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80)" },
    { "\033[200~red \033[31mtext\033[201~", "paste(red [31mtext)" },
    { "\033[200~a\033[201a\033[201~", "paste(a[201a)" },
    { "\033[200~q\x03:!\033[201~\033[200~b\033[201~", "paste(q:!) paste(b)" },
    { "\033[201~x", "x" },
    { "\033[200~never ends", "" },
    { "\033[200~ends here\033", "paste(ends here)" },
};

static void check(const struct row *row, size_t len, size_t cut)
{
    char *got = names(row->bytes, len, cut);
    if (strcmp(got, row->names) != 0)
        fail_msg("row %zu cut at %zu: \"%s\", not \"%s\"", (size_t)(row - rows), cut, got,
                 row->names);
    free(got);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t len = strlen(rows[i].bytes);
        for (size_t cut = 0; cut <= len; cut++)
            check(&rows[i], len, cut);
    }
}

static void test_nul_is_no_key(void **state)
{
    (void)state;
    static const struct row nul = { "a\0b", "a b" }, alt = { "\033\0b", "b" };
    char *got = names(nul.bytes, 3, 0);
    assert_string_equal(got, nul.names);
    free(got);
    got = names(alt.bytes, 3, 3);
    assert_string_equal(got, alt.names);
    free(got);
}

/* What comes after giving up: bytes in pieces, a '|' is the end of the escape delay. */
static void test_giving_up(void **state)
{
    (void)state;
    static const struct row late[] = {
        { "\033|[A", "Esc [ A" },
        { "\033[|A", "Alt+[ A" },
        { "\033[1;5|Cx", "x" },       /* a late end is no command */
        { "\033[1;|\rx", "Enter x" }, /* nor does it eat a key that is none of it */
        { "\033[1;|\033[A", "Up" },
        { "\033]0;title|abc", "a b c" }, /* a string that nobody ends */
        { "\033O|A", "Alt+O A" },
        { "\xE2|\x82\xACx", "x" },
        { "\033|\033[A", "Esc Up" },
        { "\033[200~one|two\033|[201~x", "paste(onetwo) x" },
        { "\033[200~one\033||[A", "paste(one) [ A" },
        { "\033[200~one\033|[2|x", "paste(one) [ 2 x" },
        { "\033[200~one\033[|201~x", "paste(one) x" },
    };
    for (size_t i = 0; i < COUNT(late); i++) {
        struct key_reader r;
        struct buf to = buf_with_max(KIB);
        keys_init(&r);
        for (const char *s = late[i].bytes; *s; s++) {
            if (*s != '|') {
                keys_feed(&r, s, 1);
            } else {
                drain(&r, &to);
                if (keys_unfinished(&r))
                    keys_give_up(&r);
            }
            drain(&r, &to);
        }
        keys_give_up(&r);
        drain(&r, &to);
        if (strcmp(buf_text(&to), late[i].names) != 0)
            fail_msg("row %zu: \"%s\", not \"%s\"", i, buf_text(&to), late[i].names);
        buf_done(&to);
        keys_done(&r);
    }
}

/* Keys that came after giving up, but before anybody asked, begin anew. */
static void test_giving_up_unseen(void **state)
{
    (void)state;
    struct key_reader r;
    struct buf to = buf_with_max(KIB);
    keys_init(&r);
    keys_feed(&r, "x\033", 2);
    keys_give_up(&r);
    keys_feed(&r, "[A", 2);
    drain(&r, &to);
    assert_string_equal(buf_text(&to), "x Esc [ A");
    buf_done(&to);
    keys_done(&r);
}

static void test_unfinished(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        bool unfinished;
    } waits[] = {
        { "", false },
        { "a", false },
        { "\033", true },
        { "\033[", true },
        { "\033[A", false },
        { "\xE2\x82", true },
        { "\033]0;t", true },
        { "\033]0;t\a", false },
        { "\033[200~abc", false },
        { "\033[200~abc\033", true },
        { "\033[200~abc\033[2", false },
    };
    for (size_t i = 0; i < COUNT(waits); i++) {
        struct key_reader r;
        struct buf to = buf_with_max(KIB);
        keys_init(&r);
        keys_feed(&r, waits[i].bytes, strlen(waits[i].bytes));
        drain(&r, &to);
        if (keys_unfinished(&r) != waits[i].unfinished)
            fail_msg("row %zu", i);
        buf_done(&to);
        keys_done(&r);
    }
}

/* More than waits at once: nothing is lost, and a paste ends at its ceiling. */
static void test_ceilings(void **state)
{
    (void)state;
    struct key_reader r;
    struct key k = { .code = K_NONE };
    keys_init(&r);
    char block[KEYS_WAITING + 100];
    memset(block, 'a', sizeof block);
    assert_int_equal(keys_feed(&r, block, sizeof block), KEYS_WAITING);
    assert_int_equal(keys_feed(&r, block, 1), 0);
    size_t count = 0;
    while (keys_next(&r, &k))
        count++;
    assert_int_equal(count, KEYS_WAITING);

    keys_feed(&r, "\033[200~", 6);
    assert_false(keys_next(&r, &k));
    for (size_t sent = 0; sent < MAX_QUERY_BYTES + 5000; sent += KEYS_WAITING) {
        assert_int_equal(keys_feed(&r, block, KEYS_WAITING), KEYS_WAITING);
        assert_false(keys_next(&r, &k));
    }
    keys_feed(&r, "\033[201~z", 7);
    assert_true(keys_next(&r, &k));
    assert_int_equal(k.code, K_PASTE);
    assert_int_equal(k.len, MAX_QUERY_BYTES);
    assert_true(k.cut);
    assert_true(keys_next(&r, &k));
    assert_int_equal(k.letter, 'z');

    /* An answer that never ends is let go in the end. */
    keys_feed(&r, "\033]", 2);
    for (size_t sent = 0; sent < 64 * KIB; sent += KEYS_WAITING - 2) {
        keys_feed(&r, block, KEYS_WAITING - 2);
        if (keys_next(&r, &k))
            break;
    }
    while (keys_next(&r, &k))
        ;
    keys_feed(&r, "b", 1);
    assert_true(keys_next(&r, &k));
    assert_int_equal(k.letter, 'b');
    keys_done(&r);
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *name, *back; /* NULL: no key; "": the same */
    } table[] = {
        { "a", "" },
        { "A", "" },
        { "Space", "" },
        { "space", "Space" },
        { "^C", "" },
        { "^c", "^C" },
        { "Ctrl+C", "^C" },
        { "ctrl+c", "^C" },
        { "^J", "" },
        { "^M", "Enter" },
        { "^I", "Tab" },
        { "^H", "Backspace" },
        { "^[", "Esc" },
        { "^\\", "" },
        { "^", "" },
        { "^^", "" },
        { "^@", NULL },
        { "^1", NULL },
        { "Alt+1", "" },
        { "alt+1", "Alt+1" },
        { "Alt+^A", "" },
        { "Alt++", "" },
        { "+", "" },
        { "-", "" },
        { "S-Tab", "" },
        { "Shift+Tab", "S-Tab" },
        { "s-tab", "S-Tab" },
        { "BackTab", "S-Tab" },
        { "S-BackTab", "S-Tab" },
        { "Ctrl+Left", "" },
        { "Alt+Ctrl+S-Left", "" },
        { "S-Up", "" },
        { "PgUp", "" },
        { "pageup", "PgUp" },
        { "Enter", "" },
        { "return", "Enter" },
        { "F1", "" },
        { "F12", "" },
        { "F13", NULL },
        { "", NULL },
        { "S-a", NULL },
        { "paste", NULL },
        { "mouse", NULL },
        { "ab", NULL },
        { "Alt+", NULL },
        { "\xC3\xA9", "" },
        { "\xFF", NULL },
        { "\x01", NULL },
        { "Ctrl+1", NULL },
        { "Ctrl+^C", NULL },
        { "Alt+Backspace", "" },
        { "Ctrl+J", "^J" },
        { "Alt+Enter", "" },
        { "\xC2\x9B", NULL },
        { "Ctrl+\xC3\xA9", NULL },
        { "Alt+S-Tab", "" },
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct key k, again;
        char name[KEY_NAME];
        bool ok = key_parse(table[i].name, &k);
        if (ok != (table[i].back != NULL))
            fail_msg("\"%s\": %s", table[i].name, ok ? "is a key" : "is none");
        if (!ok)
            continue;
        const char *want = *table[i].back ? table[i].back : table[i].name;
        if (strcmp(key_spell(&k, name), want) != 0)
            fail_msg("\"%s\" is \"%s\", not \"%s\"", table[i].name, name, want);
        assert_true(key_parse(name, &again));
        assert_true(key_same(&k, &again));
    }
}

/* Every named key with every modifier: its name is read back as the same key. */
static void test_round_trip(void **state)
{
    (void)state;
    for (int code = K_ENTER; code < KEY_CODES; code++) {
        for (int m = 0; m < 8; m++) {
            struct key again,
                k = { .code = (enum key_code)code, .alt = m & 1, .ctrl = m & 2, .shift = m & 4 };
            char name[KEY_NAME];
            if (((code == K_BACKTAB || code == K_TAB) && k.shift) || (code == K_NEWLINE && m > 1))
                continue; /* nobody makes these */
            if (!key_parse(key_spell(&k, name), &again) || !key_same(&k, &again))
                fail_msg("\"%s\" is not read back", name);
        }
    }
    struct key a, b;
    assert_true(key_parse("a", &a) && key_parse("b", &b) && !key_same(&a, &b));
    assert_true(key_parse("Left", &a) && key_parse("Ctrl+Left", &b) && !key_same(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),       cmocka_unit_test(test_nul_is_no_key),
        cmocka_unit_test(test_giving_up),  cmocka_unit_test(test_giving_up_unseen),
        cmocka_unit_test(test_unfinished), cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_names),      cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
