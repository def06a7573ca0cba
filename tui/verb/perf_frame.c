/* rlab perf frame: how long each pane takes to draw, and how long the program takes from its start
 * to its first picture. Into a grid, as for the screen; a terminal has no part in it. */
#include "tui/verb/perf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/app.h"
#include "tui/child.h"

#define FRAMES 60
#define STARTS 9
/* In the environment of a program whose start is measured: when that was, monotonic ns. */
#define SINCE "RLAB_PERF_SINCE"

static const struct size {
    int rows, cols;
} sizes[] = { { 24, 80 }, { 40, 120 } };

static int64_t now(void)
{
    return clock_mono(clock_real());
}

static void chosen(void *self, const struct error *err)
{
    (void)err;
    *(bool *)self = true;
}

/* The built-in pair, as the screen looks for it. */
static bool choose(struct perf *p, struct app *a, struct error *err)
{
    bool done = false;
    lab_choose_start(&p->s->lab, true, chosen, &done);
    while (!done && !session_stopped())
        if (!lab_turn(&p->s->lab, NULL, 0, 50, err))
            return false;
    app_chosen(a, NULL);
    return true;
}

static void time_pane(struct perf *p, struct app *a, struct grid *g)
{
    struct sample s = { 0 };
    const char *name = app_pane(a)->ops->name;
    for (int i = 0; i < FRAMES; i++) {
        int64_t start = now();
        app_draw(a, g);
        sample_add(&s, (double)(now() - start));
    }
    perf_tell(p, &(struct perf_figure){
                     arena_format(&p->arena, "frame.%s.%dx%d", name, g->cols, g->rows), "ms",
                     perf_median_us(&s) / 1000, s.n, "the whole window, median", NAN, NAN, NULL });
    sample_done(&s);
}

static void time_panes(struct perf *p, struct app *a)
{
    static const char query[] =
        "Solve step by step: if a train leaves at 9 and another at 10, when "
        "do they meet if they started 280 miles apart?";
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct grid g = { 0 };
        grid_init(&g, sizes[i].rows, sizes[i].cols, false);
        for (int k = 0; k < PANES && !session_stopped(); k++) {
            app_show(a, k);
            struct pane *shown = app_pane(a);
            struct field *f = shown->ops->field ? shown->ops->field(shown) : NULL;
            if (f && shown->ops->keymap == MAP_CLASSIFY) {
                field_set(f, query, strlen(query));
                shown->ops->typed(shown, false);
            }
            time_pane(p, a, &g);
        }
        grid_done(&g);
    }
}

bool perf_frame(struct perf *p, const struct perf_row *row, struct error *err)
{
    (void)row;
    struct app *a = mem_new(struct app, 1);
    const struct app_options o = { .motion = true };
    bool ok = app_init(a, &p->s->lab, &o, err);
    if (ok) {
        ok = choose(p, a, err);
        if (ok)
            time_panes(p, a);
        app_stop_all(a);
        app_done(a);
    }
    mem_free(a);
    return ok;
}

/* --- the first one ------------------------------------------------------------------------ */

bool perf_is_start(void)
{
    return getenv(SINCE) != NULL;
}

/* The program whose start is measured: draws as the screen does before it looks for anything, and
 * says how long ago it was begun. */
static bool draw_first(struct perf *p, struct error *err)
{
    struct app *a = mem_new(struct app, 1);
    struct grid g = { 0 };
    const struct app_options o = { .motion = true };
    bool ok = app_init(a, &p->s->lab, &o, err);
    if (ok) {
        grid_init(&g, 24, 80, false);
        app_draw(a, &g);
        printf("%lld\n", (long long)(now() - strtoll(getenv(SINCE), NULL, 10)));
        grid_done(&g);
        app_done(a);
    }
    mem_free(a);
    return ok;
}

/* Starts this program once; ns to its first picture. */
static bool start_once(struct perf *p, const char *program, double *ret, struct error *err)
{
    const char *const args[] = { "--data-dir", p->folder, NULL };
    char text[64] = "", since[32];
    size_t used = 0;
    int code = 1;
    snprintf(since, sizeof since, "%lld", (long long)now());
    setenv(SINCE, since, 1);
    struct child *c = child_start(program, args, "perf first_frame", err);
    unsetenv(SINCE);
    if (!c)
        return false;
    struct net_fd in[] = { { .fd = child_fd(c) } };
    bool ok = true;
    while (ok && !child_ended(c, &code) && !session_stopped()) {
        in[0].fd = child_fd(c);
        ok = lab_turn(&p->s->lab, in, 1, 20, err);
        used += child_read(c, text + used, sizeof text - 1 - used);
        text[used] = '\0';
    }
    child_free(c);
    *ret = strtod(text, NULL);
    if (ok && !session_stopped() && (code || *ret <= 0))
        return error_set(err, ERR_IO, "'%s' did not draw its first frame: %s", program, text);
    return ok;
}

bool perf_first_frame(struct perf *p, const struct perf_row *row, struct error *err)
{
    (void)row;
    struct sample s = { 0 };
    char program[4096];
    if (perf_is_start())
        return draw_first(p, err);
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    bool ok = perf_folder(p, err);
    snprintf(program + (n > 0 ? n : 0), sizeof program - (size_t)(n > 0 ? n : 0), "%s",
             n > 0 ? "" : "rlab");
    for (int i = 0; ok && i < STARTS && !session_stopped(); i++) {
        double took;
        ok = start_once(p, program, &took, err);
        if (ok && !session_stopped())
            sample_add(&s, took);
    }
    if (ok && !session_stopped())
        perf_tell(p, &(struct perf_figure){ "first_frame", "ms", perf_median_us(&s) / 1000, s.n,
                                            "from the start of the program, its database opened, "
                                            "median",
                                            NAN, NAN, NULL });
    sample_done(&s);
    return ok;
}
