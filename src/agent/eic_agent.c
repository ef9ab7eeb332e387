/*
 * eic-agent: the program that an administrator starts on a host. It reads the settings, opens
 * the sockets of the metadata service, starts eic-agent-imds and eic-agent-uplink, and starts
 * them again when they end. It runs as root and reads no byte that came from the network; a renewed
 * certificate it writes as it is handed it.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "agent/netns.h"
#include "base/log.h"
#include "net/listener.h"
#include "proc/dir.h"
#include "proc/drop.h"
#include "proc/file.h"
#include "proc/supervise.h"
#include "settings/agent.h"

#define BACKLOG 1024
#define START_MS 20000
#define DRAIN_MS 3000
#define CONF_MAX_BYTES (1u << 20)
#define ROWS 2
#define IDENTITY "instance-id"
#define RENEWED "renewed.pem"

static const char usage[] = "usage: eic-agent [-c FILE]                 serve\n"
			    "       eic-agent [-c FILE] --check         check the configuration\n"
			    "       eic-agent [-c FILE] --print-config  show every setting\n"
			    "       eic-agent --version\n";

struct agent {
	const char *conf_path;
	struct agent_settings settings;
	char renewed[SETTINGS_PATH_BYTES + 16]; /* the certificate that the uplink had renewed */
	struct loop *loop;
	struct supervise_opts roles_opts;
	struct supervise_row rows[ROWS];
	struct supervise *roles;
	struct loop_fd watch;
	int signals;
	bool failed;
};

static int
complain(const char *text)
{
	fprintf(stderr, "eic-agent: %s\n", text);
	return 1;
}

/* ---- what the roles cannot make themselves ---- */

/* The socket of the metadata is believed because it stands where only root can put one. */
static int
check_dir_of(const char *path, struct errinfo *ei)
{
	char dir[SETTINGS_PATH_BYTES], *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (slash == NULL || slash == dir)
		return 0;
	*slash = '\0';
	return dir_check(dir, ei);
}

/*
 * Says in a file which instance this machine is, for sshd's helper, which believes neither of the
 * roles about that. The file is replaced as a whole, since it may be read at any time; it is
 * removed where the machine is none, or not any more.
 */
static int
identity_write(const struct agent *a, struct errinfo *ei)
{
	const struct file_owner me = { geteuid(), getegid() };
	const struct agent_settings *s = &a->settings;
	char path[SETTINGS_PATH_BYTES + 32];
	int r;

	snprintf(path, sizeof(path), "%s/" IDENTITY, s->run_dir);
	if (s->instance_id[0] != '\0')
		r = file_replace(path, 0644, me, str_of(s->instance_id));
	else
		r = unlink(path) == 0 || errno == ENOENT ? 0 : ERR_SYS;
	if (r != 0)
		err_set(ei, "%s: %s", path, r == ERR_SYS ? strerror(errno) : err_text(r));
	return r;
}

static void
add_listener(struct agent *a, int fd)
{
	struct supervise_opts *o = &a->roles_opts;

	o->listeners[o->n_listeners++] =
	    (struct supervise_listener){ .fd = fd, .address = "metadata" };
}

static int
open_all(struct agent *a, struct errinfo *ei)
{
	const struct agent_settings *s = &a->settings;
	char empty[SETTINGS_PATH_BYTES + 8];
	int r, fd;

	snprintf(empty, sizeof(empty), "%s/empty", s->run_dir);
	if ((r = dir_make(s->run_dir, ei)) != 0 || (r = dir_make(empty, ei)) != 0 ||
	    (r = identity_write(a, ei)) != 0)
		return r;
	if ((r = netns_listen(s->imds_netns, str_of(s->imds_listen), BACKLOG, &fd, ei)) != 0)
		return r;
	add_listener(a, fd);
	if (s->imds_socket[0] == '\0')
		return 0;
	/* Every process of this host may read the metadata, as it may over the network. */
	if ((r = check_dir_of(s->imds_socket, ei)) != 0)
		return r;
	if ((r = listener_unix_open(s->imds_socket, 0666, BACKLOG, &fd, ei)) == 0)
		add_listener(a, fd);
	return r;
}

/* ---- serving ---- */

static void
on_ready(void *ctx)
{
	struct agent *a = ctx;

	log_info("ready", log_c("metadata", a->settings.imds_listen),
	    log_c("endpoint", a->settings.endpoint));
}

static void
on_ended(void *ctx, bool failed)
{
	struct agent *a = ctx;

	a->failed = failed;
	loop_stop(a->loop);
}

/*
 * Writes the configuration for the roles: the settings that this process runs with, not the
 * file. After a reload that was refused, roles that are started again must get the same
 * settings as before.
 */
static void
conf_write(const struct agent *a, struct buf *ret)
{
	buf_init(ret, CONF_MAX_BYTES);
	settings_print(&agent_table, &a->settings, ret);
}

static void
reload(struct agent *a)
{
	struct agent_settings fresh;
	struct errinfo ei = { "" };
	struct buf ignored, conf;

	if (settings_load(&agent_table, a->conf_path, &fresh, &ei) != 0) {
		log_error("reload", log_c("why", ei.text));
		return;
	}
	buf_init(&ignored, 4096);
	settings_adopt(&agent_table, &a->settings, &fresh, &ignored);
	log_set_level((enum log_level)a->settings.log_level);
	if (identity_write(a, &ei) != 0)
		log_error("reload", log_c("why", ei.text));
	log_info("reload", log_s("needs_restart", buf_view(&ignored)));
	buf_release(&ignored);
	conf_write(a, &conf);
	supervise_reload(a->roles, buf_view(&conf));
	buf_release(&conf);
}

static void
on_signal(void *ctx, unsigned events)
{
	struct signalfd_siginfo si;
	struct agent *a = ctx;

	(void)events;
	while (read(a->signals, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		if (si.ssi_signo == SIGHUP) {
			reload(a);
		} else {
			log_info("ending", log_i("signal", si.ssi_signo));
			supervise_drain(a->roles);
		}
	}
}

static int
take_signals(struct agent *a)
{
	sigset_t set;

	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return ERR_SYS;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 ||
	    (a->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) == -1)
		return ERR_SYS;
	return loop_fd_add(a->loop, &a->watch, a->signals, LOOP_READ, on_signal, a);
}

/* Fills in the roles, after open_all has added the listeners. */
static void
roles_set(struct agent *a)
{
	static const struct supervise_link links[] = { { .a = ROLE_UPLINK, .b = ROLE_IMDS } };
	const struct agent_settings *s = &a->settings;
	struct supervise_opts *o = &a->roles_opts;

	snprintf(a->renewed, sizeof(a->renewed), "%s/" RENEWED, s->state_dir);
	a->rows[0] = (struct supervise_row){ .role = ROLE_IMDS,
		.program = "eic-agent-imds",
		.count = 1,
		.listeners = true };
	a->rows[1] = (struct supervise_row){ .role = ROLE_UPLINK,
		.program = "eic-agent-uplink",
		.count = 1,
		.files = { { .name = "ca", .path = s->ca },
		    { .name = "certificate", .path = s->certificate },
		    { .name = "key", .path = s->key },
		    { .name = "renewed", .path = a->renewed, .kept = true } } };
	o->loop = a->loop;
	o->spawner = spawner_system();
	o->rows = a->rows;
	o->n_rows = ROWS;
	o->links = links;
	o->n_links = 1;
	/* Both are started again together: a new imds knows nothing until the uplink connects
	 * anew and eicd sends everything. */
	o->together = true;
	o->start_ms = START_MS;
	o->drain_ms = DRAIN_MS;
	o->libexec_dir = s->libexec_dir;
	o->conf_path = a->conf_path;
	o->ready = on_ready;
	o->ended = on_ended;
	o->ctx = a;
}

static int
serve(struct agent *a)
{
	struct errinfo ei = { "" };
	struct buf conf;

	if (drop_descriptors() != 0)
		return complain(strerror(errno));
	log_set_name("eic-agent");
	log_set_level((enum log_level)a->settings.log_level);
	if (open_all(a, &ei) != 0)
		return complain(ei.text);
	if (geteuid() != 0)
		log_warn("unprivileged",
		    log_c("why", "not started by root: the processes share one user"));
	if (loop_new(clock_system(), &a->loop) != 0 || take_signals(a) != 0)
		return complain(strerror(errno));
	roles_set(a);
	conf_write(a, &conf);
	a->failed = true;
	if (supervise_new(&a->roles_opts, buf_view(&conf), &a->roles) == 0 &&
	    loop_run(a->loop) != 0)
		a->failed = true;
	buf_release(&conf);
	supervise_free(a->roles);
	loop_fd_del(a->loop, &a->watch);
	loop_free(a->loop);
	if (a->settings.imds_socket[0] != '\0')
		(void)unlink(a->settings.imds_socket);
	return a->failed ? complain("could not start; the log says why") : 0;
}

static int
print_config(const struct agent_settings *s)
{
	struct buf b;
	int r;

	buf_init(&b, 1u << 20);
	settings_print(&agent_table, s, &b);
	r = fwrite(b.p, 1, b.n, stdout) == b.n && fflush(stdout) == 0 ? 0 : 1;
	buf_release(&b);
	return r;
}

enum { OPT_CHECK = 256, OPT_PRINT, OPT_VERSION, OPT_HELP };

static const struct option options[] = {
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "print-config", no_argument, NULL, OPT_PRINT },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

int
main(int argc, char **argv)
{
	struct agent a = { .conf_path = AGENT_CONFIG_PATH, .signals = -1 };
	struct errinfo ei = { "" };
	int c, what = 0;

	while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			a.conf_path = optarg;
			break;
		case OPT_VERSION:
			puts("eic-agent " EIC_VERSION);
			return 0;
		case OPT_HELP:
			fputs(usage, stdout);
			return 0;
		case OPT_CHECK:
		case OPT_PRINT:
			what = c;
			break;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (optind < argc) {
		fputs(usage, stderr);
		return 2;
	}
	if (settings_load(&agent_table, a.conf_path, &a.settings, &ei) != 0)
		return complain(ei.text);
	if (what == OPT_PRINT)
		return print_config(&a.settings);
	if (what == OPT_CHECK)
		return puts("the configuration is good") < 0;
	return serve(&a);
}
