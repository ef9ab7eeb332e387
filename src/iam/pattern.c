/*
 * pattern: see pattern.h. The value of a variable is put into the text as it is. It cannot
 * bring a wildcard along, because wildcards are kept as bytes that UTF-8 does not have, and it
 * cannot bring a variable along, because it is not searched again. Pure.
 */
#include "iam/pattern.h"

#include "iam/glob.h"

size_t
pattern_variable_len(struct str s)
{
	size_t end = str_index(s, '}');

	return str_starts(s, STR("${")) && end < s.n ? end + 1 : 0;
}

/* One pattern being compiled: its text is cut into parts at the variables. */
struct building {
	struct compile *c;
	unsigned flags;
	struct buf text;
	struct pattern_part *parts;
	size_t n_parts;
};

static void
literal(struct building *b, char ch)
{
	buf_ch(&b->text, (b->flags & PATTERN_LOWER) != 0 ? str_lower(ch) : ch);
}

static void
plain(struct building *b, char ch)
{
	bool wild = (b->flags & PATTERN_WILDCARDS) != 0;

	if (wild && ch == '*') {
		if (b->text.n == 0 || b->text.p[b->text.n - 1] != GLOB_STAR)
			buf_ch(&b->text, GLOB_STAR);
	} else if (wild && ch == '?') {
		buf_ch(&b->text, GLOB_ONE);
	} else {
		literal(b, ch);
	}
}

static void
end_part(struct building *b)
{
	if (b->text.n == 0)
		return;
	b->parts[b->n_parts++].text = arena_str(b->c->arena, buf_view(&b->text));
	buf_clear(&b->text);
}

/* Compiles what stands between the braces of a variable: "key" or "key, 'default'". */
static int
variable(struct building *b, struct str inner)
{
	struct pattern_part part = { .key = str_head(inner, str_index(inner, ',')) };
	struct str rest = str_trim(str_from(inner, part.key.n + 1));

	if (str_index(inner, '$') < inner.n && str_index(inner, '{') < inner.n)
		return compile_fail(b->c, "a variable within a variable");
	if (part.key.n < inner.n) {
		if (rest.n < 2 || !str_starts(rest, STR("'")) || !str_ends(rest, STR("'")))
			return compile_fail(b->c, "a default that is not in quotes");
		part.has_default = true;
		part.text = str_head(str_from(rest, 1), rest.n - 2);
	}
	part.key = str_trim(part.key);
	if (!compile_key_valid(part.key) || str_index(part.key, ':') == part.key.n)
		return compile_fail(b->c, "a variable that is not a condition key");
	compile_key(b->c, part.key);
	end_part(b);
	b->parts[b->n_parts++] = part;
	return 0;
}

static int
dollar(struct building *b, struct str s, size_t *ret_n)
{
	struct str inner;

	if ((*ret_n = pattern_variable_len(s)) == 0)
		return compile_fail(b->c, "a variable that is not closed");
	inner = str_head(str_from(s, 2), *ret_n - 3);
	if (inner.n == 1 && str_index(STR("*?$"), inner.p[0]) < 3) {
		literal(b, inner.p[0]);
		return 0;
	}
	return variable(b, inner);
}

static size_t
count_variables(struct str raw)
{
	size_t i, n = 0;

	for (i = 0; i + 1 < raw.n; i++)
		n += raw.p[i] == '$' && raw.p[i + 1] == '{' ? 1 : 0;
	return n;
}

static size_t
prefix_of(struct str s)
{
	size_t star = str_index(s, GLOB_STAR), one = str_index(s, GLOB_ONE);

	return star < one ? star : one;
}

static int
build(struct building *b, struct str raw, bool variables)
{
	size_t i, n;
	int r;

	for (i = 0; i < raw.n; i += n) {
		n = 1;
		if (!variables || !str_starts(str_from(raw, i), STR("${")))
			plain(b, raw.p[i]);
		else if ((r = dollar(b, str_from(raw, i), &n)) != 0)
			return r;
	}
	return 0;
}

int
pattern_compile(struct compile *c, struct str raw, unsigned flags, struct pattern *ret)
{
	bool variables = (flags & PATTERN_VARIABLES) != 0 && c->variables;
	struct building b = { .c = c, .flags = flags };
	size_t n = variables ? count_variables(raw) : 0;
	int r;

	*ret = (struct pattern){ 0 };
	buf_init(&b.text, raw.n + 1);
	if (n > 0)
		b.parts = arena_array(c->arena, 2 * n + 1, sizeof(*b.parts));
	if ((r = build(&b, raw, variables)) != 0)
		goto out;
	if (b.n_parts > 0) {
		end_part(&b);
		ret->parts = b.parts;
		ret->n_parts = b.n_parts;
	} else {
		ret->text = arena_str(c->arena, buf_view(&b.text));
		ret->prefix = prefix_of(ret->text);
	}
out:
	buf_release(&b.text);
	return r;
}

bool
pattern_is_variable(const struct pattern *p)
{
	return p->n_parts == 1 && p->parts[0].key.n > 0;
}

/* What a part becomes: its own text, or the only value of its key, or the default. False when
 * the key has no value or several, and there is no default. */
static bool
part_text(const struct pattern_part *part, struct matching *m, struct str *ret)
{
	const struct iam_context_entry *e;

	*ret = part->text;
	if (part->key.n == 0)
		return true;
	e = context_find(m, part->key);
	if (e == NULL || e->n_values != 1)
		return part->has_default;
	*ret = e->values[0];
	return !glob_has_wildcard(*ret);
}

/* Puts the parts together in room. False when a part has no value or room is too small: the
 * pattern then matches nothing. */
static bool
expand(const struct pattern *p, struct matching *m, char room[PATTERN_MAX_BYTES], struct str *ret)
{
	struct str text;
	size_t i, n = 0;

	for (i = 0; i < p->n_parts; i++) {
		if (!part_text(&p->parts[i], m, &text) || text.n > PATTERN_MAX_BYTES - n)
			return false;
		if (text.n > 0)
			memcpy(room + n, text.p, text.n);
		n += text.n;
	}
	*ret = str_of_n(room, n);
	return steps_take(&m->steps, n + 1);
}

static bool
equals_nocase(struct str a, struct str b, struct matching *m)
{
	return steps_take(&m->steps, a.n + 1) && str_eq_nocase(a, b);
}

/* A function of its own, so that only patterns with variables pay for the room on the stack. */
static __attribute__((noinline)) bool
expanded_match(const struct pattern *p, struct str text, struct matching *m, bool nocase)
{
	char room[PATTERN_MAX_BYTES];
	struct str pattern;

	if (!expand(p, m, room, &pattern))
		return false;
	return nocase ? equals_nocase(pattern, text, m) : glob_match(pattern, text, &m->steps);
}

bool
pattern_match(const struct pattern *p, struct str text, struct matching *m)
{
	if (p->n_parts > 0)
		return expanded_match(p, text, m, false);
	if (!steps_take(&m->steps, 1) || text.n < p->prefix)
		return false;
	/* Most texts that do not match differ in the first byte. */
	if (p->prefix > 0 && text.p[0] != p->text.p[0])
		return false;
	if (p->prefix > 0 &&
	    (!steps_take(&m->steps, p->prefix) || memcmp(text.p, p->text.p, p->prefix) != 0))
		return false;
	if (p->prefix == p->text.n)
		return text.n == p->prefix;
	return glob_match(str_from(p->text, p->prefix), str_from(text, p->prefix), &m->steps);
}

bool
pattern_equals_nocase(const struct pattern *p, struct str text, struct matching *m)
{
	return p->n_parts > 0 ? expanded_match(p, text, m, true) : equals_nocase(p->text, text, m);
}
