/*
 * helper: the table of the sshd helper's settings; see helper.h.
 */
#include "settings/helper.h"

#include <stddef.h>

#define AT(field) .section = "helper", .offset = offsetof(struct helper_settings, field)
#define TEXT(field, least) \
	AT(field), .min = (least), .max = sizeof(((struct helper_settings *)0)->field) - 1

static const struct setting rows[] = {
	{ .name = "root",
	    .type = SETTING_PATH,
	    TEXT(root, 1),
	    .dflt = "/etc/openeic/root.pem",
	    .text =
		"The certificate that every signer chain has to end in, PEM; or up to four, one of "
		"which it has to end in, while the root is changed. Whoever can change this "
		"file can log in." },
	{ .name = "instance_id",
	    .type = SETTING_STRING,
	    TEXT(instance_id, 0),
	    .dflt = "",
	    .pattern = "i-0123456789abcdef",
	    .text = "The instance that this machine is. Keys for another are refused. If empty, "
		    "the file asset_tag says it, or the file instance_file." },
	{ .name = "asset_tag",
	    .type = SETTING_PATH,
	    TEXT(asset_tag, 0),
	    .dflt = "/sys/devices/virtual/dmi/id/board_asset_tag",
	    .text = "A file in which the machine itself says which instance it is." },
	{ .name = "instance_file",
	    .type = SETTING_PATH,
	    TEXT(instance_file, 0),
	    .dflt = "/run/openeic-agent/instance-id",
	    .text =
		"A file in which the agent of this machine says which instance it is. It has to "
		"belong to root, and nobody else may write it. Where neither instance_id nor "
		"asset_tag nor this says it, no key is given." },
	{ .name = "socket",
	    .type = SETTING_PATH,
	    TEXT(socket, 0),
	    .dflt = "/run/openeic-agent/metadata.sock",
	    .text = "Unix socket of the agent's metadata service. If empty or not there, address "
		    "is asked." },
	{ .name = "address",
	    .type = SETTING_ADDRESS,
	    TEXT(address, 1),
	    .dflt = "169.254.169.254:80",
	    .text = "Address of the metadata service." },
	{ .name = "budget_ms",
	    .type = SETTING_INT,
	    AT(budget_ms),
	    .min = 100,
	    .max = 30000,
	    .dflt = "5000",
	    .unit = "milliseconds",
	    .text = "How long one lookup may take. sshd waits for it." },
};

const struct settings_table helper_table = { rows, sizeof(rows) / sizeof(rows[0]),
	sizeof(struct helper_settings), NULL };
