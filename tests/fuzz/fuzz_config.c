/* A config file: read or refused with its name in the message; what was read stands for
 * itself, key by key. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/base/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    } else {
        assert(err.code == ERR_CONFIG && strstr(err.text, "config 'x.ini', line "));
    }
    arena_done(&a);
    return 0;
}
