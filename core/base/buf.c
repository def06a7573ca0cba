/* A growing run of bytes (buf.h). */
#include "core/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"

bool buf_add(struct buf *b, const void *bytes, size_t len)
{
    if (len > b->max || b->len > b->max - len)
        return false;
    b->data = mem_grow(b->data, &b->cap, b->len + len + 1, 1);
    if (len)
        memcpy(b->data + b->len, bytes, len);
    b->len += len;
    b->data[b->len] = '\0';
    return true;
}

bool buf_puts(struct buf *b, const char *text)
{
    return buf_add(b, text, strlen(text));
}

bool buf_putc(struct buf *b, char c)
{
    return buf_add(b, &c, 1);
}

bool buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    bool fits = len >= 0 && (size_t)len <= b->max && b->len <= b->max - (size_t)len;
    if (fits) {
        b->data = mem_grow(b->data, &b->cap, b->len + (size_t)len + 1, 1);
        vsnprintf(b->data + b->len, (size_t)len + 1, fmt, again);
        b->len += (size_t)len;
    }
    va_end(again);
    return fits;
}

const char *buf_text(const struct buf *b)
{
    return b->data ? b->data : "";
}

char *buf_take(struct buf *b)
{
    char *text = b->data ? b->data : mem_copy("", 0);
    size_t max = b->max;
    *b = buf_with_max(max);
    return text;
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    if (b->data)
        b->data[0] = '\0';
}

void buf_done(struct buf *b)
{
    mem_free(b->data);
    *b = buf_with_max(b->max);
}
