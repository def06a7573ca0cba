/* Errors as finished sentences (error.h). */
#include "core/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

bool error_set(struct error *err, enum error_code code, const char *fmt, ...)
{
    /* The arguments may point into err->text itself, so format aside first. */
    char text[sizeof err->text];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    text_trim_partial(text);
    err->code = code;
    memcpy(err->text, text, sizeof text);
    return false;
}

bool error_within(struct error *err, const char *fmt, ...)
{
    char front[sizeof err->text];
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(front, sizeof front, fmt, args);
    va_end(args);
    if (len < 0)
        len = 0;
    if ((size_t)len < sizeof front)
        snprintf(front + len, sizeof front - (size_t)len, ": %s", err->text);
    text_trim_partial(front);
    memcpy(err->text, front, sizeof front);
    return false;
}
