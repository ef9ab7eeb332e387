/*
 * connect: the rows of EC2 Instance Connect in the action table. Limits are
 * those of the service model (wire.md 1.2).
 */
#include "svc/connect/connect.h"

#define IN struct send_ssh_public_key_input

static const struct field send_ssh_public_key_fields[] = {
	{ .name = "InstanceId",
	    .type = FIELD_STR,
	    .at = offsetof(IN, instance_id),
	    .required = true,
	    .form = FORM_CONNECT_INSTANCE,
	    .min = 10,
	    .max = 32 },
	{ .name = "InstanceOSUser",
	    .type = FIELD_STR,
	    .at = offsetof(IN, os_user),
	    .required = true,
	    .form = FORM_OS_USER,
	    .min = 1,
	    .max = 32 },
	/* Recorded by the act, once it is known to be a public key. */
	{ .name = "SSHPublicKey",
	    .type = FIELD_STR,
	    .at = offsetof(IN, public_key),
	    .required = true,
	    .min = 80,
	    .max = 4096,
	    .audit = "-" },
	{ .name = "AvailabilityZone",
	    .type = FIELD_STR,
	    .at = offsetof(IN, availability_zone),
	    .form = FORM_AVAILABILITY_ZONE,
	    .min = 6,
	    .max = 32 },
};

static const struct action actions[] = {
	{ .name = "SendSSHPublicKey",
	    .iam_action = "ec2-instance-connect:SendSSHPublicKey",
	    .class = ACTION_PUSH,
	    .fields = send_ssh_public_key_fields,
	    .n_fields = FIELD_N(send_ssh_public_key_fields),
	    .input_size = sizeof(IN),
	    .scope = send_ssh_public_key_scope,
	    .act = send_ssh_public_key_act },
};
static const struct action_rows rows = { actions, FIELD_N(actions) };
const struct action_rows *const connect_rows[] = { &rows, NULL };
