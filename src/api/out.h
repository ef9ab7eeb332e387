/*
 * out: an answer, written once and in the form of its protocol: EC2 XML, IAM
 * and STS XML, or JSON. What is written to the client can be written to the
 * audit record at the same time (responseElements, wire.md 8.2, 8.5), where lists
 * are {"items":[...]} in EC2 and arrays elsewhere, and an action of IAM or STS
 * without any output has null.
 *
 * Names are as on the wire and must be string literals. Lists: out_list, then
 * for each element out_item ... out_end or out_item_str, then out_end.
 */
#ifndef API_OUT_H
#define API_OUT_H

#include "aws/service.h"
#include "base/arena.h"
#include "codec/jsonw.h"
#include "codec/xml.h"

#define OUT_MAX_BYTES (8u << 20) /* an answer must fit into an ipc message */
#define OUT_MAX_DEPTH 32

struct out {
	enum service_protocol protocol;
	struct buf body;
	struct buf audit_body;
	struct xml xml;
	struct jsonw json;
	bool audited;
	struct jsonw audit;
	uint32_t in_list; /* bit i: level i is a list */
	unsigned depth;
	const char *result; /* IAM, STS: the element around what an action returns */
	bool begun;         /* something was written, or there is a result */
};

/* Opens the frame. action and request_id must outlive it. */
void out_init(struct out *o, enum service s, struct arena *a, struct str action,
    struct str request_id, bool audited);
/*
 * IAM and STS: <XResult> is there as soon as anything is in it. An action whose
 * output is known to be empty says so with this one (clients then look for it);
 * one without any output writes nothing.
 */
void out_result(struct out *o);
/* Closes the frame. ERR_TOOBIG. */
int out_finish(struct out *o, struct str request_id) MUST_CHECK;
void out_release(struct out *o);

void out_object(struct out *o, const char *name);
void out_list(struct out *o, const char *name);
void out_item(struct out *o);
void out_end(struct out *o);

void out_str(struct out *o, const char *name, struct str v);
void out_opt(struct out *o, const char *name, struct str v); /* nothing when empty */
void out_c(struct out *o, const char *name, const char *v);
void out_i64(struct out *o, const char *name, int64_t v);
void out_bool(struct out *o, const char *name, bool v);
void out_time(struct out *o, const char *name, int64_t at_s);
/* For the client alone: the record says nothing of it. */
void out_secret(struct out *o, const char *name, struct str v);
void out_item_str(struct out *o, struct str v);

#endif
