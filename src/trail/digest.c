/*
 * digest: see digest.h. A text is checked by writing what was read from it again: it must come out
 * the same. So no two texts mean the same digest.
 */
#include "trail/digest.h"

#include "base/b64.h"
#include "base/date.h"
#include "base/hex.h"
#include "codec/json.h"
#include "codec/jsonw.h"

#define VERSION 1
#define ALGORITHM "RSASSA-PSS-SHA256"
#define MAX_SIGNATURE_BYTES 1024
#define MAX_CERT_BYTES 8192
#define LINE_START STR("{\"openeicDigest\":")

/* ---- the text ---- */

static void
time_write(struct jsonw *w, const char *name, int64_t at_s)
{
	struct buf b;

	buf_init(&b, 64);
	date_iso_write(&b, at_s);
	jsonw_m_str(w, name, buf_view(&b));
	buf_release(&b);
}

static void
hash_write(struct jsonw *w, const char *name, const uint8_t hash[static AUDITCHAIN_BYTES])
{
	struct buf b;

	buf_init(&b, 2 * AUDITCHAIN_BYTES);
	hex_write(&b, hash, AUDITCHAIN_BYTES);
	jsonw_m_str(w, name, buf_view(&b));
	buf_release(&b);
}

static void
bytes_write(struct jsonw *w, struct str bytes)
{
	struct buf b;

	buf_init(&b, 2 * MAX_CERT_BYTES);
	b64_write(&b, bytes.p, bytes.n);
	jsonw_str(w, buf_view(&b));
	buf_release(&b);
}

int
digest_write(struct buf *b, const struct digest *v)
{
	struct jsonw w;

	jsonw_init(&w, b);
	jsonw_object(&w);
	jsonw_m_i64(&w, "version", VERSION);
	jsonw_m_str(&w, "awsAccountId", v->account_id);
	jsonw_m_str(&w, "awsRegion", v->region);
	jsonw_m_i64(&w, "digestSequence", v->seq);
	time_write(&w, "digestStartTime", v->start_at);
	time_write(&w, "digestEndTime", v->end_at);
	jsonw_m_i64(&w, "digestInterval", v->interval_s);
	jsonw_m_i64(&w, "firstSequence", v->first_seq);
	jsonw_m_i64(&w, "lastSequence", v->last_seq);
	jsonw_m_i64(&w, "eventCount", v->last_seq - v->first_seq + 1);
	hash_write(&w, "firstPreviousHash", v->first_previous);
	hash_write(&w, "lastHash", v->last_hash);
	jsonw_name(&w, "previousDigestSignature");
	if (v->previous_signature.n > 0)
		bytes_write(&w, v->previous_signature);
	else
		jsonw_null(&w);
	jsonw_m_str(&w, "certificateFingerprint", v->fingerprint);
	jsonw_m_c(&w, "signatureAlgorithm", ALGORITHM);
	jsonw_end(&w);
	return jsonw_finish(&w);
}

static int
text_get(const struct json *root, const char *name, struct arena *a, struct str *ret)
{
	struct str s;
	int r;

	if ((r = json_str(json_get(root, name), &s)) == 0)
		*ret = arena_str(a, s);
	return r;
}

static int
time_get(const struct json *root, const char *name, int64_t *ret)
{
	struct str s;
	int r;

	if ((r = json_str(json_get(root, name), &s)) != 0)
		return r;
	return date_iso_parse(s, ret);
}

static int
number_get(const struct json *root, const char *name, int64_t *ret)
{
	int r;

	if ((r = json_i64(json_get(root, name), ret)) == 0 && *ret < 1)
		r = ERR_RANGE;
	return r;
}

static int
hash_get(const struct json *root, const char *name, uint8_t ret[static AUDITCHAIN_BYTES])
{
	struct str s;
	int r;

	if ((r = json_str(json_get(root, name), &s)) != 0)
		return r;
	return hex_parse(s, ret, AUDITCHAIN_BYTES);
}

/* Reads base64 that stands for at most max bytes. */
static int
bytes_get(const struct json *v, size_t max, struct arena *a, struct str *ret)
{
	struct buf b;
	struct str s;
	int r;

	buf_init(&b, max);
	if ((r = json_str(v, &s)) == 0 && (r = b64_parse(s, &b)) == 0)
		*ret = arena_str(a, buf_view(&b));
	buf_release(&b);
	return r;
}

static int
members_get(const struct json *root, struct arena *a, struct digest *v)
{
	const struct json *previous = json_get(root, "previousDigestSignature");
	int r;

	if ((r = text_get(root, "awsAccountId", a, &v->account_id)) != 0 ||
	    (r = text_get(root, "awsRegion", a, &v->region)) != 0 ||
	    (r = number_get(root, "digestSequence", &v->seq)) != 0 ||
	    (r = time_get(root, "digestStartTime", &v->start_at)) != 0 ||
	    (r = time_get(root, "digestEndTime", &v->end_at)) != 0 ||
	    (r = number_get(root, "digestInterval", &v->interval_s)) != 0 ||
	    (r = number_get(root, "firstSequence", &v->first_seq)) != 0 ||
	    (r = number_get(root, "lastSequence", &v->last_seq)) != 0 ||
	    (r = hash_get(root, "firstPreviousHash", v->first_previous)) != 0 ||
	    (r = hash_get(root, "lastHash", v->last_hash)) != 0 ||
	    (r = text_get(root, "certificateFingerprint", a, &v->fingerprint)) != 0)
		return r;
	if (v->first_seq > v->last_seq)
		return ERR_RANGE;
	if (json_kind(previous) == JSON_KIND_NULL)
		return 0;
	if ((r = bytes_get(previous, MAX_SIGNATURE_BYTES, a, &v->previous_signature)) != 0)
		return r;
	return v->previous_signature.n > 0 ? 0 : ERR_SYNTAX;
}

int
digest_parse(struct str text, struct arena *a, struct digest *ret)
{
	struct digest v = { .seq = 0 };
	struct json *root = NULL;
	struct buf again;
	int r;

	buf_init(&again, DIGEST_MAX_TEXT_BYTES);
	if ((r = json_parse(text, DIGEST_MAX_TEXT_BYTES, 1, &root, NULL)) != 0 ||
	    (r = members_get(root, a, &v)) != 0 || (r = digest_write(&again, &v)) != 0 ||
	    !str_eq(buf_view(&again), text))
		r = ERR_SYNTAX;
	else
		*ret = v;
	json_free(root);
	buf_release(&again);
	return r;
}

/* ---- the line ---- */

int
digest_line_write(struct buf *b, const struct digest_line *v)
{
	struct jsonw w;
	size_t i;
	int r;

	jsonw_init(&w, b);
	jsonw_object(&w);
	jsonw_m_object(&w, "openeicDigest");
	jsonw_m_str(&w, "digest", v->text);
	jsonw_name(&w, "signature");
	bytes_write(&w, v->signature);
	jsonw_m_array(&w, "certificates");
	for (i = 0; i < v->n_certificates; i++)
		bytes_write(&w, v->certificates[i]);
	jsonw_end(&w);
	jsonw_end(&w);
	jsonw_end(&w);
	if ((r = jsonw_finish(&w)) != 0)
		return r;
	buf_ch(b, '\n');
	return buf_err(b);
}

bool
digest_line_is(struct str text)
{
	return str_starts(text, LINE_START);
}

static int
certificates_get(const struct json *v, struct arena *a, struct digest_line *ret)
{
	size_t i, n = json_len(v);
	int r;

	if (json_kind(v) != JSON_KIND_ARRAY || n < 1 || n > DIGEST_MAX_CERTS)
		return ERR_SYNTAX;
	for (i = 0; i < n; i++) {
		r = bytes_get(json_at(v, i), MAX_CERT_BYTES, a, &ret->certificates[i]);
		if (r != 0)
			return r;
	}
	ret->n_certificates = n;
	return 0;
}

int
digest_line_parse(struct str text, struct arena *a, struct digest_line *ret)
{
	struct digest_line v = { .n_certificates = 0 };
	const struct json *body;
	struct json *root = NULL;
	int r;

	if ((r = json_parse(text, DIGEST_MAX_LINE_BYTES, 3, &root, NULL)) != 0)
		return ERR_SYNTAX;
	body = json_get(root, "openeicDigest");
	if (json_len(root) != 1 || json_len(body) != 3 ||
	    (r = text_get(body, "digest", a, &v.text)) != 0 ||
	    (r = bytes_get(json_get(body, "signature"), MAX_SIGNATURE_BYTES, a, &v.signature)) !=
		0 ||
	    (r = certificates_get(json_get(body, "certificates"), a, &v)) != 0)
		r = ERR_SYNTAX;
	else
		*ret = v;
	json_free(root);
	return r;
}
