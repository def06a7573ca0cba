/* From the store to what the History pane shows: rows in sight, the preview, copies. */
#include <math.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/lab/answer.h"
#include "core/lab/history_json.h"
#include "core/limits.h"
#include "tui/pane/history_pane.h"
#include "tui/screen/words.h"

static struct store *store_of(const struct history_state_pane *st)
{
    return st->pane->desk->lab->store;
}

/* --- words ---------------------------------------------------------------------------------------- */

/* How an answer ended, NULL where it is whole. */
static const char *end_word(const char *end)
{
    static const struct {
        const char *end, *word;
    } ends[] = { { "OK_STOP", NULL },
                 { "OK_LENGTH", "at its limit" },
                 { "CANCELLED", "stopped" },
                 { "interrupted", "cut off" },
                 { "", "running" } };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strcmp(end, ends[i].end) == 0)
            return ends[i].word;
    return strncmp(end, "OK", 2) == 0 ? NULL : "failed";
}

static bool shows_time(const char *end)
{
    return strncmp(end, "OK", 2) == 0;
}

static const char *line_time(struct arena *a, const struct history_line *l)
{
    char words[2][WORDS];
    if (!l->compare) {
        const char *end = l->side[0].end;
        return shows_time(end) ? arena_string(a, brief_seconds(l->side[0].latency_s, words[0]))
                               : end_word(end);
    }
    bool small = l->side[0].latency_s < 0.0995 && l->side[1].latency_s < 0.0995;
    for (int i = 0; i < 2; i++) {
        double s = l->side[i].latency_s * (small ? 1000 : 1);
        if (!shows_time(l->side[i].end) || !isfinite(s))
            snprintf(words[i], WORDS, "-");
        else
            snprintf(words[i], WORDS, s < 9.95 ? "%.1f" : "%.0f", s);
    }
    return arena_format(a, small ? "%s/%sms" : "%s/%ss", words[0], words[1]);
}

static const char *tokens_word(struct arena *a, const struct history_side *s)
{
    if (s->tokens < 0)
        return "-";
    return arena_format(a, "%s%lld", strcmp(s->tokens_kind, "estimated") == 0 ? "~" : "",
                        (long long)s->tokens);
}

/* --- rows ----------------------------------------------------------------------------------------- */

static void fill_row(struct history_state_pane *st, const struct history_line *l,
                     struct history_row_view *r)
{
    struct arena *a = &st->rows_arena;
    char when[WHEN_SIZE];
    const char *query = *l->query ? l->query : "(text not kept)";
    *r = (struct history_row_view){
        .when = arena_string(a, when_text(l->at_wall, clock_wall(st->pane->desk->clock), when)),
        .kind = kind_word(l->purpose),
        .level = level_letter(l->level),
        .model = l->compare ? "both" : l->model,
        .time = line_time(a, l),
        .tokens = tokens_word(a, &l->side[0]),
        .from = l->from,
        .query = query,
    };
    if (l->compare)
        r->tokens = arena_format(a, "%s/%s", r->tokens, tokens_word(a, &l->side[1]));
}

static void fill_rows(struct history_state_pane *st)
{
    struct error err;
    const struct pane *p = st->pane;
    struct history_layout l = history_layout(p->body_rows ? p->body_rows : 19, p->body_cols);
    list_show(&st->list, l.list_rows);
    int first = st->list.top, last = first + (l.list_rows > 1 ? l.list_rows : 1);
    bool there = !st->rows_stale && first >= st->first_row &&
                 (last <= st->first_row + st->row_count ||
                  st->first_row + st->row_count >= (int)st->walk.count);
    if (there)
        return;
    arena_clear(&st->rows_arena);
    st->rows = arena_new(&st->rows_arena, struct history_row_view, HISTORY_WINDOW);
    st->first_row = first;
    st->row_count = 0;
    st->rows_stale = false;
    while (st->row_count < HISTORY_WINDOW && first + st->row_count < (int)st->walk.count) {
        struct history_line line;
        if (!history_line(store_of(st), st->walk.ids[first + st->row_count], &st->rows_arena, &line,
                          &err)) {
            snprintf(st->trouble, sizeof st->trouble, "%s", err.text);
            return;
        }
        if (line.id) {
            fill_row(st, &line, &st->rows[st->row_count++]);
        } else { /* deleted elsewhere since */
            history_walk_drop(&st->walk, st->walk.ids[first + st->row_count]);
            list_count(&st->list, st->list.count - 1);
        }
    }
}

/* --- preview -------------------------------------------------------------------------------------- */

struct taking {
    struct history_state_pane *st;
    struct history_side_view *side;
};

static const char *long_end(struct arena *a, const struct history_row *r)
{
    const char *word = end_word(r->end);
    if (!word)
        return "";
    size_t bytes = strlen(r->answer) + strlen(r->thinking);
    if (strcmp(r->end, "interrupted") == 0 && bytes)
        return arena_format(a, "cut off at ~%zu tokens", bytes / BYTES_PER_TOKEN + 1);
    return *r->error ? arena_format(a, "%s: %s", word, r->error) : word;
}

static bool take_side(void *self, const struct history_row *r)
{
    struct taking *t = self;
    struct history_state_pane *st = t->st;
    struct arena *a = &st->preview_arena;
    bool fast = strcmp(r->role, "fast") == 0, reasoning = strcmp(r->role, "reasoning") == 0;
    bool cached = strcmp(r->from, "cache") == 0;
    int64_t tokens = r->completion_tokens;
    if (tokens < 0 && r->answer_tokens >= 0)
        tokens = r->answer_tokens + (r->thinking_tokens > 0 ? r->thinking_tokens : 0);
    double writing = r->latency_s - r->ttft_s;
    *t->side = (struct history_side_view){
        .role = fast        ? "FAST"
                : reasoning ? "REASON"
                            : "",
        .role_look = fast        ? LOOK_FAST
                     : reasoning ? LOOK_REASONING
                                 : LOOK_TEXT,
        .model = arena_string(a, r->model),
        .end = long_end(a, r),
        .cached = cached,
        .first_s = cached ? NAN : r->ttft_s,
        .rate = !cached && tokens > 0 && writing > 0.01 ? (double)tokens / writing : NAN,
        .took_s = r->latency_s,
        .thought_s = *r->thinking ? r->ttft_text_s - r->ttft_s : NAN,
        .tokens = tokens,
        .thinking_tokens = r->thinking_tokens,
        .answer_tokens = r->answer_tokens,
        .about = strcmp(r->tokens_kind, "estimated") == 0,
        .answer = arena_string(a, r->answer),
        .thinking = arena_string(a, r->thinking),
        .call = r->call_id,
    };
    static const struct {
        const char *verdict, *words;
    } verdicts[] = { { "left", "A is better" },
                     { "right", "B is better" },
                     { "both-wrong", "both are wrong" } };
    struct history_view *v = &st->preview;
    char when[WHEN_SIZE];
    v->query = st->query = arena_string(a, r->query);
    v->judgement = arena_string(a, r->judgement);
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (strcmp(r->judgement, verdicts[i].verdict) == 0)
            v->judgement = verdicts[i].words;
    v->named = arena_format(a, "%s%s%s", r->name, *r->name && *r->notes ? ": " : "", r->notes);
    if (r->judged_wall)
        snprintf(st->judged_at, sizeof st->judged_at, "%s",
                 when_text(r->judged_wall, clock_wall(st->pane->desk->clock), when));
    return true;
}

/* The place of the first match on one line, with a little around it. */
static void say_match(struct history_state_pane *st, const char *where, const char *text)
{
    const char *at = strchr(text, '\1'), *from = at, *to = at;
    for (int i = 0; i < 24 && from > text; i++)
        from--;
    while (from < at && ((unsigned char)*from & 0xC0) == 0x80)
        from++;
    for (int i = 0; i < 40 && *to; i++)
        to++;
    while (((unsigned char)*to & 0xC0) == 0x80)
        to++;
    struct buf plain = buf_with_max(400), safe = buf_with_max(800);
    for (const char *c = from; c < to; c++)
        if (*c != '\1' && *c != '\2')
            buf_putc(&plain, *c);
    text_safe_line(&safe, buf_text(&plain), plain.len);
    snprintf(st->matched, sizeof st->matched, "Matched in %s: \"%s%s%s\"", where,
             from > text ? "…" : "", buf_text(&safe), *to ? "…" : "");
    text_trim_partial(st->matched);
    buf_done(&plain);
    buf_done(&safe);
}

static void mark_side(struct history_state_pane *st, int i, const char *search)
{
    struct history_view *v = &st->preview;
    struct history_side_view *side = &v->side[i];
    struct history_marks m;
    struct error err;
    char where[40];
    if (!history_marks(store_of(st), st->line.side[i].id, search, &st->preview_arena, &m, &err) ||
        !m.query)
        return;
    if (*v->query && i == 0) {
        v->query = m.query;
        v->matches += marked_matches(m.query);
    }
    side->answer = m.answer;
    side->thinking = m.thinking;
    side->thinking_matches = marked_matches(m.thinking);
    v->matches += marked_matches(m.answer) + side->thinking_matches;
    bool two = v->sides == 2;
    snprintf(where, sizeof where, two ? "answer %c" : "the answer", 'A' + i);
    if (!*st->matched && strchr(m.answer, '\1'))
        say_match(st, where, m.answer);
    snprintf(where, sizeof where, two ? "the thinking of %c" : "the thinking", 'A' + i);
    if (!*st->matched && strchr(m.thinking, '\1'))
        say_match(st, where, m.thinking);
}

static void fill_preview(struct history_state_pane *st)
{
    struct error err;
    struct history_view *v = &st->preview;
    bool known = st->list.count && (size_t)st->list.at < st->walk.count;
    int64_t id = known ? st->walk.ids[st->list.at] : 0;
    if (id == st->shown_id && id)
        return;
    arena_clear(&st->preview_arena);
    *v = (struct history_view){ .query = "", .judgement = "" };
    st->matched[0] = st->judged_at[0] = '\0';
    st->shown_id = 0;
    st->query = "";
    if (!id || !history_line(store_of(st), id, &st->preview_arena, &st->line, &err) || !st->line.id)
        return;
    v->sides = st->line.compare ? 2 : 1;
    for (int i = 0; i < v->sides; i++) {
        struct taking t = { st, &v->side[i] };
        if (!history_get(store_of(st), st->line.side[i].id, take_side, &t, &err)) {
            snprintf(st->trouble, sizeof st->trouble, "%s", err.text);
            return;
        }
    }
    struct history_filter f = find_filter(st);
    for (int i = 0; f.search && i < v->sides; i++)
        mark_side(st, i, f.search);
    v->chosen = true;
    st->shown_id = id;
}

void fill(struct history_state_pane *st)
{
    fill_rows(st);
    fill_preview(st);
}

void fill_forget(struct history_state_pane *st)
{
    st->rows_stale = true;
    st->row_count = 0;
    st->shown_id = 0;
    st->preview.chosen = false;
}

/* --- copies --------------------------------------------------------------------------------------- */

struct copying {
    struct buf *to;
    bool json, two;
    int i;
};

static bool copy_side(void *self, const struct history_row *r)
{
    struct copying *c = self;
    if (c->json) {
        struct json *j = history_json(r);
        bool ok = json_print(j, c->to) && buf_putc(c->to, '\n');
        json_free(j);
        return ok;
    }
    if (!c->i)
        buf_printf(c->to, "%s\n", r->query);
    buf_printf(c->to, "\n%s%s/%s:\n%s\n", c->two ? (c->i ? "B, " : "A, ") : "", r->server, r->model,
               r->answer);
    return true;
}

bool fill_copy(const struct history_state_pane *st, bool json, struct buf *to)
{
    struct error err;
    if (!st->preview.chosen)
        return false;
    for (int i = 0; i < st->preview.sides; i++) {
        struct copying c = { to, json, st->preview.sides == 2, i };
        if (!history_get(store_of(st), st->line.side[i].id, copy_side, &c, &err))
            return false;
    }
    return true;
}

static bool page_side(void *self, const struct history_row *r)
{
    struct page *page = self;
    struct buf head = buf_with_max(2 * MAX_QUERY_BYTES);
    if (strcmp(r->side, "right") != 0)
        buf_printf(&head, "%s\n\n", r->query);
    buf_printf(&head, "---\n\n**%s/%s**\n\n", r->server, r->model);
    page_add(page, buf_text(&head), head.len);
    buf_done(&head);
    if (*r->thinking) {
        static const char before[] = "*thinking:*\n\n", after[] = "\n\n*answer:*\n\n";
        page_add(page, before, sizeof before - 1);
        page_add(page, r->thinking, strlen(r->thinking));
        page_add(page, after, sizeof after - 1);
    }
    page_add(page, r->answer, strlen(r->answer));
    page_add(page, "\n\n", 2);
    return true;
}

void fill_page(const struct history_state_pane *st, struct page *page)
{
    struct error err;
    for (int i = 0; i < st->preview.sides; i++)
        if (!history_get(store_of(st), st->line.side[i].id, page_side, page, &err))
            page_add(page, err.text, strlen(err.text));
}
