/*
 * catalog: see catalog.h.
 */
#include "svc/catalog/catalog.h"

#include "region/task.h"
#include "svc/cloudtrail/actions.h"
#include "svc/connect/actions.h"
#include "svc/ec2/actions.h"
#include "svc/iam/actions.h"
#include "svc/iam/managed.h"
#include "svc/sts/actions.h"

const struct action_table catalog_actions = { {
    [SERVICE_CONNECT] = connect_actions,
    [SERVICE_EC2] = ec2_actions,
    [SERVICE_IAM] = iam_actions,
    [SERVICE_STS] = sts_actions,
    [SERVICE_CLOUDTRAIL] = cloudtrail_actions,
} };

/* Brings AWS's managed policies in the store up to this version of the program. */
int
catalog_start(struct region *region, struct errinfo *ei)
{
	int r;

	if ((r = task_run(region, managed_update, NULL)) != 0)
		store_error(region->store, ei);
	return r;
}
