/*
 * action: see action.h. A service's rows stand in one array for each of its
 * files of acts.
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
