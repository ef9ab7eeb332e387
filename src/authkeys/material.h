/*
 * material: gets what a lookup needs from the metadata service: from openeic's one path
 * (docs/PROTOCOL.md 4), or from the paths of wire.md 5.1 where the service does not have it.
 */
#ifndef AUTHKEYS_MATERIAL_H
#define AUTHKEYS_MATERIAL_H

#include "authkeys/metadata.h"
#include "codec/bundle.h"

/*
 * Gets the keys of user, a name that osuser_valid accepts, with chain and staples. Texts live
 * in a. ret->active_keys is empty when there are no keys. Nothing is verified yet, and the
 * staples' base 64 may have line ends in it. Errors: ERR_SYNTAX, ERR_DENIED (no token, or a
 * refusal), ERR_NOTFOUND (a path is missing that must be there), ERR_TOOBIG (too many
 * staples), and those of metadata_ask. ei says which path, where it was a path.
 */
int material_get(struct metadata *m, struct arena *a, struct str user, struct bundle *ret,
    struct errinfo *ei) MUST_CHECK;

#endif
