/* Folders and files: whose they are, and who else may do what (doctor.h). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/config.h"
#include "tui/verb/doctor.h"

/* What others may do to it that they should not. */
enum closed {
    CLOSED_TO_ALL,    /* nobody else may look in */
    CLOSED_TO_CHANGE, /* anybody may look in, nobody may change it */
};

/* A sentence and what to do, or NULL: nothing is wrong with it. `link` is the entry itself, `st`
 * what it leads to. */
static const char *wrong_with(struct doctor *d, const char *path, const struct stat *link,
                              const struct stat *st, enum closed closed, const char **ret_todo)
{
    mode_t too_much = st->st_mode & (closed == CLOSED_TO_ALL ? 077 : 022);
    const char *right = S_ISDIR(st->st_mode) ? "700" : "600";
    if (st->st_uid != geteuid() && !(closed == CLOSED_TO_CHANGE && st->st_uid == 0)) {
        *ret_todo = doctor_text(d,
                                "make it yours: chown -R \"$(id -un)\" '%s' (as root), or choose "
                                "another place",
                                path);
        return doctor_text(d, "belongs to another user (number %u)", (unsigned)st->st_uid);
    }
    if (too_much) {
        *ret_todo = closed == CLOSED_TO_ALL
                        ? doctor_text(d, "others can look in: chmod %s '%s'", right, path)
                        : doctor_text(d,
                                      "others can change it, and so send your keys elsewhere: "
                                      "chmod go-w '%s'",
                                      path);
        return "";
    }
    if (S_ISREG(st->st_mode) && st->st_nlink > 1) {
        *ret_todo = "others may reach it by that name: copy it, and move the copy over it";
        return "has a second name elsewhere (a hard link)";
    }
    if (S_ISLNK(link->st_mode) && link->st_uid != geteuid()) {
        *ret_todo = doctor_text(d, "it was laid by another user: rm '%s'", path);
        return "is a link to elsewhere";
    }
    if (access(path, S_ISDIR(st->st_mode) ? W_OK | X_OK : W_OK) != 0 && closed == CLOSED_TO_ALL) {
        *ret_todo = errno == EROFS
                        ? "its disk is mounted for reading only: choose another place with "
                          "RLAB_DATA_DIR or --data-dir"
                        : doctor_text(d,
                                      "it cannot be written, so nothing is recorded there: chmod "
                                      "u+rwX '%s', or another place: --data-dir",
                                      path);
        return doctor_text(d, "cannot be written (%s)", strerror(errno));
    }
    return NULL;
}

/* `quiet`: only told where something is wrong. */
static void check_place(struct doctor *d, const char *what, const char *path, enum closed closed,
                        bool quiet)
{
    struct stat st, link;
    struct finding f = { .area = "files", .what = what, .found = path };
    if (!path)
        return;
    if (lstat(path, &link) != 0 || stat(path, &st) != 0) {
        f.found =
            doctor_text(d, "%s, %s", path, errno == ENOENT ? "not there yet" : strerror(errno));
        if (errno != ENOENT) {
            f.health = HEALTH_WARN;
            f.problem = PROBLEM_PERMISSIONS;
            f.todo = "look at the rights of the folders above it: ls -ld, chmod u+x";
        }
        if (!quiet || f.health)
            doctor_note(d, f);
        return;
    }
    f.found = doctor_text(d, "%s, mode %04o", path, (unsigned)(st.st_mode & 07777));
    const char *wrong = NULL;
    if (strstr(what, " folder") && !S_ISDIR(st.st_mode)) {
        wrong = "is no folder";
        f.todo = doctor_text(d, "move it away: mv '%s' '%s-moved'", path, path);
    } else {
        wrong = wrong_with(d, path, &link, &st, closed, &f.todo);
    }
    if (wrong) {
        f.health = HEALTH_WARN;
        f.problem = PROBLEM_PERMISSIONS;
        f.found = doctor_text(d, "%s%s%s", f.found, *wrong ? ", " : "", wrong);
    }
    if (!quiet || f.health)
        doctor_note(d, f);
}

/* What is no file where the database, or what SQLite keeps beside it, should be: its rights do not
 * matter, it is told with the database. */
static bool is_in_the_way(int folder, const char *name)
{
    struct stat st;
    bool itself = strcmp(name, "rlab.db") == 0, beside = strncmp(name, "rlab.db-", 8) == 0;
    return (itself || beside) &&
           fstatat(folder, name, &st, itself ? 0 : AT_SYMLINK_NOFOLLOW) == 0 &&
           !S_ISREG(st.st_mode);
}

/* Everything rlab puts there; what a person laid beside it is theirs. */
static void check_contents(struct doctor *d, const char *folder)
{
    static const char *const starts[] = { "rlab.db", "rlab.log", "copied.txt", "mini",
                                          "model-server.json" };
    const struct dirent *e;
    DIR *dir = opendir(folder);
    while (dir && (e = readdir(dir)))
        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
            if (strncmp(e->d_name, starts[i], strlen(starts[i])) == 0 &&
                !is_in_the_way(dirfd(dir), e->d_name)) {
                const char *name = doctor_text(d, "%s", e->d_name);
                check_place(d, name, doctor_text(d, "%s/%s", folder, name), CLOSED_TO_ALL, true);
            }
    if (dir)
        closedir(dir);
}

/* No key belongs into the config, and one that stands there is refused; but by then others may
 * have read it. */
static void check_config_secret(struct doctor *d)
{
    struct config config = { 0 };
    struct error err;
    struct stat st;
    const char *path = d->paths.config_file;
    if (!path || stat(path, &st) != 0 || !(st.st_mode & 044) ||
        config_load(path, false, &d->arena, &config, &err) ||
        !strstr(err.text, "does not belong in this file"))
        return;
    doctor_note(d, (struct finding){
                       .area = "files",
                       .what = "config secret",
                       .found = doctor_text(d,
                                            "%s holds a secret, and its mode %04o lets others "
                                            "read it",
                                            path, (unsigned)(st.st_mode & 07777)),
                       .todo = "take the secret out of the file, and have a new one made",
                       .health = HEALTH_BAD,
                       .problem = PROBLEM_PERMISSIONS,
                       .code = EXIT_MISUSE });
}

/* A program that was copied alone to another folder. */
static void check_own_files(struct doctor *d)
{
    const struct paths *p = &d->paths;
    struct finding f = { .area = "files", .what = "rlab's files", .code = EXIT_MISUSE };
    if (paths_have_files(p)) {
        f.found = doctor_text(d, "%s", p->source_data ? p->source_data : p->share_dir);
    } else {
        f.found = doctor_text(d, "no rules, sets, lessons and models from '%s' upwards and in '%s'",
                              p->binary_dir ? p->binary_dir : "the program's folder", p->share_dir);
        f.todo =
            "start it with ./lab in its source folder, or install it from there: ./lab install";
        f.health = HEALTH_BAD;
        f.problem = PROBLEM_FILES;
    }
    doctor_note(d, f);
}

void doctor_files(struct doctor *d)
{
    check_own_files(d);
    bool apart = strcmp(d->paths.data_dir, d->paths.state_dir) != 0;
    check_place(d, "data folder", d->paths.data_dir, CLOSED_TO_ALL, false);
    check_contents(d, d->paths.data_dir);
    if (apart) {
        check_place(d, "state folder", d->paths.state_dir, CLOSED_TO_ALL, false);
        check_contents(d, d->paths.state_dir);
    }
    check_place(d, "config folder", d->paths.config_dir, CLOSED_TO_CHANGE, true);
    check_place(d, "config file", d->paths.config_file, CLOSED_TO_CHANGE, true);
    check_config_secret(d);
}
