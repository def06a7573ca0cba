/* JSON lines from a stranger, as `rlab classify --jsonl` reads them: a line out for each line in,
 * itself one object in one line, that either classifies the same query or says what is wrong
 * with which line. */
#include "tests/fuzz/fuzz.h"

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/lab/verdict_json.h"
#include "core/limits.h"

static const struct rules *rules(void)
{
    static struct rules *r;
    struct error err;
    if (!r)
        r = rules_load("data/rules/weighted.rules", &err);
    PROMISE(r);
    return r;
}

static void check_bad(const struct json *j, size_t number)
{
    const char *why = json_get_text(j, "error");
    PROMISE(why && *why && json_get_count(j, "line") == (int64_t)number);
}

static void check_good(const struct json *j, const char *line, size_t len)
{
    struct error err;
    struct json *asked = json_parse_exact(line, len, &err);
    const char *query = json_get_text(asked, "query");
    PROMISE(query && strcmp(json_get_text(j, "query"), query) == 0);
    PROMISE(strcmp(json_get_text(j, "schema"), "rlab.classify/1") == 0);
    json_free(asked);
}

static void check_line(const char *line, size_t len, size_t number)
{
    bool good;
    struct error err;
    struct buf b = buf_with_max(64 * MIB);
    struct json *j = verdict_json_line(rules(), line, len, number, &good);
    PROMISE(json_print(j, &b));
    PROMISE(!memchr(buf_text(&b), '\n', b.len));
    struct json *again = json_parse_exact(buf_text(&b), b.len, &err);
    if (good)
        check_good(again, line, len);
    else
        check_bad(again, number);
    json_free(again);
    json_free(j);
    buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    size_t number = 0;
    while (size) {
        const char *end = memchr(text, '\n', size);
        size_t len = end ? (size_t)(end - text) + 1 : size;
        char *line = mem_copy(text, len);
        check_line(line, len, ++number);
        mem_free(line);
        text += len;
        size -= len;
    }
    return 0;
}
