/* SQLite's memory, counted for each thread by itself; private to core/store.
 *
 * SQLite's own count is one for the whole program, kept under a lock that is taken with every piece
 * of memory: an eighth of what a look-up in the cache's table costs. */
#ifndef STORE_SQL_HEAP_H
#define STORE_SQL_HEAP_H

#include <stdint.h>

/* Before the first connection is opened; later and repeated calls change nothing. */
void sql_heap_prepare(void);

/* Bytes that SQLite has taken in this thread less those it has given back in this thread, so it may
 * be below 0. Only the difference between two moments of one thread's work says something. */
int64_t sql_heap_bytes(void);

#endif
