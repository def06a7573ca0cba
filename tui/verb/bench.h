/* The parts of `rlab bench`. Each gets the words behind its own. */
#ifndef VERB_BENCH_H
#define VERB_BENCH_H

#include "tui/verb/runs.h"

bool bench_list(struct session *s, const struct args *a, int *ret_code, struct error *err);
bool bench_show(struct session *s, const struct args *a, int *ret_code, struct error *err);
bool bench_compare(struct session *s, const struct args *a, int *ret_code, struct error *err);
bool bench_models(struct session *s, const struct args *a, int *ret_code, struct error *err);

/* A run of kind "bench", whole. */
void bench_print(struct session *s, const struct kept_run *v);
/* A run of kind "models": table and sentence; false where the settings do not say which. */
bool models_print(struct session *s, const struct kept_run *v, struct error *err);
/* A run of kind "trial": rows and agreement. */
void trial_print(struct session *s, const struct kept_run *v);
/* A against B, pair by pair. */
bool compare_read(struct session *s, const char *which, struct kept_run *ret, struct error *err);
void compare_print(struct session *s, const struct kept_run *a, const struct kept_run *b);
struct json *compare_json(const struct kept_run *a, const struct kept_run *b);
/* The JSON of the other two kinds. */
struct json *models_json(const struct kept_run *v);
struct json *trial_json(struct session *s, const struct kept_run *v);

#endif
