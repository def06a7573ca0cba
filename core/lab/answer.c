/* Figures of one answer (answer.h). */
#include "core/lab/answer.h"

#include <math.h>
#include <string.h>

#include "core/model/error_body.h"

const char *kind_name(enum kind_of_number k)
{
    return k == KIND_MEASURED ? "measured" : k == KIND_ESTIMATED ? "estimated" : NULL;
}

enum kind_of_number kind_from_name(const char *name)
{
    if (!name)
        return KIND_UNKNOWN;
    return strcmp(name, "measured") == 0    ? KIND_MEASURED
           : strcmp(name, "estimated") == 0 ? KIND_ESTIMATED
                                            : KIND_UNKNOWN;
}

const char *answer_from_name(enum answer_from f)
{
    static const char *const names[] = { "model", "cache", "shared" };
    return names[f];
}

bool answer_is_good(const struct answer *a)
{
    return a->end == END_OK_STOP || a->end == END_OK_LENGTH || a->end == END_OK_TOOL;
}

bool answer_was_refused(const struct answer *a)
{
    return a->http_status >= 300 && a->http_status < 500 && !error_status_may_pass(a->http_status);
}

bool answer_is_cacheable(enum call_end end, unsigned warns)
{
    /* An empty finished answer is an answer; one to a part of the question is not. */
    return end == END_OK_STOP && !(warns & (1u << WARN_PROMPT_CUT));
}

static int64_t estimate_tokens(size_t bytes)
{
    return (int64_t)((bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN);
}

void answer_count_tokens(struct answer *a, const struct usage *u)
{
    size_t bytes = a->text_len + a->thinking_len;
    /* Some servers fill in 0 for what they did not count. No prompt is empty, and text that was
     * written holds tokens. */
    a->prompt_tokens = u->prompt_tokens > 0 ? u->prompt_tokens : -1;
    if (u->completion_tokens > 0 || (u->completion_tokens == 0 && bytes == 0)) {
        a->completion_tokens = u->completion_tokens;
        a->tokens_kind = KIND_MEASURED;
    } else {
        a->completion_tokens = estimate_tokens(bytes);
        a->tokens_kind = KIND_ESTIMATED;
    }

    a->split_kind = a->tokens_kind;
    bool counted = u->thinking_tokens > 0 || (u->thinking_tokens == 0 && a->thinking_len == 0);
    if (counted && u->thinking_tokens <= a->completion_tokens) {
        a->thinking_tokens = u->thinking_tokens;
    } else if (a->thinking_len == 0) {
        a->thinking_tokens = 0;
    } else {
        /* Servers rarely count thinking apart: share the count out by length. */
        a->thinking_tokens = (int64_t)llround((double)a->completion_tokens *
                                              (double)a->thinking_len / (double)bytes);
        a->split_kind = KIND_ESTIMATED;
    }
    a->answer_tokens = a->completion_tokens - a->thinking_tokens;
}

void answer_rate(struct answer *a, const struct usage *u)
{
    a->tok_per_s = NAN;
    a->rate_kind = KIND_UNKNOWN;
    if (a->completion_tokens <= 1 || (a->warns & (1u << WARN_BURST)))
        return;
    double writing_s = a->call_s - a->ttft_s;
    if (a->tokens_kind == KIND_MEASURED && u->eval_s > 0.001) {
        a->tok_per_s = (double)a->completion_tokens / u->eval_s;
        a->rate_kind = KIND_MEASURED;
    } else if (writing_s > 0.001) {
        /* The first token arrived before this stretch began. */
        a->tok_per_s = (double)(a->completion_tokens - 1) / writing_s;
        a->rate_kind = a->tokens_kind;
    }
}
