/*
 * send_ssh_public_key: ec2-instance-connect:SendSSHPublicKey (wire.md 1). The key is put into a
 * signed blob entry, stored until it expires, and sent to the agent of the instance once the
 * transaction is committed. While keyd signs, core goes on with other requests.
 */
#include "api/call.h"
#include "svc/connect/actions.h"
#include "region/signer.h"
#include "region/agents.h"
#include "base/log.h"
#include "codec/sshkey.h"
#include "store/store_instance.h"

#define MAX_ENTRY_BYTES 16384
#define BYTE_ORDER_MARK STR("\xef\xbb\xbf")
/* The most keys that may be active at a time. Each lookup for a user reads all of the user's,
 * and an agent holds at most 2048 for an instance (imds/keys.h). */
#define MAX_KEYS_OF_USER 100
#define MAX_KEYS_OF_INSTANCE 2000
/* Who has no more than this part of them loses none to others. */
#define SHARES 4

struct input {
	struct str instance_id;
	struct str os_user;
	struct str public_key;
	struct str availability_zone;
	/* found by scope */
	const struct store_instance *instance; /* NULL: it does not exist */
	/* made by act, for finish */
	struct store_active_key *key;
	struct signer_entry entry;
	uint64_t link; /* of the instance's agent */
};

/* Limits are those of the service model (docs/wire.md 1.2). */
static const struct field fields[] = {
	{ .name = "InstanceId",
	    .type = FIELD_STR,
	    .at = offsetof(struct input, instance_id),
	    .required = true,
	    .form = FORM_CONNECT_INSTANCE,
	    .min = 10,
	    .max = 32 },
	{ .name = "InstanceOSUser",
	    .type = FIELD_STR,
	    .at = offsetof(struct input, os_user),
	    .required = true,
	    .form = FORM_OS_USER,
	    .min = 1,
	    .max = 32 },
	/* The act adds it to the audit record once it is known to be a public key. */
	{ .name = "SSHPublicKey",
	    .type = FIELD_STR,
	    .at = offsetof(struct input, public_key),
	    .required = true,
	    .min = 80,
	    .max = 4096,
	    .audit = "-" },
	{ .name = "AvailabilityZone",
	    .type = FIELD_STR,
	    .at = offsetof(struct input, availability_zone),
	    .form = FORM_AVAILABILITY_ZONE,
	    .min = 6,
	    .max = 32 },
};

/*
 * An instance that does not exist is authorized by its ARN all the same, and after the same
 * lookups. So a caller who may not push does not learn which instances exist.
 */
static enum awserr
scope(struct call *c)
{
	struct input *in = c->input;
	struct store_instance *v = arena_alloc(c->arena, sizeof(*v));
	int r;

	r = store_instance_get(c->region->store, c->arena, in->instance_id, v);
	if (r != 0 && r != ERR_NOTFOUND)
		return call_internal(c, "instance", r);
	if (r == 0 && str_eq(v->account_id, c->principal.account_id))
		in->instance = v;
	call_context(c, STR("ec2:osuser"), in->os_user);
	return call_target_tagged(c, IDS_INSTANCE, in->instance_id);
}

/* Is the type of the key accepted (wire.md 1.4)? RSA of 3072 bits is, because that is the size
 * that ssh-keygen gives RSA keys by default. */
static bool
is_welcome(const struct sshkey *k, bool allow_ecdsa)
{
	if (k->kind == SSHKEY_RSA)
		return k->bits == 2048 || k->bits == 3072 || k->bits == 4096;
	return k->kind == SSHKEY_ED25519 || allow_ecdsa;
}

/* Whoever is refused by a setting is told its name, for whoever may change it. */
static enum awserr
kind_check(struct call *c, const struct sshkey *k)
{
	if (is_welcome(k, c->region->settings->allow_ecdsa_keys))
		return AWSERR_NONE;
	if (k->kind == SSHKEY_RSA)
		return call_fail(c, AWSERR_INVALID_ARGS,
		    "SSHPublicKey is %.*s of %u bits: RSA of 2048, 3072 or 4096 bits and "
		    "ED25519 are supported",
		    STR_FMT(k->type), k->bits);
	return call_fail(c, AWSERR_INVALID_ARGS,
	    "SSHPublicKey is %.*s, which this installation takes only with its setting "
	    "allow_ecdsa_keys = yes: use ED25519, or RSA of 2048, 3072 or 4096 bits",
	    STR_FMT(k->type));
}

/* Parses the text of a public key. *ret_line is the key as one OpenSSH line. */
static enum awserr
key_check(struct call *c, struct str text, struct str *ret_line)
{
	struct sshkey key;
	enum awserr e;
	struct buf line;
	int r;

	r = sshkey_parse(c->arena, text, &key);
	if (r == ERR_DENIED)
		return call_fail(c, AWSERR_INVALID_ARGS,
		    "SSHPublicKey holds a private key. It was not used and not recorded; "
		    "send the public key, and consider this private key exposed");
	if (r == ERR_UNSUPPORTED)
		return call_fail(c, AWSERR_INVALID_ARGS,
		    "SSHPublicKey is of a type that is not supported: use RSA or ED25519");
	if (r != 0 && str_starts(text, BYTE_ORDER_MARK))
		return call_fail(c, AWSERR_INVALID_ARGS,
		    "SSHPublicKey begins with a byte order mark (U+FEFF): save the file as UTF-8 "
		    "without one");
	if (r != 0)
		return call_fail(c, AWSERR_INVALID_ARGS,
		    "SSHPublicKey is not a public key in OpenSSH or SSH2 (RFC 4716) form");
	if ((e = kind_check(c, &key)) != AWSERR_NONE)
		return e;
	buf_init(&line, SSHKEY_MAX_TEXT);
	sshkey_write(&line, &key);
	*ret_line = arena_str(c->arena, buf_view(&line));
	r = buf_err(&line);
	buf_release(&line);
	return r == 0 ? AWSERR_NONE : call_internal(c, "key line", r);
}

static enum awserr
instance_check(struct call *c, const struct input *in, uint64_t *ret_link)
{
	const struct store_instance *v = in->instance;

	if (v == NULL || v->state == STORE_INSTANCE_TERMINATED)
		return call_fail(c, AWSERR_INSTANCE_NOT_FOUND, "Instance %.*s was not found",
		    STR_FMT(in->instance_id));
	if (in->availability_zone.n > 0 && !str_eq(in->availability_zone, v->availability_zone))
		return call_fail(c, AWSERR_INSTANCE_NOT_FOUND,
		    "Instance %.*s was not found in Availability Zone %.*s",
		    STR_FMT(in->instance_id), STR_FMT(in->availability_zone));
	if (v->state != STORE_INSTANCE_RUNNING)
		return call_fail(c, AWSERR_INSTANCE_STATE_INVALID,
		    "Instance %.*s is not in the running state", STR_FMT(in->instance_id));
	if ((*ret_link = agents_find(c->region, v)) == 0)
		return call_fail(c, AWSERR_INSTANCE_UNAVAILABLE,
		    "Instance %.*s cannot be reached at the moment: its agent is not connected",
		    STR_FMT(in->instance_id));
	return AWSERR_NONE;
}

static enum awserr
too_many(struct call *c, const struct store_active_key *v)
{
	return call_fail(c, AWSERR_THROTTLED,
	    "Too many keys are active on instance %.*s: wait until some have expired",
	    STR_FMT(v->instance_id));
}

/*
 * There are max keys, of this user, or of all if it is empty. Whoever has most of them, more than a
 * share and than the caller will have, loses the oldest to v. So nobody keeps others from pushing,
 * and who pushes too much is told, as ever.
 */
static enum awserr
room_make(struct call *c, uint64_t link, const struct store_active_key *v, struct str os_user,
    int64_t max)
{
	struct store *st = c->region->store;
	struct store_active_key_most most;
	int64_t own;
	int r;

	if ((r = store_active_key_most(st, c->arena, v->instance_id, os_user, &most)) != 0 ||
	    (r = store_active_key_count_owner(st, v->instance_id, os_user, v->owner, &own)) != 0)
		return call_internal(c, "active keys", r);
	if (most.n <= max / SHARES || most.n <= own + 1)
		return too_many(c, v);
	if ((r = store_active_key_delete(st, v->instance_id, most.request_id)) != 0)
		return call_internal(c, "active key", r);
	log_info("key-displaced", log_s("req", c->req->request_id),
	    log_s("instance", v->instance_id), log_s("key", most.request_id),
	    log_s("owner", most.owner), log_i("of", most.n));
	agents_key_gone(c->region, link, v->instance_id, most.request_id);
	return AWSERR_NONE;
}

/*
 * Stores v and sends it to the agent. When the same caller pushed the same key before, the new push
 * replaces the earlier one. The agent drops that only after it has the new one, so that no lookup
 * finds neither. A push by somebody else stays beside it: the log names everybody who pushed a key.
 */
static enum awserr
key_keep(struct call *c, uint64_t link, const struct store_active_key *v)
{
	struct store *st = c->region->store;
	int64_t of_instance, of_user;
	enum awserr e = AWSERR_NONE;
	struct str *superseded;
	size_t i, n;
	int r;

	if ((r = store_active_key_supersede(st, c->arena, v, &superseded, &n)) != 0 ||
	    (r = store_active_key_count(st, v->instance_id, v->os_user, &of_instance, &of_user)) !=
		0)
		return call_internal(c, "active keys", r);
	if (of_user >= MAX_KEYS_OF_USER)
		e = room_make(c, link, v, v->os_user, MAX_KEYS_OF_USER);
	else if (of_instance >= MAX_KEYS_OF_INSTANCE)
		e = room_make(c, link, v, STR(""), MAX_KEYS_OF_INSTANCE);
	if (e != AWSERR_NONE)
		return e;
	if ((r = store_active_key_add(st, v)) != 0)
		return call_internal(c, "active key", r);
	agents_key(c->region, link, v);
	agents_clock_warn(c->region, link, v);
	for (i = 0; i < n; i++)
		agents_key_gone(c->region, link, v->instance_id, superseded[i]);
	return AWSERR_NONE;
}

static enum awserr
act(struct call *c)
{
	struct input *in = c->input;
	int64_t lifetime_s = c->region->settings->key_lifetime_s;
	struct store_active_key *v = arena_alloc(c->arena, sizeof(*v));
	enum signer_kind kind;
	enum awserr e;
	int r;

	*v = (struct store_active_key){
		.request_id = c->req->request_id,
		.instance_id = in->instance_id,
		.os_user = in->os_user,
		.caller_arn = c->principal.arn,
		.owner = c->owner,
		.created_at = c->now_s,
		.expires_at = c->now_s + lifetime_s,
		.boot_id = str_of(c->region->boot_id),
		.boot_deadline_ms = clock_boot_ms(c->region->clock) + lifetime_s * 1000,
		.left_ms = lifetime_s * 1000,
	};
	in->key = v;
	if ((e = key_check(c, in->public_key, &v->public_key)) != AWSERR_NONE)
		return e;
	call_audit_param(c, "sSHPublicKey", v->public_key);
	if ((e = instance_check(c, in, &in->link)) != AWSERR_NONE)
		return e;
	kind = agents_signer(c->region, in->link);
	v->signer_id = signer_id(c->region->signer, kind);
	if ((r = signer_entry_begin(c->region, kind, v, c->arena, &in->entry)) != 0)
		return call_internal(c, "sign", r);
	return AWSERR_NONE;
}

static enum awserr
finish(struct call *c)
{
	struct input *in = c->input;
	struct buf entry;
	enum awserr e;
	int r;

	buf_init(&entry, MAX_ENTRY_BYTES);
	if ((r = signer_entry_finish(c->region, &in->entry, &entry)) != 0) {
		e = call_internal(c, "sign", r);
		goto out;
	}
	in->key->entry = buf_view(&entry);
	if ((e = key_keep(c, in->link, in->key)) != AWSERR_NONE)
		goto out;
	out_str(&c->out, "RequestId", c->req->request_id);
	out_bool(&c->out, "Success", true);
out:
	buf_release(&entry);
	return e;
}

static void
give_up(struct call *c)
{
	const struct input *in = c->input;
	struct buf unused;

	buf_init(&unused, MAX_ENTRY_BYTES);
	(void)!signer_entry_finish(c->region, &in->entry, &unused);
	buf_release(&unused);
}

static const struct action actions[] = {
	{ .name = "SendSSHPublicKey",
	    .iam_action = "ec2-instance-connect:SendSSHPublicKey",
	    .class = ACTION_PUSH,
	    .fields = fields,
	    .n_fields = FIELD_N(fields),
	    .input_size = sizeof(struct input),
	    .scope = scope,
	    .act = act,
	    .finish = finish,
	    .give_up = give_up },
};
const struct action_rows send_ssh_public_key_rows = { actions, FIELD_N(actions) };
