/*
 * admit: see admit.h. It walks the JSON and not the compiled form, because the messages repeat what
 * was written. Pure.
 */
#include "iam/admit.h"

#include "iam/document.h"
#include "iam/glob.h"
#include "iam/service_name.h"

#define VENDOR "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."
#define PATTERN_BYTES 512 /* of the longest pattern that is compared with names */

/* Appends a text of the policy, with "?" for each byte that is not printable ASCII. */
static void
show(struct buf *b, struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		buf_ch(b, s.p[i] >= 0x20 && s.p[i] < 0x7f ? s.p[i] : '?');
}

/* Appends a message about a text of the policy. Always returns ERR_SYNTAX. */
static int
refuse(struct buf *why, const char *before, struct str text, const char *behind)
{
	buf_c(why, before);
	show(why, text);
	buf_c(why, behind);
	return ERR_SYNTAX;
}

/* Does a pattern, with wildcards as they are written, match the text? Case does not count. */
static bool
like(struct str pattern, const char *text)
{
	struct steps steps = { UINT64_C(1) << 16 };
	char lower[PATTERN_BYTES];
	size_t i;

	if (pattern.n > sizeof(lower))
		return false;
	for (i = 0; i < pattern.n; i++)
		lower[i] = pattern.p[i] == '*' ? GLOB_STAR
		    : pattern.p[i] == '?'      ? GLOB_ONE
					       : str_lower(pattern.p[i]);
	return glob_match(str_of_n(lower, pattern.n), str_of(text), &steps);
}

static bool
any_like(struct str pattern, const char *const *texts, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (like(pattern, texts[i]))
			return true;
	return false;
}

/* ---- actions ---- */

static int
vendor_check(struct str action, struct buf *why)
{
	struct str vendor = str_head(action, str_index(action, ':'));

	if (str_eq_c(vendor, "*") || str_all_in(vendor, VENDOR))
		return 0;
	return refuse(why, "Vendor ", vendor, " is not valid");
}

static int
trust_action_check(struct str action, struct buf *why)
{
	static const char *const actions[] = { "sts:assumerole", "sts:assumerolewithsaml",
		"sts:assumerolewithwebidentity", "sts:setcontext", "sts:setsourceidentity",
		"sts:tagsession" };

	if (str_eq_nocase(str_head(action, 4), STR("sts:")) &&
	    any_like(action, actions, sizeof(actions) / sizeof(*actions)))
		return 0;
	return refuse(why, "AssumeRole policy may only specify STS AssumeRole actions.", STR(""),
	    "");
}

static int
service_check(struct str principal, struct buf *why)
{
	if (service_name_known(principal))
		return 0;
	return refuse(why, "Invalid principal in policy: \"SERVICE\":\"", principal, "\"");
}

/* ---- resources ---- */

/* Takes what comes before the next colon off the front. False when there is no colon: then all of
 * it is taken. */
static bool
take(struct str *s, struct str *ret)
{
	size_t colon = str_index(*s, ':');
	bool more = colon < s->n;

	*ret = str_head(*s, colon);
	*s = str_from(*s, colon + 1);
	return more;
}

static int
partition_check(struct str partition, struct str rest, struct buf *why)
{
	static const char *const partitions[] = { "aws", "aws-cn", "aws-us-gov", "aws-eusc",
		"aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f" };
	struct str part;
	size_t i;
	int r;

	if (any_like(partition, partitions, sizeof(partitions) / sizeof(*partitions)))
		return 0;
	r = refuse(why, "Partition \"", partition, "\" is not valid for resource \"arn:");
	show(why, partition);
	for (i = 0; i < 3; i++) {
		part = STR("*");
		if (rest.n > 0)
			(void)take(&rest, &part);
		buf_ch(why, ':');
		show(why, part);
	}
	buf_ch(why, ':');
	show(why, rest.n > 0 ? rest : STR("*"));
	buf_c(why, "\".");
	return r;
}

/* The part behind the account of an ARN of IAM. */
static int
iam_path_check(struct str path, struct buf *why)
{
	static const char *const types[] = { "user/", "federated-user/", "role/", "group/",
		"instance-profile/", "mfa/", "server-certificate/", "policy/", "sms-mfa/",
		"saml-provider/", "oidc-provider/", "report/", "access-report/" };
	size_t i;

	if (str_eq_c(path, "*"))
		return 0;
	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (str_starts(path, str_of(types[i])))
			return 0;
	buf_c(why, "IAM resource path must either be \"*\" or start with ");
	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		buf_c(why, i > 0 ? ", " : "");
		buf_c(why, types[i]);
	}
	buf_c(why, ".");
	return ERR_SYNTAX;
}

static int
resource_check(struct str text, struct buf *why)
{
	struct str rest = str_from(text, 4), partition, service, region, account;
	int r;

	if (str_all_in(text, "*"))
		return 0;
	(void)take(&rest, &partition);
	if ((r = partition_check(partition, rest, why)) != 0)
		return r;
	if (!take(&rest, &service))
		return 0; /* the rest is missing, and means "*" */
	if (!take(&rest, &region) && !str_eq_c(service, "iam"))
		return 0;
	(void)take(&rest, &account);
	if (str_eq_c(service, "iam") && region.n > 0)
		return refuse(why, "IAM resource ", text, " cannot contain region information.");
	/* A bucket has neither region nor account; an access point has both. */
	if (str_eq_c(service, "s3") && region.n > 0 && account.n == 0)
		return refuse(why, "Resource ", text, " can not contain region information.");
	return str_eq_c(service, "iam") ? iam_path_check(rest, why) : 0;
}

/* ---- the document ---- */

typedef int text_check(struct str text, struct buf *why);

/* Checks each text of an element, which is one or a list of them. NULL has none. */
static int
each(const struct json *v, text_check *check, struct buf *why)
{
	size_t i, n = v == NULL ? 0 : compile_len(v);
	struct str text;
	int r = 0;

	for (i = 0; i < n && r == 0; i++)
		if (json_str(json_kind(v) == JSON_KIND_ARRAY ? json_at(v, i) : v, &text) == 0)
			r = check(text, why);
	return r;
}

static int
statement_check(const struct json *v, enum admit_as as, struct buf *why)
{
	int r;

	if ((r = each(json_get(v, "Action"), vendor_check, why)) != 0 ||
	    (r = each(json_get(v, "NotAction"), vendor_check, why)) != 0)
		return r;
	if (as == ADMIT_TRUST) {
		r = each(json_get(v, "Action"), trust_action_check, why);
		return r != 0
		    ? r
		    : each(json_get(json_get(v, "Principal"), "Service"), service_check, why);
	}
	if ((r = each(json_get(v, "Resource"), resource_check, why)) != 0)
		return r;
	return each(json_get(v, "NotResource"), resource_check, why);
}

int
admit_check(const struct iam_policy *p, enum admit_as as, struct buf *why)
{
	size_t i;
	int r = 0;

	if (as == ADMIT_MANAGED && !p->variables) {
		buf_c(why, "Policy document must be version 2012-10-17 or greater.");
		return ERR_SYNTAX;
	}
	for (i = 0; i < p->n && r == 0; i++)
		r = statement_check(document_statement(p, i), as, why);
	return r;
}
