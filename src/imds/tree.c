/*
 * tree: metadata as a table of nodes; see tree.h. A node is a directory or a value. A node
 * that has no value for this guest is neither listed nor found.
 */
#include "imds/tree.h"

#include <assert.h>

#include "codec/bundle.h"
#include "codec/osuser.h"
#include "codec/uri.h"
#include "imds/document.h"

#define MAX_NAME 256 /* bytes of one path segment, decoded */

struct at;

/* Appends a value; false when the guest has none. With out NULL it only tells which. */
typedef bool (*value_fn)(const struct at *at, struct buf *out);
/* Appends the listing of a directory whose names come from data, such as MAC addresses. */
typedef void (*list_fn)(const struct at *at, struct buf *out);
/* True when such a directory has this name. */
typedef bool (*has_fn)(const struct at *at, struct str name);

struct node {
	const char *name;
	value_fn value;              /* the value; of a directory: whether it is there */
	const struct node *children; /* of a directory; ends with a row without name */
	list_fn list;                /* when names are data: lists them */
	has_fn has;                  /* when names are data: children[0] has all of them */
	bool bare;                   /* a directory that is listed without '/' */
};

/* A place on the way through the tree: the view, and the last name that came from data. */
struct at {
	const struct tree_view *v;
	struct str name;
	char bytes[MAX_NAME];
};

static bool
say(struct buf *out, struct str s)
{
	if (s.n == 0)
		return false;
	if (out != NULL)
		buf_str(out, s);
	return true;
}

/* ---- values ---- */

#define MEMBER(fn, member) \
	static bool fn(const struct at *at, struct buf *out) \
	{ \
		return say(out, at->v->guest->desc.member); \
	}
MEMBER(instance_id, instance_id)
MEMBER(private_ip, private_ip)
MEMBER(public_ip, public_ip)
MEMBER(mac, mac)
MEMBER(hostname, hostname)
MEMBER(ami_id, ami_id)
MEMBER(instance_type, instance_type)
MEMBER(availability_zone, availability_zone)
MEMBER(region, region)
MEMBER(domain, domain)
MEMBER(account_id, account_id)
MEMBER(vpc_id, vpc_id)
MEMBER(subnet_id, subnet_id)
MEMBER(public_key, public_key)
MEMBER(user_data, user_data)
MEMBER(availability_zone_id, availability_zone_id)
MEMBER(reservation_id, reservation_id)
MEMBER(interface_id, interface_id)
MEMBER(subnet_cidr, subnet_cidr)
MEMBER(vpc_cidr, vpc_cidr)

#define CONSTANT(fn, text) \
	static bool fn(const struct at *at, struct buf *out) \
	{ \
		(void)at; \
		return say(out, STR(text)); \
	}
CONSTANT(zero, "0")
CONSTANT(action, "none")
CONSTANT(life_cycle, "on-demand")
CONSTANT(monitoring, "disabled")

static bool
partition(const struct at *at, struct buf *out)
{
	static const struct {
		const char *domain, *partition;
	} table[] = {
		{ "amazonaws.com.cn", "aws-cn" },
		{ "c2s.ic.gov", "aws-iso" },
		{ "sc2s.sgov.gov", "aws-iso-b" },
	};
	const struct link_guest *d = &at->v->guest->desc;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (str_eq_c(d->domain, table[i].domain))
			return say(out, str_of(table[i].partition));
	}
	return say(out, str_starts(d->region, STR("us-gov-")) ? STR("aws-us-gov") : STR("aws"));
}

static bool
public_hostname(const struct at *at, struct buf *out)
{
	const struct link_guest *d = &at->v->guest->desc;
	size_t i;

	if (d->public_ip.n == 0 || str_index(d->public_ip, ':') < d->public_ip.n)
		return false;
	if (out == NULL)
		return true;
	buf_c(out, "ec2-");
	for (i = 0; i < d->public_ip.n; i++)
		buf_ch(out, d->public_ip.p[i] == '.' ? '-' : d->public_ip.p[i]);
	buf_fmt(out, ".%.*s.compute.%.*s", STR_FMT(d->region), STR_FMT(d->domain));
	return true;
}

static bool
launch_index(const struct at *at, struct buf *out)
{
	if (out != NULL)
		buf_fmt(out, "%lld", (long long)at->v->guest->desc.ami_launch_index);
	return true;
}

static bool
say_lines(struct buf *out, const struct link_list *list)
{
	size_t i;

	for (i = 0; out != NULL && i < list->n; i++) {
		if (i > 0)
			buf_ch(out, '\n');
		buf_str(out, list->v[i]);
	}
	return list->n > 0;
}

static bool
groups(const struct at *at, struct buf *out)
{
	return say_lines(out, &at->v->guest->desc.security_groups);
}

static bool
group_ids(const struct at *at, struct buf *out)
{
	return say_lines(out, &at->v->guest->desc.security_group_ids);
}

static bool
identity_document(const struct at *at, struct buf *out)
{
	if (out != NULL)
		document_write(&at->v->guest->desc, out);
	return true;
}

/* ---- directories whose names are data ---- */

static bool
mac_has(const struct at *at, struct str name)
{
	return str_eq(at->v->guest->desc.mac, name);
}

static void
mac_list(const struct at *at, struct buf *out)
{
	buf_str(out, at->v->guest->desc.mac);
	buf_c(out, "/\n");
}

static bool
public_ip_has(const struct at *at, struct str name)
{
	return str_eq(at->v->guest->desc.public_ip, name);
}

static void
public_ip_list(const struct at *at, struct buf *out)
{
	buf_str(out, at->v->guest->desc.public_ip);
	buf_ch(out, '\n');
}

static bool
key_index_has(const struct at *at, struct str name)
{
	(void)at;
	return str_eq_c(name, "0");
}

static void
key_index_list(const struct at *at, struct buf *out)
{
	buf_fmt(out, "0=%.*s\n", STR_FMT(at->v->guest->desc.key_name));
}

static const struct link_pair *
tag_find(const struct link_guest *d, struct str name)
{
	size_t i;

	for (i = 0; i < d->tags.n; i++) {
		if (str_eq(d->tags.v[i].name, name))
			return &d->tags.v[i];
	}
	return NULL;
}

static bool
tags(const struct at *at, struct buf *out)
{
	(void)out;
	return at->v->guest->desc.tags.n > 0;
}

static bool
tag_has(const struct at *at, struct str name)
{
	return tag_find(&at->v->guest->desc, name) != NULL;
}

static void
tag_list(const struct at *at, struct buf *out)
{
	const struct link_guest *d = &at->v->guest->desc;
	size_t i;

	for (i = 0; i < d->tags.n; i++) {
		buf_str(out, d->tags.v[i].name);
		buf_ch(out, '\n');
	}
}

/* A tag may have an empty value; it is found all the same. */
static bool
tag_value(const struct at *at, struct buf *out)
{
	const struct link_pair *tag = tag_find(&at->v->guest->desc, at->name);

	if (tag != NULL && out != NULL)
		buf_str(out, tag->value);
	return tag != NULL;
}

/* ---- signed keys (wire.md 5.3 to 5.5) ---- */

static bool
signer(const struct at *at, struct buf *out)
{
	(void)out;
	return at->v->signer != NULL;
}

static bool
signer_cert(const struct at *at, struct buf *out)
{
	return at->v->signer != NULL && say(out, at->v->signer->desc.chain);
}

static const struct link_pair *
staple_find(const struct at *at, struct str name)
{
	const struct link_signer *d = &at->v->signer->desc;
	size_t i;

	for (i = 0; i < d->staples.n; i++) {
		if (str_eq(d->staples.v[i].name, name))
			return &d->staples.v[i];
	}
	return NULL;
}

static bool
staple_has(const struct at *at, struct str name)
{
	return staple_find(at, name) != NULL;
}

static void
staple_list(const struct at *at, struct buf *out)
{
	const struct link_signer *d = &at->v->signer->desc;
	size_t i;

	for (i = 0; i < d->staples.n; i++) {
		buf_str(out, d->staples.v[i].name);
		buf_ch(out, '\n');
	}
}

static bool
staple_value(const struct at *at, struct buf *out)
{
	const struct link_pair *staple = staple_find(at, at->name);

	return staple != NULL && say(out, staple->value);
}

static bool
user_has(const struct at *at, struct str name)
{
	const struct tree_view *v = at->v;

	return keys_live(&v->guest->keys, name, v->signer->desc.signer_id, v->now_ms);
}

static void
user_list(const struct at *at, struct buf *out)
{
	const struct tree_view *v = at->v;

	keys_users_write(&v->guest->keys, v->signer->desc.signer_id, v->now_ms, out);
}

static bool
user_value(const struct at *at, struct buf *out)
{
	const struct tree_view *v = at->v;

	return keys_write(&v->guest->keys, at->name, v->signer->desc.signer_id, v->now_ms, out) ==
	    0;
}

static void
bundle_list(const struct at *at, struct buf *out)
{
	(void)at;
	(void)out;
}

static bool
bundle_has(const struct at *at, struct str name)
{
	(void)at;
	return osuser_valid(name);
}

_Static_assert(LINK_MAX_STAPLES <= BUNDLE_MAX_STAPLES, "a bundle takes all staples");

static bool
bundle_value(const struct at *at, struct buf *out)
{
	const struct link_guest *d = &at->v->guest->desc;
	const struct link_signer *s = &at->v->signer->desc;
	struct bundle b = { .instance_id = d->instance_id,
		.availability_zone = d->availability_zone,
		.domain = d->domain,
		.signer_cert = s->chain,
		.n_staples = s->staples.n };
	struct buf keys;
	size_t i;

	if (out == NULL)
		return true;
	for (i = 0; i < s->staples.n; i++)
		b.staples[i] =
		    (struct bundle_staple){ s->staples.v[i].name, s->staples.v[i].value };
	buf_init(&keys, TREE_MAX_BODY);
	if (keys_write(&at->v->guest->keys, at->name, s->signer_id, at->v->now_ms, &keys) == 0)
		b.active_keys = buf_view(&keys);
	bundle_write(out, &b);
	buf_release(&keys);
	return true;
}

/* ---- the table ---- */

#define END \
	{ \
		.name = NULL \
	}

static const struct node tag_node[] = { { "", .value = tag_value }, END };
static const struct node staple_node[] = { { "", .value = staple_value }, END };
static const struct node user_node[] = { { "", .value = user_value }, END };
static const struct node bundle_node[] = { { "", .value = bundle_value }, END };
static const struct node association_node[] = { { "", .value = private_ip }, END };

static const struct node key_children[] = {
	{ "openssh-key", .value = public_key },
	END,
};
static const struct node key_node[] = { { "", .children = key_children }, END };

static const struct node interface_children[] = {
	{ "device-number", .value = zero },
	{ "interface-id", .value = interface_id },
	{ "ipv4-associations", .value = public_ip, .children = association_node,
	    .list = public_ip_list, .has = public_ip_has },
	{ "local-hostname", .value = hostname },
	{ "local-ipv4s", .value = private_ip },
	{ "mac", .value = mac },
	{ "owner-id", .value = account_id },
	{ "public-hostname", .value = public_hostname },
	{ "public-ipv4s", .value = public_ip },
	{ "security-group-ids", .value = group_ids },
	{ "security-groups", .value = groups },
	{ "subnet-id", .value = subnet_id },
	{ "subnet-ipv4-cidr-block", .value = subnet_cidr },
	{ "vpc-id", .value = vpc_id },
	{ "vpc-ipv4-cidr-block", .value = vpc_cidr },
	{ "vpc-ipv4-cidr-blocks", .value = vpc_cidr },
	END,
};
static const struct node interface_node[] = { { "", .children = interface_children }, END };
static const struct node interfaces_children[] = {
	{ "macs", .children = interface_node, .list = mac_list, .has = mac_has },
	END,
};
static const struct node network_children[] = {
	{ "interfaces", .children = interfaces_children },
	END,
};

static const struct node managed_children[] = {
	{ "active-keys", .children = user_node, .list = user_list, .has = user_has },
	{ "bundle", .children = bundle_node, .list = bundle_list, .has = bundle_has },
	{ "signer-cert", .value = signer_cert },
	{ "signer-ocsp", .children = staple_node, .list = staple_list, .has = staple_has },
	END,
};
static const struct node placement_children[] = {
	{ "availability-zone", .value = availability_zone },
	{ "availability-zone-id", .value = availability_zone_id },
	{ "region", .value = region },
	END,
};
static const struct node services_children[] = {
	{ "domain", .value = domain },
	{ "partition", .value = partition },
	END,
};
static const struct node tags_children[] = {
	{ "instance", .children = tag_node, .list = tag_list, .has = tag_has },
	END,
};

static const struct node meta_data[] = {
	{ "ami-id", .value = ami_id },
	{ "ami-launch-index", .value = launch_index },
	{ "hostname", .value = hostname },
	{ "instance-action", .value = action },
	{ "instance-id", .value = instance_id },
	{ "instance-life-cycle", .value = life_cycle },
	{ "instance-type", .value = instance_type },
	{ "local-hostname", .value = hostname },
	{ "local-ipv4", .value = private_ip },
	{ "mac", .value = mac },
	{ "managed-ssh-keys", .value = signer, .children = managed_children },
	{ "network", .value = mac, .children = network_children },
	{ "placement", .children = placement_children },
	{ "public-hostname", .value = public_hostname },
	{ "public-ipv4", .value = public_ip },
	{ "public-keys", .value = public_key, .children = key_node, .list = key_index_list,
	    .has = key_index_has },
	{ "reservation-id", .value = reservation_id },
	{ "security-groups", .value = groups },
	{ "services", .children = services_children },
	{ "tags", .value = tags, .children = tags_children },
	END,
};

static const struct node identity_children[] = {
	{ "document", .value = identity_document },
	END,
};
static const struct node fws_children[] = {
	{ "instance-monitoring", .value = monitoring },
	END,
};
static const struct node dynamic_children[] = {
	{ "fws", .children = fws_children },
	{ "instance-identity", .children = identity_children },
	END,
};
static const struct node version_children[] = {
	{ "dynamic", .children = dynamic_children, .bare = true },
	{ "meta-data", .children = meta_data, .bare = true },
	{ "user-data", .value = user_data },
	END,
};
static const struct node version_node[] = { { "", .children = version_children }, END };

/* The versions that AWS lists. Each has the whole tree. */
static const char *const versions[] = { "1.0", "2007-01-19", "2007-03-01", "2007-08-29",
	"2007-10-10", "2007-12-15", "2008-02-01", "2008-09-01", "2009-04-04", "2011-01-01",
	"2011-05-01", "2012-01-12", "2014-02-25", "2014-11-05", "2015-10-20", "2016-04-19",
	"2016-06-30", "2016-09-02", "2018-03-28", "2018-08-17", "2018-09-24", "2019-10-01",
	"2020-10-27", "2021-01-03", "2021-03-23", "2021-07-15", "2022-07-09", "2022-09-24",
	"2024-04-11", "latest" };
#define N_VERSIONS (sizeof(versions) / sizeof(versions[0]))

static bool
version_has(const struct at *at, struct str name)
{
	size_t i;

	(void)at;
	for (i = 0; i < N_VERSIONS; i++) {
		if (str_eq_c(name, versions[i]))
			return true;
	}
	return false;
}

static void
version_list(const struct at *at, struct buf *out)
{
	size_t i;

	(void)at;
	for (i = 0; i < N_VERSIONS; i++) {
		buf_c(out, versions[i]);
		buf_ch(out, '\n');
	}
}

static const struct node root = { "", .children = version_node, .list = version_list,
	.has = version_has };

/* ---- walking it ---- */

static bool
is_there(const struct node *n, const struct at *at)
{
	return n->value == NULL || n->value(at, NULL);
}

static const struct node *
child(const struct node *dir, struct at *at, struct str name)
{
	const struct node *n;

	if (dir->has != NULL) {
		if (!dir->has(at, name))
			return NULL;
		memcpy(at->bytes, name.p, name.n);
		at->name = (struct str){ at->bytes, name.n };
		return dir->children;
	}
	for (n = dir->children; n != NULL && n->name != NULL; n++) {
		if (str_eq_c(name, n->name))
			return is_there(n, at) ? n : NULL;
	}
	return NULL;
}

static void
directory_write(const struct node *dir, const struct at *at, struct buf *out)
{
	const struct node *n;

	if (dir->list != NULL) {
		dir->list(at, out);
	} else {
		for (n = dir->children; n->name != NULL; n++) {
			if (!is_there(n, at))
				continue;
			buf_c(out, n->name);
			buf_c(out, n->children != NULL && !n->bare ? "/\n" : "\n");
		}
	}
	/* LF stands between the names, but not behind the last. */
	if (out->n > 0 && out->p[out->n - 1] == '\n')
		out->n--;
}

/* Cuts the next segment off path and decodes it. ERR_NOTFOUND when none is left; ERR_SYNTAX,
 * ERR_TOOBIG. */
static int
segment(struct str *path, struct buf *name)
{
	size_t n;
	int r;

	while (path->n > 0 && path->p[0] == '/')
		*path = str_from(*path, 1);
	if (path->n == 0)
		return ERR_NOTFOUND;
	n = str_index(*path, '/');
	buf_clear(name);
	if ((r = uri_decode(name, str_head(*path, n))) != 0)
		return r;
	*path = str_from(*path, n);
	return buf_err(name);
}

int
tree_get(const struct tree_view *v, struct str path, struct buf *body)
{
	struct at at = { .v = v };
	const struct node *n = &root;
	struct buf name;
	int r;

	if (path.n > TREE_MAX_PATH)
		return ERR_TOOBIG;
	buf_init(&name, MAX_NAME);
	while ((r = segment(&path, &name)) == 0) {
		if ((n = child(n, &at, buf_view(&name))) == NULL) {
			r = ERR_NOTFOUND;
			goto out;
		}
	}
	if (r != ERR_NOTFOUND)
		goto out;
	assert(n->children != NULL || n->value != NULL);
	if (n->children != NULL)
		directory_write(n, &at, body);
	else if (!n->value(&at, body))
		goto out;
	r = buf_err(body);
out:
	buf_release(&name);
	return r;
}
