/* Laid under the program by tests (LD_PRELOAD): a disk without room, a clock that is off.
 *
 *   FAKE_FREE_BYTES=N    the disk has so many free bytes
 *   FAKE_FREE_FILES=N    ... and so many files can still be made
 *   FAKE_CLOCK_AHEAD=S   the wall clock is so many seconds ahead (may be negative)
 *
 * Apart from tests/faults/fault.h, which stands between the program and its memory: there every
 * allocation seems to be made by that library, so that leaks of foreign libraries (tests/leaks.supp)
 * are no longer told from ours, and are not looked for. Here they are. */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t which, struct timespec *ret)
{
    const char *ahead = getenv("FAKE_CLOCK_AHEAD");
    long failed = syscall(SYS_clock_gettime, which, ret);
    if (!failed && ahead && which == CLOCK_REALTIME)
        ret->tv_sec += atoll(ahead);
    return (int)failed;
}

int statvfs(const char *path, struct statvfs *ret)
{
    const char *bytes = getenv("FAKE_FREE_BYTES"), *files = getenv("FAKE_FREE_FILES");
    int (*real)(const char *, struct statvfs *) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, sizeof(long) == 8 ? "statvfs" : "statvfs64");
    int failed = real ? real(path, ret) : -1;
    if (!failed && bytes)
        ret->f_bavail = (fsblkcnt_t)(strtoull(bytes, NULL, 10) / ret->f_frsize);
    if (!failed && files) {
        ret->f_files = 1000;
        ret->f_favail = strtoull(files, NULL, 10);
    }
    return failed;
}
