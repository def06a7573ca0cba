/* A file of lines, opened for each: they are rare (log.h). */
#include "core/base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#define ELLIPSIS "\xE2\x80\xA6"

/* Two processes may both find it large; only the one that holds this very file moves it, else the
 * second would move what the first has just begun over all the lines before. */
static void turn_over(const char *path)
{
    struct stat held, there;
    if (stat(path, &there) != 0 || !S_ISREG(there.st_mode) || there.st_size < LOG_FILE_BYTES)
        return;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &held) == 0 && stat(path, &there) == 0 &&
        held.st_ino == there.st_ino && held.st_dev == there.st_dev) {
        struct arena a = { 0 };
        (void)!rename(path, arena_format(&a, "%s.1", path));
        arena_done(&a);
    }
    close(fd);
}

static void write_line(struct buf *to, int64_t at_wall, const char *text)
{
    char stamp[CLOCK_STAMP_SIZE];
    clock_stamp(at_wall, stamp);
    buf_printf(to, "%s %ld ", stamp, (long)getpid());
    size_t room = LOG_LINE_BYTES - to->len - strlen(ELLIPSIS) - 1, len = strlen(text);
    bool whole = len <= room;
    text_safe_line(to, text, whole ? len : room - text_partial(text, room));
    buf_puts(to, whole ? "\n" : ELLIPSIS "\n");
}

void log_add(const char *path, int64_t at_wall, const char *text)
{
    struct error err;
    if (!path || !file_make_folder_of(path, &err))
        return;
    turn_over(path);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0)
        return;
    struct buf line = buf_with_max((size_t)4 * LOG_LINE_BYTES); /* what is unsafe is spelled out */
    write_line(&line, at_wall, text);
    (void)!write(fd, buf_text(&line), line.len);
    close(fd);
    buf_done(&line);
}
