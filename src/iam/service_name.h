/*
 * service_name: which services of AWS there are, by the names that trust policies call them:
 * "ec2.amazonaws.com". Sources: AWS's service models, and the service principals in its documents
 * and managed policies; services.txt is made by tools/aws-models.
 */
#ifndef IAM_SERVICE_NAME_H
#define IAM_SERVICE_NAME_H

#include <stdbool.h>

#include "base/embedded.h"
#include "base/str.h"

/* Made by tools/embed: one file, with a line for each name, sorted. */
extern const struct embedded services_txt[];
extern const size_t services_txt_count;

/*
 * Is this the principal of a service that AWS has? It is one if the label before the domain, and
 * before a region if there is one, is the name of a service: "states.us-east-1.amazonaws.com",
 * "delivery.logs.amazonaws.com". What stands in front of that is not looked at. Case does not
 * count.
 */
bool service_name_known(struct str principal);

#endif
