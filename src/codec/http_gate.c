/*
 * http_gate: checks the bytes of the head of a message; see http_gate.h. Pure.
 */
#include "codec/http_gate.h"

static bool
is_text(uint8_t c)
{
	return c == '\t' || (c >= 0x20 && c != 0x7f);
}

static enum http_gate_state
step(enum http_gate_state s, uint8_t c)
{
	bool begins_line = is_text(c) && c != '\t' && c != ' ';

	switch (s) {
	case HTTP_GATE_BEGIN:
	case HTTP_GATE_FIRST:
		if (c == '\r')
			return s == HTTP_GATE_BEGIN ? HTTP_GATE_LEAD_CR : HTTP_GATE_REFUSED;
		return begins_line ? HTTP_GATE_LINE : HTTP_GATE_REFUSED;
	case HTTP_GATE_LEAD_CR:
		return c == '\n' ? HTTP_GATE_FIRST : HTTP_GATE_REFUSED;
	case HTTP_GATE_LINE:
		return c == '\r' ? HTTP_GATE_CR : is_text(c) ? HTTP_GATE_LINE : HTTP_GATE_REFUSED;
	case HTTP_GATE_CR:
		return c == '\n' ? HTTP_GATE_NEXT : HTTP_GATE_REFUSED;
	case HTTP_GATE_NEXT:
		if (c == '\r')
			return HTTP_GATE_LAST_CR;
		/* llhttp would accept a folded header (obs-fold) and an empty name. */
		return begins_line && c != ':' ? HTTP_GATE_LINE : HTTP_GATE_REFUSED;
	case HTTP_GATE_LAST_CR:
		return c == '\n' ? HTTP_GATE_DONE : HTTP_GATE_REFUSED;
	case HTTP_GATE_DONE:
	case HTTP_GATE_REFUSED:
		break;
	}
	return s;
}

size_t
http_gate_pass(struct http_gate *g, struct str in)
{
	size_t i = 0, from;

	while (i < in.n && g->state != HTTP_GATE_DONE && g->state != HTTP_GATE_REFUSED) {
		from = i;
		/* The fast path: most bytes are text in the middle of a line. */
		while (g->state == HTTP_GATE_LINE && i < in.n && is_text((uint8_t)in.p[i]))
			i++;
		if (i == from) {
			g->state = step(g->state, (uint8_t)in.p[i]);
			if (g->state == HTTP_GATE_REFUSED)
				break;
			i++;
		}
		if (g->state == HTTP_GATE_CR)
			g->line_done = true;
		if (g->state == HTTP_GATE_LINE && !g->line_done)
			g->line_n += i - from;
	}
	return i;
}
