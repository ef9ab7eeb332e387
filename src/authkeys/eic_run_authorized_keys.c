/*
 * eic_run_authorized_keys: sshd's AuthorizedKeysCommand. It prints the keys that may log in as
 * a user now, or nothing. It reads its settings, the pinned root certificate and the machine's
 * asset tag, asks the metadata service, verifies, prints and ends. It does not fork, does not
 * look users up and writes no file. When anything is in doubt it prints nothing and its exit
 * status is not 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "authkeys/lookup.h"
#include "authkeys/material.h"
#include "authkeys/report.h"
#include "authkeys/sandbox.h"
#include "base/alloc.h"
#include "codec/osuser.h"
#include "codec/sshkey.h"
#include "settings/helper.h"

#define MAX_ROOT 32768
#define MAX_ID 256
#define ARENA_BYTES (32u << 20)
#define ALARM_SLACK_S 1

struct helper {
	const char *conf_path; /* NULL: the usual one, which may be missing */
	struct str user, fingerprint;
	struct helper_settings settings;
	struct buf root, tag, told; /* tag and told: the files that say which instance this is */
	int64_t deadline_ms, now_s;
	bool terminal; /* stderr is one, so a person wants to read what the log says */
	struct arena *arena;
	struct lookup_output output;
};

/* ---- before the sandbox: files ---- */

/* Appends the rest of a file. ERR_SYS; ERR_TOOBIG when out is full. */
static int
fd_take(int fd, struct buf *out)
{
	char piece[4096];
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) > 0 && buf_err(out) == 0)
		buf_add(out, piece, (size_t)n);
	return n < 0 ? ERR_SYS : buf_err(out);
}

/* Appends the whole file at path. Errors as fd_take. */
static int
file_take(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int r;

	if (fd == -1)
		return ERR_SYS;
	r = fd_take(fd, out);
	close(fd);
	return r;
}

/* The same, if the file is one that only root can have written. ERR_DENIED. */
static int
root_file_take(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	int r = ERR_SYS;

	if (fd == -1)
		return ERR_SYS;
	if (fstat(fd, &st) == 0)
		r = S_ISREG(st.st_mode) && st.st_uid == 0 && (st.st_mode & 022) == 0
		    ? fd_take(fd, out)
		    : ERR_DENIED;
	close(fd);
	return r;
}

static int
settings_take(struct helper *h, struct errinfo *ei)
{
	if (h->conf_path == NULL) {
		h->conf_path = HELPER_CONFIG_PATH;
		if (access(h->conf_path, F_OK) != 0 && errno == ENOENT) {
			settings_default(&helper_table, &h->settings);
			return 0;
		}
	}
	return settings_load(&helper_table, h->conf_path, &h->settings, ei);
}

static int
files_take(struct helper *h, struct errinfo *ei)
{
	int r;

	if ((r = settings_take(h, ei)) != 0)
		return r;
	if ((r = file_take(h->settings.root, &h->root)) != 0) {
		err_set(ei, "%s: %s", h->settings.root,
		    r == ERR_SYS ? strerror(errno) : err_text(r));
		return r;
	}
	/* They may be missing: many machines have no asset tag, and many no agent. */
	if (h->settings.instance_id[0] == '\0' && h->settings.asset_tag[0] != '\0' &&
	    file_take(h->settings.asset_tag, &h->tag) != 0)
		buf_clear(&h->tag);
	if (h->settings.instance_id[0] == '\0' && h->settings.instance_file[0] != '\0' &&
	    root_file_take(h->settings.instance_file, &h->told) != 0)
		buf_clear(&h->told);
	return 0;
}

/*
 * Starts OpenSSL without what this program does not need. By default it first puts the names
 * of all its ciphers and digests, and the texts of all its errors, into tables, which takes a
 * third of the time of a lookup. Digests must have a name, though, for OpenSSL to judge how
 * strong a certificate's signature is. Those that get none here are too weak (AUTH_LEVEL in
 * pki/chain.c) or not used by issuers; a certificate with one of them is refused.
 */
static int
crypto_start(void)
{
	const uint64_t options = OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT |
	    OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
	    OPENSSL_INIT_NO_ADD_ALL_DIGESTS;
	const EVP_MD *const digests[] = { EVP_sha224(), EVP_sha256(), EVP_sha384(), EVP_sha512(),
		EVP_sha3_224(), EVP_sha3_256(), EVP_sha3_384(), EVP_sha3_512() };
	size_t i;

	if (OPENSSL_init_crypto(options, NULL) != 1)
		return ERR_CRYPTO;
	for (i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
		if (EVP_add_digest(digests[i]) != 1)
			return ERR_CRYPTO;
	}
	return 0;
}

/* ---- in the sandbox ---- */

/*
 * Finds which instance this machine is, from a source that is not the metadata service: the
 * settings, the machine's firmware (the asset tag), or the agent's parent, which is root. Whoever
 * answers for the metadata could be anybody at the address, and at the socket a process of the
 * agent that was taken over.
 */
static int
own_instance(const struct helper *h, struct str *ret, struct errinfo *ei)
{
	*ret = str_of(h->settings.instance_id);
	if (ret->n == 0)
		*ret = str_trim(buf_view(&h->tag));
	if (!str_starts(*ret, STR("i-")))
		*ret = str_trim(buf_view(&h->told));
	if (str_starts(*ret, STR("i-")))
		return 0;
	err_set(ei, "neither instance_id in the settings nor %s nor %s says which instance this is",
	    h->settings.asset_tag, h->settings.instance_file);
	return ERR_DENIED;
}

static int
run(struct helper *h, struct errinfo *ei)
{
	struct metadata_opts mo = { .socket = str_of(h->settings.socket),
		.address = str_of(h->settings.address),
		.clock = clock_system(),
		.deadline_ms = h->deadline_ms };
	struct lookup_input in = { .user = h->user,
		.fingerprint = h->fingerprint,
		.root = buf_view(&h->root) };
	struct metadata *m = NULL;
	struct bundle bundle = { .n_staples = 0 };
	int r;

	if ((r = metadata_open(&mo, &m)) != 0) {
		err_set(ei, "metadata service: %s", err_text(r));
		return r;
	}
	if ((r = material_get(m, h->arena, h->user, &bundle, ei)) == 0 &&
	    bundle.active_keys.n > 0 && (r = own_instance(h, &in.instance_id, ei)) == 0) {
		in.bundle = &bundle;
		in.now_s = h->now_s = clock_wall_s(clock_system());
		r = lookup_run(h->arena, &in, &h->output, ei);
	}
	metadata_close(m);
	if (r == 0 && clock_boot_ms(clock_system()) >= h->deadline_ms) {
		err_set(ei, "took too long");
		r = ERR_TIMEOUT;
	}
	return r;
}

/* Gives the keys to sshd and tells the log, or tells it why there is none. */
static int
give(const struct helper *h)
{
	const struct lookup_output *out = &h->output;
	int r;

	if (out->n == 0 && out->untimely_s != 0)
		report_untimely(h->user, out->untimely_s, h->now_s, h->terminal);
	if (out->n == 0)
		return 0;
	if ((r = report_keys(STDOUT_FILENO, out)) == 0)
		report_pushers(out, h->terminal);
	return r;
}

/* ---- the arguments from sshd ---- */

/* Reads sshd's %f. An MD5 fingerprint is ignored, so that all keys are given: sshd compares
 * the keys themselves anyway. */
static int
fingerprint_take(struct helper *h, const char *text)
{
	struct str f = str_of(text);

	if (str_starts(f, STR("MD5:")))
		return 0;
	if (!str_starts(f, STR("SHA256:")) || f.n != SSHKEY_FINGERPRINT_SIZE - 1)
		return ERR_SYNTAX;
	h->fingerprint = f;
	return 0;
}

static int
arguments_take(struct helper *h, int argc, char **argv, struct errinfo *ei)
{
	int c;

	while ((c = getopt(argc, argv, "c:")) == 'c')
		h->conf_path = optarg;
	if (c != -1 || argc - optind < 1 || argc - optind > 2) {
		err_set(ei, "usage: eic_run_authorized_keys [-c FILE] USER [FINGERPRINT]");
		return ERR_SYNTAX;
	}
	h->user = str_of(argv[optind]);
	if (!osuser_valid(h->user)) {
		err_set(ei, "not a name of a user");
		return ERR_SYNTAX;
	}
	if (argc - optind == 2 && argv[optind + 1][0] != '\0' &&
	    fingerprint_take(h, argv[optind + 1]) != 0) {
		err_set(ei, "not a fingerprint");
		return ERR_SYNTAX;
	}
	return 0;
}

static int
prepare(struct helper *h, int argc, char **argv, struct errinfo *ei)
{
	const struct clock *clock = clock_system();
	int64_t begun_ms = clock_boot_ms(clock);
	int r;

	if ((r = arguments_take(h, argc, argv, ei)) != 0 || (r = files_take(h, ei)) != 0)
		return r;
	h->deadline_ms = begun_ms + h->settings.budget_ms;
	/* If anything hangs where the deadline is not checked, SIGALRM ends the process. */
	alarm((unsigned)(h->settings.budget_ms / 1000) + ALARM_SLACK_S);
	if ((r = crypto_start()) != 0)
		return r;
	h->arena = arena_new(ARENA_BYTES);
	tzset(); /* libc opens a file when it is first asked for a date, so ask now */
	if ((r = sandbox_enter()) != 0)
		err_set(ei, "seccomp: %s", strerror(errno));
	return r;
}

int
main(int argc, char **argv)
{
	struct errinfo ei = { "" };
	struct helper *h = xalloc(sizeof(*h));
	int r;

	opterr = 0;
	buf_init(&h->root, MAX_ROOT);
	buf_init(&h->tag, MAX_ID);
	buf_init(&h->told, MAX_ID);
	h->terminal = isatty(STDERR_FILENO) == 1; /* asked now, as the sandbox has no ioctl */
	if ((r = prepare(h, argc, argv, &ei)) == 0 && (r = run(h, &ei)) == 0)
		r = give(h);
	if (r != 0)
		report_refused(h->user, str_of(ei.text[0] != '\0' ? ei.text : err_text(r)),
		    h->terminal);
	/* There is nothing to flush, and freeing memory would only take time. */
	_exit(r == 0 ? 0 : 1);
}
