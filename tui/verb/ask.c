/* rlab ask: one question through the pipeline. The answer alone on stdout; the status line
 * and the thinking on stderr. */
#include "tui/verb/answers.h"

#include <string.h>

#include "core/base/text.h"
#include "core/limits.h"
#include "tui/verb/runs.h"

/* One column: one question and where its answer goes. */
struct column {
    struct session *s;
    const char *name; /* "fast", "reasoning" in a compare, else NULL */
    struct ask *ask;  /* NULL once it ended */
    bool stream, events;
    bool in_thinking, thought, printed; /* what was shown so far */
    int code;
    struct json *json;
    struct buf text, status, trouble;
};

/* The six kinds of event a program sees; what is none of them is a warning with a code. */
static const struct {
    const char *type, *code;
} event_words[] = {
    [ASK_ROUTED] = { NULL, NULL },
    [ASK_CALLED] = { NULL, NULL },
    [ASK_STARTED] = { "started", NULL },
    [ASK_THINKING] = { "thinking", NULL },
    [ASK_TEXT] = { "text", NULL },
    [ASK_RECLASSIFY] = { "warn", "RECLASSIFY" }, /* all text so far was thinking */
    [ASK_UNTHINK] = { "warn", "UNTHINK" },       /* all thinking so far was the answer */
    [ASK_USAGE] = { "usage", NULL },
    [ASK_WARN] = { "warn", NULL },
    [ASK_RETRY] = { "warn", "RETRY" },
    [ASK_FALLBACK] = { "warn", "FALLBACK" },
    [ASK_END] = { "end", NULL },
};

static void put_event(const struct ask_event *ev)
{
    if (!event_words[ev->type].type)
        return;
    const char *code = event_words[ev->type].code;
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.event/1");
    json_put_text(j, "type", event_words[ev->type].type);
    json_put_real(j, "t_s", ev->t_s);
    json_put_text(j, "role", ev->answer->by_name ? NULL : role_name(ev->answer->role));
    json_put_text(j, "model", ev->answer->model);
    if (ev->type == ASK_WARN)
        code = call_warn_name(ev->warn);
    if (code)
        json_put_text(j, "code", code);
    if (ev->text && ev->type != ASK_STARTED) {
        char *text = mem_copy(ev->text, ev->len);
        json_put_text(j, "text", text);
        mem_free(text);
    }
    if (ev->type == ASK_RETRY)
        json_put_real(j, "wait_s", (double)ev->wait_ms / 1000);
    if (ev->type == ASK_USAGE)
        usage_json(j, ev->usage);
    if (ev->type == ASK_END)
        json_put_text(j, "end", call_end_name(ev->answer->end));
    print_json(j);
    print_now();
}

/* Thinking on stderr while it runs, set off by a line before and after. */
static void show_thinking(struct column *c, const char *text, size_t len)
{
    if (!c->in_thinking)
        fputs("thinking:\n", stderr);
    c->in_thinking = c->thought = true;
    struct buf safe = buf_with_max(2 * MAX_ANSWER_BYTES);
    text_safe(&safe, text, len);
    fwrite(buf_text(&safe), 1, safe.len, stderr);
    buf_done(&safe);
}

static void end_thinking(struct column *c)
{
    if (c->in_thinking)
        fputs("\n\n", stderr);
    c->in_thinking = false;
}

static void end_column(struct column *c, const struct answer *a)
{
    c->ask = NULL;
    c->code = answer_exit(a);
    if (c->s->json || c->events)
        c->json = answer_json(a);
    if (!c->printed)
        buf_add(&c->text, a->text, a->text_len);
    if (!c->thought && !c->printed && !c->s->json && !c->events && a->thinking_len && !c->name)
        show_thinking(c, a->thinking, a->thinking_len);
    end_thinking(c);
    answer_status(a, &c->status);
    answer_trouble(a, &c->trouble);
    if (c->trouble.len && a->end != END_CANCELLED)
        lab_log(&c->s->lab, buf_text(&c->trouble));
}

static void hear(void *self, const struct ask_event *ev)
{
    struct column *c = self;
    if (c->events)
        put_event(ev);
    if (ev->type == ASK_END) {
        end_column(c, ev->answer);
    } else if (ev->type == ASK_RETRY && !c->s->json && !c->events && ev->loading) {
        say("%.*s; the question waits for it", (int)ev->len, ev->text);
    } else if (ev->type == ASK_RETRY && !c->s->json && !c->events) {
        say("%.*s; trying again in %.1f s", (int)ev->len, ev->text, (double)ev->wait_ms / 1000);
    } else if (ev->type == ASK_FALLBACK && !c->s->json && !c->events) {
        end_thinking(c);
        say("falling back to the fast model: %.*s", (int)ev->len, ev->text);
    } else if (c->stream && ev->type == ASK_RECLASSIFY) {
        say("\n(all of that was thinking; the answer begins here)");
    } else if (c->stream && ev->type == ASK_UNTHINK) {
        end_thinking(c); /* end_column prints the text as the answer it is */
        say("(that was no thinking: it is the answer)");
    } else if (c->stream && ev->type == ASK_THINKING) {
        show_thinking(c, ev->text, ev->len);
    } else if (c->stream && ev->type == ASK_TEXT) {
        end_thinking(c);
        print_text(c->s, ev->text, ev->len);
        print_now();
        c->printed = true;
    }
}

/* Turns the loop until every column has ended; a stop by the person cancels them once. */
static bool wait_for(struct session *s, struct column *columns, size_t count, struct error *err)
{
    bool cancelled = false;
    for (;;) {
        bool running = false;
        for (size_t i = 0; i < count; i++)
            running |= columns[i].ask != NULL;
        if (!running)
            return true;
        if (session_stopped() && !cancelled) {
            cancelled = true;
            for (size_t i = 0; i < count; i++)
                if (columns[i].ask)
                    ask_cancel(columns[i].ask);
        }
        if (!session_turn(s, err))
            return false;
    }
}

static void show_column(struct session *s, struct column *c)
{
    if (c->json) {
        print_json(c->json);
        c->json = NULL;
        return;
    }
    if (c->name)
        print_line(s, "--- %s ---", c->name);
    print_text(s, buf_text(&c->text), c->text.len);
    bool open_line = c->printed || (c->text.len && c->text.data[c->text.len - 1] != '\n');
    if (open_line && (c->printed ? s->out_is_terminal : true))
        fputc('\n', stdout);
    print_now();
    say("%s", buf_text(&c->status));
    if (c->trouble.len)
        say_warning("%s", buf_text(&c->trouble));
}

static void column_done(struct column *c)
{
    json_free(c->json);
    buf_done(&c->text);
    buf_done(&c->status);
    buf_done(&c->trouble);
}

static void column_init(struct column *c, struct session *s, const char *name)
{
    const struct args *a = s->args;
    *c = (struct column){ .s = s, .name = name, .events = a->given[OPT_EVENTS] };
    c->stream = !s->json && !c->events && !name && (s->out_is_terminal || a->given[OPT_STREAM]);
    c->text = buf_with_max(MAX_ANSWER_BYTES);
    c->status = c->trouble = buf_with_max(8 * KIB);
}

static bool ask_one(struct session *s, struct question *q, int *ret_code, struct error *err)
{
    struct column c;
    column_init(&c, s, NULL);
    c.ask = ask_start(&s->lab.pipeline, q, hear, &c, err);
    bool ok = c.ask && wait_for(s, &c, 1, err);
    if (ok) {
        show_column(s, &c);
        *ret_code = c.code;
    }
    column_done(&c);
    return ok;
}

static bool ask_both(struct session *s, struct question *q, int *ret_code, struct error *err)
{
    bool swap = s->args->given[OPT_SWAP];
    struct column columns[2];
    int64_t pair_id = 0;
    column_init(&columns[0], s, "fast");
    column_init(&columns[1], s, "reasoning");
    q->compare = true;
    q->purpose = "compare";
    q->pair_id = &pair_id;
    bool ok = true;
    for (int i = 0; ok && i < 2; i++) {
        q->force = i ? ROUTE_REASONING : ROUTE_FAST;
        q->side = (i == 0) != swap ? "left" : "right";
        columns[i].ask = ask_start(&s->lab.pipeline, q, hear, &columns[i], err);
        ok = columns[i].ask != NULL;
    }
    ok = ok && wait_for(s, columns, 2, err);
    if (ok) {
        bool right_first = swap && !columns[0].json; /* programs get the fast one first */
        show_column(s, &columns[right_first]);
        show_column(s, &columns[!right_first]);
        *ret_code = columns[0].code ? columns[0].code : columns[1].code;
        if (!s->json && !columns[0].events && pair_id)
            say("which was better? rlab judge %lld left|right|same|both-wrong", (long long)pair_id);
    }
    column_done(&columns[0]);
    column_done(&columns[1]);
    return ok;
}

/* A server that ignores names answers for any: a mistyped one must not pass unseen. */
static void note_unlisted(const struct session *s, const struct lab_model *m)
{
    const struct catalog *list = m ? m->server->list : NULL;
    if (s->json || !list || !list->count || catalog_find(list, m->name))
        return;
    say("'%s' is not in the list of server '%s' (it has '%s'%s)", m->name, m->server->server.name,
        list->models[0].name, list->count > 1 ? " and others" : "");
}

/* A name that is not kept could not be asked for again. */
static bool names_from_args(const struct args *a, struct question *q, struct error *err)
{
    if (!run_names(a, &q->name, &q->notes, err))
        return false;
    return !(q->name || q->notes) || !a->given[OPT_NO_HISTORY] ||
           error_set(err, ERR_USAGE,
                     "'--name' and '--notes' are kept with the answer in the history, and "
                     "'--no-history' keeps no text: leave one of them out");
}

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    struct buf text = { 0 };
    const char *stops[MAX_STOPS];
    struct question q;
    if (a->given[OPT_SWAP] && !a->given[OPT_COMPARE])
        return error_set(err, ERR_USAGE, "'--swap' swaps the sides of --compare: give both");
    bool ok = question_from_args(s, a, &text, stops, &q, err) && names_from_args(a, &q, err) &&
              session_choose(s, err) &&
              (!a->given[OPT_MODEL] || lab_model(&s->lab, a->value[OPT_MODEL], &q.model, err));
    if (ok)
        note_unlisted(s, q.model);
    if (ok)
        ok = a->given[OPT_COMPARE] ? ask_both(s, &q, ret_code, err) : ask_one(s, &q, ret_code, err);
    buf_done(&text);
    return ok;
}

const struct verb verb_ask = {
    .name = "ask",
    .words = "TEXT|-",
    .summary = "ask one question: classified, routed, looked up, answered",
    .help = "The question is scored and sent to the fast or the reasoning model; an answer that\n"
            "was given before comes from the cache and says so. The answer alone goes to stdout,\n"
            "everything about it to stderr.\n"
            "\n"
            "--fast and --reason choose the model yourself, --compare asks both at once. With\n"
            "--deadline the fast model answers when the reasoning model is too slow.\n"
            "\n"
            "--name and --notes are kept with the answer; rlab history show NAME finds it again.",
    .example = "rlab ask --json 'What is 15% of 80?'",
    .options = (const enum option[]){ OPT_FAST,         OPT_REASON,      OPT_COMPARE, OPT_SWAP,
                                      OPT_MODEL,        OPT_NO_CACHE,    OPT_NO_COT,  OPT_STREAM,
                                      OPT_EVENTS,       OPT_TEMPERATURE, OPT_TOP_P,   OPT_SEED,
                                      OPT_MAX_TOKENS,   OPT_STOP,        OPT_SYSTEM,  OPT_DEADLINE,
                                      OPT_THINK_BUDGET, OPT_RULES,       OPT_NAME,    OPT_NOTES,
                                      OPTIONS },
    .run = run,
};
