/* Waiting for what works: the loop turns, a line every 10 s says so, ^C and `stop` end it
 * (talk.h). */
#include "tui/line/talk.h"

#include <signal.h>

#define RETELL_NS (10 * NS_PER_S)

static bool stop_asked(struct talk *l)
{
    bool typed = talk_takes_stop(l); /* out of the input in any case */
    return session_stopped() || typed;
}

/* Milliseconds until the next line is due; it is said where it is. */
static int64_t retell(struct talk *l, const struct talk_job *job, int64_t began_ns)
{
    int64_t now = clock_mono(clock_real()), due = l->said_ns + RETELL_NS;
    if (now >= due) {
        const char *what = job->doing ? job->doing(job->self) : NULL;
        talk_say(l, "%s, %.0f seconds.", what ? what : "Working", clock_seconds(now - began_ns));
        due = now + RETELL_NS;
    }
    return (due - now) / NS_PER_MS + 1;
}

bool talk_wait(struct talk *l, const struct talk_job *job)
{
    int64_t began_ns = clock_mono(clock_real());
    bool stopped = false;
    while (!*job->over) {
        if (!stopped && (stop_asked(l) || l->failed)) {
            stopped = true;
            job->stop(job->self);
        } else if (!talk_turn(l, retell(l, job, began_ns))) {
            return false;
        }
    }
    if (session_stopped() == SIGINT)
        session_go_on();
    return true;
}
