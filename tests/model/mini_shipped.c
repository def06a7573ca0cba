/* The shipped weights: what people type is answered right or refused, never made up. */
#include "tests/test.h"

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/limits.h"
#include "core/model/built_in.h"
#include "core/model/mini_shelf.h"
#include "core/nn/token.h"
#include "tests/wire/caller.h"

#define ORDINARY "tests/vectors/ordinary.txt"

static const char *const models[] = { "fast", "reason" };

static struct net *net;
static struct server server;

static int set_up(void **state)
{
    struct error err;
    (void)state;
    net = net_new(clock_real(), &err);
    server = built_in_server(NULL, "data/mini");
    return net ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    net_free(net);
    return 0;
}

/* What the model says, freed with mem_free. */
static char *said(const char *model, const char *query, size_t len)
{
    static const struct call_timers none;
    struct model_quirks quirks = { 0 };
    struct call_request r = hello_request();
    struct caller c = { 0 };
    struct error err;
    r.model = model;
    r.query = query;
    r.query_len = len;
    r.max_tokens = 1000;
    assert_ok(caller_start(&c, net, &server, &quirks, &r, &none, &err), err);
    caller_finish(&c, 60000);
    char *text = buf_take(&c.text);
    if (c.end.end != END_OK_STOP)
        fail_msg("%s, \"%.*s\": ended %s", model, (int)len, query, call_end_name(c.end.end));
    caller_done(&c);
    return text;
}

static bool is_refusal(const char *text)
{
    return strncmp(text, "I cannot", 8) == 0;
}

/* A hundred questions of every day: 97 refused, at least. */
static void test_ordinary_questions(void **state)
{
    (void)state;
    struct buf file = buf_with_max(MAX_FILE_BYTES);
    struct error err;
    assert_ok(file_read(ORDINARY, MAX_FILE_BYTES, &file, &err), err);
    for (size_t m = 0; m < COUNT(models); m++) {
        size_t n, asked = 0, refused = 0;
        const char *line;
        for (size_t at = 0; file_line(file.data, file.len, &at, &line, &n); asked++) {
            char *text = said(models[m], line, n);
            refused += is_refusal(text);
            if (!is_refusal(text))
                print_message("# %s answers \"%.*s\": %s\n", models[m], (int)n, line, text);
            mem_free(text);
        }
        assert_int_equal(asked, 100);
        assert_true(refused >= 97);
    }
    buf_done(&file);
}

/* Known skills in words of every day, by both models. */
static const struct row {
    const char *query, *answer;
} typed[] = {
    { "what's 23 plus 48?", "71" },
    { "23+48", "71" },
    { "Add 23 and 48.", "71" },
    { "Whats 120 + 45", "165" },
    { "PLEASE ADD 7 AND 5", "12" },
    { "how much is 300 plus 65", "365" },
    { "the sum of 14 and 9", "23" },
    { "What is 86 - 40?", "46" },
    { "take 12 from 90", "78" },
    { "Subtract 15 from 40, please.", "25" },
    { "7 x 8", "56" },
    { "what is 9 times 6", "54" },
    { "Multiply 4 by 12", "48" },
    { "double 21", "42" },
    { "reverse hello", "olleh" },
    { "How do you spell table backwards?", "elbat" },
    { "write the word green backwards", "neerg" },
    { "Can you reverse window?", "wodniw" },
    { "Is 47 odd or even?", "odd" },
    { "is 128 even", "yes" },
    { "Is 35 an even number?", "no" },
    { "which is bigger, 45 or 54?", "54" },
    { "Which number is smaller: 230 or 99?", "99" },
    { "Is 81 bigger than 18?", "yes" },
    { "Start with 20, add 5.", "25" },
    { "Tom has 12 apples. He buys 5 more. How many apples does he have?", "17" },
};

/* One wrong answer in all is forgiven: these are small models, not calculators. */
static void test_typed_questions(void **state)
{
    (void)state;
    for (size_t m = 0; m < COUNT(models); m++) {
        int wrong = 0, right = 0;
        for (size_t i = 0; i < COUNT(typed); i++) {
            char *text = said(models[m], typed[i].query, strlen(typed[i].query));
            right += strcmp(text, typed[i].answer) == 0;
            if (strcmp(text, typed[i].answer) != 0 && !is_refusal(text)) {
                print_message("# %s answers \"%s\": %s\n", models[m], typed[i].query, text);
                wrong++;
            }
            mem_free(text);
        }
        assert_true(wrong <= 1);
        assert_true(right >= (int)COUNT(typed) - 2);
    }
}

/* Steps: the reasoning model alone. */
static const struct row steps[] = {
    { "Start with 7, add 15, double it.", "44" },
    { "Start with 7. Add 15. Double it. Subtract 9.", "35" },
    { "12 + 35 - 8 + 41", "80" },
    { "what is 5 + 6 * 7?", "47" },
    { "What is 47 times 38?", "1786" },
    { "A bat and a ball cost 110 cents together. The bat costs 100 cents more than the ball. How "
      "much is the ball?",
      "5" },
    { "What comes next: 3, 7, 11, 15?", "19" },
    { "2 4 8 16, what is next?", "32" },
    { "Anna has 24 books. She gives 7 away and buys 15 more. How many books does she have?", "32" },
    { "Is 12 + 35 + 8 even or odd?", "odd" },
};

/* Words that the tokens cannot spell are refused, by both, not turned round without their letters. */
static void test_words_beyond_the_tokens(void **state)
{
    (void)state;
    static const char *const queries[] = {
        "reverse the word \u00fcn\u00efcode",
        "Reverse \u00dcBER",
        "spell caf\u00e9 backwards",
        "reverse Stra\u00dfe",
        "reverse cafe\u0301",
        "reverse abc1",
        "write 4ever backwards",
        "reverse \u043c\u0438\u0440",
    };
    static const struct row fine[] = { { "reverse \u2018hello\u2019", "olleh" },
                                       { "reverse hello", "olleh" } };
    for (size_t m = 0; m < COUNT(models); m++) {
        for (size_t i = 0; i < COUNT(queries); i++) {
            char *text = said(models[m], queries[i], strlen(queries[i]));
            if (!is_refusal(text))
                fail_msg("%s answers \"%s\": %s", models[m], queries[i], text);
            mem_free(text);
        }
        for (size_t i = 0; i < COUNT(fine); i++) {
            char *text = said(models[m], fine[i].query, strlen(fine[i].query));
            if (is_refusal(text))
                fail_msg("%s refuses \"%s\"", models[m], fine[i].query);
            mem_free(text);
        }
    }
}

static void test_steps(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        char *text = said("reason", steps[i].query, strlen(steps[i].query));
        if (strcmp(text, steps[i].answer) != 0)
            fail_msg("\"%s\": %s", steps[i].query, text);
        mem_free(text);
    }
}

/* Within the promised sizes: parameters together and files. */
static void test_sizes(void **state)
{
    (void)state;
    size_t weights = 0;
    int64_t bytes = 0;
    for (size_t m = 0; m < COUNT(models); m++) {
        struct error err;
        const struct mini_model *lent = mini_borrow(&server, models[m], &err);
        if (!lent)
            fail_msg("%s", err.text);
        weights += nn_map_of(&lent->card.shape).count;
        bytes += lent->bytes;
        assert_int_equal(lent->thinks, m == 1);
        mini_return(lent);
    }
    assert_true(weights <= 1500000);
    assert_true(bytes < 4 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ordinary_questions),
        cmocka_unit_test(test_typed_questions),
        cmocka_unit_test(test_words_beyond_the_tokens),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
