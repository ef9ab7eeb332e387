/*
 * store_bench [DIRECTORY]: how many pushes (a key and its audit event, both
 * durable) the store takes a second, by the size of the group that is
 * committed at once.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rand.h"
#include "store/db_file.h"
#include "store/store.h"
#include "store/store_account.h"
#include "store/store_active_key.h"
#include "store/store_audit.h"
#include "store/store_image.h"
#include "store/store_instance.h"

#define RUN_MS 3000
#define MAX_COMMITS 400000
#define INSTANCES 1000 /* among which the pushes go at random */

#define ACCOUNT STR("111122223333")

/* About as long as the real ones. */
static char entry[1200], record[1600];

static struct str
instance_name(char id[static 32], uint64_t i)
{
	snprintf(id, 32, "i-%017llx", (unsigned long long)(i * 0x9e3779b97f4a7c15u) >> 4);
	return str_of(id);
}

static int
prepare(const char *path, struct store **ret)
{
	struct store_account account = { ACCOUNT, 1 };
	struct store_image image = { .image_id = STR("ami-1"),
		.account_id = ACCOUNT,
		.state = STORE_IMAGE_AVAILABLE };
	struct store_instance instance = { .account_id = ACCOUNT,
		.image_id = STR("ami-1"),
		.http_hop_limit = 1 };
	char id[32];
	struct errinfo ei = { "" };
	int r;

	memset(entry, 'e', sizeof(entry));
	memset(record, 'r', sizeof(record));
	if ((r = store_create(path, ret, &ei)) != 0) {
		fprintf(stderr, "%s\n", ei.text);
		return r;
	}
	if ((r = store_account_add(*ret, &account)) != 0)
		return r;
	if ((r = store_image_add(*ret, &image)) != 0)
		return r;
	if ((r = store_begin(*ret)) != 0)
		return r;
	for (uint64_t i = 0; i < INSTANCES; i++) {
		instance.instance_id = instance_name(id, i);
		if ((r = store_instance_add(*ret, &instance)) != 0)
			return r;
	}
	return store_commit(*ret);
}

static int
push(struct store *st, int64_t at_ms)
{
	char request_id[37], event_id[37], instance_id[32];
	struct store_audit_resource resource = { STR("AWS::EC2::Instance"),
		instance_name(instance_id, rand_below(rand_system(), INSTANCES)) };
	struct store_active_key key = { .instance_id = resource.name,
		.os_user = STR("ec2-user"),
		.public_key = STR("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI0123456789012345678901"),
		.caller_arn = STR("arn:aws:iam::111122223333:user/alice"),
		.signer_id = STR("0123456789ABCDEF0123456789ABCDEF01234567"),
		.entry = { entry, sizeof(entry) },
		.created_at = at_ms / 1000,
		.expires_at = at_ms / 1000 + 60,
		.boot_id = STR("aaaaaaaa-0000-4000-8000-000000000000"),
		.boot_deadline_ms = at_ms };
	struct store_audit_event event = { .event_at = at_ms / 1000,
		.account_id = ACCOUNT,
		.event_source = STR("ec2-instance-connect.amazonaws.com"),
		.event_name = STR("SendSSHPublicKey"),
		.access_key_id = STR("AKIA0123456789ABCDEF"),
		.username = STR("alice"),
		.principal_arn = key.caller_arn,
		.source_ip = STR("192.0.2.17"),
		.user_agent = STR("aws-cli/2.17.0 md/awscrt"),
		.record = { record, sizeof(record) },
		.resources = &resource,
		.n_resources = 1 };
	int r;

	rand_uuid(rand_system(), request_id);
	rand_uuid(rand_system(), event_id);
	key.request_id = event.request_id = str_of(request_id);
	event.event_id = str_of(event_id);
	if ((r = store_savepoint(st)) != 0)
		return r;
	if ((r = store_active_key_add(st, &key)) != 0)
		return r;
	if ((r = store_audit_add(st, &event)) != 0)
		return r;
	return store_release(st);
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t
now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ll + ts.tv_nsec / 1000;
}

/* CPU time of this process, and the bytes it sent towards the disk. */
static int64_t
cpu_us(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000ll + u.ru_utime.tv_usec +
	    u.ru_stime.tv_usec;
}

static int64_t
written_bytes(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return u.ru_oublock * 512ll;
}

static int
run(struct store *st, int group)
{
	static int64_t took_us[MAX_COMMITS];
	int64_t begin_us = now_us(), before_us, wall_ms = clock_wall_ms(clock_system());
	int64_t cpu_before_us = cpu_us(), written_before = written_bytes();
	double pushes;
	size_t n = 0;
	int r;

	do {
		before_us = now_us();
		if ((r = store_begin(st)) != 0)
			return r;
		for (int i = 0; i < group; i++) {
			if ((r = push(st, wall_ms)) != 0)
				return r;
		}
		if ((r = store_commit(st)) != 0)
			return r;
		took_us[n++] = now_us() - before_us;
	} while (now_us() - begin_us < RUN_MS * 1000 && n < MAX_COMMITS);
	qsort(took_us, n, sizeof(took_us[0]), compare);
	pushes = (double)n * group;
	printf("group %3d: %7.0f pushes/s, p50 %6.2f ms, p99 %6.2f ms a group;"
	       " %5.1f us of CPU, %5.1f KiB to disk a push\n",
	    group, pushes * 1e6 / (double)(now_us() - begin_us), (double)took_us[n / 2] / 1000,
	    (double)took_us[n * 99 / 100] / 1000, (double)(cpu_us() - cpu_before_us) / pushes,
	    (double)(written_bytes() - written_before) / 1024 / pushes);
	return 0;
}

int
main(int argc, char **argv)
{
	static const int groups[] = { 1, 16, 64 };
	struct store *st = NULL;
	char dir[200], path[220];
	int r = ERR_SYS;

	snprintf(dir, sizeof(dir), "%s/store_bench.XXXXXX", argc > 1 ? argv[1] : "/var/tmp");
	if (mkdtemp(dir) == NULL) {
		perror(dir);
		return 1;
	}
	snprintf(path, sizeof(path), "%s/store.db", dir);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if ((r = prepare(path, &st)) == 0)
			r = run(st, groups[i]);
		store_close(st);
		db_file_remove(path);
		if (r != 0)
			break;
	}
	(void)rmdir(dir);
	if (r != 0)
		fprintf(stderr, "store_bench: %s\n", err_text(r));
	return r == 0 ? 0 : 1;
}
