/* A lab of its own for tests of panes and of the app: the built-in pair, a database in a temporary
 * folder, a clock that can be turned forward. */
#ifndef TESTS_SCREEN_WORLD_H
#define TESTS_SCREEN_WORLD_H

#include <unistd.h>

#include "tests/test.h"

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/lab/lab.h"
#include "tui/pane/pane.h"

struct world {
    char *folder;
    int64_t ahead_ns; /* of the real clock */
    struct clock clock;
    struct lab_options options;
    struct lab lab;
    struct desk desk; /* of a single pane */
    struct pane pane;
};

static int64_t world_mono(void *self)
{
    return clock_mono(clock_real()) + ((struct world *)self)->ahead_ns;
}

static int64_t world_wall(void *self)
{
    return clock_wall(clock_real()) + ((struct world *)self)->ahead_ns;
}

static void world_link(const char *from, const char *folder, const char *name)
{
    char target[1200], link[1200];
    snprintf(target, sizeof target, "%s/%s", from, name);
    snprintf(link, sizeof link, "%s/%s", folder, name);
    (void)!symlink(target, link);
}

/* The rules and weights of the source tree, wherever the build folder lies, and its sets as files
 * of one's own: a test may write over them. */
static void world_use_data(const char *folder)
{
    static const char *const sets[] = {
        "sample.jsonl",      "bench.jsonl",      "known.jsonl",
        "mini-sample.jsonl", "mini-bench.jsonl", "mini-known.jsonl"
    };
    char data[1024], own[1024], path[1200];
    struct error err;
    assert_non_null(getcwd(data, sizeof data - 8));
    strcat(data, "/data");
    snprintf(own, sizeof own, "%s/rlab", folder);
    snprintf(path, sizeof path, "%s/sets", own);
    assert_ok(file_make_folder(path, &err), err);
    world_link(data, own, "rules");
    world_link(data, own, "mini");
    for (size_t i = 0; i < COUNT(sets); i++) {
        struct buf text = buf_with_max(1 << 20);
        snprintf(path, sizeof path, "%s/sets/%s", data, sets[i]);
        assert_ok(file_read(path, 1 << 20, &text, &err), err);
        snprintf(path, sizeof path, "%s/sets/%s", own, sets[i]);
        if (!file_exists(path))
            assert_ok(file_write(path, buf_text(&text), text.len, &err), err);
        buf_done(&text);
    }
    assert_int_equal(setenv("XDG_CONFIG_HOME", folder, 1), 0);
    assert_int_equal(setenv("XDG_STATE_HOME", folder, 1), 0);
}

/* The lab in `folder`, made anew where it is NULL. */
static void world_lab_open(struct world *w, char *folder, bool choose)
{
    struct error err;
    *w = (struct world){ .folder = folder ? folder : test_folder() };
    w->clock = (struct clock){ world_mono, world_wall, w };
    w->options = (struct lab_options){ .data_dir = w->folder, .builtin = true, .clock = &w->clock };
    world_use_data(w->folder);
    assert_ok(lab_open(&w->lab, &w->options, &err), err);
    if (choose)
        assert_ok(lab_choose(&w->lab, &err), err);
}

/* Leaves the folder for another one where `keep`. */
static char *world_lab_close(struct world *w, bool keep)
{
    char *folder = w->folder;
    lab_close(&w->lab);
    if (keep)
        return folder;
    test_folder_remove(folder);
    return NULL;
}

/* One pane on a lab whose pair is chosen. */
__attribute__((unused)) static void world_open_in(struct world *w, char *folder,
                                                  const struct pane_ops *ops)
{
    struct error err;
    world_lab_open(w, folder, true);
    desk_init(&w->desk, &w->lab, w->lab.clock);
    w->pane = (struct pane){ .ops = ops,
                             .desk = &w->desk,
                             .state = mem_alloc(1, ops->state_size),
                             .body_rows = 19,
                             .body_cols = 80 };
    assert_ok(ops->open(&w->pane, &err), err);
    if (ops->enter)
        ops->enter(&w->pane);
}

__attribute__((unused)) static void world_open(struct world *w, const struct pane_ops *ops)
{
    world_open_in(w, NULL, ops);
}

__attribute__((unused)) static char *world_close(struct world *w, bool keep)
{
    if (w->pane.ops->leave)
        w->pane.ops->leave(&w->pane);
    w->pane.ops->close(&w->pane);
    mem_free(w->pane.state);
    desk_done(&w->desk);
    return world_lab_close(w, keep);
}

/* An action as its key does it: what is off fails the test with its reason. */
__attribute__((unused)) static void world_act(struct world *w, enum action a)
{
    const struct pane_ops *ops = w->pane.ops;
    const char *why = ops->off ? ops->off(&w->pane, a) : NULL;
    if (why)
        fail_msg("%s is off: %s", action_name(a), why);
    if (ops->act(&w->pane, a) == PANE_IGNORED)
        fail_msg("%s is not known to the pane", action_name(a));
}

/* Why it is off; fails where it works. */
__attribute__((unused)) static const char *world_off(struct world *w, enum action a)
{
    const char *why = w->pane.ops->off(&w->pane, a);
    if (!why)
        fail_msg("%s is not off", action_name(a));
    return why;
}

/* Until nothing runs in the pane any more. */
__attribute__((unused)) static void world_settle(struct world *w)
{
    struct error err;
    struct busy busy;
    int64_t start = test_ms();
    while (w->pane.ops->busy(&w->pane, &busy)) {
        assert_not_hung(start, 60000);
        assert_ok(lab_turn(&w->lab, NULL, 0, 20, &err), err);
    }
}

/* What the pane shows in a body so large; the text is freed by buf_done. */
__attribute__((unused)) static struct buf world_seen(struct world *w, int rows, int cols)
{
    struct buf text = buf_with_max(1 << 20);
    struct grid g = { 0 };
    grid_init(&g, rows, cols, false);
    struct surface s = surface_of(&g);
    w->pane.body_rows = rows;
    w->pane.body_cols = cols;
    w->pane.ops->draw(&w->pane, &s);
    grid_text(&g, &text);
    grid_done(&g);
    return text;
}

__attribute__((unused)) static void world_sees(struct world *w, int rows, int cols,
                                               const char *part)
{
    struct buf text = world_seen(w, rows, cols);
    bool holds = strstr(buf_text(&text), part) != NULL;
    static char words[32768];
    snprintf(words, sizeof words, "%s", buf_text(&text));
    buf_done(&text);
    if (!holds)
        fail_msg("'%s' is not seen:\n%s", part, words);
}

#endif
