/*
 * tree: a guest's metadata as a tree of paths (wire.md 5.1, 5.2). Pure: no sockets, no clock,
 * no tokens. A value has no newline at its end. A directory is the list of its names, one a
 * line; those of directories end in '/', but for dynamic and meta-data, as at AWS.
 */
#ifndef IMDS_TREE_H
#define IMDS_TREE_H

#include "base/buf.h"
#include "base/err.h"
#include "imds/guests.h"
#include "imds/signers.h"

#define TREE_MAX_PATH 512
#define TREE_MAX_BODY (1u << 20)

struct tree_view {
	const struct guest *guest;
	const struct signer *signer; /* the one whose chain and keys are shown; NULL: none known */
	int64_t now_ms;              /* boot clock */
};

/*
 * Appends the value or directory at path, which begins with '/' and has no query. A slash at
 * its end changes nothing. ERR_NOTFOUND; ERR_SYNTAX (bad percent encoding); ERR_TOOBIG (the
 * path is longer than TREE_MAX_PATH, a name in it longer than 256 bytes, or body is full).
 *
 * Beside AWS's tree there is .../managed-ssh-keys/bundle/USER, which has all that a key lookup
 * needs in one answer (docs/PROTOCOL.md 4).
 */
int tree_get(const struct tree_view *v, struct str path, struct buf *body) MUST_CHECK;

#endif
