/*
 * report: see report.h.
 */
#include "authkeys/report.h"

#include <unistd.h>

#include "authkeys/note.h"
#include "base/date.h"
#include "codec/blob.h"
#include "codec/osuser.h"

#define MAX_NOTE 4000
#define MAX_REQUEST 128
#define MAX_CALLER 1000
#define MAX_PUSHER (MAX_REQUEST + MAX_CALLER + 100)

/* Is entry i the first one of its key? Several people may have pushed the same. */
static bool
is_first(const struct lookup_output *out, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (str_eq(out->keys[j].fingerprint, out->keys[i].fingerprint))
			return false;
	return true;
}

int
report_keys(int fd, const struct lookup_output *out)
{
	size_t i, done = 0;
	struct buf b;
	ssize_t n;
	int r = 0;

	buf_init(&b, LOOKUP_MAX_KEYS * (BLOB_MAX_LINE + 1));
	for (i = 0; i < out->n; i++) {
		if (!is_first(out, i))
			continue;
		buf_str(&b, out->keys[i].line);
		buf_ch(&b, '\n');
	}
	if ((r = buf_err(&b)) != 0)
		goto out;
	/* One write is enough, unless the pipe is full. */
	while (done < b.n) {
		if ((n = write(fd, b.p + done, b.n - done)) <= 0) {
			r = ERR_SYS;
			goto out;
		}
		done += (size_t)n;
	}
out:
	buf_release(&b);
	return r;
}

static void
pusher_write(struct buf *line, const struct lookup_key *k)
{
	buf_fmt(line, "request-id: %.*s, for IAM principal: %.*s",
	    STR_FMT(str_head(k->request, MAX_REQUEST)), STR_FMT(str_head(k->caller, MAX_CALLER)));
}

/* The line for the key of which entry i is the first. */
static void
pushers_note(const struct lookup_output *out, size_t i, bool terminal)
{
	size_t j, more = 0;
	struct buf line;

	buf_init(&line, MAX_NOTE);
	buf_fmt(&line, "Providing ssh key from EC2 Instance Connect with fingerprint: %.*s, ",
	    STR_FMT(out->keys[i].fingerprint));
	pusher_write(&line, &out->keys[i]);
	for (j = i + 1; j < out->n; j++) {
		if (!str_eq(out->keys[j].fingerprint, out->keys[i].fingerprint))
			continue;
		if (line.n + MAX_PUSHER > MAX_NOTE) {
			more++;
			continue;
		}
		buf_c(&line, "; also pushed with ");
		pusher_write(&line, &out->keys[j]);
	}
	if (more > 0)
		buf_fmt(&line, "; and %zu times more", more);
	note_write(buf_view(&line), terminal);
	buf_release(&line);
}

void
report_pushers(const struct lookup_output *out, bool terminal)
{
	size_t i;

	for (i = 0; i < out->n; i++)
		if (is_first(out, i))
			pushers_note(out, i, terminal);
}

void
report_refused(struct str user, struct str why, bool terminal)
{
	struct buf line;

	buf_init(&line, MAX_NOTE);
	buf_fmt(&line, "No key given for user %.*s: %.*s", STR_FMT(str_head(user, OSUSER_MAX_LEN)),
	    STR_FMT(str_head(why, MAX_CALLER)));
	note_write(buf_view(&line), terminal);
	buf_release(&line);
}

void
report_untimely(struct str user, int64_t ends_at_s, int64_t now_s, bool terminal)
{
	struct buf why;

	buf_init(&why, 200);
	buf_c(&why, "the one that was pushed ends at ");
	date_iso_write(&why, ends_at_s);
	buf_c(&why, " by the clock of eicd; here it is ");
	date_iso_write(&why, now_s);
	report_refused(user, buf_view(&why), terminal);
	buf_release(&why);
}
