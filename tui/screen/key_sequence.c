/* Bytes to keys: the sequences that begin with Esc [ (CSI) and Esc O (SS3), in all the forms that
 * terminals have given their keys (key_sequence.h). */
#include "tui/screen/key_sequence.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* No key is longer; one that is gets swallowed as it comes, so that what waits stays small. */
#define MAX_SEQUENCE 64
/* Rows and columns of a window nobody has. */
#define MAX_PLACE 10000

/* --- tables ------------------------------------------------------------------------------ */

/* CSI Pn ~ */
static const struct {
    int number;
    enum key_code code;
} tilde_keys[] = {
    { 1, K_HOME },      { 2, K_INSERT }, { 3, K_DELETE }, { 4, K_END },  { 5, K_PAGE_UP },
    { 6, K_PAGE_DOWN }, { 7, K_HOME },   { 8, K_END },    { 11, K_F1 },  { 12, K_F2 },
    { 13, K_F3 },       { 14, K_F4 },    { 15, K_F5 },    { 17, K_F6 },  { 18, K_F7 },
    { 19, K_F8 },       { 20, K_F9 },    { 21, K_F10 },   { 23, K_F11 }, { 24, K_F12 },
};

/* The last letter of CSI and of SS3 sequences. */
static const struct {
    char last;
    enum key_code code;
} letter_keys[] = {
    { 'A', K_UP },   { 'B', K_DOWN }, { 'C', K_RIGHT },   { 'D', K_LEFT },
    { 'H', K_HOME }, { 'F', K_END },  { 'P', K_F1 },      { 'Q', K_F2 },
    { 'R', K_F3 },   { 'S', K_F4 },   { 'Z', K_BACKTAB },
};

/* The digits and signs of a keypad in application mode: SS3 and one of j to y. */
static const char keypad[] = "*+,-./0123456789";

static enum key_code code_of_number(int n)
{
    for (size_t i = 0; i < COUNT(tilde_keys); i++)
        if (tilde_keys[i].number == n)
            return tilde_keys[i].code;
    return K_NONE;
}

static enum key_code code_of_letter(char last)
{
    for (size_t i = 0; i < COUNT(letter_keys); i++)
        if (letter_keys[i].last == last)
            return letter_keys[i].code;
    return K_NONE;
}

/* --- single characters ------------------------------------------------------------------- */

void key_set_control(struct key *k, int c)
{
    switch (c) {
    case 0: /* ^Space: no key here */
        break;
    case '\t':
        k->code = K_TAB;
        break;
    case '\n':
        k->code = K_NEWLINE;
        break;
    case '\r':
        k->code = K_ENTER;
        break;
    case '\033':
        k->code = K_ESC;
        break;
    case 8:
    case 127:
        k->code = K_BACKSPACE;
        break;
    default:
        k->code = K_CTRL;
        k->letter = c <= 26 ? 'a' + c - 1 : '@' + c;
    }
}

bool key_is_letter(int32_t cp)
{
    return cp >= 0x20 && cp != 0x7F && !(cp >= 0x80 && cp < 0xA0);
}

void key_set_alt(struct key *k, char c)
{
    *k = (struct key){ .code = K_LETTER, .letter = (unsigned char)c, .alt = true };
}

/* A code point with modifiers, as modifyOtherKeys and CSI u report it. */
static void set_point(struct key *k, int32_t cp)
{
    bool ctrl = k->ctrl, shift = k->shift;
    if (cp >= 0x110000 || (cp >= 0xD800 && cp < 0xF900))
        return; /* no letter, or a key that has a number of its own there */
    if (cp < 0x20 || cp == 0x7F) {
        key_set_control(k, cp);
        if (k->code == K_CTRL)
            k->code = K_NONE; /* a control character with Ctrl is none of our keys */
        if (k->code == K_TAB && shift)
            k->code = K_BACKTAB;
        k->shift = shift && k->code != K_BACKTAB;
        return;
    }
    k->ctrl = k->shift = false;
    if (ctrl && ((cp >= 'a' && cp <= 'z') || (cp >= '@' && cp <= '_')))
        key_set_control(k, cp & 0x1F);
    else if (!ctrl && key_is_letter(cp)) {
        k->code = K_LETTER;
        k->letter = cp;
    }
}

/* char may be signed or not: these do not depend on it. */
static bool is_last(char ch) /* of a sequence */
{
    unsigned char c = (unsigned char)ch;
    return c >= 0x40 && c < 0x7F;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_inner(char ch)
{
    unsigned char c = (unsigned char)ch;
    return c >= 0x20 && c < 0x40;
}

/* --- control sequences ------------------------------------------------------------------- */

#define MAX_PARAMS 4

struct csi {
    char mark; /* ? < = > in front, or 0 */
    int param[MAX_PARAMS];
    int count;
    int event; /* of a key in CSI u: 3 is its release */
    char last;
};

/* "?1;5C" from s on; what stands behind a colon refines its number, and only the event counts. */
static void read_params(const char *s, size_t len, struct csi *c)
{
    bool refined = false;
    int event = 0;
    if (len && *s >= '<' && *s <= '?') {
        c->mark = *s++;
        len--;
    }
    c->count = len ? 1 : 0;
    for (size_t i = 0; i < len && c->count <= MAX_PARAMS; i++) {
        int *p = refined ? &event : &c->param[c->count - 1];
        if (s[i] == ';') {
            refined = false;
            c->count++;
        } else if (s[i] == ':') {
            refined = true;
            event = 0;
        } else if (is_digit(s[i]) && *p < MAX_PLACE * 200) {
            *p = *p * 10 + s[i] - '0';
        }
        if (refined && c->count == 2)
            c->event = event;
    }
    if (c->count > MAX_PARAMS)
        c->count = MAX_PARAMS;
}

static void set_modifiers(struct key *k, int param)
{
    int m = param > 1 ? param - 1 : 0;
    k->shift = m & 1;
    k->alt = m & (2 | 8);
    k->ctrl = m & 4;
}

/* A press only; moves and releases say nothing to anybody. */
static void set_mouse(struct key *k, int b, int col, int row)
{
    static const enum mouse_button wheel[] = { MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };
    static const enum mouse_button buttons[] = { MOUSE_LEFT, MOUSE_MIDDLE, MOUSE_RIGHT };
    bool is_wheel = b & 64;
    int which = b & 3;
    if (b < 0 || b >= 128 || b & 32 || which >= (is_wheel ? 2 : 3))
        return;
    if (row < 1 || col < 1 || row > MAX_PLACE || col > MAX_PLACE)
        return;
    *k = (struct key){ .code = K_MOUSE,
                       .button = is_wheel ? wheel[which] : buttons[which],
                       .row = row - 1,
                       .col = col - 1,
                       .shift = b & 4,
                       .alt = b & 8,
                       .ctrl = b & 16 };
}

static void set_csi(const struct csi *c, struct key *k)
{
    if (c->mark == '<' && c->last == 'M' && c->count >= 3)
        set_mouse(k, c->param[0], c->param[1], c->param[2]);
    if (c->mark || c->event == 3)
        return;
    bool modified = c->count >= 2;
    switch (c->last) {
    case '~':
        if (c->param[0] == 200) {
            k->code = K_PASTE;
            return;
        }
        set_modifiers(k, modified ? c->param[1] : 0);
        if (c->param[0] == 27 && c->count == 3)
            set_point(k, c->param[2]);
        else
            k->code = code_of_number(c->param[0]);
        break;
    case '$': /* rxvt: with Shift, Ctrl, both */
    case '^':
    case '@':
        k->code = code_of_number(c->param[0]);
        k->shift = c->last != '^';
        k->ctrl = c->last != '$';
        break;
    case 'u':
        set_modifiers(k, modified ? c->param[1] : 0);
        set_point(k, c->param[0]);
        break;
    case 'a': /* rxvt: with Shift */
    case 'b':
    case 'c':
    case 'd':
        k->code = code_of_letter((char)(c->last - 'a' + 'A'));
        k->shift = true;
        break;
    default:
        /* "24;80R" says where the cursor is; only "1;2R" is F3. */
        if (modified && (c->param[0] > 1 || c->param[1] > 16))
            break;
        set_modifiers(k, modified ? c->param[1] : 0);
        k->code = code_of_letter(c->last);
        if (k->code == K_BACKTAB)
            k->shift = false;
    }
}

/* rxvt ends "3$" with what is an intermediate byte to everybody else: one small number and no
 * mark before it tell the two apart. */
static bool ends_with_dollar(const char *s, size_t i)
{
    return s[i] == '$' && (i == 3 || i == 4) && is_digit(s[2]) && is_digit(s[i - 1]);
}

size_t key_read_csi(struct key_reader *r, const char *s, size_t len, struct key *k)
{
    struct csi c = { 0 };
    if (len == 2)
        return 0;
    if (s[2] == '[') { /* the Linux console: Esc [ [ A is F1 */
        if (len == 3)
            return 0;
        if (s[3] >= 'A' && s[3] <= 'E')
            k->code = (enum key_code)(K_F1 + (s[3] - 'A'));
        return (unsigned char)s[3] < 0x20 ? 3 : 4;
    }
    if (s[2] == 'M') { /* the mouse as X10 had it: three bytes follow */
        for (size_t i = 3; i < 6; i++) {
            if (i == len)
                return 0;
            if ((unsigned char)s[i] < 32)
                return i;
        }
        set_mouse(k, (unsigned char)s[3] - 32, (unsigned char)s[4] - 32, (unsigned char)s[5] - 32);
        return 6;
    }
    size_t i = 2;
    while (i < len && i < MAX_SEQUENCE && is_inner(s[i]) && !ends_with_dollar(s, i))
        i++;
    if (i == MAX_SEQUENCE) {
        r->skip = SKIP_CSI;
        return i;
    }
    if (i == len)
        return 0;
    if (!is_last(s[i]) && s[i] != '$') { /* broken off: what comes now is no part of it */
        if (i == 2)
            key_set_alt(k, '[');
        return i;
    }
    read_params(s + 2, i - 2, &c);
    c.last = s[i];
    set_csi(&c, k);
    return i + 1;
}

/* Old terminals put a modifier between. */
size_t key_read_ss3(const char *s, size_t len, struct key *k)
{
    struct csi c = { 0 };
    size_t i = 2;
    while (i < len && i < 8 && (is_digit(s[i]) || s[i] == ';'))
        i++;
    if (i == len)
        return 0;
    if (!is_last(s[i])) {
        if (i == 2)
            key_set_alt(k, 'O');
        return i;
    }
    read_params(s + 2, i - 2, &c);
    set_modifiers(k, c.count ? c.param[c.count - 1] : 0);
    if (s[i] == 'M') {
        k->code = K_ENTER;
    } else if (s[i] >= 'a' && s[i] <= 'd') { /* rxvt: with Ctrl */
        k->code = code_of_letter((char)(s[i] - 'a' + 'A'));
        k->ctrl = true;
    } else if ((s[i] >= 'j' && s[i] <= 'y') || s[i] == 'X') {
        k->code = K_LETTER;
        k->letter = s[i] == 'X' ? '=' : (unsigned char)keypad[s[i] - 'j'];
        k->shift = k->ctrl = false;
    } else {
        k->code = code_of_letter(s[i]);
    }
    return i + 1;
}
