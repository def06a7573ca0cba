/* The database and what was chosen (doctor.h). */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/config_key.h"
#include "tui/verb/doctor.h"

/* --- database ------------------------------------------------------------------------------------ */

/* The newest database that was moved aside, by the time in its name. */
static const char *last_aside(struct doctor *d, size_t *ret_count)
{
    static const char start[] = "rlab.db.damaged-";
    const char *last = NULL;
    const struct dirent *e;
    DIR *folder = opendir(d->paths.data_dir);
    *ret_count = 0;
    while (folder && (e = readdir(folder))) {
        size_t len = strlen(e->d_name);
        bool part = len > 4 && (strcmp(e->d_name + len - 4, "-wal") == 0 ||
                                strcmp(e->d_name + len - 4, "-shm") == 0);
        if (part || strncmp(e->d_name, start, sizeof start - 1) != 0)
            continue;
        ++*ret_count;
        if (!last || strcmp(e->d_name, last) > 0)
            last = doctor_text(d, "%s", e->d_name);
    }
    if (folder)
        closedir(folder);
    return last ? doctor_text(d, "%s/%s", d->paths.data_dir, last) : NULL;
}

static void check_aside(struct doctor *d)
{
    size_t count;
    char bytes[SECONDS_SIZE];
    struct stat st;
    const char *last = last_aside(d, &count);
    if (!last)
        return;
    doctor_note(
        d, (struct finding){ .area = "database",
                             .what = "moved aside",
                             .found = doctor_text(
                                 d, "%s, %s%s", last,
                                 bytes_text(stat(last, &st) == 0 ? (int64_t)st.st_size : -1, bytes),
                                 count > 1 ? doctor_text(d, " (and %zu earlier)", count - 1) : ""),
                             .todo = "it was damaged and is kept; remove it when nothing in it is "
                                     "wanted" });
}

/* Why rows could not reach the file, found without making anything; NULL where they can.
 * `ret_mount`: the disk is mounted for reading only, and no right helps. */
static const char *unwritable(struct doctor *d, bool *ret_mount)
{
    struct stat st, link;
    char *path = doctor_text(d, "%s", d->paths.database);
    if (stat(path, &st) == 0 && access(path, W_OK) != 0) {
        int code = errno;
        *ret_mount = code == EROFS;
        return doctor_text(d, "'%s' cannot be written: %s", path, strerror(code));
    }
    for (char *slash; (slash = strrchr(path, '/'));) { /* the nearest folder that is there */
        *slash = '\0';
        const char *folder = *path ? path : "/";
        bool there = stat(folder, &st) == 0;
        if (!there && errno == ENOENT && lstat(folder, &link) == 0)
            return doctor_text(d, "the folder '%s' is a link to what is not there", folder);
        if (!there && errno == ENOENT && *path)
            continue;
        if (there && !S_ISDIR(st.st_mode))
            return doctor_text(d, "'%s' is no folder", folder);
        if (access(folder, W_OK | X_OK) == 0)
            return NULL;
        return doctor_text(d, "the folder '%s' cannot be written: %s", folder, strerror(errno));
    }
    return NULL;
}

/* rlab takes a log wherever one works, tried at each start that records. What the doctor can see
 * without such a trial is that it cannot work; else a file without a log may be one that somebody
 * else wrote to. */
static const char *journal_words(const struct store_exam *x)
{
    if (x->facts.wal)
        return x->no_shared ? "write-ahead log (no shared memory: the next question ends it)"
                            : "write-ahead log";
    return x->network     ? "rollback journal"
           : x->no_shared ? "rollback journal (no shared memory for a log)"
                          : "rollback journal (the next question tries for a write-ahead log)";
}

static const char *file_words(struct doctor *d)
{
    const struct store_exam *x = &d->exam;
    char bytes[SECONDS_SIZE];
    if (x->state == STORE_MISSING)
        return doctor_text(d, "none at %s yet: it is made with what is recorded first",
                           d->paths.database);
    return doctor_text(d, "%s, %s, version %d, %s%s%s%s", d->paths.database,
                       bytes_text(x->facts.bytes, bytes), x->facts.version, journal_words(x),
                       x->network ? ", on " : "", x->network ? x->network : "",
                       x->others ? doctor_text(d, ", open in %d other rlab%s", x->others,
                                               x->others == 1 ? "" : "s")
                                 : "");
}

/* A row a way the file can be; those not listed are well. */
static const struct {
    int state;
    enum health health;
    enum problem problem;
    const char *found, *todo; /* found: said of the path */
} file_rows[] = {
    { STORE_NEWER, HEALTH_WARN, PROBLEM_NEWER,
      "was made by a newer rlab: it is only read, nothing is recorded",
      "update rlab, or record elsewhere: --data-dir" },
    { STORE_FOREIGN, HEALTH_BAD, PROBLEM_FOREIGN,
      "is not rlab's: it is a database of another program, or no file",
      "choose another data folder: RLAB_DATA_DIR or --data-dir" },
    { STORE_DAMAGED, HEALTH_WARN, PROBLEM_DAMAGED, "is damaged",
      "go on: the next question moves it aside, whole, and begins a new one; or put a backup in "
      "its "
      "place first" },
    { STORE_UNREADABLE, HEALTH_BAD, PROBLEM_PERMISSIONS, "cannot be read",
      "look at the rights of the file and its folder: ls -la" },
};

/* Something that is no plain file has the name of the database, or of what SQLite keeps beside. */
static void explain_block(struct doctor *d, struct finding *f)
{
    const char *path = d->paths.database, *by = d->exam.blocked;
    f->health = HEALTH_BAD;
    f->problem = PROBLEM_FOREIGN;
    if (*by) {
        f->found = doctor_text(d, "'%s%s' is no plain file: the database cannot be used beside it",
                               path, by);
        f->todo =
            doctor_text(d, "move it away: mv '%s%s' '%s/moved%s'", path, by, d->paths.data_dir, by);
        return;
    }
    f->found = doctor_text(d, "'%s' is a link to what is not there", path);
    f->todo = doctor_text(d, "bring back what it leads to, or begin anew: rm '%s'", path);
}

static void check_file(struct doctor *d)
{
    struct finding f = { .area = "database", .what = "database", .code = EXIT_DATABASE };
    store_examine(d->paths.database, clock_real(), &d->exam);
    size_t i = 0;
    while (i < sizeof file_rows / sizeof *file_rows && file_rows[i].state != (int)d->exam.state)
        i++;
    bool mount = false;
    const char *why = unwritable(d, &mount);
    if (d->exam.blocked && d->exam.state != STORE_FOREIGN) {
        explain_block(d, &f);
    } else if (i < sizeof file_rows / sizeof *file_rows) {
        f.health = file_rows[i].health;
        f.problem = file_rows[i].problem;
        f.found = doctor_text(d, "'%s' %s", d->paths.database, file_rows[i].found);
        f.todo = file_rows[i].todo;
    } else if (why) {
        bool there = d->exam.state == STORE_SOUND;
        f.health = there ? HEALTH_WARN : HEALTH_BAD;
        f.problem = PROBLEM_PERMISSIONS;
        f.found = why;
        f.todo =
            mount   ? "what is there can be read; to record again mount the disk for writing, or "
                      "take another folder: --data-dir"
            : there ? "what is there can be read; to record again give yourself the right: chmod "
                      "u+w, or another folder: --data-dir"
                    : "answers are given but not recorded; another folder: RLAB_DATA_DIR or "
                      "--data-dir";
    } else {
        f.found = file_words(d);
    }
    doctor_note(d, f);
    if (d->session->options.no_history)
        doctor_note(d, (struct finding){ .area = "database",
                                         .what = "history",
                                         .found = "off for this command (--no-history)" });
}

/* --- settings ------------------------------------------------------------------------------------ */

static void check_rules(struct doctor *d)
{
    struct lab *lab = &d->session->lab;
    struct error err;
    const char *origin, *name = lab_setting(lab, "ask.rules", &origin);
    struct finding f = { .area = "settings", .what = "rules", .code = EXIT_MISUSE };
    if (name && !lab_use_rules(lab, name, &err)) {
        f.health = HEALTH_BAD;
        f.problem = PROBLEM_SETTINGS;
        f.found = doctor_text(d, "%s (%s)", err.text, origin);
        f.todo = "correct the file, or take others: rlab rules use basic";
    } else {
        f.found = doctor_text(d, "%s (%s)", rules_name(lab->rules), origin);
    }
    doctor_note(d, f);
}

/* Whatever is not as it comes, and who said so. */
static void check_settings(struct doctor *d)
{
    const struct config_key *k;
    size_t usual = 0;
    for (size_t i = 0; (k = config_key_at(i)); i++) {
        if (config_section_find(k->section)->named)
            continue;
        const char *key = doctor_text(d, "%s.%s", k->section, k->name), *origin;
        const char *value = lab_setting(&d->session->lab, key, &origin);
        usual += strcmp(origin, "default") == 0;
        if (strcmp(origin, "default") != 0)
            doctor_note(d, (struct finding){
                               .area = "settings",
                               .what = key,
                               .found = doctor_text(d, "%s (%s)", value ? value : "-", origin) });
    }
    doctor_note(
        d, (struct finding){ .area = "settings",
                             .what = "others",
                             .found = doctor_text(d, "%zu settings are at their default", usual) });
}

void doctor_database(struct doctor *d)
{
    check_file(d);
    check_aside(d);
}

void doctor_settings(struct doctor *d)
{
    if (paths_have_files(&d->paths)) /* without them there are none, which is told already */
        check_rules(d);
    check_settings(d);
}
