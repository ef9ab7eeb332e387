/*
 * lookup_events: cloudtrail:LookupEvents (wire.md 8.1).
 */
#ifndef SVC_CLOUDTRAIL_LOOKUP_EVENTS_H
#define SVC_CLOUDTRAIL_LOOKUP_EVENTS_H

#include "api/call.h"

struct lookup_attribute {
	struct str key;
	struct str value;
};

struct lookup_events_input {
	struct field_list attributes; /* struct lookup_attribute */
	struct field_time start, end;
	struct str category;
	struct field_int max_results;
	struct str next_token;
};

enum awserr lookup_events_act(struct call *c);

#endif
