/*
 * document: the identity document; see document.h.
 */
#include "imds/document.h"

#include "base/date.h"
#include "codec/jsonw.h"

#if defined(__aarch64__)
#define ARCHITECTURE "arm64"
#else
#define ARCHITECTURE "x86_64"
#endif

static void
member(struct jsonw *w, const char *name, struct str v)
{
	jsonw_name(w, name);
	if (v.n > 0)
		jsonw_str(w, v);
	else
		jsonw_null(w);
}

void
document_write(const struct link_guest *d, struct buf *out)
{
	struct jsonw w;
	struct buf launched;

	buf_init(&launched, 64);
	date_iso_write(&launched, d->launched_at);
	jsonw_init_lines(&w, out);
	jsonw_object(&w);
	member(&w, "accountId", d->account_id);
	member(&w, "architecture", STR(ARCHITECTURE));
	member(&w, "availabilityZone", d->availability_zone);
	member(&w, "billingProducts", STR(""));
	member(&w, "devpayProductCodes", STR(""));
	member(&w, "marketplaceProductCodes", STR(""));
	member(&w, "imageId", d->ami_id);
	member(&w, "instanceId", d->instance_id);
	member(&w, "instanceType", d->instance_type);
	member(&w, "kernelId", STR(""));
	member(&w, "pendingTime", buf_view(&launched));
	member(&w, "privateIp", d->private_ip);
	member(&w, "ramdiskId", STR(""));
	member(&w, "region", d->region);
	member(&w, "version", STR("2017-09-30"));
	jsonw_end(&w);
	(void)!jsonw_finish(&w); /* the caller sees the same error in out */
	buf_release(&launched);
}
