/*
 * http_gate: what may stand in the head of a message; see http_gate.h. Pure.
 */
#include "codec/http_gate.h"

#include <stdbool.h>

enum http_gate
http_gate_step(enum http_gate g, uint8_t c)
{
	bool is_text = c == '\t' || (c >= 0x20 && c != 0x7f);
	bool is_blank = c == '\t' || c == ' ';

	switch (g) {
	case HTTP_GATE_BEGIN:
	case HTTP_GATE_FIRST:
		if (c == '\r')
			return g == HTTP_GATE_BEGIN ? HTTP_GATE_LEAD_CR : HTTP_GATE_REFUSED;
		return is_text && !is_blank ? HTTP_GATE_LINE : HTTP_GATE_REFUSED;
	case HTTP_GATE_LEAD_CR:
		return c == '\n' ? HTTP_GATE_FIRST : HTTP_GATE_REFUSED;
	case HTTP_GATE_LINE:
		return c == '\r' ? HTTP_GATE_CR : is_text ? HTTP_GATE_LINE : HTTP_GATE_REFUSED;
	case HTTP_GATE_CR:
		return c == '\n' ? HTTP_GATE_NEXT : HTTP_GATE_REFUSED;
	case HTTP_GATE_NEXT:
		if (c == '\r')
			return HTTP_GATE_LAST_CR;
		/* Neither obs-fold nor an empty name, which llhttp takes. */
		return is_text && !is_blank && c != ':' ? HTTP_GATE_LINE : HTTP_GATE_REFUSED;
	case HTTP_GATE_LAST_CR:
		return c == '\n' ? HTTP_GATE_DONE : HTTP_GATE_REFUSED;
	case HTTP_GATE_DONE:
	case HTTP_GATE_REFUSED:
		break;
	}
	return g;
}
