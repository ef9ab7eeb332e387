/*
 * settings_print: writes a table with its values as a file with comments, for --print-config; see
 * settings.h. Pure.
 */
#include "base/alloc.h"
#include "settings/settings.h"
#include "settings/settings_value.h"

#define WIDTH 78

/* Writes text as comment lines of at most WIDTH characters. */
static void
write_comment(struct buf *b, struct str text)
{
	size_t column = 0, n;
	struct str word;

	while (text.n > 0) {
		n = str_index(text, ' ');
		word = str_head(text, n);
		text = str_from(text, n + 1);
		if (column == 0 || column + 1 + word.n > WIDTH) {
			buf_c(b, column == 0 ? "#" : "\n#");
			column = 1;
		}
		buf_ch(b, ' ');
		buf_str(b, word);
		column += 1 + word.n;
	}
	buf_ch(b, '\n');
}

/* Writes "(a time, 1s to 15m; this is the default; reloadable)". */
static void
write_facts(const struct setting *row, bool is_default, struct buf *b)
{
	struct buf facts;

	buf_init(&facts, 1024);
	buf_ch(&facts, '(');
	settings_value_describe(row, &facts);
	if (is_default)
		buf_c(&facts, "; this is the default");
	else if (row->dflt[0] != '\0')
		buf_fmt(&facts, "; default: %s", row->dflt);
	if (row->reloadable)
		buf_c(&facts, "; reloadable");
	buf_ch(&facts, ')');
	write_comment(b, buf_view(&facts));
	buf_release(&facts);
}

void
settings_print(const struct settings_table *t, const void *values, struct buf *b)
{
	const struct setting *row;
	const char *section = "";
	void *defaults = xalloc(t->size);
	size_t i;

	settings_default(t, defaults);
	for (i = 0; i < t->n; i++) {
		row = &t->rows[i];
		if (!str_eq_c(str_of(row->section), section)) {
			section = row->section;
			buf_fmt(b, "%s[%s]\n", i == 0 ? "" : "\n", section);
		}
		buf_ch(b, '\n');
		write_comment(b, str_of(row->text));
		write_facts(row, settings_value_equal(row, values, defaults), b);
		buf_fmt(b, "%s = ", row->name);
		settings_value_write(row, values, b);
		buf_ch(b, '\n');
	}
	xfree(defaults);
}
