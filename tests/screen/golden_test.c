/* The measure itself is measured: golden.h must see what differs and say how. */
#include "core/base/file.h"
#include "core/base/mem.h"
#include "tests/screen/golden.h"
#include "tests/test.h"

struct fixture {
    char *folder, *path;
    struct grid grid;
    struct buf why;
};

static int setup(void **state)
{
    struct fixture *f = mem_new(struct fixture, 1);
    struct arena a = { 0 };
    f->folder = test_folder();
    f->path = mem_string(arena_format(&a, "%s/x.txt", f->folder));
    arena_done(&a);
    f->why = buf_with_max(64 * 1024);
    grid_init(&f->grid, 2, 10, false);
    struct surface s = surface_of(&f->grid);
    put(&s, 0, 1, LOOK_TEXT, "one");
    put(&s, 1, 1, LOOK_TEXT, "two");
    surface_cursor(&s, 1, 1, true);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    test_folder_remove(f->folder);
    mem_free(f->path);
    buf_done(&f->why);
    grid_done(&f->grid);
    mem_free(f);
    return 0;
}

static void write_file(const struct fixture *f, const char *text)
{
    struct error err = { 0 };
    assert_ok(file_write(f->path, text, strlen(text), &err), err);
}

static void what_is_written_is_as_expected(void **state)
{
    struct fixture *f = *state;
    struct buf text = { 0 };
    struct error err = { 0 };
    assert_true(golden_compare(f->path, &f->grid, true, &f->why));
    assert_true(golden_compare(f->path, &f->grid, false, &f->why));
    assert_string_equal(buf_text(&f->why), "");
    assert_ok(file_read(f->path, 1000, &text, &err), err);
    assert_string_equal(buf_text(&text), " one\n two\ncursor 1,1 shown\n");
    buf_done(&text);
}

/* Each row: what the file holds, and what is said about it. */
static const struct row {
    const char *what, *file, *said;
} rows[] = {
    { "a row", " one\n TWO\ncursor 1,1 shown\n", "row 1\n  wanted | TWO|\n  drawn  | two|\n" },
    { "cursor", " one\n two\ncursor 0,1 shown\n", "wanted |cursor 0,1 shown|" },
    { "shown", " one\n two\ncursor 1,1 hidden\n", "drawn  |cursor 1,1 shown|" },
    { "too few", " one\n", "row 1\n  wanted nothing\n  drawn  | two|\n" },
    { "too many", " one\n two\ncursor 1,1 shown\n\n", "row 3\n  wanted ||\n  drawn  nothing\n" },
    { "blanks", " one \n two\ncursor 1,1 shown\n", "row 0\n  wanted | one |\n" },
};

static void every_difference_is_told(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        write_file(f, rows[i].file);
        buf_clear(&f->why);
        if (golden_compare(f->path, &f->grid, false, &f->why))
            fail_msg("%s: not seen", rows[i].what);
        assert_holds(rows[i].what, buf_text(&f->why), rows[i].said);
    }
}

static void a_missing_file_says_how_to_make_it(void **state)
{
    struct fixture *f = *state;
    assert_false(golden_compare(f->path, &f->grid, false, &f->why));
    assert_holds("how", buf_text(&f->why), "UPDATE_GOLDEN=1");
    assert_holds("what", buf_text(&f->why), " one\n two\ncursor 1,1 shown\n");
    assert_false(golden_compare("/nowhere/at/all.txt", &f->grid, true, &f->why));
    assert_holds("where", buf_text(&f->why), "'/nowhere/at/all.txt' cannot be written");
}

static void a_frame_may_differ_only_with_a_reason(void **state)
{
    struct fixture *f = *state;
    const struct golden_row second[] = { { 1, "a better word" } };
    const struct golden_row both[] = { { 0, "stale" }, { 1, "a better word" } };
    write_file(f, " one\n TWO\n");
    assert_true(golden_compare_frame(f->path, &f->grid, second, 1, &f->why));
    assert_string_equal(buf_text(&f->why), "");
    assert_false(golden_compare_frame(f->path, &f->grid, NULL, 0, &f->why));
    assert_holds("no reason", buf_text(&f->why), "row 1\n  wanted | TWO|\n  drawn  | two|\n");
    buf_clear(&f->why);
    assert_false(golden_compare_frame(f->path, &f->grid, both, 2, &f->why));
    assert_string_equal(buf_text(&f->why), "row 0 is as designed and needs no reason: stale\n");
    buf_clear(&f->why);
    assert_false(golden_compare_frame("/nowhere.txt", &f->grid, NULL, 0, &f->why));
    assert_holds("missing", buf_text(&f->why), "the frame of the design belongs there");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_as_expected, setup, teardown),
        cmocka_unit_test_setup_teardown(every_difference_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_missing_file_says_how_to_make_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_frame_may_differ_only_with_a_reason, setup, teardown),
    };
    return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
