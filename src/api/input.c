/*
 * input: see input.h.
 */
#include "api/input.h"

#include "api/input_json.h"
#include "api/input_query.h"
#include "api/violation.h"

enum awserr
input_read(struct call *c)
{
	const struct action *a = c->action;
	size_t size = a->input_size > 0 ? a->input_size : 1;
	void *asked = arena_alloc(c->arena, size);
	enum awserr e;

	c->input = arena_alloc(c->arena, size);
	if (c->json != NULL)
		e = input_json_read(c, a->fields, a->n_fields, c->json, STR(""), c->input);
	else
		e = input_query_read(c, a->fields, a->n_fields, c->params, STR(""), c->input);
	memcpy(asked, c->input, size);
	c->asked = asked;
	return e != AWSERR_NONE ? e : violation_end(c);
}
