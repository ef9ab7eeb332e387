/*
 * settings_mdoc: writes a table as the list of settings of a manual page, in mdoc(7); see
 * settings.h. Pure.
 */
#include "settings/settings.h"
#include "settings/settings_value.h"

/* Writes text with each sentence on a line of its own, as mdoc wants it. Nothing in it is taken for
 * a request or an escape. */
static void
write_text(struct buf *b, struct str text)
{
	bool start = true;
	size_t i;

	for (i = 0; i < text.n; i++) {
		if (start && (text.p[i] == '.' || text.p[i] == '\''))
			buf_c(b, "\\&");
		start = text.p[i] == ' ' && i > 0 && text.p[i - 1] == '.';
		if (start)
			buf_ch(b, '\n');
		else if (text.p[i] == '\\')
			buf_c(b, "\\e");
		else
			buf_ch(b, text.p[i]);
	}
	buf_ch(b, '\n');
}

static void
write_row(const struct setting *row, struct buf *b)
{
	struct buf facts;

	buf_fmt(b, ".It Cm %s\n", row->name);
	write_text(b, str_of(row->text));
	buf_init(&facts, 1024);
	buf_c(&facts, "Value: ");
	settings_value_describe(row, &facts);
	if (row->dflt[0] != '\0')
		buf_fmt(&facts, "; default %s", row->dflt);
	buf_ch(&facts, '.');
	if (row->reloadable)
		buf_c(&facts, " Applied on reload.");
	write_text(b, buf_view(&facts));
	buf_release(&facts);
}

void
settings_mdoc(const struct settings_table *t, struct buf *b)
{
	const char *section = "";
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (!str_eq_c(str_of(t->rows[i].section), section)) {
			if (i > 0)
				buf_c(b, ".El\n");
			section = t->rows[i].section;
			buf_fmt(b, ".Ss Section [%s]\n.Bl -tag -width Ds\n", section);
		}
		write_row(&t->rows[i], b);
	}
	buf_c(b, ".El\n");
}
