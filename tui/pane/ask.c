/* The pane "Ask and compare": keys, and the view of one frame. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/lab/answer_json.h"
#include "tui/pane/ask_inside.h"
#include "tui/pane/scroll.h"

static const char *const mode_names[] = { "auto", "fast", "reason", "compare", NULL };

static const char help_text[] =
    "i or Enter: type a question, Enter sends it. Up and ^R bring earlier ones back.\n"
    "Each question stands alone: a model sees nothing of what was asked before.\n"
    "\n"
    "v changes the view. AUTO sends it where its score says, FAST and REASON to the model you "
    "choose, COMPARE to both side by side: then you judge which answer is better, B hides the "
    "names until you have.";

static const char built_in_help[] =
    "\n\nThe built-in models answer now. They know small questions only: try\n"
    "17 + 25\nSpell stone backwards\nStart with 6, double it, then add 5.";

const char *ask_column_name(const struct ask_state *st, const struct column *c)
{
    if (ask_compares(st))
        return c == &st->column[ask_index(st, 0)] ? "A" : "B";
    return c->told.model ? (c->told.role == ROLE_FAST ? "FAST" : "REASON") : "ask";
}

/* --- life ------------------------------------------------------------------------------------------- */

static bool pane_open(struct pane *p, struct error *err)
{
    struct ask_state *st = p->state;
    (void)err;
    field_init(&st->field, false);
    st->field.past_texts = past_text;
    st->field.past_self = &st->past;
    random_seed(&st->random, (uint64_t)clock_wall(p->desk->clock));
    for (int i = 0; i < 2; i++) {
        column_init(&st->column[i], p->desk->lab, ask_changed, p);
        st->column[i].cold = st->cold;
    }
    const char *kept = desk_kept(p->desk, "ask.prompt");
    if (kept)
        field_set(&st->field, kept, strlen(kept));
    kept = desk_kept(p->desk, "ask.view");
    for (int i = 0; kept && mode_names[i]; i++)
        if (strcmp(kept, mode_names[i]) == 0)
            p->view = i;
    ask_score(p);
    return true;
}

static void pane_close(struct pane *p)
{
    struct ask_state *st = p->state;
    for (int i = 0; i < 2; i++)
        column_done(&st->column[i]);
    ask_look_done(st);
    field_done(&st->field);
    verdict_done(&st->verdict);
    past_done(&st->past);
    mem_free(st->asked);
}

/* A question that was sent before the models were known. */
static bool send_waiting(struct pane *p)
{
    struct ask_state *st = p->state;
    if (!st->waiting || p->desk->choosing)
        return false;
    st->waiting = false;
    ask_send(p);
    return true;
}

static void pane_enter(struct pane *p)
{
    struct ask_state *st = p->state;
    struct error err;
    if (!past_read(&st->past, p->desk->lab->store, &err))
        desk_say(p->desk, "earlier prompts cannot be read: %s", err.text);
    ask_score(p);
    ask_look(p);
    send_waiting(p);
}

static bool pane_tick(struct pane *p)
{
    struct ask_state *st = p->state;
    bool runs = ask_runs(st), sent = send_waiting(p);
    for (int i = 0; i < 2; i++)
        if (column_runs(&st->column[i]))
            column_tick(&st->column[i]);
    return runs || sent;
}

/* --- the view ----------------------------------------------------------------------------------------- */

static void show_route(const struct pane *p, struct ask_view *v)
{
    const struct ask_state *st = p->state;
    static const enum route_force forces[ASK_MODES] = { ROUTE_AUTO, ROUTE_FAST, ROUTE_REASONING,
                                                        ROUTE_AUTO };
    struct route r = route_for(st->verdict.level, forces[p->view]);
    v->scored = st->scored;
    v->too_long = st->too_long;
    v->score = st->verdict.score;
    v->level = st->verdict.level;
    v->role = r.role;
    v->cot = r.cot;
    v->cache = p->view == MODE_COMPARE ? CACHE_NOT_READ
               : st->asked_again       ? CACHE_PASSED_BY
                                       : CACHE_USED;
    v->temperature = lab_ask_settings(p->desk->lab).temperature;
}

/* Rates are compared, so both columns draw them on one scale. */
static void share_scale(struct ask_view *v)
{
    double high = 0;
    for (int at = 0; at < 2; at++)
        for (int i = 0; i < v->column[at].pace_count; i++)
            high =
                fmax(high, v->column[at].pace[i]); /* of NAN and a number fmax takes the number */
    v->column[0].pace_high = v->column[1].pace_high = high;
}

static const char *help_of(const struct pane *p)
{
    static char text[sizeof help_text + sizeof built_in_help];
    const struct lab *lab = p->desk->lab;
    snprintf(text, sizeof text, "%s%s", help_text,
             lab->chosen && lab->choice.builtin ? built_in_help : "");
    return text;
}

static struct ask_view view_of(const struct pane *p)
{
    struct ask_state *st = p->state;
    struct ask_view v = { .mode = (enum ask_mode)p->view,
                          .field = &st->field,
                          .focused = p->focused,
                          .hint = "i or Enter to type",
                          .two = st->asked ? ask_compares(st) : p->view == MODE_COMPARE,
                          .focus = st->focus,
                          .zoomed = st->zoomed,
                          .help = help_of(p) };
    bool hides = ask_hides(st),
         same = st->asked && st->asked_len == st->field.text.len &&
                memcmp(st->asked, field_text(&st->field), st->asked_len) == 0;
    v.of = same ? NULL : st->asked;
    show_route(p, &v);
    for (int at = 0; at < 2; at++)
        column_show(&st->column[ask_index(st, at)], hides, &v.column[at]);
    share_scale(&v);
    if (v.two)
        ask_judge_view(st, &v);
    return v;
}

static void pane_draw(const struct pane *p, struct surface *s)
{
    struct ask_view v = view_of(p);
    ask_draw(&v, s);
}

static void pane_corner(const struct pane *p, char *ret, size_t size)
{
    const struct ask_state *st = p->state;
    int running = column_runs(&st->column[0]) + column_runs(&st->column[1]);
    if (st->waiting)
        snprintf(ret, size, "waits for the models");
    else if (running)
        snprintf(ret, size, "%d stream%s", running, running == 1 ? "" : "s");
    else
        snprintf(ret, size, "each question stands alone");
}

/* The page that the keys move, and how many rows of it are seen; NULL where there is none. */
static struct page *page_of(const struct pane *p, int *ret_rows)
{
    const struct ask_state *st = p->state;
    struct ask_view v = view_of(p);
    if (v.column[v.two ? st->focus : 0].phase == PHASE_EMPTY || p->body_rows <= 0)
        return NULL;
    struct ask_layout l = ask_layout_of(&v, p->body_rows, p->body_cols);
    int at = v.two ? st->focus : 0;
    struct column_layout c =
        column_layout_of(&v.column[at], l.text_rows, ask_column_cols(&l, at), false, l.wide);
    return column_page(&v.column[at], &c, ret_rows);
}

/* --- keys ----------------------------------------------------------------------------------------------- */

static bool scroll(struct pane *p, enum action a)
{
    int rows;
    struct page *page = page_of(p, &rows);
    return page && scroll_page(page, a, rows);
}

static void set_view(struct pane *p, int view)
{
    struct ask_state *st = p->state;
    p->view = view;
    st->asked_again = false;
    desk_keep(p->desk, "ask.view", mode_names[view]);
}

/* A compare has two parts to stand in; the keyboard's field is reached by i. */
static enum pane_said next_part(struct pane *p)
{
    struct ask_state *st = p->state;
    if (!ask_compares(st))
        return PANE_IGNORED;
    st->focus = !st->focus;
    return PANE_REDRAW;
}

static bool has_thinking(const struct column *c)
{
    size_t len;
    page_source(c->thinking, &len);
    return len > 0;
}

/* Where only the other column has thinking, that is the one that is meant. */
static void focus_thinking(struct ask_state *st)
{
    if (ask_compares(st) && !has_thinking(ask_focused(st)))
        st->focus = !st->focus;
}

/* Enter on thinking that is only partly seen reads all of it; else it is the prompt's. */
static enum pane_said enter(struct pane *p)
{
    struct column *c = ask_focused(p->state);
    size_t len;
    page_source(c->thinking, &len);
    if (len == 0 || c->fold == FOLD_LINE || ask_hides(p->state))
        return PANE_IGNORED;
    column_fold(c, true);
    return PANE_REDRAW;
}

static enum pane_said back(struct pane *p)
{
    struct ask_state *st = p->state;
    struct column *c = ask_focused(st);
    if (c->fold == FOLD_ALL)
        column_fold(c, true);
    else if (st->zoomed)
        st->zoomed = false;
    else
        return PANE_IGNORED;
    return PANE_REDRAW;
}

static enum pane_said pane_act(struct pane *p, enum action a)
{
    struct ask_state *st = p->state;
    switch (a) {
    case ACT_VIEW:
        set_view(p, (p->view + 1) % ASK_MODES);
        return PANE_REDRAW;
    case ACT_TAB_LEFT:
    case ACT_TAB_RIGHT:
        set_view(p, p->view);
        return PANE_REDRAW;
    case ACT_PART_NEXT:
    case ACT_PART_BACK:
        return next_part(p);
    case ACT_UP:
    case ACT_DOWN:
    case ACT_PAGE_UP:
    case ACT_PAGE_DOWN:
    case ACT_TOP:
    case ACT_BOTTOM:
        return scroll(p, a) ? PANE_REDRAW : PANE_IGNORED;
    case ACT_ENTER:
        return enter(p);
    case ACT_BACK:
        return back(p);
    case ACT_ZOOM:
        st->zoomed = !st->zoomed;
        return PANE_REDRAW;
    case ACT_THINKING:
        focus_thinking(st);
        column_fold(ask_focused(st), false);
        return PANE_REDRAW;
    case ACT_STOP:
        column_stop(ask_focused(st));
        return PANE_HANDLED;
    case ACT_AGAIN:
        ask_repeat(p, st->asked_mode, true);
        return PANE_REDRAW;
    case ACT_USE_FAST:
        ask_repeat(p, MODE_FAST, false);
        return PANE_REDRAW;
    case ACT_MORE:
        ask_raise_limit(p);
        return PANE_HANDLED;
    case ACT_EDITOR:
        desk_editor(p->desk, field_text(&st->field), st->field.text.len);
        return PANE_HANDLED;
    case ACT_JUDGE_LEFT:
    case ACT_JUDGE_RIGHT:
    case ACT_JUDGE_SAME:
    case ACT_JUDGE_WRONG:
        ask_judge(p, a);
        return PANE_REDRAW;
    case ACT_UNDO:
        ask_undo(p);
        return PANE_REDRAW;
    case ACT_SWAP:
        st->swapped = !st->swapped;
        return PANE_REDRAW;
    case ACT_BLIND:
        ask_blind(p);
        return PANE_REDRAW;
    default:
        return PANE_IGNORED;
    }
}

static const char *thinking_off(const struct ask_state *st, const struct column *c)
{
    bool either =
        ask_compares(st) && (has_thinking(&st->column[0]) || has_thinking(&st->column[1]));
    if (ask_hides(st))
        return "it would tell which model is which: judge first";
    if (either || has_thinking(c))
        return NULL;
    return column_runs(c) ? "there is no thinking yet" : "there is no thinking here";
}

static const char *stop_off(const struct ask_state *st, const struct column *c)
{
    if (column_runs(c))
        return NULL;
    if (ask_runs(st))
        return c == &st->column[ask_index(st, 0)] ? "column A has ended; Tab goes to B"
                                                  : "column B has ended; Tab goes to A";
    return "no answer is on its way";
}

static const char *again_off(const struct ask_state *st)
{
    if (ask_runs(st))
        return "an answer is still on its way: x stops it";
    return st->asked ? NULL : "nothing was asked yet";
}

static const char *copy_off(const struct ask_state *st, const struct column *c, bool json)
{
    size_t len;
    page_source(c->answer, &len);
    if (json && ask_hides(st))
        return "it would tell which model is which: judge first";
    if (json && !phase_ended(c->phase))
        return c->ask ? "the answer has not ended" : "there is no answer yet";
    return json || len ? NULL : "there is no answer yet";
}

static const char *pane_off(const struct pane *p, enum action a)
{
    struct ask_state *st = p->state;
    const struct column *c = ask_focused(st);
    switch (a) {
    case ACT_JUDGE_LEFT:
    case ACT_JUDGE_RIGHT:
    case ACT_JUDGE_SAME:
    case ACT_JUDGE_WRONG:
        return ask_judge_off(st);
    case ACT_UNDO:
        return ask_undo_off(st);
    case ACT_SWAP:
        return ask_compares(st) ? NULL : "only a compare has sides";
    case ACT_PART_NEXT:
    case ACT_PART_BACK:
        return ask_compares(st) ? NULL : "there is one column; a compare has two";
    case ACT_ZOOM:
        return ask_compares(st) ? NULL : "the answer has the whole width already";
    case ACT_THINKING:
        return thinking_off(st, c);
    case ACT_STOP:
        return stop_off(st, c);
    case ACT_AGAIN:
    case ACT_USE_FAST:
        return again_off(st);
    case ACT_MORE:
        return ask_limit_off(st);
    case ACT_COPY:
    case ACT_WRITE:
    case ACT_PAGER:
        return copy_off(st, c, false);
    case ACT_COPY_JSON:
        return copy_off(st, c, true);
    default:
        return NULL;
    }
}

/* --- the rest of the table ------------------------------------------------------------------------------ */

static struct field *pane_field(const struct pane *p)
{
    struct ask_state *st = p->state;
    return &st->field;
}

static enum pane_said pane_typed(struct pane *p, bool sent)
{
    struct ask_state *st = p->state;
    if (sent) {
        ask_send(p);
        return PANE_REDRAW;
    }
    st->asked_again = false;
    desk_keep(p->desk, "ask.prompt", field_text(&st->field));
    ask_score(p);
    ask_look(p);
    return PANE_REDRAW;
}

static void pane_edited(struct pane *p, const char *text, size_t len)
{
    struct ask_state *st = p->state;
    field_set(&st->field, text, len);
    pane_typed(p, false);
}

static bool pane_busy(const struct pane *p, struct busy *ret)
{
    const struct ask_state *st = p->state;
    int64_t first = 0;
    char names[32] = "";
    for (int at = 0; at < 2; at++) {
        const struct column *c = &st->column[ask_index(st, at)];
        if (!column_runs(c))
            continue;
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", used ? " " : "",
                 ask_column_name(st, c));
        first = !first || c->asked_ns < first ? c->asked_ns : first;
    }
    if (!*names)
        return false;
    double so_far = clock_seconds(clock_mono(p->desk->clock) - first);
    if (so_far < 600)
        snprintf(ret->what, sizeof ret->what, "%s %.0f s", names, floor(so_far));
    else
        snprintf(ret->what, sizeof ret->what, "%s %.0f min", names, floor(so_far / 60));
    ret->started_ns = first;
    return true;
}

static void pane_stop(struct pane *p)
{
    struct ask_state *st = p->state;
    for (int i = 0; i < 2; i++)
        column_stop(&st->column[i]);
}

static bool copy_json(const struct column *c, struct buf *to)
{
    struct answer a = c->told;
    size_t len;
    a.text = page_source(c->answer, &a.text_len);
    a.thinking = page_source(c->thinking, &len);
    a.thinking_len = len;
    struct json *j = answer_json(&a);
    bool ok = json_print(j, to) && buf_putc(to, '\n');
    json_free(j);
    return ok;
}

static bool pane_copy(const struct pane *p, bool json, struct buf *to)
{
    const struct column *c = ask_focused(p->state);
    size_t len;
    if (json)
        return phase_ended(c->phase) && copy_json(c, to);
    const char *text = page_source(c->answer, &len);
    return len > 0 && buf_add(to, text, len);
}

static bool pane_search(struct pane *p, const char *words, int dir)
{
    int rows;
    struct page *page = page_of(p, &rows);
    return page && page_search(page, words, dir, rows);
}

const struct pane_ops ask_pane = {
    .name = "ask",
    .tab = "Ask",
    .title = "Ask and compare",
    .keymap = MAP_ASK,
    .views = mode_names,
    .state_size = sizeof(struct ask_state),
    .open = pane_open,
    .close = pane_close,
    .enter = pane_enter,
    .draw = pane_draw,
    .corner = pane_corner,
    .act = pane_act,
    .off = pane_off,
    .field = pane_field,
    .typed = pane_typed,
    .busy = pane_busy,
    .stop = pane_stop,
    .tick = pane_tick,
    .copy = pane_copy,
    .edited = pane_edited,
    .search = pane_search,
};
