/* Writing a run (bench_export.h). */
#include "tui/pane/bench_export.h"

#include <math.h>
#include <string.h>

#include "core/lab/run_json.h"

/* A cell of CSV: quoted where it must be, quotes doubled. One that a spreadsheet would take for a
 * formula gets a blank in front. */
static void csv_text(struct buf *to, const char *text)
{
    bool formula = *text && strchr("=+-@\t", *text);
    if (!formula && !strpbrk(text, ",\"\n\r")) {
        buf_puts(to, text);
        return;
    }
    buf_putc(to, '"');
    if (formula)
        buf_putc(to, ' ');
    for (; *text; text++) {
        if (*text == '"')
            buf_putc(to, '"');
        buf_putc(to, *text);
    }
    buf_putc(to, '"');
}

/* A cell between tabs: no tab and no line end of its own. */
static void tsv_text(struct buf *to, const char *text)
{
    for (; *text; text++)
        buf_putc(to, *text == '\t' || *text == '\n' || *text == '\r' ? ' ' : *text);
}

static void number(struct buf *to, double v)
{
    if (!isnan(v))
        buf_printf(to, "%.6f", v);
}

static void write_rows(const struct items *t, char between, struct buf *to)
{
    static const char *const heads[] = { "round",
                                         "query",
                                         "label",
                                         "level",
                                         "score",
                                         "role",
                                         "model",
                                         "from",
                                         "end",
                                         "correct",
                                         "latency_s",
                                         "load_s",
                                         "completion_tokens" };
    size_t n = sizeof heads / sizeof *heads;
    for (size_t i = 0; i < n; i++)
        buf_printf(to, "%s%c", heads[i], i + 1 < n ? between : '\n');
    for (size_t i = 0; i < t->n; i++) {
        const struct run_item *it = &t->v[i];
        const char *texts[] = { it->query, it->label, it->level };
        const char *more[] = { it->role, it->model, it->from, it->end };
        void (*text)(struct buf *, const char *) = between == ',' ? csv_text : tsv_text;
        buf_printf(to, "%lld%c", (long long)it->round, between);
        for (size_t k = 0; k < 3; k++) {
            text(to, texts[k]);
            buf_putc(to, between);
        }
        buf_printf(to, "%d%c", it->score, between);
        for (size_t k = 0; k < 4; k++) {
            text(to, more[k]);
            buf_putc(to, between);
        }
        if (it->correct >= 0)
            buf_printf(to, "%d", it->correct);
        buf_putc(to, between);
        number(to, it->latency_s);
        buf_putc(to, between);
        number(to, it->load_s);
        buf_putc(to, between);
        if (it->completion_tokens >= 0)
            buf_printf(to, "%lld", (long long)it->completion_tokens);
        buf_putc(to, '\n');
    }
}

static void md_seconds(struct buf *to, double s)
{
    if (isnan(s))
        buf_puts(to, " - |");
    else
        buf_printf(to, " %.3f s |", s);
}

static void md_group(struct buf *to, const struct group *g)
{
    buf_printf(to, "| %s | %zu | %zu |", g->name, g->asked, g->hits);
    md_seconds(to, g->mean_all);
    md_seconds(to, g->call.mean);
    md_seconds(to, g->call.slowest);
    buf_putc(to, '\n');
}

static void write_markdown(const struct run_row *row, const struct summary *sum, struct buf *to)
{
    char when[CLOCK_STAMP_SIZE];
    clock_local(row->started_wall, when);
    buf_printf(to, "# Run %lld%s%s\n\nSet %s, %s, started %s.\n\n", (long long)row->id,
               *row->name ? ": " : "", row->name, row->set_name, row->state, when);
    buf_puts(to, "| Level | questions | hits | mean, all | mean, model calls | slowest |\n"
                 "|---|---:|---:|---:|---:|---:|\n");
    for (int i = 0; i < LEVELS; i++)
        md_group(to, &sum->level[i]);
    md_group(to, &sum->all);
    buf_puts(to, "\nMeasured; the loading of models is in none of the means of model calls.\n");
    for (size_t i = 0; i < sum->warning_count; i++)
        buf_printf(to, "\n* %s", sum->warnings[i]);
    if (sum->warning_count)
        buf_putc(to, '\n');
}

bool bench_export(const char *name, const struct run_row *row, const struct json *settings,
                  const struct items *items, const struct summary *sum, struct buf *to,
                  struct error *err)
{
    const char *end = strrchr(name, '.');
    if (end && strcmp(end, ".csv") == 0) {
        write_rows(items, ',', to);
    } else if (end && strcmp(end, ".tsv") == 0) {
        write_rows(items, '\t', to);
    } else if (end && strcmp(end, ".md") == 0) {
        write_markdown(row, sum, to);
    } else if (end && strcmp(end, ".json") == 0) {
        struct json *j = run_whole_json("rlab.bench/1", row, settings, items, sum);
        json_print(j, to);
        buf_putc(to, '\n');
        json_free(j);
    } else {
        return error_set(err, ERR_USAGE, "'%s' ends in none of .csv, .tsv, .json and .md", name);
    }
    return true;
}
