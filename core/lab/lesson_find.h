/* Where exercises lie, and all of them in their order. */
#ifndef LAB_LESSON_FIND_H
#define LAB_LESSON_FIND_H

#include "core/base/paths.h"
#include "core/lab/lesson_file.h"

struct lesson_list {
    struct arena arena;
    struct lesson *lessons; /* by course, then id */
    size_t count;
    const char **troubles; /* sentences of files that were left out */
    size_t trouble_count, cap, trouble_cap;
};

/* Every file *.lesson of the shipped folder, of lessons/ in the person's config folder, and of
 * `more` (NULL: none; "" is none). One found later takes the place of one with its id. A file that
 * is wrong is left out, and `troubles` says why. */
void lesson_list_find(const struct paths *p, const char *const *more, size_t more_count,
                      struct lesson_list *ret);
void lesson_list_done(struct lesson_list *l); /* accepts a zeroed one */

#endif
