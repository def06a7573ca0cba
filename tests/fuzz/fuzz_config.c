/* A config file: read or refused with its name in the message; what was read stands for
 * itself, key by key, and every key there is has a value that fits its kind. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/base/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_key(const struct config *c, const struct config_key *k)
{
    const char *text = config_text(c, k->section, k->name);
    const struct config_value *v = config_find(c, k->section, k->name);
    struct error err;
    assert(!v || text == v->text);
    assert(!text || config_key_check(k, text, &err));
    if (k->type == CONFIG_BOOL && text)
        assert(config_bool(c, k->section, k->name) == config_to_bool(text));
    if (k->type >= CONFIG_NUMBER && k->type <= CONFIG_SECONDS) {
        double number = config_number(c, k->section, k->name);
        assert(isnan(number) || (number >= k->min && number <= k->max));
    }
}

static void read_server(const struct config *c, const char *name)
{
    const char *type = config_server_text(c, name, "type");
    const struct config_value *v = config_server_find(c, name, "type");
    double price = config_server_number(c, name, "price_in");
    struct error err = { 0 };
    assert(!v || strcmp(v->text, type) == 0);
    assert(isnan(price) || price >= 0);
    assert(!v || (!config_blame(c, v, &err) && strstr(err.text, "config 'x.ini', line ")));
}

static void read_all(const struct config *c)
{
    size_t n = 0;
    for (size_t i = 0; config_key_at(i); i++)
        if (strcmp(config_key_at(i)->section, "server") != 0)
            read_key(c, config_key_at(i));
    for (size_t i = 0; i < c->server_count; i++)
        read_server(c, c->servers[i]);
    for (const struct config_value *v = NULL; (v = config_next(c, "keys", v));)
        n++;
    assert(n <= c->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = { 0 };
    struct config c;
    struct error err;
    if (config_parse("x.ini", (const char *)data, size, &a, &c, &err)) {
        for (size_t i = 0; i < c.count; i++) {
            const struct config_value *v = &c.values[i];
            const struct config_key *k = config_key_find(v->section, v->key);
            assert(v->text[0]);
            assert(k ? config_key_check(k, v->text, &err) : strcmp(v->section, "keys") == 0);
        }
        read_all(&c);
    } else {
        assert(err.code == ERR_CONFIG && strstr(err.text, "config 'x.ini', line "));
    }
    arena_done(&a);
    return 0;
}
