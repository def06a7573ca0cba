/* Reading exercises (lesson_file.h): a table of keys, then what must be there. */
#include "core/lab/lesson_file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/limits.h"

#define ENDING ".lesson"

enum value_kind {
    VALUE_TEXT,  /* goes where `at` says */
    VALUE_COUNT, /* a whole number, the same */
    VALUE_WITH,  /* what follows has a meaning of its own */
    VALUE_CRITERION,
    VALUE_SELECT,
    VALUE_NEAR,
    VALUE_MISSING,
    VALUE_DID,
    VALUE_HINT,
    VALUE_ASK,
    VALUE_CHOICE,
    VALUE_RIGHT,
};

static const struct key {
    const char *name;
    enum value_kind kind;
    size_t at;
    bool needed;
    int most; /* of a count */
} keys[] = {
#define AT(member) offsetof(struct lesson, member)
    { "id", VALUE_TEXT, AT(id), true, 0 },
    { "course", VALUE_COUNT, AT(course), true, 9 },
    { "name", VALUE_TEXT, AT(name), true, 0 },
    { "title", VALUE_TEXT, AT(title), true, 0 },
    { "part", VALUE_TEXT, AT(part), true, 0 },
    { "pane", VALUE_TEXT, AT(pane), true, 0 },
    { "minutes", VALUE_COUNT, AT(minutes), true, 600 },
    { "serves", VALUE_TEXT, AT(serves), false, 0 },
    { "goal", VALUE_TEXT, AT(goal), true, 0 },
    { "why", VALUE_TEXT, AT(why), true, 0 },
    { "note", VALUE_TEXT, AT(note), false, 0 },
    { "with", VALUE_WITH, 0, false, 0 },
    { "criterion", VALUE_CRITERION, 0, false, 0 },
    { "select", VALUE_SELECT, 0, false, 0 },
    { "near", VALUE_NEAR, 0, false, 0 },
    { "missing", VALUE_MISSING, 0, false, 0 },
    { "did", VALUE_DID, 0, false, 0 },
    { "ask", VALUE_ASK, 0, false, 0 },
    { "question", VALUE_TEXT, AT(question), false, 0 },
    { "choice", VALUE_CHOICE, 0, false, 0 },
    { "right", VALUE_RIGHT, 0, false, 0 },
    { "numbers", VALUE_COUNT, AT(number_count), false, LESSON_CHOICES },
    { "hint", VALUE_HINT, 0, false, 0 },
    { "solution", VALUE_TEXT, AT(solution), true, 0 },
    { "shows", VALUE_TEXT, AT(shows), true, 0 },
#undef AT
};

#define KEYS (sizeof keys / sizeof *keys)

static const char *const asks[] = {
    [ASKS_NOTHING] = "nothing", [ASKS_PICKS] = "picks",   [ASKS_SCORES] = "scores",
    [ASKS_REASONS] = "reasons", [ASKS_CHOICE] = "choice", [ASKS_NUMBERS] = "numbers",
};

static const char *const panes_known[] = { "setup", "classify",   "cache", "ask",    "test",
                                           "bench", "production", "learn", "history" };

static const char *const goals_known[] = { "difficulty", "route", "cache", "measure",
                                           "production" };

struct reader {
    const char *path;
    unsigned line; /* of the key that is read */
    struct arena *arena;
    struct lesson *lesson;
    unsigned *seen; /* line of each key, 0: not yet */
    const char *with;
    const char *right;
    unsigned right_line;
};

static bool wrong(const struct reader *r, struct error *err, const char *what)
{
    return error_set(err, ERR_PARSE, "'%s' line %u: %s", r->path, r->line, what);
}

/* --- values ------------------------------------------------------------------------------------ */

static bool read_count(const struct reader *r, const struct key *k, const char *value, int *ret,
                       struct error *err)
{
    size_t digits = strspn(value, "0123456789");
    int n = digits && digits < 6 ? atoi(value) : 0;
    if (value[digits] || n < 1 || n > k->most) {
        struct error inner;
        error_set(&inner, ERR_PARSE, "'%s' is a whole number from 1 to %d", k->name, k->most);
        return wrong(r, err, inner.text);
    }
    *ret = n;
    return true;
}

static bool read_ask(struct reader *r, const char *value, struct error *err)
{
    for (size_t i = 1; i < sizeof asks / sizeof *asks; i++)
        if (strcmp(asks[i], value) == 0) {
            r->lesson->asks = (enum ask_kind)i;
            return true;
        }
    return wrong(r, err, "'ask' is picks, scores, reasons, choice or numbers");
}

static bool read_criterion(struct reader *r, const struct key *k, const char *value,
                           struct error *err)
{
    struct lesson *l = r->lesson;
    if (k->kind == VALUE_CRITERION) {
        if (l->criterion_count == LESSON_CRITERIA)
            return wrong(r, err, "an exercise has at most four criteria");
        l->criteria[l->criterion_count].text_line = r->line;
        l->criteria[l->criterion_count++].text = value;
        return true;
    }
    if (!l->criterion_count)
        return wrong(r, err, "'select', 'near', 'missing' and 'did' come after their 'criterion'");
    struct lesson_criterion *c = &l->criteria[l->criterion_count - 1];
    const char **to = k->kind == VALUE_SELECT ? &c->select
                      : k->kind == VALUE_NEAR ? &c->near
                      : k->kind == VALUE_DID  ? &c->did
                                              : &c->missing;
    if (*to)
        return wrong(r, err, "this criterion has one already");
    *to = value;
    if (k->kind == VALUE_SELECT) {
        c->line = r->line;
        *to = r->with ? arena_format(r->arena, "WITH %s %s", r->with, value) : value;
    }
    return true;
}

static bool read_list(struct reader *r, const struct key *k, const char *value, struct error *err)
{
    struct lesson *l = r->lesson;
    if (k->kind == VALUE_HINT) {
        if (l->hint_count == LESSON_HINTS)
            return wrong(r, err, "an exercise has at most three hints");
        l->hints[l->hint_count++] = value;
        return true;
    }
    if (l->choice_count == LESSON_CHOICES)
        return wrong(r, err, "a question has at most eight choices");
    l->choices[l->choice_count++] = value;
    return true;
}

static bool take(struct reader *r, const struct key *k, const char *value, struct error *err)
{
    char *lesson = (char *)r->lesson;
    size_t i = (size_t)(k - keys);
    bool many = k->kind >= VALUE_CRITERION && k->kind != VALUE_ASK && k->kind != VALUE_RIGHT;
    if (!*value)
        return wrong(r, err, "there is nothing behind the colon");
    if (r->seen[i] && !many)
        return wrong(r, err, "this key was there already");
    r->seen[i] = r->line;
    switch (k->kind) {
    case VALUE_TEXT:
        *(const char **)(void *)(lesson + k->at) = value;
        return true;
    case VALUE_COUNT:
        return read_count(r, k, value, (int *)(void *)(lesson + k->at), err);
    case VALUE_WITH:
        r->with = value;
        return true;
    case VALUE_ASK:
        return read_ask(r, value, err);
    case VALUE_RIGHT:
        r->right = value;
        r->right_line = r->line;
        return true;
    case VALUE_HINT:
    case VALUE_CHOICE:
        return read_list(r, k, value, err);
    default:
        return read_criterion(r, k, value, err);
    }
}

/* --- lines -------------------------------------------------------------------------------------- */

static const struct key *find_key(const char *name, size_t len)
{
    for (size_t i = 0; i < KEYS; i++)
        if (strlen(keys[i].name) == len && memcmp(keys[i].name, name, len) == 0)
            return &keys[i];
    return NULL;
}

static bool unknown_key(const struct reader *r, const char *name, size_t len, struct error *err)
{
    struct buf all = buf_with_max(400);
    for (size_t i = 0; i < KEYS; i++)
        buf_printf(&all, "%s%s", i ? ", " : "", keys[i].name);
    struct buf shown = buf_with_max(200);
    text_safe_line(&shown, name, len < 40 ? len : 40);
    error_set(err, ERR_PARSE, "'%s' line %u: unknown key '%s'; there are: %s", r->path, r->line,
              buf_text(&shown), buf_text(&all));
    buf_done(&shown);
    buf_done(&all);
    return false;
}

static bool finish_value(struct reader *r, const struct key *k, struct buf *value,
                         struct error *err)
{
    bool ok = !k || take(r, k, arena_copy(r->arena, buf_text(value), value->len), err);
    buf_clear(value);
    return ok;
}

/* What a line holds between the blanks at its ends. */
static void trim(const char **line, size_t *len)
{
    while (*len && strchr(" \t\r", **line)) {
        ++*line;
        --*len;
    }
    while (*len && strchr(" \t\r", (*line)[*len - 1]))
        --*len;
}

static bool add_line(struct reader *r, struct buf *value, const char *line, size_t len,
                     struct error *err)
{
    return (!value->len || buf_putc(value, ' ')) && buf_add(value, line, len)
               ? true
               : wrong(r, err, "this value is too long");
}

/* A stranger's text is shown in many places: what could command a terminal is not let in at all. */
static bool is_showable(const char *line, size_t len)
{
    for (size_t i = 0; i < len;) {
        int32_t cp;
        i += text_decode(line + i, len - i, &cp);
        if (text_is_unsafe(cp) && cp != '\t')
            return false;
    }
    return true;
}

static bool read_lines(struct reader *r, const char *text, size_t len, struct error *err)
{
    struct buf value = buf_with_max(MAX_LESSON_VALUE);
    const struct key *key = NULL;
    const char *line;
    size_t n;
    unsigned number = 0;
    bool ok = true;
    for (size_t at = 0; ok && file_line(text, len, &at, &line, &n);) {
        bool goes_on = n && (*line == ' ' || *line == '\t');
        number++;
        trim(&line, &n);
        if (!n || *line == '#')
            continue;
        if (!is_showable(line, n)) {
            r->line = number;
            ok = wrong(r, err, "it holds a control character, which no screen should be sent");
            break;
        }
        if (goes_on) {
            ok = key ? add_line(r, &value, line, n, err)
                     : (r->line = number, wrong(r, err, "this line goes on with nothing"));
            continue;
        }
        ok = finish_value(r, key, &value, err);
        r->line = number;
        const char *colon = memchr(line, ':', n);
        if (ok && !colon)
            ok = wrong(r, err, "this is no 'key: value'");
        if (!ok)
            break;
        size_t name = (size_t)(colon - line), rest = n - name - 1;
        key = find_key(line, name);
        const char *from = colon + 1;
        trim(&from, &rest);
        ok = key ? add_line(r, &value, from, rest, err) : unknown_key(r, line, name, err);
    }
    ok = ok && finish_value(r, key, &value, err);
    buf_done(&value);
    return ok;
}

/* --- the whole ---------------------------------------------------------------------------------- */

static bool read_id(struct reader *r, struct error *err)
{
    struct lesson *l = r->lesson;
    const char *dot = strchr(l->id, '.');
    size_t major = strspn(l->id, "0123456789");
    bool fits = dot && major && major < 4 && l->id + major == dot;
    size_t minor = fits ? strspn(dot + 1, "0123456789") : 0;
    r->line = r->seen[0];
    if (!minor || minor > 3 || dot[1 + minor])
        return wrong(r, err, "an id is two numbers with a point, like 2.3");
    l->major = atoi(l->id);
    l->minor = atoi(dot + 1);
    return true;
}

static bool check_criteria(struct reader *r, struct error *err)
{
    const struct lesson *l = r->lesson;
    if (!l->criterion_count)
        return error_set(err, ERR_PARSE, "'%s' has no criterion: nothing could be checked",
                         r->path);
    for (int i = 0; i < l->criterion_count; i++) {
        const struct lesson_criterion *c = &l->criteria[i];
        if (!c->select || !c->near || !c->missing)
            return error_set(err, ERR_PARSE,
                             "'%s' line %u: the criterion '%s' needs select, near and missing",
                             r->path, c->text_line, c->text);
    }
    return true;
}

static bool check_question(struct reader *r, struct error *err)
{
    struct lesson *l = r->lesson;
    bool chooses = l->asks == ASKS_CHOICE, counts = l->asks == ASKS_NUMBERS;
    if ((chooses || counts) && !l->question)
        return error_set(err, ERR_PARSE, "'%s' asks, but has no 'question'", r->path);
    if (counts && !l->number_count)
        return error_set(err, ERR_PARSE, "'%s' asks for numbers: say how many, 'numbers: 1'",
                         r->path);
    if (!chooses)
        return !r->right || error_set(err, ERR_PARSE,
                                      "'%s' line %u: 'right' belongs to 'ask: "
                                      "choice'",
                                      r->path, r->right_line);
    r->line = r->right_line;
    if (l->choice_count < 2 || !r->right)
        return error_set(err, ERR_PARSE,
                         "'%s' asks for a choice: it needs two or more 'choice', "
                         "and 'right' with the letter of the right one",
                         r->path);
    l->right_choice = r->right[0] - 'a';
    if (r->right[1] || l->right_choice < 0 || l->right_choice >= l->choice_count)
        return wrong(r, err, "'right' is the letter of a choice: a is the first");
    return true;
}

static bool is_among(const char *value, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], value) == 0)
            return true;
    return false;
}

#define AMONG(value, list) is_among(value, list, sizeof(list) / sizeof *(list))

static bool check_names(struct reader *r, struct error *err)
{
    const struct lesson *l = r->lesson;
    if (!AMONG(l->pane, panes_known)) {
        r->line = lesson_line(l, "pane");
        return wrong(r, err,
                     "'pane' is setup, classify, cache, ask, test, bench, production, learn or "
                     "history");
    }
    if (l->serves && !AMONG(l->serves, goals_known)) {
        r->line = lesson_line(l, "serves");
        return wrong(r, err, "'serves' is difficulty, route, cache, measure or production");
    }
    return true;
}

static bool check_whole(struct reader *r, struct error *err)
{
    for (size_t i = 0; i < KEYS; i++)
        if (keys[i].needed && !r->seen[i])
            return error_set(err, ERR_PARSE, "'%s' has no '%s': add a line '%s: ...'", r->path,
                             keys[i].name, keys[i].name);
    return read_id(r, err) && check_names(r, err) && check_criteria(r, err) &&
           check_question(r, err);
}

bool lesson_parse(const char *path, const char *text, size_t len, struct arena *a,
                  struct lesson *ret, struct error *err)
{
    struct lesson l = { .path = arena_string(a, path) };
    struct reader r = { .path = path, .arena = a, .lesson = &l };
    l.lines = r.seen = arena_new(a, unsigned, KEYS);
    size_t valid = text_valid_up_to(text, len);
    if (len > MAX_LESSON_BYTES)
        return error_set(err, ERR_PARSE, "'%s' is longer than %zu KiB: that is no exercise", path,
                         MAX_LESSON_BYTES / KIB);
    if (valid < len || memchr(text, '\0', len))
        return error_set(err, ERR_PARSE, "'%s' is no text in UTF-8", path);
    if (!read_lines(&r, text, len, err) || !check_whole(&r, err))
        return false;
    *ret = l;
    return true;
}

bool lesson_load(const char *path, struct arena *a, struct lesson *ret, struct error *err)
{
    struct buf text = { 0 };
    bool ok = file_read_plain(path, MAX_LESSON_BYTES, &text, err) &&
              lesson_parse(path, buf_text(&text), text.len, a, ret, err);
    buf_done(&text);
    return ok;
}

unsigned lesson_line(const struct lesson *l, const char *key)
{
    const struct key *k = find_key(key, strlen(key));
    return k && l->lines ? l->lines[k - keys] : 0;
}

void lesson_say(const char *pattern, const char *found, struct buf *to)
{
    const char *mark = "{found}";
    for (const char *at; (at = strstr(pattern, mark)); pattern = at + strlen(mark)) {
        buf_add(to, pattern, (size_t)(at - pattern));
        buf_puts(to, found);
    }
    buf_puts(to, pattern);
}
