/*
 * credentials: see credentials.h.
 */
#include "svc/sts/credentials.h"

#include "base/b64.h"

static void
answer(struct call *c, const struct session *s, struct str secret, struct str token)
{
	struct buf text;

	buf_init(&text, 2 * PORTS_MAX_TOKEN_BYTES);
	b64_write(&text, token.p, token.n);
	out_object(&c->out, "Credentials");
	out_str(&c->out, "AccessKeyId", s->access_key_id);
	out_secret(&c->out, "SecretAccessKey", secret);
	out_secret(&c->out, "SessionToken", buf_view(&text));
	out_time(&c->out, "Expiration", s->expires_at);
	out_end(&c->out);
	buf_release(&text);
}

enum awserr
credentials_write(struct call *c, struct session *s, int64_t duration_s)
{
	const struct keyd_port *keyd = c->region->keyd;
	struct buf claims, secret, token;
	enum awserr e = AWSERR_NONE;
	char id[IDS_MAX];
	int r;

	ids_principal_new("ASIA", c->region->rng, id);
	s->access_key_id = arena_str(c->arena, str_of(id));
	s->issued_at = c->now_s;
	s->expires_at = c->now_s + duration_s;
	buf_init(&claims, SESSION_MAX_CLAIMS_BYTES);
	buf_init(&secret, IDS_SECRET_BYTES);
	buf_init(&token, PORTS_MAX_TOKEN_BYTES);
	if ((r = session_write(&claims, s)) != 0 ||
	    (r = keyd->new_session(keyd->ctx, buf_view(&claims), &secret, &token)) != 0)
		e = call_internal(c, "session", r);
	else
		answer(c, s, buf_view(&secret), buf_view(&token));
	buf_release(&claims);
	buf_wipe(&secret);
	buf_release(&token);
	return e;
}
