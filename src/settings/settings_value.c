/*
 * settings_value: what the types of settings mean; see settings_value.h. Pure.
 */
#include "settings/settings_value.h"

#include "base/num.h"

struct unit {
	char letter;
	int64_t size;
};

/* The greatest unit is first, because a value is written in the greatest one that fits. */
static const struct unit time_units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
static const struct unit byte_units[] = { { 'g', 1 << 30 }, { 'm', 1 << 20 }, { 'k', 1 << 10 } };
#define N_TIME (sizeof(time_units) / sizeof(*time_units))
#define N_BYTE (sizeof(byte_units) / sizeof(*byte_units))

static void *
place(const struct setting *row, void *values)
{
	return (char *)values + row->offset;
}

static const void *
place_of(const struct setting *row, const void *values)
{
	return (const char *)values + row->offset;
}

static int64_t
number_at(const struct setting *row, const void *values)
{
	int64_t v;

	memcpy(&v, place_of(row, values), sizeof(v));
	return v;
}

static bool
is_text(const struct setting *row)
{
	switch (row->type) {
	case SETTING_STRING:
	case SETTING_PATH:
	case SETTING_ADDRESS:
	case SETTING_ADDRESSES:
		return true;
	case SETTING_BOOL:
	case SETTING_INT:
	case SETTING_SECONDS:
	case SETTING_BYTES:
	case SETTING_ENUM:
		break;
	}
	return false;
}

/* Reads digits, which one of the letters may follow. */
static int
number_with_unit(struct str text, const struct unit *units, size_t n, int64_t *ret)
{
	int64_t size = 1, v;
	size_t i;
	int r;

	for (i = 0; i < n && text.n > 0; i++) {
		if (text.p[text.n - 1] == units[i].letter) {
			size = units[i].size;
			text = str_head(text, text.n - 1);
			break;
		}
	}
	if ((r = num_i64_parse(text, 0, INT64_MAX / size, &v)) != 0)
		return r;
	*ret = v * size;
	return 0;
}

static int
enum_of(const struct setting *row, struct str text, int64_t *ret)
{
	int64_t i;

	for (i = 0; row->words[i] != NULL; i++) {
		if (str_eq_c(text, row->words[i])) {
			*ret = i;
			return 0;
		}
	}
	return ERR_SYNTAX;
}

static int
parse_number(const struct setting *row, struct str text, void *values)
{
	int64_t v = 0;
	int r;

	if (row->type == SETTING_ENUM)
		r = enum_of(row, text, &v);
	else if (row->type == SETTING_SECONDS)
		r = number_with_unit(text, time_units, N_TIME, &v);
	else if (row->type == SETTING_BYTES)
		r = number_with_unit(text, byte_units, N_BYTE, &v);
	else
		r = num_i64_parse(text, INT64_MIN, INT64_MAX, &v);
	if (r != 0)
		return r;
	if (row->type != SETTING_ENUM && (v < row->min || v > row->max))
		return ERR_RANGE;
	memcpy(place(row, values), &v, sizeof(v));
	return 0;
}

static int
check_addresses(struct str text)
{
	struct str host;
	uint16_t port;
	int r;

	while ((r = settings_address_next(&text, &host, &port)) == 0)
		continue;
	return r == ERR_NOTFOUND ? 0 : r;
}

static int
parse_text(const struct setting *row, struct str text, void *values)
{
	struct str host;
	uint16_t port;
	int r = 0;

	if (text.n > (size_t)row->max)
		return ERR_TOOBIG;
	if (text.n < (size_t)row->min)
		return ERR_RANGE;
	if (str_has_ctl(text) || (row->pattern != NULL && !str_all_in(text, row->pattern)))
		return ERR_SYNTAX;
	if (row->type == SETTING_PATH && text.n > 0 && text.p[0] != '/')
		r = ERR_SYNTAX;
	else if (row->type == SETTING_ADDRESS && text.n > 0)
		r = settings_address_parse(text, &host, &port);
	else if (row->type == SETTING_ADDRESSES)
		r = check_addresses(text);
	return r != 0 ? r : str_copy(place(row, values), (size_t)row->max + 1, text);
}

static int
parse_bool(const struct setting *row, struct str text, void *values)
{
	bool v = str_eq_c(text, "yes");

	if (!v && !str_eq_c(text, "no"))
		return ERR_SYNTAX;
	memcpy(place(row, values), &v, sizeof(v));
	return 0;
}

int
settings_value_parse(const struct setting *row, struct str text, void *values, struct errinfo *ei)
{
	struct buf b;
	int r;

	if (row->type == SETTING_BOOL)
		r = parse_bool(row, text, values);
	else if (is_text(row))
		r = parse_text(row, text, values);
	else
		r = parse_number(row, text, values);
	if (r != 0) {
		buf_init(&b, 512);
		settings_value_describe(row, &b);
		err_set(ei, "%s has to be: %.*s", row->name, STR_FMT(buf_view(&b)));
		buf_release(&b);
	}
	return r;
}

/* Writes the value in the greatest unit that divides it. */
static void
write_with_unit(struct buf *b, int64_t v, const struct unit *units, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (v != 0 && v % units[i].size == 0) {
			buf_i64(b, v / units[i].size);
			buf_ch(b, units[i].letter);
			return;
		}
	}
	buf_i64(b, v);
}

static void
write_number(const struct setting *row, int64_t v, struct buf *b)
{
	if (row->type == SETTING_SECONDS)
		write_with_unit(b, v, time_units, N_TIME);
	else if (row->type == SETTING_BYTES)
		write_with_unit(b, v, byte_units, N_BYTE);
	else
		buf_i64(b, v);
}

void
settings_value_write(const struct setting *row, const void *values, struct buf *b)
{
	bool yes;

	if (row->type == SETTING_BOOL) {
		memcpy(&yes, place_of(row, values), sizeof(yes));
		buf_c(b, yes ? "yes" : "no");
	} else if (is_text(row)) {
		buf_c(b, place_of(row, values));
	} else if (row->type == SETTING_ENUM) {
		buf_c(b, row->words[number_at(row, values)]);
	} else {
		write_number(row, number_at(row, values), b);
	}
}

static void
describe_words(const struct setting *row, struct buf *b)
{
	size_t i;

	for (i = 0; row->words[i] != NULL; i++) {
		if (i > 0)
			buf_c(b, row->words[i + 1] == NULL ? " or " : ", ");
		buf_c(b, row->words[i]);
	}
}

static void
describe_text(const struct setting *row, const char *what, struct buf *b)
{
	buf_c(b, what);
	if (row->min == row->max)
		buf_fmt(b, ", %lld characters", (long long)row->max);
	else
		buf_fmt(b, ", %sup to %lld characters", row->min == 0 ? "or empty, " : "",
		    (long long)row->max);
}

static void
describe_range(const struct setting *row, const char *what, struct buf *b)
{
	buf_c(b, what);
	buf_c(b, ", ");
	write_number(row, row->min, b);
	buf_c(b, " to ");
	write_number(row, row->max, b);
}

void
settings_value_describe(const struct setting *row, struct buf *b)
{
	switch (row->type) {
	case SETTING_BOOL:
		buf_c(b, "yes or no");
		break;
	case SETTING_INT:
		describe_range(row, row->unit[0] == '\0' ? "a number" : row->unit, b);
		break;
	case SETTING_SECONDS:
		describe_range(row, "a time", b);
		break;
	case SETTING_BYTES:
		describe_range(row, "bytes", b);
		break;
	case SETTING_STRING:
		describe_text(row, "text", b);
		break;
	case SETTING_PATH:
		describe_text(row, "an absolute path", b);
		break;
	case SETTING_ADDRESS:
		describe_text(row, "host:port", b);
		break;
	case SETTING_ADDRESSES:
		describe_text(row, "host:port, host:port ...", b);
		break;
	case SETTING_ENUM:
		describe_words(row, b);
		break;
	}
}

bool
settings_value_equal(const struct setting *row, const void *a, const void *b)
{
	if (is_text(row))
		return str_eq(str_of(place_of(row, a)), str_of(place_of(row, b)));
	return memcmp(place_of(row, a), place_of(row, b),
		   row->type == SETTING_BOOL ? sizeof(bool) : sizeof(int64_t)) == 0;
}

void
settings_value_copy(const struct setting *row, void *to, const void *from)
{
	size_t n = row->type == SETTING_BOOL ? sizeof(bool) : sizeof(int64_t);

	if (is_text(row))
		n = (size_t)row->max + 1;
	memcpy(place(row, to), place_of(row, from), n);
}

int
settings_value_path(char path[static SETTINGS_PATH_BYTES], const char *dir, const char *name,
    struct errinfo *ei)
{
	struct buf b;
	int r = 0;

	if (path[0] != '\0')
		return 0;
	buf_init(&b, SETTINGS_PATH_BYTES - 1);
	buf_fmt(&b, "%s/%s", dir, name);
	if ((r = buf_err(&b)) == 0)
		r = str_copy(path, SETTINGS_PATH_BYTES, buf_view(&b));
	if (r != 0)
		err_set(ei, "%s/%s is too long for a path", dir, name);
	buf_release(&b);
	return r;
}
