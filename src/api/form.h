/*
 * form: the forms of text that members of actions have (enum field_form).
 */
#ifndef API_FORM_H
#define API_FORM_H

#include "api/field.h"
#include "aws/awserr.h"

/* Does s have this form? */
bool form_matches(enum field_form f, struct str s);
/* What EC2 answers when it does not: AWSERR_INSTANCE_ID_MALFORMED, ... */
enum awserr form_error(enum field_form f);
/* The regular expression that IAM and STS name when it does not (their service
 * models); NULL for the forms of other services. */
const char *form_pattern(enum field_form f);

#endif
