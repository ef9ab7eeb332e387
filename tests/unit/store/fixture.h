/* fixture: a new store in a directory of its own for each test. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../fixture/store_template.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "store/db_file.h"
#include "store/store.h"
#include "store/store_account.h"
#include "store/store_image.h"
#include "store/store_instance.h"
#include "store/store_security_group.h"
#include "store/store_subnet.h"
#include "store/store_vpc.h"

#define ACCOUNT STR("111122223333")
#define OTHER_ACCOUNT STR("444455556666")

struct fixture {
	char dir[64];
	char path[80];
	struct store *st;
	struct arena *a;
};

#define assert_ok(expr) assert_int_equal((expr), 0)
#define assert_str(s, want) assert_string_equal(fixture_cstr(s), (want))

/* The view with a NUL behind, for messages; one of four static buffers. */
static inline const char *
fixture_cstr(struct str s)
{
	static char bytes[4][4096];
	static unsigned int i;
	char *p = bytes[i++ % 4];

	snprintf(p, 4096, "%.*s", STR_FMT(s));
	return p;
}

static inline void
fixture_reopen(struct fixture *f)
{
	struct errinfo ei = { "" };
	int r;

	store_close(f->st);
	r = store_open(f->path, &f->st, &ei);
	if (r != 0)
		fail_msg("open: %s: %s", err_text(r), ei.text);
}

/* The directory alone. */
static inline int
fixture_dir(void **state)
{
	struct fixture *f = xalloc(sizeof(*f));

	/* In memory, where a sync takes no time: tests let it fail, and none needs it slow. */
	snprintf(f->dir, sizeof(f->dir), "%s/store_test.XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->dir);
	f->a = arena_new(64u << 20);
	*state = f;
	return 0;
}

/* With an empty store. */
static inline int
fixture_empty(void **state)
{
	struct errinfo ei = { "" };
	struct fixture *f;
	int r;

	fixture_dir(state);
	f = *state;
	r = store_template_copy(f->path, &f->st, &ei);
	if (r != 0)
		fail_msg("create: %s: %s", err_text(r), ei.text);
	return 0;
}

/* With two accounts. */
static inline int
fixture_accounts(void **state)
{
	struct fixture *f;

	fixture_empty(state);
	f = *state;
	assert_ok(store_account_add(f->st, &(struct store_account){ ACCOUNT, 1000 }));
	assert_ok(store_account_add(f->st, &(struct store_account){ OTHER_ACCOUNT, 2000 }));
	return 0;
}

static inline struct store_vpc
fixture_vpc(struct str vpc_id)
{
	return (struct store_vpc){ .vpc_id = vpc_id,
		.account_id = ACCOUNT,
		.cidr = STR("10.0.0.0/16"),
		.state = STORE_NET_AVAILABLE,
		.created_at = 1000 };
}

static inline struct store_subnet
fixture_subnet(struct str subnet_id, struct str vpc_id)
{
	return (struct store_subnet){ .subnet_id = subnet_id,
		.account_id = ACCOUNT,
		.vpc_id = vpc_id,
		.cidr = STR("10.0.1.0/24"),
		.availability_zone = STR("eu-west-1a"),
		.availability_zone_id = STR("euw1-az1"),
		.state = STORE_NET_AVAILABLE,
		.created_at = 1000 };
}

static inline struct store_security_group
fixture_group(struct str group_id, struct str vpc_id, struct str name)
{
	return (struct store_security_group){ .group_id = group_id,
		.account_id = ACCOUNT,
		.vpc_id = vpc_id,
		.name = name,
		.description = STR("d"),
		.created_at = 1000 };
}

static inline struct store_instance
fixture_instance(struct str instance_id)
{
	return (struct store_instance){ .instance_id = instance_id,
		.account_id = ACCOUNT,
		.reservation_id = STR("r-1"),
		.image_id = STR("ami-1"),
		.instance_type = STR("t3.micro"),
		.vpc_id = STR("vpc-1"),
		.subnet_id = STR("subnet-1"),
		.private_ip = STR("10.0.1.4"),
		.created_at = 1000,
		.launched_at = 1000,
		.state = STORE_INSTANCE_RUNNING,
		.http_endpoint = true,
		.http_hop_limit = 1 };
}

/* With accounts, vpc-1, subnet-1, sg-1, sg-2 and ami-1. */
static inline int
fixture_network(void **state)
{
	struct store_vpc vpc = fixture_vpc(STR("vpc-1"));
	struct store_subnet subnet = fixture_subnet(STR("subnet-1"), STR("vpc-1"));
	struct store_security_group g1 = fixture_group(STR("sg-1"), STR("vpc-1"), STR("default"));
	struct store_security_group g2 = fixture_group(STR("sg-2"), STR("vpc-1"), STR("ssh"));
	struct store_image image = { .image_id = STR("ami-1"),
		.account_id = ACCOUNT,
		.architecture = STR("x86_64"),
		.state = STORE_IMAGE_AVAILABLE };
	struct fixture *f;

	fixture_accounts(state);
	f = *state;
	assert_ok(store_vpc_add(f->st, &vpc));
	assert_ok(store_subnet_add(f->st, &subnet));
	assert_ok(store_security_group_add(f->st, &g1));
	assert_ok(store_security_group_add(f->st, &g2));
	assert_ok(store_image_add(f->st, &image));
	return 0;
}

static inline int
fixture_end(void **state)
{
	struct fixture *f = *state;

	store_close(f->st);
	arena_free(f->a);
	db_file_remove(f->path);
	(void)rmdir(f->dir);
	xfree(f);
	return 0;
}

#endif
