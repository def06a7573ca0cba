/* A page that grows by a stranger's text while it is scrolled, resized and searched: it is drawn,
 * its rows add up, and in the end it shows what a page shows that got the text at once. */
#include "tests/fuzz/fuzz.h"

#include "core/base/mem.h"
#include "tui/screen/page.h"

static char *drawn(struct page *p, int rows, int cols)
{
    struct grid g;
    struct buf text = buf_with_max((size_t)-1 / 4);
    grid_init(&g, rows, cols, false);
    struct surface s = surface_of(&g);
    page_draw(p, &s);
    grid_text(&g, &text);
    grid_done(&g);
    return buf_take(&text);
}

static void play(struct page *p, uint8_t key, const char *text, size_t len)
{
    int rows = 1 + key % 7, cols = 1 + key % 90;
    mem_free(drawn(p, rows, cols));
    if (key & 1)
        page_move(p, (key >> 2) % 32 - 16, rows);
    if (key & 2) {
        char words[5] = { 0 };
        memcpy(words, text, len < 4 ? len : 4);
        page_search(p, words, key & 4 ? 1 : -1, rows);
    }
    if (key & 8)
        page_end(p);
    PROMISE(!(key & 8) || page_follows(p));
    if ((key & 48) == 48)
        page_set_top(p, key / 3 - 8);
    int all = page_rows(p, cols, false), top = page_top(p);
    PROMISE(top >= 0 && (top < all || all == 0));
    PROMISE(page_below(p, rows) >= 0 && page_below(p, rows) < all + 1);
}

/* The same text as it stands, with no Markdown in it, on a page that was used before. */
static void plain(const char *text, size_t size, uint8_t key)
{
    struct page *p = page_new(PAGE_PLAIN, LOOK_TEXT);
    size_t len;
    page_set_top(p, key);
    page_add(p, "before", 6);
    play(p, key, text, size);
    page_clear(p);
    page_add(p, text, size);
    const char *source = page_source(p, &len);
    PROMISE(len == size && memcmp(source, text, len) == 0);
    play(p, key ^ 0xFF, text, size);
    while (page_unfinished(p))
        page_rows(p, 40, false);
    page_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct page *grown = page_new(PAGE_MARKDOWN, LOOK_TEXT);
    struct page *whole = page_new(PAGE_MARKDOWN, LOOK_TEXT);
    uint8_t step = 1 + data[0] % 64, key = data[1];
    const char *text = (const char *)data + 2;
    size -= 2;
    plain(text, size, key);
    size_t plays = size / step / 8 + 1; /* it is played with eight times while it grows */
    for (size_t i = 0; i < size; i += step, key = (uint8_t)(key * 5 + 17)) {
        size_t n = size - i < step ? size - i : step;
        page_add(grown, text + i, n);
        if (i / step % plays == 0)
            play(grown, key, text + i, n);
    }
    page_add(whole, text, size);
    page_search(grown, NULL, 0, 0);
    page_home(grown);
    page_home(whole);
    char *a = drawn(grown, 50, 40), *b = drawn(whole, 50, 40);
    PROMISE(strcmp(a, b) == 0);
    PROMISE(page_rows(grown, 40, false) == page_rows(whole, 40, false));
    mem_free(a);
    mem_free(b);
    page_free(grown);
    page_free(whole);
    return 0;
}
