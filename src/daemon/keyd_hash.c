/*
 * keyd_hash: eicd-keyd-hash, which does for core what takes long: it hashes passwords, checks
 * one-time codes and makes private keys. It holds the key-encryption key.
 */
#include "daemon/keyd_process.h"
#include "daemon/keyd_vault.h"
#include "keyd/hasher.h"

static const struct keyd_program program = {
	.name = "keyd-hash",
	.kind = &keyd_hasher,
	.open = keyd_vault_open,
	.close = keyd_vault_close,
};

int
main(int argc, char **argv)
{
	return keyd_process_main(&program, argc, argv);
}
