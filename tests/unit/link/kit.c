/* kit: see kit.h. */
#include "kit.h"

static const struct str groups[] = { { "default", 7 }, { "web", 3 } };
static const struct str group_ids[] = { { "sg-1", 4 }, { "sg-2", 4 } };
static const struct link_pair tags[] = { { { "Name", 4 }, { "one", 3 } },
	{ { "empty", 5 }, { "", 0 } } };
static const struct link_pair staples[] = { { { LEAF, 40 }, { "b2NzcDE=", 8 } },
	{ { ISSUER, 40 }, { "b2NzcDI=", 8 } } };

static const char public_key[91] = "\x30";

struct link_message
kit_message(enum link_type type)
{
	static const struct link_message ordinary[] = {
		[LINK_HELLO] = { LINK_HELLO, .hello = { { "0.1.0", 5 }, true } },
		[LINK_CLOCK] = { LINK_CLOCK, .clock = { 1700000000 } },
		[LINK_SIGNER] = { LINK_SIGNER,
		    .signer = { { LEAF, 40 }, { "PEM\n", 4 }, { staples, 2 }, true } },
		[LINK_GUEST] = { LINK_GUEST,
		    .guest = { .instance_id = { ID, sizeof(ID) - 1 },
			.private_ip = { "10.0.0.5", 8 },
			.public_ip = { "198.18.0.7", 10 },
			.mac = { "02:00:00:00:00:05", 17 },
			.hostname = { "ip-10-0-0-5", 11 },
			.ami_id = { "ami-1", 5 },
			.instance_type = { "t3.micro", 8 },
			.availability_zone = { "eu-test-1a", 10 },
			.region = { "eu-test-1", 9 },
			.domain = { "amazonaws.com", 13 },
			.account_id = { "123456789012", 12 },
			.vpc_id = { "vpc-1", 5 },
			.subnet_id = { "subnet-1", 8 },
			.security_groups = { groups, 2 },
			.tags = { tags, 2 },
			.http_endpoint = true,
			.hop_limit = 2,
			.launched_at = 1700000000,
			.key_name = { "mine", 4 },
			.public_key = { "ssh-ed25519 AAAA \"me\"", 21 },
			.user_data = { "\0\1\xff", 3 },
			.availability_zone_id = { "eut1-az2", 8 },
			.reservation_id = { "r-1", 3 },
			.ami_launch_index = 12,
			.interface_id = { "eni-1", 5 },
			.security_group_ids = { group_ids, 2 },
			.subnet_cidr = { "10.0.0.0/24", 11 },
			.vpc_cidr = { "10.0.0.0/16", 11 } } },
		[LINK_GUEST_GONE] = { LINK_GUEST_GONE, .guest_gone = { { ID, sizeof(ID) - 1 } } },
		[LINK_KEY] = { LINK_KEY,
		    .key = { { ID, sizeof(ID) - 1 }, { "ec2-user", 8 }, { "r1", 2 }, { LEAF, 40 },
			NOW + 60000, { "#a\nb\n", 5 }, 7000 } },
		[LINK_KEY_GONE] = { LINK_KEY_GONE,
		    .key_gone = { { ID, sizeof(ID) - 1 }, { "r1", 2 } } },
		[LINK_SYNCED] = { .type = LINK_SYNCED },
		[LINK_RESET] = { .type = LINK_RESET },
		[LINK_RENEW] = { LINK_RENEW, .renew = { 864000 } },
		[LINK_RENEWAL] = { LINK_RENEWAL,
		    .renewal = { { public_key, 91 }, { "12345678", 8 } } },
		[LINK_CERTIFICATE] = { LINK_CERTIFICATE, .certificate = { { "PEM\n", 4 } } },
		[LINK_RENEWAL_REFUSED] = { LINK_RENEWAL_REFUSED,
		    .renewal_refused = { { "not now", 7 } } },
	};

	return ordinary[type];
}

static struct str
repeat(struct arena *a, char c, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	memset(p, c, n);
	return str_of_n(p, n);
}

/* Texts that have a form are at their limits in this form; any other is of x. */
static struct str
text(struct arena *a, const char *name, const struct shape_text *t, enum kit_size size)
{
	static const struct {
		const char *name;
		struct str least, most;
	} forms[] = {
		{ "instance_id", { "i-00000000", 10 },
		    { "i-0123456789abcdef0123456789abcdef", 34 } },
		{ "private_ip", { "::", 2 },
		    { "0000:1111:2222:3333:4444:5555:255.255.255.255", 45 } },
		{ "signer_id", { LEAF, 40 }, { LEAF, 40 } },
		{ "staples", { "AA==", 4 }, { NULL, 0 } },
	};
	size_t n = size == KIT_MIN ? t->min : t->max, i;
	struct str s;

	for (i = 0; i < COUNT(forms) && t->valid != NULL; i++) {
		s = size == KIT_MIN ? forms[i].least : forms[i].most;
		if (strcmp(name, forms[i].name) == 0 && size <= KIT_MAX && s.p != NULL)
			return s;
	}
	n += size == KIT_ABOVE;
	n -= size == KIT_BELOW ? n - t->min + 1 : 0;
	s = repeat(a, strcmp(name, "staples") == 0 ? 'A' : 'x', n);
	if (strcmp(name, "entry") == 0 && s.n > 0)
		return arena_fmt(a, "%.*s\n", (int)s.n - 1, s.p);
	return s;
}

static bool
text_set(struct arena *a, struct str *to, const struct shape_member *row, enum kit_size size)
{
	if (size == KIT_BELOW && row->text.min == 0)
		return false;
	*to = text(a, row->name, &row->text, size);
	return true;
}

static bool
list_set(struct arena *a, struct link_list *to, const struct shape_member *row, enum kit_size size)
{
	size_t n = size == KIT_MAX ? (size_t)row->max
	    : size == KIT_ABOVE    ? (size_t)row->max + 1
				   : 0;
	struct str *v = arena_array(a, n, sizeof(*v));
	size_t i;

	for (i = 0; i < n; i++)
		v[i] = text(a, row->name, &row->text, size == KIT_ABOVE ? KIT_MIN : size);
	*to = (struct link_list){ v, n };
	return size != KIT_BELOW;
}

static bool
map_set(struct arena *a, struct link_map *to, const struct shape_member *row, enum kit_size size)
{
	size_t n = size == KIT_MAX ? (size_t)row->max
	    : size == KIT_ABOVE    ? (size_t)row->max + 1
				   : 0;
	struct link_pair *v = arena_array(a, n, sizeof(*v));
	size_t i;

	for (i = 0; i < n; i++) {
		/* No name twice: they end with their number. */
		v[i].name = row->key.valid != NULL
		    ? arena_fmt(a, "%040zX", i)
		    : arena_fmt(a, "%.*s%04zu", (int)row->key.max - 4,
			  repeat(a, 'n', row->key.max).p, i);
		v[i].value = text(a, row->name, &row->text, size == KIT_ABOVE ? KIT_MIN : size);
	}
	*to = (struct link_map){ v, n };
	return size != KIT_BELOW;
}

static int64_t
number(const struct shape_member *row, enum kit_size size)
{
	switch (size) {
	case KIT_MIN:
		return row->min;
	case KIT_MAX:
		return row->max;
	case KIT_BELOW:
		return row->min - 1;
	case KIT_ABOVE:
		return row->max + 1;
	}
	return 0;
}

bool
kit_set(struct arena *a, struct link_message *m, const struct shape_member *row, enum kit_size size)
{
	void *p = shape_put(&m->guest, row);

	switch (row->kind) {
	case SHAPE_LINE:
	case SHAPE_LINES:
	case SHAPE_BYTES:
		return text_set(a, p, row, size);
	case SHAPE_LIST:
		return list_set(a, p, row, size);
	case SHAPE_MAP:
		return map_set(a, p, row, size);
	case SHAPE_SWITCH:
		*(bool *)p = size == KIT_MAX;
		return size <= KIT_MAX;
	case SHAPE_SMALL:
		*(uint8_t *)p = (uint8_t)number(row, size);
		break;
	case SHAPE_NUMBER:
		*(int64_t *)p = number(row, size);
		break;
	case SHAPE_UNTIL:
		*(int64_t *)p = NOW + number(row, size);
		break;
	case SHAPE_KINDS:
		return false;
	}
	return true;
}

static void
assert_text(struct str a, struct str b)
{
	assert_int_equal(a.n, b.n);
	assert_true(str_eq(a, b));
}

static void
assert_member(const struct shape_member *row, const void *a, const void *b)
{
	const struct link_list *la = a, *lb = b;
	const struct link_map *ma = a, *mb = b;
	size_t i;

	switch (row->kind) {
	case SHAPE_LINE:
	case SHAPE_LINES:
	case SHAPE_BYTES:
		assert_text(*(const struct str *)a, *(const struct str *)b);
		break;
	case SHAPE_LIST:
		assert_int_equal(la->n, lb->n);
		for (i = 0; i < la->n; i++)
			assert_text(la->v[i], lb->v[i]);
		break;
	case SHAPE_MAP:
		assert_int_equal(ma->n, mb->n);
		for (i = 0; i < ma->n; i++) {
			assert_text(ma->v[i].name, mb->v[i].name);
			assert_text(ma->v[i].value, mb->v[i].value);
		}
		break;
	case SHAPE_SWITCH:
		assert_int_equal(*(const bool *)a, *(const bool *)b);
		break;
	case SHAPE_SMALL:
		assert_int_equal(*(const uint8_t *)a, *(const uint8_t *)b);
		break;
	case SHAPE_UNTIL:
	case SHAPE_NUMBER:
		assert_int_equal(*(const int64_t *)a, *(const int64_t *)b);
		break;
	case SHAPE_KINDS:
		fail();
	}
}

void
kit_assert_equal(const struct link_message *a, const struct link_message *b)
{
	const struct shape *s = shape_of(a->type);
	size_t i;

	assert_int_equal(a->type, b->type);
	for (i = 0; i < s->n; i++)
		assert_member(&s->members[i], shape_get(&a->guest, &s->members[i]),
		    shape_get(&b->guest, &s->members[i]));
}

struct str
kit_json(struct arena *a, const struct link_message *m)
{
	struct str text;
	struct buf b;

	buf_init(&b, 2 * LINK_MAX_BYTES);
	assert_int_equal(link_json_write(m, NOW, &b), 0);
	text = arena_str(a, buf_view(&b));
	buf_release(&b);
	return text;
}

int
kit_parse(struct arena *a, enum link_type type, struct str text, struct link_message *ret,
    struct errinfo *ei)
{
	return shape_of(type)->speaker == SHAPE_AGENT ? link_json_parse_agent(a, text, ret, ei)
						      : link_json_parse(a, text, NOW, ret, ei);
}
