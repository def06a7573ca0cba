/* mini/steps as a model one can ask (mini_steps.h). */
#include "core/model/mini_steps.h"

#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/limits.h"
#include "core/model/steps.h"

/* One for the process, like the weights of the others: learnt once, whoever asks. Samples that
 * changed make a new one as soon as nobody uses the old. */
static struct {
    struct steps *steps;
    struct timespec changed; /* of the samples it was opened with */
    int users;
} shared;

enum state { OPENING, LEARNING, ANSWERING };

struct working {
    struct inside in;
    enum state state;
    bool uses; /* counted among the users */
    struct buf answer;
    size_t told; /* bytes of it */
    int64_t words;
    int64_t started_ns, ready_ns;
};

/* --- telling --------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

static int64_t count_words(const char *text, size_t len)
{
    int64_t words = 0;
    for (size_t at = 0; at < len; at++)
        words += !is_blank(text[at]) && (at + 1 == len || is_blank(text[at + 1]));
    return words;
}

static struct usage count(const struct inside *self)
{
    const struct working *i = (const struct working *)self;
    struct usage u = USAGE_UNKNOWN;
    if (!i->ready_ns)
        return u;
    u.prompt_tokens = count_words(i->in.request->query, i->in.request->query_len);
    u.completion_tokens = i->words;
    u.thinking_tokens = 0;
    u.load_s = clock_seconds(i->ready_ns - i->started_ns);
    u.eval_s = clock_seconds(inside_now(&i->in) - i->ready_ns);
    return u;
}

static void finish(struct working *i, enum call_end end)
{
    if (i->in.done)
        return;
    inside_tell(&i->in, (struct model_event){ .type = EVENT_USAGE, .usage = count(&i->in) });
    inside_end(&i->in, (struct model_event){ .end = end });
}

/* --- the model ------------------------------------------------------------------------------- */

static const char *find_samples(const struct server *s, struct arena *a, struct stat *ret)
{
    for (int k = 0; k < 2; k++) {
        const char *path = s->shelf[k] ? arena_format(a, "%s/steps.samples", s->shelf[k]) : NULL;
        if (path && stat(path, ret) == 0)
            return path;
    }
    return NULL;
}

static bool is_open(const struct stat *file)
{
    return shared.steps && shared.changed.tv_sec == file->st_mtim.tv_sec &&
           shared.changed.tv_nsec == file->st_mtim.tv_nsec;
}

static bool open_shared(const struct server *s, struct error *err)
{
    struct arena a = { 0 };
    struct stat file = { 0 };
    const char *samples = find_samples(s, &a, &file);
    const char *kept = s->shelf[0] ? arena_format(&a, "%s/steps.learnt", s->shelf[0]) : NULL;
    bool ok = is_open(&file) || shared.users > 0;
    if (!ok) {
        struct steps *fresh;
        ok = steps_open(samples, kept, &fresh, err);
        if (ok) {
            steps_free(shared.steps);
            shared.steps = fresh;
            shared.changed = file.st_mtim;
        }
    }
    arena_done(&a);
    return ok;
}

/* --- the turns ------------------------------------------------------------------------------- */

static void open_model(struct working *i)
{
    struct error err;
    i->started_ns = inside_now(&i->in);
    inside_tell(&i->in, (struct model_event){ .type = EVENT_STARTED });
    if (i->in.done)
        return;
    if (!open_shared(i->in.server, &err)) {
        inside_end(&i->in, (struct model_event){ .end = END_ERR_HTTP,
                                                 .message = err.text,
                                                 .model_missing = err.code == ERR_MODEL });
        return;
    }
    i->uses = true;
    shared.users++;
    i->state = LEARNING;
    if (steps_ready(shared.steps))
        return;
    const char *why = steps_note(shared.steps);
    inside_tell(&i->in, (struct model_event){ .type = EVENT_WARN,
                                              .warn = WARN_LEARNT,
                                              .text = why,
                                              .len = why ? strlen(why) : 0 });
}

static void learn(struct working *i)
{
    if (!steps_ready(shared.steps) && !steps_train_slice(shared.steps))
        return;
    i->ready_ns = inside_now(&i->in);
    i->answer = buf_with_max(MAX_ANSWER_BYTES);
    double confidence;
    if (!steps_answer(shared.steps, i->in.request->query, i->in.request->query_len, &i->answer,
                      &confidence)) {
        inside_end(&i->in,
                   (struct model_event){ .end = END_ERR_PROTOCOL,
                                         .message = "the answer passed 16 MiB and was stopped" });
        return;
    }
    i->answer.len = inside_find_stop(i->in.request, buf_text(&i->answer), i->answer.len);
    i->state = ANSWERING;
}

/* The next word, with the blanks before it. */
static void say_word(struct working *i)
{
    const char *text = buf_text(&i->answer) + i->told;
    size_t len = i->answer.len - i->told, n = 0;
    while (n < len && is_blank(text[n]))
        n++;
    while (n < len && !is_blank(text[n]))
        n++;
    if (n == 0) {
        finish(i, END_OK_STOP);
        return;
    }
    i->told += n;
    i->words++;
    inside_tell(&i->in, (struct model_event){ .type = EVENT_TEXT, .text = text, .len = n });
    if (!i->in.done && i->words >= i->in.request->max_tokens && i->told < i->answer.len)
        finish(i, END_OK_LENGTH);
}

static void step(struct inside *self)
{
    struct working *i = (struct working *)self;
    switch (i->state) {
    case OPENING:
        open_model(i);
        break;
    case LEARNING:
        learn(i);
        break;
    case ANSWERING:
        say_word(i);
        break;
    }
}

static void done(struct inside *self)
{
    struct working *i = (struct working *)self;
    shared.users -= i->uses;
    buf_done(&i->answer);
}

static const struct inside_writer steps_writer = { step, count, done };

struct inside *mini_steps_start(struct net *n, const struct server *s, const struct call_request *r,
                                model_hear *hear, void *self)
{
    struct working *i = mem_new(struct working, 1);
    i->in = (struct inside){
        .writer = &steps_writer, .net = n, .server = s, .request = r, .hear = hear, .self = self
    };
    return inside_begin(&i->in);
}

/* --- the list -------------------------------------------------------------------------------- */

/* What it learns from stands for it, before and after: the same samples and seed give the same
 * weights. */
static struct hash identity_of(const char *samples)
{
    struct error ignored;
    struct buf text = { 0 };
    bool ok = file_read(samples, MAX_FILE_BYTES, &text, &ignored);
    struct hash h = hash_of(buf_text(&text), ok ? text.len : 0);
    buf_done(&text);
    return h;
}

void mini_steps_list(const struct server *s, struct catalog *c)
{
    struct stat file;
    const char *samples = find_samples(s, &c->arena, &file);
    if (!samples)
        return;
    struct hash h = identity_of(samples);
    char digest[HASH_HEX];
    hash_hex(&h, digest);
    c->models[c->count++] = (struct model_info){
        .name = MINI_STEPS,
        .identity = arena_string(&c->arena, digest),
        .identity_kind = IDENTITY_DIGEST,
        .size_bytes = -1,
        .vram_bytes = -1,
        .context_tokens = -1,
        .family = "mini",
        .parameters = "25k",
        .quant = "F32",
        .loaded = shared.steps && steps_ready(shared.steps) ? TRI_YES : TRI_NO,
        .completion = TRI_YES,
        .thinking = TRI_NO,
    };
}
