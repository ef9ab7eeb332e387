/*
 * simulation: the policies that a simulation is about, compiled: those that an
 * entity has, as a decision about it would take them, and those that the request
 * brings along. For simulate.c and context_keys.c.
 */
#ifndef SVC_IAM_SIMULATION_H
#define SVC_IAM_SIMULATION_H

#include "api/call.h"
#include "store/store_entity.h"

struct simulation {
	struct iam_attached_policy *attached; /* names as SourcePolicyId has them */
	struct str *documents;
	struct iam_policy **compiled;
	size_t n, cap;
	size_t bytes; /* of all documents */
};

void simulation_init(struct simulation *s);
void simulation_release(struct simulation *s);

/*
 * For scope: the user, group or role of this ARN, as the target of the decision. Not
 * there: ret has no id, and AWSERR_NO_SUCH_ENTITY waits. AWSERR_INVALID_INPUT.
 */
enum awserr simulation_source(struct call *c, struct str arn, struct store_entity *ret);

/* Adds what counts for the entity; boundary: with its permissions boundary. A stored
 * document that does not parse is an internal error. */
enum awserr simulation_add_entity(struct call *c, struct simulation *s,
    const struct store_entity *e, bool boundary);
/* Adds documents of the request, as "PARAMETER.1" and so on. AWSERR_INVALID_INPUT. */
enum awserr simulation_add_inputs(struct call *c, struct simulation *s, enum iam_policy_type type,
    const char *parameter, const struct field_strs *documents);

/* The condition keys that the policies ask for, each once (without regard to case),
 * sorted. In the arena. */
struct field_strs simulation_keys(struct call *c, const struct simulation *s);

/* The row of a list of documents. */
#define SIMULATION_POLICIES_FIELD(name_, input, member, needed) \
	{ \
		.name = name_, .type = FIELD_STR_LIST, .at = offsetof(input, member), \
		.required = (needed), .max_items = 100, .form = FORM_POLICY_DOCUMENT, .min = 1, \
		.max = 131072 \
	}
#define SIMULATION_SOURCE_FIELD(input, member) \
	{ \
		.name = "PolicySourceArn", .type = FIELD_STR, .at = offsetof(input, member), \
		.required = true, .form = FORM_IAM_ARN, .min = 20, .max = 2048 \
	}

#endif
