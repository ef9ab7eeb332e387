/*
 * line: see line.h. The additional member is looked for from the end of the line and read strictly.
 * What stands before it is the record, byte for byte.
 */
#include "trail/line.h"

#include "base/date.h"
#include "base/hex.h"
#include "base/num.h"
#include "base/rd.h"
#include "codec/json.h"
#include "codec/jsonw.h"

#define MAX_DEPTH 40
#define HASH_HEX (2 * AUDITCHAIN_BYTES)
#define MEMBER STR(",\"openeicChain\":{\"sequence\":")
#define PREVIOUS STR(",\"previousHash\":\"")
#define HASH STR("\",\"hash\":\"")
#define END STR("\"}}")
#define BEGIN STR("{\"eventVersion\":\"")

static void
hash_write(struct jsonw *w, const char *name, const uint8_t hash[static AUDITCHAIN_BYTES])
{
	struct buf hex;

	buf_init(&hex, HASH_HEX);
	hex_write(&hex, hash, AUDITCHAIN_BYTES);
	jsonw_m_str(w, name, buf_view(&hex));
	buf_release(&hex);
}

int
line_write(struct buf *b, struct str record, const struct line *v)
{
	struct jsonw w;
	int r;

	if (record.n < 3 || record.p[0] != '{' || record.p[record.n - 1] != '}')
		return ERR_SYNTAX;
	buf_str(b, str_head(record, record.n - 1));
	buf_c(b, ",\"openeicChain\":");
	jsonw_init(&w, b);
	jsonw_object(&w);
	jsonw_m_i64(&w, "sequence", v->seq);
	hash_write(&w, "previousHash", v->previous);
	hash_write(&w, "hash", v->hash);
	jsonw_end(&w);
	if ((r = jsonw_finish(&w)) != 0)
		return r;
	buf_c(b, "}\n");
	return buf_err(b);
}

static int
hash_parse(struct rd *rd, uint8_t ret[static AUDITCHAIN_BYTES])
{
	struct str hex;
	int r;

	if ((r = rd_bytes(rd, HASH_HEX, &hex)) != 0)
		return r;
	return hex_parse(hex, ret, AUDITCHAIN_BYTES);
}

/* Reads the additional member and finds where it begins. */
static int
member_parse(struct str text, struct line *ret, size_t *ret_at)
{
	size_t fixed = MEMBER.n + PREVIOUS.n + HASH.n + END.n + 2 * HASH_HEX;
	struct str digits;
	struct rd rd;
	uint64_t seq;
	size_t n;
	int r;

	/* The length of the member depends only on how many digits the sequence number has. */
	for (n = 1; n <= 19 && fixed + n < text.n; n++) {
		rd = rd_of(str_from(text, text.n - fixed - n));
		if (rd_lit(&rd, MEMBER) == 0)
			break;
	}
	if (n > 19 || fixed + n >= text.n)
		return ERR_SYNTAX;
	*ret_at = text.n - fixed - n;
	if ((r = rd_bytes(&rd, n, &digits)) != 0 ||
	    (r = num_u64_parse(digits, 1, INT64_MAX, &seq)) != 0 ||
	    (r = rd_lit(&rd, PREVIOUS)) != 0 || (r = hash_parse(&rd, ret->previous)) != 0 ||
	    (r = rd_lit(&rd, HASH)) != 0 || (r = hash_parse(&rd, ret->hash)) != 0 ||
	    (r = rd_lit(&rd, END)) != 0 || (r = rd_end(&rd)) != 0)
		return ERR_SYNTAX;
	ret->seq = (int64_t)seq;
	return 0;
}

static int
record_parse(struct str record, struct line *ret)
{
	struct json *root = NULL;
	struct str id, time;
	int r;

	if ((r = json_parse(record, record.n, MAX_DEPTH, &root, NULL)) != 0 ||
	    (r = json_str(json_get(root, "eventID"), &id)) != 0 ||
	    (r = str_copy(ret->event_id, sizeof(ret->event_id), id)) != 0 ||
	    (r = json_str(json_get(root, "eventTime"), &time)) != 0 ||
	    (r = date_iso_parse(time, &ret->event_at)) != 0)
		r = ERR_SYNTAX;
	json_free(root);
	return r;
}

int
line_parse(struct str text, struct line *ret)
{
	uint8_t hash[AUDITCHAIN_BYTES];
	struct line v = { .seq = 0 };
	struct buf record;
	size_t at;
	int r;

	if (text.n == 0 || text.n >= LINE_MAX_BYTES || text.p[0] != '{' ||
	    (r = member_parse(text, &v, &at)) != 0)
		return ERR_SYNTAX;
	buf_init(&record, LINE_MAX_BYTES);
	buf_str(&record, str_head(text, at));
	buf_ch(&record, '}');
	if ((r = record_parse(buf_view(&record), &v)) != 0)
		goto out;
	auditchain_hash(v.previous, (uint64_t)v.seq, str_of(v.event_id), buf_view(&record), hash);
	if (memcmp(hash, v.hash, sizeof(hash)) != 0)
		r = ERR_CRYPTO;
	*ret = v;
out:
	buf_release(&record);
	return r;
}

bool
line_begins(struct str text)
{
	struct json *root = NULL;
	struct line l;
	bool whole;

	if (text.n == 0 || text.n >= LINE_MAX_BYTES || memchr(text.p, '\n', text.n) != NULL ||
	    !str_starts(text.n < BEGIN.n ? BEGIN : text, text.n < BEGIN.n ? text : BEGIN))
		return false;
	if (line_parse(text, &l) == 0)
		return true;
	whole = json_parse(text, text.n, MAX_DEPTH, &root, NULL) == 0;
	json_free(root);
	return !whole;
}
