/* A growing run of bytes with a ceiling set at birth, always followed by a NUL. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data; /* NULL until something was added; read through buf_text */
    size_t len, cap;
    size_t max; /* ceiling in bytes, the NUL not counted */
};

/* struct buf b = buf_with_max(MAX_REPLY_BYTES); */
#define buf_with_max(bytes) ((struct buf){ .max = (bytes) })

/* Each returns false, with nothing added, where the ceiling would be passed. */
bool buf_add(struct buf *b, const void *bytes, size_t len);
bool buf_puts(struct buf *b, const char *text);
bool buf_putc(struct buf *b, char c);
bool buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The bytes as a string, "" when empty; borrowed until the next change. */
const char *buf_text(const struct buf *b);
/* The bytes as a string the caller frees with mem_free; the buffer is empty after. */
char *buf_take(struct buf *b);
void buf_clear(struct buf *b); /* empties, keeps the memory */
void buf_done(struct buf *b);  /* accepts a zeroed one */

#endif
