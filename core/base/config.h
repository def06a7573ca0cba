/* The config file: INI, written by a person, never by the program. Home of inih.
 *
 *   [ask]
 *   temperature = 0.2   ; a comment
 *
 * Lines are '[section]', 'key = value', empty, or comments ('#' or ';' first, or ';' after a
 * blank). Values stand without quotes on one line. What config_key.h does not know is refused
 * with file, line, key and the nearest known one, and then nothing of the file is used.
 * Keys of servers never stand in it; they live in the environment, in the variable that
 * key_env names. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/config_key.h"
#include "core/base/error.h"
#include "core/base/mem.h"

struct config_value {
    const char *section; /* "ask", "server" */
    const char *name;    /* of the server in [server NAME]; "" in other sections */
    const char *key;
    const char *text; /* as written; checked, but for [keys] and CONFIG_TEXT */
    int line;         /* from 1 */
};

/* A zeroed one is an empty file. All of it lives in the arena it was loaded into. */
struct config {
    const char *path; /* NULL: there was no file */
    struct config_value *values;
    size_t count;
    const char **servers; /* names of the [server NAME] sections in the order of the file */
    size_t server_count;
};

/* A missing file (or a NULL path) is an empty config unless it must exist. */
bool config_load(const char *path, bool must_exist, struct arena *a, struct config *ret,
                 struct error *err);
/* The same of a text; path is what errors call it. */
bool config_parse(const char *path, const char *text, size_t len, struct arena *a,
                  struct config *ret, struct error *err);

/* What the file says, NULL where it says nothing: tells a value of the file from a default. */
const struct config_value *config_find(const struct config *c, const char *section,
                                       const char *key);
/* What the file says, else the default; NULL and NAN where there is none. Section and key
 * must be of the table, and of a type that fits. */
const char *config_text(const struct config *c, const char *section, const char *key);
double config_number(const struct config *c, const char *section, const char *key);
bool config_bool(const struct config *c, const char *section, const char *key);
/* The same of one server. */
const struct config_value *config_server_find(const struct config *c, const char *server,
                                              const char *key);
const char *config_server_text(const struct config *c, const char *server, const char *key);
double config_server_number(const struct config *c, const char *server, const char *key);

/* The values of one section in the order of the file:
 * for (v = NULL; (v = config_next(c, "keys", v));) */
const struct config_value *config_next(const struct config *c, const char *section,
                                       const struct config_value *after);

/* Puts "config 'FILE', line N" in front of what is wrong with a value that only its user can
 * judge (a key, an address). Returns false. */
bool config_blame(const struct config *c, const struct config_value *v, struct error *err);

#endif
