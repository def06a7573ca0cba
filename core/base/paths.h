/* Where rlab's folders are. XDG, with overrides; nothing is made or touched here. */
#ifndef BASE_PATHS_H
#define BASE_PATHS_H

#include <stdbool.h>

#include "core/base/error.h"
#include "core/base/mem.h"

struct paths {
    const char *config_file; /* --config, RLAB_CONFIG, else $XDG_CONFIG_HOME/rlab/config.ini */
    const char *config_dir;  /* $XDG_CONFIG_HOME/rlab: a person's own rules, sets, lessons */
    const char *data_dir;    /* --data-dir, RLAB_DATA_DIR, else $XDG_DATA_HOME/rlab */
    const char *database;    /* data_dir/rlab.db */
    const char *state_dir;   /* $XDG_STATE_HOME/rlab; data_dir when that was given */
    const char *log_file;    /* state_dir/rlab.log */
    const char *cache_dir;   /* $XDG_CACHE_HOME/rlab: what can be made again */
    const char *binary_dir;  /* the folder of the running program, or NULL */
    const char *source_data; /* data/ beside the source tree of this binary, or NULL */
    const char *share_dir;   /* PREFIX/share/rlab */
    const char *own_servers; /* what `./lab model start` left: model-server.json */
};

/* data_dir and config may be NULL. The strings live in the arena. Fails only where neither
 * HOME nor the XDG variables say anything. */
bool paths_find(const char *data_dir, const char *config, struct arena *a, struct paths *ret,
                struct error *err);

/* The first that exists of config_dir/NAME, source_data/NAME, share_dir/data/NAME (NAME like
 * "rules/basic.rules"); NULL where none does. */
const char *paths_data(const struct paths *p, const char *name, struct arena *a);

/* Whether the files that belong to rlab (rules, sets, lessons, models) are there: a program copied
 * alone to another folder has none. */
bool paths_have_files(const struct paths *p);
/* Says that they are missing, where they were looked for, and what to do; returns false. */
bool paths_miss_files(const struct paths *p, struct error *err);

#endif
