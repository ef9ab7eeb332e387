/*
 * describe_test: tests the Describe actions: filters, paging, and the name of every element
 * (wire.md 4.3, 4.4, trap 19); and tags.
 */
#include "fixture.h"

#include "svc/ec2/filter.h"

static void
test_glob(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool match;
	} rows[] = {
		{ "", "", true },
		{ "a", "a", true },
		{ "*", "", true },
		{ "*", "abc", true },
		{ "**", "abc", true },
		{ "a*c", "abbbc", true },
		{ "a*b*c", "axbxbc", true },
		{ "?", "a", true },
		{ "a?c", "abc", true },
		{ "*.x", "a.b.x", true },
		{ "\\*", "*", true },
		{ "\\?", "?", true },
		{ "a\\\\b", "a\\b", true },
		{ "\\", "\\", true },
		{ "", "a", false },
		{ "a", "", false },
		{ "a", "A", false },
		{ "?", "", false },
		{ "a*c", "abbb", false },
		{ "\\*", "a", false },
		{ "\\?", "a", false },
		{ "a?c", "ac", false },
		{ "*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
		{ "abc", "ab", false },
		{ "ab", "abc", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (filter_glob(str_of(rows[i].pattern), str_of(rows[i].text)) != rows[i].match)
			fail_msg("%s on %s", rows[i].pattern, rows[i].text);
	}
}

static void
test_instances_errors(void **state)
{
	static const struct {
		const char *query, *code;
	} rows[] = {
		{ "&InstanceId.1=i-00000000000000000", "InvalidInstanceID.NotFound" },
		{ "&InstanceId.1=i-0", "InvalidInstanceID.Malformed" },
		{ "&InstanceId.1=i-0000000000000000g", "InvalidInstanceID.Malformed" },
		{ "&InstanceId.1=", "InvalidInstanceID.Malformed" },
		{ "&InstanceId.x=i-00000000", "InvalidInstanceID.Malformed" },
		{ "&MaxResults=4", "InvalidParameterValue" },
		{ "&MaxResults=1001", "InvalidParameterValue" },
		{ "&MaxResults=-5", "InvalidParameterValue" },
		{ "&MaxResults=05", "InvalidParameterValue" },
		{ "&MaxResults=5&InstanceId.1=i-00000000000000000", "InvalidParameterCombination" },
		{ "&NextToken=garbage", "InvalidNextToken" },
		{ "&NextToken=MTpEZXNjcmliZVZwY3M6MQ%3D%3D", "InvalidNextToken" },
		{ "&NextToken=MTpEZXNjcmliZUluc3RhbmNlczo%3D", "InvalidNextToken" },
		{ "&NextToken=MTpEZXNjcmliZUluc3RhbmNlczotMQ%3D%3D", "InvalidNextToken" },
		{ "&Filter.1.Name=colour&Filter.1.Value.1=red", "InvalidParameterValue" },
		{ "&Filter.1.Value.1=red", "MissingParameter" },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_ec2(f, arena_fmt(f->a, "DescribeInstances%s", rows[i].query).p);
		if (resp.status != 400 ||
		    !fixture_has(&resp, arena_fmt(f->a, "<Code>%s</Code>", rows[i].code).p))
			fail_msg("%s: want %s: %s", rows[i].query, rows[i].code,
			    fixture_cstr(f, resp.body));
	}
}

static void
test_instances_filters(void **state)
{
	static const struct {
		const char *query;
		bool a, b; /* which of the two it finds */
	} rows[] = {
		{ "", true, true },
		{ "&Filter.1.Name=instance-state-name&Filter.1.Value.1=running", true, false },
		{ "&Filter.1.Name=instance-state-name&Filter.1.Value.1=stopped", false, true },
		{ "&Filter.1.Name=instance-state-name&Filter.1.Value.1=stopped"
		  "&Filter.1.Value.2=running",
		    true, true },
		{ "&Filter.1.Name=instance-state-name&Filter.1.Value.1=r*", true, false },
		{ "&Filter.1.Name=instance-state-code&Filter.1.Value.1=80", false, true },
		{ "&Filter.1.Name=tag%3AName&Filter.1.Value.1=web", true, false },
		{ "&Filter.1.Name=tag%3AName&Filter.1.Value.1=Web", false, false },
		{ "&Filter.1.Name=tag%3Aname&Filter.1.Value.1=web", false, false },
		{ "&Filter.1.Name=tag-key&Filter.1.Value.1=Na%3Fe", true, true },
		{ "&Filter.1.Name=tag-value&Filter.1.Value.1=d*", false, true },
		{ "&Filter.1.Name=private-ip-address&Filter.1.Value.1=172.31.0.4", true, false },
		{ "&Filter.1.Name=ip-address&Filter.1.Value.1=198.18.0.*", true, false },
		{ "&Filter.1.Name=vpc-id&Filter.1.Value.1=" VPC, true, true },
		{ "&Filter.1.Name=vpc-id&Filter.1.Value.1=" VPC
		  "&Filter.2.Name=instance-type&Filter.2.Value.1=t3.*",
		    false, true },
		{ "&Filter.1.Name=subnet-id&Filter.1.Value.1=" SUBNET, true, true },
		{ "&Filter.1.Name=image-id&Filter.1.Value.1=" IMAGE, true, true },
		{ "&Filter.1.Name=availability-zone&Filter.1.Value.1=" ZONE, true, true },
		{ "&Filter.1.Name=availability-zone&Filter.1.Value.1=x", false, false },
		{ "&Filter.1.Name=instance.group-id&Filter.1.Value.1=" GROUP, true, true },
		{ "&Filter.1.Name=instance.group-id&Filter.1.Value.1=", false, false },
		{ "&Filter.1.Name=private-dns-name&Filter.1.Value.1=ip-172-31-0-5.*", false, true },
		{ "&Filter.1.Name=instance-lifecycle&Filter.1.Value.1=spot", false, false },
		{ "&Filter.1.Name=vpc-id", false, false },
	};
	struct fixture *f = *state;
	const char *a = fixture_launch(f,
	    "&TagSpecification.1.ResourceType=instance"
	    "&TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=web");
	const char *b = fixture_launch(f,
	    "&InstanceType=t3.nano"
	    "&TagSpecification.1.ResourceType=instance"
	    "&TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=db");
	struct api_response resp;
	size_t i;

	fixture_ec2(f, arena_fmt(f->a, "StopInstances&InstanceId.1=%s", b).p);
	fixture_finish_all(f, "");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_ec2(f, arena_fmt(f->a, "DescribeInstances%s", rows[i].query).p);
		assert_status(f, &resp, 200);
		if (fixture_has(&resp, a) != rows[i].a || fixture_has(&resp, b) != rows[i].b)
			fail_msg("%s: %s", rows[i].query, fixture_cstr(f, resp.body));
	}
	/* An id asked for that the filter leaves out is no error. */
	resp = fixture_ec2(f,
	    arena_fmt(f->a,
		"DescribeInstances&InstanceId.1=%s&Filter.1.Name=instance-state-name"
		"&Filter.1.Value.1=running",
		b)
		.p);
	assert_status(f, &resp, 200);
	assert_has(f, &resp, "<reservationSet></reservationSet>");
}

/* The parameter that asks for the page behind this one; "" when this is the last. */
static const char *
next_page(struct fixture *f, struct api_response *resp)
{
	struct str t = str_of(fixture_element(f, resp, "nextToken", 0));
	const char *text;
	struct buf b;
	size_t i;

	if (t.n == 0)
		return "";
	buf_init(&b, 1024);
	buf_c(&b, "&NextToken=");
	for (i = 0; i < t.n; i++)
		buf_fmt(&b, "%%%02X", (unsigned)t.p[i]);
	text = arena_cstr(f->a, buf_view(&b));
	buf_release(&b);
	return text;
}

static void
test_instances_pages(void **state)
{
	struct fixture *f = *state;
	char seen[13][32];
	const char *id, *token = "";
	struct api_response resp;
	size_t i, n = 0, page, pages = 0;

	/* Private addresses are few: terminated ones are listed too. */
	for (i = 0; i < 12; i++) {
		id = fixture_launch(f, "");
		fixture_ec2(f, arena_fmt(f->a, "TerminateInstances&InstanceId.1=%s", id).p);
		fixture_finish_all(f, "");
	}
	do {
		resp = fixture_ec2(f, arena_fmt(f->a, "DescribeInstances&MaxResults=5%s", token).p);
		assert_status(f, &resp, 200);
		for (page = 0; *fixture_element(f, &resp, "instanceId", page) != '\0'; page++) {
			assert_true(n < 12);
			snprintf(seen[n++], 32, "%s",
			    fixture_element(f, &resp, "instanceId", page));
		}
		pages++;
		token = next_page(f, &resp);
		assert_int_equal(page, *token != '\0' ? 5 : 2);
	} while (*token != '\0');
	assert_int_equal(pages, 3);
	assert_int_equal(n, 12);
	for (i = 1; i < n; i++)
		assert_string_not_equal(seen[i], seen[i - 1]);

	/* A page that ends where the list ends has no token. */
	resp = fixture_ec2(f, "DescribeInstances&MaxResults=12");
	assert_has_not(f, &resp, "<nextToken>");
	assert_string_not_equal(fixture_element(f, &resp, "instanceId", 11), "");
}

/* The id of the i-th of some instances, which have as many and as long tags as they may. */
static const char *
tagged(struct fixture *f, size_t i)
{
	return arena_fmt(f->a, "i-%017zx", i).p;
}

static void
tagged_add(struct fixture *f, size_t n)
{
	struct store_instance v = { .account_id = STR(ACCOUNT),
		.image_id = STR(IMAGE),
		.instance_type = STR("t3.nano"),
		.availability_zone = STR(ZONE),
		.created_at = NOW_S,
		.launched_at = NOW_S,
		.state = STORE_INSTANCE_STOPPED,
		.vpc_id = STR(VPC),
		.subnet_id = STR(SUBNET),
		.http_hop_limit = 1 };
	struct store_tag tag = { .account_id = STR(ACCOUNT), .resource_type = STR("instance") };
	char value[257];
	size_t i, k;

	memset(value, '&', 256); /* five bytes each in XML */
	value[256] = '\0';
	tag.value = str_of(value);
	assert_ok(store_begin(f->st));
	for (i = 0; i < n; i++) {
		v.instance_id = tag.resource_id = str_of(tagged(f, i));
		v.reservation_id = arena_fmt(f->a, "r-%017zx", i);
		v.eni_id = arena_fmt(f->a, "eni-%017zx", i);
		v.mac = arena_fmt(f->a, "0a:00:00:00:00:%02zx", i);
		v.private_ip = arena_fmt(f->a, "172.31.1.%zu", i);
		assert_ok(store_instance_add(f->st, &v));
		for (k = 0; k < 50; k++) {
			tag.key = arena_fmt(f->a, "%0128zu", k);
			assert_ok(store_tag_set(f->st, &tag));
		}
	}
	assert_ok(store_commit(f->st));
}

/*
 * Instances whose tags are longer than an answer may be (8 MiB): the list has more pages instead,
 * also for a client that names no MaxResults, or a larger one. By AWS's service model that is the
 * most that is returned, and the next page is asked for with the token.
 */
static void
test_page_is_full(void **state)
{
	static const char *const asks[] = { "", "&MaxResults=1000" };
	enum { N = 130 };
	struct fixture *f = *state;
	struct api_response resp;
	const char *token;
	size_t i, k, n, pages;

	tagged_add(f, N);
	for (k = 0; k < 2; k++) {
		token = "";
		n = pages = 0;
		do {
			resp = fixture_ec2(f,
			    arena_fmt(f->a, "DescribeInstances%s%s", asks[k], token).p);
			assert_status(f, &resp, 200);
			f->boot_ms += 60000; /* so long an answer costs much */
			token = next_page(f, &resp);
			/* At the end of an item, a little behind the half. */
			if (*token != '\0')
				assert_in_range(resp.body.n, 4 << 20, (4 << 20) + 100000);
			for (i = 0; *fixture_element(f, &resp, "instanceId", i) != '\0'; i++, n++)
				assert_string_equal(fixture_element(f, &resp, "instanceId", i),
				    tagged(f, n));
			pages++;
		} while (*token != '\0');
		assert_int_equal(n, N);
		assert_int_equal(pages, 3);
	}
}

static void
test_reservations(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	fixture_ec2(f, "RunInstances&ImageId=" IMAGE "&MinCount=2&MaxCount=2");
	fixture_launch(f, "");
	resp = fixture_ec2(f, "DescribeInstances");
	assert_string_not_equal(fixture_element(f, &resp, "reservationId", 1), "");
	assert_string_equal(fixture_element(f, &resp, "reservationId", 2), "");
	assert_string_not_equal(fixture_element(f, &resp, "instanceId", 2), "");
	/* The public form of the protocol: no address, no element. */
	assert_has(f, &resp, "<dnsName></dnsName>");
	assert_has(f, &resp, "<association><publicIp>198.18.0.4</publicIp>");
}

static void
test_vpcs(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = fixture_ec2(f, "DescribeVpcs");

	assert_status(f, &resp, 200);
	assert_string_equal(fixture_cstr(f, resp.body),
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<DescribeVpcsResponse "
	    "xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>" REQUEST_ID
	    "</requestId><vpcSet><item><vpcId>" VPC "</vpcId><ownerId>" ACCOUNT
	    "</ownerId><state>available</state><cidrBlock>172.31.0.0/16</cidrBlock>"
	    "<cidrBlockAssociationSet><item><cidrBlock>172.31.0.0/16</cidrBlock><associationId>"
	    "vpc-cidr-assoc-0123456789abcdef0</associationId><cidrBlockState><state>associated"
	    "</state></cidrBlockState></item></cidrBlockAssociationSet>"
	    "<ipv6CidrBlockAssociationSet></ipv6CidrBlockAssociationSet><dhcpOptionsId>default"
	    "</dhcpOptionsId><tagSet></tagSet><instanceTenancy>default</instanceTenancy><isDefault>"
	    "true</isDefault></item></vpcSet></DescribeVpcsResponse>");
	resp = fixture_ec2(f, "DescribeVpcs&Filter.1.Name=is-default&Filter.1.Value.1=true");
	assert_has(f, &resp, VPC);
	resp = fixture_ec2(f, "DescribeVpcs&Filter.1.Name=is-default&Filter.1.Value.1=false");
	assert_has(f, &resp, "<vpcSet></vpcSet>");
	resp = fixture_ec2(f, "DescribeVpcs&VpcId.1=vpc-00000000000000000");
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>InvalidVpcID.NotFound</Code>");
	/* Another account sees none of it. */
	f->access_key = OTHER_KEY;
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_has(f, &resp, "<vpcSet></vpcSet>");
}

static void
test_subnets(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	fixture_launch(f, "");
	resp = fixture_ec2(f, "DescribeSubnets&SubnetId.1=" SUBNET);
	assert_status(f, &resp, 200);
	assert_has(f, &resp,
	    "<subnetSet><item><subnetId>" SUBNET "</subnetId><subnetArn>"
	    "arn:aws:ec2:" REGION ":" ACCOUNT ":subnet/" SUBNET "</subnetArn><state>available"
	    "</state><ownerId>" ACCOUNT "</ownerId><vpcId>" VPC "</vpcId><cidrBlock>172.31.0.0/20"
	    "</cidrBlock><ipv6CidrBlockAssociationSet></ipv6CidrBlockAssociationSet>"
	    "<availableIpAddressCount>5</availableIpAddressCount><availabilityZone>" ZONE
	    "</availabilityZone><availabilityZoneId>xxt1-az1</availabilityZoneId><defaultForAz>"
	    "true</defaultForAz><mapPublicIpOnLaunch>true</mapPublicIpOnLaunch>");
	resp = fixture_ec2(f, "DescribeSubnets&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-x");
	assert_has(f, &resp, "<subnetSet></subnetSet>");
	resp = fixture_ec2(f, "DescribeSubnets&SubnetId.1=subnet-00000000000000000");
	assert_has(f, &resp, "<Code>InvalidSubnetID.NotFound</Code>");
}

static void
test_security_groups(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = fixture_ec2(f, "DescribeSecurityGroups&GroupName.1=default");

	assert_status(f, &resp, 200);
	assert_has(f, &resp,
	    "<securityGroupInfo><item><ownerId>" ACCOUNT "</ownerId>"
	    "<groupId>" GROUP
	    "</groupId><groupName>default</groupName><groupDescription>the default"
	    "</groupDescription><vpcId>" VPC "</vpcId><ipPermissions><item><ipProtocol>tcp"
	    "</ipProtocol><fromPort>22</fromPort><toPort>22</toPort><groups></groups><ipRanges>"
	    "<item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges><ipv6Ranges></ipv6Ranges>"
	    "<prefixListIds></prefixListIds></item></ipPermissions><ipPermissionsEgress><item>"
	    "<ipProtocol>-1</ipProtocol><groups></groups><ipRanges><item><cidrIp>0.0.0.0/0");
	resp = fixture_ec2(f, "DescribeSecurityGroups&GroupName.1=none");
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>InvalidGroup.NotFound</Code>");
	resp = fixture_ec2(f, "DescribeSecurityGroups&GroupId.1=sg-00000000000000000");
	assert_has(f, &resp, "<Code>InvalidGroup.NotFound</Code>");
}

static void
test_images_zones_regions(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = fixture_ec2(f, "DescribeImages&Owner.1=self");

	assert_status(f, &resp, 200);
	assert_has(f, &resp,
	    "<imagesSet><item><imageId>" IMAGE "</imageId><imageLocation>" ACCOUNT
	    "/lab</imageLocation><imageState>available</imageState><imageOwnerId>" ACCOUNT
	    "</imageOwnerId><creationDate>2023-11-14T22:13:20.000Z</creationDate>");
	resp = fixture_ec2(f, "DescribeImages&Owner.1=amazon");
	assert_has(f, &resp, "<imagesSet></imagesSet>");
	resp = fixture_ec2(f, "DescribeImages&ImageId.1=ami-00000000000000000");
	assert_has(f, &resp, "<Code>InvalidAMIID.NotFound</Code>");
	resp = fixture_ec2(f, "DescribeAvailabilityZones&ZoneName.1=" ZONE);
	assert_has(f, &resp,
	    "<zoneName>" ZONE "</zoneName><zoneId>xxt1-az1</zoneId>"
	    "<zoneState>available</zoneState><regionName>" REGION "</regionName>");
	resp = fixture_ec2(f, "DescribeAvailabilityZones&ZoneName.1=zone");
	assert_status(f, &resp, 400);
	resp = fixture_ec2(f, "DescribeRegions");
	assert_has(f, &resp,
	    "<regionInfo><item><regionName>" REGION "</regionName><regionEndpoint>"
	    "ec2." REGION ".amazonaws.com</regionEndpoint>");
	resp = fixture_ec2(f, "DescribeRegions&RegionName.1=eu-west-1");
	assert_status(f, &resp, 400);
}

/* A list of several pages of the store: each item once, in order, and ids of the
 * last page are found. */
static void
test_many(void **state)
{
	enum { N = 230 };
	struct store_security_group g = { .account_id = STR(ACCOUNT),
		.vpc_id = STR(VPC),
		.description = STR("one of many"),
		.created_at = NOW_S };
	struct fixture *f = *state;
	const char *id, *before = "";
	struct api_response resp;
	size_t i;

	for (i = 0; i < N; i++) {
		g.group_id = arena_fmt(f->a, "sg-f%016zx", i);
		g.name = arena_fmt(f->a, "many-%zu", i);
		assert_ok(store_security_group_add(f->st, &g));
	}
	resp = fixture_ec2(f,
	    "DescribeSecurityGroups&Filter.1.Name=description&Filter.1.Value.1=one*");
	assert_status(f, &resp, 200);
	for (i = 0; i < N; i++) {
		id = fixture_element(f, &resp, "groupId", i);
		assert_true(strcmp(before, id) < 0);
		before = id;
	}
	assert_string_equal(before, g.group_id.p);
	assert_string_equal(fixture_element(f, &resp, "groupId", N), "");
	/* There is one page to a client, whatever its size. */
	assert_has_not(f, &resp, "nextToken");
	resp = fixture_ec2(f,
	    arena_fmt(f->a, "DescribeSecurityGroups&GroupId.1=" GROUP "&GroupId.2=%s", before).p);
	assert_status(f, &resp, 200);
	assert_string_equal(fixture_element(f, &resp, "groupName", 0), "default");
	assert_string_equal(fixture_element(f, &resp, "groupName", 1), "many-229");
	resp = fixture_ec2(f,
	    arena_fmt(f->a, "DescribeSecurityGroups&GroupId.1=%s&GroupId.2=sg-fffffffffffffffff",
		before)
		.p);
	assert_has(f, &resp, "The security group &apos;sg-fffffffffffffffff&apos; does not exist");
}

/* A zone is one, however many subnets are in it. */
static void
test_zones(void **state)
{
	struct store_subnet subnet = { .subnet_id = STR("subnet-0123456789abcdef1"),
		.account_id = STR(ACCOUNT),
		.vpc_id = STR(VPC),
		.cidr = STR("172.31.16.0/20"),
		.availability_zone = STR(ZONE),
		.availability_zone_id = STR("xxt1-az1"),
		.state = STORE_NET_AVAILABLE,
		.created_at = NOW_S };
	struct fixture *f = *state;
	struct api_response resp;

	assert_ok(store_subnet_add(f->st, &subnet));
	subnet.subnet_id = STR("subnet-0123456789abcdef2");
	subnet.cidr = STR("172.31.32.0/20");
	subnet.availability_zone = STR("xx-test-1b");
	subnet.availability_zone_id = STR("xxt1-az2");
	assert_ok(store_subnet_add(f->st, &subnet));
	resp = fixture_ec2(f, "DescribeAvailabilityZones");
	assert_status(f, &resp, 200);
	assert_string_equal(fixture_element(f, &resp, "zoneName", 0), ZONE);
	assert_string_equal(fixture_element(f, &resp, "zoneName", 1), "xx-test-1b");
	assert_string_equal(fixture_element(f, &resp, "zoneName", 2), "");
	resp =
	    fixture_ec2(f, "DescribeAvailabilityZones&Filter.1.Name=zone-id&Filter.1.Value.1=*2");
	assert_string_equal(fixture_element(f, &resp, "zoneName", 0), "xx-test-1b");
	assert_string_equal(fixture_element(f, &resp, "zoneName", 1), "");
}

static struct api_response
tags(struct fixture *f, const char *action, const char *id, const char *more)
{
	return fixture_ec2(f, arena_fmt(f->a, "%s&ResourceId.1=%s%s", action, id, more).p);
}

static void
assert_tags(struct fixture *f, const char *id, const char *want)
{
	struct api_response resp =
	    fixture_ec2(f, arena_fmt(f->a, "DescribeInstances&InstanceId.1=%s", id).p);

	assert_has(f, &resp, arena_fmt(f->a, "<tagSet>%s</tagSet>", want).p);
}

#define TAG(k, v) "<item><key>" k "</key><value>" v "</value></item>"

static void
test_tags(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;

	resp = tags(f, "CreateTags", id, "&Tag.1.Key=a&Tag.1.Value=1&Tag.2.Key=b");
	assert_status(f, &resp, 200);
	assert_has(f, &resp, "<return>true</return></CreateTagsResponse>");
	assert_tags(f, id, TAG("a", "1") TAG("b", ""));
	/* Its metadata does not show them. */
	assert_int_equal(f->n_sent, 0);
	tags(f, "CreateTags", id, "&Tag.1.Key=a&Tag.1.Value=2");
	assert_tags(f, id, TAG("a", "2") TAG("b", ""));
	/* Only with this value; whatever its value; all. */
	tags(f, "DeleteTags", id, "&Tag.1.Key=a&Tag.1.Value=1");
	assert_tags(f, id, TAG("a", "2") TAG("b", ""));
	tags(f, "DeleteTags", id, "&Tag.1.Key=a");
	assert_tags(f, id, TAG("b", ""));
	tags(f, "DeleteTags", id, "&Tag.1.Key=b&Tag.1.Value=");
	assert_tags(f, id, "");
	tags(f, "CreateTags", id, "&Tag.1.Key=a&Tag.2.Key=b");
	resp = tags(f, "DeleteTags", id, "");
	assert_status(f, &resp, 200);
	assert_tags(f, id, "");
	/* Other resources. */
	resp = tags(f, "CreateTags", VPC, "&ResourceId.2=" GROUP "&Tag.1.Key=a&Tag.1.Value=1");
	assert_status(f, &resp, 200);
	resp = fixture_ec2(f, "DescribeVpcs&Filter.1.Name=tag%3Aa&Filter.1.Value.1=1");
	assert_has(f, &resp, "<tagSet>" TAG("a", "1") "</tagSet>");
}

static void
test_tags_errors(void **state)
{
	static const struct {
		const char *query, *code;
	} rows[] = {
		{ "CreateTags&ResourceId.1=" VPC, "MissingParameter" },
		{ "CreateTags&Tag.1.Key=a", "MissingParameter" },
		{ "CreateTags&ResourceId.1=x&Tag.1.Key=a", "InvalidID" },
		{ "CreateTags&ResourceId.1=i-00000000000000000&Tag.1.Key=a",
		    "InvalidInstanceID.NotFound" },
		{ "CreateTags&ResourceId.1=vpc-00000000000000000&Tag.1.Key=a",
		    "InvalidVpcID.NotFound" },
		{ "CreateTags&ResourceId.1=eni-00000000000000000&Tag.1.Key=a", "InvalidID" },
		{ "CreateTags&ResourceId.1=" VPC "&Tag.1.Key=", "InvalidParameterValue" },
		{ "CreateTags&ResourceId.1=" VPC "&Tag.1.Value=x", "InvalidParameterValue" },
		{ "CreateTags&ResourceId.1=" VPC "&Tag.1.Key=aws%3Ax", "InvalidParameterValue" },
		{ "CreateTags&ResourceId.1=" VPC "&Tag.1.Key=AWS%3Ax", "InvalidParameterValue" },
		{ "CreateTags&ResourceId.1=" VPC "&Tag.1.Key=a&Tag.2.Key=a",
		    "InvalidParameterValue" },
		{ "DeleteTags&ResourceId.1=vpc-00000000000000000", "InvalidVpcID.NotFound" },
	};
	struct fixture *f = *state;
	struct api_response resp;
	struct buf b;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_ec2(f, rows[i].query);
		if (resp.status != 400 ||
		    !fixture_has(&resp, arena_fmt(f->a, "<Code>%s</Code>", rows[i].code).p))
			fail_msg("%s: want %s: %s", rows[i].query, rows[i].code,
			    fixture_cstr(f, resp.body));
	}
	/* Lengths count characters, not bytes: 128 are good, 129 are not. */
	buf_init(&b, 65536);
	for (i = 0; i < 128; i++)
		buf_c(&b, "%C3%A4");
	resp =
	    tags(f, "CreateTags", VPC, arena_fmt(f->a, "&Tag.1.Key=%.*s", STR_FMT(buf_view(&b))).p);
	assert_status(f, &resp, 200);
	resp = tags(f, "CreateTags", VPC,
	    arena_fmt(f->a, "&Tag.1.Key=%.*sx", STR_FMT(buf_view(&b))).p);
	assert_has(f, &resp, "<Code>InvalidParameterValue</Code>");
	/* 50 and no more, whether at once or one after the other. */
	tags(f, "DeleteTags", VPC, "");
	buf_clear(&b);
	for (i = 1; i <= 50; i++)
		buf_fmt(&b, "&Tag.%zu.Key=k%zu", i, i);
	resp = tags(f, "CreateTags", VPC, arena_cstr(f->a, buf_view(&b)));
	assert_status(f, &resp, 200);
	resp = tags(f, "CreateTags", VPC, "&Tag.1.Key=k51");
	assert_has(f, &resp, "<Code>TagLimitExceeded</Code>");
	resp = tags(f, "CreateTags", VPC, "&Tag.1.Key=k50&Tag.1.Value=new");
	assert_status(f, &resp, 200);
	buf_c(&b, "&Tag.51.Key=k51");
	resp = tags(f, "CreateTags", VPC, arena_cstr(f->a, buf_view(&b)));
	assert_has(f, &resp, "<Code>TagLimitExceeded</Code>");
	buf_release(&b);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_glob),
		TEST(test_instances_errors),
		TEST(test_instances_filters),
		TEST(test_instances_pages),
		TEST(test_page_is_full),
		TEST(test_reservations),
		TEST(test_vpcs),
		TEST(test_subnets),
		TEST(test_security_groups),
		TEST(test_images_zones_regions),
		TEST(test_many),
		TEST(test_zones),
		TEST(test_tags),
		TEST(test_tags_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
