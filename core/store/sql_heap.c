/* SQLite's memory, counted for each thread by itself (sql_heap.h). */
#include "core/store/sql_heap.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>

static _Thread_local int64_t held;
static sqlite3_mem_methods plain; /* SQLite's own, which do the work */
static bool counting;

static void *take(int bytes)
{
    void *p = plain.xMalloc(bytes);
    if (p)
        held += plain.xSize(p);
    return p;
}

static void give_back(void *p)
{
    held -= plain.xSize(p);
    plain.xFree(p);
}

static void *resize(void *p, int bytes)
{
    int before = plain.xSize(p);
    void *q = plain.xRealloc(p, bytes);
    if (q)
        held += plain.xSize(q) - before;
    return q;
}

/* Refused, all together, once SQLite has begun: then it goes on counting by itself. */
static void configure(void)
{
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) != SQLITE_OK)
        return;
    sqlite3_mem_methods ours = plain;
    ours.xMalloc = take;
    ours.xFree = give_back;
    ours.xRealloc = resize;
    counting = sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) == SQLITE_OK &&
               sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
}

void sql_heap_prepare(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure);
}

int64_t sql_heap_bytes(void)
{
    return counting ? held : sqlite3_memory_used();
}
