/*
 * arn: parses and writes ARNs; see arn.h. Pure.
 */
#include "aws/arn.h"

#include "base/rd.h"

/* Compares with ranges, not with str_all_in, as every decision parses ARNs and this is faster. */
static bool
is_digits(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

static bool
is_label(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((s.p[i] < 'a' || s.p[i] > 'z') && (s.p[i] < '0' || s.p[i] > '9') &&
		    s.p[i] != '-')
			return false;
	return true;
}

struct str
arn_name(struct str arn)
{
	const char *slash = arn.n > 0 ? memrchr(arn.p, '/', arn.n) : NULL;

	return slash == NULL ? arn : str_from(arn, (size_t)(slash - arn.p) + 1);
}

bool
arn_account_valid(struct str s)
{
	return s.n == 12 && is_digits(s);
}

int
arn_parse(struct str s, struct arn *ret)
{
	struct rd rd = rd_of(s);
	struct arn arn;
	int r;

	if (s.n > ARN_MAX_BYTES)
		return ERR_TOOBIG;
	if ((r = rd_lit(&rd, STR("arn:"))) != 0 ||
	    (r = rd_until(&rd, ':', s.n, &arn.partition)) != 0 ||
	    (r = rd_until(&rd, ':', s.n, &arn.service)) != 0 ||
	    (r = rd_until(&rd, ':', s.n, &arn.region)) != 0 ||
	    (r = rd_until(&rd, ':', s.n, &arn.account)) != 0)
		return r;
	arn.resource = rd.rest;
	if (arn.partition.n == 0 || !is_label(arn.partition) || arn.service.n == 0 ||
	    !is_label(arn.service) || !is_label(arn.region) || arn.resource.n == 0 ||
	    str_has_ctl(arn.resource))
		return ERR_SYNTAX;
	if (arn.account.n != 0 && !arn_account_valid(arn.account) && !str_eq_c(arn.account, "aws"))
		return ERR_SYNTAX;
	*ret = arn;
	return 0;
}

void
arn_write(struct buf *b, const struct arn *arn)
{
	buf_c(b, "arn:");
	buf_str(b, arn->partition);
	buf_ch(b, ':');
	buf_str(b, arn->service);
	buf_ch(b, ':');
	buf_str(b, arn->region);
	buf_ch(b, ':');
	buf_str(b, arn->account);
	buf_ch(b, ':');
	buf_str(b, arn->resource);
}
