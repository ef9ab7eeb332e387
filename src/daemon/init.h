/*
 * init: what the files of eicd-init share. The program makes an installation in
 * one go: init_files stages files, init_keys makes keys and certificates,
 * init_world the account and its network; init.c draws it together.
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

	/* what was made */
	char installation[37];
	char vpc_id[IDS_MAX], subnet_id[IDS_MAX], group_id[IDS_MAX], image_id[IDS_MAX];
	char access_key_id[IDS_MAX];
	char secret[IDS_SECRET_BYTES];
};

/* Both in the store's open transaction. The store's errors, ERR_RANGE for an option
 * that is not right, ERR_CRYPTO, and those of init_files; ei says what. */

/* Keys, certificates and staples, into the store and into files. After init_world:
 * the agent belongs to its VPC. */
int init_keys_make(struct init *in, struct errinfo *ei) MUST_CHECK;
/* The account, its first access key, the default network and the lab's image. */
int init_world_make(struct init *in, struct errinfo *ei) MUST_CHECK;

#endif
