/* The config file (config.h): the only file that knows inih.
 *
 * inih reads lines and calls back with section, name and value. What it would pass over in
 * silence is caught in the function that hands it its lines: lines it would cut, sections
 * without a key, lines indented so that they would continue the one before, and the number
 * of the line, which its callback is not told. */
#include "core/base/config.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include <ini.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/limits.h"

/* inih keeps 49 bytes of a section's name and drops the rest. */
#define MOST_SECTION 40
/* Longest line of a file: what inih takes where it is built as its authors ship it. */
#define MOST_LINE 198

struct reader {
    const char *text;
    size_t len, at;
    int line;
    bool opened; /* a [section] line was handed over: its name is told by a line of ours */
    bool telling;
    bool expecting; /* a 'key = value' line was handed over and not called back yet */
    bool failed;

    const char *path;
    struct arena *arena;
    struct config_value *values; /* grown on the heap, copied at the end */
    size_t count, cap;
    const char *servers[MAX_SERVERS];
    size_t server_count;
    struct error *err;
};

/* The error text is in place; puts file and line in front and ends the reading. */
static int fail(struct reader *r)
{
    r->failed = true;
    error_within(r->err, "config '%s', line %d", r->path, r->line);
    return 0;
}

/* --- lines -------------------------------------------------------------------------- */

static bool line_is_clean(const char *line, size_t len, struct error *err)
{
    if (text_valid_up_to(line, len) < len)
        return error_set(err, ERR_CONFIG, "not valid UTF-8");
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7F)
            return error_set(err, ERR_CONFIG, "there is a control character (0x%02X)",
                             (unsigned char)line[i]);
    return true;
}

/* Of what follows a ']', and of a name too long, inih would say nothing. */
static bool section_is_whole(const char *line, size_t len, struct error *err)
{
    const char *close = memchr(line, ']', len);
    if (!close || memchr(line, ';', (size_t)(close - line)))
        return error_set(err, ERR_CONFIG, "a section ends with ']' and holds no ';'");
    size_t after = (size_t)(close + 1 - line);
    while (after < len && (line[after] == ' ' || line[after] == '\t'))
        after++;
    if (after < len && line[after] != ';' && line[after] != '#')
        return error_set(err, ERR_CONFIG, "a section stands on a line of its own");
    if (close - line - 1 > MOST_SECTION)
        return error_set(err, ERR_CONFIG, "the name of a section is longer than %d bytes",
                         MOST_SECTION);
    return true;
}

/* `room` is the size of inih's own line, for a line end and a NUL too. */
static bool line_is_good(const char *line, size_t len, size_t room, struct error *err)
{
    size_t most = room - 2 < MOST_LINE ? room - 2 : MOST_LINE;
    if (len > most)
        return error_set(err, ERR_CONFIG, "longer than %zu bytes, the limit", most);
    return line_is_clean(line, len, err) &&
           (len == 0 || *line != '[' || section_is_whole(line, len, err));
}

/* Hands one line to inih, like fgets; NULL at the end and after a failure. */
static char *next_line(char *to, int size, void *self)
{
    struct reader *r = self;
    const char *line;
    size_t len;
    if (r->expecting && !r->failed) {
        error_set(r->err, ERR_CONFIG, "neither '[section]' nor 'key = value'");
        fail(r);
    }
    if (r->failed)
        return NULL;
    r->telling = r->opened;
    if (r->opened) { /* a pair with no name: the callback hears of the section at once */
        r->opened = false;
        return strcpy(to, "=\n");
    }
    if (!file_line(r->text, r->len, &r->at, &line, &len))
        return NULL;
    r->line++;
    while (len && (*line == ' ' || *line == '\t')) {
        line++;
        len--;
    }
    if (!line_is_good(line, len, (size_t)size, r->err)) {
        fail(r);
        return NULL;
    }
    r->opened = len && *line == '[';
    r->expecting = len && !r->opened && *line != '#' && *line != ';';
    memcpy(to, line, len);
    memcpy(to + len, "\n", 2);
    return to;
}

/* --- what the lines say ------------------------------------------------------------- */

/* Parts "server box" into its kind and name; other sections have the name "". */
static const struct config_section *part_section(const char *written, const char **ret_name)
{
    const struct config_section *s = config_section_find(written);
    *ret_name = "";
    for (size_t i = 0; !s && (s = config_section_at(i)) != NULL; i++) {
        size_t n = strlen(s->name);
        if (s->named && strncmp(written, s->name, n) == 0 && written[n] == ' ')
            *ret_name = written + n + strspn(written + n, " ");
        else
            s = NULL;
    }
    return s;
}

static bool server_name_is_good(const char *name, struct error *err)
{
    if (!*name)
        return error_set(err, ERR_CONFIG, "[server] needs a name: write [server NAME]");
    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")])
        return error_set(err, ERR_CONFIG,
                         "the server name '%s' may hold letters, digits, '-', '_' and '.' only",
                         name);
    return true;
}

static bool open_section(struct reader *r, const char *written)
{
    const char *name;
    const struct config_section *s = part_section(written, &name);
    if (!s)
        return config_unknown_section(written, r->err);
    if (!s->named)
        return true;
    if (!server_name_is_good(name, r->err))
        return false;
    for (size_t i = 0; i < r->server_count; i++)
        if (strcmp(r->servers[i], name) == 0)
            return true;
    if (r->server_count == MAX_SERVERS)
        return error_set(r->err, ERR_CONFIG, "more than %d servers, the limit", MAX_SERVERS);
    r->servers[r->server_count++] = arena_string(r->arena, name);
    return true;
}

/* Names people give to what must not stand in a file. */
static bool names_a_secret(const char *key)
{
    static const char *const names[] = { "key",    "api_key",  "apikey", "api-key",
                                         "secret", "password", "token",  "authorization" };
    struct buf b = buf_with_max(KIB);
    text_lower(&b, key, strlen(key));
    bool secret = false;
    for (size_t i = 0; i < sizeof names / sizeof *names && !secret; i++)
        secret = strcmp(buf_text(&b), names[i]) == 0;
    buf_done(&b);
    return secret;
}

static bool value_is_good(const struct config_section *s, const char *key, const char *value,
                          struct error *err)
{
    size_t n = strlen(value);
    if (!*key)
        return error_set(err, ERR_CONFIG, "a value without a key before the '='");
    if (!s->open && names_a_secret(key))
        return error_set(err, ERR_CONFIG,
                         "'%s' does not belong in this file: put the key in an environment "
                         "variable and name that variable with 'key_env'",
                         key);
    if (n >= 2 && strchr("\"'", value[0]) && value[n - 1] == value[0])
        return error_set(err, ERR_CONFIG, "the value of '%s' stands without quotes", key);
    if (s->open)
        return *value || error_set(err, ERR_CONFIG, "'%s' has no value", key);
    const struct config_key *k = config_key_find(s->name, key);
    return k ? config_key_check(k, value, err) : config_unknown_key(s->name, key, err);
}

static bool add_value(struct reader *r, const struct config_section *s, const char *name,
                      const char *key, const char *value)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct config_value *v = &r->values[i];
        if (v->section == s->name && strcmp(v->name, name) == 0 && strcmp(v->key, key) == 0)
            return error_set(r->err, ERR_CONFIG, "'%s' is set twice, first in line %d", key,
                             v->line);
    }
    if (r->count == MAX_CONFIG_VALUES)
        return error_set(r->err, ERR_CONFIG, "more than %d values, the limit", MAX_CONFIG_VALUES);
    r->values = mem_grow(r->values, &r->cap, r->count + 1, sizeof *r->values);
    r->values[r->count++] = (struct config_value){
        .section = s->name,
        .name = arena_string(r->arena, name),
        .key = arena_string(r->arena, key),
        .text = arena_string(r->arena, value),
        .line = r->line,
    };
    return true;
}

/* inih's callback: 1 goes on. */
static int hear(void *self, const char *written, const char *key, const char *value)
{
    struct reader *r = self;
    r->expecting = false;
    if (r->failed)
        return 0;
    if (r->telling)
        return open_section(r, written) ? 1 : fail(r);
    const char *name;
    const struct config_section *s = part_section(written, &name);
    if (!s) {
        error_set(r->err, ERR_CONFIG, "'%s' stands before the first [section]", key);
        return fail(r);
    }
    return value_is_good(s, key, value, r->err) && add_value(r, s, name, key, value) ? 1 : fail(r);
}

/* --- the file ----------------------------------------------------------------------- */

static void hand_over(const struct reader *r, struct config *ret)
{
    struct config c = { .path = arena_string(r->arena, r->path),
                        .count = r->count,
                        .server_count = r->server_count };
    c.values = arena_new(r->arena, struct config_value, r->count);
    c.servers = arena_new(r->arena, const char *, r->server_count);
    if (r->count)
        memcpy(c.values, r->values, r->count * sizeof *c.values);
    if (r->server_count)
        memcpy(c.servers, r->servers, r->server_count * sizeof *c.servers);
    *ret = c;
}

/* A server without an address or a type is of no use to anybody: said here, once for all. */
static bool servers_are_whole(const struct config *c, struct error *err)
{
    static const char *const needed[] = { "type", "url" };
    for (size_t i = 0; i < c->server_count; i++) {
        const struct config_value *some = NULL;
        for (size_t n = 0; n < c->count && !some; n++)
            if (strcmp(c->values[n].name, c->servers[i]) == 0)
                some = &c->values[n];
        for (size_t n = 0; n < sizeof needed / sizeof *needed; n++)
            if (!config_server_find(c, c->servers[i], needed[n]))
                return error_set(
                    err, ERR_CONFIG, "config '%s', line %d: [server %s] has no %s: add '%s = ...'",
                    c->path, some ? some->line : 1, c->servers[i], needed[n], needed[n]);
    }
    return true;
}

bool config_parse(const char *path, const char *text, size_t len, struct arena *a,
                  struct config *ret, struct error *err)
{
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { /* a byte order mark */
        text += 3;
        len -= 3;
    }
    struct reader r = { .text = text, .len = len, .path = path, .arena = a, .err = err };
    int result = ini_parse_stream(next_line, &r, hear, &r);
    if (!r.failed && result != 0) /* nothing known leads here, but nothing may pass unseen */
        r.failed = !error_set(err, ERR_CONFIG, "config '%s' cannot be read", path);
    struct config c = { 0 };
    if (!r.failed) {
        hand_over(&r, &c);
        r.failed = !servers_are_whole(&c, err);
    }
    if (!r.failed)
        *ret = c;
    mem_free(r.values);
    return !r.failed;
}

bool config_load(const char *path, bool must_exist, struct arena *a, struct config *ret,
                 struct error *err)
{
    if (!path || (!must_exist && !file_exists(path))) {
        *ret = (struct config){ 0 };
        return true;
    }
    struct buf text = { 0 };
    if (!file_read(path, MAX_FILE_BYTES, &text, err)) {
        err->code = ERR_CONFIG;
        return error_within(err, "reading the config");
    }
    bool ok = config_parse(path, buf_text(&text), text.len, a, ret, err);
    buf_done(&text);
    return ok;
}

bool config_blame(const struct config *c, const struct config_value *v, struct error *err)
{
    err->code = ERR_CONFIG;
    return error_within(err, "config '%s', line %d", c->path, v->line);
}

/* --- asking ------------------------------------------------------------------------- */

static const struct config_value *find(const struct config *c, const char *section,
                                       const char *name, const char *key)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct config_value *v = &c->values[i];
        if (strcmp(v->section, section) == 0 && strcmp(v->name, name) == 0 &&
            strcmp(v->key, key) == 0)
            return v;
    }
    return NULL;
}

/* The text in force: the file's, else the default, else NULL. */
static const char *in_force(const struct config *c, const char *section, const char *name,
                            const char *key)
{
    const struct config_key *k = config_key_find(section, key);
    assert(k); /* a key the table does not know cannot be in the file either */
    const struct config_value *v = find(c, section, name, key);
    return v ? v->text : k->fallback;
}

static double number_in_force(const struct config *c, const char *section, const char *name,
                              const char *key)
{
    const char *text = in_force(c, section, name, key);
    return text ? config_to_number(text) : NAN;
}

const struct config_value *config_find(const struct config *c, const char *section, const char *key)
{
    return find(c, section, "", key);
}

const char *config_text(const struct config *c, const char *section, const char *key)
{
    return in_force(c, section, "", key);
}

double config_number(const struct config *c, const char *section, const char *key)
{
    return number_in_force(c, section, "", key);
}

bool config_bool(const struct config *c, const char *section, const char *key)
{
    const char *text = in_force(c, section, "", key);
    assert(text && config_key_find(section, key)->type == CONFIG_BOOL);
    return config_to_bool(text);
}

const struct config_value *config_server_find(const struct config *c, const char *server,
                                              const char *key)
{
    return find(c, "server", server, key);
}

const char *config_server_text(const struct config *c, const char *server, const char *key)
{
    return in_force(c, "server", server, key);
}

double config_server_number(const struct config *c, const char *server, const char *key)
{
    return number_in_force(c, "server", server, key);
}

const struct config_value *config_next(const struct config *c, const char *section,
                                       const struct config_value *after)
{
    for (size_t i = after ? (size_t)(after - c->values) + 1 : 0; i < c->count; i++)
        if (strcmp(c->values[i].section, section) == 0)
            return &c->values[i];
    return NULL;
}
