/* The generator: every problem is right, reads as it should, and lies on its side. */
#include "tests/test.h"

#include <ctype.h>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/limits.h"
#include "core/nn/problem.h"
#include "core/nn/source.h"
#include "core/nn/token.h"

#define HELD "tests/nn/vectors/held.txt"

static struct problem drawn(enum problem_kind kind, enum problem_side side, int steps,
                            struct random *r)
{
    struct problem p;
    struct error err;
    struct problem_ask ask = { .kind = kind, .side = side, .steps = steps };
    assert_ok(problem_draw(&ask, r, &p, &err), err);
    return p;
}

/* --- held out -------------------------------------------------------------------------------- */

/* Ten thousand keys with what is known of them: 1 held out, 0 not, - by its hash, but small. */
static void test_held_out_keys(void **state)
{
    (void)state;
    struct buf file = buf_with_max(MAX_FILE_BYTES);
    struct error err;
    assert_ok(file_read(HELD, MAX_FILE_BYTES, &file, &err), err);
    const char *line;
    size_t n, lines = 0, held = 0;
    for (size_t at = 0; file_line(file.data, file.len, &at, &line, &n); lines++) {
        char *key = strndup(line + 1, n - 1);
        bool want = line[0] != '0';
        if (problem_key_held_out(key) != want)
            fail_msg("key \"%s\" should%s be held out", key, want ? "" : " not");
        held += want;
        free(key);
    }
    buf_done(&file);
    assert_int_equal(lines, 10000);
    assert_in_range(held, 550, 700);
}

static void test_sides(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 11);
    for (int k = 0; k < PROBLEM_KINDS; k++) {
        int held = 0;
        for (int i = 0; i < 40; i++) {
            assert_true(drawn((enum problem_kind)k, PROBLEM_HELD_OUT, 0, &r).held_out);
            assert_false(drawn((enum problem_kind)k, PROBLEM_TRAINING, 0, &r).held_out);
        }
        for (int i = 0; i < 2000; i++)
            held += drawn((enum problem_kind)k, PROBLEM_EITHER, 0, &r).held_out;
        assert_in_range(held, 20, 260); /* 1 in 16, less the small ones; few products exist */
    }
}

/* What everybody tries first is never kept back. */
static void test_small(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 12);
    for (int i = 0; i < 3000; i++) {
        static const enum problem_kind kinds[] = { PROBLEM_ADD, PROBLEM_SUB, PROBLEM_TIMES,
                                                   PROBLEM_COMPARE };
        struct problem p = drawn(kinds[i % 4], PROBLEM_EITHER, 0, &r);
        int a, b;
        assert_int_equal(sscanf(p.key + 1, "%d,%d", &a, &b), 2);
        assert_int_equal(p.held_out, problem_key_held_out(p.key) && (a > 9 || b > 9));
    }
}

/* --- right ----------------------------------------------------------------------------------- */

/* Every equation of a trace holds; returns their number and the last result. */
static int check_equations(const struct problem *p, int *ret_last)
{
    int count = 0;
    const char *at = p->trace;
    while (*at) {
        int a, b, c, used = 0;
        char op;
        if (sscanf(at, "%d%c%d=%d%n", &a, &op, &b, &c, &used) == 4 && used) {
            int want = op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : a / b;
            if (want != c || (op == '/' && a % b))
                fail_msg("\"%s\": wrong: \"%s\"", p->question, p->trace);
            count++;
            *ret_last = c;
            at += used;
        } else {
            at++;
        }
    }
    return count;
}

static bool answer_is_number(enum problem_kind k)
{
    return k != PROBLEM_REV && k != PROBLEM_PARITY && k != PROBLEM_COMPARE && k != PROBLEM_SUMPAR &&
           !problem_kind_is_refused(k);
}

static void check_answer(const struct problem *p, int equations, int last)
{
    switch (p->kind) {
    case PROBLEM_REV:
        assert_int_equal(strlen(p->answer), strlen(p->trace));
        for (size_t i = 0, n = strlen(p->answer); i < n; i++)
            assert_int_equal(p->answer[i], p->trace[n - 1 - i]);
        assert_non_null(strcasestr(p->question, p->trace)); /* perhaps with a capital */
        break;
    case PROBLEM_SUMPAR:
        assert_string_equal(p->answer, last % 2 ? "odd" : "even");
        break;
    case PROBLEM_REFUSE:
        assert_string_equal(p->answer, "");
        assert_int_equal(p->steps, 0);
        break;
    case PROBLEM_BROKEN:
        assert_string_equal(p->answer, "");
        assert_holds(p->question, p->trace, ";no rule fits");
        break;
    case PROBLEM_SUB:
        assert_int_equal(abs(atoi(p->answer)), last);
        break;
    default:
        if (answer_is_number(p->kind))
            assert_int_equal(atoi(p->answer), last);
        break;
    }
    if (p->kind == PROBLEM_SEQ)
        assert_int_equal(equations + 1, p->steps); /* and the comparison before them */
    else if (answer_is_number(p->kind) || p->kind == PROBLEM_SUMPAR)
        assert_int_equal(equations, p->steps);
}

/* Numbers of a text, in order. */
static size_t numbers_in(const char *text, int *ret, size_t max)
{
    size_t count = 0;
    for (const char *at = text; *at && count < max;) {
        if (isdigit((unsigned char)*at))
            ret[count++] = (int)strtol(at, (char **)&at, 10);
        else
            at++;
    }
    return count;
}

/* Subtraction by its words, not by the order in which the numbers stand. */
static int asked_difference(const struct problem *p, int first, int second)
{
    bool from = strstr(p->question, "from") != NULL;
    bool away = strstr(p->question, "away from") || strstr(p->question, "ubtract") ||
                strstr(p->question, "less than");
    return from || away ? second - first : first - second;
}

static int asked_compare(const struct problem *p, int a, int b)
{
    bool smaller = strstr(p->question, "small") || strstr(p->question, "less") ||
                   strstr(p->question, "min") || strchr(p->question, '<');
    return smaller ? (a < b ? a : b) : (a > b ? a : b);
}

/* The answer again, from the question as it stands there. */
static void check_one_step(const struct problem *p)
{
    int n[4];
    char want[16];
    size_t count = numbers_in(p->question, n, COUNT(n));
    bool doubled = strcasestr(p->question, "double") || strcasestr(p->question, "twice");
    bool tripled = strcasestr(p->question, "triple");
    if (p->kind == PROBLEM_ADD)
        snprintf(want, sizeof want, "%d", n[0] + n[1]);
    else if (p->kind == PROBLEM_SUB)
        snprintf(want, sizeof want, "%d", asked_difference(p, n[0], n[1]));
    else if (p->kind == PROBLEM_TIMES || p->kind == PROBLEM_MUL)
        snprintf(want, sizeof want, "%d", n[0] * (doubled ? 2 : tripled ? 3 : n[1]));
    else
        snprintf(want, sizeof want, "%d", asked_compare(p, n[0], n[1]));
    assert_int_equal(count, doubled || tripled ? 1 : 2);
    if (p->kind == PROBLEM_COMPARE && !isdigit((unsigned char)p->answer[0]))
        assert_string_equal(p->answer, atoi(want) == n[0] ? "yes" : "no");
    else if (strcmp(p->answer, want) != 0)
        fail_msg("\"%s\": \"%s\", not \"%s\"", p->question, p->answer, want);
}

static void check_parity(const struct problem *p)
{
    int n = 0;
    numbers_in(p->question, &n, 1);
    bool even = strcasestr(p->question, "even"), odd = strcasestr(p->question, "odd");
    bool which = (even && odd) || strcasestr(p->question, "parity");
    const char *want = which ? (n % 2 ? "odd" : "even") : (n % 2 != 0) == odd ? "yes" : "no";
    assert_string_equal(p->answer, want);
}

static void check_problem(const struct problem *p)
{
    int last = 0;
    int equations = check_equations(p, &last);
    check_answer(p, equations, last);
    if (p->kind == PROBLEM_ADD || p->kind == PROBLEM_SUB || p->kind == PROBLEM_TIMES ||
        p->kind == PROBLEM_MUL || p->kind == PROBLEM_COMPARE)
        check_one_step(p);
    if (p->kind == PROBLEM_PARITY)
        check_parity(p);
    assert_true(*p->question && *p->trace && *p->key);
}

static void test_right(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 1);
    for (int k = 0; k < PROBLEM_KINDS; k++) {
        for (int i = 0; i < 1500; i++) {
            struct problem p = drawn((enum problem_kind)k, PROBLEM_EITHER, 0, &r);
            assert_int_equal(p.kind, k);
            check_problem(&p);
        }
    }
}

/* The step a broken one gives up at cannot be done, and the sums before it could: what is left
 * of its trace is "489-837". */
static void check_broken_step(const struct problem *p)
{
    int a, b;
    char op;
    const char *last = strstr(p->trace, ";no rule fits"), *at = last;
    while (at > p->trace && at[-1] != ';')
        at--;
    if (sscanf(at, "%d%c%d", &a, &op, &b) != 3 || memchr(at, '=', (size_t)(last - at)))
        return; /* a sequence, which ends with its last gap */
    if (!((op == '-' && a < b) || (op == '/' && a % 2) || (op == '+' && a + b > 999) ||
          (op == '*' && a * b > 999)))
        fail_msg("\"%s\": \"%s\" could be done", p->question, p->trace);
}

static void test_broken(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 8);
    int sequences = 0;
    for (int i = 0; i < 4000; i++) {
        struct problem p = drawn(PROBLEM_BROKEN, PROBLEM_EITHER, i % 9, &r);
        if (i % 9)
            assert_int_equal(p.steps, i % 9);
        sequences += strncmp(p.key, "xs", 2) == 0;
        check_broken_step(&p);
    }
    assert_in_range(sequences, 20, 400);
    /* What is to be seen at a glance has one step only. */
    random_seed(&r, 9);
    for (int i = 0; i < 5000; i++) {
        struct problem p;
        problem_draw_mix(&problem_mix_fast, 1, &r, &p);
        if (p.kind == PROBLEM_BROKEN)
            assert_int_equal(p.steps, 1);
    }
}

static void test_steps(void **state)
{
    (void)state;
    struct random r;
    struct error err;
    struct problem p;
    random_seed(&r, 2);
    for (int k = 0; k < PROBLEM_KINDS; k++) {
        int fewest, most;
        if (!problem_kind_steps((enum problem_kind)k, &fewest, &most))
            most = 0;
        for (int steps = fewest; steps <= most; steps++) {
            for (int i = 0; i < 60; i++) {
                p = drawn((enum problem_kind)k, PROBLEM_HELD_OUT, steps, &r);
                assert_int_equal(p.steps, steps);
                check_problem(&p);
            }
        }
    }
    struct problem_ask ask = { .kind = PROBLEM_CHAIN, .steps = 9 };
    assert_false(problem_draw(&ask, &r, &p, &err));
    assert_string_equal(err.text, "'chain' has no problems of 9 steps, only of 1 to 8");
    ask = (struct problem_ask){ .kind = PROBLEM_ADD, .steps = 2 };
    assert_false(problem_draw(&ask, &r, &p, &err));
    assert_string_equal(err.text, "'add' has no choice of steps");
}

static void test_same_seed(void **state)
{
    (void)state;
    struct random a, b;
    random_seed(&a, 99);
    random_seed(&b, 99);
    for (int i = 0; i < 300; i++) {
        struct problem p, q;
        problem_draw_mix(&problem_mix_reason, 1, &a, &p);
        problem_draw_mix(&problem_mix_reason, 1, &b, &q);
        assert_string_equal(p.question, q.question);
        assert_string_equal(p.trace, q.trace);
        assert_string_equal(p.answer, q.answer);
    }
}

/* --- the same questions everywhere ----------------------------------------------------------- */

enum { DIGEST_PROBLEMS = 300, DIGEST_EXAMPLES = 2000 };

static void add_problem(struct hash_state *s, const struct problem *p)
{
    hash_field_text(s, p->question);
    hash_field_text(s, p->trace);
    hash_field_text(s, p->answer);
    hash_field_text(s, p->key);
    hash_field_int(s, p->steps);
    hash_field_int(s, p->held_out);
}

/* Compared by the first digits: they are there to be told apart, not to be safe. */
static int differs(const char *what, struct hash_state *s, const char *want)
{
    char hex[HASH_HEX];
    struct hash h = hash_end(s);
    hash_hex(&h, hex);
    if (strncmp(hex, want, strlen(want)) == 0)
        return 0;
    print_message("# %s: %.12s, not %s\n", what, hex, want);
    return 1;
}

static int kind_differs(enum problem_kind kind, const char *want)
{
    struct hash_state s;
    struct random r;
    random_seed(&r, 21);
    hash_start(&s);
    for (int i = 0; i < DIGEST_PROBLEMS; i++) {
        enum problem_side side = (enum problem_side)(i % (PROBLEM_EITHER + 1));
        struct problem p = drawn(kind, side, 0, &r);
        add_problem(&s, &p);
    }
    return differs(problem_kind_name(kind), &s, want);
}

/* What a model is trained on, from the first update to the last. */
static int source_differs(const char *name, const char *want)
{
    struct nn_source source = problem_source_draws(problem_source_find(name));
    struct hash_state s;
    struct random r;
    random_seed(&r, 22);
    hash_start(&s);
    for (int i = 0; i < DIGEST_EXAMPLES; i++) {
        struct nn_example e;
        source.draw(source.self, &r, (double)i / DIGEST_EXAMPLES, &e);
        hash_field_int(&s, e.prompt);
        hash_field_int(&s, e.total);
        for (int k = 0; k < e.total; k++)
            hash_field_int(&s, e.ids[k]);
    }
    return differs(name, &s, want);
}

/* Any compiler and any machine must draw the same, or neither the shipped weights nor the
 * figures told of them could be had again. Whoever changes the questions on purpose puts the
 * new digests here, and trains the models anew. */
static void test_same_everywhere(void **state)
{
    (void)state;
    static const char *const kinds[PROBLEM_KINDS] = {
        [PROBLEM_ADD] = "b38e36a64d57",    [PROBLEM_SUB] = "6645a0326bd4",
        [PROBLEM_TIMES] = "a44ec994d578",  [PROBLEM_REV] = "2e38d96b58e2",
        [PROBLEM_PARITY] = "9b5e09caeb03", [PROBLEM_COMPARE] = "d2a7489baf2c",
        [PROBLEM_CHAIN] = "337918e6d060",  [PROBLEM_EXPR] = "3edaff29c80c",
        [PROBLEM_WORD] = "85c02a6277e4",   [PROBLEM_BAT] = "352852bf4847",
        [PROBLEM_SEQ] = "f81992773814",    [PROBLEM_MUL] = "a372cda223f3",
        [PROBLEM_SUMPAR] = "7f0ea4bd3539", [PROBLEM_REFUSE] = "b9cbd0a2981a",
        [PROBLEM_BROKEN] = "cd17a96af3e4",
    };
    int wrong = 0;
    for (int k = 0; k < PROBLEM_KINDS; k++)
        wrong += kind_differs((enum problem_kind)k, kinds[k]);
    wrong += source_differs("fast", "7ac6317ec37b");
    wrong += source_differs("reason", "12f4ff843673");
    assert_int_equal(wrong, 0);
}

/* --- mixes and the curriculum ---------------------------------------------------------------- */

static void test_mix(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 3);
    int count[PROBLEM_KINDS] = { 0 }, total = 0;
    for (int k = 0; k < PROBLEM_KINDS; k++)
        total += problem_mix_fast.weight[k];
    for (int i = 0; i < 10000; i++) {
        struct problem p;
        problem_draw_mix(&problem_mix_fast, 1, &r, &p);
        assert_false(p.held_out);
        count[p.kind]++;
    }
    for (int k = 0; k < PROBLEM_KINDS; k++) {
        int want = 10000 * problem_mix_fast.weight[k] / total;
        assert_in_range(count[k], want * 3 / 4, want * 4 / 3);
    }
}

static void test_curriculum(void **state)
{
    (void)state;
    static const struct row {
        double progress;
        int most;
    } rows[] = { { 0, 2 }, { 0.07, 3 }, { 0.2, 5 }, { 1.0 / 3, 6 }, { 1, 6 } };
    struct random r;
    random_seed(&r, 4);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int most = 0;
        for (int n = 0; n < 3000; n++) {
            struct problem p;
            problem_draw_mix(&problem_mix_reason, rows[i].progress, &r, &p);
            if ((p.kind == PROBLEM_CHAIN || p.kind == PROBLEM_WORD) && p.steps > most)
                most = p.steps;
        }
        assert_int_equal(most, rows[i].most);
    }
}

/* --- refusals -------------------------------------------------------------------------------- */

/* The question with every digit as 0 and every spelled letter as a: two questions of one
 * outline are both questions, or both nonsense. Where something is halved it matters whether a
 * number is even, so there the digits are 1 and 2; the last digit of a number comes first.
 * Words that go letter by letter and still say what is asked stand at the end. */
static char *outline(const char *question)
{
    token_id ids[PROBLEM_QUESTION_SIZE];
    size_t n = token_read(question, strlen(question), ids, COUNT(ids));
    static const char *const telling[] = { "product", "parity", "difference", "twice", "flip" };
    bool halved = strcasestr(question, "half") || strcasestr(question, "halve");
    struct buf b = buf_with_max(64 * KIB);
    for (size_t i = 0; i < n; i++) {
        const char *name = vocabulary_name(ids[i]);
        bool last = i == 0 || !token_is_digit(ids[i - 1]);
        if (token_is_digit(ids[i]))
            name = !halved || !last ? "0" : name[0] % 2 ? "1" : "2";
        else if (token_is_letter(ids[i]))
            name = "a";
        buf_printf(&b, "%s%s", token_is_word(ids[i]) ? " " : "", name);
    }
    for (size_t i = 0; i < COUNT(telling); i++)
        if (strcasestr(question, telling[i]))
            buf_printf(&b, " %s", telling[i]);
    return buf_take(&b);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Refusals of one seed that look like one of the known questions. */
static int count_alike(uint64_t seed, char *const *known, size_t count)
{
    enum { REFUSED = 15000 };
    struct random r;
    random_seed(&r, seed);
    int alike = 0;
    for (int i = 0; i < REFUSED; i++) {
        struct problem p = drawn(PROBLEM_REFUSE, PROBLEM_EITHER, 0, &r);
        char *o = outline(p.question);
        if (bsearch(&o, known, count, sizeof *known, by_text)) {
            print_message("# to be refused, but can be answered: %s\n", p.question);
            alike++;
        }
        free(o);
    }
    return alike;
}

/* Nothing that is to be refused looks like something that can be answered. Some wordings are
 * seldom drawn, hence so many. */
static void test_refusals_are_refusals(void **state)
{
    (void)state;
    enum { KNOWN = 120000 };
    static char *known[KNOWN];
    struct random r;
    random_seed(&r, 5);
    for (int i = 0; i < KNOWN; i++) {
        enum problem_kind kind = (enum problem_kind)(i % PROBLEM_REFUSE);
        struct problem p = drawn(kind, PROBLEM_EITHER, 0, &r);
        known[i] = outline(p.question);
    }
    qsort(known, KNOWN, sizeof *known, by_text);
    int alike = 0;
    for (uint64_t seed = 1; seed <= 4; seed++)
        alike += count_alike(seed, known, KNOWN);
    for (int i = 0; i < KNOWN; i++)
        free(known[i]);
    assert_int_equal(alike, 0);
}

/* --- examples -------------------------------------------------------------------------------- */

static void check_example(const struct nn_example *e)
{
    assert_true(e->prompt >= 2 && e->prompt < e->total && e->total <= NN_MAX_TOKENS);
    assert_int_equal(e->ids[0], TOKEN_QUESTION);
    assert_int_equal(e->ids[e->turn], TOKEN_ANSWER);
    assert_int_equal(e->ids[e->total - 1], TOKEN_END);
    for (int i = 0; i < e->total; i++)
        assert_in_range(e->ids[i], 1, vocabulary_size() - 1);
}

static void test_source(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 6);
    struct nn_source s = problem_source_draws(problem_source_find("reason"));
    int cut = 0;
    for (int i = 0; i < 5000; i++) {
        struct nn_example e;
        s.draw(s.self, &r, 1, &e);
        check_example(&e);
        bool is_cut = e.ids[e.prompt - 1] == TOKEN_THINK_END;
        assert_int_equal(e.ids[is_cut ? e.turn + 1 : e.prompt], TOKEN_THINK);
        cut += is_cut;
    }
    assert_in_range(cut, 350, 560); /* one in ten of those long enough */
    s = problem_source_draws(problem_source_find("fast"));
    for (int i = 0; i < 2000; i++) {
        struct nn_example e;
        s.draw(s.self, &r, 1, &e);
        check_example(&e);
        assert_true(e.ids[e.prompt] != TOKEN_THINK);
        assert_true(e.total - e.prompt <= 9);
    }
    assert_null(problem_source_find("slow"));
}

/* The target, written out, is the trace and the answer: what a model has to learn is what a
 * person will read. */
static void test_written(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 7);
    for (int i = 0; i < 4000; i++) {
        struct problem p = drawn((enum problem_kind)(i % PROBLEM_KINDS), PROBLEM_HELD_OUT, 0, &r);
        struct nn_example e;
        struct token_writer w = { 0 };
        struct buf text = buf_with_max(KIB);
        problem_encode(&p, true, &e);
        check_example(&e);
        int at = e.prompt;
        for (; e.ids[at] != TOKEN_THINK_END; at++)
            assert_true(token_write(&w, (token_id)e.ids[at], &text));
        assert_true(token_write_end(&w, &text));
        assert_string_equal(buf_text(&text), p.trace);
        buf_clear(&text);
        for (; at < e.total; at++)
            assert_true(token_write(&w, (token_id)e.ids[at], &text));
        assert_true(token_write_end(&w, &text));
        assert_string_equal(buf_text(&text), p.answer);
        buf_done(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_held_out_keys),
        cmocka_unit_test(test_sides),
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_right),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_same_seed),
        cmocka_unit_test(test_same_everywhere),
        cmocka_unit_test(test_mix),
        cmocka_unit_test(test_curriculum),
        cmocka_unit_test(test_refusals_are_refusals),
        cmocka_unit_test(test_source),
        cmocka_unit_test(test_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
