/* How much memory this machine has for models: what the system tells, and less where a
 * container's limit lies below it. A graphics card's own memory is gpu.h's matter. */
#ifndef LAB_MACHINE_H
#define LAB_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes; -1 where it cannot be told. */
struct machine_memory {
    int64_t total, available;
    bool contained; /* total is the limit of a container, not of the machine */
};

struct machine_memory machine_memory(void);

/* "MemTotal:  16308164 kB" lines, as in /proc/meminfo; -1 where the name is not there. */
int64_t machine_line(const char *text, const char *name);

#endif
