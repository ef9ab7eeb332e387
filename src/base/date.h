/*
 * date: times as text. All are UTC, in seconds since 1970 unless the name says ms. The writers
 * append; a negative time is written as 0.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdint.h>

#include "base/buf.h"

#define DATE_MAX_S INT64_C(253402300799) /* the end of the year 9999, the last that can be read */

void date_iso_write(struct buf *b, int64_t at_s);     /* 2024-08-01T13:24:47Z */
void date_iso_ms_write(struct buf *b, int64_t at_ms); /* 2024-08-01T13:24:47.000Z */
void date_basic_write(struct buf *b, int64_t at_s);   /* 20240801T132447Z */
void date_http_write(struct buf *b, int64_t at_s);    /* Thu, 01 Aug 2024 13:24:47 GMT */
void date_gmt_write(struct buf *b, int64_t at_s);     /* 2024-08-01 13:24:47 GMT */
void date_words_write(struct buf *b, int64_t at_s);   /* Aug 1, 2024 1:24:47 PM */

/* Each takes exactly the form that its writer makes. date_iso_parse also takes a fraction of
 * 1 to 9 digits, which is dropped. ERR_SYNTAX; ERR_RANGE (no such date or time, or before
 * 1970). */
int date_iso_parse(struct str s, int64_t *ret_at_s) MUST_CHECK;
int date_basic_parse(struct str s, int64_t *ret_at_s) MUST_CHECK;
int date_http_parse(struct str s, int64_t *ret_at_s) MUST_CHECK;

#endif
