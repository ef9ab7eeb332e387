/*
 * init_world: the rows of a new installation: the account, its first access key, an image, and
 * the network that AWS gives to a new account, a default VPC with a subnet and a security group.
 */
#include <arpa/inet.h>
#include <sys/utsname.h>

#include "base/num.h"
#include "base/secret.h"
#include "daemon/init.h"
#include "store/store_access_key.h"
#include "store/store_account.h"
#include "store/store_address.h"
#include "store/store_image.h"
#include "store/store_meta.h"
#include "store/store_security_group.h"
#include "store/store_subnet.h"
#include "store/store_vpc.h"

#define VPC_CIDR "172.31.0.0/16"
#define SUBNET_CIDR "172.31.0.0/20"
/* AWS reserves the first four addresses of a subnet and the last one. */
#define SUBNET_FIRST ((INT64_C(172) << 24 | 31 << 16) + 4)
#define SUBNET_LAST ((INT64_C(172) << 24 | 31 << 16 | 15 << 8 | 255) - 1)
#define MAX_SEALED_BYTES 256

/* Makes a new secret access key: in clear in text, and sealed in the arena. */
static int
secret_make(struct init *in, char text[static IDS_SECRET_BYTES], struct str *ret_sealed)
{
	struct buf sealed;
	int r;

	ids_secret_new(in->rng, text);
	buf_init(&sealed, MAX_SEALED_BYTES);
	r = seal_wrap(in->seal, SEAL_ACCESS_KEY, str_of(text), in->rng, &sealed);
	if (r == 0)
		*ret_sealed = arena_str(in->arena, buf_view(&sealed));
	buf_release(&sealed);
	return r;
}

static int
meta(struct init *in)
{
	char decoy[IDS_SECRET_BYTES];
	struct str sealed;
	int r;

	r = secret_make(in, decoy, &sealed);
	secret_wipe(decoy, sizeof(decoy));
	if (r != 0 || (r = store_meta_set(in->store, STORE_META_DECOY_SECRET, sealed)) != 0 ||
	    (r = store_meta_set(in->store, STORE_META_REGION, str_of(in->s.region))) != 0 ||
	    (r = store_meta_set(in->store, STORE_META_DOMAIN, str_of(in->s.domain))) != 0)
		return r;
	return store_meta_set(in->store, STORE_META_INSTALLATION, str_of(in->installation));
}

/* Makes the account and the access key of its root user. */
static int
account(struct init *in)
{
	const struct store_account account = { str_of(in->s.account_id), in->now_s };
	struct store_access_key v = {
		.account_id = account.account_id,
		.principal_id = account.account_id,
		.status = STORE_ACCESS_KEY_ACTIVE,
		.created_at = in->now_s,
	};
	int r;

	ids_principal_new("AKIA", in->rng, in->access_key_id);
	v.access_key_id = str_of(in->access_key_id);
	if ((r = store_account_add(in->store, &account)) != 0 ||
	    (r = secret_make(in, in->secret, &v.sealed_secret)) != 0)
		return r;
	return store_access_key_add(in->store, &v);
}

/* The id of the zone, made of the region's name as AWS does it: that of us-east-1 is use1-az1,
 * and that of eu-lab-1 is eul1-az1. */
static struct str
zone_id(struct init *in)
{
	struct str rest = str_of(in->s.region), part;
	struct buf b;
	struct str id;
	bool first = true;
	size_t end;

	buf_init(&b, sizeof(in->s.region));
	while (rest.n > 0) {
		end = str_index(rest, '-');
		part = str_head(rest, end);
		rest = str_from(rest, end + 1);
		buf_str(&b, first || rest.n == 0 ? part : str_head(part, 1));
		first = false;
	}
	id = arena_fmt(in->arena, "%.*s-az1", STR_FMT(buf_view(&b)));
	buf_release(&b);
	return id;
}

static int
network(struct init *in)
{
	const struct str account_id = str_of(in->s.account_id);
	struct store_vpc vpc = { .account_id = account_id,
		.cidr = STR(VPC_CIDR),
		.is_default = true,
		.state = STORE_NET_AVAILABLE,
		.created_at = in->now_s };
	struct store_subnet subnet = { .account_id = account_id,
		.cidr = STR(SUBNET_CIDR),
		.availability_zone = str_of(in->s.availability_zone),
		.availability_zone_id = zone_id(in),
		.default_for_az = true,
		.map_public_ip = true,
		.state = STORE_NET_AVAILABLE,
		.created_at = in->now_s };
	int r;

	ids_new(IDS_VPC, in->rng, in->vpc_id);
	ids_new(IDS_SUBNET, in->rng, in->subnet_id);
	vpc.vpc_id = subnet.vpc_id = str_of(in->vpc_id);
	subnet.subnet_id = str_of(in->subnet_id);
	if ((r = store_vpc_add(in->store, &vpc)) != 0 ||
	    (r = store_subnet_add(in->store, &subnet)) != 0)
		return r;
	return store_address_pool_add(in->store, subnet.subnet_id, SUBNET_FIRST, SUBNET_LAST);
}

static int
rule_add(struct init *in, struct store_security_group_rule v)
{
	char id[IDS_MAX];

	ids_new(IDS_SECURITY_GROUP_RULE, in->rng, id);
	v.rule_id = str_of(id);
	v.group_id = str_of(in->group_id);
	return store_security_group_rule_add(in->store, &v);
}

/* Makes AWS's default group, with port 22 open to everybody in addition. Otherwise the first
 * login to a public address would need a new rule. */
static int
security_group(struct init *in)
{
	const struct store_security_group group = { .group_id = str_of(in->group_id),
		.account_id = str_of(in->s.account_id),
		.vpc_id = str_of(in->vpc_id),
		.name = STR("default"),
		.description = STR("default VPC security group"),
		.created_at = in->now_s };
	const struct store_security_group_rule own = { .protocol = STR("-1"),
		.from_port = -1,
		.to_port = -1,
		.referenced_group_id = str_of(in->group_id) };
	const struct store_security_group_rule ssh = { .protocol = STR("tcp"),
		.from_port = 22,
		.to_port = 22,
		.cidr_ipv4 = STR("0.0.0.0/0") };
	const struct store_security_group_rule out = { .is_egress = true,
		.protocol = STR("-1"),
		.from_port = -1,
		.to_port = -1,
		.cidr_ipv4 = STR("0.0.0.0/0") };
	int r;

	if ((r = store_security_group_add(in->store, &group)) != 0 ||
	    (r = rule_add(in, own)) != 0 || (r = rule_add(in, ssh)) != 0)
		return r;
	return rule_add(in, out);
}

static int
image(struct init *in)
{
	struct store_image v = { .account_id = str_of(in->s.account_id),
		.name = STR("openeic-lab"),
		.description = STR("An overlay of the machine that eicd runs on"),
		.state = STORE_IMAGE_AVAILABLE,
		.created_at = in->now_s };
	struct utsname u;

	if (uname(&u) == -1)
		return ERR_SYS;
	ids_new(IDS_IMAGE, in->rng, in->image_id);
	v.image_id = str_of(in->image_id);
	v.architecture = str_of(strcmp(u.machine, "aarch64") == 0 ? "arm64" : u.machine);
	return store_image_add(in->store, &v);
}

/* Parses a.b.c.d/n, n from 8 to 30, with no host bits set. ERR_SYNTAX, ERR_RANGE. */
static int
cidr_parse(struct str cidr, int64_t *ret_first, int64_t *ret_size)
{
	size_t slash = str_index(cidr, '/');
	char text[INET_ADDRSTRLEN];
	struct in_addr addr;
	uint64_t bits;
	int r;

	if (str_copy(text, sizeof(text), str_head(cidr, slash)) != 0 ||
	    inet_pton(AF_INET, text, &addr) != 1)
		return ERR_SYNTAX;
	if ((r = num_u64_parse(str_from(cidr, slash + 1), 8, 30, &bits)) != 0)
		return r;
	*ret_first = ntohl(addr.s_addr);
	*ret_size = INT64_C(1) << (32 - bits);
	return *ret_first % *ret_size == 0 ? 0 : ERR_RANGE;
}

/* Makes the pool of public addresses for instances: the block without its first and last
 * address, which are the network's own. */
static int
public_pool(struct init *in, struct errinfo *ei)
{
	int64_t first, size;
	int r;

	if ((r = cidr_parse(str_of(in->o.public_cidr), &first, &size)) != 0) {
		err_set(ei, "--public-cidr %s: not a network address with a length of 8 to 30",
		    in->o.public_cidr);
		return r;
	}
	return store_address_pool_add(in->store, STORE_ADDRESS_PUBLIC, first + 1, first + size - 2);
}

int
init_world_make(struct init *in, struct errinfo *ei)
{
	int r;

	ids_new(IDS_SECURITY_GROUP, in->rng, in->group_id);
	if ((r = meta(in)) != 0 || (r = account(in)) != 0 || (r = network(in)) != 0 ||
	    (r = security_group(in)) != 0 || (r = image(in)) != 0)
		return r;
	return public_pool(in, ei);
}
