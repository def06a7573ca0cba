/* The config file: what is read, what is refused and in which words, and the example file. */
#include "tests/test.h"

#include <math.h>

#include "core/base/config.h"
#include "core/base/file.h"
#include "core/limits.h"

static void parse(struct arena *a, const char *text, struct config *ret)
{
    struct error err;
    assert_ok(config_parse("c.ini", text, strlen(text), a, ret, &err), err);
}

/* --- refused ------------------------------------------------------------------------ */

#define LONG_200                                                                                   \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
    "xxxxxxxxxxxxxxxx"

static const struct bad_row {
    const char *what, *text, *error;
} bad[] = {
    { "mistyped key", "\n[ask]\ntemprature = 0\n",
      "config 'c.ini', line 3: unknown key 'temprature' in [ask]; did you mean 'temperature'" },
    { "key of another section", "[ask]\nsize = 3\n",
      "line 2: unknown key 'size' in [ask]; it belongs in [cache]" },
    { "key of a server", "[ask]\nurl = x\n", "it belongs in [server NAME]" },
    { "key of nothing", "[cache]\nzzzzzzz = 3\n", "known keys: size, ttl, guard" },
    { "mistyped section", "[pairs]\n", "line 1: unknown section [pairs]; did you mean [pair]" },
    { "section of nothing", "[models]\nfast = x\n",
      "line 1: unknown section [models]; known sections: [pair], [server NAME]" },
    { "blanks in a section", "[ ask ]\n", "did you mean [ask]" },
    { "a name where none belongs", "[ask box]\n", "unknown section [ask box]" },
    { "a server without an address", "[ask]\n[server a]\ntype = openai\n",
      "line 3: [server a] has no url: add 'url = ...'" },
    { "a server without a type", "[server a]\nurl = x\n", "line 2: [server a] has no type" },
    { "a server without anything", "[server a]\n", "[server a] has no type" },
    { "a server without a name", "[server]\n", "line 1: [server] needs a name" },
    { "a server with blanks", "[server a b]\n", "the server name 'a b'" },
    { "a server with a slash", "[server a/b]\n", "the server name 'a/b'" },
    { "no section", "fast = x\n", "line 1: 'fast' stands before the first [section]" },
    { "no '='", "[ask]\ntemperature 0\n\n", "line 2: neither '[section]' nor 'key = value'" },
    { "no '=' at the end", "[ask]\ntemperature", "line 2: neither" },
    { "no '=' but a comment", "[ask]\ntemperature ; = 0", "line 2: neither" },
    { "the first of two faults", "[ask]\nx\ny = 1\n", "line 2: neither" },
    { "no key", "[ask]\n= 3\n", "line 2: a value without a key" },
    { "no value", "[ask]\nrules =\n", "line 2: 'rules' has no value" },
    { "no value but a comment", "[ask]\nrules = ; x\n", "line 2: 'rules' has no value" },
    { "continued on the next line", "[ask]\nrules = a\n  b\n", "line 3: neither" },
    { "section left open", "[ask\n", "line 1: a section ends with ']'" },
    { "section with a comment in it", "[ask]\n[server ;s] ;]\n",
      "line 2: a section ends with ']'" },
    { "key behind a section", "[ask] temperature = 1\n", "line 1: a section stands on a line" },
    { "quotes", "[pair]\nfast = \"a b\"\n", "line 2: the value of 'fast' stands without quotes" },
    { "set twice", "[ask]\nrules = a\n\n[ask]\nrules = b\n",
      "line 5: 'rules' is set twice, first in line 2" },
    { "not a number", "[ask]\ntemperature = hot\n",
      "line 2: 'temperature' is 'hot', but a number from 0 to 2 is needed" },
    { "a number and more", "[ask]\ntemperature = 1 # x\n", "'temperature' is '1 # x'" },
    { "too high", "[ask]\ntemperature = 2.01\n", "from 0 to 2" },
    { "too low", "[ask]\ntemperature = -0.1\n", "from 0 to 2" },
    { "not finite", "[ask]\ntemperature = nan\n", "from 0 to 2" },
    { "hexadecimal", "[ask]\ntemperature = 0x1\n", "from 0 to 2" },
    { "half a token", "[ask]\nmax_tokens_fast = 10.5\n",
      "a whole number from 1 to 1000000 is needed" },
    { "no cache", "[cache]\nsize = 0\n", "a whole number from 1 to 1000000" },
    { "days", "[cache]\nttl = 2d\n", "a number of seconds from 0 to 315360000" },
    { "seconds of a number", "[ask]\ntemperature = 1s\n", "a number from 0 to 2" },
    { "perhaps", "[screen]\nmouse = perhaps\n", "'mouse' is 'perhaps', but yes or no is needed" },
    { "no choice", "[screen]\nchart = pie\n",
      "'chart' is 'pie', but one of these is needed: blocks braille" },
    { "no theme", "[screen]\ntheme = pink\n", "one of these is needed: default mono" },
    { "half a choice", "[screen]\nchart = block\n", "one of these" },
    { "two choices", "[screen]\nchart = blocks braille\n", "one of these" },
    { "a key in the file", "[server box]\nkey = sk-12345\n",
      "line 2: 'key' does not belong in this file" },
    { "under another name", "[server box]\nAPI_Key = sk-12345\n",
      "name that variable with 'key_env'" },
    { "a key as a name", "[server box]\nkey_env = sk-12345\n",
      "line 2: 'key_env' is not the name of an environment variable" },
    { "an empty name", "[server box]\nkey_env = 1A\n", "not the name of an environment variable" },
    { "control byte", "[pair]\nfast = a\x1B[2J\n", "line 2: there is a control character (0x1B)" },
    { "control byte in a comment", "# \x07\n", "line 1: there is a control character" },
    { "bad UTF-8", "[pair]\nfast = \xFF\n", "line 2: not valid UTF-8" },
    { "a long line", "[pair]\nfast = " LONG_200 "\n", "line 2: longer than 198 bytes, the limit" },
    { "a long comment", "# " LONG_200 "\n[ask]\n", "line 1: longer than 198 bytes, the limit" },
    { "a long section", "[server a2345678901234567890123456789012345678901234567890]\n",
      "line 1: the name of a section is longer than 40 bytes" },
    { "a key without a value for keys", "[keys]\nzoom =\n", "line 2: 'zoom' has no value" },
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct arena a = { 0 };
        struct config c = { .count = 77 };
        struct error err = { 0 };
        if (config_parse("c.ini", bad[i].text, strlen(bad[i].text), &a, &c, &err))
            fail_msg("%s: was read", bad[i].what);
        assert_holds(bad[i].what, err.text, bad[i].error);
        if (strstr(err.text, "sk-12345"))
            fail_msg("%s: the key is repeated", bad[i].what);
        assert_int_equal(err.code, ERR_CONFIG);
        assert_int_equal(c.count, 77);
        arena_done(&a);
    }
}

static void test_nul(void **state)
{
    (void)state;
    static const char text[] = "[ask]\nrules = a\0b\n";
    struct arena a = { 0 };
    struct config c;
    struct error err;
    assert_false(config_parse("c.ini", text, sizeof text - 1, &a, &c, &err));
    assert_holds("NUL", err.text, "line 2: there is a control character (0x00)");
    arena_done(&a);
}

static void test_ceilings(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct config c;
    struct error err;
    struct buf b = buf_with_max(MIB);
    for (int i = 0; i <= MAX_SERVERS; i++)
        buf_printf(&b, "[server s%d]\n", i);
    assert_false(config_parse("c.ini", b.data, b.len, &a, &c, &err));
    assert_holds("servers", err.text, "line 65: more than 64 servers");
    buf_clear(&b);
    buf_puts(&b, "[keys]\n");
    for (int i = 0; i <= MAX_CONFIG_VALUES; i++)
        buf_printf(&b, "k%d = x\n", i);
    assert_false(config_parse("c.ini", b.data, b.len, &a, &c, &err));
    assert_holds("values", err.text, "line 2002: more than 2000 values");
    buf_done(&b);
    arena_done(&a);
}

/* --- read --------------------------------------------------------------------------- */

static void test_read(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct config c;
    parse(&a,
          "\xEF\xBB\xBF; mine\r\n"
          "[pair]\r\n"
          "fast = local/a:8b   ; the small one\r\n"
          "   # indented comment\n"
          "\treason: box/b # 2\n"
          "[server box] ; here\n"
          "type = openai\n"
          "url = http://gpu:8000/v1;x\n"
          "key_env = BOX_KEY\n"
          "price_in = 5e-1\n"
          "[cache]\n"
          "ttl = 30m\n"
          "guard = off\n"
          "[server other]\n"
          "url = x\n"
          "type = ollama\n"
          "[server box]\n"
          "think = always\n"
          "[keys]\n"
          "zoom = Z\n"
          "help = #\n",
          &c);
    assert_string_equal(c.path, "c.ini");
    assert_string_equal(config_text(&c, "pair", "fast"), "local/a:8b");
    assert_string_equal(config_text(&c, "pair", "reason"), "box/b # 2");
    assert_int_equal(config_find(&c, "pair", "reason")->line, 5);
    assert_true(config_number(&c, "cache", "ttl") == 1800);
    assert_false(config_bool(&c, "cache", "guard"));

    assert_int_equal(c.server_count, 2);
    assert_string_equal(c.servers[0], "box");
    assert_string_equal(c.servers[1], "other");
    assert_string_equal(config_server_text(&c, "box", "url"), "http://gpu:8000/v1;x");
    assert_string_equal(config_server_text(&c, "box", "think"), "always");
    assert_true(config_server_number(&c, "box", "price_in") == 0.5);
    assert_true(isnan(config_server_number(&c, "box", "price_out")));
    assert_string_equal(config_server_text(&c, "other", "think"), "auto");
    assert_null(config_server_find(&c, "other", "think"));
    assert_null(config_server_text(&c, "nobody", "url"));

    const struct config_value *v = config_next(&c, "keys", NULL);
    assert_string_equal(v->key, "zoom");
    assert_int_equal(v->line, 20);
    v = config_next(&c, "keys", v);
    assert_string_equal(v->key, "help");
    assert_string_equal(v->text, "#");
    struct error err;
    error_set(&err, ERR_PARSE, "there is no key '%s'", v->text);
    assert_false(config_blame(&c, v, &err));
    assert_string_equal(err.text, "config 'c.ini', line 21: there is no key '#'");
    assert_null(config_next(&c, "keys", v));
    assert_null(config_next(&c, "lessons", NULL));
    arena_done(&a);
}

static void test_defaults(void **state)
{
    (void)state;
    struct config c = { 0 };
    assert_null(config_find(&c, "ask", "temperature"));
    assert_true(config_number(&c, "ask", "temperature") == 0);
    assert_true(config_number(&c, "ask", "max_tokens_fast") == 1024);
    assert_true(config_number(&c, "ask", "max_tokens_reason") == 8192);
    assert_true(config_number(&c, "ask", "deadline") == 0);
    assert_true(config_number(&c, "cache", "size") == 50);
    assert_true(config_bool(&c, "cache", "guard"));
    assert_true(config_bool(&c, "screen", "motion"));
    assert_false(config_bool(&c, "screen", "mouse"));
    assert_string_equal(config_text(&c, "screen", "theme"), "default");
    assert_null(config_text(&c, "pair", "fast"));
    assert_null(config_text(&c, "ask", "rules"));
}

/* Every notation of the kinds of value. */
static const struct value_row {
    const char *section, *key, *text;
    double want;
} values[] = {
    { "ask", "deadline", "10", 10 },      { "ask", "deadline", "2.5", 2.5 },
    { "ask", "deadline", "10s", 10 },     { "ask", "deadline", "5m", 300 },
    { "ask", "deadline", "1h", 3600 },    { "ask", "deadline", "0", 0 },
    { "ask", "temperature", ".7", 0.7 },  { "ask", "temperature", "2", 2 },
    { "ask", "max_tokens_fast", "1", 1 }, { "ask", "max_tokens_fast", "1e6", 1e6 },
    { "screen", "mouse", "yes", true },   { "screen", "mouse", "no", false },
    { "screen", "mouse", "true", true },  { "screen", "mouse", "false", false },
    { "screen", "mouse", "on", true },    { "screen", "mouse", "off", false },
    { "screen", "mouse", "1", true },     { "screen", "mouse", "0", false },
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        const struct value_row *r = &values[i];
        struct arena a = { 0 };
        struct config c;
        parse(&a, arena_format(&a, "[%s]\n%s = %s\n", r->section, r->key, r->text), &c);
        double got = config_key_find(r->section, r->key)->type == CONFIG_BOOL
                         ? config_bool(&c, r->section, r->key)
                         : config_number(&c, r->section, r->key);
        if (got != r->want)
            fail_msg("%s = %s: %g", r->key, r->text, got);
        arena_done(&a);
    }
}

static void test_load(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct error err;
    struct config c = { .count = 77 };
    char *dir = test_folder();
    const char *path = arena_format(&a, "%s/config.ini", dir);

    assert_ok(config_load(path, false, &a, &c, &err), err);
    assert_true(c.count == 0 && c.path == NULL);
    assert_ok(config_load(NULL, false, &a, &c, &err), err);
    assert_false(config_load(path, true, &a, &c, &err));
    assert_holds("missing", err.text, "reading the config: cannot open '");
    assert_int_equal(err.code, ERR_CONFIG);
    assert_false(config_load(dir, false, &a, &c, &err));
    assert_holds("folder", err.text, "is a folder");

    static const char text[] = "[cache]\nsize = 7\n";
    assert_ok(file_write(path, text, sizeof text - 1, &err), err);
    assert_ok(config_load(path, false, &a, &c, &err), err);
    assert_true(config_number(&c, "cache", "size") == 7);
    assert_string_equal(c.path, path);
    test_folder_remove(dir);
    arena_done(&a);
}

/* --- the table and the example file ------------------------------------------------- */

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; config_key_at(i); i++) {
        const struct config_key *k = config_key_at(i);
        struct error err;
        if (config_key_find(k->section, k->name) != k)
            fail_msg("'%s' stands twice", k->name);
        if (!config_section_find(k->section))
            fail_msg("'%s' is in an unknown section", k->name);
        if (!k->help || (k->type == CONFIG_CHOICE) != (k->choices != NULL))
            fail_msg("'%s': help or choices", k->name);
        if (k->type == CONFIG_BOOL && !k->fallback)
            fail_msg("'%s' is neither yes nor no", k->name);
        if (!k->fallback == !k->example)
            fail_msg("'%s' needs a default or an example, not both", k->name);
        assert_ok(config_key_check(k, k->fallback ? k->fallback : k->example, &err), err);
    }
    for (size_t i = 0; config_section_at(i); i++)
        assert_ptr_equal(config_section_find(config_section_at(i)->name), config_section_at(i));
}

/* The file as it is when a person has removed every '#' that stands before a setting. */
static void uncomment(const struct buf *from, struct buf *to)
{
    const char *line;
    size_t len;
    for (size_t at = 0; file_line(from->data, from->len, &at, &line, &len);) {
        bool setting = len > 1 && line[0] == '#' && line[1] != ' ';
        buf_add(to, line + setting, len - setting);
        buf_putc(to, '\n');
    }
}

#define EXAMPLE "data/config.example.ini"

static void test_example(void **state)
{
    (void)state;
    struct error err;
    struct buf made = buf_with_max(MIB), shipped = { 0 }, all = buf_with_max(MIB);
    config_example(&made);
    if (getenv("UPDATE_GOLDEN"))
        assert_ok(file_write(EXAMPLE, made.data, made.len, &err), err);
    assert_ok(file_read(EXAMPLE, MIB, &shipped, &err), err);
    if (strcmp(buf_text(&shipped), buf_text(&made)) != 0)
        fail_msg("%s is not what the table says: run this test with UPDATE_GOLDEN=1", EXAMPLE);

    struct arena a = { 0 };
    struct config c;
    parse(&a, buf_text(&shipped), &c);
    assert_int_equal(c.count, 0); /* a copy changes nothing */
    uncomment(&shipped, &all);
    parse(&a, buf_text(&all), &c);
    for (size_t i = 0; config_key_at(i); i++) {
        const struct config_key *k = config_key_at(i);
        bool server = strcmp(k->section, "server") == 0;
        const struct config_value *v =
            server ? config_server_find(&c, "box", k->name) : config_find(&c, k->section, k->name);
        if (!v || strcmp(v->text, k->fallback ? k->fallback : k->example) != 0)
            fail_msg("[%s] %s is not in %s", k->section, k->name, EXAMPLE);
    }
    arena_done(&a);
    buf_done(&made);
    buf_done(&shipped);
    buf_done(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_nul),
        cmocka_unit_test(test_ceilings), cmocka_unit_test(test_read),
        cmocka_unit_test(test_defaults), cmocka_unit_test(test_values),
        cmocka_unit_test(test_load),     cmocka_unit_test(test_table),
        cmocka_unit_test(test_example),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
