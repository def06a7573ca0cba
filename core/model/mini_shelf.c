/* Weights files, read when first needed and shared (mini_shelf.h). */
#include "core/model/mini_shelf.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "core/nn/sample.h"
#include "core/nn/token.h"

#define ENDING     ".weights"
#define MOST_NAMES 64

/* A model in memory. It leaves the list when its file has changed, and memory when nobody
 * borrows it any more; those on the list stay, to be there at once. */
struct shelved {
    struct mini_model model; /* first, so that a borrower's pointer is ours */
    struct shelved *next;
    struct timespec changed;
    int borrowers;
    bool listed;
};

/* Models belong to the machine, not to a lab: whoever asks in this process shares them. The
 * loop is one thread, so nothing here is locked. */
static struct shelved *shelf;

/* --- files ----------------------------------------------------------------------------------- */

static bool is_name(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.");
    return n && !name[n] && n < NN_NAME_SIZE && name[0] != '.';
}

static const char *find_file(const struct server *s, const char *name, struct arena *a,
                             struct stat *ret)
{
    for (int i = 0; i < 2 && is_name(name); i++) {
        if (!s->shelf[i])
            continue;
        const char *path = arena_format(a, "%s/%s" ENDING, s->shelf[i], name);
        if (stat(path, ret) == 0)
            return path;
    }
    return NULL;
}

static bool is_taken(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* NAME of "NAME.weights", or NULL. */
static const char *name_of_file(const char *file, struct arena *a)
{
    size_t len = strlen(file), ending = strlen(ENDING);
    if (len <= ending || strcmp(file + len - ending, ENDING) != 0)
        return NULL;
    const char *name = arena_copy(a, file, len - ending);
    return is_name(name) ? name : NULL;
}

/* A folder gives its names in no order, so each takes its place as it comes. */
static size_t insert_name(const char **names, size_t from, size_t count, const char *name)
{
    size_t at = count;
    for (; at > from && strcmp(names[at - 1], name) > 0; at--)
        names[at] = names[at - 1];
    names[at] = name;
    return count + 1;
}

size_t mini_names(const struct server *s, struct arena *a, const char **ret, size_t max)
{
    size_t count = 0;
    for (int i = 0; i < 2; i++) {
        DIR *dir = s->shelf[i] ? opendir(s->shelf[i]) : NULL;
        size_t from = count;
        for (struct dirent *e; dir && count < max && (e = readdir(dir));) {
            const char *name = name_of_file(e->d_name, a);
            if (name && !is_taken(ret, count, name))
                count = insert_name(ret, from, count, name);
        }
        if (dir)
            closedir(dir);
    }
    return count;
}

/* --- reading --------------------------------------------------------------------------------- */

/* Its first token after a question that it knows. */
static bool begins_with_thinking(const struct nn_net *net)
{
    static const char question[] = "1 + 1";
    const struct nn_taste greedy = { .top_p = 1 };
    token_id ids[16];
    size_t count = token_read_prompt(question, strlen(question), ids, 16);
    struct nn_stream *s = nn_stream_new(net);
    for (size_t i = 0; i < count; i++)
        nn_stream_feed(s, &(int){ ids[i] }, 1);
    int first = nn_choose(nn_net_shape(net)->vocab, nn_stream_logits(s), &greedy, NULL).id;
    nn_stream_free(s);
    return first == TOKEN_THINK;
}

static bool check_vocabulary(const char *path, const struct nn_card *card, struct error *err)
{
    struct hash ours = vocabulary_hash();
    if (hash_equal(&card->vocab, &ours) && (size_t)card->shape.vocab == vocabulary_size())
        return true;
    return error_set(err, ERR_MODEL,
                     "the weights file '%s' speaks another vocabulary than this program: train the "
                     "model anew",
                     path);
}

static bool read_model(const char *path, struct mini_model *ret, struct error *err)
{
    float *weights = NULL;
    struct mini_model m = { 0 };
    if (!nn_weights_read(path, &m.card, &weights, err))
        return false;
    bool ok = check_vocabulary(path, &m.card, err);
    if (ok) {
        m.net = nn_net_new(&m.card.shape, weights);
        m.thinks = begins_with_thinking(m.net);
        m.path = mem_string(path);
        *ret = m;
    }
    mem_free(weights);
    return ok;
}

/* --- lending --------------------------------------------------------------------------------- */

static void drop(struct shelved *m)
{
    nn_net_free(m->model.net);
    mem_free((char *)m->model.path);
    mem_free(m);
}

static void unlist(struct shelved *m)
{
    struct shelved **at = &shelf;
    while (*at != m)
        at = &(*at)->next;
    *at = m->next;
    m->listed = false;
    if (!m->borrowers)
        drop(m);
}

static bool is_current(const struct shelved *m, const struct stat *file)
{
    return m->changed.tv_sec == file->st_mtim.tv_sec &&
           m->changed.tv_nsec == file->st_mtim.tv_nsec && m->model.bytes == file->st_size;
}

/* The one on the list that was read from this file as it stands. */
static struct shelved *find_listed(const char *path, const struct stat *file)
{
    for (struct shelved *m = shelf; m; m = m->next) {
        if (strcmp(m->model.path, path) != 0)
            continue;
        if (is_current(m, file))
            return m;
        unlist(m);
        return NULL;
    }
    return NULL;
}

static bool no_such_model(const struct server *s, const char *name, struct error *err)
{
    struct arena a = { 0 };
    const char *names[MOST_NAMES], *all = "";
    size_t count = mini_names(s, &a, names, MOST_NAMES);
    for (size_t i = 0; i < count; i++)
        all = arena_format(&a, "%s%s%s", all, i ? ", " : "", names[i]);
    if (count)
        error_set(err, ERR_MODEL, "no built-in model '%.60s': there are %s", name, all);
    else
        error_set(err, ERR_MODEL,
                  "the weights of the built-in models are missing: install rlab "
                  "with its data folder, or train them: rlab mini train");
    arena_done(&a);
    return false;
}

static struct shelved *fetch(const char *path, const struct stat *file, struct error *err)
{
    struct shelved *m = find_listed(path, file);
    if (m)
        return m;
    struct mini_model model;
    if (!read_model(path, &model, err))
        return NULL;
    m = mem_new(struct shelved, 1);
    *m =
        (struct shelved){ .model = model, .next = shelf, .changed = file->st_mtim, .listed = true };
    m->model.bytes = file->st_size;
    shelf = m;
    return m;
}

const struct mini_model *mini_borrow(const struct server *s, const char *name, struct error *err)
{
    struct arena a = { 0 };
    struct stat file;
    const char *path = find_file(s, name, &a, &file);
    struct shelved *m = NULL;
    if (path)
        m = fetch(path, &file, err);
    else
        no_such_model(s, name, err);
    arena_done(&a);
    if (m)
        m->borrowers++;
    return m ? &m->model : NULL;
}

void mini_return(const struct mini_model *lent)
{
    struct shelved *m = (struct shelved *)lent;
    if (m && --m->borrowers == 0 && !m->listed)
        drop(m);
}
