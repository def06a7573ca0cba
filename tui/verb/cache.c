/* rlab cache: what is remembered, looked up without leaving a trace, dropped, resized. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/lab/cache_json.h"
#include "core/limits.h"
#include "tui/verb/answers.h"
#include "tui/verb/cache_peek.h"
#include "tui/verb/subs.h"
#include "tui/verb/table.h"

/* Hex digits of a key in a list, and the fewest that name an entry. */
#define KEY_SHOWN 8

/* --- list -------------------------------------------------------------------------------------- */

struct listing_view {
    struct session *s;
    struct table table;
    int64_t entries, shown, limit;
    bool saw_last;
};

static const struct table_column list_columns[] = {
    { "#", .right = true },
    { "key" },
    { "stored", .right = true },
    { "hits", .right = true },
    { "model", .name = true, .most = 16 },
    { "lvl" },
    { "took*", .right = true },
    { "query", .fills = true },
};

#define LIST_COLUMNS (sizeof list_columns / sizeof *list_columns)

static void add_entry_row(struct listing_view *v, const struct cache_entry *e, int64_t place)
{
    struct arena *a = &v->table.arena;
    char hex[HASH_HEX], took[SECONDS_SIZE], age[WORDS];
    hash_hex(&e->key, hex);
    hex[KEY_SHOWN] = '\0';
    table_add(&v->table,
              (const char *const[LIST_COLUMNS]){
                  arena_format(a, "%s%lld", place == v->entries ? "out " : "", (long long)place),
                  hex, age_text(e->created_wall, clock_wall(v->s->lab.clock), age),
                  arena_format(a, "%lld", (long long)e->hits), e->model, level_letter(e->level),
                  seconds_text(e->latency_s, took),
                  e->query_len ? arena_copy(a, e->query, e->query_len) : "(text not kept)" });
}

/* The first rows and always the last one, the next to go. */
static bool list_entry(void *self, const struct cache_entry *e, int64_t place)
{
    struct listing_view *v = self;
    if (v->shown >= v->limit && place != v->entries)
        return true;
    v->shown++;
    if (v->s->json)
        print_json(cache_entry_json(e, place, v->entries));
    else
        add_entry_row(v, e, place);
    return !ferror(stdout);
}

static bool run_list(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct cache_stats stats;
    struct listing_view v = { .s = s };
    s->options.without_files = true;
    if (!args_int(a, OPT_LIMIT, 1, MAX_CACHE_SIZE, s->json ? MAX_CACHE_SIZE : 50, &v.limit, err) ||
        !session_open_store(s, err) || !cache_stats(s->lab.cache, &stats, err))
        return false;
    v.limit = a->given[OPT_ALL] ? MAX_CACHE_SIZE : v.limit;
    v.entries = stats.entries;
    table_init(&v.table, s, list_columns, LIST_COLUMNS);
    bool ok = cache_list(s->lab.cache, list_entry, &v, err);
    if (ok && !s->json && !v.entries)
        print_line(s, "the cache is empty; 'rlab ask' fills it");
    if (ok && !s->json && v.entries) {
        table_print(&v.table);
        fputc('\n', stdout);
        if (v.shown < v.entries)
            print_line(s, "%lld of %lld shown; --all shows every one", (long long)v.shown,
                       (long long)v.entries);
        print_line(s, "out: the least recently used; entry %lld takes its place",
                   (long long)stats.size + 1);
        print_line(s, "* what the call took that made the answer; a hit costs well under 1 ms");
    }
    table_done(&v.table);
    return ok;
}

/* --- stats ------------------------------------------------------------------------------------- */

static double hit_rate(const struct cache_counts *c)
{
    int64_t lookups = c->hits + c->misses;
    return lookups ? (double)c->hits / (double)lookups : 0;
}

static struct json *counts_json(const struct cache_counts *c)
{
    struct json *j = json_object();
    json_put_int(j, "hits", c->hits);
    json_put_int(j, "misses", c->misses);
    json_put_real(j, "hit_rate", hit_rate(c));
    json_put_int(j, "expired", c->expired);
    json_put_int(j, "evicted", c->evicted);
    return j;
}

static struct json *stats_json(const struct session *s, const struct cache_stats *c)
{
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.cache/1");
    json_put_int(j, "entries", c->entries);
    json_put_int(j, "size", c->size);
    json_put_real(j, "ttl_s", c->ttl_s > 0 ? c->ttl_s : NAN);
    json_put_bool(j, "guard", s->lab.pipeline.guard);
    json_put(j, "session", counts_json(&c->session));
    json_put(j, "total", counts_json(&c->total));
    json_put_real(j, "saved_s", c->saved_s);
    json_put_text(j, "saved_kind", kind_name(KIND_MEASURED));
    json_put_real(j, "saved_rule_s", c->saved_rule_s);
    json_put_text(j, "saved_rule_kind", kind_name(KIND_ESTIMATED));
    return j;
}

static void print_stats(struct session *s, const struct cache_stats *c)
{
    char ttl[SECONDS_SIZE], saved[SECONDS_SIZE], rule[SECONDS_SIZE];
    struct arena a = { 0 };
    print_wrapped(
        s, "", 0,
        arena_format(&a, "%lld of %lld entries; %s%s; guard %s", (long long)c->entries,
                     (long long)c->size, c->ttl_s > 0 ? "time to live " : "no time to live",
                     c->ttl_s > 0 ? seconds_text(c->ttl_s, ttl) : "",
                     s->lab.pipeline.guard ? "on: no answer outlives a change of its model"
                                           : "OFF: answers of a model that changed may come back"));
    const struct {
        const char *what;
        int64_t total, session;
    } rows[] = {
        { "hits", c->total.hits, c->session.hits },
        { "misses", c->total.misses, c->session.misses },
        { "expired", c->total.expired, c->session.expired },
        { "evicted", c->total.evicted, c->session.evicted },
    };
    print_line(s, "\n  %-10s %10s %14s", "", "in total", "this session");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        print_line(s, "  %-10s %10lld %14lld", rows[i].what, (long long)rows[i].total,
                   (long long)rows[i].session);
    print_line(s, "  %-10s %9.0f%% %13.0f%%", "hit rate", 100 * hit_rate(&c->total),
               100 * hit_rate(&c->session));
    print_line(s, "%s", "");
    print_wrapped(
        s, "", 0,
        arena_format(&a,
                     "time saved by hits: %s (measured); by the rule of thumb of %.1f s a "
                     "hit: %s (estimated)",
                     seconds_text(c->saved_s, saved), RULE_HIT_SAVES_S,
                     seconds_text(c->saved_rule_s, rule)));
    arena_done(&a);
}

static bool run_stats(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)a;
    (void)ret_code;
    struct cache_stats stats;
    s->options.without_files = true;
    if (!session_open_store(s, err) || !cache_stats(s->lab.cache, &stats, err))
        return false;
    if (s->json)
        print_json(stats_json(s, &stats));
    else
        print_stats(s, &stats);
    return true;
}

/* --- get, why ---------------------------------------------------------------------------------- */

static void say_entry(struct session *s, const struct peek *p, const struct cache_entry *e,
                      int64_t place)
{
    char took[SECONDS_SIZE], age[WORDS];
    say("cached: %s/%s, %s; stored %s ago, the call took %s; %lld hit%s, place %lld in order of "
        "use%s",
        e->server, e->model, e->level, age_text(e->created_wall, clock_wall(s->lab.clock), age),
        seconds_text(e->latency_s, took), (long long)e->hits, e->hits == 1 ? "" : "s",
        (long long)place, p->model->identity_checked ? "" : "; identity not checked");
}

static void print_answer(struct session *s, const char *text, size_t len)
{
    print_text(s, text, len);
    if (len && text[len - 1] != '\n')
        fputc('\n', stdout);
}

static bool run_get(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct peek p;
    struct arena arena = { 0 };
    struct cache_stats stats;
    const char *why, *field;
    int64_t place = 0;
    bool ok = peek_init(&p, s, a, err) && cache_stats(s->lab.cache, &stats, err);
    const struct cache_entry *e = ok ? cache_peek(s->lab.cache, &p.hash, &place) : NULL;
    if (e && s->json) {
        struct json *j = cache_entry_json(e, place, stats.entries);
        json_put_bytes(j, "answer", e->answer, e->answer_len);
        if (e->thinking_len)
            json_put_bytes(j, "thinking", e->thinking, e->thinking_len);
        else
            json_put_null(j, "thinking");
        json_put_bool(j, "digest_checked", p.model->identity_checked);
        print_json(j);
    } else if (e) {
        print_answer(s, e->answer, e->answer_len);
        print_now();
        say_entry(s, &p, e, place);
    } else if (ok) {
        ok = cache_why(s->lab.cache, &p.key, &arena, &why, &field, err) &&
             error_set(err, ERR_NO, "not cached: %s", why);
    }
    arena_done(&arena);
    peek_done(&p);
    return ok;
}

static bool run_why(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct peek p;
    struct arena arena = { 0 };
    const char *why, *field;
    char hex[HASH_HEX];
    bool ok =
        peek_init(&p, s, a, err) && cache_why(s->lab.cache, &p.key, &arena, &why, &field, err);
    if (ok) {
        bool hits = cache_peek(s->lab.cache, &p.hash, NULL) != NULL;
        hash_hex(&p.hash, hex);
        if (s->json) {
            struct json *j = json_object();
            json_put_text(j, "schema", "rlab.cache_why/1");
            json_put_text(j, "query", buf_text(&p.text));
            json_put_bool(j, "would_hit", hits);
            json_put_text(j, "why", why);
            json_put_text(j, "field", field);
            json_put_text(j, "model", p.model->full_name);
            json_put_text(j, "digest", p.model->identity);
            json_put_text(j, "digest_kind", identity_kind_name(p.model->identity_kind));
            json_put_bool(j, "digest_checked", p.model->identity_checked);
            json_put_text(j, "key", hex);
            print_json(j);
        } else {
            print_wrapped(s, "", 0, why);
            print_wrapped(
                s, "", 0,
                arena_format(&arena, "looked for: %s (%s %.12s%s), %s, key %.*s",
                             p.model->full_name, identity_kind_name(p.model->identity_kind),
                             p.model->identity, p.model->identity_checked ? "" : ", not checked",
                             p.key.suffix ? "step by step" : "no step-by-step", KEY_SHOWN, hex));
        }
    }
    arena_done(&arena);
    peek_done(&p);
    return ok;
}

/* --- drop, clear, size --------------------------------------------------------------------------- */

struct key_search {
    const char *prefix;
    size_t found;
    struct hash key;
};

static bool match_key(void *self, const struct cache_entry *e, int64_t place)
{
    struct key_search *w = self;
    char hex[HASH_HEX];
    (void)place;
    hash_hex(&e->key, hex);
    if (strncasecmp(hex, w->prefix, strlen(w->prefix)) == 0) {
        w->key = e->key;
        w->found++;
    }
    return true;
}

/* A word of hex digits that begins the key of an entry names that entry; anything else is the
 * text of a question. */
static bool key_of(struct session *s, const struct args *a, struct hash *ret, bool *ret_named,
                   struct error *err)
{
    const char *word = a->words[0];
    size_t len = strlen(word);
    *ret_named = false;
    if (a->count != 1 || len < KEY_SHOWN || len >= HASH_HEX ||
        strspn(word, "0123456789abcdefABCDEF") != len)
        return true;
    struct key_search w = { .prefix = word };
    if (!cache_list(s->lab.cache, match_key, &w, err))
        return false;
    if (w.found > 1)
        return error_set(err, ERR_USAGE, "the key '%s' begins %zu entries: give more of it", word,
                         w.found);
    *ret_named = w.found == 1;
    *ret = w.key;
    return true;
}

static bool run_drop(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct peek p = { 0 };
    bool named, found = false;
    char hex[HASH_HEX];
    bool ok = session_open_writing(s, err) && key_of(s, a, &p.hash, &named, err) &&
              (named || peek_init(&p, s, a, err)) && cache_drop(s->lab.cache, &p.hash, &found, err);
    if (ok && !found)
        ok = error_set(err, ERR_NO, "nothing was dropped: no such entry; see: rlab cache list");
    if (ok) {
        hash_hex(&p.hash, hex);
        if (s->json) {
            struct json *j = json_object();
            json_put_text(j, "schema", "rlab.cache_drop/1");
            json_put_int(j, "dropped", 1);
            json_put_text(j, "key", hex);
            print_json(j);
        } else {
            say("dropped %.*s", KEY_SHOWN, hex);
        }
    }
    peek_done(&p);
    return ok;
}

static bool run_clear(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)a;
    (void)ret_code;
    struct cache_stats stats;
    int64_t dropped = 0;
    char question[100];
    s->options.without_files = true;
    if (!session_open_writing(s, err) || !cache_stats(s->lab.cache, &stats, err))
        return false;
    snprintf(question, sizeof question, "Drop all %lld cached answers and zero the counters?",
             (long long)stats.entries);
    if (!ask_yes(s, question, err) || !cache_clear(s->lab.cache, &dropped, err))
        return false;
    if (s->json) {
        struct json *j = json_object();
        json_put_text(j, "schema", "rlab.cache_drop/1");
        json_put_int(j, "dropped", dropped);
        json_put_null(j, "key");
        print_json(j);
    } else {
        say("the cache is empty: %lld dropped, counters at zero", (long long)dropped);
    }
    return true;
}

static bool parse_size(const char *word, int64_t *ret, struct error *err)
{
    char *end;
    long long v = strtoll(word, &end, 10);
    if (end == word || *end || v < 1 || v > MAX_CACHE_SIZE)
        return error_set(err, ERR_USAGE, "'%s' is no size: a whole number from 1 to %d is expected",
                         word, MAX_CACHE_SIZE);
    *ret = v;
    return true;
}

static bool resize(struct session *s, const char *word, int64_t *ret_evicted, struct error *err)
{
    int64_t size = 0;
    struct cache_stats before, after;
    if (!parse_size(word, &size, err) || !session_open_writing(s, err) ||
        !cache_stats(s->lab.cache, &before, err) || !lab_set(&s->lab, "cache.size", word, err) ||
        !cache_resize(s->lab.cache, size, err) || !cache_stats(s->lab.cache, &after, err))
        return false;
    *ret_evicted = before.entries - after.entries;
    return true;
}

static bool run_size(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    int64_t evicted = 0;
    const char *origin;
    struct cache_stats stats;
    s->options.without_files = true;
    if (a->count && !resize(s, a->words[0], &evicted, err))
        return false;
    if (!session_open_store(s, err) || !cache_stats(s->lab.cache, &stats, err))
        return false;
    lab_setting(&s->lab, "cache.size", &origin);
    if (s->json) {
        struct json *j = json_object();
        json_put_text(j, "schema", "rlab.cache_size/1");
        json_put_int(j, "size", stats.size);
        json_put_text(j, "origin", origin);
        json_put_int(j, "entries", stats.entries);
        json_put_int(j, "evicted", evicted);
        print_json(j);
    } else {
        print_line(s, "%lld", (long long)stats.size);
        print_now();
        say("entries at most (%s); %lld kept now%s", origin, (long long)stats.entries,
            a->count && evicted ? ", the least recently used were evicted" : "");
    }
    return true;
}

static const struct sub subs[] = {
    { "stats", "", 0, 0, run_stats },
    { "list", "", 0, 0, run_list },
    { "get", "TEXT|-", 1, SIZE_MAX, run_get },
    { "why", "TEXT|-", 1, SIZE_MAX, run_why },
    { "drop", "TEXT|KEY", 1, SIZE_MAX, run_drop },
    { "clear", "", 0, 0, run_clear },
    { "size", "[N]", 0, 1, run_size },
};

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    return subs_run("cache", subs, sizeof subs / sizeof *subs, s, a, ret_code, err);
}

const struct verb verb_cache = {
    .name = "cache",
    .words = "stats | list | get TEXT | why TEXT | drop TEXT|KEY | clear | size [N]",
    .summary = "the answers that are remembered",
    .help = "A question asked again, of the same model with the same settings, is answered\n"
            "from here. The least recently used answer goes when a new one needs its place.\n"
            "\n"
            "stats counts hits and misses; list shows the order of use, with the next to go;\n"
            "get prints the answer a question would get from the cache now (exit 1: none);\n"
            "why says what it would take for a hit. get and why count nothing and move\n"
            "nothing. drop forgets one answer, by its question or by the key that list shows;\n"
            "clear forgets all and zeroes the counters; size N keeps at most N from now on.\n"
            "\n"
            "get, why and drop take the options of ask: another model, another key.",
    .example = "rlab cache why 'What is the capital of Japan?'",
    .subs = "stats list get why drop clear size",
    .options =
        (const enum option[]){ OPT_FAST, OPT_REASON, OPT_MODEL, OPT_NO_COT, OPT_TEMPERATURE,
                               OPT_TOP_P, OPT_SEED, OPT_MAX_TOKENS, OPT_STOP, OPT_SYSTEM,
                               OPT_THINK_BUDGET, OPT_RULES, OPT_LIMIT, OPT_ALL, OPT_YES, OPTIONS },
    .run = run,
};
