/* The retry policy (retry.h). */
#include "core/model/retry.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/wire/net.h"

#define FIRST_WAIT_MS  500
#define MAX_BACKOFF_MS 8000
/* Past this a number is only "far too long"; it also keeps the arithmetic in range. */
#define MAX_READ_MS (366LL * 24 * 3600 * 1000)

/* A decimal number times `unit_ms`, perhaps followed by 's'; -1 where it is none. Read by
 * hand because strtod follows the locale. */
static int64_t read_number(const char *s, int64_t unit_ms)
{
    s += strspn(s, " \t");
    const char *start = s;
    int64_t whole = 0, part = 0, scale = 1;
    for (; *s >= '0' && *s <= '9'; s++)
        if (whole < MAX_READ_MS)
            whole = whole * 10 + (*s - '0');
    if (s == start)
        return -1;
    if (*s == '.')
        for (s++; *s >= '0' && *s <= '9'; s++)
            if (scale < 1000) {
                part = part * 10 + (*s - '0');
                scale *= 10;
            }
    s += *s == 's';
    s += strspn(s, " \t");
    if (*s)
        return -1;
    if (whole >= MAX_READ_MS / unit_ms)
        return MAX_READ_MS;
    return whole * unit_ms + part * unit_ms / scale;
}

static int64_t read_after(const char *s, int64_t wall_ns)
{
    int64_t ms = read_number(s, 1000), date_ns = 0;
    /* Only a text that starts with a weekday: the date reader would take much else. */
    if (ms < 0 && strchr("MTWFS", *s) && net_date(s, &date_ns) && date_ns >= wall_ns)
        ms = (date_ns - wall_ns) / NS_PER_MS;
    return ms;
}

struct retry_hint retry_read(const char *should, const char *after_ms, const char *after,
                             int64_t wall_ns)
{
    struct retry_hint hint = RETRY_NO_HINT;
    if (should && strcmp(should, "true") == 0)
        hint.should = RETRY_YES;
    if (should && strcmp(should, "false") == 0)
        hint.should = RETRY_NO;
    if (after_ms)
        hint.wait_ms = read_number(after_ms, 1);
    if (hint.wait_ms < 0 && after)
        hint.wait_ms = read_after(after, wall_ns);
    return hint;
}

int64_t retry_backoff_ms(int done, double jitter)
{
    int64_t ms = FIRST_WAIT_MS;
    while (done-- > 0 && ms < MAX_BACKOFF_MS)
        ms *= 2;
    if (ms > MAX_BACKOFF_MS)
        ms = MAX_BACKOFF_MS;
    return ms - (int64_t)((double)ms * 0.25 * jitter);
}

enum retry_verdict retry_decide(const struct retry_hint *hint, bool worth, bool barred, int done,
                                double jitter, int64_t *ret_wait_ms)
{
    if (hint->should != RETRY_UNSAID)
        worth = hint->should == RETRY_YES;
    if (barred || !worth || done >= MAX_RETRIES)
        return RETRY_NEVER;
    *ret_wait_ms = hint->wait_ms >= 0 ? hint->wait_ms : retry_backoff_ms(done, jitter);
    return *ret_wait_ms > MAX_RETRY_WAIT_MS ? RETRY_TOO_LONG : RETRY_AGAIN;
}
