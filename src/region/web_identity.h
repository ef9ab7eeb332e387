/*
 * web_identity: the keys of issuers of web identity tokens, from the file that the setting
 * web_identity_keys names (docs/decisions/0058). The issuers' URLs and what may be done with their
 * tokens are providers in the store.
 */
#ifndef REGION_WEB_IDENTITY_H
#define REGION_WEB_IDENTITY_H

#include "base/err.h"
#include "base/str.h"

#define WEB_IDENTITY_MAX_ISSUERS 100
#define WEB_IDENTITY_MAX_BYTES (1u << 20)

struct web_identity;

/*
 * Reads the file: a JSON object with the URL of each issuer, as its tokens have it in "iss", and
 * the set of its keys as it publishes them:
 *   {"https://token.example.com": {"keys": [...]}}
 * An empty text is no issuer at all. Errors, explained in ei (may be NULL): ERR_SYNTAX, ERR_DUP,
 * ERR_TOOBIG, and those of jwk_set_parse.
 */
int web_identity_parse(struct str text, struct web_identity **ret, struct errinfo *ei) MUST_CHECK;
void web_identity_free(struct web_identity *w); /* NULL is fine */

/*
 * Checks the signature of a token of this issuer over bytes: alg and kid are as its header has them
 * (pki/jwk.h). w may be NULL. ERR_NOTFOUND: there are no keys of the issuer, or not that one.
 * Other errors are those of jwk_verify.
 */
int web_identity_verify(const struct web_identity *w, struct str issuer, struct str alg,
    struct str kid, struct str bytes, struct str signature) MUST_CHECK;

#endif
