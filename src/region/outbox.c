/*
 * outbox: see outbox.h.
 */
#include "region/outbox.h"

#include "base/alloc.h"
#include "base/array.h"
#include "base/arena.h"

/* All that one transaction may send. A channel to a front holds as much (daemon/core_front.c). */
#define MAX_BYTES (256u << 20)

enum letter_type { LETTER_TEXT, LETTER_CLOSE, LETTER_JOB };

struct letter {
	enum letter_type type;
	uint64_t number; /* link or job */
	struct str text; /* text, reason or verb */
	uint16_t code;
	const struct compute_option *options;
	size_t n_options;
};

struct outbox {
	struct arena *arena;
	struct letter *letters;
	size_t n, cap;
	bool full;      /* something was left out: */
	size_t full_at; /* behind so many letters */
};

struct outbox *
outbox_new(void)
{
	struct outbox *o = xalloc(sizeof(*o));

	o->arena = arena_new(MAX_BYTES);
	return o;
}

void
outbox_free(struct outbox *o)
{
	if (o == NULL)
		return;
	arena_free(o->arena);
	xfree(o->letters);
	xfree(o);
}

/* Is there room for n bytes? If not, the letter is left out, and outbox_err says so. */
static bool
has_room(struct outbox *o, size_t n)
{
	if (!o->full && arena_has_room(o->arena, n))
		return true;
	if (!o->full)
		o->full_at = o->n;
	o->full = true;
	return false;
}

static struct letter *
letter_add(struct outbox *o, enum letter_type type, uint64_t number, struct str text)
{
	struct letter *l;

	o->letters = array_room(o->letters, o->n, &o->cap, sizeof(o->letters[0]));
	l = &o->letters[o->n++];
	*l = (struct letter){ .type = type, .number = number };
	l->text = arena_str(o->arena, text);
	return l;
}

void
outbox_text(struct outbox *o, uint64_t link, struct str text)
{
	if (has_room(o, text.n + 1))
		(void)letter_add(o, LETTER_TEXT, link, text);
}

void
outbox_close(struct outbox *o, uint64_t link, uint16_t code, struct str reason)
{
	if (has_room(o, reason.n + 1))
		letter_add(o, LETTER_CLOSE, link, reason)->code = code;
}

void
outbox_job(struct outbox *o, uint64_t job, struct str verb, const struct compute_option *options,
    size_t n)
{
	size_t i, bytes = verb.n + n * sizeof(struct compute_option);
	struct compute_option *copy;
	struct letter *l;

	for (i = 0; i < n; i++)
		bytes += options[i].name.n + options[i].value.n;
	if (!has_room(o, bytes))
		return;
	l = letter_add(o, LETTER_JOB, job, verb);
	copy = arena_array(o->arena, n, sizeof(*copy));
	for (i = 0; i < n; i++) {
		copy[i].name = arena_str(o->arena, options[i].name);
		copy[i].value = arena_str(o->arena, options[i].value);
	}
	l->options = copy;
	l->n_options = n;
}

int
outbox_err(const struct outbox *o)
{
	return o->full ? ERR_FULL : 0;
}

size_t
outbox_mark(const struct outbox *o)
{
	return o->n;
}

void
outbox_undo(struct outbox *o, size_t mark)
{
	o->n = mark;
	if (mark <= o->full_at)
		o->full = false;
	if (mark == 0)
		arena_reset(o->arena);
}

void
outbox_deliver(struct outbox *o, const struct front_port *front, const struct compute_port *compute)
{
	const struct letter *l;
	size_t i;

	for (i = 0; i < o->n; i++) {
		l = &o->letters[i];
		switch (l->type) {
		case LETTER_TEXT:
			front->text(front->ctx, l->number, l->text);
			break;
		case LETTER_CLOSE:
			front->close(front->ctx, l->number, l->code, l->text);
			break;
		case LETTER_JOB:
			/* Compute is not connected. The job is given again when it is back. */
			if (compute->start(compute->ctx, l->number, l->text, l->options,
				l->n_options) != 0)
				continue;
			break;
		}
	}
	outbox_undo(o, 0);
}
