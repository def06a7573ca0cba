/* Demonstration 3: what to monitor, over the person's own history. Nothing is asked. */
#include "core/lab/demo_steps.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/lab/stats.h"
#include "core/store/calls.h"

/* Answers looked at: enough for p99 of every model in use, a fraction of a frame to read. */
#define MOST_ANSWERS 5000
#define MOST_MODELS  8
/* The history in so many pieces, oldest first, to see a hit rate move. */
#define PIECES 5
#define LAST   8

struct seen_model {
    const char *name;
    struct sample latency;
};

/* One answer out of a model or out of the cache, newest first. */
struct monitor {
    struct seen_model models[MOST_MODELS];
    size_t model_count, others; /* calls of models beyond those */
    size_t answers, calls, hits, fallbacks, failures, slowed;
    unsigned char is_hit[MOST_ANSWERS]; /* of the answers that came from a model or the cache */
    int64_t at_wall[MOST_ANSWERS];
    size_t looked;
    struct {
        int64_t labelled, agree, right, checked;
        size_t answers;
    } level[LEVELS];
    struct demo_cell last[LAST][6];
    size_t last_count;
    struct verdict verdict;
};

static struct seen_model *model_of(struct demo_run *r, const struct monitor_answer *a)
{
    struct monitor *m = r->state;
    char name[300];
    snprintf(name, sizeof name, "%s/%s", a->server, a->model);
    for (size_t i = 0; i < m->model_count; i++)
        if (strcmp(m->models[i].name, name) == 0)
            return &m->models[i];
    if (m->model_count == MOST_MODELS)
        return NULL;
    m->models[m->model_count].name = arena_string(&r->arena, name);
    return &m->models[m->model_count++];
}

static void note_decision(struct demo_run *r, const struct monitor_answer *a)
{
    struct monitor *m = r->state;
    char when[CLOCK_STAMP_SIZE];
    if (m->last_count == LAST)
        return;
    clock_local(a->at_wall, when);
    const char *query = a->query[0] ? arena_string(&r->arena, a->query) : NULL;
    struct demo_cell cells[] = {
        CELL_TEXT(arena_string(&r->arena, when)),
        CELL_NUMBER(a->score),
        CELL_TEXT(arena_string(&r->arena, a->level)),
        CELL_TEXT(a->fallback_from[0] ? "fast (fallback)" : arena_string(&r->arena, a->role)),
        CELL_TEXT(arena_string(&r->arena, a->from)),
        CELL_TEXT(query),
    };
    memcpy(m->last[m->last_count++], cells, sizeof cells);
}

static void note_call(struct demo_run *r, const struct monitor_answer *a)
{
    struct monitor *m = r->state;
    struct seen_model *model = model_of(r, a);
    m->calls++;
    /* Loading lies inside the latency; the server's clock may round it up. */
    double load_s = isfinite(a->load_s) ? a->load_s : 0;
    if (model && isfinite(a->latency_s))
        sample_add(&model->latency, fmax(a->latency_s - load_s, 0));
    m->others += model == NULL;
}

static bool note_answer(void *self, const struct monitor_answer *a)
{
    struct demo_run *r = self;
    struct monitor *m = r->state;
    bool hit = strcmp(a->from, "cache") == 0, good = strncmp(a->end, "OK_", 3) == 0;
    bool call = strcmp(a->from, "model") == 0 && good;
    enum level level;
    m->answers++;
    if (a->slowed) {
        m->slowed++;
        note_decision(r, a);
        return true;
    }
    m->failures += !good;
    m->fallbacks += a->fallback_from[0] != '\0';
    if (level_from_name(a->level, &level))
        m->level[level].answers++;
    if (hit || call) {
        m->is_hit[m->looked] = hit;
        m->at_wall[m->looked++] = a->at_wall;
    }
    m->hits += hit;
    if (call && !a->fallback_from[0]) /* a fallback's time is of two models */
        note_call(r, a);
    note_decision(r, a);
    return true;
}

/* --- levels ------------------------------------------------------------------------------- */

static void note_label(void *self, const char *query, const char *label, int64_t at_wall)
{
    struct demo_run *r = self;
    struct monitor *m = r->state;
    enum level said;
    (void)at_wall;
    if (!level_from_name(label, &said))
        return;
    classify(r->lab->rules, query, strlen(query), &m->verdict);
    m->level[m->verdict.level].labelled++;
    m->level[m->verdict.level].agree += m->verdict.level == said;
}

static bool note_grade(void *self, const struct monitor_grade *g)
{
    struct monitor *m = ((struct demo_run *)self)->state;
    enum level level;
    if (level_from_name(g->level, &level)) {
        m->level[level].right += g->right;
        m->level[level].checked += g->checked;
    }
    return true;
}

static bool read_history(struct demo_run *r, struct error *err)
{
    struct monitor *m = r->state;
    struct store *s = r->lab->store;
    if (!monitor_answers(s, MOST_ANSWERS, note_answer, r, err) ||
        !monitor_grades(s, note_grade, r, err) || !label_list(s, note_label, r, err))
        return false;
    if (!m->answers) {
        demo_says(r, "The history holds no answers yet. Ask some questions (rlab ask), run the "
                     "samples (rlab trial) or a bench (rlab bench run), and look again.");
        return true;
    }
    demo_says(r,
              "The newest %zu answers: %zu model calls, %zu out of the cache, %zu fallbacks, %zu "
              "failed. Demonstrations are left out.",
              m->answers, m->looked - m->hits, m->hits, m->fallbacks, m->failures);
    if (m->slowed)
        demo_says(r, "%zu slowed call%s (mini.pace) left out of every figure below.", m->slowed,
                  m->slowed == 1 ? "" : "s");
    return true;
}

/* --- showing ------------------------------------------------------------------------------ */

static const struct demo_column latency_columns[] = {
    { "model", "model", DEMO_TEXT, 28, KIND_UNKNOWN },
    { "n", "calls", DEMO_COUNT, 5, KIND_UNKNOWN },
    { "median_s", "median", DEMO_SECONDS, 8, KIND_MEASURED },
    { "p95_s", "p95", DEMO_SECONDS, 8, KIND_MEASURED },
    { "p99_s", "p99", DEMO_SECONDS, 8, KIND_MEASURED },
    { "max_s", "slowest", DEMO_SECONDS, 8, KIND_MEASURED },
};
static const struct demo_table latency_table = DEMO_TABLE_OF("latency", latency_columns);

static bool show_latency(struct demo_run *r, struct error *err)
{
    struct monitor *m = r->state;
    (void)err;
    if (!m->answers)
        return true;
    demo_says(r, "Latency of model calls, loading taken out (p95 from %d calls on, p99 from %d):",
              STATS_MIN_P95, STATS_MIN_P99);
    demo_table(r, &latency_table);
    for (size_t i = 0; i < m->model_count; i++) {
        const struct sample *s = &m->models[i].latency;
        demo_row(r, &latency_table,
                 (struct demo_cell[]){ CELL_TEXT(m->models[i].name), CELL_NUMBER(s->n),
                                       CELL_NUMBER(stats_median(s->v, s->n)),
                                       CELL_NUMBER(stats_percentile(s->v, s->n, 0.95)),
                                       CELL_NUMBER(stats_percentile(s->v, s->n, 0.99)),
                                       CELL_NUMBER(stats_max(s->v, s->n)) });
    }
    if (m->others)
        demo_says(r, "%zu calls of further models are not shown.", m->others);
    return true;
}

static const struct demo_column level_columns[] = {
    { "level", "level", DEMO_TEXT, 8, KIND_UNKNOWN },
    { "answers", "answers", DEMO_COUNT, 7, KIND_UNKNOWN },
    { "checked", "known answers", DEMO_COUNT, 13, KIND_UNKNOWN },
    { "accuracy", "right", DEMO_SHARE, 6, KIND_MEASURED },
    { "labelled", "your labels", DEMO_COUNT, 11, KIND_UNKNOWN },
    { "agreement", "agree", DEMO_SHARE, 6, KIND_MEASURED },
};
static const struct demo_table level_table = DEMO_TABLE_OF("levels", level_columns);

static double share(int64_t k, int64_t n)
{
    return n ? (double)k / (double)n : NAN;
}

static bool show_levels(struct demo_run *r, struct error *err)
{
    struct monitor *m = r->state;
    (void)err;
    if (!m->answers)
        return true;
    demo_says(r, "By level: known answers met in runs, and how often your labels agree:");
    demo_table(r, &level_table);
    for (int l = 0; l < LEVELS; l++)
        demo_row(r, &level_table,
                 (struct demo_cell[]){
                     CELL_TEXT(level_name((enum level)l)), CELL_NUMBER(m->level[l].answers),
                     CELL_NUMBER(m->level[l].checked),
                     CELL_NUMBER(share(m->level[l].right, m->level[l].checked)),
                     CELL_NUMBER(m->level[l].labelled),
                     CELL_NUMBER(share(m->level[l].agree, m->level[l].labelled)) });
    return true;
}

static const struct demo_column rate_columns[] = {
    { "from", "from", DEMO_TEXT, 16, KIND_UNKNOWN },
    { "to", "to", DEMO_TEXT, 16, KIND_UNKNOWN },
    { "answers", "answers", DEMO_COUNT, 7, KIND_UNKNOWN },
    { "hits", "hits", DEMO_COUNT, 5, KIND_UNKNOWN },
    { "hit_rate", "hit rate", DEMO_SHARE, 8, KIND_MEASURED },
};
static const struct demo_table rate_table = DEMO_TABLE_OF("hit_rate", rate_columns);

/* answers [from, to), counted from the oldest */
static void show_piece(struct demo_run *r, size_t from, size_t to)
{
    const struct monitor *m = r->state;
    char first[CLOCK_STAMP_SIZE], last[CLOCK_STAMP_SIZE];
    size_t hits = 0;
    for (size_t i = from; i < to; i++)
        hits += m->is_hit[m->looked - 1 - i];
    clock_local(m->at_wall[m->looked - 1 - from], first);
    clock_local(m->at_wall[m->looked - to], last);
    demo_row(r, &rate_table,
             (struct demo_cell[]){ CELL_TEXT(first), CELL_TEXT(last), CELL_NUMBER(to - from),
                                   CELL_NUMBER(hits),
                                   CELL_NUMBER((double)hits / (double)(to - from)) });
}

static bool show_rate(struct demo_run *r, struct error *err)
{
    struct monitor *m = r->state;
    size_t pieces = m->looked < PIECES ? 1 : PIECES;
    (void)err;
    if (!m->looked)
        return true;
    demo_says(r, "Answers out of the cache, oldest first:");
    demo_table(r, &rate_table);
    for (size_t i = 0; i < pieces; i++)
        show_piece(r, m->looked * i / pieces, m->looked * (i + 1) / pieces);
    return true;
}

static const struct demo_column decision_columns[] = {
    { "at", "when", DEMO_TEXT, 16, KIND_UNKNOWN },
    { "score", "score", DEMO_COUNT, 5, KIND_UNKNOWN },
    { "level", "level", DEMO_TEXT, 8, KIND_UNKNOWN },
    { "role", "to", DEMO_TEXT, 15, KIND_UNKNOWN },
    { "from", "from", DEMO_TEXT, 6, KIND_UNKNOWN },
    { "query", "question", DEMO_TEXT, 18, KIND_UNKNOWN },
};
static const struct demo_table decision_table = DEMO_TABLE_OF("decisions", decision_columns);

static bool show_decisions(struct demo_run *r, struct error *err)
{
    const struct monitor *m = r->state;
    (void)err;
    if (!m->answers)
        return true;
    demo_says(r, "The last routing decisions, newest first:");
    demo_table(r, &decision_table);
    for (size_t i = 0; i < m->last_count; i++)
        demo_row(r, &decision_table, m->last[i]);
    demo_finds(r,
               "Alarms worth having: p95 of a model up, hit rate down, fallbacks up, and a level "
               "whose answers are right less often than they were.");
    return true;
}

static void monitor_done(void *state)
{
    struct monitor *m = state;
    for (size_t i = 0; i < m->model_count; i++)
        sample_done(&m->models[i].latency);
    verdict_done(&m->verdict);
}

const struct demo demo_monitor = {
    .number = 3,
    .title = "What to monitor",
    .idea = "Latency by model as percentiles, not means; answers out of the cache over time; how "
            "often answers are right by level; and the log of routing decisions.",
    .watch = "which figures are missing: they need more answers first",
    .deadline_s = NAN,
    .state_size = sizeof(struct monitor),
    .state_done = monitor_done,
    .steps = (demo_step *const[]){ read_history, show_latency, show_levels, show_rate,
                                   show_decisions, NULL },
};
