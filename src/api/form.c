/*
 * form: see form.h.
 */
#include "api/form.h"

#include <arpa/inet.h>

#include "aws/ids.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool
is_any(struct str s)
{
	(void)s;
	return true;
}

static bool
is_printable(struct str s)
{
	return !str_has_ctl(s);
}

static bool
is_connect_instance(struct str s)
{
	return s.n >= 3 && str_starts(s, STR("i-")) && str_all_in(str_from(s, 2), "abcdef" DIGITS);
}

/*
 * The union of what the service model and what the user guide allow (wire.md
 * 1.2, 1.3). It becomes a segment of a metadata URL and a user name on the
 * host, so nothing else may pass: first a letter, digit or '_', then also
 * '@', '.', '-'; a '$' only at the end.
 */
static bool
is_os_user(struct str s)
{
	const char *const first = LOWER UPPER DIGITS "_", *const rest = LOWER UPPER DIGITS "@._-";
	struct str body = s;
	bool dollar;

	if (s.n < 1 || s.n > 32)
		return false;
	dollar = s.p[s.n - 1] == '$';
	if (dollar)
		body.n--;
	if (body.n == 0 || !str_all_in(str_head(body, 1), first) || !str_all_in(body, rest))
		return false;
	/* Digits alone are the user guide's: no '$', at most 31. */
	if (str_all_in(body, DIGITS))
		return !dollar && s.n <= 31;
	/* A name that starts with a letter has its 32nd place only for some. */
	if (s.n == 32 && !str_all_in(str_head(s, 1), DIGITS))
		return s.p[31] != '.' && s.p[31] != '@';
	return true;
}

/* ^(\w+-){2,3}\d+\w+$ */
static bool
is_availability_zone(struct str s)
{
	unsigned parts = 0;
	size_t dash;

	while ((dash = str_index(s, '-')) < s.n) {
		if (dash == 0 || !str_all_in(str_head(s, dash), LOWER UPPER DIGITS "_"))
			return false;
		parts++;
		s = str_from(s, dash + 1);
	}
	return (parts == 2 || parts == 3) && s.n >= 2 && str_all_in(str_head(s, 1), DIGITS) &&
	    str_all_in(s, LOWER UPPER DIGITS "_");
}

static bool
is_instance_id(struct str s)
{
	return ids_valid(IDS_INSTANCE, s);
}

static bool
is_image_id(struct str s)
{
	return ids_valid(IDS_IMAGE, s);
}

static bool
is_vpc_id(struct str s)
{
	return ids_valid(IDS_VPC, s);
}

static bool
is_subnet_id(struct str s)
{
	return ids_valid(IDS_SUBNET, s);
}

static bool
is_group_id(struct str s)
{
	return ids_valid(IDS_SECURITY_GROUP, s);
}

static bool
is_resource_id(struct str s)
{
	enum ids_type t;

	return ids_type_of(s, &t) == 0;
}

static bool
is_ipv4(struct str s)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr a;

	return str_copy(text, sizeof(text), s) == 0 && inet_pton(AF_INET, text, &a) == 1;
}

static const struct {
	bool (*matches)(struct str s);
	enum awserr error;
} forms[FORM_COUNT] = {
	[FORM_ANY] = { is_any, AWSERR_INVALID_PARAMETER_VALUE },
	[FORM_PRINTABLE] = { is_printable, AWSERR_INVALID_PARAMETER_VALUE },
	[FORM_CONNECT_INSTANCE] = { is_connect_instance, AWSERR_INVALID_ARGS },
	[FORM_OS_USER] = { is_os_user, AWSERR_INVALID_ARGS },
	[FORM_AVAILABILITY_ZONE] = { is_availability_zone, AWSERR_INVALID_PARAMETER_VALUE },
	[FORM_INSTANCE_ID] = { is_instance_id, AWSERR_INSTANCE_ID_MALFORMED },
	[FORM_IMAGE_ID] = { is_image_id, AWSERR_IMAGE_ID_MALFORMED },
	[FORM_VPC_ID] = { is_vpc_id, AWSERR_VPC_ID_MALFORMED },
	[FORM_SUBNET_ID] = { is_subnet_id, AWSERR_SUBNET_ID_MALFORMED },
	[FORM_GROUP_ID] = { is_group_id, AWSERR_GROUP_ID_MALFORMED },
	[FORM_RESOURCE_ID] = { is_resource_id, AWSERR_INVALID_ID },
	[FORM_IPV4] = { is_ipv4, AWSERR_INVALID_PARAMETER_VALUE },
};

bool
form_matches(enum field_form f, struct str s)
{
	return forms[f].matches(s);
}

enum awserr
form_error(enum field_form f)
{
	return forms[f].error;
}
