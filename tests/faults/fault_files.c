/* Files and sockets that fail (fault.h). What the C library's own streams write is seen too, as
 * far as it is one of the calls below: a stream's last bytes go out through fflush or fclose. */
#include "tests/faults/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define NEXT(type, name)                                                                           \
    static type;                                                                                   \
    if (!next)                                                                                     \
        next = fault_next(name);

static long long file_at(int fd, size_t more)
{
    long long at = lseek(fd, 0, SEEK_CUR);
    return at < 0 ? -1 : at + (long long)more;
}

/* How much of a write is done: -1 none, for it fails. */
static long long allowed(int fd, size_t size, long long end)
{
    if (!fault_strikes_file(FAULT_WRITE, fd, end))
        return (long long)size;
    if (strcmp(fault_how(), "short") == 0 && size > 1)
        return (long long)size / 2;
    errno = fault_errno();
    return -1;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    NEXT(ssize_t(*next)(int, const void *, size_t), "write")
    long long n = allowed(fd, size, file_at(fd, size));
    return n < 0 ? -1 : next(fd, bytes, (size_t)n);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    NEXT(ssize_t(*next)(int, const void *, size_t, off_t), "pwrite")
    long long n = allowed(fd, size, at + (long long)size);
    return n < 0 ? -1 : next(fd, bytes, (size_t)n, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
    NEXT(ssize_t(*next)(int, const void *, size_t, off64_t), "pwrite64")
    long long n = allowed(fd, size, at + (long long)size);
    return n < 0 ? -1 : next(fd, bytes, (size_t)n, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    NEXT(ssize_t(*next)(int, const struct iovec *, int), "writev")
    size_t size = 0;
    for (int i = 0; i < count; i++)
        size += parts[i].iov_len;
    return allowed(fd, size, file_at(fd, size)) < 0 ? -1 : next(fd, parts, count);
}

static bool length_fails(int fd, long long end)
{
    if (!fault_strikes_file(FAULT_WRITE, fd, end))
        return false;
    errno = fault_errno();
    return true;
}

int ftruncate(int fd, off_t size)
{
    NEXT(int (*next)(int, off_t), "ftruncate")
    return length_fails(fd, size) ? -1 : next(fd, size);
}

int ftruncate64(int fd, off64_t size)
{
    NEXT(int (*next)(int, off64_t), "ftruncate64")
    return length_fails(fd, size) ? -1 : next(fd, size);
}

int fallocate64(int fd, int mode, off64_t at, off64_t size)
{
    NEXT(int (*next)(int, int, off64_t, off64_t), "fallocate64")
    return length_fails(fd, at + size) ? -1 : next(fd, mode, at, size);
}

int posix_fallocate64(int fd, off64_t at, off64_t size)
{
    NEXT(int (*next)(int, off64_t, off64_t), "posix_fallocate64")
    return length_fails(fd, at + size) ? fault_errno() : next(fd, at, size);
}

/* A stream that failed says so when it is asked (ferror). */
static int stream_fails(FILE *f)
{
    if (!f || !fault_strikes_file(FAULT_WRITE, fileno(f), -1))
        return 0;
#ifdef _IO_ERR_SEEN
    f->_flags |= _IO_ERR_SEEN;
#endif
    errno = fault_errno();
    return 1;
}

int fflush(FILE *f)
{
    NEXT(int (*next)(FILE *), "fflush")
    return stream_fails(f) ? EOF : next(f);
}

size_t fwrite(const void *bytes, size_t size, size_t count, FILE *f)
{
    NEXT(size_t(*next)(const void *, size_t, size_t, FILE *), "fwrite")
    return stream_fails(f) ? 0 : next(bytes, size, count, f);
}

int fputs(const char *text, FILE *f)
{
    NEXT(int (*next)(const char *, FILE *), "fputs")
    return stream_fails(f) ? EOF : next(text, f);
}

int fclose(FILE *f)
{
    NEXT(int (*next)(FILE *), "fclose")
    int saved, failed = stream_fails(f);
    saved = errno;
    int closed = next(f); /* closed it is, whatever was lost */
    if (failed)
        errno = saved;
    return failed ? EOF : closed;
}

/* --- syncs ---------------------------------------------------------------------------------- */

static bool sync_fails(int fd)
{
    if (!fault_strikes_file(FAULT_SYNC, fd, -1))
        return false;
    errno = fault_errno();
    return true;
}

int fsync(int fd)
{
    NEXT(int (*next)(int), "fsync")
    return sync_fails(fd) ? -1 : next(fd);
}

int fdatasync(int fd)
{
    NEXT(int (*next)(int), "fdatasync")
    return sync_fails(fd) ? -1 : next(fd);
}

/* --- reads ---------------------------------------------------------------------------------- */

/* What a struck read gives: 0 for the end, -1 with errno. */
static int broken(void)
{
    if (strcmp(fault_how(), "eof") == 0)
        return 0;
    errno = fault_errno();
    return -1;
}

static bool is_socket(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

ssize_t read(int fd, void *bytes, size_t size)
{
    NEXT(ssize_t(*next)(int, void *, size_t), "read")
    bool fails =
        is_socket(fd) ? fault_strikes(FAULT_RECEIVE) : fault_strikes_file(FAULT_READ, fd, -1);
    return fails ? broken() : next(fd, bytes, size);
}

ssize_t pread(int fd, void *bytes, size_t size, off_t at)
{
    NEXT(ssize_t(*next)(int, void *, size_t, off_t), "pread")
    return fault_strikes_file(FAULT_READ, fd, -1) ? broken() : next(fd, bytes, size, at);
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t at)
{
    NEXT(ssize_t(*next)(int, void *, size_t, off64_t), "pread64")
    return fault_strikes_file(FAULT_READ, fd, -1) ? broken() : next(fd, bytes, size, at);
}

ssize_t recv(int fd, void *bytes, size_t size, int flags)
{
    NEXT(ssize_t(*next)(int, void *, size_t, int), "recv")
    /* A look at what waits is not yet a read. */
    return !(flags & MSG_PEEK) && fault_strikes(FAULT_RECEIVE) ? broken()
                                                               : next(fd, bytes, size, flags);
}

ssize_t send(int fd, const void *bytes, size_t size, int flags)
{
    NEXT(ssize_t(*next)(int, const void *, size_t, int), "send")
    if (fault_strikes(FAULT_SEND)) {
        errno = fault_errno();
        return -1;
    }
    return next(fd, bytes, size, flags);
}

/* --- opening -------------------------------------------------------------------------------- */

static bool open_fails(void)
{
    if (!fault_strikes(FAULT_OPEN))
        return false;
    errno = fault_errno();
    return true;
}

#define MODE(flags)                                                                                \
    mode_t mode = 0;                                                                               \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {                                                       \
        va_list args;                                                                              \
        va_start(args, flags);                                                                     \
        mode = (mode_t)va_arg(args, unsigned);                                                     \
        va_end(args);                                                                              \
    }

int open(const char *path, int flags, ...)
{
    NEXT(int (*next)(const char *, int, ...), "open")
    MODE(flags)
    return open_fails() ? -1 : next(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    NEXT(int (*next)(const char *, int, ...), "open64")
    MODE(flags)
    return open_fails() ? -1 : next(path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    NEXT(FILE * (*next)(const char *, const char *), "fopen")
    return open_fails() ? NULL : next(path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
    NEXT(FILE * (*next)(const char *, const char *), "fopen64")
    return open_fails() ? NULL : next(path, mode);
}
