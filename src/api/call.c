/*
 * call: see call.h.
 */
#include "api/call.h"

#include <assert.h>
#include <stdarg.h>

#include "aws/arn.h"
#include "base/array.h"
#include "base/log.h"

#define MAX_MESSAGE_BYTES 2048

enum awserr
call_fail(struct call *c, enum awserr e, const char *fmt, ...)
{
	char text[MAX_MESSAGE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->message = arena_str(c->arena, str_of(text));
	return e;
}

enum awserr
call_defer(struct call *c, enum awserr e)
{
	if (e == AWSERR_INTERNAL || e == AWSERR_SERVICE_EXCEPTION)
		return e;
	if (c->deferred == AWSERR_NONE) {
		c->deferred = e;
		c->deferred_message = c->message;
	}
	c->message = STR("");
	return AWSERR_NONE;
}

enum awserr
call_internal(struct call *c, const char *what, int err)
{
	enum awserr e = c->service == SERVICE_CONNECT ? AWSERR_SERVICE_EXCEPTION : AWSERR_INTERNAL;
	struct errinfo ei = { "" };

	c->message = STR("");
	if (c->leaves)
		return e;
	if (c->crowded)
		return AWSERR_THROTTLED;
	if (err == ERR_STORE || err == ERR_FULL)
		store_error(c->region->store, &ei);
	log_error("internal", log_s("req", c->req->request_id), log_s("op", c->operation),
	    log_c("at", what), log_e(err), log_c("why", ei.text));
	return e;
}

static struct str
arn_of(struct call *c, struct str service, struct str account, struct str resource)
{
	const struct arn arn = { .partition = STR("aws"),
		.service = service,
		.region = c->region->name,
		.account = account,
		.resource = resource };
	struct str out;
	struct buf b;

	buf_init(&b, 4096);
	arn_write(&b, &arn);
	out = arena_str(c->arena, buf_view(&b));
	buf_release(&b);
	return out;
}

struct str
call_arn(struct call *c, struct str service, struct str resource)
{
	return arn_of(c, service, c->principal.account_id, resource);
}

static struct call_target *
target_add(struct call *c)
{
	c->targets = array_room_arena(c->arena, c->targets, c->n_targets, &c->cap_targets,
	    sizeof(*c->targets));
	return &c->targets[c->n_targets++];
}

void
call_target(struct call *c, enum ids_type type, struct str id, const struct store_tag *tags,
    size_t n_tags)
{
	/* The names of resource types in audit records are those of CloudFormation. */
	static const char *const names[IDS_TYPE_COUNT] = {
		[IDS_INSTANCE] = "AWS::EC2::Instance",
		[IDS_IMAGE] = "AWS::EC2::Ami",
		[IDS_VPC] = "AWS::EC2::VPC",
		[IDS_SUBNET] = "AWS::EC2::Subnet",
		[IDS_SECURITY_GROUP] = "AWS::EC2::SecurityGroup",
		[IDS_NETWORK_INTERFACE] = "AWS::EC2::NetworkInterface",
		[IDS_KEY_PAIR] = "AWS::EC2::KeyPair",
		[IDS_INSTANCE_CONNECT_ENDPOINT] = "AWS::EC2::InstanceConnectEndpoint",
	};
	struct call_target *t = target_add(c);

	t->arn =
	    arn_of(c, STR("ec2"), ids_arn_has_account(type) ? c->principal.account_id : STR(""),
		arena_fmt(c->arena, "%s/%.*s", ids_resource_type(type), STR_FMT(id)));
	t->audit_type = str_of(names[type]);
	t->audit_name = id;
	t->tags = tags;
	t->n_tags = n_tags;
}

static struct call_target *
target_last(struct call *c)
{
	if (c->filling != NULL)
		return c->filling;
	assert(c->n_targets > 0);
	return &c->targets[c->n_targets - 1];
}

enum awserr
call_tags(struct call *c, struct str id)
{
	struct call_target *t = target_last(c);
	struct store_tag *tags;
	size_t n;
	int r;

	if ((r = store_tag_list(c->region->store, c->arena, id, &tags, &n)) != 0)
		return call_internal(c, "tags", r);
	/* Tags that another account gave to its own resource must not decide here. */
	if (n > 0 && !str_eq(tags[0].account_id, c->principal.account_id))
		n = 0;
	t->tags = tags;
	t->n_tags = n;
	return AWSERR_NONE;
}

enum awserr
call_target_tagged(struct call *c, enum ids_type type, struct str id)
{
	call_target(c, type, id, NULL, 0);
	return call_tags(c, id);
}

void
call_target_later(struct call *c, enum ids_type type, struct str id,
    enum awserr (*fill)(struct call *c, struct str id))
{
	call_target(c, type, id, NULL, 0);
	target_last(c)->fill = fill;
}

void
call_target_arn(struct call *c, struct str arn)
{
	target_add(c)->arn = arn;
}

void
call_target_arn_tags(struct call *c, struct str arn, const struct store_tag *tags, size_t n_tags)
{
	struct call_target *t = target_add(c);

	t->arn = arn;
	t->tags = tags;
	t->n_tags = n_tags;
}

enum awserr
call_target_arn_tagged(struct call *c, struct str arn, struct str id)
{
	struct store_tag *tags;
	size_t n;
	int r;

	if ((r = store_tag_list(c->region->store, c->arena, id, &tags, &n)) != 0)
		return call_internal(c, "tags", r);
	call_target_arn_tags(c, arn, tags, n);
	return AWSERR_NONE;
}

void
call_target_action(struct call *c, const char *iam_action)
{
	target_last(c)->iam_action = iam_action;
}

void
call_target_context_list(struct call *c, struct str key, const struct str *values, size_t n)
{
	struct call_target *t = target_last(c);

	if (t->context == NULL)
		t->context = arena_array(c->arena, CALL_MAX_TARGET_CONTEXT, sizeof(*t->context));
	if (t->n_context == CALL_MAX_TARGET_CONTEXT) {
		c->context_full = true;
		return;
	}
	t->context[t->n_context++] =
	    (struct iam_context_entry){ .key = key, .values = values, .n_values = n };
}

static const struct str *
one_value(struct call *c, struct str value)
{
	struct str *v = arena_alloc(c->arena, sizeof(*v));

	*v = value;
	return v;
}

void
call_target_context(struct call *c, struct str key, struct str value)
{
	call_target_context_list(c, key, one_value(c, value), 1);
}

void
call_context_list(struct call *c, struct str key, const struct str *values, size_t n)
{
	struct iam_context_entry *e;

	if (c->n_context == CALL_MAX_CONTEXT) {
		c->context_full = true;
		return;
	}
	e = &c->context[c->n_context++];
	*e = (struct iam_context_entry){ .key = key, .values = values, .n_values = n };
}

void
call_context(struct call *c, struct str key, struct str value)
{
	call_context_list(c, key, one_value(c, value), 1);
}

void
call_audit_param(struct call *c, const char *name, struct str value)
{
	assert(c->n_params_seen < CALL_MAX_PARAMS);
	c->params_seen[c->n_params_seen++] = (struct call_param){ name, value };
}

struct str
call_new_id(struct call *c, enum ids_type type)
{
	char id[IDS_MAX];

	ids_new(type, c->region->rng, id);
	return arena_str(c->arena, str_of(id));
}
