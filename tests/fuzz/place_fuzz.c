/*
 * place_fuzz: a Marker or NextToken as a client sends it. One that is taken is
 * the very one that its place is given out with: there are no two of a place.
 */
#include "api/place.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct call c = { .arena = arena_new(1u << 20), .operation = STR("ListUsers") };
	struct str token = str_of_n(data, size), place;

	if (place_of(&c, token, &place) == 0 && !str_eq(place_token(&c, place), token))
		abort();
	arena_free(c.arena);
	return 0;
}
