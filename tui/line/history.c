/* History: answers newest first, searched, read, deleted. What is deleted is out of sight at once
 * and gone for good when the person leaves the menu; until then undo takes it back. */
#include <math.h>
#include <string.h>

#include "core/limits.h"
#include "core/store/history.h"
#include "tui/line/talk.h"

#define PAGE 20 /* answers said at once */

struct walk {
    struct line *l;
    int64_t said, last_id;
    bool search;
};

static bool is_hidden(const struct line *l, int64_t id)
{
    for (size_t i = 0; i < l->hidden_count; i++)
        if (l->hidden[i] == id)
            return true;
    return false;
}

static const char *kept(struct line *l, const char *text, size_t most)
{
    return text && *text ? line_short(l, text, strlen(text), most) : "text not kept";
}

static bool say_row(void *self, const struct history_row *r)
{
    struct walk *w = self;
    struct line *l = w->l;
    char when[WHEN_SIZE];
    w->last_id = r->id;
    if (is_hidden(l, r->id))
        return true;
    w->said++;
    bool ok = r->end && strncmp(r->end, "OK", 2) == 0;
    line_say(l, "%lld: %s, %s, %s, %s/%s, %s. %s", (long long)r->id,
             when_text(r->at_wall, clock_wall(l->lab->clock), when), r->purpose, r->level,
             r->server, r->model,
             ok ? arena_format(&l->words, "%s, from the %s", line_seconds(l, r->latency_s), r->from)
                : "no whole answer",
             kept(l, r->query, 200));
    if (w->search && *r->snippet)
        line_say(l, "Match: %s", kept(l, r->snippet, 300));
    return !l->ending;
}

static void page(struct line *l, const char *search)
{
    struct walk w = { .l = l, .search = search != NULL };
    struct history_filter f = { .search = search, .limit = PAGE, .before_id = l->page_before };
    struct error err;
    int64_t all = 0;
    if (!history_count(l->lab->store, &all, &err) ||
        !history_list(l->lab->store, &f, say_row, &w, &err)) {
        line_fail(l, &err);
        return;
    }
    if (!w.said)
        line_say(l, search && !f.before_id ? "No answer holds all of these words."
                    : all                  ? "No older answers."
                                           : "Nothing was asked yet.");
    else
        line_say(l, "%lld said, %lld in all. Choose show to hear one whole, more for older ones.",
                 (long long)w.said, (long long)all - (long long)l->hidden_count);
    l->page_before = w.last_id ? w.last_id : l->page_before;
}

static void list(struct line *l)
{
    l->page_before = 0;
    buf_clear(&l->searched);
    page(l, NULL);
}

static void search(struct line *l)
{
    const char *text;
    size_t len;
    if (line_ask(l, "Words: ", "Type words; answers that hold all of them are found.", &text,
                 &len) != ASKED_TEXT)
        return;
    buf_clear(&l->searched);
    l->searched.max = MAX_QUERY_BYTES;
    buf_add(&l->searched, text, strnlen(text, len));
    l->page_before = 0;
    page(l, buf_text(&l->searched));
}

static void more(struct line *l)
{
    page(l, l->searched.len ? buf_text(&l->searched) : NULL);
}

/* --- one -------------------------------------------------------------------------------------------- */

static void say_figures(struct line *l, const struct history_row *r)
{
    bool cached = strcmp(r->from, "cache") == 0;
    bool estimated = r->tokens_kind && strcmp(r->tokens_kind, "estimated") == 0;
    line_say(l, "Time: %s, from the %s.%s%s%s", line_seconds(l, r->latency_s), r->from,
             cached ? " The call that made it took " : "",
             cached ? line_seconds(l, r->original_latency_s) : "", cached ? "." : "");
    if (r->completion_tokens >= 0)
        line_say(l, "Tokens: %lld%s%s.", (long long)r->completion_tokens,
                 r->thinking_tokens > 0 ? arena_format(&l->words, ", %lld of them thinking",
                                                       (long long)r->thinking_tokens)
                                        : "",
                 estimated ? ", estimated" : "");
}

static bool say_whole(void *self, const struct history_row *r)
{
    struct line *l = self;
    char when[CLOCK_STAMP_SIZE];
    clock_local(r->at_wall, when);
    line_say(l, "Answer %lld, %s, %s.", (long long)r->id, when, r->purpose);
    line_text(l, "Question: ", *r->query ? r->query : "text not kept",
              strlen(*r->query ? r->query : "text not kept"));
    line_say(l, "Score %d, %s. Model: %s/%s%s%s%s.", r->score, r->level, r->server, r->model,
             *r->role ? ", role " : "", r->role, r->cot ? ", step by step" : "");
    say_figures(l, r);
    if (!r->end || strcmp(r->end, "OK_STOP") != 0)
        line_say(l, "End: %s%s%s.", r->end && *r->end ? r->end : "not ended",
                 r->error && *r->error ? ": " : "", r->error ? r->error : "");
    if (r->fallback_from && *r->fallback_from)
        line_say(l, "Instead of %s: %s.", r->fallback_from, r->fallback_why);
    if (r->pair_id)
        line_say(l, "Compare: the %s side; the other is answer %lld; %s%s.", r->side,
                 (long long)r->pair_id, *r->judgement ? "judged " : "not judged", r->judgement);
    line_text(l, "Thinking: ", r->thinking, strlen(r->thinking));
    line_text(l, "Answer: ", r->answer, strlen(r->answer));
    line_say(l, "End of answer.");
    return true;
}

static bool ask_id(struct line *l, int64_t *ret)
{
    if (line_ask_number(l, "Number of the answer: ", "Type its number, as list says it.", 1,
                        INT64_MAX, ret) != ASKED_TEXT)
        return false;
    if (is_hidden(l, *ret))
        line_say(l, "Answer %lld is deleted; undo takes that back.", (long long)*ret);
    return !is_hidden(l, *ret);
}

static void show(struct line *l)
{
    struct error err;
    int64_t id;
    if (ask_id(l, &id) && !history_get(l->lab->store, id, say_whole, l, &err))
        line_fail(l, &err);
}

/* --- deleting ----------------------------------------------------------------------------------------- */

static bool nothing(void *self, const struct history_row *r)
{
    (void)self;
    (void)r;
    return true;
}

static void drop(struct line *l)
{
    struct error err;
    int64_t id;
    if (!ask_id(l, &id))
        return;
    if (!history_get(l->lab->store, id, nothing, NULL, &err)) {
        line_fail(l, &err);
        return;
    }
    l->hidden = mem_grow(l->hidden, &l->hidden_cap, l->hidden_count + 1, sizeof *l->hidden);
    l->hidden[l->hidden_count++] = id;
    line_say(l, "Answer %lld is deleted, for good once you leave history. Undo takes it back.",
             (long long)id);
}

static void undo(struct line *l)
{
    if (!l->hidden_count)
        line_say(l, "There is nothing to take back.");
    else
        line_say(l, "Answer %lld is back.", (long long)l->hidden[--l->hidden_count]);
}

static void purge(struct line *l)
{
    struct error err;
    int64_t n, deleted = 0;
    for (size_t i = 0; i < l->hidden_count; i++) {
        if (history_delete(l->lab->store, l->hidden[i], 0, &n, &err))
            deleted += n;
        else
            line_fail(l, &err);
    }
    if (l->hidden_count)
        line_say(l, "%s deleted for good. The cache may still hold the texts.",
                 line_count(l, deleted, "answer", "answers"));
    mem_free(l->hidden);
    l->hidden = NULL;
    l->hidden_count = l->hidden_cap = 0;
    buf_done(&l->searched);
}

void line_history(struct line *l)
{
    static const struct line_choice choices[] = {
        { "list", "the newest answers", list },
        { "search", "answers that hold certain words", search },
        { "more", "older ones, of the list or of the search", more },
        { "show", "one answer whole, with its thinking", show },
        { "delete", "delete one answer", drop },
        { "undo", "take the last deletion back", undo },
    };
    l->page_before = 0;
    line_menu(l, &LINE_MENU("history", choices));
    purge(l);
}
