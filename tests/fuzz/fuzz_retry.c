/* What a server says about when to come back: three lines, x-should-retry, retry-after-ms and
 * retry-after. Whatever they say, a wait is none or within reason, and tries come to an end. */
#include "tests/fuzz/fuzz.h"

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/model/retry.h"

/* The next line of a text, or NULL after the last; cut in place. */
static const char *line(char **at)
{
    return *at && **at ? strsep(at, "\n") : NULL;
}

static void decide(const struct retry_hint *hint, uint8_t how)
{
    for (int done = 0; done <= MAX_RETRIES; done++) {
        int64_t wait = -1;
        enum retry_verdict v = retry_decide(hint, how & 1, how & 2, done, (how >> 2) / 63.0, &wait);
        PROMISE(v == RETRY_NEVER || (done < MAX_RETRIES && !(how & 2)));
        PROMISE(v != RETRY_AGAIN || (wait >= 0 && wait <= MAX_RETRY_WAIT_MS));
        PROMISE(v != RETRY_TOO_LONG || wait > MAX_RETRY_WAIT_MS);
        PROMISE(v == RETRY_NEVER || hint->should != RETRY_NO);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int64_t wall_ns = 1785000000 * NS_PER_S; /* in the year 2026 */
    if (size == 0)
        return 0;
    char *text = mem_copy((const char *)data + 1, size - 1), *at = text;
    const char *should = line(&at), *after_ms = line(&at), *after = line(&at);
    struct retry_hint hint = retry_read(should, after_ms, after, wall_ns);
    PROMISE(hint.wait_ms >= -1);
    decide(&hint, data[0]);
    mem_free(text);
    return 0;
}
