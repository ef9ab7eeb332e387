/*
 * link: the messages between eicd and an agent (docs/PROTOCOL.md 2), which are also those
 * between eic-agent-uplink and eic-agent-imds (1.5). Each message is a struct here, with the
 * limits that both sides keep. It travels as JSON (link/json.h) or over IPC (link/ipc.h).
 *
 * To add an attribute to a guest, add one member here and one row in shape.c.
 */
#ifndef LINK_LINK_H
#define LINK_LINK_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct in6_addr;

/* What an agent asks for, and the protocol (ALPN) by which it says in its first
 * TLS message that it is one. */
#define LINK_PATH "/openeic/v1/uplink"
#define LINK_ALPN "openeic-uplink/1"

/* The code with which eicd closes the connection of an agent that was revoked (RFC 6455 7.4.2
 * leaves it to the two sides). */
#define LINK_CODE_REVOKED 4001

#define LINK_MAX_BYTES (1u << 20)  /* a message of eicd as JSON; a text of a message over IPC */
#define LINK_MAX_AGENT_BYTES 4096  /* a message of an agent */
#define LINK_MAX_TEXT 4096         /* a text that has no limit of its own */
#define LINK_MAX_ID_LEN 64         /* an id or a CIDR block (of guest, the later ones) */
#define LINK_MAX_VERSION_LEN 64    /* the version in hello */
#define LINK_MAX_GROUPS 64         /* security groups of a guest */
#define LINK_MAX_TAGS 64           /* tags of a guest */
#define LINK_MAX_USER_DATA 65536   /* bytes */
#define LINK_MAX_HOP_LIMIT 64      /* the smallest is 1 */
#define LINK_MAX_CHAIN_BYTES 32768 /* the chain of a signer */
#define LINK_MAX_STAPLES 8         /* staples of a signer */
#define LINK_MAX_STAPLE_BYTES 8192 /* a staple, in base64 */
#define LINK_SIGNER_ID_LEN 40      /* SHA-1, upper-case hex */
#define LINK_MAX_ENTRY_BYTES 16384 /* the entry of a key */
#define LINK_MAX_TTL_MS 3600000    /* the ttl_ms of a key, when it is read from JSON */
#define LINK_MAX_AT_MS (INT64_MAX / 4)
#define LINK_PUBLIC_KEY_BYTES 91         /* of a renewal: always so many (pki/possession.h) */
#define LINK_MIN_PROOF_BYTES 8           /* the proof of a renewal */
#define LINK_MAX_PROOF_BYTES 72          /* likewise */
#define LINK_MAX_CERTIFICATE_BYTES 16384 /* a certificate as PEM */
#define LINK_MAX_REASON_LEN 256          /* why a renewal was refused */
#define LINK_MAX_LEFT_S INT64_C(4000000000)

enum link_type {
	LINK_UNKNOWN, /* a type of a later version: ignore it */
	LINK_HELLO,   /* the first message of an agent */
	LINK_CLOCK,   /* an agent sends it too; eicd sends the others */
	LINK_SIGNER,
	LINK_GUEST,
	LINK_GUEST_GONE,
	LINK_KEY,
	LINK_KEY_GONE,
	LINK_SYNCED,
	LINK_RESET, /* everything is sent again; over IPC also: a new connection begins */
	/* The renewal of the agent's certificate; they are not sent over IPC. */
	LINK_RENEW,
	LINK_RENEWAL, /* an agent sends it */
	LINK_CERTIFICATE,
	LINK_RENEWAL_REFUSED,
};

struct link_list {
	const struct str *v;
	size_t n;
};

struct link_pair {
	struct str name;
	struct str value;
};

struct link_map {
	const struct link_pair *v;
	size_t n;
};

struct link_hello {
	struct str version;
	bool helper_openeic; /* its guests' sshd asks our helper, which reads ECDSA too */
};

/* What time it is where the agent is. */
struct link_clock {
	int64_t now_s; /* UTC */
};

struct link_signer {
	struct str signer_id;    /* SHA-1 of the leaf's DER, upper-case hex */
	struct str chain;        /* PEM, leaf first */
	struct link_map staples; /* from a certificate's SHA-1 to its OCSPResponse in base64 */
	bool ecdsa;              /* the leaf's key is on P-256; else it is RSA */
};

/* Texts that may be empty are marked (*). */
struct link_guest {
	struct str instance_id; /* i- and 8 to 32 lower-case hex digits */
	struct str private_ip;  /* an address, v4 or v6 */
	struct str public_ip;   /* (*) */
	struct str mac;         /* (*) */
	struct str hostname;
	struct str ami_id;        /* (*) */
	struct str instance_type; /* (*) */
	struct str availability_zone;
	struct str region;
	struct str domain;
	struct str account_id;            /* (*) */
	struct str vpc_id;                /* (*) */
	struct str subnet_id;             /* (*) */
	struct link_list security_groups; /* their names */
	struct link_map tags;
	bool http_endpoint;        /* the guest's metadata service is on */
	bool http_tokens_required; /* a request without a token is refused */
	uint8_t hop_limit;         /* 1..64 */
	int64_t launched_at;       /* UTC seconds */
	struct str key_name;       /* (*) */
	struct str public_key;     /* (*) */
	struct str user_data;      /* (*) bytes */
	/* What an eicd of an earlier version does not say: all of it may be empty. */
	struct str availability_zone_id;
	struct str reservation_id;
	int64_t ami_launch_index; /* its number among those that were launched together */
	struct str interface_id;
	struct link_list security_group_ids;
	struct str subnet_cidr;
	struct str vpc_cidr;
};

struct link_guest_gone {
	struct str instance_id;
};

struct link_key {
	struct str instance_id;
	struct str os_user;
	struct str request_id;
	struct str signer_id; /* the signer that signed the entry */
	int64_t deadline_ms;  /* boot clock of the machine that holds the struct */
	struct str entry;     /* wire.md 5.3; ends in one LF */
	int64_t at_ms;        /* eicd's boot clock when it counted what is left; 0: not said */
};

/* The key is dropped, as its caller pushed the same key again and the later push replaces it. */
struct link_key_gone {
	struct str instance_id;
	struct str request_id;
};

/* The agent is to make a new key, as its certificate is to be renewed. */
struct link_renew {
	int64_t left_s; /* what is left of the present certificate's life; 0: not known */
};

struct link_renewal {
	struct str public_key; /* SubjectPublicKeyInfo, DER */
	struct str proof;      /* of its private half (pki/possession.h) */
};

struct link_certificate {
	struct str certificate; /* PEM, of the key that was said last */
};

struct link_renewal_refused {
	struct str reason;
};

/* Texts and arrays are borrowed; the function that fills the struct says from where. */
struct link_message {
	enum link_type type; /* says which member of the union is used */
	union {
		struct link_hello hello;
		struct link_clock clock;
		struct link_signer signer;
		struct link_guest guest;
		struct link_guest_gone guest_gone;
		struct link_key key;
		struct link_key_gone key_gone;
		struct link_renew renew;
		struct link_renewal renewal;
		struct link_certificate certificate;
		struct link_renewal_refused renewal_refused;
	};
};

/*
 * Checks that every member of body, the struct of this type, is within its limits and has
 * its form. A key's deadline is not checked. ERR_SYNTAX (a text is empty that must not be,
 * has a control byte, or does not have its form), ERR_TOOBIG (a text is too long, or there
 * are too many entries), ERR_RANGE (a number). ei (may be NULL) names type and member, never
 * a value.
 */
int link_check(enum link_type type, const void *body, struct errinfo *ei) MUST_CHECK;

/*
 * True when a bad message of this type may be left out and the connection go on: then one
 * instance lacks a guest or a key, while without the connection all would.
 */
bool link_dispensable(enum link_type type);

/*
 * Copies what body, a struct of this type, borrows into one block, and lets body point
 * there. Returns the block, which the caller frees with xfree after its last use of body.
 */
char *link_own(enum link_type type, void *body);

/* Parses an IPv4 or IPv6 address; IPv4 becomes ::ffff:a.b.c.d. ERR_SYNTAX. */
int link_address_parse(struct str s, struct in6_addr *ret) MUST_CHECK;

#endif
