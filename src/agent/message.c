/*
 * message: uplink JSON into values; see message.h.
 */
#include "agent/message.h"

#include "base/b64.h"
#include "codec/json.h"

#define MAX_DEPTH 8

/* A parse under way: the document, where its texts are copied, what is wrong. */
struct in {
	struct arena *a;
	const struct json *doc;
	const char *type;
	struct errinfo *ei;
	int64_t now_ms;
};

static int
wrong(const struct in *in, const char *name, int r)
{
	err_set(in->ei, "%s: %s: %s", in->type, name, err_text(r));
	return r == ERR_NOTFOUND ? ERR_SYNTAX : r;
}

static int
text(const struct in *in, const char *name, struct str *ret)
{
	struct str s;
	int r;

	if ((r = json_str(json_get(in->doc, name), &s)) != 0)
		return wrong(in, name, r);
	*ret = arena_str(in->a, s);
	return 0;
}

static int
integer(const struct in *in, const char *name, int64_t min, int64_t max, int64_t *ret)
{
	int r;

	if ((r = json_i64(json_get(in->doc, name), ret)) != 0)
		return wrong(in, name, r);
	if (*ret < min || *ret > max)
		return wrong(in, name, ERR_RANGE);
	return 0;
}

/* A member that is one of two words; true for the first. */
static int
either(const struct in *in, const char *name, const char *yes, const char *no, bool *ret)
{
	struct str s;
	int r;

	if ((r = text(in, name, &s)) != 0)
		return r;
	*ret = str_eq_c(s, yes);
	return *ret || str_eq_c(s, no) ? 0 : wrong(in, name, ERR_RANGE);
}

static int
bytes(const struct in *in, const char *name, size_t max, struct str *ret)
{
	struct buf b;
	struct str s;
	int r;

	if ((r = text(in, name, &s)) != 0)
		return r;
	buf_init(&b, max);
	if ((r = b64_parse(s, &b)) != 0)
		r = wrong(in, name, r);
	else
		*ret = arena_str(in->a, buf_view(&b));
	buf_release(&b);
	return r;
}

/* ---- guest ---- */

static int
guest_groups(const struct in *in, struct guest_desc *d)
{
	const struct json *list = json_get(in->doc, "security_groups");
	struct str *v, s;
	size_t i, n = json_len(list);
	int r;

	if (json_kind(list) != JSON_KIND_ARRAY)
		return wrong(in, "security_groups", ERR_SYNTAX);
	if (n > GUESTS_MAX_GROUPS)
		return wrong(in, "security_groups", ERR_TOOBIG);
	v = arena_array(in->a, n, sizeof(*v));
	for (i = 0; i < n; i++) {
		if ((r = json_str(json_at(list, i), &s)) != 0)
			return wrong(in, "security_groups", r);
		v[i] = arena_str(in->a, s);
	}
	d->groups = v;
	d->n_groups = n;
	return 0;
}

static int
guest_tags(const struct in *in, struct guest_desc *d)
{
	const struct json *list = json_get(in->doc, "tags"), *value;
	struct json_iter it = { .obj = list };
	struct guest_tag *v;
	struct str name, s;
	int r;

	if (json_kind(list) != JSON_KIND_OBJECT)
		return wrong(in, "tags", ERR_SYNTAX);
	if (json_len(list) > GUESTS_MAX_TAGS)
		return wrong(in, "tags", ERR_TOOBIG);
	v = arena_array(in->a, json_len(list), sizeof(*v));
	while (json_next(&it, &name, &value)) {
		if ((r = json_str(value, &s)) != 0)
			return wrong(in, "tags", r);
		v[d->n_tags++] = (struct guest_tag){ arena_str(in->a, name), arena_str(in->a, s) };
	}
	d->tags = v;
	return 0;
}

static int
guest_texts(const struct in *in, struct guest_desc *d)
{
	const struct {
		const char *name;
		struct str *to;
	} members[] = {
		{ "instance_id", &d->instance_id },
		{ "private_ip", &d->private_ip },
		{ "public_ip", &d->public_ip },
		{ "mac", &d->mac },
		{ "hostname", &d->hostname },
		{ "ami_id", &d->ami_id },
		{ "instance_type", &d->instance_type },
		{ "availability_zone", &d->availability_zone },
		{ "region", &d->region },
		{ "domain", &d->domain },
		{ "account_id", &d->account_id },
		{ "vpc_id", &d->vpc_id },
		{ "subnet_id", &d->subnet_id },
		{ "key_name", &d->key_name },
		{ "public_key", &d->public_key },
	};
	size_t i;
	int r;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if ((r = text(in, members[i].name, members[i].to)) != 0)
			return r;
	}
	return 0;
}

static int
parse_guest(const struct in *in, struct message *m)
{
	struct guest_desc *d = &m->guest;
	int64_t hop_limit;
	int r;

	if ((r = guest_texts(in, d)) != 0 || (r = guest_groups(in, d)) != 0 ||
	    (r = guest_tags(in, d)) != 0)
		return r;
	if ((r = bytes(in, "user_data", GUESTS_MAX_USER_DATA, &d->user_data)) != 0 ||
	    (r = either(in, "http_endpoint", "enabled", "disabled", &d->http_endpoint)) != 0 ||
	    (r = either(in, "http_tokens", "required", "optional", &d->http_tokens_required)) !=
		0 ||
	    (r = integer(in, "hop_limit", 1, 64, &hop_limit)) != 0 ||
	    (r = integer(in, "launch_time", 0, INT32_MAX * (int64_t)64, &d->launch_s)) != 0)
		return r;
	d->hop_limit = (uint8_t)hop_limit;
	if ((r = guests_desc_check(d)) != 0)
		return wrong(in, "a member", r);
	return 0;
}

/* ---- the others ---- */

static int
staple_check(struct str base64)
{
	struct buf der;
	int r;

	buf_init(&der, SIGNERS_MAX_STAPLE_BYTES);
	r = b64_parse(base64, &der);
	buf_release(&der);
	return r;
}

static int
parse_signer(const struct in *in, struct message *m)
{
	const struct json *list = json_get(in->doc, "staples"), *value;
	struct json_iter it = { .obj = list };
	struct signer_staple *v;
	struct str name, s;
	int r;

	if ((r = text(in, "signer_id", &m->signer.id)) != 0 ||
	    (r = text(in, "chain", &m->signer.chain)) != 0)
		return r;
	if (json_kind(list) != JSON_KIND_OBJECT)
		return wrong(in, "staples", ERR_SYNTAX);
	if (json_len(list) > SIGNERS_MAX_STAPLES)
		return wrong(in, "staples", ERR_TOOBIG);
	v = arena_array(in->a, json_len(list), sizeof(*v));
	while (json_next(&it, &name, &value)) {
		if ((r = json_str(value, &s)) != 0 || (r = staple_check(s)) != 0)
			return wrong(in, "staples", r);
		v[m->signer.n_staples++] =
		    (struct signer_staple){ arena_str(in->a, name), arena_str(in->a, s) };
	}
	m->signer.staples = v;
	if ((r = signers_desc_check(&m->signer)) != 0)
		return wrong(in, "a member", r);
	return 0;
}

static int
parse_guest_gone(const struct in *in, struct message *m)
{
	return text(in, "instance_id", &m->instance_id);
}

static int
parse_key(const struct in *in, struct message *m)
{
	struct key_desc *d = &m->key;
	int64_t ttl_ms;
	int r;

	if ((r = text(in, "instance_id", &m->instance_id)) != 0 ||
	    (r = text(in, "os_user", &d->os_user)) != 0 ||
	    (r = text(in, "request_id", &d->request_id)) != 0 ||
	    (r = text(in, "signer_id", &d->signer_id)) != 0 ||
	    (r = text(in, "entry", &d->entry)) != 0 ||
	    (r = integer(in, "ttl_ms", 0, MESSAGE_MAX_TTL_MS, &ttl_ms)) != 0)
		return r;
	d->deadline_ms = in->now_ms + ttl_ms;
	if ((r = keys_desc_check(d)) != 0)
		return wrong(in, "a member", r);
	return 0;
}

static int
parse_key_gone(const struct in *in, struct message *m)
{
	int r;

	if ((r = text(in, "instance_id", &m->instance_id)) != 0)
		return r;
	return text(in, "request_id", &m->request_id);
}

/* Of one that has no member. */
static int
parse_nothing(const struct in *in, struct message *m)
{
	(void)in;
	(void)m;
	return 0;
}

static const struct {
	const char *name;
	enum message_type type;
	int (*parse)(const struct in *in, struct message *m);
} types[] = {
	{ "signer", MESSAGE_SIGNER, parse_signer },
	{ "guest", MESSAGE_GUEST, parse_guest },
	{ "guest_gone", MESSAGE_GUEST_GONE, parse_guest_gone },
	{ "key", MESSAGE_KEY, parse_key },
	{ "key_gone", MESSAGE_KEY_GONE, parse_key_gone },
	{ "synced", MESSAGE_SYNCED, parse_nothing },
	{ "reset", MESSAGE_RESET, parse_nothing },
};

static int
parse(struct in *in, struct message *ret)
{
	struct message m = { .type = MESSAGE_UNKNOWN };
	struct str type;
	size_t i;
	int r;

	if ((r = json_str(json_get(in->doc, "type"), &type)) != 0)
		return wrong(in, "type", r);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!str_eq_c(type, types[i].name))
			continue;
		in->type = types[i].name;
		m.type = ret->type = types[i].type;
		if ((r = types[i].parse(in, &m)) != 0)
			return r;
	}
	*ret = m;
	return 0;
}

int
message_parse(struct arena *a, struct str t, int64_t now_ms, struct message *ret,
    struct errinfo *ei)
{
	struct in in = { .a = a, .type = "message", .ei = ei, .now_ms = now_ms };
	struct json *doc;
	int r;

	*ret = (struct message){ .type = MESSAGE_UNKNOWN };
	if ((r = json_parse(t, MESSAGE_MAX_BYTES, MAX_DEPTH, &doc, ei)) != 0)
		return r;
	in.doc = doc;
	r = parse(&in, ret);
	json_free(doc);
	return r;
}

bool
message_dispensable(const struct message *m)
{
	return m->type == MESSAGE_GUEST || m->type == MESSAGE_KEY;
}
