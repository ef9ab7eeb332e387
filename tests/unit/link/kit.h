/*
 * kit: makes a message of each type whose members are as short or as long as their limits allow,
 * by the rows of its shape.
 */
#ifndef TEST_LINK_KIT_H
#define TEST_LINK_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "link/ipc.h"
#include "link/json.h"
#include "link/shape.h"

#define LEAF "0123456789ABCDEF0123456789ABCDEF01234567"
#define ISSUER "FEDCBA9876543210FEDCBA9876543210FEDCBA98"
#define ID "i-0123456789abcdef0"
#define NOW 1000
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum kit_size { KIT_MIN, KIT_MAX, KIT_BELOW, KIT_ABOVE };

/* An ordinary one. */
struct link_message kit_message(enum link_type type);

/* Sets a member to its least or largest value, or one less or more than that. False when there
 * is no such value (one less than an empty text or list). */
bool kit_set(struct arena *a, struct link_message *m, const struct shape_member *row,
    enum kit_size size);

/* Are they the same, member by member? */
void kit_assert_equal(const struct link_message *a, const struct link_message *b);

/* The message as JSON, in the arena. */
struct str kit_json(struct arena *a, const struct link_message *m);
/* Parses what the speaker of its type says. */
int kit_parse(struct arena *a, enum link_type type, struct str text, struct link_message *ret,
    struct errinfo *ei);

#endif
