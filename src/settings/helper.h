/*
 * helper: the settings of eic_run_authorized_keys. Each has one row in helper.c. If the file does
 * not exist, all have their defaults.
 */
#ifndef SETTINGS_HELPER_H
#define SETTINGS_HELPER_H

#include "settings/settings.h"

#define HELPER_CONFIG_PATH "/etc/openeic/helper.conf"

struct helper_settings {
	char root[SETTINGS_PATH_BYTES];          /* the pinned root certificates, PEM */
	char instance_id[35];                    /* empty: asset_tag says it */
	char asset_tag[SETTINGS_PATH_BYTES];     /* a file that has the instance id */
	char instance_file[SETTINGS_PATH_BYTES]; /* the same; it must belong to root */
	char socket[SETTINGS_PATH_BYTES]; /* of the metadata service; empty: address is used */
	char address[72];                 /* address:port of the metadata service */
	int64_t budget_ms;
};

extern const struct settings_table helper_table;

#endif
