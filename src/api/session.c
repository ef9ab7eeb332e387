/*
 * session: see session.h. The claims are their head (aws/claims.h), then the texts, each behind its
 * length. A session can be encoded in one way only: claims that session_read accepts
 * are what session_write makes of the result.
 */
#include "api/session.h"

#include "aws/arn.h"
#include "aws/claims.h"
#include "aws/ids.h"
#include "base/rd.h"

#define MAX_TEXT_BYTES 8192

/* ---- writing ---- */

static void
put_text(struct buf *b, struct str s)
{
	/* The length is written in 16 bits; this maximum is far below what they can hold. */
	if (s.n > MAX_TEXT_BYTES) {
		b->err = ERR_TOOBIG;
		return;
	}
	buf_ch(b, (char)(s.n >> 8));
	buf_ch(b, (char)s.n);
	buf_str(b, s);
}

static void
put_all(struct buf *b, const struct session *s)
{
	const struct claims_head head = { (uint8_t)s->type, s->mfa, s->chained, s->issued_at,
		s->expires_at, s->mfa_at };
	size_t i;

	claims_head_write(b, &head);
	put_text(b, s->access_key_id);
	put_text(b, s->issuer_key_id);
	put_text(b, s->account_id);
	put_text(b, s->entity_id);
	put_text(b, s->session_name);
	put_text(b, s->source_identity);
	put_text(b, s->policy);
	buf_ch(b, (char)s->n_policy_arns);
	for (i = 0; i < s->n_policy_arns; i++)
		put_text(b, s->policy_arns[i]);
	buf_ch(b, (char)s->n_tags);
	for (i = 0; i < s->n_tags; i++) {
		put_text(b, s->tags[i].key);
		put_text(b, s->tags[i].value);
		buf_ch(b, s->tags[i].transitive);
	}
}

int
session_write(struct buf *b, const struct session *s)
{
	struct buf claims;
	int r;

	if (s->n_policy_arns > SESSION_MAX_POLICIES || s->n_tags > SESSION_MAX_TAGS)
		return ERR_TOOBIG;
	buf_init(&claims, SESSION_MAX_CLAIMS_BYTES);
	put_all(&claims, s);
	if ((r = buf_err(&claims)) == 0) {
		buf_str(b, buf_view(&claims));
		r = buf_err(b);
	}
	buf_release(&claims);
	return r;
}

/* ---- reading ---- */

static int
get_text(struct rd *r, struct arena *a, struct str *ret)
{
	struct str s;
	uint16_t n;

	if (rd_u16(r, &n) != 0 || n > MAX_TEXT_BYTES || rd_bytes(r, n, &s) != 0)
		return ERR_SYNTAX;
	*ret = arena_str(a, s);
	return 0;
}

static int
get_bool(struct rd *r, bool *ret)
{
	uint8_t v;

	if (rd_u8(r, &v) != 0 || v > 1)
		return ERR_SYNTAX;
	*ret = v == 1;
	return 0;
}

static int
get_head(struct rd *r, struct session *s)
{
	struct claims_head head;

	if (claims_head_read(r, &head) != 0 || head.type > IAM_FEDERATED_USER)
		return ERR_SYNTAX;
	s->temporary = true;
	s->type = (enum iam_principal_type)head.type;
	s->mfa = head.mfa;
	s->chained = head.chained;
	s->issued_at = head.issued_at;
	s->expires_at = head.expires_at;
	s->mfa_at = head.mfa_at;
	return 0;
}

static int
get_texts(struct rd *r, struct arena *a, struct session *s)
{
	if (get_text(r, a, &s->access_key_id) != 0 || get_text(r, a, &s->issuer_key_id) != 0 ||
	    get_text(r, a, &s->account_id) != 0 || get_text(r, a, &s->entity_id) != 0 ||
	    get_text(r, a, &s->session_name) != 0 || get_text(r, a, &s->source_identity) != 0 ||
	    get_text(r, a, &s->policy) != 0)
		return ERR_SYNTAX;
	return 0;
}

static int
get_lists(struct rd *r, struct arena *a, struct session *s)
{
	uint8_t n;
	size_t i;

	if (rd_u8(r, &n) != 0 || n > SESSION_MAX_POLICIES)
		return ERR_SYNTAX;
	s->n_policy_arns = n;
	for (i = 0; i < s->n_policy_arns; i++) {
		if (get_text(r, a, &s->policy_arns[i]) != 0)
			return ERR_SYNTAX;
	}
	if (rd_u8(r, &n) != 0 || n > SESSION_MAX_TAGS)
		return ERR_SYNTAX;
	s->n_tags = n;
	s->tags = arena_array(a, s->n_tags, sizeof(*s->tags));
	for (i = 0; i < s->n_tags; i++) {
		if (get_text(r, a, &s->tags[i].key) != 0 ||
		    get_text(r, a, &s->tags[i].value) != 0 ||
		    get_bool(r, &s->tags[i].transitive) != 0)
			return ERR_SYNTAX;
	}
	return rd_end(r);
}

/* Could this session have been made here? False when its members contradict each other. */
static bool
is_sound(const struct session *s)
{
	if (!ids_principal_valid("ASIA", s->access_key_id) || s->issuer_key_id.n == 0 ||
	    !arn_account_valid(s->account_id))
		return false;
	if (s->expires_at <= s->issued_at || s->mfa != (s->mfa_at > 0))
		return false;
	if ((s->type == IAM_ASSUMED_ROLE || s->type == IAM_FEDERATED_USER) !=
		(s->session_name.n > 0) ||
	    (s->chained && s->type != IAM_ASSUMED_ROLE) ||
	    (s->mfa && s->type == IAM_FEDERATED_USER))
		return false;
	switch (s->type) {
	case IAM_ROOT:
		return str_eq(s->entity_id, s->account_id);
	case IAM_USER:
	case IAM_FEDERATED_USER:
		return str_starts(s->entity_id, STR("AIDA"));
	case IAM_ASSUMED_ROLE:
		return str_starts(s->entity_id, STR("AROA"));
	case IAM_WEB_IDENTITY: /* it gets sessions of roles, and has none itself */
		return false;
	}
	return false;
}

int
session_read(struct str claims, struct arena *a, struct session *ret)
{
	struct session s = { .temporary = false };
	struct rd r = rd_of(claims);

	if (claims.n > SESSION_MAX_CLAIMS_BYTES || get_head(&r, &s) != 0 ||
	    get_texts(&r, a, &s) != 0 || get_lists(&r, a, &s) != 0 || !is_sound(&s))
		return ERR_SYNTAX;
	*ret = s;
	return 0;
}
