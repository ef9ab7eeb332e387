/*
 * relay: messages to and from IPC; see relay.h.
 */
#include "agent/relay.h"

#include "ipc/msg.h"

#define MAX_TEXT MESSAGE_MAX_BYTES
#define N_TEXTS 16

static void
guest_texts(struct guest_desc *d, struct str *ret[static N_TEXTS])
{
	struct str *all[N_TEXTS] = { &d->instance_id, &d->private_ip, &d->public_ip, &d->mac,
		&d->hostname, &d->ami_id, &d->instance_type, &d->availability_zone, &d->region,
		&d->domain, &d->account_id, &d->vpc_id, &d->subnet_id, &d->key_name, &d->public_key,
		&d->user_data };

	memcpy(ret, all, sizeof(all));
}

/* ---- writing ---- */

static void
write_signer(struct ipc_out *out, const struct signer_desc *d)
{
	size_t i;

	ipc_put_str(out, d->id);
	ipc_put_str(out, d->chain);
	ipc_put_u16(out, (uint16_t)d->n_staples);
	for (i = 0; i < d->n_staples; i++) {
		ipc_put_str(out, d->staples[i].name);
		ipc_put_str(out, d->staples[i].base64);
	}
}

static void
write_guest(struct ipc_out *out, const struct guest_desc *d)
{
	struct guest_desc copy = *d;
	struct str *texts[N_TEXTS];
	size_t i;

	guest_texts(&copy, texts);
	for (i = 0; i < N_TEXTS; i++)
		ipc_put_str(out, *texts[i]);
	ipc_put_u16(out, (uint16_t)d->n_groups);
	for (i = 0; i < d->n_groups; i++)
		ipc_put_str(out, d->groups[i]);
	ipc_put_u16(out, (uint16_t)d->n_tags);
	for (i = 0; i < d->n_tags; i++) {
		ipc_put_str(out, d->tags[i].key);
		ipc_put_str(out, d->tags[i].value);
	}
	ipc_put_u8(out, d->http_endpoint);
	ipc_put_u8(out, d->http_tokens_required);
	ipc_put_u8(out, d->hop_limit);
	ipc_put_u64(out, (uint64_t)d->launch_s);
}

static void
write_key(struct ipc_out *out, struct str instance_id, const struct key_desc *d)
{
	ipc_put_str(out, instance_id);
	ipc_put_str(out, d->os_user);
	ipc_put_str(out, d->request_id);
	ipc_put_str(out, d->signer_id);
	ipc_put_u64(out, (uint64_t)d->deadline_ms);
	ipc_put_str(out, d->entry);
}

static const uint16_t numbers[] = {
	[MESSAGE_SIGNER] = MSG_UI_SIGNER,
	[MESSAGE_GUEST] = MSG_UI_GUEST,
	[MESSAGE_GUEST_GONE] = MSG_UI_GUEST_GONE,
	[MESSAGE_KEY] = MSG_UI_KEY,
	[MESSAGE_KEY_GONE] = MSG_UI_KEY_GONE,
	[MESSAGE_SYNCED] = MSG_UI_SYNCED,
	[MESSAGE_RESET] = MSG_UI_RESET,
};

void
relay_write(struct ipc_out *out, const struct message *m)
{
	ipc_begin(out, numbers[m->type]);
	switch (m->type) {
	case MESSAGE_SIGNER:
		write_signer(out, &m->signer);
		break;
	case MESSAGE_GUEST:
		write_guest(out, &m->guest);
		break;
	case MESSAGE_GUEST_GONE:
		ipc_put_str(out, m->instance_id);
		break;
	case MESSAGE_KEY:
		write_key(out, m->instance_id, &m->key);
		break;
	case MESSAGE_KEY_GONE:
		ipc_put_str(out, m->instance_id);
		ipc_put_str(out, m->request_id);
		break;
	case MESSAGE_SYNCED:
	case MESSAGE_RESET:
	case MESSAGE_UNKNOWN:
		break;
	}
}

void
relay_write_reset(struct ipc_out *out)
{
	ipc_begin(out, MSG_UI_RESET);
}

/* ---- reading ---- */

static int
read_signer(struct ipc_in *in, struct arena *a, struct signer_desc *d)
{
	struct signer_staple *v;
	uint16_t n;
	size_t i;
	int r;

	if ((r = ipc_get_str(in, MAX_TEXT, &d->id)) != 0 ||
	    (r = ipc_get_str(in, MAX_TEXT, &d->chain)) != 0 || (r = ipc_get_u16(in, &n)) != 0)
		return r;
	if (n > SIGNERS_MAX_STAPLES)
		return ERR_PEER;
	v = arena_array(a, n, sizeof(*v));
	for (i = 0; i < n; i++) {
		if ((r = ipc_get_str(in, MAX_TEXT, &v[i].name)) != 0 ||
		    (r = ipc_get_str(in, MAX_TEXT, &v[i].base64)) != 0)
			return r;
	}
	d->staples = v;
	d->n_staples = n;
	return 0;
}

static int
read_groups(struct ipc_in *in, struct arena *a, struct guest_desc *d)
{
	struct str *v;
	uint16_t n;
	size_t i;
	int r;

	if ((r = ipc_get_u16(in, &n)) != 0)
		return r;
	if (n > GUESTS_MAX_GROUPS)
		return ERR_PEER;
	v = arena_array(a, n, sizeof(*v));
	for (i = 0; i < n; i++) {
		if ((r = ipc_get_str(in, MAX_TEXT, &v[i])) != 0)
			return r;
	}
	d->groups = v;
	d->n_groups = n;
	return 0;
}

static int
read_tags(struct ipc_in *in, struct arena *a, struct guest_desc *d)
{
	struct guest_tag *v;
	uint16_t n;
	size_t i;
	int r;

	if ((r = ipc_get_u16(in, &n)) != 0)
		return r;
	if (n > GUESTS_MAX_TAGS)
		return ERR_PEER;
	v = arena_array(a, n, sizeof(*v));
	for (i = 0; i < n; i++) {
		if ((r = ipc_get_str(in, MAX_TEXT, &v[i].key)) != 0 ||
		    (r = ipc_get_str(in, MAX_TEXT, &v[i].value)) != 0)
			return r;
	}
	d->tags = v;
	d->n_tags = n;
	return 0;
}

static int
read_guest(struct ipc_in *in, struct arena *a, struct guest_desc *d)
{
	struct str *texts[N_TEXTS];
	uint8_t endpoint, required;
	uint64_t launch;
	size_t i;
	int r;

	guest_texts(d, texts);
	for (i = 0; i < N_TEXTS; i++) {
		if ((r = ipc_get_str(in, MAX_TEXT, texts[i])) != 0)
			return r;
	}
	if ((r = read_groups(in, a, d)) != 0 || (r = read_tags(in, a, d)) != 0 ||
	    (r = ipc_get_u8(in, &endpoint)) != 0 || (r = ipc_get_u8(in, &required)) != 0 ||
	    (r = ipc_get_u8(in, &d->hop_limit)) != 0 || (r = ipc_get_u64(in, &launch)) != 0)
		return r;
	if (endpoint > 1 || required > 1 || launch > INT64_MAX)
		return ERR_PEER;
	d->http_endpoint = endpoint == 1;
	d->http_tokens_required = required == 1;
	d->launch_s = (int64_t)launch;
	return 0;
}

static int
read_key(struct ipc_in *in, struct message *m)
{
	uint64_t deadline;
	int r;

	if ((r = ipc_get_str(in, MAX_TEXT, &m->instance_id)) != 0 ||
	    (r = ipc_get_str(in, MAX_TEXT, &m->key.os_user)) != 0 ||
	    (r = ipc_get_str(in, MAX_TEXT, &m->key.request_id)) != 0 ||
	    (r = ipc_get_str(in, MAX_TEXT, &m->key.signer_id)) != 0 ||
	    (r = ipc_get_u64(in, &deadline)) != 0 ||
	    (r = ipc_get_str(in, MAX_TEXT, &m->key.entry)) != 0)
		return r;
	if (deadline > INT64_MAX)
		return ERR_PEER;
	m->key.deadline_ms = (int64_t)deadline;
	return 0;
}

static int
read_body(struct ipc_in *in, struct arena *a, struct message *m)
{
	int r;

	switch (m->type) {
	case MESSAGE_SIGNER:
		return read_signer(in, a, &m->signer);
	case MESSAGE_GUEST:
		return read_guest(in, a, &m->guest);
	case MESSAGE_GUEST_GONE:
		return ipc_get_str(in, MAX_TEXT, &m->instance_id);
	case MESSAGE_KEY:
		return read_key(in, m);
	case MESSAGE_KEY_GONE:
		if ((r = ipc_get_str(in, MAX_TEXT, &m->instance_id)) != 0)
			return r;
		return ipc_get_str(in, MAX_TEXT, &m->request_id);
	case MESSAGE_SYNCED:
	case MESSAGE_RESET:
		return 0;
	case MESSAGE_UNKNOWN:
		break;
	}
	return ERR_PEER;
}

int
relay_read(struct ipc_in *in, struct arena *a, struct message *ret)
{
	struct message m = { .type = MESSAGE_UNKNOWN };
	size_t i;
	int r;

	for (i = MESSAGE_SIGNER; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (numbers[i] == in->type)
			m.type = (enum message_type)i;
	}
	if ((r = read_body(in, a, &m)) != 0 || (r = ipc_get_end(in)) != 0)
		return r;
	*ret = m;
	return 0;
}
