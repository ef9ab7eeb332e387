/*
 * core: eicd-core, the process that decides and that owns the database. It is blocking and
 * sequential: it takes the requests that wait, runs them in one transaction, commits, and sends
 * the answers. It never uses the network: it is given all its sockets, and seccomp allows it to
 * make no others.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "api/api.h"
#include "api/batch.h"
#include "base/log.h"
#include "daemon/core_compute.h"
#include "daemon/core_export.h"
#include "daemon/core_front.h"
#include "daemon/core_keyd.h"
#include "daemon/core_machine.h"
#include "daemon/core_metrics.h"
#include "proc/file.h"
#include "proc/role.h"
#include "region/export.h"
#include "region/region.h"
#include "region/sealed.h"
#include "region/timer.h"
#include "region/web_identity.h"
#include "svc/catalog/catalog.h"

#define DRAIN_FRONTS_MS 5000
#define FILES_MAX 5

struct core {
	struct eicd_settings settings;
	struct role *role;
	struct core_front *front;
	struct core_compute *compute;
	struct core_keyd *keyd;
	struct core_export *export;
	struct core_machine *machine;
	struct core_metrics *metrics;
	/* All of the file system that is left: where the database and the export are, and what
	 * the kernel has to be asked through files. */
	struct confine_path files[FILES_MAX];
	char database_dir[PATH_MAX], export_dir[PATH_MAX], metrics_dir[SETTINGS_PATH_BYTES + 16];
	int compute_fd; /* a channel that came, which the next step takes up; -1: none */
	uint16_t compute_number;
	struct store *store;
	struct region *region;
	struct api *api;
	struct timer *timer;
	struct web_identity *web_identity; /* until the region has it */
	bool draining;
	int64_t drain_until_ms; /* while draining: how long to wait for fronts, boot time */
	int rejoin_failed;      /* the error for which core must end, or 0 */
};

/* ---- control ---- */

static void
replace_fd(int *place, int fd)
{
	if (*place != -1)
		close(*place);
	*place = fd;
}

static int
on_peer(void *ctx, enum msg_role role, uint16_t number, int fd)
{
	struct core *c = ctx;

	if (role == ROLE_FRONT) {
		core_front_attach(c->front, number, fd);
	} else if (role == ROLE_COMPUTE) {
		replace_fd(&c->compute_fd, fd);
		c->compute_number = number;
	} else if (role == ROLE_KEYD || role == ROLE_KEYD_HASH) {
		core_keyd_attach(c->keyd, role, number, fd);
	} else {
		close(fd);
		return ERR_PEER;
	}
	return 0;
}

/* They come before the region is there, and again at each reload. */
static void
keys_set(struct core *c, struct web_identity *fresh)
{
	struct web_identity **place =
	    c->region != NULL ? &c->region->web_identity : &c->web_identity;

	web_identity_free(*place);
	*place = fresh;
}

/* Reads the keys of issuers of tokens. If they are bad, those before stay. An empty file, which is
 * what a file that is gone is handed as, has none. */
static void
take_keys(struct core *c, int fd)
{
	struct web_identity *fresh = NULL;
	struct errinfo ei = { "" };
	struct buf text;
	int r;

	buf_init(&text, WEB_IDENTITY_MAX_BYTES);
	if ((r = file_read_fd(fd, &text)) == 0)
		r = web_identity_parse(buf_view(&text), &fresh, &ei);
	buf_release(&text);
	close(fd);
	if (r != 0) {
		log_error("file", log_c("name", "web_identity_keys"), log_e(r),
		    log_c("why", ei.text));
		return;
	}
	keys_set(c, fresh);
}

static int
on_file(void *ctx, struct str name, int fd)
{
	struct core *c = ctx;
	int r;

	if (str_eq_c(name, "web_identity_keys")) {
		take_keys(c, fd);
		return 0;
	}
	if (!str_eq_c(name, "tls_certificate")) {
		close(fd);
		return ERR_PEER;
	}
	if ((r = core_machine_certificate(c->machine, fd)) != 0)
		log_warn("file", log_s("name", name), log_e(r));
	return 0;
}

static void
on_drain(void *ctx)
{
	struct core *c = ctx;

	c->draining = true;
	c->drain_until_ms = clock_boot_ms(clock_system()) + DRAIN_FRONTS_MS;
}

static const struct control_ops control_ops = {
	.peer = on_peer,
	.file = on_file,
	.drain = on_drain,
};

static int
wait_keyd(void *ctx, enum msg_role role, int timeout_ms)
{
	struct core *c = ctx;

	return control_wait_peer(role_control(c->role), clock_system(), role, timeout_ms);
}

static void
rejoin_keyd(void *ctx, enum msg_role role, uint16_t number)
{
	struct core *c = ctx;

	if (c->rejoin_failed == 0)
		c->rejoin_failed = control_rejoin(role_control(c->role), role, number);
}

/* ---- serving ---- */

static void
take_channels(struct core *c)
{
	if (c->compute_fd != -1) {
		core_compute_attach(c->compute, c->region, c->compute_fd);
		c->compute_fd = -1;
	}
}

static int
rejoin_front(void *ctx, uint16_t front)
{
	struct core *c = ctx;

	return control_rejoin(role_control(c->role), ROLE_FRONT, front);
}

static int
compute_step(struct core *c)
{
	int r = core_compute_step(c->compute, c->region);

	if (r == 0 || r == ERR_CLOSED)
		return 0;
	return control_rejoin(role_control(c->role), ROLE_COMPUTE, c->compute_number);
}

static int64_t
drain_left_ms(const struct core *c)
{
	return c->drain_until_ms - clock_boot_ms(clock_system());
}

/*
 * While draining: true when a front may still ask or has not taken its answers. A front that has
 * another core ends its side of the channel, and then nothing more comes. For one that does not,
 * core waits DRAIN_FRONTS_MS at most.
 */
static bool
fronts_talk(const struct core *c)
{
	return core_front_pending(c->front) || (core_front_open(c->front) && drain_left_ms(c) > 0);
}

static int
wait_ms(const struct core *c, bool more)
{
	int left = timer_left_ms(c->timer);

	if (more)
		return 0;
	if (c->draining && drain_left_ms(c) < left)
		return drain_left_ms(c) > 0 ? (int)drain_left_ms(c) : 0;
	return left;
}

/* An error when only a new core could go on with the export. */
static int
export_check(const struct core *c)
{
	if (!core_export_moved(c->export))
		return 0;
	log_error("export-moved", log_c("file", c->settings.audit_export),
	    log_c("why",
		"its directory is not the one that was there at the start; only a new process may "
		"write there"));
	return ERR_BADSTATE;
}

/* Waits for something to do and does it. An error means that core must end. *more: do not wait
 * the next time. */
static int
serve_once(struct core *c, bool *more)
{
	struct pollfd fds[2 + CORE_FRONT_CHANNELS_MAX + KEYD_POOL_CHANNELS_MAX] = {
		{ .fd = control_fd(role_control(c->role)), .events = POLLIN }
	};
	nfds_t n_fds = 2;
	int n, r;

	take_channels(c);
	fds[1].fd = core_compute_fd(c->compute, &fds[1].events);
	n_fds += core_front_poll(c->front, fds + 2);
	n_fds += core_keyd_poll(c->keyd, fds + n_fds);
	if ((n = poll(fds, n_fds, wait_ms(c, *more))) == -1 && errno != EINTR)
		return ERR_SYS;
	if (n > 0 && fds[0].revents != 0 && (r = control_read(role_control(c->role))) != 0)
		return r;
	/* Replies that are late, and keyds that do not come back, are noticed at the latest when
	 * the timer's next task is due, a fraction of a second later. */
	core_keyd_step(c->keyd);
	r = core_front_step(c->front, c->region, c->api, more);
	*more |= batch_tell(c->api, false);
	if (r == 0 && fds[1].revents != 0)
		r = compute_step(c);
	timer_run(c->timer, c->region);
	core_metrics_step(c->metrics, c->region, c->api);
	if (r != 0 || (r = export_check(c)) != 0)
		return r;
	return c->rejoin_failed;
}

/* Serves until the parent is gone, or until it drains us and the fronts are done. */
static int
serve(struct core *c)
{
	bool more = true;
	int r = 0;

	while (r == 0 && (!c->draining || more || fronts_talk(c)))
		r = serve_once(c, &more);
	/* keyd is drained after us, so a last digest can still be signed. */
	if (c->draining) {
		while (batch_tell(c->api, true))
			;
		export_stop(c->region);
	}
	return r == ERR_CLOSED ? 0 : r;
}

/* ---- starting ---- */

/* Fills in c->files, and returns how many there are. */
static size_t
files_find(struct core *c)
{
	size_t n = 0;

	c->files[n++] = (struct confine_path){ "/proc/sys/kernel/random/boot_id", CONFINE_READ };
	c->files[n++] = (struct confine_path){ "/dev/urandom", CONFINE_READ };
	/* SQLite follows links, and has its other files beside the one that it finds. */
	if (confine_dir_of(c->settings.database, c->database_dir) == 0)
		c->files[n++] = (struct confine_path){ c->database_dir, CONFINE_WRITE };
	if (c->settings.audit_export[0] == '/' &&
	    confine_dir_of(c->settings.audit_export, c->export_dir) == 0)
		c->files[n++] = (struct confine_path){ c->export_dir, CONFINE_WRITE };
	snprintf(c->metrics_dir, sizeof(c->metrics_dir), "%s/metrics", c->settings.run_dir);
	c->files[n++] = (struct confine_path){ c->metrics_dir, CONFINE_WRITE };
	return n;
}

/* Makes what needs the settings and must be there before the store. */
static int
prepare(void *ctx, struct role_confine *ret, struct errinfo *ei)
{
	struct core *c = ctx;

	(void)ei;
	c->export = core_export_new(&c->settings);
	ret->user = c->settings.core_user;
	ret->files = c->files;
	ret->n_files = files_find(c);
	ret->calls[0] = &seccomp_base;
	ret->calls[1] = &seccomp_files;
	return 0;
}

static int
store_start(void *ctx, struct errinfo *ei)
{
	struct core *c = ctx;
	struct region_opts o = { .settings = &c->settings,
		.clock = clock_system(),
		.rng = rand_system(),
		.keyd = core_keyd_port(c->keyd),
		.compute = core_compute_port(c->compute),
		.front = core_front_port(c->front),
		.export = core_export_port(c->export),
		.machine = core_machine_port(c->machine) };
	int r;

	if ((r = store_open(c->settings.database, &c->store, ei)) != 0)
		return r;
	o.store = c->store;
	if ((r = region_new(&o, &c->region, ei)) != 0 || (r = catalog_start(c->region, ei)) != 0 ||
	    (r = api_new(c->region, &catalog_actions, &c->api, ei)) != 0)
		return r;
	c->region->web_identity = c->web_identity;
	c->web_identity = NULL;
	c->timer = timer_new(o.clock);
	c->metrics = core_metrics_new(c->metrics_dir, o.clock);
	return 0;
}

/* Runs the timer once before serving, so that the signer's OCSP responses are fresh. Before that, a
 * key-encryption key of another database is told: all that follows would fail with it. */
static int
begin(void *ctx, struct errinfo *ei)
{
	struct core *c = ctx;
	int r;

	if ((r = sealed_check(c->region, ei)) == ERR_CRYPTO)
		return r;
	if (r != 0)
		log_warn("sealed", log_e(r), log_c("why", ei->text));
	timer_run(c->timer, c->region);
	return 0;
}

static void
core_release(struct core *c)
{
	api_free(c->api);
	region_free(c->region);
	web_identity_free(c->web_identity);
	timer_free(c->timer);
	store_close(c->store);
	core_front_free(c->front);
	core_compute_free(c->compute);
	core_keyd_free(c->keyd);
	core_metrics_free(c->metrics);
	core_machine_free(c->machine);
	core_export_free(c->export);
	role_free(c->role);
	replace_fd(&c->compute_fd, -1);
}

int
main(void)
{
	struct core c = { .compute_fd = -1 };
	const struct core_keyd_parent parent = { .wait = wait_keyd,
		.rejoin = rejoin_keyd,
		.ctx = &c };
	const struct role_opts o = { .settings = &eicd_table,
		.values = &c.settings,
		.log_level = &c.settings.log_level,
		.ops = &control_ops,
		.prepare = prepare,
		.open = store_start,
		.begin = begin,
		.ctx = &c };
	int r;

	log_set_name("core");
	c.front = core_front_new(rejoin_front, &c, rand_system());
	c.compute = core_compute_new();
	c.keyd = core_keyd_new(clock_system());
	c.machine = core_machine_new(&c.settings);
	core_keyd_set_parent(c.keyd, &parent);
	if ((r = role_new(&o, &c.role)) == 0 && (r = role_start(c.role)) == 0 &&
	    (r = serve(&c)) != 0)
		log_error("end", log_e(r));
	core_release(&c);
	/* Not exit: handlers of libraries make system calls that seccomp forbids. */
	_exit(r == 0 ? 0 : 1);
}
