/*
 * core: the process that decides and that owns the database. Blocking and
 * sequential: it takes the requests that wait, runs them in one transaction,
 * commits, and lets the answers go. It never speaks to the network: all its
 * descriptors are handed to it, and seccomp keeps it so.
 */
#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "api/api.h"
#include "base/log.h"
#include "daemon/core_compute.h"
#include "daemon/core_export.h"
#include "daemon/core_front.h"
#include "daemon/core_keyd.h"
#include "proc/control.h"
#include "proc/drop.h"
#include "proc/file.h"
#include "proc/seccomp.h"
#include "region/export.h"
#include "region/region.h"
#include "region/timer.h"
#include "svc/catalog/catalog.h"

#define GO_TIMEOUT_MS 30000

struct core {
	struct eicd_settings settings, next_settings;
	bool have_next_settings;
	struct control *control;
	struct core_front *front;
	struct core_compute *compute;
	struct core_keyd *keyd;
	struct core_export *export;
	int compute_fd; /* a channel that came; taken up between two steps. -1: none */
	uint16_t compute_number;
	struct store *store;
	struct region *region;
	struct api *api;
	struct timer *timer;
	bool draining;
	int rejoin_failed; /* core must end; 0: no */
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

static int
on_file(void *ctx, struct str name, int fd)
{
	struct errinfo ei = { "" };
	struct core *c = ctx;
	struct buf text;
	int r;

	if (!str_eq_c(name, "conf")) {
		close(fd);
		return ERR_PEER;
	}
	buf_init(&text, SETTINGS_MAX_FILE_BYTES);
	if ((r = file_read_fd(fd, &text)) == 0)
		r = settings_parse(&eicd_table, "conf", buf_view(&text), &c->next_settings, &ei);
	close(fd);
	buf_release(&text);
	c->have_next_settings = r == 0;
	if (r != 0)
		log_error("reload", log_e(r), log_c("why", ei.text));
	return 0;
}

static void
on_reload(void *ctx)
{
	struct core *c = ctx;
	struct buf ignored;

	if (!c->have_next_settings)
		return;
	buf_init(&ignored, 4096);
	settings_adopt(&eicd_table, &c->settings, &c->next_settings, &ignored);
	buf_release(&ignored);
	log_set_level((enum log_level)c->settings.log_level);
	c->have_next_settings = false;
}

static void
on_drain(void *ctx)
{
	((struct core *)ctx)->draining = true;
}

static const struct control_ops control_ops = {
	.peer = on_peer,
	.file = on_file,
	.reload = on_reload,
	.drain = on_drain,
};

static int
wait_keyd(void *ctx, enum msg_role role, int timeout_ms)
{
	struct core *c = ctx;

	return control_wait_peer(c->control, role, timeout_ms);
}

static void
rejoin_keyd(void *ctx, enum msg_role role, uint16_t number)
{
	struct core *c = ctx;

	if (c->rejoin_failed == 0)
		c->rejoin_failed = control_rejoin(c->control, role, number);
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

	return control_rejoin(c->control, ROLE_FRONT, front);
}

static int
compute_step(struct core *c)
{
	int r = core_compute_step(c->compute, c->region);

	if (r == 0 || r == ERR_CLOSED)
		return 0;
	return control_rejoin(c->control, ROLE_COMPUTE, c->compute_number);
}

/* 0, or why core must end. */
static int
serve_once(struct core *c, bool *more)
{
	struct pollfd fds[2 + CORE_FRONT_CHANNELS_MAX] = { { .fd = control_fd(c->control),
	    .events = POLLIN } };
	nfds_t n_fds = 2;
	int n, r;

	take_channels(c);
	fds[1].fd = core_compute_fd(c->compute, &fds[1].events);
	n_fds += core_front_poll(c->front, fds + 2);
	if ((n = poll(fds, n_fds, *more ? 0 : timer_left_ms(c->timer))) == -1 && errno != EINTR)
		return ERR_SYS;
	if (n > 0 && fds[0].revents != 0 && (r = control_read(c->control)) != 0)
		return r;
	r = core_front_step(c->front, c->region, c->api, more);
	if (r == 0 && fds[1].revents != 0)
		r = compute_step(c);
	timer_run(c->timer, c->region);
	return r != 0 ? r : c->rejoin_failed;
}

/* Until the parent is gone or wants us gone. */
static int
serve(struct core *c)
{
	bool more = true;
	int r = 0;

	while (r == 0 && (!c->draining || more || core_front_pending(c->front)))
		r = serve_once(c, &more);
	/* keyd is drained after us: what was recorded can still be signed. */
	if (c->draining)
		export_stop(c->region);
	return r == ERR_CLOSED ? 0 : r;
}

/* ---- starting ---- */

static int
confine(const struct eicd_settings *s, struct errinfo *ei)
{
	struct drop_opts o = { .change_id = true };
	int r;

	if ((r = drop_resolve(str_of(s->core_user), &o.id)) != 0) {
		err_set(ei, "no such user: %s", s->core_user);
		return r;
	}
	return drop_privileges(&o, ei);
}

static int
store_start(struct core *c, struct errinfo *ei)
{
	struct region_opts o = { .settings = &c->settings,
		.clock = clock_system(),
		.rng = rand_system(),
		.keyd = core_keyd_port(c->keyd),
		.compute = core_compute_port(c->compute),
		.front = core_front_port(c->front),
		.export = core_export_port(c->export) };
	int r;

	if ((r = store_open(c->settings.database, &c->store, ei)) != 0)
		return r;
	o.store = c->store;
	if ((r = region_new(&o, &c->region, ei)) != 0 || (r = catalog_start(c->region, ei)) != 0 ||
	    (r = api_new(c->region, &catalog_actions, &c->api, ei)) != 0)
		return r;
	c->timer = timer_new(o.clock);
	return 0;
}

static int
start(struct core *c, const char *conf, struct errinfo *ei)
{
	static const struct seccomp_table *const tables[] = { &seccomp_base, &seccomp_files };
	int r;

	if ((r = settings_load(&eicd_table, conf, &c->settings, ei)) != 0)
		return r;
	log_set_level((enum log_level)c->settings.log_level);
	c->front = core_front_new(rejoin_front, c);
	c->compute = core_compute_new();
	c->keyd = core_keyd_new(clock_system());
	c->export = core_export_new(&c->settings);
	core_keyd_set_parent(c->keyd,
	    &(struct core_keyd_parent){ .wait = wait_keyd, .rejoin = rejoin_keyd, .ctx = c });
	if ((r = control_new(CONTROL_FD, &control_ops, c, &c->control)) != 0 ||
	    (r = control_wait_go(c->control, GO_TIMEOUT_MS)) != 0 ||
	    (r = confine(&c->settings, ei)) != 0 || (r = store_start(c, ei)) != 0)
		return r;
	if ((r = seccomp_enter(tables, 2)) != 0) {
		err_set(ei, "seccomp: %s", strerror(errno));
		return r;
	}
	/* Before anyone asks: the signer's responses must be fresh. */
	timer_run(c->timer, c->region);
	return control_ready(c->control);
}

static void
core_release(struct core *c)
{
	api_free(c->api);
	region_free(c->region);
	timer_free(c->timer);
	store_close(c->store);
	core_front_free(c->front);
	core_compute_free(c->compute);
	core_keyd_free(c->keyd);
	core_export_free(c->export);
	control_free(c->control);
	replace_fd(&c->compute_fd, -1);
}

int
main(int argc, char **argv)
{
	struct core c = { .compute_fd = -1 };
	struct errinfo ei = { "" };
	int r;

	log_set_name("core");
	if (argc != 3 || strcmp(argv[1], "-c") != 0) {
		fprintf(stderr, "usage: eicd-core -c FILE (started by eicd)\n");
		return 2;
	}
	if ((r = start(&c, argv[2], &ei)) != 0)
		log_error("start", log_e(r), log_c("why", ei.text));
	else if ((r = serve(&c)) != 0)
		log_error("end", log_e(r));
	core_release(&c);
	/* Exit handlers of libraries want system calls that are over for us. */
	_exit(r == 0 ? 0 : 1);
}
