/*
 * agents_state: what agents.c and agent_cert.c share. No other file includes it.
 */
#ifndef REGION_AGENTS_STATE_H
#define REGION_AGENTS_STATE_H

#include "link/link.h"
#include "region/agents.h"

#define AGENTS_RESIGNED_MAX 256

enum agent_state {
	AGENT_OPEN, /* no hello has come yet; front closes links that stay silent */
	AGENT_SYNCED,
};

/* How far the renewal of an agent's certificate has come. */
enum agent_cert_step {
	AGENT_CERT_QUIET,
	AGENT_CERT_ASKED,   /* the agent was asked for a new key */
	AGENT_CERT_WAITING, /* it has said its new key, which is to be certified */
	AGENT_CERT_MAKING,  /* keyd is certifying it: agents.cert is the question, of one link */
};

/* The certificate that a link was opened with, and its renewal. */
struct agent_cert {
	char sha256[65];
	int64_t not_after; /* UTC seconds; 0: not known, it was made by an earlier version */
	char issuer_id[41];
	enum agent_cert_step step;
	int64_t asked_ms; /* when the agent was asked last, on the boot clock; 0: never */
	char public_key[LINK_PUBLIC_KEY_BYTES], proof[LINK_MAX_PROOF_BYTES];
	size_t n_proof;
};

struct link {
	uint64_t number;
	enum agent_state state;
	enum signer_kind signer; /* whose entries its guests' helpers read */
	char agent_id[65];
	char vpc_id[33];      /* the VPC that the agent speaks for; when empty, */
	char instance_id[33]; /* it speaks for this instance only */
	int64_t ahead_s;      /* how far its clock is ahead of ours, as far as it said */
	int64_t warned_ms;    /* when a push warned of that, on the boot clock; 0: never */
	struct agent_cert cert;
};

/* An agent whose live keys were signed anew by RSA when it said hello, which takes core up to half
 * a second. */
struct resigned {
	char agent_id[65];
	int64_t at_ms; /* on the boot clock; 0: an empty place */
};

struct agents {
	struct region *region;
	struct front_port port;
	struct link *links;
	size_t n, cap;
	struct resigned resigned[AGENTS_RESIGNED_MAX]; /* the latest ones */
	size_t next_resigned;
	size_t n_signed;            /* keys that were signed anew since hello began */
	struct keyd_question *cert; /* the certificate that keyd is making (later.h), or NULL */
};

/* Puts a message into the outbox. */
void agents_send(struct region *region, uint64_t link_number, const struct link_message *m);

#endif
