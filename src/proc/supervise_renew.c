/*
 * supervise_renew: changes from one generation to the next; see supervise.h. Until renew_commit
 * the old generation counts (s->current): its processes are started again when they die, and
 * those of the new one are not. Afterwards it is the other way round.
 */
#include "proc/supervise_state.h"

#include "base/log.h"
#include "proc/control.h"

/* How many retired processes may be left. When there are more, the oldest are drained. */
#define RETIRED_MAX 8

/* True when a process of m's generation may still ask m something. */
static bool
needed(const struct supervise *s, const struct member *m)
{
	const struct link *k;
	size_t i;

	for (i = 0; i < s->n_links; i++) {
		k = s->links[i];
		if (k->b == m && !k->follows && k->a->generation == m->generation &&
		    child_runs(&k->a->child))
			return true;
	}
	return false;
}

static bool
old_runs(const struct supervise *s, enum msg_role role)
{
	size_t i;

	for (i = 0; i < s->n_members; i++)
		if (s->members[i]->child.role == role && s->members[i]->generation != s->current &&
		    child_runs(&s->members[i]->child))
			return true;
	return false;
}

/* Drains old processes that are not needed any more, and sends CTL_GO to new ones that waited
 * for the end of an old one. */
static void
old_step(struct supervise *s)
{
	bool released = false;
	struct member *m;
	size_t i;

	for (i = 0; i < s->n_members; i++) {
		m = s->members[i];
		if (m->generation == s->current || m->generation == s->next)
			continue;
		if (m->child.state == CHILD_DOWN)
			m->child.state = CHILD_GONE;
		else if (m->child.state < CHILD_DRAINING && !m->row->retires && !needed(s, m))
			child_drain(&m->child);
	}
	supervise_sweep(s);
	for (i = 0; s->next == NULL && i < s->n_members; i++) {
		m = s->members[i];
		if (!m->held || old_runs(s, m->child.role))
			continue;
		m->held = false;
		released = true;
		/* Its time limit for starting begins now, not when it was spawned. */
		if (child_runs(&m->child))
			loop_timer_set(s->o.loop, &m->child.deadline, s->o.start_ms);
	}
	if (released)
		supervise_launch(s);
}

/* True when m is not of the generation that counts and goes on for its open connections. */
static bool
retires(const struct supervise *s, const struct member *m)
{
	return m->generation != s->current && m->row->retires && m->child.state == CHILD_UP;
}

/* Retires the processes of g that serve connections. Members are in the order in which they were
 * started, so the oldest are drained first when too many are left. */
static void
retire(struct supervise *s, const struct generation *g)
{
	struct member *m;
	size_t i, n = 0;

	for (i = 0; i < s->n_members; i++) {
		m = s->members[i];
		if (m->generation == g && m->row->retires && m->child.state == CHILD_STARTING)
			child_kill(&m->child, "not needed any more");
		if (!retires(s, m))
			continue;
		if (m->generation == g)
			child_sent(&m->child, control_send_retire(m->child.control, s->retire_ms));
		n++;
	}
	for (i = 0; n > RETIRED_MAX && i < s->n_members; i++) {
		if (!retires(s, s->members[i]))
			continue;
		child_drain(&s->members[i]->child);
		n--;
	}
}

void
renew_commit(struct supervise *s)
{
	struct generation *old = s->current;
	struct link *k;
	size_t i;

	s->current = s->next;
	s->next = NULL;
	for (i = 0; i < s->n_links; i++) {
		k = s->links[i];
		if (k->follows && k->b->held && child_runs(&k->a->child) &&
		    child_runs(&k->b->child)) {
			supervise_join(k);
			k->early = true;
		}
	}
	retire(s, old);
	if (s->o.renewed != NULL)
		s->o.renewed(s->o.ctx, true);
	old_step(s);
}

/* The new fronts may have accepted connections by now, so they retire as old ones do. */
void
renew_abandon(struct supervise *s)
{
	struct generation *g = s->next;
	struct member *m;
	size_t i;

	s->next = NULL;
	s->renewing = false;
	for (i = 0; i < s->n_members; i++) {
		m = s->members[i];
		if (m->generation != g)
			continue;
		if (m->held && child_runs(&m->child))
			child_kill(&m->child, "not needed any more");
		m->held = false;
	}
	retire(s, g);
	if (s->o.renewed != NULL)
		s->o.renewed(s->o.ctx, false);
	old_step(s);
}

void
renew_ended(struct supervise *s, struct member *m, const char *how)
{
	if (m->generation == s->next) {
		log_error("died", log_c("role", m->child.name), log_c("how", how),
		    log_i("pid", m->child.pid));
		m->child.state = CHILD_GONE;
		renew_abandon(s);
		return;
	}
	log_info("ended", log_c("role", m->child.name), log_c("how", how));
	m->child.state = CHILD_GONE;
	old_step(s);
}
