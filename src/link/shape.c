/*
 * shape: the tables of all members of all messages; see shape.h.
 */
#include "link/shape.h"

#include <netinet/in.h>
#include <stddef.h>

#include "base/b64.h"
#include "base/hex.h"
#include "codec/osuser.h"
#include "ipc/msg.h"

/* ---- forms ---- */

static bool
instance_valid(struct str s)
{
	struct str hex = str_from(s, 2);

	return str_starts(s, STR("i-")) && hex.n >= 8 && hex.n <= 32 && hex_is_lower(hex);
}

static bool
address_valid(struct str s)
{
	struct in6_addr unused;

	return link_address_parse(s, &unused) == 0;
}

static bool
sha1_valid(struct str s)
{
	return s.n == LINK_SIGNER_ID_LEN && str_all_in(s, "0123456789ABCDEF");
}

static bool
base64_valid(struct str s)
{
	struct buf unused;
	bool valid;

	buf_init(&unused, LINK_MAX_STAPLE_BYTES);
	valid = b64_parse(s, &unused) == 0;
	buf_release(&unused);
	return valid;
}

/* The agent joins the entries of a user into one document. An entry with an empty line or a
 * CR would make stock helpers lose all keys in it, so it is refused (wire.md 5.3). */
static bool
entry_valid(struct str e)
{
	size_t i;

	if (e.p[e.n - 1] != '\n' || e.p[0] == '\n')
		return false;
	for (i = 0; i < e.n; i++) {
		if (e.p[i] == '\0' || e.p[i] == '\r')
			return false;
		if (e.p[i] == '\n' && i + 1 < e.n && e.p[i + 1] == '\n')
			return false;
	}
	return true;
}

/* ---- rows ---- */

#define LINE(type, m, least, most, form) \
	{ \
		.name = #m, .kind = SHAPE_LINE, .at = offsetof(type, m), .text = { \
			least, \
			most, \
			form \
		} \
	}
#define LINES(type, m, least, most, form) \
	{ \
		.name = #m, .kind = SHAPE_LINES, .at = offsetof(type, m), .text = { \
			least, \
			most, \
			form \
		} \
	}
#define ID(type, m) LINE(type, m, 1, LINK_MAX_ID_LEN, NULL)

static const struct shape_member hello[] = {
	LINE(struct link_hello, version, 0, LINK_MAX_VERSION_LEN, NULL),
	/* An agent of an earlier version says nothing of it. */
	{ .name = "helper",
	    .kind = SHAPE_SWITCH,
	    .at = offsetof(struct link_hello, helper_openeic),
	    .off = "stock",
	    .on = "openeic",
	    .optional = true },
};

static const struct shape_member clock_said[] = {
	{ .name = "now",
	    .kind = SHAPE_NUMBER,
	    .at = offsetof(struct link_clock, now_s),
	    .max = INT32_MAX * INT64_C(64) },
};

static const struct shape_member signer[] = {
	LINE(struct link_signer, signer_id, 1, LINK_SIGNER_ID_LEN, sha1_valid),
	LINES(struct link_signer, chain, 1, LINK_MAX_CHAIN_BYTES, NULL),
	{ .name = "staples",
	    .kind = SHAPE_MAP,
	    .at = offsetof(struct link_signer, staples),
	    .key = { 1, LINK_SIGNER_ID_LEN, sha1_valid },
	    .text = { 1, LINK_MAX_STAPLE_BYTES, base64_valid },
	    .max = LINK_MAX_STAPLES },
	/* An eicd of an earlier version says nothing of it. */
	{ .name = "algorithm",
	    .kind = SHAPE_SWITCH,
	    .at = offsetof(struct link_signer, ecdsa),
	    .off = "RSASSA-PSS-SHA256",
	    .on = "ECDSA-P256-SHA256",
	    .optional = true },
};

#define MUST(m, form) LINE(struct link_guest, m, 1, LINK_MAX_TEXT, form)
#define MAY(m) LINE(struct link_guest, m, 0, LINK_MAX_TEXT, NULL)
#define LATER(m) \
	{ \
		.name = #m, .kind = SHAPE_LINE, .at = offsetof(struct link_guest, m), \
		.text = { 0, LINK_MAX_ID_LEN, NULL }, .optional = true \
	}
static const struct shape_member guest[] = {
	MUST(instance_id, instance_valid),
	MUST(private_ip, address_valid),
	MAY(public_ip),
	MAY(mac),
	MUST(hostname, NULL),
	MAY(ami_id),
	MAY(instance_type),
	MUST(availability_zone, NULL),
	MUST(region, NULL),
	MUST(domain, NULL),
	MAY(account_id),
	MAY(vpc_id),
	MAY(subnet_id),
	{ .name = "security_groups",
	    .kind = SHAPE_LIST,
	    .at = offsetof(struct link_guest, security_groups),
	    .text = { 1, LINK_MAX_TEXT, NULL },
	    .max = LINK_MAX_GROUPS },
	{ .name = "tags",
	    .kind = SHAPE_MAP,
	    .at = offsetof(struct link_guest, tags),
	    .key = { 1, LINK_MAX_TEXT, NULL },
	    .text = { 0, LINK_MAX_TEXT, NULL },
	    .max = LINK_MAX_TAGS },
	{ .name = "http_endpoint",
	    .kind = SHAPE_SWITCH,
	    .at = offsetof(struct link_guest, http_endpoint),
	    .off = "disabled",
	    .on = "enabled" },
	{ .name = "http_tokens",
	    .kind = SHAPE_SWITCH,
	    .at = offsetof(struct link_guest, http_tokens_required),
	    .off = "optional",
	    .on = "required" },
	{ .name = "hop_limit",
	    .kind = SHAPE_SMALL,
	    .at = offsetof(struct link_guest, hop_limit),
	    .min = 1,
	    .max = LINK_MAX_HOP_LIMIT },
	{ .name = "launch_time",
	    .kind = SHAPE_NUMBER,
	    .at = offsetof(struct link_guest, launched_at),
	    .max = INT32_MAX * INT64_C(64) },
	MAY(key_name),
	MAY(public_key),
	{ .name = "user_data",
	    .kind = SHAPE_BYTES,
	    .at = offsetof(struct link_guest, user_data),
	    .text = { 0, LINK_MAX_USER_DATA, NULL } },
	/* An eicd of an earlier version says nothing of these. */
	LATER(availability_zone_id),
	LATER(reservation_id),
	{ .name = "ami_launch_index",
	    .kind = SHAPE_NUMBER,
	    .at = offsetof(struct link_guest, ami_launch_index),
	    .max = INT32_MAX,
	    .optional = true },
	LATER(interface_id),
	{ .name = "security_group_ids",
	    .kind = SHAPE_LIST,
	    .at = offsetof(struct link_guest, security_group_ids),
	    .text = { 1, LINK_MAX_ID_LEN, NULL },
	    .max = LINK_MAX_GROUPS,
	    .optional = true },
	LATER(subnet_cidr),
	LATER(vpc_cidr),
};

static const struct shape_member guest_gone[] = {
	ID(struct link_guest_gone, instance_id),
};

static const struct shape_member key[] = {
	ID(struct link_key, instance_id),
	LINE(struct link_key, os_user, 1, OSUSER_MAX_LEN, osuser_valid),
	ID(struct link_key, request_id),
	ID(struct link_key, signer_id),
	{ .name = "ttl_ms",
	    .kind = SHAPE_UNTIL,
	    .at = offsetof(struct link_key, deadline_ms),
	    .max = LINK_MAX_TTL_MS },
	/* An eicd of an earlier version says nothing of it. The uplink counts with it and passes
	 * the deadline on alone. */
	{ .name = "at_ms",
	    .kind = SHAPE_NUMBER,
	    .at = offsetof(struct link_key, at_ms),
	    .max = LINK_MAX_AT_MS,
	    .optional = true,
	    .json_only = true },
	LINES(struct link_key, entry, 2, LINK_MAX_ENTRY_BYTES, entry_valid),
};

static const struct shape_member key_gone[] = {
	ID(struct link_key_gone, instance_id),
	ID(struct link_key_gone, request_id),
};

static const struct shape_member renew[] = {
	{ .name = "left_s",
	    .kind = SHAPE_NUMBER,
	    .at = offsetof(struct link_renew, left_s),
	    .max = LINK_MAX_LEFT_S },
};

#define BYTES(type, m, least, most) \
	{ \
		.name = #m, .kind = SHAPE_BYTES, .at = offsetof(type, m), .text = { \
			least, \
			most, \
			NULL \
		} \
	}
static const struct shape_member renewal[] = {
	BYTES(struct link_renewal, public_key, LINK_PUBLIC_KEY_BYTES, LINK_PUBLIC_KEY_BYTES),
	BYTES(struct link_renewal, proof, LINK_MIN_PROOF_BYTES, LINK_MAX_PROOF_BYTES),
};

static const struct shape_member certificate[] = {
	LINES(struct link_certificate, certificate, 1, LINK_MAX_CERTIFICATE_BYTES, NULL),
};

static const struct shape_member renewal_refused[] = {
	LINE(struct link_renewal_refused, reason, 1, LINK_MAX_REASON_LEN, NULL),
};

#define ROWS(table) table, sizeof(table) / sizeof((table)[0])
static const struct shape shapes[] = {
	[LINK_HELLO] = { "hello", SHAPE_AGENT, 0, ROWS(hello) },
	[LINK_CLOCK] = { "clock", SHAPE_AGENT, 0, ROWS(clock_said) },
	[LINK_SIGNER] = { "signer", SHAPE_EICD, MSG_UI_SIGNER, ROWS(signer) },
	[LINK_GUEST] = { "guest", SHAPE_EICD, MSG_UI_GUEST, ROWS(guest) },
	[LINK_GUEST_GONE] = { "guest_gone", SHAPE_EICD, MSG_UI_GUEST_GONE, ROWS(guest_gone) },
	[LINK_KEY] = { "key", SHAPE_EICD, MSG_UI_KEY, ROWS(key) },
	[LINK_KEY_GONE] = { "key_gone", SHAPE_EICD, MSG_UI_KEY_GONE, ROWS(key_gone) },
	[LINK_SYNCED] = { "synced", SHAPE_EICD, MSG_UI_SYNCED, NULL, 0 },
	[LINK_RESET] = { "reset", SHAPE_EICD, MSG_UI_RESET, NULL, 0 },
	[LINK_RENEW] = { "renew", SHAPE_EICD, 0, ROWS(renew) },
	[LINK_RENEWAL] = { "renewal", SHAPE_AGENT, 0, ROWS(renewal) },
	[LINK_CERTIFICATE] = { "certificate", SHAPE_EICD, 0, ROWS(certificate) },
	[LINK_RENEWAL_REFUSED] = { "renewal_refused", SHAPE_EICD, 0, ROWS(renewal_refused) },
};
#define N_SHAPES (sizeof(shapes) / sizeof(shapes[0]))

const struct shape *
shape_of(enum link_type type)
{
	return type > LINK_UNKNOWN && type < N_SHAPES ? &shapes[type] : NULL;
}

enum link_type
shape_by_name(struct str name, enum shape_speaker speaker)
{
	size_t i;

	for (i = LINK_UNKNOWN + 1; i < N_SHAPES; i++) {
		if (shapes[i].speaker == speaker && str_eq_c(name, shapes[i].name))
			return (enum link_type)i;
	}
	return LINK_UNKNOWN;
}

enum link_type
shape_by_number(uint16_t number)
{
	size_t i;

	for (i = LINK_UNKNOWN + 1; i < N_SHAPES; i++) {
		if (shapes[i].number != 0 && shapes[i].number == number)
			return (enum link_type)i;
	}
	return LINK_UNKNOWN;
}

/* ---- checks ---- */

static int
text_check(const struct shape_text *t, bool line, struct str s)
{
	if (s.n > t->max)
		return ERR_TOOBIG;
	if (s.n < t->min || (line && str_has_ctl(s)) || (t->valid != NULL && !t->valid(s)))
		return ERR_SYNTAX;
	return 0;
}

static int
list_check(const struct shape_member *m, const struct link_list *list)
{
	size_t i;
	int r;

	if (list->n > (size_t)m->max)
		return ERR_TOOBIG;
	for (i = 0; i < list->n; i++) {
		if ((r = text_check(&m->text, true, list->v[i])) != 0)
			return r;
	}
	return 0;
}

static int
map_check(const struct shape_member *m, const struct link_map *map)
{
	size_t i;
	int r;

	if (map->n > (size_t)m->max)
		return ERR_TOOBIG;
	for (i = 0; i < map->n; i++) {
		if ((r = text_check(&m->key, true, map->v[i].name)) != 0 ||
		    (r = text_check(&m->text, true, map->v[i].value)) != 0)
			return r;
	}
	return 0;
}

static int
number_check(const struct shape_member *m, int64_t v)
{
	return v < m->min || v > m->max ? ERR_RANGE : 0;
}

int
shape_check(const struct shape_member *m, const void *body)
{
	const void *p = shape_get(body, m);

	switch (m->kind) {
	case SHAPE_LINE:
		return text_check(&m->text, true, *(const struct str *)p);
	case SHAPE_LINES:
	case SHAPE_BYTES:
		return text_check(&m->text, false, *(const struct str *)p);
	case SHAPE_LIST:
		return list_check(m, p);
	case SHAPE_MAP:
		return map_check(m, p);
	case SHAPE_SMALL:
		return number_check(m, *(const uint8_t *)p);
	case SHAPE_NUMBER:
		return number_check(m, *(const int64_t *)p);
	case SHAPE_UNTIL: /* its limit is for the time left, which needs the clock */
	case SHAPE_SWITCH:
	case SHAPE_KINDS:
		break;
	}
	return 0;
}
