/* rlab report: the goals of the lab, a person's own figures, and every exercise. */
#include "core/lab/lessons.h"
#include "tui/verb/session.h"

#define MAX_REPORT (1024 * 1024)

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    if (a->count)
        return error_set(err, ERR_USAGE, "report takes no words: rlab report > FILE keeps it");
    if (!session_open_store(s, err))
        return false;
    struct lessons *l = lessons_open(&s->lab);
    struct buf text = buf_with_max(MAX_REPORT);
    l->ops->refresh(l);
    bool ok = l->ops->report(l, s->json, &text, err);
    if (ok)
        print_text(s, buf_text(&text), text.len);
    buf_done(&text);
    lessons_close(l);
    return ok;
}

const struct verb verb_report = {
    .name = "report",
    .words = "",
    .summary = "what you did in the lab: goals, your own figures, exercises",
    .help = "Markdown, or with --json one object: how far each of the five goals is, figures of\n"
            "your own questions and runs, and for every exercise its state, checks and hints.",
    .example = "rlab report > report.md",
    .options = (const enum option[]){ OPTIONS },
    .run = run,
};
