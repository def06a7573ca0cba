/* Help, man page and shell completion: views of the verb and option tables. */
#ifndef VERB_HELP_H
#define VERB_HELP_H

/* All verbs, or one of them, on stdout. Returns the exit code. */
int help_print(const char *verb_name);
/* The manual page rlab(1), as troff, on stdout. */
void help_man(void);

/* The keys of the screen, as text; and each of them with where it works, the name of its action
 * and what it does. */
void help_keys(void);
typedef void help_key(void *self, const char *where, const char *key, const char *action,
                      const char *help);
void help_each_key(help_key *each, void *self);

#endif
