/* Deeds by themselves, on a lab whose file another connection holds: their order, their 5 s, their
 * end. */
#include "tests/screen/world.h"
#include "tests/store/other.h"

extern const struct pane_ops history_pane;

static void turn_for(struct world *w, int64_t ms)
{
    struct error err;
    for (int64_t start = test_ms(); test_ms() - start < ms;)
        assert_ok(lab_turn(&w->lab, NULL, 0, 20, &err), err);
}

static void turn_until_done(struct world *w)
{
    struct error err;
    for (int64_t start = test_ms(); deeds_wait(&w->desk);) {
        assert_not_hung(start, 20000);
        assert_ok(lab_turn(&w->lab, NULL, 0, 20, &err), err);
    }
}

/* Writes a setting; what it is told goes into one line. */
struct teller {
    struct lab *lab;
    struct desk *desk;
    char told[400];
    int forgotten;
};

struct saying {
    char key[32];
    char *value;
    const struct deed *next; /* what its end does */
};

static void note(struct teller *t, const char *what, const struct saying *s)
{
    size_t n = strlen(t->told);
    snprintf(t->told + n, sizeof t->told - n, "%s %s=%s;", what, s->key, s->value);
}

static bool say_write(void *self, void *what, struct error *err)
{
    struct teller *t = self;
    struct saying *s = what;
    return setting_set(t->lab->store, s->key, s->value, err);
}

static void say_done(void *self, void *what)
{
    struct teller *t = self;
    struct saying *s = what;
    note(t, "done", s);
    if (s->next) {
        struct saying then = { .key = "then", .value = mem_string(s->value) };
        deed_do(t->desk, s->next, t, &then);
    }
}

static void say_failed(void *self, void *what, const struct error *err)
{
    assert_holds("why", err->text, "is busy");
    note(self, "failed", what);
}

static bool say_refuse(void *self, void *what, struct error *err)
{
    (void)self;
    (void)what;
    return error_set(err, ERR_USAGE, "it is refused");
}

static struct teller *forgetting;

static void say_forget(void *what)
{
    mem_free(((struct saying *)what)->value);
    forgetting->forgotten++;
}

#define SAYING .size = sizeof(struct saying), .done = say_done, .forget = say_forget
static const struct deed telling = { .title = "It was not said", SAYING, .write = say_write };
static const struct deed minding = { SAYING, .loss = LOSS_OWN, .write = say_write,
                                     .failed = say_failed };
static const struct deed refusing = { .title = "It was not said", SAYING, .write = say_refuse };

static void say(struct teller *t, const struct deed *k, const char *key, const char *value)
{
    struct saying s = { .value = mem_string(value) };
    snprintf(s.key, sizeof s.key, "%s", key);
    deed_do(t->desk, k, t, &s);
    memset(&s, 'x', sizeof s); /* it has a copy of its own */
}

struct piece {
    struct world w;
    struct other other;
    struct teller t;
};

static void piece_open(struct piece *p)
{
    world_open(&p->w, &history_pane);
    p->w.lab.store->busy_ms = 50;
    other_open(&p->other, p->w.lab.paths.database);
    p->t = (struct teller){ .lab = &p->w.lab, .desk = &p->w.desk };
    forgetting = &p->t;
}

static void piece_close(struct piece *p)
{
    other_close(&p->other);
    world_close(&p->w, false);
}

static void a_free_file_is_written_at_once(void **state)
{
    (void)state;
    struct piece p;
    piece_open(&p);
    say(&p.t, &telling, "a", "1");
    assert_string_equal(p.t.told, "done a=1;");
    assert_int_equal(p.t.forgotten, 1);
    assert_false(deeds_wait(&p.w.desk));
    assert_int_equal(p.w.desk.deeds.again.place, 0);
    assert_true(says(&p.other, "SELECT value FROM setting WHERE key = 'a'", "1"));
    say(&p.t, &refusing, "b", "1");
    assert_string_equal(p.w.desk.trouble.t.title, "It was not said");
    assert_string_equal(p.w.desk.trouble.t.what, "it is refused");
    assert_int_equal(p.t.forgotten, 2);
    assert_false(deeds_wait(&p.w.desk));
    piece_close(&p);
}

static void held_deeds_wait_in_order(void **state)
{
    (void)state;
    struct piece p;
    piece_open(&p);
    hold(&p.other, true);
    assert_at_once(say(&p.t, &telling, "a", "1"));
    say(&p.t, &minding, "b", "2");
    say(&p.t, &telling, "a", "3");
    say(&p.t, &refusing, "c", "4");
    assert_null(deeds_words(&p.w.desk)); /* of a moment nothing is said */
    assert_true(deed_waits(&p.w.desk, &telling, &p.t));
    assert_false(deed_waits(&p.w.desk, &telling, &p));
    turn_for(&p.w, 400);
    assert_holds("words", deeds_words(&p.w.desk), "waiting for another rlab");
    assert_string_equal(p.t.told, "");
    assert_int_equal(p.t.forgotten, 0);
    hold(&p.other, false);
    turn_until_done(&p.w);
    assert_string_equal(p.t.told, "done a=1;done b=2;done a=3;");
    assert_int_equal(p.t.forgotten, 4);
    assert_string_equal(p.w.desk.trouble.t.what, "it is refused");
    assert_null(deeds_words(&p.w.desk));
    assert_int_equal(p.w.desk.deeds.again.place, 0);
    assert_true(says(&p.other, "SELECT value FROM setting WHERE key = 'a'", "3"));
    piece_close(&p);
}

/* Five seconds are turned forward: each says once what was not written, and no trace is left. */
static void after_five_seconds_it_fails_once(void **state)
{
    (void)state;
    struct piece p;
    piece_open(&p);
    hold(&p.other, true);
    say(&p.t, &telling, "a", "1");
    p.w.ahead_ns += 4 * NS_PER_S;
    turn_for(&p.w, 60);
    assert_true(deeds_wait(&p.w.desk));
    say(&p.t, &minding, "b", "2"); /* has its own five seconds */
    p.w.ahead_ns += 2 * NS_PER_S;
    turn_for(&p.w, 60);
    assert_string_equal(p.w.desk.trouble.t.title, "It was not said");
    assert_holds("why", p.w.desk.trouble.t.what, "is busy");
    assert_int_equal(p.w.desk.errors_unread, 1);
    assert_true(deeds_wait(&p.w.desk));
    assert_string_equal(p.t.told, "");
    p.w.ahead_ns += 4 * NS_PER_S;
    turn_for(&p.w, 60);
    assert_string_equal(p.t.told, "failed b=2;");
    assert_int_equal(p.w.desk.errors_unread, 1);
    assert_int_equal(p.t.forgotten, 2);
    assert_false(deeds_wait(&p.w.desk));
    assert_int_equal(p.w.desk.deeds.again.place, 0);
    hold(&p.other, false);
    turn_for(&p.w, 60);
    assert_int_equal(number(&p.other, "SELECT count(*) FROM setting WHERE key IN ('a', 'b')"), 0);
    piece_close(&p);
}

static void the_newest_is_called_off(void **state)
{
    (void)state;
    struct piece p;
    piece_open(&p);
    assert_false(deed_call_off(&p.w.desk, &telling, &p.t));
    hold(&p.other, true);
    say(&p.t, &telling, "a", "1");
    say(&p.t, &telling, "a", "2");
    say(&p.t, &minding, "b", "3");
    assert_true(deed_call_off(&p.w.desk, &telling, &p.t));
    assert_int_equal(p.t.forgotten, 1);
    hold(&p.other, false);
    turn_until_done(&p.w);
    assert_string_equal(p.t.told, "done a=1;done b=3;");
    piece_close(&p);
}

/* What an end does next comes behind what waits already. */
static void a_deed_may_lead_to_another(void **state)
{
    (void)state;
    struct piece p;
    piece_open(&p);
    hold(&p.other, true);
    struct saying s = { .key = "first", .value = mem_string("1"), .next = &telling };
    deed_do(&p.w.desk, &telling, &p.t, &s);
    say(&p.t, &telling, "a", "2");
    hold(&p.other, false);
    turn_until_done(&p.w);
    assert_string_equal(p.t.told, "done first=1;done a=2;done then=1;");
    piece_close(&p);
}

/* What came late is there before what is done next looks for it. */
static void late_facts_come_first(void **state)
{
    (void)state;
    struct piece p;
    struct error err;
    piece_open(&p);
    hold(&p.other, true);
    assert_ok(fact_add(p.w.lab.store, "screen", "cache", NULL, "visited", &err), err);
    hold(&p.other, false);
    say(&p.t, &refusing, "a", "1");
    assert_int_equal(number(&p.other, "SELECT count(*) FROM fact WHERE subject = 'cache'"), 1);
    piece_close(&p);
}

/* Leaving while another process writes, and lets go in time. */
static void at_the_end_it_is_written(void **state)
{
    (void)state;
    struct piece p;
    piece_open(&p);
    hold(&p.other, true);
    say(&p.t, &telling, "a", "1");
    hold(&p.other, false);
    deeds_settle(&p.w.desk);
    assert_string_equal(p.t.told, "done a=1;");
    assert_int_equal(p.t.forgotten, 1);
    assert_null(lab_not_recorded(&p.w.lab));
    assert_true(says(&p.other, "SELECT value FROM setting WHERE key = 'a'", "1"));
    piece_close(&p);
}

static void at_the_end_what_is_lost_is_told(void **state)
{
    (void)state;
    struct piece p;
    piece_open(&p);
    hold(&p.other, true);
    say(&p.t, &telling, "a", "1");
    say(&p.t, &telling, "b", "2");
    deeds_settle(&p.w.desk);
    assert_string_equal(p.t.told, "");
    assert_int_equal(p.t.forgotten, 2);
    assert_holds("lost", lab_not_recorded(&p.w.lab),
                 "2 things you did last were not written, the first of them: It was not said: ");
    assert_holds("lost", lab_not_recorded(&p.w.lab), "is busy");
    hold(&p.other, false);
    piece_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_free_file_is_written_at_once),
        cmocka_unit_test(held_deeds_wait_in_order),
        cmocka_unit_test(after_five_seconds_it_fails_once),
        cmocka_unit_test(the_newest_is_called_off),
        cmocka_unit_test(a_deed_may_lead_to_another),
        cmocka_unit_test(late_facts_come_first),
        cmocka_unit_test(at_the_end_it_is_written),
        cmocka_unit_test(at_the_end_what_is_lost_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
