/* rlab history: what was asked and answered, found again, exported, deleted. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/lab/history_json.h"
#include "core/limits.h"
#include "core/store/exercises.h"
#include "core/store/history.h"
#include "tui/verb/answers.h"
#include "tui/verb/subs.h"
#include "tui/verb/table.h"

#define MOST_ROWS 1000000

static bool parse_id(const char *word, int64_t *ret, struct error *err)
{
    char *end;
    errno = 0;
    long long v = strtoll(word, &end, 10);
    if (end == word || *end || errno || v < 1)
        return error_set(err, ERR_USAGE,
                         "'%s' is no number of an answer; 'rlab history list' shows them", word);
    *ret = v;
    return true;
}

/* --- list and search ----------------------------------------------------------------------------- */

static const struct table_column columns[] = {
    { "id", .right = true },
    { "when" },
    { "kind", .most = 8 },
    { "lvl" },
    { "model", .name = true, .most = 16 },
    { "time", .right = true },
    { "from" },
    { "query", .fills = true },
};

#define COLUMNS (sizeof columns / sizeof *columns)

struct list_view {
    struct session *s;
    struct table table;
    bool search;
    int64_t shown, last_id;
};

static const char *time_cell(const struct history_row *r, char ret[SECONDS_SIZE])
{
    static const struct {
        const char *end, *word;
    } ends[] = { { "CANCELLED", "stopped" }, { "interrupted", "cut off" }, { "", "running" } };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strcmp(r->end ? r->end : "", ends[i].end) == 0)
            return ends[i].word;
    if (r->slowed)
        return "slowed";
    return strncmp(r->end, "OK", 2) == 0 ? seconds_text(r->latency_s, ret) : "failed";
}

static bool list_row(void *self, const struct history_row *r)
{
    struct list_view *v = self;
    v->shown++;
    v->last_id = r->id;
    if (v->s->json) {
        print_json(history_json(r));
        return !ferror(stdout);
    }
    struct arena *a = &v->table.arena;
    char when[WHEN_SIZE], time[SECONDS_SIZE];
    const char *query = r->query && *r->query ? r->query : "(text not kept)";
    table_add(&v->table,
              (const char *const[COLUMNS]){
                  arena_format(a, "%lld", (long long)r->id),
                  when_text(r->at_wall, clock_wall(v->s->lab.clock), when), r->purpose,
                  level_letter(r->level), r->model, time_cell(r, time), r->from, query });
    if (v->search && *r->snippet)
        table_add(&v->table, (const char *const[COLUMNS]){ [COLUMNS - 1] = r->snippet });
    return true;
}

static bool list(struct session *s, const struct args *a, const char *search, struct error *err)
{
    struct list_view v = { .s = s, .search = search != NULL };
    struct history_filter f = { .search = search };
    int64_t limit, all = 0;
    if (!args_int(a, OPT_LIMIT, 1, MOST_ROWS, 50, &limit, err) ||
        !args_int(a, OPT_BEFORE, 1, INT64_MAX, 0, &f.before_id, err) ||
        !session_open_store(s, err) || !history_count(s->lab.store, &all, err))
        return false;
    f.limit = a->given[OPT_ALL] ? INT_MAX : (int)limit;
    table_init(&v.table, s, columns, COLUMNS);
    bool ok = history_list(s->lab.store, &f, list_row, &v, err);
    if (ok && !v.shown && search)
        ok = error_set(err, ERR_NO, "no answer holds all of '%s'", search);
    else if (ok && !v.shown && !s->json)
        print_line(s, all ? "no older answers" : "nothing was asked yet: rlab ask TEXT");
    else if (ok && !s->json) {
        table_print(&v.table);
        print_now();
        if (v.shown == f.limit)
            say("%lld shown, %lld in all; older ones: --before %lld; one whole: rlab history show "
                "ID",
                (long long)v.shown, (long long)all, (long long)v.last_id);
        else
            say("one whole, with its thinking: rlab history show ID");
    }
    table_done(&v.table);
    return ok;
}

static bool run_list(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    return list(s, a, NULL, err);
}

static bool run_search(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct buf words = { 0 };
    bool ok = text_from_args(a, 0, &words, err);
    if (ok && text_is_blank(buf_text(&words), words.len))
        ok = error_set(err, ERR_USAGE, "search for what? rlab history search WORDS");
    ok = ok && list(s, a, buf_text(&words), err);
    buf_done(&words);
    return ok;
}

/* --- show ---------------------------------------------------------------------------------------- */

static void print_block(struct session *s, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    size_t len = strlen(text);
    print_line(s, "\n--- %s ---", name);
    print_text(s, text, len);
    if (text[len - 1] != '\n')
        fputc('\n', stdout);
}

static void print_figures(struct session *s, const struct history_row *r)
{
    struct buf line = buf_with_max(2000);
    char took[SECONDS_SIZE], other[SECONDS_SIZE];
    bool cached = strcmp(r->from, "cache") == 0;
    buf_printf(&line, "%s, from %s", seconds_text(r->latency_s, took),
               cached ? "the cache" : r->from);
    if (cached)
        buf_printf(&line, "; the call took %s", seconds_text(r->original_latency_s, other));
    else if (r->ttft_s == r->ttft_s)
        buf_printf(&line, ", first word after %s", seconds_text(r->ttft_s, other));
    if (r->slowed)
        buf_puts(&line, ", SLOWED (mini.pace): in no figure");
    const char *about = r->tokens_kind && strcmp(r->tokens_kind, "estimated") == 0 ? "~" : "";
    if (r->completion_tokens >= 0)
        buf_printf(&line, ", %s%lld token%s", about, (long long)r->completion_tokens,
                   r->completion_tokens == 1 ? "" : "s");
    if (r->thinking_tokens > 0)
        buf_printf(&line, " (%s%lld of thinking)", about, (long long)r->thinking_tokens);
    print_line(s, "time      %s", buf_text(&line));
    buf_done(&line);
}

/* ", ~34 tokens, 1.2 s", as far as it is known. */
static const char *thought_text(const struct history_row *r, char ret[64])
{
    char took[SECONDS_SIZE];
    double s = r->ttft_text_s - r->ttft_s;
    const char *about = r->tokens_kind && strcmp(r->tokens_kind, "measured") == 0 ? "" : "~";
    int n = r->thinking_tokens > 0
                ? snprintf(ret, 64, ", %s%lld tokens", about, (long long)r->thinking_tokens)
                : 0;
    if (isfinite(s) && s > 0)
        snprintf(ret + n, 64 - (size_t)n, ", %s", seconds_text(s, took));
    return ret;
}

static bool show_row(void *self, const struct history_row *r)
{
    struct session *s = self;
    char when[CLOCK_STAMP_SIZE];
    if (s->json) {
        print_json(history_json(r));
        return true;
    }
    clock_local(r->at_wall, when);
    print_line(s, "answer    %lld, %s, %s", (long long)r->id, when, r->purpose);
    print_line(s, "question  %s (score %d)%s%s%s", r->level, r->score, *r->role ? ", to the " : "",
               r->role, *r->role ? " model" : "");
    print_line(s, "model     %s/%s%s", r->server, r->model, r->cot ? ", step by step" : "");
    if (*r->name)
        print_line(s, "name      %s", r->name);
    print_figures(s, r);
    if (strcmp(r->end ? r->end : "", "OK_STOP") != 0)
        print_line(s, "end       %s%s%s", r->end && *r->end ? r->end : "not ended",
                   r->error && *r->error ? ": " : "", r->error ? r->error : "");
    if (r->fallback_from && *r->fallback_from)
        print_line(s, "instead   of %s: %s", r->fallback_from, r->fallback_why);
    if (r->pair_id)
        print_line(s, "compare   %s side; the other is answer %lld; %s%s", r->side,
                   (long long)r->pair_id, *r->judgement ? "judged: " : "not judged", r->judgement);
    print_block(s, "notes", r->notes);
    print_block(s, "question", *r->query ? r->query : "(text not kept)");
    if (s->args->given[OPT_FOLD] && *r->thinking)
        print_line(s, "\n--- thinking, folded: %zu characters%s ---",
                   text_points(r->thinking, strlen(r->thinking)), thought_text(r, (char[64]){ 0 }));
    else
        print_block(s, "thinking", r->thinking);
    print_block(s, "answer", r->answer);
    return true;
}

/* The call whose thinking there is to see; 0 stays where there is none. */
static bool note_call(void *self, const struct history_row *r)
{
    if (*r->thinking)
        *(int64_t *)self = r->call_id;
    return true;
}

static bool run_show(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    int64_t id = 0, call = 0;
    if (!session_open_store(s, err) || !history_find(s->lab.store, a->words[0], &id, err) ||
        !history_get(s->lab.store, id, show_row, s, err) ||
        !history_get(s->lab.store, id, note_call, &call, err))
        return false;
    struct error lost; /* a fact alone */
    if (call && !thinking_note(s->lab.store, call, !a->given[OPT_FOLD], &lost))
        pipeline_not_recorded(&s->lab.pipeline, &lost);
    return true;
}

/* --- export -------------------------------------------------------------------------------------- */

struct export
{
    FILE *to;
    int64_t rows;
};

static bool export_row(void *self, const struct history_row *r)
{
    struct export *x = self;
    struct json *j = history_json(r);
    x->rows++;
    if (x->to == stdout) {
        print_json(j);
    } else {
        struct buf line = buf_with_max(MAX_JSON_LINE);
        json_print(j, &line);
        json_free(j);
        fwrite(buf_text(&line), 1, line.len, x->to);
        fputc('\n', x->to);
        buf_done(&line);
    }
    return !ferror(x->to) && !session_stopped();
}

/* A new file of 0600: the history may hold what is nobody else's business. */
static FILE *open_export(const char *path, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        error_set(err, ERR_IO, "cannot export to '%s': %s%s", path, strerror(errno),
                  errno == EEXIST ? "; name a new file" : "");
        return NULL;
    }
    return fdopen(fd, "w");
}

static bool close_export(FILE *file, const char *path, bool ok, struct error *err)
{
    bool written = fflush(file) == 0 && fsync(fileno(file)) == 0;
    int saved = errno;
    written = fclose(file) == 0 && written;
    if (ok && !written)
        error_set(err, ERR_IO, "cannot write '%s': %s; nothing was left there", path,
                  strerror(saved));
    ok = ok && written && !session_stopped();
    if (!ok) /* half an export would be taken for a whole one */
        unlink(path);
    return ok || session_stopped();
}

static bool run_export(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    const char *path = a->count ? a->words[0] : NULL;
    struct export x = { .to = stdout };
    int64_t limit;
    struct history_filter f = { 0 };
    if (!args_int(a, OPT_LIMIT, 1, INT_MAX, INT_MAX, &limit, err) ||
        !args_int(a, OPT_BEFORE, 1, INT64_MAX, 0, &f.before_id, err) || !session_open_store(s, err))
        return false;
    f.limit = (int)limit;
    if (path && !(x.to = open_export(path, err)))
        return false;
    bool ok = history_list(s->lab.store, &f, export_row, &x, err);
    if (path)
        ok = close_export(x.to, path, ok, err);
    if (ok && path && !session_stopped())
        say("%lld answer%s in '%s', newest first", (long long)x.rows, x.rows == 1 ? "" : "s", path);
    return ok;
}

/* --- delete -------------------------------------------------------------------------------------- */

static bool nothing(void *self, const struct history_row *r)
{
    (void)self;
    (void)r;
    return true;
}

/* All ids are known to be there before the first is deleted. */
static bool check_ids(struct session *s, const struct args *a, struct error *err)
{
    for (size_t i = 0; i < a->count; i++) {
        int64_t id = 0;
        if (!parse_id(a->words[i], &id, err) || !history_get(s->lab.store, id, nothing, NULL, err))
            return false;
    }
    return true;
}

static bool delete_ids(struct session *s, const struct args *a, int64_t *ret, struct error *err)
{
    for (size_t i = 0; i < a->count; i++) {
        int64_t id = 0, n = 0;
        if (!parse_id(a->words[i], &id, err) || !history_delete(s->lab.store, id, 0, &n, err))
            return false;
        *ret += n;
    }
    return true;
}

static bool run_delete(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    bool all = a->given[OPT_ALL];
    int64_t count = 0, deleted = 0;
    char question[100];
    if (all == (a->count > 0))
        return error_set(err, ERR_USAGE, "delete which? rlab history delete ID..., or --all");
    if (!session_open_writing(s, err) || !check_ids(s, a, err) ||
        !history_count(s->lab.store, &count, err))
        return false;
    if (!all)
        count = (int64_t)a->count;
    snprintf(question, sizeof question, "Delete %s%lld answer%s for ever?", all ? "all " : "",
             (long long)count, count == 1 ? "" : "s");
    if (!ask_yes(s, question, err) || !(all ? history_delete(s->lab.store, 0, 0, &deleted, err)
                                            : delete_ids(s, a, &deleted, err)))
        return false;
    if (s->json) {
        struct json *j = json_object();
        json_put_text(j, "schema", "rlab.history_delete/1");
        json_put_int(j, "deleted", deleted);
        print_json(j);
    } else {
        say("%lld deleted; the cache may still hold answers: rlab cache clear", (long long)deleted);
    }
    return true;
}

static const struct sub subs[] = {
    { "list", "", 0, 0, run_list },
    { "search", "WORDS", 1, SIZE_MAX, run_search },
    { "show", "ID|NAME", 1, 1, run_show },
    { "export", "[FILE]", 0, 1, run_export },
    { "delete", "ID...|--all", 0, SIZE_MAX, run_delete },
};

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    s->options.without_files = true;
    return subs_run("history", subs, sizeof subs / sizeof *subs, s, a, ret_code, err);
}

const struct verb verb_history = {
    .name = "history",
    .words = "list | search WORDS | show ID | export [FILE] | delete ID...|--all",
    .summary = "what was asked and answered",
    .help = "list is newest first, --limit rows of it, and --before ID goes further back.\n"
            "search looks for all the words in questions, answers and thinking, each by its\n"
            "beginning (exit 1: found nowhere); words in double quotes are a phrase, -word\n"
            "leaves out what holds it. show prints one whole, thinking and answer apart,\n"
            "by its number or the name that 'rlab ask --name' gave it (the newest of that name);\n"
            "--fold leaves the thinking out and says how long it was.\n"
            "\n"
            "export writes one JSON object a line, to a new file that only you can read, or\n"
            "to standard output. delete forgets for ever, and asks first unless --yes.\n"
            "\n"
            "Any verb with --no-history leaves no text here.",
    .example = "rlab history search train",
    .subs = "list search show export delete",
    .options = (const enum option[]){ OPT_LIMIT, OPT_BEFORE, OPT_ALL, OPT_FOLD, OPT_YES, OPTIONS },
    .run = run,
};
