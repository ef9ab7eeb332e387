/*
 * eicd: the table of the server's settings; see eicd.h. Its texts are also those of the manual page
 * and of --print-config.
 */
#include "settings/eicd.h"

#include <stddef.h>

#include "settings/settings_value.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define LABEL LOWER DIGITS "-"
#define USER "ABCDEFGHIJKLMNOPQRSTUVWXYZ" LOWER DIGITS "_-"

#define AT(field) .offset = offsetof(struct eicd_settings, field)
#define TEXT(field, least) \
	AT(field), .min = (least), .max = sizeof(((struct eicd_settings *)0)->field) - 1
#define DAY 86400

static const char *const log_levels[] = { "debug", "info", "warn", "error", NULL };

static const struct setting rows[] = {
	{ .section = "server",
	    .name = "listen",
	    .type = SETTING_ADDRESSES,
	    TEXT(listen, 1),
	    .dflt = "0.0.0.0:443",
	    .text = "Addresses on which clients and agents are served with TLS. The AWS CLI opens "
		    "tunnels to port 443 only." },
	{ .section = "server",
	    .name = "region",
	    .type = SETTING_STRING,
	    TEXT(region, 3),
	    .dflt = "eu-lab-1",
	    .pattern = LABEL,
	    .text = "Name of the region that this server is. Clients sign with it; requests for "
		    "another are refused. A name like xx-yyyy-1 is needed by the stock scripts." },
	{ .section = "server",
	    .name = "availability_zone",
	    .type = SETTING_STRING,
	    TEXT(availability_zone, 0),
	    .dflt = "",
	    .pattern = LABEL,
	    .text = "Name of the one availability zone: the region and a letter. If empty, the "
		    "region's zone a." },
	{ .section = "server",
	    .name = "domain",
	    .type = SETTING_STRING,
	    TEXT(domain, 1),
	    .dflt = "amazonaws.com",
	    .pattern = LABEL ".",
	    .text = "Domain of the services, as instances see it in services/domain. It is part of "
		    "the signer's name. The stock scripts accept AWS's own domains only." },
	{ .section = "server",
	    .name = "account_id",
	    .type = SETTING_STRING,
	    TEXT(account_id, 12),
	    .dflt = "123456789012",
	    .pattern = DIGITS,
	    .text = "Number of the account, which eicd init creates." },
	{ .section = "server",
	    .name = "clock_skew",
	    .type = SETTING_SECONDS,
	    AT(clock_skew_s),
	    .min = 1,
	    .max = 900,
	    .dflt = "5m",
	    .reloadable = true,
	    .text = "How far the clock of a client may be off, both ways. A signed request can be "
		    "repeated for as long." },
	{ .section = "server",
	    .name = "verb_timeout",
	    .type = SETTING_SECONDS,
	    AT(verb_timeout_s),
	    .min = 1,
	    .max = 600,
	    .dflt = "1m",
	    .reloadable = true,
	    .text = "How long a verb of the compute driver may take before it is killed." },
	{ .section = "server",
	    .name = "agent_silence",
	    .type = SETTING_SECONDS,
	    AT(agent_silence_s),
	    .min = 2,
	    .max = 600,
	    .dflt = "30s",
	    .reloadable = true,
	    .text = "An agent from which nothing is heard for so long is disconnected, and its "
		    "instances are unavailable until it comes back." },
	{ .section = "server",
	    .name = "log_level",
	    .type = SETTING_ENUM,
	    AT(log_level),
	    .words = log_levels,
	    .dflt = "info",
	    .reloadable = true,
	    .text = "The least level that is logged." },

	{ .section = "paths",
	    .name = "state_dir",
	    .type = SETTING_PATH,
	    TEXT(state_dir, 1),
	    .dflt = "/var/lib/openeic",
	    .text = "Directory of everything that lasts." },
	{ .section = "paths",
	    .name = "run_dir",
	    .type = SETTING_PATH,
	    TEXT(run_dir, 1),
	    .dflt = "/run/openeic",
	    .text = "Directory of what lasts as long as the server runs." },
	{ .section = "paths",
	    .name = "database",
	    .type = SETTING_PATH,
	    TEXT(database, 0),
	    .dflt = "",
	    .text = "The database file. Its directory belongs to core_user. If empty, "
		    "db/eicd.db in the state directory." },
	{ .section = "paths",
	    .name = "kek_file",
	    .type = SETTING_PATH,
	    TEXT(kek_file, 0),
	    .dflt = "",
	    .text =
		"The key that seals every secret in the database. Who loses it loses all "
		"access keys; keep a copy apart from those of the database. If empty, kek in the "
		"state directory." },
	{ .section = "paths",
	    .name = "libexec_dir",
	    .type = SETTING_PATH,
	    TEXT(libexec_dir, 1),
	    .dflt = LIBEXEC_DIR,
	    .text = "Directory of the programs of the server's roles." },
	{ .section = "paths",
	    .name = "driver_dir",
	    .type = SETTING_PATH,
	    TEXT(driver_dir, 1),
	    .dflt = LIBEXEC_DIR "/driver",
	    .text = "Directory of the compute driver: one executable a verb, run as root." },

	{ .section = "tls",
	    .name = "tls_certificate",
	    .type = SETTING_PATH,
	    TEXT(tls_certificate, 0),
	    .dflt = "",
	    .text = "The server's certificate and the chain above it, PEM. It is read again on "
		    "reload. If empty, tls/server.crt in the state directory." },
	{ .section = "tls",
	    .name = "tls_key",
	    .type = SETTING_PATH,
	    TEXT(tls_key, 0),
	    .dflt = "",
	    .text = "The key of the certificate. If empty, tls/server.key in the state "
		    "directory." },
	{ .section = "tls",
	    .name = "agent_ca",
	    .type = SETTING_PATH,
	    TEXT(agent_ca, 0),
	    .dflt = "",
	    .text = "Certificates that may have issued an agent's certificate, PEM. If empty, "
		    "tls/agent-ca.crt in the state directory." },

	{ .section = "sts",
	    .name = "web_identity_keys",
	    .type = SETTING_PATH,
	    TEXT(web_identity_keys, 0),
	    .dflt = "",
	    .text = "The public keys of OpenID Connect issuers, whose tokens "
		    "AssumeRoleWithWebIdentity takes: a JSON object with each issuer's URL and "
		    "the key set (JWKS) that it publishes, {\"https://token.example.com\": "
		    "{\"keys\": [...]}}. It is read again on reload: when the file is gone then, "
		    "no token is taken any more; when it cannot be read or is wrong, the keys "
		    "from before stay. If empty, no token is taken." },

	{ .section = "processes",
	    .name = "front_user",
	    .type = SETTING_STRING,
	    TEXT(front_user, 1),
	    .dflt = "eicd-front",
	    .pattern = USER,
	    .text = "User, by name or number, of the process that speaks with the network." },
	{ .section = "processes",
	    .name = "core_user",
	    .type = SETTING_STRING,
	    TEXT(core_user, 1),
	    .dflt = "eicd-core",
	    .pattern = USER,
	    .text = "User of the process that decides and that owns the database." },
	{ .section = "processes",
	    .name = "keyd_user",
	    .type = SETTING_STRING,
	    TEXT(keyd_user, 1),
	    .dflt = "eicd-keyd",
	    .pattern = USER,
	    .text = "User of the processes that hold the secrets." },
	{ .section = "processes",
	    .name = "signers",
	    .type = SETTING_INT,
	    AT(signers),
	    .min = 1,
	    .max = 32,
	    .dflt = "2",
	    .unit = "processes",
	    .text = "How many processes check signatures and sign keys, side by side. As many as "
		    "there are processors is enough." },
	{ .section = "processes",
	    .name = "fronts",
	    .type = SETTING_INT,
	    AT(fronts),
	    .min = 1,
	    .max = 8,
	    .dflt = "1",
	    .unit = "processes",
	    .text = "How many processes speak with the network. The limits of [http] are those of "
		    "each. One is enough as long as its processor is not busy all the time." },
	{ .section = "processes",
	    .name = "retire_timeout",
	    .type = SETTING_SECONDS,
	    AT(retire_timeout_s),
	    .min = 1,
	    .max = 7 * DAY,
	    .dflt = "1h",
	    .text = "How long after a change of processes (SIGUSR2) the connections that were open "
		    "then may stay with the old ones. Then agents are told to connect again." },

	{ .section = "http",
	    .name = "max_header_bytes",
	    .type = SETTING_BYTES,
	    AT(max_header_bytes),
	    .min = 1024,
	    .max = 65536,
	    .dflt = "32k",
	    .reloadable = true,
	    .text = "Longest request line and headers together. More is answered 431." },
	{ .section = "http",
	    .name = "max_body_bytes",
	    .type = SETTING_BYTES,
	    AT(max_body_bytes),
	    .min = 4096,
	    .max = 8 << 20,
	    .dflt = "1m",
	    .reloadable = true,
	    .text = "Longest body of a request. More is answered 413." },
	{ .section = "http",
	    .name = "header_timeout",
	    .type = SETTING_SECONDS,
	    AT(header_timeout_s),
	    .min = 1,
	    .max = 300,
	    .dflt = "10s",
	    .reloadable = true,
	    .text = "How long a client may take for TLS, and for the headers of a request from "
		    "their first byte on. Then it is answered 408." },
	{ .section = "http",
	    .name = "body_timeout",
	    .type = SETTING_SECONDS,
	    AT(body_timeout_s),
	    .min = 1,
	    .max = 600,
	    .dflt = "30s",
	    .reloadable = true,
	    .text = "How long a client may take for the body of a request. Then it is answered "
		    "408." },
	{ .section = "http",
	    .name = "idle_timeout",
	    .type = SETTING_SECONDS,
	    AT(idle_timeout_s),
	    .min = 1,
	    .max = 3600,
	    .dflt = "1m",
	    .reloadable = true,
	    .text = "How long a connection without a request stays open." },
	{ .section = "http",
	    .name = "max_connections",
	    .type = SETTING_INT,
	    AT(max_connections),
	    .min = 8,
	    .max = 1000000,
	    .dflt = "4096",
	    .unit = "connections",
	    .text = "Connections at the same time, and as many of agents beside them. Beyond them, "
		    "the address that leaves eicd waiting on most loses the one that does so "
		    "longest, an idle one first. The limit of open files has to be higher than "
		    "twice this." },
	{ .section = "http",
	    .name = "max_connections_per_address",
	    .type = SETTING_INT,
	    AT(max_connections_per_address),
	    .min = 1,
	    .max = 1000000,
	    .dflt = "256",
	    .unit = "connections",
	    .reloadable = true,
	    .text = "Connections of one client address (IPv6: of one /64) at the same time. Beyond "
		    "them, its own that are idle or incomplete longest are "
		    "closed; if all wait for an answer, the new one is. Each can wait for "
		    "one: unless this is lower than max_inflight, one address can take all of "
		    "those." },
	{ .section = "http",
	    .name = "max_inflight",
	    .type = SETTING_INT,
	    AT(max_inflight),
	    .min = 1,
	    .max = 65536,
	    .dflt = "1024",
	    .unit = "requests",
	    .reloadable = true,
	    .text = "Requests that wait for an answer at the same time. More are answered 503." },

	{ .section = "keys",
	    .name = "key_lifetime",
	    .type = SETTING_SECONDS,
	    AT(key_lifetime_s),
	    .min = 1,
	    .max = 60,
	    .dflt = "60s",
	    .reloadable = true,
	    .text = "How long a pushed key is valid." },
	{ .section = "keys",
	    .name = "allow_ecdsa_keys",
	    .type = SETTING_BOOL,
	    AT(allow_ecdsa_keys),
	    .dflt = "no",
	    .reloadable = true,
	    .text = "Take ECDSA and security keys (ecdsa-sha2-*, sk-*) too. AWS takes RSA and "
		    "Ed25519 only, and the stock scripts on an instance know no others." },
	{ .section = "keys",
	    .name = "push_rate",
	    .type = SETTING_INT,
	    AT(push_rate),
	    .min = 0,
	    .max = 1000000,
	    .dflt = "100",
	    .unit = "keys a second",
	    .reloadable = true,
	    .text = "How many keys one principal may push for long. More are answered with "
		    "ThrottlingException. 0 is no limit." },
	{ .section = "keys",
	    .name = "push_burst",
	    .type = SETTING_INT,
	    AT(push_burst),
	    .min = 1,
	    .max = 1000000,
	    .dflt = "200",
	    .unit = "keys",
	    .reloadable = true,
	    .text = "How many keys one principal may push at once after a pause." },

	{ .section = "limits",
	    .name = "api_rate",
	    .type = SETTING_INT,
	    AT(api_rate),
	    .min = 0,
	    .max = 1000000,
	    .dflt = "100",
	    .unit = "requests a second",
	    .reloadable = true,
	    .text = "How many requests other than pushes one principal may make for long. One that "
		    "takes more than about half a millisecond of eicd-core counts as several. More "
		    "are answered with RequestLimitExceeded or the like. 0 is no limit, but for "
		    "requests without a signature: 100 from one address." },
	{ .section = "limits",
	    .name = "api_burst",
	    .type = SETTING_INT,
	    AT(api_burst),
	    .min = 1,
	    .max = 1000000,
	    .dflt = "200",
	    .unit = "requests",
	    .reloadable = true,
	    .text = "How many of those one principal may make at once after a pause." },
	{ .section = "limits",
	    .name = "lookup_rate",
	    .type = SETTING_INT,
	    AT(lookup_rate),
	    .min = 0,
	    .max = 1000000,
	    .dflt = "10",
	    .unit = "requests a second",
	    .reloadable = true,
	    .text = "How many LookupEvents one principal may make for long, of those that it "
		    "is allowed to make. AWS allows an account 2. More are answered with "
		    "ThrottlingException. 0 is no limit." },
	{ .section = "limits",
	    .name = "lookup_burst",
	    .type = SETTING_INT,
	    AT(lookup_burst),
	    .min = 1,
	    .max = 1000000,
	    .dflt = "20",
	    .unit = "requests",
	    .reloadable = true,
	    .text = "How many of those one principal may make at once after a pause." },
	{ .section = "limits",
	    .name = "costly_rate",
	    .type = SETTING_INT,
	    AT(costly_rate),
	    .min = 0,
	    .max = 1000000,
	    .dflt = "5",
	    .unit = "requests a second",
	    .reloadable = true,
	    .text = "How many requests that take long an account may make for long, all its "
		    "principals together: CreateLoginProfile, UpdateLoginProfile, ChangePassword, "
		    "EnableMFADevice and ResyncMFADevice. SimulateCustomPolicy and "
		    "SimulatePrincipalPolicy count for as much as they take: small ones for a "
		    "twentieth. One principal may make a fifth. More are "
		    "answered with Throttling. 0 is no limit." },
	{ .section = "limits",
	    .name = "costly_burst",
	    .type = SETTING_INT,
	    AT(costly_burst),
	    .min = 1,
	    .max = 1000000,
	    .dflt = "25",
	    .unit = "requests",
	    .reloadable = true,
	    .text = "How many of those an account may make at once after a pause." },
	{ .section = "limits",
	    .name = "max_instances",
	    .type = SETTING_INT,
	    AT(max_instances),
	    .min = 0,
	    .max = 100000,
	    .dflt = "64",
	    .unit = "instances",
	    .reloadable = true,
	    .text = "How many instances an account may have that are not terminated. More are "
		    "refused with InstanceLimitExceeded." },

	{ .section = "signer",
	    .name = "signer_lifetime",
	    .type = SETTING_SECONDS,
	    AT(signer_lifetime_s),
	    .min = 60,
	    .max = 90 * DAY,
	    .dflt = "7d",
	    .reloadable = true,
	    .text = "How long the certificate is valid with which pushed keys are signed." },
	{ .section = "signer",
	    .name = "signer_rotate_before",
	    .type = SETTING_SECONDS,
	    AT(signer_rotate_before_s),
	    .min = 1,
	    .max = 30 * DAY,
	    .dflt = "1d",
	    .reloadable = true,
	    .text = "How long before its end the signing certificate is replaced. It has to be "
		    "less than signer_lifetime." },
	{ .section = "signer",
	    .name = "ocsp_lifetime",
	    .type = SETTING_SECONDS,
	    AT(ocsp_lifetime_s),
	    .min = 60,
	    .max = 7 * DAY,
	    .dflt = "12h",
	    .reloadable = true,
	    .text =
		"How long a statement that the signing certificate is not revoked is valid. It "
		"is renewed when half of it is over; an agent that is cut off for longer than the "
		"other half can log nobody in." },
	{ .section = "signer",
	    .name = "agent_lifetime",
	    .type = SETTING_SECONDS,
	    AT(agent_lifetime_s),
	    .min = 3600,
	    .max = 365 * DAY,
	    .dflt = "30d",
	    .reloadable = true,
	    .text =
		"How long the certificate of an agent is valid. When two thirds of it are over, "
		"or it would last longer than this says, the agent makes a new key and has it "
		"certified over its connection; one that is away for the last third must be "
		"given a certificate by eicd agents." },

	{ .section = "audit",
	    .name = "audit_digest_interval",
	    .type = SETTING_SECONDS,
	    AT(audit_digest_interval_s),
	    .min = 1,
	    .max = DAY,
	    .dflt = "1h",
	    .reloadable = true,
	    .text = "How often a signed digest is made of what was recorded since the last one. "
		    "What no digest covers yet can still be altered "
		    "by who can write to the database." },
	{ .section = "audit",
	    .name = "audit_retention_days",
	    .type = SETTING_INT,
	    AT(audit_retention_days),
	    .min = 0,
	    .max = 36500,
	    .dflt = "90",
	    .unit = "days",
	    .reloadable = true,
	    .text = "How long records are kept in the database. Older ones are deleted once a "
		    "digest covers them and, if there is an export,"
		    " once they are in it. 0 keeps them for "
		    "ever. LookupEvents shows 90 days." },
	{ .section = "audit",
	    .name = "audit_export",
	    .type = SETTING_STRING,
	    TEXT(audit_export, 0),
	    .dflt = "",
	    .text =
		"File to which every record is appended as a line of JSON, and its digests to "
		"the file with .digest behind its name; see "
		"eic-validate-logs(1). Its directory has to "
		"belong to core_user, holds nothing else of eicd, and is made if it is not there. "
		"- is the standard output of "
		"eicd, to which digests go too. Empty: no export." },
	{ .section = "audit",
	    .name = "audit_export_max_size",
	    .type = SETTING_BYTES,
	    AT(audit_export_max_size),
	    .min = 4096,
	    .max = INT64_C(1) << 40,
	    .dflt = "100m",
	    .reloadable = true,
	    .text = "The export file is put aside, as its name and .1, before it grows longer; "
		    "what was .1 is then .2, and so on. No record is divided." },
	{ .section = "audit",
	    .name = "audit_export_keep",
	    .type = SETTING_INT,
	    AT(audit_export_keep),
	    .min = 1,
	    .max = 10000,
	    .dflt = "100",
	    .unit = "files",
	    .reloadable = true,
	    .text = "How many files that were put aside are kept. Older ones are deleted." },
};

/* Is the file or directory at path below dir, which ends with a slash, or is it dir itself? */
static bool
is_in(struct str dir, const char *path)
{
	return str_starts(str_of(path), dir) ||
	    str_eq_c(str_head(dir, dir.n > 1 ? dir.n - 1 : 1), path);
}

/*
 * audit_export is the absolute path of a file, or "-", or empty. Core is left the whole directory
 * of that file, and all that is below it, so nothing else of the installation may be there.
 * Segments that lead elsewhere than they say are refused, so that this can be told from the names.
 */
static int
finish_export(const struct eicd_settings *s, struct errinfo *ei)
{
	const struct {
		const char *name, *path;
	} kept[] = {
		{ "state_dir", s->state_dir },
		{ "run_dir", s->run_dir },
		{ "kek_file", s->kek_file },
		{ "libexec_dir", s->libexec_dir },
		{ "driver_dir", s->driver_dir },
		{ "tls_certificate", s->tls_certificate },
		{ "tls_key", s->tls_key },
		{ "agent_ca", s->agent_ca },
		{ "web_identity_keys", s->web_identity_keys },
	};
	const char *v = s->audit_export;
	struct str dir;
	size_t i;

	if (v[0] == '\0' || strcmp(v, "-") == 0)
		return 0;
	if (v[0] != '/' || v[strlen(v) - 1] == '/' || strstr(v, "//") != NULL ||
	    strstr(v, "/./") != NULL || strstr(v, "/../") != NULL) {
		err_set(ei,
		    "audit_export has to be the absolute path of a file, without . and .., "
		    "or -");
		return ERR_RANGE;
	}
	dir = str_head(str_of(v), (size_t)(strrchr(v, '/') - v) + 1);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (!is_in(dir, kept[i].path))
			continue;
		err_set(ei,
		    "audit_export needs a directory of its own: core may write all that is "
		    "in %.*s, and %s is there",
		    STR_FMT(dir), kept[i].name);
		return ERR_RANGE;
	}
	return 0;
}

static int
finish_zone(struct eicd_settings *s, struct errinfo *ei)
{
	struct str region = str_of(s->region), zone = str_of(s->availability_zone), letter;

	if (zone.n == 0) {
		snprintf(s->availability_zone, sizeof(s->availability_zone), "%sa", s->region);
		return 0;
	}
	letter = str_from(zone, region.n);
	if (!str_starts(zone, region) || letter.n != 1 || !str_all_in(letter, LOWER)) {
		err_set(ei, "availability_zone has to be the region and a letter: %sa", s->region);
		return ERR_RANGE;
	}
	return 0;
}

static int
finish(void *values, struct errinfo *ei)
{
	struct eicd_settings *s = values;
	const char *dir = s->state_dir;
	int r;

	if ((r = finish_zone(s, ei)) != 0 ||
	    (r = settings_value_path(s->database, dir, "db/eicd.db", ei)) != 0 ||
	    (r = settings_value_path(s->kek_file, dir, "kek", ei)) != 0 ||
	    (r = settings_value_path(s->tls_certificate, dir, "tls/server.crt", ei)) != 0 ||
	    (r = settings_value_path(s->tls_key, dir, "tls/server.key", ei)) != 0 ||
	    (r = settings_value_path(s->agent_ca, dir, "tls/agent-ca.crt", ei)) != 0 ||
	    (r = finish_export(s, ei)) != 0)
		return r;
	if (s->signer_rotate_before_s >= s->signer_lifetime_s) {
		err_set(ei, "signer_rotate_before has to be less than signer_lifetime");
		return ERR_RANGE;
	}
	return 0;
}

const struct settings_table eicd_table = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(*rows),
	.size = sizeof(struct eicd_settings),
	.finish = finish,
};
