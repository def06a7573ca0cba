/* What was done, counted: which rows count, and that counting in steps comes to the same. */
#include "tests/store/lab.h"

#include "core/store/inside.h"
#include "core/store/tally.h"

#define MANY 12000 /* rows: more than two steps of any table */

static void run_sql(struct store *s, const char *sql)
{
    struct error err = { 0 };
    assert_ok(db_exec(&s->main, sql, &err), err);
}

/* `rows` answers of one session, a look-up 1 s after each. */
static void fill(struct store *s, int session, const char *purpose, int rows)
{
    struct arena a = { 0 };
    run_sql(s, arena_format(&a,
                            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                            "                        WHERE i < %d)"
                            " INSERT INTO answer (session, purpose, role, cot, forced, end_state,"
                            "                     at_wall, query_hash)"
                            " SELECT %d, '%s', CASE i %% 3 WHEN 0 THEN 'reasoning' ELSE 'fast' END,"
                            "        0, 0, 'OK_STOP', i * 10000000000, zeroblob(32) FROM n",
                            rows, session, purpose));
    run_sql(s, arena_format(&a,
                            "INSERT INTO lookup (session, at_wall, key, result)"
                            " SELECT session, at_wall + 1000000000, zeroblob(32),"
                            "        CASE (at_wall / 10000000000) %% 4 WHEN 0 THEN 'hit'"
                            "             WHEN 1 THEN 'shared' ELSE 'miss' END"
                            " FROM answer WHERE session = %d",
                            session));
    arena_done(&a);
}

static void steps_come_to_the_whole(void **state)
{
    (void)state;
    struct lab l;
    struct error err = { 0 };
    lab_start(&l);
    struct store *s = lab_open(&l);
    fill(s, 1, "ask", MANY);
    fill(s, 2, "demo", MANY); /* at the same times as the person's own */
    struct tally_walk w = { 0 };
    int steps = 0;
    for (; !w.done; steps++)
        assert_ok(tally_step(s, &w, &err), err);
    assert_true(steps > 10);
    assert_int_equal(w.so_far.fast, MANY / 3 * 2);
    assert_int_equal(w.so_far.reasoning, MANY / 3);
    assert_int_equal(w.so_far.hits, MANY / 4);
    assert_int_equal(w.so_far.lookups, MANY / 4 * 3);

    struct tally whole = { 0 };
    assert_ok(tally_read(s, &whole, &err), err);
    assert_memory_equal(&whole, &w.so_far, sizeof whole);
    store_close(s);
    lab_end(&l);
}

/* A stand-in in memory counts with the file it stands in for. */
static void a_file_that_is_only_read_counts(void **state)
{
    (void)state;
    struct lab l;
    struct error err = { 0 };
    struct tally t = { 0 };
    lab_start(&l);
    struct store *s = lab_open(&l);
    fill(s, 1, "ask", MANY);
    run_sql(s, "INSERT INTO label(session, at_wall, query_hash, fold, level, source)"
               " VALUES (1, 1, zeroblob(32), zeroblob(32), 'simple', 'person')");
    store_close(s);
    s = lab_open_with(&l, (struct store_options){ .read_only = true });
    assert_ok(tally_read(s, &t, &err), err);
    assert_int_equal(t.labels, 1);
    assert_int_equal(t.reasoning, MANY / 3);
    assert_int_equal(t.lookups, MANY / 4 * 3);
    fill(s, 7, "ask", 300);
    assert_ok(tally_read(s, &t, &err), err);
    assert_int_equal(t.labels, 1);
    assert_int_equal(t.reasoning, MANY / 3 + 100);
    assert_int_equal(t.lookups, MANY / 4 * 3 + 225);
    store_close(s);
    lab_end(&l);
}

static void nothing_done_is_nothing_counted(void **state)
{
    (void)state;
    struct lab l;
    struct error err = { 0 };
    struct tally t = { .hits = 7 };
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_ok(tally_read(s, &t, &err), err);
    assert_memory_equal(&t, &(struct tally){ 0 }, sizeof t);
    store_close(s);
    lab_end(&l);
}

/* Gaps between row numbers cost nothing, wherever they begin. */
static void row_numbers_may_begin_anywhere(void **state)
{
    (void)state;
    struct lab l;
    struct error err = { 0 };
    struct tally t = { 0 };
    lab_start(&l);
    struct store *s = lab_open(&l);
    run_sql(s,
            "INSERT INTO answer (id, session, purpose, role, cot, forced, end_state, at_wall,"
            "                    query_hash)"
            " VALUES (-5, 1, 'ask', 'fast', 0, 0, 'OK_STOP', 5, zeroblob(32)),"
            "        (9000000000001, 1, 'ask', 'reasoning', 0, 0, 'OK_STOP', 6, zeroblob(32)),"
            "        (9000000000002, 1, 'ask', 'fast', 0, 1, 'OK_STOP', 7, zeroblob(32)),"
            "        (9223372036854775807, 1, 'ask', 'fast', 0, 0, 'ERR_STREAM', 8, zeroblob(32))");
    assert_ok(tally_read(s, &t, &err), err);
    assert_int_equal(t.fast, 1); /* neither the forced one nor the one that broke off */
    assert_int_equal(t.reasoning, 1);
    store_close(s);
    lab_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_come_to_the_whole),
        cmocka_unit_test(a_file_that_is_only_read_counts),
        cmocka_unit_test(nothing_done_is_nothing_counted),
        cmocka_unit_test(row_numbers_may_begin_anywhere),
    };
    return cmocka_run_group_tests_name("store_tally", tests, NULL, NULL);
}
