/* The app on a lab of its own, without a terminal: keys go in by their names, a grid comes out. */
#ifndef TESTS_SCREEN_STAGE_H
#define TESTS_SCREEN_STAGE_H

#include <sys/stat.h>

#include "core/base/file.h"
#include "tests/screen/world.h"
#include "tui/app.h"

struct stage {
    struct world w;
    struct app app; /* static: too large for a stack */
    struct app_options options;
    struct grid grid;
    char program[1100];
    bool chosen;
};

/* Stands in for rlab where the palette runs a verb: says its words, or what a word of them asks
 * for. What is stopped is no shell that waits: some take a signal that comes while they fork for
 * their child's alone, and go on. */
static const char stage_program[] =
    "#!/bin/sh\n"
    "case \"$1\" in\n"
    "history) printf '\\033[2J\\033]0;x\\007%s\\r\\n\\377' \"$2\";;\n"
    "bench) echo begun; exec sleep 60;;\n"
    "cache) echo failed >&2; exit 3;;\n"
    "*) echo \"$# words:\"; for w; do echo \"<$w>\"; done;;\n"
    "esac\n";

static void stage_chosen(void *self, const struct error *err)
{
    struct stage *st = self;
    st->chosen = true;
    app_chosen(&st->app, err);
}

static void stage_draw(struct stage *st)
{
    app_draw(&st->app, &st->grid);
}

/* One turn of the loop, without a terminal. */
static void stage_turn(struct stage *st, int64_t most_ms)
{
    struct error err;
    struct net_fd in[] = { { .fd = app_fd(&st->app) } };
    assert_ok(lab_turn(&st->w.lab, in, 1, most_ms, &err), err);
    if (in[0].ready)
        app_fd_ready(&st->app);
    app_tick(&st->app);
}

static void stage_open_in(struct stage *st, char *folder, int rows, int cols)
{
    struct error err;
    memset(st, 0, sizeof *st);
    world_lab_open(&st->w, folder, false);
    snprintf(st->program, sizeof st->program, "%s/program", st->w.folder);
    assert_ok(file_write(st->program, stage_program, strlen(stage_program), &err), err);
    assert_int_equal(chmod(st->program, 0700), 0);
    st->options = (struct app_options){ .motion = true, .program = st->program };
    assert_ok(app_init(&st->app, &st->w.lab, &st->options, &err), err);
    grid_init(&st->grid, rows, cols, false);
    stage_draw(st);
    lab_choose_start(&st->w.lab, true, stage_chosen, st);
    for (int i = 0; i < 500 && !st->chosen; i++)
        stage_turn(st, 20);
    assert_true(st->chosen);
    stage_draw(st);
}

static void stage_open(struct stage *st)
{
    stage_open_in(st, NULL, 24, 80);
}

static char *stage_close(struct stage *st, bool keep)
{
    app_done(&st->app);
    grid_done(&st->grid);
    return world_lab_close(&st->w, keep);
}

static void stage_key(struct stage *st, const struct key *k)
{
    app_key(&st->app, k);
    stage_draw(st);
}

/* Keys by their names, blanks between them: "4 i a b Enter". */
__attribute__((unused)) static void stage_press(struct stage *st, const char *names)
{
    char name[KEY_NAME];
    while (*names) {
        size_t n = strcspn(names, " ");
        struct key k;
        snprintf(name, sizeof name, "%.*s", (int)n, names);
        if (!key_parse(name, &k))
            fail_msg("no key is called '%s'", name);
        stage_key(st, &k);
        names += n;
        names += strspn(names, " ");
    }
}

/* Letters one by one, as typed. */
__attribute__((unused)) static void stage_type(struct stage *st, const char *text)
{
    for (; *text; text++) {
        struct key k = { .code = K_LETTER, .letter = *text };
        stage_key(st, &k);
    }
}

__attribute__((unused)) static void stage_settle(struct stage *st)
{
    char what[200];
    int64_t start = test_ms();
    stage_turn(st, 0);
    while (app_busy(&st->app, what, sizeof what)) {
        if (test_ms() - start >= 60000 * test_slower())
            test_late(what, test_ms() - start, 60000 * test_slower());
        stage_turn(st, 20);
    }
    stage_draw(st);
}

static const char *stage_text(struct stage *st)
{
    static char text[1 << 20];
    struct buf b = buf_with_max(sizeof text - 1);
    grid_text(&st->grid, &b);
    snprintf(text, sizeof text, "%s", buf_text(&b));
    buf_done(&b);
    return text;
}

__attribute__((unused)) static bool stage_shows(struct stage *st, const char *part)
{
    stage_draw(st);
    return strstr(stage_text(st), part) != NULL;
}

#define assert_shows(st, part)                                                                     \
    do {                                                                                           \
        if (!stage_shows((st), (part)))                                                            \
            fail_msg("'%s' is not seen:\n%s", (part), stage_text(st));                             \
    } while (0)

/* Nothing open, nothing running, no words left from before. */
__attribute__((unused)) static void stage_clear(struct stage *st)
{
    struct app *a = &st->app;
    struct key esc = { .code = K_ESC };
    for (int i = 0; i < 20 && a->overs; i++)
        stage_key(st, &esc);
    assert_int_equal(a->overs, 0);
    app_stop_all(a);
    stage_settle(st);
    for (int i = 0; i < 20 && a->overs; i++)
        stage_key(st, &esc);
    a->wants = APP_NOTHING;
    a->reason[0] = a->desk.message[0] = '\0';
}

#endif
