/* Sets: what is read, what is refused and in which words, where they are found, and that the
 * shipped ones are as promised. */
#include "tests/test.h"

#include "core/base/file.h"
#include "core/lab/set.h"
#include "core/limits.h"

/* --- one file ----------------------------------------------------------------------- */

static const struct bad_row {
    const char *what, *path, *text, *error;
} bad[] = {
    { "not JSON", "x.jsonl", "{\"query\":\"a\"}\n\n{\"query\":\n", "set 'x.jsonl', line 3: " },
    { "an array", "x.jsonl", "[1]", "line 1: not a JSON object" },
    { "plain words in .jsonl", "x.jsonl", "What is 2+2?", "set 'x.jsonl', line 1: it is not" },
    { "two objects", "x.jsonl", "{\"query\":\"a\"} {\"query\":\"b\"}", "line 1: " },
    { "no query", "x.jsonl", "{\"question\":\"a\"}", "line 1: there is no 'query'" },
    { "null query", "x.jsonl", "{\"query\":null}", "there is no 'query'" },
    { "number as query", "x.jsonl", "{\"query\":4}", "'query' is not a text" },
    { "blank query", "x.jsonl", "{\"query\":\" \\n\"}", "'query' is empty" },
    { "unknown label", "x.jsonl", "{\"query\":\"a\",\"label\":\"hard\"}",
      "'label' is not 'simple'" },
    { "label 1", "x.jsonl", "{\"query\":\"a\",\"label\":1}", "'label' is not" },
    { "unknown check", "x.jsonl", "{\"query\":\"a\",\"answer\":\"b\",\"check\":\"same\"}",
      "'check' is not one of exact, number, contains" },
    { "check alone", "x.jsonl", "{\"query\":\"a\",\"check\":\"exact\"}", "no 'answer'" },
    { "answer is a list", "x.jsonl", "{\"query\":\"a\",\"answer\":[\"b\"]}", "'answer' is not" },
    { "no number", "x.jsonl", "{\"query\":\"a\",\"answer\":\"b\",\"check\":\"number\"}",
      "check 'number' needs: one number" },
    { "empty answer", "x.jsonl", "{\"query\":\"a\",\"answer\":\"\"}", "check 'contains' needs" },
    { "kind is a number", "x.jsonl", "{\"query\":\"a\",\"kind\":1}", "'kind' is not a text" },
    { "half a step", "x.jsonl", "{\"query\":\"a\",\"steps\":1.5}", "'steps' is not a whole" },
    { "steps below 0", "x.jsonl", "{\"query\":\"a\",\"steps\":-1}", "'steps' is not a whole" },
    { "steps as text", "x.jsonl", "{\"query\":\"a\",\"steps\":\"2\"}", "'steps' is not a whole" },
    { "endless steps", "x.jsonl", "{\"query\":\"a\",\"steps\":1e300}", "'steps' is not a whole" },
    { "an escaped NUL", "x.jsonl", "{\"query\":\"a\\u0000b\"}", "line 1: " },
    { "half a character", "x.jsonl", "{\"query\":\"\\ud800\"}", "line 1: " },
    { "bad UTF-8", "x.jsonl", "{\"query\":\"\xFF\"}", "line 1: not valid UTF-8 at byte 11" },
    { "bad UTF-8, plain", "x.txt", "one\ntw\xFFo\n", "set 'x.txt', line 2: " },
    { "nothing", "x.txt", "", "set 'x.txt' holds no query" },
    { "only blanks", "-", "\n  \n", "set 'standard input' holds no query" },
    { "only comments", "x.txt", "# one\n# two\n", "holds no query" },
    { "first line decides", "x.txt", "{\"query\":\"a\"}\nplain\n", "line 2: " },
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct set s = { .count = 77 };
        struct error err = { 0 };
        if (set_parse(bad[i].path, bad[i].text, strlen(bad[i].text), &s, &err))
            fail_msg("%s: was read", bad[i].what);
        assert_holds(bad[i].what, err.text, bad[i].error);
        assert_int_equal(err.code, ERR_PARSE);
        assert_int_equal(s.count, 77);
    }
}

static void parse(const char *path, const char *text, struct set *ret)
{
    struct error err;
    assert_ok(set_parse(path, text, strlen(text), ret, &err), err);
}

static void test_json_lines(void **state)
{
    (void)state;
    struct set s;
    parse("/some/where/mine.v2.jsonl",
          "\xEF\xBB\xBF\n"
          "  {\"query\":\" two  words \",\"label\":\"moderate\",\"note\":[1,2]}\r\n"
          "{\"query\":\"a\",\"label\":null,\"answer\":null,\"check\":null}\n"
          "{\"query\":\"a\",\"answer\":44,\"kind\":\"logic\",\"steps\":3}\n"
          "{\"query\":\"a\",\"answer\":\"Oslo\"}\n"
          "{\"query\":\"a\",\"answer\":\"44\",\"check\":\"exact\"}",
          &s);
    assert_string_equal(s.name, "mine.v2");
    assert_int_equal(s.count, 5);
    const struct set_item *it = s.items;
    assert_string_equal(it[0].query, " two  words "); /* blanks of a query are its own */
    assert_int_equal(it[0].query_len, 12);
    assert_true(it[0].has_label && it[0].label == LEVEL_MODERATE);
    assert_int_equal(it[0].line, 2);
    assert_string_equal(it[0].source,
                        "  {\"query\":\" two  words \",\"label\":\"moderate\",\"note\":[1,2]}");
    assert_null(it[0].answer);
    assert_null(it[0].check);
    assert_string_equal(it[0].kind, "");

    assert_false(it[1].has_label);
    assert_null(it[1].answer);
    assert_null(it[1].check);

    assert_string_equal(it[2].answer, "44");
    assert_string_equal(it[2].check->name, "number");
    assert_string_equal(it[2].kind, "logic");
    assert_int_equal(it[2].steps, 3);
    assert_string_equal(it[3].check->name, "contains");
    assert_string_equal(it[4].check->name, "exact");
    assert_int_equal(it[4].line, 6);
    set_done(&s);
    set_done(&s);
}

static void test_plain_text(void **state)
{
    (void)state;
    struct set s;
    parse("-", "# mine\n\n  What is 2+2?\r\n #5 is alive\nWhat is 2+2? ", &s);
    assert_string_equal(s.name, "stdin");
    assert_int_equal(s.count, 3);
    assert_string_equal(s.items[0].query, "  What is 2+2?");
    assert_int_equal(s.items[0].line, 3);
    assert_string_equal(s.items[1].query, " #5 is alive");
    assert_string_equal(s.items[2].query, "What is 2+2? ");
    assert_null(s.items[0].source);
    assert_false(s.items[0].has_label);
    set_done(&s);
}

static void test_too_many(void **state)
{
    (void)state;
    size_t len = 2 * (MAX_SET_ITEMS + 1);
    char *text = malloc(len);
    for (size_t i = 0; i < len; i += 2)
        memcpy(text + i, "q\n", 2);
    struct set s;
    struct error err;
    assert_false(set_parse("x.txt", text, len, &s, &err));
    assert_holds("many", err.text, "line 100001: more than 100000 queries");
    assert_ok(set_parse("x.txt", text, len - 2, &s, &err), err);
    assert_int_equal(s.count, MAX_SET_ITEMS);
    set_done(&s);
    free(text);
}

/* --- finding ------------------------------------------------------------------------ */

/* The shipped sets, and a folder of a person's own. */
static struct paths paths_of(const char *config_dir)
{
    return (struct paths){ .config_dir = config_dir, .source_data = "data", .share_dir = "/none" };
}

static void write_file(const char *folder, const char *file, const char *text)
{
    struct arena a = { 0 };
    struct error err;
    assert_ok(file_make_folder(folder, &err), err);
    assert_ok(file_write(arena_format(&a, "%s/%s", folder, file), text, strlen(text), &err), err);
    arena_done(&a);
}

static void test_find(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct error err;
    struct set s;
    char *dir = test_folder();
    struct paths p = paths_of(dir);
    const char *sets = arena_format(&a, "%s/sets", dir);

    assert_ok(set_load(&p, "sample", &s, &err), err);
    assert_int_equal(s.count, 6);
    set_done(&s);

    write_file(sets, "zoo.txt", "Why do cats purr?\n");
    write_file(sets, "sample.jsonl", "{\"query\":\"mine\"}\n");
    write_file(sets, ".hidden.txt", "no\n");
    write_file(sets, "notes.md", "no\n");
    assert_ok(set_load(&p, "zoo", &s, &err), err);
    assert_string_equal(s.name, "zoo");
    set_done(&s);
    assert_ok(set_load(&p, "sample", &s, &err), err); /* a person's own goes first */
    assert_string_equal(s.items[0].query, "mine");
    set_done(&s);
    assert_ok(set_load(&p, arena_format(&a, "%s/zoo.txt", sets), &s, &err), err);
    set_done(&s);

    assert_false(set_load(&p, "smaple", &s, &err));
    assert_holds("unknown", err.text,
                 "there is no set 'smaple'; known sets: bench, known, mini-bench, mini-known, "
                 "mini-sample, sample, zoo");
    assert_int_equal(err.code, ERR_USAGE);
    assert_false(set_load(&p, "missing.jsonl", &s, &err));
    assert_holds("missing", err.text, "cannot open 'missing.jsonl'");
    assert_false(set_load(&p, "./data", &s, &err));
    assert_holds("folder", err.text, "is a folder");
    write_file(sets, "broken.jsonl", "{\n");
    assert_false(set_load(&p, "broken", &s, &err));
    assert_holds("broken", err.text, "/sets/broken.jsonl', line 1");

    struct paths nowhere = { .share_dir = "/none" };
    assert_false(set_load(&nowhere, "sample", &s, &err));
    assert_holds("none", err.text, "the files that belong to rlab");
    test_folder_remove(dir);
    arena_done(&a);
}

static void test_shipped_queries(void **state)
{
    (void)state;
    char *dir = test_folder();
    struct arena a = { 0 };
    struct paths p = paths_of(dir);
    write_file(arena_format(&a, "%s/sets", dir), "sample.txt", "My own words\n");
    static const struct {
        const char *query;
        bool shipped;
    } rows[] = {
        { "What is the capital of Norway?", true },
        { "\twhat is the CAPITAL\nof  norway? ", true },
        { "What is the capital of Norway", false },
        { "What is 9 times 7?", true },
        { "My own words", false },
        { "", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        bool shipped = !rows[i].shipped;
        struct error err;
        assert_ok(set_is_shipped(&p, rows[i].query, strlen(rows[i].query), &shipped, &err), err);
        if (shipped != rows[i].shipped)
            fail_msg("\"%s\"", rows[i].query);
    }
    test_folder_remove(dir);
    arena_done(&a);
}

/* --- what is shipped ---------------------------------------------------------------- */

static const struct shipped_row {
    const char *name;
    size_t count, labels[LEVELS];
    bool answers;
} shipped[] = {
    { "sample", 6, { 2, 2, 2 }, false },
    { "bench", 5, { 2, 2, 1 }, false },
    { "known", 60, { 20, 20, 20 }, true },
};

static void test_shipped_sets(void **state)
{
    (void)state;
    struct paths p = paths_of(NULL);
    for (size_t i = 0; i < COUNT(shipped); i++) {
        const struct shipped_row *r = &shipped[i];
        struct set s;
        struct error err;
        assert_ok(set_load(&p, r->name, &s, &err), err);
        assert_string_equal(s.name, r->name);
        assert_int_equal(s.count, r->count);
        size_t labels[LEVELS] = { 0 };
        for (size_t j = 0; j < s.count; j++) {
            assert_true(s.items[j].has_label);
            labels[s.items[j].label]++;
            assert_int_equal(s.items[j].answer != NULL, r->answers);
        }
        assert_memory_equal(labels, r->labels, sizeof labels);
        set_done(&s);
    }
}

static void test_known_set(void **state)
{
    (void)state;
    static const char *const kinds[] = { "fact", "arithmetic", "logic" };
    size_t seen[LEVELS][COUNT(kinds)] = { 0 };
    struct paths p = paths_of(NULL);
    struct set s;
    struct error err;
    assert_ok(set_load(&p, "known", &s, &err), err);
    for (size_t i = 0; i < s.count; i++) {
        const struct set_item *it = &s.items[i];
        size_t k = 0;
        while (k < COUNT(kinds) && strcmp(kinds[k], it->kind) != 0)
            k++;
        if (k == COUNT(kinds) || it->steps < 1)
            fail_msg("line %d: kind or steps", it->line);
        seen[it->label][k]++;
        if (!it->check->right(it->answer, strlen(it->answer), it->answer))
            fail_msg("line %d: the answer itself is not right", it->line);
        if (it->check->right(it->query, it->query_len, it->answer) &&
            strcmp(it->check->name, "exact") != 0)
            fail_msg("line %d: repeating the question would be right", it->line);
        for (size_t j = 0; j < i; j++)
            if (strcmp(s.items[j].query, it->query) == 0)
                fail_msg("line %d: stands there twice", it->line);
    }
    for (int level = 0; level < LEVELS; level++)
        for (size_t k = 0; k < COUNT(kinds); k++)
            if (seen[level][k] < 3)
                fail_msg("only %zu of %s among the %s", seen[level][k], kinds[k],
                         level_name((enum level)level));
    set_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_json_lines),
        cmocka_unit_test(test_plain_text),   cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_find),         cmocka_unit_test(test_shipped_queries),
        cmocka_unit_test(test_shipped_sets), cmocka_unit_test(test_known_set),
    };
    return cmocka_run_group_tests_name("set", tests, NULL, NULL);
}
