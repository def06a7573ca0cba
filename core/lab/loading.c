/* Loading with what is kept of it (loading.h). */
#include "core/lab/loading.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/model/load.h"
#include "core/model/provider.h"

/* How long the list may take after it. */
#define LIST_MS 3000

struct loading {
    struct lab *lab;
    struct lab_model *model;
    bool in;
    int64_t began_ns;
    double took_s;
    struct load *load;
    struct waiter *list;
    struct net_timer over;
    bool failed;
    struct error error;
    loading_done *done;
    void *self;
};

bool loading_is_possible(const struct lab_model *m)
{
    return m->server->server.provider->load != NULL;
}

/* --- what is kept ------------------------------------------------------------------------------ */

static const char *setting_of(const struct lab_model *m, struct arena *a)
{
    return arena_format(a, "load_s.%s", m->full_name);
}

double loading_last_s(struct lab *lab, const struct lab_model *m)
{
    struct arena a = { 0 };
    const char *kept = setting_get(lab->store, setting_of(m, &a));
    double s = kept ? strtod(kept, NULL) : NAN;
    arena_done(&a);
    return isfinite(s) && s > 0 ? s : NAN;
}

void loading_keep(struct lab *lab, const struct lab_model *m, double took_s)
{
    struct arena a = { 0 };
    struct error err;
    if (isfinite(took_s) && took_s >= COLD_LOAD_S) {
        const char *text = arena_format(&a, "%.3f", took_s);
        bool ok = setting_set(lab->store, setting_of(m, &a), text, &err);
        if (!ok && store_was_busy(lab->store))
            ok = true; /* the figure of the load before stands until the next one */
        if (!ok || !fact_add(lab->store, "load", m->full_name, NULL, text, &err))
            pipeline_not_recorded(&lab->pipeline, &err);
    }
    arena_done(&a);
}

/* --- doing it ---------------------------------------------------------------------------------- */

static void report(void *self)
{
    struct loading *l = self;
    loading_done *done = l->done;
    void *whose = l->self;
    double took_s = l->took_s;
    bool failed = l->failed;
    struct error err = l->error;
    l->list = NULL;
    loading_cancel(l);
    done(whose, took_s, failed ? &err : NULL);
}

static void listed(void *self)
{
    struct loading *l = self;
    l->list = NULL;
    net_timer_set(l->lab->net, &l->over, 0, report, l);
}

static void loaded(void *self, const struct error *err)
{
    struct loading *l = self;
    struct lab *lab = l->lab;
    l->load = NULL;
    l->took_s = clock_seconds(clock_mono(lab->clock) - l->began_ns);
    l->failed = err != NULL;
    if (err)
        l->error = *err;
    else if (l->in)
        loading_keep(lab, l->model, l->took_s);
    l->model->server->listed_ns = 0; /* what is loaded has just changed */
    l->list = lab_server_refresh(l->model->server, true, 0, LIST_MS, listed, l);
    if (!l->list)
        listed(l);
}

struct loading *loading_start(struct lab *lab, struct lab_model *m, bool in, loading_done *done,
                              void *self, struct error *err)
{
    struct loading *l = mem_new(struct loading, 1);
    *l = (struct loading){ .lab = lab,
                           .model = m,
                           .in = in,
                           .began_ns = clock_mono(lab->clock),
                           .done = done,
                           .self = self };
    l->load = load_start(lab->net, &m->server->server, m->name, in, loaded, l, err);
    if (l->load)
        return l;
    mem_free(l);
    return NULL;
}

void loading_cancel(struct loading *l)
{
    if (!l)
        return;
    load_cancel(l->load);
    lab_server_forget(l->list);
    net_timer_stop(l->lab->net, &l->over);
    mem_free(l);
}
