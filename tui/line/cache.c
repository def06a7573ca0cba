/* Cache: what is remembered, as sentences; looked up without leaving a trace; dropped, resized. */
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "tui/line/talk.h"

/* How long a look-up waits for the servers to say which models they hold. */
#define PEEK_MS 2000
#define SHOWN   20 /* entries said at once */

/* --- stats and list ----------------------------------------------------------------------------- */

static void say_counts(struct talk *l, const char *of, const struct cache_counts *c)
{
    int64_t lookups = c->hits + c->misses;
    talk_say(l, "%s: hits %lld, misses %lld, hit rate %s, expired %lld, evicted %lld.", of,
             (long long)c->hits, (long long)c->misses,
             lookups
                 ? arena_format(&l->words, "%.0f percent", 100 * (double)c->hits / (double)lookups)
                 : "unknown",
             (long long)c->expired, (long long)c->evicted);
}

static bool read_stats(struct talk *l, struct cache_stats *ret)
{
    struct error err;
    if (cache_stats(l->lab->cache, ret, &err))
        return true;
    talk_fail(l, &err);
    return false;
}

static void stats(struct talk *l)
{
    struct cache_stats c;
    if (!read_stats(l, &c))
        return;
    talk_say(l, "Entries: %lld of %lld. Time to live: %s. Guard: %s.", (long long)c.entries,
             (long long)c.size, c.ttl_s > 0 ? talk_seconds(l, c.ttl_s) : "none",
             l->lab->pipeline.guard ? "on, no answer outlives a change of its model"
                                    : "off, answers of a model that changed may come back");
    say_counts(l, "In total", &c.total);
    say_counts(l, "This session", &c.session);
    talk_say(l,
             "Time saved by hits: %s, measured. By the rule of thumb of %.1f seconds a hit: %s, "
             "estimated.",
             talk_seconds(l, c.saved_s), RULE_HIT_SAVES_S, talk_seconds(l, c.saved_rule_s));
}

struct walk {
    struct talk *l;
    int64_t entries, wanted; /* wanted: the place looked for, 0 all */
    struct hash key;
    bool found;
};

static bool say_entry(void *self, const struct cache_entry *e, int64_t place)
{
    struct walk *w = self;
    struct talk *l = w->l;
    if (w->wanted) {
        w->found |= place == w->wanted;
        if (place == w->wanted)
            w->key = e->key;
        return !w->found;
    }
    if (place > SHOWN && place != w->entries)
        return true;
    talk_say(l, "%lld: %s/%s, %s; the call took %s; %s%s. %s", (long long)place, e->server,
             e->model, e->level, talk_seconds(l, e->latency_s),
             talk_count(l, e->hits, "hit", "hits"),
             place == w->entries ? "; least recently used, the next to go" : "",
             e->query_len ? talk_short(l, e->query, e->query_len, 200) : "Text not kept.");
    return !l->ending;
}

static void list(struct talk *l)
{
    struct cache_stats c;
    struct error err;
    if (!read_stats(l, &c))
        return;
    struct walk w = { .l = l, .entries = c.entries };
    talk_say(l, "%s, most recently used first.", talk_count(l, c.entries, "entry", "entries"));
    if (c.entries > SHOWN)
        talk_say(l, "The first %d and the last are said.", SHOWN);
    if (!cache_list(l->lab->cache, say_entry, &w, &err))
        talk_fail(l, &err);
}

/* --- looking up ----------------------------------------------------------------------------------- */

/* The key the last question has now. Its texts are borrowed from l->query. */
static bool find_key(struct talk *l, struct cache_key *ret)
{
    struct question q = question_default();
    struct pipeline *p = &l->lab->pipeline;
    struct error err;
    q.settings = lab_ask_settings(l->lab);
    q.text = buf_text(&l->query);
    q.len = l->query.len;
    struct lab_server *servers[] = { p->fast->server, p->reasoning->server };
    if (session_refresh(l->session, servers, servers[0] == servers[1] ? 1 : 2, false, PEEK_MS,
                        &err) &&
        pipeline_key(p, &q, ret, &err))
        return true;
    talk_fail(l, &err);
    return false;
}

static void say_found(struct talk *l, const struct cache_entry *e, int64_t place)
{
    talk_say(l, "Hit: %s/%s, %s; the call took %s; %s, place %lld in order of use.", e->server,
             e->model, e->level, talk_seconds(l, e->latency_s),
             talk_count(l, e->hits, "hit", "hits"), (long long)place);
    talk_text(l, "Answer: ", e->answer, e->answer_len);
    talk_say(l, "End of answer. A look counts nothing and moves nothing.");
}

static void say_why(struct talk *l, const struct cache_key *k)
{
    const char *why, *field;
    struct error err;
    if (cache_why(l->lab->cache, k, &l->words, &why, &field, &err))
        talk_say(l, "%s.", talk_sentence(l, why));
    else
        talk_fail(l, &err);
}

static void look(struct talk *l)
{
    struct cache_key k;
    int64_t place = 0;
    if (!talk_has_models(l) || !talk_ask_query(l) || !find_key(l, &k))
        return;
    struct hash key = cache_key_hash(&k);
    const struct cache_entry *e = cache_peek(l->lab->cache, &key, &place);
    if (e)
        say_found(l, e, place);
    else
        talk_say(l, "Miss: not cached. Choose why to hear what is missing.");
}

static void why(struct talk *l)
{
    struct cache_key k;
    if (talk_has_models(l) && talk_ask_query(l) && find_key(l, &k))
        say_why(l, &k);
}

/* --- dropping and sizes ---------------------------------------------------------------------------- */

static void drop(struct talk *l)
{
    struct cache_stats c;
    struct error err;
    bool found = false;
    struct walk w = { .l = l };
    if (!read_stats(l, &c))
        return;
    if (!c.entries) {
        talk_say(l, "The cache is empty.");
        return;
    }
    if (talk_ask_number(l, "Number of the entry: ", "Type its number, as list says it.", 1,
                        c.entries, &w.wanted) != ASKED_TEXT)
        return;
    if (!cache_list(l->lab->cache, say_entry, &w, &err) ||
        (w.found && !cache_drop(l->lab->cache, &w.key, &found, &err)))
        talk_fail(l, &err);
    else
        talk_say(l, found ? "Dropped entry %lld." : "Entry %lld is gone already.",
                 (long long)w.wanted);
}

static void clear(struct talk *l)
{
    struct cache_stats c;
    struct error err;
    int64_t dropped = 0;
    if (!read_stats(l, &c) ||
        !talk_ask_yes(l, arena_format(&l->words,
                                      "Drop all %lld cached answers and zero the "
                                      "counters?",
                                      (long long)c.entries)))
        return;
    if (cache_clear(l->lab->cache, &dropped, &err))
        talk_say(l, "The cache is empty: %lld dropped, counters at zero.", (long long)dropped);
    else
        talk_fail(l, &err);
}

static void size(struct talk *l)
{
    struct cache_stats before, after;
    struct error err;
    int64_t n;
    if (!read_stats(l, &before))
        return;
    talk_say(l, "At most %lld entries, %lld kept now.", (long long)before.size,
             (long long)before.entries);
    if (talk_ask_number(l, "New size: ",
                        "Type how many answers are kept at most; an empty line changes nothing.", 1,
                        MAX_CACHE_SIZE, &n) != ASKED_TEXT)
        return;
    const char *value = arena_format(&l->words, "%lld", (long long)n);
    if (!lab_set(l->lab, "cache.size", value, &err) || !cache_resize(l->lab->cache, n, &err) ||
        !cache_stats(l->lab->cache, &after, &err))
        talk_fail(l, &err);
    else
        talk_say(l, "At most %lld entries from now on; %lld evicted.", (long long)after.size,
                 (long long)(before.entries - after.entries));
}

void talk_cache(struct talk *l)
{
    static const struct talk_choice choices[] = {
        { "stats", "how often the cache answered, and what that saved", stats },
        { "list", "the answers it holds, in order of use", list },
        { "look", "what a question would get from the cache now", look },
        { "why", "why a question would miss", why },
        { "drop", "forget one answer", drop },
        { "clear", "forget all, after a question", clear },
        { "size", "how many answers are kept", size },
    };
    talk_menu(l, &TALK_MENU("cache", choices));
}
