/* Answers as verbs show them (answers.h). */
#include "tui/verb/answers.h"

#include <math.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/limits.h"

void usage_json(struct json *to, const struct usage *u)
{
    json_put_count(to, "prompt_tokens", u->prompt_tokens);
    json_put_count(to, "completion_tokens", u->completion_tokens);
    json_put_count(to, "thinking_tokens", u->thinking_tokens);
    json_put_real(to, "load_s", u->load_s);
    json_put_real(to, "prompt_s", u->prompt_s);
    json_put_real(to, "eval_s", u->eval_s);
}

static void put_tokens(const struct answer *a, struct buf *to)
{
    const char *about = a->tokens_kind == KIND_ESTIMATED ? "~" : "";
    const char *about_split = a->split_kind == KIND_ESTIMATED ? "~" : "";
    if (a->completion_tokens <= 0)
        return;
    buf_printf(to, ", %s%lld token%s", about, (long long)a->completion_tokens,
               a->completion_tokens == 1 ? "" : "s");
    if (a->thinking_tokens > 0)
        buf_printf(to, " (%s%lld of thinking)", about_split, (long long)a->thinking_tokens);
    if (isfinite(a->tok_per_s))
        buf_printf(to, ", %s%.1f tok/s", a->rate_kind == KIND_ESTIMATED ? "~" : "", a->tok_per_s);
}

void answer_status(const struct answer *a, struct buf *to)
{
    char took[SECONDS_SIZE], other[SECONDS_SIZE];
    buf_printf(to, "%s (score %d)", level_name(a->level), a->score);
    if (!a->by_name)
        buf_printf(to, " -> %s%s%s", a->forced ? "asked for " : "", role_name(a->role),
                   a->cot ? ", step by step" : "");
    buf_printf(to, " -> %s/%s: ", a->server, a->model);
    seconds_text(a->latency_s, took);
    if (a->from == FROM_CACHE) {
        buf_printf(to, "cached, looked up in %s", took);
        if (isfinite(a->original_latency_s))
            buf_printf(to, "; the call took %s, saved %s (measured)",
                       seconds_text(a->original_latency_s, other),
                       seconds_text(a->saved_s, (char[SECONDS_SIZE]){ 0 }));
        else
            buf_puts(to, "; what the call took is not known: it was slowed on purpose");
    } else {
        buf_printf(to, "%s%s", a->from == FROM_SHARED ? "shared with the same question, " : "",
                   took);
        if (isfinite(a->ttft_s))
            buf_printf(to, ", first word after %s", seconds_text(a->ttft_s, other));
        if (a->cold)
            buf_printf(to, ", of it %s loading", seconds_text(a->load_s, other));
        put_tokens(a, to);
    }
    if (a->slowed)
        buf_puts(to, ", SLOWED (mini.pace): in no figure");
    if (a->cost_kind != KIND_UNKNOWN && a->cost > 0)
        buf_printf(to, ", cost %s%.4f", a->cost_kind == KIND_ESTIMATED ? "~" : "", a->cost);
    if (!a->identity_checked)
        buf_puts(to, "; identity not checked");
}

static void add_trouble(struct buf *to, const char *words)
{
    buf_printf(to, "%s%s", to->len ? "; " : "", words);
}

void answer_trouble(const struct answer *a, struct buf *to)
{
    if (a->fallback_from)
        buf_printf(to, "instead of '%s': %s", a->fallback_from, a->fallback_why);
    if (a->end == END_OK_LENGTH)
        add_trouble(to, "cut off at its token limit; raise it with --max-tokens");
    if (a->warns & (1u << WARN_NO_BUDGET))
        add_trouble(to, call_warn_words(WARN_NO_BUDGET));
    if (call_end_is_ok(a->end) && a->warns & (1u << WARN_PROMPT_CUT))
        add_trouble(to, call_warn_words(WARN_PROMPT_CUT));
    if (a->end == END_OK_TOOL)
        add_trouble(to, "the model asked for a tool; rlab runs none");
    else if (call_end_is_ok(a->end) && a->warns & (1u << WARN_EMPTY_ANSWER))
        add_trouble(to, call_warn_words(WARN_EMPTY_ANSWER));
    if (call_end_is_ok(a->end) && a->end != END_OK_FILTER)
        return;
    add_trouble(to, a->error ? a->error : call_end_words(a->end));
    if (a->advice)
        buf_printf(to, "; %s", a->advice);
}

int answer_exit(const struct answer *a)
{
    if (answer_is_good(a))
        return 0;
    if (a->end == END_OK_FILTER)
        return EXIT_NO_ANSWER;
    if (a->end == END_CANCELLED)
        return session_stopped() ? session_stop_code() : EXIT_STOPPED;
    if (a->key_refused)
        return EXIT_MISUSE;
    if (a->model_missing || a->context_too_long || a->no_room)
        return EXIT_NO_MODEL;
    return answer_was_refused(a) ? EXIT_MISUSE : EXIT_NO_SERVER;
}

bool settings_from_args(struct session *s, const struct args *a, struct ask_settings *ret,
                        const char **stops, struct error *err)
{
    struct ask_settings w = lab_ask_settings(&s->lab);
    if (!args_real(a, OPT_TEMPERATURE, 0, 2, w.temperature, &w.temperature, err) ||
        !args_real(a, OPT_TOP_P, 0.000001, 1, w.top_p, &w.top_p, err) ||
        !args_int(a, OPT_MAX_TOKENS, 1, 10000000, w.max_tokens, &w.max_tokens, err) ||
        !args_int(a, OPT_SEED, INT64_MIN, INT64_MAX, 0, &w.seed, err) ||
        !args_real(a, OPT_DEADLINE, 0.001, 86400, w.deadline_s, &w.deadline_s, err) ||
        !args_int(a, OPT_THINK_BUDGET, 0, 10000000, w.think_budget, &w.think_budget, err))
        return false;
    w.has_seed = a->given[OPT_SEED];
    if (a->given[OPT_SYSTEM]) {
        w.system = a->value[OPT_SYSTEM];
        if (!text_check_query(w.system, strlen(w.system), err))
            return error_within(err, "the system text");
    }
    for (size_t i = 0; i < a->value_count; i++) {
        if (a->values[i].option != OPT_STOP)
            continue;
        if (!*a->values[i].value)
            return error_set(err, ERR_USAGE, "'--stop' needs a text: an empty one is everywhere");
        if (w.stop_count == MAX_STOPS)
            return error_set(err, ERR_USAGE, "more than %d stop texts", MAX_STOPS);
        stops[w.stop_count++] = a->values[i].value;
    }
    w.stop = stops;
    *ret = w;
    return true;
}

static bool text_too_long(struct error *err)
{
    return error_set(err, ERR_INPUT, "the text is longer than 1 MiB: shorten it");
}

bool text_from_args(const struct args *a, size_t from, struct buf *ret, struct error *err)
{
    struct buf text = buf_with_max(MAX_QUERY_BYTES + 1);
    if (a->count == from + 1 && strcmp(a->words[from], "-") == 0) {
        if (!file_read("-", MAX_QUERY_BYTES + 1, &text, err))
            return err->code == ERR_INPUT ? text_too_long(err) : false;
        if (text.len && text.data[text.len - 1] == '\n')
            text.len--;
        if (text.len && text.data[text.len - 1] == '\r')
            text.len--;
        if (text.data)
            text.data[text.len] = '\0';
    } else {
        for (size_t i = from; i < a->count; i++) {
            if ((i > from && !buf_putc(&text, ' ')) || !buf_puts(&text, a->words[i])) {
                buf_done(&text);
                return text_too_long(err);
            }
        }
    }
    if (!text_check_query(buf_text(&text), text.len, err)) {
        buf_done(&text);
        return false;
    }
    *ret = text;
    return true;
}

static bool ways_conflict(const struct args *a, struct error *err)
{
    static const enum option ways[] = { OPT_FAST, OPT_REASON, OPT_COMPARE, OPT_MODEL };
    const char *first = NULL;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (!a->given[ways[i]])
            continue;
        if (first) {
            error_set(err, ERR_USAGE, "--%s and --%s exclude each other", first,
                      option_defs[ways[i]].name);
            return true;
        }
        first = option_defs[ways[i]].name;
    }
    return false;
}

bool question_from_args(struct session *s, const struct args *a, struct buf *text,
                        const char *stops[MAX_STOPS], struct question *ret, struct error *err)
{
    struct question q = question_default();
    if (ways_conflict(a, err) || !text_from_args(a, 0, text, err))
        return false;
    if (text_is_blank(buf_text(text), text->len))
        return error_set(err, ERR_USAGE,
                         "nothing to ask: write the question behind the verb, or - to read it "
                         "from standard input");
    if (!session_open(s, err) || !settings_from_args(s, a, &q.settings, stops, err))
        return false;
    q.text = buf_text(text);
    q.len = text->len;
    q.force = a->given[OPT_FAST] ? ROUTE_FAST : a->given[OPT_REASON] ? ROUTE_REASONING : ROUTE_AUTO;
    q.no_cache = a->given[OPT_NO_CACHE];
    q.no_cot = a->given[OPT_NO_COT];
    *ret = q;
    return true;
}
