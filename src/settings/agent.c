/*
 * agent: the table of eic-agent's settings; see agent.h. Its texts are also those of the manual
 * page and of --print-config.
 */
#include "settings/agent.h"

#include <stddef.h>

#include "settings/settings_value.h"

#define USER "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
#define HOST "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:-"
#define INSTANCE "i-0123456789abcdef"

#define AT(field) .offset = offsetof(struct agent_settings, field)
#define TEXT(field, least) \
	AT(field), .min = (least), .max = sizeof(((struct agent_settings *)0)->field) - 1

/* In the order of enum agent_helper. */
static const char *const helpers[] = { "stock", "openeic", NULL };
static const char *const log_levels[] = { "debug", "info", "warn", "error", NULL };

static const struct setting rows[] = {
	{ .section = "agent",
	    .name = "endpoint",
	    .type = SETTING_ADDRESS,
	    TEXT(endpoint, 1),
	    .dflt = "localhost:443",
	    .text = "Where eicd is. The agent connects there and accepts nothing from outside." },
	{ .section = "agent",
	    .name = "server_name",
	    .type = SETTING_STRING,
	    TEXT(server_name, 0),
	    .dflt = "",
	    .pattern = HOST,
	    .text = "Name that the certificate of eicd has to have. If empty, the host of "
		    "endpoint." },
	{ .section = "agent",
	    .name = "ca",
	    .type = SETTING_PATH,
	    TEXT(ca, 0),
	    .dflt = "",
	    .text = "Certificates that may have issued that of eicd, PEM. If empty, server-ca.crt "
		    "in the state directory." },
	{ .section = "agent",
	    .name = "certificate",
	    .type = SETTING_PATH,
	    TEXT(certificate, 0),
	    .dflt = "",
	    .text = "The agent's certificate, PEM. It says for which instances the agent speaks. "
		    "If empty, agent.crt in the state directory." },
	{ .section = "agent",
	    .name = "key",
	    .type = SETTING_PATH,
	    TEXT(key, 0),
	    .dflt = "",
	    .text = "The key of the certificate. If empty, agent.key in the state directory." },
	{ .section = "agent",
	    .name = "instance_id",
	    .type = SETTING_STRING,
	    TEXT(instance_id, 0),
	    .dflt = "",
	    .pattern = INSTANCE,
	    .text = "The instance that this machine itself is. If empty, it only serves its "
		    "guests." },
	{ .section = "agent",
	    .name = "helper",
	    .type = SETTING_ENUM,
	    AT(helper),
	    .words = helpers,
	    .dflt = "stock",
	    .text = "What sshd asks for keys on this agent's machines: openeic if it is "
		    "eic_run_authorized_keys of openeic on all of them, else stock. Keys for "
		    "openeic are signed by ECDSA, which takes eicd a tenth of the time; the "
		    "stock scripts verify RSA alone, and with openeic they let nobody in." },
	{ .section = "agent",
	    .name = "state_dir",
	    .type = SETTING_PATH,
	    TEXT(state_dir, 1),
	    .dflt = "/var/lib/openeic-agent",
	    .text = "Directory of everything that lasts." },
	{ .section = "agent",
	    .name = "run_dir",
	    .type = SETTING_PATH,
	    TEXT(run_dir, 1),
	    .dflt = "/run/openeic-agent",
	    .text = "Directory of what lasts as long as the agent runs." },
	{ .section = "agent",
	    .name = "libexec_dir",
	    .type = SETTING_PATH,
	    TEXT(libexec_dir, 1),
	    .dflt = LIBEXEC_DIR,
	    .text = "Directory of the programs of the agent's roles." },
	{ .section = "agent",
	    .name = "uplink_user",
	    .type = SETTING_STRING,
	    TEXT(uplink_user, 1),
	    .dflt = "eic-uplink",
	    .pattern = USER,
	    .text = "User, by name or number, of the process that is connected to eicd." },
	{ .section = "agent",
	    .name = "imds_user",
	    .type = SETTING_STRING,
	    TEXT(imds_user, 1),
	    .dflt = "eic-imds",
	    .pattern = USER,
	    .text = "User of the process that serves metadata." },
	{ .section = "agent",
	    .name = "reconnect_min_ms",
	    .type = SETTING_INT,
	    AT(reconnect_min_ms),
	    .min = 10,
	    .max = 60000,
	    .dflt = "250",
	    .unit = "milliseconds",
	    .reloadable = true,
	    .text = "Pause before the first attempt to connect again. It doubles with each one "
		    "that fails, and a random part of it is left out." },
	{ .section = "agent",
	    .name = "reconnect_max_ms",
	    .type = SETTING_INT,
	    AT(reconnect_max_ms),
	    .min = 10,
	    .max = 600000,
	    .dflt = "10000",
	    .unit = "milliseconds",
	    .reloadable = true,
	    .text = "The longest such pause." },
	{ .section = "agent",
	    .name = "silence",
	    .type = SETTING_SECONDS,
	    AT(silence_s),
	    .min = 2,
	    .max = 600,
	    .dflt = "30s",
	    .reloadable = true,
	    .text = "A connection on which nothing is heard for so long is given up." },
	{ .section = "agent",
	    .name = "log_level",
	    .type = SETTING_ENUM,
	    AT(log_level),
	    .words = log_levels,
	    .dflt = "info",
	    .reloadable = true,
	    .text = "The least level that is logged." },

	{ .section = "imds",
	    .name = "imds_listen",
	    .type = SETTING_ADDRESS,
	    TEXT(imds_listen, 1),
	    .dflt = "169.254.169.254:80",
	    .text = "Address of the metadata service. It has to exist on this machine." },
	{ .section = "imds",
	    .name = "imds_netns",
	    .type = SETTING_PATH,
	    TEXT(imds_netns, 0),
	    .dflt = "",
	    .text = "Network namespace, as a path, in which the listening socket is opened. If "
		    "empty, the one in which the agent is started." },
	{ .section = "imds",
	    .name = "imds_socket",
	    .type = SETTING_PATH,
	    TEXT(imds_socket, 0),
	    .dflt = "",
	    .text = "Socket on which this machine's own sshd helper asks. It speaks for "
		    "instance_id. If empty, there is none." },
	{ .section = "imds",
	    .name = "helper_user",
	    .type = SETTING_STRING,
	    TEXT(helper_user, 0),
	    .dflt = "ec2-instance-connect",
	    .pattern = USER,
	    .text = "User of this machine's own sshd helper (AuthorizedKeysCommandUser). "
		    "Connections on imds_socket are kept for it, which no other user can take. "
		    "If empty or not there, none are." },
};

static int
finish(void *values, struct errinfo *ei)
{
	struct agent_settings *s = values;
	struct str host;
	uint16_t port;
	int r;

	if ((r = settings_value_path(s->ca, s->state_dir, "server-ca.crt", ei)) != 0 ||
	    (r = settings_value_path(s->certificate, s->state_dir, "agent.crt", ei)) != 0 ||
	    (r = settings_value_path(s->key, s->state_dir, "agent.key", ei)) != 0 ||
	    (r = settings_address_parse(str_of(s->endpoint), &host, &port)) != 0)
		return r;
	if (s->server_name[0] == '\0' &&
	    (r = str_copy(s->server_name, sizeof(s->server_name), host)) != 0)
		return r;
	if (s->reconnect_min_ms > s->reconnect_max_ms) {
		err_set(ei, "reconnect_min_ms has to be at most reconnect_max_ms");
		return ERR_RANGE;
	}
	if (s->imds_socket[0] != '\0' && s->instance_id[0] == '\0') {
		err_set(ei, "imds_socket needs instance_id: for whom would it speak?");
		return ERR_RANGE;
	}
	return 0;
}

const struct settings_table agent_table = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(*rows),
	.size = sizeof(struct agent_settings),
	.finish = finish,
};
