/*
 * signers: current and previous signer; see signers.h.
 */
#include "imds/signers.h"

#include "base/alloc.h"

struct slot {
	struct signer s;  /* generation 0: the slot is empty */
	int64_t until_ms; /* how long the previous one is kept, boot clock */
	char *block;      /* the memory that s.desc points into */
};

struct signers {
	struct slot current, previous;
	uint32_t generations;
};

struct signers *
signers_new(void)
{
	return xalloc(sizeof(struct signers));
}

static void
slot_clear(struct slot *s)
{
	xfree(s->block);
	*s = (struct slot){ 0 };
}

void
signers_free(struct signers *s)
{
	if (s == NULL)
		return;
	slot_clear(&s->current);
	slot_clear(&s->previous);
	xfree(s);
}

static void
slot_fill(struct slot *s, const struct link_signer *d, uint32_t generation)
{
	s->s = (struct signer){ *d, generation };
	s->block = link_own(LINK_SIGNER, &s->s.desc);
}

int
signers_put(struct signers *s, const struct link_signer *d, int64_t now_ms)
{
	struct slot fresh = { 0 };
	int r;

	if ((r = link_check(LINK_SIGNER, d, NULL)) != 0)
		return r;
	if (s->current.s.generation != 0 && str_eq(s->current.s.desc.signer_id, d->signer_id)) {
		slot_fill(&fresh, d, s->current.s.generation);
		slot_clear(&s->current);
	} else {
		slot_fill(&fresh, d, ++s->generations);
		slot_clear(&s->previous);
		s->previous = s->current;
		s->previous.until_ms = now_ms + SIGNERS_KEEP_MS;
	}
	s->current = fresh;
	return 0;
}

const struct signer *
signers_current(const struct signers *s)
{
	return s->current.s.generation != 0 ? &s->current.s : NULL;
}

const struct signer *
signers_previous(const struct signers *s, int64_t now_ms)
{
	if (s->previous.s.generation == 0 || now_ms >= s->previous.until_ms)
		return NULL;
	return &s->previous.s;
}

const struct signer *
signers_find(const struct signers *s, uint32_t generation, int64_t now_ms)
{
	const struct signer *previous = signers_previous(s, now_ms);

	if (generation == 0)
		return NULL;
	if (s->current.s.generation == generation)
		return &s->current.s;
	if (previous != NULL && previous->generation == generation)
		return previous;
	return NULL;
}
