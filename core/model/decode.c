/* Reply bytes in, events out (decode.h). */
#include "core/model/decode.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/limits.h"
#include "core/model/frames.h"
#include "core/wire/repair.h"
#include "core/wire/think.h"

/* A line of noise can happen; three in a row mean that this is no reply we know. */
#define BAD_IN_A_ROW 3
/* More than any honest error body; the rest is not kept. */
#define ERROR_BODY_BYTES (64 * KIB)
#define MAX_TOOLS        128
#define MAX_FINGERPRINT  100

/* Answer and thinking are two streams of text. */
struct stream {
    struct repair repair;
    size_t total; /* bytes delivered */
};

struct tool {
    char *id; /* NULL where the server gave none */
    int index;
};

struct decoder {
    const struct provider *provider;
    model_hear *hear;
    void *self;
    int64_t context_tokens;
    int64_t state; /* the provider's */

    int64_t at_ns;
    int status;
    bool framed; /* frames is set up */
    struct frames frames;
    struct buf error_body; /* of a reply with an error status */

    struct think think;
    struct stream text, thinking;
    struct buf piece; /* text of one event that is being put together */
    enum event_type piece_type;

    struct usage usage;
    struct tool tools[MAX_TOOLS];
    size_t tool_count, tool_now;
    char fingerprint[ERROR_SHOWN_SIZE];

    bool marked, closed, faulted, ended;
    enum call_end mark;
    struct error_body fault;

    bool any_good;
    unsigned bad_in_row;
    char bad_words[ERROR_SHOWN_SIZE]; /* of the last unreadable event */
};

struct decoder *decoder_new(const struct provider *p, bool starts_inside_think,
                            int64_t context_tokens, model_hear *hear, void *self)
{
    struct decoder *d = mem_new(struct decoder, 1);
    d->provider = p;
    d->hear = hear;
    d->self = self;
    d->context_tokens = context_tokens;
    d->usage = USAGE_UNKNOWN;
    d->error_body = buf_with_max(ERROR_BODY_BYTES);
    d->piece = buf_with_max(4 * MAX_EVENT_BYTES); /* a bad byte becomes three */
    think_init(&d->think, starts_inside_think);
    return d;
}

void decoder_free(struct decoder *d)
{
    if (!d)
        return;
    if (d->framed)
        frames_done(&d->frames);
    for (size_t i = 0; i < d->tool_count; i++)
        mem_free(d->tools[i].id);
    buf_done(&d->error_body);
    buf_done(&d->piece);
    mem_free(d);
}

/* --- delivering -------------------------------------------------------------------------- */

/* An event with everything in place that a handler may look at. */
static struct model_event event_of(const struct decoder *d, enum event_type type)
{
    return (struct model_event){
        .type = type, .at_ns = d->at_ns, .text = "", .status = d->status, .usage = d->usage
    };
}

static void send(struct decoder *d, const struct model_event *ev)
{
    if (!d->ended)
        d->hear(d->self, ev);
}

static void send_bare(struct decoder *d, enum event_type type)
{
    struct model_event ev = event_of(d, type);
    send(d, &ev);
}

static void flush_piece(struct decoder *d)
{
    if (d->piece.len == 0)
        return;
    struct model_event ev = event_of(d, d->piece_type);
    ev.text = buf_text(&d->piece);
    ev.len = d->piece.len;
    send(d, &ev);
    buf_clear(&d->piece);
}

static void finish_with(struct decoder *d, enum call_end end, const char *message,
                        const char *advice)
{
    struct model_event ev = event_of(d, EVENT_END);
    bool fault = d->faulted && (end == END_ERR_HTTP || end == END_ERR_STREAM);
    bool silent = call_end_is_ok(end) || end == END_CANCELLED;
    ev.end = end;
    ev.message = silent ? NULL : message && *message ? message : call_end_words(end);
    ev.advice = silent || !advice || !*advice ? NULL : advice;
    ev.model_missing = fault && d->fault.fault == FAULT_MODEL_MISSING;
    ev.context_too_long = fault && d->fault.fault == FAULT_CONTEXT;
    ev.no_room = fault && d->fault.fault == FAULT_NO_ROOM;
    ev.loading = fault && d->fault.fault == FAULT_LOADING;
    ev.key_refused = fault && (d->fault.fault == FAULT_KEY || d->fault.fault == FAULT_MONEY);
    if (fault)
        ev.retryable = d->fault.retryable && !decoder_has_output(d);
    else
        ev.retryable =
            (end == END_ERR_TRANSPORT || end == END_TIMEOUT_CONNECT) && !decoder_has_output(d);
    ev.fingerprint = *d->fingerprint ? d->fingerprint : NULL;
    send(d, &ev);
    d->ended = true;
}

/* --- text -------------------------------------------------------------------------------- */

static void add_to_stream(struct decoder *d, enum event_type type, const char *text, size_t len)
{
    struct stream *s = type == EVENT_TEXT ? &d->text : &d->thinking;
    if (d->piece_type != type)
        flush_piece(d);
    d->piece_type = type;
    size_t before = d->piece.len;
    repair_add(&s->repair, text, len, &d->piece);
    s->total += d->piece.len - before;
    if (s->total > MAX_ANSWER_BYTES && !d->ended) {
        flush_piece(d);
        finish_with(d, END_ERR_PROTOCOL, "the answer passed 16 MiB and was stopped", NULL);
    }
}

static void take_piece(struct decoder *d, const struct think_piece *p)
{
    switch (p->kind) {
    case THINK_PIECE_TEXT:
        add_to_stream(d, EVENT_TEXT, p->text, p->len);
        break;
    case THINK_PIECE_THINKING:
        add_to_stream(d, EVENT_THINKING, p->text, p->len);
        break;
    case THINK_PIECE_RECLASSIFY:
        flush_piece(d);
        send_bare(d, EVENT_RECLASSIFY);
        d->thinking.total += d->text.total;
        d->text.total = 0;
        break;
    }
}

void decode_text(struct decoder *d, const char *text)
{
    size_t len = text ? strlen(text) : 0;
    struct think_piece p;
    while (!d->ended && think_next(&d->think, &text, &len, &p))
        take_piece(d, &p);
    flush_piece(d);
}

void decode_thinking(struct decoder *d, const char *text)
{
    if (!text || !*text)
        return;
    think_structured(&d->think);
    add_to_stream(d, EVENT_THINKING, text, strlen(text));
    flush_piece(d);
}

/* Gives everything that was held back for what might have followed. */
static void flush_held(struct decoder *d)
{
    struct think_piece p;
    if (think_end(&d->think, &p))
        take_piece(d, &p);
    flush_piece(d);
    d->piece_type = EVENT_THINKING;
    repair_end(&d->thinking.repair, &d->piece);
    flush_piece(d);
    d->piece_type = EVENT_TEXT;
    repair_end(&d->text.repair, &d->piece);
    flush_piece(d);
}

/* --- what providers report ----------------------------------------------------------------- */

/* Text that stands alone: nothing is held back. Borrowed until the next one. */
static const char *clean_text(struct decoder *d, const char *text)
{
    struct repair alone = { 0 };
    flush_piece(d);
    if (text)
        repair_add(&alone, text, strlen(text), &d->piece);
    repair_end(&alone, &d->piece);
    return buf_text(&d->piece);
}

/* A name out of a reply: short, valid, fit to be shown. */
static const char *words(const char *text, char ret[ERROR_SHOWN_SIZE])
{
    error_body_words(text ? text : "", text ? strlen(text) : 0, ret);
    return ret;
}

/* Which of our tool calls a fragment belongs to; false where there are too many. */
static bool route_tool(struct decoder *d, int index, const char *id)
{
    bool named = *id;
    for (size_t i = d->tool_count; i-- > 0;) {
        const struct tool *t = &d->tools[i];
        if (named ? t->id && strcmp(t->id, id) == 0 : index >= 0 && t->index == index) {
            d->tool_now = i;
            return true;
        }
    }
    if (!named && index < 0 && d->tool_count)
        return true;
    if (d->tool_count == MAX_TOOLS)
        return false;
    d->tools[d->tool_count] = (struct tool){ named ? mem_string(id) : NULL, index };
    d->tool_now = d->tool_count++;
    return true;
}

void decode_tool(struct decoder *d, int index, const char *id, const char *name,
                 const char *arguments)
{
    char id_words[ERROR_SHOWN_SIZE], name_words[ERROR_SHOWN_SIZE];
    if (!route_tool(d, index, words(id, id_words)))
        return;
    const struct tool *t = &d->tools[d->tool_now];
    struct model_event ev = event_of(d, EVENT_TOOL);
    ev.text = clean_text(d, arguments);
    ev.len = d->piece.len;
    ev.tool_index = (int)d->tool_now;
    ev.tool_id = t->id ? t->id : "";
    ev.tool_name = words(name, name_words);
    send(d, &ev);
    buf_clear(&d->piece);
}

void decode_logprob(struct decoder *d, const char *token, double logprob)
{
    struct model_event ev = event_of(d, EVENT_LOGPROB);
    ev.text = clean_text(d, token);
    ev.len = d->piece.len;
    ev.logprob = logprob;
    send(d, &ev);
    buf_clear(&d->piece);
}

static bool keep_count(int64_t *old, int64_t now)
{
    if (now >= 0)
        *old = now;
    return now >= 0;
}

static bool keep_seconds(double *old, double now)
{
    if (now >= 0) /* false for NAN */
        *old = now;
    return now >= 0;
}

void decode_usage(struct decoder *d, const struct usage *u)
{
    bool told = keep_count(&d->usage.prompt_tokens, u->prompt_tokens);
    told |= keep_count(&d->usage.completion_tokens, u->completion_tokens);
    told |= keep_count(&d->usage.thinking_tokens, u->thinking_tokens);
    told |= keep_count(&d->usage.cached_tokens, u->cached_tokens);
    told |= keep_seconds(&d->usage.load_s, u->load_s);
    told |= keep_seconds(&d->usage.prompt_s, u->prompt_s);
    told |= keep_seconds(&d->usage.eval_s, u->eval_s);
    told |= keep_seconds(&d->usage.queue_s, u->queue_s);
    if (told)
        send_bare(d, EVENT_USAGE);
}

void decode_warn(struct decoder *d, enum call_warn w, const char *detail)
{
    char shown[ERROR_SHOWN_SIZE];
    struct model_event ev = event_of(d, EVENT_WARN);
    ev.warn = w;
    ev.text = words(detail, shown);
    ev.len = strlen(ev.text);
    send(d, &ev);
}

void decode_keepalive(struct decoder *d)
{
    send_bare(d, EVENT_KEEPALIVE);
}

void decode_fingerprint(struct decoder *d, const char *fingerprint)
{
    if (fingerprint && strncmp(d->fingerprint, fingerprint, MAX_FINGERPRINT) != 0)
        error_body_words(fingerprint, strnlen(fingerprint, MAX_FINGERPRINT), d->fingerprint);
}

void decode_error(struct decoder *d, const struct json *holder)
{
    if (d->faulted) /* the first one is the cause, later ones follow from it */
        return;
    error_body_from_json(d->status, d->provider->name, holder, &d->fault);
    d->faulted = true;
}

void decode_end_mark(struct decoder *d, enum call_end end)
{
    d->marked = true;
    d->mark = end;
}

void decode_closed(struct decoder *d)
{
    d->closed = true;
}

bool decode_saw_end_mark(const struct decoder *d)
{
    return d->marked;
}

bool decode_saw_close(const struct decoder *d)
{
    return d->closed;
}

int64_t *decode_state(struct decoder *d)
{
    return &d->state;
}

bool decoder_is_settled(const struct decoder *d)
{
    return d->faulted || (d->marked && d->closed);
}

bool decoder_began_inside(const struct decoder *d)
{
    return think_began_inside(&d->think);
}

bool decoder_has_output(const struct decoder *d)
{
    return d->text.total || d->thinking.total || d->tool_count;
}

enum refused decoder_refused(const struct decoder *d)
{
    return d->faulted ? d->fault.refused : REFUSED_NOTHING;
}

/* --- frames ------------------------------------------------------------------------------- */

static void bad_frame(struct decoder *d, const struct frame *f)
{
    if (f->unclosed && *f->text == '{') /* cut off in the middle: the missing end mark tells */
        return;
    error_body_words(f->text, f->len, d->bad_words);
    if (f->unclosed) /* the words of something else, which ended there */
        return;
    decode_warn(d, WARN_BAD_EVENT, d->bad_words);
    if (++d->bad_in_row < BAD_IN_A_ROW)
        return;
    char message[ERROR_SHOWN_SIZE + 80];
    snprintf(message, sizeof message, "%d events in a row could not be read, the last was: %s",
             BAD_IN_A_ROW, d->bad_words);
    flush_held(d);
    finish_with(d, END_ERR_PROTOCOL, message, "check the server's address and type");
}

static void good_frame(struct decoder *d, const struct frame *f)
{
    d->any_good = true;
    d->bad_in_row = 0;
    if (f->unclosed)
        decode_warn(d, WARN_UNCLOSED_EVENT, NULL);
    if (error_body_is_in(f->json) || strcmp(f->name, "error") == 0)
        decode_error(d, f->json);
    d->provider->decode(d, f->name, f->json);
    if (frames_is_whole(&d->frames))
        d->closed = true; /* one value needs no closing mark */
}

static void take_frame(struct decoder *d, enum frame_kind kind, const struct frame *f)
{
    if (kind == FRAME_COMMENT) {
        decode_keepalive(d);
        return;
    }
    if (d->closed) /* nothing counts behind the closing mark */
        return;
    switch (kind) {
    case FRAME_JSON:
        good_frame(d, f);
        break;
    case FRAME_DONE:
        d->any_good = true;
        d->closed = true;
        break;
    case FRAME_ERROR:
        d->any_good = true;
        if (f->json)
            decode_error(d, f->json);
        else if (!d->faulted)
            error_body_from_text(d->status, d->provider->name, f->text, f->len, &d->fault);
        d->faulted = true;
        break;
    case FRAME_BAD:
        bad_frame(d, f);
        break;
    case FRAME_TOO_LONG:
        flush_held(d);
        finish_with(d, END_ERR_PROTOCOL, "the server sent an event of more than 8 MiB",
                    "check the server's address and type");
        break;
    case FRAME_COMMENT:
    case FRAME_MORE:
        break;
    }
}

void decoder_head(struct decoder *d, int status, const char *content_type, int64_t at_ns)
{
    assert(!d->framed);
    d->at_ns = at_ns;
    d->status = status;
    frames_init(&d->frames, d->provider->framing, content_type ? content_type : "");
    d->framed = true;
    send_bare(d, EVENT_STARTED);
}

static bool is_error_status(const struct decoder *d)
{
    return d->status >= 300;
}

bool decoder_bytes(struct decoder *d, const char *data, size_t len, int64_t at_ns)
{
    assert(d->framed);
    if (d->ended)
        return false;
    d->at_ns = at_ns;
    if (is_error_status(d)) {
        size_t room = d->error_body.max - d->error_body.len;
        buf_add(&d->error_body, data, len < room ? len : room);
        return len < room; /* what was said by now is said; it may go on for ever */
    }
    struct frame f;
    enum frame_kind kind;
    while (!d->ended && (kind = frames_next(&d->frames, &data, &len, &f)) != FRAME_MORE)
        take_frame(d, kind, &f);
    return !d->ended;
}

/* --- the end ------------------------------------------------------------------------------ */

static void end_error_status(struct decoder *d)
{
    error_body_read(d->status, d->provider->name, buf_text(&d->error_body), d->error_body.len,
                    &d->fault);
    d->faulted = true;
    finish_with(d, END_ERR_HTTP, d->fault.message, d->fault.advice);
}

/* What a person should know about an answer that ended well, or as well as it could. */
static void warn_at_end(struct decoder *d, enum call_end end)
{
    bool answered = d->text.total || d->tool_count;
    if (end == END_OK_LENGTH && !answered && d->thinking.total)
        decode_warn(d, WARN_CUT_THINKING, NULL);
    else if (!answered && (end == END_OK_STOP || end == END_OK_LENGTH ||
                           (end == END_TRUNCATED && d->closed && !d->thinking.total)))
        decode_warn(d, WARN_EMPTY_ANSWER, NULL);
    if (call_end_is_ok(end) && d->context_tokens > 0 &&
        d->usage.prompt_tokens >= d->context_tokens) {
        char detail[80];
        snprintf(detail, sizeof detail, "%lld tokens read, the window holds %lld",
                 (long long)d->usage.prompt_tokens, (long long)d->context_tokens);
        decode_warn(d, WARN_PROMPT_CUT, detail);
    }
}

/* A whole answer taken for thinking on the word of earlier ones is handed back; one cut short
 * may well have been thinking still. */
static void correct_guess(struct decoder *d)
{
    if (d->faulted || !d->marked || d->mark != END_OK_STOP || d->text.total || !d->thinking.total ||
        !think_guessed_wrong(&d->think))
        return;
    send_bare(d, EVENT_UNTHINK);
    d->text.total = d->thinking.total;
    d->thinking.total = 0;
}

static void end_unreadable(struct decoder *d)
{
    char message[ERROR_SHOWN_SIZE + 80];
    snprintf(message, sizeof message, "the reply is not what %s servers send: %s",
             d->provider->label, d->bad_words);
    finish_with(d, END_ERR_PROTOCOL, message, "check the server's address and type");
}

static void end_truncated(struct decoder *d)
{
    char message[ERROR_SHOWN_SIZE + 80];
    const char *what = decoder_has_output(d) ? "the answer broke off without an end mark"
                                             : "the reply ended before an answer began";
    bool foreign = *d->bad_words;
    snprintf(message, sizeof message, "%s%s%s", what,
             foreign ? "; what came in its place was: " : "", d->bad_words);
    finish_with(d, END_TRUNCATED, message,
                foreign ? "ask again; those words are the server's, or a proxy's before it, whose "
                          "log may say why"
                        : "ask again; the server's own log may say why");
}

/* The reply is here as far as it goes: what came of it. */
static void conclude(struct decoder *d)
{
    flush_held(d);
    d->provider->finish(d);
    correct_guess(d);
    if (d->faulted) {
        finish_with(d, END_ERR_STREAM, d->fault.message, d->fault.advice);
    } else if (d->marked) {
        warn_at_end(d, d->mark);
        finish_with(d, d->mark, "the server ended the answer with an error of its own", NULL);
    } else if (!d->any_good && *d->bad_words) {
        end_unreadable(d);
    } else {
        warn_at_end(d, END_TRUNCATED);
        end_truncated(d);
    }
}

void decoder_eof(struct decoder *d, int64_t at_ns)
{
    assert(d->framed);
    if (d->ended)
        return;
    d->at_ns = at_ns;
    if (is_error_status(d)) {
        end_error_status(d);
        return;
    }
    struct frame f;
    enum frame_kind kind;
    while (!d->ended && (kind = frames_end(&d->frames, &f)) != FRAME_MORE)
        take_frame(d, kind, &f);
    if (!d->ended)
        conclude(d);
}

void decoder_fail(struct decoder *d, enum call_end end, const char *message, const char *advice,
                  int64_t at_ns)
{
    if (d->ended)
        return;
    d->at_ns = at_ns;
    bool transport = end == END_ERR_TRANSPORT || end == END_TRUNCATED || end == END_ERR_PROTOCOL;
    if (is_error_status(d) && transport) {
        end_error_status(d);
    } else if (!is_error_status(d) && end != END_CANCELLED &&
               ((d->marked && d->closed) || (transport && d->faulted))) {
        conclude(d); /* all that mattered had come */
    } else {
        flush_held(d);
        finish_with(d, end, message, advice);
    }
}
