/* rlab completion: scripts for bash, zsh and fish out of the verb and option tables. */
#include <stdio.h>
#include <string.h>

#include "tui/verb/session.h"
#include "tui/verb/verb.h"

static void print_options(const struct verb *v)
{
    for (int o = 0; o < OPTIONS; o++)
        if (option_is_global((enum option)o))
            printf(" --%s", option_defs[o].name);
    for (const enum option *o = v->options; *o != OPTIONS; o++)
        if (!option_is_global(*o))
            printf(" --%s", option_defs[*o].name);
}

static void print_bash(void)
{
    puts("_rlab() {\n"
         "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb= w words=\n"
         "    for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "        case $w in -*) ;; *) verb=$w; break ;; esac\n"
         "    done\n"
         "    case $prev in --set|--config|--rules) COMPREPLY=($(compgen -f -- \"$cur\"));"
         " return ;;\n"
         "    --data-dir) COMPREPLY=($(compgen -d -- \"$cur\")); return ;; esac\n"
         "    case $verb in");
    printf("    '') words='");
    for (size_t i = 0; i < verb_count; i++)
        printf("%s ", verbs[i]->name);
    puts("' ;;");
    for (size_t i = 0; i < verb_count; i++) {
        printf("    %s) words='%s", verbs[i]->name, verbs[i]->subs ? verbs[i]->subs : "");
        print_options(verbs[i]);
        puts("' ;;");
    }
    puts("    esac\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "}\n"
         "complete -F _rlab rlab");
}

/* A word inside single quotes of a shell. */
static void quoted(const char *s)
{
    putchar('\'');
    for (; *s; s++)
        if (*s == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*s);
    putchar('\'');
}

/* zsh reads "name:words"; a colon in the words must not end the name. */
static void described(const char *name, const char *help)
{
    char text[200];
    snprintf(text, sizeof text, "%s:%s", name, help);
    quoted(text);
}

static void print_zsh(void)
{
    puts("#compdef rlab\n"
         "_rlab() {\n"
         "    local -a verbs options subs\n"
         "    verbs=(");
    for (size_t i = 0; i < verb_count; i++) {
        fputs("        ", stdout);
        described(verbs[i]->name, verbs[i]->summary);
        putchar('\n');
    }
    puts("    )\n"
         "    local w verb=\n"
         "    for w in ${words[2,CURRENT-1]}; do\n"
         "        [[ $w != -* ]] && { verb=$w; break }\n"
         "    done\n"
         "    if [[ -z $verb ]]; then _describe verb verbs; return; fi\n"
         "    case $verb in");
    for (size_t i = 0; i < verb_count; i++) {
        printf("    %s)\n        subs=(%s)\n        options=(\n", verbs[i]->name,
               verbs[i]->subs ? verbs[i]->subs : "");
        for (int o = 0; o < OPTIONS; o++) {
            bool own = false;
            for (const enum option *p = verbs[i]->options; *p != OPTIONS; p++)
                own |= *p == (enum option)o;
            if (!own && !option_is_global((enum option)o))
                continue;
            char name[64];
            snprintf(name, sizeof name, "--%s", option_defs[o].name);
            fputs("            ", stdout);
            described(name, option_defs[o].help);
            putchar('\n');
        }
        puts("        ) ;;");
    }
    puts("    esac\n"
         "    (( ${#subs} )) && compadd -- $subs\n"
         "    _describe option options\n"
         "    _files\n"
         "}\n"
         "_rlab \"$@\"");
}

static void print_fish_option(const char *condition, enum option o)
{
    printf("complete -c rlab %s -l %s %s-d ", condition, option_defs[o].name,
           option_defs[o].argument ? "-r " : "");
    quoted(option_defs[o].help);
    putchar('\n');
}

static void print_fish(void)
{
    for (size_t i = 0; i < verb_count; i++) {
        printf("complete -c rlab -n __fish_use_subcommand -f -a %s -d ", verbs[i]->name);
        quoted(verbs[i]->summary);
        putchar('\n');
        char condition[100];
        snprintf(condition, sizeof condition, "-n '__fish_seen_subcommand_from %s'",
                 verbs[i]->name);
        if (verbs[i]->subs)
            printf("complete -c rlab %s -f -a '%s'\n", condition, verbs[i]->subs);
        for (const enum option *o = verbs[i]->options; *o != OPTIONS; o++)
            if (!option_is_global(*o))
                print_fish_option(condition, *o);
    }
    for (int o = 0; o < OPTIONS; o++)
        if (option_is_global((enum option)o))
            print_fish_option("", (enum option)o);
}

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)s;
    (void)ret_code;
    const char *shell = a->count == 1 ? a->words[0] : "";
    if (strcmp(shell, "bash") == 0)
        print_bash();
    else if (strcmp(shell, "zsh") == 0)
        print_zsh();
    else if (strcmp(shell, "fish") == 0)
        print_fish();
    else
        return error_set(err, ERR_USAGE, "which shell? rlab completion bash|zsh|fish");
    return true;
}

const struct verb verb_completion = {
    .name = "completion",
    .words = "bash|zsh|fish",
    .summary = "a completion script for your shell",
    .help = "Prints a script that completes verbs and options.\n"
            "\n"
            "bash: rlab completion bash > ~/.local/share/bash-completion/completions/rlab\n"
            "zsh:  rlab completion zsh > a file named _rlab in a folder of $fpath\n"
            "fish: rlab completion fish > ~/.config/fish/completions/rlab.fish",
    .example = "source <(rlab completion bash)",
    .subs = "bash zsh fish",
    .options = (const enum option[]){ OPTIONS },
    .run = run,
};
