/*
 * arn: names of resources; see arn.h. Pure.
 */
#include "aws/arn.h"

#include "base/rd.h"

#define LABEL "abcdefghijklmnopqrstuvwxyz0123456789-"

bool
arn_account_valid(struct str s)
{
	return s.n == 12 && str_all_in(s, "0123456789");
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
	if (arn.partition.n == 0 || !str_all_in(arn.partition, LABEL) ||
	    arn.service.n == 0 || !str_all_in(arn.service, LABEL) ||
	    !str_all_in(arn.region, LABEL) ||
	    arn.resource.n == 0 || str_has_ctl(arn.resource))
		return ERR_SYNTAX;
	if (arn.account.n != 0 && !arn_account_valid(arn.account) &&
	    !str_eq_c(arn.account, "aws"))
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
