/*
 * conf: reads INI text with inih; see conf.h. inih cuts long lines and names silently, takes
 * "[a]b" for a section, and takes an indented line as part of the value before. So each line is
 * checked before inih gets it. Pure.
 */
#include "codec/conf.h"

#include <ini.h>

struct parse {
	struct str rest;
	unsigned line;
	conf_line_fn fn;
	void *ctx;
	struct errinfo *ei;
	int err;
};

static int
refuse(struct parse *p, int err, const char *why)
{
	err_set(p->ei, "line %u: %s", p->line, why);
	return err;
}

static int
check_section(struct parse *p, struct str line)
{
	struct str name = str_head(str_from(line, 1), line.n < 2 ? 0 : line.n - 2);

	if (!str_ends(line, STR("]")) || name.n == 0 ||
	    !str_all_in(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."))
		return refuse(p, ERR_SYNTAX, "not a section");
	if (name.n > CONF_MAX_NAME)
		return refuse(p, ERR_TOOBIG, "section name too long");
	return 0;
}

static int
check_line(struct parse *p, struct str line)
{
	struct str text = str_trim(line);
	size_t i, at = str_index(text, '=');

	if (line.n > CONF_MAX_LINE)
		return refuse(p, ERR_TOOBIG, "line too long");
	for (i = 0; i < line.n; i++)
		if (line.p[i] != '\t' && str_has_ctl(str_of_n(line.p + i, 1)))
			return refuse(p, ERR_SYNTAX, "control byte");
	if (text.n == 0 || text.p[0] == '#' || text.p[0] == ';')
		return 0;
	if (text.p != line.p)
		return refuse(p, ERR_SYNTAX, "indented");
	if (text.p[0] == '[')
		return check_section(p, text);
	/* inih would also accept "name: value". */
	if (at == 0 || at == text.n || str_index(text, ':') < at)
		return refuse(p, ERR_SYNTAX, "not key = value");
	return 0;
}

/* Stands in for fgets in inih: copies the next line, without its LF, or returns NULL at the end
 * or after an error. */
static char *
read_line(char *dst, int cap, void *ctx)
{
	struct parse *p = ctx;
	struct str line;
	size_t at;

	if (p->err != 0 || p->rest.n == 0)
		return NULL;
	at = str_index(p->rest, '\n');
	line = str_head(p->rest, at);
	p->rest = str_from(p->rest, at + 1);
	p->line++;
	if ((p->err = check_line(p, line)) != 0)
		return NULL;
	if ((p->err = str_copy(dst, (size_t)cap, line)) != 0)
		return NULL;
	return dst;
}

/* Called by inih, for which 1 means success. */
static int
on_setting(void *ctx, const char *section, const char *key, const char *value)
{
	struct parse *p = ctx;

	if (p->err == 0)
		p->err = p->fn(p->ctx, str_of(section), str_of(key), str_of(value), p->line);
	return 1;
}

int
conf_parse(struct str text, conf_line_fn fn, void *ctx, struct errinfo *ei)
{
	struct parse p = { .rest = text, .fn = fn, .ctx = ctx, .ei = ei };
	int bad_line;

	bad_line = ini_parse_stream(read_line, &p, on_setting, &p);
	if (p.err == 0 && bad_line != 0) {
		err_set(ei, "line %d: not understood", bad_line);
		return ERR_SYNTAX;
	}
	return p.err;
}
