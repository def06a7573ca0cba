/* Counting what was done (tally.h). */
#include "core/store/tally.h"

#include "core/store/inside.h"

/* What a person did not do, but watched. */
#define SHOWN "('demo', 'tour', 'warm-up')"

/* A look-up has no purpose of its own: it is recorded right after the time of its answer. */
#define OWN_LOOKUPS                                                                                \
    "SELECT count(*) FROM lookup l"                                                                \
    " WHERE (l.session NOT IN (SELECT session FROM answer WHERE purpose IN " SHOWN ")"             \
    "   OR coalesce((SELECT a.purpose FROM answer a"                                               \
    "                WHERE a.session = l.session AND a.at_wall <= l.at_wall"                       \
    "                ORDER BY a.at_wall DESC, a.id DESC LIMIT 1), '') NOT IN " SHOWN ")"           \
    "  AND "

/* One row per figure, in the order of struct tally. */
static const char counts_sql[] =
    "SELECT"
    " (SELECT count(*) FROM classification WHERE purpose = 'classify'),"
    " (SELECT count(*) FROM label WHERE source = 'person'),"
    " (SELECT count(*) FROM answer WHERE role = 'fast' AND forced = 0"
    "   AND end_state = 'OK_STOP' AND fallback_from IS NULL AND purpose NOT IN " SHOWN "),"
    " (SELECT count(*) FROM answer WHERE role = 'reasoning' AND forced = 0"
    "   AND end_state = 'OK_STOP' AND purpose NOT IN " SHOWN "),"
    " (" OWN_LOOKUPS "l.result = 'hit'),"
    " (" OWN_LOOKUPS "l.result <> 'shared'),"
    " (SELECT count(*) FROM answer WHERE purpose = 'compare' AND id < pair_id)," /* a pair once */
    " (SELECT count(DISTINCT pair) FROM judgement),"
    " (SELECT count(*) FROM run WHERE state = 'done'),"
    " (SELECT count(*) FROM run_item WHERE origin = 'model' AND NOT slowed),"
    " (SELECT count(*) FROM answer WHERE fallback_from IS NOT NULL),"
    " (SELECT count(*) FROM fact WHERE kind = 'breaker' AND after = 'open')";

bool tally_read(struct store *s, struct tally *ret, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, counts_sql, &q, err) || query_step(&q, err) < 0)
        return false;
    int64_t *const figures[] = { &ret->classifications, &ret->labels,     &ret->fast,
                                 &ret->reasoning,       &ret->hits,       &ret->lookups,
                                 &ret->compares,        &ret->judgements, &ret->runs,
                                 &ret->measured_items,  &ret->fallbacks,  &ret->openings };
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        *figures[i] = column_int(&q);
    return true;
}
