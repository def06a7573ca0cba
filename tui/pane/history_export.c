/* Exporting what the History pane lists, as JSON lines, some milliseconds at a time. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/lab/history_json.h"
#include "core/limits.h"
#include "tui/pane/history_pane.h"
#include "tui/screen/words.h"

#define STEP_NS (4 * NS_PER_MS)

static bool write_row(void *self, const struct history_row *r)
{
    struct history_export *x = self;
    struct buf line = buf_with_max(MAX_JSON_LINE);
    struct json *j = history_json(r);
    json_print(j, &line);
    json_free(j);
    fwrite(buf_text(&line), 1, line.len, x->file);
    fputc('\n', x->file);
    buf_done(&line);
    x->rows++;
    return true;
}

static void forget(struct history_state_pane *st)
{
    struct history_export *x = &st->export;
    net_timer_stop(st->pane->desk->lab->net, &x->timer);
    history_walk_done(&x->walk);
    x->file = NULL;
    pane_dirty(st->pane);
}

static void fail(struct history_state_pane *st, const char *why)
{
    struct error err;
    error_set(&err, ERR_IO, "cannot write '%s': %s; nothing was left there", st->export.path, why);
    if (st->export.file)
        fclose(st->export.file);
    unlink(st->export.path);
    forget(st);
    desk_fail(st->pane->desk, "The history was not exported", &err);
}

static void finish(struct history_state_pane *st)
{
    struct history_export *x = &st->export;
    char rows[WORDS];
    bool ok = fflush(x->file) == 0 && fsync(fileno(x->file)) == 0;
    int saved = errno;
    ok = fclose(x->file) == 0 && ok;
    x->file = NULL;
    if (!ok) {
        fail(st, strerror(saved));
        return;
    }
    forget(st);
    desk_say(st->pane->desk, "%s answer%s in '%s', newest first", count_text(x->rows, rows),
             x->rows == 1 ? "" : "s", x->path);
}

/* Both sides of a compare, the newer first, as the verb does. */
static bool write_line(struct history_state_pane *st, int64_t id, struct error *err)
{
    struct store *s = st->pane->desk->lab->store;
    struct history_line l;
    struct arena a = { 0 };
    bool ok = history_line(s, id, &a, &l, err);
    for (int i = 1; ok && l.id && i >= 0; i--)
        ok = !l.side[i].id || history_get(s, l.side[i].id, write_row, &st->export, err);
    arena_done(&a);
    return ok;
}

static void step(void *self)
{
    struct history_state_pane *st = self;
    struct history_export *x = &st->export;
    const struct clock *clock = st->pane->desk->clock;
    int64_t until = clock_mono(clock) + STEP_NS;
    struct error err;
    do {
        if (x->next < x->walk.count ? !write_line(st, x->walk.ids[x->next++], &err)
                                    : !history_walk_step(&x->walk, st->pane->desk->lab->store,
                                                         x->next + 1, STEP_NS, &err)) {
            fail(st, err.text);
            return;
        }
        if (ferror(x->file)) {
            fail(st, strerror(errno));
            return;
        }
        if (x->next == x->walk.count && x->walk.done) {
            finish(st);
            return;
        }
    } while (clock_mono(clock) < until);
    net_timer_set(st->pane->desk->lab->net, &x->timer, 1, step, st);
    pane_dirty(st->pane);
}

/* A new file of 0600: the history may hold what is nobody else's business. */
void export_start(struct history_state_pane *st, const char *path)
{
    struct history_export *x = &st->export;
    struct history_filter f = find_filter(st);
    struct error err;
    snprintf(x->path, sizeof x->path, "%s", path);
    int fd = strlen(path) < sizeof x->path
                 ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)
                 : (errno = ENAMETOOLONG, -1);
    if (fd < 0) {
        error_set(&err, ERR_IO, "cannot export to '%s': %s%s", path, strerror(errno),
                  errno == EEXIST ? "; name a new file" : "");
        desk_fail(st->pane->desk, "The history was not exported", &err);
        return;
    }
    x->file = fdopen(fd, "w");
    if (!x->file) {
        close(fd);
        fail(st, strerror(errno));
        return;
    }
    x->next = 0;
    x->rows = 0;
    x->started_ns = clock_mono(st->pane->desk->clock);
    history_walk_start(&x->walk, &f);
    net_timer_set(st->pane->desk->lab->net, &x->timer, 0, step, st);
    pane_dirty(st->pane);
}

void export_stop(struct history_state_pane *st)
{
    struct history_export *x = &st->export;
    if (!x->file)
        return;
    fclose(x->file);
    unlink(x->path); /* half an export would be taken for a whole one */
    forget(st);
}
