/*
 * keys: eicd-keys, which `eicd keys` runs: how root makes the keys of an installation anew. It is
 * the only program that uses the keys of the root and of the API's authority, but for eicd-init,
 * which makes them.
 *
 * What is in files alone is changed also while eicd runs (keys_files.c). For what is in the
 * database eicd must not run. The files of the database belong to core's user, so the store is
 * opened as that user.
 */
#include "daemon/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "daemon/kek.h"
#include "daemon/upkeep.h"
#include "pki/cert.h"
#include "store/store_meta.h"

#define ARENA_BYTES (8u << 20)

static const char help[] =
    "usage: eicd keys [-c FILE] COMMAND [option ...]\n"
    "\n"
    "Makes keys anew of the installation that FILE (" EICD_CONFIG_PATH ")\n"
    "describes. Only root may.\n"
    "\n"
    "While eicd runs or not:\n"
    "  tls          a new certificate and key of the API's server; then SIGHUP\n"
    "  ca-next      the next authority of the API: give ca.pem to clients and agents\n"
    "  ca-use       when all have it: a server's certificate below it; then SIGHUP\n"
    "  root-next    the next root: give root.pem to all hosts\n"
    "\n"
    "Only while eicd does not run:\n"
    "  root-use     when all have it: a new intermediate and new signers below it\n"
    "  signers      a new intermediate and new signers below the root\n"
    "  kek          a new key-encryption key: all that is sealed is sealed anew\n"
    "  upgrade      once, when eicd asks for it: takes the root's key out of the\n"
    "               database, into the file root.key, and seals each other key\n"
    "               for its one use\n"
    "\n"
    "  --root-key FILE   the root's private key (STATE_DIR/root.key; for root-use\n"
    "                    that of the next root, STATE_DIR/root-next.key)\n"
    "  --ca-key FILE     the same for the API's authority (STATE_DIR/ca.key)\n"
    "  --tls-san LIST    names of the server (those that it has)\n"
    "  --help            this text\n";

/* Reads the region and the installation's id, which stand in the names of certificates. */
static int
names_read(struct init *in, struct errinfo *ei)
{
	struct str text;
	int r;

	if ((r = store_meta_get(in->store, in->arena, STORE_META_INSTALLATION, &text)) != 0 ||
	    (r = str_copy(in->installation, sizeof(in->installation), text)) != 0 ||
	    (r = store_meta_get(in->store, in->arena, STORE_META_REGION, &text)) != 0 ||
	    (r = str_copy(in->s.region, sizeof(in->s.region), text)) != 0 ||
	    (r = store_meta_get(in->store, in->arena, STORE_META_DOMAIN, &text)) != 0 ||
	    (r = str_copy(in->s.domain, sizeof(in->s.domain), text)) != 0)
		err_set(ei, "%s: not the database of an installation", in->s.database);
	return r;
}

/* The certificate of the root, and where its key was by an earlier version. */
static int
root_get(struct keys *k, struct errinfo *ei)
{
	struct store_pki *v;
	size_t n;
	int r;

	r = store_pki_list_active(k->in.store, k->in.arena, STORE_PKI_ROOT, &v, &n);
	if (r != 0)
		return r;
	if (n == 0) {
		err_set(ei, "%s: no root in it", k->in.s.database);
		return ERR_NOTFOUND;
	}
	k->root_cert = v[0];
	buf_str(&k->root.der, v[0].cert_der);
	return 0;
}

static const struct command {
	const char *name;
	/* Before the database is opened; all of it, where run is NULL. As root. */
	int (*begin)(struct keys *k, struct errinfo *ei);
	/* Inside a transaction, as core. */
	int (*run)(struct keys *k, struct errinfo *ei);
	/* What is left to do after the commit. */
	int (*end)(struct keys *k, struct errinfo *ei);
	const char *done; /* what is said then */
	const char *file; /* and the file of the state directory that it is about */
} commands[] = {
	{ "tls", keys_files_tls, NULL, NULL,
	    "There is a new certificate of the server; eicd takes it at SIGHUP.", NULL },
	{ "ca-next", keys_files_ca_next, NULL, NULL,
	    "When all clients and agents have this file, run eicd keys ca-use:", "ca.pem" },
	{ "ca-use", keys_files_ca_use, NULL, NULL,
	    "The server's certificate is below the new authority; eicd takes it at SIGHUP.\n"
	    "Keep the authority's key elsewhere, as eicd does not need it:",
	    "ca.key" },
	{ "root-next", keys_files_root_next, NULL, NULL,
	    "When all hosts have this file, stop eicd and run eicd keys root-use:", "root.pem" },
	{ "root-use", NULL, keys_root_use, keys_root_use_end,
	    "The signers are below the new root. Take the old one from all hosts, and keep\n"
	    "the new one's key elsewhere, as eicd does not need it:",
	    "root.key" },
	{ "signers", NULL, keys_root_signers, NULL,
	    "There are a new intermediate and new signers, by the key in", "root.key" },
	{ "kek", keys_kek_begin, keys_kek, keys_kek_end,
	    "All that is sealed is sealed anew. Copies of the database from before need the\n"
	    "key from before; for those from now on keep a copy of",
	    NULL }, /* where the settings say */
	{ "upgrade", NULL, keys_root_upgrade, keys_root_upgrade_end,
	    "Each key is sealed for its one use. Keep the root's key elsewhere, as eicd\n"
	    "does not need it:",
	    "root.key" },
};

/* ---- the whole ---- */

static int
change(struct keys *k, const struct command *c, struct errinfo *ei)
{
	struct store *st = k->in.store;
	int r;

	if ((r = store_begin(st)) == 0 && (r = names_read(&k->in, ei)) == 0 &&
	    (r = root_get(k, ei)) == 0 && (r = c->run(k, ei)) == 0 && (r = store_commit(st)) == 0 &&
	    (c->end == NULL || (r = c->end(k, ei)) == 0))
		r = store_merge(st);
	if (r == ERR_STORE || r == ERR_FULL)
		store_error(st, ei);
	return r;
}

/* Holds the configuration until *ret_fd is closed, so that one of these programs at a time changes
 * files beside an eicd that runs. ERR_BADSTATE (another one does), ERR_SYS. */
static int
lock_files(const char *conf, int *ret_fd, struct errinfo *ei)
{
	if ((*ret_fd = open(conf, O_RDONLY | O_CLOEXEC)) != -1 &&
	    flock(*ret_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (*ret_fd == -1 || errno != EWOULDBLOCK) {
		err_set(ei, "%s: %s", conf, strerror(errno));
		return ERR_SYS;
	}
	err_set(ei, "another eicd keys runs");
	return ERR_BADSTATE;
}

static int
in_database(struct keys *k, const struct command *c, struct errinfo *ei)
{
	struct init *in = &k->in;
	int r;

	if ((r = upkeep_lock(&in->s, &k->lock, ei)) != 0 ||
	    (c->begin != NULL && (r = c->begin(k, ei)) != 0) ||
	    (r = kek_load(in->s.kek_file, &in->seal, ei)) != 0 ||
	    (r = upkeep_become_core(&in->core, ei)) != 0 ||
	    (r = store_open(in->s.database, &in->store, ei)) != 0)
		return r;
	r = change(k, c, ei);
	store_close(in->store);
	in->store = NULL;
	return r;
}

static int
run(struct keys *k, const struct command *c, struct errinfo *ei)
{
	struct init *in = &k->in;
	int r;

	if (geteuid() != 0) {
		err_set(ei, "only root can do this");
		return ERR_DENIED;
	}
	if ((r = settings_load(&eicd_table, in->o.conf, &in->s, ei)) != 0 ||
	    (r = upkeep_core(&in->s, &in->core, ei)) != 0 ||
	    (r = lock_files(in->o.conf, &k->files_lock, ei)) != 0)
		return r;
	r = c->run == NULL ? c->begin(k, ei) : in_database(k, c, ei);
	if (r != 0)
		return r;
	if (c->run == keys_kek)
		printf("%s %s.\n", c->done, in->s.kek_file);
	else if (c->file == NULL)
		printf("%s\n", c->done);
	else if (k->key_file != NULL && str_ends(str_of(c->file), STR(".key")))
		printf("%s %s.\n", c->done, k->key_file);
	else
		printf("%s %s/%s.\n", c->done, in->s.state_dir, c->file);
	return 0;
}

/* NULL: a usage error, about which a message was printed. */
static const struct command *
command_find(int argc, char **argv)
{
	size_t i;

	if (optind + 1 != argc) {
		fputs("eicd keys: name one command; see eicd keys --help\n", stderr);
		return NULL;
	}
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[optind], commands[i].name) == 0)
			return &commands[i];
	fprintf(stderr, "eicd keys: %s: no such command\n", argv[optind]);
	return NULL;
}

/* False: a usage error, about which a message was printed. */
static bool
options_parse(int argc, char **argv, struct keys *k, bool *ret_help)
{
	static const struct option longs[] = {
		{ "root-key", required_argument, NULL, 'r' },
		{ "ca-key", required_argument, NULL, 'r' },
		{ "tls-san", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'c')
			k->in.o.conf = optarg;
		else if (c == 'r')
			k->key_file = optarg;
		else if (c == 's')
			k->tls_san = optarg;
		else if (c == 'h')
			*ret_help = true;
		else
			return false;
	}
	return true;
}

int
main(int argc, char **argv)
{
	static const int held[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct keys k = { .in = { .o = { .conf = EICD_CONFIG_PATH } },
		.lock = -1,
		.files_lock = -1 };
	const struct command *c;
	struct errinfo ei = { "" };
	bool want_help = false;
	size_t i;
	int r;

	if (!options_parse(argc, argv, &k, &want_help))
		return 2;
	if (want_help)
		return fputs(help, stdout) == EOF || fflush(stdout) != 0;
	if ((c = command_find(argc, argv)) == NULL)
		return 2;
	/* It takes only a second, so signals must not interrupt it half way. */
	for (i = 0; i < sizeof(held) / sizeof(*held); i++)
		if (sigaction(held[i], &ignore, NULL) == -1)
			return 1;
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	k.in.rng = rand_system();
	k.in.now_s = clock_wall_s(clock_system());
	k.in.arena = arena_new(ARENA_BYTES);
	k.in.files = init_files_new();
	buf_init(&k.root.der, CERT_MAX_DER_BYTES);
	if ((r = run(&k, c, &ei)) != 0)
		fprintf(stderr, "eicd keys: %s\n", ei.text[0] != '\0' ? ei.text : err_text(r));
	store_close(k.in.store);
	init_files_free(k.in.files);
	seal_free(k.in.seal);
	arena_free(k.in.arena);
	init_keys_release(&k.root);
	if (k.lock != -1)
		close(k.lock);
	if (k.files_lock != -1)
		close(k.files_lock);
	return r == 0 ? 0 : 1;
}
