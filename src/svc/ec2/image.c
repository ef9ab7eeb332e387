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

static const struct describe_filter filters[] = {
	{ "architecture", DESCRIBE_STR, .at = offsetof(V, architecture) },
	{ "description", DESCRIBE_STR, .at = offsetof(V, description) },
	{ "hypervisor", DESCRIBE_TEXT, .text = "xen" },
	{ "image-id", DESCRIBE_STR, .at = offsetof(V, image_id) },
	{ "image-type", DESCRIBE_TEXT, .text = "machine" },
	{ "is-public", DESCRIBE_TEXT, .text = "false" },
	{ "name", DESCRIBE_STR, .at = offsetof(V, name) },
	{ "owner-id", DESCRIBE_STR, .at = offsetof(V, account_id) },
	/* "windows" is the only value on AWS; other images have none. */
	{ .name = "platform", .source = DESCRIBE_NEVER },
	{ "root-device-type", DESCRIBE_TEXT, .text = "ebs" },
	{ "state", DESCRIBE_OFFER, .offer = state_offer },
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
	struct buf date;

	buf_init(&date, 64);
	date_iso_ms_write(&date, v->created_at * 1000);
	out_str(o, "imageId", v->image_id);
	out_str(o, "imageLocation",
	    arena_fmt(c->arena, "%.*s/%.*s", STR_FMT(v->account_id), STR_FMT(v->name)));
	out_c(o, "imageState", state_name(v->state));
	out_str(o, "imageOwnerId", v->account_id);
	out_str(o, "creationDate", arena_str(c->arena, buf_view(&date)));
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
	buf_release(&date);
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
