/*
 * field: the description of one input member of an action. The reader (input.h) derives parsing,
 * checking, error messages and the audit record from it.
 *
 * An action has a plain struct for its input. A row binds a member's name on the wire to a place in
 * that struct. The types of the places:
 *   FIELD_STR		struct str; p is NULL when it is absent
 *   FIELD_INT		struct field_int
 *   FIELD_BOOL		struct field_bool
 *   FIELD_TIME		struct field_time; only in JSON, where it is a number of seconds
 *   FIELD_STR_LIST	struct field_strs
 *   FIELD_STRUCT	the struct itself; the places of its members count from its start
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
	/* AWS knows it and we do not: a request that has it is refused, instead of ignoring it. */
	FIELD_UNSUPPORTED,
	/* Accepted without any effect here. A comment beside the row says why. */
	FIELD_IGNORED,
};

/* The forms of text. The table in form.c has a function that tests it and an error for each. */
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
	FORM_RESOURCE_ID, /* an id of anything that can carry tags */
	FORM_IPV4,

	/* IAM and STS, as in their service models. The lengths stand in the rows. */
	FORM_IAM_NAME, /* users, groups, roles, policies, sessions and so on */
	FORM_IAM_PATH,
	FORM_IAM_PATH_PREFIX,
	FORM_IAM_POLICY_PATH, /* CreatePolicy and ListPolicies are stricter */
	FORM_IAM_WORD,        /* ids of keys and entities */
	FORM_IAM_ARN,
	FORM_IAM_MARKER,
	FORM_POLICY_DOCUMENT, /* checks the characters alone, also of passwords */
	FORM_POLICY_VERSION,  /* "v1" */
	FORM_DESCRIPTION,
	FORM_TAG_KEY,
	FORM_TAG_VALUE,
	FORM_MFA_CODE,
	FORM_SERIAL, /* of an MFA device: its ARN, or the number on it */
	FORM_EXTERNAL_ID,
	FORM_ACCOUNT_ALIAS,
	/* STS has these patterns of its own, which an empty text matches; the rows have a least
	 * length. */
	FORM_STS_NAME,
	FORM_STS_WORD,
	FORM_STS_CODE,
	FORM_STS_SERIAL,
	FORM_COUNT,
};

/* What the audit record has of a member. 0: its value, if the request has it. */
enum field_record {
	/* The same, else false for FIELD_BOOL, [] for a list outside EC2, and {} for all others. */
	FIELD_RECORD_ALWAYS = 1,
	FIELD_RECORD_HIDDEN, /* "<sensitiveDataRemoved>", if the request has it */
};

struct field {
	const char *name; /* on the wire; in EC2 a list has the name of one element */
	enum field_type type;
	size_t at; /* the place's offset in the struct */
	bool required;
	enum field_form form;
	int64_t min, max;            /* characters of a text, or value of an integer; 0, 0: any */
	uint32_t max_items;          /* of a list; 0: 1000 */
	const char *const *words;    /* the only texts allowed; ends with NULL */
	bool some_words;             /* AWS allows more: another text is not supported here */
	const struct field *members; /* of FIELD_STRUCT and FIELD_LIST */
	size_t n_members;
	size_t size; /* of an element of FIELD_LIST */
	/*
	 * The name in the audit record's requestParameters (wire.md 8.2, 8.5). NULL: the name with
	 * its first letter in lower case. "-": not recorded by its row, because it is secret,
	 * large, or not checked yet. "": a struct whose members stand in its own place. A list of
	 * structs is {"items":[...]} in EC2, and an array elsewhere; "a[]" is an array in EC2 too.
	 * "a/b": the row is part of a set, {"a":{"items":[{"b":v}]}}. All rows of the set "a" are
	 * written where its first row stands: lists with an item for each value, others together in
	 * one item.
	 */
	const char *audit;
	enum field_record record;
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
