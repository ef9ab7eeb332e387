/*
 * instances_test: tests RunInstances, the states that an instance goes through, and what compute
 * and the agent are told.
 */
#include "fixture.h"

#define RUN "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1"

/* How many addresses are free in the pool. */
static int64_t
count_free(struct fixture *f, struct str pool)
{
	int64_t n;

	assert_ok(store_address_count_free_of(f->st, f->a, &pool, 1, &n));
	return n;
}

static const char *
state_of(struct fixture *f, const char *id)
{
	struct api_response resp =
	    fixture_ec2(f, arena_fmt(f->a, "DescribeInstances&InstanceId.1=%s", id).p);
	const char *p;

	assert_status(f, &resp, 200);
	p = memmem(resp.body.p, resp.body.n, "<instanceState>", 15);
	assert_non_null(p);
	resp.body = str_from(resp.body, (size_t)(p - resp.body.p));
	return fixture_element(f, &resp, "name", 0);
}

static struct api_response
change(struct fixture *f, const char *action, const char *id)
{
	return fixture_ec2(f, arena_fmt(f->a, "%s&InstanceId.1=%s", action, id).p);
}

static void
assert_change(struct fixture *f, struct api_response *resp, const char *now, const char *before)
{
	assert_status(f, resp, 200);
	assert_has(f, resp,
	    arena_fmt(f->a, "</code><name>%s</name></currentState><previousState><code>", now).p);
	assert_has(f, resp, arena_fmt(f->a, "<name>%s</name></previousState></item>", before).p);
}

static void
test_run(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	const char *id, *mac, *want, *reservation, *eni;

	resp = fixture_ec2(f,
	    RUN "&InstanceType=t3.nano&UserData=aGVsbG8%3D"
		"&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=Name"
		"&TagSpecification.1.Tag.1.Value=web%3C1%3E");
	assert_status(f, &resp, 200);
	id = fixture_element(f, &resp, "instanceId", 0);
	mac = fixture_element(f, &resp, "macAddress", 0);
	reservation = fixture_element(f, &resp, "reservationId", 0);
	eni = fixture_element(f, &resp, "networkInterfaceId", 0);
	assert_int_equal(strlen(id), 19);
	assert_has(f, &resp,
	    "<RunInstancesResponse "
	    "xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>" REQUEST_ID
	    "</requestId><reservationId>r-");
	assert_has(f, &resp,
	    "<ownerId>" ACCOUNT "</ownerId><groupSet></groupSet><instancesSet>"
	    "<item><instanceId>i-");
	assert_has(f, &resp, "<instanceState><code>0</code><name>pending</name></instanceState>");
	assert_has(f, &resp,
	    "<privateIpAddress>172.31.0.4</privateIpAddress>"
	    "<ipAddress>198.18.0.4</ipAddress>");
	assert_has(f, &resp, "<privateDnsName>ip-172-31-0-4." REGION ".compute.internal</");
	assert_has(f, &resp,
	    "<instanceType>t3.nano</instanceType>"
	    "<launchTime>2023-11-14T22:13:20.000Z</launchTime>");
	assert_has(f, &resp,
	    "<placement><availabilityZone>" ZONE "</availabilityZone>"
	    "<availabilityZoneId>xxt1-az1</availabilityZoneId>");
	assert_has(f, &resp, "<tagSet><item><key>Name</key><value>web&lt;1&gt;</value></item></");
	assert_has(f, &resp, "<groupSet><item><groupId>" GROUP "</groupId><groupName>default</");
	assert_has(f, &resp, "<subnetId>" SUBNET "</subnetId><vpcId>" VPC "</vpcId>");
	assert_has(f, &resp,
	    "<httpTokens>optional</httpTokens>"
	    "<httpPutResponseHopLimit>1</httpPutResponseHopLimit><httpEndpoint>enabled</");

	/* Its agent first, then the driver. What the answer says of the instance, its metadata
	 * says as well (EC2 user guide, "Instance metadata categories"). */
	assert_int_equal(f->n_sent, 2);
	assert_int_equal(f->sent[0].type, SENT_TEXT);
	assert_int_equal(f->sent[0].number, LINK);
	want = arena_fmt(f->a,
	    "{\"type\":\"guest\",\"instance_id\":\"%s\",\"private_ip\":\"172.31.0.4\","
	    "\"public_ip\":\"198.18.0.4\",\"mac\":\"%s\",\"hostname\":\"ip-172-31-0-4." REGION
	    ".compute.internal\",\"ami_id\":\"" IMAGE "\",\"instance_type\":\"t3.nano\","
	    "\"availability_zone\":\"" ZONE "\",\"region\":\"" REGION
	    "\",\"domain\":\"amazonaws.com\",\"account_id\":\"" ACCOUNT "\",\"vpc_id\":\"" VPC
	    "\",\"subnet_id\":\"" SUBNET "\",\"security_groups\":[\"default\"],"
	    "\"tags\":{},\"http_endpoint\":\"enabled\","
	    "\"http_tokens\":\"optional\",\"hop_limit\":1,\"launch_time\":1700000000,"
	    "\"key_name\":\"\",\"public_key\":\"\",\"user_data\":\"aGVsbG8=\","
	    "\"availability_zone_id\":\"xxt1-az1\",\"reservation_id\":\"%s\","
	    "\"interface_id\":\"%s\",\"security_group_ids\":[\"" GROUP "\"],"
	    "\"subnet_cidr\":\"172.31.0.0/20\",\"vpc_cidr\":\"172.31.0.0/16\"}",
	    id, mac, reservation, eni)
		   .p;
	assert_string_equal(f->sent[0].text, want);
	assert_int_equal(f->sent[1].type, SENT_JOB);
	want = arena_fmt(f->a,
	    "instance-run instance=%s vpc=" VPC " subnet=" SUBNET " cidr=172.31.0.0/20 "
	    "private-ip=172.31.0.4 public-ip=198.18.0.4 mac=%s hostname=ip-172-31-0-4." REGION
	    ".compute.internal ingress=tcp:22:22:0.0.0.0/0",
	    id, mac)
		   .p;
	assert_string_equal(f->sent[1].text, want);

	/* The record knows the parameters but the user data. */
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.event_name), "RunInstances");
	assert_null(strstr(fixture_cstr(f, ev.record), "aGVsbG8"));
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"tagSpecificationSet\":{\"items\":[{\"resourceType\":\"instance\",\"tags\":[{"
	    "\"key\":\"Name\",\"value\":\"web<1>\"}]}]}},\"responseElements\":{"));
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    arena_fmt(f->a, "\"instancesSet\":{\"items\":[{\"instanceId\":\"%s\"", id).p));

	fixture_finish_all(f, "");
	assert_string_equal(state_of(f, id), "running");
}

static void
test_life(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;

	/* Running already: nothing happens. */
	resp = change(f, "StartInstances", id);
	assert_change(f, &resp, "running", "running");
	assert_int_equal(f->n_sent, 0);

	resp = change(f, "StopInstances", id);
	assert_change(f, &resp, "stopping", "running");
	assert_string_equal(state_of(f, id), "stopping");
	resp = change(f, "StopInstances", id);
	assert_change(f, &resp, "stopping", "stopping");
	resp = change(f, "StartInstances", id);
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>IncorrectInstanceState</Code>");
	assert_int_equal(f->n_sent, 1);
	assert_string_equal(f->sent[0].text, arena_fmt(f->a, "instance-stop instance=%s", id).p);
	fixture_finish(f, f->sent[0].number, 0, "", "");
	assert_string_equal(state_of(f, id), "stopped");
	assert_int_equal(f->n_sent, 2);
	assert_string_equal(f->sent[1].text,
	    arena_fmt(f->a, "{\"type\":\"guest_gone\",\"instance_id\":\"%s\"}", id).p);
	fixture_forget(f);

	/* Stopped: no public address, the private one stays. */
	resp = change(f, "DescribeInstances", id);
	assert_has_not(f, &resp, "<ipAddress>");
	assert_has(f, &resp, "<privateIpAddress>172.31.0.4</privateIpAddress>");
	assert_has(f, &resp,
	    "<stateReason><code>Client.UserInitiatedShutdown</code>"
	    "<message>Client.UserInitiatedShutdown: User initiated shutdown</message>");
	assert_has(f, &resp, "<reason>User initiated (2023-11-14 22:13:20 GMT)</reason>");

	resp = change(f, "StartInstances", id);
	assert_change(f, &resp, "pending", "stopped");
	assert_int_equal(f->n_sent, 2);
	assert_non_null(strstr(f->sent[1].text, "instance-start instance="));
	assert_non_null(strstr(f->sent[1].text, " public-ip=198.18.0.5 "));
	resp = change(f, "StopInstances", id);
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>IncorrectInstanceState</Code>");
	resp = change(f, "DescribeInstances", id);
	assert_has(f, &resp, "<reason></reason>");
	fixture_finish_all(f, "");
	assert_string_equal(state_of(f, id), "running");

	f->wall_ms += 61000;
	resp = change(f, "TerminateInstances", id);
	assert_change(f, &resp, "shutting-down", "running");
	resp = change(f, "TerminateInstances", id);
	assert_change(f, &resp, "shutting-down", "shutting-down");
	resp = change(f, "StopInstances", id);
	assert_status(f, &resp, 400);
	fixture_finish_all(f, "");
	assert_string_equal(state_of(f, id), "terminated");
	resp = change(f, "TerminateInstances", id);
	assert_change(f, &resp, "terminated", "terminated");
	resp = change(f, "StartInstances", id);
	assert_status(f, &resp, 400);
	resp = change(f, "DescribeInstances", id);
	assert_has(f, &resp, "<reason>User initiated (2023-11-14 22:14:21 GMT)</reason>");
	assert_has_not(f, &resp, "<vpcId>");
	assert_has_not(f, &resp, "<privateIpAddress>");

	/* For an hour it is shown. */
	f->wall_ms += 3599000;
	assert_string_equal(state_of(f, id), "terminated");
	f->wall_ms += 2000;
	resp = fixture_ec2(f, "DescribeInstances");
	assert_has_not(f, &resp, id);
}

static void
test_terminate_gives_back(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *id;
	int i;

	/* Six private and three public addresses: none of them gets lost. */
	for (i = 0; i < 12; i++) {
		id = fixture_launch(f, "");
		resp = change(f, "TerminateInstances", id);
		assert_status(f, &resp, 200);
		fixture_finish_all(f, "");
	}
	/* And none is given to two. */
	for (i = 0; i < 3; i++)
		fixture_launch(f, "");
	resp = fixture_ec2(f, RUN);
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>InsufficientFreeAddressesInSubnet</Code>");
	assert_has(f, &resp, "no free public address");
	assert_int_equal(f->n_sent, 0);
	for (i = 0; i < 3; i++)
		fixture_launch(f,
		    "&NetworkInterface.1.DeviceIndex=0"
		    "&NetworkInterface.1.SubnetId=" SUBNET
		    "&NetworkInterface.1.AssociatePublicIpAddress=false");
	resp = fixture_ec2(f,
	    RUN "&NetworkInterface.1.DeviceIndex=0"
		"&NetworkInterface.1.AssociatePublicIpAddress=false");
	assert_has(f, &resp, "<Code>InsufficientFreeAddressesInSubnet</Code>");
}

static void
test_no_public_address(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *id = fixture_launch(f,
	    "&NetworkInterface.1.DeviceIndex=0"
	    "&NetworkInterface.1.AssociatePublicIpAddress=false"
	    "&NetworkInterface.1.SecurityGroupId.1=" GROUP);

	resp = change(f, "DescribeInstances", id);
	assert_has_not(f, &resp, "<ipAddress>");
	assert_has_not(f, &resp, "<association>");
	change(f, "StopInstances", id);
	fixture_finish_all(f, "");
	change(f, "StartInstances", id);
	assert_non_null(strstr(f->sent[1].text, " public-ip=none "));
	fixture_finish_all(f, "");
	/* Nor by starting it again. */
	resp = change(f, "DescribeInstances", id);
	assert_has_not(f, &resp, "<ipAddress>");
}

static void
test_launch_fails(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = fixture_ec2(f, RUN);
	const char *id = fixture_element(f, &resp, "instanceId", 0);
	uint64_t job = f->sent[1].number;

	log_set_level(LOG_LEVEL_ERROR + 1);
	fixture_forget(f);
	fixture_finish(f, job, 42, "", "no <room> left");
	/* What it may have left is cleared away first. */
	assert_string_equal(state_of(f, id), "shutting-down");
	assert_int_equal(f->n_sent, 1);
	assert_string_equal(f->sent[0].text,
	    arena_fmt(f->a, "instance-terminate instance=%s", id).p);
	fixture_finish(f, f->sent[0].number, 0, "", "");
	assert_string_equal(state_of(f, id), "terminated");
	resp = change(f, "DescribeInstances", id);
	assert_has(f, &resp,
	    "<stateReason><code>Server.InternalError</code><message>"
	    "Server.InternalError: no &lt;room&gt; left</message></stateReason>");
	/* The guest is forgotten. */
	assert_int_equal(f->n_sent, 2);
	assert_non_null(strstr(f->sent[1].text, "guest_gone"));
	/* Its address is free again: the pool goes round before it is used. */
	assert_int_equal(f->n_sent, 2);
}

static void
test_start_fails(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");

	log_set_level(LOG_LEVEL_ERROR + 1);
	change(f, "StopInstances", id);
	fixture_finish_all(f, "");
	change(f, "StartInstances", id);
	fixture_finish(f, f->sent[1].number, 1001, "", "took too long");
	/* What of it has come up goes down. */
	assert_string_equal(state_of(f, id), "stopping");
	assert_string_equal(f->sent[2].text, arena_fmt(f->a, "instance-stop instance=%s", id).p);
	fixture_finish(f, f->sent[2].number, 0, "", "");
	assert_string_equal(state_of(f, id), "stopped");
	/* And can be tried again. */
	fixture_forget(f);
	change(f, "StartInstances", id);
	fixture_finish_all(f, "");
	assert_string_equal(state_of(f, id), "running");
}

static void
test_bad_parameters(void **state)
{
	static const struct {
		const char *body, *code;
	} rows[] = {
		{ "RunInstances&MinCount=1&MaxCount=1", "MissingParameter" },
		{ "RunInstances&ImageId=" IMAGE "&MaxCount=1", "MissingParameter" },
		{ "RunInstances&ImageId=ami-1&MinCount=1&MaxCount=1", "InvalidAMIID.Malformed" },
		{ "RunInstances&ImageId=ami-00000000000000000&MinCount=1&MaxCount=1",
		    "InvalidAMIID.NotFound" },
		{ "RunInstances&ImageId=" IMAGE "&MinCount=0&MaxCount=1", "InvalidParameterValue" },
		{ "RunInstances&ImageId=" IMAGE "&MinCount=x&MaxCount=1", "InvalidParameterValue" },
		{ "RunInstances&ImageId=" IMAGE "&MinCount=2&MaxCount=1",
		    "InvalidParameterCombination" },
		{ RUN "&KeyName=mine", "InvalidKeyPair.NotFound" },
		{ RUN "&SubnetId=subnet-1", "InvalidSubnetID.Malformed" },
		{ RUN "&SubnetId=subnet-00000000000000000", "InvalidSubnetID.NotFound" },
		{ RUN "&SecurityGroupId.1=sg-1", "InvalidGroupId.Malformed" },
		{ RUN "&SecurityGroupId.1=sg-00000000000000000", "InvalidGroup.NotFound" },
		{ RUN "&SecurityGroup.1=none", "InvalidGroup.NotFound" },
		{ RUN "&PrivateIpAddress=172.31.0", "InvalidParameterValue" },
		{ RUN "&PrivateIpAddress=172.31.0.200", "InvalidParameterValue" },
		{ "RunInstances&ImageId=" IMAGE
		  "&MinCount=1&MaxCount=2&PrivateIpAddress=172.31.0.5",
		    "InvalidParameterCombination" },
		{ RUN "&UserData=%21", "InvalidParameterValue" },
		{ RUN "&MetadataOptions.HttpTokens=maybe", "InvalidParameterValue" },
		{ RUN "&MetadataOptions.HttpPutResponseHopLimit=65", "InvalidParameterValue" },
		{ RUN "&MetadataOptions.HttpPutResponseHopLimit=0", "InvalidParameterValue" },
		{ RUN "&Placement.AvailabilityZone=xx-test-1b", "InvalidParameter" },
		/* What AWS has and this installation has not: parameters, and values. */
		{ RUN "&Placement.Tenancy=host", "Unsupported" },
		{ RUN "&Placement.GroupName=x", "Unsupported" },
		{ RUN "&KernelId=x", "Unsupported" },
		{ RUN "&NetworkInterface.1.InterfaceType=efa", "Unsupported" },
		{ RUN "&MetadataOptions.HttpProtocolIpv6=enabled", "Unsupported" },
		{ "StartInstances&InstanceId.1=i-00000000000000000&AdditionalInfo=x",
		    "Unsupported" },
		/* What neither has. */
		{ RUN "&Kernel=x", "UnknownParameter" },
		{ RUN "&Placement.Group=x", "UnknownParameter" },
		{ RUN "&NetworkInterface.1.DeviceIndex=1", "Unsupported" },
		{ RUN "&NetworkInterface.1.DeviceIndex=0&SubnetId=" SUBNET,
		    "InvalidParameterCombination" },
		{ RUN "&NetworkInterface.1.DeviceIndex=0&SecurityGroupId.1=" GROUP,
		    "InvalidParameterCombination" },
		{ RUN "&TagSpecification.1.ResourceType=volume&TagSpecification.1.Tag.1.Key=a",
		    "Unsupported" },
		{ RUN "&TagSpecification.1.ResourceType=instance"
		      "&TagSpecification.1.Tag.1.Key=aws:x",
		    "InvalidParameterValue" },
		{ RUN "&DisableApiTermination=true", "Unsupported" },
		{ RUN "&InstanceInitiatedShutdownBehavior=terminate", "Unsupported" },
		{ RUN "&IamInstanceProfile.Name=x", "Unsupported" },
		{ "StopInstances", "MissingParameter" },
		{ "StopInstances&InstanceId.1=x", "InvalidInstanceID.Malformed" },
		{ "StopInstances&InstanceId.1=i-00000000000000000", "InvalidInstanceID.NotFound" },
		{ "StartInstances&InstanceId.1=i-00000000000000000", "InvalidInstanceID.NotFound" },
		{ "TerminateInstances&InstanceId.1=i-00000000000000000",
		    "InvalidInstanceID.NotFound" },
		{ "StopInstances&InstanceId.1=i-00000000000000000&Hibernate=true", "Unsupported" },
	};
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_ec2(f, rows[i].body);
		if (resp.status != 400 ||
		    !fixture_has(&resp, arena_fmt(f->a, "<Code>%s</Code>", rows[i].code).p))
			fail_msg("%s: want %s: %s", rows[i].body, rows[i].code,
			    fixture_cstr(f, resp.body));
		fixture_audit(f, &ev);
		assert_string_equal(fixture_cstr(f, ev.error_code),
		    arena_fmt(f->a, "Client.%s", rows[i].code).p);
		assert_int_equal(f->n_sent, 0);
	}
	assert_int_equal(fixture_audit(f, NULL), i);
}

static void
test_private_address(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	resp = fixture_ec2(f, RUN "&PrivateIpAddress=172.31.0.7");
	assert_has(f, &resp, "<privateIpAddress>172.31.0.7</privateIpAddress>");
	resp = fixture_ec2(f, RUN "&PrivateIpAddress=172.31.0.7");
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>InvalidIPAddress.InUse</Code>");
}

static void
test_several(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	int64_t before;
	const char *a, *b;

	resp = fixture_ec2(f, "RunInstances&ImageId=" IMAGE "&MinCount=2&MaxCount=2");
	assert_status(f, &resp, 200);
	a = fixture_element(f, &resp, "instanceId", 0);
	b = fixture_element(f, &resp, "instanceId", 1);
	assert_string_not_equal(a, b);
	assert_has(f, &resp, "<amiLaunchIndex>1</amiLaunchIndex>");
	fixture_finish_all(f, "");

	/* As many as there is room for: one of the three public addresses. */
	before = count_free(f, STR(SUBNET));
	resp = fixture_ec2(f, "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=3");
	assert_status(f, &resp, 200);
	assert_string_not_equal(fixture_element(f, &resp, "instanceId", 0), "");
	assert_string_equal(fixture_element(f, &resp, "instanceId", 1), "");
	assert_int_equal(count_free(f, STR(SUBNET)), before - 1);
	fixture_finish_all(f, "");
	resp = fixture_ec2(f, "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1");
	assert_status(f, &resp, 400);

	/* All or none change. */
	resp = fixture_ec2(f,
	    arena_fmt(f->a,
		"StopInstances&InstanceId.1=%s&InstanceId.2=i-00000000000000000"
		"&InstanceId.3=i-00000000000000001",
		a)
		.p);
	assert_has(f, &resp,
	    "The instance IDs &apos;i-00000000000000000, "
	    "i-00000000000000001&apos; do not exist");
	assert_string_equal(state_of(f, a), "running");
	resp = fixture_ec2(f,
	    arena_fmt(f->a, "StopInstances&InstanceId.1=%s&InstanceId.2=%s&InstanceId.3=%s", a, b,
		a)
		.p);
	assert_status(f, &resp, 200);
	assert_string_equal(fixture_element(f, &resp, "instanceId", 1), b);
	assert_string_equal(fixture_element(f, &resp, "instanceId", 2), "");
	assert_int_equal(f->n_sent, 2);
}

static void
test_limit(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	f->settings.max_instances = 2;
	resp = fixture_ec2(f, "RunInstances&ImageId=" IMAGE "&MinCount=3&MaxCount=3");
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>InstanceLimitExceeded</Code>");
	resp = fixture_ec2(f, "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=3");
	assert_status(f, &resp, 200);
	assert_string_equal(fixture_element(f, &resp, "instanceId", 2), "");
	resp = fixture_ec2(f, RUN);
	assert_has(f, &resp, "<Code>InstanceLimitExceeded</Code>");
}

static void
test_client_token(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *id, *again;

	resp = fixture_ec2(f, RUN "&ClientToken=abc");
	id = fixture_element(f, &resp, "instanceId", 0);
	assert_has(f, &resp, "<clientToken>abc</clientToken>");
	fixture_finish_all(f, "");
	resp = fixture_ec2(f, RUN "&ClientToken=abc");
	assert_status(f, &resp, 200);
	again = fixture_element(f, &resp, "instanceId", 0);
	assert_string_equal(id, again);
	/* As it is now. */
	assert_has(f, &resp, "<name>running</name>");
	assert_int_equal(f->n_sent, 0);
	resp = fixture_ec2(f, RUN "&ClientToken=abc&InstanceType=t3.large");
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>IdempotentParameterMismatch</Code>");
	resp = fixture_ec2(f, RUN "&ClientToken=abc&UserData=aGVsbG8%3D");
	assert_has(f, &resp, "<Code>IdempotentParameterMismatch</Code>");
	resp = fixture_ec2(f, RUN "&ClientToken=def");
	assert_string_not_equal(id, fixture_element(f, &resp, "instanceId", 0));
}

/* A failure in the middle of an act leaves nothing of it. */
static void
test_undone(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	int64_t before;

	before = count_free(f, STR(SUBNET));
	resp = fixture_ec2(f, "RunInstances&ImageId=" IMAGE "&MinCount=4&MaxCount=4");
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>InsufficientFreeAddressesInSubnet</Code>");
	assert_int_equal(count_free(f, STR(SUBNET)), before);
	assert_int_equal(count_free(f, STORE_ADDRESS_PUBLIC), 3);
	assert_int_equal(f->n_sent, 0);
	resp = fixture_ec2(f, "DescribeInstances");
	assert_has(f, &resp, "<reservationSet></reservationSet>");
}

/* What belongs to one account is not there for another. */
static void
test_other_account(void **state)
{
	static const struct {
		const char *body, *code;
	} rows[] = {
		{ "DescribeInstances&InstanceId.1=", "InvalidInstanceID.NotFound" },
		{ "StopInstances&InstanceId.1=", "InvalidInstanceID.NotFound" },
		{ "TerminateInstances&InstanceId.1=", "InvalidInstanceID.NotFound" },
		{ "CreateTags&Tag.1.Key=a&ResourceId.1=", "InvalidInstanceID.NotFound" },
		{ RUN "&UserData=", "InvalidAMIID.NotFound" },
	};
	static const struct store_image image = { .image_id = { "ami-00000000000000001", 21 },
		.account_id = { "999999999999", 12 },
		.name = { "theirs", 6 },
		.architecture = { "x86_64", 6 },
		.state = STORE_IMAGE_AVAILABLE };
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	size_t i;

	assert_ok(store_image_add(f->st, &image));
	f->access_key = OTHER_KEY;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_ec2(f, arena_fmt(f->a, "%s%s", rows[i].body, id).p);
		if (resp.status != 400 ||
		    !fixture_has(&resp, arena_fmt(f->a, "<Code>%s</Code>", rows[i].code).p))
			fail_msg("%s: %s", rows[i].body, fixture_cstr(f, resp.body));
	}
	/* Its own image, but not its own network. */
	resp = fixture_ec2(f,
	    "RunInstances&ImageId=ami-00000000000000001&MinCount=1&MaxCount=1"
	    "&SubnetId=" SUBNET);
	assert_has(f, &resp, "<Code>InvalidSubnetID.NotFound</Code>");
	resp = fixture_ec2(f, "RunInstances&ImageId=ami-00000000000000001&MinCount=1&MaxCount=1");
	assert_has(f, &resp, "<Code>InvalidParameter</Code>");
	resp = fixture_ec2(f, "DescribeInstances");
	assert_has(f, &resp, "<reservationSet></reservationSet>");
	assert_int_equal(f->n_sent, 0);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_run),
		TEST(test_life),
		TEST(test_terminate_gives_back),
		TEST(test_no_public_address),
		TEST(test_launch_fails),
		TEST(test_start_fails),
		TEST(test_bad_parameters),
		TEST(test_private_address),
		TEST(test_several),
		TEST(test_limit),
		TEST(test_client_token),
		TEST(test_undone),
		TEST(test_other_account),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
