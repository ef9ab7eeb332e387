/*
 * init_keys: makes the certificates of an installation. The root, which hosts pin, signs the
 * intermediate, and the intermediate the signers. The API's TLS server and the agents have an
 * authority each, so that no certificate of theirs verifies under the root (decision 0056).
 *
 * The keys of the root and of the API's authority are not kept in the store but in files, which
 * eicd does not read: so the root's OCSP responses, about itself and the intermediate, last as long
 * as these (decision 0045).
 */
#include "codec/pem.h"
#include "daemon/init.h"
#include "pki/cert.h"
#include "pki/cert_name.h"
#include "pki/ocsp.h"
#include "pki/privkey.h"
#include "store/store_agent.h"
#include "store/store_pki.h"

#define DAY INT64_C(86400)
#define ROOT_LIFETIME_S (20 * 365 * DAY)
#define INTERMEDIATE_LIFETIME_S (10 * 365 * DAY)
#define TLS_LIFETIME_S (90 * DAY) /* eicd keys tls makes it anew, and nobody notices */
#define BACKDATE_S DAY            /* because clocks of hosts may be slow */
#define MAX_NAME 256
#define MAX_PEM_BYTES 32768

/* A certificate that is to be made. */
struct plan {
	enum privkey_kind key;
	enum cert_profile profile;
	const char *name;
	const char *sans;
	int64_t lifetime_s;
};

void
init_keys_release(struct init_made *m)
{
	privkey_free(m->key);
	buf_release(&m->der);
}

/* Makes a key and its certificate; with issuer NULL it is self-signed. The caller calls
 * made_release on ret in any case. */
static int
make(struct init *in, const struct init_made *issuer, const struct plan *p, struct init_made *ret)
{
	struct cert_request rq = { .profile = p->profile,
		.common_name = str_of(p->name),
		.sans = str_of(p->sans),
		.not_before_s = in->now_s - BACKDATE_S,
		.not_after_s = in->now_s + p->lifetime_s };
	struct buf public;
	int r;

	buf_init(&public, PRIVKEY_MAX_DER_BYTES);
	if ((r = privkey_generate(p->key, &ret->key)) != 0 ||
	    (r = privkey_public_write(ret->key, &public)) != 0)
		goto out;
	rq.public_key = buf_view(&public);
	r = cert_issue(issuer == NULL ? ret->key : issuer->key,
	    issuer == NULL ? STR("") : buf_view(&issuer->der), &rq, in->rng, &ret->der);
out:
	buf_release(&public);
	return r;
}

bool
init_keys_purpose(enum store_pki_kind kind, enum seal_purpose *ret)
{
	switch (kind) {
	case STORE_PKI_INTERMEDIATE:
		*ret = SEAL_ISSUER_KEY;
		return true;
	case STORE_PKI_SIGNER:
		*ret = SEAL_SIGNER_KEY;
		return true;
	case STORE_PKI_AUDIT:
		*ret = SEAL_AUDIT_KEY;
		return true;
	case STORE_PKI_AGENT_CA:
		*ret = SEAL_AGENT_CA_KEY;
		return true;
	case STORE_PKI_ROOT:
	case STORE_PKI_TLS:
		break;
	}
	return false;
}

/* Adds the certificate to the store, and its key, sealed, if keys of this kind are kept there. */
static int
keep(struct init *in, enum store_pki_kind kind, const struct init_made *m,
    const struct init_made *issuer)
{
	char id[41], issuer_id[41] = "";
	struct store_pki v = { .kind = kind,
		.state = STORE_PKI_ACTIVE,
		.key_kind =
		    privkey_kind(m->key) == PRIVKEY_P256 ? STORE_PKI_P256 : STORE_PKI_RSA2048,
		.cert_der = buf_view(&m->der) };
	enum seal_purpose purpose;
	struct secret *der = NULL;
	struct buf sealed;
	int r;

	buf_init(&sealed, PRIVKEY_MAX_DER_BYTES + SEAL_OVERHEAD_BYTES);
	if ((r = cert_not_before(v.cert_der, &v.not_before_at)) != 0 ||
	    (r = cert_not_after(v.cert_der, &v.not_after_at)) != 0)
		goto out;
	if (init_keys_purpose(kind, &purpose) &&
	    ((r = privkey_write(m->key, &der)) != 0 ||
		(r = seal_wrap(in->seal, purpose, str_of_n(secret_bytes(der), secret_len(der)),
		     in->rng, &sealed)) != 0))
		goto out;
	cert_name_sha1(buf_view(&m->der), id);
	if (issuer != NULL)
		cert_name_sha1(buf_view(&issuer->der), issuer_id);
	v.cert_id = str_of(id);
	v.issuer_id = str_of(issuer_id);
	v.sealed_key = buf_view(&sealed);
	r = store_pki_add(in->store, &v);
out:
	secret_free(der);
	buf_release(&sealed);
	return r;
}

int
init_keys_staple(struct init *in, const struct init_made *issuer, struct str subject_der,
    int64_t until_s)
{
	struct store_pki_staple v = { .this_update_at = in->now_s, .next_update_at = until_s };
	struct buf der;
	char id[41];
	int r;

	buf_init(&der, OCSP_MAX_DER_BYTES);
	r = ocsp_write(issuer->key, buf_view(&issuer->der), subject_der, v.this_update_at,
	    v.next_update_at, &der);
	if (r == 0) {
		cert_name_sha1(subject_der, id);
		v.cert_id = str_of(id);
		v.ocsp_der = buf_view(&der);
		r = store_pki_staple_set(in->store, &v);
	}
	buf_release(&der);
	return r;
}

static int
cert_file(struct init *in, const char *path, const struct init_made *m, struct errinfo *ei)
{
	const struct init_file v = { path, 0444, { 0, 0 } };
	struct buf pem;
	int r;

	buf_init(&pem, MAX_PEM_BYTES);
	pem_write(&pem, "CERTIFICATE", buf_view(&m->der));
	if ((r = buf_err(&pem)) == 0)
		r = init_files_add(in->files, &v, buf_view(&pem), ei);
	buf_release(&pem);
	return r;
}

static int
key_file(struct init *in, const char *path, const struct privkey *key, struct errinfo *ei)
{
	const struct init_file v = { path, 0400, { 0, 0 } };
	struct buf pem;
	int r;

	buf_init(&pem, MAX_PEM_BYTES);
	if ((r = privkey_pem_write(key, &pem)) == 0)
		r = init_files_add(in->files, &v, buf_view(&pem), ei);
	buf_wipe(&pem);
	return r;
}

int
init_keys_root_file(struct init *in, const char *path, const struct privkey *key,
    struct errinfo *ei)
{
	return key_file(in, path, key, ei);
}

int
init_keys_signers(struct init *in, const struct init_made *root, struct errinfo *ei)
{
	char inter_name[MAX_NAME], signer_name[MAX_NAME];
	const struct plan inter_plan = { PRIVKEY_RSA2048, CERT_INTERMEDIATE, inter_name, "",
		INTERMEDIATE_LIFETIME_S };
	/* Two signers of one name: one for all helpers, and one that ours reads faster. */
	const struct plan rsa_plan = { PRIVKEY_RSA2048, CERT_SIGNER, signer_name, "",
		in->s.signer_lifetime_s };
	const struct plan p256_plan = { PRIVKEY_P256, CERT_SIGNER, signer_name, "",
		in->s.signer_lifetime_s };
	struct init_made inter = { 0 }, rsa = { 0 }, p256 = { 0 };
	int64_t until_s = in->now_s + in->s.ocsp_lifetime_s;
	int r;

	buf_init(&inter.der, CERT_MAX_DER_BYTES);
	buf_init(&rsa.der, CERT_MAX_DER_BYTES);
	buf_init(&p256.der, CERT_MAX_DER_BYTES);
	snprintf(inter_name, sizeof(inter_name), "openeic-intermediate-ca-%.8s", in->installation);
	snprintf(signer_name, sizeof(signer_name), CERT_SIGNER_NAME "%s.%s", in->s.region,
	    in->s.domain);
	if ((r = make(in, root, &inter_plan, &inter)) != 0)
		goto out;
	if ((r = make(in, &inter, &rsa_plan, &rsa)) != 0 ||
	    (r = make(in, &inter, &p256_plan, &p256)) != 0) {
		err_set(ei, "%s: no name for a certificate (at most 64 characters)", signer_name);
		goto out;
	}
	if ((r = keep(in, STORE_PKI_INTERMEDIATE, &inter, root)) != 0 ||
	    (r = keep(in, STORE_PKI_SIGNER, &rsa, &inter)) != 0 ||
	    (r = keep(in, STORE_PKI_SIGNER, &p256, &inter)) != 0 ||
	    (r = init_keys_staple(in, root, buf_view(&inter.der),
		 in->now_s + INTERMEDIATE_LIFETIME_S)) != 0 ||
	    (r = init_keys_staple(in, &inter, buf_view(&rsa.der), until_s)) != 0)
		goto out;
	r = init_keys_staple(in, &inter, buf_view(&p256.der), until_s);
out:
	init_keys_release(&p256);
	init_keys_release(&rsa);
	init_keys_release(&inter);
	return r;
}

int
init_keys_authority(struct init *in, enum privkey_kind key, const char *name, const char *id,
    struct init_made *ret)
{
	char common_name[MAX_NAME];
	const struct plan plan = { key, CERT_ROOT, common_name, "", ROOT_LIFETIME_S };

	snprintf(common_name, sizeof(common_name), "%s-%.8s", name, id);
	return make(in, NULL, &plan, ret);
}

int
init_keys_server(struct init *in, const struct init_made *ca, const char *sans,
    struct init_made *ret, struct errinfo *ei)
{
	const struct plan plan = { PRIVKEY_P256, CERT_TLS_SERVER, "openeic-api", sans,
		TLS_LIFETIME_S };
	int r;

	if ((r = make(in, ca, &plan, ret)) == ERR_RANGE)
		err_set(ei, "--tls-san %s: not DNS:NAME or IP:ADDRESS, with commas between", sans);
	return r;
}

int
init_keys_root_keep(struct init *in, const struct init_made *root, struct errinfo *ei)
{
	int64_t end_s;
	int r;

	if ((r = cert_not_after(buf_view(&root->der), &end_s)) != 0 ||
	    (r = keep(in, STORE_PKI_ROOT, root, NULL)) != 0 ||
	    (r = init_keys_staple(in, root, buf_view(&root->der), end_s)) != 0)
		return r;
	return init_keys_signers(in, root, ei);
}

/* Stages the certificate and the key of an authority, which are in files alone. */
static int
authority_files(struct init *in, const char *name, const struct init_made *m, struct errinfo *ei)
{
	char path[INIT_FILES_PATH_BYTES];
	int r;

	snprintf(path, sizeof(path), "%s/%s.key", in->s.state_dir, name);
	if ((r = key_file(in, path, m->key, ei)) != 0)
		return r;
	snprintf(path, sizeof(path), "%s/%s.pem", in->s.state_dir, name);
	return cert_file(in, path, m, ei);
}

/* Makes the root, and what is below it. */
static int
signer_chain(struct init *in, struct errinfo *ei)
{
	struct init_made root = { 0 };
	int r;

	buf_init(&root.der, CERT_MAX_DER_BYTES);
	if ((r = init_keys_authority(in, PRIVKEY_RSA2048, INIT_KEYS_ROOT_NAME, in->installation,
		 &root)) == 0 &&
	    (r = init_keys_root_keep(in, &root, ei)) == 0)
		r = authority_files(in, "root", &root, ei);
	init_keys_release(&root);
	return r;
}

/* Makes the API's authority, which clients and agents trust, and the server's certificate. */
static int
api_chain(struct init *in, struct init_made *ca, struct errinfo *ei)
{
	struct init_made server = { 0 };
	int r;

	buf_init(&server.der, CERT_MAX_DER_BYTES);
	if ((r = init_keys_authority(in, PRIVKEY_P256, INIT_KEYS_CA_NAME, in->installation, ca)) ==
		0 &&
	    (r = authority_files(in, "ca", ca, ei)) == 0 &&
	    (r = init_keys_server(in, ca, in->o.tls_san, &server, ei)) == 0 &&
	    (r = cert_file(in, in->s.tls_certificate, &server, ei)) == 0)
		r = key_file(in, in->s.tls_key, server.key, ei);
	init_keys_release(&server);
	return r;
}

static int
agent_file(struct init *in, const char *name, char path[static INIT_FILES_PATH_BYTES])
{
	return (size_t)snprintf(path, INIT_FILES_PATH_BYTES, "%s/%s", in->o.agent_dir, name) <
		INIT_FILES_PATH_BYTES
	    ? 0
	    : ERR_TOOBIG;
}

int
init_keys_agent(struct init *in, const struct init_made *ca, const char *agent_id,
    struct str api_ca_pem, struct init_agent *ret, struct errinfo *ei)
{
	const struct plan plan = { PRIVKEY_P256, CERT_AGENT_CLIENT, agent_id, "",
		in->s.agent_lifetime_s };
	const struct init_file dir = { in->o.agent_dir, 0755, { 0, 0 } };
	char path[INIT_FILES_PATH_BYTES];
	const struct init_file ca_file = { path, 0444, { 0, 0 } };
	struct init_made made = { 0 };
	int r;

	buf_init(&made.der, CERT_MAX_DER_BYTES);
	if ((r = make(in, ca, &plan, &made)) != 0 || (r = init_files_dir(in->files, &dir, ei)) != 0)
		goto out;
	cert_name_sha256(buf_view(&made.der), ret->sha256);
	cert_name_sha1(buf_view(&ca->der), ret->issuer_id);
	ret->not_after = in->now_s + plan.lifetime_s;
	if ((r = agent_file(in, "cert.pem", path)) != 0 ||
	    (r = cert_file(in, path, &made, ei)) != 0 ||
	    (r = agent_file(in, "key.pem", path)) != 0 ||
	    (r = key_file(in, path, made.key, ei)) != 0 ||
	    (r = agent_file(in, "ca.pem", path)) != 0)
		goto out;
	r = init_files_add(in->files, &ca_file, api_ca_pem, ei);
out:
	init_keys_release(&made);
	return r;
}

/* Makes the credentials of the agent for the default VPC, and its row in the store. */
static int
agent(struct init *in, const struct init_made *ca, const struct init_made *api_ca,
    struct errinfo *ei)
{
	char name[MAX_NAME];
	struct init_agent made;
	struct store_agent v = { .account_id = str_of(in->s.account_id),
		.vpc_id = str_of(in->vpc_id),
		.created_at = in->now_s };
	struct buf pem;
	int r;

	snprintf(name, sizeof(name), INIT_AGENT_NAME "%s", in->vpc_id);
	buf_init(&pem, MAX_PEM_BYTES);
	pem_write(&pem, "CERTIFICATE", buf_view(&api_ca->der));
	if ((r = init_keys_agent(in, ca, name, buf_view(&pem), &made, ei)) == 0) {
		v.agent_id = str_of(name);
		v.cert_sha256 = str_of(made.sha256);
		v.cert_not_after = made.not_after;
		v.issuer_id = str_of(made.issuer_id);
		r = store_agent_add(in->store, &v);
	}
	buf_release(&pem);
	return r;
}

static int
agents(struct init *in, const struct init_made *api_ca, struct errinfo *ei)
{
	char name[MAX_NAME];
	const struct plan plan = { PRIVKEY_P256, CERT_ROOT, name, "", ROOT_LIFETIME_S };
	struct init_made ca = { 0 };
	int r;

	buf_init(&ca.der, CERT_MAX_DER_BYTES);
	snprintf(name, sizeof(name), "openeic-agent-ca-%.8s", in->installation);
	if ((r = make(in, NULL, &plan, &ca)) != 0 ||
	    (r = keep(in, STORE_PKI_AGENT_CA, &ca, NULL)) != 0 ||
	    (r = cert_file(in, in->s.agent_ca, &ca, ei)) != 0)
		goto out;
	if (in->o.agent_dir != NULL)
		r = agent(in, &ca, api_ca, ei);
out:
	init_keys_release(&ca);
	return r;
}

int
init_keys_make(struct init *in, struct errinfo *ei)
{
	struct init_made ca = { 0 };
	int r;

	buf_init(&ca.der, CERT_MAX_DER_BYTES);
	if ((r = signer_chain(in, ei)) == 0 && (r = api_chain(in, &ca, ei)) == 0)
		r = agents(in, &ca, ei);
	init_keys_release(&ca);
	return r;
}
