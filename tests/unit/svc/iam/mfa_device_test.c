/* mfa_device_test: tests virtual MFA devices, from their QR code to the lock after wrong codes. */
#include "fixture.h"

#include <png.h>

#include "api/field.h"
#include "api/policies.h"
#include "svc/iam/qr.h"
#include "store/store_inline_policy.h"
#include "store/store_mfa_device.h"
#include "store/store_user.h"

#define USER_ID "AIDACKCEVSQ6C2EXAMPLE"
#define IAM "arn:aws:iam::" ACCOUNT
#define SERIAL IAM ":mfa/phone"
#define ENABLE "EnableMFADevice&UserName=eve&SerialNumber=" SERIAL
#define RESYNC "ResyncMFADevice&UserName=eve&SerialNumber=" SERIAL
#define INVALID "Authentication code for device is not valid."

static void
assert_error(struct fixture *f, const char *body, uint16_t status, const char *code,
    const char *message)
{
	struct api_response resp = fixture_iam(f, body);

	assert_status(f, &resp, status);
	assert_string_equal(fixture_element(f, &resp, "Code", 0), code);
	if (message != NULL)
		assert_string_equal(fixture_element(f, &resp, "Message", 0), message);
}

static struct api_response
assert_done(struct fixture *f, const char *body)
{
	struct api_response resp = fixture_iam(f, body);

	assert_status(f, &resp, 200);
	return resp;
}

static struct store_mfa_device
stored(struct fixture *f)
{
	struct store_mfa_device d;

	assert_ok(store_mfa_device_get(f->st, f->a, STR(SERIAL), &d));
	return d;
}

/* The codes that the phone shows at two times, off by so many seconds. */
static const char *
codes(struct fixture *f, const char *body, int64_t first_off_s, int64_t second_off_s)
{
	struct str seed = stored(f).sealed_seed;
	int64_t now = f->wall_ms / 1000;

	return arena_fmt(f->a, "%s&AuthenticationCode1=%s&AuthenticationCode2=%s", body,
	    fixture_totp(f, seed, now + first_off_s), fixture_totp(f, seed, now + second_off_s))
	    .p;
}

static void
create(struct fixture *f)
{
	assert_done(f, "CreateVirtualMFADevice&VirtualMFADeviceName=phone");
}

static void
enable(struct fixture *f)
{
	create(f);
	assert_done(f, codes(f, ENABLE, -30, 0));
}

static void
wait_s(struct fixture *f, int64_t s)
{
	f->wall_ms += s * 1000;
	f->boot_ms += s * 1000;
}

/* ---- the picture ---- */

#define MODULE 5
#define QUIET 4

/* What a scanner looks for first: three squares of 7, of rings black, white, black. */
static void
assert_finder(const uint8_t *p, size_t side, size_t at_x, size_t at_y)
{
	size_t x, y, ring, px, py;
	bool black;

	for (y = 0; y < 7; y++) {
		for (x = 0; x < 7; x++) {
			ring = x < y ? x : y;
			ring = 6 - x < ring ? 6 - x : ring;
			ring = 6 - y < ring ? 6 - y : ring;
			black = ring != 1;
			px = (at_x + x) * MODULE + MODULE / 2;
			py = (at_y + y) * MODULE + MODULE / 2;
			assert_int_equal(p[py * side + px], black ? 0 : 255);
		}
	}
}

static void
assert_qr(struct str file)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	size_t side, modules, i;
	uint8_t *p;

	assert_true(png_image_begin_read_from_memory(&image, file.p, file.n));
	image.format = PNG_FORMAT_GRAY;
	assert_int_equal(image.width, image.height);
	side = image.width;
	assert_int_equal(side % MODULE, 0);
	modules = side / MODULE - 2 * (size_t)QUIET;
	assert_int_equal((modules - 17) % 4, 0);
	p = test_malloc(side * side);
	assert_true(png_image_finish_read(&image, NULL, p, 0, NULL));
	/* White all around. */
	for (i = 0; i < side * QUIET * MODULE; i++)
		assert_int_equal(p[i] & p[side * side - 1 - i], 255);
	for (i = 0; i < side; i++)
		assert_int_equal(p[i * side + QUIET * MODULE - 1] &
			p[i * side + side - QUIET * MODULE],
		    255);
	assert_finder(p, side, QUIET, QUIET);
	assert_finder(p, side, QUIET + modules - 7, QUIET);
	assert_finder(p, side, QUIET, QUIET + modules - 7);
	test_free(p);
}

static void
test_qr(void **state)
{
	static const size_t sizes[] = { 1, 70, 200, QR_MAX_TEXT_BYTES };
	char text[QR_MAX_TEXT_BYTES + 2];
	struct buf png, small;
	size_t i;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (i = 0; i < FIELD_N(sizes); i++) {
		buf_init(&png, QR_MAX_PNG_BYTES);
		assert_ok(qr_png_write(str_of_n(text, sizes[i]), &png));
		assert_qr(buf_view(&png));
		buf_release(&png);
	}
	buf_init(&png, QR_MAX_PNG_BYTES);
	assert_int_equal(qr_png_write(str_of_n(text, sizeof(text)), &png), ERR_TOOBIG);
	assert_int_equal(qr_png_write(str_of_n("a\0b", 3), &png), ERR_SYNTAX);
	assert_int_equal(png.n, 0);
	buf_release(&png);
	buf_init(&small, QR_MAX_PNG_BYTES - 1);
	assert_int_equal(qr_png_write(STR("x"), &small), ERR_TOOBIG);
	buf_release(&small);
}

/* ---- making ---- */

static void
test_create(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	struct buf seed, png, want;
	struct secret *plain;
	const char *text;

	resp = assert_done(f,
	    "CreateVirtualMFADevice&VirtualMFADeviceName=phone"
	    "&Tags.member.1.Key=of&Tags.member.1.Value=eve");
	assert_string_equal(fixture_element(f, &resp, "SerialNumber", 0), SERIAL);
	assert_string_equal(fixture_element(f, &resp, "Key", 0), "of");
	buf_init(&seed, 100);
	buf_init(&png, QR_MAX_PNG_BYTES);
	buf_init(&want, 100);
	/* Base 64 of the base 32 of what keyd has. */
	text = fixture_element(f, &resp, "Base32StringSeed", 0);
	assert_ok(b64_parse(str_of(text), &seed));
	assert_ok(seal_unwrap(f->seal, SEAL_TOTP, stored(f).sealed_seed, &plain));
	b32_write(&want, secret_bytes(plain), secret_len(plain));
	secret_free(plain);
	assert_true(str_eq(buf_view(&seed), buf_view(&want)));
	assert_int_equal(seed.n, 32);
	assert_ok(b64_parse(str_of(fixture_element(f, &resp, "QRCodePNG", 0)), &png));
	assert_qr(buf_view(&png));
	fixture_audit(f, &ev);
	assert_non_null(memmem(ev.record.p, ev.record.n, SERIAL, strlen(SERIAL)));
	assert_null(memmem(ev.record.p, ev.record.n, text, strlen(text)));
	assert_null(memmem(ev.record.p, ev.record.n, seed.p, seed.n));
	assert_null(memmem(ev.record.p, ev.record.n, "PNG", 3));
	buf_release(&seed);
	buf_release(&png);
	buf_release(&want);
}

static void
test_create_refused(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	create(f);
	assert_error(f, "CreateVirtualMFADevice&VirtualMFADeviceName=Phone", 409,
	    "EntityAlreadyExists", "MFADevice entity at the same path and name already exists.");
	/* "Use with path to uniquely identify a virtual MFA device." (IAM API reference) */
	resp = fixture_iam(f, "CreateVirtualMFADevice&VirtualMFADeviceName=phone&Path=/x/");
	assert_status(f, &resp, 200);
	assert_has(f, &resp, ":mfa/x/phone</SerialNumber>");
	assert_error(f, "CreateVirtualMFADevice&VirtualMFADeviceName=PHONE&Path=/x/", 409,
	    "EntityAlreadyExists", "MFADevice entity at the same path and name already exists.");
	assert_error(f, "CreateVirtualMFADevice&VirtualMFADeviceName=a%20b", 400, "ValidationError",
	    NULL);
	assert_error(f, "CreateVirtualMFADevice", 400, "ValidationError", NULL);
	assert_error(f,
	    arena_fmt(f->a, "CreateVirtualMFADevice&VirtualMFADeviceName=x&Path=/%0300d/", 1).p,
	    400, "ValidationError", NULL);
}

/* ---- enabling ---- */

static void
test_enable(void **state)
{
	static const struct {
		int64_t first_s, second_s;
		bool good;
		int64_t drift;
	} rows[] = {
		{ -30, 0, true, 0 },
		{ 0, 30, true, 0 },
		{ -60, -30, true, 0 },
		{ 3570, 3600, true, 120 },
		{ -43200, -43170, true, -1439 },
		{ 43140, 43170, true, 1439 },
		{ 0, 0, false, 0 },
		{ 0, -30, false, 0 },
		{ -30, 30, false, 0 },
		{ -43260, -43230, false, 0 },
		{ 43200, 43230, false, 0 },
	};
	struct fixture *f = *state;
	struct store_mfa_device d;
	size_t i;

	create(f);
	for (i = 0; i < FIELD_N(rows); i++) {
		wait_s(f, 86400 * 2);
		if (!rows[i].good) {
			assert_error(f, codes(f, ENABLE, rows[i].first_s, rows[i].second_s), 403,
			    "InvalidAuthenticationCode", INVALID);
			/* It was counted, though the request was refused. */
			assert_true(stored(f).failures > 0);
			continue;
		}
		assert_done(f, codes(f, ENABLE, rows[i].first_s, rows[i].second_s));
		d = stored(f);
		assert_string_equal(fixture_cstr(f, d.user_id), USER_ID);
		assert_int_equal(d.enabled_at, f->wall_ms / 1000);
		assert_int_equal(d.drift_steps, rows[i].drift);
		assert_int_equal(d.last_step,
		    (uint64_t)(f->wall_ms / 1000 + rows[i].second_s) / 30);
		assert_done(f, "DeactivateMFADevice&UserName=eve&SerialNumber=" SERIAL);
	}
}

/* A step counts once, also for who enables the device again. */
static void
test_enable_once(void **state)
{
	struct fixture *f = *state;
	const char *body;

	f->settings.costly_rate = 0;
	create(f);
	body = codes(f, ENABLE, -30, 0);
	assert_done(f, body);
	assert_error(f, body, 409, "EntityAlreadyExists", "MFA device is already in use.");
	assert_done(f, "DeactivateMFADevice&UserName=eve&SerialNumber=" SERIAL);
	assert_error(f, body, 403, "InvalidAuthenticationCode", INVALID);
	assert_done(f, codes(f, ENABLE, 30, 60));
}

static void
test_enable_lock(void **state)
{
	struct fixture *f = *state;
	int i;

	f->settings.costly_rate = 0;
	create(f);
	for (i = 0; i < 5; i++)
		assert_error(f, ENABLE "&AuthenticationCode1=000000&AuthenticationCode2=000000",
		    403, "InvalidAuthenticationCode", INVALID);
	wait_s(f, 29);
	assert_error(f, codes(f, ENABLE, -30, 0), 403, "InvalidAuthenticationCode", INVALID);
	wait_s(f, 1);
	assert_done(f, codes(f, ENABLE, -30, 0));
	assert_int_equal(stored(f).failures, 0);
}

/* To look for two codes in a day keeps keyd for some 50 ms; a device that is locked
 * is soon replaced by another one. */
static void
test_enable_throttled(void **state)
{
	struct fixture *f = *state;
	const char *name;
	int i;

	f->settings.costly_rate = 1;
	f->settings.costly_burst = 5;
	for (i = 0; i < 3; i++) {
		name = arena_fmt(f->a, "d%d", i).p;
		assert_done(f,
		    arena_fmt(f->a, "CreateVirtualMFADevice&VirtualMFADeviceName=%s", name).p);
		assert_error(f,
		    arena_fmt(f->a,
			"EnableMFADevice&UserName=eve&SerialNumber=" IAM
			":mfa/%s&AuthenticationCode1=000000&AuthenticationCode2=000000",
			name)
			.p,
		    i < 2 ? 403 : 400, i < 2 ? "InvalidAuthenticationCode" : "Throttling", NULL);
	}
}

static void
test_enable_refused(void **state)
{
	struct fixture *f = *state;

	create(f);
	assert_error(f,
	    "EnableMFADevice&UserName=bob&SerialNumber=" SERIAL
	    "&AuthenticationCode1=000000&AuthenticationCode2=000000",
	    404, "NoSuchEntity", NULL);
	assert_error(f,
	    "EnableMFADevice&UserName=eve&SerialNumber=" IAM ":mfa/none"
	    "&AuthenticationCode1=000000&AuthenticationCode2=000000",
	    404, "NoSuchEntity", "MFA Device with serial number " IAM ":mfa/none does not exist.");
	assert_error(f, ENABLE "&AuthenticationCode1=00000&AuthenticationCode2=000000", 400,
	    "ValidationError", NULL);
	assert_error(f, ENABLE "&AuthenticationCode1=00000x&AuthenticationCode2=000000", 400,
	    "ValidationError", NULL);
	assert_error(f, ENABLE "&AuthenticationCode1=000000", 400, "ValidationError", NULL);
	assert_int_equal(stored(f).failures, 0);
	/* Who may not enable it cannot lock it either. */
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	assert_error(f, ENABLE "&AuthenticationCode1=000000&AuthenticationCode2=000000", 403,
	    "AccessDenied", NULL);
	assert_int_equal(stored(f).failures, 0);
}

/* A clock that is an hour ahead, after it was made known. */
static void
test_resync(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *body;

	enable(f);
	wait_s(f, 600);
	assert_done(f, codes(f, RESYNC, 3600, 3630));
	assert_int_equal(stored(f).drift_steps, 121);
	wait_s(f, 300);
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	body = arena_fmt(f->a, "GetSessionToken&SerialNumber=" SERIAL "&TokenCode=%s",
	    fixture_totp(f, stored(f).sealed_seed, f->wall_ms / 1000))
		   .p;
	resp = fixture_sts(f, body);
	assert_status(f, &resp, 403);
	body = arena_fmt(f->a, "GetSessionToken&SerialNumber=" SERIAL "&TokenCode=%s",
	    fixture_totp(f, stored(f).sealed_seed, f->wall_ms / 1000 + 3630))
		   .p;
	resp = fixture_sts(f, body);
	assert_status(f, &resp, 200);
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	assert_error(f, codes(f, RESYNC, 3600, 3600), 403, "InvalidAuthenticationCode", INVALID);
	assert_done(f, "DeactivateMFADevice&UserName=eve&SerialNumber=" SERIAL);
	assert_error(f, codes(f, RESYNC, 3660, 3690), 404, "NoSuchEntity", NULL);
}

/* ---- the rest of its life ---- */

static void
test_delete(void **state)
{
	struct fixture *f = *state;
	struct store_mfa_device d;

	enable(f);
	assert_error(f, "DeleteVirtualMFADevice&SerialNumber=" SERIAL, 409, "DeleteConflict",
	    "MFA VirtualDevice in use. Must deactivate first.");
	assert_error(f, "DeactivateMFADevice&UserName=bob&SerialNumber=" SERIAL, 404,
	    "NoSuchEntity", NULL);
	assert_done(f, "DeactivateMFADevice&UserName=eve&SerialNumber=" SERIAL);
	assert_error(f, "DeactivateMFADevice&UserName=eve&SerialNumber=" SERIAL, 404,
	    "NoSuchEntity", NULL);
	assert_done(f, "DeleteVirtualMFADevice&SerialNumber=" SERIAL);
	assert_int_equal(store_mfa_device_get(f->st, f->a, STR(SERIAL), &d), ERR_NOTFOUND);
	assert_error(f, "DeleteVirtualMFADevice&SerialNumber=" SERIAL, 404, "NoSuchEntity", NULL);
}

static void
test_lists(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *marker;

	enable(f);
	assert_done(f, "CreateVirtualMFADevice&VirtualMFADeviceName=spare");
	resp = assert_done(f, "ListMFADevices&UserName=EVE");
	assert_has(f, &resp,
	    "<MFADevices><member><UserName>eve</UserName><SerialNumber>" SERIAL
	    "</SerialNumber><EnableDate>2023-11-14T22:13:20Z</EnableDate></member></MFADevices>"
	    "<IsTruncated>false</IsTruncated>");
	resp = assert_done(f, "GetMFADevice&UserName=eve&SerialNumber=" SERIAL);
	assert_has(f, &resp, "<UserName>eve</UserName><SerialNumber>" SERIAL "</SerialNumber>");
	assert_error(f, "GetMFADevice&UserName=eve&SerialNumber=" IAM ":mfa/spare", 404,
	    "NoSuchEntity", NULL);
	resp = assert_done(f, "ListVirtualMFADevices");
	assert_string_equal(fixture_element(f, &resp, "SerialNumber", 0), SERIAL);
	assert_string_equal(fixture_element(f, &resp, "SerialNumber", 1), IAM ":mfa/spare");
	assert_string_equal(fixture_element(f, &resp, "UserName", 0), "eve");
	assert_string_equal(fixture_element(f, &resp, "UserName", 1), "");
	assert_has_not(f, &resp, "Seed");
	resp = assert_done(f, "ListVirtualMFADevices&AssignmentStatus=Assigned");
	assert_has_not(f, &resp, "spare");
	assert_has(f, &resp, SERIAL);
	resp = assert_done(f, "ListVirtualMFADevices&AssignmentStatus=Unassigned");
	assert_has(f, &resp, "spare");
	assert_has_not(f, &resp, SERIAL);
	resp = assert_done(f, "ListVirtualMFADevices&MaxItems=1");
	assert_has(f, &resp, "<IsTruncated>true</IsTruncated>");
	marker = fixture_element(f, &resp, "Marker", 0);
	resp = assert_done(f, arena_fmt(f->a, "ListVirtualMFADevices&Marker=%s", marker).p);
	assert_string_equal(fixture_element(f, &resp, "SerialNumber", 0), IAM ":mfa/spare");
	assert_error(f, "ListVirtualMFADevices&AssignmentStatus=None", 400, "ValidationError",
	    NULL);
}

static void
test_list_pages(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	struct store_mfa_device d;
	const char *marker;

	enable(f);
	d = stored(f);
	d.serial_number = STR(IAM ":mfa/another");
	d.name = STR("another");
	d.enabled_at++;
	assert_ok(store_mfa_device_add(f->st, &d));
	resp = assert_done(f, "ListMFADevices&UserName=eve&MaxItems=1");
	assert_string_equal(fixture_element(f, &resp, "SerialNumber", 0), SERIAL);
	marker = fixture_element(f, &resp, "Marker", 0);
	resp = assert_done(f,
	    arena_fmt(f->a, "ListMFADevices&UserName=eve&MaxItems=1&Marker=%s", marker).p);
	assert_string_equal(fixture_element(f, &resp, "SerialNumber", 0), IAM ":mfa/another");
	assert_string_equal(fixture_element(f, &resp, "SerialNumber", 1), "");
	assert_has(f, &resp, "<IsTruncated>false</IsTruncated>");
}

static void
test_tags(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	create(f);
	assert_done(f,
	    "TagMFADevice&SerialNumber=" SERIAL "&Tags.member.1.Key=a&Tags.member.1.Value=1"
	    "&Tags.member.2.Key=b&Tags.member.2.Value=2");
	assert_done(f, "UntagMFADevice&SerialNumber=" SERIAL "&TagKeys.member.1=a");
	resp = assert_done(f, "ListMFADeviceTags&SerialNumber=" SERIAL);
	assert_string_equal(fixture_element(f, &resp, "Key", 0), "b");
	assert_string_equal(fixture_element(f, &resp, "Key", 1), "");
	assert_done(f, "DeleteVirtualMFADevice&SerialNumber=" SERIAL);
	create(f);
	resp = assert_done(f, "ListMFADeviceTags&SerialNumber=" SERIAL);
	assert_string_equal(fixture_element(f, &resp, "Key", 0), "");
	assert_error(f, "ListMFADeviceTags&SerialNumber=" IAM ":mfa/none", 404, "NoSuchEntity",
	    NULL);
}

/* As AWS's own policy has it: everybody his own device. */
static void
test_own_device(void **state)
{
	struct fixture *f = *state;
	const struct store_inline_policy p = { .entity_id = STR(USER_ID),
		.name = STR("p"),
		.document = STR(
		    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
		    "\"Action\":[\"iam:CreateVirtualMFADevice\",\"iam:DeleteVirtualMFADevice\"],"
		    "\"Resource\":\"arn:aws:iam::*:mfa/${aws:username}\"},{\"Effect\":\"Allow\","
		    "\"Action\":[\"iam:EnableMFADevice\",\"iam:ListMFADevices\","
		    "\"iam:DeactivateMFADevice\"],"
		    "\"Resource\":\"arn:aws:iam::*:user/${aws:username}\"}]}") };
	struct api_response resp;
	struct store_mfa_device d;

	assert_ok(store_inline_policy_put(f->st, &p));
	policies_changed(f->api->policies);
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	assert_error(f, "CreateVirtualMFADevice&VirtualMFADeviceName=phone", 403, "AccessDenied",
	    NULL);
	assert_done(f, "CreateVirtualMFADevice&VirtualMFADeviceName=eve");
	assert_ok(store_mfa_device_get(f->st, f->a, STR(IAM ":mfa/eve"), &d));
	assert_done(f,
	    arena_fmt(f->a,
		"EnableMFADevice&UserName=eve&SerialNumber=" IAM ":mfa/eve"
		"&AuthenticationCode1=%s&AuthenticationCode2=%s",
		fixture_totp(f, d.sealed_seed, NOW_S), fixture_totp(f, d.sealed_seed, NOW_S + 30))
		.p);
	resp = assert_done(f, "ListMFADevices");
	assert_string_equal(fixture_element(f, &resp, "SerialNumber", 0), IAM ":mfa/eve");
	assert_error(f, "ListVirtualMFADevices", 403, "AccessDenied", NULL);
	/* Whether a device or user is there is told to nobody who may not. */
	assert_error(f, "DeleteVirtualMFADevice&SerialNumber=" IAM ":mfa/none", 403, "AccessDenied",
	    NULL);
	assert_error(f, "ListMFADevices&UserName=bob", 403, "AccessDenied", NULL);
	assert_done(f, "DeactivateMFADevice&SerialNumber=" IAM ":mfa/eve");
	assert_done(f, "DeleteVirtualMFADevice&SerialNumber=" IAM ":mfa/eve");
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_qr),
		TEST(test_create),
		TEST(test_create_refused),
		TEST(test_enable),
		TEST(test_enable_once),
		TEST(test_enable_lock),
		TEST(test_enable_throttled),
		TEST(test_enable_refused),
		TEST(test_resync),
		TEST(test_delete),
		TEST(test_lists),
		TEST(test_list_pages),
		TEST(test_tags),
		TEST(test_own_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
