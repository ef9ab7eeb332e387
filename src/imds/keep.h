/*
 * keep: copies several texts into one block that was made large enough.
 */
#ifndef IMDS_KEEP_H
#define IMDS_KEEP_H

#include "base/str.h"

/* Copies s to *at and moves *at behind it; returns the copy. */
struct str keep_str(char **at, struct str s);

#endif
