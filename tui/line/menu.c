/* Questions and numbered choices (talk.h). */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/limits.h"
#include "tui/line/talk.h"

/* --- words that mean something everywhere ------------------------------------------------------ */

enum word { WORD_OTHER, WORD_BACK, WORD_HELP, WORD_QUIT };

/* The line without the blanks around it, for comparing; "" where it is too long for a word. */
static const char *trimmed(const char *text, size_t len, char ret[80])
{
    while (len && isspace((unsigned char)*text)) {
        text++;
        len--;
    }
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    snprintf(ret, 80, "%.*s", len < 80 && !memchr(text, '\0', len) ? (int)len : 0, text);
    return ret;
}

static enum word word_of(const char *text)
{
    static const struct {
        const char *text;
        enum word word;
    } words[] = { { "back", WORD_BACK },
                  { "help", WORD_HELP },
                  { "?", WORD_HELP },
                  { "quit", WORD_QUIT },
                  { "exit", WORD_QUIT } };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i].text) == 0)
            return words[i].word;
    return WORD_OTHER;
}

/* ^C with nothing running: once is told, twice leaves. */
static void say_break(struct talk *l, const char *leave)
{
    if (l->breaks >= 2) {
        l->ending = true;
        l->code = EXIT_STOPPED;
    } else {
        talk_say(l, "Nothing is running. Type %s, or press control C again to leave.", leave);
    }
}

/* --- questions ---------------------------------------------------------------------------------- */

enum talk_asked talk_ask(struct talk *l, const char *prompt, const char *help, const char **ret,
                         size_t *ret_len)
{
    for (;;) {
        char word[80];
        enum talk_got got = talk_read(l, prompt, ret, ret_len);
        if (got == GOT_BREAK)
            say_break(l, "quit");
        if (got != GOT_LINE)
            return ASKED_BACK;
        switch (word_of(trimmed(*ret, *ret_len, word))) {
        case WORD_QUIT:
            l->ending = true;
            return ASKED_BACK;
        case WORD_BACK:
            talk_say(l, "Back.");
            return ASKED_BACK;
        case WORD_HELP:
            talk_say(l, "%s Type back to go back.", help);
            continue;
        case WORD_OTHER:
            break;
        }
        if (word[0] == '\\' && word_of(word + 1) != WORD_OTHER) { /* the word itself */
            ++*ret;
            --*ret_len;
        }
        return text_is_blank(*ret, *ret_len) ? ASKED_NOTHING : ASKED_TEXT;
    }
}

static bool whole_number(const char *text, size_t len, int64_t *ret)
{
    char word[80], *end;
    trimmed(text, len, word);
    errno = 0;
    *ret = strtoll(word, &end, 10);
    return *word && !*end && !errno;
}

enum talk_asked talk_ask_number(struct talk *l, const char *prompt, const char *help, int64_t low,
                                int64_t high, int64_t *ret)
{
    for (;;) {
        const char *text;
        size_t len;
        enum talk_asked asked = talk_ask(l, prompt, help, &text, &len);
        if (asked != ASKED_TEXT)
            return asked;
        bool number = whole_number(text, len, ret);
        if (number && *ret >= low && *ret <= high)
            return ASKED_TEXT;
        if (number && *ret == 0 && low > 0) { /* as in every menu */
            talk_say(l, "Back.");
            return ASKED_BACK;
        }
        talk_say(l, "A whole number from %lld to %lld is expected.", (long long)low,
                 (long long)high);
    }
}

bool talk_ask_yes(struct talk *l, const char *question)
{
    const char *prompt = arena_format(&l->words, "%s Type yes or no: ", question), *text;
    for (;;) {
        char word[80];
        size_t len;
        enum talk_asked asked = talk_ask(
            l, prompt, "yes does it; no, or an empty line, leaves all as it is.", &text, &len);
        if (asked == ASKED_BACK)
            return false;
        trimmed(text, len, word);
        if (strcasecmp(word, "yes") == 0 || strcasecmp(word, "y") == 0)
            return true;
        if (asked == ASKED_NOTHING || strcasecmp(word, "no") == 0 || strcasecmp(word, "n") == 0) {
            talk_say(l, "Nothing was done.");
            return false;
        }
        talk_say(l, "Yes or no is expected.");
    }
}

bool talk_ask_query(struct talk *l)
{
    const char *text;
    size_t len;
    if (l->query.len)
        talk_say(l, "An empty line takes the last one: %s",
                 talk_short(l, buf_text(&l->query), l->query.len, 200));
    enum talk_asked asked = talk_ask(l, "Query: ", "Type the question on one line.", &text, &len);
    if (asked == ASKED_NOTHING && !l->query.len)
        talk_say(l, "Nothing was typed.");
    if (asked != ASKED_TEXT)
        return asked == ASKED_NOTHING && l->query.len;
    struct error err;
    if (!text_check_query(text, len, &err)) {
        talk_fail(l, &err);
        return false;
    }
    buf_clear(&l->query);
    l->query.max = MAX_QUERY_BYTES;
    return buf_add(&l->query, text, len);
}

/* --- menus -------------------------------------------------------------------------------------- */

static void say_choices(struct talk *l, const struct talk_menu *m)
{
    struct buf line = buf_with_max(4 * KIB);
    for (size_t i = 0; i < m->count; i++)
        buf_printf(&line, "%zu %s   ", i + 1, m->choices[i].word);
    talk_say(l, "%s: %s0 %s", talk_sentence(l, m->name), buf_text(&line), m->leave);
    buf_done(&line);
}

static void say_help(struct talk *l, const struct talk_menu *m)
{
    for (size_t i = 0; i < m->count; i++)
        talk_say(l, "%zu, %s: %s.", i + 1, m->choices[i].word, m->choices[i].help);
    talk_say(l,
             "0, %s. Numbers and words both do. back, help and quit work everywhere; control C, "
             "or stop, stops what runs.",
             m->leave);
}

static void say_wrong(struct talk *l, const struct talk_menu *m, const char *word)
{
    const char *near = NULL;
    unsigned best = 3;
    for (size_t i = 0; i < m->count; i++) {
        unsigned d = text_distance(word, m->choices[i].word, 2);
        if (d < best) {
            best = d;
            near = m->choices[i].word;
        }
    }
    const char *named = *word ? arena_format(&l->words, "'%s'", word) : "That line";
    talk_say(l, "%s is no choice here%s%s%s. Possible: 1 to %zu, 0 for %s, or help.", named,
             near ? "; did you mean " : "", near ? near : "", near ? "?" : "", m->count, m->leave);
}

/* The choice a line names, by number or word; m->count for 0; -1 for none. */
static int which(const struct talk_menu *m, const char *word)
{
    char *end;
    long number = strtol(word, &end, 10);
    if (isdigit((unsigned char)*word) && !*end)
        return number == 0 ? (int)m->count : number <= (long)m->count ? (int)number - 1 : -1;
    if (strcasecmp(word, m->leave) == 0)
        return (int)m->count;
    for (size_t i = 0; i < m->count; i++)
        if (strcasecmp(word, m->choices[i].word) == 0)
            return (int)i;
    return -1;
}

/* One line of a menu: an index, m->count to leave it, -1 to go on asking. */
static int choose(struct talk *l, const struct talk_menu *m)
{
    char word[80];
    const char *text;
    size_t len;
    enum talk_got got = talk_read(l, "> ", &text, &len);
    if (got == GOT_BREAK)
        say_break(l, "quit");
    if (got == GOT_END || l->ending)
        return (int)m->count;
    if (got == GOT_BREAK || text_is_blank(text, len))
        return -1;
    trimmed(text, len, word);
    int i = which(m, word);
    if (i >= 0)
        return i;
    enum word w = word_of(word);
    l->ending |= w == WORD_QUIT;
    if (w == WORD_HELP)
        say_help(l, m);
    else if (w == WORD_OTHER)
        say_wrong(l, m, word);
    else
        return (int)m->count;
    return -1;
}

void talk_menu(struct talk *l, const struct talk_menu *m)
{
    bool again = true; /* the choices are said on entry and after a menu below this one */
    l->depth++;
    while (!l->ending) {
        if (l->depth == 1)
            arena_clear(&l->words);
        if (again)
            say_choices(l, m);
        again = false;
        talk_elsewhere(l);
        int i = choose(l, m);
        if (i == (int)m->count)
            break;
        if (i < 0)
            continue;
        l->below = false;
        m->choices[i].run(l);
        again = l->below;
        talk_check_records(l);
    }
    l->depth--;
    l->below = true;
}

int talk_choose(struct talk *l, const struct talk_menu *m)
{
    say_choices(l, m);
    for (;;) {
        int i = choose(l, m);
        if (i == (int)m->count)
            return -1;
        if (i >= 0)
            return i;
    }
}
