/* Graphics cards: name, memory, use, temperature, power, as NVIDIA's management library (NVML)
 * tells them. The library belongs to the driver: it is opened at run time where it is there, and
 * never linked. RLAB_NVML names another file in its place.
 *
 * Its calls take between microseconds and, on a card that sleeps, seconds, and may hang when a
 * driver does. So a reading runs in a thread of its own: asking returns at once, and what was
 * read last is there to be taken. A reading that never ends is left to itself. */
#ifndef LAB_GPU_H
#define LAB_GPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GPU_MOST 16 /* cards of one machine that are looked at */

/* -1: the card or the driver does not tell. */
struct gpu {
    char name[64];                   /* as the driver says it: foreign text */
    int64_t total_bytes, used_bytes; /* of its own memory */
    int use_percent;                 /* of the last moment in which it was busy or not */
    int celsius;
    double watts;
};

struct gpus {
    struct gpu gpu[GPU_MOST];
    size_t count;  /* 0: none, or no library; then nothing is said of them */
    double took_s; /* the reading, the opening of the library included in the first */
    int64_t total_bytes, used_bytes; /* of all together, -1 where one does not tell */
};

struct gpu_watch;
/* Opens nothing yet. library NULL: RLAB_NVML, else the driver's own name for it. */
struct gpu_watch *gpu_watch_new(const char *library);
/* Does not wait for a reading that still runs. Accepts NULL. */
void gpu_watch_free(struct gpu_watch *w);
/* Begins a reading, where none runs and there is anything to read. */
void gpu_watch_ask(struct gpu_watch *w);
/* Takes what was read since the last time; false where there is nothing new. */
bool gpu_watch_take(struct gpu_watch *w, struct gpus *ret);
bool gpu_watch_is_reading(const struct gpu_watch *w);

#endif
