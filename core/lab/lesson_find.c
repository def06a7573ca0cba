/* Finding exercises (lesson_find.h). */
#include "core/lab/lesson_find.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"

#define ENDING ".lesson"

static void add_trouble(struct lesson_list *l, const char *text)
{
    l->troubles = mem_grow(l->troubles, &l->trouble_cap, l->trouble_count + 1, sizeof *l->troubles);
    l->troubles[l->trouble_count++] = arena_string(&l->arena, text);
}

static void add_lesson(struct lesson_list *l, const struct lesson *lesson)
{
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->lessons[i].id, lesson->id) == 0) {
            l->lessons[i] = *lesson;
            return;
        }
    if (l->count == MAX_LESSONS) {
        add_trouble(l, arena_format(&l->arena, "'%s' was left out: %d exercises are the most",
                                    lesson->path, MAX_LESSONS));
        return;
    }
    l->lessons = mem_grow(l->lessons, &l->cap, l->count + 1, sizeof *l->lessons);
    l->lessons[l->count++] = *lesson;
}

static bool is_lesson(const char *file)
{
    size_t n = strlen(file), m = strlen(ENDING);
    return *file != '.' && n > m && strcmp(file + n - m, ENDING) == 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the order of their names, so that which of two with one id counts does not depend on the
 * folder. */
static void add_folder(struct lesson_list *l, const char *folder, bool wanted)
{
    DIR *dir = opendir(folder);
    const char **names = NULL;
    size_t count = 0, cap = 0, more = 0;
    int why = dir || (errno == ENOENT && !wanted) ? 0 : errno;
    while (dir) {
        errno = 0; /* the end of a folder and one that cannot be read on look alike */
        const struct dirent *e = readdir(dir);
        if (!e) {
            why = errno;
            break;
        }
        if (!is_lesson(e->d_name))
            continue;
        if (count == MAX_LESSONS) {
            more++;
            continue;
        }
        names = mem_grow(names, &cap, count + 1, sizeof *names);
        names[count++] = arena_format(&l->arena, "%s/%s", folder, e->d_name);
    }
    if (dir)
        closedir(dir);
    if (why)
        add_trouble(l, arena_format(&l->arena, "the folder '%s' of lessons cannot be read: %s",
                                    folder, strerror(why)));
    if (more)
        add_trouble(l, arena_format(&l->arena,
                                    "%zu files of the folder '%s' were left out: %d exercises are "
                                    "the most",
                                    more, folder, MAX_LESSONS));
    if (count)
        qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++) {
        struct lesson lesson;
        struct error err;
        if (lesson_load(names[i], &l->arena, &lesson, &err))
            add_lesson(l, &lesson);
        else
            add_trouble(l, err.text);
    }
    mem_free(names);
}

static int by_id(const void *a, const void *b)
{
    const struct lesson *x = a, *y = b;
    if (x->course != y->course)
        return x->course - y->course;
    return x->major != y->major ? x->major - y->major : x->minor - y->minor;
}

void lesson_list_find(const struct paths *p, const char *const *more, size_t more_count,
                      struct lesson_list *ret)
{
    struct lesson_list l = { 0 };
    if (p->source_data)
        add_folder(&l, arena_format(&l.arena, "%s/../lessons", p->source_data), false);
    else if (p->share_dir)
        add_folder(&l, arena_format(&l.arena, "%s/lessons", p->share_dir), false);
    if (p->config_dir)
        add_folder(&l, arena_format(&l.arena, "%s/lessons", p->config_dir), false);
    for (size_t i = 0; i < more_count; i++)
        if (more[i] && *more[i])
            add_folder(&l, more[i], true);
    if (l.count)
        qsort(l.lessons, l.count, sizeof *l.lessons, by_id);
    *ret = l;
}

void lesson_list_done(struct lesson_list *l)
{
    mem_free(l->lessons);
    mem_free(l->troubles);
    arena_done(&l->arena);
    *l = (struct lesson_list){ 0 };
}
