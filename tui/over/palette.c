/* The palette: one line over the key line, above it what fits: the actions of this pane and of all
 * panes, and the verbs of the command line, which are run as they are typed. */
#include "tui/app.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tui/over/palette_words.h"
#include "tui/verb/verb.h"

#define MAX_ENTRIES 256
#define RECENT      16

struct entry {
    char text[48]; /* what is typed and, for a verb, run */
    const char *help;
    const char *key; /* of an action */
    enum action act; /* ACT_NONE: a verb */
    int rank;        /* lower first */
};

/* What was run last, newest first; lives as long as the program. */
static char recent[RECENT][48];

static void remember(const char *text)
{
    int i = 0;
    while (i < RECENT - 1 && strcmp(recent[i], text) != 0 && *recent[i])
        i++;
    memmove(recent[1], recent[0], (size_t)i * sizeof *recent);
    snprintf(recent[0], sizeof *recent, "%s", text);
}

static int recency(const char *text)
{
    for (int i = 0; i < RECENT; i++)
        if (strcmp(recent[i], text) == 0)
            return i;
    return RECENT;
}

/* The letters of `wanted` in their order somewhere in `text`: how far apart they stand; -1: not
 * there. A whole word at the start is best. */
static int fuzzy(const char *text, const char *wanted)
{
    int cost = 0, last = -1, at = 0;
    if (!*wanted)
        return 0;
    for (const char *w = wanted; *w; w++) {
        while (text[at] && tolower((unsigned char)text[at]) != tolower((unsigned char)*w))
            at++;
        if (!text[at])
            return -1;
        cost += last < 0 ? at : at - last - 1;
        last = at++;
    }
    return cost;
}

static int match(const struct entry *e, const char *wanted)
{
    int by_text = fuzzy(e->text, wanted);
    const char *in_help = strcasestr(e->help, wanted);
    if (by_text >= 0)
        return by_text;
    return in_help ? 40 + (int)(in_help - e->help) : -1;
}

static struct entry entries[MAX_ENTRIES];
static int entry_count;

static void add(struct entry e, const char *wanted)
{
    int m = match(&e, wanted);
    /* Words after a verb are its arguments: it stays in sight while they are typed, below what
     * they are the beginning of. */
    size_t n = strlen(e.text);
    if (m < 0 && e.act == ACT_NONE && strncmp(wanted, e.text, n) == 0 && wanted[n] == ' ')
        m = 1;
    if (m < 0 || entry_count == MAX_ENTRIES)
        return;
    e.rank = m * (RECENT + 1) + recency(e.text);
    int i = entry_count++;
    for (; i > 0 && entries[i - 1].rank > e.rank; i--)
        entries[i] = entries[i - 1];
    entries[i] = e;
}

static void add_actions(struct app *a, enum keymap map, const char *wanted)
{
    bool done[ACTIONS] = { false };
    for (size_t i = 0; i < binding_count(); i++) {
        const struct binding *b = binding_at(i);
        if (b->map != map || !*b->key || done[b->act] || b->act == ACT_SEND ||
            b->act == ACT_PALETTE)
            continue;
        done[b->act] = true;
        struct entry e = { .help = b->help, .key = b->key, .act = b->act };
        snprintf(e.text, sizeof e.text, "%s", action_name(b->act));
        add(e, wanted);
    }
    (void)a;
}

static void add_verbs(const char *wanted)
{
    for (size_t i = 0; i < verb_count; i++) {
        struct entry e = { .help = verbs[i]->summary };
        snprintf(e.text, sizeof e.text, "%s", verbs[i]->name);
        add(e, wanted);
        for (const char *s = verbs[i]->subs; s && *s;) {
            size_t n = strcspn(s, " ");
            snprintf(e.text, sizeof e.text, "%s %.*s", verbs[i]->name, (int)n, s);
            e.help = palette_words(e.text, verbs[i]->summary);
            add(e, wanted);
            s += n + strspn(s + n, " ");
        }
    }
}

static const struct own {
    const char *text, *help;
} own[] = {
    { "theme", "colours: default, mono, high-contrast, blue-orange" },
    { "log", "everything that was said, and all errors" },
    { "tour line", "the line for the first time, in Setup" },
};

static void fill(struct app *a)
{
    const char *wanted = field_text(&a->line);
    entry_count = 0;
    add_actions(a, app_pane(a)->ops->keymap, wanted);
    add_actions(a, MAP_ALL, wanted);
    add_actions(a, MAP_COACH, wanted);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        struct entry e = { .help = own[i].help };
        snprintf(e.text, sizeof e.text, "%s", own[i].text);
        add(e, wanted);
    }
    add_verbs(wanted);
    list_count(&a->rows, entry_count);
}

static void draw(struct app *a, struct surface *whole, struct surface *body)
{
    fill(a);
    int foot = whole->rows - 1, rows = body->rows < 12 ? body->rows : 12;
    if (rows > entry_count)
        rows = entry_count;
    list_show(&a->rows, rows);
    surface_blank(whole, foot, 0, 1, whole->cols);
    put(whole, foot, 1, LOOK_KEY, ":");
    field_draw(&a->line, whole, foot, 2, whole->cols - 3, 1, true, "");
    int first = foot - rows;
    for (int i = 0; i < rows; i++) {
        const struct entry *e = &entries[a->rows.top + i];
        bool chosen = a->rows.top + i == a->rows.at;
        const char *off = e->act != ACT_NONE ? app_off(a, e->act) : NULL;
        int row = first + i;
        int end = e->key ? whole->cols - 3 - surface_width(whole, e->key) : whole->cols - 1;
        surface_blank(whole, row, 0, 1, whole->cols);
        put(whole, row, 1, LOOK_TITLE, chosen ? "\xE2\x96\xB8" : " ");
        put_fit(whole, row, 3, 22, off ? LOOK_MUTED : LOOK_TEXT, e->text);
        put_fit(whole, row, 27, end - 27, LOOK_MUTED, off ? off : e->help);
        if (e->key)
            put_right(whole, row, whole->cols - 1, LOOK_KEY, e->key);
    }
}

/* A theme by name is taken at once: the loop reads it from the desk. */
static bool run_own(struct app *a, const char *text)
{
    if (strcmp(text, "log") == 0) {
        app_open(a, &over_log);
        return true;
    }
    if (strncmp(text, "theme", 5) == 0 && (text[5] == ' ' || !text[5])) {
        app_theme(a, text[5] ? text + 6 : "");
        return true;
    }
    if (strcmp(text, "tour line") == 0) {
        const char *kept = desk_kept(&a->desk, "setup.tour");
        desk_keep(&a->desk, "setup.tour", kept && strcmp(kept, "on") == 0 ? "off" : "on");
        app_show(a, 0);
        return true;
    }
    return false;
}

static void run(struct app *a)
{
    char typed[1024];
    snprintf(typed, sizeof typed, "%s", field_text(&a->line));
    const struct entry *e = entry_count ? &entries[a->rows.at] : NULL;
    enum action act = e ? e->act : ACT_NONE;
    size_t n = e ? strlen(e->text) : 0;
    /* What was typed goes on beyond the chosen words: run it as it stands. */
    bool longer = e && act == ACT_NONE && strncmp(typed, e->text, n) == 0 && typed[n] == ' ';
    if (e && !longer)
        snprintf(typed, sizeof typed, "%s", e->text);
    app_close(a);
    if (!*typed)
        return;
    if (e)
        remember(e->text);
    if (act != ACT_NONE)
        app_act(a, act);
    else if (!run_own(a, typed))
        app_run_words(a, typed);
}

/* Tab writes the chosen words into the line, for arguments after them. */
static void complete(struct app *a)
{
    if (!entry_count)
        return;
    char text[64];
    int n = snprintf(text, sizeof text, "%s ", entries[a->rows.at].text);
    field_set(&a->line, text, (size_t)n);
}

static bool key(struct app *a, const struct key *k)
{
    fill(a); /* keys may come faster than frames: what was typed counts, not what was drawn */
    if (k->code == K_ESC || (k->code == K_CTRL && k->letter == 'c')) {
        app_close(a);
    } else if (k->code == K_ENTER) {
        run(a);
    } else if (k->code == K_TAB) {
        complete(a);
    } else if (k->code == K_DOWN) {
        list_move(&a->rows, 1);
    } else if (k->code == K_UP) {
        list_move(&a->rows, -1);
    } else if (field_key(&a->line, k) == FIELD_CHANGED) {
        list_to(&a->rows, 0);
    }
    return true;
}

const struct over over_palette = {
    .name = "palette", .draw = draw, .key = key, .keys = "", .takes_text = true
};
