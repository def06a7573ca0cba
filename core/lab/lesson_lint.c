/* Checking a file of an exercise without a learner (lesson_file.h). */
#include <string.h>

#include "core/base/text.h"
#include "core/lab/lesson_file.h"
#include "core/limits.h"
#include "core/store/facts.h"

/* Columns: a name stands in a list, a title on one line of 80 beside the marks of its criteria,
 * what a criterion says in a column of 31. */
static const struct {
    const char *what;
    size_t at, most;
} widths[] = {
    { "name", offsetof(struct lesson, name), 24 },  { "title", offsetof(struct lesson, title), 60 },
    { "goal", offsetof(struct lesson, goal), 280 }, { "why", offsetof(struct lesson, why), 400 },
    { "part", offsetof(struct lesson, part), 24 },
};

static bool fits(const struct lesson *l, struct error *err)
{
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        const char *text = *(const char *const *)(const void *)((const char *)l + widths[i].at);
        size_t cols = text_cols(text, strlen(text));
        if (cols > widths[i].most)
            return error_set(err, ERR_PARSE,
                             "'%s' line %u: '%s' takes %zu columns, %zu are the most", l->path,
                             lesson_line(l, widths[i].what), widths[i].what, cols, widths[i].most);
    }
    for (int i = 0; i < l->criterion_count; i++)
        if (text_cols(l->criteria[i].text, strlen(l->criteria[i].text)) > 60)
            return error_set(err, ERR_PARSE,
                             "'%s' line %u: the criterion '%s' takes more than 60 columns", l->path,
                             l->criteria[i].text_line, l->criteria[i].text);
    return true;
}

static bool ask_empty(struct facts *f, const struct lesson *l, struct error *err)
{
    for (int i = 0; i < l->criterion_count; i++) {
        const struct lesson_criterion *c = &l->criteria[i];
        struct fact fact = { 0 };
        if (!facts_ask(f, c->select, 0, &fact, err))
            return error_within(err, "'%s' line %u: this SELECT cannot be asked", l->path, c->line);
        if (fact.known && fact.ok)
            return error_set(err, ERR_PARSE,
                             "'%s' line %u: the criterion '%s' is true in an empty lab: it would "
                             "be passed by doing nothing",
                             l->path, c->line, c->text);
    }
    return true;
}

bool lesson_lint(const char *path, struct error *err)
{
    struct arena arena = { 0 };
    struct lesson lesson;
    struct store *store = NULL;
    struct facts *facts = NULL;
    const struct store_options empty = { .clock = clock_real() };
    bool ok = lesson_load(path, &arena, &lesson, err) && fits(&lesson, err) &&
              store_open(&empty, &store, err) && facts_open(store, &facts, err) &&
              ask_empty(facts, &lesson, err);
    facts_close(facts);
    store_close(store);
    arena_done(&arena);
    return ok;
}
