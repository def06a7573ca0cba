/* Settings: what is in force and who said so, changed, taken back, taken over from elsewhere. */
#include <string.h>

#include "core/limits.h"
#include "tui/line/talk.h"

/* "cache.size", or NULL for what only the config file can say (a server of one's own). */
static const char *full_key(struct talk *l, const struct config_key *k)
{
    const struct config_section *section = config_section_find(k->section);
    bool named = section && section->named;
    return named ? NULL : arena_format(&l->words, "%s.%s", k->section, k->name);
}

/* The n-th setting, from 1; NULL past the last. */
static const struct config_key *setting_at(struct talk *l, int64_t n)
{
    const struct config_key *k;
    for (size_t i = 0; (k = config_key_at(i)); i++)
        if (full_key(l, k) && --n == 0)
            return k;
    return NULL;
}

static int64_t setting_count(struct talk *l)
{
    int64_t n = 0;
    while (setting_at(l, n + 1))
        n++;
    return n;
}

static void say_setting(struct talk *l, int64_t n, const struct config_key *k)
{
    const char *origin, *key = full_key(l, k), *value = lab_setting(l->lab, key, &origin);
    talk_say(l, "%lld, %s: %s, from %s. Default %s.", (long long)n, key,
             value && *value ? value : "not set", value ? origin : "nowhere",
             k->fallback && *k->fallback ? k->fallback : "none");
}

static void list(struct talk *l)
{
    const struct config_key *k;
    for (int64_t n = 1; (k = setting_at(l, n)) && !l->ending; n++)
        say_setting(l, n, k);
}

/* The setting a person names by number or name. */
static const struct config_key *ask_setting(struct talk *l, int64_t *ret_n)
{
    const char *text;
    size_t len;
    for (;;) {
        if (talk_ask(l, "Setting: ",
                     "Type its number, as list says it, or its name, like "
                     "cache.size.",
                     &text, &len) != ASKED_TEXT)
            return NULL;
        const struct config_key *k;
        for (int64_t n = 1; (k = setting_at(l, n)); n++) {
            bool named = strcasecmp(text, full_key(l, k)) == 0;
            if (named || strcmp(text, arena_format(&l->words, "%lld", (long long)n)) == 0) {
                *ret_n = n;
                return k;
            }
        }
        talk_say(l, "There is no such setting: 1 to %lld, or a name as list says it.",
                 (long long)setting_count(l));
    }
}

/* What is in force at once, and not only from the next start on. */
static bool apply(struct talk *l, const char *key, struct error *err)
{
    struct lab *lab = l->lab;
    if (strcmp(key, "cache.size") == 0)
        return cache_resize(lab->cache, (int64_t)lab_setting_number(lab, key), err);
    if (strcmp(key, "cache.ttl") == 0)
        cache_set_ttl(lab->cache, lab_setting_number(lab, key));
    if (strcmp(key, "cache.guard") == 0)
        lab->pipeline.guard = lab_setting_bool(lab, key);
    return true;
}

static void put(struct talk *l, const struct config_key *k, int64_t n, const char *value)
{
    const char *key = full_key(l, k);
    struct error err;
    bool takes_back = !value && strcmp(key, "cache.size") == 0; /* resizing keeps a choice */
    /* A rule set must be one before it is kept. */
    if ((value && strcmp(key, "ask.rules") == 0 && !lab_use_rules(l->lab, value, &err)) ||
        !lab_set(l->lab, key, value, &err) || !apply(l, key, &err) ||
        (takes_back && !setting_set(l->lab->store, key, NULL, &err)))
        talk_fail(l, &err);
    else
        say_setting(l, n, k);
}

static void change(struct talk *l)
{
    const char *text;
    size_t len;
    int64_t n;
    const struct config_key *k = ask_setting(l, &n);
    if (!k)
        return;
    say_setting(l, n, k);
    talk_say(l, "%s.", talk_sentence(l, k->help));
    if (talk_ask(l, "New value: ", "Type the value; an empty line changes nothing.", &text, &len) ==
        ASKED_TEXT)
        put(l, k, n, arena_copy(&l->words, text, len));
}

static void reset(struct talk *l)
{
    int64_t n;
    const struct config_key *k = ask_setting(l, &n);
    if (k)
        put(l, k, n, NULL);
}

/* --- set elsewhere ------------------------------------------------------------------------------ */

#define MOST_SAID 300 /* bytes */

void talk_elsewhere(struct talk *l)
{
    struct buf said = buf_with_max(MOST_SAID);
    if (lab_set_elsewhere(l->lab, &said))
        talk_say(l, "%s, set elsewhere. In settings, take over puts it in force here.",
                 talk_sentence(l, buf_text(&said)));
    buf_done(&said);
}

static void take_over(struct talk *l)
{
    struct buf said = buf_with_max(MOST_SAID);
    struct error err;
    bool pair = false, any = lab_has_elsewhere(l->lab);
    bool ok = lab_take_over(l->lab, &said, &pair, &err);
    if (said.len)
        talk_say(l, "In force here too now: %s.", buf_text(&said));
    else if (ok && !any)
        talk_say(l, "Nothing was set elsewhere.");
    buf_done(&said);
    if (!ok)
        talk_fail(l, &err);
    if (pair)
        talk_look_around(l, false);
}

static void places(struct talk *l)
{
    const struct paths *p = &l->lab->paths;
    talk_say(l, "Database: %s.", p->database);
    talk_say(l, "Config: %s; rlab never writes it.", p->config_file);
    talk_say(l, "Log: %s.", p->log_file);
}

void talk_settings(struct talk *l)
{
    static const struct talk_choice choices[] = {
        { "list", "every setting, its value, and who said so", list },
        { "change", "a new value for one", change },
        { "reset", "take a choice back: config or default say again", reset },
        { "places", "where database, config and log are", places },
        { "take over", "what another rlab has set since counts here too", take_over },
    };
    talk_menu(l, &TALK_MENU("settings", choices));
}
