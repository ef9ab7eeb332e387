/*
 * principal: see principal.h. Whoever names a role also names its sessions. Pure.
 */
#include "iam/principal.h"

#include "aws/arn.h"

#define UPPER_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* Compiles the ARN of an account, a user, a role or a session of a role. */
static bool
arn_compile(struct str text, struct principal *ret)
{
	static const struct {
		const char *service, *resource;
	} kinds[] = {
		{ "iam", "user/" },
		{ "iam", "role/" },
		{ "sts", "assumed-role/" },
		{ "sts", "federated-user/" },
	};
	struct str prefix;
	struct arn arn;
	size_t i;

	if (arn_parse(text, &arn) != 0 || !arn_account_valid(arn.account) || arn.region.n > 0 ||
	    str_index(text, '*') < text.n || str_index(text, '?') < text.n)
		return false;
	*ret = (struct principal){ PRINCIPAL_ACCOUNT, arn.account };
	if (str_eq_c(arn.service, "iam") && str_eq_c(arn.resource, "root"))
		return true;
	*ret = (struct principal){ PRINCIPAL_ARN, text };
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		prefix = str_of(kinds[i].resource);
		if (str_eq_c(arn.service, kinds[i].service) && arn.resource.n > prefix.n &&
		    str_starts(arn.resource, prefix))
			return true;
	}
	return false;
}

static int
aws_compile(struct compile *c, struct str text, struct principal *ret)
{
	if (str_eq_c(text, "*"))
		*ret = (struct principal){ PRINCIPAL_EVERYBODY, text };
	else if (arn_account_valid(text))
		*ret = (struct principal){ PRINCIPAL_ACCOUNT, text };
	else if (text.n >= 16 && text.n <= 128 && str_all_in(text, UPPER_DIGITS))
		*ret = (struct principal){ PRINCIPAL_ID, text };
	else if (!arn_compile(text, ret))
		return compile_fail(c, "not a principal");
	return 0;
}

static int
other_compile(struct compile *c, struct str text, enum principal_kind kind, struct principal *ret)
{
	if (text.n == 0 || str_has_ctl(text) || str_index(text, '*') < text.n)
		return compile_fail(c, "not a principal");
	*ret = (struct principal){ kind, text };
	return 0;
}

/* Compiles the principals of one member, such as {"AWS": ...}, for which kind is PRINCIPAL_ARN. */
static int
member_compile(struct compile *c, const struct json *v, enum principal_kind kind,
    struct principal *ret, size_t *at)
{
	struct str text;
	size_t i, n;
	int r;

	if ((r = compile_count(c, v, &n)) != 0)
		return r;
	for (i = 0; i < n; i++)
		if ((r = compile_text(c, v, i, false, &text)) != 0 ||
		    (r = kind == PRINCIPAL_ARN ? aws_compile(c, text, &ret[(*at)++])
					       : other_compile(c, text, kind, &ret[(*at)++])) != 0)
			return r;
	return 0;
}

static bool
known(struct str name, enum principal_kind *ret)
{
	*ret = str_eq_c(name, "AWS")      ? PRINCIPAL_ARN
	    : str_eq_c(name, "Federated") ? PRINCIPAL_FEDERATED
					  : PRINCIPAL_OTHER;
	return *ret != PRINCIPAL_OTHER || str_eq_c(name, "Service") ||
	    str_eq_c(name, "CanonicalUser");
}

static size_t
count(const struct json *v)
{
	struct json_iter it = { .obj = v };
	const struct json *m;
	struct str name;
	size_t n = 0;

	while (json_next(&it, &name, &m))
		n += json_kind(m) == JSON_KIND_ARRAY ? json_len(m) : 1;
	return n;
}

static int
map_compile(struct compile *c, const struct json *v, struct principal_list *ret)
{
	struct json_iter it = { .obj = v };
	struct principal *list;
	const struct json *m;
	enum principal_kind kind;
	struct str name;
	int r;

	if (json_len(v) == 0)
		return compile_fail(c, "an empty list");
	ret->v = list = arena_array(c->arena, count(v), sizeof(*list));
	while (json_next(&it, &name, &m)) {
		compile_enter(c, name);
		if (!known(name, &kind))
			return compile_fail(c, "no such kind of principal");
		if ((r = member_compile(c, m, kind, list, &ret->n)) != 0)
			return r;
		compile_leave(c);
	}
	return 0;
}

int
principal_compile(struct compile *c, const struct json *v, struct principal_list *ret)
{
	struct principal *one;
	struct str text;

	*ret = (struct principal_list){ 0 };
	if (json_kind(v) == JSON_KIND_OBJECT)
		return map_compile(c, v, ret);
	if (json_str(v, &text) != 0 || !str_eq_c(text, "*"))
		return compile_fail(c, "neither an object nor *");
	one = arena_alloc(c->arena, sizeof(*one));
	*one = (struct principal){ PRINCIPAL_EVERYBODY, text };
	*ret = (struct principal_list){ one, 1 };
	return 0;
}

/* Everybody and the account name a web identity for a Deny; to let it in, its provider must be
 * named, so that no policy that was written for users and roles opens to the tokens of an issuer.
 */
static enum principal_match
match_web_identity(const struct principal *p, const struct iam_principal *who)
{
	if (p->kind == PRINCIPAL_FEDERATED && str_eq(p->value, who->arn))
		return PRINCIPAL_ITSELF;
	return p->kind == PRINCIPAL_EVERYBODY ||
		(p->kind == PRINCIPAL_ACCOUNT && str_eq(p->value, who->account_id))
	    ? PRINCIPAL_BY_ACCOUNT
	    : PRINCIPAL_NOT;
}

static enum principal_match
match_one(const struct principal *p, const struct iam_principal *who)
{
	if (who->type == IAM_WEB_IDENTITY)
		return match_web_identity(p, who);
	switch (p->kind) {
	case PRINCIPAL_EVERYBODY:
		return who->type == IAM_ASSUMED_ROLE ? PRINCIPAL_BY_ROLE : PRINCIPAL_ITSELF;
	case PRINCIPAL_ACCOUNT:
		return str_eq(p->value, who->account_id) ? PRINCIPAL_BY_ACCOUNT : PRINCIPAL_NOT;
	case PRINCIPAL_ARN:
		if (str_eq(p->value, who->arn))
			return PRINCIPAL_ITSELF;
		return who->role_arn.n > 0 && str_eq(p->value, who->role_arn) ? PRINCIPAL_BY_ROLE
									      : PRINCIPAL_NOT;
	case PRINCIPAL_ID:
		/* The id of a session is "ROLE-ID:NAME"; the trust policy holds the role's id. */
		if (!str_eq(p->value, str_head(who->user_id, str_index(who->user_id, ':'))))
			return PRINCIPAL_NOT;
		return who->type == IAM_ASSUMED_ROLE ? PRINCIPAL_BY_ROLE : PRINCIPAL_ITSELF;
	case PRINCIPAL_FEDERATED:
	case PRINCIPAL_OTHER:
		break;
	}
	return PRINCIPAL_NOT;
}

enum principal_match
principal_match(const struct principal_list *l, const struct iam_principal *who)
{
	enum principal_match best = PRINCIPAL_NOT, m;
	size_t i;

	for (i = 0; i < l->n && best != PRINCIPAL_ITSELF; i++)
		if ((m = match_one(&l->v[i], who)) > best)
			best = m;
	return best;
}
