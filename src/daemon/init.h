/*
 * init: what the files of eicd-init, eicd-keys and eicd-agents share. init_files stages files,
 * init_keys makes keys and certificates, init_world the account and its network. init.c, keys.c and
 * agents.c are the programs that call them.
 */
#ifndef DAEMON_INIT_H
#define DAEMON_INIT_H

#include "aws/ids.h"
#include "base/arena.h"
#include "base/rand.h"
#include "daemon/init_files.h"
#include "pki/privkey.h"
#include "pki/seal.h"
#include "settings/eicd.h"
#include "store/store.h"
#include "store/store_pki.h"

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

/* A certificate and its key. */
struct init_made {
	struct privkey *key;
	struct buf der;
};

/* The names of the authorities begin with these. The stock scripts look for a file named after the
 * root (wire.md 5.4). */
#define INIT_KEYS_ROOT_NAME "openeic-root-ca"
#define INIT_KEYS_CA_NAME "openeic-api-ca"

/* Frees what is in m, which is zeroed or filled. */
void init_keys_release(struct init_made *m);

/* All need an open transaction of the store. Errors: those of the store and of init_files,
 * ERR_SYNTAX and ERR_RANGE (a wrong option), ERR_CRYPTO, ERR_SYS; ei says what, unless it is
 * an error of the store. */

/* Makes keys, certificates and staples, in the store and in files. Call it after
 * init_world_make, whose VPC the agent belongs to. */
int init_keys_make(struct init *in, struct errinfo *ei) MUST_CHECK;
/* Makes the self-signed certificate of an authority, NAME-ID, with its key; and that of the API's
 * server below its authority, with such names (cert.h). */
int init_keys_authority(struct init *in, enum privkey_kind key, const char *name, const char *id,
    struct init_made *ret) MUST_CHECK;
int init_keys_server(struct init *in, const struct init_made *ca, const char *sans,
    struct init_made *ret, struct errinfo *ei) MUST_CHECK;
/* Keeps the root's certificate in the store, and makes what is below it. */
int init_keys_root_keep(struct init *in, const struct init_made *root,
    struct errinfo *ei) MUST_CHECK;
/* Makes an intermediate below the root, with signers below it, and their staples. */
int init_keys_signers(struct init *in, const struct init_made *root, struct errinfo *ei) MUST_CHECK;
/* Makes the OCSP response about subject, from now on until until_s. */
int init_keys_staple(struct init *in, const struct init_made *issuer, struct str subject_der,
    int64_t until_s) MUST_CHECK;
/* A certificate of an agent, as the store knows it. */
struct init_agent {
	char sha256[65];
	char issuer_id[41];
	int64_t not_after;
};
/* The id of an agent is this and the id of what it speaks for. */
#define INIT_AGENT_NAME "agent-"
/* Makes a key and a certificate for this agent, and stages its files in in->o.agent_dir: cert.pem,
 * key.pem, and api_ca_pem as ca.pem. ca has its key. What is in the store about the agent is the
 * caller's business. */
int init_keys_agent(struct init *in, const struct init_made *ca, const char *agent_id,
    struct str api_ca_pem, struct init_agent *ret, struct errinfo *ei) MUST_CHECK;
/* Stages the file of the root's private key, for root alone to read. */
int init_keys_root_file(struct init *in, const char *path, const struct privkey *key,
    struct errinfo *ei) MUST_CHECK;
/* What the private keys of this kind are sealed for. False: no key of this kind is in the store. */
bool init_keys_purpose(enum store_pki_kind kind, enum seal_purpose *ret);
/* Makes the account, its first access key, the default network and the lab's image. */
int init_world_make(struct init *in, struct errinfo *ei) MUST_CHECK;

#endif
