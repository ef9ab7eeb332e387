/*
 * input_check: what the readers of both kinds of requests (input_query.h,
 * input_json.h) share: the place of a member in the input struct, the check of
 * its value by the action's row, and the refusals, in the service's own words.
 * path is the full name of a member, for messages.
 */
#ifndef API_INPUT_CHECK_H
#define API_INPUT_CHECK_H

#include "api/call.h"

/* The place of a member. */
void *input_check_place(const struct field *f, void *base);
/* "Filter.1" and "Name" are "Filter.1.Name". */
struct str input_check_path(struct call *c, struct str path, struct str name);
/* Checks and sets. */
enum awserr input_check_set_str(struct call *c, const struct field *f, struct str path,
    struct str v, void *base);
enum awserr input_check_set_int(struct call *c, const struct field *f, struct str path, int64_t v,
    void *base);
enum awserr input_check_str(struct call *c, const struct field *f, struct str path, struct str v);
enum awserr input_check_count(struct call *c, const struct field *f, struct str path, size_t n);
/* The answers to a member that is missing, bad, or not supported. */
enum awserr input_check_missing(struct call *c, struct str path);
enum awserr input_check_bad(struct call *c, const struct field *f, struct str path,
    const char *why);
enum awserr input_check_unsupported(struct call *c, struct str path);

#endif
