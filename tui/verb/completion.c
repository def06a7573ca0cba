/* rlab completion: scripts for bash, zsh and fish out of the verb and option tables. */
#include <stdio.h>
#include <string.h>

#include "tui/verb/session.h"
#include "tui/verb/verb.h"

/* What can stand behind an option, where that can be completed. */
static const struct value {
    enum option option;
    enum { VALUE_FILE, VALUE_FOLDER } kind;
} values[] = {
    { OPT_CONFIG, VALUE_FILE },
    { OPT_SET, VALUE_FILE },
    { OPT_RULES, VALUE_FILE },
    { OPT_DATA_DIR, VALUE_FOLDER },
};
#define VALUES (sizeof values / sizeof *values)

static const struct value *value_of(enum option o)
{
    for (size_t i = 0; i < VALUES; i++)
        if (values[i].option == o)
            return &values[i];
    return NULL;
}

static bool is_own(const struct verb *v, enum option o)
{
    for (const enum option *p = v->options; *p != OPTIONS; p++)
        if (*p == o)
            return true;
    return false;
}

/* What may stand first after a verb: its sub-commands, or verbs where it takes one. */
static void print_subs(const struct verb *v)
{
    if (v->subs)
        fputs(v->subs, stdout);
    else if (strstr(v->words, "VERB"))
        for (size_t i = 0; i < verb_count; i++)
            printf("%s%s", i ? " " : "", verbs[i]->name);
}

static bool has_subs(const struct verb *v)
{
    return v->subs || strstr(v->words, "VERB");
}

/* A word inside single quotes; bash and zsh leave the quotes to write one, fish escapes it. */
static void quoted(const char *s, const char *quote)
{
    putchar('\'');
    for (; *s; s++)
        if (*s == '\'')
            fputs(quote, stdout);
        else
            putchar(*s);
    putchar('\'');
}

/* "--a|--b|--c" of the options that take a value of this kind; -1: of any. */
static void print_pattern(int kind, const char *between)
{
    bool any = false;
    for (int o = 0; o < OPTIONS; o++) {
        const struct value *v = value_of((enum option)o);
        if (!option_defs[o].argument || (kind >= 0 && (!v || (int)v->kind != kind)))
            continue;
        printf("%s--%s", any ? between : "", option_defs[o].name);
        any = true;
    }
}

/* The verb is the first word that is no option and no option's value: the same in bash and
 * zsh. */
static void print_find_verb(const char *words)
{
    printf("    local w verb= skip=\n"
           "    for w in \"${%s}\"; do\n"
           "        if [[ -n $skip ]]; then skip=; continue; fi\n"
           "        case $w in\n"
           "        ",
           words);
    print_pattern(-1, "|");
    puts(") skip=1 ;;\n"
         "        -*) ;;\n"
         "        *) verb=$w; break ;;\n"
         "        esac\n"
         "    done");
}

/* --- bash ------------------------------------------------------------------------------------- */

static void print_bash_verb(const struct verb *v)
{
    printf("    %s) words='", v->name);
    print_subs(v);
    fputs("' options='", stdout);
    for (int o = 0; o < OPTIONS; o++)
        if (option_is_global((enum option)o) || is_own(v, (enum option)o))
            printf(" --%s", option_defs[o].name);
    puts("' ;;");
}

/* Words are kept apart by line ends while folders are listed, so that their names may hold
 * blanks. What is left open is completed by bash itself, which knows files. */
static void print_bash(void)
{
    puts(
        "_rlab() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words= options=\n"
        "    COMPREPLY=()");
    print_find_verb("COMP_WORDS[@]:1:COMP_CWORD-1");
    fputs("    case $prev in\n    ", stdout);
    print_pattern(VALUE_FOLDER, "|");
    fputs(") local IFS=$'\\n'; compopt -o filenames 2>/dev/null\n"
          "        COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n    ",
          stdout);
    print_pattern(VALUE_FILE, "|");
    puts(") return ;;");
    fputs("    ", stdout);
    print_pattern(-1, "|");
    fputs(") return ;;\n"
          "    esac\n"
          "    case $verb in\n"
          "    '') words='",
          stdout);
    for (size_t i = 0; i < verb_count; i++)
        printf("%s ", verbs[i]->name);
    puts("' options='--help --version' ;;");
    for (size_t i = 0; i < verb_count; i++)
        print_bash_verb(verbs[i]);
    puts("    esac\n"
         "    case $cur in -*) words=$options ;; esac\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "}\n"
         "complete -o default -F _rlab rlab");
}

/* --- zsh -------------------------------------------------------------------------------------- */

/* zsh reads "name:words"; a colon in a name would end it, but names have none. */
static void described(const char *before, const char *name, const char *help)
{
    char text[200];
    snprintf(text, sizeof text, "%s%s:%s", before, name, help);
    fputs("            ", stdout);
    quoted(text, "'\\''");
    putchar('\n');
}

static void print_zsh_verb(const struct verb *v)
{
    printf("    %s)\n        subs=(", v->name);
    print_subs(v);
    puts(")\n        options=(");
    for (int o = 0; o < OPTIONS; o++)
        if (option_is_global((enum option)o) || is_own(v, (enum option)o))
            described("--", option_defs[o].name, option_defs[o].help);
    puts("        ) ;;");
}

/* The script works both as a file of $fpath and when it is sourced. */
static void print_zsh(void)
{
    puts("#compdef rlab\n"
         "_rlab() {\n"
         "    local -a verbs options subs");
    print_find_verb("(@)words[2,CURRENT-1]");
    fputs("    case ${words[CURRENT-1]} in\n    ", stdout);
    print_pattern(VALUE_FOLDER, "|");
    fputs(") _files -/; return ;;\n    ", stdout);
    print_pattern(VALUE_FILE, "|");
    puts(") _files; return ;;");
    fputs("    ", stdout);
    print_pattern(-1, "|");
    puts(") return ;;\n"
         "    esac\n"
         "    verbs=(");
    for (size_t i = 0; i < verb_count; i++)
        described("", verbs[i]->name, verbs[i]->summary);
    puts("    )\n"
         "    case $verb in\n"
         "    '') _describe verb verbs; return ;;");
    for (size_t i = 0; i < verb_count; i++)
        print_zsh_verb(verbs[i]);
    puts("    esac\n"
         "    if [[ ${words[CURRENT]} == -* ]]; then\n"
         "        _describe option options\n"
         "    elif (( ${#subs} )); then\n"
         "        compadd -- $subs\n"
         "    else\n"
         "        _files\n"
         "    fi\n"
         "}\n"
         "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
         "    _rlab \"$@\"\n"
         "else\n"
         "    compdef _rlab rlab\n"
         "fi");
}

/* --- fish ------------------------------------------------------------------------------------- */

static void print_fish_option(const char *condition, enum option o)
{
    const struct value *v = value_of(o);
    printf("complete -c rlab %s -l %s ", condition, option_defs[o].name);
    if (option_defs[o].argument)
        fputs(v ? "-r " : "-x ", stdout);
    if (v && v->kind == VALUE_FOLDER)
        fputs("-f -a '(__fish_complete_directories)' ", stdout);
    fputs("-d ", stdout);
    quoted(option_defs[o].help, "\\'");
    putchar('\n');
}

static void print_fish_verb(const struct verb *v)
{
    char condition[100];
    printf("complete -c rlab -n '__rlab_at \"\"' -f -a %s -d ", v->name);
    quoted(v->summary, "\\'");
    putchar('\n');
    snprintf(condition, sizeof condition, "-n '__rlab_at %s'", v->name);
    if (has_subs(v)) {
        printf("complete -c rlab %s -f -a '", condition);
        print_subs(v);
        puts("'");
    }
    for (const enum option *o = v->options; *o != OPTIONS; o++)
        if (!option_is_global(*o))
            print_fish_option(condition, *o);
}

static void print_fish(void)
{
    fputs("function __rlab_at -d 'whether the verb on the line is this one'\n"
          "    set -l skip\n"
          "    set -l verb ''\n"
          "    for w in (commandline -opc)[2..-1]\n"
          "        if test -n \"$skip\"\n"
          "            set skip\n"
          "            continue\n"
          "        end\n"
          "        switch $w\n"
          "            case ",
          stdout);
    print_pattern(-1, " ");
    puts("\n"
         "                set skip 1\n"
         "            case '-*'\n"
         "            case '*'\n"
         "                set verb $w\n"
         "                break\n"
         "        end\n"
         "    end\n"
         "    test \"$verb\" = \"$argv[1]\"\n"
         "end");
    for (size_t i = 0; i < verb_count; i++)
        print_fish_verb(verbs[i]);
    for (int o = 0; o < OPTIONS; o++)
        if (option_is_global((enum option)o))
            print_fish_option("", (enum option)o);
}

/* --- the verb --------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*print)(void);
} shells[] = { { "bash", print_bash }, { "zsh", print_zsh }, { "fish", print_fish } };

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    if (s->json)
        return error_set(err, ERR_USAGE,
                         "a completion script is no JSON; what it knows as JSON: rlab help --json");
    for (size_t i = 0; a->count == 1 && i < sizeof shells / sizeof *shells; i++)
        if (strcmp(a->words[0], shells[i].name) == 0) {
            shells[i].print();
            return true;
        }
    return error_set(err, ERR_USAGE, "which shell? rlab completion bash, zsh or fish");
}

const struct verb verb_completion = {
    .name = "completion",
    .words = "bash|zsh|fish",
    .summary = "a completion script for your shell",
    .help = "Prints a script that completes verbs, sub-commands and options.\n"
            "\n"
            "bash   rlab completion bash > ~/.local/share/bash-completion/completions/rlab\n"
            "zsh    rlab completion zsh > a file named _rlab in a folder of $fpath\n"
            "fish   rlab completion fish > ~/.config/fish/completions/rlab.fish",
    .example = "source <(rlab completion bash)",
    .subs = "bash zsh fish",
    .options = (const enum option[]){ OPTIONS },
    .run = run,
};
