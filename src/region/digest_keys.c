/*
 * digest_keys: see digest_keys.h.
 */
#include "region/digest_keys.h"

#include "pki/cert_key.h"
#include "pki/cert_name.h"
#include "store/store_pki.h"

#define MAX_KEY_BYTES 2048

static int
one(const struct store_pki *v, struct arena *a, struct digest_key *ret)
{
	char fingerprint[65];
	struct buf key;
	int r;

	buf_init(&key, MAX_KEY_BYTES);
	if ((r = cert_key_write(v->cert_der, &key)) == 0) {
		cert_name_sha256(v->cert_der, fingerprint);
		*ret = (struct digest_key){ .fingerprint = arena_str(a, str_of(fingerprint)),
			.pkcs1 = arena_str(a, buf_view(&key)),
			.not_before_at = v->not_before_at,
			.not_after_at = v->not_after_at };
	}
	buf_release(&key);
	return r;
}

int
digest_keys_list(struct region *region, struct arena *a, int64_t from_at, int64_t to_at,
    struct digest_key **ret, size_t *ret_n)
{
	struct store_pki *v;
	size_t i, n;
	int r;

	r = store_pki_list_good(region->store, a, STORE_PKI_AUDIT, from_at, to_at, &v, &n);
	if (r != 0)
		return r;
	*ret = arena_array(a, n, sizeof(**ret));
	for (i = 0; i < n; i++) {
		if ((r = one(&v[i], a, &(*ret)[i])) != 0)
			return r;
	}
	*ret_n = n;
	return 0;
}
