/*
 * input_check: what the two readers of requests (input_query.h, input_json.h) share: the place of a
 * member in the input struct, the check of its value against the action's row, and the refusals, in
 * the service's own words. path is always the full name of a member, for messages. Every function
 * that returns an error has set the call's message. In IAM and STS a value that does not satisfy a
 * constraint, and a missing one, are noted in the call and are no error (violation.h); they are not
 * stored.
 */
#ifndef API_INPUT_CHECK_H
#define API_INPUT_CHECK_H

#include "api/call.h"

/* The place of f's member in the struct at base. */
void *input_check_place(const struct field *f, void *base);
/* Joins names: "Filter.1" and "Name" become "Filter.1.Name". In the call's arena. */
struct str input_check_path(struct call *c, struct str path, struct str name);
/* Check a value and store it; check a text; check the number of elements of a list. */
enum awserr input_check_set_str(struct call *c, const struct field *f, struct str path,
    struct str v, void *base);
enum awserr input_check_set_int(struct call *c, const struct field *f, struct str path, int64_t v,
    void *base);
enum awserr input_check_str(struct call *c, const struct field *f, struct str path, struct str v);
enum awserr input_check_count(struct call *c, const struct field *f, struct str path, size_t n);
/* The refusals of a member that is missing, that is bad for the reason why, or that is not
 * supported. */
enum awserr input_check_missing(struct call *c, struct str path);
enum awserr input_check_bad(struct call *c, const struct field *f, struct str path,
    const char *why);
enum awserr input_check_unsupported(struct call *c, struct str path);

#endif
