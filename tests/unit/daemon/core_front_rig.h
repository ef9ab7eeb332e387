/*
 * core_front_rig: what the tests of core_front share. It stands in for the api and the region: it
 * notes what they are asked, and answers with what was sent. And it is the fronts.
 */
#ifndef CORE_FRONT_RIG_H
#define CORE_FRONT_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "api/request.h"
#include "base/alloc.h"
#include "daemon/core_front.h"
#include "ipc/msg.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define OWN_BITS 40

/* Requests whose body begins with "wait" leave their batch, until there is may_resume. */
struct core_front_api {
	struct api_request left[8];
	char body[8][64];
	size_t n_left, may_resume;
	char told[4096];   /* what it was told, in order */
	uint64_t link[16]; /* those that opened */
	size_t n_links;
	int open_fails, text_fails;
};
extern struct core_front_api api;

struct core_front_rig {
	struct core_front *core;
	uint16_t rejoined[8];
	size_t n_rejoined;
};
extern struct core_front_rig rig;

int setup(void **state);
int teardown(void **state);
struct ipc *front(uint16_t number);
/* One round of core's loop; how many channels it has. */
size_t step(void);
/* What api.told has, which is forgotten. */
void told(const char *want);
void says(struct ipc *f, struct ipc_out *m);
void ask(struct ipc *f, uint64_t number, struct str body);
void about_old_link(struct ipc *f, uint16_t type, uint64_t number, const char *text,
    struct str said);
void about_link(struct ipc *f, uint16_t type, uint64_t number, const char *text);
/* The next message of core. */
uint64_t hears(struct ipc *f, uint16_t type, struct ipc_in *m);
void hears_answer(struct ipc *f, uint64_t number, const char *body);
void hears_nothing(struct ipc *f);
void is_closed(struct ipc *f);

#endif
