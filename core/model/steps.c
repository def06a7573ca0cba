/* mini/steps as a whole (steps.h): loading or learning, then answering. */
#include "core/model/steps.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/random.h"
#include "core/limits.h"
#include "core/model/steps_file.h"
#include "core/model/steps_samples.h"
#include "core/model/steps_text.h"

/* An error's text and what is added to it. */
#define NOTE_SIZE 800
/* Sentences learnt from at once, and Adam's rate at first. */
#define BATCH 8
#define RATE  5e-3
/* Sentences among which those of like length are put together. */
#define LIKE (4 * BATCH)

struct steps {
    struct steps_samples samples;
    struct nn_reader *net;
    float *weights;
    char *path; /* of the kept weights, or NULL */
    struct steps_card card;
    bool ready;
    char note[NOTE_SIZE]; /* "": none */
    char told[NOTE_SIZE];

    /* Learning. */
    struct random random;
    int *order; /* (samples,): in which this epoch goes through them */
    int at;     /* how many of them are behind */
    double sum; /* of their losses */
    int epoch;
    float curve[STEPS_EPOCHS];
};

/* --- opening ------------------------------------------------------------------------------ */

/* Loads what was kept; false, with a note where there is something to say, where it is to be
 * learnt. */
static bool load(struct steps *s)
{
    struct error why;
    struct steps_card card;
    if (!s->path || !file_exists(s->path))
        return false;
    if (!steps_file_read(s->path, &card, s->weights, s->curve, &why)) {
        snprintf(s->note, sizeof s->note, "%s: mini/steps learns anew", why.text);
        return false;
    }
    if (!hash_equal(&card.samples, &s->samples.digest)) {
        snprintf(s->note, sizeof s->note, "the samples of mini/steps have changed: it learns anew");
        return false;
    }
    s->card = card;
    s->epoch = STEPS_EPOCHS;
    s->ready = true;
    return true;
}

bool steps_open(const char *samples, const char *weights, struct steps **ret, struct error *err)
{
    struct steps_samples read;
    if (!samples)
        return error_set(err, ERR_MODEL,
                         "mini/steps has nothing to learn from: 'mini/steps.samples' is neither "
                         "among your own data nor among the program's");
    if (!steps_samples_read(samples, &read, err))
        return error_within(err, "opening mini/steps");
    struct steps *s = mem_new(struct steps, 1);
    s->samples = read;
    s->path = mem_string(weights);
    struct nn_reader_shape shape = steps_shape();
    s->weights = mem_new(float, nn_reader_count(&shape));
    s->net = nn_reader_new(&shape, BATCH);
    s->order = mem_new(int, (size_t)read.count);
    if (!load(s))
        steps_restart(s, STEPS_SEED);
    *ret = s;
    return true;
}

void steps_free(struct steps *s)
{
    if (!s)
        return;
    steps_samples_done(&s->samples);
    nn_reader_free(s->net);
    mem_free(s->weights);
    mem_free(s->order);
    mem_free(s->path);
    mem_free(s);
}

bool steps_ready(const struct steps *s)
{
    return s->ready;
}

const char *steps_note(struct steps *s)
{
    memcpy(s->told, s->note, sizeof s->told);
    s->note[0] = '\0';
    return s->told[0] ? s->told : NULL;
}

struct steps_progress steps_progress(const struct steps *s)
{
    return (struct steps_progress){ s->epoch, STEPS_EPOCHS, s->curve };
}

struct hash steps_digest(const struct steps *s)
{
    return s->card.digest;
}

/* --- learning ----------------------------------------------------------------------------- */

void steps_restart(struct steps *s, uint64_t seed)
{
    s->ready = false;
    s->card = (struct steps_card){ .seed = seed, .samples = s->samples.digest };
    s->at = s->epoch = 0;
    s->sum = 0;
    random_seed(&s->random, seed);
    /* A new reader, because it keeps what Adam remembers. */
    struct nn_reader_shape shape = steps_shape();
    nn_reader_free(s->net);
    s->net = nn_reader_new(&shape, BATCH);
    nn_reader_init(&shape, &s->random, s->weights);
    for (int i = 0; i < s->samples.count; i++)
        s->order[i] = i;
}

static void shuffle(struct random *r, int n, int *order)
{
    for (int i = n - 1; i > 0; i--) {
        int j = (int)random_below(r, (uint64_t)i + 1), keep = order[i];
        order[i] = order[j];
        order[j] = keep;
    }
}

static void sort_by_length(const struct steps_sample *sample, int n, int *order)
{
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0 && sample[order[j]].len < sample[order[j - 1]].len; j--) {
            int keep = order[j];
            order[j] = order[j - 1];
            order[j - 1] = keep;
        }
}

/* A new order for an epoch: by chance, but sentences learnt from together are of like length,
 * because all wait for the longest. */
static void draw_order(struct steps *s)
{
    int count = s->samples.count;
    shuffle(&s->random, count, s->order);
    for (int at = 0; at < count; at += LIKE)
        sort_by_length(s->samples.sample, count - at < LIKE ? count - at : LIKE, s->order + at);
}

static bool keep(const char *path, const unsigned char *bytes, size_t len, struct error *err)
{
    return file_make_folder_of(path, err) && file_write(path, bytes, len, err);
}

static void finish(struct steps *s)
{
    struct error why;
    size_t len = steps_file_size();
    unsigned char *bytes = mem_new(unsigned char, len);
    steps_file_print(&s->card, s->weights, s->curve, bytes);
    if (s->path && !keep(s->path, bytes, len, &why))
        snprintf(s->note, sizeof s->note, "%s: mini/steps will learn again next time", why.text);
    mem_free(bytes);
    s->ready = true;
}

/* Ever smaller steps: so that the end does not depend on which sentences came last. */
static double rate_at(int epoch)
{
    return RATE * (STEPS_EPOCHS - epoch) / STEPS_EPOCHS;
}

bool steps_train_slice(struct steps *s)
{
    if (s->ready)
        return true;
    if (s->at == 0)
        draw_order(s);
    struct nn_letters text[BATCH];
    const struct nn_letters *all[BATCH];
    int task[BATCH], n = 0;
    for (; n < BATCH && s->at < s->samples.count; n++, s->at++) {
        const struct steps_sample *sample = &s->samples.sample[s->order[s->at]];
        steps_sample_draw(sample, &s->random, &text[n]);
        all[n] = &text[n];
        task[n] = sample->task;
    }
    s->sum += n * nn_reader_step(s->net, s->weights, n, all, task, rate_at(s->epoch));
    if (s->at == s->samples.count) {
        s->curve[s->epoch++] = (float)(s->sum / s->samples.count);
        s->at = 0;
        s->sum = 0;
        if (s->epoch == STEPS_EPOCHS)
            finish(s);
    }
    return s->ready;
}

/* --- answering ---------------------------------------------------------------------------- */

const struct steps_task *steps_recognise(struct steps *s, const char *text, size_t len,
                                         double *ret_share)
{
    struct nn_letters letters;
    float share[STEPS_MAX_TASKS];
    int best = 0;
    assert(s->ready);
    steps_text_read(text, len, &letters);
    nn_reader_read(s->net, s->weights, &letters, share);
    for (int i = 1; i < steps_tasks(); i++)
        best = share[i] > share[best] ? i : best;
    *ret_share = (double)share[best];
    return steps_task_at(best);
}

static void explain(const struct steps_task *task, double share, const char *text, size_t len,
                    struct buf *ret)
{
    struct buf steps = buf_with_max(ret->max);
    /* Rounded down, so that only certainty is shown as 100. */
    if (task->solve(text, len, &steps))
        buf_printf(ret, "%s (confidence %.1f %%).\n", task->opening, floor(share * 1000) / 10);
    buf_add(ret, buf_text(&steps), steps.len);
    buf_done(&steps);
}

bool steps_answer(struct steps *s, const char *text, size_t len, struct buf *answer,
                  double *ret_confidence)
{
    double share;
    const struct steps_task *task = steps_recognise(s, text, len, &share);
    struct buf all = buf_with_max(8 * len + 4 * KIB); /* more than any answer needs */
    if (!task->solve || share < STEPS_SURE)
        steps_task_refuse(&all);
    else
        explain(task, share, text, len, &all);
    bool ok = buf_add(answer, all.data, all.len);
    buf_done(&all);
    if (ok)
        *ret_confidence = share;
    return ok;
}
