/* Asking the facts: the limit of what a SELECT may keep, counted for it alone, and a file that is only
 * read. */
#include "tests/store/lab.h"

#include <pthread.h>
#include <string.h>

#include "core/store/facts.h"
#include "core/store/inside.h"
#include "core/store/sql_heap.h"

#define SETTINGS 400

/* So many facts with a text of 400 bytes. */
static void fill(struct store *s)
{
    struct error err;
    char text[401];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_ok(store_batch_begin(s, &err), err);
    for (int i = 0; i < SETTINGS; i++)
        assert_ok(fact_add(s, "setting", "a.key", "", text, &err), err);
    assert_ok(store_batch_end(s, &err), err);
}

/* Keeps pairs of facts, sorted: all of them take some 130 MB, a tenth 13. */
#define PAIRS_OF(most)                                                                             \
    "SELECT 1, length(pair) FROM (SELECT a.after || b.after AS pair FROM"                          \
    " (SELECT after FROM fact_setting LIMIT " most ") a JOIN fact_setting b ORDER BY pair)"

static void test_limit(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        bool kept;
    } rows[] = {
        { PAIRS_OF("40"), true },
        { PAIRS_OF("400"), false },
        { PAIRS_OF("40"), true }, /* what the one before took is given back */
        { PAIRS_OF("400"), false },
    };
    struct lab l;
    struct error err;
    struct facts *f = NULL;
    lab_start(&l);
    struct store *s = lab_open(&l);
    fill(s);
    assert_ok(facts_open(s, &f, &err), err);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fact found = { 0 };
        bool kept = facts_ask(f, rows[i].sql, 0, &found, &err);
        if (kept != rows[i].kept)
            fail_msg("%s: %s", rows[i].sql, kept ? "kept all of it" : err.text);
        if (kept)
            assert_string_equal(found.found, "800");
        else if (test_slower() == 1 || !strstr(err.text, "it takes too long")) /* that came first */
            assert_holds("ended", err.text, "it keeps more than 64 MiB");
        assert_int_equal(facts_was_ended(f), !kept);
    }
    facts_close(f);
    store_close(s);
    lab_end(&l);
}

/* --- a file that is only read ------------------------------------------------------------- */

#define WAS_SET(key) "SELECT after = '" key "', after FROM fact_setting ORDER BY at DESC LIMIT 1"

static void test_read_only(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *found; /* NULL: there is nothing */
        bool ok;
    } rows[] = {
        { WAS_SET("before"), "before", true }, /* in the file */
        { WAS_SET("now"), "now", true },       /* in this session */
        { WAS_SET("never"), "now", false },    /* the newer one says how far it is */
        { "SELECT 1, pane FROM fact_screen", NULL, false },
        { "SELECT count(*) > 0, count(*) FROM fact_setting WHERE key = 'k'", "1", true },
    };
    struct lab l;
    struct error err;
    struct facts *f = NULL;
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_ok(fact_add(s, "setting", "k", "", "before", &err), err);
    store_close(s);
    s = lab_open_with(&l, (struct store_options){ .read_only = true });
    assert_ok(facts_open(s, &f, &err), err);
    struct fact fact = { 0 };
    assert_ok(facts_ask(f, WAS_SET("never"), 0, &fact, &err), err);
    assert_true(fact.known && !fact.ok);
    assert_string_equal(fact.found, "before");
    assert_ok(fact_add(s, "setting", "k", "before", "now", &err), err);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_ok(facts_ask(f, rows[i].sql, 0, &fact, &err), err);
        if (fact.known != !!rows[i].found || fact.ok != rows[i].ok)
            fail_msg("%s: known %d, ok %d", rows[i].sql, fact.known, fact.ok);
        if (rows[i].found)
            assert_string_equal(fact.found, rows[i].found);
    }
    assert_false(facts_ask(f, "SELECT 1, query FROM answer", 0, &fact, &err)); /* no view */
    facts_close(f);
    store_close(s);
    lab_end(&l);
}

/* --- the count itself --------------------------------------------------------------------- */

#define BYTES (1 << 20)

static void *take_beside(void *self)
{
    int64_t before = sql_heap_bytes();
    void **ret = self;
    *ret = sqlite3_malloc(BYTES);
    assert_true(sql_heap_bytes() - before >= BYTES);
    return NULL;
}

static void test_count(void **state)
{
    (void)state;
    struct error err;
    struct db db;
    assert_ok(db_open(":memory:", SQLITE_OPEN_READWRITE, ":memory:", &db, &err), err);
    int64_t before = sql_heap_bytes();
    void *p = sqlite3_malloc(BYTES);
    assert_true(sql_heap_bytes() - before >= BYTES);
    p = sqlite3_realloc(p, 3 * BYTES);
    assert_true(sql_heap_bytes() - before >= 3 * BYTES);
    p = sqlite3_realloc(p, BYTES);
    assert_true(sql_heap_bytes() - before < 2 * BYTES);
    pthread_t thread;
    void *beside = NULL; /* what another thread takes is not ours */
    assert_int_equal(pthread_create(&thread, NULL, take_beside, &beside), 0);
    pthread_join(thread, NULL);
    assert_true(sql_heap_bytes() - before < 2 * BYTES);
    sqlite3_free(p);
    assert_int_equal(sql_heap_bytes() - before, 0);
    sqlite3_free(beside);
    db_close(&db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
