/* Every setting there is: one table feeds the reading of the config file, the settings a
 * person changes in the program, the example file and the guide. A new setting is one row. */
#ifndef BASE_CONFIG_KEY_H
#define BASE_CONFIG_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/error.h"

enum config_type {
    CONFIG_TEXT,
    CONFIG_NUMBER,   /* 0.5, 1e-3 */
    CONFIG_WHOLE,    /* 1024 */
    CONFIG_SECONDS,  /* 10, 2.5, 10s, 5m, 1h */
    CONFIG_BOOL,     /* yes no, true false, on off, 1 0 */
    CONFIG_CHOICE,   /* one of `choices` */
    CONFIG_VARIABLE, /* the name of an environment variable */
};

struct config_key {
    const char *section; /* "ask"; "server" stands for every [server NAME] */
    const char *name;
    enum config_type type;
    double min, max;      /* of the three kinds of number, both allowed */
    const char *choices;  /* "auto yes no" */
    const char *fallback; /* the default as one would write it; NULL: unset has a meaning
                             of its own, which `help` names */
    const char *example;  /* for the example file where there is no default */
    const char *help;     /* one line */
};

struct config_section {
    const char *name;
    bool named; /* written [NAME OF SECTION, NAME OF ONE]: [server box] */
    bool open;  /* any key: its names are known elsewhere */
    const char *help;
};

const struct config_key *config_key_at(size_t i); /* NULL past the last */
const struct config_key *config_key_find(const char *section, const char *name);
const struct config_section *config_section_at(size_t i);
const struct config_section *config_section_find(const char *name);

/* Whether `value` may stand for this key; the error names the key and what is needed. */
bool config_key_check(const struct config_key *k, const char *value, struct error *err);

/* Fails with what is unknown and the nearest known name, else all that are known:
 * "unknown key 'temprature' in [ask]; did you mean 'temperature'". */
bool config_unknown_key(const char *section, const char *name, struct error *err);
bool config_unknown_section(const char *name, struct error *err);

/* A checked value as a number (whole, number, seconds) or as yes and no. */
double config_to_number(const char *value);
bool config_to_bool(const char *value);

/* Appends the example file: every section and key with its help and default, all of it
 * commented out, so that a copy of it changes nothing. */
void config_example(struct buf *to);

#endif
