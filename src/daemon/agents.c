/*
 * agents: eicd-agents, which `eicd agents` runs: the agents of an installation, for root: who they
 * are, to revoke one, and to give one a certificate that has none that counts. It may run while
 * eicd runs, which sees what has changed within a second (region/timer.c).
 *
 * The files of the database belong to core's user, so the store is opened as that user.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/hex.h"
#include "base/secret.h"
#include "daemon/init.h"
#include "daemon/kek.h"
#include "daemon/upkeep.h"
#include "pki/cert.h"
#include "proc/file.h"
#include "store/store_agent.h"
#include "store/store_instance.h"
#include "store/store_vpc.h"

#define ARENA_BYTES (8u << 20)
#define PAGE 500
#define MAX_PEM_BYTES 65536

static const char help[] =
    "usage: eicd agents [-c FILE] [list]\n"
    "       eicd agents [-c FILE] revoke AGENT\n"
    "       eicd agents [-c FILE] issue --dir DIR {VPC | INSTANCE}\n"
    "\n"
    "The agents of the installation that FILE (" EICD_CONFIG_PATH ")\n"
    "describes. Only root may; eicd may run meanwhile, and heeds it within a second.\n"
    "\n"
    "  list      each agent: its id, what it speaks for, since when it is known,\n"
    "            when its certificate ends, when it connected last\n"
    "  revoke    closes the agent's connection, and lets it connect no more\n"
    "  issue     makes a key and a certificate for the agent of a VPC or of an\n"
    "            instance, in DIR: cert.pem, key.pem, ca.pem. What the agent had\n"
    "            before counts no more, and one that was revoked may connect again\n";

struct agents {
	struct init in; /* what eicd-init uses, too */
	const char *subject;
};

/* ---- list ---- */

static void
time_print(int64_t at, const char *none)
{
	struct buf b;

	buf_init(&b, 64);
	if (at == 0)
		buf_c(&b, none);
	else
		date_iso_write(&b, at);
	printf("  %-20.*s", STR_FMT(buf_view(&b)));
	buf_release(&b);
}

static void
agent_print(const struct store_agent *v)
{
	printf("%-40.*s  %-22.*s", STR_FMT(v->agent_id),
	    STR_FMT(v->vpc_id.n > 0 ? v->vpc_id : v->instance_id));
	time_print(v->created_at, "-");
	time_print(v->cert_not_after, "unknown");
	time_print(v->last_seen_at, "never");
	puts(v->revoked_at != 0 ? "  revoked" : v->next_sha256.n != 0 ? "  being renewed" : "");
}

static int
agents_list(struct agents *g, struct errinfo *ei)
{
	struct str after = STR("");
	struct store_agent *v;
	size_t i, n = PAGE;
	char id[256];
	int r;

	(void)ei;
	printf("%-40s  %-22s  %-20s  %-20s  %-20s\n", "AGENT", "SPEAKS FOR", "SINCE",
	    "CERTIFICATE ENDS", "LAST CONNECTED");
	while (n == PAGE) {
		arena_reset(g->in.arena);
		r = store_agent_list(g->in.store, g->in.arena, after, PAGE, &v, &n);
		if (r != 0)
			return r;
		for (i = 0; i < n; i++)
			agent_print(&v[i]);
		if (n > 0) {
			if ((r = str_copy(id, sizeof(id), v[n - 1].agent_id)) != 0)
				return r;
			after = str_of(id);
		}
	}
	return 0;
}

/* ---- revoke ---- */

static int
agent_revoke(struct agents *g, struct errinfo *ei)
{
	struct store_agent v;
	int r;

	if ((r = store_agent_get(g->in.store, g->in.arena, str_of(g->subject), &v)) == 0)
		r = store_agent_revoke(g->in.store, v.agent_id, g->in.now_s);
	else if (r == ERR_NOTFOUND)
		err_set(ei, "%s: no such agent", g->subject);
	if (r == ERR_NOTFOUND && ei->text[0] == '\0')
		err_set(ei, "%s: revoked already", g->subject);
	if (r == 0)
		printf("%s is revoked.\n", g->subject);
	return r;
}

/* ---- issue ---- */

/* Reads the authority that certifies agents now, with its key. */
static int
authority_get(struct init *in, struct init_made *ret, struct errinfo *ei)
{
	struct secret *plain = NULL;
	struct store_pki *v;
	size_t n;
	int r;

	r = store_pki_list_active(in->store, in->arena, STORE_PKI_AGENT_CA, &v, &n);
	if (r != 0)
		return r;
	if (n == 0) {
		err_set(ei, "%s: no authority of agents in it", in->s.database);
		return ERR_NOTFOUND;
	}
	buf_str(&ret->der, v[0].cert_der);
	if ((r = seal_unwrap(in->seal, SEAL_AGENT_CA_KEY, v[0].sealed_key, &plain)) != 0)
		err_set(ei, "%s does not open what is in the database", in->s.kek_file);
	else
		r = privkey_parse(str_of_n(secret_bytes(plain), secret_len(plain)), &ret->key);
	secret_free(plain);
	return r;
}

/* For whom it is to speak: false if this is the id of neither. */
static bool
subject_set(const char *text, struct store_agent *v)
{
	struct str id = str_of(text);

	if (str_starts(id, STR("vpc-")))
		v->vpc_id = id;
	else if (str_starts(id, STR("i-")))
		v->instance_id = id;
	else
		return false;
	id = str_from(id, str_index(id, '-') + 1);
	return id.n >= 8 && id.n <= 32 && hex_is_lower(id);
}

/* Is there what it is to speak for? */
static int
subject_check(struct init *in, const struct store_agent *v, struct errinfo *ei)
{
	struct store_instance instance;
	struct store_vpc vpc;
	int r;

	if (v->instance_id.n > 0) {
		r = store_instance_get(in->store, in->arena, v->instance_id, &instance);
		if (r == ERR_NOTFOUND)
			err_set(ei, "%.*s: no such instance", STR_FMT(v->instance_id));
	} else {
		r = store_vpc_get(in->store, in->arena, v->vpc_id, &vpc);
		if (r == ERR_NOTFOUND)
			err_set(ei, "%.*s: no such VPC", STR_FMT(v->vpc_id));
	}
	return r;
}

static int
row_put(struct init *in, const struct store_agent *v, struct errinfo *ei)
{
	const struct store_agent_cert c = { v->cert_sha256, v->cert_not_after, v->issuer_id };
	int r;

	if ((r = store_begin(in->store)) != 0 || (r = subject_check(in, v, ei)) != 0)
		return r;
	if ((r = store_agent_replace(in->store, v->agent_id, &c)) == ERR_NOTFOUND)
		r = store_agent_add(in->store, v);
	return r != 0 ? r : store_commit(in->store);
}

/* Makes the directory for the files, and holds it until *ret_fd is closed, so that what is staged
 * in it is left of a try that was interrupted. */
static int
dir_hold(struct init *in, int *ret_fd, struct errinfo *ei)
{
	const struct init_file dir = { in->o.agent_dir, 0755, { 0, 0 } };
	int r;

	if ((r = init_files_dir(in->files, &dir, ei)) != 0)
		return r;
	*ret_fd = open(dir.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*ret_fd == -1 || flock(*ret_fd, LOCK_EX | LOCK_NB) == -1) {
		err_set(ei, "%s: %s", dir.path,
		    *ret_fd != -1 && errno == EWOULDBLOCK ? "another eicd agents writes there"
							  : strerror(errno));
		return ERR_SYS;
	}
	init_files_again(in->files);
	return 0;
}

static int
api_ca_read(const struct init *in, struct buf *ret, struct errinfo *ei)
{
	char path[INIT_FILES_PATH_BYTES];
	int fd, r = ERR_SYS;

	snprintf(path, sizeof(path), "%s/ca.pem", in->s.state_dir);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1 || file_read_fd(fd, ret) != 0)
		err_set(ei, "%s: cannot be read", path);
	else
		r = 0;
	if (fd != -1)
		close(fd);
	return r;
}

/* Makes the key and the files, which belong to root, and gives them their names. */
static int
files_make(struct init *in, const struct init_made *ca, const char *id, struct init_agent *ret,
    struct errinfo *ei)
{
	struct buf api_ca;
	int dir = -1, r;

	buf_init(&api_ca, MAX_PEM_BYTES);
	if ((r = upkeep_become_root(ei)) == 0 && (r = api_ca_read(in, &api_ca, ei)) == 0 &&
	    (r = dir_hold(in, &dir, ei)) == 0 &&
	    (r = init_keys_agent(in, ca, id, buf_view(&api_ca), ret, ei)) == 0 &&
	    (r = init_files_name(in->files, ei)) == 0)
		r = upkeep_become_core(&in->core, ei);
	if (dir != -1)
		close(dir);
	buf_release(&api_ca);
	return r;
}

/*
 * The files first: whenever this ends, there is a certificate that counts, of these or of those
 * from before. And core waits for whoever writes to the database, so the transaction comes when
 * all that takes time is done. Without its row the files are removed again.
 */
static int
agent_issue(struct agents *g, struct errinfo *ei)
{
	struct init *in = &g->in;
	struct store_agent v = { .account_id = str_of(in->s.account_id), .created_at = in->now_s };
	struct init_made ca = { .key = NULL };
	struct init_agent made;
	char id[80];
	int r;

	if (!subject_set(g->subject, &v)) {
		err_set(ei, "%s: not the id of a VPC or of an instance", g->subject);
		return ERR_SYNTAX;
	}
	snprintf(id, sizeof(id), INIT_AGENT_NAME "%s", g->subject);
	buf_init(&ca.der, CERT_MAX_DER_BYTES);
	if ((r = subject_check(in, &v, ei)) != 0 || (r = authority_get(in, &ca, ei)) != 0 ||
	    (r = files_make(in, &ca, id, &made, ei)) != 0)
		goto out;
	v.agent_id = str_of(id);
	v.cert_sha256 = str_of(made.sha256);
	v.cert_not_after = made.not_after;
	v.issuer_id = str_of(made.issuer_id);
	if ((r = row_put(in, &v, ei)) != 0)
		goto out;
	init_files_keep(in->files);
	printf("%s: cert.pem, key.pem and ca.pem are in %s.\n", id, in->o.agent_dir);
out:
	init_keys_release(&ca);
	return r;
}

static const struct command {
	const char *name;
	int (*run)(struct agents *g, struct errinfo *ei);
	bool has_subject, has_dir;
} commands[] = {
	{ "list", agents_list, false, false },
	{ "revoke", agent_revoke, true, false },
	{ "issue", agent_issue, true, true },
};

/* ---- the whole ---- */

static int
run(struct agents *g, const struct command *c, struct errinfo *ei)
{
	struct init *in = &g->in;
	int r;

	if (geteuid() != 0) {
		err_set(ei, "only root can do this");
		return ERR_DENIED;
	}
	if ((r = settings_load(&eicd_table, in->o.conf, &in->s, ei)) != 0 ||
	    (r = upkeep_core(&in->s, &in->core, ei)) != 0 ||
	    (c->has_dir && (r = kek_load(in->s.kek_file, &in->seal, ei)) != 0) ||
	    (r = upkeep_become_core(&in->core, ei)) != 0 ||
	    (r = store_open_beside(in->s.database, &in->store, ei)) != 0)
		return r;
	r = c->run(g, ei);
	if (r == ERR_STORE || r == ERR_FULL)
		store_error(in->store, ei);
	store_close(in->store);
	in->store = NULL;
	/* Files that were not committed are removed as who made them. */
	if (upkeep_become_root(ei) != 0)
		r = ERR_SYS;
	return r == 0 && fflush(stdout) != 0 ? ERR_SYS : r;
}

/* NULL: a usage error, about which a message was printed. */
static const struct command *
command_find(int argc, char **argv, struct agents *g)
{
	const char *name = optind < argc ? argv[optind] : "list";
	const struct command *c;
	size_t i;
	int n;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		c = &commands[i];
		if (strcmp(name, c->name) != 0)
			continue;
		n = optind < argc ? argc - optind - 1 : 0;
		if (n != (c->has_subject ? 1 : 0) || c->has_dir != (g->in.o.agent_dir != NULL))
			break;
		if (c->has_subject)
			g->subject = argv[optind + 1];
		return c;
	}
	fputs("eicd agents: not so; see eicd agents --help\n", stderr);
	return NULL;
}

/* False: a usage error, about which a message was printed. */
static bool
options_parse(int argc, char **argv, struct agents *g, bool *ret_help)
{
	static const struct option longs[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'c')
			g->in.o.conf = optarg;
		else if (c == 'd')
			g->in.o.agent_dir = optarg;
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
	static const int held[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGTSTP };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct agents g = { .in = { .o = { .conf = EICD_CONFIG_PATH } } };
	const struct command *c;
	struct errinfo ei = { "" };
	bool want_help = false;
	size_t i;
	int r;

	if (!options_parse(argc, argv, &g, &want_help))
		return 2;
	if (want_help)
		return fputs(help, stdout) == EOF || fflush(stdout) != 0;
	if ((c = command_find(argc, argv, &g)) == NULL)
		return 2;
	/* It takes only a moment, so signals must not interrupt it half way, nor stop it
	 * while core waits for it. */
	for (i = 0; i < sizeof(held) / sizeof(*held); i++)
		if (sigaction(held[i], &ignore, NULL) == -1)
			return 1;
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	g.in.rng = rand_system();
	g.in.now_s = clock_wall_s(clock_system());
	g.in.arena = arena_new(ARENA_BYTES);
	g.in.files = init_files_new();
	if ((r = run(&g, c, &ei)) != 0)
		fprintf(stderr, "eicd agents: %s\n", ei.text[0] != '\0' ? ei.text : err_text(r));
	store_close(g.in.store);
	init_files_free(g.in.files);
	seal_free(g.in.seal);
	arena_free(g.in.arena);
	return r == 0 ? 0 : 1;
}
