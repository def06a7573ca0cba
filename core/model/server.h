/* Servers and what they are: a name, an address, a provider (the way it speaks), a key by
 * reference. Servers come from the environment, the config and flags; this file knows how
 * to read an address, not where settings come from. */
#ifndef MODEL_SERVER_H
#define MODEL_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/base/mem.h"

struct provider;

/* What is sent about thinking. */
enum think_policy {
    THINK_BY_CAPABILITY, /* where the server lists `thinking`: off for fast, on for reasoning */
    THINK_ALWAYS,        /* the config says this server takes it */
    THINK_NEVER,
};

struct server {
    const char *name; /* first part of SERVER/MODEL: letters, digits, '-', '_', '.' */
    const struct provider *provider;
    const char *url;         /* base, without a slash at the end; "built-in" for the one inside */
    const char *key;         /* secret, or NULL. Never printed, stored, hashed or logged */
    const char *key_from;    /* where it comes from, for messages: a variable or a file; or NULL */
    const char *key_trouble; /* a sentence: it was named and could not be had; or NULL */
    const char *ca_file;     /* whom to trust for its certificate; NULL: whom the machine trusts */
    bool local;              /* on this machine: bypass proxies, longer first time-out */
    bool hosted;             /* not on this machine: asked before many calls */
    enum think_policy think;
    double price_in, price_out; /* per million tokens, NAN where unknown */
    const char *shelf[2];       /* built-in: folders of weights, own and shipped; or NULL */
    double pace;                /* built-in: tokens a second, for showing; 0: as fast as it can */
    const char *origin;         /* where it was said: "OLLAMA_HOST", "config", "--server" ... */
};

/* TYPE:URL or NAME=TYPE:URL (flag; without NAME the type is the name), a type by name, an
 * address by the rules of its type:
 *   ollama     as in OLLAMA_HOST: the scheme, the port, even the host may be left out
 *   openai     what stands before "/chat/completions"; an address without any path gets
 *              "/v1", one with a path is taken as it is
 *   anthropic  what stands before "/v1/messages"
 * Fails on an unknown type (lists the known ones), a name with other letters, an address
 * that is not http or https, CR, LF or blanks inside, a user or password (it would be shown
 * with the address), '?' or '#'. Strings live in the arena. */
bool server_make(const char *name, const char *type, const char *url, struct arena *a,
                 struct server *ret, struct error *err);
bool server_parse_flag(const char *text, struct arena *a, struct server *ret, struct error *err);

/* An OLLAMA_HOST value as an address to connect to; NULL or "" is http://127.0.0.1:11434. A
 * bind-all address becomes the loopback one. */
const char *server_ollama_url(const char *ollama_host, struct arena *a);

/* Takes a key from the variable named; refuses CR, LF and other controls inside it. */
bool server_set_key_env(struct server *s, const char *key_env, struct arena *a, struct error *err);

/* The same from a file, named by its whole path, that nobody else may read (file_read_private); a
 * line end after the key is left out. */
bool server_set_key_file(struct server *s, const char *path, struct arena *a, struct error *err);

/* What of an address may be shown: nothing before an '@' but "http://", and nothing behind a '?' or
 * '#', where a password or a key may stand, however wrong the rest is. */
const char *server_shown_address(const char *url, struct arena *a);

/* The variable that names a proxy for this server (https_proxy, ALL_PROXY ...), or NULL: none is
 * set, it is this machine's, or no_proxy holds its host. Its value may hold a password. */
const char *server_proxy(const struct server *s);

/* The same server looked for elsewhere, to tell a person where it may be; never with the key,
 * which is meant for nobody but the address that was given. False where there is no such place.
 *   other loopback   of 127.x.x.x on ::1, of ::1 on 127.0.0.1
 *   without a proxy
 *   by another type  (or the same type, without the path), i counts from 0 */
bool server_on_other_loopback(const struct server *s, struct arena *a, struct server *ret);
bool server_without_proxy(const struct server *s, struct server *ret);
bool server_of_other_type(const struct server *s, size_t i, struct arena *a, struct server *ret);

/* localhost, 127.0.0.0/8, ::1. */
bool server_url_is_local(const char *url);

#endif
