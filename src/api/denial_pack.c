/*
 * denial_pack: see denial_pack.h. Pure.
 */
#include "api/denial_pack.h"

/*
 * Entry i is the byte i + 1, which jsonw never writes as it is. An encoded message is good for as
 * long as its key, so entries are only added at the end, and at most 31 in all. A text comes before
 * its own beginning.
 */
static const char *const parts[] = {
	"\",\"values\":{\"items\":[{\"value\":\"",
	"\"}]}},{\"key\":\"",
	"\"},{\"value\":\"",
	"{\"allowed\":false,\"explicitDeny\":",
	",\"matchedStatements\":{\"items\":[{\"statementId\":\"",
	",\"matchedStatements\":{\"items\":[]}",
	",\"failures\":{\"items\":[]},\"context\":{\"principal\":{\"id\":\"",
	"\",\"conditions\":{\"items\":[{\"key\":\"",
	"\"}]}}]}},\"reason\":\"",
	"\",\"effect\":\"",
	"\",\"principals\":{\"items\":[{\"value\":\"",
	"\"}]},\"principalGroups\":{\"items\":[]},\"actions\":{\"items\":[{\"value\":\"",
	"\"}]},\"resources\":{\"items\":[{\"value\":\"",
	"\"}]},\"conditions\":{\"items\":[{\"operator\":\"",
	"\",\"action\":\"",
	"\",\"resource\":\"",
	"\"},\"action\":\"",
	"\",\"key\":\"",
	"\",\"arn\":\"",
	"aws:Principal",
	"aws:Requested",
	"aws:Source",
	"aws:Token",
	"aws:User",
	"aws:userid",
	"aws:username",
	"aws:",
	"arn:aws:",
	"ec2:",
	"2-instance-connect:",
	"identity-based",
};
#define N_PARTS (sizeof(parts) / sizeof(parts[0]))

_Static_assert(N_PARTS <= 31, "a part is a control byte");

void
denial_pack_write(struct buf *out, struct str text)
{
	size_t i;

	while (text.n > 0) {
		for (i = 0; i < N_PARTS && !str_starts(text, str_of(parts[i])); i++)
			;
		buf_ch(out, i < N_PARTS ? (char)(i + 1) : text.p[0]);
		text = str_from(text, i < N_PARTS ? str_of(parts[i]).n : 1);
	}
}

void
denial_pack_read(struct buf *out, struct str packed)
{
	size_t i, at;

	for (i = 0; i < packed.n; i++) {
		at = (unsigned char)packed.p[i];
		if (at >= 1 && at <= N_PARTS)
			buf_c(out, parts[at - 1]);
		else
			buf_ch(out, packed.p[i]);
	}
}
