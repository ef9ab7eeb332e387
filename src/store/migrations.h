/*
 * migrations: the scripts of the schema, in their order, as text. At build time tools/embed makes
 * migrations.c of migrations/NNNN.sql.
 *
 * Script i (from 0) brings a store of version i to version i + 1, and sets that version itself. A
 * script that has been released is never changed.
 */
#ifndef STORE_MIGRATIONS_H
#define STORE_MIGRATIONS_H

#include "base/embedded.h"

extern const struct embedded migrations[];
extern const size_t migrations_count;

#endif
