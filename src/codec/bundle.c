/*
 * bundle: writes and reads fields with their lengths; see bundle.h. Pure.
 */
#include "codec/bundle.h"

#include "base/num.h"
#include "base/rd.h"

#define MAX_NAME 64
#define STAPLE "signer-ocsp/"
#define STAPLE_NAME_LEN 40

static void
field_write(struct buf *out, const char *name, struct str name_rest, struct str value)
{
	buf_c(out, name);
	buf_str(out, name_rest);
	buf_ch(out, ' ');
	buf_u64(out, value.n);
	buf_ch(out, '\n');
	buf_str(out, value);
	buf_ch(out, '\n');
}

void
bundle_write(struct buf *out, const struct bundle *b)
{
	size_t i;

	field_write(out, "active-keys", STR(""), b->active_keys);
	if (b->active_keys.n == 0)
		return;
	field_write(out, "instance-id", STR(""), b->instance_id);
	field_write(out, "availability-zone", STR(""), b->availability_zone);
	field_write(out, "domain", STR(""), b->domain);
	field_write(out, "signer-cert", STR(""), b->signer_cert);
	for (i = 0; i < b->n_staples; i++)
		field_write(out, STAPLE, b->staples[i].name, b->staples[i].base64);
}

static int
field_read(struct rd *r, struct str *ret_name, struct str *ret_value)
{
	struct str length;
	uint64_t n;
	int e;

	if ((e = rd_until(r, ' ', MAX_NAME, ret_name)) != 0 ||
	    (e = rd_until(r, '\n', 7, &length)) != 0 ||
	    (e = num_u64_parse(length, 0, BUNDLE_MAX_BYTES, &n)) != 0 ||
	    (e = rd_bytes(r, (size_t)n, ret_value)) != 0 || (e = rd_lit(r, STR("\n"))) != 0)
		return ERR_SYNTAX;
	return 0;
}

static int
named_read(struct rd *r, const char *name, struct str *ret)
{
	struct str found;
	int e;

	if ((e = field_read(r, &found, ret)) != 0)
		return e;
	return str_eq_c(found, name) ? 0 : ERR_SYNTAX;
}

static int
staple_read(struct rd *r, struct bundle *b)
{
	struct bundle_staple *staple = &b->staples[b->n_staples];
	struct str name;
	int e;

	if (b->n_staples == BUNDLE_MAX_STAPLES)
		return ERR_TOOBIG;
	if ((e = field_read(r, &name, &staple->base64)) != 0)
		return e;
	if (!str_starts(name, STR(STAPLE)) || staple->base64.n == 0)
		return ERR_SYNTAX;
	staple->name = str_from(name, sizeof(STAPLE) - 1);
	if (staple->name.n != STAPLE_NAME_LEN)
		return ERR_SYNTAX;
	b->n_staples++;
	return 0;
}

int
bundle_parse(struct str s, struct bundle *ret)
{
	struct bundle b = { .n_staples = 0 };
	struct rd r = rd_of(s);
	int e;

	if (s.n > BUNDLE_MAX_BYTES)
		return ERR_TOOBIG;
	if ((e = named_read(&r, "active-keys", &b.active_keys)) != 0)
		return e;
	if (b.active_keys.n == 0) {
		if ((e = rd_end(&r)) == 0)
			*ret = b;
		return e;
	}
	if ((e = named_read(&r, "instance-id", &b.instance_id)) != 0 ||
	    (e = named_read(&r, "availability-zone", &b.availability_zone)) != 0 ||
	    (e = named_read(&r, "domain", &b.domain)) != 0 ||
	    (e = named_read(&r, "signer-cert", &b.signer_cert)) != 0)
		return e;
	if (b.instance_id.n == 0 || b.availability_zone.n == 0 || b.domain.n == 0 ||
	    b.signer_cert.n == 0)
		return ERR_SYNTAX;
	while (rd_end(&r) != 0) {
		if ((e = staple_read(&r, &b)) != 0)
			return e;
	}
	*ret = b;
	return 0;
}
