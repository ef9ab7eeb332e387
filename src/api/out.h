/*
 * out: writes an answer in the form of its protocol: EC2 XML, IAM and STS XML, or JSON. If the
 * answer is audited, everything written to the client is written to the audit record as well
 * (responseElements, wire.md 8.2, 8.5). There a list is {"items":[...]} in EC2, {} when it is
 * empty, and an array elsewhere; an empty text is left out in EC2; and an action of IAM or STS
 * without any output has null.
 *
 * Names are those on the wire and must be string literals. A list is written with out_list, then
 * out_item ... out_end or out_item_str for each element, then out_end.
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
	uint32_t in_list;    /* if bit i is set, level i is a list */
	uint32_t begun_list; /* if bit i is set, the record has "items" of that list already */
	uint32_t item_list;  /* if bit i is set, they are called "item" */
	unsigned depth;
	const char *result; /* in IAM and STS, the element around the output */
	bool begun;         /* something was written, or out_result was called */
	bool secret;        /* out_secret was called */
};

/* Begins the answer. out_release must follow. a must live until then. */
void out_init(struct out *o, enum service s, struct arena *a, struct str action,
    struct str request_id, bool audited);
/*
 * IAM and STS: opens <XResult>, if it is not open yet; the first member that is written does so
 * too. An action whose output is empty calls this one, because clients look for the element. An
 * action that has no output at all does not, and its answer has no <XResult>.
 */
void out_result(struct out *o);
/* Ends the answer. ERR_TOOBIG: it is longer than OUT_MAX_BYTES. */
int out_finish(struct out *o, struct str request_id) MUST_CHECK;
void out_release(struct out *o);

void out_object(struct out *o, const char *name);
void out_list(struct out *o, const char *name);
void out_item(struct out *o);
void out_end(struct out *o);

void out_str(struct out *o, const char *name, struct str v);
void out_opt(struct out *o, const char *name, struct str v); /* writes nothing when v is empty */
void out_c(struct out *o, const char *name, const char *v);
void out_i64(struct out *o, const char *name, int64_t v);
void out_i64_unrecorded(struct out *o, const char *name, int64_t v); /* only for the client */
void out_bool(struct out *o, const char *name, bool v);
void out_time(struct out *o, const char *name, int64_t at_s);
/* Only the client gets it: the record does not. The action must count once (api/action.h), or the
 * request fails. */
void out_secret(struct out *o, const char *name, struct str v);
void out_item_str(struct out *o, struct str v);

#endif
