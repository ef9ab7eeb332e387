/*
 * tree: a guest's metadata as paths (wire.md 5.1, 5.2). Pure: no sockets, no
 * clock, no tokens. Values have no newline at their end; a directory is the
 * list of its names, one a line, those that are directories with a '/'.
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
	const struct signer *signer; /* whose keys are seen; NULL: none known */
	int64_t now_ms;              /* boot clock */
};

/*
 * Appends what stands at path, which begins with '/' and has no query. A slash
 * at the end changes nothing. ERR_NOTFOUND; ERR_SYNTAX (bad percent encoding),
 * ERR_TOOBIG (path, or body).
 *
 * Beside AWS's tree there is .../managed-ssh-keys/bundle/USER: all that a key
 * lookup needs in one answer (docs/PROTOCOL.md 4).
 */
int tree_get(const struct tree_view *v, struct str path, struct buf *body) MUST_CHECK;

#endif
