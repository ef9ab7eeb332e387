/*
 * osuser: see osuser.h.
 */
#include "codec/osuser.h"

static bool
alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool
osuser_valid(struct str user)
{
	size_t i;

	if (user.n < 1 || user.n > OSUSER_MAX_LEN || (!alnum(user.p[0]) && user.p[0] != '_'))
		return false;
	for (i = 1; i < user.n; i++) {
		char c = user.p[i];

		if (c == '$' && i == user.n - 1)
			continue;
		if (!alnum(c) && c != '_' && c != '-' && c != '.' && c != '@')
			return false;
	}
	return true;
}
