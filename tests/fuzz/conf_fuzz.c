/*
 * conf_fuzz: each setting must be on a later line than the one before, and its views must be
 * within the text.
 */
#include <assert.h>
#include <stdint.h>

#include "codec/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_line(void *ctx, struct str section, struct str key, struct str value, unsigned line)
{
	unsigned *last = ctx;

	assert(line > *last);
	assert(key.n > 0 && key.n + value.n < CONF_MAX_LINE && section.n <= CONF_MAX_NAME);
	assert(str_index(key, '\n') == key.n && str_index(value, '\n') == value.n);
	*last = line;
	return str_eq_c(key, "stop") ? ERR_DUP : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct errinfo ei = { "" };
	unsigned last = 0;
	int r = conf_parse(str_of_n(data, size), on_line, &last, &ei);

	if (r != 0 && r != ERR_DUP)
		assert(ei.text[0] != '\0');
	return 0;
}
