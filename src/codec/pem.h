/*
 * pem: textual encoding of DER (RFC 7468), strictly: blocks and nothing else,
 * neither text nor blank lines between them. Not for private keys: what it
 * decodes is not wiped.
 */
#ifndef CODEC_PEM_H
#define CODEC_PEM_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct pem_block {
	struct str label; /* "CERTIFICATE"; points into the text */
	struct str der;   /* in the arena */
};

/*
 * Splits text into at most max blocks. Lines are at most 76 characters of
 * base 64 and end in LF; only the last may lack it. At least one block.
 * Errors: ERR_SYNTAX, ERR_TOOBIG (more than max blocks).
 */
int pem_parse(struct arena *a, struct str text, struct pem_block *ret, size_t max,
    size_t *ret_n) MUST_CHECK;

/* Lines of 64 characters, LF, also at the end. */
void pem_write(struct buf *out, const char *label, struct str der);

#endif
