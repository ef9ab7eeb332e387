/*
 * catalog: see catalog.h.
 */
#include "svc/catalog/catalog.h"

#include "region/task.h"
#include "svc/cloudtrail/cloudtrail.h"
#include "svc/connect/connect.h"
#include "svc/ec2/ec2.h"
#include "svc/iam/iam_actions.h"
#include "svc/iam/managed.h"
#include "svc/sts/sts.h"

const struct action_table catalog_actions = { {
    [SERVICE_CONNECT] = connect_rows,
    [SERVICE_EC2] = ec2_rows,
    [SERVICE_IAM] = iam_actions_rows,
    [SERVICE_STS] = sts_rows,
    [SERVICE_CLOUDTRAIL] = cloudtrail_rows,
} };

/* The managed policies of AWS are those of this version of the program. */
int
catalog_start(struct region *region, struct errinfo *ei)
{
	int r;

	if ((r = task_run(region, managed_update, NULL)) != 0)
		store_error(region->store, ei);
	return r;
}
