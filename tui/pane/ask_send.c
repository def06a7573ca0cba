/* Sending: from the field to the pipeline, and what comes back that is more than a column's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/config.h"
#include "core/base/text.h"
#include "core/model/built_in.h"
#include "core/model/catalog.h"
#include "tui/pane/ask_inside.h"

/* Rules of a stranger may take long on a long text: beyond this it is scored when it is sent. */
#define SCORE_MOST ((size_t)16 * 1024)

/* --- the score of what is being written ----------------------------------------------------------- */

void ask_score(struct pane *p)
{
    struct ask_state *st = p->state;
    const struct pipeline *pipeline = &p->desk->lab->pipeline;
    const char *text = field_text(&st->field);
    size_t len = st->field.text.len;
    st->too_long = len > SCORE_MOST;
    st->scored = !st->too_long && !text_is_blank(text, len);
    if (!st->scored)
        return;
    classify(pipeline->rules, text, len, &st->verdict);
    if (pipeline->moved)
        st->verdict.level = thresholds_level(pipeline->moved, st->verdict.score);
}

/* --- is the pair loaded? ------------------------------------------------------------------------------ */

/* How old the word of a server may be when a question is begun. */
#define LOOK_FRESH_NS (20 * NS_PER_S)
#define LOOK_LIMIT_MS 2000

static struct lab_model *model_of(struct pane *p, enum role role)
{
    const struct pipeline *pipeline = &p->desk->lab->pipeline;
    return role == ROLE_FAST ? pipeline->fast : pipeline->reasoning;
}

static void looked_at(struct pane *p, enum role role)
{
    struct ask_state *st = p->state;
    const struct lab_model *m = model_of(p, role);
    const struct catalog *list = m && m->server->answered ? m->server->list : NULL;
    const struct model_info *info = list ? catalog_find(list, m->name) : NULL;
    st->looking[role] = NULL;
    if (info && info->loaded != TRI_UNKNOWN)
        st->cold[role] = info->loaded == TRI_NO;
}

static void looked_at_fast(void *self)
{
    looked_at(self, ROLE_FAST);
}

static void looked_at_reasoning(void *self)
{
    looked_at(self, ROLE_REASONING);
}

/* Hosted models are always there, the built-in ones too. */
static bool loads(const struct server *s)
{
    return s->local && s->provider != &built_in_provider;
}

void ask_look(struct pane *p)
{
    struct ask_state *st = p->state;
    for (int role = 0; role < ROLES; role++) {
        struct lab_model *m = model_of(p, (enum role)role);
        if (!m || st->looking[role] || !loads(&m->server->server) || ask_runs(st))
            continue;
        st->looking[role] =
            lab_server_refresh(m->server, true, LOOK_FRESH_NS, LOOK_LIMIT_MS,
                               role == ROLE_FAST ? looked_at_fast : looked_at_reasoning, p);
        if (!st->looking[role])
            looked_at(p, (enum role)role);
    }
}

void ask_look_done(struct ask_state *st)
{
    for (int role = 0; role < ROLES; role++)
        lab_server_forget(st->looking[role]);
}

/* --- asking ------------------------------------------------------------------------------------------ */

static const char *title_of(const struct ask_state *st, const struct column *c)
{
    const struct answer *a = &c->told;
    if (st->blind && ask_hides(st))
        return "A model did not answer";
    if (a->text_len || c->bytes)
        return a->role == ROLE_FAST ? "The fast model broke off" : "The reasoning model broke off";
    return a->role == ROLE_FAST ? "The fast model did not answer"
                                : "The reasoning model did not answer";
}

static void say_what(const struct column *c, char *ret, size_t size)
{
    const struct answer *a = &c->told;
    char time[ASK_SECONDS];
    snprintf(ret, size, "The question to %s/%s failed after %s, %s", a->server, a->model,
             ask_seconds(a->latency_s, false, time),
             c->bytes            ? "in mid-answer"
             : c->thinking_bytes ? "while it was thinking"
                                 : "before its first word");
}

static void say_kept(const struct ask_state *st, const struct column *c, char *ret, size_t size)
{
    const struct column *other = &st->column[c == &st->column[0]];
    bool beside = ask_compares(st) && phase_ended(other->phase) && column_is_good(other);
    snprintf(ret, size, "your prompt%s%s", c->bytes + c->thinking_bytes ? ", what arrived" : "",
             beside ? ", and the finished answer beside it" : "");
}

static void tell_trouble(struct pane *p, const struct column *c)
{
    const struct ask_state *st = p->state;
    const struct answer *a = &c->told;
    char what[400], kept[120];
    say_what(c, what, sizeof what);
    say_kept(st, c, kept, sizeof kept);
    desk_trouble(p->desk, &(struct trouble){
                              .title = a->end == END_OK_FILTER ? "The server withheld the answer"
                                                               : title_of(st, c),
                              .what = what,
                              .reply = a->error ? a->error : call_end_words(a->end),
                              .advice = a->advice,
                              .kept = kept,
                              .retry = true,
                              .fast = a->role == ROLE_REASONING && !ask_compares(st),
                              .setup = true,
                          });
}

/* Once: what does not reach the disk now will not a second later either. */
static void tell_loss(struct pane *p, const struct column *c)
{
    struct ask_state *st = p->state;
    const char *why = lab_not_recorded(p->desk->lab);
    if (st->loss_told || !why || !phase_ended(c->phase))
        return;
    st->loss_told = true;
    desk_say(p->desk, "not recorded: %s", why);
}

void ask_changed(void *self, struct column *c)
{
    struct pane *p = self;
    struct ask_state *st = p->state;
    if (c->phase >= PHASE_STARTED && c->phase < PHASE_CACHED)
        st->cold[c->told.role] = false;
    if (c->phase == PHASE_FAILED)
        tell_trouble(p, c);
    tell_loss(p, c);
    pane_dirty(p);
}

static struct question question_of(struct pane *p, enum ask_mode mode, bool again)
{
    struct ask_state *st = p->state;
    struct question q = question_default();
    q.text = st->asked;
    q.len = st->asked_len;
    q.no_cache = again;
    q.settings = lab_ask_settings(p->desk->lab);
    q.force = mode == MODE_FAST ? ROUTE_FAST : mode == MODE_REASON ? ROUTE_REASONING : ROUTE_AUTO;
    return q;
}

static bool ask_both(struct pane *p, struct question *q, struct error *err)
{
    struct ask_state *st = p->state;
    ask_judge_begin(p);
    q->compare = true;
    q->purpose = "compare";
    q->pair_id = &st->pair_id;
    for (int i = 0; i < 2; i++) {
        q->force = i ? ROUTE_REASONING : ROUTE_FAST;
        q->side = (i == 0) != st->sides_swapped ? "left" : "right";
        if (column_ask(&st->column[i], q, err))
            continue;
        if (i)
            column_stop(&st->column[0]);
        return false;
    }
    return true;
}

static void ask_now(struct pane *p, enum ask_mode mode, bool again)
{
    struct ask_state *st = p->state;
    struct error err;
    struct question q = question_of(p, mode, again);
    column_clear(&st->column[0]);
    column_clear(&st->column[1]);
    st->asked_mode = mode;
    st->asked_again = again;
    st->focus = 0;
    bool ok = mode == MODE_COMPARE ? ask_both(p, &q, &err) : column_ask(&st->column[0], &q, &err);
    if (!ok)
        desk_trouble(p->desk, &(struct trouble){ .title = "The question was not asked",
                                                 .what = err.text,
                                                 .advice = p->desk->lab->choice.help,
                                                 .kept = "your prompt",
                                                 .setup = true });
    pane_dirty(p);
}

static void set_asked(struct ask_state *st, const char *text, size_t len)
{
    char *fresh = mem_copy(text, len);
    mem_free(st->asked);
    st->asked = fresh;
    st->asked_len = len;
}

void ask_send(struct pane *p)
{
    struct ask_state *st = p->state;
    const char *text = field_text(&st->field);
    if (text_is_blank(text, st->field.text.len)) {
        desk_say(p->desk, "nothing to ask: type a question first");
        return;
    }
    if (ask_runs(st)) {
        desk_say(p->desk, "an answer is still on its way: Esc, then x or ^C stops it");
        return;
    }
    p->focused = false;
    st->waiting = p->desk->choosing;
    if (st->waiting) {
        desk_say(p->desk, "looking for models; the question is asked as soon as they are found");
        return;
    }
    set_asked(st, text, st->field.text.len);
    past_add(&st->past, text);
    ask_now(p, (enum ask_mode)p->view, false);
}

void ask_repeat(struct pane *p, enum ask_mode mode, bool again)
{
    ask_now(p, mode, again);
}

/* --- the token limit ---------------------------------------------------------------------------------- */

#define LIMIT_MOST 10000000

const char *ask_limit_off(const struct ask_state *st)
{
    if (ask_runs(st))
        return "an answer is still on its way";
    for (int i = 0; i < 2; i++)
        if (st->column[i].phase == PHASE_CUT)
            return NULL;
    return "no answer was cut off at its token limit";
}

static struct column *cut_column(struct ask_state *st)
{
    struct column *c = ask_focused(st);
    if (c->phase != PHASE_CUT)
        c = &st->column[st->column[0].phase != PHASE_CUT];
    return c;
}

struct limit {
    bool fast;
    char tokens[24];
};

static bool write_limit(void *self, void *what, struct error *err)
{
    const struct pane *p = self;
    const struct limit *l = what;
    return lab_set(p->desk->lab, l->fast ? "ask.max_tokens_fast" : "ask.max_tokens_reason",
                   l->tokens, err);
}

/* What was cut off is asked again, where it is still what is shown. */
static void limit_is_other(void *self, void *what)
{
    struct pane *p = self;
    const struct ask_state *st = p->state;
    const struct limit *l = what;
    bool again = !ask_limit_off(st) && !p->desk->deeds.ending;
    desk_say(p->desk, "%s answers may now take %s tokens%s", l->fast ? "FAST" : "REASON", l->tokens,
             again ? "; asking again" : "");
    if (again)
        ask_now(p, st->asked_mode, false);
}

static const struct deed limiting = { .title = "The token limit was not changed",
                                      .size = sizeof(struct limit),
                                      .write = write_limit,
                                      .done = limit_is_other };

static void limit_answered(void *self, const char *text)
{
    struct pane *p = self;
    struct ask_state *st = p->state;
    char *rest;
    if (!text || ask_limit_off(st))
        return;
    long long limit = strtoll(text, &rest, 10);
    if (rest == text || rest[strspn(rest, " ")] || limit < 1 || limit > LIMIT_MOST) {
        desk_say(p->desk, "'%s' is no token limit: give a number from 1 to %d", text, LIMIT_MOST);
        return;
    }
    struct limit l = { .fast = cut_column(st)->told.role == ROLE_FAST };
    snprintf(l.tokens, sizeof l.tokens, "%lld", limit);
    deed_do(p->desk, &limiting, p, &l);
}

void ask_raise_limit(struct pane *p)
{
    struct ask_state *st = p->state;
    const struct column *c = cut_column(st);
    int64_t limit = c->limits[c->told.role];
    char text[120], value[24];
    snprintf(text, sizeof text, "Token limit of %s (now %lld)",
             c->told.role == ROLE_FAST ? "FAST" : "REASON", (long long)limit);
    snprintf(value, sizeof value, "%lld",
             (long long)(limit < LIMIT_MOST / 2 ? 2 * limit : LIMIT_MOST));
    desk_ask_text(p->desk, text, value, limit_answered, p);
}
