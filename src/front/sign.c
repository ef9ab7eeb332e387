/*
 * sign: see sign.h.
 */
#include "front/sign.h"

#include <sys/socket.h>

#include "base/alloc.h"
#include "base/log.h"

#define ECDSA_P256 1
#define REPLY_MS 2000
#define KEYD_MS 3000

struct sign {
	struct control *control;
	struct ipc *keyd; /* the channel to keyd-tls; NULL: none now */
	uint16_t number;  /* the number of that keyd-tls */
	bool given_up;    /* handshakes do not wait for a new one, but fail at once */
};

struct sign *
sign_new(struct control *control)
{
	struct sign *s = xalloc(sizeof(*s));

	s->control = control;
	return s;
}

void
sign_free(struct sign *s)
{
	if (s == NULL)
		return;
	ipc_free(s->keyd);
	xfree(s);
}

void
sign_attach(struct sign *s, uint16_t number, int fd)
{
	ipc_free(s->keyd);
	s->keyd = ipc_new(fd, false, 0);
	s->number = number;
	s->given_up = false;
}

/* Gives the channel up: a late reply would be taken for the reply to the next question. */
static void
lose(struct sign *s, int why)
{
	ipc_free(s->keyd);
	s->keyd = NULL;
	if (why == ERR_CLOSED)
		return;
	s->given_up = true;
	/* If the parent does not take the message, front cannot go on: the loop sees that the
	 * control channel has ended. */
	if (control_rejoin(s->control, ROLE_KEYD_TLS, s->number) != 0)
		(void)shutdown(control_fd(s->control), SHUT_RDWR);
}

static int
read_reply(struct ipc_in *m, uint8_t ret_sig[static TLS_SIGNATURE_MAX], size_t *ret_n)
{
	struct str sig;
	uint8_t ok;
	int r;

	if (m->type != MSG_KD_REPLY)
		return ERR_PEER;
	if ((r = ipc_get_u8(m, &ok)) != 0 || (r = ipc_get_str(m, TLS_SIGNATURE_MAX, &sig)) != 0 ||
	    (r = ipc_get_end(m)) != 0)
		return r;
	if (ok != 1)
		return ERR_DENIED;
	memcpy(ret_sig, sig.p, sig.n);
	*ret_n = sig.n;
	return 0;
}

static int
ask(struct sign *s, struct str digest, uint8_t ret_sig[static TLS_SIGNATURE_MAX], size_t *ret_n)
{
	struct ipc_out m;
	struct ipc_in in;
	int r;

	ipc_begin(&m, MSG_FK_TLS_SIGN);
	ipc_put_str(&m, digest);
	ipc_put_u8(&m, ECDSA_P256);
	if ((r = ipc_send(s->keyd, &m, -1)) != 0 ||
	    (r = ipc_recv_wait(s->keyd, &in, REPLY_MS)) != 0)
		return r;
	return read_reply(&in, ret_sig, ret_n);
}

int
sign_digest(void *ctx, const uint8_t digest[static 32], uint8_t ret_sig[static TLS_SIGNATURE_MAX],
    size_t *ret_n)
{
	struct sign *s = ctx;
	int attempt, r = ERR_UNAVAIL;

	for (attempt = 0; attempt < 2; attempt++) {
		if (s->keyd == NULL &&
		    (s->given_up ||
			control_wait_peer(s->control, clock_system(), ROLE_KEYD_TLS, KEYD_MS) !=
			    0)) {
			s->given_up = true;
			break;
		}
		r = ask(s, str_of_n(digest, 32), ret_sig, ret_n);
		if (r == 0 || r == ERR_DENIED)
			break;
		log_warn("keyd-gone", log_e(r));
		lose(s, r);
	}
	if (r != 0)
		log_error("tls-sign", log_e(r));
	return r == 0 ? 0 : ERR_UNAVAIL;
}
