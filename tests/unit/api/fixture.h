/*
 * fixture: the production pipeline over a real store in a directory of its own,
 * with a keyd, a compute and a front that are functions of this file, a clock
 * that stands still, and random bytes that count.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/batch.h"
#include "api/lifecycle.h"
#include "api/session.h"
#include "api/state.h"
#include "api/uplink.h"
#include "aws/ids.h"
#include "aws/sigv4_key.h"
#include "aws/sigv4_sign.h"
#include "base/alloc.h"
#include "base/b32.h"
#include "base/b64.h"
#include "base/hex.h"
#include "base/log.h"
#include "codec/json.h"
#include "pki/cert_name.h"
#include "pki/password.h"
#include "pki/seal.h"
#include "pki/totp.h"
#include "settings/eicd.h"
#include "store/db_file.h"
#include "store/store_access_key.h"
#include "store/store_account.h"
#include "store/store_address.h"
#include "store/store_agent.h"
#include "store/store_audit.h"
#include "store/store_image.h"
#include "store/store_meta.h"
#include "store/store_pki.h"
#include "store/store_security_group.h"
#include "store/store_subnet.h"
#include "store/store_tag.h"
#include "store/store_user.h"
#include "store/store_vpc.h"

#define REGION "xx-test-1"
#define ZONE "xx-test-1a"
#define ACCOUNT "123456789012"
#define ROOT_KEY "AKIAIOSFODNN7EXAMPLE"
#define ROOT_SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define USER_KEY "AKIAI44QH8DHBEXAMPLE"
#define USER_SECRET "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"
#define OTHER_KEY "AKIAOTHERACCOUNTKEY1"
#define NOW_S 1700000000 /* 2023-11-14T22:13:20Z */
#define BOOT_MS 5000000
#define REQUEST_ID "0a0b0c0d-0000-4000-8000-000000000001"
#define VPC "vpc-0123456789abcdef0"
#define SUBNET "subnet-0123456789abcdef0"
#define GROUP "sg-0123456789abcdef0"
#define IMAGE "ami-0123456789abcdef0"
#define AGENT_CERT "the agent's certificate"
#define LINK 7

#define MAX_SENT 512

enum sent_type { SENT_TEXT, SENT_CLOSE, SENT_JOB };

struct sent {
	enum sent_type type;
	uint64_t number;
	char *text; /* text, reason, or "verb option=value ..." */
};

struct fixture {
	char dir[64];
	char path[80];
	struct store *st;
	struct eicd_settings settings;
	int64_t wall_ms, boot_ms;
	struct clock clock;
	uint64_t random;
	struct rng rng;
	struct keyd_port keyd;
	struct seal *seal; /* of tokens, messages, seeds and passwords */
	struct compute_port compute;
	struct front_port front;
	const struct export_port *export; /* NULL: none */
	int keyd_error;                   /* what all of keyd fails with; 0: works */
	size_t keyd_verified, keyd_signed;
	char keyd_secret[128]; /* what was verified against last */
	bool no_compute;
	struct sent sent[MAX_SENT];
	size_t n_sent;
	struct api *api;
	struct arena *a;
	/* of the next requests */
	const char *access_key, *secret, *token;
	int64_t skew_s;
	const char *request_id;
};

#define assert_ok(expr) assert_int_equal((expr), 0)

int fixture_sign(void *ctx, struct str sealed, struct str bytes, struct buf *out);
int fixture_job(void *ctx, uint64_t job, struct str verb, const struct compute_option *o, size_t n);
void fixture_forget(struct fixture *f);
void fixture_api_new(struct fixture *f);
int fixture_compute_up(struct api *api, void *ctx);
void fixture_finish(struct fixture *f, uint64_t job, uint32_t status, const char *output,
    const char *reason);
void fixture_finish_all(struct fixture *f, const char *status_output);
int fixture_hello(struct api *api, void *ctx);
int fixture_open(struct api *api, void *ctx);
void fixture_agent_connect(struct fixture *f, uint64_t link);
int fixture_setup(void **state);
int fixture_teardown(void **state);
struct api_response fixture_run(struct fixture *f, const struct api_request *rq);
struct api_request fixture_query_request(struct fixture *f, const char *service, const char *body);
struct api_request fixture_json_request(struct fixture *f, const char *target, const char *body);
struct api_response fixture_cloudtrail(struct fixture *f, const char *action, const char *body);
struct api_response fixture_ec2(struct fixture *f, const char *body);
struct api_response fixture_iam(struct fixture *f, const char *body);
struct api_response fixture_sts(struct fixture *f, const char *body);
struct api_response fixture_push(struct fixture *f, const char *body);
void fixture_session(struct fixture *f, const struct session *s);
const char *fixture_totp(struct fixture *f, struct str sealed_seed, int64_t at_s);
const char *fixture_cstr(struct fixture *f, struct str s);
bool fixture_has(struct api_response *resp, const char *text);
const char *fixture_element(struct fixture *f, struct api_response *resp, const char *name,
    size_t n);
size_t fixture_audit(struct fixture *f, struct store_audit_event *ret);
const char *fixture_launch(struct fixture *f, const char *more);

#define assert_has(f, resp, text) \
	do { \
		if (!fixture_has((resp), (text))) \
			fail_msg("no %s in %s", (text), fixture_cstr((f), (resp)->body)); \
	} while (0)
#define assert_has_not(f, resp, text) \
	do { \
		if (fixture_has((resp), (text))) \
			fail_msg("%s in %s", (text), fixture_cstr((f), (resp)->body)); \
	} while (0)
/* The whole body, without what all of IAM have around it. */
void fixture_assert_iam(struct fixture *f, struct api_response *resp, const char *action,
    const char *result);
void fixture_assert_iam_error(struct fixture *f, struct api_response *resp, unsigned status,
    const char *code, const char *message);

#define assert_status(f, resp, want) \
	do { \
		if ((resp)->status != (want)) \
			fail_msg("status %u, want %u: %s", (resp)->status, (unsigned)(want), \
			    fixture_cstr((f), (resp)->body)); \
	} while (0)

#endif
