/* Comparing answers: which numbers a text holds, and what counts as right. */
#include "tests/test.h"

#include <math.h>

#include "core/lab/check.h"
#include "core/limits.h"

#define NO_NUMBER NAN

/* The last number of a text. */
static const struct number_row {
    const char *text;
    double want;
} numbers[] = {
    { "44", 44 },
    { "-3", -3 },
    { "+7", 7 },
    { "", NO_NUMBER },
    { "no digits here", NO_NUMBER },
    { "0", 0 },
    { "007", 7 },
    /* thousands */
    { "1,250", 1250 },
    { "about $1,250.50.", 1250.5 },
    { "12,345,678", 12345678 },
    { "1{,}250", 1250 },
    { "1\\,250", 1250 },
    { "1\xC2\xA0"
      "250",
      1250 },
    { "1\xE2\x80\xAF"
      "250\xE2\x80\xAF"
      "000",
      1250000 },
    { "1, 250", 250 },
    { "1 250", 250 },
    { "1,25", 25 },
    { "1,2500", 2500 },
    { "1250,300", 300 },
    { "1,250{,}300", 300 },
    { "1,2,3", 3 },
    { "1,250,", 1250 },
    /* fractions and ends of sentences */
    { "3.50", 3.5 },
    { ".5", 0.5 },
    { "-.5", -0.5 },
    { "x = 5.", 5 },
    { "It is 5, I think", 5 },
    { "5...", 5 },
    { "1.2.3", 3 },
    { "3/4", 4 },
    /* signs */
    { "5-3", 3 },
    { "5 - 3", 3 },
    { "5 -3", -3 },
    { "(5)-3", 3 },
    { "x-3", 3 },
    { "x = -3", -3 },
    { "(-3)", -3 },
    { "10-20", 20 },
    { "10\xE2\x80\x93"
      "20",
      20 },
    { "\xE2\x88\x92"
      "7",
      -7 },
    { "\xE2\x80\x91"
      "7",
      -7 },
    { "-$5", -5 },
    { "$-5", -5 },
    { "-\xE2\x82\xAC"
      "5",
      -5 },
    { "5-$3", 3 },
    /* marks around it */
    { "$5", 5 },
    { "12%", 12 },
    { "12 %", 12 },
    { "50%-20%", 20 },
    { "**44**", 44 },
    { "**-44**", -44 },
    { "\\boxed{42}", 42 },
    { "\\boxed{-42}", -42 },
    { "$$x = 42$$", 42 },
    { "`42`", 42 },
    { "#1", 1 },
    { "The 3rd", 3 },
    { "44km", 44 },
    { "\xE7\xAD\x94\xE6\xA1\x88\xE6\x98\xAF"
      "44",
      44 },
    /* exponents */
    { "1e3", 1000 },
    { "2.5E-2", 0.025 },
    { "1e3x", 1 },
    { "5e", 5 },
    { "5 e3", 5 },
    { "1e123456", 1 },
    { "1e999", NO_NUMBER },
    { "1e-99999", 0 },
    /* digits that belong to names */
    { "CO2", NO_NUMBER },
    { "18 g of CO2", 18 },
    { "H2O and x12", NO_NUMBER },
    /* the last of several */
    { "First 12, then 15, so 27.", 27 },
    { "44 (checked 2 times)", 2 },
    { "10:30", 30 },
};

static void test_last_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        double got = NO_NUMBER;
        bool found = check_last_number(numbers[i].text, strlen(numbers[i].text), &got);
        if (found == isnan(numbers[i].want) || (found && got != numbers[i].want))
            fail_msg("\"%s\": %g instead of %g", numbers[i].text, got, numbers[i].want);
    }
}

static void test_endless_digits(void **state)
{
    (void)state;
    enum { MANY = 1000000 };
    char *text = malloc(MANY + 2);
    memset(text, '7', MANY);
    double got = 1;
    assert_false(check_last_number(text, MANY, &got));
    assert_true(got == 1);
    assert_false(check_find("number")->right(text, MANY, "7"));
    text[MANY] = '\0';
    assert_false(check_find("number")->fits(text));

    memset(text, '0', MANY);
    text[MANY - 1] = '5';
    assert_true(check_last_number(text, MANY, &got) && got == 5); /* zeros in front are free */

    memset(text, '3', MANY);
    memcpy(text, "0.", 2);
    assert_true(check_last_number(text, MANY, &got) && fabs(got - 1.0 / 3) < 1e-15);

    for (size_t i = 0; i < MANY; i += 2)
        memcpy(text + i, "1,", 2); /* every comma could begin a group */
    assert_true(check_last_number(text, MANY, &got) && got == 1);
    free(text);
}

static const struct right_row {
    const char *check, *known, *answer;
    bool right;
} rights[] = {
    { "number", "44", "The answer is 44.", true },
    { "number", "44", "44.0", true },
    { "number", "44", "44 or 45", false },
    { "number", "44", "forty-four", false },
    { "number", "44", "-44", false },
    { "number", "0", "-0", true },
    { "number", "1,250", "$1250.00", true },
    { "number", "0.3", "0.30000000000000004", true },
    { "number", "0.3", "0.3000001", false },
    { "number", "3.33", "3.333", false },
    { "number", "12", "12%", true },
    { "number", "1000", "1e3", true },
    { "number", "121932631112635269", "121,932,631,112,635,269", true },
    { "number", "121932631112635269", "121932631112635268", false },
    { "number", "2315.25", "about $2,315.25.", true },

    { "exact", "Oslo", "Oslo", true },
    { "exact", "Oslo", " oslo.\n", true },
    { "exact", "Oslo", "It is Oslo", false },
    { "exact", "Oslo", "Oslo!", false },
    { "exact", "Oslo", "", false },
    { "exact", "New  York", "new\nyork", true },
    { "exact", "e.g.", "e.g", true },
    { "exact", "\xC3\x85rhus", "\xC3\xA5rhus", true },
    { "exact", "44", "44.0", false },

    { "contains", "Oslo", "The capital is **Oslo**, in the south.", true },
    { "contains", "oslo", "OSLO", true },
    { "contains", "oslo", "the Oslofjord", false },
    { "contains", "oslo", "the Oslofjord near Oslo", true },
    { "contains", "tin", "It is tin.", true },
    { "contains", "tin", "Platinum", false },
    { "contains", "tin", "Tin's symbol", true },
    { "contains", "carbon dioxide", "Carbon\n  dioxide", true },
    { "contains", "5", "15", false },
    { "contains", "caf", "caf\xC3\xA9", false },
    { "contains", "cafe", "cafe\xCC\x81", false },
    { "contains", "_oslo_", "x_oslo_y", true },
    { "contains", "oslo", "_oslo_", true },
    { "contains", "\xE5\xB7\xB4\xE9\xBB\x8E", "\xE6\x98\xAF\xE5\xB7\xB4\xE9\xBB\x8E\xE3\x80\x82",
      true },
    { "contains", "c++", "in C++.", true },
    { "contains", "aa", "aaa aa", true },
    { "contains", "aa", "aaa", false },
    { "contains", "long known text", "long", false },
    { "contains", "x", "", false },
    { "contains", "x", "\xFF x \xFF", true },
};

static void test_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rights); i++) {
        const struct right_row *r = &rights[i];
        const struct check *c = check_find(r->check);
        assert_non_null(c);
        assert_true(c->fits(r->known));
        if (c->right(r->answer, strlen(r->answer), r->known) != r->right)
            fail_msg("%s: \"%s\" for \"%s\" should be %s", r->check, r->answer, r->known,
                     r->right ? "right" : "wrong");
    }
}

static const struct fits_row {
    const char *check, *known;
    bool fits;
} fits[] = {
    { "number", "44", true },     { "number", "$5", true },     { "number", "44 km", true },
    { "number", "3/4", false },   { "number", "Paris", false }, { "number", "", false },
    { "number", "1e999", false }, { "number", "10-20", false }, { "exact", "x", true },
    { "exact", "", false },       { "contains", " \t", false }, { "contains", "x", true },
};

static void test_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(fits); i++)
        if (check_find(fits[i].check)->fits(fits[i].known) != fits[i].fits)
            fail_msg("%s: \"%s\"", fits[i].check, fits[i].known);
}

static const struct default_row {
    const char *known, *check;
} defaults[] = {
    { "44", "number" },    { "-3.5%", "number" },   { "$1,250", "number" },
    { "1e3", "number" },   { "Oslo", "contains" },  { "Apollo 11", "contains" },
    { "3/4", "contains" }, { "44 km", "contains" }, { "e5", "contains" },
};

static void test_default(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(defaults); i++)
        assert_string_equal(check_default(defaults[i].known)->name, defaults[i].check);
}

/* Answers made to be slow to search. */
static void test_slow_search(void **state)
{
    (void)state;
    enum { LONG = 2000000 };
    char *answer = malloc(LONG), known[MAX_KNOWN_BYTES + 2];
    const struct check *contains = check_find("contains");
    memset(answer, 'a', LONG);
    memset(known, 'a', sizeof known);
    known[MAX_KNOWN_BYTES] = '\0';
    assert_true(contains->fits(known));
    assert_false(contains->right(answer, LONG, known));
    answer[LONG - MAX_KNOWN_BYTES - 1] = ' ';
    assert_true(contains->right(answer, LONG, known));
    known[MAX_KNOWN_BYTES] = 'a';
    known[MAX_KNOWN_BYTES + 1] = '\0';
    assert_false(contains->fits(known));
    free(answer);
}

static void test_list(void **state)
{
    (void)state;
    char names[100] = "";
    for (size_t i = 0; check_at(i); i++) {
        assert_ptr_equal(check_find(check_at(i)->name), check_at(i));
        assert_true(strlen(check_at(i)->help) > 0);
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? ", " : "",
                 check_at(i)->name);
    }
    assert_string_equal(names, check_names());
    assert_null(check_find("Exact"));
    assert_null(check_find(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_last_number), cmocka_unit_test(test_endless_digits),
        cmocka_unit_test(test_right),       cmocka_unit_test(test_fits),
        cmocka_unit_test(test_default),     cmocka_unit_test(test_slow_search),
        cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
