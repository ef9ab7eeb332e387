/*
 * json_place: finds the line and column of a part of a JSON document, for people who look at
 * its text. It reads no values; json.h does that.
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
 * Finds element i of the list that is this member of the top object; if the member is a single
 * value instead of a list, it is element 0. The place starts right behind the '[', ',' or ':'
 * before the element and ends right behind it, as IAM's simulator counts (AWS CLI reference,
 * simulate-principal-policy). text must be what json_parse accepted. ERR_NOTFOUND when there is
 * no such member or element, or the member's name is written with escapes.
 */
int json_place(struct str text, struct str member, size_t i, struct json_place *ret_start,
    struct json_place *ret_end) MUST_CHECK;

#endif
