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
#include "proc/control.h"
#include "proc/drop.h"
#include "proc/file.h"
#include "proc/seccomp.h"

#define GO_TIMEOUT_MS 30000
#define DRAIN_TIMEOUT_MS 2000
#define MAX_QUEUE_BYTES (1u << 20)
#define MAX_KEY_FILE_BYTES 16384
/* Of the one role that may ask, and those of the generation before. */
#define PEERS_MAX 64
/* So many questions of one peer are answered before the others are looked at. */
#define QUESTIONS_PER_STEP 16

struct peer {
	struct ipc *channel; /* NULL: this place is free */
	uint16_t number;
};

struct keyd {
	const struct keyd_program *program;
	struct keyd_secrets secrets;
	struct control *control;
	struct peer peers[PEERS_MAX];
	/* Came with CTL_FILE, taken over by CTL_RELOAD. */
	struct buf next_secret;
	bool have_next_secret;
	struct eicd_settings next_settings;
	bool have_next_settings;
	bool draining;
};

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

/* A file that came is bad: what was there before stays. */
static void
file_refused(const char *name, int r, const struct errinfo *ei)
{
	log_error("reload", log_c("file", name), log_e(r), log_c("why", ei->text));
}

static int
on_conf(struct keyd *k, int fd)
{
	struct errinfo ei = { "" };
	struct buf text;
	int r;

	buf_init(&text, SETTINGS_MAX_FILE_BYTES);
	if ((r = file_read_fd(fd, &text)) == 0)
		r = settings_parse(&eicd_table, "conf", buf_view(&text), &k->next_settings, &ei);
	k->have_next_settings = r == 0;
	buf_release(&text);
	if (r != 0)
		file_refused("conf", r, &ei);
	return 0;
}

static int
on_file(void *ctx, struct str name, int fd)
{
	struct keyd *k = ctx;
	struct errinfo ei = { "" };
	int r = ERR_PEER;

	if (str_eq_c(name, "conf")) {
		r = on_conf(k, fd);
	} else if (k->program->file != NULL && str_eq_c(name, k->program->file)) {
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
	if (k->have_next_settings)
		log_set_level((enum log_level)k->next_settings.log_level);
	k->have_next_secret = k->have_next_settings = false;
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

/* What waits to go out to a peer; or as many questions as are its turn. */
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

/* 0, or why keyd must end. */
static int
peer_close(struct keyd *k, struct peer *p, int r)
{
	if (r == ERR_CLOSED)
		log_debug("peer-gone", log_i("number", p->number));
	else
		log_error("peer-closed", log_i("number", p->number), log_e(r));
	ipc_free(p->channel);
	p->channel = NULL;
	return r == ERR_CLOSED ? 0 : control_rejoin(k->control, k->program->kind->peer, p->number);
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

/* Waits for something to do and does it. 0, or why keyd must end. */
static int
serve_once(struct keyd *k)
{
	struct pollfd fds[1 + PEERS_MAX] = { { .fd = control_fd(k->control), .events = POLLIN } };
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
	k->secrets.rng = rand_system();
	if ((r = k->program->open(&s, &k->secrets, ei)) != 0 ||
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

	for (i = 0; i < PEERS_MAX; i++)
		ipc_free(k->peers[i].channel);
	control_free(k->control);
	buf_wipe(&k->next_secret);
	k->program->close(&k->secrets);
}

int
keyd_process_main(const struct keyd_program *program, int argc, char **argv)
{
	struct keyd k = { .program = program };
	struct errinfo ei = { "" };
	int r;

	log_set_name(program->name);
	if (argc != 3 || strcmp(argv[1], "-c") != 0) {
		fprintf(stderr, "usage: eicd-%s -c FILE (started by eicd)\n", program->name);
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
