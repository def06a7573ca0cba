/* Watching settings (elsewhere.h): what is in force here, and what the store holds by now. */
#include "core/lab/elsewhere.h"

#include <stdio.h>
#include <string.h>

#include "core/base/config_key.h"
#include "core/base/mem.h"

#define NAME_SIZE 64

struct watched {
    char name[NAME_SIZE]; /* "cache.size" */
    enum config_type type;
    char *known; /* in force here; NULL: none chosen */
    char *now;   /* in the store when it was looked at last, which was told */
    char *found; /* while it is looked at */
};

struct lab_watch {
    int64_t version; /* of the store, when it was looked at last */
    size_t count;
    struct watched row[];
};

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void put(char **to, const char *value)
{
    char *copy = value ? mem_string(value) : NULL;
    mem_free(*to);
    *to = copy;
}

static struct watched *find(const struct lab_watch *w, const char *key)
{
    for (size_t i = 0; w && i < w->count; i++)
        if (strcmp(w->row[i].name, key) == 0)
            return (struct watched *)&w->row[i];
    return NULL;
}

bool watch_knows(const struct lab_watch *w, const char *key, const char **ret)
{
    const struct watched *r = find(w, key);
    if (r)
        *ret = r->known;
    return r != NULL;
}

void watch_note(struct lab_watch *w, const char *key, const char *value)
{
    struct watched *r = find(w, key);
    if (!r)
        return;
    put(&r->known, value);
    put(&r->now, value);
}

void watch_give_back(struct lab_watch *w, const char *key, const char *value)
{
    struct watched *r = find(w, key);
    if (r)
        put(&r->known, value);
}

/* --- looking --------------------------------------------------------------------------------- */

static void found(void *self, const char *key, const char *value, int64_t changed_wall)
{
    struct watched *r = find(self, key);
    (void)changed_wall;
    if (r)
        put(&r->found, value);
}

/* Into `found`, all or none: a reading that fails must not look like choices taken back. */
static bool look(struct lab *lab, struct error *err)
{
    struct lab_watch *w = lab->watch;
    for (size_t i = 0; i < w->count; i++)
        put(&w->row[i].found, NULL);
    return setting_list(lab->store, found, w, err);
}

static const char *in_force(struct lab *lab, const struct watched *r, const char *chosen)
{
    return chosen ? chosen : lab_written_setting(lab, r->name, &(const char *){ NULL });
}

/* "cache size"; the rest has names of its own. */
static const char *words_for(const struct watched *r, char ret[NAME_SIZE])
{
    static const char *const own[][2] = { { "pair.fast", "fast model" },
                                          { "pair.reason", "reasoning model" },
                                          { "ask.rules", "rule set" },
                                          { "mini.pace", "pace of the built-in models" } };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i][0], r->name) == 0)
            return own[i][1];
    snprintf(ret, NAME_SIZE, "%s", r->name);
    for (char *c = ret; *c; c++)
        *c = *c == '.' || *c == '_' ? ' ' : *c;
    return ret;
}

static const char *value_words(struct lab *lab, const struct watched *r, const char *chosen)
{
    const char *value = in_force(lab, r, chosen);
    if (!value || !*value)
        return "as it comes";
    return r->type != CONFIG_BOOL ? value : config_to_bool(value) ? "on" : "off";
}

/* A flag of this command goes before whatever is chosen. */
static bool is_fixed(struct lab *lab, const struct watched *r)
{
    const char *origin;
    lab_setting(lab, r->name, &origin);
    return strcmp(origin, "flag") == 0;
}

size_t lab_set_elsewhere(struct lab *lab, struct buf *said)
{
    struct lab_watch *w = lab->watch;
    struct error err;
    char name[NAME_SIZE];
    size_t told = 0;
    int64_t version = w ? store_version(lab->store) : 0;
    if (!w || version == w->version || !look(lab, &err))
        return 0;
    w->version = version;
    for (size_t i = 0; i < w->count; i++) {
        struct watched *r = &w->row[i];
        bool is_news = !same(r->found, r->now);
        put(&r->now, r->found);
        if (same(in_force(lab, r, r->now), in_force(lab, r, r->known)))
            put(&r->known, r->now); /* another way to say what is so already */
        else if (is_news && !is_fixed(lab, r))
            buf_printf(said, "%s%s is now %s", told++ ? ", " : "", words_for(r, name),
                       value_words(lab, r, r->now));
    }
    return told;
}

bool lab_has_elsewhere(struct lab *lab)
{
    for (size_t i = 0; lab->watch && i < lab->watch->count; i++) {
        const struct watched *r = &lab->watch->row[i];
        if (!same(r->now, r->known) && !is_fixed(lab, r))
            return true;
    }
    return false;
}

bool watch_take(struct lab *lab, struct buf *said, struct error *err)
{
    struct lab_watch *w = lab->watch;
    char name[NAME_SIZE];
    if (!look(lab, err))
        return false;
    for (size_t i = 0; i < w->count; i++) {
        struct watched *r = &w->row[i];
        put(&r->now, r->found);
        if (!same(in_force(lab, r, r->now), in_force(lab, r, r->known)) && !is_fixed(lab, r))
            buf_printf(said, "%s%s %s%s", said->len ? ", " : "", words_for(r, name),
                       value_words(lab, r, r->now),
                       strcmp(r->name, "lessons.dir") == 0 ? " (from the next start on)" : "");
        put(&r->known, r->now);
    }
    return true;
}

/* --- its life --------------------------------------------------------------------------------- */

/* Settings of [server NAME] and [keys] are the config's alone. */
static bool is_choosable(const struct config_key *k)
{
    const struct config_section *s = config_section_find(k->section);
    return s && !s->named && !s->open;
}

void lab_watch_settings(struct lab *lab, bool on)
{
    struct lab_watch *w = lab->watch;
    struct error ignored;
    const struct config_key *k;
    size_t n = 0;
    for (size_t i = 0; w && i < w->count; i++) {
        put(&w->row[i].known, NULL);
        put(&w->row[i].now, NULL);
        put(&w->row[i].found, NULL);
    }
    mem_free(w);
    lab->watch = NULL;
    if (!on)
        return;
    while (config_key_at(n))
        n++;
    w = mem_alloc(1, sizeof *w + n * sizeof w->row[0]);
    for (size_t i = 0; (k = config_key_at(i)); i++) {
        if (!is_choosable(k))
            continue;
        struct watched *r = &w->row[w->count++];
        snprintf(r->name, sizeof r->name, "%s.%s", k->section, k->name);
        r->type = k->type;
    }
    w->version = store_version(lab->store);
    lab->watch = w;
    if (!look(lab, &ignored)) {
        lab_watch_settings(lab, false); /* then they are read as they are */
        return;
    }
    for (size_t i = 0; i < w->count; i++)
        watch_note(w, w->row[i].name, w->row[i].found);
}
