/*
 * uplink: see uplink.h.
 */
#include "api/uplink.h"

#include "api/guest.h"
#include "api/signer.h"
#include "base/alloc.h"
#include "base/log.h"
#include "codec/json.h"
#include "codec/jsonw.h"
#include "pki/cert_name.h"
#include "store/store_agent.h"

#define MAX_LINKS 65536
#define MAX_TEXT_BYTES 4096 /* of what an agent says */
#define MAX_KEY_BYTES 32768
#define PAGE 64
#define PAGE_BYTES (64u << 20)
/* All that is told of one instance; its keys have a limit of their own. */
#define INSTANCE_BYTES (64u << 20)

enum link_state {
	LINK_OPEN, /* until its hello; front closes what stays silent */
	LINK_SYNCED,
};

struct link {
	uint64_t number;
	enum link_state state;
	char agent_id[64];
	char vpc_id[33];      /* speaks for a whole VPC, or, when empty, */
	char instance_id[33]; /* for one instance */
};

struct uplink {
	struct api *api;
	struct front_port port;
	struct link *links;
	size_t n, cap;
};

void
uplink_free(struct uplink *u)
{
	if (u == NULL)
		return;
	xfree(u->links);
	xfree(u);
}

static struct link *
link_get(const struct api *api, uint64_t number)
{
	size_t i;

	for (i = 0; i < api->uplink->n; i++) {
		if (api->uplink->links[i].number == number)
			return &api->uplink->links[i];
	}
	return NULL;
}

static void
link_remove(struct uplink *u, struct link *l)
{
	*l = u->links[--u->n];
}

void
uplink_closed(struct api *api, uint64_t number)
{
	struct link *l = link_get(api, number);

	if (l == NULL)
		return;
	log_info("agent-gone", log_c("agent", l->agent_id), log_i("link", (int64_t)number));
	link_remove(api->uplink, l);
}

void
uplink_reset(struct api *api)
{
	api->uplink->n = 0;
}

/* ---- the port ---- */

static void
port_text(void *ctx, uint64_t number, struct str text)
{
	const struct front_port *next = ((struct uplink *)ctx)->api->o.front;

	next->text(next->ctx, number, text);
}

/* Only now, after the commit, is the link gone. */
static void
port_close(void *ctx, uint64_t number, uint16_t code, struct str reason)
{
	struct uplink *u = ctx;
	const struct front_port *next = u->api->o.front;

	uplink_closed(u->api, number);
	next->close(next->ctx, number, code, reason);
}

struct uplink *
uplink_new(struct api *api)
{
	struct uplink *u = xalloc(sizeof(*u));

	u->api = api;
	u->port = (struct front_port){ .ctx = u, .text = port_text, .close = port_close };
	return u;
}

const struct front_port *
uplink_port(const struct uplink *u)
{
	return &u->port;
}

/* ---- links ---- */

/* An agent that has come back before its old link was found to be dead. */
static void
close_older(struct api *api, struct str agent_id)
{
	const struct uplink *u = api->uplink;
	size_t i;

	for (i = 0; i < u->n; i++) {
		if (str_eq_c(agent_id, u->links[i].agent_id))
			outbox_close(api->outbox, u->links[i].number, 1000,
			    STR("the agent has connected again"));
	}
}

int
uplink_open(struct api *api, uint64_t number, struct str certificate_der)
{
	struct link link = { .number = number, .state = LINK_OPEN };
	struct uplink *u = api->uplink;
	struct store_agent agent;
	struct arena *a;
	char name[65];
	int r;

	cert_name_sha256(certificate_der, name);
	a = arena_new(1u << 16);
	r = store_agent_get_by_cert(api->o.store, a, str_of(name), &agent);
	if (r != 0) {
		log_warn("agent-refused", log_c("certificate", name), log_e(r));
		r = r == ERR_NOTFOUND ? ERR_DENIED : r;
		goto out;
	}
	if (u->n == MAX_LINKS) {
		r = ERR_FULL;
		goto out;
	}
	if ((r = str_copy(link.agent_id, sizeof(link.agent_id), agent.agent_id)) != 0 ||
	    (r = str_copy(link.vpc_id, sizeof(link.vpc_id), agent.vpc_id)) != 0 ||
	    (r = str_copy(link.instance_id, sizeof(link.instance_id), agent.instance_id)) != 0 ||
	    (r = store_agent_seen(api->o.store, agent.agent_id, clock_wall_s(api->o.clock))) != 0)
		goto out;
	close_older(api, agent.agent_id);
	if (u->n == u->cap) {
		u->cap = u->cap == 0 ? 16 : 2 * u->cap;
		u->links = xregrow(u->links, u->cap, sizeof(u->links[0]));
	}
	u->links[u->n++] = link;
	log_info("agent", log_s("agent", agent.agent_id), log_i("link", (int64_t)number));
out:
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
uplink_find(const struct api *api, const struct store_instance *v)
{
	const struct uplink *u = api->uplink;
	size_t i;

	for (i = 0; i < u->n; i++) {
		if (u->links[i].state == LINK_SYNCED && speaks_for(&u->links[i], v))
			return u->links[i].number;
	}
	return 0;
}

/* ---- what is sent ---- */

static int
guest_send(struct api *api, struct arena *a, uint64_t number, const struct store_instance *v)
{
	struct buf b;
	int r;

	buf_init(&b, GUEST_MAX_BYTES);
	if ((r = guest_write(api, a, v, &b)) == 0)
		outbox_text(api->outbox, number, buf_view(&b));
	buf_release(&b);
	return r;
}

int
uplink_guest(struct api *api, struct arena *a, const struct store_instance *v)
{
	uint64_t number = uplink_find(api, v);

	return number == 0 ? 0 : guest_send(api, a, number, v);
}

static void
small_send(struct api *api, uint64_t number, const char *type, const char *name, struct str value)
{
	struct jsonw w;
	struct buf b;

	buf_init(&b, MAX_KEY_BYTES);
	jsonw_init(&w, &b);
	jsonw_object(&w);
	jsonw_m_c(&w, "type", type);
	if (name != NULL)
		jsonw_m_str(&w, name, value);
	jsonw_end(&w);
	outbox_text(api->outbox, number, buf_view(&b));
	buf_release(&b);
}

void
uplink_guest_gone(struct api *api, const struct store_instance *v)
{
	uint64_t number = uplink_find(api, v);

	if (number != 0)
		small_send(api, number, "guest_gone", "instance_id", v->instance_id);
}

void
uplink_key(struct api *api, uint64_t number, const struct store_active_key *v)
{
	struct jsonw w;
	struct buf b;

	buf_init(&b, MAX_KEY_BYTES);
	jsonw_init(&w, &b);
	jsonw_object(&w);
	jsonw_m_c(&w, "type", "key");
	jsonw_m_str(&w, "instance_id", v->instance_id);
	jsonw_m_str(&w, "os_user", v->os_user);
	jsonw_m_str(&w, "request_id", v->request_id);
	jsonw_m_str(&w, "signer_id", v->signer_id);
	jsonw_m_i64(&w, "ttl_ms", v->left_ms);
	jsonw_m_str(&w, "entry", v->entry);
	jsonw_end(&w);
	outbox_text(api->outbox, number, buf_view(&b));
	buf_release(&b);
}

void
uplink_key_gone(struct api *api, uint64_t number, struct str instance_id, struct str request_id)
{
	struct jsonw w;
	struct buf b;

	buf_init(&b, MAX_KEY_BYTES);
	jsonw_init(&w, &b);
	jsonw_object(&w);
	jsonw_m_c(&w, "type", "key_gone");
	jsonw_m_str(&w, "instance_id", instance_id);
	jsonw_m_str(&w, "request_id", request_id);
	jsonw_end(&w);
	outbox_text(api->outbox, number, buf_view(&b));
	buf_release(&b);
}

/* The live keys of an instance; those of an older signer are signed anew. */
static int
keys_send(struct api *api, struct arena *a, uint64_t number, struct str instance_id)
{
	const struct store_active_key_now now = {
		.boot_id = str_of(api->boot_id),
		.boot_ms = clock_boot_ms(api->o.clock),
		.wall_ms = clock_wall_ms(api->o.clock),
		.lifetime_ms = api->o.settings->key_lifetime_s * 1000,
	};
	struct store_active_key *keys;
	struct buf entry;
	size_t i, n;
	int r;

	if ((r = store_active_key_list(api->o.store, a, instance_id, &now, &keys, &n)) != 0)
		return r;
	buf_init(&entry, MAX_KEY_BYTES);
	for (i = 0; i < n; i++) {
		if (!str_eq(keys[i].signer_id, signer_id(api->signer))) {
			buf_clear(&entry);
			if ((r = signer_entry_write(api, &keys[i], &entry)) != 0)
				break;
			keys[i].signer_id = signer_id(api->signer);
			keys[i].entry = buf_view(&entry);
		}
		uplink_key(api, number, &keys[i]);
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

/* One instance of a link: its keys, and before that itself unless keys_only. */
static int
instance_send(struct api *api, struct arena *a, const struct link *l,
    const struct store_instance *v, bool keys_only)
{
	int r;

	if (!is_up(v->state))
		return 0;
	if (!keys_only && (r = guest_send(api, a, l->number, v)) != 0)
		return r;
	return keys_send(api, a, l->number, v->instance_id);
}

static int
instances_send(struct api *api, const struct link *l, bool keys_only)
{
	struct store_instance one, *page = &one;
	struct arena *a = arena_new(PAGE_BYTES), *each = arena_new(INSTANCE_BYTES);
	int64_t after = 0;
	size_t i, n = 1;
	int r;

	if (l->vpc_id[0] == '\0') {
		r = store_instance_get(api->o.store, a, str_of(l->instance_id), &one);
		if (r == 0)
			r = instance_send(api, each, l, &one, keys_only);
		if (r == ERR_NOTFOUND)
			r = 0;
		goto out;
	}
	do {
		arena_reset(a);
		r = store_instance_list_vpc(api->o.store, a, str_of(l->vpc_id), after, PAGE, &page,
		    &n);
		for (i = 0; r == 0 && i < n; i++) {
			arena_reset(each);
			r = instance_send(api, each, l, &page[i], keys_only);
			after = page[i].seq;
		}
	} while (r == 0 && n == PAGE);
out:
	arena_free(each);
	arena_free(a);
	return r;
}

int
uplink_signer_changed(struct api *api)
{
	struct uplink *u = api->uplink;
	size_t i;
	int r;

	for (i = 0; i < u->n; i++) {
		if (u->links[i].state != LINK_SYNCED)
			continue;
		outbox_text(api->outbox, u->links[i].number, signer_message(api->signer));
		if ((r = instances_send(api, &u->links[i], true)) != 0)
			return r;
	}
	return 0;
}

/* ---- what comes ---- */

static int
hello(struct api *api, struct link *l, const struct json *v)
{
	struct str version;
	int r;

	if (json_str(json_get(v, "version"), &version) != 0 || version.n > 64)
		return ERR_SYNTAX;
	if (l->state != LINK_OPEN)
		return ERR_SYNTAX;
	outbox_text(api->outbox, l->number, signer_message(api->signer));
	if ((r = instances_send(api, l, false)) != 0)
		return r;
	small_send(api, l->number, "synced", NULL, STR(""));
	l->state = LINK_SYNCED;
	log_info("agent-hello", log_c("agent", l->agent_id), log_s("version", version));
	return 0;
}

int
uplink_text(struct api *api, uint64_t number, struct str text)
{
	struct link *l = link_get(api, number);
	struct json *v;
	struct str type;
	int r;

	/* A link that was closed here while its text was under way. */
	if (l == NULL)
		return 0;
	if ((r = json_parse(text, MAX_TEXT_BYTES, 4, &v, NULL)) != 0)
		return ERR_SYNTAX;
	if (json_str(json_get(v, "type"), &type) != 0)
		r = ERR_SYNTAX;
	else if (str_eq_c(type, "hello"))
		r = hello(api, l, v);
	json_free(v);
	return r;
}
