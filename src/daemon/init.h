/*
 * init: what the files of eicd-init share. init_files stages files, init_keys makes keys and
 * certificates, init_world the account and its network, and init.c is the program that calls
 * them.
 */
#ifndef DAEMON_INIT_H
#define DAEMON_INIT_H

#include "aws/ids.h"
#include "base/arena.h"
#include "base/rand.h"
#include "daemon/init_files.h"
#include "pki/seal.h"
#include "settings/eicd.h"
#include "store/store.h"

struct init_options {
	const char *conf;
	const char *tls_san; /* DNS:a,IP:b */
	const char *public_cidr;
	const char *agent_dir;        /* NULL: no agent */
	const char *credentials_file; /* NULL: the access key is printed */
};

struct init {
	struct init_options o;
	struct eicd_settings s;
	const struct rng *rng;
	int64_t now_s;
	struct arena *arena;
	struct init_files *files;
	struct seal *seal;
	struct store *store;
	struct file_owner core; /* the user of the database */

	/* filled by init.c, init_keys and init_world */
	char installation[37];
	char vpc_id[IDS_MAX], subnet_id[IDS_MAX], group_id[IDS_MAX], image_id[IDS_MAX];
	char access_key_id[IDS_MAX];
	char secret[IDS_SECRET_BYTES];
};

/* Both need an open transaction of the store. Errors: those of the store and of init_files,
 * ERR_SYNTAX and ERR_RANGE (a wrong option), ERR_CRYPTO, ERR_SYS; ei says what, unless it is
 * an error of the store. */

/* Makes keys, certificates and staples, in the store and in files. Call it after
 * init_world_make, whose VPC the agent belongs to. */
int init_keys_make(struct init *in, struct errinfo *ei) MUST_CHECK;
/* Makes the account, its first access key, the default network and the lab's image. */
int init_world_make(struct init *in, struct errinfo *ei) MUST_CHECK;

#endif
