/* From keys to actions to panes, and from panes to a grid. Owns the panes and the desk. */
#include "tui/app.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/store/cache.h"
#include "tui/child.h"

#define LEAVE_NS (2 * NS_PER_S)

struct pane *app_pane(struct app *a)
{
    return &a->pane[a->shown];
}

static struct field *pane_field(const struct pane *p)
{
    return p->ops->field ? p->ops->field(p) : NULL;
}

static bool pane_busy(const struct pane *p, struct busy *b)
{
    return p->ops->busy && p->ops->busy(p, b);
}

/* --- life --------------------------------------------------------------------------------- */

bool app_init(struct app *a, struct lab *lab, const struct app_options *o, struct error *err)
{
    *a = (struct app){ .options = *o, .lab = lab, .clock = lab->clock, .mouse = o->mouse };
    desk_init(&a->desk, lab, lab->clock);
    a->desk.over_ssh = o->over_ssh;
    a->desk.read_only = o->read_only;
    a->desk.motion = o->motion;
    a->desk.choosing = true;
    field_init(&a->line, true);
    a->sums.hit_rate = a->sums.saved_s = NAN;
    a->minute = -1;
    for (int i = 0; i < PANES; i++) {
        struct pane *p = &a->pane[i];
        *p = (struct pane){ .ops = panes[i], .desk = &a->desk };
        p->state = mem_alloc(1, p->ops->state_size ? p->ops->state_size : 1);
        if (p->ops->open && !p->ops->open(p, err)) {
            app_done(a);
            return error_within(err, "opening the pane '%s'", panes[i]->tab);
        }
    }
    const char *kept = desk_kept(&a->desk, "screen.pane");
    enum action first = kept ? action_find(kept) : ACT_NONE;
    app_show(a, first >= ACT_PANE_1 && first <= ACT_PANE_9 ? (int)(first - ACT_PANE_1) : 0);
    return true;
}

void app_done(struct app *a)
{
    while (a->overs)
        app_close(a);
    for (int i = PANES - 1; i >= 0; i--) {
        if (a->pane[i].ops && a->pane[i].ops->close)
            a->pane[i].ops->close(&a->pane[i]);
        mem_free(a->pane[i].state);
    }
    mem_free(a->welcome.query);
    child_free(a->child);
    page_free(a->output);
    field_done(&a->line);
    desk_done(&a->desk);
    *a = (struct app){ 0 };
}

void app_show(struct app *a, int pane)
{
    struct pane *p = app_pane(a);
    if (a->entered[a->shown] && a->shown != pane && p->ops->leave)
        p->ops->leave(p);
    p->focused = false;
    a->shown = pane;
    a->entered[pane] = true;
    a->dirty = true;
    p = app_pane(a);
    if (p->ops->enter)
        p->ops->enter(p);
    p->focused = a->options.autofocus && pane_field(p);
    desk_keep(&a->desk, "screen.pane", action_name((enum action)(ACT_PANE_1 + pane)));
    if (store_writes(a->lab->store)) {
        struct error err; /* a visit that is not recorded changes nothing for the person */
        (void)!fact_add(a->lab->store, "screen", p->ops->name, NULL, "visited", &err);
    }
}

/* --- what runs ---------------------------------------------------------------------------- */

bool app_busy(const struct app *a, char *ret, size_t size)
{
    size_t used = 0;
    *ret = '\0';
    for (int i = 0; i < PANES; i++) {
        struct busy b;
        if (pane_busy(&a->pane[i], &b) && used < size)
            used += (size_t)snprintf(ret + used, size - used, "%s%s", used ? ", " : "", b.what);
    }
    if (a->child && used < size)
        used += (size_t)snprintf(ret + used, size - used, "%s%s", used ? ", " : "", a->child_said);
    return used > 0;
}

void app_stop_all(struct app *a)
{
    for (int i = 0; i < PANES; i++) {
        struct busy b;
        struct pane *p = &a->pane[i];
        if (pane_busy(p, &b) && p->ops->stop)
            p->ops->stop(p);
    }
    if (a->child)
        child_stop(a->child);
    a->dirty = true;
}

/* --- what is off, and why ----------------------------------------------------------------- */

static bool of_coach(enum action act)
{
    switch (act) {
    case ACT_CHECK:
    case ACT_HINT:
    case ACT_SOLUTION:
    case ACT_SKIP:
    case ACT_RESET:
    case ACT_GO_THERE:
    case ACT_LESSON_BACK:
    case ACT_LESSON_NEXT:
        return true;
    default:
        return false;
    }
}

#define LEARN_PANE 7

/* The coach's keys work in every pane; the pane of the exercises knows what they do. */
static struct pane *pane_of(struct app *a, enum action act)
{
    return of_coach(act) ? &a->pane[LEARN_PANE] : app_pane(a);
}

static const char *off_here(struct app *a, enum action act)
{
    struct pane *p = app_pane(a);
    switch (act) {
    case ACT_TAB_LEFT:
    case ACT_TAB_RIGHT:
        return p->ops->views ? NULL : "this pane has no sub-tabs";
    case ACT_EDIT:
        return pane_field(p) || (p->ops->act && p->ops->field) ? NULL : "there is no field here";
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
        return a->desk.coach.id ? NULL : "no exercise is open";
    case ACT_STOP: {
        struct busy b;
        return pane_busy(p, &b) ? NULL : "nothing runs here";
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
    p->view = (p->view + dir + n) % n;
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

/* For good, or for line mode: asks where that would stop something. */
static void leave(struct app *a, enum app_wants how)
{
    char what[120], question[200];
    bool lines = how == APP_LINE_MODE;
    if (!app_busy(a, what, sizeof what)) {
        a->wants = how;
        return;
    }
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
        a->wants = APP_QUIT;
    } else {
        a->leave_until_ns = now + LEAVE_NS;
        snprintf(a->reason, sizeof a->reason, "nothing runs: press ^C again to leave");
    }
}

/* True where the action was the app's own. */
static bool act_global(struct app *a, enum action act)
{
    if (act >= ACT_PANE_1 && act <= ACT_PANE_9) {
        app_show(a, (int)(act - ACT_PANE_1));
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
        desk_say(&a->desk, a->mouse ? "the mouse is rlab's now; Shift selects text, m gives it back"
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
    if (said == PANE_IGNORED && (act == ACT_EDIT || act == ACT_ENTER) && pane_field(p)) {
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

void app_act(struct app *a, enum action act)
{
    const char *why = app_off(a, act);
    a->dirty = true;
    if (why) {
        say_reason(a, act, why);
        return;
    }
    if (act_global(a, act))
        return;
    if (act_pane(a, act) == PANE_IGNORED)
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
        p->focused = false;
        if (p->ops->act)
            p->ops->act(p, said == FIELD_NEXT ? ACT_PART_NEXT : ACT_PART_BACK);
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
    struct field *f = p->focused ? pane_field(p) : NULL;
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
    if (act != ACT_NONE)
        app_act(a, act);
    else if (k->code == K_PASTE)
        snprintf(a->reason, sizeof a->reason, "a paste goes into a field: press i first");
    else if (k->code != K_MOUSE)
        snprintf(a->reason, sizeof a->reason, "%s does nothing here; ? lists the keys",
                 key_spell(k, name));
}

static void take_notes(struct app *a);

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
    else if (a->overs)
        key_in_over(a, k);
    else
        key_in_pane(a, k);
    take_notes(a);
}

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
    if (i < 0)
        return;
    app_show(a, i);
    struct pane *p = app_pane(a);
    struct field *f = pane_field(p);
    if (a->desk.has_text && f) {
        field_set(f, buf_text(&a->desk.text), a->desk.text.len);
        if (p->ops->typed)
            p->ops->typed(p, false);
        p->focused = true;
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
static void take_notes(struct app *a)
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
        app_pane(a)->focused = pane_field(app_pane(a)) != NULL;
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
    take_notes(a);
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
    a->child = child_start(a->options.program, a->options.program_args, words, &err);
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
    }
    a->data_dirty = true;
}

void app_chosen(struct app *a, const struct error *err)
{
    struct pane *p = app_pane(a);
    const struct choice *c = &a->lab->choice;
    a->desk.choosing = false;
    a->desk.models_changed++;
    if (err)
        desk_fail(&a->desk, "The models could not be chosen", err);
    else if (c->line)
        desk_say(&a->desk, "%s", c->line);
    if (p->ops->enter)
        p->ops->enter(p);
    a->dirty = true;
}

/* --- time --------------------------------------------------------------------------------- */

static void read_sums(struct app *a, int64_t now)
{
    struct cache_stats st;
    struct error err;
    if (a->sums.read_ns && now - a->sums.read_ns < NS_PER_S)
        return;
    a->sums.read_ns = now;
    if (!cache_stats(a->lab->cache, &st, &err))
        return; /* the Cache pane says what is wrong with it */
    int64_t lookups = st.session.hits + st.session.misses;
    double rate = lookups ? (double)st.session.hits / (double)lookups : NAN;
    if (st.entries != a->sums.entries || st.size != a->sums.size || rate != a->sums.hit_rate)
        a->data_dirty = true;
    a->sums.entries = st.entries;
    a->sums.size = st.size;
    a->sums.hit_rate = rate;
    a->sums.saved_s = st.saved_s;
}

void app_tick(struct app *a)
{
    int64_t now = clock_mono(a->clock), minute = clock_wall(a->clock) / (60 * NS_PER_S);
    char what[8];
    bool busy = app_busy(a, what, sizeof what);
    int64_t every = a->options.over_ssh ? NS_PER_S / 5 : NS_PER_S / 10;
    if (now - a->ticked_ns >= (busy ? every : NS_PER_S)) {
        a->ticked_ns = now;
        for (int i = 0; i < PANES; i++) {
            struct pane *p = &a->pane[i];
            struct busy b;
            if (p->ops->tick && (i == a->shown || pane_busy(p, &b)) && p->ops->tick(p))
                p->dirty = true;
        }
        if (busy)
            a->data_dirty = true; /* elapsed times move on */
    }
    for (int i = 0; i < PANES; i++) {
        if (a->pane[i].dirty)
            a->data_dirty = true;
        a->pane[i].dirty = false;
    }
    if (a->desk.message[0] && now >= a->desk.message_until_ns) {
        a->desk.message[0] = '\0';
        a->dirty = true;
    }
    if (a->leave_until_ns && now >= a->leave_until_ns) {
        a->leave_until_ns = 0;
        a->reason[0] = '\0';
        a->dirty = true;
    }
    if (minute != a->minute) {
        a->minute = minute;
        if (a->options.motion)
            a->data_dirty = true;
    }
    if (a->child && app_fd(a) < 0)
        app_fd_ready(a); /* all is read: its end sends no more news */
    if (a->data_dirty)
        read_sums(a, now);
    desk_flush(&a->desk, false);
    take_notes(a);
}

int64_t app_rest_ms(const struct app *a)
{
    int64_t now = clock_mono(a->clock), rest = -1;
    char what[8];
    if (app_busy(a, what, sizeof what))
        return a->options.over_ssh ? 200 : 100;
    if (a->options.motion) /* the clock */
        rest = 60000 - clock_wall(a->clock) / NS_PER_MS % 60000;
    const struct pane *p = &a->pane[a->shown];
    if (p->ops->tick && (rest < 0 || rest > 1000))
        rest = 1000;
    if (a->desk.draft_due_ns && (rest < 0 || rest > 500))
        rest = 500;
    int64_t until = a->desk.message[0] ? a->desk.message_until_ns : a->leave_until_ns;
    if (until) {
        int64_t ms = (until - now) / NS_PER_MS + 1;
        if (rest < 0 || ms < rest)
            rest = ms > 0 ? ms : 0;
    }
    return rest;
}
