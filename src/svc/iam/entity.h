/*
 * entity: what the actions of IAM do in the same way with users, groups, roles and so on: find one,
 * make it the target of the decision, and handle its tags.
 *
 * The functions that find one are for scope. A caller without permission gets the same answer
 * whether the entity exists or not. The decision is made on the entity's ARN or, if it does not
 * exist, on the ARN of the name as given (with path "/"). Only after it NoSuchEntity is told
 * (call_defer).
 */
#ifndef SVC_IAM_ENTITY_H
#define SVC_IAM_ENTITY_H

#include "api/call.h"
#include "svc/iam/page.h"
#include "svc/identity/entity_tag.h"
#include "store/store_group.h"
#include "store/store_instance_profile.h"
#include "store/store_role.h"
#include "store/store_user.h"

enum entity_kind {
	ENTITY_USER,
	ENTITY_GROUP,
	ENTITY_ROLE,
	ENTITY_POLICY,
	ENTITY_INSTANCE_PROFILE,
	ENTITY_MFA_DEVICE,
	ENTITY_OIDC_PROVIDER,
	ENTITY_KIND_COUNT,
};

/* The ARN of an entity of the caller's account: "arn:aws:iam::ACCOUNT:user/PATH/NAME". In the
 * arena. */
struct str entity_arn(struct call *c, enum entity_kind k, struct str path, struct str name);
/* A new random id of this kind: AIDA..., AGPA..., AROA..., ANPA..., AIPA... or OIDC... MFA
 * devices have none. In the arena. */
struct str entity_new_id(struct call *c, enum entity_kind k);

/* AWSERR_NO_SUCH_ENTITY: "The user with name NAME cannot be found." */
enum awserr entity_missing(struct call *c, enum entity_kind k, struct str name);
/* AWSERR_ENTITY_EXISTS: "User with name NAME already exists." */
enum awserr entity_exists(struct call *c, enum entity_kind k, struct str name);

/*
 * Finds the entity and adds it as a target. If it does not exist, the id in ret is empty, and the
 * act will not be reached. entity_user takes a name that is absent (p NULL) for the caller's own
 * user; for a caller that is no user it returns AWSERR_VALIDATION. Otherwise returns AWSERR_NONE or
 * an internal error.
 */
enum awserr entity_user(struct call *c, struct str name, struct store_user *ret);
enum awserr entity_group(struct call *c, struct str name, struct store_group *ret);
enum awserr entity_role(struct call *c, struct str name, struct store_role *ret);
enum awserr entity_instance_profile(struct call *c, struct str name,
    struct store_instance_profile *ret);

/* ---- ListUsers and the other lists by path ---- */

struct entity_list {
	struct str path_prefix;
	struct page page;
};

#define ENTITY_N_LIST_FIELDS (1 + PAGE_N_FIELDS)
extern const struct field entity_list_fields[ENTITY_N_LIST_FIELDS];

/* For scope: adds the target, which is the path that is listed. AWS names it in a denial. */
enum awserr entity_list_target(struct call *c, enum entity_kind k, const struct entity_list *in);
/* For act: fills ret with what to ask the store for: one item more than the page has room for.
 * Errors as page_read. */
enum awserr entity_list_query(struct call *c, struct entity_list *in, struct store_name_query *ret);

/* ---- policies of an entity ---- */

/* Adds the condition key iam:PolicyARN or iam:PermissionsBoundary. An empty ARN adds none. */
void entity_policy_context(struct call *c, struct str policy_arn);
void entity_boundary_context(struct call *c, struct str policy_arn);
/* For act: checks that the policy that is to become a boundary exists. An empty ARN is fine.
 * Returns AWSERR_NONE, AWSERR_NO_SUCH_ENTITY, or an internal error. */
enum awserr entity_boundary_check(struct call *c, struct str policy_arn);
/* Writes <PermissionsBoundary>, if there is a boundary. */
void entity_boundary_out(struct call *c, struct str policy_arn);

/* ---- tags ---- */

/* For act: set or remove tags of the entity with this id. A key in another case is the same key.
 * AWSERR_NONE, AWSERR_LIMIT_EXCEEDED, or an internal error. */
enum awserr entity_tags_set(struct call *c, enum entity_kind k, struct str id,
    const struct field_list *tags);
enum awserr entity_tags_remove(struct call *c, struct str id, const struct field_strs *keys);
/* Writes <Tags>. Writes nothing for an entity without tags, as on AWS; only GetPolicy has an empty
 * list then. */
enum awserr entity_tags_out(struct call *c, struct str id);
enum awserr entity_tags_out_always(struct call *c, struct str id);
/* Writes the whole answer of ListUserTags and the like. Errors as page_read, or an internal
 * error. */
enum awserr entity_tags_list(struct call *c, struct str id, struct page *page);

#endif
