/*
 * tree_test: tests every path, with and without a slash at its end, and paths that do not exist.
 * The names of the categories are those of the EC2 user guide, "Instance metadata categories" and
 * "Dynamic data categories".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/bundle.h"
#include "fixture.h"
#include "imds/tree.h"

struct rig {
	struct guests *guests;
	struct signers *signers;
	struct tree_view view;
};

static void
rig_init(struct rig *r, const struct link_guest *d)
{
	struct link_signer s = fixture_signer();
	struct link_key k = fixture_key(STR("ec2-user"), STR("r1"), 100);
	struct guest *guest;

	r->guests = guests_new(rand_system());
	r->signers = signers_new();
	assert_int_equal(guests_put(r->guests, d), 0);
	assert_int_equal(signers_put(r->signers, &s, 0), 0);
	guest = guests_find(r->guests, d->instance_id);
	assert_int_equal(keys_put(&guest->keys, &k, 0), 0);
	r->view = (struct tree_view){ guest, signers_current(r->signers), 99 };
}

static void
rig_release(struct rig *r)
{
	guests_free(r->guests);
	signers_free(r->signers);
}

/* expected NULL: not there. */
static void
assert_path(const struct tree_view *v, const char *path, const char *expected)
{
	struct buf b;
	int r;

	buf_init(&b, TREE_MAX_BODY);
	r = tree_get(v, str_of(path), &b);
	if (r != (expected == NULL ? ERR_NOTFOUND : 0))
		print_message("%s: %d\n", path, r);
	assert_int_equal(r, expected == NULL ? ERR_NOTFOUND : 0);
	if (expected != NULL) {
		buf_ch(&b, '\0');
		assert_string_equal(b.p, expected);
	}
	buf_release(&b);
}

#define M "/latest/meta-data/"
#define IF M "network/interfaces/macs/02:00:00:00:00:05/"

static const struct {
	const char *path; /* without a slash at its end */
	const char *body;
} paths[] = {
	{ "/latest", "dynamic\nmeta-data\nuser-data" },
	{ "/2009-04-04", "dynamic\nmeta-data\nuser-data" },
	{ "/1.0/meta-data/instance-id", "i-0123456789abcdef0" },
	{ "/latest/meta-data",
	    "ami-id\nami-launch-index\nhostname\ninstance-action\ninstance-id\n"
	    "instance-life-cycle\ninstance-type\nlocal-hostname\nlocal-ipv4\nmac\n"
	    "managed-ssh-keys/\nnetwork/\nplacement/\npublic-hostname\npublic-ipv4\n"
	    "public-keys/\nreservation-id\nsecurity-groups\nservices/\ntags/" },
	{ M "ami-id", "ami-1" },
	{ M "ami-launch-index", "12" },
	{ M "hostname", "ip-10-0-0-5.eu-test-1.compute.internal" },
	{ M "instance-action", "none" },
	{ M "instance-id", "i-0123456789abcdef0" },
	{ M "instance-life-cycle", "on-demand" },
	{ M "instance-type", "t3.micro" },
	{ M "local-hostname", "ip-10-0-0-5.eu-test-1.compute.internal" },
	{ M "local-ipv4", "10.0.0.5" },
	{ M "mac", "02:00:00:00:00:05" },
	{ M "managed-ssh-keys", "active-keys/\nbundle/\nsigner-cert\nsigner-ocsp/" },
	{ M "managed-ssh-keys/active-keys", "ec2-user" },
	{ M "managed-ssh-keys/active-keys/ec2-user", ENTRY_OF("1") },
	{ M "managed-ssh-keys/active-keys/ec2%2Duser", ENTRY_OF("1") },
	{ M "managed-ssh-keys/active-keys/ubuntu", NULL },
	{ M "managed-ssh-keys/active-keys/ec2-user/x", NULL },
	{ M "managed-ssh-keys/signer-cert", CHAIN },
	{ M "managed-ssh-keys/signer-ocsp", LEAF "\n" ISSUER },
	{ M "managed-ssh-keys/signer-ocsp/" LEAF, "b2NzcDE=" },
	{ M "managed-ssh-keys/signer-ocsp/" ISSUER, "b2NzcDI=" },
	{ M "managed-ssh-keys/signer-ocsp/" LEAF_2, NULL },
	{ M "network", "interfaces/" },
	{ M "network/interfaces", "macs/" },
	{ M "network/interfaces/macs", "02:00:00:00:00:05/" },
	{ M "network/interfaces/macs/02:00:00:00:00:05",
	    "device-number\ninterface-id\nipv4-associations/\nlocal-hostname\nlocal-ipv4s\nmac\n"
	    "owner-id\npublic-hostname\npublic-ipv4s\nsecurity-group-ids\nsecurity-groups\n"
	    "subnet-id\nsubnet-ipv4-cidr-block\nvpc-id\nvpc-ipv4-cidr-block\n"
	    "vpc-ipv4-cidr-blocks" },
	{ M "network/interfaces/macs/02:00:00:00:00:06", NULL },
	{ IF "device-number", "0" },
	{ IF "interface-id", "eni-1" },
	{ IF "ipv4-associations", "203.0.113.7" },
	{ IF "ipv4-associations/203.0.113.7", "10.0.0.5" },
	{ IF "ipv4-associations/203.0.113.8", NULL },
	{ IF "local-hostname", "ip-10-0-0-5.eu-test-1.compute.internal" },
	{ IF "local-ipv4s", "10.0.0.5" },
	{ IF "mac", "02:00:00:00:00:05" },
	{ IF "owner-id", "123456789012" },
	{ IF "public-hostname", "ec2-203-0-113-7.eu-test-1.compute.amazonaws.com" },
	{ IF "public-ipv4s", "203.0.113.7" },
	{ IF "security-group-ids", "sg-1\nsg-2" },
	{ IF "security-groups", "default\nweb" },
	{ IF "subnet-id", "subnet-1" },
	{ IF "subnet-ipv4-cidr-block", "10.0.0.0/24" },
	{ IF "vpc-id", "vpc-1" },
	{ IF "vpc-ipv4-cidr-block", "10.0.0.0/16" },
	{ IF "vpc-ipv4-cidr-blocks", "10.0.0.0/16" },
	{ M "placement", "availability-zone\navailability-zone-id\nregion" },
	{ M "placement/availability-zone", "eu-test-1a" },
	{ M "placement/availability-zone-id", "eut1-az2" },
	{ M "placement/region", "eu-test-1" },
	{ M "public-hostname", "ec2-203-0-113-7.eu-test-1.compute.amazonaws.com" },
	{ M "public-ipv4", "203.0.113.7" },
	{ M "public-keys", "0=mine" },
	{ M "public-keys/0", "openssh-key" },
	{ M "public-keys/0/openssh-key", "ssh-ed25519 AAAA mine" },
	{ M "public-keys/1", NULL },
	{ M "public-keys/0=mine", NULL },
	{ M "reservation-id", "r-0123456789abcdef0" },
	{ M "security-groups", "default\nweb" },
	/* An instance without a profile has neither at AWS. */
	{ M "iam", NULL },
	{ M "iam/security-credentials", NULL },
	{ M "services", "domain\npartition" },
	{ M "services/domain", "amazonaws.com" },
	{ M "services/partition", "aws" },
	{ M "tags", "instance/" },
	{ M "tags/instance", "Name\nempty" },
	{ M "tags/instance/Name", "one" },
	{ M "tags/instance/empty", "" },
	{ M "tags/instance/name", NULL },
	{ "/latest/user-data", "#!/bin/sh\n" },
	{ "/latest/dynamic", "fws/\ninstance-identity/" },
	{ "/latest/dynamic/fws", "instance-monitoring" },
	{ "/latest/dynamic/fws/instance-monitoring", "disabled" },
	{ "/latest/dynamic/instance-identity", "document" },
	/* docs/decisions/0050 says why. */
	{ "/latest/dynamic/instance-identity/pkcs7", NULL },
	{ "/latest/dynamic/instance-identity/rsa2048", NULL },
	{ "/latest/dynamic/instance-identity/signature", NULL },
	{ "/latest/dynamic/instance-identity/document",
	    "{\n"
	    "  \"accountId\" : \"123456789012\",\n"
	    "  \"architecture\" : \"x86_64\",\n"
	    "  \"availabilityZone\" : \"eu-test-1a\",\n"
	    "  \"billingProducts\" : null,\n"
	    "  \"devpayProductCodes\" : null,\n"
	    "  \"marketplaceProductCodes\" : null,\n"
	    "  \"imageId\" : \"ami-1\",\n"
	    "  \"instanceId\" : \"i-0123456789abcdef0\",\n"
	    "  \"instanceType\" : \"t3.micro\",\n"
	    "  \"kernelId\" : null,\n"
	    "  \"pendingTime\" : \"2023-11-14T22:13:20Z\",\n"
	    "  \"privateIp\" : \"10.0.0.5\",\n"
	    "  \"ramdiskId\" : null,\n"
	    "  \"region\" : \"eu-test-1\",\n"
	    "  \"version\" : \"2017-09-30\"\n"
	    "}" },
	{ "//latest//meta-data///instance-id", "i-0123456789abcdef0" },
	{ "/latest/meta-data/instance-id/x", NULL },
	{ "/latest/meta-data/instance", NULL },
	{ "/latest/meta-data/../meta-data/instance-id", NULL },
	{ "/latest/meta-data%2Finstance-id", NULL },
	{ "/1999-01-01/meta-data/instance-id", NULL },
	{ "/latest/api/token", NULL },
};

static void
test_paths_in_both_forms(void **state)
{
	struct link_guest d = fixture_guest();
	char with_slash[256];
	struct rig r;
	size_t i;

	(void)state;
	rig_init(&r, &d);
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_path(&r.view, paths[i].path, paths[i].body);
		snprintf(with_slash, sizeof(with_slash), "%s/", paths[i].path);
		assert_path(&r.view, with_slash, paths[i].body);
	}
	rig_release(&r);
}

static void
test_root_lists_versions(void **state)
{
	struct link_guest d = fixture_guest();
	struct rig r;
	struct buf b;

	(void)state;
	rig_init(&r, &d);
	buf_init(&b, 4096);
	assert_int_equal(tree_get(&r.view, STR("/"), &b), 0);
	assert_true(str_starts(buf_view(&b), STR("1.0\n2007-01-19\n")));
	assert_true(str_ends(buf_view(&b), STR("\nlatest")));
	buf_release(&b);
	rig_release(&r);
}

static void
test_what_a_guest_has_not(void **state)
{
	struct link_guest d = fixture_guest();
	struct rig r;

	(void)state;
	d.public_ip = d.public_key = d.key_name = d.user_data = STR("");
	d.tags.n = d.security_groups.n = 0;
	d.domain = STR("amazonaws.com.cn");
	rig_init(&r, &d);
	r.view.signer = NULL;
	assert_path(&r.view, "/latest", "dynamic\nmeta-data");
	assert_path(&r.view, "/latest/meta-data",
	    "ami-id\nami-launch-index\nhostname\ninstance-action\ninstance-id\n"
	    "instance-life-cycle\ninstance-type\nlocal-hostname\nlocal-ipv4\nmac\nnetwork/\n"
	    "placement/\nreservation-id\nservices/");
	assert_path(&r.view, "/latest/user-data", NULL);
	assert_path(&r.view, M "public-ipv4", NULL);
	assert_path(&r.view, M "public-keys/0/openssh-key", NULL);
	assert_path(&r.view, M "tags/instance", NULL);
	assert_path(&r.view, M "managed-ssh-keys/active-keys/ec2-user", NULL);
	assert_path(&r.view, M "managed-ssh-keys/bundle/ec2-user", NULL);
	assert_path(&r.view, IF "ipv4-associations", NULL);
	assert_path(&r.view, M "services/partition", "aws-cn");
	rig_release(&r);
}

/* An eicd of an earlier version says less of a guest. */
static void
test_what_an_earlier_eicd_does_not_say(void **state)
{
	struct link_guest d = fixture_guest();
	struct rig r;

	(void)state;
	d.availability_zone_id = d.reservation_id = d.interface_id = STR("");
	d.subnet_cidr = d.vpc_cidr = STR("");
	d.security_group_ids.n = 0;
	d.ami_launch_index = 0;
	rig_init(&r, &d);
	assert_path(&r.view, M "ami-launch-index", "0");
	assert_path(&r.view, M "reservation-id", NULL);
	assert_path(&r.view, M "placement", "availability-zone\nregion");
	assert_path(&r.view, M "network/interfaces/macs/02:00:00:00:00:05",
	    "device-number\nipv4-associations/\nlocal-hostname\nlocal-ipv4s\nmac\nowner-id\n"
	    "public-hostname\npublic-ipv4s\nsecurity-groups\nsubnet-id\nvpc-id");
	assert_path(&r.view, IF "security-group-ids", NULL);
	assert_path(&r.view, IF "vpc-ipv4-cidr-blocks", NULL);
	rig_release(&r);
}

static void
test_keys_end(void **state)
{
	struct link_guest d = fixture_guest();
	struct rig r;

	(void)state;
	rig_init(&r, &d);
	r.view.now_ms = 100;
	assert_path(&r.view, M "managed-ssh-keys/active-keys", "");
	assert_path(&r.view, M "managed-ssh-keys/active-keys/ec2-user/", NULL);
	assert_path(&r.view, M "managed-ssh-keys/bundle/ec2-user", "active-keys 0\n\n");
	rig_release(&r);
}

static void
test_bundle(void **state)
{
	struct link_guest d = fixture_guest();
	struct bundle bundle;
	struct rig r;
	struct buf b;

	(void)state;
	rig_init(&r, &d);
	buf_init(&b, TREE_MAX_BODY);
	assert_int_equal(tree_get(&r.view, STR(M "managed-ssh-keys/bundle/ec2-user"), &b), 0);
	assert_int_equal(bundle_parse(buf_view(&b), &bundle), 0);
	assert_true(str_eq_c(bundle.active_keys, ENTRY_OF("1")));
	assert_true(str_eq_c(bundle.instance_id, "i-0123456789abcdef0"));
	assert_true(str_eq_c(bundle.availability_zone, "eu-test-1a"));
	assert_true(str_eq_c(bundle.domain, "amazonaws.com"));
	assert_true(str_eq_c(bundle.signer_cert, CHAIN));
	assert_int_equal(bundle.n_staples, 2);
	assert_true(str_eq_c(bundle.staples[1].name, ISSUER));
	assert_true(str_eq_c(bundle.staples[1].base64, "b2NzcDI="));
	assert_path(&r.view, M "managed-ssh-keys/bundle/a%2fb", NULL);
	assert_path(&r.view, M "managed-ssh-keys/bundle/..", NULL);
	buf_release(&b);
	rig_release(&r);
}

static void
test_refused(void **state)
{
	static char longest[TREE_MAX_PATH + 1];
	struct link_guest d = fixture_guest();
	struct rig r;
	struct buf b;

	(void)state;
	rig_init(&r, &d);
	buf_init(&b, 8);
	assert_int_equal(tree_get(&r.view, STR("/latest/meta-data/%"), &b), ERR_SYNTAX);
	assert_int_equal(tree_get(&r.view, STR("/latest/meta-data/%4"), &b), ERR_SYNTAX);
	assert_int_equal(tree_get(&r.view, STR("/latest/meta-data/instance-id"), &b), ERR_TOOBIG);
	memset(longest, '/', sizeof(longest));
	buf_clear(&b);
	assert_int_equal(tree_get(&r.view, (struct str){ longest, sizeof(longest) }, &b),
	    ERR_TOOBIG);
	buf_release(&b);
	rig_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths_in_both_forms),
		cmocka_unit_test(test_root_lists_versions),
		cmocka_unit_test(test_what_a_guest_has_not),
		cmocka_unit_test(test_what_an_earlier_eicd_does_not_say),
		cmocka_unit_test(test_keys_end),
		cmocka_unit_test(test_bundle),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
