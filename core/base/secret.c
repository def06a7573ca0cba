/* Keys of servers while they are in this process (secret.h). */
#include "core/base/secret.h"

#include <string.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "core/base/mem.h"
#include "core/limits.h"

extern char **environ;

/* --- the process -------------------------------------------------------------------------- */

/* More variables than servers can be named have no keys; the first are the usual ones. */
static const char *variables[MAX_SERVERS + 8] = { "OPENAI_API_KEY", "ANTHROPIC_API_KEY",
                                                  "OLLAMA_API_KEY" };
static size_t variable_count = 3;

static bool is_secret(const char *entry)
{
    for (size_t i = 0; i < variable_count; i++) {
        size_t len = strlen(variables[i]);
        if (strncmp(entry, variables[i], len) == 0 && entry[len] == '=')
            return true;
    }
    return false;
}

static bool is_known(const char *variable)
{
    for (size_t i = 0; i < variable_count; i++)
        if (strcmp(variables[i], variable) == 0)
            return true;
    return false;
}

void secret_taken(const char *variable)
{
    /* Freed by nobody: the names live as long as the process, like the environment itself. */
    if (variable && !is_known(variable) && variable_count < sizeof variables / sizeof *variables)
        variables[variable_count++] = mem_string(variable);
    struct rlimit none = { 0 };
    setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* what the limit does not stop: a handler of cores */
#endif
}

char **secret_environ(void)
{
    size_t count = 0, kept = 0;
    while (environ && environ[count])
        count++;
    char **ret = mem_new(char *, count + 1);
    for (size_t i = 0; i < count; i++)
        if (!is_secret(environ[i]))
            ret[kept++] = environ[i];
    ret[kept] = NULL;
    return ret;
}

/* --- whole texts ---------------------------------------------------------------------------- */

/* How many bytes at the end of the text are the secret's first ones. */
static size_t cut_off(const char *secret, size_t secret_len, const char *text, size_t len)
{
    size_t n = len < secret_len ? len : secret_len - 1;
    while (n && memcmp(text + len - n, secret, n) != 0)
        n--;
    return n;
}

void secret_clean(const char *secret, const char *text, size_t len, struct buf *to)
{
    size_t secret_len = secret ? strlen(secret) : 0;
    if (secret_len < SECRET_LEAST) {
        buf_add(to, text, len);
        return;
    }
    for (const char *hit; (hit = memmem(text, len, secret, secret_len));) {
        size_t before = (size_t)(hit - text);
        buf_add(to, text, before);
        buf_puts(to, SECRET_MARK);
        text = hit + secret_len;
        len -= before + secret_len;
    }
    size_t dots = len >= 3 && memcmp(text + len - 3, "...", 3) == 0 ? 3 : 0;
    size_t part = cut_off(secret, secret_len, text, len - dots);
    if (part < SECRET_LEAST) /* a word that happens to begin alike */
        part = 0;
    buf_add(to, text, len - dots - part);
    if (part)
        buf_puts(to, SECRET_MARK);
    buf_add(to, text + len - dots, dots);
}

/* --- texts that come in pieces --------------------------------------------------------------- */

void secret_pass(struct secret_stream *s, const char *secret, const char *text, size_t len,
                 struct buf *to)
{
    size_t secret_len = secret ? strlen(secret) : 0;
    if (secret_len < SECRET_LEAST_IN_ANSWER) {
        buf_add(to, text, len);
        return;
    }
    struct buf all = buf_with_max(s->held + len + 1);
    buf_add(&all, secret, s->held);
    buf_add(&all, text, len);
    const char *at = buf_text(&all);
    size_t left = all.len;
    for (const char *hit; (hit = memmem(at, left, secret, secret_len));) {
        size_t before = (size_t)(hit - at);
        buf_add(to, at, before);
        buf_puts(to, SECRET_MARK);
        at = hit + secret_len;
        left -= before + secret_len;
    }
    s->held = cut_off(secret, secret_len, at, left);
    buf_add(to, at, left - s->held);
    buf_done(&all);
}

void secret_flush(struct secret_stream *s, const char *secret, struct buf *to)
{
    if (s->held)
        buf_add(to, secret, s->held);
    s->held = 0;
}
