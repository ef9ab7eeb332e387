/*
 * describe_images: the act of ec2:DescribeImages: the images of the account,
 * which in the lab is one.
 */
#include "svc/ec2/describe.h"
#include "svc/ec2/ec2.h"
#include "base/date.h"
#include "store/store_image.h"

static const char *const filter_names[] = {
	"architecture",
	"description",
	"hypervisor",
	"image-id",
	"image-type",
	"is-public",
	"name",
	"owner-id",
	"platform",
	"root-device-type",
	"state",
	"virtualization-type",
	NULL,
};

static const char *
state_name(enum store_image_state s)
{
	return s == STORE_IMAGE_AVAILABLE ? "available" : "deregistered";
}

static bool
owner_wanted(const struct call *c, const struct field_strs *owners)
{
	size_t i;

	for (i = 0; i < owners->n; i++) {
		if (str_eq_c(owners->v[i], "self") || str_eq(owners->v[i], c->principal.account_id))
			return true;
	}
	return owners->n == 0;
}

static void
write(struct call *c, const struct store_image *v, const struct filter_attrs *at)
{
	struct out *o = &c->out;
	struct buf date;

	buf_init(&date, 64);
	date_iso_ms_write(&date, v->created_at * 1000);
	out_item(o);
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
	describe_tags_write(c, at);
	out_c(o, "hypervisor", "xen");
	out_c(o, "platformDetails", "Linux/UNIX");
	out_end(o);
	buf_release(&date);
}

enum awserr
describe_images_act(struct call *c)
{
	const struct describe_input *in = c->input;
	struct describe_ids ids = describe_ids(c, &in->ids);
	struct filter_attrs at;
	struct store_image *v;
	enum awserr e;
	size_t i, n;
	int r;

	if ((e = filter_check(c, &in->filters, filter_names)) != AWSERR_NONE)
		return e;
	r = store_image_list(c->region->store, c->arena, c->principal.account_id, STR(""),
	    STORE_PAGE_MAX, &v, &n);
	if (r != 0)
		return call_internal(c, "images", r);
	out_list(&c->out, "imagesSet");
	for (i = 0; i < n; i++) {
		if (!describe_wanted(&ids, v[i].image_id) || !owner_wanted(c, &in->owners))
			continue;
		at = (struct filter_attrs){ .n = 0 };
		filter_attr(&at, "architecture", v[i].architecture);
		filter_attr(&at, "description", v[i].description);
		filter_attr(&at, "hypervisor", STR("xen"));
		filter_attr(&at, "image-id", v[i].image_id);
		filter_attr(&at, "image-type", STR("machine"));
		filter_attr(&at, "is-public", STR("false"));
		filter_attr(&at, "name", v[i].name);
		filter_attr(&at, "owner-id", v[i].account_id);
		filter_attr(&at, "root-device-type", STR("ebs"));
		filter_attr(&at, "state", str_of(state_name(v[i].state)));
		filter_attr(&at, "virtualization-type", STR("hvm"));
		if ((e = describe_tags_get(c, v[i].image_id, &at)) != AWSERR_NONE)
			return e;
		if (filter_matches(&in->filters, &at))
			write(c, &v[i], &at);
	}
	out_end(&c->out);
	return describe_missing(c, &ids, AWSERR_IMAGE_ID_NOT_FOUND, "image id");
}
