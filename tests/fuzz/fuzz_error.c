/* Error bodies: the first byte chooses the status, the rest is the body, or an object in the midst
 * of a reply. What a person reads is valid, short and free of controls. */
#include "tests/fuzz/fuzz.h"

#include "core/base/text.h"
#include "core/model/error_body.h"

static void check_shown(const char *text, size_t most)
{
    size_t len = strlen(text);
    PROMISE(len < most);
    PROMISE(text_valid_up_to(text, len) == len);
    for (size_t i = 0; i < len; i++)
        PROMISE((unsigned char)text[i] >= 0x20 && text[i] != 0x7F);
}

static void check_shape(const struct error_body *e)
{
    check_shown(e->message, sizeof e->message);
    check_shown(e->advice, sizeof e->advice);
    PROMISE(*e->message);
}

/* The same bytes as an event of a reply that began well. */
static void read_event(const char *type, const char *body, size_t len)
{
    struct error err;
    struct error_body e;
    struct json *j = json_parse(body, len, &err);
    if (j) {
        error_body_is_in(j);
        error_body_from_json(200, type, j, &e);
        check_shape(&e);
    }
    error_body_from_text(200, type, body, len, &e);
    check_shape(&e);
    json_free(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = { 200, 302, 400, 401, 403, 404, 413, 422, 429, 500, 503, 529 };
    static const char *const types[] = { "ollama", "openai", "anthropic" };
    if (size == 0)
        return 0;
    int status = statuses[data[0] % (sizeof statuses / sizeof *statuses)];
    struct error_body e;
    error_body_read(status, types[data[0] % 3], (const char *)data + 1, size - 1, &e);
    check_shape(&e);
    read_event(types[data[0] % 3], (const char *)data + 1, size - 1);
    PROMISE(e.refused == REFUSED_NOTHING || e.fault == FAULT_SETTING);
    PROMISE(!(e.retryable && (status == 400 || status == 401 || status == 403 || status == 404)) ||
            e.fault == FAULT_RATE || e.fault == FAULT_OVERLOADED);
    return 0;
}
