/* Golden screens (golden.h). Paths are relative to the source folder, where tests are run. */
#include "tests/screen/golden.h"

#include "core/base/file.h"
#include "core/base/mem.h"
#include "tests/test.h"

#define FOLDER          "tests/golden/"
#define MAX_SCREEN_TEXT (1024 * 1024)

/* The rows of a text one by one; both texts of a comparison are walked side by side. */
struct rows {
    const struct buf *text;
    size_t at;
};

static bool next_row(struct rows *r, struct buf *ret)
{
    const char *line;
    size_t len;
    buf_clear(ret);
    if (!file_line(buf_text(r->text), r->text->len, &r->at, &line, &len))
        return false;
    buf_add(ret, line, len);
    return true;
}

/* Adds both versions of a row. A missing row is not an empty one. */
static void add_both(struct buf *why, int row, const struct buf *wanted, bool has_wanted,
                     const struct buf *drawn, bool has_drawn)
{
    buf_printf(why, "row %d\n  wanted %s%s%s\n  drawn  %s%s%s\n", row, has_wanted ? "|" : "nothing",
               buf_text(wanted), has_wanted ? "|" : "", has_drawn ? "|" : "nothing",
               buf_text(drawn), has_drawn ? "|" : "");
}

static struct buf dump(const struct grid *g)
{
    struct buf text = buf_with_max(MAX_SCREEN_TEXT);
    grid_text(g, &text);
    return text;
}

static bool write_text(const char *path, const struct buf *text, struct buf *why)
{
    FILE *f = fopen(path, "wb");
    bool well = f && fwrite(buf_text(text), 1, text->len, f) == text->len;
    if (f && fclose(f) != 0)
        well = false;
    if (!well)
        buf_printf(why, "'%s' cannot be written\n", path);
    return well;
}

static const char *reason_for(const struct golden_row *differ, size_t count, int row)
{
    for (size_t i = 0; i < count; i++)
        if (differ[i].row == row)
            return differ[i].why;
    return NULL;
}

/* Row by row; rows listed in `differ` must be different, all others the same. */
static bool compare(const struct buf *wanted, const struct buf *drawn,
                    const struct golden_row *differ, size_t count, struct buf *why)
{
    struct rows left = { wanted, 0 }, right = { drawn, 0 };
    struct buf a = buf_with_max(MAX_SCREEN_TEXT), b = buf_with_max(MAX_SCREEN_TEXT);
    bool well = true;
    for (int row = 0;; row++) {
        bool in_left = next_row(&left, &a), in_right = next_row(&right, &b);
        if (!in_left && !in_right)
            break;
        bool same = in_left == in_right && strcmp(buf_text(&a), buf_text(&b)) == 0;
        const char *reason = reason_for(differ, count, row);
        if (same != (reason != NULL))
            continue;
        well = false;
        if (same)
            buf_printf(why, "row %d is as designed and needs no reason: %s\n", row, reason);
        else
            add_both(why, row, &a, in_left, &b, in_right);
    }
    buf_done(&a);
    buf_done(&b);
    return well;
}

bool golden_compare(const char *path, const struct grid *g, bool update, struct buf *why)
{
    struct buf drawn = dump(g), wanted = { 0 };
    struct error err = { 0 };
    bool well = false;
    buf_printf(&drawn, "cursor %d,%d %s\n", g->cursor_row, g->cursor_col,
               g->cursor_shown ? "shown" : "hidden");
    if (update)
        well = write_text(path, &drawn, why);
    else if (file_read(path, MAX_SCREEN_TEXT, &wanted, &err))
        well = compare(&wanted, &drawn, NULL, 0, why);
    else
        buf_printf(why, "%s\nUPDATE_GOLDEN=1 in the environment makes the file; drawn was\n%s",
                   err.text, buf_text(&drawn));
    buf_done(&drawn);
    buf_done(&wanted);
    return well;
}

bool golden_compare_frame(const char *path, const struct grid *g, const struct golden_row *differ,
                          size_t count, struct buf *why)
{
    struct buf drawn = dump(g), wanted = { 0 };
    struct error err = { 0 };
    bool well = false;
    if (file_read(path, MAX_SCREEN_TEXT, &wanted, &err))
        well = compare(&wanted, &drawn, differ, count, why);
    else
        buf_printf(why, "%s\nthe frame of the design belongs there\n", err.text);
    buf_done(&drawn);
    buf_done(&wanted);
    return well;
}

static char *path_of(const char *folder, const char *name)
{
    struct arena a = { 0 };
    char *path = mem_string(arena_format(&a, "%s%s.txt", folder, name));
    arena_done(&a);
    return path;
}

/* Ends the test with what is wrong. cmocka leaves it by a jump, so what is held goes first. */
static void settle(const char *name, bool well, struct buf *why)
{
    static char words[16 * 1024];
    snprintf(words, sizeof words, "%s", buf_text(why));
    buf_done(why);
    if (!well)
        fail_msg("%s is not as expected\n%s", name, words);
}

void golden_check(const char *name, const struct grid *g)
{
    const char *update = getenv("UPDATE_GOLDEN");
    struct buf why = buf_with_max(MAX_SCREEN_TEXT);
    char *path = path_of(FOLDER, name);
    bool well = golden_compare(path, g, update && *update && strcmp(update, "0") != 0, &why);
    mem_free(path);
    settle(name, well, &why);
}

void golden_frame(const char *name, const struct grid *g, const struct golden_row *differ,
                  size_t count)
{
    struct buf why = buf_with_max(MAX_SCREEN_TEXT);
    char *path = path_of(FOLDER "ux/", name);
    bool well = golden_compare_frame(path, g, differ, count, &why);
    mem_free(path);
    settle(name, well, &why);
}

static const struct size {
    const char *name;
    int rows, cols;
    bool ascii;
} sizes[] = {
    { "80x24", 19, 80, false }, { "120x40", 36, 88, false }, { "60x16", 12, 60, false },
    { "40x10", 6, 40, false },  { "1x1", 1, 1, false },      { "80x24-ascii", 19, 80, true },
};

static void check_size(const char *name, const struct size *at, golden_draw *draw, const void *view)
{
    struct grid g = { 0 };
    char full[96];
    snprintf(full, sizeof full, "%s-%s", name, at->name);
    grid_init(&g, at->rows, at->cols, at->ascii);
    struct surface s = surface_of(&g);
    draw(view, &s);
    golden_check(full, &g);
    grid_done(&g);
}

void golden_size(const char *name, const char *size, golden_draw *draw, const void *view)
{
    for (size_t i = 0; i < COUNT(sizes); i++)
        if (strcmp(sizes[i].name, size) == 0) {
            check_size(name, &sizes[i], draw, view);
            return;
        }
    fail_msg("no size is called %s", size);
}

void golden_sizes(const char *name, golden_draw *draw, const void *view)
{
    for (size_t i = 0; i < COUNT(sizes); i++)
        check_size(name, &sizes[i], draw, view);
}
