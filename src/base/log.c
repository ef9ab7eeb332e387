/*
 * log: one escaped line per event on stderr; see log.h. The level and the name are the only
 * global state of this room.
 */
#include "base/log.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/err.h"

#define LINE_MAX_BYTES 4096u

static enum log_level threshold = LOG_LEVEL_INFO;
static const char *process = "openeic";

void
log_set_level(enum log_level level)
{
	threshold = level;
}

void
log_set_name(const char *name)
{
	process = name;
}

struct log_kv
log_s(const char *k, struct str v)
{
	return (struct log_kv){ .k = k, .s = v, .type = LOG_KV_STR };
}

struct log_kv
log_c(const char *k, const char *v)
{
	return log_s(k, str_of(v));
}

struct log_kv
log_i(const char *k, int64_t v)
{
	return (struct log_kv){ .k = k, .i = v, .type = LOG_KV_INT };
}

struct log_kv
log_e(int err)
{
	return log_c("err", err_text(err));
}

static void
value_write(struct buf *b, struct str s)
{
	size_t i;

	buf_ch(b, '"');
	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c >= 0x7f)
			buf_fmt(b, "\\x%02x", c);
		else if (c == '"' || c == '\\')
			buf_fmt(b, "\\%c", c);
		else
			buf_ch(b, (char)c);
	}
	buf_ch(b, '"');
}

void
log_line(enum log_level level, const char *ev, const struct log_kv *kv, size_t n)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	struct buf b;
	size_t i;

	if (level < threshold)
		return;
	buf_init(&b, LINE_MAX_BYTES);
	date_iso_ms_write(&b, clock_wall_ms(clock_system()));
	buf_fmt(&b, " %s %s[%d] ev=%s", names[level], process, (int)getpid(), ev);
	for (i = 0; i < n; i++) {
		if (kv[i].type == LOG_KV_STR && kv[i].s.n == 0)
			continue;
		buf_fmt(&b, " %s=", kv[i].k);
		if (kv[i].type == LOG_KV_INT)
			buf_i64(&b, kv[i].i);
		else
			value_write(&b, str_head(kv[i].s, 1024));
	}
	/* A line that is too long is cut, not lost: room for its end is made here. */
	b.err = 0;
	b.max++;
	buf_ch(&b, '\n');
	(void)!write(STDERR_FILENO, b.p, b.n);
	buf_release(&b);
}
