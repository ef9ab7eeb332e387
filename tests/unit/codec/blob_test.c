/* blob_test: tests the exact bytes of entries, and documents that are refused as a whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/blob.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define L(lit) \
	{ \
		(lit), sizeof(lit) - 1 \
	}

#define I32 "i-0123456789abcdef0"
#define ARN "arn:aws:iam::123456789012:user/a"
#define SIGNED \
	"#Timestamp=1722518747\n#Instance=" I32 "\n#Caller=" ARN "\n#Request=r-1\n" \
	"#User=ec2-user\nssh-ed25519 AAAA c d\n"
#define ENTRY SIGNED "AAEC\n"
#define HEAD "#Timestamp=9\n#Instance=i\n"

static const struct blob_entry entry = {
	.timestamp_s = 1722518747,
	.instance = L(I32),
	.caller = L(ARN),
	.request = L("r-1"),
	.user = L("ec2-user"),
	.key = L("ssh-ed25519 AAAA c d"),
};

static void
writes_entries(void **state)
{
	struct buf b, doc;
	char sig[BLOB_MAX_SIGNATURE + 1] = { 0 };

	(void)state;
	buf_init(&b, 4000);
	buf_init(&doc, 4000);
	assert_int_equal(blob_write_signed(&b, &entry), 0);
	assert_true(str_eq_c(buf_view(&b), SIGNED));
	buf_clear(&b);
	assert_int_equal(blob_write_entry(&b, STR(SIGNED), STR("\0\x01\x02")), 0);
	assert_true(str_eq_c(buf_view(&b), ENTRY));
	blob_append(&doc, buf_view(&b));
	assert_true(str_eq_c(buf_view(&doc), ENTRY));
	blob_append(&doc, buf_view(&b));
	assert_true(str_eq_c(buf_view(&doc), ENTRY "\n" ENTRY));
	buf_clear(&b);
	assert_int_equal(blob_write_entry(&b, STR(SIGNED), STR("")), ERR_RANGE);
	assert_int_equal(blob_write_entry(&b, STR(SIGNED), str_of_n(sig, sizeof(sig))), ERR_RANGE);
	assert_int_equal(b.n, 0);
	assert_int_equal(blob_write_entry(&b, STR(SIGNED), str_of_n(sig, sizeof(sig) - 1)), 0);
	buf_release(&b);
	buf_release(&doc);
}

static void
refuses_to_write(void **state)
{
	static const struct str bad_text[] = { L(""), L("a\n"), L("a\r"), L("a\0"), L("a\tb"),
		L("\n#Timestamp=9"), L("\x7f") };
	static const struct str bad_key[] = { L(""), L("#x"), L(" ssh-rsa"), L("9"), L("{a"),
		L("[a"), L("@a"), L("`a"), L("a\n"), L("ssh-rsa A\r") };
	static const struct str bad_user[] = { L("a b"), L("a/b"), L("-a"),
		L("abcdefghijabcdefghijabcdefghij123") };
	static char too_long[BLOB_MAX_LINE];
	struct blob_entry e;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 40000);
	for (i = 0; i < COUNT(bad_text); i++) {
		e = entry;
		e.instance = bad_text[i];
		assert_int_equal(blob_write_signed(&b, &e), ERR_SYNTAX);
		e = entry;
		e.caller = bad_text[i];
		assert_int_equal(blob_write_signed(&b, &e), ERR_SYNTAX);
		e = entry;
		e.request = bad_text[i];
		assert_int_equal(blob_write_signed(&b, &e), ERR_SYNTAX);
		e = entry;
		e.user = bad_text[i];
		assert_int_equal(blob_write_signed(&b, &e), ERR_SYNTAX);
	}
	for (i = 0; i < COUNT(bad_user); i++) {
		e = entry;
		e.user = bad_user[i];
		assert_int_equal(blob_write_signed(&b, &e), ERR_SYNTAX);
	}
	for (i = 0; i < COUNT(bad_key); i++) {
		e = entry;
		e.key = bad_key[i];
		assert_int_equal(blob_write_signed(&b, &e), ERR_SYNTAX);
	}
	e = entry;
	e.timestamp_s = 0;
	assert_int_equal(blob_write_signed(&b, &e), ERR_SYNTAX);
	memset(too_long, 'a', sizeof(too_long));
	e = entry;
	e.request = str_of_n(too_long, sizeof(too_long) - 8);
	assert_int_equal(blob_write_signed(&b, &e), ERR_SYNTAX);
	assert_int_equal(b.n, 0);
	e.request = str_of_n(too_long, sizeof(too_long) - 9);
	e.key = str_of_n(too_long, sizeof(too_long));
	assert_int_equal(blob_write_signed(&b, &e), 0);
	buf_release(&b);
}

static void
reads_what_it_wrote(void **state)
{
	struct blob_entry e;
	struct rd r;
	int i;

	(void)state;
	assert_int_equal(blob_open(STR(ENTRY "\n" ENTRY), &r), 0);
	for (i = 0; i < 2; i++) {
		memset(&e, 0xff, sizeof(e));
		assert_int_equal(blob_next(&r, &e), 0);
		assert_true(e.timestamp_s == entry.timestamp_s);
		assert_true(str_eq(e.instance, entry.instance));
		assert_true(str_eq(e.caller, entry.caller));
		assert_true(str_eq(e.request, entry.request));
		assert_true(str_eq(e.user, entry.user));
		assert_true(str_eq(e.key, entry.key));
		assert_true(str_eq_c(e.signed_bytes, SIGNED));
		assert_int_equal(e.signature_n, 3);
		assert_memory_equal(e.signature, "\0\x01\x02", 3);
	}
	assert_int_equal(blob_next(&r, &e), ERR_NOTFOUND);
}

static void
takes_other_orders(void **state)
{
	static const struct str docs[] = {
		L(HEAD "k\nAAEC\n"),
		L("#Instance=i\n#Timestamp=9\nk\nAAEC\n"),
		L("#\n#Other=x\n" HEAD "#Timestampx\n# Timestamp=1\nk\nAAEC\n"),
		L("#Request=\n" HEAD "#Caller=\n#User=\nk\nAAEC\n"),
		L("#Users=a\n" HEAD "#user=a\n# User=a\nk\nAAEC\n"),
		L(HEAD "ecdsa-sha2-nistp256 A \xc3\xa4 #x\nAAEC\n"),
	};
	struct blob_entry e;
	struct rd r;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(docs); i++) {
		assert_int_equal(blob_open(docs[i], &r), 0);
		assert_int_equal(blob_next(&r, &e), 0);
		assert_true(e.timestamp_s == 9);
		assert_true(str_eq_c(e.instance, "i"));
		assert_int_equal(e.caller.n, 0);
		assert_int_equal(e.user.n, 0);
		assert_int_equal(e.signed_bytes.n, docs[i].n - 5);
		assert_int_equal(blob_next(&r, &e), ERR_NOTFOUND);
	}
}

/* Reads a document to its end; the first error, or 0. */
static int
read_all(struct str doc)
{
	struct blob_entry e;
	struct rd r;
	int x;

	if ((x = blob_open(doc, &r)) != 0)
		return x;
	while ((x = blob_next(&r, &e)) == 0)
		;
	return x == ERR_NOTFOUND ? 0 : x;
}

static void
refuses_documents(void **state)
{
	static const struct {
		int want;
		struct str in;
	} rows[] = {
		{ ERR_SYNTAX, L("") },
		{ ERR_SYNTAX, L("\n") },
		{ ERR_SYNTAX, L(SIGNED "AAEC") },
		{ ERR_SYNTAX, L(SIGNED) },
		{ ERR_SYNTAX, L(SIGNED "\n") },
		{ ERR_SYNTAX, L("\n" ENTRY) },
		{ ERR_SYNTAX, L(ENTRY "\n") },
		{ ERR_SYNTAX, L(ENTRY "\n\n" ENTRY) },
		{ ERR_SYNTAX, L(ENTRY ENTRY) },
		{ ERR_SYNTAX, L(ENTRY "AAEC\n") },
		{ ERR_SYNTAX, L(ENTRY "\ngarbage\n") },
		{ ERR_SYNTAX, L(HEAD "k\r\nAAEC\n") },
		{ ERR_SYNTAX, L(HEAD "k\nAAEC\r\n") },
		{ ERR_SYNTAX, L(HEAD "k\0\nAAEC\n") },
		{ ERR_SYNTAX, L(HEAD "k\t\nAAEC\n") },
		{ ERR_SYNTAX, L(HEAD "\nk\nAAEC\n") },
		{ ERR_SYNTAX, L(HEAD " k\nAAEC\n") },
		{ ERR_SYNTAX, L(HEAD "9\nAAEC\n") },
		{ ERR_SYNTAX, L(HEAD "k\n\nAAEC\n") },
		{ ERR_SYNTAX, L(HEAD "k\nAAE\n") },
		{ ERR_SYNTAX, L(HEAD "k\nAAEC\nAAEC\n") },
		{ ERR_SYNTAX, L(HEAD "k\n#x\nAAEC\n") },
		{ ERR_SYNTAX, L("#Instance=i\nk\nAAEC\n") },
		{ ERR_SYNTAX, L("#Timestamp=9\nk\nAAEC\n") },
		{ ERR_SYNTAX, L("#Timestamp=9\n#Instance=\nk\nAAEC\n") },
		{ ERR_SYNTAX, L("#Timestamp=0\n#Instance=i\nk\nAAEC\n") },
		{ ERR_SYNTAX, L("#Timestamp=-9\n#Instance=i\nk\nAAEC\n") },
		{ ERR_SYNTAX, L("#Timestamp=\n#Instance=i\nk\nAAEC\n") },
		{ ERR_SYNTAX, L("#Timestamp= 9\n#Instance=i\nk\nAAEC\n") },
		{ ERR_SYNTAX, L("#Timestamp=9223372036854775808\n#Instance=i\nk\nAAEC\n") },
		{ ERR_SYNTAX, L("Timestamp=9\n#Instance=i\nk\nAAEC\n") },
		{ ERR_SYNTAX, L("k\nAAEC\n") },
		{ ERR_DUP, L("#Timestamp=9\n" HEAD "k\nAAEC\n") },
		{ ERR_DUP, L("#Timestamp=\n" HEAD "k\nAAEC\n") },
		{ ERR_DUP, L(HEAD "#Instance=j\nk\nAAEC\n") },
		{ ERR_DUP, L(HEAD "#Caller=\n#Caller=\nk\nAAEC\n") },
		{ ERR_DUP, L(HEAD "#Request=a\n#Request=a\nk\nAAEC\n") },
		{ ERR_DUP, L(HEAD "#User=a\n#User=a\nk\nAAEC\n") },
		{ ERR_DUP, L(HEAD "#User=\n#User=a\nk\nAAEC\n") },
	};
	size_t i;

	(void)state;
	assert_int_equal(read_all(STR(ENTRY)), 0);
	for (i = 0; i < COUNT(rows); i++)
		assert_int_equal(read_all(rows[i].in), rows[i].want);
}

static void
limits_hold(void **state)
{
	static char big[BLOB_MAX_BYTES + 1];
	struct buf b;
	int i, j;

	(void)state;
	buf_init(&b, 20000);
	memset(big, '\n', sizeof(big));
	assert_int_equal(read_all(str_of_n(big, sizeof(big))), ERR_TOOBIG);
	assert_int_equal(read_all(str_of_n(big, sizeof(big) - 1)), ERR_SYNTAX);
	memset(big, 'A', sizeof(big));
	for (i = 0; i < 2; i++) { /* a line of the limit, and one more */
		buf_clear(&b);
		buf_c(&b, HEAD);
		buf_add(&b, big, BLOB_MAX_LINE + (size_t)i);
		buf_c(&b, "\nAAEC\n");
		assert_int_equal(read_all(buf_view(&b)), i == 0 ? 0 : ERR_TOOBIG);
		buf_clear(&b); /* signature */
		buf_c(&b, HEAD "k\n");
		buf_add(&b, big, 680);
		buf_c(&b, i == 0 ? "AAA=\nk" : "AAAA\nk");
		b.n--;
		assert_int_equal(read_all(buf_view(&b)), i == 0 ? 0 : ERR_TOOBIG);
		buf_clear(&b); /* comment lines */
		buf_c(&b, HEAD);
		for (j = 0; j < BLOB_MAX_COMMENT_LINES - 2 + i; j++)
			buf_c(&b, "#\n");
		buf_c(&b, "k\nAAEC\n");
		assert_int_equal(read_all(buf_view(&b)), i == 0 ? 0 : ERR_TOOBIG);
	}
	buf_release(&b);
}

/* What does not end in a line is not opened at all. */
static void
opens_lines_alone(void **state)
{
	static const struct str docs[] = { { "\n", 0 }, L("k"), L("\nk") };
	struct rd r;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(docs); i++)
		assert_int_equal(blob_open(docs[i], &r), ERR_SYNTAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_entries),
		cmocka_unit_test(refuses_to_write),
		cmocka_unit_test(opens_lines_alone),
		cmocka_unit_test(reads_what_it_wrote),
		cmocka_unit_test(takes_other_orders),
		cmocka_unit_test(refuses_documents),
		cmocka_unit_test(limits_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
