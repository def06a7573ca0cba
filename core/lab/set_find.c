/* Where sets lie: by name in three folders, by path, or on standard input (set.h). */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/lab/set.h"
#include "core/limits.h"

/* Names of one sets folder that are listed; a person with more knows them. */
#define MOST_LISTED 200

static const char *const endings[] = { ".jsonl", ".txt" };

#define ENDINGS (sizeof endings / sizeof *endings)

/* Length of a file name without the ending of a set, 0 where it has none. */
static size_t stem_length(const char *file)
{
    size_t n = strlen(file);
    for (size_t i = 0; i < ENDINGS; i++) {
        size_t m = strlen(endings[i]);
        if (n > m && strcmp(file + n - m, endings[i]) == 0)
            return n - m;
    }
    return 0;
}

/* --- names -------------------------------------------------------------------------- */

struct names {
    struct arena *arena;
    const char **list;
    size_t count, cap;
};

static void names_add_folder(struct names *n, const char *root, const char *below)
{
    DIR *dir = root ? opendir(arena_format(n->arena, "%s/%s", root, below)) : NULL;
    if (!dir)
        return;
    for (struct dirent *e; n->count < MOST_LISTED && (e = readdir(dir)) != NULL;) {
        size_t stem = e->d_name[0] == '.' ? 0 : stem_length(e->d_name);
        if (stem == 0)
            continue;
        n->list = mem_grow(n->list, &n->cap, n->count + 1, sizeof *n->list);
        n->list[n->count++] = arena_copy(n->arena, e->d_name, stem);
    }
    closedir(dir);
}

/* The folder of the shipped sets: the source tree's, else the installed one. */
static void names_add_shipped(struct names *n, const struct paths *p)
{
    if (p->source_data)
        names_add_folder(n, p->source_data, "sets");
    else
        names_add_folder(n, p->share_dir, "data/sets");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void set_names(const struct paths *p, struct buf *to)
{
    struct arena a = { 0 };
    struct names n = { .arena = &a };
    names_add_folder(&n, p->config_dir, "sets");
    names_add_shipped(&n, p);
    if (n.count)
        qsort(n.list, n.count, sizeof *n.list, by_name);
    const char *last = NULL;
    for (size_t i = 0; i < n.count; i++) {
        if (last && strcmp(last, n.list[i]) == 0) /* a person's own in place of a shipped one */
            continue;
        buf_printf(to, "%s%s", last ? ", " : "", n.list[i]);
        last = n.list[i];
    }
    mem_free(n.list);
    arena_done(&a);
}

/* --- loading ------------------------------------------------------------------------ */

static bool is_path(const char *name)
{
    return strcmp(name, "-") == 0 || strchr(name, '/') || stem_length(name) > 0;
}

static const char *path_of_name(const struct paths *p, const char *name, struct arena *a)
{
    for (size_t i = 0; i < ENDINGS; i++) {
        const char *path = paths_data(p, arena_format(a, "sets/%s%s", name, endings[i]), a);
        if (path)
            return path;
    }
    return NULL;
}

static bool unknown_name(const struct paths *p, const char *name, struct error *err)
{
    if (!paths_have_files(p))
        return paths_miss_files(p, err);
    struct buf known = buf_with_max(sizeof err->text / 2);
    set_names(p, &known);
    error_set(err, ERR_USAGE, "there is no set '%s'; known sets: %s; a file is named with its path",
              name, known.len ? buf_text(&known) : "none");
    buf_done(&known);
    return false;
}

static bool load_file(const char *path, struct set *ret, struct error *err)
{
    struct buf text = { 0 };
    bool ok = file_read(path, MAX_FILE_BYTES, &text, err) &&
              set_parse(path, buf_text(&text), text.len, ret, err);
    buf_done(&text);
    return ok;
}

bool set_load(const struct paths *p, const char *name_or_path, struct set *ret, struct error *err)
{
    struct arena a = { 0 };
    const char *path = is_path(name_or_path) ? name_or_path : path_of_name(p, name_or_path, &a);
    bool ok = path ? load_file(path, ret, err) : unknown_name(p, name_or_path, err);
    arena_done(&a);
    return ok;
}

/* --- shipped queries ---------------------------------------------------------------- */

static bool set_holds(const struct set *s, const struct buf *folded)
{
    bool holds = false;
    struct buf b = buf_with_max(2 * MAX_QUERY_BYTES);
    for (size_t i = 0; i < s->count && !holds; i++) {
        buf_clear(&b);
        text_fold(&b, s->items[i].query, s->items[i].query_len);
        holds = b.len == folded->len && memcmp(buf_text(&b), buf_text(folded), b.len) == 0;
    }
    buf_done(&b);
    return holds;
}

bool set_is_shipped(const struct paths *p, const char *query, size_t len, bool *ret,
                    struct error *err)
{
    /* Only shipped files count: a person's set of the same name is the person's own text. */
    struct paths shipped = *p;
    shipped.config_dir = NULL;
    struct arena a = { 0 };
    struct names n = { .arena = &a };
    names_add_shipped(&n, p);
    struct buf folded = buf_with_max(2 * len + 1);
    text_fold(&folded, query, len);

    bool ok = true, found = false;
    for (size_t i = 0; i < n.count && ok && !found; i++) {
        struct set s = { 0 };
        ok = set_load(&shipped, n.list[i], &s, err);
        found = ok && set_holds(&s, &folded);
        set_done(&s);
    }
    if (ok)
        *ret = found;
    buf_done(&folded);
    mem_free(n.list);
    arena_done(&a);
    return ok;
}
