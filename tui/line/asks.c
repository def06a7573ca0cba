/* Ask: one question to one model or to both, said line by line as it comes; thinking on request;
 * judging after a compare. */
#include <math.h>
#include <string.h>

#include "core/limits.h"
#include "core/store/calls.h"
#include "core/store/exercises.h"
#include "tui/line/talk.h"

/* One question in flight. In a compare the second column is held back until the first has been
 * said: two voices at once cannot be followed. */
struct column {
    struct talk *l;
    struct ask *ask;  /* NULL once it ended */
    const char *name; /* in a compare */
    bool over;
    bool held;          /* nothing of it is said yet */
    struct buf waiting; /* its text meanwhile */
    struct buf closing; /* the sentences after its end */
    struct speech text;
    enum phase { PHASE_WAITING, PHASE_THINKING, PHASE_ANSWERING } phase;
    double thinking_from_s, thought_s; /* NAN: not yet, or not at all */
};

/* --- the end of an answer ------------------------------------------------------------------------ */

static void put_tokens(struct talk *l, const struct answer *a, struct buf *to)
{
    if (a->completion_tokens <= 0)
        return;
    buf_printf(to, ", %s%s", a->tokens_kind == KIND_ESTIMATED ? "about " : "",
               talk_count(l, a->completion_tokens, "token", "tokens"));
    if (a->thinking_tokens > 0)
        buf_printf(to, ", %s%lld of them thinking", a->split_kind == KIND_ESTIMATED ? "about " : "",
                   (long long)a->thinking_tokens);
    if (a->tokens_kind == KIND_ESTIMATED || a->split_kind == KIND_ESTIMATED)
        buf_puts(to, ", estimated");
}

static void put_figures(struct talk *l, const struct answer *a, struct buf *to)
{
    if (a->from == FROM_CACHE) {
        buf_printf(to, " From the cache, looked up in %s. The call that made it took %s",
                   talk_seconds(l, a->latency_s), talk_seconds(l, a->original_latency_s));
        buf_printf(to, "; saved %s, measured.", talk_seconds(l, a->saved_s));
        return;
    }
    if (a->from == FROM_SHARED)
        buf_puts(to, " Shared with the same question.");
    buf_printf(to, " %s", talk_seconds(l, a->latency_s));
    put_tokens(l, a, to);
    buf_puts(to, ".");
    if (isfinite(a->ttft_s))
        buf_printf(to, " First word after %s.", talk_seconds(l, a->ttft_s));
    if (a->cold)
        buf_printf(to, " Loading the model took %s of it.", talk_seconds(l, a->load_s));
    if (isfinite(a->tok_per_s))
        buf_printf(to, " %.1f tokens a second%s.", a->tok_per_s,
                   a->rate_kind == KIND_ESTIMATED ? ", estimated" : "");
    if (a->cost_kind != KIND_UNKNOWN && a->cost > 0)
        buf_printf(to, " Cost %.4f, %s.", a->cost, kind_name(a->cost_kind));
}

/* What a person should know beside the figures, and failures into the list of errors. */
static void put_troubles(struct talk *l, const struct answer *a, struct buf *to)
{
    if (a->fallback_from)
        buf_printf(to, " Instead of %s: %s.", a->fallback_from, a->fallback_why);
    if (!a->identity_checked)
        buf_puts(to, " The identity of the model was not checked.");
    if (a->end == END_OK_LENGTH)
        buf_printf(to, " Cut off at its token limit: raise ask.max_tokens_%s in the settings.",
                   a->role == ROLE_FAST ? "fast" : "reason");
    if (a->end == END_OK_TOOL)
        buf_puts(to, " The model asked for a tool; rlab runs none.");
    if (a->end == END_OK_FILTER || a->end == END_CANCELLED)
        buf_printf(to, " %s.", talk_sentence(l, call_end_words(a->end)));
    for (int i = 0; i < CALL_WARNS; i++) /* what was learnt was said while it learnt */
        if (a->warns & (1u << i) && i != WARN_LEARNT)
            buf_printf(to, " %s.", talk_sentence(l, call_warn_words((enum call_warn)i)));
}

static void close_column(struct column *c, const struct answer *a)
{
    struct talk *l = c->l;
    bool failed = !call_end_is_ok(a->end) && a->end != END_CANCELLED;
    buf_puts(&c->closing, failed ? "No whole answer." : "End of answer.");
    put_figures(l, a, &c->closing);
    put_troubles(l, a, &c->closing);
    if (a->thinking_len)
        buf_puts(&c->closing, " Choose thinking to hear what came before it.");
    if (!failed)
        return;
    struct error err;
    error_set(&err, ERR_NET, "%s/%s: %s%s%s", a->server, a->model,
              a->error ? a->error : call_end_words(a->end), a->advice ? "; " : "",
              a->advice ? a->advice : "");
    talk_fail(l, &err);
}

/* It is kept back until it is asked for, which the exercises may want to know. */
static void note_thinking(struct talk *l, bool open)
{
    struct error err;
    if (l->thinking_call > 0 && !thinking_note(l->lab->store, l->thinking_call, open, &err))
        pipeline_not_recorded(&l->lab->pipeline, &err);
}

static void keep_thinking(struct column *c, const struct answer *a)
{
    struct buf *to = &c->l->thinking;
    to->max = 3 * MAX_ANSWER_BYTES;
    if (!c->held) /* both of a compare are kept, the first one first */
        buf_clear(to);
    if (c->name && a->thinking_len)
        buf_printf(to, "%s thought:\n", c->name);
    buf_add(to, a->thinking, a->thinking_len);
    if (!a->thinking_len)
        return;
    buf_puts(to, "\n");
    c->l->thinking_call = a->call_id;
    note_thinking(c->l, false);
}

/* --- while it comes ------------------------------------------------------------------------------- */

static void put_text(struct column *c, const char *text, size_t len)
{
    if (c->held)
        buf_add(&c->waiting, text, len);
    else
        speech_add(c->l, &c->text, text, len);
}

static void say_route(struct column *c, const struct answer *a)
{
    const char *step = a->cot ? " with step by step" : "";
    if (c->name)
        talk_say(c->l, "%s: %s/%s%s.", c->name, a->server, a->model, step);
    else
        talk_say(c->l, "Score %d, %s. Asked %s/%s%s. Working.", a->score, level_name(a->level),
                 a->server, a->model, step);
}

static void begin_thinking(struct column *c, double t_s)
{
    if (c->phase != PHASE_WAITING)
        return;
    c->phase = PHASE_THINKING;
    c->thinking_from_s = t_s;
}

static void begin_text(struct column *c, double t_s)
{
    if (c->phase == PHASE_THINKING)
        c->thought_s = t_s - c->thinking_from_s;
    if (c->phase == PHASE_THINKING && !c->held)
        talk_say(c->l, "Thought for %s.", talk_seconds(c->l, c->thought_s));
    c->phase = PHASE_ANSWERING;
}

static void end_column(struct column *c, const struct answer *a)
{
    bool shown = c->text.said || c->text.open.len || c->waiting.len;
    c->over = true;
    c->ask = NULL;
    if (!shown) /* from the cache, or thinking that was the answer after all */
        put_text(c, a->text, a->text_len);
    keep_thinking(c, a);
    if (!c->held)
        speech_end(c->l, &c->text);
    close_column(c, a);
    if (!c->held)
        talk_say(c->l, "%s", buf_text(&c->closing));
}

static void hear(void *self, const struct ask_event *ev)
{
    struct column *c = self;
    struct talk *l = c->l;
    switch (ev->type) {
    case ASK_ROUTED:
        say_route(c, ev->answer);
        break;
    case ASK_THINKING:
        begin_thinking(c, ev->t_s);
        break;
    case ASK_TEXT:
        begin_text(c, ev->t_s);
        put_text(c, ev->text, ev->len);
        break;
    case ASK_RECLASSIFY:
        c->phase = PHASE_THINKING;
        buf_clear(&c->waiting);
        if (c->text.said)
            talk_say(l, "All of that was thinking. The answer begins here.");
        c->text.said = false;
        buf_clear(&c->text.open);
        break;
    case ASK_WARN: /* the others have no more to say than their names, which come at the end */
        if (ev->warn == WARN_LEARNT && ev->len)
            talk_say(l, "Note: %.*s.", (int)ev->len, ev->text);
        break;
    case ASK_RETRY:
        if (ev->loading)
            talk_say(l, "%.*s. The question waits for it.", (int)ev->len, ev->text);
        else
            talk_say(l, "%.*s. Trying again in %.1f seconds.", (int)ev->len, ev->text,
                     (double)ev->wait_ms / 1000);
        break;
    case ASK_FALLBACK:
        talk_say(l, "Falling back to the fast model: %.*s.", (int)ev->len, ev->text);
        break;
    case ASK_END:
        end_column(c, ev->answer);
        break;
    default:
        break;
    }
}

/* --- waiting --------------------------------------------------------------------------------------- */

static const char *doing(void *self)
{
    static const char *const words[] = { "Waiting for the model", "Thinking", "Answering" };
    const struct column *c = self;
    if (c->over && c[1].l) /* the second of a compare */
        c++;
    return words[c->phase];
}

static void stop(void *self)
{
    struct column *c = self;
    for (int i = 0; i < 2; i++) /* the columns of a compare lie side by side */
        if (c[i].ask)
            ask_cancel(c[i].ask);
}

static bool wait_for(struct column *columns, size_t i)
{
    struct talk_job job = {
        .over = &columns[i].over, .doing = doing, .stop = stop, .self = columns
    };
    return talk_wait(columns[i].l, &job);
}

static void column_init(struct column *c, struct talk *l, const char *name, bool held)
{
    *c = (struct column){ .l = l, .name = name, .held = held, .thought_s = NAN };
    c->text.before = "Answer: ";
    c->waiting = buf_with_max(MAX_ANSWER_BYTES);
    c->closing = buf_with_max(16 * KIB);
}

static void column_done(struct column *c)
{
    buf_done(&c->waiting);
    buf_done(&c->closing);
    buf_done(&c->text.open);
}

static struct question question(struct talk *l)
{
    struct question q = question_default();
    q.settings = lab_ask_settings(l->lab);
    q.text = buf_text(&l->query);
    q.len = l->query.len;
    return q;
}

void talk_ask_model(struct talk *l, enum route_force force, bool no_cache)
{
    struct column columns[2] = { 0 };
    struct question q = question(l);
    struct error err;
    if (!talk_has_models(l))
        return;
    q.force = force;
    q.no_cache = no_cache;
    column_init(&columns[0], l, NULL, false);
    columns[0].ask = ask_start(&l->lab->pipeline, &q, hear, &columns[0], &err);
    if (columns[0].ask)
        wait_for(columns, 0);
    else
        talk_fail(l, &err);
    column_done(&columns[0]);
}

/* --- compare ---------------------------------------------------------------------------------------- */

/* The first has been said: now what the second has so far, then the rest as it comes. */
static void release(struct column *c)
{
    talk_say(c->l, "%s:", c->name);
    if (isfinite(c->thought_s))
        talk_say(c->l, "Thought for %s.", talk_seconds(c->l, c->thought_s));
    c->held = false;
    speech_add(c->l, &c->text, buf_text(&c->waiting), c->waiting.len);
    if (!c->over)
        return;
    speech_end(c->l, &c->text);
    talk_say(c->l, "%s", buf_text(&c->closing));
}

static bool start_both(struct talk *l, struct column *columns, int64_t *pair_id, struct error *err)
{
    struct question q = question(l);
    q.compare = true;
    q.purpose = "compare";
    q.pair_id = pair_id;
    for (int i = 0; i < 2; i++) {
        q.force = i ? ROUTE_REASONING : ROUTE_FAST;
        q.side = i ? "right" : "left";
        columns[i].ask = ask_start(&l->lab->pipeline, &q, hear, &columns[i], err);
        if (!columns[i].ask)
            return false;
    }
    return true;
}

static void compare(struct talk *l)
{
    struct column columns[2];
    struct error err;
    l->pair_id = 0;
    if (!talk_has_models(l) || !talk_ask_query(l))
        return;
    column_init(&columns[0], l, "Left, the fast model", false);
    column_init(&columns[1], l, "Right, the reasoning model", true);
    bool ok = start_both(l, columns, &l->compared_id, &err);
    if (!ok) {
        talk_fail(l, &err);
        stop(columns);
    }
    /* One that began must end before its column goes. */
    bool over = (!columns[0].ask || wait_for(columns, 0));
    if (ok && over)
        release(&columns[1]);
    over = over && (!columns[1].ask || wait_for(columns, 1));
    if (ok && over && l->compared_id) {
        l->pair_id = l->compared_id;
        talk_say(l, "Choose judge to say which was better.");
    }
    column_done(&columns[0]);
    column_done(&columns[1]);
}

static void judge(struct talk *l)
{
    static const struct talk_choice verdicts[] = {
        { "left", "the first, the fast model's, was better", NULL },
        { "right", "the second, the reasoning model's, was better", NULL },
        { "same", "equally good", NULL },
        { "both-wrong", "neither is right", NULL },
    };
    struct error err;
    if (!l->pair_id) {
        talk_say(l, "There is nothing to judge: choose compare first, and let both answers end.");
        return;
    }
    int i = talk_choose(l, &TALK_MENU("better", verdicts));
    if (i < 0)
        return;
    if (judgement_add(l->lab->store, l->pair_id, verdicts[i].word, false, false, &err))
        talk_say(l, "Judged: %s.", verdicts[i].help);
    else
        talk_fail(l, &err);
}

/* --- the menu ---------------------------------------------------------------------------------------- */

static void ask_auto(struct talk *l)
{
    if (talk_has_models(l) && talk_ask_query(l))
        talk_ask_model(l, ROUTE_AUTO, false);
}

static void ask_fast(struct talk *l)
{
    if (talk_has_models(l) && talk_ask_query(l))
        talk_ask_model(l, ROUTE_FAST, false);
}

static void ask_reasoning(struct talk *l)
{
    if (talk_has_models(l) && talk_ask_query(l))
        talk_ask_model(l, ROUTE_REASONING, false);
}

static void again(struct talk *l)
{
    if (!l->query.len)
        talk_say(l, "Nothing was asked yet.");
    else
        talk_ask_model(l, ROUTE_AUTO, true);
}

static void thinking(struct talk *l)
{
    if (!l->thinking.len)
        talk_say(l, "There is no thinking: the last answer came without, or nothing was asked.");
    else
        talk_text(l, "Thinking: ", buf_text(&l->thinking), l->thinking.len);
    if (!l->thinking.len)
        return;
    talk_say(l, "End of thinking.");
    note_thinking(l, true);
}

void talk_asks(struct talk *l)
{
    static const struct talk_choice choices[] = {
        { "auto", "ask the model the level of the question says", ask_auto },
        { "fast", "ask the fast model, whatever the level", ask_fast },
        { "reasoning", "ask the reasoning model, whatever the level", ask_reasoning },
        { "compare", "ask both, one answer after the other", compare },
        { "thinking", "hear what the last answer's model thought before it", thinking },
        { "judge", "say which answer of the last compare was better", judge },
        { "again", "ask the last question again, without the cache", again },
    };
    talk_say(l, "Each question stands alone: models do not hear the earlier ones.");
    talk_menu(l, &TALK_MENU("ask", choices));
}
