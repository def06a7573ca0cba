/* History: answers newest first, searched, read, deleted. What is deleted is gone at once as far as
 * the file is concerned, and undo takes it back until the person leaves the menu. */
#include <math.h>
#include <string.h>

#include "core/limits.h"
#include "core/store/history.h"
#include "tui/line/talk.h"

#define PAGE 20 /* answers said at once */

struct walk {
    struct talk *l;
    int64_t said, last_id;
    bool search;
};

static const char *kept(struct talk *l, const char *text, size_t most)
{
    return text && *text ? talk_short(l, text, strlen(text), most) : "text not kept";
}

static bool say_row(void *self, const struct history_row *r)
{
    struct walk *w = self;
    struct talk *l = w->l;
    char when[WHEN_SIZE];
    w->last_id = r->id;
    w->said++;
    bool ok = r->end && strncmp(r->end, "OK", 2) == 0;
    talk_say(l, "%lld: %s, %s, %s, %s/%s, %s. %s", (long long)r->id,
             when_text(r->at_wall, clock_wall(l->lab->clock), when), r->purpose, r->level,
             r->server, r->model,
             ok ? arena_format(&l->words, "%s, from the %s", talk_seconds(l, r->latency_s), r->from)
                : "no whole answer",
             kept(l, r->query, 200));
    if (w->search && *r->snippet)
        talk_say(l, "Match: %s", kept(l, r->snippet, 300));
    return !l->ending;
}

static void page(struct talk *l, const char *search)
{
    struct walk w = { .l = l, .search = search != NULL };
    struct history_filter f = { .search = search, .limit = PAGE, .before_id = l->page_before };
    struct error err;
    int64_t all = 0;
    if (!history_count(l->lab->store, &all, &err) ||
        !history_list(l->lab->store, &f, say_row, &w, &err)) {
        talk_fail(l, &err);
        return;
    }
    if (!w.said)
        talk_say(l, search && !f.before_id ? "No answer holds all of these words."
                    : all                  ? "No older answers."
                                           : "Nothing was asked yet.");
    else
        talk_say(l, "%lld said, %lld in all. Choose show to hear one whole, more for older ones.",
                 (long long)w.said, (long long)all);
    l->page_before = w.last_id ? w.last_id : l->page_before;
}

static void list(struct talk *l)
{
    l->page_before = 0;
    buf_clear(&l->searched);
    page(l, NULL);
}

static void search(struct talk *l)
{
    const char *text;
    size_t len;
    if (talk_ask(l, "Words: ", "Type words; answers that hold all of them are found.", &text,
                 &len) != ASKED_TEXT)
        return;
    buf_clear(&l->searched);
    l->searched.max = MAX_QUERY_BYTES;
    buf_add(&l->searched, text, strnlen(text, len));
    l->page_before = 0;
    page(l, buf_text(&l->searched));
}

static void more(struct talk *l)
{
    page(l, l->searched.len ? buf_text(&l->searched) : NULL);
}

/* --- one -------------------------------------------------------------------------------------------- */

static void say_figures(struct talk *l, const struct history_row *r)
{
    bool cached = strcmp(r->from, "cache") == 0;
    bool estimated = r->tokens_kind && strcmp(r->tokens_kind, "estimated") == 0;
    talk_say(l, "Time: %s, from the %s.%s%s%s", talk_seconds(l, r->latency_s), r->from,
             cached ? " The call that made it took " : "",
             cached ? talk_seconds(l, r->original_latency_s) : "", cached ? "." : "");
    if (r->completion_tokens >= 0)
        talk_say(l, "Tokens: %lld%s%s.", (long long)r->completion_tokens,
                 r->thinking_tokens > 0 ? arena_format(&l->words, ", %lld of them thinking",
                                                       (long long)r->thinking_tokens)
                                        : "",
                 estimated ? ", estimated" : "");
}

static bool say_whole(void *self, const struct history_row *r)
{
    struct talk *l = self;
    char when[CLOCK_STAMP_SIZE];
    clock_local(r->at_wall, when);
    talk_say(l, "Answer %lld, %s, %s.", (long long)r->id, when, r->purpose);
    talk_text(l, "Question: ", *r->query ? r->query : "text not kept",
              strlen(*r->query ? r->query : "text not kept"));
    talk_say(l, "Score %d, %s. Model: %s/%s%s%s%s.", r->score, r->level, r->server, r->model,
             *r->role ? ", role " : "", r->role, r->cot ? ", step by step" : "");
    say_figures(l, r);
    if (!r->end || strcmp(r->end, "OK_STOP") != 0)
        talk_say(l, "End: %s%s%s.", r->end && *r->end ? r->end : "not ended",
                 r->error && *r->error ? ": " : "", r->error ? r->error : "");
    if (r->fallback_from && *r->fallback_from)
        talk_say(l, "Instead of %s: %s.", r->fallback_from, r->fallback_why);
    if (r->pair_id)
        talk_say(l, "Compare: the %s side; the other is answer %lld; %s%s.", r->side,
                 (long long)r->pair_id, *r->judgement ? "judged " : "not judged", r->judgement);
    if (*r->name)
        talk_text(l, "Name: ", r->name, strlen(r->name));
    if (*r->notes)
        talk_text(l, "Notes: ", r->notes, strlen(r->notes));
    talk_text(l, "Thinking: ", r->thinking, strlen(r->thinking));
    talk_text(l, "Answer: ", r->answer, strlen(r->answer));
    talk_say(l, "End of answer.");
    return true;
}

static bool ask_id(struct talk *l, int64_t *ret)
{
    return talk_ask_number(l, "Number of the answer: ", "Type its number, as list says it.", 1,
                           INT64_MAX, ret) == ASKED_TEXT;
}

static void show(struct talk *l)
{
    struct error err;
    int64_t id;
    if (ask_id(l, &id) && !history_get(l->lab->store, id, say_whole, l, &err))
        talk_fail(l, &err);
}

/* --- deleting ----------------------------------------------------------------------------------------- */

static void drop(struct talk *l)
{
    struct history_gone *gone;
    struct error err;
    int64_t id;
    if (!ask_id(l, &id))
        return;
    if (!history_take(l->lab->store, id, &gone, &err)) {
        talk_fail(l, &err);
    } else if (!gone) {
        talk_say(l, "There is no answer %lld.", (long long)id);
    } else {
        l->gone = mem_grow(l->gone, &l->gone_cap, l->gone_count + 1, sizeof *l->gone);
        l->gone[l->gone_count++] = (struct talk_gone){ id, gone };
        talk_say(l,
                 "Answer %lld is deleted, with the other side where it was a compare. Undo "
                 "takes that back until you leave history.",
                 (long long)id);
    }
}

static void undo(struct talk *l)
{
    struct error err;
    if (!l->gone_count) {
        talk_say(l, "There is nothing to take back.");
        return;
    }
    struct talk_gone *last = &l->gone[l->gone_count - 1];
    if (!history_give_back(l->lab->store, last->what, &err)) {
        talk_fail(l, &err);
        return;
    }
    talk_say(l, "Answer %lld is back.", (long long)last->id);
    history_gone_free(last->what);
    l->gone_count--;
}

/* What can no longer be taken back is forgotten, and its words leave the search index. */
static void forget(struct talk *l)
{
    struct error err;
    bool swept = !l->gone_count;
    for (size_t i = 0; i < l->gone_count; i++)
        history_gone_free(l->gone[i].what);
    if (l->gone_count)
        talk_say(l, "What was deleted stays deleted. The cache may still hold the texts.");
    while (!swept)
        if (!history_sweep(l->lab->store, &swept, &err)) {
            talk_fail(l, &err);
            break;
        }
    mem_free(l->gone);
    l->gone = NULL;
    l->gone_count = l->gone_cap = 0;
    buf_done(&l->searched);
}

void talk_history(struct talk *l)
{
    static const struct talk_choice choices[] = {
        { "list", "the newest answers", list },
        { "search", "answers that hold certain words", search },
        { "more", "older ones, of the list or of the search", more },
        { "show", "one answer whole, with its thinking", show },
        { "delete", "delete one answer", drop },
        { "undo", "take the last deletion back", undo },
    };
    l->page_before = 0;
    talk_menu(l, &TALK_MENU("history", choices));
    forget(l);
}
