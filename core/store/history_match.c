/* From what a person wants to see to a statement with its parameters (history_inside.h). */
#include "core/store/history_inside.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

/* Words of one search: far more than anyone types, few enough to stay quick. */
#define MAX_WORDS        32
#define MAX_SEARCH_BYTES 4096

/* --- words -------------------------------------------------------------------------------- */

struct words {
    struct buf wanted, unwanted;
    int count;
};

/* One word or phrase in double quotes, where nothing is an operator. */
static bool add_quoted(struct buf *to, const char *joint, const char *text, size_t len, bool whole)
{
    bool ok = buf_puts(to, to->len ? joint : "") && buf_putc(to, '"');
    for (size_t i = 0; i < len; i++)
        ok = ok && buf_puts(to, text[i] == '"' ? "\"" : "") && buf_putc(to, text[i]);
    return ok && buf_puts(to, whole ? "\"" : "\"*");
}

/* Bytes up to the next white space. */
static size_t word_length(const char *text, size_t len)
{
    size_t at = 0;
    int32_t cp;
    while (at < len) {
        size_t n = text_decode(text + at, len - at, &cp);
        if (text_is_space(cp))
            break;
        at += n;
    }
    return at;
}

/* Bytes of a whole "phrase" with its quotes, 0 where none begins here: an empty one, or half of
 * one, is a plain word. */
static size_t phrase_length(const char *text, size_t len)
{
    if (!len || text[0] != '"')
        return 0;
    for (size_t i = 1; i < len; i++)
        if (text[i] == '"' && (i + 1 == len || word_length(text + i + 1, len - i - 1) == 0))
            return i > 1 ? i + 1 : 0;
    return 0;
}

/* The word at the start of text; gives its bytes. */
static bool add_word(struct words *w, const char *text, size_t len, bool signs, size_t *ret,
                     struct error *err)
{
    bool minus = signs && text[0] == '-' && len > 1 && word_length(text + 1, len - 1) > 0;
    const char *start = text + minus;
    size_t phrase = phrase_length(start, len - minus);
    size_t n = phrase ? phrase : word_length(start, len - minus);
    if (++w->count > MAX_WORDS)
        return error_set(err, ERR_USAGE, "a search takes at most %d words", MAX_WORDS);
    if (!add_quoted(minus ? &w->unwanted : &w->wanted, minus ? " OR " : " ",
                    start + (phrase ? 1 : 0), n - (phrase ? 2 : 0), phrase != 0))
        return error_set(err, ERR_USAGE, "a search takes at most %d bytes", MAX_SEARCH_BYTES / 2);
    *ret = n + minus;
    return true;
}

static bool split_words(const char *search, bool signs, struct words *w, struct error *err)
{
    size_t len = strlen(search), at = 0, n;
    int32_t cp;
    buf_clear(&w->wanted);
    buf_clear(&w->unwanted);
    w->count = 0;
    while (at < len) {
        n = text_decode(search + at, len - at, &cp);
        if (!text_is_space(cp) && !add_word(w, search + at, len - at, signs, &n, err))
            return false;
        at += n;
    }
    return true;
}

bool search_words(const char *search, struct buf *to, struct error *err)
{
    if (!search)
        return true;
    struct words w = { buf_with_max(MAX_SEARCH_BYTES), buf_with_max(MAX_SEARCH_BYTES), 0 };
    bool ok = split_words(search, true, &w, err);
    if (ok && w.unwanted.len && !w.wanted.len) /* nothing is left to leave out of */
        ok = split_words(search, false, &w, err);
    to->max = 2 * MAX_SEARCH_BYTES + 32;
    if (ok && w.unwanted.len)
        buf_printf(to, "(%s) NOT (%s)", buf_text(&w.wanted), buf_text(&w.unwanted));
    else if (ok)
        buf_puts(to, buf_text(&w.wanted));
    buf_done(&w.wanted);
    buf_done(&w.unwanted);
    return ok;
}

/* --- bounds ------------------------------------------------------------------------------- */

static bool any_of(struct db *db, const char *server, const char *model)
{
    struct error err;
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, "SELECT 1 FROM answer WHERE model = ? AND server = ? LIMIT 1", &q, &err))
        return false;
    bind_text(&q, model);
    bind_text(&q, server);
    return query_step(&q, &err) > 0;
}

/* "SERVER/MODEL" or a model alone, whose name may itself hold a slash: the first wins where
 * such an answer exists. */
static void split_model(struct db *db, const char *name, struct bounds *b)
{
    b->model = name;
    const char *slash = name ? strchr(name, '/') : NULL;
    if (!slash)
        return;
    b->server = mem_copy(name, (size_t)(slash - name));
    if (any_of(db, b->server, slash + 1)) {
        b->model = slash + 1;
        return;
    }
    mem_free(b->server);
    b->server = NULL;
}

/* The lowest id that can be of this time: walking back by id may stop there. The plus keeps
 * SQLite from looking for it by walking all ids from the first. */
static bool first_since(struct db *db, int64_t since_wall, int64_t *ret, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, "SELECT min(+id) FROM answer WHERE at_wall >= ?", &q, err))
        return false;
    bind_int(&q, since_wall);
    if (query_step(&q, err) <= 0)
        return false;
    int64_t id = column_count(&q);
    *ret = id < 0 ? INT64_MAX : id;
    return true;
}

bool bounds_find(struct db *db, const struct history_filter *f, struct bounds *ret,
                 struct error *err)
{
    ret->from_id = f->from_id;
    if (f->since_wall && !f->from_id && !first_since(db, f->since_wall, &ret->from_id, err))
        return false;
    split_model(db, f->model, ret);
    return true;
}

void bounds_auto(struct bounds *b)
{
    mem_free(b->server);
}

int bounds_way(const struct history_filter *f)
{
    return (f->model ? 1 : 0) + (f->purpose ? 2 : 0);
}

bool bounds_bind(struct query *q, const struct history_filter *f, const struct bounds *b,
                 const char *match, int64_t limit)
{
    bind_int(q, f->before_id ? f->before_id : INT64_MAX);
    bind_int(q, b->from_id);
    bind_int(q, f->since_wall ? f->since_wall : INT64_MIN);
    bind_text(q, b->server);
    bind_text(q, b->model);
    bind_text(q, f->purpose);
    bind_int(q, limit);
    if (match)
        bind_text(q, match);
    return true;
}

/* --- how many ----------------------------------------------------------------------------- */

bool totals_read(struct db *db, struct history_totals *ret, struct error *err)
{
    struct error old;
    {
        AUTO(query) struct query q = { 0 };
        if (query_open(db, "SELECT answers, lines FROM history_state", &q, &old) &&
            query_step(&q, &old) > 0) {
            ret->answers = column_int(&q);
            ret->lines = column_int(&q);
            return true;
        }
    }
    bool ok = db_number(db, "SELECT count(*) FROM answer", &ret->answers, err);
    ret->lines = ret->answers;
    return ok;
}

bool history_count(struct store *s, int64_t *ret, struct error *err)
{
    int64_t all = 0;
    for (struct db *db = store_source(s, NULL); db; db = store_source(s, db)) {
        struct history_totals t;
        if (!totals_read(db, &t, err))
            return error_within(err, "counting the history");
        all += t.answers;
    }
    *ret = all;
    return true;
}
