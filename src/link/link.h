/*
 * link: what eicd and an agent say to each other (docs/PROTOCOL.md 2), and what
 * the agent's uplink hands on to its metadata service (1.5): every message as a
 * struct, with the limits that all who speak keep. link/json.h and link/ipc.h
 * are the two forms in which a message travels.
 *
 * A new attribute of a guest is one member here and one row in shape.c.
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

#define LINK_MAX_BYTES (1u << 20)  /* of a message, in either form */
#define LINK_MAX_HELLO_BYTES 4096  /* of a message from an agent */
#define LINK_MAX_TEXT 4096         /* of a text that has no limit of its own */
#define LINK_MAX_ID_LEN 64         /* of an id in a message about a key */
#define LINK_MAX_VERSION_LEN 64    /* of hello */
#define LINK_MAX_GROUPS 64         /* of a guest */
#define LINK_MAX_TAGS 64           /* of a guest */
#define LINK_MAX_USER_DATA 65536   /* bytes */
#define LINK_MAX_HOP_LIMIT 64      /* the least is 1 */
#define LINK_MAX_CHAIN_BYTES 32768 /* of a signer */
#define LINK_MAX_STAPLES 8         /* of a signer */
#define LINK_MAX_STAPLE_BYTES 8192 /* in base64 */
#define LINK_SIGNER_ID_LEN 40      /* SHA-1, upper-case hex */
#define LINK_MAX_ENTRY_BYTES 16384 /* of a key */
#define LINK_MAX_TTL_MS 3600000    /* of a key */

enum link_type {
	LINK_UNKNOWN, /* a type of a later version: ignore it */
	LINK_HELLO,   /* the agent's only message; the others are eicd's */
	LINK_SIGNER,
	LINK_GUEST,
	LINK_GUEST_GONE,
	LINK_KEY,
	LINK_KEY_GONE,
	LINK_SYNCED,
	LINK_RESET, /* all is told anew; inside the agent also: a new connection begins */
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
};

struct link_signer {
	struct str signer_id;    /* SHA-1 of the leaf */
	struct str chain;        /* PEM, leaf first */
	struct link_map staples; /* SHA-1 of a certificate: OCSPResponse in base64 */
};

/* Members that may be empty are marked (*). */
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
	bool http_endpoint; /* its metadata is on */
	bool http_tokens_required;
	uint8_t hop_limit;     /* 1..64 */
	int64_t launched_at;   /* UTC seconds */
	struct str key_name;   /* (*) */
	struct str public_key; /* (*) */
	struct str user_data;  /* (*) bytes */
};

struct link_guest_gone {
	struct str instance_id;
};

struct link_key {
	struct str instance_id;
	struct str os_user;
	struct str request_id;
	struct str signer_id; /* whose signature the entry has */
	int64_t deadline_ms;  /* on the boot clock of whoever holds the struct */
	struct str entry;     /* wire.md 5.3, ends in one LF */
};

/* The same key was pushed again, and the later push stands for this one. */
struct link_key_gone {
	struct str instance_id;
	struct str request_id;
};

/* Texts and arrays are borrowed, as whoever fills the struct says. */
struct link_message {
	enum link_type type; /* says which of these it is */
	union {
		struct link_hello hello;
		struct link_signer signer;
		struct link_guest guest;
		struct link_guest_gone guest_gone;
		struct link_key key;
		struct link_key_gone key_gone;
	};
};

/*
 * Is every member within its limits and of its form? ERR_SYNTAX (empty where it
 * must not be, a control byte in a line, not of its form), ERR_TOOBIG (too long,
 * too many), ERR_RANGE (a number). ei (may be NULL) names type and member, never
 * a value. body: the struct of this type.
 */
int link_check(enum link_type type, const void *body, struct errinfo *ei) MUST_CHECK;

/*
 * Can a message of this type that is not right be left out alone? One instance
 * misses a guest or a key then; without the connection all of them would.
 */
bool link_dispensable(enum link_type type);

/*
 * Makes body, a struct of this type, independent of what it borrows from: its
 * texts and arrays are copied into one block, which is returned. The caller
 * frees it with xfree when body is of no more use.
 */
char *link_own(enum link_type type, void *body);

/* The address in s, IPv4 as ::ffff:a.b.c.d. ERR_SYNTAX. */
int link_address_parse(struct str s, struct in6_addr *ret) MUST_CHECK;

#endif
