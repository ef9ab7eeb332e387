/*
 * keys: eicd-keys, which `eicd keys` runs: what root does with the keys of an installation now and
 * then, while eicd does not run. It is the only program that uses the root's key, but for
 * eicd-init, which makes it.
 *
 * The files of the database belong to core's user, so the store is opened as that user.
 */
#include <getopt.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/secret.h"
#include "daemon/init.h"
#include "daemon/kek.h"
#include "daemon/upkeep.h"
#include "pki/cert.h"
#include "proc/file.h"
#include "store/store_meta.h"
#include "store/store_pki.h"

#define ARENA_BYTES (8u << 20)
#define MAX_KEY_FILE_BYTES 16384
/* Stands in the store in place of the root's key from when its file is there until the database
 * is written anew. eicd does not start meanwhile. */
#define ROOT_KEY_MOVED STR("moved")

static const char help[] =
    "usage: eicd keys [-c FILE] COMMAND [option ...]\n"
    "\n"
    "Changes keys of the installation that FILE (" EICD_CONFIG_PATH ")\n"
    "describes. Only root may, and only while eicd does not run.\n"
    "\n"
    "  upgrade      once, when eicd asks for it: takes the root's key out of the\n"
    "               database, into the file root.key, and seals each other key\n"
    "               for its one use\n"
    "  signers      a new intermediate and new signers, by the root's key; hosts\n"
    "               accept them as they did the old ones, which are retired\n"
    "\n"
    "  --root-key FILE   the root's private key (STATE_DIR/root.key)\n"
    "  --help            this text\n";

struct keys {
	struct init in; /* what eicd-init uses, too */
	const char *root_key;
	int lock;
};

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

/* ---- the root ---- */

/* The certificate of the root, and where its key was by an earlier version. */
static int
root_get(struct init *in, struct store_pki *ret, struct errinfo *ei)
{
	struct store_pki *v;
	size_t n;
	int r;

	if ((r = store_pki_list_active(in->store, in->arena, STORE_PKI_ROOT, &v, &n)) != 0)
		return r;
	if (n == 0) {
		err_set(ei, "%s: no root in it", in->s.database);
		return ERR_NOTFOUND;
	}
	*ret = v[0];
	return 0;
}

/* Reads the root's key from its file, as root. */
static int
root_key_read(struct keys *k, const struct store_pki *cert, struct privkey **ret,
    struct errinfo *ei)
{
	struct buf text;
	int r;

	buf_init(&text, MAX_KEY_FILE_BYTES);
	if ((r = upkeep_become_root(ei)) == 0 &&
	    (r = file_read_secret(k->root_key, 0400, &text, ei)) == 0 &&
	    (r = privkey_pem_parse(buf_view(&text), ret)) != 0)
		err_set(ei, "%s: not a private key in PEM without a pass phrase", k->root_key);
	buf_wipe(&text);
	if (r == 0 && !cert_is_of(cert->cert_der, *ret)) {
		err_set(ei, "%s: not the key of the root of this installation", k->root_key);
		r = ERR_DENIED;
	}
	return r == 0 ? upkeep_become_core(&k->in.core, ei) : r;
}

/* ---- commands: each works inside a transaction, and may have an end after it ---- */

/* Opens what an earlier version sealed, or what was sealed anew already. */
static int
unseal(const struct init *in, enum seal_purpose purpose, struct str sealed, struct secret **ret)
{
	if (seal_unwrap(in->seal, SEAL_PRIVATE_KEY, sealed, ret) == 0)
		return 0;
	return seal_unwrap(in->seal, purpose, sealed, ret);
}

static int
reseal(struct init *in, const struct store_pki *v, struct errinfo *ei)
{
	struct secret *plain = NULL;
	enum seal_purpose purpose;
	struct buf sealed;
	int r = 0;

	if (v->sealed_key.n == 0 || !init_keys_purpose(v->kind, &purpose))
		return 0;
	buf_init(&sealed, PRIVKEY_MAX_DER_BYTES + SEAL_OVERHEAD_BYTES);
	if ((r = unseal(in, purpose, v->sealed_key, &plain)) != 0)
		err_set(ei, "%s does not open what is in the database", in->s.kek_file);
	else if ((r = seal_wrap(in->seal, purpose, str_of_n(secret_bytes(plain), secret_len(plain)),
		      in->rng, &sealed)) == 0)
		r = store_pki_reseal(in->store, v->cert_id, buf_view(&sealed));
	secret_free(plain);
	buf_release(&sealed);
	return r;
}

/* Writes the file of the root's key, as root, unless an earlier try did. */
static int
root_key_write(struct keys *k, const struct store_pki *cert, const struct privkey *key,
    struct errinfo *ei)
{
	struct privkey *there = NULL;
	int r;

	if ((r = upkeep_become_root(ei)) != 0)
		return r;
	if (access(k->root_key, F_OK) == 0) {
		r = root_key_read(k, cert, &there, ei);
		privkey_free(there);
		return r;
	}
	if ((r = init_keys_root_file(&k->in, k->root_key, key, ei)) != 0 ||
	    (r = init_files_commit(k->in.files, ei)) != 0)
		return r;
	return upkeep_become_core(&k->in.core, ei);
}

/* The root's key from the store. Its file must be durable before it goes from there. */
static int
root_key_move(struct keys *k, const struct store_pki *cert, struct privkey **ret,
    struct errinfo *ei)
{
	struct init *in = &k->in;
	struct secret *plain = NULL;
	int r;

	if (str_eq(cert->sealed_key, ROOT_KEY_MOVED))
		return root_key_read(k, cert, ret, ei);
	if ((r = seal_unwrap(in->seal, SEAL_PRIVATE_KEY, cert->sealed_key, &plain)) != 0) {
		err_set(ei, "%s does not open what is in the database", in->s.kek_file);
		return r;
	}
	if ((r = privkey_parse(str_of_n(secret_bytes(plain), secret_len(plain)), ret)) == 0 &&
	    (r = root_key_write(k, cert, *ret, ei)) == 0)
		r = store_pki_reseal(in->store, cert->cert_id, ROOT_KEY_MOVED);
	secret_free(plain);
	return r;
}

/* The root's OCSP responses, about itself and the intermediates, until their ends: eicd has no
 * key to renew them. */
static int
root_staples(struct init *in, const struct init_made *root)
{
	struct store_pki *v;
	size_t i, n;
	int r;

	if ((r = store_pki_list(in->store, in->arena, &v, &n)) != 0)
		return r;
	for (i = 0; r == 0 && i < n; i++)
		if (v[i].state == STORE_PKI_ACTIVE &&
		    (v[i].kind == STORE_PKI_ROOT || v[i].kind == STORE_PKI_INTERMEDIATE))
			r = init_keys_staple(in, root, v[i].cert_der, v[i].not_after_at);
	return r;
}

static int
upgrade(struct keys *k, const struct store_pki *cert, struct init_made *root, struct errinfo *ei)
{
	struct init *in = &k->in;
	struct store_pki *v;
	size_t i, n;
	int r;

	if (cert->sealed_key.n == 0) {
		err_set(ei, "done already: the root's key is not in the database");
		return ERR_BADSTATE;
	}
	if ((r = store_pki_list(in->store, in->arena, &v, &n)) != 0)
		return r;
	for (i = 0; r == 0 && i < n; i++)
		r = reseal(in, &v[i], ei);
	if (r != 0 || (r = root_key_move(k, cert, &root->key, ei)) != 0)
		return r;
	return root_staples(in, root);
}

/* What was sealed in the database goes from its free pages as well. */
static int
upgrade_end(struct keys *k, const struct store_pki *cert, struct errinfo *ei)
{
	struct store *st = k->in.store;
	struct errinfo why = { "" };
	int r;

	if ((r = store_vacuum(st)) == 0 && (r = store_pki_reseal(st, cert->cert_id, STR(""))) == 0)
		return 0;
	store_error(st, &why);
	err_set(ei,
	    "%s: the root's key is in %s, but its seal may still be in free pages here: run this "
	    "again: %s",
	    k->in.s.database, k->root_key, why.text);
	return ERR_BADSTATE;
}

static int
signers(struct keys *k, const struct store_pki *cert, struct init_made *root, struct errinfo *ei)
{
	struct init *in = &k->in;
	struct store_pki *v;
	size_t i, n;
	int r;

	if (cert->sealed_key.n > 0) {
		err_set(ei, "the keys are those of an earlier version: run eicd keys upgrade");
		return ERR_BADSTATE;
	}
	if ((r = root_key_read(k, cert, &root->key, ei)) != 0 ||
	    (r = store_pki_list(in->store, in->arena, &v, &n)) != 0)
		return r;
	for (i = 0; r == 0 && i < n; i++)
		if (v[i].state == STORE_PKI_ACTIVE &&
		    (v[i].kind == STORE_PKI_INTERMEDIATE || v[i].kind == STORE_PKI_SIGNER))
			r = store_pki_retire(in->store, v[i].cert_id);
	return r == 0 ? init_keys_signers(in, root, ei) : r;
}

static const struct command {
	const char *name;
	/* root has the root's certificate; a command puts the key there. */
	int (*run)(struct keys *k, const struct store_pki *cert, struct init_made *root,
	    struct errinfo *ei);
	/* What is left to do after the commit; NULL: nothing. */
	int (*end)(struct keys *k, const struct store_pki *cert, struct errinfo *ei);
	const char *done; /* what is said then, before the file of the root's key */
} commands[] = {
	{ "upgrade", upgrade, upgrade_end,
	    "Each key is sealed for its one use. Keep the root's key elsewhere, as eicd\n"
	    "does not need it:" },
	{ "signers", signers, NULL, "There are a new intermediate and new signers, by the key in" },
};

/* ---- the whole ---- */

static int
change(struct keys *k, const struct command *c, struct errinfo *ei)
{
	struct init_made root = { .key = NULL };
	struct init *in = &k->in;
	struct store_pki cert;
	int r;

	buf_init(&root.der, CERT_MAX_DER_BYTES);
	if ((r = store_begin(in->store)) == 0 && (r = names_read(in, ei)) == 0 &&
	    (r = root_get(in, &cert, ei)) == 0) {
		buf_str(&root.der, cert.cert_der);
		if ((r = c->run(k, &cert, &root, ei)) == 0 && (r = store_commit(in->store)) == 0 &&
		    (c->end == NULL || (r = c->end(k, &cert, ei)) == 0))
			r = store_merge(in->store);
	}
	if (r == ERR_STORE || r == ERR_FULL)
		store_error(in->store, ei);
	init_keys_release(&root);
	return r;
}

static int
run(struct keys *k, const struct command *c, struct errinfo *ei)
{
	char root_key[INIT_FILES_PATH_BYTES];
	struct init *in = &k->in;
	int r;

	if (geteuid() != 0) {
		err_set(ei, "only root can do this");
		return ERR_DENIED;
	}
	if ((r = settings_load(&eicd_table, in->o.conf, &in->s, ei)) != 0 ||
	    (r = upkeep_core(&in->s, &in->core, ei)) != 0)
		return r;
	snprintf(root_key, sizeof(root_key), "%s/root.key", in->s.state_dir);
	if (k->root_key == NULL)
		k->root_key = root_key;
	if ((r = upkeep_lock(&in->s, &k->lock, ei)) != 0 ||
	    (r = kek_load(in->s.kek_file, &in->seal, ei)) != 0 ||
	    (r = upkeep_become_core(&in->core, ei)) != 0 ||
	    (r = store_open(in->s.database, &in->store, ei)) != 0)
		return r;
	r = change(k, c, ei);
	store_close(in->store);
	in->store = NULL;
	if (r == 0)
		printf("%s %s.\n", c->done, k->root_key);
	return r;
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
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'c')
			k->in.o.conf = optarg;
		else if (c == 'r')
			k->root_key = optarg;
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
	struct keys k = { .in = { .o = { .conf = EICD_CONFIG_PATH } }, .lock = -1 };
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
	if ((r = run(&k, c, &ei)) != 0)
		fprintf(stderr, "eicd keys: %s\n", ei.text[0] != '\0' ? ei.text : err_text(r));
	store_close(k.in.store);
	init_files_free(k.in.files);
	seal_free(k.in.seal);
	arena_free(k.in.arena);
	if (k.lock != -1)
		close(k.lock);
	return r == 0 ? 0 : 1;
}
