/*
 * json_place: where in its text a part of a JSON document stands, for people
 * who have the text before them. It reads no values: that is json.h.
 */
#ifndef CODEC_JSON_PLACE_H
#define CODEC_JSON_PLACE_H

#include "base/err.h"
#include "base/str.h"

/* Counted from 1; columns count characters of UTF-8. */
struct json_place {
	size_t line, column;
};

/*
 * The place of element i of the list that the top object has as this member; of
 * an object in its stead, i being 0. Starts right behind the '[', ',' or ':' before
 * it and ends right behind it, as IAM's simulator counts (AWS CLI reference,
 * simulate-principal-policy). text: what json_parse has taken.
 * ERR_NOTFOUND: no such member or element, a name written with escapes, or no JSON.
 */
int json_place(struct str text, struct str member, size_t i, struct json_place *ret_start,
    struct json_place *ret_end) MUST_CHECK;

#endif
