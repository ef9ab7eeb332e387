/*
 * settings_address: reads host:port and lists of it; see settings.h. Pure.
 */
#include "base/num.h"
#include "settings/settings.h"

#define HOST "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"
#define V6 "0123456789abcdefABCDEF:."

/* Splits the text behind "]", or at the first colon. ERR_SYNTAX. */
static int
split(struct str s, struct str *ret_host, struct str *ret_port)
{
	size_t end;

	if (str_starts(s, STR("["))) {
		end = str_index(s, ']');
		*ret_host = str_from(str_head(s, end), 1);
		s = str_from(s, end + 1);
		if (!str_starts(s, STR(":")) || !str_all_in(*ret_host, V6))
			return ERR_SYNTAX;
		*ret_port = str_from(s, 1);
	} else {
		end = str_index(s, ':');
		*ret_host = str_head(s, end);
		*ret_port = str_from(s, end + 1);
		if (!str_all_in(*ret_host, HOST))
			return ERR_SYNTAX;
	}
	return ret_host->n == 0 ? ERR_SYNTAX : 0;
}

int
settings_address_parse(struct str s, struct str *ret_host, uint16_t *ret_port)
{
	struct str host, port;
	uint64_t v;
	int r;

	if ((r = split(s, &host, &port)) != 0 || (r = num_u64_parse(port, 1, UINT16_MAX, &v)) != 0)
		return r;
	*ret_host = host;
	*ret_port = (uint16_t)v;
	return 0;
}

int
settings_address_next(struct str *list, struct str *ret_host, uint16_t *ret_port)
{
	size_t comma = str_index(*list, ',');
	int r;

	if (list->n == 0)
		return ERR_NOTFOUND;
	if (comma + 1 == list->n)
		return ERR_SYNTAX;
	if ((r = settings_address_parse(str_trim(str_head(*list, comma)), ret_host, ret_port)) != 0)
		return r;
	*list = str_from(*list, comma + 1);
	return 0;
}
