/*
 * ingress: see ingress.h.
 */
#include "region/ingress.h"

#include "base/alloc.h"
#include "base/log.h"
#include "base/map.h"
#include "store/store_security_group.h"

/* The rules and members of the groups that a page of instances belongs to. */
#define WORK_BYTES (64u << 20)
#define RULE_BYTES 128

/* What was read of a group. */
struct group {
	struct str id;
	const struct store_security_group_rule *rules;
	size_t n_rules;
	const struct str *addresses; /* of its members */
	size_t n_addresses;
	bool has_rules, has_addresses; /* they were read */
};

struct ingress {
	struct region *region;
	struct arena *arena;
	struct map *groups;
};

/* Which rules are written. */
enum part { PART_ALL, PART_RANGES, PART_MEMBERS };

struct text {
	struct buf *out;
	bool cut; /* a rule did not fit */
};

/* The driver's name of a protocol. NULL when the driver cannot filter it. */
static const char *
protocol_name(struct str p)
{
	static const struct {
		const char *aws, *driver;
	} names[] = {
		{ "tcp", "tcp" },
		{ "6", "tcp" },
		{ "udp", "udp" },
		{ "17", "udp" },
		{ "icmp", "icmp" },
		{ "1", "icmp" },
		{ "-1", "-1" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_eq_c(p, names[i].aws))
			return names[i].driver;
	}
	return NULL;
}

/* Appends a rule. The first that does not fit ends the text. */
static void
rule_write(struct text *t, const struct store_security_group_rule *rule, struct str peer,
    const char *bits)
{
	const char *protocol = protocol_name(rule->protocol);
	int32_t from = 0, to = 65535, n;
	char line[RULE_BYTES];

	if (protocol == NULL || t->cut)
		return;
	if (strcmp(protocol, "tcp") == 0 || strcmp(protocol, "udp") == 0) {
		from = rule->from_port > 0 ? rule->from_port : 0;
		to = rule->to_port >= 0 ? rule->to_port : 65535;
	} else if (strcmp(protocol, "-1") == 0) {
		to = 0;
	}
	n = snprintf(line, sizeof(line), "%s%s:%d:%d:%.*s%s", t->out->n > 0 ? "," : "", protocol,
	    (int)from, (int)to, STR_FMT(peer), bits);
	if (n < 0 || (size_t)n >= sizeof(line) || t->out->n + (size_t)n > INGRESS_MAX_BYTES)
		t->cut = true;
	else
		buf_add(t->out, line, (size_t)n);
}

/* ---- what is read of groups ---- */

struct ingress *
ingress_new(struct region *region)
{
	struct ingress *g = xalloc(sizeof(*g));

	g->region = region;
	g->arena = arena_new(WORK_BYTES);
	g->groups = map_new(region->rng);
	return g;
}

void
ingress_free(struct ingress *g)
{
	if (g == NULL)
		return;
	map_free(g->groups);
	arena_free(g->arena);
	xfree(g);
}

static struct group *
group_get(struct ingress *g, struct str id)
{
	struct group *v = map_get(g->groups, id);

	if (v == NULL) {
		v = arena_alloc(g->arena, sizeof(*v));
		v->id = arena_str(g->arena, id);
		(void)map_put(g->groups, v->id, v);
	}
	return v;
}

static int
rules_get(struct ingress *g, struct str id, struct group **ret)
{
	struct store_security_group_rule *rules;
	struct group *v = group_get(g, id);
	int r;

	*ret = v;
	if (v->has_rules)
		return 0;
	if ((r = store_security_group_rule_list(g->region->store, g->arena, id, &rules,
		 &v->n_rules)) != 0)
		return r;
	v->rules = rules;
	v->has_rules = true;
	return 0;
}

/* More addresses than STORE_PAGE_MAX would not fit into a text. */
static int
addresses_get(struct ingress *g, struct str id, struct group **ret)
{
	struct group *v = group_get(g, id);
	struct str *addresses;
	int r;

	*ret = v;
	if (v->has_addresses)
		return 0;
	if ((r = store_instance_list_addresses(g->region->store, g->arena, id, &addresses,
		 &v->n_addresses)) != 0)
		return r;
	v->addresses = addresses;
	v->has_addresses = true;
	return 0;
}

/* ---- the text ---- */

/* A rule that names a security group becomes one rule for each instance in the group. */
static int
members_write(struct ingress *g, struct text *t, const struct store_security_group_rule *rule)
{
	struct group *peer;
	size_t i;
	int r;

	if ((r = addresses_get(g, rule->referenced_group_id, &peer)) != 0)
		return r;
	for (i = 0; i < peer->n_addresses; i++)
		rule_write(t, rule, peer->addresses[i], "/32");
	return 0;
}

static int
part_write(struct ingress *g, const struct store_instance *v, enum part part, struct text *t)
{
	const struct store_security_group_rule *rule;
	struct group *own;
	size_t i, k;
	int r;

	for (i = 0; i < v->n_group_ids; i++) {
		if ((r = rules_get(g, v->group_ids[i], &own)) != 0)
			return r;
		for (k = 0; k < own->n_rules; k++) {
			rule = &own->rules[k];
			if (rule->is_egress)
				continue;
			if (rule->cidr_ipv4.n > 0 && part != PART_MEMBERS)
				rule_write(t, rule, rule->cidr_ipv4, "");
			else if (rule->referenced_group_id.n > 0 && part != PART_RANGES &&
			    (r = members_write(g, t, rule)) != 0)
				return r;
		}
	}
	return 0;
}

int
ingress_write(struct ingress *g, const struct store_instance *v, struct buf *out)
{
	struct text t = { .out = out };
	int r;

	buf_clear(out);
	if ((r = part_write(g, v, PART_ALL, &t)) != 0)
		return r;
	if (!t.cut)
		return buf_err(out);
	/* Then v is closed to some that it should admit, and nobody else would say why. */
	log_warn("ingress-cut", log_s("id", v->instance_id), log_i("max_bytes", INGRESS_MAX_BYTES),
	    log_c("why", "its groups admit more members than its rules have room for"));
	buf_clear(out);
	t.cut = false;
	if ((r = part_write(g, v, PART_RANGES, &t)) != 0 ||
	    (r = part_write(g, v, PART_MEMBERS, &t)) != 0)
		return r;
	return buf_err(out);
}

/* ---- who depends on whom ---- */

static bool
is_one_of(struct str id, char *const *ids, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (str_eq_c(id, ids[i]))
			return true;
	}
	return false;
}

int
ingress_depends(struct ingress *g, const struct store_instance *v, char *const *group_ids, size_t n,
    bool *ret)
{
	struct group *own;
	size_t i, k;
	int r;

	*ret = false;
	for (i = 0; i < v->n_group_ids; i++) {
		if ((r = rules_get(g, v->group_ids[i], &own)) != 0)
			return r;
		for (k = 0; k < own->n_rules; k++) {
			if (!own->rules[k].is_egress && own->rules[k].referenced_group_id.n > 0 &&
			    (group_ids == NULL ||
				is_one_of(own->rules[k].referenced_group_id, group_ids, n)))
				*ret = true;
		}
	}
	return 0;
}
