/* Setup: what every server has, who plays which role, loading, a check that both answer. */
#include <math.h>
#include <string.h>

#include "core/lab/runner.h"
#include "core/model/load.h"
#include "core/model/provider.h"
#include "tui/line/talk.h"

/* --- models ------------------------------------------------------------------------------------ */

/* One model of one server's list, as it is numbered aloud. */
struct listed {
    struct lab_server *server;
    const struct model_info *info;
};

struct listing_of {
    struct listed *v;
    size_t n, cap;
};

/* Everything the servers that answer have; ends with free_list. */
static bool survey(struct talk *l, struct listing_of *ret)
{
    struct error err;
    struct models *m = &l->lab->models;
    *ret = (struct listing_of){ 0 };
    bool ok = session_survey(l->session, &err);
    session_go_on(); /* a ^C ended the wait; what came is there */
    if (!ok) {
        talk_fail(l, &err);
        return false;
    }
    for (size_t i = 0; i < m->server_count; i++) {
        struct lab_server *s = m->servers[i];
        for (size_t k = 0; s->answered && s->list && k < s->list->count; k++) {
            ret->v = mem_grow(ret->v, &ret->cap, ret->n + 1, sizeof *ret->v);
            ret->v[ret->n++] = (struct listed){ s, &s->list->models[k] };
        }
    }
    return true;
}

static bool plays(const struct lab_model *m, const struct listed *x)
{
    return m && m->server == x->server && catalog_find(x->server->list, m->name) == x->info;
}

static const char *role_words(struct talk *l, const struct listed *x)
{
    const struct choice *c = &l->lab->choice;
    const struct pipeline *p = &l->lab->pipeline;
    bool fast = plays(p->fast, x), reasoning = plays(p->reasoning, x);
    const char *why = fast ? c->fast_why : c->reasoning_why;
    if (!fast && !reasoning)
        return x->info->completion == TRI_NO ? "none, it only makes embeddings" : "none";
    return arena_format(&l->words, "%s%s%s",
                        fast && reasoning ? "fast and reasoning"
                        : fast            ? "fast"
                                          : "reasoning",
                        why ? ", " : "", why ? why : "");
}

static const char *loaded_words(enum tristate t)
{
    return t == TRI_YES ? "yes" : t == TRI_NO ? "no" : "unknown";
}

static void say_model(struct talk *l, size_t n, const struct listed *x)
{
    char bytes[SECONDS_SIZE];
    talk_say(l, "%zu: %s/%s. Size: %s. Loaded: %s. Role: %s.", n, x->server->server.name,
             x->info->name,
             x->info->size_bytes < 0 ? "unknown" : bytes_text(x->info->size_bytes, bytes),
             loaded_words(x->info->loaded), role_words(l, x));
}

static void say_servers(struct talk *l)
{
    const struct models *m = &l->lab->models;
    for (size_t i = 0; i < m->server_count; i++) {
        const struct lab_server *s = m->servers[i];
        if (s->answered && s->list && !isfinite(s->list->answer_s))
            talk_say(l, "Server %s: inside the program, %s.", s->server.name,
                     talk_count(l, (int64_t)s->list->count, "model", "models"));
        else if (s->answered && s->list)
            talk_say(l, "Server %s: %s at %s, from %s, %s, listed in %s.", s->server.name,
                     s->server.provider->label, s->server.url, s->server.origin,
                     talk_count(l, (int64_t)s->list->count, "model", "models"),
                     talk_seconds(l, s->list->answer_s));
        else if (!s->answered && !choice_is_guess(s))
            talk_say(l, "Server %s: no answer, %s.", s->server.name, s->error.text);
    }
}

static void say_pair(struct talk *l)
{
    const struct pipeline *p = &l->lab->pipeline;
    if (p->fast && p->reasoning)
        talk_say(l, "Fast: %s. Reasoning: %s.", p->fast->full_name, p->reasoning->full_name);
}

static void models(struct talk *l)
{
    struct listing_of list;
    if (!survey(l, &list))
        return;
    say_servers(l);
    for (size_t i = 0; i < list.n && !l->ending; i++)
        say_model(l, i + 1, &list.v[i]);
    if (talk_has_models(l))
        say_pair(l);
    if (l->lab->choice.warning)
        talk_say(l, "Note: %s.", l->lab->choice.warning);
    mem_free(list.v);
}

/* A model by its number; NULL: back. */
static struct lab_model *ask_model(struct talk *l, const char *prompt)
{
    struct listing_of list;
    struct lab_model *ret = NULL;
    int64_t n;
    if (!survey(l, &list))
        return NULL;
    for (size_t i = 0; i < list.n && !l->ending; i++)
        say_model(l, i + 1, &list.v[i]);
    if (!list.n)
        talk_say(l, "No server has a model.");
    else if (talk_ask_number(l, prompt, "Type the number of a model.", 1, (int64_t)list.n, &n) ==
             ASKED_TEXT)
        ret = models_get(&l->lab->models, list.v[n - 1].server, list.v[n - 1].info->name);
    mem_free(list.v);
    return ret;
}

/* --- roles --------------------------------------------------------------------------------------- */

static void use_asked(struct talk *l, enum role role, const char *prompt)
{
    struct lab_model *m = ask_model(l, prompt);
    struct error err;
    if (m && lab_use_model(l->lab, role, m, &err))
        say_pair(l);
    else if (m)
        talk_fail(l, &err);
}

static void use_fast(struct talk *l)
{
    use_asked(l, ROLE_FAST, "Fast model: ");
}

static void use_reasoning(struct talk *l)
{
    use_asked(l, ROLE_REASONING, "Reasoning model: ");
}

/* --- looking around anew ---------------------------------------------------------------------------- */

struct search {
    struct talk *l;
    bool over, failed;
    struct error error;
};

static void found(void *self, const struct error *err)
{
    struct search *w = self;
    w->over = true;
    w->failed = err != NULL;
    if (err)
        w->error = *err;
}

static const char *looking(void *self)
{
    (void)self;
    return "Looking for models";
}

static void not_stopped(void *self) /* it ends by itself within moments */
{
    (void)self;
}

void talk_look_around(struct talk *l, bool builtin)
{
    struct search w = { .l = l };
    struct talk_job job = { .over = &w.over, .doing = looking, .stop = not_stopped, .self = &w };
    lab_choose_start(l->lab, builtin, found, &w);
    if (!talk_wait(l, &job))
        return;
    if (w.failed)
        talk_fail(l, &w.error);
    else
        talk_say_choice(l);
}

static void built_in(struct talk *l)
{
    talk_look_around(l, true);
}

static void server(struct talk *l)
{
    const char *text;
    size_t len;
    struct lab_server *s;
    struct error err;
    if (talk_ask(l, "Address: ",
                 "Type an address, or NAME=TYPE:URL where TYPE is ollama, openai or anthropic.",
                 &text, &len) != ASKED_TEXT)
        return;
    if (!lab_add_server(l->lab, arena_copy(&l->words, text, len), &s, &err)) {
        talk_fail(l, &err);
        return;
    }
    talk_say(l, "Server %s at %s is known for this session. Choose models to hear what it has.",
             s->server.name, s->server.url);
}

/* --- loading ------------------------------------------------------------------------------------------ */

struct loading {
    struct talk *l;
    struct load *running;
    bool over, stopped, failed;
    struct error error;
};

static void loaded(void *self, const struct error *err)
{
    struct loading *w = self;
    w->over = true;
    w->failed = err != NULL;
    if (err)
        w->error = *err;
}

static void stop_loading(void *self)
{
    struct loading *w = self;
    load_cancel(w->running);
    w->over = w->stopped = true;
}

static const char *loading_words(void *self)
{
    (void)self;
    return "Loading";
}

static void change_load(struct talk *l, bool in)
{
    struct lab_model *m = ask_model(l, in ? "Load: " : "Unload: ");
    struct loading w = { .l = l };
    if (!m)
        return;
    int64_t began_ns = clock_mono(clock_real());
    w.running = load_start(l->lab->net, &m->server->server, m->name, in, loaded, &w, &w.error);
    struct talk_job job = {
        .over = &w.over, .doing = loading_words, .stop = stop_loading, .self = &w
    };
    if (w.running && !talk_wait(l, &job)) {
        load_cancel(w.running);
        return;
    }
    m->server->listed_ns = 0; /* what is loaded is another now */
    if (!w.running || w.failed)
        talk_fail(l, &w.error);
    else if (w.stopped)
        talk_say(l, "Stopped; the server may have given up.");
    else
        talk_say(l, "%s is %s, in %s.", m->full_name, in ? "loaded" : "unloaded",
                 talk_seconds(l, clock_seconds(clock_mono(clock_real()) - began_ns)));
}

static void load(struct talk *l)
{
    change_load(l, true);
}

static void unload(struct talk *l)
{
    change_load(l, false);
}

/* --- the check ------------------------------------------------------------------------------------------ */

struct word {
    struct talk *l;
    struct ask *ask;
    const char *name;
    bool over, good;
};

static void hear_word(void *self, const struct ask_event *ev)
{
    struct word *w = self;
    const struct answer *a = ev->answer;
    struct error err;
    if (ev->type != ASK_END)
        return;
    w->over = true;
    w->good = call_end_is_ok(a->end); /* cut at its limit, it has said a word */
    if (w->good) {
        talk_say(w->l, "%s says: %s", w->name, talk_short(w->l, a->text, a->text_len, 60));
        talk_say(w->l, "It took %s, of that %s loading.", talk_seconds(w->l, a->latency_s),
                 isfinite(a->load_s) ? talk_seconds(w->l, a->load_s) : "an unknown time");
    } else if (a->end == END_CANCELLED) {
        talk_say(w->l, "%s: stopped.", w->name);
    } else {
        error_set(&err, ERR_NET, "%s does not answer: %s%s%s", w->name,
                  a->error ? a->error : call_end_words(a->end), a->advice ? "; " : "",
                  a->advice ? a->advice : "");
        talk_fail(w->l, &err);
    }
}

static void stop_word(void *self)
{
    struct word *w = self;
    ask_cancel(w->ask);
}

/* A word needs the model loaded, not its thoughts. */
#define WORD_TOKENS 16

static bool says_a_word(struct talk *l, struct lab_model *m)
{
    struct question q = question_default();
    struct word w = { .l = l, .name = m->full_name };
    struct talk_job job = { .over = &w.over, .stop = stop_word, .self = &w };
    struct error err;
    q.text = WARM_UP_WORD;
    q.len = strlen(q.text);
    q.model = m;
    q.no_cache = true;
    q.purpose = "warm-up";
    q.settings.max_tokens = WORD_TOKENS;
    w.ask = ask_start(&l->lab->pipeline, &q, hear_word, &w, &err);
    if (!w.ask) {
        talk_fail(l, &err);
        return false;
    }
    return talk_wait(l, &job) && w.good;
}

static void check(struct talk *l)
{
    const struct pipeline *p = &l->lab->pipeline;
    if (!talk_has_models(l))
        return;
    talk_say(l, "Asking each model for a word.");
    bool fast = says_a_word(l, p->fast);
    bool same = p->fast == p->reasoning;
    bool reasoning = same ? fast : !l->ending && says_a_word(l, p->reasoning);
    const char *trouble = store_trouble(l->lab->store);
    talk_say(l, "Two different models: %s.", same ? "no, one plays both roles" : "yes");
    talk_say(l, "Fast answers: %s. Reasoning answers: %s.", fast ? "yes" : "no",
             reasoning ? "yes" : "no");
    talk_say(l, "Answers are recorded: %s%s.", trouble ? "no, " : "yes", trouble ? trouble : "");
}

void talk_setup(struct talk *l)
{
    static const struct talk_choice choices[] = {
        { "models", "what every server has, and who plays which role", models },
        { "fast", "choose the fast model", use_fast },
        { "reasoning", "choose the reasoning model", use_reasoning },
        { "load", "bring a model into its server's memory", load },
        { "unload", "put a model out of its server's memory", unload },
        { "check", "ask each of the two for one word", check },
        { "server", "one more model server, for this session", server },
        { "built-in", "use the built-in models, which need no server", built_in },
    };
    talk_menu(l, &TALK_MENU("setup", choices));
}
