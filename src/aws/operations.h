/*
 * operations: the names of all operations that the services of AWS have which are offered here,
 * also of those that are not. So an answer can tell a name that is wrong from one that this
 * installation has not. Source: AWS's service models; operations.txt is made by tools/aws-models.
 */
#ifndef AWS_OPERATIONS_H
#define AWS_OPERATIONS_H

#include "aws/service.h"
#include "base/embedded.h"

/* Made by tools/embed: one file, with a line "SERVICE OPERATION" for each, sorted. */
extern const struct embedded operations_txt[];
extern const size_t operations_txt_count;

/* Has this service of AWS an operation of this name? Case counts. */
bool operations_have(enum service s, struct str name);

#endif
