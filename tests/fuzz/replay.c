/*
 * replay: runs a fuzz target over every file in the directories that are its arguments, in a build
 * without libFuzzer. It fails when there is no file at all, as a corpus that is not found must not
 * pass.
 */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t input[1 << 20];

static void
replay_file(const char *dir, const char *name)
{
	char path[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		err(1, "%s", path);
	if ((n = read(fd, input, sizeof(input))) == -1)
		err(1, "%s", path);
	close(fd);
	LLVMFuzzerTestOneInput(input, (size_t)n);
}

int
main(int argc, char **argv)
{
	struct dirent *e;
	DIR *d;
	int i, files = 0;

	for (i = 1; i < argc; i++) {
		if ((d = opendir(argv[i])) == NULL)
			err(1, "%s", argv[i]);
		while ((e = readdir(d)) != NULL) {
			if (e->d_name[0] == '.')
				continue;
			replay_file(argv[i], e->d_name);
			files++;
		}
		closedir(d);
	}
	if (files == 0)
		errx(1, "no input");
	printf("%d inputs\n", files);
	return 0;
}
