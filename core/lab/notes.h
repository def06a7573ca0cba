/* Facts that need more than one part of the lab to be noted. */
#ifndef LAB_NOTES_H
#define LAB_NOTES_H

#include "core/lab/lab.h"
#include "core/store/exercises.h"

/* The queries of the shipped sets go into the store, so that facts can tell a person's own words
 * from them. Quick where they are there already. */
bool shipped_note(struct lab *lab, struct error *err);

/* Counts how often the person's labels agree with these rules at these thresholds (NULL: the
 * rules' own), and notes it as a fact. `ret` may be NULL. */
bool agreement_note(struct lab *lab, const struct rules *rules, const struct thresholds *at,
                    struct agreement *ret, struct error *err);

#endif
