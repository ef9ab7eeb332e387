/*
 * qr: see qr.h. Two libraries do the work. They are given only text that was made here
 * (docs/decisions/0013).
 */
#include "svc/iam/qr.h"

#include <png.h>
#include <qrencode.h>

#include "base/alloc.h"

#define SCALE 5  /* pixels of a module */
#define MARGIN 4 /* modules; ISO/IEC 18004 */

/* Draws the code as an image of side times side pixels, a byte each, black or white. The caller
 * frees it. */
static uint8_t *
paint(const QRcode *code, size_t side)
{
	uint8_t *p = xalloc(side * side);
	size_t width = (size_t)code->width, x, y, mx, my;

	memset(p, 0xff, side * side);
	for (y = 0; y < side; y++) {
		for (x = 0; x < side; x++) {
			/* In the margin before the code these wrap round to large numbers, which
			 * are not below the width either. */
			mx = x / SCALE - MARGIN;
			my = y / SCALE - MARGIN;
			if (mx < width && my < width && (code->data[my * width + mx] & 1) != 0)
				p[y * side + x] = 0;
		}
	}
	return p;
}

static int
png_write(const uint8_t *pixels, size_t side, struct buf *png)
{
	png_image image = { .version = PNG_IMAGE_VERSION,
		.width = (png_uint_32)side,
		.height = (png_uint_32)side,
		.format = PNG_FORMAT_GRAY };
	png_alloc_size_t n = QR_MAX_PNG_BYTES;
	char *place = buf_reserve(png, n);

	if (place == NULL || png_image_write_to_memory(&image, place, &n, 0, pixels, 0, NULL) == 0)
		return ERR_TOOBIG;
	buf_commit(png, n);
	return 0;
}

int
qr_png_write(struct str text, struct buf *png)
{
	char cstr[QR_MAX_TEXT_BYTES + 1];
	uint8_t *pixels;
	QRcode *code;
	size_t side;
	int r;

	if ((r = str_copy(cstr, sizeof(cstr), text)) != 0)
		return r;
	if ((code = QRcode_encodeString8bit(cstr, 0, QR_ECLEVEL_M)) == NULL)
		return ERR_TOOBIG;
	side = ((size_t)code->width + 2 * (size_t)MARGIN) * SCALE;
	pixels = paint(code, side);
	r = png_write(pixels, side, png);
	xfree(pixels);
	QRcode_free(code);
	return r;
}
