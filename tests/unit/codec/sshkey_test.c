/*
 * sshkey_test: tests which texts are public keys. The blobs are put together here, so that each
 * can be wrong in one place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/sshkey.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define L(lit) \
	{ \
		(lit), sizeof(lit) - 1 \
	}

#define ED "AAAAC3NzaC1lZDI1NTE5AAAAIJlEF33EZaeS+slOJSDJIgzDGxaSlHAjw0VusyDmp1av"
#define KEY "ssh-ed25519 " ED
#define BEGIN "---- BEGIN SSH2 PUBLIC KEY ----"
#define END "---- END SSH2 PUBLIC KEY ----"

static void
takes_texts(void **state)
{
	static const struct {
		struct str in;
		const char *comment;
	} rows[] = {
		{ L(KEY), "" }, /* 80 characters: what the AWS CLI pushes */
		{ L(KEY "\n"), "" },
		{ L(KEY "\r\n"), "" },
		{ L("\n " KEY " \n\n"), "" },
		{ L(KEY " a@b"), "a@b" },
		{ L(KEY "  a  b\t\n"), "a  b" },
		{ L("ssh-ed25519\t" ED "\tc"), "c" },
		{ L(KEY " \xc3\xa4"), "\xc3\xa4" },
		{ L(KEY " = ssh-rsa #x"), "= ssh-rsa #x" },
		{ L(BEGIN "\n" ED "\n" END), "" },
		{ L(BEGIN "\r\n" ED "\r\n" END "\r\n"), "" },
		{ L(BEGIN "\nComment: \"a b\"\n" ED "\n" END "\n"), "a b" },
		{ L(BEGIN "\ncomment:a b\nSubject: x\nx-y: z\n" ED "\n" END "\n"), "a b" },
		{ L(BEGIN "\nComment: a\\\nb\\\n c\n" ED "\n" END "\n"), "ab c" },
		{ L(BEGIN "\nComment: \"\nX: y\\\n:z\n" ED "\n" END "\n"), "\"" },
		{ L(BEGIN "\nAAAAC3NzaC1lZDI1NTE5AAAAIJlEF33EZaeS+s\n"
			  "lOJSDJIgzDGxaSlHAjw0VusyDmp1av\n" END "\n"),
		    "" },
	};
	struct arena *a = arena_new(1 << 16);
	struct sshkey k;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 200);
	for (i = 0; i < COUNT(rows); i++) {
		memset(&k, 0, sizeof(k));
		assert_int_equal(sshkey_parse(a, rows[i].in, &k), 0);
		assert_int_equal(k.kind, SSHKEY_ED25519);
		assert_int_equal(k.bits, 256);
		assert_true(str_eq_c(k.type, "ssh-ed25519"));
		assert_true(str_eq_c(k.comment, rows[i].comment));
		assert_int_equal(k.blob.n, 51);
		buf_clear(&b);
		sshkey_write(&b, &k);
		assert_true(str_starts(buf_view(&b), STR(KEY)));
		assert_int_equal(b.n, 80 + (k.comment.n > 0 ? 1 + k.comment.n : 0));
		arena_reset(a);
	}
	buf_release(&b);
	arena_free(a);
}

static void
refuses_texts(void **state)
{
	static const struct {
		int want;
		struct str in;
	} rows[] = {
		{ ERR_SYNTAX, L("") },
		{ ERR_SYNTAX, L("\n") },
		{ ERR_SYNTAX, L("hello world") },
		{ ERR_SYNTAX, L("ssh-ed25519") },
		{ ERR_SYNTAX, L("ssh-ed25519 ") },
		{ ERR_SYNTAX, L(ED) },
		{ ERR_SYNTAX, L("ssh-ed25519 " ED "=") },
		{ ERR_SYNTAX, L("ssh-ed25519 " ED "A") },
		{ ERR_SYNTAX, L("ssh-ed25519 A" ED) },
		{ ERR_SYNTAX, L("ssh-ed25519 " ED "AAAA") },
		{ ERR_SYNTAX, L("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJlEF33EZaeS-slO") },
		{ ERR_SYNTAX, L("ssh-rsa " ED) },
		{ ERR_SYNTAX, L("SSH-ED25519 " ED) },
		{ ERR_SYNTAX, L("ssh-ed25519-cert-v01@openssh.com " ED) },
		{ ERR_SYNTAX, L("no-pty " KEY) },
		{ ERR_SYNTAX, L("command=\"id\" " KEY) },
		{ ERR_SYNTAX, L("# " KEY) },
		{ ERR_SYNTAX, L(KEY "\nssh-rsa x") },
		{ ERR_SYNTAX, L(KEY "\n" KEY) },
		{ ERR_SYNTAX, L(KEY " a\n#Timestamp=9") },
		{ ERR_SYNTAX, L(KEY " a\rb") },
		{ ERR_SYNTAX, L(KEY " a\0b") },
		{ ERR_SYNTAX, L(KEY "\0") },
		{ ERR_SYNTAX, L(KEY " a\x1b[2J") },
		{ ERR_SYNTAX, L("ssh-ed25519\n" ED) },
		{ ERR_SYNTAX, L("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n") },
		{ ERR_SYNTAX, L(BEGIN) },
		{ ERR_SYNTAX, L(BEGIN "\n" END) },
		{ ERR_SYNTAX, L(BEGIN "\n" ED "\n") },
		{ ERR_SYNTAX, L(BEGIN "x\n" ED "\n" END) },
		{ ERR_SYNTAX, L(BEGIN "\n" ED "\n" END "\nx") },
		{ ERR_SYNTAX, L(BEGIN "\n" ED "\n" END "\n" BEGIN "\n" ED "\n" END) },
		{ ERR_SYNTAX, L(BEGIN "\n\n" ED "\n" END) },
		{ ERR_SYNTAX, L(BEGIN "\n" ED "\nComment: a\n" END) },
		{ ERR_SYNTAX, L(BEGIN "\nComment: a\x01\n" ED "\n" END) },
		{ ERR_SYNTAX, L(BEGIN "\nComment: a\0\n" ED "\n" END) },
		{ ERR_SYNTAX, L(BEGIN "\n: a\n" ED "\n" END) },
		{ ERR_SYNTAX, L(BEGIN "\nComment: a\\") },
		{ ERR_SYNTAX, L(BEGIN "\n " ED "\n" END) },
		{ ERR_SYNTAX,
		    L(BEGIN "\nAAAAC3NzaC1lZDI1NTE5AAAAIJlEF33EZaeS+slOJSDJIgzDGxaSl"
			    "HAjw0VusyDmp1avAAAAA\n" END) },
		{ ERR_SYNTAX, L("-" BEGIN "\n" ED "\n" END) },
		{ ERR_UNSUPPORTED, L("ssh-dss AAAAB3NzaC1kc3M=") },
		{ ERR_UNSUPPORTED, L("ssh-ed448 AAAACXNzaC1lZDQ0OA==") },
		{ ERR_UNSUPPORTED, L(BEGIN "\nAAAAB3NzaC1kc3M=\n" END) },
		{ ERR_DENIED, L("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n") },
		{ ERR_DENIED, L("\n -----BEGIN RSA PRIVATE KEY-----\r\n") },
		{ ERR_DENIED, L("-----BEGIN ENCRYPTED PRIVATE KEY-----") },
		{ ERR_DENIED, L("text before\n-----BEGIN EC PRIVATE KEY-----") },
		{ ERR_DENIED, L("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n") },
		{ ERR_DENIED, L("PuTTY-User-Key-File-3: ssh-ed25519\n") },
		{ ERR_DENIED, L("ssh-ed25519 b3BlbnNzaC1rZXktdjEAAAAABG5vbmU") },
		{ ERR_DENIED, L(KEY "\n-----BEGIN OPENSSH PRIVATE KEY-----\n") },
	};
	struct arena *a = arena_new(1 << 16);
	struct sshkey k;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(sshkey_parse(a, rows[i].in, &k), rows[i].want);
		arena_reset(a);
	}
	assert_int_equal(sshkey_parse(a, (struct str){ NULL, 0 }, &k), ERR_SYNTAX);
	arena_free(a);
}

static void
long_texts_are_bounded(void **state)
{
	static char text[SSHKEY_MAX_TEXT + 2];
	struct arena *a = arena_new(1 << 20);
	struct sshkey k;
	struct buf b;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, KEY " ", 81);
	assert_int_equal(sshkey_parse(a, str_of_n(text, SSHKEY_MAX_TEXT), &k), 0);
	assert_int_equal(k.comment.n, SSHKEY_MAX_TEXT - 81);
	assert_int_equal(sshkey_parse(a, str_of_n(text, SSHKEY_MAX_TEXT + 1), &k), ERR_TOOBIG);
	buf_init(&b, 4000);
	buf_c(&b, BEGIN "\nComment: ");
	buf_add(&b, text + 100, 1024 - 9);
	buf_c(&b, "\n" ED "\n" END "\n");
	assert_int_equal(sshkey_parse(a, buf_view(&b), &k), 0);
	assert_int_equal(k.comment.n, 1015);
	buf_clear(&b);
	buf_c(&b, BEGIN "\nComment: ");
	buf_add(&b, text + 100, 1024 - 8);
	buf_c(&b, "\n" ED "\n" END "\n");
	assert_int_equal(sshkey_parse(a, buf_view(&b), &k), ERR_SYNTAX);
	buf_clear(&b);
	buf_c(&b, BEGIN "\n");
	buf_add(&b, text + 100, 65);
	buf_c(&b, ": x\n" ED "\n" END "\n");
	assert_int_equal(sshkey_parse(a, buf_view(&b), &k), ERR_SYNTAX);
	buf_release(&b);
	arena_free(a);
}

/* ---- blobs ---- */

static void
put(struct buf *b, struct str s)
{
	const char n[4] = { 0, 0, (char)(s.n >> 8), (char)s.n };

	buf_add(b, n, sizeof(n));
	buf_str(b, s);
}

struct blob_row {
	int want;
	unsigned bits;
	struct str parts[4]; /* up to the first NULL */
};

static void
check_blobs(const struct blob_row *rows, size_t n)
{
	struct sshkey k;
	struct buf b;
	size_t i, j;

	buf_init(&b, 4000);
	for (i = 0; i < n; i++) {
		buf_clear(&b);
		for (j = 0; j < COUNT(rows[i].parts) && rows[i].parts[j].p != NULL; j++)
			put(&b, rows[i].parts[j]);
		assert_int_equal(sshkey_blob_parse(buf_view(&b), &k), rows[i].want);
		if (rows[i].want != 0)
			continue;
		assert_int_equal(k.bits, rows[i].bits);
		assert_true(str_eq(k.blob, buf_view(&b)));
		assert_int_equal(k.comment.n, 0);
		buf_ch(&b, '\0');
		assert_int_equal(sshkey_blob_parse(buf_view(&b), &k), ERR_SYNTAX);
	}
	buf_release(&b);
}

#define RSA L("ssh-rsa")
#define N16 L("\x00\x80\x01")
#define S32 "0123456789abcdef0123456789abcdef"

static void
rsa_numbers_are_canonical(void **state)
{
	static const struct blob_row rows[] = {
		{ 0, 16, { RSA, L("\x03"), N16 } },
		{ 0, 15, { RSA, L("\x03"), L("\x7f\xff") } },
		{ 0, 9, { RSA, L("\x03"), L("\x01\x01") } },
		{ 0, 24, { RSA, L("\x01\x00\x01"), L("\x00\x80\x00\x01") } },
		{ ERR_SYNTAX, 0, { RSA, L("\x03"), L("\x80\x01") } }, /* negative */
		{ ERR_SYNTAX, 0, { RSA, L("\x83"), N16 } },
		{ ERR_SYNTAX, 0, { RSA, L("\x00\x03"), N16 } }, /* padded */
		{ ERR_SYNTAX, 0, { RSA, L("\x03"), L("\x00\x7f\xff") } },
		{ ERR_SYNTAX, 0, { RSA, L("\x03"), L("\x00\x00\x80\x01") } },
		{ ERR_SYNTAX, 0, { RSA, L("\x01"), N16 } }, /* exponents */
		{ ERR_SYNTAX, 0, { RSA, L("\x02"), N16 } },
		{ ERR_SYNTAX, 0, { RSA, L("\x04"), N16 } },
		{ ERR_SYNTAX, 0, { RSA, L("\x00"), N16 } },
		{ ERR_SYNTAX, 0, { RSA, L(""), N16 } },
		{ ERR_SYNTAX, 0, { RSA, N16, N16 } },
		{ ERR_SYNTAX, 0, { RSA, L("\x03"), L("\x00\x80\x02") } }, /* moduli */
		{ ERR_SYNTAX, 0, { RSA, L("\x03"), L("") } },
		{ ERR_SYNTAX, 0, { RSA, L("\x03"), L("\x00") } },
		{ ERR_SYNTAX, 0, { RSA, L("\x03") } },
		{ ERR_SYNTAX, 0, { RSA } },
		{ ERR_SYNTAX, 0, { RSA, L("\x03"), N16, L("") } },
		{ ERR_UNSUPPORTED, 0, { L("ssh-rsa\0"), L("\x03"), N16 } },
		{ ERR_UNSUPPORTED, 0, { L("ssh-dss"), L("\x03"), N16 } },
		{ ERR_UNSUPPORTED, 0, { L("") } },
		{ ERR_SYNTAX, 0, { { NULL, 0 } } },
	};

	(void)state;
	check_blobs(rows, COUNT(rows));
}

static void
rsa_size_is_bounded(void **state)
{
	static char modulus[16384 / 8 + 2];
	struct blob_row rows[] = {
		{ 0, 16384, { RSA, L("\x03"), { modulus + 1, sizeof(modulus) - 1 } } },
		{ ERR_SYNTAX, 0, { RSA, L("\x03"), { modulus, sizeof(modulus) } } },
	};

	(void)state;
	memset(modulus, 0xff, sizeof(modulus));
	modulus[1] = 0;
	check_blobs(rows, 1);
	modulus[0] = 1;
	check_blobs(rows + 1, 1);
}

static void
points_have_their_length(void **state)
{
	static const struct blob_row rows[] = {
		{ 0, 256, { L("ssh-ed25519"), L(S32) } },
		{ ERR_SYNTAX, 0, { L("ssh-ed25519"), L(S32 "0") } },
		{ ERR_SYNTAX, 0, { L("ssh-ed25519"), L("0123456789abcdef0123456789abcde") } },
		{ ERR_SYNTAX, 0, { L("ssh-ed25519"), L("") } },
		{ ERR_SYNTAX, 0, { L("ssh-ed25519"), L(S32), L("") } },
		{ 0, 256, { L("ecdsa-sha2-nistp256"), L("nistp256"), L("\x04" S32 S32) } },
		{ ERR_SYNTAX, 0,
		    { L("ecdsa-sha2-nistp256"), L("nistp256"), L("\x04" S32 S32 "0") } },
		{ ERR_SYNTAX, 0, { L("ecdsa-sha2-nistp256"), L("nistp256"), L("\x02" S32) } },
		{ ERR_SYNTAX, 0, { L("ecdsa-sha2-nistp256"), L("nistp256"), L("\x03" S32 S32) } },
		{ ERR_SYNTAX, 0, { L("ecdsa-sha2-nistp256"), L("nistp256"), L("") } },
		{ ERR_SYNTAX, 0, { L("ecdsa-sha2-nistp256"), L("nistp384"), L("\x04" S32 S32) } },
		{ ERR_SYNTAX, 0, { L("ecdsa-sha2-nistp256"), L(""), L("\x04" S32 S32) } },
		{ 0, 384, { L("ecdsa-sha2-nistp384"), L("nistp384"), L("\x04" S32 S32 S32) } },
		{ ERR_SYNTAX, 0, { L("ecdsa-sha2-nistp384"), L("nistp384"), L("\x04" S32 S32) } },
		{ 0, 521,
		    { L("ecdsa-sha2-nistp521"), L("nistp521"), L("\x04" S32 S32 S32 S32 "0123") } },
		{ ERR_SYNTAX, 0,
		    { L("ecdsa-sha2-nistp521"), L("nistp521"), L("\x04" S32 S32 S32 S32 "01") } },
		{ 0, 256, { L("sk-ssh-ed25519@openssh.com"), L(S32), L("ssh:") } },
		{ ERR_SYNTAX, 0, { L("sk-ssh-ed25519@openssh.com"), L(S32) } },
		{ ERR_SYNTAX, 0, { L("sk-ssh-ed25519@openssh.com"), L(S32), L("") } },
		{ ERR_SYNTAX, 0, { L("sk-ssh-ed25519@openssh.com"), L(S32), L("a\nb") } },
		{ ERR_SYNTAX, 0, { L("sk-ssh-ed25519@openssh.com"), L(S32), L("ssh:"), L("") } },
		{ 0, 256,
		    { L("sk-ecdsa-sha2-nistp256@openssh.com"), L("nistp256"), L("\x04" S32 S32),
			L("ssh:a") } },
		{ ERR_SYNTAX, 0,
		    { L("sk-ecdsa-sha2-nistp256@openssh.com"), L("nistp256"), L("\x04" S32 S32) } },
	};

	(void)state;
	check_blobs(rows, COUNT(rows));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_texts),
		cmocka_unit_test(refuses_texts),
		cmocka_unit_test(long_texts_are_bounded),
		cmocka_unit_test(rsa_numbers_are_canonical),
		cmocka_unit_test(rsa_size_is_bounded),
		cmocka_unit_test(points_have_their_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
