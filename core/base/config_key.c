/* The settings (config_key.h). */
#include "core/base/config_key.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/limits.h"

static const struct config_section sections[] = {
    { "pair", false, false, "The two models, as SERVER/MODEL." },
    { "server", true, false, "A server of your own; the name is the first part of SERVER/MODEL." },
    { "ask", false, false, "How a question is asked." },
    { "cache", false, false, "What is remembered." },
    { "mini", false, false, "The built-in models." },
    { "screen", false, false, "How the screen looks and behaves." },
    { "keys", false, true, "Keys of your own, ACTION = KEY; the help (?) names the actions." },
    { "lessons", false, false, "Exercises of your own." },
};

#define DAY (24.0 * 60 * 60)

/* clang-format off */
static const struct config_key keys[] = {
    { "pair", "fast", CONFIG_TEXT, .example = "local/llama3.1:8b",
      .help = "the quick model; unset: one is looked for at the start" },
    { "pair", "reason", CONFIG_TEXT, .example = "local/deepseek-r1:14b",
      .help = "the reasoning model; unset: one is looked for at the start" },

    { "server", "type", CONFIG_TEXT, .example = "openai",
      .help = "how it speaks: openai, ollama or anthropic" },
    { "server", "url", CONFIG_TEXT, .example = "http://gpu-box:8000/v1",
      .help = "its address" },
    { "server", "key_env", CONFIG_VARIABLE, .example = "GPU_BOX_KEY",
      .help = "the environment variable that holds its key (never the key itself)" },
    { "server", "key_file", CONFIG_TEXT, .example = "/home/me/.keys/gpu-box",
      .help = "or the file that holds it, which nobody but you may read (chmod 600)" },
    { "server", "ca_file", CONFIG_TEXT, .example = "/home/me/.keys/gpu-box-ca.pem",
      .help = "whom to trust for its certificate, as PEM; unset: whom this machine trusts" },
    { "server", "think", CONFIG_CHOICE, .choices = "auto always never", .fallback = "auto",
      .help = "whether requests speak of thinking; auto: to models that say they can" },
    { "server", "price_in", CONFIG_NUMBER, 0, 1e6, .example = "0.50",
      .help = "price of a million tokens sent; unset: unknown" },
    { "server", "price_out", CONFIG_NUMBER, 0, 1e6, .example = "1.50",
      .help = "price of a million tokens written; unset: unknown" },

    { "ask", "temperature", CONFIG_NUMBER, 0, 2, .fallback = "0",
      .help = "0: the likeliest words each time" },
    { "ask", "max_tokens_fast", CONFIG_WHOLE, 1, 1e6, .fallback = "1024",
      .help = "the longest answer of the fast model" },
    { "ask", "max_tokens_reason", CONFIG_WHOLE, 1, 1e6, .fallback = "8192",
      .help = "the longest answer of the reasoning model; its thinking counts" },
    { "ask", "deadline", CONFIG_SECONDS, 0, DAY, .fallback = "0",
      .help = "seconds after which the fast model answers instead; 0: none" },
    { "ask", "rules", CONFIG_TEXT, .example = "weighted",
      .help = "the rule set; unset: steps with the built-in models, else basic" },

    { "cache", "size", CONFIG_WHOLE, 1, MAX_CACHE_SIZE, .fallback = "50",
      .help = "answers kept" },
    { "cache", "ttl", CONFIG_SECONDS, 0, 3650 * DAY, .fallback = "0",
      .help = "seconds an answer stays good (also 30m, 2h); 0: for ever" },
    { "cache", "guard", CONFIG_BOOL, .fallback = "yes",
      .help = "no answer of a model outlives a change of that model" },

    { "mini", "pace", CONFIG_NUMBER, 0, 10000, .fallback = "0",
      .help = "tokens a second, to watch them write; such calls are in no figure; 0: off" },

    { "screen", "theme", CONFIG_CHOICE, .choices = "default mono high-contrast blue-orange",
      .fallback = "default", .help = "colours of the screen" },
    { "screen", "ascii", CONFIG_CHOICE, .choices = "auto yes no", .fallback = "auto",
      .help = "only plain signs; auto: where the locale is not UTF-8" },
    { "screen", "autofocus", CONFIG_BOOL, .fallback = "no",
      .help = "panes open with the text field active" },
    { "screen", "chart", CONFIG_CHOICE, .choices = "blocks braille", .fallback = "blocks",
      .help = "braille: Bench draws latency call by call too, in dots" },
    { "screen", "bell", CONFIG_CHOICE, .choices = "off pass", .fallback = "off",
      .help = "pass: rings when an exercise is passed" },
    { "screen", "motion", CONFIG_BOOL, .fallback = "yes",
      .help = "the clock and the gauges move" },
    { "screen", "mouse", CONFIG_BOOL, .fallback = "no",
      .help = "the mouse works in the program instead of selecting text" },
    { "screen", "cursor", CONFIG_BOOL, .fallback = "no",
      .help = "the cursor is seen outside text fields too" },

    { "lessons", "dir", CONFIG_TEXT, .example = "/home/me/lessons",
      .help = "a folder of lesson files, read after the shipped ones" },
};
/* clang-format on */

#define KEYS     (sizeof keys / sizeof *keys)
#define SECTIONS (sizeof sections / sizeof *sections)

const struct config_key *config_key_at(size_t i)
{
    return i < KEYS ? &keys[i] : NULL;
}

const struct config_key *config_key_find(const char *section, const char *name)
{
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

const struct config_section *config_section_at(size_t i)
{
    return i < SECTIONS ? &sections[i] : NULL;
}

const struct config_section *config_section_find(const char *name)
{
    for (size_t i = 0; i < SECTIONS; i++)
        if (strcmp(sections[i].name, name) == 0)
            return &sections[i];
    return NULL;
}

/* --- values ------------------------------------------------------------------------- */

/* A plain decimal number up to `end`; no "inf", no hexadecimal, no blanks. */
static bool parse_number(const char *text, const char **end, double *ret)
{
    size_t n = strspn(text, "+-.0123456789eE");
    char *stop;
    double v = strtod(text, &stop); /* LC_NUMERIC stays "C" */
    if (stop == text || (size_t)(stop - text) > n || !isfinite(v))
        return false;
    *end = stop;
    *ret = v;
    return true;
}

static const struct unit {
    const char *name;
    double seconds;
} units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 60 * 60 } };

/* Numbers of all kinds: a unit is looked at only where seconds are asked for. */
static bool parse_amount(const char *text, bool seconds, double *ret)
{
    const char *rest;
    double v;
    if (!parse_number(text, &rest, &v))
        return false;
    for (size_t i = 0; i < (seconds ? sizeof units / sizeof *units : 1); i++)
        if (strcmp(rest, units[i].name) == 0) {
            *ret = v * units[i].seconds;
            return true;
        }
    return false;
}

static const struct word {
    const char *text;
    bool value;
} bool_words[] = {
    { "yes", true }, { "no", false },  { "true", true }, { "false", false },
    { "on", true },  { "off", false }, { "1", true },    { "0", false },
};

static bool parse_bool(const char *text, bool *ret)
{
    for (size_t i = 0; i < sizeof bool_words / sizeof *bool_words; i++)
        if (strcmp(text, bool_words[i].text) == 0) {
            *ret = bool_words[i].value;
            return true;
        }
    return false;
}

double config_to_number(const char *value)
{
    double v = NAN;
    parse_amount(value, true, &v);
    return v;
}

bool config_to_bool(const char *value)
{
    bool v = false;
    parse_bool(value, &v);
    return v;
}

/* Whether `word` is one of the words of `list`, which single blanks part. */
static bool is_one_of(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = list; *p;) {
        size_t m = strcspn(p, " ");
        if (n == m && memcmp(p, word, n) == 0)
            return true;
        p += m + (p[m] == ' ');
    }
    return false;
}

static bool check_number(const struct config_key *k, const char *value, struct error *err)
{
    bool seconds = k->type == CONFIG_SECONDS, whole = k->type == CONFIG_WHOLE;
    double v;
    if (!parse_amount(value, seconds, &v) || v < k->min || v > k->max || (whole && v != floor(v)))
        return error_set(err, ERR_CONFIG, "'%s' is '%s', but %s from %.15g to %.15g is needed",
                         k->name, value,
                         whole     ? "a whole number"
                         : seconds ? "a number of seconds"
                                   : "a number",
                         k->min, k->max);
    return true;
}

/* The value is never repeated: who writes a key here by mistake must not find it in a log. */
static bool check_variable(const struct config_key *k, const char *value, struct error *err)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    size_t n = strspn(value, letters);
    n += strspn(value + n, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_");
    if (strspn(value, letters) == 0 || value[n] != '\0')
        return error_set(err, ERR_CONFIG,
                         "'%s' is not the name of an environment variable: a key is not written "
                         "here, it stays in the variable named here",
                         k->name);
    return true;
}

static bool check_choice(const struct config_key *k, const char *value, struct error *err)
{
    return is_one_of(k->choices, value) ||
           error_set(err, ERR_CONFIG, "'%s' is '%s', but one of these is needed: %s", k->name,
                     value, k->choices);
}

bool config_key_check(const struct config_key *k, const char *value, struct error *err)
{
    bool flag;
    if (!*value)
        return error_set(err, ERR_CONFIG, "'%s' has no value: write one or remove the line",
                         k->name);
    switch (k->type) {
    case CONFIG_TEXT:
        return true;
    case CONFIG_NUMBER:
    case CONFIG_WHOLE:
    case CONFIG_SECONDS:
        return check_number(k, value, err);
    case CONFIG_BOOL:
        return parse_bool(value, &flag) ||
               error_set(err, ERR_CONFIG, "'%s' is '%s', but yes or no is needed", k->name, value);
    case CONFIG_CHOICE:
        return check_choice(k, value, err);
    case CONFIG_VARIABLE:
        return check_variable(k, value, err);
    }
    return true;
}

/* --- unknown names ------------------------------------------------------------------ */

/* Edits a mistyped name may be away from what was meant. */
#define NEAR 2

static const char *nearest_key(const char *section, const char *name)
{
    const char *best = NULL;
    unsigned least = NEAR + 1;
    for (size_t i = 0; i < KEYS; i++) {
        unsigned d = text_distance(name, keys[i].name, NEAR);
        if (strcmp(keys[i].section, section) == 0 && d < least) {
            least = d;
            best = keys[i].name;
        }
    }
    return best;
}

static const struct config_section *section_with(const char *name)
{
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(keys[i].name, name) == 0)
            return config_section_find(keys[i].section);
    return NULL;
}

bool config_unknown_key(const char *section, const char *name, struct error *err)
{
    const char *near = nearest_key(section, name);
    const struct config_section *elsewhere = section_with(name);
    if (near)
        return error_set(err, ERR_CONFIG, "unknown key '%s' in [%s]; did you mean '%s'", name,
                         section, near);
    if (elsewhere)
        return error_set(err, ERR_CONFIG, "unknown key '%s' in [%s]; it belongs in [%s%s]", name,
                         section, elsewhere->name, elsewhere->named ? " NAME" : "");
    struct buf known = buf_with_max(sizeof err->text / 2);
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(keys[i].section, section) == 0)
            buf_printf(&known, "%s%s", known.len ? ", " : "", keys[i].name);
    error_set(err, ERR_CONFIG, "unknown key '%s' in [%s]; known keys: %s", name, section,
              buf_text(&known));
    buf_done(&known);
    return false;
}

bool config_unknown_section(const char *name, struct error *err)
{
    for (unsigned limit = 0; limit <= NEAR; limit++)
        for (size_t i = 0; i < SECTIONS; i++)
            if (text_distance(name, sections[i].name, limit) <= limit)
                return error_set(err, ERR_CONFIG, "unknown section [%s]; did you mean [%s%s]", name,
                                 sections[i].name, sections[i].named ? " NAME" : "");
    struct buf known = buf_with_max(sizeof err->text / 2);
    for (size_t i = 0; i < SECTIONS; i++)
        buf_printf(&known, "%s[%s%s]", i ? ", " : "", sections[i].name,
                   sections[i].named ? " NAME" : "");
    error_set(err, ERR_CONFIG, "unknown section [%s]; known sections: %s", name, buf_text(&known));
    buf_done(&known);
    return false;
}

/* --- the example file --------------------------------------------------------------- */

static void example_key(const struct config_key *k, struct buf *to)
{
    buf_printf(to, "# %s\n", k->help);
    if (k->choices)
        buf_printf(to, "# one of: %s\n", k->choices);
    buf_printf(to, "#%s = %s\n", k->name, k->fallback ? k->fallback : k->example);
}

void config_example(struct buf *to)
{
    buf_puts(to,
             "# Settings of rlab: copy this file to ~/.config/rlab/config.ini and remove the #\n"
             "# before what you change. rlab reads it at the start and never writes it. Shown\n"
             "# are the defaults; a key whose help says what unset means shows an example.\n"
             "# 'rlab doctor' says where each value in use came from.\n");
    for (size_t i = 0; i < SECTIONS; i++) {
        const struct config_section *s = &sections[i];
        buf_printf(to, "\n# %s\n%s[%s%s]\n", s->help, s->named ? "#" : "", s->name,
                   s->named ? " box" : "");
        if (s->open)
            buf_puts(to, "#zoom = Z\n");
        for (size_t k = 0; k < KEYS; k++)
            if (strcmp(keys[k].section, s->name) == 0)
                example_key(&keys[k], to);
    }
}
