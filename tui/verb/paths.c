/* rlab paths: where everything is. Looks, and makes nothing. */
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/paths.h"
#include "tui/verb/session.h"

static const char *state_of(const char *path, struct arena *a)
{
    struct stat st;
    char size[SECONDS_SIZE];
    if (!path)
        return "";
    if (stat(path, &st) != 0)
        return "  (not there)";
    if (S_ISDIR(st.st_mode))
        return "";
    return arena_format(a, "  (%s)", bytes_text((int64_t)st.st_size, size));
}

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct arena arena = { 0 };
    struct paths p;
    if (a->count)
        return error_set(err, ERR_USAGE, "paths takes no words");
    if (!paths_find(a->value[OPT_DATA_DIR], a->value[OPT_CONFIG], &arena, &p, err)) {
        arena_done(&arena);
        return false;
    }
    const struct {
        const char *key, *words, *path;
    } rows[] = {
        { "config_file", "config file", p.config_file },
        { "config_dir", "own rules, sets", p.config_dir },
        { "data_dir", "data folder", p.data_dir },
        { "database", "database", p.database },
        { "state_dir", "state folder", p.state_dir },
        { "log_file", "log", p.log_file },
        { "cache_dir", "cache folder", p.cache_dir },
        { "own_servers", "started servers", p.own_servers },
        { "source_data", "data of source", p.source_data },
        { "share_dir", "shipped data", p.share_dir },
    };
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.paths/1");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_put_text(j, rows[i].key, rows[i].path);
        if (!s->json && rows[i].path)
            print_line(s, "%-16s  %s%s", rows[i].words, rows[i].path,
                       state_of(rows[i].path, &arena));
    }
    if (s->json)
        print_json(j);
    else
        json_free(j);
    arena_done(&arena);
    return true;
}

const struct verb verb_paths = {
    .name = "paths",
    .words = "",
    .summary = "where config, database and log are",
    .help = "RLAB_DATA_DIR or --data-dir moves database and log, RLAB_CONFIG or --config\n"
            "names another config file; the rest follows the XDG variables.",
    .example = "rlab paths",
    .options = (const enum option[]){ OPTIONS },
    .run = run,
};
