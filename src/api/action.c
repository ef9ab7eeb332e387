/*
 * action: see action.h. Each file of a service that implements actions has an array of their
 * rows; a service is a list of such arrays.
 */
#include "api/action.h"

const struct action *
action_find(const struct action_table *t, enum service s, struct str name)
{
	const struct action_rows *const *r;
	size_t i;

	for (r = t->services[s]; *r != NULL; r++) {
		for (i = 0; i < (*r)->n; i++) {
			if (str_eq_c(name, (*r)->rows[i].name))
				return &(*r)->rows[i];
		}
	}
	return NULL;
}
