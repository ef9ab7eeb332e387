/*
 * input: from the parameters of a request to the input struct of its action,
 * by the action's rows; and back from there to the audit record.
 */
#ifndef API_INPUT_H
#define API_INPUT_H

#include "api/call.h"

/*
 * Fills c->input. A member of the Query protocols that has no row is an error,
 * as on AWS; one of JSON is ignored, as on AWS. AWSERR_NONE, or an error whose
 * message names the member.
 */
enum awserr input_read(struct call *c);

/* requestParameters: the members that were given, or null if none was (EC2: an
 * object without members). */
void input_audit_write(const struct call *c, struct jsonw *w);

/*
 * The rest is for input_query.c and input_json.c, which walk the two kinds of
 * trees. base: the struct that fields are bound to; path: the full name of a
 * member, for messages.
 */
enum awserr input_query_read(struct call *c, const struct field *fields, size_t n,
    const struct query *q, struct str path, void *base);
enum awserr input_json_read(struct call *c, const struct field *fields, size_t n,
    const struct json *v, struct str path, void *base);

/* The place of a member. */
void *input_place(const struct field *f, void *base);
/* "Filter.1" and "Name" are "Filter.1.Name". */
struct str input_path(struct call *c, struct str path, struct str name);
/* Checks and sets. */
enum awserr input_set_str(struct call *c, const struct field *f, struct str path, struct str v,
    void *base);
enum awserr input_set_int(struct call *c, const struct field *f, struct str path, int64_t v,
    void *base);
enum awserr input_check_str(struct call *c, const struct field *f, struct str path, struct str v);
enum awserr input_check_count(struct call *c, const struct field *f, struct str path, size_t n);
/* The answers to a member that is missing, bad, or not supported. */
enum awserr input_missing(struct call *c, struct str path);
enum awserr input_bad(struct call *c, const struct field *f, struct str path, const char *why);
enum awserr input_unsupported(struct call *c, struct str path);

#endif
