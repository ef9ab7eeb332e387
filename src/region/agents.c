/*
 * agents: see agents.h.
 */
#include "region/agents.h"

#include "region/agent_cert.h"
#include "region/agents_state.h"
#include "region/guest.h"
#include "region/signer.h"
#include "base/alloc.h"
#include "base/array.h"
#include "base/log.h"
#include "codec/ws.h"
#include "link/json.h"
#include "pki/cert_name.h"
#include "store/store_agent.h"

#define MAX_LINKS 65536
#define MAX_KEY_BYTES 32768
/* How far the clock of an agent may be off until a push warns of it. Ahead: that much of a key's
 * life is lost there. Behind: it may only seem so, because what the agent said was held up. */
#define AHEAD_MAX_S 10
#define BEHIND_MAX_S 60
#define WARN_EVERY_MS 60000
#define PAGE 64
#define PAGE_BYTES (64u << 20)
/* The memory for sending one instance with its keys, whose number is limited. */
#define INSTANCE_BYTES (64u << 20)

void
agents_free(struct agents *u)
{
	if (u == NULL)
		return;
	xfree(u->links);
	xfree(u);
}

/* NULL: there is none, or none any more. */
static struct link *
agents_link(const struct region *region, uint64_t link_number)
{
	size_t i;

	for (i = 0; i < region->agents->n; i++) {
		if (region->agents->links[i].number == link_number)
			return &region->agents->links[i];
	}
	return NULL;
}

static void
link_remove(struct agents *u, struct link *l)
{
	*l = u->links[--u->n];
}

size_t
agents_count(const struct region *region)
{
	return region->agents->n;
}

void
agents_closed(struct region *region, uint64_t link_number)
{
	struct link *l = agents_link(region, link_number);

	if (l == NULL)
		return;
	log_info("agent-gone", log_c("agent", l->agent_id), log_i("link", (int64_t)link_number));
	link_remove(region->agents, l);
}

void
agents_gone(struct region *region, uint64_t first, uint64_t last)
{
	struct agents *u = region->agents;
	size_t i;

	for (i = u->n; i-- > 0;)
		if (u->links[i].number >= first && u->links[i].number <= last)
			link_remove(u, &u->links[i]);
}

/* ---- the port ---- */

static void
port_text(void *ctx, uint64_t link_number, struct str text)
{
	const struct front_port *next = ((struct agents *)ctx)->region->front;

	next->text(next->ctx, link_number, text);
}

/* The outbox delivers this after the commit. Only then the link is forgotten. */
static void
port_close(void *ctx, uint64_t link_number, uint16_t code, struct str reason)
{
	struct agents *u = ctx;
	const struct front_port *next = u->region->front;

	agents_closed(u->region, link_number);
	next->close(next->ctx, link_number, code, reason);
}

struct agents *
agents_new(struct region *region)
{
	struct agents *u = xalloc(sizeof(*u));

	u->region = region;
	u->port = (struct front_port){ .ctx = u, .text = port_text, .close = port_close };
	return u;
}

const struct front_port *
agents_port(const struct agents *u)
{
	return &u->port;
}

/* ---- links ---- */

/* Closes the older links of an agent, which connected again before its old link was found to be
 * dead. */
static void
close_older(struct region *region, struct str agent_id)
{
	const struct agents *u = region->agents;
	size_t i;

	for (i = 0; i < u->n; i++) {
		if (str_eq_c(agent_id, u->links[i].agent_id))
			outbox_close(region->outbox, u->links[i].number, WS_CODE_NORMAL,
			    STR("the agent has connected again"));
	}
}

/* Notes with which of its certificates the agent has come. If it is the next one, that one is the
 * present one from now on: the agent has it, and does not come with the other any more. */
static int
cert_set(struct region *region, const struct store_agent *v, const char *name,
    struct agent_cert *ret)
{
	bool next = str_eq_c(v->next_sha256, name);
	int r;

	if ((r = str_copy(ret->sha256, sizeof(ret->sha256), str_of(name))) != 0 ||
	    (r = str_copy(ret->issuer_id, sizeof(ret->issuer_id),
		 next ? v->next_issuer_id : v->issuer_id)) != 0)
		return r;
	ret->not_after = next ? v->next_not_after : v->cert_not_after;
	return next ? store_agent_follow(region->store, v->agent_id) : 0;
}

int
agents_open(struct region *region, uint64_t link_number, struct str certificate_der)
{
	struct link link = { .number = link_number, .state = AGENT_OPEN };
	struct agents *u = region->agents;
	struct store_agent agent;
	struct arena *a;
	char name[65];
	int r;

	cert_name_sha256(certificate_der, name);
	a = arena_new(1u << 16);
	r = store_agent_get_by_cert(region->store, a, str_of(name), &agent);
	if (r != 0) {
		log_warn("agent-refused", log_c("certificate", name), log_e(r));
		r = r == ERR_NOTFOUND ? ERR_DENIED : r;
		goto out;
	}
	if (agent.revoked_at != 0) {
		log_warn("agent-refused", log_c("certificate", name),
		    log_s("agent", agent.agent_id), log_c("why", "revoked"));
		r = ERR_DENIED;
		goto out;
	}
	if ((r = cert_set(region, &agent, name, &link.cert)) != 0)
		goto out;
	if (u->n == MAX_LINKS) {
		r = ERR_FULL;
		goto out;
	}
	if ((r = str_copy(link.agent_id, sizeof(link.agent_id), agent.agent_id)) != 0 ||
	    (r = str_copy(link.vpc_id, sizeof(link.vpc_id), agent.vpc_id)) != 0 ||
	    (r = str_copy(link.instance_id, sizeof(link.instance_id), agent.instance_id)) != 0 ||
	    (r = store_agent_seen(region->store, agent.agent_id, clock_wall_s(region->clock))) != 0)
		goto out;
	close_older(region, agent.agent_id);
	u->links = array_room(u->links, u->n, &u->cap, sizeof(u->links[0]));
	u->links[u->n++] = link;
	log_info("agent", log_s("agent", agent.agent_id), log_i("link", (int64_t)link_number));
out:
	arena_free(a);
	return r;
}

/* Is this link's certificate still one of its agent? */
static int
still_good(struct region *region, struct arena *a, const struct link *l, bool *ret)
{
	struct store_agent v;
	int r;

	r = store_agent_get_by_cert(region->store, a, str_of(l->cert.sha256), &v);
	*ret = r == 0 && v.revoked_at == 0 && str_eq_c(v.agent_id, l->agent_id);
	return r == ERR_NOTFOUND ? 0 : r;
}

int
agents_check(struct region *region)
{
	const struct agents *u = region->agents;
	struct arena *a = arena_new(1u << 16);
	bool good;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < u->n; i++) {
		arena_reset(a);
		if ((r = still_good(region, a, &u->links[i], &good)) != 0 || good)
			continue;
		log_warn("agent-revoked", log_c("agent", u->links[i].agent_id),
		    log_c("certificate", u->links[i].cert.sha256));
		outbox_close(region->outbox, u->links[i].number, LINK_CODE_REVOKED,
		    STR("the certificate was revoked"));
	}
	arena_free(a);
	return r;
}

static bool
speaks_for(const struct link *l, const struct store_instance *v)
{
	return l->vpc_id[0] != '\0' ? str_eq_c(v->vpc_id, l->vpc_id)
				    : str_eq_c(v->instance_id, l->instance_id);
}

uint64_t
agents_find(const struct region *region, const struct store_instance *v)
{
	const struct agents *u = region->agents;
	size_t i;

	for (i = 0; i < u->n; i++) {
		if (u->links[i].state == AGENT_SYNCED && speaks_for(&u->links[i], v))
			return u->links[i].number;
	}
	return 0;
}

enum signer_kind
agents_signer(const struct region *region, uint64_t link_number)
{
	const struct link *l = agents_link(region, link_number);

	return l != NULL ? l->signer : SIGNER_RSA;
}

/* ---- what is sent ---- */

/* What the store holds of an instance or a key is far smaller than a message may be. If it were
 * not, nothing would be sent rather than a part. */
void
agents_send(struct region *region, uint64_t link_number, const struct link_message *m)
{
	struct buf b;
	int r;

	buf_init(&b, LINK_MAX_BYTES);
	if ((r = link_json_write(m, 0, &b)) == 0)
		outbox_text(region->outbox, link_number, buf_view(&b));
	else
		log_error("agent-message", log_i("type", m->type), log_e(r));
	buf_release(&b);
}

static int
guest_send(struct region *region, struct arena *a, uint64_t link_number,
    const struct store_instance *v)
{
	struct link_message m = { .type = LINK_GUEST };
	int r;

	if ((r = guest_read(region, a, v, &m.guest)) == 0)
		agents_send(region, link_number, &m);
	return r;
}

int
agents_guest(struct region *region, struct arena *a, const struct store_instance *v)
{
	uint64_t link_number = agents_find(region, v);

	return link_number == 0 ? 0 : guest_send(region, a, link_number, v);
}

void
agents_guest_gone(struct region *region, const struct store_instance *v)
{
	uint64_t link_number = agents_find(region, v);
	const struct link_message m = { .type = LINK_GUEST_GONE, .guest_gone = { v->instance_id } };

	if (link_number != 0)
		agents_send(region, link_number, &m);
}

void
agents_key(struct region *region, uint64_t link_number, const struct store_active_key *v)
{
	const struct link_message m = { .type = LINK_KEY,
		.key = { .instance_id = v->instance_id,
		    .os_user = v->os_user,
		    .request_id = v->request_id,
		    .signer_id = v->signer_id,
		    .deadline_ms = v->left_ms, /* counted from 0, as agents_send does */
		    .at_ms = clock_boot_ms(region->clock),
		    .entry = v->entry } };

	agents_send(region, link_number, &m);
}

void
agents_key_gone(struct region *region, uint64_t link_number, struct str instance_id,
    struct str request_id)
{
	const struct link_message m = { .type = LINK_KEY_GONE,
		.key_gone = { instance_id, request_id } };

	agents_send(region, link_number, &m);
}

void
agents_clock_warn(struct region *region, uint64_t link_number, const struct store_active_key *v)
{
	struct link *l = agents_link(region, link_number);
	int64_t now_ms = clock_boot_ms(region->clock);

	if (l == NULL || (l->ahead_s <= AHEAD_MAX_S && l->ahead_s >= -BEHIND_MAX_S) ||
	    (l->warned_ms != 0 && now_ms - l->warned_ms < WARN_EVERY_MS))
		return;
	l->warned_ms = now_ms;
	log_warn("agent-clock", log_c("agent", l->agent_id), log_s("instance", v->instance_id),
	    log_s("request", v->request_id), log_i("ahead_s", l->ahead_s),
	    log_c("why",
		l->ahead_s > 0 ? "keys end there before their time"
			       : "keys there are from the future"));
}

/* Sends the active keys of an instance. Those that another signer signed are signed again: an
 * older one, or, since its agent has another helper than when the key was pushed, one of the
 * other kind. */
static int
keys_send(struct region *region, struct arena *a, const struct link *l, struct str instance_id)
{
	struct str signer = signer_id(region->signer, l->signer);
	const struct store_active_key_now now = {
		.boot_id = str_of(region->boot_id),
		.boot_ms = clock_boot_ms(region->clock),
		.wall_ms = clock_wall_ms(region->clock),
		.lifetime_ms = region->settings->key_lifetime_s * 1000,
	};
	struct store_active_key *keys;
	struct buf entry;
	size_t i, n;
	int r;

	if ((r = store_active_key_list(region->store, a, instance_id, &now, &keys, &n)) != 0)
		return r;
	buf_init(&entry, MAX_KEY_BYTES);
	for (i = 0; i < n; i++) {
		if (!str_eq(keys[i].signer_id, signer)) {
			buf_clear(&entry);
			if ((r = signer_entry_write(region, l->signer, &keys[i], a, &entry)) != 0)
				break;
			keys[i].signer_id = signer;
			keys[i].entry = buf_view(&entry);
			/* So that the next hello need not sign it again. */
			if ((r = store_active_key_sign(region->store, &keys[i])) != 0)
				break;
			region->agents->n_signed++;
		}
		agents_key(region, l->number, &keys[i]);
	}
	buf_release(&entry);
	return r;
}

/* Does a guest in this state have a metadata service? */
static bool
is_up(enum store_instance_state s)
{
	switch (s) {
	case STORE_INSTANCE_PENDING:
	case STORE_INSTANCE_RUNNING:
	case STORE_INSTANCE_STOPPING:
	case STORE_INSTANCE_SHUTTING_DOWN:
		return true;
	case STORE_INSTANCE_STOPPED:
	case STORE_INSTANCE_TERMINATED:
		return false;
	}
	return false;
}

/* Sends one instance of a link, unless keys_only, and then its keys. */
static int
instance_send(struct region *region, struct arena *a, const struct link *l,
    const struct store_instance *v, bool keys_only)
{
	int r;

	if (!is_up(v->state))
		return 0;
	if (!keys_only && (r = guest_send(region, a, l->number, v)) != 0)
		return r;
	return keys_send(region, a, l, v->instance_id);
}

static int
instances_send(struct region *region, const struct link *l, bool keys_only)
{
	struct store_instance one, *page = &one;
	struct arena *a = arena_new(PAGE_BYTES), *each = arena_new(INSTANCE_BYTES);
	int64_t after = 0;
	size_t i, n = 1;
	int r;

	if (l->vpc_id[0] == '\0') {
		r = store_instance_get(region->store, a, str_of(l->instance_id), &one);
		if (r == 0)
			r = instance_send(region, each, l, &one, keys_only);
		if (r == ERR_NOTFOUND)
			r = 0;
		goto out;
	}
	do {
		arena_reset(a);
		r = store_instance_list_vpc(region->store, a, str_of(l->vpc_id), after, PAGE, &page,
		    &n);
		for (i = 0; r == 0 && i < n; i++) {
			arena_reset(each);
			r = instance_send(region, each, l, &page[i], keys_only);
			after = page[i].seq;
		}
	} while (r == 0 && n == PAGE);
out:
	arena_free(each);
	arena_free(a);
	return r;
}

int
agents_signer_changed(struct region *region)
{
	struct agents *u = region->agents;
	size_t i;
	int r;

	for (i = 0; i < u->n; i++) {
		if (u->links[i].state != AGENT_SYNCED)
			continue;
		outbox_text(region->outbox, u->links[i].number,
		    signer_message(region->signer, u->links[i].signer));
		if ((r = instances_send(region, &u->links[i], true)) != 0)
			return r;
	}
	return 0;
}

/* ---- what comes ---- */

static bool
resigned_lately(const struct region *region, const struct link *l)
{
	const struct agents *u = region->agents;
	int64_t since = clock_boot_ms(region->clock) - region->settings->key_lifetime_s * 1000;
	size_t i;

	for (i = 0; i < AGENTS_RESIGNED_MAX; i++) {
		if (u->resigned[i].at_ms > since &&
		    strcmp(u->resigned[i].agent_id, l->agent_id) == 0)
			return true;
	}
	return false;
}

static void
resigned_note(const struct region *region, const struct link *l)
{
	struct agents *u = region->agents;
	struct resigned *v = &u->resigned[u->next_resigned++ % AGENTS_RESIGNED_MAX];

	memcpy(v->agent_id, l->agent_id, sizeof(v->agent_id));
	v->at_ms = clock_boot_ms(region->clock);
}

/*
 * Who has another helper each time that it connects would have all its live keys signed each time.
 * So one whose keys were signed by RSA less than a key's life ago keeps RSA, which every helper
 * reads, until it connects again.
 */
static enum signer_kind
signer_choose(const struct region *region, const struct link *l, const struct link_hello *v)
{
	return v->helper_openeic && !resigned_lately(region, l) ? SIGNER_P256 : SIGNER_RSA;
}

static int
hello(struct region *region, struct link *l, const struct link_hello *v)
{
	const struct link_message synced = { .type = LINK_SYNCED };
	int r;

	if (l->state != AGENT_OPEN)
		return ERR_SYNTAX;
	l->signer = signer_choose(region, l, v);
	region->agents->n_signed = 0;
	outbox_text(region->outbox, l->number, signer_message(region->signer, l->signer));
	if ((r = instances_send(region, l, false)) != 0)
		return r;
	if (l->signer == SIGNER_RSA && region->agents->n_signed > 0)
		resigned_note(region, l);
	agents_send(region, l->number, &synced);
	l->state = AGENT_SYNCED;
	if ((r = agent_cert_ask(region, l)) != 0)
		return r;
	log_info("agent-hello", log_c("agent", l->agent_id), log_s("version", v->version),
	    log_c("helper", v->helper_openeic ? "openeic" : "stock"));
	return 0;
}

static int
take(struct region *region, struct link *l, const struct link_message *m)
{
	if (m->type == LINK_HELLO)
		return hello(region, l, &m->hello);
	if (m->type == LINK_RENEWAL)
		return agent_cert_said(region, l, &m->renewal);
	if (m->type == LINK_CLOCK)
		l->ahead_s = m->clock.now_s - clock_wall_s(region->clock);
	return 0;
}

int
agents_text(struct region *region, uint64_t link_number, struct str text)
{
	struct link *l = agents_link(region, link_number);
	struct link_message m;
	struct arena *a;
	int r;

	/* The link was closed here while the text was on its way. */
	if (l == NULL)
		return 0;
	a = arena_new(2 * LINK_MAX_AGENT_BYTES);
	r = link_json_parse_agent(a, text, &m, NULL) != 0 ? ERR_SYNTAX : take(region, l, &m);
	arena_free(a);
	return r;
}

int
agents_again(struct region *region, uint64_t link_number, struct str text)
{
	const struct link_message reset = { .type = LINK_RESET };

	if (agents_link(region, link_number) != NULL)
		agents_send(region, link_number, &reset);
	return agents_text(region, link_number, text);
}
