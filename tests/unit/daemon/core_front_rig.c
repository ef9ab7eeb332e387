/* core_front_rig: see core_front_rig.h. */
#include "core_front_rig.h"

#include "api/batch.h"
#include "base/log.h"
#include "region/agents.h"
#include "region/task.h"

/* ---- the api ---- */

struct core_front_api api;

static void
note(const char *what, uint64_t link, struct str s)
{
	size_t n = strlen(api.told);

	snprintf(api.told + n, sizeof(api.told) - n, "%s%u:%u%.*s ", what,
	    (unsigned)(link >> OWN_BITS), (unsigned)(link & 0xffffff), (int)s.n, s.p);
}

void
batch_run(struct api *a, const struct api_request *reqs, size_t n, struct arena *arena,
    struct api_response *ret)
{
	size_t i;

	(void)a;
	(void)arena;
	note("batch", n, STR(""));
	for (i = 0; i < n; i++) {
		ret[i] = (struct api_response){ .status = 200, .body = reqs[i].body };
		if (!str_starts(reqs[i].body, STR("wait")))
			continue;
		ret[i].status = 0;
		api.left[api.n_left] = reqs[i];
		snprintf(api.body[api.n_left], sizeof(api.body[0]), "done %.*s",
		    (int)reqs[i].body.n, reqs[i].body.p);
		api.left[api.n_left].body = str_of(api.body[api.n_left]);
		api.n_left++;
	}
}

/* The key that a request names is the first word of its body. */
struct str
batch_key(const struct api_request *req)
{
	return str_head(req->body, str_index(req->body, ' '));
}

void
batch_turn_away(struct api *a, const struct api_request *req, struct arena *arena,
    struct api_response *ret)
{
	(void)a;
	(void)req;
	(void)arena;
	*ret = (struct api_response){ .status = 503, .body = STR("turned away") };
}

size_t
batch_resume(struct api *a, struct api_request *ret, size_t max)
{
	size_t n = 0;

	(void)a;
	for (; api.may_resume > 0 && n < max; api.may_resume--)
		ret[n++] = api.left[api.n_left - api.may_resume];
	return n;
}

int
task_run(struct region *a, int (*fn)(struct region *a, void *ctx), void *ctx)
{
	return fn(a, ctx);
}

int
agents_open(struct region *a, uint64_t link, struct str certificate)
{
	(void)a;
	note("open", link, certificate);
	if (api.open_fails == 0)
		api.link[api.n_links++] = link;
	return api.open_fails;
}

int
agents_text(struct region *a, uint64_t link, struct str text)
{
	(void)a;
	note("text", link, text);
	return api.text_fails;
}

int
agents_again(struct region *a, uint64_t link, struct str text)
{
	(void)a;
	note("again", link, text);
	return api.text_fails;
}

void
agents_closed(struct region *a, uint64_t link)
{
	(void)a;
	note("closed", link, STR(""));
}

void
agents_gone(struct region *a, uint64_t first, uint64_t last)
{
	(void)a;
	note("gone", first, STR(""));
	assert_int_equal(last - first, (1ULL << OWN_BITS) - 1);
}

/* ---- fronts ---- */

struct core_front_rig rig;

static int
rejoin(void *ctx, uint16_t front)
{
	assert_ptr_equal(ctx, &rig);
	rig.rejoined[rig.n_rejoined++] = front;
	return 0;
}

int
setup(void **state)
{
	(void)state;
	log_set_level(LOG_LEVEL_ERROR + 1);
	memset(&api, 0, sizeof(api));
	memset(&rig, 0, sizeof(rig));
	rig.core = core_front_new(rejoin, &rig, rand_system());
	return 0;
}

int
teardown(void **state)
{
	(void)state;
	core_front_free(rig.core);
	return 0;
}

struct ipc *
front(uint16_t number)
{
	int fd[2];

	assert_int_equal(ipc_pair(fd), 0);
	core_front_attach(rig.core, number, fd[1]);
	return ipc_new(fd[0], true, 64u << 20);
}

size_t
step(void)
{
	struct pollfd fds[CORE_FRONT_CHANNELS_MAX];
	size_t n = core_front_poll(rig.core, fds);
	bool more = true;

	while (more)
		assert_int_equal(core_front_step(rig.core, NULL, NULL, &more), 0);
	return n;
}

void
told(const char *want)
{
	assert_string_equal(api.told, want);
	api.told[0] = '\0';
}

void
says(struct ipc *f, struct ipc_out *m)
{
	assert_int_equal(ipc_send(f, m, -1), 0);
}

void
ask(struct ipc *f, uint64_t number, struct str body)
{
	struct ipc_out m;
	int i;

	ipc_begin(&m, MSG_FC_REQUEST);
	ipc_put_u64(&m, number);
	ipc_put_str(&m, STR("id"));
	ipc_put_str(&m, STR("198.18.0.1"));
	ipc_put_u16(&m, 1234);
	for (i = 0; i < 5; i++)
		ipc_put_str(&m, STR("x"));
	ipc_put_u16(&m, 0);
	ipc_put_str(&m, body);
	says(f, &m);
}

void
about_old_link(struct ipc *f, uint16_t type, uint64_t number, const char *text, struct str said)
{
	struct ipc_out m;

	ipc_begin(&m, type);
	ipc_put_u64(&m, number);
	if (type == MSG_FC_UPLINK_OPEN) {
		ipc_put_str(&m, STR("id"));
		ipc_put_str(&m, STR("198.18.0.1"));
	}
	if (type != MSG_FC_UPLINK_CLOSE)
		ipc_put_str(&m, str_of(text));
	if (type == MSG_FC_UPLINK_OPEN)
		ipc_put_str(&m, said);
	says(f, &m);
}

void
about_link(struct ipc *f, uint16_t type, uint64_t number, const char *text)
{
	about_old_link(f, type, number, text, STR(""));
}

uint64_t
hears(struct ipc *f, uint16_t type, struct ipc_in *m)
{
	uint64_t number;

	assert_int_equal(ipc_recv(f, m), 0);
	assert_int_equal(m->type, type);
	assert_int_equal(ipc_get_u64(m, &number), 0);
	return number;
}

void
hears_answer(struct ipc *f, uint64_t number, const char *body)
{
	struct ipc_in m;
	uint16_t status, n;
	struct str s;

	assert_int_equal(hears(f, MSG_CF_RESPONSE, &m), number);
	assert_int_equal(ipc_get_u16(&m, &status), 0);
	assert_int_equal(ipc_get_u16(&m, &n), 0);
	assert_int_equal(ipc_get_str(&m, 1000, &s), 0);
	assert_true(str_eq_c(s, body));
}

void
hears_nothing(struct ipc *f)
{
	struct ipc_in m;

	assert_int_equal(ipc_recv(f, &m), ERR_AGAIN);
}

void
is_closed(struct ipc *f)
{
	struct ipc_in m;

	assert_int_equal(ipc_recv(f, &m), ERR_CLOSED);
}
