/* Help, man page and shell completion out of the verb and option tables (help.h). */
#include "tui/verb/help.h"

#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "tui/verb/session.h"
#include "tui/verb/verb.h"

/* Columns of a page of help. */
#define PAGE_COLS 79

static const char intro[] = "rlab, the Reasoning Lab: which question deserves the slow model?";

/* --- a verb's help text, block by block ------------------------------------------------------- */

enum block { BLOCK_END, BLOCK_WORDS, BLOCK_GAP, BLOCK_AS_IS };

/* The next block of a text: words that may be broken anew, a gap between paragraphs, or a line
 * with columns in it (three blanks in a row), which stays as it is. */
static enum block next_block(const char **at, struct buf *ret)
{
    enum block kind = BLOCK_END;
    buf_clear(ret);
    while (**at) {
        size_t len = strcspn(*at, "\n");
        bool gap = len == 0, as_is = memmem(*at, len, "   ", 3) != NULL;
        if (kind == BLOCK_WORDS && (gap || as_is))
            break;
        if (ret->len)
            buf_putc(ret, ' ');
        buf_add(ret, *at, len);
        *at += len + ((*at)[len] == '\n');
        kind = gap ? BLOCK_GAP : as_is ? BLOCK_AS_IS : BLOCK_WORDS;
        if (kind != BLOCK_WORDS)
            break;
    }
    return kind;
}

/* --- help ------------------------------------------------------------------------------------- */

/* Words broken at blanks; `lead` stands before the first line, `indent` blanks before others. */
static void print_words(const char *lead, size_t indent, const char *words)
{
    for (bool first = true; *words || first; first = false) {
        size_t len = words_fit(words, strlen(words), PAGE_COLS - indent);
        printf("%-*s%.*s\n", (int)indent, first ? lead : "", (int)len, words);
        words += len + strspn(words + len, " ");
    }
}

static void print_text_of(const char *text)
{
    struct buf block = buf_with_max(8 * KIB);
    for (enum block kind; (kind = next_block(&text, &block)) != BLOCK_END;)
        if (kind == BLOCK_WORDS)
            print_words("", 0, buf_text(&block));
        else
            puts(buf_text(&block));
    buf_done(&block);
}

static void print_option(enum option o)
{
    const struct option_def *d = &option_defs[o];
    char left[64];
    snprintf(left, sizeof left, "  --%s%s%s", d->name, d->argument ? " " : "",
             d->argument ? d->argument : "");
    print_words(left, 31, d->help);
}

static void print_verb(const struct verb *v)
{
    char left[64];
    snprintf(left, sizeof left, "  %s", v->name);
    print_words(left, 14, v->summary);
}

static void print_all(void)
{
    printf("%s\n\n", intro);
    puts("usage: rlab [VERB] [WORDS...] [OPTIONS]\n");
    for (size_t i = 0; i < verb_count; i++)
        print_verb(verbs[i]);
    puts("\noptions every verb takes:");
    for (int o = 0; o < OPTIONS; o++)
        if (option_is_global((enum option)o))
            print_option((enum option)o);
    puts("");
    print_words("", 0,
                "rlab help VERB shows one verb with an example. Exit codes: 0 done, 1 the answer "
                "is no or cannot be written, 2 wrong usage or config, 3 no server, 4 model "
                "missing, 5 database, 130 "
                "stopped.");
}

static void print_one(const struct verb *v)
{
    printf("rlab %s%s%s\n    %s\n\n", v->name, *v->words ? " " : "", v->words, v->summary);
    print_text_of(v->help);
    if (v->options[0] != OPTIONS)
        puts("\noptions:");
    for (const enum option *o = v->options; *o != OPTIONS; o++)
        print_option(*o);
    printf("\nexample:\n  %s\n\noptions every verb takes: rlab help\n", v->example);
}

int help_print(const char *verb_name, bool json)
{
    const struct verb *v = verb_name ? verb_find(verb_name) : NULL;
    if (!v && verb_name) {
        say_warning("no verb '%s'; see: rlab help", verb_name);
        return EXIT_MISUSE;
    }
    if (json)
        help_json(v);
    else if (v)
        print_one(v);
    else
        print_all();
    return 0;
}

static bool run_help(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    if (a->count > 1)
        return error_set(err, ERR_USAGE, "help takes one verb: rlab help VERB");
    if (a->count && strcmp(a->words[0], "man") == 0) {
        if (s->json)
            return error_set(err, ERR_USAGE,
                             "the manual page is no JSON; the same as JSON: rlab help --json");
        help_man();
        return true;
    }
    if (a->count && strcmp(a->words[0], "keys") == 0) {
        if (s->json)
            help_keys_json();
        else
            help_keys();
        return true;
    }
    *ret_code = help_print(a->count ? a->words[0] : NULL, s->json);
    return true;
}

const struct verb verb_help = {
    .name = "help",
    .words = "[VERB]",
    .summary = "this help, or that of one verb",
    .help = "rlab help keys lists the keys of the screen, rlab help man prints the manual page.",
    .example = "rlab help ask",
    .options = (const enum option[]){ OPTIONS },
    .run = run_help,
};

/* --- the manual page --------------------------------------------------------------------------- */

/* Text for troff: backslashes, hyphens and leading dots mean something to it. */
static void man_text(const char *s)
{
    bool line_start = true;
    for (; *s; s++) {
        if (line_start && (*s == '.' || *s == '\''))
            fputs("\\&", stdout);
        if (*s == '\\')
            fputs("\\e", stdout);
        else if (*s == '-')
            fputs("\\-", stdout);
        else
            putchar(*s);
        line_start = *s == '\n';
    }
}

static void man_blocks(const char *text)
{
    struct buf block = buf_with_max(8 * KIB);
    bool as_is = false;
    for (enum block kind; (kind = next_block(&text, &block)) != BLOCK_END;) {
        if (as_is != (kind == BLOCK_AS_IS))
            puts(as_is ? ".fi" : ".nf");
        as_is = kind == BLOCK_AS_IS;
        if (kind == BLOCK_GAP) {
            puts(".PP");
            continue;
        }
        man_text(buf_text(&block));
        putchar('\n');
    }
    if (as_is)
        puts(".fi");
    buf_done(&block);
}

static void man_option(enum option o)
{
    const struct option_def *d = &option_defs[o];
    printf(".TP\n\\fB\\-\\-");
    man_text(d->name);
    printf("\\fR");
    if (d->argument) {
        printf(" \\fI");
        man_text(d->argument);
        printf("\\fR");
    }
    putchar('\n');
    man_text(d->help);
    putchar('\n');
}

static void man_verb(const struct verb *v)
{
    printf(".SS \"");
    man_text(v->name);
    if (*v->words)
        putchar(' ');
    man_text(v->words);
    puts("\"");
    man_text(v->summary);
    puts(".\n.PP");
    man_blocks(v->help);
    for (const enum option *o = v->options; *o != OPTIONS; o++)
        man_option(*o);
    puts(".PP\nExample:\n.PP\n.nf");
    man_text(v->example);
    puts("\n.fi");
}

static const struct {
    const char *what, *text;
} man_places[] = {
    { "$XDG_CONFIG_HOME/rlab/config.ini", "the config; never written by rlab" },
    { "$XDG_DATA_HOME/rlab/rlab.db", "the database: answers, cache, runs, labels" },
    { "$XDG_STATE_HOME/rlab/rlab.log", "the log" },
    { "RLAB_DATA_DIR", "another folder for database and log" },
    { "RLAB_CONFIG", "another config file" },
    { "OLLAMA_HOST", "where Ollama is (127.0.0.1:11434 unless set)" },
    { "OPENAI_BASE_URL, OPENAI_API_KEY", "an OpenAI-compatible server and its key" },
    { "ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL", "the Anthropic server" },
    { "NO_COLOR", "no colour" },
};

const struct help_code help_codes[] = {
    { 0, "done" },
    { 1, "it ran, but the answer is no: a threshold was missed, a line was bad, the "
         "output could not be written (a reader that went away is no failure)" },
    { 2, "wrong usage or config, or a refused key" },
    { 3, "no server, or it broke off: worth a retry" },
    { 4, "the model is missing, or the question does not fit it" },
    { 5, "the database cannot be read" },
    { 129, "the terminal was closed" },
    { 130, "stopped by ^C" },
    { 143, "stopped by TERM" },
};
const size_t help_code_count = sizeof help_codes / sizeof *help_codes;

static void man_key(void *self, const char *where, const char *key, const char *action,
                    const char *help)
{
    const char **last = self;
    if (*last != where) {
        printf(".SS ");
        man_text(where);
        putchar('\n');
    }
    *last = where;
    printf(".TP\n\\fB");
    man_text(key);
    printf("\\fR (");
    man_text(action);
    puts(")");
    man_text(help);
    putchar('\n');
}

static void man_keys(void)
{
    const char *last = NULL;
    puts(".SH KEYS OF THE SCREEN");
    man_text(
        "rlab alone on a terminal opens the screen. The names in brackets are those that [keys] "
        "of the config gives other keys to.");
    putchar('\n');
    help_each_key(man_key, &last);
}

void help_man(void)
{
    puts(".TH RLAB 1 \"\" \"rlab " RLAB_VERSION "\"\n.SH NAME\nrlab \\- the Reasoning Lab");
    puts(".SH SYNOPSIS\n\\fBrlab\\fR [\\fIVERB\\fR] [\\fIWORDS\\fR] [\\fIOPTIONS\\fR]");
    puts(".SH DESCRIPTION");
    man_text("A laboratory for test-time compute: a question is judged, sent to a fast or a "
             "reasoning model, answered, remembered and measured. Data goes to standard output, "
             "talk to standard error; every verb takes --json.");
    puts("\n.SH VERBS");
    for (size_t i = 0; i < verb_count; i++)
        man_verb(verbs[i]);
    puts(".SH OPTIONS OF EVERY VERB");
    for (int o = 0; o < OPTIONS; o++)
        if (option_is_global((enum option)o))
            man_option((enum option)o);
    man_keys();
    puts(".SH FILES AND VARIABLES");
    for (size_t i = 0; i < sizeof man_places / sizeof *man_places; i++) {
        printf(".TP\n");
        man_text(man_places[i].what);
        putchar('\n');
        man_text(man_places[i].text);
        putchar('\n');
    }
    puts(".SH EXIT STATUS");
    for (size_t i = 0; i < help_code_count; i++)
        printf(".TP\n%d\n%s\n", help_codes[i].code, help_codes[i].text);
}
