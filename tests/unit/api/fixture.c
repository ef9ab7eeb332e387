/*
 * fixture: see fixture.h.
 */
#include "fixture.h"

/* ---- ports ---- */

static int64_t
fixture_wall(void *ctx)
{
	return ((struct fixture *)ctx)->wall_ms;
}

static int64_t
fixture_boot(void *ctx)
{
	return ((struct fixture *)ctx)->boot_ms;
}

/* splitmix64: ids of it do not meet. */
static uint8_t
fixture_byte(uint64_t at)
{
	at *= UINT64_C(0x9e3779b97f4a7c15);
	at = (at ^ at >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	at = (at ^ at >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint8_t)(at >> 56);
}

static void
fixture_fill(void *ctx, void *p, size_t n)
{
	struct fixture *f = ctx;
	uint8_t *b = p;

	/* Different each time, and the same in each run. */
	while (n-- > 0)
		*b++ = fixture_byte(f->random++);
}

/* A secret is sealed as it is: the port is what is tested, not the seal. */
static int
fixture_verify(void *ctx, const struct keyd_verify *v, bool *ret)
{
	struct fixture *f = ctx;
	uint8_t key[SIGV4_KEY_BYTES];

	f->keyd_verified++;
	assert_ok(str_copy(f->keyd_secret, sizeof(f->keyd_secret), v->sealed_secret));
	if (f->keyd_error != 0)
		return f->keyd_error;
	assert_ok(sigv4_key_derive(v->sealed_secret, v->date, v->region, v->service, key));
	*ret = sigv4_key_verify(key, v->string_to_sign, v->signature);
	return 0;
}

int
fixture_sign(void *ctx, struct str sealed, struct str bytes, struct buf *out)
{
	struct fixture *f = ctx;

	f->keyd_signed++;
	if (f->keyd_error != 0)
		return f->keyd_error;
	(void)bytes;
	buf_c(out, "signed by ");
	buf_str(out, sealed);
	return 0;
}

static int
fixture_new_key(void *ctx, uint8_t kind, struct buf *sealed, struct buf *public)
{
	struct fixture *f = ctx;

	buf_fmt(sealed, "key %u %llu", kind, (unsigned long long)f->random++);
	buf_c(public, "public");
	return f->keyd_error;
}

static int
fixture_issue(void *ctx, const struct keyd_issue *v, struct buf *der)
{
	struct fixture *f = ctx;

	buf_fmt(der, "certificate %llu of %.*s, profile %u", (unsigned long long)f->random++,
	    STR_FMT(v->common_name), v->profile);
	return f->keyd_error;
}

static int
fixture_ocsp(void *ctx, const struct keyd_ocsp *v, struct buf *der)
{
	buf_fmt(der, "good from %lld to %lld", (long long)v->this_update_s,
	    (long long)v->next_update_s);
	return ((struct fixture *)ctx)->keyd_error;
}

/* Appends what a sealed text holds. */
static int
fixture_open_seal(struct fixture *f, enum seal_purpose purpose, struct str sealed, struct buf *out)
{
	struct secret *secret = NULL;
	int r;

	if (f->keyd_error != 0)
		return f->keyd_error;
	if ((r = seal_unwrap(f->seal, purpose, sealed, &secret)) == 0)
		buf_add(out, secret_bytes(secret), secret_len(secret));
	secret_free(secret);
	return r;
}

static int
fixture_new_secret(void *ctx, struct buf *secret, struct buf *sealed)
{
	struct fixture *f = ctx;
	char text[IDS_SECRET_BYTES];

	ids_secret_new(&f->rng, text);
	buf_c(secret, text);
	buf_c(sealed, text);
	return f->keyd_error;
}

/* A token: the secret, 40 characters, and the claims, under a real seal. */
static int
fixture_new_session(void *ctx, struct str claims, struct buf *secret, struct buf *token)
{
	struct fixture *f = ctx;
	char text[IDS_SECRET_BYTES];
	struct buf plain;
	int r;

	if (f->keyd_error != 0)
		return f->keyd_error;
	ids_secret_new(&f->rng, text);
	buf_c(secret, text);
	buf_init(&plain, SEAL_MAX_PLAIN_BYTES);
	buf_c(&plain, text);
	buf_str(&plain, claims);
	r = seal_wrap(f->seal, SEAL_SESSION, buf_view(&plain), &f->rng, token);
	buf_release(&plain);
	return r;
}

static int
fixture_verify_session(void *ctx, const struct keyd_verify_session *v, bool *opened, bool *valid,
    struct buf *claims)
{
	struct fixture *f = ctx;
	uint8_t key[SIGV4_KEY_BYTES];
	struct buf plain;
	int r;

	f->keyd_verified++;
	buf_init(&plain, SEAL_MAX_PLAIN_BYTES);
	r = fixture_open_seal(f, SEAL_SESSION, v->token, &plain);
	if ((*opened = r == 0)) {
		*valid = sigv4_key_derive(str_head(buf_view(&plain), IDS_SECRET_BYTES - 1), v->date,
			     v->region, v->service, key) == 0 &&
		    sigv4_key_verify(key, v->string_to_sign, v->signature);
		buf_str(claims, str_from(buf_view(&plain), IDS_SECRET_BYTES - 1));
	}
	buf_release(&plain);
	return r == ERR_CRYPTO ? f->keyd_error : r;
}

static int
fixture_seal_message(void *ctx, struct str plain, struct buf *sealed)
{
	struct fixture *f = ctx;

	return f->keyd_error != 0 ? f->keyd_error
				  : seal_wrap(f->seal, SEAL_MESSAGE, plain, &f->rng, sealed);
}

static int
fixture_open_message(void *ctx, struct str sealed, struct buf *plain)
{
	return fixture_open_seal(ctx, SEAL_MESSAGE, sealed, plain);
}

static int
fixture_new_totp(void *ctx, struct buf *base32, struct buf *sealed)
{
	struct fixture *f = ctx;
	uint8_t seed[TOTP_SEED_BYTES];

	if (f->keyd_error != 0)
		return f->keyd_error;
	rand_fill(&f->rng, seed, sizeof(seed));
	b32_write(base32, seed, sizeof(seed));
	return seal_wrap(f->seal, SEAL_TOTP, str_of_n(seed, sizeof(seed)), &f->rng, sealed);
}

static int
fixture_check_totp(void *ctx, const struct keyd_check_totp *v, uint64_t *step)
{
	struct buf seed;
	int r;

	assert_int_equal(v->code.n, TOTP_DIGITS);
	buf_init(&seed, TOTP_SEED_BYTES);
	if ((r = fixture_open_seal(ctx, SEAL_TOTP, v->sealed_seed, &seed)) == 0)
		r = totp_find(buf_view(&seed), v->code.p, v->first_step, v->last_step, step);
	buf_release(&seed);
	return r;
}

/* The code that a device with this sealed seed shows at a time. */
const char *
fixture_totp(struct fixture *f, struct str sealed_seed, int64_t at_s)
{
	char code[TOTP_DIGITS + 1];
	struct buf seed;

	buf_init(&seed, TOTP_SEED_BYTES);
	assert_ok(fixture_open_seal(f, SEAL_TOTP, sealed_seed, &seed));
	assert_ok(totp_code(buf_view(&seed), (uint64_t)at_s / TOTP_STEP_S, code));
	buf_release(&seed);
	return fixture_cstr(f, str_of(code));
}

static int
fixture_new_password(void *ctx, struct str password, struct buf *sealed)
{
	struct fixture *f = ctx;
	struct buf hash;
	int r;

	if (f->keyd_error != 0)
		return f->keyd_error;
	buf_init(&hash, PASSWORD_HASH_BYTES);
	if ((r = password_hash(password, &f->rng, &hash)) == 0)
		r = seal_wrap(f->seal, SEAL_PASSWORD, buf_view(&hash), &f->rng, sealed);
	buf_release(&hash);
	return r;
}

static int
fixture_check_password(void *ctx, struct str sealed, struct str password, bool *right)
{
	struct buf hash;
	int r;

	buf_init(&hash, PASSWORD_HASH_BYTES);
	if ((r = fixture_open_seal(ctx, SEAL_PASSWORD, sealed, &hash)) == 0)
		r = password_check(buf_view(&hash), password, right);
	buf_release(&hash);
	return r;
}

static void
fixture_sent(struct fixture *f, enum sent_type type, uint64_t number, struct str text)
{
	assert_true(f->n_sent < MAX_SENT);
	f->sent[f->n_sent].type = type;
	f->sent[f->n_sent].number = number;
	f->sent[f->n_sent++].text = str_dup(text);
}

int
fixture_job(void *ctx, uint64_t job, struct str verb, const struct compute_option *o, size_t n)
{
	struct fixture *f = ctx;
	struct buf b;
	size_t i;

	if (f->no_compute)
		return ERR_UNAVAIL;
	buf_init(&b, 65536);
	buf_str(&b, verb);
	for (i = 0; i < n; i++)
		buf_fmt(&b, " %.*s=%.*s", STR_FMT(o[i].name), STR_FMT(o[i].value));
	fixture_sent(f, SENT_JOB, job, buf_view(&b));
	buf_release(&b);
	return 0;
}

static void
fixture_text(void *ctx, uint64_t link, struct str text)
{
	fixture_sent(ctx, SENT_TEXT, link, text);
}

static void
fixture_close(void *ctx, uint64_t link, uint16_t code, struct str reason)
{
	(void)code;
	fixture_sent(ctx, SENT_CLOSE, link, reason);
}

void
fixture_forget(struct fixture *f)
{
	while (f->n_sent > 0)
		free(f->sent[--f->n_sent].text);
}

/* ---- the store ---- */

/* A user's key comes with its user, eve. */
static void
fixture_key(struct fixture *f, const char *id, const char *account, const char *secret,
    enum store_principal_type type)
{
	const struct store_user eve = { .user_id = STR("AIDACKCEVSQ6C2EXAMPLE"),
		.account_id = str_of(account),
		.name = STR("eve"),
		.path = STR("/"),
		.arn = arena_fmt(f->a, "arn:aws:iam::%s:user/eve", account),
		.created_at = NOW_S };
	const struct store_access_key k = { .access_key_id = str_of(id),
		.account_id = str_of(account),
		.sealed_secret = str_of(secret),
		.principal_id = type == STORE_PRINCIPAL_ROOT ? str_of(account) : eve.user_id,
		.status = STORE_ACCESS_KEY_ACTIVE,
		.created_at = NOW_S };

	if (type == STORE_PRINCIPAL_USER)
		assert_ok(store_user_add(f->st, &eve));
	assert_ok(store_access_key_add(f->st, &k));
}

static struct str
fixture_cert(struct fixture *f, enum store_pki_kind kind, const char *der, struct str issuer)
{
	struct store_pki v = { .kind = kind,
		.state = STORE_PKI_ACTIVE,
		.issuer_id = issuer,
		.sealed_key = arena_fmt(f->a, "key of %s", der),
		.cert_der = str_of(der),
		.not_before_at = NOW_S - 86400,
		.not_after_at = NOW_S + (kind == STORE_PKI_SIGNER ? 7 : 365) * 86400 };
	struct store_pki_staple s = { .ocsp_der = STR("good"),
		.this_update_at = NOW_S - 60,
		.next_update_at = NOW_S + 43200 };
	char id[41];

	cert_name_sha1(v.cert_der, id);
	v.cert_id = s.cert_id = arena_str(f->a, str_of(id));
	assert_ok(store_pki_add(f->st, &v));
	assert_ok(store_pki_staple_set(f->st, &s));
	return v.cert_id;
}

static void
fixture_network(struct fixture *f)
{
	struct store_vpc vpc = { .vpc_id = STR(VPC),
		.account_id = STR(ACCOUNT),
		.cidr = STR("172.31.0.0/16"),
		.is_default = true,
		.state = STORE_NET_AVAILABLE,
		.created_at = NOW_S };
	struct store_subnet subnet = { .subnet_id = STR(SUBNET),
		.account_id = STR(ACCOUNT),
		.vpc_id = STR(VPC),
		.cidr = STR("172.31.0.0/20"),
		.availability_zone = STR(ZONE),
		.availability_zone_id = STR("xxt1-az1"),
		.default_for_az = true,
		.map_public_ip = true,
		.state = STORE_NET_AVAILABLE,
		.created_at = NOW_S };
	struct store_security_group group = { .group_id = STR(GROUP),
		.account_id = STR(ACCOUNT),
		.vpc_id = STR(VPC),
		.name = STR("default"),
		.description = STR("the default"),
		.created_at = NOW_S };
	struct store_security_group_rule ssh = { .rule_id = STR("sgr-0123456789abcdef0"),
		.group_id = STR(GROUP),
		.protocol = STR("tcp"),
		.from_port = 22,
		.to_port = 22,
		.cidr_ipv4 = STR("0.0.0.0/0") };
	struct store_security_group_rule out = { .rule_id = STR("sgr-0123456789abcdef1"),
		.group_id = STR(GROUP),
		.is_egress = true,
		.protocol = STR("-1"),
		.from_port = -1,
		.to_port = -1,
		.cidr_ipv4 = STR("0.0.0.0/0") };
	struct store_image image = { .image_id = STR(IMAGE),
		.account_id = STR(ACCOUNT),
		.name = STR("lab"),
		.description = STR("this machine"),
		.architecture = STR("x86_64"),
		.state = STORE_IMAGE_AVAILABLE,
		.created_at = NOW_S };

	assert_ok(store_vpc_add(f->st, &vpc));
	assert_ok(store_subnet_add(f->st, &subnet));
	assert_ok(store_security_group_add(f->st, &group));
	assert_ok(store_security_group_rule_add(f->st, &ssh));
	assert_ok(store_security_group_rule_add(f->st, &out));
	assert_ok(store_image_add(f->st, &image));
	/* 172.31.0.4 .. 172.31.0.9, 198.18.0.4 .. 198.18.0.6 */
	assert_ok(store_address_pool_add(f->st, STR(SUBNET), 0xac1f0004, 0xac1f0009));
	assert_ok(store_address_pool_add(f->st, STORE_ADDRESS_PUBLIC, 0xc6120004, 0xc6120006));
}

static void
fixture_fill_store(struct fixture *f)
{
	struct store_account account = { STR(ACCOUNT), NOW_S };
	struct store_account other = { STR("999999999999"), NOW_S };
	struct store_agent agent = { .agent_id = STR("agent-1"),
		.account_id = STR(ACCOUNT),
		.vpc_id = STR(VPC),
		.created_at = NOW_S };
	struct str root, intermediate;
	char cert[65];

	assert_ok(store_account_add(f->st, &account));
	assert_ok(store_account_add(f->st, &other));
	assert_ok(store_meta_set(f->st, STORE_META_REGION, STR(REGION)));
	assert_ok(store_meta_set(f->st, STORE_META_DOMAIN, STR("amazonaws.com")));
	assert_ok(store_meta_set(f->st, STORE_META_DECOY_SECRET, STR("decoy")));
	fixture_key(f, ROOT_KEY, ACCOUNT, ROOT_SECRET, STORE_PRINCIPAL_ROOT);
	fixture_key(f, USER_KEY, ACCOUNT, USER_SECRET, STORE_PRINCIPAL_USER);
	fixture_key(f, OTHER_KEY, "999999999999", ROOT_SECRET, STORE_PRINCIPAL_ROOT);
	root = fixture_cert(f, STORE_PKI_ROOT, "root", STR(""));
	intermediate = fixture_cert(f, STORE_PKI_INTERMEDIATE, "intermediate", root);
	fixture_cert(f, STORE_PKI_SIGNER, "signer", intermediate);
	fixture_network(f);
	cert_name_sha256(STR(AGENT_CERT), cert);
	agent.cert_sha256 = str_of(cert);
	assert_ok(store_agent_add(f->st, &agent));
}

/* ---- set up and tear down ---- */

void
fixture_api_new(struct fixture *f)
{
	struct errinfo ei = { "" };
	struct api_opts o = { .store = f->st,
		.settings = &f->settings,
		.clock = &f->clock,
		.rng = &f->rng,
		.keyd = &f->keyd,
		.compute = &f->compute,
		.front = &f->front,
		.export = f->export };
	int r;

	if ((r = api_new(&o, &f->api, &ei)) != 0)
		fail_msg("api: %s: %s", err_text(r), ei.text);
}

int
fixture_compute_up(struct api *api, void *ctx)
{
	(void)ctx;
	return lifecycle_compute_up(api);
}

/* Answers all jobs that were sent, and those that follow from them. */
static int
fixture_done(struct api *api, void *ctx)
{
	return lifecycle_done(api, ctx);
}

void
fixture_finish(struct fixture *f, uint64_t job, uint32_t status, const char *output,
    const char *reason)
{
	struct lifecycle_result res = { .job = job,
		.status = status,
		.output = str_of(output),
		.reason = str_of(reason) };

	assert_ok(batch_task(f->api, fixture_done, &res));
}

/* All jobs from the i-th thing sent on succeed, and those that they cause. */
void
fixture_finish_all(struct fixture *f, const char *status_output)
{
	size_t i;

	for (i = 0; i < f->n_sent; i++) {
		if (f->sent[i].type == SENT_JOB)
			fixture_finish(f, f->sent[i].number, 0,
			    strncmp(f->sent[i].text, "instance-status", 15) == 0 ? status_output
										 : "",
			    "");
	}
	fixture_forget(f);
}

int
fixture_hello(struct api *api, void *ctx)
{
	return uplink_text(api, *(uint64_t *)ctx, STR("{\"type\":\"hello\",\"version\":\"1\"}"));
}

int
fixture_open(struct api *api, void *ctx)
{
	return uplink_open(api, *(uint64_t *)ctx, STR(AGENT_CERT));
}

void
fixture_agent_connect(struct fixture *f, uint64_t link)
{
	assert_ok(batch_task(f->api, fixture_open, &link));
	assert_ok(batch_task(f->api, fixture_hello, &link));
}

int
fixture_setup(void **state)
{
	struct fixture *f = xalloc(sizeof(*f));
	struct errinfo ei = { "" };

	log_set_level(LOG_LEVEL_ERROR);
	snprintf(f->dir, sizeof(f->dir), "/tmp/api_test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/eicd.db", f->dir);
	f->a = arena_new(256u << 20);
	f->wall_ms = NOW_S * INT64_C(1000);
	f->boot_ms = BOOT_MS;
	f->clock = (struct clock){ fixture_wall, fixture_boot, f };
	f->random = 1;
	f->rng = (struct rng){ fixture_fill, f };
	f->seal = seal_new((const uint8_t *)"the fixture's key-encryption key");
	f->keyd = (struct keyd_port){
		.ctx = f,
		.verify = fixture_verify,
		.sign_blob = fixture_sign,
		.new_key = fixture_new_key,
		.issue = fixture_issue,
		.ocsp = fixture_ocsp,
		.new_secret = fixture_new_secret,
		.new_session = fixture_new_session,
		.verify_session = fixture_verify_session,
		.seal_message = fixture_seal_message,
		.open_message = fixture_open_message,
		.new_totp = fixture_new_totp,
		.check_totp = fixture_check_totp,
		.new_password = fixture_new_password,
		.check_password = fixture_check_password,
	};
	f->compute = (struct compute_port){ f, fixture_job };
	f->front = (struct front_port){ f, fixture_text, fixture_close };
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	f->request_id = REQUEST_ID;
	settings_default(&eicd_table, &f->settings);
	assert_ok(store_create(f->path, &f->st, &ei));
	fixture_fill_store(f);
	fixture_api_new(f);
	assert_ok(batch_task(f->api, fixture_compute_up, NULL));
	fixture_finish_all(f, "");
	fixture_agent_connect(f, LINK);
	fixture_forget(f);
	*state = f;
	return 0;
}

int
fixture_teardown(void **state)
{
	struct fixture *f = *state;
	char file[96];

	fixture_forget(f);
	api_free(f->api);
	store_close(f->st);
	unlink(f->path);
	snprintf(file, sizeof(file), "%s-wal", f->path);
	unlink(file);
	snprintf(file, sizeof(file), "%s-shm", f->path);
	unlink(file);
	rmdir(f->dir);
	seal_free(f->seal);
	arena_free(f->a);
	xfree(f);
	return 0;
}

/* Signs the next requests with temporary credentials that say this. */
void
fixture_session(struct fixture *f, const struct session *s)
{
	struct buf claims, secret, token, text;

	buf_init(&claims, SESSION_MAX_CLAIMS_BYTES);
	buf_init(&secret, 64);
	buf_init(&token, PORTS_MAX_TOKEN_BYTES);
	buf_init(&text, 2 * PORTS_MAX_TOKEN_BYTES);
	assert_ok(session_write(&claims, s));
	assert_ok(f->keyd.new_session(f->keyd.ctx, buf_view(&claims), &secret, &token));
	b64_write(&text, token.p, token.n);
	f->access_key = fixture_cstr(f, s->access_key_id);
	f->secret = fixture_cstr(f, buf_view(&secret));
	f->token = fixture_cstr(f, buf_view(&text));
	buf_release(&claims);
	buf_release(&secret);
	buf_release(&token);
	buf_release(&text);
}

/* ---- requests ---- */

static struct api_request
fixture_request(struct fixture *f, const char *service, struct http_header *headers,
    size_t n_headers, const char *body)
{
	struct sigv4_sign s = { .access_key_id = str_of(f->access_key),
		.secret = str_of(f->secret),
		.session_token = str_of(f->token),
		.region = STR(REGION),
		.service = str_of(service),
		.at_s = f->wall_ms / 1000 + f->skew_s,
		.method = STR("POST"),
		.target = STR("/"),
		.headers = headers,
		.n_headers = n_headers,
		.body = str_of(body) };
	struct sigv4_signed signed_;
	struct api_request rq = { .request_id = str_of(f->request_id),
		.peer_ip = STR("192.0.2.1"),
		.peer_port = 40000,
		.tls_version = STR("TLSv1.3"),
		.tls_cipher = STR("TLS_AES_128_GCM_SHA256"),
		.sni = STR("ec2.lab"),
		.method = STR("POST"),
		.target = STR("/"),
		.headers = headers,
		.body = str_of(body) };

	assert_ok(sigv4_sign_header(&s, f->a, &signed_));
	headers[n_headers++] = (struct http_header){ STR("X-Amz-Date"), signed_.amz_date };
	if (f->token != NULL)
		headers[n_headers++] =
		    (struct http_header){ STR("X-Amz-Security-Token"), str_of(f->token) };
	headers[n_headers++] = (struct http_header){ STR("Authorization"), signed_.authorization };
	headers[n_headers++] = (struct http_header){ STR("User-Agent"), STR("test/1") };
	rq.n_headers = n_headers;
	return rq;
}

/* One request alone in its transaction; the answer lives until the test's end. */
struct api_response
fixture_run(struct fixture *f, const struct api_request *rq)
{
	struct api_response resp;

	batch_run(f->api, rq, 1, f->a, &resp);
	return resp;
}

struct api_request
fixture_query_request(struct fixture *f, const char *service, const char *body)
{
	struct http_header *h = arena_array(f->a, 8, sizeof(*h));

	h[0] = (struct http_header){ STR("Host"), STR("localhost") };
	h[1] = (struct http_header){ STR("Content-Type"),
		STR("application/x-www-form-urlencoded; charset=utf-8") };
	return fixture_request(f, service, h, 2, body);
}

static struct api_request
fixture_json(struct fixture *f, const char *service, const char *target, const char *body)
{
	struct http_header *h = arena_array(f->a, 8, sizeof(*h));

	h[0] = (struct http_header){ STR("Host"), STR("localhost") };
	h[1] = (struct http_header){ STR("Content-Type"), STR("application/x-amz-json-1.1") };
	h[2] = (struct http_header){ STR("X-Amz-Target"), str_of(target) };
	return fixture_request(f, service, h, 3, body);
}

struct api_request
fixture_json_request(struct fixture *f, const char *target, const char *body)
{
	return fixture_json(f, "ec2-instance-connect", target, body);
}

struct api_response
fixture_cloudtrail(struct fixture *f, const char *action, const char *body)
{
	struct str target =
	    arena_fmt(f->a, "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.%s", action);
	struct api_request rq = fixture_json(f, "cloudtrail", target.p, body);

	return fixture_run(f, &rq);
}

struct api_response
fixture_ec2(struct fixture *f, const char *body)
{
	struct api_request rq = fixture_query_request(f, "ec2",
	    arena_fmt(f->a, "Action=%s&Version=2016-11-15", body).p);

	return fixture_run(f, &rq);
}

struct api_response
fixture_sts(struct fixture *f, const char *body)
{
	struct api_request rq = fixture_query_request(f, "sts",
	    arena_fmt(f->a, "Action=%s&Version=2011-06-15", body).p);

	return fixture_run(f, &rq);
}

struct api_response
fixture_push(struct fixture *f, const char *body)
{
	struct api_request rq =
	    fixture_json_request(f, "AWSEC2InstanceConnectService.SendSSHPublicKey", body);

	return fixture_run(f, &rq);
}

/* ---- looking at answers ---- */

const char *
fixture_cstr(struct fixture *f, struct str s)
{
	return arena_cstr(f->a, s);
}

bool
fixture_has(struct api_response *resp, const char *text)
{
	return resp->body.n >= strlen(text) &&
	    memmem(resp->body.p, resp->body.n, text, strlen(text)) != NULL;
}

/* The text of the n-th element of this name, or "". */
const char *
fixture_element(struct fixture *f, struct api_response *resp, const char *name, size_t n)
{
	struct str open = arena_fmt(f->a, "<%s>", name), rest = resp->body;
	const char *p;

	for (;;) {
		p = memmem(rest.p, rest.n, open.p, open.n);
		if (p == NULL)
			return "";
		rest = str_from(rest, (size_t)(p - rest.p) + open.n);
		if (n-- == 0)
			return fixture_cstr(f, str_head(rest, str_index(rest, '<')));
	}
}

/* The newest audit event, and how many there are. */
size_t
fixture_audit(struct fixture *f, struct store_audit_event *ret)
{
	struct store_audit_query q = { .account_id = STR(ACCOUNT),
		.from_at = 0,
		.to_at = INT64_MAX,
		.limit = STORE_PAGE_MAX };
	struct store_audit_event *v;
	size_t n;

	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	if (ret != NULL)
		*ret = n > 0 ? v[0] : (struct store_audit_event){ .seq = 0 };
	return n;
}

/* Launches one, lets it run, and gives its id. */
const char *
fixture_launch(struct fixture *f, const char *more)
{
	struct api_response resp = fixture_ec2(f,
	    arena_fmt(f->a, "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1%s", more).p);
	const char *id;

	assert_status(f, &resp, 200);
	id = fixture_element(f, &resp, "instanceId", 0);
	fixture_finish_all(f, "state=running");
	return id;
}
