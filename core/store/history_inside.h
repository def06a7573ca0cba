/* What the history's files share: from a person's filter to a statement; private to core/store.
 *
 * Every list over answers takes the same parameters in the same order:
 *   ?1 before id, ?2 from id, ?3 since, ?4 server, ?5 model, ?6 purpose, ?7 limit, ?8 match */
#ifndef STORE_HISTORY_INSIDE_H
#define STORE_HISTORY_INSIDE_H

#include "core/base/buf.h"
#include "core/store/history.h"
#include "core/store/inside.h"

#define FROM_ANSWERS " FROM answer a WHERE a.id < ?1"
#define FROM_CALLS   " FROM answer a LEFT JOIN call c ON c.id = a.call_id WHERE a.id < ?1"
#define OF_MODEL     " AND a.model = ?5"
#define OF_PURPOSE   " AND a.purpose = ?6"
#define ALL_FILTERS                                                                                \
    " AND a.id >= ?2 AND a.at_wall >= ?3 AND (?4 IS NULL OR a.server = ?4)"                        \
    " AND (?5 IS NULL OR a.model = ?5) AND (?6 IS NULL OR a.purpose = ?6)"
#define NEWEST_FIRST         " ORDER BY a.id DESC LIMIT ?7"
#define MATCHING             " WHERE history_index MATCH ?8 AND h.rowid < ?1 AND h.rowid >= ?2"
#define MATCHES_NEWEST_FIRST " ORDER BY h.rowid DESC LIMIT ?7"

/* A person's words as a full-text expression; nothing is added where there are none. */
bool search_words(const char *search, struct buf *to, struct error *err);

/* A filter as one source has to be asked. */
struct bounds {
    char *server; /* NULL: any */
    const char *model;
    int64_t from_id;
};
bool bounds_find(struct db *db, const struct history_filter *f, struct bounds *ret,
                 struct error *err);
void bounds_auto(struct bounds *b);
/* Which of the four statements: an index that is already in the order wanted. */
int bounds_way(const struct history_filter *f);
/* Binds ?1 to ?7, and ?8 where there is a match. Always true. */
bool bounds_bind(struct query *q, const struct history_filter *f, const struct bounds *b,
                 const char *match, int64_t limit);

/* Counted as the history grows. A file of an older version that is only read is counted now. */
struct history_totals {
    int64_t answers, lines;
};
bool totals_read(struct db *db, struct history_totals *ret, struct error *err);

#endif
