/*
 * init: eicd-init, which `eicd init` runs to make a new installation: store, keys, certificates,
 * account, first access key, default network. Root runs it once. It overwrites nothing, and
 * when anything fails it removes what it made, unless only printing the access key failed.
 */
#include "daemon/init.h"

#include <errno.h>
#include <getopt.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/secret.h"
#include "daemon/upkeep.h"
#include "proc/drop.h"

#define ARENA_BYTES (1u << 20)
#define MAX_TEXT_BYTES 4096

static const char help[] =
    "usage: eicd init [-c FILE] [option ...]\n"
    "\n"
    "Makes a new installation as FILE (" EICD_CONFIG_PATH ") says: the\n"
    "database, the key-encryption key, the certificates, the account with its\n"
    "first access key, and the default VPC. Overwrites nothing.\n"
    "\n"
    "  --tls-san LIST            names of the server in its certificate\n"
    "                            (DNS:localhost,IP:127.0.0.1)\n"
    "  --public-cidr CIDR        public addresses of instances (198.51.100.0/24)\n"
    "  --agent-dir DIR           credentials for the default VPC's agent go here:\n"
    "                            cert.pem, key.pem, ca.pem\n"
    "  --credentials-file FILE   the access key goes here (mode 0600, in the form\n"
    "                            of ~/.aws/credentials) and is not printed\n"
    "  --help                    this text\n"
    "\n"
    "In the state directory it leaves ca.pem, for clients (AWS_CA_BUNDLE) and\n"
    "agents, root.pem, for hosts to pin, and ca.key and root.key, which eicd does\n"
    "not need: keep them elsewhere, for eicd keys. The default security group\n"
    "lets everyone in to port 22.\n";

/* ---- files and directories ---- */

/* Makes the directory of path, unless it is there. */
static int
parent_make(struct init *in, const char *path, mode_t mode, struct file_owner owner,
    struct errinfo *ei)
{
	char dir[INIT_FILES_PATH_BYTES];
	const struct init_file v = { dir, mode, owner };
	char *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/'); /* settings have absolute paths */
	slash[slash == dir ? 1 : 0] = '\0';
	return init_files_dir(in->files, &v, ei);
}

static int
directories(struct init *in, struct errinfo *ei)
{
	const struct file_owner root = { 0, 0 };
	const struct init_file state = { in->s.state_dir, 0755, root };
	const char *const paths[] = { in->s.kek_file, in->s.tls_certificate, in->s.tls_key,
		in->s.agent_ca };
	size_t i;
	int r;

	if ((r = init_files_dir(in->files, &state, ei)) != 0 ||
	    (r = parent_make(in, in->s.database, 0700, in->core, ei)) != 0)
		return r;
	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if ((r = parent_make(in, paths[i], 0755, root, ei)) != 0)
			return r;
	return upkeep_database_dir(&in->s, &in->core, ei);
}

static int
kek(struct init *in, struct errinfo *ei)
{
	const struct init_file v = { in->s.kek_file, 0400, { 0, 0 } };
	struct buf text;
	int r;

	buf_init(&text, MAX_TEXT_BYTES);
	seal_kek_write(in->rng, &text);
	if ((r = seal_parse(buf_view(&text), &in->seal)) == 0)
		r = init_files_add(in->files, &v, buf_view(&text), ei);
	buf_wipe(&text);
	return r;
}

static int
credentials(struct init *in, struct errinfo *ei)
{
	const struct init_file v = { in->o.credentials_file, 0600, { 0, 0 } };
	struct buf text;
	int r;

	if (in->o.credentials_file == NULL)
		return 0;
	buf_init(&text, MAX_TEXT_BYTES);
	buf_fmt(&text, "[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n",
	    in->access_key_id, in->secret);
	r = init_files_add(in->files, &v, buf_view(&text), ei);
	buf_wipe(&text);
	return r;
}

/* ---- the whole ---- */

static int
users_check(struct init *in, struct errinfo *ei)
{
	const char *const users[] = { in->s.front_user, in->s.keyd_user };
	struct drop_id id;
	size_t i;
	int r;

	for (i = 0; i < sizeof(users) / sizeof(*users); i++) {
		if ((r = drop_resolve(str_of(users[i]), &id)) != 0) {
			err_set(ei, "no such user: %s", users[i]);
			return r;
		}
	}
	return upkeep_core(&in->s, &in->core, ei);
}

/* Makes the store, as core: what SQLite opens beside it could be a link that core has put there. */
static int
create_store(struct init *in, struct errinfo *ei)
{
	const struct init_file db = { in->s.database, 0600, in->core };
	char staged[INIT_FILES_PATH_BYTES];
	int back, r;

	if ((r = init_files_reserve(in->files, &db, staged, ei)) != 0 ||
	    (r = upkeep_become_core(&in->core, ei)) != 0)
		return r;
	r = store_create(staged, &in->store, ei);
	back = upkeep_become_root(ei);
	return r != 0 ? r : back;
}

/* Writes all rows in one transaction, and closes the store when they are durable. */
static int
fill_store(struct init *in, struct errinfo *ei)
{
	int r;

	if ((r = store_begin(in->store)) != 0 || (r = init_world_make(in, ei)) != 0 ||
	    (r = init_keys_make(in, ei)) != 0 || (r = store_commit(in->store)) != 0 ||
	    (r = store_merge(in->store)) != 0) {
		if (r == ERR_STORE || r == ERR_FULL)
			store_error(in->store, ei);
		return r;
	}
	store_close(in->store);
	in->store = NULL;
	return 0;
}

static int
make(struct init *in, struct errinfo *ei)
{
	int r;

	if ((r = directories(in, ei)) != 0 || (r = create_store(in, ei)) != 0 ||
	    (r = kek(in, ei)) != 0 || (r = fill_store(in, ei)) != 0 ||
	    (r = credentials(in, ei)) != 0)
		return r;
	return init_files_commit(in->files, ei);
}

/* Prints what was made. False when that fails: the printed secret is not stored in clear. */
static bool
report(const struct init *in)
{
	printf("A new installation in %s\n\n", in->s.state_dir);
	printf("account         %s\n", in->s.account_id);
	printf("region          %s (%s)\n", in->s.region, in->s.availability_zone);
	printf("default VPC     %s, subnet %s, security group %s\n", in->vpc_id, in->subnet_id,
	    in->group_id);
	printf("image           %s\n", in->image_id);
	printf("for clients     %s/ca.pem\n", in->s.state_dir);
	printf("for hosts       %s/root.pem\n", in->s.state_dir);
	if (in->o.agent_dir != NULL)
		printf("for the agent   %s\n", in->o.agent_dir);
	printf("keep a copy of  %s, apart from copies of the database\n", in->s.kek_file);
	printf("keep elsewhere  %s/root.key and ca.key, which eicd does not need\n",
	    in->s.state_dir);
	printf("each month      eicd keys tls, for the API's certificate; with ca.key in place:\n"
	       "                systemctl enable --now eicd-tls.timer\n\n");
	if (in->o.credentials_file != NULL) {
		printf("The access key %s is in %s.\n", in->access_key_id, in->o.credentials_file);
	} else {
		printf("The first access key, which cannot be shown again:\n");
		printf("export AWS_ACCESS_KEY_ID=%s\n", in->access_key_id);
		printf("export AWS_SECRET_ACCESS_KEY=%s\n", in->secret);
	}
	return fflush(stdout) == 0;
}

static int
run(struct init *in, struct errinfo *ei)
{
	int r;

	if (geteuid() != 0) {
		err_set(ei, "only root can make an installation");
		return ERR_DENIED;
	}
	if ((r = settings_load(&eicd_table, in->o.conf, &in->s, ei)) != 0 ||
	    (r = users_check(in, ei)) != 0 || (r = make(in, ei)) != 0)
		return r;
	if (!report(in)) {
		err_set(ei, "the access key could not be printed: remove %s and begin again",
		    in->s.state_dir);
		return ERR_SYS;
	}
	return 0;
}

/* ERR_NOTFOUND for a usage error, about which a message was printed. */
static int
options_parse(int argc, char **argv, struct init_options *o, bool *ret_help)
{
	static const struct option longs[] = {
		{ "tls-san", required_argument, NULL, 's' },
		{ "public-cidr", required_argument, NULL, 'p' },
		{ "agent-dir", required_argument, NULL, 'a' },
		{ "credentials-file", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char **const value[] = { ['s'] = &o->tls_san,
		['p'] = &o->public_cidr,
		['a'] = &o->agent_dir,
		['f'] = &o->credentials_file,
		['c'] = &o->conf };
	int c;

	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == '?')
			return ERR_NOTFOUND;
		if (c == 'h')
			*ret_help = true;
		else
			*value[c] = optarg;
	}
	if (optind != argc) {
		fprintf(stderr, "eicd init: %s: no such argument\n", argv[optind]);
		return ERR_NOTFOUND;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	static const int held[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct init in = { .o = { .conf = EICD_CONFIG_PATH,
			       .tls_san = "DNS:localhost,IP:127.0.0.1",
			       .public_cidr = "198.51.100.0/24" } };
	struct errinfo ei = { "" };
	bool want_help = false;
	size_t i;
	int r;

	if (options_parse(argc, argv, &in.o, &want_help) != 0)
		return 2;
	if (want_help)
		return fputs(help, stdout) == EOF || fflush(stdout) != 0;
	/* It takes only a second, so signals must not interrupt it half way. */
	for (i = 0; i < sizeof(held) / sizeof(*held); i++)
		if (sigaction(held[i], &ignore, NULL) == -1)
			return 1;
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	in.rng = rand_system();
	in.now_s = clock_wall_s(clock_system());
	in.arena = arena_new(ARENA_BYTES);
	in.files = init_files_new();
	rand_uuid(in.rng, in.installation);
	if ((r = run(&in, &ei)) != 0)
		fprintf(stderr, "eicd init: %s\n", ei.text[0] != '\0' ? ei.text : err_text(r));
	store_close(in.store);
	init_files_free(in.files);
	seal_free(in.seal);
	arena_free(in.arena);
	secret_wipe(in.secret, sizeof(in.secret));
	return r == 0 ? 0 : 1;
}
