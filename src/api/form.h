/*
 * form: the forms of text that members of actions have (enum field_form).
 */
#ifndef API_FORM_H
#define API_FORM_H

#include "api/field.h"
#include "aws/awserr.h"

/* Does s have this form? */
bool form_matches(enum field_form f, struct str s);
/* The error when a text does not have this form: AWSERR_INSTANCE_ID_MALFORMED, for example. Only
 * EC2 tells it; other services have one error for all parameters. */
enum awserr form_error(enum field_form f);
/* The regular expression that the error message names; for IAM and STS it is that of their service
 * models. NULL: the message names none. */
const char *form_pattern(enum field_form f);

#endif
