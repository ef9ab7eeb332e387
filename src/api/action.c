/*
 * action: see action.h.
 */
#include "api/action.h"

#include "api/connect/connect.h"
#include "api/ec2/ec2.h"
#include "api/sts/sts.h"

const struct action *
action_find(enum service s, struct str name)
{
	const struct action *rows = NULL;
	size_t i, n = 0;

	switch (s) {
	case SERVICE_CONNECT:
		rows = connect_actions;
		n = connect_n_actions;
		break;
	case SERVICE_EC2:
		rows = ec2_actions;
		n = ec2_n_actions;
		break;
	case SERVICE_STS:
		rows = sts_actions;
		n = sts_n_actions;
		break;
	case SERVICE_IAM:
	case SERVICE_CLOUDTRAIL:
	case SERVICE_COUNT:
		break;
	}
	for (i = 0; i < n; i++) {
		if (str_eq_c(name, rows[i].name))
			return &rows[i];
	}
	return NULL;
}
