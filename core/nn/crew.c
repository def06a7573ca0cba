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
    int share;
};

struct nn_crew {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct hand *hand; /* those that got a thread */
    int hands, threads;
    nn_share_fn *work;
    void *self;
    unsigned round; /* counts pieces of work: a hand does each once */
    int busy;
    bool over;
};

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
        c->work(c->self, h->share);
        pthread_mutex_lock(&c->lock);
        if (--c->busy == 0)
            pthread_cond_broadcast(&c->changed);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

struct nn_crew *nn_crew_new(int hands)
{
    assert(hands >= 1);
    struct nn_crew *c = mem_new(struct nn_crew, 1);
    c->hands = hands;
    c->hand = mem_new(struct hand, (size_t)hands);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    /* Signals belong to the program's own thread. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (c->threads < hands - 1) {
        struct hand *h = &c->hand[c->threads];
        *h = (struct hand){ .crew = c, .share = c->threads + 1 };
        if (pthread_create(&h->thread, NULL, hand_main, h) != 0)
            break;
        c->threads++;
    }
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
    for (int i = 0; i < c->threads; i++)
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
    c->busy = c->threads;
    c->round++;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);

    work(self, 0);
    for (int share = c->threads + 1; share < c->hands; share++)
        work(self, share);

    pthread_mutex_lock(&c->lock);
    while (c->busy)
        pthread_cond_wait(&c->changed, &c->lock);
    pthread_mutex_unlock(&c->lock);
}
