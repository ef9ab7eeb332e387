/*
 * peer: what the tests of this room share: a set of certificates that is made once, and the
 * openssl program as the other side. Each test includes it once.
 */
#ifndef TESTS_PKI_PEER_H
#define TESTS_PKI_PEER_H

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "pki/cert.h"
#include "pki/privkey.h"

#define PEER_NOW 1790000000 /* 2026-09-21 */
#define PEER_NAME "managed-ssh-signer.eu-west-1.amazonaws.com"
#define DAY 86400

enum { ROOT, INTERMEDIATE, LEAF, PEER_CERTS };

struct peer {
	struct privkey *keys[PEER_CERTS];
	struct buf certs[PEER_CERTS]; /* DER */
	char dir[32];                 /* for files that the openssl program reads */
};

static inline struct buf
peer_public(const struct privkey *k)
{
	struct buf b;

	buf_init(&b, PRIVKEY_MAX_DER_BYTES);
	assert_int_equal(privkey_public_write(k, &b), 0);
	return b;
}

/* A certificate for key k, valid for days around PEER_NOW. */
static inline struct buf
peer_issue(struct privkey *issuer_key, struct str issuer, enum cert_profile profile,
    const char *name, const char *sans, const struct privkey *k)
{
	struct buf spki = peer_public(k), out;
	struct cert_request rq = {
		.profile = profile,
		.common_name = str_of(name),
		.sans = str_of(sans),
		.public_key = buf_view(&spki),
		.not_before_s = PEER_NOW - DAY,
		.not_after_s = PEER_NOW + (profile == CERT_SIGNER ? 30 : 3650) * (int64_t)DAY,
	};

	buf_init(&out, CERT_MAX_DER_BYTES);
	assert_int_equal(cert_issue(issuer_key, issuer, &rq, rand_system(), &out), 0);
	buf_release(&spki);
	return out;
}

static inline struct peer *
peer_new(void)
{
	struct peer *p = xalloc(sizeof(*p));
	size_t i;

	for (i = 0; i < PEER_CERTS; i++)
		assert_int_equal(privkey_generate(PRIVKEY_RSA2048, &p->keys[i]), 0);
	p->certs[ROOT] =
	    peer_issue(p->keys[ROOT], STR(""), CERT_ROOT, "openeic-root-ca-1", "", p->keys[ROOT]);
	p->certs[INTERMEDIATE] = peer_issue(p->keys[ROOT], buf_view(&p->certs[ROOT]),
	    CERT_INTERMEDIATE, "openeic-intermediate-ca-1", "", p->keys[INTERMEDIATE]);
	p->certs[LEAF] = peer_issue(p->keys[INTERMEDIATE], buf_view(&p->certs[INTERMEDIATE]),
	    CERT_SIGNER, PEER_NAME, "", p->keys[LEAF]);
	memcpy(p->dir, "/tmp/eic-pki-XXXXXX", sizeof("/tmp/eic-pki-XXXXXX"));
	assert_non_null(mkdtemp(p->dir));
	assert_int_equal(chdir(p->dir), 0);
	return p;
}

/* Runs a program; its output goes to the file "out". Returns its exit status. */
static inline int
peer_run(const char *const *argv)
{
	int fd, status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		fd = open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (fd == -1 || dup2(fd, 1) == -1 || dup2(fd, 2) == -1)
			_exit(126);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	assert_true(pid > 0);
	assert_true(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
#define PEER_RUN(...) peer_run((const char *const[]){ __VA_ARGS__, NULL })

static inline void
peer_free(struct peer *p)
{
	size_t i;

	for (i = 0; i < PEER_CERTS; i++) {
		privkey_free(p->keys[i]);
		buf_release(&p->certs[i]);
	}
	assert_int_equal(PEER_RUN("find", p->dir, "-delete"), 0);
	assert_int_equal(chdir("/"), 0);
	xfree(p);
}

static inline void
peer_file(const char *name, struct str bytes)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_true(write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n);
	close(fd);
}

static inline struct buf
peer_read(const char *name)
{
	int fd = open(name, O_RDONLY);
	struct buf b;
	ssize_t n;

	assert_true(fd >= 0);
	buf_init(&b, 65536);
	n = read(fd, buf_reserve(&b, 65536), 65536);
	assert_true(n >= 0);
	buf_commit(&b, (size_t)n);
	close(fd);
	return b;
}

/* Does what the last program said hold the text? */
static inline bool
peer_said(const char *text)
{
	struct buf b = peer_read("out");
	bool found = memmem(b.p, b.n, text, strlen(text)) != NULL;

	buf_release(&b);
	return found;
}

/* For a group of tests: the state is a peer. */
static inline int
peer_setup(void **state)
{
	*state = peer_new();
	return 0;
}

static inline int
peer_teardown(void **state)
{
	peer_free(*state);
	return 0;
}

#endif
