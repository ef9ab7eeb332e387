/* json_fuzz: a document that is read and written again must read the same. */
#include <assert.h>
#include <stdint.h>

#include "codec/json.h"
#include "codec/jsonw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_value(struct jsonw *w, const struct json *v);

static void
write_object(struct jsonw *w, const struct json *v)
{
	struct json_iter it = { .obj = v };
	const struct json *m;
	struct str name;

	jsonw_object(w);
	while (json_next(&it, &name, &m)) {
		jsonw_name_str(w, name);
		write_value(w, m);
	}
	jsonw_end(w);
}

static void
write_array(struct jsonw *w, const struct json *v)
{
	size_t i;

	jsonw_array(w);
	for (i = 0; i < json_len(v); i++)
		write_value(w, json_at(v, i));
	jsonw_end(w);
}

static void
write_value(struct jsonw *w, const struct json *v)
{
	struct str s;
	int64_t n;
	bool b;

	switch (json_kind(v)) {
	case JSON_KIND_OBJECT:
		write_object(w, v);
		break;
	case JSON_KIND_ARRAY:
		write_array(w, v);
		break;
	case JSON_KIND_STR:
		assert(json_str(v, &s) == 0);
		jsonw_str(w, s);
		break;
	case JSON_KIND_INT:
		assert(json_i64(v, &n) == 0);
		jsonw_i64(w, n);
		break;
	case JSON_KIND_BOOL:
		assert(json_bool(v, &b) == 0);
		jsonw_bool(w, b);
		break;
	case JSON_KIND_REAL:
	case JSON_KIND_NULL:
		jsonw_null(w);
		break;
	}
}

static void
write_document(struct buf *b, const struct json *v)
{
	struct jsonw w;

	jsonw_init(&w, b);
	write_value(&w, v);
	assert(jsonw_finish(&w) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json *v, *again;
	struct errinfo ei;
	struct buf first, second;

	if (json_parse(str_of_n(data, size), 65536, 16, &v, &ei) != 0)
		return 0;
	buf_init(&first, 1 << 20);
	buf_init(&second, 1 << 20);
	write_document(&first, v);
	assert(json_parse(buf_view(&first), 1 << 20, 16, &again, &ei) == 0);
	write_document(&second, again);
	assert(str_eq(buf_view(&first), buf_view(&second)));
	json_free(v);
	json_free(again);
	buf_release(&first);
	buf_release(&second);
	return 0;
}
