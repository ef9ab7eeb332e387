/*
 * settings: reads a configuration by its table; see settings.h. It reads the file and nothing else,
 * and tells the caller what is wrong with it.
 */
#include "settings/settings.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "codec/conf.h"
#include "settings/settings_value.h"

/* Sets the values to the defaults in the rows. Those that follow from others are still empty. */
static void
set_defaults(const struct settings_table *t, void *values)
{
	size_t i;
	int r;

	memset(values, 0, t->size);
	for (i = 0; i < t->n; i++) {
		r = settings_value_parse(&t->rows[i], str_of(t->rows[i].dflt), values, NULL);
		assert(r == 0);
	}
}

void
settings_default(const struct settings_table *t, void *values)
{
	int r = 0;

	set_defaults(t, values);
	if (t->finish != NULL)
		r = t->finish(values, NULL);
	assert(r == 0);
}

struct reading {
	const struct settings_table *t;
	const char *name;
	void *values;
	bool *seen; /* for each row, whether the file has it */
	struct errinfo *ei;
};

static const struct setting *
row_find(const struct settings_table *t, struct str section, struct str name, bool *ret_section)
{
	size_t i;

	*ret_section = false;
	for (i = 0; i < t->n; i++) {
		if (!str_eq_c(section, t->rows[i].section))
			continue;
		*ret_section = true;
		if (str_eq_c(name, t->rows[i].name))
			return &t->rows[i];
	}
	return NULL;
}

static int
take_line(void *ctx, struct str section, struct str name, struct str value, unsigned line)
{
	struct reading *rd = ctx;
	const struct setting *row;
	struct errinfo why = { "" };
	bool known;
	int r;

	if ((row = row_find(rd->t, section, name, &known)) == NULL) {
		if (!known)
			err_set(rd->ei, "%s:%u: there is no section [%.*s]", rd->name, line,
			    STR_FMT(section));
		else
			err_set(rd->ei, "%s:%u: there is no setting %.*s in [%.*s]", rd->name, line,
			    STR_FMT(name), STR_FMT(section));
		return ERR_NOTFOUND;
	}
	if (rd->seen[row - rd->t->rows]) {
		err_set(rd->ei, "%s:%u: %s is given twice", rd->name, line, row->name);
		return ERR_DUP;
	}
	rd->seen[row - rd->t->rows] = true;
	if ((r = settings_value_parse(row, value, rd->values, &why)) != 0)
		err_set(rd->ei, "%s:%u: %s", rd->name, line, why.text);
	return r;
}

int
settings_parse(const struct settings_table *t, const char *name, struct str text, void *values,
    struct errinfo *ei)
{
	struct errinfo own = { "" }, syntax = { "" };
	struct reading rd = { .t = t,
		.name = name,
		.values = xalloc(t->size),
		.seen = xarray(t->n, sizeof(bool)),
		.ei = &own };
	int r;

	set_defaults(t, rd.values);
	if ((r = conf_parse(text, take_line, &rd, &syntax)) != 0) {
		/* take_line has already said what is wrong with a line, but not if conf did not get
		 * that far. */
		if (own.text[0] == '\0')
			err_set(&own, "%s: %s", name, syntax.text);
		goto out;
	}
	if (t->finish != NULL && (r = t->finish(rd.values, &syntax)) != 0) {
		err_set(&own, "%s: %s", name, syntax.text);
		goto out;
	}
	memcpy(values, rd.values, t->size);
out:
	if (r != 0)
		err_set(ei, "%s", own.text);
	xfree(rd.seen);
	xfree(rd.values);
	return r;
}

/* Reads the whole file. ERR_SYS; ERR_TOOBIG: it is longer than the buffer may be. */
static int
read_file(const char *path, struct buf *b)
{
	char *at;
	ssize_t n = 1;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return ERR_SYS;
	while (n > 0 && (at = buf_reserve(b, 4096)) != NULL) {
		if ((n = read(fd, at, 4096)) > 0)
			buf_commit(b, (size_t)n);
	}
	close(fd);
	return n < 0 ? ERR_SYS : buf_err(b);
}

int
settings_load(const struct settings_table *t, const char *path, void *values, struct errinfo *ei)
{
	struct buf b;
	int r;

	buf_init(&b, SETTINGS_MAX_FILE_BYTES + 4096);
	errno = 0;
	if ((r = read_file(path, &b)) != 0)
		err_set(ei, "%s: %s", path, r == ERR_SYS ? strerror(errno) : err_text(r));
	else
		r = settings_parse(t, path, buf_view(&b), values, ei);
	buf_release(&b);
	return r;
}

void
settings_adopt(const struct settings_table *t, void *current, const void *fresh,
    struct buf *ret_ignored)
{
	const struct setting *row;
	size_t i;

	for (i = 0; i < t->n; i++) {
		row = &t->rows[i];
		if (settings_value_equal(row, current, fresh))
			continue;
		if (row->reloadable) {
			settings_value_copy(row, current, fresh);
			continue;
		}
		if (ret_ignored->n > 0)
			buf_c(ret_ignored, ", ");
		buf_c(ret_ignored, row->name);
	}
}
