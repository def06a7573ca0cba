/* What an answer's status says of the question. */
#include "tests/test.h"

#include "core/lab/answer.h"

static void statuses_that_are_a_no(void **state)
{
    (void)state;
    static const struct {
        int status;
        bool refused;
    } rows[] = {
        { 0, false },  { 200, false }, { 302, true },  { 400, true },
        { 401, true }, { 404, true },  { 408, false }, { 409, false },
        { 413, true }, { 422, true },  { 429, false }, { 498, false },
        { 499, true }, { 500, false }, { 503, false }, { 529, false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct answer a = { .http_status = rows[i].status };
        if (answer_was_refused(&a) != rows[i].refused)
            fail_msg("%d: %s", rows[i].status, rows[i].refused ? "no refusal" : "a refusal");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(statuses_that_are_a_no) };
    return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
