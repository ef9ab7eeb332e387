/*
 * keyd: the process that holds the secrets. It reads the key-encryption key and
 * the TLS private key as root, gives up everything, and answers what core and
 * front may ask (keyd_ops). Started by eicd; docs/PROTOCOL.md 1.1 and 1.3.
 */
#include <errno.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "keyd/ops.h"
#include "proc/control.h"
#include "proc/drop.h"
#include "proc/file.h"
#include "proc/seccomp.h"
#include "settings/eicd.h"

#define GO_TIMEOUT_MS 30000
#define DRAIN_TIMEOUT_MS 2000
#define MAX_QUEUE_BYTES (1u << 20)
#define MAX_KEY_FILE_BYTES 16384
#define PEERS 2 /* core and front */

struct peer {
	enum msg_role role;
	const char *name;
	uint16_t number;
	struct ipc *channel; /* NULL: none now */
};

struct keyd {
	struct keyd_ops *ops;
	struct control *control;
	struct peer peers[PEERS];
	/* Came with CTL_FILE, taken over by CTL_RELOAD. */
	struct privkey *next_tls_key;
	struct eicd_settings next_settings;
	bool have_next_settings;
	bool draining;
};

/* ---- secrets ---- */

static int
kek_load(const char *path, struct seal **ret, struct errinfo *ei)
{
	struct buf text;
	int r;

	buf_init(&text, MAX_KEY_FILE_BYTES);
	if ((r = file_read_secret(path, 0400, &text, ei)) == 0 &&
	    (r = seal_parse(buf_view(&text), ret)) != 0)
		err_set(ei, "%s: not a key-encryption key", path);
	buf_wipe(&text);
	return r;
}

/* The key in text. name is for messages. */
static int
tls_key_parse(const char *name, struct str text, struct privkey **ret, struct errinfo *ei)
{
	struct privkey *key = NULL;
	int r;

	if ((r = privkey_pem_parse(text, &key)) != 0 || privkey_kind(key) != PRIVKEY_P256) {
		err_set(ei, "%s: not a P-256 private key in PEM without a pass phrase", name);
		privkey_free(key);
		return r != 0 ? r : ERR_UNSUPPORTED;
	}
	*ret = key;
	return 0;
}

static int
tls_key_load(const char *path, struct privkey **ret, struct errinfo *ei)
{
	struct buf text;
	int r;

	buf_init(&text, MAX_KEY_FILE_BYTES);
	if ((r = file_read_secret(path, 0600, &text, ei)) == 0)
		r = tls_key_parse(path, buf_view(&text), ret, ei);
	buf_wipe(&text);
	return r;
}

static int
secrets_load(struct keyd *k, const struct eicd_settings *s, struct errinfo *ei)
{
	struct seal *seal = NULL;
	struct privkey *key = NULL;
	int r;

	if ((r = kek_load(s->kek_file, &seal, ei)) != 0)
		return r;
	k->ops = keyd_ops_new(seal, rand_system());
	if ((r = tls_key_load(s->tls_key, &key, ei)) != 0)
		return r;
	return keyd_ops_set_tls_key(k->ops, key);
}

/*
 * Nothing of this process is to reach a disk. Once the limit is lifted, memory
 * that comes later is locked too; with a limit left that would fail allocations,
 * so then only what is here now is.
 */
static void
memory_lock(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int flags = MCL_CURRENT;

	if (setrlimit(RLIMIT_MEMLOCK, &all) == 0)
		flags |= MCL_FUTURE;
	if (mlockall(flags) == -1)
		log_warn("memory-not-locked", log_c("why", strerror(errno)));
}

/* ---- control ---- */

static int
on_peer(void *ctx, enum msg_role role, uint16_t number, int fd)
{
	struct keyd *k = ctx;
	size_t i;

	for (i = 0; i < PEERS; i++) {
		if (k->peers[i].role != role)
			continue;
		ipc_free(k->peers[i].channel);
		k->peers[i].number = number;
		k->peers[i].channel = ipc_new(fd, true, MAX_QUEUE_BYTES);
		return 0;
	}
	close(fd);
	return ERR_PEER;
}

/* A file that came is bad: what was there before stays. */
static void
file_refused(const char *name, int r, const struct errinfo *ei)
{
	log_error("reload", log_c("file", name), log_e(r), log_c("why", ei->text));
}

static int
on_file(void *ctx, struct str name, int fd)
{
	const bool conf = str_eq_c(name, "conf"), key = str_eq_c(name, "tls_key");
	struct errinfo ei = { "" };
	struct keyd *k = ctx;
	struct buf text;
	int r;

	buf_init(&text, conf ? SETTINGS_MAX_FILE_BYTES : MAX_KEY_FILE_BYTES);
	r = file_read_fd(fd, &text);
	close(fd);
	if (r == 0 && conf) {
		r = settings_parse(&eicd_table, "conf", buf_view(&text), &k->next_settings, &ei);
		k->have_next_settings = r == 0;
	} else if (r == 0 && key) {
		privkey_free(k->next_tls_key);
		k->next_tls_key = NULL;
		r = tls_key_parse("tls_key", buf_view(&text), &k->next_tls_key, &ei);
	}
	buf_wipe(&text);
	if (!conf && !key)
		return ERR_PEER;
	if (r != 0)
		file_refused(conf ? "conf" : "tls_key", r, &ei);
	return 0;
}

static void
on_reload(void *ctx)
{
	struct keyd *k = ctx;

	if (k->next_tls_key != NULL && keyd_ops_set_tls_key(k->ops, k->next_tls_key) == 0)
		k->next_tls_key = NULL;
	if (k->have_next_settings)
		log_set_level((enum log_level)k->next_settings.log_level);
	k->have_next_settings = false;
}

static void
on_drain(void *ctx)
{
	struct keyd *k = ctx;

	k->draining = true;
}

static const struct control_ops control_ops = {
	.peer = on_peer,
	.file = on_file,
	.reload = on_reload,
	.drain = on_drain,
};

/* ---- serving ---- */

/* One step for a peer: what waits to go out, or one message. */
static int
peer_step(struct keyd *k, struct peer *p)
{
	struct ipc_in m;
	int r;

	if (ipc_pending(p->channel))
		r = ipc_flush(p->channel);
	else if ((r = ipc_recv(p->channel, &m)) == 0)
		r = keyd_ops_answer(k->ops, p->role, p->channel, &m);
	return r == ERR_AGAIN ? 0 : r;
}

/* 0, or why keyd must end. */
static int
peer_close(struct keyd *k, struct peer *p, int r)
{
	if (r == ERR_CLOSED)
		log_debug("peer-gone", log_c("peer", p->name));
	else
		log_error("peer-closed", log_c("peer", p->name), log_e(r));
	ipc_free(p->channel);
	p->channel = NULL;
	return r == ERR_CLOSED ? 0 : control_rejoin(k->control, p->role, p->number);
}

static bool
answers_wait(const struct keyd *k)
{
	size_t i;

	for (i = 0; i < PEERS; i++)
		if (k->peers[i].channel != NULL && ipc_pending(k->peers[i].channel))
			return true;
	return false;
}

/* Waits for something to do and does it. 0, or why keyd must end. */
static int
serve_once(struct keyd *k)
{
	struct pollfd fds[1 + PEERS] = { { .fd = control_fd(k->control), .events = POLLIN } };
	struct peer *p;
	size_t i;
	int n, r;

	for (i = 0; i < PEERS; i++) {
		p = &k->peers[i];
		fds[1 + i].fd = p->channel == NULL ? -1 : ipc_fd(p->channel);
		if (p->channel != NULL && ipc_pending(p->channel))
			fds[1 + i].events = POLLOUT;
		else
			fds[1 + i].events = k->draining ? 0 : POLLIN;
	}
	n = poll(fds, 1 + PEERS, k->draining ? DRAIN_TIMEOUT_MS : -1);
	if (n == -1)
		return errno == EINTR ? 0 : ERR_SYS;
	if (n == 0)
		return ERR_TIMEOUT; /* only while draining */
	for (i = 0; i < PEERS; i++) {
		p = &k->peers[i];
		if (fds[1 + i].revents != 0 && (r = peer_step(k, p)) != 0 &&
		    (r = peer_close(k, p, r)) != 0)
			return r;
	}
	/* Last: it may replace the channels that were looked at above. */
	return fds[0].revents != 0 ? control_read(k->control) : 0;
}

/* Until the parent is gone or wants us gone. */
static int
serve(struct keyd *k)
{
	int r = 0;

	while (r == 0 && !(k->draining && !answers_wait(k)))
		r = serve_once(k);
	return r == ERR_CLOSED || r == ERR_TIMEOUT ? 0 : r;
}

/* ---- starting ---- */

static int
confine(const struct eicd_settings *s, struct errinfo *ei)
{
	static const struct seccomp_table *const tables[] = { &seccomp_base };
	char empty[SETTINGS_PATH_BYTES + sizeof("/empty")];
	struct drop_opts o = { .change_id = true, .root = empty };
	int r;

	snprintf(empty, sizeof(empty), "%s/empty", s->run_dir);
	if ((r = drop_resolve(str_of(s->keyd_user), &o.id)) != 0) {
		err_set(ei, "no such user: %s", s->keyd_user);
		return r;
	}
	if ((r = drop_privileges(&o, ei)) != 0)
		return r;
	if ((r = seccomp_enter(tables, 1)) != 0)
		err_set(ei, "seccomp: %s", strerror(errno));
	return r;
}

static int
start(struct keyd *k, const char *conf, struct errinfo *ei)
{
	struct eicd_settings s;
	int r;

	if ((r = settings_load(&eicd_table, conf, &s, ei)) != 0)
		return r;
	log_set_level((enum log_level)s.log_level);
	if ((r = secrets_load(k, &s, ei)) != 0 ||
	    (r = control_new(CONTROL_FD, &control_ops, k, &k->control)) != 0 ||
	    (r = control_wait_go(k->control, GO_TIMEOUT_MS)) != 0)
		return r;
	memory_lock();
	if ((r = confine(&s, ei)) != 0)
		return r;
	return control_ready(k->control);
}

static void
keyd_release(struct keyd *k)
{
	size_t i;

	for (i = 0; i < PEERS; i++)
		ipc_free(k->peers[i].channel);
	control_free(k->control);
	privkey_free(k->next_tls_key);
	keyd_ops_free(k->ops);
}

int
main(int argc, char **argv)
{
	struct keyd k = { .peers = { { .role = ROLE_CORE, .name = "core" },
			      { .role = ROLE_FRONT, .name = "front" } } };
	struct errinfo ei = { "" };
	int r;

	log_set_name("keyd");
	if (argc != 3 || strcmp(argv[1], "-c") != 0) {
		fprintf(stderr, "usage: eicd-keyd -c FILE (started by eicd)\n");
		return 2;
	}
	/* Before any secret: no core dump, no ptrace by our own user. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return 1;
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	if ((r = start(&k, argv[2], &ei)) != 0)
		log_error("start", log_e(r), log_c("why", ei.text));
	else if ((r = serve(&k)) != 0)
		log_error("end", log_e(r));
	keyd_release(&k);
	/* Exit handlers of libraries want system calls that are over for us. */
	_exit(r == 0 ? 0 : 1);
}
