/*
 * keyd_hash: eicd-keyd-hash, which does for core what takes long: it hashes passwords, checks
 * one-time codes, makes and certifies private keys, and signs the digests of the audit trail. It
 * holds the key-encryption key.
 */
#include "daemon/keyd_process.h"
#include "daemon/keyd_vault.h"
#include "keyd/hasher.h"
#include "keyd/notary.h"

static int
secrets_open(const struct eicd_settings *s, struct keyd_secrets *ret, struct errinfo *ei)
{
	ret->notary = keyd_notary_new();
	return keyd_vault_open(s, ret, ei);
}

static void
secrets_close(struct keyd_secrets *v)
{
	keyd_notary_free(v->notary);
	keyd_vault_close(v);
}

static const struct keyd_program program = {
	.name = "keyd-hash",
	.kind = &keyd_hasher,
	.open = secrets_open,
	.close = secrets_close,
};

int
main(int argc, char **argv)
{
	return keyd_process_main(&program, argc, argv);
}
