/*
 * operations: see operations.h. Pure.
 */
#include "aws/operations.h"

static bool
has_line(struct str text, struct str service, struct str name)
{
	struct str line;

	while (text.n > 0) {
		line = str_head(text, str_index(text, '\n'));
		text = str_from(text, line.n + 1);
		if (line.n == service.n + 1 + name.n && str_starts(line, service) &&
		    line.p[service.n] == ' ' && str_ends(line, name))
			return true;
	}
	return false;
}

bool
operations_have(enum service s, struct str name)
{
	size_t i;

	for (i = 0; i < operations_txt_count; i++) {
		if (has_line(str_of(operations_txt[i].text), service_info(s)->name, name))
			return true;
	}
	return false;
}
