/*
 * signers: current and previous signer; see signers.h.
 */
#include "imds/signers.h"

#include "base/alloc.h"
#include "imds/keep.h"

struct slot {
	struct signer s;  /* generation 0: empty */
	int64_t until_ms; /* of the previous one */
	char *text;
	struct signer_staple staples[SIGNERS_MAX_STAPLES];
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
	xfree(s->text);
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

static bool
id_valid(struct str id)
{
	return id.n == SIGNERS_ID_LEN && str_all_in(id, "0123456789ABCDEF");
}

static int
check(const struct signer_desc *d, size_t *ret_total)
{
	size_t i, total = d->id.n + d->chain.n;

	if (!id_valid(d->id) || d->chain.n == 0)
		return ERR_SYNTAX;
	if (d->chain.n > SIGNERS_MAX_CHAIN_BYTES || d->n_staples > SIGNERS_MAX_STAPLES)
		return ERR_TOOBIG;
	for (i = 0; i < d->n_staples; i++) {
		if (!id_valid(d->staples[i].name) || d->staples[i].base64.n == 0)
			return ERR_SYNTAX;
		if (d->staples[i].base64.n > SIGNERS_MAX_STAPLE_BYTES)
			return ERR_TOOBIG;
		total += d->staples[i].name.n + d->staples[i].base64.n;
	}
	*ret_total = total;
	return 0;
}

int
signers_desc_check(const struct signer_desc *d)
{
	size_t total;

	return check(d, &total);
}

static void
slot_fill(struct slot *s, const struct signer_desc *d, size_t total, uint32_t generation)
{
	char *at;
	size_t i;

	s->text = at = xalloc(total);
	s->s.generation = generation;
	s->s.desc.id = keep_str(&at, d->id);
	s->s.desc.chain = keep_str(&at, d->chain);
	for (i = 0; i < d->n_staples; i++) {
		s->staples[i].name = keep_str(&at, d->staples[i].name);
		s->staples[i].base64 = keep_str(&at, d->staples[i].base64);
	}
	s->s.desc.n_staples = d->n_staples;
}

int
signers_put(struct signers *s, const struct signer_desc *d, int64_t now_ms)
{
	struct slot fresh = { 0 };
	size_t total;
	int r;

	if ((r = check(d, &total)) != 0)
		return r;
	if (s->current.s.generation != 0 && str_eq(s->current.s.desc.id, d->id)) {
		slot_fill(&fresh, d, total, s->current.s.generation);
		slot_clear(&s->current);
	} else {
		slot_fill(&fresh, d, total, ++s->generations);
		slot_clear(&s->previous);
		s->previous = s->current;
		s->previous.s.desc.staples = s->previous.staples;
		s->previous.until_ms = now_ms + SIGNERS_KEEP_MS;
	}
	s->current = fresh;
	s->current.s.desc.staples = s->current.staples;
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
