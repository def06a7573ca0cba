/* A whole lab with a small server (served.h). */
#include "tests/lab/served.h"

void served_open(struct served *s, const char *models, bool builtin)
{
    const char *args[] = { "--play", "ollama", "--models", models, "--answer", "odd", NULL };
    struct error err;
    *s = (struct served){ .options = { .memory_store = true, .builtin = builtin } };
    if (models) {
        mock_start(&s->mock, args);
        s->mocked = true;
        snprintf(s->flag, sizeof s->flag, "local=ollama:%s", s->mock.url);
        s->servers[0] = s->flag;
        s->options.servers = s->servers;
        s->options.server_count = 1;
    }
    assert_ok(lab_open(&s->lab, &s->options, &err), err);
}

void served_close(struct served *s)
{
    lab_close(&s->lab);
    if (s->mocked)
        mock_stop(&s->mock);
}
