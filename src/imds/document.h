/*
 * document: the instance identity document, JSON with AWS's member names (wire.md 5.2).
 */
#ifndef IMDS_DOCUMENT_H
#define IMDS_DOCUMENT_H

#include "base/buf.h"
#include "imds/guests.h"

/* Appends the document of d. Members that are empty in d are null. An overfull buffer is told
 * by buf_err. */
void document_write(const struct link_guest *d, struct buf *out);

#endif
