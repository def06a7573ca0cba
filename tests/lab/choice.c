/* The pair while the program runs: looked for without waiting, chosen anew, taken from another
 * server. What is picked in which order is tested from end to end (tests/verb). */
#include "tests/test.h"

#include "core/base/mem.h"
#include "core/lab/lab.h"
#include "core/lab/roles.h"
#include "core/model/provider.h"
#include "tests/lab/served.h"

struct world {
    struct served s;
    int told;
    bool failed;
    char error[700];
};

static void world_open(struct world *w, const char *models, bool builtin)
{
    *w = (struct world){ 0 };
    served_open(&w->s, models, builtin);
}

static void world_close(struct world *w)
{
    served_close(&w->s);
}

static void told(void *self, const struct error *err)
{
    struct world *w = self;
    w->told++;
    w->failed = err != NULL;
    snprintf(w->error, sizeof w->error, "%s", err ? err->text : "");
}

static void turn_until(struct world *w, int count)
{
    struct error err;
    int64_t start = test_ms();
    while (w->told < count) {
        assert_not_hung(start, 20000);
        assert_ok(lab_turn(&w->s.lab, NULL, 0, 1000, &err), err);
    }
    assert_int_equal(w->told, count);
}

static void choose(struct world *w, bool builtin)
{
    int before = w->told;
    lab_choose_start(&w->s.lab, builtin, told, w);
    assert_int_equal(w->told, before); /* nothing is told from inside a start */
    turn_until(w, before + 1);
}

static void test_without_waiting(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "fast:8b,big-r1:70b", false);
    mock_play(&w.s.mock, "{'delay_ms': 0}");
    choose(&w, false);
    assert_false(w.failed);
    assert_true(w.s.lab.chosen);
    assert_string_equal(w.s.lab.choice.fast->full_name, "local/fast:8b");
    assert_string_equal(w.s.lab.choice.fast_why, "has \"8b\", no \"r1\"");
    assert_null(w.s.lab.choice.fast_origin);
    assert_string_equal(w.s.lab.choice.reasoning->full_name, "local/big-r1:70b");
    assert_ptr_equal(w.s.lab.pipeline.fast, w.s.lab.choice.fast);
    assert_string_equal(rules_name(w.s.lab.rules), "basic");
    world_close(&w);
}

/* Two in a row: the first is dropped without a word. So is one that runs when all ends. */
static void test_dropped(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    world_open(&w, "fast:8b,big-r1:70b", false);
    lab_choose_start(&w.s.lab, false, told, &w);
    assert_ok(lab_turn(&w.s.lab, NULL, 0, 0, &err), err);
    lab_choose_start(&w.s.lab, false, told, &w);
    turn_until(&w, 1);
    for (int i = 0; i < 5; i++)
        assert_ok(lab_turn(&w.s.lab, NULL, 0, 10, &err), err);
    assert_int_equal(w.told, 1);
    lab_choose_start(&w.s.lab, false, told, &w);
    assert_ok(lab_turn(&w.s.lab, NULL, 0, 0, &err), err);
    world_close(&w);
    assert_int_equal(w.told, 1);
}

static void test_waiting_gives_the_same(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    world_open(&w, "fast:8b,big-r1:70b", false);
    assert_ok(lab_choose(&w.s.lab, &err), err);
    struct choice waited = w.s.lab.choice;
    choose(&w, false);
    assert_ptr_equal(w.s.lab.choice.fast, waited.fast);
    assert_ptr_equal(w.s.lab.choice.reasoning, waited.reasoning);
    assert_string_equal(w.s.lab.choice.fast_why, waited.fast_why);
    world_close(&w);
}

/* The built-in pair and its rules, and back again. */
static void test_built_in_and_back(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "fast:8b,big-r1:70b", false);
    choose(&w, false);
    const struct rules *before = w.s.lab.rules;
    choose(&w, true);
    assert_true(w.s.lab.choice.builtin);
    assert_string_equal(w.s.lab.pipeline.reasoning->full_name, "mini/reason");
    assert_string_equal(rules_name(w.s.lab.rules), "steps");
    assert_string_equal(rules_name(before), "basic"); /* still there for a run that holds them */
    choose(&w, false);
    assert_false(w.s.lab.choice.builtin);
    assert_string_equal(w.s.lab.pipeline.fast->full_name, "local/fast:8b");
    assert_string_equal(rules_name(w.s.lab.rules), "basic");
    world_close(&w);
}

static void test_a_person_chooses(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    struct lab_model *m;
    struct arena a = { 0 };
    world_open(&w, "fast:8b,other:3b,big-r1:70b,nomic-embed-text", false);
    choose(&w, false);
    assert_ok(lab_model(&w.s.lab, "other:3b", &m, &err), err);
    assert_ok(lab_use_model(&w.s.lab, ROLE_FAST, m, &err), err);
    assert_ptr_equal(w.s.lab.pipeline.fast, m);
    assert_string_equal(lab_setting(&w.s.lab, "pair.fast", NULL), "local/other:3b");
    assert_null(w.s.lab.choice.warning);

    const char *why;
    struct lab_server *s = m->server;
    struct pick pick;
    pick_models(s->list->models, s->list->count, &a, &pick);
    assert_string_equal(model_role(&w.s.lab, s, &s->list->models[1], &pick, &why, &a), "fast");
    assert_string_equal(why, "chosen (setting)");
    assert_null(model_role(&w.s.lab, s, &s->list->models[0], &pick, &why, &a));
    assert_string_equal(why, "would be picked, had not another one been chosen");
    assert_string_equal(model_role(&w.s.lab, s, &s->list->models[2], &pick, &why, &a), "reasoning");
    assert_string_equal(why, "has \"r1\"");

    assert_ok(lab_use_model(&w.s.lab, ROLE_REASONING, m, &err), err);
    assert_holds("one for both", w.s.lab.choice.warning, "routing is then only shown");
    assert_ok(lab_model(&w.s.lab, "gone:1b", &m, &err), err);
    assert_false(lab_use_model(&w.s.lab, ROLE_FAST, m, &err));
    assert_holds("missing", err.text, "has no model 'gone:1b'");
    assert_string_equal(w.s.lab.pipeline.fast->full_name, "local/other:3b");

    choose(&w, false); /* what was chosen stays chosen */
    assert_string_equal(w.s.lab.pipeline.fast->full_name, "local/other:3b");
    assert_string_equal(w.s.lab.choice.fast_origin, "setting");
    arena_done(&a);
    world_close(&w);
}

static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name, *type, *url, *error;
    } rows[] = {
        { "http://box:11434", "ollama", "ollama", "http://box:11434", NULL },
        { "http://box:8000/v1", "openai", "openai", "http://box:8000/v1", NULL },
        { "box=openai:http://box:8000", "box", "openai", "http://box:8000/v1", NULL },
        { "local=ollama:box", "local", "ollama", "http://box:11434", NULL },
        { "https://api.anthropic.com", "anthropic", "anthropic", "https://api.anthropic.com",
          NULL },
        { "mini=ollama:box", NULL, NULL, NULL, "built-in" },
        { "http://me:secret@box", NULL, NULL, NULL, "password" },
        { "nonsense", NULL, NULL, NULL, "nonsense" },
        { "", NULL, NULL, NULL, "" },
        { "x=telepathy:http://box", NULL, NULL, NULL, "telepathy" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct world w;
        struct error err;
        struct lab_server *s = NULL;
        world_open(&w, "fast:8b", true);
        bool ok = lab_add_server(&w.s.lab, rows[i].text, &s, &err);
        if (ok != !rows[i].error)
            fail_msg("'%s': %s", rows[i].text, ok ? "taken" : err.text);
        if (ok) {
            assert_string_equal(s->server.name, rows[i].name);
            assert_string_equal(s->server.provider->name, rows[i].type);
            assert_string_equal(s->server.url, rows[i].url);
        } else {
            assert_holds(rows[i].text, err.text, rows[i].error);
            assert_null(strstr(err.text, "secret"));
        }
        world_close(&w);
    }
}

/* Another address under the same name: the models there are others, whatever they are called. */
static void test_another_address(void **state)
{
    (void)state;
    static const char *const args[] = { "--play", "ollama", "--models", "fast:8b,new-r1:32b",
                                        NULL };
    struct world w;
    struct error err;
    struct mock other;
    struct lab_server *s;
    char text[100];
    world_open(&w, "fast:8b,big-r1:70b", false);
    choose(&w, false);
    struct lab_model *before = w.s.lab.choice.fast;
    mock_start(&other, args);
    snprintf(text, sizeof text, "local=ollama:%s", other.url);
    assert_ok(lab_add_server(&w.s.lab, text, &s, &err), err);
    assert_true(before->server->replaced);
    choose(&w, false);
    assert_ptr_equal(w.s.lab.choice.server, s);
    assert_ptr_not_equal(w.s.lab.choice.fast, before);
    assert_string_equal(w.s.lab.choice.reasoning->full_name, "local/new-r1:32b");
    world_close(&w);
    mock_stop(&other);
}

static void test_a_name_nobody_understands(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "fast:8b", true);
    w.s.options.fast_model = "mini/";
    choose(&w, false);
    assert_true(w.failed);
    assert_holds("--fast-model", w.error, "--fast-model");
    assert_false(w.s.lab.chosen);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_waiting),
        cmocka_unit_test(test_dropped),
        cmocka_unit_test(test_waiting_gives_the_same),
        cmocka_unit_test(test_built_in_and_back),
        cmocka_unit_test(test_a_person_chooses),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_another_address),
        cmocka_unit_test(test_a_name_nobody_understands),
    };
    return cmocka_run_group_tests_name("choice", tests, NULL, NULL);
}
