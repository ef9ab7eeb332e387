/*
 * uri: percent encoding (RFC 3986), query strings and forms, and the path
 * rules of SigV4 (wire.md 2.1).
 */
#ifndef CODEC_URI_H
#define CODEC_URI_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Appends s with every byte but A-Z a-z 0-9 - . _ ~ as %XX (upper-case digits). */
void uri_encode(struct buf *out, struct str s);
/* As uri_encode, but '/' stays as it is. */
void uri_encode_path(struct buf *out, struct str s);
/* Appends the decoded bytes of s; '+' stays '+'. ERR_SYNTAX for a bad %XX; ERR_TOOBIG when out
 * is full. */
int uri_decode(struct buf *out, struct str s) MUST_CHECK;

/*
 * Splits a request target at its first '?', which belongs to neither part. Without a '?' the
 * query is empty. ERR_SYNTAX when the target does not begin with '/', or has a '#' or a byte
 * outside 0x21..0x7e.
 */
int uri_target_split(struct str target, struct str *ret_path, struct str *ret_query) MUST_CHECK;

/*
 * Appends path without "." and ".." segments and empty ones, as SigV4 signers do before they
 * encode it: "/a//b/../c/" becomes "/a/c/". path is as it was sent, not decoded. A ".." at the
 * top is dropped; an empty path becomes "/".
 */
void uri_path_normalise(struct buf *out, struct str path);

struct uri_param {
	struct str name;  /* decoded */
	struct str value; /* decoded; also empty when there was no '=' */
};

enum uri_flag {
	URI_PLUS_IS_SPACE = 1, /* application/x-www-form-urlencoded */
	URI_ALLOW_DUP = 2,     /* a name may come more than once */
};

/*
 * Parses name=value pairs joined by '&', in order. An empty string has no pair; an empty piece
 * ("a=1&&b=2") is ignored. The array and the decoded texts live in a. Errors: ERR_SYNTAX (bad
 * %XX, empty name, a raw space, control or non-ASCII byte, text that is not UTF-8 or has a NUL),
 * ERR_DUP, ERR_TOOBIG (more than max pairs).
 */
int uri_params_parse(struct arena *a, struct str s, unsigned flags, size_t max,
    const struct uri_param **ret, size_t *ret_n) MUST_CHECK;

#endif
