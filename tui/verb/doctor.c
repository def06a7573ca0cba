/* rlab doctor: everything that can be wrong, looked at, with what to do about it. */
#include "tui/verb/doctor.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "core/base/config.h"
#include "core/base/file.h"
#include "tui/pane/action.h"
#include "tui/verb/table.h"

#define WHAT_COLS 15

static const char *const problem_names[] = { NULL,
#define X(id, name, what) name,
                                             PROBLEM_LIST(X)
#undef X
};

/* How long all servers together may take to answer is in doctor_servers.c; so long for the look
 * round that finds the two models. */
#define PATIENCE_MS 1000

void doctor_note(struct doctor *d, struct finding f)
{
    assert((f.health == HEALTH_OK) == (f.problem == PROBLEM_NONE) &&
           (f.health == HEALTH_OK || f.todo));
    d->findings = mem_grow(d->findings, &d->cap, d->count + 1, sizeof *d->findings);
    d->findings[d->count++] = f;
}

char *doctor_text(struct doctor *d, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    size_t size = (size_t)(len < 0 ? 0 : len) + 1;
    char *text = arena_alloc(&d->arena, size, 1);
    vsnprintf(text, size, fmt, args);
    va_end(args);
    return text;
}

/* --- opening, one step at a time ---------------------------------------------------------------- */

static void check_config(struct doctor *d)
{
    struct config config = { 0 };
    struct error err;
    bool must = d->session->options.config != NULL;
    struct finding f = { .area = "settings", .what = "config file", .code = EXIT_MISUSE };
    if (!config_load(d->paths.config_file, must, &d->arena, &config, &err)) {
        f.health = HEALTH_BAD;
        f.problem = PROBLEM_SETTINGS;
        f.found = doctor_text(d, "%s", err.text);
        f.todo = "correct it: until then nothing of it is used, and no verb that needs it runs";
    } else if (!config.path) {
        f.found = doctor_text(d, "none at %s, and none is needed",
                              d->paths.config_file ? d->paths.config_file : "any place");
    } else if (!bindings_load(&config, &err)) {
        f.health = HEALTH_BAD;
        f.problem = PROBLEM_SETTINGS;
        f.found = doctor_text(d, "%s", err.text);
        f.todo = "correct it: until then the screen does not open";
    } else {
        f.found = doctor_text(d, "%s, %zu value%s", config.path, config.count,
                              config.count == 1 ? "" : "s");
    }
    doctor_note(d, f);
}

/* Without a word about the store: what there is to say of it is said by the database's lines. */
static void open_lab(struct doctor *d)
{
    struct session *s = d->session;
    struct error err;
    s->options.usual_rules = s->options.read_only = s->options.looks_only = true;
    s->options.without_files = true;
    s->options.patience_ms = PATIENCE_MS;
    s->said_not_recorded = true;
    d->has_lab = lab_open(&s->lab, &s->options, &err);
    s->opened = d->has_lab;
    for (size_t i = 0; !d->has_lab && i < d->count; i++)
        if (d->findings[i].health == HEALTH_BAD && d->findings[i].problem == PROBLEM_SETTINGS)
            return; /* the reason is told already */
    if (!d->has_lab)
        doctor_note(d,
                    (struct finding){ .area = "settings",
                                      .what = "start",
                                      .found = doctor_text(d, "%s", err.text),
                                      .todo = "correct it: until then no verb that needs it runs",
                                      .health = HEALTH_BAD,
                                      .problem = PROBLEM_SETTINGS,
                                      .code = exit_code(&err) });
}

/* --- telling ------------------------------------------------------------------------------------- */

static const char *const health_words[] = { "ok", "warn", "bad" };
static const char *const areas[] = { "files",  "database", "settings", "servers",
                                     "models", "clock",    "terminal" };

#define AREAS (sizeof areas / sizeof *areas)

static void print_finding(struct session *s, const struct finding *f)
{
    char head[64];
    snprintf(head, sizeof head, "  %-4s  %-*s  ", health_words[f->health], WHAT_COLS, f->what);
    const char *line;
    size_t len;
    for (size_t at = 0; file_line(f->found, strlen(f->found), &at, &line, &len);) {
        char *copy = mem_copy(line, len);
        print_wrapped(s, head, 10 + WHAT_COLS, copy);
        mem_free(copy);
        snprintf(head, sizeof head, "%*s", 10 + WHAT_COLS, "");
    }
    snprintf(head, sizeof head, "%*s", 10 + WHAT_COLS, "");
    if (f->todo)
        print_wrapped(s, head, 10 + WHAT_COLS, f->todo);
}

static void print_area(const struct doctor *d, const char *area)
{
    bool titled = false;
    for (size_t i = 0; i < d->count; i++) {
        if (strcmp(d->findings[i].area, area) != 0)
            continue;
        if (!titled)
            print_line(d->session, "%s", area);
        titled = true;
        print_finding(d->session, &d->findings[i]);
    }
}

static void print_report(const struct doctor *d, int code)
{
    size_t counts[3] = { 0 };
    for (size_t i = 0; i < d->count; i++)
        counts[d->findings[i].health]++;
    print_line(d->session, "rlab " RLAB_VERSION);
    for (size_t i = 0; i < AREAS; i++)
        print_area(d, areas[i]);
    print_line(d->session, "\n%s: %zu ok, %zu to look at, %zu bad",
               code ? "something is missing" : "ready", counts[HEALTH_OK], counts[HEALTH_WARN],
               counts[HEALTH_BAD]);
}

static void print_report_json(const struct doctor *d, int code)
{
    struct json *j = json_object(), *checks = json_array();
    json_put_text(j, "schema", "rlab.doctor/1");
    json_put_text(j, "version", RLAB_VERSION);
    json_put_bool(j, "usable", code == 0);
    json_put_int(j, "code", code);
    for (size_t area = 0; area < AREAS; area++)
        for (size_t i = 0; i < d->count; i++) {
            const struct finding *f = &d->findings[i];
            if (strcmp(f->area, areas[area]) != 0)
                continue;
            struct json *c = json_object();
            json_put_text(c, "area", f->area);
            json_put_text(c, "what", f->what);
            json_put_text(c, "state", health_words[f->health]);
            json_put_text(c, "problem", problem_names[f->problem]);
            json_put_text(c, "found", f->found);
            json_put_text(c, "do", f->todo);
            json_add(checks, c);
        }
    json_put(j, "checks", checks);
    print_json(j);
}

/* The worst is what lets the least be done: wrong settings stop every verb, a missing server
 * or model stops asking, a database without a file stops only what reads it. */
static int worst_code(const struct doctor *d)
{
    int worst = 0;
    for (size_t i = 0; i < d->count; i++) {
        const struct finding *f = &d->findings[i];
        if (f->health == HEALTH_BAD && (!worst || f->code < worst))
            worst = f->code;
    }
    return worst;
}

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    struct doctor d = { .session = s };
    if (a->count)
        return error_set(err, ERR_USAGE, "doctor takes no words");
    bool ok = paths_find(a->value[OPT_DATA_DIR], a->value[OPT_CONFIG], &d.arena, &d.paths, err);
    if (ok) {
        check_config(&d);
        doctor_files(&d);
        doctor_database(&d); /* before the lab opens the file: what is seen is what was there */
        open_lab(&d);
        if (d.has_lab) {
            doctor_settings(&d);
            doctor_servers(&d);
        }
        doctor_machine(&d);
        *ret_code = worst_code(&d);
        if (s->json)
            print_report_json(&d, *ret_code);
        else
            print_report(&d, *ret_code);
    }
    mem_free(d.findings);
    arena_done(&d.arena);
    return ok;
}

const struct verb verb_doctor = {
    .name = "doctor",
    .words = "",
    .summary = "look for what is wrong, and say what to do",
    .help = "Looks at files and their rights, the database, settings and where they come\n"
            "from, the servers, the two models and the terminal. ok needs nothing, warn can\n"
            "wait, bad keeps rlab from its work: then the exit code is that of the worst.\n"
            "It only looks: nothing is made, moved or mended. Keys are never shown.\n"
            "With --json each line has the name of its problem: no-server, wrong-address,\n"
            "proxy, ipv6-localhost, tls, slow-server, key-missing, key-refused,\n"
            "model-missing, pair, clock, terminal, locale, database-damaged,\n"
            "database-newer, database-foreign, disk-full, permissions, files-missing,\n"
            "settings.",
    .example = "rlab doctor --json",
    .options = (const enum option[]){ OPTIONS },
    .run = run,
};
