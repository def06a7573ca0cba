/* The circuit breaker (breaker.h). */
#include "core/route/breaker.h"

#include "core/base/clock.h"

const struct breaker_settings breaker_usual = {
    .failures = 3,
    .window_ns = 60 * NS_PER_S,
    .pause_ns = 60 * NS_PER_S,
};

static const char *const state_names[] = { "closed", "open", "half-open" };

/* The only place the state changes. Failures from before a change are no news after it. */
static bool enter(struct breaker *b, enum breaker_state next, int64_t now_ns)
{
    b->state = next;
    b->trying = false;
    b->next = b->count = 0;
    if (next == BREAKER_OPEN)
        b->opened_ns = now_ns;
    return true;
}

void breaker_init(struct breaker *b, struct breaker_settings settings)
{
    if (settings.failures < 1)
        settings.failures = 1;
    if (settings.failures > BREAKER_MOST_FAILURES)
        settings.failures = BREAKER_MOST_FAILURES;
    if (settings.window_ns < 1)
        settings.window_ns = 1;
    if (settings.pause_ns < 1)
        settings.pause_ns = 1;
    *b = (struct breaker){ .settings = settings };
}

int64_t breaker_wait(const struct breaker *b, int64_t now_ns)
{
    if (b->state != BREAKER_OPEN)
        return 0;
    int64_t gone = now_ns - b->opened_ns;
    return gone < b->settings.pause_ns ? b->settings.pause_ns - gone : 0;
}

enum breaker_pass breaker_allows(struct breaker *b, int64_t now_ns, bool *ret_changed)
{
    bool changed = false;
    if (b->state == BREAKER_OPEN && breaker_wait(b, now_ns) == 0)
        changed = enter(b, BREAKER_HALF_OPEN, now_ns);
    if (ret_changed)
        *ret_changed = changed;
    if (b->state == BREAKER_CLOSED)
        return BREAKER_CALL;
    if (b->state == BREAKER_OPEN || b->trying)
        return BREAKER_REFUSED;
    b->trying = true;
    return BREAKER_TRIAL;
}

/* The trial's end only means something while its half-open state lasts. */
static bool is_trial(const struct breaker *b, enum breaker_pass pass)
{
    return pass == BREAKER_TRIAL && b->state == BREAKER_HALF_OPEN;
}

bool breaker_ok(struct breaker *b, enum breaker_pass pass, int64_t now_ns)
{
    return is_trial(b, pass) && enter(b, BREAKER_CLOSED, now_ns);
}

bool breaker_failed(struct breaker *b, enum breaker_pass pass, int64_t now_ns)
{
    if (is_trial(b, pass))
        return enter(b, BREAKER_OPEN, now_ns);
    if (b->state != BREAKER_CLOSED)
        return false;
    int most = b->settings.failures;
    b->failed_ns[b->next] = now_ns;
    b->next = (b->next + 1) % most;
    if (b->count < most)
        b->count++;
    int64_t oldest = b->failed_ns[b->count < most ? 0 : b->next];
    if (b->count < most || now_ns - oldest > b->settings.window_ns)
        return false;
    return enter(b, BREAKER_OPEN, now_ns);
}

bool breaker_cancelled(struct breaker *b, enum breaker_pass pass, int64_t now_ns)
{
    (void)now_ns;
    if (is_trial(b, pass))
        b->trying = false;
    return false;
}

const char *breaker_state_name(enum breaker_state state)
{
    return state_names[state];
}
