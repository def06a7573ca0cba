/* Which key a question has now (cache_peek.h). */
#include "tui/verb/cache_peek.h"

#include <string.h>

#include "core/store/history.h"

/* How long a peek waits for the server to say which model it holds. */
#define PEEK_MS 2000
/* How far back the models that answered last are looked for. */
#define RECALL_ANSWERS 500

struct recall {
    struct models *models;
    struct lab_model *fast, *reasoning;
};

static bool recall_row(void *self, const struct history_row *r)
{
    struct recall *w = self;
    struct lab_model **slot = strcmp(r->role, role_name(ROLE_FAST)) == 0        ? &w->fast
                              : strcmp(r->role, role_name(ROLE_REASONING)) == 0 ? &w->reasoning
                                                                                : NULL;
    struct lab_server *server = models_find_server(w->models, r->server);
    if (slot && !*slot && server && *r->model)
        *slot = models_get(w->models, server, r->model);
    return !w->fast || !w->reasoning;
}

/* No server answers: then the pair that answered last, with its last known identity. */
static bool recall_pair(struct session *s, struct error *err)
{
    struct lab *lab = &s->lab;
    struct recall w = { .models = &lab->models };
    struct history_filter f = { .limit = RECALL_ANSWERS };
    if (!history_list(lab->store, &f, recall_row, &w, err))
        return false;
    if (!w.fast && !w.reasoning)
        return error_set(err, ERR_NET, "%s", lab->choice.help);
    lab->pipeline.fast = w.fast ? w.fast : w.reasoning;
    lab->pipeline.reasoning = w.reasoning ? w.reasoning : w.fast;
    say("no model server answers; looking as for the models that answered last: fast = %s, "
        "reasoning = %s (identity not checked)",
        lab->pipeline.fast->full_name, lab->pipeline.reasoning->full_name);
    return true;
}

static bool choose(struct session *s, struct question *q, struct error *err)
{
    const struct args *a = s->args;
    if (!lab_choose(&s->lab, err))
        return false;
    if (a->given[OPT_MODEL])
        return lab_model(&s->lab, a->value[OPT_MODEL], &q->model, err);
    return s->lab.choice.help ? recall_pair(s, err) : session_choose(s, err);
}

bool peek_init(struct peek *p, struct session *s, const struct args *a, struct error *err)
{
    *p = (struct peek){ 0 };
    struct question *q = &p->question;
    if (!session_open_store(s, err) || !question_from_args(s, a, &p->text, p->stops, q, err) ||
        !choose(s, q, err))
        return false;
    struct lab_model *asked[] = { q->model ? q->model : s->lab.pipeline.fast,
                                  q->model ? q->model : s->lab.pipeline.reasoning };
    struct lab_server *servers[] = { asked[0]->server, asked[1]->server };
    if (!session_refresh(s, servers, servers[0] == servers[1] ? 1 : 2, false, PEEK_MS, err) ||
        !pipeline_key(&s->lab.pipeline, q, &p->key, err))
        return false;
    bool second = !q->model && strcmp(p->key.model, asked[0]->name) != 0;
    p->model = asked[second];
    p->hash = cache_key_hash(&p->key);
    return true;
}

void peek_done(struct peek *p)
{
    buf_done(&p->text);
}
