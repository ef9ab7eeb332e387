/*
 * helper: the settings of eic_run_authorized_keys, one row each in helper.c. The
 * file may be missing: then all have their defaults.
 */
#ifndef SETTINGS_HELPER_H
#define SETTINGS_HELPER_H

#include "settings/settings.h"

#define HELPER_CONFIG_PATH "/etc/openeic/helper.conf"

struct helper_settings {
	char root[SETTINGS_PATH_BYTES];      /* the pinned root certificate, PEM */
	char instance_id[35];                /* empty: see asset_tag */
	char asset_tag[SETTINGS_PATH_BYTES]; /* file with the instance id */
	char socket[SETTINGS_PATH_BYTES];    /* of the metadata service; empty: none */
	char address[72];                    /* address:port of the metadata service */
	int64_t budget_ms;
};

extern const struct settings_table helper_table;

#endif
