/*
 * keyd_tls: eicd-keyd-tls, which signs the TLS handshakes of the fronts. It holds the key of the
 * server's certificate and no other secret.
 */
#include "daemon/keyd_process.h"
#include "daemon/keyd_tlskey.h"
#include "keyd/tls.h"

static const struct keyd_program program = {
	.name = "keyd-tls",
	.kind = &keyd_tls,
	.open = keyd_tlskey_open,
	.close = keyd_tlskey_close,
	.file = "tls_key",
	.parse = keyd_tlskey_parse,
};

int
main(int argc, char **argv)
{
	return keyd_process_main(&program, argc, argv);
}
