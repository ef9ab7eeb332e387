/*
 * field: the description of one input member of an action, of which the reader
 * (input.h) makes parsing, checking, error messages and the audit record.
 *
 * An action has a plain struct for its input; a row binds a member's name on
 * the wire to a place in it. Types of the places:
 *   FIELD_STR		struct str; p is NULL when it is absent
 *   FIELD_INT		struct field_int
 *   FIELD_BOOL		struct field_bool
 *   FIELD_TIME		struct field_time; JSON only, a number of seconds
 *   FIELD_STR_LIST	struct field_strs
 *   FIELD_STRUCT	the struct itself; members' places count from its start
 *   FIELD_LIST		struct field_list of structs of `size` bytes
 */
#ifndef API_FIELD_H
#define API_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum field_type {
	FIELD_STR,
	FIELD_INT,
	FIELD_BOOL,
	FIELD_TIME,
	FIELD_STR_LIST,
	FIELD_STRUCT,
	FIELD_LIST,
	/* Known to AWS, not to us: said so when it is sent, instead of ignored. */
	FIELD_UNSUPPORTED,
	/* Accepted and without effect here; why stands beside the row. */
	FIELD_IGNORED,
};

/* Forms of text; the table in form.c has a test and an error for each. */
enum field_form {
	FORM_ANY,
	FORM_PRINTABLE,        /* no control bytes */
	FORM_CONNECT_INSTANCE, /* wire.md 1.2: ^i-[a-f0-9]+$ */
	FORM_OS_USER,          /* wire.md 1.3 */
	FORM_AVAILABILITY_ZONE,
	FORM_INSTANCE_ID,
	FORM_IMAGE_ID,
	FORM_VPC_ID,
	FORM_SUBNET_ID,
	FORM_GROUP_ID,
	FORM_RESOURCE_ID, /* any that can carry tags */
	FORM_IPV4,

	/* IAM and STS, as in their service models; lengths stand in the rows. */
	FORM_IAM_NAME, /* users, groups, roles, policies, session names ... */
	FORM_IAM_PATH,
	FORM_IAM_PATH_PREFIX,
	FORM_IAM_POLICY_PATH, /* of ListPolicies and CreatePolicy: stricter */
	FORM_IAM_WORD,        /* ids of keys and entities */
	FORM_IAM_ARN,
	FORM_IAM_MARKER,
	FORM_POLICY_DOCUMENT, /* its characters; passwords have the same */
	FORM_POLICY_VERSION,  /* v1 */
	FORM_DESCRIPTION,
	FORM_TAG_KEY,
	FORM_TAG_VALUE,
	FORM_MFA_CODE,
	FORM_SERIAL, /* of an MFA device: an ARN, or a number on it */
	FORM_EXTERNAL_ID,
	FORM_ACCOUNT_ALIAS,
	FORM_COUNT,
};

struct field {
	const char *name; /* on the wire; of a list: one element's ("InstanceId") */
	enum field_type type;
	size_t at; /* offsetof */
	bool required;
	enum field_form form;
	int64_t min, max;            /* characters (UTF-8) of text, value of an int; 0, 0: any */
	uint32_t max_items;          /* of a list; 0: 1000 */
	const char *const *words;    /* text: only these; NULL at the end */
	const struct field *members; /* of FIELD_STRUCT and FIELD_LIST */
	size_t n_members;
	size_t size; /* of a list's element */
	/*
	 * Its place in the audit record's requestParameters (wire.md 8.2, 8.5).
	 * NULL: the name with its first letter small. "a/b": a list as
	 * {"a":{"items":[{"b":v}]}}. "-": never recorded (secret, or large). Lists
	 * of structs are {"items":[...]} in EC2, and arrays elsewhere.
	 */
	const char *audit;
};

struct field_int {
	bool given;
	int64_t v;
};

struct field_bool {
	bool given;
	bool v;
};

struct field_time {
	bool given;
	int64_t at_ms; /* UTC */
};

struct field_strs {
	const struct str *v;
	size_t n;
};

struct field_list {
	const void *v;
	size_t n;
};

#define FIELD_N(rows) (sizeof(rows) / sizeof((rows)[0]))

#endif
