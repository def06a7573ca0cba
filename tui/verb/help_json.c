/* Help as data: the same tables that the pages are printed from (help.h). */
#include "tui/verb/help.h"

#include <string.h>

#include "core/base/mem.h"
#include "tui/verb/session.h"
#include "tui/verb/verb.h"

static struct json *option_json(enum option o)
{
    struct json *j = json_object();
    json_put_text(j, "name", option_defs[o].name);
    json_put_text(j, "argument", option_defs[o].argument);
    json_put_text(j, "help", option_defs[o].help);
    return j;
}

static struct json *subs_json(const char *subs)
{
    struct json *list = json_array();
    for (const char *at = subs ? subs : ""; *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        char *word = mem_copy(at, len);
        json_add_text(list, word);
        mem_free(word);
        at += len;
    }
    return list;
}

static struct json *verb_json(const struct verb *v)
{
    struct json *j = json_object(), *options = json_array();
    json_put_text(j, "verb", v->name);
    json_put_text(j, "words", v->words);
    json_put_text(j, "summary", v->summary);
    json_put_text(j, "help", v->help);
    json_put(j, "subs", subs_json(v->subs));
    for (const enum option *o = v->options; *o != OPTIONS; o++)
        json_add(options, option_json(*o));
    json_put(j, "options", options);
    json_put_text(j, "example", v->example);
    return j;
}

static struct json *codes_json(void)
{
    struct json *list = json_array();
    for (size_t i = 0; i < help_code_count; i++) {
        struct json *j = json_object();
        json_put_int(j, "code", help_codes[i].code);
        json_put_text(j, "text", help_codes[i].text);
        json_add(list, j);
    }
    return list;
}

void help_json(const struct verb *only)
{
    struct json *j = json_object(), *all = json_array(), *options = json_array();
    json_put_text(j, "schema", "rlab.help/1");
    for (size_t i = 0; i < verb_count; i++)
        if (!only || verbs[i] == only)
            json_add(all, verb_json(verbs[i]));
    for (int o = 0; o < OPTIONS; o++)
        if (option_is_global((enum option)o))
            json_add(options, option_json((enum option)o));
    json_put(j, "verbs", all);
    json_put(j, "options", options);
    json_put(j, "exit_codes", codes_json());
    print_json(j);
}

static void key_json(void *self, const char *where, const char *key, const char *action,
                     const char *help)
{
    (void)self;
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.key/1");
    json_put_text(j, "where", where);
    json_put_text(j, "key", key);
    json_put_text(j, "action", action);
    json_put_text(j, "help", help);
    print_json(j);
}

void help_keys_json(void)
{
    help_each_key(key_json, NULL);
}

void help_version_json(void)
{
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.version/1");
    json_put_text(j, "version", RLAB_VERSION);
    print_json(j);
}
