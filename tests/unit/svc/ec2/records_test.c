/*
 * records_test: holds the records of all actions of EC2 against published ones of AWS, member by
 * member and in their order. Ids and names are those of the fixture.
 * Sources, all on github.com:
 *   [1] invictus-ir/aws_dataset, CloudTrail/, of 2023-07-10
 *   [2] DataDog/stratus-red-team, docs/detonation-logs/
 *   [3] panther-labs/panther-analysis, rules/aws_cloudtrail_rules/
 */
#include "records.h"

#include "svc/ec2/actions.h"

#define MISSING "i-0123456789abcdef0"

static const struct {
	const char *request, *parameters;
} rows[] = {
	/* [1]; nextToken is written like maxResults. */
	{ "DescribeInstances", "{\"instancesSet\":{},\"filterSet\":{}}" },
	{ "DescribeInstances&MaxResults=1000",
	    "{\"maxResults\":1000,\"instancesSet\":{},\"filterSet\":{}}" },
	{ "DescribeInstances&InstanceId.1=" MISSING,
	    "{\"instancesSet\":{\"items\":[{\"instanceId\":\"" MISSING "\"}]},\"filterSet\":{}}" },
	{ "DescribeInstances&MaxResults=1000&Filter.1.Name=instance-state-name"
	  "&Filter.1.Value.1=running",
	    "{\"maxResults\":1000,\"instancesSet\":{},\"filterSet\":{\"items\":[{\"name\":"
	    "\"instance-state-name\",\"valueSet\":{\"items\":[{\"value\":\"running\"}]}}]}}" },
	{ "DescribeInstances&InstanceId.1=" MISSING "&Filter.1.Name=instance-state-name"
	  "&Filter.1.Value.1=running&Filter.1.Value.2=pending",
	    "{\"instancesSet\":{\"items\":[{\"instanceId\":\"" MISSING "\"}]},\"filterSet\":{"
	    "\"items\":[{\"name\":\"instance-state-name\",\"valueSet\":{\"items\":[{\"value\":"
	    "\"running\"},{\"value\":\"pending\"}]}}]}}" },
	{ "DescribeImages&ImageId.1=" IMAGE,
	    "{\"executableBySet\":{},\"imagesSet\":{\"items\":[{\"imageId\":\"" IMAGE
	    "\"}]},\"ownersSet\":{},\"filterSet\":{}}" },
	{ "DescribeImages&Owner.1=amazon&Filter.1.Name=name&Filter.1.Value.1="
	  "amzn2-ami-hvm-%2A-x86_64-ebs&IncludeDeprecated=false",
	    "{\"executableBySet\":{},\"imagesSet\":{},\"ownersSet\":{\"items\":[{\"owner\":"
	    "\"amazon\"}]},\"filterSet\":{\"items\":[{\"name\":\"name\",\"valueSet\":{\"items\":[{"
	    "\"value\":\"amzn2-ami-hvm-*-x86_64-ebs\"}]}}]},\"includeDeprecated\":false}" },
	{ "DescribeVpcs", "{\"vpcSet\":{},\"filterSet\":{}}" },
	{ "DescribeVpcs&MaxResults=1000", "{\"maxResults\":1000,\"vpcSet\":{},\"filterSet\":{}}" },
	{ "DescribeVpcs&VpcId.1=" VPC,
	    "{\"vpcSet\":{\"items\":[{\"vpcId\":\"" VPC "\"}]},\"filterSet\":{}}" },
	{ "DescribeSubnets&MaxResults=1000",
	    "{\"maxResults\":1000,\"subnetSet\":{},\"filterSet\":{}}" },
	{ "DescribeSubnets&SubnetId.1=" SUBNET,
	    "{\"subnetSet\":{\"items\":[{\"subnetId\":\"" SUBNET "\"}]},\"filterSet\":{}}" },
	{ "DescribeSubnets&Filter.1.Name=vpc-id&Filter.1.Value.1=" VPC,
	    "{\"subnetSet\":{},\"filterSet\":{\"items\":[{\"name\":\"vpc-id\",\"valueSet\":{"
	    "\"items\":[{\"value\":\"" VPC "\"}]}}]}}" },
	{ "DescribeSecurityGroups&MaxResults=1000",
	    "{\"maxResults\":1000,\"securityGroupSet\":{},\"securityGroupIdSet\":{},"
	    "\"filterSet\":{}}" },
	{ "DescribeSecurityGroups&GroupId.1=" GROUP,
	    "{\"securityGroupSet\":{},\"securityGroupIdSet\":{\"items\":[{\"groupId\":\"" GROUP
	    "\"}]},\"filterSet\":{}}" },
	{ "DescribeSecurityGroups&Filter.1.Name=group-name&Filter.1.Value.1=default"
	  "&Filter.2.Name=vpc-id&Filter.2.Value.1=" VPC,
	    "{\"securityGroupSet\":{},\"securityGroupIdSet\":{},\"filterSet\":{\"items\":[{"
	    "\"name\":\"group-name\",\"valueSet\":{\"items\":[{\"value\":\"default\"}]}},{\"name\":"
	    "\"vpc-id\",\"valueSet\":{\"items\":[{\"value\":\"" VPC "\"}]}}]}}" },
	{ "DescribeRegions", "{\"regionSet\":{}}" },
	{ "DescribeRegions&AllRegions=true", "{\"regionSet\":{},\"allRegions\":true}" },
	{ "DescribeAvailabilityZones",
	    "{\"availabilityZoneSet\":{},\"availabilityZoneIdSet\":{}}" },
	{ "DescribeAvailabilityZones&Filter.1.Name=state&Filter.1.Value.1=available",
	    "{\"availabilityZoneSet\":{},\"availabilityZoneIdSet\":{},\"filterSet\":{\"items\":[{"
	    "\"name\":\"state\",\"valueSet\":{\"items\":[{\"value\":\"available\"}]}}]}}" },

	/* [1], the launch that was refused for its number of processors. */
	{ "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=10&InstanceType=p2.xlarge"
	  "&SubnetId=" SUBNET "&ClientToken=c3a259b3-250e-46f5-bbe3-1e60bdb4a094",
	    "{\"instancesSet\":{\"items\":[{\"imageId\":\"" IMAGE
	    "\",\"minCount\":1,\"maxCount\":10}]},\"instanceType\":\"p2.xlarge\","
	    "\"blockDeviceMapping\":{},\"monitoring\":{\"enabled\":false},\"subnetId\":\"" SUBNET
	    "\",\"disableApiTermination\":false,\"disableApiStop\":false,\"clientToken\":"
	    "\"c3a259b3-250e-46f5-bbe3-1e60bdb4a094\"}" },
	/* What the request has not is not made up; see user_test. */
	{ "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1",
	    "{\"instancesSet\":{\"items\":[{\"imageId\":\"" IMAGE
	    "\",\"minCount\":1,\"maxCount\":1}]},\"blockDeviceMapping\":{},\"monitoring\":{"
	    "\"enabled\":false},\"disableApiTermination\":false,\"disableApiStop\":false}" },
	/* [1], stratus-red-team's own instance; what has no row here is left out. */
	{ "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1&InstanceType=t3.micro"
	  "&ClientToken=D37569A7&NetworkInterface.1.DeviceIndex=0"
	  "&NetworkInterface.1.DeleteOnTermination=false&EbsOptimized=false"
	  "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=StratusRedTeam"
	  "&TagSpecification.1.Tag.1.Value=true",
	    "{\"instancesSet\":{\"items\":[{\"imageId\":\"" IMAGE
	    "\",\"minCount\":1,\"maxCount\":1}]},\"instanceType\":\"t3.micro\","
	    "\"blockDeviceMapping\":{},\"monitoring\":{\"enabled\":false},"
	    "\"disableApiTermination\":false,\"disableApiStop\":false,\"clientToken\":\"D37569A7\","
	    "\"networkInterfaceSet\":{\"items\":[{\"deviceIndex\":0,\"deleteOnTermination\":false"
	    "}]},\"ebsOptimized\":false,\"tagSpecificationSet\":{\"items\":[{\"resourceType\":"
	    "\"instance\",\"tags\":[{\"key\":\"StratusRedTeam\",\"value\":\"true\"}]}]}}" },
	/* [3] aws_ec2_vulnerable_xz_image_launched.yml */
	{ "RunInstances&ImageId=" IMAGE "&MinCount=2&MaxCount=2&KeyName=a-key"
	  "&InstanceType=t3a.nano&NetworkInterface.1.AssociatePublicIpAddress=true"
	  "&NetworkInterface.1.DeviceIndex=0&NetworkInterface.1.SubnetId=" SUBNET
	  "&NetworkInterface.1.SecurityGroupId.1=" GROUP "&EbsOptimized=true",
	    "{\"instancesSet\":{\"items\":[{\"imageId\":\"" IMAGE
	    "\",\"minCount\":2,\"maxCount\":2,\"keyName\":\"a-key\"}]},\"instanceType\":"
	    "\"t3a.nano\",\"blockDeviceMapping\":{},\"monitoring\":{\"enabled\":false},"
	    "\"disableApiTermination\":false,\"disableApiStop\":false,\"networkInterfaceSet\":{"
	    "\"items\":[{\"deviceIndex\":0,\"subnetId\":\"" SUBNET
	    "\",\"associatePublicIpAddress\":true,\"groupSet\":{\"items\":[{\"groupId\":\"" GROUP
	    "\"}]}}]},\"ebsOptimized\":true}" },
	/* The places of groupSet and userData are those of a launch by Auto Scaling of 2019-09-11,
	 * whose record is in several projects' tests; [3] has availabilityZone. */
	{ "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1&SecurityGroupId.1=" GROUP
	  "&SecurityGroup.1=default&UserData=aGVsbG8%3D&InstanceType=t3.medium"
	  "&Placement.AvailabilityZone=" ZONE "&Placement.Tenancy=default&Monitoring.Enabled=true"
	  "&DisableApiTermination=true&DisableApiStop=true",
	    "{\"instancesSet\":{\"items\":[{\"imageId\":\"" IMAGE
	    "\",\"minCount\":1,\"maxCount\":1}]},\"groupSet\":{\"items\":[{\"groupId\":\"" GROUP
	    "\"},{\"groupName\":\"default\"}]},\"userData\":\"<sensitiveDataRemoved>\","
	    "\"instanceType\":\"t3.medium\",\"blockDeviceMapping\":{},\"availabilityZone\":\"" ZONE
	    "\",\"tenancy\":\"default\",\"monitoring\":{\"enabled\":true},"
	    "\"disableApiTermination\":true,\"disableApiStop\":true}" },

	/* [1], [2] aws.execution.ec2-user-data.json, [3] aws_ec2_stopinstances.yml */
	{ "StartInstances&InstanceId.1=" MISSING,
	    "{\"instancesSet\":{\"items\":[{\"instanceId\":\"" MISSING "\"}]}}" },
	{ "StopInstances&InstanceId.1=" MISSING,
	    "{\"instancesSet\":{\"items\":[{\"instanceId\":\"" MISSING "\"}]},\"force\":false}" },
	{ "StopInstances&InstanceId.1=" MISSING "&Force=true",
	    "{\"instancesSet\":{\"items\":[{\"instanceId\":\"" MISSING "\"}]},\"force\":true}" },
	{ "TerminateInstances&InstanceId.1=" MISSING,
	    "{\"instancesSet\":{\"items\":[{\"instanceId\":\"" MISSING "\"}]}}" },
	{ "CreateTags&ResourceId.1=" MISSING "&Tag.1.Key=StratusRedTeam&Tag.1.Value=true",
	    "{\"resourcesSet\":{\"items\":[{\"resourceId\":\"" MISSING
	    "\"}]},\"tagSet\":{\"items\":[{\"key\":\"StratusRedTeam\",\"value\":\"true\"}]}}" },
	/* None was found; it has the members of CreateTags. */
	{ "DeleteTags&ResourceId.1=" MISSING "&Tag.1.Key=StratusRedTeam",
	    "{\"resourcesSet\":{\"items\":[{\"resourceId\":\"" MISSING
	    "\"}]},\"tagSet\":{\"items\":[{\"key\":\"StratusRedTeam\"}]}}" },
};

static void
test_parameters(void **state)
{
	struct fixture *f = *state;
	size_t i;

	f->settings.api_rate = f->settings.api_burst = 1000;
	for (i = 0; i < FIELD_N(rows); i++) {
		fixture_ec2(f, rows[i].request);
		records_assert_has(f,
		    arena_fmt(f->a,
			"\"requestParameters\":%s,\"responseElements\":", rows[i].parameters)
			.p);
	}
}

static void
test_every_action_has_a_row(void **state)
{
	const struct record_rows tables[] = { RECORD_ROWS(rows) };

	(void)state;
	records_assert_complete(ec2_actions, tables, FIELD_N(tables));
}

/* [2] aws.execution.ec2-launch-unusual-instances.json and [1]: EC2 records what a denied caller
 * asked for. As anybody can be denied, the record is short. */
static void
test_denied(void **state)
{
	struct fixture *f = *state;
	struct buf b;
	int i;

	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	fixture_ec2(f, "TerminateInstances&InstanceId.1=" MISSING);
	records_assert_has(f, "\"errorCode\":\"Client.UnauthorizedOperation\"");
	records_assert_has(f,
	    "\"requestParameters\":{\"instancesSet\":{\"items\":[{\"instanceId\":\"" MISSING
	    "\"}]}},\"responseElements\":null");
	buf_init(&b, 1u << 20);
	buf_c(&b, "TerminateInstances");
	for (i = 1; i <= 200; i++)
		buf_fmt(&b, "&InstanceId.%d=i-%017d", i, i);
	fixture_ec2(f, fixture_cstr(f, buf_view(&b)));
	buf_release(&b);
	records_assert_has(f,
	    "\"requestParameters\":{\"omitted\":true,\"reason\":\"larger than 4 KB\"},");
}

/*
 * [1]: lists that are empty are {}, empty texts (dnsName, reason, groupName of the placement,
 * description of the interface) are left out, and privateIpAddressesSet has "item". There, an
 * interface has a tagSet as well, the instance enaSupport, cpuOptions and other hardware, and no
 * availabilityZoneId and platformDetails.
 */
static void
test_answer_of_a_launch(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *id, *eni, *mac;

	resp = fixture_ec2(f,
	    "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1&InstanceType=t3.micro"
	    "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=StratusRedTeam"
	    "&TagSpecification.1.Tag.1.Value=true");
	assert_status(f, &resp, 200);
	id = fixture_element(f, &resp, "instanceId", 0);
	eni = fixture_element(f, &resp, "networkInterfaceId", 0);
	mac = fixture_element(f, &resp, "macAddress", 0);
#define HOSTNAME "ip-172-31-0-4." REGION ".compute.internal"
#define GROUPS "\"groupSet\":{\"items\":[{\"groupId\":\"" GROUP "\",\"groupName\":\"default\"}]}"
	records_assert_has(f,
	    arena_fmt(f->a,
		"\"responseElements\":{\"requestId\":\"" REQUEST_ID
		"\",\"reservationId\":\"%s\",\"ownerId\":\"" ACCOUNT
		"\",\"groupSet\":{},\"instancesSet\":{\"items\":[{\"instanceId\":\"%s\","
		"\"imageId\":\"" IMAGE
		"\",\"instanceState\":{\"code\":0,\"name\":\"pending\"},\"privateDnsName\":"
		"\"" HOSTNAME "\",\"amiLaunchIndex\":0,\"productCodes\":{},\"instanceType\":"
		"\"t3.micro\",\"launchTime\":1700000000000,\"placement\":{\"availabilityZone\":"
		"\"" ZONE
		"\",\"availabilityZoneId\":\"xxt1-az1\",\"tenancy\":\"default\"},\"monitoring\":"
		"{\"state\":\"disabled\"},\"subnetId\":\"" SUBNET "\",\"vpcId\":\"" VPC
		"\",\"privateIpAddress\":\"172.31.0.4\",\"ipAddress\":\"198.18.0.4\","
		"\"sourceDestCheck\":true," GROUPS
		",\"networkInterfaceSet\":{\"items\":[{\"networkInterfaceId\":\"%s\","
		"\"subnetId\":\"" SUBNET "\",\"vpcId\":\"" VPC "\",\"ownerId\":\"" ACCOUNT
		"\",\"status\":\"in-use\",\"macAddress\":\"%s\",\"privateIpAddress\":"
		"\"172.31.0.4\",\"privateDnsName\":\"" HOSTNAME
		"\",\"sourceDestCheck\":true," GROUPS
		",\"attachment\":{\"attachmentId\":\"eni-attach-%s\",\"deviceIndex\":0,\"status\":"
		"\"attached\",\"attachTime\":1700000000000,\"deleteOnTermination\":true},"
		"\"association\":{\"publicIp\":\"198.18.0.4\",\"ipOwnerId\":\"amazon\"},"
		"\"privateIpAddressesSet\":{\"item\":[{\"privateIpAddress\":\"172.31.0.4\","
		"\"privateDnsName\":\"" HOSTNAME "\",\"primary\":true}]},\"ipv6AddressesSet\":{},"
		"\"interfaceType\":\"interface\"}]},",
		fixture_element(f, &resp, "reservationId", 0), id, eni, mac, eni + 4)
		.p);
	records_assert_has(f,
	    "\"tagSet\":{\"items\":[{\"key\":\"StratusRedTeam\",\"value\":\"true\"}]},"
	    "\"hypervisor\":\"xen\",");
}

/* [1] and [2] */
static void
test_answers_of_changes(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");

#define CHANGED(code, name, old_code, old_name) \
	arena_fmt(f->a, \
	    "\"responseElements\":{\"requestId\":\"" REQUEST_ID \
	    "\",\"instancesSet\":{\"items\":[{\"instanceId\":\"%s\",\"currentState\":{" \
	    "\"code\":" code ",\"name\":\"" name "\"},\"previousState\":{\"code\":" old_code \
	    ",\"name\":\"" old_name "\"}}]}},", \
	    id) \
	    .p
	fixture_ec2(f, arena_fmt(f->a, "CreateTags&ResourceId.1=%s&Tag.1.Key=a", id).p);
	records_assert_has(f,
	    "\"responseElements\":{\"requestId\":\"" REQUEST_ID "\",\"_return\":true},");
	fixture_ec2(f, arena_fmt(f->a, "DeleteTags&ResourceId.1=%s&Tag.1.Key=a", id).p);
	records_assert_has(f,
	    "\"responseElements\":{\"requestId\":\"" REQUEST_ID "\",\"_return\":true},");
	fixture_ec2(f, arena_fmt(f->a, "StopInstances&InstanceId.1=%s&Force=true", id).p);
	records_assert_has(f, CHANGED("64", "stopping", "16", "running"));
	fixture_finish_all(f, "");
	fixture_ec2(f, arena_fmt(f->a, "StartInstances&InstanceId.1=%s", id).p);
	records_assert_has(f, CHANGED("0", "pending", "80", "stopped"));
	fixture_finish_all(f, "");
	fixture_ec2(f, arena_fmt(f->a, "TerminateInstances&InstanceId.1=%s", id).p);
	records_assert_has(f, CHANGED("32", "shutting-down", "16", "running"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_parameters),
		cmocka_unit_test(test_every_action_has_a_row),
		TEST(test_denied),
		TEST(test_answer_of_a_launch),
		TEST(test_answers_of_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
