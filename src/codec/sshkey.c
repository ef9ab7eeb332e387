/*
 * sshkey: SSH public keys; see sshkey.h. Pure.
 */
#include "codec/sshkey.h"

#include <openssl/evp.h>

#include "base/b64.h"
#include "base/rd.h"

#define MAX_RSA_BITS 16384
#define MAX_APPLICATION 1024
#define MAX_HEADER 1024
#define MAX_BODY_LINE 72

enum shape { SHAPE_RSA, SHAPE_ED25519, SHAPE_ECDSA };

static const struct kind {
	enum sshkey_kind kind;
	enum shape shape;
	const char *type;
	const char *curve; /* for SHAPE_ECDSA */
	unsigned bits;     /* of the curve; 0 for RSA */
	bool is_sk;        /* an application string follows */
} kinds[] = {
	{ SSHKEY_RSA, SHAPE_RSA, "ssh-rsa", NULL, 0, false },
	{ SSHKEY_ED25519, SHAPE_ED25519, "ssh-ed25519", NULL, 256, false },
	{ SSHKEY_ECDSA_P256, SHAPE_ECDSA, "ecdsa-sha2-nistp256", "nistp256", 256, false },
	{ SSHKEY_ECDSA_P384, SHAPE_ECDSA, "ecdsa-sha2-nistp384", "nistp384", 384, false },
	{ SSHKEY_ECDSA_P521, SHAPE_ECDSA, "ecdsa-sha2-nistp521", "nistp521", 521, false },
	{ SSHKEY_SK_ED25519, SHAPE_ED25519, "sk-ssh-ed25519@openssh.com", NULL, 256, true },
	{ SSHKEY_SK_ECDSA_P256, SHAPE_ECDSA, "sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", 256,
	    true },
};

/* ---- the wire form ---- */

static int
rd_string(struct rd *r, struct str *ret)
{
	struct rd at = *r;
	uint32_t n;
	int e;

	if ((e = rd_u32(&at, &n)) != 0 || (e = rd_bytes(&at, n, ret)) != 0)
		return e;
	*r = at;
	return 0;
}

/* Reads a positive mpint, which must be in its shortest form (RFC 4251 section 5). */
static int
rd_mpint(struct rd *r, struct str *ret, unsigned *ret_bits)
{
	struct str s;
	uint8_t top;
	int e;

	if ((e = rd_string(r, &s)) != 0)
		return e;
	if (s.n == 0 || (uint8_t)s.p[0] >= 0x80)
		return ERR_SYNTAX;
	if (s.p[0] == 0) {
		s = str_from(s, 1);
		if (s.n == 0 || (uint8_t)s.p[0] < 0x80)
			return ERR_SYNTAX;
	}
	if (s.n > MAX_RSA_BITS / 8)
		return ERR_SYNTAX;
	*ret_bits = (unsigned)(s.n - 1) * 8;
	for (top = (uint8_t)s.p[0]; top != 0; top >>= 1)
		++*ret_bits;
	*ret = s;
	return 0;
}

static bool
is_odd(struct str s)
{
	return (s.p[s.n - 1] & 1) != 0;
}

static int
parse_rsa(struct rd *r, unsigned *ret_bits)
{
	struct str e, n;
	unsigned e_bits;
	int x;

	if ((x = rd_mpint(r, &e, &e_bits)) != 0 || (x = rd_mpint(r, &n, ret_bits)) != 0)
		return x;
	return e_bits >= 2 && is_odd(e) && is_odd(n) && e_bits < *ret_bits ? 0 : ERR_SYNTAX;
}

static int
parse_ed25519(struct rd *r)
{
	struct str point;
	int e;

	if ((e = rd_string(r, &point)) != 0)
		return e;
	return point.n == 32 ? 0 : ERR_SYNTAX;
}

/* Reads the curve's name and a point in uncompressed form. Whether the point is on the curve is
 * not checked. */
static int
parse_ecdsa(struct rd *r, const struct kind *k)
{
	struct str curve, point;
	int e;

	if ((e = rd_string(r, &curve)) != 0 || (e = rd_string(r, &point)) != 0)
		return e;
	if (!str_eq_c(curve, k->curve) || point.n != 1 + 2 * ((k->bits + 7u) / 8) ||
	    point.p[0] != 4)
		return ERR_SYNTAX;
	return 0;
}

static int
parse_application(struct rd *r)
{
	struct str s;
	int e;

	if ((e = rd_string(r, &s)) != 0)
		return e;
	return s.n > 0 && s.n <= MAX_APPLICATION && !str_has_ctl(s) ? 0 : ERR_SYNTAX;
}

static const struct kind *
kind_of(struct str type)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_eq_c(type, kinds[i].type))
			return &kinds[i];
	return NULL;
}

int
sshkey_blob_parse(struct str blob, struct sshkey *ret)
{
	struct rd r = rd_of(blob);
	const struct kind *k;
	struct str type;
	unsigned bits;
	int e;

	if ((e = rd_string(&r, &type)) != 0)
		return e;
	if ((k = kind_of(type)) == NULL)
		return ERR_UNSUPPORTED;
	bits = k->bits;
	switch (k->shape) {
	case SHAPE_RSA:
		e = parse_rsa(&r, &bits);
		break;
	case SHAPE_ED25519:
		e = parse_ed25519(&r);
		break;
	case SHAPE_ECDSA:
		e = parse_ecdsa(&r, k);
		break;
	}
	if (e == 0 && k->is_sk)
		e = parse_application(&r);
	if (e != 0 || (e = rd_end(&r)) != 0)
		return e;
	*ret =
	    (struct sshkey){ .kind = k->kind, .bits = bits, .type = str_of(k->type), .blob = blob };
	return 0;
}

/* ---- text ---- */

static bool
contains(struct str s, const char *needle)
{
	return s.p != NULL && memmem(s.p, s.n, needle, strlen(needle)) != NULL;
}

/* The last text here is how the body of an OpenSSH private key begins, in base 64. */
static bool
looks_private(struct str s)
{
	return contains(s, "PRIVATE KEY-----") || contains(s, "SSH2 ENCRYPTED PRIVATE KEY") ||
	    contains(s, "PuTTY-User-Key-File-") || contains(s, "b3BlbnNzaC1rZXktdjEA");
}

static int
parse_base64(struct arena *a, struct str base64, struct sshkey *ret)
{
	struct buf b;
	int r;

	buf_init(&b, SSHKEY_MAX_TEXT);
	if ((r = b64_parse(base64, &b)) == 0)
		r = sshkey_blob_parse(arena_str(a, buf_view(&b)), ret);
	buf_release(&b);
	return r;
}

/* Cuts off and returns the first word of s, and drops the blanks behind it. */
static struct str
next_word(struct str *s)
{
	size_t n = 0;
	struct str word;

	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	word = str_head(*s, n);
	while (n < s->n && (s->p[n] == ' ' || s->p[n] == '\t'))
		n++;
	*s = str_from(*s, n);
	return word;
}

/* True when the blob itself names this type. Used to tell a kind of key that is not supported
 * from text that is no key at all. */
static bool
begins_with_type(struct str blob, struct str type)
{
	struct rd r = rd_of(blob);
	struct str inner;

	return rd_string(&r, &inner) == 0 && str_eq(inner, type);
}

static int
parse_line(struct arena *a, struct str line, struct sshkey *ret)
{
	struct str type = next_word(&line), base64 = next_word(&line);
	struct sshkey k;
	struct buf b;
	int r;

	if (str_has_ctl(line))
		return ERR_SYNTAX;
	if (kind_of(type) == NULL) {
		buf_init(&b, SSHKEY_MAX_TEXT);
		r = b64_parse(base64, &b) == 0 && begins_with_type(buf_view(&b), type)
		    ? ERR_UNSUPPORTED
		    : ERR_SYNTAX;
		buf_release(&b);
		return r;
	}
	if ((r = parse_base64(a, base64, &k)) != 0)
		return r == ERR_UNSUPPORTED ? ERR_SYNTAX : r; /* the blob names another type */
	if (!str_eq(k.type, type))
		return ERR_SYNTAX;
	k.comment = arena_str(a, line);
	*ret = k;
	return 0;
}

/* ---- RFC 4716 ---- */

static struct str
next_line(struct str *s)
{
	size_t at = str_index(*s, '\n');
	struct str line = str_head(*s, at);

	*s = str_from(*s, at + 1);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* Reads a header, which goes on in the next line if a line ends in a backslash. */
static int
read_header(struct arena *a, struct str first, struct str *rest, struct str *ret_comment)
{
	size_t colon = str_index(first, ':');
	struct str tag = str_head(first, colon), line = first, value;
	struct buf b;
	int r = ERR_SYNTAX;

	buf_init(&b, MAX_HEADER);
	while (line.n > 0 && line.p[line.n - 1] == '\\' && rest->n > 0) {
		buf_str(&b, str_head(line, line.n - 1));
		line = next_line(rest);
	}
	buf_str(&b, line);
	if (buf_err(&b) != 0 || str_has_ctl(buf_view(&b)) || tag.n == 0 || tag.n > 64 ||
	    (line.n > 0 && line.p[line.n - 1] == '\\'))
		goto out;
	value = str_trim(str_from(buf_view(&b), colon + 1));
	if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
		value = str_head(str_from(value, 1), value.n - 2);
	if (str_eq_nocase(tag, STR("Comment")))
		*ret_comment = arena_str(a, value);
	r = 0;
out:
	buf_release(&b);
	return r;
}

static int
parse_block(struct arena *a, struct str rest, struct sshkey *ret)
{
	struct str line, comment = STR("");
	struct sshkey k;
	struct buf body;
	int r = ERR_SYNTAX;

	buf_init(&body, SSHKEY_MAX_TEXT);
	while (rest.n > 0) {
		line = next_line(&rest);
		if (str_eq_c(line, "---- END SSH2 PUBLIC KEY ----")) {
			r = rest.n == 0 ? 0 : ERR_SYNTAX;
			break;
		}
		if (str_index(line, ':') == line.n) {
			if (line.n == 0 || line.n > MAX_BODY_LINE)
				break;
			buf_str(&body, line);
		} else if (body.n > 0 || read_header(a, line, &rest, &comment) != 0) {
			break;
		}
	}
	if (r != 0 || (r = buf_err(&body)) != 0 || (r = parse_base64(a, buf_view(&body), &k)) != 0)
		goto out;
	k.comment = comment;
	*ret = k;
out:
	buf_release(&body);
	return r;
}

int
sshkey_parse(struct arena *a, struct str text, struct sshkey *ret)
{
	struct str rest = str_trim(text);

	if (looks_private(text))
		return ERR_DENIED;
	if (text.n > SSHKEY_MAX_TEXT)
		return ERR_TOOBIG;
	if (!str_starts(rest, STR("---- BEGIN")))
		return parse_line(a, rest, ret);
	if (!str_eq_c(next_line(&rest), "---- BEGIN SSH2 PUBLIC KEY ----"))
		return ERR_SYNTAX;
	return parse_block(a, rest, ret);
}

void
sshkey_write(struct buf *out, const struct sshkey *k)
{
	buf_str(out, k->type);
	buf_ch(out, ' ');
	b64_write(out, k->blob.p, k->blob.n);
	if (k->comment.n > 0) {
		buf_ch(out, ' ');
		buf_str(out, k->comment);
	}
}

int
sshkey_fingerprint(struct str blob, char ret[static SSHKEY_FINGERPRINT_SIZE])
{
	uint8_t md[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	struct buf b;
	int r;

	if (EVP_Digest(blob.p, blob.n, md, &n, EVP_sha256(), NULL) != 1 || n != 32)
		return ERR_CRYPTO;
	buf_init(&b, 64);
	buf_c(&b, "SHA256:");
	b64_write(&b, md, n);
	r = str_copy(ret, SSHKEY_FINGERPRINT_SIZE, str_head(buf_view(&b), b.n - 1));
	buf_release(&b);
	return r;
}
