/*
 * msg: the numbers of all messages between processes. docs/PROTOCOL.md 1 lists their fields
 * and is the contract; both change together.
 */
#ifndef IPC_MSG_H
#define IPC_MSG_H

/* The role of a process: the field `role` of MSG_CTL_PEER and MSG_CTL_REJOIN. */
enum msg_role {
	ROLE_PARENT = 1,
	ROLE_FRONT = 2,
	ROLE_CORE = 3,
	ROLE_KEYD = 4,
	ROLE_COMPUTE = 5,
	ROLE_UPLINK = 6,
	ROLE_IMDS = 7,
	ROLE_KEYD_TLS = 8,
	ROLE_KEYD_HASH = 9,
};

enum msg_type {
	/* parent -> role, on descriptor 3 */
	MSG_CTL_PEER = 0x0101,
	MSG_CTL_LISTENER = 0x0102,
	MSG_CTL_GO = 0x0103,
	MSG_CTL_RELOAD = 0x0104,
	MSG_CTL_DRAIN = 0x0105,
	MSG_CTL_FILE = 0x0106,
	MSG_CTL_RETIRE = 0x0107,
	/* role -> parent */
	MSG_CTL_READY = 0x0181,
	MSG_CTL_REJOIN = 0x0182,
	MSG_CTL_KEEP = 0x0183,

	/* front -> core */
	MSG_FC_REQUEST = 0x0201,
	MSG_FC_UPLINK_OPEN = 0x0202,
	MSG_FC_UPLINK_TEXT = 0x0203,
	MSG_FC_UPLINK_CLOSE = 0x0204,
	/* core -> front */
	MSG_CF_RESPONSE = 0x0281,
	MSG_CF_UPLINK_ACCEPT = 0x0282,
	MSG_CF_UPLINK_REFUSE = 0x0283,
	MSG_CF_UPLINK_TEXT = 0x0284,
	MSG_CF_UPLINK_CLOSE = 0x0285,

	/* core -> keyd, each answered by one MSG_KD_REPLY */
	MSG_CK_VERIFY = 0x0301,
	MSG_CK_NEW_SECRET = 0x0302,
	MSG_CK_NEW_KEY = 0x0303,
	MSG_CK_SIGN_DIGEST = 0x0304,
	MSG_CK_OCSP = 0x0305,
	MSG_CK_SIGN_ENTRY = 0x0306,
	MSG_CK_NEW_SESSION = 0x0307,
	MSG_CK_VERIFY_SESSION = 0x0308,
	MSG_CK_SEAL_MESSAGE = 0x0309,
	MSG_CK_OPEN_MESSAGE = 0x030a,
	MSG_CK_NEW_TOTP = 0x030b,
	MSG_CK_CHECK_TOTP = 0x030c,
	MSG_CK_NEW_PASSWORD = 0x030d,
	MSG_CK_CHECK_PASSWORD = 0x030e,
	MSG_CK_CERTIFY_AGENT = 0x030f,
	/* front -> keyd, answered by MSG_KD_REPLY */
	MSG_FK_TLS_SIGN = 0x0310,
	/* keyd -> whoever asked */
	MSG_KD_REPLY = 0x0381,

	/* core -> compute */
	MSG_CM_VERB = 0x0401,
	/* compute -> core */
	MSG_MC_DONE = 0x0481,

	/* agent: uplink -> imds */
	MSG_UI_SIGNER = 0x0501,
	MSG_UI_GUEST = 0x0502,
	MSG_UI_GUEST_GONE = 0x0503,
	MSG_UI_KEY = 0x0504,
	MSG_UI_KEY_GONE = 0x0505,
	MSG_UI_SYNCED = 0x0506,
	MSG_UI_RESET = 0x0507,
};

#endif
