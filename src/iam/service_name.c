/*
 * service_name: see service_name.h. Pure.
 */
#include "iam/service_name.h"

/* Cuts the last label off. Empty when none is left. */
static struct str
last_label(struct str *s)
{
	size_t at = s->n;
	struct str label;

	while (at > 0 && s->p[at - 1] != '.')
		at--;
	label = str_from(*s, at);
	*s = str_head(*s, at > 0 ? at - 1 : 0);
	return label;
}

/* "us-east-1", "us-gov-west-1": two letters, words and a digit. */
static bool
is_region(struct str s)
{
	return s.n >= 8 && s.p[2] == '-' && s.p[s.n - 2] == '-' && s.p[s.n - 1] >= '1' &&
	    s.p[s.n - 1] <= '9' && str_all_in(s, "abcdefghijklmnopqrstuvwxyz-123456789");
}

static bool
has_line(struct str text, struct str name)
{
	struct str line;

	while (text.n > 0) {
		line = str_head(text, str_index(text, '\n'));
		text = str_from(text, line.n + 1);
		if (str_eq_nocase(line, name))
			return true;
	}
	return false;
}

static bool
is_service(struct str name)
{
	size_t i;

	for (i = 0; i < services_txt_count; i++) {
		if (has_line(str_of(services_txt[i].text), name))
			return true;
	}
	return false;
}

bool
service_name_known(struct str principal)
{
	static const char *const domains[] = { ".amazonaws.com", ".amazonaws.com.cn",
		".amazonaws.eu", ".c2s.ic.gov", ".sc2s.sgov.gov" };
	struct str domain, name;
	size_t i;

	for (i = 0; i < sizeof(domains) / sizeof(*domains); i++) {
		domain = str_of(domains[i]);
		if (principal.n <= domain.n ||
		    !str_eq_nocase(str_from(principal, principal.n - domain.n), domain))
			continue;
		principal = str_head(principal, principal.n - domain.n);
		name = last_label(&principal);
		return is_service(is_region(name) ? last_label(&principal) : name);
	}
	return false;
}
