/*
 * err: the texts of the error codes; see err.h.
 */
#include "base/err.h"

#include <stdarg.h>

const char *
err_text(int err)
{
	switch ((enum err)err) {
	case ERR_SYS:
		return "system call failed";
	case ERR_AGAIN:
		return "not yet";
	case ERR_CLOSED:
		return "closed by peer";
	case ERR_TIMEOUT:
		return "timed out";
	case ERR_TOOBIG:
		return "too big";
	case ERR_SYNTAX:
		return "malformed";
	case ERR_RANGE:
		return "out of range";
	case ERR_DUP:
		return "given twice";
	case ERR_NOTFOUND:
		return "not found";
	case ERR_EXISTS:
		return "exists already";
	case ERR_BADSTATE:
		return "not possible in this state";
	case ERR_DENIED:
		return "denied";
	case ERR_EXPIRED:
		return "expired";
	case ERR_CRYPTO:
		return "cryptographic check failed";
	case ERR_STORE:
		return "store failed";
	case ERR_FULL:
		return "no room";
	case ERR_PEER:
		return "peer sent nonsense";
	case ERR_UNAVAIL:
		return "peer not available";
	case ERR_UNSUPPORTED:
		return "not supported";
	}
	return err == 0 ? "ok" : "unknown error";
}

void
err_set(struct errinfo *ei, const char *fmt, ...)
{
	va_list ap;
	char *p;

	if (ei == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(ei->text, sizeof(ei->text), fmt, ap);
	va_end(ap);
	for (p = ei->text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
}
