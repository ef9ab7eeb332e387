/*
 * actions: the actions of EC2 (docs/wire.md 4). Each entity has a file with its rows and acts, and
 * exports its rows here; the list of them is in actions.c.
 *
 * Every parameter that AWS has has a row (tests/unit/svc/catalog). One that is not here says
 * "unsupported", so that nobody looks for a mistake in its name.
 */
#ifndef SVC_EC2_ACTIONS_H
#define SVC_EC2_ACTIONS_H

#include "api/action.h"

extern const struct action_rows *const ec2_actions[];

extern const struct action_rows image_rows;
extern const struct action_rows instance_describe_rows;
extern const struct action_rows instance_state_rows;
extern const struct action_rows run_instances_rows;
extern const struct action_rows security_group_rows;
extern const struct action_rows subnet_rows;
extern const struct action_rows tags_rows;
extern const struct action_rows vpc_rows;
extern const struct action_rows zone_rows;

/* The beginning of a row. .scope and .act follow it. */
#define EC2_WRITE(NAME, FIELDS, INPUT) \
	.name = (NAME), .iam_action = "ec2:" NAME, .class = ACTION_OTHER, .fields = (FIELDS), \
	.n_fields = FIELD_N(FIELDS), .input_size = sizeof(INPUT)
#define EC2_READ(NAME, FIELDS, INPUT) EC2_WRITE(NAME, FIELDS, INPUT), .read_only = true
/* The whole row of a Describe action (describe.h). */
#define EC2_DESCRIBE(NAME, FIELDS, ENTITY) \
	EC2_READ(NAME, FIELDS, struct describe_input), .act = describe_act, .about = &(ENTITY)

#endif
