/* What a server meant by its error (error_body.h). */
#include "core/model/error_body.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"

/* An error is judged by its first words: many words are looked for in them, and a stranger's
 * megabytes shall not hold up the screen. */
#define JUDGED_BYTES 4096

/* A page with fewer words than this does not say what went wrong. */
#define FEW_BYTES 12

/* The parts of an error, whatever its shape. Borrowed. */
struct parts {
    const char *message;             /* NULL where the shape is not known */
    const char *type, *code, *param; /* "" where absent */
    int status;
    int64_t prompt_tokens, context_tokens; /* -1 where absent */
};

/* --- words of a foreign body ------------------------------------------------------------ */

/* Skips a tag; some with all that they hold. */
static size_t skip_tag(const char *s, size_t len, bool with_title)
{
    static const char *const silent[] = { "style", "script", "title" };
    size_t silents = sizeof silent / sizeof *silent - with_title;
    const char *close = memchr(s, '>', len);
    size_t n = close ? (size_t)(close - s) + 1 : len;
    for (size_t i = 0; i < silents; i++) {
        size_t name = strlen(silent[i]);
        if (len <= name + 1 || strncasecmp(s + 1, silent[i], name) != 0)
            continue;
        while (n < len && !(s[n] == '<' && n + 1 < len && s[n + 1] == '/'))
            n++;
    }
    return n;
}

static bool looks_like_html(const char *s, size_t len)
{
    while (len && isspace((unsigned char)*s)) {
        s++;
        len--;
    }
    return len > 1 && s[0] == '<' && (s[1] == '!' || isalpha((unsigned char)s[1]));
}

/* Writes the words, and returns how many bytes they have. */
static size_t write_words(const char *body, size_t len, bool html, bool with_title,
                          char ret[ERROR_SHOWN_SIZE])
{
    bool gap = false;
    size_t used = 0;
    for (size_t i = 0; i < len;) {
        if (html && body[i] == '<') {
            i += skip_tag(body + i, len - i, with_title);
            gap = used > 0;
            continue;
        }
        int32_t cp;
        size_t n = text_decode(body + i, len - i, &cp);
        bool space = cp >= 0 && text_is_space(cp);
        bool drop = cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || text_cols(body + i, n) == 0;
        if (space || drop) {
            gap = gap || (space && used > 0);
        } else if (used + gap + n > MAX_ERROR_SHOWN) {
            memcpy(ret + used, "...", 3);
            used += 3;
            break;
        } else {
            if (gap)
                ret[used++] = ' ';
            gap = false;
            memcpy(ret + used, body + i, n);
            used += n;
        }
        i += n;
    }
    ret[used] = '\0';
    return used;
}

void error_body_words(const char *body, size_t len, char ret[ERROR_SHOWN_SIZE])
{
    bool html = looks_like_html(body, len);
    /* A title often says what the page says again, but at times it says all there is. */
    if (write_words(body, len, html, false, ret) < FEW_BYTES && html)
        write_words(body, len, html, true, ret);
}

/* --- shapes ------------------------------------------------------------------------------ */

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* {"message","type","param","code"}, alone or inside "error". */
static bool read_object(const struct json *e, struct parts *ret)
{
    double code;
    const char *message = json_get_text(e, "message");
    if (!message)
        message = json_get_text(e, "error_message");
    if (!message)
        message = json_get_text(e, "msg");
    if (!message)
        return false;
    ret->message = message;
    ret->type = or_empty(json_get_text(e, "type"));
    if (!*ret->type)
        ret->type = or_empty(json_get_text(e, "error_type"));
    ret->code = or_empty(json_get_text(e, "code"));
    ret->param = or_empty(json_get_text(e, "param"));
    if (json_get_number(e, "code", &code) && code >= 400 && code < 600)
        ret->status = (int)code;
    ret->prompt_tokens = json_get_count(e, "n_prompt_tokens");
    ret->context_tokens = json_get_count(e, "n_ctx");
    return true;
}

/* A value that stands for "no error" although its key is there. */
static bool is_nothing(const struct json *j)
{
    const char *text = json_text(j);
    return !j || json_is_null(j) || (json_is_bool(j) && !json_is_true(j)) || (text && !*text) ||
           (json_is_object(j) && json_size(j) == 0);
}

static bool read_value(const struct json *j, struct parts *ret)
{
    if (is_nothing(j))
        return false;
    if (json_text(j)) {
        ret->message = json_text(j);
        return true;
    }
    if (json_is_array(j))
        return read_value(json_first(j), ret);
    if (read_object(j, ret))
        return true;
    /* An object of a shape nobody told us about: its first text is better than nothing. */
    for (const struct json *x = json_first(j); x && json_is_object(j); x = json_next(x)) {
        if (read_value(x, ret))
            return true;
    }
    return false;
}

/* Keys under which an error hides, the most telling first. */
static const char *const error_keys[] = { "error", "detail", "errors" };

static bool read_parts(const struct json *j, struct parts *ret)
{
    *ret = (struct parts){
        .type = "", .code = "", .param = "", .prompt_tokens = -1, .context_tokens = -1
    };
    if (json_text(j))
        return read_value(j, ret);
    for (size_t i = 0; i < sizeof error_keys / sizeof *error_keys; i++) {
        if (read_value(json_get(j, error_keys[i]), ret))
            return true;
    }
    return read_value(json_get(json_get(j, "x_groq"), "error"), ret) || read_object(j, ret);
}

bool error_body_is_in(const struct json *event)
{
    if (!is_nothing(json_get(event, "error")) || json_get_text(event, "error_message"))
        return true;
    if (!is_nothing(json_get(json_get(event, "x_groq"), "error")))
        return true;
    const char *object = json_get_text(event, "object"), *type = json_get_text(event, "type");
    return (object && strcmp(object, "error") == 0) || (type && strcmp(type, "error") == 0);
}

/* --- what it means ---------------------------------------------------------------------- */

static bool holds(const char *text, const char *part)
{
    return strcasestr(text, part) != NULL;
}

/* First row that fits wins. A row fits where the status is its own (0: any) and its word is
 * found in type or code, or, where not `coded`, in the message. Rate and money share a
 * status, and the message about the rate often links to the billing page: so codes first. */
static const struct fault_row {
    int status;
    const char *word;
    enum fault fault;
    bool coded;
} fault_rows[] = {
    { 402, "", FAULT_MONEY },
    { 0, "insufficient_quota", FAULT_MONEY },
    { 0, "rate_limit", FAULT_RATE, true },
    { 0, "credit_balance", FAULT_MONEY },
    { 0, "billing", FAULT_MONEY, true },
    { 0, "spend limit", FAULT_MONEY },
    { 0, "spending limit", FAULT_MONEY },
    { 0, "exceeded your current quota", FAULT_MONEY },
    { 0, "credit balance is too low", FAULT_MONEY },
    { 0, "insufficient credits", FAULT_MONEY },
    { 0, "insufficient balance", FAULT_MONEY },
    { 0, "exceed_context_size", FAULT_CONTEXT },
    { 0, "context_length_exceeded", FAULT_CONTEXT },
    { 0, "maximum context length", FAULT_CONTEXT },
    { 0, "available context size", FAULT_CONTEXT },
    { 0, "exceeds the context", FAULT_CONTEXT },
    { 0, "exceed context", FAULT_CONTEXT },
    { 0, "context window", FAULT_CONTEXT },
    { 0, "prompt is too long", FAULT_CONTEXT },
    { 413, "", FAULT_CONTEXT },
    { 0, "model_not_found", FAULT_MODEL_MISSING },
    { 404, "model", FAULT_MODEL_MISSING },
    { 0, "try pulling it first", FAULT_MODEL_MISSING },
    { 0, "requires more system memory", FAULT_NO_ROOM },
    { 0, "out of memory", FAULT_NO_ROOM },
    { 0, "outofmemory", FAULT_NO_ROOM },
    { 0, "cudaMalloc failed", FAULT_NO_ROOM },
    { 0, "unable to allocate", FAULT_NO_ROOM },
    { 0, "failed to allocate", FAULT_NO_ROOM },
    { 0, "insufficient memory", FAULT_NO_ROOM },
    { 401, "", FAULT_KEY },
    { 403, "", FAULT_KEY },
    { 0, "invalid_api_key", FAULT_KEY },
    { 0, "authentication_error", FAULT_KEY },
    { 429, "", FAULT_RATE },
    { 503, "loading", FAULT_LOADING },
    { 503, "", FAULT_OVERLOADED },
    { 529, "", FAULT_OVERLOADED },
    { 498, "", FAULT_OVERLOADED },
    { 0, "overloaded", FAULT_OVERLOADED },
    { 0, "over capacity", FAULT_OVERLOADED },
    { 0, "server busy", FAULT_OVERLOADED },
};

/* In the body of an error inside a stream, "model ... not found" has no status of its own. */
static bool says_model_missing(const char *message)
{
    const char *model = strcasestr(message, "model");
    return model && (holds(model, "not found") || holds(model, "does not exist")) &&
           !holds(message, "runner");
}

/* A setting is refused where its name and one of these words come together. */
static const char *const refusals[] = {
    "not support",   "unsupported",   "unrecognized",    "unknown",          "unexpected",
    "not permitted", "not allowed",   "deprecated",      "only the default", "extra inputs",
    "extra fields",  "not available", "may only be set", "instead",
};

static const struct refused_row {
    const char *name; /* in param or message */
    enum refused refused;
} refused_rows[] = {
    { "stream_options", REFUSED_STREAM_OPTIONS },
    { "max_completion_tokens", REFUSED_LIMIT_NAME },
    { "max_tokens", REFUSED_LIMIT_NAME },
    { "adaptive", REFUSED_THINK_BUDGET },
    { "thinking.type", REFUSED_THINK_BUDGET },
    { "budget_tokens", REFUSED_THINK_BUDGET },
    { "temperature", REFUSED_TEMPERATURE },
    { "reasoning_effort", REFUSED_THINK },
    { "reasoning.effort", REFUSED_THINK },
    { "enable_thinking", REFUSED_THINK },
    { "support thinking", REFUSED_THINK },
    { "think value", REFUSED_THINK },
    { "'think'", REFUSED_THINK },
    { "\"think\"", REFUSED_THINK },
    { "thinking", REFUSED_THINK },
};

static enum refused find_refused(const struct parts *p)
{
    if (p->status && p->status != 400 && p->status != 422)
        return REFUSED_NOTHING;
    bool refuses = holds(p->code, "unsupported") || holds(p->code, "unknown");
    for (size_t i = 0; !refuses && i < sizeof refusals / sizeof *refusals; i++)
        refuses = holds(p->message, refusals[i]);
    for (size_t i = 0; refuses && i < sizeof refused_rows / sizeof *refused_rows; i++) {
        if (holds(p->param, refused_rows[i].name) || holds(p->message, refused_rows[i].name))
            return refused_rows[i].refused;
    }
    return REFUSED_NOTHING;
}

static enum fault find_fault(const struct parts *p)
{
    for (size_t i = 0; i < sizeof fault_rows / sizeof *fault_rows; i++) {
        const struct fault_row *r = &fault_rows[i];
        if (r->status && r->status != p->status)
            continue;
        if (holds(p->type, r->word) || holds(p->code, r->word) ||
            (!r->coded && holds(p->message, r->word)))
            return r->fault;
    }
    return says_model_missing(p->message) ? FAULT_MODEL_MISSING : FAULT_OTHER;
}

/* Some servers answer 500 where the request itself is at fault. */
static bool is_own_fault(const char *message)
{
    static const char *const words[] = { "must be", "not supported", "is required", "invalid" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (holds(message, words[i]))
            return true;
    }
    return false;
}

bool error_status_may_pass(int status)
{
    switch (status) {
    case 408: /* it waited too long for us */
    case 409: /* two at once */
    case 429: /* too many */
    case 498: /* no capacity */
        return true;
    default:
        return status >= 500 && status != 501;
    }
}

static bool worth_again(enum fault fault, int status, const char *message)
{
    switch (fault) {
    case FAULT_RATE:
    case FAULT_OVERLOADED:
    case FAULT_LOADING:
        return true;
    case FAULT_OTHER:
        return error_status_may_pass(status) && (status < 500 || !is_own_fault(message));
    default:
        return false;
    }
}

/* --- sentences --------------------------------------------------------------------------- */

/* The model's name out of "model 'x' not found", "model \"x\" ..." or "model: x"; false
 * where there is none, or one that had better not be typed into a shell. */
static bool model_named(const char *message, char *ret, size_t size)
{
    const char *p = strcasestr(message, "model");
    if (!p)
        return false;
    p += strcspn(p, "'\"`:");
    if (!*p)
        return false;
    p += *p == ':' ? strspn(p, ": ") : 1;
    size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/-");
    if (n == 0 || n >= size || *p == '-' || (p[n] && !strchr("'\"`, ", p[n])))
        return false;
    memcpy(ret, p, n);
    ret[n] = '\0';
    return true;
}

static const char *const advices[] = {
    [FAULT_OTHER] = "",
    [FAULT_MODEL_MISSING] = "see the list with: rlab models",
    [FAULT_CONTEXT] = "shorten the question, or load the model with a larger context",
    [FAULT_KEY] = "check the server's key: rlab doctor says which variable it comes from",
    [FAULT_MONEY] = "no credit or quota is left: see the provider's billing page",
    [FAULT_RATE] = "wait a little, or ask fewer questions at once",
    [FAULT_OVERLOADED] = "the server is busy: wait a little and ask again",
    [FAULT_LOADING] = "the model is being loaded: ask again in a few seconds",
    [FAULT_NO_ROOM] =
        "take a smaller model or quantisation, or free memory: rlab models unload MODEL",
    [FAULT_SETTING] = "",
};

static const char *const setting_advices[] = {
    [REFUSED_NOTHING] = "",
    [REFUSED_THINK] = "ask without the thinking switch",
    [REFUSED_LIMIT_NAME] = "this model wants its token limit under the other name",
    [REFUSED_TEMPERATURE] = "ask without a temperature",
    [REFUSED_STREAM_OPTIONS] = "ask without stream_options",
    [REFUSED_THINK_BUDGET] = "this model takes no thinking budget: it wants \"adaptive\"",
};

static void write_advice(const struct parts *p, const char *type, bool bare, struct error_body *ret)
{
    char name[128];
    const char *advice =
        ret->fault == FAULT_SETTING ? setting_advices[ret->refused] : advices[ret->fault];
    bool ollama = strcmp(type, "ollama") == 0;
    if (ret->fault == FAULT_MODEL_MISSING && ollama && model_named(p->message, name, sizeof name))
        snprintf(ret->advice, sizeof ret->advice, "pull it with: ollama pull %s, or %s", name,
                 advice);
    else if (ollama && p->status == 403 && bare)
        snprintf(ret->advice, sizeof ret->advice,
                 "Ollama refuses host names it does not know: use 127.0.0.1, localhost or the "
                 "machine's IP address");
    else if (p->status >= 300 && p->status < 400)
        snprintf(ret->advice, sizeof ret->advice,
                 "redirects are not followed: give the server's final address");
    else if (p->status == 404 && ret->fault == FAULT_OTHER)
        snprintf(ret->advice, sizeof ret->advice,
                 "check the server's address and type: rlab doctor shows them");
    else if (p->status >= 500 && ret->fault == FAULT_OTHER)
        snprintf(ret->advice, sizeof ret->advice, "the server's own log may say why");
    else
        snprintf(ret->advice, sizeof ret->advice, "%s", advice);
}

/* A number is a count only where it stands alone: the digits of "llama-3.1-70b", "16k",
 * "2026-01-02" or "1.25" are none. `s` is its first byte, `end` the one behind it. */
static bool stands_alone(const char *text, const char *s, const char *end)
{
    char before = s == text ? ' ' : s[-1];
    if (isalnum((unsigned char)before) || strchr("-._/", before))
        return false;
    if (isalpha((unsigned char)*end) || *end == '_' || *end == '/')
        return false;
    return (*end != '-' && *end != '.') || !isalnum((unsigned char)end[1]);
}

/* Two numbers out of a text like "This model's maximum context length is 4096 tokens.
 * However, you requested 5000 tokens": the smaller is the window. A text that never says
 * "token" counts something else (megabytes, requests): its numbers are left to its own words. */
static void numbers_from_words(struct parts *p)
{
    int64_t seen[2] = { -1, -1 };
    size_t n = 0;
    if (!strcasestr(p->message, "token"))
        return;
    for (const char *s = p->message; *s && n < 2;) {
        const char *start = s;
        int64_t v = 0;
        size_t digits = 0;
        for (; isdigit((unsigned char)*s) || (*s == ',' && digits && isdigit((unsigned char)s[1]));
             s++) {
            if (*s != ',' && ++digits < 12)
                v = v * 10 + (*s - '0');
        }
        if (digits > 1 && digits < 12 && stands_alone(p->message, start, s))
            seen[n++] = v;
        s += *s != '\0' && digits == 0;
    }
    if (n < 2 || seen[0] == seen[1])
        return;
    p->context_tokens = seen[0] < seen[1] ? seen[0] : seen[1];
    p->prompt_tokens = seen[0] < seen[1] ? seen[1] : seen[0];
}

static void write_message(const struct parts *p, int status, const char *words,
                          struct error_body *ret)
{
    char where[40] = "the server reported";
    if (status >= 300)
        snprintf(where, sizeof where, "the server answered %d", status);
    if (ret->fault == FAULT_CONTEXT && p->context_tokens >= 0 && p->prompt_tokens >= 0)
        snprintf(ret->message, sizeof ret->message,
                 "%s: the prompt does not fit: %lld tokens, the window holds %lld", where,
                 (long long)p->prompt_tokens, (long long)p->context_tokens);
    else if (*words)
        snprintf(ret->message, sizeof ret->message, "%s: %s", where, words);
    else
        snprintf(ret->message, sizeof ret->message, "%s%s", where,
                 status >= 300 ? " without a word" : " an error without a word");
}

static const char *clip(const char *text, char *ret, size_t size)
{
    size_t len = strnlen(text, size - 1);
    memcpy(ret, text, len);
    ret[len] = '\0';
    return ret;
}

/* `bare`: the body held no error in a known shape. */
static void judge(struct parts *p, int status, const char *type, bool bare, struct error_body *ret)
{
    char words[ERROR_SHOWN_SIZE], message[JUDGED_BYTES], type_word[200], code[200], param[200];
    *ret = (struct error_body){ 0 };
    p->message = clip(p->message, message, sizeof message);
    p->type = clip(p->type, type_word, sizeof type_word);
    p->code = clip(p->code, code, sizeof code);
    p->param = clip(p->param, param, sizeof param);
    /* Without an HTTP status that says error, the code inside the body counts. */
    if (status >= 300)
        p->status = status;
    ret->fault = find_fault(p);
    if (ret->fault == FAULT_OTHER || ret->fault == FAULT_MODEL_MISSING) {
        ret->refused = find_refused(p);
        if (ret->refused != REFUSED_NOTHING)
            ret->fault = FAULT_SETTING;
    }
    ret->retryable = worth_again(ret->fault, p->status, p->message);
    if (ret->fault == FAULT_CONTEXT && p->context_tokens < 0)
        numbers_from_words(p);
    error_body_words(p->message, strlen(p->message), words);
    write_message(p, status, words, ret);
    write_advice(p, type, bare, ret);
}

void error_body_from_text(int status, const char *type, const char *text, size_t len,
                          struct error_body *ret)
{
    char words[ERROR_SHOWN_SIZE];
    error_body_words(text, len, words);
    struct parts p = { .message = words,
                       .type = "",
                       .code = "",
                       .param = "",
                       .prompt_tokens = -1,
                       .context_tokens = -1 };
    judge(&p, status, type, true, ret);
}

void error_body_from_json(int status, const char *type, const struct json *j,
                          struct error_body *ret)
{
    struct parts p;
    if (read_parts(j, &p)) {
        judge(&p, status, type, false, ret);
        return;
    }
    struct buf text = buf_with_max(MAX_EVENT_BYTES);
    if (j)
        json_print(j, &text);
    error_body_from_text(status, type, buf_text(&text), text.len, ret);
    buf_done(&text);
}

void error_body_read(int status, const char *type, const char *body, size_t len,
                     struct error_body *ret)
{
    struct error ignored;
    struct json *j = len ? json_parse(body, len, &ignored) : NULL;
    struct parts p;
    if (j && read_parts(j, &p))
        judge(&p, status, type, false, ret);
    else
        error_body_from_text(status, type, body, len, ret);
    json_free(j);
}
