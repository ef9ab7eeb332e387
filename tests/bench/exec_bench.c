/*
 * exec_bench: how long a program takes from exec to exit, its output read as
 * sshd reads it. For tests/bench/login_bench.py.
 *
 *   exec_bench RUNS PROGRAM [ARG...]
 *
 * Prints "p50_us p99_us max_us bytes status": times in microseconds, bytes of
 * output and exit status of the last run.
 */
#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* One run: microseconds; output bytes and exit status are left in the rest. */
static int64_t
once(char **argv, size_t *ret_bytes, int *ret_status)
{
	posix_spawn_file_actions_t fa;
	char drop[65536];
	int64_t start;
	ssize_t n;
	pid_t pid;
	int p[2], e;

	if (pipe2(p, O_CLOEXEC) != 0)
		err(1, "pipe");
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, p[1], STDOUT_FILENO);
	start = now_us();
	if ((e = posix_spawn(&pid, argv[0], &fa, NULL, argv, environ)) != 0)
		errx(1, "%s: %s", argv[0], strerror(e));
	close(p[1]);
	for (*ret_bytes = 0; (n = read(p[0], drop, sizeof(drop))) > 0;)
		*ret_bytes += (size_t)n;
	waitpid(pid, ret_status, 0);
	start = now_us() - start;
	close(p[0]);
	posix_spawn_file_actions_destroy(&fa);
	return start;
}

int
main(int argc, char **argv)
{
	static int64_t us[100000];
	size_t runs, i, bytes = 0;
	int status = 0;

	if (argc < 3)
		errx(2, "usage: exec_bench RUNS PROGRAM [ARG...]");
	runs = strtoul(argv[1], NULL, 10);
	if (runs < 1 || runs > sizeof(us) / sizeof(*us))
		errx(2, "RUNS is 1 to %zu", sizeof(us) / sizeof(*us));
	for (i = 0; i < runs; i++)
		us[i] = once(argv + 2, &bytes, &status);
	qsort(us, runs, sizeof(*us), compare);
	printf("%lld %lld %lld %zu %d\n", (long long)us[runs / 2],
	    (long long)us[runs - 1 - runs / 100], (long long)us[runs - 1], bytes,
	    WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return 0;
}
