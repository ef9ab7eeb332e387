/*
 * call: one request on its way through the pipeline, and what an action's
 * functions may do with it. Everything in it lives as long as its arena.
 */
#ifndef API_CALL_H
#define API_CALL_H

#include "api/action.h"
#include "api/out.h"
#include "api/request.h"
#include "api/session.h"
#include "api/state.h"
#include "aws/ids.h"
#include "aws/query.h"
#include "codec/json.h"
#include "iam/iam.h"
#include "store/store_tag.h"

#define CALL_MAX_CONTEXT 192
#define CALL_MAX_TARGET_CONTEXT 96
#define CALL_MAX_PARAMS 4

/* A resource that the action is about. */
struct call_target {
	struct str arn;
	/* Asked for beside the action's own: "ec2:CreateTags" of who launches with
	 * tags. NULL: the action's own. */
	const char *iam_action;
	/* Condition keys of this one alone (ec2:InstanceType of the instance). */
	struct iam_context_entry *context;
	size_t n_context;
	struct str audit_type; /* AWS::EC2::Instance; empty: not in the audit record */
	struct str audit_name; /* i-... */
	const struct store_tag *tags;
	size_t n_tags;
	/* What a denial names in the ARN's stead: as the caller named it, so that the
	 * spelling and the path of what is there are not told. Empty: the ARN. */
	struct str told;
};

/* A request parameter that is recorded only once it was looked into. */
struct call_param {
	const char *name; /* as in the record */
	struct str value;
};

struct call {
	struct api *api; /* for the files of api */
	struct region *region;
	const struct api_request *req;
	struct arena *arena;
	int64_t now_s;

	struct auth *auth; /* between auth_begin and auth_finish */
	/* Decided: what it is answered with, unless its act waits to be finished. */
	enum awserr error;
	bool waits;

	enum service service;
	struct str operation;        /* empty until it is known */
	const struct action *action; /* NULL until it is known */

	bool authentic; /* the four below are true */
	struct iam_principal principal;
	struct session session; /* of temporary credentials */
	struct str access_key_id;
	struct str scope_service; /* of the signature */

	const struct query *params; /* Query protocols */
	struct json *json;          /* JSON protocol; freed by pipeline.c */
	void *input;
	bool dry_run;

	struct call_target *targets;
	size_t n_targets, cap_targets;
	struct iam_context_entry context[CALL_MAX_CONTEXT];
	size_t n_context;
	bool context_full; /* a key did not fit */
	/* Of the role that is to be assumed, set by scope: the decision takes it as
	 * IAM_RESOURCE_POLICY. NULL: none is. Freed by pipeline.c. */
	struct iam_policy *trust;
	enum awserr deferred; /* found by scope, told after the decision */
	struct str deferred_message;

	struct out out;     /* the act writes here */
	struct str message; /* with an error: what is told; empty: the table's own */
	bool denied;        /* by policy: the audit record says less */
	struct str told;    /* of the target that was denied */
	struct str encoded; /* of a denial: for DecodeAuthorizationMessage; told
			     * behind the message, and not recorded */
	struct call_param params_seen[CALL_MAX_PARAMS];
	size_t n_params_seen;
};

/* Sets the message and gives back e: return call_fail(c, AWSERR_X, "...", ...); */
enum awserr call_fail(struct call *c, enum awserr e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/*
 * For scope: a refusal that tells what exists waits until the caller is known to
 * have the permission: return call_defer(c, call_fail(c, AWSERR_X, "...", ...));
 * The first one counts, and the act is not reached. Gives back AWSERR_NONE;
 * internal errors pass through.
 */
enum awserr call_defer(struct call *c, enum awserr e);
/* Something of ours failed: logged here with its code, told as an internal
 * error. ERR_UNAVAIL and ERR_TIMEOUT count as that too: clients retry a 500. */
enum awserr call_internal(struct call *c, const char *what, int err);

/* The ARN of a resource of this account and region: "instance/i-...". */
struct str call_arn(struct call *c, struct str service, struct str resource);
/* Adds what the action is about. tags may be NULL. */
void call_target(struct call *c, enum ids_type type, struct str id, const struct store_tag *tags,
    size_t n_tags);
/* The same with the tags that the caller's resource of this id has; none for one
 * that does not exist, at the same cost. AWSERR_NONE or an internal error. */
enum awserr call_target_tagged(struct call *c, enum ids_type type, struct str id);
/* The same for a resource that is named by its ARN alone. */
void call_target_arn(struct call *c, struct str arn);
/* With tags, which may be NULL; and with those that are stored under its id:
 * AWSERR_NONE or an internal error. */
void call_target_arn_tags(struct call *c, struct str arn, const struct store_tag *tags,
    size_t n_tags);
enum awserr call_target_arn_tagged(struct call *c, struct str arn, struct str id);

/* Of the target added last: another action than the row's ("iam:TagRole"). */
void call_target_action(struct call *c, const char *iam_action);

/* Adds a condition key. When one does not fit, the request is denied. Keys of the
 * caller, of the request as such and of targets' tags are authz.c's. */
void call_context(struct call *c, struct str key, struct str value);
void call_context_list(struct call *c, struct str key, const struct str *values, size_t n);
/* The same, for the target added last alone. */
void call_target_context(struct call *c, struct str key, struct str value);
void call_target_context_list(struct call *c, struct str key, const struct str *values, size_t n);

/* Adds to the audit record's requestParameters what its row left out ("-"). */
void call_audit_param(struct call *c, const char *name, struct str value);

/* A new id in the arena. */
struct str call_new_id(struct call *c, enum ids_type type);

#endif
