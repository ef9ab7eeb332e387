/*
 * remains: tells whether a secret is still somewhere in this process's memory, freed or not. The
 * secret itself stands nowhere but where remains_put writes it.
 */
#ifndef TEST_REMAINS_H
#define TEST_REMAINS_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REMAINS_N 40

/* Letters and digits, as in base64. */
static inline char
remains_at(size_t i)
{
	return (char)((i % 2 == 0 ? 'a' : 'A') + (int)((i * i * 7 + i * 3 + 5) % 26));
}

static inline void
remains_put(char *to)
{
	size_t i;

	for (i = 0; i < REMAINS_N; i++)
		to[i] = remains_at(i);
}

static inline bool
remains_in(const char *p, size_t n)
{
	size_t i, k;

	for (i = 0; i + REMAINS_N <= n; i++) {
		for (k = 0; k < REMAINS_N && p[i + k] == remains_at(k); k++)
			;
		if (k == REMAINS_N)
			return true;
	}
	return false;
}

/* Looks through all memory that can be written. The kernel reads it, as sanitizers forbid to. */
static inline bool
remains(void)
{
	static char piece[1 << 16];
	unsigned long from, to, at;
	char line[512], *end;
	FILE *maps = fopen("/proc/self/maps", "re");
	int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	bool found = false;
	ssize_t n;

	while (!found && fgets(line, sizeof(line), maps) != NULL) {
		from = strtoul(line, &end, 16);
		to = strtoul(end + 1, &end, 16);
		/* "FROM-TO rwxp"; the shadow memory of a sanitizer is left out. */
		if (end[2] != 'w' || to - from > (1ul << 30))
			continue;
		for (at = from; !found && at < to; at += sizeof(piece) - REMAINS_N) {
			n = pread(mem, piece, to - at < sizeof(piece) ? to - at : sizeof(piece),
			    (off_t)at);
			/* Not in what was read before. */
			if (n > 0 &&
			    (at + (size_t)n <= (unsigned long)piece ||
				at >= (unsigned long)piece + sizeof(piece)))
				found = remains_in(piece, (size_t)n);
		}
	}
	fclose(maps);
	close(mem);
	return found;
}

#endif
