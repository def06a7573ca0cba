/* rlab backup: a whole copy of the database, while it is in use. */
#include <sys/stat.h>

#include "tui/verb/session.h"

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    s->options.without_files = true;
    if (a->count != 1)
        return error_set(err, ERR_USAGE, "back up to which file? rlab backup FILE");
    const char *path = a->words[0];
    struct stat st;
    char size[SECONDS_SIZE];
    if (!session_open_store(s, err) || !store_backup(s->lab.store, path, err))
        return false;
    int64_t bytes = stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
    if (s->json) {
        struct json *j = json_object();
        json_put_text(j, "schema", "rlab.backup/1");
        json_put_text(j, "file", path);
        json_put_int(j, "bytes", bytes);
        print_json(j);
    } else {
        say("the database is copied to '%s', %s", path, bytes_text(bytes, size));
    }
    return true;
}

const struct verb verb_backup = {
    .name = "backup",
    .words = "FILE",
    .summary = "copy the database to a new file",
    .help = "Safe while other rlabs run. The copy is a database of its own: put it in a\n"
            "folder as rlab.db and name the folder with --data-dir to look into it.",
    .example = "rlab backup ~/rlab-monday.db",
    .options = (const enum option[]){ OPTIONS },
    .run = run,
};
