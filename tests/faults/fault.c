/* What strikes when, and memory (fault.h). */
#include "tests/faults/fault.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files are regular ones only; a terminal or a pipe is nobody's disk. */
static const char *const kinds[FAULT_KINDS] = {
    [FAULT_ALLOC] = "alloc",     /* malloc, calloc, realloc, aligned ones */
    [FAULT_WRITE] = "write",     /* into files, their lengths too */
    [FAULT_SYNC] = "sync",       /* fsync, fdatasync */
    [FAULT_READ] = "read",       /* out of files */
    [FAULT_RECEIVE] = "receive", /* from sockets */
    [FAULT_SEND] = "send",       /* to sockets */
    [FAULT_OPEN] = "open",       /* files and folders */
    [FAULT_STEP] = "step",       /* of SQLite: sqlite3_step and sqlite3_exec */
};

static const struct {
    const char *name;
    int code;
} errors[] = {
    { "EACCES", EACCES }, { "ECONNRESET", ECONNRESET }, { "EDQUOT", EDQUOT },
    { "EIO", EIO },       { "EMFILE", EMFILE },         { "ENOMEM", ENOMEM },
    { "ENOSPC", ENOSPC }, { "EPIPE", EPIPE },           { "EROFS", EROFS },
};

struct counts {
    _Atomic uint64_t seen[FAULT_KINDS], struck;
};

static struct counts own_counts, *counts = &own_counts;
static int chosen = -1;
static uint64_t at = 1, times = 1;
static const char *how = "", *gate, *under;
static int code = EIO;
static bool growth_only;
static atomic_bool armed;

static void read_settings(void)
{
    const char *s = getenv("FAULT_KIND");
    for (int i = 0; s && i < FAULT_KINDS; i++)
        if (strcmp(kinds[i], s) == 0)
            chosen = i;
    if ((s = getenv("FAULT_AT")))
        at = strtoull(s, NULL, 10);
    if ((s = getenv("FAULT_TIMES")))
        times = strtoull(s, NULL, 10);
    if ((s = getenv("FAULT_HOW")))
        how = s;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(errors[i].name, how) == 0)
            code = errors[i].code;
    gate = getenv("FAULT_WHILE");
    under = getenv("FAULT_UNDER");
    s = getenv("FAULT_GROWTH");
    growth_only = s && *s == '1';
    s = getenv("FAULT_COUNTS");
    int fd = s ? open(s, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (fd < 0)
        return;
    if (ftruncate(fd, sizeof *counts) == 0) {
        void *p = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (p != MAP_FAILED)
            counts = p;
    }
    close(fd);
}

bool fault_strikes(enum fault_kind kind)
{
    if (!armed)
        return false;
    int saved = errno;
    bool now = !gate || access(gate, F_OK) == 0;
    errno = saved;
    if (!now)
        return false;
    uint64_t n = ++counts->seen[kind];
    if ((int)kind != chosen || n < at || (times && n >= at + times))
        return false;
    counts->struck++;
    errno = code;
    return true;
}

static bool is_under(int fd)
{
    char link[64], name[4096];
    if (!under)
        return true;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, name, sizeof name);
    return len >= (ssize_t)strlen(under) && strncmp(name, under, strlen(under)) == 0;
}

bool fault_strikes_file(enum fault_kind kind, int fd, long long end)
{
    struct stat st;
    if (!armed)
        return false;
    int saved = errno;
    bool counts_here = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && is_under(fd) &&
                       !(growth_only && kind == FAULT_WRITE && end <= st.st_size);
    errno = saved;
    return counts_here && fault_strikes(kind);
}

const char *fault_how(void)
{
    return how;
}

int fault_errno(void)
{
    return code;
}

void *fault_next(const char *name)
{
    void *p = dlsym(RTLD_NEXT, name);
    if (!p)
        _exit(99);
    return p;
}

/* --- memory --------------------------------------------------------------------------------- */

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static void (*next_free)(void *);
static void *(*next_aligned_alloc)(size_t, size_t);
static int (*next_posix_memalign)(void **, size_t, size_t);

/* What is asked for while the next functions are looked up, which takes memory itself. */
static _Alignas(16) char early[65536];
static size_t early_used;

static void *early_alloc(size_t bytes)
{
    bytes = (bytes + 15) & ~(size_t)15;
    if (bytes > sizeof early - early_used)
        _exit(99);
    void *p = early + early_used;
    early_used += bytes;
    return p;
}

static bool is_early(const void *p)
{
    return (const char *)p >= early && (const char *)p < early + sizeof early;
}

/* True once the next functions are known. Runs first long before there are threads. */
static bool looked_up(void)
{
    static bool looking;
    if (next_posix_memalign)
        return true;
    if (looking)
        return false;
    looking = true;
    next_malloc = fault_next("malloc");
    next_calloc = fault_next("calloc");
    next_realloc = fault_next("realloc");
    next_free = fault_next("free");
    next_aligned_alloc = fault_next("aligned_alloc");
    next_posix_memalign = fault_next("posix_memalign");
    looking = false;
    return true;
}

static bool no_memory(void)
{
    if (!fault_strikes(FAULT_ALLOC))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    if (!looked_up())
        return early_alloc(size);
    return no_memory() ? NULL : next_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (!looked_up())
        return early_alloc(count * size);
    return no_memory() ? NULL : next_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    if (!looked_up())
        return early_alloc(size);
    if (is_early(old)) {
        void *p = next_malloc(size);
        size_t left = (size_t)(early + sizeof early - (char *)old);
        return p ? memcpy(p, old, size < left ? size : left) : NULL;
    }
    return no_memory() ? NULL : next_realloc(old, size);
}

void free(void *p)
{
    if (p && !is_early(p) && looked_up())
        next_free(p);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return !looked_up() || no_memory() ? NULL : next_aligned_alloc(alignment, size);
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
    return !looked_up() || no_memory() ? ENOMEM : next_posix_memalign(ret, alignment, size);
}

/* --- main ----------------------------------------------------------------------------------- */

typedef int main_fn(int, char **, char **);
static main_fn *program;

static int armed_main(int argc, char **argv, char **environment)
{
    read_settings();
    armed = true;
    return program(argc, argv, environment);
}

/* How the C library starts a program. */
int __libc_start_main(main_fn *m, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end);
int __libc_start_main(main_fn *m, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end)
{
    int (*next)(main_fn *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *) =
        fault_next("__libc_start_main");
    program = m;
    return next(armed_main, argc, argv, init, fini, rtld_fini, stack_end);
}
