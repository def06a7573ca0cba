/* Reading sets (set.h). Where sets lie is set_find.c. */
#include "core/lab/set.h"

#include <stdint.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/limits.h"

#define MOST_STEPS 1000

/* One line being read; `item` is given to the set only when all of it is good. */
struct reading {
    struct arena *arena;
    struct set_item *item;
    struct error *err;
};

static bool ends_in(const char *text, const char *ending)
{
    size_t n = strlen(text), m = strlen(ending);
    return n > m && strcmp(text + n - m, ending) == 0;
}

/* --- fields of a JSON line ---------------------------------------------------------- */

static bool read_query(struct reading *r, const struct json *j)
{
    const char *query = json_text(j);
    if (!query)
        return error_set(r->err, ERR_PARSE, "'query' is not a text");
    size_t len = strlen(query);
    if (text_is_blank(query, len))
        return error_set(r->err, ERR_PARSE, "'query' is empty");
    if (!text_check_query(query, len, r->err))
        return false;
    r->item->query = arena_copy(r->arena, query, len);
    r->item->query_len = len;
    return true;
}

static bool read_label(struct reading *r, const struct json *j)
{
    const char *label = json_text(j);
    if (!label || !level_from_name(label, &r->item->label))
        return error_set(r->err, ERR_PARSE, "'label' is not 'simple', 'moderate' or 'complex'");
    r->item->has_label = true;
    return true;
}

static bool read_answer(struct reading *r, const struct json *j)
{
    struct buf number = buf_with_max(KIB);
    const char *text = json_text(j);
    if (!text && json_is_number(j) && json_print(j, &number))
        text = buf_text(&number);
    r->item->answer = arena_string(r->arena, text);
    buf_done(&number);
    return text || error_set(r->err, ERR_PARSE, "'answer' is not a text or a number");
}

static bool read_check(struct reading *r, const struct json *j)
{
    const char *name = json_text(j);
    r->item->check = name ? check_find(name) : NULL;
    return r->item->check ||
           error_set(r->err, ERR_PARSE, "'check' is not one of %s", check_names());
}

static bool read_kind(struct reading *r, const struct json *j)
{
    r->item->kind = arena_string(r->arena, json_text(j));
    return r->item->kind || error_set(r->err, ERR_PARSE, "'kind' is not a text");
}

static bool read_steps(struct reading *r, const struct json *j)
{
    double steps;
    if (!json_number(j, &steps) || steps < 0 || steps > MOST_STEPS || steps != (int)steps)
        return error_set(r->err, ERR_PARSE, "'steps' is not a whole number from 0 to %d",
                         MOST_STEPS);
    r->item->steps = (int)steps;
    return true;
}

static const struct field {
    const char *name;
    bool (*read)(struct reading *r, const struct json *j);
} fields[] = {
    { "query", read_query }, { "label", read_label }, { "answer", read_answer },
    { "check", read_check }, { "kind", read_kind },   { "steps", read_steps },
};

/* What no field can say alone: that the answer and the way it is compared go together. */
static bool pair_answer(struct set_item *item, struct error *err)
{
    if (!item->answer)
        return !item->check ||
               error_set(err, ERR_PARSE, "there is a 'check' but no 'answer' to compare with");
    if (!item->check)
        item->check = check_default(item->answer);
    return item->check->fits(item->answer) ||
           error_set(err, ERR_PARSE, "the answer is not what check '%s' needs: %s",
                     item->check->name, item->check->needs);
}

static bool read_object(struct reading *r, const struct json *object)
{
    if (!json_is_object(object))
        return error_set(r->err, ERR_PARSE, "not a JSON object: write {\"query\": \"...\"}");
    if (!json_get(object, "query"))
        return error_set(r->err, ERR_PARSE, "there is no 'query'");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct json *j = json_get(object, fields[i].name);
        if (j && !json_is_null(j) && !fields[i].read(r, j))
            return false;
    }
    if (!r->item->query)
        return error_set(r->err, ERR_PARSE, "there is no 'query'");
    return pair_answer(r->item, r->err);
}

/* --- lines -------------------------------------------------------------------------- */

static bool read_json_line(struct reading *r, const char *line, size_t len)
{
    size_t good = text_valid_up_to(line, len);
    if (good < len)
        return error_set(r->err, ERR_PARSE, "not valid UTF-8 at byte %zu", good + 1);
    struct json *object = json_parse_exact(line, len, r->err);
    if (!object)
        return false;
    bool ok = read_object(r, object);
    json_free(object);
    if (ok)
        r->item->source = arena_copy(r->arena, line, len);
    return ok;
}

static bool read_plain_line(struct reading *r, const char *line, size_t len)
{
    if (!text_check_query(line, len, r->err))
        return false;
    r->item->query = arena_copy(r->arena, line, len);
    r->item->query_len = len;
    return true;
}

/* The lines that hold something, with their numbers. */
struct lines {
    const char *text;
    size_t len, at;
    int number;
    bool json;
};

static bool next_line(struct lines *l, const char **ret, size_t *ret_len)
{
    while (file_line(l->text, l->len, &l->at, ret, ret_len)) {
        l->number++;
        if (!text_is_blank(*ret, *ret_len) && (l->json || **ret != '#'))
            return true;
    }
    return false;
}

static struct lines lines_of(const char *path, const char *text, size_t len)
{
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { /* a byte order mark */
        text += 3;
        len -= 3;
    }
    struct lines l = { .text = text, .len = len, .json = true };
    const char *line;
    size_t n;
    if (!ends_in(path, ".jsonl") && next_line(&l, &line, &n)) {
        while (*line == ' ' || *line == '\t')
            line++;
        l.json = *line == '{';
    }
    l.at = 0;
    l.number = 0;
    return l;
}

/* --- sets --------------------------------------------------------------------------- */

static bool is_standard_input(const char *path)
{
    return strcmp(path, "-") == 0;
}

static const char *shown(const char *path)
{
    return is_standard_input(path) ? "standard input" : path;
}

static const char *name_of(const char *path, struct arena *a)
{
    if (is_standard_input(path))
        return "stdin";
    const char *slash = strrchr(path, '/');
    const char *file = slash ? slash + 1 : path;
    const char *dot = strrchr(file, '.');
    return dot && dot > file ? arena_copy(a, file, (size_t)(dot - file)) : arena_string(a, file);
}

static bool read_items(struct lines l, const char *path, struct set *s, struct error *err)
{
    const char *line;
    size_t len;
    for (size_t i = 0; next_line(&l, &line, &len); i++) {
        struct set_item item = { .kind = "", .line = l.number };
        struct reading r = { .arena = &s->arena, .item = &item, .err = err };
        if (!(l.json ? read_json_line : read_plain_line)(&r, line, len)) {
            err->code = ERR_PARSE; /* whatever it was, the file is what needs a hand */
            return error_within(err, "set '%s', line %d", shown(path), l.number);
        }
        s->items[i] = item;
    }
    return true;
}

bool set_parse(const char *path, const char *text, size_t len, struct set *ret, struct error *err)
{
    struct lines l = lines_of(path, text, len), counting = l;
    const char *line;
    size_t n, count = 0;
    while (next_line(&counting, &line, &n))
        if (++count > MAX_SET_ITEMS)
            return error_set(err, ERR_PARSE,
                             "set '%s', line %d: more than %d queries, the limit: split it",
                             shown(path), counting.number, MAX_SET_ITEMS);
    if (count == 0)
        return error_set(err, ERR_PARSE, "set '%s' holds no query", shown(path));

    struct set s = { 0 };
    s.path = arena_string(&s.arena, path);
    s.name = name_of(path, &s.arena);
    s.items = arena_new(&s.arena, struct set_item, count);
    s.count = count;
    if (!read_items(l, path, &s, err)) {
        arena_done(&s.arena);
        return false;
    }
    *ret = s;
    return true;
}

void set_done(struct set *s)
{
    arena_done(&s->arena);
    *s = (struct set){ 0 };
}
