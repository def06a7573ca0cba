/* What panes left on the desk, what lies over them, and verbs that run beside the screen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "tui/app_inside.h"
#include "tui/child.h"

/* --- notes of the panes ------------------------------------------------------------------- */

static int pane_index(const char *name)
{
    for (int i = 0; i < PANES; i++)
        if (strcmp(panes[i]->name, name) == 0)
            return i;
    return -1;
}

static void go(struct app *a)
{
    int i = a->desk.pane ? pane_index(a->desk.pane) : -1;
    bool typing = app_pane(a)->focused; /* who typed goes on typing, who read goes on reading */
    if (i < 0)
        return;
    app_show(a, i);
    struct pane *p = app_pane(a);
    struct field *f = app_field(p);
    if (a->desk.has_text && f) {
        field_set(f, buf_text(&a->desk.text), a->desk.text.len);
        if (p->ops->typed)
            p->ops->typed(p, false);
        p->focused |= typing;
    }
}

static void write_named(void *self, const char *path)
{
    struct app *a = self;
    struct error err;
    if (!path || !*path)
        return;
    if (file_write(path, buf_text(&a->desk.text), a->desk.text.len, &err))
        desk_say(&a->desk, "wrote %zu bytes to %s", a->desk.text.len, path);
    else
        desk_fail(&a->desk, "The file was not written", &err);
}

/* Carries out what was left on the desk. */
static bool card_is_open(const struct app *a)
{
    for (int i = 0; i < a->overs; i++)
        if (a->over[i] == &over_card)
            return true;
    return false;
}

void app_take_notes(struct app *a)
{
    struct desk *d = &a->desk;
    enum desk_wants wants = d->wants;
    d->wants = DESK_NOTHING;
    switch (wants) {
    case DESK_NOTHING:
        break;
    case DESK_PANE:
        go(a);
        break;
    case DESK_FIELD:
        app_pane(a)->focused = app_field(app_pane(a)) != NULL;
        break;
    case DESK_COPY:
        a->wants = APP_COPY;
        break;
    case DESK_FILE:
        desk_ask_text(d, "Write to the file", d->name, write_named, a);
        break;
    case DESK_PAGER:
        a->wants = APP_PAGER;
        break;
    case DESK_EDITOR:
        a->wants = APP_EDITOR;
        break;
    }
    const struct over *top = a->overs ? a->over[a->overs - 1] : NULL;
    if (d->question.text && top != &over_question)
        app_open(a, &over_question);
    else if (d->trouble.t.title && top != &over_trouble && top != &over_question)
        app_open(a, &over_trouble);
    else if (d->card.title && !card_is_open(a))
        app_open(a, &over_card);
    if (d->dirty)
        a->dirty = true;
    d->dirty = false;
}

void app_edited(struct app *a, const char *text, size_t len)
{
    struct pane *p = app_pane(a);
    if (text && p->ops->edited)
        p->ops->edited(p, text, len);
    a->dirty = true;
    app_take_notes(a);
}

void app_theme(struct app *a, const char *name)
{
    snprintf(a->theme, sizeof a->theme, "%s", name);
    if (!*name)
        over_theme_list(a);
    else
        a->wants = APP_THEME;
    a->dirty = true;
}

/* --- overlays ----------------------------------------------------------------------------- */

void app_open(struct app *a, const struct over *o)
{
    for (int i = 0; i < a->overs; i++)
        if (a->over[i] == o)
            return;
    if (a->overs == APP_OVERS)
        return;
    a->over[a->overs++] = o;
    a->rows = (struct list){ 0 };
    a->scroll = 0;
    if (o->takes_text) {
        field_clear(&a->line);
        if (o == &over_question)
            field_set(&a->line, a->desk.question.value, strlen(a->desk.question.value));
    }
    a->dirty = true;
}

void app_close(struct app *a)
{
    const struct over *o = a->over[--a->overs];
    a->over[a->overs] = NULL;
    if (o->close)
        o->close(a);
    a->dirty = true;
}

bool app_run_words(struct app *a, const char *words)
{
    struct error err;
    if (a->child) {
        desk_say(&a->desk, "one command at a time: '%s' still runs", a->child_said);
        return false;
    }
    char cols[16]; /* inside the borders of the box it will be shown in */
    snprintf(cols, sizeof cols, "%d", app_pane(a)->body_cols - 4);
    setenv("RLAB_COLUMNS", cols, 1);
    a->child = child_start(a->options.program, a->options.program_args, words, &err);
    unsetenv("RLAB_COLUMNS");
    if (!a->child) {
        desk_fail(&a->desk, "The command was not started", &err);
        return false;
    }
    snprintf(a->child_said, sizeof a->child_said, "%s", words);
    text_trim_partial(a->child_said);
    page_free(a->output);
    a->output = page_new(PAGE_PLAIN, LOOK_TEXT);
    app_open(a, &over_output);
    return true;
}

/* A verb may have chosen other rules or models: they hold here too from now on. */
static void chosen_again(void *self, const struct error *err)
{
    app_chosen(self, err);
}

/* Of the settings that are read at the start: what a key changed since stays. */
struct screen_settings {
    char theme[32];
    bool mouse;
};

static struct screen_settings screen_settings(struct app *a)
{
    struct screen_settings s = { .mouse = lab_setting_bool(a->lab, "screen.mouse") };
    const char *theme = lab_setting(a->lab, "screen.theme", NULL);
    snprintf(s.theme, sizeof s.theme, "%s", theme ? theme : "");
    return s;
}

void app_take_over(struct app *a, const char *what)
{
    struct buf said = buf_with_max(400);
    struct error err;
    bool pair = false;
    struct screen_settings then = screen_settings(a);
    bool ok = lab_take_over(a->lab, &said, &pair, &err);
    struct screen_settings now = screen_settings(a);
    a->news.theme = strcmp(now.theme, then.theme) != 0;
    a->news.mouse = now.mouse != then.mouse;
    if (said.len && a->wants == APP_NOTHING)
        a->wants = APP_SETTINGS;
    if (!ok)
        desk_fail(&a->desk, what, &err);
    else if (said.len)
        desk_say(&a->desk, "in force here too now: %s", buf_text(&said));
    if (said.len || pair)
        a->desk.models_changed++;
    if (pair) {
        a->desk.choosing = true;
        lab_choose_start(a->lab, false, chosen_again, a);
    }
    buf_done(&said);
    app_take_notes(a);
}

/* A command of the palette is the person's own: what it sets is taken over when it ends. */
void app_look_elsewhere(struct app *a, int64_t now)
{
    struct buf said = buf_with_max(300);
    if (a->child || now - a->looked_ns < LOOK_NS)
        return;
    a->looked_ns = now;
    size_t n = lab_set_elsewhere(a->lab, &said);
    const struct binding *b = binding_of(app_pane(a)->ops->keymap, ACT_AGAIN);
    const char *taker = b && *b->key ? b->key : "the next start";
    if (n == 1)
        desk_tell(&a->desk, "%s, set elsewhere; %s takes it over", buf_text(&said), taker);
    else if (n) /* the line may not show all of them */
        desk_tell(&a->desk, "%s takes over what was set elsewhere: %s", taker, buf_text(&said));
    if (n)
        a->reason[0] = '\0'; /* why the last key did nothing: read by now */
    buf_done(&said);
}

int app_fd(const struct app *a)
{
    return a->child ? child_fd(a->child) : -1;
}

void app_fd_ready(struct app *a)
{
    if (!a->child)
        return;
    char bytes[4096];
    size_t n;
    while ((n = child_read(a->child, bytes, sizeof bytes)) > 0)
        page_add(a->output, bytes, n);
    int code;
    if (child_ended(a->child, &code)) {
        if (code)
            desk_say(&a->desk, "'%s' ended with code %d", a->child_said, code);
        child_free(a->child);
        a->child = NULL;
        app_take_over(a, "What the command chose was not taken over");
    }
    a->data_dirty = true;
}
