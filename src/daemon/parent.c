/*
 * parent: eicd, the program that an administrator starts. It reads and checks the settings,
 * binds the listening sockets, starts the roles and watches over them. It runs as root and
 * never reads a byte that came from the network.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "daemon/parent_setup.h"
#include "daemon/roles.h"
#include "proc/drop.h"

#define COMMAND_ARGS_MAX 64
/* This long because core checks the database when it starts. */
#define START_MS 60000
#define DRAIN_MS 15000
#define CONF_MAX_BYTES (1u << 20)

static const char usage[] =
    "usage: eicd [-c FILE]                 serve\n"
    "       eicd [-c FILE] --check         check the configuration\n"
    "       eicd [-c FILE] --print-config  show every setting with its value\n"
    "       eicd [-c FILE] init [ARGUMENTS]   make a new installation\n"
    "       eicd [-c FILE] keys [ARGUMENTS]   change keys by the root's\n"
    "       eicd [-c FILE] agents [ARGUMENTS] list, revoke and enrol agents\n"
    "       eicd [-c FILE] backup TARGET      copy the database, also while eicd serves\n"
    "       eicd [-c FILE] restore BACKUP     make the database from such a copy\n"
    "       eicd --version\n";

struct parent {
	const char *conf_path;
	/* Those of the generation that counts, and of the next one while it starts. */
	struct eicd_settings *settings, *next;
	struct loop *loop;
	struct supervise *roles;
	const char *notify;
	int signals;
	bool reload_later; /* SIGHUP came while next starts */
	bool failed;
};

static int
complain(const char *text)
{
	fprintf(stderr, "eicd: %s\n", text);
	return 1;
}

/* ---- serving ---- */

static void
on_ready(void *ctx)
{
	struct parent *p = ctx;

	log_info("ready", log_c("listen", p->settings->listen), log_c("config", p->conf_path));
	setup_notify(p->notify, "READY=1");
}

static void
on_ended(void *ctx, bool failed)
{
	struct parent *p = ctx;

	p->failed = failed;
	loop_stop(p->loop);
}

/*
 * Writes the configuration for the roles: the settings that this process runs with, not the
 * file. After a reload that was refused, or that changed what needs a restart, a role that is
 * started again must get the same settings as the others.
 */
static void
conf_write(const struct eicd_settings *s, struct buf *ret)
{
	buf_init(ret, CONF_MAX_BYTES);
	settings_print(&eicd_table, s, ret);
}

/* While a new generation starts, which has read the file already, the reload waits: it is for
 * the generation that will count, whichever that is. */
static void
reload(struct parent *p)
{
	struct eicd_settings fresh;
	struct errinfo ei = { "" };
	struct buf ignored, conf;

	if (p->next != NULL) {
		log_info("reload", log_c("why", "waits for the change that is under way"));
		p->reload_later = true;
		return;
	}
	if (settings_load(&eicd_table, p->conf_path, &fresh, &ei) != 0) {
		log_error("reload", log_c("why", ei.text));
		return;
	}
	buf_init(&ignored, 4096);
	settings_adopt(&eicd_table, p->settings, &fresh, &ignored);
	log_set_level((enum log_level)p->settings->log_level);
	log_info("reload", log_c("config", p->conf_path),
	    log_s("needs_restart", buf_view(&ignored)));
	buf_release(&ignored);
	conf_write(p->settings, &conf);
	supervise_reload(p->roles, buf_view(&conf));
	buf_release(&conf);
}

/* True when a and b agree on everything that was bound or locked at the start, which a new
 * generation cannot change. */
static bool
same_place(const struct eicd_settings *a, const struct eicd_settings *b)
{
	return strcmp(a->listen, b->listen) == 0 && strcmp(a->state_dir, b->state_dir) == 0 &&
	    strcmp(a->run_dir, b->run_dir) == 0 && strcmp(a->database, b->database) == 0;
}

static void
on_renewed(void *ctx, bool done)
{
	struct parent *p = ctx;

	if (done) {
		xfree(p->settings);
		p->settings = p->next;
		log_set_level((enum log_level)p->settings->log_level);
		log_info("renewing", log_c("why", "the new processes serve, the old ones retire"));
	} else {
		log_error("renew", log_c("why", "a new process cannot start; the old ones go on"));
		xfree(p->next);
	}
	p->next = NULL;
	if (p->reload_later) {
		p->reload_later = false;
		reload(p);
	}
}

/* Starts a new generation with the programs and the configuration of now. */
static void
renew(struct parent *p)
{
	struct eicd_settings *fresh = xalloc(sizeof(*fresh));
	struct supervise_row rows[ROLES_ROWS];
	struct errinfo ei = { "" };
	struct buf conf;
	int r;

	if ((r = settings_load(&eicd_table, p->conf_path, fresh, &ei)) == 0 &&
	    !same_place(p->settings, fresh)) {
		r = ERR_UNSUPPORTED;
		err_set(&ei, "listen, state_dir, run_dir or database is another: stop and start");
	}
	if (r == 0 && p->next != NULL) {
		r = ERR_BADSTATE;
		err_set(&ei, "a change is under way");
	}
	/* The directory may be another one than at the start. */
	if (r == 0)
		r = setup_export(fresh, &ei);
	if (r != 0) {
		log_error("renew", log_c("why", ei.text));
		xfree(fresh);
		return;
	}
	p->next = fresh;
	roles_fill(fresh, rows);
	conf_write(fresh, &conf);
	r = supervise_renew(p->roles, rows, fresh->libexec_dir, buf_view(&conf),
	    (uint32_t)(fresh->retire_timeout_s * 1000));
	buf_release(&conf);
	if (r != 0) {
		log_error("renew", log_e(r), log_c("why", "not all processes are ready"));
		p->next = NULL;
		xfree(fresh);
	}
}

static void
on_signal(void *ctx, unsigned events)
{
	struct parent *p = ctx;
	struct signalfd_siginfo si;

	(void)events;
	while (read(p->signals, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		if (si.ssi_signo == SIGHUP) {
			reload(p);
		} else if (si.ssi_signo == SIGUSR2) {
			renew(p);
		} else {
			log_info("ending", log_i("signal", si.ssi_signo));
			setup_notify(p->notify, "STOPPING=1");
			supervise_drain(p->roles);
		}
	}
}

/* Blocks SIGTERM, SIGINT, SIGHUP and SIGUSR2 and reads them from a descriptor. */
static int
take_signals(struct parent *p, struct loop_fd *watch)
{
	sigset_t set;

	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return ERR_SYS;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR2);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 ||
	    (p->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) == -1)
		return ERR_SYS;
	return loop_fd_add(p->loop, watch, p->signals, LOOP_READ, on_signal, p);
}

static int
serve(struct parent *p)
{
	struct supervise_row rows[ROLES_ROWS];
	struct supervise_opts o = { .spawner = spawner_system(),
		.rows = rows,
		.n_rows = ROLES_ROWS,
		.links = roles_links,
		.n_links = ROLES_LINKS,
		.start_ms = START_MS,
		.drain_ms = DRAIN_MS,
		.libexec_dir = p->settings->libexec_dir,
		.conf_path = p->conf_path,
		.ready = on_ready,
		.renewed = on_renewed,
		.ended = on_ended,
		.ctx = p };
	struct errinfo ei = { "" };
	struct loop_fd watch = { 0 };
	struct buf conf;

	if (geteuid() != 0)
		return complain("must be started by root: it gives each process a user of its own");
	if (drop_descriptors() != 0)
		return complain(strerror(errno));
	log_set_name("eicd");
	log_set_level((enum log_level)p->settings->log_level);
	if (setup_dirs(p->settings, &ei) != 0 || setup_export(p->settings, &ei) != 0 ||
	    setup_listeners(p->settings, &o, &ei) != 0)
		return complain(ei.text);
	if (loop_new(clock_system(), &p->loop) != 0 || take_signals(p, &watch) != 0)
		return complain(strerror(errno));
	o.loop = p->loop;
	p->failed = true;
	roles_fill(p->settings, rows);
	conf_write(p->settings, &conf);
	if (supervise_new(&o, buf_view(&conf), &p->roles) == 0 && loop_run(p->loop) != 0)
		p->failed = true;
	buf_release(&conf);
	supervise_free(p->roles);
	loop_fd_del(p->loop, &watch);
	loop_free(p->loop);
	return p->failed ? complain("could not start or ended by itself; the log says why") : 0;
}

/* ---- other commands ---- */

/* The configuration file that is named in the arguments of a command, or NULL. */
static const char *
command_conf(int argc, char *const *argv)
{
	int i;

	for (i = 0; i + 1 < argc; i++)
		if (strcmp(argv[i], "-c") == 0)
			return argv[i + 1];
	return NULL;
}

static bool
is_command(const char *name)
{
	static const char *const commands[] = { "init", "keys", "agents", "backup", "restore" };
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strcmp(name, commands[i]) == 0)
			return true;
	return false;
}

/* Executes the program of a command, eicd-NAME. argv has the arguments behind the name. */
static int
command(const char *name, const char *conf_path, int argc, char *const *argv)
{
	const char *own = command_conf(argc, argv), *args[COMMAND_ARGS_MAX + 4];
	struct eicd_settings s;
	struct errinfo ei = { "" };
	char path[300];
	int i, n = 0;

	if (argc > COMMAND_ARGS_MAX)
		return complain("too many arguments");
	if (own != NULL)
		conf_path = own;
	settings_default(&eicd_table, &s);
	if (conf_path != NULL && settings_load(&eicd_table, conf_path, &s, &ei) != 0)
		return complain(ei.text);
	snprintf(path, sizeof(path), "%s/eicd-%s", s.libexec_dir, name);
	args[n++] = strrchr(path, '/') + 1;
	if (conf_path != NULL && own == NULL) {
		args[n++] = "-c";
		args[n++] = conf_path;
	}
	for (i = 0; i < argc; i++)
		args[n++] = argv[i];
	args[n] = NULL;
	(void)execv(path, (char *const *)(uintptr_t)args);
	fprintf(stderr, "eicd: %s: %s\n", path, strerror(errno));
	return 1;
}

static int
print_config(const struct eicd_settings *s)
{
	struct buf b;
	int r;

	buf_init(&b, 1u << 20);
	settings_print(&eicd_table, s, &b);
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
	struct parent p = { .notify = getenv("NOTIFY_SOCKET") };
	struct errinfo ei = { "" };
	int c, r, what = 0;

	/* '+' stops at a command, as what is behind it is for the program of the command. */
	while ((c = getopt_long(argc, argv, "+c:", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			p.conf_path = optarg;
			break;
		case OPT_VERSION:
			puts("eicd " EIC_VERSION);
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
	if (optind < argc && what == 0 && is_command(argv[optind]))
		return command(argv[optind], p.conf_path, argc - optind - 1, argv + optind + 1);
	if (optind < argc) {
		fputs(usage, stderr);
		return 2;
	}
	if (p.conf_path == NULL)
		p.conf_path = EICD_CONFIG_PATH;
	p.settings = xalloc(sizeof(*p.settings));
	if (settings_load(&eicd_table, p.conf_path, p.settings, &ei) != 0)
		r = complain(ei.text);
	else if (what == OPT_PRINT)
		r = print_config(p.settings);
	else if (what == OPT_CHECK)
		r = puts("the configuration is good") < 0;
	else
		r = serve(&p);
	xfree(p.settings);
	xfree(p.next);
	return r;
}
