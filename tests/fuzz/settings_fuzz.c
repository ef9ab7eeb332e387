/* settings_fuzz: a file that is read and printed must be read back to the same values. */
#include <assert.h>

#include "settings/agent.h"
#include "settings/eicd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
round_trip(const struct settings_table *t, struct str text, void *values, void *again)
{
	struct errinfo ei = { "" };
	struct buf b, ignored;

	if (settings_parse(t, "f", text, values, &ei) != 0) {
		assert(ei.text[0] != '\0');
		return;
	}
	buf_init(&b, SETTINGS_MAX_FILE_BYTES);
	buf_init(&ignored, 4096);
	settings_print(t, values, &b);
	assert(buf_err(&b) == 0);
	assert(settings_parse(t, "f", buf_view(&b), again, NULL) == 0);
	settings_adopt(t, again, values, &ignored);
	assert(ignored.n == 0);
	buf_release(&ignored);
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct eicd_settings eicd[2];
	static struct agent_settings agent[2];

	round_trip(&eicd_table, str_of_n(data, size), &eicd[0], &eicd[1]);
	round_trip(&agent_table, str_of_n(data, size), &agent[0], &agent[1]);
	return 0;
}
