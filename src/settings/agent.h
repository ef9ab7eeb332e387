/*
 * agent: the settings of eic-agent. Each has one row in agent.c.
 */
#ifndef SETTINGS_AGENT_H
#define SETTINGS_AGENT_H

#include "settings/settings.h"

#define AGENT_CONFIG_PATH "/etc/openeic/agent.conf"

/* What sshd asks on this agent's machines. */
enum agent_helper {
	AGENT_HELPER_STOCK,
	AGENT_HELPER_OPENEIC,
};

struct agent_settings {
	/* [agent] */
	char endpoint[161];    /* host:port of eicd */
	char server_name[161]; /* the name in eicd's certificate; empty: the host of endpoint */
	char ca[SETTINGS_PATH_BYTES];
	char certificate[SETTINGS_PATH_BYTES];
	char key[SETTINGS_PATH_BYTES];
	char instance_id[33]; /* the agent's own instance; empty: it has only guests */
	int64_t helper;       /* enum agent_helper */
	char state_dir[SETTINGS_PATH_BYTES];
	char run_dir[SETTINGS_PATH_BYTES];
	char libexec_dir[SETTINGS_PATH_BYTES];
	char uplink_user[33];
	char imds_user[33];
	int64_t reconnect_min_ms;
	int64_t reconnect_max_ms;
	int64_t silence_s;
	int64_t log_level; /* enum log_level */

	/* [imds] */
	char imds_listen[72];                  /* address:port */
	char imds_netns[SETTINGS_PATH_BYTES];  /* empty: the agent's own */
	char imds_socket[SETTINGS_PATH_BYTES]; /* empty: none */
	char helper_user[33];                  /* empty: none */
};

extern const struct settings_table agent_table;

#endif
