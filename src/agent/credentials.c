/*
 * credentials: see credentials.h.
 */
#include "agent/credentials.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/log.h"
#include "codec/pem.h"
#include "pki/cert.h"
#include "pki/cert_name.h"
#include "pki/possession.h"

#define WORK_BYTES 65536

enum { OWN_RENEWED, OWN_SET, N_OWN };

/* A certificate with its key. */
struct own {
	struct tls *tls;      /* NULL: it cannot be used */
	char fingerprint[65]; /* cert_name_sha256 */
};

struct credentials {
	struct own own[N_OWN];
	size_t at;             /* the one to connect with */
	char connected[65];    /* the fingerprint that the last connection had; empty: none yet */
	struct privkey *fresh; /* a key that is to be certified, or NULL */
	struct buf public_key, proof;
};

struct credentials *
credentials_new(void)
{
	struct credentials *c = xalloc(sizeof(*c));

	buf_init(&c->public_key, PRIVKEY_MAX_DER_BYTES);
	buf_init(&c->proof, PRIVKEY_MAX_SIGNATURE_BYTES);
	return c;
}

void
credentials_free(struct credentials *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < N_OWN; i++)
		tls_free(c->own[i].tls);
	privkey_free(c->fresh);
	buf_release(&c->public_key);
	buf_release(&c->proof);
	xfree(c);
}

/* ---- what there is ---- */

static int
own_make(const char *name, struct str ca, struct str certificate, struct str key, struct own *ret)
{
	const struct tls_client_opts o = { .ca_pem = ca,
		.cert_pem = certificate,
		.key_pem = key,
		.cert_alpn = STR(LINK_ALPN) };
	struct errinfo ei = { "" };
	struct buf der;
	int r;

	buf_init(&der, CERT_MAX_DER_BYTES);
	if ((r = tls_client_new(&o, &ret->tls, &ei)) == 0 &&
	    (r = tls_certificate(ret->tls, &der)) == 0)
		cert_name_sha256(buf_view(&der), ret->fingerprint);
	if (r != 0) {
		log_error("certificate", log_c("file", name), log_e(r), log_c("why", ei.text));
		tls_free(ret->tls);
		ret->tls = NULL;
	}
	buf_release(&der);
	return r;
}

int
credentials_load(struct credentials *c, const struct credentials_files *f)
{
	struct own fresh[N_OWN] = { { .tls = NULL } };
	size_t i;
	int r;

	r = own_make("certificate", f->ca, f->certificate, f->key, &fresh[OWN_SET]);
	if (f->renewed.n > 0 &&
	    own_make("renewed", f->ca, f->renewed, f->renewed, &fresh[OWN_RENEWED]) == 0)
		r = 0;
	if (r != 0)
		return r;
	for (i = 0; i < N_OWN; i++)
		tls_free(c->own[i].tls);
	memcpy(c->own, fresh, sizeof(fresh));
	c->at = c->own[OWN_RENEWED].tls != NULL ? OWN_RENEWED : OWN_SET;
	return 0;
}

struct tls *
credentials_tls(const struct credentials *c)
{
	return c->own[c->at].tls;
}

void
credentials_opened(struct credentials *c)
{
	memcpy(c->connected, c->own[c->at].fingerprint, sizeof(c->connected));
}

void
credentials_refused(struct credentials *c)
{
	size_t other = c->at == OWN_SET ? OWN_RENEWED : OWN_SET;

	if (c->own[other].tls == NULL)
		return;
	c->at = other;
	log_warn("certificate", log_c("file", other == OWN_SET ? "certificate" : "renewed"),
	    log_c("why", "eicd did not take the other one; the next attempt is with this one"));
}

/* ---- a new key ---- */

int
credentials_renew(struct credentials *c, struct link_renewal *ret)
{
	int r;

	if (c->connected[0] == '\0')
		return ERR_BADSTATE;
	privkey_free(c->fresh);
	c->fresh = NULL;
	buf_clear(&c->public_key);
	buf_clear(&c->proof);
	if ((r = privkey_generate(PRIVKEY_P256, &c->fresh)) != 0 ||
	    (r = possession_prove(c->fresh, str_of(c->connected), &c->public_key, &c->proof)) != 0)
		return r;
	*ret = (struct link_renewal){ buf_view(&c->public_key), buf_view(&c->proof) };
	return 0;
}

int
credentials_certified(struct credentials *c, struct str pem, struct buf *ret_file)
{
	struct arena *a = arena_new(WORK_BYTES);
	struct pem_block block;
	size_t n;
	int r;

	if (c->fresh == NULL)
		r = ERR_BADSTATE;
	else if (pem_parse(a, pem, &block, 1, &n) != 0 || !str_eq_c(block.label, "CERTIFICATE"))
		r = ERR_SYNTAX;
	else if (!cert_is_of(block.der, c->fresh))
		r = ERR_DENIED;
	else
		r = privkey_pem_write(c->fresh, ret_file);
	if (r == 0) {
		buf_str(ret_file, pem);
		r = buf_err(ret_file);
		privkey_free(c->fresh);
		c->fresh = NULL;
	}
	arena_free(a);
	return r;
}
