/*
 * settings_man: writes the manual page of a configuration file from its table of settings, at
 * build time.
 *
 *   settings_man eicd|agent|helper
 */
#include <err.h>

#include "settings/agent.h"
#include "settings/eicd.h"
#include "settings/helper.h"

static const struct {
	const char *argument, *title, *page, *file, *program;
	const struct settings_table *table;
} pages[] = {
	{ "eicd", "EICD.CONF", "eicd.conf", EICD_CONFIG_PATH, "eicd", &eicd_table },
	{ "agent", "EIC-AGENT.CONF", "eic-agent.conf", AGENT_CONFIG_PATH, "eic-agent",
	    &agent_table },
	{ "helper", "EIC-HELPER.CONF", "eic-helper.conf", HELPER_CONFIG_PATH,
	    "eic_run_authorized_keys", &helper_table },
};

static void
page_write(size_t i, struct buf *b)
{
	const char *program = pages[i].program;

	buf_fmt(b, ".Dd November 21, 2026\n.Dt %s 5\n.Os\n.Sh NAME\n.Nm %s\n", pages[i].title,
	    pages[i].page);
	buf_fmt(b, ".Nd configuration of %s\n.Sh SYNOPSIS\n.Pa %s\n", program, pages[i].file);
	buf_fmt(b, ".Sh DESCRIPTION\n.Xr %s 8\nreads its settings from this file: lines\n",
	    program);
	buf_c(b,
	    ".Dq name = value\nbelow lines\n.Dq Bq section .\n"
	    "A line that starts with # is a comment.\n"
	    "An unknown section or name, a name given twice and a bad value are errors that\n"
	    "name file and line.\n");
	if (pages[i].table != &helper_table)
		buf_fmt(b, ".Pp\n%s --print-config prints all of them with their values.\n",
		    program);
	settings_mdoc(pages[i].table, b);
	buf_fmt(b, ".Sh SEE ALSO\n.Xr %s 8\n", program);
}

int
main(int argc, char **argv)
{
	struct buf b;
	size_t i;

	buf_init(&b, 1 << 20);
	for (i = 0; argc == 2 && i < sizeof(pages) / sizeof(*pages); i++)
		if (strcmp(argv[1], pages[i].argument) == 0)
			page_write(i, &b);
	if (b.n == 0 || buf_err(&b) != 0)
		errx(2, "usage: settings_man eicd|agent|helper");
	if (fwrite(b.p, 1, b.n, stdout) != b.n)
		err(1, "stdout");
	buf_release(&b);
	return 0;
}
