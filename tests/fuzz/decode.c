/* The promises of the decoder (decode.h). */
#include "tests/fuzz/decode.h"

#include "tests/wire/transcript.h"

static struct reply reply_of(const char *provider, const uint8_t *data, size_t size)
{
    static const char *const types[] = { "", "text/event-stream", "application/x-ndjson",
                                         "application/json; charset=utf-8", "text/html" };
    /* '0' and whatever is no digit: an ordinary stream of the provider. */
    unsigned how = size && data[0] >= '0' && data[0] <= 'z' ? data[0] - '0' : 0;
    return (struct reply){
        .provider = provider_find(provider),
        .status = how % 5 == 4 ? 500 : 200,
        .content_type = types[how / 5 % 5],
        .body = (const char *)data + (size ? 1 : 0),
        .len = size ? size - 1 : 0,
        .starts_inside = how % 3 == 2,
        .context_tokens = 16,
        .fails = how % 7 == 6,
        .fail = how % 2 ? END_ERR_TRANSPORT : END_TIMEOUT_IDLE,
    };
}

int fuzz_decode(const char *provider, const uint8_t *data, size_t size)
{
    struct reply r = reply_of(provider, data, size);
    struct transcript whole = { 0 }, pieces = { 0 };
    transcript_of(&r, 0, &whole);
    transcript_of(&r, 1 + size % 11, &pieces);
    PROMISE(whole.ends == 1 && !whole.after_end && !whole.bad_text);
    PROMISE(pieces.ends == 1 && !pieces.after_end && !pieces.bad_text);
    PROMISE(strcmp(buf_text(&whole.text), buf_text(&pieces.text)) == 0);
    transcript_done(&whole);
    transcript_done(&pieces);
    return 0;
}
