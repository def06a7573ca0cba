/* The built-in models as a provider: what a call tells, whatever the weights say.
 *
 * The weights here are made by hand: a net whose next token depends on the last one alone, so
 * that a test can write down what the model will say. */
#include "tests/test.h"

#include <math.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/limits.h"
#include "core/model/built_in.h"
#include "core/model/mini_shelf.h"
#include "core/nn/token.h"
#include "tests/wire/caller.h"

static const struct call_timers no_timers;

/* --- weights by hand ------------------------------------------------------------------------- */

/* Tokens are axes: the feed-forward part takes each to the one that follows it. */
static const struct nn_shape script_shape = { 247, 256, 1, 4 };

struct script {
    float *weights;
    struct nn_map map;
};

static struct script script_new(void)
{
    struct script s = { .map = nn_map_of(&script_shape) };
    struct random r;
    random_seed(&r, 1);
    s.weights = mem_new(float, s.map.count);
    nn_weights_init(&script_shape, &r, s.weights);
    memset(s.weights, 0, (size_t)script_shape.vocab * 256 * sizeof(float));
    memset(s.weights + s.map.layer[0].up, 0, 1024 * 256 * sizeof(float));
    for (size_t i = 0; i < (size_t)script_shape.vocab; i++) {
        s.weights[s.map.embed + i * 256 + i] = 1;
        s.weights[s.map.layer[0].up + i * 256 + i] = 1;
    }
    return s;
}

/* After `from` comes `to`. */
static void script_say(struct script *s, token_id from, token_id to)
{
    s->weights[s->map.layer[0].down + (size_t)to * 1024 + from] = 1;
}

static token_id id_of(const char *name)
{
    for (size_t i = 0; i < vocabulary_size(); i++)
        if (strcmp(vocabulary_name((token_id)i), name) == 0)
            return (token_id)i;
    fail_msg("no token '%s'", name);
    return 0;
}

/* "<a> <think> 7 + 1 </think> 8 <end>": each word follows the one before. */
static void script_line(struct script *s, const char *line)
{
    char copy[200];
    char *rest = NULL;
    snprintf(copy, sizeof copy, "%s", line);
    token_id last = id_of(strtok_r(copy, " ", &rest));
    for (char *w; (w = strtok_r(NULL, " ", &rest)); last = id_of(w))
        script_say(s, last, id_of(w));
}

static void write_weights(const char *folder, const char *name, const struct nn_shape *shape,
                          const float *weights)
{
    struct nn_card card = { .shape = *shape, .vocab = vocabulary_hash() };
    char path[300];
    struct error err;
    snprintf(card.name, sizeof card.name, "%s", name);
    snprintf(path, sizeof path, "%s/%s.weights", folder, name);
    assert_ok(nn_weights_write(path, &card, weights, &err), err);
}

/* --- a folder of models, and a net ----------------------------------------------------------- */

struct world {
    char *folder;
    struct net *net;
    struct server server;
};

/* thinks: <think>7+15=22</think>22; says: 44 at once; refuses; loops: letters without end. */
static const struct {
    const char *name, *line;
} scripts[] = {
    { "thinks", "<a> <think> 7 + 1 = 8 </think> 4 2 <end>" },
    { "says", "<a> even or odd <end>" },
    { "refuses", "<a> <idk> <end>" },
    { "loops", "<a> a b a" },
    { "dreams", "<a> <think> c d c" },
};

static void write_scripts(const char *folder)
{
    for (size_t i = 0; i < COUNT(scripts); i++) {
        struct script s = script_new();
        script_line(&s, scripts[i].line);
        write_weights(folder, scripts[i].name, &script_shape, s.weights);
        mem_free(s.weights);
    }
}

static void write_random(const char *folder)
{
    const struct nn_shape shape = { 247, 32, 1, 2 };
    size_t count = nn_map_of(&shape).count;
    float *w = mem_new(float, count);
    struct random r;
    write_weights(folder, "zero", &shape, w);
    random_seed(&r, 3);
    nn_weights_init(&shape, &r, w);
    for (size_t i = 0; i < count; i++)
        w[i] *= 0.5f;
    write_weights(folder, "random", &shape, w);
    mem_free(w);
}

static int set_up(void **state)
{
    struct world *w = mem_new(struct world, 1);
    struct error err;
    w->folder = test_folder();
    w->net = net_new(clock_real(), &err);
    w->server = built_in_server(NULL, w->folder);
    write_scripts(w->folder);
    write_random(w->folder);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    net_free(w->net);
    test_folder_remove(w->folder);
    mem_free(w);
    return 0;
}

static struct call_request asking(const char *model, const char *query)
{
    struct call_request r = hello_request();
    r.model = model;
    r.query = query;
    r.query_len = strlen(query);
    r.max_tokens = 1000;
    return r;
}

static void begin(struct world *w, struct caller *c, const struct call_request *r)
{
    static struct model_quirks quirks;
    struct error err;
    *c = (struct caller){ 0 };
    assert_ok(caller_start(c, w->net, &w->server, &quirks, r, &no_timers, &err), err);
}

static void ask(struct world *w, struct caller *c, const struct call_request *r)
{
    begin(w, c, r);
    caller_finish(c, 60000);
    assert_int_equal(c->ends, 1);
}

/* --- what is said ---------------------------------------------------------------------------- */

static void test_events(void **state)
{
    static const struct row {
        const char *model, *thinking, *text;
        enum call_end end;
        int64_t max_tokens;
        int64_t written, thought;
    } rows[] = {
        /* Numbers come units first, so 4 2 reads 24. */
        { "thinks", "7+1=8", "24", END_OK_STOP, 1000, 10, 5 },
        { "says", "", "even or odd", END_OK_STOP, 1000, 4, 0 },
        { "says", "", "even or", END_OK_LENGTH, 2, 2, 0 },
        { "thinks", "7+1", "", END_OK_LENGTH, 4, 4, 3 },
        { "loops", "", "ababababab", END_OK_LENGTH, 10, 10, 0 },
        { "dreams", "cdcdcd", "", END_OK_LENGTH, 7, 7, 6 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];
        struct call_request r = asking(row->model, "5 + 6");
        struct caller c;
        r.max_tokens = row->max_tokens;
        ask(*state, &c, &r);
        assert_string_equal(buf_text(&c.thinking), row->thinking);
        assert_string_equal(buf_text(&c.text), row->text);
        assert_int_equal(c.end.end, row->end);
        assert_int_equal(c.usage.prompt_tokens, 5);
        assert_int_equal(c.usage.completion_tokens, row->written);
        assert_int_equal(c.usage.thinking_tokens, row->thought);
        if (row->end == END_OK_LENGTH && *row->thinking)
            assert_holds(row->model, buf_text(&c.events), "warn(CUT_THINKING)");
        caller_done(&c);
    }
}

static void test_order(void **state)
{
    struct call_request r = asking("says", "5 + 6");
    struct caller c;
    ask(*state, &c, &r);
    assert_string_equal(buf_text(&c.events), "0 logprob text(even) logprob text( or) logprob "
                                             "text( odd) logprob usage end(OK_STOP)");
    caller_done(&c);
}

static void test_refusal(void **state)
{
    struct call_request r = asking("refuses", "what is love?");
    struct caller c;
    ask(*state, &c, &r);
    assert_int_equal(strncmp(buf_text(&c.text), "I cannot", 8), 0);
    assert_holds("names its skills", buf_text(&c.text), "add, subtract");
    assert_int_equal(c.end.end, END_OK_STOP);
    caller_done(&c);
}

/* The limit of a sequence ends what no limit of the request ends. */
static void test_room(void **state)
{
    struct call_request r = asking("loops", "5 + 6");
    struct caller c;
    r.max_tokens = 8192;
    ask(*state, &c, &r);
    assert_int_equal(c.end.end, END_OK_LENGTH);
    assert_in_range(c.usage.completion_tokens, 240, NN_MAX_TOKENS);
    caller_done(&c);
}

/* --- settings -------------------------------------------------------------------------------- */

static void test_stop(void **state)
{
    static const struct row {
        const char *model, *stop[2], *text;
        enum call_end end;
    } rows[] = {
        { "says", { "or" }, "even ", END_OK_STOP },
        { "says", { "n o" }, "eve", END_OK_STOP }, /* over two pieces */
        { "says", { "even or odd!" }, "even or odd", END_OK_STOP },
        { "says", { "odd", "even" }, "", END_OK_STOP },
        { "thinks", { "7" }, "24", END_OK_STOP }, /* thinking is not looked at */
        { "loops", { "bab" }, "a", END_OK_STOP },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct call_request r = asking(rows[i].model, "5 + 6");
        struct caller c;
        r.stop = rows[i].stop;
        r.stop_count = rows[i].stop[1] ? 2 : 1;
        ask(*state, &c, &r);
        assert_string_equal(buf_text(&c.text), rows[i].text);
        assert_int_equal(c.end.end, rows[i].end);
        caller_done(&c);
    }
}

/* Cut thinking is closed and an answer follows; switched off, there is none. */
static void test_budget(void **state)
{
    static const struct row {
        int64_t budget;
        bool off;
        const char *thinking;
    } rows[] = { { 0, false, "" },
                 { -1, true, "" },
                 { 2, false, "7+" },
                 { 3, false, "7+1" },
                 { 99, false, "7+1=8" } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct call_request r = asking("thinks", "5 + 6");
        struct caller c;
        r.think_budget = rows[i].budget;
        r.think = rows[i].off ? THINK_OFF : THINK_UNSET;
        ask(*state, &c, &r);
        assert_string_equal(buf_text(&c.thinking), rows[i].thinking);
        assert_string_equal(buf_text(&c.text), "24");
        assert_int_equal(c.end.end, END_OK_STOP);
        caller_done(&c);
    }
}

static char *said_with(struct world *w, int64_t seed, double temperature)
{
    struct call_request r = asking("random", "5 + 6");
    struct caller c;
    r.has_seed = true;
    r.seed = seed;
    r.temperature = temperature;
    r.max_tokens = 30;
    ask(w, &c, &r);
    char *text = mem_string(buf_text(&c.text));
    caller_done(&c);
    return text;
}

static void test_seed(void **state)
{
    char *a = said_with(*state, 7, 1), *b = said_with(*state, 7, 1);
    char *c = said_with(*state, 8, 1), *d = said_with(*state, 7, 0), *e = said_with(*state, 8, 0);
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    assert_string_equal(d, e);
    char *all[] = { a, b, c, d, e };
    for (size_t i = 0; i < COUNT(all); i++)
        mem_free(all[i]);
}

/* The invitation to think step by step and a system text change nothing. */
static void test_set_aside(void **state)
{
    struct call_request r = asking("random", "5 + 6");
    struct caller plain, dressed;
    r.max_tokens = 30;
    ask(*state, &plain, &r);
    r.suffix = "Work through this step by step.";
    r.system = "You are a pirate.";
    ask(*state, &dressed, &r);
    assert_string_equal(buf_text(&plain.text), buf_text(&dressed.text));
    assert_int_equal(plain.usage.prompt_tokens, dressed.usage.prompt_tokens);
    caller_done(&plain);
    caller_done(&dressed);
}

/* --- stopping -------------------------------------------------------------------------------- */

static void test_cancel(void **state)
{
    static const enum event_type moments[] = { EVENT_STARTED, EVENT_LOGPROB, EVENT_TEXT };
    for (size_t i = 0; i < COUNT(moments); i++) {
        struct call_request r = asking("loops", "5 + 6");
        struct caller c;
        begin(*state, &c, &r);
        c.act_on = moments[i];
        c.act = call_cancel;
        caller_finish(&c, 10000);
        assert_int_equal(c.end.end, END_CANCELLED);
        assert_true(c.usage.completion_tokens < 30);
        caller_done(&c);
    }
}

static void test_cancel_before_start(void **state)
{
    struct call_request r = asking("loops", "5 + 6");
    struct caller c;
    begin(*state, &c, &r);
    call_cancel(c.call);
    caller_finish(&c, 10000);
    assert_int_equal(c.end.end, END_CANCELLED);
    caller_done(&c);
}

static void test_drop(void **state)
{
    struct world *w = *state;
    for (int when = 0; when < 3; when++) {
        struct call_request r = asking("loops", "5 + 6");
        struct caller c;
        begin(w, &c, &r);
        c.act_on = EVENT_LOGPROB;
        c.act = when == 0 ? call_drop : NULL;
        for (int i = 0; i < when; i++)
            caller_step(w->net, 5);
        if (when)
            call_drop(c.call);
        while (c.act && c.ends == 0) /* a slow machine reads for many slices first */
            caller_step(w->net, 5);
        for (int i = 0; i < 5; i++)
            caller_step(w->net, 5);
        assert_int_equal(c.ends, 0);
        caller_done(&c);
    }
}

static void test_two_at_once(void **state)
{
    struct call_request r = asking("thinks", "5 + 6"), q = asking("says", "what?");
    struct caller a, b, c;
    begin(*state, &a, &r);
    begin(*state, &b, &q);
    begin(*state, &c, &r);
    caller_finish(&b, 10000);
    caller_finish(&a, 10000);
    caller_finish(&c, 10000);
    assert_string_equal(buf_text(&a.text), "24");
    assert_string_equal(buf_text(&b.text), "even or odd");
    assert_string_equal(buf_text(&c.thinking), buf_text(&a.thinking));
    caller_done(&a);
    caller_done(&b);
    caller_done(&c);
}

/* Each look at this clock takes 0.4 ms, so a slice of 1 ms has room for few tokens. */
static int64_t looked;

static int64_t slow_ns(void *self)
{
    (void)self;
    return looked += 400 * NS_PER_US;
}

static void test_slices(void **state)
{
    static const struct clock slow = { slow_ns, slow_ns, NULL };
    struct world *w = *state;
    struct error err;
    struct net *net = net_new(&slow, &err);
    struct call_request r = asking("loops", "5 + 6");
    struct model_quirks quirks = { 0 };
    struct caller c = { 0 };
    r.max_tokens = 50;
    assert_ok(caller_start(&c, net, &w->server, &quirks, &r, &no_timers, &err), err);
    size_t most = 0;
    while (!c.ends) {
        size_t before = c.text.len;
        net_step(net);
        if (c.text.len - before > most)
            most = c.text.len - before;
    }
    assert_in_range(most, 1, 3);
    caller_done(&c);
    net_free(net);
}

/* --- what goes wrong ------------------------------------------------------------------------- */

static void test_long_question(void **state)
{
    char noise[600];
    memset(noise, 'q', sizeof noise);
    noise[512] = '\0';
    struct call_request r = asking("says", noise);
    struct caller c;
    ask(*state, &c, &r);
    assert_int_equal(c.end.end, END_ERR_HTTP);
    assert_true(c.end.context_too_long);
    assert_string_equal(
        c.message, "the question has 514 tokens and 'mini/says' takes 144: ask in fewer words");
    caller_done(&c);
}

static void test_no_such_model(void **state)
{
    static const char *const names[] = { "slow", "../thinks", "", ".hidden" };
    for (size_t i = 0; i < COUNT(names); i++) {
        struct call_request r = asking(names[i], "5 + 6");
        struct caller c;
        ask(*state, &c, &r);
        assert_true(c.end.model_missing);
        assert_holds(names[i], c.message, "there are dreams, loops, random, refuses, says, thinks");
        caller_done(&c);
    }
}

static void write_bytes(const char *folder, const char *name, const void *bytes, size_t len)
{
    char path[300];
    struct error err;
    snprintf(path, sizeof path, "%s/%s.weights", folder, name);
    assert_ok(file_write(path, bytes, len, &err), err);
}

static void test_bad_files(void **state)
{
    struct world *w = *state;
    char path[300];
    struct buf file = { 0 };
    struct error err;
    snprintf(path, sizeof path, "%s/says.weights", w->folder);
    assert_ok(file_read(path, NN_MAX_FILE_BYTES, &file, &err), err);
    file.data[file.len / 2] ^= 1;
    write_bytes(w->folder, "damaged", file.data, file.len);
    write_bytes(w->folder, "short", file.data, file.len / 3);
    write_bytes(w->folder, "foreign", "hello", 5);
    static const char *const names[] = { "damaged", "short", "foreign" };
    for (size_t i = 0; i < COUNT(names); i++) {
        struct call_request r = asking(names[i], "5 + 6");
        struct caller c;
        ask(w, &c, &r);
        assert_int_equal(c.end.end, END_ERR_HTTP);
        assert_holds(names[i], c.message, names[i]);
        assert_string_equal(buf_text(&c.text), "");
        caller_done(&c);
        snprintf(path, sizeof path, "%s/%s.weights", w->folder, names[i]);
        remove(path);
    }
    buf_done(&file);
}

/* A file written anew is a new model, also for a process that knew the old one. */
static void test_changed_file(void **state)
{
    struct world *w = *state;
    struct error err;
    const struct mini_model *before = mini_borrow(&w->server, "zero", &err);
    assert_non_null(before);
    struct hash digest = before->card.digest;
    const struct nn_shape shape = before->card.shape;
    float *weights = mem_new(float, nn_map_of(&shape).count + 1);
    weights[5] = 1;
    write_weights(w->folder, "zero", &shape, weights);
    const struct mini_model *after = mini_borrow(&w->server, "zero", &err);
    assert_true(hash_equal(&before->card.digest, &digest));
    assert_false(hash_equal(&after->card.digest, &digest));
    mini_return(before);
    mini_return(after);
    weights[5] = 0;
    write_weights(w->folder, "zero", &shape, weights);
    mem_free(weights);
}

/* Without what was learned there is nothing: the answers are in the weights. */
static void test_zeroed_weights(void **state)
{
    static const struct row {
        const char *query, *answer;
    } rows[] = { { "23+48", "71" }, { "reverse cat", "tac" },  { "is 4 even?", "yes" },
                 { "7 * 8", "56" }, { "is 7 odd?", "yes" },    { "max of 3 and 9", "9" },
                 { "0 + 0", "0" },  { "5 even or odd", "odd" } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct call_request r = asking("zero", rows[i].query);
        struct caller c;
        ask(*state, &c, &r);
        assert_null(strstr(buf_text(&c.text), rows[i].answer));
        caller_done(&c);
    }
}

/* --- the list -------------------------------------------------------------------------------- */

static void keep_list(void *self, struct catalog *list, const struct error *err)
{
    assert_null(err);
    *(struct catalog *)self = *list;
}

static void test_list(void **state)
{
    struct world *w = *state;
    struct catalog list = { 0 };
    struct error err;
    assert_non_null(listing_start(w->net, &w->server, true, 300, keep_list, &list, &err));
    while (!list.models)
        caller_step(w->net, 100);
    assert_int_equal(list.count, COUNT(scripts) + 2);
    const struct model_info *m = catalog_find(&list, "thinks");
    assert_int_equal(m->thinking, TRI_YES);
    assert_int_equal(m->identity_kind, IDENTITY_DIGEST);
    assert_int_equal(strlen(m->identity), HASH_HEX - 1);
    assert_int_equal(m->context_tokens, NN_MAX_TOKENS);
    assert_int_equal(catalog_find(&list, "says")->thinking, TRI_NO);
    catalog_done(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),        cmocka_unit_test(test_order),
        cmocka_unit_test(test_refusal),       cmocka_unit_test(test_room),
        cmocka_unit_test(test_stop),          cmocka_unit_test(test_budget),
        cmocka_unit_test(test_seed),          cmocka_unit_test(test_set_aside),
        cmocka_unit_test(test_cancel),        cmocka_unit_test(test_cancel_before_start),
        cmocka_unit_test(test_drop),          cmocka_unit_test(test_two_at_once),
        cmocka_unit_test(test_slices),        cmocka_unit_test(test_long_question),
        cmocka_unit_test(test_no_such_model), cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_changed_file),  cmocka_unit_test(test_zeroed_weights),
        cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
