/* Entities of HTML (entity.h): the names that people and models write. */
#include "tui/screen/entity.h"

#include <stdint.h>
#include <string.h>

#include "core/base/text.h"

/* Sorted by nothing: looked for one after the other, a few to an answer. */
static const struct {
    const char *name;
    int32_t cp;
} names[] = {
    { "amp", '&' },       { "lt", '<' },        { "gt", '>' },        { "quot", '"' },
    { "apos", '\'' },     { "nbsp", 0xA0 },     { "ensp", 0x2002 },   { "emsp", 0x2003 },
    { "thinsp", 0x2009 }, { "iexcl", 0xA1 },    { "cent", 0xA2 },     { "pound", 0xA3 },
    { "yen", 0xA5 },      { "sect", 0xA7 },     { "uml", 0xA8 },      { "copy", 0xA9 },
    { "ordf", 0xAA },     { "laquo", 0xAB },    { "not", 0xAC },      { "reg", 0xAE },
    { "deg", 0xB0 },      { "plusmn", 0xB1 },   { "sup1", 0xB9 },     { "sup2", 0xB2 },
    { "sup3", 0xB3 },     { "micro", 0xB5 },    { "para", 0xB6 },     { "middot", 0xB7 },
    { "ordm", 0xBA },     { "raquo", 0xBB },    { "frac14", 0xBC },   { "frac12", 0xBD },
    { "frac34", 0xBE },   { "iquest", 0xBF },   { "times", 0xD7 },    { "divide", 0xF7 },
    { "Agrave", 0xC0 },   { "Aacute", 0xC1 },   { "Acirc", 0xC2 },    { "Atilde", 0xC3 },
    { "Auml", 0xC4 },     { "Aring", 0xC5 },    { "AElig", 0xC6 },    { "Ccedil", 0xC7 },
    { "Egrave", 0xC8 },   { "Eacute", 0xC9 },   { "Ecirc", 0xCA },    { "Euml", 0xCB },
    { "Iacute", 0xCD },   { "Ntilde", 0xD1 },   { "Oacute", 0xD3 },   { "Ocirc", 0xD4 },
    { "Ouml", 0xD6 },     { "Oslash", 0xD8 },   { "Uacute", 0xDA },   { "Uuml", 0xDC },
    { "szlig", 0xDF },    { "agrave", 0xE0 },   { "aacute", 0xE1 },   { "acirc", 0xE2 },
    { "atilde", 0xE3 },   { "auml", 0xE4 },     { "aring", 0xE5 },    { "aelig", 0xE6 },
    { "ccedil", 0xE7 },   { "egrave", 0xE8 },   { "eacute", 0xE9 },   { "ecirc", 0xEA },
    { "euml", 0xEB },     { "igrave", 0xEC },   { "iacute", 0xED },   { "icirc", 0xEE },
    { "iuml", 0xEF },     { "ntilde", 0xF1 },   { "ograve", 0xF2 },   { "oacute", 0xF3 },
    { "ocirc", 0xF4 },    { "otilde", 0xF5 },   { "ouml", 0xF6 },     { "oslash", 0xF8 },
    { "ugrave", 0xF9 },   { "uacute", 0xFA },   { "ucirc", 0xFB },    { "uuml", 0xFC },
    { "yuml", 0xFF },     { "alpha", 0x3B1 },   { "beta", 0x3B2 },    { "gamma", 0x3B3 },
    { "delta", 0x3B4 },   { "epsilon", 0x3B5 }, { "zeta", 0x3B6 },    { "eta", 0x3B7 },
    { "theta", 0x3B8 },   { "iota", 0x3B9 },    { "kappa", 0x3BA },   { "lambda", 0x3BB },
    { "mu", 0x3BC },      { "nu", 0x3BD },      { "xi", 0x3BE },      { "pi", 0x3C0 },
    { "rho", 0x3C1 },     { "sigma", 0x3C3 },   { "tau", 0x3C4 },     { "phi", 0x3C6 },
    { "chi", 0x3C7 },     { "psi", 0x3C8 },     { "omega", 0x3C9 },   { "Gamma", 0x393 },
    { "Delta", 0x394 },   { "Theta", 0x398 },   { "Lambda", 0x39B },  { "Pi", 0x3A0 },
    { "Sigma", 0x3A3 },   { "Phi", 0x3A6 },     { "Psi", 0x3A8 },     { "Omega", 0x3A9 },
    { "ndash", 0x2013 },  { "mdash", 0x2014 },  { "lsquo", 0x2018 },  { "rsquo", 0x2019 },
    { "sbquo", 0x201A },  { "ldquo", 0x201C },  { "rdquo", 0x201D },  { "bdquo", 0x201E },
    { "dagger", 0x2020 }, { "bull", 0x2022 },   { "hellip", 0x2026 }, { "permil", 0x2030 },
    { "prime", 0x2032 },  { "Prime", 0x2033 },  { "lsaquo", 0x2039 }, { "rsaquo", 0x203A },
    { "euro", 0x20AC },   { "trade", 0x2122 },  { "larr", 0x2190 },   { "uarr", 0x2191 },
    { "rarr", 0x2192 },   { "darr", 0x2193 },   { "harr", 0x2194 },   { "lArr", 0x21D0 },
    { "rArr", 0x21D2 },   { "hArr", 0x21D4 },   { "forall", 0x2200 }, { "part", 0x2202 },
    { "exist", 0x2203 },  { "empty", 0x2205 },  { "nabla", 0x2207 },  { "isin", 0x2208 },
    { "notin", 0x2209 },  { "prod", 0x220F },   { "sum", 0x2211 },    { "minus", 0x2212 },
    { "radic", 0x221A },  { "prop", 0x221D },   { "infin", 0x221E },  { "ang", 0x2220 },
    { "and", 0x2227 },    { "or", 0x2228 },     { "cap", 0x2229 },    { "cup", 0x222A },
    { "int", 0x222B },    { "there4", 0x2234 }, { "sim", 0x223C },    { "asymp", 0x2248 },
    { "ne", 0x2260 },     { "equiv", 0x2261 },  { "le", 0x2264 },     { "ge", 0x2265 },
    { "sub", 0x2282 },    { "sup", 0x2283 },    { "sube", 0x2286 },   { "supe", 0x2287 },
    { "oplus", 0x2295 },  { "perp", 0x22A5 },   { "check", 0x2713 },  { "cross", 0x2717 },
};

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* The number of "#8212" or "#x2014"; -1 where it is none. Beyond all characters it stays there. */
static int32_t number_of(const char *s, size_t len)
{
    int base = 10;
    if (len && (*s | 0x20) == 'x') {
        base = 16;
        s++;
        len--;
    }
    int32_t cp = len ? 0 : -1;
    for (size_t i = 0; i < len; i++) {
        int d = digit_of(s[i]);
        if (d >= base)
            return -1;
        cp = cp > 0x10FFFF ? cp : cp * base + d;
    }
    return cp;
}

static int32_t named(const char *s, size_t len)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i].name) == len && memcmp(names[i].name, s, len) == 0)
            return names[i].cp;
    return -1;
}

bool entity_text(const char *s, size_t len, char ret[ENTITY_BYTES])
{
    if (len < 3 || s[0] != '&' || s[len - 1] != ';')
        return false;
    int32_t cp = s[1] == '#' ? number_of(s + 2, len - 3) : named(s + 1, len - 2);
    if (cp < 0)
        return false;
    if (cp == '\t' || cp == '\n' || cp == '\r')
        cp = ' ';
    if (cp == 0 || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        cp = 0xFFFD;
    ret[text_encode(cp, ret)] = '\0';
    return true;
}
