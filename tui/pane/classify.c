/* The Classifier pane: scores a query at every key, with every signal. Owns what it shows. */
#include "tui/pane/classify.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/lab/notes.h"
#include "core/lab/verdict_json.h"
#include "core/route/classifier.h"
#include "core/store/calls.h"
#include "tui/pane/pane.h"
#include "tui/pane/past.h"
#include "tui/pane/scroll.h"

/* Queries of one session whose scores are kept for the bars. */
#define MAX_SCORES 1000
/* Up to so many patterns have rows of their own in a large body, whether they fired or not. */
#define MOST_PATTERNS 4
/* Letters of what was found that are shown. */
#define FOUND_BYTES 60
/* A query that has not changed for so long was meant: it is recorded. */
#define SETTLED_NS (3 * NS_PER_S / 2)

struct classify_state {
    struct field field;
    struct past past;
    struct verdict verdict;
    const struct rules *rules;    /* that the thresholds are of */
    struct thresholds thresholds; /* in force; the pipeline borrows them */
    struct classify_row *rows;
    size_t row_cap;
    int row_count;
    char rest[160];
    bool all, labelling;
    bool tall; /* the rows are those of a large body */
    enum level selected;
    struct list list;
    double scores[MAX_SCORES];
    int score_count;
    int labelled, agreed;
    char label[16];
    double took_ms;
    int64_t typed_ns; /* when the text changed last, 0: it is recorded */
};

static const struct rules *rules_of(const struct pane *p)
{
    return p->desk->lab->rules;
}

static size_t text_len(const struct classify_state *st)
{
    return st->field.text.len;
}

/* --- the rows ----------------------------------------------------------------------------- */

static struct classify_row *add_row(struct classify_state *st, const char *kind)
{
    st->rows = mem_grow(st->rows, &st->row_cap, (size_t)st->row_count + 1, sizeof *st->rows);
    struct classify_row *row = &st->rows[st->row_count++];
    *row = (struct classify_row){ .kind = kind };
    return row;
}

static const struct signal *signal_of(const struct classify_state *st, const struct rule *r)
{
    for (size_t i = 0; i < st->verdict.count; i++)
        if (st->verdict.signals[i].what == r->what && st->verdict.signals[i].kind == r->kind)
            return &st->verdict.signals[i];
    return NULL;
}

/* Pieces of the text when it is split at every one of these marks; empty ones count. */
static size_t pieces_of(const char *text, size_t len, const char *marks)
{
    size_t n = 1;
    for (size_t i = 0; i < len;) {
        int32_t cp;
        size_t used = text_decode(text + i, len - i, &cp);
        char letter[5] = { 0 };
        memcpy(letter, text + i, used < 5 ? used : 4);
        n += *letter && strstr(marks, letter) != NULL;
        i += used;
    }
    return n;
}

static bool counts(const struct rule *r)
{
    return r->kind != SIGNAL_KEYWORD && r->kind != SIGNAL_PATTERN;
}

/* What a rule looks for, in words: the file says "longer", a person reads "over". */
static void say_what(const struct rule *r, struct classify_row *row)
{
    if (r->kind == SIGNAL_LENGTH)
        snprintf(row->what, sizeof row->what, "over %zu", r->limit);
    else if (r->kind == SIGNAL_SENTENCES)
        snprintf(row->what, sizeof row->what, "more than %zu", r->limit);
    else if (r->kind == SIGNAL_QUESTIONS)
        snprintf(row->what, sizeof row->what, "each after %zu", r->limit);
    else
        snprintf(row->what, sizeof row->what, "%s", r->what);
    text_trim_partial(row->what);
}

static void say_found(const struct classify_state *st, const struct rule *r, const struct signal *g,
                      struct classify_row *row)
{
    const char *text = field_text(&st->field);
    size_t len = text_len(st);
    if (g && g->at) {
        int n = (int)(g->len < FOUND_BYTES ? g->len : FOUND_BYTES);
        snprintf(row->found, sizeof row->found, "\"%.*s\" at %zu", n, text + g->from, g->at);
    } else if (r->kind == SIGNAL_LENGTH) {
        snprintf(row->found, sizeof row->found, "%zu", text_points(text, len));
    } else if (r->kind == SIGNAL_SENTENCES) {
        size_t n = pieces_of(text, len, r->text);
        int used = snprintf(row->found, sizeof row->found, "%zu piece%s", n, n == 1 ? "" : "s");
        if (st->tall)
            snprintf(row->found + used, sizeof row->found - (size_t)used, " after splitting on %s",
                     r->text);
    } else if (r->kind == SIGNAL_QUESTIONS) {
        snprintf(row->found, sizeof row->found, "%zu", pieces_of(text, len, r->text) - 1);
    } else {
        snprintf(row->found, sizeof row->found, st->tall ? "no" : "no match");
    }
}

/* Two rules that count the same and did not fire are one row: "over 200 / 500". */
static bool joined(struct classify_state *st, const struct rule *r, const struct rule *before)
{
    char more[32];
    if (st->all || !before || before->kind != r->kind || strcmp(before->text, r->text) != 0)
        return false;
    struct classify_row *row = &st->rows[st->row_count - 1];
    snprintf(more, sizeof more, " / %zu", r->limit);
    if (strlen(row->what) + strlen(more) >= sizeof row->what)
        return false;
    strcat(row->what, more);
    return true;
}

/* Rules without a row of their own. */
struct silent {
    int up, down, patterns;
};

static void add_silent(struct classify_state *st, int n, const char *kind, const char *what,
                       int total)
{
    if (!n)
        return;
    struct classify_row *row = add_row(st, kind);
    snprintf(row->what, sizeof row->what, "(%d %s%s)", n, what, n == 1 ? "" : "s");
    snprintf(row->found, sizeof row->found, "none");
    row->total = total;
}

/* In a large body the silent ones of a kind have one row together: words where the words a file
 * begins with end, the rest at its end. */
static void flush_silent(struct classify_state *st, struct silent *n, int total)
{
    const char *other = st->verdict.count ? "other" : "word";
    add_silent(st, n->up, "keyword", other, total);
    add_silent(st, n->down, "simple", "word", total);
    add_silent(st, n->patterns, "pattern", other[0] == 'o' ? "other" : "pattern", total);
    *n = (struct silent){ 0 };
}

static void say_rest(struct classify_state *st, const struct rules *rules, const struct silent *n)
{
    if (st->all)
        snprintf(st->rest, sizeof st->rest, "all %d rules of '%s'", st->row_count,
                 rules_name(rules));
    else if (st->tall)
        st->rest[0] = '\0';
    else
        snprintf(st->rest, sizeof st->rest,
                 "%d%s complex word%s, %d simple word%s, %d pattern%s: no match", n->up,
                 st->verdict.count ? " other" : "", n->up == 1 ? "" : "s", n->down,
                 n->down == 1 ? "" : "s", n->patterns, n->patterns == 1 ? "" : "s");
}

static int patterns_of(const struct rules *rules)
{
    int n = 0;
    for (size_t i = 0; i < rules_count(rules); i++)
        n += rules_at(rules, i)->kind == SIGNAL_PATTERN;
    return n;
}

/* Rules that count something are always shown, with what they counted; words when they fired or
 * when everything is shown; patterns too, and a few of them always where there is room. */
static void fill_rows(struct pane *p)
{
    struct classify_state *st = p->state;
    const struct rules *rules = rules_of(p);
    const struct rule *counted = NULL; /* that did not fire and has the last row */
    struct silent n = { 0 };
    bool words = true; /* still in the words the file begins with */
    bool patterns = st->tall && patterns_of(rules) <= MOST_PATTERNS;
    int total = 0;
    st->row_count = 0;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct rule *r = rules_at(rules, i);
        const struct signal *g = signal_of(st, r);
        bool word = r->kind == SIGNAL_KEYWORD, pattern = r->kind == SIGNAL_PATTERN;
        if (words && !word && st->tall)
            flush_silent(st, &n, total);
        words = words && word;
        total += g ? g->points : 0;
        if (!g && !st->all && (word || (pattern && !patterns))) {
            n.up += word && r->points > 0;
            n.down += word && r->points < 0;
            n.patterns += pattern;
            continue;
        }
        if (!g && counts(r) && joined(st, r, counted))
            continue;
        struct classify_row *row = add_row(st, signal_kind_name(r->kind));
        row->points = g ? g->points : 0;
        row->total = total;
        say_what(r, row);
        say_found(st, r, g, row);
        counted = !g && counts(r) ? r : NULL;
    }
    if (st->tall)
        flush_silent(st, &n, total);
    say_rest(st, rules, &n);
    list_count(&st->list, st->row_count);
}

/* --- scoring ------------------------------------------------------------------------------ */

static void read_label(struct pane *p)
{
    struct classify_state *st = p->state;
    struct error err;
    st->label[0] = '\0';
    if (text_len(st) &&
        !label_get(p->desk->lab->store, field_text(&st->field), text_len(st), st->label, &err))
        st->label[0] = '\0';
}

static void score(struct pane *p)
{
    struct classify_state *st = p->state;
    const struct clock *clock = p->desk->clock;
    int64_t before = clock_mono(clock);
    classify(rules_of(p), field_text(&st->field), text_len(st), &st->verdict);
    st->took_ms = (double)(clock_mono(clock) - before) / (double)NS_PER_MS;
    st->verdict.level = thresholds_level(&st->thresholds, st->verdict.score);
    fill_rows(p);
    pane_dirty(p);
}

/* What a deed is about: the text as it was, with what is to be kept of it. */
struct scored {
    char *text;
    size_t len;
    const struct rules *rules; /* the lab keeps all it has read */
    int score;
    size_t signals;
    enum level level; /* of the rules */
    const char *label;
};

static struct scored scored_now(const struct pane *p, const char *label)
{
    const struct classify_state *st = p->state;
    return (struct scored){ .text = mem_copy(field_text(&st->field), text_len(st)),
                            .len = text_len(st),
                            .rules = rules_of(p),
                            .score = st->verdict.score,
                            .signals = st->verdict.count,
                            .level = st->verdict.level,
                            .label = label };
}

static void forget_scored(void *what)
{
    mem_free(((struct scored *)what)->text);
}

static bool write_score(void *self, void *what, struct error *err)
{
    const struct pane *p = self;
    const struct scored *s = what;
    return classification_add(p->desk->lab->store, s->text, s->len, rules_name(s->rules), s->score,
                              level_name(s->level), s->signals, "classify", err);
}

static const struct deed scoring = { .title = "The score was not recorded",
                                     .loss = LOSS_LINE,
                                     .size = sizeof(struct scored),
                                     .write = write_score,
                                     .forget = forget_scored };

/* A query that was meant, not one on its way: into the records and the bars, once. */
static void record(struct pane *p)
{
    struct classify_state *st = p->state;
    const struct verdict *v = &st->verdict;
    st->typed_ns = 0;
    if (text_is_blank(field_text(&st->field), text_len(st)))
        return;
    if (st->score_count == MAX_SCORES)
        memmove(st->scores, st->scores + 1, --st->score_count * sizeof *st->scores);
    st->scores[st->score_count++] = v->score;
    past_add(&st->past, field_text(&st->field));
    struct scored now = scored_now(p, NULL);
    deed_do(p->desk, &scoring, p, &now);
    read_label(p);
    pane_dirty(p);
}

struct counting {
    const struct classify_state *st;
    const struct rules *rules;
    struct verdict v;
    int n, agreed;
};

static void count_label(void *self, const char *query, const char *level, int64_t at_wall)
{
    struct counting *c = self;
    (void)at_wall;
    classify(c->rules, query, strlen(query), &c->v);
    c->n++;
    c->agreed += strcmp(level_name(thresholds_level(&c->st->thresholds, c->v.score)), level) == 0;
}

static void count_labels(struct pane *p)
{
    struct classify_state *st = p->state;
    struct counting c = { .st = st, .rules = rules_of(p) };
    struct error err;
    if (label_list(p->desk->lab->store, count_label, &c, &err)) {
        st->labelled = c.n;
        st->agreed = c.agreed;
    }
    verdict_done(&c.v);
}

/* --- thresholds --------------------------------------------------------------------------- */

static bool is_moved(const struct pane *p)
{
    const struct classify_state *st = p->state;
    struct thresholds t = rules_thresholds(rules_of(p));
    return t.moderate != st->thresholds.moderate || t.complex != st->thresholds.complex;
}

/* The pipeline borrows them where they are not where the rules put them. */
static void use_thresholds(struct pane *p)
{
    struct classify_state *st = p->state;
    p->desk->lab->pipeline.moved = is_moved(p) ? &st->thresholds : NULL;
}

static void keep_thresholds(struct pane *p)
{
    struct classify_state *st = p->state;
    char text[100];
    snprintf(text, sizeof text, "%s %d %d", rules_name(rules_of(p)), st->thresholds.moderate,
             st->thresholds.complex);
    desk_keep(p->desk, "classify.moved", text);
    use_thresholds(p);
}

/* Where the rules put them, unless a person moved those of this rule set before. */
static void restore_thresholds(struct pane *p)
{
    struct classify_state *st = p->state;
    const char *kept = desk_kept(p->desk, "classify.moved");
    char name[64];
    struct thresholds t;
    st->rules = rules_of(p);
    st->thresholds = rules_thresholds(st->rules);
    if (kept && sscanf(kept, "%63s %d %d", name, &t.moderate, &t.complex) == 3 &&
        strcmp(name, rules_name(st->rules)) == 0 && t.moderate <= t.complex &&
        t.moderate >= -THRESHOLD_MOST && t.complex <= THRESHOLD_MOST)
        st->thresholds = t;
    use_thresholds(p);
}

/* How labels and rules agree with the thresholds there were. */
struct agreeing {
    const struct rules *rules;
    struct thresholds thresholds;
};

static bool write_agreement(void *self, void *what, struct error *err)
{
    const struct pane *p = self;
    const struct agreeing *a = what;
    return agreement_note(p->desk->lab, a->rules, &a->thresholds, NULL, err);
}

/* One more or less says nothing; but that the disk is full is told at the end. */
static void agreement_is_lost(void *self, void *what, const struct error *err)
{
    const struct pane *p = self;
    (void)what;
    if (!store_was_busy(p->desk->lab->store))
        pipeline_not_recorded(&p->desk->lab->pipeline, err);
}

static const struct deed agreeing = { .title = "The agreement was not recorded",
                                      .loss = LOSS_OWN,
                                      .size = sizeof(struct agreeing),
                                      .write = write_agreement,
                                      .failed = agreement_is_lost };

/* Before a threshold is moved and after. */
static void note_agreement(struct pane *p)
{
    const struct classify_state *st = p->state;
    deed_do(p->desk, &agreeing, p, &(struct agreeing){ rules_of(p), st->thresholds });
}

static void move_threshold(struct pane *p, int by)
{
    struct classify_state *st = p->state;
    struct error err;
    const char *name = st->selected == LEVEL_COMPLEX ? "threshold.complex" : "threshold.moderate";
    int old = st->selected == LEVEL_COMPLEX ? st->thresholds.complex : st->thresholds.moderate;
    char before[16], after[16];
    note_agreement(p);
    if (!thresholds_move(&st->thresholds, st->selected, old + by, &err)) {
        desk_say(p->desk, "%s", err.text);
        return;
    }
    snprintf(before, sizeof before, "%d", old);
    snprintf(after, sizeof after, "%d", old + by);
    if (!fact_add(p->desk->lab->store, "setting", name, before, after, &err))
        desk_say(p->desk, "not recorded: %s", err.text);
    keep_thresholds(p);
    note_agreement(p);
    count_labels(p);
    score(p);
}

/* --- the pane ----------------------------------------------------------------------------- */

static bool pane_open(struct pane *p, struct error *err)
{
    struct classify_state *st = p->state;
    (void)err;
    field_init(&st->field, false);
    st->field.past_texts = past_text;
    st->field.past_self = &st->past;
    st->selected = LEVEL_COMPLEX;
    restore_thresholds(p);
    const char *kept = desk_kept(p->desk, "classify.query");
    if (kept)
        field_set(&st->field, kept, strlen(kept));
    score(p);
    return true;
}

static void pane_close(struct pane *p)
{
    struct classify_state *st = p->state;
    if (p->desk->lab)
        p->desk->lab->pipeline.moved = NULL;
    field_done(&st->field);
    past_done(&st->past);
    verdict_done(&st->verdict);
    mem_free(st->rows);
}

static void pane_enter(struct pane *p)
{
    struct classify_state *st = p->state;
    struct error err;
    if (!past_read(&st->past, p->desk->lab->store, &err))
        desk_say(p->desk, "earlier queries cannot be read: %s", err.text);
    if (st->rules != rules_of(p))
        restore_thresholds(p);
    score(p);
    read_label(p);
    count_labels(p);
}

/* With another pair the usual rules may be others. */
static void pane_models(struct pane *p)
{
    const struct classify_state *st = p->state;
    if (st->rules == rules_of(p))
        return;
    restore_thresholds(p);
    score(p);
}

static void count_levels(const struct classify_state *st, const struct thresholds *t,
                         int ret[LEVELS])
{
    memset(ret, 0, LEVELS * sizeof *ret);
    for (int i = 0; i < st->score_count; i++)
        ret[thresholds_level(t, (int)st->scores[i])]++;
}

static void fill_counts(const struct classify_state *st, struct classify_view *v)
{
    struct thresholds lower = st->thresholds;
    if (st->selected == LEVEL_COMPLEX)
        lower.complex--;
    else
        lower.moderate--;
    if (lower.moderate > lower.complex)
        lower.moderate = lower.complex;
    count_levels(st, &st->thresholds, v->level_count);
    count_levels(st, &lower, v->what_if);
}

static void pane_draw(const struct pane *p, struct surface *s)
{
    struct classify_state *st = p->state;
    if (st->tall != classify_is_tall(s)) {
        st->tall = classify_is_tall(s);
        fill_rows((struct pane *)p);
    }
    const struct pipeline *pipeline = &p->desk->lab->pipeline;
    struct route r = route_for(st->verdict.level, ROUTE_AUTO);
    const struct lab_model *m = r.role == ROLE_FAST ? pipeline->fast : pipeline->reasoning;
    struct classify_view v = {
        .field = &st->field,
        .focused = p->focused,
        .points = text_points(field_text(&st->field), text_len(st)),
        .blank = text_is_blank(field_text(&st->field), text_len(st)),
        .score = st->verdict.score,
        .level = st->verdict.level,
        .thresholds = st->thresholds,
        .moved = is_moved(p),
        .selected = st->selected,
        .role = r.role,
        .cot = r.cot,
        .model = m ? m->name : NULL,
        .rules = rules_name(rules_of(p)),
        .rows = st->rows,
        .row_count = st->row_count,
        .all = st->all,
        .rest = st->rest,
        .list = &st->list,
        .in_list = !p->focused,
        .scores = st->scores,
        .score_count = st->score_count,
        .labelled = st->labelled,
        .agreed = st->agreed,
        .label = *st->label ? st->label : NULL,
    };
    fill_counts(st, &v);
    classify_draw(&v, s);
}

static void pane_corner(const struct pane *p, char *ret, size_t size)
{
    const struct classify_state *st = p->state;
    snprintf(ret, size, "rules %s, live, %.*f ms", rules_name(rules_of(p)),
             st->took_ms < 0.1 ? 3 : 1, st->took_ms);
}

static enum pane_said pane_act(struct pane *p, enum action a)
{
    struct classify_state *st = p->state;
    int rows = scroll_rows(a, p->body_rows > 12 ? 8 : 3);
    if (rows) {
        list_move(&st->list, rows);
        return PANE_REDRAW;
    }
    switch (a) {
    case ACT_LABEL:
        st->labelling = true;
        return PANE_REDRAW;
    case ACT_ALL:
        st->all = !st->all;
        fill_rows(p);
        return PANE_REDRAW;
    case ACT_MORE:
    case ACT_LESS:
        move_threshold(p, a == ACT_MORE ? 1 : -1);
        return PANE_REDRAW;
    case ACT_PART_NEXT:
    case ACT_PART_BACK:
        st->selected = st->selected == LEVEL_COMPLEX ? LEVEL_MODERATE : LEVEL_COMPLEX;
        desk_say(p->desk, "+ and - move where %s begins", level_name(st->selected));
        return PANE_REDRAW;
    default:
        return PANE_IGNORED;
    }
}

static const char *pane_off(const struct pane *p, enum action a)
{
    const struct classify_state *st = p->state;
    bool blank = text_is_blank(field_text(&st->field), text_len(st));
    if (a == ACT_LABEL && blank)
        return "type a query first";
    if ((a == ACT_COPY || a == ACT_COPY_JSON || a == ACT_WRITE || a == ACT_PAGER) && blank)
        return "there is no query to copy the score of";
    return NULL;
}

static bool write_label(void *self, void *what, struct error *err)
{
    const struct pane *p = self;
    const struct scored *s = what;
    return label_add(p->desk->lab->store, s->text, s->len, s->label, "person", err);
}

static void is_labelled(void *self, void *what)
{
    struct pane *p = self;
    const struct scored *s = what;
    desk_say(p->desk, "labelled %s: %s%s", s->label,
             strcmp(s->label, level_name(s->level)) == 0 ? "the rules agree" : "the rules disagree",
             store_keeps_history(p->desk->lab->store)
                 ? ""
                 : "; kept without its text, so it is counted nowhere");
    read_label(p);
    count_labels(p);
    pane_dirty(p);
}

static const struct deed labelling = { .title = "The label was not kept",
                                       .size = sizeof(struct scored),
                                       .write = write_label,
                                       .done = is_labelled,
                                       .forget = forget_scored };

static bool pane_key(struct pane *p, const struct key *k)
{
    struct classify_state *st = p->state;
    if (p->focused && k->code == K_ESC && st->typed_ns)
        record(p); /* who leaves the field means what stands in it */
    if (!st->labelling)
        return false;
    st->labelling = false;
    const char *level = k->code != K_LETTER || k->alt ? NULL
                        : k->letter == 's'            ? "simple"
                        : k->letter == 'm'            ? "moderate"
                        : k->letter == 'c'            ? "complex"
                                                      : NULL;
    if (!level) {
        desk_say(p->desk, "not labelled");
        return true;
    }
    struct scored now = scored_now(p, level);
    deed_do(p->desk, &labelling, p, &now);
    return true;
}

static const char *pane_asks(const struct pane *p)
{
    const struct classify_state *st = p->state;
    return st->labelling ? "Your label: s simple   m moderate   c complex   any other key: none"
                         : NULL;
}

static struct field *pane_field(const struct pane *p)
{
    struct classify_state *st = p->state;
    return &st->field;
}

static enum pane_said pane_typed(struct pane *p, bool sent)
{
    struct classify_state *st = p->state;
    if (sent) {
        record(p);
        desk_go(p->desk, "ask", field_text(&st->field));
        return PANE_REDRAW;
    }
    st->typed_ns = clock_mono(p->desk->clock);
    st->label[0] = '\0';
    desk_keep(p->desk, "classify.query", field_text(&st->field));
    score(p);
    return PANE_REDRAW;
}

static bool pane_tick(struct pane *p)
{
    struct classify_state *st = p->state;
    if (!st->typed_ns || clock_mono(p->desk->clock) - st->typed_ns < SETTLED_NS)
        return false;
    record(p);
    return true;
}

static void pane_leave(struct pane *p)
{
    struct classify_state *st = p->state;
    if (st->typed_ns)
        record(p);
}

static void copy_text(const struct classify_state *st, struct buf *to)
{
    const struct verdict *v = &st->verdict;
    buf_printf(to, "%s\nscore %d, %s\n", field_text(&st->field), v->score, level_name(v->level));
    for (int i = 0; i < st->row_count; i++)
        if (st->rows[i].points)
            buf_printf(to, "%s\t%s\t%s\t%+d\n", st->rows[i].kind, st->rows[i].what,
                       st->rows[i].found, st->rows[i].points);
}

static bool pane_copy(const struct pane *p, bool json, struct buf *to)
{
    const struct classify_state *st = p->state;
    if (!json) {
        copy_text(st, to);
        return true;
    }
    struct json *j = verdict_json(rules_of(p), field_text(&st->field), &st->verdict,
                                  (int64_t)(st->took_ms * NS_PER_MS));
    bool ok = json_print(j, to) && buf_putc(to, '\n');
    json_free(j);
    return ok;
}

const struct pane_ops classify_pane = {
    .name = "classify",
    .tab = "Classify",
    .title = "Classifier",
    .keymap = MAP_CLASSIFY,
    .state_size = sizeof(struct classify_state),
    .open = pane_open,
    .close = pane_close,
    .enter = pane_enter,
    .leave = pane_leave,
    .models = pane_models,
    .draw = pane_draw,
    .corner = pane_corner,
    .act = pane_act,
    .off = pane_off,
    .field = pane_field,
    .typed = pane_typed,
    .key = pane_key,
    .asks = pane_asks,
    .tick = pane_tick,
    .copy = pane_copy,
};
