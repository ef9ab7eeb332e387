/*
 * document: the instance identity document, JSON with the member names of AWS.
 */
#ifndef IMDS_DOCUMENT_H
#define IMDS_DOCUMENT_H

#include "base/buf.h"
#include "imds/guests.h"

/* Appends it; what is not known is null. */
void document_write(const struct link_guest *d, struct buf *out);

#endif
