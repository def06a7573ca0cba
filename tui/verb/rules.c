/* rlab rules: the rule sets there are, the one in use, and whether a file is one. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/lab/notes.h"
#include "core/limits.h"
#include "tui/verb/session.h"
#include "tui/verb/subs.h"
#include "tui/verb/table.h"

#define SUFFIX ".rules"
/* Rule files listed: more than a folder of rule sets ever holds. */
#define MAX_SETS 1000

/* The choice may be what is wrong: here the lab opens without it. */
static bool open_lab(struct session *s, bool writing, struct error *err)
{
    s->options.usual_rules = true;
    return writing ? session_open_writing(s, err) : session_open(s, err);
}

/* What was chosen, as it was written; the usual set where nothing was. */
static const char *chosen(struct session *s)
{
    const char *name = lab_setting(&s->lab, "ask.rules", NULL);
    return name ? name : rules_name(s->lab.rules);
}

/* --- finding ------------------------------------------------------------------------------------- */

struct found {
    struct arena arena;
    const char *names[MAX_SETS];
    size_t count;
};

static void add_name(struct found *f, const char *file)
{
    size_t len = strlen(file), suffix = strlen(SUFFIX);
    if (len <= suffix || strcmp(file + len - suffix, SUFFIX) != 0 || f->count == MAX_SETS)
        return;
    for (size_t i = 0; i < f->count; i++)
        if (strlen(f->names[i]) == len - suffix && memcmp(f->names[i], file, len - suffix) == 0)
            return;
    f->names[f->count++] = arena_copy(&f->arena, file, len - suffix);
}

static void add_folder(struct found *f, const char *folder)
{
    DIR *d = folder ? opendir(folder) : NULL;
    const struct dirent *e;
    while (d && (e = readdir(d)))
        add_name(f, e->d_name);
    if (d)
        closedir(d);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of all sets; which file a name means is decided by lab_rules_path. */
static void find_sets(struct session *s, struct found *f)
{
    const struct paths *p = &s->lab.paths;
    const char *roots[] = { p->config_dir, p->source_data,
                            p->share_dir ? arena_format(&f->arena, "%s/data", p->share_dir)
                                         : NULL };
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (roots[i])
            add_folder(f, arena_format(&f->arena, "%s/rules", roots[i]));
    qsort(f->names, f->count, sizeof *f->names, by_name);
}

/* --- one set ------------------------------------------------------------------------------------- */

static struct json *rules_json(const struct rules *r, const char *path, bool in_use)
{
    struct thresholds t = rules_thresholds(r);
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.rules/1");
    json_put_text(j, "name", rules_name(r));
    json_put_text(j, "file", path);
    json_put_bool(j, "in_use", in_use);
    json_put_int(j, "rules", (int64_t)rules_count(r));
    json_put_int(j, "moderate_from", t.moderate);
    json_put_int(j, "complex_from", t.complex);
    json_put_null(j, "error");
    return j;
}

static struct json *broken_json(const char *name, const char *path, const char *why)
{
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.rules/1");
    json_put_text(j, "name", name);
    json_put_text(j, "file", path);
    json_put_bool(j, "in_use", false);
    json_put_null(j, "rules");
    json_put_null(j, "moderate_from");
    json_put_null(j, "complex_from");
    json_put_text(j, "error", why);
    return j;
}

/* --- list ---------------------------------------------------------------------------------------- */

static const struct table_column columns[] = {
    { "" }, { "name" }, { "rules", .right = true }, { "levels from" }, { "file", .fills = true },
};

#define COLUMNS (sizeof columns / sizeof *columns)

static void list_one(struct session *s, const char *name, struct table *t)
{
    struct error why;
    const char *path = lab_rules_path(&s->lab, name, &t->arena);
    struct rules *r = path ? rules_load(path, &why) : NULL;
    if (!path)
        return;
    bool in_use = strcmp(name, chosen(s)) == 0;
    if (s->json) {
        print_json(r ? rules_json(r, path, in_use) : broken_json(name, path, why.text));
    } else if (!r) {
        table_add(t, (const char *const[COLUMNS]){ "wrong", name, "-", "-", why.text });
    } else {
        struct thresholds levels = rules_thresholds(r);
        table_add(t,
                  (const char *const[COLUMNS]){
                      in_use ? "in use" : "", name, arena_format(&t->arena, "%zu", rules_count(r)),
                      arena_format(&t->arena, "%d, %d", levels.moderate, levels.complex), path });
    }
    rules_free(r);
}

static bool run_list(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)a;
    (void)ret_code;
    struct table t;
    if (!open_lab(s, false, err))
        return false;
    struct found *f = mem_new(struct found, 1);
    table_init(&t, s, columns, COLUMNS);
    find_sets(s, f);
    for (size_t i = 0; i < f->count; i++)
        list_one(s, f->names[i], &t);
    if (strchr(chosen(s), '/')) /* a file outside the usual folders */
        list_one(s, chosen(s), &t);
    if (!s->json) {
        table_print(&t);
        print_now();
        say("levels from: the scores at which moderate and complex begin; the rules of one: rlab "
            "rules show NAME");
    }
    table_done(&t);
    arena_done(&f->arena);
    mem_free(f);
    return true;
}

/* --- use, check, show ------------------------------------------------------------------------------ */

/* A name stays a name; a file is remembered wherever the next command is started. */
static const char *lasting_name(const char *name, struct arena *a)
{
    if (!strchr(name, '/') && !strstr(name, SUFFIX))
        return name;
    char *whole = realpath(name, NULL);
    const char *kept = arena_string(a, whole ? whole : name);
    free(whole);
    return kept;
}

static bool run_use(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct arena arena = { 0 };
    const char *name = lasting_name(a->words[0], &arena);
    bool ok = open_lab(s, true, err) && lab_use_rules(&s->lab, name, err) &&
              lab_set(&s->lab, "ask.rules", name, err);
    struct error lost; /* the fact alone */
    if (ok && !agreement_note(&s->lab, s->lab.rules, NULL, NULL, &lost))
        pipeline_not_recorded(&s->lab.pipeline, &lost);
    if (ok && s->json)
        print_json(rules_json(s->lab.rules, lab_rules_path(&s->lab, name, &arena), true));
    else if (ok)
        say("questions are scored with '%s' from now on", rules_name(s->lab.rules));
    arena_done(&arena);
    return ok;
}

/* A comment behind a rule is part of the rule: nothing says so but that it never fits. */
static void warn_of_comments(const struct rules *r)
{
    for (size_t i = 0; i < rules_count(r); i++) {
        const struct rule *rule = rules_at(r, i);
        bool keyword = rule->kind == SIGNAL_KEYWORD;
        if ((keyword || rule->kind == SIGNAL_PATTERN) &&
            strstr(keyword ? rule->what : rule->text, " #"))
            say_warning(
                "line %u: ' #' and what follows belongs to the rule; a comment has a line of "
                "its own",
                rule->line);
    }
}

/* Needs neither lab nor database: it may be the rules themselves that keep the lab shut. */
static bool run_check(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    const char *path = a->words[0];
    struct rules *r = rules_load(path, err);
    if (!r)
        return false;
    struct thresholds t = rules_thresholds(r);
    size_t n = rules_count(r);
    if (n)
        warn_of_comments(r);
    if (n && s->json)
        print_json(rules_json(r, path, false));
    else if (n)
        print_line(s, "'%s' is fine: %zu rule%s, moderate from %d, complex from %d", path, n,
                   n == 1 ? "" : "s", t.moderate, t.complex);
    rules_free(r);
    return n ||
           error_set(err, ERR_PARSE, "'%s' holds no rule: every question would be simple", path);
}

static bool run_show(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct arena arena = { 0 };
    struct buf text = { 0 };
    bool ok = open_lab(s, false, err);
    const char *name = !ok ? "" : a->count ? a->words[0] : chosen(s);
    const char *path = ok ? lab_rules_path(&s->lab, name, &arena) : NULL;
    if (ok && !path)
        ok = error_set(err, ERR_USAGE, "no rule set '%s'; see: rlab rules list", name);
    ok = ok && file_read(path, MAX_FILE_BYTES, &text, err);
    if (ok && s->json) {
        struct json *j = json_object();
        json_put_text(j, "schema", "rlab.rules_text/1");
        json_put_text(j, "name", name);
        json_put_text(j, "file", path);
        json_put_text(j, "text", buf_text(&text));
        print_json(j);
    } else if (ok) {
        print_text(s, buf_text(&text), text.len);
    }
    buf_done(&text);
    arena_done(&arena);
    return ok;
}

static const struct sub subs[] = {
    { "list", "", 0, 0, run_list },
    { "use", "NAME|FILE", 1, 1, run_use },
    { "check", "FILE", 1, 1, run_check },
    { "show", "[NAME]", 0, 1, run_show },
};

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    return subs_run("rules", subs, sizeof subs / sizeof *subs, s, a, ret_code, err);
}

const struct verb verb_rules = {
    .name = "rules",
    .words = "list | use NAME|FILE | check FILE | show [NAME]",
    .summary = "the rule sets that score questions",
    .help = "A rule set is a text file, one rule a line; show prints one with the words that\n"
            "explain it. Copy it into the folder rules/ of your config folder (see: rlab\n"
            "paths), edit it, check it, use it. check names the line that is wrong and what\n"
            "was expected there (exit 2); the set in use stays in force until a whole one\n"
            "takes its place.",
    .example = "rlab rules check my.rules",
    .subs = "list use check show",
    .options = (const enum option[]){ OPT_RULES, OPTIONS },
    .run = run,
};
