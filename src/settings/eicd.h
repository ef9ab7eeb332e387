/*
 * eicd: the settings of the server. Each has one row in eicd.c. Times are in the unit that the name
 * ends with; texts end with a NUL.
 */
#ifndef SETTINGS_EICD_H
#define SETTINGS_EICD_H

#include "settings/settings.h"

#define EICD_CONFIG_PATH "/etc/openeic/eicd.conf"

struct eicd_settings {
	/* [server] */
	char listen[161]; /* for settings_address_next */
	char region[33];
	char availability_zone[34];
	char domain[65];
	char account_id[13];
	int64_t clock_skew_s;
	int64_t verb_timeout_s;
	int64_t agent_silence_s;
	int64_t log_level; /* enum log_level */

	/* [paths] */
	char state_dir[SETTINGS_PATH_BYTES];
	char run_dir[SETTINGS_PATH_BYTES];
	char database[SETTINGS_PATH_BYTES]; /* default: STATE_DIR/db/eicd.db */
	char kek_file[SETTINGS_PATH_BYTES]; /* default: STATE_DIR/kek */
	char libexec_dir[SETTINGS_PATH_BYTES];
	char driver_dir[SETTINGS_PATH_BYTES];

	/* [tls] */
	char tls_certificate[SETTINGS_PATH_BYTES];   /* default: STATE_DIR/tls/server.crt */
	char tls_key[SETTINGS_PATH_BYTES];           /* default: STATE_DIR/tls/server.key */
	char agent_ca[SETTINGS_PATH_BYTES];          /* default: STATE_DIR/tls/agent-ca.crt */
	char web_identity_keys[SETTINGS_PATH_BYTES]; /* empty: none */

	/* [processes] */
	char front_user[33];
	char core_user[33];
	char keyd_user[33];
	int64_t signers;
	int64_t fronts;
	int64_t retire_timeout_s;

	/* [http] */
	int64_t max_header_bytes;
	int64_t max_body_bytes;
	int64_t header_timeout_s;
	int64_t body_timeout_s;
	int64_t idle_timeout_s;
	int64_t max_connections;
	int64_t max_connections_per_address;
	int64_t max_inflight;

	/* [keys] */
	int64_t key_lifetime_s;
	bool allow_ecdsa_keys;
	int64_t push_rate; /* keys a second, for one principal; 0: no limit */
	int64_t push_burst;

	/* [limits] */
	int64_t api_rate; /* the same for requests other than pushes */
	int64_t api_burst;
	int64_t lookup_rate; /* LookupEvents a second, for one principal; 0: no limit */
	int64_t lookup_burst;
	int64_t costly_rate; /* costly requests a second, for one account; 0: no limit */
	int64_t costly_burst;
	int64_t max_instances; /* for one account */

	/* [signer] */
	int64_t signer_lifetime_s;
	int64_t signer_rotate_before_s;
	int64_t ocsp_lifetime_s;
	int64_t agent_lifetime_s;

	/* [audit] */
	int64_t audit_digest_interval_s;
	int64_t audit_retention_days;           /* 0: for ever */
	char audit_export[SETTINGS_PATH_BYTES]; /* empty: none; "-": standard output */
	int64_t audit_export_max_size;
	int64_t audit_export_keep;
};

extern const struct settings_table eicd_table;

#endif
