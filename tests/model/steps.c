/* mini/steps as a whole: what it learns from, what it keeps, and how it fares on questions it
 * has never seen. */
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/model/steps.h"
#include "core/model/steps_file.h"
#include "core/model/steps_samples.h"
#include "tests/test.h"

#define SAMPLES "data/mini/steps.samples"

/* --- samples ------------------------------------------------------------------------------ */

#define ALL "parity: b\nreverse: c\nother: d\n"

static void test_samples(void **state)
{
    (void)state;
    static const struct row {
        const char *what, *text, *error; /* NULL: well formed */
    } rows[] = {
        { "plain", "add: a\n" ALL, NULL },
        { "comments, spaces, CRLF", "# x\r\n\r\n  add :  [a|b|] {number}\r\n" ALL, NULL },
        { "braces that are text", "add: int main() { return 1; }\n" ALL, NULL },
        { "brackets without a bar", "add: a[1]\n" ALL, NULL },
        { "no task", "add: a\nhello\n" ALL, "file 'x', line 2: there is no task" },
        { "unknown task", "sub: a\n" ALL,
          "no task 'sub': the tasks are add, parity, reverse, other" },
        { "no sentence", "add:\n" ALL, "line 1: the sentence has 0 bytes" },
        { "only white space", "add: \xC2\xA0\n" ALL, "the sentence has 2 bytes" },
        { "bad bytes", "add: \xFF\n" ALL, "not valid UTF-8" },
        { "unknown braces", "add: {numbr}\n" ALL, "use {number}, {word} or {noise}" },
        { "a task without lines", ALL, "no line for the task 'add'" },
        { "empty", "", "no line for the task" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct steps_samples s;
        struct error err = { 0 };
        bool ok = steps_samples_parse("x", rows[i].text, strlen(rows[i].text), &s, &err);
        if (ok != !rows[i].error)
            fail_msg("%s: %s", rows[i].what, ok ? "was taken" : err.text);
        if (ok)
            steps_samples_done(&s);
        else
            assert_holds(rows[i].what, err.text, rows[i].error);
    }
}

/* What can be drawn from one line: all of its choices come up, and nothing else. */
static void test_draws(void **state)
{
    (void)state;
    static const char text[] = "add: [a|bb|]c\n" ALL;
    struct steps_samples s;
    struct error err;
    struct random r;
    random_seed(&r, 1);
    assert_ok(steps_samples_parse("x", text, strlen(text), &s, &err), err);
    int seen[3] = { 0 };
    for (int i = 0; i < 1000; i++) {
        struct nn_letters got;
        steps_sample_draw(&s.sample[0], &r, &got);
        assert_in_range(got.count, 1, 20);
        seen[0] += got.count == 2 && got.symbol[0] == 2 && got.symbol[1] == 4;
        seen[1] += got.count == 3 && got.symbol[0] == 3 && got.symbol[1] == 3;
        seen[2] += got.count == 1 && got.symbol[0] == 4;
    }
    for (size_t i = 0; i < COUNT(seen); i++)
        assert_in_range(seen[i], 150, 350);
    steps_samples_done(&s);
}

/* --- what is kept ------------------------------------------------------------------------- */

/* A person's own few samples: learnt in a moment. */
static const char few[] = "add: {number} + {number}\nparity: is {number} even\n"
                          "reverse: reverse {word}\nother: {word}\n";

struct place {
    char *folder;
    struct arena arena;
    const char *samples, *weights;
};

static struct place place_new(void)
{
    struct place p = { .folder = test_folder() };
    struct error err;
    p.samples = arena_format(&p.arena, "%s/few.samples", p.folder);
    p.weights = arena_format(&p.arena, "%s/kept/steps.weights", p.folder);
    assert_ok(file_write(p.samples, few, strlen(few), &err), err);
    return p;
}

static void place_done(struct place *p)
{
    test_folder_remove(p->folder);
    arena_done(&p->arena);
}

static struct steps *opened(const struct place *p)
{
    struct steps *s = NULL;
    struct error err;
    assert_ok(steps_open(p->samples, p->weights, &s, &err), err);
    return s;
}

static void learn(struct steps *s)
{
    while (!steps_train_slice(s))
        ;
}

static void test_kept(void **state)
{
    (void)state;
    struct place p = place_new();
    struct steps *s = opened(&p);
    assert_false(steps_ready(s));
    assert_null(steps_note(s));
    learn(s);
    assert_null(steps_note(s));
    struct steps_progress progress = steps_progress(s);
    assert_int_equal(progress.epoch, progress.epochs);
    assert_true(progress.loss[progress.epochs - 1] < progress.loss[0] / 2);
    float first = progress.loss[0];
    struct hash digest = steps_digest(s);
    double share, again;
    const char text[] = "12 + 30";
    assert_string_equal(steps_recognise(s, text, strlen(text), &share)->name, "add");
    steps_free(s);

    s = opened(&p); /* loads */
    assert_true(steps_ready(s));
    assert_true(steps_train_slice(s));
    assert_null(steps_note(s));
    struct hash loaded = steps_digest(s);
    assert_true(hash_equal(&digest, &loaded));
    progress = steps_progress(s);
    assert_true(progress.epoch == progress.epochs && progress.loss[0] == first);
    steps_recognise(s, text, strlen(text), &again);
    assert_true(share == again);

    steps_restart(s, STEPS_SEED); /* the same seed, the same weights */
    assert_false(steps_ready(s));
    learn(s);
    loaded = steps_digest(s);
    assert_true(hash_equal(&digest, &loaded));
    steps_restart(s, 2);
    learn(s);
    loaded = steps_digest(s);
    assert_false(hash_equal(&digest, &loaded));
    steps_free(s);
    place_done(&p);
}

static void test_changed_samples(void **state)
{
    (void)state;
    struct place p = place_new();
    struct error err;
    struct steps *s = opened(&p);
    learn(s);
    steps_free(s);
    struct buf more = buf_with_max(1000);
    buf_puts(&more, few);
    buf_puts(&more, "other: how tall is an oak?\n");
    assert_ok(file_write(p.samples, buf_text(&more), more.len, &err), err);
    s = opened(&p);
    assert_false(steps_ready(s));
    assert_holds("changed", steps_note(s), "have changed");
    assert_null(steps_note(s)); /* said once */
    learn(s);
    steps_free(s);
    s = opened(&p);
    assert_true(steps_ready(s));
    steps_free(s);
    buf_done(&more);
    place_done(&p);
}

/* Each way a kept file can be wrong, and what is said. */
static void test_damage(void **state)
{
    (void)state;
    static const struct row {
        const char *what;
        size_t at, len; /* bytes to flip; the length the file is cut to or grown to, or 0 */
        const char *said;
        bool turned; /* the version in the other order */
    } rows[] = {
        { "foreign", 0, 0, "is no file of mini/steps" },
        { "version", 8, 0, "of another version" },
        { "big-endian", 999999, 0, "its bytes in the other order", true },
        { "units", 16, 0, "a network of another size" },
        { "seed", 24, 0, "is damaged" },
        { "samples", 32, 0, "is damaged" },
        { "alphabet", 65, 0, "another alphabet" },
        { "tasks", 130, 0, "other tasks" },
        { "count", 384, 0, "another size" },
        { "epochs", 388, 0, "another size" },
        { "digest", 400, 0, "is damaged" },
        { "weight", 5000, 0, "is damaged" },
        { "empty", 0, 1, "is no file of mini/steps" },
        { "cut in the head", 300, 301, "other tasks" },
        { "cut off", 1, 5000, "is no file" },
        { "cut off behind", 90000, 90000, "is cut off" },
        { "grown", 999999, 110000, "goes on after its end" },
    };
    struct place p = place_new();
    struct error err;
    struct steps *s = opened(&p);
    learn(s);
    steps_free(s);
    struct buf good = { 0 };
    assert_ok(file_read(p.weights, 1000000, &good, &err), err);
    assert_int_equal(good.len, steps_file_size());
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t len = rows[i].len ? rows[i].len : good.len;
        char *bad = mem_new(char, len);
        memcpy(bad, buf_text(&good), len < good.len ? len : good.len);
        if (rows[i].at < len)
            bad[rows[i].at] ^= 0x55;
        if (rows[i].turned)
            memcpy(bad + 8, "\0\0\0\1", 4);
        assert_ok(file_write(p.weights, bad, len, &err), err);
        mem_free(bad);
        s = opened(&p);
        const char *note = steps_note(s);
        assert_false(steps_ready(s));
        assert_non_null(note);
        assert_holds(rows[i].what, note, rows[i].said);
        assert_holds(rows[i].what, note, "steps.weights'");
        assert_holds(rows[i].what, note, "learns anew");
        steps_free(s);
    }
    s = opened(&p);
    learn(s); /* and what it learns anew takes the bad one's place */
    steps_free(s);
    s = opened(&p);
    assert_true(steps_ready(s));
    steps_free(s);
    buf_done(&good);
    place_done(&p);
}

/* A right digest does not make a number of what is none. */
static void test_no_number(void **state)
{
    (void)state;
    struct nn_reader_shape shape = steps_shape();
    size_t count = nn_reader_count(&shape);
    assert_in_range(count, 24600, 24700);
    float *weights = mem_new(float, count), curve[STEPS_EPOCHS] = { 0 };
    unsigned char *bytes = mem_new(unsigned char, steps_file_size());
    struct steps_card card = { .seed = 7 }, read;
    struct error err;
    steps_file_print(&card, weights, curve, bytes);
    assert_ok(steps_file_parse("x", bytes, steps_file_size(), &read, weights, curve, &err), err);
    assert_int_equal(read.seed, 7);
    assert_true(hash_equal(&read.digest, &card.digest));
    weights[count - 1] = NAN;
    steps_file_print(&card, weights, curve, bytes);
    assert_false(steps_file_parse("x", bytes, steps_file_size(), &read, weights, curve, &err));
    assert_holds("NAN", err.text, "'x' is damaged");
    mem_free(weights);
    mem_free(bytes);
}

static void test_kept_nowhere(void **state)
{
    (void)state;
    struct place p = place_new();
    struct error err;
    /* A file where the folder would have to be: cannot be made by root either. */
    p.weights = arena_format(&p.arena, "%s/steps.weights", p.samples);
    struct steps *s = opened(&p);
    learn(s);
    assert_true(steps_ready(s));
    assert_holds("a file in the way", steps_note(s), "will learn again next time");
    assert_null(steps_note(s));
    steps_free(s);
    p.weights = NULL;
    s = opened(&p);
    learn(s);
    assert_null(steps_note(s));
    steps_free(s);
    assert_false(steps_open(NULL, NULL, &s, &err));
    assert_holds("no samples", err.text, "nothing to learn from");
    assert_false(steps_open("/nowhere/x", NULL, &s, &err));
    assert_holds("no file", err.text, "'/nowhere/x'");
    place_done(&p);
}

/* --- the shipped samples ------------------------------------------------------------------ */

struct tally {
    int tasks, right, others, refused;
};

static bool ends_in(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* One held-out line: "TASK RESULT | QUESTION". */
static void ask(struct steps *s, const char *line, size_t len, struct tally *t)
{
    const char *bar = memchr(line, '|', len);
    char task[20], result[60] = "", end[80];
    assert_non_null(bar);
    assert_true(sscanf(line, "%19s %59[^| ]", task, result) >= 1);
    size_t n = (size_t)(line + len - (bar + 2));
    struct buf said = buf_with_max(8192);
    double confidence, share;
    const char *name = steps_recognise(s, bar + 2, n, &share)->name;
    assert_true(steps_answer(s, bar + 2, n, &said, &confidence));
    assert_true(confidence == share && share > 0 && share <= 1);
    bool refused = strncmp(buf_text(&said), "I cannot answer this", 20) == 0;
    assert_true(refused == (strcmp(name, "other") == 0 || share < STEPS_SURE));
    if (strcmp(task, "other") == 0) {
        t->others++;
        t->refused += refused;
    } else {
        t->tasks++;
        t->right += !refused && strcmp(name, task) == 0;
        snprintf(end, sizeof end, " %s.", result);
        if (!refused && strcmp(name, task) == 0 && !ends_in(buf_text(&said), end))
            fail_msg("%.*s: %s", (int)len, line, buf_text(&said));
    }
    buf_done(&said);
}

static void test_held_out(void **state)
{
    (void)state;
    struct steps *s = NULL;
    struct error err;
    struct buf held = { 0 };
    struct tally t = { 0 };
    const char *line;
    size_t n;
    assert_ok(steps_open(SAMPLES, NULL, &s, &err), err);
    learn(s);
    assert_ok(file_read("tests/vectors/steps.held", 1000000, &held, &err), err);
    for (size_t at = 0; file_line(buf_text(&held), held.len, &at, &line, &n);)
        if (n && line[0] != '#')
            ask(s, line, n, &t);
    print_message("# of %d questions %d have the right task, of %d others %d are refused\n",
                  t.tasks, t.right, t.others, t.refused);
    assert_true(t.tasks + t.others >= 200);
    assert_true(100 * t.right >= 95 * t.tasks);
    assert_true(100 * t.refused >= 95 * t.others);

    static const char whole[] = "What is 23 + 48?";
    struct buf said = buf_with_max(8192), none = buf_with_max(10);
    double confidence = -1;
    assert_true(steps_answer(s, whole, strlen(whole), &said, &confidence));
    assert_holds(whole, buf_text(&said), "This asks for a sum (confidence ");
    assert_holds(whole, buf_text(&said), " %).\n1. The two numbers are 23 and 48.\n2. ");
    confidence = -1;
    assert_false(steps_answer(s, whole, strlen(whole), &none, &confidence));
    assert_true(none.len == 0 && confidence < 0);
    buf_done(&said);
    buf_done(&none);
    buf_done(&held);
    steps_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),      cmocka_unit_test(test_draws),
        cmocka_unit_test(test_kept),         cmocka_unit_test(test_changed_samples),
        cmocka_unit_test(test_damage),       cmocka_unit_test(test_no_number),
        cmocka_unit_test(test_kept_nowhere), cmocka_unit_test(test_held_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
