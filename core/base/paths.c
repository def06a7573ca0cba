/* Where rlab's folders are (paths.h). */
#include "core/base/paths.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"

#ifndef RLAB_SHARE_DIR
#define RLAB_SHARE_DIR "/usr/local/share/rlab"
#endif

static const char *set_variable(const char *name)
{
    const char *v = getenv(name);
    return v && *v ? v : NULL;
}

/* An XDG base folder; the specification says a relative value is ignored. */
static const char *base_dir(const char *variable, const char *home, const char *below,
                            struct arena *a)
{
    const char *v = set_variable(variable);
    if (v && v[0] == '/')
        return arena_format(a, "%s/rlab", v);
    return home ? arena_format(a, "%s/%s/rlab", home, below) : NULL;
}

/* The folder of the running binary, found through /proc where there is one. */
static char *binary_dir(struct arena *a)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0)
        return NULL;
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return NULL;
    *slash = '\0';
    return arena_string(a, path);
}

/* The file that stands for all of them. */
#define A_FILE_OF_OURS "rules/basic.rules"

/* data/ of the source tree a build folder lies in: build/rlab and build/x/rlab both count. */
static const char *find_source_data(const char *from, struct arena *a)
{
    char *dir = from ? arena_string(a, from) : NULL;
    for (int up = 0; dir && up < 3; up++) {
        const char *data = arena_format(a, "%s/data", dir);
        if (file_exists(arena_format(a, "%s/" A_FILE_OF_OURS, data)) &&
            file_exists(arena_format(a, "%s/meson.build", dir)))
            return data;
        char *slash = strrchr(dir, '/');
        if (!slash || slash == dir)
            return NULL;
        *slash = '\0';
    }
    return NULL;
}

/* PREFIX/share/rlab of an installed binary that was moved: bin/rlab beside share/rlab. */
static const char *find_share(const char *dir, struct arena *a)
{
    if (dir) {
        const char *beside = arena_format(a, "%s/../share/rlab", dir);
        if (file_exists(beside))
            return beside;
    }
    return RLAB_SHARE_DIR;
}

bool paths_find(const char *data_dir, const char *config, struct arena *a, struct paths *ret,
                struct error *err)
{
    const char *home = set_variable("HOME");
    if (!data_dir)
        data_dir = set_variable("RLAB_DATA_DIR");
    if (!config)
        config = set_variable("RLAB_CONFIG");

    struct paths p = { 0 };
    p.config_dir = base_dir("XDG_CONFIG_HOME", home, ".config", a);
    p.cache_dir = base_dir("XDG_CACHE_HOME", home, ".cache", a);
    p.data_dir =
        data_dir ? arena_string(a, data_dir) : base_dir("XDG_DATA_HOME", home, ".local/share", a);
    /* --data-dir moves database and log, not the config. */
    p.state_dir = data_dir ? p.data_dir : base_dir("XDG_STATE_HOME", home, ".local/state", a);
    if (!p.data_dir || !p.state_dir)
        return error_set(err, ERR_CONFIG,
                         "no folder for data: HOME is not set; set HOME, or RLAB_DATA_DIR");
    p.config_file = config         ? arena_string(a, config)
                    : p.config_dir ? arena_format(a, "%s/config.ini", p.config_dir)
                                   : NULL;
    p.database = arena_format(a, "%s/rlab.db", p.data_dir);
    p.log_file = arena_format(a, "%s/rlab.log", p.state_dir);
    const char *shared = set_variable("RLAB_DATA_DIR");
    if (!shared) /* --data-dir is one command's, the server is everybody's */
        shared = base_dir("XDG_STATE_HOME", home, ".local/state", a);
    p.own_servers = shared ? arena_format(a, "%s/model-server.json", shared) : NULL;
    p.binary_dir = binary_dir(a);
    p.source_data = find_source_data(p.binary_dir, a);
    p.share_dir = find_share(p.binary_dir, a);
    *ret = p;
    return true;
}

const char *paths_data(const struct paths *p, const char *name, struct arena *a)
{
    const char *tried[] = {
        p->config_dir ? arena_format(a, "%s/%s", p->config_dir, name) : NULL,
        p->source_data ? arena_format(a, "%s/%s", p->source_data, name) : NULL,
        p->share_dir ? arena_format(a, "%s/data/%s", p->share_dir, name) : NULL,
    };
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++)
        if (tried[i] && file_exists(tried[i]))
            return tried[i];
    return NULL;
}

bool paths_have_files(const struct paths *p)
{
    struct arena a = { 0 };
    bool there =
        p->source_data ||
        (p->share_dir && file_exists(arena_format(&a, "%s/data/" A_FILE_OF_OURS, p->share_dir)));
    arena_done(&a);
    return there;
}

bool paths_miss_files(const struct paths *p, struct error *err)
{
    return error_set(
        err, ERR_CONFIG,
        "the files that belong to rlab (rules, sets, lessons, models) are not with this "
        "program: looked from '%s' upwards and in '%s'; start it with ./lab in its source "
        "folder, or install it from there: ./lab install",
        p->binary_dir ? p->binary_dir : "its folder", p->share_dir);
}
