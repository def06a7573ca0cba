/* A run as a file: rows as CSV or tab-separated text, all of it as JSON, tables as Markdown. */
#ifndef PANE_BENCH_EXPORT_H
#define PANE_BENCH_EXPORT_H

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/lab/summary.h"
#include "core/store/runs.h"

/* The form is that of the name's ending: .csv .tsv .json .md. Appended; fails where it is another
 * one. */
bool bench_export(const char *name, const struct run_row *row, const struct json *settings,
                  const struct items *items, const struct summary *sum, struct buf *to,
                  struct error *err);

#endif
