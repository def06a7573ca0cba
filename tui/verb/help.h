/* Help, man page and shell completion: views of the verb and option tables. */
#ifndef VERB_HELP_H
#define VERB_HELP_H

#include <stdbool.h>
#include <stddef.h>

struct verb;

/* All verbs, or one of them, on stdout; `json`: as one object. Returns the exit code. */
int help_print(const char *verb_name, bool json);
/* The object: all verbs or one, with the options every verb takes and the exit codes. */
void help_json(const struct verb *only);
/* Name and version, for --version. */
void help_version_json(void);
/* The manual page rlab(1), as troff, on stdout. */
void help_man(void);

struct help_code {
    int code;
    const char *text;
};
extern const struct help_code help_codes[];
extern const size_t help_code_count;

/* The keys of the screen, as text, or one JSON object a line; and each of them with where it works,
 * the name of its action and what it does. */
void help_keys(void);
void help_keys_json(void);
typedef void help_key(void *self, const char *where, const char *key, const char *action,
                      const char *help);
void help_each_key(help_key *each, void *self);

#endif
