/*
 * eve: the user of the fixture who asks for much, with what she is allowed and what she names.
 */
#ifndef EVE_H
#define EVE_H

#include "fixture.h"

#include "api/policies.h"
#include "store/store_inline_policy.h"

#define EVE "AIDACKCEVSQ6C2EXAMPLE"

static inline void
as_eve(struct fixture *f)
{
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
}

static inline void
allow(struct fixture *f, const char *document)
{
	const struct store_inline_policy p = { STR(EVE), STR("p"), str_of(document) };

	assert_ok(store_inline_policy_put(f->st, &p));
	policies_changed(f->api->policies);
}

/* action with n invented ids as the parameter name, "InstanceId.1=i-...". */
static inline const char *
naming(struct fixture *f, const char *action, const char *name, int n)
{
	const char *body;
	struct buf b;
	int i;

	buf_init(&b, 1u << 20);
	buf_c(&b, action);
	for (i = 1; i <= n; i++)
		buf_fmt(&b, "&%s.%d=i-%017d", name, i, i);
	body = fixture_cstr(f, buf_view(&b));
	buf_release(&b);
	return body;
}

#endif
