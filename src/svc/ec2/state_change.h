/*
 * state_change: what StartInstances, StopInstances and TerminateInstances
 * share: all instances are there, each changes or stays, and the answer has
 * the state before and now (wire.md 4.3).
 */
#ifndef SVC_EC2_STATE_CHANGE_H
#define SVC_EC2_STATE_CHANGE_H

#include "api/call.h"
#include "svc/ec2/ec2.h"

enum state_change {
	STATE_CHANGE_DO,      /* into the transitional state */
	STATE_CHANGE_NOTHING, /* it is there, or on its way there: no error */
	STATE_CHANGE_REFUSE,  /* AWSERR_INCORRECT_INSTANCE_STATE */
};

struct state_change_ops {
	const char *verb; /* "started": for the message */
	enum state_change (*decide)(enum store_instance_state s);
	/* Changes v, writes it and gives compute its job. */
	enum awserr (*change)(struct call *c, struct store_instance *v);
};

/* The body of an act; all or none change. */
enum awserr state_change_run(struct call *c, const struct state_change_ops *ops);

#endif
