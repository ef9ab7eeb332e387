/*
 * chain_fuzz: verifies a signer chain and a staple from a hostile metadata service. Input: the
 * length of the staple (2 bytes, big-endian), the staple, the chain in PEM. The last block of the
 * chain is the pinned root, so that the code behind that comparison is reached; the staple is
 * given for every certificate.
 */
#include "base/arena.h"
#include "base/rd.h"
#include "codec/pem.h"
#include "pki/cert_name.h"
#include "pki/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
attack(struct arena *a, struct str pem, struct str staple)
{
	struct chain_staple staples[CHAIN_MAX_CERTS];
	struct pem_block blocks[CHAIN_MAX_CERTS];
	char names[CHAIN_MAX_CERTS][41];
	struct chain_input in = { .pem = pem,
		.staples = staples,
		.common_name = STR("managed-ssh-signer.eu-west-1.amazonaws.com"),
		.now_s = 1790000000 };
	enum chain_fault fault;
	struct chain *c;
	size_t i;

	if (pem.n > CHAIN_MAX_PEM_BYTES ||
	    pem_parse(a, pem, blocks, CHAIN_MAX_CERTS, &in.n_staples) != 0)
		return;
	for (i = 0; i < in.n_staples; i++) {
		cert_name_sha1(blocks[i].der, names[i]);
		staples[i] = (struct chain_staple){ str_of(names[i]), staple };
	}
	in.root = blocks[in.n_staples - 1].der;
	if (chain_verify(&in, &c, &fault) == 0) {
		/* Nobody signed the empty text with no signature. */
		if (chain_blob_verify(c, STR(""), STR("")) == 0)
			abort();
		chain_free(c);
	}
	(void)chain_fault_text(fault);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(str_of_n(data, size));
	struct arena *a = arena_new(1u << 20);
	struct str staple;
	uint16_t n;

	if (rd_u16(&r, &n) == 0 && rd_bytes(&r, n, &staple) == 0)
		attack(a, r.rest, staple);
	arena_free(a);
	return 0;
}
