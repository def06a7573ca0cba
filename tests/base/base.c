/* The small things: errors, memory, buffers, digests, random numbers, files, time. */
#include "tests/test.h"

#include <math.h>
#include <sys/stat.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/random.h"
#include "core/limits.h"

static void test_errors(void **state)
{
    (void)state;
    struct error err;
    assert_false(error_set(&err, ERR_PARSE, "line %d is not JSON", 3));
    assert_false(error_within(&err, "reading '%s'", "a.jsonl"));
    assert_string_equal(err.text, "reading 'a.jsonl': line 3 is not JSON");
    assert_int_equal(err.code, ERR_PARSE);
    error_set(&err, ERR_IO, "again: %s", err.text); /* its own text as an argument */
    assert_string_equal(err.text, "again: reading 'a.jsonl': line 3 is not JSON");
    char *big = calloc(1, 2000);
    memset(big, 'x', 1999);
    error_set(&err, ERR_IO, "%s", big);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    free(big);
}

static void test_buf(void **state)
{
    (void)state;
    struct buf b = buf_with_max(10);
    assert_string_equal(buf_text(&b), "");
    assert_true(buf_puts(&b, "12345"));
    assert_true(buf_printf(&b, "%d", 678));
    assert_false(buf_puts(&b, "abc"));
    assert_string_equal(buf_text(&b), "12345678");
    assert_true(buf_add(&b, "90", 2));
    assert_false(buf_putc(&b, '!'));
    char *taken = buf_take(&b);
    assert_string_equal(taken, "1234567890");
    assert_int_equal(b.len, 0);
    assert_int_equal(b.max, 10);
    mem_free(taken);
    buf_done(&b);
}

static void test_arena(void **state)
{
    (void)state;
    struct arena a = { 0 };
    for (size_t n = 1; n < 200000; n *= 3) {
        char *p = arena_new(&a, char, n);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xFF, n);
    }
    assert_string_equal(arena_format(&a, "%s-%d", "run", 3), "run-3");
    arena_clear(&a);
    char *again = arena_new(&a, char, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(again[i], 0);
    arena_done(&a);
    arena_done(&a);
}

static void test_hash(void **state)
{
    (void)state;
    /* BLAKE2b-256 of "abc", computed with an independent implementation. */
    char hex[HASH_HEX];
    struct hash h = hash_of("abc", 3), back;
    hash_hex(&h, hex);
    assert_string_equal(hex, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    assert_true(hash_from_hex(hex, &back) && hash_equal(&h, &back));
    assert_false(hash_from_hex("12", &back));

    /* The examples of RFC 4648. */
    struct buf b = buf_with_max(20);
    assert_true(hash_base64(&b, "f", 1) && hash_base64(&b, "fooba", 5) && hash_base64(&b, "", 0));
    assert_string_equal(buf_text(&b), "Zg==Zm9vYmE=");
    assert_false(hash_base64(&b, "foobarfoo", 9));
    assert_string_equal(buf_text(&b), "Zg==Zm9vYmE=");
    buf_done(&b);

    /* Fields never run into each other. */
    struct hash_state s;
    struct hash keys[4];
    const char *fields[4][2] = { { "a:", "b" }, { "a", ":b" }, { "a:b", "" }, { "a:b", NULL } };
    for (int i = 0; i < 4; i++) {
        hash_start(&s);
        hash_field_text(&s, fields[i][0]);
        hash_field_text(&s, fields[i][1]);
        keys[i] = hash_end(&s);
        for (int j = 0; j < i; j++)
            assert_false(hash_equal(&keys[i], &keys[j]));
    }
}

/* The digest of fields is that of their lengths and bytes, however long they are together. */
static struct hash of_fields(const char *text, size_t len, int times)
{
    struct buf all = buf_with_max(1 * MIB);
    for (int i = 0; i < times; i++) {
        unsigned char prefix[8] = { (unsigned char)len, (unsigned char)(len >> 8),
                                    (unsigned char)(len >> 16) };
        buf_add(&all, (const char *)prefix, sizeof prefix);
        buf_add(&all, text, len);
    }
    struct hash h = hash_of(buf_text(&all), all.len);
    buf_done(&all);
    return h;
}

static void test_hash_of_long_fields(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        int times;
    } rows[] = {
        { 0, 1 },
        { 1, 3 },
        { 100, 9 },
        { HASH_TOGETHER - 8, 1 },
        { HASH_TOGETHER - 8, 2 },
        { HASH_TOGETHER - 7, 1 },
        { HASH_TOGETHER, 3 },
        { HASH_TOGETHER + 1, 2 },
        { 5, 500 },
        { 70000, 2 },
    };
    char *text = mem_alloc(70000, 1);
    for (size_t i = 0; i < 70000; i++)
        text[i] = (char)(i * 7);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct hash_state s;
        hash_start(&s);
        for (int k = 0; k < rows[i].times; k++)
            hash_field(&s, text, rows[i].len);
        struct hash got = hash_end(&s), want = of_fields(text, rows[i].len, rows[i].times);
        if (!hash_equal(&got, &want))
            fail_msg("row %zu: another digest", i);
    }
    mem_free(text);
}

/* A number's field is what printf writes of it: keys outlive the code that makes them. */
static void test_hash_of_numbers(void **state)
{
    (void)state;
    static const double reals[] = { 0,        -0.0,    1,        -1,   0.7,      1e14,     -1e14,
                                    1e15,     -1e15,   1e16,     1e17, 1e300,    0.1,      1e-9,
                                    123456.5, 1.0 / 3, 1e15 - 1, NAN,  INFINITY, -INFINITY };
    static const int64_t whole[] = { 0,   1,    -1,   9,         10,        99,
                                     100, -100, 1024, INT64_MAX, INT64_MIN, INT64_MIN + 1 };
    char text[64];
    struct hash_state s;
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        snprintf(text, sizeof text, "%.17g", reals[i]);
        hash_start(&s);
        hash_field_real(&s, reals[i]);
        struct hash got = hash_end(&s), want = of_fields(text, strlen(text), 1);
        if (!hash_equal(&got, &want))
            fail_msg("%s: another digest", text);
    }
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        snprintf(text, sizeof text, "%lld", (long long)whole[i]);
        hash_start(&s);
        hash_field_int(&s, whole[i]);
        struct hash got = hash_end(&s), want = of_fields(text, strlen(text), 1);
        if (!hash_equal(&got, &want))
            fail_msg("%s: another digest", text);
    }
}

static void test_random(void **state)
{
    (void)state;
    struct random a, b;
    random_seed(&a, 1);
    random_seed(&b, 1);
    int seen[7] = { 0 };
    for (int i = 0; i < 7000; i++) {
        uint64_t v = random_below(&a, 7);
        assert_int_equal(v, random_below(&b, 7));
        seen[v]++;
    }
    for (int i = 0; i < 7; i++)
        assert_in_range(seen[i], 850, 1150);
    double unit = random_unit(&a);
    assert_true(unit >= 0 && unit < 1);
}

static void test_files(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct error err;
    struct buf b = { 0 };
    char *dir = test_folder();
    const char *deep = arena_format(&a, "%s/one/two", dir);
    assert_ok(file_make_folder(deep, &err), err);
    assert_ok(file_make_folder(deep, &err), err);
    struct stat st;
    assert_int_equal(stat(deep, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);

    const char *path = arena_format(&a, "%s/f.txt", deep);
    assert_ok(file_write(path, "a\r\nb", 4, &err), err);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_ok(file_read(path, 100, &b, &err), err);
    size_t at = 0, n;
    const char *line;
    assert_true(file_line(b.data, b.len, &at, &line, &n) && n == 1 && line[0] == 'a');
    assert_true(file_line(b.data, b.len, &at, &line, &n) && n == 1 && line[0] == 'b');
    assert_false(file_line(b.data, b.len, &at, &line, &n));

    assert_false(file_read(path, 3, &b, &err));
    assert_holds("too long", err.text, "the limit");
    assert_int_equal(b.len, 4); /* untouched */
    assert_false(file_read(deep, 3, &b, &err));
    assert_holds("folder", err.text, "is a folder");
    assert_false(file_read("/nowhere/at/all", 3, &b, &err));
    assert_holds("missing", err.text, "/nowhere/at/all");
    buf_done(&b);
    arena_done(&a);
    test_folder_remove(dir);
}

static void test_clock(void **state)
{
    (void)state;
    char text[CLOCK_STAMP_SIZE];
    clock_stamp(1700000000 * NS_PER_S, text);
    assert_string_equal(text, "2023-11-14T22:13:20Z");
    clock_stamp(0, text);
    assert_string_equal(text, "-");
    int64_t before = clock_mono(clock_real());
    assert_true(clock_mono(clock_real()) >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_buf),
        cmocka_unit_test(test_arena),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_hash_of_long_fields),
        cmocka_unit_test(test_hash_of_numbers),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_clock),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
