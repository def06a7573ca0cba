/* A look at the database that leaves no trace (store.h). */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/store/look.h"
#include "core/store/place.h"
#include "core/store/schema.h"
#include "core/store/session.h"
#include "core/store/store.h"

/* How long another rlab is waited for that opens or closes the file in this moment. */
#define BUSY_MS 200

/* The newest moment any row tells. The tables are those of the first version, so older files
 * have them too. */
static int64_t newest_wall(struct db *db)
{
    static const char sql[] =
        "SELECT max(coalesce((SELECT max(at_wall) FROM answer), 0),"
        "  coalesce((SELECT max(max(started_wall, coalesce(ended_wall, 0))) FROM session), 0),"
        "  coalesce((SELECT max(changed_wall) FROM setting), 0))";
    struct error ignored;
    int64_t newest = 0;
    return db_number(db, sql, &newest, &ignored) ? newest : 0;
}

/* Byte 18 of the header is 2 where the file is written through a log. Asked of the file, since
 * SQLite says otherwise of one that is opened without locks. Whether a log could be had is tried
 * without making one: a disk that shares no memory refuses to map the file itself, too. */
static void read_head(const char *path, struct store_exam *ret)
{
    unsigned char head[19] = { 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ret->facts.wal = read(fd, head, sizeof head) == (ssize_t)sizeof head && head[18] == 2;
    void *shared = mmap(NULL, sizeof head, PROT_READ, MAP_SHARED, fd, 0);
    ret->no_shared = shared == MAP_FAILED && errno == ENODEV;
    if (shared != MAP_FAILED)
        munmap(shared, sizeof head);
    close(fd);
}

/* What a file of ours tells. False where reading it met damage. */
static bool read_facts(struct db *db, const struct clock *clock, struct store_exam *ret)
{
    struct session_census census = { 0 };
    struct error ignored;
    int64_t version = 0;
    if (db_number(db, "PRAGMA user_version", &version, &ignored))
        ret->facts.version = (int)version;
    if (ret->state == STORE_NEWER) /* its tables may be others */
        return true;
    ret->last_wall_ns = newest_wall(db);
    if (session_count(db, clock_wall(clock), &census, &ignored))
        ret->others = census.alive;
    return !db->damaged && look_pages(db, clock);
}

void store_examine(const char *path, const struct clock *clock, struct store_exam *ret)
{
    static const int states[] = {
        [LOOK_NEW] = STORE_MISSING,     [LOOK_OURS] = STORE_SOUND,
        [LOOK_NEWER] = STORE_NEWER,     [LOOK_FOREIGN] = STORE_FOREIGN,
        [LOOK_DAMAGED] = STORE_DAMAGED, [LOOK_UNKNOWN] = STORE_UNREADABLE,
    };
    struct stat st;
    struct db db = { 0 };
    *ret = (struct store_exam){ .state = STORE_MISSING,
                                .facts.newest_version = schema_newest(),
                                .network = place_network(path) };
    if (lstat(path, &st) != 0)
        return;
    ret->blocked = place_blocked_by(path, &ret->why);
    if (ret->blocked) {
        bool other = stat(path, &st) == 0 && !S_ISREG(st.st_mode);
        ret->state = other ? STORE_FOREIGN : STORE_UNREADABLE;
        return;
    }
    ret->facts.bytes = place_bytes(path);
    read_head(path, ret);
    for (int again = 0; again <= 1; again++) {
        ret->state = states[look_at(path, BUSY_MS, !again, &db, &ret->why)];
        bool ours = ret->state == STORE_SOUND || ret->state == STORE_NEWER;
        if (ours && !read_facts(&db, clock, ret))
            ret->state = STORE_DAMAGED;
        db_close(&db);
        /* Damage, or somebody who writes? With locks that is no question. */
        if (ret->state != STORE_DAMAGED || !place_has_shm(path))
            break;
    }
}
