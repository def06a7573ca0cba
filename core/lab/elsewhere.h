/* Settings that another process of this person changes while this one runs; private to core/lab,
 * what others may ask for is in lab.h. While they are watched, each setting stays what it was until
 * it is set here or taken over, so that no figure changes its meaning without a word. */
#ifndef LAB_ELSEWHERE_H
#define LAB_ELSEWHERE_H

#include "core/lab/lab.h"

struct lab_watch;

/* Whether `key` is watched; then the value that is in force, NULL: none was chosen. */
bool watch_knows(const struct lab_watch *w, const char *key, const char **ret);
/* It was set here. */
void watch_note(struct lab_watch *w, const char *key, const char *value);
/* All that was set elsewhere is in force from now on, and is appended to `said`: "rule set basic,
 * cache guard off". */
bool watch_take(struct lab *lab, struct buf *said, struct error *err);
/* One that could not be taken after all: `value` is still in force. */
void watch_give_back(struct lab_watch *w, const char *key, const char *value);
/* What stands in the config, or the default: what is in force where nothing is chosen. */
const char *lab_written_setting(struct lab *lab, const char *key, const char **ret_origin);

#endif
