/*
 * connect: the actions of EC2 Instance Connect (wire.md 1).
 */
#ifndef SVC_CONNECT_CONNECT_H
#define SVC_CONNECT_CONNECT_H

#include "api/action.h"

extern const struct action_rows *const connect_rows[];

/* A public key becomes good for one user of one instance, for a minute. */
struct send_ssh_public_key_input {
	struct str instance_id;
	struct str os_user;
	struct str public_key;
	struct str availability_zone;
	/* found by scope */
	const struct store_instance *instance; /* NULL: no such one */
};
enum awserr send_ssh_public_key_scope(struct call *c);
enum awserr send_ssh_public_key_act(struct call *c);

#endif
