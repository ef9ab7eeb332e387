/*
 * call: one request on its way through the pipeline, and what the functions of an action may do
 * with it. What it points to lives as long as its arena; pipeline.c frees the exceptions: out, json
 * and trust.
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
	/* Looks up what the decision about this target needs of the store; see call_target_later.
	 * NULL: it is all there. */
	enum awserr (*fill)(struct call *c, struct str id);
	/* The permission to ask for instead of the action's own. Who launches an instance with tags
	 * needs "ec2:CreateTags" too. NULL: the action's own. */
	const char *iam_action;
	/* Condition keys for this target alone, such as an instance's ec2:InstanceType. */
	struct iam_context_entry *context;
	size_t n_context;
	struct str audit_type; /* AWS::EC2::Instance; empty: found from the ARN, for IAM */
	struct str audit_name; /* i-... */
	const struct store_tag *tags;
	size_t n_tags;
	/* What a denial names instead of the ARN: the name as the caller wrote it, so that the
	 * denial does not tell the spelling and path of what exists. Empty: the ARN. */
	struct str told;
};

/* A request parameter that the record gets only after the act has checked it. */
struct call_param {
	const char *name; /* in the record */
	struct str value;
};

struct call {
	struct api *api; /* only for the files of this room */
	struct region *region;
	const struct api_request *req;
	struct arena *arena;
	int64_t now_s;

	struct auth *auth;    /* from auth_begin to auth_finish */
	struct str signature; /* 32 bytes; set with authentic, as is signed_at_s */
	int64_t signed_at_s;
	/* What the request is answered with, unless it is unfinished. */
	enum awserr error;
	bool unfinished;       /* act has begun what finish ends */
	bool leaves;           /* it leaves its batch undone, to wait for an answer */
	bool crowded;          /* it may not wait, because too many do */
	bool too_fast;         /* its principal makes too many: refused before it was read */
	bool stranger;         /* it has no signature (api/stranger.h) */
	struct parked *parked; /* what it asked that takes long (api/parked.h); NULL: nothing */

	/* What it has cost until now, in steps of a decision (iam/steps.h). */
	uint64_t work;

	enum service service;
	struct str operation;        /* empty until it is known */
	const struct action *action; /* NULL until it is known */

	bool authentic; /* the five members below are set */
	struct iam_principal principal;
	/* The id of the user, or the ARN of the root, whose long-term key the request goes back to,
	 * through however many sessions; of sessions that were got with an issuer's token, the id
	 * of the provider; of a stranger, the address (cidr_host). */
	struct str owner;
	struct session session; /* temporary is false for a long-term key */
	struct str access_key_id;
	struct str scope_service; /* the service that the request was signed for */

	const struct query *params; /* with a Query protocol, else NULL */
	struct json *json;          /* with JSON, else NULL */
	void *input;
	const void *asked; /* a copy of it from before scope, which may fill in what is not given */
	/* In IAM and STS, what is wrong with the parameters read so far (api/violation.h). */
	struct str violations;
	size_t n_violations;
	bool dry_run;

	struct call_target *targets;
	size_t n_targets, cap_targets;
	struct call_target *filling; /* the target whose fill runs, or NULL */
	size_t n_decided;            /* how many of the targets were decided about */
	struct iam_context_entry context[CALL_MAX_CONTEXT];
	size_t n_context;
	bool context_full; /* a condition key did not fit: the request is denied */
	/* The trust policy of the role that is to be assumed. scope sets it, and the decision takes
	 * it as IAM_RESOURCE_POLICY. NULL: the action assumes no role. */
	struct iam_policy *trust;
	enum awserr deferred; /* scope found it; told after the decision */
	struct str deferred_message;

	struct out out;     /* the act writes the answer here */
	struct str message; /* of an error; empty: the standard text of the error */
	bool denied;        /* by a policy: the audit record leaves the parameters out */
	struct str told;    /* told of the target that was denied */
	/* The encoded message of a denial (denial.h). It is told behind message, and not
	 * recorded. */
	struct str encoded;
	struct call_param params_seen[CALL_MAX_PARAMS];
	size_t n_params_seen;
};

/* Sets the message and returns e: return call_fail(c, AWSERR_X, "...", ...); */
enum awserr call_fail(struct call *c, enum awserr e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/*
 * For scope: a refusal that would tell what exists waits until the decision has shown that the
 * caller has the permission: return call_defer(c, call_fail(c, AWSERR_X, "...", ...)); Only the
 * first one is told, and then act is not called. Returns AWSERR_NONE, but an internal error as it
 * is.
 */
enum awserr call_defer(struct call *c, enum awserr e);
/* For a failure of ours: logs err and returns the internal error that the client is told. That is a
 * 500 even for ERR_UNAVAIL and ERR_TIMEOUT, because clients retry a 500. If the request leaves its
 * batch (leaves), nothing has failed and nothing is logged. If it had to wait and may not
 * (crowded), the result is AWSERR_THROTTLED. */
enum awserr call_internal(struct call *c, const char *what, int err);

/* The ARN of a resource of this region and the caller's account. resource: "instance/i-...". */
struct str call_arn(struct call *c, struct str service, struct str resource);
/* Adds an EC2 resource to what the action is about. tags may be NULL. */
void call_target(struct call *c, enum ids_type type, struct str id, const struct store_tag *tags,
    size_t n_tags);
/* The same with the tags of the resource of this id, if the caller's account has one. One that does
 * not exist has no tags, at the same cost. Returns AWSERR_NONE or an internal error. */
enum awserr call_target_tagged(struct call *c, enum ids_type type, struct str id);
/*
 * The same for one of many. fill is called with id when it is this target's turn to be decided
 * about, and looks up its tags (call_tags) and condition keys (call_target_context). So what stands
 * behind a target that is denied costs nothing. A resource that does not exist must take the same
 * lookups. What a fill has put into the arena is gone after the decision.
 */
void call_target_later(struct call *c, enum ids_type type, struct str id,
    enum awserr (*fill)(struct call *c, struct str id));
/* Gives the target added last, or the one whose fill calls this, the tags of the resource of this
 * id, as call_target_tagged does. */
enum awserr call_tags(struct call *c, struct str id);
/* The same for a resource that is named by its ARN alone. */
void call_target_arn(struct call *c, struct str arn);
/* The same with these tags, which may be NULL; and with the tags stored under id. Returns
 * AWSERR_NONE or an internal error. */
void call_target_arn_tags(struct call *c, struct str arn, const struct store_tag *tags,
    size_t n_tags);
enum awserr call_target_arn_tagged(struct call *c, struct str arn, struct str id);

/* For the target added last: sets another permission than the row's, such as "iam:TagRole". */
void call_target_action(struct call *c, const char *iam_action);

/* Adds a condition key. If it does not fit any more, the request is denied. The keys of the caller,
 * of the request as such and of targets' tags are added by authz_context.c. */
void call_context(struct call *c, struct str key, struct str value);
void call_context_list(struct call *c, struct str key, const struct str *values, size_t n);
/* The same for the target added last alone, or for the one whose fill calls this. */
void call_target_context(struct call *c, struct str key, struct str value);
void call_target_context_list(struct call *c, struct str key, const struct str *values, size_t n);

/* Adds a member to the audit record's requestParameters, which the row of the field left out ("-").
 * At most CALL_MAX_PARAMS for a call. */
void call_audit_param(struct call *c, const char *name, struct str value);

/* A new random id, in the arena. */
struct str call_new_id(struct call *c, enum ids_type type);

#endif
