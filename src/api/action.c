/*
 * action: see action.h. A service's rows stand in one array for each of its
 * files of acts.
 */
#include "api/action.h"

#include "api/cloudtrail/cloudtrail.h"
#include "api/connect/connect.h"
#include "api/ec2/ec2.h"
#include "api/iam/iam_actions.h"
#include "api/sts/sts.h"

static const struct action_rows *const *const services[SERVICE_COUNT] = {
	[SERVICE_CONNECT] = connect_rows,
	[SERVICE_EC2] = ec2_rows,
	[SERVICE_IAM] = iam_actions_rows,
	[SERVICE_STS] = sts_rows,
	[SERVICE_CLOUDTRAIL] = cloudtrail_rows,
};

const struct action *
action_find(enum service s, struct str name)
{
	const struct action_rows *const *r;
	size_t i;

	for (r = services[s]; *r != NULL; r++) {
		for (i = 0; i < (*r)->n; i++) {
			if (str_eq_c(name, (*r)->rows[i].name))
				return &(*r)->rows[i];
		}
	}
	return NULL;
}
