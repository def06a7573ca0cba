/* The tables, and how a file of an earlier version becomes one of this; private to core/store.
 *
 * A migration is a list of statements. It runs in one BEGIN IMMEDIATE transaction together
 * with the new number in user_version, so a file is of one version or of the next, never
 * between. A migration that has been released is never edited: a change is a new row. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <stdbool.h>

#include "core/base/error.h"
#include "core/store/db.h"

#define SCHEMA_APPLICATION_ID 0x726C6162 /* "rlab" */

/* What exercises are checked against (schema_facts.c). */
extern const char schema_fact_tables[], schema_fact_questions[], schema_fact_opinions[],
    schema_fact_runs[], schema_fact_rest[];

int schema_newest(void);
/* Brings the file up to `version` (schema_newest() but in tests). Does nothing where another
 * process was first. */
bool schema_migrate(struct db *db, int version, struct error *err);

#endif
