/*
 * entity: what the actions of IAM do with users, groups, roles and the rest
 * alike: find one, make it the target of the decision, and its tags.
 *
 * The functions that find one are for scope. They answer the same to whoever
 * has no permission, whether it is there or not: the decision is made on its
 * ARN, or on that of the name as given (path "/"), and only then NoSuchEntity is
 * told (call_defer).
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
	ENTITY_KIND_COUNT,
};

/* "arn:aws:iam::ACCOUNT:user/PATH/NAME", of the caller's account. */
struct str entity_arn(struct call *c, enum entity_kind k, struct str path, struct str name);
/* A new id of its kind: AIDA..., AGPA..., AROA..., ANPA..., AIPA... */
struct str entity_new_id(struct call *c, enum entity_kind k);

/* "The user with name NAME cannot be found." */
enum awserr entity_missing(struct call *c, enum entity_kind k, struct str name);
/* "User with name NAME already exists." */
enum awserr entity_exists(struct call *c, enum entity_kind k, struct str name);

/*
 * Finds it and adds the target. When ret has no id, it is not there, and the act
 * will not be reached. Of entity_user, name may be absent (p NULL): the caller's
 * own user; a caller that is none gets AWSERR_VALIDATION.
 */
enum awserr entity_user(struct call *c, struct str name, struct store_user *ret);
enum awserr entity_group(struct call *c, struct str name, struct store_group *ret);
enum awserr entity_role(struct call *c, struct str name, struct store_role *ret);
enum awserr entity_instance_profile(struct call *c, struct str name,
    struct store_instance_profile *ret);

/* ---- ListUsers and its kin ---- */

struct entity_list {
	struct str path_prefix;
	struct page page;
};

#define ENTITY_N_LIST_FIELDS (1 + PAGE_N_FIELDS)
extern const struct field entity_list_fields[ENTITY_N_LIST_FIELDS];

/* For scope. The target is the path that is listed, as AWS names it in a denial. */
enum awserr entity_list_target(struct call *c, enum entity_kind k, const struct entity_list *in);
/* For act: which to ask the store for. AWSERR_VALIDATION, of page_read. */
enum awserr entity_list_query(struct call *c, struct entity_list *in, struct store_name_query *ret);

/* ---- policies of an entity ---- */

/* The condition keys iam:PolicyARN and iam:PermissionsBoundary; nothing when empty. */
void entity_policy_context(struct call *c, struct str policy_arn);
void entity_boundary_context(struct call *c, struct str policy_arn);
/* For act: the policy is there, to be a boundary. Empty is fine.
 * AWSERR_NO_SUCH_ENTITY. */
enum awserr entity_boundary_check(struct call *c, struct str policy_arn);
/* Writes <PermissionsBoundary>, when there is one. */
void entity_boundary_out(struct call *c, struct str policy_arn);

/* ---- tags ---- */

/* For act, under the entity's id: sets, removes; a key in another case is the same
 * one. AWSERR_LIMIT_EXCEEDED. */
enum awserr entity_tags_set(struct call *c, enum entity_kind k, struct str id,
    const struct field_list *tags);
enum awserr entity_tags_remove(struct call *c, struct str id, const struct field_strs *keys);
/* Writes <Tags>; of an entity without any nothing, as on AWS. */
enum awserr entity_tags_out(struct call *c, struct str id);
/* The whole answer of ListUserTags and its kin. */
enum awserr entity_tags_list(struct call *c, struct str id, struct page *page);

#endif
