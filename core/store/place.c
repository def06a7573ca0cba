/* Folder, rights and file system of the database (place.h). */
#include "core/store/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/store/db.h"

static char *folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return arena_string(a, ".");
    return arena_copy(a, path, slash == path ? 1 : (size_t)(slash - path));
}

static bool leads_nowhere(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && stat(path, &st) != 0 && errno == ENOENT;
}

static bool prepare_folder(const char *folder, struct error *err)
{
    struct stat st;
    if (stat(folder, &st) == 0) { /* a folder that was there may be meant for others too */
        if (!S_ISDIR(st.st_mode))
            return error_set(err, ERR_IO, "'%s' is no folder: choose another data folder", folder);
        return place_is_own(&st) || (st.st_mode & S_ISVTX) ||
               error_set(err, ERR_IO,
                         "the folder '%s' belongs to another user, who could change what is in "
                         "it: choose another data folder",
                         folder);
    }
    if (leads_nowhere(folder))
        return error_set(err, ERR_IO,
                         "the folder '%s' is a link to what is not there: choose another data "
                         "folder",
                         folder);
    if (!file_make_folder(folder, err))
        return false;
    return chmod(folder, 0700) == 0 ||
           error_set(err, ERR_IO, "cannot set the rights of the folder '%s': %s", folder,
                     strerror(errno));
}

bool place_is_own(const struct stat *st)
{
    return st->st_uid == geteuid() || st->st_uid == 0 || geteuid() == 0;
}

/* Takes group and others off a file that is ours and nothing else: where another name leads to
 * it (a link somebody may have laid), its rights are not for us to change. */
static void tighten(const char *path, const struct stat *st)
{
    struct stat link;
    if ((st->st_mode & 07777) != 0600 && st->st_uid == geteuid() && st->st_nlink == 1 &&
        lstat(path, &link) == 0 && S_ISREG(link.st_mode))
        chmod(path, 0600);
}

const char *place_blocked_by(const char *path, struct error *err)
{
    static const char *const beside[] = { "-journal", "-wal", "-shm" };
    struct arena a = { 0 };
    struct stat st;
    const char *by = NULL;
    if (leads_nowhere(path)) {
        by = "";
        error_set(err, ERR_IO, "the database '%s' is a link to what is not there: remove the link",
                  path);
    } else if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        by = "";
        error_set(err, ERR_IO, "the database '%s' is no file: choose another data folder", path);
    }
    for (size_t i = 0; !by && i < sizeof beside / sizeof *beside; i++) {
        const char *name = arena_format(&a, "%s%s", path, beside[i]);
        if (lstat(name, &st) != 0 || S_ISREG(st.st_mode))
            continue;
        by = beside[i];
        error_set(err, ERR_IO,
                  "'%s' is no plain file, and the database cannot be used beside it: move it away",
                  name);
    }
    arena_done(&a);
    return by;
}

/* An existing file is not opened here: closing it again would take away the locks another
 * connection of this process holds on it. */
static bool prepare_file(const char *path, struct error *err)
{
    struct stat st;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        fchmod(fd, 0600); /* whatever the umask took; where that fails it still works */
        close(fd);
        return true;
    }
    if (errno != EEXIST)
        return error_set(err, ERR_IO, "the database '%s' cannot be made: %s", path,
                         strerror(errno));
    if (stat(path, &st) != 0 || faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) != 0)
        return error_set(err, ERR_IO, "the database '%s' cannot be written: %s", path,
                         strerror(errno));
    if (!place_is_own(&st))
        return error_set(err, ERR_IO,
                         "the database '%s' belongs to another user, who could read what is "
                         "written there: choose another data folder",
                         path);
    tighten(path, &st);
    return true;
}

bool place_prepare(const char *path, struct error *err)
{
    struct arena a = { 0 };
    const char *folder = folder_of(&a, path);
    bool ok = prepare_folder(folder, err);
    /* SQLite makes its journal beside the file, so the folder must take files too. */
    if (ok && faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0)
        ok = error_set(err, ERR_IO, "the folder '%s' cannot be written: %s", folder,
                       strerror(errno));
    ok = ok && prepare_file(path, err);
    arena_done(&a);
    return ok;
}

bool place_is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool reads_through(const char *path, struct error *err)
{
    char bytes[16384];
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return true;
    do
        n = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
    while (n > 0 || (n < 0 && fd >= 0 && errno == EINTR));
    int why = errno;
    if (fd >= 0)
        close(fd);
    return n == 0 || error_set(err, ERR_IO,
                               "the database '%s' cannot be read: %s: look at the disk, or choose "
                               "another data folder",
                               path, strerror(why));
}

bool place_is_readable(const char *path, struct error *err)
{
    struct arena a = { 0 };
    bool ok = reads_through(path, err) && reads_through(arena_format(&a, "%s-wal", path), err);
    arena_done(&a);
    return ok;
}

bool place_move_aside(const char *path, int64_t wall_ns, char **ret, struct error *err)
{
    time_t seconds = (time_t)(wall_ns / NS_PER_S);
    struct tm tm;
    char stamp[40] = "unknown";
    if (gmtime_r(&seconds, &tm))
        strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &tm);
    struct arena a = { 0 };
    const char *aside = arena_format(&a, "%s.damaged-%s", path, stamp);
    for (int i = 2; file_exists(aside); i++) /* two within a second: nothing is overwritten */
        aside = arena_format(&a, "%s.damaged-%s-%d", path, stamp, i);
    bool ok = rename(path, aside) == 0;
    if (!ok)
        error_set(err, ERR_IO, "the database '%s' is damaged and cannot be moved aside: %s", path,
                  strerror(errno));
    static const char *const beside[] = { "-wal", "-shm", "-journal" };
    for (size_t i = 0; ok && i < sizeof beside / sizeof *beside; i++)
        rename(arena_format(&a, "%s%s", path, beside[i]),
               arena_format(&a, "%s%s", aside, beside[i])); /* mostly there is none */
    if (ok)
        *ret = mem_string(aside);
    arena_done(&a);
    return ok;
}

const char *place_network(const char *path)
{
#ifdef __linux__
    static const struct {
        uint32_t type;
        const char *name;
    } networks[] = {
        { 0x6969, "nfs" },        { 0x0BD00BD0, "lustre" }, { 0x47504653, "gpfs" },
        { 0xFF534D42, "cifs" },   { 0xFE534D42, "smb" },    { 0x517B, "smb" },
        { 0x01021997, "9p" },     { 0x5346414F, "afs" },    { 0x00C36400, "ceph" },
        { 0x19830326, "beegfs" }, { 0xAAD7AAEA, "panfs" },
    };
    struct arena a = { 0 };
    struct statfs fs;
    bool known = statfs(folder_of(&a, path), &fs) == 0;
    arena_done(&a);
    for (size_t i = 0; known && i < sizeof networks / sizeof *networks; i++)
        if ((uint32_t)fs.f_type == networks[i].type)
            return networks[i].name;
#else
    (void)path;
#endif
    return NULL;
}

/* Whose probe a file is stands in its name, so that one whose process is gone can be told. */
#define PROBE ".probe-"

/* Of a disk without inodes SQLite only says that a file could not be opened. Asked while the probe
 * has its files, which may have taken the last ones. */
static const char *why_no_wal(const char *probe)
{
    struct arena a = { 0 };
    const char *one_more = arena_format(&a, "%s+", probe);
    int fd = open(one_more, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), failed = errno;
    if (fd >= 0) {
        close(fd);
        unlink(one_more);
    }
    arena_done(&a);
    return fd >= 0                                ? "no shared memory"
           : failed == ENOSPC || failed == EDQUOT ? "the disk has no room for another file"
                                                  : "no file can be made beside it";
}

/* One connection writes, another reads: that is what must work, not the pragma alone. NULL, or why
 * it does not. */
static const char *wal_fails(const char *probe)
{
    struct db one = { 0 }, two = { 0 };
    struct error err;
    int64_t n = 0;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    bool ok = db_open(probe, flags, probe, &one, &err) &&
              db_exec(&one,
                      "PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL;"
                      "CREATE TABLE probe(x); INSERT INTO probe VALUES (7)",
                      &err) &&
              db_open(probe, flags, probe, &two, &err) &&
              db_number(&two, "SELECT x FROM probe", &n, &err) && n == 7 &&
              db_says(&two, "PRAGMA journal_mode", "wal");
    bool full = one.failed == SQLITE_FULL || two.failed == SQLITE_FULL;
    const char *why = ok ? NULL : full ? "the disk is full" : why_no_wal(probe);
    db_close(&two);
    db_close(&one);
    return why;
}

const char *place_refuses_wal(const char *path)
{
    const char *network = place_network(path);
    if (network)
        return network;
    uint64_t tag;
    hash_random(&tag, sizeof tag);
    struct arena a = { 0 };
    const char *probe =
        arena_format(&a, "%s" PROBE "%ld-%016llx", path, (long)getpid(), (unsigned long long)tag);
    const char *why = wal_fails(probe);
    static const char *const parts[] = { "", "-wal", "-shm", "-journal" };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        unlink(arena_format(&a, "%s%s", probe, parts[i]));
    arena_done(&a);
    return why;
}

static bool is_orphan(const char *name, const char *file)
{
    size_t len = strlen(file);
    if (strncmp(name, file, len) != 0 || strncmp(name + len, PROBE, strlen(PROBE)) != 0)
        return false;
    char *end;
    long pid = strtol(name + len + strlen(PROBE), &end, 10);
    return *end == '-' && pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

void place_sweep(const char *path)
{
    struct arena a = { 0 };
    const char *folder = folder_of(&a, path), *slash = strrchr(path, '/');
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));)
        if (is_orphan(e->d_name, slash ? slash + 1 : path))
            unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
    arena_done(&a);
}

char *place_address(const char *path, bool frozen)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t len = strlen(path), at = 0;
    char *to = mem_alloc(3 * len + 64, 1);
    at += (size_t)sprintf(to, "file:");
    for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
        if (*p == '%' || *p == '?' || *p == '#') {
            to[at++] = '%';
            to[at++] = hex[*p >> 4];
            to[at++] = hex[*p & 15];
        } else {
            to[at++] = (char)*p;
        }
    }
    strcpy(to + at, frozen ? "?mode=ro&immutable=1" : "?mode=ro");
    return to;
}

static int64_t bytes_of(const char *path, const char *suffix)
{
    struct arena a = { 0 };
    struct stat st;
    bool there = stat(arena_format(&a, "%s%s", path, suffix), &st) == 0;
    arena_done(&a);
    return there ? (int64_t)st.st_size : 0;
}

int64_t place_bytes(const char *path)
{
    return bytes_of(path, "") + bytes_of(path, "-wal");
}

bool place_has_wal(const char *path)
{
    return bytes_of(path, "-wal") > 0;
}

bool place_has_empty_wal(const char *path)
{
    struct arena a = { 0 };
    bool empty = place_is_file(arena_format(&a, "%s-wal", path)) && bytes_of(path, "-wal") == 0 &&
                 !file_exists(arena_format(&a, "%s-journal", path));
    arena_done(&a);
    return empty;
}

bool place_has_shm(const char *path)
{
    return bytes_of(path, "-shm") > 0;
}
