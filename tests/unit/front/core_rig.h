/*
 * core_rig: stands in for core in the tests of front: it reads what front sends, and sends what a
 * test wants.
 */
#ifndef CORE_RIG_H
#define CORE_RIG_H

#include "front_rig.h"

/* From now on the other one is core. */
static inline void
ipc_swap(struct ipc **a, struct ipc **b)
{
	struct ipc *c = *a;

	*a = *b;
	*b = c;
}

/* The next message of front, of this type; its number. */
static inline uint64_t
core_gets(struct rig *r, uint16_t type, struct ipc_in *m)
{
	uint64_t number;

	assert_int_equal(ipc_recv(r->core, m), 0);
	assert_int_equal(m->type, type);
	assert_int_equal(ipc_get_u64(m, &number), 0);
	return number;
}

static inline void
core_gets_nothing(struct rig *r)
{
	struct ipc_in m;

	assert_int_equal(ipc_recv(r->core, &m), ERR_AGAIN);
}

static inline void
core_says(struct rig *r, struct ipc_out *m)
{
	int e = ipc_send(r->core, m, -1);

	assert_int_equal(e, 0);
	turns(r, 3);
	while (ipc_pending(r->core) && (e = ipc_flush(r->core)) == ERR_AGAIN)
		turns(r, 3);
	turns(r, 3);
}

static inline void
core_answers(struct rig *r, uint64_t number, uint16_t status, const char *body)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CF_RESPONSE);
	ipc_put_u64(&m, number);
	ipc_put_u16(&m, status);
	ipc_put_u16(&m, 0);
	ipc_put_str(&m, str_of(body));
	core_says(r, &m);
}

static inline void
core_accepts(struct rig *r, uint64_t number)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CF_UPLINK_ACCEPT);
	ipc_put_u64(&m, number);
	core_says(r, &m);
}

static inline void
core_refuses(struct rig *r, uint64_t number, uint16_t status, const char *body)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CF_UPLINK_REFUSE);
	ipc_put_u64(&m, number);
	ipc_put_u16(&m, status);
	ipc_put_str(&m, str_of(body));
	core_says(r, &m);
}

static inline void
core_sends_text(struct rig *r, uint64_t number, struct str text)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CF_UPLINK_TEXT);
	ipc_put_u64(&m, number);
	ipc_put_str(&m, text);
	core_says(r, &m);
}

static inline void
core_closes(struct rig *r, uint64_t number, uint16_t code, const char *reason)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CF_UPLINK_CLOSE);
	ipc_put_u64(&m, number);
	ipc_put_u16(&m, code);
	ipc_put_str(&m, str_of(reason));
	core_says(r, &m);
}

/* Front has closed the channel, and asked the parent for another. */
static inline void
channel_is_given_up(struct rig *r)
{
	struct ipc_in m;
	uint16_t number;
	uint8_t role;
	int e;

	while ((e = ipc_recv(r->core, &m)) == 0)
		;
	assert_int_equal(e, ERR_CLOSED);
	assert_int_equal(ipc_recv(r->parent, &m), 0);
	assert_int_equal(m.type, MSG_CTL_REJOIN);
	assert_int_equal(ipc_get_u8(&m, &role), 0);
	assert_int_equal(role, ROLE_CORE);
	assert_int_equal(ipc_get_u16(&m, &number), 0);
	assert_int_equal(number, 7);
}

#endif
