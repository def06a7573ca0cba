/* Memory: by lifetime. An arena frees everything of one lifetime in one line; the few
 * things that come and go one by one use mem_new and mem_free.
 *
 * Nothing here returns NULL: when memory is out the program ends with a sentence and exit code 3
 * (worth another try), through the hook that puts the terminal back. Sizes are checked for
 * overflow, memory is zeroed. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdalign.h>
#include <stddef.h>

void *mem_alloc(size_t count, size_t size);
/* Grows to at least `want` elements, doubling; `cap` is updated. New elements are zeroed. */
void *mem_grow(void *old, size_t *cap, size_t want, size_t size);
char *mem_copy(const char *text, size_t len); /* adds a NUL */
char *mem_string(const char *text);           /* NULL stays NULL */
void mem_free(void *p);

#define mem_new(type, count) ((type *)mem_alloc((count), sizeof(type)))

/* Gives memory that is free back to the system, where the C library can: takes about a
 * millisecond, so for when nothing else is to do. */
void mem_trim(void);

/* Ends the program as above; for a library that could not get its memory where nobody could be
 * told. `bytes`: how many it asked for, 0 unknown. */
_Noreturn void mem_out(size_t bytes);

/* Called once, before the sentence is printed, when memory is out. */
void mem_set_hook(void (*before_end)(void));

/* An arena: zeroed memory that lives until arena_done. Start with { 0 }. */
struct arena {
    struct arena_block *blocks;
};

void *arena_alloc(struct arena *a, size_t count, size_t size);
char *arena_copy(struct arena *a, const char *text, size_t len); /* adds a NUL */
char *arena_string(struct arena *a, const char *text);           /* NULL stays NULL */
char *arena_format(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Forgets everything but keeps one block for the next use. */
void arena_clear(struct arena *a);
void arena_done(struct arena *a);

#define arena_new(arena, type, count) ((type *)arena_alloc((arena), (count), sizeof(type)))

#endif
