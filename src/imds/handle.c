/*
 * handle: methods, tokens and refusals of the metadata service; see handle.h.
 */
#include "imds/handle.h"

#include "base/log.h"
#include "base/num.h"
#include "codec/uri.h"
#include "imds/tree.h"

#define TTL_HEADER "X-aws-ec2-metadata-token-ttl-seconds"
#define TOKEN_HEADER "X-aws-ec2-metadata-token"
#define MAX_HEADERS 4

struct answer {
	uint16_t status;
	struct http_header headers[MAX_HEADERS];
	size_t n;
	struct str body;
	bool head_only;
};

static void
header(struct answer *a, struct str name, struct str value)
{
	a->headers[a->n++] = (struct http_header){ name, value };
}

static int
answer_write(const struct handle_input *in, struct answer *a, struct buf *out)
{
	struct http_response response = { .status = a->status, .body = a->body };
	int r;

	header(a, STR("Server"), STR("EC2ws"));
	if (!in->request->keep_alive)
		header(a, STR("Connection"), STR("close"));
	response.headers = a->headers;
	response.n_headers = a->n;
	if ((r = http_response_write(out, &response, a->head_only)) != 0)
		return r;
	return buf_err(out);
}

/* The body of a refusal is its reason, for people who look at it with curl. */
static void
refuse(struct answer *a, uint16_t status)
{
	a->status = status;
	a->body = str_of(http_reason(status));
	header(a, STR("Content-Type"), STR("text/plain"));
}

static bool
has_header(const struct http_request *q, const char *name, struct str *ret, bool *ret_twice)
{
	int r = http_header_find(q->headers, q->n_headers, str_of(name), ret);

	*ret_twice = r == ERR_DUP;
	return r != ERR_NOTFOUND;
}

/*
 * The signer whose chain and keys a new lookup gets: the newest one, or the one before while
 * some live key has not arrived yet under the newest. Otherwise logins would fail between the
 * arrival of a new chain and that of the keys that the new signer signed.
 */
static const struct signer *
signer_choose(const struct handle_input *in)
{
	const struct signer *newest = signers_current(in->signers);
	const struct signer *before = signers_previous(in->signers, in->now_ms);

	if (newest == NULL || before == NULL ||
	    keys_covered(&in->guest->keys, before->desc.signer_id, newest->desc.signer_id,
		in->now_ms))
		return newest;
	return before;
}

/* ---- PUT /latest/api/token ---- */

static int
token_put(const struct handle_input *in, struct str path, struct answer *a, struct buf *out)
{
	const struct signer *signer = signer_choose(in);
	char token[TOKEN_LEN + 1];
	struct str ttl;
	uint64_t ttl_s;
	bool twice;

	if (str_ends(path, STR("/api/token")) && !str_eq_c(path, "/latest/api/token")) {
		refuse(a, 403);
	} else if (!str_eq_c(path, "/latest/api/token")) {
		refuse(a, 405);
		header(a, STR("Allow"), STR("GET, HEAD"));
	} else if (has_header(in->request, "X-Forwarded-For", &ttl, &twice)) {
		refuse(a, 403);
	} else if (!has_header(in->request, TTL_HEADER, &ttl, &twice) || twice ||
	    num_u64_parse(ttl, 1, TOKEN_MAX_TTL_S, &ttl_s) != 0) {
		refuse(a, 400);
	} else {
		token_issue(&in->guest->tokens, in->rng, (uint32_t)ttl_s,
		    signer != NULL ? signer->generation : 0, in->now_ms, token);
		a->status = 200;
		a->body = (struct str){ token, TOKEN_LEN };
		header(a, STR("Content-Type"), STR("text/plain"));
		header(a, STR("X-Aws-Ec2-Metadata-Token-Ttl-Seconds"), ttl);
	}
	return answer_write(in, a, out);
}

/* ---- GET, HEAD ---- */

/* Checks the token. Returns 0 and the signer whose keys the request gets, or the status to
 * refuse with. */
static uint16_t
authorise(const struct handle_input *in, const struct signer **ret)
{
	uint32_t generation;
	struct str token;
	bool twice;

	*ret = signer_choose(in);
	if (!has_header(in->request, TOKEN_HEADER, &token, &twice))
		return in->guest->desc.http_tokens_required && !in->local ? 401 : 0;
	if (twice || token_check(&in->guest->tokens, token, in->now_ms, &generation) != 0)
		return 401;
	/* If the token's signer is no longer kept, the request gets what a new token would. */
	if (signers_find(in->signers, generation, in->now_ms) != NULL)
		*ret = signers_find(in->signers, generation, in->now_ms);
	return 0;
}

static uint16_t
status_of(int r)
{
	if (r == 0)
		return 200;
	return r == ERR_SYNTAX ? 400 : 404;
}

/*
 * Under a signer on P-256 nobody should read its certificate by this path: our helper has it with
 * the bundle, and the stock scripts, which read it here, cannot verify what it signs. They refuse
 * and log nothing, so it is said here, once for each guest and signer.
 */
static void
stock_warn(const struct handle_input *in, const struct signer *signer, struct str path)
{
	while (str_ends(path, STR("/")))
		path = str_head(path, path.n - 1);
	if (signer == NULL || !signer->desc.ecdsa || in->guest->warned == signer->generation ||
	    !str_ends(path, STR("/managed-ssh-keys/signer-cert")))
		return;
	in->guest->warned = signer->generation;
	log_warn("helper", log_s("instance", in->guest->desc.instance_id),
	    log_c("why",
		"signer-cert was read as the stock scripts read it: they can let nobody in while "
		"the setting helper is openeic"));
}

static int
tree_answer(const struct handle_input *in, struct str path, struct answer *a, struct buf *out)
{
	struct tree_view view = { .guest = in->guest, .now_ms = in->now_ms };
	struct buf body;
	uint16_t status;
	int r;

	buf_init(&body, TREE_MAX_BODY);
	if ((status = authorise(in, &view.signer)) == 0) {
		r = tree_get(&view, path, &body);
		if (r == ERR_TOOBIG && buf_err(&body) != 0)
			goto out;
		status = status_of(r);
	}
	if (status != 200) {
		refuse(a, status);
	} else {
		stock_warn(in, view.signer, path);
		a->status = 200;
		a->body = buf_view(&body);
		header(a, STR("Content-Type"),
		    str_ends(path, STR("/user-data")) ? STR("application/octet-stream")
						      : STR("text/plain"));
	}
	r = answer_write(in, a, out);
out:
	buf_release(&body);
	return r;
}

int
handle_request(const struct handle_input *in, struct buf *out, unsigned *ret_hop_limit)
{
	const struct http_request *q = in->request;
	struct answer a = { .head_only = str_eq_c(q->method, "HEAD") };
	struct str path, query;

	*ret_hop_limit = 0;
	if (!in->guest->desc.http_endpoint) {
		refuse(&a, 403);
	} else if (uri_target_split(q->target, &path, &query) != 0) {
		refuse(&a, 400);
	} else if (str_eq_c(q->method, "PUT")) {
		*ret_hop_limit = in->guest->desc.hop_limit;
		return token_put(in, path, &a, out);
	} else if (str_eq_c(path, "/latest/api/token")) {
		refuse(&a, 405);
		header(&a, STR("Allow"), STR("PUT"));
	} else if (!str_eq_c(q->method, "GET") && !a.head_only) {
		refuse(&a, 405);
		header(&a, STR("Allow"), STR("GET, HEAD"));
	} else {
		return tree_answer(in, path, &a, out);
	}
	return answer_write(in, &a, out);
}
