/*
 * migrations: the schema's scripts, in order, as text. migrations.c is made
 * from migrations/NNNN.sql at build time by tools/embed.
 *
 * Script i (from 0) brings a store of version i to version i + 1, which it
 * sets itself. A script that has been released never changes.
 */
#ifndef STORE_MIGRATIONS_H
#define STORE_MIGRATIONS_H

#include "base/embedded.h"

extern const struct embedded migrations[];
extern const size_t migrations_count;

#endif
