/* The log: what went wrong, a line each, in a file of its own that outlives the screen and the
 * terminal. A line is the time (UTC), the process and the sentence a person was told, which never
 * holds a key, on one line and with nothing that moves a cursor. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

/* A longer line ends in an ellipsis. */
#define LOG_LINE_BYTES 4096
/* A file larger than this becomes PATH.1, in place of the one before. */
#define LOG_FILE_BYTES (1 << 20)

/* Adds a line, whole even where several processes write at once; makes the folder (0700) and the
 * file (0600). `path` NULL: nothing is written. A log that cannot be written is nobody's error:
 * the sentence was told already. */
void log_add(const char *path, int64_t at_wall, const char *text);

#endif
