/* Error replies in every shape: what they mean, whether to try again, what a person reads. */
#include "tests/test.h"

#include "core/model/error_body.h"

struct row {
    const char *what;
    int status;
    const char *type; /* provider */
    const char *body;
    enum fault fault;
    enum refused refused;
    bool retryable;
    const char *message, *advice; /* parts; advice "" must be empty */
};

static const struct row rows[] = {
    /* 1 */
    { "ollama text", 404, "ollama", "{\"error\":\"model 'nope' not found\"}", FAULT_MODEL_MISSING,
      0, false, "the server answered 404: model 'nope' not found", "ollama pull nope" },
    { "ollama text, new form", 404, "ollama",
      "{\"error\":\"model \\\"x/y:8b\\\" not found, try pulling it first\"}", FAULT_MODEL_MISSING,
      0, false, "not found", "ollama pull x/y:8b, or" },
    { "a name that is no word for a shell", 404, "ollama",
      "{\"error\":\"model 'a; rm -rf ~' not found\"}", FAULT_MODEL_MISSING, 0, false, "not found",
      "see the list with: rlab models" },
    { "a name like a flag", 404, "ollama", "{\"error\":\"model '--help' not found\"}",
      FAULT_MODEL_MISSING, 0, false, "not found", "see the list" },
    { "ollama sign in", 401, "ollama", "{\"error\":\"unauthorized\",\"signin_url\":\"https://x\"}",
      FAULT_KEY, 0, false, "401: unauthorized", "key" },
    { "ollama queue", 503, "ollama",
      "{\"error\":\"server busy, please try again.  maximum pending requests exceeded\"}",
      FAULT_OVERLOADED, 0, true, "server busy, please try again. maximum", "wait" },
    { "ollama think", 400, "ollama", "{\"error\":\"\\\"smol\\\" does not support thinking\"}",
      FAULT_SETTING, REFUSED_THINK, false, "does not support thinking", "without the thinking" },
    { "ollama think level", 400, "ollama",
      "{\"error\":\"think value \\\"high\\\" is not supported for this model\"}", FAULT_SETTING,
      REFUSED_THINK, false, "not supported", "without the thinking" },
    { "ollama too long", 400, "ollama",
      "{\"error\":\"the input length exceeds the context length\"}", FAULT_CONTEXT, 0, false,
      "exceeds the context length", "shorten" },
    { "ollama crash", 500, "ollama",
      "{\"error\":\"an error was encountered while running the model: unexpected EOF\"}",
      FAULT_OTHER, 0, true, "unexpected EOF", "log" },
    { "ollama wrong option", 500, "ollama",
      "{\"error\":\"option \\\"num_predict\\\" must be of type integer\"}", FAULT_OTHER, 0, false,
      "must be of type", "log" },
    /* 2 */
    { "openai model", 404, "openai",
      "{\"error\":{\"message\":\"The model `gpt-9` does not exist or you do not have access\","
      "\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"model_not_found\"}}",
      FAULT_MODEL_MISSING, 0, false, "does not exist", "rlab models" },
    { "openai quota", 429, "openai",
      "{\"error\":{\"message\":\"You exceeded your current quota, please check your plan\","
      "\"type\":\"insufficient_quota\",\"param\":null,\"code\":\"insufficient_quota\"}}",
      FAULT_MONEY, 0, false, "quota", "no credit" },
    { "openai rate, with a link to billing", 429, "openai",
      "{\"error\":{\"message\":\"Rate limit reached for gpt-4o: Limit 3, Used 3. Visit "
      "https://x/account/billing to add a payment method\",\"type\":\"requests\",\"param\":null,"
      "\"code\":\"rate_limit_exceeded\"}}",
      FAULT_RATE, 0, true, "Rate limit reached", "wait" },
    { "openai key", 401, "openai",
      "{\"error\":{\"message\":\"Incorrect API key provided\",\"type\":\"invalid_request_error\","
      "\"param\":null,\"code\":\"invalid_api_key\"}}",
      FAULT_KEY, 0, false, "Incorrect API key", "doctor" },
    { "openai limit name", 400, "openai",
      "{\"error\":{\"message\":\"Unsupported parameter: 'max_tokens' is not supported with this "
      "model. Use 'max_completion_tokens' instead.\",\"type\":\"invalid_request_error\",\"param\":"
      "\"max_tokens\",\"code\":\"unsupported_parameter\"}}",
      FAULT_SETTING, REFUSED_LIMIT_NAME, false, "max_completion_tokens", "other name" },
    { "openai temperature", 400, "openai",
      "{\"error\":{\"message\":\"Unsupported value: 'temperature' does not support 0 with this "
      "model. Only the default (1) value is supported.\",\"type\":\"invalid_request_error\","
      "\"param\":\"temperature\",\"code\":\"unsupported_value\"}}",
      FAULT_SETTING, REFUSED_TEMPERATURE, false, "temperature", "without a temperature" },
    { "temperature out of range is told, not dropped", 400, "openai",
      "{\"error\":{\"message\":\"Invalid 'temperature': 3 is greater than the maximum 2\",\"type\":"
      "\"invalid_request_error\",\"param\":\"temperature\",\"code\":\"decimal_above_max_value\"}}",
      FAULT_OTHER, 0, false, "greater than the maximum", "" },
    { "openai context", 400, "openai",
      "{\"error\":{\"message\":\"This model's maximum context length is 4,096 tokens. However, "
      "your messages resulted in 5000 tokens.\",\"type\":\"invalid_request_error\",\"param\":"
      "\"messages\",\"code\":\"context_length_exceeded\"}}",
      FAULT_CONTEXT, 0, false, "5000 tokens, the window holds 4096", "shorten" },
    { "stream_options", 400, "openai",
      "{\"error\":{\"message\":\"Unrecognized request argument supplied: stream_options\"}}",
      FAULT_SETTING, REFUSED_STREAM_OPTIONS, false, "stream_options", "without stream_options" },
    { "effort", 400, "openai",
      "{\"error\":{\"message\":\"Unrecognized request argument supplied: reasoning_effort\"}}",
      FAULT_SETTING, REFUSED_THINK, false, "reasoning_effort", "thinking" },
    { "ollama /v1", 404, "openai",
      "{\"error\":{\"message\":\"model 'nope' not found\",\"type\":\"api_error\",\"param\":null,"
      "\"code\":null}}",
      FAULT_MODEL_MISSING, 0, false, "not found", "see the list" },
    /* 3 */
    { "vllm model", 404, "openai",
      "{\"error\":{\"message\":\"The model `x` does not exist.\",\"type\":\"NotFoundError\","
      "\"param\":null,\"code\":404}}",
      FAULT_MODEL_MISSING, 0, false, "does not exist", "rlab models" },
    { "llama loading", 503, "openai",
      "{\"error\":{\"message\":\"Loading model\",\"type\":\"unavailable_error\",\"code\":503}}",
      FAULT_LOADING, 0, true, "Loading model", "being loaded" },
    { "llama key", 401, "openai",
      "{\"error\":{\"message\":\"Invalid API "
      "Key\",\"type\":\"authentication_error\",\"code\":401}}",
      FAULT_KEY, 0, false, "Invalid API Key", "key" },
    { "llama client fault under 500", 500, "openai",
      "{\"error\":{\"code\":500,\"message\":\"image input is not supported\",\"type\":"
      "\"server_error\"}}",
      FAULT_OTHER, 0, false, "not supported", "log" },
    { "not implemented", 501, "openai",
      "{\"error\":{\"code\":501,\"message\":\"no embeddings here\",\"type\":"
      "\"not_supported_error\"}}",
      FAULT_OTHER, 0, false, "no embeddings", "log" },
    /* 4 */
    { "llama context", 400, "openai",
      "{\"error\":{\"code\":400,\"message\":\"request (6031 tokens) exceeds the available context "
      "size (2048 tokens), try increasing it\",\"type\":\"exceed_context_size_error\","
      "\"n_prompt_tokens\":6031,\"n_ctx\":2048}}",
      FAULT_CONTEXT, 0, false, "6031 tokens, the window holds 2048", "larger context" },
    /* 5 */
    { "flat", 400, "openai",
      "{\"object\":\"error\",\"message\":\"This model's maximum context length is 8192 tokens, "
      "you asked for 9000\",\"type\":\"BadRequestError\",\"code\":400}",
      FAULT_CONTEXT, 0, false, "9000 tokens, the window holds 8192", "shorten" },
    /* 6 */
    { "anthropic overloaded", 529, "anthropic",
      "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"},"
      "\"request_id\":\"r\"}",
      FAULT_OVERLOADED, 0, true, "529: Overloaded", "busy" },
    { "anthropic model", 404, "anthropic",
      "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"model: "
      "sonic-9\"}}",
      FAULT_MODEL_MISSING, 0, false, "model: sonic-9", "see the list" },
    { "anthropic credit under 400", 400, "anthropic",
      "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Your credit "
      "balance is too low to access the API\"}}",
      FAULT_MONEY, 0, false, "credit balance", "no credit" },
    { "anthropic prompt", 400, "anthropic",
      "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"prompt is "
      "too long: 209000 tokens > 200000 maximum\"}}",
      FAULT_CONTEXT, 0, false, "209000 tokens, the window holds 200000", "shorten" },
    { "anthropic adaptive", 400, "anthropic",
      "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":"
      "\"thinking.type.enabled is not supported for this model. Use thinking.type.adaptive\"}}",
      FAULT_SETTING, REFUSED_THINK_BUDGET, false, "thinking.type", "adaptive" },
    { "anthropic temperature", 400, "anthropic",
      "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":"
      "\"`temperature` is deprecated for this model.\"}}",
      FAULT_SETTING, REFUSED_TEMPERATURE, false, "deprecated", "without a temperature" },
    { "too large, from the edge", 413, "anthropic", "<html><h1>413</h1></html>", FAULT_CONTEXT, 0,
      false, "413: 413", "shorten" },
    { "too large in megabytes", 413, "openai", "Request Entity Too Large: 45 MB, limit 32 MB",
      FAULT_CONTEXT, 0, false, "413: Request Entity Too Large: 45 MB", "shorten" },
    { "context, digits in the model's name", 400, "openai",
      "{\"error\":{\"message\":\"llama-3.1-70b-16k (2026-10-31): maximum context length is 16384 "
      "tokens, you asked for 20000.\"}}",
      FAULT_CONTEXT, 0, false, "20000 tokens, the window holds 16384", "shorten" },
    /* 7 */
    { "openrouter money", 402, "openai",
      "{\"error\":{\"code\":402,\"message\":\"Insufficient credits\",\"metadata\":{}}}",
      FAULT_MONEY, 0, false, "Insufficient credits", "no credit" },
    { "openrouter provider", 502, "openai",
      "{\"error\":{\"code\":502,\"message\":\"Provider returned error\",\"metadata\":{\"raw\":"
      "\"x\"}}}",
      FAULT_OTHER, 0, true, "Provider returned error", "log" },
    /* 8 */
    { "detail text", 404, "openai", "{\"detail\":\"Not Found\"}", FAULT_OTHER, 0, false,
      "404: Not Found", "address and type" },
    { "detail list", 422, "openai",
      "{\"detail\":[{\"loc\":[\"body\",\"messages\"],\"msg\":\"field required\",\"type\":"
      "\"missing\"}]}",
      FAULT_OTHER, 0, false, "422: field required", "" },
    /* 9 and 11 */
    { "error_message", 500, "openai", "{\"error_type\":\"x\",\"error_message\":\"went away\"}",
      FAULT_OTHER, 0, true, "500: went away", "log" },
    { "groq", 498, "openai", "{\"x_groq\":{\"error\":\"flex capacity\"}}", FAULT_OVERLOADED, 0,
      true, "498: flex capacity", "busy" },
    /* 12 */
    { "html", 502, "openai", "<html><head><title>x</title></head><body><h1>502 Bad Gateway</h1>",
      FAULT_OTHER, 0, true, "502: 502 Bad Gateway", "log" },
    { "html, all in the title", 502, "openai",
      "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body>",
      FAULT_OTHER, 0, true, "502: 502 Bad Gateway nginx", "log" },
    { "html, nothing but a title", 503, "openai",
      "<!DOCTYPE html><style>b{}</style><title>Down for work</title>", FAULT_OVERLOADED, 0, true,
      "503: Down for work", "busy" },
    { "ollama memory", 500, "ollama",
      "{\"error\":\"model requires more system memory (44.1 GiB) than is available (9.3 GiB)\"}",
      FAULT_NO_ROOM, 0, false, "44.1 GiB", "rlab models unload" },
    { "cuda memory", 500, "openai",
      "{\"error\":{\"message\":\"CUDA error: out of memory\",\"type\":\"server_error\"}}",
      FAULT_NO_ROOM, 0, false, "out of memory", "smaller model" },
    { "cuda allocation", 500, "ollama",
      "{\"error\":\"llama runner process has terminated: cudaMalloc failed: out of memory\"}",
      FAULT_NO_ROOM, 0, false, "cudaMalloc", "quantisation" },
    { "allocation", 500, "ollama", "{\"error\":\"unable to allocate CPU buffer\"}", FAULT_NO_ROOM,
      0, false, "unable to allocate", "smaller model" },
    { "plain text", 404, "ollama", "404 page not found", FAULT_OTHER, 0, false,
      "404: 404 page not found", "address and type" },
    { "empty", 500, "openai", "", FAULT_OTHER, 0, true, "500 without a word", "log" },
    { "empty from Ollama's host check", 403, "ollama", "", FAULT_KEY, 0, false,
      "403 without a word", "127.0.0.1" },
    { "controls", 400, "openai", "{\"error\":\"a\\u001b[31mb\\u0007\\nc\\u009b\"}", FAULT_OTHER, 0,
      false, "400: a[31mb c", "" },
    { "error null", 400, "openai", "{\"error\":null,\"message\":\"real\"}", FAULT_OTHER, 0, false,
      "400: real", "" },
    { "unknown shape", 400, "openai", "{\"oops\":{\"deep\":[1]}}", FAULT_OTHER, 0, false,
      "{\"oops\"", "" },
    { "redirect", 302, "openai", "", FAULT_OTHER, 0, false, "302", "final address" },
    { "timeout", 408, "openai", "{\"error\":\"timed out\"}", FAULT_OTHER, 0, true, "408", "" },
    { "conflict", 409, "openai", "{\"error\":\"try later\"}", FAULT_OTHER, 0, true, "409", "" },
};

static void test_bodies(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *r = &rows[i];
        struct error_body e;
        error_body_read(r->status, r->type, r->body, strlen(r->body), &e);
        if (e.fault != r->fault || e.refused != r->refused || e.retryable != r->retryable)
            fail_msg("%s: fault %d, refused %d, retryable %d: %s", r->what, e.fault, e.refused,
                     e.retryable, e.message);
        assert_holds(r->what, e.message, r->message);
        assert_holds(r->what, e.advice, r->advice);
        if (!*r->advice && *e.advice)
            fail_msg("%s: advises %s", r->what, e.advice);
    }
}

/* A foreign body is cut at a whole letter, and marked. */
static void test_long(void **state)
{
    (void)state;
    char body[5000], words[ERROR_SHOWN_SIZE];
    for (size_t shift = 0; shift < 4; shift++) {
        memset(body, 'x', shift);
        for (size_t i = shift; i + 2 <= sizeof body; i += 2)
            memcpy(body + i, "\xC3\xA4", 2);
        error_body_words(body, sizeof body - 4, words);
        size_t len = strlen(words);
        assert_true(len <= MAX_ERROR_SHOWN + 3 && len >= MAX_ERROR_SHOWN + 2);
        assert_string_equal(words + len - 3, "...");
        assert_true((unsigned char)words[len - 4] == 0xA4);
    }
    error_body_words(" \t\n", 3, words);
    assert_string_equal(words, "");
    error_body_words("<", 1, words);
    assert_string_equal(words, "<");
    error_body_words("<a", 2, words);
    assert_string_equal(words, "");
    error_body_words("\xFF\xFE ok \xC3", 7, words);
    assert_string_equal(words, "ok");
}

static void test_is_in(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        bool error;
    } events[] = {
        { "{\"error\":\"x\"}", true },
        { "{\"error\":{\"message\":\"x\"}}", true },
        { "{\"error\":null}", false },
        { "{\"error\":\"\"}", false },
        { "{\"error\":{}}", false },
        { "{\"error\":false}", false },
        { "{\"object\":\"error\",\"message\":\"x\"}", true },
        { "{\"type\":\"error\",\"error\":{\"message\":\"x\"}}", true },
        { "{\"error_type\":\"a\",\"error_message\":\"b\"}", true },
        { "{\"x_groq\":{\"error\":\"x\"}}", true },
        { "{\"x_groq\":{\"id\":\"x\"}}", false },
        { "{\"message\":{\"content\":\"error\"}}", false },
    };
    for (size_t i = 0; i < COUNT(events); i++) {
        struct error err;
        struct json *j = json_parse(events[i].json, strlen(events[i].json), &err);
        if (error_body_is_in(j) != events[i].error)
            fail_msg("%s", events[i].json);
        json_free(j);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_is_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
