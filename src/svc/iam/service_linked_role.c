/*
 * service_linked_role: creates and deletes the role that EC2 Instance Connect works under
 * (wire.md 7.8); no other action can. Source: IAM API reference.
 */
#include "svc/iam/entity.h"
#include "svc/iam/actions.h"
#include "svc/iam/role.h"
#include "store/store_attachment.h"
#include "store/store_policy.h"
#include "store/store_slr_task.h"

#define SERVICE "ec2-instance-connect.amazonaws.com"
/* As AWS's API has it; the user guide has EC2 in it (docs/decisions/0050). */
#define ROLE "AWSServiceRoleForEc2InstanceConnect"
#define POLICY "arn:aws:iam::aws:policy/aws-service-role/Ec2InstanceConnectEndpoint"
#define TRUST \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":" \
	"{\"Service\":\"" SERVICE "\"},\"Action\":\"sts:AssumeRole\"}]}"
#define SESSION_S 3600
#define TASKS_KEPT_S (30 * 86400)

/* ---- CreateServiceLinkedRole ---- */

struct create_input {
	struct str service, description, suffix;
};

static const struct field create_fields[] = {
	{ .name = "AWSServiceName",
	    .type = FIELD_STR,
	    .at = offsetof(struct create_input, service),
	    .required = true,
	    .form = FORM_IAM_NAME,
	    .min = 1,
	    .max = 128 },
	{ .name = "Description",
	    .type = FIELD_STR,
	    .at = offsetof(struct create_input, description),
	    .form = FORM_DESCRIPTION,
	    .min = 0,
	    .max = 1000 },
	{ .name = "CustomSuffix",
	    .type = FIELD_STR,
	    .at = offsetof(struct create_input, suffix),
	    .form = FORM_IAM_NAME,
	    .min = 1,
	    .max = 64 },
};

static struct str
service_path(struct call *c, struct str service)
{
	return arena_fmt(c->arena, ROLE_SERVICE_PATH "%.*s/", STR_FMT(service));
}

static enum awserr
create_scope(struct call *c)
{
	const struct create_input *in = c->input;
	struct str path = service_path(c, in->service), name = STR(ROLE);

	if (!str_eq_c(in->service, SERVICE))
		name = STR("*");
	call_target_arn(c, entity_arn(c, ENTITY_ROLE, path, name));
	call_context(c, STR("iam:AWSServiceName"), in->service);
	return AWSERR_NONE;
}

static enum awserr
policy_attach(struct call *c, struct str role_id)
{
	struct store *st = c->region->store;
	struct store_policy p;
	int r;

	r = store_policy_get(st, c->arena, c->principal.account_id, STR(POLICY), &p);
	if (r != 0 || (r = store_attachment_add(st, role_id, p.policy_id, c->now_s)) != 0)
		return call_internal(c, "policy of a service-linked role", r);
	return AWSERR_NONE;
}

static enum awserr
create_act(struct call *c)
{
	const struct create_input *in = c->input;
	struct store_role v = { .account_id = c->principal.account_id,
		.name = STR(ROLE),
		.created_at = c->now_s,
		.description = in->description,
		.trust_policy = STR(TRUST),
		.max_session_s = SESSION_S,
		.service_name = STR(SERVICE) };
	enum awserr e;
	int r;

	if (!str_eq_c(in->service, SERVICE))
		return call_fail(c, AWSERR_INVALID_INPUT,
		    "The service name %.*s is not one that has a service-linked role here.",
		    STR_FMT(in->service));
	if (in->suffix.p != NULL)
		return call_fail(c, AWSERR_INVALID_INPUT, "Custom suffix is not allowed for %s",
		    SERVICE);
	v.path = service_path(c, in->service);
	v.role_id = entity_new_id(c, ENTITY_ROLE);
	v.arn = entity_arn(c, ENTITY_ROLE, v.path, v.name);
	if ((r = store_role_add(c->region->store, &v)) == ERR_EXISTS)
		return call_fail(c, AWSERR_INVALID_INPUT,
		    "Service role name %s has been taken in this account, please try a "
		    "different suffix.",
		    ROLE);
	if (r != 0)
		return call_internal(c, "role", r);
	if ((e = policy_attach(c, v.role_id)) != AWSERR_NONE)
		return e;
	return role_write(c, &v);
}

/* ---- DeleteServiceLinkedRole ---- */

struct delete_input {
	struct str name;
	struct store_role role; /* set by scope */
};

static const struct field delete_fields[] = {
	{ .name = "RoleName",
	    .type = FIELD_STR,
	    .at = offsetof(struct delete_input, name),
	    .required = true,
	    .form = FORM_IAM_NAME,
	    .min = 1,
	    .max = 64 },
};

static enum awserr
delete_scope(struct call *c)
{
	struct delete_input *in = c->input;

	return entity_role(c, in->name, &in->role);
}

/* Deletes the role with its tags, after detaching its policies. */
static int
role_delete(struct call *c, struct str role_id)
{
	const struct store_attachment_query q = { .entity_id = role_id, .limit = STORE_PAGE_MAX };
	struct store *st = c->region->store;
	struct store_attachment *v;
	size_t i, n;
	int r;

	if ((r = store_attachment_list(st, c->arena, &q, &v, &n)) != 0)
		return r;
	for (i = 0; i < n; i++) {
		if ((r = store_attachment_delete(st, role_id, v[i].policy_id)) != 0)
			return r;
	}
	if ((r = store_tag_delete_all(st, role_id)) != 0)
		return r;
	return store_role_delete(st, role_id);
}

/* Nothing here uses the role, so it is deleted at once, and the task has succeeded when it is
 * first asked for. */
static enum awserr
delete_act(struct call *c)
{
	const struct delete_input *in = c->input;
	const struct store_role *v = &in->role;
	struct store *st = c->region->store;
	struct store_slr_task task = { .account_id = c->principal.account_id,
		.role_name = v->name,
		.status = STORE_SLR_TASK_SUCCEEDED,
		.created_at = c->now_s };
	char uuid[37];
	int r;

	if (v->service_name.n == 0)
		return call_fail(c, AWSERR_NO_SUCH_ENTITY,
		    "The role with name %.*s is not a service-linked role.", STR_FMT(v->name));
	rand_uuid(c->region->rng, uuid);
	task.task_id =
	    arena_fmt(c->arena, "task%.*s%.*s/%s", STR_FMT(v->path), STR_FMT(v->name), uuid);
	if ((r = role_delete(c, v->role_id)) != 0 ||
	    (r = store_slr_task_delete_before(st, c->now_s - TASKS_KEPT_S, NULL)) != 0 ||
	    (r = store_slr_task_add(st, &task)) != 0)
		return call_internal(c, "service-linked role", r);
	out_str(&c->out, "DeletionTaskId", task.task_id);
	return AWSERR_NONE;
}

/* ---- GetServiceLinkedRoleDeletionStatus ---- */

struct status_input {
	struct str task_id;
};

static const struct field status_fields[] = {
	{ .name = "DeletionTaskId",
	    .type = FIELD_STR,
	    .at = offsetof(struct status_input, task_id),
	    .required = true,
	    .min = 1,
	    .max = 1000 },
};

/* The name of the role in the id of a task, which is task/PATH/NAME/UUID. */
static struct str
role_of_task(struct str id)
{
	struct str rest = str_from(id, strlen("task/"));
	size_t n = rest.n;

	while (n > 0 && rest.p[n - 1] != '/')
		n--;
	return n > 1 && str_starts(id, STR("task/")) ? str_head(rest, n - 1) : STR("*");
}

static enum awserr
status_scope(struct call *c)
{
	const struct status_input *in = c->input;

	call_target_arn(c, entity_arn(c, ENTITY_ROLE, STR("/"), role_of_task(in->task_id)));
	return AWSERR_NONE;
}

static const char *
status_name(enum store_slr_task_status s)
{
	switch (s) {
	case STORE_SLR_TASK_NOT_STARTED:
		return "NOT_STARTED";
	case STORE_SLR_TASK_IN_PROGRESS:
		return "IN_PROGRESS";
	case STORE_SLR_TASK_SUCCEEDED:
		return "SUCCEEDED";
	case STORE_SLR_TASK_FAILED:
		break;
	}
	return "FAILED";
}

/* Writes why a deletion failed. In t->usage, each line is the ARN of something that uses the
 * role. */
static void
reason_write(struct call *c, const struct store_slr_task *t)
{
	struct str rest = t->usage, line;

	out_object(&c->out, "Reason");
	out_str(&c->out, "Reason", t->reason);
	out_list(&c->out, "RoleUsageList");
	out_item(&c->out);
	out_str(&c->out, "Region", c->region->name);
	out_list(&c->out, "Resources");
	for (; rest.n > 0; rest = str_from(rest, line.n + 1)) {
		line = str_head(rest, str_index(rest, '\n'));
		out_item_str(&c->out, line);
	}
	out_end(&c->out);
	out_end(&c->out);
	out_end(&c->out);
	out_end(&c->out);
}

static enum awserr
status_act(struct call *c)
{
	const struct status_input *in = c->input;
	struct store_slr_task t;
	int r;

	r = store_slr_task_get(c->region->store, c->arena, c->principal.account_id, in->task_id,
	    &t);
	if (r == ERR_NOTFOUND)
		return call_fail(c, AWSERR_NO_SUCH_ENTITY,
		    "The deletion task with id %.*s cannot be found.", STR_FMT(in->task_id));
	if (r != 0)
		return call_internal(c, "deletion task", r);
	out_c(&c->out, "Status", status_name(t.status));
	if (t.status == STORE_SLR_TASK_FAILED)
		reason_write(c, &t);
	return AWSERR_NONE;
}

static const struct action actions[] = {
	{ IAM_WRITE("CreateServiceLinkedRole", create_fields, struct create_input),
	    .scope = create_scope, .act = create_act },
	{ IAM_WRITE("DeleteServiceLinkedRole", delete_fields, struct delete_input),
	    .scope = delete_scope, .act = delete_act },
	{ IAM_READ("GetServiceLinkedRoleDeletionStatus", status_fields, struct status_input),
	    .scope = status_scope, .act = status_act },
};
const struct action_rows service_linked_role_rows = { actions, FIELD_N(actions) };
