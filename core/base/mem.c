/* Memory by lifetime (mem.h). */
#include "core/base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <string.h>

#define FIRST_BLOCK 4096

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    alignas(max_align_t) char data[];
};

static void (*before_end_hook)(void);

void mem_set_hook(void (*before_end)(void))
{
    before_end_hook = before_end;
}

_Noreturn void mem_out(size_t bytes)
{
    if (before_end_hook)
        before_end_hook();
    if (bytes)
        fprintf(stderr, "rlab: out of memory (%zu bytes were asked for)\n", bytes);
    else
        fprintf(stderr, "rlab: out of memory: close other programs, and try again\n");
    exit(3);
}

static size_t checked_size(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / 2 / size)
        mem_out(SIZE_MAX / 2);
    return count * size;
}

void *mem_alloc(size_t count, size_t size)
{
    size_t bytes = checked_size(count, size);
    void *p = calloc(1, bytes ? bytes : 1);
    if (!p)
        mem_out(bytes);
    return p;
}

void *mem_grow(void *old, size_t *cap, size_t want, size_t size)
{
    if (want <= *cap)
        return old;
    size_t next = *cap ? *cap : 8;
    while (next < want)
        next = next > SIZE_MAX / 4 ? want : next * 2;
    size_t bytes = checked_size(next, size);
    char *p = realloc(old, bytes);
    if (!p)
        mem_out(bytes);
    memset(p + *cap * size, 0, bytes - *cap * size);
    *cap = next;
    return p;
}

char *mem_copy(const char *text, size_t len)
{
    char *p = mem_alloc(len + 1, 1);
    if (len)
        memcpy(p, text, len);
    return p;
}

char *mem_string(const char *text)
{
    return text ? mem_copy(text, strlen(text)) : NULL;
}

void mem_free(void *p)
{
    free(p);
}

void *arena_alloc(struct arena *a, size_t count, size_t size)
{
    size_t bytes = checked_size(count, size);
    bytes = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct arena_block *b = a->blocks;
    if (!b || b->size - b->used < bytes) {
        size_t want = b ? b->size * 2 : FIRST_BLOCK;
        if (want > 1024 * 1024)
            want = 1024 * 1024;
        if (want < bytes)
            want = bytes;
        struct arena_block *fresh = mem_alloc(1, sizeof *fresh + want);
        fresh->size = want;
        fresh->next = b;
        a->blocks = b = fresh;
    }
    void *p = b->data + b->used;
    b->used += bytes;
    return p;
}

char *arena_copy(struct arena *a, const char *text, size_t len)
{
    char *p = arena_alloc(a, len + 1, 1);
    if (len)
        memcpy(p, text, len);
    return p;
}

char *arena_string(struct arena *a, const char *text)
{
    return text ? arena_copy(a, text, strlen(text)) : NULL;
}

char *arena_format(struct arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len < 0)
        len = 0;
    char *p = arena_alloc(a, (size_t)len + 1, 1);
    vsnprintf(p, (size_t)len + 1, fmt, again);
    va_end(again);
    return p;
}

void arena_clear(struct arena *a)
{
    struct arena_block *b = a->blocks;
    if (!b)
        return;
    /* The newest block is the largest: it will do alone next time. */
    for (struct arena_block *next, *old = b->next; old; old = next) {
        next = old->next;
        free(old);
    }
    memset(b->data, 0, b->used);
    b->used = 0;
    b->next = NULL;
}

void arena_done(struct arena *a)
{
    for (struct arena_block *next, *b = a->blocks; b; b = next) {
        next = b->next;
        free(b);
    }
    a->blocks = NULL;
}

void mem_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
