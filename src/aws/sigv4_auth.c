/*
 * sigv4_auth: parses the fields of a signature; see sigv4_auth.h. Pure.
 */
#include "aws/sigv4_auth.h"

#include "base/hex.h"
#include "base/rd.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define WORD LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "_"
#define LABEL LOWER DIGITS "-"
/* RFC 9110 tchar without upper case. */
#define NAME LOWER DIGITS "!#$%&'*+-.^_`|~"

/* Takes one "Name=value" into auth. */
static int
take_field(struct str field, struct sigv4_auth *auth, struct errinfo *ei)
{
	size_t eq = str_index(field, '=');
	struct str name = str_head(field, eq), value = str_from(field, eq + 1), *place;

	if (str_eq_c(name, "Credential")) {
		place = &auth->credential;
	} else if (str_eq_c(name, "SignedHeaders")) {
		place = &auth->signed_headers;
	} else if (str_eq_c(name, "Signature")) {
		place = &auth->signature;
	} else {
		err_set(ei, "Authorization header has a parameter that is not known.");
		return ERR_SYNTAX;
	}
	if (place->n > 0) {
		err_set(ei, "Authorization header has '%.*s' twice.", STR_FMT(name));
		return ERR_DUP;
	}
	*place = value;
	return 0;
}

static int
require_fields(const struct sigv4_auth *auth, struct errinfo *ei)
{
	static const char text[] = "Authorization header requires '%s' parameter. ";
	struct buf b;
	int r = 0;

	buf_init(&b, sizeof(((struct errinfo *)0)->text));
	if (auth->credential.n == 0)
		buf_fmt(&b, text, "Credential");
	if (auth->signature.n == 0)
		buf_fmt(&b, text, "Signature");
	if (auth->signed_headers.n == 0)
		buf_fmt(&b, text, "SignedHeaders");
	if (b.n > 0) {
		err_set(ei, "%.*s", STR_FMT(str_trim(buf_view(&b))));
		r = ERR_SYNTAX;
	}
	buf_release(&b);
	return r;
}

int
sigv4_auth_parse(struct str value, struct sigv4_auth *ret, struct errinfo *ei)
{
	struct str rest = str_trim(value), field;
	struct sigv4_auth auth = { .algorithm = str_head(rest, str_index(rest, ' ')) };
	size_t comma;
	int r;

	rest = str_from(rest, auth.algorithm.n + 1);
	while (rest.n > 0) {
		comma = str_index(rest, ',');
		field = str_trim(str_head(rest, comma));
		if ((r = take_field(field, &auth, ei)) != 0)
			return r;
		if (comma + 1 == rest.n) {
			err_set(ei, "Authorization header ends in a comma.");
			return ERR_SYNTAX;
		}
		rest = str_from(rest, comma + 1);
	}
	if ((r = require_fields(&auth, ei)) != 0)
		return r;
	*ret = auth;
	return 0;
}

int
sigv4_auth_credential_parse(struct str s, struct sigv4_credential *ret)
{
	struct rd rd = rd_of(s);
	struct sigv4_credential c;
	int r;

	if ((r = rd_until(&rd, '/', 128, &c.access_key_id)) != 0)
		return ERR_SYNTAX;
	c.scope = rd.rest;
	if ((r = rd_until(&rd, '/', 8, &c.date)) != 0 ||
	    (r = rd_until(&rd, '/', 64, &c.region)) != 0 ||
	    (r = rd_until(&rd, '/', 64, &c.service)) != 0)
		return ERR_SYNTAX;
	c.terminator = rd.rest;
	if (c.access_key_id.n < 16 || !str_all_in(c.access_key_id, WORD) || c.date.n != 8 ||
	    !str_all_in(c.date, DIGITS) || c.region.n == 0 || !str_all_in(c.region, LABEL) ||
	    c.service.n == 0 || !str_all_in(c.service, LABEL) || c.terminator.n == 0 ||
	    c.terminator.n > 64 || !str_all_in(c.terminator, WORD))
		return ERR_SYNTAX;
	*ret = c;
	return 0;
}

int
sigv4_auth_names_parse(struct str s, struct str names[static SIGV4_MAX_SIGNED_HEADERS],
    size_t *ret_n)
{
	struct str name;
	size_t n = 0;
	int order;

	for (;;) {
		name = str_head(s, str_index(s, ';'));
		if (name.n == 0 || !str_all_in(name, NAME))
			return ERR_SYNTAX;
		if (n == SIGV4_MAX_SIGNED_HEADERS)
			return ERR_TOOBIG;
		order = n == 0 ? -1 : str_cmp(names[n - 1], name);
		if (order >= 0)
			return order == 0 ? ERR_DUP : ERR_SYNTAX;
		names[n++] = name;
		if (name.n == s.n)
			break;
		s = str_from(s, name.n + 1);
	}
	*ret_n = n;
	return 0;
}

int
sigv4_auth_signature_parse(struct str s, uint8_t ret[static 32])
{
	return hex_parse(s, ret, 32);
}
