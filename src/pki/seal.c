/*
 * seal: AES-256-GCM under the KEK; see seal.h. Nonces are random, so one KEK may seal 2^32 texts
 * (NIST SP 800-38D 8.3), which is a hundred in every second for more than a year.
 */
#include "pki/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/alloc.h"
#include "base/hex.h"

#define VERSION 1
#define ID_BYTES 8
#define NONCE_BYTES 12
#define TAG_BYTES 16
#define HEAD_BYTES (1 + ID_BYTES)

struct seal {
	struct secret *kek;
	EVP_CIPHER *cipher;
	uint8_t head[HEAD_BYTES]; /* every sealed text of this KEK begins with this */
	struct seal *before;      /* the KEK before this one, if it still opens */
};

/* The id tells KEKs apart and reveals nothing about them. */
static void
kek_id(const uint8_t kek[static SEAL_KEK_BYTES], uint8_t ret[static ID_BYTES])
{
	static const char label[] = "openeic kek id";
	uint8_t mac[32];

	if (HMAC(EVP_sha256(), kek, SEAL_KEK_BYTES, (const uint8_t *)label, sizeof(label) - 1, mac,
		NULL) == NULL)
		abort();
	memcpy(ret, mac, ID_BYTES);
}

struct seal *
seal_new(const uint8_t kek[static SEAL_KEK_BYTES])
{
	struct seal *s = xalloc(sizeof(*s));

	s->kek = secret_new(kek, SEAL_KEK_BYTES);
	if ((s->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL)) == NULL)
		abort();
	s->head[0] = VERSION;
	kek_id(kek, s->head + 1);
	return s;
}

void
seal_free(struct seal *s)
{
	if (s == NULL)
		return;
	secret_free(s->kek);
	EVP_CIPHER_free(s->cipher);
	seal_free(s->before);
	xfree(s);
}

static int
kek_parse(struct str text, struct seal **ret)
{
	uint8_t kek[SEAL_KEK_BYTES];
	int r;

	if (text.n != SEAL_KEK_TEXT_BYTES || text.p[text.n - 1] != '\n')
		return ERR_SYNTAX;
	if ((r = hex_parse(str_head(text, text.n - 1), kek, sizeof(kek))) == 0)
		*ret = seal_new(kek);
	secret_wipe(kek, sizeof(kek));
	return r;
}

int
seal_parse(struct str text, struct seal **ret)
{
	struct seal *before = NULL;
	int r;

	if (text.n > SEAL_KEK_TEXT_BYTES &&
	    (r = kek_parse(str_from(text, SEAL_KEK_TEXT_BYTES), &before)) != 0)
		return r;
	if ((r = kek_parse(str_head(text, SEAL_KEK_TEXT_BYTES), ret)) == 0)
		(*ret)->before = before;
	else
		seal_free(before);
	return r;
}

void
seal_kek_write(const struct rng *rng, struct buf *b)
{
	uint8_t kek[SEAL_KEK_BYTES];

	rand_fill(rng, kek, sizeof(kek));
	hex_write(b, kek, sizeof(kek));
	buf_ch(b, '\n');
	secret_wipe(kek, sizeof(kek));
}

/* Makes a context with the key, the nonce and the authenticated head. NULL on failure. */
static EVP_CIPHER_CTX *
cipher_begin(const struct seal *s, enum seal_purpose purpose, const uint8_t *nonce, int encrypt)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t aad[HEAD_BYTES + 1];
	int n;

	memcpy(aad, s->head, HEAD_BYTES);
	aad[HEAD_BYTES] = (uint8_t)purpose;
	if (ctx == NULL ||
	    EVP_CipherInit_ex2(ctx, s->cipher, secret_bytes(s->kek), nonce, encrypt, NULL) != 1 ||
	    EVP_CipherUpdate(ctx, NULL, &n, aad, sizeof(aad)) != 1) {
		EVP_CIPHER_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

int
seal_wrap(const struct seal *s, enum seal_purpose purpose, struct str plain, const struct rng *rng,
    struct buf *out)
{
	uint8_t nonce[NONCE_BYTES], tag[TAG_BYTES];
	EVP_CIPHER_CTX *ctx = NULL;
	uint8_t *text;
	int n, end, r = ERR_CRYPTO;

	if (plain.n > SEAL_MAX_PLAIN_BYTES)
		return ERR_TOOBIG;
	if ((text = (uint8_t *)buf_reserve(out, plain.n + SEAL_OVERHEAD_BYTES)) == NULL)
		return ERR_TOOBIG;
	rand_fill(rng, nonce, sizeof(nonce));
	memcpy(text, s->head, HEAD_BYTES);
	memcpy(text + HEAD_BYTES, nonce, NONCE_BYTES);
	text += HEAD_BYTES + NONCE_BYTES;
	if ((ctx = cipher_begin(s, purpose, nonce, 1)) == NULL ||
	    EVP_CipherUpdate(ctx, text, &n, (const uint8_t *)plain.p, (int)plain.n) != 1 ||
	    EVP_CipherFinal_ex(ctx, text + n, &end) != 1 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, tag) != 1)
		goto out;
	memcpy(text + plain.n, tag, TAG_BYTES);
	buf_commit(out, plain.n + SEAL_OVERHEAD_BYTES);
	r = 0;
out:
	EVP_CIPHER_CTX_free(ctx);
	return r;
}

bool
seal_is_present(const struct seal *s, struct str sealed)
{
	return str_starts(sealed, str_of_n(s->head, HEAD_BYTES));
}

int
seal_unwrap(const struct seal *s, enum seal_purpose purpose, struct str sealed, struct secret **ret)
{
	uint8_t plain[SEAL_MAX_PLAIN_BYTES], tag[TAG_BYTES];
	const uint8_t *p = (const uint8_t *)sealed.p;
	EVP_CIPHER_CTX *ctx = NULL;
	int n, end, r = ERR_CRYPTO;
	size_t text_n;

	if (s->before != NULL && seal_is_present(s->before, sealed))
		return seal_unwrap(s->before, purpose, sealed, ret);
	if (sealed.n < SEAL_OVERHEAD_BYTES ||
	    sealed.n > SEAL_OVERHEAD_BYTES + SEAL_MAX_PLAIN_BYTES ||
	    memcmp(p, s->head, HEAD_BYTES) != 0)
		return ERR_CRYPTO;
	text_n = sealed.n - SEAL_OVERHEAD_BYTES;
	memcpy(tag, p + sealed.n - TAG_BYTES, TAG_BYTES);
	if ((ctx = cipher_begin(s, purpose, p + HEAD_BYTES, 0)) == NULL ||
	    EVP_CipherUpdate(ctx, plain, &n, p + HEAD_BYTES + NONCE_BYTES, (int)text_n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) != 1 ||
	    EVP_CipherFinal_ex(ctx, plain + n, &end) != 1)
		goto out;
	*ret = secret_new(plain, text_n);
	r = 0;
out:
	secret_wipe(plain, text_n);
	EVP_CIPHER_CTX_free(ctx);
	return r;
}
