/* Threads that share work (crew.h). */
#include "core/nn/crew.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

#include "core/base/mem.h"

struct hand {
    struct nn_crew *crew;
    pthread_t thread;
    int first; /* of its shares: this one, and each that many threads further */
};

struct nn_crew {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct hand *hand;   /* (threads - 1,): all but the caller's own */
    int shares, threads; /* threads: that really run */
    nn_share_fn *work;
    void *self;
    unsigned round; /* counts pieces of work: a hand does each once */
    int busy;
    bool over;
};

/* A thread's shares depend on how many threads there are; what a share gives does not. */
static void work_from(struct nn_crew *c, int first)
{
    for (int share = first; share < c->shares; share += c->threads)
        c->work(c->self, share);
}

static void *hand_main(void *arg)
{
    struct hand *h = arg;
    struct nn_crew *c = h->crew;
    unsigned seen = 0;
    pthread_mutex_lock(&c->lock);
    for (;;) {
        while (!c->over && c->round == seen)
            pthread_cond_wait(&c->changed, &c->lock);
        if (c->over)
            break;
        seen = c->round;
        pthread_mutex_unlock(&c->lock);
        work_from(c, h->first);
        pthread_mutex_lock(&c->lock);
        if (--c->busy == 0)
            pthread_cond_broadcast(&c->changed);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

struct nn_crew *nn_crew_new(int shares, int threads)
{
    assert(shares >= 1 && threads >= 1);
    struct nn_crew *c = mem_new(struct nn_crew, 1);
    int most = threads < shares ? threads : shares;
    c->shares = shares;
    c->hand = mem_new(struct hand, (size_t)most);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    /* Signals belong to the program's own thread. The lock keeps new threads waiting until it
     * is known how many there are. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_mutex_lock(&c->lock);
    for (c->threads = 1; c->threads < most; c->threads++) {
        struct hand *h = &c->hand[c->threads - 1];
        *h = (struct hand){ .crew = c, .first = c->threads };
        if (pthread_create(&h->thread, NULL, hand_main, h) != 0)
            break;
    }
    pthread_mutex_unlock(&c->lock);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return c;
}

void nn_crew_free(struct nn_crew *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->over = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    for (int i = 0; i < c->threads - 1; i++)
        pthread_join(c->hand[i].thread, NULL);
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    mem_free(c->hand);
    mem_free(c);
}

void nn_crew_run(struct nn_crew *c, nn_share_fn *work, void *self)
{
    pthread_mutex_lock(&c->lock);
    c->work = work;
    c->self = self;
    c->busy = c->threads - 1;
    c->round++;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);

    work_from(c, 0);

    pthread_mutex_lock(&c->lock);
    while (c->busy)
        pthread_cond_wait(&c->changed, &c->lock);
    pthread_mutex_unlock(&c->lock);
}
