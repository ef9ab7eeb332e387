/*
 * pem: the textual encoding of DER (RFC 7468), strictly: there may be neither text nor blank
 * lines between the blocks. It is not for private keys, as what it decodes is not wiped.
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
 * Splits text into its blocks, at least one and at most max. Lines are at most 76 characters of
 * base 64 and end in LF, which only the last line may lack. ERR_SYNTAX; ERR_TOOBIG (more than
 * max blocks).
 */
int pem_parse(struct arena *a, struct str text, struct pem_block *ret, size_t max,
    size_t *ret_n) MUST_CHECK;

/* Appends one block, with lines of 64 characters that all end in LF. */
void pem_write(struct buf *out, const char *label, struct str der);

#endif
