/* Replays a reply and writes its events as text (transcript.h). */
#include "tests/wire/transcript.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/limits.h"

static void quoted(struct buf *to, const char *s, size_t len)
{
    buf_putc(to, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '\n')
            buf_puts(to, "\\n");
        else if (c == '"' || c == '\\')
            buf_printf(to, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            buf_printf(to, "\\x%02X", c);
        else
            buf_putc(to, (char)c);
    }
    buf_putc(to, '"');
}

static void usage(struct buf *to, const struct usage *u)
{
    const struct {
        const char *name;
        int64_t n;
    } counts[] = { { "prompt", u->prompt_tokens },
                   { "completion", u->completion_tokens },
                   { "thinking", u->thinking_tokens } };
    const struct {
        const char *name;
        double s;
    } times[] = { { "load_s", u->load_s },
                  { "prompt_s", u->prompt_s },
                  { "eval_s", u->eval_s },
                  { "queue_s", u->queue_s } };
    buf_puts(to, "USAGE");
    for (size_t i = 0; i < 3; i++)
        if (counts[i].n >= 0)
            buf_printf(to, " %s=%lld", counts[i].name, (long long)counts[i].n);
    for (size_t i = 0; i < 4; i++)
        if (!isnan(times[i].s))
            buf_printf(to, " %s=%.10g", times[i].name, times[i].s);
}

static void end(struct buf *to, const struct model_event *ev)
{
    buf_printf(to, "END %s", call_end_name(ev->end));
    const struct {
        bool on;
        const char *name;
    } flags[] = { { ev->model_missing, "model_missing" },
                  { ev->context_too_long, "context_too_long" },
                  { ev->no_room, "no_room" },
                  { ev->loading, "loading" },
                  { ev->key_refused, "key_refused" },
                  { ev->retryable, "retryable" } };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].on)
            buf_printf(to, " %s", flags[i].name);
    const char *texts[] = { ev->fingerprint, ev->message, ev->advice };
    static const char *const names[] = { "fingerprint", "message", "advice" };
    for (size_t i = 0; i < 3; i++) {
        if (!texts[i])
            continue;
        buf_printf(to, " %s=", names[i]);
        quoted(to, texts[i], strlen(texts[i]));
    }
}

static void named_text(struct buf *to, const char *name, const struct model_event *ev)
{
    buf_printf(to, "%s ", name);
    quoted(to, ev->text, ev->len);
}

/* With `joined`, text goes on in the line before: drops its quote and line end. */
static void text_event(struct transcript *t, const char *name, const struct model_event *ev)
{
    if (t->joined && t->last == ev->type && t->text.len >= 2) {
        t->text.len -= 2;
        struct buf more = buf_with_max(t->text.max);
        quoted(&more, ev->text, ev->len);
        buf_add(&t->text, more.data + 1, more.len - 1);
        buf_done(&more);
    } else {
        named_text(&t->text, name, ev);
    }
}

static void check_text(struct transcript *t, const char *s, size_t len)
{
    if (text_valid_up_to(s, len) != len || memchr(s, '\0', len))
        t->bad_text = true;
}

static void hear(void *self, const struct model_event *ev)
{
    struct transcript *t = self;
    t->after_end = t->after_end || t->ends > 0;
    check_text(t, ev->text, ev->len);
    if (ev->type == EVENT_END) {
        t->ends++;
        check_text(t, ev->message ? ev->message : "", ev->message ? strlen(ev->message) : 0);
        check_text(t, ev->advice ? ev->advice : "", ev->advice ? strlen(ev->advice) : 0);
    }
    switch (ev->type) {
    case EVENT_STARTED:
        buf_printf(&t->text, "STARTED %d", ev->status);
        break;
    case EVENT_THINKING:
        text_event(t, "THINKING", ev);
        buf_add(&t->thinking, ev->text, ev->len);
        break;
    case EVENT_TEXT:
        text_event(t, "TEXT", ev);
        buf_add(&t->answer, ev->text, ev->len);
        break;
    case EVENT_RECLASSIFY:
        buf_puts(&t->text, "RECLASSIFY");
        buf_add(&t->thinking, buf_text(&t->answer), t->answer.len);
        buf_clear(&t->answer);
        break;
    case EVENT_UNTHINK:
        buf_puts(&t->text, "UNTHINK");
        buf_add(&t->answer, buf_text(&t->thinking), t->thinking.len);
        buf_clear(&t->thinking);
        break;
    case EVENT_TOOL:
        check_text(t, ev->tool_id, strlen(ev->tool_id));
        check_text(t, ev->tool_name, strlen(ev->tool_name));
        buf_printf(&t->text, "TOOL %d id=%s name=%s", ev->tool_index, ev->tool_id, ev->tool_name);
        named_text(&t->text, "", ev);
        break;
    case EVENT_LOGPROB:
        named_text(&t->text, "LOGPROB", ev);
        buf_printf(&t->text, " %.4f", ev->logprob);
        break;
    case EVENT_USAGE:
        usage(&t->text, &ev->usage);
        break;
    case EVENT_KEEPALIVE:
        buf_puts(&t->text, "KEEPALIVE");
        break;
    case EVENT_WARN:
        buf_printf(&t->text, "WARN %s", call_warn_name(ev->warn));
        if (ev->len)
            named_text(&t->text, "", ev);
        break;
    case EVENT_RETRY:
        buf_puts(&t->text, "RETRY");
        break;
    case EVENT_END:
        end(&t->text, ev);
        break;
    }
    buf_putc(&t->text, '\n');
    t->last = ev->type;
}

void transcript_of(const struct reply *r, size_t step, struct transcript *ret)
{
    ret->text = buf_with_max(64 * MIB);
    ret->answer = buf_with_max(32 * MIB);
    ret->thinking = buf_with_max(32 * MIB);
    struct decoder *d = decoder_new(r->provider, r->starts_inside, r->context_tokens, hear, ret);
    decoder_head(d, r->status, r->content_type, 1);
    bool more = true;
    for (size_t at = 0; more && at < r->len;) {
        size_t n = step && step < r->len - at ? step : r->len - at;
        /* A copy of its own, so that a read beyond the piece is seen. */
        char *piece = malloc(n);
        memcpy(piece, r->body + at, n);
        more = decoder_bytes(d, piece, n, 2);
        free(piece);
        at += n;
    }
    if (r->fails)
        decoder_fail(d, r->fail, "the connection broke", "try again", 3);
    else
        decoder_eof(d, 3);
    ret->refused = decoder_refused(d);
    decoder_free(d);
}

void transcript_done(struct transcript *t)
{
    buf_done(&t->text);
    buf_done(&t->answer);
    buf_done(&t->thinking);
}
