/* Help of the pane: its keys, those of all panes, the words of the screen. From the table of keys,
 * so it cannot be out of date. */
#include "tui/app.h"

#include <stdio.h>
#include <string.h>

#define MAX_LINES 160

struct help_line {
    const char *title; /* a heading, or NULL */
    char keys[20];
    const char *help;
    enum action act; /* ACT_NONE: a word, or a key of fields */
};

struct help {
    struct help_line lines[2][MAX_LINES]; /* the left and the right half */
    int n[2];
};

static const struct word {
    const char *name, *help;
} words[] = {
    { "CoT", "\"think step by step\" was added" },
    { "first", "seconds to the first word" },
    { "tok/s", "tokens per second; ~ where estimated" },
    { "hit", "the answer came from the cache" },
    { "score", "sum of the rule points" },
    { "LRU", "least recently used goes first" },
    { "BUILT-IN", "the built-in small models" },
    { "SLOWED", "built-in models slowed on purpose" },
    { "UNSAVED", "answers in memory, until they can be written" },
    { "REC OFF", "no query and no answer is kept" },
};

static const struct word in_fields[] = {
    { "Enter", "send" },
    { "^J", "new line" },
    { "^R", "search past texts" },
    { "Up Down", "past texts, beyond the first and last line" },
    { "^A ^E", "start, end of the line" },
    { "^U ^W ^K", "clear, word back, rest of the line" },
    { "^Y", "put it back" },
    { "^C", "clear; Up brings it back" },
    { "Esc", "leave the field" },
};

static struct help_line *add(struct help *h, int half)
{
    struct help_line *l = &h->lines[half][h->n[half] < MAX_LINES - 1 ? h->n[half]++ : 0];
    *l = (struct help_line){ 0 };
    return l;
}

static void add_title(struct help *h, int half, const char *title)
{
    if (h->n[half])
        add(h, half);
    add(h, half)->title = title;
}

/* Second keys of one action stand with the first: "Up k". */
static void add_map(struct help *h, int half, enum keymap map, enum keymap pane)
{
    for (size_t i = 0; i < binding_count(); i++) {
        const struct binding *b = binding_at(i);
        struct help_line *last = h->n[half] ? &h->lines[half][h->n[half] - 1] : NULL;
        if (b->map != map || !*b->key || b->act == ACT_SEND)
            continue;
        if (map == MAP_ALL && b->act >= ACT_PANE_2 && b->act <= ACT_PANE_9)
            continue;
        /* The pane says it better. */
        if (map != pane && binding_of(pane, b->act) && binding_of(pane, b->act)->map == pane)
            continue;
        if (last && last->act == b->act && strlen(last->keys) + strlen(b->key) + 2 < 11) {
            strcat(strcat(last->keys, " "), b->key);
            continue;
        }
        struct help_line *l = add(h, half);
        bool pane_key = b->act == ACT_PANE_1;
        snprintf(l->keys, sizeof l->keys, "%s", pane_key ? "1..9" : b->key);
        l->help = pane_key ? "go to a pane (Alt+1..9 in a field)" : b->help;
        l->act = pane_key ? ACT_NONE : b->act;
    }
}

static void add_words(struct help *h, int half, const struct word *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct help_line *l = add(h, half);
        snprintf(l->keys, sizeof l->keys, "%s", w[i].name);
        l->help = w[i].help;
    }
}

static void fill(struct app *a, struct help *h, bool two)
{
    const struct pane *p = app_pane(a);
    int right = two ? 1 : 0;
    h->n[0] = h->n[1] = 0;
    add_title(h, 0, "HERE");
    add_map(h, 0, p->ops->keymap, p->ops->keymap);
    add_title(h, 0, "COACH");
    add_map(h, 0, MAP_COACH, p->ops->keymap);
    add_title(h, 0, "IN A FIELD");
    add_words(h, 0, in_fields, sizeof in_fields / sizeof *in_fields);
    add_title(h, right, "EVERYWHERE");
    add_map(h, right, MAP_ALL, p->ops->keymap);
    add_title(h, right, "WORDS");
    add_words(h, right, words, sizeof words / sizeof *words);
}

/* Where the choice is: row of the half, and which half. In one column both halves are one list. */
static int half_of(const struct app *a)
{
    return a->scroll;
}

static void draw_half(struct app *a, struct surface *in, const struct help *h, int half, int col,
                      int cols)
{
    bool here = half == half_of(a);
    int rows = in->rows - 2;
    for (int i = 0; i < rows; i++) {
        int at = a->rows.top + i;
        if (at >= h->n[half])
            break;
        const struct help_line *l = &h->lines[half][at];
        bool chosen = here && at == a->rows.at;
        if (l->title) {
            put(in, i, col, LOOK_TITLE, l->title);
            if (chosen)
                surface_cursor(in, i, col, false);
            continue;
        }
        if (!l->help)
            continue;
        bool off = l->act != ACT_NONE && app_off(a, l->act);
        put(in, i, col, LOOK_TITLE, chosen ? "\xE2\x96\xB8" : " ");
        put_fit(in, i, col + 1, 10, LOOK_KEY, l->keys);
        put_fit(in, i, col + 12, cols - 12, off ? LOOK_MUTED : LOOK_TEXT, l->help);
        if (chosen)
            surface_cursor(in, i, col, false);
    }
}

static void draw_foot(struct app *a, struct surface *in, const struct help *h)
{
    int half = half_of(a), rows = in->rows - 2, longest = h->n[0] > h->n[1] ? h->n[0] : h->n[1];
    const struct help_line *l = a->rows.at < h->n[half] ? &h->lines[half][a->rows.at] : NULL;
    const char *off = l && l->act != ACT_NONE ? app_off(a, l->act) : NULL;
    char text[200];
    if (off)
        snprintf(text, sizeof text, "%s is off now: %s.", l->keys, off);
    else if (l && l->help) /* whole, where the row cuts it */
        snprintf(text, sizeof text, "%s: %s", l->keys, l->help);
    else
        snprintf(text, sizeof text, "All of it is in the palette too (:) and in rlab help keys");
    char pages[40];
    snprintf(pages, sizeof pages, "%d of %d  PgDn", a->rows.top / (rows > 0 ? rows : 1) + 1,
             (longest + rows - 1) / (rows > 0 ? rows : 1));
    put_fit(in, in->rows - 1, 0, in->cols - (int)strlen(pages) - 2, LOOK_TEXT, text);
    put_right(in, in->rows - 1, in->cols, LOOK_MUTED, pages);
}

static struct help shown; /* rebuilt at every draw: too large for a stack frame */

static void draw(struct app *a, struct surface *whole, struct surface *body)
{
    (void)whole;
    char title[80];
    snprintf(title, sizeof title, "Help: %s", app_pane(a)->ops->title);
    bool two = body->cols >= 70;
    struct surface in = over_box(body, body->rows, body->cols, title, "Enter run  q close");
    fill(a, &shown, two);
    if (!two)
        a->scroll = 0;
    list_count(&a->rows, shown.n[half_of(a)]);
    list_show(&a->rows, in.rows - 2);
    int half = two ? in.cols * 43 / 80 : in.cols;
    draw_half(a, &in, &shown, 0, 0, half - 1);
    if (two)
        draw_half(a, &in, &shown, 1, half, in.cols - half);
    draw_foot(a, &in, &shown);
}

static void run_chosen(struct app *a)
{
    const struct help_line *l =
        a->rows.at < shown.n[half_of(a)] ? &shown.lines[half_of(a)][a->rows.at] : NULL;
    if (!l || l->act == ACT_NONE)
        return;
    enum action act = l->act;
    app_close(a);
    app_act(a, act);
}

/* The next line that holds the letter typed after /: help is short, so one letter at a time would
 * do, but words are what people type. */
static bool find(struct app *a, const char *wanted)
{
    for (int half = 0; half < 2; half++)
        for (int i = 0; i < shown.n[half]; i++) {
            const struct help_line *l = &shown.lines[half][i];
            if (l->help && (strcasestr(l->help, wanted) || strcasestr(l->keys, wanted))) {
                a->scroll = half;
                list_count(&a->rows, shown.n[half]);
                list_to(&a->rows, i);
                return true;
            }
        }
    return false;
}

static void found(void *self, const char *text)
{
    struct app *a = self;
    if (text && *text && !find(a, text))
        desk_say(&a->desk, "help says nothing about '%s'", text);
}

static bool key(struct app *a, const struct key *k)
{
    int32_t c = k->code == K_LETTER ? k->letter : 0;
    if (k->code == K_DOWN || c == 'j')
        list_move(&a->rows, 1);
    else if (k->code == K_UP || c == 'k')
        list_move(&a->rows, -1);
    else if (k->code == K_PAGE_DOWN || c == ' ')
        list_move(&a->rows, 12);
    else if (k->code == K_PAGE_UP)
        list_move(&a->rows, -12);
    else if (k->code == K_TAB || k->code == K_BACKTAB || k->code == K_LEFT || k->code == K_RIGHT)
        a->scroll = !a->scroll;
    else if (k->code == K_ENTER)
        run_chosen(a);
    else if (c == '/')
        desk_ask_text(&a->desk, "Find in help:", "", found, a);
    else if (c == '?' || k->code == K_F1)
        app_close(a);
    else
        return false;
    return true;
}

const struct over over_help = {
    .name = "help",
    .draw = draw,
    .key = key,
    .keys = "\xE2\x86\x91\xE2\x86\x93 scroll  / search  Enter run the selected key  Tab section  "
            "q close",
};
