/*
 * roles: see roles.h.
 */
#include "daemon/roles.h"

const struct supervise_link roles_links[ROLES_LINKS] = {
	{ .a = ROLE_FRONT, .b = ROLE_CORE, .follows = true },
	{ .a = ROLE_FRONT, .b = ROLE_KEYD_TLS },
	{ .a = ROLE_CORE, .b = ROLE_KEYD },
	{ .a = ROLE_CORE, .b = ROLE_KEYD_HASH },
	{ .a = ROLE_CORE, .b = ROLE_COMPUTE },
};

/* Rows are drained in this order, so a role that asks comes before the role that answers. */
void
roles_fill(const struct eicd_settings *s, struct supervise_row ret[static ROLES_ROWS])
{
	ret[0] = (struct supervise_row){ .role = ROLE_FRONT,
		.program = "eicd-front",
		.count = (unsigned)s->fronts,
		.listeners = true,
		.retires = true,
		.files = { { .name = "tls_certificate", .path = s->tls_certificate },
		    { .name = "agent_ca", .path = s->agent_ca } } };
	ret[1] = (struct supervise_row){ .role = ROLE_CORE,
		.program = "eicd-core",
		.count = 1, /* it owns the database */
		.alone = true,
		/* So that it warns before the certificate ends. */
		.files = { { .name = "tls_certificate", .path = s->tls_certificate },
		    { .name = s->web_identity_keys[0] != '\0' ? "web_identity_keys" : NULL,
			.path = s->web_identity_keys,
			.revocable = true } },
		.keep_stdout = strcmp(s->audit_export, "-") == 0 };
	ret[2] = (struct supervise_row){ .role = ROLE_COMPUTE,
		.program = "eicd-compute",
		.count = 1, /* it runs one verb at a time for each instance */
		.alone = true };
	ret[3] = (struct supervise_row){ .role = ROLE_KEYD,
		.program = "eicd-keyd",
		.count = (unsigned)s->signers };
	ret[4] = (struct supervise_row){ .role = ROLE_KEYD_HASH,
		.program = "eicd-keyd-hash",
		.count = 1 };
	ret[5] = (struct supervise_row){ .role = ROLE_KEYD_TLS,
		.program = "eicd-keyd-tls",
		.count = 1,
		.files = { { .name = "tls_key", .path = s->tls_key, .secret = true } } };
}
