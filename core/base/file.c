/* Small files (file.h). */
#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/hash.h"
#include "core/base/mem.h"

static bool read_all(int fd, const char *path, size_t max, struct buf *ret, struct error *err)
{
    char chunk[16384];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_set(err, ERR_IO, "cannot read '%s': %s", path, strerror(errno));
        if (n == 0)
            return true;
        if (!buf_add(ret, chunk, (size_t)n))
            return error_set(err, ERR_INPUT, "'%s' is longer than %zu bytes, the limit", path, max);
    }
}

/* Takes over what was read, where all of it was. */
static bool replace(bool ok, struct buf *all, struct buf *ret)
{
    buf_done(ok ? ret : all);
    if (ok)
        *ret = *all;
    return ok;
}

/* Whether an open file may be read; says why not. */
typedef bool file_accept(int fd, const char *path, struct error *err);

/* Any but a folder, which cannot be read. */
static bool accept_any(int fd, const char *path, struct error *err)
{
    struct stat st;
    return fstat(fd, &st) != 0 || !S_ISDIR(st.st_mode) ||
           error_set(err, ERR_IO, "'%s' is a folder, a file is needed", path);
}

static bool accept_plain(int fd, const char *path, struct error *err)
{
    struct stat st;
    return accept_any(fd, path, err) &&
           ((fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) ||
            error_set(err, ERR_IO, "'%s' is a pipe or a device, a file is needed", path));
}

static bool accept_private(int fd, const char *path, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return error_set(err, ERR_IO, "cannot look at '%s': %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return error_set(err, ERR_IO, "'%s' is no file", path);
    if (st.st_uid != geteuid() && geteuid() != 0)
        return error_set(err, ERR_IO, "'%s' belongs to another user: make a file of your own",
                         path);
    if (st.st_mode & 077)
        return error_set(err, ERR_IO,
                         "'%s' is open to others (mode %04o): chmod 600 '%s', and have a new key "
                         "made where others could have read it",
                         path, (unsigned)(st.st_mode & 07777), path);
    return true;
}

/* `flags`: O_NONBLOCK where a pipe that nobody writes to shall not hold us up. */
static bool read_file(const char *path, int flags, file_accept *accept, size_t max, struct buf *ret,
                      struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
    if (fd < 0)
        return error_set(err, ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    struct buf all = buf_with_max(max);
    bool ok = accept(fd, path, err) && read_all(fd, path, max, &all, err);
    close(fd);
    return replace(ok, &all, ret);
}

bool file_read(const char *path, size_t max, struct buf *ret, struct error *err)
{
    if (strcmp(path, "-") != 0)
        return read_file(path, 0, accept_any, max, ret, err);
    struct buf all = buf_with_max(max);
    return replace(read_all(STDIN_FILENO, "standard input", max, &all, err), &all, ret);
}

bool file_read_plain(const char *path, size_t max, struct buf *ret, struct error *err)
{
    if (strcmp(path, "-") == 0)
        return file_read(path, max, ret, err);
    return read_file(path, O_NONBLOCK, accept_plain, max, ret, err);
}

bool file_read_private(const char *path, size_t max, struct buf *ret, struct error *err)
{
    return read_file(path, O_NONBLOCK, accept_private, max, ret, err);
}

static bool write_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

bool file_write(const char *path, const void *data, size_t len, struct error *err)
{
    uint64_t tag;
    hash_random(&tag, sizeof tag);
    struct arena a = { 0 };
    char *beside = arena_format(&a, "%s.%016llx", path, (unsigned long long)tag);
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write_all(fd, data, len) && fsync(fd) == 0;
    int saved = errno;
    if (fd >= 0 && close(fd) != 0 && ok) {
        saved = errno;
        ok = false;
    }
    if (ok && rename(beside, path) != 0) {
        saved = errno;
        ok = false;
    }
    if (!ok) {
        if (fd >= 0)
            unlink(beside);
        error_set(err, ERR_IO, "cannot write '%s': %s", path, strerror(saved));
    }
    arena_done(&a);
    return ok;
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool file_make_folder(const char *path, struct error *err)
{
    char *copy = mem_string(path);
    bool ok = true;
    for (char *p = copy + 1; ok && *copy; p++) {
        char c = *p;
        if (c != '/' && c != '\0')
            continue;
        *p = '\0';
        if (mkdir(copy, 0700) != 0 && errno != EEXIST) {
            struct stat st;
            int saved = errno; /* a folder we may not write in can still be there */
            if (stat(copy, &st) != 0 || !S_ISDIR(st.st_mode))
                ok = error_set(err, ERR_IO, "cannot make the folder '%s': %s", copy,
                               strerror(saved));
        }
        *p = c;
        if (c == '\0')
            break;
    }
    mem_free(copy);
    return ok;
}

bool file_make_folder_of(const char *path, struct error *err)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return true;
    char *folder = mem_copy(path, (size_t)(slash - path));
    bool ok = file_make_folder(folder, err);
    mem_free(folder);
    return ok;
}

bool file_line(const char *text, size_t len, size_t *at, const char **ret_line, size_t *ret_len)
{
    if (*at >= len)
        return false;
    const char *start = text + *at;
    const char *end = memchr(start, '\n', len - *at);
    size_t n = end ? (size_t)(end - start) : len - *at;
    *at += n + (end ? 1 : 0);
    if (n && start[n - 1] == '\r')
        n--;
    *ret_line = start;
    *ret_len = n;
    return true;
}
