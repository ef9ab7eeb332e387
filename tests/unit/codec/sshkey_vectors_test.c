/*
 * sshkey_vectors_test: tests keys that ssh-keygen made (tests/vectors/sshkey). Kind, bits, comment
 * and fingerprint must be what ssh-keygen says, the OpenSSH line must be written back to the byte,
 * and the RFC 4716 form must have the same key.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/num.h"
#include "base/rd.h"
#include "codec/sshkey.h"

#define DIR VECTORS "/sshkey/"

/* The whole of a file, in the arena. */
static struct str
read_vector(struct arena *a, struct str name, const char *suffix, bool *ret_found)
{
	char path[500], text[20000];
	struct str s;
	FILE *f;

	snprintf(path, sizeof(path), DIR "%.*s%s", STR_FMT(name), suffix);
	*ret_found = (f = fopen(path, "r")) != NULL;
	if (f == NULL)
		return STR("");
	s = arena_str(a, str_of_n(text, fread(text, 1, sizeof(text), f)));
	fclose(f);
	return s;
}

/* One line of the list: name bits fingerprint comment (KIND). */
struct row {
	struct str name, bits, fingerprint, comment, kind;
};

static void
parse_row(struct str line, struct row *row)
{
	struct rd r = rd_of(line);
	size_t paren = line.n;

	while (line.p[paren - 1] != '(')
		paren--;
	assert_int_equal(rd_until(&r, ' ', 99, &row->name), 0);
	assert_int_equal(rd_until(&r, ' ', 99, &row->bits), 0);
	assert_int_equal(rd_until(&r, ' ', 99, &row->fingerprint), 0);
	row->kind = str_head(str_from(line, paren), line.n - paren - 1);
	row->comment = str_head(r.rest, r.rest.n - row->kind.n - 3);
	if (str_eq_c(row->comment, "no comment"))
		row->comment = STR("");
}

static const char *
kind_name(enum sshkey_kind kind)
{
	switch (kind) {
	case SSHKEY_RSA:
		return "RSA";
	case SSHKEY_ED25519:
		return "ED25519";
	case SSHKEY_ECDSA_P256:
	case SSHKEY_ECDSA_P384:
	case SSHKEY_ECDSA_P521:
		return "ECDSA";
	case SSHKEY_SK_ED25519:
		return "ED25519-SK";
	case SSHKEY_SK_ECDSA_P256:
		return "ECDSA-SK";
	}
	return "";
}

static void
check_row(struct arena *a, const struct row *row)
{
	char fingerprint[SSHKEY_FINGERPRINT_SIZE];
	struct sshkey k, other;
	struct str text, block;
	uint64_t bits;
	struct buf b;
	bool found;

	text = read_vector(a, row->name, ".pub", &found);
	assert_true(found);
	assert_int_equal(sshkey_parse(a, text, &k), 0);
	assert_true(str_eq_c(row->kind, kind_name(k.kind)));
	assert_int_equal(num_u64_parse(row->bits, 1, 99999, &bits), 0);
	assert_int_equal(k.bits, bits);
	assert_true(str_eq(k.comment, row->comment));
	assert_int_equal(sshkey_fingerprint(k.blob, fingerprint), 0);
	assert_true(str_eq_c(row->fingerprint, fingerprint));
	buf_init(&b, 20000);
	sshkey_write(&b, &k);
	assert_true(str_eq(buf_view(&b), str_trim(text)));
	buf_release(&b);

	block = read_vector(a, row->name, ".rfc4716", &found);
	assert_int_equal(found, !str_starts(row->name, STR("sk_")));
	if (!found)
		return;
	assert_int_equal(sshkey_parse(a, block, &other), 0);
	assert_true(str_eq(other.blob, k.blob));
	assert_int_equal(other.kind, k.kind);
	assert_true(str_ends(other.comment, STR(", converted by a@example from OpenSSH")));
	assert_true(str_starts(other.comment, row->bits));
}

static void
agrees_with_ssh_keygen(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct str list, line;
	struct row row;
	bool found;
	int n = 0;

	(void)state;
	list = read_vector(a, STR("fingerprints"), "", &found);
	assert_true(found);
	while (list.n > 0) {
		line = str_head(list, str_index(list, '\n'));
		list = str_from(list, line.n + 1);
		parse_row(line, &row);
		check_row(a, &row);
		n++;
	}
	assert_int_equal(n, 10);
	arena_free(a);
}

/* No byte of a blob may change, be added or be left out unseen: either it is
 * refused, or it is a key with another fingerprint. */
static void
every_byte_counts(void **state)
{
	struct arena *a = arena_new(1 << 20);
	char changed[1000] = { 0 }, before[SSHKEY_FINGERPRINT_SIZE], after[SSHKEY_FINGERPRINT_SIZE];
	struct sshkey k, other;
	bool found;
	size_t i;

	(void)state;
	assert_int_equal(sshkey_parse(a, read_vector(a, STR("rsa2048"), ".pub", &found), &k), 0);
	assert_int_equal(sshkey_fingerprint(k.blob, before), 0);
	assert_true(k.blob.n < sizeof(changed));
	memcpy(changed, k.blob.p, k.blob.n);
	for (i = 0; i < k.blob.n; i++) {
		assert_int_equal(sshkey_blob_parse(str_head(k.blob, i), &other), ERR_SYNTAX);
		changed[i] ^= 0x20;
		if (sshkey_blob_parse(str_of_n(changed, k.blob.n), &other) == 0) {
			assert_int_equal(sshkey_fingerprint(other.blob, after), 0);
			assert_string_not_equal(before, after);
			assert_true(i > 14); /* not in the type or a length */
		}
		changed[i] ^= 0x20;
	}
	assert_int_equal(sshkey_blob_parse(str_of_n(changed, k.blob.n + 1), &other), ERR_SYNTAX);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_ssh_keygen),
		cmocka_unit_test(every_byte_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
