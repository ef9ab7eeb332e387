/*
 * form: see form.h.
 */
#include "api/form.h"

#include <arpa/inet.h>

#include "aws/ids.h"
#include "codec/utf8.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define WORD LOWER UPPER DIGITS "_"

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
 * Accepts what the service model or the user guide allows (wire.md 1.2, 1.3). The name becomes
 * a segment of a metadata URL and a user name on the host, so nothing else may pass. It begins
 * with a letter, a digit or '_'. Behind that '@', '.' and '-' are allowed as well, and a '$'
 * only at the end.
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
	/* Only the user guide allows a name of digits alone: at most 31, and no '$' behind. */
	if (str_all_in(body, DIGITS))
		return !dollar && s.n <= 31;
	/* When a name of 32 characters does not begin with a digit, the last of them may be
	 * neither '.' nor '@'. */
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

/* ---- of IAM and STS ---- */

/* Does fits accept every character of s? An empty text and invalid UTF-8 do not pass. */
static bool
is_text_of(struct str s, bool (*fits)(uint32_t c))
{
	uint32_t c;
	size_t n;

	do {
		if ((n = utf8_char(s, &c)) == 0 || !fits(c))
			return false;
		s = str_from(s, n);
	} while (s.n > 0);
	return true;
}

static bool
is_white(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r';
}

static bool
fits_latin1(uint32_t c)
{
	return c >= 0x20 && c <= 0xff;
}

static bool
fits_document(uint32_t c)
{
	return is_white(c) || fits_latin1(c);
}

static bool
fits_arn(uint32_t c)
{
	return is_white(c) || (c >= 0x20 && c <= 0x7e) || c == 0x85 || (c >= 0xa0 && c <= 0xfffd) ||
	    c >= 0x10000;
}

static bool
fits_description(uint32_t c)
{
	return is_white(c) || (c >= 0x20 && c <= 0x7e) || (c >= 0xa1 && c <= 0xff);
}

static bool
fits_path_prefix(uint32_t c)
{
	return c >= 0x21 && c <= 0x7f;
}

/*
 * Tags may hold letters, separators and digits of all scripts. AWS looks these up in Unicode's
 * tables. Here every character beyond ASCII passes, except those that are invisible or change
 * the direction of the line: controls, format characters, private use and non-characters. So
 * some symbols pass that AWS refuses; they do no harm.
 */
static bool
fits_tag(uint32_t c)
{
	if (c < 0x80)
		return c != 0 && strchr(WORD " .:/=+-@", (int)c) != NULL;
	return c >= 0xa0 && c != 0xad && c != 0x61c && !(c >= 0x200b && c <= 0x200f) &&
	    !(c >= 0x202a && c <= 0x202e) && !(c >= 0x2060 && c <= 0x206f) &&
	    !(c >= 0xe000 && c <= 0xf8ff) && !(c >= 0xfdd0 && c <= 0xfdef) && c != 0xfeff &&
	    !(c >= 0xfff0 && c <= 0xffff) && c < 0xe0000;
}

static bool
is_iam_name(struct str s)
{
	return s.n > 0 && str_all_in(s, WORD "+=,.@-");
}

/* "/" or "/.../", of visible ASCII characters. */
static bool
is_iam_path(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] < 0x21 || s.p[i] > 0x7e)
			return false;
	}
	return s.n != 2 && s.n > 0 && s.p[0] == '/' && s.p[s.n - 1] == '/';
}

static bool
is_path_prefix(struct str s)
{
	return s.n > 0 && s.p[0] == '/' && is_text_of(s, fits_path_prefix);
}

static bool
is_policy_path(struct str s)
{
	size_t i;

	if (s.n == 0 || s.p[0] != '/' || s.p[s.n - 1] != '/')
		return false;
	for (i = 1; i < s.n; i++) {
		if (s.p[i] == '/' && s.p[i - 1] == '/')
			return false;
	}
	return str_all_in(s, WORD "/.,+@=-");
}

static bool
is_iam_word(struct str s)
{
	return s.n > 0 && str_all_in(s, WORD);
}

static bool
is_iam_arn(struct str s)
{
	return is_text_of(s, fits_arn);
}

static bool
is_iam_marker(struct str s)
{
	return is_text_of(s, fits_latin1);
}

static bool
is_policy_document(struct str s)
{
	return is_text_of(s, fits_document);
}

/* v[1-9][0-9]*(\.[A-Za-z0-9-]*)? */
static bool
is_policy_version(struct str s)
{
	struct str digits = str_from(s, 1), rest;

	if (!str_starts(s, STR("v")))
		return false;
	digits = str_head(digits, str_index(digits, '.'));
	rest = str_from(s, 1 + digits.n);
	return digits.n > 0 && digits.p[0] != '0' && str_all_in(digits, DIGITS) &&
	    str_all_in(str_from(rest, 1), LOWER UPPER DIGITS "-");
}

static bool
is_description(struct str s)
{
	return s.n == 0 || is_text_of(s, fits_description);
}

static bool
is_tag_key(struct str s)
{
	return is_text_of(s, fits_tag);
}

static bool
is_tag_value(struct str s)
{
	return s.n == 0 || is_text_of(s, fits_tag);
}

static bool
is_mfa_code(struct str s)
{
	return s.n > 0 && str_all_in(s, DIGITS);
}

static bool
is_serial(struct str s)
{
	return s.n > 0 && str_all_in(s, WORD "+=/:,.@-");
}

/* ---- those of STS ---- */

static bool
is_sts_name(struct str s)
{
	return s.n == 0 || is_iam_name(s);
}

static bool
is_sts_word(struct str s)
{
	return s.n == 0 || is_iam_word(s);
}

static bool
is_sts_code(struct str s)
{
	return s.n == 0 || is_mfa_code(s);
}

static bool
is_sts_serial(struct str s)
{
	return s.n == 0 || is_serial(s);
}

static bool
is_external_id(struct str s)
{
	return str_all_in(s, WORD "+=,.@:/-");
}

/* ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$ */
static bool
is_account_alias(struct str s)
{
	size_t i;

	if (s.n < 3 || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (i = 1; i < s.n; i++) {
		if (s.p[i] == '-' && s.p[i - 1] == '-')
			return false;
	}
	return str_all_in(s, LOWER DIGITS "-");
}

#define IAM_FORM(fn, pattern) \
	{ \
		fn, AWSERR_VALIDATION, pattern \
	}

static const struct {
	bool (*matches)(struct str s);
	enum awserr error;
	const char *pattern;
} forms[FORM_COUNT] = {
	[FORM_ANY] = { is_any, AWSERR_INVALID_PARAMETER_VALUE, NULL },
	[FORM_PRINTABLE] = { is_printable, AWSERR_INVALID_PARAMETER_VALUE, NULL },
	[FORM_CONNECT_INSTANCE] = { is_connect_instance, AWSERR_INVALID_ARGS, "i-[a-f0-9]+" },
	[FORM_OS_USER] = { is_os_user, AWSERR_INVALID_ARGS,
	    "[A-Za-z0-9_][A-Za-z0-9@._-]*[A-Za-z0-9@._$-]?" },
	[FORM_AVAILABILITY_ZONE] = { is_availability_zone, AWSERR_INVALID_PARAMETER_VALUE, NULL },
	[FORM_INSTANCE_ID] = { is_instance_id, AWSERR_INSTANCE_ID_MALFORMED, NULL },
	[FORM_IMAGE_ID] = { is_image_id, AWSERR_IMAGE_ID_MALFORMED, NULL },
	[FORM_VPC_ID] = { is_vpc_id, AWSERR_VPC_ID_MALFORMED, NULL },
	[FORM_SUBNET_ID] = { is_subnet_id, AWSERR_SUBNET_ID_MALFORMED, NULL },
	[FORM_GROUP_ID] = { is_group_id, AWSERR_GROUP_ID_MALFORMED, NULL },
	[FORM_RESOURCE_ID] = { is_resource_id, AWSERR_INVALID_ID, NULL },
	[FORM_IPV4] = { is_ipv4, AWSERR_INVALID_PARAMETER_VALUE, NULL },

	[FORM_IAM_NAME] = IAM_FORM(is_iam_name, "[\\w+=,.@-]+"),
	[FORM_IAM_PATH] = IAM_FORM(is_iam_path, "(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)"),
	[FORM_IAM_PATH_PREFIX] = IAM_FORM(is_path_prefix, "\\u002F[\\u0021-\\u007F]*"),
	[FORM_IAM_POLICY_PATH] = IAM_FORM(is_policy_path, "((/[A-Za-z0-9\\.,\\+@=_-]+)*)/"),
	[FORM_IAM_WORD] = IAM_FORM(is_iam_word, "[\\w]+"),
	[FORM_IAM_ARN] = IAM_FORM(is_iam_arn,
	    "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD"
	    "\\u10000-\\u10FFFF]+"),
	[FORM_IAM_MARKER] = IAM_FORM(is_iam_marker, "[\\u0020-\\u00FF]+"),
	[FORM_POLICY_DOCUMENT] =
	    IAM_FORM(is_policy_document, "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"),
	[FORM_POLICY_VERSION] = IAM_FORM(is_policy_version, "v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?"),
	[FORM_DESCRIPTION] =
	    IAM_FORM(is_description, "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*"),
	[FORM_TAG_KEY] = IAM_FORM(is_tag_key, "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"),
	[FORM_TAG_VALUE] = IAM_FORM(is_tag_value, "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*"),
	[FORM_MFA_CODE] = IAM_FORM(is_mfa_code, "[\\d]+"),
	[FORM_SERIAL] = IAM_FORM(is_serial, "[\\w+=/:,.@-]+"),
	[FORM_EXTERNAL_ID] = IAM_FORM(is_external_id, "[\\w+=,.@:\\/-]*"),
	[FORM_ACCOUNT_ALIAS] =
	    IAM_FORM(is_account_alias, "^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"),
	[FORM_STS_NAME] = IAM_FORM(is_sts_name, "[\\w+=,.@-]*"),
	[FORM_STS_WORD] = IAM_FORM(is_sts_word, "[\\w]*"),
	[FORM_STS_CODE] = IAM_FORM(is_sts_code, "[\\d]*"),
	[FORM_STS_SERIAL] = IAM_FORM(is_sts_serial, "[\\w+=/:,.@-]*"),
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

const char *
form_pattern(enum field_form f)
{
	return forms[f].pattern;
}
