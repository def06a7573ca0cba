/* Small files of a person: whole in, whole out. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/error.h"

/* Reads a whole file, at most max bytes ("-" is standard input). `ret` is replaced. */
bool file_read(const char *path, size_t max, struct buf *ret, struct error *err);
/* The same where others name the files: what is no ordinary file (a pipe that nobody writes to, a
 * device without an end) is an error and is never waited for. */
bool file_read_plain(const char *path, size_t max, struct buf *ret, struct error *err);
/* The same of a file that holds a secret: refuses, without reading it, one that belongs to somebody
 * else (unless we are root) or that group or others have any right to, and what is no file. */
bool file_read_private(const char *path, size_t max, struct buf *ret, struct error *err);
/* Writes beside, then renames over: a reader sees the old file or the new one. 0600. */
bool file_write(const char *path, const void *data, size_t len, struct error *err);
bool file_exists(const char *path);
/* Makes a folder and those above it, 0700; one that is there already is fine. */
bool file_make_folder(const char *path, struct error *err);
/* The same for the folder that a file of this path stands in. */
bool file_make_folder_of(const char *path, struct error *err);

/* One line of a text: for (size_t at = 0; file_line(text, len, &at, &line, &n);)
 * The line end (LF or CRLF) is not part of the line. */
bool file_line(const char *text, size_t len, size_t *at, const char **ret_line, size_t *ret_len);

#endif
