/* Names of keys, both ways (key.h). */
#include "tui/screen/key.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const names[KEY_CODES] = {
#define X(id, name) [K_##id] = name,
    KEY_LIST(X)
#undef X
};

/* Other ways to write a name. */
static const struct {
    const char *name;
    enum key_code code;
} others[] = {
    { "Return", K_ENTER },   { "Escape", K_ESC },         { "BackTab", K_BACKTAB },
    { "PageUp", K_PAGE_UP }, { "PageDown", K_PAGE_DOWN }, { "Ins", K_INSERT },
    { "Del", K_DELETE },
};

/* What may stand before a name, and which flag of a key it means. */
static const struct prefix {
    const char *text;
    size_t flag;
} prefixes[] = {
    { "Alt+", offsetof(struct key, alt) },
    { "Ctrl+", offsetof(struct key, ctrl) },
    { "Shift+", offsetof(struct key, shift) },
    { "S-", offsetof(struct key, shift) },
};

const char *key_spell(const struct key *k, char ret[KEY_NAME])
{
    char base[8] = "";
    const char *name = base;
    if (k->code == K_LETTER && k->letter == ' ')
        name = "Space";
    else if (k->code == K_LETTER)
        base[text_encode(k->letter, base)] = '\0';
    else if (k->code == K_CTRL)
        snprintf(base, sizeof base, "^%c",
                 k->letter >= 'a' && k->letter <= 'z' ? k->letter - 'a' + 'A' : k->letter);
    else if (k->code < KEY_CODES)
        name = names[k->code];
    bool plain = k->code == K_LETTER || k->code == K_CTRL;
    snprintf(ret, KEY_NAME, "%s%s%s%s", k->alt ? "Alt+" : "", !plain && k->ctrl ? "Ctrl+" : "",
             !plain && k->shift ? "S-" : "", name);
    return ret;
}

/* The key that Ctrl and this letter make; some make keys with a name of their own. */
static bool parse_ctrl(char c, struct key *k)
{
    static const struct {
        char letter;
        enum key_code code;
    } same[] = {
        { 'h', K_BACKSPACE }, { 'i', K_TAB }, { 'j', K_NEWLINE }, { 'm', K_ENTER }, { '[', K_ESC }
    };
    if (c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    for (size_t i = 0; i < COUNT(same); i++) {
        if (same[i].letter == c) {
            k->code = same[i].code;
            return true;
        }
    }
    if (!(c >= 'a' && c <= 'z') && (!c || !strchr("\\]^_", c)))
        return false;
    k->code = K_CTRL;
    k->letter = c;
    return true;
}

static bool parse_letter(const char *name, struct key *k)
{
    int32_t cp;
    size_t len = strlen(name);
    if (strcasecmp(name, "Space") == 0) {
        cp = ' ';
    } else if (!len || text_decode(name, len, &cp) != len || cp < 0x20 ||
               (cp >= 0x7F && cp < 0xA0)) {
        return false;
    }
    k->code = K_LETTER;
    k->letter = cp;
    return true;
}

static bool parse_named(const char *name, struct key *k)
{
    for (size_t i = K_ENTER; i < KEY_CODES; i++)
        if (strcasecmp(name, names[i]) == 0)
            k->code = (enum key_code)i;
    for (size_t i = 0; i < COUNT(others); i++)
        if (strcasecmp(name, others[i].name) == 0)
            k->code = others[i].code;
    if ((k->code == K_TAB || k->code == K_BACKTAB) && k->shift) {
        k->code = K_BACKTAB;
        k->shift = false;
    }
    return k->code != K_NONE;
}

/* "Alt+Ctrl+x" without what stands in front of x; a prefix with nothing behind it is no prefix. */
static const char *parse_prefixes(const char *name, struct key *k)
{
    for (size_t i = 0; i < COUNT(prefixes); i++) {
        size_t len = strlen(prefixes[i].text);
        if (strncasecmp(name, prefixes[i].text, len) == 0 && name[len]) {
            *(bool *)((char *)k + prefixes[i].flag) = true;
            return parse_prefixes(name + len, k);
        }
    }
    return name;
}

bool key_parse(const char *name, struct key *ret)
{
    struct key k = { .code = K_NONE };
    bool ok;
    if (strcasecmp(name, names[K_BACKTAB]) == 0) {
        *ret = (struct key){ .code = K_BACKTAB };
        return true;
    }
    name = parse_prefixes(name, &k);
    if (name[0] == '^' && name[1] && !name[2] && !k.ctrl) {
        ok = !k.shift && parse_ctrl(name[1], &k);
    } else if (parse_letter(name, &k)) {
        ok = !k.shift;
        if (ok && k.ctrl) {
            k.ctrl = false;
            ok = name[1] == '\0' && parse_ctrl(name[0], &k);
            k.letter = k.code == K_CTRL ? k.letter : 0;
        }
    } else {
        ok = parse_named(name, &k);
    }
    if (ok)
        *ret = k;
    return ok;
}

bool key_same(const struct key *a, const struct key *b)
{
    if (a->code != b->code || a->alt != b->alt || a->ctrl != b->ctrl || a->shift != b->shift)
        return false;
    if (a->code == K_MOUSE)
        return a->button == b->button;
    return (a->code != K_LETTER && a->code != K_CTRL) || a->letter == b->letter;
}
