/* Every SELECT of every exercise, and the newest rows of every view, over a long history: FACTS rows
 * of all kinds, made here. Prints the slowest, warm, worst of three. With 1,000,000 facts, which is
 * where the number says so or RLAB_TEST_FULL is set, more than 0.2 s is a failure; with few it is
 * that one of them is ended because it takes too long. Processor time, so that what else a machine
 * does is not counted.
 *
 *     meson benchmark -C build lessons --verbose;  build/tests/bench_lessons 1000000 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/lab/lesson_find.h"
#include "core/lab/lessons.h"
#include "core/lab/lab.h"
#include "core/store/facts.h"
#include "core/store/inside.h"
#include "tests/test.h"

#define MOST_S 0.2

/* `n` numbered rows; i is the number. */
static void fill(struct store *s, long n, const char *into, const char *values)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    assert_ok(db_exec(&s->main,
                      arena_format(&a,
                                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                                   " WHERE i < %ld) INSERT INTO %s SELECT %s FROM n",
                                   n, into, values),
                      &err),
              err);
    arena_done(&a);
}

static void fill_all(struct store *s, long facts)
{
    long n = facts / 10;
    fill(s, 3 * n,
         "classification(session, at_wall, purpose, rules, score, level, signals,"
         " query_hash, fold)",
         "1, i, 'classify', 'basic', i % 9 - 3, 'simple', i % 4, CAST(i % 5000 AS BLOB),"
         " CAST(i % 5000 AS BLOB)");
    fill(s, 2 * n, "lookup(session, at_wall, key, result, purpose, query_hash, joined, stale)",
         "1, i, CAST(i % 7000 AS BLOB), CASE i % 3 WHEN 0 THEN 'hit' ELSE 'miss' END, 'ask',"
         " CAST(i % 7000 AS BLOB), CAST(i % 7000 AS BLOB), 0");
    fill(s, 2 * n,
         "answer(session, purpose, role, cot, forced, end_state, origin, at_wall,"
         " query_hash, fold, score, pair_id, side, model)",
         "1, CASE i % 4 WHEN 0 THEN 'compare' WHEN 1 THEN 'compare' ELSE 'ask' END,"
         " CASE i % 2 WHEN 0 THEN 'fast' ELSE 'reasoning' END, 0, 0, 'OK_STOP', 'model', i,"
         " CAST(i AS BLOB), CAST(i AS BLOB), i % 9, CASE i % 4 WHEN 0 THEN i + 1 WHEN 1 THEN i - 1"
         " END, CASE i % 2 WHEN 0 THEN 'left' ELSE 'right' END, 'm'");
    fill(s, n / 2, "label(session, at_wall, query_hash, source, level, fold)",
         "1, i, CAST(i AS BLOB), 'person', 'complex', CAST(i AS BLOB)");
    fill(s, n / 2, "judgement(session, at_wall, pair, other, verdict, blind, swapped)",
         "1, i, i * 4, i * 4 + 1, 'left', 1, 0");
    fill(s, n / 2, "fact(session, at_wall, kind, subject, before, after)",
         "1, i, CASE i % 3 WHEN 0 THEN 'breaker' WHEN 1 THEN 'setting' ELSE 'screen' END, "
         "'thinking:'"
         " || i, 'closed', 'open'");
    fill(s, n / 2, "entry(session, at_wall, event, key, model, query_hash, size)",
         "1, i, CASE i % 3 WHEN 0 THEN 'evicted' ELSE 'stored' END, CAST(i % 900 AS BLOB), 'm',"
         " CAST(i % 900 AS BLOB), 3");
    fill(s, n / 500 + 1, "run(session, kind, name, set_name, state, started_wall, settings)",
         "1, CASE i % 2 WHEN 0 THEN 'bench' ELSE 'trial' END, 'r', 's', 'done', i,"
         " '{\"rounds\":2,\"no_cache\":false,\"cold\":false}'");
    fill(s, n,
         "run_item(run_id, query_index, round, query_hash, level, role, model, origin,"
         " end_state, fallback, always, fold)",
         "i / 500 + 1, i % 50, i % 500 / 50 + 1, CAST(i % 50 AS TEXT), 'simple', 'fast', 'm',"
         " 'model', 'OK_STOP', 0, 0, CAST(i % 50 AS BLOB)");
    fill(s, n / 2,
         "agreement(session, at_wall, rules, moderate_from, complex_from, labels, agreed)",
         "1, i, 'r', 1, i % 5, 20, i % 20");
    fill(
        s, n / 4,
        "budget_figure(session, at_wall, measured, model, kind, how, steps, n,"
        " right_count)",
        "1, i, i / 60, CASE i % 2 WHEN 0 THEN 'fast' ELSE 'reason' END, 'chain', 'free', i % 6 + 1,"
        " 20, 10");
    fill(s, n / 4, "exercise(session, at_wall, exercise, kind, number, question, correct, text)",
         "1, i, CASE i % 3 WHEN 0 THEN '1.2' WHEN 1 THEN '8.6' ELSE '5.1' END, 'answer', i / 2,"
         " i % 2 + 1, 1, '50'");
}

static double ask_worst(struct facts *f, const char *sql)
{
    double worst = 0;
    for (int i = 0; i < 4; i++) {
        struct fact fact = { 0 };
        struct error err = { 0 };
        int64_t began = clock_thread_ns();
        if (!facts_ask(f, sql, 0, &fact, &err))
            fail_msg("%s: %s", sql, err.text);
        double took = clock_seconds(clock_thread_ns() - began);
        if (i > 0 && took > worst) /* the first one warms */
            worst = took;
    }
    return worst;
}

static long facts = 20000;

#define FULL 1000000

/* What a stranger's exercise is told to do in lessons/README.md; a run counts its rows anew, so of
 * those fewer are wanted. */
static double ask_views(struct facts *f)
{
    struct buf names = buf_with_max(1000);
    double worst = 0;
    facts_views(&names);
    char *rest = NULL;
    for (char *name = strtok_r(names.data, ", ", &rest); name; name = strtok_r(NULL, ", ", &rest)) {
        struct arena a = { 0 };
        double took = ask_worst(
            f, arena_format(&a,
                            "SELECT count(*) > 0, max(at) FROM (SELECT * FROM %s WHERE at > :since"
                            " ORDER BY at DESC LIMIT %d)",
                            name, strcmp(name, "fact_run") == 0 ? 40 : 2000));
        if (took > MOST_S / 4)
            printf("# %s: %.3f s\n", name, took);
        worst = took > worst ? took : worst;
        arena_done(&a);
    }
    buf_done(&names);
    return worst;
}

static void every_select_is_quick(void **state)
{
    (void)state;
    char *folder = test_folder();
    struct lab lab = { 0 };
    struct lab_options options = { .data_dir = folder, .builtin = true };
    struct error err = { 0 };
    assert_ok(lab_open(&lab, &options, &err), err);
    assert_ok(fact_add(lab.store, "x", "", "", "", &err), err);
    assert_ok(db_exec(&lab.store->main, "BEGIN", &err), err);
    fill_all(lab.store, facts);
    assert_ok(db_exec(&lab.store->main, "COMMIT", &err), err);
    struct lesson_list list = { 0 };
    struct facts *f = NULL;
    lesson_list_find(&lab.paths, NULL, 0, &list);
    assert_true(list.count >= 26);
    assert_ok(facts_open(lab.store, &f, &err), err);
    double worst = ask_views(f);
    for (size_t i = 0; i < list.count; i++)
        for (int c = 0; c < list.lessons[i].criterion_count; c++) {
            double took = ask_worst(f, list.lessons[i].criteria[c].select);
            if (took > MOST_S / 4)
                printf("# %s criterion %d: %.3f s\n", list.lessons[i].id, c + 1, took);
            worst = took > worst ? took : worst;
        }
    printf("# worst of all, %ld facts: %.3f s\n", facts, worst);
    facts_close(f);
    lesson_list_done(&list);
    lab_close(&lab);
    test_folder_remove(folder);
    if (facts >= FULL)
        assert_true(worst < MOST_S);
}

int main(int argc, char **argv)
{
    const char *full = getenv("RLAB_TEST_FULL");
    if (full && strcmp(full, "1") == 0)
        facts = FULL;
    if (argc > 1)
        facts = strtol(argv[1], NULL, 10);
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_select_is_quick) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
