/*
 * batch: see batch.h.
 */
#include "api/batch.h"

#include <assert.h>

#include "api/parked.h"
#include "api/pipeline.h"
#include "api/policies.h"
#include "api/refusals.h"
#include "api/state.h"
#include "aws/sigv4_auth.h"
#include "base/log.h"
#include "region/task.h"

struct batch {
	struct api *api;
	const struct api_request *reqs;
	size_t n;
	struct arena *arena;
	struct api_response *ret;
};

static int
answer_all(struct region *region, void *ctx)
{
	const struct batch *b = ctx;

	(void)region;
	pipeline_run(b->api, b->reqs, b->n, b->arena, b->ret);
	return 0;
}

/* Nothing was committed. The cache of policies may hold what was read in the transaction. */
static void
fail_all(const struct batch *b)
{
	struct parked *parked;
	size_t i;

	policies_changed(b->api->policies);
	for (i = 0; i < b->n; i++) {
		parked = b->ret[i].parked;
		pipeline_fail(&b->reqs[i], b->arena, &b->ret[i]);
		b->ret[i].parked = parked;
	}
}

void
batch_run(struct api *api, const struct api_request *reqs, size_t n, struct arena *a,
    struct api_response *ret)
{
	struct batch b = { .api = api, .reqs = reqs, .n = n, .arena = a, .ret = ret };
	size_t i;
	int r;

	assert(n <= BATCH_MAX);
	for (i = 0; i < n; i++)
		ret[i] = (struct api_response){ .parked = reqs[i].parked };
	r = task_run(api->region, answer_all, &b);
	refusals_settle(api->refusals, r == 0);
	if (r != 0)
		fail_all(&b);
	for (i = 0; i < n; i++) {
		answer_counts_add(&api->counts, &ret[i]);
		if (ret[i].status == 0)
			parked_wait(ret[i].parked);
		else
			parked_free(ret[i].parked);
		ret[i].parked = NULL;
	}
	parked_step(api->parked);
}

struct str
batch_key(const struct api_request *req)
{
	struct sigv4_credential credential;
	struct sigv4_auth auth;
	struct errinfo unused;
	struct str text;

	if (http_header_find(req->headers, req->n_headers, STR("Authorization"), &text) != 0 ||
	    sigv4_auth_parse(text, &auth, &unused) != 0 ||
	    sigv4_auth_credential_parse(auth.credential, &credential) != 0)
		return STR("");
	return credential.access_key_id;
}

void
batch_turn_away(struct api *api, const struct api_request *req, struct arena *a,
    struct api_response *ret)
{
	pipeline_turn_away(api, req, a, ret);
	answer_counts_add(&api->counts, ret);
}

bool
batch_tell(struct api *api, bool at_once)
{
	return refusals_step(api, at_once);
}

size_t
batch_resume(struct api *api, struct api_request *ret, size_t max)
{
	return parked_resume(api->parked, ret, max);
}
