/*
 * material: asks for openeic's one path, or for AWS's paths; see material.h.
 */
#include "authkeys/material.h"

#include "base/hex.h"

#define ROOT "/latest/meta-data/"
#define MANAGED ROOT "managed-ssh-keys/"
#define NAME_LEN 40

static int
refusal(uint16_t status, struct str path, struct errinfo *ei)
{
	err_set(ei, "%.*s answers %u", STR_FMT(path), (unsigned)status);
	return status == 404 ? ERR_NOTFOUND : ERR_DENIED;
}

/* ---- the paths of wire.md 5.1 ---- */

enum { KEYS, INSTANCE_ID, ZONE, DOMAIN, CERT, STAPLES, N_PATHS };

/* Cuts the next name off a listing of staples. ERR_NOTFOUND at its end; ERR_SYNTAX. */
static int
name_next(struct str *list, struct str *ret)
{
	*list = str_trim(*list);
	if (list->n == 0)
		return ERR_NOTFOUND;
	*ret = str_head(*list, NAME_LEN);
	*list = str_from(*list, NAME_LEN);
	if (ret->n < NAME_LEN || !str_all_in(*ret, "0123456789ABCDEF"))
		return ERR_SYNTAX;
	if (list->n > 0 && list->p[0] != '\n' && list->p[0] != ' ' && list->p[0] != '\r')
		return ERR_SYNTAX;
	return 0;
}

static int
staples_get(struct metadata *m, struct arena *a, struct str list, struct bundle *ret,
    struct errinfo *ei)
{
	struct metadata_answer answers[BUNDLE_MAX_STAPLES];
	struct str paths[BUNDLE_MAX_STAPLES], name;
	size_t i, n = 0;
	int r;

	while ((r = name_next(&list, &name)) == 0) {
		if (n == BUNDLE_MAX_STAPLES)
			return ERR_TOOBIG;
		ret->staples[n].name = name;
		paths[n++] = arena_fmt(a, MANAGED "signer-ocsp/%.*s", STR_FMT(name));
	}
	if (r != ERR_NOTFOUND)
		return r;
	if ((r = metadata_ask(m, a, paths, n, answers)) != 0)
		return r;
	for (i = 0; i < n; i++) {
		if (answers[i].status != 200)
			return refusal(answers[i].status, paths[i], ei);
		ret->staples[i].base64 = answers[i].body;
	}
	ret->n_staples = n;
	return 0;
}

static int
paths_get(struct metadata *m, struct arena *a, struct str user, struct bundle *ret,
    struct errinfo *ei)
{
	struct str paths[N_PATHS] = {
		[KEYS] = arena_fmt(a, MANAGED "active-keys/%.*s/", STR_FMT(user)),
		[INSTANCE_ID] = STR(ROOT "instance-id/"),
		[ZONE] = STR(ROOT "placement/availability-zone/"),
		[DOMAIN] = STR(ROOT "services/domain/"),
		[CERT] = STR(MANAGED "signer-cert/"),
		[STAPLES] = STR(MANAGED "signer-ocsp/"),
	};
	struct metadata_answer answers[N_PATHS];
	struct bundle b = { .n_staples = 0 };
	size_t i;
	int r;

	if ((r = metadata_ask(m, a, paths, N_PATHS, answers)) != 0)
		return r;
	if (answers[KEYS].status == 404) {
		*ret = b;
		return 0;
	}
	for (i = 0; i < N_PATHS; i++) {
		if (answers[i].status != 200)
			return refusal(answers[i].status, paths[i], ei);
		if (answers[i].body.n == 0) {
			err_set(ei, "%.*s is empty", STR_FMT(paths[i]));
			return ERR_SYNTAX;
		}
	}
	b.active_keys = answers[KEYS].body;
	b.instance_id = str_trim(answers[INSTANCE_ID].body);
	b.availability_zone = str_trim(answers[ZONE].body);
	b.domain = str_trim(answers[DOMAIN].body);
	b.signer_cert = answers[CERT].body;
	if ((r = staples_get(m, a, answers[STAPLES].body, &b, ei)) == 0)
		*ret = b;
	return r;
}

/* ---- either ---- */

int
material_get(struct metadata *m, struct arena *a, struct str user, struct bundle *ret,
    struct errinfo *ei)
{
	struct str path = arena_fmt(a, MANAGED "bundle/%.*s", STR_FMT(user));
	struct metadata_answer answer;
	int r;

	/* Over the Unix socket this host's agent answers, which needs no token. */
	if (!metadata_is_local(m) && (r = metadata_token(m)) != 0) {
		err_set(ei, "no metadata token: %s", err_text(r));
		return r;
	}
	if ((r = metadata_ask(m, a, &path, 1, &answer)) != 0) {
		err_set(ei, "metadata: %s", err_text(r));
		return r;
	}
	if (answer.status == 404)
		return paths_get(m, a, user, ret, ei);
	if (answer.status != 200)
		return refusal(answer.status, path, ei);
	if ((r = bundle_parse(answer.body, ret)) != 0)
		err_set(ei, "the bundle does not parse");
	return r;
}
