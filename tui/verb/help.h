/* Help, man page and shell completion: views of the verb and option tables. */
#ifndef VERB_HELP_H
#define VERB_HELP_H

/* All verbs, or one of them, on stdout. Returns the exit code. */
int help_print(const char *verb_name);
/* The manual page rlab(1), as troff, on stdout. */
void help_man(void);

#endif
