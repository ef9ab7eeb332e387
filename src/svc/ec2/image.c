/*
 * image: ec2:DescribeImages lists the images of the account; a lab has one.
 */
#include "base/date.h"
#include "store/store_image.h"
#include "svc/ec2/actions.h"
#include "svc/ec2/describe.h"
#include "svc/ec2/tags.h"

#define V struct store_image

static const char *
state_name(enum store_image_state s)
{
	return s == STORE_IMAGE_DEREGISTERED ? "deregistered" : "available";
}

static enum awserr
state_offer(struct describe *d, const void *item)
{
	const V *v = item;

	describe_offer(d, str_of(state_name(v->state)));
	return AWSERR_NONE;
}

static struct str
location(struct call *c, const V *v)
{
	return arena_fmt(c->arena, "%.*s/%.*s", STR_FMT(v->account_id), STR_FMT(v->name));
}

static enum awserr
location_offer(struct describe *d, const void *item)
{
	describe_offer(d, location(d->c, item));
	return AWSERR_NONE;
}

static struct str
creation_date(struct call *c, const V *v)
{
	struct str text;
	struct buf b;

	buf_init(&b, 64);
	date_iso_ms_write(&b, v->created_at * 1000);
	text = arena_str(c->arena, buf_view(&b));
	buf_release(&b);
	return text;
}

static enum awserr
creation_date_offer(struct describe *d, const void *item)
{
	describe_offer(d, creation_date(d->c, item));
	return AWSERR_NONE;
}

static const struct describe_filter filters[] = {
	{ "architecture", DESCRIBE_STR, .at = offsetof(V, architecture) },
	/* An image has no devices, no snapshots and no kernel here. */
	{ .name = "block-device-mapping.delete-on-termination", .source = DESCRIBE_NEVER },
	{ .name = "block-device-mapping.device-name", .source = DESCRIBE_NEVER },
	{ .name = "block-device-mapping.encrypted", .source = DESCRIBE_NEVER },
	{ .name = "block-device-mapping.snapshot-id", .source = DESCRIBE_NEVER },
	{ .name = "block-device-mapping.volume-size", .source = DESCRIBE_NEVER },
	{ .name = "block-device-mapping.volume-type", .source = DESCRIBE_NEVER },
	{ "creation-date", DESCRIBE_OFFER, .offer = creation_date_offer },
	{ "description", DESCRIBE_STR, .at = offsetof(V, description) },
	{ .name = "ena-support", .source = DESCRIBE_UNSUPPORTED },
	{ .name = "free-tier-eligible", .source = DESCRIBE_UNSUPPORTED },
	{ "hypervisor", DESCRIBE_TEXT, .text = "xen" },
	{ .name = "image-allowed", .source = DESCRIBE_UNSUPPORTED },
	{ "image-id", DESCRIBE_STR, .at = offsetof(V, image_id) },
	{ "image-type", DESCRIBE_TEXT, .text = "machine" },
	{ "is-public", DESCRIBE_TEXT, .text = "false" },
	{ .name = "kernel-id", .source = DESCRIBE_NEVER },
	{ "manifest-location", DESCRIBE_OFFER, .offer = location_offer },
	{ "name", DESCRIBE_STR, .at = offsetof(V, name) },
	/* Images of Amazon and of the marketplace have an alias, those of accounts none. */
	{ .name = "owner-alias", .source = DESCRIBE_NEVER },
	{ "owner-id", DESCRIBE_STR, .at = offsetof(V, account_id) },
	/* "windows" is the only value on AWS; other images have none. */
	{ .name = "platform", .source = DESCRIBE_NEVER },
	{ .name = "product-code", .source = DESCRIBE_NEVER },
	{ .name = "product-code.type", .source = DESCRIBE_NEVER },
	{ .name = "ramdisk-id", .source = DESCRIBE_NEVER },
	{ .name = "root-device-name", .source = DESCRIBE_UNSUPPORTED },
	{ "root-device-type", DESCRIBE_TEXT, .text = "ebs" },
	{ .name = "source-image-id", .source = DESCRIBE_NEVER },
	{ .name = "source-image-region", .source = DESCRIBE_NEVER },
	{ .name = "source-instance-id", .source = DESCRIBE_NEVER },
	{ .name = "sriov-net-support", .source = DESCRIBE_NEVER },
	{ "state", DESCRIBE_OFFER, .offer = state_offer },
	/* Only a state that an image failed to reach has a reason. */
	{ .name = "state-reason-code", .source = DESCRIBE_NEVER },
	{ .name = "state-reason-message", .source = DESCRIBE_NEVER },
	{ "virtualization-type", DESCRIBE_TEXT, .text = "hvm" },
};

static const struct describe_pick picks[] = {
	{ offsetof(struct describe_input, ids), offsetof(V, image_id), AWSERR_IMAGE_ID_NOT_FOUND,
	    "image id" },
};

static int
list_page(struct describe *d, void **ret, size_t *ret_n)
{
	struct store_image *v = NULL;
	int r = store_image_list(d->c->region->store, d->arena, d->c->principal.account_id,
	    d->after, DESCRIBE_PAGE, &v, ret_n);

	*ret = v;
	return r;
}

/* Every image belongs to the account. All are shown when Owner.N names the account or is not
 * given, and none otherwise. */
static bool
is_shown(const struct describe *d, const void *item)
{
	const struct field_strs *owners = &d->in->owners;
	size_t i;

	(void)item;
	for (i = 0; i < owners->n; i++) {
		if (str_eq_c(owners->v[i], "self") ||
		    str_eq(owners->v[i], d->c->principal.account_id))
			return true;
	}
	return owners->n == 0;
}

static enum awserr
write(struct call *c, const void *item, const struct store_tag *tags, size_t n_tags)
{
	struct out *o = &c->out;
	const V *v = item;

	out_str(o, "imageId", v->image_id);
	out_str(o, "imageLocation", location(c, v));
	out_c(o, "imageState", state_name(v->state));
	out_str(o, "imageOwnerId", v->account_id);
	out_str(o, "creationDate", creation_date(c, v));
	out_bool(o, "isPublic", false);
	out_list(o, "productCodes");
	out_end(o);
	out_str(o, "architecture", v->architecture);
	out_c(o, "imageType", "machine");
	out_str(o, "name", v->name);
	out_str(o, "description", v->description);
	out_c(o, "rootDeviceType", "ebs");
	out_list(o, "blockDeviceMapping");
	out_end(o);
	out_c(o, "virtualizationType", "hvm");
	tags_write(o, tags, n_tags);
	out_c(o, "hypervisor", "xen");
	out_c(o, "platformDetails", "Linux/UNIX");
	return AWSERR_NONE;
}

static const struct describe_entity image = {
	.list = "imagesSet",
	.size = sizeof(V),
	.id_at = offsetof(V, image_id),
	.tagged = true,
	.picks = picks,
	.n_picks = FIELD_N(picks),
	.filters = filters,
	.n_filters = FIELD_N(filters),
	.is_shown = is_shown,
	.list_page = list_page,
	.write = write,
};

static const struct field fields[] = {
	{ .name = "ExecutableBy",
	    .type = FIELD_UNSUPPORTED,
	    .audit = "executableBySet",
	    .record = FIELD_RECORD_ALWAYS },
	DESCRIBE_IDS("ImageId", FORM_IMAGE_ID, "imagesSet/imageId"),
	{ .name = "Owner",
	    .type = FIELD_STR_LIST,
	    .at = offsetof(struct describe_input, owners),
	    .form = FORM_PRINTABLE,
	    .audit = "ownersSet/owner",
	    .record = FIELD_RECORD_ALWAYS },
	DESCRIBE_FILTERS,
	DESCRIBE_MORE("IncludeDeprecated", more),
	DESCRIBE_MORE("IncludeDisabled", disabled),
	DESCRIBE_ONE_PAGE,
};

static const struct action actions[] = { { EC2_DESCRIBE("DescribeImages", fields, image) } };
const struct action_rows image_rows = { actions, FIELD_N(actions) };
