/*
 * place_fuzz: a client sends a Marker or NextToken. One that is accepted must be exactly the token
 * that is given out for its place, so that no two tokens stand for one place.
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
