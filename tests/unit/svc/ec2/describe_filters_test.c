/*
 * describe_filters_test: tests that every filter of every Describe action of EC2 finds what it
 * should, and nothing else. A filter of the product that has no line here fails the test.
 */
#include "fixture.h"

#include "svc/ec2/actions.h"
#include "svc/ec2/describe.h"

/* Filters that AWS has and for which nothing here can have a value. */
#define NEVER NULL

static const struct line {
	const char *action, *filter;
	/* Found by the first, not by the second: each is a pattern. $I is the id of
	 * the instance, $R that of its reservation, $E its interface. */
	const char *yes, *no;
} lines[] = {
	{ "DescribeVpcs", "cidr", "172.31.0.0/16", "172.31.0.0/17" },
	{ "DescribeVpcs", "cidr-block", "172.31.*", "172.32.*" },
	{ "DescribeVpcs", "dhcp-options-id", "default", "dopt-1" },
	{ "DescribeVpcs", "is-default", "true", "false" },
	{ "DescribeVpcs", "isDefault", "true", "false" },
	{ "DescribeVpcs", "owner-id", ACCOUNT, "999999999999" },
	{ "DescribeVpcs", "state", "available", "pending" },
	{ "DescribeVpcs", "vpc-id", VPC, "vpc-00000000000000000" },

	{ "DescribeSubnets", "availability-zone", ZONE, "xx-test-1b" },
	{ "DescribeSubnets", "availabilityZone", "xx-test-1?", "xx-test-1" },
	{ "DescribeSubnets", "availability-zone-id", "xxt1-az1", "xxt1-az2" },
	{ "DescribeSubnets", "availabilityZoneId", "*-az1", "*-az2" },
	{ "DescribeSubnets", "cidr", "172.31.0.0/20", "172.31.0.0/16" },
	{ "DescribeSubnets", "cidr-block", "172.31.0.0/20", "172.31.0.0/16" },
	{ "DescribeSubnets", "cidrBlock", "172.31.0.0/20", "172.31.0.0/16" },
	{ "DescribeSubnets", "default-for-az", "true", "false" },
	{ "DescribeSubnets", "defaultForAz", "true", "false" },
	{ "DescribeSubnets", "map-public-ip-on-launch", "true", "false" },
	{ "DescribeSubnets", "owner-id", ACCOUNT, "999999999999" },
	{ "DescribeSubnets", "state", "available", "pending" },
	{ "DescribeSubnets", "subnet-arn", "arn:aws:ec2:" REGION ":" ACCOUNT ":subnet/" SUBNET,
	    "arn:aws:ec2:" REGION ":" ACCOUNT ":subnet/" },
	{ "DescribeSubnets", "subnet-id", SUBNET, "subnet-00000000000000000" },
	{ "DescribeSubnets", "vpc-id", VPC, "vpc-00000000000000000" },

	{ "DescribeSecurityGroups", "description", "the default", "The default" },
	{ "DescribeSecurityGroups", "group-id", GROUP, "sg-00000000000000000" },
	{ "DescribeSecurityGroups", "group-name", "default", "defaults" },
	{ "DescribeSecurityGroups", "owner-id", ACCOUNT, "999999999999" },
	{ "DescribeSecurityGroups", "vpc-id", VPC, "vpc-00000000000000000" },

	{ "DescribeImages", "architecture", "x86_64", "arm64" },
	{ "DescribeImages", "description", "this machine", "this" },
	{ "DescribeImages", "hypervisor", "xen", "ovm" },
	{ "DescribeImages", "image-id", IMAGE, "ami-00000000000000000" },
	{ "DescribeImages", "image-type", "machine", "kernel" },
	{ "DescribeImages", "is-public", "false", "true" },
	{ "DescribeImages", "name", "la*", "la" },
	{ "DescribeImages", "owner-id", ACCOUNT, "999999999999" },
	{ "DescribeImages", "platform", NEVER, "windows" },
	{ "DescribeImages", "root-device-type", "ebs", "instance-store" },
	{ "DescribeImages", "state", "available", "pending" },
	{ "DescribeImages", "virtualization-type", "hvm", "paravirtual" },

	{ "DescribeAvailabilityZones", "opt-in-status", "opt-in-not-required", "opted-in" },
	{ "DescribeAvailabilityZones", "region-name", REGION, "xx-test-2" },
	{ "DescribeAvailabilityZones", "state", "available", "impaired" },
	{ "DescribeAvailabilityZones", "zone-id", "xxt1-az1", "xxt1-az2" },
	{ "DescribeAvailabilityZones", "zone-name", ZONE, "xx-test-1b" },
	{ "DescribeAvailabilityZones", "zone-type", "availability-zone", "local-zone" },

	{ "DescribeRegions", "endpoint", "ec2." REGION ".amazonaws.com", "ec2.amazonaws.com" },
	{ "DescribeRegions", "opt-in-status", "opt-in-not-required", "opted-in" },
	{ "DescribeRegions", "region-name", REGION, "xx-test-2" },

#if defined(__aarch64__)
	{ "DescribeInstances", "architecture", "arm64", "x86_64" },
#else
	{ "DescribeInstances", "architecture", "x86_64", "arm64" },
#endif
	{ "DescribeInstances", "availability-zone", ZONE, "xx-test-1b" },
	{ "DescribeInstances", "availability-zone-id", "xxt1-az1", "xxt1-az2" },
	{ "DescribeInstances", "availability-zone-id", "xxt1-az?", "xxt1-az" },
	{ "DescribeInstances", "client-token", "once", "twice" },
	{ "DescribeInstances", "dns-name", NEVER, "" },
	{ "DescribeInstances", "group-id", GROUP, "sg-00000000000000000" },
	{ "DescribeInstances", "hypervisor", "xen", "ovm" },
	{ "DescribeInstances", "image-id", IMAGE, "ami-00000000000000000" },
	{ "DescribeInstances", "instance-id", "$I", "i-00000000000000000" },
	{ "DescribeInstances", "instance-lifecycle", NEVER, "spot" },
	{ "DescribeInstances", "instance-state-code", "16", "1" },
	{ "DescribeInstances", "instance-state-name", "run*", "run" },
	{ "DescribeInstances", "instance-type", "t3.nano", "t3.micro" },
	{ "DescribeInstances", "instance.group-id", GROUP, "sg-00000000000000000" },
	{ "DescribeInstances", "ip-address", "198.18.0.?", "198.18.1.?" },
	{ "DescribeInstances", "key-name", "mine", "yours" },
	{ "DescribeInstances", "launch-index", "0", "1" },
	{ "DescribeInstances", "launch-time", "2023-11-14T22:13:20.000Z", "2023-11-14T22:13:20Z" },
	{ "DescribeInstances", "launch-time", "2023-*", "2024-*" },
	{ "DescribeInstances", "launch-time", "2023-11-14T22:1?:*", "2023-11-14" },
	{ "DescribeInstances", "metadata-options.http-tokens", "required", "optional" },
	{ "DescribeInstances", "monitoring-state", "disabled", "enabled" },
	{ "DescribeInstances", "network-interface.addresses.private-ip-address", "172.31.0.4",
	    "172.31.0.5" },
	{ "DescribeInstances", "network-interface.network-interface-id", "$E",
	    "eni-00000000000000000" },
	{ "DescribeInstances", "network-interface.subnet-id", SUBNET, "subnet-00000000000000000" },
	{ "DescribeInstances", "network-interface.vpc-id", VPC, "vpc-00000000000000000" },
	{ "DescribeInstances", "owner-id", ACCOUNT, "999999999999" },
	{ "DescribeInstances", "platform", NEVER, "windows" },
	{ "DescribeInstances", "platform-details", "Linux/UNIX", "Windows" },
	{ "DescribeInstances", "private-dns-name", "ip-172-31-0-4.*", "ip-172-31-0-5.*" },
	{ "DescribeInstances", "private-ip-address", "172.31.0.4", "172.31.0.5" },
	{ "DescribeInstances", "reservation-id", "$R", "r-00000000000000000" },
	{ "DescribeInstances", "root-device-type", "ebs", "instance-store" },
	{ "DescribeInstances", "subnet-id", SUBNET, "subnet-00000000000000000" },
	{ "DescribeInstances", "tenancy", "default", "dedicated" },
	{ "DescribeInstances", "virtualization-type", "hvm", "paravirtual" },
	{ "DescribeInstances", "vpc-id", VPC, "vpc-00000000000000000" },
	{ "DescribeInstances", "state-reason-code", "Client.UserInitiatedShutdown", "Server.*" },
};

/* What there has to be for a line: a running instance, but for these. */
enum scene { RUNNING, STOPPED, WITH_KEY };

static enum scene
scene_of(const struct line *l)
{
	if (strcmp(l->filter, "state-reason-code") == 0)
		return STOPPED;
	return strcmp(l->filter, "key-name") == 0 ? WITH_KEY : RUNNING;
}

static const struct action *
action_of(const char *name)
{
	const struct action_table t = { { [SERVICE_EC2] = ec2_actions } };

	return action_find(&t, SERVICE_EC2, str_of(name));
}

/* How many items the list has when it is asked for with this filter. */
static size_t
found(struct fixture *f, const char *action, const char *filter, const char *value)
{
	const struct describe_entity *t = action_of(action)->about;
	struct api_response resp;
	struct buf b;
	struct str v;
	size_t i;

	buf_init(&b, 65536);
	buf_fmt(&b, "%s&Filter.1.Name=%s&Filter.1.Value.1=", action, filter);
	for (v = str_of(value), i = 0; i < v.n; i++)
		buf_fmt(&b, "%%%02X", (unsigned char)v.p[i]);
	resp = fixture_ec2(f, arena_cstr(f->a, buf_view(&b)));
	buf_release(&b);
	assert_status(f, &resp, 200);
	return fixture_has(&resp, arena_fmt(f->a, "<%s></%s>", t->list, t->list).p) ? 0 : 1;
}

/* $I and its kin, of the one instance there is. */
static const char *
resolved(struct fixture *f, struct api_response *instance, const char *value)
{
	if (strcmp(value, "$I") == 0)
		return fixture_element(f, instance, "instanceId", 0);
	if (strcmp(value, "$R") == 0)
		return fixture_element(f, instance, "reservationId", 0);
	if (strcmp(value, "$E") == 0)
		return fixture_element(f, instance, "networkInterfaceId", 0);
	return value;
}

static void
lines_try(struct fixture *f, enum scene scene)
{
	struct api_response instance = fixture_ec2(f, "DescribeInstances");
	const struct line *l;
	const char *yes;
	size_t i;

	for (i = 0; i < FIELD_N(lines); i++) {
		l = &lines[i];
		if (scene_of(l) != scene)
			continue;
		yes = l->yes == NEVER ? NULL : resolved(f, &instance, l->yes);
		if (yes != NULL && found(f, l->action, l->filter, yes) != 1)
			fail_msg("%s: %s=%s finds nothing", l->action, l->filter, yes);
		if (yes != NULL && found(f, l->action, l->filter, "*") != 1)
			fail_msg("%s: %s=* finds nothing", l->action, l->filter);
		if (yes == NULL && found(f, l->action, l->filter, "*") != 0)
			fail_msg("%s: %s=* finds something", l->action, l->filter);
		if (found(f, l->action, l->filter, l->no) != 0)
			fail_msg("%s: %s=%s finds something", l->action, l->filter, l->no);
		/* No value at all is none that matches. */
		if (yes != NULL && found(f, l->action, l->filter, "") != 0)
			fail_msg("%s: %s= finds something", l->action, l->filter);
	}
}

static const char *
launch(struct fixture *f)
{
	return fixture_launch(f,
	    "&InstanceType=t3.nano&ClientToken=once&MetadataOptions.HttpTokens=required");
}

static void
test_lines(void **state)
{
	struct fixture *f = *state;

	/* More requests than a bucket holds. */
	f->settings.api_rate = 0;
	launch(f);
	lines_try(f, RUNNING);
}

static void
test_stopped(void **state)
{
	struct fixture *f = *state;
	const char *id = launch(f);

	fixture_ec2(f, arena_fmt(f->a, "StopInstances&InstanceId.1=%s", id).p);
	fixture_finish_all(f, "");
	lines_try(f, STOPPED);
	/* Started again, it was launched at another time. */
	f->wall_ms += 86400 * 1000;
	fixture_ec2(f, arena_fmt(f->a, "StartInstances&InstanceId.1=%s", id).p);
	fixture_finish_all(f, "state=running");
	assert_int_equal(found(f, "DescribeInstances", "launch-time", "2023-11-14T*"), 0);
	assert_int_equal(found(f, "DescribeInstances", "launch-time", "2023-11-15T*"), 1);
}

/* RunInstances takes no key pair yet: the store has an instance with one. */
static void
test_with_key(void **state)
{
	struct fixture *f = *state;
	struct store_instance v;

	assert_ok(store_instance_get(f->st, f->a, str_of(launch(f)), &v));
	v.instance_id = STR("i-0123456789abcdef0");
	v.eni_id = STR("eni-0123456789abcdef0");
	v.private_ip = STR("172.31.0.9");
	v.public_ip = STR("");
	v.client_token = STR("");
	v.key_name = STR("mine");
	assert_ok(store_instance_add(f->st, &v));
	lines_try(f, WITH_KEY);
}

/* A terminated instance has no subnet: no zone's id, in the answer nor here. */
static void
test_terminated(void **state)
{
	struct fixture *f = *state;
	const char *id = launch(f);
	struct api_response resp;

	fixture_ec2(f, arena_fmt(f->a, "TerminateInstances&InstanceId.1=%s", id).p);
	fixture_finish_all(f, "");
	resp = fixture_ec2(f, "DescribeInstances");
	assert_has(f, &resp, "<name>terminated</name>");
	assert_has_not(f, &resp, "availabilityZoneId");
	assert_int_equal(found(f, "DescribeInstances", "availability-zone-id", "*"), 0);
	assert_int_equal(found(f, "DescribeInstances", "availability-zone", ZONE), 1);
	assert_int_equal(found(f, "DescribeInstances", "instance-state-name", "terminated"), 1);
}

/* Every filter of the product's tables has a line, and every line is one of them. */
static void
test_complete(void **state)
{
	const struct action_rows *const *rows;
	const struct describe_entity *t;
	size_t i, k, l, n = 0;

	(void)state;
	for (rows = ec2_actions; *rows != NULL; rows++) {
		for (i = 0; i < (*rows)->n; i++) {
			if ((t = (*rows)->rows[i].about) == NULL)
				continue;
			n++;
			for (k = 0; k < t->n_filters; k++) {
				for (l = 0; l < FIELD_N(lines); l++) {
					if (strcmp(lines[l].action, (*rows)->rows[i].name) == 0 &&
					    strcmp(lines[l].filter, t->filters[k].name) == 0)
						break;
				}
				if (l == FIELD_N(lines))
					fail_msg("%s: no line for %s", (*rows)->rows[i].name,
					    t->filters[k].name);
				assert_int_equal(t->filters[k].source == DESCRIBE_NEVER,
				    lines[l].yes == NEVER);
			}
		}
	}
	assert_int_equal(n, 7);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_complete),
		TEST(test_lines),
		TEST(test_stopped),
		TEST(test_with_key),
		TEST(test_terminated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
