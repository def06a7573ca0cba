/* The letterbox of the panes. Owns the texts that are left in it. */
#include "tui/pane/desk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/limits.h"
#include "core/store/drafts.h"

#define MESSAGE_NS (4 * NS_PER_S)
#define MAX_TEXT   (MAX_ANSWER_BYTES + MAX_QUERY_BYTES)

void desk_init(struct desk *d, struct lab *lab, const struct clock *clock)
{
    *d = (struct desk){ .lab = lab, .clock = clock, .motion = true };
    d->text = buf_with_max(MAX_TEXT);
}

void desk_done(struct desk *d)
{
    desk_card(d, NULL);
    deeds_done(d);
    for (size_t i = 0; i < DESK_LOG; i++)
        mem_free(d->log[i].text);
    desk_flush(d, true);
    for (size_t i = 0; i < DESK_DRAFTS; i++)
        mem_free(d->drafts[i].text);
    mem_free(d->question.text);
    arena_done(&d->trouble.arena);
    buf_done(&d->text);
    *d = (struct desk){ 0 };
}

/* --- the log ------------------------------------------------------------------------------ */

static void note(struct desk *d, const char *text, bool error)
{
    struct desk_line *l = &d->log[d->log_next];
    mem_free(l->text);
    *l = (struct desk_line){ clock_wall(d->clock), error, mem_string(text) };
    d->log_next = (d->log_next + 1) % DESK_LOG;
    if (d->log_count < DESK_LOG)
        d->log_count++;
    d->dirty = true;
}

const struct desk_line *desk_log(const struct desk *d, size_t i)
{
    return i < d->log_count ? &d->log[(d->log_next + DESK_LOG - 1 - i) % DESK_LOG] : NULL;
}

void desk_say(struct desk *d, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(d->message, sizeof d->message, fmt, args);
    va_end(args);
    text_trim_partial(d->message);
    d->message_until_ns = clock_mono(d->clock) + MESSAGE_NS;
    note(d, d->message, false);
}

void desk_tell(struct desk *d, const char *fmt, ...)
{
    va_list args;
    char text[sizeof d->message];
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    desk_say(d, "%s", text);
    d->message_until_ns = INT64_MAX;
    d->dirty = true;
}

/* --- trouble ------------------------------------------------------------------------------ */

static void add_row(struct buf *to, const char *name, const char *text)
{
    if (text && *text)
        buf_printf(to, "\n%s: %s", name, text);
}

void desk_trouble(struct desk *d, const struct trouble *t)
{
    struct trouble kept = *t; /* its texts may lie in the arena that is cleared now */
    struct arena fresh = { 0 };
    kept.title = arena_string(&fresh, t->title);
    kept.what = arena_string(&fresh, t->what);
    kept.reply = arena_string(&fresh, t->reply);
    kept.advice = arena_string(&fresh, t->advice);
    kept.kept = arena_string(&fresh, t->kept);
    arena_done(&d->trouble.arena);
    d->trouble = (struct trouble_copy){ kept, fresh };

    struct buf line = buf_with_max(64 * KIB);
    buf_puts(&line, kept.title);
    add_row(&line, "What", kept.what);
    add_row(&line, "Reply", kept.reply);
    add_row(&line, "Do", kept.advice);
    add_row(&line, "Kept", kept.kept);
    note(d, buf_text(&line), true);
    if (d->lab)
        lab_log(d->lab, buf_text(&line));
    buf_done(&line);
    d->errors_unread++;
}

void desk_fail(struct desk *d, const char *title, const struct error *err)
{
    desk_trouble(d, &(struct trouble){ .title = title, .what = err->text });
}

void desk_card(struct desk *d, const struct desk_card *card)
{
    struct desk_card kept = card ? *card : (struct desk_card){ 0 };
    kept.title = card ? mem_string(card->title) : NULL;
    kept.text = card ? mem_string(card->text) : NULL;
    mem_free(d->card.title);
    mem_free(d->card.text);
    d->card = kept;
    d->dirty = true;
}

/* --- questions and wishes ----------------------------------------------------------------- */

static void ask(struct desk *d, const char *text, const char *value, bool wants_text,
                void (*answered)(void *self, const char *text), void *self)
{
    if (d->question.text)
        return;
    d->question = (struct desk_question){ mem_string(text), wants_text, "", answered, self };
    snprintf(d->question.value, sizeof d->question.value, "%s", value);
    text_trim_partial(d->question.value);
    d->dirty = true;
}

void desk_ask(struct desk *d, const char *text, void (*answered)(void *self, const char *text),
              void *self)
{
    ask(d, text, "", false, answered, self);
}

void desk_ask_text(struct desk *d, const char *text, const char *value,
                   void (*answered)(void *self, const char *text), void *self)
{
    ask(d, text, value, true, answered, self);
}

void desk_answer(struct desk *d, const char *text)
{
    struct desk_question q = d->question;
    d->question = (struct desk_question){ 0 };
    d->dirty = true;
    if (q.answered)
        q.answered(q.self, text);
    mem_free(q.text);
}

static void want(struct desk *d, enum desk_wants wants, const char *name, const char *text,
                 size_t len)
{
    d->wants = wants;
    snprintf(d->name, sizeof d->name, "%s", name);
    buf_clear(&d->text);
    if (text && !buf_add(&d->text, text, len))
        buf_add(&d->text, text, MAX_TEXT);
    d->dirty = true;
}

void desk_go(struct desk *d, const char *pane, const char *text)
{
    want(d, DESK_PANE, "", text, text ? strlen(text) : 0);
    d->pane = pane;
    d->has_text = text != NULL;
}

void desk_copy(struct desk *d, const char *text, size_t len)
{
    want(d, DESK_COPY, "", text, len);
}

void desk_file(struct desk *d, const char *name, const char *text, size_t len)
{
    want(d, DESK_FILE, name, text, len);
}

void desk_pager(struct desk *d, const char *text, size_t len)
{
    want(d, DESK_PAGER, "", text, len);
}

void desk_editor(struct desk *d, const char *text, size_t len)
{
    want(d, DESK_EDITOR, "", text, len);
}

/* --- what outlives the program ------------------------------------------------------------- */

static struct desk_draft *find_draft(struct desk *d, const char *key)
{
    for (size_t i = 0; i < DESK_DRAFTS; i++)
        if (d->drafts[i].text && strcmp(d->drafts[i].key, key) == 0)
            return &d->drafts[i];
    return NULL;
}

const char *desk_kept(struct desk *d, const char *key)
{
    struct desk_draft *waiting = find_draft(d, key);
    if (waiting)
        return waiting->text;
    return d->lab ? draft_get(d->lab->store, key) : NULL;
}

/* One that cannot be written now waits for its next turn; a person is not bothered with it. */
static void write_draft(struct desk *d, struct desk_draft *w)
{
    struct error err;
    if (!draft_set(d->lab->store, w->key, w->text, &err) && store_was_busy(d->lab->store))
        return;
    mem_free(w->text);
    w->text = NULL;
}

void desk_keep(struct desk *d, const char *key, const char *value)
{
    struct desk_draft *w = find_draft(d, key);
    for (size_t i = 0; !w && i < DESK_DRAFTS; i++)
        if (!d->drafts[i].text)
            w = &d->drafts[i];
    if (!d->lab || !w)
        return;
    mem_free(w->text);
    snprintf(w->key, sizeof w->key, "%s", key);
    w->text = mem_string(value ? value : "");
    if (!d->draft_due_ns)
        d->draft_due_ns = clock_mono(d->clock) + DESK_DRAFT_NS;
}

void desk_flush(struct desk *d, bool now)
{
    if (!d->draft_due_ns || (!now && clock_mono(d->clock) < d->draft_due_ns))
        return;
    d->draft_due_ns = 0;
    for (size_t i = 0; i < DESK_DRAFTS; i++) {
        if (d->drafts[i].text)
            write_draft(d, &d->drafts[i]);
        if (d->drafts[i].text)
            d->draft_due_ns = clock_mono(d->clock) + DESK_DRAFT_NS;
    }
}
