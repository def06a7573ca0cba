/* Errors: the callee writes the sentence, the caller decides where it shows.
 *
 * A function that may fail returns bool and takes `struct error *err` last. On failure it
 * has written a code and a text into `err` and changed nothing else; on success `err` is
 * untouched. The text says what failed, on what, and what to try, with names in quotes and
 * without a full stop. It is shown or logged once, at the top. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

/* What kind of failure it was; decides the exit code of a verb (tui/verb/verb.h). */
enum error_code {
    ERR_NONE,
    ERR_USAGE,   /* the words of the command do not fit */
    ERR_CONFIG,  /* config file, environment or a setting */
    ERR_PARSE,   /* a file of a person (set, rules) is not well formed */
    ERR_INPUT,   /* a query that cannot be taken: NUL, bad UTF-8, too long */
    ERR_IO,      /* a file or folder of this machine */
    ERR_NET,     /* no server, or it broke off */
    ERR_ADDRESS, /* the address is no model server's: no such host, no such path, another type */
    ERR_TLS,     /* no safe connection: certificate or handshake */
    ERR_REFUSED, /* the server refused the key */
    ERR_MODEL,   /* the model is missing or does not fit */
    ERR_STORE,   /* the database */
    ERR_NO,      /* it ran, but the answer is no: a threshold missed */
};

struct error {
    enum error_code code;
    char text[700];
};

/* Writes code and text. Always returns false, so that a failure is one return statement. */
bool error_set(struct error *err, enum error_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts the larger step in front: "reading 'a.jsonl': line 3 is not JSON". Returns false. */
bool error_within(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
