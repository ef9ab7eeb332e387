/*
 * keyd_hash: does for core what takes long: hashes passwords, looks for one-time codes,
 * makes private keys. Holds the key-encryption key.
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
