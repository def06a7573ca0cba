/* rlab progress: the five things the lab is there to teach, and what was done for each. */
#include "core/lab/progress.h"
#include "tui/verb/session.h"
#include "tui/verb/table.h"

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct tally t = { 0 };
    struct progress_goal goals[PROGRESS_GOALS];
    if (a->count)
        return error_set(err, ERR_USAGE, "progress takes no words");
    if (!session_open_store(s, err) || !tally_read(s->lab.store, &t, err))
        return false;
    progress_of(&t, goals);
    if (s->json) {
        print_json(progress_json(goals));
        return true;
    }
    for (size_t i = 0; i < PROGRESS_GOALS; i++) {
        const struct progress_goal *g = &goals[i];
        struct buf line = buf_with_max(400);
        buf_printf(&line, "%s: %s", g->title, g->found);
        if (!g->reached)
            buf_printf(&line, "; next: %s", g->next);
        print_wrapped(s, g->reached ? "  done      " : "  to do     ", 12, buf_text(&line));
        buf_done(&line);
    }
    return true;
}

const struct verb verb_progress = {
    .name = "progress",
    .words = "",
    .summary = "the five goals of the lab, and what you have done for each",
    .help = "Counted from what rlab recorded while you worked, never from what anybody claims:\n"
            "classifications, answers, look-ups, runs, judgements, fallbacks.",
    .example = "rlab progress",
    .options = (const enum option[]){ OPTIONS },
    .run = run,
};
