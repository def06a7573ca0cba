/* Would this text hit? Looked up for both models without counting anything. */
#include <string.h>

#include "core/base/text.h"
#include "tui/pane/cache_pane.h"

#define SETTLE_MS 150
/* More entries than this are not compared field by field while somebody types. */
#define MOST_EXPLAINED 2000
#define KEY_SHOWN      8

static struct lab *lab_of(const struct cache_state_pane *st)
{
    return st->pane->desk->lab;
}

static const char *why_word(struct arena *a, const char *field)
{
    static const struct {
        const char *field, *words;
    } words[] = {
        { "query", "no such question" },     { "model", "other model" },
        { "identity", "the model changed" }, { "suffix", "other step by step" },
        { "ttl", "it is too old" },
    };
    for (size_t i = 0; field && i < sizeof words / sizeof *words; i++)
        if (strcmp(field, words[i].field) == 0)
            return words[i].words;
    return field ? arena_format(a, "other %s", field) : "the cache is empty";
}

/* The beginning of an identity that tells: without the name of its digest. */
static const char *short_digest(struct arena *a, const char *identity)
{
    const char *colon = strchr(identity, ':');
    const char *from = colon && colon[1] ? colon + 1 : identity;
    return *from ? arena_format(a, "%.4s", from) : "-";
}

static const char *prompt_digest(struct arena *a, const struct cache_key *k)
{
    char hex[HASH_HEX];
    struct buf prompt = buf_with_max(4 * 1024 * 1024);
    buf_add(&prompt, k->query, k->query_len);
    buf_puts(&prompt, k->suffix ? k->suffix : "");
    struct hash h = hash_of(buf_text(&prompt), prompt.len);
    buf_done(&prompt);
    hash_hex(&h, hex);
    return arena_format(a, "%.4s", hex);
}

static void peek(struct cache_state_pane *st, enum route_force force, struct lab_model *model,
                 struct cache_peek_view *ret)
{
    struct lab *lab = lab_of(st);
    struct arena *a = &st->peek_arena;
    struct question q = question_default();
    struct cache_key key;
    struct error err;
    const char *text, *field;
    char hex[HASH_HEX];
    int64_t place = 0;
    q.text = field_text(&st->field);
    q.len = st->field.text.len;
    q.force = force;
    q.settings = lab_ask_settings(lab);
    if (!pipeline_key(&lab->pipeline, &q, &key, &err)) {
        *ret = (struct cache_peek_view){ .why = arena_string(a, err.text) };
        return;
    }
    struct hash hash = cache_key_hash(&key);
    hash_hex(&hash, hex);
    *ret = (struct cache_peek_view){
        .known = true,
        .model = model->name,
        .digest = short_digest(a, model->identity),
        .prompt = prompt_digest(a, &key),
        .key = arena_format(a, "%.*s", KEY_SHOWN, hex),
        .hit = cache_peek(lab->cache, &hash, &place) != NULL,
        .why = "",
    };
    if (ret->hit)
        ret->why = place ? arena_format(a, "row %lld", (long long)place) : "";
    else if (st->stats.entries <= MOST_EXPLAINED &&
             cache_why(lab->cache, &key, a, &text, &field, &err))
        ret->why = why_word(a, field);
}

void cache_fill_peeks(struct cache_state_pane *st)
{
    struct lab *lab = lab_of(st);
    const char *text = field_text(&st->field);
    net_timer_stop(lab->net, &st->typed);
    arena_clear(&st->peek_arena);
    st->peek_count = 0;
    pane_dirty(st->pane);
    if (text_is_blank(text, strlen(text)))
        return;
    if (!lab->pipeline.fast || !lab->pipeline.reasoning) {
        st->peeks[st->peek_count++] = (struct cache_peek_view){
            .why = st->pane->desk->choosing ? "the models are being looked for"
                                            : "no models are chosen: see Setup",
        };
        return;
    }
    peek(st, ROUTE_FAST, lab->pipeline.fast, &st->peeks[st->peek_count++]);
    if (lab->pipeline.reasoning != lab->pipeline.fast)
        peek(st, ROUTE_REASONING, lab->pipeline.reasoning, &st->peeks[st->peek_count++]);
}

static void settled(void *self)
{
    cache_fill_peeks(self);
}

void cache_fill_peeks_soon(struct cache_state_pane *st)
{
    net_timer_set(lab_of(st)->net, &st->typed, SETTLE_MS, settled, st);
}
