/*
 * audit: see audit.h. Secrets, signatures, and text that did not parse as a public key must
 * never get into a record: their rows have "-" as the name in the record (api/field.h).
 */
#include "api/audit.h"

#include "api/audit_resources.h"
#include "api/input_audit.h"
#include "aws/arn.h"
#include "base/date.h"
#include "codec/utf8.h"
#include "store/store_audit.h"

#define MAX_RECORD_BYTES (1u << 20)
/* Request parameters and answers longer than this are left out, as CloudTrail does; those of a
 * denied request, or of a refused one without a signature, sooner, because anybody may send as many
 * as he likes. */
#define MAX_PART_BYTES (100u << 10)
#define MAX_DENIED_PART_BYTES (4u << 10)

static const char *
identity_type(enum iam_principal_type t)
{
	switch (t) {
	case IAM_ROOT:
		return "Root";
	case IAM_USER:
		return "IAMUser";
	case IAM_ASSUMED_ROLE:
		return "AssumedRole";
	case IAM_FEDERATED_USER:
		return "FederatedUser";
	case IAM_WEB_IDENTITY:
		return "WebIdentityUser";
	}
	return "Unknown";
}

static void
issuer_write(const struct call *c, struct jsonw *w)
{
	bool role = c->principal.type == IAM_ASSUMED_ROLE;

	jsonw_m_object(w, "sessionIssuer");
	jsonw_m_c(w, "type", role ? "Role" : "IAMUser");
	jsonw_m_str(w, "principalId", c->session.entity_id);
	jsonw_m_str(w, "arn", role ? c->principal.role_arn : c->session.issuer_arn);
	jsonw_m_str(w, "accountId", c->principal.account_id);
	jsonw_m_str(w, "userName", role ? arn_name(c->principal.role_arn) : c->session.issuer_name);
	jsonw_end(w);
	jsonw_m_object(w, "webIdFederationData");
	if (c->session.provider_arn.n > 0 && !c->session.chained) {
		jsonw_m_str(w, "federatedProvider", c->session.provider_arn);
		jsonw_m_object(w, "attributes");
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* Writes where temporary credentials come from: the role, or the user who got them for somebody,
 * and when and how they were made. */
static void
session_context_write(const struct call *c, struct jsonw *w)
{
	struct buf time;

	jsonw_m_object(w, "sessionContext");
	if (c->principal.type == IAM_ASSUMED_ROLE || c->principal.type == IAM_FEDERATED_USER)
		issuer_write(c, w);
	buf_init(&time, 64);
	date_iso_write(&time, c->session.issued_at);
	jsonw_m_object(w, "attributes");
	jsonw_m_str(w, "creationDate", buf_view(&time));
	jsonw_m_c(w, "mfaAuthenticated", c->session.mfa ? "true" : "false");
	jsonw_end(w);
	buf_release(&time);
	if (c->session.source_identity.n > 0)
		jsonw_m_str(w, "sourceIdentity", c->session.source_identity);
	jsonw_end(w);
}

/* The value of userIdentity. */
static void
identity_write(const struct call *c, struct jsonw *w)
{
	const struct iam_principal *p = &c->principal;

	jsonw_object(w);
	jsonw_m_c(w, "type", identity_type(p->type));
	jsonw_m_str(w, "principalId", p->user_id);
	if (p->type == IAM_WEB_IDENTITY) {
		/* IAM user guide, "Logging IAM and AWS STS API calls with AWS CloudTrail", has an
		 * example. */
		jsonw_m_str(w, "userName", p->name);
		jsonw_m_str(w, "identityProvider", p->arn);
		jsonw_end(w);
		return;
	}
	jsonw_m_str(w, "arn", p->arn);
	jsonw_m_str(w, "accountId", p->account_id);
	jsonw_m_str(w, "accessKeyId", c->access_key_id);
	if (p->type == IAM_USER)
		jsonw_m_str(w, "userName", p->name);
	if (c->session.temporary)
		session_context_write(c, w);
	jsonw_end(w);
}

/* The error code of the record. EC2 puts "Client." or "Server." in front of it. Elsewhere a
 * denial is "AccessDenied". */
static struct str
error_code(const struct call *c, enum awserr e)
{
	struct awserr_head head = awserr_head(e, c->service);
	struct str code = awserr_recorded(e, c->service);

	/* Throttling is the client's fault, although its HTTP status is 503. */
	if (c->service == SERVICE_EC2)
		return arena_fmt(c->arena, "%s.%.*s",
		    head.status < 500 || e == AWSERR_THROTTLED ? "Client" : "Server",
		    STR_FMT(code));
	if (c->denied)
		return STR("AccessDenied");
	return code;
}

static struct str
error_message(const struct call *c, enum awserr e)
{
	return c->message.n > 0 ? c->message : awserr_message(e, c->service);
}

/* Writes a part of the record, or a note in its place when it is longer than max bytes. */
static void
part_write(struct jsonw *w, struct str part, int err, size_t max)
{
	if (err == 0 && part.n <= max) {
		jsonw_value(w, part);
		return;
	}
	jsonw_object(w);
	jsonw_m_bool(w, "omitted", true);
	jsonw_m_c(w, "reason", max == MAX_PART_BYTES ? "larger than 100 KB" : "larger than 4 KB");
	jsonw_end(w);
}

/* Of a denied request only EC2 records the parameters. Sources: RunInstances and
 * DescribeInstanceAttribute with Client.UnauthorizedOperation, AssumeRole with AccessDenied, in
 * github.com/DataDog/stratus-red-team, docs/detonation-logs. AssumeRoleWithWebIdentity does so too:
 * a published record of a denied one (of argo's executor plugin for SageMaker) has them. */
static bool
has_parameters(const struct call *c)
{
	return c->input != NULL && c->action->n_fields > 0 &&
	    (!c->denied || c->service == SERVICE_EC2 || c->stranger);
}

static void
parameters_write(struct call *c, struct jsonw *w, enum awserr e)
{
	size_t max =
	    c->denied || (c->stranger && e != AWSERR_NONE) ? MAX_DENIED_PART_BYTES : MAX_PART_BYTES;
	struct jsonw part;
	struct buf b;

	jsonw_name(w, "requestParameters");
	if (!has_parameters(c)) {
		jsonw_null(w);
	} else {
		buf_init(&b, max);
		jsonw_init(&part, &b);
		input_audit_write(c, c->asked, &part);
		part_write(w, buf_view(&b), jsonw_finish(&part), max);
		buf_release(&b);
	}
	jsonw_name(w, "responseElements");
	if (e != AWSERR_NONE || (c->action->read_only && !c->action->records_answer))
		jsonw_null(w);
	else
		part_write(w, buf_view(&c->out.audit_body), 0, MAX_PART_BYTES);
}

static void
tls_write(const struct call *c, struct jsonw *w)
{
	struct str host;

	jsonw_m_object(w, "tlsDetails");
	jsonw_m_str(w, "tlsVersion", c->req->tls_version);
	jsonw_m_str(w, "cipherSuite", c->req->tls_cipher);
	if (http_header_find(c->req->headers, c->req->n_headers, STR("Host"), &host) == 0)
		jsonw_m_str(w, "clientProvidedHostHeader", host);
	jsonw_end(w);
}

/* AWS runs its global services in us-east-1 and says so in their records. Rules that match
 * records rely on it, so it is the same here, wherever this installation is. */
static struct str
region(const struct call *c)
{
	return service_info(c->service)->global ? STR("us-east-1") : c->region->name;
}

static struct store_audit_event
event_of(struct call *c, enum awserr e)
{
	struct store_audit_event v = { .event_at = c->now_s };
	struct str agent;

	v.account_id = c->principal.account_id;
	v.event_source = service_info(c->service)->event_source;
	v.event_name = c->operation;
	v.read_only = c->action->read_only;
	v.access_key_id = c->access_key_id;
	v.username = c->principal.type == IAM_ROOT ? STR("root") : c->principal.name;
	v.principal_arn = c->principal.arn;
	v.source_ip = c->req->peer_ip;
	if (http_header_find(c->req->headers, c->req->n_headers, STR("User-Agent"), &agent) == 0)
		/* No other header is stored. It may contain any bytes from 0x80 on, so what
		 * is not UTF-8 is replaced. */
		v.user_agent = utf8_mend(str_head(agent, API_KEPT_HEADER_BYTES), c->arena);
	v.request_id = c->req->request_id;
	if (e != AWSERR_NONE)
		v.error_code = error_code(c, e);
	return v;
}

/* ---- the record ---- */

/* What every record has, also one of calls that were refused again. */
struct audit_kept {
	struct store_audit_event v;
	struct str identity; /* JSON: the value of userIdentity */
	struct str region;
	struct str message; /* of the error; empty: there is none */
};

static struct audit_kept
kept_of(struct call *c, enum awserr e)
{
	struct audit_kept k = { .v = event_of(c, e), .region = region(c) };
	struct jsonw w;
	struct buf b;

	if (e != AWSERR_NONE)
		k.message = error_message(c, e);
	buf_init(&b, MAX_RECORD_BYTES);
	jsonw_init(&w, &b);
	identity_write(c, &w);
	if (jsonw_finish(&w) == 0)
		k.identity = arena_str(c->arena, buf_view(&b));
	buf_release(&b);
	return k;
}

static void
time_write(struct jsonw *w, const char *name, int64_t at_s)
{
	struct buf time;

	buf_init(&time, 64);
	date_iso_write(&time, at_s);
	jsonw_m_str(w, name, buf_view(&time));
	buf_release(&time);
}

/* The members before requestParameters. */
static void
head_write(struct jsonw *w, const struct audit_kept *k, const struct store_audit_event *v)
{
	jsonw_m_c(w, "eventVersion", "1.08");
	jsonw_name(w, "userIdentity");
	jsonw_value(w, k->identity);
	time_write(w, "eventTime", v->event_at);
	jsonw_m_str(w, "eventSource", v->event_source);
	jsonw_m_str(w, "eventName", v->event_name);
	jsonw_m_str(w, "awsRegion", k->region);
	jsonw_m_str(w, "sourceIPAddress", v->source_ip);
	jsonw_m_str(w, "userAgent", v->user_agent);
	if (v->error_code.n == 0)
		return;
	jsonw_m_str(w, "errorCode", v->error_code);
	jsonw_m_str(w, "errorMessage", k->message);
}

static void
ids_write(struct jsonw *w, const struct store_audit_event *v)
{
	jsonw_m_str(w, "requestID", v->request_id);
	jsonw_m_str(w, "eventID", v->event_id);
	jsonw_m_bool(w, "readOnly", v->read_only);
}

static void
kind_write(struct jsonw *w, const struct store_audit_event *v)
{
	jsonw_m_c(w, "eventType", "AwsApiCall");
	jsonw_m_bool(w, "managementEvent", true);
	jsonw_m_str(w, "recipientAccountId", v->account_id);
	jsonw_m_c(w, "eventCategory", "Management");
}

static void
record_write(struct call *c, struct buf *b, const struct audit_kept *k, enum awserr e)
{
	struct jsonw w;

	jsonw_init(&w, b);
	jsonw_object(&w);
	head_write(&w, k, &k->v);
	parameters_write(c, &w, e);
	ids_write(&w, &k->v);
	audit_resources_write(c, &w);
	kind_write(&w, &k->v);
	tls_write(c, &w);
	jsonw_end(&w);
}

int
audit_add(struct call *c, enum awserr e)
{
	struct audit_kept k = kept_of(c, e);
	struct store_audit_resource *resources;
	char event_id[37];
	struct buf b;
	int r;

	if (k.identity.n == 0)
		return ERR_TOOBIG;
	rand_uuid(c->region->rng, event_id);
	k.v.event_id = str_of(event_id);
	k.v.n_resources = audit_resources_find(c, &resources);
	k.v.resources = resources;
	buf_init(&b, MAX_RECORD_BYTES);
	record_write(c, &b, &k, e);
	k.v.record = buf_view(&b);
	if ((r = buf_err(&b)) == 0)
		r = store_audit_add(c->region->store, &k.v);
	buf_release(&b);
	return r;
}

/* ---- what is refused again ---- */

const struct audit_kept *
audit_keep(struct call *c, enum awserr e, struct arena *a)
{
	struct audit_kept *k = arena_alloc(a, sizeof(*k));
	struct store_audit_event *v = &k->v;

	*k = kept_of(c, e);
	v->account_id = arena_str(a, v->account_id);
	v->event_source = arena_str(a, v->event_source);
	v->event_name = arena_str(a, v->event_name);
	v->access_key_id = arena_str(a, v->access_key_id);
	v->username = arena_str(a, v->username);
	v->principal_arn = arena_str(a, v->principal_arn);
	v->source_ip = arena_str(a, v->source_ip);
	v->user_agent = arena_str(a, v->user_agent);
	v->error_code = arena_str(a, v->error_code);
	k->identity = arena_str(a, k->identity);
	k->region = arena_str(a, k->region);
	k->message = arena_str(a, k->message);
	return k;
}

static void
again_write(struct buf *b, const struct audit_kept *k, const struct store_audit_event *v,
    const struct audit_again *again)
{
	struct jsonw w;

	jsonw_init(&w, b);
	jsonw_object(&w);
	head_write(&w, k, v);
	jsonw_name(&w, "requestParameters");
	jsonw_null(&w);
	jsonw_name(&w, "responseElements");
	jsonw_null(&w);
	jsonw_m_object(&w, "additionalEventData");
	jsonw_m_u64(&w, "callCount", again->n);
	time_write(&w, "firstEventTime", again->first_at);
	time_write(&w, "lastEventTime", again->last_at);
	if (again->others)
		jsonw_m_bool(&w, "others", true);
	jsonw_end(&w);
	ids_write(&w, v);
	kind_write(&w, v);
	jsonw_end(&w);
}

int
audit_add_again(struct region *region, const struct audit_kept *k, const struct audit_again *again)
{
	struct store_audit_event v = k->v;
	char event_id[37];
	struct buf b;
	int r;

	rand_uuid(region->rng, event_id);
	v.event_id = str_of(event_id);
	v.event_at = clock_wall_s(region->clock);
	v.request_id = again->request_id;
	buf_init(&b, MAX_RECORD_BYTES);
	again_write(&b, k, &v, again);
	v.record = buf_view(&b);
	if ((r = buf_err(&b)) == 0)
		r = store_audit_add(region->store, &v);
	buf_release(&b);
	return r;
}
