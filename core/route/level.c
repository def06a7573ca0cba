/* Levels and their thresholds (level.h). */
#include "core/route/level.h"

#include <stddef.h>
#include <string.h>

static const char *const names[LEVELS] = { "simple", "moderate", "complex" };

const char *level_name(enum level level)
{
    return names[level];
}

bool level_from_name(const char *name, enum level *ret)
{
    for (size_t i = 0; i < LEVELS; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret = (enum level)i;
            return true;
        }
    }
    return false;
}

enum level thresholds_level(const struct thresholds *t, int score)
{
    if (score >= t->complex)
        return LEVEL_COMPLEX;
    return score >= t->moderate ? LEVEL_MODERATE : LEVEL_SIMPLE;
}

bool thresholds_move(struct thresholds *t, enum level level, int score, struct error *err)
{
    if (level == LEVEL_SIMPLE)
        return error_set(
            err, ERR_USAGE,
            "level 'simple' has no threshold: it is all below 'moderate', so move that");
    if (score < -THRESHOLD_MOST || score > THRESHOLD_MOST)
        return error_set(err, ERR_USAGE, "level '%s' cannot start at %d: use %d to %d",
                         level_name(level), score, -THRESHOLD_MOST, THRESHOLD_MOST);
    struct thresholds moved = *t;
    *(level == LEVEL_MODERATE ? &moved.moderate : &moved.complex) = score;
    if (moved.moderate > moved.complex)
        return error_set(
            err, ERR_USAGE,
            "level 'moderate' would start at %d, above 'complex' at %d: move 'complex' "
            "up or 'moderate' down",
            moved.moderate, moved.complex);
    *t = moved;
    return true;
}
