/*
 * keyd: eicd-keyd, a signer, of which there may be several. It verifies, signs, seals and opens
 * for core, and holds the key-encryption key.
 */
#include "daemon/keyd_process.h"
#include "daemon/keyd_vault.h"
#include "keyd/signer.h"

static const struct keyd_program program = {
	.name = "keyd",
	.kind = &keyd_signer,
	.open = keyd_vault_open,
	.close = keyd_vault_close,
};

int
main(int argc, char **argv)
{
	return keyd_process_main(&program, argc, argv);
}
