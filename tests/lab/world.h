/* A pipeline with all it needs, for tests of what becomes of a question: a server of its own that
 * plays two models, "fast:8b" and "big-r1:70b", a store, a cache of ten, and three rules.
 *
 *   struct world w;
 *   struct question q = world_question(COMPLEX);
 *   world_open(&w, NULL);
 *   mock_play(&w.mock, "{'delay_ms':50}");
 *   ask_start(&w.p, &q, hear, self, &err);
 *   ... world_turn(&w, 5000) until its end was heard
 *   world_close(&w);
 *
 * What cannot be made fails the test. */
#ifndef TESTS_LAB_WORLD_H
#define TESTS_LAB_WORLD_H

#include "tests/test.h"

#include "core/base/mem.h"
#include "core/lab/pipeline.h"
#include "tests/wire/mock.h"

/* By the rules: -1, to the fast model; and 4, to the reasoning one with the suffix. A query without
 * any of their words scores 0. */
#define SIMPLE  "What is the colour of snow?"
#define COMPLEX "Solve step by step: prove that 2 + 3 is 5"

struct world {
    struct mock mock;
    struct net *net;
    struct store *store;
    struct cache *cache;
    struct rules *rules;
    struct models models;
    struct pipeline p;
    struct arena arena; /* lives as long as the world */
};

/* The store is opened as `o` says, and the cache lies in its file; NULL: both in memory alone. */
void world_open(struct world *w, const struct store_options *o);
/* Whatever still runs is dropped. A pipeline that is done already, and a server that was stopped
 * and started again, are fine. */
void world_close(struct world *w);

/* The text, and all else as it is by itself. Borrows the text. */
struct question world_question(const char *text);
/* One turn of the loop, which waits for news up to `most_ms`. */
void world_turn(struct world *w, int64_t most_ms);

#endif
