/*
 * keyd_process: see keyd_process.h.
 */
#include "daemon/keyd_process.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "proc/file.h"
#include "proc/role.h"

#define DRAIN_TIMEOUT_MS 2000
#define MAX_QUEUE_BYTES (1u << 20)
#define MAX_KEY_FILE_BYTES 16384
/* Enough for the peers of two generations. */
#define PEERS_MAX 64
/* How many questions of one peer are answered before the others get their turn. */
#define QUESTIONS_PER_STEP 16

struct peer {
	struct ipc *channel; /* NULL: this place is free */
	uint16_t number;
};

struct keyd {
	const struct keyd_program *program;
	struct keyd_secrets secrets;
	struct eicd_settings settings;
	struct role *role;
	char empty[SETTINGS_PATH_BYTES + sizeof("/empty")]; /* our root directory */
	struct peer peers[PEERS_MAX];
	/* came with CTL_FILE, and is taken over at CTL_RELOAD */
	struct buf next_secret;
	bool have_next_secret;
	bool draining;
};

/*
 * Locks memory, so that nothing of this process is swapped to disk. If the limit can be lifted,
 * later memory is locked too. Otherwise that would make allocations fail, so only the memory of
 * now is locked.
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
	struct peer *place = NULL;
	struct keyd *k = ctx;
	size_t i;

	for (i = 0; i < PEERS_MAX; i++) {
		if (k->peers[i].channel != NULL && k->peers[i].number == number) {
			place = &k->peers[i];
			break;
		}
		if (k->peers[i].channel == NULL && place == NULL)
			place = &k->peers[i];
	}
	if (role != k->program->kind->peer || place == NULL) {
		close(fd);
		return ERR_PEER;
	}
	ipc_free(place->channel);
	*place = (struct peer){ ipc_new(fd, true, MAX_QUEUE_BYTES), number };
	return 0;
}

/* Logs that a new file is bad. The secret from before stays in use. */
static void
file_refused(const char *name, int r, const struct errinfo *ei)
{
	log_error("reload", log_c("file", name), log_e(r), log_c("why", ei->text));
}

static int
on_file(void *ctx, struct str name, int fd)
{
	struct keyd *k = ctx;
	struct errinfo ei = { "" };
	int r = ERR_PEER;

	if (k->program->file != NULL && str_eq_c(name, k->program->file)) {
		buf_wipe(&k->next_secret);
		buf_init(&k->next_secret, MAX_KEY_FILE_BYTES);
		r = file_read_fd(fd, &k->next_secret);
		if (!(k->have_next_secret = r == 0))
			file_refused(k->program->file, r, &ei);
		r = 0;
	}
	close(fd);
	return r;
}

static void
on_reload(void *ctx)
{
	struct errinfo ei = { "" };
	struct keyd *k = ctx;
	int r;

	if (k->have_next_secret) {
		r = k->program->parse(&k->secrets, buf_view(&k->next_secret), &ei);
		if (r != 0)
			file_refused(k->program->file, r, &ei);
		buf_wipe(&k->next_secret);
	}
	k->have_next_secret = false;
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

/* Sends what is queued for a peer, then answers some of its questions. */
static int
peer_step(struct keyd *k, struct peer *p)
{
	struct ipc_in m;
	int i, r = 0;

	if (ipc_pending(p->channel))
		r = ipc_flush(p->channel);
	for (i = 0; i < QUESTIONS_PER_STEP && r == 0 && !ipc_pending(p->channel); i++)
		if ((r = ipc_recv(p->channel, &m)) == 0)
			r = keyd_ops_answer(k->program->kind, &k->secrets, p->channel, &m);
	return r == ERR_AGAIN ? 0 : r;
}

/* Closes a peer's channel, which failed with r. An error means that keyd must end. */
static int
peer_close(struct keyd *k, struct peer *p, int r)
{
	if (r == ERR_CLOSED)
		log_debug("peer-gone", log_i("number", p->number));
	else
		log_error("peer-closed", log_i("number", p->number), log_e(r));
	ipc_free(p->channel);
	p->channel = NULL;
	return r == ERR_CLOSED
	    ? 0
	    : control_rejoin(role_control(k->role), k->program->kind->peer, p->number);
}

static bool
answers_wait(const struct keyd *k)
{
	size_t i;

	for (i = 0; i < PEERS_MAX; i++)
		if (k->peers[i].channel != NULL && ipc_pending(k->peers[i].channel))
			return true;
	return false;
}

/* Waits for something to do and does it. An error means that keyd must end. */
static int
serve_once(struct keyd *k)
{
	struct pollfd fds[1 + PEERS_MAX] = { { .fd = control_fd(role_control(k->role)),
	    .events = POLLIN } };
	struct peer *p;
	size_t i;
	int n, r;

	for (i = 0; i < PEERS_MAX; i++) {
		p = &k->peers[i];
		fds[1 + i].fd = p->channel == NULL ? -1 : ipc_fd(p->channel);
		if (p->channel != NULL && ipc_pending(p->channel))
			fds[1 + i].events = POLLOUT;
		else
			fds[1 + i].events = k->draining ? 0 : POLLIN;
	}
	n = poll(fds, 1 + PEERS_MAX, k->draining ? DRAIN_TIMEOUT_MS : -1);
	if (n == -1)
		return errno == EINTR ? 0 : ERR_SYS;
	if (n == 0)
		return ERR_TIMEOUT; /* only while draining */
	for (i = 0; i < PEERS_MAX; i++) {
		p = &k->peers[i];
		if (fds[1 + i].revents != 0 && (r = peer_step(k, p)) != 0 &&
		    (r = peer_close(k, p, r)) != 0)
			return r;
	}
	/* Last, as this may replace the channels that were polled above. */
	return fds[0].revents != 0 ? control_read(role_control(k->role)) : 0;
}

/* Serves until the parent is gone, or until it drains us and no reply is queued. */
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
prepare(void *ctx, struct role_confine *ret, struct errinfo *ei)
{
	struct keyd *k = ctx;
	int r;

	k->secrets.rng = rand_system();
	k->secrets.clock = clock_system();
	k->secrets.settings = &k->settings;
	/* What the parent handed over is what it accepted. The file may be another by now. */
	r = k->have_next_secret ? k->program->parse(&k->secrets, buf_view(&k->next_secret), ei)
				: k->program->open(&k->settings, &k->secrets, ei);
	buf_wipe(&k->next_secret);
	k->have_next_secret = false;
	if (r != 0)
		return r;
	memory_lock();
	snprintf(k->empty, sizeof(k->empty), "%s/empty", k->settings.run_dir);
	ret->user = k->settings.keyd_user;
	ret->root = k->empty;
	ret->calls[0] = &seccomp_base;
	return 0;
}

static void
keyd_release(struct keyd *k)
{
	size_t i;

	for (i = 0; i < PEERS_MAX; i++)
		ipc_free(k->peers[i].channel);
	role_free(k->role);
	buf_wipe(&k->next_secret);
	k->program->close(&k->secrets);
}

int
keyd_process_main(const struct keyd_program *program, int argc, char **argv)
{
	struct keyd k = { .program = program };
	const struct role_opts o = { .settings = &eicd_table,
		.values = &k.settings,
		.log_level = &k.settings.log_level,
		.ops = &control_ops,
		.prepare = prepare,
		.ctx = &k };
	int r;

	log_set_name(program->name);
	if (argc != 3 || strcmp(argv[1], "-c") != 0) {
		fprintf(stderr, "usage: eicd-%s -c FILE (started by eicd)\n", program->name);
		return 2;
	}
	/* Before any secret is read: no core dump, and no ptrace by our own user. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return 1;
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	if ((r = role_new(&o, &k.role)) == 0 && (r = role_start(k.role)) == 0 &&
	    (r = serve(&k)) != 0)
		log_error("end", log_e(r));
	keyd_release(&k);
	/* Not exit: handlers of libraries make system calls that seccomp forbids. */
	_exit(r == 0 ? 0 : 1);
}
