/* rlab judge: which side of a compare was better. */
#include <stdlib.h>
#include <string.h>

#include "core/store/calls.h"
#include "core/store/history.h"
#include "tui/verb/session.h"

/* Both sides of a compare, as far as they are there. */
struct sides {
    int64_t id, other;
    char left[200], right[200]; /* the models */
    bool swapped;               /* the reasoning model stood on the left */
};

static bool note_side(void *self, const struct history_row *r)
{
    struct sides *w = self;
    bool left = strcmp(r->side ? r->side : "", "left") == 0;
    char *to = left ? w->left : w->right;
    snprintf(to, sizeof w->left, "%s/%s", r->server, r->model);
    if (!w->other)
        w->other = r->pair_id;
    w->swapped |= left && strcmp(r->role ? r->role : "", "reasoning") == 0;
    return true;
}

static const char *verdict_words(const char *verdict, const struct sides *w, struct arena *a)
{
    if (strcmp(verdict, "left") == 0)
        return arena_format(a, "%s was better than %s", w->left, w->right);
    if (strcmp(verdict, "right") == 0)
        return arena_format(a, "%s was better than %s", w->right, w->left);
    return arena_format(a, "%s and %s: %s", w->left, w->right,
                        strcmp(verdict, "same") == 0 ? "equally good" : "both wrong");
}

static void show(struct session *s, const struct sides *w, const char *verdict)
{
    if (s->json) {
        struct json *j = json_object();
        json_put_text(j, "schema", "rlab.judgement/1");
        json_put_int(j, "answer_id", w->id);
        json_put_int(j, "other_id", w->other);
        json_put_text(j, "verdict", verdict);
        json_put_text(j, "left", w->left);
        json_put_text(j, "right", w->right);
        json_put_bool(j, "blind", s->args->given[OPT_BLIND]);
        json_put_bool(j, "swapped", w->swapped);
        print_json(j);
        return;
    }
    struct arena a = { 0 };
    say("judged: %s", verdict_words(verdict, w, &a));
    arena_done(&a);
}

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct sides w = { 0 };
    char *end;
    s->options.without_files = true;
    if (a->count != 2)
        return error_set(err, ERR_USAGE,
                         "judge what? rlab judge ID left|right|same|both-wrong, where 'rlab ask "
                         "--compare' told the ID");
    w.id = strtoll(a->words[0], &end, 10);
    if (end == a->words[0] || *end || w.id < 1)
        return error_set(err, ERR_USAGE, "'%s' is no number of an answer", a->words[0]);
    if (!session_open_writing(s, err) || !history_get(s->lab.store, w.id, note_side, &w, err) ||
        (w.other && !history_get(s->lab.store, w.other, note_side, &w, err)) ||
        !judgement_add(s->lab.store, w.id, a->words[1], a->given[OPT_BLIND], w.swapped, err))
        return false;
    show(s, &w, a->words[1]);
    return true;
}

const struct verb verb_judge = {
    .name = "judge",
    .words = "ID left|right|same|both-wrong",
    .summary = "say which answer of a compare was better",
    .help = "ID is the number that 'rlab ask --compare' ends with; either side's number does.\n"
            "left is the answer that was shown first. With --blind you say that you did not\n"
            "know which model wrote which.",
    .example = "rlab judge 12 right",
    .options = (const enum option[]){ OPT_BLIND, OPTIONS },
    .run = run,
};
