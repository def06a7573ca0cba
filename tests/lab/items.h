/* Rows of runs, for tests of the figures that are made of them. */
#ifndef TESTS_LAB_ITEMS_H
#define TESTS_LAB_ITEMS_H

#include <math.h>
#include <stdio.h>

#include "core/lab/summary.h"

/* A row as it stands for a call of the fast model, "s/fast", which ended well: nothing is known but
 * how long it took and its ten tokens. A test changes what it is about. Queries of one number have
 * the same hash, whose text lives until the sixteenth number after it. */
static inline struct run_item item_of(int64_t query, int64_t round, double latency_s)
{
    static char hash[16][8];
    char *h = hash[query % 16];
    snprintf(h, sizeof *hash, "%07d", (int)query);
    return (struct run_item){ .query_index = query,
                              .round = round,
                              .query = "a question",
                              .query_hash = h,
                              .level = "simple",
                              .role = "fast",
                              .model = "s/fast",
                              .from = "model",
                              .end = "OK_STOP",
                              .correct = -1,
                              .latency_s = latency_s,
                              .original_latency_s = NAN,
                              .ttft_s = NAN,
                              .load_s = NAN,
                              .completion_tokens = 10,
                              .thinking_tokens = 0,
                              .tokens_kind = "measured" };
}

#endif
