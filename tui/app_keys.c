/* From keys to actions, and from actions to the app itself or to a pane. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/app_inside.h"
#include "tui/screen/list.h"

#define LEAVE_NS (2 * NS_PER_S)

/* --- what is off, and why ----------------------------------------------------------------- */

#define LEARN_PANE 7

/* The coach's keys work in every pane; the pane of the exercises knows what they do. */
static struct pane *pane_of(struct app *a, enum action act)
{
    return action_is_of_coach(act) ? &a->pane[LEARN_PANE] : app_pane(a);
}

static const char *off_here(struct app *a, enum action act)
{
    struct pane *p = app_pane(a);
    switch (act) {
    case ACT_TAB_LEFT:
    case ACT_TAB_RIGHT:
        return p->ops->views ? NULL : "this pane has no sub-tabs";
    case ACT_EDIT:
        return app_field(p) || (p->ops->act && p->ops->field) ? NULL : "there is no field here";
    case ACT_COPY:
    case ACT_COPY_JSON:
    case ACT_WRITE:
    case ACT_PAGER:
        return p->ops->copy ? NULL : "there is nothing to copy here";
    case ACT_SEARCH:
        return p->ops->search ? NULL : "this pane has nothing to search";
    case ACT_SEARCH_NEXT:
    case ACT_SEARCH_BACK:
        return !p->ops->search ? "this pane has nothing to search"
               : *a->wanted    ? NULL
                               : "nothing was searched for yet: /";
    case ACT_ERRORS:
        return desk_log(&a->desk, 0) ? NULL : "no errors and no messages so far";
    case ACT_COACH:
        return !a->desk.coach.id ? "no exercise is open"
               : !a->wide        ? "the column needs a window of at least 110x30"
                                 : NULL;
    case ACT_GO_THERE:
        return a->desk.coach.pane && strcmp(a->desk.coach.pane, p->ops->name) == 0
                   ? "this is the pane of the exercise"
                   : NULL;
    case ACT_STOP: {
        struct busy b;
        return app_pane_busy(p, &b) ? NULL : "nothing runs here";
    }
    default:
        return NULL;
    }
}

const char *app_off(struct app *a, enum action act)
{
    struct pane *p = pane_of(a, act);
    const char *why = p->ops->off ? p->ops->off(p, act) : NULL;
    return why ? why : off_here(a, act);
}

static void say_reason(struct app *a, enum action act, const char *why)
{
    const struct binding *b = binding_of(app_pane(a)->ops->keymap, act);
    snprintf(a->reason, sizeof a->reason, "%s: %s", b ? b->key : action_name(act), why);
    text_trim_partial(a->reason);
    a->dirty = true;
}

/* --- actions of every pane ---------------------------------------------------------------- */

static void turn_tab(struct app *a, int dir)
{
    struct pane *p = app_pane(a);
    int n = 0;
    while (p->ops->views[n])
        n++;
    p->view = list_around(p->view, n, dir);
    if (p->ops->act)
        p->ops->act(p, dir < 0 ? ACT_TAB_LEFT : ACT_TAB_RIGHT);
}

static void take(struct app *a, enum action act)
{
    struct pane *p = app_pane(a);
    struct buf text = buf_with_max(64 * 1024 * 1024);
    if (!p->ops->copy(p, act == ACT_COPY_JSON, &text)) {
        say_reason(a, act, "there is nothing to copy here yet");
    } else if (act == ACT_WRITE) {
        char name[80];
        snprintf(name, sizeof name, "rlab-%s.txt", p->ops->name);
        desk_file(&a->desk, name, buf_text(&text), text.len);
    } else if (act == ACT_PAGER) {
        desk_pager(&a->desk, buf_text(&text), text.len);
    } else {
        desk_copy(&a->desk, buf_text(&text), text.len);
    }
    buf_done(&text);
}

static void search_on(struct app *a, enum action act)
{
    struct pane *p = app_pane(a);
    if (!p->ops->search(p, a->wanted, act == ACT_SEARCH_BACK ? -1 : 1))
        say_reason(a, act, "not found");
}

static void leave_answered(void *self, const char *text)
{
    struct app *a = self;
    if (text)
        a->wants = APP_QUIT;
}

static void to_lines_answered(void *self, const char *text)
{
    struct app *a = self;
    if (text)
        a->wants = APP_LINE_MODE;
}

/* For good, or for line mode: asks where that would stop or lose something. Line mode goes on with
 * what waits for the disk. */
static void leave(struct app *a, enum app_wants how)
{
    const char *why;
    char what[120], question[200];
    bool lines = how == APP_LINE_MODE;
    bool busy = app_busy(a, what, sizeof what);
    size_t waiting = lines ? 0 : lab_waiting(a->lab, &why);
    if (!busy && !waiting) {
        a->wants = how;
        return;
    }
    if (waiting)
        snprintf(question, sizeof question, "Leave? %zu answer%s would be lost: %s", waiting,
                 waiting == 1 ? " in memory alone" : "s in memory alone", why);
    else
        snprintf(question, sizeof question, "%s? %s would be stopped; what arrived is kept.",
                 lines ? "Line mode" : "Leave", what);
    text_trim_partial(question);
    desk_ask(&a->desk, question, lines ? to_lines_answered : leave_answered, a);
}

static void interrupt(struct app *a)
{
    char what[120];
    int64_t now = clock_mono(a->clock);
    if (app_busy(a, what, sizeof what)) {
        app_stop_all(a);
        desk_say(&a->desk, "stopped: %s; what arrived is kept", what);
    } else if (now < a->leave_until_ns) {
        leave(a, APP_QUIT);
    } else {
        a->leave_until_ns = now + LEAVE_NS;
        snprintf(a->reason, sizeof a->reason, "nothing runs: press ^C again to leave");
    }
}

static void to_pane(struct app *a, enum action act)
{
    int to = (int)(act - ACT_PANE_1);
    bool was_shown = a->shown == to, in_field = app_pane(a)->focused;
    app_show(a, to); /* again: it reads anew what it shows */
    if (was_shown && !in_field)
        snprintf(a->reason, sizeof a->reason, "%s is shown already, and was read anew",
                 panes[to]->title);
}

/* True where the action was the app's own. */
static bool act_global(struct app *a, enum action act)
{
    if (act >= ACT_PANE_1 && act <= ACT_PANE_9) {
        to_pane(a, act);
        return true;
    }
    switch (act) {
    case ACT_TAB_LEFT:
    case ACT_TAB_RIGHT:
        turn_tab(a, act == ACT_TAB_LEFT ? -1 : 1);
        return true;
    case ACT_COPY:
    case ACT_COPY_JSON:
    case ACT_WRITE:
    case ACT_PAGER:
        take(a, act);
        return true;
    case ACT_SEARCH:
        app_open(a, &over_search);
        return true;
    case ACT_SEARCH_NEXT:
    case ACT_SEARCH_BACK:
        search_on(a, act);
        return true;
    case ACT_HELP:
        app_open(a, &over_help);
        return true;
    case ACT_PALETTE:
        app_open(a, &over_palette);
        return true;
    case ACT_ERRORS:
        a->desk.errors_unread = 0;
        app_open(a, &over_log);
        return true;
    case ACT_MOUSE:
        a->mouse = !a->mouse;
        a->wants = APP_MOUSE;
        desk_say(&a->desk, a->mouse
                               ? "wheel moves, click opens a tab; Shift selects text, m: mouse off"
                               : "the mouse is the terminal's again");
        return true;
    case ACT_COACH:
        a->coach_hidden = !a->coach_hidden;
        return true;
    case ACT_REDRAW:
        a->wants = APP_REDRAW;
        return true;
    case ACT_SUSPEND:
        a->wants = APP_SUSPEND;
        return true;
    case ACT_STOP_ALL:
        interrupt(a);
        return true;
    case ACT_CLOSE: /* a sub-view of the pane first */
        if (!app_pane(a)->ops->act || app_pane(a)->ops->act(app_pane(a), ACT_BACK) == PANE_IGNORED)
            leave(a, APP_QUIT);
        return true;
    default:
        return false;
    }
}

/* The pane first: it may know the action better. */
static enum pane_said act_pane(struct app *a, enum action act)
{
    struct pane *p = pane_of(a, act);
    enum pane_said said = p->ops->act ? p->ops->act(p, act) : PANE_IGNORED;
    if (said == PANE_IGNORED && (act == ACT_EDIT || act == ACT_ENTER) && app_field(p)) {
        p->focused = true;
        return PANE_REDRAW;
    }
    return said;
}

static const char *nothing_here(enum action act)
{
    switch (act) {
    case ACT_BACK:
        return "nothing is open; q leaves";
    case ACT_UNDO:
        return "there is nothing to take back";
    case ACT_AGAIN:
        return "there is nothing to do again here";
    case ACT_ZOOM:
        return "there is nothing to zoom here";
    case ACT_THINKING:
        return "there is no thinking here";
    case ACT_PART_NEXT:
    case ACT_PART_BACK:
        return "this pane has one part";
    case ACT_EDIT:
        return "there is no field here now";
    default:
        return "nothing to do here now";
    }
}

static bool is_move(enum action act)
{
    return act == ACT_UP || act == ACT_DOWN || act == ACT_PAGE_UP || act == ACT_PAGE_DOWN ||
           act == ACT_TOP || act == ACT_BOTTOM;
}

/* What the pane shows, as text. */
static struct buf seen(const struct pane *p)
{
    struct buf text = buf_with_max((size_t)4 * 1024 * 1024);
    struct grid g = { 0 };
    grid_init(&g, p->body_rows, p->body_cols, true);
    struct surface s = surface_of(&g);
    p->ops->draw(p, &s);
    grid_text(&g, &text);
    buf_printf(&text, "%d %d", g.cursor_row, g.cursor_col);
    grid_done(&g);
    return text;
}

/* Moving is every pane's own; that there is nowhere to go is said for all of them here, where
 * nothing moved that can be seen. */
static void move(struct app *a, enum action act)
{
    struct pane *p = app_pane(a);
    bool up = act == ACT_UP || act == ACT_PAGE_UP || act == ACT_TOP;
    struct buf before = seen(p);
    bool ignored = act_pane(a, act) == PANE_IGNORED;
    struct buf after = seen(p);
    if (ignored || strcmp(buf_text(&before), buf_text(&after)) == 0)
        say_reason(a, act, up ? "nothing is above" : "nothing is below");
    buf_done(&before);
    buf_done(&after);
}

void app_act(struct app *a, enum action act)
{
    const char *why = app_off(a, act);
    a->dirty = true;
    if (why)
        say_reason(a, act, why);
    else if (is_move(act))
        move(a, act);
    else if (!act_global(a, act) && act_pane(a, act) == PANE_IGNORED)
        say_reason(a, act, nothing_here(act));
}

/* --- keys --------------------------------------------------------------------------------- */

static void key_in_field(struct app *a, struct pane *p, struct field *f, const struct key *k)
{
    enum field_said said = field_key(f, k);
    enum action act;
    switch (said) {
    case FIELD_CHANGED:
    case FIELD_SEND:
        if (p->ops->typed)
            p->ops->typed(p, said == FIELD_SEND);
        break;
    case FIELD_LEAVE:
        p->focused = false;
        break;
    case FIELD_NEXT:
    case FIELD_BACK:
        if (p->ops->act) /* it sees by `focused` that the field was left */
            p->ops->act(p, said == FIELD_NEXT ? ACT_PART_NEXT : ACT_PART_BACK);
        p->focused = false;
        break;
    case FIELD_IGNORED:
        act = binding_find(p->ops->keymap, true, k);
        if (act != ACT_NONE)
            app_act(a, act);
        else if (k->code == K_CTRL && k->letter == 'c')
            interrupt(a);
        break;
    case FIELD_MOVED:
        break;
    }
}

static void key_in_over(struct app *a, const struct key *k)
{
    const struct over *o = a->over[a->overs - 1];
    bool closes = k->code == K_ESC ||
                  (!o->takes_text && k->code == K_LETTER && !k->alt && k->letter == 'q') ||
                  (!o->takes_text && k->code == K_CTRL && k->letter == 'd');
    if (k->code == K_CTRL && (k->letter == 'l' || k->letter == 'z'))
        a->wants = k->letter == 'l' ? APP_REDRAW : APP_SUSPEND;
    else if (o->key && o->key(a, k))
        return;
    else if (closes)
        app_close(a);
    else if (k->code == K_CTRL && k->letter == 'c')
        interrupt(a);
}

static void key_in_pane(struct app *a, const struct key *k)
{
    struct pane *p = app_pane(a);
    struct field *f = p->focused ? app_field(p) : NULL;
    if (p->ops->key && p->ops->key(p, k))
        return;
    if (!f)
        p->focused = false;
    if (f) {
        key_in_field(a, p, f, k);
        return;
    }
    enum action act = binding_find(p->ops->keymap, false, k);
    char name[KEY_NAME];
    if (act == ACT_AGAIN && lab_has_elsewhere(a->lab)) /* as its line said */
        app_take_over(a, "What was set elsewhere was not taken over");
    else if (act != ACT_NONE)
        app_act(a, act);
    else if (k->code == K_PASTE)
        snprintf(a->reason, sizeof a->reason, "a paste goes into a field: press i first");
    else
        snprintf(a->reason, sizeof a->reason, "%s does nothing here; ? lists the keys",
                 key_spell(k, name));
}

/* Only what the message names, and the answer to what it asks. */
static void key_when_small(struct app *a, const struct key *k)
{
    bool letter = k->code == K_LETTER, ctrl = k->code == K_CTRL;
    if (a->overs && a->over[a->overs - 1] == &over_question)
        key_in_over(a, k);
    else if (letter && k->letter == 'L')
        leave(a, APP_LINE_MODE);
    else if ((letter && k->letter == 'q') || (ctrl && k->letter == 'd'))
        leave(a, APP_QUIT);
    else if (ctrl && k->letter == 'c')
        interrupt(a);
    else if (ctrl && k->letter == 'l')
        a->wants = APP_REDRAW;
    else if (ctrl && k->letter == 'z')
        a->wants = APP_SUSPEND;
}

void app_key(struct app *a, const struct key *k)
{
    a->reason[0] = '\0';
    a->desk.message[0] = '\0';
    a->dirty = true;
    if (k->code != K_CTRL || k->letter != 'c')
        a->leave_until_ns = 0; /* ^C, something else and ^C is not twice ^C */
    if (a->small && !k->alt)
        key_when_small(a, k);
    else if (k->code == K_MOUSE)
        app_mouse(a, k);
    else if (a->overs)
        key_in_over(a, k);
    else
        key_in_pane(a, k);
    app_take_notes(a);
}
