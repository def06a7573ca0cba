/* rlab set: every setting, where its value comes from, and changing one. */
#include <string.h>

#include "core/base/config_key.h"
#include "tui/verb/session.h"
#include "tui/verb/table.h"

/* "SECTION.KEY" of a setting that has one value; NULL for those of [server NAME]. */
static const char *full_key(const struct config_key *k, struct arena *a)
{
    const struct config_section *section = config_section_find(k->section);
    return section && section->named ? NULL : arena_format(a, "%s.%s", k->section, k->name);
}

static const struct config_key *find_key(const char *key, struct error *err)
{
    char section[64];
    size_t n = strcspn(key, ".");
    snprintf(section, sizeof section, "%.*s", (int)n, key);
    const char *name = key[n] ? key + n + 1 : "";
    const struct config_section *in = config_section_find(section);
    const struct config_key *k = config_key_find(section, name);
    if (!key[n] && in)
        error_set(err, ERR_USAGE, "'%s' is a section: give SECTION.KEY; see: rlab set", key);
    else if (!in)
        config_unknown_section(section, err);
    else if (in->named)
        error_set(err, ERR_USAGE, "servers are set in the config file, not here; see: rlab paths");
    else if (in->open)
        error_set(err, ERR_USAGE, "[%s] stands in the config file, not here; see: rlab paths",
                  section);
    else if (!k)
        config_unknown_key(section, name, err);
    else
        return k;
    return NULL;
}

static struct json *setting_json(struct session *s, const struct config_key *k, const char *key)
{
    const char *origin, *value = lab_setting(&s->lab, key, &origin);
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.setting/1");
    json_put_text(j, "key", key);
    json_put_text(j, "value", value);
    json_put_text(j, "origin", origin);
    json_put_text(j, "default", k->fallback);
    json_put_text(j, "help", k->help);
    return j;
}

/* --- listing ----------------------------------------------------------------------------------- */

static const struct table_column columns[] = {
    { "setting" },
    { "value", .fills = true },
    { "from" },
    { "default" },
};

#define COLUMNS (sizeof columns / sizeof *columns)

static void list(struct session *s)
{
    struct table t;
    table_init(&t, s, columns, COLUMNS);
    const struct config_key *k;
    for (size_t i = 0; (k = config_key_at(i)); i++) {
        const char *key = full_key(k, &t.arena), *origin, *value;
        if (!key)
            continue;
        if (s->json) {
            print_json(setting_json(s, k, key));
            continue;
        }
        value = lab_setting(&s->lab, key, &origin);
        table_add(&t, (const char *const[COLUMNS]){ key, value ? value : "-", origin,
                                                    k->fallback ? k->fallback : "-" });
    }
    if (!s->json) {
        table_print(&t);
        print_now();
        say("what one means: rlab set KEY; change it: rlab set KEY VALUE");
    }
    table_done(&t);
}

static void show(struct session *s, const struct config_key *k, const char *key)
{
    if (s->json) {
        print_json(setting_json(s, k, key));
        return;
    }
    const char *origin, *value = lab_setting(&s->lab, key, &origin);
    print_line(s, "%s", value ? value : "-");
    print_now();
    say("%s (%s; default %s): %s", key, value ? origin : "unset",
        k->fallback ? k->fallback : "none", k->help);
}

/* --- changing ---------------------------------------------------------------------------------- */

/* What the table of settings cannot judge: a rule set must be one before it is kept. */
static bool check_value(struct session *s, const char *key, const char *value, struct error *err)
{
    return strcmp(key, "ask.rules") != 0 || lab_use_rules(&s->lab, value, err);
}

static bool change(struct session *s, const char *key, const char *value, struct error *err)
{
    if (!session_open_writing(s, err) || (value && !check_value(s, key, value, err)) ||
        !lab_set(&s->lab, key, value, err))
        return false;
    /* A smaller cache is smaller at once, not at the next answer. */
    return strcmp(key, "cache.size") != 0 || !value ||
           cache_resize(s->lab.cache, (int64_t)lab_setting_number(&s->lab, key), err);
}

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    bool reset = a->given[OPT_RESET];
    s->options.without_files = true;
    s->options.usual_rules = true; /* a wrong ask.rules must not keep this verb shut */
    if (a->count > 2 || (reset && a->count != 1))
        return error_set(err, ERR_USAGE,
                         "one setting at a time: rlab set KEY VALUE, or rlab set "
                         "KEY --reset; a value with blanks goes in quotes");
    if (!a->count) {
        bool ok = session_open(s, err);
        if (ok)
            list(s);
        return ok;
    }
    const char *key = a->words[0];
    const struct config_key *k = find_key(key, err);
    if (!k)
        return false;
    if ((reset || a->count == 2) && !change(s, key, reset ? NULL : a->words[1], err))
        return false;
    if (!session_open(s, err))
        return false;
    show(s, k, key);
    return true;
}

const struct verb verb_set = {
    .name = "set",
    .words = "[KEY [VALUE]]",
    .summary = "settings: all, one, or a new value for one",
    .help = "Without words: every setting with its value and where that comes from (flag,\n"
            "setting, config, default). A value set here is kept in the database and goes\n"
            "before the config file, which rlab never writes; --reset takes it back.",
    .example = "rlab set cache.ttl 2h",
    .options = (const enum option[]){ OPT_RESET, OPTIONS },
    .run = run,
};
