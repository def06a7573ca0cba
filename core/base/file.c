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

static bool read_file(const char *path, bool plain, size_t max, struct buf *ret, struct error *err)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | (plain ? O_NONBLOCK : 0));
    if (fd < 0)
        return error_set(err, ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    struct stat st = { 0 };
    if (!standard && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        return error_set(err, ERR_IO, "'%s' is a folder, a file is needed", path);
    }
    if (plain && !standard && !S_ISREG(st.st_mode)) {
        close(fd);
        return error_set(err, ERR_IO, "'%s' is a pipe or a device, a file is needed", path);
    }
    struct buf all = buf_with_max(max);
    bool ok = read_all(fd, standard ? "standard input" : path, max, &all, err);
    if (!standard)
        close(fd);
    if (!ok) {
        buf_done(&all);
        return false;
    }
    buf_done(ret);
    *ret = all;
    return true;
}

bool file_read(const char *path, size_t max, struct buf *ret, struct error *err)
{
    return read_file(path, false, max, ret, err);
}

bool file_read_plain(const char *path, size_t max, struct buf *ret, struct error *err)
{
    return read_file(path, true, max, ret, err);
}

static bool is_private(int fd, const char *path, struct error *err)
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

bool file_read_private(const char *path, size_t max, struct buf *ret, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe shall not hold us up */
    if (fd < 0)
        return error_set(err, ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    struct buf all = buf_with_max(max);
    bool ok = is_private(fd, path, err) && read_all(fd, path, max, &all, err);
    close(fd);
    if (ok) {
        buf_done(ret);
        *ret = all;
    } else {
        buf_done(&all);
    }
    return ok;
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
