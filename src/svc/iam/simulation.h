/*
 * simulation: the compiled policies that a simulation is about: those that an entity has, as a
 * decision about it would take them, and those that the request brings along. For simulate.c and
 * context_keys.c.
 */
#ifndef SVC_IAM_SIMULATION_H
#define SVC_IAM_SIMULATION_H

#include "api/call.h"
#include "store/store_entity.h"

struct simulation_document {
	struct str text;
	struct iam_policy *compiled;
};

struct simulation {
	struct iam_attached_policy *attached;  /* with names as in SourcePolicyId */
	struct simulation_document *documents; /* what each policy was made of */
	size_t n, cap_attached, cap_documents;
	size_t bytes; /* of all documents together */
};

void simulation_init(struct simulation *s);
void simulation_release(struct simulation *s);

/*
 * For scope: finds the user, group or role of this ARN and makes it the target of the decision. If
 * it does not exist, the id in ret is empty, and AWSERR_NO_SUCH_ENTITY is deferred. Returns
 * AWSERR_NONE, AWSERR_INVALID_INPUT (not such an ARN), or an internal error.
 */
enum awserr simulation_source(struct call *c, struct str given, struct store_entity *ret);

/* Adds the policies that count for the entity; with boundary, its permissions boundary too. Returns
 * AWSERR_NONE, or an internal error, also when a stored document does not parse. */
enum awserr simulation_add_entity(struct call *c, struct simulation *s,
    const struct store_entity *e, bool boundary);
/* Adds documents of the request under the names "PARAMETER.1" and so on. Returns AWSERR_NONE, or
 * AWSERR_INVALID_INPUT (one does not parse). */
enum awserr simulation_add_inputs(struct call *c, struct simulation *s, enum iam_policy_type type,
    const char *parameter, const struct field_strs *documents);

/* The condition keys that the policies ask for, sorted, each once without regard to case. In the
 * call's arena. */
struct field_strs simulation_keys(struct call *c, const struct simulation *s);

/* The row for a list of documents. */
#define SIMULATION_POLICIES_FIELD(name_, input, member, needed) \
	{ \
		.name = (name_), .type = FIELD_STR_LIST, .at = offsetof(input, member), \
		.required = (needed), .max_items = 100, .form = FORM_POLICY_DOCUMENT, .min = 1, \
		.max = 131072 \
	}
#define SIMULATION_SOURCE_FIELD(input, member) \
	{ \
		.name = "PolicySourceArn", .type = FIELD_STR, .at = offsetof(input, member), \
		.required = true, .form = FORM_IAM_ARN, .min = 20, .max = 2048 \
	}

#endif
