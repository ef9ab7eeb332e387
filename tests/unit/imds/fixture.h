/* fixture: a guest, a signer and an entry that the tests of imds share. */
#ifndef TEST_IMDS_FIXTURE_H
#define TEST_IMDS_FIXTURE_H

#include "imds/guests.h"
#include "imds/signers.h"

#define LEAF "0123456789ABCDEF0123456789ABCDEF01234567"
#define ISSUER "FEDCBA9876543210FEDCBA9876543210FEDCBA98"
#define LEAF_2 "1111111111111111111111111111111111111111"
#define CHAIN "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
#define CHAIN_2 "-----BEGIN CERTIFICATE-----\nBBBB\n-----END CERTIFICATE-----\n"
#define ENTRY_OF(n) "#Timestamp=1\n#Instance=i-0123456789abcdef0\nssh-ed25519 K" n "\nSIG\n"

static const struct str fixture_groups[] = { { "default", 7 }, { "web", 3 } };
static const struct str fixture_group_ids[] = { { "sg-1", 4 }, { "sg-2", 4 } };
static const struct link_pair fixture_tags[] = { { { "Name", 4 }, { "one", 3 } },
	{ { "empty", 5 }, { "", 0 } } };
static const struct link_pair fixture_staples[] = { { { LEAF, 40 }, { "b2NzcDE=", 8 } },
	{ { ISSUER, 40 }, { "b2NzcDI=", 8 } } };

static inline struct link_guest
fixture_guest(void)
{
	return (struct link_guest){
		.instance_id = STR("i-0123456789abcdef0"),
		.private_ip = STR("10.0.0.5"),
		.public_ip = STR("203.0.113.7"),
		.mac = STR("02:00:00:00:00:05"),
		.hostname = STR("ip-10-0-0-5.eu-test-1.compute.internal"),
		.ami_id = STR("ami-1"),
		.instance_type = STR("t3.micro"),
		.availability_zone = STR("eu-test-1a"),
		.region = STR("eu-test-1"),
		.domain = STR("amazonaws.com"),
		.account_id = STR("123456789012"),
		.vpc_id = STR("vpc-1"),
		.subnet_id = STR("subnet-1"),
		.key_name = STR("mine"),
		.public_key = STR("ssh-ed25519 AAAA mine"),
		.user_data = STR("#!/bin/sh\n"),
		.security_groups = { fixture_groups, 2 },
		.tags = { fixture_tags, 2 },
		.http_endpoint = true,
		.http_tokens_required = false,
		.hop_limit = 1,
		.launched_at = 1700000000,
		.availability_zone_id = STR("eut1-az2"),
		.reservation_id = STR("r-0123456789abcdef0"),
		.ami_launch_index = 12,
		.interface_id = STR("eni-1"),
		.security_group_ids = { fixture_group_ids, 2 },
		.subnet_cidr = STR("10.0.0.0/24"),
		.vpc_cidr = STR("10.0.0.0/16"),
	};
}

static inline struct link_signer
fixture_signer(void)
{
	return (struct link_signer){ .signer_id = STR(LEAF),
		.chain = STR(CHAIN),
		.staples = { fixture_staples, 2 } };
}

static inline struct link_key
fixture_key(struct str user, struct str request, int64_t deadline_ms)
{
	return (struct link_key){ .instance_id = STR("i-0123456789abcdef0"),
		.os_user = user,
		.request_id = request,
		.signer_id = STR(LEAF),
		.deadline_ms = deadline_ms,
		.entry = STR(ENTRY_OF("1")) };
}

#endif
