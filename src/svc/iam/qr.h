/*
 * qr: a text as a QR code, in a PNG file: what an authenticator app photographs.
 */
#ifndef SVC_IAM_QR_H
#define SVC_IAM_QR_H

#include "base/buf.h"
#include "base/err.h"

#define QR_MAX_TEXT_BYTES 1024
#define QR_MAX_PNG_BYTES (64u << 10)

/* Appends the PNG: grey, with the margin of four that the standard asks for.
 * ERR_TOOBIG (the text is too long), ERR_SYNTAX (it holds a NUL). */
int qr_png_write(struct str text, struct buf *png) MUST_CHECK;

#endif
