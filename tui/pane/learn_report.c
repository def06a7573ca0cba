/* The report a person may keep: as text, as JSON, or both in two files. */
#include <string.h>

#include "core/base/file.h"
#include "core/limits.h"
#include "tui/pane/learn_inside.h"

#define MAX_REPORT (1024 * 1024)

bool learn_report(struct pane *p, bool json, struct buf *to)
{
    struct learn_state *st = p->state;
    struct error err = { 0 };
    if (st->lessons->ops->report(st->lessons, json, to, &err))
        return true;
    desk_fail(p->desk, "The report cannot be made", &err);
    return false;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* What was written is added to `said`. */
static bool write_as(struct pane *p, const char *name, const char *ending, struct buf *said)
{
    struct buf text = buf_with_max(MAX_REPORT), path = buf_with_max(4 * KIB);
    struct error err;
    bool made = buf_printf(&path, "%s%s", name, ending) &&
                learn_report(p, ends_with(buf_text(&path), ".json"), &text);
    bool ok = made && file_write(buf_text(&path), buf_text(&text), text.len, &err);
    if (made && !ok)
        desk_fail(p->desk, "The report was not written", &err);
    else if (ok)
        buf_printf(said, "%s%s", said->len ? " and " : "wrote ", buf_text(&path));
    buf_done(&text);
    buf_done(&path);
    return ok;
}

/* The ending says which kind; without one it is both. */
static void report_named(void *self, const char *name)
{
    struct pane *p = self;
    if (!name || !*name)
        return;
    struct buf said = buf_with_max(4 * KIB);
    bool one = ends_with(name, ".md") || ends_with(name, ".json");
    bool ok =
        write_as(p, name, one ? "" : ".md", &said) && (one || write_as(p, name, ".json", &said));
    if (ok)
        desk_say(p->desk, "%s", buf_text(&said));
    buf_done(&said);
}

void learn_write_report(struct pane *p)
{
    desk_ask_text(p->desk, "Write the report as (ending md or json; else both):", "rlab-report",
                  report_named, p);
}
