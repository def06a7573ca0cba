/* Verdicts known beforehand: test_verdicts FILE... compares every row of each file, which is
 * JSON lines of query, score, level, signals (each kind, what, points, and where the file
 * knows it: at and text), and rules where it is not "basic". */
#include "tests/test.h"

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/limits.h"
#include "core/route/classifier.h"

#define MOST_FILES 8
#define FILE_BYTES (256 * MIB)

static struct rules *sets[2];
static const char *const set_names[] = { "basic", "weighted" };

static int load_sets(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sets); i++) {
        struct arena a = { 0 };
        struct error err;
        sets[i] = rules_load(arena_format(&a, "data/rules/%s.rules", set_names[i]), &err);
        arena_done(&a);
        if (!sets[i]) {
            print_error("%s\n", err.text);
            return -1;
        }
    }
    return 0;
}

static int free_sets(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sets); i++)
        rules_free(sets[i]);
    return 0;
}

static const struct rules *set_of(const struct json *row)
{
    const char *name = json_get_text(row, "rules");
    return sets[name && strcmp(name, set_names[1]) == 0 ? 1 : 0];
}

/* Where the row knows it, the signal's place: its letter and its words in the query as typed. */
static bool same_place(const struct signal *s, const struct json *at, const char *query)
{
    if (!at)
        return true;
    double letter = 0;
    const char *text = json_text(json_next(at));
    json_number(at, &letter);
    if ((double)s->at != letter)
        return false;
    if (!text)
        return s->from == 0 && s->len == 0;
    return strlen(text) == s->len && memcmp(text, query + s->from, s->len) == 0;
}

static bool same_signal(const struct signal *s, const struct json *row, const char *query)
{
    const struct json *kind = json_first(row), *what = json_next(kind), *points = json_next(what);
    double n = 0;
    return strcmp(signal_kind_name(s->kind), json_text(kind)) == 0 &&
           strcmp(s->what, json_text(what)) == 0 && json_number(points, &n) &&
           s->points == (int)n && same_place(s, json_next(points), query);
}

static bool same_verdict(const struct verdict *v, const struct json *row, const char *query)
{
    double score = 0.5;
    if (!json_get_number(row, "score", &score) || v->score != (int)score ||
        strcmp(level_name(v->level), json_get_text(row, "level")) != 0 || v->gave_up != 0)
        return false;
    const struct json *signals = json_get(row, "signals");
    if (json_size(signals) != v->count)
        return false;
    const struct json *expected = json_first(signals);
    for (size_t i = 0; i < v->count; i++, expected = json_next(expected))
        if (!same_signal(&v->signals[i], expected, query))
            return false;
    return true;
}

static void check_file(void **state)
{
    const char *path = *state;
    struct error err;
    struct buf file = buf_with_max(FILE_BYTES);
    assert_ok(file_read(path, FILE_BYTES, &file, &err), err);
    struct verdict v = { 0 };
    const char *line;
    size_t len, at = 0, rows = 0;
    while (file_line(buf_text(&file), file.len, &at, &line, &len)) {
        rows++;
        struct json *row = json_parse(line, len, &err);
        const char *query = json_get_text(row, "query");
        if (!query)
            fail_msg("%s, line %zu: no query", path, rows);
        assert_ok(text_check_query(query, strlen(query), &err), err);
        classify(set_of(row), query, strlen(query), &v);
        if (!same_verdict(&v, row, query))
            fail_msg("%s, line %zu: score %d, %zu signals, expected %.*s", path, rows, v.score,
                     v.count, (int)len, line);
        json_free(row);
    }
    assert_true(rows > 0);
    verdict_done(&v);
    buf_done(&file);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[MOST_FILES];
    size_t count = 0;
    for (int i = 1; i < argc && count < MOST_FILES; i++)
        tests[count++] = (struct CMUnitTest){
            .name = argv[i],
            .test_func = check_file,
            .initial_state = argv[i],
        };
    return _cmocka_run_group_tests("verdicts", tests, count, load_sets, free_sets);
}
