/* Answers out of weights alone (mini.h). */
#include "core/model/mini.h"

#include <math.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/limits.h"
#include "core/model/mini_shelf.h"
#include "core/nn/sample.h"
#include "core/nn/token.h"

static const char refusal[] =
    "I cannot answer that: I am a very small model. I add, subtract and multiply small numbers, "
    "follow chains and short stories of such steps, continue sequences, tell which of two numbers "
    "is larger and whether one is even or odd, and spell short words backwards.";

enum state { OPENING, READING, WRITING };
enum part { THINKING, ANSWER };

struct writing {
    struct inside in;
    const struct mini_model *model;
    struct nn_stream *stream;
    struct nn_taste taste;
    struct random chance;
    double pace; /* tokens a second, as it was at the start; 0: as fast as it can */

    enum state state;
    token_id prompt[MINI_QUESTION_MOST + 2]; /* and the two marks of thinking switched off */
    size_t prompt_count, prompt_read;
    int64_t opened_ns, started_ns, writing_ns;

    enum part part;
    bool beyond;              /* a word to be spelled that no tokens stand for: refused */
    int64_t written, thought; /* tokens: all, and those between the marks of thinking */
    bool has_text;
    struct token_writer writer;
    struct buf held; /* text not told yet: it may be the start of a stop text */
};

/* --- telling --------------------------------------------------------------------------------- */

static void tell_text(struct writing *i, enum event_type type, const char *text, size_t len)
{
    if (!len)
        return;
    i->has_text |= type == EVENT_TEXT;
    inside_tell(&i->in, (struct model_event){ .type = type, .text = text, .len = len });
}

static struct usage count(const struct inside *self)
{
    const struct writing *i = (const struct writing *)self;
    struct usage u = USAGE_UNKNOWN;
    if (!i->model)
        return u;
    u.prompt_tokens = (int64_t)i->prompt_count;
    u.completion_tokens = i->written;
    u.thinking_tokens = i->thought;
    u.load_s = clock_seconds(i->opened_ns - i->started_ns);
    u.slowed = i->pace > 0;
    if (i->writing_ns) {
        u.prompt_s = clock_seconds(i->writing_ns - i->opened_ns);
        u.eval_s = clock_seconds(inside_now(&i->in) - i->writing_ns);
    }
    return u;
}

static void fail(struct writing *i, const struct error *err, bool missing, bool too_long)
{
    inside_end(&i->in, (struct model_event){ .end = END_ERR_HTTP,
                                             .message = err->text,
                                             .model_missing = missing,
                                             .context_too_long = too_long });
}

/* --- stop texts ------------------------------------------------------------------------------ */

/* Bytes at the end that may be the start of a stop text. */
static size_t may_stop(const struct call_request *r, const char *text, size_t len)
{
    size_t most = 0;
    for (size_t k = 0; k < r->stop_count; k++) {
        size_t stop_len = strlen(r->stop[k]);
        for (size_t n = stop_len < len ? stop_len : len; n > most; n--)
            if (strncmp(text + len - n, r->stop[k], n) == 0)
                most = n;
    }
    return most;
}

/* Tells what is certain of the held answer; true where a stop text ended it. */
static bool tell_answer(struct writing *i, bool all)
{
    const char *text = buf_text(&i->held);
    size_t len = i->held.len, stop = inside_find_stop(i->in.request, text, len);
    size_t certain = stop < len ? stop : all ? len : len - may_stop(i->in.request, text, len);
    tell_text(i, EVENT_TEXT, text, certain);
    if (certain) {
        memmove(i->held.data, i->held.data + certain, len - certain + 1);
        i->held.len -= certain;
    }
    return stop < len;
}

/* Thinking is told as it comes. */
static bool tell_held(struct writing *i, bool all)
{
    if (i->in.done)
        return false;
    if (i->part == ANSWER)
        return tell_answer(i, all);
    tell_text(i, EVENT_THINKING, buf_text(&i->held), i->held.len);
    buf_clear(&i->held);
    return false;
}

/* --- the end --------------------------------------------------------------------------------- */

static void warn(struct writing *i, enum call_warn w)
{
    inside_tell(&i->in, (struct model_event){ .type = EVENT_WARN, .warn = w });
}

static void finish(struct writing *i, enum call_end end)
{
    token_write_end(&i->writer, &i->held);
    tell_held(i, true);
    inside_tell(&i->in, (struct model_event){ .type = EVENT_USAGE, .usage = count(&i->in) });
    if (end == END_OK_LENGTH && i->part == THINKING)
        warn(i, WARN_CUT_THINKING);
    else if (!i->has_text)
        warn(i, WARN_EMPTY_ANSWER);
    inside_end(&i->in, (struct model_event){ .end = end });
}

/* --- writing --------------------------------------------------------------------------------- */

static void feed(struct writing *i, token_id id)
{
    nn_stream_feed(i->stream, &(int){ id }, 1);
}

/* Leaves one part for the other; a number that was being written is whole then. */
static void enter_part(struct writing *i, enum part part)
{
    token_write_end(&i->writer, &i->held);
    tell_held(i, true);
    i->part = part;
}

/* A token in words; true where the answer has ended with it. */
static bool take(struct writing *i, token_id id)
{
    if (id == TOKEN_THINK && i->part == ANSWER && i->written == 1)
        enter_part(i, THINKING);
    else if (id == TOKEN_THINK_END)
        enter_part(i, ANSWER);
    else if (id == TOKEN_CANNOT && i->part == ANSWER)
        buf_puts(&i->held, refusal);
    else
        token_write(&i->writer, id, &i->held);
    i->thought += i->part == THINKING && id != TOKEN_THINK;
    return tell_held(i, false);
}

/* The budget is used up: the thinking ends here, whatever the model had in mind. */
static void cut_thinking(struct writing *i)
{
    enter_part(i, ANSWER);
    feed(i, TOKEN_THINK_END);
}

static bool has_budget_left(const struct writing *i)
{
    int64_t budget = i->in.request->think_budget;
    return budget < 0 || i->thought < budget;
}

static bool has_room_left(const struct writing *i)
{
    return i->written < i->in.request->max_tokens && nn_stream_room(i->stream) >= 2;
}

/* The token of a refusal and the end, as a model writes them; no probability is told, since none of
 * the weights chose them. */
static void refuse(struct writing *i)
{
    i->written++;
    if (i->written == 1)
        take(i, TOKEN_CANNOT);
    if (i->in.done)
        return;
    if (i->written == 2)
        finish(i, END_OK_STOP);
    else if (!has_room_left(i))
        finish(i, END_OK_LENGTH);
}

static void write_one(struct writing *i)
{
    if (i->beyond) {
        refuse(i);
        return;
    }
    struct nn_pick pick =
        nn_choose(i->model->card.shape.vocab, nn_stream_logits(i->stream), &i->taste, &i->chance);
    token_id id = (token_id)pick.id;
    const char *name = vocabulary_name(id);
    i->written++;
    inside_tell(&i->in, (struct model_event){ .type = EVENT_LOGPROB,
                                              .text = name,
                                              .len = strlen(name),
                                              .logprob = pick.logprob });
    bool stopped = !i->in.done && (id == TOKEN_END || take(i, id));
    if (i->in.done)
        return;
    if (stopped) {
        finish(i, END_OK_STOP);
    } else if (!has_room_left(i)) {
        finish(i, END_OK_LENGTH);
    } else {
        feed(i, id);
        if (i->part == THINKING && !has_budget_left(i))
            cut_thinking(i);
    }
}

/* --- reading --------------------------------------------------------------------------------- */

static void read_one(struct writing *i)
{
    feed(i, i->prompt[i->prompt_read++]);
    if (i->prompt_read == i->prompt_count) {
        i->state = WRITING;
        i->in.pace = i->pace;
        i->writing_ns = inside_now(&i->in);
    }
}

/* Switched off, thinking is over before it begins: the prompt says so. */
static void skip_thinking(struct writing *i)
{
    bool off = i->in.request->think == THINK_OFF || i->in.request->think_budget == 0;
    if (!off || !i->model->thinks)
        return;
    i->prompt[i->prompt_count++] = TOKEN_THINK;
    i->prompt[i->prompt_count++] = TOKEN_THINK_END;
}

static bool read_question(struct writing *i, struct error *err)
{
    const struct call_request *r = i->in.request;
    i->beyond = token_cannot_spell(r->query, r->query_len);
    i->prompt_count = token_read_prompt(r->query, r->query_len, i->prompt, MINI_QUESTION_MOST);
    if (i->prompt_count <= MINI_QUESTION_MOST)
        return true;
    return error_set(err, ERR_INPUT,
                     "the question has %zu tokens and '%s/%s' takes %d: ask in fewer words",
                     i->prompt_count, i->in.server->name, r->model, MINI_QUESTION_MOST);
}

static void open_model(struct writing *i)
{
    struct error err;
    i->started_ns = inside_now(&i->in);
    inside_tell(&i->in, (struct model_event){ .type = EVENT_STARTED });
    if (i->in.done)
        return;
    i->model = mini_borrow(i->in.server, i->in.request->model, &err);
    i->opened_ns = inside_now(&i->in);
    if (!i->model) {
        fail(i, &err, err.code == ERR_MODEL, false);
    } else if (!read_question(i, &err)) {
        fail(i, &err, false, true);
    } else {
        skip_thinking(i);
        i->stream = nn_stream_new(i->model->net);
        i->part = ANSWER;
        i->state = READING;
    }
}

/* --- the turns ------------------------------------------------------------------------------- */

static void step(struct inside *self)
{
    struct writing *i = (struct writing *)self;
    switch (i->state) {
    case OPENING:
        open_model(i);
        break;
    case READING:
        read_one(i);
        break;
    case WRITING:
        write_one(i);
        break;
    }
}

static void done(struct inside *self)
{
    struct writing *i = (struct writing *)self;
    nn_stream_free(i->stream);
    mini_return(i->model);
    buf_done(&i->held);
}

static const struct inside_writer mini_writer = { step, count, done };

struct inside *mini_start(struct net *n, const struct server *s, const struct call_request *r,
                          model_hear *hear, void *self)
{
    struct writing *i = mem_new(struct writing, 1);
    *i = (struct writing){
        .in = { .writer = &mini_writer,
                .net = n,
                .server = s,
                .request = r,
                .hear = hear,
                .self = self },
        .pace = s->pace,
    };
    i->taste.temperature = isfinite(r->temperature) ? r->temperature : 0;
    i->taste.top_p = isfinite(r->top_p) ? r->top_p : 1;
    uint64_t seed = (uint64_t)r->seed;
    if (!r->has_seed)
        hash_random(&seed, sizeof seed);
    random_seed(&i->chance, seed);
    i->held = buf_with_max(MAX_ANSWER_BYTES);
    return inside_begin(&i->in);
}

/* --- what there is --------------------------------------------------------------------------- */

#define MOST_NAMES 64

static enum made_for made_for(const char *name)
{
    return strcmp(name, "fast") == 0     ? MADE_FOR_FAST
           : strcmp(name, "reason") == 0 ? MADE_FOR_REASONING
                                         : MADE_FOR_ANYTHING;
}

static void list_one(struct catalog *c, const struct server *s, const char *name)
{
    struct error ignored; /* a damaged file is named when it is asked */
    const struct mini_model *m = mini_borrow(s, name, &ignored);
    if (!m)
        return;
    struct nn_map map = nn_map_of(&m->card.shape);
    char digest[HASH_HEX];
    hash_hex(&m->card.digest, digest);
    c->models[c->count++] = (struct model_info){
        .name = arena_string(&c->arena, name),
        .identity = arena_string(&c->arena, digest),
        .identity_kind = IDENTITY_DIGEST,
        .size_bytes = m->bytes,
        .vram_bytes = -1,
        .context_tokens = NN_MAX_TOKENS,
        .family = "mini",
        .parameters = arena_format(&c->arena, "%zuk", map.count / 1000),
        .quant = "F16",
        .loaded = TRI_YES,
        .completion = TRI_YES,
        .thinking = m->thinks ? TRI_YES : TRI_NO,
        .made_for = made_for(name),
    };
    mini_return(m);
}

void mini_list(const struct server *s, struct catalog *c)
{
    const char *names[MOST_NAMES];
    size_t count = mini_names(s, &c->arena, names, MOST_NAMES);
    c->models = arena_new(&c->arena, struct model_info, count + 1); /* and one more to follow */
    for (size_t i = 0; i < count; i++)
        list_one(c, s, names[i]);
}
