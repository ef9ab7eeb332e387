/*
 * imds_fuzz: the input is what a guest sends on a connection to the metadata service. Every answer
 * must be HTTP, and no metadata may be given without a token.
 */
#include <assert.h>
#include <stdint.h>

#include "codec/http.h"
#include "imds/guests.h"
#include "imds/handle.h"
#include "imds/signers.h"

#define LEAF "0123456789ABCDEF0123456789ABCDEF01234567"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
zeros(void *ctx, void *p, size_t n)
{
	(void)ctx;
	memset(p, 0, n);
}

static const struct link_pair staples[] = { { { LEAF, 40 }, { "AA==", 4 } } };
static const struct link_pair tags[] = { { { "Name", 4 }, { "x", 1 } } };

static struct guest *
guest_make(struct guests *guests, struct signers *signers)
{
	struct link_guest d = { .instance_id = STR("i-0123456789abcdef0"),
		.private_ip = STR("10.0.0.5"),
		.public_ip = STR("203.0.113.7"),
		.mac = STR("02:05"),
		.hostname = STR("h"),
		.availability_zone = STR("eu-test-1a"),
		.region = STR("eu-test-1"),
		.domain = STR("amazonaws.com"),
		.key_name = STR("k"),
		.public_key = STR("ssh-ed25519 A"),
		.user_data = STR("#!"),
		.tags = { tags, 1 },
		.http_endpoint = true,
		.http_tokens_required = true,
		.hop_limit = 2 };
	struct link_signer s = { STR(LEAF), STR("PEM"), { staples, 1 }, false };
	struct link_key k = { STR("i-0123456789abcdef0"), STR("ec2-user"), STR("r"), STR(LEAF),
		1000, STR("entry\n"), 0 };
	struct guest *guest;

	if (guests_put(guests, &d) != 0 || signers_put(signers, &s, 0) != 0)
		abort();
	guest = guests_find(guests, d.instance_id);
	if (keys_put(&guest->keys, &k, 0) != 0)
		abort();
	return guest;
}

static bool
is_token_put(const struct http_request *q)
{
	return str_eq_c(q->method, "PUT");
}

static void
answer_check(const struct http_request *q, struct str answer)
{
	static const struct http_limits limits = { 1024, 8192, 64, 1 << 20 };
	struct http_reader *r = http_reader_new_response(&limits);
	struct str unused;
	enum http_outcome o;
	size_t used;

	o = http_reader_feed(r, answer, &used);
	assert(used == answer.n);
	/* The answer to HEAD announces a body and has none: the reader is given one. */
	while (o == HTTP_INCOMPLETE && str_eq_c(q->method, "HEAD"))
		o = http_reader_feed(r, STR("x"), &used);
	assert(o == HTTP_COMPLETE);
	if (http_reader_response(r)->status == 200 && !is_token_put(q))
		assert(http_header_find(q->headers, q->n_headers, STR("X-aws-ec2-metadata-token"),
			   &unused) == 0);
	http_reader_free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct http_limits limits = { 1024, 8192, 64, 0 };
	const struct rng rng = { zeros, NULL };
	struct guests *guests = guests_new(&rng);
	struct signers *signers = signers_new();
	struct http_reader *r = http_reader_new_request(&limits);
	struct handle_input in = { .guest = guest_make(guests, signers),
		.signers = signers,
		.rng = &rng };
	struct str rest = str_of_n(data, size);
	struct buf out;
	unsigned hops;
	size_t used;

	buf_init(&out, 1 << 20);
	while (rest.n > 0 && http_reader_feed(r, rest, &used) == HTTP_COMPLETE) {
		rest = str_from(rest, used);
		in.request = http_reader_request(r);
		buf_clear(&out);
		assert(handle_request(&in, &out, &hops) == 0);
		assert(hops == (is_token_put(in.request) ? 2 : 0) || hops == 0);
		answer_check(in.request, buf_view(&out));
		http_reader_reset(r);
	}
	buf_release(&out);
	http_reader_free(r);
	guests_free(guests);
	signers_free(signers);
	return 0;
}
