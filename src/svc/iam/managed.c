/*
 * managed: see managed.h.
 */
#include "svc/iam/managed.h"

#include <assert.h>
#include <string.h>

#include "store/store_policy.h"

#define ARN_PREFIX "arn:aws:iam::aws:policy"
#define MAX_BYTES (1u << 20)

struct row {
	const char *policy_id; /* in a store that has no such policy yet */
	const char *name;
	const char *path;
	const char *description;
};

static const struct row rows[] = {
	{ "ANPAUJZDEGXDNCF32EPFA", "AdministratorAccess", "/",
	    "Provides full access to everything." },
	{ "ANPA3DHODZDOCIS2JHTLA", "AmazonEC2FullAccess", "/", "Provides full access to EC2." },
	{ "ANPAGMXGEDN73U55XTPLA", "AmazonEC2ReadOnlyAccess", "/",
	    "Provides read-only access to EC2." },
	{ "ANPAPFT7V4SEH2KVJ72CA", "AWSCloudTrail_ReadOnlyAccess", "/",
	    "Provides read-only access to CloudTrail." },
	{ "ANPAEUVW75EFR6EDT4SYA", "EC2InstanceConnect", "/",
	    "Allows to push an SSH key to any instance, and to find instances." },
	{ "ANPAWB5WKH7DNSIPZZ7FA", "IAMFullAccess", "/", "Provides full access to IAM." },
	{ "ANPAK4ZRI3R2WYOJFLJOA", "IAMReadOnlyAccess", "/", "Provides read-only access to IAM." },
	{ "ANPAOA7LQSAJ2XUID5ZZA", "IAMUserChangePassword", "/",
	    "Allows a user to change the own password." },
	{ "ANPAZZG6ZDMEN4KHVDGAA", "ReadOnlyAccess", "/",
	    "Provides read-only access to all services and resources." },
	{ "ANPAJGXBENYJQWX6HH75A", "SecurityAudit", "/",
	    "Allows to read the configuration for an audit of its security." },
	{ "ANPA66TFJGVQ6KBNXJBTA", "Ec2InstanceConnectEndpoint", MANAGED_SERVICE_PATH,
	    "Allows EC2 Instance Connect Endpoints to keep their network interfaces." },
};

static struct str
document_of(const char *name)
{
	size_t i;

	for (i = 0; i < managed_json_count; i++) {
		if (strcmp(managed_json[i].name, name) == 0)
			break;
	}
	assert(i < managed_json_count); /* every policy of the table has one */
	return str_trim(str_of(managed_json[i].text));
}

static int
update_document(struct store *st, struct arena *a, const struct store_policy *p,
    struct str document, int64_t now_s)
{
	struct store_policy_version v,
	    next = { .policy_id = p->policy_id,
		    .document = document,
		    .created_at = now_s,
		    .is_default = true };
	int r;

	if ((r = store_policy_version_get(st, a, p->policy_id, p->default_version, &v)) != 0)
		return r;
	return str_eq(v.document, document) ? 0 : store_policy_version_add(st, &next, NULL);
}

static int
update(struct store *st, struct arena *a, const struct row *row, int64_t now_s)
{
	struct store_policy there,
	    p = { .policy_id = str_of(row->policy_id),
		    .name = str_of(row->name),
		    .path = str_of(row->path),
		    .description = str_of(row->description),
		    .created_at = now_s };
	int r;

	p.arn = arena_fmt(a, "%s%s%s", ARN_PREFIX, row->path, row->name);
	if ((r = store_policy_get(st, a, STR(""), p.arn, &there)) == ERR_NOTFOUND)
		return store_policy_add(st, &p, document_of(row->name));
	return r != 0 ? r : update_document(st, a, &there, document_of(row->name), now_s);
}

int
managed_update(struct region *region, void *ctx)
{
	int64_t now_s = clock_wall_s(region->clock);
	struct arena *a = arena_new(MAX_BYTES);
	size_t i;
	int r = 0;

	(void)ctx;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]) && r == 0; i++)
		r = update(region->store, a, &rows[i], now_s);
	arena_free(a);
	return r;
}
