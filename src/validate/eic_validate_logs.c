/*
 * eic_validate_logs: verifies an exported audit trail offline: eic-validate-logs(1).
 * It trusts the root certificate that it is given, and nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/num.h"
#include "trail/digest.h"
#include "trail/verify.h"

#define MAX_ROOT_BYTES 32768
#define READ_BYTES 65536
#define PATH_BYTES 4096
#define MAX_ROTATED 100000

static const char usage[] =
    "usage: eic-validate-logs --ca FILE [--first SEQUENCE] [--digests FILE] FILE ...\n"
    "Verifies records that eicd exported. FILE: the export; those that were put\n"
    "aside (FILE.1, FILE.2, ...) and its digests (FILE.digest) are found beside it.\n"
    "Several are taken as they stand, the oldest first.\n";

struct options {
	const char *ca, *digests;
	int64_t first;
	char *const *files;
	int n_files;
};

/* What is done with each line of a file. */
typedef void (*line_fn)(struct verify *v, struct verify_place place, struct str text);

static int
complain(const char *file, const char *why)
{
	fprintf(stderr, "eic-validate-logs: %s: %s\n", file, why);
	return ERR_SYS;
}

/* ---- reading ---- */

/* Gives out the whole lines of b, and keeps the rest. */
static void
lines_take(struct buf *b, struct verify *v, struct verify_place *place, line_fn fn)
{
	const char *p = b->p, *lf;
	size_t left = b->n;

	while (left > 0 && (lf = memchr(p, '\n', left)) != NULL) {
		fn(v, *place, str_of_n(p, (size_t)(lf - p)));
		place->line++;
		left -= (size_t)(lf - p) + 1;
		p = lf + 1;
	}
	buf_drop(b, b->n - left);
}

static int
fd_read(int fd, struct verify *v, struct verify_place place, line_fn fn)
{
	struct buf b;
	ssize_t n = 0;
	char *p;
	int r = 0;

	buf_init(&b, LINE_MAX_BYTES + READ_BYTES);
	while (r == 0 && (p = buf_reserve(&b, READ_BYTES)) != NULL &&
	    (n = read(fd, p, READ_BYTES)) > 0) {
		buf_commit(&b, (size_t)n);
		lines_take(&b, v, &place, fn);
		/* Nothing of this length is a line of ours, and the rest of it neither. */
		if (b.n >= LINE_MAX_BYTES) {
			fn(v, place, buf_view(&b));
			buf_clear(&b);
		}
	}
	if (n < 0)
		r = complain(place.file, strerror(errno));
	else if (b.n > 0)
		fn(v, place, buf_view(&b));
	buf_release(&b);
	return r;
}

static int
file_read(const char *path, struct verify *v, line_fn fn)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), r;

	if (fd == -1)
		return complain(path, strerror(errno));
	r = fd_read(fd, v, (struct verify_place){ path, 1 }, fn);
	close(fd);
	return r;
}

/* In a file of both, those of the other kind are passed over. No digest is left
 * unread by that: these files are read for digests first. */
static void
on_record_of_both(struct verify *v, struct verify_place place, struct str text)
{
	if (!digest_line_is(text))
		verify_record(v, place, text);
}

static void
on_digest_of_both(struct verify *v, struct verify_place place, struct str text)
{
	if (digest_line_is(text))
		verify_digest(v, place, text);
}

/* ---- which files ---- */

/* They live as long as the faults that name them. */
struct files {
	char **paths; /* oldest first */
	size_t n;
	char digests[PATH_BYTES];
	bool both; /* the digests are among the records */
};

static void
files_free(struct files *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		xfree(f->paths[i]);
	xfree(f->paths);
}

/* PATH.n ... PATH.1, PATH. */
static void
files_beside(const char *path, struct files *ret)
{
	char name[PATH_BYTES];
	size_t n = 0, i;

	do
		snprintf(name, sizeof(name), "%s.%zu", path, n + 1);
	while (access(name, F_OK) == 0 && ++n < MAX_ROTATED);
	ret->paths = xarray(n + 1, sizeof(*ret->paths));
	for (i = n; i > 0; i--) {
		snprintf(name, sizeof(name), "%s.%zu", path, i);
		ret->paths[ret->n++] = str_dup(str_of(name));
	}
	ret->paths[ret->n++] = str_dup(str_of(path));
}

static void
files_find(const struct options *o, struct files *ret)
{
	int i;

	if (o->n_files == 1) {
		files_beside(o->files[0], ret);
		return;
	}
	ret->paths = xarray((size_t)o->n_files, sizeof(*ret->paths));
	for (i = 0; i < o->n_files; i++)
		ret->paths[ret->n++] = str_dup(str_of(o->files[i]));
}

static int
digests_read(const struct options *o, struct files *f, struct verify *v)
{
	size_t i;
	int r = 0;

	if (o->digests != NULL)
		return file_read(o->digests, v, verify_digest);
	snprintf(f->digests, sizeof(f->digests), "%s.digest", o->files[o->n_files - 1]);
	if (access(f->digests, F_OK) == 0)
		return file_read(f->digests, v, verify_digest);
	/* What came through standard output has them among the records. */
	f->both = true;
	for (i = 0; r == 0 && i < f->n; i++)
		r = file_read(f->paths[i], v, on_digest_of_both);
	return r;
}

/* ---- the report ---- */

static void
fault_print(const char *what, const struct verify_fault *f)
{
	if (f->kind == VERIFY_OK)
		return;
	printf("BROKEN %s:", what);
	if (f->place.file != NULL)
		printf(" %s:%" PRIu64 ":", f->place.file, f->place.line);
	if (f->seq > 0)
		printf(" sequence %" PRId64 ":", f->seq);
	if (f->event_id[0] != '\0')
		printf(" eventID %s:", f->event_id);
	printf(" %s\n", f->text);
}

static void
time_print(const char *before, int64_t at_s)
{
	struct buf b;

	buf_init(&b, 64);
	date_iso_write(&b, at_s);
	printf("%s%.*s", before, STR_FMT(buf_view(&b)));
	buf_release(&b);
}

/* What no digest proves: because none came yet, or because of a fault. */
static void
behind_print(const struct verify_result *r, bool whole)
{
	uint64_t n = r->valid_records - r->signed_records;

	printf("%" PRIu64 " %s signed", r->signed_records,
	    r->signed_records == 1 ? "record" : "records");
	if (!whole) {
		printf(", %" PRIu64 " chained behind them that no good digest covers\n", n);
		return;
	}
	printf(", %" PRIu64 " chained behind the last digest and not signed yet", n);
	if (r->behind_at > 0)
		time_print(", since ", r->behind_at);
	putchar('\n');
}

static int
report(const struct verify_result *r)
{
	bool whole = r->record.kind == VERIFY_OK && r->digest.kind == VERIFY_OK;
	size_t i;

	fault_print("record", &r->record);
	fault_print("digest", &r->digest);
	for (i = 0; i < r->n_more; i++)
		fault_print("digest", &r->more[i]);
	if (r->untold > 0)
		printf("BROKEN digest: and %" PRIu64 " more\n", r->untold);
	printf("%" PRIu64 " of %" PRIu64 " records valid", r->valid_records, r->records);
	if (r->first_seq > 0) {
		printf(", sequence %" PRId64 " to %" PRId64, r->first_seq, r->last_seq);
		time_print(", ", r->first_at);
		time_print(" to ", r->last_at);
	}
	printf("\n%" PRIu64 " of %" PRIu64 " digests valid; ", r->valid_digests, r->digests);
	behind_print(r, whole);
	if (fflush(stdout) != 0)
		return 2;
	return whole ? 0 : 1;
}

/* ---- the whole ---- */

static int
root_read(const char *path, struct buf *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = 0;
	char *p;

	if (fd == -1)
		return complain(path, strerror(errno));
	while ((p = buf_reserve(b, 4096)) != NULL && (n = read(fd, p, 4096)) > 0)
		buf_commit(b, (size_t)n);
	close(fd);
	if (n != 0 || verify_root_check(buf_view(b)) != 0)
		return complain(path,
		    "--ca is to be one certificate, or several in PEM, and this is not");
	return 0;
}

static int
validate(const struct options *o)
{
	struct files f = { .n = 0 };
	struct verify *v = NULL;
	struct buf root;
	int status = 2;
	size_t i;

	buf_init(&root, MAX_ROOT_BYTES);
	if (root_read(o->ca, &root) != 0)
		goto out;
	v = verify_new(buf_view(&root), o->first);
	files_find(o, &f);
	if (digests_read(o, &f, v) != 0)
		goto out;
	for (i = 0; i < f.n; i++)
		if (file_read(f.paths[i], v, f.both ? on_record_of_both : verify_record) != 0)
			goto out;
	verify_end(v);
	status = report(verify_result(v));
out:
	verify_free(v);
	files_free(&f);
	buf_release(&root);
	return status;
}

enum { OPT_VERSION = 256, OPT_HELP };

/* 0: go on; else an exit status + 1. */
static int
options_parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "ca", required_argument, NULL, 'c' },
		{ "digests", required_argument, NULL, 'd' },
		{ "first", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, OPT_HELP },
		{ "version", no_argument, NULL, OPT_VERSION },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:d:f:", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->ca = optarg;
			break;
		case 'd':
			o->digests = optarg;
			break;
		case 'f':
			if (num_i64_parse(str_of(optarg), 1, INT64_MAX, &o->first) == 0)
				break;
			fprintf(stderr, "eic-validate-logs: --first %s: not a sequence\n", optarg);
			return 3;
		case OPT_VERSION:
			puts("eic-validate-logs " EIC_VERSION);
			return 1;
		case OPT_HELP:
			fputs(usage, stdout);
			return 1;
		default:
			fputs(usage, stderr);
			return 3;
		}
	}
	o->files = argv + optind;
	o->n_files = argc - optind;
	if (o->ca == NULL || o->n_files < 1) {
		fputs(usage, stderr);
		return 3;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct options o = { .ca = NULL };
	int status;

	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	if ((status = options_parse(argc, argv, &o)) != 0)
		return status - 1;
	return validate(&o);
}
