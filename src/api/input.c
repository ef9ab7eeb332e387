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
	enum awserr e;

	c->input = arena_alloc(c->arena, a->input_size > 0 ? a->input_size : 1);
	if (c->json != NULL)
		e = input_json_read(c, a->fields, a->n_fields, c->json, STR(""), c->input);
	else
		e = input_query_read(c, a->fields, a->n_fields, c->params, STR(""), c->input);
	return e != AWSERR_NONE ? e : violation_end(c);
}
