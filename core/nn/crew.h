/* A few threads that do the shares of one piece of work side by side.
 *
 * Shares are numbered and fixed by the caller, so what each thread computes does not depend
 * on which was faster. */
#ifndef NN_CREW_H
#define NN_CREW_H

struct nn_crew;

typedef void nn_share_fn(void *self, int share);

/* For work in `shares` >= 1, by at most `threads` >= 1, the caller's own among them. Where there
 * are fewer threads than shares, those there are do them all, with the same results. */
struct nn_crew *nn_crew_new(int shares, int threads);
void nn_crew_free(struct nn_crew *c);

/* Calls work(self, 0) to work(self, shares - 1), each once, and returns when all are done. */
void nn_crew_run(struct nn_crew *c, nn_share_fn *work, void *self);

#endif
