/*
 * material: what a lookup needs, from the metadata service: from openeic's one
 * path where there is one, else from those of wire.md 5.1.
 */
#ifndef AUTHKEYS_MATERIAL_H
#define AUTHKEYS_MATERIAL_H

#include "authkeys/metadata.h"
#include "codec/bundle.h"

/*
 * Asks for user's keys (osuser_valid). ret->active_keys is empty when there are
 * none. Everything is as the service says: nothing is verified yet, and the
 * staples' base 64 may have line ends in it. Errors: ERR_SYNTAX, ERR_DENIED (no
 * token, or a refusal), ERR_NOTFOUND (a path that must be there is not), and
 * those of metadata_ask; ei says which path.
 */
int material_get(struct metadata *m, struct arena *a, struct str user, struct bundle *ret,
    struct errinfo *ei) MUST_CHECK;

#endif
