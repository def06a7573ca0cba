/* Themes, tried as they are chosen: Enter keeps one, Esc goes back to what was. */
#include "tui/app.h"

#include <string.h>

#include "tui/screen/theme.h"

static const char *before(struct app *a)
{
    const char *origin, *name = lab_setting(a->lab, "screen.theme", &origin);
    return name ? name : theme_name(theme_at(0));
}

static void draw(struct app *a, struct surface *whole, struct surface *body)
{
    (void)whole;
    int n = 0;
    while (theme_at((size_t)n))
        n++;
    struct surface in = over_box(body, n + 4, 44, "Theme", "Enter keep  Esc back");
    list_count(&a->rows, n);
    for (int i = 0; i < n; i++) {
        bool chosen = i == a->rows.at;
        put(&in, i, 0, LOOK_TITLE, chosen ? "\xE2\x96\xB8" : " ");
        put(&in, i, 2, LOOK_TEXT, theme_name(theme_at((size_t)i)));
        if (chosen)
            surface_cursor(&in, i, 0, false);
    }
    int col = put(&in, n + 1, 2, LOOK_SIMPLE, "simple ");
    col = put(&in, n + 1, col, LOOK_MODERATE, "moderate ");
    col = put(&in, n + 1, col, LOOK_COMPLEX, "complex ");
    col = put(&in, n + 1, col, LOOK_PASS, "pass ");
    put(&in, n + 1, col, LOOK_FAIL, "fail");
}

static void try_chosen(struct app *a, int by)
{
    list_move(&a->rows, by);
    app_theme(a, theme_name(theme_at((size_t)a->rows.at)));
}

static bool write_theme(void *self, void *what, struct error *err)
{
    const struct app *a = self;
    return lab_set(a->lab, "screen.theme", *(const char *const *)what, err);
}

static void theme_is_kept(void *self, void *what)
{
    struct app *a = self;
    desk_say(&a->desk, "theme %s, kept", *(const char *const *)what);
}

static const struct deed keeping = { .title = "The theme is not kept",
                                     .size = sizeof(const char *), /* a name of the table */
                                     .write = write_theme,
                                     .done = theme_is_kept };

static bool key(struct app *a, const struct key *k)
{
    int32_t c = k->code == K_LETTER ? k->letter : 0;
    if (k->code == K_DOWN || c == 'j') {
        try_chosen(a, 1);
    } else if (k->code == K_UP || c == 'k') {
        try_chosen(a, -1);
    } else if (k->code == K_ENTER) {
        const char *name = theme_name(theme_at((size_t)a->rows.at));
        app_theme(a, name);
        deed_do(&a->desk, &keeping, a, &name);
        a->over[a->overs - 1] = NULL;
        a->overs--;
    } else {
        return false;
    }
    return true;
}

static void closed(struct app *a)
{
    app_theme(a, before(a));
}

const struct over over_theme = { .name = "theme",
                                 .draw = draw,
                                 .key = key,
                                 .close = closed,
                                 .keys = "\xE2\x86\x91\xE2\x86\x93 try   Enter keep   Esc back" };

void over_theme_list(struct app *a)
{
    const char *now = before(a);
    int n = 0, at = 0;
    app_open(a, &over_theme);
    for (; theme_at((size_t)n); n++)
        if (strcmp(theme_name(theme_at((size_t)n)), now) == 0)
            at = n;
    list_count(&a->rows, n);
    list_to(&a->rows, at);
}
