/* The set of the Test pane: taken, told apart by the rules, edited (test_inside.h). */
#include "tui/pane/test_inside.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "core/limits.h"

void test_set_clear(struct test_pane_state *st)
{
    for (size_t i = 0; st->has_set && i < st->set.count; i++)
        mem_free(st->results[i].answer);
    mem_free(st->results);
    mem_free(st->levels);
    mem_free(st->rows);
    st->results = NULL;
    st->levels = NULL;
    st->rows = NULL;
}

void test_set_forget(struct test_pane_state *st)
{
    for (size_t i = 0; i < st->set.count; i++) {
        mem_free(st->results[i].answer);
        st->results[i] = (struct test_result){ .seconds = NAN, .correct = -1 };
    }
    st->repeat = (struct repeat){ 0 };
    st->stopped = false;
}

bool test_set_take(struct pane *p, const char *name, struct error *err)
{
    struct test_pane_state *st = p->state;
    struct set set;
    if (!set_load(&p->desk->lab->paths, name, &set, err))
        return false;
    test_set_clear(st);
    if (st->has_set)
        set_done(&st->set);
    st->set = set;
    st->has_set = true;
    snprintf(st->set_name, sizeof st->set_name, "%s", name);
    st->levels = mem_new(enum level, set.count);
    st->results = mem_new(struct test_result, set.count);
    st->rows = mem_new(struct test_row, set.count);
    st->list = (struct list){ .count = (int)set.count };
    test_set_forget(st);
    return true;
}

static const struct thresholds *moved(const struct pane *p)
{
    return p->desk->lab->pipeline.moved;
}

void test_set_classify(struct pane *p)
{
    struct test_pane_state *st = p->state;
    const struct rules *rules = p->desk->lab->rules;
    struct thresholds own = rules_thresholds(rules);
    for (size_t i = 0; i < st->set.count; i++) {
        classify(rules, st->set.items[i].query, st->set.items[i].query_len, &st->verdict);
        st->levels[i] = thresholds_level(moved(p) ? moved(p) : &own, st->verdict.score);
    }
}

void test_set_explain(struct pane *p)
{
    struct test_pane_state *st = p->state;
    buf_clear(&st->why);
    if (!st->has_set)
        return;
    const struct set_item *it = &st->set.items[st->list.at];
    trial_why(p->desk->lab->rules, moved(p), it->query, it->query_len, &st->why);
}

/* --- another set -------------------------------------------------------------------------- */

static void set_named(void *self, const char *text)
{
    struct pane *p = self;
    struct test_pane_state *st = p->state;
    struct error err;
    if (!text)
        return;
    if (strcmp(text, "edit") == 0) {
        struct buf file = buf_with_max(MAX_FILE_BYTES);
        if (file_read(st->set.path, MAX_FILE_BYTES, &file, &err)) {
            st->editing = true;
            desk_editor(p->desk, buf_text(&file), file.len);
        } else {
            desk_fail(p->desk, "The set cannot be edited", &err);
        }
        buf_done(&file);
    } else if (!test_set_take(p, text, &err)) {
        desk_fail(p->desk, "The set was not taken", &err);
    } else {
        desk_keep(p->desk, "test.set", text);
        test_set_classify(p);
        test_set_explain(p);
    }
    pane_dirty(p);
}

void test_set_ask(struct pane *p)
{
    const struct test_pane_state *st = p->state;
    desk_ask_text(p->desk,
                  "Take the set (a name, a file, or edit to change this one):", st->set_name,
                  set_named, p);
}

/* A set that was edited is the person's own from then on: the shipped file stays as it is. */
void test_set_edited(struct pane *p, const char *text, size_t len)
{
    struct test_pane_state *st = p->state;
    struct error err;
    struct set set;
    struct arena a = { 0 };
    if (!st->editing)
        return;
    st->editing = false;
    const struct paths *paths = &p->desk->lab->paths;
    const char *folder = arena_format(&a, "%s/sets", paths->config_dir);
    const char *path = arena_format(&a, "%s/own-%s.jsonl", folder, st->set.name);
    if (strncmp(st->set.path, folder, strlen(folder)) == 0)
        path = arena_string(&a, st->set.path);
    bool ok = set_parse(path, text, len, &set, &err);
    if (ok)
        set_done(&set);
    ok = ok && file_make_folder(folder, &err) && file_write(path, text, len, &err) &&
         test_set_take(p, path, &err);
    if (ok) {
        desk_keep(p->desk, "test.set", path);
        desk_say(p->desk, "the set is now %s", path);
        test_set_classify(p);
        test_set_explain(p);
    } else {
        desk_trouble(p->desk, &(struct trouble){ .title = "The set was not changed",
                                                 .what = err.text,
                                                 .kept = "the set as it was" });
    }
    arena_done(&a);
    pane_dirty(p);
}
