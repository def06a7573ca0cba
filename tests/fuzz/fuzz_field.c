/* Keys from a stranger in a field: the text stays safe and below its limit, the cursor on the
 * border of a letter, and it can be drawn at any size. */
#include "tests/fuzz/fuzz.h"

#include "core/base/text.h"
#include "tui/screen/field.h"

enum { LIMIT = 300 };

static const char *past_text(void *self, size_t i)
{
    static const char *const texts[] = { "what is 2+2?", "two\nlines", "\xE4\xB8\xAD\xCC\x81" };
    (void)self;
    return i < 3 ? texts[i] : NULL;
}

static void check(const struct field *f)
{
    const char *s = field_text(f);
    bool border = f->at == f->text.len;
    PROMISE(f->text.len <= LIMIT && f->at <= f->text.len);
    PROMISE(text_valid_up_to(s, f->text.len) == f->text.len);
    for (size_t i = 0; i < f->text.len; i += text_grapheme(s + i, f->text.len - i)) {
        int32_t cp;
        text_decode(s + i, f->text.len - i, &cp);
        PROMISE(!text_is_unsafe(cp) && !(f->one_line && (cp == '\n' || cp == '\t')));
        border |= i == f->at;
    }
    PROMISE(border);
}

/* Rows that were laid out anew from a change on are those of a field that never had others. */
static void check_rows(struct field *f, int cols)
{
    struct field fresh;
    field_init(&fresh, f->one_line);
    field_set(&fresh, field_text(f), f->text.len);
    int n = field_rows(f, cols);
    PROMISE(n == field_rows(&fresh, cols));
    PROMISE(memcmp(f->rows, fresh.rows, (size_t)n * sizeof *f->rows) == 0);
    field_done(&fresh);
}

static void draw(struct field *f, uint8_t size)
{
    struct grid g;
    grid_init(&g, 1 + size % 5, 1 + size % 23, size & 1);
    struct surface s = surface_of(&g);
    int rows = field_draw(f, &s, 0, 0, g.cols, g.rows, true, "hint");
    PROMISE(rows >= 0 && rows <= g.rows);
    check_rows(f, g.cols);
    grid_done(&g);
}

static void play(const uint8_t *data, size_t size, bool one_line)
{
    struct field f;
    struct key_reader r;
    struct key k;
    field_init(&f, one_line);
    keys_init(&r);
    f.max_bytes = LIMIT;
    f.past_texts = past_text;
    for (size_t i = 0; i < size;) {
        i += keys_feed(&r, (const char *)data + i, size - i < 7 ? size - i : 7);
        if (i == size)
            keys_give_up(&r);
        while (keys_next(&r, &k)) {
            field_key(&f, &k);
            check(&f);
            check_rows(&f, 9);
        }
        draw(&f, data[i - 1]);
    }
    keys_done(&r);
    field_done(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    play(data, size, false);
    play(data, size, true);
    return 0;
}
