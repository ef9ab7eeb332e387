/*
 * qr: draws a text as a QR code in a PNG file. An authenticator app reads it from the screen.
 */
#ifndef SVC_IAM_QR_H
#define SVC_IAM_QR_H

#include "base/buf.h"
#include "base/err.h"

#define QR_MAX_TEXT_BYTES 1024
#define QR_MAX_PNG_BYTES (64u << 10)

/* Appends the PNG to png. It is grey, with the margin of four modules that ISO/IEC 18004 asks for.
 * ERR_TOOBIG (the text is too long, or png is full), ERR_SYNTAX (the text holds a NUL). */
int qr_png_write(struct str text, struct buf *png) MUST_CHECK;

#endif
